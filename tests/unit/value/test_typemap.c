/* The type map: what docs/types.md does not show, and the edges of what it does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "value/target_spec.h"
#include "value/typemap.h"

static struct arena arena;

static struct mytype type_of(const char *text) {
    struct mytype t;
    assert_true(mytype_parse(&arena, text, &t));
    return t;
}

static struct target_type map(enum dialect d, const char *type) {
    struct typemap_options o = {.dialect = d};
    struct mytype t = type_of(type);
    struct target_type to;
    struct err e = ERR_INIT;
    assert_true(typemap_resolve(&arena, &o, "t", "c", &t, &to, &e));
    assert_non_null(to.ddl);
    assert_string_equal(to.cast_name, target_cast_name(to.kind));
    return to;
}

/* Every type of every dialect has a DDL that its own reader understands as the same kind (but B's enum and set). */
static void ddl_reads_back(void **state) {
    (void)state;
    static const char *const types[] = {"tinyint",
                                        "tinyint unsigned",
                                        "smallint",
                                        "smallint unsigned",
                                        "mediumint",
                                        "mediumint unsigned",
                                        "int",
                                        "int unsigned",
                                        "bigint",
                                        "bigint unsigned",
                                        "decimal(65,30)",
                                        "decimal(1,0)",
                                        "float",
                                        "float(255,30)",
                                        "double",
                                        "double(53,20)",
                                        "bit(1)",
                                        "bit(64)",
                                        "char(0)",
                                        "char(255)",
                                        "varchar(0)",
                                        "varchar(65535)",
                                        "tinytext",
                                        "text",
                                        "mediumtext",
                                        "longtext",
                                        "binary(0)",
                                        "binary(255)",
                                        "varbinary(65535)",
                                        "tinyblob",
                                        "blob",
                                        "mediumblob",
                                        "longblob",
                                        "date",
                                        "time",
                                        "time(6)",
                                        "datetime",
                                        "datetime(6)",
                                        "timestamp",
                                        "timestamp(6)",
                                        "year",
                                        "enum('a')",
                                        "set('a')",
                                        "json",
                                        "multipolygon",
                                        "vector(1)",
                                        "uuid",
                                        "inet4",
                                        "inet6"};
    for (int d = DIALECT_PG; d <= DIALECT_OG_A; d++) {
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            struct target_type to = map((enum dialect)d, types[i]);
            struct target_spec spec;
            if (d == DIALECT_OG_B && (strncmp(to.ddl, "enum(", 5) == 0 || strncmp(to.ddl, "set(", 4) == 0)) {
                continue;
            }
            if (!target_spec_parse(to.ddl, (enum dialect)d, &spec) || spec.kind != to.kind) {
                fail_msg("%s: %s", types[i], to.ddl);
            }
        }
    }
}

static void labels(void **state) {
    (void)state;
    struct target_type to = map(DIALECT_PG, "enum('it''s','50%s','\xe4\xb8\xad\xe6\x96\x87','a,b')");
    assert_string_equal(to.ddl, "varchar(4)");
    /* %s inside a label is not the column's place */
    assert_string_equal(to.check, "%s IN ('it''s','50%' || 's','\xe4\xb8\xad\xe6\x96\x87','a,b')");
    to = map(DIALECT_OG_A, "enum('\xe4\xb8\xad\xe6\x96\x87')");
    assert_string_equal(to.ddl, "varchar(6)"); /* bytes */
    to = map(DIALECT_OG_A, "enum('','b')");    /* '' is NULL there, or a blank where NULL may not be */
    assert_string_equal(to.check, "%s IN (' ','b')");
    to = map(DIALECT_OG_A, "set('x','y')");
    assert_string_equal(to.check, "string_to_array(%s, ',') <@ ARRAY['x','y',' ']::text[]");
    to = map(DIALECT_OG_B, "enum('it''s','b')");
    assert_string_equal(to.ddl, "enum('it''s','b')");
    assert_null(to.check);
    to = map(DIALECT_OG_B, "enum('','b')");
    assert_string_equal(to.ddl, "varchar(1)");
    assert_string_equal(to.check, "%s IN ('','b')");
    /* 63 bytes are a label in B, 64 are not */
    to = map(DIALECT_OG_B, "set('a12345678901234567890123456789012345678901234567890123456789012')");
    assert_int_equal(strncmp(to.ddl, "set(", 4), 0);
    to = map(DIALECT_OG_B, "set('a123456789012345678901234567890123456789012345678901234567890123')");
    assert_string_equal(to.ddl, "varchar(64)");
    /* B reads a label that is a number as a position: '1' would be stored as '2' */
    to = map(DIALECT_OG_B, "enum('2','1')");
    assert_string_equal(to.ddl, "varchar(1)");
    to = map(DIALECT_OG_B, "set('x','10')");
    assert_string_equal(to.ddl, "varchar(4)");
    /* a number would be read as a position */
    to = map(DIALECT_OG_B, "enum('2','1')");
    assert_string_equal(to.check, "%s IN ('2','1')");
    to = map(DIALECT_OG_PG, "set('x','yy','z')");
    assert_string_equal(to.ddl, "varchar(6)"); /* x,yy,z */
    assert_string_equal(to.check, "string_to_array(%s, ',') <@ ARRAY['x','yy','z']::text[]");
}

