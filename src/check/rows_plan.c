/* What the row check reads, put into the queue table by table. See rows.h. */
#include <stdlib.h>

#include "base/str.h"
#include "check/resume.h"
#include "check/row_range.h"
#include "engine/progress.h"
#include "engine/target.h"

struct planning {
    struct check_rows *c;
    struct check_table *t;
    char **wheres; /* MODE_BUCKETS: of the source */
    size_t n, cap;
    char *range[2]; /* by side: of all pieces; NULL: none */
};

static char *both(struct arena *a, char *where, const char *range) {
    return range == NULL      ? where
           : where[0] == '\0' ? arena_strdup(a, range)
                              : arena_printf(a, "(%s) AND (%s)", where, range);
}

static struct pieces one_piece(struct arena *a, char *where) {
    struct pieces p = {.where = arena_array(a, char *, 1), .n = 1};
    p.where[0] = where;
    return p;
}

static bool add_range(void *arg, const struct chunk *chunk, struct err *e) {
    struct planning *p = arg;
    struct check_rows *c = p->c;
    if (atomic_load(c->stop)) {
        return err_set(e, ERR_CANCELLED, "stopped by request");
    }
    char *source = both(c->arena, chunk_where(c->arena, p->t->t, chunk), p->range[SIDE_SOURCE]);
    if (p->t->mode == MODE_BUCKETS) {
        p->wheres = arena_grow(c->arena, p->wheres, p->n, &p->cap, sizeof(char *));
        p->wheres[p->n++] = source;
        progress_chunk_step(c->progress, p->t->number, (unsigned)p->n, CHUNK_PLANNED);
        return true;
    }
    char *target = both(c->arena, check_target_range(c->arena, p->t, chunk), p->range[SIDE_TARGET]);
    struct unit u = {.table = p->t,
                     .number = (unsigned)++p->n,
                     .chunk = *chunk,
                     .pieces = {one_piece(c->arena, source), one_piece(c->arena, target)}};
    progress_chunk_step(c->progress, p->t->number, u.number, CHUNK_PLANNED);
    unit_add(c->pool, &u);
    progress_chunks(c->progress, p->t->number, u.number);
    return true;
}

bool check_target_pieces(struct check_rows *c, struct check_table *t, struct pieces *out, struct err *e) {
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
    out->n = (unsigned)(pages / PAGES_PER_PIECE) + 1;
    out->where = arena_array(c->arena, char *, out->n);
    for (unsigned i = 0; i < out->n; i++) {
        unsigned long long from = (unsigned long long)i * PAGES_PER_PIECE, to = from + PAGES_PER_PIECE;
        out->where[i] = out->n == 1 ? arena_strdup(c->arena, "")
                        : i + 1 == out->n
                            ? arena_printf(c->arena, "ctid >= '(%llu,0)'", from)
                            : arena_printf(c->arena, "ctid >= '(%llu,0)' AND ctid < '(%llu,0)'", from, to);
    }
    return true;
}

static bool plan_pieces(struct planning *p, struct unit *u, struct err *e) {
    struct check_rows *c = p->c;
    if (chunk_key_of(p->t->t).n == 0) {
        p->wheres = arena_array(c->arena, char *, 1);
        p->wheres[p->n++] = arena_strdup(c->arena, "");
    } else if (!chunk_plan(c->run->source, c->arena, p->t->t, p->t->number, c->chunk_bytes, NULL, add_range, p, e)) {
        return false;
    }
    u->pieces[SIDE_SOURCE] = (struct pieces){.where = p->wheres, .n = (unsigned)p->n};
    if (!check_target_pieces(c, p->t, &u->pieces[SIDE_TARGET], e)) {
        return false;
    }
    for (size_t side = 0; side < 2; side++) {
        u->pieces[side].done = arena_array(c->arena, bool, u->pieces[side].n);
    }
    return true;
}

static void count_earlier_piece(struct check_rows *c, const struct unit *u) {
    struct table_rows *t = &c->results[u->table->number];
    const struct unit_counts *n = &u->counts;
    pthread_mutex_lock(&c->lock);
    t->source_rows += n->source_rows;
    t->target_rows += n->target_rows;
    t->source_bytes += n->source_bytes;
    t->uncarriable += n->uncarriable;
    for (size_t i = 0; i < u->table->n * LOSS_COUNT; i++) {
        t->losses[i] += n->losses[i];
    }
    pthread_mutex_unlock(&c->lock);
    progress_flow(c->progress, u->table->number, (int64_t)n->source_rows, (int64_t)n->source_bytes);
}

