#include "sql/print.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sb_put(struct sb *b, const char *s, size_t n) {
    if (b->full || n > SQL_MAX_PRINT - b->len) {
        b->full = true;
        return;
    }
    if (b->len + n + 1 > b->cap) {
        size_t cap = (b->len + n + 1) * 2 + 64;
        char *data = arena_alloc(b->a, cap);
        if (b->len > 0) {
            memcpy(data, b->data, b->len);
        }
        b->data = data;
        b->cap = cap;
    }
    memcpy(b->data + b->len, s, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void sb_puts(struct sb *b, const char *s) {
    sb_put(b, s, strlen(s));
}

void sb_printf(struct sb *b, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0 || b->full) {
        b->full = true;
        return;
    }
    char *text = arena_alloc(b->a, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    va_end(ap);
    sb_put(b, text, (size_t)n);
}

void sb_indent(struct sb *b, int levels) {
    for (int i = 0; i < levels; i++) {
        sb_puts(b, "    ");
    }
}

const char *sb_text(const struct sb *b) {
    return b->data == NULL ? "" : b->data;
}
