/* Text helpers. See str.h. */
#include "base/str.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

bool str_eq(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool str_ieq(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcasecmp(a, b) == 0);
}

static uint32_t fnv1a(const char *s, bool fold) {
    uint32_t h = UINT32_C(2166136261);
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        h = (h ^ (fold ? (unsigned char)tolower(c) : c)) * UINT32_C(16777619);
    }
    return h;
}

uint32_t str_hash(const char *s) {
    return fnv1a(s, false);
}

uint32_t str_ihash(const char *s) {
    return fnv1a(s, true);
}

bool str_starts(const char *s, const char *prefix) {
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_istarts(const char *s, const char *prefix) {
    return strncasecmp(s, prefix, strlen(prefix)) == 0;
}

bool str_utf8_valid(const void *bytes, size_t len) {
    const uint8_t *p = bytes, *end = p + len;
    while (p < end) {
        /* Most text is ASCII: eight bytes a step. */
        while (end - p >= 8) {
            uint64_t w;
            memcpy(&w, p, 8);
            if ((w & UINT64_C(0x8080808080808080)) != 0) {
                break;
            }
            p += 8;
        }
        if (p == end) {
            break;
        }
        uint8_t c = *p++;
        if (c < 0x80) {
            continue;
        }
        size_t more;
        uint8_t low = 0x80, high = 0xbf;
        if (c >= 0xc2 && c <= 0xdf) {
            more = 1;
        } else if (c >= 0xe0 && c <= 0xef) {
            more = 2;
            low = c == 0xe0 ? 0xa0 : low;
            high = c == 0xed ? 0x9f : high;
        } else if (c >= 0xf0 && c <= 0xf4) {
            more = 3;
            low = c == 0xf0 ? 0x90 : low;
            high = c == 0xf4 ? 0x8f : high;
        } else {
            return false;
        }
        if ((size_t)(end - p) < more || *p < low || *p > high) {
            return false;
        }
        p++;
        while (--more > 0) {
            if ((*p++ & 0xc0) != 0x80) {
                return false;
            }
        }
    }
    return true;
}

size_t str_utf8_cut(const char *s, size_t len, size_t max) {
    if (len <= max) {
        return len;
    }
    while (max > 0 && ((uint8_t)s[max] & 0xc0) == 0x80) {
        max--;
    }
    return max;
}

static char *quote_doubling(struct arena *a, const char *s, char q) {
    size_t n = strlen(s), extra = 2;
    for (const char *p = s; *p != '\0'; p++) {
        extra += *p == q;
    }
    char *out = arena_alloc(a, n + extra + 1), *w = out;
    *w++ = q;
    for (const char *p = s; *p != '\0'; p++) {
        if (*p == q) {
            *w++ = q;
        }
        *w++ = *p;
    }
    *w = q;
    return out;
}

char *str_quote_mysql(struct arena *a, const char *id) {
    return quote_doubling(a, id, '`');
}

char *str_quote_pg(struct arena *a, const char *id) {
    return quote_doubling(a, id, '"');
}

char *str_literal_pg(struct arena *a, const char *text) {
    return quote_doubling(a, text, '\'');
}

char *str_literal_mysql(struct arena *a, const char *text) {
    if (strchr(text, '\\') == NULL) {
        return quote_doubling(a, text, '\'');
    }
    size_t n = strlen(text);
    char *out = arena_alloc(a, n * 2 + 16);
    char *w = out + sprintf(out, "_utf8mb4 x'");
    for (size_t i = 0; i < n; i++) {
        w += sprintf(w, "%02x", (unsigned char)text[i]);
    }
    *w = '\'';
    return out;
}

const char *str_bytes(uint64_t bytes, char text[24]) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    double v = (double)bytes;
    size_t u = 0;
    while (v >= 999.5 && u + 1 < sizeof units / sizeof units[0]) {
        v /= 1000;
        u++;
    }
    snprintf(text, 24, u == 0 ? "%.0f %s" : v < 10 ? "%.2f %s" : "%.1f %s", v, units[u]);
    return text;
}

const char *str_count(uint64_t n, char text[32]) {
    char digits[24];
    size_t len = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    char *w = text;
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) {
            *w++ = ' ';
        }
        *w++ = digits[i];
    }
    *w = '\0';
    return text;
}
