/* What all changes of tasks have in common. See tasks.h. */
#include "server/tasks.h"

#include "base/str.h"
#include "server/view.h"

bool tasks_begin(struct tasks *t, struct err *e) {
    t->told = json_array();
    if (!store_begin(t->store, e)) {
        json_decref(t->told);
        t->told = NULL;
        return false;
    }
    if (!store_now(t->store, &t->now_ms, e)) {
        tasks_rollback(t);
        return false;
    }
    return true;
}

bool tasks_commit(struct tasks *t, struct err *e) {
    size_t i;
    json_t *item;
    if (!store_commit(t->store, e)) {
        tasks_rollback(t);
        return false;
    }
    json_array_foreach(t->told, i, item) {
        feed_tell(t->feed, json_string_value(json_object_get(item, "topic")),
                  json_incref(json_object_get(item, "change")));
    }
    json_decref(t->told);
    t->told = NULL;
    return true;
}

void tasks_rollback(struct tasks *t) {
    store_rollback(t->store);
    json_decref(t->told);
    t->told = NULL;
}

void tasks_tell(struct tasks *t, const char *kind, int64_t id, json_t *change) {
    const char *topic = id > 0 ? arena_printf(t->a, "%s %lld", kind, (long long)id) : kind;
    json_array_append_new(t->told, json_pack("{s:s, s:o}", "topic", topic, "change", change));
}

bool tasks_tell_task(struct tasks *t, int64_t task, struct err *e) {
    json_t *view;
    if (!view_task(t->store, t->a, task, &view, e)) {
        return false;
    }
    json_t *change = json_pack("{s:s, s:I, s:o}", "kind", "task", "id", (json_int_t)task, "task", view);
    tasks_tell(t, "tasks", 0, json_incref(change));
    tasks_tell(t, "task", task, change);
    return true;
}

/* Numbers of the system we replace; the others are ours. */
static int code_of(enum subtask_event event) {
    switch (event) {
    case EVENT_START:
        return 1;
    case EVENT_STOP_INCREMENTAL:
        return 2;
    case EVENT_START_REVERSE:
        return 3;
    case EVENT_FINISH:
        return 100;
    case EVENT_RESET:
        return 101;
    case EVENT_RETRY:
        return 102;
    case EVENT_CHECK_AGAIN:
        return 103;
    case EVENT_CUTOVER:
        return 104;
    case EVENT_UNDO_CUTOVER:
        return 105;
    default:
        return 0;
    }
}

bool tasks_note(struct tasks *t, int64_t task, int64_t subtask, enum subtask_event event, struct err *e) {
    int code = code_of(event);
    if (code == 0 || t->who == NULL) {
        return true;
    }
    return store_run(t->store, "INSERT INTO operation (task_id, subtask_id, code, who, at_ms) VALUES (?, ?, ?, ?, ?)",
                     STORE_VALUES(STORE_I(task), subtask > 0 ? STORE_I(subtask) : STORE_T(NULL), STORE_I(code),
                                  STORE_T(t->who), STORE_I(t->now_ms)),
                     NULL, e);
}

bool target_is_free(struct tasks *t, int64_t subtask, int64_t target, const char *database, const char *schema,
                    struct err *e) {
    struct store_rows rows;
    if (!store_rows(
            t->store, t->a,
            "SELECT s.id, t.name FROM subtask s JOIN task t ON t.id = s.task_id WHERE s.target_id = ? AND"
            " s.target_database = ? AND s.target_schema = ? AND s.status <> ? AND s.id <> ?",
            STORE_VALUES(STORE_I(target), STORE_T(database), STORE_T(schema), STORE_I(SUB_FINISHED), STORE_I(subtask)),
            &rows, e)) {
        return false;
    }
    return rows.n == 0 ||
           err_set(e, ERR_TARGET_HELD, "schema %s of database %s is the target of subtask %lld of task '%s'", schema,
                   database, (long long)store_number(&rows, 0, 0), store_cell(&rows, 0, 1));
}

bool targets_held(struct tasks *t, int64_t target, const char *database, const char *schema, int64_t task, json_t **out,
                  struct err *e) {
    struct store_rows rows;
    *out = NULL;
    if (!store_rows(
            t->store, t->a,
            "SELECT s.target_database, s.target_schema, s.id, s.status, t.id, t.name FROM subtask s JOIN task t"
            " ON t.id = s.task_id WHERE s.target_id = ? AND s.status <> ? AND t.id <> ? AND s.target_database ="
            " COALESCE(?, s.target_database) AND s.target_schema = COALESCE(?, s.target_schema) ORDER BY"
            " s.target_database, s.target_schema",
            STORE_VALUES(STORE_I(target), STORE_I(SUB_FINISHED), STORE_I(task), STORE_T(database), STORE_T(schema)),
            &rows, e)) {
        return false;
    }
    *out = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(*out,
                              json_pack("{s:s, s:s, s:I, s:I, s:I, s:s}", "database", store_cell(&rows, i, 0), "schema",
                                        store_cell(&rows, i, 1), "subtask", (json_int_t)store_number(&rows, i, 2),
                                        "status", (json_int_t)store_number(&rows, i, 3), "task",
                                        (json_int_t)store_number(&rows, i, 4), "task_name", store_cell(&rows, i, 5)));
    }
    return true;
}
