/* Connecting to servers that refuse, break off or stay silent: which protocol minors are tried, how often the password
 * goes out, what the error says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "gauss/internal.h"

struct door {
    int listener;
    uint16_t port;
    pthread_t thread;
    const char *const *answers; /* one per connection: what to send after the startup packet */
    const size_t *lens;
    size_t n;
    unsigned minors[8];
    size_t seen;
};

static void *door_main(void *arg) {
    struct door *d = arg;
    for (size_t i = 0; i < d->n; i++) {
        int fd = accept(d->listener, NULL, NULL);
        uint8_t startup[1024], reply[200];
        if (fd < 0) {
            return NULL;
        }
        if (recv(fd, startup, 8, MSG_WAITALL) == 8 && recv(fd, startup + 8, get_be32(startup) - 8, MSG_WAITALL) > 0) {
            d->minors[d->seen++] = get_be32(startup + 4) & 0xffff;
            send(fd, d->answers[i], d->lens[i], MSG_NOSIGNAL);
        }
        shutdown(fd, SHUT_WR);
        while (recv(fd, reply, sizeof reply, 0) > 0) {
        }
        close(fd);
    }
    return NULL;
}

static void door_open(struct door *d, const char *const *answers, const size_t *lens, size_t n) {
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof addr;
    *d = (struct door){.answers = answers, .lens = lens, .n = n, .listener = socket(AF_INET, SOCK_STREAM, 0)};
    assert_int_equal(bind(d->listener, (struct sockaddr *)&addr, size), 0);
    assert_int_equal(listen(d->listener, 8), 0);
    assert_int_equal(getsockname(d->listener, (struct sockaddr *)&addr, &size), 0);
    d->port = ntohs(addr.sin_port);
    assert_int_equal(pthread_create(&d->thread, NULL, door_main, d), 0);
}

static void door_close(struct door *d) {
    shutdown(d->listener, SHUT_RDWR);
    pthread_join(d->thread, NULL);
    close(d->listener);
}

#define REFUSAL "E\0\0\0\x44SFATAL\0c0\0Munsupported frontend protocol 3.51.\0C0A000\0dBACKEND\0\0"
#define OK "R\0\0\0\x08\0\0\0\0"
#define READY "Z\0\0\0\5I"
#define VERSION                                                                                                        \
    "S\0\0\0\x1aserver_version\0"                                                                                      \
    "14.2 x\0"
#define NEGOTIATE "v\0\0\0\x0c\0\0\0\0\0\0\0\0"
#define DENIED "E\0\0\0\x21SFATAL\0C28P01\0Mlogin denied\0\0"
#define MD5 "R\0\0\0\x0c\0\0\0\5salt"

static struct gauss_options options_for(const struct door *d) {
    return (struct gauss_options){.host = "127.0.0.1",
                                  .port = d->port,
                                  .user = "u",
                                  .password = "p",
                                  .database = "d",
                                  .connect_timeout_ms = 5000};
}

static void test_lower_minors(void **state) {
    (void)state;
    static const char *const answers[] = {REFUSAL, REFUSAL, OK VERSION READY};
    static const size_t lens[] = {sizeof REFUSAL - 1, sizeof REFUSAL - 1, sizeof(OK VERSION READY) - 1};
    struct door d;
    struct gauss_client *c;
    struct err e = ERR_INIT;
    door_open(&d, answers, lens, 3);
    struct gauss_options o = options_for(&d);
    assert_true(gauss_connect(&c, &o, &e));
    assert_int_equal(gauss_server(c)->kind, GAUSS_POSTGRESQL);
    assert_int_equal(gauss_server(c)->version, 140002);
    assert_string_equal(gauss_server(c)->version_text, "14.2 x");
    assert_string_equal(gauss_server(c)->auth_method, "trust");
    gauss_close(c);
    door_close(&d);
    assert_int_equal(d.seen, 3);
    assert_int_equal(d.minors[0], 51);
    assert_int_equal(d.minors[1], 50);
    assert_int_equal(d.minors[2], 0);
}

static void test_negotiated(void **state) {
    (void)state;
    static const char *const answers[] = {NEGOTIATE OK VERSION READY};
    static const size_t lens[] = {sizeof(NEGOTIATE OK VERSION READY) - 1};
    struct door d;
    struct gauss_client *c;
    struct err e = ERR_INIT;
    door_open(&d, answers, lens, 1);
    struct gauss_options o = options_for(&d);
    assert_true(gauss_connect(&c, &o, &e));
    gauss_close(c);
    door_close(&d);
    assert_int_equal(d.seen, 1);
}

