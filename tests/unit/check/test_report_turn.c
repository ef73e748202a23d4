/* A report turned round: every side, count and word of ours changes place; names and what the servers said stay. */
#include "check/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void words_change_places(void **state) {
    (void)state;
    static const char *const texts[][2] = {
        {"the source refuses the login", "the target refuses the login"},
        {"the target's table has none of its columns", "the source's table has none of its columns"},
        {"source 10.0.0.1:3306", "target 10.0.0.1:3306"},
        {"definitions: target table the source", "definitions: source table the target"},
        {"column source is of type target in the target", "column source is of type target in the source"},
        {"my_source, sources, target_x, `target`", "my_source, sources, target_x, `target`"},
        {"the sources and the source_x", "the sources and the source_x"},
        {"", ""},
        {"the sourc", "the sourc"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct err e = ERR_INIT;
        err_set(&e, ERR_SOURCE_QUERY, "%s", texts[i][0]);
        err_where(&e, "%s", texts[i][0]);
        err_hint(&e, "%s", texts[i][0]);
        err_cause(&e, "the source said so");
        check_error_turn(&e);
        assert_string_equal(e.message, texts[i][1]);
        assert_string_equal(e.where, texts[i][1]);
        assert_string_equal(e.hint, texts[i][1]);
        assert_string_equal(e.cause, "the source said so");
        assert_int_equal(e.code, ERR_SOURCE_QUERY);
    }
}

static void sides_change_places(void **state) {
    (void)state;
    struct check_report r;
    check_report_init(&r);
    struct table models[2] = {{.schema = "Shop", .name = "Orders", .target_schema = "shop", .target_name = "orders"},
                              {.schema = "Shop", .name = "Gone", .target_schema = "shop", .target_name = "gone"}};
    struct database db = {.tables = models, .ntables = 2};
    struct value_difference value = {.column = "v", .source = "1", .target = NULL};
    struct listed_difference listed[3] = {
        {.kind = ROW_MISSING}, {.kind = ROW_EXTRA}, {.kind = ROW_CHANGED, .values = &value, .nvalues = 1}};
    struct check_table_report tables[3] = {
        {.source = "Orders",
         .target = "shop.orders",
         .source_rows = 10,
         .target_rows = 12,
         .same = 7,
         .changed = 2,
         .missing = 1,
         .extra = 3,
         .listed = listed,
         .nlisted = 3},
        {.source = "Gone", .target = "shop.gone", .not_checkable = "the target has no such table"},
        {.source = "only", .target = "Shop.only", .not_checkable = "the source has no such table"}, /* reference.c's */
    };
    struct structure_difference items[] = {
        {.object = "index a", .kind = DIFFERENCE_MISSING, .expected = "btree (a)"},
        {.object = "table t", .kind = DIFFERENCE_EXTRA, .found = "shop.t"},
        {.object = "column v", .kind = DIFFERENCE_OTHER, .expected = "integer", .found = "bigint"},
    };
    struct structure_unchecked unchecked = {.object = "tables that only the target has",
                                            .reason = "the target is tired"};
    r.tables = tables;
    r.ntables = 3;
    r.rows = 10;
    r.structure.items = items;
    r.structure.n = 3;
    r.structure.unchecked = &unchecked;
    r.structure.nunchecked = 1;
    r.source_version = "MySQL";
    r.target_version = "openGauss";
    check_report_turn(&r, &db);

    assert_true(r.backward);
    assert_string_equal(r.source_version, "openGauss");
    assert_string_equal(r.target_version, "MySQL");
    assert_string_equal(tables[0].source, "orders");
    assert_string_equal(tables[0].target, "Shop.Orders");
    assert_int_equal(tables[0].source_rows, 12);
    assert_int_equal(tables[0].target_rows, 10);
    assert_int_equal(tables[0].missing, 3);
    assert_int_equal(tables[0].extra, 1);
    assert_int_equal(tables[0].changed, 2);
    assert_int_equal(tables[0].same, 7);
    assert_int_equal(r.rows, 12);
    assert_int_equal(listed[0].kind, ROW_EXTRA);
    assert_int_equal(listed[1].kind, ROW_MISSING);
    assert_int_equal(listed[2].kind, ROW_CHANGED);
    assert_null(value.source);
    assert_string_equal(value.target, "1");
    assert_string_equal(tables[1].not_checkable, "the source has no such table");
    assert_string_equal(tables[2].not_checkable, "the target has no such table");
    assert_string_equal(tables[2].source, "only");
    assert_int_equal(items[0].kind, DIFFERENCE_EXTRA);
    assert_null(items[0].expected);
    assert_string_equal(items[0].found, "btree (a)");
    assert_int_equal(items[1].kind, DIFFERENCE_MISSING);
    assert_string_equal(items[1].expected, "shop.t");
    assert_int_equal(items[2].kind, DIFFERENCE_OTHER);
    assert_string_equal(items[2].expected, "bigint");
    assert_string_equal(items[2].found, "integer");
    assert_string_equal(unchecked.object, "tables that only the source has");
    assert_string_equal(unchecked.reason, "the source is tired");

    json_t *json = check_report_to_json(&r);
    assert_string_equal(json_string_value(json_object_get(json, "position_of")), "target");
    json_t *first = json_array_get(json_object_get(json, "tables"), 0);
    assert_int_equal(json_integer_value(json_object_get(first, "missing")), 3);
    json_decref(json);
    check_report_clear(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_change_places),
        cmocka_unit_test(sides_change_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
