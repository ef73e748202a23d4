/* Single values of JSON documents as the server prints them. See jsonb_read.h. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "mysql/binlog_decimal.h"
#include "mysql/jsonb_read.h"
#include "mysql/protocol.h"

/* ---- strings ---- */

/* What follows the backslash; 0: nothing to escape, 'u': by number. */
static const char escapes[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
    [0] = 'u',    [1] = 'u',     [2] = 'u',    [3] = 'u',    [4] = 'u',    [5] = 'u',    [6] = 'u',
    [7] = 'u',    [0x0b] = 'u',  [0x0e] = 'u', [0x0f] = 'u', [0x10] = 'u', [0x11] = 'u', [0x12] = 'u',
    [0x13] = 'u', [0x14] = 'u',  [0x15] = 'u', [0x16] = 'u', [0x17] = 'u', [0x18] = 'u', [0x19] = 'u',
    [0x1a] = 'u', [0x1b] = 'u',  [0x1c] = 'u', [0x1d] = 'u', [0x1e] = 'u', [0x1f] = 'u',
};

bool jsonb_print_string(const uint8_t *text, size_t len, struct buf *out, struct err *e) {
    static const char hex[] = "0123456789abcdef";
    if (!buf_reserve(out, len + 2, e)) {
        return false;
    }
    buf_u8(out, '"');
    for (size_t i = 0; i < len;) {
        size_t plain = i;
        while (plain < len && escapes[text[plain]] == 0) {
            plain++;
        }
        buf_bytes(out, text + i, plain - i);
        i = plain;
        if (i < len) {
            uint8_t c = text[i++];
            if (!buf_reserve(out, len - i + 8, e)) {
                return false;
            }
            buf_u8(out, '\\');
            buf_u8(out, (uint8_t)escapes[c]);
            if (escapes[c] == 'u') {
                uint8_t number[4] = {'0', '0', (uint8_t)hex[c >> 4], (uint8_t)hex[c & 15]};
                buf_bytes(out, number, sizeof number);
            }
        }
    }
    buf_u8(out, '"');
    return true;
}

/* ---- numbers ---- */

enum { DIGITS_LEAST = 15, DIGITS_MOST = 17, FIXED_LEAST = -14, FIXED_MOST = 15, DOUBLE_TEXT_MAX = 64 };

/* One more in the last place of "d.ddde-12"; false where it would carry into a new digit. */
static bool raise_last(char *text) {
    char *p = strchr(text, 'e') - 1;
    while (p >= text && (*p == '9' || *p == '.')) {
        if (*p == '9') {
            *p = '0';
        }
        p--;
    }
    if (p < text) {
        return false;
    }
    ++*p;
    return true;
}

/* The shortest "d.ddde-12" that reads back as d. */
static void shortest(double d, char text[DOUBLE_TEXT_MAX]) {
    /* Subnormal numbers have fewer digits than 15 to tell them apart. */
    int digits = d < 2.2250738585072014e-308 ? 1 : DIGITS_LEAST;
    int exponent;
    bool power_of_two = frexp(d, &exponent) == 0.5;
    for (; digits <= DIGITS_MOST; digits++) {
        snprintf(text, DOUBLE_TEXT_MAX, "%.*e", digits - 1, d);
        if (strtod(text, NULL) == d) {
            return;
        }
        /* Below a power of two neighbours are nearer than above it: what was rounded down may be right rounded up. */
        if (power_of_two && raise_last(text) && strtod(text, NULL) == d) {
            return;
        }
    }
}

/* As my_gcvt: digits without an exponent between 1e-15 and 1e15, else 1.5e-20; and always something that shows a double. */
static size_t print_double(double d, char text[DOUBLE_TEXT_MAX]) {
    char digits[DOUBLE_TEXT_MAX], *out = text, *end;
    size_t n = 0;
    if (signbit(d)) {
        *out++ = '-';
        d = -d;
    }
    if (d == 0) {
        return (size_t)(stpcpy(out, "0.0") - text);
    }
    shortest(d, digits);
    int point = (int)strtol(strchr(digits, 'e') + 1, &end, 10) + 1; /* digits in front of it */
    for (char *p = digits; *p != 'e'; p++) {
        if (*p != '.') {
            digits[n++] = *p;
        }
    }
    while (n > 1 && digits[n - 1] == '0') {
        n--;
    }
    if (point < FIXED_LEAST || point > FIXED_MOST) {
        out += sprintf(out, "%c%s%.*se%d", digits[0], n > 1 ? "." : "", (int)n - 1, digits + 1, point - 1);
    } else if (point <= 0) {
        out += sprintf(out, "0.%.*s%.*s", -point, "00000000000000000000", (int)n, digits);
    } else if ((size_t)point >= n) {
        out += sprintf(out, "%.*s%.*s.0", (int)n, digits, point - (int)n, "00000000000000000000");
    } else {
        out += sprintf(out, "%.*s.%.*s", point, digits, (int)n - point, digits + point);
    }
    return (size_t)(out - text);
}

/* ---- opaque values: what JSON has no type for ---- */

