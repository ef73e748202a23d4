/* See worker_follow.h. */
#include "cli/worker_follow.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/comparing.h"
#include "cli/progress_bar.h"
#include "cli/worker.h"
#include "cli/worker_changes.h"
#include "cli/worker_cutover.h"
#include "cli/worker_reverse.h"

enum { TICK_MS = 50 };

struct worker_follow {
    struct invocation *v;
    struct worker_watch *w;
    struct task task;
    struct follow_task_options options;
    struct worker_changes *changes;
    /* of the thread below */
    const struct follow_watch *told;
    struct comparing *comparing;
};

/* ---- its thread ---- */

static void look(void *arg, const struct follow_status *s) {
    struct worker_follow *f = arg;
    struct follow_status now = *s;
    if (f->comparing != NULL) {
        comparing_look(f->comparing, &now);
    }
    f->told->look(f->told->arg, &now);
}

static void differs(void *arg, const struct err *e) {
    (void)arg;
    display_event(stdout, json_pack("{s:s, s:o}", "event", "compared", "error", err_to_json(e)));
}

static bool flow(void *arg, const struct follow_watch *w, atomic_bool *stop, atomic_bool *finish,
                 struct follow_figures *last, struct err *e) {
    struct worker_follow *f = arg;
    struct follow_watch watch = {.look = look, .every_ms = w->every_ms, .arg = f};
    struct comparing_options o = {
        .task = &f->task, .every_ms = f->v->o.compare_every_ms, .rows = f->v->o.compare_rows, .differs = differs};
    f->told = w;
    bool ok =
        comparing_begin(&f->comparing, &o, e) && follow_task(&f->task, &f->options, &watch, stop, finish, last, e);
    comparing_end(f->comparing);
    f->comparing = NULL;
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
    f->task = worker_task_behind_load(f->v);
    f->task.retry_ms = WORKER_RETRY_MS;
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

static bool told_to_end(const struct worker_follow *f) {
    return atomic_load(&f->v->stop) || worker_ordered(f->v, ORDER_FINISH);
}

static void stage_but(const struct worker_follow *f, enum subtask_event event, const struct err *but) {
    worker_watch_stage_but(f->w, state_event_name(event), but);
}

/* By the subtask's end, or to go on elsewhere. */
static int end(const struct worker_follow *f) {
    if (!worker_ordered(f->v, ORDER_FINISH) || atomic_load(&f->v->stop)) {
        return EXIT_CANCELLED;
    }
    worker_reverse_clear(f->v);
    worker_enable_triggers(f->v, 1);
    return EXIT_OK;
}

/* Until it has ended, or somebody wants something else. running: people have been told that it is. */
static void follow(struct worker_follow *f, bool running, bool stopping) {
    struct worker_told told = {EVENT_INCREMENTAL_RUNNING, EVENT_INCREMENTAL_BROKEN, EVENT_INCREMENTAL_MENDED,
                               .is_running = running, .looks = worker_changes_see(f->changes).looks};
    worker_changes_tell(f->changes);
    for (;; clock_sleep_ms(TICK_MS)) {
        struct worker_flowing s = worker_changes_see(f->changes);
        if (!stopping) {
            worker_changes_state(f->w, &told, &s);
        }
        if (s.ended) {
            break;
        }
        if (told_to_end(f) || worker_ordered(f->v, ORDER_CUTOVER)) {
            worker_changes_stop(f->changes);
            break;
        }
        stopping = stopping || worker_ordered(f->v, ORDER_STOP_INCREMENTAL);
        if (stopping) {
            worker_changes_finish(f->changes);
        }
    }
    worker_changes_join(f->changes);
}

/* What was following has ended: the next turn is another thread's. */
static bool begin_again(struct worker_follow *f, struct err *e) {
    if (worker_changes_begun(f->changes)) {
        struct worker_changes *next;
        if (!worker_changes_new(&next, "follow", flow, f, e)) {
            return false;
        }
        worker_changes_free(f->changes);
        f->changes = next;
    }
    worker_follow_begin(f);
    return true;
}

/* *again: the source is followed again, as the cut-over was not made, or taken back. Else it was, and changes flow back; or the worker ends:
 * the code. */
static int cut_over(struct worker_follow *f, bool undo, bool *again) {
    struct err e = ERR_INIT;
    enum worker_cutover_outcome outcome = worker_cutover_run(f->v, undo, &e);
    atomic_fetch_and(&f->v->orders, ~(unsigned)(ORDER_CUTOVER | ORDER_UNDO_CUTOVER));
    *again = false;
    if (outcome == CUTOVER_MADE && !undo) {
        stage_but(f, EVENT_INCREMENTAL_STOPPED, NULL);
        return worker_reverse_run(f->v, f->w, true);
    }
    if (undo && outcome != CUTOVER_MADE) {
        bool finish = outcome == CUTOVER_DROPPED && worker_ordered(f->v, ORDER_FINISH);
        return finish                       ? worker_reverse_run(f->v, f->w, false)
               : outcome == CUTOVER_DROPPED ? EXIT_CANCELLED
                                            : worker_fail(&e);
    }
    stage_but(f, EVENT_CUTOVER_UNDONE, undo ? NULL : &e);
    *again = outcome != CUTOVER_DROPPED;
    return *again ? EXIT_OK : end(f);
}

/* One turn of following; *cut: a cut-over is what comes next. Else the code, as above. */
static int turn(struct worker_follow *f, bool running, bool stopping, bool *cut) {
    struct err e = ERR_INIT;
    *cut = false;
    if ((running || !worker_changes_begun(f->changes)) && !begin_again(f, &e)) {
        return worker_fail(&e);
    }
    follow(f, running, stopping);
    bool failed = worker_follow_failed(f, &e) && e.code != ERR_CANCELLED;
    if (failed) {
        return worker_fail(&e);
    }
    if (told_to_end(f)) {
        return end(f);
    }
    *cut = worker_ordered(f->v, ORDER_CUTOVER);
    if (*cut) {
        return EXIT_OK;
    }
    if (!worker_reverse_prepare(f->v, f->w, &e)) {
        return e.code == ERR_CANCELLED ? EXIT_CANCELLED : worker_fail(&e);
    }
    return worker_reverse_run(f->v, f->w, false);
}

int worker_follow_run(struct worker_follow *f, enum follow_left left) {
    bool cut = left == FOLLOW_CUTOVER, undo = left == FOLLOW_UNDO, again = false;
    int code = EXIT_OK;
    stopper_at_once(f->v->stopper, false);
    if (left != FOLLOW_REVERSE && left != FOLLOW_UNDO) {
        stage_but(f, EVENT_INCREMENTAL_START, NULL);
    }
    if (left == FOLLOW_STOPPED) {
        stage_but(f, EVENT_INCREMENTAL_STOPPED, NULL);
    }
    if (left == FOLLOW_STOPPED || left == FOLLOW_REVERSE) {
        code = worker_reverse_run(f->v, f->w, left == FOLLOW_REVERSE);
    }
    for (bool first = left == FOLLOW_GOES_ON || left == FOLLOW_STOPPING;; first = false) {
        if (first || again) {
            code = turn(f, again, first && left == FOLLOW_STOPPING, &cut);
            again = false;
        }
        undo = undo || (worker_ordered(f->v, ORDER_UNDO_CUTOVER) && !told_to_end(f));
        if (!cut && !undo) {
            return code;
        }
        code = cut_over(f, undo, &again);
        cut = undo = false;
    }
}
