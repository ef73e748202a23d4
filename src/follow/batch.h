/* A batch: a run of changes of the stream, folded to what becomes of each row, and cut into parts that can be applied apart.
 *
 *   batch_add    one change after the other (fold.c)
 *   batch_close  groups of rows that have to be changed together (groups.c), parts, and the order inside a part (parts.c)
 *
 * What becomes of a row: nothing, insert, update, delete, or replace (deleted and inserted again, because another unique key of it
 * changed: then it does not matter which of two rows gives up a value first). Changes of different rows that touch the same value of a key
 * fall into one group, a group into one part. Which part depends on nothing but the changes, the tables and the number of parts.
 * Thread: one at a time. */
#ifndef FOLLOW_BATCH_H
#define FOLLOW_BATCH_H

#include "follow/change.h"
#include "follow/touch.h"

enum net_kind {
    NET_NOTHING,
    NET_DELETE,
    NET_REPLACE,
    NET_INSERT,
    NET_UPDATE,
    NET_MOVE, /* one update as one statement, of the row key too, alone in its batch */
};

/* What becomes of one row; of a table without a key: of all rows that look like this one. */
struct net_change {
    uint32_t table;
    uint8_t kind;     /* enum net_kind, after batch_close */
    bool was_there;   /* before the batch */
    bool is_there;    /* after it */
    bool was_deleted; /* in between */
    bool alone;       /* NET_MOVE */
    uint32_t part;
    uint32_t group;       /* index of the group's first; after batch_close */
    int32_t copies;       /* keyless: so many more (or fewer) rows */
    uint64_t hash;        /* of table and key */
    struct tuple key;     /* its fields; keyless: the whole row */
    struct tuple after;   /* of what is there; with absent columns where the row was there and they did not change */
    struct touch *before; /* by rule of its table, of the row as it was; NULL: it was not there */
    struct touch *now;    /* of the row as it will be; NULL: it will not be there */
};

/* What a part touches, each hash once. */
struct touched {
    uint64_t hash;
    uint32_t net;
    bool writes; /* false: only relies on it */
};

/* What is done to one table with one kind of statement. A replaced row is in two steps. */
enum step_kind { STEP_DELETE, STEP_INSERT, STEP_UPDATE, STEP_MOVE };

struct step {
    enum step_kind kind;
    uint32_t table;
    struct net_change **changes; /* by key */
    size_t n;
};

struct part {
    struct step *steps; /* in the order in which they have to be done */
    size_t nsteps;
    size_t n; /* changes */
    struct touched *touched;
    size_t ntouched;
    uint64_t bytes; /* of keys and images */
};

struct batch {
    struct arena arena;
    const struct follow_tables *tables;
    struct net_change *nets;
    size_t n, cap;
    uint32_t *slots; /* hash table: 1 + index in nets */
    size_t nslots;
    struct field *fields, *old_fields; /* scratch, fields_max each */
    uint64_t changes;                  /* taken in, folded away or not */
    uint64_t digest;                   /* of their keys and kinds, in order */
    bool ends;                         /* nothing more may be added */
    struct hash_set { /* values that may not be touched twice, values given up, tables changed: see fold.c */
        uint64_t *hashes, *owners;
        size_t n, cap;
    } apart;
    struct part *parts; /* after batch_close */
    uint32_t nparts;
};

void batch_init(struct batch *b, const struct follow_tables *tables);
void batch_clear(struct batch *b);

/* Fold a change in; its bytes are copied. False: it cannot go into this batch (which is then not empty and has to be closed first). */
bool batch_add(struct batch *b, const struct row_change *c) WARN_UNUSED;

/* Bytes it holds by now. */
static inline uint64_t batch_bytes(const struct batch *b) {
    return b->arena.used_bytes;
}

void batch_close(struct batch *b, uint32_t parts);

/* ---- between the files of a batch ---- */

/* Every touch of a closed change: of what it was and what it will be. */
typedef void touch_sink(void *arg, uint32_t net, uint64_t hash, bool writes);
void batch_touches(const struct batch *b, uint32_t net, touch_sink *sink, void *arg);

void batch_group(struct batch *b);

#endif
