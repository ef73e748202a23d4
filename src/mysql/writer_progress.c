/* godwit.progress, and taking one of its rows. See writer.h.
 *
 * A writer holds a named lock for as long as its session lives, so that the next one finds a session that was cut off: the server may
 * not notice for hours, and that session's transaction would hold the row. It is killed; then the row is read with a lock, which waits
 * until that transaction has ended one way or the other. */
#include <stdlib.h>

#include "base/str.h"
#include "mysql/write_session.h"
#include "mysql/writer_internal.h"

enum { LOCK_WAIT_S = 10, NO_SUCH_DATABASE = 1049, NO_SUCH_TABLE = 1146 };

static const char create_sql[] =
    "CREATE TABLE IF NOT EXISTS `godwit`.`progress` ("
    "`task` VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, `channel` INT UNSIGNED NOT NULL,"
    " `batch` BIGINT UNSIGNED NOT NULL, `fence` BIGINT UNSIGNED NOT NULL,"
    " `position` VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, `note` LONGTEXT CHARACTER SET utf8mb4 "
    "NOT NULL,"
    " `changed_us` BIGINT UNSIGNED NOT NULL, PRIMARY KEY (`task`, `channel`)) ENGINE=InnoDB";

static bool prepare_table(struct mysql_writer *w, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_rows rows;
    struct err looked = ERR_INIT;
    bool ok = mysql_rows(w->client, &a, "SELECT 1 FROM `godwit`.`progress` LIMIT 0", &rows, &looked);
    bool missing = looked.server_code == NO_SUCH_DATABASE || looked.server_code == NO_SUCH_TABLE;
    if (!ok && missing) {
        /* MariaDB says that there is no such table also when there is no such database. */
        ok = mysql_exec(w->client, create_sql, &looked) ||
             (looked.server_code == NO_SUCH_DATABASE && mysql_exec(w->client, "CREATE DATABASE `godwit`", &looked) &&
              mysql_exec(w->client, create_sql, &looked));
    }
    if (!ok) {
        mysql_cannot_write(&looked);
        err_copy(e, &looked);
    }
    arena_clear(&a);
    return ok || err_where(e, "schema godwit");
}

