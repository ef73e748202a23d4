/* COPY binary to canonical form: each kind, whole rows, and tuples that are cut or wrong. */
#include "canon_one.h"

static void check(struct canon_one *o, const char *hex, const char *expected) {
    uint8_t bytes[512];
    const char *got = canon_one_binary(o, bytes, canon_one_unhex(hex, bytes), false);
    if (strcmp(got, expected) != 0) {
        fail_msg("%s: got %s, expected %s (%s)", hex, got, expected, o->err.message);
    }
}

static void unchanged(struct canon_one *o, enum target_kind kind, const char *ddl, const char *hex) {
    canon_one_plan(o, DIALECT_PG, kind, ddl);
    assert_true(canon_is_plain(o->plan));
    check(o, hex, hex);
}

static void test_plain_kinds(void **state) {
    (void)state;
    struct canon_one o;
    canon_one_init(&o);
    unchanged(&o, TK_BOOL, "boolean", "01");
    unchanged(&o, TK_INT1, "tinyint", "fe");
    unchanged(&o, TK_INT2, "smallint", "fffe");
    unchanged(&o, TK_INT4, "integer", "01020304");
    unchanged(&o, TK_INT8, "bigint", "0102030405060708");
    unchanged(&o, TK_UINT1, "uint1", "ff");
    unchanged(&o, TK_UINT2, "uint2", "fffe");
    unchanged(&o, TK_UINT4, "uint4", "fffffffe");
    unchanged(&o, TK_UINT8, "uint8", "fffffffffffffffe");
    unchanged(&o, TK_YEAR, "year", "000007e8");
    unchanged(&o, TK_BIT, "bit(9)", "000000090280");
    unchanged(&o, TK_TEXT, "text", "61202020");
    unchanged(&o, TK_TEXT, "text", "");
    unchanged(&o, TK_TEXT, "character varying(5)", "61202020");
    unchanged(&o, TK_BYTEA, "bytea", "00ff20");
    unchanged(&o, TK_BLOB, "blob", "2020");
    unchanged(&o, TK_DATE, "date", "80000000"); /* -infinity */
    unchanged(&o, TK_TIME, "time", "0000000000000001");
    unchanged(&o, TK_TIMESTAMP, "timestamp", "ffffffffffffffff");
    unchanged(&o, TK_TIMESTAMPTZ, "timestamptz", "0002b5813f609240");
    unchanged(&o, TK_UUID, "uuid", "a0eebc999c0b4ef8bb6d6bb9bd380a11");
    unchanged(&o, TK_INET, "inet", "022000040a010203");
    assert_string_equal(canon_one_binary(&o, "", -1, false), "NULL");
    canon_one_clear(&o);
}

static void test_a_kind_without_a_form(void **state) {
    (void)state;
    struct canon_one o;
    canon_one_init(&o);
    struct canon_column c = {.kind = TK_COUNT, .ddl = "point", .name = "place"};
    assert_false(canon_plan_make(&o.arena, DIALECT_PG, &c, 1, &o.plan, &o.err));
    assert_int_equal(o.err.code, ERR_INTERNAL);
    assert_non_null(strstr(o.err.where, "place"));
    canon_one_clear(&o);
}

static void test_numeric(void **state) {
    (void)state;
    struct canon_one o;
    canon_one_init(&o);
    canon_one_plan(&o, DIALECT_PG, TK_NUMERIC, "numeric(20,5)");
    assert_false(canon_is_plain(o.plan));
    check(&o,
          "00030001400000030001"
          "0929"
          "1a7c",
          "0003000140000000"
          "0001"
          "0929"
          "1a7c"); /* -12345.6780, dscale 3 */
    check(&o,
          "000300014000000a00010929"
          "1a7c",
          "00030001400000000001"
          "0929"
          "1a7c"); /* and 10: the same */
    check(&o, "0000000000000005", "0000000000000000");
    check(&o, "0000000040000005", "0000000000000000"); /* -0 */
    check(&o,
          "0002000000000000"
          "00000000",
          "0000000000000000"); /* zeros as digits */
    check(&o,
          "0003000200000000"
          "000000010000",
          "0001000100000000"
          "0001");                                     /* zeros before and behind */
    check(&o, "00000000c0000000", "00000000c0000000"); /* NaN */
    check(&o, "00000000d0000020", "00000000d0000000"); /* Infinity */
    check(&o, "00000000f0000000", "00000000f0000000");
    check(&o,
          "0001000000000000"
          "270f",
          "0001000000000000"
          "270f"); /* 9999 */
    check(&o,
          "0001000000000000"
          "2710",
          "FAIL"); /* 10000 is no digit */
    check(&o,
          "0001000012340000"
          "0001",
          "FAIL");
    check(&o,
          "00010000c0000000"
          "0001",
          "FAIL");
    check(&o,
          "0002000000000000"
          "0001",
          "FAIL");
    check(&o,
          "0000000000000000"
          "0001",
          "FAIL");
    check(&o, "00000000000000", "FAIL");
    check(&o, "", "FAIL");
    canon_one_clear(&o);
}

