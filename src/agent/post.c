/* An HTTP request with libwebsockets, on a loop that lasts as long as it does. See post.h. */
#include "agent/post.h"

#include <libwebsockets.h>
#include <string.h>

#include "base/clock.h"

enum { HEADER_BYTES = 32, READ_BYTES = 4096, LOOK_MS = 100 };

struct request {
    const struct post *p;
    struct lws *wsi;
    struct buf *answer;
    struct err *e;
    unsigned status;
    bool over, complete;
};

static int fail(struct request *r, const char *why) {
    if (!r->over) {
        err_set(r->e, ERR_HTTP, "the server cannot be asked: %s", why);
        r->over = true;
    }
    return -1;
}

static int add_headers(const struct request *r, struct lws *wsi, unsigned char **at, unsigned char *end) {
    static const unsigned char json[] = "application/json";
    char length[HEADER_BYTES];
    int n = snprintf(length, sizeof length, "%zu", strlen(r->p->body));
    if (lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, json, sizeof json - 1, at, end) ||
        lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, (unsigned char *)length, n, at, end)) {
        return -1;
    }
    lws_client_http_body_pending(wsi, 1);
    lws_callback_on_writable(wsi);
    return 0;
}

static int send_body(struct request *r, struct lws *wsi) {
    struct buf b;
    struct err ignored = ERR_INIT;
    size_t len = strlen(r->p->body);
    buf_init(&b, LWS_PRE + len);
    bool ok = buf_reserve(&b, LWS_PRE + len, &ignored);
    if (ok) {
        memcpy(b.data + LWS_PRE, r->p->body, len);
        lws_client_http_body_pending(wsi, 0);
        ok = lws_write(wsi, b.data + LWS_PRE, len, LWS_WRITE_HTTP_FINAL) >= 0;
        explicit_bzero(b.data, LWS_PRE + len);
    }
    buf_clear(&b);
    return ok ? 0 : fail(r, "the request could not be sent");
}

static int read_some(struct lws *wsi) {
    char bytes[LWS_PRE + READ_BYTES], *at = bytes + LWS_PRE;
    int len = READ_BYTES;
    return lws_http_client_read(wsi, &at, &len) < 0 ? -1 : 0; /* it calls with what it has read */
}

static int on_event(struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len) {
    struct request *r = lws_context_user(lws_get_context(wsi));
    switch (why) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        return add_headers(r, wsi, (unsigned char **)in, *(unsigned char **)in + len);
    case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
        return send_body(r, wsi);
    case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
        r->status = lws_http_client_http_response(wsi);
        return 0;
    case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
        return read_some(wsi);
    case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
        return buf_put(r->answer, in, len, r->e) ? 0 : fail(r, "its answer is too large");
    case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
        r->complete = r->over = true;
        return -1; /* close: there is nothing else to ask */
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        return fail(r, in != NULL ? in : "no connection");
    case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
        fail(r, "the connection broke");
        return 0;
    default:
        return lws_callback_http_dummy(wsi, why, user, in, len);
    }
}

static const struct lws_protocols protocols[] = {{"godwit-post", on_event, 0, READ_BYTES, 0, NULL, 0}, {0}};

static void say_nothing(int level, const char *line) {
    (void)level;
    (void)line;
}

/* Wakes the loop, so that the time is looked at. */
static void tick(lws_sorted_usec_list_t *sul) {
    (void)sul;
}

static void connect_now(struct request *r, struct lws_context *context) {
    const struct link_place *place = r->p->place;
    struct lws_client_connect_info info = {
        .context = context,
        .address = place->host,
        .host = place->host,
        .port = place->port,
        .path = place->path,
        .method = "POST",
        .protocol = "godwit-post",
        .alpn = "http/1.1",
        .pwsi = &r->wsi,
        .ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT,
    };
    if (place->tls) {
        info.ssl_connection |= LCCSCF_USE_SSL | (r->p->any_name ? LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK : 0);
    }
    if (lws_client_connect_via_info(&info) == NULL) {
        fail(r, "no connection");
    }
}

bool post(const struct post *p, unsigned *status, struct buf *answer, struct err *e) {
    struct request r = {.p = p, .answer = answer, .e = e};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .protocols = protocols,
        .user = &r,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
        .timeout_secs = p->timeout_s,
        .options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
    };
    if (p->ca_file != NULL) {
        info.client_ssl_ca_filepath = p->ca_file;
        info.options |= LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
    }
    lws_set_log_level(LLL_ERR | LLL_WARN, say_nothing);
    struct lws_context *context = lws_create_context(&info);
    if (context == NULL) {
        return err_set(e, ERR_HTTP, "the certificates cannot be read");
    }
    int64_t until_us = clock_mono_us() + (int64_t)p->timeout_s * 1000000;
    lws_sorted_usec_list_t timer = {0};
    connect_now(&r, context);
    while (!r.over) {
        lws_sul_schedule(context, 0, &timer, tick, LOOK_MS * 1000);
        if (lws_service(context, 0) < 0 || clock_mono_us() > until_us) {
            fail(&r, "no answer in time");
        }
    }
    lws_sul_schedule(context, 0, &timer, tick, LWS_SET_TIMER_USEC_CANCEL);
    lws_context_destroy(context);
    *status = r.status;
    return r.complete && buf_reserve(answer, 1, e) && buf_terminate(answer, e);
}
