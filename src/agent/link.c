/* A WebSocket client that does not give up. See link.h. libwebsockets runs on this file's thread alone; others reach it
 * through the queues and lws_cancel_service. */
#include "agent/link.h"

#include <libwebsockets.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

enum {
    MESSAGE_MAX = 1 << 20,
    OUT_MAX = 16 << 20, /* waiting to be sent */
    IN_MAX = 256,       /* waiting to be read; more is a server that does not stop talking */
    WAIT_MIN_S = 1,
    WAIT_MAX_S = 15,
    FLUSH_MS = 3000,
    CLOSE_LOG_IN = 4401, /* the server's stream.h: who are you? */
};

static const char agent_path[] = "/api/v1/agent";

struct item {
    struct item *next;
    enum link_event event;
    size_t len;
    char text[]; /* to send: LWS_PRE bytes come first */
};

struct queue_of_items {
    struct item *first, *last;
    size_t n, bytes;
};

struct link {
    struct link_options o;
    struct link_place place;
    struct lws_context *context;
    pthread_t thread;
    bool started;
    int fd;
    atomic_bool stopping, again;
    /* of the thread */
    struct lws *wsi;
    lws_sorted_usec_list_t retry;
    unsigned wait_s;
    bool up, given_up;
    char *in;
    size_t in_len;
    /* shared */
    pthread_mutex_t lock;
    struct queue_of_items out, happened;
};

/* ---- queues ---- */

static void put(struct queue_of_items *q, struct item *x) {
    x->next = NULL;
    *(q->last != NULL ? &q->last->next : &q->first) = x;
    q->last = x;
    q->n++;
    q->bytes += x->len;
}

static struct item *take(struct queue_of_items *q) {
    struct item *x = q->first;
    if (x != NULL) {
        q->first = x->next;
        q->last = q->first != NULL ? q->last : NULL;
        q->n--;
        q->bytes -= x->len;
    }
    return x;
}

/* Messages carry jobs, and those passwords. */
static void item_free(struct item *x, size_t before) {
    if (x != NULL) {
        explicit_bzero(x->text, before + x->len);
        free(x);
    }
}

static void clear(struct queue_of_items *q, size_t before) {
    for (struct item *x; (x = take(q)) != NULL;) {
        item_free(x, before);
    }
}

static struct item *item_new(enum link_event event, size_t before, const char *text, size_t len) {
    struct item *x = malloc(sizeof *x + before + len + 1);
    if (x != NULL) {
        x->event = event;
        x->len = len;
        if (len > 0) {
            memcpy(x->text + before, text, len);
        }
        x->text[before + len] = '\0';
    }
    return x;
}

/* Tell the reader. False: he does not read. */
static bool tell(struct link *l, enum link_event event, const char *text, size_t len) {
    struct item *x = item_new(event, 0, text, len);
    const uint64_t one = 1;
    pthread_mutex_lock(&l->lock);
    bool room = x != NULL && (event != LINK_TEXT || l->happened.n < IN_MAX);
    if (room) {
        put(&l->happened, x);
    }
    pthread_mutex_unlock(&l->lock);
    if (!room) {
        free(x);
    } else if (write(l->fd, &one, sizeof one) < 0) {
        log_warn("link", "the reader cannot be woken"); /* the counter is full: he will look */
    }
    return room;
}

/* ---- the connection ---- */

static void schedule(struct link *l);

static void connect_now(lws_sorted_usec_list_t *sul) {
    struct link *l = lws_container_of(sul, struct link, retry);
    struct lws_client_connect_info info = {
        .context = l->context,
        .address = l->place.host,
        .host = l->place.host,
        .origin = NULL,
        .port = l->place.port,
        .path = l->place.path,
        .local_protocol_name = "godwit-agent",
        .alpn = "http/1.1",
        .userdata = l,
        .pwsi = &l->wsi,
        .ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT,
    };
    if (l->place.tls) {
        info.ssl_connection |= LCCSCF_USE_SSL;
        info.ssl_connection |= l->o.any_name ? LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK : 0;
    }
    if (l->wsi == NULL && lws_client_connect_via_info(&info) == NULL && l->wsi == NULL) {
        schedule(l); /* the callback may have done so already: it is one timer */
    }
}