static void test_floats(void **state) {
    (void)state;
    struct canon_one o;
    canon_one_init(&o);
    canon_one_plan(&o, DIALECT_PG, TK_FLOAT8, "double precision");
    assert_false(canon_is_plain(o.plan));
    check(&o, "bff8000000000000", "bff8000000000000");
    check(&o, "8000000000000000", "0000000000000000");
    check(&o, "7ff8000000000000", "7ff8000000000000");
    check(&o, "fff8000000000000", "7ff8000000000000");
    check(&o, "7ff0000000000001", "7ff8000000000000");
    check(&o, "7ff0000000000000", "7ff0000000000000");
    check(&o, "fff0000000000000", "fff0000000000000");
    check(&o, "0000000000000001", "0000000000000001");
    check(&o, "bff80000", "FAIL");
    canon_one_plan(&o, DIALECT_PG, TK_FLOAT4, "real");
    check(&o, "3dcccccd", "3dcccccd");
    check(&o, "80000000", "00000000");
    check(&o, "ffc00001", "7fc00000");
    check(&o, "7f800000", "7f800000");
    check(&o, "ff800000", "ff800000");
    check(&o, "3dcccccd00000000", "FAIL");
    canon_one_clear(&o);
}

static void test_blanks(void **state) {
    (void)state;
    static const char *const padded[] = {"char(5)",   "character(5)",      "CHARACTER (5)", "bpchar",
                                         "character", "pg_catalog.bpchar", "nchar(3)"};
    static const char *const kept[] = {"varchar(5)", "character varying(5)", "\"char\"",
                                       "text",       "nvarchar2(5)",         "t_c_2200_anonymous_enum_1"};
    struct canon_one o;
    canon_one_init(&o);
    for (size_t i = 0; i < sizeof padded / sizeof padded[0]; i++) {
        canon_one_plan(&o, DIALECT_OG_PG, TK_TEXT, padded[i]);
        assert_string_equal(canon_one_binary(&o, "a b  ", 5, true), "a b");
        assert_string_equal(canon_one_binary(&o, "     ", 5, true), "");
        assert_string_equal(canon_one_binary(&o, "  a", 3, true), "  a");
        assert_string_equal(canon_one_binary(&o, "a                    ", 21, true), "a");
        assert_string_equal(canon_one_binary(&o, "a\t\n ", 4, true), "a\t\n");
        assert_string_equal(canon_one_binary(&o, "", 0, true), "");
    }
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        canon_one_plan(&o, DIALECT_OG_PG, TK_TEXT, kept[i]);
        assert_string_equal(canon_one_binary(&o, "a b  ", 5, true), "a b  ");
        assert_true(canon_is_plain(o.plan));
    }
    canon_one_clear(&o);
}

