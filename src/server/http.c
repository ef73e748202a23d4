/* The loop and its threads. See http.h.
 *
 * A job is one request and its answer. It belongs to its connection until it is handed over, to a thread until it is answered, then to
 * the connection again. A connection that closes meanwhile leaves the job behind (owner NULL): whoever has it frees it. */
#include "server/http.h"

#include <libwebsockets.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum { HEADER_BYTES = 8192, WRITE_BYTES = 16384, BODY_MAX = 1 << 20, ANSWER_MAX = 256 << 20, THREADS = 4, SLOW_S = 30 };

struct job {
    struct job *next;
    struct lws *owner; /* guarded by http.lock; NULL: the connection is gone */
    struct http_request request;
    struct http_response answer;
    size_t sent;
    bool head_sent;
};

struct queue_of_jobs {
    struct job *first, *last;
};

struct http {
    struct http_options o;
    struct lws_context *context;
    struct lws_vhost *vhost;
    pthread_t loop, *threads;
    unsigned nthreads;
    bool loop_started;
    atomic_bool stopping;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct queue_of_jobs todo, done;
};

/* What libwebsockets keeps of a connection. */
struct connection {
    struct job *job;  /* being read, waited for, or written */
    bool handed_over; /* the job is with the threads */
    size_t expected;  /* bytes of the body */
};

/* ---- jobs ---- */

static void job_free(struct job *j) {
    if (j != NULL) {
        buf_clear(&j->request.body);
        buf_clear(&j->answer.body);
        arena_clear(&j->request.arena);
        free(j);
    }
}

static void put(struct queue_of_jobs *q, struct job *j) {
    j->next = NULL;
    if (q->last == NULL) {
        q->first = j;
    } else {
        q->last->next = j;
    }
    q->last = j;
}

static struct job *take(struct queue_of_jobs *q) {
    struct job *j = q->first;
    if (j != NULL) {
        q->first = j->next;
        q->last = q->first == NULL ? NULL : q->last;
    }
    return j;
}

static void *thread_main(void *arg) {
    struct http *h = arg;
    void *local = h->o.thread_begin != NULL ? h->o.thread_begin(h->o.arg) : NULL;
    pthread_mutex_lock(&h->lock);
    while (!atomic_load(&h->stopping) || h->todo.first != NULL) {
        struct job *j = take(&h->todo);
        if (j == NULL) {
            pthread_cond_wait(&h->more, &h->lock);
            continue;
        }
        pthread_mutex_unlock(&h->lock);
        h->o.handle(h->o.arg, local, &j->request, &j->answer);
        pthread_mutex_lock(&h->lock);
        if (j->owner == NULL) {
            job_free(j);
        } else {
            put(&h->done, j);
            lws_cancel_service(h->context);
        }
    }
    pthread_mutex_unlock(&h->lock);
    if (h->o.thread_end != NULL) {
        h->o.thread_end(h->o.arg, local);
    }
    return NULL;
}

/* ---- reading a request ---- */

static char *header(struct lws *wsi, struct arena *a, enum lws_token_indexes token) {
    int len = lws_hdr_total_length(wsi, token);
    char *out = arena_alloc(a, (size_t)(len > 0 ? len : 0) + 1);
    if (len > 0 && lws_hdr_copy(wsi, out, len + 1, token) < 0) {
        out[0] = '\0';
    }
    return out;
}

static char *own_header(struct lws *wsi, struct arena *a, const char *name) {
    int len = lws_hdr_custom_length(wsi, name, (int)strlen(name));
    char *out = arena_alloc(a, (size_t)(len > 0 ? len : 0) + 1);
    if (len > 0 && lws_hdr_custom_copy(wsi, out, len + 1, name, (int)strlen(name)) < 0) {
        out[0] = '\0';
    }
    return out;
}

