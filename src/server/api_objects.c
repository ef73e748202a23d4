/* /api/v1/subtasks/{id}/objects: tables, views and programs of a subtask, one by one; what failed is tried again. */
#include <string.h>

#include "base/str.h"
#include "server/ask.h"
#include "server/documents.h"
#include "server/filters.h"
#include "server/hub.h"
#include "server/objects.h"
#include "server/scheduler.h"
#include "server/tasks.h"

enum { RETRY_S = 300, KIND_MAX = 16, NAME_MAX_BYTES = 128, TRANSLATION_MAX = 512 << 10 };

#define OBJECT_COLUMNS                                                                                                 \
    "o.kind, o.name, o.target, o.status, o.row_count, o.row_estimate, o.byte_count, o.permille, o.error, o.chunks"
enum { OBJECT_COLUMN_COUNT = 10 };

/* The picture itself is asked for one by one. */
static json_t *chunk_number(const char *text) {
    json_t *picture = view_json(text), *n = json_incref(json_object_get(picture, "n"));
    json_decref(picture);
    return n != NULL ? n : json_null();
}

static json_t *object_json(const struct store_rows *r, size_t i) {
    return json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "kind", store_cell(r, i, 0), "name",
                     store_cell(r, i, 1), "target", api_text_json(store_cell(r, i, 2)), "status",
                     (json_int_t)store_number(r, i, 3), "rows", (json_int_t)store_number(r, i, 4), "rows_estimate",
                     (json_int_t)store_number(r, i, 5), "bytes", (json_int_t)store_number(r, i, 6), "permille",
                     (json_int_t)store_number(r, i, 7), "error", view_json(store_cell(r, i, 8)), "chunks",
                     store_cell(r, i, 9) == NULL ? json_null() : chunk_number(store_cell(r, i, 9)));
}

/* What is not among them, and why: rights that are missing, kinds that are not carried. */
static bool add_lacking(struct call *c, int64_t id, struct err *e) {
    const char *text;
    if (!documents_read(c->store, c->a, id, "object_report", &text, e)) {
        return false;
    }
    json_t *report = text != NULL ? json_loads(text, 0, NULL) : NULL, *lacking = json_object_get(report, "lacking");
    json_object_set_new(c->out, "lacking", lacking != NULL ? json_incref(lacking) : json_array());
    json_decref(report);
    return true;
}

