/* Sums of row digests by a hash of the row's key: where rows of two sides cannot be read by common ranges, equal buckets
 * prove equal rows, and only the rows of buckets that differ are looked at again. 1.5 MiB, whatever the table's size.
 * Thread: belongs to one thread at a time. */
#ifndef CHECK_BUCKETS_H
#define CHECK_BUCKETS_H

#include "value/digest.h"

enum { BUCKETS = 65536, BUCKETS_BITMAP = BUCKETS / 8 };

struct buckets {
    uint64_t rows, bytes;
    struct digest sum[BUCKETS];
    uint64_t count[BUCKETS];
};

struct buckets *buckets_new(void); /* zeroed; NULL: no memory */
void buckets_free(struct buckets *b);

/* Which bucket a row with this key falls into. */
uint32_t bucket_of(const uint8_t *key, size_t len);

void buckets_add(struct buckets *b, uint32_t bucket, struct digest d, size_t row_len);
void buckets_merge(struct buckets *into, const struct buckets *from);

/* Marks in differs[BUCKETS_BITMAP], a bit a bucket; *rows: how many rows the buckets that differ have at most. */
void buckets_compare(const struct buckets *a, const struct buckets *b, uint8_t *differs, uint64_t *rows);

static inline bool bucket_marked(const uint8_t *differs, uint32_t bucket) {
    return (differs[bucket / 8] >> bucket % 8 & 1) != 0;
}

#endif
