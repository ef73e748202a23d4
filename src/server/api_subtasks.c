/* /api/v1/subtasks: one migration of one database, what it consists of and how far it is. */
#include <string.h>

#include "base/str.h"
#include "server/order_text.h"
#include "server/repairs.h"
#include "server/scheduler.h"
#include "server/tasks.h"
#include "server/view.h"

/* ---- looking ---- */

/* How many objects of each kind are in which status. */
static bool count_objects(struct call *c, int64_t id, json_t **out, struct err *e) {
    struct store_rows rows;
    if (!store_rows(
            c->store, c->a,
            "SELECT kind, status, count(*) FROM object WHERE subtask_id = ? GROUP BY kind, status ORDER BY 1, 2",
            STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    *out = json_object();
    for (size_t i = 0; i < rows.n; i++) {
        const char *kind = store_cell(&rows, i, 0);
        json_t *of_kind = json_object_get(*out, kind);
        if (of_kind == NULL) {
            of_kind = json_object();
            json_object_set_new(*out, kind, of_kind);
        }
        json_object_set_new(of_kind, store_cell(&rows, i, 1), json_integer((json_int_t)store_number(&rows, i, 2)));
    }
    return true;
}

static bool one(struct call *c, struct err *e) {
    json_t *objects;
    int64_t id;
    if (!api_id(c, 0, &id, e) || !view_subtask(c->store, c->a, id, &c->out, e) || !count_objects(c, id, &objects, e)) {
        return false;
    }
    json_object_set_new(c->out, "objects", objects);
    return true;
}

/* How many cells are in each state, by their letters. */
static json_t *count_cells(const char *cells) {
    static const struct {
        char letter;
        const char *name;
    } states[] = {{'.', "waiting"},  {'l', "loading"}, {'L', "loaded"},
                  {'c', "checking"}, {'C', "checked"}, {'D', "differing"}};
    json_t *out = json_object();
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        json_int_t n = 0;
        for (const char *p = cells; *p != '\0'; p++) {
            n += *p == states[i].letter;
        }
        json_object_set_new(out, states[i].name, json_integer(n));
    }
    return out;
}

/* ?object=NAME: the picture of its chunks. */
static bool chunks(struct call *c, struct err *e) {
    struct store_rows rows;
    const char *name = http_parameter(c->request, "object");
    int64_t id;
    if (!api_subtask(c, &id, e)) {
        return false;
    }
    if (name == NULL) {
        return err_set(e, ERR_BODY, "object is missing: the name of a table");
    }
    if (!store_rows(c->store, c->a,
                    "SELECT status, chunks FROM object WHERE subtask_id = ? AND kind = 'table' AND name = ?",
                    STORE_VALUES(STORE_I(id), STORE_T(name)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "subtask %lld has no table of that name", (long long)id);
    }
    json_t *picture = view_json(store_cell(&rows, 0, 1));
    if (!json_is_object(picture)) {
        json_decref(picture);
        return err_set(e, ERR_NOT_FOUND, "the table has too few parts to be shown");
    }
    const char *cells = json_string_value(json_object_get(picture, "cells"));
    json_object_set_new(picture, "name", json_string(name));
    json_object_set_new(picture, "status", json_integer((json_int_t)store_number(&rows, 0, 0)));
    json_object_set_new(picture, "counts", count_cells(cells != NULL ? cells : ""));
    c->out = picture;
    return true;
}

/* What happened to it, with the operations of people among it. */
static bool timeline(struct call *c, struct err *e) {
    struct store_rows rows;
    int64_t id;
    if (!api_subtask(c, &id, e) ||
        !store_rows(c->store, c->a,
                    "SELECT at_ms, before_status, after_status, event, detail, NULL, 0, id FROM status_change WHERE "
                    "subtask_id = ?"
                    " UNION ALL SELECT at_ms, NULL, NULL, NULL, NULL, who, code, id FROM operation WHERE subtask_id = ?"
                    " ORDER BY 1, 7 DESC, 8",
                    STORE_VALUES(STORE_I(id), STORE_I(id)), &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_t *item = json_pack("{s:I}", "at_ms", (json_int_t)store_number(&rows, i, 0));
        if (store_cell(&rows, i, 5) != NULL) {
            json_object_set_new(item, "who", json_string(store_cell(&rows, i, 5)));
            json_object_set_new(item, "code", json_integer((json_int_t)store_number(&rows, i, 6)));
        } else {
            json_object_set_new(item, "from", json_integer((json_int_t)store_number(&rows, i, 1)));
            json_object_set_new(item, "to", json_integer((json_int_t)store_number(&rows, i, 2)));
            json_object_set_new(item, "to_text", view_status_text(store_number(&rows, i, 2)));
            json_object_set_new(item, "event", json_string(store_cell(&rows, i, 3)));
            json_object_set_new(item, "reason", view_json(store_cell(&rows, i, 4)));
        }
        json_array_append_new(items, item);
    }
    c->out = json_pack("{s:o}", "items", items);
    return true;
}

static json_t *number_or_null(const struct store_rows *rows, size_t row, size_t column) {
    return store_cell(rows, row, column) == NULL ? json_null()
                                                 : json_integer((json_int_t)store_number(rows, row, column));
}

static bool samples(struct call *c, struct err *e) {
    struct store_rows rows;
    int64_t id;
    if (!api_subtask(c, &id, e) || !store_rows(c->store, c->a,
                                               "SELECT at_ms, row_count, byte_count, rows_per_s, bytes_per_s, phase,"
                                               " lag_ms, rest_rows, taken_rows_per_s FROM "
                                               "sample WHERE subtask_id = ? ORDER BY"
                                               " at_ms",
                                               STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(
            items,
            json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "at_ms", (json_int_t)store_number(&rows, i, 0),
                      "rows", (json_int_t)store_number(&rows, i, 1), "bytes", (json_int_t)store_number(&rows, i, 2),
                      "rows_per_s", (json_int_t)store_number(&rows, i, 3), "bytes_per_s",
                      (json_int_t)store_number(&rows, i, 4), "phase", api_text_json(store_cell(&rows, i, 5)), "lag_ms",
                      number_or_null(&rows, i, 6), "rest_rows", number_or_null(&rows, i, 7), "taken_rows_per_s",
                      number_or_null(&rows, i, 8)));
    }
    c->out = json_pack("{s:o}", "items", items);
    return true;
}

/* /api/v1/subtasks/{id}/precheck, /report, /check: what the worker made of it. */
static bool document(struct call *c, struct err *e) {
    struct store_rows rows;
    int64_t id;
    const char *kind = strrchr(c->request->path, '/') + 1;
    if (!api_subtask(c, &id, e) ||
        !store_rows(c->store, c->a, "SELECT at_ms, text FROM document WHERE subtask_id = ? AND kind = ?",
                    STORE_VALUES(STORE_I(id), STORE_T(kind)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "subtask %lld has no %s yet", (long long)id, kind);
    }
    c->out = json_pack("{s:I, s:o}", "at_ms", (json_int_t)store_number(&rows, 0, 0), kind,
                       view_json(store_cell(&rows, 0, 1)));
    return true;
}

static bool repair_file(struct call *c, struct err *e) {
    int64_t id;
    bool there;
    if (!api_subtask(c, &id, e)) {
        return false;
    }
    if (!repairs_read(c->store, c->a, id, &c->response->body, &there, e)) {
        buf_reset(&c->response->body);
        return false;
    }
    if (!there) {
        buf_reset(&c->response->body);
        return err_set(e, ERR_NOT_FOUND, "the check of subtask %lld has left no statements", (long long)id);
    }
    c->response->content_type = "text/plain; charset=utf-8";
    http_add_header(c->response, "content-disposition:",
                    arena_printf(c->a, "attachment; filename=\"subtask-%lld-repair.sql\"", (long long)id));
    return true;
}

/* ---- changing ---- */

/* Whether there is anything to run it on. */
static bool can_run(struct tasks *t, int64_t subtask, struct err *e) {
    struct store_rows rows;
    return store_rows(t->store, t->a, "SELECT task_id FROM subtask WHERE id = ?", STORE_VALUES(STORE_I(subtask)), &rows,
                      e) &&
           (rows.n == 0 || task_can_run(t, store_number(&rows, 0, 0), e));
}

/* In one transaction. The audit log has c->object, or else the subtask. */
static bool change(struct call *c, bool (*what)(struct call *c, struct tasks *t, int64_t id, struct err *e),
                   struct err *e) {
    struct tasks t = {.store = c->store, .feed = c->api->feed, .a = c->a, .who = c->who.name};
    int64_t id;
    if (!api_id(c, 0, &id, e) || !tasks_begin(&t, e)) {
        return false;
    }
    c->object = arena_printf(c->a, "subtask %lld", (long long)id);
    if (!what(c, &t, id, e)) {
        tasks_rollback(&t);
        return false;
    }
    if (!tasks_commit(&t, e)) {
        return false;
    }
    scheduler_kick(c->api->scheduler);
    return view_subtask(c->store, c->a, id, &c->out, e);
}

static bool start_in(struct call *c, struct tasks *t, int64_t id, struct err *e) {
    (void)c;
    return can_run(t, id, e) && subtask_event(t, id, EVENT_START, NULL, NULL, e);
}

static bool start(struct call *c, struct err *e) {
    return change(c, start_in, e);
}

static bool finish_in(struct call *c, struct tasks *t, int64_t id, struct err *e) {
    (void)c;
    return subtask_event(t, id, EVENT_FINISH, NULL, NULL, e);
}

static bool finish(struct call *c, struct err *e) {
    return change(c, finish_in, e);
}

static bool stop_incremental_in(struct call *c, struct tasks *t, int64_t id, struct err *e) {
    (void)c;
    return subtask_event(t, id, EVENT_STOP_INCREMENTAL, NULL, NULL, e);
}

static bool stop_incremental(struct call *c, struct err *e) {
    return change(c, stop_incremental_in, e);
}

static bool start_reverse_in(struct call *c, struct tasks *t, int64_t id, struct err *e) {
    (void)c;
    return subtask_event(t, id, EVENT_START_REVERSE, NULL, NULL, e);
}

static bool start_reverse(struct call *c, struct err *e) {
    return change(c, start_reverse_in, e);
}

static bool cutover_in(struct call *c, struct tasks *t, int64_t id, struct err *e) {
    json_t *order;
    if (!order_text_cutover(c, &order, e)) {
        return false;
    }
    bool ok = subtask_event(t, id, EVENT_CUTOVER, NULL, NULL, e) && order_text_keep(t, id, ORDER_OF_CUTOVER, order, e);
    json_decref(order);
    return ok;
}

static bool cutover(struct call *c, struct err *e) {
    return change(c, cutover_in, e);
}

static bool undo_cutover_in(struct call *c, struct tasks *t, int64_t id, struct err *e) {
    (void)c;
    return subtask_event(t, id, EVENT_UNDO_CUTOVER, NULL, NULL, e);
}

static bool undo_cutover(struct call *c, struct err *e) {
    return change(c, undo_cutover_in, e);
}

static bool reset_in(struct call *c, struct tasks *t, int64_t id, struct err *e) {
    (void)c;
    return subtask_event(t, id, EVENT_RESET, NULL, NULL, e);
}

static bool reset(struct call *c, struct err *e) {
    return change(c, reset_in, e);
}

/* What is said about a definition is about the one that has stopped it. */
static bool stopped_by_definition(struct tasks *t, int64_t id, struct err *e) {
    struct store_rows rows;
    char code[8];
    if (!store_rows(t->store, t->a, "SELECT reason FROM subtask WHERE id = ?", STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    const char *text = rows.n > 0 ? store_cell(&rows, 0, 0) : NULL;
    json_t *reason = text != NULL ? json_loads(text, 0, NULL) : NULL;
    bool so = str_eq(json_string_value(json_object_get(reason, "code")), err_code_text(ERR_APPLY_DEFINITION, code));
    json_decref(reason);
    return so || err_set(e, ERR_NOT_NOW, "subtask %lld was not stopped by a definition of its source", (long long)id);
}

static bool retry_in(struct call *c, struct tasks *t, int64_t id, struct err *e) {
    bool accept;
    json_t *definition;
    if (!api_flag(c, "accept_moved", false, &accept, e) || !order_text_definition(c, &definition, e)) {
        return false;
    }
    bool ok = can_run(t, id, e) && (definition == NULL || stopped_by_definition(t, id, e)) &&
              subtask_event(t, id, EVENT_RETRY, NULL, NULL, e) && subtask_accept_moved(t, id, accept, e) &&
              order_text_keep(t, id, ORDER_OF_DEFINITION, definition, e);
    json_decref(definition);
    return ok;
}

static bool retry(struct call *c, struct err *e) {
    return change(c, retry_in, e);
}

static bool check_again_in(struct call *c, struct tasks *t, int64_t id, struct err *e) {
    (void)c;
    return can_run(t, id, e) && subtask_check_again(t, id, e);
}

static bool check_again(struct call *c, struct err *e) {
    return change(c, check_again_in, e);
}

const struct route api_subtask_routes[] = {
    {HTTP_GET, "/api/v1/subtasks/{id}", ROLE_VIEWER, 0, one},
    {HTTP_GET, "/api/v1/subtasks/{id}/chunks", ROLE_VIEWER, 0, chunks},
    {HTTP_GET, "/api/v1/subtasks/{id}/timeline", ROLE_VIEWER, 0, timeline},
    {HTTP_GET, "/api/v1/subtasks/{id}/samples", ROLE_VIEWER, 0, samples},
    {HTTP_GET, "/api/v1/subtasks/{id}/precheck", ROLE_VIEWER, 0, document},
    {HTTP_GET, "/api/v1/subtasks/{id}/report", ROLE_VIEWER, 0, document},
    {HTTP_GET, "/api/v1/subtasks/{id}/check", ROLE_VIEWER, 0, document},
    {HTTP_GET, "/api/v1/subtasks/{id}/cutover", ROLE_VIEWER, 0, document},
    {HTTP_GET, "/api/v1/subtasks/{id}/check/repair", ROLE_VIEWER, 0, repair_file},
    {HTTP_POST, "/api/v1/subtasks/{id}/start", ROLE_OPERATOR, 0, start},
    {HTTP_POST, "/api/v1/subtasks/{id}/finish", ROLE_OPERATOR, 0, finish},
    {HTTP_POST, "/api/v1/subtasks/{id}/stop-incremental", ROLE_OPERATOR, 0, stop_incremental},
    {HTTP_POST, "/api/v1/subtasks/{id}/start-reverse", ROLE_OPERATOR, 0, start_reverse},
    {HTTP_POST, "/api/v1/subtasks/{id}/cutover", ROLE_OPERATOR, 0, cutover},
    {HTTP_POST, "/api/v1/subtasks/{id}/undo-cutover", ROLE_OPERATOR, 0, undo_cutover},
    {HTTP_POST, "/api/v1/subtasks/{id}/retry", ROLE_OPERATOR, 0, retry},
    {HTTP_POST, "/api/v1/subtasks/{id}/reset", ROLE_OPERATOR, 0, reset},
    {HTTP_POST, "/api/v1/subtasks/{id}/check/again", ROLE_OPERATOR, 0, check_again},
    {0},
};
