/* Precheck of the way back: what streaming changes from the target takes, beyond the settings that precheck_target.c looks at. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "engine/precheck_internal.h"
#include "engine/source.h"
#include "gauss/change_stream.h"
#include "gauss/replication.h"

/* pg_hba.conf and the role's rights show only when it is tried. */
static void connection(struct precheck_run *p) {
    static const char title[] = "changes can be streamed";
    struct replication *r = NULL;
    struct replication_system system;
    struct err refused = ERR_INIT;
    bool ok = replication_connect(&r, &p->run.task->target, &refused) && replication_identify(r, &system, &refused);
    replication_close(r);
    precheck_add(p, "target.replication", title, ok ? PRECHECK_OK : PRECHECK_FAILED, "IDENTIFY_SYSTEM",
                 "add a line for this role with database replication to pg_hba.conf, and reload it", "%s%s%s",
                 ok ? "a replication connection works" : refused.message, refused.cause[0] != '\0' ? ": " : "",
                 refused.cause);
}

static void senders(struct precheck_run *p) {
    unsigned long max = strtoul(precheck_target_value(p, "SHOW max_wal_senders"), NULL, 10);
    unsigned long used = strtoul(precheck_target_value(p, "SELECT count(*) FROM pg_stat_replication"), NULL, 10);
    precheck_add(p, "target.wal_senders", "a process can send changes", used < max ? PRECHECK_OK : PRECHECK_FAILED,
                 "SHOW max_wal_senders", "raise max_wal_senders, and restart", "%lu of %lu in use", used, max);
}

/* PostgreSQL removes what a slot still needs when it has become too much. */
static void keeping(struct precheck_run *p) {
    if (dialect_is_opengauss(p->run.identity.dialect)) {
        return;
    }
    const char *keep = precheck_target_value(p, "SHOW max_slot_wal_keep_size");
    bool unlimited = keep[0] == '\0' || str_eq(keep, "-1");
    precheck_add(p, "target.slot_keep", "the log is kept as long as a slot needs it",
                 unlimited ? PRECHECK_OK : PRECHECK_WARNING, "SHOW max_slot_wal_keep_size",
                 "ALTER SYSTEM SET max_slot_wal_keep_size = -1: when changes wait for longer than the limit, the way "
                 "back is lost",
                 "%s", unlimited ? "without limit" : arena_printf(&p->run.arena, "up to %s", keep));
}

/* One origin for each applying session; the server has room for as many as slots. */
static void origins(struct precheck_run *p) {
    bool opengauss = dialect_is_opengauss(p->run.identity.dialect);
    const char *right_sql =
        opengauss ? "SELECT CASE WHEN rolsystemadmin THEN 1 ELSE 0 END FROM pg_roles WHERE rolname = current_user"
                  : "SELECT CASE WHEN has_function_privilege('pg_replication_origin_session_setup(text)', 'EXECUTE')"
                    " AND has_function_privilege('pg_replication_origin_create(text)', 'EXECUTE') THEN 1 ELSE 0 END";
    bool may = str_eq(precheck_target_value(p, right_sql), "1");
    unsigned long max = strtoul(precheck_target_value(p, "SHOW max_replication_slots"), NULL, 10);
    unsigned long used =
        strtoul(precheck_target_value(p, "SELECT count(*) FROM pg_replication_origin_status"), NULL, 10);
    unsigned want = run_jobs(p->run.task);
    bool room = used + want <= max;
    precheck_add(p, "target.origins", "what comes from the source can be marked",
                 may && room ? PRECHECK_OK : PRECHECK_FAILED, may ? "SHOW max_replication_slots" : right_sql,
                 !may ? opengauss
                            ? "use a role that is a system administrator"
                            : "GRANT EXECUTE ON the pg_replication_origin_ functions to the role, or use a superuser"
                      : "raise max_replication_slots, which also limits origins, or lower --jobs",
                 "%s; %lu of %lu origins in use, %u wanted",
                 may ? "the role may use origins" : "the role may not use replication origins", used, max, want);
}

