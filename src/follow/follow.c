/* See follow.h. */
#include "follow/follow.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/target.h"
#include "follow/cutter.h"
#include "follow/gauss_sink.h"

enum {
    MOVE_EVERY_MS = 200,
    FLIGHTS = 200, /* between two recorded marks; each part's record lists them */
    DURABLE_EVERY_US = 2000000,
    WATCH_EVERY_US = 1000000,
    RETRY_MS = 60000,
};

struct follow {
    struct follow_options o;
    struct arena arena; /* of the whole run */
    struct follow_tables tables;
    struct sink sink;
    struct gauss_sink target; /* where it is the sink */
    bool prepared;
    bool defined;                 /* a definition was dealt with in the last turn: others know better how to go on */
    struct follow_figures before; /* of earlier turns */
};

/* One turn. */
struct turn {
    struct follow *f;
    struct arena arena;
    struct apply_record record;
    struct jobs jobs;
    struct apply apply;
    struct cutter cutter;
    pthread_t cutter_thread;
    void *appliers[64];
    unsigned nappliers;
    bool cutting;
    uint64_t moves; /* of the mark, recorded */
    int64_t durable_us, watched_us;
    bool moved; /* since it was made durable */
};

/* ---- before the first turn ---- */

static bool prepare(struct follow *f, struct err *e) {
    const struct follow_options *o = &f->o;
    struct follow_table_options t = {.dialect = o->dialect, .hidden_cascades = o->hidden_cascades};
    if (!f->sink.look(f->sink.arg, &t, e)) {
        return false;
    }
    struct follow_options *own = &f->o;
    own->appliers = o->in_order ? 1 : o->appliers == 0 ? 4 : o->appliers > 64 ? 64 : o->appliers;
    own->batch_changes = o->batch_changes > 0 ? o->batch_changes : 20000;
    own->batch_bytes = o->batch_bytes > 0 ? o->batch_bytes : 8u << 20;
    own->memory_bytes = o->memory_bytes > 0 ? o->memory_bytes : 64u << 20;
    follow_tables_make(&f->arena, o->db, &t, &f->tables);
    log_info("follow", "%u sessions apply changes", own->appliers);
    f->prepared = true;
    return true;
}

/* ---- the record ---- */

static bool read_record(struct turn *t, struct err *e) {
    struct follow *f = t->f;
    if (!f->sink.read(f->sink.arg, &t->arena, &f->tables, f->o.appliers, &t->record, e)) {
        return false;
    }
    if (!t->record.exists) {
        t->record.in_order = f->o.in_order;
        t->record.shape = f->tables.shape;
        t->record.mark.place = *f->o.begin;
        return f->sink.begin(f->sink.arg, &t->record, e);
    }
    bool same = t->record.shape == f->tables.shape && t->record.in_order == f->o.in_order;
    bool between = t->record.ncuts == 0 && t->record.mark.place.rows == 0;
    if (!same && between) {
        t->record.shape = f->tables.shape;
        t->record.in_order = f->o.in_order;
        return f->sink.begin(f->sink.arg, &t->record, e);
    }
    if (t->record.shape != f->tables.shape) {
        return err_set(e, ERR_APPLY_RECORD, "the tables are others than those that were followed before");
    }
    return same || err_set(e, ERR_APPLY_RECORD, "changes were followed %s before, and not all are in",
                           f->o.in_order ? "by key" : "in order");
}

/* Record how far it is, so that it need not be done again. */
static bool move_mark(struct turn *t, int64_t wait_ms, bool durable, struct err *e) {
    struct follow *f = t->f;
    struct arena a = ARENA_INIT;
    struct mark m;
    jobs_mark(&t->jobs, &a, t->moves, wait_ms, &m);
    bool ok = true;
    if (m.moves != t->moves && f->o.in_order) { /* the transactions did it themselves */
        jobs_recorded(&t->jobs, m.change);
        t->moves = m.moves;
        t->moved = true;
    } else if (m.moves != t->moves || (durable && t->moved)) {
        ok = f->sink.move(f->sink.arg, &m, durable, e);
        if (ok) {
            jobs_recorded(&t->jobs, m.change);
            t->moves = m.moves;
            t->moved = !durable;
        }
    }
    if (ok && durable && t->moved) {
        ok = f->sink.flush(f->sink.arg, e);
        t->moved = !ok;
    }
    if (ok && durable && f->o.feed->forget != NULL) {
        f->o.feed->forget(f->o.feed->arg, &m.place);
    }
    json_decref(m.losses);
    arena_clear(&a);
    return ok;
}

/* ---- figures ---- */

