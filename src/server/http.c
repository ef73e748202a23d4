/* The loop and its threads. See http.h.
 *
 * A job is one request and its answer. It belongs to its connection until it is handed over, to a thread until it is answered, then to
 * the connection again. A connection that closes meanwhile leaves the job behind (owner NULL): whoever has it frees it. */
#include "server/http.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "server/http_internal.h"

enum {
    BODY_MAX = 1 << 20,
    ANSWER_MAX = 256 << 20,
    THREADS = 4,
    STREAM_THREADS = 2,
    PATIENT_THREADS = 16,
    SLOW_S = 30,
    STOP_LOOK_MS = 10
};

const int64_t http_durations_us[HTTP_DURATIONS] = {1000,   2500,   5000,   10000,   25000,   50000,
                                                   100000, 250000, 500000, 1000000, 2500000, 10000000};

/* What a thread is for. There is always somebody for steps of streams, also when all requests wait for what a stream says. */
enum thread_kind { THREAD_ALL, THREAD_STEPS, THREAD_PATIENT };

struct http_thread {
    pthread_t id;
    struct http *http;
    enum thread_kind kind;
};

/* ---- jobs ---- */

static void job_free(struct job *j) {
    if (j != NULL) {
        http_request_clear(&j->request);
        buf_clear(&j->answer.body);
        free(j);
    }
}

static void put(struct works *q, struct work *w) {
    w->next = NULL;
    *(q->last != NULL ? &q->last->next : &q->first) = w;
    q->last = w;
}

static struct work *take(struct works *q) {
    struct work *w = q->first;
    if (w != NULL) {
        q->first = w->next;
        q->last = q->first == NULL ? NULL : q->last;
    }
    return w;
}

static void start_patient(struct http *h);

void http_give(struct http *h, struct work *w) {
    put(w->kind == WORK_STEP ? &h->steps : w->kind == WORK_PATIENT ? &h->patient_requests : &h->requests, w);
    if (w->kind == WORK_PATIENT) {
        h->patient_waiting++;
        start_patient(h);
    }
    /* Only a thread of the right kind may go on with it, and a signal cannot choose. */
    pthread_cond_broadcast(&h->more);
}

void http_wake(struct http *h) {
    if (!h->context_gone) {
        lws_cancel_service(h->context);
    }
}

/* ---- threads ---- */

