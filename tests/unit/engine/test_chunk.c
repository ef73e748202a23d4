/* Chunk bounds as SQL and as stored text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/chunk.h"

struct fixture {
    struct arena arena;
    struct table table;
    struct column columns[3];
    struct index key;
    struct index_part parts[2];
};

static int setup(void **state) {
    static struct fixture f;
    f = (struct fixture){0};
    f.columns[0] = (struct column){.name = "a`b", .type = {.kind = MYT_INT}, .loaded = true};
    f.columns[1] = (struct column){.name = "s", .type = {.kind = MYT_VARCHAR, .charset = "utf8mb4"}, .loaded = true};
    f.columns[2] = (struct column){.name = "g", .type = {.kind = MYT_INT}, .loaded = false};
    f.parts[0].column = &f.columns[0];
    f.parts[1].column = &f.columns[1];
    f.key = (struct index){.name = "PRIMARY", .kind = INDEX_PRIMARY, .parts = f.parts, .nparts = 2};
    f.table = (struct table){
        .schema = "d", .name = "t", .columns = f.columns, .ncolumns = 3, .indexes = &f.key, .nindexes = 1};
    *state = &f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    arena_clear(&f->arena);
    return 0;
}

static void test_where_of_whole_table_is_empty(void **state) {
    struct fixture *f = *state;
    struct chunk c = {0};
    assert_string_equal(chunk_where(&f->arena, &f->table, &c), "");
    assert_string_equal(chunk_select(&f->arena, &f->table, &c), "SELECT `a``b`, `s` FROM `d`.`t`");
}

static void test_where_of_one_column(void **state) {
    struct fixture *f = *state;
    char *lower[] = {"10"}, *upper[] = {"20"};
    struct chunk c = {.nbounds = 1, .lower = lower, .upper = upper};
    assert_string_equal(chunk_where(&f->arena, &f->table, &c), "(`a``b` >= 10) AND (`a``b` < 20)");
    assert_string_equal(
        chunk_select(&f->arena, &f->table, &c),
        "SELECT `a``b`, `s` FROM `d`.`t` FORCE INDEX (`PRIMARY`) WHERE (`a``b` >= 10) AND (`a``b` < 20)");
}

static void test_where_of_two_columns(void **state) {
    struct fixture *f = *state;
    char *lower[] = {"10", "'x'"}, *upper[] = {"20", "'y'"};
    struct chunk c = {.nbounds = 2, .lower = lower, .upper = upper};
    assert_string_equal(chunk_where(&f->arena, &f->table, &c), "(`a``b` >= 10 AND (`a``b` > 10 OR (`s` >= 'x'))) AND "
                                                               "(`a``b` <= 20 AND (`a``b` < 20 OR (`s` < 'y')))");
}

static void test_partition(void **state) {
    struct fixture *f = *state;
    struct chunk c = {.partition = "p`0"};
    assert_string_equal(chunk_select(&f->arena, &f->table, &c), "SELECT `a``b`, `s` FROM `d`.`t` PARTITION (`p``0`)");
}

static void test_literals(void **state) {
    struct fixture *f = *state;
    assert_string_equal(chunk_literal(&f->arena, &f->columns[0], "-5", 2), "-5");
    assert_string_equal(chunk_literal(&f->arena, &f->columns[1], "plain", 5), "'plain'");
    assert_string_equal(chunk_literal(&f->arena, &f->columns[1], "it's", 4), "_utf8mb4 x'69742773'");
    assert_string_equal(chunk_literal(&f->arena, &f->columns[1], "\xe4\xb8\xad", 3), "_utf8mb4 x'e4b8ad'");
    assert_string_equal(chunk_literal(&f->arena, &f->columns[1], "", 0), "''");
    struct column binary = {.type = {.kind = MYT_VARBINARY}};
    assert_string_equal(chunk_literal(&f->arena, &binary, "\0\xff", 2), "x'00ff'");
}

static void test_bounds_survive_storage(void **state) {
    struct fixture *f = *state;
    char *bounds[] = {"10", "_utf8mb4 x'e4b8ad'"}, **back = NULL;
    size_t n = 0;
    assert_true(chunk_bounds_parse(&f->arena, chunk_bounds_text(&f->arena, bounds, 2), &back, &n));
    assert_int_equal(n, 2);
    assert_string_equal(back[0], bounds[0]);
    assert_string_equal(back[1], bounds[1]);
    assert_string_equal(chunk_bounds_text(&f->arena, NULL, 2), "");
    assert_true(chunk_bounds_parse(&f->arena, "", &back, &n));
    assert_null(back);
    assert_false(chunk_bounds_parse(&f->arena, "[1", &back, &n));
    assert_false(chunk_bounds_parse(&f->arena, "[1]", &back, &n));
    assert_false(chunk_bounds_parse(&f->arena, "{}", &back, &n));
}

static void test_key_stops_at_columns_that_cannot_bound(void **state) {
    struct fixture *f = *state;
    assert_int_equal(chunk_key_of(&f->table).n, 2);
    f->columns[1].type.kind = MYT_ENUM;
    assert_int_equal(chunk_key_of(&f->table).n, 1);
    f->columns[0].type.kind = MYT_DOUBLE;
    assert_int_equal(chunk_key_of(&f->table).n, 0);
    f->table.nindexes = 0;
    assert_int_equal(chunk_key_of(&f->table).n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_where_of_whole_table_is_empty, setup, teardown),
        cmocka_unit_test_setup_teardown(test_where_of_one_column, setup, teardown),
        cmocka_unit_test_setup_teardown(test_where_of_two_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_partition, setup, teardown),
        cmocka_unit_test_setup_teardown(test_literals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bounds_survive_storage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_key_stops_at_columns_that_cannot_bound, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
