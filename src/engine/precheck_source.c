/* Precheck of the source: binlog settings, privileges, engines, keys, connections. See precheck_internal.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "engine/precheck_internal.h"

/* A system variable as text; "" when it does not exist here. */
static const char *variable(struct precheck_run *p, const char *name) {
    struct arena *a = &p->run.arena;
    struct mysql_rows rows;
    struct err ignored = ERR_INIT;
    char *sql = arena_printf(a, "SHOW GLOBAL VARIABLES LIKE '%s'", name);
    if (!mysql_rows(p->run.source, a, sql, &rows, &ignored) || rows.n == 0 || mysql_cell(&rows, 0, 1) == NULL) {
        return "";
    }
    return mysql_cell(&rows, 0, 1);
}

static void binlog(struct precheck_run *p) {
    static const struct {
        const char *id, *name, *want, *mend;
    } wanted[] = {
        {"source.log_bin", "log_bin", "ON",
         "set log_bin in the server's configuration and restart it (needed to follow changes, not for a full load)"},
        {"source.binlog_format", "binlog_format", "ROW", "SET GLOBAL binlog_format=ROW (needed to follow changes)"},
        {"source.binlog_row_image", "binlog_row_image", "FULL",
         "SET GLOBAL binlog_row_image=FULL (needed to follow changes)"},
        {"source.gtid_mode", "gtid_mode", "ON",
         "set gtid_mode=ON and enforce_gtid_consistency=ON (safer to follow changes across a fail-over)"},
        {"source.enforce_gtid_consistency", "enforce_gtid_consistency", "ON", "SET GLOBAL enforce_gtid_consistency=ON"},
    };
    bool mariadb = mysql_server(p->run.source)->is_mariadb;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (mariadb && i >= 3) { /* MariaDB's GTIDs are always there */
            break;
        }
        const char *value = variable(p, wanted[i].name);
        bool gone = value[0] == '\0' && i == 1; /* binlog_format is ROW for good where the variable was removed */
        precheck_add(p, wanted[i].id, wanted[i].name,
                     gone || str_ieq(value, wanted[i].want) ? PRECHECK_OK
                     : i < 3                                ? precheck_lack(p)
                                                            : PRECHECK_WARNING,
                     arena_printf(&p->run.arena, "SHOW GLOBAL VARIABLES LIKE '%s'", wanted[i].name), wanted[i].mend,
                     "%s = %s", wanted[i].name, value[0] == '\0' ? "(no such setting)" : value);
    }
    const char *name = mariadb ? "expire_logs_days" : "binlog_expire_logs_seconds";
    uint64_t seconds = strtoull(variable(p, name), NULL, 10) * (mariadb ? 86400 : 1);
    precheck_add(p, "source.binlog_expire", "binlogs outlive the load",
                 seconds == 0 || seconds >= 86400 ? PRECHECK_OK : PRECHECK_WARNING,
                 arena_printf(&p->run.arena, "SHOW GLOBAL VARIABLES LIKE '%s'", name),
                 "keep binlogs for at least a day while a migration runs", "%s",
                 seconds == 0 ? "they are kept for ever, or until purged by hand"
                              : arena_printf(&p->run.arena, "they are purged after %" PRIu64 " s", seconds));
}

static bool try_statement(struct precheck_run *p, const char *sql, struct err *refused) {
    return mysql_exec(p->run.source, sql, refused);
}

static void readable(struct precheck_run *p) {
    struct arena *a = &p->run.arena;
    const char *user = p->run.task->source.user;
    struct err refused = ERR_INIT;
    for (size_t i = 0; i < p->run.db.ntables; i++) {
        const struct table *t = &p->run.db.tables[i];
        char *sql =
            arena_printf(a, "SELECT * FROM %s.%s LIMIT 0", str_quote_mysql(a, t->schema), str_quote_mysql(a, t->name));
        if (!try_statement(p, sql, &refused)) {
            precheck_add(p, "source.select", "every table can be read", PRECHECK_FAILED, sql,
                         arena_printf(a, "GRANT SELECT ON %s.* TO '%s'", str_quote_mysql(a, t->schema), user),
                         "table %s: %s", t->name, refused.cause[0] != '\0' ? refused.cause : refused.message);
            return;
        }
    }
    precheck_add(p, "source.select", "every table can be read", PRECHECK_OK, NULL, NULL, "%zu tables",
                 p->run.db.ntables);
}

