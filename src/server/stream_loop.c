/* Streams on the loop: upgrades, frames in and out, signs of life, the end. See http_internal.h. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/str.h"
#include "server/stream_internal.h"

enum {
    SEND_BUFFER = 128 << 10,
    FRAGMENT = 64 << 10,
    BEAT_WEBSOCKET_S = 20,
    BEAT_EVENTS_S = 15,
    STOP_S = 3,
    AT_ONCE = 16
};

/* ---- the begin ---- */

static const struct stream_handler *handler_of(const struct http *h, const char *path) {
    for (const struct stream_handler *const *at = h->o.streams; at != NULL && *at != NULL; at++) {
        size_t len = strlen((*at)->path);
        bool below = len > 0 && (*at)->path[len - 1] == '/';
        if (below ? str_starts(path, (*at)->path) : str_eq(path, (*at)->path)) {
            return *at;
        }
    }
    return NULL;
}

/* As LWS_CALLBACK_HTTP would be given it. */
static char *path_of(struct lws *wsi, struct arena *a) {
    int len = lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI);
    char *out = arena_alloc(a, (size_t)(len > 0 ? len : 0) + 1);
    if (len <= 0 || lws_hdr_copy(wsi, out, len + 1, WSI_TOKEN_GET_URI) < 0) {
        out[0] = '\0';
    }
    return out;
}

/* Is it an upgrade to this? libwebsockets has answered what it does not know itself when it asks. */
static bool upgrades_to(struct lws *wsi, const char *what) {
    char text[16] = "";
    int len = lws_hdr_total_length(wsi, WSI_TOKEN_UPGRADE);
    return len > 0 && len < (int)sizeof text && lws_hdr_copy(wsi, text, sizeof text, WSI_TOKEN_UPGRADE) >= 0 &&
           str_ieq(text, what);
}

/* libwebsockets does not know the version of the request yet, and would say HTTP/1.0. */
static void answer_error(struct lws *wsi, unsigned status, const struct err *e) {
    unsigned char bytes[LWS_PRE + 4096];
    char *out = (char *)bytes + LWS_PRE;
    json_t *json = json_pack("{s:o}", "error", err_to_json(e));
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    const char *body = text != NULL ? text : "{}";
    int n = snprintf(
        out, sizeof bytes - LWS_PRE,
        "HTTP/1.1 %u Refused\r\ncontent-type: application/json\r\ncontent-length: %zu\r\nconnection: close\r\n\r\n%s",
        status, strlen(body), body);
    if (n > 0 && n < (int)(sizeof bytes - LWS_PRE)) {
        (void)lws_write(wsi, bytes + LWS_PRE, (size_t)n, LWS_WRITE_HTTP_HEADERS);
    }
    free(text);
    json_decref(json);
}

/* The status to refuse with; 0: it may go on. */
static unsigned refusal(const struct http *h, struct lws *wsi, struct err *e) {
    struct http_request r = {0};
    unsigned status = 0;
    if (upgrades_to(wsi, "h2c")) { /* it would carry requests past a proxy that looks at them */
        err_set(e, ERR_METHOD, "only HTTP/1.1 is spoken here");
        err_hint(e, "let the client send no Upgrade: h2c");
        return HTTP_STATUS_BAD_REQUEST;
    }
    if (!http_request_read(wsi, path_of(wsi, &r.arena), &r) || r.method != HTTP_GET) {
        err_set(e, ERR_METHOD, "a WebSocket begins with GET");
        status = HTTP_STATUS_METHOD_NOT_ALLOWED;
    } else if (handler_of(h, r.path) == NULL) {
        err_set(e, ERR_NOT_FOUND, "there is no WebSocket at %s", r.path);
        status = HTTP_STATUS_NOT_FOUND;
    } else if (!http_same_site(&r)) { /* a browser sends the cookie along, whoever's page it is */
        err_set(e, ERR_CSRF, "the request comes from another site");
        status = HTTP_STATUS_FORBIDDEN;
    } else if (h->stop_until_us != 0) {
        err_set(e, ERR_SYSTEM, "the server stops");
        status = HTTP_STATUS_SERVICE_UNAVAILABLE;
    }
    http_request_clear(&r);
    return status;
}

