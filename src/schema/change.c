/* Statements at the level of tables and databases. See change.h. */
#include "schema/change.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/draft.h"

enum { MODE_REAL_AS_FLOAT = 1, MODE_PIPES_AS_CONCAT = 2, MODE_ANSI_QUOTES = 4, MODE_NO_BACKSLASH_ESCAPES = 0x100000 };

struct changing {
    struct changer x;
    const struct catalog_filter *filter;
    const struct sql_statement *s;
    struct schema_change *out;
};

/* ---- names ---- */

static bool same_name(const struct database *d, const char *a, const char *b) {
    return d->lower_case_table_names != 0 ? str_ieq(a, b) : str_eq(a, b);
}

static bool ours(const struct changing *c, const struct sql_name *n) {
    const char *schema = n->schema != NULL ? n->schema : c->x.session->database;
    return schema != NULL && same_name(c->x.d, schema, c->x.d->name);
}

/* The table an online schema change works for, by the name of its shadow; NULL: it is none. */
static char *shadowed(struct arena *a, const char *name) {
    static const char *const ends[] = {"_gho", "_new"};
    size_t n = strlen(name);
    if (name[0] != '_') {
        return NULL;
    }
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t m = strlen(ends[i]), lead = i == 0 ? 1 : strspn(name, "_");
        if (n > lead + m && str_eq(name + n - m, ends[i])) {
            return arena_strndup(a, name + lead, n - lead - m);
        }
    }
    return NULL;
}

bool schema_selects(const struct catalog_filter *filter, const char *table) {
    struct arena a = ARENA_INIT;
    char *base = shadowed(&a, table);
    bool does = catalog_filter_match(filter, table) || (base != NULL && catalog_filter_match(filter, base));
    arena_clear(&a);
    return does;
}

static bool selected(const struct changing *c, const char *name) {
    return schema_selects(c->filter, name);
}

static struct table *find(const struct changing *c, const struct sql_name *n) {
    return ours(c, n) ? schema_find_table(c->x.d, n->name) : NULL;
}

/* ---- tables ---- */

static struct table *add_table(struct changing *c) {
    struct database *d = c->x.d;
    struct table *grown = arena_array(c->x.a, struct table, d->ntables + 2);
    if (d->ntables > 0) {
        memcpy(grown, d->tables, d->ntables * sizeof *grown);
    }
    d->tables = grown;
    return &d->tables[d->ntables++];
}

static void remove_table(struct changing *c, struct table *t) {
    struct database *d = c->x.d;
    size_t at = (size_t)(t - d->tables);
    memmove(t, t + 1, (d->ntables - at - 1) * sizeof *t);
    d->ntables--;
    c->out->effect = SCHEMA_CHANGED;
}

static char *table_name(const struct changing *c, const char *name) {
    char *out = arena_strdup(c->x.a, name);
    for (char *p = out; c->x.d->lower_case_table_names == 1 && *p != '\0'; p++) {
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
    }
    return out;
}

/* Is there room for a new table of that name? *go false: nothing is to be done. */
static bool clear_way(struct changing *c, bool *go) {
    const struct sql_statement *s = c->s;
    struct table *there = find(c, &s->table);
    *go = ours(c, &s->table) && (there != NULL || selected(c, s->table.name));
    if (there == NULL) {
        return true;
    }
    if (s->or_replace) {
        remove_table(c, there);
        return true;
    }
    *go = false;
    return s->if_not_exists || change_no(&c->x, "table %s is there already", s->table.name);
}

static bool create_table(struct changing *c) {
    bool go;
    const struct database *d = c->x.d;
    if (!clear_way(c, &go) || !go) {
        return c->x.why == NULL;
    }
    if (c->s->selects) {
        return change_no(&c->x, "the columns of table %s come from a SELECT", c->s->table.name);
    }
    struct table *t = add_table(c);
    *t = (struct table){.schema = d->name,
                        .name = table_name(c, c->s->table.name),
                        .comment = arena_strdup(c->x.a, ""),
                        .charset = d->charset,
                        .collation = d->collation,
                        .engine = arena_strdup(c->x.a, "InnoDB")};
    struct draft draft;
    draft_open(&draft, &c->x, t);
    if (!change_clauses(&draft, c->s, c->out)) {
        return false;
    }
    draft_close(&draft);
    c->out->effect = SCHEMA_CHANGED;
    return true;
}

