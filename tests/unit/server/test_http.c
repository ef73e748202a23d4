/* The HTTP layer, over real sockets: requests come whole to a thread, answers whole to the client, and what is no good request
 * costs its connection only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "server/http.h"

struct scene {
    struct http *h;
    atomic_uint asked, begun, ended;
};

static void answer(void *arg, void *local, struct http_request *r, struct http_response *out) {
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    struct scene *x = arg;
    struct err e = ERR_INIT;
    assert_ptr_equal(local, x);
    atomic_fetch_add(&x->asked, 1);
    if (strcmp(r->path, "/big") == 0) {
        const char *n = http_parameter(r, "bytes");
        for (long i = strtol(n, NULL, 10); i > 0; i--) {
            assert_true(buf_put(&out->body, &"0123456789"[i % 10], 1, &e));
        }
        return;
    }
    if (strcmp(r->path, "/slow") == 0) {
        clock_sleep_ms(300);
    }
    if (strcmp(r->path, "/empty") == 0) {
        out->status = 204;
        return;
    }
    if (strcmp(r->path, "/header") == 0) {
        char evil[] = "a=b\r\nx-injected: yes";
        http_add_header(out, "set-cookie:", arena_strdup(&r->arena, evil));
    }
    const char *y = http_parameter(r, "y");
    char *cookie = http_cookie(&r->arena, r->cookie, "sid");
    assert_true(buf_printf(&out->body, &e, "%s %s ? %s | %s | %s | %s | %.*s", methods[r->method], r->path,
                           y != NULL ? y : "", cookie != NULL ? cookie : "-", r->csrf, r->address, (int)r->body.len,
                           (char *)r->body.data));
}

static void *begin(void *arg) {
    atomic_fetch_add(&((struct scene *)arg)->begun, 1);
    return arg;
}

static void end(void *arg, void *local) {
    assert_ptr_equal(arg, local);
    atomic_fetch_add(&((struct scene *)arg)->ended, 1);
}

static int set_up(void **state) {
    struct scene *x = calloc(1, sizeof *x);
    struct err e = ERR_INIT;
    struct http_options o = {.body_max = 100000,
                             .slow_s = 2,
                             .threads = 3,
                             .handle = answer,
                             .arg = x,
                             .thread_begin = begin,
                             .thread_end = end};
    if (!http_start(&x->h, &o, &e)) {
        fail_msg("%s", e.message);
    }
    *state = x;
    return 0;
}

static int tear_down(void **state) {
    struct scene *x = *state;
    http_stop(x->h);
    assert_int_equal(atomic_load(&x->begun), 3);
    assert_int_equal(atomic_load(&x->ended), 3);
    free(x);
    return 0;
}

static int connected(const struct scene *x) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(http_port(x->h))};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

static void say(int fd, const char *text, size_t len) {
    while (len > 0) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
        if (n <= 0) {
            return; /* the other side has had enough: the answer tells */
        }
        text += n;
        len -= (size_t)n;
    }
}

static void say_text(int fd, const char *text) {
    say(fd, text, strlen(text));
}

/* Until the other side closes, or as many bytes. */
static size_t hear(int fd, char *out, size_t size) {
    size_t len = 0;
    ssize_t n;
    while (len + 1 < size && (n = recv(fd, out + len, size - 1 - len, 0)) > 0) {
        len += (size_t)n;
    }
    out[len] = '\0';
    return len;
}

static char *ask(const struct scene *x, const char *request) {
    enum { SIZE = 1 << 20 };
    char *out = malloc(SIZE);
    int fd = connected(x);
    say(fd, request, strlen(request));
    hear(fd, out, SIZE);
    close(fd);
    return out;
}

static void has(const struct scene *x, const char *request, const char *status, const char *part) {
    char *text = ask(x, request);
    char line[64];
    snprintf(line, sizeof line, "HTTP/1.1 %s", status);
    if (strncmp(text, line, strlen(line)) != 0 || strstr(text, part) == NULL) {
        fail_msg("%s\n-- gave --\n%s\n-- wanted --\n%s and %s", request, text, line, part);
    }
    free(text);
}

#define CLOSE "Host: x\r\nConnection: close\r\n"

