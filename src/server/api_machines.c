/* /api/v1/machines: execution machines, and how their agents become known. */
#include <string.h>

#include "base/str.h"
#include "server/api_machines.h"
#include "server/enrol.h"
#include "server/filters.h"
#include "server/kit.h"
#include "server/machine_ssh.h"
#include "server/scheduler.h"
#include "server/vault.h"

enum { SEEN_WITHIN_MS = 15000 };

/* ---- looking ---- */

/* Is its agent connected to any server, as far as the store knows? "new": it has no agent. */
static const char *state_of(const struct store_rows *r, size_t i, int64_t now_ms) {
    const char *state = store_cell(r, i, 5), *action = store_cell(r, i, 18), *order = store_cell(r, i, 19);
    bool under_way = order != NULL && (str_eq(order, "waiting") || str_eq(order, "running"));
    if (store_cell(r, i, 7) != NULL && store_number(r, i, 7) > now_ms - SEEN_WITHIN_MS) {
        return "online";
    }
    if (str_eq(state, "enrolled")) {
        return "offline";
    }
    return !str_eq(state, "new")                                  ? state
           : under_way && str_eq(action, "install")               ? "installing"
           : str_eq(order, "failed") && str_eq(action, "install") ? "failed"
                                                                  : state;
}

#define COLUMNS                                                                                                        \
    "m.id, m.name, m.kind, m.host, m.port, m.state, m.reason, m.seen_ms, m.version, m.facts, m.capacity, m.server,"    \
    " m.created_by, m.created_ms, m.username, m.directory, m.login, m.host_key, " KIT_COLUMNS
#define FROM " FROM machine m LEFT JOIN kit k ON k.machine_id = m.id "
enum { FIRST_OF_KIT = 18 };

/* How it is reached by SSH; null when it is not. */
static json_t *ssh_json(const struct store_rows *r, size_t i) {
    char fingerprint[NET_SSH_FINGERPRINT_MAX];
    const char *key = store_cell(r, i, 17);
    if (key == NULL) {
        return json_null();
    }
    net_ssh_fingerprint(key, fingerprint);
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "username", store_cell(r, i, 14), "directory", store_cell(r, i, 15),
                     "login", store_cell(r, i, 16), "host_key", key, "fingerprint", fingerprint);
}

static bool running(struct call *c, int64_t machine, json_t **out, struct err *e) {
    struct store_rows rows;
    if (!store_rows(c->store, c->a,
                    "SELECT id FROM subtask WHERE machine_id = ? AND lease_until_ms IS NOT NULL ORDER BY id",
                    STORE_VALUES(STORE_I(machine)), &rows, e)) {
        return false;
    }
    *out = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(*out, json_integer((json_int_t)store_number(&rows, i, 0)));
    }
    return true;
}

static bool machine_json(struct call *c, const struct store_rows *r, size_t i, int64_t now_ms, json_t **out,
                         struct err *e) {
    json_t *subtasks;
    if (!running(c, store_number(r, i, 0), &subtasks, e)) {
        return false;
    }
    *out = json_pack("{s:I, s:s, s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:I, s:o, s:s, s:I, s:o, s:o, s:o}", "id",
                     (json_int_t)store_number(r, i, 0), "name", store_cell(r, i, 1), "kind", store_cell(r, i, 2),
                     "host", api_text_json(store_cell(r, i, 3)), "port",
                     store_cell(r, i, 4) == NULL ? json_null() : json_integer((json_int_t)store_number(r, i, 4)),
                     "state", state_of(r, i, now_ms), "reason", api_text_json(store_cell(r, i, 6)), "seen_ms",
                     store_cell(r, i, 7) == NULL ? json_null() : json_integer((json_int_t)store_number(r, i, 7)),
                     "version", api_text_json(store_cell(r, i, 8)), "facts", view_json(store_cell(r, i, 9)), "capacity",
                     (json_int_t)store_number(r, i, 10), "server", api_text_json(store_cell(r, i, 11)), "created_by",
                     store_cell(r, i, 12), "created_ms", (json_int_t)store_number(r, i, 13), "subtasks", subtasks,
                     "ssh", ssh_json(r, i), "kit", kit_json(r, i, FIRST_OF_KIT));
    return true;
}

