/* /api/v1/data-sources: the databases tasks move between. A password goes in, and never comes out again. */
#include <string.h>

#include "base/str.h"
#include "server/data_source.h"
#include "server/filters.h"
#include "server/vault.h"

static bool read_properties(struct call *c, struct data_source *d, struct err *e) {
    const json_t *v = json_object_get(c->body, "properties");
    const char *name;
    json_t *value;
    if (v != NULL && !json_is_object(v)) {
        return err_set(e, ERR_BODY, "properties must be an object of texts");
    }
    json_object_foreach((json_t *)v, name, value) {
        if (!json_is_string(value)) {
            return err_set(e, ERR_BODY, "properties.%.60s must be a text", name);
        }
    }
    char *text = v == NULL ? NULL : json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS);
    d->properties = arena_strdup(c->a, text == NULL ? "{}" : text);
    free(text);
    return true;
}

bool data_source_is_mysql(const char *kind) {
    return str_eq(kind, "mysql") || str_eq(kind, "mariadb");
}

bool data_source_read(struct call *c, bool named, struct data_source *d, struct err *e) {
    static const char *const kinds[] = {"mysql", "mariadb", "opengauss", "postgresql"};
    if (!api_text(c, "name", 100, named, &d->name, e) || !api_text(c, "kind", 16, true, &d->kind, e) ||
        !api_text(c, "host", 255, true, &d->host, e) || !api_number(c, "port", 1, 65535, &d->port, e) ||
        !api_text(c, "username", 128, true, &d->username, e) ||
        !api_text(c, "password", 1000, false, &d->password, e) || !read_properties(c, d, e)) {
        return false;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (str_eq(d->kind, kinds[i])) {
            return true;
        }
    }
    return err_set(e, ERR_BODY, "kind is one of mysql, mariadb, opengauss, postgresql");
}

static json_t *row_json(const struct store_rows *rows, size_t i) {
    json_t *properties = json_loads(store_cell(rows, i, 6), 0, NULL);
    return json_pack("{s:I, s:s, s:s, s:s, s:I, s:s, s:b, s:o, s:s, s:I, s:I}", "id",
                     (json_int_t)store_number(rows, i, 0), "name", store_cell(rows, i, 1), "kind",
                     store_cell(rows, i, 2), "host", store_cell(rows, i, 3), "port",
                     (json_int_t)store_number(rows, i, 4), "username", store_cell(rows, i, 5), "has_password",
                     store_cell(rows, i, 7) != NULL, "properties", properties != NULL ? properties : json_object(),
                     "created_by", store_cell(rows, i, 8), "created_ms", (json_int_t)store_number(rows, i, 9),
                     "subtasks", (json_int_t)store_number(rows, i, 10));
}

#define COLUMNS                                                                                                        \
    "d.id, d.name, d.kind, d.host, d.port, d.username, d.properties, d.secret_id, d.created_by, d.created_ms,"         \
    " (SELECT count(*) FROM subtask t WHERE t.source_id = d.id) + (SELECT count(*) FROM subtask t WHERE t.target_id =" \
    " d.id)"

