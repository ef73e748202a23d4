/* What the files of the HTTP layer share: the loop's state, the threads' queue, requests being read. Nobody else includes it.
 *
 * The loop's thread owns every struct lws and what hangs on it; everything else is guarded by http.lock or by a stream's lock,
 * which is taken first. */
#ifndef SERVER_HTTP_INTERNAL_H
#define SERVER_HTTP_INTERNAL_H

#include <libwebsockets.h>
#include <pthread.h>
#include <stdatomic.h>

#include "server/http.h"
#include "server/stream.h"

enum { HEADER_BYTES = 8192, WRITE_BYTES = 16384 };

/* Something for a thread to do: a request to answer, one whose answer waits for somebody else, or the next step of a stream. */
enum work_kind { WORK_REQUEST, WORK_PATIENT, WORK_STEP };

struct work {
    struct work *next;
    enum work_kind kind;
};

struct works {
    struct work *first, *last;
};

struct job {
    struct work work;
    struct http *http;
    struct lws *owner; /* guarded by http.lock; NULL: the connection is gone */
    struct http_request request;
    struct http_response answer;
    int64_t begun_us; /* handed over */
    size_t sent;
    bool head_sent;
};

struct http {
    struct http_options o;
    struct lws_context *context;
    struct lws_vhost *vhost;
    struct http_thread *threads;
    unsigned nthreads, patient, patient_idle, patient_waiting; /* threads, and requests; guarded by lock */
    pthread_t loop;
    bool loop_started;
    atomic_bool loop_ended;

    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t more;  /* work, or the end */
    struct works requests, patient_requests, steps, done;
    struct stream *ready; /* streams that the loop shall look at */
    bool stopping;        /* nothing new is taken */
    bool context_gone;    /* nobody is there to be woken */
    bool finishing;       /* threads end when there is no work */

    /* the loop's own */
    struct stream *streams; /* that are connected */
    size_t answering;       /* requests that have no answer yet */
    int64_t stop_until_us;  /* what is not over by then is cut off; 0: no stop yet */
};

/* What libwebsockets keeps of a connection. */
struct connection {
    struct job *job;  /* being read, waited for, or written */
    bool handed_over; /* the job is with the threads */
    bool counted;     /* in http.answering */
    size_t expected;  /* bytes of the body */
    struct stream *stream;
};

/* Give work to the threads. h->lock is held. */
void http_give(struct http *h, struct work *w);
/* Make the loop look at h->done and h->ready. h->lock is held. */
void http_wake(struct http *h);

extern const struct lws_protocols http_protocols[];

/* ---- http_listen.c ---- */

/* Makes context and vhost of h->o. ERR_USAGE, ERR_SYSTEM. */
bool http_listen(struct http *h, struct err *e) WARN_UNUSED;

/* ---- http_request.c ---- */

/* Method, path, query, headers and the client's address; false: the method is not one of ours. The body is left empty. */
bool http_request_read(struct lws *wsi, const char *path, struct http_request *out);
void http_request_clear(struct http_request *r);
/* The body's length as its header says; -1: it says none, or nonsense. */
long long http_content_length(struct lws *wsi);

/* ---- http_answer.c ---- */

/* Status and headers; of an answer that becomes a stream without a length. */
bool http_write_head(struct lws *wsi, const struct http_response *r);

/* ---- stream_loop.c: on the loop ---- */

/* May this upgrade go on? Answers and ends it otherwise. What LWS_CALLBACK_HTTP_CONFIRM_UPGRADE returns. */
int stream_confirm(struct http *h, struct lws *wsi);
/* A WebSocket is there: NULL: no memory. */
struct stream *stream_accept(struct http *h, struct lws *wsi);
/* The answer of a job becomes a stream; takes over its request. NULL: no memory. */
struct stream *stream_from_answer(struct http *h, struct lws *wsi, struct job *j);
int stream_receive(struct stream *s, struct lws *wsi, const void *bytes, size_t len);
int stream_writable(struct stream *s, struct lws *wsi);
int stream_tick(struct stream *s, struct lws *wsi);
void stream_heard(struct stream *s);
/* The connection is over; drops the loop's reference. */
void stream_gone(struct stream *s);
/* What other threads have put into h->ready. */
void streams_look(struct http *h);
void streams_stop(struct http *h);

/* ---- stream.c: on a thread ---- */

/* One step: open, a message, a check, or closed. */
void stream_step(struct work *w, void *arg, void *local);

#endif
