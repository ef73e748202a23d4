/* A load that goes on at a later moment of the source than it began at: which rows have changed since, by their keys, so that what was
 * loaded before can be brought to the later moment (load_moved.c). Somebody reads the source's binlog for it (moved_find).
 *
 * A row is found again by its key. Where that does not work (no key, one of floats, more changed keys than are kept) the table is
 * loaded anew.
 * Thread: one fills it; then workers read, each a table of its own. */
#ifndef ENGINE_MOVED_H
#define ENGINE_MOVED_H

#include "base/spill.h"
#include "engine/source.h"
#include "schema/model.h"
#include "value/canon.h"
#include "value/digest_set.h"
#include "value/tuple.h"

struct moved_table {
    const struct table *t;
    enum dialect dialect;
    bool older;               /* some of its chunks were read at an earlier moment than the others' */
    bool whole;               /* it is to be loaded anew */
    bool *referred;           /* of a tuple's fields: does a foreign key that cascades refer to the column? */
    bool cascades;            /* rows went, or such a column changed */
    struct spill keys;        /* canonical: nkeys fields */
    struct canon_plan *canon; /* of the key's columns; NULL: it has no key to be found by */
    const struct column **columns;
    uint16_t *at; /* of each, where it is in a tuple */
    size_t nkeys, ntuple;
    struct digest_set seen;
};

struct moved {
    struct arena arena;
    struct moved_table *tables; /* of the database, by number */
    size_t n;
    uint64_t nkeys; /* of all tables */
    struct field *fields, *before;
    struct buf key;
};

/* db: resolved; must outlive it. */
bool moved_begin(struct moved *m, const struct database *db, enum dialect d, struct err *e) WARN_UNUSED;
void moved_clear(struct moved *m); /* all zero is fine */

/* A row of a table has changed: as it was, as it is; at least its key's columns are told. Bytes NULL: there was, or is, none. */
bool moved_add(struct moved *m, size_t table, struct tuple before, struct tuple after, struct err *e) WARN_UNUSED;

/* The source changes rows by its foreign keys without telling, after all that it told is in: whatever such changes may have reached. */
void moved_unseen(struct moved *m);

/* Keys do not tell everything about this table. */
void moved_whole(struct moved *m, size_t table);

/* The next so many keys, as conditions: of the target a list of rows of values, of the source a condition. From spill_rewind on. *n = 0:
 * no more. In the arena. */
bool moved_target_keys(struct moved_table *t, struct arena *a, size_t most, char **values, size_t *n,
                       struct err *e) WARN_UNUSED;
bool moved_source_keys(struct moved_table *t, struct arena *a, size_t most, char **condition, size_t *n,
                       struct err *e) WARN_UNUSED;

struct run;

/* Fill *out (begun) with what changed behind `from` until at least `to`; more does no harm. r: connected. Errors: those of reading the binlog;
 * ERR_SOURCE_MOVED where definitions changed. */
typedef bool moved_find(struct run *r, const struct position *from, const struct position *to, struct moved *out,
                        struct err *e);

#endif
