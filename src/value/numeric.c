/* See numeric.h. */
#include "value/numeric.h"

#include <string.h>

enum { SIGN_NEGATIVE = 0x4000, HEAD_BYTES = 8 };

static uint8_t *put16(uint8_t *p, unsigned v) {
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
    return p + 2;
}

static size_t finish(uint8_t *out, int ndigits, int weight, bool negative, int dscale) {
    if (ndigits == 0) {
        weight = 0;
        negative = false;
    }
    put16(put16(put16(put16(out, (unsigned)ndigits), (unsigned)weight), negative ? SIGN_NEGATIVE : 0),
          (unsigned)dscale);
    return HEAD_BYTES + 2 * (size_t)ndigits;
}

/* All bytes decimal digits? Eight at a time would not pay: decimals are short. */
static bool all_digits(const uint8_t *p, size_t n) {
    unsigned bad = 0;
    for (size_t i = 0; i < n; i++) {
        bad |= (unsigned)(uint8_t)(p[i] - '0') > 9;
    }
    return bad == 0;
}

static unsigned group(const uint8_t *p, size_t n) {
    unsigned v = 0;
    for (size_t i = 0; i < n; i++) {
        v = v * 10 + (unsigned)(p[i] - '0');
    }
    return v;
}

static inline unsigned group4(const uint8_t *p) {
    return (unsigned)(p[0] - '0') * 1000 + (unsigned)(p[1] - '0') * 100 + (unsigned)(p[2] - '0') * 10 +
           (unsigned)(p[3] - '0');
}

size_t numeric_from_text(const uint8_t *text, size_t n, uint8_t *out, int *integer_digits) {
    bool negative = false;
    if (n > NUMERIC_TEXT_MAX) {
        return 0;
    }
    if (n > 0 && (*text == '-' || *text == '+')) {
        negative = *text == '-';
        text++;
        n--;
    }
    const uint8_t *point = memchr(text, '.', n);
    size_t whole = point != NULL ? (size_t)(point - text) : n;
    const uint8_t *fraction = text + whole + (point != NULL ? 1 : 0);
    size_t decimals = point != NULL ? n - whole - 1 : 0;
    if (whole + decimals == 0 || !all_digits(text, whole) || !all_digits(fraction, decimals)) {
        return 0;
    }
    while (whole > 0 && *text == '0') {
        text++;
        whole--;
    }
    *integer_digits = (int)whole;

    static const unsigned power[] = {1, 10, 100, 1000};
    uint8_t *p = out + HEAD_BYTES;
    int weight = (int)((whole + 3) / 4) - 1;
    size_t first = whole % 4, at = first;
    if (first > 0) {
        p = put16(p, group(text, first));
    }
    for (; at < whole; at += 4) {
        p = put16(p, group4(text + at));
    }
    size_t k = 0;
    for (; k + 4 <= decimals; k += 4) {
        unsigned v = group4(fraction + k);
        if (v == 0 && p == out + HEAD_BYTES) {
            weight--; /* nothing before it: a leading zero */
        } else {
            p = put16(p, v);
        }
    }
    if (k < decimals) {
        unsigned v = group(fraction + k, decimals - k) * power[4 - (decimals - k)];
        if (v != 0 || p != out + HEAD_BYTES) {
            p = put16(p, v);
        }
    }
    while (p > out + HEAD_BYTES && p[-1] == 0 && p[-2] == 0) {
        p -= 2;
    }
    return finish(out, (int)((p - out - HEAD_BYTES) / 2), weight, negative, (int)decimals);
}

size_t numeric_from_u64(uint64_t magnitude, bool negative, uint8_t *out) {
    unsigned digit[5];
    int n = 0, zeros = 0;
    while (magnitude > 0) {
        digit[n++] = (unsigned)(magnitude % 10000);
        magnitude /= 10000;
    }
    while (zeros < n && digit[zeros] == 0) {
        zeros++;
    }
    uint8_t *p = out + HEAD_BYTES;
    for (int i = n; i > zeros; i--) {
        p = put16(p, digit[i - 1]);
    }
    return finish(out, n - zeros, n - 1, negative, 0);
}
