/* cli/url: good URLs land in the right fields; bad ones point at the character; no password is ever taken or shown. */
#include "cli/url.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

struct world {
    struct arena a;
    struct task t;
    struct err e;
};

static int make(void **state) {
    struct world *w = calloc(1, sizeof *w);
    if (w != NULL) {
        task_defaults(&w->t);
    }
    *state = w;
    return w == NULL;
}

static int drop(void **state) {
    struct world *w = *state;
    arena_clear(&w->a);
    free(w);
    return 0;
}

static void good_source(struct world *w, const char *url) {
    task_defaults(&w->t);
    w->t.source_database = NULL;
    if (!url_source(&w->a, url, &w->t, &w->e)) {
        fail_msg("%s: %s (%s)", url, w->e.message, w->e.where);
    }
}

static void good_target(struct world *w, const char *url) {
    task_defaults(&w->t);
    if (!url_target(&w->a, url, &w->t, &w->e)) {
        fail_msg("%s: %s (%s)", url, w->e.message, w->e.where);
    }
}

static void a_source_has_its_parts(void **state) {
    struct world *w = *state;
    good_source(w, "mysql://app@db1.example.com:3307/shop");
    assert_string_equal(w->t.source.host, "db1.example.com");
    assert_int_equal(w->t.source.port, 3307);
    assert_string_equal(w->t.source.user, "app");
    assert_null(w->t.source.password);
    assert_string_equal(w->t.source_database, "shop");
    assert_int_equal(w->t.source.tls.mode, NET_TLS_PREFER);
    good_source(w, "MariaDB://app@db1/shop");
    assert_int_equal(w->t.source.port, 3306);
    good_source(w, "mysql://app@[fe80::1%25eth0]:3307/shop");
    assert_string_equal(w->t.source.host, "fe80::1%eth0");
    assert_int_equal(w->t.source.port, 3307);
    good_source(w, "mysql://app@[::1]/shop");
    assert_string_equal(w->t.source.host, "::1");
    assert_int_equal(w->t.source.port, 3306);
    good_source(w, "mysql://app@db1/shop?");
    good_source(w, "mysql://app@db1/shop?&compress=none&");
}

static void parts_are_percent_decoded(void **state) {
    struct world *w = *state;
    good_source(w, "mysql://o%27neil%40corp@db%2d1/a%2Fb%25%3f%e8%ae%a2");
    assert_string_equal(w->t.source.user, "o'neil@corp");
    assert_string_equal(w->t.source.host, "db-1");
    assert_string_equal(w->t.source_database, "a/b%?订");
    good_source(w, "mysql://订单@db/订单"); /* and need not be encoded */
    assert_string_equal(w->t.source.user, "订单");
    good_source(w, "mysql://user@corp@db/shop"); /* the last @ ends the user */
    assert_string_equal(w->t.source.user, "user@corp");
    good_source(w, "mysql://u%3ax@db/shop"); /* an encoded colon is part of the name */
    assert_string_equal(w->t.source.user, "u:x");
    good_source(w, "mysql://u@db/a:b@c+d"); /* a plus sign is a plus sign */
    assert_string_equal(w->t.source_database, "a:b@c+d");
}

static void source_parameters_are_set(void **state) {
    struct world *w = *state;
    good_source(
        w, "mysql://u@db/s?ssl-mode=VERIFY_IDENTITY&ssl-ca=/etc/ca%20x.pem&ssl_cert=c.pem&ssl-key=k.pem&compress=zstd"
           "&timeout=90s&connect-timeout=500ms&server-public-key-path=/k.pem");
    assert_int_equal(w->t.source.tls.mode, NET_TLS_VERIFY_FULL);
    assert_string_equal(w->t.source.tls.ca_file, "/etc/ca x.pem");
    assert_string_equal(w->t.source.tls.cert_file, "c.pem");
    assert_string_equal(w->t.source.tls.key_file, "k.pem");
    assert_string_equal(w->t.source.server_key_file, "/k.pem");
    assert_int_equal(w->t.source.compression, MYSQL_COMPRESS_ZSTD);
    assert_int_equal(w->t.source.io_timeout_ms, 90000);
    assert_int_equal(w->t.source.connect_timeout_ms, 500);
    static const char *const modes[] = {"disabled", "preferred", "required", "verify-ca", "verify-identity"};
    for (int i = 0; i < 5; i++) {
        good_source(w, arena_printf(&w->a, "mysql://u@db/s?ssl-mode=%s", modes[i]));
        assert_int_equal(w->t.source.tls.mode, i);
    }
    good_source(w, "mysql://u@/s?socket=/run/mysqld/mysqld.sock");
    assert_string_equal(w->t.source.host, "/run/mysqld/mysqld.sock");
    good_source(w, "mysql://u@%2Frun%2Fm.sock/s");
    assert_string_equal(w->t.source.host, "/run/m.sock");
}

