/* DROP of what ddl_make creates for a table. Never CASCADE: a view or another schema's foreign key that depends on the
 * table is not ours to drop, and makes the DROP fail with its name. */
#include "schema/ddl_internal.h"

/* Foreign keys from tables of the same schema are ours: they are made again after the load. */
static const char drop_references[] =
    "DO $body$\n"
    "DECLARE k record;\n"
    "BEGIN\n"
    "  FOR k IN SELECT c.conname AS name, r.relname AS tab FROM pg_constraint c\n"
    "      JOIN pg_class t ON t.oid = c.confrelid JOIN pg_namespace s ON s.oid = t.relnamespace\n"
    "      JOIN pg_class r ON r.oid = c.conrelid\n"
    "      WHERE c.contype = 'f' AND s.nspname = %s AND t.relname = %s\n"
    "        AND r.relnamespace = t.relnamespace AND r.oid <> t.oid\n"
    "  LOOP\n"
    "    EXECUTE concat('ALTER TABLE ', quote_ident(%s), '.', quote_ident(k.tab), ' DROP CONSTRAINT ',\n"
    "      quote_ident(k.name));\n"
    "  END LOOP;\n"
    "END\n"
    "$body$;\n";

char *ddl_drop_table(struct arena *a, const struct table *t, const struct ddl_options *o) {
    struct text sql = {.a = a};
    char *schema = str_literal_pg(a, t->target_schema);
    text_add(&sql, drop_references, schema, str_literal_pg(a, t->target_name), schema);
    text_add(&sql, "DROP TABLE IF EXISTS %s", ddl_table_name(a, t));
    bool trigger = false;
    for (size_t i = 0; i < t->ncolumns; i++) {
        trigger = trigger || (t->columns[i].on_update != NULL && o->types.dialect != DIALECT_OG_B);
    }
    if (trigger) {
        text_add(&sql, ";\nDROP FUNCTION IF EXISTS %s()", ddl_trigger_function(a, t));
    }
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (t->columns[i].target.enum_type) {
            text_add(&sql, ";\nDROP TYPE IF EXISTS %s", t->columns[i].target.ddl);
        }
    }
    return sql.s;
}
