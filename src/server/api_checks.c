/* What a subtask's check has left, and checking again. */
#include <string.h>

#include "server/repairs.h"
#include "server/scheduler.h"
#include "server/tasks.h"
#include "server/view.h"

static bool repair_file(struct call *c, struct err *e) {
    struct store_rows rows;
    int64_t id;
    bool there;
    if (!api_id(c, 0, &id, e) ||
        !store_rows(c->store, c->a, "SELECT 1 FROM subtask WHERE id = ?", STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return api_not_found(e, "subtask");
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

static bool again(struct call *c, struct err *e) {
    struct tasks t = {.store = c->store, .feed = c->api->feed, .a = c->a, .who = c->who.name};
    int64_t id;
    if (!api_id(c, 0, &id, e) || !tasks_begin(&t, e)) {
        return false;
    }
    c->object = arena_printf(c->a, "subtask %lld", (long long)id);
    if (!subtask_check_again(&t, id, e)) {
        tasks_rollback(&t);
        return false;
    }
    if (!tasks_commit(&t, e)) {
        return false;
    }
    scheduler_kick(c->api->scheduler);
    return view_subtask(c->store, c->a, id, &c->out, e);
}

const struct route api_check_routes[] = {
    {HTTP_GET, "/api/v1/subtasks/{id}/check/repair", ROLE_VIEWER, 0, repair_file},
    {HTTP_POST, "/api/v1/subtasks/{id}/check/again", ROLE_OPERATOR, 0, again},
    {0},
};
