/* The statements that a subtask's check has left: what its worker's machine tells piece by piece is kept in the store, so that it is
 * there when the machine is not. Any thread, with a store of its own. */
#ifndef SERVER_REPAIRS_H
#define SERVER_REPAIRS_H

#include "base/buf.h"
#include "server/tasks.h"

/* In a transaction of t. event: {"part", "text", "last", "cut"}; the first part replaces what there was. What does not fit is left out. */
bool repairs_take(struct tasks *t, int64_t subtask, const json_t *event, struct err *e) WARN_UNUSED;
/* A new check has been made: what the last one left is no longer true. */
bool repairs_drop(struct tasks *t, int64_t subtask, struct err *e) WARN_UNUSED;

/* The whole file; *there: false: there is none, or not all of it has come yet. */
bool repairs_read(struct store *s, struct arena *a, int64_t subtask, struct buf *out, bool *there,
                  struct err *e) WARN_UNUSED;

#endif