static void test_interval(void **state) {
    (void)state;
    struct canon_one o;
    canon_one_init(&o);
    canon_one_plan(&o, DIALECT_PG, TK_INTERVAL, "interval(6)");
    check(&o,
          "ffffffffffe91ca0"
          "00000000"
          "00000000",
          "ffffffffffe91ca0"); /* -00:00:01.5 */
    check(&o,
          "00000001ad274800"
          "00000001"
          "00000000",
          "00000015cafea800"); /* 1 day 02:00:00 */
    check(&o,
          "00000015cafea800"
          "00000000"
          "00000000",
          "00000015cafea800"); /* 26:00:00 */
    check(&o,
          "0000000000000000"
          "ffffffff"
          "00000000",
          "ffffffebe228a000"); /* -1 day */
    check(&o,
          "0000000000000001"
          "00000002"
          "0000000e",
          "0000000000000001000000020000000e"); /* with months: not a TIME */
    check(&o,
          "7fffffffffffffff"
          "00000001"
          "00000000",
          "7fffffffffffffff0000000100000000");
    check(&o,
          "0000000000000000"
          "7fffffff"
          "00000000",
          "00000000000000007fffffff00000000");
    check(&o,
          "ffffffffffe91ca0"
          "00000000",
          "FAIL");
    canon_one_clear(&o);
}

/* As B sends them, recorded: 0000-00-00 is -2451508, 0000-00-00 00:00:00 that many days. */
static void test_zero_dates_of_b(void **state) {
    (void)state;
    struct canon_one o;
    canon_one_init(&o);
    canon_one_plan(&o, DIALECT_OG_B, TK_DATE, "date");
    assert_false(canon_is_plain(o.plan));
    check(&o, "ffda97cc", "80000000");
    check(&o, "00002279", "00002279");
    check(&o, "80000000", "80000001"); /* -infinity is no zero date */
    check(&o, "7fffffff", "7fffffff");
    check(&o, "ffda97", "FAIL");
    canon_one_plan(&o, DIALECT_OG_B, TK_TIMESTAMP, "timestamp(6) without time zone");
    check(&o, "fd0f7fa991408000", "8000000000000000");
    check(&o, "8000000000000000", "8000000000000001");
    check(&o, "0002b5813f609240", "0002b5813f609240");
    canon_one_plan(&o, DIALECT_OG_B, TK_TIMESTAMPTZ, "timestamp(6) with time zone");
    check(&o, "fd0f7fa991408000", "8000000000000000");
    canon_one_plan(&o, DIALECT_OG_PG, TK_DATE, "date");
    check(&o, "ffda97cc", "ffda97cc"); /* a day like any other elsewhere */
    canon_one_clear(&o);
}

static void test_lengths(void **state) {
    (void)state;
    static const struct {
        enum target_kind kind;
        int n;
    } wrong[] = {{TK_BOOL, 2},         {TK_INT1, 0},  {TK_INT2, 4},     {TK_INT4, 8},      {TK_INT8, 4},
                 {TK_UINT1, 2},        {TK_UINT2, 1}, {TK_UINT4, 3},    {TK_UINT8, 9},     {TK_YEAR, 2},
                 {TK_DATE, 8},         {TK_TIME, 4},  {TK_FLOAT4, 8},   {TK_TIMESTAMP, 4}, {TK_TIMESTAMP, 0},
                 {TK_TIMESTAMPTZ, 16}, {TK_UUID, 15}, {TK_INTERVAL, 15}};
    uint8_t bytes[32] = {0};
    struct canon_one o;
    canon_one_init(&o);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        for (enum dialect d = DIALECT_PG; d <= DIALECT_OG_A; d++) {
            canon_one_plan(&o, d, wrong[i].kind, "some type");
            assert_string_equal(canon_one_binary(&o, bytes, wrong[i].n, false), "FAIL");
            assert_non_null(strstr(o.err.where, "c0"));
            assert_non_null(strstr(o.err.message, "some type"));
        }
    }
    canon_one_clear(&o);
}

/* ---- rows ---- */

static const struct canon_column row_columns[] = {
    {TK_INT4, "integer", "id"}, {TK_TEXT, "char(4)", "c"},  {TK_TEXT, "text", "t"},   {TK_NUMERIC, "numeric(9,2)", "n"},
    {TK_JSONB, "jsonb", "j"},   {TK_FLOAT8, "float8", "f"}, {TK_BYTEA, "bytea", "b"}, {TK_INT2, "smallint", "s"}};
enum { ROW_COLUMNS = sizeof row_columns / sizeof row_columns[0] };

static const char row_in[] = "\0\0\0\4\0\0\0\7"
                             "\0\0\0\4ab  "
                             "\0\0\0\3x y"
                             "\0\0\0\x0a\0\1\0\0\0\0\0\2\0\5"
                             "\0\0\0\x11\1{\"b\": 2, \"a\": 1}"
                             "\0\0\0\x08\x80\0\0\0\0\0\0\0"
                             "\xff\xff\xff\xff"
                             "\0\0\0\2\0\1";
