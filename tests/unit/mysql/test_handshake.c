/* Greetings and logins from a scripted server: what is accepted, what is refused, and what is sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "mysql/auth.h"
#include "mysql/protocol.h"
#include "mysql/session.h"
#include "script.h"

#define OK "\x00\x00\x00\x02\x00\x00\x00"
static const uint8_t challenge[20] = "AAAAAAAABBBBBBBBBBBB";
static const uint32_t caps_usual = CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION | CLIENT_PLUGIN_AUTH |
                                   CLIENT_PLUGIN_AUTH_LENENC | CLIENT_DEPRECATE_EOF | CLIENT_CONNECT_WITH_DB |
                                   CLIENT_CONNECT_ATTRS;

static void put_greeting(struct script *s, const char *version, uint32_t caps, const char *plugin) {
    struct buf b;
    buf_init(&b, 4096);
    uint8_t fixed[] = {7,
                       0,
                       0,
                       0,
                       'A',
                       'A',
                       'A',
                       'A',
                       'A',
                       'A',
                       'A',
                       'A',
                       0,
                       (uint8_t)caps,
                       (uint8_t)(caps >> 8),
                       45,
                       2,
                       0,
                       (uint8_t)(caps >> 16),
                       (uint8_t)(caps >> 24),
                       21,
                       0,
                       0,
                       0,
                       0,
                       0,
                       0,
                       0,
                       0,
                       0,
                       0};
    assert_true(buf_put(&b, "\x0a", 1, NULL) && buf_put(&b, version, strlen(version) + 1, NULL));
    assert_true(buf_put(&b, fixed, sizeof fixed, NULL) && buf_put(&b, "BBBBBBBBBBBB", 13, NULL));
    assert_true(buf_put(&b, plugin, strlen(plugin) + 1, NULL));
    script_packet(s, 0, b.data, b.len);
    buf_clear(&b);
}

struct bench {
    struct script s;
    struct mysql_options o;
    struct mysql_client *c;
    struct err e;
};

static void begin(struct bench *b) {
    *b = (struct bench){.o = {.host = "test", .user = "me", .password = "secret"}};
    script_init(&b->s);
}

static bool log_in(struct bench *b) {
    return session_open(&b->c, script_play(&b->s), &b->o, &b->e);
}

/* Close, and wait for all that the client said. */
static void hear(struct bench *b) {
    mysql_close(b->c);
    b->c = NULL;
    pthread_join(b->s.thread, NULL);
    close(b->s.fd);
    b->s.fd = -1;
}

static void end(struct bench *b) {
    mysql_close(b->c);
    script_end(&b->s);
}

static void assert_refused(struct bench *b, enum err_code code) {
    assert_false(log_in(b));
    if (b->e.code != code) {
        fail_msg("code %d: %s: %s", (int)b->e.code, b->e.message, b->e.cause);
    }
    assert_null(b->c);
    end(b);
}

static void versions(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned version;
        bool maria;
    } v[] = {
        {"8.0.36", 80036, false},
        {"5.6.24-log", 50624, false},
        {"9.7.4-2", 90704, false},
        {"5.5.5-10.11.6-MariaDB-0+deb12u1-log", 101106, true},
        {"11.4.2-MariaDB", 110402, true},
        {"10.6.5-2-mariadb-enterprise", 100605, true},
        {"8.0.mysql_aurora.3.04.0", 80000, false},
        {"5.7.25-TiDB-v7.1.0", 50725, false},
        {"5.5.5-", 50505, false},
        {"nothing", 0, false},
        {"", 0, false},
        {"8.123.4567", 89999, false},
    };
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        struct mysql_server s = {0};
        session_parse_version(&s, v[i].text, strlen(v[i].text));
        assert_int_equal(s.version, v[i].version);
        assert_int_equal(s.is_mariadb, v[i].maria);
        assert_string_equal(s.version_text, v[i].text);
    }
}

