/* See pages.h. */
#include "server/pages.h"

#include <string.h>
#include <strings.h>

#include <zlib.h>

#include "base/str.h"
#include "server/pages_table.h"

static const char *const of_the_api[] = {"/api", "/healthz", "/metrics"};

static bool is_api(const char *path) {
    for (size_t i = 0; i < sizeof of_the_api / sizeof of_the_api[0]; i++) {
        size_t len = strlen(of_the_api[i]);
        if (strncmp(path, of_the_api[i], len) == 0 && (path[len] == '\0' || path[len] == '/')) {
            return true;
        }
    }
    return false;
}

static const struct page_file *find(const char *path) {
    for (size_t i = 0; i < pages_count; i++) {
        if (str_eq(pages_table[i].path, path)) {
            return &pages_table[i];
        }
    }
    return NULL;
}

/* Does a header's list have it? "gzip;q=0" says that it is not wanted, "*" takes everything. */
static bool accepts_gzip(const char *list) {
    while (*list != '\0') {
        list += strspn(list, ", \t");
        size_t len = strcspn(list, ",");
        size_t name = strcspn(list, ",; \t");
        bool named = (name == 4 && strncasecmp(list, "gzip", 4) == 0) || (name == 1 && *list == '*');
        const char *q = memmem(list, len, "q=0", 3);
        if (named && (q == NULL || strspn(q + 3, ".0") != strcspn(q + 3, ", \t"))) {
            return true;
        }
        list += len;
    }
    return false;
}

/* If-None-Match: a list of tags, weak ones too, or "*". */
static bool has_it(const char *list, const char *etag) {
    return str_eq(list, "*") || strstr(list, etag) != NULL;
}

static bool unpack(const struct page_file *f, struct buf *out) {
    struct err ignored = ERR_INIT;
    if (!buf_reserve(out, f->unpacked, &ignored)) {
        return false;
    }
    z_stream z = {0};
    z.next_in = (unsigned char *)pages_bytes + f->at; /* zlib's type knows no const; it only reads */
    z.avail_in = (unsigned)f->packed;
    z.next_out = out->data + out->len;
    z.avail_out = (unsigned)f->unpacked;
    if (inflateInit2(&z, MAX_WBITS + 16) != Z_OK) { /* + 16: gzip */
        return false;
    }
    bool ok = inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_out == 0;
    inflateEnd(&z);
    out->len += ok ? f->unpacked : 0;
    return ok;
}

static void add(struct http_request *r, struct http_response *answer, const char *name, const char *value) {
    http_add_header(answer, name, arena_strdup(&r->arena, value));
}

static void send_file(const struct page_file *f, struct http_request *r, struct http_response *answer) {
    struct err ignored = ERR_INIT;
    answer->content_type = f->type;
    add(r, answer, "etag:", f->etag);
    add(r, answer, "vary:", "accept-encoding");
    add(r, answer, "cache-control:", f->lasting ? "public, max-age=31536000, immutable" : "no-cache");
    if (has_it(r->if_none_match, f->etag)) {
        answer->status = 304;
        return;
    }
    bool packed = accepts_gzip(r->accept_encoding);
    if (packed) {
        add(r, answer, "content-encoding:", "gzip");
    }
    if (packed ? !buf_put(&answer->body, pages_bytes + f->at, f->packed, &ignored) : !unpack(f, &answer->body)) {
        answer->status = 500;
        buf_reset(&answer->body);
    }
}

bool pages_answer(struct http_request *r, struct http_response *answer) {
    if (r->method != HTTP_GET || is_api(r->path)) {
        return false;
    }
    const struct page_file *f = find(r->path);
    if (f == NULL && !str_starts(r->path, "/assets/")) {
        f = find("/index.html");
    }
    if (f == NULL) {
        answer->status = 404;
        answer->content_type = "text/plain; charset=utf-8";
    } else {
        send_file(f, r, answer);
    }
    return true;
}
