/* Is a position in the source's binlog? Asked before the dump, for words better than the server's. See binlog_dump.h. */
#include <stdlib.h>

#include "base/str.h"
#include "mysql/binlog_dump.h"

/* A GTID set the server keeps in a variable, added to *s. */
static bool read_set(struct mysql_client *c, const char *sql, struct gtid_set *s, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_rows rows;
    bool ok = mysql_rows(c, &a, sql, &rows, e);
    ok = ok && (rows.n == 0 || gtid_set_parse(s, mysql_cell(&rows, 0, 0), e));
    arena_clear(&a);
    return ok;
}

/* An error that names the transactions of a set. */
static bool name_set(enum err_code code, const struct gtid_set *s, const char *what, struct err *e) {
    struct buf b;
    buf_init(&b, 16 << 20);
    if (gtid_set_print(s, &b, e) && buf_terminate(&b, e)) {
        err_set(e, code, "%s (%llu): %s", what, (unsigned long long)gtid_set_count(s), (const char *)b.data);
    }
    buf_clear(&b);
    return false;
}

static bool check_gtids(struct dump *d, struct err *e) {
    struct gtid_set known = GTID_SET_INIT, left = GTID_SET_INIT, purged = GTID_SET_INIT, executed = GTID_SET_INIT;
    bool ok = gtid_set_parse(&known, d->o->gtid, e) && read_set(d->c, "SELECT @@global.gtid_purged", &purged, e) &&
              read_set(d->c, "SELECT @@global.gtid_executed", &executed, e) && gtid_set_copy(&left, &purged, e) &&
              gtid_set_subtract(&left, &known, e);
    if (ok && !gtid_set_empty(&left)) {
        ok = name_set(ERR_SOURCE_PURGED, &left, "the source has purged transactions that are still to be read", e);
    }
    ok = ok && gtid_set_copy(&left, &known, e) && gtid_set_subtract(&left, &executed, e);
    if (ok && !gtid_set_empty(&left)) {
        ok = name_set(ERR_SOURCE_DIVERGED, &left, "the source lacks transactions that were read already", e);
    }
    gtid_set_clear(&known);
    gtid_set_clear(&left);
    gtid_set_clear(&purged);
    gtid_set_clear(&executed);
    return ok;
}

/* ---- files ---- */

/* "binlog.000012": 12. */
static uint64_t number_of(const char *file) {
    const char *dot = strrchr(file, '.');
    return dot != NULL ? strtoull(dot + 1, NULL, 10) : 0;
}

static bool check_in_list(struct dump *d, const struct mysql_rows *logs, struct err *e) {
    for (size_t i = 0; i < logs->n; i++) {
        const char *size = mysql_cell(logs, i, 1);
        if (!str_eq(mysql_cell(logs, i, 0), d->file) || size == NULL) {
            continue;
        }
        uint64_t bytes = strtoull(size, NULL, 10);
        if (d->offset > bytes) {
            return err_set(e, ERR_SOURCE_DIVERGED, "the source's %s has %llu bytes, and was read up to %llu", d->file,
                           (unsigned long long)bytes, (unsigned long long)d->offset);
        }
        if (d->offset <= UINT32_MAX) {
            return true;
        }
        /* The command has 32 bits. Files grow beyond them only by one last transaction, so there is nothing behind it. */
        if (d->offset != bytes || i + 1 == logs->n) {
            return err_set(e, ERR_SOURCE_BINLOG, "the source cannot send %s from offset %llu, beyond 4 GiB", d->file,
                           (unsigned long long)d->offset);
        }
        snprintf(d->file, sizeof d->file, "%s", mysql_cell(logs, i + 1, 0));
        d->offset = BINLOG_FIRST_OFFSET;
        return true;
    }
    const char *oldest = logs->n > 0 ? mysql_cell(logs, 0, 0) : NULL;
    if (oldest != NULL && number_of(oldest) > number_of(d->file)) {
        return err_set(e, ERR_SOURCE_PURGED, "the source has purged %s; its oldest binlog is %s", d->file, oldest);
    }
    return err_set(e, ERR_SOURCE_DIVERGED, "the source has no binlog %s", d->file);
}

static bool check_file(struct dump *d, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_rows logs;
    struct err refused = ERR_INIT;
    snprintf(d->file, sizeof d->file, "%s", d->o->file != NULL ? d->o->file : "");
    d->offset = d->o->offset > BINLOG_FIRST_OFFSET ? d->o->offset : BINLOG_FIRST_OFFSET;
    bool ok = mysql_rows(d->c, &a, "SHOW BINARY LOGS", &logs, &refused);
    if (ok) {
        ok = d->file[0] == '\0' || check_in_list(d, &logs, e);
    } else if (!mysql_usable(d->c)) {
        err_copy(e, &refused);
    } else if (refused.server_code == 1381) { /* ER_NO_BINARY_LOGGING */
        err_set(e, ERR_SOURCE_BINLOG, "the source keeps no binlog");
        err_hint(e, "start it with --log-bin and binlog_format=ROW");
    } else {
        ok = true; /* may not list them; the dump will tell */
    }
    arena_clear(&a);
    return ok;
}

bool dump_check_position(struct dump *d, struct err *e) {
    if (d->o->gtid == NULL) {
        return check_file(d, e);
    }
    if (mysql_server(d->c)->is_mariadb) {
        struct mariadb_position p = MARIADB_POSITION_INIT;
        bool ok = mariadb_position_parse(&p, d->o->gtid, e); /* it becomes part of a statement */
        mariadb_position_clear(&p);
        return ok;
    }
    return check_gtids(d, e);
}
