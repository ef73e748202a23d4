/* Who owns a task in the target, when several processes may believe that they do.
 *
 * Two locks and two numbers. Sessions hold advisory locks, which end with them: the coordinator of a run the task's own (one living run
 * at a time), each loading session a shared one, by which a run that takes over finds the sessions of the one before. The task's
 * row in godwit.task holds the run, which grows with each run, and the fence, which grows with each time that a server gives the task
 * to a machine. Every transaction of a run ends with claim_hold: the row still has this run's number, and keeps it until the commit.
 *
 * A run without a fence (a command line) waits for nobody: whoever has the lock has the task. A run with a fence takes over from every
 * lower one, a stopped or cut-off process included: it raises both numbers first, so that nothing of the other can commit, then ends the
 * other's sessions and takes the lock. Nobody ever waits for the row (NOWAIT), so nothing here can be part of a deadlock. */
#ifndef ENGINE_CLAIM_H
#define ENGINE_CLAIM_H

#include <stdatomic.h>

#include "engine/checkpoint.h"

/* Take the task's advisory lock on this session; ERR_TASK_RUNNING when another run holds it. */
bool claim_lock(struct gauss_client *c, const char *task, struct err *e) WARN_UNUSED;

/* Make the task's row this run's, and the row itself if there is none; fills cp, and `before` with what the row was. Durable on return.
 * fence > 0: ERR_TARGET_CLAIM_LOST when the row has it, or a higher one. A row that is held by others' commits is tried for until
 * their end (with a fence they are ended), then ERR_TASK_RUNNING. A set `stop` is ERR_CANCELLED. */
bool claim_take(struct gauss_client *c, struct arena *a, const char *task, int64_t fence, const atomic_bool *stop,
                struct checkpoint *cp, struct task_record *before, struct err *e) WARN_UNUSED;

/* The same for a run's next stage, which begins in the process that has taken the task with this fence: the row may have just it. */
bool claim_take_again(struct gauss_client *c, struct arena *a, const char *task, int64_t fence, const atomic_bool *stop,
                      struct checkpoint *cp, struct task_record *before, struct err *e) WARN_UNUSED;

/* After claim_take with a fence: end the sessions of the run before and take its lock. Where the role may not end
 * them their own end is waited for, for a while: ERR_TASK_RUNNING. */
bool claim_replace(struct gauss_client *c, const struct checkpoint *cp, const atomic_bool *stop,
                   struct err *e) WARN_UNUSED;

/* This run begins again with a new number: when it returns nothing that was begun under the old one can commit any more, so that what the
 * target has recorded is what there is. For a run that has lost sessions and goes on from the record. cp is changed.
 * ERR_TARGET_CLAIM_LOST when another run has taken the task over; a set `stop` is ERR_CANCELLED. */
bool claim_renew(struct gauss_client *c, struct checkpoint *cp, const atomic_bool *stop, struct err *e) WARN_UNUSED;

/* A loading session joins the run: it can be found by a run that takes over. ERR_TARGET_CLAIM_LOST when that has happened. */
bool claim_join(struct gauss_client *c, const struct checkpoint *cp, struct err *e) WARN_UNUSED;

/* Is the task still this run's? ERR_TARGET_CLAIM_LOST */
bool claim_check(struct gauss_client *c, const struct checkpoint *cp, struct err *e) WARN_UNUSED;

/* Inside a transaction, best as its last statement: the task is still this run's, and stays it until the
 * transaction ends. ERR_TARGET_CLAIM_LOST */
bool claim_hold(struct gauss_client *c, const struct checkpoint *cp, struct err *e) WARN_UNUSED;

/* The same for what is made behind the load, beside the run that follows changes: the task was not given to another machine since.
 * fence 0: always so. ERR_TARGET_CLAIM_LOST */
bool claim_hold_fence(struct gauss_client *c, const char *task, int64_t fence, struct err *e) WARN_UNUSED;

/* claim_hold as the text of a statement, which finds one row. */
char *claim_hold_sql(struct arena *a, const struct checkpoint *cp);

/* ERR_TARGET_CLAIM_LOST */
bool claim_lost(const struct checkpoint *cp, struct err *e);

#endif
