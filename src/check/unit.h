/* What is compared at once, and the queue of what either side reads next.
 *
 * A unit is one key range, or a whole table that has no common ranges. Each side reads it in one or more pieces; when both have
 * read all of theirs, the reader that ended last compares. Units go out in the same order on both sides, and a side may be only
 * `max_open` half-read units ahead of the other: that bounds the memory.
 * Thread: every function from any thread; one mutex. A piece's result belongs to its reader until unit_piece_done. */
#ifndef CHECK_UNIT_H
#define CHECK_UNIT_H

#include <pthread.h>

#include "check/buckets.h"
#include "check/row_set.h"
#include "check/table_plan.h"

enum side { SIDE_SOURCE, SIDE_TARGET };

/* What is counted of a unit: its part of the table's result. */
struct unit_counts {
    uint64_t source_rows, target_rows, source_bytes, uncarriable;
    uint64_t *losses; /* as table_rows.losses; NULL: none */
};

/* How one side's rows are read: by one SELECT a piece. */
struct pieces {
    char **where; /* NULL: all are "", the whole table */
    bool *done;   /* NULL: none is */
    unsigned n;
};

struct unit {
    struct check_table *table;
    unsigned number;         /* 1.. within the table: MODE_RANGES, for the picture of its chunks */
    struct chunk chunk;      /* MODE_RANGES */
    struct pieces pieces[2]; /* by side */
    struct row_set *rows[2]; /* MODE_RANGES: by side, from the pool's free list */
    struct buckets *sums[2]; /* MODE_BUCKETS: by side, all pieces added up */
    uint8_t *differs;        /* MODE_BUCKETS, once compared: a bit a bucket; in the table's own memory */
    uint64_t differing_rows; /* rows in those buckets, or about as many rows as the unit has */
    struct unit_counts counts;
    int64_t saved_at_us;     /* when its sums were last written down */
    unsigned pieces_left[2]; /* not yet read; set when the unit is added */
    bool open;               /* somebody has taken a piece of it */
    bool different;          /* once compared */
    struct unit *next;       /* of the pool's */
};

struct piece {
    struct unit *unit;
    unsigned number; /* in unit->pieces[side] */
};

struct unit_pool;

struct unit_pool *unit_pool_new(unsigned max_open);
void unit_pool_free(struct unit_pool *p);

/* The planner adds units, in the order they shall be read (copied; what they point at must outlive the pool), and says when there are
 * no more. Of each at least one piece is not done. */
void unit_add(struct unit_pool *p, const struct unit *u);
void unit_no_more(struct unit_pool *p);

/* The next piece of a side; waits for the planner and for the other side. False: nothing is left, or the check has failed. */
bool unit_next(struct unit_pool *p, enum side side, struct piece *out);

/* A piece is read. True for the caller that ended its unit: it compares, and then calls unit_close. */
bool unit_piece_done(struct unit_pool *p, enum side side, struct unit *u);
void unit_close(struct unit_pool *p, struct unit *u);

struct row_set *unit_rows(struct unit_pool *p);              /* an empty set; NULL: no memory */
void unit_rows_back(struct unit_pool *p, struct row_set *s); /* NULL is fine */

void unit_fail(struct unit_pool *p, const struct err *e); /* the first failure wins; everybody stops taking pieces */
bool unit_failed(struct unit_pool *p, struct err *e);     /* with that failure */

#endif
