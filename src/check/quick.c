/* Reading the target and comparing it with what the load read. See quick.h. */
#include "check/quick.h"

#include <stdlib.h>

#include "base/clock.h"
#include "engine/progress.h"

struct quick_workers {
    struct quick *q;
    atomic_size_t next; /* part to read */
    atomic_bool failed;
    pthread_mutex_t lock;
    struct err error; /* the first one */
};

struct quick_worker {
    struct quick_workers *all;
    pthread_t thread;
    struct reader reader;
};

/* ---- reading ---- */

static bool add_row(void *arg, const uint8_t *row, size_t len, size_t key_len, struct err *e) {
    (void)key_len;
    (void)e;
    struct quick_part *p = arg;
    digest_add(&p->found, digest_row(row, len));
    p->rows++;
    return true;
}

static void fail(struct quick_workers *all, const struct err *e) {
    pthread_mutex_lock(&all->lock);
    if (!atomic_load(&all->failed)) {
        err_copy(&all->error, e);
        atomic_store(&all->failed, true);
    }
    pthread_mutex_unlock(&all->lock);
}

static bool read_part(struct quick_worker *w, struct quick_part *p, struct err *e) {
    struct check_rows *c = w->all->q->rows;
    size_t table = p->table->number;
    struct quick_part found = *p; /* neighbours in memory are other threads' */
    progress_table_state(c->progress, table, TABLE_LOADING);
    found.from_us = clock_mono_us();
    if (!reader_read(&w->reader, p->table, p->where, add_row, &found, e)) {
        return false;
    }
    found.bytes = w->reader.wire_bytes;
    found.to_us = clock_mono_us();
    *p = found;
    progress_flow(c->progress, table, (int64_t)p->rows, (int64_t)p->bytes);
    progress_chunk_done(c->progress, table, 0, 0, 0);
    return true;
}

static void *worker_main(void *arg) {
    struct quick_worker *w = arg;
    struct quick *q = w->all->q;
    struct err e = ERR_INIT;
    bool ok = check_target_session(q->rows, &w->reader.target, &e);
    while (ok && !atomic_load(&w->all->failed)) {
        size_t i = atomic_fetch_add(&w->all->next, 1);
        if (i >= q->nparts) {
            break;
        }
        ok = read_part(w, q->parts[i], &e);
    }
    if (!ok) {
        fail(w->all, &e);
    }
    gauss_close(w->reader.target);
    return NULL;
}

static bool read_parts(struct quick *q, struct err *e) {
    struct check_rows *c = q->rows;
    unsigned n = q->nparts < c->target_jobs ? (unsigned)q->nparts : c->target_jobs, started = 0;
    struct quick_workers all = {.q = q};
    struct quick_worker *workers = calloc(n > 0 ? n : 1, sizeof *workers);
    if (workers == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for %u readers", n);
    }
    pthread_mutex_init(&all.lock, NULL);
    progress_workers(c->progress, n);
    for (; started < n; started++) {
        struct quick_worker *w = &workers[started];
        w->all = &all;
        w->reader = (struct reader){.task = c->run->task,
                                    .dialect = c->run->identity.dialect,
                                    .side = SIDE_TARGET,
                                    .stop = c->stop,
                                    .rate = &c->rates[SIDE_TARGET]};
        reader_init(&w->reader);
        if (pthread_create(&w->thread, NULL, worker_main, w) != 0) {
            struct err refused = ERR_INIT;
            err_errno(&refused, ERR_SYSTEM, "reader %u could not be started", started + 1);
            fail(&all, &refused);
            reader_clear(&w->reader);
            break;
        }
    }
    for (unsigned i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
        reader_clear(&workers[i].reader);
    }
    free(workers);
    pthread_mutex_destroy(&all.lock);
    if (atomic_load(&all.failed)) {
        err_copy(e, &all.error);
    }
    return !atomic_load(&all.failed);
}

/* ---- comparing ---- */