static bool list(struct call *c, struct err *e) {
    static const struct filter filters[] = {
        {"name", FILTER_TEXT, "m.name"}, {"kind", FILTER_EXACT, "m.kind"}, {"host", FILTER_TEXT, "m.host"}, {0}};
    static const struct sorting sortings[] = {
        {"name", "m.name"}, {"id", "m.id"}, {"seen", "m.seen_ms"}, {"capacity", "m.capacity"}, {0}};
    static const struct filters of_machines = {
        .filters = filters, .sortings = sortings, .first = "m.name", .unique = "m.id"};
    struct page p;
    struct view_page page;
    struct store_rows rows, total;
    int64_t now;
    if (!filters_page(c, &of_machines, &p, &page, e) || !store_now(c->store, &now, e)) {
        return false;
    }
    struct store_values values = {page.values, page.nvalues};
    char *sql = arena_printf(c->a, "SELECT " COLUMNS FROM "WHERE %s ORDER BY %s LIMIT %lld OFFSET %lld", page.where,
                             page.order, (long long)page.limit, (long long)page.offset);
    if (!store_rows(c->store, c->a, arena_printf(c->a, "SELECT count(*) FROM machine m WHERE %s", page.where), values,
                    &total, e) ||
        !store_rows(c->store, c->a, sql, values, &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_t *one;
        if (!machine_json(c, &rows, i, now, &one, e)) {
            json_decref(items);
            return false;
        }
        json_array_append_new(items, one);
    }
    c->out = api_list(&p, store_number(&total, 0, 0), items);
    return true;
}

bool machine_show(struct call *c, int64_t id, struct err *e) {
    struct store_rows rows;
    int64_t now;
    if (!store_now(c->store, &now, e) ||
        !store_rows(c->store, c->a, "SELECT " COLUMNS FROM "WHERE m.id = ?", STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    return rows.n == 0 ? api_not_found(e, "execution machine") : machine_json(c, &rows, 0, now, &c->out, e);
}

static bool one(struct call *c, struct err *e) {
    int64_t id;
    return api_id(c, 0, &id, e) && machine_show(c, id, e);
}

/* ---- changing ---- */

void machine_tell(struct call *c, int64_t id, const char *kind) {
    feed_tell(c->api->feed, "machines", json_pack("{s:s, s:I}", "kind", kind, "id", (json_int_t)id));
}

/* Without a key it stays as it is. */
static bool edit(struct call *c, struct err *e) {
    const char *name;
    int64_t id, capacity = 0;
    uint64_t changed;
    if (!api_id(c, 0, &id, e) || !api_text(c, "name", MACHINE_NAME_MAX, false, &name, e)) {
        return false;
    }
    bool has_capacity = json_object_get(c->body, "capacity") != NULL;
    if (has_capacity && !api_number(c, "capacity", 1, MACHINE_CAPACITY_MAX, &capacity, e)) {
        return false;
    }
    if (name != NULL && name[0] == '\0') {
        return err_set(e, ERR_BODY, "name is empty");
    }
    struct store_value value = has_capacity ? STORE_I(capacity) : STORE_T(NULL);
    c->object = arena_printf(c->a, "machine %lld", (long long)id);
    if (!store_run(c->store,
                   "UPDATE machine SET name = COALESCE(?, name), capacity = COALESCE(?, capacity) WHERE id = ?",
                   STORE_VALUES(STORE_T(name), value, STORE_I(id)), &changed, e)) {
        return false;
    }
    if (changed == 0) {
        return api_not_found(e, "execution machine");
    }
    machine_tell(c, id, "machine-changed");
    scheduler_kick(c->api->scheduler);
    return machine_show(c, id, e);
}

/* Subtasks that are over keep their history without it. */
static bool drop_in(struct call *c, int64_t id, struct err *e) {
    struct store_rows rows;
    uint64_t changed;
    if (!store_rows(c->store, c->a,
                    "SELECT (SELECT count(*) FROM subtask WHERE machine_id = ? AND lease_until_ms IS NOT NULL), "
                    "(SELECT count(*)"
                    " FROM task_machine x JOIN task t ON t.id = x.task_id WHERE x.machine_id = ? AND t.status <> 2),"
                    " (SELECT secret_id FROM machine WHERE id = ?), (SELECT count(*) FROM kit WHERE machine_id = ? AND"
                    " finished_ms IS NULL)",
                    STORE_VALUES(STORE_I(id), STORE_I(id), STORE_I(id), STORE_I(id)), &rows, e)) {
        return false;
    }
    if (store_number(&rows, 0, 3) > 0) {
        return err_set(e, ERR_IN_USE, "its kit is being worked on");
    }
    if (store_number(&rows, 0, 0) > 0) {
        return err_set(e, ERR_IN_USE, "%lld subtasks run on this machine", (long long)store_number(&rows, 0, 0));
    }
    if (store_number(&rows, 0, 1) > 0) {
        return err_set(e, ERR_IN_USE, "%lld tasks that are not finished have chosen this machine",
                       (long long)store_number(&rows, 0, 1));
    }
    struct store_values machine = STORE_VALUES(STORE_I(id));
    if (!store_run(c->store, "UPDATE subtask SET machine_id = NULL WHERE machine_id = ?", machine, NULL, e) ||
        !store_run(c->store, "DELETE FROM task_machine WHERE machine_id = ?", machine, NULL, e) ||
        !store_run(c->store, "DELETE FROM machine WHERE id = ?", machine, &changed, e) ||
        (store_cell(&rows, 0, 2) != NULL && !vault_drop(c->store, store_number(&rows, 0, 2), e))) {
        return false;
    }
    return changed > 0 || api_not_found(e, "execution machine");
}

static bool drop(struct call *c, struct err *e) {
    int64_t id;
    if (!api_id(c, 0, &id, e) || !store_begin(c->store, e)) {
        return false;
    }
    c->object = arena_printf(c->a, "machine %lld", (long long)id);
    if (!drop_in(c, id, e) || !store_commit(c->store, e)) {
        store_rollback(c->store);
        return false;
    }
    machine_tell(c, id, "machine-deleted");
    return true;
}

/* ---- agents that were started by hand ---- */

static bool invite_in(struct call *c, const char *name, char token[ENROL_TOKEN_TEXT], int64_t *id, struct err *e) {
    int64_t now;
    return store_now(c->store, &now, e) &&
           store_insert(c->store,
                        "INSERT INTO machine (name, kind, state, capacity, created_by, created_ms) VALUES (?, "
                        "'joined', 'new', 0,"
                        " ?, ?) RETURNING id",
                        STORE_VALUES(STORE_T(name), STORE_T(c->who.name), STORE_I(now)), id, e) &&
           enrol_invite(c->store, *id, token, e);
}

static bool invite(struct call *c, struct err *e) {
    const char *name;
    char token[ENROL_TOKEN_TEXT];
    int64_t id;
    if (!api_text(c, "name", MACHINE_NAME_MAX, true, &name, e) || !store_begin(c->store, e)) {
        return false;
    }
    if (!invite_in(c, name, token, &id, e) || !store_commit(c->store, e)) {
        store_rollback(c->store);
        return false;
    }
    c->object = arena_printf(c->a, "machine %s", name);
    c->response->status = 201;
    c->out =
        json_pack("{s:I, s:s, s:I}", "machine", (json_int_t)id, "token", token, "valid_ms", (json_int_t)ENROL_VALID_MS);
    secrets_wipe(token, sizeof token);
    machine_tell(c, id, "machine-added");
    return true;
}

/* A one-time token is 256 random bits: there is nothing to guess, and nothing to slow down. */
static bool enrol(struct call *c, struct err *e) {
    const char *once;
    char token[ENROL_TOKEN_TEXT];
    int64_t machine;
    const json_t *facts = json_object_get(c->body, "facts");
    if (!api_text(c, "token", 200, true, &once, e) || !enrol_accept(c->store, once, facts, token, &machine, e)) {
        return false;
    }
    c->object = arena_printf(c->a, "machine %lld", (long long)machine);
    c->out = json_pack("{s:I, s:s}", "machine", (json_int_t)machine, "token", token);
    secrets_wipe(token, sizeof token);
    machine_tell(c, machine, "machine-enrolled");
    return true;
}

const struct route api_machine_routes[] = {
    {HTTP_GET, "/api/v1/machines", ROLE_VIEWER, 0, list},
    {HTTP_POST, "/api/v1/machines/token", ROLE_ADMIN, 0, invite},
    {HTTP_GET, "/api/v1/machines/{id}", ROLE_VIEWER, 0, one},
    {HTTP_PATCH, "/api/v1/machines/{id}", ROLE_ADMIN, 0, edit},
    {HTTP_DELETE, "/api/v1/machines/{id}", ROLE_ADMIN, 0, drop},
    {HTTP_POST, "/api/v1/enrol", ROLE_NONE, ROUTE_PUBLIC, enrol},
    {0},
};
