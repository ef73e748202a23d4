/* A request as libwebsockets has parsed it, taken over into our own memory. See http_internal.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/http_internal.h"

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

bool http_request_read(struct lws *wsi, const char *path, struct http_request *r) {
    struct arena *a = &r->arena;
    if (!method_of(wsi, &r->method)) {
        return false;
    }
    r->path = arena_strdup(a, path);
    take_query(wsi, r);
    r->cookie = header(wsi, a, WSI_TOKEN_HTTP_COOKIE);
    r->authorization = header(wsi, a, WSI_TOKEN_HTTP_AUTHORIZATION);
    r->content_type = header(wsi, a, WSI_TOKEN_HTTP_CONTENT_TYPE);
    r->accept_language = header(wsi, a, WSI_TOKEN_HTTP_ACCEPT_LANGUAGE);
    r->accept_encoding = header(wsi, a, WSI_TOKEN_HTTP_ACCEPT_ENCODING);
    r->if_none_match = header(wsi, a, WSI_TOKEN_HTTP_IF_NONE_MATCH);
    r->origin = header(wsi, a, WSI_TOKEN_ORIGIN);
    r->host = header(wsi, a, WSI_TOKEN_HOST);
    r->csrf = own_header(wsi, a, "x-godwit-csrf:");
    r->last_event_id = own_header(wsi, a, "last-event-id:");
    take_address(wsi, r);
    return true;
}

void http_request_clear(struct http_request *r) {
    buf_clear(&r->body);
    arena_clear(&r->arena);
}

long long http_content_length(struct lws *wsi) {
    char text[24];
    int len = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH);
    if (len <= 0 || len >= (int)sizeof text ||
        lws_hdr_copy(wsi, text, sizeof text, WSI_TOKEN_HTTP_CONTENT_LENGTH) < 0 ||
        strspn(text, "0123456789") != (size_t)len || len > 18) {
        return -1;
    }
    return strtoll(text, NULL, 10);
}
