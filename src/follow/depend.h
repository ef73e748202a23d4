/* Which part has to wait for which: those that touch a value that an earlier part, not yet committed, touches too, unless both only
 * rely on it. Nothing else waits.
 * Thread: one at a time (the lock is the caller's). */
#ifndef FOLLOW_DEPEND_H
#define FOLLOW_DEPEND_H

#include "follow/batch.h"

struct depend_entry;
enum { DEPEND_ENTRY_BYTES = 40 }; /* of memory, for each value a part touches */

struct depend {
    struct depend_entry **buckets;
    size_t nbuckets, n;
};

/* What a part has entered; owned by depend. */
struct depend_part {
    void *owner;
    struct depend_entry *entries;
    size_t n;
};

void depend_init(struct depend *d);
void depend_clear(struct depend *d); /* what is still entered goes, too */

/* Called for each earlier part that has to be committed first; for one it may be called more than once. */
typedef void depend_sink(void *arg, void *earlier);

/* Parts enter in the order of the stream. */
void depend_enter(struct depend *d, struct depend_part *entered, void *owner, const struct part *p, depend_sink *sink,
                  void *arg);

/* It is committed. */
void depend_leave(struct depend *d, struct depend_part *entered);

#endif
