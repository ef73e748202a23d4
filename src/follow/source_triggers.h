/* Triggers of the source, which MySQL fires at every row that is written: those of the tables that changes flow back into would do a second
 * time what came back already. They are taken away while changes are carried back, and made again, as they were, at its end.
 *
 * Before the first one goes all are written down in `godwit`.`trigger` of the source, in the bytes in which the server keeps them; a run that
 * was killed in between goes on from there. Runs of one database wait for each other.
 *
 * Errors, besides those of the source: ERR_SOURCE_TRIGGERS. Thread: any; each call has a session of its own. */
#ifndef FOLLOW_SOURCE_TRIGGERS_H
#define FOLLOW_SOURCE_TRIGGERS_H

#include "engine/run.h"

/* May the account make them again, which it did not make? Each definer is tried with a trigger that does nothing. *n: how many there are,
 * those that are taken away already included. r: run_connect. */
bool source_triggers_try(struct run *r, size_t *n, struct err *e) WARN_UNUSED;

/* None is left on the run's tables; *n as above. After source_triggers_try, which it does first. */
bool source_triggers_take(struct run *r, size_t *n, struct err *e) WARN_UNUSED;

/* Those of the task that were taken are there again; *n: how many of them were not. Needs the run's task and name only. Also fine when none
 * was ever taken. */
bool source_triggers_put_back(const struct task *t, const char *name, size_t *n, struct err *e) WARN_UNUSED;

#endif
