/* server/check_merge: a check of some tables becomes part of the one of all. */
#include "server/check_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static json_t *table(const char *name, int rows, int changed, int missing, const char *why) {
    return json_pack("{s:s, s:s?, s:i, s:i, s:i, s:i}", "source", name, "not_compared", why, "source_rows", rows,
                     "changed", changed, "missing", missing, "extra", 0);
}

static json_t *difference(const char *name) {
    return json_pack("{s:s, s:s}", "table", name, "object", "index x");
}

/* tables and structure are taken. */
static json_t *check(json_t *tables, json_t *structure, bool different) {
    return json_pack("{s:o, s:o, s:[], s:b, s:b, s:b, s:i}", "tables", tables, "structure", structure,
                     "structure_unchecked", "different", different, "structure_compared", 1, "rows_compared", 1,
                     "bytes", 77);
}

static json_int_t number(const json_t *o, const char *key) {
    return json_integer_value(json_object_get(o, key));
}

static bool flag(const json_t *o, const char *key) {
    return json_is_true(json_object_get(o, key));
}

static void what_was_said_of_the_others_stays(void **state) {
    (void)state;
    json_t *before = check(
        json_pack("[o, o, o]", table("a", 10, 0, 0, NULL), table("b", 20, 3, 4, NULL), table("c", 30, 1, 0, NULL)),
        json_pack("[o, o]", difference("b"), difference("c")), true);
    json_t *again = check(json_pack("[o]", table("b", 25, 0, 0, NULL)), json_array(), false);
    json_t *out = check_merge(before, again);
    assert_int_equal(json_array_size(json_object_get(out, "tables")), 3);
    assert_int_equal(number(out, "rows"), 65);
    assert_int_equal(number(out, "bytes"), 77);
    assert_int_equal(number(out, "changed"), 1);
    assert_int_equal(number(out, "missing"), 0);
    assert_true(flag(out, "different") && !flag(out, "same") && flag(out, "complete"));
    const json_t *structure = json_object_get(out, "structure");
    assert_int_equal(json_array_size(structure), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(structure, 0), "table")), "c");
    /* And the last one: then all is the same. */
    json_t *last = check(json_pack("[o]", table("c", 30, 0, 0, NULL)), json_array(), false),
           *whole = check_merge(out, last);
    assert_true(flag(whole, "same") && flag(whole, "complete") && !flag(whole, "different"));
    assert_int_equal(number(whole, "rows"), 65);
    json_t *twice = check_merge(whole, last); /* an agent that comes back tells it again */
    assert_true(json_equal(whole, twice));
    json_decref(twice);
    json_decref(whole);
    json_decref(last);
    json_decref(out);
    json_decref(again);
    json_decref(before);
}

static void what_could_not_be_compared_is_not_forgotten(void **state) {
    (void)state;
    json_t *before =
        check(json_pack("[o, o]", table("a", 0, 0, 0, "it is not in the target"), table("b", 20, 3, 0, NULL)),
              json_array(), true);
    json_t *again = check(json_pack("[o]", table("b", 20, 0, 0, NULL)), json_array(), false);
    json_t *out = check_merge(before, again);
    assert_true(!flag(out, "complete") && flag(out, "different") && !flag(out, "same"));
    json_decref(out);
    json_object_set_new(again, "rows_compared", json_false());
    out = check_merge(before, again);
    assert_false(flag(out, "complete"));
    json_decref(out);
    json_decref(again);
    json_decref(before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_said_of_the_others_stays),
        cmocka_unit_test(what_could_not_be_compared_is_not_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
