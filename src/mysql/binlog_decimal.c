/* DECIMAL's binary form. See binlog_decimal.h. */
#include "mysql/binlog_decimal.h"

enum { GROUP = 9, GROUP_BYTES = 4 };

static const uint8_t bytes_of_digits[GROUP + 1] = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
static const uint32_t power[GROUP + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

static size_t part_bytes(unsigned digits) {
    return digits / GROUP * GROUP_BYTES + bytes_of_digits[digits % GROUP];
}

size_t decimal_bytes(unsigned precision, unsigned scale) {
    return part_bytes(precision - scale) + part_bytes(scale);
}

struct cursor {
    const uint8_t *p;
    uint8_t turn; /* 0xff for negative numbers */
    bool first;   /* the first byte has the sign */
    bool bad;
    char *text;
};

/* A group of `digits` as that many characters. */
static void put_group(struct cursor *c, unsigned digits) {
    uint32_t v = 0;
    for (unsigned i = bytes_of_digits[digits]; i > 0; i--) {
        uint8_t byte = *c->p++ ^ c->turn;
        if (c->first) {
            byte ^= 0x80;
            c->first = false;
        }
        v = v << 8 | byte;
    }
    c->bad = c->bad || v >= power[digits];
    for (unsigned i = digits; i > 0; i--) {
        c->text[i - 1] = (char)('0' + v % 10);
        v /= 10;
    }
    c->text += digits;
}

/* The short group is the outer one: first in the whole part, last in the fraction. */
static void put_whole(struct cursor *c, unsigned digits) {
    if (digits % GROUP > 0) {
        put_group(c, digits % GROUP);
    }
    for (unsigned i = digits / GROUP; i > 0; i--) {
        put_group(c, GROUP);
    }
}

static void put_fraction(struct cursor *c, unsigned digits) {
    for (unsigned i = digits / GROUP; i > 0; i--) {
        put_group(c, GROUP);
    }
    if (digits % GROUP > 0) {
        put_group(c, digits % GROUP);
    }
}

size_t decimal_print(const uint8_t *bytes, unsigned precision, unsigned scale, bool zerofill,
                     char text[DECIMAL_TEXT_MAX]) {
    char digits[DECIMAL_PRECISION_MAX + DECIMAL_SCALE_MAX] = "", *out = text;
    unsigned whole = precision - scale, skip = 0;
    bool negative = (bytes[0] & 0x80) == 0;
    struct cursor c = {.p = bytes, .turn = negative ? 0xff : 0, .first = true, .text = digits};
    put_whole(&c, whole);
    put_fraction(&c, scale);
    if (c.bad) {
        return 0;
    }
    while (!zerofill && skip < whole && digits[skip] == '0') {
        skip++;
    }
    if (negative) {
        *out++ = '-';
    }
    if (skip == whole) {
        *out++ = '0';
    }
    for (unsigned i = skip; i < whole; i++) {
        *out++ = digits[i];
    }
    if (scale > 0) {
        *out++ = '.';
        for (unsigned i = whole; i < precision; i++) {
            *out++ = digits[i];
        }
    }
    return (size_t)(out - text);
}
