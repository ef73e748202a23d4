/* Bounded buffers. See buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdlib.h>

void buf_init(struct buf *b, size_t max_bytes) {
    *b = (struct buf){.max_bytes = max_bytes};
}

void buf_clear(struct buf *b) {
    free(b->data);
    b->data = NULL;
    b->len = b->cap = 0;
}

bool buf_grow(struct buf *b, size_t more, struct err *e) {
    if (more > b->max_bytes || b->len > b->max_bytes - more) {
        return err_set(e, ERR_LIMIT, "a buffer would grow past its limit of %zu bytes", b->max_bytes);
    }
    size_t want = b->cap < 256 ? 256 : b->cap;
    while (want - b->len < more) {
        want = want > b->max_bytes / 2 ? b->max_bytes : want * 2;
    }
    uint8_t *data = realloc(b->data, want);
    if (data == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a buffer of %zu bytes", want);
    }
    b->data = data;
    b->cap = want;
    return true;
}

bool buf_put(struct buf *b, const void *bytes, size_t n, struct err *e) {
    if (!buf_reserve(b, n, e)) {
        return false;
    }
    buf_bytes(b, bytes, n);
    return true;
}

bool buf_puts(struct buf *b, const char *s, struct err *e) {
    return buf_put(b, s, strlen(s), e);
}

bool buf_printf(struct buf *b, struct err *e, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0 || !buf_reserve(b, (size_t)n + 1, e)) {
        return false;
    }
    va_start(ap, fmt);
    vsnprintf((char *)b->data + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
    return true;
}

bool buf_terminate(struct buf *b, struct err *e) {
    if (!buf_reserve(b, 1, e)) {
        return false;
    }
    b->data[b->len] = '\0';
    return true;
}