/* One connection, one attempt, whatever the refusal says. */
static void test_password_is_never_tried_twice(void **state) {
    (void)state;
    static const char *const answers[] = {MD5 DENIED, MD5 REFUSAL, DENIED};
    static const size_t lens[] = {sizeof(MD5 DENIED) - 1, sizeof(MD5 REFUSAL) - 1, sizeof DENIED - 1};
    for (size_t i = 0; i < 3; i++) {
        struct door d;
        struct gauss_client *c;
        struct err e = ERR_INIT;
        door_open(&d, answers + i, lens + i, 1);
        struct gauss_options o = options_for(&d);
        assert_false(gauss_connect(&c, &o, &e));
        assert_null(c);
        assert_int_equal(e.code, i == 1 ? ERR_TARGET_QUERY : ERR_TARGET_AUTH);
        assert_non_null(strstr(e.where, "127.0.0.1"));
        door_close(&d);
        assert_int_equal(d.seen, 1);
    }
}

static void test_broken_logins(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        enum err_code code;
    } cases[] = {
#define CASE(text, code) {text, sizeof(text) - 1, code}
        CASE("", ERR_TARGET_LOST),
        CASE("R\0\0", ERR_TARGET_LOST),
        CASE(READY, ERR_TARGET_PROTOCOL),       /* without a login */
        CASE(OK OK READY, ERR_TARGET_PROTOCOL), /* twice */
        CASE("R\0\0\0\4", ERR_TARGET_PROTOCOL),
        CASE("R\0\0\0\x0a\0\0\0\5sa", ERR_TARGET_PROTOCOL), /* half a salt */
        CASE("R\0\0\0\x08\0\0\0\x0d", ERR_TARGET_AUTH),     /* sm3 */
        CASE("R\0\0\0\x08\0\0\0\3", ERR_TARGET_AUTH),       /* clear text */
        CASE(OK "K\0\0\0\6\0\0", ERR_TARGET_PROTOCOL),
        CASE("R\0\x20\0\0", ERR_TARGET_PROTOCOL), /* two megabytes of login */
        CASE("N", ERR_TARGET_LOST),
        CASE("HTTP/1.1 400 Bad Request", ERR_TARGET_PROTOCOL),
        CASE("Efork failed\n\0", ERR_TARGET_CONNECT),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct door d;
        struct gauss_client *c;
        struct err e = ERR_INIT;
        door_open(&d, &cases[i].bytes, &cases[i].len, 1);
        struct gauss_options o = options_for(&d);
        assert_false(gauss_connect(&c, &o, &e));
        assert_int_equal(e.code, cases[i].code);
        door_close(&d);
    }
}

static void test_silent_server(void **state) {
    (void)state;
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof addr;
    struct err e = ERR_INIT;
    struct gauss_client *c;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&addr, size), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&addr, &size), 0);
    for (int tls = 0; tls < 2; tls++) {
        struct gauss_options o = {
            .host = "127.0.0.1", .port = ntohs(addr.sin_port), .user = "u", .connect_timeout_ms = 200};
        o.tls.mode = tls == 1 ? NET_TLS_REQUIRE : NET_TLS_DISABLE;
        int64_t begun_us = clock_mono_us();
        assert_false(gauss_connect(&c, &o, &e));
        assert_int_equal(e.code, ERR_TARGET_TIMEOUT);
        assert_true(clock_mono_us() - begun_us < 3000000);
    }
    close(listener);
}

static void test_wrong_options(void **state) {
    (void)state;
    struct gauss_client *c;
    struct err e = ERR_INIT;
    struct gauss_options o = {.host = "127.0.0.1", .port = 1, .user = "u", .application_name = "gsql"};
    assert_false(gauss_connect(&c, &o, &e));
    assert_int_equal(e.code, ERR_USAGE);
    o.user = "";
    assert_false(gauss_connect(&c, &o, &e));
    assert_int_equal(e.code, ERR_URL);
    gauss_close(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lower_minors),
        cmocka_unit_test(test_negotiated),
        cmocka_unit_test(test_password_is_never_tried_twice),
        cmocka_unit_test(test_broken_logins),
        cmocka_unit_test(test_silent_server),
        cmocka_unit_test(test_wrong_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