static void an_ordinary_login(void **state) {
    (void)state;
    struct bench b;
    begin(&b);
    b.o.database = "shop";
    put_greeting(&b.s, "8.0.36", caps_usual, "mysql_native_password");
    script_text(&b.s, 2, OK);
    script_text(&b.s, 1, OK);
    assert_true(log_in(&b));
    assert_string_equal(mysql_server(b.c)->auth_plugin, "mysql_native_password");
    assert_int_equal(mysql_server(b.c)->connection_id, 7);
    hear(&b);
    /* head 4, capabilities 4, maximum 4, collation 1, zeros 23; then what was said */
    const uint8_t *p = b.s.heard.data;
    assert_int_equal(p[3], 1);
    assert_int_equal(get_le32(p + 4), caps_usual | CLIENT_LONG_PASSWORD);
    assert_int_equal(p[12], 45);
    assert_string_equal((const char *)p + 36, "me");
    uint8_t answer[20];
    assert_true(auth_native("secret", challenge, answer, &b.e));
    assert_int_equal(p[39], 20);
    assert_memory_equal(p + 40, answer, 20);
    assert_string_equal((const char *)p + 60, "shop");
    assert_string_equal((const char *)p + 65, "mysql_native_password");
    assert_non_null(memmem(p, b.s.heard.len, "\x0cprogram_name\x06godwit", 20));
    assert_null(memmem(p, b.s.heard.len, "secret", 6));
    end(&b);
}

static void another_method_by_request(void **state) {
    (void)state;
    struct bench b;
    begin(&b);
    put_greeting(&b.s, "8.0.36", caps_usual, "a_method_of_the_future");
    script_text(&b.s, 2,
                "\xfe"
                "caching_sha2_password\0"
                "CCCCCCCCCCDDDDDDDDDD\0");
    script_text(&b.s, 4, "\x01\x03");
    script_text(&b.s, 5, OK);
    script_text(&b.s, 1, OK);
    assert_true(log_in(&b));
    assert_string_equal(mysql_server(b.c)->auth_plugin, "caching_sha2_password");
    hear(&b);
    uint8_t answer[32];
    assert_true(auth_sha2("secret", (const uint8_t *)"CCCCCCCCCCDDDDDDDDDD", answer, &b.e));
    assert_non_null(memmem(b.s.heard.data, b.s.heard.len, answer, sizeof answer));
    end(&b);
}

static void password_is_never_sent_readable_over_plain_tcp(void **state) {
    (void)state;
    static const char *const wishes[] = {"\xfe"
                                         "mysql_clear_password\0",
                                         "\xfe"
                                         "caching_sha2_password\0CCCCCCCCCCDDDDDDDDDD\0",
                                         "\xfe"
                                         "sha256_password\0CCCCCCCCCCDDDDDDDDDD\0"};
    static const size_t sizes[] = {22, 44, 38};
    for (size_t i = 0; i < 3; i++) {
        struct bench b;
        begin(&b);
        put_greeting(&b.s, "8.0.36", caps_usual, "mysql_native_password");
        script_packet(&b.s, 2, wishes[i], sizes[i]);
        script_text(&b.s, 4, "\x01\x04"); /* "send the password itself" */
        script_text(&b.s, 6,
                    "\x01"
                    "not a key");
        assert_false(log_in(&b));
        assert_true(b.e.code == ERR_SOURCE_AUTH || b.e.code == ERR_SOURCE_PROTOCOL);
        pthread_join(b.s.thread, NULL);
        assert_null(memmem(b.s.heard.data, b.s.heard.len, "secret", 6));
        close(b.s.fd);
        b.s.fd = -1;
        end(&b);
    }
}

