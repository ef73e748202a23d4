/* Rows of a stream of changes as canonical rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gauss/tuple.h"

static struct change_column columns[] = {{.name = "v"}, {.name = "id"}, {.name = "d"}, {.name = "extra"}};
static const struct change_relation relation = {.schema = "s", .table = "t", .n = 4, .columns = columns};

static struct change_value text(const char *s) {
    return (struct change_value){VALUE_TEXT, strlen(s), (const uint8_t *)s};
}

static void test_by_name(void **state) {
    (void)state;
    static const char *const wanted[] = {"id", "d", "v"}, *const missing[] = {"id", "gone"};
    struct arena a = ARENA_INIT;
    struct tuple_map m;
    struct err e = ERR_INIT;
    assert_true(tuple_map_make(&a, &relation, wanted, 3, true, &m, &e));
    assert_int_equal(m.at[0], 1);
    assert_int_equal(m.at[1], 2);
    assert_int_equal(m.at[2], 0);
    assert_false(tuple_map_make(&a, &relation, wanted, 3, false, &m, &e));
    assert_int_equal(e.code, ERR_TARGET_CHANGED);
    assert_non_null(strstr(e.message, "extra"));
    assert_false(tuple_map_make(&a, &relation, missing, 2, true, &m, &e));
    assert_int_equal(e.code, ERR_TARGET_CHANGED);
    assert_non_null(strstr(e.message, "gone"));
    struct change_relation none = {.schema = "s", .table = "t"};
    assert_false(tuple_map_make(&a, &none, wanted, 1, true, &m, &e));
    assert_true(tuple_map_make(&a, &none, wanted, 0, false, &m, &e));
    arena_clear(&a);
}

static void test_canonical(void **state) {
    (void)state;
    static const char *const wanted[] = {"id", "d", "v"};
    static const struct canon_column types[] = {
        {TK_INT4, "integer", "id"}, {TK_DATE, "date", "d"}, {TK_TEXT, "text", "v"}};
    struct arena a = ARENA_INIT;
    struct canon_plan *plan;
    struct tuple_map m;
    struct buf out;
    struct err e = ERR_INIT;
    bool known[3];
    buf_init(&out, 1 << 16);
    assert_true(canon_plan_make(&a, DIALECT_PG, types, 3, &plan, &e));
    assert_true(tuple_map_make(&a, &relation, wanted, 3, true, &m, &e));
    struct change_value after[] = {
        {.form = VALUE_UNCHANGED}, text("7"), {VALUE_BINARY, 4, (const uint8_t *)"\0\0\0\1"}, text("not wanted")};
    struct change_value before[] = {text("long"), text("6"), {.form = VALUE_NULL}, {.form = VALUE_NULL}};
    struct change_value key[] = {{.form = VALUE_ABSENT}, text("6"), {.form = VALUE_ABSENT}, {.form = VALUE_ABSENT}};

    assert_true(tuple_canonical(&m, plan, after, before, &out, known, &e));
    assert_int_equal(out.len, 24);
    assert_memory_equal(out.data, "\0\0\0\4\0\0\0\7\0\0\0\4\0\0\0\1\0\0\0\4long", 24);
    assert_true(known[0] && known[1] && known[2]);

    out.len = 0; /* without the old row the large value is not known */
    assert_true(tuple_canonical(&m, plan, after, key, &out, known, &e));
    assert_int_equal(out.len, 20);
    assert_memory_equal(out.data + 16, "\xff\xff\xff\xff", 4);
    assert_true(known[0] && known[1] && !known[2]);

    out.len = 0;
    assert_true(tuple_canonical(&m, plan, key, NULL, &out, known, &e));
    assert_true(known[0] && !known[1] && !known[2]);

    out.len = 3;
    after[1] = text("7x");
    assert_false(tuple_canonical(&m, plan, after, before, &out, known, &e));
    assert_int_equal(out.len, 3);
    assert_int_equal(e.code, ERR_TARGET_PROTOCOL);
    assert_non_null(strstr(e.where, "column id"));
    arena_clear(&a);
    buf_clear(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_name),
        cmocka_unit_test(test_canonical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
