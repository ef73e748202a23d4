/* Canonical fields for people and as literals, in each dialect's spelling. */
#include "canon_one.h"

enum { B = DIALECT_OG_B, PG = DIALECT_OG_PG, A = DIALECT_OG_A, P15 = DIALECT_PG };

struct printed {
    int dialect;
    enum target_kind kind;
    const char *ddl;
    const char *field;               /* hex, or text behind a '!' */
    const char *described, *literal; /* literal NULL: there is none */
};

static size_t field_bytes(const char *field, uint8_t *out) {
    if (field[0] == '!') {
        memcpy(out, field + 1, strlen(field + 1));
        return strlen(field + 1);
    }
    return (size_t)canon_one_unhex(field, out);
}

static void check_all(const struct printed *v, size_t n) {
    struct canon_one o;
    canon_one_init(&o);
    for (size_t i = 0; i < n; i++) {
        uint8_t bytes[512];
        char text[120];
        canon_one_plan(&o, (enum dialect)v[i].dialect, v[i].kind, v[i].ddl);
        size_t len = field_bytes(v[i].field, bytes);
        uint8_t *own = malloc(len + 1); /* the field ends with the memory */
        assert_non_null(own);
        memcpy(own + 1, bytes, len);
        canon_describe(o.plan, 0, own + 1, len, text, sizeof text);
        assert_string_equal(text, v[i].described);
        const char *literal = canon_literal(&o.arena, o.plan, 0, own + 1, len);
        if (v[i].literal == NULL) {
            assert_null(literal);
        } else {
            assert_non_null(literal);
            assert_string_equal(literal, v[i].literal);
        }
        free(own);
    }
    canon_one_clear(&o);
}

#define CHECK(values) check_all(values, sizeof(values) / sizeof(values)[0])

static void test_numbers(void **state) {
    (void)state;
    static const struct printed values[] = {
        {P15, TK_BOOL, "boolean", "01", "true", "true"},
        {B, TK_BOOL, "boolean", "00", "false", "false"},
        {P15, TK_BOOL, "boolean", "0101", "x'0101'", NULL},
        {B, TK_INT1, "tinyint", "80", "-128", "-128"},
        {PG, TK_INT1, "tinyint", "80", "128", "128"},
        {B, TK_UINT1, "uint1", "ff", "255", "255"},
        {P15, TK_INT2, "smallint", "8000", "-32768", "-32768"},
        {B, TK_UINT2, "uint2", "8000", "32768", "32768"},
        {P15, TK_INT4, "integer", "ffffffff", "-1", "-1"},
        {B, TK_UINT4, "uint4", "ffffffff", "4294967295", "4294967295"},
        {P15, TK_INT8, "bigint", "8000000000000000", "-9223372036854775808", "-9223372036854775808"},
        {B, TK_UINT8, "uint8", "ffffffffffffffff", "18446744073709551615", "18446744073709551615"},
        {B, TK_YEAR, "year", "000007e8", "2024", "2024"},
        {B, TK_YEAR, "year", "00000000", "0", "'0000'"},
        {P15, TK_INT4, "integer", "ffff", "x'ffff'", NULL},
        {P15, TK_NUMERIC, "numeric", "0000000000000000", "0", "0"},
        {P15, TK_NUMERIC, "numeric", "0003000140000000000109291a7c", "-12345.678", "-12345.678"},
        {P15, TK_NUMERIC, "numeric", "0001fffe0000000003e8", "0.00001", "0.00001"},
        {P15, TK_NUMERIC, "numeric", "0001ffff400000001388", "-0.5", "-0.5"},
        {P15, TK_NUMERIC, "numeric", "00010005000000000001", "100000000000000000000", "100000000000000000000"},
        {P15, TK_NUMERIC, "numeric", "0003000100000000000100000001", "10000.0001", "10000.0001"},
        {P15, TK_NUMERIC, "numeric", "0001000000000000270f", "9999", "9999"},
        {P15, TK_NUMERIC, "numeric", "0002000200000000000107d0", "120000000", "120000000"},
        {P15, TK_NUMERIC, "numeric", "0001fffd0000000004d2", "0.000000001234", "0.000000001234"},
        {P15, TK_NUMERIC, "numeric", "00000000c0000000", "NaN", "'NaN'::numeric"},
        {P15, TK_NUMERIC, "numeric", "00000000f0000000", "-Infinity", "'-Infinity'::numeric"},
        {P15, TK_NUMERIC, "numeric", "000100000000", "x'000100000000'", NULL},
        {P15, TK_FLOAT8, "double precision", "3fb999999999999a", "0.1", "0.1"},
        {P15, TK_FLOAT8, "double precision", "bff8000000000000", "-1.5", "-1.5"},
        {P15, TK_FLOAT8, "double precision", "7e37e43c8800759c", "1e+300", "1e+300"},
        {P15, TK_FLOAT8, "double precision", "7ff8000000000000", "NaN", "'NaN'::float8"},
        {P15, TK_FLOAT8, "double precision", "fff0000000000000", "-Infinity", "'-Infinity'::float8"},
        {P15, TK_FLOAT4, "real", "3dcccccd", "0.1", "'0.1'::float4"},
        {P15, TK_FLOAT4, "real", "7f800000", "Infinity", "'Infinity'::float4"},
        {P15, TK_FLOAT4, "real", "7f80", "x'7f80'", NULL},
        {P15, TK_BIT, "bit(9)", "000000090280", "000000101", "B'000000101'"},
        {P15, TK_BIT, "bit varying(9)", "00000000", "", "B''"},
        {P15, TK_BIT, "bit(9)", "0000000902", "x'0000000902'", NULL},
    };
    CHECK(values);
}

