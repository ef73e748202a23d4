/* The target as the reference: what it has and MySQL has not. The rest of the check begins with MySQL's tables, and would never look
 * at these. See check.h. */
#include <string.h>

#include "base/str.h"
#include "check/reference.h"

static bool has_table(const struct database *db, const char *target_name) {
    for (size_t i = 0; i < db->ntables; i++) {
        if (str_eq(db->tables[i].target_name, target_name)) {
            return true;
        }
    }
    return false;
}

static void add(struct check_report *report, const char *database, const char *name) {
    struct arena *a = &report->arena;
    struct check_table_report *all = arena_array(a, struct check_table_report, report->ntables + 1);
    memcpy(all, report->tables, report->ntables * sizeof *all);
    all[report->ntables++] =
        (struct check_table_report){.source = arena_strdup(a, name),
                                    .target = arena_printf(a, "%s.%s", database, name),
                                    .not_checkable = arena_strdup(a, "the source has no such table")};
    report->tables = all;
    report->different = true;
}

bool reference_tables(struct run *r, struct check_report *report, struct err *e) {
    const char *schema = r->db.tables[0].target_schema;
    struct gauss_rows rows;
    /* Partitions are no tables of their own, and what belongs to an extension is nobody's data. */
    char *sql = arena_printf(&r->arena,
                             "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                             " WHERE n.nspname = %s AND c.relkind IN ('r', 'p')%s"
                             " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass"
                             " AND d.objid = c.oid AND d.deptype = 'e') ORDER BY c.relname",
                             str_literal_pg(&r->arena, schema),
                             r->identity.dialect == DIALECT_PG ? " AND NOT c.relispartition" : "");
    if (str_eq(schema, "godwit")) {
        return true; /* the loads' own records lie beside */
    }
    if (!gauss_rows(r->target, &r->arena, sql, &rows, e)) {
        return err_where(e, "tables of the target");
    }
    for (size_t i = 0; i < rows.n; i++) {
        const char *name = gauss_cell(&rows, i, 0);
        if (!has_table(&r->db, name) && catalog_filter_match(&r->task->tables, name)) {
            add(report, r->task->source_database, name);
        }
    }
    return true;
}
