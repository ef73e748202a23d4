/* See selection.h. */
#include "check/selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/catalog.h"

bool selection_matches(const char *pattern, const char *table) {
    const struct catalog_filter f = {.include = &pattern, .ninclude = 1};
    return catalog_filter_match(&f, table);
}

/* The pattern before the last '=': a regular expression may have others. */
static bool split(struct arena *a, const char *text, const char **tables, const char **rest, const char *form,
                  struct err *e) {
    const char *eq = strrchr(text, '=');
    if (eq == NULL || eq == text || eq[1] == '\0') {
        return err_set(e, ERR_USAGE, "'%s' is not of the form TABLE=%s", text, form);
    }
    *tables = arena_strndup(a, text, (size_t)(eq - text));
    *rest = eq + 1;
    const struct catalog_filter f = {.include = tables, .ninclude = 1};
    return catalog_filter_valid(&f, e);
}

bool selection_add_columns(struct selection *s, struct arena *a, const char *text, bool exclude, struct err *e) {
    struct column_rule r = {.exclude = exclude};
    const char *list = "";
    size_t cap = 0;
    if (!split(a, text, &r.tables, &list, "COLUMN,COLUMN..", e)) {
        return false;
    }
    for (const char *p = list;; p++) {
        size_t len = strcspn(p, ",");
        if (len == 0) {
            return err_set(e, ERR_USAGE, "'%s' has an empty column name", text);
        }
        r.columns = arena_grow(a, r.columns, r.n, &cap, sizeof *r.columns);
        r.columns[r.n++] = arena_strndup(a, p, len);
        p += len;
        if (*p == '\0') {
            break;
        }
    }
    struct column_rule *all = arena_array(a, struct column_rule, s->ncolumns + 1);
    if (s->ncolumns > 0) {
        memcpy(all, s->columns, s->ncolumns * sizeof *all);
    }
    all[s->ncolumns++] = r;
    s->columns = all;
    return true;
}

void selection_drop_columns(struct selection *s, bool exclude) {
    size_t kept = 0;
    for (size_t i = 0; i < s->ncolumns; i++) {
        if (s->columns[i].exclude != exclude) {
            s->columns[kept++] = s->columns[i];
        }
    }
    s->ncolumns = kept;
}

/* Digits only: strtoull would take signs and blanks. */
static bool number(const char *p, size_t len, uint64_t *out) {
    if (len == 0 || len > 19 || strspn(p, "0123456789") < len) {
        return false;
    }
    *out = strtoull(p, NULL, 10);
    return true;
}

bool selection_add_rows(struct selection *s, struct arena *a, const char *text, struct err *e) {
    struct row_rule r = {0};
    const char *range = "";
    if (!split(a, text, &r.tables, &range, "OFFSET,COUNT", e)) {
        return false;
    }
    size_t first = strcspn(range, ",");
    if (range[first] != ',' || !number(range, first, &r.offset) ||
        !number(range + first + 1, strlen(range + first + 1), &r.count) || r.count == 0) {
        err_set(e, ERR_USAGE, "'%s' is not of the form TABLE=OFFSET,COUNT", text);
        return err_hint(e, "orders=0,100000 compares the first 100000 rows of orders in the order of its key");
    }
    struct row_rule *all = arena_array(a, struct row_rule, s->nrows + 1);
    if (s->nrows > 0) {
        memcpy(all, s->rows, s->nrows * sizeof *all);
    }
    all[s->nrows++] = r;
    s->rows = all;
    return true;
}

static bool names(const struct column_rule *r, const char *column) {
    for (size_t i = 0; i < r->n; i++) {
        if (str_ieq(r->columns[i], column)) {
            return true;
        }
    }
    return false;
}

bool selection_has_column(const struct selection *s, const char *table, const char *column, bool key) {
    bool any_include = false, included = false, excluded = false;
    for (size_t i = 0; i < s->ncolumns; i++) {
        const struct column_rule *r = &s->columns[i];
        if (!selection_matches(r->tables, table)) {
            continue;
        }
        bool named = names(r, column);
        any_include = any_include || !r->exclude;
        included = included || (!r->exclude && named);
        excluded = excluded || (r->exclude && named);
    }
    return key || ((!any_include || included) && !excluded);
}

const struct row_rule *selection_rows(const struct selection *s, const char *table) {
    for (size_t i = 0; i < s->nrows; i++) {
        if (selection_matches(s->rows[i].tables, table)) {
            return &s->rows[i];
        }
    }
    return NULL;
}