/* libwebsockets has cut it at each '&' and decoded the pieces. */
static void take_query(struct lws *wsi, struct http_request *r) {
    char part[HEADER_BYTES];
    size_t cap = 0;
    for (int i = 0; lws_hdr_copy_fragment(wsi, part, sizeof part, WSI_TOKEN_HTTP_URI_ARGS, i) >= 0; i++) {
        r->query = arena_grow(&r->arena, r->query, r->nquery, &cap, sizeof *r->query);
        r->query[r->nquery++] = arena_strdup(&r->arena, part);
    }
}

/* Without what an IPv6 socket puts before an IPv4 address. */
static void take_address(struct lws *wsi, struct http_request *r) {
    static const char mapped[] = "::ffff:";
    char text[sizeof r->address] = "";
    lws_get_peer_simple(wsi, text, sizeof text);
    snprintf(r->address, sizeof r->address, "%s", str_starts(text, mapped) ? text + strlen(mapped) : text);
}

static bool method_of(struct lws *wsi, enum http_method *out) {
    static const struct {
        enum lws_token_indexes token;
        enum http_method method;
    } methods[] = {{WSI_TOKEN_GET_URI, HTTP_GET},
                   {WSI_TOKEN_POST_URI, HTTP_POST},
                   {WSI_TOKEN_PUT_URI, HTTP_PUT},
                   {WSI_TOKEN_PATCH_URI, HTTP_PATCH},
                   {WSI_TOKEN_DELETE_URI, HTTP_DELETE}};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (lws_hdr_total_length(wsi, methods[i].token) > 0) {
            *out = methods[i].method;
            return true;
        }
    }
    return false;
}

static struct job *job_new(struct lws *wsi, const char *path, size_t body_max) {
    struct job *j = calloc(1, sizeof *j);
    if (j == NULL || !method_of(wsi, &j->request.method)) {
        free(j);
        return NULL;
    }
    struct http_request *r = &j->request;
    struct arena *a = &r->arena;
    j->owner = wsi;
    r->path = arena_strdup(a, path);
    take_query(wsi, r);
    r->cookie = header(wsi, a, WSI_TOKEN_HTTP_COOKIE);
    r->authorization = header(wsi, a, WSI_TOKEN_HTTP_AUTHORIZATION);
    r->content_type = header(wsi, a, WSI_TOKEN_HTTP_CONTENT_TYPE);
    r->accept_language = header(wsi, a, WSI_TOKEN_HTTP_ACCEPT_LANGUAGE);
    r->origin = header(wsi, a, WSI_TOKEN_ORIGIN);
    r->host = header(wsi, a, WSI_TOKEN_HOST);
    r->csrf = own_header(wsi, a, "x-godwit-csrf:");
    take_address(wsi, r);
    buf_init(&r->body, body_max + 1);
    buf_init(&j->answer.body, ANSWER_MAX);
    j->answer.status = 200;
    j->answer.content_type = "application/json";
    return j;
}

/* The body's length; -1: it is not said, or no number. */
static long long content_length(struct lws *wsi) {
    char text[24];
    int len = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH);
    if (len <= 0 || len >= (int)sizeof text ||
        lws_hdr_copy(wsi, text, sizeof text, WSI_TOKEN_HTTP_CONTENT_LENGTH) < 0 ||
        strspn(text, "0123456789") != (size_t)len || len > 18) {
        return -1;
    }
    return strtoll(text, NULL, 10);
}

static int hand_over(struct http *h, struct connection *c) {
    struct err ignored = ERR_INIT;
    if (!buf_terminate(&c->job->request.body, &ignored)) {
        return -1;
    }
    c->handed_over = true;
    lws_set_timeout(c->job->owner, NO_PENDING_TIMEOUT, 0); /* our own time is not the client's */
    pthread_mutex_lock(&h->lock);
    put(&h->todo, c->job);
    pthread_cond_signal(&h->more);
    pthread_mutex_unlock(&h->lock);
    return 0;
}

/* An answer of the loop itself, to what no handler shall see. */
static int refuse(struct http *h, struct lws *wsi, struct connection *c, unsigned status) {
    (void)h;
    job_free(c->job);
    c->job = NULL;
    lws_return_http_status(wsi, status, NULL);
    return -1;
}

