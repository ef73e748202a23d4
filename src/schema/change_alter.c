/* What ALTER TABLE's clauses do to a table; CREATE TABLE's are the same, to an empty one. In the server's own order: what goes, what changes
 * (by the names before the statement), what is new (by the names after it). See draft.h. */
#include <string.h>

#include "base/str.h"
#include "schema/draft.h"

/* ---- columns ---- */

struct renaming {
    const char *from;
    const struct column *to;
};

struct alteration {
    struct draft *d;
    const struct sql_statement *s;
    struct column **old; /* the columns before it, */
    const char **names;  /* and what they were called */
    size_t n;
    struct renaming *renamings;
    size_t nrenamings;
};

static struct column *old_column(const struct alteration *al, const char *name) {
    for (size_t i = 0; i < al->n; i++) {
        if (str_ieq(al->names[i], name)) {
            return al->old[i];
        }
    }
    return NULL;
}

static bool no_column(struct alteration *al, const char *name) {
    return change_no(al->d->x, "table %s has no column %s", al->d->t->name, name);
}

static void take_out(struct draft *d, const struct column *c) {
    for (size_t i = 0; i < d->columns.n; i++) {
        if (d->columns.items[i] == c) {
            list_remove(&d->columns, i);
            return;
        }
    }
}

static void renamed(struct alteration *al, const char *from, const struct column *c) {
    if (strcmp(from, c->name) != 0) {
        al->renamings[al->nrenamings++] = (struct renaming){from, c};
    }
}

static bool drop_column(struct alteration *al, const struct sql_clause *c) {
    const struct column *column = old_column(al, c->old_name);
    if (column == NULL) {
        return c->if_exists || no_column(al, c->old_name);
    }
    take_out(al->d, column);
    return change_drop_column_from_keys(al->d, column);
}

/* MariaDB keeps a column's own check with the column: its new definition says whether it still has one. */
static void drop_own_check(struct draft *d, const char *column) {
    for (size_t i = d->checks.n; i-- > 0 && d->x->d->is_mariadb;) {
        if (str_ieq(((struct check *)d->checks.items[i])->name, column)) {
            list_remove(&d->checks, i);
        }
    }
}

static bool change_old_column(struct alteration *al, const struct sql_clause *c) {
    struct draft *d = al->d;
    struct column *column = old_column(al, c->kind == SQL_MODIFY_COLUMN ? c->old_name : c->old_name);
    if (column == NULL) {
        return c->if_exists || no_column(al, c->old_name);
    }
    const char *from = column->name;
    switch (c->kind) {
    case SQL_MODIFY_COLUMN:
        drop_own_check(d, from);
        if (!change_column(d, c->column, column)) {
            return false;
        }
        renamed(al, from, column);
        if (c->first || c->after != NULL) {
            take_out(d, column); /* it comes in again, with the new ones */
        }
        return true;
    case SQL_RENAME_COLUMN: {
        column->name = arena_strdup(d->x->a, c->new_name);
        struct check *own = d->x->d->is_mariadb ? draft_check(d, from) : NULL;
        if (own != NULL) {
            own->name = column->name;
        }
        renamed(al, from, column);
        return true;
    }
    case SQL_ALTER_DEFAULT:
        if (!change_default(d->x, column, &c->value)) {
            return false;
        }
        /* DROP DEFAULT leaves none, which the catalog cannot tell from NULL. */
        return true;
    default:
        column->invisible = c->flag == SQL_YES;
        return true;
    }
}

static bool place(struct alteration *al, const struct sql_clause *c, struct column *column) {
    struct list *l = &al->d->columns;
    size_t at = l->n;
    if (c->first) {
        at = 0;
    } else if (c->after != NULL) {
        for (at = 0; at < l->n; at++) {
            if (str_ieq(((struct column *)l->items[at])->name, c->after)) {
                break;
            }
        }
        if (at == l->n) {
            return no_column(al, c->after);
        }
        at++;
    }
    list_insert(al->d->x->a, l, at, column);
    return true;
}

static bool add_column(struct alteration *al, const struct sql_clause *c) {
    struct draft *d = al->d;
    if (draft_column(d, c->column->name) != NULL) {
        return c->if_not_exists || change_no(d->x, "table %s has a column %s already", d->t->name, c->column->name);
    }
    struct column *column = arena_new(d->x->a, struct column);
    *column = (struct column){0};
    return change_column(d, c->column, column) && place(al, c, column);
}

