/* See buckets.h. */
#include "check/buckets.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

struct buckets *buckets_new(void) {
    return calloc(1, sizeof(struct buckets));
}

void buckets_free(struct buckets *b) {
    free(b);
}

uint32_t bucket_of(const uint8_t *key, size_t len) {
    return (uint32_t)(XXH3_64bits(key, len) >> 48);
}

void buckets_add(struct buckets *b, uint32_t bucket, struct digest d, size_t row_len) {
    b->rows++;
    b->bytes += row_len;
    b->count[bucket]++;
    digest_add(&b->sum[bucket], d);
}

void buckets_merge(struct buckets *into, const struct buckets *from) {
    into->rows += from->rows;
    into->bytes += from->bytes;
    for (size_t i = 0; i < BUCKETS; i++) {
        if (from->count[i] > 0) { /* of few rows most buckets are empty */
            into->count[i] += from->count[i];
            digest_add(&into->sum[i], from->sum[i]);
        }
    }
}

void buckets_compare(const struct buckets *a, const struct buckets *b, uint8_t *differs, uint64_t *rows) {
    memset(differs, 0, BUCKETS_BITMAP);
    *rows = 0;
    for (uint32_t i = 0; i < BUCKETS; i++) {
        if (a->count[i] != b->count[i] || !digest_equal(a->sum[i], b->sum[i])) {
            differs[i / 8] |= (uint8_t)(1U << i % 8);
            *rows += a->count[i] > b->count[i] ? a->count[i] : b->count[i];
        }
    }
}
