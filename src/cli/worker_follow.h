/* The incremental stage of a worker: changes of the source go into the target on a thread of its own, from the end of the load on, so that
 * the check of a source that is being written to has something to compare with; after the check until an order stops it. Then the way back
 * is prepared, and taken when that is ordered (worker_reverse.h).
 * Thread: the worker's main one. */
#ifndef CLI_WORKER_FOLLOW_H
#define CLI_WORKER_FOLLOW_H

#include "cli/invocation.h"
#include "cli/worker_watch.h"

struct worker_follow;

/* How an earlier worker of the subtask has left it. */
enum follow_left {
    FOLLOW_GOES_ON,
    FOLLOW_STOPPING, /* people have stopped it: follow up to where the source is, and no further */
    FOLLOW_STOPPED,  /* that is done */
    FOLLOW_REVERSE,  /* and people have started the reverse migration */
    FOLLOW_CUTOVER,  /* a cut-over was being made */
    FOLLOW_UNDO,     /* a cut-over was being taken back */
};

/* Changes the check's options so that it waits for changes on their way. */
bool worker_follow_new(struct worker_follow **out, struct invocation *v, struct worker_watch *w,
                       struct err *e) WARN_UNUSED;
void worker_follow_free(struct worker_follow *f); /* ends the thread; NULL is fine */

/* The load is done: begin. For worker_watch_on_loaded. What goes wrong ends the stage that runs, as a stop would. */
void worker_follow_begin(void *f);

/* It has failed while another stage ran: then the worker fails by it. */
bool worker_follow_failed(struct worker_follow *f, struct err *e);

/* All that follows the check, until an order or an error ends it; the exit code. Errors have been told. */
int worker_follow_run(struct worker_follow *f, enum follow_left left);

#endif
