/* The translator's promises that are not about single texts: limits, sticky reasons, columns, results. The texts are in
 * tests/golden/expr, the values in tests/scenarios/test_expr_semantics.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "sql/expr.h"

static const struct mytype int_type = {.kind = MYT_INT, .base = "int", .full = "int", .scale = -1};
static struct target_type int_target = {.kind = TK_INT4, .ddl = (char[]){"integer"}};
static const struct mytype bool_type = {.kind = MYT_TINYINT, .base = "tinyint", .full = "tinyint(1)", .scale = -1};
static struct target_type bool_target = {.kind = TK_BOOL, .ddl = (char[]){"boolean"}};
static const struct mytype text_type = {.kind = MYT_VARCHAR,
                                        .base = "varchar",
                                        .full = "varchar(40)",
                                        .charset = "utf8mb4",
                                        .collation = "utf8mb4_bin",
                                        .length_chars = 40,
                                        .scale = -1};
static struct target_type text_target = {.kind = TK_TEXT, .ddl = (char[]){"varchar(40)"}};
static const struct mytype enum_type = {.kind = MYT_ENUM,
                                        .base = "enum",
                                        .full = "enum('a','b')",
                                        .labels = (const char *[]){"a", "b"},
                                        .nlabels = 2,
                                        .scale = -1};
static struct target_type enum_target = {.kind = TK_TEXT, .ddl = (char[]){"mood"}, .enum_type = true};
static const struct mytype time_type = {.kind = MYT_TIME, .base = "time", .full = "time", .scale = -1};
static struct target_type interval_target = {.kind = TK_INTERVAL, .ddl = (char[]){"interval(0)"}};

static const struct sql_column columns[] = {
    {"a", "Renamed \"x\"", &int_type, &int_target}, {"flag", "flag", &bool_type, &bool_target},
    {"s", "s", &text_type, &text_target},           {"e", "e", &enum_type, &enum_target},
    {"t", "t", &time_type, &interval_target},
};

static struct sql_expr_options options(enum dialect d) {
    return (struct sql_expr_options){.dialect = d, .columns = columns, .ncolumns = sizeof columns / sizeof columns[0]};
}

static void check(const struct sql_expr_options *o, const char *expr, const char *expected) {
    struct arena a = ARENA_INIT;
    char *out, *why;
    bool ok = sql_expr_translate(&a, o, expr, &out, &why);
    assert_true(ok ? out != NULL && why == NULL : out == NULL && why != NULL);
    const char *got = ok ? out : arena_printf(&a, "! %s", why);
    if (strcmp(got, expected) != 0) {
        fail_msg("%s\n  expected %s\n  got      %s", expr, expected, got);
    }
    arena_clear(&a);
}

static void names_are_the_targets(void **state) {
    (void)state;
    struct sql_expr_options o = options(DIALECT_PG), b = options(DIALECT_OG_B);
    check(&o, "`a`", "\"Renamed \"\"x\"\"\"");
    check(&b, "`a`", "\"Renamed \"\"x\"\"\"");
    check(&o, "`A` > 0", "(\"Renamed \"\"x\"\"\" > 0)::int");
    check(&o, "nothere", "! the column nothere, which is not known here");
}

/* A column held as boolean: MySQL's 1 and 0. */
static void booleans(void **state) {
    (void)state;
    struct sql_expr_options o = options(DIALECT_PG);
    check(&o, "`flag` + 1", "\"flag\"::int::bigint + 1");
    o.want_boolean = true;
    check(&o, "`flag` = 1", "\"flag\"");
    check(&o, "`flag` = 0", "NOT \"flag\"");
    check(&o, "`flag`", "\"flag\"");
    check(&o, "`a`", "\"Renamed \"\"x\"\"\" <> 0");
    check(&o, "5", "TRUE");
    check(&o, "0", "FALSE");
}

static void native_enums(void **state) {
    (void)state;
    struct sql_expr_options o = options(DIALECT_PG);
    o.want_boolean = true;
    check(&o, "`e` = 'B'", "\"e\" = 'b'");
    check(&o, "`e` in ('a','b')", "\"e\" IN ('a', 'b')");
    check(&o, "`e` = 'c'", "! a comparison of an ENUM column with 'c', which is none of its labels");
    o.want_boolean = false;
    check(&o, "concat(`e`, '!')", "\"e\"::text || '!'");
    o.must_be_immutable = true;
    check(
        &o, "concat(`e`, '!')",
        "! an enum turned into text: its result is not immutable in the target, as generated columns and indexes need");
}

static void times_as_intervals(void **state) {
    (void)state;
    struct sql_expr_options o = options(DIALECT_PG);
    o.want_boolean = true;
    check(&o, "`t` > '100:00:00'", "\"t\" > INTERVAL '100:00:00'");
    check(&o, "`t` > '-01:00'", "\"t\" > INTERVAL '-01:00:00'");
    check(&o, "`t` > time'10:00:00'", "\"t\" > INTERVAL '10:00:00'");
    check(&o, "hour(`t`) > 5", "floor(abs(extract(hour FROM \"t\")))::int > 5");
}

