/* The reverse stage of a worker: the way back is prepared when the incremental migration has stopped, before anybody is told so; taken when
 * that is ordered; and taken down at the end, so that nothing of it stays in the target. Thread: the worker's main one. */
#ifndef CLI_WORKER_REVERSE_H
#define CLI_WORKER_REVERSE_H

#include "cli/invocation.h"
#include "cli/worker_watch.h"

/* The target keeps its changes from now on. Tells that the incremental migration has stopped; also when this did not work: then with the
 * reason, and there will be no way back. False + e: the worker has to end, or the task is another one's. */
bool worker_reverse_prepare(struct invocation *v, struct worker_watch *w, struct err *e) WARN_UNUSED;

/* No more changes come from the source: an application fires its triggers from now on. The target is tried for so long; what goes wrong is told. */
void worker_enable_triggers(struct invocation *v, int64_t retry_ms);

/* The subtask is finished before there was a way back: what following left in the target goes, if that can be done at once. */
void worker_reverse_clear(struct invocation *v);

/* Waits for the order to begin, if it does not come with `begun`, and carries changes back until an order or an error ends it; the exit
 * code. Errors have been told. ORDER_UNDO_CUTOVER ends it as well: that is the caller's. */
int worker_reverse_run(struct invocation *v, struct worker_watch *w, bool begun);

#endif
