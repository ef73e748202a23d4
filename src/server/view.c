/* Tasks and subtasks as JSON. See view.h. */
#include "server/view.h"

#include <string.h>

#include "base/str.h"
#include "server/state.h"

json_t *view_status_text(int64_t status) {
    enum subtask_status s = (enum subtask_status)status;
    return json_pack("{s:s, s:s}", "en", state_text(s, false), "zh", state_text(s, true));
}

json_t *view_json(const char *text) {
    json_t *v = text == NULL ? NULL : json_loads(text, JSON_DECODE_ANY, NULL);
    return v != NULL ? v : json_null();
}

static json_t *time_json(const struct store_rows *r, size_t i, size_t column) {
    return store_cell(r, i, column) == NULL ? json_null() : json_integer((json_int_t)store_number(r, i, column));
}

static json_t *text_json(const char *s) {
    return s == NULL ? json_null() : json_string(s);
}

static void put(json_t *o, const char *name, json_t *v) {
    json_object_set_new(o, name, v);
}

static void put_number(json_t *o, const char *name, int64_t n) {
    put(o, name, json_integer((json_int_t)n));
}

/* Elapsed: till it was over, or till now. */
static json_t *elapsed(int64_t now_ms, const struct store_rows *r, size_t i, size_t started, size_t finished) {
    if (store_cell(r, i, started) == NULL) {
        return json_null();
    }
    int64_t end = store_cell(r, i, finished) != NULL ? store_number(r, i, finished) : now_ms;
    int64_t ms = end - store_number(r, i, started);
    return json_integer((json_int_t)(ms > 0 ? ms : 0));
}

/* ---- pages ---- */

static struct store_values page_values(struct arena *a, const struct view_page *p) {
    struct store_value *v = arena_array(a, struct store_value, p->nvalues + 2);
    if (p->nvalues > 0) {
        memcpy(v, p->values, p->nvalues * sizeof *v);
    }
    v[p->nvalues] = STORE_I(p->limit);
    v[p->nvalues + 1] = STORE_I(p->offset);
    return (struct store_values){v, p->nvalues + 2};
}

static bool count_rows(struct store *s, struct arena *a, const char *from, const struct view_page *p, int64_t *total,
                       struct err *e) {
    struct store_rows rows;
    char *sql = arena_printf(a, "SELECT count(*) FROM %s WHERE %s", from, p->where);
    if (!store_rows(s, a, sql, (struct store_values){p->values, p->nvalues}, &rows, e)) {
        return false;
    }
    *total = store_number(&rows, 0, 0);
    return true;
}

/* ---- main tasks ---- */

/* Counts of a mode, as the manual's page of a task shows them. */
struct mode_counts {
    int64_t total, not_started, running, finished, failed, precheck_failed;
};

struct task_figures {
    struct task_counts progress;
    struct mode_counts offline, online;
};

static void mode_counts_add(struct mode_counts *c, enum subtask_status s, int64_t n) {
    c->total += n;
    c->not_started += s == SUB_NOT_RUN ? n : 0;
    c->running += state_is_active(s) ? n : 0;
    c->finished += s == SUB_FINISHED ? n : 0;
    c->failed += s == SUB_FAILED ? n : 0;
    c->precheck_failed += s == SUB_PRECHECK_FAILED ? n : 0;
}

static json_t *mode_counts_json(const struct mode_counts *c) {
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "total", (json_int_t)c->total, "not_started",
                     (json_int_t)c->not_started, "running", (json_int_t)c->running, "finished", (json_int_t)c->finished,
                     "failed", (json_int_t)c->failed, "precheck_failed", (json_int_t)c->precheck_failed);
}

static char *list_of_ids(struct arena *a, const struct store_rows *tasks) {
    char *list = arena_strdup(a, "");
    for (size_t i = 0; i < tasks->n; i++) {
        list = arena_printf(a, "%s%s%lld", list, i > 0 ? ", " : "", (long long)store_number(tasks, i, 0));
    }
    return list;
}

static size_t place_of(const struct store_rows *tasks, int64_t id) {
    size_t i = 0;
    while (i < tasks->n && store_number(tasks, i, 0) != id) {
        i++;
    }
    return i;
}

