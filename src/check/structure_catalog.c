/* Reads tables with their columns, indexes, constraints and triggers. See structure_catalog.h.
 *
 * Booleans are asked for as 'y' and 'n': openGauss B prints its own as 1 and 0. No text is compared with '' in SQL: that is
 * NULL in an A database. */
#include "check/structure_catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "check/structure_text.h"

static bool yes(const char *cell) {
    return str_eq(cell, "y");
}

static const char *text_or_null(const char *cell) {
    return cell != NULL && cell[0] != '\0' ? cell : NULL;
}

/* Both schemas' texts get the real one's name. */
static const char *real_text(struct structure_catalog *k, const char *text) {
    return structure_replace(k->a, text_or_null(text), k->scratch, k->real);
}

/* ---- statements that may be refused ---- */

bool structure_recover(struct gauss_client *c, const struct err *refused, struct err *e) {
    bool ours = gauss_usable(c) && gauss_tx_status(c) == 'E' && refused->code != ERR_TARGET_CANCELLED &&
                refused->code != ERR_TARGET_FULL && refused->code != ERR_LIMIT;
    if (!ours) {
        err_copy(e, refused);
        return false;
    }
    return gauss_exec(c, STRUCTURE_UNDO, e) && gauss_exec(c, STRUCTURE_RELEASE, e);
}

bool structure_rows(struct structure_catalog *k, enum catalog_kind kind, const char *const *sql,
                    struct gauss_rows *rows, bool *known, struct err *e) {
    memset(rows, 0, sizeof *rows);
    *known = k->refused[kind] == NULL;
    while (*known) {
        struct err refused = ERR_INIT;
        if (!gauss_exec(k->c, STRUCTURE_SAVEPOINT, e)) {
            return false;
        }
        if (gauss_rows(k->c, k->a, sql[k->variant[kind]], rows, &refused)) {
            return gauss_exec(k->c, STRUCTURE_RELEASE, e);
        }
        if (!structure_recover(k->c, &refused, e)) {
            return false;
        }
        if (sql[++k->variant[kind]] == NULL) {
            k->refused[kind] = arena_printf(k->lasting, "the target does not tell: %s", refused.message);
            *known = false;
        }
    }
    memset(rows, 0, sizeof *rows);
    return true;
}

/* ---- tables ---- */

const char *structure_oids(struct structure_catalog *k, const struct found_tables *tables) {
    char *out = arena_alloc(k->a, tables->n * 12 + 2), *at = out;
    *at++ = '0'; /* no relation's */
    *at = '\0';
    for (size_t i = 0; i < tables->n; i++) {
        at += snprintf(at, 13, ",%u", tables->items[i].oid);
    }
    return out;
}

struct found_table *structure_table_of(struct found_tables *tables, const char *oid) {
    unsigned long wanted = oid != NULL ? strtoul(oid, NULL, 10) : 0;
    size_t from = 0, to = tables->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (tables->items[middle].oid == wanted) {
            return &tables->items[middle];
        }
        if (tables->items[middle].oid < wanted) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return NULL;
}

struct found_table *structure_find_table(const struct found_tables *tables, const char *name) {
    for (size_t i = 0; i < tables->n; i++) {
        if (str_eq(tables->items[i].name, name)) {
            return &tables->items[i];
        }
    }
    return NULL;
}

