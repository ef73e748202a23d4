/* The pool of work of a load: which chunk, plan or key a worker does next.
 *
 * Tables give out work in stages: plan it (split into chunks), load its chunks, read
 * again what changed since the older ones (load_moved.c), then build its keys. Workers take the
 * chunk of the table with the most bytes left per worker on it, so that large tables start first, several tables are
 * written at once (less contention inside one), and nobody is idle at the end. Keys are built as soon as their table
 * is loaded, by at most half of the workers while there is still data to move.
 *
 * Thread: every function may be called from any worker; one mutex. */
#ifndef ENGINE_WORK_H
#define ENGINE_WORK_H

#include <pthread.h>

#include "engine/chunk.h"
#include "schema/ddl.h"

enum work_kind { WORK_NONE, WORK_PLAN, WORK_CHUNK, WORK_MOVED, WORK_KEY };

struct work_item {
    enum work_kind kind;
    size_t table;
    const struct chunk *chunk;             /* WORK_CHUNK */
    const struct ddl_statement *statement; /* WORK_KEY */
    unsigned helpers; /* WORK_KEY: processes the target may add, when there are fewer builds than workers */
    const struct chunk *plan_after; /* WORK_PLAN: the last chunk already planned, or NULL */
};

struct work_table;

struct work {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct arena arena; /* of the chunks */
    struct work_table *tables;
    size_t ntables;
    unsigned workers, readers, building; /* alive; alive with a source connection; now building keys */
    bool failed;
    struct err error; /* the first one */
};

void work_init(struct work *w, size_t ntables, unsigned workers);
void work_clear(struct work *w);

/* Before the workers start. */
void work_set_size(struct work *w, size_t table, uint64_t bytes);
void work_set_planned(struct work *w, size_t table); /* the plan is whole already */
void work_set_plan_after(struct work *w, size_t table, const struct chunk *last);
void work_set_moved(struct work *w, size_t table); /* some of its chunks are of an earlier moment */
void work_add_key(struct work *w, size_t table, const struct ddl_statement *s);

/* Add a chunk (copied into the pool's arena). Any time. */
void work_add_chunk(struct work *w, const struct chunk *c);
void work_plan_done(struct work *w, size_t table);

/* The next thing to do; waits while others may still produce some. can_read: the caller has a source connection.
 * WORK_NONE: nothing left (for this worker), or the run failed. */
struct work_item work_next(struct work *w, bool can_read);
/* A chunk for a worker that is about to finish another one, without waiting; false when it had better ask work_next. */
bool work_next_chunk(struct work *w, struct work_item *item);
void work_done(struct work *w, const struct work_item *item);
/* Not done: somebody else shall do it. */
void work_give_back(struct work *w, const struct work_item *item);

/* The first failure wins; everybody stops taking work. */
void work_fail(struct work *w, const struct err *e);
bool work_failed(struct work *w);

/* A worker lost its source connection, or ends. */
void work_reader_lost(struct work *w);
void work_worker_ends(struct work *w, bool was_reader);

/* Is there data to read? */
bool work_needs_source(struct work *w);

/* Is everything loaded and built? */
bool work_complete(struct work *w);

/* True once, for the caller that finished the last chunk / the last key of the table. */
bool work_table_loaded(struct work *w, size_t table);
bool work_table_built(struct work *w, size_t table);

#endif
