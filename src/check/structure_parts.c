/* Reads how tables are split, and the sequences behind their counters. See structure_catalog.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "check/structure_catalog.h"
#include "check/structure_text.h"

/* ---- PostgreSQL's partitions ---- */

/* pg_partition_tree() would lock the partitions; the catalog does not. Level 0 is the table itself. */
static bool read_partition_tree(struct structure_catalog *k, struct found_tables *tables, const char *oids,
                                struct err *e) {
    struct gauss_rows rows;
    bool known;
    const char *const sql[] = {
        arena_printf(
            k->a,
            "WITH RECURSIVE tree (root, oid, level, bounds) AS ("
            "SELECT c.oid, c.oid, 0, NULL::text COLLATE \"C\" FROM pg_class c WHERE c.oid IN (%s) AND c.relkind = 'p'"
            " UNION ALL SELECT t.root, i.inhrelid, t.level + 1,"
            " concat_ws(' / ', t.bounds, pg_get_expr(c.relpartbound, c.oid)) COLLATE \"C\" FROM tree t"
            " JOIN pg_inherits i ON i.inhparent = t.oid JOIN pg_class c ON c.oid = i.inhrelid)"
            " SELECT t.root, c.relname, t.level, t.bounds, pg_get_partkeydef(c.oid),"
            " obj_description(c.oid, 'pg_class') FROM tree t JOIN pg_class c ON c.oid = t.oid"
            " ORDER BY t.root, t.level, t.bounds, c.relname",
            oids),
        NULL};
    if (!structure_rows(k, CATALOG_PARTITIONS, sql, &rows, &known, e)) {
        return err_where(e, "partitions");
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct found_table *t = structure_table_of(tables, gauss_cell(&rows, i, 0));
        const char *bounds = gauss_cell(&rows, i, 3), *key = gauss_cell(&rows, i, 4);
        if (t == NULL) {
            continue;
        }
        if (str_eq(gauss_cell(&rows, i, 2), "0")) {
            t->partition_key = structure_replace(k->a, key, k->scratch, k->real);
            continue;
        }
        bounds = bounds != NULL ? bounds : "";
        structure_add(k, &t->partitions,
                      (struct found_object){
                          .name = gauss_cell(&rows, i, 1),
                          .definition = key != NULL ? arena_printf(k->a, "%s PARTITION BY %s", bounds, key) : bounds,
                          .comment = gauss_cell(&rows, i, 5),
                          .valid = true,
                      });
    }
    return true;
}

/* ---- openGauss's ---- */

/* "1 3" of column numbers -> "(id, day)". Numbers differ between two tables with the same columns. */
static const char *key_names(struct structure_catalog *k, const struct found_table *t, const char *numbers) {
    char *out = arena_strdup(k->a, "");
    char *at = arena_strdup(k->a, numbers != NULL ? numbers : "");
    for (char *word = strtok_r(at, " ", &at); word != NULL; word = strtok_r(NULL, " ", &at)) {
        long number = strtol(word, NULL, 10);
        const char *name = "expression";
        for (size_t i = 0; i < t->ncolumns; i++) {
            name = t->columns[i].number == number ? t->columns[i].name : name;
        }
        out = arena_printf(k->a, "%s%s%s", out, out[0] != '\0' ? ", " : "", name);
    }
    return out[0] != '\0' ? arena_printf(k->a, " (%s)", out) : "";
}

static const char *strategy_name(const char *letter) {
    switch (letter != NULL ? letter[0] : '\0') {
    case 'r':
        return "RANGE";
    case 'l':
        return "LIST";
    case 'h':
        return "HASH";
    case 'i':
        return "INTERVAL";
    default:
        return letter != NULL ? letter : "";
    }
}

static const char *og_sql(struct structure_catalog *k, const char *oids, const char *key) {
    return arena_printf(
        k->a,
        "SELECT p.parentid, p.relname, p.parttype, p.partstrategy, p.boundaries, %s, s.relname,"
        " s.partstrategy, s.boundaries FROM pg_partition p"
        " LEFT JOIN pg_partition s ON s.parentid = p.oid AND s.parttype = 's'"
        " WHERE p.parentid IN (%s) AND p.parttype IN ('r', 'p') ORDER BY p.parentid, p.relname, s.relname",
        key, oids);
}

