/* Connecting: TLS, startup packet, login; falling back where an older server refuses; cancel; close.
 *
 * The startup packet asks for protocol 3.51, openGauss's own. PostgreSQL answers NegotiateProtocolVersion and goes on
 * as 3.0; what refuses it instead ("unsupported frontend protocol") is asked again with 3.50 and 3.0. Nothing is
 * tried again once an answer made from the password has been sent: ten wrong ones lock a role on openGauss. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/clock.h"
#include "base/str.h"
#include "gauss/internal.h"

enum {
    PROTOCOL_MAJOR = 3,
    CODE_SSL_REQUEST = 80877103,
    CODE_CANCEL_REQUEST = 80877102,
    DEFAULT_CONNECT_MS = 10000,
    CANCEL_ANSWER_MS = 5000,
};

static const unsigned minors[] = {51, 50, 0};

/* What one attempt teaches about the next. */
struct attempt {
    bool lower; /* the server does not know the protocol minor */
    bool plain; /* TLS was only preferred, and did not work out */
    bool asked; /* an authentication request came: no further attempt */
};

struct gauss_client *gauss_client_new(struct net_stream *net) {
    struct gauss_client *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    c->net = net;
    c->tx_status = 'I';
    atomic_init(&c->aborted, false);
    buf_init(&c->in, GAUSS_MESSAGE_MAX + 1024 * 1024);
    buf_init(&c->out, 2 * GAUSS_MESSAGE_MAX);
    return c;
}

/* ---- the login on a connected stream ---- */

static bool put_parameter(struct gauss_client *c, const char *name, const char *value, struct err *e) {
    return buf_put(&c->out, name, strlen(name) + 1, e) && buf_put(&c->out, value, strlen(value) + 1, e);
}

static bool send_startup(struct gauss_client *c, const struct gauss_options *o, unsigned minor, struct err *e) {
    const char *app = o->application_name != NULL ? o->application_name : "godwit";
    buf_reset(&c->out);
    if (!buf_reserve(&c->out, 8, e)) {
        return false;
    }
    buf_be32(&c->out, 0);
    buf_be32(&c->out, PROTOCOL_MAJOR << 16 | minor);
    bool ok = put_parameter(c, "user", o->user, e) &&
              (o->database == NULL || put_parameter(c, "database", o->database, e)) &&
              put_parameter(c, "client_encoding", "UTF8", e) &&
              (app[0] == '\0' || put_parameter(c, "application_name", app, e)) &&
              (o->replication == NULL || put_parameter(c, "replication", o->replication, e));
    for (const char *const *p = o->startup; ok && p != NULL && p[0] != NULL && p[1] != NULL; p += 2) {
        ok = put_parameter(c, p[0], p[1], e);
    }
    if (!ok || !buf_put(&c->out, "", 1, e)) {
        return false;
    }
    uint32_t be = __builtin_bswap32((uint32_t)c->out.len);
    memcpy(c->out.data, &be, 4);
    return gauss_flush(c, e);
}

/* Each wait of the login gets what is left of the whole. */
static bool set_wait(struct gauss_client *c, int64_t deadline_us, struct err *e) {
    if (deadline_us == 0) {
        return true;
    }
    int64_t left_ms = (deadline_us - clock_mono_us()) / 1000;
    if (left_ms <= 0) {
        c->broken = true;
        return err_set(e, ERR_TARGET_TIMEOUT, "the login took longer than the limit for connecting");
    }
    net_set_timeout(c->net, left_ms);
    c->io_timeout_ms = left_ms;
    return true;
}

static bool is_protocol_refusal(const struct err *e, const struct gauss_auth *a, bool asked) {
    return !asked && !a->sent_secret && (str_eq(e->sqlstate, "0A000") || str_eq(e->sqlstate, "08P01")) &&
           strstr(e->message, "protocol") != NULL;
}

static bool take_key(struct gauss_client *c, const struct gauss_message *m, struct err *e) {
    if (m->len < 8 || m->len - 4 > sizeof c->cancel_key) {
        return gauss_unexpected(c, m, "the login", e);
    }
    c->server.backend_pid = (int32_t)get_be32(m->body);
    c->cancel_key_len = m->len - 4;
    memcpy(c->cancel_key, m->body + 4, c->cancel_key_len);
    return true;
}

