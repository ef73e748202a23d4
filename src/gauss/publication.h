/* Publications, which say what pgoutput sends, and the replica identity of tables, which says what it tells of old rows.
 * Over an ordinary connection; names as they are in the catalog, quoted here. */
#ifndef GAUSS_PUBLICATION_H
#define GAUSS_PUBLICATION_H

#include "gauss/client.h"
#include "value/dialect.h"

struct gauss_table {
    const char *schema, *name;
};

/* For these tables (at least one), all of insert, update, delete and truncate. In PostgreSQL changes of partitions are told as
 * the partitioned table's. The role must own the tables, and may CREATE in the database. */
bool publication_create(struct gauss_client *c, enum dialect d, const char *name, const struct gauss_table *tables,
                        size_t n, struct err *e) WARN_UNUSED;
/* These tables and no others. A running stream takes it up by itself. */
bool publication_set(struct gauss_client *c, const char *name, const struct gauss_table *tables, size_t n,
                     struct err *e) WARN_UNUSED;
bool publication_drop(struct gauss_client *c, const char *name,
                      struct err *e) WARN_UNUSED; /* fine when there is none */
/* Its tables by name, in the arena. ERR_PUBLICATION when there is none. */
bool publication_tables(struct gauss_client *c, struct arena *a, const char *name, struct gauss_table **out, size_t *n,
                        struct err *e) WARN_UNUSED;

struct replica_identity {
    char kind;         /* d default: the primary key; f full row; i index; n nothing */
    const char *index; /* of kind i */
    bool has_key;      /* old rows can be told apart: i, f, or d with a primary key */
};

/* ERR_TARGET_CHANGED when there is no such table. In the arena. */
bool replica_identity_read(struct gauss_client *c, struct arena *a, const struct gauss_table *t,
                           struct replica_identity *out, struct err *e) WARN_UNUSED;
/* Set, or put back what was read. */
bool replica_identity_set(struct gauss_client *c, const struct gauss_table *t, const struct replica_identity *to,
                          struct err *e) WARN_UNUSED;

#endif
