/* The parts of batches on their way into the target: which may go now, which wait, how far all are through.
 *
 * The cutter submits flights (closed batches with where the stream stood behind them), appliers take jobs (one part each) whose
 * predecessors are committed, and the coordinator asks for the mark: everything before it is in the target. Memory is bounded: submitting
 * waits while too much is on its way.
 * Thread: any; one mutex. */
#ifndef FOLLOW_JOBS_H
#define FOLLOW_JOBS_H

#include <pthread.h>

#include <jansson.h>

#include "engine/source.h"
#include "follow/depend.h"

/* Between two changes of the stream. */
struct stream_place {
    struct position at; /* before the transaction that is next, or that it is in the middle of */
    uint64_t rows;      /* changes of that transaction that are before it, of tables that are followed */
    int64_t commit_us;  /* of the last transaction before it or around it, by the source's clock; 0: not known */
};

struct job {
    struct flight *flight;
    uint32_t part;
    /* inside jobs.c */
    struct depend_part entered;
    unsigned waits; /* for so many earlier ones */
    struct job **followers;
    size_t nfollowers, followers_cap;
    struct job *last_asked; /* by whom it was asked to wait last: said once */
    struct job *next;       /* in the queue of those that may go */
};

struct flight {
    struct batch batch; /* closed; empty once all its parts are in */
    uint64_t first;     /* number of its first change since following began */
    uint64_t changes;
    uint64_t rows, bytes; /* of the source's changes, for figures */
    uint64_t transactions;
    uint32_t parts;
    uint64_t digest;
    struct stream_place end;
    const char *statement; /* of the target, instead of changes; "": nothing is done; NULL: none. In the arena */
    const uint32_t
        *emptied;          /* this table loses all its rows, besides which nothing is done; NULL: none. In the arena */
    bool goes_on;          /* the transaction at its end goes on in the next flight, and is to be committed whole */
    json_t *losses;        /* met by its changes; NULL: none. Owned */
    json_t *losses_so_far; /* up to its end: in_order, and of statements */
    char *cuts;            /* how the stream is cut from the last recorded mark up to here, for godwit.applied */
    struct arena arena;    /* of its strings and jobs */
    /* inside jobs.c */
    struct job *jobs;
    unsigned left;
    bool marked;
    uint64_t memory;
    struct flight *next;
};

struct jobs_options {
    bool in_order; /* one after the other, each flight one job */
    uint64_t memory_bytes;
    unsigned flights; /* on their way, or in but not yet recorded */
};

/* What is in the target without a gap. */
struct mark {
    uint64_t change; /* the number of the next one */
    struct stream_place place;
    uint64_t changes, rows, bytes, transactions; /* sums since jobs_init */
    json_t *losses; /* sum since following began; NULL: none. jobs_mark gives a reference of the caller's own */
    uint64_t moves; /* how often it has moved: two marks may differ in their place alone */
};

struct jobs {
    struct jobs_options o;
    pthread_mutex_t lock;
    pthread_cond_t ready, room, moved;
    struct depend depend;
    struct flight *oldest, *newest; /* from the last recorded mark on */
    unsigned nflights;
    struct job *queue, **queue_end;
    uint64_t memory;
    unsigned queued, running, idle;
    unsigned waiting; /* for others */
    bool closed, failed;
    struct err error;
    struct mark mark;
    json_t *losses_taken; /* of all that was submitted, and before */
    struct arena mark_arena;
    uint64_t moves;
    uint64_t waited, total; /* jobs that had to wait for others, of all */
};

void jobs_init(struct jobs *j, const struct jobs_options *o, const struct mark *begin);
void jobs_clear(struct jobs *j); /* nobody uses it any more */

struct flight *flight_new(void);
void flight_free(struct flight *f); /* one that was not submitted */

/* Hand a flight over, in the order of the stream. done[part]: it is in the target already (NULL: none). Waits for room.
 * False: the run has failed or ends; the flight is still the caller's. */
bool jobs_submit(struct jobs *j, struct flight *f, const bool *done);
void jobs_close(struct jobs *j); /* nothing more comes */

/* The next job that may go; waits. NULL: there will be none. */
struct job *jobs_take(struct jobs *j);
/* Committed (with in_order and goes_on: done, and to be committed with the next). The job is gone. */
void jobs_done(struct jobs *j, struct job *job);

/* An applier's thread: takes jobs and carries each out by run(arg, ..), until there are none; what goes wrong fails all. */
void jobs_work(struct jobs *j, bool (*run)(void *arg, const struct job *job, struct err *e), void *arg);

/* The first failure wins; nobody is given anything any more. */
void jobs_fail(struct jobs *j, const struct err *e);
bool jobs_failed(struct jobs *j, struct err *e); /* e may be NULL */

/* How many appliers have nothing to do, beyond those for whom jobs are there, be it that they wait for others: more of them would only wait
 * as well. And whether anything is on its way. */
unsigned jobs_idle(struct jobs *j, bool *nothing_left);

/* The mark as it is now, with strings in a. Waits up to wait_ms for one after `behind` moves. */
void jobs_mark(struct jobs *j, struct arena *a, uint64_t behind, int64_t wait_ms, struct mark *out);
/* The target has recorded this mark: what led to it is forgotten. */
void jobs_recorded(struct jobs *j, uint64_t change);

/* Wait until everything submitted is in. False: the run has failed. */
bool jobs_drain(struct jobs *j);

struct jobs_figures {
    uint64_t queued, running, flights, memory_bytes, jobs, waited;
};
void jobs_figures(struct jobs *j, struct jobs_figures *out);

#endif
