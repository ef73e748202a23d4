/* See text_scan.h. */
#include "value/text_scan.h"

static uint8_t *escape_byte(uint8_t *dst, uint8_t c) {
    switch (c) {
    case '\\':
        *dst++ = '\\';
        break;
    case '\t':
        *dst++ = '\\';
        c = 't';
        break;
    case '\n':
        *dst++ = '\\';
        c = 'n';
        break;
    case '\r':
        *dst++ = '\\';
        c = 'r';
        break;
    default:
        break;
    }
    *dst++ = c;
    return dst;
}

static uint8_t *escape_bytes(uint8_t *dst, const uint8_t *src, size_t n, unsigned *seen) {
    for (size_t i = 0; i < n; i++) {
        *seen |= (src[i] >= 0x80 ? TEXT_HIGH : 0) | (src[i] == 0 ? TEXT_NUL : 0);
        dst = escape_byte(dst, src[i]);
    }
    return dst;
}

static inline bool v16_special(v16 v) {
    const v16 blank = {32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32};
    return v16_any((v16)(v < blank) | (v16)(v == '\\')); /* any control character; there are few others in text */
}

/* The same of eight bytes; bytes >= 0x80 may be taken for special, which only costs the slow way. */
static inline bool word_special(uint64_t w) {
    uint64_t control = (w - UINT64_C(0x2020202020202020)) & ~w, slash = w ^ UINT64_C(0x5c5c5c5c5c5c5c5c);
    return ((control | (slash - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080)) != 0;
}

/* Up to 15 bytes. */
static uint8_t *escape_short(uint8_t *dst, const uint8_t *src, size_t n, unsigned *seen) {
    if (n >= 8) {
        uint64_t a, b;
        memcpy(&a, src, 8);
        memcpy(&b, src + n - 8, 8);
        if (!word_special(a) && !word_special(b)) {
            memcpy(dst, &a, 8);
            memcpy(dst + n - 8, &b, 8);
            *seen |= word_seen(a) | word_seen(b);
            return dst + n;
        }
    }
    return escape_bytes(dst, src, n, seen);
}

size_t text_escape(uint8_t *dst, const uint8_t *src, size_t n, unsigned *seen) {
    uint8_t *begin = dst;
    if (n < 16) {
        return (size_t)(escape_short(dst, src, n, seen) - begin);
    }
    v16 high = {0};
    size_t at = 0;
    for (; at + 16 <= n; at += 16) {
        v16 v = v16_load(src + at);
        if (v16_special(v)) {
            dst = escape_bytes(dst, src + at, 16, seen);
        } else {
            memcpy(dst, &v, 16);
            dst += 16;
            high |= v;
        }
    }
    if (at < n) {
        /* the last 16 bytes once more: when none of them is special, those before `at` were written as they are */
        v16 v = v16_load(src + n - 16);
        if (v16_special(v)) {
            dst = escape_bytes(dst, src + at, n - at, seen);
        } else {
            dst += n - at;
            memcpy(dst - 16, &v, 16);
            high |= v;
        }
    }
    uint64_t half[2];
    memcpy(half, &high, 16);
    *seen |= ((half[0] | half[1]) & UINT64_C(0x8080808080808080)) != 0 ? TEXT_HIGH : 0;
    return (size_t)(dst - begin);
}

uint8_t *text_hex(uint8_t *dst, const uint8_t *src, size_t n) {
    static const char digit[] = "0123456789abcdef";
    size_t at = 0;
    for (; at + 16 <= n; at += 16) {
        v16 v = v16_load(src + at), high = v >> 4, low = v & 15;
        high += '0' + ((v16)(high > 9) & ('a' - '9' - 1));
        low += '0' + ((v16)(low > 9) & ('a' - '9' - 1));
        v16 first = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        v16 second = __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        memcpy(dst, &first, 16);
        memcpy(dst + 16, &second, 16);
        dst += 32;
    }
    for (; at < n; at++) {
        *dst++ = (uint8_t)digit[src[at] >> 4];
        *dst++ = (uint8_t)digit[src[at] & 15];
    }
    return dst;
}

size_t text_escaped_size(const uint8_t *src, size_t n) {
    size_t extra = 0;
    for (size_t i = 0; i < n; i++) {
        extra += src[i] == '\\' || src[i] == '\t' || src[i] == '\n' || src[i] == '\r';
    }
    return n + extra;
}

/* The length of the well-formed character at p, 0 when it is none. */
static size_t char_length(const uint8_t *p, size_t left) {
    uint8_t c = p[0];
    if (c < 0x80) {
        return 1;
    }
    if (c >= 0xc2 && c <= 0xdf) {
        return left >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
    }
    if (c >= 0xe0 && c <= 0xef) {
        uint8_t low = c == 0xe0 ? 0xa0 : 0x80, high = c == 0xed ? 0x9f : 0xbf;
        return left >= 3 && p[1] >= low && p[1] <= high && (p[2] & 0xc0) == 0x80 ? 3 : 0;
    }
    if (c >= 0xf0 && c <= 0xf4) {
        uint8_t low = c == 0xf0 ? 0x90 : 0x80, high = c == 0xf4 ? 0x8f : 0xbf;
        return left >= 4 && p[1] >= low && p[1] <= high && (p[2] & 0xc0) == 0x80 && (p[3] & 0xc0) == 0x80 ? 4 : 0;
    }
    return 0;
}

/* A state machine whose step is one shift: a byte's entry holds, at 6 bits a state, the next state's own shift. Texts of
 * mixed scripts cost no mispredicted branches this way. */
enum {
    UTF8_OK,
    UTF8_BAD,
    UTF8_LAST, /* one continuation byte is missing */
    UTF8_TWO,  /* two */
    UTF8_AFTER_E0,
    UTF8_AFTER_ED,
    UTF8_THREE, /* three */
    UTF8_AFTER_F0,
    UTF8_AFTER_F4,
};

#define AT(state, next) ((uint64_t)(next)*6 << (state)*6)
#define NEXT(ok, last, two, after_e0, after_ed, three, after_f0, after_f4)                                             \
    (AT(UTF8_OK, ok) | AT(UTF8_BAD, UTF8_BAD) | AT(UTF8_LAST, last) | AT(UTF8_TWO, two) |                              \
     AT(UTF8_AFTER_E0, after_e0) | AT(UTF8_AFTER_ED, after_ed) | AT(UTF8_THREE, three) | AT(UTF8_AFTER_F0, after_f0) | \
     AT(UTF8_AFTER_F4, after_f4))
#define LEAD(state) NEXT(state, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD, UTF8_BAD)
#define BAD LEAD(UTF8_BAD)
#define ASCII LEAD(UTF8_OK)
#define CONT_80 NEXT(UTF8_BAD, UTF8_OK, UTF8_LAST, UTF8_BAD, UTF8_LAST, UTF8_TWO, UTF8_BAD, UTF8_TWO) /* 80..8f */
#define CONT_90 NEXT(UTF8_BAD, UTF8_OK, UTF8_LAST, UTF8_BAD, UTF8_LAST, UTF8_TWO, UTF8_TWO, UTF8_BAD) /* 90..9f */
#define CONT_A0 NEXT(UTF8_BAD, UTF8_OK, UTF8_LAST, UTF8_LAST, UTF8_BAD, UTF8_TWO, UTF8_TWO, UTF8_BAD) /* a0..bf */
#define X2(x) x, x
#define X4(x) X2(x), X2(x)
#define X8(x) X4(x), X4(x)
#define X16(x) X8(x), X8(x)
#define X32(x) X16(x), X16(x)
#define X128(x) X32(x), X32(x), X32(x), X32(x)

static const uint64_t utf8_step[256] = {
    X128(ASCII),
    X16(CONT_80),
    X16(CONT_90),
    X32(CONT_A0),
    X2(BAD),
    X16(LEAD(UTF8_LAST)),
    X8(LEAD(UTF8_LAST)),
    X4(LEAD(UTF8_LAST)),
    X2(LEAD(UTF8_LAST)), /* c0..df */
    LEAD(UTF8_AFTER_E0),
    X8(LEAD(UTF8_TWO)),
    X4(LEAD(UTF8_TWO)),
    LEAD(UTF8_AFTER_ED),
    X2(LEAD(UTF8_TWO)), /* e0..ef */
    LEAD(UTF8_AFTER_F0),
    LEAD(UTF8_THREE),
    X2(LEAD(UTF8_THREE)),
    LEAD(UTF8_AFTER_F4),
    X8(BAD),
    X2(BAD),
    BAD, /* f0..ff */
};

bool text_utf8_valid(const uint8_t *src, size_t n) {
    uint64_t state = 0; /* a shift, in its low 6 bits */
    size_t at = 0;
    for (; at + 16 <= n; at += 16) {
        uint64_t half[2];
        memcpy(half, src + at, 16);
        if (((half[0] | half[1]) & UINT64_C(0x8080808080808080)) == 0 && (state & 63) == 0) {
            continue;
        }
        for (size_t i = at; i < at + 16; i++) {
            state = utf8_step[src[i]] >> (state & 63);
        }
    }
    for (; at < n; at++) {
        state = utf8_step[src[at]] >> (state & 63);
    }
    return (state & 63) == 0;
}

/* The bytes of an ill-formed sequence that one U+FFFD stands for: a lead and what could have followed it. */
static size_t ill_length(const uint8_t *p, size_t left) {
    uint8_t c = p[0];
    size_t want = c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 1;
    size_t k = 1;
    while (k < want && k < left && (p[k] & 0xc0) == 0x80) {
        uint8_t low = 0x80, high = 0xbf;
        if (k == 1) {
            low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : low;
            high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : high;
        }
        if (p[k] < low || p[k] > high) {
            break;
        }
        k++;
    }
    return k;
}

size_t text_mend(uint8_t *dst, const uint8_t *src, size_t n, bool mend_nul, bool mend_utf8) {
    uint8_t *begin = dst;
    for (size_t at = 0; at < n;) {
        size_t k = char_length(src + at, n - at);
        if (k == 0 && mend_utf8) {
            memcpy(dst, "\xef\xbf\xbd", 3);
            dst += 3;
            at += ill_length(src + at, n - at);
        } else if (src[at] == 0 && mend_nul) {
            *dst++ = ' ';
            at++;
        } else {
            k = k == 0 ? 1 : k;
            memcpy(dst, src + at, k);
            dst += k;
            at += k;
        }
    }
    return (size_t)(dst - begin);
}

size_t text_chars_prefix(const uint8_t *src, size_t n, size_t max) {
    size_t chars = 0;
    for (size_t at = 0; at < n; at++) {
        if ((src[at] & 0xc0) != 0x80 && chars++ == max) {
            return at;
        }
    }
    return n;
}
