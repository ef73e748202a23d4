/* What happens, told to whoever listens: the console's WebSocket, server-sent events, webhooks.
 *
 * A change has a topic ("tasks", "task 7", "subtask 12", "log 12", "machines", "alerts") and a JSON object. The feed numbers changes
 * in the order they came (over all topics, within this server) and keeps the last ones, so that a client which was away for a moment goes on where
 * it stopped; one that was away for longer is told to read anew. Any thread. */
#ifndef SERVER_FEED_H
#define SERVER_FEED_H

#include <jansson.h>

#include "base/err.h"

struct feed;

struct feed *feed_new(void); /* NULL: no memory */
void feed_free(struct feed *f);

/* change: {"kind": "subtask", ..}; taken (also on failure). Cheap when nobody listens to the topic. */
void feed_tell(struct feed *f, const char *topic, json_t *change);

/* id > 0: "subtask 12". */
void feed_tell_of(struct feed *f, const char *kind, int64_t id, json_t *change);

#endif
