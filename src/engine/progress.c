/* Counters of a run, its speed and how long it will still take. See progress.h.
 *
 * Writers touch atomics only, except for the rare changes of a table's state or of the phase, which take the lock. All
 * arithmetic happens in progress_read, a few times a second, on a copy.
 *
 * What is under way (flow) and what is committed are kept apart; what is shown is their sum. Whoever commits a chunk
 * takes it out of the flow with a negative progress_flow and then calls progress_chunk_done. */
#include "engine/progress.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/progress_clock.h"

enum {
    SAMPLE_SPACING_US = 500 * 1000,
    SPEED_WINDOW_US = 5 * 1000 * 1000, /* rows/s as shown: follows a change within seconds */
    ETA_WINDOW_US = 30 * 1000 * 1000,  /* remaining time: calmer */
    SAMPLES = 64,                      /* SAMPLES * SAMPLE_SPACING_US must exceed ETA_WINDOW_US */
    ETA_AFTER_US = 2 * 1000 * 1000,    /* no guess from less than this */
};

/* Building one index over a byte costs about this much of loading it: rows are sorted in the target alone, without the
 * network. Only the proportion shown depends on it; the remaining time uses what was measured once there is any. */
static const double INDEX_WEIGHT = 0.15;

struct counters {
    const char *name, *target;
    enum table_state state; /* under the lock, like the two times */
    int64_t started_us, finished_us;
    uint64_t rows_estimate, bytes_estimate;
    unsigned indexes;
    atomic_uint_fast64_t rows, bytes, diverted;
    atomic_int_fast64_t flow_rows, flow_bytes;
    atomic_uint chunks, chunks_done, indexes_done;
    struct chunk_map map; /* under the lock */
};

struct sample {
    int64_t at_us;
    uint64_t rows, bytes;
};

struct progress {
    pthread_mutex_t lock;
    progress_clock_fn *clock;
    void *clock_arg;
    struct arena arena; /* names and counters */
    struct counters *tables;
    size_t ntables;
    enum progress_phase phase;
    unsigned workers;
    int64_t began_us, load_began_us, index_began_us, ended_us;
    uint64_t load_bytes_before; /* there when the load phase began */
    double index_work_before;   /* done when the index phase began */
    double fraction;            /* the largest shown so far */
    struct sample samples[SAMPLES];
    size_t nsamples, next_sample;
    size_t cells; /* of all maps */
    bool check;   /* what the maps are of */
};

static int64_t real_clock(void *arg) {
    (void)arg;
    return clock_mono_us();
}

struct progress *progress_new_with_clock(progress_clock_fn *now_us, void *arg) {
    struct progress *p = calloc(1, sizeof *p);
    if (p == NULL) {
        BUG("no memory for the progress of a run");
    }
    pthread_mutex_init(&p->lock, NULL);
    p->clock = now_us;
    p->clock_arg = arg;
    p->began_us = now_us(arg);
    return p;
}

struct progress *progress_new(void) {
    return progress_new_with_clock(real_clock, NULL);
}

static void forget_maps(struct progress *p) {
    for (size_t i = 0; i < p->ntables; i++) {
        chunk_map_clear(&p->tables[i].map, &p->cells);
    }
}

void progress_free(struct progress *p) {
    if (p != NULL) {
        forget_maps(p);
        arena_clear(&p->arena);
        pthread_mutex_destroy(&p->lock);
        free(p);
    }
}

/* ---- writers ---- */