static void position(struct precheck_run *p) {
    struct err refused = ERR_INIT;
    const char *show = !mysql_server(p->run.source)->is_mariadb && mysql_server(p->run.source)->version >= 80200
                           ? "SHOW BINARY LOG STATUS"
                           : "SHOW MASTER STATUS";
    bool may = try_statement(p, show, &refused);
    precheck_add(p, "source.replication_client", "the binlog position can be read",
                 may ? PRECHECK_OK : PRECHECK_WARNING, show,
                 arena_printf(&p->run.arena,
                              "GRANT REPLICATION CLIENT ON *.* TO '%s' (without it a resume relies on GTIDs alone)",
                              p->run.task->source.user),
                 "%s", may ? "allowed" : refused.cause);
}

/* The lock itself is not tried here: that would hold up writers. The grants tell. */
static void snapshot_lock(struct precheck_run *p) {
    struct arena *a = &p->run.arena;
    struct mysql_rows rows;
    struct err refused = ERR_INIT;
    bool reload = false, lock_tables = false;
    if (mysql_rows(p->run.source, a, "SHOW GRANTS", &rows, &refused)) {
        for (size_t i = 0; i < rows.n; i++) {
            const char *g = mysql_cell(&rows, i, 0);
            bool global = g != NULL && strstr(g, " ON *.* ") != NULL;
            bool all = g != NULL && str_starts(g, "GRANT ALL PRIVILEGES");
            reload = reload || (global && (all || strstr(g, "RELOAD") != NULL || strstr(g, "FLUSH_TABLES") != NULL));
            lock_tables = lock_tables || (g != NULL && (all || strstr(g, "LOCK TABLES") != NULL));
        }
    }
    bool lock_free = p->run.task->snapshot == SNAPSHOT_LOCK_FREE;
    bool may = reload || lock_tables || lock_free;
    enum precheck_status bad = p->run.task->snapshot == SNAPSHOT_LOCK ? PRECHECK_FAILED : PRECHECK_WARNING;
    precheck_add(
        p, "source.snapshot", "one snapshot for all readers", may ? PRECHECK_OK : bad, "SHOW GRANTS",
        arena_printf(a,
                     "GRANT RELOAD ON *.* TO '%s', or GRANT LOCK TABLES ON the database; without, a busy source may be "
                     "read by a single connection",
                     p->run.task->source.user),
        "%s",
        lock_free     ? "lock-free, as asked"
        : reload      ? "FLUSH TABLES WITH READ LOCK is allowed"
        : lock_tables ? "LOCK TABLES is allowed"
                      : "the account may not lock: the snapshot will be lock-free");
}

void precheck_source_changes(struct precheck_run *p) {
    struct mysql_rows rows;
    struct err refused = ERR_INIT;
    bool may = false;
    if (mysql_rows(p->run.source, &p->run.arena, "SHOW GRANTS", &rows, &refused)) {
        for (size_t i = 0; i < rows.n; i++) {
            const char *g = mysql_cell(&rows, i, 0);
            may = may || (g != NULL && strstr(g, " ON *.* ") != NULL &&
                          (str_starts(g, "GRANT ALL PRIVILEGES") || strstr(g, "REPLICATION SLAVE") != NULL));
        }
    }
    precheck_add(p, "source.replication_slave", "changes can be read", may ? PRECHECK_OK : precheck_lack(p),
                 "SHOW GRANTS",
                 arena_printf(&p->run.arena,
                              "GRANT REPLICATION SLAVE ON *.* TO '%s' (needed to follow changes, not for a full load)",
                              p->run.task->source.user),
                 "%s", may ? "allowed" : "the account may not read the binlog");
    /* What is prepared is not in the snapshot, and before the position it is made at. Not every account may look. */
    if (mysql_rows(p->run.source, &p->run.arena, "XA RECOVER", &rows, &refused)) {
        precheck_add(p, "source.xa", "no XA transaction is prepared", rows.n == 0 ? PRECHECK_OK : PRECHECK_WARNING,
                     "XA RECOVER",
                     "XA COMMIT or XA ROLLBACK them before the load; one that changes tables to be migrated and is "
                     "committed later stops following",
                     "%zu prepared", rows.n);
    }
}