static void greetings_that_are_errors(void **state) {
    (void)state;
    struct bench b;
    begin(&b);
    script_text(&b.s, 0, "\xff\x10\x04Too many connections");
    assert_false(log_in(&b));
    assert_int_equal(b.e.code, ERR_SOURCE_CONNECT);
    assert_int_equal(b.e.server_code, 1040);
    assert_string_equal(b.e.cause, "Too many connections");
    assert_string_equal(b.e.sqlstate, "");
    assert_true(b.e.retryable);
    end(&b);
    begin(&b);
    script_text(&b.s, 0, "\xff\x6a\x04#HY000Host '1.2.3.4' is not allowed to connect");
    assert_refused(&b, ERR_SOURCE_AUTH);
}

static void greetings_that_make_no_sense(void **state) {
    (void)state;
    struct bench b;
    begin(&b);
    script_text(&b.s, 0,
                "\x09"
                "3.20\0");
    assert_refused(&b, ERR_SOURCE_PROTOCOL);
    begin(&b);
    script_text(&b.s, 0, "");
    assert_refused(&b, ERR_SOURCE_PROTOCOL);
    begin(&b);
    script_text(&b.s, 0,
                "\x0a"
                "8.0.36"); /* no end of the version */
    assert_refused(&b, ERR_SOURCE_PROTOCOL);
    begin(&b);
    put_greeting(&b.s, "4.0.1", CLIENT_LONG_PASSWORD, "");
    assert_refused(&b, ERR_SOURCE_PROTOCOL);
    begin(&b); /* every prefix of a greeting but the ones that merely lack the plugin's name */
    put_greeting(&b.s, "8.0.36", caps_usual, "mysql_native_password");
    struct buf whole = b.s.out;
    for (size_t n = 0; n < 4 + 1 + 7 + 31 + 12; n++) {
        struct bench cut;
        begin(&cut);
        if (n > 4) {
            script_packet(&cut.s, 0, whole.data + 4, n - 4);
        }
        assert_refused(&cut, n > 4 ? ERR_SOURCE_PROTOCOL : ERR_SOURCE_CONNECT);
    }
    end(&b);
}

#define P(text) text, sizeof text - 1

static void logins_that_make_no_sense(void **state) {
    (void)state;
    static const struct {
        const char *packet;
        size_t n;
        enum err_code code;
    } v[] = {
        {P(""), ERR_SOURCE_PROTOCOL},
        {P("\x42"), ERR_SOURCE_PROTOCOL},
        {P("\x00"), ERR_SOURCE_PROTOCOL},
        {P("\x01\x04"), ERR_SOURCE_PROTOCOL}, /* for a method that has no second step */
        {P("\xfe"), ERR_SOURCE_AUTH},         /* passwords from before 4.1 */
        {P("\xfe"
           "no end of the name"),
         ERR_SOURCE_PROTOCOL},
        {P("\xfe"
           "mysql_native_password\0"
           "short"),
         ERR_SOURCE_PROTOCOL},
        {P("\xfe"
           "client_ed25519\0"
           "AAAAAAAABBBBBBBBBBBB"),
         ERR_SOURCE_PROTOCOL},
        {P("\xfe"
           "dialog\0"),
         ERR_SOURCE_AUTH},
        {P("\x02"
           "second factor"),
         ERR_SOURCE_AUTH},
        {P("\xff\x15\x04#28000Access denied"), ERR_SOURCE_AUTH},
        {P("\xff\x19\x04#42000Unknown database"), ERR_SOURCE_DATABASE},
        {P("\xff\x14\x04#42000Access denied to database"), ERR_SOURCE_PRIVILEGE},
        {P("\xff\x57\x0c#HY000insecure transport"), ERR_SOURCE_TLS},
        {P("\xff\x01\x30#HY000something new"), ERR_SOURCE_AUTH},
    };
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        struct bench b;
        begin(&b);
        put_greeting(&b.s, "8.0.36", caps_usual, "mysql_native_password");
        script_packet(&b.s, 2, v[i].packet, v[i].n);
        assert_refused(&b, v[i].code);
    }
}

