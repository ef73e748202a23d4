/* Logical replication slots, over an ordinary connection of a role that may replicate.
 *
 * A slot makes the server keep its log from the oldest transaction that may still have to be sent: one that nobody reads fills its
 * disk. Names: lower-case letters, digits and _, at most 63. Errors about slots are ERR_SLOT_*. */
#ifndef GAUSS_SLOT_H
#define GAUSS_SLOT_H

#include "gauss/client.h"
#include "value/dialect.h"

struct slot {
    const char *name, *plugin, *database;
    bool active;      /* somebody streams from it */
    uint32_t pid;     /* who; 0: not told */
    uint64_t restart; /* the log is kept from here */
    uint64_t
        confirmed; /* transactions that ended before are not sent again. openGauss and PostgreSQL forget its latest steps in a
                         * restart, so it may fall back: never further than what was confirmed is lost, only sent again */
    bool lost; /* PostgreSQL: its log is gone */
};

/* In no transaction that has written. *position: where the slot begins; what commits later is in it. Fails when it exists. */
bool slot_create(struct gauss_client *c, const char *name, const char *plugin, uint64_t *position,
                 struct err *e) WARN_UNUSED;
/* ERR_SLOT_MISSING when there is none, ERR_SLOT_BUSY while it is read. */
bool slot_drop(struct gauss_client *c, const char *name, struct err *e) WARN_UNUSED;
/* The same, waiting up to wait_ms for whoever reads it: a slot is let go a moment after its reader has gone. Fine when there is none. */
bool slot_drop_waiting(struct gauss_client *c, const char *name, int64_t wait_ms, struct err *e) WARN_UNUSED;
/* Forget changes before `to`, without reading them. */
bool slot_advance(struct gauss_client *c, const char *name, uint64_t to, struct err *e) WARN_UNUSED;

/* All logical slots of the server whose name begins so (""), by name. In the arena. */
bool slot_list(struct gauss_client *c, struct arena *a, enum dialect d, const char *prefix, struct slot **out,
               size_t *n, struct err *e) WARN_UNUSED;
/* ERR_SLOT_MISSING when there is none. */
bool slot_read(struct gauss_client *c, struct arena *a, enum dialect d, const char *name, struct slot *out,
               struct err *e) WARN_UNUSED;

/* Where the server's log ends now: everything committed before this call ended before. */
bool log_position(struct gauss_client *c, enum dialect d, uint64_t *position, struct err *e) WARN_UNUSED;

#endif