void progress_tables(struct progress *p, const struct table_progress *tables, size_t n) {
    pthread_mutex_lock(&p->lock);
    struct counters *fresh = arena_array(&p->arena, struct counters, n);
    for (size_t i = 0; i < n; i++) {
        const struct table_progress *t = &tables[i];
        struct counters *c = &fresh[i];
        /* Copied: the display may look once more after the run's own memory is gone. */
        c->name = arena_strdup(&p->arena, t->name);
        c->target = arena_strdup(&p->arena, t->target);
        c->state = t->state;
        c->started_us = t->started_us;
        c->finished_us = t->finished_us;
        c->rows_estimate = t->rows_estimate;
        c->bytes_estimate = t->bytes_estimate;
        c->indexes = t->indexes;
        atomic_init(&c->rows, t->rows);
        atomic_init(&c->bytes, t->bytes);
        atomic_init(&c->diverted, t->diverted);
        atomic_init(&c->flow_rows, 0);
        atomic_init(&c->flow_bytes, 0);
        atomic_init(&c->chunks, t->chunks);
        atomic_init(&c->chunks_done, t->chunks_done);
        atomic_init(&c->indexes_done, t->indexes_done);
    }
    forget_maps(p);
    p->tables = fresh;
    p->ntables = n;
    pthread_mutex_unlock(&p->lock);
}

static struct counters *counters_of(struct progress *p, size_t table) {
    if (table >= p->ntables) {
        BUG("progress of table %zu of %zu", table, p->ntables);
    }
    return &p->tables[table];
}

void progress_workers(struct progress *p, unsigned workers) {
    pthread_mutex_lock(&p->lock);
    p->workers = workers;
    pthread_mutex_unlock(&p->lock);
}

void progress_table_state(struct progress *p, size_t table, enum table_state s) {
    struct counters *c = counters_of(p, table);
    pthread_mutex_lock(&p->lock);
    int64_t now = p->clock(p->clock_arg);
    if (c->state == TABLE_FAILED) { /* what others still do with it changes nothing */
        s = TABLE_FAILED;
    }
    c->state = s;
    if (s != TABLE_WAITING && c->started_us == 0) {
        c->started_us = now;
    }
    c->finished_us = s == TABLE_DONE || s == TABLE_FAILED ? now : 0;
    pthread_mutex_unlock(&p->lock);
}

void progress_again(struct progress *p) {
    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < p->ntables; i++) {
        struct counters *c = &p->tables[i];
        c->state = c->state == TABLE_FAILED ? TABLE_WAITING : c->state;
    }
    pthread_mutex_unlock(&p->lock);
}

void progress_chunks(struct progress *p, size_t table, unsigned chunks) {
    atomic_store_explicit(&counters_of(p, table)->chunks, chunks, memory_order_relaxed);
}

void progress_chunk_step(struct progress *p, size_t table, unsigned number, enum chunk_step step) {
    struct counters *c = counters_of(p, table);
    pthread_mutex_lock(&p->lock);
    chunk_map_step(&c->map, number, step, &p->cells);
    pthread_mutex_unlock(&p->lock);
}

void progress_chunks_forget(struct progress *p) {
    pthread_mutex_lock(&p->lock);
    forget_maps(p);
    pthread_mutex_unlock(&p->lock);
}

void progress_chunk_done(struct progress *p, size_t table, uint64_t rows, uint64_t bytes, uint64_t diverted) {
    struct counters *c = counters_of(p, table);
    atomic_fetch_add_explicit(&c->rows, rows, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->bytes, bytes, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->diverted, diverted, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->chunks_done, 1, memory_order_relaxed);
}

void progress_flow(struct progress *p, size_t table, int64_t rows, int64_t bytes) {
    struct counters *c = counters_of(p, table);
    atomic_fetch_add_explicit(&c->flow_rows, rows, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->flow_bytes, bytes, memory_order_relaxed);
}

void progress_index_done(struct progress *p, size_t table) {
    atomic_fetch_add_explicit(&counters_of(p, table)->indexes_done, 1, memory_order_relaxed);
}

/* ---- reading ---- */

static uint64_t with_flow(uint64_t committed, int_fast64_t flow) {
    return flow > 0 ? committed + (uint64_t)flow : committed;
}