static void publication(struct precheck_run *p) {
    struct arena *a = &p->run.arena;
    static const char sql[] = "SELECT CASE WHEN has_database_privilege(current_database(), 'CREATE') THEN 1 ELSE 0 END";
    bool may = str_eq(precheck_target_value(p, sql), "1");
    const char *foreign = "";
    for (size_t i = 0; i < p->run.db.ntables && foreign[0] == '\0'; i++) {
        const struct table *t = &p->run.db.tables[i];
        foreign = precheck_target_value(
            p, arena_printf(a,
                            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                            " WHERE n.nspname = %s AND c.relname = %s AND NOT pg_has_role(c.relowner, 'USAGE')",
                            str_literal_pg(a, t->target_schema), str_literal_pg(a, t->target_name)));
    }
    bool owns = foreign[0] == '\0';
    precheck_add(p, "target.publication", "tables can be published", may && owns ? PRECHECK_OK : PRECHECK_FAILED, sql,
                 may ? arena_printf(a, "ALTER TABLE %s OWNER TO %s", foreign, str_quote_pg(a, p->run.task->target.user))
                     : arena_printf(a, "GRANT CREATE ON DATABASE %s TO %s",
                                    str_quote_pg(a, p->run.task->target.database),
                                    str_quote_pg(a, p->run.task->target.user)),
                 "%s%s",
                 !may   ? "the role may not create publications"
                 : owns ? "allowed"
                        : "the role does not own table ",
                 may ? foreign : "");
}

static bool has_bool(const struct database *db) {
    for (size_t i = 0; i < db->ntables; i++) {
        for (size_t k = 0; k < db->tables[i].ncolumns; k++) {
            if (db->tables[i].columns[k].target.kind == TK_BOOL) {
                return true;
            }
        }
    }
    return false;
}

static void decoder(struct precheck_run *p) {
    static const char title[] = "changes can be decoded";
    struct decoder_facts f = {.dialect = p->run.identity.dialect, .has_bool = has_bool(&p->run.db)};
    struct decoder_choice c;
    struct err refused = ERR_INIT;
    if (decoder_facts_read(p->run.target, &f, &refused) && decoder_choose(&f, &c, &refused)) {
        precheck_add(p, "target.decoder", title, PRECHECK_OK, NULL, NULL, "%s", c.reason);
    } else {
        precheck_add_error(p, "target.decoder", title, &refused);
    }
}

static void ssl(struct precheck_run *p) {
    const char *on = precheck_target_value(p, "SHOW ssl");
    bool local = p->run.task->target.host[0] == '/' || str_eq(p->run.task->target.host, "127.0.0.1") ||
                 str_eq(p->run.task->target.host, "localhost");
    precheck_add(p, "target.ssl", "rows cross the network encrypted",
                 str_ieq(on, "on") || local ? PRECHECK_OK : PRECHECK_WARNING, "SHOW ssl",
                 "ALTER SYSTEM SET ssl TO on, reload, and give sslmode=require in the URL", "ssl = %s%s", on,
                 local ? ", and the target is on this machine" : "");
}

void precheck_stream(struct precheck_run *p) {
    connection(p);
    senders(p);
    keeping(p);
    publication(p);
    decoder(p);
    ssl(p);
}

/* ---- the source's triggers ---- */

struct trigger_rights {
    bool sees, any_definer, with_binlog;
};

static bool is_global(const char *grant) {
    return strstr(grant, " ON *.* ") != NULL;
}

static bool has_right(const char *grant, const char *right) {
    return strstr(grant, right) != NULL;
}

static struct trigger_rights trigger_rights(struct precheck_run *p, const struct mysql_rows *grants) {
    struct trigger_rights r = {0};
    for (size_t i = 0; i < grants->n; i++) {
        const char *g = mysql_cell(grants, i, 0) != NULL ? mysql_cell(grants, i, 0) : "";
        bool all = str_starts(g, "GRANT ALL PRIVILEGES"), global = is_global(g);
        bool super = global && (all || has_right(g, "SUPER"));
        r.sees = r.sees || all || has_right(g, "TRIGGER");
        r.any_definer =
            r.any_definer || super ||
            (global && (has_right(g, "SET_USER_ID") || has_right(g, "SET_ANY_DEFINER") || has_right(g, "SET USER")));
        r.with_binlog = r.with_binlog || super || (global && has_right(g, "BINLOG ADMIN"));
    }
    r.with_binlog = r.with_binlog || r.any_definer ||
                    str_eq(source_variable(p->run.source, &p->run.arena, "log_bin"), "OFF") ||
                    str_ieq(source_variable(p->run.source, &p->run.arena, "log_bin_trust_function_creators"), "ON");
    return r;
}

