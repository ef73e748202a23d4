/* Programs: what the parser reads, where it says it failed, how deep it goes. What they mean is tested with servers
 * (tests/scenarios/test_sql.py). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "sql/compat.h"
#include "sql/print.h"
#include "sql/translate.h"

static struct arena a;

static int clear(void **state) {
    (void)state;
    arena_clear(&a);
    return 0;
}

static struct sql_object parsed(const char *text, unsigned lex_flags, bool pipes) {
    struct sql_object o;
    struct err e = ERR_INIT;
    struct sql_program_options options = {.lex_flags = lex_flags, .pipes_as_concat = pipes};
    if (!sql_program_parse(&a, &options, text, strlen(text), &o, &e)) {
        fail_msg("%s: %s", text, e.message);
    }
    return o;
}

static void printed(const char *text, const char *expected) {
    struct sql_object o = parsed(text, 0, false);
    assert_string_equal(sql_print_mysql(&a, &o), expected);
}

static void refused(const char *text, const char *message) {
    struct sql_object o;
    struct err e = ERR_INIT;
    struct sql_program_options options = {0};
    assert_false(sql_program_parse(&a, &options, text, strlen(text), &o, &e));
    assert_int_equal(e.code, ERR_SQL_PARSE);
    if (strstr(e.message, message) == NULL) {
        fail_msg("%s: %s", text, e.message);
    }
}

static void test_queries(void **state) {
    (void)state;
    printed("select a,b from t where x", "SELECT `a`, `b` FROM `t` WHERE `x`");
    printed("(select 1) union all (select 2 limit 1)", "(SELECT 1) UNION ALL (SELECT 2 LIMIT 1)");
    printed("select * from a join b on a.x=b.y, c natural left join d",
            "SELECT * FROM `a` JOIN `b` ON (`a`.`x` = `b`.`y`), `c` NATURAL LEFT JOIN `d`");
    printed("select 1 from ((a join b) join c)", "SELECT 1 FROM ((`a` JOIN `b`) JOIN `c`)");
    printed("select 1 from ((select 1 as x) y join b)", "SELECT 1 FROM ((SELECT 1 AS `x`) AS `y` JOIN `b`)");
    printed("select count(distinct a, b), group_concat(a order by b desc separator '-') from t",
            "SELECT count(DISTINCT `a`, `b`), group_concat(`a` ORDER BY `b` DESC SEPARATOR '-') FROM `t`");
    printed("select a->>'$.b' is not null, a not in (select 1), b <=> null from t",
            "SELECT ((`a` ->> '$.b') IS NOT null), (`a` NOT IN (SELECT 1)), (`b` <=> NULL) FROM `t`");
    printed("with recursive c(n) as (select 1 union all select n+1 from c) select n from c for update skip locked",
            "WITH RECURSIVE `c` (`n`) AS (SELECT 1 UNION ALL SELECT (`n` + 1) FROM `c`) SELECT `n` FROM `c` for update "
            "skip locked");
    printed("select 'it''s', \"a\\\\b\"", "SELECT 'it''s', 'a\\\\b'");
}

static void test_statements(void **state) {
    (void)state;
    printed("insert into t (a) values (1),(default) on duplicate key update a=values(a)+1",
            "INSERT INTO `t` (`a`) VALUES (1), (DEFAULT) ON DUPLICATE KEY UPDATE `a` = (values(`a`) + 1)");
    printed("insert ignore t set a=1", "INSERT IGNORE INTO `t` (`a`) VALUES (1)");
    printed("delete a, b.* from a join b using (x)", "DELETE `a`, `b` FROM `a` JOIN `b` USING (`x`)");
    printed("update t, u set t.a = u.b where t.c = u.c",
            "UPDATE `t`, `u` SET `t`.`a` = `u`.`b` WHERE (`t`.`c` = `u`.`c`)");
    printed("with x as (select 1) delete from t where a in (select * from x)",
            "WITH `x` AS (SELECT 1) DELETE FROM `t` WHERE (`a` IN (SELECT * FROM `x`))");
}

static void test_programs(void **state) {
    (void)state;
    printed("create procedure p(in a int unsigned, out b varchar(5)) begin /* x */ set b = a; end",
            "CREATE PROCEDURE `p`(`a` int unsigned, OUT `b` varchar(5))\nBEGIN\n    -- x\n    SET `b` = `a`;\nEND");
    printed("create definer=`a`@`%` trigger x before insert on t for each row follows y set new.a = 1",
            "CREATE DEFINER=`a`@`%` TRIGGER `x` BEFORE INSERT ON `t` FOR EACH ROW FOLLOWS `y`\nSET new.`a` = 1");
    printed("create event e on schedule every '1:30' hour_minute starts '2030-01-01' disable do delete from t",
            "CREATE EVENT `e` ON SCHEDULE EVERY '1:30' hour_minute STARTS '2030-01-01' DISABLE DO\nDELETE FROM `t`");
    printed("create function f() returns bool begin l: loop leave l; end loop; return exists (select 1); end",
            "CREATE FUNCTION `f`() RETURNS tinyint(1)\nBEGIN\n    `l`: LOOP\n        LEAVE `l`;\n    END LOOP `l`;\n   "
            " RETURN "
            "EXISTS (SELECT 1);\nEND");
}

