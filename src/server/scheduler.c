/* The scheduler's thread: what it looks at each second. See scheduler.h; placement.c chooses machines. */
#include "server/scheduler.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "server/alerts.h"
#include "server/attempts.h"
#include "server/figures.h"
#include "server/hub.h"
#include "server/kit.h"
#include "server/order_text.h"
#include "server/placement.h"
#include "server/settings.h"
#include "server/tasks.h"

enum { TICK_MS = 1000, KILL_AFTER_MS = 30000, KILL_LATER_MS = 600000, SWEEP_EVERY_MS = 600000, OVERLAP_MS = 3000 };

struct scheduler {
    const struct api *api;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool kicked, stopping;
    struct store *store; /* the thread's */
    struct arena arena;  /* of a tick */
    int64_t seen_ms;     /* changes of other servers up to here have been told */
    int64_t swept_ms;
};

static struct tasks tasks_of(struct scheduler *s) {
    return (struct tasks){.store = s->store, .feed = s->api->feed, .a = &s->arena};
}

/* ---- leases ---- */

/* Nobody has heard of the machine for too long: another one goes on from what is in the target. */
static bool take_back(struct scheduler *s, int64_t subtask, bool active, struct err *e) {
    struct tasks t = tasks_of(s);
    uint64_t changed;
    json_t *why = NULL;
    if (!tasks_begin(&t, e)) {
        return false;
    }
    bool ok = store_run(s->store,
                        "UPDATE subtask SET lease_until_ms = NULL, command = NULL WHERE id = ? AND lease_until_ms < ?",
                        STORE_VALUES(STORE_I(subtask), STORE_I(t.now_ms)), &changed, e);
    if (ok && changed > 0 && active) {
        log_warn("lease", "the execution machine of subtask %lld is lost", (long long)subtask);
        ok = attempts_machine_lost(&t, subtask, &why, e);
    }
    if (ok) {
        ok = tasks_commit(&t, e) &&
             (why == NULL || alert_raise(s->store, s->api->feed, ALERT_ERROR, subtask, 0, why, e));
    } else {
        tasks_rollback(&t);
    }
    json_decref(why);
    return ok;
}

