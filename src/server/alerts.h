/* What people should look at: errors and warnings of subtasks and machines, grouped: the same code of the same subtask or machine is one
 * alert that counts. They go to the feed (topic "alerts") and to webhooks, which listen to it. Any thread with a store of its own. */
#ifndef SERVER_ALERTS_H
#define SERVER_ALERTS_H

#include <jansson.h>

#include "server/feed.h"
#include "store/store.h"

enum alert_level { ALERT_WARNING, ALERT_ERROR };

/* error: {"code": "GW2002", "message", "cause", "where", "hint"}, as err_to_json makes it. subtask or machine may be 0. Of something that has been
 * deleted: nothing. Begins no transaction. */
bool alert_raise(struct store *s, struct feed *f, enum alert_level level, int64_t subtask, int64_t machine,
                 const json_t *error, struct err *e) WARN_UNUSED;
/* What was wrong is over: close the open alerts of a subtask (or machine); code NULL: all. */
bool alert_close(struct store *s, struct feed *f, int64_t subtask, int64_t machine, const char *code,
                 struct err *e) WARN_UNUSED;

/* ---- for the API ---- */

/* One, by a person. ERR_NOT_FOUND; one that is closed already is left as it is. */
bool alert_close_one(struct store *s, struct feed *f, int64_t id, const char *who, struct err *e) WARN_UNUSED;

/* What alert_json reads: SELECT ALERT_COLUMNS FROM ALERT_TABLES. */
#define ALERT_COLUMNS                                                                                                  \
    "a.id, a.level, a.subtask_id, t.id, t.name, a.machine_id, m.name, a.code, a.message, a.cause, a.place, a.hint, "   \
    "a.first_ms, a.last_ms, a.times, a.closed_ms, a.closed_by"
#define ALERT_TABLES                                                                                                   \
    "alert a LEFT JOIN subtask s ON s.id = a.subtask_id LEFT JOIN task t ON t.id = s.task_id"                          \
    " LEFT JOIN machine m ON m.id = a.machine_id"
json_t *alert_json(const struct store_rows *rows, size_t i);

#endif