static bool print_decimal(const struct jsonb *v, struct buf *out, struct err *e) {
    char text[DECIMAL_TEXT_MAX];
    if (v->data_len < 3 || !decimal_fits(v->data[0], v->data[1]) ||
        v->data_len != 2 + decimal_bytes(v->data[0], v->data[1])) {
        return jsonb_malformed(e);
    }
    size_t n = decimal_print(v->data + 2, v->data[0], v->data[1], false, text);
    return n > 0 ? buf_put(out, text, n, e) : jsonb_malformed(e);
}

/* | sign | year*13+month 17 | day 5 | hour 5 | minute 6 | second 6 | microseconds 24 |; TIME has its hours in ten bits there. */
static bool print_time(const struct jsonb *v, struct buf *out, struct err *e) {
    if (v->data_len != 8) {
        return jsonb_malformed(e);
    }
    int64_t packed = (int64_t)get_le64(v->data);
    bool negative = packed < 0;
    uint64_t u = negative ? 0 - (uint64_t)packed : (uint64_t)packed;
    unsigned micro = (unsigned)(u & 0xffffff), second = (unsigned)(u >> 24 & 63), minute = (unsigned)(u >> 30 & 63);
    if (v->field_type == MYSQL_TYPE_TIME) {
        return buf_printf(out, e, "\"%s%02u:%02u:%02u.%06u\"", negative ? "-" : "", (unsigned)(u >> 36 & 1023), minute,
                          second, micro);
    }
    unsigned hour = (unsigned)(u >> 36 & 31), day = (unsigned)(u >> 41 & 31), months = (unsigned)(u >> 46 & 0x1ffff);
    if (v->field_type == MYSQL_TYPE_DATE) {
        return buf_printf(out, e, "\"%04u-%02u-%02u\"", months / 13, months % 13, day);
    }
    return buf_printf(out, e, "\"%04u-%02u-%02u %02u:%02u:%02u.%06u\"", months / 13, months % 13, day, hour, minute,
                      second, micro);
}

/* "base64:type15:YWJj", broken after 76 characters, and the break escaped. */
static bool print_base64(const struct jsonb *v, struct buf *out, struct err *e) {
    enum { LINE = 57 }; /* bytes that make 76 characters */
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (!buf_printf(out, e, "\"base64:type%u:", v->field_type) ||
        !buf_reserve(out, (v->data_len + 2) / 3 * 4 + v->data_len / LINE * 2 + 3, e)) {
        return false;
    }
    for (size_t i = 0; i < v->data_len; i += 3) {
        size_t left = v->data_len - i;
        uint32_t three = (uint32_t)v->data[i] << 16 | (left > 1 ? (uint32_t)v->data[i + 1] << 8 : 0) |
                         (left > 2 ? v->data[i + 2] : 0);
        if (i > 0 && i % LINE == 0) {
            buf_bytes(out, "\\n", 2);
        }
        buf_u8(out, (uint8_t)digits[three >> 18]);
        buf_u8(out, (uint8_t)digits[three >> 12 & 63]);
        buf_u8(out, left > 1 ? (uint8_t)digits[three >> 6 & 63] : '=');
        buf_u8(out, left > 2 ? (uint8_t)digits[three & 63] : '=');
    }
    buf_u8(out, '"');
    return true;
}

static bool print_opaque(const struct jsonb *v, struct buf *out, struct err *e) {
    switch (v->field_type) {
    case MYSQL_TYPE_NEWDECIMAL:
        return print_decimal(v, out, e);
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_TIME:
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP:
        return print_time(v, out, e);
    default:
        return print_base64(v, out, e);
    }
}

static bool print_literal(const struct jsonb *v, struct buf *out, struct err *e) {
    static const char *const literals[] = {"null", "true", "false"};
    return v->p[0] < 3 ? buf_puts(out, literals[v->p[0]], e) : jsonb_malformed(e);
}

bool jsonb_print_scalar(const struct jsonb *v, struct buf *out, struct err *e) {
    char text[DOUBLE_TEXT_MAX];
    uint64_t bits;
    double d;
    switch (v->type) {
    case JSONB_LITERAL:
        return print_literal(v, out, e);
    case JSONB_INT16:
        return buf_printf(out, e, "%d", (int16_t)get_le16(v->p));
    case JSONB_UINT16:
        return buf_printf(out, e, "%u", get_le16(v->p));
    case JSONB_INT32:
        return buf_printf(out, e, "%d", (int32_t)get_le32(v->p));
    case JSONB_UINT32:
        return buf_printf(out, e, "%u", get_le32(v->p));
    case JSONB_INT64:
        return buf_printf(out, e, "%" PRId64, (int64_t)get_le64(v->p));
    case JSONB_UINT64:
        return buf_printf(out, e, "%" PRIu64, get_le64(v->p));
    case JSONB_DOUBLE:
        bits = get_le64(v->p);
        memcpy(&d, &bits, sizeof d);
        return isfinite(d) ? buf_put(out, text, print_double(d, text), e) : jsonb_malformed(e);
    case JSONB_STRING:
        return jsonb_print_string(v->data, v->data_len, out, e);
    case JSONB_OPAQUE:
        return print_opaque(v, out, e);
    default:
        return jsonb_malformed(e);
    }
}