static void count_answer(struct http_stats *x, unsigned status, int64_t took_us) {
    if (x == NULL) {
        return;
    }
    int i = 0;
    while (i < HTTP_DURATIONS && took_us > http_durations_us[i]) {
        i++;
    }
    atomic_fetch_add_explicit(&x->answers[status / 100 <= 5 ? status / 100 : 0], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&x->durations[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&x->duration_us, (unsigned long long)took_us, memory_order_relaxed);
}

static void answer(struct http *h, struct job *j, void *local) {
    h->o.handle(h->o.arg, local, &j->request, &j->answer);
    count_answer(h->o.stats, j->answer.status, clock_mono_us() - j->begun_us);
    pthread_mutex_lock(&h->lock);
    if (j->owner == NULL) {
        job_free(j);
    } else {
        put(&h->done, &j->work);
        http_wake(h);
    }
    pthread_mutex_unlock(&h->lock);
}

static struct work *work_for(struct http *h, enum thread_kind kind) {
    if (kind == THREAD_PATIENT) {
        struct work *w = take(&h->patient_requests);
        h->patient_waiting -= w != NULL;
        return w;
    }
    struct work *w = kind == THREAD_ALL ? take(&h->requests) : NULL;
    return w != NULL ? w : take(&h->steps);
}

static void *thread_main(void *arg) {
    const struct http_thread *self = arg;
    struct http *h = self->http;
    void *local = h->o.thread_begin != NULL ? h->o.thread_begin(h->o.arg) : NULL;
    pthread_mutex_lock(&h->lock);
    for (;;) {
        struct work *w = work_for(h, self->kind);
        if (w == NULL) {
            if (h->finishing) {
                break;
            }
            h->patient_idle += self->kind == THREAD_PATIENT;
            pthread_cond_wait(&h->more, &h->lock);
            h->patient_idle -= self->kind == THREAD_PATIENT;
            continue;
        }
        pthread_mutex_unlock(&h->lock);
        if (w->kind == WORK_STEP) {
            stream_step(w, h->o.arg, local);
        } else {
            answer(h, (struct job *)w, local); /* its first member */
        }
        pthread_mutex_lock(&h->lock);
    }
    pthread_mutex_unlock(&h->lock);
    if (h->o.thread_end != NULL) {
        h->o.thread_end(h->o.arg, local);
    }
    return NULL;
}

static bool start_thread(struct http *h, enum thread_kind kind) {
    struct http_thread *t = &h->threads[h->nthreads];
    *t = (struct http_thread){.http = h, .kind = kind};
    if (pthread_create(&t->id, NULL, thread_main, t) != 0) {
        return false;
    }
    h->nthreads++;
    return true;
}

/* Most servers need few of them, or none. h->lock is held. */
static void start_patient(struct http *h) {
    if (h->patient_waiting > h->patient_idle && h->patient < PATIENT_THREADS && start_thread(h, THREAD_PATIENT)) {
        h->patient++;
    }
}

bool http_is_waited_for(const struct http_request *r) {
    const struct job *j = (const struct job *)((const char *)r - offsetof(struct job, request));
    pthread_mutex_lock(&j->http->lock);
    bool there = j->owner != NULL;
    pthread_mutex_unlock(&j->http->lock);
    return there;
}

/* ---- reading a request ---- */

static struct job *job_new(struct http *h, struct lws *wsi, const char *path) {
    struct job *j = calloc(1, sizeof *j);
    if (j == NULL || !http_request_read(wsi, path, &j->request)) {
        job_free(j);
        return NULL;
    }
    j->http = h;
    j->owner = wsi;
    j->work.kind = h->o.waits != NULL && h->o.waits(h->o.arg, &j->request) ? WORK_PATIENT : WORK_REQUEST;
    buf_init(&j->request.body, h->o.body_max + 1);
    buf_init(&j->answer.body, ANSWER_MAX);
    j->answer.status = 200;
    j->answer.content_type = "application/json";
    return j;
}

static int hand_over(struct http *h, struct connection *c) {
    struct err ignored;
    if (!buf_terminate(&c->job->request.body, &ignored)) {
        return -1;
    }
    c->handed_over = c->counted = true;
    h->answering++;
    c->job->begun_us = clock_mono_us();
    lws_set_timeout(c->job->owner, NO_PENDING_TIMEOUT, 0); /* our own time is not the client's */
    pthread_mutex_lock(&h->lock);
    http_give(h, &c->job->work);
    pthread_mutex_unlock(&h->lock);
    return 0;
}

/* An answer of the loop itself, to what no handler shall see. */
static int refuse(struct http *h, struct lws *wsi, struct connection *c, unsigned status) {
    job_free(c->job);
    c->job = NULL;
    count_answer(h->o.stats, status, 0);
    lws_return_http_status(wsi, status, NULL);
    return -1;
}

static int request_begins(struct http *h, struct lws *wsi, struct connection *c, const char *path) {
    if (c->stream != NULL || c->handed_over || (c->job != NULL && c->job->head_sent)) {
        return -1; /* one at a time: the last one has no answer yet */
    }
    job_free(c->job);
    *c = (struct connection){0};
    if (h->stop_until_us != 0) {
        return refuse(h, wsi, c, HTTP_STATUS_SERVICE_UNAVAILABLE);
    }
    c->job = job_new(h, wsi, path);
    if (c->job == NULL) {
        return refuse(h, wsi, c, HTTP_STATUS_METHOD_NOT_ALLOWED);
    }
    long long length = http_content_length(wsi);
    bool carries = c->job->request.method == HTTP_POST || c->job->request.method == HTTP_PUT ||
                   c->job->request.method == HTTP_PATCH;
    if (!carries) {
        return hand_over(h, c);
    }
    if (length < 0) {
        return refuse(h, wsi, c, 411); /* Length Required */
    }
    if ((unsigned long long)length > h->o.body_max) {
        return refuse(h, wsi, c, HTTP_STATUS_REQ_ENTITY_TOO_LARGE);
    }
    c->expected = (size_t)length;
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, (int)h->o.slow_s); /* for all of it, not for each byte */
    return 0;
}

static int body_grows(struct http *h, struct lws *wsi, struct connection *c, const void *data, size_t len) {
    struct err ignored;
    if (c->job == NULL || c->handed_over) {
        return -1;
    }
    struct buf *body = &c->job->request.body;
    if (body->len + len > c->expected || !buf_put(body, data, len, &ignored)) {
        return refuse(h, wsi, c, HTTP_STATUS_REQ_ENTITY_TOO_LARGE);
    }
    return body->len == c->expected ? hand_over(h, c) : 0;
}

