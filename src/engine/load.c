/* The pool of workers. See load.h. */
#include "engine/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"
#include "engine/run.h"

enum { OUT_MAX_BYTES = 1200u << 20 }; /* one row of MySQL's limit, escaped in the worst case, and some more */

bool worker_stopped(const struct worker *w, struct err *e) {
    if (atomic_load_explicit(w->load->stop, memory_order_relaxed)) {
        err_set(e, ERR_CANCELLED, "stopped by request");
        return true;
    }
    if (work_failed(&w->load->work)) {
        err_set(e, ERR_CANCELLED, "stopped because another worker failed");
        return true;
    }
    return false;
}

bool worker_target_lost(const struct worker *w, const struct err *e) {
    return !gauss_usable(w->target) && err_class_of(e->code) == ERR_CLASS_TARGET && e->retryable;
}

/* A session that the run's successor would find, of a run that has none yet. */
static bool open_target(struct worker *w, struct err *e) {
    struct load *l = w->load;
    if (target_open_loader(l->task, l->dialect, &w->target, e) && claim_join(w->target, &l->checkpoint, e)) {
        return true;
    }
    gauss_close(w->target);
    w->target = NULL;
    return false;
}

bool worker_reconnect(struct worker *w, struct err *e) {
    int64_t retry_ms = w->load->task->retry_ms > 0 ? w->load->task->retry_ms : 60000;
    int64_t until_us = clock_mono_us() + retry_ms * 1000;
    int64_t wait_ms = 50;
    struct err lost = *e;
    log_err("target_lost", e);
    for (;;) {
        gauss_close(w->target);
        w->target = NULL;
        if (open_target(w, e)) {
            log_info("target_back", "worker %u is connected to the target again", w->number);
            return true;
        }
        struct err stopped = ERR_INIT;
        if (worker_stopped(w, &stopped)) {
            err_copy(e, &stopped);
            return false;
        }
        if (!e->retryable) {
            return false;
        }
        if (clock_mono_us() > until_us) {
            struct err last = *e;
            err_copy(e, &lost);
            err_hint(e, "it did not come back within %lld s (%s); go on with --resume when it is there",
                     (long long)(retry_ms / 1000), last.message);
            return false;
        }
        clock_sleep_ms(wait_ms);
        wait_ms = wait_ms < 1000 ? wait_ms * 2 : 1000;
    }
}

static bool build_key(struct worker *w, const struct work_item *item, struct err *e) {
    struct load *l = w->load;
    const struct ddl_statement *s = item->statement;
    struct arena a = ARENA_INIT;
    char *name = run_step_name(&a, s);
    bool index = s->stage == DDL_INDEX || s->stage == DDL_PRIMARY;
    char *sql = l->parallel_builds && index
                    ? arena_printf(&a, "SET LOCAL max_parallel_maintenance_workers TO %u; %s", item->helpers, s->sql)
                    : s->sql;
    bool ok = false;
    int64_t from_us = clock_mono_us();
    for (;;) {
        if (s->stage == DDL_ANALYZE) { /* refused inside a transaction by openGauss, and harmless to repeat */
            ok = gauss_exec(w->target, s->sql, e) && checkpoint_note_step(w->target, &l->checkpoint, name, e);
        } else {
            ok = checkpoint_run_step(w->target, &l->checkpoint, name, sql, e);
        }
        if (ok || !worker_target_lost(w, e) || !worker_reconnect(w, e)) {
            break;
        }
        struct step_list steps;
        ok = checkpoint_steps(w->target, &a, l->checkpoint.task, &steps, e);
        if (ok && checkpoint_has_step(&steps, name)) { /* the commit had gone through */
            break;
        }
    }
    if (!ok && (str_starts(e->sqlstate, "23") || str_eq(e->sqlstate, "22001"))) {
        struct err cause = *e;
        err_set(e, ERR_TARGET_CONSTRAINT, "%s does not fit the data: %s", s->object, cause.message);
        err_cause(e, "%s", cause.cause);
        memcpy(e->sqlstate, cause.sqlstate, sizeof e->sqlstate);
    }
    if (!ok) {
        err_where(e, "%s", s->object);
    } else {
        log_info("key_built", "%s in %.2f s", s->object, (double)(clock_mono_us() - from_us) / 1e6);
    }
    arena_clear(&a);
    pthread_mutex_lock(&l->lock);
    struct load_table *t = &l->tables[item->table];
    if (t->index_from_us == 0 || from_us < t->index_from_us) {
        t->index_from_us = from_us;
    }
    t->index_to_us = clock_mono_us();
    pthread_mutex_unlock(&l->lock);
    return ok;
}

static bool load_one(struct worker *w, const struct chunk *c, struct err *e) {
    struct progress *p = w->load->progress;
    progress_chunk_step(p, c->table, c->number, CHUNK_BEGUN);
    bool ok = load_chunk(w, c, e);
    progress_chunk_step(p, c->table, c->number, ok ? CHUNK_DONE : CHUNK_GIVEN_BACK);
    return ok;
}