/* READ COMMITTED takes no locks on gaps, which would stand in the way of other channels; only binlogs of rows go along with it. */
static bool relax_isolation(struct mysql_client *c, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_rows rows;
    bool ok = mysql_rows(c, &a, "SHOW VARIABLES LIKE 'binlog_format'", &rows, e);
    if (ok && (rows.n == 0 || str_ieq(mysql_cell(&rows, 0, 1), "ROW"))) {
        ok = mysql_exec(c, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", e);
    }
    arena_clear(&a);
    return ok;
}

/* ---- the channel ---- */

static char *of_channel(struct arena *a, const struct mysql_writer *w) {
    return arena_printf(a, "WHERE `task` = %s AND `channel` = %u", w->task, w->o.channel);
}

static bool claim_lost(struct err *e, uint64_t fence) {
    return err_set(e, ERR_TARGET_CLAIM_LOST, "run %llu writes this task's changes now", (unsigned long long)fence);
}

/* Is a higher run at it? Without waiting for its transaction. */
static bool look_at_fence(struct mysql_writer *w, struct arena *a, struct err *e) {
    struct mysql_rows rows;
    char *sql = arena_printf(a, "SELECT `fence` FROM `godwit`.`progress` %s", of_channel(a, w));
    if (!mysql_rows(w->client, a, sql, &rows, e)) {
        return false;
    }
    uint64_t fence = rows.n == 1 ? strtoull(mysql_cell(&rows, 0, 0), NULL, 10) : 0;
    return fence <= w->o.fence || claim_lost(e, fence);
}

/* End the session that has the channel's lock, if there is one, and take it. A server without named locks (a Galera cluster) goes
 * without: the row itself is what counts. */
static bool take_lock(struct mysql_writer *w, struct arena *a, struct err *e) {
    struct mysql_rows rows;
    struct err refused = ERR_INIT;
    if (!mysql_rows(w->client, a, arena_printf(a, "SELECT IS_USED_LOCK('%s')", w->lock), &rows, &refused)) {
        if (!mysql_usable(w->client)) {
            err_copy(e, &refused);
        }
        return mysql_usable(w->client);
    }
    const char *holder = rows.n == 1 ? mysql_cell(&rows, 0, 0) : NULL;
    if (holder != NULL) {
        (void)!mysql_execf(w->client, &refused, "KILL CONNECTION %s", holder); /* it may be gone by now */
    }
    char *sql = arena_printf(a, "SELECT GET_LOCK('%s', %d)", w->lock, LOCK_WAIT_S);
    if (!mysql_rows(w->client, a, sql, &rows, e)) {
        return false;
    }
    if (rows.n == 1 && str_eq(mysql_cell(&rows, 0, 0), "1")) {
        return true;
    }
    err_set(e, ERR_TASK_RUNNING, "session %s of the source still writes this task's changes",
            holder != NULL ? holder : "?");
    return err_hint(e, "KILL it there, or wait until it has ended");
}

static bool take_row(struct mysql_writer *w, struct arena *a, struct mysql_writer_progress *found, struct err *e) {
    struct mysql_rows rows;
    char *where = of_channel(a, w);
    char *insert =
        arena_printf(a,
                     "INSERT INTO `godwit`.`progress` (`task`, `channel`, `batch`, `fence`, `position`, `note`,"
                     " `changed_us`) VALUES (%s, %u, 0, 0, '', '', 0) ON DUPLICATE KEY UPDATE `batch` = `batch`",
                     w->task, w->o.channel);
    char *select =
        arena_printf(a, "SELECT `batch`, `fence`, `position`, `note` FROM `godwit`.`progress` %s FOR UPDATE", where);
    if (!mysql_exec(w->client, insert, e) || !mysql_exec(w->client, "START TRANSACTION", e) ||
        !mysql_rows(w->client, a, select, &rows, e)) {
        return false;
    }
    if (rows.n != 1) {
        return err_set(e, ERR_SOURCE_QUERY, "the row of godwit.progress is gone");
    }
    uint64_t fence = strtoull(mysql_cell(&rows, 0, 1), NULL, 10);
    if (fence > w->o.fence) {
        struct err ignored = ERR_INIT;
        (void)!mysql_exec(w->client, "ROLLBACK", &ignored);
        return claim_lost(e, fence);
    }
    *found = (struct mysql_writer_progress){.batch = strtoull(mysql_cell(&rows, 0, 0), NULL, 10),
                                            .position = mysql_cell(&rows, 0, 2),
                                            .note = mysql_cell(&rows, 0, 3)};
    w->batch = found->batch;
    return mysql_execf(w->client, e, "UPDATE `godwit`.`progress` SET `fence` = %llu %s", (unsigned long long)w->o.fence,
                       where) &&
           mysql_exec(w->client, "COMMIT", e);
}

bool writer_connect(struct mysql_writer *w, struct arena *a, struct mysql_writer_progress *found, struct err *e) {
    struct mysql_options o = w->o.connect;
    o.found_rows = true;
    return (mysql_connect(&w->client, &o, e) && mysql_write_session(w->client, &w->max_statement_bytes, e) &&
            relax_isolation(w->client, e) && prepare_table(w, e) && look_at_fence(w, a, e) && take_lock(w, a, e) &&
            take_row(w, a, found, e) && mysql_multi_statements(w->client, true, e)) ||
           err_where(e, "session that writes changes");
}

/* ---- statements ---- */

char *writer_count_sql(struct mysql_writer *w) {
    return arena_printf(&w->a, "UPDATE `godwit`.`progress` SET `batch` = %llu %s AND `fence` = %llu AND `batch` = %llu",
                        (unsigned long long)w->batch + 1, of_channel(&w->a, w), (unsigned long long)w->o.fence,
                        (unsigned long long)w->batch);
}

char *writer_keep_sql(struct mysql_writer *w, const char *position, const char *note) {
    return arena_printf(&w->a,
                        "UPDATE `godwit`.`progress` SET `position` = %s, `note` = %s,"
                        " `changed_us` = CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS UNSIGNED) %s",
                        str_literal_mysql(&w->a, position), str_literal_mysql(&w->a, note), of_channel(&w->a, w));
}
