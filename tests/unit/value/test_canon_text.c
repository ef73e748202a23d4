/* COPY text as an openGauss prints it, to canonical form: strings recorded from a real server, beside what COPY binary has of the
 * same value. The two must give the same bytes. */
#include "canon_one.h"

enum { B = DIALECT_OG_B, PG = DIALECT_OG_PG, A = DIALECT_OG_A };

struct value {
    int dialect;
    enum target_kind kind;
    const char *ddl, *text;
    const char *binary; /* as COPY binary sends it; NULL: not compared */
    const char *expected;
};

static void check(struct canon_one *o, const struct value *v) {
    uint8_t bytes[4096];
    canon_one_plan(o, (enum dialect)v->dialect, v->kind, v->ddl);
    const char *got = canon_one_text(o, v->text, false);
    if (strcmp(got, v->expected) != 0) {
        fail_msg("%s '%s': got %s, expected %s (%s)", v->ddl, v->text, got, v->expected, o->err.message);
    }
    if (v->binary != NULL) {
        assert_string_equal(canon_one_binary(o, bytes, canon_one_unhex(v->binary, bytes), false), v->expected);
    }
}

static void check_all(const struct value *v, size_t n) {
    struct canon_one o;
    canon_one_init(&o);
    for (size_t i = 0; i < n; i++) {
        check(&o, &v[i]);
    }
    canon_one_clear(&o);
}

#define CHECK(values) check_all(values, sizeof(values) / sizeof(values)[0])
/* text and binary are the same, and canonical as they are */
#define SAME(d, kind, ddl, text, hex)                                                                                  \
    { d, kind, ddl, text, hex, hex }
#define BAD(d, kind, ddl, text)                                                                                        \
    { d, kind, ddl, text, NULL, "FAIL" }

static void test_integers(void **state) {
    (void)state;
    static const struct value values[] = {
        SAME(B, TK_BOOL, "boolean", "1", "01"),
        SAME(B, TK_BOOL, "boolean", "0", "00"),
        SAME(PG, TK_BOOL, "boolean", "t", "01"),
        SAME(A, TK_BOOL, "boolean", "f", "00"),
        BAD(B, TK_BOOL, "boolean", "2"),
        BAD(B, TK_BOOL, "boolean", ""),
        BAD(B, TK_BOOL, "boolean", "tr"),
        SAME(B, TK_INT1, "tinyint", "-128", "80"),
        SAME(B, TK_INT1, "tinyint(1)", "2", "02"),
        BAD(B, TK_INT1, "tinyint", "128"),
        SAME(PG, TK_INT1, "tinyint", "255", "ff"),
        BAD(PG, TK_INT1, "tinyint", "-1"),
        SAME(B, TK_UINT1, "uint1", "255", "ff"),
        BAD(B, TK_UINT1, "uint1", "256"),
        BAD(B, TK_UINT1, "uint1", "-1"),
        SAME(B, TK_INT2, "smallint", "-32768", "8000"),
        BAD(B, TK_INT2, "smallint", "32768"),
        SAME(B, TK_UINT2, "uint2", "65535", "ffff"),
        SAME(B, TK_INT4, "integer", "-2147483648", "80000000"),
        SAME(B, TK_INT4, "integer", "42", "0000002a"),
        BAD(B, TK_INT4, "integer", "2147483648"),
        BAD(B, TK_INT4, "integer", "-2147483649"),
        SAME(B, TK_UINT4, "uint4", "4294967295", "ffffffff"),
        SAME(B, TK_INT8, "bigint", "-9223372036854775808", "8000000000000000"),
        SAME(B, TK_INT8, "bigint", "9223372036854775807", "7fffffffffffffff"),
        BAD(B, TK_INT8, "bigint", "9223372036854775808"),
        BAD(B, TK_INT8, "bigint", "-9223372036854775809"),
        SAME(B, TK_UINT8, "uint8", "18446744073709551615", "ffffffffffffffff"),
        BAD(B, TK_UINT8, "uint8", "18446744073709551616"),
        BAD(B, TK_UINT8, "uint8", "184467440737095516150"),
        SAME(B, TK_YEAR, "year", "2024", "000007e8"),
        SAME(B, TK_YEAR, "year", "1901", "0000076d"),
        SAME(B, TK_YEAR, "year", "0", "00000000"),
        SAME(B, TK_YEAR, "year", "0000", "00000000"),
        BAD(B, TK_YEAR, "year", "20240"),
        BAD(B, TK_INT4, "integer", ""),
        BAD(B, TK_INT4, "integer", "-"),
        BAD(B, TK_INT4, "integer", "1.0"),
        BAD(B, TK_INT4, "integer", " 1"),
        BAD(B, TK_INT4, "integer", "1e3"),
        {B, TK_INT4, "integer", "\\N", NULL, "NULL"},
    };
    CHECK(values);
}

