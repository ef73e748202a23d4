/* Records one behind the other: a few in memory, more in an unnamed file, so that memory does not grow with them.
 * Thread: one at a time. Errors: ERR_MEMORY, ERR_SYSTEM (the file; $TMPDIR or /tmp is full). */
#ifndef BASE_SPILL_H
#define BASE_SPILL_H

#include <stdio.h>

#include "base/buf.h"

struct spill {
    uint64_t n; /* records */
    struct buf memory;
    FILE *file; /* those before */
    /* of reading */
    bool at_memory;
    size_t at;
    struct buf record;
};

void spill_init(struct spill *s);
void spill_clear(struct spill *s); /* empty again, and usable */

struct spill_part {
    const void *bytes;
    size_t len;
};
/* A record, in n parts. */
bool spill_add(struct spill *s, const struct spill_part *parts, size_t n, struct err *e) WARN_UNUSED;

/* Read from the first one; nothing may be added from then on. */
bool spill_rewind(struct spill *s, struct err *e) WARN_UNUSED;
/* *bytes is valid until the next call; NULL behind the last one. */
bool spill_next(struct spill *s, const uint8_t **bytes, size_t *len, struct err *e) WARN_UNUSED;

#endif