static void copy_table(struct counters *c, struct table_progress *t) {
    *t = (struct table_progress){
        .name = c->name,
        .target = c->target,
        .state = c->state,
        .started_us = c->started_us,
        .finished_us = c->finished_us,
        .rows_estimate = c->rows_estimate,
        .bytes_estimate = c->bytes_estimate,
        .indexes = c->indexes,
        .rows = with_flow(atomic_load_explicit(&c->rows, memory_order_relaxed),
                          atomic_load_explicit(&c->flow_rows, memory_order_relaxed)),
        .bytes = with_flow(atomic_load_explicit(&c->bytes, memory_order_relaxed),
                           atomic_load_explicit(&c->flow_bytes, memory_order_relaxed)),
        .diverted = atomic_load_explicit(&c->diverted, memory_order_relaxed),
        .chunks = atomic_load_explicit(&c->chunks, memory_order_relaxed),
        .chunks_done = atomic_load_explicit(&c->chunks_done, memory_order_relaxed),
        .indexes_done = atomic_load_explicit(&c->indexes_done, memory_order_relaxed),
    };
}

static bool loaded(const struct table_progress *t) {
    return t->state == TABLE_LOADED || t->state == TABLE_INDEXING || t->state == TABLE_DONE;
}

/* The catalog's guess; a table always weighs something, so that an empty one cannot divide by zero. */
static double catalog_bytes(const struct table_progress *t) {
    double by_rows = (double)t->rows_estimate * 32;
    double bytes = (double)t->bytes_estimate > by_rows ? (double)t->bytes_estimate : by_rows;
    return bytes > 1 ? bytes : 1;
}

/* How many bytes a table will have been in the end. The catalog counts bytes on disk and guesses rows; the further a
 * table is, the more its own chunks tell. `ratio`: bytes received for a byte of the catalog's, from the other tables. */
static double expected_bytes(const struct table_progress *t, double ratio) {
    double bytes = (double)t->bytes;
    if (loaded(t)) {
        return bytes;
    }
    double want = catalog_bytes(t) * ratio;
    if (t->chunks_done >= 4 && t->chunks >= t->chunks_done) {
        want = bytes / t->chunks_done * t->chunks;
    } else if (t->rows > 1000 && t->rows_estimate > 0) {
        want = bytes / (double)t->rows * (double)t->rows_estimate;
    }
    return want > bytes * 1.01 ? want : bytes * 1.01;
}

static double catalog_ratio(const struct progress_view *v) {
    double got = 0, said = 0;
    for (size_t i = 0; i < v->ntables; i++) {
        if (loaded(&v->tables[i])) {
            got += (double)v->tables[i].bytes;
            said += catalog_bytes(&v->tables[i]);
        }
    }
    /* Small or empty tables alone say nothing about large ones. */
    if (got < 1e6 || said <= 0) {
        return 1;
    }
    double ratio = got / said;
    return ratio < 0.1 ? 0.1 : ratio > 10 ? 10 : ratio;
}

/* Work is counted in bytes; that of indexes is weighed against them. */
struct work {
    double load_done, load_all, index_done, index_all;
};

static struct work work_of(const struct progress_view *v) {
    struct work w = {0};
    double ratio = catalog_ratio(v);
    for (size_t i = 0; i < v->ntables; i++) {
        const struct table_progress *t = &v->tables[i];
        double all = expected_bytes(t, ratio);
        w.load_done += (double)t->bytes;
        w.load_all += all;
        double one = (all > 1 ? all : 1) * INDEX_WEIGHT;
        unsigned done = t->state == TABLE_DONE || t->indexes_done > t->indexes ? t->indexes : t->indexes_done;
        w.index_done += one * done;
        w.index_all += one * t->indexes;
    }
    return w;
}

static void copy_cells(struct progress *p, struct arena *a, struct chunk_map *m, struct table_progress *t) {
    char text[CHUNK_CELLS + 1];
    if (!m->changed || !chunk_map_is_shown(m)) {
        return;
    }
    size_t n = chunk_map_text(m, p->check, text);
    t->cells = arena_strndup(a, text, n);
    t->cells_chunks = m->chunks;
    t->cells_each = m->each;
}