static void test_numerics(void **state) {
    (void)state;
    static const struct value values[] = {
        {B, TK_NUMERIC, "numeric(65,30)", "0.100000000000000000000000000000", "0001ffff0000001e03e8",
         "0001ffff0000000003e8"},
        {PG, TK_NUMERIC, "numeric(65,30)", ".100000000000000000000000000000", "0001ffff0000001e03e8",
         "0001ffff0000000003e8"},
        {PG, TK_NUMERIC, "numeric", ".1", "0001ffff0000000103e8", "0001ffff0000000003e8"},
        {PG, TK_NUMERIC, "numeric", "-.5", "0001ffff400000011388", "0001ffff400000001388"},
        {B, TK_NUMERIC, "numeric(10,2)", "-0.50", "0001ffff400000021388", "0001ffff400000001388"},
        {B, TK_NUMERIC, "numeric(10,2)", "99999999.99", "0003000100000002270f270f26ac", "0003000100000000270f270f26ac"},
        {PG, TK_NUMERIC, "numeric", ".00001", "0001fffe0000000503e8", "0001fffe0000000003e8"},
        {B, TK_NUMERIC, "numeric(20,5)", "-0.00001", "0001fffe4000000503e8", "0001fffe4000000003e8"},
        {B, TK_NUMERIC, "numeric(20,5)", "0.00000", "0000000000000005", "0000000000000000"},
        {PG, TK_NUMERIC, "numeric", "0", "0000000000000000", "0000000000000000"},
        {PG, TK_NUMERIC, "numeric", "1.10", "0002000000000002000103e8", "0002000000000000000103e8"},
        {PG, TK_NUMERIC, "numeric", "100000000000000000000", "00010005000000000001", "00010005000000000001"},
        {PG, TK_NUMERIC, "numeric", "18446744073709551615", "000500040000000007341a5802e103bb064f",
         "000500040000000007341a5802e103bb064f"},
        {B, TK_NUMERIC, "numeric(65,30)", "12345678901234567890123456789012345.123456789012345678901234567890",
         "001100080000001e007b11d722c509291a85007b11d722c5092904d2162e23340d801ed204d2162e2328",
         "0011000800000000007b11d722c509291a85007b11d722c5092904d2162e23340d801ed204d2162e2328"},
        {PG, TK_NUMERIC, "numeric", "-12345.678", "0003000140000003000109291a7c", "0003000140000000000109291a7c"},
        {PG, TK_NUMERIC, "numeric", "40000000", "00010001000000000fa0", "00010001000000000fa0"},
        {PG, TK_NUMERIC, "numeric(20,5)", "-123456789012345.12345", "0006000340000005007b11d722c5092904d21388",
         "0006000340000000007b11d722c5092904d21388"},
        {PG, TK_NUMERIC, "numeric", "123456789012345678901234567890.5",
         "0009000700000001000c0d801ed204d2162e23340d801ed21388",
         "0009000700000000000c0d801ed204d2162e23340d801ed21388"},
        {PG, TK_NUMERIC, "numeric(65,30)", ".000000000000000000001234567890", "0003fffa0000001e04d2162e2328",
         "0003fffa0000000004d2162e2328"},
        {PG, TK_NUMERIC, "numeric(10,5)", "99999.99999", "00040001000000050009270f270f2328",
         "00040001000000000009270f270f2328"},
        {B, TK_NUMERIC, "numeric(9,2)", "0001.50", "000200000000000200011388", "000200000000000000011388"},
        {B, TK_NUMERIC, "numeric(12,4)", "10000.0001", "0003000100000004000100000001", "0003000100000000000100000001"},
        {B, TK_NUMERIC, "numeric(20,5)", "-0.00000", NULL, "0000000000000000"},
        {PG, TK_NUMERIC, "numeric", "NaN", "00000000c0000000", "00000000c0000000"},
        BAD(PG, TK_NUMERIC, "numeric", ""),
        BAD(PG, TK_NUMERIC, "numeric", "."),
        BAD(PG, TK_NUMERIC, "numeric", "-"),
        BAD(PG, TK_NUMERIC, "numeric", "-."),
        BAD(PG, TK_NUMERIC, "numeric", "1e5"),
        BAD(PG, TK_NUMERIC, "numeric", "1.2.3"),
        BAD(PG, TK_NUMERIC, "numeric", "1,2"),
        BAD(PG, TK_NUMERIC, "numeric", "nan"),
    };
    CHECK(values);
}

