/* Sessions on the source and its binlog position. See source.h; the snapshot itself is in snapshot.c. */
#include "engine/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

bool source_open(const struct task *t, struct mysql_client **out, struct err *e) {
    struct mysql_options o = t->source;
    o.database = t->source_database;
    if (!mysql_connect(out, &o, e)) {
        return err_where(e, "source %s:%u", o.host, (unsigned)o.port);
    }
    struct mysql_client *c = *out;
    const struct mysql_server *server = mysql_server(c);
    /* An empty sql_mode: no padding of CHAR, no surprises in how the catalog prints things. UTC, so that TIMESTAMP
     * values need no zone. The write timeout covers a target that stalls: the server must not give us up. */
    bool ok =
        mysql_exec(c,
                   "SET SESSION time_zone='+00:00', sql_mode='', net_write_timeout=86400, net_read_timeout=86400, "
                   "wait_timeout=86400, transaction_isolation='REPEATABLE-READ', group_concat_max_len=1073741824",
                   NULL);
    if (!ok && mysql_usable(c)) { /* MariaDB before 11.1 and MySQL 5.6 say tx_isolation */
        ok = mysql_exec(c,
                        "SET SESSION time_zone='+00:00', sql_mode='', net_write_timeout=86400, net_read_timeout=86400, "
                        "wait_timeout=86400, tx_isolation='REPEATABLE-READ', group_concat_max_len=1073741824",
                        e);
    }
    if (ok && server->is_mariadb) {
        ok = mysql_exec(c, "SET SESSION max_statement_time=0", e);
    } else if (ok && server->version >= 80000) {
        ok = mysql_exec(c, "SET SESSION max_execution_time=0, information_schema_stats_expiry=0", e);
    }
    if (!ok) {
        if (e->code == ERR_NONE) {
            err_set(e, ERR_SOURCE_LOST, "the session on the source could not be set up");
        }
        mysql_close(c);
        *out = NULL;
        return err_where(e, "source session");
    }
    return true;
}

static bool one_value(struct mysql_client *c, struct arena *a, const char *sql, const char **out) {
    struct mysql_rows rows;
    struct err ignored = ERR_INIT;
    *out = "";
    if (!mysql_rows(c, a, sql, &rows, &ignored)) {
        return mysql_usable(c); /* not allowed or not known here: stays empty */
    }
    if (rows.n > 0 && rows.columns.n > 0 && mysql_cell(&rows, 0, 0) != NULL) {
        *out = mysql_cell(&rows, 0, 0);
    }
    return true;
}

/* "uuid:1-5,\nuuid2:7": the server breaks lines; equality wants one form. */
static const char *without_space(struct arena *a, const char *s) {
    char *out = arena_strdup(a, s), *w = out;
    for (const char *p = s; *p != '\0'; p++) {
        if (*p != '\n' && *p != ' ' && *p != '\r') {
            *w++ = *p;
        }
    }
    *w = '\0';
    return out;
}

bool source_position(struct mysql_client *c, struct arena *a, struct position *out, struct err *e) {
    const struct mysql_server *server = mysql_server(c);
    *out = (struct position){.server = "", .gtid = "", .file = ""};
    bool alive;
    if (server->is_mariadb) {
        alive = one_value(c, a, "SELECT CONCAT(@@hostname, ':', @@port, ':', @@server_id)", &out->server) &&
                one_value(c, a, "SELECT @@gtid_binlog_pos", &out->gtid);
    } else {
        alive = one_value(c, a, "SELECT @@server_uuid", &out->server) &&
                one_value(c, a, "SELECT @@gtid_executed", &out->gtid);
    }
    if (!alive) {
        return err_set(e, ERR_SOURCE_LOST, "the connection broke while reading the source's position");
    }
    out->gtid = without_space(a, out->gtid);
    struct mysql_rows rows;
    struct err refused = ERR_INIT;
    const char *show =
        !server->is_mariadb && server->version >= 80200 ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS";
    if (mysql_rows(c, a, show, &rows, &refused)) {
        if (rows.n > 0 && mysql_cell_named(&rows, 0, "File") != NULL) {
            out->file = mysql_cell_named(&rows, 0, "File");
            const char *pos = mysql_cell_named(&rows, 0, "Position");
            out->pos = pos == NULL ? 0 : strtoull(pos, NULL, 10);
        }
    } else if (!mysql_usable(c)) {
        err_copy(e, &refused);
        return err_where(e, "source position");
    }
    return true;
}

bool position_equal(const struct position *a, const struct position *b) {
    if (!str_eq(a->server, b->server)) {
        return false;
    }
    if (a->gtid[0] != '\0' || b->gtid[0] != '\0') {
        return str_eq(a->gtid, b->gtid);
    }
    return a->file[0] != '\0' && str_eq(a->file, b->file) && a->pos == b->pos;
}

const char *source_variable(struct mysql_client *c, struct arena *a, const char *name) {
    struct mysql_rows rows;
    struct err unknown = ERR_INIT;
    if (!mysql_rows(c, a, arena_printf(a, "SELECT @@%s", name), &rows, &unknown) || rows.n == 0) {
        return "";
    }
    return mysql_cell(&rows, 0, 0) != NULL ? mysql_cell(&rows, 0, 0) : "";
}

bool source_tells_cascades(struct mysql_client *c, struct arena *a) {
    const struct mysql_server *s = mysql_server(c);
    return !s->is_mariadb && s->version >= 90600 && str_eq(source_variable(c, a, "innodb_native_foreign_keys"), "0");
}

bool source_tells_gtids(struct mysql_client *c, struct arena *a, bool is_mariadb, const struct position *at) {
    return is_mariadb ? at->gtid[0] != '\0' : str_ieq(source_variable(c, a, "gtid_mode"), "ON");
}
