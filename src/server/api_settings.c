/* /api/v1/settings: what an admin can change while the server runs. */
#include "base/str.h"
#include "server/api.h"
#include "server/settings.h"

static const char *kept(const struct store_rows *rows, const char *name) {
    for (size_t i = 0; i < rows->n; i++) {
        if (str_eq(store_cell(rows, i, 0), name)) {
            return store_cell(rows, i, 1);
        }
    }
    return NULL;
}

static bool list(struct call *c, struct err *e) {
    struct store_rows rows;
    if (!store_rows(c->store, c->a, "SELECT name, value FROM setting", STORE_NONE, &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (const struct setting *x = settings; x->name != NULL; x++) {
        json_array_append_new(items,
                              json_pack("{s:s, s:I, s:I, s:I, s:I, s:s, s:s, s:s}", "name", x->name, "value",
                                        (json_int_t)settings_value(x, kept(&rows, x->name)), "default",
                                        (json_int_t)x->otherwise, "low", (json_int_t)x->low, "high",
                                        (json_int_t)x->high, "unit", x->unit, "text", x->text, "text_zh", x->zh));
    }
    c->out = json_pack("{s:o}", "items", items);
    return true;
}

static bool put_all(struct call *c, struct err *e) {
    const char *name;
    json_t *value;
    json_object_foreach(c->body, name, value) {
        const struct setting *x = settings_find(name);
        if (x == NULL) {
            return err_set(e, ERR_BODY, "there is no setting '%.60s'", name);
        }
        if (!json_is_integer(value)) {
            return err_set(e, ERR_PARAMETER, "%s is a number from %lld to %lld", x->name, (long long)x->low,
                           (long long)x->high);
        }
        if (!settings_put(c->store, x, json_integer_value(value), e)) {
            return false;
        }
    }
    return true;
}

/* {"log_lines": 5000}: those that are named, all or none. */
static bool change(struct call *c, struct err *e) {
    if (json_object_size(c->body) == 0) {
        return err_set(e, ERR_BODY, "the body names no setting");
    }
    if (!store_begin(c->store, e)) {
        return false;
    }
    if (!put_all(c, e) || !store_commit(c->store, e)) {
        store_rollback(c->store);
        return false;
    }
    return list(c, e);
}

const struct route api_settings_routes[] = {
    {HTTP_GET, "/api/v1/settings", ROLE_ADMIN, 0, list},
    {HTTP_PUT, "/api/v1/settings", ROLE_ADMIN, 0, change},
    {0},
};