bool structure_read_relations(struct structure_catalog *k, uint32_t schema, const char *const *names, size_t n,
                              struct found_tables *out, struct err *e) {
    struct buf sql;
    struct gauss_rows rows;
    buf_init(&sql, 16u << 20);
    *out = (struct found_tables){0};
    bool ok = buf_printf(&sql, e,
                         "SELECT c.oid, c.relname, c.relkind, c.relpersistence, obj_description(c.oid, 'pg_class')"
                         " FROM pg_class c WHERE c.relnamespace = %u AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
                         " AND c.relname IN (",
                         schema);
    for (size_t i = 0; ok && i < n; i++) {
        ok = buf_printf(&sql, e, "%s%s", i > 0 ? ", " : "", str_literal_pg(k->a, names[i]));
    }
    ok = ok && buf_puts(&sql, ") ORDER BY c.oid", e) && buf_terminate(&sql, e) &&
         (n == 0 || gauss_rows(k->c, k->a, (char *)sql.data, &rows, e));
    buf_clear(&sql);
    if (!ok || n == 0) {
        return ok;
    }
    out->items = arena_array(k->a, struct found_table, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct found_table *t = &out->items[out->n++];
        t->oid = (uint32_t)strtoul(gauss_cell(&rows, i, 0), NULL, 10);
        t->name = gauss_cell(&rows, i, 1);
        t->kind = gauss_cell(&rows, i, 2)[0];
        t->persistence = gauss_cell(&rows, i, 3)[0];
        t->comment = text_or_null(gauss_cell(&rows, i, 4));
    }
    return true;
}

/* ---- columns ---- */

enum {
    COL_TABLE,
    COL_NUMBER,
    COL_NAME,
    COL_TYPE,
    COL_NOT_NULL,
    COL_EXPR,
    COL_GENERATED,
    COL_IDENTITY,
    COL_COMMENT,
    COL_COLLATION,
    COL_LABELS,
    COL_ON_UPDATE,
    COL_TYPE_OID
};

static const char *columns_sql(struct structure_catalog *k, const char *oids, const char *value, const char *generated,
                               const char *identity, const char *on_update) {
    return arena_printf(
        k->a,
        "SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),"
        " CASE WHEN a.attnotnull THEN 'y' ELSE 'n' END, %s, %s, %s,"
        " col_description(a.attrelid, a.attnum), (SELECT c.collname FROM pg_collation c WHERE c.oid = a.attcollation),"
        " (SELECT string_agg(quote_literal(l.enumlabel::text), ',' ORDER BY l.enumsortorder) FROM pg_enum l"
        " WHERE l.enumtypid = a.atttypid), %s, a.atttypid FROM pg_attribute a"
        " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
        " WHERE a.attrelid IN (%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum",
        value, generated, identity, on_update, oids);
}

/* A type that exists for one column only has the table's and the schema's names in its own. */
struct own_types {
    const char **names;
    const char **become;
    size_t n, cap, become_cap;
};

static const char *without_own_types(struct structure_catalog *k, const struct own_types *own, const char *text) {
    for (size_t i = 0; text != NULL && i < own->n; i++) {
        text = structure_replace(k->a, text, own->names[i], own->become[i]);
    }
    return text;
}

static bool ends_with(const char *text, const char *tail) {
    size_t n = strlen(text), m = strlen(tail);
    return n >= m && strcmp(text + n - m, tail) == 0;
}

/* openGauss B: set('a','b') instead of shop.orders_flags_set, or NULL if it is no set. */
static const char *set_type(struct structure_catalog *k, const char *type, const char *oid,
                            const struct gauss_rows *sets) {
    for (size_t i = 0; i < sets->n; i++) {
        if (str_eq(gauss_cell(sets, i, 0), oid)) {
            return arena_printf(k->a, "set(%s)", gauss_cell(sets, i, 1));
        }
    }
    bool looks = k->refused[CATALOG_SETS] != NULL && (ends_with(type, "_set") || ends_with(type, "_set\""));
    return looks ? "set" : NULL;
}

