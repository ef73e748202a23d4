/* How a table is split in the target, as decided by ddl_partition.c and written by ddl_partition_write.c. */
#ifndef SCHEMA_DDL_PARTITION_INTERNAL_H
#define SCHEMA_DDL_PARTITION_INTERNAL_H

#include "schema/ddl_internal.h"

enum split_kind { SPLIT_RANGE, SPLIT_LIST, SPLIT_HASH };

/* One bound or list value, ready to print. */
enum bound_kind { BOUND_VALUE, BOUND_NULL, BOUND_MAX, BOUND_DEFAULT };
struct bound {
    enum bound_kind kind;
    char *sql; /* of BOUND_VALUE: a literal */
};

struct split_part {
    const struct partition *from;
    struct bound *bounds; /* range: one a key; list: the values */
    size_t n;
};

struct split {
    enum split_kind kind;
    char **keys;                   /* quoted column, or (expression) */
    const struct column **columns; /* the same, where keys are columns; all columns read by expressions too */
    size_t nkeys, ncolumns;
    bool by_expr;
    struct split_part *parts; /* range and list */
    size_t nparts;            /* hash: how many */
    bool rest;                /* a last partition for rows that the others do not take */
};

struct partition_side {
    struct split main;
    struct split *sub; /* NULL: none */
};

/* ---- ddl_partition_convert.c ---- */

/* YEAR(d), TO_DAYS(d), TO_SECONDS(d), UNIX_TIMESTAMP(ts): functions that never fall when their column rises, so that a
 * range of theirs is a range of the column. */
enum monotone { MONOTONE_NONE, MONOTONE_YEAR, MONOTONE_TO_DAYS, MONOTONE_TO_SECONDS, MONOTONE_UNIX_TIMESTAMP };
enum monotone partition_monotone(struct arena *a, const struct table *t, const char *expr,
                                 const struct column **column);
/* The column's value at which the function reaches `number`, as a literal; NULL: out of the calendar. *max: above it. */
char *partition_bound(struct arena *a, enum monotone m, const struct column *c, const char *number, bool *max);

/* `a`,`b c`: column names; NULL where one is not a column of the table. */
const struct column **partition_columns(struct arena *a, const struct table *t, const char *list, size_t *n);
/* `a`, (`a`), a: an expression that is one column and nothing else, or NULL. */
const struct column *partition_column(struct arena *a, const struct table *t, const char *expr);

#endif
