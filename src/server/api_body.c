/* Reading bodies, paths and pages; writing lists. See api.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/api.h"

enum { PAGE_SIZE = 20, PAGE_SIZE_MAX = 200 };

bool api_text(struct call *c, const char *name, size_t max, bool needed, const char **out, struct err *e) {
    const json_t *v = json_object_get(c->body, name);
    *out = NULL;
    if (v == NULL || json_is_null(v)) {
        return !needed || err_set(e, ERR_BODY, "%s is missing", name);
    }
    if (!json_is_string(v) || json_string_length(v) > max) {
        return err_set(e, ERR_BODY, "%s must be a text of at most %zu bytes", name, max);
    }
    const char *text = json_string_value(v);
    for (const char *p = text; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f) {
            return err_set(e, ERR_BODY, "%s has control characters", name);
        }
    }
    if (strlen(text) != json_string_length(v) || (needed && text[0] == '\0')) {
        return err_set(e, ERR_BODY, "%s is empty, or has a NUL in it", name);
    }
    *out = text;
    return true;
}

bool api_number(struct call *c, const char *name, int64_t low, int64_t high, int64_t *out, struct err *e) {
    const json_t *v = json_object_get(c->body, name);
    *out = json_integer_value(v);
    return (json_is_integer(v) && *out >= low && *out <= high) ||
           err_set(e, ERR_BODY, "%s must be a number from %lld to %lld", name, (long long)low, (long long)high);
}

bool api_flag(struct call *c, const char *name, bool missing, bool *out, struct err *e) {
    const json_t *v = json_object_get(c->body, name);
    *out = v == NULL ? missing : json_is_true(v);
    return v == NULL || json_is_boolean(v) || err_set(e, ERR_BODY, "%s must be true or false", name);
}

bool api_not_found(struct err *e, const char *what) {
    return err_set(e, ERR_NOT_FOUND, "there is no such %s", what);
}

static bool whole_number(const char *text, int64_t low, int64_t high, int64_t *out) {
    size_t len = strlen(text);
    *out = strtoll(text, NULL, 10);
    return len > 0 && len <= 18 && strspn(text, "0123456789") == len && *out >= low && *out <= high;
}

bool api_id(struct call *c, size_t param, int64_t *out, struct err *e) {
    return whole_number(c->params[param], 1, INT64_MAX, out) || api_not_found(e, "id");
}

bool api_page(struct call *c, struct page *out, struct err *e) {
    const char *number = http_parameter(c->request, "page"), *size = http_parameter(c->request, "size");
    *out = (struct page){.number = 1, .size = PAGE_SIZE};
    return ((number == NULL || whole_number(number, 1, 1000000000, &out->number)) &&
            (size == NULL || whole_number(size, 1, PAGE_SIZE_MAX, &out->size))) ||
           err_set(e, ERR_BODY, "page is a number from 1 on, size one from 1 to %d", (int)PAGE_SIZE_MAX);
}

json_t *api_list(const struct page *p, int64_t total, json_t *items) {
    return json_pack("{s:I, s:I, s:I, s:o}", "total", (json_int_t)total, "page", (json_int_t)p->number, "size",
                     (json_int_t)p->size, "items", items);
}

json_t *api_text_json(const char *s) {
    return s == NULL ? json_null() : json_string(s);
}
