/* The threads of the row check. See rows.h. */
#include "check/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "check/resume.h"
#include "engine/progress.h"
#include "engine/target.h"

struct check_worker {
    struct check_rows *c;
    pthread_t thread;
    struct reader reader;
    struct buckets *buckets;
    bool started;
};

/* ---- sessions ---- */

static const char begin_sql[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

static bool target_settings(struct check_rows *c, struct gauss_client *client, struct err *e) {
    bool og = dialect_is_opengauss(c->run->identity.dialect);
    /* Ranges come by their index: a planner without statistics would scan the table once a range. */
    const char *sql = og ? "SET enable_seqscan = off"
                         : "SET enable_seqscan = off; SET max_parallel_workers_per_gather = 0; SET jit = off";
    return gauss_session_setup(client, c->run->identity.dialect, GAUSS_ROLE_READ, e) && gauss_exec(client, sql, e) &&
           gauss_exec(client, begin_sql, e);
}

bool check_target_session(struct check_rows *c, struct gauss_client **out, struct err *e) {
    if (!gauss_connect(out, &c->run->task->target, e)) {
        return err_where(e, "target %s:%u", c->run->task->target.host, (unsigned)c->run->task->target.port);
    }
    bool joined =
        target_settings(c, *out, e) &&
        (c->target_snapshot[0] == '\0' || gauss_execf(*out, e, "SET TRANSACTION SNAPSHOT '%s'", c->target_snapshot));
    if (!joined) {
        gauss_close(*out);
        *out = NULL;
        return err_where(e, "target session");
    }
    return true;
}

bool check_target_anchor(struct check_rows *c, struct err *e) {
    if (!check_target_session(c, &c->anchor, e)) {
        return false;
    }
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    struct err refused = ERR_INIT;
    bool ok = true;
    if (c->run->identity.dialect != DIALECT_PG) {
        return true;
    }
    if (gauss_rows(c->anchor, &a, "SELECT pg_export_snapshot()", &rows, &refused)) {
        snprintf(c->target_snapshot, sizeof c->target_snapshot, "%s", gauss_cell(&rows, 0, 0));
    } else { /* a standby may not */
        log_err("no_common_snapshot", &refused);
        ok = gauss_exec(c->anchor, "ROLLBACK", e) && gauss_exec(c->anchor, begin_sql, e);
    }
    arena_clear(&a);
    return ok;
}

/* ---- a piece ---- */

static bool add_to_set(void *arg, const uint8_t *row, size_t len, size_t key_len, struct err *e) {
    (void)e;
    row_set_add(arg, row, len, key_len);
    return true;
}

struct bucket_sink {
    struct buckets *buckets;
    bool keyless;
};

static bool add_to_buckets(void *arg, const uint8_t *row, size_t len, size_t key_len, struct err *e) {
    (void)e;
    struct bucket_sink *s = arg;
    buckets_add(s->buckets, bucket_of(row, s->keyless ? len : key_len), digest_row(row, len), len);
    return true;
}

void check_count_source(struct check_rows *c, const struct check_table *t, const struct reader *r) {
    struct table_rows *to = &c->results[t->number];
    pthread_mutex_lock(&c->lock);
    to->source_bytes += r->wire_bytes;
    to->uncarriable += r->uncarriable;
    for (size_t i = 0; i < t->n * LOSS_COUNT; i++) {
        to->losses[i] += r->counts[i];
    }
    pthread_mutex_unlock(&c->lock);
}

/* Before the unit can be compared. */
static void count_piece(struct check_worker *w, struct unit *u, uint64_t rows) {
    struct check_rows *c = w->c;
    const struct reader *r = &w->reader;
    struct table_rows *t = &c->results[u->table->number];
    bool source = r->side == SIDE_SOURCE;
    pthread_mutex_lock(&c->lock);
    *(source ? &t->source_rows : &t->target_rows) += rows;
    *(source ? &u->counts.source_rows : &u->counts.target_rows) += rows;
    u->counts.source_bytes += source ? r->wire_bytes : 0;
    u->counts.uncarriable += source ? r->uncarriable : 0;
    for (size_t i = 0; source && i < u->table->n * LOSS_COUNT; i++) {
        if (r->counts[i] > 0 && u->counts.losses == NULL) {
            u->counts.losses = arena_array(&c->again_arena, uint64_t, u->table->n * LOSS_COUNT);
        }
        if (r->counts[i] > 0) {
            u->counts.losses[i] += r->counts[i];
        }
    }
    pthread_mutex_unlock(&c->lock);
    if (source) {
        check_count_source(c, u->table, r);
        progress_flow(c->progress, u->table->number, (int64_t)rows, (int64_t)r->wire_bytes);
    }
}

static const char *where_of(const struct piece *p, enum side side) {
    return p->unit->pieces[side].where[p->number];
}

static bool read_range(struct check_worker *w, const struct piece *p, struct err *e) {
    struct row_set *set = unit_rows(w->c->pool);
    if (set == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a range of %s", p->unit->table->t->name);
    }
    if (!reader_read(&w->reader, p->unit->table, where_of(p, w->reader.side), add_to_set, set, e)) {
        unit_rows_back(w->c->pool, set);
        return false;
    }
    p->unit->rows[w->reader.side] = set;
    count_piece(w, p->unit, set->rows);
    return true;
}

static bool read_buckets(struct check_worker *w, const struct piece *p, struct err *e) {
    struct unit *u = p->unit;
    enum side side = w->reader.side;
    if (w->buckets == NULL && (w->buckets = buckets_new()) == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for the sums of %s", u->table->t->name);
    }
    if (w->buckets->rows > 0) {
        memset(w->buckets, 0, sizeof *w->buckets);
    }
    struct bucket_sink sink = {.buckets = w->buckets, .keyless = u->table->nkeys == 0};
    if (!reader_read(&w->reader, u->table, where_of(p, side), add_to_buckets, &sink, e)) {
        return false;
    }
    struct buckets **sum = &u->sums[side];
    uint64_t rows = w->buckets->rows;
    pthread_mutex_lock(&u->table->lock); /* sums, counts and done belong together */
    if (*sum == NULL) {
        *sum = w->buckets; /* the first piece's, and often the only one's */
        w->buckets = NULL;
    } else {
        buckets_merge(*sum, w->buckets);
    }
    count_piece(w, u, rows);
    u->pieces[side].done[p->number] = true;
    resume_sums_grew(w->c, u);
    pthread_mutex_unlock(&u->table->lock);
    return true;
}

/* ---- comparing ---- */

bool check_difference(void *arg, enum row_difference kind, const uint8_t *key, size_t len, uint64_t times,
                      struct err *e) {
    struct check_difference_arg *d = arg;
    resume_difference(d->rows, d->table, kind, key, len, times);
    return differences_add(&d->rows->differences, d->table, kind, key, len, times, e);
}

void check_look_again(struct check_rows *c, struct unit *u) {
    pthread_mutex_lock(&c->lock);
    c->again = arena_grow(&c->again_arena, c->again, c->nagain, &c->again_cap, sizeof(struct unit *));
    c->again[c->nagain++] = u;
    pthread_mutex_unlock(&c->lock);
}

/* Of the sums only which buckets differ is kept: many tables may. */
static bool compare_sums(struct check_rows *c, struct unit *u, bool *again) {
    const struct buckets *a = u->sums[SIDE_SOURCE], *b = u->sums[SIDE_TARGET];
    u->different = a->rows != b->rows || memcmp(a->sum, b->sum, sizeof a->sum) != 0 ||
                   memcmp(a->count, b->count, sizeof a->count) != 0;
    if (u->different) {
        pthread_mutex_lock(&c->lock);
        u->differs = arena_alloc(&c->again_arena, BUCKETS_BITMAP);
        pthread_mutex_unlock(&c->lock);
        buckets_compare(a, b, u->differs, &u->differing_rows);
    }
    *again = u->different;
    buckets_free(u->sums[SIDE_SOURCE]);
    buckets_free(u->sums[SIDE_TARGET]);
    u->sums[SIDE_SOURCE] = u->sums[SIDE_TARGET] = NULL;
    return true;
}

static bool compare_sets(struct check_rows *c, struct unit *u, bool *again, struct err *e) {
    struct row_set *a = u->rows[SIDE_SOURCE], *b = u->rows[SIDE_TARGET];
    u->different = !row_set_equal(a, b);
    if (u->different && a->kept && b->kept) {
        struct check_difference_arg arg = {c, u->table->number};
        return row_set_compare(a, b, check_difference, &arg, e);
    }
    *again = u->different;
    u->differing_rows = u->chunk.bytes_estimate / 16;
    return true;
}

static bool compare_unit(struct check_rows *c, struct unit *u, struct err *e) {
    bool again = false;
    resume_lock(c);
    bool ok = u->table->mode == MODE_BUCKETS ? compare_sums(c, u, &again) : compare_sets(c, u, &again, e);
    if (ok) {
        resume_compared(c, u, again);
    }
    resume_unlock(c);
    if (again) {
        check_look_again(c, u);
    }
    struct table_rows *t = &c->results[u->table->number];
    pthread_mutex_lock(&c->lock);
    t->units++;
    t->units_different += u->different;
    t->to_us = clock_mono_us();
    pthread_mutex_unlock(&c->lock);
    progress_chunk_done(c->progress, u->table->number, 0, 0, 0);
    bool whole = u->table->mode == MODE_BUCKETS; /* where in it they differ is not known */
    progress_chunk_step(c->progress, u->table->number, u->number,
                        whole ? (u->different ? CHUNK_ALL_DIFFER : CHUNK_ALL_DONE)
                              : (u->different ? CHUNK_DIFFERS : CHUNK_DONE));
    unit_close(c->pool, u);
    return ok;
}

/* ---- threads ---- */

static void *worker_main(void *arg) {
    struct check_worker *w = arg;
    struct check_rows *c = w->c;
    struct err e = ERR_INIT;
    bool ok = w->reader.side == SIDE_SOURCE || check_target_session(c, &w->reader.target, &e);
    struct piece p;
    while (ok && unit_next(c->pool, w->reader.side, &p)) {
        pthread_mutex_lock(&c->lock);
        struct table_rows *t = &c->results[p.unit->table->number];
        t->from_us = t->from_us == 0 ? clock_mono_us() : t->from_us;
        pthread_mutex_unlock(&c->lock);
        progress_table_state(c->progress, p.unit->table->number, TABLE_LOADING);
        if (w->reader.side == SIDE_SOURCE) {
            unsigned number = p.unit->table->mode == MODE_BUCKETS ? p.number + 1 : p.unit->number;
            progress_chunk_step(c->progress, p.unit->table->number, number, CHUNK_BEGUN);
        }
        ok = p.unit->table->mode == MODE_RANGES ? read_range(w, &p, &e) : read_buckets(w, &p, &e);
        if (ok && unit_piece_done(c->pool, w->reader.side, p.unit)) {
            ok = compare_unit(c, p.unit, &e);
        }
    }
    if (!ok) {
        unit_fail(c->pool, &e);
    }
    if (w->reader.side == SIDE_TARGET) {
        gauss_close(w->reader.target);
    }
    return NULL;
}

/* ---- the whole ---- */

static bool start(struct check_rows *c, struct check_worker *workers, struct err *e) {
    for (unsigned i = 0; i < c->source_jobs + c->target_jobs; i++) {
        struct check_worker *w = &workers[i];
        bool source = i < c->source_jobs;
        w->c = c;
        w->reader = (struct reader){
            .task = c->run->task,
            .dialect = c->run->identity.dialect,
            .side = source ? SIDE_SOURCE : SIDE_TARGET,
            .stop = c->stop,
            .rate = &c->rates[i < c->source_jobs ? SIDE_SOURCE : SIDE_TARGET],
            .source = source ? c->snapshot.clients[i] : NULL,
        };
        reader_init(&w->reader);
    }
    for (unsigned i = 0; i < c->source_jobs + c->target_jobs; i++) {
        if (pthread_create(&workers[i].thread, NULL, worker_main, &workers[i]) != 0) {
            return err_errno(e, ERR_SYSTEM, "reader %u could not be started", i + 1);
        }
        workers[i].started = true;
    }
    return true;
}

static bool prepare(struct check_rows *c, struct err *e) {
    pthread_mutex_init(&c->lock, NULL);
    c->results = arena_array(c->arena, struct table_rows, c->ntables + 1);
    for (size_t i = 0; i < c->ntables; i++) {
        c->results[i].losses = arena_array(c->arena, uint64_t, c->tables[i].n * LOSS_COUNT + 1);
    }
    c->pool = unit_pool_new(c->source_jobs + c->target_jobs);
    return differences_init(&c->differences, c->ntables, e) &&
           (c->pool != NULL || err_set(e, ERR_MEMORY, "no memory for the queue of the check"));
}

bool check_rows_read(struct check_rows *c, struct err *e) {
    if (!prepare(c, e) || !resume_open(c, e)) {
        return false;
    }
    progress_phase(c->progress, PHASE_SNAPSHOT);
    if (!check_target_anchor(c, e) ||
        !snapshot_open(c->run->task, c->arena, &c->run->db, c->source_jobs, &c->snapshot, e)) {
        return false;
    }
    c->source_jobs = (unsigned)c->snapshot.n;
    resume_snapshot(c);
    progress_phase(c->progress, PHASE_CHECK);
    progress_workers(c->progress, c->source_jobs + c->target_jobs);
    unsigned n = c->source_jobs + c->target_jobs;
    struct check_worker *workers = calloc(n, sizeof *workers);
    if (workers == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for %u readers", n);
    }
    bool ok = start(c, workers, e) && check_rows_plan(c, e);
    if (!ok) {
        unit_fail(c->pool, e);
    }
    unit_no_more(c->pool);
    for (unsigned i = 0; i < n; i++) {
        if (workers[i].started) {
            pthread_join(workers[i].thread, NULL);
        }
        reader_clear(&workers[i].reader);
        buckets_free(workers[i].buckets);
    }
    free(workers);
    return !unit_failed(c->pool, e) && check_rows_split(c, e) && check_rows_ranges(c, e) && check_changed_rows(c, e) &&
           resume_verify(c, e) && ((c->settle_ms == 0 && c->applied == NULL) || check_rows_settle(c, e));
}

void check_rows_clear(struct check_rows *c) {
    check_changed_clear(c);
    if (c->pool == NULL) {
        return;
    }
    arena_clear(&c->again_arena);
    gauss_close(c->anchor);
    unit_pool_free(c->pool);
    differences_clear(&c->differences);
    snapshot_close(&c->snapshot);
    pthread_mutex_destroy(&c->lock);
}
