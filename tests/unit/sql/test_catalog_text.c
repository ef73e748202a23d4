/* Catalog texts brought back to SQL; the inputs are what MySQL 9.7 and MariaDB 10.11 printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sql/catalog_text.h"

static void check(const char *in, const char *out, bool was_escaped) {
    struct arena a = ARENA_INIT;
    size_t n;
    bool escaped;
    char *got = sql_catalog_text(&a, in, strlen(in), &n, &escaped);
    assert_string_equal(got, out);
    assert_int_equal(n, strlen(out));
    assert_int_equal(escaped, was_escaped);
    arena_clear(&a);
}

static void escaped_texts(void **state) {
    (void)state;
    check("concat(_utf8mb4\\'a\\',_utf8mb4\\'it\\\\\\'s\\')", "concat(_utf8mb4'a',_utf8mb4'it\\'s')", true);
    check("(`s` like _utf8mb4\\'x\\\\\\\\%\\')", "(`s` like _utf8mb4'x\\\\%')", true);
    check("concat(`we``ird \\\\\\\\ n`,_utf8mb4\\'a\\')", "concat(`we``ird \\\\ n`,_utf8mb4'a')", true);
    check("concat(`s`,_utf8mb4\\'\\\\n\\')", "concat(`s`,_utf8mb4'\\n')", true);
}

static void plain_texts(void **state) {
    (void)state;
    check("(`a` + 1)", "(`a` + 1)", false);
    check("concat('a','it\\'s')", "concat('a','it\\'s')", false);
    check("'it''s'", "'it''s'", false);
    check("`it's` = 1", "`it's` = 1", false);
    check("'\\\\'", "'\\\\'", false);
    check("", "", false);
}

static void double_utf8(void **state) {
    (void)state;
    check("(`s` <> _utf8mb4\\'\xc3\x83\xc2\xa9\\')", "(`s` <> _utf8mb4'\xc3\xa9')", true);
    /* the bytes 0x80..0x9f come as C1 controls or as cp1252's characters */
    check("_utf8mb4\\'\xc3\xa6\xc2\x96\xc2\x87\\'", "_utf8mb4'\xe6\x96\x87'", true);
    check("_utf8mb4\\'\xc3\xa6\xe2\x80\x93\xe2\x80\xa1\\'", "_utf8mb4'\xe6\x96\x87'", true);
    /* what is not of that kind stays */
    check("_utf8mb4\\'\xc3\xa9\\'", "_utf8mb4'\xc3\xa9'", true);
    check("_utf8mb4\\'\xe4\xb8\xad\\'", "_utf8mb4'\xe4\xb8\xad'", true);
    check("_utf8mb4\\'\xf0\x9f\x98\x80\\'", "_utf8mb4'\xf0\x9f\x98\x80'", true);
    check("\\'\xff\xfe\\'", "'\xff\xfe'", true);
}

static void undo_tells_when_there_is_nothing_to_undo(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    size_t n;
    assert_null(sql_undo_double_utf8(&a, "abc", 3, &n));
    assert_null(sql_undo_double_utf8(&a, "\xc3\xa9", 2, &n));
    assert_string_equal(sql_undo_double_utf8(&a, "\xc3\x83\xc2\xa9", 4, &n), "\xc3\xa9");
    assert_int_equal(n, 2);
    arena_clear(&a);
}

static void unescape_ends_cleanly(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    size_t n;
    assert_string_equal(sql_unescape(&a, "a\\", 2, &n), "a\\"); /* a lone backslash at the end */
    assert_string_equal(sql_unescape(&a, "\\n\\r\\t\\x", 8, &n), "\n\r\tx");
    sql_unescape(&a, "a\\0b", 4, &n);
    assert_int_equal(n, 3);
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escaped_texts),         cmocka_unit_test(plain_texts),
        cmocka_unit_test(double_utf8),           cmocka_unit_test(undo_tells_when_there_is_nothing_to_undo),
        cmocka_unit_test(unescape_ends_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
