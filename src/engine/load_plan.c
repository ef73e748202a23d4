/* Planning one table inside a worker: chunks are recorded in the target in batches, then given to the pool, so that
 * loading starts while a long walk over the key still goes on. See load.h and chunk_plan.c. */
#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"
#include "engine/load.h"

enum { BATCH = 64 };

struct planning {
    struct worker *w;
    size_t table;
    const char *name;
    struct arena arena; /* the batch's bounds */
    struct chunk batch[BATCH];
    size_t n;
    unsigned total;
};

/* After a lost connection: did the batch's commit go through? */
static bool batch_is_recorded(struct planning *p, bool *recorded, struct err *e) {
    struct load *l = p->w->load;
    struct gauss_rows rows;
    char *sql = arena_printf(
        &p->arena, "SELECT coalesce(max(\"number\"), 0) FROM godwit.chunk WHERE \"task\" = %s AND \"table_name\" = %s",
        str_literal_pg(&p->arena, l->checkpoint.task), str_literal_pg(&p->arena, p->name));
    if (!gauss_rows(p->w->target, &p->arena, sql, &rows, e)) {
        return false;
    }
    *recorded = strtoul(gauss_cell(&rows, 0, 0), NULL, 10) >= p->batch[p->n - 1].number;
    return true;
}

static bool flush(struct planning *p, bool complete, struct err *e) {
    struct load *l = p->w->load;
    if (p->n == 0) {
        return true;
    }
    while (!checkpoint_plan(p->w->target, &l->checkpoint, p->name, p->batch, p->n, complete, e)) {
        bool recorded = false;
        if (!worker_target_lost(p->w, e) || !worker_reconnect(p->w, e) || !batch_is_recorded(p, &recorded, e)) {
            return false;
        }
        if (recorded) {
            break;
        }
    }
    for (size_t i = 0; i < p->n; i++) {
        progress_chunk_step(l->progress, p->table, p->batch[i].number, CHUNK_PLANNED);
        work_add_chunk(&l->work, &p->batch[i]);
    }
    p->total += (unsigned)p->n;
    progress_chunks(l->progress, p->table, p->batch[p->n - 1].number);
    p->n = 0;
    return true;
}

static bool gather(void *arg, const struct chunk *c, struct err *e) {
    struct planning *p = arg;
    if (worker_stopped(p->w, e)) {
        return false;
    }
    /* One is always kept back, so that the last flush can say in the same transaction that the plan is complete. */
    if (p->n == BATCH && !flush(p, false, e)) {
        return false;
    }
    p->batch[p->n++] = *c;
    return true;
}

bool load_plan(struct worker *w, const struct work_item *item, struct err *e) {
    struct load *l = w->load;
    const struct table *t = &l->db->tables[item->table];
    struct planning *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for planning %s", t->name);
    }
    p->w = w;
    p->table = item->table;
    p->name = t->name;
    uint64_t chunk_bytes = l->task->chunk_bytes > 0 ? l->task->chunk_bytes : 32u << 20;
    bool ok = chunk_plan(w->source, &p->arena, t, item->table, chunk_bytes, item->plan_after, gather, p, e) &&
              flush(p, true, e);
    if (ok) {
        work_plan_done(&l->work, item->table);
        log_info("table_planned", "%s: %u chunks", t->name, p->total);
    } else {
        /* Some chunks may be in the pool already: planning the table again would add them twice. */
        work_fail(&l->work, e);
    }
    arena_clear(&p->arena);
    free(p);
    return ok;
}