static void figures(struct turn *t, struct arena *a, struct follow_figures *out) {
    const struct follow_figures *b = &t->f->before;
    struct mark m;
    bool nothing_left;
    jobs_mark(&t->jobs, a, 0, 0, &m);
    jobs_idle(&t->jobs, &nothing_left);
    *out = *b;
    out->taken_rows += atomic_load(&t->cutter.taken_rows);
    out->taken_bytes += atomic_load(&t->cutter.taken_bytes);
    out->taken_transactions += atomic_load(&t->cutter.taken_transactions);
    out->applied_rows += m.rows;
    out->applied_bytes += m.bytes;
    out->applied_transactions += m.transactions;
    out->taken_commit_us = atomic_load(&t->cutter.taken_commit_us);
    out->applied_commit_us = m.place.commit_us;
    out->caught_up = atomic_load(&t->cutter.idle) && nothing_left;
    out->diverted += atomic_load(&t->apply.diverted);
    out->retried += atomic_load(&t->apply.retried);
    out->careful += atomic_load(&t->apply.careful);
    out->place = m.place;
    json_decref(m.losses);
    jobs_figures(&t->jobs, &out->jobs);
}

static void watch(struct turn *t, bool now) {
    struct follow *f = t->f;
    int64_t us = clock_mono_us(), every_us = f->o.watch_ms > 0 ? f->o.watch_ms * 1000 : WATCH_EVERY_US;
    if (f->o.watch != NULL && (now || us - t->watched_us >= every_us)) {
        struct arena a = ARENA_INIT;
        struct follow_figures g;
        figures(t, &a, &g);
        f->o.watch(f->o.arg, &g);
        t->watched_us = us;
        arena_clear(&a);
    }
}

/* ---- statements ---- */

static bool decide_statement(void *arg, const struct feed_item *item, struct arena *a, const char **sql,
                             bool *end_behind, struct err *e) {
    struct follow *f = arg;
    if (item->truncates) {
        *sql = arena_printf(a, "TRUNCATE TABLE %s", target_table(a, f->tables.tables[item->change.table].t));
        log_info("truncate", "%s", *sql);
        return true;
    }
    if (f->o.statement != NULL) {
        bool ok = f->o.statement(f->o.arg, item, a, sql, end_behind, e);
        f->defined = *end_behind;
        return ok;
    }
    err_set(e, ERR_APPLY_DEFINITION, "a definition has changed at the source");
    return err_cause(e, "%s", item->statement);
}

/* ---- a turn ---- */

static void *cutter_main(void *arg) {
    cutter_run(arg);
    return NULL;
}

static bool start(struct turn *t, struct err *e) {
    struct follow *f = t->f;
    const struct follow_options *o = &f->o;
    t->apply = (struct apply){.task = o->task,
                              .dialect = o->dialect,
                              .tables = &f->tables,
                              .in_order = o->in_order,
                              .origin = o->origin,
                              .jobs = &t->jobs,
                              .stop = o->stop};
    memcpy(t->apply.policy, o->policy, sizeof t->apply.policy);
    for (; t->nappliers < o->appliers; t->nappliers++) {
        if (!f->sink.start(f->sink.arg, &t->apply, t->nappliers, &t->appliers[t->nappliers], e)) {
            return false;
        }
    }
    t->cutter = (struct cutter){.feed = o->feed,
                                .tables = &f->tables,
                                .jobs = &t->jobs,
                                .record = &t->record,
                                .in_order = o->in_order,
                                .parts = o->appliers,
                                .batch_changes = o->batch_changes,
                                .batch_bytes = o->batch_bytes,
                                .finish = o->finish,
                                .statement = decide_statement,
                                .arg = f};
    t->cutting = pthread_create(&t->cutter_thread, NULL, cutter_main, &t->cutter) == 0;
    return t->cutting || err_set(e, ERR_SYSTEM, "no thread can be started");
}

/* The cutter and the appliers have come to an end by themselves, or by jobs_fail. */
static void join(struct turn *t, bool interrupt) {
    if (t->cutting) {
        t->f->o.feed->stop(t->f->o.feed->arg);
        pthread_join(t->cutter_thread, NULL);
    }
    for (unsigned i = 0; i < t->nappliers; i++) {
        t->f->sink.join(t->appliers[i], interrupt);
    }
    t->nappliers = 0;
    t->cutting = false;
}

static bool ended(struct turn *t) {
    bool nothing_left;
    jobs_idle(&t->jobs, &nothing_left);
    pthread_mutex_lock(&t->jobs.lock);
    bool closed = t->jobs.closed;
    pthread_mutex_unlock(&t->jobs.lock);
    return closed && nothing_left;
}