static void test_times(void **state) {
    (void)state;
    static const struct printed values[] = {
        {P15, TK_DATE, "date", "00002279", "2024-02-29", "'2024-02-29'"},
        {P15, TK_DATE, "date", "fff4dbf9", "0001-01-01", "'0001-01-01'"},
        {P15, TK_DATE, "date", "002c95d3", "9999-12-31", "'9999-12-31'"},
        {P15, TK_DATE, "date", "0000003c", "2000-03-01", "'2000-03-01'"},
        {P15, TK_DATE, "date", "ffff718e", "1900-02-28", "'1900-02-28'"},
        {P15, TK_DATE, "date", "fff4dbf8", "0001-12-31 BC", "'0001-12-31 BC'"},
        {B, TK_DATE, "date", "fff4dbf8", "0000-12-31", "'0000-12-31'"},
        {P15, TK_DATE, "date", "002ced18", "10061-03-01", "'10061-03-01'"},
        {P15, TK_DATE, "date", "7fffffff", "infinity", "'infinity'"},
        {P15, TK_DATE, "date", "80000000", "-infinity", "'-infinity'"},
        {B, TK_DATE, "date", "80000000", "0000-00-00", "'0000-00-00'"},
        {B, TK_DATE, "date", "80000001", "-infinity", "'-infinity'"},
        {P15, TK_DATE, "date", "8000", "x'8000'", NULL},
        {P15, TK_TIMESTAMP, "timestamp", "0002b58341728608", "2024-02-29 12:34:56.789", "'2024-02-29 12:34:56.789'"},
        {P15, TK_TIMESTAMP, "timestamp", "ffffffffffffffff", "1999-12-31 23:59:59.999999",
         "'1999-12-31 23:59:59.999999'"},
        {P15, TK_TIMESTAMP, "timestamp", "ff1fe2ffc59c6000", "0001-01-01 00:00:00", "'0001-01-01 00:00:00'"},
        {B, TK_TIMESTAMP, "timestamp", "8000000000000000", "0000-00-00 00:00:00", "'0000-00-00 00:00:00'"},
        {P15, TK_TIMESTAMP, "timestamp", "8000000000000000", "-infinity", "'-infinity'"},
        {P15, TK_TIMESTAMPTZ, "timestamptz", "0002b58341667c00", "2024-02-29 12:34:56+00", "'2024-02-29 12:34:56+00'"},
        {P15, TK_TIMESTAMPTZ, "timestamptz", "7fffffffffffffff", "infinity", "'infinity'"},
        {B, TK_TIMESTAMPTZ, "timestamptz", "8000000000000000", "0000-00-00 00:00:00", "'0000-00-00 00:00:00'"},
        {P15, TK_TIMESTAMPTZ, "timestamptz", "", "x''", NULL},
        {B, TK_TIME, "time(6)", "fffffd40c230c640", "-838:59:59", "'-838:59:59'"},
        {P15, TK_TIME, "time(6)", "0000000a8be4ca60", "12:34:56.7", "'12:34:56.7'"},
        {P15, TK_TIME, "time", "8000000000000000", "-2562047788:00:54.775808", "'-2562047788:00:54.775808'"},
        {P15, TK_INTERVAL, "interval", "ffffffffffe91ca0", "-00:00:01.5", "'-00:00:01.5'"},
        {P15, TK_INTERVAL, "interval", "00000015cafea800", "26:00:00", "'26:00:00'"},
        {P15, TK_INTERVAL, "interval", "ffffffffffffffff00000003fffffff2", "-14 mons 3 days -00:00:00.000001",
         "'-14 mons 3 days -00:00:00.000001'"},
        {P15, TK_INTERVAL, "interval", "00", "x'00'", NULL},
    };
    CHECK(values);
}