int stream_confirm(struct http *h, struct lws *wsi) {
    struct err e = ERR_INIT;
    if (!upgrades_to(wsi, "websocket") && !upgrades_to(wsi, "h2c")) {
        return -1;
    }
    unsigned status = refusal(h, wsi, &e);
    if (status == 0) {
        return 0;
    }
    answer_error(wsi, status, &e);
    return -1;
}

static unsigned beat_s(const struct stream *s) {
    return s->http->o.beat_s > 0 ? s->http->o.beat_s : s->kind == STREAM_WEBSOCKET ? BEAT_WEBSOCKET_S : BEAT_EVENTS_S;
}

static void set_timer(const struct stream *s, struct lws *wsi) {
    lws_set_timer_usecs(wsi, (lws_usec_t)beat_s(s) * LWS_USEC_PER_SEC);
}

static struct stream *begin(struct http *h, struct lws *wsi, const struct stream_handler *handler,
                            enum stream_kind kind) {
    struct stream *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->work.kind = WORK_STEP;
    s->http = h;
    s->handler = handler;
    s->kind = kind;
    s->wsi = wsi;
    s->below_fd = -1;
    atomic_store(&s->refs, 1);
    pthread_mutex_init(&s->lock, NULL);
    buf_init(&s->partial, MESSAGE_MAX);
    s->next = h->streams;
    if (s->next != NULL) {
        s->next->before = s;
    }
    h->streams = s;
    stream_count(s, 1);
    /* What a slow client has not taken waits with us, where the newest can replace what is old, and not in the kernel. */
    int size = SEND_BUFFER;
    (void)setsockopt(lws_get_socket_fd(wsi), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
    set_timer(s, wsi);
    return s;
}

static void give(struct stream *s) {
    pthread_mutex_lock(&s->lock);
    stream_give(s);
    pthread_mutex_unlock(&s->lock);
}

struct stream *stream_accept(struct http *h, struct lws *wsi) {
    struct http_request r = {0};
    const struct stream_handler *handler = NULL;
    if (http_request_read(wsi, path_of(wsi, &r.arena), &r)) {
        handler = handler_of(h, r.path);
    }
    struct stream *s = handler != NULL ? begin(h, wsi, handler, STREAM_WEBSOCKET) : NULL;
    if (s == NULL) {
        http_request_clear(&r);
        return NULL;
    }
    s->request = r;
    give(s);
    return s;
}

struct stream *stream_from_answer(struct http *h, struct lws *wsi, struct job *j) {
    struct stream *s = begin(h, wsi, j->answer.events, STREAM_EVENTS);
    if (s != NULL) {
        s->request = j->request;
        j->request = (struct http_request){0};
        give(s);
        if (h->stop_until_us != 0) {
            stream_close(s, LWS_CLOSE_STATUS_GOINGAWAY, "the server stops");
        }
    }
    return s;
}

/* ---- in ---- */

void stream_heard(struct stream *s) {
    s->heard = true;
}

/* A whole message: to the threads; and the client has to wait when too many do. */
static int put_in(struct stream *s, struct lws *wsi) {
    size_t len = s->partial.len;
    struct message *m = malloc(sizeof *m + len + 1);
    if (m == NULL) {
        return -1;
    }
    *m = (struct message){.len = len, .binary = lws_frame_is_binary(wsi) != 0};
    if (len > 0) {
        memcpy(m->bytes, s->partial.data, len);
    }
    m->bytes[len] = '\0';
    buf_clear(&s->partial);
    buf_init(&s->partial, MESSAGE_MAX);
    pthread_mutex_lock(&s->lock);
    if (s->deaf || s->refused) {
        free(m);
    } else {
        *(s->in_last != NULL ? &s->in_last->next : &s->in_first) = m;
        s->in_last = m;
        s->in_messages++;
        s->in_bytes += len;
        s->paused = s->paused || s->in_messages >= INBOX_MESSAGES || s->in_bytes >= INBOX_BYTES;
        stream_give(s);
    }
    bool paused = s->paused;
    pthread_mutex_unlock(&s->lock);
    if (paused) {
        lws_rx_flow_control(wsi, 0);
    }
    return 0;
}

static int bad_message(struct lws *wsi, enum lws_close_status code, const char *why) {
    char text[64];
    snprintf(text, sizeof text, "%s", why);
    lws_close_reason(wsi, code, (unsigned char *)text, strlen(text));
    return -1;
}

int stream_receive(struct stream *s, struct lws *wsi, const void *bytes, size_t len) {
    struct err ignored;
    s->heard = true;
    if (s->partial.len + len > MESSAGE_MAX || !buf_put(&s->partial, bytes, len, &ignored)) {
        return bad_message(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, "a message has at most 1 MiB");
    }
    if (lws_remaining_packet_payload(wsi) > 0 || !lws_is_final_fragment(wsi)) {
        return 0;
    }
    if (!lws_frame_is_binary(wsi) && !str_utf8_valid(s->partial.data, s->partial.len)) {
        return bad_message(wsi, LWS_CLOSE_STATUS_INVALID_PAYLOAD, "a text is UTF-8");
    }
    return put_in(s, wsi);
}

/* ---- out ---- */

static int write_ping(struct stream *s, struct lws *wsi) {
    unsigned char bytes[LWS_PRE + 4] = {0};
    s->ping_due = false;
    s->ping_waits = true;
    memcpy(bytes + LWS_PRE, "ping", 4); /* libwebsockets does not tell of a pong that is empty */
    return lws_write(wsi, bytes + LWS_PRE, 4, LWS_WRITE_PING) < 0 ? -1 : 0;
}

static int write_comment(struct stream *s, struct lws *wsi) {
    unsigned char bytes[LWS_PRE + 3];
    s->ping_due = false;
    memcpy(bytes + LWS_PRE, ":\n\n", 3);
    return lws_write(wsi, bytes + LWS_PRE, 3, LWS_WRITE_HTTP) < 0 ? -1 : 0;
}

static int write_piece(struct stream *s, struct lws *wsi) {
    struct message *m = s->writing;
    size_t left = m->len - s->written, n = left < FRAGMENT ? left : FRAGMENT;
    enum lws_write_protocol how = LWS_WRITE_HTTP;
    if (s->kind == STREAM_WEBSOCKET) {
        enum lws_write_protocol first = m->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
        how = (enum lws_write_protocol)lws_write_ws_flags((int)first, s->written == 0, n == left);
    }
    /* What is before the piece has been sent: libwebsockets writes its head there. */
    if (lws_write(wsi, m->bytes + LWS_PRE + s->written, n, how) < (int)n) {
        return -1;
    }
    s->written += n;
    s->all_written = n == left;
    s->moved = true;
    return 0;
}

/* What is to be written next, if anything; *end: nothing, and the connection is to be closed. */
static bool next_out(struct stream *s, bool *end) {
    pthread_mutex_lock(&s->lock);
    if (s->writing != NULL && s->all_written) {
        s->out_bytes -= s->writing->len;
        free(s->writing);
        s->writing = NULL;
        stream_left(s);
    }
    if (s->writing == NULL) {
        s->writing = stream_take_out(s);
        s->written = 0;
        s->all_written = false;
    }
    *end = s->killed || (s->writing == NULL && s->closing);
    pthread_mutex_unlock(&s->lock);
    return s->writing != NULL && !*end;
}

/* 0: the connection goes on. */
static int finish(struct stream *s, struct lws *wsi) {
    if (s->kind == STREAM_WEBSOCKET && !s->killed) {
        lws_close_reason(wsi, (enum lws_close_status)s->close_code, (unsigned char *)s->close_reason,
                         strlen(s->close_reason));
    }
    return -1;
}

/* A comment has no place inside an event; a ping has one between the pieces of a message. */
static bool may_beat(const struct stream *s) {
    return s->ping_due && (s->kind == STREAM_WEBSOCKET || s->writing == NULL || s->written == 0);
}

int stream_writable(struct stream *s, struct lws *wsi) {
    bool end = false;
    if (may_beat(s)) {
        lws_callback_on_writable(wsi);
        return s->kind == STREAM_WEBSOCKET ? write_ping(s, wsi) : write_comment(s, wsi);
    }
    for (int i = 0; next_out(s, &end); i++) {
        if (i == AT_ONCE || lws_send_pipe_choked(wsi)) { /* others have their turn */
            lws_callback_on_writable(wsi);
            return 0;
        }
        if (write_piece(s, wsi) != 0) {
            return -1;
        }
    }
    if (s->ping_due) {
        lws_callback_on_writable(wsi);
    }
    return end ? finish(s, wsi) : 0;
}

/* ---- signs of life ---- */

int stream_tick(struct stream *s, struct lws *wsi) {
    set_timer(s, wsi);
    pthread_mutex_lock(&s->lock);
    bool paused = s->paused;
    s->check_due = s->handler->stay != NULL;
    stream_give(s);
    pthread_mutex_unlock(&s->lock);
    /* No answer to a ping (which we would not have read while we let the client wait), or not a byte taken since it was due. */
    if ((s->ping_waits && !s->heard && !paused) || (s->ping_due && !s->moved)) {
        if (s->http->o.stats != NULL) {
            atomic_fetch_add(&s->http->o.stats->streams_silent, 1);
        }
        return -1;
    }
    s->ping_waits = s->heard = s->moved = false;
    s->ping_due = true;
    lws_callback_on_writable(wsi);
    return 0;
}

/* ---- the end ---- */

void stream_gone(struct stream *s) {
    struct http *h = s->http;
    *(s->before != NULL ? &s->before->next : &h->streams) = s->next;
    if (s->next != NULL) {
        s->next->before = s->before;
    }
    stream_count(s, -1);
    s->wsi = NULL;
    pthread_mutex_lock(&s->lock);
    s->gone = true;
    for (struct message *m; (m = stream_take_out(s)) != NULL;) {
        free(m);
    }
    s->out_bytes = 0;
    stream_left(s);
    stream_give(s);
    pthread_mutex_unlock(&s->lock);
    stream_drop(s);
}

static void look(struct stream *s) {
    pthread_mutex_lock(&s->lock);
    s->is_ready = false;
    bool killed = s->killed;
    bool go_on = s->paused && s->in_messages <= INBOX_MESSAGES / 2 && s->in_bytes <= INBOX_BYTES / 2;
    s->paused = s->paused && !go_on;
    pthread_mutex_unlock(&s->lock);
    if (s->wsi == NULL) {
        return;
    }
    if (go_on) {
        lws_rx_flow_control(s->wsi, 1);
    }
    if (killed) {
        lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
    } else {
        lws_callback_on_writable(s->wsi);
    }
}

void streams_look(struct http *h) {
    pthread_mutex_lock(&h->lock);
    struct stream *s = h->ready;
    h->ready = NULL;
    pthread_mutex_unlock(&h->lock);
    while (s != NULL) {
        struct stream *next = s->next_ready;
        look(s);
        stream_drop(s);
        s = next;
    }
}

void streams_stop(struct http *h) {
    h->stop_until_us = clock_mono_us() + STOP_S * (int64_t)1000000;
    for (struct stream *s = h->streams; s != NULL; s = s->next) {
        stream_close(s, LWS_CLOSE_STATUS_GOINGAWAY, "the server stops");
    }
}
