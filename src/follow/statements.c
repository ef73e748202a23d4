/* See statements.h. */
#include "follow/statements.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "engine/target.h"
#include "value/exact.h"

/* ---- text ---- */

enum { STATEMENT_MAX_BYTES = 16 << 20 };

/* Put text behind what is there. Names are bounded, so it fits. */
static void put(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void put(struct buf *b, const char *fmt, ...) {
    char piece[1024];
    struct err e = ERR_INIT;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(piece, sizeof piece, fmt, ap);
    va_end(ap);
    if (!buf_puts(b, piece, &e)) {
        BUG("a statement does not fit: %s", e.message);
    }
}

static void put_text(struct buf *b, const char *text) {
    struct err e = ERR_INIT;
    if (!buf_puts(b, text, &e)) {
        BUG("a statement does not fit: %s", e.message);
    }
}

static char *finish(struct arena *a, struct buf *b) {
    char *text = arena_strndup(a, (const char *)b->data, b->len);
    buf_clear(b);
    return text;
}

/* ---- what the target has ---- */

static const char catalog_sql[] =
    "SELECT c.relname, a.attname, CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END, "
    "CASE WHEN t.typtype = 'd' THEN b.typarray ELSE t.typarray END, CASE WHEN a.attnotnull THEN 1 ELSE 0 END, "
    "format_type(a.atttypid, a.atttypmod), c.relkind::text "
    "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
    "JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype "
    "WHERE n.nspname = %s AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped";

static uint32_t oid_of(const struct gauss_rows *r, size_t row, size_t col) {
    const char *text = gauss_cell(r, row, col);
    return text != NULL ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

static bool take_column(struct arena *a, struct target_statements *t, size_t i, const struct gauss_rows *catalog,
                        bool binary, struct err *e) {
    const struct column *c = t->table->columns[i];
    for (size_t k = 0; k < catalog->n; k++) {
        if (!str_eq(gauss_cell(catalog, k, 0), t->table->t->target_name) ||
            !str_eq(gauss_cell(catalog, k, 1), c->target_name)) {
            continue;
        }
        struct target_column *out = &t->columns[i];
        out->oid = oid_of(catalog, k, 2);
        out->binary = binary;
        out->array_oid = binary ? oid_of(catalog, k, 3) : 0;
        out->not_null = str_eq(gauss_cell(catalog, k, 4), "1");
        out->type = arena_strdup(a, gauss_cell(catalog, k, 5));
        t->partitioned = str_eq(gauss_cell(catalog, k, 6), "p");
        t->sets = t->sets && out->array_oid != 0;
        return true;
    }
    return err_set(e, ERR_TARGET_SCHEMA, "the target's table %s has no column %s", t->name, c->target_name);
}

/* ---- pieces of statements ---- */

static const char *comma(size_t i) {
    return i > 0 ? ", " : "";
}

static void put_names(struct buf *b, const struct target_statements *t, const char *prefix) {
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        put(b, "%s%s%s", comma(i), prefix, t->columns[i].name);
    }
}

static void put_parameters(struct buf *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        put(b, "%s$%zu", comma(i), i + 1);
    }
}

/* "id" = $3 AND .. */
static void put_key_is(struct buf *b, const struct target_statements *t, size_t first) {
    for (size_t i = 0; i < t->table->nkey; i++) {
        put(b, "%s%s = $%zu", i > 0 ? " AND " : "", t->columns[t->table->key[i]].name, first + i);
    }
}

static void put_join_on_key(struct buf *b, const struct target_statements *t) {
    for (size_t i = 0; i < t->table->nkey; i++) {
        const char *name = t->columns[t->table->key[i]].name;
        put(b, "%st.%s = k.%s", i > 0 ? " AND " : "", name, name);
    }
}

static const char *column_name(const struct target_statements *t, bool keys, size_t i) {
    return t->columns[keys ? t->table->key[i] : i].name;
}

/* Arrays of all columns, or of the key's, as a relation k. openGauss has unnest of several arrays in a select list only; there, arrays of
 * one length go in step. */
static void put_relation(struct buf *b, enum dialect d, const struct target_statements *t, bool keys) {
    size_t n = keys ? t->table->nkey : t->table->ncolumns;
    bool list = dialect_is_opengauss(d);
    put(b, list ? "(SELECT " : "unnest(");
    for (size_t i = 0; i < n; i++) {
        if (list) {
            put(b, "%sunnest($%zu) AS %s", comma(i), i + 1, column_name(t, keys, i));
        } else {
            put(b, "%s$%zu", comma(i), i + 1);
        }
    }
    put(b, list ? ") AS k" : ") AS k(");
    for (size_t i = 0; !list && i < n; i++) {
        put(b, "%s%s", comma(i), column_name(t, keys, i));
    }
    put(b, list ? "" : ")");
}