static void test_floats(void **state) {
    (void)state;
    static const struct value values[] = {
        SAME(B, TK_FLOAT8, "double precision", "0.1", "3fb999999999999a"),
        SAME(PG, TK_FLOAT8, "double precision", ".1", "3fb999999999999a"),
        SAME(PG, TK_FLOAT8, "double precision", ".3333333333333333", "3fd5555555555555"),
        SAME(B, TK_FLOAT8, "double precision", "0.3333333333333333", "3fd5555555555555"),
        SAME(B, TK_FLOAT8, "double precision", "1.7976931348623157e+308", "7fefffffffffffff"),
        SAME(B, TK_FLOAT8, "double precision", "2.2250738585072014e-308", "0010000000000000"),
        SAME(PG, TK_FLOAT8, "double precision", "5e-324", "0000000000000001"),
        SAME(B, TK_FLOAT8, "double precision", "1e+15", "430c6bf526340000"),
        SAME(B, TK_FLOAT8, "double precision", "1e+16", "4341c37937e08000"),
        SAME(B, TK_FLOAT8, "double precision", "1.2345678901234568e+17", "437b69b4ba630f35"),
        SAME(B, TK_FLOAT8, "double precision", "0", "0000000000000000"),
        SAME(PG, TK_FLOAT8, "double precision", "1e-05", "3ee4f8b588e368f1"),
        SAME(B, TK_FLOAT8, "double precision", "100000", "40f86a0000000000"),
        SAME(B, TK_FLOAT8, "double precision", "1000000", "412e848000000000"),
        SAME(PG, TK_FLOAT8, "double precision", "1234567.875", "4132d687e0000000"),
        SAME(B, TK_FLOAT8, "double precision", "1e-310", "000012688b70e62b"),
        SAME(PG, TK_FLOAT8, "double precision", "-.5", "bfe0000000000000"),
        SAME(B, TK_FLOAT8, "double precision", "-0.5", "bfe0000000000000"),
        SAME(B, TK_FLOAT4, "real", "0.33333334", "3eaaaaab"),
        SAME(PG, TK_FLOAT4, "real", ".33333334", "3eaaaaab"),
        SAME(B, TK_FLOAT4, "real", "3.4028235e+38", "7f7fffff"),
        SAME(B, TK_FLOAT4, "real", "1.1754944e-38", "00800000"),
        SAME(B, TK_FLOAT4, "real", "1e+15", "58635fa9"),
        SAME(B, TK_FLOAT4, "real", "1.2345679e+08", "4ceb79a3"),
        SAME(B, TK_FLOAT4, "real", "1.6777216e+07", "4b800000"),
        SAME(PG, TK_FLOAT4, "real", "1e-45", "00000001"),
        SAME(PG, TK_FLOAT4, "real", "1e-05", "3727c5ac"),
        SAME(B, TK_FLOAT4, "real", "1e+06", "49742400"),
        SAME(B, TK_FLOAT4, "real", "1.2345679e+06", "4996b43f"),
        SAME(B, TK_FLOAT4, "real", "-3.4e+38", "ff7fc99e"),
        SAME(PG, TK_FLOAT4, "real", ".1", "3dcccccd"),
        {PG, TK_FLOAT8, "double precision", "-0", "8000000000000000", "0000000000000000"},
        {PG, TK_FLOAT4, "real", "-0", "80000000", "00000000"},
        SAME(PG, TK_FLOAT8, "double precision", "NaN", "7ff8000000000000"),
        SAME(PG, TK_FLOAT8, "double precision", "Infinity", "7ff0000000000000"),
        SAME(PG, TK_FLOAT8, "double precision", "-Infinity", "fff0000000000000"),
        SAME(PG, TK_FLOAT4, "real", "NaN", "7fc00000"),
        SAME(PG, TK_FLOAT4, "real", "-Infinity", "ff800000"),
        BAD(PG, TK_FLOAT8, "double precision", ""),
        BAD(PG, TK_FLOAT8, "double precision", "."),
        BAD(PG, TK_FLOAT8, "double precision", "1e999"),
        BAD(PG, TK_FLOAT4, "real", "1e39"),
        BAD(PG, TK_FLOAT8, "double precision", "0x10"),
        BAD(PG, TK_FLOAT8, "double precision", "inf"),
        BAD(PG, TK_FLOAT8, "double precision", "1.5 "),
        BAD(PG, TK_FLOAT8, "double precision", "1e"),
        BAD(PG, TK_FLOAT8, "double precision", "1111111111111111111111111111111111111111111111111111111111111111"),
    };
    CHECK(values);
}