static bool create_like(struct changing *c) {
    bool go;
    if (!clear_way(c, &go) || !go) {
        return c->x.why == NULL;
    }
    struct table *from = find(c, &c->s->other);
    if (from == NULL) {
        return change_no(&c->x, "table %s is made like %s, which is not followed", c->s->table.name, c->s->other.name);
    }
    size_t at = (size_t)(from - c->x.d->tables);
    struct table *t = add_table(c);
    struct database one = {.tables = &c->x.d->tables[at], .ntables = 1}, copy;
    schema_clone(c->x.a, &one, &copy);
    *t = copy.tables[0];
    t->name = table_name(c, c->s->table.name);
    t->was = NULL;
    t->nfks = 0;
    t->auto_increment_next = t->rows_estimate = t->data_bytes = 0;
    for (size_t i = 0; i < t->ncolumns; i++) {
        t->columns[i].was = NULL;
    }
    for (size_t i = 0; i < t->nindexes; i++) {
        t->indexes[i].was = NULL;
    }
    for (size_t i = 0; i < t->nchecks; i++) { /* MySQL keeps their names apart in the whole schema */
        t->checks[i].was = NULL;
        if (!c->x.d->is_mariadb) {
            t->checks[i].name = arena_printf(c->x.a, "%s_chk_%zu", t->name, i + 1);
        }
    }
    c->out->effect = SCHEMA_CHANGED;
    return true;
}

static bool drop_tables(struct changing *c) {
    for (size_t i = 0; i < c->s->ntables; i++) {
        struct table *t = find(c, &c->s->tables[i]);
        if (t != NULL) {
            remove_table(c, t);
        }
    }
    return true;
}

static void follow_references(struct changing *c, const char *from, const char *to) {
    struct database *d = c->x.d;
    for (size_t i = 0; i < d->ntables; i++) {
        for (size_t k = 0; k < d->tables[i].nfks; k++) {
            struct foreign_key *fk = &d->tables[i].fks[k];
            if (same_name(d, fk->ref_schema, d->name) && same_name(d, fk->ref_table, from)) {
                fk->ref_table = arena_strdup(c->x.a, to);
            }
        }
    }
}

static bool rename_table(struct changing *c, const struct sql_name *from, const struct sql_name *to) {
    struct table *t = find(c, from);
    if (t == NULL) {
        bool wanted = ours(c, to) && selected(c, to->name);
        return !wanted || change_no(&c->x, "table %s gets the name %s: it was not followed, so its rows are not known",
                                    from->name, to->name);
    }
    if (!ours(c, to)) { /* it leaves the database */
        remove_table(c, t);
        return true;
    }
    if (schema_find_table(c->x.d, to->name) != NULL && !same_name(c->x.d, t->name, to->name)) {
        return change_no(&c->x, "table %s is there already", to->name);
    }
    const char *old = t->name;
    t->name = table_name(c, to->name);
    change_rename_derived(&c->x, t, old, t->name);
    follow_references(c, old, t->name);
    c->out->effect = SCHEMA_CHANGED;
    return true;
}

static bool rename_tables(struct changing *c) {
    for (size_t i = 0; i + 1 < c->s->ntables; i += 2) {
        if (!rename_table(c, &c->s->tables[i], &c->s->tables[i + 1])) {
            return false;
        }
    }
    return true;
}

static bool does_something(const struct sql_statement *s) {
    for (size_t i = 0; i < s->nclauses; i++) {
        if (s->clauses[i].kind != SQL_NO_CHANGE) {
            return true;
        }
    }
    return false;
}

static bool alter_table(struct changing *c) {
    struct table *t = find(c, &c->s->table);
    const struct sql_name *to = NULL;
    for (size_t i = 0; i < c->s->nclauses; i++) {
        to = c->s->clauses[i].kind == SQL_RENAME_TABLE ? &c->s->clauses[i].table : to;
    }
    if (t == NULL || !does_something(c->s)) {
        return to == NULL || rename_table(c, &c->s->table, to);
    }
    struct draft draft;
    draft_open(&draft, &c->x, t);
    if (!change_clauses(&draft, c->s, c->out)) {
        return false;
    }
    draft_close(&draft);
    c->out->effect = SCHEMA_CHANGED;
    return to == NULL || rename_table(c, &c->s->table, to);
}