static bool supervise(struct turn *t, struct err *e) {
    const struct follow_options *o = &t->f->o;
    while (!ended(t)) {
        bool durable = clock_mono_us() - t->durable_us > DURABLE_EVERY_US;
        if (atomic_load(o->stop)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        if (jobs_failed(&t->jobs, e) || !move_mark(t, MOVE_EVERY_MS, durable, e)) {
            return false;
        }
        t->durable_us = durable ? clock_mono_us() : t->durable_us;
        watch(t, false);
        if (o->tick != NULL) {
            o->tick(o->arg);
        }
    }
    return !jobs_failed(&t->jobs, e) && move_mark(t, 0, true, e);
}

/* *progress: the mark has moved. */
static bool run_turn(struct follow *f, bool *progress, struct err *e) {
    struct turn t = {.f = f, .durable_us = clock_mono_us()};
    if (!read_record(&t, e)) {
        apply_record_clear(&t.record);
        arena_clear(&t.arena);
        return false;
    }
    struct jobs_options o = {.in_order = f->o.in_order, .memory_bytes = f->o.memory_bytes, .flights = FLIGHTS};
    jobs_init(&t.jobs, &o, &t.record.mark);
    bool ok = start(&t, e) && supervise(&t, e);
    if (!ok) {
        jobs_fail(&t.jobs, e);
    }
    join(&t, !ok);
    if (!ok) { /* nobody knows what there is until the next turn has heard from both ends */
        atomic_store(&t.cutter.idle, false);
    }
    struct follow_figures g;
    figures(&t, &f->arena, &g);
    watch(&t, true);
    *progress = g.applied_rows > f->before.applied_rows;
    f->before = g;
    f->before.taken_rows = g.applied_rows; /* what else was taken comes again */
    f->before.taken_bytes = g.applied_bytes;
    f->before.taken_transactions = g.applied_transactions;
    jobs_clear(&t.jobs);
    apply_record_clear(&t.record);
    arena_clear(&t.arena);
    return ok;
}

/* ---- turns ---- */

/* What is between two turns may be tried again. */
static bool passes_by_itself(const struct follow *f, const struct err *e) {
    enum err_class class = err_class_of(e->code);
    bool ends = class == ERR_CLASS_TARGET || class == ERR_CLASS_NETWORK;
    ends = ends || (class == ERR_CLASS_SOURCE && f->o.sink != NULL); /* the feed of a source tries again by itself */
    return e->retryable && e->code != ERR_CANCELLED && ends;
}

static void watch_lost(const struct follow *f, const struct err *e) {
    if (f->o.watch != NULL) {
        struct follow_figures g = f->before;
        g.source_lost = err_class_of(e->code) == ERR_CLASS_SOURCE;
        g.target_lost = !g.source_lost;
        g.place = (struct stream_place){0};
        f->o.watch(f->o.arg, &g);
    }
}

static bool is_away(const struct err *e) {
    switch (e->code) {
    case ERR_SOURCE_CONNECT:
    case ERR_SOURCE_LOST:
    case ERR_SOURCE_TIMEOUT:
    case ERR_TARGET_CONNECT:
    case ERR_TARGET_LOST:
    case ERR_TARGET_TIMEOUT:
        return true;
    default:
        return false;
    }
}

static bool wait_for_target(struct follow *f, struct err *e) {
    int64_t retry_ms = f->o.task->retry_ms > 0 ? f->o.task->retry_ms : RETRY_MS, wait_ms = 50;
    int64_t until_us = clock_mono_us() + retry_ms * 1000;
    struct err first = *e;
    log_err("turn_ended", e);
    if (is_away(e)) { /* a first attempt may take long */
        watch_lost(f, e);
    }
    while (!f->sink.come_back(f->sink.arg, e)) {
        if (atomic_load(f->o.stop)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        if (!passes_by_itself(f, e) || clock_mono_us() > until_us) {
            if (passes_by_itself(f, e)) {
                err_copy(e, &first);
            }
            return false;
        }
        watch_lost(f, e);
        clock_sleep_ms(wait_ms);
        wait_ms = wait_ms < 1000 ? wait_ms * 2 : 1000;
    }
    log_info("turn", "following goes on from what the target has recorded");
    return true;
}

bool follow_run(const struct follow_options *o, struct follow_figures *last, struct err *e) {
    enum { TURNS_WITHOUT_PROGRESS = 20 };
    struct follow f = {.o = *o};
    f.sink = o->sink != NULL ? *o->sink : gauss_sink_begin(&f.target, o);
    bool ok = true;
    for (unsigned idle = 0; ok;) {
        bool progress = false;
        ok = (f.prepared || prepare(&f, e)) && run_turn(&f, &progress, e);
        if (ok) {
            break;
        }
        idle = progress ? 0 : idle + 1;
        ok = passes_by_itself(&f, e) && idle < TURNS_WITHOUT_PROGRESS && wait_for_target(&f, e);
        if (ok) {
            err_clear(e);
        }
        if (f.defined) { /* whether it is in or not: the record tells, with the definitions of its moment */
            break;
        }
    }
    *last = f.before;
    last->place = (struct stream_place){0}; /* its strings go now */
    f.sink.end(f.sink.arg);
    arena_clear(&f.arena);
    return ok;
}
