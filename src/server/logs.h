/* Logs of subtasks and machines, in the store, so that every server can show them; the oldest go when there are too many (setting
 * log_lines). Any thread with a store of its own. */
#ifndef SERVER_LOGS_H
#define SERVER_LOGS_H

#include <jansson.h>

#include "server/feed.h"
#include "store/store.h"

enum { LOGS_TEXT_MAX = 4096, LOGS_FIELDS_MAX = 4096, LOGS_EVENT_MAX = 64 };

/* lines: what an agent sent (docs/agent-protocol.md, `log`): each {"time_ms", "level", "event", "text", ..}; what is not of that form is kept as
 * a text. Goes to the feed as well: topics "log SUBTASK" and "machine log MACHINE", {"kind": "log", "subtask", "machine", "lines": [..]}, lines as
 * the API has them. subtask 0: of the machine itself. Lines of what has been deleted go nowhere. Begins no transaction. */
bool logs_append(struct store *s, struct feed *f, int64_t subtask, int64_t machine, const json_t *lines,
                 struct err *e) WARN_UNUSED;

/* Levels in their order. */
const char *logs_level_name(int64_t level);            /* "debug", "info", "warn", "error" */
bool logs_level_parse(const char *name, int64_t *out); /* false: it is none of these */

/* One line as the API and the feed show it; fields: JSON text or NULL. */
json_t *logs_line_json(int64_t id, int64_t at_ms, int64_t level, int64_t machine, const char *event, const char *text,
                       const char *fields);

#endif