static bool read_figures(struct store *s, struct arena *a, const struct store_rows *tasks, const char *ids,
                         struct task_figures *out, struct err *e) {
    struct store_rows rows;
    char *sql = arena_printf(a,
                             "SELECT task_id, status, reached, mode, count(*) FROM subtask WHERE task_id IN (%s)"
                             " GROUP BY task_id, status, reached, mode",
                             ids);
    if (!store_rows(s, a, sql, STORE_NONE, &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        size_t at = place_of(tasks, store_number(&rows, i, 0));
        enum subtask_status status = (enum subtask_status)store_number(&rows, i, 1);
        enum task_mode mode = (enum task_mode)store_number(&rows, i, 3);
        int64_t n = store_number(&rows, i, 4);
        if (at < tasks->n) {
            task_counts_add(&out[at].progress, status, (enum subtask_status)store_number(&rows, i, 2), mode,
                            (unsigned)n);
            mode_counts_add(mode == MODE_ONLINE ? &out[at].online : &out[at].offline, status, n);
        }
    }
    return true;
}

/* Those that `table` names for each task: chosen, or run on. */
static bool read_machines(struct store *s, struct arena *a, const struct store_rows *tasks, const char *ids,
                          const char *table, json_t **out, struct err *e) {
    struct store_rows rows;
    char *sql = arena_printf(a,
                             "SELECT DISTINCT x.task_id, m.id, m.name FROM %s x JOIN machine m ON m.id = x.machine_id"
                             " WHERE x.task_id IN (%s) ORDER BY m.name",
                             table, ids);
    if (!store_rows(s, a, sql, STORE_NONE, &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < tasks->n; i++) {
        out[i] = json_array();
    }
    for (size_t i = 0; i < rows.n; i++) {
        size_t at = place_of(tasks, store_number(&rows, i, 0));
        if (at < tasks->n) {
            json_array_append_new(out[at], json_pack("{s:I, s:s}", "id", (json_int_t)store_number(&rows, i, 1), "name",
                                                     store_cell(&rows, i, 2)));
        }
    }
    return true;
}

static json_t *task_json(const struct store_rows *r, size_t i, const struct task_figures *f, json_t *machines,
                         json_t *used, int64_t now_ms) {
    json_t *o = json_object();
    enum task_status status = (enum task_status)store_number(r, i, 2);
    put_number(o, "id", store_number(r, i, 0));
    put(o, "name", json_string(store_cell(r, i, 1)));
    put_number(o, "status", status);
    put(o, "status_text",
        json_pack("{s:s, s:s}", "en", task_status_text(status, false), "zh", task_status_text(status, true)));
    put(o, "progress", json_real((double)(int)(task_progress(&f->progress) * 10000) / 10000));
    put_number(o, "subtasks", f->progress.subtasks);
    put(o, "offline", mode_counts_json(&f->offline));
    put(o, "online", mode_counts_json(&f->online));
    put(o, "machines", machines);
    put(o, "used_machines", used);
    put(o, "params", view_json(store_cell(r, i, 3)));
    put(o, "created_by", json_string(store_cell(r, i, 4)));
    put(o, "created_ms", time_json(r, i, 5));
    put(o, "started_ms", time_json(r, i, 6));
    put(o, "finished_ms", time_json(r, i, 7));
    put(o, "elapsed_ms", elapsed(now_ms, r, i, 6, 7));
    return o;
}

bool view_tasks(struct store *s, struct arena *a, const struct view_page *p, json_t **items, int64_t *total,
                struct err *e) {
    struct store_rows rows;
    int64_t now;
    char *sql = arena_printf(a,
                             "SELECT t.id, t.name, t.status, t.params, t.created_by, t.created_ms, t.started_ms,"
                             " t.finished_ms FROM task t WHERE %s ORDER BY %s LIMIT ? OFFSET ?",
                             p->where, p->order);
    *items = NULL;
    if (!store_now(s, &now, e) || (total != NULL && !count_rows(s, a, "task t", p, total, e)) ||
        !store_rows(s, a, sql, page_values(a, p), &rows, e)) {
        return false;
    }
    *items = json_array();
    if (rows.n == 0) {
        return true;
    }
    struct task_figures *figures = arena_array(a, struct task_figures, rows.n);
    json_t **machines = arena_array(a, json_t *, rows.n), **used = arena_array(a, json_t *, rows.n);
    char *ids = list_of_ids(a, &rows);
    if (!read_figures(s, a, &rows, ids, figures, e) || !read_machines(s, a, &rows, ids, "task_machine", machines, e) ||
        !read_machines(s, a, &rows, ids, "subtask", used, e)) {
        for (size_t i = 0; i < rows.n; i++) {
            json_decref(machines[i]);
        }
        json_decref(*items);
        *items = NULL;
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(*items, task_json(&rows, i, &figures[i], machines[i], used[i], now));
    }
    return true;
}

/* The first of a list of one; ERR_NOT_FOUND when it is empty. */
static bool only(json_t *items, const char *what, int64_t id, json_t **out, struct err *e) {
    *out = json_incref(json_array_get(items, 0));
    json_decref(items);
    return *out != NULL || err_set(e, ERR_NOT_FOUND, "there is no %s %lld", what, (long long)id);
}

bool view_task(struct store *s, struct arena *a, int64_t task, json_t **out, struct err *e) {
    struct store_value id = STORE_I(task);
    struct view_page p = {.where = "t.id = ?", .order = "t.id", .values = &id, .nvalues = 1, .limit = 1};
    json_t *items;
    *out = NULL;
    return view_tasks(s, a, &p, &items, NULL, e) && only(items, "task", task, out, e);
}

/* ---- subtasks ---- */

#define SUBTASK_FROM                                                                                                   \
    "subtask s JOIN data_source src ON src.id = s.source_id JOIN data_source tgt ON tgt.id = s.target_id"              \
    " LEFT JOIN machine m ON m.id = s.machine_id"

static json_t *end_json(const struct store_rows *r, size_t i, size_t at) {
    return json_pack("{s:I, s:s, s:s, s:s, s:I, s:s}", "data_source", (json_int_t)store_number(r, i, at), "name",
                     store_cell(r, i, at + 1), "kind", store_cell(r, i, at + 2), "host", store_cell(r, i, at + 3),
                     "port", (json_int_t)store_number(r, i, at + 4), "database", store_cell(r, i, at + 5));
}

static json_t *subtask_json(const struct store_rows *r, size_t i, int64_t now_ms) {
    json_t *o = json_object(), *target = end_json(r, i, 14);
    put_number(o, "id", store_number(r, i, 0));
    put_number(o, "task", store_number(r, i, 1));
    put_number(o, "place", store_number(r, i, 2));
    put_number(o, "mode", store_number(r, i, 3));
    put_number(o, "status", store_number(r, i, 4));
    put(o, "status_text", view_status_text(store_number(r, i, 4)));
    put_number(o, "reached", store_number(r, i, 5));
    put(o, "reason", view_json(store_cell(r, i, 6)));
    put(o, "progress", json_real((double)store_number(r, i, 7) / 1000));
    put(o, "source", end_json(r, i, 8));
    json_object_set_new(target, "schema", json_string(store_cell(r, i, 20)));
    put(o, "target", target);
    put(o, "machine",
        store_cell(r, i, 21) == NULL
            ? json_null()
            : json_pack("{s:I, s:s}", "id", (json_int_t)store_number(r, i, 21), "name", store_cell(r, i, 22)));
    put_number(o, "attempts", store_number(r, i, 23));
    put(o, "figures", view_json(store_cell(r, i, 24)));
    put(o, "created_ms", time_json(r, i, 25));
    put(o, "started_ms", time_json(r, i, 26));
    put(o, "finished_ms", time_json(r, i, 27));
    put(o, "elapsed_ms", elapsed(now_ms, r, i, 26, 27));
    put(o, "tables", view_json(store_cell(r, i, 28)));
    put(o, "params", view_json(store_cell(r, i, 29)));
    put(o, "task_name", text_json(store_cell(r, i, 30)));
    return o;
}

bool view_subtasks(struct store *s, struct arena *a, const struct view_page *p, json_t **items, int64_t *total,
                   struct err *e) {
    struct store_rows rows;
    int64_t now;
    char *sql = arena_printf(
        a,
        "SELECT s.id, s.task_id, s.place, s.mode, s.status, s.reached, s.reason, s.permille, src.id, src.name, "
        "src.kind,"
        " src.host, src.port, s.source_database, tgt.id, tgt.name, tgt.kind, tgt.host, tgt.port, s.target_database,"
        " s.target_schema, m.id, m.name, s.attempts, s.progress, s.created_ms, s.started_ms, s.finished_ms, s.tables,"
        " s.params, (SELECT name FROM task WHERE task.id = s.task_id) FROM " SUBTASK_FROM
        " WHERE %s ORDER BY %s LIMIT ? OFFSET ?",
        p->where, p->order);
    *items = NULL;
    if (!store_now(s, &now, e) || (total != NULL && !count_rows(s, a, SUBTASK_FROM, p, total, e)) ||
        !store_rows(s, a, sql, page_values(a, p), &rows, e)) {
        return false;
    }
    *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(*items, subtask_json(&rows, i, now));
    }
    return true;
}

bool view_subtask(struct store *s, struct arena *a, int64_t subtask, json_t **out, struct err *e) {
    struct store_value id = STORE_I(subtask);
    struct view_page p = {.where = "s.id = ?", .order = "s.id", .values = &id, .nvalues = 1, .limit = 1};
    json_t *items;
    *out = NULL;
    return view_subtasks(s, a, &p, &items, NULL, e) && only(items, "subtask", subtask, out, e);
}
