/* COPY binary: the bytes of every type at its limits. */
#include "one.h"

#include <float.h>

#define CHECK(dialect, spec_, put, expected)                                                                           \
    do {                                                                                                               \
        struct one o;                                                                                                  \
        one_open(&o, dialect, true, NULL, (struct column_spec){.type = spec_});                                        \
        struct row *r = &o.row;                                                                                        \
        put;                                                                                                           \
        assert_string_equal(one_result(&o), expected);                                                                 \
        one_close(&o);                                                                                                 \
    } while (0)

#define CHECK_AS(dialect, spec_, target_, put, expected)                                                               \
    do {                                                                                                               \
        struct one o;                                                                                                  \
        one_open(&o, dialect, true, NULL, (struct column_spec){.type = spec_, .target = target_});                     \
        struct row *r = &o.row;                                                                                        \
        put;                                                                                                           \
        assert_string_equal(one_result(&o), expected);                                                                 \
        one_close(&o);                                                                                                 \
    } while (0)

static void integers(void **state) {
    (void)state;
    CHECK(DIALECT_PG, "tinyint", row_int(r, -128, 1), "ff80");
    CHECK(DIALECT_PG, "tinyint", row_int(r, 127, 1), "007f");
    CHECK(DIALECT_PG, "tinyint unsigned", row_int(r, 255, 1), "00ff");
    CHECK(DIALECT_PG, "smallint", row_int(r, -32768, 2), "8000");
    CHECK(DIALECT_PG, "smallint unsigned", row_int(r, 65535, 2), "0000ffff");
    CHECK(DIALECT_PG, "mediumint", row_int(r, -8388608, 4), "ff800000");
    CHECK(DIALECT_PG, "mediumint unsigned", row_int(r, 16777215, 4), "00ffffff");
    CHECK(DIALECT_PG, "int", row_int(r, INT32_MIN, 4), "80000000");
    CHECK(DIALECT_PG, "int", row_int(r, 16909060, 4), "01020304");
    CHECK(DIALECT_PG, "int unsigned", row_int(r, UINT32_MAX, 4), "00000000ffffffff");
    CHECK(DIALECT_PG, "bigint", row_int(r, INT64_MIN, 8), "8000000000000000");
    CHECK(DIALECT_PG, "bigint", row_int(r, 0x0102030405060708, 8), "0102030405060708");
    CHECK(DIALECT_PG, "int", row_null(r), "NULL");
}

static void integers_b(void **state) {
    (void)state;
    CHECK(DIALECT_OG_B, "tinyint", row_int(r, -128, 1), "80");
    CHECK(DIALECT_OG_B, "tinyint unsigned", row_int(r, 255, 1), "ff");
    CHECK(DIALECT_OG_B, "smallint unsigned", row_int(r, 65535, 2), "ffff");
    CHECK(DIALECT_OG_B, "mediumint unsigned", row_int(r, 16777215, 4), "00ffffff");
    CHECK(DIALECT_OG_B, "int unsigned", row_int(r, UINT32_MAX, 4), "ffffffff");
    CHECK(DIALECT_OG_B, "bigint unsigned", row_int(r, -1, 8), "ffffffffffffffff");
    CHECK(DIALECT_OG_B, "year", row_int(r, 2155, 2), "0000086b");
    CHECK(DIALECT_OG_B, "year", row_int(r, 0, 2), "00000000");
    CHECK(DIALECT_OG_PG, "year", row_int(r, 1901, 2), "076d");
    CHECK(DIALECT_OG_PG, "tinyint", row_int(r, -1, 1), "ffff");
}

static void bigint_unsigned_is_numeric(void **state) {
    (void)state;
    CHECK(DIALECT_PG, "bigint unsigned", row_int(r, 0, 8), "0000000000000000");
    CHECK(DIALECT_PG, "bigint unsigned", row_int(r, 1, 8), "00010000000000000001");
    CHECK(DIALECT_PG, "bigint unsigned", row_int(r, 10000, 8), "00010001000000000001");
    CHECK(DIALECT_PG, "bigint unsigned", row_int(r, 10001, 8), "000200010000000000010001");
    /* 18446744073709551615: 1844 6744 0737 0955 1615 */
    CHECK(DIALECT_PG, "bigint unsigned", row_int(r, -1, 8), "000500040000000007341a5802e103bb064f");
}

