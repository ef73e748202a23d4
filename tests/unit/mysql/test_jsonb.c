/* Binary JSON to text: documents recorded from a server (9.7), some made by hand, and all of them damaged in every way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "binlog_bytes.h"
#include "mysql/binlog_decimal.h"
#include "mysql/jsonb.h"

struct recorded {
    const char *text, *hex;
};

static const struct recorded documents[] = {
    {"null", ""},
    {"null", "0400"},
    {"true", "0401"},
    {"false", "0402"},
    {"0", "050000"},
    {"-1", "05ffff"},
    {"32768", "0700800000"},
    {"65535", "07ffff0000"},
    {"-2147483648", "0700000080"},
    {"4294967295", "09ffffffff00000000"},
    {"-9223372036854775808", "090000000000000080"},
    {"18446744073709551615", "0affffffffffffffff"},
    {"65535", "06ffff"},
    {"4294967295", "08ffffffff"},
    {"1.5", "0b000000000000f83f"},
    {"\"\"", "0c00"},
    {"\"a\\\"b\\\\ \\u0001 \xc3\xa9\"", "0c096122625c200120c3a9"},
    {"\"\\b\\t\\n\\f\\r\\u001f\x7f/\"", "0c0808090a0c0d1f7f2f"},
    {"[]", "0200000400"},
    {"{}", "0000000400"},
    {"[1, 70000, \"x\", null, [true, {}]]",
     "02050027000501000713000c170004000002190070110100017802000e00040100000a0000000400"},
    {"{\"a\": [2.0], \"b\": 1, \"aa\": {\"k\": \"v\"}}", "0003003a00190001001a0001001b000200021d00050100002c00616261610"
                                                         "1000f000b0700000000000000004001000e000b0001000c0c006b0"
                                                         "176"},
    {"[-1.50]", "02010010000f0700f6070b027ffffffecd"},
    {"[\"2024-02-29\", \"-10:11:12.500000\", \"2024-02-29 23:59:59.250000\"]",
     "0203002b000f0d000f17000f21000a080000000000bab2190b08e05ef8335dffffff0c0890d003fb7ebbb219"},
    {"[\"base64:type15:AP8Q\"]", "0201000c000f07000f0300ff10"},
    {"\"base64:type16:BQ==\"", "0f100105"},
    {"\"base64:type252:\"", "0ffc00"},
};
enum { DOCUMENTS = sizeof documents / sizeof documents[0] };

static bool print(const struct bytes *b, struct buf *out, struct err *e) {
    /* In memory of its own size, so that the sanitizer sees a byte too far. */
    uint8_t *exact = malloc(b->n > 0 ? b->n : 1);
    memcpy(exact, b->data, b->n);
    buf_reset(out);
    bool ok = jsonb_print(exact, b->n, out, e);
    free(exact);
    return ok;
}

static void assert_prints(const struct bytes *b, const char *want) {
    struct buf out;
    struct err e = ERR_INIT;
    buf_init(&out, 1 << 20);
    if (!print(b, &out, &e) || !buf_terminate(&out, &e)) {
        fail_msg("%s: %s", want, e.message);
    }
    assert_string_equal((char *)out.data, want);
    buf_clear(&out);
}

static void recorded_documents(void **state) {
    (void)state;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        struct bytes b = {0};
        bytes_hex(&b, documents[i].hex);
        assert_prints(&b, documents[i].text);
    }
}

static void damaged_documents_do_no_harm(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < DOCUMENTS; i++) {
        struct bytes b = {0};
        bytes_hex(&b, documents[i].hex);
        for (size_t n = 1; n < b.n; n++) {
            struct bytes cut = b;
            struct err e = ERR_INIT;
            cut.n = n;
            assert_false(print(&cut, &out, &e));
            assert_int_equal(e.code, ERR_SOURCE_BINLOG);
        }
        for (size_t at = 0; at < b.n; at++) {
            for (int bit = 0; bit < 8; bit++) {
                struct bytes bad = b;
                struct err e = ERR_INIT;
                bad.data[at] ^= (uint8_t)(1 << bit);
                assert_true(print(&bad, &out, &e) || e.code == ERR_SOURCE_BINLOG || e.code == ERR_LIMIT);
            }
        }
    }
    buf_clear(&out);
}

static void large_containers(void **state) {
    (void)state;
    struct bytes array = {0}, object = {0};
    bytes_hex(&array, "03 02000000 16000000 07 e8030000 0c 12000000 03616263"); /* [1000, "abc"] */
    assert_prints(&array, "[1000, \"abc\"]");
    bytes_hex(&object, "01 01000000 14000000 13000000 0100 08 ffffffff 6b");
    assert_prints(&object, "{\"k\": 4294967295}");
}