static void test_texts_and_bytes(void **state) {
    (void)state;
    static const struct printed values[] = {
        {P15, TK_TEXT, "text", "!it's", "'it's'", "'it''s'"},
        {P15, TK_TEXT, "text", "!''", "''''", "''''''"},
        {B, TK_TEXT, "text", "!a\\b", "'a\\b'", "'a\\b'"},
        {P15, TK_TEXT, "text", "", "''", "''"},
        {A, TK_TEXT, "character(5)", "", "''", "' '"},
        {P15, TK_TEXT, "character(5)", "", "''", "''"},
        {P15, TK_TEXT, "text", "!a\nb\tc\rd\x01", "'a\\nb\\tc\\rd\\x01'", "'a\nb\tc\rd\x01'"},
        {P15, TK_TEXT, "text", "!\xe4\xb8\xad", "'\xe4\xb8\xad'", "'\xe4\xb8\xad'"},
        {P15, TK_TEXT, "text", "61ff", "x'61ff'", "'a\xff'"},
        {P15, TK_TEXT, "text", "610062",
         "'a\\x00"
         "b'",
         NULL},
        {P15, TK_TEXT, "json", "!{\"a\":\"it's\"}", "{\"a\":\"it's\"}", "'{\"a\":\"it''s\"}'::json"},
        {B, TK_JSONB, "jsonb", "!\"\\u000a\"", "\"\\u000a\"", "'\"\\u000a\"'::jsonb"},
        {P15, TK_BYTEA, "bytea", "00ff", "x'00ff'", "'\\x00ff'::bytea"},
        {P15, TK_BYTEA, "bytea", "", "x''", "'\\x'::bytea"},
        {B, TK_BYTEA, "bytea", "00ff", "x'00ff'", "'\\x00ff'::bytea"},
        {B, TK_BYTEA, "\"binary\"(4)", "00ff0000", "x'00ff0000'", "'\\x00ff0000'"},
        {B, TK_BYTEA, "varbinary(4)", "00ff", "x'00ff'", "'\\x00ff'"},
        {B, TK_BLOB, "longblob", "00ff", "x'00ff'", "'\\x00ff'"},
        {PG, TK_BLOB, "blob", "00ff", "x'00ff'", "'00ff'"},
        {P15, TK_UUID, "uuid", "a0eebc999c0b4ef8bb6d6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
         "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"},
        {P15, TK_UUID, "uuid", "a0", "x'a0'", NULL},
        {P15, TK_INET, "inet", "022000040a010203", "10.1.2.3", "'10.1.2.3'"},
        {P15, TK_INET, "inet", "02180004c0a80100", "192.168.1.0/24", "'192.168.1.0/24'"},
        {P15, TK_INET, "inet", "0340001020010db8000000000000000000000001", "2001:db8::1/64", "'2001:db8::1/64'"},
        {P15, TK_INET, "inet", "022000100a010203", "x'022000100a010203'", NULL},
    };
    CHECK(values);
}

