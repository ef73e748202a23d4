/* Names, types and the fate of generated columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build.h"

static void resolve(struct arena *a, struct database *d, const struct ddl_options *o) {
    struct err e = ERR_INIT;
    if (!schema_resolve(a, d, o, &e)) {
        err_print(&e, stderr);
        fail();
    }
}

static void schema_and_folding(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    make_database(&a, &d, 2, "Id int");
    d.name = arena_strdup(&a, "Shop");
    d.tables[0].name = arena_strdup(&a, "Orders");
    struct ddl_options o = {.types = {.dialect = DIALECT_PG}};
    resolve(&a, &d, &o);
    assert_string_equal(d.tables[0].target_schema, "Shop");
    assert_string_equal(d.tables[0].target_name, "Orders");
    o.lower_names = true;
    resolve(&a, &d, &o);
    assert_string_equal(d.tables[0].target_schema, "shop");
    assert_string_equal(d.tables[0].target_name, "orders");
    assert_string_equal(d.tables[0].columns[0].target_name, "Id");
    o.lower_names = false;
    d.lower_case_table_names = 2; /* stored as written, compared without case */
    o.target_schema = "Given";
    resolve(&a, &d, &o);
    assert_string_equal(d.tables[0].target_schema, "Given");
    assert_string_equal(d.tables[0].target_name, "orders");
    arena_clear(&a);
}

static void system_columns_are_taken(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    make_database(&a, &d, 1, "ctid int; XMIN int");
    struct ddl_options o = {.types = {.dialect = DIALECT_PG}};
    resolve(&a, &d, &o);
    assert_string_equal(d.tables[0].columns[0].target_name, "ctid_t0");
    assert_string_equal(d.tables[0].columns[1].target_name, "XMIN"); /* quoted, so not the system's */
    o.types.dialect = DIALECT_OG_B;                                  /* columns match without case there */
    resolve(&a, &d, &o);
    assert_string_equal(d.tables[0].columns[1].target_name, "XMIN_t0");
    arena_clear(&a);
}

static void indexes_of_other_tables_are_taken(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    make_database(&a, &d, 2, "id int");
    add_index(&a, &d.tables[0], "k", INDEX_PLAIN, 0);
    add_index(&a, &d.tables[1], "own", INDEX_UNIQUE, 0);
    add_index(&a, &d.tables[1], "PRIMARY", INDEX_PRIMARY, 0);
    static const struct target_index there[] = {{"k", "other"}, {"own", "t1"}, {"t1_pkey", "other"}};
    struct ddl_options o = {.types = {.dialect = DIALECT_OG_B}, .indexes = there, .nindexes = 3};
    resolve(&a, &d, &o);
    assert_string_equal(d.tables[0].indexes[0].target_name, "k_t0");
    assert_string_equal(d.tables[1].indexes[0].target_name, "own");
    assert_string_equal(d.tables[1].indexes[1].target_name, "t1_pkey_t1");
    arena_clear(&a);
}

static void keys_of_a_schema_share_names(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    make_database(&a, &d, 3, "id int");
    for (size_t i = 0; i < 3; i++) {
        add_index(&a, &d.tables[i], "PRIMARY", INDEX_PRIMARY, 0);
        add_index(&a, &d.tables[i], "k", INDEX_PLAIN, 0);
    }
    add_index(&a, &d.tables[0], "t1", INDEX_PLAIN, 0);      /* a table has that name */
    add_index(&a, &d.tables[0], "t2_pkey", INDEX_PLAIN, 0); /* a later table's primary key has it */
    struct ddl_options o = {.types = {.dialect = DIALECT_PG}};
    resolve(&a, &d, &o);
    assert_string_equal(d.tables[0].indexes[0].target_name, "t0_pkey");
    assert_string_equal(d.tables[0].indexes[1].target_name, "k");
    assert_string_equal(d.tables[1].indexes[1].target_name, "k_t1");
    assert_string_equal(d.tables[2].indexes[1].target_name, "k_t2");
    assert_string_equal(d.tables[0].indexes[2].target_name, "t1_t0");
    assert_string_equal(d.tables[0].indexes[3].target_name, "t2_pkey_t0");
    assert_string_equal(d.tables[2].indexes[0].target_name, "t2_pkey");
    arena_clear(&a);
}

static void generated_columns(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    make_database(&a, &d, 1, "v int; plus int; over_plus int; odd int; over_odd int; untold int");
    struct column *c = d.tables[0].columns;
    static const char *const exprs[] = {NULL, "(`v` + 1)", "(`plus` + 1)", "soundex(`v`)", "(`odd` + 1)", NULL};
    for (size_t i = 1; i < 6; i++) {
        c[i].generated = GENERATED_STORED;
        c[i].generation_expr = arena_strdup(&a, exprs[i]);
    }
    struct ddl_options o = {.types = {.dialect = DIALECT_PG}, .server_version = 150000};
    resolve(&a, &d, &o);
    assert_true(c[0].loaded);
    assert_false(c[1].loaded); /* computed */
    assert_true(c[2].loaded);  /* over a computed one: not allowed */
    assert_true(c[3].loaded);  /* cannot be translated */
    assert_false(c[4].loaded); /* over a plain one by now */
    assert_true(c[5].loaded);  /* the source does not tell */
    o.server_version = 110000; /* PostgreSQL 11 has none */
    resolve(&a, &d, &o);
    assert_true(c[1].loaded);
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schema_and_folding),
        cmocka_unit_test(system_columns_are_taken),
        cmocka_unit_test(indexes_of_other_tables_are_taken),
        cmocka_unit_test(keys_of_a_schema_share_names),
        cmocka_unit_test(generated_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
