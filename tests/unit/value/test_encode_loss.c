/* Every loss rule under every policy, in binary and in text. */
#include "one.h"

static struct loss_policies with(const char *text) {
    struct loss_policies p;
    loss_policies_default(&p);
    if (text != NULL) {
        assert_true(loss_policies_set(&p, text));
    }
    return p;
}

struct expectation {
    const char *policy; /* NULL: the default */
    const char *binary, *text;
};

/* put is called once per mode and policy; counted tells whether the rule's count must be 1 afterwards. */
static void check(enum dialect d, struct column_spec spec, void (*put)(struct row *), enum loss_rule rule,
                  const struct expectation *x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        for (int binary = 0; binary < 2; binary++) {
            struct loss_policies p = with(x[i].policy);
            struct one o;
            const char *expected = binary ? x[i].binary : x[i].text;
            one_open(&o, d, binary != 0, &p, spec);
            put(&o.row);
            const char *got = one_result(&o);
            bool failed = strncmp(got, "FAIL", 4) == 0;
            if (strcmp(expected, "FAIL") == 0) {
                assert_true(failed);
                assert_int_equal(o.err.code, ERR_SOURCE_VALUE);
                assert_non_null(strstr(o.err.message, loss_rule_name(rule)));
                assert_int_equal(o.counts[rule], 0);
                assert_false(encode_wants_text(&o.encode_counts));
            } else {
                assert_string_equal(got, expected);
                assert_int_equal(o.counts[rule], 1);
            }
            for (int other = 0; other < LOSS_COUNT; other++) {
                assert_true(other == (int)rule || o.counts[other] == 0);
            }
            one_close(&o);
        }
    }
}

#define CHECK(dialect, spec, put, rule, ...)                                                                           \
    do {                                                                                                               \
        const struct expectation x[] = {__VA_ARGS__};                                                                  \
        check(dialect, (struct column_spec)spec, put, rule, x, sizeof x / sizeof x[0]);                                \
    } while (0)
#define SPEC(...)                                                                                                      \
    { __VA_ARGS__ }

static void put_zero(struct row *r) {
    row_datetime(r, 0, 0, 0, 0, 0, 0, 0);
}
static void put_no_month(struct row *r) {
    row_datetime(r, 2024, 0, 31, 1, 2, 3, 0);
}
static void put_no_day(struct row *r) {
    row_datetime(r, 2024, 5, 0, 0, 0, 0, 0);
}
static void put_feb_30(struct row *r) {
    row_datetime(r, 2024, 2, 30, 0, 0, 0, 0);
}
static void put_year_0(struct row *r) {
    row_datetime(r, 0, 7, 1, 0, 0, 0, 0);
}
static void put_25h(struct row *r) {
    row_time(r, false, 1, 1, 0, 0, 0);
}
static void put_negative_time(struct row *r) {
    row_time(r, true, 0, 0, 0, 1, 0);
}
static void put_nul(struct row *r) {
    row_bytes(r, "a\0b", 3);
}
static void put_nul_long(struct row *r) {
    row_bytes(r, "0123456789abcdefgh\0i", 20);
}
static void put_bad(struct row *r) {
    row_bytes(r, "a\xff\xe4\xb8z", 5);
}
static void put_300(struct row *r) {
    row_int(r, 300, 4);
}
static void put_minus_2(struct row *r) {
    row_int(r, -2, 2);
}
static void put_minus_300(struct row *r) {
    row_int(r, -300, 4);
}
static void put_max64(struct row *r) {
    row_int(r, -1, 8);
}
static void put_5(struct row *r) {
    row_int(r, 5, 1);
}
static void put_decimal(struct row *r) {
    row_text(r, "-123456.7");
}
static void put_big_decimal(struct row *r) {
    row_text(r, "99999999999999999999");
}
static void put_empty(struct row *r) {
    row_text(r, "");
}
static void put_negative_0(struct row *r) {
    row_double(r, -0.0);
}
static void put_long(struct row *r) {
    row_text(r, "a\xe4\xb8\xad\xe4\xb8\xad"
                "b");
}
static void put_1e300(struct row *r) {
    row_double(r, -1e300);
}
static void put_json_nul(struct row *r) {
    row_text(r, "[\"a\\u0000\"]");
}
static void put_json_number(struct row *r) {
    row_text(r, "[1e99999]");
}