static void a_target_has_its_parts(void **state) {
    struct world *w = *state;
    good_target(w, "opengauss://gauss@db2/shop");
    assert_int_equal(w->t.target.port, 5432);
    assert_string_equal(w->t.target.database, "shop");
    assert_null(w->t.target_schema);
    good_target(
        w, "postgres://u@db2:15432/shop?schema=Sales%20EU&sslmode=verify-full&sslrootcert=/ca.pem&sslcert=c&sslkey=k"
           "&connect_timeout=3&timeout=1m&application_name=nightly");
    assert_int_equal(w->t.target.port, 15432);
    assert_string_equal(w->t.target_schema, "Sales EU");
    assert_int_equal(w->t.target.tls.mode, NET_TLS_VERIFY_FULL);
    assert_string_equal(w->t.target.tls.ca_file, "/ca.pem");
    assert_int_equal(w->t.target.connect_timeout_ms, 3000);
    assert_int_equal(w->t.target.io_timeout_ms, 60000);
    assert_string_equal(w->t.target.application_name, "nightly");
    static const char *const modes[] = {"disable", "prefer", "require", "verify-ca", "verify-full"};
    for (int i = 0; i < 5; i++) {
        good_target(w, arena_printf(&w->a, "postgresql://u@db/s?sslmode=%s", modes[i]));
        assert_int_equal(w->t.target.tls.mode, i);
    }
    good_target(w, "postgresql://u@:5433/s?socket=/run/postgresql");
    assert_string_equal(w->t.target.host, "/run/postgresql");
    assert_int_equal(w->t.target.port, 5433);
}

struct bad {
    const char *url, *message;
    int character; /* 0: not looked at */
};

static void refuse(struct world *w, bool source, const struct bad *b) {
    err_clear(&w->e);
    task_defaults(&w->t);
    if (source ? url_source(&w->a, b->url, &w->t, &w->e) : url_target(&w->a, b->url, &w->t, &w->e)) {
        fail_msg("%s was taken", b->url);
    }
    assert_int_equal(w->e.code, ERR_URL);
    if (strstr(w->e.message, b->message) == NULL) {
        fail_msg("%s: '%s' does not speak of '%s'", b->url, w->e.message, b->message);
    }
    char *place = arena_printf(&w->a, "character %d of the %s URL", b->character, source ? "source" : "target");
    if (b->character > 0 && !str_starts(w->e.where, place)) {
        fail_msg("%s: '%s' is not '%s'", b->url, w->e.where, place);
    }
    assert_true(w->e.hint[0] != '\0');
}

