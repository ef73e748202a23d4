/* Indexes, foreign keys and checks. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/catalog_internal.h"

static bool no_column(struct err *e, const struct table *t, const char *kind, const char *object, const char *column) {
    return err_set(e, ERR_SOURCE_SCHEMA, "%s %s of table %s names column %s, which the table does not have", kind,
                   object, t->name, column == NULL ? "NULL" : column);
}

/* ---- indexes ---- */

enum { S_TABLE, S_NAME, S_NON_UNIQUE, S_COLUMN, S_COLLATION, S_SUB_PART, S_TYPE, S_COMMENT, S_VISIBLE, S_EXPR };

static enum index_kind index_kind_of(const char *name, const char *type, bool unique) {
    if (str_eq(name, "PRIMARY")) {
        return INDEX_PRIMARY;
    }
    if (str_ieq(type, "FULLTEXT")) {
        return INDEX_FULLTEXT;
    }
    if (str_ieq(type, "SPATIAL") || str_ieq(type, "RTREE")) {
        return INDEX_SPATIAL;
    }
    if (str_ieq(type, "VECTOR")) {
        return INDEX_VECTOR;
    }
    return unique ? INDEX_UNIQUE : INDEX_PLAIN;
}

/* MySQL allows 64 indexes of 16 parts: growing by one is fine. */
static struct index *find_or_add_index(struct arena *a, struct table *t, const char *name) {
    for (size_t i = 0; i < t->nindexes; i++) {
        if (str_eq(t->indexes[i].name, name)) {
            return &t->indexes[i];
        }
    }
    struct index *grown = arena_array(a, struct index, t->nindexes + 1);
    if (t->nindexes > 0) {
        memcpy(grown, t->indexes, t->nindexes * sizeof *grown);
    }
    t->indexes = grown;
    struct index *x = &grown[t->nindexes++];
    x->name = arena_strdup(a, name);
    return x;
}

static bool add_index_part(const struct catalog_reader *r, struct table *t, const struct mysql_rows *rows, size_t i,
                           struct err *e) {
    struct arena *a = r->a;
    struct index *x = find_or_add_index(a, t, mysql_cell(rows, i, S_NAME));
    const char *visible = mysql_cell(rows, i, S_VISIBLE);
    if (x->nparts == 0) {
        x->kind = index_kind_of(x->name, mysql_cell(rows, i, S_TYPE), str_eq(mysql_cell(rows, i, S_NON_UNIQUE), "0"));
        x->comment = arena_strdup(a, mysql_cell(rows, i, S_COMMENT));
        x->invisible = str_ieq(visible, "NO");
    }
    struct index_part *grown = arena_array(a, struct index_part, x->nparts + 1);
    if (x->nparts > 0) {
        memcpy(grown, x->parts, x->nparts * sizeof *grown);
    }
    x->parts = grown;
    struct index_part *p = &grown[x->nparts++];
    const char *column = mysql_cell(rows, i, S_COLUMN), *expr = mysql_cell(rows, i, S_EXPR);
    if (column == NULL && expr != NULL) {
        p->expr = catalog_mysql8_expr(a, expr);
    } else {
        p->column = column == NULL ? NULL : schema_find_column(t, column);
        if (p->column == NULL) {
            return no_column(e, t, "index", x->name, column);
        }
    }
    if (x->kind != INDEX_FULLTEXT && x->kind != INDEX_SPATIAL) { /* SPATIAL reports the size of a rectangle */
        p->prefix_chars = (uint32_t)catalog_u64(mysql_cell(rows, i, S_SUB_PART));
    }
    p->descending = str_ieq(mysql_cell(rows, i, S_COLLATION), "D");
    return true;
}

static int primary_first(const void *a, const void *b) {
    const struct index *x = a, *y = b;
    int px = x->kind != INDEX_PRIMARY, py = y->kind != INDEX_PRIMARY;
    return px != py ? px - py : strcmp(x->name, y->name);
}