/* openGauss B: enum('a','b') instead of shop.orders_state_16400_anonymous_enum_1, whose tail a long name may lose. */
static const char *column_type(struct structure_catalog *k, const struct gauss_rows *rows, size_t i,
                               const struct gauss_rows *sets, struct own_types *own) {
    const char *type = gauss_cell(rows, i, COL_TYPE), *labels = gauss_cell(rows, i, COL_LABELS), *become = NULL;
    if (k->dialect == DIALECT_OG_B) {
        become = labels != NULL ? arena_printf(k->a, "enum(%s)", labels)
                                : set_type(k, type, gauss_cell(rows, i, COL_TYPE_OID), sets);
    }
    if (become == NULL) {
        return real_text(k, structure_plain_type(k->a, k->dialect, type));
    }
    own->names = arena_grow(k->a, own->names, own->n, &own->cap, sizeof *own->names);
    own->become = arena_grow(k->a, own->become, own->n, &own->become_cap, sizeof *own->become);
    own->names[own->n] = type;
    own->become[own->n++] = become;
    return become;
}

static const char *counter_kind(const char *identity, const char *expr) {
    return str_eq(identity, "a")                     ? "identity (always)"
           : str_eq(identity, "d")                   ? "identity"
           : expr == NULL                            ? NULL
           : str_ieq(expr, "AUTO_INCREMENT")         ? "auto_increment"
           : str_starts(expr, "nextval(")            ? "sequence"
           : str_starts(expr, "pg_catalog.nextval(") ? "sequence"
                                                     : NULL;
}

static void add_column(struct structure_catalog *k, struct found_table *t, const struct gauss_rows *rows, size_t i,
                       const char *type, const struct own_types *own) {
    const char *expr = real_text(k, without_own_types(k, own, gauss_cell(rows, i, COL_EXPR)));
    const char *counter = counter_kind(gauss_cell(rows, i, COL_IDENTITY), expr);
    bool generated = yes(gauss_cell(rows, i, COL_GENERATED));
    t->columns = arena_grow(k->a, t->columns, t->ncolumns, &t->columns_cap, sizeof *t->columns);
    t->columns[t->ncolumns++] = (struct found_column){
        .number = (int)strtol(gauss_cell(rows, i, COL_NUMBER), NULL, 10),
        .name = gauss_cell(rows, i, COL_NAME),
        .type = type,
        .not_null = yes(gauss_cell(rows, i, COL_NOT_NULL)),
        .comment = text_or_null(gauss_cell(rows, i, COL_COMMENT)),
        .collation = gauss_cell(rows, i, COL_COLLATION),
        .value = generated || counter != NULL ? NULL : expr,
        .generated = generated ? expr : NULL,
        .on_update = real_text(k, gauss_cell(rows, i, COL_ON_UPDATE)),
        .counter = counter,
    };
}

static bool read_sets(struct structure_catalog *k, const char *oids, struct gauss_rows *sets, struct err *e) {
    bool known;
    const char *const sql[] = {
        arena_printf(
            k->a,
            "SELECT s.settypid, string_agg(quote_literal(s.setlabel::text), ',' ORDER BY s.setsortorder)"
            " FROM pg_set s WHERE s.settypid IN (SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid IN (%s))"
            " GROUP BY s.settypid",
            oids),
        NULL};
    memset(sets, 0, sizeof *sets);
    return k->dialect != DIALECT_OG_B || structure_rows(k, CATALOG_SETS, sql, sets, &known, e);
}

