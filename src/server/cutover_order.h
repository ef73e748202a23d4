/* What people want of a cut-over: kept with the subtask, so that the worker it is told to, and one that takes over, know it.
 * Thread: any, with a store of its own. */
#ifndef SERVER_CUTOVER_ORDER_H
#define SERVER_CUTOVER_ORDER_H

#include <jansson.h>

#include "server/api.h"
#include "server/tasks.h"

/* {fence, check, max_lag_s, budget_s} of the request's body, each of which may be missing, as a worker takes them
 * (docs/agent-protocol.md, "cutover"); the caller's. ERR_BODY. */
bool cutover_order_read(struct call *c, json_t **out, struct err *e) WARN_UNUSED;

/* Of a subtask; order is borrowed. In a transaction of tasks. */
bool cutover_order_keep(struct tasks *t, int64_t subtask, const json_t *order, struct err *e) WARN_UNUSED;

/* The last one that was kept; an empty object when there is none. The caller's. */
bool cutover_order_of(struct store *s, struct arena *a, int64_t subtask, json_t **out, struct err *e) WARN_UNUSED;

#endif
