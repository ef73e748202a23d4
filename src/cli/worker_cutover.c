/* See worker_cutover.h. */
#include "cli/worker_cutover.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "cli/event_cut.h"
#include "cli/progress_bar.h"
#include "cli/worker.h"

enum { TICK_MS = 50, TELL_US = 1000 * 1000 };

/* ---- options ---- */

static bool choice(const json_t *what, const char *key, const char *const *names, int n, int *out, struct err *e) {
    const char *text;
    if (!worker_text(what, key, &text, e)) {
        return false;
    }
    for (int i = 0; i < n && text != NULL; i++) {
        if (str_eq(text, names[i])) {
            *out = i;
            return true;
        }
    }
    return text == NULL || err_set(e, ERR_JOB, "%s of the cut-over: there is no such choice", key);
}

static bool milliseconds(const json_t *what, const char *key, int64_t *out, struct err *e) {
    const json_t *v = json_object_get(what, key);
    *out = v == NULL ? *out : json_integer_value(v);
    return v == NULL || (json_is_integer(v) && *out > 0) || err_set(e, ERR_JOB, "%s of the cut-over is a time", key);
}

bool worker_cutover_take(const json_t *what, struct cutover_options *o, struct err *e) {
    static const char *const fences[] = {[FENCE_READ_ONLY] = "read-only", [FENCE_CONFIRMED] = "confirmed"};
    static const char *const checks[] = {
        [FINAL_CHANGED] = "changed", [FINAL_COUNTS] = "counts", [FINAL_FULL] = "full", [FINAL_NONE] = "none"};
    int fence = FENCE_READ_ONLY, check = FINAL_CHANGED;
    if (!choice(what, "fence", fences, 2, &fence, e) || !choice(what, "check", checks, 4, &check, e) ||
        !milliseconds(what, "max_lag_ms", &o->max_lag_ms, e) || !milliseconds(what, "budget_ms", &o->budget_ms, e)) {
        return false;
    }
    o->fence = (enum cutover_fence)fence;
    o->check = (enum cutover_check)check;
    return true;
}

/* ---- making it ---- */

struct making {
    const struct task *task;
    const struct cutover_options *o;
    atomic_bool stop, ended;
    int64_t began_us;
    bool ok;
    struct err error;
    json_t *report;
    pthread_mutex_t lock;
    const char *step; /* under the lock */
    unsigned steps;
};

static void step(void *arg, const char *name) {
    struct making *m = arg;
    pthread_mutex_lock(&m->lock);
    m->step = name;
    m->steps++;
    pthread_mutex_unlock(&m->lock);
}

static void *thread_main(void *arg) {
    struct making *m = arg;
    m->ok = cutover_task(m->task, m->o, step, m, &m->stop, &m->report, &m->error);
    atomic_store(&m->ended, true);
    return NULL;
}

static void tell(struct making *m, const char *name) {
    display_event(stdout,
                  json_pack("{s:s, s:s, s:I, s:n, s:{s:s}}", "event", "progress", "phase", "cutover", "elapsed_ms",
                            (json_int_t)(clock_mono_us() - m->began_us) / 1000, "eta_ms", "cutover", "step", name));
}

/* Until it has ended, which a stop makes it do; each step, and each second, is told. */
static void watch(struct invocation *v, struct making *m) {
    unsigned steps = 0;
    int64_t told_us = 0;
    while (!atomic_load(&m->ended)) {
        if (atomic_load(&v->stop) || worker_ordered(v, ORDER_FINISH)) {
            atomic_store(&m->stop, true);
        }
        pthread_mutex_lock(&m->lock);
        const char *now = m->step;
        bool next = m->steps != steps;
        steps = m->steps;
        pthread_mutex_unlock(&m->lock);
        if (now != NULL && (next || clock_mono_us() - told_us > TELL_US)) {
            tell(m, now);
            told_us = clock_mono_us();
        }
        clock_sleep_ms(TICK_MS);
    }
}

static void tell_report(struct making *m) {
    json_object_set_new(m->report, "ok", json_boolean(m->ok));
    json_object_set_new(m->report, "undo", json_boolean(m->o->undo));
    if (!m->ok) {
        json_object_set_new(m->report, "error", err_to_json(&m->error));
    }
    display_event(stdout, json_pack("{s:s, s:o}", "event", "cutover", "cutover", event_cut(m->report)));
    json_decref(m->report);
}

enum worker_cutover_outcome worker_cutover_run(struct invocation *v, bool undo, struct err *e) {
    struct task task = worker_task_behind_load(v);
    struct cutover_options o = v->o.cutover;
    struct making m = {.task = &task, .o = &o, .began_us = clock_mono_us(), .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread;
    o.in_order = v->o.follow_mode == 1;
    o.undo = undo;
    memcpy(o.policy, v->o.follow.policy, sizeof o.policy);
    if (pthread_create(&thread, NULL, thread_main, &m) != 0) {
        err_set(e, ERR_SYSTEM, "a thread could not be started");
        return CUTOVER_NOT;
    }
    watch(v, &m);
    pthread_join(thread, NULL);
    pthread_mutex_destroy(&m.lock);
    tell_report(&m);
    err_copy(e, &m.error);
    return m.ok ? CUTOVER_MADE : atomic_load(&m.stop) ? CUTOVER_DROPPED : CUTOVER_NOT;
}

/* ---- what would stop it ---- */

static void no_steps(void *arg, const char *name) {
    (void)arg;
    (void)name;
}

bool worker_cutover(const json_t *job, struct arena *a, atomic_bool *stop, json_t **result, struct err *e) {
    struct options o;
    json_t *report;
    options_init(&o, a);
    if (!worker_task(job, CMD_CUTOVER, &o, e) || !worker_cutover_take(json_object_get(job, "cutover"), &o.cutover, e)) {
        return false;
    }
    o.cutover.dry_run = o.cutover.ours = true;
    bool ok = cutover_task(&o.task, &o.cutover, no_steps, NULL, stop, &report, e);
    json_t *items = json_object_get(report, "items");
    bool looked = ok || (e->code == ERR_CUTOVER && items != NULL);
    if (looked) {
        err_clear(e);
        *result = json_pack("{s:b, s:O}", "ok", ok, "items", items);
    }
    json_decref(report);
    return looked;
}
