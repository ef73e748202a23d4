/* See placement.h. Each server reckons with all machines, and serves those that are its own: so all come to the same choice. */
#include "server/placement.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "server/agent_messages.h"
#include "server/alerts.h"
#include "server/hub.h"
#include "server/job.h"
#include "server/order_text.h"
#include "server/tasks.h"

enum { WAITING_MAX = 2000, SEEN_WITHIN_MS = 15000 };

struct machine {
    int64_t id, places, used;
    bool ours;
    bool alive;      /* shows signs of life, and its kit is left alone */
    bool installing; /* its kit is being worked on */
};

struct machines {
    struct machine *items;
    size_t n;
};

struct waiting {
    int64_t id, task;
};

/* All that show signs of life, or will. One that is known to be full is listed as well: it may be the only one chosen. */
static bool read_machines(const struct api *api, struct store *s, struct arena *a, int64_t now, struct machines *out,
                          struct err *e) {
    struct store_rows rows;
    if (!store_rows(s, a,
                    "SELECT m.id, m.capacity, m.server, (SELECT count(*) FROM subtask x WHERE x.machine_id = m.id AND"
                    " x.lease_until_ms IS NOT NULL), k.action FROM machine m LEFT JOIN kit k ON k.machine_id = m.id AND"
                    " k.finished_ms IS NULL WHERE m.seen_ms > ? OR k.action IS NOT NULL ORDER BY m.id",
                    STORE_VALUES(STORE_I(now - SEEN_WITHIN_MS)), &rows, e)) {
        return false;
    }
    out->items = arena_array(a, struct machine, rows.n + 1);
    out->n = rows.n;
    for (size_t i = 0; i < rows.n; i++) {
        int64_t id = store_number(&rows, i, 0);
        const char *action = store_cell(&rows, i, 4);
        out->items[i] = (struct machine){
            .id = id,
            .places = store_number(&rows, i, 1),
            .used = store_number(&rows, i, 3),
            .ours = str_eq(store_cell(&rows, i, 2), api->server) && hub_is_connected(api->hub, id),
            .alive = action == NULL,
            .installing =
                action != NULL && !str_eq(action, "stop") && !str_eq(action, "uninstall") && !str_eq(action, "cleanup"),
        };
    }
    return true;
}

static bool is_chosen(const struct store_rows *chosen, int64_t machine) {
    for (size_t i = 0; i < chosen->n; i++) {
        if (store_number(chosen, i, 0) == machine) {
            return true;
        }
    }
    return chosen->n == 0; /* none named: any */
}

static struct machine *best(struct machines *all, const struct store_rows *chosen) {
    struct machine *found = NULL;
    for (size_t i = 0; i < all->n; i++) {
        struct machine *m = &all->items[i];
        if (m->alive && m->used < m->places && is_chosen(chosen, m->id) &&
            (found == NULL || m->places - m->used > found->places - found->used)) {
            found = m;
        }
    }
    return found;
}

/* Nothing to run on but machines that get their kit just now. */
static bool waits_for_kit(const struct machines *all, const struct store_rows *chosen) {
    bool installing = false;
    for (size_t i = 0; i < all->n; i++) {
        if (is_chosen(chosen, all->items[i].id)) {
            if (all->items[i].alive) {
                return false;
            }
            installing = installing || all->items[i].installing;
        }
    }
    return installing;
}

/* Shown as what it waits for: a place (1000), or a kit (2000). */
static bool show_waiting(struct tasks *t, int64_t subtask, bool installing, bool shown_installing, struct err *e) {
    if (installing == shown_installing) {
        return true;
    }
    if (!tasks_begin(t, e)) {
        return false;
    }
    if (subtask_event(t, subtask, installing ? EVENT_INSTALL : EVENT_MACHINE_LOST, NULL, NULL, e)) {
        return tasks_commit(t, e);
    }
    tasks_rollback(t);
    return false;
}

