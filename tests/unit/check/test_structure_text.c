/* Texts of a target's catalog: spelled as PostgreSQL 15 and openGauss (B unless said otherwise) print them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/structure_text.h"

struct text_case {
    const char *text, *wanted;
};

typedef const char *text_function(struct arena *a, const char *text);

#define CASES(list) (list), sizeof(list) / sizeof(list)[0]

/* Each text in memory of exactly its size: one byte read too far is seen by the sanitizer. */
static void all_become(text_function *f, const struct text_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct arena a = ARENA_INIT;
        char *exact = strdup(cases[i].text);
        assert_non_null(exact);
        assert_string_equal(f(&a, exact), cases[i].wanted);
        free(exact);
        arena_clear(&a);
    }
}

/* ---- replacing ---- */

static void every_occurrence_is_replaced(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    assert_null(structure_replace(&a, NULL, "x", "y"));
    assert_string_equal(structure_replace(&a, "", "x", "y"), "");
    static const char same[] = "nothing of it";
    assert_ptr_equal(structure_replace(&a, same, "godwit_check_00c0ffee", "shop"), same);
    assert_string_equal(
        structure_replace(&a, "FOREIGN KEY (a) REFERENCES godwit_check_00c0ffee.p(id), godwit_check_00c0ffee.q",
                          "godwit_check_00c0ffee", "\"My Shop\""),
        "FOREIGN KEY (a) REFERENCES \"My Shop\".p(id), \"My Shop\".q");
    assert_string_equal(structure_replace(&a, "aaaaa", "aa", "b"), "bba");
    assert_string_equal(structure_replace(&a, "xx", "x", ""), "");
    assert_string_equal(structure_replace(&a, "x", "x", "xx"), "xx");
    arena_clear(&a);
}

/* ---- indexes ---- */

static void indexes_of_postgresql(void **state) {
    (void)state;
    static const struct text_case cases[] = {
        {"CREATE INDEX i ON shop.t USING btree (a)", "btree (a)"},
        {"CREATE UNIQUE INDEX t_pkey ON shop.t USING btree (id)", "UNIQUE btree (id)"},
        {"CREATE INDEX i ON ONLY shop.parts USING btree (a, b DESC)", "btree (a, b DESC)"},
        {"CREATE INDEX i ON shop.t USING btree (b DESC NULLS LAST, lower((c)::text))",
         "btree (b DESC NULLS LAST, lower((c)::text))"},
        {"CREATE UNIQUE INDEX u ON shop.t USING btree (a) INCLUDE (b) NULLS NOT DISTINCT",
         "UNIQUE btree (a) INCLUDE (b) NULLS NOT DISTINCT"},
        {"CREATE INDEX i ON shop.t USING gin (to_tsvector('simple'::regconfig, t)) WITH (fastupdate=off)",
         "gin (to_tsvector('simple'::regconfig, t))"},
        {"CREATE INDEX i ON shop.t USING btree (a) WITH (fillfactor='70') TABLESPACE \"fast disk\" WHERE (b > 1)",
         "btree (a) WHERE (b > 1)"},
        {"CREATE INDEX i ON shop.t USING btree (a) WHERE (b = ' TABLESPACE x WITH (y) '::text)",
         "btree (a) WHERE (b = ' TABLESPACE x WITH (y) '::text)"},
    };
    all_become(structure_index_definition, CASES(cases));
}

static void indexes_of_opengauss(void **state) {
    (void)state;
    static const struct text_case cases[] = {
        {"CREATE INDEX c_i ON cat.c USING btree (pid, t DESC) TABLESPACE pg_default", "btree (pid, t DESC)"},
        {"CREATE UNIQUE INDEX c_pkey ON cat.c USING btree (id) TABLESPACE pg_default", "UNIQUE btree (id)"},
        {"CREATE INDEX k1 ON ix USING btree (a(10)) TABLESPACE pg_default", "btree (a(10))"},
        {"CREATE INDEX k13 ON ix USING btree (b) TABLESPACE pg_default WHERE (b > 1)", "btree (b) WHERE (b > 1)"},
        {"CREATE INDEX k5 ON ix USING btree (((b OPERATOR(dolphin_catalog.+) 1))) TABLESPACE pg_default",
         "btree (((b OPERATOR(dolphin_catalog.+) 1)))"},
        {"CREATE INDEX k9 ON ix USING hash (b) TABLESPACE pg_default", "hash (b)"},
        {"CREATE INDEX p1_l ON p1 USING btree (v) LOCAL(PARTITION a_v_idx, PARTITION \"m)_v_idx\")  TABLESPACE "
         "pg_default",
         "btree (v) LOCAL"},
        {"CREATE INDEX p1_l ON p1 USING btree (v) LOCAL (PARTITION a TABLESPACE pg_default) TABLESPACE pg_default",
         "btree (v) LOCAL"},
        {"CREATE INDEX i ON t USING ubtree (v) WITH (storage_type=USTORE) TABLESPACE pg_default", "ubtree (v)"},
        /* Visibility has a column of its own in the catalog, and belongs to the index's state. */
        {"CREATE INDEX k17 ON ix USING btree (b) TABLESPACE pg_default INVISIBLE", "btree (b)"},
        {"CREATE INDEX k17 ON ix USING btree (b) TABLESPACE pg_default WHERE (b > 1) INVISIBLE",
         "btree (b) WHERE (b > 1)"},
        {"CREATE INDEX k17 ON ix USING btree (b) TABLESPACE pg_default WHERE (c = ' INVISIBLE'::text)",
         "btree (b) WHERE (c = ' INVISIBLE'::text)"},
    };
    all_become(structure_index_definition, CASES(cases));
}

