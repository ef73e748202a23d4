/* What happens, told to whoever listens: the console's WebSocket, server-sent events, webhooks.
 *
 * A change has a topic ("tasks", "task 7", "subtask 12", "log 12", "machines", "alerts") and a JSON object. The feed numbers changes
 * in the order they came (over all topics, within this server) and keeps the last ones, so that a client which was away for a moment
 * goes on where it stopped; one that was away for longer, or comes from another server or from before a restart, is told to read anew. Any thread.
 *
 * A change with a "kind" and an "id" says all that is to be known of its thing: for a client that is behind, a newer one of the same
 * topic, kind, id and other texts (values that are strings) replaces it. One without an id (lines of a log), or with a list (some of
 * the objects), is never left out. */
#ifndef SERVER_FEED_H
#define SERVER_FEED_H

#include <stdint.h>

#include <jansson.h>

#include "base/err.h"

struct feed;

struct feed *feed_new(void);    /* NULL: no memory */
void feed_free(struct feed *f); /* nobody may listen any more; NULL is fine */

/* change: {"kind": "subtask", ..}; taken (also on failure). Cheap when nobody listens to the topic. f NULL: nobody hears of it. */
void feed_tell(struct feed *f, const char *topic, json_t *change);

/* id > 0: "subtask 12". */
void feed_tell_of(struct feed *f, const char *kind, int64_t id, json_t *change);

/* ---- listening ---- */

enum { FEED_TOPICS_MAX = 1000, FEED_TOPIC_BYTES = 64, FEED_KEPT = 10000, FEED_KEPT_BYTES = 16 << 20 };

struct feed_change {
    uint64_t seq; /* below 2^53; the upper bits are this feed's own, drawn at random when it was made */
    const char *topic;
    const char *text; /* {"seq": N, "topic": "..", "change": {..}} */
    size_t len;
    uint64_t key; /* the same for what may replace one another; 0: nothing may */
};

/* Called in the order of seq, on the thread that tells and while the feed waits: be quick, and call nothing of the feed. What c points to
 * lives as long as the call. */
typedef void feed_listener(void *arg, const struct feed_change *c);

struct feed_ear;

/* Hears nothing yet. NULL: no memory. */
struct feed_ear *feed_ear_new(struct feed *f, feed_listener *fn, void *arg);
/* When it returns fn is not called any more. NULL is fine. */
void feed_ear_free(struct feed *f, struct feed_ear *ear);

/* All changes, from now on: feed_ear_new and no choice. */
struct feed_ear *feed_listen(struct feed *f, feed_listener *fn, void *arg);

/* Listen to topics too. after: the last seq that was heard earlier, 0: from now on. start (may be NULL) is called first, with the
 * last seq there is; resync: what came behind `after` is not known any more, so nothing is told again. Then come the kept changes
 * of the topics that are new to this ear, behind `after`. Topics it has already are left as they are.
 * ERR_LIMIT: too many topics, or too long a name; ERR_MEMORY. Nothing has changed then. */
typedef void feed_start(void *arg, uint64_t seq, bool resync);
bool feed_hear(struct feed *f, struct feed_ear *ear, const char *const *topics, size_t n, uint64_t after,
               feed_start *start, struct err *e) WARN_UNUSED;
void feed_unhear(struct feed *f, struct feed_ear *ear, const char *const *topics, size_t n);

/* How it stands. told: changes since it was made. */
struct feed_state {
    uint64_t seq, told;
    size_t kept, kept_bytes, ears;
};
struct feed_state feed_state(struct feed *f);

#endif
