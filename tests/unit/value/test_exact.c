/* Which conditions find a row by its values: as wide as "=" only where "=" is exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "value/exact.h"

static void expect(enum dialect d, const char *type, const char *value, const char *condition) {
    struct arena a = ARENA_INIT;
    assert_string_equal(exact_equals(&a, d, type, "c", value), condition);
    arena_clear(&a);
}

static void where_equal_is_exact(void **state) {
    (void)state;
    expect(DIALECT_PG, "character varying(20)", "$1", "c = $1");
    expect(DIALECT_PG, "char(20)", "'x'", "c = 'x'");
    expect(DIALECT_OG_PG, "text", "$1", "c = $1");
    expect(DIALECT_OG_B, "numeric(20,0)", "$1", "c = $1");
    expect(DIALECT_OG_B, "t_state_2200_anonymous_enum_1", "$1", "c = $1");
    expect(DIALECT_OG_B, "characteristic", "$1", "c = $1");
}

static void where_it_is_not(void **state) {
    (void)state;
    expect(DIALECT_PG, "json", "$2", "c::text = $2::text");
    expect(DIALECT_PG, "jsonb", "$2", "c = $2");
    expect(DIALECT_PG, "citext", "'a'", "c::text = 'a'::text");
    expect(DIALECT_OG_B, "varchar(5)", "'a '", "c = 'a ' AND md5(c::text) = md5('a '::text)");
    expect(DIALECT_OG_B, "character varying(5)", "$1", "c = $1 AND md5(c::text) = md5($1::text)");
    expect(DIALECT_OG_B, "char(5)", "$1", "c = $1 AND md5(rtrim(c::text)) = md5(rtrim($1::text))");
    expect(DIALECT_OG_B, "character(5)", "$1", "c = $1 AND md5(rtrim(c::text)) = md5(rtrim($1::text))");
}

static void null(void **state) {
    (void)state;
    expect(DIALECT_PG, "text", NULL, "c IS NULL");
    expect(DIALECT_OG_B, "text", NULL, "c IS NULL");
    expect(DIALECT_OG_A, "integer", NULL, "c IS NULL");
    expect(DIALECT_OG_A, "varchar(5)", NULL, "coalesce(length(c), 0) = 0"); /* '' may have come in binary */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_equal_is_exact),
        cmocka_unit_test(where_it_is_not),
        cmocka_unit_test(null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