static void collations(void **state) {
    (void)state;
    static const struct {
        const char *from, *b;
    } cases[] = {
        {"utf8mb4_0900_ai_ci", "utf8mb4_unicode_ci"},
        {"utf8mb4_0900_as_cs", "utf8mb4_bin"},
        {"utf8mb4_0900_bin", "utf8mb4_bin"},
        {"utf8mb4_unicode_520_ci", "utf8mb4_unicode_ci"},
        {"utf8mb3_general_ci", "utf8mb4_general_ci"},
        {"utf8mb4_bin", "utf8mb4_bin"},
        {"latin1_swedish_ci", "utf8mb4_general_ci"},
        {"latin1_general_cs", "utf8mb4_bin"},
        {"gbk_bin", "utf8mb4_bin"},
        {"uca1400_ai_ci", "utf8mb4_unicode_ci"},
        {"utf8mb4_uca1400_nopad_as_cs", "utf8mb4_bin"},
        {"binary", "utf8mb4_bin"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mytype t = type_of("varchar(10)");
        struct target_type to;
        struct err e = ERR_INIT;
        t.collation = cases[i].from;
        t.charset = "utf8mb4";
        assert_true(typemap_resolve(&arena, &(struct typemap_options){.dialect = DIALECT_OG_B}, "t", "c", &t, &to, &e));
        assert_string_equal(to.collation, cases[i].b);
        bool said = to.note != NULL && strstr(to.note, to.collation) != NULL;
        assert_true(said || strcmp(cases[i].from, to.collation) == 0 || strcmp(cases[i].from, "binary") == 0 ||
                    strstr(cases[i].from, "_bin") != NULL);
        assert_true(typemap_resolve(&arena, &(struct typemap_options){.dialect = DIALECT_PG}, "t", "c", &t, &to, &e));
        assert_null(to.collation);
    }
}

static void override_choice(void **state) {
    (void)state;
    static const struct type_override w[] = {
        {NULL, NULL, "tinyint(1)", "boolean"},
        {NULL, NULL, "int", "bigint"},
        {"order*", NULL, "int", "numeric(12,0)"},
        {"orders", "total", NULL, "double precision"},
        {NULL, "*_flag", "tinyint", "integer"},
        {NULL, NULL, "int unsigned", "integer"},
        {"log", NULL, "int", "integer"},
        {"log", NULL, "int(11)", "smallint"},
        {"log", NULL, "int", "text"},
        {"a\\*", NULL, "int", "smallint"},
    };
    static const struct {
        const char *table, *column, *type, *ddl;
    } cases[] = {
        {"t", "c", "tinyint(1)", "boolean"},
        {"t", "c", "tinyint(4)", "smallint"},
        {"t", "a_flag", "tinyint(1)", "integer"},
        {"t", "c", "int(11)", "bigint"},
        {"t", "c", "INT", "bigint"},
        {"orders2", "c", "int", "numeric(12,0)"},
        {"orders", "total", "decimal(10,2)", "double precision"},
        {"orders", "total", "int", "double precision"},
        {"t", "c", "int(10) unsigned", "integer"},
        {"orders", "c", "int(10) unsigned", "numeric(12,0)"},
        {"log", "c", "int", "integer"}, /* of equal ones the first */
        {"log", "c", "int(11)", "smallint"},
        {"log", "c_flag", "tinyint(1)", "integer"},
        {"a*", "c", "int", "smallint"},
        {"ab", "c", "int", "bigint"},
    };
    struct typemap_options o = {.dialect = DIALECT_PG, .overrides = w, .noverrides = sizeof w / sizeof w[0]};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mytype t = type_of(cases[i].type);
        struct target_type to;
        struct err e = ERR_INIT;
        assert_true(typemap_resolve(&arena, &o, cases[i].table, cases[i].column, &t, &to, &e));
        assert_string_equal(to.ddl, cases[i].ddl);
    }
}

