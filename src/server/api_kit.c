/* /api/v1/machines, as far as SSH is concerned: adding machines, their login, their kit. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/api_machines.h"
#include "server/enrol.h"
#include "server/filters.h"
#include "server/kit.h"
#include "server/kit_look.h"
#include "server/machine_ssh.h"
#include "server/vault.h"

enum {
    HOST_MAX = 255,
    USER_MAX = 64,
    DIRECTORY_MAX = 400,
    PASSWORD_MAX = 1000,
    HOST_KEY_MAX = 5000,
    BATCH_MAX = 100,
    SSH_PORT = 22
};

/* ---- what comes in ---- */

static bool read_place(struct call *c, struct machine_ssh *m, struct err *e) {
    int64_t port = SSH_PORT;
    if (!api_text(c, "host", HOST_MAX, true, &m->host, e) ||
        (json_object_get(c->body, "port") != NULL && !api_number(c, "port", 1, 65535, &port, e))) {
        return false;
    }
    m->port = (uint16_t)port;
    /* "/.." would be a socket of this machine. */
    return strpbrk(m->host, "/ @") == NULL || err_set(e, ERR_BODY, "host is a name or an address");
}

/* A key has lines. */
static bool read_key(struct call *c, const char **out, struct err *e) {
    const json_t *v = json_object_get(c->body, "private_key");
    *out = json_string_value(v);
    if (v == NULL || json_is_null(v)) {
        return true;
    }
    return (*out != NULL && strlen(*out) == json_string_length(v) && json_string_length(v) <= NET_SSH_KEY_MAX) ||
           err_set(e, ERR_BODY, "private_key must be the text of a key file");
}

static bool read_login(struct call *c, struct machine_ssh *m, struct err *e) {
    struct net_ssh_login *l = &m->login;
    if (!api_text(c, "username", USER_MAX, true, &l->user, e) ||
        !api_text(c, "password", PASSWORD_MAX, false, &l->password, e) || !read_key(c, &l->private_key, e) ||
        !api_text(c, "passphrase", PASSWORD_MAX, false, &l->passphrase, e) ||
        !api_text(c, "host_key", HOST_KEY_MAX, true, &m->host_key, e)) {
        return false;
    }
    if ((l->password == NULL) == (l->private_key == NULL)) {
        return err_set(e, ERR_BODY, "either password or private_key is needed, and not both");
    }
    return l->private_key == NULL || net_ssh_key_check(l->private_key, l->passphrase, e);
}

static bool read_directory(struct call *c, const char **out, struct err *e) {
    if (!api_text(c, "directory", DIRECTORY_MAX, true, out, e)) {
        return false;
    }
    const char *d = *out;
    bool climbs = str_eq(d, "..") || str_starts(d, "../") || strstr(d, "/../") != NULL ||
                  (strlen(d) > 3 && str_eq(d + strlen(d) - 3, "/.."));
    return (!climbs && strspn(d, "/.") < strlen(d) && d[0] != '~') ||
           err_set(e, ERR_BODY, "directory is a path of its own, absolute or below the user's home");
}

static bool check_root(struct call *c, const struct machine_ssh *m, bool is_root, struct err *e) {
    bool allowed;
    if (!api_flag(c, "allow_root", false, &allowed, e)) {
        return false;
    }
    return allowed || !is_root || err_set(e, ERR_ROOT, "%s is root on %s", m->login.user, m->host);
}

/* ---- the host key ---- */

static bool host_key(struct call *c, struct err *e) {
    struct machine_ssh m;
    struct net_ssh *ssh;
    if (!read_place(c, &m, e) || !net_ssh_open(&ssh, m.host, m.port, NULL, MACHINE_SSH_TIMEOUT_MS, e)) {
        return false;
    }
    const struct net_ssh_host_key *k = net_ssh_host_key(ssh);
    c->object = arena_printf(c->a, "host key of %s", m.host);
    c->out = json_pack("{s:s, s:s, s:o}", "type", k->type, "fingerprint", k->fingerprint, "key",
                       json_sprintf("%s %s", k->type, k->base64));
    net_ssh_close(ssh);
    return true;
}

/* ---- adding ---- */

struct added {
    const char *name, *host_key;
    struct machine_ssh ssh;
    struct kit_look found;
    int64_t capacity, id;
};

static bool keep_login(struct call *c, const struct added *x, int64_t *secret, struct err *e) {
    char *login = machine_ssh_login_text(c->a, &x->ssh.login);
    bool ok = login != NULL ? vault_keep(c->store, c->a, c->api->key, x->name, login, secret, e)
                            : err_set(e, ERR_BODY, "the login is not UTF-8");
    if (login != NULL) {
        secrets_wipe(login, strlen(login));
    }
    return ok;
}

static const char *login_kind(const struct added *x) {
    return x->ssh.login.password != NULL ? "password" : "key";
}

