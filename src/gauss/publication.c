/* See publication.h. */
#include "gauss/publication.h"

#include "base/str.h"

static char *qualified(struct arena *a, const struct gauss_table *t) {
    return arena_printf(a, "%s.%s", str_quote_pg(a, t->schema), str_quote_pg(a, t->name));
}

static bool put_tables(struct buf *sql, struct arena *a, const struct gauss_table *tables, size_t n, struct err *e) {
    for (size_t i = 0; i < n; i++) {
        if (!buf_puts(sql, i > 0 ? ", " : "", e) || !buf_puts(sql, qualified(a, &tables[i]), e)) {
            return false;
        }
    }
    return true;
}

static bool run(struct gauss_client *c, const char *head, const char *name, const char *middle,
                const struct gauss_table *tables, size_t n, const char *tail, struct err *e) {
    struct arena a = ARENA_INIT;
    struct buf sql;
    buf_init(&sql, (size_t)64 * 1024 * 1024);
    bool ok = n > 0 || err_set(e, ERR_NOTHING_TO_DO, "publication %s would be of no table", name);
    ok = ok && buf_puts(&sql, head, e) && buf_puts(&sql, str_quote_pg(&a, name), e) && buf_puts(&sql, middle, e) &&
         put_tables(&sql, &a, tables, n, e) && buf_puts(&sql, tail, e) && buf_terminate(&sql, e) &&
         gauss_exec(c, (const char *)sql.data, e);
    buf_clear(&sql);
    arena_clear(&a);
    return ok || err_where(e, "publication %s", name);
}

bool publication_create(struct gauss_client *c, enum dialect d, const char *name, const struct gauss_table *tables,
                        size_t n, struct err *e) {
    return run(c, "CREATE PUBLICATION ", name, " FOR TABLE ", tables, n,
               dialect_is_opengauss(d) ? "" : " WITH (publish_via_partition_root = true)", e);
}

bool publication_set(struct gauss_client *c, const char *name, const struct gauss_table *tables, size_t n,
                     struct err *e) {
    return run(c, "ALTER PUBLICATION ", name, " SET TABLE ", tables, n, "", e);
}

bool publication_drop(struct gauss_client *c, const char *name, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = gauss_execf(c, e, "DROP PUBLICATION IF EXISTS %s", str_quote_pg(&a, name));
    arena_clear(&a);
    return ok || err_where(e, "publication %s", name);
}

bool publication_tables(struct gauss_client *c, struct arena *a, const char *name, struct gauss_table **out, size_t *n,
                        struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(a,
                             "SELECT n.nspname, r.relname FROM pg_publication p"
                             " LEFT JOIN pg_publication_rel pr ON pr.prpubid = p.oid"
                             " LEFT JOIN pg_class r ON r.oid = pr.prrelid"
                             " LEFT JOIN pg_namespace n ON n.oid = r.relnamespace"
                             " WHERE p.pubname = %s ORDER BY n.nspname, r.relname",
                             str_literal_pg(a, name));
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return err_where(e, "publication %s", name);
    }
    if (rows.n == 0) {
        return err_set(e, ERR_PUBLICATION, "publication \"%s\" does not exist", name);
    }
    *out = arena_array(a, struct gauss_table, rows.n);
    *n = 0;
    for (size_t i = 0; i < rows.n; i++) {
        if (gauss_cell(&rows, i, 0) != NULL) { /* one of no table is a row of NULLs */
            (*out)[(*n)++] = (struct gauss_table){gauss_cell(&rows, i, 0), gauss_cell(&rows, i, 1)};
        }
    }
    return true;
}

bool replica_identity_read(struct gauss_client *c, struct arena *a, const struct gauss_table *t,
                           struct replica_identity *out, struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(a,
                             "SELECT r.relreplident,"
                             " (SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
                             " WHERE x.indrelid = r.oid AND x.indisreplident),"
                             " (SELECT count(*) FROM pg_index x WHERE x.indrelid = r.oid AND x.indisprimary)"
                             " FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace"
                             " WHERE n.nspname = %s AND r.relname = %s AND r.relkind IN ('r', 'p')",
                             str_literal_pg(a, t->schema), str_literal_pg(a, t->name));
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return err_where(e, "table %s.%s", t->schema, t->name);
    }
    if (rows.n != 1 || gauss_cell(&rows, 0, 0) == NULL) {
        err_set(e, ERR_TARGET_CHANGED, "there is no table %s.%s", t->schema, t->name);
        return false;
    }
    *out = (struct replica_identity){.kind = gauss_cell(&rows, 0, 0)[0], .index = gauss_cell(&rows, 0, 1)};
    bool primary = !str_eq(gauss_cell(&rows, 0, 2), "0");
    out->has_key = out->kind == 'f' || (out->kind == 'i' && out->index != NULL) || (out->kind == 'd' && primary);
    return true;
}

bool replica_identity_set(struct gauss_client *c, const struct gauss_table *t, const struct replica_identity *to,
                          struct err *e) {
    struct arena a = ARENA_INIT;
    const char *what = to->kind == 'f'   ? "FULL"
                       : to->kind == 'n' ? "NOTHING"
                       : to->kind == 'i' && to->index != NULL
                           ? arena_printf(&a, "USING INDEX %s", str_quote_pg(&a, to->index))
                           : "DEFAULT";
    bool ok = gauss_execf(c, e, "ALTER TABLE %s REPLICA IDENTITY %s", qualified(&a, t), what);
    arena_clear(&a);
    return ok || err_where(e, "table %s.%s", t->schema, t->name);
}
