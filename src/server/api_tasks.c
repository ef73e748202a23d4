/* /api/v1/tasks: main tasks. */
#include <string.h>

#include "server/filters.h"
#include "server/scheduler.h"
#include "server/tasks.h"

enum { IDS_MAX = 1000 };

static struct tasks tasks_of(struct call *c) {
    return (struct tasks){.store = c->store, .feed = c->api->feed, .a = c->a, .who = c->who.name};
}

/* ---- looking ---- */

static bool list(struct call *c, struct err *e) {
    static const struct filter filters[] = {
        {"name", FILTER_TEXT, "t.name"},
        {"created_by", FILTER_TEXT, "t.created_by"},
        {"status", FILTER_NUMBER, "t.status"},
        {"failed", FILTER_FLAG, "EXISTS (SELECT 1 FROM subtask x WHERE x.task_id = t.id AND x.status IN (500, 3000))"},
        {"started_from", FILTER_FROM_MS, "t.started_ms"},
        {"started_until", FILTER_UNTIL_MS, "t.started_ms"},
        {"finished_from", FILTER_FROM_MS, "t.finished_ms"},
        {"finished_until", FILTER_UNTIL_MS, "t.finished_ms"},
        {0},
    };
    static const struct sorting sortings[] = {
        {"id", "t.id"},
        {"name", "t.name"},
        {"created_by", "t.created_by"},
        {"status", "t.status"},
        {"created", "t.created_ms"},
        {"started", "t.started_ms"},
        {"finished", "t.finished_ms"},
        {0},
    };
    static const struct filters of_tasks = {
        .filters = filters, .sortings = sortings, .first = "t.created_ms DESC", .unique = "t.id DESC"};
    struct page p;
    struct view_page page;
    json_t *items;
    int64_t total;
    if (!filters_page(c, &of_tasks, &p, &page, e) || !view_tasks(c->store, c->a, &page, &items, &total, e)) {
        return false;
    }
    c->out = api_list(&p, total, items);
    return true;
}

static bool one(struct call *c, struct err *e) {
    int64_t id;
    return api_id(c, 0, &id, e) && view_task(c->store, c->a, id, &c->out, e);
}

static bool list_subtasks(struct call *c, struct err *e) {
    static const struct filter filters[] = {
        {"status", FILTER_NUMBER, "s.status"},
        {"mode", FILTER_NUMBER, "s.mode"},
        {"machine", FILTER_NUMBER, "s.machine_id"},
        {"source_database", FILTER_TEXT, "s.source_database"},
        {"target_database", FILTER_TEXT, "s.target_database"},
        {"target_schema", FILTER_TEXT, "s.target_schema"},
        {0},
    };
    static const struct sorting sortings[] = {
        {"place", "s.place"},          {"id", "s.id"},
        {"status", "s.status"},        {"mode", "s.mode"},
        {"progress", "s.permille"},    {"started", "s.started_ms"},
        {"finished", "s.finished_ms"}, {0},
    };
    struct page p;
    struct view_page page;
    json_t *items, *task;
    int64_t id, total;
    if (!api_id(c, 0, &id, e) || !view_task(c->store, c->a, id, &task, e)) {
        return false;
    }
    json_decref(task);
    const struct filters of_subtasks = {.filters = filters,
                                        .sortings = sortings,
                                        .first = "s.place",
                                        .unique = "s.id",
                                        .base = arena_printf(c->a, "s.task_id = %lld", (long long)id)};
    if (!filters_page(c, &of_subtasks, &p, &page, e) || !view_subtasks(c->store, c->a, &page, &items, &total, e)) {
        return false;
    }
    c->out = api_list(&p, total, items);
    return true;
}

