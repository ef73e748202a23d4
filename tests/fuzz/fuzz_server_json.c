/* What comes in over HTTP and WebSockets as text: bodies, queries, cookies, messages of the live connection. Nothing is read behind its end,
 * what is taken is within its bounds, and what is refused says why. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/api.h"
#include "server/feed.h"
#include "server/live_request.h"
#include "server/shell_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok) {
    if (!ok) {
        abort();
    }
}

static void try_live(struct arena *a, const char *text, size_t len) {
    struct live_request r;
    struct err e = ERR_INIT, again = ERR_INIT;
    if (!live_request_parse(a, text, len, &r, &e)) {
        check(e.code == ERR_BODY || e.code == ERR_NOT_FOUND);
        check(e.message[0] != '\0');
        return;
    }
    check(r.subscribe.n <= FEED_TOPICS_MAX && r.unsubscribe.n <= FEED_TOPICS_MAX && r.after <= INT64_MAX);
    for (size_t i = 0; i < r.subscribe.n; i++) {
        check(live_topic_check(r.subscribe.names[i], &again) && strlen(r.subscribe.names[i]) < FEED_TOPIC_BYTES);
    }
}

static bool is_window(const struct terminal_size *size) {
    return size->cols >= 1 && size->cols <= SHELL_COLS_MAX && size->rows >= 1 && size->rows <= SHELL_ROWS_MAX;
}

static void try_shell(const char *text, size_t len) {
    struct terminal_size size;
    struct err e = ERR_INIT;
    if (shell_request_parse(text, len, &size, &e)) {
        check(is_window(&size));
    } else {
        check(e.code == ERR_BODY && e.message[0] != '\0');
    }
}

/* text: the place, a space, columns, a space, rows */
static void try_shell_place(struct arena *a, const char *text) {
    char *path = arena_strdup(a, text), *cols = strchr(path, ' '), *rows = cols != NULL ? strchr(cols + 1, ' ') : NULL;
    char *query[2];
    struct http_request r = {.path = path, .query = query};
    struct terminal_size size;
    struct err e = ERR_INIT;
    int64_t machine;
    if (rows != NULL) {
        *cols = *rows = '\0';
        query[r.nquery++] = arena_printf(a, "cols=%s", cols + 1);
        query[r.nquery++] = arena_printf(a, "rows=%s", rows + 1);
    }
    if (shell_request_open(&r, &machine, &size, &e)) {
        check(machine >= 0 && is_window(&size));
    } else {
        check(e.code == ERR_BODY || e.code == ERR_NOT_FOUND);
    }
}

static void try_body(struct arena *a, const char *text, size_t len) {
    char json[] = "application/json", none[] = "";
    struct http_request r = {.method = HTTP_POST, .content_type = json, .cookie = none, .origin = none, .host = none};
    struct err e = ERR_INIT;
    buf_init(&r.body, len + 1);
    check(buf_put(&r.body, text, len, &e) && buf_terminate(&r.body, &e));
    struct call c = {.request = &r, .a = a};
    if (api_read_body(&c, &e)) {
        static const char *const names[] = {"name", "port", "flag", ""};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            const char *out;
            int64_t n;
            bool flag;
            if (api_text(&c, names[i], 100, i % 2 == 0, &out, &e) && out != NULL) {
                check(strlen(out) <= 100);
            }
            if (api_number(&c, names[i], -5, 1000, &n, &e)) {
                check(n >= -5 && n <= 1000);
            }
            (void)!api_flag(&c, names[i], true, &flag, &e);
        }
    } else {
        check(e.code == ERR_BODY);
    }
    json_decref(c.body);
    buf_clear(&r.body);
}

static void try_text(struct arena *a, const char *text) {
    char *copy = arena_strdup(a, text),
         *query[] = {arena_printf(a, "page=%s", text), arena_printf(a, "size=%s", text), copy};
    struct http_request r = {.query = query, .nquery = 3, .cookie = copy, .origin = copy, .host = copy};
    struct call c = {.request = &r, .a = a, .params = {text}};
    struct err e = ERR_INIT;
    struct page page;
    int64_t id;
    if (api_page(&c, &page, &e)) {
        check(page.number >= 1 && page.size >= 1 && page.size <= 200);
    }
    if (api_id(&c, 0, &id, &e)) {
        check(id >= 1);
    }
    (void)http_cookie(a, text, "godwit_session");
    (void)http_parameter(&r, "topic");
    (void)http_same_site(&r);
    (void)live_after(text);
    (void)!live_topic_check(text, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    struct arena a = ARENA_INIT;
    size_t len = size - 1;
    char *exact = malloc(len == 0 ? 1 : len), *ended = malloc(len + 1); /* no byte behind them */
    if (exact == NULL || ended == NULL) {
        abort();
    }
    memcpy(ended, data + 1, len);
    if (len > 0) {
        memcpy(exact, data + 1, len);
    }
    ended[len] = '\0';
    switch (data[0] % 5) {
    case '0' % 5:
        try_live(&a, exact, len);
        break;
    case '1' % 5:
        try_body(&a, exact, len);
        break;
    case '3' % 5:
        try_shell(exact, len);
        break;
    case '4' % 5:
        try_shell_place(&a, ended);
        break;
    default:
        try_text(&a, ended);
    }
    free(exact);
    free(ended);
    arena_clear(&a);
    return 0;
}
