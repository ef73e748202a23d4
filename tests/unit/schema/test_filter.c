/* Table patterns: globs and regular expressions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schema/catalog.h"

static bool match(const char *include, const char *exclude, const char *table) {
    const char *in[] = {include}, *out[] = {exclude};
    struct catalog_filter f = {.include = in, .ninclude = include != NULL, .exclude = out, .nexclude = exclude != NULL};
    struct err e = ERR_INIT;
    assert_true(catalog_filter_valid(&f, &e));
    return catalog_filter_match(&f, table);
}

static void nothing_given_takes_all(void **state) {
    (void)state;
    assert_true(match(NULL, NULL, "orders"));
    assert_true(catalog_filter_match(NULL, "orders"));
}

static void globs(void **state) {
    (void)state;
    assert_true(match("order*", NULL, "orders"));
    assert_false(match("order*", NULL, "Orders"));
    assert_false(match("order", NULL, "orders"));
    assert_true(match("o?ders", NULL, "orders"));
    assert_true(match("[a-o]*", NULL, "orders"));
    assert_true(match("*", NULL, "中文"));
    assert_false(match("*", "中*", "中文"));
    assert_false(match("order*", "*_old", "orders_old"));
}

static void regular_expressions(void **state) {
    (void)state;
    assert_true(match("/^log_[0-9]+$/", NULL, "log_2024"));
    assert_false(match("/^log_[0-9]+$/", NULL, "log_2024_old"));
    assert_true(match("/a|b/", NULL, "xbx"));
    assert_false(match("/./", "/^tmp/", "tmp_1"));
    assert_true(match("//", NULL, "anything")); /* the empty expression matches everywhere */
}

static bool valid(const char *pattern, bool include, struct err *e) {
    const char *list[] = {pattern};
    struct catalog_filter f = {0};
    *(include ? &f.include : &f.exclude) = list;
    *(include ? &f.ninclude : &f.nexclude) = 1;
    return catalog_filter_valid(&f, e);
}

static void bad_patterns_are_told(void **state) {
    (void)state;
    static const char *const bad[] = {"/(/", "/[/", "", "/abc"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        for (int include = 0; include < 2; include++) {
            struct err e = ERR_INIT;
            assert_false(valid(bad[i], include, &e));
            assert_int_equal(e.code, ERR_PATTERN);
        }
    }
    char huge[2000];
    memset(huge, 'a', sizeof huge);
    huge[0] = huge[sizeof huge - 2] = '/';
    huge[sizeof huge - 1] = '\0';
    struct err e = ERR_INIT;
    assert_false(valid(huge, true, &e));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_given_takes_all),
        cmocka_unit_test(globs),
        cmocka_unit_test(regular_expressions),
        cmocka_unit_test(bad_patterns_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