static bool answer_request(struct gauss_client *c, struct gauss_auth *a, const struct gauss_message *m,
                           struct buf *reply, struct err *e) {
    if (!gauss_auth_step(a, m->body, m->len, reply, e)) {
        c->broken = true;
        return false;
    }
    return reply->len == 0 || (gauss_put(c, 'p', reply->data, reply->len, e) && gauss_flush(c, e));
}

/* Everything between the startup packet and the first ReadyForQuery. */
static bool login_loop(struct gauss_client *c, struct gauss_auth *a, int64_t deadline_us, bool *retry_lower,
                       bool *asked, struct buf *reply, struct err *e) {
    for (;;) {
        struct gauss_message m;
        if (!set_wait(c, deadline_us, e) || !gauss_next(c, &m, e)) {
            return false;
        }
        switch (m.type) {
        case 'R':
            if (a->done) {
                return gauss_unexpected(c, &m, "the login", e);
            }
            *asked = true;
            if (!answer_request(c, a, &m, reply, e)) {
                return false;
            }
            break;
        case 'v': /* NegotiateProtocolVersion: go on as 3.0 */
            break;
        case 'K':
            if (!take_key(c, &m, e)) {
                return false;
            }
            break;
        case 'E':
            gauss_server_error(c, &m, e);
            c->broken = true;
            *retry_lower = is_protocol_refusal(e, a, *asked);
            return false;
        case 'Z':
            if (!a->done) {
                return gauss_unexpected(c, &m, "the login", e);
            }
            return gauss_take_ready(c, &m, e);
        default:
            return gauss_unexpected(c, &m, "the login", e);
        }
    }
}

bool gauss_login(struct gauss_client *c, const struct gauss_options *o, unsigned minor, uint32_t iterations_max,
                 int64_t deadline_us, bool *retry_lower, bool *asked, struct err *e) {
    struct gauss_auth auth = {
        .user = o->user,
        .password = o->password,
        .clear_allowed = net_is_tls(c->net) || (o->host != NULL && o->host[0] == '/'),
        .cache = o->auth_cache,
        .iterations_max = iterations_max,
    };
    struct buf reply;
    buf_init(&reply, 64 * 1024);
    *retry_lower = *asked = false;
    c->in_startup = true;
    bool ok = set_wait(c, deadline_us, e) && send_startup(c, o, minor, e) &&
              login_loop(c, &auth, deadline_us, retry_lower, asked, &reply, e);
    c->in_startup = false;
    if (ok) {
        memcpy(c->server.auth_method, auth.method, sizeof auth.method);
        if (auth.opengauss) {
            c->server.kind = GAUSS_OPENGAUSS;
        }
    }
    if (reply.data != NULL) {
        OPENSSL_cleanse(reply.data, reply.cap);
    }
    buf_clear(&reply);
    gauss_auth_clear(&auth);
    return ok;
}

/* ---- connecting ---- */

/* A directory means the socket PostgreSQL makes in it. */
static char *socket_path(struct arena *a, const char *host, uint16_t port) {
    struct stat st;
    if (host[0] == '/' && stat(host, &st) == 0 && S_ISDIR(st.st_mode)) {
        return arena_printf(a, "%s/.s.PGSQL.%u", host, (unsigned)port);
    }
    return arena_strdup(a, host);
}

/* Copy a network error with the target's code. */
static bool as_target(struct err *e, enum err_code code, const struct err *net) {
    err_set(e, code, "%s", net->message);
    return err_cause(e, "%s", net->cause);
}

/* SSLRequest, answered by one bare byte. *offered: it was 'S' and the stream is encrypted now. */
static bool negotiate_tls(struct net_stream *net, const struct net_tls_options *tls, const char *host, bool *refused,
                          struct err *e) {
    uint8_t request[8] = {0,
                          0,
                          0,
                          8,
                          CODE_SSL_REQUEST >> 24 & 255,
                          CODE_SSL_REQUEST >> 16 & 255,
                          CODE_SSL_REQUEST >> 8 & 255,
                          CODE_SSL_REQUEST & 255};
    uint8_t answer = 0;
    size_t got = 0;
    struct err failed = ERR_INIT;
    *refused = false;
    if (!net_write(net, request, sizeof request, &failed) || !net_read(net, &answer, 1, &got, &failed)) {
        return as_target(e, net_timed_out(net) ? ERR_TARGET_TIMEOUT : ERR_TARGET_LOST, &failed);
    }
    if (got == 0) {
        return err_set(e, ERR_TARGET_LOST, "the target closed the connection when asked for TLS");
    }
    if (answer == 'N') {
        *refused = true;
        return true;
    }
    if (answer == 'E') {
        /* Its text came unprotected and is not repeated. */
        err_set(e, ERR_TARGET_CONNECT, "the target answered the request for TLS with an error");
        return err_hint(e, "is it out of connections or starting up? the server's log tells");
    }
    if (answer != 'S') {
        return err_set(e, ERR_TARGET_PROTOCOL, "the target answered the request for TLS with byte 0x%02x", answer);
    }
    return net_start_tls(net, tls, host, &failed) || as_target(e, ERR_TARGET_TLS, &failed);
}

