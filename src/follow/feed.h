/* Where changes come from: a binlog (binlog_feed.h), a generator in tests. The cutter pulls; everything is on its thread but stop. */
#ifndef FOLLOW_FEED_H
#define FOLLOW_FEED_H

#include "follow/change.h"
#include "follow/jobs.h"

enum feed_kind {
    FEED_IDLE,      /* nothing for now */
    FEED_BEGIN,     /* a transaction begins */
    FEED_CHANGE,    /* of a table that is followed */
    FEED_COMMIT,    /* and ends */
    FEED_STATEMENT, /* a definition changes; between transactions */
    FEED_END,       /* nothing more will come */
};

struct feed_item {
    enum feed_kind kind;
    struct row_change change; /* FEED_CHANGE; valid until the next call */
    int64_t commit_us;        /* FEED_BEGIN: by the source's clock; 0: not known */
    uint64_t bytes;           /* of the source's log, for figures */
    const char *statement;    /* FEED_STATEMENT */
    const char *database;     /* it was run in; NULL: none */
};

struct feed {
    void *arg;
    /* Begin at a place that `place` gave, or the first one; again after an error, too. */
    bool (*start)(void *arg, const struct stream_place *from, struct err *e);
    /* Waits up to wait_ms for something (0: not at all). */
    bool (*next)(void *arg, int64_t wait_ms, struct feed_item *out, struct err *e);
    /* The place between the last transaction and the next; inside one, before it. Its rows are 0. Strings in a. */
    bool (*place)(void *arg, struct arena *a, struct stream_place *out, struct err *e);
    /* Values that met loss rules since the last call, as JSON text in a ({"table": {"column": {"rule": n}}}, "" for none). May be NULL. */
    char *(*losses)(void *arg, struct arena *a);
    /* What is before this place will not be asked for again: it is durable in the target. May be NULL. */
    void (*forget)(void *arg, const struct stream_place *before);
    /* From any thread: `next` that waits returns. */
    void (*stop)(void *arg);
};

#endif