static void read_tables(struct progress *p, struct arena *a, struct progress_view *v) {
    v->ntables = p->ntables;
    v->tables = arena_array(a, struct table_progress, p->ntables > 0 ? p->ntables : 1);
    for (size_t i = 0; i < p->ntables; i++) {
        struct table_progress *t = &v->tables[i];
        copy_table(&p->tables[i], t);
        v->rows += t->rows;
        v->bytes += t->bytes;
        v->rows_estimate += t->rows_estimate;
        v->bytes_estimate += t->bytes_estimate;
        v->tables_done += t->state == TABLE_DONE;
    }
}

static void take_sample(struct progress *p, int64_t now, const struct progress_view *v) {
    if (p->nsamples > 0) {
        const struct sample *last = &p->samples[(p->next_sample + SAMPLES - 1) % SAMPLES];
        if (now - last->at_us < SAMPLE_SPACING_US) {
            return;
        }
    }
    p->samples[p->next_sample] = (struct sample){now, v->rows, v->bytes};
    p->next_sample = (p->next_sample + 1) % SAMPLES;
    if (p->nsamples < SAMPLES) {
        p->nsamples++;
    }
}

/* The newest sample at least `window` old, else the oldest there is; NULL when there is none. */
static const struct sample *sample_before(const struct progress *p, int64_t now, int64_t window) {
    const struct sample *found = NULL;
    for (size_t back = 1; back <= p->nsamples; back++) {
        found = &p->samples[(p->next_sample + SAMPLES - back) % SAMPLES];
        if (now - found->at_us >= window) {
            break;
        }
    }
    return found;
}

static double per_second(uint64_t now, uint64_t then, int64_t us) {
    return us <= 0 || now <= then ? 0 : (double)(now - then) * 1e6 / (double)us;
}

/* Keys are built as soon as their table is loaded; once every table is, they are all that is left. */
static bool only_keys_left(const struct progress_view *v) {
    for (size_t i = 0; i < v->ntables; i++) {
        if (!loaded(&v->tables[i])) {
            return false;
        }
    }
    return v->ntables > 0;
}

static void index_phase(struct progress *p, int64_t now, double work_before) {
    p->index_began_us = now;
    p->index_work_before = work_before;
}

static bool transferring(enum progress_phase phase) {
    return phase == PHASE_LOAD || phase == PHASE_INDEX || phase == PHASE_CHECK;
}

static int64_t eta_ms(const struct progress *p, int64_t now, const struct progress_view *v, const struct work *w) {
    if (!transferring(p->phase) || now - p->load_began_us < ETA_AFTER_US) {
        return -1;
    }
    double load_left = w->load_all - w->load_done;
    double index_left = w->index_all - w->index_done;
    const struct sample *then = sample_before(p, now, ETA_WINDOW_US);
    double rate = then != NULL ? per_second(v->bytes, then->bytes, now - then->at_us) : 0;
    double average = per_second(v->bytes, p->load_bytes_before, now - p->load_began_us);
    if (v->phase == PHASE_INDEX) {
        /* Indexes are done in lumps: measure from the phase's begin. */
        double done = w->index_done - p->index_work_before;
        double s = (double)(now - p->index_began_us) / 1e6;
        double index_rate = done > 0 && s > 0 ? done / s : average;
        return index_rate > 0 ? (int64_t)(index_left / index_rate * 1000) : -1;
    }
    return rate > 0 ? (int64_t)((load_left + index_left) / rate * 1000) : -1;
}

