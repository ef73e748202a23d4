/* /api/v1/alerts: what people should look at. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/alerts.h"
#include "server/api.h"

enum { CONDITIONS_MAX = 8 };

struct wanted {
    char *where;
    struct store_value v[CONDITIONS_MAX];
    size_t n;
};

static void add(struct call *c, struct wanted *w, const char *condition) {
    w->where = arena_printf(c->a, "%s %s %s", w->where, w->where[0] == '\0' ? "WHERE" : "AND", condition);
}

static bool id_filter(struct call *c, struct wanted *w, const char *name, const char *condition, struct err *e) {
    const char *text = http_parameter(c->request, name);
    if (text == NULL) {
        return true;
    }
    size_t len = strlen(text);
    if (len == 0 || len > 18 || strspn(text, "0123456789") != len) {
        return err_set(e, ERR_BODY, "%s is the number of one", name);
    }
    add(c, w, condition);
    w->v[w->n++] = STORE_I(strtoll(text, NULL, 10));
    return true;
}

static bool filters(struct call *c, struct wanted *w, struct err *e) {
    const char *open = http_parameter(c->request, "open"), *level = http_parameter(c->request, "level"),
               *code = http_parameter(c->request, "code");
    *w = (struct wanted){.where = arena_strdup(c->a, "")};
    if (!id_filter(c, w, "subtask", "a.subtask_id = ?", e) || !id_filter(c, w, "task", "t.id = ?", e) ||
        !id_filter(c, w, "machine", "a.machine_id = ?", e)) {
        return false;
    }
    if (open != NULL) {
        if (!str_eq(open, "true") && !str_eq(open, "false")) {
            return err_set(e, ERR_BODY, "open is true or false");
        }
        add(c, w, str_eq(open, "true") ? "a.closed_ms IS NULL" : "a.closed_ms IS NOT NULL");
    }
    if (level != NULL) {
        if (!str_eq(level, "error") && !str_eq(level, "warning")) {
            return err_set(e, ERR_BODY, "level is error or warning");
        }
        add(c, w, str_eq(level, "error") ? "a.level = 2" : "a.level = 1");
    }
    if (code != NULL) {
        add(c, w, "a.code = ?");
        w->v[w->n++] = STORE_T(code);
    }
    return true;
}

/* The newest first. */
static bool list(struct call *c, struct err *e) {
    struct wanted w;
    struct page p;
    struct store_rows rows, count;
    if (!api_page(c, &p, e) || !filters(c, &w, e) ||
        !store_rows(c->store, c->a, arena_printf(c->a, "SELECT count(*) FROM " ALERT_TABLES " %s", w.where),
                    (struct store_values){w.v, w.n}, &count, e)) {
        return false;
    }
    w.v[w.n++] = STORE_I(p.size);
    w.v[w.n++] = STORE_I((p.number - 1) * p.size);
    char *sql = arena_printf(
        c->a, "SELECT " ALERT_COLUMNS " FROM " ALERT_TABLES " %s ORDER BY a.last_ms DESC, a.id DESC LIMIT ? OFFSET ?",
        w.where);
    if (!store_rows(c->store, c->a, sql, (struct store_values){w.v, w.n}, &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(items, alert_json(&rows, i));
    }
    c->out = api_list(&p, store_number(&count, 0, 0), items);
    return true;
}

/* For a badge. */
static bool count(struct call *c, struct err *e) {
    struct store_rows rows;
    if (!store_rows(c->store, c->a, "SELECT level, count(*) FROM alert WHERE closed_ms IS NULL GROUP BY level",
                    STORE_NONE, &rows, e)) {
        return false;
    }
    int64_t of_level[3] = {0};
    for (size_t i = 0; i < rows.n; i++) {
        of_level[store_number(&rows, i, 0) == 2 ? 2 : 1] += store_number(&rows, i, 1);
    }
    int64_t open = of_level[1] + of_level[2];
    c->out = json_pack("{s:I, s:I, s:I}", "open", (json_int_t)open, "errors", (json_int_t)of_level[2], "warnings",
                       (json_int_t)of_level[1]);
    return true;
}

static bool one(struct call *c, struct err *e) {
    struct store_rows rows;
    int64_t id;
    if (!api_id(c, 0, &id, e) ||
        !store_rows(c->store, c->a, "SELECT " ALERT_COLUMNS " FROM " ALERT_TABLES " WHERE a.id = ?",
                    STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return api_not_found(e, "alert");
    }
    c->out = alert_json(&rows, 0);
    return true;
}

static bool close_it(struct call *c, struct err *e) {
    int64_t id;
    return api_id(c, 0, &id, e) && alert_close_one(c->store, c->api->feed, id, c->who.name, e) && one(c, e);
}

const struct route api_alert_routes[] = {
    {HTTP_GET, "/api/v1/alerts", ROLE_VIEWER, 0, list},
    {HTTP_GET, "/api/v1/alerts/count", ROLE_VIEWER, 0, count},
    {HTTP_GET, "/api/v1/alerts/{id}", ROLE_VIEWER, 0, one},
    {HTTP_POST, "/api/v1/alerts/{id}/close", ROLE_OPERATOR, 0, close_it},
    {0},
};
