/* Dialects and sessions, with the answers the real servers gave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/str.h"
#include "fake.h"
#include "gauss/identify.h"

#define OG                                                                                                             \
    "(openGauss 7.0.0-RC2 build ad095779) compiled at 2026-11-22 20:18:22 commit 0 last mr  release on "               \
    "x86_64-linux-gnu"
#define PG "PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc"
#define B_MODE                                                                                                         \
    "sql_mode_strict,sql_mode_full_group,pipes_as_concat,ansi_quotes,no_zero_date,pad_char_to_full_length,auto_"       \
    "recompile_function,"                                                                                              \
    "error_for_division_by_zero"

static void test_dialects(void **state) {
    (void)state;
    static const struct {
        const char *cells[6];
        enum dialect dialect;
        enum err_code code;
        const char *opengauss_version;
    } cases[] = {
        {{OG, "90204", "B", "5.1", "xb", "dev"}, DIALECT_OG_B, ERR_NONE, "7.0.0-RC2"},
        {{OG, "90204", "PG", NULL, "xpg", "dev"}, DIALECT_OG_PG, ERR_NONE, "7.0.0-RC2"},
        {{OG, "90204", "A", NULL, "xa", "dev"}, DIALECT_OG_A, ERR_NONE, "7.0.0-RC2"},
        {{OG, "90204", "B", NULL, "xb", "dev"}, DIALECT_OG_PG, ERR_NONE, "7.0.0-RC2"}, /* no plugin: PG's types */
        {{"PostgreSQL 9.2.4 (openGauss 2.1.0 build 590b0f8e) compiled", "90204", "A", NULL, "x", "u"},
         DIALECT_OG_A,
         ERR_NONE,
         "2.1.0"},
        {{"(Other 3 build 1)", "90204", "PG", NULL, "x", "u"}, DIALECT_OG_PG, ERR_NONE, ""}, /* of openGauss's family */
        {{PG, "150018", NULL, NULL, "postgres", "u"}, DIALECT_PG, ERR_NONE, ""},
        {{OG, "90204", "C", NULL, "x", "u"}, DIALECT_PG, ERR_TARGET_DATABASE, NULL},
        {{OG, "90204", "D", NULL, "x", "u"}, DIALECT_PG, ERR_TARGET_DATABASE, NULL},
        {{OG, "90204", NULL, NULL, "x", "u"}, DIALECT_PG, ERR_TARGET_DATABASE, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake f;
        struct arena a = ARENA_INIT;
        struct gauss_identity id;
        struct err e = ERR_INIT;
        fake_open(&f);
        fake_say_result(&f, 6, 1, cases[i].cells);
        assert_int_equal(gauss_identify(f.c, &a, &id, &e), cases[i].code == ERR_NONE);
        assert_int_equal(e.code, cases[i].code);
        if (e.code == ERR_NONE) {
            assert_int_equal(id.dialect, cases[i].dialect);
            assert_string_equal(id.opengauss_version, cases[i].opengauss_version);
            assert_string_equal(id.version_text, cases[i].cells[0]);
            assert_int_equal(id.version, strtoul(cases[i].cells[1], NULL, 10));
            assert_string_equal(id.database, cases[i].cells[4]);
        }
        assert_true(gauss_usable(f.c));
        arena_clear(&a);
        fake_close(&f);
    }
}

static void test_lists(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    assert_string_equal(gauss_list_with(&a, "", "x"), "x");
    assert_string_equal(gauss_list_with(&a, " ", "x"), "x");
    assert_string_equal(gauss_list_with(&a, "a,b", "x"), "a,b,x");
    assert_string_equal(gauss_list_with(&a, "a, X ,b", "x"), "a, X ,b");
    assert_string_equal(gauss_list_with(&a, "xx,ax", "x"), "xx,ax,x");
    assert_string_equal(gauss_list_without(&a, "", "x"), "");
    assert_string_equal(gauss_list_without(&a, "x", "x"), "");
    assert_string_equal(gauss_list_without(&a, "x,a, x ,,b,xx", "x"), "a,b,xx");
    assert_string_equal(gauss_list_without(&a, "a , b", "x"), "a,b");
    arena_clear(&a);
}

static void say_set(struct fake *f) {
    fake_say_tag(f, "SET");
    fake_say_ready(f, 'I');
}

/* Everything sent for a session, the answers to the one question about `setting` in between. */
static char *sent_for(struct arena *a, enum dialect d, enum gauss_role role, const char *setting) {
    struct fake f;
    struct err e = ERR_INIT;
    fake_open(&f);
    /* the common settings and keepalives; load: synchronous_commit; openGauss: session_timeout; load into B: foreign_key_checks */
    int before =
        2 + (role == GAUSS_ROLE_LOAD) + dialect_is_opengauss(d) + (d == DIALECT_OG_B && role == GAUSS_ROLE_LOAD);
    for (int i = 0; i < before; i++) {
        say_set(&f);
    }
    if (setting != NULL) {
        fake_say_result(&f, 1, 1, &setting);
        say_set(&f);
    }
    if (!gauss_session_setup(f.c, d, role, &e)) {
        err_print(&e, stderr);
        fail();
    }
    fake_hear(&f);
    char *all = arena_strdup(a, "");
    const char *sql;
    for (size_t i = 0; (sql = fake_query(&f, i)) != NULL; i++) {
        all = arena_printf(a, "%s%s\n", all, sql);
    }
    fake_close(&f);
    return all;
}

