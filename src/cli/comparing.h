/* While changes are followed: rows that have changed are compared now and then, on a thread of its own (follow/changed.h).
 * Thread: begin, end one; look the one that follows; see any. */
#ifndef CLI_COMPARING_H
#define CLI_COMPARING_H

#include "follow/task.h"

struct comparing;

struct comparing_options {
    const struct task *task; /* lives as long */
    int64_t every_ms;        /* 0: never */
    uint64_t rows;           /* or when so many have changed since; 0: they do not matter */
    /* Rows differ: ERR_CHECK_DIFFERENT, with the first of them. On its thread. */
    void (*differs)(void *arg, const struct err *e);
    void *arg;
};

/* *out NULL: never. */
bool comparing_begin(struct comparing **out, const struct comparing_options *o, struct err *e) WARN_UNUSED;
void comparing_end(struct comparing *c); /* NULL is fine */

/* How it goes with following. Fills in now->compared. */
void comparing_look(struct comparing *c, struct follow_status *now);

#endif