/* Some of the waiting time is left to chance, so that the agents of a server that was away do not come all at once. */
static void schedule(struct link *l) {
    unsigned char chance = 0;
    if (l->given_up || atomic_load(&l->stopping)) {
        return;
    }
    if (getrandom(&chance, 1, GRND_NONBLOCK) != 1) {
        chance = 128;
    }
    int64_t us = (int64_t)l->wait_s * 1000000;
    lws_sul_schedule(l->context, 0, &l->retry, connect_now, us - us / 5 * chance / 256);
    l->wait_s = l->wait_s * 2 < WAIT_MAX_S ? l->wait_s * 2 : WAIT_MAX_S;
}

static void forget_messages(struct link *l) {
    pthread_mutex_lock(&l->lock);
    clear(&l->out, LWS_PRE);
    pthread_mutex_unlock(&l->lock);
    l->in_len = 0;
}

static void went_down(struct link *l, const char *why) {
    l->wsi = NULL;
    l->up = false;
    forget_messages(l);
    if (!l->given_up) {
        (void)tell(l, LINK_DOWN, why, strlen(why));
    }
    schedule(l);
}

static void refused(struct link *l) {
    l->given_up = true;
    (void)tell(l, LINK_REFUSED, NULL, 0);
}

static void went_up(struct link *l) {
    forget_messages(l);
    l->up = true;
    l->wait_s = WAIT_MIN_S;
    (void)tell(l, LINK_UP, NULL, 0);
}

/* A piece of a message. -1: close. */
static int receive(struct link *l, struct lws *wsi, const char *piece, size_t len) {
    if (lws_is_first_fragment(wsi)) {
        l->in_len = 0;
    }
    if (len > MESSAGE_MAX - l->in_len) {
        log_warn("link", "the server sent a message of more than %d bytes", MESSAGE_MAX);
        return -1;
    }
    if (len > 0) {
        memcpy(l->in + l->in_len, piece, len);
        l->in_len += len;
    }
    if (!lws_is_final_fragment(wsi)) {
        return 0;
    }
    bool read = tell(l, LINK_TEXT, l->in, l->in_len);
    explicit_bzero(l->in, l->in_len);
    l->in_len = 0;
    return read ? 0 : -1;
}

/* One message; -1: close. */
static int send_one(struct link *l, struct lws *wsi) {
    pthread_mutex_lock(&l->lock);
    struct item *x = take(&l->out);
    bool more = l->out.first != NULL;
    pthread_mutex_unlock(&l->lock);
    if (x == NULL) {
        return 0;
    }
    int sent = lws_write(wsi, (unsigned char *)x->text + LWS_PRE, x->len, LWS_WRITE_TEXT);
    item_free(x, LWS_PRE);
    if (sent < 0) {
        return -1;
    }
    if (more) {
        lws_callback_on_writable(wsi);
    }
    return 0;
}