static bool insert(struct call *c, struct added *x, struct err *e) {
    struct store_rows same;
    int64_t secret = 0, now;
    char *facts = json_dumps(x->found.facts, JSON_COMPACT | JSON_REAL_PRECISION(6));
    char *kept = arena_strdup(c->a, facts != NULL ? facts : "{}");
    free(facts);
    if (!store_rows(c->store, c->a,
                    "SELECT name FROM machine WHERE host = ? AND port = ? AND username = ? AND directory = ?",
                    STORE_VALUES(STORE_T(x->ssh.host), STORE_I(x->ssh.port), STORE_T(x->ssh.login.user),
                                 STORE_T(x->found.directory)),
                    &same, e)) {
        return false;
    }
    if (same.n > 0) {
        return err_set(e, ERR_STORE_TAKEN, "%s is the same machine, user and directory", store_cell(&same, 0, 0));
    }
    return store_now(c->store, &now, e) && keep_login(c, x, &secret, e) &&
           store_insert(c->store,
                        "INSERT INTO machine (name, kind, host, port, username, secret_id, login, host_key, directory,"
                        " state, facts, capacity, created_by, created_ms) VALUES (?, 'ssh', ?, ?, ?, ?, ?, ?, ?, 'new',"
                        " ?, ?, ?, ?) RETURNING id",
                        STORE_VALUES(STORE_T(x->name), STORE_T(x->ssh.host), STORE_I(x->ssh.port),
                                     STORE_T(x->ssh.login.user), STORE_I(secret), STORE_T(login_kind(x)),
                                     STORE_T(x->host_key), STORE_T(x->found.directory), STORE_T(kept),
                                     STORE_I(x->capacity), STORE_T(c->who.name), STORE_I(now)),
                        &x->id, e);
}

static bool whole(struct call *c, bool (*write)(struct call *, struct added *, struct err *), struct added *x,
                  struct err *e) {
    if (!store_begin(c->store, e)) {
        return false;
    }
    if (!write(c, x, e) || !store_commit(c->store, e)) {
        store_rollback(c->store);
        return false;
    }
    return true;
}

static void note_host_key(struct call *c, struct net_ssh *ssh, struct added *x) {
    const struct net_ssh_host_key *k = net_ssh_host_key(ssh);
    x->host_key = arena_printf(c->a, "%s %s", k->type, k->base64);
}

static bool measure(struct call *c, const char *directory, struct added *x, struct err *e) {
    struct kit_variables v = {.directory = directory};
    struct net_ssh *ssh;
    char *mark;
    if (!kit_mark(c->store, c->a, &mark, e) || !machine_ssh_connect(&x->ssh, &ssh, e)) {
        return false;
    }
    v.mark = mark;
    note_host_key(c, ssh, x);
    bool ok = kit_look(ssh, c->a, &v, &x->found, e) && check_root(c, &x->ssh, x->found.root, e);
    net_ssh_close(ssh);
    return ok;
}

static bool add(struct call *c, struct err *e) {
    struct added x = {0};
    const char *directory;
    bool install, has_capacity = json_object_get(c->body, "capacity") != NULL;
    if (!api_text(c, "name", MACHINE_NAME_MAX, true, &x.name, e)) {
        return false;
    }
    c->object = arena_printf(c->a, "machine %s", x.name);
    bool ok = read_place(c, &x.ssh, e) && read_login(c, &x.ssh, e) && read_directory(c, &directory, e) &&
              (!has_capacity || api_number(c, "capacity", 1, MACHINE_CAPACITY_MAX, &x.capacity, e)) &&
              api_flag(c, "install", false, &install, e) &&
              check_root(c, &x.ssh, str_eq(x.ssh.login.user, "root"), e) &&
              (!install || kit_check_address(c->api, x.ssh.host, e)) && measure(c, directory, &x, e);
    if (ok && !has_capacity) {
        x.capacity = enrol_capacity(x.found.facts);
    }
    ok = ok && whole(c, insert, &x, e);
    json_decref(x.found.facts);
    if (!ok) {
        return false;
    }
    machine_tell(c, x.id, "machine-added");
    c->response->status = 201;
    return (!install || kit_order(c->api->kit, c->store, x.id, KIT_INSTALL, c->who.name, e)) &&
           machine_show(c, x.id, e);
}

/* ---- another login, another host key ---- */