static bool read_pg_partition(struct structure_catalog *k, struct found_tables *tables, const char *oids,
                              struct err *e) {
    struct gauss_rows rows;
    bool known;
    const char *const sql[] = {og_sql(k, oids, "p.partkey"), og_sql(k, oids, "NULL"), NULL};
    if (!structure_rows(k, CATALOG_PARTITIONS, sql, &rows, &known, e)) {
        return err_where(e, "partitions");
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct found_table *t = structure_table_of(tables, gauss_cell(&rows, i, 0));
        const char *name = gauss_cell(&rows, i, 1), *bounds = gauss_cell(&rows, i, 4), *sub = gauss_cell(&rows, i, 6);
        if (t == NULL) {
            continue;
        }
        const char *how = arena_printf(k->a, "%s%s", strategy_name(gauss_cell(&rows, i, 3)),
                                       key_names(k, t, gauss_cell(&rows, i, 5)));
        if (str_eq(gauss_cell(&rows, i, 2), "r")) {
            t->partition_key = how;
            continue;
        }
        char *definition = arena_printf(k->a, "%s %s", how, bounds != NULL ? bounds : "");
        if (sub != NULL) {
            const char *sub_bounds = gauss_cell(&rows, i, 8);
            definition = arena_printf(k->a, "%s / %s %s", definition, strategy_name(gauss_cell(&rows, i, 7)),
                                      sub_bounds != NULL ? sub_bounds : "");
        }
        structure_add(k, &t->partitions,
                      (struct found_object){.name = sub != NULL ? arena_printf(k->a, "%s.%s", name, sub) : name,
                                            .definition = definition,
                                            .valid = true});
    }
    return true;
}

bool structure_read_partitions(struct structure_catalog *k, struct found_tables *tables, const char *oids,
                               struct err *e) {
    return dialect_is_opengauss(k->dialect) ? read_pg_partition(k, tables, oids, e)
                                            : read_partition_tree(k, tables, oids, e);
}

/* ---- sequences ---- */

/* The sequence a default asks, else the one that belongs to the column. */
static bool find_sequences(struct structure_catalog *k, const struct found_tables *tables, struct gauss_rows *rows,
                           struct err *e) {
    bool known, pg = k->dialect == DIALECT_PG;
    const char *oids = structure_oids(k, tables);
    const char *more = pg ? ", q.seqincrement, q.seqmax" : ", NULL, NULL";
    const char *join = pg ? " JOIN pg_sequence q ON q.seqrelid = s.oid" : "";
    const char *const sql[] = {
        arena_printf(k->a,
                     "SELECT f.adrelid, f.adnum, n.nspname, s.relname, 1 AS place%s FROM pg_attrdef f"
                     " JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid"
                     " AND d.refclassid = 'pg_class'::regclass"
                     " JOIN pg_class s ON s.oid = d.refobjid AND s.relkind IN ('S', 'L')"
                     " JOIN pg_namespace n ON n.oid = s.relnamespace%s WHERE f.adrelid IN (%s)"
                     " UNION ALL SELECT d.refobjid, d.refobjsubid, n.nspname, s.relname, 2%s FROM pg_depend d"
                     " JOIN pg_class s ON s.oid = d.objid AND s.relkind IN ('S', 'L')"
                     " JOIN pg_namespace n ON n.oid = s.relnamespace%s"
                     " WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass"
                     " AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 AND d.refobjid IN (%s) ORDER BY 1, 2, 5",
                     more, join, oids, more, join, oids),
        NULL};
    return structure_rows(k, CATALOG_COUNTERS, sql, rows, &known, e);
}

static const char *sequence_sql(struct structure_catalog *k, const struct found_counter *c, size_t i) {
    return arena_printf(k->a, "SELECT %zu AS i, last_value, CASE WHEN is_called THEN 'y' ELSE 'n' END%s FROM %s.%s", i,
                        k->dialect == DIALECT_PG ? "" : ", increment_by", str_quote_pg(k->a, c->schema),
                        str_quote_pg(k->a, c->sequence));
}

