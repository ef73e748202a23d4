/* See definition.h. */
#include "follow/definition.h"

#include <string.h>

#include "base/str.h"

static char *truncate_sql(struct arena *a, const struct table *t) {
    return arena_printf(a, "TRUNCATE TABLE %s.%s", str_quote_pg(a, t->target_schema), str_quote_pg(a, t->target_name));
}

bool definition_translate(struct arena *a, const struct definition_scope *s, const struct feed_item *item,
                          struct definition *out, struct err *e) {
    const struct feed_session *from = &item->session;
    struct schema_session session = {.database = item->database,
                                     .sql_mode = from->sql_mode,
                                     .implicit_timestamps = from->implicit_timestamps,
                                     .time_zone = from->time_zone,
                                     .utf8mb4_collation = from->utf8mb4_collation};
    struct schema_change change;
    *out = (struct definition){.sql = arena_strdup(a, "")};
    if (str_eq(session.time_zone, "SYSTEM")) {
        session.time_zone = s->system_time_zone;
    }
    if (!schema_change(a, s->db, s->filter, s->charsets, &session, item->statement, strlen(item->statement), &change,
                       e)) {
        return false;
    }
    struct evolve_moment when = {.utc_us = from->utc_us, .time_zone = session.time_zone};
    switch (change.effect) {
    case SCHEMA_SAME:
        return true;
    case SCHEMA_TRUNCATES:
        out->sql = truncate_sql(a, change.table);
        return true;
    case SCHEMA_GONE:
        return err_set(e, ERR_SOURCE_STATEMENT, "the database is dropped");
    case SCHEMA_CHANGED:
        break;
    }
    out->changes = true;
    out->after = change.after;
    bool ok = schema_evolve(a, s->db, &change, s->ddl, &when, &out->sql, e);
    out->after = change.after;
    return ok;
}
