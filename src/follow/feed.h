/* Where changes come from: a binlog (binlog_feed.h), a source that is made up in tests. The cutter asks it for the next piece of its log, and is
 * called with what is in there. Everything is on the cutter's thread but stop. */
#ifndef FOLLOW_FEED_H
#define FOLLOW_FEED_H

#include "follow/change.h"
#include "follow/jobs.h"

enum feed_kind {
    FEED_BEGIN,     /* a transaction begins */
    FEED_CHANGE,    /* of a table that is followed */
    FEED_COMMIT,    /* and ends */
    FEED_EMPTIED,   /* all rows of change.table are gone, wherever in a transaction; counts as one of its changes */
    FEED_POSITION,  /* between transactions: what was passed over is nobody's business, and need not come again */
    FEED_STATEMENT, /* a definition changes, or a table is emptied: in a transaction of its own, before any change */
};

/* What a statement was run with. */
struct feed_session {
    uint64_t sql_mode;
    bool implicit_timestamps;
    const char *time_zone, *utf8mb4_collation; /* NULL: not told */
    int64_t utc_us;                            /* when */
};

struct feed_item {
    enum feed_kind kind;
    struct row_change change; /* FEED_CHANGE; valid during the call */
    int64_t commit_us;        /* FEED_BEGIN: by the source's clock; 0: not known */
    uint64_t bytes;           /* of the source's log, for figures */
    const char *statement;    /* FEED_STATEMENT: as the source has it */
    bool truncates;           /* all it does is to empty change.table */
    const char *database;     /* it was run in; NULL: none */
    struct feed_session session;
};

/* false + e: the feed is to stop and to return so. */
typedef bool feed_sink(void *ctx, const struct feed_item *item, struct err *e);

enum feed_state { FEED_SOME, FEED_IDLE /* nothing for now */, FEED_END /* nothing more will come */ };

struct feed {
    void *arg;
    /* Begin at a place that `place` gave, or the first one; again after an error, too. */
    bool (*start)(void *arg, const struct stream_place *from, struct err *e);
    /* Waits up to wait_ms for something (0: not at all), and calls the sink for each item in it. */
    bool (*step)(void *arg, int64_t wait_ms, feed_sink *sink, void *ctx, enum feed_state *state, struct err *e);
    /* The place between the last transaction and the next; inside one, before it. Its rows are 0. Strings in a. */
    bool (*place)(void *arg, struct arena *a, struct stream_place *out, struct err *e);
    /* Values that met loss rules since the last call; NULL: none. The caller owns it:
     * {"table": {"column": {"rule": n}}}. The function may be NULL. */
    json_t *(*losses)(void *arg);
    /* What is before this place will not be asked for again: it is durable in the target. May be NULL. */
    void (*forget)(void *arg, const struct stream_place *before);
    /* From any thread: a step that waits returns. */
    void (*stop)(void *arg);
};

#endif
