/* See catalog_text.h. */
#include "sql/catalog_text.h"

#include <stdint.h>
#include <string.h>

#include "base/str.h"

/* Is the whole text escaped? The first quote outside backticks decides. */
static bool is_escaped(const char *s, size_t n) {
    bool in_name = false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '`') {
            in_name = !in_name;
        } else if (s[i] == '\'' && !in_name) {
            return i > 0 && s[i - 1] == '\\';
        }
    }
    return false;
}

char *sql_unescape(struct arena *a, const char *s, size_t n, size_t *out_len) {
    char *out = arena_alloc(a, n + 1);
    size_t w = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == '\\' && i + 1 < n) {
            c = s[++i];
            c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == '0' ? '\0' : c == 'Z' ? 26 : c == 't' ? '\t' : c;
        }
        out[w++] = c;
    }
    out[w] = '\0';
    *out_len = w;
    return out;
}

/* MySQL's latin1 is cp1252 with the holes filled by the code itself: code point -> byte, -1 for none. */
static int latin1_byte(uint32_t cp) {
    static const uint16_t high[32] = {
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
    };
    if (cp <= 0xFF) {
        return (int)cp; /* 0x80..0x9F as well: some versions print the C1 control instead of the cp1252 character */
    }
    for (int i = 0; i < 32; i++) {
        if (high[i] == cp) {
            return 0x80 + i;
        }
    }
    return -1;
}

char *sql_undo_double_utf8(struct arena *a, const char *text, size_t n, size_t *out_len) {
    const unsigned char *s = (const unsigned char *)text;
    if (!str_utf8_valid(text, n)) {
        return NULL;
    }
    char *out = arena_alloc(a, n + 1);
    size_t w = 0;
    bool foreign = false;
    for (size_t i = 0; i < n;) {
        uint32_t cp = s[i];
        size_t bytes = 1;
        if (cp >= 0xF0) {
            return NULL; /* beyond the basic plane: no latin1 character */
        } else if (cp >= 0xE0) {
            cp = (cp & 0x0F) << 12 | (s[i + 1] & 0x3Fu) << 6 | (s[i + 2] & 0x3Fu);
            bytes = 3;
        } else if (cp >= 0xC0) {
            cp = (cp & 0x1F) << 6 | (s[i + 1] & 0x3Fu);
            bytes = 2;
        }
        int byte = latin1_byte(cp);
        if (byte < 0) {
            return NULL;
        }
        foreign = foreign || byte >= 0x80;
        out[w++] = (char)byte;
        i += bytes;
    }
    out[w] = '\0';
    *out_len = w;
    return foreign && str_utf8_valid(out, w) ? out : NULL;
}

char *sql_catalog_text(struct arena *a, const char *text, size_t len, size_t *out_len, bool *escaped) {
    bool is = is_escaped(text, len);
    if (escaped != NULL) {
        *escaped = is;
    }
    if (!is) {
        *out_len = len;
        return arena_strndup(a, text, len);
    }
    size_t n = len;
    char *plain = sql_undo_double_utf8(a, text, len, &n);
    return sql_unescape(a, plain != NULL ? plain : text, plain != NULL ? n : len, out_len);
}
