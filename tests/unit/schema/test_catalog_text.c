/* What servers print into information_schema, read back. The mangled texts are MySQL 9.7's own bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schema/catalog_text.h"

static void mysql8_expressions(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    assert_null(catalog_mysql8_expr(&a, NULL));
    assert_string_equal(catalog_mysql8_expr(&a, "(`b` * 2)"), "(`b` * 2)");
    assert_string_equal(catalog_mysql8_expr(&a, "(`a` <> _utf8mb4\\'x\\\\\\'y\\')"), "(`a` <> _utf8mb4'x\\'y')");
    assert_string_equal(catalog_mysql8_expr(&a, "_utf8mb4\\'a\\\\nb\\'"), "_utf8mb4'a\\nb'");
    /* 文€ : e6 96 87 e2 82 ac, each byte a character */
    assert_string_equal(catalog_mysql8_expr(&a, "_utf8mb4\\'\xc3\xa6\xc2\x96\xc2\x87\xc3\xa2\xc2\x82\xc2\xac\\'"),
                        "_utf8mb4'文€'");
    assert_string_equal(catalog_mysql8_expr(&a, "(`\xc3\xa6\xc2\x95\xc2\xb0` > 0)"), "(`数` > 0)");
    /* not mangled: as it is */
    assert_string_equal(catalog_mysql8_expr(&a, "`文`"), "`文`");
    assert_string_equal(catalog_mysql8_expr(&a, "`é`"), "`é`");
    /* broken UTF-8 is left alone and not read past its end */
    assert_string_equal(catalog_mysql8_expr(&a, "`\xc3"), "`\xc3");
    assert_string_equal(catalog_mysql8_expr(&a, "x\\"), "x\\");
    arena_clear(&a);
}

static void string_literals(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    char *out;
    size_t len;
    assert_true(catalog_string_literal(&a, "'it''s'", &out, &len));
    assert_string_equal(out, "it's");
    assert_true(catalog_string_literal(&a, "'a\\\\b\\'c\\n\\%'", &out, &len));
    assert_string_equal(out, "a\\b'c\n\\%");
    assert_true(catalog_string_literal(&a, "''", &out, &len));
    assert_int_equal(len, 0);
    assert_true(catalog_string_literal(&a, "'\\0a\\0'", &out, &len));
    assert_int_equal(len, 3);
    assert_memory_equal(out, "\0a\0", 3);
    static const char *const none[] = {"", "a", "'", "'a", "'a\\'", "'a''", "'a' ", "'a'+'b'", "'a' 'b'"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_false(catalog_string_literal(&a, none[i], &out, &len));
    }
    const char *text = "'a''b' ON UPDATE x";
    assert_ptr_equal(catalog_string_prefix(&a, text, &out, &len), text + 6);
    assert_string_equal(out, "a'b");
    arena_clear(&a);
}

static void numbers(void **state) {
    (void)state;
    static const char *const yes[] = {"0", "-5", "+5", "1.5", ".5", "5.", "1e30", "1E-10", "003.00"};
    static const char *const none[] = {"", "-", ".", "1e", "1e+", "0x10", "1 ", "b'1'", "NULL", "1+2", "--1"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        assert_true(catalog_number_literal(yes[i]));
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_false(catalog_number_literal(none[i]));
    }
}

static void now_in_one_form(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    static const struct {
        const char *from, *to;
    } cases[] = {{"CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"},
                 {"current_timestamp()", "CURRENT_TIMESTAMP"},
                 {"current_timestamp(3)", "CURRENT_TIMESTAMP(3)"},
                 {"CURRENT_TIMESTAMP(0)", "CURRENT_TIMESTAMP"},
                 {"now(6)", "CURRENT_TIMESTAMP(6)"},
                 {"localtime", "CURRENT_TIMESTAMP"},
                 {"LOCALTIMESTAMP(2)", "CURRENT_TIMESTAMP(2)"},
                 {"now(7)", "now(7)"},
                 {"current_timestamp() + interval 1 day", "current_timestamp() + interval 1 day"},
                 {"nowhere", "nowhere"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(catalog_normal_now(&a, cases[i].from), cases[i].to);
    }
    arena_clear(&a);
}

static void small_things(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    assert_string_equal(catalog_hex(&a, "\0\xffz", 3), "0x00ff7a");
    assert_string_equal(catalog_hex(&a, "", 0), "0x");
    assert_true(catalog_u64("18446744073709551615") == UINT64_MAX);
    assert_true(catalog_u64(NULL) == 0 && catalog_u64("") == 0 && catalog_u64("-1") == 0);
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mysql8_expressions), cmocka_unit_test(string_literals), cmocka_unit_test(numbers),
        cmocka_unit_test(now_in_one_form),    cmocka_unit_test(small_things),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