static void bad_sources_are_told_where(void **state) {
    struct world *w = *state;
    static const struct bad cases[] = {
        {"", "no scheme", 1},
        {"db1", "no scheme", 1},
        {"root@db1/shop", "no scheme", 1},
        {"mysql:/u@db/s", "no scheme", 1},
        {"://u@db/s", "scheme ''", 1},
        {"oracle://u@db/s", "scheme 'oracle'", 1},
        {"postgresql://u@db/s", "scheme 'postgresql'", 1},
        {"mysqlx://u@db/s", "scheme 'mysqlx'", 1},
        {"mysql://db1/shop", "no user", 9},
        {"mysql://db1:3306/shop", "no user", 9},
        {"mysql://@db1/shop", "user before the @ is empty", 9},
        {"mysql://u@/shop", "no host", 11},
        {"mysql://u@:3306/shop", "no host", 11},
        {"mysql://u@db", "no database", 13},
        {"mysql://u@db/", "no database", 14},
        {"mysql://u@db?compress=zstd", "no database", 13},
        {"mysql://u@db/a/b", "behind the database", 15},
        {"mysql://u@db:/s", "port ''", 14},
        {"mysql://u@db:0/s", "port '0'", 14},
        {"mysql://u@db:65536/s", "port '65536'", 14},
        {"mysql://u@db:33x6/s", "port '33x6'", 14},
        {"mysql://u@db:-1/s", "port '-1'", 14},
        {"mysql://u@::1/s", "more than one colon", 11},
        {"mysql://u@::1:3306/s", "more than one colon", 11},
        {"mysql://u@[::1/s", "not closed", 11},
        {"mysql://u@[::1]x/s", "neither a port nor a path", 16},
        {"mysql://u@[db]/s", "not an IPv6 address", 12},
        {"mysql://u@[1:2:3]/s", "not an IPv6 address", 12},
        {"mysql://u@[]/s", "not an IPv6 address", 12},
        {"mysql://u@[::1]:/s", "port ''", 17},
        {"mysql://u@db1,db2/s", "more than one host", 11},
        {"mysql://u@db/s#x", "fragment", 15},
        {"mysql://u@db/s p", "blank", 15},
        {"mysql://u@db/s\n", "blank or control", 15},
        {"mysql://u@db/%zz", "'%zz' is not a percent-encoded", 14},
        {"mysql://u@db/a%2", "'%2' is not a percent-encoded", 15},
        {"mysql://u@db/a%", "'%' is not a percent-encoded", 15},
        {"mysql://u%00@db/s", "%00", 10},
        {"mysql://u@db/%ff", "not UTF-8", 14},
        {"mysql://u@db/订单?x=1", "'x' is not a parameter", 17}, /* characters, not bytes */
        {"mysql://u@db/s?sslmode=require", "'sslmode' is not a parameter", 16},
        {"mysql://u@db/s?ssl-mode=on", "'on' is not a value", 25},
        {"mysql://u@db/s?ssl-mode=verify", "'verify' is not a value", 25},
        {"mysql://u@db/s?ssl-mode=verify-caa", "'verify-caa' is not a value", 25},
        {"mysql://u@db/s?compress=lz4", "'lz4' is not a value", 25},
        {"mysql://u@db/s?timeout=soon", "'soon' is not a value", 24},
        {"mysql://u@db/s?timeout=", "timeout has no value", 0},
        {"mysql://u@db/s?timeout", "timeout has no value", 16},
        {"mysql://u@db/s?timeout=1s&timeout=2s", "given twice", 27},
        {"mysql://u@/s?socket=run/m.sock", "'run/m.sock' is not a value", 21},
        {"mysql://u@db/s?socket=/run/m.sock", "either a host or a socket", 11},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        refuse(w, true, &cases[i]);
    }
}