static bool plan_buckets(struct planning *p, struct err *e) {
    struct unit u = {.table = p->t};
    if (resume_is_compared(p->c, p->t)) {
        return true;
    }
    if (resume_sums(p->c, &u)) {
        count_earlier_piece(p->c, &u);
    } else if (!plan_pieces(p, &u, e)) {
        return false;
    }
    unit_add(p->c->pool, &u);
    progress_chunks(p->c->progress, p->t->number, 1);
    return true;
}

/* What an earlier run has not compared: the gaps between its ranges, and what comes behind the last one. */
static bool plan_ranges(struct planning *p, struct err *e) {
    struct check_rows *c = p->c;
    size_t n;
    const struct compared_range *done = resume_ranges(c, p->t, &n);
    struct chunk at = {.table = p->t->number, .nbounds = 1}; /* from the end of what is done so far */
    p->n = n;
    for (unsigned i = 1; i <= n; i++) {
        progress_chunk_step(c->progress, p->t->number, i, CHUNK_PLANNED);
        progress_chunk_step(c->progress, p->t->number, i, CHUNK_BEGUN);
        progress_chunk_step(c->progress, p->t->number, i, CHUNK_DONE);
    }
    for (size_t i = 0; i < n; i++) {
        bool gap =
            i == 0 ? done[i].lower != NULL
                   : done[i].lower != NULL && done[i - 1].upper != NULL && !str_eq(done[i].lower, done[i - 1].upper);
        if (gap) {
            at.number++;
            at.upper = arena_array(c->arena, char *, 1);
            at.upper[0] = done[i].lower;
            if (!add_range(p, &at, e)) {
                return false;
            }
        }
        at.lower = NULL;
        if (done[i].upper != NULL) {
            at.lower = arena_array(c->arena, char *, 1);
            at.lower[0] = done[i].upper;
        }
    }
    if (n > 0 && at.lower == NULL) {
        return true; /* done to the end */
    }
    struct chunk last = {.table = p->t->number, .number = at.number + (unsigned)n, .nbounds = 1, .upper = at.lower};
    return chunk_plan(c->run->source, c->arena, p->t->t, p->t->number, c->chunk_bytes, n > 0 ? &last : NULL, add_range,
                      p, e);
}

/* A range of rows: by pieces of the table cut to the range, in one piece, or later by key. */
static bool plan_range(struct planning *p, struct err *e) {
    struct check_rows *c = p->c;
    struct chunk range;
    bool empty;
    if (!row_range_find(c->run->source, c->arena, p->t, &range, &empty, e)) {
        return false;
    }
    char *source = empty ? NULL : chunk_where(c->arena, p->t->t, &range);
    if (p->t->mode == MODE_KEYS) {
        size_t i = c->nby_key++;
        c->by_key[i] = p->t;
        c->by_key_where[i] = source;
        return true;
    }
    if (empty) {
        return true;
    }
    p->range[SIDE_SOURCE] = source;
    p->range[SIDE_TARGET] = check_target_range(c->arena, p->t, &range);
    if (p->t->one_piece) {
        struct chunk whole = {.table = p->t->number, .number = 1};
        return add_range(p, &whole, e);
    }
    return chunk_plan(c->run->source, c->arena, p->t->t, p->t->number, c->chunk_bytes, NULL, add_range, p, e);
}

static bool plan_table(struct planning *p, struct err *e) {
    return p->t->rows != NULL ? plan_range(p, e) : p->t->mode == MODE_BUCKETS ? plan_buckets(p, e) : plan_ranges(p, e);
}

static int by_size(const void *x, const void *y) {
    const struct check_table *a = *(struct check_table *const *)x, *b = *(struct check_table *const *)y;
    return (a->t->data_bytes < b->t->data_bytes) - (a->t->data_bytes > b->t->data_bytes);
}

/* Largest first; workers read while the plan goes on. */
bool check_rows_plan(struct check_rows *c, struct err *e) {
    struct check_table **order = arena_array(c->arena, struct check_table *, c->ntables + 1);
    size_t n = 0;
    c->by_key = arena_array(c->arena, struct check_table *, c->ntables + 1);
    c->by_key_where = arena_array(c->arena, char *, c->ntables + 1);
    for (size_t i = 0; i < c->ntables; i++) {
        if (c->tables[i].not_checkable == NULL && c->tables[i].mode != MODE_CHANGED) {
            order[n++] = &c->tables[i];
        }
    }
    qsort(order, n, sizeof(struct check_table *), by_size);
    for (size_t i = 0; i < n; i++) {
        struct planning p = {.c = c, .t = order[i]};
        if (!plan_table(&p, e)) {
            return false;
        }
        if (unit_failed(c->pool, e)) {
            return false;
        }
    }
    return true;
}
