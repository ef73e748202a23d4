/* Tasks and their subtasks: every change of them goes through here, whoever asks for it: a person, the scheduler or a worker.
 *
 * A change is a transaction: tasks_begin, any of the functions below, tasks_commit; what happened is told to the feed once it is
 * committed. Thread: any, with a store of its own. */
#ifndef SERVER_TASKS_H
#define SERVER_TASKS_H

#include <jansson.h>

#include "server/feed.h"
#include "server/job.h"
#include "server/state.h"
#include "store/store.h"

struct tasks {
    struct store *store;
    struct feed *feed;
    struct arena *a;
    const char *who; /* account; NULL: this program itself */
    int64_t now_ms;  /* by the store's clock; set by tasks_begin */
    json_t *told;    /* what to tell after the commit */
};

bool tasks_begin(struct tasks *t, struct err *e) WARN_UNUSED;
bool tasks_commit(struct tasks *t, struct err *e) WARN_UNUSED; /* rolls back when it fails */
void tasks_rollback(struct tasks *t);

/* ---- subtasks ---- */

/* Something happened to a subtask: the table of states decides. `reason` (may be NULL, borrowed) is the error of a failure.
 * *changed (may be NULL): false when it is already so - starting what was started is no error. ERR_NOT_NOW: not in this state;
 * ERR_NOT_FOUND. */
bool subtask_event(struct tasks *t, int64_t subtask, enum subtask_event event, const json_t *reason, bool *changed,
                   struct err *e) WARN_UNUSED;

/* Since it was begun, or reset: are its tables in the target? */
bool subtask_is_loaded(struct tasks *t, int64_t subtask, bool *loaded, struct err *e) WARN_UNUSED;

/* Its objects have changed: count again how far it is. */
bool subtask_recount(struct tasks *t, int64_t subtask, struct err *e) WARN_UNUSED;

/* May its next worker go on although the source has moved since (GW1022)? Whoever says so knows that the tables which are loaded did not
 * change. */
bool subtask_accept_moved(struct tasks *t, int64_t subtask, bool accept, struct err *e) WARN_UNUSED;

/* Compare both ends once more, after all data has been moved. */
bool subtask_check_again(struct tasks *t, int64_t subtask, struct err *e) WARN_UNUSED;

/* Try one object again that could not be moved or differs: the subtask starts again and does what is left; of one that is finished what
 * differs is compared again. */
bool subtask_retry_object(struct tasks *t, int64_t subtask, const char *kind, const char *name,
                          struct err *e) WARN_UNUSED;

/* What earlier workers have left to its next one, online. */
struct subtask_left {
    bool checked; /* load and check are done */
    const char *
        changes; /* what became of the incremental migration: "stopping" (people have stopped it), "stopped" (that is done), "reverse",
                          * "cutover" (one is being made), "undo" (or taken back); NULL: it goes on */
};
bool subtask_left(struct tasks *t, int64_t subtask, struct subtask_left *out, struct err *e) WARN_UNUSED;

/* Is its next worker only to compare, and which tables: a list of names, the caller's; NULL: all. */
bool subtask_to_check(struct tasks *t, int64_t subtask, bool *again, json_t **tables, struct err *e) WARN_UNUSED;

/* ---- main tasks ---- */

/* body: {name, params, machines, subtasks}, as of POST /api/v1/tasks. id 0: a new task, whose id is left in *id; else the task is made
 * to be like that, as long as nothing of it was started (ERR_NOT_NOW). ERR_BODY, ERR_PARAMETER, ERR_TARGET_HELD. */
bool task_write(struct tasks *t, const json_t *body, int64_t *id, struct err *e) WARN_UNUSED;

/* One of its subtasks, and the params beside them, without making any: for a precheck. place: before each message, "subtask 2: " or "".
 * out points into subtask and the arena. ERR_BODY, ERR_PARAMETER. */
bool subtask_read(struct tasks *t, const char *place, const json_t *subtask, const json_t *task_params,
                  struct job_subtask *out, struct err *e) WARN_UNUSED;
bool task_params_read(const json_t *params, struct err *e) WARN_UNUSED;

/* Of the machines it has chosen one has a kit, or gets it just now; or it has chosen none. ERR_MACHINE_NO_KIT. */
bool task_can_run(struct tasks *t, int64_t task, struct err *e) WARN_UNUSED;

bool task_start(struct tasks *t, int64_t task, struct err *e) WARN_UNUSED;
/* Ends all that goes on; what was not started stays so. */
bool task_finish(struct tasks *t, int64_t task, struct err *e) WARN_UNUSED;
/* Only when nothing goes on. */
bool task_reset(struct tasks *t, int64_t task, struct err *e) WARN_UNUSED;
bool task_delete(struct tasks *t, int64_t task, struct err *e) WARN_UNUSED;

/* A new task like this one, under another name. */
bool task_copy(struct tasks *t, int64_t task, int64_t *copy, struct err *e) WARN_UNUSED;

/* Status and times of a main task follow from those of its subtasks; subtask_event calls it. */
bool task_refresh(struct tasks *t, int64_t task, struct err *e) WARN_UNUSED;

/* ---- for the files of tasks ---- */

/* Two migrations into one schema would be in each other's way: ERR_TARGET_HELD when a subtask other than this one that is not finished
 * has it. */
bool target_is_free(struct tasks *t, int64_t subtask, int64_t target, const char *database, const char *schema,
                    struct err *e) WARN_UNUSED;
/* Schemas of a target that subtasks of tasks other than this one hold: a list of {"database", "schema", "subtask", "status", "task",
 * "task_name"}, the caller's. database and schema NULL: any. */
bool targets_held(struct tasks *t, int64_t target, const char *database, const char *schema, int64_t task, json_t **out,
                  struct err *e) WARN_UNUSED;

/* To be told after the commit: topic "KIND ID". change is taken. */
void tasks_tell(struct tasks *t, const char *kind, int64_t id, json_t *change);
/* To topic "tasks" and "task ID". */
bool tasks_tell_task(struct tasks *t, int64_t task, struct err *e) WARN_UNUSED;
/* Who did what: shown as the task's history. subtask 0: the task as a whole. */
bool tasks_note(struct tasks *t, int64_t task, int64_t subtask, enum subtask_event event, struct err *e) WARN_UNUSED;

#endif