static void test_texts(void **state) {
    (void)state;
    static const struct value values[] = {
        {B, TK_TEXT, "character(5)", "a    ", "6120202020", "61"},
        {B, TK_TEXT, "character(5)", "a", "61", "61"}, /* without pad_char_to_full_length */
        {B, TK_TEXT, "character(5)", "     ", "2020202020", ""},
        {B, TK_TEXT, "character(5)", "\xe4\xb8\xad\xe6\x96\x87   ", "e4b8ade69687202020", "e4b8ade69687"},
        {PG, TK_TEXT, "character(5)", "\xe4\xb8\xad\xe6\x96\x87", "e4b8ade69687", "e4b8ade69687"},
        {B, TK_TEXT, "character(5)", "a\\\\b  ", "615c622020", "615c62"},
        {B, TK_TEXT, "character(5)", "ab\\t", "616209", "616209"},
        SAME(B, TK_TEXT, "character varying(5)", "a ", "6120"),
        SAME(B, TK_TEXT, "character varying(5)", "", ""),
        SAME(B, TK_TEXT, "character varying(5)", "a\\\\\\\\b", "615c5c62"),
        SAME(B, TK_TEXT, "text", "tab\\tnl\\ncr\\rbs\\\\", "746162096e6c0a63720d62735c"),
        SAME(B, TK_TEXT, "text", "a\\\\b\\tc\\nd\\re\\bf\\fg\\vhAA", "615c6209630a640d6508660c670b684141"),
        SAME(B, TK_TEXT, "text", "\xf0\x9f\x98\x80", "f09f9880"),
        SAME(B, TK_TEXT, "text", "\\\\N", "5c4e"), /* the text \N, which is no NULL */
        SAME(B, TK_TEXT, "t_e_2200_anonymous_enum_1", "d'e", "642765"),
        SAME(B, TK_TEXT, "te_s_set", "x,y,z", "782c792c7a"),
        SAME(B, TK_TEXT, "te_s_set", "", ""),
        {A, TK_TEXT, "character varying(5)", "\\N", NULL, "NULL"},
        BAD(B, TK_TEXT, "text", "a\\"),
        BAD(B, TK_TEXT, "text", "\\x41"),
        BAD(B, TK_TEXT, "text", "\\101"),
        BAD(B, TK_TEXT, "text", "\\."),
        BAD(B, TK_TEXT, "text", "a\\Nb"),
    };
    CHECK(values);
}

