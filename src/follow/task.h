/* Following as a task: behind a finished load, from the position it was made at, until it is told to stop. */
#ifndef FOLLOW_TASK_H
#define FOLLOW_TASK_H

#include "follow/follow.h"

struct follow_task_options {
    bool
        in_order; /* the target is always what the source was at some moment; else rows of different keys go their own ways */
    enum apply_policy policy[APPLY_CLASSES];
    /* When a definition changes at the source: NULL stops; "skip" goes on, once, with what the target has by then; other text is SQL
     * for the target to be run instead, once. */
    const char *definition;
    bool until_caught_up;   /* end where the source's log ends now */
    const char *until_gtid; /* end as soon as this is in; NULL: no end */
    bool decided;           /* at the end no XA transaction may wait for a decision: binlog_feed_options.decided */
    const char *spool;      /* directory where events of the binlog wait; NULL: in memory */
    uint64_t spool_bytes;   /* 0: 10 GiB */
    bool spool_optional;    /* in memory when the directory cannot be used */
};

/* Of rows that have changed, in this run. */
struct follow_compared {
    bool on; /* some were compared */
    uint64_t keys;
    uint64_t different; /* of the last comparison */
    int64_t until_us;   /* up to this time of the source; 0: not known */
};

struct follow_status {
    struct follow_figures figures;
    struct follow_compared compared; /* whoever compares fills it in */
    uint64_t captured_bytes;         /* of the source's binlog, since the binlog was connected to first */
    bool source_lost;                /* it is being connected to again */
    int64_t source_us;               /* by the source's clock it is now about so late */
};

struct follow_watch {
    void (*look)(void *arg, const struct follow_status *s); /* on the thread of follow_task, and at the end */
    int64_t every_ms;                                       /* about; 0: 1000 */
    void *arg;
};

/* finish: end when all is in that the source has committed by then. stop: end at once. Errors: those of either end, of following (ERR_APPLY_*), ERR_NOT_LOADED. */
bool follow_task(const struct task *t, const struct follow_task_options *o, const struct follow_watch *w,
                 atomic_bool *stop, atomic_bool *finish, struct follow_figures *last, struct err *e) WARN_UNUSED;

#endif
