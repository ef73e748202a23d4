/* What the row check reads, put into the queue table by table. See rows.h. */
#include <stdlib.h>

#include "base/str.h"
#include "check/row_range.h"
#include "check/rows.h"
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
        return true;
    }
    char *target = both(c->arena, check_target_range(c->arena, p->t, chunk), p->range[SIDE_TARGET]);
    struct unit u = {.table = p->t, .chunk = *chunk, .where = {source, target}};
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
    struct check_rows *c = p->c;
    return p->t->rows != NULL ? plan_range(p, e)
           : p->t->mode == MODE_BUCKETS
               ? plan_buckets(p, e)
               : chunk_plan(c->run->source, c->arena, p->t->t, p->t->number, c->chunk_bytes, NULL, add_range, p, e);
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
        if (c->tables[i].not_checkable == NULL) {
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