static void test_bytes(void **state) {
    (void)state;
    static const struct value values[] = {
        SAME(B, TK_BYTEA, "\"binary\"(4)", "\\\\x61620000", "61620000"),
        SAME(B, TK_BYTEA, "\"varbinary\"(20)", "\\\\x", ""),
        SAME(B, TK_BYTEA, "bytea", "\\\\x00ff5c27410a", "00ff5c27410a"),
        SAME(B, TK_BLOB, "blob", "000102FEFF", "000102feff"),
        SAME(B, TK_BLOB, "tinyblob", "7462", "7462"),
        SAME(B, TK_BLOB, "longblob", "36313632", "36313632"),
        SAME(B, TK_BLOB, "blob", "", ""),
        SAME(PG, TK_BLOB, "blob", "00FF5C", "00ff5c"),
        SAME(B, TK_BLOB, "blob", "\\\\x00ff41", "00ff41"), /* as gsql is sent it */
        SAME(PG, TK_BIT, "bit(8)", "00000101", "0000000805"),
        SAME(B, TK_BIT, "bit(1)", "1", "0000000180"),
        SAME(B, TK_BIT, "bit(9)", "000000101", "000000090280"),
        SAME(PG, TK_BIT, "bit varying(64)", "101", "00000003a0"),
        SAME(PG, TK_BIT, "bit varying(64)", "", "00000000"),
        SAME(B, TK_BIT, "bit(64)", "1111111111111111111111111111111111111111111111111111111111111111",
             "00000040ffffffffffffffff"),
        BAD(B, TK_BYTEA, "bytea", "616200"),
        BAD(B, TK_BYTEA, "bytea", ""),
        BAD(B, TK_BYTEA, "bytea", "\\x61"),
        BAD(B, TK_BYTEA, "bytea", "\\\\x616"),
        BAD(B, TK_BYTEA, "bytea", "\\\\x6g"),
        BAD(B, TK_BLOB, "blob", "616"),
        BAD(B, TK_BLOB, "blob", "zz"),
        BAD(B, TK_BIT, "bit(8)", "00000102"),
    };
    CHECK(values);
}