static void decimals(void **state) {
    (void)state;
    CHECK(DIALECT_PG, "decimal(10,3)", row_text(r, "-12345.678"), "0003000140000003000109291a7c");
    CHECK(DIALECT_PG, "decimal(10,2)", row_text(r, "0.00"), "0000000000000002");
    CHECK(DIALECT_PG, "decimal(10,2)", row_text(r, "-0.00"), "0000000000000002");
    CHECK(DIALECT_PG, "decimal(10,0)", row_text(r, "10000"), "00010001000000000001");
    CHECK(DIALECT_PG, "decimal(10,2)", row_text(r, "100.00"), "00010000000000020064");
    CHECK(DIALECT_PG, "decimal(10,6)", row_text(r, "0.000012"), "0001fffe0000000604b0");
    CHECK(DIALECT_PG, "decimal(10,2)", row_text(r, "00000042.50"), "0002000000000002002a1388"); /* zerofill */
    CHECK(DIALECT_PG, "decimal(65,30)",
          row_text(r, "12345678901234567890123456789012345.123456789012345678901234567890"),
          "001100080000001e007b11d722c509291a85007b11d722c5092904d2162e23340d801ed204d2162e2328");
}

static void floats(void **state) {
    (void)state;
    CHECK(DIALECT_PG, "float", row_float(r, 0.1f), "3dcccccd");
    CHECK(DIALECT_PG, "double", row_double(r, -1.5), "bff8000000000000");
    CHECK(DIALECT_PG, "double", row_double(r, DBL_MAX), "7fefffffffffffff");
    CHECK(DIALECT_PG, "double", row_double(r, -0.0), "8000000000000000"); /* PostgreSQL keeps the sign */
    CHECK(DIALECT_OG_PG, "double", row_double(r, -0.0), "0000000000000000");
    CHECK(DIALECT_OG_PG, "float", row_float(r, -0.0f), "00000000");
    CHECK(DIALECT_OG_B, "float", row_float(r, -2.5f), "c0200000");
    CHECK(DIALECT_PG, "float(7,3)", row_float(r, 1234.567f), "000200000000000304d21626");
    CHECK(DIALECT_PG, "double(10,2)", row_double(r, -0.5), "0001ffff400000021388");
    CHECK_AS(DIALECT_PG, "double", "numeric", row_double(r, 1e20), "00010005000000000001");
    CHECK_AS(DIALECT_PG, "double", "numeric", row_double(r, 1.25e-7), "0002fffe00000009000c1388");
    CHECK_AS(DIALECT_PG, "float", "double precision", row_float(r, 0.5f), "3fe0000000000000");
    CHECK_AS(DIALECT_PG, "double", "real", row_double(r, 0.1), "3dcccccd");
}

static void bits(void **state) {
    (void)state;
    CHECK(DIALECT_PG, "bit(1)", row_bytes(r, "\1", 1), "0000000180");
    CHECK(DIALECT_PG, "bit(8)", row_bytes(r, "\5", 1), "0000000805");
    CHECK(DIALECT_PG, "bit(9)", row_bytes(r, "\1\1", 2), "000000098080");
    CHECK(DIALECT_PG, "bit(64)", row_bytes(r, "\x80\0\0\0\0\0\0\1", 8), "000000408000000000000001");
    CHECK(DIALECT_PG, "bit(3)", row_bytes(r, "\x08", 1),
          "FAIL a row of the source cannot be read: a BIT that is longer than its column");
    CHECK_AS(DIALECT_PG, "bit(1)", "boolean", row_bytes(r, "\1", 1), "01");
    CHECK_AS(DIALECT_PG, "bit(16)", "integer", row_bytes(r, "\1\2", 2), "00000102");
    CHECK_AS(DIALECT_PG, "bit(16)", "bytea", row_bytes(r, "\1\2", 2), "0102");
}

