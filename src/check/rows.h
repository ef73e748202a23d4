/* The row check: both sides read in parallel, piece by piece, compared, and what differs written down.
 *
 * Steps: check_rows_read compares everything once; units whose rows did not fit into memory, or fell into buckets, are read a
 * second time where they differ; on a source that is written to, rows that differ are read again later (settle). check_detail
 * then fetches the rows of differing keys to show and repair them.
 * Files: table_plan.c, selection.c, row_range.c what is read; unit.c the queue; rows_plan.c what goes into it; reader.c one
 * piece; row_set.c, buckets.c what is kept of it; rows.c the threads; rows_split.c the second look; recheck.c rows of given
 * keys; differences.c the keys; resume.c what a killed check had done. */
#ifndef CHECK_ROWS_H
#define CHECK_ROWS_H

#include "base/rate.h"
#include "check/changed.h"
#include "check/check.h"
#include "check/differences.h"
#include "check/reader.h"
#include "check/unit.h"

struct resume;

/* Of one table, guarded by rows.lock while threads run. */
struct table_rows {
    uint64_t source_rows, target_rows, source_bytes;
    uint64_t uncarriable;
    uint64_t settled; /* differed at first, and were the same when read again */
    uint64_t units, units_different;
    uint64_t keys;    /* MODE_CHANGED: so many were looked at */
    uint64_t *losses; /* [checked column * LOSS_COUNT + rule]: values a policy changed */
    int64_t from_us, to_us;
};

struct check_rows {
    struct run *run;
    struct arena *arena;
    struct check_table *tables;
    size_t ntables;
    unsigned source_jobs, target_jobs;
    uint64_t chunk_bytes;
    atomic_bool *stop;
    struct progress *progress;
    struct snapshot snapshot;
    struct unit_pool *pool;
    struct differences differences;
    pthread_mutex_t lock;
    struct table_rows *results;
    struct unit **again; /* units to look at a second time */
    size_t nagain, again_cap;
    struct arena again_arena;
    struct check_table **by_key; /* MODE_KEYS, and each one's range as the source's condition; NULL: no row */
    char **by_key_where;
    size_t nby_key;
    struct gauss_client *anchor;   /* a target session whose snapshot the others share, open as long as the check */
    char target_snapshot[64];      /* "" where none can be shared: each session sees its own moment */
    struct check_changed *changed; /* only what it names; NULL: everything */
    const char *journal_path;      /* NULL: the default one */
    enum check_resume resume_mode;
    struct resume *resume;
    int64_t settle_ms; /* rows that differ are read again, the target so much later; 0: they are not */
    bool (*applied)(void *arg, struct err *e); /* or when this returns; NULL: there is none */
    void *applied_arg;
    bool backward;        /* rows that differ are read again from the target first */
    struct rate rates[2]; /* by side */
};

bool check_rows_read(struct check_rows *c, struct err *e) WARN_UNUSED;
void check_rows_clear(struct check_rows *c);

/* ---- between the files ---- */

/* A target session set up for reading, inside a snapshot (the common one where there is one). */
bool check_target_session(struct check_rows *c, struct gauss_client **out, struct err *e) WARN_UNUSED;

/* Open c->anchor; where the server can, all target sessions see its moment. */
bool check_target_anchor(struct check_rows *c, struct err *e) WARN_UNUSED;

/* The pieces of a target's table that has no key ranges: by physical place where the server can, else whole. */
bool check_target_pieces(struct check_rows *c, struct check_table *t, struct pieces *out, struct err *e) WARN_UNUSED;

/* A difference of the table of that number. arg: struct check_difference_arg. */
struct check_difference_arg {
    struct check_rows *rows;
    size_t table;
};
bool check_difference(void *arg, enum row_difference kind, const uint8_t *key, size_t len, uint64_t times,
                      struct err *e);

/* Add what a source's reader met to its table's counts. */
void check_count_source(struct check_rows *c, const struct check_table *t, const struct reader *r);

/* This unit needs a second look. Any thread. */
void check_look_again(struct check_rows *c, struct unit *u);

/* Put what is to be read into the pool; workers read meanwhile. */
bool check_rows_plan(struct check_rows *c, struct err *e) WARN_UNUSED;

/* Row ranges whose target rows are looked up by key. */
bool check_rows_ranges(struct check_rows *c, struct err *e) WARN_UNUSED;

/* Read the rows that differ once more, as they are now, the target c->settle_ms after the source. */
bool check_rows_settle(struct check_rows *c, struct err *e) WARN_UNUSED;

/* Read the units of c->again once more and name their differing rows. */
bool check_rows_split(struct check_rows *c, struct err *e) WARN_UNUSED;

#endif
