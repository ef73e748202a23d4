/* Keys, foreign keys and checks. See draft.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/draft.h"

enum { KEY_MAX_BYTES = 3072, TINY_MAX_BYTES = 255, POINT_BYTES = 25 };

/* ---- keys ---- */

static const enum index_kind kinds[] = {
    [SQL_KEY_PLAIN] = INDEX_PLAIN,       [SQL_KEY_UNIQUE] = INDEX_UNIQUE,   [SQL_KEY_PRIMARY] = INDEX_PRIMARY,
    [SQL_KEY_FULLTEXT] = INDEX_FULLTEXT, [SQL_KEY_SPATIAL] = INDEX_SPATIAL, [SQL_KEY_VECTOR] = INDEX_VECTOR};

static bool has_length(const struct mytype *t) {
    return t->kind == MYT_CHAR || t->kind == MYT_VARCHAR || t->kind == MYT_BINARY || t->kind == MYT_VARBINARY;
}

static bool takes_prefix(const struct mytype *t) {
    return t->kind >= MYT_CHAR && t->kind <= MYT_LONGBLOB;
}

static bool has_descending(const struct changer *x) {
    return x->charsets->version >= (x->d->is_mariadb ? 100800u : 80000u);
}

static bool key_part(struct draft *d, const struct sql_key *k, const struct sql_key_part *from, struct index_part *to) {
    *to = (struct index_part){0};
    if (from->column == NULL) {
        to->expr = change_expr(d, from->expr, NULL, NULL);
        to->descending = from->descending;
        return true;
    }
    to->column = draft_column(d, from->column);
    if (to->column == NULL) {
        return change_no(d->x, "a key names column %s, which table %s does not have", from->column, d->t->name);
    }
    if (k->kind != SQL_KEY_FULLTEXT && k->kind != SQL_KEY_SPATIAL) {
        to->prefix_chars = (uint32_t)from->prefix;
        to->descending = from->descending && has_descending(d->x);
    }
    return true;
}

bool change_add_key(struct draft *d, const struct sql_key *k) {
    struct arena *a = d->x->a;
    if (k->if_not_exists && k->name != NULL && draft_index(d, k->name) != NULL) {
        return true;
    }
    struct index *x = arena_new(a, struct index);
    *x = (struct index){.kind = kinds[k->kind],
                        .name = k->kind == SQL_KEY_PRIMARY ? arena_strdup(a, "PRIMARY")
                                : k->name != NULL          ? arena_strdup(a, k->name)
                                                           : NULL,
                        .parts = arena_array(a, struct index_part, k->n + 1),
                        .nparts = k->n,
                        .invisible = k->invisible == SQL_YES,
                        .comment = arena_strdup(a, k->comment != NULL ? k->comment : "")};
    for (size_t i = 0; i < k->n; i++) {
        if (!key_part(d, k, &k->parts[i], &x->parts[i])) {
            return false;
        }
    }
    list_add(a, &d->indexes, x);
    return true;
}

static bool one_column_key(struct draft *d, enum sql_key_kind kind, const char *column) {
    struct sql_key_part part = {.column = column};
    struct sql_key k = {.kind = kind, .parts = &part, .n = 1};
    return change_add_key(d, &k);
}

bool change_column_keys(struct draft *d, const struct sql_column_def *def) {
    if (def->primary && !one_column_key(d, SQL_KEY_PRIMARY, def->name)) {
        return false;
    }
    if ((def->unique || str_eq(def->type.name, "serial")) && !one_column_key(d, SQL_KEY_UNIQUE, def->name)) {
        return false;
    }
    /* MySQL below 9 reads REFERENCES of a column, and forgets it. */
    if (def->reference != NULL && d->x->charsets->version >= (d->x->d->is_mariadb ? 100500u : 90000u)) {
        const char *columns[] = {def->name};
        struct sql_foreign_key k = {.columns = columns, .n = 1, .to = *def->reference};
        if (!change_add_fk(d, &k)) {
            return false;
        }
    }
    const struct column *c = draft_column(d, def->name);
    for (size_t i = 0; i < def->nchecks; i++) {
        if (!change_add_check(d, &def->checks[i], c)) {
            return false;
        }
    }
    return true;
}

/* ---- foreign keys ---- */

/* T_ibfk_3 -> 3 */
static unsigned long derived_number(const char *name, const char *table, const char *mark) {
    size_t n = strlen(table), m = strlen(mark);
    if (strncasecmp(name, table, n) != 0 || strncmp(name + n, mark, m) != 0) {
        return 0;
    }
    const char *digits = name + n + m;
    return digits[0] >= '1' && digits[0] <= '9' && digits[strspn(digits, "0123456789")] == '\0'
               ? strtoul(digits, NULL, 10)
               : 0;
}

static char *next_fk_name(struct draft *d) {
    unsigned long most = 0;
    for (size_t i = 0; i < d->fks.n; i++) {
        unsigned long n = derived_number(((struct foreign_key *)d->fks.items[i])->name, d->t->name, "_ibfk_");
        most = n > most ? n : most;
    }
    return arena_printf(d->x->a, "%s_ibfk_%lu", d->t->name, most + 1);
}

