/* /api/v1/webhooks: who else is told. For admins. A secret goes in, and never comes out again. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "net/http_client.h"
#include "server/vault.h"
#include "server/view.h"
#include "server/webhooks.h"

enum { NAME_BYTES = 100, URL_BYTES = 2000, SECRET_BYTES = 200, SECRET_BYTES_MIN = 8, WEBHOOKS_MAX = 100 };

struct wanted {
    const char *name, *url, *secret;
    bool enabled, alert, task, subtask;
};

#define COLUMNS                                                                                                        \
    "id, name, url, secret_id, enabled, on_alert, on_task, on_subtask, delivered, failed, last_ms, last_status,"       \
    " last_error, created_by, created_ms, (SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = webhook.id)"

/* ---- looking ---- */

static json_t *number_or_null(const struct store_rows *r, size_t i, size_t column) {
    return store_cell(r, i, column) != NULL ? json_integer(store_number(r, i, column)) : json_null();
}

static json_t *events_json(const struct store_rows *r, size_t i) {
    static const char *const names[] = {"alert", "task", "subtask"};
    json_t *out = json_array();
    for (size_t k = 0; k < 3; k++) {
        if (store_number(r, i, 5 + k) != 0) {
            json_array_append_new(out, json_string(names[k]));
        }
    }
    return out;
}

static json_t *webhook_json(const struct store_rows *r, size_t i) {
    return json_pack("{s:I, s:s, s:s, s:b, s:b, s:o, s:I, s:I, s:I, s:o, s:o, s:o, s:s, s:I}", "id",
                     (json_int_t)store_number(r, i, 0), "name", store_cell(r, i, 1), "url", store_cell(r, i, 2),
                     "has_secret", store_cell(r, i, 3) != NULL, "enabled", (int)store_number(r, i, 4), "events",
                     events_json(r, i), "waiting", (json_int_t)store_number(r, i, 15), "delivered",
                     (json_int_t)store_number(r, i, 8), "failed", (json_int_t)store_number(r, i, 9), "last_ms",
                     number_or_null(r, i, 10), "last_status", number_or_null(r, i, 11), "last_error",
                     view_json(store_cell(r, i, 12)), "created_by", store_cell(r, i, 13), "created_ms",
                     (json_int_t)store_number(r, i, 14));
}