bool catalog_read_indexes(struct catalog_reader *r, struct err *e) {
    struct mysql_rows rows;
    const char *visible = r->has_index_visible   ? "IS_VISIBLE"
                          : r->has_index_ignored ? "IF(IGNORED = 'YES', 'NO', 'YES')"
                                                 : "'YES'";
    char *sql = arena_printf(
        r->a,
        "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, COLLATION, SUB_PART, INDEX_TYPE, INDEX_COMMENT,"
        " %s, %s FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = %s"
        " ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX",
        visible, r->has_index_expr ? "EXPRESSION" : "NULL", r->db);
    if (!mysql_rows(r->c, r->a, sql, &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct table *t = catalog_table(r, mysql_cell(&rows, i, S_TABLE));
        if (t != NULL && !add_index_part(r, t, &rows, i, e)) {
            return false;
        }
    }
    for (size_t i = 0; i < r->d->ntables; i++) {
        struct table *t = &r->d->tables[i];
        if (t->nindexes > 0) {
            qsort(t->indexes, t->nindexes, sizeof t->indexes[0], primary_first);
        }
    }
    return true;
}

/* ---- foreign keys ---- */

static struct foreign_key *find_fk(struct table *t, const char *name) {
    for (size_t i = 0; t != NULL && i < t->nfks; i++) {
        if (str_eq(t->fks[i].name, name)) {
            return &t->fks[i];
        }
    }
    return NULL;
}

/* The keys with their actions, then their columns: two bulk statements, because a join of the two views is slow on the
 * servers that open every table for each. */
bool catalog_read_foreign_keys(struct catalog_reader *r, struct err *e) {
    struct mysql_rows rows;
    struct arena *a = r->a;
    char *sql = arena_printf(a,
                             "SELECT TABLE_NAME, CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE FROM"
                             " information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = %s"
                             " ORDER BY TABLE_NAME, CONSTRAINT_NAME",
                             r->db);
    if (!mysql_rows(r->c, a, sql, &rows, e)) {
        return false;
    }
    size_t *cap = arena_array(a, size_t, r->d->ntables + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct table *t = catalog_table(r, mysql_cell(&rows, i, 0));
        if (t != NULL) {
            t->fks = arena_grow(a, t->fks, t->nfks, &cap[catalog_table_index(r, t)], sizeof *t->fks);
            t->fks[t->nfks++] = (struct foreign_key){.name = arena_strdup(a, mysql_cell(&rows, i, 1)),
                                                     .on_update = arena_strdup(a, mysql_cell(&rows, i, 2)),
                                                     .on_delete = arena_strdup(a, mysql_cell(&rows, i, 3))};
        }
    }
    sql =
        arena_printf(a,
                     "SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME,"
                     " REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = %s"
                     " AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION",
                     r->db);
    if (!mysql_rows(r->c, a, sql, &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct table *t = catalog_table(r, mysql_cell(&rows, i, 0));
        struct foreign_key *k = find_fk(t, mysql_cell(&rows, i, 1));
        if (k == NULL) {
            continue;
        }
        struct column *c = schema_find_column(t, mysql_cell(&rows, i, 2));
        if (c == NULL) {
            return no_column(e, t, "foreign key", k->name, mysql_cell(&rows, i, 2));
        }
        size_t from_cap = k->n, to_cap = k->n; /* full: grow on each, there are few */
        k->columns = arena_grow(a, k->columns, k->n, &from_cap, sizeof *k->columns);
        k->ref_columns = arena_grow(a, k->ref_columns, k->n, &to_cap, sizeof *k->ref_columns);
        k->columns[k->n] = c;
        k->ref_columns[k->n++] = arena_strdup(a, mysql_cell(&rows, i, 5));
        k->ref_schema = arena_strdup(a, mysql_cell(&rows, i, 3));
        k->ref_table = arena_strdup(a, mysql_cell(&rows, i, 4));
    }
    return true;
}

/* ---- checks ---- */

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
    if (!r->has_checks) {
        return true;
    }
    struct mysql_rows rows;
    struct arena *a = r->a;
    char *sql =
        r->checks_have_table
            ? arena_printf(
                  a,
                  "SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE, 'YES' FROM information_schema.CHECK_CONSTRAINTS"
                  " WHERE CONSTRAINT_SCHEMA = %s",
                  r->db)
            : arena_printf(a,
                           "SELECT t.TABLE_NAME, t.CONSTRAINT_NAME, c.CHECK_CLAUSE, %s FROM "
                           "information_schema.TABLE_CONSTRAINTS t"
                           " JOIN information_schema.CHECK_CONSTRAINTS c ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA"
                           " AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME"
                           " WHERE t.CONSTRAINT_SCHEMA = %s AND t.CONSTRAINT_TYPE = 'CHECK'",
                           r->has_enforced ? "t.ENFORCED" : "'YES'", r->db);
    if (!mysql_rows(r->c, a, sql, &rows, e)) {
        return false;
    }
    size_t *cap = arena_array(a, size_t, r->d->ntables + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct table *t = catalog_table(r, mysql_cell(&rows, i, 0));
        const char *clause = mysql_cell(&rows, i, 2);
        if (t == NULL || clause == NULL || is_json_alias(r, t, clause)) {
            continue;
        }
        t->checks = arena_grow(a, t->checks, t->nchecks, &cap[catalog_table_index(r, t)], sizeof *t->checks);
        t->checks[t->nchecks++] =
            (struct check){.name = arena_strdup(a, mysql_cell(&rows, i, 1)),
                           .expr = r->is_mariadb ? arena_strdup(a, clause) : catalog_mysql8_expr(a, clause),
                           .enforced = !str_ieq(mysql_cell(&rows, i, 3), "NO")};
    }
    for (size_t i = 0; i < r->d->ntables; i++) {
        struct table *t = &r->d->tables[i];
        if (t->nchecks > 0) {
            qsort(t->checks, t->nchecks, sizeof t->checks[0], by_check_name);
        }
    }
    return true;
}
