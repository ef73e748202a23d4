/* Questions about databases, which a worker answers at once: test connection, what is there as a tree, prechecks. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/ask.h"
#include "server/data_source.h"
#include "server/order_text.h"
#include "server/tasks.h"

/* How long a worker may take: for what somebody waits before a screen, and for what looks at rows. */
enum { PROBE_S = 40, TREE_S = 60, PRECHECK_S = 300, SEARCH_MAX = 128, IDENTIFIER_MAX = 128 };

static bool body_number(struct call *c, const char *name, int64_t *out, struct err *e) {
    *out = 0;
    return json_object_get(c->body, name) == NULL || api_number(c, name, 1, INT64_MAX, out, e);
}

/* ---- test connection ---- */

struct testing {
    const char *role, *database;
    int64_t machine;
};

static bool read_testing(struct call *c, const char *kind, struct testing *t, struct err *e) {
    if (!api_text(c, "role", 16, false, &t->role, e) ||
        !api_text(c, "database", IDENTIFIER_MAX, false, &t->database, e) ||
        !body_number(c, "machine", &t->machine, e)) {
        return false;
    }
    const char *fits = data_source_is_mysql(kind) ? "source" : "target";
    return t->role == NULL || str_eq(t->role, fits) ||
           err_set(e, ERR_BODY, "a data source of kind %s is a %s: role is that, or left out", kind, fits);
}

static bool test(struct call *c, const struct testing *t, struct job_end *end, struct err *e) {
    json_t *job = job_question("probe", end);
    if (t->role != NULL) {
        json_object_set_new(job, "role", json_string(t->role));
    }
    if (t->database != NULL && t->database[0] != '\0') {
        json_object_set_new(job, "database", json_string(t->database));
    }
    return ask_worker(c, t->machine, job, PROBE_S, e);
}

/* Of one that is being edited: without a password the stored one is meant. */
static bool test_unsaved(struct call *c, struct err *e) {
    struct data_source d;
    struct testing t = {0};
    struct job_end end = {0};
    int64_t id;
    if (!data_source_read(c, false, &d, e) || !body_number(c, "id", &id, e) || !read_testing(c, d.kind, &t, e)) {
        return false;
    }
    c->object = arena_printf(c->a, "%s at %s:%lld", d.kind, d.host, (long long)d.port);
    if (d.password == NULL && id != 0 && !job_end_of(c->store, c->a, c->api->key, id, "", &end, e)) {
        return false;
    }
    end.url = job_url(c->a, d.kind, d.username, d.host, d.port, "", d.properties);
    if (d.password != NULL) {
        end.password = arena_strdup(c->a, d.password);
    }
    return test(c, &t, &end, e);
}

static bool read_kind(struct call *c, int64_t id, char **kind, struct err *e) {
    struct store_rows rows;
    if (!store_rows(c->store, c->a, "SELECT kind, name FROM data_source WHERE id = ?", STORE_VALUES(STORE_I(id)), &rows,
                    e)) {
        return false;
    }
    if (rows.n == 0) {
        return api_not_found(e, "data source");
    }
    *kind = arena_strdup(c->a, store_cell(&rows, 0, 0));
    c->object = arena_printf(c->a, "data source %s", store_cell(&rows, 0, 1));
    return true;
}

static bool test_saved(struct call *c, struct err *e) {
    struct testing t = {0};
    struct job_end end = {0};
    int64_t id;
    char *kind = NULL;
    return api_id(c, 0, &id, e) && read_kind(c, id, &kind, e) && read_testing(c, kind, &t, e) &&
           job_end_of(c->store, c->a, c->api->key, id, "", &end, e) && test(c, &t, &end, e);
}

/* ---- the tree ---- */

static struct tasks tasks_of(struct call *c) {
    return (struct tasks){.store = c->store, .a = c->a};
}

/* Schemas of a target that unfinished subtasks hold cannot be chosen again. */
static bool mark_held(struct call *c, int64_t id, const char *database, struct err *e) {
    struct tasks t = tasks_of(c);
    json_t *held, *item, *one;
    size_t i, k;
    if (!str_eq(json_string_value(json_object_get(c->out, "level")), "schemas")) {
        return true;
    }
    if (!targets_held(&t, id, database, NULL, 0, &held, e)) {
        return false;
    }
    json_array_foreach(json_object_get(c->out, "items"), i, item) {
        json_t *by = json_null();
        json_array_foreach(held, k, one) {
            if (json_equal(json_object_get(one, "schema"), json_object_get(item, "name"))) {
                by = one;
            }
        }
        json_object_set(item, "held_by", by);
    }
    json_decref(held);
    return true;
}