static void test_dates(void **state) {
    (void)state;
    static const struct value values[] = {
        SAME(B, TK_DATE, "date", "2024-02-29", "00002279"),
        SAME(B, TK_DATE, "date", "0001-01-01", "fff4dbf9"),
        SAME(PG, TK_DATE, "date", "9999-12-31", "002c95d3"),
        SAME(B, TK_DATE, "date", "1999-12-31", "ffffffff"),
        SAME(B, TK_DATE, "date", "1000-01-01", "fffa6d46"),
        {B, TK_DATE, "date", "0000-00-00", "ffda97cc", "80000000"},
        SAME(B, TK_DATE, "date", "0000-01-01", "fff4da8b"),
        SAME(B, TK_DATE, "date", "0000-12-31", "fff4dbf8"),
        SAME(A, TK_DATE, "date", "2024-02-29 00:00:00", "00002279"),
        SAME(PG, TK_DATE, "date", "infinity", "7fffffff"),
        SAME(PG, TK_DATE, "date", "-infinity", "80000000"),
        {B, TK_DATE, "date", "-infinity", "80000000", "80000001"},
        BAD(PG, TK_DATE, "date", "0000-00-00"),
        BAD(PG, TK_DATE, "date", "0000-01-01"),
        BAD(PG, TK_DATE, "date", "0044-03-15 BC"),
        BAD(PG, TK_DATE, "date", "10000-01-01"),
        BAD(B, TK_DATE, "date", "2024-00-00"),
        BAD(B, TK_DATE, "date", "2024-02-30"),
        BAD(B, TK_DATE, "date", "2024-13-01"),
        BAD(B, TK_DATE, "date", "2024-2-9"),
        BAD(B, TK_DATE, "date", "2024-02-29 01:00:00"),
        BAD(B, TK_DATE, "date", ""),
        SAME(B, TK_TIMESTAMP, "timestamp(6) without time zone", "2024-02-29 12:34:56.789", "0002b58341728608"),
        SAME(B, TK_TIMESTAMP, "timestamp(0) without time zone", "2024-02-29 12:34:57", "0002b5834175be40"),
        SAME(PG, TK_TIMESTAMP, "timestamp(6)", "9999-12-31 23:59:59.999999", "0380e70b913b7fff"),
        SAME(B, TK_TIMESTAMP, "timestamp", "1000-01-01 00:00:00", "ff8fe3289cc44000"),
        SAME(A, TK_TIMESTAMP, "timestamp(0) without time zone", "2024-02-29 00:00:00", "0002b578b58c6000"),
        SAME(PG, TK_TIMESTAMP, "timestamp", "infinity", "7fffffffffffffff"),
        {B, TK_TIMESTAMP, "timestamp(6) without time zone", "0000-00-00 00:00:00", "fd0f7fa991408000",
         "8000000000000000"},
        BAD(PG, TK_TIMESTAMP, "timestamp", "0000-00-00 00:00:00"),
        BAD(PG, TK_TIMESTAMP, "timestamp", "0044-03-15 00:00:00 BC"),
        BAD(B, TK_TIMESTAMP, "timestamp", "0000-00-00 00:00:01"),
        BAD(B, TK_TIMESTAMP, "timestamp", "2024-02-29"),
        BAD(B, TK_TIMESTAMP, "timestamp", "2024-02-29 24:00:00"),
        BAD(B, TK_TIMESTAMP, "timestamp", "2024-02-29 12:60:00"),
        BAD(B, TK_TIMESTAMP, "timestamp", "2024-02-29 12:34:56."),
        BAD(B, TK_TIMESTAMP, "timestamp", "2024-02-29 12:34:56.1234567"),
        BAD(B, TK_TIMESTAMP, "timestamp", "2024-02-29 12:34:56+00"),
        SAME(B, TK_TIMESTAMPTZ, "timestamp(6) with time zone", "2024-02-29 12:34:56.789+00", "0002b58341728608"),
        SAME(B, TK_TIMESTAMPTZ, "timestamp(0) with time zone", "1970-01-01 00:00:00+00", "fffca2fec4c82000"),
        SAME(PG, TK_TIMESTAMPTZ, "timestamptz", "2024-02-29 12:34:56.789+08", "0002b57c8cd56608"),
        SAME(PG, TK_TIMESTAMPTZ, "timestamptz", "2024-02-28 23:00:00-03:30", "0002b57acdfd7a00"),
        SAME(PG, TK_TIMESTAMPTZ, "timestamptz", "1890-01-01 08:05:43+08:05:43", "fff3aaf4c7960000"),
        {B, TK_TIMESTAMPTZ, "timestamp(6) with time zone", "0000-00-00 00:00:00+00", "fd0f7fa991408000",
         "8000000000000000"},
        BAD(B, TK_TIMESTAMPTZ, "timestamptz", "2024-02-29 12:34:56"),
        BAD(B, TK_TIMESTAMPTZ, "timestamptz", "2024-02-29 12:34:56+"),
        BAD(B, TK_TIMESTAMPTZ, "timestamptz", "2024-02-29 12:34:56+99"),
        BAD(B, TK_TIMESTAMPTZ, "timestamptz", "2024-02-29 12:34:56+08:"),
        BAD(B, TK_TIMESTAMPTZ, "timestamptz", "2024-02-29 12:34:56+0x"),
    };
    CHECK(values);
}