static bool update(struct call *c, struct added *x, struct err *e) {
    struct store_rows old;
    int64_t secret = 0;
    if (!store_rows(c->store, c->a, "SELECT secret_id FROM machine WHERE id = ?", STORE_VALUES(STORE_I(x->id)), &old,
                    e)) {
        return false;
    }
    return keep_login(c, x, &secret, e) &&
           store_run(c->store,
                     "UPDATE machine SET host = ?, port = ?, username = ?, secret_id = ?, login = ?, host_key = ?"
                     " WHERE id = ?",
                     STORE_VALUES(STORE_T(x->ssh.host), STORE_I(x->ssh.port), STORE_T(x->ssh.login.user),
                                  STORE_I(secret), STORE_T(login_kind(x)), STORE_T(x->host_key), STORE_I(x->id)),
                     NULL, e) &&
           (old.n == 0 || vault_drop(c->store, store_number(&old, 0, 0), e));
}

static bool change_login(struct call *c, struct err *e) {
    struct added x = {0};
    struct store_rows r;
    struct net_ssh *ssh;
    if (!api_id(c, 0, &x.id, e) || !store_rows(c->store, c->a, "SELECT name, kind FROM machine WHERE id = ?",
                                               STORE_VALUES(STORE_I(x.id)), &r, e)) {
        return false;
    }
    if (r.n == 0) {
        return api_not_found(e, "execution machine");
    }
    x.name = store_cell(&r, 0, 0);
    c->object = arena_printf(c->a, "machine %s", x.name);
    if (!str_eq(store_cell(&r, 0, 1), "ssh")) {
        return err_set(e, ERR_NOT_NOW, "%s was not added over SSH", x.name);
    }
    if (!read_place(c, &x.ssh, e) || !read_login(c, &x.ssh, e) ||
        !check_root(c, &x.ssh, str_eq(x.ssh.login.user, "root"), e) || !machine_ssh_connect(&x.ssh, &ssh, e)) {
        return false;
    }
    note_host_key(c, ssh, &x);
    net_ssh_close(ssh);
    if (!whole(c, update, &x, e)) {
        return false;
    }
    machine_tell(c, x.id, "machine-changed");
    return machine_show(c, x.id, e);
}

/* ---- the kit ---- */

static bool read_action(struct call *c, enum kit_action *out, struct err *e) {
    const char *name;
    return api_text(c, "action", 16, true, &name, e) && kit_action_parse(name, out, e);
}

static bool order_one(struct call *c, struct err *e) {
    enum kit_action action;
    int64_t id;
    if (!api_id(c, 0, &id, e) || !read_action(c, &action, e)) {
        return false;
    }
    c->object =
        arena_printf(c->a, "machine %lld: %s", (long long)id, json_string_value(json_object_get(c->body, "action")));
    if (!kit_order(c->api->kit, c->store, id, action, c->who.name, e)) {
        return false;
    }
    return machine_show(c, id, e);
}

/* What one machine does not allow is told for that one, and stops no other. */
static json_t *try_order(struct call *c, int64_t id, enum kit_action action) {
    struct err e = ERR_INIT;
    bool ok = kit_order(c->api->kit, c->store, id, action, c->who.name, &e);
    return json_pack("{s:I, s:o}", "machine", (json_int_t)id, "error", ok ? json_null() : err_to_json(&e));
}

static bool order_many(struct call *c, struct err *e) {
    const json_t *machines = json_object_get(c->body, "machines"), *id;
    enum kit_action action;
    size_t i, n = json_array_size(machines);
    if (!read_action(c, &action, e)) {
        return false;
    }
    if (!json_is_array(machines) || n == 0 || n > BATCH_MAX) {
        return err_set(e, ERR_BODY, "machines is a list of 1 to %d ids", BATCH_MAX);
    }
    json_array_foreach(machines, i, id) {
        if (!json_is_integer(id)) {
            return err_set(e, ERR_BODY, "machines is a list of ids");
        }
    }
    char *ids = arena_strdup(c->a, "");
    json_t *items = json_array();
    json_array_foreach(machines, i, id) {
        int64_t machine = (int64_t)json_integer_value(id);
        ids = arena_printf(c->a, "%s%s%lld", ids, i > 0 ? ", " : "", (long long)machine);
        json_array_append_new(items, try_order(c, machine, action));
    }
    ids[str_utf8_cut(ids, strlen(ids), 250)] = '\0';
    c->object = arena_printf(c->a, "machines %s: %s", ids, json_string_value(json_object_get(c->body, "action")));
    c->out = json_pack("{s:o}", "items", items);
    return true;
}

const struct route api_kit_routes[] = {
    {HTTP_POST, "/api/v1/machines/host-key", ROLE_ADMIN, ROUTE_WAITS, host_key},
    {HTTP_POST, "/api/v1/machines", ROLE_ADMIN, ROUTE_WAITS, add},
    {HTTP_POST, "/api/v1/machines/kit", ROLE_ADMIN, 0, order_many},
    {HTTP_POST, "/api/v1/machines/{id}/kit", ROLE_ADMIN, 0, order_one},
    {HTTP_PUT, "/api/v1/machines/{id}/ssh", ROLE_ADMIN, ROUTE_WAITS, change_login},
    {0},
};
