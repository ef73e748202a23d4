/* See agent_ended.h. */
#include "server/agent_ended.h"

#include <string.h>

#include "base/log.h"
#include "server/alerts.h"
#include "server/attempts.h"
#include "server/figures.h"
#include "server/objects.h"
#include "server/scheduler.h"

/* Exit codes of workers, as docs/cli.md has them. */
enum { CODE_OK = 0, CODE_PRECHECK = 3, CODE_DIFFERENT = 4, CODE_STOPPED = 130 };

/* Tries after the first; each waits twice as long as the one before. */
enum { CRASHES_MAX = 3, FIRST_WAIT_MS = 2000 };

struct end {
    int64_t subtask;
    enum subtask_status status;
    struct attempts lately;
    bool exited; /* by itself, with `code` */
    int64_t code, signal;
    const json_t *error;
    json_t *reason; /* what people are told */
};

static json_t *crash_reason(const struct end *x, const json_t *message) {
    struct err what = ERR_INIT;
    const char *words = json_string_value(json_object_get(message, "stderr"));
    if (x->exited) {
        err_set(&what, ERR_WORKER_CRASHED, "the worker ended with code %lld and without a reason", (long long)x->code);
    } else {
        err_set(&what, ERR_WORKER_CRASHED, "the worker was ended by signal %lld (%s)", (long long)x->signal,
                strsignal((int)x->signal));
    }
    if (words != NULL && words[0] != '\0') {
        err_cause(&what, "%s", words);
    }
    return err_to_json(&what);
}

static bool may_be_tried_again(const struct end *x) {
    bool passing = x->error == NULL || json_is_true(json_object_get(x->error, "retryable"));
    return passing && x->lately.crashes < CRASHES_MAX;
}

static bool try_later(struct tasks *t, const struct end *x, struct err *e) {
    int64_t wait_ms = (int64_t)FIRST_WAIT_MS << x->lately.crashes;
    return subtask_event(t, x->subtask, EVENT_MACHINE_LOST, x->reason, NULL, e) &&
           store_run(t->store, "UPDATE subtask SET not_before_ms = ? WHERE id = ?",
                     STORE_VALUES(STORE_I(t->now_ms + wait_ms), STORE_I(x->subtask)), NULL, e);
}

static bool fail(struct tasks *t, const struct end *x, struct err *e) {
    bool precheck = x->exited && x->code == CODE_PRECHECK && x->status == SUB_FULL_START;
    return subtask_event(t, x->subtask, precheck ? EVENT_PRECHECK_FAILED : EVENT_FAILED, x->reason, NULL, e);
}

static bool decide(struct tasks *t, const struct end *x, struct err *e) {
    if (!state_is_active(x->status)) {
        return true; /* people were faster, or it is simply done */
    }
    if (x->exited && x->code == CODE_STOPPED) {
        return subtask_event(t, x->subtask, EVENT_MACHINE_LOST, NULL, NULL, e); /* its agent was shut down */
    }
    return may_be_tried_again(x) ? try_later(t, x, e) : fail(t, x, e);
}

static bool read_end(struct tasks *t, int64_t subtask, const json_t *message, struct end *x, struct err *e) {
    struct store_rows rows;
    if (!store_rows(t->store, t->a, "SELECT status FROM subtask WHERE id = ?", STORE_VALUES(STORE_I(subtask)), &rows,
                    e)) {
        return false;
    }
    if (rows.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no subtask %lld", (long long)subtask);
    }
    const json_t *error = json_object_get(message, "error");
    *x = (struct end){
        .subtask = subtask,
        .status = (enum subtask_status)store_number(&rows, 0, 0),
        .exited = json_is_integer(json_object_get(message, "code")),
        .code = json_integer_value(json_object_get(message, "code")),
        .signal = json_integer_value(json_object_get(message, "signal")),
        .error = json_is_object(error) ? error : NULL,
    };
    x->reason = x->error != NULL ? json_incref((json_t *)x->error) : crash_reason(x, message);
    return true;
}

static bool in_transaction(struct tasks *t, struct end *x, struct err *e) {
    if (!tasks_begin(t, e)) {
        return false;
    }
    if (attempts_read(t, x->subtask, &x->lately, e) && decide(t, x, e) &&
        store_run(t->store, "UPDATE subtask SET lease_until_ms = NULL, command = NULL WHERE id = ?",
                  STORE_VALUES(STORE_I(x->subtask)), NULL, e)) {
        return tasks_commit(t, e);
    }
    tasks_rollback(t);
    return false;
}

bool agent_worker_ended(const struct api *api, struct tasks *t, int64_t subtask, const json_t *message, struct err *e) {
    struct end x = {0};
    if (!read_end(t, subtask, message, &x, e)) {
        return false;
    }
    bool ok = in_transaction(t, &x, e);
    if (ok) {
        bool well = x.status == SUB_FINISHED;
        log_info("worker", "the worker of subtask %lld has ended%s%s", (long long)subtask, well ? "" : ": ",
                 well ? "" : json_string_value(json_object_get(x.reason, "message")));
        figures_end(api->figures, subtask);
        scheduler_kick(api->scheduler);
        bool stopped = x.exited && x.code == CODE_STOPPED;
        if (well && x.error != NULL) { /* it is done, but not everything could be compared */
            ok = alert_raise(t->store, api->feed, ALERT_WARNING, subtask, 0, x.error, e);
        } else if (well) { /* that the sides differ stays to be looked at, and what is not there */
            bool failed;
            ok = objects_alert(api, t->store, t->a, subtask, &failed, e) &&
                 (failed || x.code == CODE_DIFFERENT || alert_close(t->store, api->feed, subtask, 0, NULL, e));
        } else if (!stopped) {
            ok = alert_raise(t->store, api->feed, ALERT_ERROR, subtask, 0, x.reason, e);
        }
    }
    json_decref(x.reason);
    return ok;
}
