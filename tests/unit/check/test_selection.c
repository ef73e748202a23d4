/* Which columns and rows a check looks at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check/selection.h"

static struct arena arena;

static bool columns(struct selection *s, const char *text, bool exclude) {
    struct err e = ERR_INIT;
    return selection_add_columns(s, &arena, text, exclude, &e);
}

static bool rows(struct selection *s, const char *text) {
    struct err e = ERR_INIT;
    return selection_add_rows(s, &arena, text, &e);
}

static void without_rules_everything_is_compared(void **state) {
    (void)state;
    struct selection s = {0};
    assert_true(selection_has_column(&s, "t", "a", false));
    assert_null(selection_rows(&s, "t"));
}

static void include_rules_name_all_that_are(void **state) {
    (void)state;
    struct selection s = {0};
    assert_true(columns(&s, "order*=total,Day", false));
    assert_true(columns(&s, "orders=note", false));
    assert_true(selection_has_column(&s, "orders", "total", false));
    assert_true(selection_has_column(&s, "orders", "day", false));
    assert_true(selection_has_column(&s, "orders", "note", false));
    assert_false(selection_has_column(&s, "order_line", "note", false));
    assert_true(selection_has_column(&s, "order_line", "id", true));
    assert_true(selection_has_column(&s, "item", "anything", false));
}

static void exclude_rules_take_away(void **state) {
    (void)state;
    struct selection s = {0};
    assert_true(columns(&s, "/^a=b$/=x", true)); /* the last '=' parts pattern and columns */
    assert_true(columns(&s, "t=a,b,c", false));
    assert_true(columns(&s, "t=b,k", true));
    assert_false(selection_has_column(&s, "a=b", "x", false));
    assert_true(selection_has_column(&s, "a=b", "y", false));
    assert_true(selection_has_column(&s, "t", "a", false));
    assert_false(selection_has_column(&s, "t", "b", false));
    assert_true(selection_has_column(&s, "t", "k", true)); /* a key's column always is */
    selection_drop_columns(&s, true);
    assert_true(selection_has_column(&s, "t", "b", false));
    assert_false(selection_has_column(&s, "t", "d", false));
}

static void the_first_row_rule_counts(void **state) {
    (void)state;
    struct selection s = {0};
    assert_true(rows(&s, "orders=5,10"));
    assert_true(rows(&s, "*=0,9223372036854775807"));
    assert_int_equal(selection_rows(&s, "orders")->offset, 5);
    assert_int_equal(selection_rows(&s, "orders")->count, 10);
    assert_int_equal(selection_rows(&s, "item")->count, INT64_MAX);
}

static void what_is_not_of_the_form_is_refused(void **state) {
    (void)state;
    struct selection s = {0};
    static const char *const bad_rows[] = {
        "t",      "t=",     "=1,2",    "t=1",   "t=1,",  "t=,1",    "t=1,0",   "t=-1,2",
        "t=1,+2", "t= 1,2", "t=1,2,3", "t=1;2", "t=1,x", "/(/=1,2", "t=0x1,2", "t=1,99999999999999999999"};
    static const char *const bad_columns[] = {"t", "t=", "=a", "t=a,", "t=,a", "t=a,,b", "/[/=a"};
    for (size_t i = 0; i < sizeof bad_rows / sizeof bad_rows[0]; i++) {
        if (rows(&s, bad_rows[i])) {
            fail_msg("taken: %s", bad_rows[i]);
        }
    }
    for (size_t i = 0; i < sizeof bad_columns / sizeof bad_columns[0]; i++) {
        if (columns(&s, bad_columns[i], true)) {
            fail_msg("taken: %s", bad_columns[i]);
        }
    }
    assert_int_equal(s.nrows + s.ncolumns, 0);
}

static int clear(void **state) {
    (void)state;
    arena_clear(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_rules_everything_is_compared),
        cmocka_unit_test(include_rules_name_all_that_are),
        cmocka_unit_test(exclude_rules_take_away),
        cmocka_unit_test(the_first_row_rule_counts),
        cmocka_unit_test(what_is_not_of_the_form_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, clear);
}
