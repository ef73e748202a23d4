/* A source that is made up: transactions on a few tables, each a function of the seed and its number, so that a run that was killed
 * goes on with the same ones, and what the tables must hold in the end is known without any server.
 *
 * Tables t0, t1, ..: id bigint key, k int, p bigint (refers to the table before in odd tables of unique_fk), c char(120), pad char(60). */
#ifndef TESTS_APPLY_MADE_H
#define TESTS_APPLY_MADE_H

#include "follow/feed.h"

enum made_kind {
    MADE_MIXED,      /* insert, update, delete 30/10/10, transactions of 1 to 9 changes */
    MADE_UNIQUE_FK,  /* single changes; k is unique and moves about, p refers */
    MADE_CONFLICT10, /* mixed; one in ten goes to a hundred rows */
    MADE_HOT,        /* all updates of one row */
    MADE_HUGE,       /* one transaction */
    MADE_KEYS,       /* keys change, rows come back */
};

struct made_options {
    enum made_kind kind;
    uint64_t seed;
    unsigned tables;
    uint64_t rows;    /* of each table, before the first change */
    uint64_t changes; /* about so many in all */
};

struct made;

bool made_kind_parse(const char *text, enum made_kind *out);

/* The model, and the source. Tables' definitions and the database live in the arena. */
void made_database(struct arena *a, const struct made_options *o, enum dialect d, struct database *out);
struct made *made_new(const struct made_options *o);
void made_free(struct made *m);
struct feed made_feed(struct made *m);

/* Run through the whole stream, or none of it, telling nothing; then ask for what each table holds. */
void made_rewind(struct made *m, bool to_the_end);
/* Rows by id; the next at or after *id, which moves behind it. row: fields of a COPY binary tuple without the count. False: none. */
bool made_row(struct made *m, unsigned table, uint64_t *id, struct buf *row);

#endif
