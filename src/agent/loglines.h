/* Lines of workers' logs on their way to the server: gathered for a moment, kept while it is away, the oldest dropped when there
 * are too many. One thread at a time. */
#ifndef AGENT_LOGLINES_H
#define AGENT_LOGLINES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct loglines;

/* A worker's; keeps at most max_bytes of text. NULL: no memory. */
struct loglines *loglines_new(size_t max_bytes);
void loglines_free(struct loglines *l);

/* One line of standard error, NUL behind it. False: it is no line of the log. */
bool loglines_take(struct loglines *l, const char *line, size_t len);

bool loglines_waiting(const struct loglines *l);

/* The next lines, as many as go into one message; a new list, the caller's, or NULL: there are none. Where lines were dropped, one
 * says so. */
json_t *loglines_next(struct loglines *l);

#endif