/* ---- writing an answer ---- */

static void answered(struct http *h, struct connection *c) {
    job_free(c->job);
    c->job = NULL;
    c->counted = false;
    h->answering--;
}

/* The head is out: from here on it is a stream. */
static int becomes_stream(struct http *h, struct lws *wsi, struct connection *c) {
    c->stream = stream_from_answer(h, wsi, c->job);
    answered(h, c);
    return c->stream != NULL ? 0 : -1;
}

static int write_head(struct http *h, struct lws *wsi, struct connection *c) {
    struct job *j = c->job;
    j->head_sent = true;
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, (int)h->o.slow_s);
    if (!http_write_head(wsi, &j->answer)) {
        return -1;
    }
    if (j->answer.events != NULL) {
        return becomes_stream(h, wsi, c);
    }
    if (j->answer.body.len > 0) {
        lws_callback_on_writable(wsi);
        return 0;
    }
    answered(h, c);
    return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

static int write_some(struct http *h, struct lws *wsi, struct connection *c) {
    struct job *j = c->job;
    if (c->stream != NULL) {
        return stream_writable(c->stream, wsi);
    }
    if (j == NULL || c->handed_over) {
        return 0;
    }
    if (!j->head_sent) {
        return write_head(h, wsi, c);
    }
    unsigned char bytes[LWS_PRE + WRITE_BYTES];
    size_t left = j->answer.body.len - j->sent, n = left < WRITE_BYTES ? left : WRITE_BYTES;
    memcpy(bytes + LWS_PRE, j->answer.body.data + j->sent, n);
    if (lws_write(wsi, bytes + LWS_PRE, n, n == left ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) != (int)n) {
        return -1;
    }
    j->sent += n;
    if (j->sent < j->answer.body.len) {
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, (int)h->o.slow_s);
        lws_callback_on_writable(wsi);
        return 0;
    }
    answered(h, c);
    return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

static void answers_are_there(struct http *h) {
    pthread_mutex_lock(&h->lock);
    for (struct work *w; (w = take(&h->done)) != NULL;) {
        struct job *j = (struct job *)w;
        if (j->owner == NULL) {
            job_free(j);
            continue;
        }
        struct connection *c = lws_wsi_user(j->owner);
        c->handed_over = false;
        lws_callback_on_writable(j->owner);
    }
    bool stop = h->stopping && h->stop_until_us == 0;
    pthread_mutex_unlock(&h->lock);
    if (stop) {
        streams_stop(h);
    }
    streams_look(h);
}

static void connection_is_gone(struct http *h, struct connection *c) {
    if (c == NULL) {
        return;
    }
    if (c->stream != NULL) {
        stream_gone(c->stream);
        c->stream = NULL;
    }
    if (c->job == NULL) { /* it never had a request */
        return;
    }
    pthread_mutex_lock(&h->lock);
    bool theirs = c->handed_over;
    c->job->owner = NULL;
    pthread_mutex_unlock(&h->lock);
    h->answering -= c->counted;
    c->counted = false;
    if (!theirs) {
        job_free(c->job);
    }
    c->job = NULL;
}

static int stream_begins(struct http *h, struct lws *wsi, struct connection *c) {
    c->stream = stream_accept(h, wsi);
    return c->stream != NULL ? 0 : -1;
}

/* ---- the loop ---- */

static int on_stream_event(struct lws *wsi, enum lws_callback_reasons reason, struct connection *c, void *in,
                           size_t len) {
    if (c == NULL || c->stream == NULL) {
        return 0;
    }
    switch (reason) {
    case LWS_CALLBACK_RECEIVE:
        return stream_receive(c->stream, wsi, in, len);
    case LWS_CALLBACK_RECEIVE_PONG:
        stream_heard(c->stream);
        return 0;
    case LWS_CALLBACK_TIMER:
        return stream_tick(c->stream, wsi);
    default: /* LWS_CALLBACK_SERVER_WRITEABLE */
        return stream_writable(c->stream, wsi);
    }
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
    struct connection *c = user;
    struct http *h = lws_context_user(lws_get_context(wsi));
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return request_begins(h, wsi, c, in);
    case LWS_CALLBACK_HTTP_BODY:
        return body_grows(h, wsi, c, in, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return c->job != NULL && !c->handed_over && c->expected == 0 ? hand_over(h, c) : 0;
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return write_some(h, wsi, c);
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return c != NULL && (c->stream != NULL || c->job != NULL) ? -1 : stream_confirm(h, wsi);
    case LWS_CALLBACK_ESTABLISHED:
        return stream_begins(h, wsi, c);
    case LWS_CALLBACK_RECEIVE:
    case LWS_CALLBACK_RECEIVE_PONG:
    case LWS_CALLBACK_TIMER:
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return on_stream_event(wsi, reason, c, in, len);
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_CLOSED_HTTP:
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
    case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL:
        connection_is_gone(h, c);
        return 0;
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        answers_are_there(h);
        return 0;
    default:
        return lws_callback_http_dummy(wsi, reason, user, in, len);
    }
}

