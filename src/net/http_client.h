/* One HTTP request and its answer, blocking: for the command line, enrolment and webhooks. HTTP/1.1 over net/stream.h, a connection for
 * each call; no redirects are followed. Any thread. */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct http_call {
    const char *method;        /* "GET" */
    const char *url;           /* http:// or https:// with host, port and path with its query; no user in it */
    const char *bearer;        /* token, or NULL */
    const char *const *header; /* "name: value" each, NULL at the end; or NULL */
    const void *body;          /* or NULL */
    size_t body_len;
    const char *content_type; /* of the body; NULL: application/json */
    const char *ca_file;      /* PEM: trusts only these; NULL: the system's */
    bool any_name;            /* the certificate may be of another name (it is pinned by ca_file) */
    unsigned timeout_s;       /* for all of it; 0: 30 */
    size_t answer_max;        /* bytes of the answer's body; 0: 16 MiB */
    const char *wanted;       /* the name of a header of the answer, or NULL */
};

enum { HTTP_VALUE_MAX = 1024 };

struct http_reply {
    unsigned status;
    char value[HTTP_VALUE_MAX]; /* of the wanted header, the first of that name; "": it is not there, or is longer */
    struct buf body;            /* NUL behind its bytes; the caller clears it, also after a failure */
};

/* True for any status. ERR_USAGE: the URL, the method or a header cannot be sent. ERR_HTTP: no connection, certificate refused, timeout,
 * answer too large, no HTTP; the cause is told, and as place scheme, host and port (a path or query may be a secret). */
bool http_call(const struct http_call *c, struct http_reply *out, struct err *e) WARN_UNUSED;

/* Can http_call go there? ERR_USAGE says why not. */
bool http_url_valid(const char *url, struct err *e) WARN_UNUSED;

#endif
