/* /api/v1/accounts: for admins; /api/v1/audit: what was done, by whom. */
#include "server/api.h"
#include "server/view.h"

static bool list(struct call *c, struct err *e) {
    struct store_rows rows;
    struct page p;
    if (!api_page(c, &p, e) ||
        !store_rows(
            c->store, c->a,
            "SELECT id, name, role, must_change, disabled, created_ms, (SELECT count(*) FROM account) FROM account"
            " ORDER BY name LIMIT ? OFFSET ?",
            STORE_VALUES(STORE_I(p.size), STORE_I((p.number - 1) * p.size)), &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(
            items, json_pack("{s:I, s:s, s:s, s:b, s:b, s:I}", "id", (json_int_t)store_number(&rows, i, 0), "name",
                             store_cell(&rows, i, 1), "role", store_cell(&rows, i, 2), "must_change_password",
                             (int)store_number(&rows, i, 3), "disabled", (int)store_number(&rows, i, 4), "created_ms",
                             (json_int_t)store_number(&rows, i, 5)));
    }
    c->out = api_list(&p, rows.n > 0 ? store_number(&rows, 0, 6) : 0, items);
    return true;
}

static bool role_of_body(struct call *c, enum role *out, struct err *e) {
    const char *text;
    return api_text(c, "role", 16, true, &text, e) &&
           (role_parse(text, out) || err_set(e, ERR_BODY, "role is one of viewer, operator, admin"));
}

/* With a password the new account has to replace at its first login. */
static bool add(struct call *c, struct err *e) {
    const char *name, *password;
    enum role role;
    int64_t id;
    if (!api_text(c, "name", 64, true, &name, e) || !api_text(c, "password", AUTH_PASSWORD_MAX, true, &password, e) ||
        !role_of_body(c, &role, e) || !auth_add_account(c->store, name, password, role, true, &id, e)) {
        return false;
    }
    c->object = arena_printf(c->a, "account %s", name);
    c->response->status = 201;
    c->out = json_pack("{s:I}", "id", (json_int_t)id);
    return true;
}

static bool change(struct call *c, struct err *e) {
    enum role role;
    bool disabled;
    int64_t id;
    return api_id(c, 0, &id, e) && role_of_body(c, &role, e) && api_flag(c, "disabled", false, &disabled, e) &&
           auth_set_account(c->store, id, role, disabled, e);
}

static bool audit(struct call *c, struct err *e) {
    struct store_rows rows;
    struct page p;
    if (!api_page(c, &p, e) || !store_rows(c->store, c->a,
                                           "SELECT id, at_ms, who, address, operation, object, outcome, detail, "
                                           "(SELECT count(*) FROM audit) FROM audit"
                                           " ORDER BY id DESC LIMIT ? OFFSET ?",
                                           STORE_VALUES(STORE_I(p.size), STORE_I((p.number - 1) * p.size)), &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(items, json_pack("{s:I, s:I, s:s, s:s, s:s, s:o, s:s, s:o}", "id",
                                               (json_int_t)store_number(&rows, i, 0), "at_ms",
                                               (json_int_t)store_number(&rows, i, 1), "who", store_cell(&rows, i, 2),
                                               "address", store_cell(&rows, i, 3), "operation", store_cell(&rows, i, 4),
                                               "object", api_text_json(store_cell(&rows, i, 5)), "outcome",
                                               store_cell(&rows, i, 6), "detail", view_json(store_cell(&rows, i, 7))));
    }
    c->out = api_list(&p, rows.n > 0 ? store_number(&rows, 0, 8) : 0, items);
    return true;
}

const struct route api_account_routes[] = {
    {HTTP_GET, "/api/v1/accounts", ROLE_ADMIN, 0, list},
    {HTTP_POST, "/api/v1/accounts", ROLE_ADMIN, 0, add},
    {HTTP_PUT, "/api/v1/accounts/{id}", ROLE_ADMIN, 0, change},
    {HTTP_GET, "/api/v1/audit", ROLE_ADMIN, 0, audit},
    {0},
};