static void names_may_hold_anything(void **state) {
    (void)state;
    static const struct text_case cases[] = {
        {"CREATE INDEX \"i ON x.y USING btree (z)\" ON \"my shop\".\"t (\"\"1\"\")\" USING btree (\"a)(\", \"b \"\"\")",
         "btree (\"a)(\", \"b \"\"\")"},
        {"CREATE UNIQUE INDEX \"it's\" ON ONLY \"ONLY\".\"WITH (\" USING btree (\"TABLESPACE x\")",
         "UNIQUE btree (\"TABLESPACE x\")"},
        {"CREATE INDEX \"键\" ON \"数据\".\"表\" USING btree (\"列\")", "btree (\"列\")"},
    };
    all_become(structure_index_definition, CASES(cases));
}

/* What is no index definition, or is cut off anywhere, comes back as something and nothing is read behind it. */
static void broken_index_texts(void **state) {
    (void)state;
    static const struct text_case cases[] = {
        {"", ""},
        {"CREATE ", "CREATE "},
        {"CREATE TABLE t", "CREATE TABLE t"},
        {"CREATE INDEX ON t", "CREATE INDEX ON t"},
        {"CREATE INDEX \"i ON t USING btree (a)", "CREATE INDEX \"i ON t USING btree (a)"},
        {"CREATE INDEX i ON t USING btree (\"a) TABLESPACE x", "btree (\"a) TABLESPACE x"},
        {"CREATE INDEX i ON t USING btree (a) WITH (b", "btree (a)"},
        {"CREATE INDEX i ON t USING btree (a) LOCAL(", "btree (a) LOCAL"},
        {"CREATE INDEX i ON t USING btree (a) TABLESPACE ", "btree (a)"},
        {"CREATE INDEX i ON t USING btree a) WITH (b)", "btree a) WITH (b)"},
    };
    all_become(structure_index_definition, CASES(cases));
    static const char whole[] =
        "CREATE UNIQUE INDEX \"i\"\"x\" ON ONLY \"s\".\"t\" USING btree (a('x''y')) WITH (f='1') "
        "LOCAL(PARTITION \"p\") TABLESPACE \"t s\" WHERE (b > 'c') INVISIBLE";
    for (size_t len = 0; len < sizeof whole; len++) {
        struct arena a = ARENA_INIT;
        char *cut = strndup(whole, len);
        assert_non_null(cut);
        assert_true(strlen(structure_index_definition(&a, cut)) <= len);
        free(cut);
        arena_clear(&a);
    }
}

/* ---- types ---- */

static void lengths_without_a_meaning(void **state) {
    (void)state;
    static const struct text_case cases[] = {
        {"integer(11)", "integer"},
        {"smallint(6)", "smallint"},
        {"bigint(20)", "bigint"},
        {"tinyint(1)", "tinyint"},
        {"uint4(10)", "uint4"},
        {"year(4)", "year"},
        {"integer(11)[]", "integer[]"},
        {"integer", "integer"},
        {"integer()", "integer()"},
        {"integer(1", "integer(1"},
        {"integer(x)", "integer(x)"},
        {"numeric(10,2)", "numeric(10,2)"},
        {"character varying(10)", "character varying(10)"},
        {"bit(4)", "bit(4)"},
        {"timestamp(0) without time zone", "timestamp(0) without time zone"},
        {"shop.\"integer(11)\"", "shop.\"integer(11)\""},
        {"\"binary\"(4)", "\"binary\"(4)"},
        {"", ""},
    };
    static const enum dialect opengauss[] = {DIALECT_OG_B, DIALECT_OG_PG, DIALECT_OG_A};
    struct arena a = ARENA_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t d = 0; d < sizeof opengauss / sizeof opengauss[0]; d++) {
            assert_string_equal(structure_plain_type(&a, opengauss[d], cases[i].text), cases[i].wanted);
        }
        assert_string_equal(structure_plain_type(&a, DIALECT_PG, cases[i].text), cases[i].text);
    }
    arena_clear(&a);
}

/* ---- defaults ---- */