static bool list(struct call *c, struct err *e) {
    static const struct filter filters[] = {
        {"name", FILTER_TEXT, "d.name"}, {"kind", FILTER_EXACT, "d.kind"}, {"host", FILTER_TEXT, "d.host"}, {0}};
    static const struct sorting sortings[] = {
        {"name", "d.name"}, {"kind", "d.kind"}, {"host", "d.host"}, {"created", "d.created_ms"}, {0}};
    static const struct filters of_data_sources = {
        .filters = filters, .sortings = sortings, .first = "d.name", .unique = "d.id"};
    struct store_rows rows, total;
    struct view_page page;
    struct page p;
    if (!filters_page(c, &of_data_sources, &p, &page, e)) {
        return false;
    }
    struct store_values values = {page.values, page.nvalues};
    char *count = arena_printf(c->a, "SELECT count(*) FROM data_source d WHERE %s", page.where);
    char *sql = arena_printf(c->a, "SELECT " COLUMNS " FROM data_source d WHERE %s ORDER BY %s LIMIT %lld OFFSET %lld",
                             page.where, page.order, (long long)page.limit, (long long)page.offset);
    if (!store_rows(c->store, c->a, count, values, &total, e) || !store_rows(c->store, c->a, sql, values, &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(items, row_json(&rows, i));
    }
    c->out = api_list(&p, store_number(&total, 0, 0), items);
    return true;
}

static bool one(struct call *c, struct err *e) {
    struct store_rows rows;
    int64_t id;
    if (!api_id(c, 0, &id, e) || !store_rows(c->store, c->a, "SELECT " COLUMNS " FROM data_source d WHERE d.id = ?",
                                             STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return api_not_found(e, "data source");
    }
    c->out = row_json(&rows, 0);
    return true;
}

static bool insert(struct call *c, const struct data_source *d, int64_t *id, struct err *e) {
    int64_t now, secret = 0;
    if (!store_now(c->store, &now, e) ||
        (d->password != NULL && !vault_keep(c->store, c->a, c->api->key, d->name, d->password, &secret, e))) {
        return false;
    }
    struct store_value secret_value = d->password != NULL ? STORE_I(secret) : STORE_T(NULL);
    return store_insert(c->store,
                        "INSERT INTO data_source (name, kind, host, port, username, secret_id, properties, created_by,"
                        " created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                        STORE_VALUES(STORE_T(d->name), STORE_T(d->kind), STORE_T(d->host), STORE_I(d->port),
                                     STORE_T(d->username), secret_value, STORE_T(d->properties), STORE_T(c->who.name),
                                     STORE_I(now)),
                        id, e);
}

/* Run what changes several tables as a whole. */
static bool whole(struct call *c, bool (*work)(struct call *, const struct data_source *, int64_t *, struct err *),
                  const struct data_source *d, int64_t *id, struct err *e) {
    if (!store_begin(c->store, e)) {
        return false;
    }
    if (!work(c, d, id, e) || !store_commit(c->store, e)) {
        store_rollback(c->store);
        return false;
    }
    return true;
}

static bool add(struct call *c, struct err *e) {
    struct data_source d;
    int64_t id;
    if (!data_source_read(c, true, &d, e) || !whole(c, insert, &d, &id, e)) {
        return false;
    }
    c->object = arena_printf(c->a, "data source %s", d.name);
    c->response->status = 201;
    c->out = json_pack("{s:I}", "id", (json_int_t)id);
    return true;
}

/* Without a password the old one stays. */
static bool update(struct call *c, const struct data_source *d, int64_t *id, struct err *e) {
    uint64_t changed;
    int64_t secret = 0;
    if (d->password != NULL && !vault_keep(c->store, c->a, c->api->key, d->name, d->password, &secret, e)) {
        return false;
    }
    struct store_value secret_value = d->password != NULL ? STORE_I(secret) : STORE_T(NULL);
    struct store_rows rows;
    if (!store_rows(c->store, c->a, "SELECT secret_id FROM data_source WHERE id = ?", STORE_VALUES(STORE_I(*id)), &rows,
                    e)) {
        return false;
    }
    bool ok = store_run(c->store,
                        "UPDATE data_source SET name = ?, kind = ?, host = ?, port = ?, username = ?, properties = ?,"
                        " secret_id = COALESCE(?, secret_id) WHERE id = ?",
                        STORE_VALUES(STORE_T(d->name), STORE_T(d->kind), STORE_T(d->host), STORE_I(d->port),
                                     STORE_T(d->username), STORE_T(d->properties), secret_value, STORE_I(*id)),
                        &changed, e);
    if (ok && changed == 0) {
        return api_not_found(e, "data source");
    }
    const char *old = ok && d->password != NULL ? store_cell(&rows, 0, 0) : NULL;
    return ok && (old == NULL || vault_drop(c->store, store_number(&rows, 0, 0), e));
}

static bool change(struct call *c, struct err *e) {
    struct data_source d;
    int64_t id;
    return api_id(c, 0, &id, e) && data_source_read(c, true, &d, e) && whole(c, update, &d, &id, e);
}

static bool remove_it(struct call *c, const struct data_source *d, int64_t *id, struct err *e) {
    struct store_rows rows;
    (void)d;
    if (!store_rows(
            c->store, c->a,
            "SELECT s.secret_id, (SELECT count(*) FROM subtask t WHERE t.source_id = s.id OR t.target_id = s.id)"
            " FROM data_source s WHERE s.id = ?",
            STORE_VALUES(STORE_I(*id)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return api_not_found(e, "data source");
    }
    if (store_number(&rows, 0, 1) > 0) {
        return err_set(e, ERR_IN_USE, "the data source belongs to %lld subtasks", (long long)store_number(&rows, 0, 1));
    }
    return store_run(c->store, "DELETE FROM data_source WHERE id = ?", STORE_VALUES(STORE_I(*id)), NULL, e) &&
           (store_cell(&rows, 0, 0) == NULL || vault_drop(c->store, store_number(&rows, 0, 0), e));
}

static bool drop(struct call *c, struct err *e) {
    int64_t id;
    return api_id(c, 0, &id, e) && whole(c, remove_it, NULL, &id, e);
}

const struct route api_data_source_routes[] = {
    {HTTP_GET, "/api/v1/data-sources", ROLE_VIEWER, 0, list},
    {HTTP_POST, "/api/v1/data-sources", ROLE_OPERATOR, 0, add},
    {HTTP_GET, "/api/v1/data-sources/{id}", ROLE_VIEWER, 0, one},
    {HTTP_PUT, "/api/v1/data-sources/{id}", ROLE_OPERATOR, 0, change},
    {HTTP_DELETE, "/api/v1/data-sources/{id}", ROLE_OPERATOR, 0, drop},
    {0},
};
