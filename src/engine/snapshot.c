/* One snapshot over many connections.
 *
 * With a lock: all commits are held up (FLUSH TABLES WITH READ LOCK, or LOCK TABLES .. READ on the tables of the run)
 * while every reader says START TRANSACTION WITH CONSISTENT SNAPSHOT and the position is read: a few round trips.
 * Lock-free: readers open their snapshots without a lock and the position is read before and after; when it did not
 * move, nothing was committed in between and all see the same. MySQL writes a transaction into the binlog before others can see it, so that the
 * place there says too much; its GTID counts only when it can be seen: both have to stay where they are. After some attempts, and at
 * once where MySQL gives no GTIDs, one reader alone is used: its snapshot is consistent by itself, and only the position next to it is
 * uncertain (MariaDB tells it exactly). Then none is recorded: a wrong one would lose changes of whoever follows from there. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/source.h"

enum { LOCK_FREE_ATTEMPTS = 30, SINGLE_ATTEMPTS = 100, LOCK_IDLE_S = 10, LOCK_ATTEMPTS = 3, LOCK_PAUSE_MS = 1500 };

static const char *const begin_sql = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

static bool begin_all(struct snapshot *s, struct err *e) {
    for (size_t i = 0; i < s->n; i++) {
        if (!mysql_exec(s->clients[i], begin_sql, e)) {
            return err_where(e, "snapshot of reader %zu", i + 1);
        }
    }
    return true;
}

static bool end_all(struct snapshot *s, struct err *e) {
    for (size_t i = 0; i < s->n; i++) {
        if (!mysql_exec(s->clients[i], "ROLLBACK", e)) {
            return false;
        }
    }
    return true;
}

static bool lock_tables_sql(struct arena *a, const struct task *t, const struct database *d, char **sql) {
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 64u << 20);
    bool ok = buf_puts(&b, "LOCK TABLES ", &e);
    for (size_t i = 0; ok && i < d->ntables; i++) {
        ok = buf_printf(&b, &e, "%s%s.%s READ", i == 0 ? "" : ", ", str_quote_mysql(a, t->source_database),
                        str_quote_mysql(a, d->tables[i].name));
    }
    ok = ok && d->ntables > 0;
    *sql = ok ? arena_strndup(a, (char *)b.data, b.len) : NULL;
    buf_clear(&b);
    return ok;
}

/* Take the lock; *what says which. A refusal for lack of privilege tries the next kind. */
static bool take_lock(const struct task *t, struct arena *a, const struct database *d, struct mysql_client *c,
                      const char **what, struct err *e) {
    int64_t timeout_ms = t->lock_timeout_ms > 0 ? t->lock_timeout_ms : 5000;
    int64_t timeout_s = timeout_ms < 1000 ? 1 : timeout_ms / 1000;
    /* A process that is stopped, or cut off, while it has the lock holds up every writer of the source: not for long. (Losing the lock
     * meanwhile cannot go unnoticed: the position is asked for over the same session.) */
    if (!mysql_execf(c, e, "SET SESSION lock_wait_timeout=%lld, wait_timeout=%d", (long long)timeout_s, LOCK_IDLE_S)) {
        return false;
    }
    *what = "FLUSH TABLES WITH READ LOCK";
    if (mysql_exec(c, *what, e)) {
        return true;
    }
    if (e->code == ERR_SOURCE_PRIVILEGE && mysql_usable(c)) {
        char *sql;
        if (!lock_tables_sql(a, t, d, &sql)) {
            return false;
        }
        *what = "LOCK TABLES .. READ";
        if (mysql_exec(c, sql, e)) {
            return true;
        }
    }
    if (e->server_code == 1205) { /* lock wait timeout */
        struct err cause = *e;
        err_set(e, ERR_SOURCE_LOCK, "the snapshot lock was not granted within %lld s", (long long)timeout_s);
        err_cause(e, "%s", cause.cause);
    }
    return false;
}

static bool open_locked(const struct task *t, struct arena *a, const struct database *d, struct snapshot *s,
                        struct err *e) {
    struct mysql_client *locker;
    if (!source_open(t, &locker, e)) {
        return false;
    }
    const char *what = "";
    bool ok = take_lock(t, a, d, locker, &what, e);
    if (ok) {
        int64_t from_us = clock_mono_us();
        ok = begin_all(s, e) && source_position(locker, a, &s->at, e);
        struct err unlock_error = ERR_INIT;
        /* Closing the connection frees the lock as well, so a failure here is not the end. */
        if (!mysql_exec(locker, "UNLOCK TABLES", &unlock_error)) {
            log_err("unlock", &unlock_error);
        }
        s->lock_ms = (double)(clock_mono_us() - from_us) / 1000;
        s->how = arena_printf(a, "%s for %.1f ms: all %zu readers see the same moment, and the position is that moment",
                              what, s->lock_ms, s->n);
    }
    mysql_close(locker);
    return ok;
}

/* MariaDB tells the binlog position that belongs to a snapshot exactly. */
static bool mariadb_snapshot_position(struct mysql_client *c, struct arena *a, struct position *p, struct err *e) {
    struct mysql_rows rows;
    if (!mysql_rows(c, a, "SHOW STATUS LIKE 'binlog_snapshot_%'", &rows, e)) {
        return false;
    }
    p->file = "";
    p->gtid = "";
    for (size_t i = 0; i < rows.n; i++) {
        const char *name = mysql_cell(&rows, i, 0), *value = mysql_cell(&rows, i, 1);
        if (str_ieq(name, "binlog_snapshot_file")) {
            p->file = value == NULL ? "" : value;
        } else if (str_ieq(name, "binlog_snapshot_position")) {
            p->pos = value == NULL ? 0 : strtoull(value, NULL, 10);
        }
    }
    if (p->file[0] == '\0') {
        return true;
    }
    char *sql =
        arena_printf(a, "SELECT BINLOG_GTID_POS(%s, %llu)", str_literal_mysql(a, p->file), (unsigned long long)p->pos);
    struct err ignored = ERR_INIT;
    if (mysql_rows(c, a, sql, &rows, &ignored) && rows.n == 1 && mysql_cell(&rows, 0, 0) != NULL) {
        p->gtid = mysql_cell(&rows, 0, 0);
    }
    return true;
}

