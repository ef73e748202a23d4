/* Main tasks: started, finished, reset, copied, deleted. See tasks.h; task_write.c makes and edits them. */
#include <string.h>

#include "base/str.h"
#include "server/tasks.h"
#include "server/view.h"
#include "server/webhooks.h"

struct counted {
    int64_t total, not_run, active, finished, precheck_failed;
};

static bool count_subtasks(struct tasks *t, int64_t task, struct counted *out, struct err *e) {
    struct store_rows rows;
    *out = (struct counted){0};
    if (!store_rows(t->store, t->a, "SELECT status, count(*) FROM subtask WHERE task_id = ? GROUP BY status",
                    STORE_VALUES(STORE_I(task)), &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        enum subtask_status s = (enum subtask_status)store_number(&rows, i, 0);
        int64_t n = store_number(&rows, i, 1);
        out->total += n;
        out->not_run += s == SUB_NOT_RUN ? n : 0;
        out->active += state_is_active(s) ? n : 0;
        out->finished += s == SUB_FINISHED ? n : 0;
        out->precheck_failed += s == SUB_PRECHECK_FAILED ? n : 0;
    }
    return true;
}

static bool read_status(struct tasks *t, int64_t task, enum task_status *status, struct err *e) {
    struct store_rows rows;
    *status = TASK_NOT_STARTED;
    if (!store_rows(t->store, t->a, "SELECT status FROM task WHERE id = ?", STORE_VALUES(STORE_I(task)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no task %lld", (long long)task);
    }
    *status = (enum task_status)store_number(&rows, 0, 0);
    return true;
}

/* A task with failed subtasks is still being worked on: they are tried again, or somebody finishes it. */
static enum task_status status_of(const struct counted *c, enum task_status before) {
    if (c->active > 0) {
        return TASK_MIGRATING;
    }
    if (c->not_run == c->total) {
        return TASK_NOT_STARTED;
    }
    if (c->finished == c->total || before == TASK_FINISHED) {
        return TASK_FINISHED;
    }
    return c->precheck_failed > 0 && c->precheck_failed + c->not_run + c->finished == c->total ? TASK_PRECHECK_FAILED
                                                                                               : TASK_MIGRATING;
}

static bool set_status(struct tasks *t, int64_t task, enum task_status status, struct err *e) {
    struct store_value started = status == TASK_NOT_STARTED ? STORE_T(NULL) : STORE_I(t->now_ms);
    if (!webhooks_task(t->store, t->a, task, (int)status, e)) {
        return false;
    }
    if (status == TASK_NOT_STARTED &&
        !store_run(t->store, "UPDATE task SET started_ms = NULL WHERE id = ?", STORE_VALUES(STORE_I(task)), NULL, e)) {
        return false;
    }
    /* The time it was finished at is that of the first time. */
    const char *sql =
        status == TASK_FINISHED
            ? "UPDATE task SET status = ?, started_ms = COALESCE(started_ms, ?), changed_ms = ?, finished_ms ="
              " COALESCE(finished_ms, changed_ms) WHERE id = ?"
            : "UPDATE task SET status = ?, started_ms = COALESCE(started_ms, ?), changed_ms = ?, finished_ms ="
              " NULL WHERE id = ?";
    return store_run(t->store, sql, STORE_VALUES(STORE_I(status), started, STORE_I(t->now_ms), STORE_I(task)), NULL,
                     e) &&
           (status != TASK_FINISHED ||
            store_run(t->store, "UPDATE task SET finished_ms = changed_ms WHERE id = ? AND finished_ms < started_ms",
                      STORE_VALUES(STORE_I(task)), NULL, e));
}

bool task_refresh(struct tasks *t, int64_t task, struct err *e) {
    struct counted c;
    enum task_status before;
    return read_status(t, task, &before, e) && count_subtasks(t, task, &c, e) &&
           set_status(t, task, status_of(&c, before), e) && tasks_tell_task(t, task, e);
}

/* ---- what people do ---- */

/* The ids of a task's subtasks for which `wanted` is true. */
static bool each(struct tasks *t, int64_t task, bool (*wanted)(enum subtask_status), enum subtask_event event,
                 struct err *e) {
    struct store_rows rows;
    if (!store_rows(t->store, t->a, "SELECT id, status FROM subtask WHERE task_id = ? ORDER BY place",
                    STORE_VALUES(STORE_I(task)), &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        if (wanted((enum subtask_status)store_number(&rows, i, 1)) &&
            !subtask_event(t, store_number(&rows, i, 0), event, NULL, NULL, e)) {
            return false;
        }
    }
    return true;
}

static bool is_not_run(enum subtask_status s) {
    return s == SUB_NOT_RUN;
}

bool task_can_run(struct tasks *t, int64_t task, struct err *e) {
    struct store_rows rows;
    if (!store_rows(t->store, t->a,
                    "SELECT m.name, CASE WHEN m.kind <> 'ssh' OR m.state <> 'new' OR k.action = 'install' THEN 1 ELSE "
                    "0 END FROM"
                    " task_machine x JOIN machine m ON m.id = x.machine_id LEFT JOIN kit k ON k.machine_id = m.id AND"
                    " k.finished_ms IS NULL WHERE x.task_id = ? ORDER BY m.name",
                    STORE_VALUES(STORE_I(task)), &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        if (store_number(&rows, i, 1) != 0) {
            return true;
        }
    }
    return rows.n == 0 ||
           err_set(e, ERR_MACHINE_NO_KIT, rows.n == 1 ? "%s has no kit" : "%s and the others have no kit",
                   store_cell(&rows, 0, 0));
}

bool task_start(struct tasks *t, int64_t task, struct err *e) {
    enum task_status status;
    struct counted c;
    if (!read_status(t, task, &status, e) || !count_subtasks(t, task, &c, e)) {
        return false;
    }
    if (status == TASK_FINISHED) {
        err_set(e, ERR_NOT_NOW, "task %lld is finished", (long long)task);
        return err_hint(
            e,
            "reset it first; what it left in the target has to be dropped, or replaced by the parameter that says so");
    }
    if (c.not_run == 0) {
        return true; /* started already */
    }
    return task_can_run(t, task, e) && tasks_note(t, task, 0, EVENT_START, e) &&
           each(t, task, is_not_run, EVENT_START, e);
}

bool task_finish(struct tasks *t, int64_t task, struct err *e) {
    enum task_status status;
    if (!read_status(t, task, &status, e)) {
        return false;
    }
    if (status == TASK_FINISHED) {
        return true;
    }
    if (status == TASK_NOT_STARTED) {
        return err_set(e, ERR_NOT_NOW, "task %lld was not started", (long long)task);
    }
    return tasks_note(t, task, 0, EVENT_FINISH, e) && each(t, task, state_is_active, EVENT_FINISH, e) &&
           set_status(t, task, TASK_FINISHED, e) && tasks_tell_task(t, task, e);
}

static bool nothing_goes_on(struct tasks *t, int64_t task, struct err *e) {
    struct store_rows rows;
    struct counted c;
    enum task_status status;
    if (!read_status(t, task, &status, e) || !count_subtasks(t, task, &c, e)) {
        return false;
    }
    if (c.active > 0) {
        err_set(e, ERR_NOT_NOW, "task %lld is running", (long long)task);
        return err_hint(e, "finish it first");
    }
    if (!store_rows(t->store, t->a, "SELECT count(*) FROM subtask WHERE task_id = ? AND lease_until_ms IS NOT NULL",
                    STORE_VALUES(STORE_I(task)), &rows, e)) {
        return false;
    }
    if (store_number(&rows, 0, 0) > 0) {
        err_set(e, ERR_NOT_NOW, "a worker of task %lld has not ended yet", (long long)task);
        return err_hint(e, "try again in a few seconds");
    }
    return true;
}

bool task_reset(struct tasks *t, int64_t task, struct err *e) {
    return nothing_goes_on(t, task, e) && tasks_note(t, task, 0, EVENT_RESET, e) &&
           each(t, task, state_is_over, EVENT_RESET, e) && set_status(t, task, TASK_NOT_STARTED, e) &&
           tasks_tell_task(t, task, e);
}

bool task_delete(struct tasks *t, int64_t task, struct err *e) {
    if (!nothing_goes_on(t, task, e) ||
        !store_run(t->store, "DELETE FROM task WHERE id = ?", STORE_VALUES(STORE_I(task)), NULL, e)) {
        return false;
    }
    json_t *change = json_pack("{s:s, s:I}", "kind", "task-deleted", "id", (json_int_t)task);
    tasks_tell(t, "tasks", 0, json_incref(change));
    tasks_tell(t, "task", task, change);
    return true;
}
