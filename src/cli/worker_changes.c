/* See worker_changes.h. */
#include "cli/worker_changes.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/follow_figures.h"
#include "cli/progress_bar.h"

enum { LOOK_MS = 200, TELL_US = 1000 * 1000 };

struct worker_changes {
    const char *phase;
    worker_flow *flow;
    void *arg;
    struct follow_speeds speeds;
    pthread_t thread;
    bool begun, joinable;
    atomic_bool stop, finish;
    atomic_bool telling; /* figures go out as events */
    int64_t told_us;
    pthread_mutex_t lock;
    /* under the lock */
    struct worker_flowing now;
    struct err error;
};

bool worker_changes_new(struct worker_changes **out, const char *phase, worker_flow *flow, void *arg, struct err *e) {
    struct worker_changes *c = calloc(1, sizeof *c);
    *out = c;
    if (c == NULL) {
        return err_set(e, ERR_MEMORY, "no memory to begin");
    }
    c->phase = phase;
    c->flow = flow;
    c->arg = arg;
    pthread_mutex_init(&c->lock, NULL);
    return true;
}

/* ---- its thread ---- */

static void tell(struct worker_changes *c, const struct follow_status *now) {
    json_t *figures = follow_to_json(&c->speeds, now);
    json_t *event = json_pack("{s:s, s:s, s:I, s:O, s:I, s:I, s:f, s:f}", "event", "progress", "phase", c->phase,
                              "elapsed_ms", (json_int_t)(clock_mono_us() - c->speeds.began_us) / 1000, "eta_ms",
                              json_object_get(figures, "eta_ms"), "rows", (json_int_t)now->figures.applied_rows,
                              "bytes", (json_int_t)now->figures.applied_bytes, "rows_per_s", c->speeds.rows_per_s,
                              "bytes_per_s", c->speeds.bytes_per_s);
    json_object_set_new(event, "follow", figures);
    c->told_us = clock_mono_us();
    display_event(stdout, event);
}

static void look(void *arg, const struct follow_status *now) {
    struct worker_changes *c = arg;
    follow_speeds_take(&c->speeds, now);
    if (atomic_load(&c->telling) && clock_mono_us() - c->told_us >= TELL_US) {
        tell(c, now);
    }
    pthread_mutex_lock(&c->lock);
    c->now.last = *now;
    c->now.last.figures.place = (struct stream_place){0}; /* its strings go */
    c->now.looks++;
    pthread_mutex_unlock(&c->lock);
}

static void *thread_main(void *arg) {
    struct worker_changes *c = arg;
    struct err e = ERR_INIT;
    struct follow_figures last = {0};
    struct follow_watch watch = {.look = look, .every_ms = LOOK_MS, .arg = c};
    bool ok = c->flow(c->arg, &watch, &c->stop, &c->finish, &last, &e);
    if (atomic_load(&c->telling)) {
        tell(c, &c->now.last);
    }
    pthread_mutex_lock(&c->lock);
    c->now.ended = true;
    c->now.ok = ok;
    err_copy(&c->error, &e);
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* ---- begin and end ---- */

void worker_changes_begin(struct worker_changes *c) {
    follow_speeds_begin(&c->speeds);
    c->begun = true;
    c->joinable = pthread_create(&c->thread, NULL, thread_main, c) == 0;
    if (!c->joinable) {
        err_set(&c->error, ERR_SYSTEM, "a thread could not be started");
        c->now.ended = true;
    }
}

bool worker_changes_begun(const struct worker_changes *c) {
    return c->begun;
}

void worker_changes_tell(struct worker_changes *c) {
    atomic_store(&c->telling, true);
}

void worker_changes_stop(struct worker_changes *c) {
    atomic_store(&c->stop, true);
}

void worker_changes_finish(struct worker_changes *c) {
    atomic_store(&c->finish, true);
}

void worker_changes_join(struct worker_changes *c) {
    if (c->joinable) {
        pthread_join(c->thread, NULL);
        c->joinable = false;
    }
}

void worker_changes_free(struct worker_changes *c) {
    if (c == NULL) {
        return;
    }
    worker_changes_stop(c);
    worker_changes_join(c);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- what is seen ---- */

struct worker_flowing worker_changes_see(struct worker_changes *c) {
    pthread_mutex_lock(&c->lock);
    struct worker_flowing now = c->now;
    pthread_mutex_unlock(&c->lock);
    return now;
}

bool worker_changes_failed(struct worker_changes *c, struct err *e) {
    pthread_mutex_lock(&c->lock);
    bool failed = c->now.ended && !c->now.ok;
    if (failed) {
        err_copy(e, &c->error);
    }
    pthread_mutex_unlock(&c->lock);
    return failed;
}

void worker_changes_state(struct worker_watch *w, struct worker_told *t, const struct worker_flowing *now) {
    bool lost = now->last.source_lost || now->last.figures.target_lost;
    if (now->looks == t->looks) {
        return;
    }
    t->looks = now->looks;
    if (!t->is_running && !lost) {
        worker_watch_stage(w, state_event_name(t->running));
        t->is_running = true;
    } else if (t->is_running && lost != t->is_broken) {
        worker_watch_stage(w, state_event_name(lost ? t->broken : t->mended));
        t->is_broken = lost;
    }
}
