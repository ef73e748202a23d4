/* Plain streams: data, ends, timeouts, aborts, addresses that do not answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/stream.h"

struct pair {
    struct net_stream *s;
    int peer;
    struct err e;
};

static void open_pair(struct pair *p) {
    int fd[2];
    *p = (struct pair){0};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    p->s = net_wrap_fd(fd[0]);
    p->peer = fd[1];
}

static void close_pair(struct pair *p) {
    net_close(p->s);
    if (p->peer >= 0) {
        close(p->peer);
    }
}

static void data_both_ways_and_the_end(void **state) {
    (void)state;
    struct pair p;
    char text[16];
    size_t got;
    open_pair(&p);
    assert_true(net_write(p.s, "hello", 5, &p.e));
    assert_int_equal(read(p.peer, text, sizeof text), 5);
    assert_memory_equal(text, "hello", 5);
    assert_int_equal(write(p.peer, "there", 5), 5);
    assert_true(net_read(p.s, text, 2, &got, &p.e));
    assert_int_equal(got, 2);
    assert_true(net_read(p.s, text, sizeof text, &got, &p.e));
    assert_int_equal(got, 3);
    assert_memory_equal(text, "ere", 3);
    close(p.peer);
    p.peer = -1;
    assert_true(net_read(p.s, text, sizeof text, &got, &p.e));
    assert_int_equal(got, 0);
    assert_false(net_is_tls(p.s));
    close_pair(&p);
}

static void reading_times_out(void **state) {
    (void)state;
    struct pair p;
    char text[4];
    size_t got;
    open_pair(&p);
    net_set_timeout(p.s, 50);
    assert_false(net_timed_out(p.s));
    int64_t begin = clock_mono_us();
    assert_false(net_read(p.s, text, sizeof text, &got, &p.e));
    int64_t took_us = clock_mono_us() - begin;
    assert_int_equal(p.e.code, ERR_NETWORK);
    assert_true(net_timed_out(p.s));
    assert_true(took_us >= 50000 && took_us < 5000000);
    close_pair(&p);
}

static void writing_to_a_peer_that_does_not_read(void **state) {
    (void)state;
    struct pair p;
    size_t size = 8 << 20, put;
    char *data = calloc(1, size);
    open_pair(&p);
    net_set_timeout(p.s, 50);
    assert_true(net_write_some(p.s, data, size, &put, &p.e));
    assert_true(put > 0 && put < size);
    size_t more;
    assert_true(net_write_some(p.s, data + put, size - put, &more, &p.e));
    assert_int_equal(more, 0);
    assert_false(net_write(p.s, data, size, &p.e));
    assert_int_equal(p.e.code, ERR_NETWORK);
    assert_true(net_timed_out(p.s));
    free(data);
    close_pair(&p);
}

/* A broken pipe is an error, not a signal that ends the program. */
static void writing_to_a_peer_that_left(void **state) {
    (void)state;
    struct pair p;
    open_pair(&p);
    close(p.peer);
    p.peer = -1;
    assert_false(net_write(p.s, "x", 1, &p.e));
    assert_int_equal(p.e.code, ERR_NETWORK);
    assert_string_equal(p.e.cause, "Broken pipe");
    assert_false(net_timed_out(p.s));
    close_pair(&p);
}

static void readable(void **state) {
    (void)state;
    struct pair p;
    open_pair(&p);
    assert_false(net_readable(p.s, 0));
    int64_t begin = clock_mono_us();
    assert_false(net_readable(p.s, 30));
    assert_true(clock_mono_us() - begin >= 30000);
    assert_int_equal(write(p.peer, "x", 1), 1);
    assert_true(net_readable(p.s, 0));
    close_pair(&p);
}

static void *abort_soon(void *arg) {
    clock_sleep_ms(50);
    net_abort(arg);
    return NULL;
}

static void abort_wakes_a_reader(void **state) {
    (void)state;
    struct pair p;
    pthread_t thread;
    char text[4];
    size_t got;
    open_pair(&p);
    pthread_create(&thread, NULL, abort_soon, p.s);
    assert_false(net_read(p.s, text, sizeof text, &got, &p.e));
    assert_int_equal(p.e.code, ERR_NETWORK);
    assert_non_null(strstr(p.e.cause, "abort"));
    assert_false(net_read(p.s, text, sizeof text, &got, &p.e));
    assert_false(net_write(p.s, text, sizeof text, &p.e));
    assert_non_null(strstr(p.e.cause, "abort"));
    pthread_join(thread, NULL);
    close_pair(&p);
}