const struct lws_protocols http_protocols[] = {
    {.name = "http", .callback = on_event, .per_session_data_size = sizeof(struct connection)},
    {0},
};

/* Until the stop: then what is under way may end, for a while. */
static bool loop_goes_on(const struct http *h) {
    return h->stop_until_us == 0 || ((h->streams != NULL || h->answering > 0) && clock_mono_us() < h->stop_until_us);
}

static void *loop_main(void *arg) {
    struct http *h = arg;
    while (loop_goes_on(h) && lws_service(h->context, 0) >= 0) {
    }
    atomic_store(&h->loop_ended, true);
    return NULL;
}

static bool start_threads(struct http *h, struct err *e) {
    unsigned n = h->o.threads + (h->o.streams != NULL ? STREAM_THREADS : 0);
    h->threads = calloc(n + PATIENT_THREADS, sizeof *h->threads);
    if (h->threads == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for the HTTP server");
    }
    while (h->nthreads < n) {
        if (!start_thread(h, h->nthreads < h->o.threads ? THREAD_ALL : THREAD_STEPS)) {
            return err_errno(e, ERR_SYSTEM, "a thread could not be started");
        }
    }
    h->loop_started = pthread_create(&h->loop, NULL, loop_main, h) == 0;
    return h->loop_started || err_errno(e, ERR_SYSTEM, "a thread could not be started");
}

bool http_start(struct http **out, const struct http_options *o, struct err *e) {
    struct http *h = calloc(1, sizeof *h);
    *out = NULL;
    if (h == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for the HTTP server");
    }
    h->o = *o;
    h->o.address = o->address != NULL ? o->address : "127.0.0.1";
    h->o.body_max = o->body_max > 0 ? o->body_max : BODY_MAX;
    h->o.slow_s = o->slow_s > 0 ? o->slow_s : SLOW_S;
    h->o.threads = o->threads > 0 ? o->threads : THREADS;
    if (o->stats != NULL) {
        o->stats->begun_us = clock_utc_us();
    }
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->more, NULL);
    bool ok = http_listen(h, e);
    if (ok && o->listening != NULL) {
        o->listening(o->listening_arg, h);
    }
    if (!ok || !start_threads(h, e)) {
        http_stop(h);
        return false;
    }
    *out = h;
    return true;
}

uint16_t http_port(const struct http *h) {
    return (uint16_t)lws_get_vhost_listen_port(h->vhost);
}

static void stop_loop(struct http *h) {
    while (!atomic_load(&h->loop_ended)) { /* each wake lets it look whether all is over */
        pthread_mutex_lock(&h->lock);
        http_wake(h);
        pthread_mutex_unlock(&h->lock);
        clock_sleep_ms(STOP_LOOK_MS);
    }
    pthread_join(h->loop, NULL);
}

void http_stop(struct http *h) {
    if (h == NULL) {
        return;
    }
    pthread_mutex_lock(&h->lock);
    h->stopping = true;
    pthread_mutex_unlock(&h->lock);
    if (h->loop_started) {
        stop_loop(h);
    }
    pthread_mutex_lock(&h->lock);
    h->context_gone = true;
    pthread_mutex_unlock(&h->lock);
    if (h->context != NULL) {
        lws_context_destroy(
            h->context); /* closes connections: their requests have no owner then, their streams are over */
    }
    pthread_mutex_lock(&h->lock);
    h->finishing = true;
    pthread_cond_broadcast(&h->more);
    pthread_mutex_unlock(&h->lock);
    for (unsigned i = 0; i < h->nthreads; i++) {
        pthread_join(h->threads[i].id, NULL);
    }
    streams_look(h); /* lets go of those that wait to be looked at */
    for (struct work *w; (w = take(&h->done)) != NULL;) {
        job_free((struct job *)w);
    }
    pthread_cond_destroy(&h->more);
    pthread_mutex_destroy(&h->lock);
    free(h->threads);
    free(h);
}
