/* Taking, keeping and losing a task. See claim.h. */
#include "engine/claim.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

/* Advisory locks of ours: a class, and a hash of the task's name. */
enum { LOCK_RUN = 1198482500, LOCK_SESSION = 1198482501 };

enum { TRY_EVERY_MS = 50, TAKE_MS = 60 * 1000, REPLACE_MS = 30 * 1000 };

/* 32 bits are enough: a collision only makes two tasks wait for each other. */
static int lock_key(const char *task) {
    return (int)str_hash(task);
}

static bool try_lock(struct gauss_client *c, const char *task, bool *got, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    char *sql = arena_printf(&a, "SELECT CASE WHEN pg_try_advisory_lock(%d, %d) THEN 1 ELSE 0 END", (int)LOCK_RUN,
                             lock_key(task));
    bool ok = gauss_rows(c, &a, sql, &rows, e);
    *got = ok && str_eq(gauss_cell(&rows, 0, 0), "1");
    arena_clear(&a);
    return ok;
}

bool claim_lock(struct gauss_client *c, const char *task, struct err *e) {
    bool got;
    return try_lock(c, task, &got, e) &&
           (got || err_set(e, ERR_TASK_RUNNING, "task '%s' is being run by another process", task));
}

/* ---- the row ---- */

bool claim_lost(const struct checkpoint *cp, struct err *e) {
    return err_set(e, ERR_TARGET_CLAIM_LOST, "task '%s' is no longer this run's: another one has taken it over",
                   cp->task);
}

char *claim_hold_sql(struct arena *a, const struct checkpoint *cp) {
    /* FOR SHARE: a run that takes over cannot do so between here and the commit. */
    return arena_printf(a, "SELECT 1 FROM godwit.task WHERE \"name\" = %s AND \"run\" = %" PRId64 " FOR SHARE",
                        str_literal_pg(a, cp->task), cp->run);
}

bool claim_hold(struct gauss_client *c, const struct checkpoint *cp, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    bool ok = gauss_rows(c, &a, claim_hold_sql(&a, cp), &rows, e) && (rows.n == 1 || claim_lost(cp, e));
    arena_clear(&a);
    return ok;
}

bool claim_hold_fence(struct gauss_client *c, const char *task, int64_t fence, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    char *sql = arena_printf(
        &a, "SELECT 1 FROM godwit.task WHERE \"name\" = %s AND COALESCE(\"fence\", 0) <= %" PRId64 " FOR SHARE",
        str_literal_pg(&a, task), fence);
    bool ok = fence <= 0 || (gauss_rows(c, &a, sql, &rows, e) &&
                             (rows.n == 1 || claim_lost(&(struct checkpoint){.task = arena_strdup(&a, task)}, e)));
    arena_clear(&a);
    return ok;
}

bool claim_check(struct gauss_client *c, const struct checkpoint *cp, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    char *sql = arena_printf(&a, "SELECT 1 FROM godwit.task WHERE \"name\" = %s AND \"run\" = %" PRId64,
                             str_literal_pg(&a, cp->task), cp->run);
    bool ok = gauss_rows(c, &a, sql, &rows, e) && (rows.n == 1 || claim_lost(cp, e));
    arena_clear(&a);
    return ok;
}

bool claim_join(struct gauss_client *c, const struct checkpoint *cp, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    char *sql = arena_printf(&a, "SELECT CASE WHEN pg_try_advisory_lock_shared(%d, %d) THEN 1 ELSE 0 END",
                             (int)LOCK_SESSION, lock_key(cp->task));
    /* The lock first: a run that takes over after the look finds this session by it. */
    bool ok = gauss_rows(c, &a, sql, &rows, e) && claim_check(c, cp, e);
    arena_clear(&a);
    return ok;
}

/* ---- sessions of the run before ---- */

static void end_session(struct gauss_client *c, const char *pid) {
    struct err refused = ERR_INIT;
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    long long number = strtoll(pid, NULL, 10);
    char *sql = arena_printf(&a, "SELECT CASE WHEN pg_terminate_backend(%lld) THEN 1 ELSE 0 END", number);
    if (gauss_rows(c, &a, sql, &rows, &refused)) {
        log_info("session_ended", "session %lld of the run that was overtaken", number);
    } else {
        log_err("session_not_ended", &refused); /* it cannot commit anyway */
    }
    arena_clear(&a);
}

/* End every session but this one that holds a lock of the task, as long as the task's row is as `still` says. */
static bool end_sessions(struct gauss_client *c, const char *task, const char *still, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    char *sql =
        arena_printf(&a,
                     "SELECT DISTINCT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
                     "WHERE l.locktype = 'advisory' AND d.datname = current_database() AND l.objsubid = 2 "
                     "AND CAST(l.classid AS bigint) IN (%d, %d) AND CAST(l.objid AS bigint) = %u "
                     "AND l.pid <> pg_backend_pid() "
                     "AND EXISTS (SELECT 1 FROM godwit.task WHERE \"name\" = %s AND %s)",
                     (int)LOCK_RUN, (int)LOCK_SESSION, (unsigned)lock_key(task), str_literal_pg(&a, task), still);
    bool ok = gauss_rows(c, &a, sql, &rows, e);
    for (size_t i = 0; ok && i < rows.n; i++) {
        end_session(c, gauss_cell(&rows, i, 0));
    }
    arena_clear(&a);
    return ok;
}