static bool read_columns(struct structure_catalog *k, struct found_tables *tables, const char *oids,
                         struct own_types *own, struct err *e) {
    struct gauss_rows rows, sets;
    bool known, opengauss = dialect_is_opengauss(k->dialect);
    static const char plain[] = "pg_get_expr(d.adbin, d.adrelid)";
    /* openGauss has a row here for a column with ON UPDATE alone: its default is no expression then. */
    static const char og_value[] = "CASE WHEN length(d.adsrc) > 0 THEN pg_get_expr(d.adbin, d.adrelid) END";
    static const char og_generated[] = "CASE WHEN d.adgencol = 's' THEN 'y' ELSE 'n' END";
    /* Printed now, as the text kept beside it depends on the search_path of whoever made the table. */
    static const char og_on_update[] =
        "CASE WHEN length(d.adsrc_on_update) > 0 THEN pg_get_expr(d.adbin_on_update, d.adrelid) END";
    const char *const pg[] = {
        columns_sql(k, oids, plain, "CASE WHEN a.attgenerated = 's' THEN 'y' ELSE 'n' END", "a.attidentity", "NULL"),
        NULL};
    const char *const og[] = {columns_sql(k, oids, og_value, og_generated, "NULL", og_on_update),
                              columns_sql(k, oids, og_value, og_generated, "NULL", "d.adsrc_on_update"),
                              columns_sql(k, oids, plain, og_generated, "NULL", "NULL"), NULL};
    if (!read_sets(k, oids, &sets, e) || !structure_rows(k, CATALOG_COLUMNS, opengauss ? og : pg, &rows, &known, e)) {
        return err_where(e, "columns");
    }
    const char **types = arena_array(k->a, const char *, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) { /* all names first: a check may have another column's type */
        types[i] = column_type(k, &rows, i, &sets, own);
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct found_table *t = structure_table_of(tables, gauss_cell(&rows, i, COL_TABLE));
        if (t != NULL) {
            add_column(k, t, &rows, i, types[i], own);
        }
    }
    return true;
}

/* ---- objects ---- */

void structure_add(struct structure_catalog *k, struct found_objects *to, struct found_object o) {
    to->items = arena_grow(k->a, to->items, to->n, &to->cap, sizeof *to->items);
    to->items[to->n++] = o;
}

static const char *indexes_sql(struct structure_catalog *k, const char *oids, const char *valid, const char *visible) {
    return arena_printf(
        k->a,
        "SELECT x.indrelid, i.relname, CASE WHEN x.indisprimary THEN 'y' ELSE 'n' END,"
        " CASE WHEN %s THEN 'y' ELSE 'n' END, CASE WHEN %s THEN 'y' ELSE 'n' END, pg_get_indexdef(x.indexrelid),"
        " obj_description(x.indexrelid, 'pg_class') FROM pg_index x"
        " JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid IN (%s)"
        " ORDER BY x.indrelid, i.relname",
        valid, visible, oids);
}

static bool read_indexes(struct structure_catalog *k, struct found_tables *tables, const char *oids,
                         const struct own_types *own, struct err *e) {
    struct gauss_rows rows;
    bool known;
    const char *const pg[] = {indexes_sql(k, oids, "x.indisvalid", "true"), NULL};
    /* What ALTER TABLE .. DROP PARTITION leaves of a global index there is valid, but not usable. */
    const char *const og[] = {
        indexes_sql(k, oids, "x.indisvalid AND x.indisusable", "x.indisvisible"),
        indexes_sql(k, oids, "x.indisvalid", "x.indisvisible"),
        indexes_sql(k, oids, "x.indisvalid", "pg_get_indexdef(x.indexrelid) NOT LIKE '% INVISIBLE'"), NULL};
    if (!structure_rows(k, CATALOG_INDEXES, dialect_is_opengauss(k->dialect) ? og : pg, &rows, &known, e)) {
        return err_where(e, "indexes");
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct found_table *t = structure_table_of(tables, gauss_cell(&rows, i, 0));
        if (t != NULL) {
            const char *definition = structure_index_definition(k->a, gauss_cell(&rows, i, 5));
            structure_add(k, yes(gauss_cell(&rows, i, 2)) ? &t->primary : &t->indexes,
                          (struct found_object){
                              .name = gauss_cell(&rows, i, 1),
                              .definition = real_text(k, without_own_types(k, own, definition)),
                              .comment = text_or_null(gauss_cell(&rows, i, 6)),
                              .valid = yes(gauss_cell(&rows, i, 3)),
                              .hidden = !yes(gauss_cell(&rows, i, 4)),
                          });
        }
    }
    return true;
}