static const char *action(const struct changer *x, const char *said) {
    return said != NULL ? said : x->d->is_mariadb ? "RESTRICT" : "NO ACTION";
}

static bool referenced_columns(struct draft *d, const struct sql_foreign_key *from, struct foreign_key *k) {
    struct arena *a = d->x->a;
    k->ref_columns = arena_array(a, char *, from->n + 1);
    for (size_t i = 0; i < from->to.n && i < from->n; i++) {
        k->ref_columns[i] = arena_strdup(a, from->to.columns[i]);
    }
    if (from->to.n == from->n) {
        return true;
    }
    /* Not said: the primary key's. */
    const struct table *to = schema_find_table(d->x->d, k->ref_table);
    const struct index *key = to != NULL ? schema_row_key(to) : NULL;
    if (from->to.n > 0 || key == NULL || key->kind != INDEX_PRIMARY || key->nparts != from->n) {
        return change_no(d->x, "a foreign key of table %s does not tell which columns it points at", d->t->name);
    }
    for (size_t i = 0; i < from->n; i++) {
        k->ref_columns[i] = arena_strdup(a, key->parts[i].column->name);
    }
    return true;
}

bool change_add_fk(struct draft *d, const struct sql_foreign_key *from) {
    struct arena *a = d->x->a;
    if (from->constraint != NULL && from->if_not_exists && draft_fk(d, from->constraint) != NULL) {
        return true;
    }
    struct foreign_key *k = arena_new(a, struct foreign_key);
    struct index *x = arena_new(a, struct index);
    const char *name = from->constraint != NULL ? from->constraint : from->name;
    /* MariaDB takes the name of the key for the foreign key, too, where there is no other. */
    const char *own = d->x->d->is_mariadb ? name : from->constraint;
    *k = (struct foreign_key){
        .name = own != NULL ? arena_strdup(a, own) : next_fk_name(d),
        .columns = arena_array(a, struct column *, from->n + 1),
        .n = from->n,
        .ref_schema = arena_strdup(a, from->to.table.schema != NULL ? from->to.table.schema : d->x->d->name),
        .ref_table = arena_strdup(a, from->to.table.name),
        .on_delete = arena_strdup(a, action(d->x, from->to.on_delete)),
        .on_update = arena_strdup(a, action(d->x, from->to.on_update))};
    *x = (struct index){.kind = INDEX_PLAIN,
                        .name = name != NULL ? arena_strdup(a, name) : NULL,
                        .implied = true,
                        .parts = arena_array(a, struct index_part, from->n + 1),
                        .nparts = from->n,
                        .comment = arena_strdup(a, "")};
    for (size_t i = 0; i < from->n; i++) {
        k->columns[i] = x->parts[i].column = draft_column(d, from->columns[i]);
        if (k->columns[i] == NULL) {
            return change_no(d->x, "a foreign key names column %s, which table %s does not have", from->columns[i],
                             d->t->name);
        }
    }
    list_add(a, &d->fks, k);
    list_add(a, &d->indexes, x);
    return referenced_columns(d, from, k);
}

/* ---- checks ---- */

static char *next_check_name(struct draft *d) {
    struct arena *a = d->x->a;
    if (d->x->d->is_mariadb) {
        for (unsigned i = 1;; i++) {
            char *name = arena_printf(a, "CONSTRAINT_%u", i);
            if (draft_check(d, name) == NULL) {
                return name;
            }
        }
    }
    unsigned long most = 0;
    for (size_t i = 0; i < d->checks.n; i++) {
        unsigned long n = derived_number(((struct check *)d->checks.items[i])->name, d->t->name, "_chk_");
        most = n > most ? n : most;
    }
    return arena_printf(a, "%s_chk_%lu", d->t->name, most + 1);
}

bool change_add_check(struct draft *d, const struct sql_check *from, const struct column *of) {
    struct arena *a = d->x->a;
    struct check *k = arena_new(a, struct check);
    bool of_column = of != NULL && d->x->d->is_mariadb;
    *k = (struct check){.name = of_column            ? arena_strdup(a, of->name)
                                : from->name != NULL ? arena_strdup(a, from->name)
                                                     : next_check_name(d),
                        .expr = change_expr(d, from->expr, NULL, NULL),
                        .enforced = from->enforced != SQL_NO};
    list_add(a, &d->checks, k);
    return true;
}

/* ---- columns that go ---- */

bool change_drop_column_from_keys(struct draft *d, const struct column *c) {
    for (size_t i = d->indexes.n; i-- > 0;) {
        struct index *x = d->indexes.items[i];
        size_t n = 0;
        for (size_t k = 0; k < x->nparts; k++) {
            if (x->parts[k].column != c) {
                x->parts[n++] = x->parts[k];
            }
        }
        x->nparts = n;
        if (n == 0) {
            list_remove(&d->indexes, i);
        }
    }
    for (size_t i = d->checks.n; i-- > 0;) { /* those of the column alone; with another one the server refuses */
        struct check *k = d->checks.items[i];
        bool of_column = d->x->d->is_mariadb ? str_ieq(k->name, c->name) : change_expr_names(d->x->a, k->expr, c->name);
        if (of_column) {
            list_remove(&d->checks, i);
        }
    }
    return true;
}

