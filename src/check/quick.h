/* The check of the target alone: does each table hold the rows the load read? The load added up the digests of the rows it wrote
 * (engine/load_digest.h); here every row of the target is read, and the sums are compared. The source's rows are not read.
 *
 * A table whose load kept no digests, was not finished, or added to rows that were there already is "not known", never "same".
 * Files: quick_plan.c what the load left behind, and what is read; quick.c reading and comparing. */
#ifndef CHECK_QUICK_H
#define CHECK_QUICK_H

#include "check/rows.h"

/* Plans the tables (c->tables) and fills the tables of the report. max_listed: parts that differ shown per table; 0: 100. */
bool check_quick(struct check_rows *c, uint64_t max_listed, struct check_report *report, struct err *e) WARN_UNUSED;

/* ---- between the files ---- */

/* What one SELECT reads. */
struct quick_part {
    struct check_table *table;
    char *where;
    const struct chunk_record *chunk; /* whose rows these should be; NULL: a piece that is no chunk's */
    struct digest expected;           /* of the chunk */
    struct digest found;
    uint64_t rows, bytes; /* found */
    int64_t from_us, to_us;
};

struct quick_table {
    const char *not_known; /* why, or NULL */
    uint64_t rows, diverted;
    struct digest sum;
    bool by_chunk; /* its parts are the load's chunks */
    struct quick_part *parts;
    size_t nparts;
};

struct quick {
    struct check_rows *rows;
    struct quick_table *tables; /* beside rows->tables */
    struct quick_part **parts;  /* of all tables, the largest first */
    size_t nparts;
    struct task_record record;
};

/* What the target's godwit schema knows of the load, and what there is to read. */
bool quick_plan(struct quick *q, struct err *e) WARN_UNUSED;

/* Do the chunks of a table, by number, cover the integers of its key's first column without gap or overlap? */
bool quick_chunks_are_ranges(const struct chunk_record *chunks, size_t n);

#endif