static void list_part(struct quick *q, const struct quick_part *p, struct check_report *report,
                      struct check_table_report *out, size_t *cap) {
    const struct chunk *chunk = &p->chunk->chunk;
    struct arena *a = &report->arena;
    (void)q;
    out->quick_parts = arena_grow(a, out->quick_parts, out->nquick_parts, cap, sizeof *out->quick_parts);
    out->quick_parts[out->nquick_parts++] =
        (struct quick_difference){.column = arena_strdup(a, p->table->columns[0]->name),
                                  .lower = chunk->lower != NULL ? arena_strdup(a, chunk->lower[0]) : NULL,
                                  .upper = chunk->upper != NULL ? arena_strdup(a, chunk->upper[0]) : NULL,
                                  .loaded_rows = p->chunk->rows,
                                  .target_rows = p->rows};
}

static void compare_table(struct quick *q, size_t table, uint64_t max_listed, struct check_report *report) {
    const struct quick_table *t = &q->tables[table];
    struct check_table_report *out = &report->tables[table];
    struct digest found = {0, 0};
    int64_t from_us = INT64_MAX, to_us = 0;
    size_t cap = 0;
    for (size_t i = 0; i < t->nparts; i++) {
        const struct quick_part *p = &t->parts[i];
        digest_add(&found, p->found);
        out->target_rows += p->rows;
        report->bytes += p->bytes;
        from_us = p->from_us < from_us ? p->from_us : from_us;
        to_us = p->to_us > to_us ? p->to_us : to_us;
    }
    out->source_rows = t->rows;
    out->diverted = t->diverted;
    out->keyless = schema_row_key(q->rows->tables[table].t) == NULL;
    out->parts = t->nparts;
    out->seconds = to_us > from_us ? (double)(to_us - from_us) / 1e6 : 0;
    report->rows += out->target_rows;
    /* The whole decides: parts only say where, and only as long as the key is the one the load split by. */
    if (digest_equal(found, t->sum) && out->target_rows == t->rows) {
        out->quick = QUICK_SAME;
        out->same = t->rows;
        return;
    }
    out->quick = QUICK_DIFFERS;
    report->different = true;
    out->parts_different = t->by_chunk ? 0 : t->nparts;
    for (size_t i = 0; t->by_chunk && i < t->nparts; i++) {
        const struct quick_part *p = &t->parts[i];
        if (p->rows == p->chunk->rows && digest_equal(p->found, p->expected)) {
            out->same += p->rows;
            continue;
        }
        out->parts_different++;
        if (out->nquick_parts < max_listed) {
            list_part(q, p, report, out, &cap);
        }
    }
}

static void report_tables(struct quick *q, uint64_t max_listed, struct check_report *report) {
    struct check_rows *c = q->rows;
    for (size_t i = 0; i < c->ntables; i++) {
        if (q->tables[i].not_known != NULL) {
            report->tables[i].not_checkable = arena_strdup(&report->arena, q->tables[i].not_known);
            report->different = report->different || c->tables[i].missing;
            progress_table_state(c->progress, i, TABLE_FAILED);
        } else {
            compare_table(q, i, max_listed, report);
            progress_table_state(c->progress, i, TABLE_DONE);
        }
    }
    report->rows_checked = true;
    if (q->record.state != TASK_NONE) {
        report->gtid = arena_strdup(&report->arena, q->record.at.gtid);
        report->binlog_file = arena_strdup(&report->arena, q->record.at.file);
        report->binlog_pos = q->record.at.pos;
    }
}

bool check_quick(struct check_rows *c, uint64_t max_listed, struct check_report *report, struct err *e) {
    static const struct selection everything;
    struct quick q = {.rows = c};
    report->quick = true;
    report->quick_task = arena_strdup(&report->arena, c->run->name);
    progress_phase(c->progress, PHASE_SNAPSHOT);
    if (!check_tables_plan(c->run, c->arena, &everything, &c->tables, e) || !quick_plan(&q, e)) {
        return false;
    }
    for (size_t i = 0; i < c->ntables; i++) {
        progress_chunks(c->progress, i, (unsigned)q.tables[i].nparts);
    }
    progress_phase(c->progress, PHASE_CHECK);
    bool ok = q.nparts == 0 || (check_target_anchor(c, e) && read_parts(&q, e));
    gauss_close(c->anchor);
    c->anchor = NULL;
    if (ok) {
        report_tables(&q, max_listed > 0 ? max_listed : 100, report);
        progress_phase(c->progress, PHASE_FINISH);
    }
    return ok;
}
