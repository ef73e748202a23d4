/* Precheck of the target: encoding, mode, privileges, what is in the way, settings for the way back. See precheck_internal.h. */
#include <stdlib.h>

#include "base/str.h"
#include "engine/precheck_internal.h"

const char *precheck_target_value(struct precheck_run *p, const char *sql) {
    struct gauss_rows rows;
    struct err ignored = ERR_INIT;
    if (!gauss_rows(p->run.target, &p->run.arena, sql, &rows, &ignored) || rows.n == 0 ||
        gauss_cell(&rows, 0, 0) == NULL) {
        return "";
    }
    return gauss_cell(&rows, 0, 0);
}

static const char *value(struct precheck_run *p, const char *sql) {
    return precheck_target_value(p, sql);
}

static void mode(struct precheck_run *p) {
    enum dialect d = p->run.identity.dialect;
    const char *name = dialect_name(d);
    if (d == DIALECT_OG_B || d == DIALECT_PG) {
        precheck_add(p, "target.mode", "compatibility mode", PRECHECK_OK, "SHOW sql_compatibility", NULL, "%s", name);
    } else {
        precheck_add(p, "target.mode", "compatibility mode", PRECHECK_WARNING, "SHOW sql_compatibility",
                     "CREATE DATABASE .. DBCOMPATIBILITY 'B' keeps MySQL's types and behaviour best", "%s%s", name,
                     d == DIALECT_OG_A ? ": '' is NULL there, and lengths count bytes" : "");
    }
    const char *encoding = value(p, "SHOW server_encoding");
    precheck_add(p, "target.encoding", "encoding", str_ieq(encoding, "UTF8") ? PRECHECK_OK : PRECHECK_FAILED,
                 "SHOW server_encoding", "create the target database with ENCODING 'UTF8'", "%s", encoding);
}

static void writable(struct precheck_run *p) {
    const char *sql =
        "SELECT CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE current_setting('transaction_read_only') END";
    const char *state = value(p, sql);
    precheck_add(p, "target.writable", "the target takes writes", str_eq(state, "off") ? PRECHECK_OK : PRECHECK_FAILED,
                 sql, "give the primary's address, and switch default_transaction_read_only off", "%s",
                 str_eq(state, "standby") ? "it is a standby"
                 : str_eq(state, "off")   ? "yes"
                                          : "it is read-only");
}

static void privileges(struct precheck_run *p, const char *schema) {
    struct arena *a = &p->run.arena;
    const char *role = p->run.task->target.user;
    bool exists =
        schema != NULL && !str_eq(value(p, arena_printf(a, "SELECT count(*) FROM pg_namespace WHERE nspname = %s",
                                                        str_literal_pg(a, schema))),
                                  "0");
    char *sql = exists
                    ? arena_printf(a, "SELECT CASE WHEN has_schema_privilege(%s, 'CREATE') THEN 1 ELSE 0 END",
                                   str_literal_pg(a, schema))
                    : arena_strdup(
                          a, "SELECT CASE WHEN has_database_privilege(current_database(), 'CREATE') THEN 1 ELSE 0 END");
    bool may = str_eq(value(p, sql), "1");
    char *mend = exists ? arena_printf(a, "GRANT CREATE, USAGE ON SCHEMA %s TO %s", str_quote_pg(a, schema),
                                       str_quote_pg(a, role))
                        : arena_printf(a, "GRANT CREATE ON DATABASE %s TO %s",
                                       str_quote_pg(a, p->run.task->target.database), str_quote_pg(a, role));
    precheck_add(p, "target.create", "tables can be created", may ? PRECHECK_OK : PRECHECK_FAILED, sql, mend,
                 "%s%s %s, %s", schema != NULL ? "schema " : "", schema != NULL ? schema : "schemas",
                 exists ? "exists" : "will be created", may ? "allowed" : "the role may not create there");
    bool progress_exists = !str_eq(value(p, "SELECT count(*) FROM pg_namespace WHERE nspname = 'godwit'"), "0");
    const char *progress_sql =
        progress_exists ? "SELECT CASE WHEN has_schema_privilege('godwit', 'CREATE') THEN 1 ELSE 0 END"
                        : "SELECT CASE WHEN has_database_privilege(current_database(), 'CREATE') THEN 1 ELSE 0 END";
    bool progress = str_eq(value(p, progress_sql), "1");
    precheck_add(p, "target.progress", "progress can be kept in schema godwit",
                 progress ? PRECHECK_OK : PRECHECK_FAILED, progress_sql,
                 arena_printf(a, "GRANT CREATE ON DATABASE %s TO %s, or create schema godwit owned by %s",
                              str_quote_pg(a, p->run.task->target.database), str_quote_pg(a, role),
                              str_quote_pg(a, role)),
                 "%s", progress ? "allowed" : "the role may not create the schema");
}

static void existing(struct precheck_run *p) {
    struct arena *a = &p->run.arena;
    size_t n = 0;
    const char *first = "";
    for (size_t i = 0; i < p->run.db.ntables; i++) {
        const struct table *t = &p->run.db.tables[i];
        char *sql = arena_printf(a,
                                 "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                                 "WHERE n.nspname = %s AND c.relname = %s",
                                 str_literal_pg(a, t->target_schema), str_literal_pg(a, t->target_name));
        if (!str_eq(value(p, sql), "0") && n++ == 0) {
            first = t->target_name;
        }
    }
    bool allowed = n == 0 || p->run.task->on_existing != EXISTING_REFUSE || p->run.task->resume || p->run.task->restart;
    precheck_add(p, "target.existing", "no target table is in the way", allowed ? PRECHECK_OK : PRECHECK_FAILED, NULL,
                 "drop or rename them, or give --overwrite or --append", "%zu exist%s%s", n, n > 0 ? ", first: " : "",
                 first);
}