static bool query_text(struct call *c, const char *name, size_t max, const char **out, struct err *e) {
    const char *text = http_parameter(c->request, name);
    *out = text == NULL || text[0] == '\0' ? NULL : text;
    return text == NULL || strlen(text) <= max || err_set(e, ERR_BODY, "%s has at most %zu bytes", name, max);
}

static bool query_machine(struct call *c, int64_t *out, struct err *e) {
    const char *text = http_parameter(c->request, "machine");
    size_t len = text == NULL ? 0 : strlen(text);
    *out = len > 0 ? strtoll(text, NULL, 10) : 0;
    return (len <= 18 && (len == 0 || strspn(text, "0123456789") == len)) ||
           err_set(e, ERR_BODY, "machine is the id of an execution machine");
}

static void put_text(json_t *job, const char *name, const char *text) {
    if (text != NULL) {
        json_object_set_new(job, name, json_string(text));
    }
}

static bool tree(struct call *c, struct err *e) {
    const char *database, *schema, *search;
    struct page p;
    struct job_end end = {0};
    int64_t id, machine;
    char *kind = NULL;
    if (!api_id(c, 0, &id, e) || !api_page(c, &p, e) || !query_text(c, "database", IDENTIFIER_MAX, &database, e) ||
        !query_text(c, "schema", IDENTIFIER_MAX, &schema, e) || !query_text(c, "search", SEARCH_MAX, &search, e) ||
        !query_machine(c, &machine, e) || !read_kind(c, id, &kind, e)) {
        return false;
    }
    if (schema != NULL && (database == NULL || data_source_is_mysql(kind))) {
        return err_set(e, ERR_BODY, "a schema is in a database of openGauss or PostgreSQL");
    }
    if (!job_end_of(c->store, c->a, c->api->key, id, "", &end, e)) {
        return false;
    }
    json_t *job = job_question("tree", &end);
    put_text(job, "database", database);
    put_text(job, "schema", schema);
    put_text(job, "search", search);
    json_object_set_new(job, "offset", json_integer(((json_int_t)p.number - 1) * (json_int_t)p.size));
    json_object_set_new(job, "limit", json_integer((json_int_t)p.size));
    if (!ask_worker(c, machine, job, TREE_S, e)) {
        return false;
    }
    json_object_del(c->out, "offset");
    json_object_set_new(c->out, "page", json_integer((json_int_t)p.number));
    json_object_set_new(c->out, "size", json_integer((json_int_t)p.size));
    return mark_held(c, id, database, e);
}

static bool held(struct call *c, struct err *e) {
    struct tasks t = tasks_of(c);
    json_t *items;
    int64_t id;
    char *kind = NULL;
    if (!api_id(c, 0, &id, e) || !read_kind(c, id, &kind, e) || !targets_held(&t, id, NULL, NULL, 0, &items, e)) {
        return false;
    }
    c->out = json_pack("{s:o}", "items", items);
    return true;
}

/* ---- prechecks ---- */

/* What the store knows and the worker does not, as an item of the precheck. */
static bool add_held(struct call *c, const struct job_subtask *x, int64_t task, struct err *e) {
    struct tasks t = tasks_of(c);
    json_t *by, *items = json_object_get(c->out, "items");
    if (!targets_held(&t, x->target, x->target_database, x->target_schema, task, &by, e)) {
        return false;
    }
    const json_t *first = json_array_get(by, 0);
    bool is_held = first != NULL;
    char *message = is_held ? arena_printf(c->a, "schema %s of database %s is the target of subtask %lld of task '%s'",
                                           x->target_schema, x->target_database,
                                           (long long)json_integer_value(json_object_get(first, "subtask")),
                                           json_string_value(json_object_get(first, "task_name")))
                            : arena_printf(c->a, "schema %s of database %s", x->target_schema, x->target_database);
    json_array_append_new(items,
                          json_pack("{s:s, s:s, s:s, s:s, s:s, s:n, s:s?, s:s?}", "name", "target.held", "title",
                                    "no other subtask has this target", "title_zh", "目标模式没有被其他子任务占用",
                                    "status", is_held ? "failed" : "ok", "message", message, "statement", "hint",
                                    is_held ? "finish or delete that subtask's task, or choose another schema" : NULL,
                                    "hint_zh", is_held ? "请先结束或删除该子任务所属的任务，或选择其他模式" : NULL));
    if (is_held) {
        json_int_t failed = json_integer_value(json_object_get(c->out, "failed"));
        json_object_set_new(c->out, "failed", json_integer(failed + 1));
        json_object_set_new(c->out, "ok", json_false());
    }
    json_decref(by);
    return true;
}