/* In two steps, as names may be swapped. */
static void rename_in_expressions(struct alteration *al) {
    struct draft *d = al->d;
    struct arena *a = d->x->a;
    bool *anew = arena_array(a, bool, d->columns.n + 1); /* what the statement itself says has the new names */
    for (size_t k = 0; k < d->columns.n; k++) {
        const struct column *c = d->columns.items[k];
        anew[k] = c->was == NULL || c->generation_expr != c->was->generation_expr;
    }
    for (size_t i = 0; i < 2 * al->nrenamings; i++) {
        const struct renaming *r = &al->renamings[i % al->nrenamings];
        char *between = arena_printf(a, "godwit:%zu", i % al->nrenamings);
        bool first = i < al->nrenamings;
        const char *from = first ? r->from : between, *to = first ? between : r->to->name;
        for (size_t k = 0; k < d->columns.n; k++) {
            struct column *c = d->columns.items[k];
            if (c->generation_expr != NULL && !anew[k]) {
                c->generation_expr = change_expr(d, c->generation_expr, from, to);
            }
        }
        for (size_t k = 0; k < d->checks.n; k++) {
            struct check *c = d->checks.items[k];
            c->expr = change_expr(d, c->expr, from, to);
        }
        for (size_t k = 0; k < d->indexes.n; k++) {
            struct index *x = d->indexes.items[k];
            for (size_t p = 0; p < x->nparts; p++) {
                char **expr = &x->parts[p].expr;
                *expr = *expr != NULL ? change_expr(d, *expr, from, to) : NULL;
            }
        }
        struct partitioning *part = &d->t->part;
        part->expr = part->expr != NULL ? change_expr(d, part->expr, from, to) : NULL;
        part->sub_expr = part->sub_expr != NULL ? change_expr(d, part->sub_expr, from, to) : NULL;
    }
}

/* Foreign keys of all tables that point at a renamed column. */
static void rename_in_references(struct alteration *al) {
    struct database *db = al->d->x->d;
    for (size_t i = 0; i < db->ntables; i++) {
        struct table *t = &db->tables[i];
        bool own = t == al->d->t;
        for (size_t k = 0; k < (own ? al->d->fks.n : t->nfks); k++) {
            struct foreign_key *fk = own ? al->d->fks.items[k] : &t->fks[k];
            if (!str_ieq(fk->ref_schema, db->name) || !str_ieq(fk->ref_table, al->d->t->name)) {
                continue;
            }
            for (size_t c = 0; c < fk->n; c++) {
                for (size_t r = 0; r < al->nrenamings; r++) {
                    if (str_ieq(fk->ref_columns[c], al->renamings[r].from)) {
                        fk->ref_columns[c] = al->renamings[r].to->name;
                        break;
                    }
                }
            }
        }
    }
}

static bool columns(struct alteration *al) {
    for (size_t i = 0; i < al->s->nclauses; i++) {
        const struct sql_clause *c = &al->s->clauses[i];
        if (c->kind == SQL_DROP_COLUMN && !drop_column(al, c)) {
            return false;
        }
    }
    for (size_t i = 0; i < al->s->nclauses; i++) {
        const struct sql_clause *c = &al->s->clauses[i];
        bool changes = c->kind == SQL_MODIFY_COLUMN || c->kind == SQL_RENAME_COLUMN || c->kind == SQL_ALTER_DEFAULT ||
                       c->kind == SQL_ALTER_VISIBILITY;
        if (changes && !change_old_column(al, c)) {
            return false;
        }
    }
    rename_in_expressions(al);
    rename_in_references(al);
    for (size_t i = 0; i < al->s->nclauses; i++) {
        const struct sql_clause *c = &al->s->clauses[i];
        bool moves = c->kind == SQL_MODIFY_COLUMN && (c->first || c->after != NULL);
        if (moves) {
            struct column *column = old_column(al, c->old_name);
            if (column != NULL && !place(al, c, column)) {
                return false;
            }
        } else if (c->kind == SQL_ADD_COLUMN && !add_column(al, c)) {
            return false;
        }
    }
    struct draft *d = al->d; /* their expressions name columns in quotes, wherever those stand */
    for (size_t i = 0; i < d->columns.n; i++) {
        struct column *c = d->columns.items[i];
        if (c->generation_expr != NULL && (c->was == NULL || c->generation_expr != c->was->generation_expr)) {
            c->generation_expr = change_expr(d, c->generation_expr, NULL, NULL);
        }
    }
    return true;
}

/* ---- keys and constraints ---- */

static bool missing(struct draft *d, const struct sql_clause *c, const char *what) {
    return c->if_exists || change_no(d->x, "table %s has no %s %s", d->t->name, what, c->old_name);
}

static bool remove_named(struct list *l, const void *item) {
    for (size_t i = 0; i < l->n && item != NULL; i++) {
        if (l->items[i] == item) {
            list_remove(l, i);
            return true;
        }
    }
    return false;
}