static bool wait_a_little(const atomic_bool *stop, struct err *e) {
    clock_sleep_ms(TRY_EVERY_MS);
    return !atomic_load(stop) || err_set(e, ERR_CANCELLED, "stopped by request");
}

bool claim_replace(struct gauss_client *c, const struct checkpoint *cp, const atomic_bool *stop, struct err *e) {
    int64_t until_us = clock_mono_us() + (int64_t)REPLACE_MS * 1000;
    char still[64];
    snprintf(still, sizeof still, "\"run\" = %" PRId64, cp->run);
    for (bool got = false;;) {
        /* Also when the lock is free: loading sessions hold tables that this run will want. */
        if (!claim_check(c, cp, e) || !end_sessions(c, cp->task, still, e) || !try_lock(c, cp->task, &got, e)) {
            return err_where(e, "taking task '%s' over", cp->task);
        }
        if (got) {
            return true;
        }
        if (clock_mono_us() > until_us) {
            err_set(e, ERR_TASK_RUNNING, "the sessions of the run that was overtaken are still there after %d s",
                    REPLACE_MS / 1000);
            return err_hint(e, "end them in the target: they hold an advisory lock; a role may end its own sessions");
        }
        if (!wait_a_little(stop, e)) {
            return false;
        }
    }
}

/* ---- taking ---- */

static void roll_back(struct gauss_client *c) {
    struct err ignored = ERR_INIT;
    if (gauss_usable(c) && gauss_tx_status(c) != 'I' && !gauss_exec(c, "ROLLBACK", &ignored)) {
        log_err("rollback", &ignored); /* the next use of the session reports it */
    }
}

/* Who wants a task. */
struct claimant {
    const char *task;
    int64_t fence;
    bool again; /* it has taken the task with this fence before */
};

/* Whether the fence of the row keeps this run out. */
static bool fence_allows(const struct claimant *w, int64_t had, struct err *e) {
    return w->fence <= 0 || had < w->fence || (w->again && had == w->fence) ||
           err_set(e, ERR_TARGET_CLAIM_LOST,
                   "task '%s' was given to another run since: its fence is %" PRId64 ", this run's %" PRId64, w->task,
                   had, w->fence);
}

/* One try. *again: others are at the row. */
static bool take_row(struct gauss_client *c, struct arena *a, const struct claimant *w, struct checkpoint *cp,
                     struct task_record *before, bool *again, struct err *e) {
    struct gauss_rows rows, made;
    char *name = str_literal_pg(a, w->task);
    char *look = arena_printf(a,
                              "SELECT \"state\", \"source_server\", \"source_gtid\", \"source_file\", \"source_pos\", "
                              "\"target_schema\", \"fence\" FROM godwit.task WHERE \"name\" = %s FOR UPDATE NOWAIT",
                              name);
    *again = false;
    *before = (struct task_record){.at = {.server = "", .gtid = "", .file = ""}};
    if (!gauss_exec(c, "BEGIN", e) || !gauss_exec(c, "SET LOCAL synchronous_commit TO on", e)) {
        return false;
    }
    if (!gauss_rows(c, a, look, &rows, e)) {
        *again = str_eq(e->sqlstate, "55P03"); /* lock_not_available */
        return false;
    }
    char *sql =
        arena_printf(a,
                     "INSERT INTO godwit.task (\"name\", \"run\", \"state\", \"target_schema\", \"source_server\", "
                     "\"source_gtid\", \"source_file\", \"source_pos\", \"fence\") "
                     "VALUES (%s, 1, 0, '', '', '', '', 0, %" PRId64 ") RETURNING \"run\"",
                     name, w->fence);
    if (rows.n > 0) {
        int64_t had = strtoll(gauss_text(&rows, 0, 6), NULL, 10);
        if (!fence_allows(w, had, e)) {
            return false;
        }
        before->state = str_eq(gauss_cell(&rows, 0, 0), "1") ? TASK_DONE : TASK_UNFINISHED;
        before->at.server = gauss_text(&rows, 0, 1);
        before->at.gtid = gauss_text(&rows, 0, 2);
        before->at.file = gauss_text(&rows, 0, 3);
        before->at.pos = strtoull(gauss_text(&rows, 0, 4), NULL, 10);
        before->target_schema = arena_strdup(a, gauss_text(&rows, 0, 5));
        sql = arena_printf(a,
                           "UPDATE godwit.task SET \"run\" = \"run\" + 1, \"fence\" = %" PRId64
                           " WHERE \"name\" = %s RETURNING \"run\"",
                           w->fence > had ? w->fence : had, name);
    }
    if (!gauss_rows(c, a, sql, &made, e)) {
        *again = str_eq(e->sqlstate, "23505"); /* made by another run at this moment */
        return false;
    }
    *cp = (struct checkpoint){.task = arena_strdup(a, w->task), .run = strtoll(gauss_cell(&made, 0, 0), NULL, 10)};
    return gauss_exec(c, "COMMIT", e);
}

