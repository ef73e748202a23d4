/* What happens, told to clients as it happens: the console's WebSocket /api/v1/live, and /api/v1/events for programs. docs/live.md
 * has the messages. Both listen to the feed (feed.h) with an ear of their own. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/api.h"
#include "server/api_live.h"
#include "server/feed.h"
#include "server/live_request.h"

/* One client. */
struct live {
    struct stream *stream;
    struct feed_ear *ear;
    struct identity who;
    const char *authorization;        /* of a program */
    const struct live_topics *asking; /* what the answer that feed_hear begins is about */
};

/* ---- what goes out ---- */

static json_t *names(const struct live_topics *t) {
    json_t *out = json_array();
    for (size_t i = 0; i < t->n; i++) {
        json_array_append_new(out, json_string(t->names[i]));
    }
    return out;
}

/* name: of the event, for programs. json is taken. */
static void say(struct live *x, const char *name, uint64_t seq, json_t *json) {
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    if (text == NULL) {
        stream_close(x->stream, 1011, "out of memory");
    } else if (stream_kind(x->stream) == STREAM_EVENTS) {
        (void)stream_send_event(x->stream, name, seq, text); /* false: the client is gone, closed comes */
    } else {
        (void)stream_send(x->stream, text, strlen(text));
    }
    free(text);
    json_decref(json);
}

static void hear_change(void *arg, const struct feed_change *c) {
    const struct live *x = arg;
    if (stream_kind(x->stream) == STREAM_EVENTS) {
        (void)stream_send_event_latest(x->stream, c->key, "change", c->seq, c->text);
    } else {
        (void)stream_send_latest(x->stream, c->key, c->text, c->len);
    }
}

static void hear_start(void *arg, uint64_t seq, bool resync) {
    struct live *x = arg;
    say(x, "subscribed", seq, json_pack("{s:o, s:I}", "subscribed", names(x->asking), "seq", (json_int_t)seq));
    if (resync) {
        say(x, "resync", 0, json_pack("{s:o}", "resync", names(x->asking)));
    }
}

/* ---- who may ---- */

static bool stay(void *arg, void *local, struct stream *s, struct err *e) {
    const struct live *x = stream_own(s);
    (void)arg;
    return api_stays(local, &x->who, x->authorization, ROLE_VIEWER, e);
}

static struct live *begin(const struct api *api, struct store *store, struct stream *s, struct http_request *r,
                          struct err *e) {
    struct identity who;
    if (!api_identify(api, store, r, &who, e) || !api_may(&who, ROLE_VIEWER, e)) {
        return NULL;
    }
    struct live *x = arena_new(stream_arena(s), struct live);
    *x = (struct live){.stream = s, .who = who};
    if (who.by_token) {
        x->authorization = r->authorization + strlen("Bearer ");
    }
    stream_set(s, x);
    x->ear = feed_ear_new(api->feed, hear_change, x);
    if (x->ear == NULL) {
        err_set(e, ERR_MEMORY, "no memory for a listener");
        return NULL;
    }
    return x;
}

static void closed(void *arg, void *local, struct stream *s) {
    const struct api *api = arg;
    struct live *x = stream_own(s);
    (void)local;
    feed_ear_free(api->feed, x->ear);
}

static bool hear(const struct api *api, struct live *x, const struct live_topics *topics, uint64_t after,
                 struct err *e) {
    x->asking = topics;
    bool ok = feed_hear(api->feed, x->ear, topics->names, topics->n, after, hear_start, e);
    x->asking = NULL;
    return ok;
}

/* ---- the WebSocket ---- */

static bool open_live(void *arg, void *local, struct stream *s, struct http_request *r, struct err *e) {
    return begin(arg, local, s, r, e) != NULL;
}

static void answer_request(const struct api *api, struct live *x, const struct live_request *r) {
    struct err e = ERR_INIT;
    if (r->unsubscribe.n > 0) {
        feed_unhear(api->feed, x->ear, r->unsubscribe.names, r->unsubscribe.n);
        say(x, NULL, 0, json_pack("{s:o}", "unsubscribed", names(&r->unsubscribe)));
    }
    if (r->subscribe.n > 0 && !hear(api, x, &r->subscribe, r->after, &e)) {
        say(x, NULL, 0, json_pack("{s:o}", "error", err_to_json(&e)));
    }
}

static bool live_message(void *arg, void *local, struct stream *s, char *text, size_t len, bool binary, struct err *e) {
    struct live *x = stream_own(s);
    struct arena a = ARENA_INIT;
    struct live_request r;
    (void)local;
    if (binary) {
        return err_set(e, ERR_BODY, "a message is a text");
    }
    bool ok = live_request_parse(&a, text, len, &r, e);
    if (ok) {
        answer_request(arg, x, &r);
    } else if (e->code == ERR_NOT_FOUND) {
        say(x, NULL, 0, json_pack("{s:o}", "error", err_to_json(e)));
        ok = true;
    }
    arena_clear(&a);
    return ok;
}

const struct stream_handler api_live_stream = {
    .path = "/api/v1/live", .open = open_live, .message = live_message, .closed = closed, .stay = stay};

/* ---- events for programs ---- */

static bool topics_of(struct http_request *r, struct live_topics *out, struct err *e) {
    *out = (struct live_topics){.names = arena_array(&r->arena, const char *, r->nquery + 1)};
    for (size_t i = 0; i < r->nquery; i++) {
        if (str_starts(r->query[i], "topic=")) {
            const char *topic = r->query[i] + strlen("topic=");
            if (!live_topic_check(topic, e)) {
                return false;
            }
            out->names[out->n++] = topic;
        }
    }
    return (out->n > 0 && out->n <= FEED_TOPICS_MAX) ||
           err_set(e, ERR_BODY, "say which topics: ?topic=tasks&topic=task%%207");
}

static bool open_events(void *arg, void *local, struct stream *s, struct http_request *r, struct err *e) {
    const struct api *api = arg;
    struct live_topics topics;
    const char *after = http_parameter(r, "after");
    if (r->last_event_id[0] != '\0' || after == NULL) {
        after = r->last_event_id; /* a client that comes again says so itself, whatever its address says */
    }
    struct live *x = topics_of(r, &topics, e) ? begin(api, local, s, r, e) : NULL;
    if (x == NULL) {
        return false;
    }
    if (!hear(api, x, &topics, live_after(after), e)) {
        closed(arg, local, s); /* it is not called otherwise */
        return false;
    }
    return true;
}

static const struct stream_handler live_events = {.open = open_events, .closed = closed, .stay = stay};

static bool events(struct call *c, struct err *e) {
    struct live_topics topics;
    if (!topics_of(c->request, &topics, e)) { /* a good answer to a bad question, while there may be one */
        return false;
    }
    http_answer_events(c->response, &live_events);
    return true;
}

const struct route api_live_routes[] = {
    {HTTP_GET, "/api/v1/events", ROLE_VIEWER, 0, events},
    {0},
};