static void nesting_is_bounded(void **state) {
    (void)state;
    for (int depth = 100; depth <= 103; depth++) {
        struct bytes b = {0};
        struct buf out;
        struct err e = ERR_INIT;
        buf_init(&out, 1 << 16);
        bytes_hex(&b, "02");
        for (int left = depth - 1; left > 0; left--) {
            bytes_le(&b, 1, 2);
            bytes_le(&b, (uint64_t)(7 * left + 4), 2);
            bytes_hex(&b, "02 0700");
        }
        bytes_hex(&b, "00000400");
        assert_int_equal(print(&b, &out, &e), depth <= 101);
        buf_clear(&out);
    }
}

static void values_that_share_bytes_end_at_the_limit(void **state) {
    (void)state;
    /* Thirty arrays, each with the next one twice: a billion values. */
    struct bytes b = {0};
    struct buf out;
    struct err e = ERR_INIT;
    buf_init(&out, 1 << 16);
    bytes_hex(&b, "02");
    for (int left = 30; left > 0; left--) {
        bytes_le(&b, 2, 2);
        bytes_le(&b, (uint64_t)(10 * left + 4), 2);
        bytes_hex(&b, "02 0a00 02 0a00");
    }
    bytes_hex(&b, "00000400");
    assert_false(print(&b, &out, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    buf_clear(&out);
}

static void doubles(void **state) {
    (void)state;
    static const struct {
        double d;
        const char *text;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {2.0 / 3, "0.6666666666666666"},
        {123456789012345.0, "123456789012345.0"},
        {1e15, "1e15"},
        {1234567890123456.0, "1.234567890123456e15"},
        {1e16, "1e16"},
        {1.5e300, "1.5e300"},
        {0.000000000000001, "0.000000000000001"},
        {1e-16, "1e-16"},
        {-1.5e-7, "-0.00000015"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {1.7976931348623157e308, "1.7976931348623157e308"},
        {0x1p-24, "0.00000005960464477539063"}, /* powers of two lie nearer to what is below them */
        {0x1p-44, "0.00000000000005684341886080802"},
        {0x1p89, "6.189700196426902e26"},
        {0x1p-1017, "7.120236347223045e-307"},
        {9007199254740993.0, "9.007199254740992e15"},
        {100.0, "100.0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes b = {0};
        bytes_hex(&b, "0b");
        bytes_put(&b, &cases[i].d, 8);
        assert_prints(&b, cases[i].text);
    }
    static const double none[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct bytes b = {0};
        struct buf out;
        struct err e = ERR_INIT;
        buf_init(&out, 100);
        bytes_hex(&b, "0b");
        bytes_put(&b, &none[i], 8);
        assert_false(print(&b, &out, &e));
        buf_clear(&out);
    }
}

static void long_bytes_are_broken_into_lines(void **state) {
    (void)state;
    struct bytes b = {0};
    struct buf out;
    struct err e = ERR_INIT;
    buf_init(&out, 1000);
    bytes_hex(&b, "0f0f3a"); /* 58 bytes: one more than a line */
    for (int i = 0; i < 58; i++) {
        bytes_hex(&b, "00");
    }
    assert_true(print(&b, &out, &e) && buf_terminate(&out, &e));
    assert_int_equal(out.len, strlen("\"base64:type15:") + 76 + 2 + 4 + 1);
    assert_string_equal((char *)out.data + out.len - 7, "\\nAA==\"");
    buf_clear(&out);
}

/* ---- changes ---- */

static const char base[] =
    "0003008100190001001a0001001b0008000223000b3e000c4600616e6c6f6e67206b657903001b00050100050200000d0001000e"
    "000b0001000c0c00620163000000000000f83f3a787878787878787878787878787878787878787878787878787878787878787878"
    "7878787878787878787878787878787878787878787878787878";
#define FILLER "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\""

static bool patch(const char *document, const char *changes, struct buf *out, struct err *e) {
    struct bytes d = {0}, c = {0};
    struct arena a = ARENA_INIT;
    bytes_hex(&d, document);
    bytes_hex(&c, changes);
    buf_reset(out);
    bool ok = jsonb_patch(d.data, d.n, c.data, c.n, &a, out, e) && buf_terminate(out, e);
    arena_clear(&a);
    return ok;
}

static void changes(void **state) {
    (void)state;
    static const struct {
        const char *document, *changes, *text;
    } cases[] = {
        {base, "", "{\"a\": [1, 2, {\"b\": \"c\"}], \"n\": 1.5, \"long key\": " FILLER "}"},
        /* recorded: $.a[0] = 7, $.a[2].b = null, insert $.zz = [1] */
        {base, "0006242e615b305d030507000008242e615b325d2e620204000104242e7a7a080201000700050100",
         "{\"a\": [7, 2, {\"b\": null}], \"n\": 1.5, \"zz\": [1], \"long key\": " FILLER "}"},
        /* recorded: remove $.a[1], $.n */
        {base, "0206242e615b315d0203242e6e", "{\"a\": [1, {\"b\": \"c\"}], \"long key\": " FILLER "}"},
        /* recorded: insert $."q \"k\" \\" = 1 */
        {base, "010e242e2271205c226b5c22205c5c2203050100",
         "{\"a\": [1, 2, {\"b\": \"c\"}], \"n\": 1.5, \"q \\\"k\\\" \\\\\": 1, \"long key\": " FILLER "}"},
        /* insert $.a[0], $.a[99]; replace what was just inserted */
        {base, "0106242e615b305d020401 0107242e615b39395d020402 0006242e615b305d020400",
         "{\"a\": [null, 1, 2, {\"b\": \"c\"}, false], \"n\": 1.5, \"long key\": " FILLER "}"},
        /* replace $ */
        {base, "000124020401", "true"},
        {"0200000400", "0104245b305d 03 050100 0104245b305d 03 050200", "[2, 1]"},
    };
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = ERR_INIT;
        if (!patch(cases[i].document, cases[i].changes, &out, &e)) {
            fail_msg("%s: %s", cases[i].changes, e.message);
        }
        assert_string_equal((char *)out.data, cases[i].text);
    }
    buf_clear(&out);
}

static void changes_that_do_not_fit_are_refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "0003242e7a020401",       /* replace what is not there */
        "0103242e61020401",       /* insert what is there */
        "0203242e7a",             /* remove what is not there */
        "0006242e6e5b305d020401", /* into a number */
        "0003242e6102",           /* no value */
        "00",
        "0003242e61030401",       /* a value that is too short */
        "0306242e615b305d020401", /* no such operation */
        "0002612e020401",         /* a path without its beginning */
        "0003242e2e020401",       /* a key without a name */
        "0004242e2261020401",     /* a key without its end */
        "0005242e615b30020401",   /* an index without its end */
        "0006242e615b785d020401", /* an index that is none */
        "020124",                 /* the whole document */
        "0006242e5b305d61020401",
    };
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err e = ERR_INIT;
        if (patch(base, bad[i], &out, &e)) {
            fail_msg("%s was taken", bad[i]);
        }
        assert_int_equal(e.code, ERR_SOURCE_BINLOG);
    }
    buf_clear(&out);
}

