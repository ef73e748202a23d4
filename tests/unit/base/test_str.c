/* base/str: UTF-8 to the letter of the standard, quoting against injection, numbers for people. Also base/clock. */
#include "base/str.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

static void equality_and_prefixes(void **state) {
    (void)state;
    assert_true(str_eq(NULL, NULL));
    assert_false(str_eq(NULL, ""));
    assert_false(str_eq("", NULL));
    assert_true(str_eq("a", "a"));
    assert_false(str_eq("a", "A"));
    assert_true(str_ieq("InnoDB", "innodb"));
    assert_false(str_ieq("innodb", NULL));
    assert_true(str_starts("mysql://", "mysql:"));
    assert_false(str_starts("my", "mysql"));
    assert_true(str_istarts("SELECT 1", "select"));
    assert_true(str_starts("x", ""));
}

static void utf8_follows_the_standard(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        bool valid;
    } cases[] = {
        {"", 0, true},
        {"plain ascii text", 16, true},
        {"a\0b", 3, true},
        {"\x7f", 1, true},
        {"\x80", 1, false},             /* continuation alone */
        {"\xc2\x80", 2, true},          /* U+0080 */
        {"\xc1\xbf", 2, false},         /* overlong U+007F */
        {"\xc0\x80", 2, false},         /* overlong NUL */
        {"\xdf\xbf", 2, true},          /* U+07FF */
        {"\xe0\xa0\x80", 3, true},      /* U+0800 */
        {"\xe0\x9f\xbf", 3, false},     /* overlong */
        {"\xed\x9f\xbf", 3, true},      /* U+D7FF */
        {"\xed\xa0\x80", 3, false},     /* surrogate */
        {"\xee\x80\x80", 3, true},      /* U+E000 */
        {"\xf0\x90\x80\x80", 4, true},  /* U+10000 */
        {"\xf0\x8f\xbf\xbf", 4, false}, /* overlong */
        {"\xf4\x8f\xbf\xbf", 4, true},  /* U+10FFFF */
        {"\xf4\x90\x80\x80", 4, false}, /* above */
        {"\xf5\x80\x80\x80", 4, false},
        {"\xff", 1, false},
        {"\xe4\xb8", 2, false},             /* cut */
        {"12345678\xe4\xb8\xad", 11, true}, /* behind a step of eight */
        {"12345678\xe4\xb8", 10, false},
        {"1234567\xe4\xb8\xad"
         "12345678",
         18, true}, /* across one */
        {"12345678"
         "1234567\xff",
         16, false},
        {"\xe4\xb8\xad\x41\x80", 5, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (str_utf8_valid(cases[i].bytes, cases[i].len) != cases[i].valid) {
            fail_msg("case %zu is judged wrongly", i);
        }
    }
}

/* Every string of up to three bytes, against a decoder written the plain way. */
static bool valid_plainly(const uint8_t *p, size_t n) {
    for (size_t i = 0; i < n;) {
        uint32_t c = p[i], least;
        size_t more;
        if (c < 0x80) {
            i++;
            continue;
        }
        if ((c & 0xe0) == 0xc0) {
            more = 1, c &= 0x1f, least = 0x80;
        } else if ((c & 0xf0) == 0xe0) {
            more = 2, c &= 0x0f, least = 0x800;
        } else {
            return false; /* four bytes do not fit into three */
        }
        if (i + more >= n) {
            return false;
        }
        for (size_t k = 1; k <= more; k++) {
            if ((p[i + k] & 0xc0) != 0x80) {
                return false;
            }
            c = c << 6 | (p[i + k] & 0x3fu);
        }
        if (c < least || (c >= 0xd800 && c <= 0xdfff)) {
            return false;
        }
        i += more + 1;
    }
    return true;
}

static void utf8_agrees_with_a_plain_decoder(void **state) {
    (void)state;
    for (uint32_t v = 0; v < 1u << 24; v += v < 1u << 16 ? 1 : 7) {
        uint8_t p[3] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16)};
        for (size_t n = 1; n <= 3; n++) {
            if (str_utf8_valid(p, n) != valid_plainly(p, n)) {
                fail_msg("%02x %02x %02x, %zu bytes", p[0], p[1], p[2], n);
            }
        }
    }
}

static void cutting_keeps_characters_whole(void **state) {
    (void)state;
    const char *s = "a中b"; /* 1 + 3 + 1 bytes */
    assert_int_equal(str_utf8_cut(s, 5, 10), 5);
    assert_int_equal(str_utf8_cut(s, 5, 5), 5);
    assert_int_equal(str_utf8_cut(s, 5, 4), 4);
    assert_int_equal(str_utf8_cut(s, 5, 3), 1);
    assert_int_equal(str_utf8_cut(s, 5, 2), 1);
    assert_int_equal(str_utf8_cut(s, 5, 1), 1);
    assert_int_equal(str_utf8_cut(s, 5, 0), 0);
}

static void quoting_doubles_the_quote(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    assert_string_equal(str_quote_mysql(&a, "or`der"), "`or``der`");
    assert_string_equal(str_quote_mysql(&a, "`"), "````");
    assert_string_equal(str_quote_pg(&a, "a\"; DROP TABLE b; --"), "\"a\"\"; DROP TABLE b; --\"");
    assert_string_equal(str_quote_pg(&a, ""), "\"\"");
    assert_string_equal(str_literal_pg(&a, "it's \\ fine"), "'it''s \\ fine'");
    assert_string_equal(str_literal_mysql(&a, "it's"), "'it''s'");
    /* With a backslash the text's meaning would depend on sql_mode. */
    assert_string_equal(str_literal_mysql(&a, "\\'"), "_utf8mb4 x'5c27'");
    assert_string_equal(str_literal_mysql(&a, "中\\"), "_utf8mb4 x'e4b8ad5c'");
    arena_clear(&a);
}

static void numbers_for_people(void **state) {
    (void)state;
    char text[32], size[24];
    assert_string_equal(str_count(0, text), "0");
    assert_string_equal(str_count(999, text), "999");
    assert_string_equal(str_count(1000, text), "1 000");
    assert_string_equal(str_count(1234567, text), "1 234 567");
    assert_string_equal(str_count(UINT64_MAX, text), "18 446 744 073 709 551 615");
    assert_string_equal(str_bytes(0, size), "0 B");
    assert_string_equal(str_bytes(999, size), "999 B");
    assert_string_equal(str_bytes(1000, size), "1.00 kB");
    assert_string_equal(str_bytes(12345678, size), "12.3 MB");
    assert_string_equal(str_bytes(999600, size), "1.00 MB"); /* never "1000 kB" */
    assert_string_equal(str_bytes(UINT64_C(1200000000), size), "1.20 GB");
    assert_true(strlen(str_bytes(UINT64_MAX, size)) < sizeof size);
}

static void time_is_written_as_iso_8601(void **state) {
    (void)state;
    char text[32];
    assert_string_equal(clock_iso(0, text), "1970-01-01T00:00:00.000Z");
    assert_string_equal(clock_iso(INT64_C(1769903999123456), text), "2026-01-31T23:59:59.123Z");
    int64_t before = clock_mono_us();
    clock_sleep_ms(15);
    assert_true(clock_mono_us() - before >= 15000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_and_prefixes),
        cmocka_unit_test(utf8_follows_the_standard),
        cmocka_unit_test(utf8_agrees_with_a_plain_decoder),
        cmocka_unit_test(cutting_keeps_characters_whole),
        cmocka_unit_test(quoting_doubles_the_quote),
        cmocka_unit_test(numbers_for_people),
        cmocka_unit_test(time_is_written_as_iso_8601),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
