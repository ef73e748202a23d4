/* Streams as any thread sees them: the outbox, and the steps that handlers do. See stream.h; the loop's side is stream_loop.c. */
#include "server/stream.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "base/log.h"
#include "base/str.h"
#include "server/stream_internal.h"

/* ---- the handler's own ---- */

void stream_set(struct stream *s, void *own) {
    s->own = own;
}

void *stream_own(const struct stream *s) {
    return s->own;
}

struct arena *stream_arena(struct stream *s) {
    return &s->request.arena;
}

const char *stream_address(const struct stream *s) {
    return s->request.address;
}

enum stream_kind stream_kind(const struct stream *s) {
    return s->kind;
}

void http_answer_events(struct http_response *answer, const struct stream_handler *h) {
    answer->events = h;
    answer->content_type = "text/event-stream";
}

/* ---- life ---- */

struct stream *stream_keep(struct stream *s) {
    atomic_fetch_add(&s->refs, 1);
    return s;
}

static void free_messages(struct message *m) {
    while (m != NULL) {
        struct message *next = m->next;
        free(m);
        m = next;
    }
}

void stream_drop(struct stream *s) {
    if (s == NULL || atomic_fetch_sub(&s->refs, 1) != 1) {
        return;
    }
    free_messages(s->in_first);
    free_messages(s->out_first);
    free(s->buckets);
    free(s->writing);
    buf_clear(&s->partial);
    http_request_clear(&s->request);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

void stream_count(const struct stream *s, int more) {
    struct http_stats *x = s->http->o.stats;
    if (x != NULL) {
        atomic_fetch_add(s->kind == STREAM_WEBSOCKET ? &x->websockets : &x->event_streams, more);
    }
}

/* ---- wake the other side ---- */

void stream_make_ready(struct stream *s) {
    if (s->is_ready || s->gone) {
        return;
    }
    s->is_ready = true;
    stream_keep(s);
    struct http *h = s->http;
    pthread_mutex_lock(&h->lock);
    s->next_ready = h->ready;
    h->ready = s;
    if (s->next_ready == NULL) {
        http_wake(h);
    }
    pthread_mutex_unlock(&h->lock);
}

static bool has_message(const struct stream *s) {
    return s->in_first != NULL && !s->held;
}

static bool has_work(const struct stream *s) {
    return (!s->opened && !s->refused && !s->gone) ||
           (s->opened && !s->ended && (s->gone || has_message(s) || s->check_due));
}

void stream_give(struct stream *s) {
    if (s->with_threads || !has_work(s)) {
        return;
    }
    s->with_threads = true;
    stream_keep(s);
    pthread_mutex_lock(&s->http->lock);
    http_give(s->http, &s->work);
    pthread_mutex_unlock(&s->http->lock);
}

/* ---- the outbox ---- */

static struct message **bucket_of(struct stream *s, uint64_t key) {
    return &s->buckets[(key ^ key >> 32) % OUTBOX_BUCKETS];
}

static void leave_bucket(struct stream *s, const struct message *m) {
    struct message **at = bucket_of(s, m->key);
    while (*at != m) {
        at = &(*at)->same_bucket;
    }
    *at = m->same_bucket;
}

/* It still counts in out_bytes. */
static void unlink_message(struct stream *s, struct message *m) {
    *(m->before != NULL ? &m->before->next : &s->out_first) = m->next;
    *(m->next != NULL ? &m->next->before : &s->out_last) = m->before;
    if (m->key != 0) {
        leave_bucket(s, m);
    }
    m->next = m->before = NULL;
}

struct message *stream_take_out(struct stream *s) {
    struct message *m = s->out_first;
    if (m != NULL) {
        unlink_message(s, m);
    }
    return m;
}

static void forget_older(struct stream *s, uint64_t key) {
    for (struct message *m = *bucket_of(s, key); m != NULL; m = m->same_bucket) {
        if (m->key == key) {
            unlink_message(s, m);
            s->out_bytes -= m->len;
            free(m);
            return;
        }
    }
}

void stream_left(struct stream *s) {
    if (s->below_fd >= 0 && (s->out_bytes < s->below_bytes || s->gone || s->killed)) {
        (void)eventfd_write(s->below_fd, 1); /* full: it is told already */
        s->below_fd = -1;
    }
}

void stream_when_below(struct stream *s, size_t bytes, int eventfd) {
    pthread_mutex_lock(&s->lock);
    s->below_fd = eventfd;
    s->below_bytes = bytes;
    stream_left(s);
    pthread_mutex_unlock(&s->lock);
}

size_t stream_waiting(const struct stream *s) {
    struct stream *x = (struct stream *)(uintptr_t)s; /* its lock is no part of what is seen */
    pthread_mutex_lock(&x->lock);
    size_t n = x->out_bytes;
    pthread_mutex_unlock(&x->lock);
    return n;
}

void stream_hold(struct stream *s, bool hold) {
    pthread_mutex_lock(&s->lock);
    s->held = hold;
    stream_give(s);
    pthread_mutex_unlock(&s->lock);
}

static struct message *outgoing(size_t len) {
    struct message *m = malloc(sizeof *m + LWS_PRE + len + 1);
    if (m != NULL) {
        *m = (struct message){.len = len};
    }
    return m;
}

/* Takes m (NULL: there was no memory for it). */
static bool put_out(struct stream *s, struct message *m) {
    if (m == NULL) {
        return false;
    }
    pthread_mutex_lock(&s->lock);
    bool ok = !s->gone && !s->closing && !s->killed;
    if (ok && m->key != 0 && s->buckets == NULL) {
        s->buckets = calloc(OUTBOX_BUCKETS, sizeof(struct message *));
        m->key = s->buckets != NULL ? m->key : 0; /* without, it is sent as well */
    }
    if (ok && m->key != 0) {
        forget_older(s, m->key);
    }
    if (ok && s->out_bytes + m->len > OUTBOX_BYTES) {
        s->killed = true;
        ok = false;
        stream_left(s);
        stream_make_ready(s);
        if (s->http->o.stats != NULL) {
            atomic_fetch_add(&s->http->o.stats->streams_killed, 1);
        }
    }
    if (ok) {
        s->out_bytes += m->len;
        m->before = s->out_last;
        *(s->out_last != NULL ? &s->out_last->next : &s->out_first) = m;
        s->out_last = m;
        if (m->key != 0) {
            struct message **bucket = bucket_of(s, m->key);
            m->same_bucket = *bucket;
            *bucket = m;
        }
        stream_make_ready(s);
    }
    pthread_mutex_unlock(&s->lock);
    if (!ok) {
        free(m);
    }
    return ok;
}

static bool send_bytes(struct stream *s, const void *bytes, size_t len, uint64_t key, bool binary) {
    struct message *m = outgoing(len);
    if (m != NULL) {
        m->key = key;
        m->binary = binary;
        if (len > 0) {
            memcpy(m->bytes + LWS_PRE, bytes, len);
        }
    }
    return put_out(s, m);
}

bool stream_send(struct stream *s, const char *text, size_t len) {
    return send_bytes(s, text, len, 0, false);
}

bool stream_send_latest(struct stream *s, uint64_t key, const char *text, size_t len) {
    return send_bytes(s, text, len, key, false);
}

bool stream_send_binary(struct stream *s, const void *bytes, size_t len) {
    return send_bytes(s, bytes, len, 0, true);
}

bool stream_send_event(struct stream *s, const char *name, uint64_t id, const char *text) {
    return stream_send_event_latest(s, 0, name, id, text);
}

bool stream_send_event_latest(struct stream *s, uint64_t key, const char *name, uint64_t id, const char *text) {
    size_t lines = 1;
    for (const char *p = text; *p != '\0'; p++) {
        lines += *p == '\n';
    }
    size_t room = strlen(name) + strlen(text) + lines * strlen("data: \n") + 64;
    struct message *m = outgoing(room);
    if (m == NULL) {
        return false;
    }
    char *out = (char *)m->bytes + LWS_PRE;
    size_t n = (size_t)snprintf(out, room, "event: %s\n", name);
    if (id != 0) {
        n += (size_t)snprintf(out + n, room - n, "id: %" PRIu64 "\n", id);
    }
    for (const char *p = text;; p++) {
        size_t len = strcspn(p, "\n");
        n += (size_t)snprintf(out + n, room - n, "data: %.*s\n", (int)len, p);
        p += len;
        if (*p == '\0') {
            break;
        }
    }
    out[n++] = '\n';
    m->len = n;
    m->key = key;
    return put_out(s, m);
}

/* s->lock is held. */
static void close_now(struct stream *s, unsigned code, const char *reason) {
    if (!s->closing) {
        s->closing = true;
        s->close_code = code;
        size_t len = str_utf8_cut(reason, strlen(reason), sizeof s->close_reason - 1);
        memcpy(s->close_reason, reason, len);
        s->close_reason[len] = '\0';
        stream_make_ready(s);
    }
}

void stream_close(struct stream *s, unsigned code, const char *reason) {
    pthread_mutex_lock(&s->lock);
    close_now(s, code, reason);
    pthread_mutex_unlock(&s->lock);
}

bool stream_is_open(const struct stream *s) {
    struct stream *x = (struct stream *)(uintptr_t)s; /* its lock is no part of what is seen */
    pthread_mutex_lock(&x->lock);
    bool open = !s->gone && !s->closing && !s->killed;
    pthread_mutex_unlock(&x->lock);
    return open;
}

/* ---- steps ---- */

static unsigned close_code_of(const struct err *e) {
    switch (e->code) {
    case ERR_LOGIN:
    case ERR_LOGIN_NEEDED:
        return 4401;
    case ERR_ROLE:
    case ERR_MUST_CHANGE:
    case ERR_CSRF:
        return 4403;
    case ERR_NOT_FOUND:
        return 4404;
    default:
        return err_class_of(e->code) == ERR_CLASS_USER ? 4400 : LWS_CLOSE_STATUS_UNEXPECTED_CONDITION;
    }
}

void stream_refuse(struct stream *s, const struct err *e) {
    unsigned code = close_code_of(e);
    if (code == LWS_CLOSE_STATUS_UNEXPECTED_CONDITION) {
        log_err("stream", e);
    }
    if (s->kind == STREAM_EVENTS) {
        json_t *json = err_to_json(e);
        char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
        (void)stream_send_event(s, "error", 0, text != NULL ? text : "{}");
        free(text);
        json_decref(json);
    }
    stream_close(s, code, e->message);
}

static void step_open(struct stream *s, void *arg, void *local) {
    struct err e = ERR_INIT;
    bool ok = s->handler->open(arg, local, s, &s->request, &e);
    pthread_mutex_lock(&s->lock);
    s->opened = ok;
    s->refused = !ok;
    pthread_mutex_unlock(&s->lock);
    if (!ok) {
        stream_refuse(s, &e);
    }
}

static void step_message(struct stream *s, struct message *m, void *arg, void *local) {
    struct err e = ERR_INIT;
    if (s->handler->message != NULL && !s->handler->message(arg, local, s, (char *)m->bytes, m->len, m->binary, &e)) {
        pthread_mutex_lock(&s->lock);
        s->deaf = true;
        close_now(s, 4400, e.message);
        pthread_mutex_unlock(&s->lock);
    }
    free(m);
}

static void step_check(struct stream *s, void *arg, void *local) {
    struct err e = ERR_INIT;
    if (s->handler->stay != NULL && stream_is_open(s) && !s->handler->stay(arg, local, s, &e)) {
        stream_refuse(s, &e);
    }
}

static struct message *take_in(struct stream *s) {
    if (s->deaf || (s->held && s->gone)) {
        free_messages(s->in_first);
        s->in_first = s->in_last = NULL;
        s->in_messages = s->in_bytes = 0;
    }
    struct message *m = has_message(s) ? s->in_first : NULL;
    if (m != NULL) {
        s->in_first = m->next;
        s->in_last = s->in_first == NULL ? NULL : s->in_last;
        s->in_messages--;
        s->in_bytes -= m->len;
        if (s->paused && s->in_messages <= INBOX_MESSAGES / 2 && s->in_bytes <= INBOX_BYTES / 2) {
            stream_make_ready(s); /* the client may go on */
        }
    }
    return m;
}

void stream_step(struct work *w, void *arg, void *local) {
    struct stream *s = (struct stream *)w; /* its first member */
    pthread_mutex_lock(&s->lock);
    bool open = !s->opened && !s->refused && !s->gone;
    bool lives = s->opened && !s->ended; /* who left before it was opened never was */
    struct message *m = lives ? take_in(s) : NULL;
    bool check = lives && m == NULL && s->check_due;
    bool end = lives && m == NULL && !check && s->gone;
    s->check_due = s->check_due && !check;
    s->ended = s->ended || end;
    pthread_mutex_unlock(&s->lock);
    if (open) {
        step_open(s, arg, local);
    } else if (m != NULL) {
        step_message(s, m, arg, local);
    } else if (check) {
        step_check(s, arg, local);
    } else if (end && s->handler->closed != NULL) {
        s->handler->closed(arg, local, s);
    }
    pthread_mutex_lock(&s->lock);
    s->with_threads = false;
    stream_give(s);
    pthread_mutex_unlock(&s->lock);
    stream_drop(s);
}
