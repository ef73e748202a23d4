/* A check of those rows alone that changes were about: by their keys, which somebody finds out (follow/changed.h reads a binlog).
 * Tables of which keys do not tell everything are compared as a whole. A table without a key is left out: its rows can only be counted. */
#ifndef CHECK_CHANGED_H
#define CHECK_CHANGED_H

#include "check/differences.h"
#include "check/table_plan.h"
#include "engine/run.h"

struct check_changed {
    struct differences keys; /* by table: canonical keys; their kinds mean nothing */
    bool *whole;             /* by table */
};

/* Fills *out, which is empty, for the tables that were planned (their columns have the target's types). r: connected. */
typedef bool check_find_changed(void *arg, struct run *r, struct check_table *tables, struct check_changed *out,
                                struct err *e);

/* Where each column of t's key is among its columns that hold data, in the model's order. In the arena. */
uint16_t *changed_key_columns(struct arena *a, const struct check_table *t);

/* ---- between the files ---- */

struct check_rows;

/* Find out what changed, before anything is read: tables of which some keys are compared become MODE_CHANGED. */
bool check_changed_find(struct check_rows *c, check_find_changed *find, void *arg, struct err *e) WARN_UNUSED;
/* Compare the rows of those keys. */
bool check_changed_rows(struct check_rows *c, struct err *e) WARN_UNUSED;
void check_changed_clear(struct check_rows *c);

#endif
