/* Replication origins: marks on the transactions of a session, by which a stream of changes can tell that they came from elsewhere.
 *
 * An origin is used by one session at a time, so each applying session has one of its own; all of a task begin alike, which is what
 * decoder_options.own_origin compares. PostgreSQL sends such transactions with the origin's name, and they are passed over here; openGauss
 * does not send transactions with any origin. The server has room for max_replication_slots origins in use.
 * Needs a superuser (openGauss: system administrator), or in PostgreSQL EXECUTE on the pg_replication_origin_ functions. */
#ifndef GAUSS_ORIGIN_H
#define GAUSS_ORIGIN_H

#include "gauss/client.h"

/* Fine when it exists. */
bool origin_create(struct gauss_client *c, const char *name, struct err *e) WARN_UNUSED;
bool origin_drop(struct gauss_client *c, const char *name, struct err *e) WARN_UNUSED; /* fine when there is none */

/* All transactions of this session from now on. */
bool origin_begin(struct gauss_client *c, const char *name, struct err *e) WARN_UNUSED;
bool origin_end(struct gauss_client *c, struct err *e) WARN_UNUSED;

/* In a transaction of such a session: `position` is kept with its commit, for good and without a row of a table. */
bool origin_keep(struct gauss_client *c, uint64_t position, struct err *e) WARN_UNUSED;
/* The position of the latest such commit, 0: none. Waits until it is on disk. */
bool origin_position(struct gauss_client *c, const char *name, uint64_t *position, struct err *e) WARN_UNUSED;

/* Names that begin so, in the arena. */
bool origin_list(struct gauss_client *c, struct arena *a, const char *prefix, const char *const **out, size_t *n,
                 struct err *e) WARN_UNUSED;

#endif
