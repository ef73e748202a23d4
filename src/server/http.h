/* HTTP/1.1: one loop that reads and writes and never blocks, and threads that answer.
 *
 * The loop (libwebsockets) takes a request with its body, hands it to a thread, and writes the answer when it is there. What a
 * client does slowly, or not at all, costs its connection and nothing else. */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE };

struct http_request {
    enum http_method method;
    char *path;   /* decoded, begins with '/' */
    char **query; /* "name=value" each, decoded */
    size_t nquery;
    char *cookie; /* headers; "" where there is none */
    char *authorization, *csrf, *content_type, *accept_language, *accept_encoding, *if_none_match, *origin, *host,
        *last_event_id;
    char address[64];   /* of the client */
    struct buf body;    /* NUL behind its bytes */
    struct arena arena; /* lives as long as the request */
};

enum { HTTP_HEADERS_MAX = 8 };

struct http_header {
    const char *name; /* "set-cookie:", in small letters with the colon */
    char *value;      /* without line breaks */
};

struct stream_handler; /* of stream.h: connections that stay */

/* What the handler fills; it comes as 200 without content. Strings live in the request's arena. */
struct http_response {
    unsigned status;
    const char *content_type;
    struct buf body;
    struct http_header headers[HTTP_HEADERS_MAX];
    size_t nheaders;
    const struct stream_handler *events; /* set by http_answer_events */
};

/* What is measured, all along and cheaply. Any thread. */
enum { HTTP_DURATIONS = 12 };
struct http_stats {
    int64_t begun_us;                             /* UTC; set by http_start */
    atomic_ullong answers[6];                     /* by the status' first digit; 0: none of these */
    atomic_ullong durations[HTTP_DURATIONS + 1];  /* from the whole request to the handler's answer; the last: longer */
    atomic_ullong duration_us;                    /* the sum */
    atomic_long websockets, event_streams;        /* open now */
    atomic_ullong streams_killed, streams_silent; /* grew over the limit of their outbox; gave no sign of life */
};
extern const int64_t http_durations_us[HTTP_DURATIONS]; /* up to, each */

/* Answers one request; on one of the threads. local: what thread_begin made. */
typedef void http_handler(void *arg, void *local, struct http_request *r, struct http_response *answer);

struct http;

struct http_options {
    const char *address;                   /* to listen on; NULL: 127.0.0.1 */
    uint16_t port;                         /* 0: a free one */
    const char *tls_certificate, *tls_key; /* PEM files; NULL: no TLS */
    unsigned threads;                      /* that answer; 0: 4 */
    size_t body_max;                       /* bytes; 0: 1 MiB */
    unsigned slow_s;                       /* how long a client may take for its request, or an answer; 0: 30 */
    unsigned beat_s;                       /* between signs of life of a stream; 0: 20 for WebSockets, 15 for events */
    http_handler *handle;
    void *arg;
    /* Does the answer wait for somebody else, for seconds? Then threads of their own take it, so that the others go on. On the loop's
     * thread: be quick. NULL: none does. */
    bool (*waits)(void *arg, const struct http_request *r);
    const struct stream_handler *const *streams;        /* places of WebSockets; ends with NULL; may be NULL */
    struct http_stats *stats;                           /* outlives the server; may be NULL */
    void (*listening)(void *arg, const struct http *h); /* may be NULL; the port is known, and nobody is answered yet */
    void *listening_arg;
    void *(*thread_begin)(void *arg);           /* may be NULL; e.g. opens a store */
    void (*thread_end)(void *arg, void *local); /* may be NULL */
};

/* Listens when it returns. ERR_SYSTEM: the port is taken or the certificate cannot be read. The options' strings must outlive it. */
bool http_start(struct http **out, const struct http_options *o, struct err *e) WARN_UNUSED;
uint16_t http_port(const struct http *h);
/* No more requests; answers under way are finished, streams are closed with 1001 (what takes longer than some seconds is cut off), then
 * the threads end. All streams have had their `closed` when it returns. NULL is fine. */
void http_stop(struct http *h);

/* A header to add; the value is cut at a line break. */
void http_add_header(struct http_response *answer, const char *name, char *value);

/* In an http_handler: is the client still there? */
bool http_is_waited_for(const struct http_request *r);

/* Does it come from our own pages, or from no browser at all? By Origin and Host. */
bool http_same_site(const struct http_request *r);

/* The value of a cookie, in the arena, or of a parameter of the query; NULL: it is not there. */
char *http_cookie(struct arena *a, const char *cookies, const char *name);
const char *http_parameter(const struct http_request *r, const char *name);

#endif
