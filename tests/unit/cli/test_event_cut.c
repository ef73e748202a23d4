/* cli/event_cut: reports that are too large for an event. */
#include "cli/event_cut.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *table(size_t i, int changed, size_t rows, size_t width) {
    char name[32], *wide = calloc(1, width + 1);
    json_t *listed = json_array();
    snprintf(name, sizeof name, "t%zu", i);
    memset(wide, 'x', width);
    for (size_t k = 0; k < rows; k++) {
        json_array_append_new(listed, json_pack("{s:s}", "key", wide));
    }
    free(wide);
    return json_pack("{s:s, s:n, s:i, s:i, s:i, s:o}", "source", name, "not_compared", "changed", changed, "missing", 0,
                     "extra", 0, "rows_listed", listed);
}

static json_t *check_of(size_t tables, size_t each, size_t rows, size_t width) {
    json_t *list = json_array();
    for (size_t i = 0; i < tables; i++) {
        bool differs = i % each == each - 1;
        json_array_append_new(list, table(i, differs ? (int)rows : 0, differs ? rows : 0, width));
    }
    return json_pack("{s:b, s:o, s:[]}", "structure_compared", 1, "tables", list, "structure");
}

static size_t bytes_of(const json_t *o) {
    char *text = json_dumps(o, JSON_COMPACT);
    size_t n = strlen(text);
    free(text);
    return n;
}

static json_t *cut(json_t *what) {
    size_t before = bytes_of(what);
    json_t *out = event_cut(what);
    assert_true(bytes_of(out) <= 900 * 1024);
    assert_int_equal(bytes_of(what), before); /* borrowed, and left alone */
    return out;
}

static void what_fits_stays(void **state) {
    (void)state;
    json_t *check = check_of(10, 1, 5, 10), *out = cut(check);
    assert_true(json_equal(check, out));
    json_decref(out);
    json_decref(check);
}

static void tables_that_say_nothing_go_first(void **state) {
    (void)state;
    json_t *check = check_of(12000, 600, 100, 10), *out = cut(check);
    const json_t *tables = json_object_get(out, "tables");
    assert_true(json_is_true(json_object_get(out, "cut")));
    assert_int_equal(json_array_size(tables), 20);
    assert_int_equal(json_array_size(json_object_get(json_array_get(tables, 0), "rows_listed")), 100);
    json_decref(out);
    json_decref(check);
}

static void then_listed_rows(void **state) {
    (void)state;
    json_t *check = check_of(200, 1, 100, 200), *out = cut(check);
    const json_t *tables = json_object_get(out, "tables"), *first = json_array_get(tables, 0);
    assert_int_equal(json_array_size(tables), 200);
    size_t listed = json_array_size(json_object_get(first, "rows_listed"));
    assert_true(listed == 20 || listed == 5);
    assert_int_equal(json_integer_value(json_object_get(first, "changed")), 100);
    json_decref(out);
    json_decref(check);
    check = check_of(3000, 1, 1, 500);
    out = cut(check);
    assert_int_equal(json_array_size(json_object_get(out, "tables")), 100);
    json_decref(out);
    json_decref(check);
}

static void others_keep_the_begin_of_their_lists(void **state) {
    (void)state;
    json_t *list = json_array();
    for (int i = 0; i < 40000; i++) {
        json_array_append_new(list, json_string("some words that take room"));
    }
    json_t *report = json_pack("{s:o, s:i}", "items", list, "failed", 7), *out = cut(report);
    assert_int_equal(json_array_size(json_object_get(out, "items")), 100);
    assert_int_equal(json_integer_value(json_object_get(out, "failed")), 7);
    assert_true(json_is_true(json_object_get(out, "cut")));
    json_decref(out);
    json_decref(report);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_stays),
        cmocka_unit_test(tables_that_say_nothing_go_first),
        cmocka_unit_test(then_listed_rows),
        cmocka_unit_test(others_keep_the_begin_of_their_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