/* ---- whole statements ---- */

static char *insert_row(struct arena *a, const struct target_statements *t) {
    struct buf b;
    buf_init(&b, STATEMENT_MAX_BYTES);
    put(&b, "INSERT INTO %s (", t->name);
    put_names(&b, t, "");
    put(&b, ") VALUES (");
    put_parameters(&b, t->table->ncolumns);
    put(&b, ")");
    return finish(a, &b);
}

static char *insert_set(struct arena *a, enum dialect d, const struct target_statements *t) {
    struct buf b;
    buf_init(&b, STATEMENT_MAX_BYTES);
    put(&b, "INSERT INTO %s (", t->name);
    put_names(&b, t, "");
    put(&b, ") SELECT ");
    put_names(&b, t, "k.");
    put(&b, " FROM ");
    put_relation(&b, d, t, false);
    return finish(a, &b);
}

static char *update_row(struct arena *a, const struct target_statements *t) {
    struct buf b;
    buf_init(&b, STATEMENT_MAX_BYTES);
    put(&b, "UPDATE %s SET ", t->name);
    for (size_t i = 0; i < t->nset; i++) {
        put(&b, "%s%s = $%zu", comma(i), t->columns[t->set[i]].name, i + 1);
    }
    put(&b, " WHERE ");
    put_key_is(&b, t, t->nset + 1);
    return finish(a, &b);
}

static char *update_set(struct arena *a, enum dialect d, const struct target_statements *t) {
    struct buf b;
    buf_init(&b, STATEMENT_MAX_BYTES);
    put(&b, "UPDATE %s AS t SET ", t->name);
    for (size_t i = 0; i < t->nset; i++) {
        const char *name = t->columns[t->set[i]].name;
        put(&b, "%s%s = k.%s", comma(i), name, name);
    }
    put(&b, " FROM ");
    put_relation(&b, d, t, false);
    put(&b, " WHERE ");
    put_join_on_key(&b, t);
    return finish(a, &b);
}

static char *delete_row(struct arena *a, const struct target_statements *t) {
    struct buf b;
    buf_init(&b, STATEMENT_MAX_BYTES);
    put(&b, "DELETE FROM %s WHERE ", t->name);
    put_key_is(&b, t, 1);
    return finish(a, &b);
}

static char *delete_set(struct arena *a, enum dialect d, const struct target_statements *t) {
    struct buf b;
    buf_init(&b, STATEMENT_MAX_BYTES);
    if (t->table->nkey == 1) {
        put(&b, "DELETE FROM %s WHERE %s = ANY($1)", t->name, column_name(t, true, 0));
        return finish(a, &b);
    }
    put(&b, "DELETE FROM %s AS t USING ", t->name);
    put_relation(&b, d, t, true);
    put(&b, " WHERE ");
    put_join_on_key(&b, t);
    return finish(a, &b);
}

static void make_statements(struct arena *a, enum dialect d, struct target_statements *t) {
    bool key = t->table->nkey > 0;
    t->sql[STATEMENT_INSERT] = insert_row(a, t);
    t->sql[STATEMENT_UPDATE] = key ? update_row(a, t) : NULL;
    t->sql[STATEMENT_DELETE] = key ? delete_row(a, t) : NULL;
    if (t->sets) {
        t->sql[STATEMENT_INSERT_SET] = insert_set(a, d, t);
        t->sql[STATEMENT_UPDATE_SET] = key ? update_set(a, d, t) : NULL;
        t->sql[STATEMENT_DELETE_SET] = key ? delete_set(a, d, t) : NULL;
    }
}

/* ---- all ---- */

static bool is_key(const struct follow_table *f, size_t column) {
    for (size_t i = 0; i < f->nkey; i++) {
        if (f->key[i] == column) {
            return true;
        }
    }
    return false;
}

static void choose_set(struct arena *a, struct target_statements *t) {
    t->set = arena_array(a, uint16_t, t->table->ncolumns + 1);
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        if (!is_key(t->table, i)) {
            t->set[t->nset++] = (uint16_t)i;
        }
    }
    if (t->nset == 0) {
        t->set[t->nset++] = t->table->nkey > 0 ? t->table->key[0] : 0;
    }
}