/* ---- databases ---- */

static bool is_our_database(const struct changing *c) {
    const char *name = c->s->table.name != NULL ? c->s->table.name : c->x.session->database;
    return name != NULL && same_name(c->x.d, name, c->x.d->name);
}

static bool set_database(struct changing *c, bool anew) {
    struct database *d = c->x.d;
    const struct sql_table_options *o = &c->s->options;
    const char *collation =
        anew && c->x.session->server_collation != NULL ? c->x.session->server_collation : d->collation;
    const char *charset = arena_strndup(c->x.a, collation, strcspn(collation, "_"));
    if (!change_charset(&c->x, o->charset, o->collation, charset, collation, &charset, &collation)) {
        return false;
    }
    d->charset = arena_strdup(c->x.a, charset);
    d->collation = arena_strdup(c->x.a, collation);
    c->out->effect = SCHEMA_CHANGED;
    return true;
}

static bool change_database(struct changing *c) {
    if (!is_our_database(c)) {
        return true;
    }
    switch (c->s->kind) {
    case SQL_DROP_DATABASE:
        c->x.d->ntables = 0;
        c->out->effect = SCHEMA_GONE;
        return true;
    case SQL_CREATE_DATABASE: /* IF NOT EXISTS changes nothing where it exists; with tables in it, it does */
        return c->x.d->ntables > 0 || set_database(c, true);
    default:
        return set_database(c, false);
    }
}

/* ---- all ---- */

static bool apply(struct changing *c) {
    struct table *t;
    if (c->s->temporary) { /* nobody else sees them */
        return true;
    }
    switch (c->s->kind) {
    case SQL_CREATE_TABLE:
        return create_table(c);
    case SQL_CREATE_TABLE_LIKE:
        return create_like(c);
    case SQL_ALTER_TABLE:
        return alter_table(c);
    case SQL_DROP_TABLES:
        return drop_tables(c);
    case SQL_RENAME_TABLES:
        return rename_tables(c);
    case SQL_TRUNCATE_TABLE:
        t = find(c, &c->s->table);
        c->out->table = t != NULL ? t->was : NULL;
        c->out->effect = t != NULL ? SCHEMA_TRUNCATES : SCHEMA_SAME;
        return true;
    case SQL_CREATE_DATABASE:
    case SQL_ALTER_DATABASE:
    case SQL_DROP_DATABASE:
        return change_database(c);
    case SQL_OTHER:
        return true;
    }
    return true;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct table *)a)->name, ((const struct table *)b)->name);
}

bool schema_change(struct arena *a, const struct database *before, const struct catalog_filter *filter,
                   const struct schema_charsets *charsets, const struct schema_session *s, const char *text, size_t len,
                   struct schema_change *out, struct err *e) {
    struct sql_statement statement;
    struct changing c = {
        .x = {.a = a,
              .charsets = charsets,
              .session = s,
              .d = &out->after,
              .o = {.lex_flags = (s->sql_mode & MODE_ANSI_QUOTES ? SQL_LEX_ANSI_QUOTES : 0u) |
                                 (s->sql_mode & MODE_NO_BACKSLASH_ESCAPES ? SQL_LEX_NO_BACKSLASH_ESCAPES : 0u),
                    .pipes_as_concat = (s->sql_mode & MODE_PIPES_AS_CONCAT) != 0,
                    .real_as_float = (s->sql_mode & MODE_REAL_AS_FLOAT) != 0,
                    .mariadb = before->is_mariadb}},
        .filter = filter,
        .s = &statement,
        .out = out};
    *out = (struct schema_change){0};
    schema_clone(a, before, &out->after);
    if (!sql_statement_parse(a, &c.x.o, text, len, &statement, &c.x.why) || !apply(&c)) {
        return err_set(e, ERR_SOURCE_STATEMENT, "%s", c.x.why);
    }
    const char *emptied = out->emptied_of != NULL ? out->emptied_of->name : NULL;
    if (out->after.ntables > 0) {
        qsort(out->after.tables, out->after.ntables, sizeof *out->after.tables, by_name);
    }
    out->emptied_of = emptied != NULL ? schema_find_table(&out->after, emptied) : NULL;
    return true;
}
