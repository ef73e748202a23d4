/* What the target needs to tell its changes: a replication slot, a publication, and replica identities that tell enough of old rows. Made
 * at the moment from which on changes are to be carried back, written down in godwit.reverse, and put back at the end. */
#ifndef FOLLOW_WAY_BACK_H
#define FOLLOW_WAY_BACK_H

#include "engine/run.h"
#include "follow/back_tables.h"
#include "gauss/change_stream.h"

enum way_back_state { WAY_BACK_NONE, WAY_BACK_MAKING, WAY_BACK_READY, WAY_BACK_ENDING };

struct way_back {
    enum way_back_state state;
    const char *slot, *publication, *plugin;
    uint64_t position;      /* changes begin here */
    const char *generation; /* tells this slot from one of the same name before or after it, or of another target */
    const char *key;        /* the task's name with a hash of that: its name in the source's godwit.progress */
    const char *identities; /* as they were, JSON */
};

/* The name of a task's slot and publication, in the arena. Names are of the whole server. */
char *way_back_name(struct arena *a, const char *task, const char *database);

/* The begin of the names of a task's replication origins, which mark what was carried forward; in the arena. */
char *way_forward_name(struct arena *a, const char *task);

/* Nobody carries forward any more: the origins go. What cannot be done is logged. */
void way_forward_end(struct run *r, struct gauss_client *c);

/* Which decoder, and why. */
bool way_back_decoder(struct run *r, struct decoder_choice *out, struct err *e) WARN_UNUSED;

/* What there is. In the arena. */
bool way_back_read(struct run *r, struct arena *a, struct way_back *out, struct err *e) WARN_UNUSED;

/* The task is claimed (r->load.checkpoint). What is ready is left as it is; anything else is made anew. Waits for transactions that are
 * open in the target. */
bool way_back_make(struct run *r, struct arena *a, const struct back_tables *tables, struct way_back *out,
                   struct err *e) WARN_UNUSED;

/* Replica identities as they were, no publication, no slot, no row of godwit.reverse. Fine when some of it is gone already. */
bool way_back_end(struct run *r, struct gauss_client *c, const struct checkpoint *cp, const struct way_back *w,
                  struct err *e) WARN_UNUSED;

#endif
