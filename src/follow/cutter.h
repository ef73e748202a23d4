/* Cuts a feed into batches and hands them out.
 *
 * A batch ends when it is full, when nothing more comes, when appliers have nothing to do, before a change that cannot be folded in,
 * and before a definition changes. Batches that an earlier run has begun to commit are made again exactly as they were.
 * With in_order they end between transactions, unless one is larger than a batch: then the pieces are committed together. */
#ifndef FOLLOW_CUTTER_H
#define FOLLOW_CUTTER_H

#include <stdatomic.h>

#include "follow/apply_record.h"
#include "follow/feed.h"

struct cutter {
    /* set by whoever starts it */
    struct feed *feed;
    const struct follow_tables *tables;
    struct jobs *jobs;
    const struct apply_record *record; /* where to begin, and what was cut already */
    bool in_order;
    uint32_t parts; /* at most */
    uint64_t batch_changes, batch_bytes;
    atomic_bool *finish; /* end at the next transaction's end */
    /* A statement changes definitions; everything before is in the target. What is to be done there instead: *sql in a ("" for nothing),
     * and whether to end behind it. False: end before it. NULL: always so. */
    bool (*statement)(void *arg, const struct feed_item *item, struct arena *a, const char **sql, bool *end_behind,
                      struct err *e);
    void *arg;
    /* kept up to date while it runs */
    atomic_uint_least64_t taken_rows, taken_bytes, taken_transactions; /* since it began */
    atomic_int_least64_t taken_commit_us;                              /* the source's time of what was taken last */
    atomic_bool idle; /* the feed has nothing for now, and all it gave is on its way */
    /* its own */
    struct flight *flight; /* the batch being filled; NULL: none */
    uint64_t change;       /* number of the next change */
    uint64_t in_transaction, skip;
    bool inside, ends, ends_behind;
    int64_t commit_us, since_us;
    size_t cut; /* the next of record->cuts */
};

/* Until the feed ends, *finish is set, or something fails: jobs_close or jobs_fail has been called when it returns. */
void cutter_run(struct cutter *c);

#endif
