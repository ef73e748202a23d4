/* Digests of canonical rows. A set of rows has the sum of its rows' digests, so that their order does not matter; sums
 * of parts add up to the sum of the whole. XXH3 with 128 bits; not meant to withstand forgery. */
#ifndef VALUE_DIGEST_H
#define VALUE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest {
    uint64_t lo, hi;
};

/* Of one canonical row. */
struct digest digest_row(const void *row, size_t len);

static inline void digest_add(struct digest *sum, struct digest d) {
    sum->hi += d.hi + (sum->lo + d.lo < d.lo);
    sum->lo += d.lo;
}

static inline bool digest_equal(struct digest a, struct digest b) {
    return a.lo == b.lo && a.hi == b.hi;
}

/* 32 hex digits and a NUL; digest_parse: false when the text is not of that form. */
enum { DIGEST_TEXT = 33 };
void digest_text(struct digest d, char text[DIGEST_TEXT]);
bool digest_parse(const char *text, struct digest *out);

#endif
