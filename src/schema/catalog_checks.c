/* CHECK constraints. MariaDB's view names their tables; MySQL's does not, and a join of the two views that would tell takes
 * minutes for thousands of tables (quadratic): they are read apart and joined here. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/catalog_internal.h"

struct found {
    const char *table, *name, *clause;
    bool enforced;
};

static int by_found_name(const void *a, const void *b) {
    return strcmp(((const struct found *)a)->name, ((const struct found *)b)->name);
}

static bool read_mariadb(struct catalog_reader *r, struct found **out, size_t *n, struct err *e) {
    struct mysql_rows rows;
    char *sql =
        arena_printf(r->a,
                     "SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS"
                     " WHERE CONSTRAINT_SCHEMA = %s",
                     r->db);
    if (!mysql_rows(r->c, r->a, sql, &rows, e)) {
        return false;
    }
    *n = rows.n;
    *out = arena_array(r->a, struct found, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        (*out)[i] = (struct found){mysql_cell(&rows, i, 0), mysql_cell(&rows, i, 1), mysql_cell(&rows, i, 2), true};
    }
    return true;
}

/* MySQL keeps the names of checks unique in a schema. */
static bool read_mysql(struct catalog_reader *r, struct found **out, size_t *n, struct err *e) {
    struct mysql_rows clauses, tables;
    struct arena *a = r->a;
    char *sql = arena_printf(a,
                             "SELECT CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS"
                             " WHERE CONSTRAINT_SCHEMA = %s",
                             r->db);
    if (!mysql_rows(r->c, a, sql, &clauses, e)) {
        return false;
    }
    sql = arena_printf(a,
                       "SELECT TABLE_NAME, CONSTRAINT_NAME, %s FROM information_schema.TABLE_CONSTRAINTS"
                       " WHERE CONSTRAINT_SCHEMA = %s AND CONSTRAINT_TYPE = 'CHECK'",
                       r->has_enforced ? "ENFORCED" : "'YES'", r->db);
    if (!mysql_rows(r->c, a, sql, &tables, e)) {
        return false;
    }
    struct found *known = arena_array(a, struct found, clauses.n + 1);
    for (size_t i = 0; i < clauses.n; i++) {
        known[i].name = mysql_cell(&clauses, i, 0);
        known[i].clause = mysql_cell(&clauses, i, 1);
    }
    if (clauses.n > 0) {
        qsort(known, clauses.n, sizeof *known, by_found_name);
    }
    *n = tables.n;
    *out = arena_array(a, struct found, tables.n + 1);
    for (size_t i = 0; i < tables.n; i++) {
        struct found *f = &(*out)[i];
        *f = (struct found){mysql_cell(&tables, i, 0), mysql_cell(&tables, i, 1), NULL,
                            !str_ieq(mysql_cell(&tables, i, 2), "NO")};
        const struct found *k = clauses.n == 0 ? NULL : bsearch(f, known, clauses.n, sizeof *known, by_found_name);
        if (k == NULL || k->clause == NULL) {
            return err_set(e, ERR_SOURCE_SCHEMA, "check %s of table %s has no clause", f->name, f->table);
        }
        f->clause = k->clause;
    }
    return true;
}

/* MariaDB's JSON is LONGTEXT with this check; the type map knows what to do with it. */
static bool is_json_alias(const struct catalog_reader *r, struct table *t, const char *clause) {
    if (!r->is_mariadb || !str_starts(clause, "json_valid(`")) {
        return false;
    }
    for (size_t i = 0; i < t->ncolumns; i++) {
        struct column *c = &t->columns[i];
        if (c->type.kind == MYT_LONGTEXT &&
            str_eq(clause, arena_printf(r->a, "json_valid(%s)", str_quote_mysql(r->a, c->name)))) {
            return c->type.is_mariadb_json = true;
        }
    }
    return false;
}

static int by_check_name(const void *a, const void *b) {
    return strcmp(((const struct check *)a)->name, ((const struct check *)b)->name);
}

bool catalog_read_checks(struct catalog_reader *r, struct err *e) {
    struct found *found = NULL;
    size_t n = 0;
    if (!r->has_checks) {
        return true;
    }
    if (!(r->checks_have_table ? read_mariadb(r, &found, &n, e) : read_mysql(r, &found, &n, e))) {
        return false;
    }
    struct arena *a = r->a;
    size_t *cap = arena_array(a, size_t, r->d->ntables + 1);
    for (size_t i = 0; i < n; i++) {
        const struct found *f = &found[i];
        struct table *t = catalog_table(r, f->table);
        if (t == NULL || is_json_alias(r, t, f->clause)) {
            continue;
        }
        t->checks = arena_grow(a, t->checks, t->nchecks, &cap[catalog_table_index(r, t)], sizeof *t->checks);
        t->checks[t->nchecks++] =
            (struct check){.name = arena_strdup(a, f->name),
                           .expr = r->is_mariadb ? arena_strdup(a, f->clause) : catalog_mysql8_expr(a, f->clause),
                           .enforced = f->enforced};
    }
    for (size_t i = 0; i < r->d->ntables; i++) {
        struct table *t = &r->d->tables[i];
        if (t->nchecks > 0) {
            qsort(t->checks, t->nchecks, sizeof t->checks[0], by_check_name);
        }
    }
    return true;
}
