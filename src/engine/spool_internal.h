/* The inside of a spool. spool.c: opening, recovery, release; spool_write.c; spool_read.c; spool_segment.c: bytes. */
#ifndef ENGINE_SPOOL_INTERNAL_H
#define ENGINE_SPOOL_INTERNAL_H

#include <pthread.h>

#include "engine/spool.h"
#include "engine/spool_segment.h"

struct segment {
    uint64_t number, bytes; /* bytes: as far as readers may read */
    bool whole;             /* begins between transactions */
    struct progress begin;  /* what is whole before it */
};

struct spool {
    struct spool_options o;
    char *directory;
    char id[40];
    char *source; /* position.server */
    int lock_fd, dir_fd;

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t written, freed;
    struct segment *segments; /* by number; the last is the one written to. None: not begun */
    size_t n, cap;
    uint64_t bytes; /* of all of them */
    struct progress progress;
    bool stopped, over_budget;
    int64_t waiting_since_us; /* 0: the writer does not wait */
    uint64_t open_segment;    /* where the transaction that is open began; 0: none is open */
    uint64_t events, event_bytes, cut_bytes;
    int64_t captured_s;

    /* the writer's own */
    int fd;                       /* of the last segment; -1: none */
    uint64_t number, next_number; /* of the last segment; of the next when there is none */
    uint64_t at;                  /* in it, where the next record goes; `out` is before that */
    struct buf out;               /* records that are not written yet */
    struct scan scan;
    int64_t synced_us;
    bool dirty; /* something was written since */
    bool has_format;
};

/* ---- spool_write.c ---- */

/* A new last segment, its head and preamble in `out`. whole: between transactions. */
bool spool_new_segment(struct spool *s, bool whole, struct err *e) WARN_UNUSED;

/* ---- spool.c ---- */

bool spool_add_segment(struct spool *s, const struct segment_head *h, uint64_t bytes, struct err *e) WARN_UNUSED;
int spool_open_file(const struct spool *s, uint64_t number, int flags, struct err *e);
bool spool_failed(struct err *e, const char *fmt, ...)
    PRINTF_LIKE(2, 3); /* by errno: full, or ERR_SPOOL. False always */

/* A position of the spool's own kind. */
bool spool_parse(const struct spool *s, const struct position *at, struct progress *out, struct err *e) WARN_UNUSED;

/* The first of the segments that reading from `from` needs, by index; n: none. With the lock held. */
size_t spool_segment_for(const struct spool *s, const struct progress *from);

#endif
