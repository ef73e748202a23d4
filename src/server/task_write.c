/* Making, editing and copying main tasks. See tasks.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/data_source.h"
#include "server/params.h"
#include "server/tasks.h"

enum { NAME_MAX_BYTES = 200, SUBTASKS_MAX = 1000, IDENTIFIER_MAX = 128, PATTERNS_MAX = 1000 };

struct written {
    struct tasks *t;
    int64_t task;
    struct err *e;
};

/* ---- reading the body ---- */

static bool text_of(const json_t *o, const char *place, const char *name, size_t max, const char **out, struct err *e) {
    const json_t *v = json_object_get(o, name);
    *out = NULL;
    if (!json_is_string(v) || json_string_length(v) == 0 || json_string_length(v) > max ||
        strlen(json_string_value(v)) != json_string_length(v)) {
        return err_set(e, ERR_BODY, "%s%s must be a text of 1 to %zu bytes", place, name, max);
    }
    *out = json_string_value(v);
    for (const char *p = *out; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f) {
            return err_set(e, ERR_BODY, "%s%s has control characters", place, name);
        }
    }
    return true;
}

static bool patterns_are_texts(const json_t *list, const char *place, const char *name, struct err *e) {
    size_t i;
    const json_t *item;
    if (list == NULL) {
        return true;
    }
    if (!json_is_array(list) || json_array_size(list) > PATTERNS_MAX) {
        return err_set(e, ERR_BODY, "%stables.%s must be a list of at most %d patterns", place, name,
                       (int)PATTERNS_MAX);
    }
    json_array_foreach(list, i, item) {
        if (!json_is_string(item) || json_string_length(item) == 0) {
            return err_set(e, ERR_BODY, "%stables.%s: a pattern is a text that is not empty", place, name);
        }
    }
    return true;
}

static bool check_params(const json_t *params, const char *place, struct err *e) {
    if (params != NULL && !json_is_object(params)) {
        return err_set(e, ERR_BODY, "%sparams must be an object", place);
    }
    return params == NULL || params_check(params, e) ||
           (place[0] != '\0' && err_where(e, "%.*s", (int)strlen(place) - 2, place));
}

static char *dump(struct arena *a, const json_t *v) {
    char *text = v == NULL ? NULL : json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS);
    char *out = arena_strdup(a, text == NULL ? "{}" : text);
    free(text);
    return out;
}

/* ---- ends ---- */

