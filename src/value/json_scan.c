/* See json_scan.h. */
#include "value/json_scan.h"

#include <string.h>

/* numeric has at most 131072 digits before the point and 16383 behind it. */
enum { EXPONENT_MAX = 16000, DIGITS_MAX = 100000 };

static int hex4(const uint8_t *p, size_t left) {
    int v = 0;
    if (left < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        uint8_t c = p[i];
        int d = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
        if (d < 0) {
            return -1;
        }
        v = v * 16 + d;
    }
    return v;
}

/* p is at a backslash inside a string: *len becomes the length of the escape, or of a pair of surrogates. */
static bool escape_refused(const uint8_t *p, size_t left, size_t *len) {
    *len = left < 2 ? left : 2;
    if (left < 2 || p[1] != 'u') {
        return false;
    }
    int unit = hex4(p + 2, left - 2);
    if (unit < 0) {
        return false; /* not JSON at all */
    }
    *len = 6;
    if (unit == 0) {
        return true;
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
        int low = left >= 12 && p[6] == '\\' && p[7] == 'u' ? hex4(p + 8, left - 8) : -1;
        if (low < 0xdc00 || low > 0xdfff) {
            return true;
        }
        *len = 12;
        return false;
    }
    return unit >= 0xdc00 && unit <= 0xdfff;
}

static bool is_number_byte(uint8_t c) {
    return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
}

static bool number_refused(const uint8_t *p, size_t n) {
    if (n > DIGITS_MAX) {
        return true;
    }
    size_t i = 0;
    while (i < n && (p[i] | 0x20) != 'e') {
        i++;
    }
    if (i == n) {
        return false;
    }
    i += i + 1 < n && (p[i + 1] == '-' || p[i + 1] == '+') ? 2 : 1;
    unsigned exponent = 0;
    for (; i < n && p[i] >= '0' && p[i] <= '9'; i++) {
        exponent = exponent > EXPONENT_MAX ? exponent : exponent * 10 + (unsigned)(p[i] - '0');
    }
    return exponent > EXPONENT_MAX;
}

/* The next refused piece at or after *at: its place and length. */
static bool next_refused(const uint8_t *p, size_t n, size_t *at, size_t *len, bool *in_string, bool *is_number) {
    for (size_t i = *at; i < n;) {
        if (*in_string) {
            if (p[i] == '\\') {
                if (escape_refused(p + i, n - i, len)) {
                    *at = i;
                    *is_number = false;
                    return true;
                }
                i += *len;
                continue;
            }
            *in_string = p[i] != '"';
        } else if (p[i] == '"') {
            *in_string = true;
        } else if (p[i] == '-' || (p[i] >= '0' && p[i] <= '9')) {
            size_t k = i + 1;
            while (k < n && is_number_byte(p[k])) {
                k++;
            }
            if (k - i > 4 && number_refused(p + i, k - i)) {
                *at = i;
                *len = k - i;
                *is_number = true;
                return true;
            }
            i = k;
            continue;
        }
        i++;
    }
    return false;
}

/* Without a backslash there is no escape, and without three digits after an e no large exponent: most documents end here. */
static bool is_harmless(const uint8_t *p, size_t n) {
    if (n == 0) {
        return true;
    }
    if (n > DIGITS_MAX || memchr(p, '\\', n) != NULL) {
        return false;
    }
    const uint8_t *end = p + n;
    for (const uint8_t *q = p; (q = memchr(q, 'e', (size_t)(end - q))) != NULL; q++) {
        size_t i = end - q > 1 && (q[1] == '+' || q[1] == '-') ? 2 : 1;
        if ((size_t)(end - q) > i + 2 && q[i] >= '0' && q[i] <= '9' && q[i + 2] >= '0' && q[i + 2] <= '9') {
            return false;
        }
    }
    return memchr(p, 'E', n) == NULL;
}

bool json_refused(const uint8_t *text, size_t n) {
    size_t at = 0, len = 0;
    bool in_string = false, is_number = false;
    return !is_harmless(text, n) && next_refused(text, n, &at, &len, &in_string, &is_number);
}

size_t json_mend(uint8_t *dst, const uint8_t *text, size_t n) {
    size_t at = 0, len = 0, from = 0, out = 0;
    bool in_string = false, is_number = false;
    while (next_refused(text, n, &at, &len, &in_string, &is_number)) {
        memmove(dst + out, text + from, at - from);
        out += at - from;
        const char *instead = is_number ? "null" : "\\ufffd";
        size_t k = strlen(instead);
        memcpy(dst + out, instead, k);
        out += k;
        at += len;
        from = at;
    }
    if (from < n) {
        memmove(dst + out, text + from, n - from);
        out += n - from;
    }
    return out;
}