/* PostgreSQL keeps further rows for the partitions that a foreign key points at: those are parts of it. */
static bool read_constraints(struct structure_catalog *k, struct found_tables *tables, const char *oids,
                             const struct own_types *own, struct err *e) {
    struct gauss_rows rows;
    bool known;
    const char *const sql[] = {arena_printf(k->a,
                                            "SELECT k.conrelid, k.conname, k.contype,"
                                            " CASE WHEN k.convalidated THEN 'y' ELSE 'n' END,"
                                            " pg_get_constraintdef(k.oid) FROM pg_constraint k"
                                            " WHERE k.conrelid IN (%s) AND k.contype IN ('c', 'f')%s"
                                            " ORDER BY k.conrelid, k.conname",
                                            oids, k->dialect == DIALECT_PG ? " AND k.conparentid = 0" : ""),
                               NULL};
    if (!structure_rows(k, CATALOG_CONSTRAINTS, sql, &rows, &known, e)) {
        return err_where(e, "constraints");
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct found_table *t = structure_table_of(tables, gauss_cell(&rows, i, 0));
        const char *definition = gauss_cell(&rows, i, 4);
        if (t != NULL && definition != NULL) {
            definition = structure_without_not_valid(k->a, definition);
            structure_add(k, str_eq(gauss_cell(&rows, i, 2), "f") ? &t->foreign_keys : &t->checks,
                          (struct found_object){
                              .name = gauss_cell(&rows, i, 1),
                              .definition = real_text(k, without_own_types(k, own, definition)),
                              .valid = yes(gauss_cell(&rows, i, 3)),
                          });
        }
    }
    return true;
}

static char *triggers_sql(struct structure_catalog *k, const char *oids, const char *but) {
    return arena_printf(k->a,
                        "SELECT t.tgrelid, t.tgname, t.tgtype, CASE WHEN t.tgenabled = 'D' THEN 'n' ELSE 'y' END,"
                        " pg_get_triggerdef(t.oid), p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
                        " WHERE NOT t.tgisinternal AND t.tgrelid IN (%s)%s ORDER BY t.tgrelid, t.tgname",
                        oids, but);
}

/* Those of the source, made behind the load (engine/made_objects.h), are no part of a table's definition here. */
static bool read_triggers(struct structure_catalog *k, struct found_tables *tables, const char *oids, struct err *e) {
    static const char but_made[] =
        " AND NOT EXISTS (SELECT 1 FROM godwit.source_trigger s JOIN pg_namespace n ON n.nspname = s.\"table_schema\""
        " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.\"table_name\" WHERE c.oid = t.tgrelid AND"
        " s.\"trigger_name\" = t.tgname)";
    struct gauss_rows rows;
    bool known;
    const char *const sql[] = {triggers_sql(k, oids, but_made), triggers_sql(k, oids, ""), NULL};
    if (!structure_rows(k, CATALOG_TRIGGERS, sql, &rows, &known, e)) {
        return err_where(e, "triggers");
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct found_table *t = structure_table_of(tables, gauss_cell(&rows, i, 0));
        if (t != NULL) {
            structure_add(k, &t->triggers,
                          (struct found_object){
                              .name = gauss_cell(&rows, i, 1),
                              .events = (unsigned)strtoul(gauss_cell(&rows, i, 2), NULL, 10),
                              .valid = yes(gauss_cell(&rows, i, 3)),
                              .definition = real_text(k, gauss_cell(&rows, i, 4)),
                              .body = real_text(k, gauss_cell(&rows, i, 5)),
                          });
        }
    }
    return true;
}

bool structure_read_tables(struct structure_catalog *k, struct found_tables *tables, struct err *e) {
    struct own_types own = {0};
    if (tables->n == 0) {
        return true;
    }
    const char *oids = structure_oids(k, tables);
    return read_columns(k, tables, oids, &own, e) && read_indexes(k, tables, oids, &own, e) &&
           read_constraints(k, tables, oids, &own, e) && read_triggers(k, tables, oids, e) &&
           structure_read_partitions(k, tables, oids, e);
}