/* Which side a data source may be. */
static bool data_source_fits(struct tasks *t, const char *place, const json_t *subtask, const char *key, bool source,
                             int64_t *id, struct err *e) {
    struct store_rows rows;
    const json_t *v = json_object_get(subtask, key);
    *id = 0;
    if (!json_is_integer(v)) {
        return err_set(e, ERR_BODY, "%s%s must be the id of a data source", place, key);
    }
    *id = json_integer_value(v);
    if (!store_rows(t->store, t->a, "SELECT kind, name FROM data_source WHERE id = ?", STORE_VALUES(STORE_I(*id)),
                    &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return err_set(e, ERR_BODY, "%s%s: there is no data source %lld", place, key, (long long)*id);
    }
    const char *kind = store_cell(&rows, 0, 0);
    return data_source_is_mysql(kind) == source ||
           err_set(e, ERR_BODY, "%s%s: %s is %s; a %s is %s", place, key, store_cell(&rows, 0, 1), kind,
                   source ? "source" : "target", source ? "mysql or mariadb" : "opengauss or postgresql");
}

/* ---- subtasks ---- */

/* The parameter is the manual's way to name the schema; the key of the subtask wins. */
static const char *schema_of(struct tasks *t, const json_t *subtask, const json_t *global,
                             const char *source_database) {
    const json_t *given = json_object_get(subtask, "target_schema");
    if (json_is_string(given) && json_string_length(given) > 0) {
        return json_string_value(given);
    }
    const char *param = params_value(t->a, json_object_get(subtask, "params"), global, "opengauss.database.schema");
    return param != NULL && param[0] != '\0' ? param : source_database;
}

bool subtask_read(struct tasks *t, const char *place, const json_t *subtask, const json_t *global,
                  struct job_subtask *out, struct err *e) {
    const json_t *mode = json_object_get(subtask, "mode"), *tables = json_object_get(subtask, "tables");
    *out = (struct job_subtask){
        .tables = tables, .params = json_object_get(subtask, "params"), .task_params = global, .mode = 0};
    if (!json_is_object(subtask)) {
        return err_set(e, ERR_BODY, "%sit must be an object", place);
    }
    if (!data_source_fits(t, place, subtask, "source_id", true, &out->source, e) ||
        !data_source_fits(t, place, subtask, "target_id", false, &out->target, e) ||
        !text_of(subtask, place, "source_database", IDENTIFIER_MAX, &out->source_database, e) ||
        !text_of(subtask, place, "target_database", IDENTIFIER_MAX, &out->target_database, e)) {
        return false;
    }
    out->mode = json_integer_value(mode);
    if (out->mode != MODE_OFFLINE && out->mode != MODE_ONLINE) {
        return err_set(e, ERR_BODY, "%smode is 1 (offline) or 2 (online)", place);
    }
    if (tables != NULL && !json_is_object(tables)) {
        return err_set(e, ERR_BODY, "%stables must be an object with include and exclude", place);
    }
    if (!patterns_are_texts(json_object_get(tables, "include"), place, "include", e) ||
        !patterns_are_texts(json_object_get(tables, "exclude"), place, "exclude", e) ||
        !check_params(out->params, place, e)) {
        return false;
    }
    out->target_schema = schema_of(t, subtask, global, out->source_database);
    return strlen(out->target_schema) <= IDENTIFIER_MAX ||
           err_set(e, ERR_BODY, "%starget_schema must be a text of 1 to %d bytes", place, (int)IDENTIFIER_MAX);
}

static bool write_subtask(struct written *w, size_t number, const json_t *subtask, const json_t *global) {
    struct tasks *t = w->t;
    struct job_subtask x;
    int64_t id;
    if (!subtask_read(t, arena_printf(t->a, "subtask %zu: ", number), subtask, global, &x, w->e)) {
        return false;
    }
    if (!target_is_free(t, 0, x.target, x.target_database, x.target_schema, w->e)) {
        return err_where(w->e, "subtask %zu", number);
    }
    return store_insert(
        t->store,
        "INSERT INTO subtask (task_id, place, source_id, source_database, target_id, target_database, target_schema,"
        " mode, tables, params, generation, status, reached, fence, attempts, permille, created_ms, "
        "changed_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, ?, ?) RETURNING id",
        STORE_VALUES(STORE_I(w->task), STORE_I(number), STORE_I(x.source), STORE_T(x.source_database),
                     STORE_I(x.target), STORE_T(x.target_database), STORE_T(x.target_schema), STORE_I(x.mode),
                     STORE_T(dump(t->a, x.tables)), STORE_T(dump(t->a, x.params)), STORE_I(t->now_ms),
                     STORE_I(t->now_ms)),
        &id, w->e);
}

static bool write_subtasks(struct written *w, const json_t *list, const json_t *global) {
    size_t i;
    const json_t *item;
    if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > SUBTASKS_MAX) {
        return err_set(w->e, ERR_BODY, "subtasks must be a list of 1 to %d subtasks", (int)SUBTASKS_MAX);
    }
    json_array_foreach(list, i, item) {
        if (!write_subtask(w, i + 1, item, global)) {
            return false;
        }
    }
    return true;
}

/* ---- machines ---- */

static bool write_machines(struct written *w, const json_t *list) {
    size_t i;
    const json_t *item;
    if (list != NULL && !json_is_array(list)) {
        return err_set(w->e, ERR_BODY, "machines must be a list of ids; an empty one stands for all machines");
    }
    json_array_foreach(list, i, item) {
        struct store_rows rows;
        int64_t id = json_integer_value(item);
        if (!store_rows(w->t->store, w->t->a,
                        "SELECT (SELECT count(*) FROM machine WHERE id = ?), (SELECT count(*) FROM task_machine"
                        " WHERE task_id = ? AND machine_id = ?)",
                        STORE_VALUES(STORE_I(id), STORE_I(w->task), STORE_I(id)), &rows, w->e)) {
            return false;
        }
        if (!json_is_integer(item) || store_number(&rows, 0, 0) == 0) {
            return err_set(w->e, ERR_BODY, "machines: there is no execution machine %lld", (long long)id);
        }
        if (store_number(&rows, 0, 1) == 0 &&
            !store_run(w->t->store, "INSERT INTO task_machine (task_id, machine_id) VALUES (?, ?)",
                       STORE_VALUES(STORE_I(w->task), STORE_I(id)), NULL, w->e)) {
            return false;
        }
    }
    return true;
}

/* ---- tasks ---- */

static bool insert_task(struct written *w, const char *name, const char *params) {
    struct tasks *t = w->t;
    return store_insert(
        t->store,
        "INSERT INTO task (name, status, params, created_by, created_ms, changed_ms) VALUES (?, 0, ?, ?, ?, ?)"
        " RETURNING id",
        STORE_VALUES(STORE_T(name), STORE_T(params), STORE_T(t->who != NULL ? t->who : "godwit"), STORE_I(t->now_ms),
                     STORE_I(t->now_ms)),
        &w->task, w->e);
}