static void an_a_database_has_no_empty_text(void **state) {
    (void)state;
    struct sql_expr_options o = options(DIALECT_OG_A);
    check(&o, "ifnull(`s`, '')", "! an empty string, which an A database takes for NULL");
    check(&o, "concat(`s`, 'x')", "! CONCAT: an A database takes NULL and '' for the same value");
}

static void strings_that_cannot_be_written(void **state) {
    (void)state;
    struct sql_expr_options o = options(DIALECT_PG);
    check(&o, "'a\\0b'", "! a string with a NUL character");
    check(&o, "'\xff'", "! a string that is not UTF-8");
    check(&o, "_latin1'\xc3\xa9'", "! a string in character set latin1");
    check(&o, "_latin1'abc'", "'abc'");
}

/* Conversions that repeat their operand multiply; the growth is stopped, not the program. */
static void growth_is_bounded(void **state) {
    (void)state;
    struct sql_expr_options o = options(DIALECT_PG);
    struct arena a = ARENA_INIT;
    char *text = arena_alloc(&a, 10000), *w = text, *out, *why;
    for (int i = 0; i < 60; i++) {
        w = stpcpy(w, "greatest(`a`, ");
    }
    w = stpcpy(w, "1");
    for (int i = 0; i < 60; i++) {
        w = stpcpy(w, ")");
    }
    assert_false(sql_expr_translate(&a, &o, text, &out, &why));
    assert_string_equal(why, "the translation grows beyond 4194304 bytes");
    o.dialect = DIALECT_OG_B;
    assert_false(sql_expr_translate(&a, &o, text, &out, &why));
    assert_true(a.used_bytes < 64u << 20);
    arena_clear(&a);
}

static void long_texts_are_refused(void **state) {
    (void)state;
    struct sql_expr_options o = options(DIALECT_PG);
    struct arena a = ARENA_INIT;
    char *text = arena_alloc(&a, 400000), *out, *why;
    memset(text, ' ', 399999);
    text[0] = '1';
    assert_false(sql_expr_translate(&a, &o, text, &out, &why));
    assert_string_equal(why, "the expression is longer than 262144 bytes");
    arena_clear(&a);
}

/* What must not be computed twice is not written twice. */
static void random_values_stay_single(void **state) {
    (void)state;
    struct sql_expr_options o = options(DIALECT_PG);
    check(&o, "rand() * 10", "random() * 10");
    check(&o, "if(rand() > 0.5, 1, 0)", "CASE WHEN random() > 0.5 THEN 1 ELSE 0 END");
    check(&o, "greatest(rand(), 0.5)", "! a random value used where the translation would compute it twice");
    check(&o, "nullif(uuid(), 'x')", "! a random value used where the translation would compute it twice");
    check(&o, "left(uuid(), 8)", "left(gen_random_uuid()::text, 8)");
}

/* The fuzzer found values without a text behind a refusal, looked at by what uses them. */
static void refusals_inside_conversions(void **state) {
    (void)state;
    static const char immutable[] = "DATE_FORMAT with names or 12 hour times: its result is not immutable in the "
                                    "target, as generated columns and indexes need";
    struct arena a = ARENA_INIT;
    struct sql_expr_options o = options(DIALECT_PG);
    const char *expected = arena_printf(&a, "! %s", immutable);
    o.must_be_immutable = true;
    for (int boolean = 0; boolean < 2; boolean++) {
        o.want_boolean = boolean == 1;
        check(&o, "date_format('2024-01-01', '%W')", expected);
        check(&o, "date_format('2024-01-01', '%W') + 1", expected);
        check(&o, "date_format('2024-01-01', '%W') = 'x'", expected);
        check(&o, "date_format('2024-01-01', '%W') like 'x'", expected);
        check(&o, "upper(date_format('2024-01-01', '%W'))", expected);
        check(&o, "locate(date_format('2024-01-01', '%W'), `s`)", expected);
        check(&o, "cast(date_format('2024-01-01', '%W') as signed)", expected);
        check(&o, "`a` in (date_format('2024-01-01', '%W'), 2)", expected);
        check(&o, "case date_format('2024-01-01', '%W') when 1 then 2 end", expected);
        check(&o, "now() + interval 1 day",
              "! the current time: its result is not immutable in the target, as generated columns and indexes need");
    }
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_the_targets),
        cmocka_unit_test(booleans),
        cmocka_unit_test(native_enums),
        cmocka_unit_test(times_as_intervals),
        cmocka_unit_test(an_a_database_has_no_empty_text),
        cmocka_unit_test(strings_that_cannot_be_written),
        cmocka_unit_test(growth_is_bounded),
        cmocka_unit_test(long_texts_are_refused),
        cmocka_unit_test(random_values_stay_single),
        cmocka_unit_test(refusals_inside_conversions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
