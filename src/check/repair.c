/* The statements that make the target's row equal to the source's. See detail.h. */
#include <string.h>

#include "base/str.h"
#include "check/detail.h"
#include "value/exact.h"

static char *literal(struct arena *a, const struct check_table *t, const struct canon_fields *f, size_t i) {
    return f->field[i] == NULL ? arena_strdup(a, "NULL") : canon_literal(a, t->canon, i, f->field[i], f->len[i]);
}

/* AND of all columns' equality, or of the key's. */
static char *where_row(struct arena *a, enum dialect d, const struct check_table *t, const struct canon_fields *f,
                       size_t n, const char **why) {
    char *text = NULL;
    for (size_t i = 0; i < n; i++) {
        char *name = str_quote_pg(a, t->columns[i]->target_name);
        char *value = f->field[i] == NULL ? NULL : literal(a, t, f, i);
        if (value == NULL && f->field[i] != NULL) {
            *why = "a value of its key cannot be written as a literal";
            return NULL;
        }
        char *one = exact_equals(a, d, t->columns[i]->target.ddl, name, value);
        text = text == NULL ? one : arena_printf(a, "%s AND %s", text, one);
    }
    return text;
}

static char *insert_row(struct arena *a, const struct check_table *t, const struct canon_fields *f, const char **why) {
    char *names = NULL, *values = NULL;
    for (size_t i = 0; i < t->n; i++) {
        if (!t->columns[i]->loaded) { /* the target computes it */
            continue;
        }
        char *name = str_quote_pg(a, t->columns[i]->target_name), *value = literal(a, t, f, i);
        if (value == NULL) {
            *why = "a value cannot be written as a literal";
            return NULL;
        }
        names = names == NULL ? name : arena_printf(a, "%s, %s", names, name);
        values = values == NULL ? value : arena_printf(a, "%s, %s", values, value);
    }
    return names == NULL ? arena_printf(a, "INSERT INTO %s DEFAULT VALUES", target_table(a, t->t))
                         : arena_printf(a, "INSERT INTO %s (%s) VALUES (%s)", target_table(a, t->t), names, values);
}

static char *update_row(struct arena *a, enum dialect d, const struct check_table *t, const struct canon_fields *source,
                        const struct canon_fields *target, const char **why) {
    char *set = NULL;
    for (size_t i = t->nkeys; i < t->n; i++) {
        if (canon_fields_same(source, target, i)) {
            continue;
        }
        if (!t->columns[i]->loaded) {
            *why = "a generated column differs: its expression does";
            continue;
        }
        char *value = literal(a, t, source, i);
        if (value == NULL) {
            *why = "a value cannot be written as a literal";
            return NULL;
        }
        char *one = arena_printf(a, "%s = %s", str_quote_pg(a, t->columns[i]->target_name), value);
        set = set == NULL ? one : arena_printf(a, "%s, %s", set, one);
    }
    char *where = set == NULL ? NULL : where_row(a, d, t, source, t->nkeys, why);
    return where == NULL ? NULL : arena_printf(a, "UPDATE %s SET %s WHERE %s", target_table(a, t->t), set, where);
}

static char *delete_row(struct arena *a, enum dialect d, const struct check_table *t, const struct row_pair *p,
                        const struct canon_fields *f, const char **why) {
    bool by_row = t->nkeys == 0;
    char *where = where_row(a, d, t, f, by_row ? t->n : t->nkeys, why);
    char *name = target_table(a, t->t);
    if (where == NULL) {
        return NULL;
    }
    /* Of equal rows only as many as are too many. openGauss's partitions have rows of one tableoid and ctid. */
    unsigned long long too_many = (unsigned long long)p->d->times;
    if (by_row && dialect_is_opengauss(d)) {
        return arena_printf(a, "DELETE FROM %s WHERE %s LIMIT %llu", name, where, too_many);
    }
    return by_row
               ? arena_printf(
                     a, "DELETE FROM %s WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM %s WHERE %s LIMIT %llu)",
                     name, name, where, too_many)
               : arena_printf(a, "DELETE FROM %s WHERE %s", name, where);
}

static char *times(struct arena *a, char *sql, uint64_t n) {
    char *all = sql;
    for (uint64_t i = 1; sql != NULL && i < n; i++) {
        all = arena_printf(a, "%s;\n%s", all, sql);
    }
    return all;
}

char *repair_sql(struct arena *a, enum dialect d, const struct check_table *t, const struct row_pair *p,
                 const char **why) {
    *why = NULL;
    if (detail_is_uncarriable(p->d)) {
        *why = "a value of the source's row cannot be carried";
        return NULL;
    }
    const uint8_t *source = p->row[SIDE_SOURCE], *target = p->row[SIDE_TARGET];
    struct canon_fields f = {0}, g = {0};
    if (source != NULL) {
        f = canon_fields(a, t->n, source, p->len[SIDE_SOURCE]);
    }
    if (target != NULL) {
        g = canon_fields(a, t->n, target, p->len[SIDE_TARGET]);
    }
    if (source == NULL) {
        return target == NULL ? NULL : delete_row(a, d, t, p, &g, why);
    }
    if (target == NULL) {
        return times(a, insert_row(a, t, &f, why), t->nkeys == 0 ? p->d->times : 1);
    }
    if (p->d->kind == ROW_EXTRA) { /* the same key more than once */
        *why = "the target has rows of one key more than once; delete them by hand";
        return NULL;
    }
    return update_row(a, d, t, &f, &g, why);
}
