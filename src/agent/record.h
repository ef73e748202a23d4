/* What a worker has said, as far as a server that was away has to be told again: its stages, the last of each other kind, and each
 * object as it was told last. Bounded. One thread at a time. */
#ifndef AGENT_RECORD_H
#define AGENT_RECORD_H

#include <jansson.h>
#include <stdbool.h>

struct record;

struct record *record_new(void); /* NULL: no memory */
void record_free(struct record *r);

/* Take an event of the worker in; borrowed. */
void record_event(struct record *r, const json_t *event);

/* The events to tell again, in an order that a server can follow; a new list, the caller's. */
json_t *record_replay(const struct record *r);

/* The error it told last, or NULL; borrowed. */
json_t *record_error(const struct record *r);

#endif
