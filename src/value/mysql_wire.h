/* What the encoder must know of MySQL's binary protocol: column type numbers and the length-encoded integer.
 * The numbers are the protocol's; the names differ from mysql/protocol.h so that both can be included. */
#ifndef VALUE_MYSQL_WIRE_H
#define VALUE_MYSQL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum wire_type {
    WIRE_DECIMAL = 0,
    WIRE_TINY = 1,
    WIRE_SHORT = 2,
    WIRE_LONG = 3,
    WIRE_FLOAT = 4,
    WIRE_DOUBLE = 5,
    WIRE_NULL = 6,
    WIRE_TIMESTAMP = 7,
    WIRE_LONGLONG = 8,
    WIRE_INT24 = 9,
    WIRE_DATE = 10,
    WIRE_TIME = 11,
    WIRE_DATETIME = 12,
    WIRE_YEAR = 13,
    WIRE_NEWDATE = 14,
    WIRE_VARCHAR = 15,
    WIRE_BIT = 16,
    WIRE_VECTOR = 242,
    WIRE_JSON = 245,
    WIRE_NEWDECIMAL = 246,
    WIRE_ENUM = 247,
    WIRE_SET = 248,
    WIRE_TINY_BLOB = 249,
    WIRE_MEDIUM_BLOB = 250,
    WIRE_LONG_BLOB = 251,
    WIRE_BLOB = 252,
    WIRE_VAR_STRING = 253,
    WIRE_STRING = 254,
    WIRE_GEOMETRY = 255,
};

/* A length-encoded string at *at: *value and *n are set and *at moves behind it. False when it runs past end.
 * 0xfb (NULL in text rows) and 0xff have no meaning in a binary row. */
static inline bool wire_lenenc(const uint8_t **at, const uint8_t *end, const uint8_t **value, size_t *n) {
    const uint8_t *p = *at;
    size_t left = (size_t)(end - p);
    uint64_t len;
    if (left == 0) {
        return false;
    }
    if (p[0] < 0xfb) {
        len = p[0];
        p += 1;
    } else if (p[0] == 0xfc && left >= 3) {
        len = get_le16(p + 1);
        p += 3;
    } else if (p[0] == 0xfd && left >= 4) {
        len = get_le24(p + 1);
        p += 4;
    } else if (p[0] == 0xfe && left >= 9) {
        len = get_le64(p + 1);
        p += 9;
    } else {
        return false;
    }
    if (len > (uint64_t)(end - p)) {
        return false;
    }
    *value = p;
    *n = (size_t)len;
    *at = p + len;
    return true;
}

#endif
