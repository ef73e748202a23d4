/* Indexes. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/catalog_internal.h"

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
            return catalog_no_column(e, t, "index", x->name, column);
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