/* What is there goes; the new subtasks are checked as if for a new task. */
static bool replace_task(struct written *w, const char *name, const char *params) {
    struct tasks *t = w->t;
    struct store_rows rows;
    if (!store_rows(
            t->store, t->a,
            "SELECT (SELECT count(*) FROM subtask WHERE task_id = t.id AND status <> ?) FROM task t WHERE t.id = ?",
            STORE_VALUES(STORE_I(SUB_NOT_RUN), STORE_I(w->task)), &rows, w->e)) {
        return false;
    }
    if (rows.n == 0) {
        return err_set(w->e, ERR_NOT_FOUND, "there is no task %lld", (long long)w->task);
    }
    if (store_number(&rows, 0, 0) > 0) {
        err_set(w->e, ERR_NOT_NOW, "task %lld was started: it can no longer be edited", (long long)w->task);
        return err_hint(w->e, "copy it, or reset it when it is over");
    }
    return store_run(t->store, "UPDATE task SET name = ?, params = ?, changed_ms = ? WHERE id = ?",
                     STORE_VALUES(STORE_T(name), STORE_T(params), STORE_I(t->now_ms), STORE_I(w->task)), NULL, w->e) &&
           store_run(t->store, "DELETE FROM task_machine WHERE task_id = ?", STORE_VALUES(STORE_I(w->task)), NULL,
                     w->e) &&
           store_run(t->store, "DELETE FROM subtask WHERE task_id = ?", STORE_VALUES(STORE_I(w->task)), NULL, w->e);
}

bool task_params_read(const json_t *params, struct err *e) {
    return check_params(params, "", e);
}

bool task_write(struct tasks *t, const json_t *body, int64_t *id, struct err *e) {
    struct written w = {.t = t, .task = *id, .e = e};
    const json_t *params = json_object_get(body, "params");
    const char *name;
    if (!text_of(body, "", "name", NAME_MAX_BYTES, &name, e) || !check_params(params, "", e)) {
        return false;
    }
    char *text = dump(t->a, params);
    if (!(*id == 0 ? insert_task(&w, name, text) : replace_task(&w, name, text)) ||
        !write_machines(&w, json_object_get(body, "machines")) ||
        !write_subtasks(&w, json_object_get(body, "subtasks"), params)) {
        return false;
    }
    *id = w.task;
    return tasks_tell_task(t, w.task, e);
}

/* The copy has no targets of its own: as long as the original holds them the copy cannot be made. Its name says that it is one. */
bool task_copy(struct tasks *t, int64_t task, int64_t *copy, struct err *e) {
    struct store_rows one, subtasks;
    if (!store_rows(t->store, t->a, "SELECT name, params FROM task WHERE id = ?", STORE_VALUES(STORE_I(task)), &one,
                    e) ||
        !store_rows(t->store, t->a,
                    "SELECT source_id, source_database, target_id, target_database, target_schema, mode, tables, params"
                    " FROM subtask WHERE task_id = ? ORDER BY place",
                    STORE_VALUES(STORE_I(task)), &subtasks, e)) {
        return false;
    }
    if (one.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no task %lld", (long long)task);
    }
    const char *name = store_cell(&one, 0, 0);
    size_t len = str_utf8_cut(name, strlen(name), NAME_MAX_BYTES - sizeof " (copy)");
    struct written w = {.t = t, .e = e};
    if (!insert_task(&w, arena_printf(t->a, "%.*s (copy)", (int)len, name), store_cell(&one, 0, 1)) ||
        !store_run(
            t->store,
            "INSERT INTO task_machine (task_id, machine_id) SELECT CAST(? AS bigint), machine_id FROM task_machine"
            " WHERE task_id = ?",
            STORE_VALUES(STORE_I(w.task), STORE_I(task)), NULL, e)) {
        return false;
    }
    for (size_t i = 0; i < subtasks.n; i++) {
        int64_t id;
        if (!target_is_free(t, 0, store_number(&subtasks, i, 2), store_cell(&subtasks, i, 3),
                            store_cell(&subtasks, i, 4), e) ||
            !store_insert(
                t->store,
                "INSERT INTO subtask (task_id, place, source_id, source_database, target_id, target_database,"
                " target_schema, mode, tables, params, generation, status, reached, fence, attempts,"
                " permille, created_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, ?, ?)"
                " RETURNING id",
                STORE_VALUES(STORE_I(w.task), STORE_I(i + 1), STORE_I(store_number(&subtasks, i, 0)),
                             STORE_T(store_cell(&subtasks, i, 1)), STORE_I(store_number(&subtasks, i, 2)),
                             STORE_T(store_cell(&subtasks, i, 3)), STORE_T(store_cell(&subtasks, i, 4)),
                             STORE_I(store_number(&subtasks, i, 5)), STORE_T(store_cell(&subtasks, i, 6)),
                             STORE_T(store_cell(&subtasks, i, 7)), STORE_I(t->now_ms), STORE_I(t->now_ms)),
                &id, e)) {
            return false;
        }
    }
    *copy = w.task;
    return tasks_tell_task(t, w.task, e);
}