/* ---- giving ---- */

struct claim {
    int64_t fence;
    bool resume, restart, check_again, accept_moved;
    struct subtask_left left;
    json_t *job, *tables, *cutover, *definition;
};

static void claim_clear(struct claim *c) {
    json_decref(c->tables);
    json_decref(c->cutover);
    json_decref(c->definition);
    c->tables = c->cutover = c->definition = NULL;
}

/* What was said with orders, of one that has come to follow changes. About a definition once. */
static bool take_orders(struct tasks *t, int64_t subtask, struct claim *c, struct err *e) {
    return order_text_of(t->store, t->a, subtask, ORDER_OF_CUTOVER, &c->cutover, e) &&
           order_text_of(t->store, t->a, subtask, ORDER_OF_DEFINITION, &c->definition, e) &&
           order_text_keep(t, subtask, ORDER_OF_DEFINITION, NULL, e);
}

/* In one transaction: the lease, the fence, the state. *got: false when another server was faster. */
static bool claim_in(const struct api *api, struct tasks *t, const struct waiting *w, const struct machine *m,
                     struct claim *c, bool *got, struct err *e) {
    uint64_t changed;
    struct store_rows rows;
    if (!store_run(t->store,
                   "UPDATE subtask SET machine_id = ?, server = ?, fence = fence + 1, attempts = attempts + 1,"
                   " lease_until_ms = ?, command = NULL WHERE id = ? AND status IN (?, ?) AND lease_until_ms IS NULL",
                   STORE_VALUES(STORE_I(m->id), STORE_T(api->server), STORE_I(t->now_ms + SERVER_LEASE_MS),
                                STORE_I(w->id), STORE_I(SUB_WAITING), STORE_I(SUB_INSTALLING)),
                   &changed, e)) {
        return false;
    }
    *got = changed > 0;
    if (!*got) {
        return true;
    }
    if (!subtask_event(t, w->id, EVENT_PLACED, NULL, NULL, e) ||
        !subtask_to_check(t, w->id, &c->check_again, &c->tables, e) || !subtask_left(t, w->id, &c->left, e) ||
        (c->left.checked && !take_orders(t, w->id, c, e)) ||
        !store_rows(t->store, t->a, "SELECT fence, attempts, generation, accept_moved FROM subtask WHERE id = ?",
                    STORE_VALUES(STORE_I(w->id)), &rows, e)) {
        return false;
    }
    c->fence = store_number(&rows, 0, 0);
    c->resume = store_number(&rows, 0, 1) > 1;
    c->accept_moved = c->resume && store_number(&rows, 0, 3) != 0;
    c->restart = !c->resume && store_number(&rows, 0, 2) > 0; /* what was begun before the reset goes */
    return true;
}

static bool claim(const struct api *api, struct tasks *t, const struct waiting *w, const struct machine *m,
                  struct claim *c, bool *got, struct err *e) {
    if (!tasks_begin(t, e)) {
        return false;
    }
    if (claim_in(api, t, w, m, c, got, e)) {
        return tasks_commit(t, e);
    }
    claim_clear(c);
    tasks_rollback(t);
    return false;
}

/* A job that cannot be made will not be made by waiting: say why. */
static bool fail(const struct api *api, struct tasks *t, int64_t subtask, const struct err *why, struct err *e) {
    json_t *reason = err_to_json(why);
    bool ok = tasks_begin(t, e);
    if (ok) {
        ok = subtask_event(t, subtask, EVENT_FAILED, reason, NULL, e) &&
             store_run(t->store, "UPDATE subtask SET lease_until_ms = NULL WHERE id = ?",
                       STORE_VALUES(STORE_I(subtask)), NULL, e);
        if (ok) {
            ok = tasks_commit(t, e);
        } else {
            tasks_rollback(t);
        }
    }
    ok = ok && alert_raise(t->store, api->feed, ALERT_ERROR, subtask, 0, reason, e);
    json_decref(reason);
    return ok;
}

