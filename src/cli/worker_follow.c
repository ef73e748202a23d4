/* See worker_follow.h. */
#include "cli/worker_follow.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/worker.h"
#include "cli/worker_changes.h"
#include "cli/worker_reverse.h"

enum { TICK_MS = 50 };

struct worker_follow {
    struct invocation *v;
    struct worker_watch *w;
    struct task task;
    struct follow_task_options options;
    struct worker_changes *changes;
    bool alone; /* no load was made by this worker */
};

/* ---- its thread ---- */

static bool flow(void *arg, const struct follow_watch *w, atomic_bool *stop, atomic_bool *finish,
                 struct follow_figures *last, struct err *e) {
    struct worker_follow *f = arg;
    bool ok = follow_task(&f->task, &f->options, w, stop, finish, last, e);
    if (!ok && !atomic_load(stop)) {
        log_err("follow", e);
        atomic_store(&f->v->stop, true); /* the check, if it is its turn */
    }
    return ok;
}

/* ---- begin and end ---- */

/* For the check: the target has what the source had when this was called. */
static bool applied(void *arg, struct err *e) {
    struct worker_follow *f = arg;
    struct worker_flowing s = worker_changes_see(f->changes);
    int64_t begin_us = 0;
    unsigned first = s.looks;
    for (;; s = worker_changes_see(f->changes)) {
        if (atomic_load(&f->v->stop) || !worker_changes_begun(f->changes) || s.ended) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        if (begin_us == 0 && s.looks > 0) {
            begin_us = s.last.source_us;
        }
        bool newer = begin_us > 0 && s.last.figures.applied_commit_us > begin_us;
        /* The look under way may have begun before. */
        if (newer || (s.looks > first + 1 && s.last.figures.caught_up)) {
            return true;
        }
        clock_sleep_ms(TICK_MS);
    }
}

bool worker_follow_new(struct worker_follow **out, struct invocation *v, struct worker_watch *w, struct err *e) {
    struct worker_follow *f = calloc(1, sizeof *f);
    *out = f;
    if (f == NULL) {
        return err_set(e, ERR_MEMORY, "no memory to begin");
    }
    f->v = v;
    f->w = w;
    v->o.check.applied = applied;
    v->o.check.arg = f;
    return worker_changes_new(&f->changes, "follow", flow, f, e);
}

void worker_follow_begin(void *arg) {
    struct worker_follow *f = arg;
    f->task = f->v->o.task;
    f->task.resume = f->task.restart = false;
    f->task.retry_ms = WORKER_RETRY_MS;
    f->task.fence_taken = !f->alone; /* by the load */
    f->options = f->v->o.follow;
    f->options.in_order = f->v->o.follow_mode == 1;
    worker_changes_begin(f->changes);
    if (worker_changes_see(f->changes).ended) {
        atomic_store(&f->v->stop, true);
    }
}

void worker_follow_free(struct worker_follow *f) {
    if (f != NULL) {
        worker_changes_free(f->changes);
        free(f);
    }
}

bool worker_follow_failed(struct worker_follow *f, struct err *e) {
    return worker_changes_failed(f->changes, e);
}

/* ---- stages ---- */

static bool ordered(const struct worker_follow *f, unsigned order) {
    return (atomic_load(&f->v->orders) & order) != 0;
}

static bool told_to_end(const struct worker_follow *f) {
    return atomic_load(&f->v->stop) || ordered(f, ORDER_FINISH);
}

/* Until it has ended, or somebody wants the worker to end. */
static void follow(struct worker_follow *f, bool stopping) {
    struct worker_told told = {EVENT_INCREMENTAL_RUNNING, EVENT_INCREMENTAL_BROKEN, EVENT_INCREMENTAL_MENDED,
                               .looks = worker_changes_see(f->changes).looks};
    worker_changes_tell(f->changes);
    for (;; clock_sleep_ms(TICK_MS)) {
        struct worker_flowing s = worker_changes_see(f->changes);
        if (!stopping) {
            worker_changes_state(f->w, &told, &s);
        }
        if (s.ended) {
            return;
        }
        if (told_to_end(f)) {
            worker_changes_stop(f->changes);
            return;
        }
        stopping = stopping || ordered(f, ORDER_STOP_INCREMENTAL);
        if (stopping) {
            worker_changes_finish(f->changes);
        }
    }
}

static int fail(const struct err *e) {
    worker_fail(e);
    return (int)exit_code_of(e);
}

int worker_follow_run(struct worker_follow *f, enum follow_left left) {
    struct err e = ERR_INIT;
    stopper_at_once(f->v->stopper, false);
    if (left == FOLLOW_REVERSE) {
        return worker_reverse_run(f->v, f->w, true);
    }
    worker_watch_stage(f->w, state_event_name(EVENT_INCREMENTAL_START));
    if (left == FOLLOW_STOPPED) {
        worker_watch_stage(f->w, state_event_name(EVENT_INCREMENTAL_STOPPED));
        return worker_reverse_run(f->v, f->w, false);
    }
    if (!worker_changes_begun(f->changes)) {
        f->alone = true;
        worker_follow_begin(f);
    }
    follow(f, left == FOLLOW_STOPPING);
    worker_changes_join(f->changes);
    if (told_to_end(f)) { /* by the subtask's end, or to go on elsewhere */
        bool failed = worker_follow_failed(f, &e) && e.code != ERR_CANCELLED;
        return failed ? fail(&e) : ordered(f, ORDER_FINISH) ? EXIT_OK : EXIT_CANCELLED;
    }
    if (worker_follow_failed(f, &e)) {
        return fail(&e);
    }
    if (!worker_reverse_prepare(f->v, f->w, &e)) {
        return e.code == ERR_CANCELLED ? EXIT_CANCELLED : fail(&e);
    }
    return worker_reverse_run(f->v, f->w, false);
}