static bool list(struct call *c, struct err *e) {
    struct store_rows rows;
    if (!store_rows(c->store, c->a, "SELECT " COLUMNS " FROM webhook ORDER BY name", STORE_NONE, &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(items, webhook_json(&rows, i));
    }
    c->out = json_pack("{s:o}", "items", items);
    return true;
}

static bool read_one(struct call *c, int64_t id, struct store_rows *rows, struct err *e) {
    return store_rows(c->store, c->a, "SELECT " COLUMNS " FROM webhook WHERE id = ?", STORE_VALUES(STORE_I(id)), rows,
                      e) &&
           (rows->n > 0 || api_not_found(e, "webhook"));
}

static bool one(struct call *c, struct err *e) {
    struct store_rows rows;
    int64_t id;
    if (!api_id(c, 0, &id, e) || !read_one(c, id, &rows, e)) {
        return false;
    }
    c->out = webhook_json(&rows, 0);
    return true;
}

/* ---- changing ---- */

static bool read_events(struct call *c, struct wanted *w, struct err *e) {
    const json_t *events = json_object_get(c->body, "events"), *item;
    size_t i;
    json_array_foreach(events, i, item) {
        const char *name = json_string_value(item);
        bool *to = str_eq(name, "alert")     ? &w->alert
                   : str_eq(name, "task")    ? &w->task
                   : str_eq(name, "subtask") ? &w->subtask
                                             : NULL;
        if (to == NULL) {
            return err_set(e, ERR_BODY, "events is a list of alert, task, subtask");
        }
        *to = true;
    }
    return w->alert || w->task || w->subtask || err_set(e, ERR_BODY, "events is a list of alert, task, subtask");
}

static bool read_body(struct call *c, struct wanted *w, struct err *e) {
    *w = (struct wanted){0};
    if (!api_text(c, "name", NAME_BYTES, true, &w->name, e) || !api_text(c, "url", URL_BYTES, true, &w->url, e) ||
        !api_text(c, "secret", SECRET_BYTES, false, &w->secret, e) || !api_flag(c, "enabled", true, &w->enabled, e) ||
        !read_events(c, w, e)) {
        return false;
    }
    if (w->secret != NULL && w->secret[0] == '\0') {
        w->secret = NULL;
    }
    struct err bad = ERR_INIT;
    if (!http_url_valid(w->url, &bad)) {
        return err_set(e, ERR_BODY, "url: %s", bad.message);
    }
    return w->secret == NULL || strlen(w->secret) >= SECRET_BYTES_MIN ||
           err_set(e, ERR_BODY, "secret must have at least %d bytes", (int)SECRET_BYTES_MIN);
}

static bool insert(struct call *c, const struct wanted *w, int64_t *id, struct err *e) {
    int64_t now, secret = 0;
    struct store_rows rows;
    if (!store_now(c->store, &now, e) ||
        !store_rows(c->store, c->a, "SELECT count(*) FROM webhook", STORE_NONE, &rows, e) ||
        (w->secret != NULL && !vault_keep(c->store, c->a, c->api->key, w->name, w->secret, &secret, e))) {
        return false;
    }
    if (store_number(&rows, 0, 0) >= WEBHOOKS_MAX) {
        return err_set(e, ERR_BODY, "there are %d webhooks already", (int)WEBHOOKS_MAX);
    }
    return store_insert(c->store,
                        "INSERT INTO webhook (name, url, secret_id, enabled, on_alert, on_task, on_subtask, delivered,"
                        " failed, lease_until_ms, created_by, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?)"
                        " RETURNING id",
                        STORE_VALUES(STORE_T(w->name), STORE_T(w->url), secret > 0 ? STORE_I(secret) : STORE_T(NULL),
                                     STORE_I(w->enabled), STORE_I(w->alert), STORE_I(w->task), STORE_I(w->subtask),
                                     STORE_T(c->who.name), STORE_I(now)),
                        id, e);
}

static bool forget_secret(struct call *c, const struct store_rows *old, struct err *e) {
    return store_cell(old, 0, 3) == NULL || vault_drop(c->store, store_number(old, 0, 3), e);
}

/* Without a secret the old one stays; "" takes it away. */
static bool update(struct call *c, const struct wanted *w, int64_t *id, struct err *e) {
    struct store_rows old;
    int64_t secret = 0;
    bool anew = json_is_string(json_object_get(c->body, "secret"));
    if (!read_one(c, *id, &old, e) ||
        (w->secret != NULL && !vault_keep(c->store, c->a, c->api->key, w->name, w->secret, &secret, e))) {
        return false;
    }
    struct store_value kept = !anew && store_cell(&old, 0, 3) != NULL ? STORE_I(store_number(&old, 0, 3))
                              : secret > 0                            ? STORE_I(secret)
                                                                      : STORE_T(NULL);
    return store_run(c->store,
                     "UPDATE webhook SET name = ?, url = ?, secret_id = ?, enabled = ?, on_alert = ?, on_task = ?,"
                     " on_subtask = ? WHERE id = ?",
                     STORE_VALUES(STORE_T(w->name), STORE_T(w->url), kept, STORE_I(w->enabled), STORE_I(w->alert),
                                  STORE_I(w->task), STORE_I(w->subtask), STORE_I(*id)),
                     NULL, e) &&
           (!anew || forget_secret(c, &old, e));
}

static bool remove_it(struct call *c, const struct wanted *w, int64_t *id, struct err *e) {
    struct store_rows old;
    (void)w;
    return read_one(c, *id, &old, e) &&
           store_run(c->store, "DELETE FROM webhook WHERE id = ?", STORE_VALUES(STORE_I(*id)), NULL, e) &&
           forget_secret(c, &old, e);
}

static bool whole(struct call *c, bool (*work)(struct call *, const struct wanted *, int64_t *, struct err *),
                  const struct wanted *w, int64_t *id, struct err *e) {
    if (!store_begin(c->store, e)) {
        return false;
    }
    if (!work(c, w, id, e) || !store_commit(c->store, e)) {
        store_rollback(c->store);
        return false;
    }
    return true;
}

static bool add(struct call *c, struct err *e) {
    struct wanted w;
    int64_t id = 0;
    if (!read_body(c, &w, e) || !whole(c, insert, &w, &id, e)) {
        return false;
    }
    c->object = arena_printf(c->a, "webhook %s", w.name);
    c->response->status = 201;
    c->out = json_pack("{s:I}", "id", (json_int_t)id);
    return true;
}

static bool change(struct call *c, struct err *e) {
    struct wanted w;
    int64_t id;
    return api_id(c, 0, &id, e) && read_body(c, &w, e) && whole(c, update, &w, &id, e);
}

static bool drop(struct call *c, struct err *e) {
    int64_t id;
    return api_id(c, 0, &id, e) && whole(c, remove_it, NULL, &id, e);
}

/* One message now, enabled or not; its outcome is the answer. */
static bool test(struct call *c, struct err *e) {
    struct store_rows rows;
    struct webhook_outcome o;
    int64_t id, now;
    if (!api_id(c, 0, &id, e) || !read_one(c, id, &rows, e) || !store_now(c->store, &now, e)) {
        return false;
    }
    char *body = arena_printf(c->a, "{\"event\":\"test\",\"at_ms\":%lld}", (long long)now);
    if (!webhook_send(c->store, c->api->key, store_cell(&rows, 0, 2), store_number(&rows, 0, 3), "test", 0, body, &o,
                      e)) {
        return false;
    }
    c->out =
        json_pack("{s:b, s:o, s:I, s:o}", "ok", o.ok, "status", o.status > 0 ? json_integer(o.status) : json_null(),
                  "took_ms", (json_int_t)o.took_ms, "error", o.error != NULL ? o.error : json_null());
    return true;
}

const struct route api_webhook_routes[] = {
    {HTTP_GET, "/api/v1/webhooks", ROLE_ADMIN, 0, list},
    {HTTP_POST, "/api/v1/webhooks", ROLE_ADMIN, 0, add},
    {HTTP_GET, "/api/v1/webhooks/{id}", ROLE_ADMIN, 0, one},
    {HTTP_PUT, "/api/v1/webhooks/{id}", ROLE_ADMIN, 0, change},
    {HTTP_DELETE, "/api/v1/webhooks/{id}", ROLE_ADMIN, 0, drop},
    {HTTP_POST, "/api/v1/webhooks/{id}/test", ROLE_ADMIN, 0, test},
    {0},
};
