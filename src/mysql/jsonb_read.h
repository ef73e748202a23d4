/* Looking into binary JSON, value by value, and printing single ones. Internal to src/mysql. */
#ifndef MYSQL_JSONB_READ_H
#define MYSQL_JSONB_READ_H

#include "base/buf.h"

enum jsonb_type {
    JSONB_SMALL_OBJECT = 0,
    JSONB_LARGE_OBJECT = 1,
    JSONB_SMALL_ARRAY = 2,
    JSONB_LARGE_ARRAY = 3,
    JSONB_LITERAL = 4,
    JSONB_INT16 = 5,
    JSONB_UINT16 = 6,
    JSONB_INT32 = 7,
    JSONB_UINT32 = 8,
    JSONB_INT64 = 9,
    JSONB_UINT64 = 10,
    JSONB_DOUBLE = 11,
    JSONB_STRING = 12,
    JSONB_OPAQUE = 15,
};

enum { JSONB_DEPTH_MAX = 101 }; /* the server's limit is 100 */

/* A value: its bytes are at most n from p on; of containers and strings, `n` is cut to what they say they have. */
struct jsonb {
    uint8_t type;
    const uint8_t *p;
    size_t n;
    /* containers */
    bool large, object;
    uint32_t elements;
    /* strings and opaque values */
    uint8_t field_type;
    const uint8_t *data;
    size_t data_len;
};

/* The value of `type` at p. False: it does not fit into n bytes. */
bool jsonb_open(uint8_t type, const uint8_t *p, size_t n, struct jsonb *out) WARN_UNUSED;

/* A whole document; no bytes are null. */
bool jsonb_open_document(const uint8_t *p, size_t n, struct jsonb *out) WARN_UNUSED;

static inline bool jsonb_is_container(const struct jsonb *v) {
    return v->type <= JSONB_LARGE_ARRAY;
}

/* The i-th element of a container, and of an object its key. */
bool jsonb_element(const struct jsonb *c, uint32_t i, struct jsonb *out) WARN_UNUSED;
bool jsonb_key(const struct jsonb *c, uint32_t i, const uint8_t **key, size_t *len) WARN_UNUSED;

/* Append a value that is no container; false with ERR_SOURCE_BINLOG where it holds nonsense. */
bool jsonb_print_scalar(const struct jsonb *v, struct buf *out, struct err *e) WARN_UNUSED;

/* Append any value; depth: of the containers around it. */
bool jsonb_print_value(const struct jsonb *v, int depth, struct buf *out, struct err *e) WARN_UNUSED;

/* Append text in quotes, escaped as the server does. */
bool jsonb_print_string(const uint8_t *text, size_t len, struct buf *out, struct err *e) WARN_UNUSED;

bool jsonb_malformed(struct err *e); /* false */

#endif