static bool make_canon(struct arena *a, enum dialect d, struct target_statements *t, struct err *e) {
    const struct follow_table *f = t->table;
    struct canon_column *cols = arena_array(a, struct canon_column, f->ncolumns + 1);
    for (size_t i = 0; i < f->ncolumns; i++) {
        const struct column *c = f->columns[i];
        cols[i] = (struct canon_column){.kind = c->target.kind, .ddl = c->target.ddl, .name = c->name};
    }
    return canon_plan_make(a, d, cols, f->ncolumns, &t->canon, e);
}

static bool refers_to_itself(const struct table *t) {
    for (size_t i = 0; i < t->nfks; i++) {
        if (str_eq(t->fks[i].ref_table, t->name)) {
            return true;
        }
    }
    return false;
}

static bool make_one(struct arena *a, enum dialect d, const struct gauss_rows *catalog, bool binary,
                     struct target_statements *t, struct err *e) {
    const struct follow_table *f = t->table;
    t->name = target_table(a, f->t);
    t->columns = arena_array(a, struct target_column, f->ncolumns + 1);
    t->sets = f->ncolumns > 0;
    t->reaches_itself = refers_to_itself(f->t);
    for (size_t i = 0; i < f->ncolumns; i++) {
        t->columns[i].name = str_quote_pg(a, f->columns[i]->target_name);
        if (!take_column(a, t, i, catalog, binary, e)) {
            return false;
        }
    }
    choose_set(a, t);
    make_statements(a, d, t);
    return make_canon(a, d, t, e);
}

bool statements_make(struct gauss_client *c, struct arena *a, enum dialect d, const struct follow_tables *tables,
                     const bool *binary, struct target_statements **out, struct err *e) {
    struct gauss_rows catalog;
    *out = arena_array(a, struct target_statements, tables->n + 1);
    if (tables->n == 0) {
        return true;
    }
    char *sql = arena_printf(a, catalog_sql, str_literal_pg(a, tables->tables[0].t->target_schema));
    if (!gauss_rows(c, a, sql, &catalog, e)) {
        return err_where(e, "tables of the target");
    }
    for (size_t i = 0; i < tables->n; i++) {
        (*out)[i].table = &tables->tables[i];
        if (!make_one(a, d, &catalog, binary[i], &(*out)[i], e)) {
            return err_where(e, "table %s", tables->tables[i].t->name);
        }
    }
    return true;
}

/* ---- some columns ---- */

/* Parameters: the columns told, then the key as it was. */
char *statement_update_some(struct arena *a, const struct target_statements *t, const bool *present) {
    struct buf b;
    size_t n = 0;
    buf_init(&b, STATEMENT_MAX_BYTES);
    put(&b, "UPDATE %s SET ", t->name);
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        if (present[i]) {
            put(&b, "%s%s = $%zu", comma(n), t->columns[i].name, n + 1);
            n++;
        }
    }
    if (n == 0) { /* it says no more than that the row is there */
        const char *name = column_name(t, true, 0);
        put(&b, "%s = %s", name, name);
    }
    put(&b, " WHERE ");
    put_key_is(&b, t, n + 1);
    return finish(a, &b);
}

/* Parameters: the columns that are not null[], then how many rows. */
char *statement_delete_like(struct arena *a, enum dialect d, const struct target_statements *t, const bool *null) {
    struct buf like, b;
    size_t n = 0;
    buf_init(&like, STATEMENT_MAX_BYTES);
    buf_init(&b, STATEMENT_MAX_BYTES);
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        const struct target_column *c = &t->columns[i];
        char *value = null[i] ? NULL : arena_printf(a, "$%zu", ++n);
        put_text(&like, i > 0 ? " AND " : "");
        put_text(&like, exact_equals(a, d, c->type, c->name, value));
    }
    char *where = finish(a, &like);
    put(&b, "DELETE FROM %s WHERE ", t->name);
    if (dialect_is_opengauss(d)) {
        put_text(&b, where);
        put(&b, " LIMIT $%zu", n + 1);
        return finish(a, &b);
    }
    put(&b,
        t->partitioned ? "(tableoid, ctid) IN (SELECT tableoid, ctid FROM %s WHERE "
                       : "ctid = ANY(ARRAY(SELECT ctid FROM %s WHERE ",
        t->name);
    put_text(&b, where);
    put(&b, " LIMIT $%zu%s", n + 1, t->partitioned ? ")" : "))");
    return finish(a, &b);
}