static bool same_place(const struct position *x, const struct position *y) {
    return x->file[0] != '\0' ? str_eq(x->file, y->file) && x->pos == y->pos
                              : x->gtid[0] != '\0' && str_eq(x->gtid, y->gtid);
}

static bool try_lock_free(struct arena *a, struct snapshot *s, bool *common, struct err *e) {
    bool mariadb = mysql_server(s->clients[0])->is_mariadb;
    struct position before;
    if (!source_position(s->clients[0], a, &before, e) || !begin_all(s, e)) {
        return false;
    }
    struct position after = before;
    if (!mariadb) {
        if (!source_position(s->clients[0], a, &after, e)) {
            return false;
        }
        *common = source_tells_gtids(s->clients[0], a, false, &after) && str_eq(before.gtid, after.gtid) &&
                  same_place(&before, &after);
        s->at = after;
        return true;
    }
    *common = true;
    for (size_t i = 0; i < s->n; i++) {
        struct position p = before;
        if (!mariadb_snapshot_position(s->clients[i], a, &p, e)) {
            return false;
        }
        if (i == 0) {
            after = p;
        } else if (!same_place(&after, &p)) {
            *common = false;
        }
    }
    *common = *common && after.file[0] != '\0';
    s->at = after;
    return true;
}

static bool open_lock_free(struct arena *a, struct snapshot *s, struct err *e) {
    bool gtids = mysql_server(s->clients[0])->is_mariadb || source_tells_gtids(s->clients[0], a, false, &s->at);
    for (int attempt = 1; gtids && attempt <= LOCK_FREE_ATTEMPTS; attempt++) {
        bool common = false;
        if (!try_lock_free(a, s, &common, e)) {
            return false;
        }
        if (common) {
            s->how = arena_printf(
                a,
                "lock-free, attempt %d: nothing was committed while all %zu readers opened, so they see the "
                "same moment, and the position is that moment",
                attempt, s->n);
            return true;
        }
        if (!end_all(s, e)) {
            return false;
        }
    }
    while (s->n > 1) {
        mysql_close(s->clients[--s->n]);
    }
    for (int attempt = 1;; attempt++) {
        bool common = false;
        if (!try_lock_free(a, s, &common, e)) {
            return false;
        }
        if (common) {
            s->how =
                arena_strdup(a, "lock-free, a single reader: one consistent moment, and the position is that moment");
            return true;
        }
        if (!gtids || attempt == SINGLE_ATTEMPTS) {
            break;
        }
        if (!end_all(s, e)) {
            return false;
        }
    }
    s->at.gtid = s->at.file = "";
    s->at.pos = 0;
    s->how = arena_printf(
        a,
        "lock-free, a single reader because %s: one consistent moment, whose position is not known: changes "
        "behind it cannot be followed",
        gtids ? "the source never paused" : "the source gives no GTIDs");
    return true;
}

/* Several migrations that begin at one moment are in each other's way, and each waits for what the others read: after a pause, in which whoever
 * has queued up behind the lock gets through, it is tried again. */
static bool open_auto(const struct task *t, struct arena *a, const struct database *d, struct snapshot *s,
                      struct err *e) {
    for (int attempt = 1;; attempt++) {
        if (open_locked(t, a, d, s, e)) {
            return true;
        }
        if (e->code != ERR_SOURCE_LOCK || attempt == LOCK_ATTEMPTS) {
            break;
        }
        log_warn("snapshot", "%s; attempt %d of %d", e->message, attempt, (int)LOCK_ATTEMPTS);
        err_clear(e);
        clock_sleep_ms(LOCK_PAUSE_MS + clock_mono_us() % LOCK_PAUSE_MS); /* not all at one moment again */
    }
    if (e->code != ERR_SOURCE_PRIVILEGE) {
        return false;
    }
    err_clear(e);
    return open_lock_free(a, s, e);
}

bool snapshot_open(const struct task *t, struct arena *a, const struct database *d, size_t n, struct snapshot *out,
                   struct err *e) {
    *out = (struct snapshot){.clients = calloc(n, sizeof(struct mysql_client *))};
    if (out->clients == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for %zu readers", n);
    }
    for (; out->n < n; out->n++) {
        if (!source_open(t, &out->clients[out->n], e)) {
            snapshot_close(out);
            return false;
        }
    }
    bool ok = t->snapshot == SNAPSHOT_LOCK_FREE ? open_lock_free(a, out, e)
              : t->snapshot == SNAPSHOT_LOCK    ? open_locked(t, a, d, out, e)
                                                : open_auto(t, a, d, out, e);
    if (!ok) {
        snapshot_close(out);
        return err_where(e, "snapshot");
    }
    log_info("snapshot", "%s; gtid '%s', %s:%llu", out->how, out->at.gtid, out->at.file,
             (unsigned long long)out->at.pos);
    return true;
}

void snapshot_close(struct snapshot *s) {
    for (size_t i = 0; i < s->n; i++) {
        mysql_close(s->clients[i]);
    }
    free(s->clients);
    *s = (struct snapshot){0};
}