static void test_null(void **state) {
    (void)state;
    char text[8];
    struct canon_one o;
    canon_one_init(&o);
    canon_one_plan(&o, DIALECT_PG, TK_TEXT, "text");
    canon_describe(o.plan, 0, NULL, 0, text, sizeof text);
    assert_string_equal(text, "NULL");
    assert_string_equal(canon_literal(&o.arena, o.plan, 0, NULL, 0), "NULL");
    assert_null(canon_literal(&o.arena, o.plan, 1, (const uint8_t *)"a", 1)); /* no such column */
    canon_describe(o.plan, 1, (const uint8_t *)"a", 1, text, sizeof text);
    assert_string_equal(text, "x'61'");
    canon_one_clear(&o);
}

/* Whatever the room, the text ends in it, is whole characters, and says when it was cut. */
static void test_cut(void **state) {
    (void)state;
    static const char long_text[] = "abc \xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87 "
                                    "abcdefghijklmnopqrstuvwxyz";
    static const struct {
        enum target_kind kind;
        const char *ddl;
    } kinds[] = {{TK_TEXT, "text"}, {TK_BYTEA, "bytea"}, {TK_JSONB, "jsonb"}, {TK_INT4, "integer"}};
    struct canon_one o;
    canon_one_init(&o);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        canon_one_plan(&o, DIALECT_PG, kinds[k].kind, kinds[k].ddl);
        char full[200];
        canon_describe(o.plan, 0, (const uint8_t *)long_text, sizeof long_text - 1, full, sizeof full);
        assert_true(strlen(full) >= sizeof long_text - 1);
        for (size_t cap = 0; cap < 120; cap++) {
            char *text = malloc(cap > 0 ? cap : 1);
            assert_non_null(text);
            canon_describe(o.plan, 0, (const uint8_t *)long_text, sizeof long_text - 1, text, cap);
            if (cap > strlen(full)) {
                assert_string_equal(text, full);
            } else if (cap > 0) {
                size_t n = strlen(text);
                assert_true(n < cap && n + 4 >= cap);
                assert_true(cap < 3 || strcmp(text + n - 2, "..") == 0);
            }
            free(text);
        }
    }
    char text[16];
    canon_one_plan(&o, DIALECT_PG, TK_TEXT, "text");
    canon_describe(o.plan, 0, (const uint8_t *)"0123456789abcdef", 16, text, sizeof text);
    assert_string_equal(text, "'0123456789ab..");
    canon_describe(o.plan, 0, (const uint8_t *)"0123456789abc", 13, text, sizeof text);
    assert_string_equal(text, "'0123456789abc'");
    canon_one_plan(&o, DIALECT_PG, TK_BYTEA, "bytea");
    canon_describe(o.plan, 0, (const uint8_t *)"0123456789abcdef", 16, text, sizeof text);
    assert_string_equal(text, "x'30313233343..");
    canon_one_clear(&o);
}

/* 200000 digits behind the point, and a text of a megabyte: literals are whole. */
static void test_long_literals(void **state) {
    (void)state;
    enum { QUOTES = 1 << 20 };
    struct canon_one o;
    canon_one_init(&o);
    canon_one_plan(&o, DIALECT_PG, TK_TEXT, "text");
    uint8_t *text = malloc(QUOTES);
    assert_non_null(text);
    memset(text, '\'', QUOTES);
    const char *literal = canon_literal(&o.arena, o.plan, 0, text, QUOTES);
    assert_int_equal(strlen(literal), 2 * QUOTES + 2);
    free(text);
    canon_one_plan(&o, DIALECT_PG, TK_NUMERIC, "numeric");
    uint8_t tiny[] = {0, 1, 0xc1, 0x80, 0, 0, 0, 0, 0, 1}; /* 10000^-16000 */
    literal = canon_literal(&o.arena, o.plan, 0, tiny, sizeof tiny);
    assert_int_equal(strlen(literal), 2 + 4 * 16000);
    uint8_t huge[] = {0, 1, 0x7f, 0xff, 0, 0, 0, 0, 0, 1};
    literal = canon_literal(&o.arena, o.plan, 0, huge, sizeof huge);
    assert_int_equal(strlen(literal), 1 + 4 * 32767);
    canon_one_clear(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_times), cmocka_unit_test(test_texts_and_bytes),
        cmocka_unit_test(test_null),    cmocka_unit_test(test_cut),   cmocka_unit_test(test_long_literals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