/* Connect and, where wanted, encrypt. */
static bool open_stream(struct net_stream **out, const char *host, uint16_t port, const struct net_tls_options *tls,
                        const char *name, int64_t timeout_ms, struct attempt *how, struct err *e) {
    struct err failed = ERR_INIT;
    struct net_stream *net = NULL;
    *out = NULL;
    if (!net_connect(&net, host, port, timeout_ms, &failed)) {
        return as_target(e, ERR_TARGET_CONNECT, &failed);
    }
    net_set_timeout(net, timeout_ms);
    bool refused = false, ok = true;
    if (tls->mode != NET_TLS_DISABLE && host[0] != '/') { /* a socket of this machine needs none and offers none */
        ok = negotiate_tls(net, tls, name, &refused, e);
        how->plain = !ok && tls->mode == NET_TLS_PREFER && e->code == ERR_TARGET_TLS;
        if (ok && refused && tls->mode != NET_TLS_PREFER) {
            err_set(e, ERR_TARGET_TLS, "the target offers no TLS");
            ok = err_hint(e, "switch ssl on at the server, or use sslmode=prefer or disable");
        }
    }
    if (!ok) {
        net_close(net);
        return false;
    }
    *out = net;
    return true;
}

static char *copy_or_null(struct arena *a, const char *s) {
    return s != NULL ? arena_strdup(a, s) : NULL;
}

static bool attempt(struct gauss_client **out, const struct gauss_options *o, unsigned minor, bool plain,
                    int64_t deadline_us, struct attempt *how, struct err *e) {
    struct arena own = ARENA_INIT;
    struct net_tls_options tls = o->tls;
    if (plain) {
        tls.mode = NET_TLS_DISABLE;
    }
    int64_t left_ms = (deadline_us - clock_mono_us()) / 1000;
    if (left_ms <= 0) {
        return err_set(e, ERR_TARGET_TIMEOUT, "connecting took longer than its limit");
    }
    char *path = socket_path(&own, o->host, o->port);
    struct net_stream *net;
    if (!open_stream(&net, path, o->port, &tls, o->host, left_ms, how, e)) {
        arena_clear(&own);
        return false;
    }
    struct gauss_client *c = gauss_client_new(net);
    if (c == NULL) {
        net_close(net);
        arena_clear(&own);
        return err_set(e, ERR_MEMORY, "no memory for a connection");
    }
    c->own = own;
    c->host = path;
    c->port = o->port;
    c->tls_on = net_is_tls(net);
    c->tls = tls;
    c->tls.ca_file = copy_or_null(&c->own, tls.ca_file);
    c->tls.cert_file = copy_or_null(&c->own, tls.cert_file);
    c->tls.key_file = copy_or_null(&c->own, tls.key_file);
    if (!gauss_login(c, o, minor, 0, deadline_us, &how->lower, &how->asked, e)) {
        /* pg_hba.conf may allow this role without TLS only. */
        how->plain = c->tls_on && tls.mode == NET_TLS_PREFER && !how->asked && str_eq(e->sqlstate, "28000");
        c->broken = true;
        gauss_close(c);
        return false;
    }
    net_set_timeout(net, o->io_timeout_ms);
    c->io_timeout_ms = o->io_timeout_ms;
    *out = c;
    return true;
}

