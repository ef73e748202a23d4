/* Gives subtasks to execution machines, takes them back from machines that are lost, and passes on what people want.
 *
 * Each server runs one, for the machines that are connected to it. What is taken is taken in the store, with a lease by the store's clock and
 * a fence that grows, so that several servers never give one subtask twice. */
#ifndef SERVER_SCHEDULER_H
#define SERVER_SCHEDULER_H

#include "server/api.h"

struct scheduler;

/* A thread with a store of its own. */
bool scheduler_start(struct scheduler **out, const struct api *api, struct err *e) WARN_UNUSED;
void scheduler_stop(struct scheduler *s); /* NULL is fine */

/* Look at once instead of within the next second. Any thread; NULL is fine. */
void scheduler_kick(struct scheduler *s);

#endif
