/* See comparing.h. */
#include "cli/comparing.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/follow_figures.h"
#include "follow/changed.h"
#include "follow/seen.h"

enum {
    TICK_MS = 50,
    KEYS_MAX = 100000, /* of one comparison: the next goes on behind them */
    LISTED = 20,
    REST = 9, /* for each second that it took, so many without */
    REST_MIN_US = 1000000,
    BEHIND_S = 10, /* a target that is further behind is left alone */
};

struct comparing {
    struct comparing_options o;
    pthread_t thread;
    atomic_bool stop;
    struct follow_seen seen;
    pthread_mutex_t lock;
    struct follow_compared told; /* under the lock */
};

void comparing_look(struct comparing *c, struct follow_status *now) {
    follow_seen_look(&c->seen, now);
    pthread_mutex_lock(&c->lock);
    now->compared = c->told;
    pthread_mutex_unlock(&c->lock);
}

static bool applied(void *arg, struct err *e) {
    struct comparing *c = arg;
    return follow_seen_applied(&c->seen, &c->stop, e);
}

/* False: there is no point in going on. */
static bool compare(struct comparing *c, bool *again) {
    struct err e = ERR_INIT;
    struct check_report report;
    struct changed_result r;
    struct changed_options o = {.applied = applied, .arg = c, .keys_max = KEYS_MAX, .max_listed = LISTED};
    struct progress *progress = progress_new();
    uint64_t different = 0;
    check_report_init(&report);
    bool ok = changed_check(c->o.task, &o, progress, &c->stop, &report, &r, &e);
    if (ok && report.different) {
        struct err what = ERR_INIT;
        err_set(&what, ERR_CHECK_DIFFERENT, "rows that were followed differ on both sides");
        different = changed_differences(&report, &what);
        c->o.differs(c->o.arg, &what);
    }
    if (!ok && !atomic_load(&c->stop)) {
        log_err("compare", &e);
    }
    if (ok) {
        pthread_mutex_lock(&c->lock);
        c->told.on = true;
        c->told.keys += r.keys;
        c->told.different = different;
        c->told.until_us = r.until_us > 0 ? r.until_us : c->told.until_us;
        pthread_mutex_unlock(&c->lock);
    }
    *again = !ok || different > 0 || !r.to_end;
    check_report_clear(&report);
    progress_free(progress);
    return ok || e.code != ERR_SOURCE_PURGED;
}

static void *thread_main(void *arg) {
    struct comparing *c = arg;
    int64_t begun_us = clock_mono_us(), rest_until_us = begun_us + REST_MIN_US;
    uint64_t rows = 0;
    bool again = true; /* whether or not anything has changed */
    for (bool goes_on = true; goes_on && !atomic_load(&c->stop); clock_sleep_ms(TICK_MS)) {
        unsigned looks;
        bool ended;
        struct follow_status s = follow_seen_last(&c->seen, &looks, &ended);
        int64_t now_us = clock_mono_us();
        uint64_t since = s.figures.applied_rows - rows;
        bool late = now_us - begun_us >= c->o.every_ms * 1000 && (since > 0 || again);
        bool due = late || (c->o.rows > 0 && since >= c->o.rows);
        if (looks == 0 || !due || now_us < rest_until_us || s.source_lost || s.figures.target_lost ||
            follow_lag_s(&s) > BEHIND_S) {
            continue;
        }
        begun_us = now_us;
        rows = s.figures.applied_rows;
        goes_on = compare(c, &again);
        int64_t took_us = clock_mono_us() - begun_us;
        rest_until_us = clock_mono_us() + (took_us * REST > REST_MIN_US ? took_us * REST : REST_MIN_US);
    }
    return NULL;
}

bool comparing_begin(struct comparing **out, const struct comparing_options *o, struct err *e) {
    *out = NULL;
    if (o->every_ms == 0) {
        return true;
    }
    struct comparing *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return err_set(e, ERR_MEMORY, "no memory to compare rows");
    }
    c->o = *o;
    pthread_mutex_init(&c->lock, NULL);
    follow_seen_init(&c->seen);
    if (pthread_create(&c->thread, NULL, thread_main, c) != 0) {
        pthread_mutex_destroy(&c->lock);
        follow_seen_clear(&c->seen);
        free(c);
        return err_set(e, ERR_SYSTEM, "a thread could not be started");
    }
    *out = c;
    return true;
}

void comparing_end(struct comparing *c) {
    if (c != NULL) {
        atomic_store(&c->stop, true);
        pthread_join(c->thread, NULL);
        pthread_mutex_destroy(&c->lock);
        follow_seen_clear(&c->seen);
        free(c);
    }
}
