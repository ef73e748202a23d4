/* What a killed check had compared is not compared again: parts that were finished are kept in a journal (journal.h), sums of a
 * table that was half read in a file beside it.
 *
 * The rest is read in the new run's snapshots, so a resumed check speaks of several moments; the report names them. Rows that
 * differed in an earlier run are looked at again. Tables of which only a range of rows is compared begin again.
 * Thread: the functions called while readers work take a lock; the others belong to the check's own thread. */
#ifndef CHECK_RESUME_H
#define CHECK_RESUME_H

#include "check/report.h"
#include "check/rows.h"

/* A range of a table that an earlier run compared: [lower, upper) of its first key column, NULL: open. */
struct compared_range {
    char *lower, *upper;
};

/* Open the journal; with c->resume take over what is in it: counts, parts to look at again. c->results is there.
 * ERR_RESUME_NONE: c->resume is CHECK_RESUME and there is nothing. A default journal that cannot be written is only logged. */
bool resume_open(struct check_rows *c, struct err *e) WARN_UNUSED;

/* The snapshots of this run are made: for the report of the next. */
void resume_snapshot(struct check_rows *c);

/* MODE_RANGES: what of the table need not be read, in key order. */
const struct compared_range *resume_ranges(const struct check_rows *c, const struct check_table *t, size_t *n);

/* MODE_BUCKETS: the whole table was compared. */
bool resume_is_compared(const struct check_rows *c, const struct check_table *t);

/* MODE_BUCKETS: the table was half read: its pieces and their sums into u. */
bool resume_sums(struct check_rows *c, struct unit *u);

/* A piece was added to u's sums; u->table->lock is held. Writes them down every few seconds. */
void resume_sums_grew(struct check_rows *c, struct unit *u);

/* Around the comparison of a unit: its differences (check_difference), then its outcome. */
void resume_lock(struct check_rows *c);
void resume_difference(struct check_rows *c, size_t table, enum row_difference kind, const uint8_t *key, size_t len,
                       uint64_t times);
void resume_compared(struct check_rows *c, const struct unit *u, bool again);
void resume_looked_again(struct check_rows *c, const struct unit *u);
void resume_unlock(struct check_rows *c);

/* Look again at the rows that differed in earlier runs. */
bool resume_verify(struct check_rows *c, struct err *e) WARN_UNUSED;

void resume_report(const struct check_rows *c, struct check_report *report);

/* over: the check came to its end, and the journal goes. */
void resume_close(struct check_rows *c, bool over);

/* ---- between the files ---- */

struct table_resume {
    char plan[DIGEST_TEXT]; /* of what is compared, and how: another plan's parts are of no use */
    struct compared_range *ranges;
    size_t n, cap;
    bool compared, was_compared; /* MODE_BUCKETS; was: by an earlier run */
};

struct earlier_run {
    char *at, *gtid, *file;
    uint64_t pos;
};

struct resume {
    struct journal *journal;
    struct arena arena;
    struct table_resume *tables;
    struct differences earlier; /* of runs before this one */
    struct earlier_run *runs;
    size_t nruns, runs_cap;
    uint64_t parts_kept;
};

char *resume_sums_path(const struct check_rows *c, const struct check_table *t); /* the caller frees */

#endif