/* increment and end: of PostgreSQL's catalog; openGauss tells the first with the value. */
static void take_value(struct structure_catalog *k, struct found_counter *c, const struct gauss_rows *rows, size_t i,
                       const char *increment, const char *end) {
    const char *last = gauss_cell(rows, i, 1);
    bool called = str_eq(gauss_cell(rows, i, 2), "y");
    c->next = structure_next_value(last, called, k->dialect == DIALECT_PG ? increment : gauss_cell(rows, i, 3));
    c->exhausted = called && str_eq(last, end != NULL ? end : "9223372036854775807");
    c->known = true;
}

static bool try_sequence(struct structure_catalog *k, const char *sql, struct gauss_rows *rows, const char **reason,
                         struct err *e) {
    struct err refused = ERR_INIT;
    *reason = NULL;
    if (!gauss_exec(k->c, STRUCTURE_SAVEPOINT, e)) {
        return false;
    }
    if (gauss_rows(k->c, k->a, sql, rows, &refused)) {
        return gauss_exec(k->c, STRUCTURE_RELEASE, e);
    }
    *reason = arena_strdup(k->lasting, refused.message);
    return structure_recover(k->c, &refused, e);
}

/* All with one statement; when one is refused, each alone. */
static bool read_values(struct structure_catalog *k, struct found_counter *all, size_t n, const char **increments,
                        const char **ends, struct err *e) {
    struct buf sql;
    struct gauss_rows rows;
    const char *reason = NULL;
    buf_init(&sql, 16u << 20);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        ok = buf_printf(&sql, e, "%s%s", i > 0 ? " UNION ALL " : "", sequence_sql(k, &all[i], i));
    }
    ok = ok && buf_terminate(&sql, e) && try_sequence(k, (char *)sql.data, &rows, &reason, e);
    buf_clear(&sql);
    if (!ok) {
        return false;
    }
    for (size_t i = 0; reason == NULL && i < rows.n; i++) {
        size_t which = strtoul(gauss_cell(&rows, i, 0), NULL, 10);
        if (which < n) {
            take_value(k, &all[which], &rows, i, increments[which], ends[which]);
        }
    }
    for (size_t i = 0; reason != NULL && i < n; i++) {
        if (!try_sequence(k, sequence_sql(k, &all[i], i), &rows, &all[i].reason, e)) {
            return false;
        }
        if (all[i].reason == NULL && rows.n == 1) {
            take_value(k, &all[i], &rows, 0, increments[i], ends[i]);
        }
    }
    return true;
}

bool structure_read_counters(struct structure_catalog *k, const struct found_tables *tables, struct found_counter **out,
                             size_t *n, struct err *e) {
    struct gauss_rows rows;
    *n = 0;
    *out = NULL;
    if (tables->n == 0) {
        return true;
    }
    if (!find_sequences(k, tables, &rows, e)) {
        return err_where(e, "sequences");
    }
    struct found_counter *all = arena_array(k->a, struct found_counter, rows.n + 1);
    const char **increments = arena_array(k->a, const char *, rows.n + 1);
    const char **ends = arena_array(k->a, const char *, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        uint32_t table = (uint32_t)strtoul(gauss_cell(&rows, i, 0), NULL, 10);
        int column = (int)strtol(gauss_cell(&rows, i, 1), NULL, 10);
        if (*n == 0 || all[*n - 1].table != table || all[*n - 1].column != column) {
            increments[*n] = gauss_cell(&rows, i, 5);
            ends[*n] = gauss_cell(&rows, i, 6);
            all[(*n)++] = (struct found_counter){.table = table,
                                                 .column = column,
                                                 .schema = gauss_cell(&rows, i, 2),
                                                 .sequence = gauss_cell(&rows, i, 3)};
        }
    }
    *out = all;
    return *n == 0 || read_values(k, all, *n, increments, ends, e) || err_where(e, "sequences");
}