/* Commits of the run before may hold the row: look what is committed, and if that allows it, end them. */
static bool make_way(struct gauss_client *c, struct arena *a, const struct claimant *w, struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(a, "SELECT \"fence\" FROM godwit.task WHERE \"name\" = %s", str_literal_pg(a, w->task));
    if (w->fence <= 0) {
        return true;
    }
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return false;
    }
    int64_t had = rows.n > 0 ? strtoll(gauss_text(&rows, 0, 0), NULL, 10) : 0;
    char still[64];
    snprintf(still, sizeof still, "(\"fence\" IS NULL OR \"fence\" < %" PRId64 ")", w->fence);
    return fence_allows(w, had, e) && end_sessions(c, w->task, still, e);
}

static bool take(struct gauss_client *c, struct arena *a, const struct claimant *w, const atomic_bool *stop,
                 struct checkpoint *cp, struct task_record *before, struct err *e) {
    int64_t until_us = clock_mono_us() + (int64_t)TAKE_MS * 1000;
    for (bool again = false;;) {
        if (take_row(c, a, w, cp, before, &again, e)) {
            return true;
        }
        roll_back(c);
        if (!again || !gauss_usable(c)) {
            return err_where(e, "task record");
        }
        err_clear(e);
        if (clock_mono_us() > until_us) {
            return err_set(e, ERR_TASK_RUNNING, "the record of task '%s' is held by another process", w->task);
        }
        if (!make_way(c, a, w, e) || !wait_a_little(stop, e)) {
            return false;
        }
    }
}

bool claim_take(struct gauss_client *c, struct arena *a, const char *task, int64_t fence, const atomic_bool *stop,
                struct checkpoint *cp, struct task_record *before, struct err *e) {
    struct claimant w = {.task = task, .fence = fence};
    return take(c, a, &w, stop, cp, before, e);
}

bool claim_take_again(struct gauss_client *c, struct arena *a, const char *task, int64_t fence, const atomic_bool *stop,
                      struct checkpoint *cp, struct task_record *before, struct err *e) {
    struct claimant w = {.task = task, .fence = fence, .again = true};
    return take(c, a, &w, stop, cp, before, e);
}

/* ---- beginning again ---- */

enum { RENEW_STEP = 2, RENEW_SPREAD = 1000 };

/* One try. *again: commits of the old number are still under way. */
static bool renew_row(struct gauss_client *c, struct arena *a, struct checkpoint *cp, bool *again, struct err *e) {
    struct gauss_rows rows;
    char *name = str_literal_pg(a, cp->task);
    char *look = arena_printf(a,
                              "SELECT \"run\" FROM godwit.task WHERE \"name\" = %s AND \"run\" IN (%" PRId64
                              ", %" PRId64 ") FOR UPDATE NOWAIT",
                              name, cp->run, cp->renewing);
    *again = false;
    if (!gauss_exec(c, "BEGIN", e) || !gauss_exec(c, "SET LOCAL synchronous_commit TO on", e)) {
        return false;
    }
    if (!gauss_rows(c, a, look, &rows, e)) {
        *again = str_eq(e->sqlstate, "55P03"); /* lock_not_available */
        return false;
    }
    if (rows.n == 0) {
        return claim_lost(cp, e);
    }
    /* A number that nobody else would choose: should the commit's answer be lost, it is found again. */
    cp->run = strtoll(gauss_cell(&rows, 0, 0), NULL, 10);
    cp->renewing = cp->run + RENEW_STEP + clock_utc_us() % RENEW_SPREAD;
    char *sql = arena_printf(a, "UPDATE godwit.task SET \"run\" = %" PRId64 " WHERE \"name\" = %s", cp->renewing, name);
    if (!gauss_exec(c, sql, e) || !gauss_exec(c, "COMMIT", e)) {
        return false;
    }
    cp->run = cp->renewing;
    cp->renewing = 0;
    return true;
}

bool claim_renew(struct gauss_client *c, struct checkpoint *cp, const atomic_bool *stop, struct err *e) {
    int64_t until_us = clock_mono_us() + (int64_t)TAKE_MS * 1000;
    struct arena a = ARENA_INIT;
    bool ok = false;
    for (bool again = true; !ok && again;) {
        arena_reset(&a);
        ok = renew_row(c, &a, cp, &again, e);
        if (ok) {
            break;
        }
        roll_back(c);
        if (!again || !gauss_usable(c) || clock_mono_us() > until_us) {
            err_where(e, "task record");
            break;
        }
        err_clear(e);
        again = wait_a_little(stop, e);
    }
    arena_clear(&a);
    return ok;
}
