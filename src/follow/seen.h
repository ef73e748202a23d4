/* What following has told last, for other threads that wait for it. */
#ifndef FOLLOW_SEEN_H
#define FOLLOW_SEEN_H

#include <pthread.h>

#include "follow/task.h"

struct follow_seen {
    pthread_mutex_t lock;
    /* under the lock */
    struct follow_status last;
    unsigned looks; /* so many times it was told */
    bool ended;
};

void follow_seen_init(struct follow_seen *s);
void follow_seen_clear(struct follow_seen *s);

/* On the thread that follows: how it goes, and that nothing more will come. */
void follow_seen_look(struct follow_seen *s, const struct follow_status *now);
void follow_seen_end(struct follow_seen *s);

/* Any thread. */
struct follow_status follow_seen_last(struct follow_seen *s, unsigned *looks, bool *ended);

/* Return when the target has what the source had when this was called. ERR_CANCELLED: following has ended, or *stop. */
bool follow_seen_applied(struct follow_seen *s, const atomic_bool *stop, struct err *e) WARN_UNUSED;

#endif