static const char row_out[] = "\0\0\0\4\0\0\0\7"
                              "\0\0\0\2ab"
                              "\0\0\0\3x y"
                              "\0\0\0\x0a\0\1\0\0\0\0\0\0\0\5"
                              "\0\0\0\x0d{\"a\":1,\"b\":2}"
                              "\0\0\0\x08\0\0\0\0\0\0\0\0"
                              "\xff\xff\xff\xff"
                              "\0\0\0\2\0\1";

static void test_row(void **state) {
    (void)state;
    struct canon_one o;
    canon_one_init(&o);
    assert_true(canon_plan_make(&o.arena, DIALECT_PG, row_columns, ROW_COLUMNS, &o.plan, &o.err));
    for (int twice = 0; twice < 2; twice++) {
        assert_true(canon_binary(o.plan, (const uint8_t *)row_in, sizeof row_in - 1, &o.out, &o.err));
    }
    assert_int_equal(o.out.len, 2 * (sizeof row_out - 1));
    assert_memory_equal(o.out.data, row_out, sizeof row_out - 1);
    assert_memory_equal(o.out.data + sizeof row_out - 1, row_out, sizeof row_out - 1);
    canon_one_clear(&o);
}

static void test_rows_that_are_cut(void **state) {
    (void)state;
    struct canon_one o;
    canon_one_init(&o);
    assert_true(canon_plan_make(&o.arena, DIALECT_PG, row_columns, ROW_COLUMNS, &o.plan, &o.err));
    for (size_t n = 0; n < sizeof row_in - 1; n++) {
        uint8_t *cut = malloc(n > 0 ? n : 1);
        assert_non_null(cut);
        memcpy(cut, row_in, n);
        assert_false(canon_binary(o.plan, cut, n, &o.out, &o.err));
        assert_int_equal(o.err.code, ERR_TARGET_PROTOCOL);
        assert_int_equal(o.out.len, 0);
        free(cut);
    }
    assert_false(canon_binary(o.plan, (const uint8_t *)row_in, sizeof row_in, &o.out, &o.err)); /* its NUL behind it */
    assert_int_equal(o.out.len, 0);
    uint8_t negative[] = {0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0};
    canon_one_plan(&o, DIALECT_PG, TK_TEXT, "text");
    assert_false(canon_binary(o.plan, negative, sizeof negative, &o.out, &o.err));
    canon_one_clear(&o);
}

static void test_limit_of_the_buffer(void **state) {
    (void)state;
    struct canon_one o;
    canon_one_init(&o);
    assert_true(canon_plan_make(&o.arena, DIALECT_PG, row_columns, ROW_COLUMNS, &o.plan, &o.err));
    struct buf small;
    buf_init(&small, 64);
    assert_false(canon_binary(o.plan, (const uint8_t *)row_in, sizeof row_in - 1, &small, &o.err));
    assert_int_equal(o.err.code, ERR_LIMIT);
    assert_int_equal(small.len, 0);
    buf_clear(&small);
    canon_one_clear(&o);
}

static void test_next(void **state) {
    (void)state;
    const uint8_t *at = (const uint8_t *)row_out, *end = at + sizeof row_out - 1, *field;
    size_t n, fields = 0, nulls = 0;
    while (canon_next(&at, end, &field, &n)) {
        fields++;
        nulls += field == NULL;
    }
    assert_true(at == end);
    assert_int_equal(fields, ROW_COLUMNS);
    assert_int_equal(nulls, 1);
    at = (const uint8_t *)"\0\0\0\5abc";
    assert_false(canon_next(&at, at + 7, &field, &n)); /* longer than what is left */
    at = (const uint8_t *)"\0\0\0";
    assert_false(canon_next(&at, at + 3, &field, &n));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_kinds),
        cmocka_unit_test(test_a_kind_without_a_form),
        cmocka_unit_test(test_numeric),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_blanks),
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_zero_dates_of_b),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_rows_that_are_cut),
        cmocka_unit_test(test_limit_of_the_buffer),
        cmocka_unit_test(test_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
