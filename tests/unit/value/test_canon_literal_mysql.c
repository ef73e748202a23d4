/* Canonical fields as MySQL's literals: what each column type is given, and what is refused as no strict server would refuse it. */
#include "canon_one.h"
#include "value/mytype.h"

enum { B = DIALECT_OG_B, P15 = DIALECT_PG };

struct one {
    int dialect;
    enum target_kind kind;
    const char *ddl;
    const char *to;      /* MySQL's column type */
    const char *field;   /* hex, or text behind a '!' */
    const char *literal; /* NULL: refused */
    const char *why;     /* a part of the reason */
};

static size_t field_bytes(const char *field, uint8_t *out) {
    if (field[0] == '!') {
        memcpy(out, field + 1, strlen(field + 1));
        return strlen(field + 1);
    }
    return (size_t)canon_one_unhex(field, out);
}

static void check_all(const struct one *v, size_t n) {
    struct canon_one o;
    canon_one_init(&o);
    for (size_t i = 0; i < n; i++) {
        uint8_t bytes[512];
        struct mytype to;
        const char *why = NULL;
        canon_one_plan(&o, (enum dialect)v[i].dialect, v[i].kind, v[i].ddl);
        assert_true(mytype_parse(&o.arena, v[i].to, &to));
        size_t len = field_bytes(v[i].field, bytes);
        uint8_t *own = malloc(len + 1); /* the field ends with the memory */
        assert_non_null(own);
        memcpy(own + 1, bytes, len);
        const char *literal = canon_literal_mysql(&o.arena, o.plan, 0, &to, own + 1, len, &why);
        if (v[i].literal == NULL) {
            if (literal != NULL) {
                fail_msg("%zu: %s into %s is %s", i, v[i].field, v[i].to, literal);
            }
            assert_non_null(why);
            if (strstr(why, v[i].why) == NULL) {
                fail_msg("%zu: %s does not speak of %s", i, why, v[i].why);
            }
        } else {
            if (literal == NULL) {
                fail_msg("%zu: %s into %s: %s", i, v[i].field, v[i].to, why);
            }
            assert_string_equal(literal, v[i].literal);
        }
        free(own);
    }
    canon_one_clear(&o);
}

#define CHECK(values) check_all(values, sizeof(values) / sizeof(values)[0])

static void numbers(void **state) {
    (void)state;
    static const struct one values[] = {
        {P15, TK_BOOL, "boolean", "tinyint(1)", "01", "1", NULL},
        {P15, TK_BOOL, "boolean", "bit(1)", "00", "0", NULL},
        {P15, TK_BOOL, "boolean", "tinyint(1)", "0101", NULL, "cannot be read"},
        {P15, TK_INT8, "bigint", "bigint(20)", "8000000000000000", "-9223372036854775808", NULL},
        {B, TK_UINT8, "uint8", "bigint(20) unsigned", "ffffffffffffffff", "18446744073709551615", NULL},
        {P15, TK_INT2, "smallint", "year(4)", "0000", "0", NULL},
        {P15, TK_INT2, "smallint", "year(4)", "07e8", "2024", NULL},
        {P15, TK_INT2, "smallint", "year(4)", "0005", NULL, "1901"}, /* would be 2005 */
        {P15, TK_INT2, "smallint", "year(4)", "086c", NULL, "2155"},
        {P15, TK_NUMERIC, "numeric", "decimal(10,2)", "000200000000000000010bb8", "1.3", NULL},
        {P15, TK_NUMERIC, "numeric", "decimal(10,2)", "0001000000000000270f", "9999", NULL},
        {P15, TK_NUMERIC, "numeric", "decimal(10,2)", "0002000000000000000115b3", NULL, "2 digits"}, /* 1.5555 */
        {P15, TK_NUMERIC, "numeric", "int(11)", "0001ffff400000001388", NULL, "integer"},            /* -0.5 */
        {P15, TK_NUMERIC, "numeric", "decimal(5,1)", "0001ffff400000001388", "-0.5", NULL},
        {P15, TK_NUMERIC, "numeric", "decimal(5,1)", "00000000c0000000", NULL, "NaN"},
        {P15, TK_NUMERIC, "numeric", "double", "00000000d0000000", NULL, "Infinity"},
        {P15, TK_NUMERIC, "numeric", "float(7,2)", "0002000000000000000115b3", NULL, "2 digits"},
        {P15, TK_FLOAT8, "double precision", "double", "3fb999999999999a", "1.0000000000000001e-01", NULL},
        {P15, TK_FLOAT8, "double precision", "double", "0000000000000001", "4.9406564584124654e-324", NULL},
        {P15, TK_FLOAT8, "double precision", "float", "3fb999999999999a", NULL, "all digits"},
        {P15, TK_FLOAT8, "double precision", "float", "3ff8000000000000", "1.5000000000000000e+00", NULL},
        {P15, TK_FLOAT8, "double precision", "double(7,2)", "3fb999999999999a", "1.0000000000000001e-01", NULL},
        {P15, TK_FLOAT8, "double precision", "double(7,2)", "3fc0000000000000", NULL, "all digits"}, /* 0.125 */
        {P15, TK_FLOAT8, "double precision", "decimal(5,1)", "3fb999999999999a", "0.1", NULL},
        {P15, TK_FLOAT8, "double precision", "decimal(5,1)", "3fc0000000000000", NULL, "1 digits"},
        {P15, TK_FLOAT8, "double precision", "int(11)", "3ff8000000000000", NULL, "all digits"},
        {P15, TK_FLOAT8, "double precision", "double", "7ff8000000000000", NULL, "NaN"},
        {P15, TK_FLOAT8, "double precision", "double", "fff0000000000000", NULL, "-Infinity"},
        {P15, TK_FLOAT8, "double precision", "double", "7ff0", NULL, "cannot be read"},
        {P15, TK_FLOAT4, "real", "float", "3dcccccd", "1.0000000149011612e-01", NULL}, /* the float, not 0.1 */
        {P15, TK_FLOAT4, "real", "float", "00000001", "1.4012984643248171e-45", NULL},
        {P15, TK_BIT, "bit(9)", "bit(9)", "000000090280", "b'000000101'", NULL},
        {P15, TK_BIT, "bit varying(9)", "bit(9)", "0000000280", NULL, "BIT(9)"},
    };
    CHECK(values);
}