bool gauss_connect_minor(struct gauss_client **out, const struct gauss_options *o, unsigned minor, struct err *e) {
    *out = NULL;
    if (o->user == NULL || o->user[0] == '\0' || o->host == NULL || o->host[0] == '\0') {
        return err_set(e, ERR_URL, "the target needs a host and a user");
    }
    if (o->application_name != NULL && str_eq(o->application_name, "gsql")) {
        return err_set(e, ERR_USAGE, "the application name gsql changes what openGauss sends; choose another");
    }
    int64_t limit_ms = o->connect_timeout_ms > 0 ? o->connect_timeout_ms : DEFAULT_CONNECT_MS;
    int64_t deadline_us = clock_mono_us() + limit_ms * 1000;
    bool plain = false;
    size_t i = 0;
    while (i + 1 < sizeof minors / sizeof minors[0] && minors[i] > minor) {
        i++;
    }
    for (;;) {
        struct attempt how = {0};
        if (attempt(out, o, i == 0 ? minor : minors[i], plain, deadline_us, &how, e)) {
            return true;
        }
        if (how.lower && i + 1 < sizeof minors / sizeof minors[0]) {
            i++;
        } else if (how.plain && !plain) {
            plain = true;
        } else {
            return err_where(e, "target %s port %u", o->host, (unsigned)o->port);
        }
    }
}

bool gauss_connect(struct gauss_client **out, const struct gauss_options *o, struct err *e) {
    return gauss_connect_minor(out, o, minors[0], e);
}

/* ---- end, cancel, looks ---- */

void gauss_close(struct gauss_client *c) {
    if (c == NULL) {
        return;
    }
    if (!c->broken && c->state == GAUSS_IDLE && !atomic_load(&c->aborted)) {
        static const uint8_t terminate[5] = {'X', 0, 0, 0, 4};
        struct err ignored = ERR_INIT;
        size_t put; /* a courtesy: the server notices the end anyway */
        c->bytes_out += net_write_some(c->net, terminate, sizeof terminate, &put, &ignored) ? put : 0;
    }
    net_close(c->net);
    buf_clear(&c->in);
    buf_clear(&c->out);
    for (size_t i = 0; i < c->nparameters; i++) {
        free(c->parameters[i].name);
        free(c->parameters[i].value);
    }
    free(c->pipe);
    arena_clear(&c->own);
    OPENSSL_cleanse(c->cancel_key, sizeof c->cancel_key);
    free(c);
}

void gauss_abort(struct gauss_client *c) {
    atomic_store(&c->aborted, true);
    net_abort(c->net);
}

bool gauss_cancel(const struct gauss_client *c, struct err *e) {
    if (c->cancel_key_len == 0) {
        return err_set(e, ERR_TARGET_QUERY,
                       "the target gave no key for cancelling (replication connections have none)");
    }
    struct net_tls_options tls = c->tls;
    tls.mode = c->tls_on ? tls.mode : NET_TLS_DISABLE;
    struct attempt how = {0};
    struct net_stream *net;
    if (!open_stream(&net, c->host, c->port, &tls, c->host, DEFAULT_CONNECT_MS, &how, e)) {
        return false;
    }
    struct buf request;
    buf_init(&request, 1024);
    bool ok = buf_reserve(&request, 12 + c->cancel_key_len, e);
    if (ok) {
        struct err failed = ERR_INIT;
        buf_be32(&request, (uint32_t)(12 + c->cancel_key_len));
        buf_be32(&request, CODE_CANCEL_REQUEST);
        buf_be32(&request, (uint32_t)c->server.backend_pid);
        buf_bytes(&request, c->cancel_key, c->cancel_key_len);
        ok = net_write(net, request.data, request.len, &failed) || as_target(e, ERR_TARGET_LOST, &failed);
        /* The server closes without an answer once it has dealt with it. */
        uint8_t byte;
        size_t got = 1;
        net_set_timeout(net, CANCEL_ANSWER_MS);
        while (ok && got > 0 && net_read(net, &byte, 1, &got, &failed)) {
        }
    }
    buf_clear(&request);
    net_close(net);
    return ok;
}

const struct gauss_server *gauss_server(const struct gauss_client *c) {
    return &c->server;
}

const char *gauss_parameter(const struct gauss_client *c, const char *name) {
    for (size_t i = 0; i < c->nparameters; i++) {
        if (str_ieq(c->parameters[i].name, name)) {
            return c->parameters[i].value;
        }
    }
    return NULL;
}

bool gauss_usable(const struct gauss_client *c) {
    return !c->broken;
}

char gauss_tx_status(const struct gauss_client *c) {
    return c->tx_status;
}

void gauss_on_notice(struct gauss_client *c, gauss_notice_fn *fn, void *arg) {
    c->notice = fn;
    c->notice_arg = arg;
}

uint64_t gauss_bytes_out(const struct gauss_client *c) {
    return c->bytes_out;
}

uint64_t gauss_bytes_in(const struct gauss_client *c) {
    return c->bytes_in;
}
