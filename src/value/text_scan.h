/* Copying text and looking at it in one pass: the encoder spends most of its time here.
 * The vector type is the compilers' own, so that the same code becomes SSE2, AVX or NEON. Any thread. */
#ifndef VALUE_TEXT_SCAN_H
#define VALUE_TEXT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What a pass has seen. */
enum { TEXT_HIGH = 1 /* a byte >= 0x80 */, TEXT_NUL = 2 };

typedef uint8_t v16 __attribute__((vector_size(16)));

static inline v16 v16_load(const uint8_t *p) {
    v16 v;
    memcpy(&v, p, 16);
    return v;
}

static inline bool v16_any(v16 v) {
    uint64_t half[2];
    memcpy(half, &v, 16);
    return (half[0] | half[1]) != 0;
}

/* Is there a zero byte? Exact as a yes/no. */
static inline bool word_has_zero(uint64_t w) {
    return ((w - UINT64_C(0x0101010101010101)) & ~w & UINT64_C(0x8080808080808080)) != 0;
}

static inline unsigned word_seen(uint64_t w) {
    return ((w & UINT64_C(0x8080808080808080)) != 0 ? TEXT_HIGH : 0) | (word_has_zero(w) ? TEXT_NUL : 0);
}

/* Copy n bytes, exactly; returns what was seen. Blocks at the end overlap, so nothing outside is touched. */
static inline unsigned text_copy(uint8_t *dst, const uint8_t *src, size_t n) {
    if (n >= 16) {
        v16 high = {0}, zero = {0};
        size_t at = 0;
        do {
            v16 v = v16_load(src + at);
            memcpy(dst + at, &v, 16);
            high |= v;
            zero |= (v16)(v == 0);
            at += 16;
        } while (at + 16 <= n);
        v16 v = v16_load(src + n - 16);
        memcpy(dst + n - 16, &v, 16);
        high |= v;
        zero |= (v16)(v == 0);
        return (v16_any(high & (v16){0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                     0x80, 0x80})
                    ? TEXT_HIGH
                    : 0) |
               (v16_any(zero) ? TEXT_NUL : 0);
    }
    if (n >= 8) {
        uint64_t a, b;
        memcpy(&a, src, 8);
        memcpy(&b, src + n - 8, 8);
        memcpy(dst, &a, 8);
        memcpy(dst + n - 8, &b, 8);
        return word_seen(a) | word_seen(b);
    }
    unsigned seen = 0;
    for (size_t i = 0; i < n; i++) {
        dst[i] = src[i];
        seen |= (src[i] >= 0x80 ? TEXT_HIGH : 0) | (src[i] == 0 ? TEXT_NUL : 0);
    }
    return seen;
}

/* Copy as a field of COPY text: backslash, tab, newline and return are escaped. dst has room for 2 n + 16 bytes;
 * returns the bytes written and adds to *seen. */
size_t text_escape(uint8_t *dst, const uint8_t *src, size_t n, unsigned *seen);

/* Two lower-case hex digits a byte; returns behind them. */
uint8_t *text_hex(uint8_t *dst, const uint8_t *src, size_t n);

/* How many bytes text_escape writes. */
size_t text_escaped_size(const uint8_t *src, size_t n);

/* Well-formed UTF-8 (no overlong forms, surrogates, or beyond U+10FFFF); fast on runs of multi-byte characters. */
bool text_utf8_valid(const uint8_t *src, size_t n);

/* A copy in which NUL bytes are blanks and each ill-formed sequence is U+FFFD, both where asked for. dst has room for 3 n bytes. */
size_t text_mend(uint8_t *dst, const uint8_t *src, size_t n, bool mend_nul, bool mend_utf8);

/* The bytes of the first max characters of well-formed text (all n where it has no more). */
size_t text_chars_prefix(const uint8_t *src, size_t n, size_t max);

#endif
