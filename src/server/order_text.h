/* What people have said with an order beyond its name, kept with the subtask: so that the worker it is told to, and one that takes over, know
 * it. Kept as documents; a reset forgets them. Thread: any, with a store of its own. */
#ifndef SERVER_ORDER_TEXT_H
#define SERVER_ORDER_TEXT_H

#include <jansson.h>

#include "server/api.h"
#include "server/tasks.h"

#define ORDER_OF_CUTOVER "cutover-order"       /* an object, as a worker takes it */
#define ORDER_OF_DEFINITION "definition-order" /* a text: "skip", or SQL; for the next worker alone */

/* order is borrowed; NULL: there is none any more. In a transaction of tasks. */
bool order_text_keep(struct tasks *t, int64_t subtask, const char *kind, const json_t *order,
                     struct err *e) WARN_UNUSED;

/* The last one that was kept, NULL when there is none; the caller's. */
bool order_text_of(struct store *s, struct arena *a, int64_t subtask, const char *kind, json_t **out,
                   struct err *e) WARN_UNUSED;

/* ---- from requests ---- */

/* {fence, check, max_lag_s, budget_s} of the body, each of which may be missing, as a worker takes them (docs/agent-protocol.md, "cutover");
 * the caller's. ERR_BODY. */
bool order_text_cutover(struct call *c, json_t **out, struct err *e) WARN_UNUSED;

/* {definition} of the body, NULL when it is missing; the caller's. ERR_BODY. */
bool order_text_definition(struct call *c, json_t **out, struct err *e) WARN_UNUSED;

#endif
