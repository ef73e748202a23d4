/* See tree.h. */
#include "engine/tree.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "engine/source.h"
#include "engine/target.h"

static json_t *number(const char *cell) {
    return cell == NULL ? json_null() : json_integer((json_int_t)strtoll(cell, NULL, 10));
}

static json_t *text(const char *cell) {
    json_t *s = cell == NULL ? NULL : json_string(cell);
    return s != NULL ? s : json_null(); /* a name in no encoding is no name to choose */
}

static json_t *page(const char *level, const char *total, const struct tree_page *p, json_t *items) {
    return json_pack("{s:s, s:o, s:I, s:o}", "level", level, "total", number(total), "offset", (json_int_t)p->offset,
                     "items", items);
}

static char *limits(struct arena *a, const struct tree_page *p) {
    return arena_printf(a, " LIMIT %" PRIu64 " OFFSET %" PRIu64, p->limit, p->offset);
}

/* ---- MySQL, MariaDB ---- */

/* " AND .." of what is searched for; "" for all. Converted: collations of names differ between servers and levels. */
static char *source_search(struct arena *a, const char *column, const struct tree_page *p) {
    return p->search == NULL
               ? arena_strdup(a, "")
               : arena_printf(a, " AND LOCATE(LOWER(CONVERT(%s USING utf8mb4)), LOWER(CONVERT(%s USING utf8mb4))) > 0",
                              str_literal_mysql(a, p->search), column);
}

#define OURS "NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')"

/* The sizes of some databases: what is in them is read for a page of them only, because it is opened for that. */
static bool source_sizes(struct mysql_client *c, struct arena *a, const struct mysql_rows *names,
                         struct mysql_rows *out, struct err *e) {
    char *list = arena_strdup(a, "''");
    for (size_t i = 0; i < names->n; i++) {
        list = arena_printf(a, "%s, %s", list, str_literal_mysql(a, mysql_cell(names, i, 0)));
    }
    return mysql_rows(c, a,
                      arena_printf(a,
                                   "SELECT TABLE_SCHEMA, SUM(DATA_LENGTH + INDEX_LENGTH), COUNT(*)"
                                   " FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE'"
                                   " AND TABLE_SCHEMA IN (%s) GROUP BY TABLE_SCHEMA",
                                   list),
                      out, e);
}

static json_t *source_database(const struct mysql_rows *names, size_t i, const struct mysql_rows *sizes) {
    const char *name = mysql_cell(names, i, 0), *bytes = "0", *tables = "0";
    for (size_t k = 0; k < sizes->n; k++) {
        if (str_eq(mysql_cell(sizes, k, 0), name)) {
            bytes = mysql_cell(sizes, k, 1);
            tables = mysql_cell(sizes, k, 2);
        }
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:n}", "name", text(name), "bytes", number(bytes), "tables", number(tables),
                     "charset", text(mysql_cell(names, i, 1)), "compatibility");
}

