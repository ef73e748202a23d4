/* Arenas: memory named for a lifetime (task, table, request), freed at once.
 *
 * Allocation never returns NULL: when the machine has no memory left the process stops with a message,
 * and what it was doing is resumed from its checkpoint. For memory whose size foreign bytes decide use
 * struct buf, which has a maximum and fails with an error instead.
 *
 * Thread: an arena belongs to one thread at a time. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"

struct arena_block;

struct arena {
    struct arena_block *head;
    size_t used_bytes; /* handed out since the last reset */
};

#define ARENA_INIT                                                                                                     \
    { 0 }

/* Zeroed, 16 byte aligned memory that lives until arena_clear or arena_reset. */
void *arena_alloc(struct arena *a, size_t size);
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_calloc((a), (n), sizeof(type)))
void *arena_calloc(struct arena *a, size_t n, size_t size);

char *arena_strdup(struct arena *a, const char *s);              /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t len); /* adds a NUL */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Make room for one more element at the end of a growing array: doubles `*cap` when `n` reaches it.
 * Usage: t->cols = arena_grow(a, t->cols, t->ncols, &t->cap, sizeof *t->cols); */
void *arena_grow(struct arena *a, void *items, size_t n, size_t *cap, size_t item_size);

void arena_reset(struct arena *a); /* keep the first block for reuse */
void arena_clear(struct arena *a); /* free everything */

#endif
