/* How one table is compared: which columns, in which order, by which SELECT on either side, and in which pieces.
 *
 * The target is taken as it is: its own catalog tells what type each column has, and values are compared in that type's canonical
 * form, so databases that godwit did not load can be compared as well. Key columns come first, so that a row's key is the
 * beginning of its canonical form. */
#ifndef CHECK_TABLE_PLAN_H
#define CHECK_TABLE_PLAN_H

#include <pthread.h>

#include "check/selection.h"
#include "engine/run.h"
#include "value/canon.h"

enum check_mode {
    MODE_RANGES,  /* both sides are read by the same key ranges; each range is compared as soon as both have read it */
    MODE_BUCKETS, /* each side is read whole, in pieces of its own; rows fall into buckets by a hash of their key */
    MODE_CHANGED, /* rows of given keys alone */
    MODE_KEYS,    /* a range of rows of a key both sides may order differently: the target's rows are looked up by the
                   * source's keys, so rows that only the target has are not found */
};

struct check_table {
    const struct table *t; /* its columns' target types are the target's own from here on */
    size_t number;         /* in db.tables */
    enum check_mode mode;
    char *not_checkable; /* why its rows cannot be compared, or NULL */
    bool missing;        /* because the target has no such table */
    const struct column **columns;
    size_t n, nkeys;             /* nkeys 0: no key, rows are a multiset */
    char *left_out;              /* columns only one side has, for the report; NULL: none */
    char *not_selected;          /* columns that are not to be compared; NULL: none */
    const struct row_rule *rows; /* only these rows, in the order of the key; NULL: all */
    bool one_piece;              /* such a range is not split */
    char *source_select;         /* "SELECT .. FROM .." without WHERE, index hint for ranges included */
    char *target_select;
    bool target_text;     /* COPY text: asked for, or an openGauss where some type's binary form is not the known one */
    bool key_may_be_null; /* in the target: its last range takes the NULLs in */
    bool tid_ranges;      /* the target can be read in parts by ctid */
    struct canon_plan *canon;
    pthread_mutex_t lock; /* of what follows, made by the first reader that sees the source's result */
    struct arena encode_arena;
    struct encode_plan *encode;
};

/* One per table of r->db. r: connected by run_connect; its source and target sessions are used. Changes the columns' target types to
 * those found. The arena keeps everything. A selection that names no table or column of the source is ERR_SELECTION. */
bool check_tables_plan(struct run *r, struct arena *a, const struct selection *s, struct check_table **out,
                       struct err *e) WARN_UNUSED;
void check_tables_clear(struct check_table *tables, size_t n);

/* The query of a piece: where "" for all. */
char *check_source_sql(struct arena *a, const struct check_table *t, const char *where);
char *check_target_sql(struct arena *a, const struct check_table *t, const char *where); /* a COPY .. TO STDOUT */

/* The target's condition for a range of integers: of the key's first column, or of all its columns ("" for the whole table). */
char *check_target_range(struct arena *a, const struct check_table *t, const struct chunk *c);

/* The load's encoder, for this table's columns as the source describes them. Any thread. Policies that would stop the check are
 * replaced by the first that changes the value, which is counted. */
bool check_encoder(struct check_table *t, const struct task *task, enum dialect d, const struct mysql_columns *got,
                   struct err *e) WARN_UNUSED;

/* The policy the check applies to a rule: the task's, or where that would stop it, one that changes the value. */
enum loss_policy check_policy(const struct loss_policies *asked, enum loss_rule rule);

#endif
