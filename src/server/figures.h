/* How far running subtasks are, from second to second: kept in memory and shown at once, written to the store once a second.
 * Any thread. */
#ifndef SERVER_FIGURES_H
#define SERVER_FIGURES_H

#include <jansson.h>

#include "server/tasks.h"

struct figures;

struct figures *figures_new(void); /* NULL: no memory */
void figures_free(struct figures *f);

/* A worker's `progress` event; borrowed. Told to the feed at once. */
void figures_progress(struct figures *f, struct feed *feed, int64_t task, int64_t subtask, const json_t *event);
/* Its objects changed in the store. */
void figures_objects(struct figures *f, int64_t task, int64_t subtask);
/* The subtask has ended: what is still in memory is written with the next flush, then forgotten. */
void figures_end(struct figures *f, int64_t subtask);

/* Write what has changed, in one transaction; samples for charts now and then. */
bool figures_flush(struct figures *f, struct tasks *t, struct err *e) WARN_UNUSED;

#endif
