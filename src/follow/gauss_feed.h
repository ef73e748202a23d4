/* A slot's changes as a feed: the target's rows in canonical form, on their way back into the source.
 *
 * A place has the slot's name as its file and a position of the log (LSN) as its offset. While the cutter is busy elsewhere a thread of
 * the feed's own tells the server that somebody is there. */
#ifndef FOLLOW_GAUSS_FEED_H
#define FOLLOW_GAUSS_FEED_H

#include "follow/back_tables.h"
#include "follow/feed.h"
#include "gauss/change_stream.h"

struct gauss_feed_options {
    const struct task *task;
    enum dialect dialect;
    const struct back_tables *tables;
    struct decoder_choice decoder;
    const char *slot, *publication;
    const char *generation; /* which slot of this name it is: a place's server */
    const char *own_origin; /* NULL, or how the names of our own origins begin */
    uint64_t until;         /* end when everything before this position is told; 0: never */
};

struct gauss_feed;

bool gauss_feed_new(struct gauss_feed **out, const struct gauss_feed_options *o, struct err *e) WARN_UNUSED;
void gauss_feed_free(struct gauss_feed *f); /* NULL is fine */
struct feed gauss_feed_feed(struct gauss_feed *f);

/* Bytes received so far, and the position the server has told last. Any thread. */
uint64_t gauss_feed_received(struct gauss_feed *f);

#endif
