/* Rows without a key that differed: how many of each there are is counted again, in both tables. See recheck.h. */
#include <stdlib.h>

#include "base/log.h"
#include "check/recheck.h"

/* More are not there by being on their way only; each takes 40 bytes. */
enum { CONTENTS_MAX = 1 << 20, BATCH = 256 };

struct content {
    struct digest digest; /* of the row */
    uint64_t count[2];    /* by side */
    bool told;
};

struct counting {
    struct content *all; /* by digest */
    size_t n;
    enum side side;
};

static int by_digest(const void *x, const void *y) {
    const struct content *a = x, *b = y;
    if (a->digest.hi != b->digest.hi) {
        return a->digest.hi < b->digest.hi ? -1 : 1;
    }
    return (a->digest.lo > b->digest.lo) - (a->digest.lo < b->digest.lo);
}

static struct content *find(const struct counting *k, const uint8_t *row, size_t len) {
    struct content wanted = {.digest = digest_row(row, len)};
    return bsearch(&wanted, k->all, k->n, sizeof *k->all, by_digest);
}

static bool count_row(void *arg, const uint8_t *row, size_t len, size_t key_len, struct err *e) {
    (void)key_len;
    (void)e;
    struct counting *k = arg;
    struct content *c = find(k, row, len);
    if (c != NULL) {
        c->count[k->side]++;
    }
    return true;
}

static bool read_side(struct recheck *k, struct check_table *t, enum side side, struct counting *n, struct err *e) {
    struct reader r = {.task = k->rows->run->task,
                       .dialect = k->rows->run->identity.dialect,
                       .side = side,
                       .stop = k->rows->stop,
                       .source = k->source,
                       .target = k->target};
    n->side = side;
    for (size_t i = 0; i < n->n; i++) {
        n->all[i].count[side] = 0;
    }
    reader_init(&r);
    bool ok = reader_read(&r, t, "", count_row, n, e);
    reader_clear(&r);
    return ok;
}

static void keep_different(struct counting *n) {
    size_t kept = 0;
    for (size_t i = 0; i < n->n; i++) {
        if (n->all[i].count[SIDE_SOURCE] != n->all[i].count[SIDE_TARGET]) {
            n->all[kept++] = n->all[i];
        }
    }
    n->n = kept;
}

/* *many: too many to look at. */
static bool contents_of(struct table_differences *list, struct counting *n, bool *many, struct err *e) {
    struct arena a = ARENA_INIT;
    struct difference d[BATCH];
    size_t got = 1, cap = 0, kept = 0;
    bool ok = differences_rewind(list, e);
    while (ok && got > 0 && n->n < CONTENTS_MAX) {
        arena_reset(&a);
        ok = differences_next(list, &a, d, BATCH, &got, e);
        if (ok && n->n + got > cap) {
            cap = cap == 0 ? BATCH : 2 * cap;
            struct content *more = realloc(n->all, cap * sizeof *more);
            ok = more != NULL || err_set(e, ERR_MEMORY, "no memory for the rows that differ");
            n->all = ok ? more : n->all;
        }
        for (size_t i = 0; ok && i < got; i++) {
            n->all[n->n++] = (struct content){.digest = digest_row(d[i].key, d[i].len)};
        }
    }
    *many = got > 0;
    if (n->n > 0) {
        qsort(n->all, n->n, sizeof *n->all, by_digest);
    }
    for (size_t i = 0; i < n->n; i++) { /* rows may be told of by several parts of the table */
        if (i == 0 || by_digest(&n->all[i], &n->all[kept - 1]) != 0) {
            n->all[kept++] = n->all[i];
        }
    }
    n->n = kept;
    arena_clear(&a);
    return ok;
}

static bool tell(struct recheck *k, struct check_table *t, struct table_differences *list, struct counting *n,
                 struct err *e) {
    struct arena a = ARENA_INIT;
    struct difference d[BATCH];
    size_t got = 1;
    bool ok = differences_rewind(list, e);
    while (ok && got > 0) {
        arena_reset(&a);
        ok = differences_next(list, &a, d, BATCH, &got, e);
        for (size_t i = 0; ok && i < got; i++) {
            struct content *c = find(n, d[i].key, d[i].len);
            if (c == NULL || c->told) {
                continue;
            }
            uint64_t source = c->count[SIDE_SOURCE], target = c->count[SIDE_TARGET];
            c->told = true;
            ok = differences_add(&k->rows->differences, t->number, source > target ? ROW_MISSING : ROW_EXTRA, d[i].key,
                                 d[i].len, source > target ? source - target : target - source, e);
        }
    }
    arena_clear(&a);
    return ok;
}

bool recheck_keyless(struct recheck *k, struct check_table *t, struct table_differences *list,
                     struct recheck_counts *counts, bool *many, struct err *e) {
    enum side first = k->rows->backward ? SIDE_TARGET : SIDE_SOURCE;
    struct counting n = {.n = 0};
    bool ok = contents_of(list, &n, many, e);
    if (ok && !*many) {
        counts->keys += n.n;
        for (unsigned attempt = 0; ok && attempt < k->attempts && n.n > 0; attempt++) {
            ok = read_side(k, t, first, &n, e) && (k->applied == NULL || k->applied(k->arg, e)) &&
                 read_side(k, t, first == SIDE_SOURCE ? SIDE_TARGET : SIDE_SOURCE, &n, e);
            if (ok) {
                keep_different(&n);
            }
        }
        counts->different += n.n;
        ok = ok && tell(k, t, list, &n, e);
    }
    free(n.all);
    return ok || err_where(e, "rows of %s", t->t->name);
}