/* ---- decimals ---- */

static void decimals(void **state) {
    (void)state;
    static const struct {
        unsigned precision, scale;
        bool zerofill;
        const char *hex, *text;
    } cases[] = {
        {14, 4, false, "810dfb38d204d2", "1234567890.1234"},
        {14, 4, false, "7ef204c72dfb2d", "-1234567890.1234"},
        {5, 2, false, "800132", "1.50"},
        {5, 2, false, "7ffecd", "-1.50"},
        {5, 2, true, "800132", "001.50"},
        {1, 0, false, "80", "0"},
        {1, 0, false, "89", "9"},
        {4, 4, false, "8001", "0.0001"},
        {2, 1, false, "8005", "0.5"},
        {9, 0, false, "bb9ac9ff", "999999999"},
        {9, 0, false, "c46535ff", ""}, /* more than nine digits */
        {3, 0, false, "8400", ""},     /* 1024 in three */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes b = {0};
        char text[DECIMAL_TEXT_MAX];
        bytes_hex(&b, cases[i].hex);
        assert_int_equal(b.n, decimal_bytes(cases[i].precision, cases[i].scale));
        size_t n = decimal_print(b.data, cases[i].precision, cases[i].scale, cases[i].zerofill, text);
        if (n != strlen(cases[i].text) || memcmp(text, cases[i].text, n) != 0) {
            fail_msg("%s: %.*s instead of %s", cases[i].hex, (int)n, text, cases[i].text);
        }
    }
    assert_true(decimal_fits(65, 30) && decimal_fits(38, 38) && !decimal_fits(0, 0) && !decimal_fits(66, 0) &&
                !decimal_fits(5, 6));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_documents),
        cmocka_unit_test(damaged_documents_do_no_harm),
        cmocka_unit_test(large_containers),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(values_that_share_bytes_end_at_the_limit),
        cmocka_unit_test(doubles),
        cmocka_unit_test(long_bytes_are_broken_into_lines),
        cmocka_unit_test(changes),
        cmocka_unit_test(changes_that_do_not_fit_are_refused),
        cmocka_unit_test(decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
