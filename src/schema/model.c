/* Look-ups in the model. See model.h. */
#include "schema/model.h"

#include "base/str.h"

struct table *schema_find_table(const struct database *d, const char *name) {
    for (size_t i = 0; i < d->ntables; i++) {
        if (str_eq(d->tables[i].name, name)) {
            return &d->tables[i];
        }
    }
    /* A server that compares names without case may store a foreign key's reference in another case. */
    for (size_t i = 0; d->lower_case_table_names != 0 && i < d->ntables; i++) {
        if (str_ieq(d->tables[i].name, name)) {
            return &d->tables[i];
        }
    }
    return NULL;
}

struct column *schema_find_column(const struct table *t, const char *name) {
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (str_eq(t->columns[i].name, name)) {
            return &t->columns[i];
        }
    }
    for (size_t i = 0; i < t->ncolumns; i++) { /* MySQL's column names have no case */
        if (str_ieq(t->columns[i].name, name)) {
            return &t->columns[i];
        }
    }
    return NULL;
}

static bool parts_are_columns(const struct index *x, bool whole, bool not_null) {
    for (size_t i = 0; i < x->nparts; i++) {
        const struct index_part *p = &x->parts[i];
        if (p->column == NULL || (whole && p->prefix_chars != 0) || (not_null && p->column->nullable)) {
            return false;
        }
    }
    return x->nparts > 0;
}

static bool does_cascade(const char *action) {
    return str_ieq(action, "CASCADE") || str_ieq(action, "SET NULL") || str_ieq(action, "SET DEFAULT");
}

bool schema_key_cascades(const struct foreign_key *k) {
    return does_cascade(k->on_delete) || does_cascade(k->on_update);
}

bool schema_cascades(const struct database *d) {
    for (size_t i = 0; i < d->ntables; i++) {
        for (size_t k = 0; k < d->tables[i].nfks; k++) {
            if (schema_key_cascades(&d->tables[i].fks[k])) {
                return true;
            }
        }
    }
    return false;
}

const struct index *schema_row_key(const struct table *t) {
    for (size_t i = 0; i < t->nindexes; i++) {
        /* A prefix of a primary key column is unique, so the whole column is too. */
        if (t->indexes[i].kind == INDEX_PRIMARY && parts_are_columns(&t->indexes[i], false, false)) {
            return &t->indexes[i];
        }
    }
    for (size_t i = 0; i < t->nindexes; i++) {
        if (t->indexes[i].kind == INDEX_UNIQUE && parts_are_columns(&t->indexes[i], true, true)) {
            return &t->indexes[i];
        }
    }
    return NULL;
}
