/* See unit.h. */
#include "check/unit.h"

#include <stdlib.h>

struct queued {
    struct queued *next;
    struct piece piece;
};

struct queue_side {
    struct queued *first, *last;
};

struct unit_pool {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct arena arena; /* units and pieces */
    struct unit *units; /* all of them */
    struct queue_side side[2];
    unsigned open, max_open; /* units begun and not closed */
    bool planned, failed;
    struct err error;
    struct row_set **free_rows; /* for use again: their memory is grown already */
    size_t nfree, free_cap;
};

struct unit_pool *unit_pool_new(unsigned max_open) {
    struct unit_pool *p = calloc(1, sizeof *p);
    if (p != NULL) {
        pthread_mutex_init(&p->lock, NULL);
        pthread_cond_init(&p->changed, NULL);
        p->max_open = max_open;
    }
    return p;
}

void unit_pool_free(struct unit_pool *p) {
    if (p == NULL) {
        return;
    }
    for (struct unit *u = p->units; u != NULL; u = u->next) { /* of a check that failed some are half read */
        for (size_t side = 0; side < 2; side++) {
            unit_rows_back(p, u->rows[side]);
            buckets_free(u->sums[side]);
        }
    }
    for (size_t i = 0; i < p->nfree; i++) {
        row_set_clear(p->free_rows[i]);
        free(p->free_rows[i]);
    }
    arena_clear(&p->arena);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static void enqueue(struct unit_pool *p, enum side side, struct unit *u) {
    struct queue_side *q = &p->side[side];
    const struct pieces *pieces = &u->pieces[side];
    u->pieces_left[side] = 0;
    for (unsigned i = 0; i < pieces->n; i++) {
        if (pieces->done != NULL && pieces->done[i]) {
            continue;
        }
        struct queued *x = arena_new(&p->arena, struct queued);
        x->piece = (struct piece){.unit = u, .number = i};
        if (q->last == NULL) {
            q->first = x;
        } else {
            q->last->next = x;
        }
        q->last = x;
        u->pieces_left[side]++;
    }
}

void unit_add(struct unit_pool *p, const struct unit *u) {
    pthread_mutex_lock(&p->lock);
    struct unit *kept = arena_new(&p->arena, struct unit);
    *kept = *u;
    kept->next = p->units;
    p->units = kept;
    enqueue(p, SIDE_SOURCE, kept);
    enqueue(p, SIDE_TARGET, kept);
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

void unit_no_more(struct unit_pool *p) {
    pthread_mutex_lock(&p->lock);
    p->planned = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

bool unit_next(struct unit_pool *p, enum side side, struct piece *out) {
    struct queue_side *q = &p->side[side];
    bool taken = false;
    pthread_mutex_lock(&p->lock);
    while (!p->failed) {
        /* A unit that is open already may always be finished: this is what closes units. */
        if (q->first != NULL && (q->first->piece.unit->open || p->open < p->max_open)) {
            *out = q->first->piece;
            q->first = q->first->next;
            if (q->first == NULL) {
                q->last = NULL;
            }
            p->open += !out->unit->open;
            out->unit->open = true;
            taken = true;
            break;
        }
        if (q->first == NULL && p->planned) {
            break;
        }
        pthread_cond_wait(&p->changed, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return taken;
}

bool unit_piece_done(struct unit_pool *p, enum side side, struct unit *u) {
    pthread_mutex_lock(&p->lock);
    u->pieces_left[side]--;
    bool last = u->pieces_left[SIDE_SOURCE] == 0 && u->pieces_left[SIDE_TARGET] == 0;
    pthread_mutex_unlock(&p->lock);
    return last;
}

void unit_close(struct unit_pool *p, struct unit *u) {
    unit_rows_back(p, u->rows[SIDE_SOURCE]);
    unit_rows_back(p, u->rows[SIDE_TARGET]);
    pthread_mutex_lock(&p->lock);
    u->rows[SIDE_SOURCE] = u->rows[SIDE_TARGET] = NULL;
    p->open--;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

struct row_set *unit_rows(struct unit_pool *p) {
    struct row_set *s = NULL;
    pthread_mutex_lock(&p->lock);
    if (p->nfree > 0) {
        s = p->free_rows[--p->nfree];
    }
    pthread_mutex_unlock(&p->lock);
    if (s != NULL) {
        row_set_reset(s);
        return s;
    }
    s = malloc(sizeof *s);
    if (s != NULL) {
        row_set_init(s);
    }
    return s;
}

void unit_rows_back(struct unit_pool *p, struct row_set *s) {
    if (s == NULL) {
        return;
    }
    pthread_mutex_lock(&p->lock);
    p->free_rows = arena_grow(&p->arena, p->free_rows, p->nfree, &p->free_cap, sizeof(struct row_set *));
    p->free_rows[p->nfree++] = s;
    pthread_mutex_unlock(&p->lock);
}

void unit_fail(struct unit_pool *p, const struct err *e) {
    pthread_mutex_lock(&p->lock);
    if (!p->failed) {
        p->failed = true;
        err_copy(&p->error, e);
    }
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

bool unit_failed(struct unit_pool *p, struct err *e) {
    pthread_mutex_lock(&p->lock);
    bool failed = p->failed;
    if (failed) {
        err_copy(e, &p->error);
    }
    pthread_mutex_unlock(&p->lock);
    return failed;
}
