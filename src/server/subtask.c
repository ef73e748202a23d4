/* What happens to a subtask. See tasks.h and state.h. */
#include <stdlib.h>

#include "base/str.h"
#include "server/alerts.h"
#include "server/tasks.h"
#include "server/view.h"
#include "server/webhooks.h"

enum { CHECK_TABLES_MAX = 200 }; /* that are named to a worker */

struct subtask {
    int64_t id, task;
    enum subtask_status status, reached;
    enum task_mode mode;
    bool leased; /* a worker may be alive */
};

static bool read_subtask(struct tasks *t, int64_t id, struct subtask *out, struct err *e) {
    struct store_rows rows;
    *out = (struct subtask){0};
    if (!store_rows(t->store, t->a, "SELECT task_id, status, reached, mode, lease_until_ms FROM subtask WHERE id = ?",
                    STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no subtask %lld", (long long)id);
    }
    *out = (struct subtask){
        .id = id,
        .task = store_number(&rows, 0, 0),
        .status = (enum subtask_status)store_number(&rows, 0, 1),
        .reached = (enum subtask_status)store_number(&rows, 0, 2),
        .mode = (enum task_mode)store_number(&rows, 0, 3),
        .leased = store_cell(&rows, 0, 4) != NULL,
    };
    return true;
}

/* What was asked for is so already: it was asked twice, or came about by itself. */
static bool is_so(const struct subtask *x, enum subtask_event event) {
    switch (event) {
    case EVENT_START:
    case EVENT_RETRY:
    case EVENT_CHECK_AGAIN:
        return state_is_active(x->status);
    case EVENT_FINISH:
        return x->status == SUB_FINISHED;
    case EVENT_RESET:
        return x->status == SUB_NOT_RUN;
    case EVENT_STOP_INCREMENTAL:
        return x->status == SUB_INCREMENTAL_STOPPING || x->status == SUB_INCREMENTAL_STOPPED;
    case EVENT_START_REVERSE:
        return x->status == SUB_REVERSE_START || x->status == SUB_REVERSE_RUNNING;
    case EVENT_UNDO_CUTOVER:
        return x->status == SUB_REVERSE_STOPPED;
    default:
        return false;
    }
}

static bool refuse(const struct subtask *x, enum subtask_event event, struct err *e) {
    if (x->mode == MODE_OFFLINE && event >= EVENT_STOP_INCREMENTAL &&
        (event <= EVENT_START_REVERSE || event == EVENT_CUTOVER || event == EVENT_UNDO_CUTOVER)) {
        return err_set(e, ERR_NOT_NOW, "subtask %lld is an offline migration: there is no incremental or reverse stage",
                       (long long)x->id);
    }
    err_set(e, ERR_NOT_NOW, "subtask %lld: '%s' is not possible in state '%s' (%d)", (long long)x->id,
            state_event_text(event, false), state_text(x->status, false), (int)x->status);
    return false;
}

/* What the worker is to be told; NULL: nothing. */
static const char *order_of(const struct subtask *x, const struct transition *step) {
    if (!x->leased) {
        return NULL;
    }
    switch (step->action) {
    case ACTION_TELL:
        return state_event_name(step->event);
    case ACTION_STOP:
        return x->status >= SUB_INCREMENTAL_START && x->status <= SUB_REVERSE_BROKEN ? "finish" : "stop";
    default:
        return NULL;
    }
}

static enum subtask_status reached(const struct subtask *x, enum subtask_status to) {
    return to == SUB_FAILED || to == SUB_WAITING || to == SUB_INSTALLING || to == SUB_PRECHECK_FAILED ? x->reached : to;
}

/* Optimistic: another server may have been faster. */
static bool store_step(struct tasks *t, const struct subtask *x, const struct transition *step, const char *reason,
                       struct err *e) {
    bool over = state_is_over(step->to), again = step->to == SUB_WAITING;
    const char *order = order_of(x, step);
    uint64_t changed;
    struct store_value finished = over ? STORE_I(t->now_ms) : STORE_T(NULL);
    struct store_value started = step->to == SUB_NOT_RUN ? STORE_T(NULL) : STORE_I(t->now_ms);
    if (!store_run(t->store,
                   "UPDATE subtask SET status = ?, reached = ?, reason = ?, finished_ms = ?, started_ms ="
                   " COALESCE(started_ms, ?), changed_ms = ?, command = ? WHERE id = ? AND status = ?",
                   STORE_VALUES(STORE_I(step->to), STORE_I(reached(x, step->to)), STORE_T(reason), finished, started,
                                STORE_I(t->now_ms), STORE_T(order), STORE_I(x->id), STORE_I(x->status)),
                   &changed, e)) {
        return false;
    }
    if (changed == 0) {
        return err_set(e, ERR_STORE_BUSY, "subtask %lld has just been changed by somebody else", (long long)x->id);
    }
    if (again && step->event == EVENT_MACHINE_LOST &&
        !store_run(t->store, "UPDATE subtask SET machine_id = NULL, server = NULL, lease_until_ms = NULL WHERE id = ?",
                   STORE_VALUES(STORE_I(x->id)), NULL, e)) {
        return false;
    }
    if ((step->event == EVENT_RETRY || step->event == EVENT_CHECK_AGAIN) &&
        !store_run(t->store, "UPDATE subtask SET not_before_ms = NULL WHERE id = ?", STORE_VALUES(STORE_I(x->id)), NULL,
                   e)) {
        return false;
    }
    return true;
}

/* Others may have taken its target since it was finished. */
static bool target_is_ours(struct tasks *t, const struct subtask *x, struct err *e) {
    struct store_rows rows;
    return store_rows(t->store, t->a, "SELECT target_id, target_database, target_schema FROM subtask WHERE id = ?",
                      STORE_VALUES(STORE_I(x->id)), &rows, e) &&
           target_is_free(t, x->id, store_number(&rows, 0, 0), store_cell(&rows, 0, 1), store_cell(&rows, 0, 2), e);
}

/* One of two events, since it was begun, or reset. */
static bool has_happened(struct tasks *t, int64_t id, enum subtask_event one, enum subtask_event other, bool *happened,
                         struct err *e) {
    struct store_rows rows;
    if (!store_rows(
            t->store, t->a,
            "SELECT count(*) FROM status_change WHERE subtask_id = ? AND event IN (?, ?) AND id >"
            " COALESCE((SELECT max(id) FROM status_change WHERE subtask_id = ? AND event = 'reset'), 0)",
            STORE_VALUES(STORE_I(id), STORE_T(state_event_name(one)), STORE_T(state_event_name(other)), STORE_I(id)),
            &rows, e)) {
        return false;
    }
    *happened = store_number(&rows, 0, 0) > 0;
    return true;
}

bool subtask_is_loaded(struct tasks *t, int64_t id, bool *loaded, struct err *e) {
    return has_happened(t, id, EVENT_FULL_FINISHED, EVENT_CHECK_START, loaded, e);
}

/* Which of its events since it was begun, or reset, was the last; *which EVENT_COUNT: none. `events` end with EVENT_COUNT. */
static bool last_of(struct tasks *t, int64_t id, const enum subtask_event *events, enum subtask_event *which,
                    struct err *e) {
    struct store_rows rows;
    char *list = arena_printf(t->a, "'%s'", state_event_name(events[0]));
    for (size_t i = 1; events[i] != EVENT_COUNT; i++) {
        list = arena_printf(t->a, "%s, '%s'", list, state_event_name(events[i]));
    }
    char *sql = arena_printf(t->a,
                             "SELECT event FROM status_change WHERE subtask_id = ? AND event IN ('reset', %s) ORDER BY"
                             " id DESC LIMIT 1",
                             list);
    *which = EVENT_COUNT;
    if (!store_rows(t->store, t->a, sql, STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    bool known = rows.n > 0 && state_event_parse(store_cell(&rows, 0, 0), which);
    *which = known && *which != EVENT_RESET ? *which : EVENT_COUNT;
    return true;
}

bool subtask_left(struct tasks *t, int64_t id, struct subtask_left *out, struct err *e) {
    static const enum subtask_event turns[] = {EVENT_STOP_INCREMENTAL,    EVENT_CUTOVER,       EVENT_CUTOVER_UNDONE,
                                               EVENT_INCREMENTAL_STOPPED, EVENT_START_REVERSE, EVENT_REVERSE_RUNNING,
                                               EVENT_UNDO_CUTOVER,        EVENT_COUNT};
    static const char *const left[EVENT_COUNT] = {
        [EVENT_STOP_INCREMENTAL] = "stopping",   [EVENT_CUTOVER] = "cutover",
        [EVENT_INCREMENTAL_STOPPED] = "stopped", [EVENT_START_REVERSE] = "reverse",
        [EVENT_REVERSE_RUNNING] = "reverse",     [EVENT_UNDO_CUTOVER] = "undo"};
    enum subtask_event last;
    if (!has_happened(t, id, EVENT_CHECK_FINISHED, EVENT_INCREMENTAL_START, &out->checked, e) ||
        !last_of(t, id, turns, &last, e)) {
        return false;
    }
    out->changes = last < EVENT_COUNT ? left[last] : NULL;
    return true;
}

/* When the incremental migration stopped, could the target not keep its changes? Then they are not known now. */
static bool way_back_is_there(struct tasks *t, const struct subtask *x, struct err *e) {
    struct store_rows rows;
    if (!store_rows(t->store, t->a,
                    "SELECT detail FROM status_change WHERE subtask_id = ? AND event = 'incremental-stopped' AND detail"
                    " IS NOT NULL AND id > COALESCE((SELECT max(id) FROM status_change WHERE subtask_id = ? AND event ="
                    " 'stop-incremental'), 0) ORDER BY id DESC LIMIT 1",
                    STORE_VALUES(STORE_I(x->id), STORE_I(x->id)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return true;
    }
    json_t *why = json_loads(store_cell(&rows, 0, 0), 0, NULL);
    const char *message = json_string_value(json_object_get(why, "message"));
    err_set(e, ERR_NOT_PREPARED, "subtask %lld: the target has not kept its changes", (long long)x->id);
    err_cause(e, "%s", message != NULL ? message : "see its history");
    err_hint(e, "finish the subtask; what was written to the target since cannot be carried back");
    json_decref(why);
    return false;
}

/* Changes flow back, but did a cut-over begin that? Only then the source was fenced. */
static bool cutover_was_made(struct tasks *t, const struct subtask *x, struct err *e) {
    static const enum subtask_event begins[] = {EVENT_CUTOVER, EVENT_STOP_INCREMENTAL, EVENT_COUNT};
    enum subtask_event last;
    return last_of(t, x->id, begins, &last, e) &&
           (last == EVENT_CUTOVER ||
            err_set(e, ERR_NOT_NOW, "subtask %lld: the incremental migration was stopped without a cut-over",
                    (long long)x->id));
}

/* What a table of states cannot know. */
static bool is_possible(struct tasks *t, const struct subtask *x, enum subtask_event event, struct err *e) {
    bool loaded;
    if (event == EVENT_START_REVERSE) {
        return way_back_is_there(t, x, e);
    }
    if (event == EVENT_UNDO_CUTOVER) {
        return cutover_was_made(t, x, e);
    }
    if (event != EVENT_RESET && event != EVENT_CHECK_AGAIN) {
        return true;
    }
    if (x->leased) {
        err_set(e, ERR_NOT_NOW, "subtask %lld: its worker has not ended yet", (long long)x->id);
        return err_hint(e, "try again in a few seconds");
    }
    if (event == EVENT_CHECK_AGAIN && !subtask_is_loaded(t, x->id, &loaded, e)) {
        return false;
    }
    if (event == EVENT_CHECK_AGAIN && !loaded) {
        return err_set(e, ERR_NOT_NOW, "subtask %lld: not all data has been moved, so there is nothing to check",
                       (long long)x->id);
    }
    return target_is_ours(t, x, e);
}

/* A reset keeps the history of what was done, not its figures. */
static bool forget(struct tasks *t, const struct subtask *x, struct err *e) {
    static const char *const statements[] = {
        "UPDATE subtask SET generation = generation + 1, accept_moved = 0, started_ms = NULL, attempts = 0,"
        " not_before_ms = NULL, progress = NULL, permille = 0, machine_id = NULL, server = NULL WHERE id = ?",
        "DELETE FROM object WHERE subtask_id = ?",
        "DELETE FROM document WHERE subtask_id = ?",
        "DELETE FROM sample WHERE subtask_id = ?",
    };
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        if (!store_run(t->store, statements[i], STORE_VALUES(STORE_I(x->id)), NULL, e)) {
            return false;
        }
    }
    return true;
}

static bool note_change(struct tasks *t, const struct subtask *x, const struct transition *step, const char *reason,
                        struct err *e) {
    return store_run(t->store,
                     "INSERT INTO status_change (subtask_id, before_status, after_status, event, at_ms, detail)"
                     " VALUES (?, ?, ?, ?, ?, ?)",
                     STORE_VALUES(STORE_I(x->id), STORE_I(step->from), STORE_I(step->to),
                                  STORE_T(state_event_name(step->event)), STORE_I(t->now_ms), STORE_T(reason)),
                     NULL, e) &&
           webhooks_subtask(t->store, t->a, x->id, (int)step->from, (int)step->to, reason, e);
}

static bool tell(struct tasks *t, const struct subtask *x, struct err *e) {
    json_t *view;
    if (!view_subtask(t->store, t->a, x->id, &view, e)) {
        return false;
    }
    json_t *change = json_pack("{s:s, s:I, s:o}", "kind", "subtask", "id", (json_int_t)x->id, "subtask", view);
    tasks_tell(t, "subtask", x->id, json_incref(change));
    tasks_tell(t, "task", x->task, change);
    return true;
}

static bool recount(struct tasks *t, const struct subtask *x, enum subtask_status status, struct err *e) {
    struct store_rows rows;
    struct object_counts counts = {0};
    if (!store_rows(t->store, t->a,
                    "SELECT CASE WHEN kind = 'table' THEN 1 ELSE 0 END, status, count(*) FROM object WHERE subtask_id ="
                    " ? GROUP BY 1, 2",
                    STORE_VALUES(STORE_I(x->id)), &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        object_counts_add(&counts, store_number(&rows, i, 0) == 1, (enum object_status)store_number(&rows, i, 1),
                          (unsigned)store_number(&rows, i, 2));
    }
    int permille = (int)(subtask_progress(&counts, status, x->mode) * 1000);
    return store_run(t->store, "UPDATE subtask SET permille = ? WHERE id = ?",
                     STORE_VALUES(STORE_I(permille), STORE_I(x->id)), NULL, e);
}

/* Finished where no worker is to take the way back down: people have to. */
static bool say_what_is_left(struct tasks *t, const struct subtask *x, enum subtask_event event, struct err *e) {
    struct subtask_left left;
    if (event != EVENT_FINISH || x->leased) {
        return true;
    }
    if (!subtask_left(t, x->id, &left, e)) {
        return false;
    }
    if (left.changes == NULL || str_eq(left.changes, "stopping")) {
        return true;
    }
    struct err what = ERR_INIT;
    err_set(&what, ERR_LEFT_BEHIND, "the replication slot of the way back is still in the target");
    err_cause(&what, "the subtask was finished while no worker was there to take it down");
    err_hint(&what, "look at pg_replication_slots (godwit_back_..), and drop it: it keeps the target's log");
    json_t *json = err_to_json(&what);
    bool ok = alert_raise(t->store, t->feed, ALERT_WARNING, x->id, 0, json, e);
    json_decref(json);
    return ok;
}

bool subtask_event(struct tasks *t, int64_t id, enum subtask_event event, const json_t *reason, bool *changed,
                   struct err *e) {
    struct subtask x;
    if (changed != NULL) {
        *changed = false;
    }
    if (!read_subtask(t, id, &x, e)) {
        return false;
    }
    if (is_so(&x, event)) {
        return true;
    }
    const struct transition *step = state_next(x.status, event, x.mode);
    if (step == NULL) {
        return refuse(&x, event, e);
    }
    if (!is_possible(t, &x, event, e)) {
        return false;
    }
    char *text = reason == NULL ? NULL : json_dumps(reason, JSON_COMPACT);
    bool ok = store_step(t, &x, step, text, e) && note_change(t, &x, step, text, e) &&
              (step->action != ACTION_FORGET || forget(t, &x, e)) && recount(t, &x, step->to, e) &&
              say_what_is_left(t, &x, event, e) && tasks_note(t, x.task, id, event, e) && tell(t, &x, e) &&
              task_refresh(t, x.task, e);
    free(text);
    if (ok && changed != NULL) {
        *changed = true;
    }
    return ok;
}

bool subtask_recount(struct tasks *t, int64_t id, struct err *e) {
    struct subtask x;
    struct store_rows rows;
    if (!read_subtask(t, id, &x, e) || !recount(t, &x, x.status, e) ||
        !store_rows(t->store, t->a, "SELECT permille FROM subtask WHERE id = ?", STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    json_t *change = json_pack("{s:s, s:I, s:I, s:f}", "kind", "share", "id", (json_int_t)id, "task",
                               (json_int_t)x.task, "progress", (double)store_number(&rows, 0, 0) / 1000);
    tasks_tell(t, "subtask", id, json_incref(change));
    tasks_tell(t, "task", x.task, change);
    return true;
}

bool subtask_accept_moved(struct tasks *t, int64_t id, bool accept, struct err *e) {
    return store_run(t->store, "UPDATE subtask SET accept_moved = ? WHERE id = ?",
                     STORE_VALUES(STORE_I(accept ? 1 : 0), STORE_I(id)), NULL, e);
}

/* These are to be compared again. */
static bool unmark(struct tasks *t, int64_t id, const char *which, struct err *e) {
    char *sql =
        arena_printf(t->a, "UPDATE object SET status = ?, error = NULL WHERE subtask_id = ? AND status IN (%s)", which);
    return store_run(t->store, sql, STORE_VALUES(STORE_I(OBJECT_MIGRATED), STORE_I(id)), NULL, e);
}

bool subtask_check_again(struct tasks *t, int64_t id, struct err *e) {
    bool changed;
    return subtask_event(t, id, EVENT_CHECK_AGAIN, NULL, &changed, e) && (!changed || unmark(t, id, "4, 5, 7", e)) &&
           (!changed || subtask_recount(t, id, e));
}

/* Of a check that has ended all tables that differ are compared again: its report, and its statements, are about all of them. */
static bool retry_check(struct tasks *t, int64_t id, struct err *e) {
    return subtask_event(t, id, EVENT_CHECK_AGAIN, NULL, NULL, e) && unmark(t, id, "7", e) && subtask_recount(t, id, e);
}

static bool retry_load(struct tasks *t, int64_t id, const char *kind, const char *name, struct err *e) {
    return store_run(t->store,
                     "UPDATE object SET status = ?, error = NULL WHERE subtask_id = ? AND kind = ? AND name = ?",
                     STORE_VALUES(STORE_I(OBJECT_WAITING), STORE_I(id), STORE_T(kind), STORE_T(name)), NULL, e) &&
           subtask_event(t, id, EVENT_RETRY, NULL, NULL, e);
}

bool subtask_retry_object(struct tasks *t, int64_t id, const char *kind, const char *name, struct err *e) {
    struct store_rows rows;
    if (!store_rows(t->store, t->a,
                    "SELECT o.status, s.status FROM object o JOIN subtask s ON s.id = o.subtask_id WHERE o.subtask_id ="
                    " ? AND o.kind = ? AND o.name = ?",
                    STORE_VALUES(STORE_I(id), STORE_T(kind), STORE_T(name)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "subtask %lld has no %s of that name", (long long)id, kind);
    }
    int64_t status = store_number(&rows, 0, 0);
    if (status != OBJECT_FAILED && status != OBJECT_CHECK_FAILED) {
        return err_set(e, ERR_NOT_NOW, "%s %s has not failed", kind, name);
    }
    return status == OBJECT_CHECK_FAILED && store_number(&rows, 0, 1) == SUB_FINISHED
               ? retry_check(t, id, e)
               : retry_load(t, id, kind, name, e);
}

/* What people, or this server, did last to make it run tells which. */
bool subtask_to_check(struct tasks *t, int64_t id, bool *again, json_t **tables, struct err *e) {
    struct store_rows rows, marked, others;
    *tables = NULL;
    *again = false;
    if (!store_rows(t->store, t->a,
                    "SELECT event FROM status_change WHERE subtask_id = ? AND event IN ('start', 'retry',"
                    " 'check-again') ORDER BY id DESC LIMIT 1",
                    STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    *again = rows.n > 0 && str_eq(store_cell(&rows, 0, 0), state_event_name(EVENT_CHECK_AGAIN));
    if (!*again) {
        return true;
    }
    if (!store_rows(t->store, t->a,
                    "SELECT name FROM object WHERE subtask_id = ? AND kind = 'table' AND status <> ? ORDER BY name"
                    " LIMIT ?",
                    STORE_VALUES(STORE_I(id), STORE_I(OBJECT_CHECKED), STORE_I(CHECK_TABLES_MAX + 1)), &marked, e) ||
        !store_rows(t->store, t->a,
                    "SELECT count(*) FROM object WHERE subtask_id = ? AND kind = 'table' AND status = ?",
                    STORE_VALUES(STORE_I(id), STORE_I(OBJECT_CHECKED)), &others, e)) {
        return false;
    }
    if (marked.n == 0 || marked.n > CHECK_TABLES_MAX || store_number(&others, 0, 0) == 0) {
        return true; /* all of them */
    }
    *tables = json_array();
    for (size_t i = 0; i < marked.n; i++) {
        json_array_append_new(*tables, json_string(store_cell(&marked, i, 0)));
    }
    return true;
}