static void requests_come_whole(void **state) {
    struct scene *x = *state;
    has(x,
        "GET /a/b?x=1&y=%20z%26x%3d2+%e6%95%b0 HTTP/1.1\r\n" CLOSE
        "Cookie: other=1; sid=abc; more=2\r\nX-Godwit-Csrf: tok\r\n\r\n",
        "200", "GET /a/b ?  z&x=2 \xe6\x95\xb0 | abc | tok | 127.0.0.1 | ");
    has(x, "POST /p HTTP/1.1\r\n" CLOSE "Content-Length: 11\r\n\r\nhello world", "200", "| hello world");
    has(x, "POST /p HTTP/1.1\r\n" CLOSE "Content-Length: 0\r\n\r\n", "200", "POST /p");
    has(x, "PUT /p HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\n\r\nabc", "200", "PUT /p ?  | - |  | 127.0.0.1 | abc");
    has(x, "DELETE /p HTTP/1.1\r\n" CLOSE "\r\n", "200", "DELETE /p");
    has(x, "GET /empty HTTP/1.1\r\n" CLOSE "\r\n", "204", "x-content-type-options: nosniff");
}

static void answers_carry_what_protects(void **state) {
    struct scene *x = *state;
    char *text = ask(x, "GET /header HTTP/1.1\r\n" CLOSE "\r\n");
    assert_non_null(strstr(text, "content-security-policy: default-src 'self'"));
    assert_non_null(strstr(text, "x-frame-options: DENY"));
    assert_non_null(strstr(text, "cache-control: no-store"));
    assert_non_null(strstr(text, "set-cookie: a=b\r\n"));
    assert_null(strstr(text, "x-injected"));
    free(text);
}

static void large_answers_come_whole(void **state) {
    struct scene *x = *state;
    char *text = ask(x, "GET /big?bytes=600001 HTTP/1.1\r\n" CLOSE "\r\n");
    char *body = strstr(text, "\r\n\r\n");
    assert_non_null(body);
    assert_int_equal(strlen(body + 4), 600001);
    assert_non_null(strstr(text, "content-length: 600001"));
    free(text);
}

static void one_connection_many_requests(void **state) {
    struct scene *x = *state;
    int fd = connected(x);
    for (int i = 0; i < 50; i++) {
        char request[128], got[4096] = "", wanted[32];
        int n =
            snprintf(request, sizeof request, "POST /n%d HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n%04d", i, i);
        say(fd, request, (size_t)n);
        snprintf(wanted, sizeof wanted, "| %04d", i);
        size_t len = 0;
        while (strstr(got, wanted) == NULL) {
            ssize_t more = recv(fd, got + len, sizeof got - 1 - len, 0);
            assert_true(more > 0);
            len += (size_t)more;
            got[len] = '\0';
        }
    }
    close(fd);
    assert_int_equal(atomic_load(&x->asked), 50);
}

static void what_is_no_good_request_is_refused(void **state) {
    struct scene *x = *state;
    has(x, "POST /p HTTP/1.1\r\n" CLOSE "Content-Length: 100001\r\n\r\n", "413", "");
    has(x, "POST /p HTTP/1.1\r\n" CLOSE "\r\n", "411", "");
    has(x, "POST /p HTTP/1.1\r\n" CLOSE "Content-Length: -5\r\n\r\n", "411", "");
    has(x, "POST /p HTTP/1.1\r\n" CLOSE "Content-Length: 99999999999999999999\r\n\r\n", "411", "");
    static const char *const nonsense[] = {"\r\n\r\n",
                                           "HELLO\r\n\r\n",
                                           "GET\r\n\r\n",
                                           "\x16\x03\x01\x02\x00\x01\x00",
                                           "GET /../../etc/passwd HTTP/1.1\r\n" CLOSE "\r\n",
                                           "BREW /tea HTTP/1.1\r\n" CLOSE "\r\n"};
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        int fd = connected(x);
        char got[4096];
        say(fd, nonsense[i], strlen(nonsense[i]));
        shutdown(fd, SHUT_WR);
        hear(fd, got, sizeof got);
        assert_null(strstr(got, "root:"));
        close(fd);
    }
    char *long_header = malloc(200000);
    int n = sprintf(long_header, "GET / HTTP/1.1\r\nHost: x\r\nCookie: ");
    memset(long_header + n, 'a', 150000);
    strcpy(long_header + n + 150000, "\r\n\r\n");
    int fd = connected(x);
    char got[4096];
    say(fd, long_header, strlen(long_header));
    hear(fd, got, sizeof got);
    assert_null(strstr(got, "200 OK"));
    close(fd);
    free(long_header);
    has(x, "GET /still-here HTTP/1.1\r\n" CLOSE "\r\n", "200", "/still-here");
}

