/* The rows of one piece of a table as one side holds them: the sum of their digests, and as long as they fit, each row's key
 * and digest, so that a difference is named without reading again.
 * Thread: belongs to one thread at a time. */
#ifndef CHECK_ROW_SET_H
#define CHECK_ROW_SET_H

#include "base/buf.h"
#include "value/digest.h"

struct row_ref {
    struct digest digest;
    uint32_t key, key_len; /* in keys */
};

struct row_set {
    struct digest sum;
    uint64_t rows, bytes; /* bytes: of canonical rows */
    bool kept;            /* refs hold all rows; false once they would have grown beyond the limit */
    struct row_ref *refs;
    size_t nrefs, cap;
    struct buf keys;
};

/* One set holds at most this much; larger ones keep their sum only. */
enum { ROW_SET_MAX_BYTES = 24 << 20 };

void row_set_init(struct row_set *s);
void row_set_clear(struct row_set *s);
void row_set_reset(struct row_set *s); /* empty, memory kept */

/* key: the row's first key_len bytes. Never fails: without memory the set keeps its sum only. */
void row_set_add(struct row_set *s, const uint8_t *row, size_t len, size_t key_len);

static inline bool row_set_equal(const struct row_set *a, const struct row_set *b) {
    return a->rows == b->rows && digest_equal(a->sum, b->sum);
}

enum row_difference { ROW_MISSING, ROW_EXTRA, ROW_CHANGED };

/* Called once a difference, in key order. times: how many rows of this key (duplicates in a table without keys). */
typedef bool row_difference_sink(void *arg, enum row_difference kind, const uint8_t *key, size_t len, uint64_t times,
                                 struct err *e);

/* What the target lacks, has beside, or has otherwise. Both must be kept; sorts them. */
bool row_set_compare(struct row_set *source, struct row_set *target, row_difference_sink *sink, void *arg,
                     struct err *e) WARN_UNUSED;

#endif
