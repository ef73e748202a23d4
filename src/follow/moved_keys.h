/* Which rows changed at the source while a load did not run: out of its binlog, for a load that is resumed (engine/moved.h). */
#ifndef FOLLOW_MOVED_KEYS_H
#define FOLLOW_MOVED_KEYS_H

#include "engine/run.h"

/* A moved_find. The account needs REPLICATION SLAVE, and the source's binlog from `from` on. */
bool moved_keys_find(struct run *r, const struct position *from, const struct position *to, struct moved *out,
                     struct err *e) WARN_UNUSED;

#endif