static void test_times(void **state) {
    (void)state;
    static const struct value values[] = {
        SAME(B, TK_TIME, "time(6)", "12:34:56.7", "0000000a8be4ca60"),
        SAME(B, TK_TIME, "time(6)", "838:59:59", "000002bf3dcf39c0"),
        SAME(B, TK_TIME, "time(6)", "-838:59:59", "fffffd40c230c640"),
        SAME(B, TK_TIME, "time(6)", "-00:00:01.5", "ffffffffffe91ca0"),
        SAME(B, TK_TIME, "time(6)", "-100:00:00.5", "ffffffac2e4c4ee0"),
        SAME(B, TK_TIME, "time(6)", "-12:34:56.789", "fffffff57419d9f8"),
        SAME(B, TK_TIME, "time", "123:45:06", "00000067ba3a1480"),
        SAME(PG, TK_TIME, "time", "24:00:00", "000000141dd76000"),
        SAME(PG, TK_TIME, "time", "00:00:00", "0000000000000000"),
        SAME(PG, TK_TIME, "time", "00:00:00.000001", "0000000000000001"),
        BAD(B, TK_TIME, "time", ""),
        BAD(B, TK_TIME, "time", "1:00:00"),
        BAD(B, TK_TIME, "time", "12:34"),
        BAD(B, TK_TIME, "time", "12:34:60"),
        BAD(B, TK_TIME, "time", "--12:34:00"),
        BAD(B, TK_TIME, "time", "1234:00:00"),
        BAD(B, TK_TIME, "time", "12:34:56+00"),
        {PG, TK_INTERVAL, "interval(6)", "26:00:00", "00000015cafea8000000000000000000", "00000015cafea800"},
        {PG, TK_INTERVAL, "interval(6)", "-00:00:01.5", "ffffffffffe91ca00000000000000000", "ffffffffffe91ca0"},
        {PG, TK_INTERVAL, "interval", "1 day 02:00:00", "00000001ad2748000000000100000000", "00000015cafea800"},
        {PG, TK_INTERVAL, "interval", "1 day -02:00:00", "fffffffe52d8b8000000000100000000", "0000001270b01800"},
        {PG, TK_INTERVAL, "interval", "-1 days +02:00:00", "00000001ad274800ffffffff00000000", "ffffffed8f4fe800"},
        {PG, TK_INTERVAL, "interval", "-1 days", "0000000000000000ffffffff00000000", "ffffffebe228a000"},
        {PG, TK_INTERVAL, "interval", "34 days 22:59:59", "00000013473479c00000002200000000", "000002bf3dcf39c0"},
        {PG, TK_INTERVAL, "interval", "00:00:00", "00000000000000000000000000000000", "0000000000000000"},
        {PG, TK_INTERVAL, "interval", "838:59:59.999999", "000002bf3dde7bff0000000000000000", "000002bf3dde7bff"},
        /* no TIME: as they are */
        {PG, TK_INTERVAL, "interval", "1 year 2 mons 3 days 04:05:06.7", "000000036c966ee0000000030000000e",
         "000000036c966ee0000000030000000e"},
        {PG, TK_INTERVAL, "interval", "-1 years -2 mons +3 days -04:05:06", "fffffffc93743f8000000003fffffff2",
         "fffffffc93743f8000000003fffffff2"},
        {PG, TK_INTERVAL, "interval", "1 mon", "00000000000000000000000000000001", "00000000000000000000000000000001"},
        BAD(PG, TK_INTERVAL, "interval", ""),
        BAD(PG, TK_INTERVAL, "interval", "1"),
        BAD(PG, TK_INTERVAL, "interval", "1 day "),
        BAD(PG, TK_INTERVAL, "interval", "1 fortnight"),
        BAD(PG, TK_INTERVAL, "interval", "1 day 1 mon"),
        BAD(PG, TK_INTERVAL, "interval", "3000000000 days"),
        BAD(PG, TK_INTERVAL, "interval", "9999999999 mons"),
        BAD(PG, TK_INTERVAL, "interval", "9999999999999999999:00:00"),
        BAD(PG, TK_INTERVAL, "interval", "@ 1 day"),
    };
    CHECK(values);
}