static void assert_has(const char *all, const char *what, bool has) {
    if ((strstr(all, what) != NULL) != has) {
        fail_msg("%s %s in:\n%s", what, has ? "is missing" : "should not be", all);
    }
}

static void test_session_postgresql(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    char *load = sent_for(&a, DIALECT_PG, GAUSS_ROLE_LOAD, NULL),
         *read = sent_for(&a, DIALECT_PG, GAUSS_ROLE_READ, NULL);
    static const char *const always[] = {"SET extra_float_digits = 3;",
                                         "SET timezone = 'UTC';",
                                         "SET datestyle = 'ISO, YMD';",
                                         "SET statement_timeout = 0;",
                                         "SET bytea_output = 'hex';",
                                         "SET client_min_messages = warning",
                                         "SET standard_conforming_strings = on;",
                                         "SET tcp_keepalives_idle = 60;"};
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
        assert_has(load, always[i], true);
        assert_has(read, always[i], true);
    }
    assert_has(load, "SET synchronous_commit = off", true);
    assert_has(read, "synchronous_commit", false);
    static const char *const never[] = {"session_timeout = 0\n", "foreign_key_checks", "behavior_compat_options",
                                        "dolphin", "replication_role"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        assert_has(load, never[i], false);
    }
    arena_clear(&a);
}

static void test_session_opengauss(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    char *load = sent_for(&a, DIALECT_OG_A, GAUSS_ROLE_LOAD, "");
    assert_has(load, "SET behavior_compat_options = 'display_leading_zero'\n", true);
    assert_has(load, "SET session_timeout = 0\n", true);
    assert_has(load, "foreign_key_checks", false); /* only some statements mind it */
    assert_has(load, "dolphin", false);
    char *read = sent_for(&a, DIALECT_OG_PG, GAUSS_ROLE_READ, "convert_string_digit_to_numeric,end_month_calculate");
    assert_has(
        read,
        "SET behavior_compat_options = 'convert_string_digit_to_numeric,end_month_calculate,display_leading_zero'\n",
        true);
    assert_has(read, "foreign_key_checks", false);
    arena_clear(&a);
}

static void test_session_b(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    static const char kept[] = "'sql_mode_strict,sql_mode_full_group,pipes_as_concat,ansi_quotes,auto_recompile_"
                               "function,error_for_division_by_zero";
    char *load = sent_for(&a, DIALECT_OG_B, GAUSS_ROLE_LOAD, B_MODE);
    assert_has(load, arena_printf(&a, "SET dolphin.sql_mode = %s,no_auto_value_on_zero'\n", kept), true);
    assert_has(load, "behavior_compat_options", false);
    assert_has(load, "SET foreign_key_checks = off\n", true);
    assert_has(sent_for(&a, DIALECT_OG_B, GAUSS_ROLE_INDEX, B_MODE), "no_auto_value_on_zero", true);
    /* statements that leave the column out would store 0 */
    assert_has(sent_for(&a, DIALECT_OG_B, GAUSS_ROLE_DDL, B_MODE),
               arena_printf(&a, "SET dolphin.sql_mode = %s'\n", kept), true);
    /* a database set to something else still gets what correctness needs */
    assert_has(sent_for(&a, DIALECT_OG_B, GAUSS_ROLE_READ, "no_auto_value_on_zero"),
               "SET dolphin.sql_mode = 'sql_mode_strict,ansi_quotes,pipes_as_concat'\n", true);
    arena_clear(&a);
}

static void say_refused(struct fake *f, bool refused) {
    if (refused) {
        FAKE_ERROR(f, "SERROR\0C42501\0Mpermission denied to set parameter\0");
        fake_say_ready(f, 'I');
    } else {
        say_set(f);
    }
}

/* Does it leave checks alone, and by what: the last statement. */
static const char *left_by(struct arena *a, enum dialect d, bool administrator, bool has_setting, bool *left) {
    struct fake f;
    struct err e = ERR_INIT;
    const char *last = "", *sql;
    fake_open(&f);
    say_refused(&f, !administrator);
    if (!administrator && d == DIALECT_OG_B) {
        say_refused(&f, !has_setting);
    }
    assert_true(gauss_leave_checks(f.c, d, left, &e));
    fake_hear(&f);
    for (size_t i = 0; (sql = fake_query(&f, i)) != NULL; i++) {
        last = arena_strdup(a, sql);
    }
    fake_close(&f);
    return last;
}

static void test_leave_checks(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    static const char by_role[] = "SET session_replication_role = replica",
                      by_setting[] = "SET foreign_key_checks = off";
    static const struct {
        enum dialect d;
        bool administrator, has_setting, left;
        const char *by;
    } cases[] = {
        {DIALECT_PG, true, false, true, by_role},        {DIALECT_PG, false, false, false, by_role},
        {DIALECT_OG_B, true, true, true, by_role},       {DIALECT_OG_B, false, true, true, by_setting},
        {DIALECT_OG_B, false, false, false, by_setting}, {DIALECT_OG_A, false, true, false, by_role},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool left;
        assert_string_equal(left_by(&a, cases[i].d, cases[i].administrator, cases[i].has_setting, &left), cases[i].by);
        assert_int_equal(left, cases[i].left);
    }
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialects),           cmocka_unit_test(test_lists),
        cmocka_unit_test(test_session_postgresql), cmocka_unit_test(test_session_opengauss),
        cmocka_unit_test(test_session_b),          cmocka_unit_test(test_leave_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
