/* The statements that a check has left on this machine's disk, told to the server piece by piece: a file may be larger than a message,
 * and several workers may end at a time. One thread. */
#ifndef AGENT_REPAIR_H
#define AGENT_REPAIR_H

#include <jansson.h>
#include <stdbool.h>

struct repair;

/* event: a worker's `repair`; borrowed. NULL: it names no file, or there is no memory. */
struct repair *repair_new(const json_t *event);
void repair_free(struct repair *r); /* NULL is fine */

/* From the begin again: the server may not have got it all. */
void repair_again(struct repair *r);
bool repair_is_told(const struct repair *r);
/* The next piece as an event {"event": "repair", "part", "text", "last", "cut"}, a new reference. What cannot be read is the end. */
json_t *repair_next(struct repair *r);

void repair_remove(const struct repair *r); /* the file */

#endif