static void abort_wakes_a_writer(void **state) {
    (void)state;
    struct pair p;
    pthread_t thread;
    size_t size = 8 << 20;
    char *data = calloc(1, size);
    open_pair(&p);
    pthread_create(&thread, NULL, abort_soon, p.s);
    assert_false(net_write(p.s, data, size, &p.e));
    assert_non_null(strstr(p.e.cause, "abort"));
    pthread_join(thread, NULL);
    free(data);
    close_pair(&p);
}

/* ---- connecting ---- */

static int listen_on_loopback(int backlog, uint16_t *port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
    assert_int_equal(listen(fd, backlog), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

static void connect_by_name_and_address(void **state) {
    (void)state;
    static const char *const hosts[] = {"127.0.0.1", "localhost"};
    uint16_t port;
    int fd = listen_on_loopback(5, &port);
    for (size_t i = 0; i < 2; i++) {
        struct net_stream *s;
        struct err e = ERR_INIT;
        if (!net_connect(&s, hosts[i], port, 5000, &e)) {
            fail_msg("%s: %s: %s", hosts[i], e.message, e.cause);
        }
        int peer = accept(fd, NULL, NULL);
        assert_true(net_write(s, "x", 1, &e));
        char c;
        assert_int_equal(read(peer, &c, 1), 1);
        close(peer);
        net_close(s);
    }
    close(fd);
}

static void connect_refused(void **state) {
    (void)state;
    struct net_stream *s;
    struct err e = ERR_INIT;
    uint16_t port;
    close(listen_on_loopback(1, &port));
    assert_false(net_connect(&s, "127.0.0.1", port, 5000, &e));
    assert_null(s);
    assert_int_equal(e.code, ERR_NETWORK);
    assert_string_equal(e.cause, "Connection refused");
}

static void unknown_host(void **state) {
    (void)state;
    struct net_stream *s;
    struct err e = ERR_INIT;
    assert_false(net_connect(&s, "no-such-host.invalid", 1, 20000, &e));
    assert_int_equal(e.code, ERR_NETWORK);
    assert_non_null(strstr(e.message, "no-such-host.invalid"));
}

/* Linux drops the handshake of what does not fit a listener's backlog, which looks like a dead machine. */
static void connect_timeout(void **state) {
    (void)state;
    uint16_t port;
    int fd = listen_on_loopback(0, &port);
    struct net_stream *held[4] = {NULL};
    struct err e = ERR_INIT;
    bool failed = false;
    int64_t begin = clock_mono_us();
    for (size_t i = 0; i < 4 && !failed; i++) {
        begin = clock_mono_us();
        failed = !net_connect(&held[i], "127.0.0.1", port, 200, &e);
    }
    int64_t took_us = clock_mono_us() - begin;
    assert_true(failed);
    assert_int_equal(e.code, ERR_NETWORK);
    assert_string_equal(e.cause, "Connection timed out");
    assert_true(took_us >= 190000 && took_us < 5000000);
    for (size_t i = 0; i < 4; i++) {
        net_close(held[i]);
    }
    close(fd);
}

static void unix_sockets(void **state) {
    (void)state;
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    char dir[] = "/tmp/test_stream_XXXXXX";
    assert_non_null(mkdtemp(dir));
    snprintf(a.sun_path, sizeof a.sun_path, "%s/s", dir);
    struct net_stream *s;
    struct err e = ERR_INIT;
    assert_false(net_connect(&s, a.sun_path, 0, 1000, &e));
    assert_string_equal(e.cause, "No such file or directory");
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_true(net_connect(&s, a.sun_path, 0, 1000, &e));
    net_close(s);
    close(fd);
    unlink(a.sun_path);
    rmdir(dir);
    char longest[300];
    memset(longest, '/', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_false(net_connect(&s, longest, 0, 1000, &e));
    assert_int_equal(e.code, ERR_NETWORK);
}

static void close_of_nothing(void **state) {
    (void)state;
    net_close(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_both_ways_and_the_end),
        cmocka_unit_test(reading_times_out),
        cmocka_unit_test(writing_to_a_peer_that_does_not_read),
        cmocka_unit_test(writing_to_a_peer_that_left),
        cmocka_unit_test(readable),
        cmocka_unit_test(abort_wakes_a_reader),
        cmocka_unit_test(abort_wakes_a_writer),
        cmocka_unit_test(connect_by_name_and_address),
        cmocka_unit_test(connect_refused),
        cmocka_unit_test(unknown_host),
        cmocka_unit_test(connect_timeout),
        cmocka_unit_test(unix_sockets),
        cmocka_unit_test(close_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
