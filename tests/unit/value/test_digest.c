/* Digests: their own arithmetic, their text, and that they tell rows apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "value/digest.h"

static struct digest sum_of(const char *const *rows, size_t n) {
    struct digest sum = {0, 0};
    for (size_t i = 0; i < n; i++) {
        digest_add(&sum, digest_row(rows[i], strlen(rows[i])));
    }
    return sum;
}

/* XXH3 with 128 bits and seed 0, whose values are published. */
static void test_known_values(void **state) {
    (void)state;
    char text[DIGEST_TEXT];
    digest_text(digest_row("", 0), text);
    assert_string_equal(text, "99aa06d3014798d86001c324468d497f");
}

static void test_order_does_not_matter(void **state) {
    (void)state;
    static const char *const rows[] = {"a", "b", "c", "c", "d"}, *const other[] = {"c", "d", "a", "c", "b"},
                             *const changed[] = {"c", "d", "a", "c", "x"}, *const fewer[] = {"c", "d", "a", "b"};
    assert_true(digest_equal(sum_of(rows, 5), sum_of(other, 5)));
    assert_false(digest_equal(sum_of(rows, 5), sum_of(changed, 5)));
    assert_false(digest_equal(sum_of(rows, 5), sum_of(fewer, 4)));
    struct digest left = sum_of(rows, 2), right = sum_of(rows + 2, 3);
    digest_add(&left, right);
    assert_true(digest_equal(left, sum_of(rows, 5)));
}

/* Twice the same row is not none, as it would be with an exclusive or. */
static void test_pairs_do_not_cancel(void **state) {
    (void)state;
    static const char *const twice[] = {"a", "a"}, *const other[] = {"b", "b"};
    assert_false(digest_equal(sum_of(twice, 2), sum_of(NULL, 0)));
    assert_false(digest_equal(sum_of(twice, 2), sum_of(other, 2)));
}

static void test_carry(void **state) {
    (void)state;
    struct digest sum = {.lo = UINT64_MAX, .hi = 1}, one = {.lo = 1, .hi = 0}, all = {UINT64_MAX, UINT64_MAX};
    digest_add(&sum, one);
    assert_true(sum.lo == 0 && sum.hi == 2);
    digest_add(&sum, all);
    assert_true(sum.lo == UINT64_MAX && sum.hi == 1);
}

static void test_text(void **state) {
    (void)state;
    struct digest d = {.lo = 0x0123456789abcdef, .hi = 0xf}, back = {0, 0};
    char text[DIGEST_TEXT];
    digest_text(d, text);
    assert_string_equal(text, "000000000000000f0123456789abcdef");
    assert_true(digest_parse(text, &back));
    assert_true(digest_equal(d, back));
    static const char *const bad[] = {"",
                                      "0",
                                      "000000000000000f0123456789abcde",
                                      "000000000000000f0123456789abcdef0",
                                      "000000000000000f0123456789abcdeg",
                                      "000000000000000F0123456789ABCDEF",
                                      " 00000000000000f0123456789abcdef"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        back = d;
        assert_false(digest_parse(bad[i], &back));
        assert_true(digest_equal(back, d));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_values),
        cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_pairs_do_not_cancel),
        cmocka_unit_test(test_carry),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