static bool operations(struct call *c, struct err *e) {
    struct store_rows rows;
    struct page p;
    int64_t id;
    if (!api_id(c, 0, &id, e) || !api_page(c, &p, e) ||
        !store_rows(c->store, c->a,
                    "SELECT o.id, o.subtask_id, o.code, o.who, o.at_ms, (SELECT count(*) FROM operation WHERE task_id ="
                    " o.task_id) FROM operation o WHERE o.task_id = ? ORDER BY o.id DESC LIMIT ? OFFSET ?",
                    STORE_VALUES(STORE_I(id), STORE_I(p.size), STORE_I((p.number - 1) * p.size)), &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(
            items, json_pack("{s:I, s:o, s:I, s:s, s:I}", "id", (json_int_t)store_number(&rows, i, 0), "subtask",
                             store_cell(&rows, i, 1) == NULL ? json_null()
                                                             : json_integer((json_int_t)store_number(&rows, i, 1)),
                             "code", (json_int_t)store_number(&rows, i, 2), "who", store_cell(&rows, i, 3), "at_ms",
                             (json_int_t)store_number(&rows, i, 4)));
    }
    c->out = api_list(&p, rows.n > 0 ? store_number(&rows, 0, 5) : 0, items);
    return true;
}

/* ---- changing ---- */

/* The same frame for all of them. */
static bool change(struct call *c, bool (*what)(struct tasks *t, struct call *c, int64_t *id, struct err *e),
                   int64_t *id, struct err *e) {
    struct tasks t = tasks_of(c);
    if (!tasks_begin(&t, e)) {
        return false;
    }
    if (!what(&t, c, id, e)) {
        tasks_rollback(&t);
        return false;
    }
    if (!tasks_commit(&t, e)) {
        return false;
    }
    scheduler_kick(c->api->scheduler);
    if (c->object == NULL) {
        c->object = arena_printf(c->a, "task %lld", (long long)*id);
    }
    return true;
}

static bool write_in(struct tasks *t, struct call *c, int64_t *id, struct err *e) {
    bool start;
    return api_flag(c, "start", false, &start, e) && task_write(t, c->body, id, e) && (!start || task_start(t, *id, e));
}

static bool add(struct call *c, struct err *e) {
    int64_t id = 0;
    if (c->body == NULL) {
        return err_set(e, ERR_BODY, "the body is missing");
    }
    if (!change(c, write_in, &id, e)) {
        return false;
    }
    c->response->status = 201;
    return view_task(c->store, c->a, id, &c->out, e);
}

static bool edit(struct call *c, struct err *e) {
    int64_t id;
    if (c->body == NULL) {
        return err_set(e, ERR_BODY, "the body is missing");
    }
    return api_id(c, 0, &id, e) && change(c, write_in, &id, e) && view_task(c->store, c->a, id, &c->out, e);
}

static bool start_in(struct tasks *t, struct call *c, int64_t *id, struct err *e) {
    (void)c;
    return task_start(t, *id, e);
}

static bool start(struct call *c, struct err *e) {
    int64_t id;
    return api_id(c, 0, &id, e) && change(c, start_in, &id, e) && view_task(c->store, c->a, id, &c->out, e);
}

static bool finish_in(struct tasks *t, struct call *c, int64_t *id, struct err *e) {
    (void)c;
    return task_finish(t, *id, e);
}

static bool finish(struct call *c, struct err *e) {
    int64_t id;
    return api_id(c, 0, &id, e) && change(c, finish_in, &id, e) && view_task(c->store, c->a, id, &c->out, e);
}

static bool reset_in(struct tasks *t, struct call *c, int64_t *id, struct err *e) {
    (void)c;
    return task_reset(t, *id, e);
}

static bool reset(struct call *c, struct err *e) {
    int64_t id;
    return api_id(c, 0, &id, e) && change(c, reset_in, &id, e) && view_task(c->store, c->a, id, &c->out, e);
}

static bool copy_in(struct tasks *t, struct call *c, int64_t *id, struct err *e) {
    int64_t from = *id;
    (void)c;
    return task_copy(t, from, id, e);
}

static bool copy(struct call *c, struct err *e) {
    int64_t id;
    if (!api_id(c, 0, &id, e) || !change(c, copy_in, &id, e)) {
        return false;
    }
    c->response->status = 201;
    return view_task(c->store, c->a, id, &c->out, e);
}

static bool delete_in(struct tasks *t, struct call *c, int64_t *id, struct err *e) {
    (void)c;
    return task_delete(t, *id, e);
}

static bool drop(struct call *c, struct err *e) {
    int64_t id;
    return api_id(c, 0, &id, e) && change(c, delete_in, &id, e);
}

/* All or none. */
static bool delete_all_in(struct tasks *t, struct call *c, int64_t *id, struct err *e) {
    const json_t *ids = json_object_get(c->body, "ids"), *item;
    size_t i;
    (void)id;
    c->object = arena_strdup(c->a, "tasks");
    if (!json_is_array(ids) || json_array_size(ids) == 0 || json_array_size(ids) > IDS_MAX) {
        return err_set(e, ERR_BODY, "ids must be a list of 1 to %d ids of tasks", (int)IDS_MAX);
    }
    json_array_foreach(ids, i, item) {
        if (!json_is_integer(item)) {
            return err_set(e, ERR_BODY, "ids must be a list of 1 to %d ids of tasks", (int)IDS_MAX);
        }
        c->object = arena_printf(c->a, "%.250s %lld", c->object, (long long)json_integer_value(item));
        if (!task_delete(t, json_integer_value(item), e)) {
            return false;
        }
    }
    return true;
}

static bool drop_all(struct call *c, struct err *e) {
    int64_t none = 0;
    return change(c, delete_all_in, &none, e);
}

const struct route api_task_routes[] = {
    {HTTP_GET, "/api/v1/tasks", ROLE_VIEWER, 0, list},
    {HTTP_POST, "/api/v1/tasks", ROLE_OPERATOR, 0, add},
    {HTTP_POST, "/api/v1/tasks/delete", ROLE_OPERATOR, 0, drop_all},
    {HTTP_GET, "/api/v1/tasks/{id}", ROLE_VIEWER, 0, one},
    {HTTP_PUT, "/api/v1/tasks/{id}", ROLE_OPERATOR, 0, edit},
    {HTTP_DELETE, "/api/v1/tasks/{id}", ROLE_OPERATOR, 0, drop},
    {HTTP_GET, "/api/v1/tasks/{id}/subtasks", ROLE_VIEWER, 0, list_subtasks},
    {HTTP_GET, "/api/v1/tasks/{id}/operations", ROLE_VIEWER, 0, operations},
    {HTTP_POST, "/api/v1/tasks/{id}/start", ROLE_OPERATOR, 0, start},
    {HTTP_POST, "/api/v1/tasks/{id}/finish", ROLE_OPERATOR, 0, finish},
    {HTTP_POST, "/api/v1/tasks/{id}/reset", ROLE_OPERATOR, 0, reset},
    {HTTP_POST, "/api/v1/tasks/{id}/copy", ROLE_OPERATOR, 0, copy},
    {0},
};
