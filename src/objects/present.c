/* Is what an earlier run has made still there? Triggers go with their tables, and people drop things. */
#include <string.h>

#include "base/str.h"
#include "engine/made_objects.h"
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

/* Those that were noted when they were made: as they should be, and as they are. */
static bool look_at_triggers(struct objects *o, struct err *e) {
    static const char there[] = "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
                                "n.nspname = 'godwit' AND c.relname = 'source_trigger'";
    struct arena *a = &o->run.arena;
    struct gauss_rows rows;
    char *sql = arena_printf(
        a,
        "SELECT s.\"name\", CASE WHEN s.\"enabled\" = 1 THEN 'on' ELSE 'off' END, CASE WHEN t.tgname IS NULL THEN "
        "'gone' WHEN t.tgenabled = 'D' THEN 'off' ELSE 'on' END FROM godwit.source_trigger s LEFT JOIN pg_namespace n "
        "ON n.nspname = s.\"table_schema\" LEFT JOIN pg_class k ON k.relnamespace = n.oid AND k.relname = "
        "s.\"table_name\" LEFT JOIN pg_trigger t ON t.tgrelid = k.oid AND t.tgname = s.\"trigger_name\" WHERE "
        "s.\"task\" = %s AND s.\"table_name\" <> '" MADE_EVENT "'",
        str_literal_pg(a, o->run.name));
    if (!gauss_rows(o->run.target, a, there, &rows, e) ||
        (rows.n > 0 && !gauss_rows(o->run.target, a, sql, &rows, e))) {
        return err_where(e, "triggers in the target");
    }
    for (size_t i = 0; i < rows.n && rows.ncols == 3; i++) {
        struct db_object *x = objects_find(o, "trigger", gauss_cell(&rows, i, 0));
        const char *wanted = gauss_cell(&rows, i, 1), *is = gauss_cell(&rows, i, 2);
        if (x != NULL) {
            x->trigger_off = str_eq(is, "off");
            x->trigger_wrong = str_eq(wanted, is)  ? NULL
                               : str_eq(is, "off") ? "the trigger is disabled in the target"
                               : str_eq(is, "on")
                                   ? "the trigger is enabled in the target, though changes of the source "
                                     "are still followed"
                                   : "the trigger is not in the target any more";
        }
    }
    return true;
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
        x->present = present(o, x, &rows);
        if (x->state == OBJECT_IS_MIGRATED && !x->present) {
            x->state = OBJECT_IS_WAITING;
        }
    }
    return look_at_triggers(o, e);
}
