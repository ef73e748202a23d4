/* Tables on the way back: how a row of the target's changes becomes one of the source's. One for each table of a database, with the
 * same columns as follow_table (those that hold data, in the model's order), of the types that the target really has.
 *
 * A column whose values the load (or following) had to change is `lossy`: what is in the target is not what the source has. Such a
 * column is written only where it has changed, and a NULL that stands for a zero date becomes one again.
 * Thread: read-only once made. */
#ifndef FOLLOW_BACK_TABLES_H
#define FOLLOW_BACK_TABLES_H

#include "engine/run.h"
#include "follow/change.h"
#include "mysql/row_sql.h"

struct back_table {
    const struct table *t;
    const struct column **columns;
    size_t ncolumns;
    bool *in_key, *lossy; /* by column */
    size_t *key, nkey;    /* 0: rows are a multiset */
    struct canon_plan *canon;
    struct row_table row; /* the key's columns come first there */
    size_t *order;        /* column i of row is column order[i] here */
    bool whole;           /* the old row has to be told whole: replica identity FULL */
    bool triggers;        /* the source's table has some */
};

struct back_tables {
    struct back_table *tables;
    size_t n;
};

/* r: connected. Changes the columns' target types to those found (as the check does); the arena keeps everything. Errors: of both ends;
 * ERR_TARGET_SCHEMA when a table's values could not be carried back. */
bool back_tables_make(struct run *r, struct arena *a, struct back_tables *out, struct err *e) WARN_UNUSED;

#endif
