/* HTTP/1.1 from the client's side. See http_client.h.
 *
 * What comes back is foreign: lines, heads and bodies have their limits, lengths that contradict each other are refused, and a thread
 * of its own ends the connection when the time is over, wherever the call is by then. */
#include "net/http_client.h"

#include <pthread.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"
#include "net/stream.h"

enum {
    TIMEOUT_S = 30,
    ANSWER_MAX = 16 << 20,
    LINE_MAX = 8192,
    HEAD_LINES_MAX = 200,
    INTERIM_MAX = 10, /* answers 1xx before the answer */
    READ_BYTES = 16384,
    REQUEST_MAX = 65536,
};

/* ---- the URL ---- */

struct place {
    bool tls;
    bool bracketed; /* an IPv6 address: the name is without its brackets */
    char host[256];
    uint16_t port;
    const char *path; /* within the URL; "" or from '/' or '?' */
    char text[300];   /* "https://host:port": what errors tell */
};

static bool bad_url(struct err *e, const char *why) {
    err_set(e, ERR_USAGE, "the address cannot be used: %s", why);
    return err_hint(e, "for example https://console.example.com:9494/path");
}

static bool port_of(const char *from, size_t len, uint16_t *out) {
    unsigned n = 0;
    for (size_t i = 0; i < len; i++) {
        if (from[i] < '0' || from[i] > '9' || n > 6553) {
            return false;
        }
        n = n * 10 + (unsigned)(from[i] - '0');
    }
    *out = (uint16_t)n;
    return n > 0 && n <= UINT16_MAX;
}

static bool place_of(const char *url, struct place *p, struct err *e) {
    *p = (struct place){.tls = str_istarts(url, "https://")};
    if (!p->tls && !str_istarts(url, "http://")) {
        return bad_url(e, "it begins with neither http:// nor https://");
    }
    for (const char *c = url; *c != '\0'; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f) {
            return bad_url(e, "it has a space or a control character");
        }
    }
    const char *host = strstr(url, "://") + 3;
    size_t len = strcspn(host, "/?#");
    p->path = host + len;
    if (memchr(host, '@', len) != NULL) {
        return bad_url(e, "a user or password has no place in it");
    }
    if (strchr(p->path, '#') != NULL) {
        return bad_url(e, "'#' has no meaning for a server");
    }
    const char *colon = memchr(host, ':', len);
    size_t host_len = colon != NULL ? (size_t)(colon - host) : len;
    if (host[0] == '[') {
        const char *end = memchr(host, ']', len);
        if (end == NULL) {
            return bad_url(e, "a '[' has no ']'");
        }
        p->bracketed = true;
        colon = end[1] == ':' && end + 1 < host + len ? end + 1 : NULL;
        if (colon == NULL && end + 1 != host + len) {
            return bad_url(e, "something stands between ']' and the port");
        }
        host++;
        host_len = (size_t)(end - host);
    }
    if (host_len == 0 || host_len >= sizeof p->host || host[0] == '/') {
        return bad_url(e, "it has no host");
    }
    memcpy(p->host, host, host_len);
    p->port = p->tls ? 443 : 80;
    if (colon != NULL && !port_of(colon + 1, (size_t)(p->path - colon - 1), &p->port)) {
        return bad_url(e, "its port is no number from 1 to 65535");
    }
    snprintf(p->text, sizeof p->text, "%s://%s%s%s:%u", p->tls ? "https" : "http", p->bracketed ? "[" : "", p->host,
             p->bracketed ? "]" : "", p->port);
    return true;
}

bool http_url_valid(const char *url, struct err *e) {
    struct place p;
    return place_of(url, &p, e);
}

/* ---- the time ---- */

/* Aborts a connection when its time is over. */
struct watch {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t done_now;
    struct net_stream *stream;
    struct timespec until; /* CLOCK_MONOTONIC */
    bool done, fired;
};

static void *watch_main(void *arg) {
    struct watch *w = arg;
    pthread_mutex_lock(&w->lock);
    int waited = 0;
    while (!w->done && waited == 0) {
        waited = pthread_cond_timedwait(&w->done_now, &w->lock, &w->until);
    }
    if (!w->done) {
        w->fired = true;
        net_abort(w->stream);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static bool watch_begin(struct watch *w, struct net_stream *s, int64_t until_us, struct err *e) {
    pthread_condattr_t monotonic;
    *w = (struct watch){.stream = s, .until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000}};
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->done_now, &monotonic);
    pthread_condattr_destroy(&monotonic);
    int error = pthread_create(&w->thread, NULL, watch_main, w);
    if (error != 0) {
        pthread_cond_destroy(&w->done_now);
        pthread_mutex_destroy(&w->lock);
        return err_set(e, ERR_SYSTEM, "a thread could not be started (%d)", error);
    }
    return true;
}

