/* See worker_follow.h. */
#include "cli/worker_follow.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/follow_figures.h"
#include "cli/progress_bar.h"
#include "cli/worker.h"
#include "server/state.h"

enum {
    TICK_MS = 50,
    LOOK_MS = 200,
    TELL_US = 1000 * 1000,
    RETRY_MS = 7 * 24 * 3600 * 1000 /* people see that it is broken, and decide */
};

struct worker_follow {
    struct invocation *v;
    struct worker_watch *w;
    struct task task;
    struct follow_task_options options;
    struct follow_speeds speeds;
    pthread_t thread;
    bool started;
    bool alone; /* no load was made by this worker */
    atomic_bool stop, finish;
    atomic_bool telling; /* figures go out as events */
    int64_t told_us;
    pthread_mutex_t lock;
    /* under the lock */
    struct follow_status last;
    unsigned looks;
    bool ended, ok;
    struct err error;
};

/* ---- its thread ---- */

static void tell(struct worker_follow *f, const struct follow_status *now) {
    json_t *figures = follow_to_json(&f->speeds, now);
    json_t *event = json_pack("{s:s, s:s, s:I, s:O, s:I, s:I, s:f, s:f}", "event", "progress", "phase", "follow",
                              "elapsed_ms", (json_int_t)(clock_mono_us() - f->speeds.began_us) / 1000, "eta_ms",
                              json_object_get(figures, "eta_ms"), "rows", (json_int_t)now->figures.applied_rows,
                              "bytes", (json_int_t)now->figures.applied_bytes, "rows_per_s", f->speeds.rows_per_s,
                              "bytes_per_s", f->speeds.bytes_per_s);
    json_object_set_new(event, "follow", figures);
    f->told_us = clock_mono_us();
    display_event(stdout, event);
}

static void look(void *arg, const struct follow_status *now) {
    struct worker_follow *f = arg;
    follow_speeds_take(&f->speeds, now);
    if (atomic_load(&f->telling) && clock_mono_us() - f->told_us >= TELL_US) {
        tell(f, now);
    }
    pthread_mutex_lock(&f->lock);
    f->last = *now;
    f->last.figures.place = (struct stream_place){0}; /* its strings go */
    f->looks++;
    pthread_mutex_unlock(&f->lock);
}

static void *thread_main(void *arg) {
    struct worker_follow *f = arg;
    struct err e = ERR_INIT;
    struct follow_figures last = {0};
    struct follow_watch watch = {.look = look, .every_ms = LOOK_MS, .arg = f};
    bool ok = follow_task(&f->task, &f->options, &watch, &f->stop, &f->finish, &last, &e);
    if (atomic_load(&f->telling)) {
        tell(f, &f->last);
    }
    pthread_mutex_lock(&f->lock);
    f->ended = true;
    f->ok = ok;
    err_copy(&f->error, &e);
    pthread_mutex_unlock(&f->lock);
    if (!ok && !atomic_load(&f->stop)) {
        log_err("follow", &e);
        atomic_store(&f->v->stop, true); /* the check, if it is its turn */
    }
    return NULL;
}

/* ---- begin and end ---- */

struct seen {
    struct follow_status last;
    unsigned looks;
    bool ended, ok;
};

static struct seen see(struct worker_follow *f) {
    pthread_mutex_lock(&f->lock);
    struct seen s = {f->last, f->looks, f->ended, f->ok};
    pthread_mutex_unlock(&f->lock);
    return s;
}

