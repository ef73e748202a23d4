/* The threads of the row check. See rows.h. */
#include "check/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
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

/* Where the server can, all sessions see the anchor's moment. */
static bool open_anchor(struct check_rows *c, struct err *e) {
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

static void count_piece(struct check_worker *w, const struct unit *u, uint64_t rows) {
    struct check_rows *c = w->c;
    struct table_rows *t = &c->results[u->table->number];
    bool source = w->reader.side == SIDE_SOURCE;
    pthread_mutex_lock(&c->lock);
    *(source ? &t->source_rows : &t->target_rows) += rows;
    t->source_bytes += source ? w->reader.wire_bytes : 0;
    t->uncarriable += source ? w->reader.uncarriable : 0;
    for (size_t i = 0; source && i < u->table->n * LOSS_COUNT; i++) {
        t->losses[i] += w->reader.counts[i];
    }
    pthread_mutex_unlock(&c->lock);
    if (source) {
        progress_flow(c->progress, u->table->number, (int64_t)rows, (int64_t)w->reader.wire_bytes);
    }
}

static bool read_range(struct check_worker *w, const struct piece *p, struct err *e) {
    struct row_set *set = unit_rows(w->c->pool);
    if (set == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a range of %s", p->unit->table->t->name);
    }
    if (!reader_read(&w->reader, p->unit->table, p->where, add_to_set, set, e)) {
        unit_rows_back(w->c->pool, set);
        return false;
    }
    p->unit->rows[w->reader.side] = set;
    count_piece(w, p->unit, set->rows);
    return true;
}

static bool read_buckets(struct check_worker *w, const struct piece *p, struct err *e) {
    struct unit *u = p->unit;
    if (w->buckets == NULL && (w->buckets = buckets_new()) == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for the sums of %s", u->table->t->name);
    }
    memset(w->buckets, 0, sizeof *w->buckets);
    struct bucket_sink sink = {.buckets = w->buckets, .keyless = u->table->nkeys == 0};
    if (!reader_read(&w->reader, u->table, p->where, add_to_buckets, &sink, e)) {
        return false;
    }
    struct buckets **sum = &u->sums[w->reader.side];
    pthread_mutex_lock(&u->table->lock);
    if (*sum == NULL) {
        *sum = buckets_new();
    }
    bool ok = *sum != NULL;
    if (ok) {
        buckets_merge(*sum, w->buckets);
    }
    pthread_mutex_unlock(&u->table->lock);
    count_piece(w, u, w->buckets->rows);
    return ok || err_set(e, ERR_MEMORY, "no memory for the sums of %s", u->table->t->name);
}

/* ---- comparing ---- */

bool check_difference(void *arg, enum row_difference kind, const uint8_t *key, size_t len, uint64_t times,
                      struct err *e) {
    struct check_difference_arg *d = arg;
    return differences_add(&d->rows->differences, d->table, kind, key, len, times, e);
}

static void look_again(struct check_rows *c, struct unit *u) {
    pthread_mutex_lock(&c->lock);
    c->again = arena_grow(&c->again_arena, c->again, c->nagain, &c->again_cap, sizeof(struct unit *));
    c->again[c->nagain++] = u;
    pthread_mutex_unlock(&c->lock);
}

static bool compare_unit(struct check_rows *c, struct unit *u, struct err *e) {
    bool same, ok = true;
    if (u->table->mode == MODE_BUCKETS) {
        const struct buckets *a = u->sums[SIDE_SOURCE], *b = u->sums[SIDE_TARGET];
        same = a->rows == b->rows && memcmp(a->sum, b->sum, sizeof a->sum) == 0 &&
               memcmp(a->count, b->count, sizeof a->count) == 0;
        if (!same) {
            look_again(c, u); /* with its sums */
        } else {
            buckets_free(u->sums[SIDE_SOURCE]);
            buckets_free(u->sums[SIDE_TARGET]);
            u->sums[SIDE_SOURCE] = u->sums[SIDE_TARGET] = NULL;
        }
    } else {
        struct row_set *a = u->rows[SIDE_SOURCE], *b = u->rows[SIDE_TARGET];
        same = row_set_equal(a, b);
        if (!same && a->kept && b->kept) {
            struct check_difference_arg arg = {c, u->table->number};
            ok = row_set_compare(a, b, check_difference, &arg, e);
        } else if (!same) {
            look_again(c, u);
        }
    }
    struct table_rows *t = &c->results[u->table->number];
    pthread_mutex_lock(&c->lock);
    t->units++;
    t->units_different += !same;
    t->to_us = clock_mono_us();
    pthread_mutex_unlock(&c->lock);
    progress_chunk_done(c->progress, u->table->number, 0, 0, 0);
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

/* ---- planning ---- */

struct planning {
    struct check_rows *c;
    struct check_table *t;
    char **wheres; /* MODE_BUCKETS: of the source */
    size_t n, cap;
};

static bool add_range(void *arg, const struct chunk *chunk, struct err *e) {
    struct planning *p = arg;
    struct check_rows *c = p->c;
    if (atomic_load(c->stop)) {
        return err_set(e, ERR_CANCELLED, "stopped by request");
    }
    char *source = chunk_where(c->arena, p->t->t, chunk);
    if (p->t->mode == MODE_BUCKETS) {
        p->wheres = arena_grow(c->arena, p->wheres, p->n, &p->cap, sizeof(char *));
        p->wheres[p->n++] = source;
        return true;
    }
    char *target = check_target_range(c->arena, p->t, chunk);
    struct unit u = {.table = p->t, .chunk = *chunk};
    unit_add(c->pool, &u, &source, 1, &target, 1);
    progress_chunks(c->progress, p->t->number, ++p->n > UINT32_MAX ? 0 : (unsigned)p->n);
    return true;
}

/* The target's pieces where no key ranges are common: by physical place where the server can, else whole. */
static bool target_pieces(struct check_rows *c, struct check_table *t, char ***wheres, unsigned *n, struct err *e) {
    enum { PAGES_PER_PIECE = 2048 };
    struct gauss_rows rows;
    uint64_t pages = 0;
    if (t->tid_ranges) {
        char *sql = arena_printf(c->arena, "SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int",
                                 str_literal_pg(c->arena, target_table(c->arena, t->t)));
        if (!gauss_rows(c->run->target, c->arena, sql, &rows, e)) {
            return err_where(e, "size of %s", t->t->target_name);
        }
        pages = strtoull(gauss_cell(&rows, 0, 0), NULL, 10);
    }
    *n = (unsigned)(pages / PAGES_PER_PIECE) + 1;
    *wheres = arena_array(c->arena, char *, *n);
    for (unsigned i = 0; i < *n; i++) {
        uint64_t from = (uint64_t)i * PAGES_PER_PIECE;
        (*wheres)[i] = *n == 1 ? arena_strdup(c->arena, "")
                       : i + 1 == *n
                           ? arena_printf(c->arena, "ctid >= '(%llu,0)'", (unsigned long long)from)
                           : arena_printf(c->arena, "ctid >= '(%llu,0)' AND ctid < '(%llu,0)'",
                                          (unsigned long long)from, (unsigned long long)from + PAGES_PER_PIECE);
    }
    return true;
}

static bool plan_buckets(struct planning *p, struct err *e) {
    struct check_rows *c = p->c;
    char **wheres = NULL;
    unsigned n = 0;
    if (chunk_key_of(p->t->t).n == 0) {
        p->wheres = arena_array(c->arena, char *, 1);
        p->wheres[p->n++] = arena_strdup(c->arena, "");
    } else if (!chunk_plan(c->run->source, c->arena, p->t->t, p->t->number, c->chunk_bytes, NULL, add_range, p, e)) {
        return false;
    }
    if (!target_pieces(c, p->t, &wheres, &n, e)) {
        return false;
    }
    struct unit u = {.table = p->t};
    unit_add(c->pool, &u, p->wheres, (unsigned)p->n, wheres, n);
    progress_chunks(c->progress, p->t->number, 1);
    return true;
}

static int by_size(const void *x, const void *y) {
    const struct check_table *a = *(struct check_table *const *)x, *b = *(struct check_table *const *)y;
    return (a->t->data_bytes < b->t->data_bytes) - (a->t->data_bytes > b->t->data_bytes);
}

/* Largest first; workers read while the plan goes on. */
static bool plan_all(struct check_rows *c, struct err *e) {
    struct check_table **order = arena_array(c->arena, struct check_table *, c->ntables + 1);
    size_t n = 0;
    for (size_t i = 0; i < c->ntables; i++) {
        if (c->tables[i].not_checkable == NULL) {
            order[n++] = &c->tables[i];
        }
    }
    qsort(order, n, sizeof(struct check_table *), by_size);
    for (size_t i = 0; i < n; i++) {
        struct planning p = {.c = c, .t = order[i]};
        bool ok = order[i]->mode == MODE_BUCKETS ? plan_buckets(&p, e)
                                                 : chunk_plan(c->run->source, c->arena, order[i]->t, order[i]->number,
                                                              c->chunk_bytes, NULL, add_range, &p, e);
        if (!ok) {
            return false;
        }
        if (unit_failed(c->pool, e)) {
            return false;
        }
    }
    return true;
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
    if (!prepare(c, e)) {
        return false;
    }
    progress_phase(c->progress, PHASE_SNAPSHOT);
    if (!open_anchor(c, e) || !snapshot_open(c->run->task, c->arena, &c->run->db, c->source_jobs, &c->snapshot, e)) {
        return false;
    }
    c->source_jobs = (unsigned)c->snapshot.n;
    progress_phase(c->progress, PHASE_CHECK);
    progress_workers(c->progress, c->source_jobs + c->target_jobs);
    unsigned n = c->source_jobs + c->target_jobs;
    struct check_worker *workers = calloc(n, sizeof *workers);
    if (workers == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for %u readers", n);
    }
    bool ok = start(c, workers, e) && plan_all(c, e);
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
    return !unit_failed(c->pool, e) && check_rows_split(c, e);
}

void check_rows_clear(struct check_rows *c) {
    if (c->pool == NULL) {
        return;
    }
    for (size_t i = 0; i < c->nagain; i++) {
        buckets_free(c->again[i]->sums[SIDE_SOURCE]);
        buckets_free(c->again[i]->sums[SIDE_TARGET]);
    }
    arena_clear(&c->again_arena);
    gauss_close(c->anchor);
    unit_pool_free(c->pool);
    differences_clear(&c->differences);
    snapshot_close(&c->snapshot);
    pthread_mutex_destroy(&c->lock);
}