static bool source_databases(struct mysql_client *c, struct arena *a, const struct tree_page *p, json_t **out,
                             struct err *e) {
    struct mysql_rows total, names, sizes;
    char *from = arena_printf(a, " FROM information_schema.SCHEMATA WHERE LOWER(SCHEMA_NAME) " OURS "%s",
                              source_search(a, "SCHEMA_NAME", p));
    char *sql =
        arena_printf(a, "SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME%s ORDER BY CAST(SCHEMA_NAME AS BINARY)%s", from,
                     limits(a, p));
    if (!mysql_rows(c, a, arena_printf(a, "SELECT COUNT(*)%s", from), &total, e) || !mysql_rows(c, a, sql, &names, e) ||
        !source_sizes(c, a, &names, &sizes, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < names.n; i++) {
        json_array_append_new(items, source_database(&names, i, &sizes));
    }
    *out = page("databases", mysql_cell(&total, 0, 0), p, items);
    return true;
}

bool tree_source_databases(const struct task *t, const struct tree_page *p, json_t **out, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_client *c = NULL;
    bool ok = source_open(t, &c, e) && source_databases(c, &a, p, out, e);
    mysql_close(c);
    arena_clear(&a);
    return ok;
}

static bool source_tables(struct mysql_client *c, struct arena *a, const char *database, const struct tree_page *p,
                          json_t **out, struct err *e) {
    struct mysql_rows total, rows;
    char *name = str_literal_mysql(a, database);
    char *from = arena_printf(a,
                              " FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s"
                              " AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW')%s",
                              name, source_search(a, "TABLE_NAME", p));
    char *sql = arena_printf(a,
                             "SELECT TABLE_NAME, CASE TABLE_TYPE WHEN 'VIEW' THEN 'view' ELSE 'table' END, TABLE_ROWS,"
                             " DATA_LENGTH + INDEX_LENGTH%s ORDER BY CAST(TABLE_NAME AS BINARY)%s",
                             from, limits(a, p));
    if (!mysql_rows(c, a,
                    arena_printf(a, "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = %s", name),
                    &total, e)) {
        return false;
    }
    if (str_eq(mysql_cell(&total, 0, 0), "0")) {
        return err_set(e, ERR_SOURCE_DATABASE, "there is no database %s, or the account may not see it", database);
    }
    if (!mysql_rows(c, a, arena_printf(a, "SELECT COUNT(*)%s", from), &total, e) || !mysql_rows(c, a, sql, &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(items,
                              json_pack("{s:o, s:o, s:o, s:o}", "name", text(mysql_cell(&rows, i, 0)), "kind",
                                        text(mysql_cell(&rows, i, 1)), "rows_estimate", number(mysql_cell(&rows, i, 2)),
                                        "bytes", number(mysql_cell(&rows, i, 3))));
    }
    *out = page("tables", mysql_cell(&total, 0, 0), p, items);
    return true;
}

bool tree_source_tables(const struct task *t, const char *database, const struct tree_page *p, json_t **out,
                        struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_client *c = NULL;
    bool ok = source_open(t, &c, e) && source_tables(c, &a, database, p, out, e);
    mysql_close(c);
    arena_clear(&a);
    return ok;
}

/* ---- openGauss, PostgreSQL ---- */

/* What databases and schemas are made with belongs to the system: its oids are below 16384 on either server. */
#define FIRST_OID "16384"

static char *target_search(struct arena *a, const char *column, const struct tree_page *p) {
    return p->search == NULL
               ? arena_strdup(a, "")
               : arena_printf(a, " AND strpos(lower(%s::text), lower(%s)) > 0", column, str_literal_pg(a, p->search));
}

struct target_tree {
    struct arena a;
    struct gauss_client *c;
    struct gauss_identity id;
    bool opengauss;
};

static bool open_target(struct target_tree *x, const struct task *t, struct err *e) {
    *x = (struct target_tree){0};
    if (!target_open(t, &x->a, &x->c, &x->id, e)) {
        return false;
    }
    x->opengauss = dialect_is_opengauss(x->id.dialect);
    return true;
}

static bool close_target(struct target_tree *x, bool ok) {
    gauss_close(x->c);
    arena_clear(&x->a);
    return ok;
}

/* sizes: with them; a server that does not tell sizes to this account is asked again without. */
static bool target_page(struct target_tree *x, const char *form, const char *sizes, const struct tree_page *p,
                        struct gauss_rows *rows, struct err *e) {
    struct err refused = ERR_INIT;
    char *tail = limits(&x->a, p);
    char *first = arena_printf(&x->a, "SELECT %s%s%s", sizes, form, tail);
    if (gauss_rows(x->c, &x->a, first, rows, &refused)) {
        return true;
    }
    if (!gauss_usable(x->c)) {
        err_copy(e, &refused);
        return false;
    }
    return gauss_rows(x->c, &x->a, arena_printf(&x->a, "SELECT NULL%s%s", form, tail), rows, e);
}

static bool target_total(struct target_tree *x, const char *from, const char **total, struct err *e) {
    struct gauss_rows rows;
    if (!gauss_rows(x->c, &x->a, arena_printf(&x->a, "SELECT count(*) %s", from), &rows, e)) {
        return false;
    }
    *total = gauss_cell(&rows, 0, 0);
    return true;
}

bool tree_target_databases(const struct task *t, const struct tree_page *p, json_t **out, struct err *e) {
    struct target_tree x = {0};
    struct gauss_rows rows;
    const char *total;
    if (!open_target(&x, t, e)) {
        return close_target(&x, false);
    }
    char *from = arena_printf(&x.a, "FROM pg_database d WHERE d.datallowconn AND NOT d.datistemplate%s",
                              target_search(&x.a, "d.datname", p));
    char *form = arena_printf(&x.a, ", d.datname, pg_encoding_to_char(d.encoding), %s %s ORDER BY d.datname",
                              x.opengauss ? "d.datcompatibility" : "NULL", from);
    bool ok =
        target_total(&x, from, &total, e) &&
        target_page(&x, form, "CASE WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid) END", p,
                    &rows, e);
    json_t *items = ok ? json_array() : NULL;
    for (size_t i = 0; ok && i < rows.n; i++) {
        json_array_append_new(items,
                              json_pack("{s:o, s:o, s:n, s:o, s:o}", "name", text(gauss_cell(&rows, i, 1)), "bytes",
                                        number(gauss_cell(&rows, i, 0)), "tables", "charset",
                                        text(gauss_cell(&rows, i, 2)), "compatibility", text(gauss_cell(&rows, i, 3))));
    }
    if (ok) {
        *out = page("databases", total, p, items);
    }
    return close_target(&x, ok);
}

/* Partitions are no tables of their own: PostgreSQL has them beside, openGauss in a catalog of theirs. */
static const char *is_table(const struct target_tree *x) {
    return x->opengauss              ? "c.relkind IN ('r', 'f')"
           : x->id.version >= 100000 ? "c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition"
                                     : "c.relkind IN ('r', 'f')";
}

bool tree_target_schemas(const struct task *t, const struct tree_page *p, json_t **out, struct err *e) {
    static const char ours[] =
        "FROM pg_namespace n WHERE (n.oid >= " FIRST_OID " OR n.nspname = 'public') AND n.nspname <> 'godwit'"
        " AND substr(n.nspname, 1, 3) <> 'pg_' AND NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid ="
        " 'pg_namespace'::regclass AND x.objid = n.oid AND x.deptype = 'e')";
    struct target_tree x = {0};
    struct gauss_rows rows;
    const char *total;
    if (!open_target(&x, t, e)) {
        return close_target(&x, false);
    }
    char *from = arena_printf(&x.a, "%s%s", ours, target_search(&x.a, "n.nspname", p));
    char *form = arena_printf(&x.a,
                              ", n.nspname, (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid AND %s)"
                              " %s ORDER BY n.nspname",
                              is_table(&x), from);
    bool ok = target_total(&x, from, &total, e) &&
              target_page(&x, form,
                          "(SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c WHERE"
                          " c.relnamespace = n.oid AND c.relkind IN ('r', 'm'))",
                          p, &rows, e);
    json_t *items = ok ? json_array() : NULL;
    for (size_t i = 0; ok && i < rows.n; i++) {
        json_array_append_new(items,
                              json_pack("{s:o, s:o, s:o}", "name", text(gauss_cell(&rows, i, 1)), "bytes",
                                        number(gauss_cell(&rows, i, 0)), "tables", number(gauss_cell(&rows, i, 2))));
    }
    if (ok) {
        *out = page("schemas", total, p, items);
    }
    return close_target(&x, ok);
}

/* Of a partitioned table that of its partitions. */
static const char *table_size(const struct target_tree *x) {
    return !x->opengauss && x->id.version >= 120000
               ? "CASE c.relkind WHEN 'p' THEN (SELECT sum(pg_total_relation_size(part.relid)) FROM"
                 " pg_partition_tree(c.oid) part) WHEN 'r' THEN pg_total_relation_size(c.oid) WHEN 'm' THEN"
                 " pg_total_relation_size(c.oid) END"
               : "CASE WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid) END";
}

static bool target_tables(struct target_tree *x, const char *schema, const struct tree_page *p, json_t **out,
                          struct err *e) {
    struct gauss_rows rows;
    const char *total, *literal = str_literal_pg(&x->a, schema);
    if (!target_total(x, arena_printf(&x->a, "FROM pg_namespace WHERE nspname = %s", literal), &total, e)) {
        return false;
    }
    if (str_eq(total, "0")) {
        return err_set(e, ERR_TARGET_DATABASE, "there is no schema %s in the database", schema);
    }
    char *from = arena_printf(&x->a,
                              "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND"
                              " (%s OR c.relkind IN ('v', 'm'))%s",
                              literal, is_table(x), target_search(&x->a, "c.relname", p));
    char *form = arena_printf(&x->a,
                              ", c.relname, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END,"
                              " CASE WHEN c.reltuples >= 0 AND c.relkind <> 'v' THEN c.reltuples::bigint END"
                              " %s ORDER BY c.relname",
                              from);
    if (!target_total(x, from, &total, e) || !target_page(x, form, table_size(x), p, &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_array_append_new(items,
                              json_pack("{s:o, s:o, s:o, s:o}", "name", text(gauss_cell(&rows, i, 1)), "kind",
                                        text(gauss_cell(&rows, i, 2)), "rows_estimate", number(gauss_cell(&rows, i, 3)),
                                        "bytes", number(gauss_cell(&rows, i, 0))));
    }
    *out = page("tables", total, p, items);
    return true;
}

bool tree_target_tables(const struct task *t, const char *schema, const struct tree_page *p, json_t **out,
                        struct err *e) {
    struct target_tree x = {0};
    return close_target(&x, open_target(&x, t, e) && target_tables(&x, schema, p, out, e));
}
