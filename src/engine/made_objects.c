/* See made_objects.h. */
#include "engine/made_objects.h"

#include <jansson.h>

#include "base/log.h"
#include "base/str.h"

static void roll_back(struct gauss_client *c) {
    struct err ignored = ERR_INIT;
    if (gauss_usable(c) && gauss_tx_status(c) != 'I' && !gauss_exec(c, "ROLLBACK", &ignored)) {
        log_err("rollback", &ignored); /* the next use of the session reports it */
    }
}

/* ---- away ---- */

/* What one object's record says. False: a statement was refused, and nothing of it is done. */
static bool drop_one(struct gauss_client *c, const char *statements, struct err *refused) {
    json_t *list = statements != NULL ? json_loads(statements, 0, NULL) : NULL, *one;
    size_t i;
    bool ok = gauss_exec(c, "SAVEPOINT godwit_made", refused);
    json_array_foreach(list, i, one) {
        ok = ok && gauss_exec(c, json_string_value(one), refused);
    }
    json_decref(list);
    struct err other = ERR_INIT;
    if (!ok && gauss_usable(c) && !gauss_exec(c, "ROLLBACK TO SAVEPOINT godwit_made", &other)) {
        log_err("rollback", &other);
    }
    return ok;
}

/* Views are shown by others: as long as one goes, the others are tried again. */
static bool drop_all(struct gauss_client *c, const struct gauss_rows *rows, bool *gone, struct err *e) {
    size_t left = rows->n, before;
    struct err refused = ERR_INIT;
    do {
        before = left;
        err_clear(&refused);
        for (size_t i = 0; i < rows->n && gauss_usable(c); i++) {
            if (!gone[i] && drop_one(c, gauss_cell(rows, i, 2), &refused)) {
                gone[i] = true;
                left--;
            }
        }
    } while (left > 0 && left < before);
    if (left == 0) {
        return true;
    }
    err_copy(e, &refused);
    return err_where(e, "views and programs of an earlier run, which are to go before their tables");
}

bool made_objects_drop(struct gauss_client *c, const char *task, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    char *name = str_literal_pg(&a, task);
    char *sql =
        arena_printf(&a,
                     "SELECT \"kind\", \"name\", \"drops\" FROM godwit.object WHERE \"task\" = %s AND \"state\" "
                     "<> 1 ORDER BY CASE \"kind\" WHEN 'trigger' THEN 1 WHEN 'event' THEN 2 WHEN 'view' THEN 3 "
                     "ELSE 4 END, \"changed_at\" DESC",
                     name);
    bool ok = gauss_exec(c, "BEGIN", e) && gauss_rows(c, &a, sql, &rows, e);
    if (ok && rows.n > 0) {
        log_info("drop_objects", "%zu views and programs of an earlier run", rows.n);
        ok = drop_all(c, &rows, arena_array(&a, bool, rows.n), e) &&
             gauss_execf(c, e, "DELETE FROM godwit.source_trigger WHERE \"task\" = %s", name) &&
             gauss_execf(c, e, "UPDATE godwit.object SET \"state\" = 1 WHERE \"task\" = %s", name);
    }
    ok = ok && gauss_exec(c, "COMMIT", e);
    if (!ok) {
        roll_back(c);
    }
    arena_clear(&a);
    return ok;
}

/* ---- triggers and events ---- */

bool made_trigger_note(struct gauss_client *c, const char *task, const char *object, const char *schema,
                       const char *table, const char *trigger, bool enabled, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = gauss_execf(c, e,
                          "INSERT INTO godwit.source_trigger (\"task\", \"name\", \"table_schema\", \"table_name\", "
                          "\"trigger_name\", \"enabled\") VALUES (%s, %s, %s, %s, %s, %d)",
                          str_literal_pg(&a, task), str_literal_pg(&a, object), str_literal_pg(&a, schema),
                          str_literal_pg(&a, table), str_literal_pg(&a, trigger), enabled ? 1 : 0);
    arena_clear(&a);
    return ok;
}

char *made_trigger_forget_sql(struct arena *a, const char *task, const char *object, bool event) {
    return arena_printf(
        a,
        "DELETE FROM godwit.source_trigger WHERE \"task\" = %s AND \"name\" = %s AND \"table_name\" %s '" MADE_EVENT
        "'",
        str_literal_pg(a, task), str_literal_pg(a, object), event ? "=" : "<>");
}