/* A body that never comes, and clients that leave in the middle, do not keep anybody else waiting. */
static void slow_clients_cost_only_themselves(void **state) {
    struct scene *x = *state;
    int slow[20], gone[20];
    for (size_t i = 0; i < 20; i++) {
        slow[i] = connected(x);
        say_text(slow[i], "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nabc");
        gone[i] = connected(x);
        say_text(gone[i], "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        close(gone[i]);
    }
    has(x, "GET /quick HTTP/1.1\r\n" CLOSE "\r\n", "200", "/quick");
    char got[4096];
    for (size_t i = 0; i < 20; i++) { /* cut off after slow_s */
        hear(slow[i], got, sizeof got);
        assert_null(strstr(got, "200 OK"));
        close(slow[i]);
    }
}

struct client {
    const struct scene *x;
    pthread_t thread;
    unsigned good;
};

static void *client_main(void *arg) {
    struct client *c = arg;
    for (int i = 0; i < 40; i++) {
        char *text = ask(c->x, "POST /many HTTP/1.1\r\n" CLOSE "Content-Length: 5\r\n\r\n12345");
        c->good += strstr(text, "| 12345") != NULL;
        free(text);
    }
    return NULL;
}

static void many_clients_at_once(void **state) {
    struct scene *x = *state;
    struct client clients[16];
    for (size_t i = 0; i < 16; i++) {
        clients[i] = (struct client){.x = x};
        assert_int_equal(pthread_create(&clients[i].thread, NULL, client_main, &clients[i]), 0);
    }
    for (size_t i = 0; i < 16; i++) {
        pthread_join(clients[i].thread, NULL);
        assert_int_equal(clients[i].good, 40);
    }
}

static void a_stop_lets_answers_end(void **state) {
    (void)state;
    struct scene x = {0};
    struct err e = ERR_INIT;
    struct http_options o = {.handle = answer, .arg = &x, .thread_begin = begin};
    assert_true(http_start(&x.h, &o, &e));
    int fd = connected(&x);
    say_text(fd, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    while (atomic_load(&x.asked) == 0) {
        clock_sleep_ms(1);
    }
    http_stop(x.h);
    close(fd);
    /* An address nobody has, and a port somebody has. */
    struct http_options taken = {.port = 1, .address = "203.0.113.77", .handle = answer};
    struct http *h, *first;
    assert_false(http_start(&h, &taken, &e));
    assert_int_equal(e.code, ERR_SYSTEM);
    assert_true(http_start(&first, &o, &e));
    taken = (struct http_options){.port = http_port(first), .handle = answer};
    err_clear(&e);
    assert_false(http_start(&h, &taken, &e));
    assert_int_equal(e.code, ERR_SYSTEM);
    http_stop(first);
}

static void cookies_and_queries_are_read(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    assert_string_equal(http_cookie(&a, "a=1; sid=x=y ;b=2", "sid"), "x=y ");
    assert_null(http_cookie(&a, "asid=1; sid2=3", "sid"));
    assert_null(http_cookie(&a, "", "sid"));
    struct http_request r = {
        .query = (char *[]){arena_strdup(&a, "name=x/"), arena_strdup(&a, "b="), arena_strdup(&a, "c")}, .nquery = 3};
    assert_string_equal(http_parameter(&r, "name"), "x/");
    assert_string_equal(http_parameter(&r, "b"), "");
    assert_null(http_parameter(&r, "c"));
    assert_null(http_parameter(&r, "nam"));
    arena_clear(&a);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(requests_come_whole),
        TEST(answers_carry_what_protects),
        TEST(large_answers_come_whole),
        TEST(one_connection_many_requests),
        TEST(what_is_no_good_request_is_refused),
        TEST(slow_clients_cost_only_themselves),
        TEST(many_clients_at_once),
        cmocka_unit_test(a_stop_lets_answers_end),
        cmocka_unit_test(cookies_and_queries_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
