/* The head of an answer. See http_internal.h. */
#include <string.h>

#include "base/str.h"
#include "server/http_internal.h"

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

bool http_write_head(struct lws *wsi, const struct http_response *r) {
    unsigned char bytes[LWS_PRE + HEADER_BYTES], *begin = bytes + LWS_PRE, *at = begin, *end = bytes + sizeof bytes - 1;
    lws_filepos_t length = r->events != NULL ? LWS_ILLEGAL_HTTP_CONTENT_LEN : r->body.len;
    /* 304 is about an answer from earlier: its length would be taken for that one's. */
    bool ok = r->status == 304 ? lws_add_http_header_status(wsi, r->status, &at, end) == 0
                               : lws_add_http_common_headers(wsi, r->status, r->content_type, length, &at, end) == 0;
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