static void characters(void **state) {
    (void)state;
    CHECK(DIALECT_PG, "varchar(20)", row_text(r, "abc"), "616263");
    CHECK(DIALECT_PG, "varchar(20)", row_text(r, ""), "");
    CHECK(DIALECT_PG, "varchar(20)", row_text(r, "\xe4\xb8\xad"), "e4b8ad");
    CHECK(DIALECT_PG, "char(5)", row_text(r, "a\\b\n"), "615c620a");
    CHECK(DIALECT_PG, "enum('a','it''s')", row_text(r, "it's"), "69742773");
    CHECK(DIALECT_OG_B, "set('x','y')", row_text(r, ""), "");
    CHECK(DIALECT_OG_B, "set('x','y')", row_text(r, "x,y"), "782c79");
    CHECK(DIALECT_OG_A, "varchar(20)", row_text(r, ""), "NULL");
    CHECK(DIALECT_PG, "json", row_text(r, "{}"), "017b7d");
    CHECK_AS(DIALECT_PG, "json", "json", row_text(r, "{}"), "7b7d");
    CHECK_AS(DIALECT_PG, "varchar(9)", "bytea", row_text(r, "ab"), "6162");
}

static void bytes(void **state) {
    (void)state;
    static const uint8_t point[] = {0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40};
    uint8_t with_srid[sizeof point];
    memcpy(with_srid, point, sizeof point);
    with_srid[0] = 0xe6;
    with_srid[1] = 0x10;
    CHECK(DIALECT_PG, "binary(3)", row_bytes(r, "\0\xff\0", 3), "00ff00");
    CHECK(DIALECT_OG_B, "longblob", row_bytes(r, "\\x41", 4), "5c783431");
    CHECK(DIALECT_PG, "blob", row_bytes(r, "", 0), "");
    CHECK(DIALECT_OG_A, "blob", row_bytes(r, "", 0), ""); /* only text is NULL when empty */
    CHECK(DIALECT_PG, "point", row_bytes(r, point, sizeof point), "0101000000000000000000f03f0000000000000040");
    CHECK(DIALECT_PG, "point", row_bytes(r, with_srid, sizeof with_srid),
          "0101000020e6100000000000000000f03f0000000000000040");
    CHECK(DIALECT_PG, "vector(1)", row_bytes(r, "\0\0\x80\x3f", 4), "0000803f");
}

static void dates(void **state) {
    (void)state;
    CHECK(DIALECT_PG, "date", row_datetime(r, 2000, 1, 1, 0, 0, 0, 0), "00000000");
    CHECK(DIALECT_PG, "date", row_datetime(r, 2024, 2, 29, 0, 0, 0, 0), "00002279");
    CHECK(DIALECT_PG, "date", row_datetime(r, 1, 1, 1, 0, 0, 0, 0), "fff4dbf9");
    CHECK(DIALECT_PG, "date", row_datetime(r, 9999, 12, 31, 0, 0, 0, 0), "002c95d3");
    CHECK(DIALECT_OG_A, "date", row_datetime(r, 2000, 1, 2, 0, 0, 0, 0), "000000141dd76000");
    CHECK(DIALECT_PG, "datetime(6)", row_datetime(r, 2024, 2, 29, 10, 11, 12, 123456), "0002b5813f609240");
    CHECK(DIALECT_PG, "timestamp(6)", row_datetime(r, 1999, 12, 31, 23, 59, 59, 999999), "ffffffffffffffff");
    CHECK(DIALECT_PG, "datetime", row_datetime(r, 2000, 1, 1, 0, 0, 1, 0), "00000000000f4240");
    CHECK(DIALECT_PG, "time(6)", row_time(r, false, 0, 0, 0, 0, 1), "0000000000000001");
    CHECK(DIALECT_PG, "time", row_time(r, false, 1, 0, 0, 0, 0), "000000141dd76000");
    CHECK(DIALECT_PG, "time", row_time(r, false, 0, 0, 0, 0, 0), "0000000000000000");
    CHECK(DIALECT_OG_B, "time", row_time(r, true, 34, 22, 59, 59, 0), "fffffd40c230c640");
    CHECK_AS(DIALECT_PG, "time(6)", "interval", row_time(r, true, 0, 0, 0, 1, 500000),
             "ffffffffffe91ca00000000000000000");
}

