/* See worker_reverse.h. */
#include "cli/worker_reverse.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/worker.h"
#include "cli/worker_changes.h"
#include "engine/made_objects.h"
#include "engine/run.h"
#include "follow/reverse.h"
#include "server/state.h"

enum { TICK_MS = 50 };

struct reversing {
    struct invocation *v;
    struct worker_watch *w;
    struct task task;
    struct reverse_options options;
    struct arena arena;
    struct worker_changes *changes;
};

static struct reversing begin(struct invocation *v, struct worker_watch *w) {
    struct reversing r = {.v = v, .w = w, .task = worker_task_behind_load(v)};
    r.options.in_order = v->o.follow_mode == 1;
    memcpy(r.options.policy, v->o.follow.policy, sizeof r.options.policy);
    return r;
}

static bool stopped(const struct reversing *r) {
    return atomic_load(&r->v->stop);
}

static bool ordered(const struct reversing *r, unsigned orders) {
    return worker_ordered(r->v, orders);
}

/* What needs no figures, and is not interrupted. */
static bool settle(struct reversing *r, const struct reverse_options *o, struct err *e) {
    struct reverse_facts facts;
    struct follow_figures none;
    atomic_bool never = false;
    return reverse_task(&r->task, o, NULL, &never, &never, &r->arena, &facts, &none, e);
}

static const struct reverse_options drop = {.drop = true};

/* ---- triggers ---- */

void worker_enable_triggers(struct invocation *v, int64_t retry_ms) {
    struct task task = worker_task_behind_load(v);
    struct run run = {.task = &task};
    struct err e = ERR_INIT;
    size_t n;
    task.retry_ms = retry_ms;
    if (!run_open_target(&run, &e) || !checkpoint_prepare(run.target, &e) ||
        !made_triggers_switch(run.target, run.name, true, &n, &e)) {
        err_where(&e, "triggers stay disabled in the target");
        worker_fail(&e);
    }
    run_clear(&run);
}

/* ---- preparing ---- */

bool worker_reverse_prepare(struct invocation *v, struct worker_watch *w, struct err *e) {
    struct reversing r = begin(v, w);
    struct reverse_facts facts;
    struct follow_figures none;
    struct reverse_options prepare = {.prepare = true};
    atomic_bool never = false;
    r.task.retry_ms = WORKER_RETRY_MS;
    bool ok = reverse_task(&r.task, &prepare, NULL, &v->stop, &never, &r.arena, &facts, &none, e);
    if (ok) {
        log_info("way_back", "slot %s keeps the target's changes from %s on; %s", facts.slot, facts.position,
                 facts.decoder);
    }
    arena_clear(&r.arena);
    if (!ok && (e->code == ERR_CANCELLED || e->code == ERR_TARGET_CLAIM_LOST)) {
        return false;
    }
    if (!ok) {
        log_err("way_back", e);
    }
    worker_enable_triggers(v, WORKER_RETRY_MS);
    worker_watch_stage_but(w, state_event_name(EVENT_INCREMENTAL_STOPPED), ok ? NULL : e);
    return true;
}

/* ---- ending ---- */

/* What is left is carried back first, unless an end is away. What cannot be done is told, and does not keep the subtask from being over. */
static int end(struct reversing *r, bool carry) {
    struct err e = ERR_INIT, more = ERR_INIT;
    struct reverse_options carry_rest = r->options;
    carry_rest.finish = true;
    r->task.retry_ms = 0;
    bool ok = settle(r, carry ? &carry_rest : &drop, &e);
    if (!ok && carry && !settle(r, &drop, &more)) { /* a slot that nobody reads fills the target's disk */
        log_err("way_back", &more);
    }
    if (!ok) {
        worker_fail(&e);
    }
    return EXIT_OK;
}

static int left_behind(struct reversing *r, const struct err *why) {
    struct err e = ERR_INIT;
    err_set(&e, ERR_LEFT_BEHIND, "the reverse migration was finished while an end was away");
    err_cause(&e, "%s", why->code != ERR_NONE ? why->message : "a connection was broken");
    worker_fail(&e);
    return end(r, false);
}

void worker_reverse_clear(struct invocation *v) {
    struct reversing r = begin(v, NULL);
    struct err e = ERR_INIT;
    r.task.retry_ms = 1;
    if (!settle(&r, &drop, &e)) {
        log_err("clear", &e);
    }
    arena_clear(&r.arena);
}

/* ---- carrying back ---- */

static bool flow(void *arg, const struct follow_watch *w, atomic_bool *stop, atomic_bool *finish,
                 struct follow_figures *last, struct err *e) {
    struct reversing *r = arg;
    struct reverse_facts facts;
    bool ok = reverse_task(&r->task, &r->options, w, stop, finish, &r->arena, &facts, last, e);
    if (!ok && !atomic_load(stop)) {
        log_err("reverse", e);
    }
    return ok;
}

/* Until it has ended, or somebody wants the worker to end. *broken: an end was away by then. */
static void carry(struct reversing *r, bool *broken) {
    struct worker_told told = {EVENT_REVERSE_RUNNING, EVENT_REVERSE_BROKEN, EVENT_REVERSE_MENDED};
    worker_changes_begin(r->changes);
    worker_changes_tell(r->changes);
    for (*broken = false;; clock_sleep_ms(TICK_MS)) {
        struct worker_flowing s = worker_changes_see(r->changes);
        *broken = s.last.source_lost || s.last.figures.target_lost;
        worker_changes_state(r->w, &told, &s);
        if (s.ended) {
            break;
        }
        if (stopped(r) || ordered(r, ORDER_UNDO_CUTOVER) || (ordered(r, ORDER_FINISH) && *broken)) {
            worker_changes_stop(r->changes);
            break;
        }
        if (ordered(r, ORDER_FINISH)) {
            worker_changes_finish(r->changes);
        }
    }
    worker_changes_join(r->changes);
}

static int carry_back(struct reversing *r) {
    struct err e = ERR_INIT;
    bool broken;
    r->task.retry_ms = WORKER_RETRY_MS;
    if (!worker_changes_new(&r->changes, "reverse", flow, r, &e)) {
        return worker_fail(&e);
    }
    carry(r, &broken);
    bool failed = worker_changes_failed(r->changes, &e) && e.code != ERR_CANCELLED;
    if (ordered(r, ORDER_FINISH) && !stopped(r)) {
        return failed || broken ? left_behind(r, &e) : end(r, true);
    }
    if (failed) {
        return worker_fail(&e);
    }
    return EXIT_CANCELLED; /* or the cut-over is to be taken back, which begins with what is not carried back yet */
}

int worker_reverse_run(struct invocation *v, struct worker_watch *w, bool begun) {
    struct reversing r = begin(v, w);
    while (!begun && !stopped(&r) && !ordered(&r, ORDER_FINISH | ORDER_START_REVERSE)) {
        clock_sleep_ms(TICK_MS);
    }
    int code = stopped(&r)                                 ? EXIT_CANCELLED
               : begun || ordered(&r, ORDER_START_REVERSE) ? carry_back(&r)
                                                           : end(&r, false);
    worker_changes_free(r.changes);
    arena_clear(&r.arena);
    return code;
}