static bool expire_leases(struct scheduler *s, struct err *e) {
    struct store_rows rows;
    int64_t now;
    if (!store_now(s->store, &now, e) ||
        !store_rows(s->store, &s->arena, "SELECT id, status FROM subtask WHERE lease_until_ms < ?",
                    STORE_VALUES(STORE_I(now)), &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        bool active = state_is_active((enum subtask_status)store_number(&rows, i, 1));
        if (!take_back(s, store_number(&rows, i, 0), active, e)) {
            return false;
        }
    }
    return true;
}

/* ---- orders ---- */

static json_t *order_message(int64_t subtask, int64_t fence, const char *order) {
    return json_pack("{s:s, s:I, s:I, s:s}", "type", "order", "subtask", (json_int_t)subtask, "fence",
                     (json_int_t)fence, "order", order);
}

/* A worker that does not stop when told is ended; what it committed stays. */
static bool pass_on(struct scheduler *s, const struct store_rows *rows, size_t i, int64_t now, struct err *e) {
    int64_t id = store_number(rows, i, 0), fence = store_number(rows, i, 1), machine = store_number(rows, i, 2);
    const char *order = store_cell(rows, i, 3);
    bool later = str_eq(order, "kill-later"); /* what was written to the target is carried back first */
    if (str_eq(order, "kill") || later) {
        if (now - store_number(rows, i, 4) < (later ? KILL_LATER_MS : KILL_AFTER_MS)) {
            return true;
        }
        (void)hub_send(
            s->api->hub, machine,
            json_pack("{s:s, s:I, s:I}", "type", "kill", "subtask", (json_int_t)id, "fence", (json_int_t)fence));
        return true;
    }
    json_t *message = order_message(id, fence, order), *options = NULL;
    if (str_eq(order, "cutover") && !order_text_of(s->store, &s->arena, id, ORDER_OF_CUTOVER, &options, e)) {
        json_decref(message);
        return false;
    }
    if (options != NULL) {
        json_object_set_new(message, "cutover", options);
    }
    if (!hub_send(s->api->hub, machine, message)) {
        return true; /* it is told when it is back, or loses its lease */
    }
    const char *next = str_eq(order, "stop") ? "kill" : str_eq(order, "finish") ? "kill-later" : NULL;
    return store_run(s->store, "UPDATE subtask SET command = ? WHERE id = ? AND command = ?",
                     STORE_VALUES(STORE_T(next), STORE_I(id), STORE_T(order)), NULL, e);
}

static bool give_orders(struct scheduler *s, struct err *e) {
    struct store_rows rows;
    int64_t now;
    if (!store_now(s->store, &now, e) ||
        !store_rows(
            s->store, &s->arena,
            "SELECT id, fence, machine_id, command, changed_ms FROM subtask WHERE lease_until_ms IS NOT NULL AND"
            " command IS NOT NULL AND server = ?",
            STORE_VALUES(STORE_T(s->api->server)), &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        if (!pass_on(s, &rows, i, now, e)) {
            return false;
        }
    }
    return true;
}

/* ---- other servers ---- */

/* Their changes are told to those who listen here. Told twice is harmless: what is told is the state. */
static bool tell_changes_of_others(struct scheduler *s, struct err *e) {
    struct store_rows rows;
    struct tasks t = tasks_of(s);
    if (store_kind(s->store) == STORE_SQLITE) {
        return true; /* there are no others */
    }
    if (!tasks_begin(&t, e)) {
        return false;
    }
    int64_t since = s->seen_ms;
    bool ok =
        store_rows(s->store, &s->arena,
                   "SELECT t.id FROM task t WHERE t.changed_ms > ? OR EXISTS (SELECT 1 FROM subtask s WHERE s.task_id ="
                   " t.id AND s.changed_ms > ? AND (s.server IS NULL OR s.server <> ?)) LIMIT 1000",
                   STORE_VALUES(STORE_I(since), STORE_I(since), STORE_T(s->api->server)), &rows, e);
    for (size_t i = 0; ok && i < rows.n; i++) {
        ok = tasks_tell_task(&t, store_number(&rows, i, 0), e);
    }
    if (!ok) {
        tasks_rollback(&t);
        return false;
    }
    s->seen_ms = t.now_ms - OVERLAP_MS;
    return tasks_commit(&t, e);
}

/* ---- the thread ---- */

static void say(const char *what, bool ok, struct err *e) {
    if (!ok) {
        if (e->code != ERR_STORE_BUSY) { /* the next tick does it */
            log_err(what, e);
        }
        err_clear(e);
    }
}

static void tick(struct scheduler *s) {
    struct err e = ERR_INIT;
    struct tasks t = tasks_of(s);
    if (s->store == NULL && !store_open(&s->store, &s->api->where, &e)) {
        log_err("scheduler", &e);
        return;
    }
    say("leases", expire_leases(s, &e), &e);
    say("placement", placement_run(s->api, s->store, &s->arena, &e), &e);
    say("orders", give_orders(s, &e), &e);
    say("figures", figures_flush(s->api->figures, &t, &e), &e);
    say("kit", s->api->kit == NULL || kit_sweep(s->api->kit, s->store, &s->arena, &e), &e);
    say("changes", tell_changes_of_others(s, &e), &e);
    int64_t now_ms = clock_mono_us() / 1000;
    if (now_ms - s->swept_ms > SWEEP_EVERY_MS) {
        s->swept_ms = now_ms;
        say("sweep", auth_sweep(s->store, &e) && settings_sweep(s->store, &e), &e);
    }
    arena_reset(&s->arena);
}

static void wait_for_next(struct scheduler *s) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_MS % 1000 * 1000000L;
    until.tv_sec += TICK_MS / 1000 + until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    while (!s->kicked && !s->stopping && pthread_cond_timedwait(&s->wake, &s->lock, &until) == 0) {
    }
    s->kicked = false;
}

static void *thread_main(void *arg) {
    struct scheduler *s = arg;
    pthread_mutex_lock(&s->lock);
    while (!s->stopping) {
        pthread_mutex_unlock(&s->lock);
        tick(s);
        pthread_mutex_lock(&s->lock);
        wait_for_next(s);
    }
    pthread_mutex_unlock(&s->lock);
    tick(s); /* the last figures */
    return NULL;
}

bool scheduler_start(struct scheduler **out, const struct api *api, struct err *e) {
    struct scheduler *s = calloc(1, sizeof *s);
    pthread_condattr_t attr;
    *out = NULL;
    if (s == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for the scheduler");
    }
    s->api = api;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&s->lock, NULL);
    if (pthread_create(&s->thread, NULL, thread_main, s) != 0) {
        err_errno(e, ERR_SYSTEM, "a thread could not be started");
        free(s);
        return false;
    }
    *out = s;
    return true;
}

void scheduler_kick(struct scheduler *s) {
    if (s != NULL) {
        pthread_mutex_lock(&s->lock);
        s->kicked = true;
        pthread_cond_signal(&s->wake);
        pthread_mutex_unlock(&s->lock);
    }
}

void scheduler_stop(struct scheduler *s) {
    if (s == NULL) {
        return;
    }
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    store_close(s->store);
    arena_clear(&s->arena);
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
