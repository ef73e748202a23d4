/* A bounded cursor over one packet's bytes. Reading past the end gives zeros and sets `bad`, which the caller tests
 * once at the end: parsers stay straight and never leave the packet. */
#ifndef MYSQL_READER_H
#define MYSQL_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

struct reader {
    const uint8_t *p, *end;
    bool bad;
};

static inline struct reader reader_of(const uint8_t *bytes, size_t n) {
    return (struct reader){.p = bytes, .end = n > 0 ? bytes + n : bytes}; /* nothing may be at NULL */
}

static inline size_t reader_left(const struct reader *r) {
    return (size_t)(r->end - r->p);
}

/* n bytes, or NULL. */
static inline const uint8_t *read_bytes(struct reader *r, uint64_t n) {
    if (n > reader_left(r)) {
        r->bad = true;
        r->p = r->end;
        return NULL;
    }
    const uint8_t *at = r->p;
    r->p = n > 0 ? at + n : at;
    return at;
}

static inline uint8_t read_u8(struct reader *r) {
    const uint8_t *p = read_bytes(r, 1);
    return p == NULL ? 0 : *p;
}
static inline uint16_t read_u16(struct reader *r) {
    const uint8_t *p = read_bytes(r, 2);
    return p == NULL ? 0 : get_le16(p);
}
static inline uint32_t read_u32(struct reader *r) {
    const uint8_t *p = read_bytes(r, 4);
    return p == NULL ? 0 : get_le32(p);
}

/* A length-encoded integer. 0xfb (NULL) and 0xff (no length) are bad here. */
static inline uint64_t read_lenenc(struct reader *r) {
    uint8_t first = read_u8(r);
    const uint8_t *p;
    switch (first) {
    case 0xfc:
        return read_u16(r);
    case 0xfd:
        p = read_bytes(r, 3);
        return p == NULL ? 0 : get_le24(p);
    case 0xfe:
        p = read_bytes(r, 8);
        return p == NULL ? 0 : get_le64(p);
    case 0xfb:
    case 0xff:
        r->bad = true;
        return 0;
    default:
        return first;
    }
}

/* A length-encoded string; NULL when it does not fit. */
static inline const uint8_t *read_lenenc_bytes(struct reader *r, size_t *n) {
    uint64_t len = read_lenenc(r);
    const uint8_t *p = r->bad ? NULL : read_bytes(r, len);
    *n = p == NULL ? 0 : (size_t)len;
    return p;
}

/* A cell of a text row: false in *present for NULL. */
static inline const uint8_t *read_text_cell(struct reader *r, size_t *n, bool *present) {
    if (r->p < r->end && *r->p == 0xfb) {
        r->p++;
        *n = 0;
        *present = false;
        return NULL;
    }
    *present = true;
    return read_lenenc_bytes(r, n);
}

/* A string up to its NUL (skipped), or NULL when there is none. */
static inline const char *read_nul_string(struct reader *r, size_t *n) {
    const uint8_t *nul = memchr(r->p, 0, reader_left(r));
    if (nul == NULL) {
        r->bad = true;
        *n = 0;
        return NULL;
    }
    const char *s = (const char *)r->p;
    *n = (size_t)(nul - r->p);
    r->p = nul + 1;
    return s;
}

#endif
