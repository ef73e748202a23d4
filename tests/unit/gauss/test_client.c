/* What a well-behaved server never or seldom does: malformed messages, endings in the middle, errors at odd moments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/str.h"
#include "fake.h"

#define SYNTAX "SERROR\0C42601\0Msyntax error\0"

/* ---- fields and codes ---- */

static void test_fields(void **state) {
    (void)state;
    struct gauss_fields f;
    static const char pg[] = "SFEHLER\0VERROR\0C23505\0Mduplicate\0DKey\0Hdo\0Wwhere\0P7\0cname\0dint4\0nt_pkey\0";
    assert_true(gauss_fields_parse((const uint8_t *)pg, sizeof pg, &f));
    assert_string_equal(f.severity, "ERROR");
    assert_string_equal(f.sqlstate, "23505");
    assert_string_equal(f.message, "duplicate");
    assert_string_equal(f.detail, "Key");
    assert_string_equal(f.hint, "do");
    assert_string_equal(f.context, "where");
    assert_string_equal(f.position, "7");
    /* the translated severity behind the plain one */
    static const char turned[] = "VFATAL\0SSCHLIMM\0";
    assert_true(gauss_fields_parse((const uint8_t *)turned, sizeof turned, &f));
    assert_true(gauss_fields_fatal(&f));
    static const char og[] = "SFATAL\0c11898\0Mno\0C3D000\0dBACKEND\0";
    assert_true(gauss_fields_parse((const uint8_t *)og, sizeof og, &f));
    assert_true(gauss_fields_fatal(&f));
    assert_string_equal(f.sqlstate, "3D000");
    assert_string_equal(f.detail, "");
    /* no end, a field without its NUL, bytes behind the end */
    assert_false(gauss_fields_parse((const uint8_t *)og, sizeof og - 1, &f));
    assert_false(gauss_fields_parse((const uint8_t *)og, sizeof og - 3, &f));
    assert_false(gauss_fields_parse((const uint8_t *)"\0x", 2, &f));
    assert_false(gauss_fields_parse((const uint8_t *)"", 0, &f));
}

