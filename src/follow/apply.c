/* Appliers: sessions, threads, and a job from BEGIN to COMMIT. See apply.h. */
#include "follow/apply.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"
#include "engine/target.h"
#include "gauss/origin.h"
#include "schema/ddl.h"

enum { TRIES = 20, WAIT_MS = 20, RETRY_MS = 1000, ORIGIN_TRIES = 250 };

/* ---- sessions ---- */

bool apply_may_skip_checks(struct gauss_client *c, enum dialect d, bool *may, struct err *e) {
    return gauss_leave_checks(c, d, may, e) && gauss_keep_checks(c, d, e);
}

static bool set_checks(struct applier *w, struct err *e) {
    bool left = true;
    bool ok = w->apply->enforced ? gauss_keep_checks(w->target, w->apply->dialect, e)
                                 : gauss_leave_checks(w->target, w->apply->dialect, &left, e);
    return ok && (left || err_set(e, ERR_TARGET_QUERY, "the target checks foreign keys that it left alone before"));
}

/* So that the way back can tell our changes from others'. */
static bool mark_origin(struct applier *w, struct err *e) {
    char name[128];
    if (w->apply->origin == NULL) {
        return true;
    }
    snprintf(name, sizeof name, "%s_%u", w->apply->origin, w->number);
    if (!origin_create(w->target, name, e)) {
        return false;
    }
    /* A session of before that has just been ended may still have it. */
    for (int tries = 1; !origin_begin(w->target, name, e); tries++) {
        if (str_eq(e->sqlstate, "53400")) { /* others have taken what room there was */
            log_err("no_origin", e);
            err_clear(e);
            return true;
        }
        if (tries == ORIGIN_TRIES || !gauss_usable(w->target) || !str_eq(e->sqlstate, "55006")) {
            return false;
        }
        err_clear(e);
        clock_sleep_ms(WAIT_MS);
    }
    return true;
}

static bool prepare_own(struct applier *w, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = gauss_pipe_prepare(w->target, "godwit_begin", "BEGIN", NULL, 0, e) &&
              gauss_pipe_prepare(w->target, "godwit_commit", "COMMIT", NULL, 0, e) &&
              gauss_pipe_prepare(w->target, "godwit_part", apply_record_part_sql, NULL, 0, e) &&
              gauss_pipe_prepare(w->target, "godwit_claim", claim_hold_sql(&a, &w->apply->checkpoint), NULL, 0, e) &&
              gauss_pipe_sync(w->target, e) && gauss_pipe_end(w->target, e);
    arena_clear(&a);
    return ok;
}

static bool open_session(struct applier *w, struct err *e) {
    return target_open_loader(w->apply->task, w->apply->dialect, &w->target, e) &&
           gauss_exec(w->target, "SET application_name = '" FOLLOW_APPLICATION_NAME "'", e) && set_checks(w, e) &&
           claim_join(w->target, &w->apply->checkpoint, e) && mark_origin(w, e) && prepare_own(w, e);
}

/* ---- a job ---- */

static struct gauss_param text_param(const char *text) {
    return (struct gauss_param){.value = text, .len = strlen(text)};
}

/* That the part is in, and the proof that the task is this run's, in the same transaction. */
static bool pipe_record(struct applier *w, const struct job *job, struct err *e) {
    const struct flight *f = job->flight;
    struct arena *a = &w->arena;
    char digest[APPLY_DIGEST_TEXT];
    bool ok;
    if (f->goes_on) {
        return true;
    }
    if (w->apply->in_order || f->statement != NULL) {
        struct mark m = {.change = f->first + f->changes, .place = f->end, .losses = f->losses_so_far};
        char *sql = apply_record_move_sql(a, &w->apply->checkpoint, &m);
        ok = gauss_pipe_prepare(w->target, "", sql, NULL, 0, e) && apply_pipe_own(w, "", NULL, 0, 1, false, e);
    } else {
        apply_digest_text(f->digest, digest);
        struct gauss_param p[] = {text_param(w->apply->checkpoint.task),
                                  text_param(arena_printf(a, "%" PRIu64, f->first)),
                                  text_param(arena_printf(a, "%" PRIu32, job->part)),
                                  text_param(arena_printf(a, "%" PRIu32, f->parts)),
                                  text_param(arena_printf(a, "%" PRIu64, f->changes)),
                                  text_param(digest),
                                  text_param(f->cuts)};
        ok = apply_pipe_own(w, "godwit_part", p, sizeof p / sizeof p[0], 1, false, e);
    }
    return ok && apply_pipe_own(w, "godwit_claim", NULL, 0, 1, true, e);
}