static void tables(struct precheck_run *p) {
    struct arena *a = &p->run.arena;
    size_t keyless = 0, unsafe = 0;
    const char *first_keyless = "", *first_unsafe = "";
    uint64_t bytes = 0;
    for (size_t i = 0; i < p->run.db.ntables; i++) {
        const struct table *t = &p->run.db.tables[i];
        bytes += t->data_bytes;
        if (schema_row_key(t) == NULL && keyless++ == 0) {
            first_keyless = t->name;
        }
        bool transactional = str_ieq(t->engine, "InnoDB") || str_ieq(t->engine, "ROCKSDB") ||
                             str_ieq(t->engine, "TokuDB") || str_ieq(t->engine, "ndbcluster");
        if (!transactional && unsafe++ == 0) {
            first_unsafe = arena_printf(a, "%s (%s)", t->name, t->engine == NULL ? "no engine" : t->engine);
        }
    }
    precheck_add(p, "source.keys", "tables have keys", keyless == 0 ? PRECHECK_OK : PRECHECK_WARNING, NULL,
                 "add primary keys: a table without one is read by a single worker and cannot be followed safely",
                 "%zu without a key%s%s", keyless, keyless > 0 ? ", first: " : "", first_keyless);
    precheck_add(
        p, "source.engines", "tables are transactional", unsafe == 0 ? PRECHECK_OK : PRECHECK_WARNING, NULL,
        "ALTER TABLE .. ENGINE=InnoDB, or stop writing to them during the load: the snapshot does not cover them",
        "%zu are not%s%s", unsafe, unsafe > 0 ? ", first: " : "", first_unsafe);
    char size[24];
    precheck_add(p, "target.space", "room on the target", PRECHECK_OK, NULL, NULL,
                 "the data is about %s at the source; the target wants as much, and as much again for indexes and log",
                 str_bytes(bytes, size));
}

static void connections(struct precheck_run *p) {
    uint64_t max = strtoull(variable(p, "max_connections"), NULL, 10);
    struct mysql_rows rows;
    struct err ignored = ERR_INIT;
    uint64_t used = 0;
    if (mysql_rows(p->run.source, &p->run.arena, "SHOW GLOBAL STATUS LIKE 'Threads_connected'", &rows, &ignored) &&
        rows.n > 0) {
        used = strtoull(mysql_cell(&rows, 0, 1), NULL, 10);
    }
    unsigned want = run_jobs(p->run.task) + 2;
    bool enough = max == 0 || used + want <= max;
    precheck_add(p, "source.connections", "connections are free", enough ? PRECHECK_OK : PRECHECK_FAILED,
                 "SHOW GLOBAL VARIABLES LIKE 'max_connections'", "raise max_connections, or lower --jobs",
                 "%u wanted, %" PRIu64 " of %" PRIu64 " in use", want, used, max);
}

static void names(struct precheck_run *p) {
    int fold = (int)strtol(variable(p, "lower_case_table_names"), NULL, 10);
    precheck_add(p, "source.lower_case_table_names", "table names", fold == 0 ? PRECHECK_OK : PRECHECK_WARNING,
                 "SHOW GLOBAL VARIABLES LIKE 'lower_case_table_names'",
                 "nothing to do: names are written in lower case in the target", "lower_case_table_names = %d", fold);
}

void precheck_source_server(struct precheck_run *p) {
    binlog(p);
    position(p);
    snapshot_lock(p);
    connections(p);
    names(p);
}

bool precheck_source(struct precheck_run *p, struct err *e) {
    precheck_source_server(p);
    readable(p);
    tables(p);
    return mysql_usable(p->run.source) || err_set(e, ERR_SOURCE_LOST, "the connection broke during the precheck");
}
