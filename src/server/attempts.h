/* How a subtask's attempts ended lately: an end without a cause of the user's is tried again, but not for ever. Within a transaction of tasks.h. */
#ifndef SERVER_ATTEMPTS_H
#define SERVER_ATTEMPTS_H

#include "server/tasks.h"

/* Within the last hour, and since somebody started it or let it be tried again: what happens now and then over weeks does not add up. */
struct attempts {
    int64_t crashes; /* the worker ended; each but the last was tried again */
    int64_t losses;  /* the machine was lost */
};
bool attempts_read(struct tasks *t, int64_t subtask, struct attempts *out, struct err *e) WARN_UNUSED;

/* Its machine is lost: another one goes on, unless that has happened too often. Then it has failed, and *why (the caller's, else NULL) says so:
 * perhaps it is the subtask that takes machines down. For an alert after the commit. */
bool attempts_machine_lost(struct tasks *t, int64_t subtask, json_t **why, struct err *e) WARN_UNUSED;

#endif
