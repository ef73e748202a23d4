/* Look-ups in the model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build.h"

static void tables_and_columns(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    make_database(&a, &d, 2, "id int; Name varchar(5)");
    assert_ptr_equal(schema_find_table(&d, "t1"), &d.tables[1]);
    assert_null(schema_find_table(&d, "T1"));
    d.lower_case_table_names = 1;
    assert_ptr_equal(schema_find_table(&d, "T1"), &d.tables[1]);
    assert_null(schema_find_table(&d, "t2"));
    assert_ptr_equal(schema_find_column(&d.tables[0], "NAME"), &d.tables[0].columns[1]);
    assert_null(schema_find_column(&d.tables[0], "nam"));
    arena_clear(&a);
}

static void row_keys(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    make_database(&a, &d, 1, "id int; ?maybe int; code varchar(5)");
    struct table *t = &d.tables[0];
    assert_null(schema_row_key(t));
    add_index(&a, t, "plain", INDEX_PLAIN, 0);
    add_index(&a, t, "nullable", INDEX_UNIQUE, 1);
    assert_null(schema_row_key(t));
    add_index(&a, t, "prefix", INDEX_UNIQUE, 2)->parts[0].prefix_chars = 3;
    assert_null(schema_row_key(t));
    add_index(&a, t, "expr", INDEX_UNIQUE, 2)->parts[0] =
        (struct index_part){.expr = arena_strdup(&a, "lower(`code`)")};
    assert_null(schema_row_key(t));
    add_index(&a, t, "good", INDEX_UNIQUE, 2);
    assert_string_equal(schema_row_key(t)->name, "good");
    add_index(&a, t, "PRIMARY", INDEX_PRIMARY, 0);
    assert_string_equal(schema_row_key(t)->name, "PRIMARY");
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables_and_columns), cmocka_unit_test(row_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