static bool objects(struct call *c, struct err *e) {
    static const struct filter filters[] = {
        {"kind", FILTER_EXACT, "o.kind"},
        {"status", FILTER_NUMBER, "o.status"},
        {"name", FILTER_TEXT, "o.name"},
        {"errors", FILTER_FLAG, "o.status IN (6, 7)"},
        {0},
    };
    static const struct sorting sortings[] = {{"name", "o.name"},
                                              {"kind", "o.kind"},
                                              {"status", "o.status"},
                                              {"rows", "o.row_count"},
                                              {"bytes", "o.byte_count"},
                                              {"progress", "o.permille"},
                                              {0}};
    struct page p;
    struct view_page page;
    struct store_rows rows, total;
    int64_t id;
    if (!api_subtask(c, &id, e)) {
        return false;
    }
    const struct filters of_objects = {.filters = filters,
                                       .sortings = sortings,
                                       .first = "o.kind DESC",
                                       .unique = "o.name",
                                       .base = arena_printf(c->a, "o.subtask_id = %lld", (long long)id)};
    if (!filters_page(c, &of_objects, &p, &page, e)) {
        return false;
    }
    char *count = arena_printf(c->a, "SELECT count(*) FROM object o WHERE %s", page.where);
    char *sql =
        arena_printf(c->a, "SELECT " OBJECT_COLUMNS " FROM object o WHERE %s ORDER BY %s LIMIT %lld OFFSET %lld",
                     page.where, page.order, (long long)page.limit, (long long)page.offset);
    struct store_values values = {page.values, page.nvalues};
    if (!store_rows(c->store, c->a, count, values, &total, e) || !store_rows(c->store, c->a, sql, values, &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(items, object_json(&rows, i));
    }
    c->out = api_list(&p, store_number(&total, 0, 0), items);
    return add_lacking(c, id, e);
}

/* ---- one ---- */

/* An application that fires triggers is there as soon as no changes of the source come any more. */
static bool triggers_fire(enum subtask_status s, enum task_mode mode) {
    return mode == MODE_OFFLINE || s == SUB_FINISHED || s == SUB_INCREMENTAL_STOPPED || s == SUB_REVERSE_START ||
           s == SUB_REVERSE_RUNNING || s == SUB_REVERSE_BROKEN;
}

/* ?kind=&name=: with source and translation, where there are such. */
static bool one(struct call *c, struct err *e) {
    const char *kind = http_parameter(c->request, "kind"), *name = http_parameter(c->request, "name");
    struct store_rows rows;
    int64_t id;
    if (!api_subtask(c, &id, e)) {
        return false;
    }
    if (kind == NULL || name == NULL) {
        return err_set(e, ERR_BODY, "kind and name say which object");
    }
    if (!store_rows(c->store, c->a,
                    "SELECT " OBJECT_COLUMNS ", o.detail, s.reached, s.mode FROM object o JOIN subtask s ON s.id ="
                    " o.subtask_id WHERE o.subtask_id = ? AND o.kind = ? AND o.name = ?",
                    STORE_VALUES(STORE_I(id), STORE_T(kind), STORE_T(name)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "subtask %lld has no such object", (long long)id);
    }
    c->out = object_json(&rows, 0);
    json_t *detail = view_json(store_cell(&rows, 0, OBJECT_COLUMN_COUNT));
    enum subtask_status reached = (enum subtask_status)store_number(&rows, 0, OBJECT_COLUMN_COUNT + 1);
    if (json_is_object(detail) &&
        triggers_fire(reached, (enum task_mode)store_number(&rows, 0, OBJECT_COLUMN_COUNT + 2))) {
        json_object_set_new(detail, "trigger_disabled", json_false()); /* since it was told */
    }
    json_object_set_new(c->out, "detail", detail);
    return true;
}

/* ---- again ---- */

struct again {
    int64_t id, task, machine;
    const char *kind, *name;
    const json_t *translation; /* a text, or NULL */
    bool own, accept_moved;
};

static struct tasks tasks_of(struct call *c) {
    return (struct tasks){.store = c->store, .feed = c->api->feed, .a = c->a, .who = c->who.name};
}

static bool read_again(struct call *c, struct again *x, struct err *e) {
    const json_t *text = json_object_get(c->body, "translation");
    if (!api_text(c, "kind", KIND_MAX, true, &x->kind, e) || !api_text(c, "name", NAME_MAX_BYTES, true, &x->name, e) ||
        !api_flag(c, "accept_moved", false, &x->accept_moved, e) || !api_flag(c, "own", false, &x->own, e)) {
        return false;
    }
    x->translation = json_is_null(text) ? NULL : text;
    if (text != NULL && !json_is_null(text) &&
        (!json_is_string(text) || json_string_length(text) > TRANSLATION_MAX ||
         strlen(json_string_value(text)) != json_string_length(text))) {
        return err_set(e, ERR_BODY, "translation is a text of at most %d bytes", (int)TRANSLATION_MAX);
    }
    if (x->own && x->translation != NULL) {
        return err_set(e, ERR_BODY, "own takes a translation back, translation gives one: not both");
    }
    c->object = arena_printf(c->a, "subtask %lld, %s %s", (long long)x->id, x->kind, x->name);
    return true;
}

/* A table: its subtask starts again and does what is left. */
static bool retry_table(struct call *c, const struct again *x, struct err *e) {
    struct tasks t = tasks_of(c);
    if (!tasks_begin(&t, e)) {
        return false;
    }
    if (!task_can_run(&t, x->task, e) || !subtask_retry_object(&t, x->id, x->kind, x->name, e) ||
        !subtask_accept_moved(&t, x->id, x->accept_moved, e)) {
        tasks_rollback(&t);
        return false;
    }
    if (!tasks_commit(&t, e)) {
        return false;
    }
    scheduler_kick(c->api->scheduler);
    return view_subtask(c->store, c->a, x->id, &c->out, e);
}

/* Its tables have to be there, and nobody to switch its triggers meanwhile. */
static bool may_make(struct call *c, struct again *x, bool *fire, struct err *e) {
    struct tasks t = tasks_of(c);
    struct store_rows rows;
    bool loaded;
    if (!store_rows(
            c->store, c->a,
            "SELECT s.reached, s.mode, s.machine_id, (SELECT count(*) FROM object o WHERE o.subtask_id = s.id AND"
            " o.kind = ? AND o.name = ?) FROM subtask s WHERE s.id = ?",
            STORE_VALUES(STORE_T(x->kind), STORE_T(x->name), STORE_I(x->id)), &rows, e) ||
        !subtask_is_loaded(&t, x->id, &loaded, e)) {
        return false;
    }
    enum subtask_status reached = (enum subtask_status)store_number(&rows, 0, 0);
    if (store_number(&rows, 0, 3) == 0) {
        return err_set(e, ERR_NOT_FOUND, "subtask %lld has no %s of that name", (long long)x->id, x->kind);
    }
    if (!loaded || reached == SUB_INCREMENTAL_STOPPING || reached == SUB_REVERSE_STOPPED) {
        err_set(e, ERR_NOT_NOW, "subtask %lld: not in state '%s'", (long long)x->id, state_text(reached, false));
        return err_hint(e, loaded ? "try again when that is over"
                                  : "views and programs are made when the full migration has its tables");
    }
    *fire = triggers_fire(reached, (enum task_mode)store_number(&rows, 0, 1));
    x->machine = hub_is_connected(c->api->hub, store_number(&rows, 0, 2)) ? store_number(&rows, 0, 2) : 0;
    return true;
}

/* A view or a program: a worker makes it at once, whatever the subtask's own does. */
static bool retry_other(struct call *c, struct again *x, struct err *e) {
    json_t *job;
    bool fire = false, failed;
    if (!may_make(c, x, &fire, e) || !job_of_subtask(c->store, c->a, c->api->key, "object", x->id, &job, e)) {
        return false;
    }
    json_object_set_new(job, "kind", json_string(x->kind));
    json_object_set_new(job, "name", json_string(x->name));
    json_object_set_new(job, "own", json_boolean(x->own));
    json_object_set_new(job, "triggers", json_string(fire ? "enabled" : "disabled"));
    if (x->translation != NULL) {
        json_object_set(job, "translation", (json_t *)(uintptr_t)x->translation); /* only its count changes */
    }
    if (!ask_worker(c, x->machine, job, RETRY_S, e)) {
        return false;
    }
    json_t *answer = c->out;
    c->out = NULL;
    bool ok = objects_store(c->api, c->store, c->a, x->task, x->id, json_object_get(answer, "items"), e) &&
              objects_alert(c->api, c->store, c->a, x->id, &failed, e) &&
              view_subtask(c->store, c->a, x->id, &c->out, e);
    json_decref(answer);
    return ok;
}

static bool retry(struct call *c, struct err *e) {
    struct again x = {0};
    struct store_rows rows;
    if (!api_subtask(c, &x.id, e) || !read_again(c, &x, e) ||
        !store_rows(c->store, c->a, "SELECT task_id FROM subtask WHERE id = ?", STORE_VALUES(STORE_I(x.id)), &rows,
                    e)) {
        return false;
    }
    x.task = store_number(&rows, 0, 0);
    if (!str_eq(x.kind, "table")) {
        return retry_other(c, &x, e);
    }
    return x.translation == NULL && !x.own ? retry_table(c, &x, e) : err_set(e, ERR_BODY, "a table has no translation");
}

const struct route api_object_routes[] = {
    {HTTP_GET, "/api/v1/subtasks/{id}/objects", ROLE_VIEWER, 0, objects},
    {HTTP_GET, "/api/v1/subtasks/{id}/objects/one", ROLE_VIEWER, 0, one},
    {HTTP_POST, "/api/v1/subtasks/{id}/objects/retry", ROLE_OPERATOR, ROUTE_WAITS, retry},
    {0},
};