static bool drop_key(struct draft *d, const struct sql_clause *c) {
    const char *name = c->kind == SQL_DROP_PRIMARY ? "PRIMARY" : c->old_name;
    return remove_named(&d->indexes, draft_index(d, name)) || missing(d, c, "key");
}

static bool drop_constraint(struct draft *d, const struct sql_clause *c) {
    return remove_named(&d->fks, draft_fk(d, c->old_name)) || remove_named(&d->checks, draft_check(d, c->old_name)) ||
           remove_named(&d->indexes, draft_index(d, c->old_name)) || missing(d, c, "constraint");
}

static bool drops(struct draft *d, const struct sql_clause *c) {
    switch (c->kind) {
    case SQL_DROP_KEY:
    case SQL_DROP_PRIMARY:
        return drop_key(d, c);
    case SQL_DROP_FOREIGN_KEY:
        return remove_named(&d->fks, draft_fk(d, c->old_name)) || missing(d, c, "foreign key");
    case SQL_DROP_CHECK:
        return remove_named(&d->checks, draft_check(d, c->old_name)) || missing(d, c, "check");
    case SQL_DROP_CONSTRAINT:
        return drop_constraint(d, c);
    default:
        return true;
    }
}

static bool alters(struct draft *d, const struct sql_clause *c) {
    struct index *x = c->old_name != NULL ? draft_index(d, c->old_name) : NULL;
    struct check *k = c->old_name != NULL ? draft_check(d, c->old_name) : NULL;
    switch (c->kind) {
    case SQL_RENAME_KEY:
        if (x == NULL) {
            return missing(d, c, "key");
        }
        x->name = arena_strdup(d->x->a, c->new_name);
        x->implied = false;
        return true;
    case SQL_ALTER_KEY:
        if (x == NULL) {
            return missing(d, c, "key");
        }
        x->invisible = c->flag == SQL_YES;
        return true;
    case SQL_ALTER_CHECK:
        if (k == NULL) {
            return missing(d, c, "check");
        }
        k->enforced = c->flag == SQL_YES;
        return true;
    default:
        return true;
    }
}

static bool adds(struct draft *d, const struct sql_clause *c) {
    switch (c->kind) {
    case SQL_ADD_COLUMN:
    case SQL_MODIFY_COLUMN:
        return change_column_keys(d, c->column);
    case SQL_ADD_KEY:
        return change_add_key(d, c->key);
    case SQL_ADD_FOREIGN_KEY:
        return change_add_fk(d, c->foreign_key);
    case SQL_ADD_CHECK:
        return change_add_check(d, c->check, NULL);
    default:
        return true;
    }
}

/* ---- the table as a whole ---- */

static bool options(struct draft *d, const struct sql_table_options *o) {
    struct changer *x = d->x;
    struct table *t = d->t;
    if (o->system_versioning) {
        return change_no(x, "table %s keeps its history, which no target does by itself", t->name);
    }
    if (o->charset != NULL || o->collation != NULL) {
        const char *charset, *collation;
        if (!change_charset(x, o->charset, o->collation, x->d->charset, x->d->collation, &charset, &collation)) {
            return false;
        }
        t->charset = arena_strdup(x->a, charset);
        t->collation = arena_strdup(x->a, collation);
    }
    if (o->comment != NULL) {
        t->comment = arena_strdup(x->a, o->comment);
    }
    if (o->engine != NULL) {
        t->engine = arena_strdup(x->a, o->engine);
    }
    if (o->has_auto_increment) {
        t->auto_increment_next = o->auto_increment;
    }
    return true;
}

/* TEXT grows where its characters do: it holds as many as before. */
static bool convert_column(struct changer *x, struct column *c, const char *charset, const char *collation,
                           bool grows) {
    static const char *const texts[] = {"tinytext", "text", "mediumtext", "longtext"};
    static const uint64_t most[] = {255, 65535, 16777215, 4294967295};
    const struct schema_charset *from = change_find_charset(x, c->type.charset), *to = change_find_charset(x, charset);
    struct mytype was = c->type;
    if (grows && from != NULL && to != NULL && was.kind >= MYT_TINYTEXT && was.kind < MYT_LONGTEXT) {
        size_t size = (size_t)(was.kind - MYT_TINYTEXT);
        uint64_t bytes = most[size] / from->bytes_max * to->bytes_max;
        while (size < 3 && most[size] < bytes) {
            size++;
        }
        if (!mytype_parse(x->a, texts[size], &c->type)) {
            return change_no(x, "%s is no type", texts[size]);
        }
    }
    c->type.charset = charset;
    c->type.collation = collation;
    return true;
}

