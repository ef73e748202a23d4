/* What people should look at: errors and warnings of subtasks and machines, grouped: the same code of the same subtask or machine is one
 * alert that counts. They go to the feed (topic "alerts") and to webhooks. Any thread with a store of its own. */
#ifndef SERVER_ALERTS_H
#define SERVER_ALERTS_H

#include <jansson.h>

#include "server/feed.h"
#include "store/store.h"

enum alert_level { ALERT_WARNING, ALERT_ERROR };

/* error: {"code": "GW2002", "message", "cause", "where", "hint"}, as err_to_json makes it. subtask or machine may be 0. */
bool alert_raise(struct store *s, struct feed *f, enum alert_level level, int64_t subtask, int64_t machine,
                 const json_t *error, struct err *e) WARN_UNUSED;
/* What was wrong is over: close the open alerts of a subtask (or machine); code NULL: all. */
bool alert_close(struct store *s, struct feed *f, int64_t subtask, int64_t machine, const char *code,
                 struct err *e) WARN_UNUSED;

#endif