static void test_identifiers_and_json(void **state) {
    (void)state;
    static const struct value values[] = {
        SAME(PG, TK_UUID, "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc999c0b4ef8bb6d6bb9bd380a11"),
        SAME(PG, TK_UUID, "uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc999c0b4ef8bb6d6bb9bd380a11"),
        BAD(PG, TK_UUID, "uuid", "a0eebc999c0b4ef8bb6d6bb9bd380a11"),
        BAD(PG, TK_UUID, "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1"),
        BAD(PG, TK_UUID, "uuid", "a0eebc99-9c0b-4ef8-bb6d_6bb9bd380a11"),
        BAD(PG, TK_UUID, "uuid", "g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        SAME(PG, TK_INET, "inet", "10.1.2.3", "022000040a010203"),
        SAME(PG, TK_INET, "inet", "192.168.1.0/24", "02180004c0a80100"),
        SAME(PG, TK_INET, "inet", "::1", "0380001000000000000000000000000000000001"),
        SAME(PG, TK_INET, "inet", "2001:db8::1/64", "0340001020010db8000000000000000000000001"),
        BAD(PG, TK_INET, "inet", ""),
        BAD(PG, TK_INET, "inet", "10.1.2"),
        BAD(PG, TK_INET, "inet", "10.1.2.3/33"),
        BAD(PG, TK_INET, "inet", "10.1.2.3/"),
        BAD(PG, TK_INET, "inet", "10.1.2.3/8x"),
        BAD(PG, TK_INET, "inet", "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"),
        /* {"a":[1,2.5,1000,"中"],"b":2} */
        {B, TK_TEXT, "json", "{\"b\":1,  \"a\":[1,2.50,1e3,\"\\\\u4e2d\"],\"b\":2}", NULL,
         "7b2261223a5b312c322e352c313030302c22e4b8ad225d2c2262223a327d"},
        {B, TK_JSONB, "jsonb", "{\"a\": [1, 2.50, 1000, \"\xe4\xb8\xad\"], \"b\": 2}",
         "017b2261223a5b312c322e352c313030302c22e4b8ad225d2c2262223a327d",
         "7b2261223a5b312c322e352c313030302c22e4b8ad225d2c2262223a327d"},
        {B, TK_JSONB, "jsonb", "\"a\\\\nb\\\\\\\\\"", NULL,
         "22615c75303030"
         "61625c5c22"},
        BAD(B, TK_JSONB, "jsonb", "{\"a\": \\x41}"),
        BAD(B, TK_JSONB, "jsonb", ""),
        {B, TK_JSONB, "jsonb", "\\N", NULL, "NULL"},
    };
    CHECK(values);
}

/* ---- lines ---- */

static const struct canon_column line_columns[] = {
    {TK_INT4, "integer", "n"}, {TK_TEXT, "text", "t"}, {TK_JSONB, "jsonb", "j"}, {TK_BLOB, "blob", "b"}};
enum { LINE_COLUMNS = sizeof line_columns / sizeof line_columns[0] };

static const char *line(struct canon_one *o, const char *text) {
    static char shown[200];
    buf_reset(&o->out);
    if (!canon_text(o->plan, (const uint8_t *)text, strlen(text), &o->out, &o->err)) {
        assert_int_equal(o->err.code, ERR_TARGET_PROTOCOL);
        assert_int_equal(o->out.len, 0);
        return "FAIL";
    }
    const uint8_t *at = o->out.data, *end = at + o->out.len, *field;
    size_t n, w = 0;
    while (canon_next(&at, end, &field, &n)) {
        w += (size_t)snprintf(shown + w, sizeof shown - w, "%s%zu", w > 0 ? "," : "", field == NULL ? 999 : n);
    }
    assert_true(at == end);
    return shown;
}

static void test_lines(void **state) {
    (void)state;
    struct canon_one o;
    canon_one_init(&o);
    assert_true(canon_plan_make(&o.arena, DIALECT_OG_B, line_columns, LINE_COLUMNS, &o.plan, &o.err));
    assert_string_equal(line(&o, "1\ta\\tb\t[1, 2]\tFF"), "4,3,5,1");
    assert_string_equal(line(&o, "\\N\t\\N\t\\N\t\\N"), "999,999,999,999");
    assert_string_equal(line(&o, "1\t\t{}\t"), "4,0,2,0");
    assert_string_equal(line(&o, "1\ta\t{}"), "FAIL");
    assert_non_null(strstr(o.err.where, "column j"));
    assert_string_equal(line(&o, "1\ta\t{}\tFF\t2"), "FAIL");
    assert_string_equal(line(&o, "1\ta\t{}\tFF\t"), "FAIL");
    assert_string_equal(line(&o, ""), "FAIL");
    assert_string_equal(line(&o, "x\ta\t{}\tFF"), "FAIL");
    assert_non_null(strstr(o.err.where, "column n"));
    canon_one_clear(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers), cmocka_unit_test(test_numerics),
        cmocka_unit_test(test_floats),   cmocka_unit_test(test_texts),
        cmocka_unit_test(test_bytes),    cmocka_unit_test(test_dates),
        cmocka_unit_test(test_times),    cmocka_unit_test(test_identifiers_and_json),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
