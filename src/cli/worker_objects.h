/* Views and programs as a worker tells them: items of its `objects` events (docs/agent-protocol.md), collected, so that many small ones
 * make one event. One thread. */
#ifndef CLI_WORKER_OBJECTS_H
#define CLI_WORKER_OBJECTS_H

#include <jansson.h>
#include <stdio.h>

#include "objects/objects.h"

struct worker_objects {
    FILE *out;
    json_t *items; /* "KIND NAME" -> what is to be told of it; NULL: nothing */
    size_t bytes;
    int64_t told_us;
};

/* The state of an object now; told at once when enough has come together, or a while ago was told last. */
void worker_objects_take(struct worker_objects *w, const struct db_object *x);
void worker_objects_tell(struct worker_objects *w); /* what is left */

/* One item; the caller's. */
json_t *worker_object_item(const struct db_object *x);

#endif
