/* What a check found, for the terminal and as JSON (docs/check.md describes the fields). */
#ifndef CHECK_REPORT_H
#define CHECK_REPORT_H

#include <jansson.h>

#include "check/row_set.h"
#include "check/structure.h"

/* One column of a differing row. NULL: SQL NULL, or no such row. */
struct value_difference {
    char *column, *source, *target;
};

struct listed_difference {
    enum row_difference kind;
    uint64_t times;
    char *key; /* "id=7, day=2024-01-01" */
    struct value_difference
        *values; /* ROW_CHANGED: the columns that differ; otherwise all, of the side that has the row */
    size_t nvalues;
    bool gone; /* when the row was read once more both sides were equal: it has changed meanwhile */
};

/* A row that differs and that --repair could not mend. */
struct unmended_row {
    char *key, *reason;
};

struct policy_count {
    char *column;
    const char *rule, *policy;
    uint64_t count;
};

/* What a check of the target alone says of a table. */
enum quick_outcome { QUICK_NOT_KNOWN, QUICK_SAME, QUICK_DIFFERS };

/* A range of the key whose rows are not what the load read. */
struct quick_difference {
    char *column, *lower, *upper; /* [lower, upper); NULL: open */
    uint64_t loaded_rows, target_rows;
};

struct check_table_report {
    char *source, *target;
    char *not_checkable;            /* why, or NULL */
    char *left_out;                 /* columns not compared, as one side has not got them, or NULL */
    char *not_selected;             /* columns not compared, as somebody asked for, or NULL */
    uint64_t rows_from, rows_count; /* only these rows, in the order of the key; count 0: all */
    bool keyless;
    uint64_t changed_keys; /* only the rows of so many keys were compared; 0: all rows, or none */
    bool by_source_keys;   /* rows that only the target (backward: only the source) has were not looked for */
    uint64_t settled;      /* rows that differed at first, and were the same when read again */
    uint64_t source_rows, target_rows, same, changed, missing, extra, uncarriable;
    uint64_t source_bytes;
    uint64_t parts, parts_different;
    double seconds;
    struct listed_difference *listed;
    size_t nlisted;
    struct policy_count *by_policy;
    size_t nby_policy;
    uint64_t repaired; /* --repair: rows for which statements were run */
    uint64_t mended;   /* and that were equal when they were read again */
    uint64_t nunmended;
    struct unmended_row *unmended; /* some of them */
    size_t nunmended_listed;
    enum quick_outcome quick;
    uint64_t diverted; /* quick: rows that the load put aside, which are not in the target */
    struct quick_difference *quick_parts;
    size_t nquick_parts;
};

/* Where an earlier run of a resumed check stood. */
struct earlier_snapshot {
    char *at, *gtid, *binlog_file;
    uint64_t binlog_pos;
};

struct check_report {
    struct arena arena;
    bool backward;  /* the source, as this report calls it, is openGauss or PostgreSQL: see report_turn */
    bool complete;  /* everything asked for was compared */
    bool partial;   /* only some tables, once more: what an earlier check said of the others still counts */
    bool different; /* something differs that no policy explains */
    struct err error;
    char *source_version, *target_version;
    const char *dialect;
    char *gtid, *binlog_file;
    uint64_t binlog_pos;
    char *snapshot;
    uint64_t parts_kept; /* compared by earlier runs */
    struct earlier_snapshot *earlier;
    size_t nearlier;
    double total_s;
    uint64_t rows, bytes;
    struct check_table_report *tables;
    size_t ntables;
    struct structure_result structure;
    bool structure_checked, rows_checked;
    char *repair_file;
    uint64_t repair_lines; /* statements, and rows that have none */
    bool repair_cut;       /* there would have been more */
    bool quick;            /* the target alone, against what the load read: source_rows are those that it read */
    char *quick_task;      /* which load */
};

void check_report_init(struct check_report *r);
void check_report_clear(struct check_report *r);
void check_report_print(const struct check_report *r, FILE *out);
json_t *check_report_to_json(const struct check_report *r); /* the caller owns the reference */

/* A check knows MySQL as the source and openGauss as the target, whichever is the reference. This turns a finished report round for a
 * check whose reference the target was: its source is openGauss then. db: the run's. */
void check_report_turn(struct check_report *r, const struct database *db);
/* The same of an error: "the source" and "the target" in its words. Its code stays: GW2xxx is about MySQL. */
void check_error_turn(struct err *e);

/* ---- between the files: report_quick.c ---- */

void report_quick_head(const struct check_report *r, FILE *out);
void report_quick_tables(const struct check_report *r, FILE *out, struct arena *a);
json_t *report_quick_json(const struct check_table_report *t);

#endif