static void texts(void **state) {
    (void)state;
    static const struct one values[] = {
        {P15, TK_TEXT, "text", "varchar(40)", "!it's \"so\"", "_utf8mb4'it''s \"so\"'", NULL},
        {P15, TK_TEXT, "text", "varchar(40)", "", "_utf8mb4''", NULL},
        {P15, TK_TEXT, "text", "varchar(40)", "!a\\b", "_utf8mb4 x'615c62'", NULL},
        {P15, TK_TEXT, "text", "text", "610a62", "_utf8mb4 x'610a62'", NULL},
        {P15, TK_TEXT, "text", "text", "7f", "_utf8mb4 x'7f'", NULL},
        {P15, TK_TEXT, "text", "text", "!\xe6\x95\xb0", "_utf8mb4'\xe6\x95\xb0'", NULL},
        {P15, TK_TEXT, "text", "char(5)", "!a ", NULL, "blanks"},
        {P15, TK_TEXT, "character(5)", "char(5)", "!a", "_utf8mb4'a'", NULL},
        {P15, TK_TEXT, "text", "enum('a','b c','1')", "!b c", "_utf8mb4'b c'", NULL},
        {P15, TK_TEXT, "text", "enum('a','b c','1')", "!1", "_utf8mb4'1'", NULL},
        {P15, TK_TEXT, "text", "enum('a','b c')", "!1", NULL, "label"}, /* the first label's number */
        {P15, TK_TEXT, "text", "enum('a','b c')", "!A", NULL, "label"},
        {P15, TK_TEXT, "text", "enum('a','b c')", "", NULL, "label"},
        {P15, TK_TEXT, "text", "set('a','ab','c')", "!a,c", "_utf8mb4'a,c'", NULL},
        {P15, TK_TEXT, "text", "set('a','ab','c')", "!ab", "_utf8mb4'ab'", NULL},
        {P15, TK_TEXT, "text", "set('a','ab','c')", "!a,ab,c", "_utf8mb4'a,ab,c'", NULL},
        {P15, TK_TEXT, "text", "set('a','ab','c')", "", "_utf8mb4''", NULL},
        {P15, TK_TEXT, "text", "set('a','ab','c')", "!c,a", NULL, "order"},
        {P15, TK_TEXT, "text", "set('a','ab','c')", "!a,a", NULL, "once"},
        {P15, TK_TEXT, "text", "set('a','ab','c')", "!a,", NULL, "SET"},
        {P15, TK_TEXT, "text", "set('a','ab','c')", "!3", NULL, "SET"}, /* the bits of 'a,ab' */
        {P15, TK_JSONB, "jsonb", "json", "!{\"a\":\"it's\"}", "_utf8mb4'{\"a\":\"it''s\"}'", NULL},
        {P15, TK_JSONB, "jsonb", "json", "!\"\\u000a\"", "_utf8mb4 x'225c753030306122'", NULL},
        {P15, TK_TEXT, "text", "int(11)", "!12", "_utf8mb4'12'", NULL},
        {P15, TK_TEXT, "text", "varbinary(9)", "!ab", "x'6162'", NULL},
        {P15, TK_BYTEA, "bytea", "blob", "00ff27", "x'00ff27'", NULL},
        {P15, TK_BYTEA, "bytea", "varbinary(9)", "", "x''", NULL},
        {P15, TK_BYTEA, "bytea", "binary(3)", "00ff27", "x'00ff27'", NULL},
        {P15, TK_BYTEA, "bytea", "binary(4)", "00ff27", NULL, "BINARY(4)"}, /* filled up with zeros */
        {P15, TK_BYTEA, "bytea", "varchar(9)", "c3a9", "_utf8mb4 x'c3a9'", NULL},
        {P15, TK_BYTEA, "bytea", "varchar(9)", "c3", NULL, "UTF-8"},
        /* POINT(1 2) without and with SRID 4326 */
        {P15, TK_BYTEA, "bytea", "point", "0101000000000000000000f03f0000000000000040",
         "x'000000000101000000000000000000f03f0000000000000040'", NULL},
        {P15, TK_BYTEA, "bytea", "point", "0101000020e6100000000000000000f03f0000000000000040",
         "x'e61000000101000000000000000000f03f0000000000000040'", NULL},
        {P15, TK_BYTEA, "bytea", "point", "0101000020e610", NULL, "ends early"},
        {P15, TK_BYTEA, "bytea", "point", "0001", NULL, "EWKB"},
    };
    CHECK(values);
}