static int add_token(const struct link *l, struct lws *wsi, unsigned char **at, unsigned char *end) {
    char value[512];
    int n = snprintf(value, sizeof value, "Bearer %s", l->o.token);
    int bad = n >= (int)sizeof value ||
              lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, (unsigned char *)value, n, at, end);
    explicit_bzero(value, sizeof value);
    return bad ? -1 : 0;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len) {
    struct link *l = lws_context_user(lws_get_context(wsi));
    const unsigned char *bytes = in;
    switch (why) {
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        if (atomic_exchange(&l->again, false) && l->wsi != NULL && l->up) {
            lws_set_timeout(l->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
        } else if (l->wsi != NULL && l->up) {
            lws_callback_on_writable(l->wsi);
        }
        return 0;
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        return add_token(l, wsi, (unsigned char **)in, *(unsigned char **)in + len);
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        went_up(l);
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        /* libwebsockets tells of this one status by its words */
        if (in != NULL && memmem(in, len, "unauthorized", strlen("unauthorized")) != NULL) {
            refused(l);
        }
        went_down(l, in != NULL ? in : "no connection");
        return 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        if (len >= 2 && (bytes[0] << 8 | bytes[1]) == CLOSE_LOG_IN) {
            refused(l);
        }
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        return receive(l, wsi, in, len);
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return send_one(l, wsi);
    case LWS_CALLBACK_CLIENT_CLOSED:
        went_down(l, "the connection broke");
        return 0;
    default:
        return lws_callback_http_dummy(wsi, why, user, in, len);
    }
}

static const struct lws_protocols protocols[] = {{"godwit-agent", on_event, 0, 16384, 0, NULL, 0}, {0}};

static void say(int level, const char *line) {
    (void)level;
    log_debug("libwebsockets", "%.*s", (int)strcspn(line, "\n"), line);
}

static void *loop(void *arg) {
    struct link *l = arg;
    int64_t until_us = 0;
    connect_now(&l->retry);
    for (;;) {
        if (atomic_load(&l->stopping)) {
            until_us = until_us == 0 ? clock_mono_us() + (int64_t)FLUSH_MS * 1000 : until_us;
            if (!l->up || link_waiting(l) == 0 || clock_mono_us() > until_us) {
                return NULL;
            }
            lws_callback_on_writable(l->wsi);
        }
        if (lws_service(l->context, 0) < 0) {
            return NULL;
        }
    }
}

/* ---- the place ---- */

bool link_place(const char *url, const char *path, struct link_place *out, struct err *e) {
    bool tls = str_istarts(url, "https://");
    const char *begin = strstr(url, "://");
    *out = (struct link_place){.tls = tls, .port = tls ? 443 : 80};
    if ((!tls && !str_istarts(url, "http://")) || begin == NULL) {
        err_set(e, ERR_USAGE, "the server's address must begin with http:// or https://");
        return err_hint(e, "for example https://console.example.com:9494");
    }
    begin += 3;
    size_t host_len = strcspn(begin, "/?#");
    const char *rest = begin + host_len;
    size_t rest_len = strlen(rest);
    while (rest_len > 0 && rest[rest_len - 1] == '/') {
        rest_len--;
    }
    if (memchr(begin, '@', host_len) != NULL || strpbrk(rest, "?#") != NULL || host_len == 0 ||
        host_len + rest_len + strlen(path) + 2 > sizeof out->text) {
        return err_set(e, ERR_USAGE,
                       "the server's address must be a host, perhaps a port and a path, and nothing else");
    }
    char *host = out->text;
    memcpy(host, begin, host_len);
    host[host_len] = '\0';
    char *end = host + host_len, *port = NULL;
    if (host[0] == '[') { /* [::1]:9494 */
        char *close = strchr(host, ']');
        if (close == NULL) {
            return err_set(e, ERR_USAGE, "the server's address has a [ without its ]");
        }
        *close = '\0';
        port = close[1] == ':' ? close + 2 : NULL;
        host++;
    } else if ((port = strchr(host, ':')) != NULL) {
        *port++ = '\0';
    }
    if (port != NULL) {
        char *stop;
        unsigned long number = strtoul(port, &stop, 10);
        if (*stop != '\0' || stop == port || number == 0 || number > 65535) {
            return err_set(e, ERR_USAGE, "the port of the server's address is none: '%.20s'", port);
        }
        out->port = (uint16_t)number;
    }
    char *where = end + 1;
    snprintf(where, sizeof out->text - (size_t)(where - out->text), "%.*s%s", (int)rest_len, rest, path);
    out->host = host;
    out->path = where;
    return host[0] != '\0' || err_set(e, ERR_USAGE, "the server's address has no host");
}

/* ---- for the others ---- */

bool link_start(struct link **out, const struct link_options *o, struct err *e) {
    struct link *l = calloc(1, sizeof *l);
    *out = NULL;
    if (l == NULL || (l->in = malloc(MESSAGE_MAX)) == NULL) {
        free(l);
        return err_set(e, ERR_MEMORY, "no memory for the connection");
    }
    l->o = *o;
    l->wait_s = WAIT_MIN_S;
    l->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&l->lock, NULL);
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .protocols = protocols,
        .user = l,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
        .timeout_secs = 20,
        .options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
    };
    bool ok = l->fd >= 0 || err_errno(e, ERR_SYSTEM, "no descriptor for the connection");
    ok = ok && link_place(o->url, agent_path, &l->place, e);
    if (o->ca_file != NULL) {
        info.client_ssl_ca_filepath = o->ca_file;
        info.options |= LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS; /* only what the file says is trusted */
        ok = ok && (access(o->ca_file, R_OK) == 0 || err_errno(e, ERR_FILE, "cannot read %s", o->ca_file));
    }
    if (ok) {
        lws_set_log_level(LLL_ERR | LLL_WARN, say);
        l->context = lws_create_context(&info);
        ok = l->context != NULL || err_set(e, ERR_SYSTEM, "the connection's loop cannot be made%s",
                                           o->ca_file != NULL ? ", or the certificates cannot be read" : "");
    }
    l->started = ok && pthread_create(&l->thread, NULL, loop, l) == 0;
    if (!l->started) {
        if (ok) {
            err_errno(e, ERR_SYSTEM, "a thread could not be started");
        }
        link_stop(l);
        return false;
    }
    *out = l;
    return true;
}

