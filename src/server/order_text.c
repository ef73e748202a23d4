/* See order_text.h. */
#include "server/order_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/documents.h"

enum { LAG_S_MAX = 3600, BUDGET_S_MAX = 86400, SQL_BYTES_MAX = 64 << 10 };

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

bool order_text_cutover(struct call *c, json_t **out, struct err *e) {
    static const char *const fences[] = {"read-only", "confirmed", NULL};
    static const char *const checks[] = {"changed", "counts", "full", "none", NULL};
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

/* Over several lines, too. */
bool order_text_definition(struct call *c, json_t **out, struct err *e) {
    const json_t *v = json_object_get(c->body, "definition");
    const char *text = json_string_value(v);
    *out = NULL;
    if (v == NULL || json_is_null(v)) {
        return true;
    }
    size_t len = json_string_length(v);
    if (text == NULL || len == 0 || len > SQL_BYTES_MAX || strlen(text) != len) {
        return err_set(e, ERR_BODY, "definition is \"skip\", or SQL of at most %d bytes", SQL_BYTES_MAX);
    }
    *out = json_incref((json_t *)v);
    return true;
}

/* ---- kept ---- */

bool order_text_keep(struct tasks *t, int64_t subtask, const char *kind, const json_t *order, struct err *e) {
    char *text = order != NULL ? json_dumps(order, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    bool ok = documents_keep(t, subtask, kind, text, e);
    free(text);
    return ok;
}

bool order_text_of(struct store *s, struct arena *a, int64_t subtask, const char *kind, json_t **out, struct err *e) {
    const char *text;
    if (!documents_read(s, a, subtask, kind, &text, e)) {
        return false;
    }
    *out = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    return true;
}
