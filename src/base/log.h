/* The log: one JSON object a line, to a file descriptor of the caller's choice.
 * {"time":"2026-..Z","level":"info","event":"chunk_done","message":"...", ...fields}
 * Never pass secrets: nothing here can tell them apart.
 * Thread: every function may be called from any thread once log_open has returned. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Write to `path` (appending; created with mode 0600), or to standard error when path is "-". A file that is moved away or removed is
 * made anew within a second: logrotate needs to tell nobody.
 * Before log_open, and after log_close, lines go nowhere. */
bool log_open(const char *path, enum log_level least, struct err *e) WARN_UNUSED;
void log_close(void);

/* One line. `event` is a short stable name programs can match; fields is a borrowed object or NULL. */
void log_event(enum log_level level, const char *event, json_t *fields, const char *fmt, ...) PRINTF_LIKE(4, 5);
#define log_info(event, ...) log_event(LOG_INFO, event, NULL, __VA_ARGS__)
#define log_warn(event, ...) log_event(LOG_WARN, event, NULL, __VA_ARGS__)
#define log_debug(event, ...) log_event(LOG_DEBUG, event, NULL, __VA_ARGS__)

/* An error with its whole struct under "error". */
void log_err(const char *event, const struct err *e);

#endif