static bool pipe_steps(struct applier *w, const struct job *job, struct err *e) {
    const struct part *p = &job->flight->batch.parts[job->part];
    for (size_t i = 0; i < p->nsteps; i++) {
        if (!apply_pipe_step(w, &p->steps[i], 0, p->steps[i].n, e)) {
            return false;
        }
    }
    return true;
}

/* What became of a pipeline that ends with the record. *rows: a row may be to blame. */
static bool finish(struct applier *w, bool *rows, struct err *e) {
    const struct expected *failed;
    if (apply_pipe_finish(w, &failed, e)) {
        return true;
    }
    if (failed != NULL && failed->step == NULL && e->code == ERR_NONE) {
        return failed->claim ? claim_lost(&w->apply->checkpoint, e)
                             : err_set(e, ERR_APPLY_RECORD, "godwit.apply has no row of this task");
    }
    *rows = failed != NULL && failed->step != NULL && apply_blames_row(w, e);
    return false;
}

/* A definition, which the user may decide otherwise; what passes is tried again. */
static bool run_definition(struct applier *w, const char *sql, struct err *e) {
    if (gauss_exec(w->target, sql, e) || e->retryable || !gauss_usable(w->target)) {
        return e->code == ERR_NONE;
    }
    struct err why = *e;
    err_set(e, ERR_APPLY_DEFINITION, "a definition has changed at the source, and the target refuses the same: %s",
            why.message);
    return err_cause(e, "%s", why.cause);
}

/* A statement of the target: whatever it is, it goes as it is written. All before it is in. */
static bool run_statement(struct applier *w, const struct job *job, struct err *e) {
    const char *sql = job->flight->statement;
    bool rows;
    apply_pipe_reset(w);
    char *task = str_literal_pg(&w->arena, w->apply->checkpoint.task);
    char *forget = arena_printf(&w->arena, "DELETE FROM godwit.applied WHERE \"task\" = %s", task);
    /* First what the coordinator, who moves the mark, takes first: the statement may change the task's own row. */
    char *first = arena_printf(&w->arena, "SELECT 1 FROM godwit.apply WHERE \"task\" = %s FOR UPDATE", task);
    if (!gauss_exec(w->target, w->open ? "SAVEPOINT godwit_job" : "BEGIN", e) || !gauss_exec(w->target, first, e) ||
        (sql[0] != '\0' &&
         !(job->flight->emptied != NULL ? gauss_exec(w->target, sql, e) : run_definition(w, sql, e)))) {
        return err_where(e, "%.300s", sql);
    }
    return gauss_exec(w->target, forget, e) && pipe_record(w, job, e) && finish(w, &rows, e);
}

/* All of a job but the commit in one pipeline. */
static bool all_at_once(struct applier *w, const struct job *job, bool *rows, struct err *e) {
    apply_pipe_reset(w);
    bool begun = w->open ? gauss_exec(w->target, "SAVEPOINT godwit_job", e)
                         : apply_pipe_own(w, "godwit_begin", NULL, 0, 0, false, e);
    return begun && pipe_steps(w, job, e) && pipe_record(w, job, e) && finish(w, rows, e);
}

static bool begin_again(struct applier *w, struct err *e) {
    return w->open ? gauss_exec(w->target, "ROLLBACK TO SAVEPOINT godwit_job", e)
                   : (gauss_tx_status(w->target) == 'I' || gauss_exec(w->target, "ROLLBACK", e));
}