static void test_modes(void **state) {
    (void)state;
    struct sql_object o = parsed("select \"a\" || 'b'", SQL_LEX_ANSI_QUOTES, true);
    assert_string_equal(sql_print_mysql(&a, &o), "SELECT concat(`a`, 'b')");
    o = parsed("select 'a\\'", SQL_LEX_NO_BACKSLASH_ESCAPES, false);
    assert_string_equal(sql_print_mysql(&a, &o), "SELECT 'a\\\\'");
}

static void test_places(void **state) {
    (void)state;
    refused("select 1 from", "line 1, column 14: a name expected, found the end");
    refused("create procedure p()\nbegin\n  set x = ;\nend", "line 3, column 11");
    refused("create function \xe6\x95\xb0() returns int\nreturn \xe6\x95\xb0 + + )", "line 2, column 14");
    refused("create procedure p() begin if a then end if; end", "a statement expected");
    refused("select 1; select 2", "the end expected");
    refused("create procedure p() l: begin end m", "the label of the beginning expected");
}

static char *repeated(const char *one, size_t n, const char *tail) {
    size_t len = strlen(one);
    char *out = arena_alloc(&a, n * len + strlen(tail) + 1);
    for (size_t i = 0; i < n; i++) {
        memcpy(out + i * len, one, len);
    }
    strcpy(out + n * len, tail);
    return out;
}

static void test_depth(void **state) {
    (void)state;
    refused(repeated("select (", 5000, "1"), "deeper");
    refused(repeated("select * from (", 5000, "select 1"), "deeper");
    refused(repeated("(", 5000, "select 1"), "a statement expected");
    refused(arena_printf(&a, "select %s", repeated("(", 5000, "select 1")), "deeper");
    refused(arena_printf(&a, "create procedure p() %s", repeated("begin ", 5000, "")), "deeper");
    refused(arena_printf(&a, "create procedure p() %s", repeated("if a then ", 5000, "")), "deeper");
    refused(arena_printf(&a, "select * from %s", repeated("(", 5000, "t")), "deeper");
}

/* Functions of the compatibility schema name only functions that come before them. */
static void test_compat(void **state) {
    (void)state;
    assert_null(sql_compat_statements(&a, "nothing"));
    for (size_t i = 0; i < sql_compat_count(); i++) {
        const char **s = sql_compat_statements(&a, sql_compat_name(i));
        assert_non_null(s);
        assert_non_null(s[0]);
        size_t n = 0;
        while (s[n + 1] != NULL) {
            n++;
        }
        assert_non_null(strstr(s[n], arena_printf(&a, "FUNCTION " SQL_COMPAT_SCHEMA ".%s(", sql_compat_name(i))));
    }
}

/* openGauss is to have what they call; those of JSON are not used there. A bare numeric has ten digits in a B database. */
static void test_compat_of_opengauss(void **state) {
    (void)state;
    static const char *const lacking[] = {"make_date(", "make_time(", "make_timestamp(", "array_position(",
                                          "sha256(",    "::numeric)", "::numeric:",      " numeric := 0"};
    for (size_t i = 0; i < sql_compat_count(); i++) {
        const char **statements = sql_compat_statements(&a, sql_compat_name(i));
        for (; !str_starts(sql_compat_name(i), "json_") && *statements != NULL; statements++) {
            for (size_t k = 0; k < sizeof lacking / sizeof lacking[0]; k++) {
                if (strstr(*statements, lacking[k]) != NULL) {
                    fail_msg("%s: %s", sql_compat_name(i), lacking[k]);
                }
            }
        }
    }
}

/* A view's column is what the catalog tells of a TIME. */
static void test_time_of_a_view(void **state) {
    (void)state;
    struct sql_object o = parsed("create view v as select sec_to_time(5) as t", 0, false);
    struct sql_catalog k = {.schema = "s"};
    for (int interval = 0; interval < 2; interval++) {
        struct sql_translate_options options = {.dialect = DIALECT_PG, .catalog = &k, .time_as_interval = interval};
        struct sql_translation t;
        struct err e = ERR_INIT;
        assert_true(sql_translate(&a, &options, &o, &t, &e));
        assert_int_equal(strstr(t.statements[0], "interval_time(") == NULL, interval);
    }
}

static void test_refusal_has_a_place(void **state) {
    (void)state;
    struct sql_object o =
        parsed("create procedure p()\nbegin\n  select 1;\n  select match (a) against ('x');\nend", 0, false);
    struct sql_catalog k = {.schema = "s"};
    struct sql_translate_options options = {.dialect = DIALECT_PG, .catalog = &k};
    struct sql_translation t;
    struct err e = ERR_INIT;
    assert_false(sql_translate(&a, &options, &o, &t, &e));
    assert_int_equal(e.code, ERR_SQL_CARRY);
    assert_non_null(strstr(e.message, "line 4, column 10: MATCH .. AGAINST"));
    assert_non_null(strstr(e.hint, "to_tsvector"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_queries, clear),
        cmocka_unit_test_teardown(test_statements, clear),
        cmocka_unit_test_teardown(test_programs, clear),
        cmocka_unit_test_teardown(test_modes, clear),
        cmocka_unit_test_teardown(test_places, clear),
        cmocka_unit_test_teardown(test_depth, clear),
        cmocka_unit_test_teardown(test_compat, clear),
        cmocka_unit_test_teardown(test_compat_of_opengauss, clear),
        cmocka_unit_test_teardown(test_time_of_a_view, clear),
        cmocka_unit_test_teardown(test_refusal_has_a_place, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
