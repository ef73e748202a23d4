/* What a migration would make, made in a schema that nobody will ever see: inside a transaction that is rolled back.
 * Not for other rooms. Thread: belongs to one thread at a time. */
#ifndef CHECK_STRUCTURE_SCRATCH_H
#define CHECK_STRUCTURE_SCRATCH_H

#include "engine/run.h"

struct scratch {
    char name[24]; /* godwit_check_<8 hex> */
    enum dialect dialect;
    atomic_bool *stop;
    struct arena arena; /* of the statements */
    struct database db; /* the run's, its tables in the scratch schema */
    struct ddl ddl;
    size_t *first, *order; /* table i: statements order[first[i]] .. order[first[i + 1] - 1] */
    bool apart;            /* the server takes savepoints only as statements of their own */
};

/* The statements for all tables, so that names come out as they do in a migration. */
bool scratch_prepare(struct scratch *s, const struct run *r, struct err *e) WARN_UNUSED;
void scratch_clear(struct scratch *s);

enum scratch_part {
    SCRATCH_ALL,          /* the table with its keys and triggers; without what needs others */
    SCRATCH_KEYS,         /* only what a foreign key can point at */
    SCRATCH_FOREIGN_KEYS, /* when all tables are there */
    SCRATCH_TRIGGERS,
};

/* Why the transaction cannot go on although nothing is wrong: begin again. */
enum scratch_again {
    SCRATCH_GOES_ON,
    SCRATCH_FULL,  /* the server holds no more locks in one transaction: with fewer tables */
    SCRATCH_APART, /* as it is: s->apart has been set */
};

/* Make a part of table i. *reason: why the target does not take it (in the arena), or NULL. */
bool scratch_make(struct scratch *s, struct gauss_client *c, size_t i, enum scratch_part part, struct arena *a,
                  const char **reason, enum scratch_again *again, struct err *e) WARN_UNUSED;

/* Would a migration make a part of it? */
bool scratch_has(const struct scratch *s, size_t i, enum ddl_stage stage);

/* The table of the run that a foreign key points at, or SIZE_MAX. */
size_t scratch_referred(const struct scratch *s, const struct foreign_key *k);

#endif
