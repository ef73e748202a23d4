/* Partition functions turned into ranges of their column: the calendar, names, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build.h"
#include "schema/ddl_partition_internal.h"

static const char *bound(struct arena *a, enum monotone m, enum target_kind kind, const char *number) {
    struct column c = {.target = {.kind = kind}};
    bool max;
    char *s = partition_bound(a, m, &c, number, &max);
    return max ? "MAX" : s == NULL ? "NONE" : s;
}

/* The numbers are MySQL's own answers for TO_DAYS, TO_SECONDS and UNIX_TIMESTAMP. */
static void calendar(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    static const struct {
        enum monotone m;
        enum target_kind kind;
        const char *number, *text;
    } cases[] = {
        {MONOTONE_YEAR, TK_DATE, "2000", "'2000-01-01'"},
        {MONOTONE_YEAR, TK_TIMESTAMP, "987", "'0987-01-01 00:00:00'"},
        {MONOTONE_YEAR, TK_DATE, "0", "NONE"},
        {MONOTONE_YEAR, TK_DATE, "10000", "MAX"},
        {MONOTONE_TO_DAYS, TK_DATE, "719528", "'1970-01-01'"},
        {MONOTONE_TO_DAYS, TK_DATE, "366", "'0001-01-01'"},
        {MONOTONE_TO_DAYS, TK_DATE, "365", "NONE"},
        {MONOTONE_TO_DAYS, TK_DATE, "737849", "'2020-02-29'"},
        {MONOTONE_TO_DAYS, TK_DATE, "737850", "'2020-03-01'"},
        {MONOTONE_TO_DAYS, TK_DATE, "694019", "'1900-02-28'"},
        {MONOTONE_TO_DAYS, TK_DATE, "694020", "'1900-03-01'"}, /* 1900 was no leap year */
        {MONOTONE_TO_DAYS, TK_TIMESTAMP, "738000", "'2020-07-29 00:00:00'"},
        {MONOTONE_TO_DAYS, TK_DATE, "3652424", "'9999-12-31'"},
        {MONOTONE_TO_DAYS, TK_DATE, "3652425", "MAX"},
        {MONOTONE_TO_SECONDS, TK_TIMESTAMP, "63763200061", "'2020-07-29 00:01:01'"},
        {MONOTONE_TO_SECONDS, TK_DATE, "63763200000", "'2020-07-29'"},
        {MONOTONE_TO_SECONDS, TK_DATE, "63763200001", "'2020-07-30'"}, /* the first date at or above */
        {MONOTONE_UNIX_TIMESTAMP, TK_TIMESTAMPTZ, "0", "'1970-01-01 00:00:00+00'"},
        {MONOTONE_UNIX_TIMESTAMP, TK_TIMESTAMPTZ, "1609459199", "'2020-12-31 23:59:59+00'"},
        {MONOTONE_UNIX_TIMESTAMP, TK_TIMESTAMPTZ, "-1", "NONE"},
        {MONOTONE_YEAR, TK_DATE, "'2000'", "NONE"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(bound(&a, cases[i].m, cases[i].kind, cases[i].number), cases[i].text);
    }
    arena_clear(&a);
}

static void resolved(struct arena *a, struct database *d, const char *columns) {
    make_database(a, d, 1, columns);
    struct ddl_options o = {.types = {.dialect = DIALECT_PG}};
    struct err e = ERR_INIT;
    assert_true(schema_resolve(a, d, &o, &e));
}

static void functions(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    resolved(&a, &d, "d date; ts timestamp; dt datetime; v int; odd,name date");
    const struct table *t = &d.tables[0];
    const struct column *c;
    assert_int_equal(partition_monotone(&a, t, "year(`d`)", &c), MONOTONE_YEAR);
    assert_string_equal(c->name, "d");
    assert_int_equal(partition_monotone(&a, t, "(TO_DAYS( dt ))", &c), MONOTONE_TO_DAYS);
    assert_int_equal(partition_monotone(&a, t, "unix_timestamp(`ts`)", &c), MONOTONE_UNIX_TIMESTAMP);
    assert_int_equal(partition_monotone(&a, t, "year(`odd,name`)", &c), MONOTONE_YEAR);
    static const char *const none[] = {"`v`",
                                       "month(`d`)",
                                       "year(`d`) + 1",
                                       "year(`nope`)",
                                       "unix_timestamp(`d`)",
                                       "year(`v`)",
                                       "yearweek(`d`)",
                                       "year(`d`) * 100 + month(`d`)",
                                       "",
                                       "year",
                                       "year("};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_int_equal(partition_monotone(&a, t, none[i], &c), MONOTONE_NONE);
    }
    arena_clear(&a);
}

static void column_lists(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    resolved(&a, &d, "a int; b,c int; d`e int");
    const struct table *t = &d.tables[0];
    size_t n;
    const struct column **c = partition_columns(&a, t, "`a`,`b,c`, `d``e`", &n);
    assert_non_null(c);
    assert_int_equal(n, 3);
    assert_string_equal(c[2]->name, "d`e");
    static const char *const bad[] = {"", "`a`,", "`a` `b`", "`x`", "`a", "`a`+1", "`a`,`a`,`a`,`a`", "1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(partition_columns(&a, t, bad[i], &n));
    }
    assert_string_equal(partition_column(&a, t, "((`a`))")->name, "a");
    assert_null(partition_column(&a, t, "(`a`) + (`a`)"));
    assert_null(partition_column(&a, t, "`a`,`b,c`"));
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(calendar), cmocka_unit_test(functions),
                                       cmocka_unit_test(column_lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
