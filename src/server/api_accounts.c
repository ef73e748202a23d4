/* /api/v1/accounts: for admins; /api/v1/audit: what was done, by whom. */
#include "server/filters.h"

/* A page of a table: how many rows there are with these filters, and those of the page. */
static bool read_page(struct call *c, const struct filters *f, const char *columns, const char *table, struct page *p,
                      int64_t *total, struct store_rows *rows, struct err *e) {
    struct view_page page;
    struct store_rows count;
    if (!filters_page(c, f, p, &page, e)) {
        return false;
    }
    struct store_values values = {page.values, page.nvalues};
    if (!store_rows(c->store, c->a, arena_printf(c->a, "SELECT count(*) FROM %s WHERE %s", table, page.where), values,
                    &count, e)) {
        return false;
    }
    *total = store_number(&count, 0, 0);
    return store_rows(c->store, c->a,
                      arena_printf(c->a, "SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT %lld OFFSET %lld", columns,
                                   table, page.where, page.order, (long long)page.limit, (long long)page.offset),
                      values, rows, e);
}

static bool list(struct call *c, struct err *e) {
    static const struct filter filters[] = {{"name", FILTER_TEXT, "name"}, {"role", FILTER_EXACT, "role"}, {0}};
    static const struct sorting sortings[] = {
        {"name", "name"}, {"role", "role"}, {"created", "created_ms"}, {"login", "login_ms"}, {0}};
    static const struct filters of_accounts = {
        .filters = filters, .sortings = sortings, .first = "name", .unique = "id"};
    struct store_rows rows;
    struct page p;
    int64_t total;
    if (!read_page(c, &of_accounts, "id, name, role, must_change, disabled, created_ms, login_ms", "account", &p,
                   &total, &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(
            items, json_pack("{s:I, s:s, s:s, s:b, s:b, s:I, s:o}", "id", (json_int_t)store_number(&rows, i, 0), "name",
                             store_cell(&rows, i, 1), "role", store_cell(&rows, i, 2), "must_change_password",
                             (int)store_number(&rows, i, 3), "disabled", (int)store_number(&rows, i, 4), "created_ms",
                             (json_int_t)store_number(&rows, i, 5), "login_ms",
                             store_cell(&rows, i, 6) == NULL ? json_null() : json_integer(store_number(&rows, i, 6))));
    }
    c->out = api_list(&p, total, items);
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
    const char *password;
    return api_id(c, 0, &id, e) && role_of_body(c, &role, e) && api_flag(c, "disabled", false, &disabled, e) &&
           api_text(c, "password", AUTH_PASSWORD_MAX, false, &password, e) &&
           auth_set_account(c->store, id, role, disabled, password, e);
}

static bool audit(struct call *c, struct err *e) {
    static const struct filter filters[] = {{"who", FILTER_TEXT, "who"},
                                            {"address", FILTER_TEXT, "address"},
                                            {"operation", FILTER_TEXT, "operation"},
                                            {"object", FILTER_TEXT, "object"},
                                            {"failed", FILTER_FLAG, "outcome <> 'ok'"},
                                            {"from", FILTER_FROM_MS, "at_ms"},
                                            {"until", FILTER_UNTIL_MS, "at_ms"},
                                            {0}};
    static const struct sorting sortings[] = {{"at", "at_ms"}, {"who", "who"}, {0}};
    static const struct filters of_audit = {
        .filters = filters, .sortings = sortings, .first = "id DESC", .unique = "id DESC"};
    struct store_rows rows;
    struct page p;
    int64_t total;
    if (!read_page(c, &of_audit, "id, at_ms, who, address, operation, object, outcome, detail", "audit", &p, &total,
                   &rows, e)) {
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
    c->out = api_list(&p, total, items);
    return true;
}

const struct route api_account_routes[] = {
    {HTTP_GET, "/api/v1/accounts", ROLE_ADMIN, 0, list},
    {HTTP_POST, "/api/v1/accounts", ROLE_ADMIN, 0, add},
    {HTTP_PUT, "/api/v1/accounts/{id}", ROLE_ADMIN, 0, change},
    {HTTP_GET, "/api/v1/audit", ROLE_ADMIN, 0, audit},
    {0},
};