static const struct sql_clause *clause_of(const struct sql_statement *s, const char *column) {
    for (size_t i = 0; i < s->nclauses; i++) {
        const struct sql_clause *c = &s->clauses[i];
        if ((c->kind == SQL_ADD_COLUMN || c->kind == SQL_MODIFY_COLUMN) && str_ieq(c->column->name, column)) {
            return c;
        }
    }
    return NULL;
}

static bool convert(struct draft *d, const struct sql_statement *s, const struct sql_clause *c) {
    struct changer *x = d->x;
    const char *charset, *collation;
    if (!change_charset(x, c->options.charset, c->options.collation, x->d->charset, x->d->collation, &charset,
                        &collation)) {
        return false;
    }
    if (str_eq(charset, "binary")) {
        return change_no(x, "the texts of table %s become bytes", d->t->name);
    }
    d->t->charset = arena_strdup(x->a, charset);
    d->t->collation = arena_strdup(x->a, collation);
    for (size_t i = 0; i < d->columns.n; i++) {
        struct column *column = d->columns.items[i];
        const struct sql_clause *said = clause_of(s, column->name); /* a type that the statement itself says stays */
        bool is_large = column->type.kind >= MYT_TINYTEXT && column->type.kind <= MYT_LONGTEXT;
        if (said != NULL && said->kind == SQL_MODIFY_COLUMN && is_large && !x->d->is_mariadb) {
            return change_no(x, "column %s gets a type while the table is converted: MySQL takes the size it had",
                             column->name);
        }
        if (change_is_text(&column->type) && !convert_column(x, column, d->t->charset, d->t->collation, said == NULL)) {
            return false;
        }
    }
    return true;
}

static bool empties(struct draft *d, const struct sql_clause *c, struct schema_change *out) {
    size_t n = c->all_names ? d->partitions.n : c->nnames;
    out->emptied = arena_array(d->x->a, const char *, n + 1);
    out->nemptied = n;
    out->emptied_of = d->t;
    for (size_t i = 0; i < n; i++) {
        out->emptied[i] = c->all_names ? ((struct partition *)d->partitions.items[i])->name : c->names[i];
    }
    return true;
}

static bool whole(struct draft *d, const struct sql_statement *s, const struct sql_clause *c,
                  struct schema_change *out) {
    switch (c->kind) {
    case SQL_CONVERT_CHARSET:
        return convert(d, s, c);
    case SQL_PARTITION_BY:
        return change_partition_by(d, c->partitioning);
    case SQL_REMOVE_PARTITIONING:
        d->partitions.n = 0;
        d->t->part = (struct partitioning){0};
        return true;
    case SQL_ADD_PARTITION:
        return change_add_partition(d, c);
    case SQL_DROP_PARTITION:
        return empties(d, c, out) && change_drop_partition(d, c);
    case SQL_TRUNCATE_PARTITION:
        return empties(d, c, out);
    case SQL_COALESCE_PARTITION:
        return change_coalesce_partition(d, c);
    case SQL_REORGANIZE_PARTITION:
        return change_reorganize_partition(d, c);
    case SQL_EXCHANGE_PARTITION:
        return change_no(d->x, "rows of a partition of table %s are exchanged with another table's", d->t->name);
    case SQL_NOT_CARRIED:
        return change_no(d->x, "%s of table %s", c->text, d->t->name);
    default:
        return true;
    }
}

bool change_clauses(struct draft *d, const struct sql_statement *s, struct schema_change *out) {
    struct arena *a = d->x->a;
    struct alteration al = {.d = d, .s = s, .n = d->columns.n};
    al.old = arena_array(a, struct column *, al.n + 1);
    al.names = arena_array(a, const char *, al.n + 1);
    al.renamings = arena_array(a, struct renaming, s->nclauses + 1);
    for (size_t i = 0; i < al.n; i++) {
        al.old[i] = d->columns.items[i];
        al.names[i] = al.old[i]->name;
    }
    for (size_t i = 0; i < s->nclauses; i++) {
        if (s->clauses[i].kind == SQL_OPTIONS && !options(d, &s->clauses[i].options)) {
            return false;
        }
    }
    for (size_t i = 0; i < s->nclauses; i++) {
        if (!drops(d, &s->clauses[i])) {
            return false;
        }
    }
    if (!columns(&al)) {
        return false;
    }
    bool (*const steps[])(struct draft *, const struct sql_clause *) = {alters, adds};
    for (size_t step = 0; step < sizeof steps / sizeof steps[0]; step++) {
        for (size_t i = 0; i < s->nclauses; i++) {
            if (!steps[step](d, &s->clauses[i])) {
                return false;
            }
        }
    }
    for (size_t i = 0; i < s->nclauses; i++) {
        if (!whole(d, s, &s->clauses[i], out)) {
            return false;
        }
    }
    return change_settle_keys(d);
}
