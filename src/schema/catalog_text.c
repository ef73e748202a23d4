/* Reading back the text that the servers print into information_schema: escaped expressions, quoted defaults. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/catalog_text.h"
#include "sql/catalog_text.h"

static char unescaped(char c) {
    switch (c) {
    case '0':
        return '\0';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'b':
        return '\b';
    case 'Z':
        return '\032';
    default:
        return c;
    }
}

/* "æ\u0096\u0087" back to "文": each byte of the UTF-8 text was taken for a character of its own (measured on 9.7, where
 * bytes 0x80 to 0x9f become those code points and not Windows-1252's). Text that was not treated so holds characters above
 * U+00FF or does not come out as UTF-8 again, and is returned as it is. */
static const char *undo_latin1(struct arena *a, const char *text) {
    size_t n = strlen(text), w = 0;
    char *out = arena_alloc(a, n + 1);
    if (!str_utf8_valid(text, n)) {
        return text;
    }
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p > 0xc3) {
            return text;
        }
        out[w++] = (char)(*p < 0x80 ? *p : (p[0] & 3) << 6 | (p[1] & 0x3f));
        p += *p >= 0x80;
    }
    return str_utf8_valid(out, w) ? out : text;
}

char *catalog_mysql8_expr(struct arena *a, const char *text) {
    if (text == NULL) {
        return NULL;
    }
    /* By the server's version, not by the look of the text: a mangled name can stand in a text without quotes. */
    const char *plain = undo_latin1(a, text);
    size_t n;
    return sql_unescape(a, plain, strlen(plain), &n);
}

const char *catalog_string_prefix(struct arena *a, const char *text, char **out, size_t *len) {
    if (text[0] != '\'') {
        return NULL;
    }
    char *buf = arena_alloc(a, strlen(text) + 1), *w = buf;
    const char *p = text + 1;
    for (;; p++) {
        if (*p == '\0') {
            return NULL;
        }
        if (*p == '\'') {
            if (p[1] != '\'') {
                break;
            }
            p++;
            *w++ = '\'';
        } else if (*p == '\\' && p[1] != '\0') {
            p++;
            if (*p == '%' || *p == '_') { /* these two keep their backslash */
                *w++ = '\\';
            }
            *w++ = unescaped(*p);
        } else {
            *w++ = *p;
        }
    }
    *out = buf;
    *len = (size_t)(w - buf);
    return p + 1;
}

bool catalog_string_literal(struct arena *a, const char *text, char **out, size_t *len) {
    const char *end = catalog_string_prefix(a, text, out, len);
    return end != NULL && *end == '\0';
}

bool catalog_number_literal(const char *text) {
    const char *p = text;
    if (*p == '-' || *p == '+') {
        p++;
    }
    size_t digits = strspn(p, "0123456789");
    p += digits;
    if (*p == '.') {
        size_t more = strspn(++p, "0123456789");
        p += more;
        digits += more;
    }
    if (digits == 0) {
        return false;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        if (*p == '-' || *p == '+') {
            p++;
        }
        size_t exponent = strspn(p, "0123456789");
        if (exponent == 0) {
            return false;
        }
        p += exponent;
    }
    return *p == '\0';
}

char *catalog_normal_now(struct arena *a, const char *expr) {
    static const char *const names[] = {"current_timestamp", "localtimestamp", "localtime", "now"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!str_istarts(expr, names[i])) {
            continue;
        }
        const char *p = expr + strlen(names[i]);
        if (*p == '\0') {
            return arena_strdup(a, "CURRENT_TIMESTAMP");
        }
        if (p[0] == '(' && p[1] == ')' && p[2] == '\0') {
            return arena_strdup(a, "CURRENT_TIMESTAMP");
        }
        if (p[0] == '(' && p[1] >= '0' && p[1] <= '6' && p[2] == ')' && p[3] == '\0') {
            return p[1] == '0' ? arena_strdup(a, "CURRENT_TIMESTAMP") : arena_printf(a, "CURRENT_TIMESTAMP(%c)", p[1]);
        }
    }
    return arena_strdup(a, expr);
}

char *catalog_hex(struct arena *a, const char *bytes, size_t len) {
    static const char digits[] = "0123456789abcdef";
    char *out = arena_alloc(a, len * 2 + 3), *w = out;
    *w++ = '0';
    *w++ = 'x';
    for (size_t i = 0; i < len; i++) {
        *w++ = digits[(unsigned char)bytes[i] >> 4];
        *w++ = digits[bytes[i] & 15];
    }
    return out;
}

uint64_t catalog_u64(const char *text) {
    return text == NULL || !isdigit((unsigned char)text[0]) ? 0 : strtoull(text, NULL, 10);
}