static void override_refused(void **state) {
    (void)state;
    static const struct {
        enum dialect d;
        const char *type, *target;
    } cases[] = {
        {DIALECT_PG, "int", "point"},
        {DIALECT_PG, "int", "uuid"},
        {DIALECT_PG, "int", "tinyint"},
        {DIALECT_OG_PG, "tinyint", "tinyint"},
        {DIALECT_PG, "int", "uint4"},
        {DIALECT_PG, "text", "integer"},
        {DIALECT_PG, "decimal(10,2)", "integer"},
        {DIALECT_PG, "datetime", "date"},
        {DIALECT_PG, "bit(8)", "bit(9)"},
        {DIALECT_PG, "varchar(10)", "varchar(0)"},
        {DIALECT_PG, "varchar(10)", "varchar(a)"},
        {DIALECT_PG, "varchar(10)", "varchar(10"},
        {DIALECT_PG, "int", "numeric(2,3)"},
        {DIALECT_PG, "int", ""},
        {DIALECT_PG, "blob", "blob"},
        {DIALECT_PG, "binary(15)", "uuid"},
        {DIALECT_PG, "date", "json"},
        {DIALECT_PG, "time", "timestamp"},
        {DIALECT_PG, "date", "date(3)"},
        {DIALECT_PG, "int", "integer; drop table t"},
        {DIALECT_PG, "int", "numeric(10,2)(3)"},
        {DIALECT_PG, "geometry", "text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct type_override w = {.target = cases[i].target};
        struct typemap_options o = {.dialect = cases[i].d, .overrides = &w, .noverrides = 1};
        struct mytype t = type_of(cases[i].type);
        struct target_type to;
        struct err e = ERR_INIT;
        if (typemap_resolve(&arena, &o, "t", "c", &t, &to, &e)) {
            fail_msg("%s became %s", cases[i].type, to.ddl);
        }
        assert_int_equal(e.code, ERR_TYPE_OVERRIDE);
        assert_non_null(strstr(e.where, "t.c"));
    }
}

static void override_spellings(void **state) {
    (void)state;
    static const struct {
        enum dialect d;
        const char *type, *target;
        enum target_kind kind;
    } cases[] = {
        {DIALECT_PG, "int", "INTEGER", TK_INT4},
        {DIALECT_PG, "double", "Double  Precision", TK_FLOAT8},
        {DIALECT_PG, "datetime", "timestamp(3) with time zone", TK_TIMESTAMPTZ},
        {DIALECT_PG, "datetime", "timestamp", TK_TIMESTAMP},
        {DIALECT_OG_B, "datetime", "timestamp", TK_TIMESTAMPTZ},
        {DIALECT_OG_B, "datetime", "datetime(3)", TK_TIMESTAMP},
        {DIALECT_OG_A, "date", "date", TK_TIMESTAMP},
        {DIALECT_PG, "varchar(9)", "character varying(20)", TK_TEXT},
        {DIALECT_OG_B, "binary(9)", "\"binary\"(9)", TK_BYTEA},
        {DIALECT_OG_B, "int", "int unsigned", TK_UINT4},
        {DIALECT_PG, "decimal(9,2)", "numeric( 9, 2 )", TK_NUMERIC},
        {DIALECT_OG_PG, "blob", "blob", TK_BLOB},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct type_override w = {.target = cases[i].target};
        struct typemap_options o = {.dialect = cases[i].d, .overrides = &w, .noverrides = 1};
        struct mytype t = type_of(cases[i].type);
        struct target_type to;
        struct err e = ERR_INIT;
        if (!typemap_resolve(&arena, &o, "t", "c", &t, &to, &e)) {
            fail_msg("%s: %s", cases[i].target, e.message);
        }
        assert_int_equal(to.kind, cases[i].kind);
    }
}

static void unknown(void **state) {
    (void)state;
    struct mytype t;
    struct target_type to;
    struct err e = ERR_INIT;
    assert_false(mytype_parse(&arena, "hypercube(4)", &t));
    assert_false(typemap_resolve(&arena, &(struct typemap_options){.dialect = DIALECT_PG}, "t", "c", &t, &to, &e));
    assert_int_equal(e.code, ERR_SOURCE_SCHEMA);
}

static int clear(void **state) {
    (void)state;
    arena_clear(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(ddl_reads_back),   cmocka_unit_test(labels),
                                       cmocka_unit_test(collations),       cmocka_unit_test(override_choice),
                                       cmocka_unit_test(override_refused), cmocka_unit_test(override_spellings),
                                       cmocka_unit_test(unknown)};
    return cmocka_run_group_tests(tests, NULL, clear);
}
