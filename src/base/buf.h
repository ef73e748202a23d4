/* Byte buffers that grow up to a maximum and no further.
 *
 * The put functions fail with ERR_LIMIT past `max_bytes` and with ERR_MEMORY when the system refuses;
 * hot loops reserve once and then use the unchecked inline writers.
 * Thread: a buffer belongs to one thread at a time. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

struct buf {
    uint8_t *data;
    size_t len;
    size_t cap;
    size_t max_bytes;
};

void buf_init(struct buf *b, size_t max_bytes);
void buf_clear(struct buf *b);                /* free; usable again after buf_init */
static inline void buf_reset(struct buf *b) { /* keep the memory */
    b->len = 0;
}

/* Make room for `more` bytes behind len. */
bool buf_grow(struct buf *b, size_t more, struct err *e) WARN_UNUSED;
static inline bool WARN_UNUSED buf_reserve(struct buf *b, size_t more, struct err *e) {
    return b->cap - b->len >= more || buf_grow(b, more, e);
}

bool buf_put(struct buf *b, const void *bytes, size_t n, struct err *e) WARN_UNUSED;
bool buf_puts(struct buf *b, const char *s, struct err *e) WARN_UNUSED;
bool buf_printf(struct buf *b, struct err *e, const char *fmt, ...) WARN_UNUSED PRINTF_LIKE(3, 4);

/* NUL behind the contents (not counted in len), for use as a C string. */
bool buf_terminate(struct buf *b, struct err *e) WARN_UNUSED;

/* Unchecked: the caller has reserved. */
static inline void buf_u8(struct buf *b, uint8_t v) {
    b->data[b->len++] = v;
}
static inline void buf_be16(struct buf *b, uint16_t v) {
    v = __builtin_bswap16(v);
    memcpy(b->data + b->len, &v, 2);
    b->len += 2;
}
static inline void buf_be32(struct buf *b, uint32_t v) {
    v = __builtin_bswap32(v);
    memcpy(b->data + b->len, &v, 4);
    b->len += 4;
}
static inline void buf_be64(struct buf *b, uint64_t v) {
    v = __builtin_bswap64(v);
    memcpy(b->data + b->len, &v, 8);
    b->len += 8;
}
static inline void buf_bytes(struct buf *b, const void *p, size_t n) {
    if (n > 0) {
        memcpy(b->data + b->len, p, n);
    }
    b->len += n;
}

/* Unaligned reads; the caller has checked the bounds. */
static inline uint16_t get_be16(const uint8_t *p) {
    return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint32_t get_be32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline uint64_t get_be64(const uint8_t *p) {
    return (uint64_t)get_be32(p) << 32 | get_be32(p + 4);
}
static inline uint16_t get_le16(const uint8_t *p) {
    return (uint16_t)(p[1] << 8 | p[0]);
}
static inline uint32_t get_le24(const uint8_t *p) {
    return (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}
static inline uint32_t get_le32(const uint8_t *p) {
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}
static inline uint64_t get_le64(const uint8_t *p) {
    return (uint64_t)get_le32(p + 4) << 32 | get_le32(p);
}

#endif
