/* Logs of subtasks and machines, in the store, so that every server can show them; the oldest go when there are too many.
 * Any thread with a store of its own. */
#ifndef SERVER_LOGS_H
#define SERVER_LOGS_H

#include <jansson.h>

#include "server/feed.h"
#include "store/store.h"

/* lines: what an agent sent (docs/agent-protocol.md, `log`): each {"time_ms", "level", "event", "text", ..}; what is not of that form is kept as
 * a text. Goes to the feed as well: topics "log SUBTASK" and "machine log MACHINE". subtask 0: of the machine itself. */
bool logs_append(struct store *s, struct feed *f, int64_t subtask, int64_t machine, const json_t *lines,
                 struct err *e) WARN_UNUSED;

#endif