static bool event_exists(struct gauss_client *c, struct arena *a, const char *schema, const char *event, bool *yes,
                         struct err *e) {
    struct gauss_rows rows;
    char *sql =
        arena_printf(a, "SELECT 1 FROM pg_job WHERE nspname = %s AND job_name = %s AND dbname = current_database()",
                     str_literal_pg(a, schema), str_literal_pg(a, event));
    bool ok = gauss_rows(c, a, sql, &rows, e);
    *yes = ok && rows.n > 0;
    return ok;
}

static bool switch_event(struct gauss_client *c, struct arena *a, const char *schema, const char *event, bool on,
                         struct err *e) {
    return gauss_execf(c, e, "ALTER EVENT %s.%s %s", str_quote_pg(a, schema), str_quote_pg(a, event),
                       on ? "ENABLE" : "DISABLE") ||
           err_where(e, "event %s", event);
}

bool made_event_note(struct gauss_client *c, const char *task, const char *object, const char *schema,
                     const char *event, bool enabled, struct err *e) {
    struct arena a = ARENA_INIT;
    bool there, ok = event_exists(c, &a, schema, event, &there, e);
    ok = ok && (!there || ((enabled || switch_event(c, &a, schema, event, false, e)) &&
                           made_trigger_note(c, task, object, schema, MADE_EVENT, event, enabled, e)));
    arena_clear(&a);
    return ok;
}

static bool switch_events(struct gauss_client *c, struct arena *a, const char *task, bool on, struct err *e) {
    struct gauss_rows rows;
    bool there;
    char *sql = arena_printf(a,
                             "SELECT \"table_schema\", \"trigger_name\" FROM godwit.source_trigger WHERE \"task\" = %s "
                             "AND \"table_name\" = '" MADE_EVENT "' ORDER BY 1, 2",
                             str_literal_pg(a, task));
    bool ok = gauss_rows(c, a, sql, &rows, e);
    for (size_t i = 0; ok && i < rows.n; i++) {
        const char *schema = gauss_cell(&rows, i, 0), *event = gauss_cell(&rows, i, 1);
        ok = event_exists(c, a, schema, event, &there, e) && (!there || switch_event(c, a, schema, event, on, e));
    }
    if (ok && rows.n > 0) {
        log_info("events", "%zu events of the source's %s in the target", rows.n, on ? "enabled" : "disabled");
    }
    return ok;
}

static bool switch_all(struct gauss_client *c, struct arena *a, const char *task, bool on, size_t *n, struct err *e) {
    struct gauss_rows rows;
    char *name = str_literal_pg(a, task);
    char *sql = arena_printf(a,
                             "SELECT s.\"table_schema\", s.\"table_name\", s.\"trigger_name\" FROM "
                             "godwit.source_trigger s JOIN pg_namespace n ON n.nspname = s.\"table_schema\" JOIN "
                             "pg_class c ON c.relnamespace = n.oid AND c.relname = s.\"table_name\" JOIN pg_trigger t "
                             "ON t.tgrelid = c.oid AND t.tgname = s.\"trigger_name\" WHERE s.\"task\" = %s ORDER BY 1, "
                             "2, 3",
                             name);
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        const char *trigger = gauss_cell(&rows, i, 2);
        if (!gauss_execf(c, e, "ALTER TABLE %s.%s %s TRIGGER %s", str_quote_pg(a, gauss_cell(&rows, i, 0)),
                         str_quote_pg(a, gauss_cell(&rows, i, 1)), on ? "ENABLE" : "DISABLE",
                         str_quote_pg(a, trigger))) {
            return err_where(e, "trigger %s", trigger);
        }
    }
    *n = rows.n;
    return switch_events(c, a, task, on, e) &&
           gauss_execf(c, e, "UPDATE godwit.source_trigger SET \"enabled\" = %d WHERE \"task\" = %s", on ? 1 : 0, name);
}

bool made_triggers_switch(struct gauss_client *c, const char *task, bool on, size_t *n, struct err *e) {
    struct arena a = ARENA_INIT;
    *n = 0;
    bool ok = gauss_exec(c, "BEGIN", e) && switch_all(c, &a, task, on, n, e) && gauss_exec(c, "COMMIT", e);
    if (!ok) {
        roll_back(c);
    } else if (*n > 0) {
        log_info("triggers", "%zu triggers of the source's %s in the target", *n, on ? "enabled" : "disabled");
    }
    arena_clear(&a);
    return ok || err_where(e, "triggers in the target");
}