static void zero_date(void **state) {
    (void)state;
    CHECK(DIALECT_PG, SPEC("date"), put_zero, LOSS_ZERO_DATE, {NULL, "FAIL", "FAIL"}, {"zero-date=null", "NULL", "\\N"},
          {"zero-date=replace", "fff4dbf9", "0001-01-01"});
    CHECK(DIALECT_PG, SPEC("datetime"), put_zero, LOSS_ZERO_DATE, {NULL, "FAIL", "FAIL"},
          {"zero-date=replace", "ff1fe2ffc59c6000", "0001-01-01 00:00:00"});
    CHECK(DIALECT_OG_A, SPEC("timestamp"), put_zero, LOSS_ZERO_DATE, {NULL, "FAIL", "FAIL"},
          {"zero-date=replace", "ff1fe2ffc59c6000", "0001-01-01 00:00:00+00"});
    CHECK(DIALECT_OG_PG, SPEC("datetime"), put_no_month, LOSS_ZERO_DATE, {NULL, "FAIL", "FAIL"},
          {"zero-date=null", "NULL", "\\N"}, {"zero-date=replace", "0002b332320ef8c0", "2024-01-31 01:02:03"});
    CHECK(DIALECT_OG_B, SPEC("date"), put_no_day, LOSS_ZERO_DATE, {NULL, "FAIL", "FAIL"},
          {"zero-date=replace", "000022b7", "2024-05-01"});
    /* as text it is no loss */
    struct one o;
    one_open(&o, DIALECT_PG, false, NULL, (struct column_spec){.type = "date", .target = "text"});
    put_zero(&o.row);
    assert_string_equal(one_result(&o), "0000-00-00");
    one_close(&o);
}

static void zero_date_not_null(void **state) {
    (void)state;
    CHECK(DIALECT_PG, SPEC("date", .not_null = true), put_zero, LOSS_ZERO_DATE, {"zero-date=null", "FAIL", "FAIL"});
}

/* B stores 0000-00-00, but only text can say so. */
static void zero_date_b_wants_text(void **state) {
    (void)state;
    void (*const puts[])(struct row *) = {put_zero, put_year_0};
    for (size_t i = 0; i < 2; i++) {
        struct one o;
        one_open(&o, DIALECT_OG_B, true, NULL, (struct column_spec){.type = "datetime"});
        puts[i](&o.row);
        assert_false(one_encode(&o));
        assert_true(encode_wants_text(&o.encode_counts));
        /* the flag is of the last failure */
        put_no_day(&o.row);
        assert_false(one_encode(&o));
        assert_false(encode_wants_text(&o.encode_counts));
        one_close(&o);
    }
}

static void date_range(void **state) {
    (void)state;
    CHECK(DIALECT_PG, SPEC("date"), put_feb_30, LOSS_DATE_RANGE, {NULL, "FAIL", "FAIL"},
          {"date-range=null", "NULL", "\\N"}, {"date-range=clamp", "00002279", "2024-02-29"});
    CHECK(DIALECT_OG_B, SPEC("date"), put_feb_30, LOSS_DATE_RANGE, {NULL, "FAIL", "FAIL"},
          {"date-range=clamp", "00002279", "2024-02-29"});
    CHECK(DIALECT_PG, SPEC("date"), put_year_0, LOSS_DATE_RANGE, {NULL, "FAIL", "FAIL"},
          {"date-range=clamp", "fff4dbf9", "0001-01-01"});
}

static void time_range(void **state) {
    (void)state;
    CHECK(DIALECT_PG, SPEC("time"), put_25h, LOSS_TIME_RANGE, {NULL, "FAIL", "FAIL"},
          {"time-range=null", "NULL", "\\N"}, {"time-range=clamp", "000000141dd76000", "24:00:00"});
    CHECK(DIALECT_OG_A, SPEC("time"), put_negative_time, LOSS_TIME_RANGE, {NULL, "FAIL", "FAIL"},
          {"time-range=clamp", "0000000000000000", "00:00:00"});
}

static void nul_byte(void **state) {
    (void)state;
    CHECK(DIALECT_PG, SPEC("varchar(9)"), put_nul, LOSS_NUL_BYTE, {NULL, "FAIL", "FAIL"},
          {"nul-byte=null", "NULL", "\\N"}, {"nul-byte=replace", "612062", "a b"});
    CHECK(DIALECT_OG_B, SPEC("text"), put_nul_long, LOSS_NUL_BYTE, {NULL, "FAIL", "FAIL"},
          {"nul-byte=replace",
           "303132333435363738396162636465666768"
           "2069",
           "0123456789abcdefgh i"});
}