static bool row_by_row(struct applier *w, const struct job *job, struct err *e) {
    bool rows = false;
    if (!begin_again(w, e) || !(w->open || gauss_exec(w->target, "BEGIN", e)) || !apply_carefully(w, job, e)) {
        return false;
    }
    apply_pipe_reset(w);
    return pipe_record(w, job, e) && finish(w, &rows, e);
}

static bool do_changes(struct applier *w, const struct job *job, struct err *e) {
    bool rows = false;
    if (job->flight->statement != NULL) {
        return run_statement(w, job, e);
    }
    if (all_at_once(w, job, &rows, e)) {
        return true;
    }
    if (!rows) {
        return false;
    }
    log_info("apply_carefully", "batch at change %" PRIu64 ", part %" PRIu32 ": %s", job->flight->first, job->part,
             e->code != ERR_NONE ? e->message : "other rows than meant");
    err_clear(e);
    return row_by_row(w, job, e);
}

static bool commit(struct applier *w, const struct job *job, struct err *e) {
    if (job->flight->goes_on) {
        if (w->open && !gauss_exec(w->target, "RELEASE SAVEPOINT godwit_job", e)) {
            return false;
        }
        w->open = true;
        return true;
    }
    bool rows;
    apply_pipe_reset(w);
    w->open = false;
    return apply_pipe_own(w, "godwit_commit", NULL, 0, 0, false, e) && finish(w, &rows, e);
}

/* Another session's doing, not the job's: a deadlock, a lock that could not be had. */
static bool passes_by_itself(const struct err *e) {
    return str_starts(e->sqlstate, "40") || str_eq(e->sqlstate, "55P03") ||
           str_eq(e->sqlstate, "YY003"); /* openGauss's lock timeout */
}

static bool wait_to_retry(struct applier *w, unsigned tries, int64_t ms, const struct err *why, struct err *e) {
    log_warn("apply_retry", "try %u: %s", tries, why->message);
    atomic_fetch_add(&w->apply->retried, 1);
    for (int64_t waited = 0; waited < ms; waited += WAIT_MS) {
        if (atomic_load(w->apply->stop) || jobs_failed(w->apply->jobs, NULL)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        clock_sleep_ms(WAIT_MS);
    }
    err_clear(e);
    return true;
}

static bool run_job(void *arg, const struct job *job, struct err *e) {
    struct applier *w = arg;
    for (unsigned tries = 1;; tries++) {
        bool was_open = w->open;
        if (do_changes(w, job, e) && commit(w, job, e)) {
            return true;
        }
        struct err why = *e, ignored = ERR_INIT;
        w->open = was_open;
        if (!gauss_usable(w->target) || !begin_again(w, &ignored)) {
            return false;
        }
        bool asked = why.retryable && (why.code == ERR_APPLY_MISSING || why.code == ERR_APPLY_DUPLICATE ||
                                       why.code == ERR_APPLY_REFUSED);
        bool passes = passes_by_itself(&why) && tries < TRIES;
        if ((!asked && !passes) || !wait_to_retry(w, tries, asked ? RETRY_MS : WAIT_MS * tries, &why, e)) {
            return false;
        }
    }
}

/* ---- threads ---- */

static void *thread_main(void *arg) {
    struct applier *w = arg;
    jobs_work(w->apply->jobs, run_job, w);
    return NULL;
}

static void applier_free(struct applier *w) {
    apply_pipe_clear(w);
    gauss_close(w->target);
    free(w);
}

bool applier_start(struct apply *a, unsigned number, struct applier **out, struct err *e) {
    struct applier *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a session");
    }
    w->apply = a;
    w->number = number;
    if (!apply_pipe_init(w, e) || !open_session(w, e)) {
        applier_free(w);
        return err_where(e, "session %u that applies changes", number);
    }
    if (pthread_create(&w->thread, NULL, thread_main, w) != 0) {
        applier_free(w);
        return err_set(e, ERR_SYSTEM, "no thread can be started");
    }
    *out = w;
    return true;
}

void applier_join(struct applier *w, bool interrupt) {
    if (w == NULL) {
        return;
    }
    if (interrupt) {
        gauss_abort(w->target);
    }
    pthread_join(w->thread, NULL);
    applier_free(w);
}
