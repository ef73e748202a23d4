/* See row_set.h. */
#include "check/row_set.h"

#include <stdlib.h>

void row_set_init(struct row_set *s) {
    *s = (struct row_set){.kept = true};
    buf_init(&s->keys, ROW_SET_MAX_BYTES);
}

void row_set_clear(struct row_set *s) {
    free(s->refs);
    buf_clear(&s->keys);
    *s = (struct row_set){0};
}

void row_set_reset(struct row_set *s) {
    s->sum = (struct digest){0};
    s->rows = s->bytes = 0;
    s->kept = true;
    s->nrefs = 0;
    buf_reset(&s->keys);
}

/* Sums only, from here on. */
static void give_up_refs(struct row_set *s) {
    s->kept = false;
    s->nrefs = 0;
    buf_reset(&s->keys);
}

static bool more_refs(struct row_set *s) {
    size_t cap = s->cap == 0 ? 4096 : s->cap * 2;
    if (cap * sizeof *s->refs > ROW_SET_MAX_BYTES) {
        return false;
    }
    struct row_ref *refs = realloc(s->refs, cap * sizeof *refs);
    if (refs == NULL) {
        return false;
    }
    s->refs = refs;
    s->cap = cap;
    return true;
}

/* Apart, because a struct err is too large to be cleared once a row. */
static bool more_keys(struct row_set *s, size_t more) {
    struct err full = ERR_INIT;
    return buf_grow(&s->keys, more, &full);
}

void row_set_add(struct row_set *s, const uint8_t *row, size_t len, size_t key_len) {
    struct digest d = digest_row(row, len);
    digest_add(&s->sum, d);
    s->rows++;
    s->bytes += len;
    if (!s->kept) {
        return;
    }
    bool full =
        (s->nrefs == s->cap && !more_refs(s)) || (s->keys.cap - s->keys.len < key_len && !more_keys(s, key_len));
    if (full) {
        give_up_refs(s);
        return;
    }
    s->refs[s->nrefs++] = (struct row_ref){.digest = d, .key = (uint32_t)s->keys.len, .key_len = (uint32_t)key_len};
    buf_bytes(&s->keys, row, key_len);
}

/* ---- comparing ---- */

static int compare_keys(const struct row_set *a, const struct row_ref *x, const struct row_set *b,
                        const struct row_ref *y) {
    size_t n = x->key_len < y->key_len ? x->key_len : y->key_len;
    int order = n == 0 ? 0 : memcmp(a->keys.data + x->key, b->keys.data + y->key, n);
    return order != 0 ? order : (x->key_len > y->key_len) - (x->key_len < y->key_len);
}

static int compare_digests(struct digest x, struct digest y) {
    return x.hi != y.hi ? (x.hi > y.hi) - (x.hi < y.hi) : (x.lo > y.lo) - (x.lo < y.lo);
}

static int by_key(const void *x, const void *y, void *set) {
    const struct row_ref *a = x, *b = y;
    int order = compare_keys(set, a, set, b);
    return order != 0 ? order : compare_digests(a->digest, b->digest);
}

/* Rows mostly arrive in key order: looking is cheaper than sorting. */
static void sort_rows(struct row_set *s) {
    for (size_t i = 1; i < s->nrefs; i++) {
        if (by_key(&s->refs[i - 1], &s->refs[i], s) > 0) {
            qsort_r(s->refs, s->nrefs, sizeof *s->refs, by_key, s);
            return;
        }
    }
}

static size_t same_key_end(const struct row_set *s, size_t from) {
    size_t i = from;
    while (i < s->nrefs && compare_keys(s, &s->refs[from], s, &s->refs[i]) == 0) {
        i++;
    }
    return i;
}

/* Rows of one key: those with equal digests pair off; what is left changed, or is missing, or too many. */
static bool compare_group(const struct row_set *a, size_t *i, const struct row_set *b, size_t *j,
                          row_difference_sink *sink, void *arg, struct err *e) {
    size_t first = *i, i_end = same_key_end(a, *i), j_end = same_key_end(b, *j);
    uint64_t missing = 0, extra = 0;
    while (*i < i_end || *j < j_end) {
        int order = *i == i_end ? 1 : *j == j_end ? -1 : compare_digests(a->refs[*i].digest, b->refs[*j].digest);
        missing += order < 0;
        extra += order > 0;
        *i += order <= 0;
        *j += order >= 0;
    }
    uint64_t changed = missing < extra ? missing : extra;
    const uint8_t *key = a->keys.data + a->refs[first].key;
    size_t len = a->refs[first].key_len;
    return (changed == 0 || sink(arg, ROW_CHANGED, key, len, changed, e)) &&
           (missing == changed || sink(arg, ROW_MISSING, key, len, missing - changed, e)) &&
           (extra == changed || sink(arg, ROW_EXTRA, key, len, extra - changed, e));
}

bool row_set_compare(struct row_set *source, struct row_set *target, row_difference_sink *sink, void *arg,
                     struct err *e) {
    sort_rows(source);
    sort_rows(target);
    size_t i = 0, j = 0;
    while (i < source->nrefs || j < target->nrefs) {
        int order = i == source->nrefs   ? 1
                    : j == target->nrefs ? -1
                                         : compare_keys(source, &source->refs[i], target, &target->refs[j]);
        if (order == 0) {
            if (!compare_group(source, &i, target, &j, sink, arg, e)) {
                return false;
            }
            continue;
        }
        struct row_set *s = order < 0 ? source : target;
        size_t *at = order < 0 ? &i : &j, end = same_key_end(s, *at);
        if (!sink(arg, order < 0 ? ROW_MISSING : ROW_EXTRA, s->keys.data + s->refs[*at].key, s->refs[*at].key_len,
                  end - *at, e)) {
            return false;
        }
        *at = end;
    }
    return true;
}