static void bad_utf8(void **state) {
    (void)state;
    CHECK(DIALECT_PG, SPEC("text"), put_bad, LOSS_BAD_UTF8, {NULL, "FAIL", "FAIL"}, {"bad-utf8=null", "NULL", "\\N"},
          {"bad-utf8=replace", "61efbfbdefbfbd7a", "a\xef\xbf\xbd\xef\xbf\xbdz"});
    CHECK(DIALECT_PG, SPEC("varbinary(9)", .target = "text"), put_bad, LOSS_BAD_UTF8, {NULL, "FAIL", "FAIL"});
}

static void range(void **state) {
    (void)state;
    CHECK(DIALECT_OG_B, SPEC("int", .target = "tinyint"), put_300, LOSS_RANGE, {NULL, "FAIL", "FAIL"},
          {"number-range=null", "NULL", "\\N"}, {"number-range=clamp", "7f", "127"});
    CHECK(DIALECT_OG_B, SPEC("int", .target = "tinyint"), put_minus_300, LOSS_RANGE,
          {"number-range=clamp", "80", "-128"});
    CHECK(DIALECT_OG_B, SPEC("int", .target = "uint2"), put_minus_300, LOSS_RANGE, {NULL, "FAIL", "FAIL"},
          {"number-range=clamp", "0000", "0"});
    CHECK(DIALECT_PG, SPEC("bigint unsigned", .target = "bigint"), put_max64, LOSS_RANGE, {NULL, "FAIL", "FAIL"},
          {"number-range=clamp", "7fffffffffffffff", "9223372036854775807"});
    CHECK(DIALECT_PG, SPEC("tinyint(1)", .target = "boolean"), put_5, LOSS_RANGE, {NULL, "FAIL", "FAIL"},
          {"number-range=clamp", "01", "t"});
    CHECK(DIALECT_PG, SPEC("decimal(10,1)", .target = "numeric(5,1)"), put_decimal, LOSS_RANGE, {NULL, "FAIL", "FAIL"},
          {"number-range=clamp",
           "000200004000"
           "0001"
           "270f2328",
           "-9999.9"});
    CHECK(DIALECT_PG, SPEC("decimal(10,1)", .target = "numeric(1,1)"), put_decimal, LOSS_RANGE, {NULL, "FAIL", "FAIL"},
          {"number-range=clamp", "0001ffff400000012328", "-0.9"});
    CHECK(DIALECT_PG, SPEC("decimal(20,0)", .target = "bigint"), put_big_decimal, LOSS_RANGE, {NULL, "FAIL", "FAIL"},
          {"number-range=clamp", "7fffffffffffffff", "9223372036854775807"});
    CHECK(DIALECT_PG, SPEC("double", .target = "real"), put_1e300, LOSS_RANGE, {NULL, "FAIL", "FAIL"},
          {"number-range=clamp", "ff7fffff", "-3.4028235e+38"});
    CHECK(DIALECT_PG, SPEC("double", .target = "numeric(10,2)"), put_1e300, LOSS_RANGE, {NULL, "FAIL", "FAIL"},
          {"number-range=clamp",
           "0003000140000002"
           "270f270f26ac",
           "-99999999.99"});
    CHECK(DIALECT_PG, SPEC("int", .target = "numeric(2,0)"), put_300, LOSS_RANGE, {NULL, "FAIL", "FAIL"},
          {"number-range=clamp", "00010000000000000063", "99"});
    /* wide enough above, not below */
    CHECK(DIALECT_OG_B, SPEC("smallint", .target = "uint4"), put_minus_2, LOSS_RANGE, {NULL, "FAIL", "FAIL"},
          {"number-range=clamp", "00000000", "0"});
}