/* Of the run's tables: how many, and whether all are of this account. */
static size_t count_triggers(struct precheck_run *p, const struct mysql_rows *rows, bool *own, const char **first) {
    size_t n = 0;
    *own = true;
    for (size_t i = 0; i < rows->n; i++) {
        if (schema_find_table(&p->run.db, mysql_cell(rows, i, 0)) != NULL) {
            *first = n++ == 0 ? mysql_cell(rows, i, 1) : *first;
            *own = *own && str_eq(mysql_cell(rows, i, 2), mysql_cell(rows, i, 3));
        }
    }
    return n;
}

/* Their statements would be done a second time, to rows that came back with what those had done: follow/source_triggers.h. */
static void triggers(struct precheck_run *p, enum precheck_status bad) {
    static const char id[] = "source.triggers", title[] = "no trigger of the source fires at what comes back";
    struct arena *a = &p->run.arena;
    struct mysql_rows rows, grants;
    struct err refused = ERR_INIT;
    char *sql = arena_printf(a,
                             "SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME, DEFINER, CURRENT_USER() FROM"
                             " information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = %s ORDER BY 1, 2",
                             str_literal_mysql(a, p->run.db.name));
    if (!mysql_rows(p->run.source, a, sql, &rows, &refused) ||
        !mysql_rows(p->run.source, a, "SHOW GRANTS", &grants, &refused)) {
        precheck_add_error(p, id, title, &refused);
        return;
    }
    bool own;
    const char *first = "", *user = p->run.task->source.user, *database = str_quote_mysql(a, p->run.db.name);
    size_t n = count_triggers(p, &rows, &own, &first);
    struct trigger_rights may = trigger_rights(p, &grants);
    if (!may.sees) {
        precheck_add(p, id, title, PRECHECK_WARNING, "SHOW GRANTS",
                     arena_printf(a, "GRANT TRIGGER ON %s.* TO '%s'", database, user), "the account sees no triggers");
    } else if (n == 0) {
        precheck_add(p, id, title, PRECHECK_OK, sql, NULL, "none");
    } else if (p->run.task->source_triggers == SOURCE_TRIGGERS_KEEP) {
        precheck_add(p, id, title, PRECHECK_WARNING, sql,
                     "use --source-triggers=take, unless they leave such rows alone",
                     "%zu are kept, as told; the first is %s", n, first);
    } else if ((!own && !may.any_definer) || !may.with_binlog) {
        precheck_add(
            p, id, title, bad, "SHOW GRANTS",
            !own && !may.any_definer
                ? arena_printf(a,
                               "GRANT SET_ANY_DEFINER ON *.* TO '%s' (MySQL 8: SET_USER_ID; MariaDB: SET USER;"
                               " else SUPER), or let them fire with --source-triggers=keep",
                               user)
                : "SET GLOBAL log_bin_trust_function_creators = 1, or let them fire with --source-triggers=keep",
            "%zu triggers, the first is %s: the account could not make them again", n, first);
    } else {
        precheck_add(p, id, title, PRECHECK_OK, sql, NULL,
                     "%zu are taken away while changes are carried back, and made again behind that; the first is %s",
                     n, first);
    }
}

void precheck_reverse(struct precheck_run *p) {
    precheck_stream(p);
    origins(p);
    triggers(p, PRECHECK_WARNING);
}

bool precheck_way_back(const struct task *t, struct precheck *out, struct err *e) {
    struct task online = *t;
    online.online = true;
    *out = (struct precheck){0};
    struct precheck_run p = {.out = out, .run = {.task = &online}};
    bool ok = run_connect(&p.run, e);
    if (ok) {
        const char *wal = precheck_target_value(&p, "SHOW wal_level");
        precheck_add(&p, "target.wal_level", "changes can flow back",
                     str_ieq(wal, "logical") ? PRECHECK_OK : PRECHECK_FAILED, "SHOW wal_level",
                     "ALTER SYSTEM SET wal_level TO logical, and restart", "wal_level = %s", wal);
        precheck_target_changes(&p);
        precheck_stream(&p);
        triggers(&p, PRECHECK_FAILED);
    }
    run_clear(&p.run);
    return ok;
}
