/* What a client of the live connection says, and which topics there are. docs/live.md describes both. No I/O; any thread. */
#ifndef SERVER_LIVE_REQUEST_H
#define SERVER_LIVE_REQUEST_H

#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

struct live_topics {
    const char **names;
    size_t n;
};

struct live_request {
    struct live_topics subscribe, unsubscribe; /* in the arena */
    uint64_t after;                            /* the last seq the client has heard; 0: it asks for nothing that was */
};

/* {"subscribe": [..], "after": N}, {"unsubscribe": [..]}; other keys are ignored. ERR_BODY: it is not of that form;
 * ERR_NOT_FOUND: there is no such topic. */
bool live_request_parse(struct arena *a, const char *text, size_t len, struct live_request *out,
                        struct err *e) WARN_UNUSED;

/* ERR_NOT_FOUND. */
bool live_topic_check(const char *topic, struct err *e) WARN_UNUSED;

/* A Last-Event-ID, or ?after=: what is no number is behind everything that is kept, so that the client reads anew. */
uint64_t live_after(const char *text);

#endif