static void enum_empty(void **state) {
    (void)state;
    CHECK(DIALECT_PG, SPEC("enum('x','y')"), put_empty, LOSS_ENUM_EMPTY, {NULL, "FAIL", "FAIL"},
          {"enum-empty=null", "NULL", "\\N"}, {"enum-empty=replace", "78", "x"});
    CHECK(DIALECT_OG_B, SPEC("enum('x','y')"), put_empty, LOSS_ENUM_EMPTY, {NULL, "FAIL", "FAIL"},
          {"enum-empty=replace", "78", "x"});
    CHECK(DIALECT_OG_A, SPEC("enum('x','y')"), put_empty, LOSS_ENUM_EMPTY, {NULL, "FAIL", "FAIL"},
          {"enum-empty=null", "NULL", "\\N"});
    /* '' is a label, or the target is plain text: no loss */
    struct one o;
    one_open(&o, DIALECT_PG, true, NULL, (struct column_spec){.type = "enum('x','')"});
    put_empty(&o.row);
    assert_string_equal(one_result(&o), "");
    one_close(&o);
    one_open(&o, DIALECT_PG, true, NULL, (struct column_spec){.type = "enum('x')", .target = "text"});
    put_empty(&o.row);
    assert_string_equal(one_result(&o), "");
    one_close(&o);
}

static void empty_string(void **state) {
    (void)state;
    CHECK(DIALECT_OG_A, SPEC("varchar(9)", .not_null = true), put_empty, LOSS_EMPTY_STRING, {NULL, "FAIL", "FAIL"},
          {"empty-string=replace", "20", " "});
    CHECK(DIALECT_OG_A, SPEC("set('a')", .not_null = true), put_empty, LOSS_EMPTY_STRING, {NULL, "FAIL", "FAIL"});
}

static void negative_zero(void **state) {
    (void)state;
    CHECK(DIALECT_OG_B, SPEC("double"), put_negative_0, LOSS_NEGATIVE_ZERO, {NULL, "0000000000000000", "0"},
          {"negative-zero=fail", "FAIL", "FAIL"});
}

static void too_long(void **state) {
    (void)state;
    CHECK(DIALECT_PG, SPEC("varchar(100)", .target = "varchar(3)"), put_long, LOSS_TOO_LONG, {NULL, "FAIL", "FAIL"},
          {"too-long=null", "NULL", "\\N"}, {"too-long=clamp", "61e4b8ade4b8ad", "a\xe4\xb8\xad\xe4\xb8\xad"});
    CHECK(DIALECT_OG_A, SPEC("varchar(100)", .target = "varchar(5)"), put_long, LOSS_TOO_LONG, {NULL, "FAIL", "FAIL"},
          {"too-long=clamp", "61e4b8ad", "a\xe4\xb8\xad"});
    CHECK(DIALECT_PG, SPEC("int", .target = "varchar(2)"), put_300, LOSS_TOO_LONG, {NULL, "FAIL", "FAIL"},
          {"too-long=clamp", "3330", "30"});
}

static void json_text(void **state) {
    (void)state;
    CHECK(DIALECT_PG, SPEC("json"), put_json_nul, LOSS_JSON, {NULL, "FAIL", "FAIL"}, {"json-text=null", "NULL", "\\N"},
          {"json-text=replace", "015b22615c7566666664225d", "[\"a\\\\ufffd\"]"});
    CHECK(DIALECT_PG, SPEC("longtext", .mariadb_json = true), put_json_number, LOSS_JSON, {NULL, "FAIL", "FAIL"},
          {"json-text=replace", "015b6e756c6c5d", "[null]"});
}

/* Two rules on one value, and a count that is taken back when a later column fails. */
static void counts_of_failed_rows(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct loss_policies p = with("nul-byte=replace");
    const struct column_spec specs[] = {{"text"}, {"text"}, {"date"}};
    uint64_t counts[3 * LOSS_COUNT] = {0};
    struct encode_counts ec = {.counts = counts};
    struct row r = {0};
    struct buf out;
    struct err e = ERR_INIT;
    size_t failed = 99;
    for (int binary = 0; binary < 2; binary++) {
        struct encode_plan *plan = plan_make(&a, DIALECT_PG, binary != 0, &p, specs, 3);
        buf_init(&out, 1 << 20);
        assert_true(buf_puts(&out, "before", &e));
        row_begin(&r, 3);
        put_nul(&r);
        put_nul(&r);
        put_zero(&r);
        assert_false(encode_row(plan, r.bytes, r.len, &ec, &out, &failed, &e));
        assert_int_equal(failed, 2);
        assert_int_equal(out.len, 6);
        assert_non_null(strstr(e.hint, "--on-loss zero-date=null"));
        for (size_t i = 0; i < 3 * LOSS_COUNT; i++) {
            assert_int_equal(counts[i], 0);
        }
        buf_clear(&out);
    }
    row_clear(&r);
    arena_clear(&a);
}

