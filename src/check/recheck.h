/* Looking at the rows of some keys on both sides: those of a range the target orders otherwise, those that differed on a source
 * that is being written to, and those that the incremental stage applied.
 * Thread: one, with sessions of its own. */
#ifndef CHECK_RECHECK_H
#define CHECK_RECHECK_H

#include "check/rows.h"

struct recheck {
    struct check_rows *rows;     /* planned tables; what still differs is added to rows->differences */
    struct mysql_client *source; /* each is read as its session sees it: without a snapshot, as it is now */
    struct gauss_client *target;
    /* Between the two reads of a batch: return when the target has everything the source had committed when it was read.
     * NULL: both sides stand still. false + e ends the recheck. */
    bool (*applied)(void *arg, struct err *e);
    void *arg;
    unsigned
        attempts; /* rows that differ are read so many times, as they may change between the two reads; at least 1 */
    /* A row that differs, and has changed at the source meanwhile, is not told: that change is somebody's to look at later. With applied.
     * One that has not, each time, is different, as the target has what made it what it is (once it may have come back to what it was). */
    bool leave_moving;
};

struct recheck_counts {
    uint64_t keys, source_rows, target_rows;
    uint64_t different; /* after the last attempt */
    uint64_t moving;    /* left out */
};

/* keys: canonical keys (struct difference's), read from the begin; its kinds are ignored. Only for tables with a key.
 * Memory is that of one batch. The counts are added to. */
bool recheck_keys(struct recheck *k, struct check_table *t, struct table_differences *keys,
                  struct recheck_counts *counts, struct err *e) WARN_UNUSED;

/* The same for a table without a key: list has whole rows. Of each it is counted how many there are, which reads both tables once for each
 * attempt; what differs each time is different. *many: more than a million of them, which were not looked at. */
bool recheck_keyless(struct recheck *k, struct check_table *t, struct table_differences *list,
                     struct recheck_counts *counts, bool *many, struct err *e) WARN_UNUSED;

/* Read t's row range from the source, and look its keys up (MODE_KEYS). */
bool recheck_range(struct recheck *k, struct check_table *t, const char *where, struct recheck_counts *counts,
                   struct err *e) WARN_UNUSED;

#endif