static void bad_targets_are_told_where(void **state) {
    struct world *w = *state;
    static const struct bad cases[] = {
        {"mysql://u@db/s", "scheme 'mysql'", 1},
        {"opengauss://u@db", "no database", 0},
        {"opengauss://u@db/a/b", "behind the database", 19},
        {"opengauss://u@db/s?sslmode=allow", "'allow' is not a value", 28},
        {"opengauss://u@db/s?ssl-mode=required", "'ssl-mode' is not a parameter", 20},
        {"opengauss://u@db/s?application_name=gsql", "'gsql' is not a value", 37},
        {"opengauss://u@db/s?schema=", "schema has no value", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        refuse(w, false, &cases[i]);
    }
}

static void a_password_is_refused_and_never_shown(void **state) {
    struct world *w = *state;
    static const char *const urls[] = {
        "mysql://u:s3cret@db/s",
        "mysql://u:@db/s",
        "mysql://u:s3c@ret@db/s",
        "mysql://u:s3c:ret@db:3306/s",
        "mysql://u:s3cret%40@db/s",
        "mysql://u:s3c/ret@db/s",
        "mysql://u:s3c?ret@db/s",
        "mysql://u@db/s?password=s3cret",
        "mysql://u@db/s?timeout=1s&PASSWORD=s3cret",
        "mysql://u@db/s?pass%77ord=s3cret",
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        err_clear(&w->e);
        assert_false(url_source(&w->a, urls[i], &w->t, &w->e));
        assert_int_equal(w->e.code, ERR_URL);
        if (strstr(w->e.message, "password") == NULL || strstr(w->e.message, "command lines") == NULL) {
            fail_msg("%s: %s", urls[i], w->e.message);
        }
        assert_non_null(strstr(w->e.hint, "--source-password-file"));
        assert_non_null(strstr(w->e.hint, "GODWIT_SOURCE_PASSWORD"));
        const char *texts[] = {w->e.message, w->e.where, w->e.hint, w->e.cause};
        for (size_t k = 0; k < 4; k++) {
            if (i != 9 && (strstr(texts[k], "s3c") != NULL || strstr(texts[k], "ret@") != NULL)) {
                fail_msg("%s: shown in '%s'", urls[i], texts[k]);
            }
        }
    }
    assert_false(url_target(&w->a, "opengauss://u:s3cret@db/s", &w->t, &w->e));
    assert_non_null(strstr(w->e.hint, "GODWIT_TARGET_PASSWORD"));
}

static void redaction_keeps_the_rest(void **state) {
    struct world *w = *state;
    static const char *const pairs[][2] = {
        {"mysql://u@db/s", "mysql://u@db/s"},
        {"mysql://u:pw@db:3306/s", "mysql://u:***@db:3306/s"},
        {"mysql://u:p@w@db/s", "mysql://u:***@db/s"},
        {"mysql://u:p/w@db/s", "mysql://u:***@db/s"},
        {"mysql://db:3306/s", "mysql://db:3306/s"},
        {"root:pw@db", "root:***@db"},
        {"mysql://u@db/s?password=x&timeout=1s", "mysql://u@db/s?password=***&timeout=1s"},
        {"mysql://u@db/s?a=b&pwd=x", "mysql://u@db/s?a=b&pwd=***"},
        {"mysql://u@db/s?nopassword=x", "mysql://u@db/s?nopassword=x"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_string_equal(url_redacted(&w->a, pairs[i][0]), pairs[i][1]);
    }
}

static void a_very_long_url_is_refused(void **state) {
    struct world *w = *state;
    char *url = arena_alloc(&w->a, 20001);
    memset(url, 'a', 20000);
    memcpy(url, "mysql://u@db/", 13);
    assert_false(url_source(&w->a, url, &w->t, &w->e));
    assert_int_equal(w->e.code, ERR_URL);
}

/* Every prefix of a full URL, and every byte of it replaced: no crash, and every refusal has a code. */
static void broken_urls_are_survived(void **state) {
    struct world *w = *state;
    static const char full[] = "mysql://us%65r@[::1]:3306/d%2Fb?ssl-mode=verify-ca&compress=zstd&timeout=5s";
    for (size_t n = 0; n < sizeof full; n++) {
        char *cut = arena_strndup(&w->a, full, n);
        err_clear(&w->e);
        bool taken = url_source(&w->a, cut, &w->t, &w->e);
        assert_int_equal(w->e.code, taken ? ERR_NONE : ERR_URL);
        for (unsigned c = 1; c < 256 && n < sizeof full - 1; c++) {
            char *changed = arena_strdup(&w->a, full);
            changed[n] = (char)c;
            err_clear(&w->e);
            taken = url_source(&w->a, changed, &w->t, &w->e);
            assert_int_equal(w->e.code, taken ? ERR_NONE : ERR_URL);
        }
        arena_reset(&w->a);
    }
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
    const struct CMUnitTest tests[] = {
        T(a_source_has_its_parts),
        T(parts_are_percent_decoded),
        T(source_parameters_are_set),
        T(a_target_has_its_parts),
        T(bad_sources_are_told_where),
        T(bad_targets_are_told_where),
        T(a_password_is_refused_and_never_shown),
        T(redaction_keeps_the_rest),
        T(a_very_long_url_is_refused),
        T(broken_urls_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
