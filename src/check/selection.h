/* Which tables are compared, of those the task takes, and which of their columns and rows, when not all of them (the manual's
 * rules.table, rules.column and rules.row). */
#ifndef CHECK_SELECTION_H
#define CHECK_SELECTION_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "schema/catalog.h"

struct column_rule {
    const char *tables; /* a pattern over source names: glob or /regex/ */
    char **columns;
    size_t n;
    bool exclude;
};

struct row_rule {
    const char *tables;
    uint64_t offset, count; /* of the rows in key order */
};

struct selection {
    struct catalog_filter tables; /* of those the task takes */
    struct column_rule *columns;
    size_t ncolumns;
    struct row_rule *rows;
    size_t nrows;
};

/* "orders=id,total" or "/^log_/=payload". ERR_USAGE or ERR_PATTERN when it is not of that form. */
bool selection_add_columns(struct selection *s, struct arena *a, const char *text, bool exclude,
                           struct err *e) WARN_UNUSED;

/* Forget all include rules, or all exclude rules. */
void selection_drop_columns(struct selection *s, bool exclude);

/* "orders=0,100000": OFFSET,COUNT. */
bool selection_add_rows(struct selection *s, struct arena *a, const char *text, struct err *e) WARN_UNUSED;

/* Does a rule's pattern match this table? */
bool selection_matches(const char *pattern, const char *table);

/* Is this column compared? A column of the row's key always is: `key`. Include rules, where a table has any, name all that
 * are; exclude rules take away from those. */
bool selection_has_column(const struct selection *s, const char *table, const char *column, bool key);

/* The first rule for the table, or NULL: all rows. */
const struct row_rule *selection_rows(const struct selection *s, const char *table);

#endif
