/* See tuple.h. */
#include "gauss/tuple.h"

#include "base/str.h"

static size_t find(const struct change_relation *r, const char *name, size_t from) {
    for (size_t i = 0; i < r->n; i++) { /* most often they come in the same order */
        size_t at = (from + i) % r->n;
        if (str_eq(r->columns[at].name, name)) {
            return at;
        }
    }
    return r->n;
}

static const char *extra(const struct change_relation *r, const size_t *at, size_t n) {
    for (size_t i = 0; i < r->n; i++) {
        size_t k = 0;
        while (k < n && at[k] != i) {
            k++;
        }
        if (k == n) {
            return r->columns[i].name;
        }
    }
    return "";
}

bool tuple_map_make(struct arena *a, const struct change_relation *r, const char *const *columns, size_t n, bool more,
                    struct tuple_map *out, struct err *e) {
    size_t *at = arena_array(a, size_t, n > 0 ? n : 1);
    for (size_t i = 0; i < n; i++) {
        at[i] = find(r, columns[i], i == 0 ? 0 : at[i - 1] + 1);
        if (at[i] == r->n) {
            err_set(e, ERR_TARGET_CHANGED, "column %s is not in the changes of table %s.%s any more", columns[i],
                    r->schema, r->table);
            return false;
        }
    }
    if (!more && r->n != n) {
        return err_set(e, ERR_TARGET_CHANGED, "table %s.%s has a column that is not known: %s", r->schema, r->table,
                       extra(r, at, n));
    }
    *out = (struct tuple_map){n, at};
    return true;
}

static bool is_told(const struct change_value *v) {
    return v->form != VALUE_ABSENT && v->form != VALUE_UNCHANGED;
}

bool tuple_canonical(const struct tuple_map *m, const struct canon_plan *plan, change_tuple t, change_tuple other,
                     struct buf *out, bool *known, struct err *e) {
    size_t start = out->len;
    bool ok = true;
    for (size_t i = 0; ok && i < m->n; i++) {
        const struct change_value *v = &t[m->at[i]];
        if (!is_told(v) && other != NULL) {
            v = &other[m->at[i]];
        }
        known[i] = is_told(v);
        switch (v->form) {
        case VALUE_TEXT:
            ok = canon_value_text(plan, i, v->bytes, v->len, out, e);
            break;
        case VALUE_BINARY:
            ok = canon_value_binary(plan, i, v->bytes, v->len, out, e);
            break;
        case VALUE_NULL:
        case VALUE_ABSENT:
        case VALUE_UNCHANGED:
            ok = canon_null(out, e);
            break;
        }
    }
    if (!ok) {
        out->len = start;
    }
    return ok;
}
