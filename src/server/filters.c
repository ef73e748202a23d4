/* See filters.h. */
#include "server/filters.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { NUMBERS_MAX = 100, PARAMETER_MAX = 2000 };

struct making {
    struct call *c;
    char *where;
    struct store_value *values;
    size_t n, cap;
};

static void add_value(struct making *m, struct store_value v) {
    m->values = arena_grow(m->c->a, m->values, m->n, &m->cap, sizeof *m->values);
    m->values[m->n++] = v;
}

static void add_condition(struct making *m, const char *condition) {
    m->where = arena_printf(m->c->a, "%s AND %s", m->where, condition);
}

static bool number(const char *text, size_t len, int64_t *out) {
    char copy[24];
    bool ok = len > 0 && len < 19 && strspn(text, "0123456789") >= len;
    if (ok) {
        memcpy(copy, text, len);
        copy[len] = '\0';
        *out = strtoll(copy, NULL, 10);
    }
    return ok;
}

static bool numbers(struct making *m, const struct filter *f, const char *value) {
    char *marks = arena_strdup(m->c->a, "");
    size_t count = 0;
    for (const char *p = value;; p++) {
        size_t len = strcspn(p, ",");
        int64_t n;
        if (!number(p, len, &n) || ++count > NUMBERS_MAX) {
            return false;
        }
        add_value(m, STORE_I(n));
        marks = arena_printf(m->c->a, "%s%s?", marks, count > 1 ? ", " : "");
        p += len;
        if (*p == '\0') {
            break;
        }
    }
    add_condition(m, arena_printf(m->c->a, "%s IN (%s)", f->column, marks));
    return true;
}

/* What the user typed is text, not a pattern. */
static void contains(struct making *m, const struct filter *f, const char *value) {
    char *pattern = arena_alloc(m->c->a, strlen(value) * 2 + 3), *w = pattern;
    *w++ = '%';
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '%' || *p == '_' || *p == '!') {
            *w++ = '!';
        }
        *w++ = *p;
    }
    *w++ = '%';
    *w = '\0';
    add_value(m, STORE_T(pattern));
    add_condition(m, arena_printf(m->c->a, "lower(%s) LIKE lower(?) ESCAPE '!'", f->column));
}

static bool add_filter(struct making *m, const struct filter *f, const char *value) {
    int64_t n;
    if (strlen(value) > PARAMETER_MAX || !str_utf8_valid(value, strlen(value))) {
        return false;
    }
    switch (f->kind) {
    case FILTER_TEXT:
        contains(m, f, value);
        return true;
    case FILTER_EXACT:
        add_value(m, STORE_T(value));
        add_condition(m, arena_printf(m->c->a, "%s = ?", f->column));
        return true;
    case FILTER_NUMBER:
        return numbers(m, f, value);
    case FILTER_FROM_MS:
    case FILTER_UNTIL_MS:
        if (!number(value, strlen(value), &n)) {
            return false;
        }
        add_value(m, STORE_I(n));
        add_condition(m, arena_printf(m->c->a, "%s %s ?", f->column, f->kind == FILTER_FROM_MS ? ">=" : "<"));
        return true;
    case FILTER_FLAG:
        if (str_eq(value, "1") || str_eq(value, "true")) {
            add_condition(m, f->column);
        }
        return str_eq(value, "1") || str_eq(value, "true") || str_eq(value, "0") || str_eq(value, "false");
    }
    return false;
}

static bool sort_by(struct call *c, const struct filters *f, const char *value, const char **order) {
    bool down = value[0] == '-';
    for (const struct sorting *s = f->sortings; s->name != NULL; s++) {
        if (str_eq(s->name, value + down)) {
            *order = arena_printf(c->a, "%s %s, %s", s->column, down ? "DESC" : "ASC", f->unique);
            return true;
        }
    }
    return false;
}

/* "name=value" to its filter. */
static bool one(struct making *m, const struct filters *f, const char *parameter, const char **order, struct err *e) {
    size_t len = strcspn(parameter, "=");
    const char *value = parameter[len] == '=' ? parameter + len + 1 : "";
    char *name = arena_strndup(m->c->a, parameter, len);
    if (str_eq(name, "page") || str_eq(name, "size") || value[0] == '\0') {
        return true;
    }
    if (str_eq(name, "sort")) {
        return sort_by(m->c, f, value, order) || err_set(e, ERR_BODY, "the list cannot be sorted by '%.60s'", value);
    }
    for (const struct filter *x = f->filters; x->name != NULL; x++) {
        if (str_eq(x->name, name)) {
            return add_filter(m, x, value) || err_set(e, ERR_BODY, "%s: '%.60s' is no value for it", name, value);
        }
    }
    return err_set(e, ERR_BODY, "the list has no filter '%.60s'", name);
}

bool filters_page(struct call *c, const struct filters *f, struct page *p, struct view_page *page, struct err *e) {
    struct making m = {.c = c, .where = arena_strdup(c->a, f->base != NULL ? f->base : "1 = 1")};
    const char *order = arena_printf(c->a, "%s, %s", f->first, f->unique);
    if (!api_page(c, p, e)) {
        return false;
    }
    for (size_t i = 0; i < c->request->nquery; i++) {
        if (!one(&m, f, c->request->query[i], &order, e)) {
            return false;
        }
    }
    *page = (struct view_page){
        .where = m.where,
        .order = order,
        .values = m.values,
        .nvalues = m.n,
        .limit = p->size,
        .offset = (p->number - 1) * p->size,
    };
    return true;
}