/* A replacement that is three times as long as the value, in a buffer that just fitted the row. */
static void replacement_grows_the_buffer(void **state) {
    (void)state;
    struct loss_policies p = with("bad-utf8=replace");
    enum { N = 200000 };
    uint8_t *bad = malloc(N);
    assert_non_null(bad);
    memset(bad, 0xff, N);
    for (int binary = 0; binary < 2; binary++) {
        struct one o;
        one_open(&o, DIALECT_PG, binary != 0, &p, (struct column_spec){.type = "longtext"});
        row_bytes(&o.row, bad, N);
        assert_true(one_encode(&o));
        assert_int_equal(o.out.len, 3 * N + (binary ? 6 : 1));
        assert_memory_equal(o.out.data + (binary ? 6 : 0), "\xef\xbf\xbd\xef\xbf\xbd", 6);
        one_close(&o);
    }
    free(bad);
}

/* Buffers of every size around what rows need: they are refused or hold the row, and are never written past. */
static void tight_buffers(void **state) {
    (void)state;
    static const char *const fills[] = {"\n", "\xff", "x"};
    struct arena a = ARENA_INIT;
    struct loss_policies p = with("bad-utf8=replace");
    const struct column_spec spec = {"longtext"};
    struct row r = {0};
    uint64_t counts[LOSS_COUNT] = {0};
    struct encode_counts ec = {.counts = counts};
    char text[400];
    for (int k = 0; k < 6; k++) {
        bool binary = k >= 3;
        struct encode_plan *plan = plan_make(&a, DIALECT_PG, binary, &p, &spec, 1);
        memset(text, fills[k % 3][0], sizeof text);
        row_begin(&r, 1);
        row_bytes(&r, text, sizeof text);
        size_t held = 0;
        for (size_t max = 300; max < 6000; max += 7) {
            struct buf out;
            struct err e = ERR_INIT;
            size_t failed;
            buf_init(&out, max);
            if (encode_row(plan, r.bytes, r.len, &ec, &out, &failed, &e)) {
                held++;
            } else {
                assert_int_equal(e.code, ERR_LIMIT);
                assert_int_equal(held, 0); /* a larger one does not fail where a smaller did */
            }
            buf_clear(&out);
        }
        assert_true(held > 0);
    }
    row_clear(&r);
    arena_clear(&a);
}

static void names(void **state) {
    (void)state;
    struct loss_policies p;
    loss_policies_default(&p);
    for (int i = 0; i < LOSS_COUNT; i++) {
        assert_int_equal(p.of[i], i == LOSS_NEGATIVE_ZERO ? LOSS_CLAMP : LOSS_FAIL);
        assert_true(loss_policy_fits((enum loss_rule)i, LOSS_FAIL));
    }
    assert_true(loss_policies_set(&p, "zero-date=replace"));
    assert_int_equal(p.of[LOSS_ZERO_DATE], LOSS_REPLACE);
    static const char *const refused[] = {"zero-date=clamp",
                                          "zero-date=",
                                          "zero-date",
                                          "zero=null",
                                          "=null",
                                          "",
                                          "zero-date=nul",
                                          "empty-string=null",
                                          "negative-zero=replace",
                                          "zero-date=nullx"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_false(loss_policies_set(&p, refused[i]));
    }
    assert_string_equal(loss_rule_text(LOSS_JSON),
                        "JSON that the target's parser refuses (\\u0000, numbers out of range)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_date),
        cmocka_unit_test(zero_date_not_null),
        cmocka_unit_test(zero_date_b_wants_text),
        cmocka_unit_test(date_range),
        cmocka_unit_test(time_range),
        cmocka_unit_test(nul_byte),
        cmocka_unit_test(bad_utf8),
        cmocka_unit_test(range),
        cmocka_unit_test(enum_empty),
        cmocka_unit_test(empty_string),
        cmocka_unit_test(negative_zero),
        cmocka_unit_test(too_long),
        cmocka_unit_test(json_text),
        cmocka_unit_test(counts_of_failed_rows),
        cmocka_unit_test(replacement_grows_the_buffer),
        cmocka_unit_test(tight_buffers),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