static void settings(struct precheck_run *p) {
    const char *wal = value(p, "SHOW wal_level");
    precheck_add(
        p, "target.wal_level", "changes can flow back", str_ieq(wal, "logical") ? PRECHECK_OK : precheck_lack(p),
        "SHOW wal_level",
        "ALTER SYSTEM SET wal_level TO logical, and restart (needed for the reverse direction, not for a full load)",
        "wal_level = %s", wal);
    unsigned long max = strtoul(value(p, "SHOW max_connections"), NULL, 10);
    unsigned long used = strtoul(value(p, "SELECT count(*) FROM pg_stat_activity"), NULL, 10);
    unsigned want = run_jobs(p->run.task) + 1;
    precheck_add(p, "target.connections", "connections are free",
                 max == 0 || used + want <= max ? PRECHECK_OK : PRECHECK_FAILED, "SHOW max_connections",
                 "raise max_connections, or lower --jobs", "%u wanted, %lu of %lu in use", want, used, max);
}

/* The role that streams changes, and a free slot; openGauss has administrators of its own kind, and streams only without its pool of
 * threads. */
void precheck_target_changes(struct precheck_run *p) {
    struct arena *a = &p->run.arena;
    bool opengauss = dialect_is_opengauss(p->run.identity.dialect);
    const char *role_sql =
        opengauss
            ? "SELECT CASE WHEN rolreplication OR rolsystemadmin OR pg_has_role(current_user, 'gs_role_replication',"
              " 'MEMBER') THEN 1 ELSE 0 END FROM pg_roles WHERE rolname = current_user"
            : "SELECT CASE WHEN rolreplication OR rolsuper THEN 1 ELSE 0 END FROM pg_roles WHERE rolname ="
              " current_user";
    const char *may = value(p, role_sql), *role = str_quote_pg(a, p->run.task->target.user);
    precheck_add(p, "target.replication_role", "the role may read changes",
                 str_eq(may, "1") ? PRECHECK_OK : precheck_lack(p), role_sql,
                 opengauss ? arena_printf(a, "GRANT gs_role_replication TO %s (needed for the reverse direction)", role)
                           : arena_printf(a, "ALTER ROLE %s REPLICATION (needed for the reverse direction)", role),
                 "%s", str_eq(may, "1") ? "allowed" : "the role has no right to replicate");
    unsigned long max = strtoul(value(p, "SHOW max_replication_slots"), NULL, 10);
    const char *taken = value(p, "SELECT count(*) FROM pg_replication_slots");
    bool room = taken[0] == '\0' || strtoul(taken, NULL, 10) < max;
    precheck_add(p, "target.replication_slots", "a replication slot is free", room ? PRECHECK_OK : precheck_lack(p),
                 "SHOW max_replication_slots",
                 "raise max_replication_slots, or drop a slot that nobody uses (needed for the reverse direction)",
                 "%s of %lu in use", taken[0] == '\0' ? "an unknown number" : taken, max);
    if (opengauss) {
        const char *pool = value(p, "SHOW enable_thread_pool");
        precheck_add(p, "target.enable_thread_pool", "sessions are threads of their own",
                     str_ieq(pool, "off") ? PRECHECK_OK : precheck_lack(p), "SHOW enable_thread_pool",
                     "set enable_thread_pool = off, and restart (needed for the reverse direction)",
                     "enable_thread_pool = %s", pool);
    }
}

static void findings(struct precheck_run *p) {
    size_t n = 0;
    for (size_t i = 0; i < p->run.ddl.nfindings; i++) {
        const struct ddl_finding *f = &p->run.ddl.findings[i];
        if (f->changes_meaning) {
            n++;
            precheck_add(p, "schema.finding", "a definition changes its meaning", PRECHECK_WARNING, NULL, f->instead,
                         "%s: %s", f->object, f->reason);
        }
    }
    precheck_add(p, "schema.definitions", "definitions", PRECHECK_OK, NULL, NULL,
                 "%zu statements; %zu notes, %zu of them change a meaning (godwit plan prints all)", p->run.ddl.n,
                 p->run.ddl.nfindings, n);
    if (p->run.db.nuncarried > 0) {
        const struct uncarried *u = &p->run.db.uncarried[0];
        precheck_add(p, "schema.uncarried", "objects that are not carried", PRECHECK_WARNING, NULL,
                     "move them by hand; godwit plan lists them", "%zu, first: %s %s: %s", p->run.db.nuncarried,
                     u->kind, u->name, u->reason);
    }
}

void precheck_target_server(struct precheck_run *p, const char *schema) {
    mode(p);
    writable(p);
    privileges(p, schema);
    settings(p);
}

bool precheck_target(struct precheck_run *p, struct err *e) {
    precheck_target_server(p, p->run.db.tables[0].target_schema);
    existing(p);
    findings(p);
    return gauss_usable(p->run.target) || err_set(e, ERR_TARGET_LOST, "the connection broke during the precheck");
}