static bool give(const struct api *api, struct tasks *t, const struct waiting *w, struct machine *m, struct err *e) {
    struct claim c = {0};
    struct err why = ERR_INIT;
    bool got;
    if (!claim(api, t, w, m, &c, &got, e)) {
        return false;
    }
    if (!got) {
        return true;
    }
    if (!job_of_subtask(t->store, t->a, api->key, "migrate", w->id, &c.job, &why)) {
        claim_clear(&c);
        return fail(api, t, w->id, &why, e);
    }
    m->used++;
    json_object_set_new(c.job, "fence", json_integer((json_int_t)c.fence));
    json_object_set_new(c.job, "resume", json_boolean(c.resume));
    json_object_set_new(c.job, "restart", json_boolean(c.restart));
    json_object_set_new(c.job, "accept_moved", json_boolean(c.accept_moved));
    json_object_set_new(c.job, "checked", json_boolean(c.left.checked));
    if (c.left.changes != NULL) {
        json_object_set_new(c.job, "incremental", json_string(c.left.changes));
    }
    if (c.cutover != NULL) {
        json_object_set(c.job, "cutover", c.cutover);
    }
    if (c.definition != NULL) {
        json_object_set(c.job, "definition", c.definition);
    }
    if (c.check_again) {
        json_object_set_new(c.job, "check_again", json_true());
        json_object_set(c.job, "check_tables", c.tables != NULL ? c.tables : json_null());
    }
    claim_clear(&c);
    log_info("placement", "subtask %lld goes to machine %lld, fence %lld", (long long)w->id, (long long)m->id,
             (long long)c.fence);
    /* When it cannot be sent the lease runs out, or the agent's next hello says that it has it not. */
    (void)hub_send(api->hub, m->id,
                   json_pack("{s:s, s:I, s:I, s:o}", "type", "run", "subtask", (json_int_t)w->id, "fence",
                             (json_int_t)c.fence, "job", c.job));
    return true;
}

/* ---- all that wait ---- */

bool placement_run(const struct api *api, struct store *s, struct arena *a, struct err *e) {
    struct tasks t = {.store = s, .feed = api->feed, .a = a};
    struct machines machines;
    struct store_rows rows, chosen = {0};
    int64_t now, task = 0;
    if (!store_now(s, &now, e) ||
        !store_rows(
            s, a,
            "SELECT s.id, s.task_id, s.status FROM subtask s JOIN task t ON t.id = s.task_id WHERE s.status IN (?, ?) "
            "AND"
            " s.lease_until_ms IS NULL AND (s.not_before_ms IS NULL OR s.not_before_ms <= ?) ORDER BY t.started_ms,"
            " s.task_id, s.place LIMIT ?",
            STORE_VALUES(STORE_I(SUB_WAITING), STORE_I(SUB_INSTALLING), STORE_I(now), STORE_I(WAITING_MAX)), &rows,
            e)) {
        return false;
    }
    if (rows.n == 0) {
        return true;
    }
    if (!read_machines(api, s, a, now, &machines, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct waiting w = {store_number(&rows, i, 0), store_number(&rows, i, 1)};
        if (w.task != task) {
            task = w.task;
            if (!store_rows(s, a, "SELECT machine_id FROM task_machine WHERE task_id = ?", STORE_VALUES(STORE_I(task)),
                            &chosen, e)) {
                return false;
            }
        }
        struct machine *m = best(&machines, &chosen);
        if (m == NULL) {
            bool shown = store_number(&rows, i, 2) == SUB_INSTALLING;
            if (!show_waiting(&t, w.id, waits_for_kit(&machines, &chosen), shown, e)) {
                return false;
            }
            continue;
        }
        if (!m->ours) {
            m->used++; /* its own server gives it */
        } else if (!give(api, &t, &w, m, e)) {
            return false;
        }
    }
    return true;
}
