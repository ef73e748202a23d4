/* The cut-over of a worker: made instead of an end of the incremental stage, or taken back; and what would stop it, as a question.
 * Thread: the worker's main one. */
#ifndef CLI_WORKER_CUTOVER_H
#define CLI_WORKER_CUTOVER_H

#include <jansson.h>

#include "cli/invocation.h"
#include "follow/cutover.h"

/* {"fence", "check", "max_lag_ms", "budget_ms"}, each of which may be missing, as of docs/agent-protocol.md. NULL: none of them. ERR_JOB. */
bool worker_cutover_take(const json_t *what, struct cutover_options *o, struct err *e) WARN_UNUSED;

enum worker_cutover_outcome {
    CUTOVER_MADE,    /* or taken back, as was asked */
    CUTOVER_NOT,     /* everything is as it was; e says why */
    CUTOVER_DROPPED, /* the worker has to end; everything is as it was */
};

/* undo: take back the one that was made. Steps are told as progress, and the report at the end. */
enum worker_cutover_outcome worker_cutover_run(struct invocation *v, bool undo, struct err *e);

#endif
