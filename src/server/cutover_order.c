/* See cutover_order.h. */
#include "server/cutover_order.h"

#include <stdlib.h>

#include "base/str.h"

enum { LAG_S_MAX = 3600, BUDGET_S_MAX = 86400 };

static const char kind[] = "cutover-order";

/* `names` end with NULL; the first is what is meant when nothing is said. */
static bool choice(struct call *c, const char *name, const char *const *names, const char **out, struct err *e) {
    const char *text;
    if (!api_text(c, name, 16, false, &text, e)) {
        return false;
    }
    *out = names[0];
    for (size_t i = 0; text != NULL && names[i] != NULL; i++) {
        if (str_eq(names[i], text)) {
            *out = names[i];
            return true;
        }
    }
    return text == NULL || err_set(e, ERR_BODY, "%s: there is no '%s'", name, text);
}

static bool seconds(struct call *c, const char *name, int64_t high, json_t *to, const char *key, struct err *e) {
    int64_t s;
    if (json_object_get(c->body, name) == NULL) {
        return true;
    }
    if (!api_number(c, name, 1, high, &s, e)) {
        return false;
    }
    json_object_set_new(to, key, json_integer((json_int_t)s * 1000));
    return true;
}

bool cutover_order_read(struct call *c, json_t **out, struct err *e) {
    static const char *const fences[] = {"read-only", "confirmed", NULL};
    static const char *const checks[] = {"counts", "full", "none", NULL};
    const char *fence, *check;
    *out = json_object();
    if (choice(c, "fence", fences, &fence, e) && choice(c, "check", checks, &check, e) &&
        seconds(c, "max_lag_s", LAG_S_MAX, *out, "max_lag_ms", e) &&
        seconds(c, "budget_s", BUDGET_S_MAX, *out, "budget_ms", e)) {
        json_object_set_new(*out, "fence", json_string(fence));
        json_object_set_new(*out, "check", json_string(check));
        return true;
    }
    json_decref(*out);
    *out = NULL;
    return false;
}

bool cutover_order_keep(struct tasks *t, int64_t subtask, const json_t *order, struct err *e) {
    char *text = json_dumps(order, JSON_COMPACT);
    bool ok = store_run(t->store, "DELETE FROM document WHERE subtask_id = ? AND kind = ?",
                        STORE_VALUES(STORE_I(subtask), STORE_T(kind)), NULL, e) &&
              store_run(t->store, "INSERT INTO document (subtask_id, kind, at_ms, text) VALUES (?, ?, ?, ?)",
                        STORE_VALUES(STORE_I(subtask), STORE_T(kind), STORE_I(t->now_ms), STORE_T(text)), NULL, e);
    free(text);
    return ok;
}

bool cutover_order_of(struct store *s, struct arena *a, int64_t subtask, json_t **out, struct err *e) {
    struct store_rows rows;
    if (!store_rows(s, a, "SELECT text FROM document WHERE subtask_id = ? AND kind = ?",
                    STORE_VALUES(STORE_I(subtask), STORE_T(kind)), &rows, e)) {
        return false;
    }
    *out = rows.n > 0 ? json_loads(store_cell(&rows, 0, 0), 0, NULL) : NULL;
    *out = *out != NULL ? *out : json_object();
    return true;
}