/* Was the time over? */
static bool watch_end(struct watch *w) {
    pthread_mutex_lock(&w->lock);
    w->done = true;
    pthread_cond_signal(&w->done_now);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->done_now);
    pthread_mutex_destroy(&w->lock);
    return w->fired;
}

/* ---- the request ---- */

/* One line's worth: no line break may come in with a value. */
static bool is_line(const char *s) {
    for (; *s != '\0'; s++) {
        if ((unsigned char)*s < ' ' || *s == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool put_header(struct buf *b, const char *text, struct err *e) {
    return (is_line(text) || err_set(e, ERR_USAGE, "a header has a control character")) && buf_puts(b, text, e) &&
           buf_puts(b, "\r\n", e);
}

static bool is_method(const char *m) {
    size_t n = strspn(m, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return n > 0 && n <= 16 && m[n] == '\0';
}

/* A body without a length would have no end, and none at all needs its 0: servers ask for it. */
static bool carries(const struct http_call *c) {
    return c->body != NULL || str_eq(c->method, "POST") || str_eq(c->method, "PUT") || str_eq(c->method, "PATCH");
}

static bool make_head(const struct http_call *c, const struct place *p, struct buf *b, struct err *e) {
    if (!is_method(c->method)) {
        return err_set(e, ERR_USAGE, "'%.20s' is no HTTP method", c->method);
    }
    bool standard = p->port == (p->tls ? 443 : 80);
    char port[8];
    snprintf(port, sizeof port, ":%u", p->port);
    if (!buf_printf(b, e,
                    "%s %s%s HTTP/1.1\r\nHost: %s%s%s%s\r\nUser-Agent: godwit/" GODWIT_VERSION
                    "\r\nAccept: */*\r\nConnection: close\r\n",
                    c->method, p->path[0] == '/' ? "" : "/", p->path, p->bracketed ? "[" : "", p->host,
                    p->bracketed ? "]" : "", standard ? "" : port)) {
        return false;
    }
    if (c->bearer != NULL && !(buf_puts(b, "Authorization: Bearer ", e) && put_header(b, c->bearer, e))) {
        return false;
    }
    for (const char *const *h = c->header; h != NULL && *h != NULL; h++) {
        if (!put_header(b, *h, e)) {
            return false;
        }
    }
    const char *type = c->content_type != NULL ? c->content_type : "application/json";
    if (c->body != NULL && !(buf_puts(b, "Content-Type: ", e) && put_header(b, type, e))) {
        return false;
    }
    return (!carries(c) || buf_printf(b, e, "Content-Length: %zu\r\n", c->body_len)) && buf_puts(b, "\r\n", e);
}

/* ---- the answer ---- */

struct reader {
    struct net_stream *stream;
    uint8_t bytes[READ_BYTES];
    size_t at, len;
};

/* *end: nothing more comes. */
static bool fill(struct reader *r, bool *end, struct err *e) {
    if (r->at < r->len) {
        *end = false;
        return true;
    }
    r->at = r->len = 0;
    bool ok = net_read(r->stream, r->bytes, sizeof r->bytes, &r->len, e);
    *end = ok && r->len == 0;
    return ok;
}

static bool broke_off(struct err *e) {
    err_set(e, ERR_NETWORK, "the answer is not whole");
    return err_cause(e, "the server closed the connection");
}

/* Without its line break; for the first line, *end: there was no answer at all. */
static bool read_line(struct reader *r, char line[LINE_MAX], struct err *e) {
    size_t n = 0;
    for (;;) {
        bool end;
        if (!fill(r, &end, e)) {
            return false;
        }
        if (end) {
            return broke_off(e);
        }
        const uint8_t *from = r->bytes + r->at, *lf = memchr(from, '\n', r->len - r->at);
        size_t part = lf != NULL ? (size_t)(lf - from) : r->len - r->at;
        if (part >= LINE_MAX - n || memchr(from, '\0', part) != NULL) {
            return err_set(e, ERR_NETWORK, "the server does not speak HTTP, or its lines are too long");
        }
        memcpy(line + n, from, part);
        n += part;
        r->at += part + (lf != NULL);
        if (lf != NULL) {
            n -= n > 0 && line[n - 1] == '\r';
            line[n] = '\0';
            return true;
        }
    }
}

static bool read_bytes(struct reader *r, uint64_t n, struct buf *to, struct err *e) {
    while (n > 0) {
        bool end;
        if (!fill(r, &end, e)) {
            return false;
        }
        if (end) {
            return broke_off(e);
        }
        size_t part = r->len - r->at < n ? r->len - r->at : (size_t)n;
        if (!buf_put(to, r->bytes + r->at, part, e)) {
            return false;
        }
        r->at += part;
        n -= part;
    }
    return true;
}

static bool read_to_end(struct reader *r, struct buf *to, struct err *e) {
    for (;;) {
        bool end;
        if (!fill(r, &end, e)) {
            return false;
        }
        if (end) {
            return true;
        }
        if (!buf_put(to, r->bytes + r->at, r->len - r->at, e)) {
            return false;
        }
        r->at = r->len;
    }
}

static bool number_of(const char *text, unsigned base, uint64_t *out) {
    static const char digits[] = "0123456789abcdef";
    uint64_t n = 0;
    size_t len = 0;
    for (const char *d; *text != '\0'; text++, len++) {
        d = strchr(digits, *text >= 'A' && *text <= 'F' ? *text + ('a' - 'A') : *text);
        if (d == NULL || (unsigned)(d - digits) >= base || len == 15) {
            return false;
        }
        n = n * base + (uint64_t)(d - digits);
    }
    *out = n;
    return len > 0;
}

static bool read_chunks(struct reader *r, struct buf *to, struct err *e) {
    char line[LINE_MAX];
    for (;;) {
        uint64_t n;
        if (!read_line(r, line, e)) {
            return false;
        }
        line[strcspn(line, "; \t")] = '\0';
        if (!number_of(line, 16, &n)) {
            return err_set(e, ERR_NETWORK, "a chunk of the answer has no length");
        }
        if (n == 0) {
            return true; /* what follows would only be trailers; the connection is closed anyway */
        }
        if (!read_bytes(r, n, to, e) || !read_line(r, line, e)) {
            return false;
        }
        if (line[0] != '\0') {
            return err_set(e, ERR_NETWORK, "a chunk of the answer is longer than it says");
        }
    }
}

struct head {
    unsigned status;
    bool chunked, measured;
    uint64_t length;
};

static bool take_header(const struct http_call *c, struct http_reply *out, char *line, struct head *h, struct err *e) {
    char *colon = strchr(line, ':');
    if (colon == NULL) {
        return err_set(e, ERR_NETWORK, "the server does not speak HTTP: a header has no ':'");
    }
    *colon = '\0';
    char *value = colon + 1 + strspn(colon + 1, " \t");
    for (size_t n = strlen(value); n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'); n--) {
        value[n - 1] = '\0';
    }
    if (c->wanted != NULL && strcasecmp(line, c->wanted) == 0 && out->value[0] == '\0' &&
        strlen(value) < HTTP_VALUE_MAX) {
        memcpy(out->value, value, strlen(value) + 1);
    }
    if (strcasecmp(line, "transfer-encoding") == 0) {
        h->chunked = strcasecmp(value, "chunked") == 0;
        return h->chunked || err_set(e, ERR_NETWORK, "the answer is encoded in a way that was not asked for");
    }
    if (strcasecmp(line, "content-length") == 0) {
        uint64_t n;
        if (!number_of(value, 10, &n) || (h->measured && n != h->length)) {
            return err_set(e, ERR_NETWORK, "the answer's length is no number");
        }
        h->measured = true;
        h->length = n;
    }
    return true;
}

static bool read_head(const struct http_call *c, struct reader *r, struct http_reply *out, struct head *h,
                      struct err *e) {
    char line[LINE_MAX];
    *h = (struct head){0};
    uint64_t status = 0;
    if (!read_line(r, line, e)) {
        return false;
    }
    bool http = strncmp(line, "HTTP/1.", 7) == 0 && line[7] >= '0' && line[7] <= '9' && line[8] == ' ';
    if (http) {
        line[9 + strcspn(line + 9, " ")] = '\0';
    }
    if (!http || !number_of(line + 9, 10, &status) || status < 100 || status > 999) {
        return err_set(e, ERR_NETWORK, "the server does not speak HTTP");
    }
    h->status = (unsigned)status;
    for (int i = 0; i < HEAD_LINES_MAX; i++) {
        if (!read_line(r, line, e)) {
            return false;
        }
        if (line[0] == '\0') {
            return true;
        }
        if (!take_header(c, out, line, h, e)) {
            return false;
        }
    }
    return err_set(e, ERR_NETWORK, "the answer has more than %d headers", HEAD_LINES_MAX);
}

static bool read_answer(const struct http_call *c, struct reader *r, struct http_reply *out, struct err *e) {
    struct head h;
    for (int i = 0;; i++) {
        if (!read_head(c, r, out, &h, e)) {
            return false;
        }
        if (h.status >= 200) {
            break;
        }
        if (i == INTERIM_MAX) {
            return err_set(e, ERR_NETWORK, "the server does not come to its answer");
        }
    }
    out->status = h.status;
    if (str_eq(c->method, "HEAD") || h.status == 204 || h.status == 304) {
        return true;
    }
    if (h.chunked) {
        return read_chunks(r, &out->body, e);
    }
    return h.measured ? read_bytes(r, h.length, &out->body, e) : read_to_end(r, &out->body, e);
}

/* ---- all of it ---- */

static bool send_all(const struct http_call *c, struct net_stream *s, const struct buf *head, struct err *e) {
    return net_write(s, head->data, head->len, e) &&
           (c->body == NULL || c->body_len == 0 || net_write(s, c->body, c->body_len, e));
}

static bool talk(const struct http_call *c, const struct place *p, struct net_stream *s, const struct buf *head,
                 struct http_reply *out, struct err *e) {
    struct net_tls_options tls = {.mode = c->any_name ? NET_TLS_VERIFY_CA : NET_TLS_VERIFY_FULL, .ca_file = c->ca_file};
    struct err sending = ERR_INIT;
    if (p->tls && !net_start_tls(s, &tls, p->host, e)) {
        return false;
    }
    struct reader *r = malloc(sizeof *r);
    if (r == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for an answer");
    }
    *r = (struct reader){.stream = s};
    /* A server may refuse a body without reading it to its end: its answer is worth more than the broken pipe. */
    bool sent = send_all(c, s, head, &sending);
    bool ok = read_answer(c, r, out, e);
    explicit_bzero(r, sizeof *r); /* an answer may hold a token */
    free(r);
    if (!ok && !sent && out->status == 0) {
        err_copy(e, &sending);
    }
    return ok;
}

/* What went wrong on the way, as this module's error. */
static bool failed(const struct http_call *c, const struct place *p, bool late, struct err *e) {
    struct err inner = *e;
    if (late) {
        err_set(e, ERR_HTTP, "there was no whole answer within %u s", c->timeout_s);
    } else if (inner.code == ERR_LIMIT) {
        err_set(e, ERR_HTTP, "the answer has more than %zu bytes", c->answer_max);
    } else if (inner.code == ERR_NETWORK) {
        err_set(e, ERR_HTTP, "%s", inner.message);
        err_cause(e, "%s", inner.cause);
    }
    return err_where(e, "%s", p->text);
}

static bool connect_and_talk(const struct http_call *c, const struct place *p, const struct buf *head,
                             struct http_reply *out, struct err *e) {
    struct net_stream *s = NULL;
    struct watch watch;
    int64_t until_us = clock_mono_us() + (int64_t)c->timeout_s * 1000000;
    if (!net_connect(&s, p->host, p->port, (int64_t)c->timeout_s * 1000, e)) {
        return failed(c, p, false, e);
    }
    if (!watch_begin(&watch, s, until_us, e)) {
        net_close(s);
        return false;
    }
    bool ok = talk(c, p, s, head, out, e);
    bool late = watch_end(&watch);
    net_close(s);
    return (ok && !late) || failed(c, p, late, e); /* late: what looks like its end may be the abort */
}

bool http_call(const struct http_call *asked, struct http_reply *out, struct err *e) {
    struct http_call c = *asked;
    struct place p;
    struct buf head;
    c.timeout_s = c.timeout_s != 0 ? c.timeout_s : TIMEOUT_S;
    c.answer_max = c.answer_max != 0 ? c.answer_max : ANSWER_MAX;
    out->status = 0;
    out->value[0] = '\0';
    buf_init(&out->body, c.answer_max);
    buf_init(&head, REQUEST_MAX);
    bool ok = place_of(c.url, &p, e) && buf_reserve(&head, LINE_MAX, e) && make_head(&c, &p, &head, e) &&
              connect_and_talk(&c, &p, &head, out, e);
    if (head.data != NULL) {
        explicit_bzero(head.data, head.cap); /* the token */
    }
    buf_clear(&head);
    out->body.max_bytes++; /* for the NUL */
    return ok && buf_terminate(&out->body, e);
}