static void the_value_of_a_default(void **state) {
    (void)state;
    static const struct text_case cases[] = {
        {"5", "5"},
        {"'5'::character varying", "5"},
        {"('5'::character varying)::text", "5"},
        {"(('5'::character varying)::text)", "5"},
        {"'-1.50'::numeric(10,2)", "-1.50"},
        {"(-1.50)", "-1.50"},
        {"'x'::character varying(40)", "'x'"},
        {"'x'::shop.\"My (Kind)\"[]", "'x'"},
        {"'it''s ::text'::text", "'it''s ::text'"},
        {"'1970-01-01 00:00:01'::timestamp without time zone", "'1970-01-01 00:00:01'"},
        {"'1970-01-01 00:00:01'::timestamp(3) with time zone", "'1970-01-01 00:00:01'"},
        {"'1.5'::double precision", "1.5"},
        {"B'1010'::\"bit\"", "B'1010'"},
        {"'{}'::jsonb", "'{}'"},
        {"(0)::number", "0"}, /* openGauss B */
        {"b_db_statement_start_timestamp(6)", "b_db_statement_start_timestamp(6)"},
        {"(1 + 2)", "1 + 2"},
        {"(1) + (2)", "(1) + (2)"},
        {"((1) + (2))", "(1) + (2)"},
        {"''::text", "''"},
        {"'-'::text", "'-'"},
        {"'.'::text", "'.'"},
        {"'1'||'2'", "'1'||'2'"},
        {"()", ""},
        {"(", "("},
        {"::", ""},
        {"'", "'"},
        {"'5", "'5"},
        {"'5'::\"x", "5"},
        {"'5'::numeric(", "5"},
        {"", ""},
    };
    all_become(structure_bare_value, CASES(cases));
    assert_null(structure_bare_value(NULL, NULL));
}

static void numbers_apart_from_zeros_at_the_end(void **state) {
    (void)state;
    static const char *const same[][2] = {{"5", "5"},        {"5.00", "5"}, {"5.", "5"},
                                          {"-1.50", "-1.5"}, {"0.00", "0"}, {".50", ".5"}};
    static const char *const different[][2] = {{"5", "50"}, {"5.01", "5"}, {"-5", "5"}, {"500", "5"},
                                               {"x", "x"},  {"", ""},      {".", "."},  {"5e1", "5e1"}};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        assert_true(structure_same_number(same[i][0], same[i][1]) && structure_same_number(same[i][1], same[i][0]));
    }
    for (size_t i = 0; i < sizeof different / sizeof different[0]; i++) {
        assert_false(structure_same_number(different[i][0], different[i][1]));
    }
    assert_false(structure_same_number(NULL, NULL) || structure_same_number("1", NULL));
}

static void constraints_not_validated(void **state) {
    (void)state;
    static const struct text_case cases[] = {
        {"FOREIGN KEY (p) REFERENCES fkp(id) NOT VALID", "FOREIGN KEY (p) REFERENCES fkp(id)"},
        {"CHECK ((v < 50)) NOT VALID", "CHECK ((v < 50))"},
        {"FOREIGN KEY (p) REFERENCES fkp(id) ON UPDATE CASCADE ON DELETE CASCADE",
         "FOREIGN KEY (p) REFERENCES fkp(id) ON UPDATE CASCADE ON DELETE CASCADE"},
        {"CHECK ((v <> ' NOT VALID'::text))", "CHECK ((v <> ' NOT VALID'::text))"},
        {" NOT VALID", " NOT VALID"},
        {"", ""},
    };
    all_become(structure_without_not_valid, CASES(cases));
}

/* ---- sequences ---- */

static void what_a_sequence_gives_next(void **state) {
    (void)state;
    assert_true(structure_next_value("1", false, "1") == 1);
    assert_true(structure_next_value("1", true, "1") == 2);
    assert_true(structure_next_value("5", false, "2") == 5);
    assert_true(structure_next_value("5", true, "2") == 7);
    assert_true(structure_next_value("41", true, NULL) == 42);
    assert_true(structure_next_value("41", true, "-1") == 42);
    assert_true(structure_next_value("9223372036854775807", true, "1") == 9223372036854775808u);
    assert_true(structure_next_value("18446744073709551615", true, "1") == UINT64_MAX);
    assert_true(structure_next_value("170141183460469231731687303715884105727", false, "1") == UINT64_MAX);
    assert_true(structure_next_value("-7", true, "1") == 0);
    assert_true(structure_next_value(NULL, true, "1") == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_occurrence_is_replaced),
        cmocka_unit_test(indexes_of_postgresql),
        cmocka_unit_test(indexes_of_opengauss),
        cmocka_unit_test(names_may_hold_anything),
        cmocka_unit_test(broken_index_texts),
        cmocka_unit_test(lengths_without_a_meaning),
        cmocka_unit_test(the_value_of_a_default),
        cmocka_unit_test(constraints_not_validated),
        cmocka_unit_test(numbers_apart_from_zeros_at_the_end),
        cmocka_unit_test(what_a_sequence_gives_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
