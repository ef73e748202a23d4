/* See recheck.h. */
#include "check/recheck.h"

#include <string.h>

#include "check/detail.h"

enum { BATCH_KEYS = 200 };

struct batch {
    struct difference d[BATCH_KEYS];
    struct row_pair pairs[BATCH_KEYS];
    size_t n;
};

static bool fetch(struct recheck *k, struct check_table *t, struct batch *b, struct arena *a, struct err *e) {
    enum side first = k->rows->backward ? SIDE_TARGET : SIDE_SOURCE;
    detail_pairs(t, b->d, b->n, b->pairs);
    return detail_fetch_side(k->rows, t, first, k->source, k->target, b->d, b->n, a, b->pairs, e) &&
           (k->applied == NULL || k->applied(k->arg, e)) &&
           detail_fetch_side(k->rows, t, first == SIDE_SOURCE ? SIDE_TARGET : SIDE_SOURCE, k->source, k->target, b->d,
                             b->n, a, b->pairs, e);
}

/* Keep the keys whose rows differ. What cannot be carried was not looked for: nothing in the target can equal it. */
static void keep_different(struct batch *b) {
    size_t kept = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (detail_is_uncarriable(&b->d[i]) || !detail_equal(&b->pairs[i])) {
            b->d[kept] = b->d[i];
            b->pairs[kept] = b->pairs[i];
            b->pairs[kept].d = &b->d[kept];
            kept++;
        }
    }
    b->n = kept;
}

/* Leave out those that are other rows at the source by now. */
static bool leave_moving(struct recheck *k, struct check_table *t, struct batch *b, struct arena *a,
                         struct recheck_counts *counts, struct err *e) {
    enum side first = k->rows->backward ? SIDE_TARGET : SIDE_SOURCE;
    struct row_pair *now = arena_array(a, struct row_pair, b->n + 1);
    size_t kept = 0;
    detail_pairs(t, b->d, b->n, now);
    if (!detail_fetch_side(k->rows, t, first, k->source, k->target, b->d, b->n, a, now, e)) {
        return false;
    }
    for (size_t i = 0; i < b->n; i++) {
        const uint8_t *then = b->pairs[i].row[first], *is = now[i].row[first];
        size_t len = b->pairs[i].len[first];
        bool same = then == NULL || is == NULL ? then == is : len == now[i].len[first] && memcmp(then, is, len) == 0;
        if (same) {
            b->d[kept] = b->d[i];
            b->pairs[kept] = b->pairs[i];
            b->pairs[kept].d = &b->d[kept];
            kept++;
        }
    }
    counts->moving += b->n - kept;
    b->n = kept;
    return true;
}

static bool tell(struct recheck *k, struct check_table *t, const struct batch *b, struct err *e) {
    for (size_t i = 0; i < b->n; i++) {
        const struct row_pair *p = &b->pairs[i];
        enum row_difference kind = detail_is_uncarriable(p->d)   ? ROW_MISSING
                                   : p->row[SIDE_SOURCE] == NULL ? ROW_EXTRA
                                   : p->row[SIDE_TARGET] == NULL ? ROW_MISSING
                                                                 : ROW_CHANGED;
        if (!differences_add(&k->rows->differences, t->number, kind, p->d->key, p->d->len, 1, e)) {
            return false;
        }
    }
    return true;
}

static bool one_batch(struct recheck *k, struct check_table *t, struct batch *b, struct arena *a,
                      struct recheck_counts *counts, struct err *e) {
    counts->keys += b->n;
    for (unsigned attempt = 0; attempt == 0 || (attempt < k->attempts && b->n > 0); attempt++) {
        if (atomic_load(k->rows->stop)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        if (!fetch(k, t, b, a, e)) {
            return false;
        }
        for (size_t i = 0; attempt == 0 && i < b->n; i++) {
            counts->source_rows += b->pairs[i].row[SIDE_SOURCE] != NULL;
            counts->target_rows += b->pairs[i].row[SIDE_TARGET] != NULL;
        }
        keep_different(b);
        if (k->leave_moving && b->n > 0 && !leave_moving(k, t, b, a, counts, e)) {
            return false;
        }
    }
    counts->different += b->n;
    return tell(k, t, b, e);
}

bool recheck_keys(struct recheck *k, struct check_table *t, struct table_differences *keys,
                  struct recheck_counts *counts, struct err *e) {
    struct arena a = ARENA_INIT;
    struct batch b = {.n = 0};
    bool ok = differences_rewind(keys, e);
    do {
        arena_reset(&a);
        ok = ok && differences_next(keys, &a, b.d, BATCH_KEYS, &b.n, e);
        if (!ok || b.n == 0) {
            break;
        }
        ok = one_batch(k, t, &b, &a, counts, e);
    } while (ok);
    arena_clear(&a);
    return ok || err_where(e, "rows of %s", t->t->name);
}

/* ---- a range of rows ---- */

static bool keep_key(void *arg, const uint8_t *row, size_t len, size_t key_len, struct err *e) {
    (void)len;
    return differences_add(arg, 0, ROW_CHANGED, row, key_len, 1, e);
}

bool recheck_range(struct recheck *k, struct check_table *t, const char *where, struct recheck_counts *counts,
                   struct err *e) {
    struct differences keys;
    struct reader r = {.task = k->rows->run->task,
                       .dialect = k->rows->run->identity.dialect,
                       .side = SIDE_SOURCE,
                       .stop = k->rows->stop,
                       .source = k->source};
    reader_init(&r);
    bool ok = differences_init(&keys, 1, e);
    ok = ok && reader_read(&r, t, where, keep_key, &keys, e);
    if (ok) {
        check_count_source(k->rows, t, &r);
        ok = recheck_keys(k, t, &keys.tables[0], counts, e);
    }
    differences_clear(&keys);
    reader_clear(&r);
    return ok;
}
