/* Is what an earlier run has made still there? Triggers go with their tables, and people drop things. */
#include <string.h>

#include "base/str.h"
#include "objects/internal.h"
#include "schema/names.h"

static bool found(const struct gauss_rows *rows, const char *kind, const char *name) {
    for (size_t i = 0; i < rows->n; i++) {
        if (str_eq(gauss_cell(rows, i, 0), kind) && str_eq(gauss_cell(rows, i, 1), name)) {
            return true;
        }
    }
    return false;
}

static bool present(struct objects *o, const struct db_object *x, const struct gauss_rows *rows) {
    if (x->edited) { /* how it is called is known to who has written it */
        return true;
    }
    switch (x->kind) {
    case SQL_OBJECT_VIEW:
        return found(rows, "view", x->target_name);
    case SQL_OBJECT_TRIGGER: {
        char *numbered = arena_printf(&o->run.arena, "%02u_%s", x->place, x->target_name);
        numbered[str_utf8_cut(numbered, strlen(numbered), NAME_MAX_BYTES)] = '\0';
        return found(rows, "trigger", x->target_name) || found(rows, "trigger", numbered);
    }
    case SQL_OBJECT_EVENT:
        return o->run.identity.dialect == DIALECT_OG_B || found(rows, "routine", x->target_name);
    default:
        return found(rows, "routine", x->target_name);
    }
}

bool objects_present(struct objects *o, struct err *e) {
    struct arena *a = &o->run.arena;
    struct gauss_rows rows;
    char *schema = str_literal_pg(a, o->target_schema);
    char *sql = arena_printf(
        a,
        "SELECT 'view', CAST(c.relname AS text) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = %s AND c.relkind = 'v' "
        "UNION ALL SELECT 'routine', CAST(p.proname AS text) FROM pg_proc p JOIN pg_namespace n ON n.oid = "
        "p.pronamespace WHERE n.nspname = %s "
        "UNION ALL SELECT 'trigger', CAST(t.tgname AS text) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND NOT t.tgisinternal",
        schema, schema, schema);
    if (!gauss_rows(o->run.target, a, sql, &rows, e)) {
        return err_where(e, "objects in the target");
    }
    for (size_t i = 0; i < o->n; i++) {
        struct db_object *x = &o->items[i];
        if (x->state == OBJECT_IS_MIGRATED && !present(o, x, &rows)) {
            x->state = OBJECT_IS_WAITING;
        }
    }
    return true;
}
