/* Tables of a binlog that are followed: how their rows are read, and become tuples of the target's types.
 * Thread: one at a time. */
#ifndef FOLLOW_FEED_TABLES_H
#define FOLLOW_FEED_TABLES_H

#include <jansson.h>

#include "mysql/binlog_row.h"
#include "mysql/charset.h"
#include "schema/model.h"
#include "value/encode.h"
#include "value/tuple.h"

struct feed_table {
    const struct table *t;
    uint32_t number; /* in the database */
    size_t ncolumns;
    struct binlog_plan *plan;
    struct encode_plan *after, *before;
    uint64_t *counts; /* of after images, not yet told */
};

struct feed_tables {
    struct arena arena;
    struct feed_table *tables;
    size_t n;
    bool met;          /* loss rules, not yet told */
    uint64_t *ignored; /* counts of before images */
    struct buf before, after;
};

struct feed_tables_options {
    const struct database *db; /* resolved; must outlive them, as charsets */
    enum dialect dialect;
    const struct charsets *charsets;
    const struct loss_policies *policies;
};

bool feed_tables_make(struct feed_tables *all, const struct feed_tables_options *o, struct err *e) WARN_UNUSED;
void feed_tables_clear(struct feed_tables *all); /* all zero is fine */

/* The images of a change, as far as it has them; valid until the next call. Losses are counted for the one after it. ERR_SOURCE_IMAGE: the
 * binlog does not hold whole rows; what the encoder refuses, with the row's key. */
bool feed_tables_encode(struct feed_tables *all, struct feed_table *ft, const struct binlog_change *c,
                        struct tuple *before, struct tuple *after, struct err *e) WARN_UNUSED;

/* Losses counted since the last call (losses.h); NULL: none. The caller owns it. */
json_t *feed_tables_losses(struct feed_tables *all);

#endif