static int request_begins(struct http *h, struct lws *wsi, struct connection *c, const char *path) {
    job_free(c->job);
    *c = (struct connection){0};
    c->job = job_new(wsi, path, h->o.body_max);
    if (c->job == NULL) {
        return refuse(h, wsi, c, HTTP_STATUS_METHOD_NOT_ALLOWED);
    }
    long long length = content_length(wsi);
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
    struct err ignored = ERR_INIT;
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

/* What every answer carries: nothing of ours is framed, sniffed or kept by caches that did not ask. */
static const struct http_header always[] = {
    {"x-content-type-options:", "nosniff"},
    {"x-frame-options:", "DENY"},
    {"referrer-policy:", "no-referrer"},
    {"content-security-policy:", "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                                 "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"},
};

static bool add(struct lws *wsi, const struct http_header *x, unsigned char **at, unsigned char *end) {
    return lws_add_http_header_by_name(wsi, (const unsigned char *)x->name, (const unsigned char *)x->value,
                                       (int)strlen(x->value), at, end) == 0;
}

static bool write_head(struct lws *wsi, const struct http_response *r) {
    unsigned char bytes[LWS_PRE + HEADER_BYTES], *begin = bytes + LWS_PRE, *at = begin, *end = bytes + sizeof bytes - 1;
    bool ok = lws_add_http_common_headers(wsi, r->status, r->content_type, r->body.len, &at, end) == 0;
    bool cached = false;
    for (size_t i = 0; ok && i < sizeof always / sizeof always[0]; i++) {
        ok = add(wsi, &always[i], &at, end);
    }
    for (size_t i = 0; ok && i < r->nheaders; i++) {
        cached = cached || str_eq(r->headers[i].name, "cache-control:");
        ok = add(wsi, &r->headers[i], &at, end);
    }
    if (ok && !cached) {
        ok = add(wsi, &(struct http_header){"cache-control:", "no-store"}, &at, end);
    }
    return ok && lws_finalize_write_http_header(wsi, begin, &at, end) == 0;
}

static int write_some(struct http *h, struct lws *wsi, struct connection *c) {
    struct job *j = c->job;
    if (j == NULL || c->handed_over) {
        return 0;
    }
    if (!j->head_sent) {
        j->head_sent = true;
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, (int)h->o.slow_s);
        if (!write_head(wsi, &j->answer)) {
            return -1;
        }
        if (j->answer.body.len > 0) {
            lws_callback_on_writable(wsi);
            return 0;
        }
    } else {
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
    }
    job_free(j);
    c->job = NULL;
    return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

static void answers_are_there(struct http *h) {
    pthread_mutex_lock(&h->lock);
    for (struct job *j; (j = take(&h->done)) != NULL;) {
        if (j->owner == NULL) {
            job_free(j);
            continue;
        }
        struct connection *c = lws_wsi_user(j->owner);
        c->handed_over = false;
        lws_callback_on_writable(j->owner);
    }
    pthread_mutex_unlock(&h->lock);
}

static void connection_is_gone(struct http *h, struct connection *c) {
    if (c == NULL || c->job == NULL) { /* it never had a request */
        return;
    }
    pthread_mutex_lock(&h->lock);
    bool theirs = c->handed_over;
    c->job->owner = NULL;
    pthread_mutex_unlock(&h->lock);
    if (!theirs) {
        job_free(c->job);
    }
    c->job = NULL;
}

/* ---- the loop ---- */

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
    case LWS_CALLBACK_CLOSED_HTTP:
        connection_is_gone(h, c);
        return 0;
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        answers_are_there(h);
        return 0;
    default:
        return lws_callback_http_dummy(wsi, reason, user, in, len);
    }
}

static const struct lws_protocols protocols[] = {
    {.name = "http", .callback = on_event, .per_session_data_size = sizeof(struct connection)},
    {0},
};

