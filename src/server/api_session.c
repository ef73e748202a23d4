/* /api/v1/session: logging in and out, one's own password; /api/v1/tokens: access for programs. */
#include <string.h>

#include "server/api.h"

static json_t *who_json(const struct call *c) {
    return json_pack("{s:I, s:s, s:s, s:b, s:s}", "id", (json_int_t)c->who.account, "name", c->who.name, "role",
                     role_name(c->who.role), "must_change_password", (int)c->who.must_change, "csrf", c->who.csrf);
}

/* SameSite=Strict and HttpOnly: neither other sites nor scripts get at it. */
static void set_cookie(struct call *c, const char *token, long max_age_s) {
    http_add_header(c->response, "set-cookie:",
                    arena_printf(c->a, "godwit_session=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%ld%s", token,
                                 max_age_s, c->api->tls ? "; Secure" : ""));
}

static bool login(struct call *c, struct err *e) {
    const char *name, *password;
    char token[SECRETS_TOKEN_TEXT];
    if (!api_text(c, "name", 200, true, &name, e) || !api_text(c, "password", AUTH_PASSWORD_MAX, true, &password, e)) {
        return false;
    }
    c->object = arena_printf(c->a, "account %.64s", name);
    if (!auth_login(c->store, c->api->guard, name, password, c->request->address, token, &c->who, e)) {
        return false;
    }
    set_cookie(c, token, AUTH_LONGEST_MS / 1000);
    secrets_wipe(token, sizeof token);
    c->out = who_json(c);
    return true;
}

static bool me(struct call *c, struct err *e) {
    (void)e;
    c->out = who_json(c);
    return true;
}

static bool logout(struct call *c, struct err *e) {
    set_cookie(c, "", 0);
    return auth_logout(c->store, &c->who, e);
}

static bool password(struct call *c, struct err *e) {
    const char *old, *fresh;
    return api_text(c, "old", AUTH_PASSWORD_MAX, true, &old, e) &&
           api_text(c, "new", AUTH_PASSWORD_MAX, true, &fresh, e) &&
           auth_change_password(c->store, &c->who, old, fresh, e);
}

/* ---- sessions ---- */

/* Named by the begin of its digest: that opens nothing, and neither does the whole of it. */
#define SESSION_ID "substr(digest, 1, 16)"

static bool list_sessions(struct call *c, struct err *e) {
    struct store_rows rows;
    if (!store_rows(c->store, c->a,
                    "SELECT " SESSION_ID
                    ", address, created_ms, seen_ms, expires_ms, CASE WHEN digest = ? THEN 1 ELSE 0"
                    " END FROM session WHERE account_id = ? ORDER BY seen_ms DESC",
                    STORE_VALUES(STORE_T(c->who.digest), STORE_I(c->who.account)), &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(
            items, json_pack("{s:s, s:s, s:I, s:I, s:I, s:b}", "id", store_cell(&rows, i, 0), "address",
                             store_cell(&rows, i, 1), "created_ms", (json_int_t)store_number(&rows, i, 2), "seen_ms",
                             (json_int_t)store_number(&rows, i, 3), "expires_ms", (json_int_t)store_number(&rows, i, 4),
                             "current", (int)store_number(&rows, i, 5)));
    }
    c->out = json_pack("{s:o}", "items", items);
    return true;
}

static bool end_session(struct call *c, struct err *e) {
    uint64_t changed;
    c->object = arena_printf(c->a, "session %.16s", c->params[0]);
    return store_run(c->store, "DELETE FROM session WHERE " SESSION_ID " = ? AND account_id = ?",
                     STORE_VALUES(STORE_T(c->params[0]), STORE_I(c->who.account)), &changed, e) &&
           (changed > 0 || api_not_found(e, "session"));
}

/* ---- tokens ---- */

static bool add_token(struct call *c, struct err *e) {
    const char *name, *role_text;
    enum role role;
    int64_t days = 0, id;
    char token[SECRETS_TOKEN_TEXT];
    if (!api_text(c, "name", 100, true, &name, e) || !api_text(c, "role", 16, true, &role_text, e) ||
        (json_object_get(c->body, "days") != NULL && !api_number(c, "days", 0, 3650, &days, e))) {
        return false;
    }
    if (!role_parse(role_text, &role)) {
        return err_set(e, ERR_BODY, "role is one of viewer, operator, admin");
    }
    if (!auth_add_token(c->store, &c->who, name, role, (unsigned)days, token, &id, e)) {
        return false;
    }
    c->response->status = 201;
    c->object = arena_printf(c->a, "token %lld", (long long)id);
    c->out = json_pack("{s:I, s:s}", "id", (json_int_t)id, "token", token); /* only now: it is not kept */
    secrets_wipe(token, sizeof token);
    return true;
}

static bool list_tokens(struct call *c, struct err *e) {
    struct store_rows rows;
    if (!store_rows(
            c->store, c->a,
            "SELECT id, name, role, created_ms, expires_ms, used_ms FROM api_token WHERE account_id = ? ORDER BY id",
            STORE_VALUES(STORE_I(c->who.account)), &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_t *x = json_pack("{s:I, s:s, s:s, s:I}", "id", (json_int_t)store_number(&rows, i, 0), "name",
                              store_cell(&rows, i, 1), "role", store_cell(&rows, i, 2), "created_ms",
                              (json_int_t)store_number(&rows, i, 3));
        json_object_set_new(x, "expires_ms",
                            store_cell(&rows, i, 4) == NULL ? json_null() : json_integer(store_number(&rows, i, 4)));
        json_object_set_new(x, "used_ms",
                            store_cell(&rows, i, 5) == NULL ? json_null() : json_integer(store_number(&rows, i, 5)));
        json_array_append_new(items, x);
    }
    c->out = json_pack("{s:o}", "items", items);
    return true;
}

static bool drop_token(struct call *c, struct err *e) {
    int64_t id;
    uint64_t changed;
    return api_id(c, 0, &id, e) &&
           store_run(c->store, "DELETE FROM api_token WHERE id = ? AND account_id = ?",
                     STORE_VALUES(STORE_I(id), STORE_I(c->who.account)), &changed, e) &&
           (changed > 0 || api_not_found(e, "token"));
}

const struct route api_session_routes[] = {
    {HTTP_POST, "/api/v1/session", ROLE_NONE, ROUTE_PUBLIC, login},
    {HTTP_GET, "/api/v1/session", ROLE_VIEWER, ROUTE_WHILE_MUST_CHANGE, me},
    {HTTP_DELETE, "/api/v1/session", ROLE_VIEWER, ROUTE_WHILE_MUST_CHANGE, logout},
    {HTTP_PUT, "/api/v1/session/password", ROLE_VIEWER, ROUTE_WHILE_MUST_CHANGE, password},
    {HTTP_GET, "/api/v1/sessions", ROLE_VIEWER, 0, list_sessions},
    {HTTP_DELETE, "/api/v1/sessions/{id}", ROLE_VIEWER, 0, end_session},
    {HTTP_GET, "/api/v1/tokens", ROLE_VIEWER, 0, list_tokens},
    {HTTP_POST, "/api/v1/tokens", ROLE_VIEWER, 0, add_token},
    {HTTP_DELETE, "/api/v1/tokens/{id}", ROLE_VIEWER, 0, drop_token},
    {0},
};