/* For the check: the target has what the source had when this was called. */
static bool applied(void *arg, struct err *e) {
    struct worker_follow *f = arg;
    struct seen s = see(f);
    int64_t begin_us = 0;
    unsigned first = s.looks;
    for (;; s = see(f)) {
        if (atomic_load(&f->v->stop) || !f->started || s.ended) {
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
    if (f == NULL) {
        return err_set(e, ERR_MEMORY, "no memory to begin");
    }
    f->v = v;
    f->w = w;
    pthread_mutex_init(&f->lock, NULL);
    v->o.check.applied = applied;
    v->o.check.arg = f;
    *out = f;
    return true;
}

void worker_follow_begin(void *arg) {
    struct worker_follow *f = arg;
    f->task = f->v->o.task;
    f->task.resume = f->task.restart = false;
    f->task.retry_ms = RETRY_MS;
    f->task.fence_taken = !f->alone; /* by the load */
    f->options = f->v->o.follow;
    f->options.in_order = f->v->o.follow_mode == 1;
    follow_speeds_begin(&f->speeds);
    f->started = pthread_create(&f->thread, NULL, thread_main, f) == 0;
    if (!f->started) {
        err_set(&f->error, ERR_SYSTEM, "a thread could not be started");
        f->ended = true;
        atomic_store(&f->v->stop, true);
    }
}

static void join(struct worker_follow *f) {
    if (f->started) {
        pthread_join(f->thread, NULL);
        f->started = false;
    }
}

void worker_follow_free(struct worker_follow *f) {
    if (f == NULL) {
        return;
    }
    atomic_store(&f->stop, true);
    join(f);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

bool worker_follow_failed(struct worker_follow *f, struct err *e) {
    pthread_mutex_lock(&f->lock);
    bool failed = f->ended && !f->ok;
    if (failed) {
        err_copy(e, &f->error);
    }
    pthread_mutex_unlock(&f->lock);
    return failed;
}

/* ---- stages ---- */

static void stage(const struct worker_follow *f, enum subtask_event e) {
    worker_watch_stage(f->w, state_event_name(e));
}

static bool ordered(const struct worker_follow *f, unsigned order) {
    return (atomic_load(&f->v->orders) & order) != 0;
}

static bool told_to_end(const struct worker_follow *f) {
    return atomic_load(&f->v->stop) || ordered(f, ORDER_FINISH);
}

/* Whether it runs, and whether both ends are there, as the server is to know. */
static void tell_state(struct worker_follow *f, const struct follow_status *now, bool *running, bool *broken) {
    bool lost = now->source_lost || now->figures.target_lost;
    if (!*running && !lost) {
        stage(f, EVENT_INCREMENTAL_RUNNING);
        *running = true;
    } else if (*running && lost != *broken) {
        stage(f, lost ? EVENT_INCREMENTAL_BROKEN : EVENT_INCREMENTAL_MENDED);
        *broken = lost;
    }
}

/* Until it has ended, or somebody wants the worker to end. */
static void follow(struct worker_follow *f, bool stopping) {
    bool running = false, broken = false;
    atomic_store(&f->telling, true);
    for (unsigned looks = 0;; clock_sleep_ms(TICK_MS)) {
        struct seen s = see(f);
        if (!stopping && s.looks > looks) {
            tell_state(f, &s.last, &running, &broken);
            looks = s.looks;
        }
        if (s.ended) {
            return;
        }
        if (told_to_end(f)) {
            atomic_store(&f->stop, true);
            return;
        }
        stopping = stopping || ordered(f, ORDER_STOP_INCREMENTAL);
        atomic_store(&f->finish, stopping);
    }
}

static int fail(const struct err *e) {
    worker_fail(e);
    return (int)exit_code_of(e);
}

/* Nothing moves; what comes next is for people to say. */
static int wait_for_orders(struct worker_follow *f) {
    stage(f, EVENT_INCREMENTAL_STOPPED);
    while (!told_to_end(f) && !ordered(f, ORDER_START_REVERSE)) {
        clock_sleep_ms(TICK_MS);
    }
    if (told_to_end(f)) {
        return ordered(f, ORDER_FINISH) ? EXIT_OK : EXIT_CANCELLED;
    }
    struct err e = ERR_INIT;
    err_set(&e, ERR_NOT_IN_BUILD, "reverse migration is not available in this build");
    err_hint(&e, "the incremental migration is done, and everything is in the target; finish the subtask");
    return fail(&e);
}

int worker_follow_run(struct worker_follow *f, enum follow_left left) {
    struct err e = ERR_INIT;
    stage(f, EVENT_INCREMENTAL_START);
    stopper_at_once(f->v->stopper, false);
    if (left == FOLLOW_STOPPED) {
        return wait_for_orders(f);
    }
    if (!f->started && !f->ended) {
        f->alone = true;
        worker_follow_begin(f);
    }
    follow(f, left == FOLLOW_STOPPING);
    join(f);
    if (told_to_end(f)) { /* by the subtask's end, or to go on elsewhere */
        bool failed = worker_follow_failed(f, &e) && e.code != ERR_CANCELLED;
        return failed ? fail(&e) : ordered(f, ORDER_FINISH) ? EXIT_OK : EXIT_CANCELLED;
    }
    return worker_follow_failed(f, &e) ? fail(&e) : wait_for_orders(f);
}