static bool do_item(struct worker *w, const struct work_item *item, struct err *e) {
    struct load *l = w->load;
    switch (item->kind) {
    case WORK_PLAN:
        return load_plan(w, item, e);
    case WORK_CHUNK:
        progress_table_state(l->progress, item->table, TABLE_LOADING);
        return load_one(w, item->chunk, e);
    case WORK_MOVED:
        progress_table_state(l->progress, item->table, TABLE_LOADING);
        return load_moved(w, item->table, e);
    case WORK_KEY:
        progress_table_state(l->progress, item->table, TABLE_INDEXING);
        if (!build_key(w, item, e)) {
            return false;
        }
        progress_index_done(l->progress, item->table);
        return true;
    case WORK_NONE:
        break;
    }
    return true;
}

static void tell_progress(struct load *l, size_t table) {
    if (work_table_loaded(&l->work, table)) {
        pthread_mutex_lock(&l->lock);
        l->tables[table].load_to_us = clock_mono_us();
        pthread_mutex_unlock(&l->lock);
        progress_table_state(l->progress, table, TABLE_LOADED);
        log_info("table_loaded", "%s", l->db->tables[table].name);
    }
    if (work_table_built(&l->work, table)) {
        progress_table_state(l->progress, table, TABLE_DONE);
    }
}

static struct work_item next_item(struct worker *w) {
    struct work_item item = w->ahead;
    w->ahead = (struct work_item){.kind = WORK_NONE};
    return item.kind != WORK_NONE ? item : work_next(&w->load->work, w->source != NULL);
}

static void give_back_ahead(struct worker *w) {
    if (w->ahead.kind != WORK_NONE) {
        work_give_back(&w->load->work, &w->ahead);
        w->ahead = (struct work_item){.kind = WORK_NONE};
    }
}

static void *worker_main(void *arg) {
    struct worker *w = arg;
    struct load *l = w->load;
    struct err e = ERR_INIT;
    if (!open_target(w, &e)) {
        work_fail(&l->work, &e);
    }
    while (w->target != NULL) {
        struct work_item item = next_item(w);
        if (item.kind == WORK_NONE) {
            break;
        }
        err_clear(&e);
        if (do_item(w, &item, &e)) {
            work_done(&l->work, &item);
            tell_progress(l, item.table);
            continue;
        }
        work_give_back(&l->work, &item);
        bool source_gone = w->source != NULL && !mysql_usable(w->source) && e.retryable;
        if (source_gone) {
            /* Its snapshot is gone with it; the other readers still hold the same one. */
            log_err("reader_lost", &e);
            w->source = NULL;
            give_back_ahead(w);
            work_reader_lost(&l->work);
            continue;
        }
        if (e.code != ERR_CANCELLED || atomic_load(l->stop)) {
            progress_table_state(l->progress, item.table, TABLE_FAILED);
            work_fail(&l->work, &e);
        }
        break;
    }
    give_back_ahead(w);
    work_worker_ends(&l->work, w->source != NULL);
    return NULL;
}

static void worker_clear(struct worker *w) {
    gauss_close(w->target);
    buf_clear(&w->out);
    digest_worker_clear(&w->digest);
    arena_clear(&w->arena);
}

bool load_run(struct load *l, struct snapshot *s, unsigned workers, struct err *e) {
    struct worker *all = calloc(workers, sizeof *all);
    if (all == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for %u workers", workers);
    }
    unsigned started = 0;
    for (unsigned i = 0; i < workers; i++) {
        struct worker *w = &all[i];
        w->load = l;
        w->number = i + 1;
        w->source = s != NULL && i < s->n ? s->clients[i] : NULL;
        buf_init(&w->out, OUT_MAX_BYTES);
        digest_worker_init(&w->digest, OUT_MAX_BYTES);
        w->binary_plans = arena_array(&w->arena, struct table_plan, l->db->ntables);
        w->text_plans = arena_array(&w->arena, struct table_plan, l->db->ntables);
        if (w->source == NULL) {
            work_reader_lost(&l->work);
        }
    }
    progress_again(l->progress);
    progress_workers(l->progress, workers);
    for (; started < workers; started++) {
        if (pthread_create(&all[started].thread, NULL, worker_main, &all[started]) != 0) {
            struct err failed = ERR_INIT;
            err_errno(&failed, ERR_SYSTEM, "worker %u could not be started", started + 1);
            work_fail(&l->work, &failed);
            break;
        }
    }
    for (unsigned i = 0; i < started; i++) {
        pthread_join(all[i].thread, NULL);
    }
    for (unsigned i = 0; i < workers; i++) {
        worker_clear(&all[i]);
    }
    free(all);
    if (l->work.failed) {
        err_copy(e, &l->work.error);
        return false;
    }
    if (!work_complete(&l->work)) {
        return err_set(e, ERR_SOURCE_LOST, "every connection to the source broke, and the snapshot with them");
    }
    return true;
}
