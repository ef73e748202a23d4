/* Following: changes of a feed go into the target, exactly once, until it is stopped.
 *
 *   follow_run
 *     turn    one after the other, as long as what ends them passes by itself (the target was restarted, say)
 *       what the target has recorded is read; appliers and the cutter begin there
 *       the mark is moved as parts come in, in transactions of the coordinator's session
 *
 * A turn that lost a session begins again from the record, as a new process would: there is one way back, and a COMMIT whose answer was lost
 * is no case of its own. Before the record is read the run takes a new number (claim_renew), so that nothing of the old turn can commit
 * behind its back.
 * Thread: one; it starts others. */
#ifndef FOLLOW_FOLLOW_H
#define FOLLOW_FOLLOW_H

#include <stdatomic.h>

#include "follow/apply.h"
#include "follow/feed.h"
#include "follow/sink.h"

/* How it goes, for whoever watches; sums since follow_run began. */
struct follow_figures {
    uint64_t taken_rows, taken_bytes, taken_transactions;       /* from the feed */
    uint64_t applied_rows, applied_bytes, applied_transactions; /* committed in the target, without a gap */
    int64_t taken_commit_us, applied_commit_us;                 /* the source's time of the last one; 0: none yet */
    bool caught_up;                                             /* the feed has nothing, and all is in */
    struct jobs_figures jobs;
    uint64_t diverted, retried, careful;
    struct stream_place place; /* up to where all is in */
    bool target_lost;          /* it is being connected to again */
    bool source_lost;          /* so is the source that changes are carried back to */
};

struct follow_options {
    const struct task *task;
    enum dialect dialect;
    const struct database *db;        /* resolved */
    struct checkpoint *checkpoint;    /* claimed; has the run's number of the last turn at the end */
    struct gauss_client *coordinator; /* the session that claimed it; follow_run closes it */
    const struct sink *sink;          /* where changes go; NULL: the target, by the three above */
    struct feed *feed;
    const struct stream_place *begin; /* where following begins, if it has not begun yet */
    bool in_order;
    bool hidden_cascades; /* the source deletes and changes rows by foreign keys without telling */
    enum apply_policy policy[APPLY_CLASSES];
    const char *origin;     /* name for replication origins; NULL: none */
    unsigned appliers;      /* 0: 4 */
    uint64_t batch_changes; /* 0: 20000 */
    uint64_t batch_bytes;   /* 0: 8 MiB */
    uint64_t memory_bytes;  /* of batches on their way; 0: 64 MiB */
    atomic_bool *stop;      /* end at once; what is not committed is done again next time */
    atomic_bool *finish;    /* end at the next transaction's end, when all is in */
    /* A definition changes at the source (emptied tables are dealt with): what to do in the target, as cutter.statement. NULL: stop. */
    bool (*statement)(void *arg, const struct feed_item *item, struct arena *a, const char **sql, bool *end_behind,
                      struct err *e);
    void (*watch)(void *arg,
                  const struct follow_figures *f); /* about once a second, and at the end; NULL: nobody does */
    int64_t watch_ms;                              /* how often that is; 0: 1000 */
    void (*tick)(void *arg);                       /* several times a second; NULL: nothing */
    void *arg;
};

/* Until the feed ends or *finish (true: all that was taken is in), or something fails for good. *last: the figures at the end. */
bool follow_run(const struct follow_options *o, struct follow_figures *last, struct err *e) WARN_UNUSED;

#endif
