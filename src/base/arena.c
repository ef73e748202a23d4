/* Arenas. See arena.h. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 * 1024, ALIGN = 16 };

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    _Alignas(ALIGN) unsigned char data[];
};

static void out_of_memory(size_t size) {
    fprintf(stderr, "error GW9001: out of memory (%zu bytes wanted)\n", size);
    exit(3);
}

void *arena_alloc(struct arena *a, size_t size) {
    if (size > SIZE_MAX / 2) {
        out_of_memory(size);
    }
    size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct arena_block *b = a->head;
    if (b == NULL || b->size - b->used < need) {
        size_t want = need > BLOCK_BYTES ? need : BLOCK_BYTES;
        struct arena_block *fresh = malloc(sizeof *fresh + want);
        if (fresh == NULL) {
            out_of_memory(want);
        }
        fresh->size = want;
        fresh->used = 0;
        if (b != NULL && need > BLOCK_BYTES) { /* keep filling the current block */
            fresh->next = b->next;
            b->next = fresh;
        } else {
            fresh->next = b;
            a->head = fresh;
        }
        b = fresh;
    }
    void *p = b->data + b->used;
    b->used += need;
    a->used_bytes += need;
    memset(p, 0, need);
    return p;
}

void *arena_calloc(struct arena *a, size_t n, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(n, size, &total)) {
        out_of_memory(SIZE_MAX);
    }
    return arena_alloc(a, total);
}

char *arena_strndup(struct arena *a, const char *s, size_t len) {
    char *copy = arena_alloc(a, len + 1);
    if (len > 0) {
        memcpy(copy, s, len);
    }
    return copy;
}

char *arena_strdup(struct arena *a, const char *s) {
    return s == NULL ? NULL : arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        BUG("cannot format '%s'", fmt);
    }
    char *s = arena_alloc(a, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(s, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return s;
}

void *arena_grow(struct arena *a, void *items, size_t n, size_t *cap, size_t item_size) {
    if (n < *cap) {
        return items;
    }
    size_t fresh_cap = *cap == 0 ? 8 : *cap * 2;
    void *fresh = arena_calloc(a, fresh_cap, item_size);
    if (n > 0) {
        memcpy(fresh, items, n * item_size);
    }
    *cap = fresh_cap;
    return fresh;
}

static void free_blocks(struct arena_block *b) {
    while (b != NULL) {
        struct arena_block *next = b->next;
        free(b);
        b = next;
    }
}

void arena_reset(struct arena *a) {
    if (a->head != NULL) {
        free_blocks(a->head->next);
        a->head->next = NULL;
        a->head->used = 0;
    }
    a->used_bytes = 0;
}

void arena_clear(struct arena *a) {
    free_blocks(a->head);
    a->head = NULL;
    a->used_bytes = 0;
}