static void a_login_without_end(void **state) {
    (void)state;
    struct bench b;
    begin(&b);
    put_greeting(&b.s, "8.0.36", caps_usual, "mysql_native_password");
    for (unsigned i = 0; i < 100; i++) {
        script_text(&b.s, (uint8_t)(2 + 2 * i),
                    "\xfe"
                    "mysql_native_password\0"
                    "CCCCCCCCCCDDDDDDDDDD\0");
    }
    assert_refused(&b, ERR_SOURCE_PROTOCOL);
}

static void the_end_in_mid_login(void **state) {
    (void)state;
    struct bench b;
    begin(&b);
    put_greeting(&b.s, "8.0.36", caps_usual, "mysql_native_password");
    assert_refused(&b, ERR_SOURCE_LOST);
}

static void tls_that_is_not_offered(void **state) {
    (void)state;
    for (enum net_tls_mode mode = NET_TLS_REQUIRE; mode <= NET_TLS_VERIFY_FULL; mode++) {
        struct bench b;
        begin(&b);
        b.o.tls.mode = mode;
        put_greeting(&b.s, "8.0.36", caps_usual, "mysql_native_password");
        assert_false(log_in(&b));
        assert_int_equal(b.e.code, ERR_SOURCE_TLS);
        pthread_join(b.s.thread, NULL);
        assert_int_equal(b.s.heard.len, 0); /* not even the user's name */
        close(b.s.fd);
        b.s.fd = -1;
        end(&b);
    }
}

/* Numbers outside a login. */
static void server_errors(void **state) {
    (void)state;
    static const struct {
        unsigned number;
        enum err_code code;
        bool retryable, broken;
    } v[] = {
        {1045, ERR_SOURCE_PRIVILEGE, false, false}, {1049, ERR_SOURCE_DATABASE, false, false},
        {1044, ERR_SOURCE_PRIVILEGE, false, false}, {1142, ERR_SOURCE_PRIVILEGE, false, false},
        {1143, ERR_SOURCE_PRIVILEGE, false, false}, {1227, ERR_SOURCE_PRIVILEGE, false, false},
        {1370, ERR_SOURCE_PRIVILEGE, false, false}, {1053, ERR_SOURCE_LOST, true, true},
        {1927, ERR_SOURCE_LOST, true, true},        {3169, ERR_SOURCE_LOST, true, true},
        {2013, ERR_SOURCE_LOST, true, true},        {4031, ERR_SOURCE_LOST, true, true},
        {1205, ERR_SOURCE_QUERY, true, false},      {1213, ERR_SOURCE_QUERY, true, false},
        {1064, ERR_SOURCE_QUERY, false, false},     {1146, ERR_SOURCE_QUERY, false, false},
        {65535, ERR_SOURCE_QUERY, false, false},    {1524, ERR_SOURCE_QUERY, false, false},
    };
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        struct packets p = {0};
        struct err e = ERR_INIT;
        uint8_t body[] = {0xff, (uint8_t)v[i].number, (uint8_t)(v[i].number >> 8), '#', 'A', 'B', 'C', '0', '\n', 'h',
                          'i'};
        assert_false(packets_server_error(&p, body, sizeof body, false, &e));
        assert_int_equal(e.code, v[i].code);
        assert_int_equal(e.retryable, v[i].retryable);
        assert_int_equal(p.broken, v[i].broken);
        assert_int_equal(e.server_code, v[i].number);
        assert_string_equal(e.sqlstate, "ABC0?");
        assert_string_equal(e.cause, "hi");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions),
        cmocka_unit_test(an_ordinary_login),
        cmocka_unit_test(another_method_by_request),
        cmocka_unit_test(password_is_never_sent_readable_over_plain_tcp),
        cmocka_unit_test(greetings_that_are_errors),
        cmocka_unit_test(greetings_that_make_no_sense),
        cmocka_unit_test(logins_that_make_no_sense),
        cmocka_unit_test(a_login_without_end),
        cmocka_unit_test(the_end_in_mid_login),
        cmocka_unit_test(tls_that_is_not_offered),
        cmocka_unit_test(server_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
