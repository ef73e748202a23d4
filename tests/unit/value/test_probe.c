/* The samples a server is asked with are what the encoder writes for the same values. */
#include "one.h"

#include "value/probe.h"
#include "value/target_spec.h"

static void int_m2(struct row *r) {
    row_int(r, -2, 8);
}
static void int_max1(struct row *r) {
    row_int(r, 127, 8);
}
static void int_258(struct row *r) {
    row_int(r, 258, 8);
}
static void int_4(struct row *r) {
    row_int(r, 16909060, 8);
}
static void int_8(struct row *r) {
    row_int(r, 72623859790382856, 8);
}
static void uint_255(struct row *r) {
    row_int(r, 255, 8);
}
static void uint_1(struct row *r) {
    row_int(r, 1, 8);
}
static void uint_0(struct row *r) {
    row_int(r, 0, 8);
}
static void uint_65534(struct row *r) {
    row_int(r, 65534, 8);
}
static void uint_32(struct row *r) {
    row_int(r, 4294967294, 8);
}
static void year_2024(struct row *r) {
    row_int(r, 2024, 2);
}
static void year_0(struct row *r) {
    row_int(r, 0, 2);
}
static void decimal_1(struct row *r) {
    row_text(r, "-12345.6780000000");
}
static void decimal_2(struct row *r) {
    row_text(r, "0.0001000000");
}
static void decimal_3(struct row *r) {
    row_text(r, "0.0000000000");
}
static void decimal_4(struct row *r) {
    row_text(r, "40000000.0000000000");
}
static void double_m15(struct row *r) {
    row_double(r, -1.5);
}
static void double_01(struct row *r) {
    row_double(r, 0.1);
}
static void float_m15(struct row *r) {
    row_float(r, -1.5f);
}
static void float_01(struct row *r) {
    row_float(r, 0.1f);
}
static void bit_9(struct row *r) {
    row_bytes(r, "\0\5", 2);
}
static void bit_1(struct row *r) {
    row_bytes(r, "\1", 1);
}
static void text_zh(struct row *r) {
    row_text(r, "a\xe4\xb8\xad");
}
static void text_xy(struct row *r) {
    row_text(r, "x y");
}
static void json_a(struct row *r) {
    row_text(r, "{\"a\": 1}");
}
static void bytes_3(struct row *r) {
    row_bytes(r,
              "\0\xff"
              "A",
              3);
}
static void date_1(struct row *r) {
    row_datetime(r, 2024, 2, 29, 0, 0, 0, 0);
}
static void date_2(struct row *r) {
    row_datetime(r, 1999, 12, 31, 0, 0, 0, 0);
}
static void date_3(struct row *r) {
    row_datetime(r, 1, 1, 1, 0, 0, 0, 0);
}
static void time_1(struct row *r) {
    row_time(r, false, 0, 12, 34, 56, 700000);
}
static void time_0(struct row *r) {
    row_time(r, false, 0, 0, 0, 0, 0);
}
static void interval_1(struct row *r) {
    row_time(r, true, 0, 0, 0, 1, 500000);
}
static void interval_2(struct row *r) {
    row_time(r, false, 4, 4, 0, 0, 0);
}
static void stamp_1(struct row *r) {
    row_datetime(r, 2024, 2, 29, 10, 11, 12, 123456);
}
static void stamp_2(struct row *r) {
    row_datetime(r, 1999, 12, 31, 23, 59, 59, 999999);
}
static void uuid_1(struct row *r) {
    row_text(r, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
}
static void inet_1(struct row *r) {
    row_text(r, "10.1.2.3");
}
static void inet_2(struct row *r) {
    row_text(r, "2001:db8::1");
}

static const struct {
    enum target_kind kind;
    struct column_spec spec;
    void (*put)(struct row *);
} values[] = {
    /* in the order of the samples */
    {TK_BOOL, {"bigint", .target = "boolean"}, uint_1},
    {TK_BOOL, {"bigint", .target = "boolean"}, uint_0},
    {TK_INT1, {"bigint", .target = "tinyint"}, int_m2},
    {TK_INT1, {"bigint", .target = "tinyint"}, int_max1},
    {TK_INT2, {"bigint", .target = "smallint"}, int_m2},
    {TK_INT2, {"bigint", .target = "smallint"}, int_258},
    {TK_INT4, {"bigint", .target = "integer"}, int_m2},
    {TK_INT4, {"bigint", .target = "integer"}, int_4},
    {TK_INT8, {"bigint"}, int_m2},
    {TK_INT8, {"bigint"}, int_8},
    {TK_UINT1, {"bigint", .target = "uint1"}, uint_255},
    {TK_UINT1, {"bigint", .target = "uint1"}, uint_1},
    {TK_UINT2, {"bigint", .target = "uint2"}, uint_65534},
    {TK_UINT2, {"bigint", .target = "uint2"}, int_258},
    {TK_UINT4, {"bigint", .target = "uint4"}, uint_32},
    {TK_UINT4, {"bigint", .target = "uint4"}, int_4},
    {TK_UINT8, {"bigint unsigned"}, int_m2},
    {TK_UINT8, {"bigint unsigned"}, int_8},
    {TK_YEAR, {"year"}, year_2024},
    {TK_YEAR, {"year"}, year_0},
    {TK_NUMERIC, {"decimal(40,10)"}, decimal_1},
    {TK_NUMERIC, {"decimal(40,10)"}, decimal_2},
    {TK_NUMERIC, {"decimal(40,10)"}, decimal_3},
    {TK_NUMERIC, {"decimal(40,10)"}, decimal_4},
    {TK_FLOAT4, {"float"}, float_m15},
    {TK_FLOAT4, {"float"}, float_01},
    {TK_FLOAT8, {"double"}, double_m15},
    {TK_FLOAT8, {"double"}, double_01},
    {TK_BIT, {"bit(9)"}, bit_9},
    {TK_BIT, {"bit(1)"}, bit_1},
    {TK_TEXT, {"text"}, text_zh},
    {TK_TEXT, {"text"}, text_xy},
    {TK_JSONB, {"json"}, json_a},
    {TK_BYTEA, {"varbinary(9)"}, bytes_3},
    {TK_BLOB, {"blob"}, bytes_3},
    {TK_DATE, {"date"}, date_1},
    {TK_DATE, {"date"}, date_2},
    {TK_DATE, {"date"}, date_3},
    {TK_TIME, {"time(6)"}, time_1},
    {TK_TIME, {"time(6)"}, time_0},
    {TK_INTERVAL, {"time(6)", .target = "interval"}, interval_1},
    {TK_INTERVAL, {"time(6)", .target = "interval"}, interval_2},
    {TK_TIMESTAMP, {"datetime(6)"}, stamp_1},
    {TK_TIMESTAMP, {"datetime(6)"}, stamp_2},
    {TK_TIMESTAMPTZ, {"timestamp(6)"}, stamp_1},
    {TK_TIMESTAMPTZ, {"timestamp(6)"}, stamp_2},
    {TK_UUID, {"uuid"}, uuid_1},
    {TK_INET, {"inet6"}, inet_1},
    {TK_INET, {"inet6"}, inet_2},
};

static void samples(void **state) {
    (void)state;
    size_t used[TK_COUNT] = {0}, n;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const struct encode_probe *p = encode_probes_for(values[i].kind, DIALECT_OG_B, &n);
        assert_true(used[values[i].kind] < n);
        p += used[values[i].kind]++;
        struct one o;
        char hex[256] = "";
        for (size_t k = 0; k < p->len; k++) {
            snprintf(hex + 2 * k, 3, "%02x", p->bytes[k]);
        }
        one_open(&o, DIALECT_OG_B, true, NULL, values[i].spec);
        values[i].put(&o.row);
        const char *got = one_result(&o);
        if (strcmp(got, hex) != 0) {
            fail_msg("kind %d, %s: %s, encoded %s", (int)values[i].kind, p->literal, hex, got);
        }
        one_close(&o);
    }
    for (int k = 0; k < TK_COUNT; k++) {
        encode_probes_for((enum target_kind)k, DIALECT_OG_B, &n);
        assert_int_equal(used[k], n); /* none is left out */
        assert_true(n > 0);
        assert_non_null(target_cast_name((enum target_kind)k));
    }
    const struct encode_probe *blob = encode_probes_for(TK_BLOB, DIALECT_OG_PG, &n);
    assert_int_equal(n, 1);
    assert_string_equal(blob->literal, "'00ff41'");
    assert_string_equal(encode_probes_for(TK_BLOB, DIALECT_OG_B, &n)->literal, "'\\x00ff41'");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(samples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
