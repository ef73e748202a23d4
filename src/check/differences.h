/* Rows that differ: counted per table, their keys kept in an unnamed file so that memory does not grow with them.
 * Thread: adding from any thread (one lock); reading when nobody adds any more. */
#ifndef CHECK_DIFFERENCES_H
#define CHECK_DIFFERENCES_H

#include <pthread.h>
#include <stdio.h>

#include "base/arena.h"
#include "check/row_set.h"

struct table_differences {
    uint64_t missing, extra, changed;
    FILE *keys; /* NULL: none */
};

struct differences {
    pthread_mutex_t lock;
    struct table_differences *tables;
    size_t ntables;
};

bool differences_init(struct differences *d, size_t ntables, struct err *e) WARN_UNUSED;
void differences_clear(struct differences *d);

/* times: rows of this key. ERR_SYSTEM when the file cannot be written. */
bool differences_add(struct differences *d, size_t table, enum row_difference kind, const uint8_t *key, size_t len,
                     uint64_t times, struct err *e) WARN_UNUSED;

struct difference {
    enum row_difference kind;
    uint64_t times;
    uint8_t *key; /* canonical key fields; a whole canonical row in a table without a key. In the arena given. */
    uint32_t len;
};

/* From the first one; up to max at a time. *n = 0: no more. */
bool differences_rewind(struct table_differences *t, struct err *e) WARN_UNUSED;
bool differences_next(struct table_differences *t, struct arena *a, struct difference *out, size_t max, size_t *n,
                      struct err *e) WARN_UNUSED;

#endif