void progress_read(struct progress *p, struct arena *a, struct progress_view *v) {
    *v = (struct progress_view){0};
    pthread_mutex_lock(&p->lock);
    int64_t now = p->ended_us != 0 ? p->ended_us : p->clock(p->clock_arg);
    v->phase = p->phase;
    v->workers = p->workers;
    v->elapsed_ms = (now - p->began_us) / 1000;
    read_tables(p, a, v);
    struct work w = work_of(v);
    if (p->phase == PHASE_LOAD && only_keys_left(v)) {
        if (p->index_began_us == 0) {
            index_phase(p, now, w.index_done);
        }
        v->phase = PHASE_INDEX;
    }
    for (size_t i = 0; i < p->ntables; i++) {
        copy_cells(p, a, &p->tables[i].map, &v->tables[i]);
    }
    v->eta_ms = eta_ms(p, now, v, &w);
    if (transferring(p->phase)) {
        const struct sample *then = sample_before(p, now, SPEED_WINDOW_US);
        if (then != NULL) {
            v->rows_per_s = per_second(v->rows, then->rows, now - then->at_us);
            v->bytes_per_s = per_second(v->bytes, then->bytes, now - then->at_us);
        }
        take_sample(p, now, v);
    }
    /* Estimates are corrected on the way; what was shown is not taken back. */
    double all = w.load_all + w.index_all;
    double fraction = p->phase < PHASE_LOAD || all <= 0 ? 0 : (w.load_done + w.index_done) / all;
    if (fraction > 0.999) {
        fraction = 0.999; /* the end is not reached before PHASE_DONE */
    }
    if (p->phase == PHASE_DONE) {
        fraction = 1;
        v->eta_ms = 0;
    }
    if (fraction > p->fraction) {
        p->fraction = fraction;
    }
    v->fraction = p->fraction;
    pthread_mutex_unlock(&p->lock);
}

void progress_phase(struct progress *p, enum progress_phase phase) {
    struct arena scratch = ARENA_INIT;
    struct progress_view v = {0};
    pthread_mutex_lock(&p->lock);
    int64_t now = p->clock(p->clock_arg);
    p->phase = phase;
    p->check = p->check || phase == PHASE_CHECK;
    read_tables(p, &scratch, &v);
    if (phase == PHASE_LOAD || phase == PHASE_CHECK) {
        /* What an earlier run, or a snapshot lost since, had loaded is there already: it is no speed of this one. */
        p->load_began_us = now;
        p->load_bytes_before = v.bytes;
        p->index_began_us = 0;
        p->nsamples = p->next_sample = 0;
        take_sample(p, now, &v);
    } else if (phase == PHASE_INDEX) {
        index_phase(p, now, work_of(&v).index_done);
        if (p->load_began_us == 0) {
            p->load_began_us = now;
        }
    } else if (phase == PHASE_DONE || phase == PHASE_FAILED) {
        p->ended_us = now;
    }
    pthread_mutex_unlock(&p->lock);
    arena_clear(&scratch);
}

/* ---- names ---- */

const char *progress_phase_name(enum progress_phase p) {
    switch (p) {
    case PHASE_CONNECT:
        return "connect";
    case PHASE_PRECHECK:
        return "precheck";
    case PHASE_SCHEMA:
        return "schema";
    case PHASE_SNAPSHOT:
        return "snapshot";
    case PHASE_CATCH_UP:
        return "catch_up";
    case PHASE_LOAD:
        return "load";
    case PHASE_INDEX:
        return "index";
    case PHASE_FINISH:
        return "finish";
    case PHASE_CHECK:
        return "check";
    case PHASE_DONE:
        return "done";
    case PHASE_FAILED:
        break;
    }
    return "failed";
}

const char *progress_state_name(enum table_state s) {
    switch (s) {
    case TABLE_WAITING:
        return "waiting";
    case TABLE_LOADING:
        return "loading";
    case TABLE_LOADED:
        return "loaded";
    case TABLE_INDEXING:
        return "indexing";
    case TABLE_DONE:
        return "done";
    case TABLE_FAILED:
        break;
    }
    return "failed";
}