static bool precheck(struct call *c, struct err *e) {
    struct tasks t = tasks_of(c);
    struct job_subtask x;
    json_t *job, *params = json_object_get(c->body, "params");
    int64_t task, machine;
    if (!body_number(c, "task", &task, e) || !body_number(c, "machine", &machine, e) || !task_params_read(params, e) ||
        !subtask_read(&t, "subtask: ", json_object_get(c->body, "subtask"), params, &x, e)) {
        return false;
    }
    c->object = arena_printf(c->a, "%s into %s.%s", x.source_database, x.target_database, x.target_schema);
    return job_make(c->store, c->a, c->api->key, "precheck", &x, &job, e) &&
           ask_worker(c, machine, job, PRECHECK_S, e) && add_held(c, &x, task, e);
}

static bool precheck_saved(struct call *c, struct err *e) {
    struct store_rows rows;
    json_t *job;
    int64_t id, machine;
    if (!api_id(c, 0, &id, e) || !body_number(c, "machine", &machine, e) ||
        !store_rows(c->store, c->a,
                    "SELECT status, generation, target_id, target_database, target_schema, task_id FROM subtask WHERE"
                    " id = ?",
                    STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return api_not_found(e, "subtask");
    }
    enum subtask_status status = (enum subtask_status)store_number(&rows, 0, 0);
    c->object = arena_printf(c->a, "subtask %lld", (long long)id);
    if (status != SUB_NOT_RUN && status != SUB_PRECHECK_FAILED) {
        return err_set(e, ERR_NOT_NOW, "subtask %lld is in state '%s': a precheck is for one that has not begun",
                       (long long)id, state_text(status, false));
    }
    if (!job_of_subtask(c->store, c->a, c->api->key, "precheck", id, &job, e)) {
        return false;
    }
    /* As the migration will be: what was begun before a reset goes. */
    json_object_set_new(job, "restart", json_boolean(store_number(&rows, 0, 1) > 0));
    const struct job_subtask x = {.target = store_number(&rows, 0, 2),
                                  .target_database = store_cell(&rows, 0, 3),
                                  .target_schema = store_cell(&rows, 0, 4)};
    return ask_worker(c, machine, job, PRECHECK_S, e) && add_held(c, &x, store_number(&rows, 0, 5), e);
}

/* ---- what would stop a cut-over ---- */

static bool cutover_look(struct call *c, struct err *e) {
    json_t *job, *order;
    int64_t id, machine;
    if (!api_id(c, 0, &id, e) || !body_number(c, "machine", &machine, e) || !order_text_cutover(c, &order, e)) {
        return false;
    }
    c->object = arena_printf(c->a, "subtask %lld", (long long)id);
    if (!job_of_subtask(c->store, c->a, c->api->key, "cutover", id, &job, e)) {
        json_decref(order);
        return false;
    }
    json_object_set_new(job, "cutover", order);
    return ask_worker(c, machine, job, PRECHECK_S, e);
}

const struct route api_question_routes[] = {
    {HTTP_POST, "/api/v1/data-sources/test", ROLE_OPERATOR, ROUTE_WAITS, test_unsaved},
    {HTTP_POST, "/api/v1/data-sources/{id}/test", ROLE_VIEWER, ROUTE_WAITS, test_saved},
    {HTTP_GET, "/api/v1/data-sources/{id}/tree", ROLE_VIEWER, ROUTE_WAITS, tree},
    {HTTP_GET, "/api/v1/data-sources/{id}/held", ROLE_VIEWER, 0, held},
    {HTTP_POST, "/api/v1/precheck", ROLE_OPERATOR, ROUTE_WAITS, precheck},
    {HTTP_POST, "/api/v1/subtasks/{id}/cutover/look", ROLE_OPERATOR, ROUTE_WAITS, cutover_look},
    {HTTP_POST, "/api/v1/subtasks/{id}/precheck", ROLE_OPERATOR, ROUTE_WAITS, precheck_saved},
    {0},
};