static void times(void **state) {
    (void)state;
    static const struct one values[] = {
        {P15, TK_DATE, "date", "date", "00002279", "'2024-02-29'", NULL},
        {P15, TK_DATE, "date", "date", "7fffffff", NULL, "infinity"},
        {P15, TK_DATE, "date", "date", "80000000", NULL, "-infinity"},
        {B, TK_DATE, "date", "date", "80000000", "'0000-00-00'", NULL},
        {P15, TK_DATE, "date", "date", "fff4dbf8", NULL, "9999"}, /* 1 BC */
        {P15, TK_DATE, "date", "date", "002ced18", NULL, "9999"}, /* 10061 */
        {P15, TK_TIMESTAMP, "timestamp", "datetime(3)", "0002b58341728608", "'2024-02-29 12:34:56.789'", NULL},
        {P15, TK_TIMESTAMP, "timestamp", "datetime(2)", "0002b58341728608", NULL, "2 digits"},
        {P15, TK_TIMESTAMP, "timestamp", "date", "0002b58341728608", NULL, "time of day"},
        {P15, TK_TIMESTAMPTZ, "timestamptz", "timestamp", "0002b58341667c00", "'2024-02-29 12:34:56'", NULL},
        {P15, TK_TIMESTAMPTZ, "timestamptz", "timestamp", "7fffffffffffffff", NULL, "infinity"},
        {B, TK_TIMESTAMPTZ, "timestamptz", "timestamp", "8000000000000000", "'0000-00-00 00:00:00'", NULL},
        {B, TK_TIME, "time(6)", "time(6)", "fffffd40c230c640", "'-838:59:59'", NULL},
        {P15, TK_TIME, "time(6)", "time(1)", "0000000a8be4ca60", "'12:34:56.7'", NULL},
        {P15, TK_TIME, "time(6)", "time", "0000000a8be4ca60", NULL, "0 digits"},
        {P15, TK_INTERVAL, "interval", "time", "00000015cafea800", "'26:00:00'", NULL},
        {P15, TK_INTERVAL, "interval", "time", "ffffffffffffffff00000003fffffff2", NULL, "months"},
        {P15, TK_INTERVAL, "interval", "time", "00", NULL, "interval"},
    };
    CHECK(values);
}

static void identifiers(void **state) {
    (void)state;
    static const struct one values[] = {
        {P15, TK_UUID, "uuid", "char(36)", "a0eebc999c0b4ef8bb6d6bb9bd380a11", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
         NULL},
        {P15, TK_UUID, "uuid", "binary(16)", "a0eebc999c0b4ef8bb6d6bb9bd380a11", "x'a0eebc999c0b4ef8bb6d6bb9bd380a11'",
         NULL},
        {P15, TK_UUID, "uuid", "char(36)", "a0", NULL, "cannot be read"},
        {P15, TK_INET, "inet", "varchar(40)", "022000040a010203", "'10.1.2.3'", NULL},
    };
    CHECK(values);
}

static void nothing_is_null(void **state) {
    (void)state;
    struct canon_one o;
    struct mytype to = {.kind = MYT_INT};
    const char *why = NULL;
    canon_one_init(&o);
    canon_one_plan(&o, DIALECT_PG, TK_INT4, "integer");
    assert_string_equal(canon_literal_mysql(&o.arena, o.plan, 0, &to, NULL, 0, &why), "NULL");
    canon_one_clear(&o);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),     cmocka_unit_test(texts),           cmocka_unit_test(times),
        cmocka_unit_test(identifiers), cmocka_unit_test(nothing_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