static void test_codes(void **state) {
    (void)state;
    static const struct {
        const char *sqlstate;
        bool fatal;
        enum err_code code;
        bool retryable;
    } cases[] = {
        {"28P01", true, ERR_TARGET_AUTH, false},     {"28000", true, ERR_TARGET_AUTH, false},
        {"3D000", true, ERR_TARGET_DATABASE, false}, {"42501", false, ERR_TARGET_PRIVILEGE, false},
        {"53100", false, ERR_TARGET_FULL, true},     {"53300", true, ERR_TARGET_CONNECT, true},
        {"53200", false, ERR_TARGET_QUERY, true},    {"57P01", true, ERR_TARGET_LOST, true},
        {"57P02", true, ERR_TARGET_LOST, true},      {"57P03", true, ERR_TARGET_LOST, true},
        {"57P04", true, ERR_TARGET_DATABASE, false}, {"57014", false, ERR_TARGET_CANCELLED, true},
        {"08006", true, ERR_TARGET_LOST, true},      {"08P01", true, ERR_TARGET_LOST, true},
        {"08P01", false, ERR_TARGET_QUERY, false},   {"25006", false, ERR_TARGET_READ_ONLY, true},
        {"25P03", true, ERR_TARGET_LOST, true},      {"40001", false, ERR_TARGET_QUERY, true},
        {"40P01", false, ERR_TARGET_QUERY, true},    {"55P03", false, ERR_TARGET_QUERY, true},
        {"YY003", false, ERR_TARGET_QUERY, true},    {"22P02", false, ERR_TARGET_QUERY, false},
        {"23505", false, ERR_TARGET_QUERY, false},   {"", false, ERR_TARGET_QUERY, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool retryable;
        assert_int_equal(gauss_error_code(cases[i].sqlstate, cases[i].fatal, &retryable), cases[i].code);
        assert_int_equal(retryable, cases[i].retryable);
    }
}

static void test_tag_number(void **state) {
    (void)state;
    static const struct {
        const char *tag;
        uint64_t n;
    } cases[] = {{"INSERT 0 5", 5},
                 {"COPY 12345678901", 12345678901},
                 {"BEGIN", 0},
                 {"", 0},
                 {"COPY 99999999999999999999999", UINT64_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(gauss_tag_number((const uint8_t *)cases[i].tag, strlen(cases[i].tag)) == cases[i].n);
    }
}

/* ---- malformed and sudden ends ---- */

static void test_malformed_results(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } cases[] = {
#define CASE(text) {text, sizeof(text) - 1}
        CASE("T\0\0\0\4"),                       /* no count */
        CASE("T\0\0\0\6\xff\xff"),               /* 65535 columns in no bytes */
        CASE("T\0\0\0\x09\0\1abc"),              /* name without an end */
        CASE("C\0\0\0\x0aSELECT"),               /* tag without its NUL */
        CASE("C\0\0\0\4"),                       /* empty tag */
        CASE("T\0\0\0\6\0\0D\0\0\0\6\0\1"),      /* more cells than columns */
        CASE("D\0\0\0\x0a\0\1\0\0\0\5"),         /* cell longer than its message */
        CASE("D\0\0\0\x0a\0\1\xff\xff\xff\xfe"), /* length -2 */
        CASE("T\0\0\0\6\0\0D\0\0\0\7\0\0x"),     /* bytes behind the cells */
        CASE("Z\0\0\0\5x"),                      /* unknown status */
        CASE("Z\0\0\0\4"),                       /* no status */
        CASE("S\0\0\0\6ab"),                     /* parameter without NULs */
        CASE("S\0\0\0\4"),                       /* no parameter */
        CASE("E\0\0\0\6Sx"),                     /* error without an end */
        CASE("?\0\0\0\4"),                       /* unknown type */
        CASE("K\0\0\0\x0c\0\0\0\0\0\0\0\0"),     /* key outside of the login */
        CASE("1\0\0\0\4"),                       /* ParseComplete to a simple query */
        CASE("D\0\0\0\3"),                       /* length smaller than itself */
        CASE("D\xff\xff\xff\xff"),               /* larger than any message */
        CASE("W\0\0\0\7\0\0\0"),                 /* CopyBoth */
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake f;
        struct arena a = ARENA_INIT;
        struct gauss_rows rows;
        struct err e = ERR_INIT;
        fake_open(&f);
        fake_raw(&f, cases[i].bytes, cases[i].len);
        fake_say_ready(&f, 'I');
        assert_false(gauss_rows(f.c, &a, "select", &rows, &e));
        assert_int_equal(e.code, ERR_TARGET_PROTOCOL);
        assert_false(gauss_usable(f.c));
        struct err again = ERR_INIT;
        assert_false(gauss_exec(f.c, "select", &again));
        assert_int_equal(again.code, ERR_TARGET_LOST);
        arena_clear(&a);
        fake_close(&f);
    }
}

/* An announced gigabyte must not be allocated before it has come. */
static void test_long_message_announced(void **state) {
    (void)state;
    struct fake f;
    struct err e = ERR_INIT;
    fake_open(&f);
    fake_raw(&f, "D\x3f\xff\xff\xff", 5);
    fake_hang_up(&f);
    assert_false(gauss_exec(f.c, "select", &e));
    assert_int_equal(e.code, ERR_TARGET_LOST);
    assert_true(f.c->in.cap < 1024 * 1024);
    fake_close(&f);
}

static void test_end_in_the_middle(void **state) {
    (void)state;
    struct fake f;
    struct err e = ERR_INIT;
    fake_open(&f);
    fake_raw(&f, "C\0\0\0\x0dSELE", 9);
    fake_hang_up(&f);
    assert_false(gauss_exec(f.c, "select", &e));
    assert_int_equal(e.code, ERR_TARGET_LOST);
    assert_true(e.retryable);
    assert_false(gauss_usable(f.c));
    fake_close(&f);
}

static void test_timeout(void **state) {
    (void)state;
    struct fake f;
    struct err e = ERR_INIT;
    fake_open(&f);
    net_set_timeout(f.c->net, 50);
    assert_false(gauss_exec(f.c, "select", &e));
    assert_int_equal(e.code, ERR_TARGET_TIMEOUT);
    assert_false(gauss_usable(f.c));
    fake_close(&f);
}

/* openGauss puts a ReadyForQuery behind a FATAL on replication connections and closes a little later. */
static void test_fatal_ends_whatever_follows(void **state) {
    (void)state;
    struct fake f;
    struct err e = ERR_INIT;
    fake_open(&f);
    FAKE_ERROR(&f, "SFATAL\0c0\0Msyntax\0C42601\0");
    fake_say_ready(&f, 'I');
    assert_false(gauss_exec(f.c, "IDENTIFY_NONSENSE", &e));
    assert_int_equal(e.code, ERR_TARGET_QUERY);
    assert_string_equal(e.sqlstate, "42601");
    assert_false(gauss_usable(f.c));
    fake_close(&f);
}

/* The server ended an idle session: the write may still succeed, the reason is in the socket. */
static void test_last_words(void **state) {
    (void)state;
    struct fake f;
    struct err e = ERR_INIT;
    fake_open(&f);
    FAKE_ERROR(&f, "SFATAL\0C57P01\0Mterminating connection due to administrator command\0");
    fake_hang_up(&f);
    assert_false(gauss_exec(f.c, "select", &e));
    assert_int_equal(e.code, ERR_TARGET_LOST);
    assert_string_equal(e.sqlstate, "57P01");
    assert_true(e.retryable);
    fake_close(&f);
}

static void test_error_text_is_bounded(void **state) {
    (void)state;
    struct fake f;
    struct err e = ERR_INIT;
    static char fields[20000];
    size_t n = 0;
    static const char kinds[] = "MDWH";
    fake_open(&f);
    memcpy(fields, "SERROR\0C22000\0", 14);
    n = 14;
    for (size_t i = 0; i < 4; i++) {
        fields[n++] = kinds[i];
        for (size_t k = 0; k < 2000; k++) {
            memcpy(fields + n, "\xc3\xa9", 2); /* never cut in the middle of a character */
            n += 2;
        }
        fields[n++] = '\0';
    }
    fake_say_error(&f, fields, n + 1);
    fake_say_ready(&f, 'I');
    assert_false(gauss_exec(f.c, "select", &e));
    assert_true(str_utf8_valid(e.message, strlen(e.message)) && str_utf8_valid(e.cause, strlen(e.cause)));
    assert_non_null(strstr(e.cause, "; context: \xc3\xa9"));
    fake_close(&f);
}

/* ---- COPY ---- */

static void test_copy_error_on_the_way(void **state) {
    (void)state;
    struct fake f;
    struct err e = ERR_INIT;
    struct buf b;
    fake_open(&f);
    fake_say(&f, 'G', "\0\0\1\0\0", 5);
    assert_true(gauss_copy_in_begin(f.c, "copy t from stdin", &e));
    FAKE_ERROR(&f, "SERROR\0C22P02\0Mbad\0WCOPY t, line 2\0");
    fake_say_ready(&f, 'E');
    buf_init(&b, 1 << 20);
    bool ok = true;
    size_t sent = 0;
    while (ok && sent < 100) {
        b.len = 0;
        assert_true(buf_reserve(&b, 40000, &e));
        memset(b.data, 'x', 40000);
        b.len = 40000;
        ok = gauss_copy_in_send_buf(f.c, &b, &e);
        sent++;
        fake_hear(&f);
    }
    assert_true(!ok && sent > 1 && sent < 30); /* looked for after a megabyte */
    assert_string_equal(e.sqlstate, "22P02");
    assert_string_equal(e.cause, "context: COPY t, line 2");
    assert_true(gauss_usable(f.c));
    assert_int_equal(gauss_tx_status(f.c), 'E');
    /* what a caller's clean-up does now */
    struct err after = ERR_INIT;
    assert_true(gauss_copy_in_fail(f.c, "given up", &after));
    assert_false(gauss_copy_in_end(f.c, NULL, &after));
    assert_int_equal(after.code, ERR_INTERNAL);
    fake_say_tag(&f, "ROLLBACK");
    fake_say_ready(&f, 'I');
    assert_true(gauss_exec(f.c, "rollback", &after));
    buf_clear(&b);
    fake_close(&f);
}

static void test_busy(void **state) {
    (void)state;
    struct fake f;
    struct err e = ERR_INIT;
    fake_open(&f);
    fake_say(&f, 'G', "\0\0\1\0\0", 5);
    assert_true(gauss_copy_in_begin(f.c, "copy t from stdin", &e));
    assert_false(gauss_exec(f.c, "select", &e));
    assert_int_equal(e.code, ERR_INTERNAL);
    const uint8_t *data;
    size_t len;
    assert_false(gauss_copy_out_next(f.c, &data, &len, &e));
    assert_false(gauss_pipe_sync(f.c, &e));
    assert_true(gauss_usable(f.c));
    fake_close(&f);
}

/* ---- pipelines ---- */

static void say_inserted(struct fake *f, int n) {
    for (int i = 0; i < n; i++) {
        fake_say(f, '2', NULL, 0);
        fake_say_tag(f, "INSERT 0 1");
    }
}

static void pipe_of(struct fake *f, int n) {
    struct err e = ERR_INIT;
    for (int i = 0; i < n; i++) {
        assert_true(gauss_pipe_execute(f->c, "s", NULL, 0, &e));
    }
    assert_true(gauss_pipe_sync(f->c, &e));
}

static void test_pipe_error_at_sync(void **state) {
    (void)state;
    struct fake f;
    struct err e = ERR_INIT;
    uint64_t affected;
    fake_open(&f);
    pipe_of(&f, 2);
    pipe_of(&f, 1);
    say_inserted(&f, 2);
    FAKE_ERROR(&f, "SERROR\0C23503\0Mdeferred\0");
    fake_say_ready(&f, 'I');
    say_inserted(&f, 1);
    fake_say_ready(&f, 'I');
    assert_true(gauss_pipe_result(f.c, NULL, NULL, &affected, &e) && affected == 1);
    assert_true(gauss_pipe_result(f.c, NULL, NULL, &affected, &e));
    assert_false(gauss_pipe_end(f.c, &e));
    assert_string_equal(e.sqlstate, "23503");
    assert_true(gauss_usable(f.c));
    assert_true(gauss_pipe_result(f.c, NULL, NULL, &affected, &e));
    assert_true(gauss_pipe_end(f.c, &e));
    /* free for other things */
    fake_say_tag(&f, "SELECT 1");
    fake_say_ready(&f, 'I');
    assert_true(gauss_exec(f.c, "select", &e));
    fake_close(&f);
}

static void test_pipe_error_skips_to_sync(void **state) {
    (void)state;
    struct fake f;
    struct err e = ERR_INIT;
    uint64_t affected;
    fake_open(&f);
    pipe_of(&f, 3);
    say_inserted(&f, 1);
    FAKE_ERROR(&f, SYNTAX);
    fake_say_ready(&f, 'I');
    assert_true(gauss_pipe_result(f.c, NULL, NULL, &affected, &e));
    for (int i = 0; i < 2; i++) {
        assert_false(gauss_pipe_result(f.c, NULL, NULL, &affected, &e));
        assert_string_equal(e.sqlstate, "42601");
        assert_int_equal(affected, 0);
    }
    assert_false(gauss_pipe_result(f.c, NULL, NULL, &affected, &e)); /* one too many */
    assert_int_equal(e.code, ERR_INTERNAL);
    assert_true(gauss_pipe_end(f.c, &e)); /* told before */
    assert_false(gauss_pipe_end(f.c, &e));
    fake_close(&f);
}

/* Results not collected are skipped; an error among them is told at the end. */
static void test_pipe_end_alone(void **state) {
    (void)state;
    struct fake f;
    struct err e = ERR_INIT;
    fake_open(&f);
    assert_true(gauss_pipe_prepare(f.c, "s", "select", NULL, 0, &e));
    pipe_of(&f, 2);
    fake_say(&f, '1', NULL, 0);
    say_inserted(&f, 1);
    FAKE_ERROR(&f, SYNTAX);
    fake_say_ready(&f, 'I');
    assert_false(gauss_pipe_end(f.c, &e));
    assert_string_equal(e.sqlstate, "42601");
    assert_true(gauss_usable(f.c));
    pipe_of(&f, 3);
    say_inserted(&f, 3);
    fake_say_ready(&f, 'T');
    assert_true(gauss_pipe_end(f.c, &e));
    assert_int_equal(gauss_tx_status(f.c), 'T');
    fake_close(&f);
}

static void test_pipe_wrong_answers(void **state) {
    (void)state;
    static const char types[] = "1CDZGHW3";
    for (size_t i = 0; i < sizeof types - 1; i++) {
        struct fake f;
        struct err e = ERR_INIT;
        uint64_t affected;
        fake_open(&f);
        pipe_of(&f, 1);
        fake_say(&f, types[i], "I", 1);
        assert_false(gauss_pipe_result(f.c, NULL, NULL, &affected, &e));
        assert_int_equal(e.code, ERR_TARGET_PROTOCOL);
        assert_false(gauss_usable(f.c));
        fake_close(&f);
    }
}

/* The ring grows and turns over many times. */
static void test_pipe_many(void **state) {
    (void)state;
    struct fake f;
    struct err e = ERR_INIT;
    fake_open(&f);
    for (int round = 0; round < 20; round++) {
        int n = 700 + round * 100;
        uint64_t affected;
        for (int i = 0; i < n; i++) {
            assert_true(gauss_pipe_execute(f.c, "s", NULL, 0, &e));
            if (i % 1000 == 0) {
                fake_hear(&f);
            }
        }
        assert_true(gauss_pipe_sync(f.c, &e));
        fake_hear(&f);
        for (int i = 0; i < n; i++) {
            say_inserted(&f, 1);
            assert_true(gauss_pipe_result(f.c, NULL, NULL, &affected, &e) && affected == 1);
        }
        fake_say_ready(&f, 'I');
        assert_true(gauss_pipe_end(f.c, &e));
    }
    fake_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_tag_number),
        cmocka_unit_test(test_malformed_results),
        cmocka_unit_test(test_long_message_announced),
        cmocka_unit_test(test_end_in_the_middle),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_fatal_ends_whatever_follows),
        cmocka_unit_test(test_last_words),
        cmocka_unit_test(test_error_text_is_bounded),
        cmocka_unit_test(test_copy_error_on_the_way),
        cmocka_unit_test(test_busy),
        cmocka_unit_test(test_pipe_error_at_sync),
        cmocka_unit_test(test_pipe_error_skips_to_sync),
        cmocka_unit_test(test_pipe_end_alone),
        cmocka_unit_test(test_pipe_wrong_answers),
        cmocka_unit_test(test_pipe_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