static void addresses(void **state) {
    (void)state;
    CHECK(DIALECT_PG, "uuid", row_text(r, "A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11"), "a0eebc999c0b4ef8bb6d6bb9bd380a11");
    CHECK(DIALECT_PG, "inet4", row_text(r, "10.1.2.3"), "022000040a010203");
    CHECK(DIALECT_PG, "inet6", row_text(r, "2001:db8::1"), "0380001020010db8000000000000000000000001");
    CHECK(DIALECT_PG, "inet6", row_text(r, "::ffff:1.2.3.4"), "0380001000000000000000000000ffff01020304");
    CHECK_AS(DIALECT_PG, "varchar(36)", "uuid", row_text(r, "a0eebc999c0b4ef8bb6d6bb9bd380a1"),
             "FAIL 'a0eebc999c0b4ef8bb6d6bb9bd380a1' is no UUID");
    CHECK_AS(DIALECT_PG, "varchar(36)", "uuid", row_text(r, "a0eebc99+9c0b-4ef8-bb6d-6bb9bd380a11"),
             "FAIL 'a0eebc99+9c0b-4ef8-bb6d-6bb9bd380a11' is no UUID");
    CHECK_AS(DIALECT_PG, "binary(16)", "uuid", row_bytes(r, "0123456789abcdef", 16),
             "30313233343536373839616263646566");
    CHECK_AS(DIALECT_PG, "varchar(50)", "inet", row_text(r, "10.1.2"), "FAIL '10.1.2' is no IP address");
    CHECK_AS(DIALECT_PG, "varchar(50)", "inet", row_bytes(r, "10.1.2.3\0x", 10),
             "FAIL x'31302e312e322e330078' is no IP address");
}

static void overrides(void **state) {
    (void)state;
    CHECK_AS(DIALECT_PG, "tinyint(1)", "boolean", row_int(r, 1, 1), "01");
    CHECK_AS(DIALECT_PG, "tinyint(1)", "boolean", row_int(r, 0, 1), "00");
    CHECK_AS(DIALECT_PG, "int", "text", row_int(r, -42, 4), "2d3432");
    CHECK_AS(DIALECT_PG, "datetime(3)", "text", row_datetime(r, 2024, 1, 2, 3, 4, 5, 6000),
             "323032342d30312d30322030333a30343a30352e303036303030");
    CHECK_AS(DIALECT_PG, "decimal(18,0)", "bigint", row_text(r, "-999999999999999999"), "f21f494c589c0001");
    CHECK_AS(DIALECT_PG, "decimal(18,2)", "double precision", row_text(r, "-1.50"), "bff8000000000000");
    CHECK_AS(DIALECT_PG, "bigint unsigned", "bigint", row_int(r, INT64_MAX, 8), "7fffffffffffffff");
    CHECK_AS(DIALECT_PG, "int", "double precision", row_int(r, -2, 4), "c000000000000000");
    CHECK_AS(DIALECT_PG, "bigint", "numeric(12,2)", row_int(r, -10001, 8), "000200014000000000010001");
}

static void whole_rows(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    const struct column_spec specs[] = {{"int"}, {"varchar(10)"}, {"int"}};
    struct encode_plan *p = plan_make(&a, DIALECT_PG, true, NULL, specs, 3);
    uint64_t counts[3 * LOSS_COUNT] = {0};
    struct encode_counts ec = {.counts = counts};
    struct buf out;
    struct err e = ERR_INIT;
    struct row r = {0};
    size_t failed;
    static const uint8_t expected[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
                                      "\0\3\0\0\0\4\0\0\0\1\377\377\377\377\0\0\0\4\377\377\377\377"
                                      "\377\377";
    buf_init(&out, 1 << 20);
    assert_true(encode_head(p, &out, &e));
    row_begin(&r, 3);
    row_int(&r, 1, 4);
    row_null(&r);
    row_int(&r, -1, 4);
    assert_true(encode_row(p, r.bytes, r.len, &ec, &out, &failed, &e));
    assert_true(encode_tail(p, &out, &e));
    assert_int_equal(out.len, sizeof expected - 1);
    assert_memory_equal(out.data, expected, out.len);
    row_clear(&r);
    buf_clear(&out);
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),   cmocka_unit_test(integers_b), cmocka_unit_test(bigint_unsigned_is_numeric),
        cmocka_unit_test(decimals),   cmocka_unit_test(floats),     cmocka_unit_test(bits),
        cmocka_unit_test(characters), cmocka_unit_test(bytes),      cmocka_unit_test(dates),
        cmocka_unit_test(addresses),  cmocka_unit_test(overrides),  cmocka_unit_test(whole_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
