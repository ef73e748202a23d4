/* agent/link: where a server's address leads. */
#include "agent/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void addresses_are_taken_apart(void **state) {
    (void)state;
    static const struct {
        const char *url, *host, *path;
        uint16_t port;
        bool tls;
    } cases[] = {
        {"http://console", "console", "/x", 80, false},
        {"https://console", "console", "/x", 443, true},
        {"HTTPS://console:9494/", "console", "/x", 9494, true},
        {"http://127.0.0.1:1", "127.0.0.1", "/x", 1, false},
        {"http://[::1]:9494", "::1", "/x", 9494, false},
        {"https://[fe80::1]", "fe80::1", "/x", 443, true},
        {"https://h:65535/godwit//", "h", "/godwit/x", 65535, true},
        {"https://h/a/b", "h", "/a/b/x", 443, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct link_place p;
        struct err e = ERR_INIT;
        if (!link_place(cases[i].url, "/x", &p, &e)) {
            fail_msg("%s: %s", cases[i].url, e.message);
        }
        assert_string_equal(p.host, cases[i].host);
        assert_string_equal(p.path, cases[i].path);
        assert_int_equal(p.port, cases[i].port);
        assert_int_equal(p.tls, cases[i].tls);
    }
}

static void what_is_no_address(void **state) {
    (void)state;
    static const char *const cases[] = {
        "",          "console",     "ftp://h",    "ws://h",         "http://",    "http:///x",    "http://u@h",
        "http://h:", "http://h:0",  "http://h:x", "http://h:70000", "http://h?q", "http://h/p#f", "http://[::1",
        "http://[]", "https://:80",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct link_place p;
        struct err e = ERR_INIT;
        if (link_place(cases[i], "/x", &p, &e)) {
            fail_msg("'%s' is taken for %s", cases[i], p.host);
        }
        assert_int_equal(e.code, ERR_USAGE);
    }
    char longer[3000] = "http://";
    memset(longer + 7, 'h', sizeof longer - 8);
    struct link_place p;
    struct err e = ERR_INIT;
    assert_false(link_place(longer, "/x", &p, &e));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_apart),
        cmocka_unit_test(what_is_no_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