static void *loop_main(void *arg) {
    struct http *h = arg;
    while (!atomic_load(&h->stopping) && lws_service(h->context, 0) >= 0) {
    }
    return NULL;
}

static void say(int level, const char *line) {
    size_t len = strcspn(line, "\r\n");
    if ((level & LLL_ERR) != 0) {
        log_warn("http", "%.*s", (int)len, line);
    } else {
        log_debug("http", "%.*s", (int)len, line);
    }
}

/* libwebsockets would wait for an address that the machine has not got. */
static bool address_is_ours(const char *address, struct err *e) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(address, "0", &hints, &found) != 0) {
        return err_set(e, ERR_USAGE, "'%s' is no IP address to listen on", address);
    }
    int fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && bind(fd, found->ai_addr, found->ai_addrlen) == 0;
    ok = ok || err_errno(e, ERR_SYSTEM, "cannot listen on %s", address);
    if (fd >= 0) {
        close(fd);
    }
    freeaddrinfo(found);
    return ok;
}

static bool listen_now(struct http *h, struct err *e) {
    struct lws_context_creation_info info = {
        .port = h->o.port,
        .iface = h->o.address,
        .protocols = protocols,
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND,
        .server_string = "godwit",
        .user = h,
        .timeout_secs = h->o.slow_s,
        .keepalive_timeout = 60,
        .max_http_header_data = HEADER_BYTES,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
    };
    if (h->o.tls_certificate != NULL) {
        info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath = h->o.tls_certificate;
        info.ssl_private_key_filepath = h->o.tls_key;
        info.alpn = "http/1.1";
    }
    if (!address_is_ours(h->o.address, e)) {
        return false;
    }
    lws_set_log_level(LLL_ERR | LLL_WARN, say);
    h->context = lws_create_context(&info);
    h->vhost = h->context != NULL ? lws_create_vhost(h->context, &info) : NULL;
    if (h->vhost == NULL) {
        err_set(e, ERR_SYSTEM, "cannot listen on %s:%u%s", h->o.address, (unsigned)h->o.port,
                h->o.tls_certificate != NULL ? ", or the certificate and its key cannot be read" : "");
        return err_hint(e, "is the port taken by another program?");
    }
    return true;
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
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->more, NULL);
    h->threads = calloc(h->o.threads, sizeof *h->threads);
    bool ok = h->threads != NULL || err_set(e, ERR_MEMORY, "no memory for the HTTP server");
    ok = ok && listen_now(h, e);
    while (ok && h->nthreads < h->o.threads) {
        ok = pthread_create(&h->threads[h->nthreads], NULL, thread_main, h) == 0 ||
             err_errno(e, ERR_SYSTEM, "a thread could not be started");
        h->nthreads += ok;
    }
    if (ok) {
        ok = h->loop_started = pthread_create(&h->loop, NULL, loop_main, h) == 0;
        ok = ok || err_errno(e, ERR_SYSTEM, "a thread could not be started");
    }
    if (!ok) {
        http_stop(h);
        return false;
    }
    *out = h;
    return true;
}

uint16_t http_port(const struct http *h) {
    return (uint16_t)lws_get_vhost_listen_port(h->vhost);
}

void http_stop(struct http *h) {
    if (h == NULL) {
        return;
    }
    pthread_mutex_lock(&h->lock);
    atomic_store(&h->stopping, true);
    pthread_cond_broadcast(&h->more);
    pthread_mutex_unlock(&h->lock);
    for (unsigned i = 0; i < h->nthreads; i++) {
        pthread_join(h->threads[i], NULL);
    }
    if (h->loop_started) {
        lws_cancel_service(h->context);
        pthread_join(h->loop, NULL);
    }
    if (h->context != NULL) {
        lws_context_destroy(h->context); /* closes connections, which frees their jobs */
    }
    for (struct job *j; (j = take(&h->done)) != NULL;) {
        job_free(j);
    }
    pthread_cond_destroy(&h->more);
    pthread_mutex_destroy(&h->lock);
    free(h->threads);
    free(h);
}