void link_stop(struct link *l) {
    if (l == NULL) {
        return;
    }
    if (l->started) {
        atomic_store(&l->stopping, true);
        lws_cancel_service(l->context);
        pthread_join(l->thread, NULL);
    }
    if (l->context != NULL) {
        lws_context_destroy(l->context);
    }
    if (l->fd >= 0) {
        close(l->fd);
    }
    clear(&l->out, LWS_PRE);
    clear(&l->happened, 0);
    pthread_mutex_destroy(&l->lock);
    free(l->in);
    free(l);
}

int link_fd(const struct link *l) {
    return l->fd;
}

enum link_event link_next(struct link *l, char **text, size_t *len) {
    uint64_t count;
    *text = NULL;
    *len = 0;
    pthread_mutex_lock(&l->lock);
    struct item *x = take(&l->happened);
    if (x == NULL && read(l->fd, &count, sizeof count) < 0) {
        /* nothing was told since: as good as emptied */
    }
    pthread_mutex_unlock(&l->lock);
    if (x == NULL) {
        return LINK_NOTHING;
    }
    enum link_event event = x->event;
    if (x->len > 0) {
        *len = x->len;
        *text = malloc(x->len + 1);
        if (*text != NULL) {
            memcpy(*text, x->text, x->len + 1);
        }
    }
    item_free(x, 0);
    return event;
}

void link_send(struct link *l, const char *text, size_t len) {
    struct item *x = item_new(LINK_TEXT, LWS_PRE, text, len);
    pthread_mutex_lock(&l->lock);
    bool room = x != NULL && l->out.bytes + len <= OUT_MAX;
    if (room) {
        put(&l->out, x);
    }
    pthread_mutex_unlock(&l->lock);
    if (!room) {
        free(x);
        log_warn("link", "the server does not take what it is told; connecting anew");
        atomic_store(&l->again, true);
    }
    lws_cancel_service(l->context);
}

void link_again(struct link *l) {
    atomic_store(&l->again, true);
    lws_cancel_service(l->context);
}

size_t link_waiting(struct link *l) {
    pthread_mutex_lock(&l->lock);
    size_t bytes = l->out.bytes;
    pthread_mutex_unlock(&l->lock);
    return bytes;
}