/* ---- behind all clauses ---- */

/* The first columns of `by` are those of the implied one, whole and in order. */
static bool covers(const struct changer *x, const struct index *by, const struct index *implied) {
    bool orders = by->kind == INDEX_PRIMARY || by->kind == INDEX_UNIQUE || by->kind == INDEX_PLAIN;
    if (!orders || by->nparts < implied->nparts) {
        return false;
    }
    for (size_t i = 0; i < implied->nparts; i++) {
        if (by->parts[i].column != implied->parts[i].column || by->parts[i].prefix_chars != 0 ||
            (by->parts[i].descending && !x->d->is_mariadb)) {
            return false;
        }
    }
    return true;
}

static void drop_needless(struct draft *d) {
    for (size_t i = d->indexes.n; i-- > 0;) {
        struct index *x = d->indexes.items[i];
        for (size_t k = 0; x->implied && k < d->indexes.n; k++) {
            struct index *by = d->indexes.items[k];
            bool twin = by->implied && by->nparts == x->nparts && k < i; /* of two alike the last one stays */
            if (k != i && covers(d->x, by, x) && !twin) {
                list_remove(&d->indexes, i);
                break;
            }
        }
    }
}

static void give_names(struct draft *d) {
    struct arena *a = d->x->a;
    for (size_t i = 0; i < d->indexes.n; i++) {
        struct index *x = d->indexes.items[i];
        if (x->name != NULL) {
            continue;
        }
        const char *base = x->parts[0].column != NULL ? x->parts[0].column->name : "functional_index";
        char *name = arena_strdup(a, base);
        for (unsigned n = 2;; n++) {
            bool taken = str_ieq(name, "PRIMARY");
            for (size_t k = 0; k < d->indexes.n; k++) {
                const struct index *other = d->indexes.items[k];
                taken = taken || (other->name != NULL && str_ieq(other->name, name));
            }
            if (!taken) {
                break;
            }
            name = arena_printf(a, "%s_%u", base, n);
        }
        x->name = name;
    }
}

/* As much as MariaDB puts into a key of a column that has become one without an end: what fits. In characters. */
static unsigned bare_prefix(const struct changer *x, const struct mytype *t) {
    const struct schema_charset *cs = t->charset != NULL ? change_find_charset(x, t->charset) : NULL;
    bool tiny = t->kind == MYT_TINYTEXT || t->kind == MYT_TINYBLOB;
    return tiny                       ? TINY_MAX_BYTES
           : str_eq(t->full, "point") ? POINT_BYTES
                                      : KEY_MAX_BYTES / (cs != NULL ? cs->bytes_max : 1);
}

bool change_settle_keys(struct draft *d) {
    for (size_t i = 0; i < d->indexes.n; i++) {
        struct index *x = d->indexes.items[i];
        for (size_t k = 0; k < x->nparts; k++) {
            struct index_part *p = &x->parts[k];
            if (p->column == NULL) {
                continue;
            }
            const struct mytype *t = &p->column->type;
            bool shape = t->kind == MYT_GEOMETRY && x->kind == INDEX_PLAIN;
            bool whole = (!takes_prefix(t) && !shape) || (has_length(t) && p->prefix_chars >= t->length_chars);
            p->prefix_chars = whole ? 0 : p->prefix_chars;
            bool bare = !whole && !has_length(t) && p->prefix_chars == 0 && x->kind <= INDEX_PLAIN;
            if (bare && !d->x->d->is_mariadb) {
                return change_no(d->x, "column %s of key %s becomes %s: how much of it is in the key is not known",
                                 p->column->name, x->name != NULL ? x->name : "?", t->full);
            }
            if (bare && x->kind == INDEX_PLAIN) {
                p->prefix_chars = bare_prefix(d->x, t);
            }
            if (x->kind == INDEX_PRIMARY && p->column->nullable) {
                p->column->nullable = false;
                p->column->has_default = p->column->has_default && !p->column->default_null;
                p->column->default_null = false;
            }
        }
    }
    drop_needless(d);
    give_names(d);
    return true;
}

/* ---- tables that are renamed ---- */

static char *derived_again(struct arena *a, char *name, const char *from, const char *to, const char *mark) {
    unsigned long n = derived_number(name, from, mark);
    return n == 0 ? name : arena_printf(a, "%s%s%lu", to, mark, n);
}

void change_rename_derived(struct changer *x, struct table *t, const char *from, const char *to) {
    for (size_t i = 0; i < t->nfks; i++) {
        t->fks[i].name = derived_again(x->a, t->fks[i].name, from, to, "_ibfk_");
    }
    for (size_t i = 0; i < t->nchecks && !x->d->is_mariadb; i++) {
        t->checks[i].name = derived_again(x->a, t->checks[i].name, from, to, "_chk_");
    }
}
