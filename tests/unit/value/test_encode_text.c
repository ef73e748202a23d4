/* COPY text: the field of every type. */
#include "one.h"

#include <float.h>
#include <math.h>

#define CHECK(dialect, spec_, put, expected)                                                                           \
    do {                                                                                                               \
        struct one o;                                                                                                  \
        one_open(&o, dialect, false, NULL, (struct column_spec){.type = spec_});                                       \
        struct row *r = &o.row;                                                                                        \
        put;                                                                                                           \
        assert_string_equal(one_result(&o), expected);                                                                 \
        one_close(&o);                                                                                                 \
    } while (0)

#define CHECK_AS(dialect, spec_, target_, put, expected)                                                               \
    do {                                                                                                               \
        struct one o;                                                                                                  \
        one_open(&o, dialect, false, NULL, (struct column_spec){.type = spec_, .target = target_});                    \
        struct row *r = &o.row;                                                                                        \
        put;                                                                                                           \
        assert_string_equal(one_result(&o), expected);                                                                 \
        one_close(&o);                                                                                                 \
    } while (0)

static void numbers(void **state) {
    (void)state;
    CHECK(DIALECT_PG, "tinyint", row_int(r, -128, 1), "-128");
    CHECK(DIALECT_PG, "int unsigned", row_int(r, UINT32_MAX, 4), "4294967295");
    CHECK(DIALECT_PG, "bigint", row_int(r, INT64_MIN, 8), "-9223372036854775808");
    CHECK(DIALECT_PG, "bigint unsigned", row_int(r, -1, 8), "18446744073709551615");
    CHECK(DIALECT_OG_B, "bigint unsigned", row_int(r, 0, 8), "0");
    CHECK(DIALECT_OG_B, "int(8) zerofill", row_int(r, 42, 4), "42");
    CHECK(DIALECT_PG, "decimal(10,2)", row_text(r, "-0.50"), "-0.50");
    CHECK(DIALECT_PG, "decimal(10,2)", row_text(r, "1\t2"),
          "FAIL a row of the source cannot be read: a decimal that is no number");
    CHECK(DIALECT_PG, "decimal(10,2)", row_text(r, ""),
          "FAIL a row of the source cannot be read: a decimal that is no number");
    CHECK(DIALECT_PG, "int", row_null(r), "\\N");
    CHECK(DIALECT_OG_B, "year", row_int(r, 0, 2), "0000");
    CHECK(DIALECT_PG, "year", row_int(r, 2024, 2), "2024");
}

static void floats(void **state) {
    (void)state;
    CHECK(DIALECT_PG, "float", row_float(r, 0.1f), "0.1");
    CHECK(DIALECT_PG, "float", row_float(r, 1.0f / 3), "0.33333334");
    CHECK(DIALECT_PG, "float", row_float(r, 16777216.0f), "16777216");
    CHECK(DIALECT_PG, "float", row_float(r, FLT_MAX), "3.4028235e+38");
    CHECK(DIALECT_PG, "double", row_double(r, 0.1), "0.1");
    CHECK(DIALECT_PG, "double", row_double(r, 1.0 / 3), "0.3333333333333333");
    CHECK(DIALECT_PG, "double", row_double(r, 0.1 + 0.2), "0.30000000000000004");
    CHECK(DIALECT_PG, "double", row_double(r, 123456789012345680.0), "1.2345678901234568e+17");
    CHECK(DIALECT_PG, "double", row_double(r, -100.0), "-100");
    CHECK(DIALECT_PG, "double", row_double(r, DBL_MAX), "1.7976931348623157e+308");
    CHECK(DIALECT_PG, "double", row_double(r, 5e-324), "4.94065645841247e-324");
    CHECK(DIALECT_PG, "double", row_double(r, -0.0), "-0");
    CHECK(DIALECT_OG_B, "double", row_double(r, -0.0), "0");
    CHECK(DIALECT_PG, "float(7,3)", row_float(r, 1234.567f), "1234.567");
    CHECK(DIALECT_PG, "float(20,10)", row_float(r, 0.1f), "0.1000000015"); /* what the source shows */
    CHECK(DIALECT_PG, "float(30,20)", row_float(r, 0.1f), "0.10000000149011612000");
    CHECK(DIALECT_PG, "double(20,6)", row_double(r, 12345678901234.123456), "12345678901234.123000"); /* so does this */
    CHECK(DIALECT_PG, "double(20,6)", row_double(r, 1e13), "10000000000000.000000");
    CHECK(DIALECT_PG, "double(20,6)", row_double(r, -0.000001), "-0.000001");
    CHECK(DIALECT_PG, "double(20,2)", row_double(r, 0.125), "0.12");
    CHECK(DIALECT_PG, "double(60,0)", row_double(r, 1.5e50), "150000000000000000000000000000000000000000000000000");
    CHECK_AS(DIALECT_PG, "double", "numeric", row_double(r, 1.25e22), "12500000000000000000000");
    CHECK_AS(DIALECT_PG, "double", "numeric(10,2)", row_double(r, -2.5), "-2.50");
}

/* Whatever is written reads back as the same bits, and no shorter decimal does. */
static void floats_read_back(void **state) {
    (void)state;
    struct one o;
    srand(11);
    for (int k = 0; k < 60000; k++) {
        bool narrow = k % 2 == 0;
        double d;
        switch (k % 6) {
        case 0:
        case 1: /* any bits */
            d = ldexp((double)rand() / RAND_MAX - 0.5, rand() % (narrow ? 200 : 1800) - (narrow ? 100 : 900));
            break;
        case 2:
        case 3: /* a decimal */
            d = (double)(rand() % 2000000 - 1000000) / pow(10, rand() % 8);
            break;
        default: /* a whole number */
            d = (double)(rand() % 2000000000 - 1000000000) * (rand() % 1000);
            break;
        }
        d = narrow ? (double)(float)d : d;
        one_open(&o, DIALECT_PG, false, NULL, (struct column_spec){.type = narrow ? "float" : "double"});
        narrow ? row_float(&o.row, (float)d) : row_double(&o.row, d);
        const char *text = one_result(&o);
        bool same = narrow ? strtof(text, NULL) == (float)d : strtod(text, NULL) == d;
        char shorter[64];
        int digits = 0;
        for (const char *p = text; *p != '\0' && *p != 'e'; p++) {
            digits += *p >= '0' && *p <= '9' && (digits > 0 || *p != '0');
        }
        /* trailing zeros of a whole number are no digits */
        for (const char *p = text + strlen(text); strpbrk(text, ".e") == NULL && p > text && p[-1] == '0'; p--) {
            digits--;
        }
        bool shortest = digits <= 1;
        if (!shortest) {
            snprintf(shorter, sizeof shorter, "%.*e", digits - 2, d);
            shortest = narrow ? strtof(shorter, NULL) != (float)d : strtod(shorter, NULL) != d;
        }
        /* below 15 and 6 digits %g is asked first, so a value near the smallest may have more than it needs */
        if (!same || (!shortest && fabs(d) > 1e-300)) {
            fail_msg("%.17g became %s", d, text);
        }
        one_close(&o);
    }
}

static void bits_and_bools(void **state) {
    (void)state;
    CHECK(DIALECT_OG_B, "bit(8)", row_bytes(r, "\5", 1), "00000101");
    CHECK(DIALECT_OG_B, "bit(1)", row_bytes(r, "\0", 1), "0");
    CHECK(DIALECT_PG, "bit(64)", row_bytes(r, "\x80\0\0\0\0\0\0\1", 8),
          "1000000000000000000000000000000000000000000000000000000000000001");
    CHECK_AS(DIALECT_OG_B, "tinyint(1)", "boolean", row_int(r, 1, 1), "t");
    CHECK_AS(DIALECT_PG, "bit(1)", "bool", row_bytes(r, "\0", 1), "f");
}

static void characters(void **state) {
    (void)state;
    CHECK(DIALECT_PG, "varchar(90)", row_text(r, "a\\b\tc\nd\re"), "a\\\\b\\tc\\nd\\re");
    CHECK(DIALECT_PG, "varchar(90)", row_text(r, "\b\f\v\x01\x7f"), "\b\f\v\x01\x7f");
    CHECK(DIALECT_PG, "varchar(90)", row_text(r, "\\N"), "\\\\N");
    CHECK(DIALECT_PG, "varchar(90)", row_text(r, "\\."), "\\\\.");
    CHECK(DIALECT_PG, "varchar(90)", row_text(r, ""), "");
    CHECK(DIALECT_OG_A, "varchar(90)", row_text(r, ""), "\\N");
    CHECK(DIALECT_PG, "varchar(90)", row_text(r, "\xe4\xb8\xad\xf0\x9f\x98\x80"), "\xe4\xb8\xad\xf0\x9f\x98\x80");
    CHECK(DIALECT_PG, "text", row_text(r, "sixteen bytes and\tthen some more, \\ and \n"),
          "sixteen bytes and\\tthen some more, \\\\ and \\n");
    CHECK(DIALECT_OG_B, "json", row_text(r, "{\"a\": \"\\n\"}"), "{\"a\": \"\\\\n\"}");
    CHECK(DIALECT_OG_B, "enum('a','b')", row_text(r, "b"), "b");
}

static void bytes(void **state) {
    (void)state;
    static const uint8_t point[] = {0xe6, 0x10, 0,    0,    1, 1, 0, 0, 0, 0, 0, 0,   0,
                                    0,    0,    0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40};
    CHECK(DIALECT_PG, "varbinary(9)",
          row_bytes(r,
                    "\0\xff"
                    "A",
                    3),
          "\\\\x00ff41");
    CHECK(DIALECT_OG_B, "blob", row_bytes(r, "", 0), "\\\\x");
    CHECK_AS(DIALECT_OG_B, "varbinary(9)", "blob", row_bytes(r, "\xff\x41", 2), "\\\\xff41");
    CHECK_AS(DIALECT_OG_PG, "varbinary(9)", "blob", row_bytes(r, "\xff\x41", 2), "ff41");
    CHECK_AS(DIALECT_OG_A, "varbinary(9)", "blob", row_bytes(r, "\xff\x41", 2), "ff41");
    CHECK_AS(DIALECT_OG_A, "varbinary(9)", "bytea", row_bytes(r, "\xff\x41", 2), "\\\\xff41");
    CHECK_AS(DIALECT_OG_PG, "point", "blob", row_bytes(r, "\0\0\0\0\1\1\0\0\0", 9), "0101000000");
    CHECK(DIALECT_PG, "point", row_bytes(r, point, sizeof point),
          "\\\\x0101000020e6100000000000000000f03f0000000000000040");
    CHECK(DIALECT_PG, "point", row_bytes(r, "\0\0\0\0\1\1\0\0\0", 9), "\\\\x0101000000");
    CHECK(DIALECT_PG, "point", row_bytes(r, "\0\0\0\0\1\1\0\0", 8),
          "FAIL a row of the source cannot be read: a geometry that is not MySQL's SRID and little-endian WKB");
    CHECK_AS(DIALECT_PG, "binary(16)", "uuid", row_bytes(r, "0123456789abcdef", 16),
             "30313233-3435-3637-3839-616263646566");
    CHECK(DIALECT_PG, "inet6", row_text(r, "2001:db8::1"), "2001:db8::1");
}

static void dates(void **state) {
    (void)state;
    CHECK(DIALECT_PG, "date", row_datetime(r, 2024, 2, 29, 0, 0, 0, 0), "2024-02-29");
    CHECK(DIALECT_PG, "date", row_datetime(r, 1, 1, 1, 0, 0, 0, 0), "0001-01-01");
    CHECK(DIALECT_OG_A, "date", row_datetime(r, 2024, 2, 29, 0, 0, 0, 0), "2024-02-29 00:00:00");
    CHECK(DIALECT_PG, "datetime(6)", row_datetime(r, 9999, 12, 31, 23, 59, 59, 999999), "9999-12-31 23:59:59.999999");
    CHECK(DIALECT_PG, "datetime(3)", row_datetime(r, 2024, 1, 2, 3, 4, 5, 6000), "2024-01-02 03:04:05.006000");
    CHECK(DIALECT_PG, "timestamp", row_datetime(r, 1970, 1, 1, 0, 0, 1, 0), "1970-01-01 00:00:01+00");
    CHECK(DIALECT_PG, "time(6)", row_time(r, false, 0, 12, 34, 56, 700000), "12:34:56.700000");
    CHECK(DIALECT_PG, "time", row_time(r, false, 1, 0, 0, 0, 0), "24:00:00");
    CHECK(DIALECT_OG_B, "time", row_time(r, true, 34, 22, 59, 59, 0), "-838:59:59");
    CHECK(DIALECT_OG_B, "time(6)", row_time(r, true, 0, 0, 0, 1, 500000), "-00:00:01.500000");
    CHECK_AS(DIALECT_PG, "time", "interval", row_time(r, false, 4, 3, 0, 0, 0), "99:00:00");
    /* a B database stores them */
    CHECK(DIALECT_OG_B, "date", row_datetime(r, 0, 0, 0, 0, 0, 0, 0), "0000-00-00");
    CHECK(DIALECT_OG_B, "datetime", row_datetime(r, 0, 0, 0, 0, 0, 0, 0), "0000-00-00 00:00:00");
    CHECK(DIALECT_OG_B, "timestamp", row_datetime(r, 0, 0, 0, 0, 0, 0, 0), "0000-00-00 00:00:00");
    CHECK(DIALECT_OG_B, "date", row_datetime(r, 0, 1, 1, 0, 0, 0, 0), "0000-01-01");
}

static void whole_rows(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    const struct column_spec specs[] = {{"int"}, {"varchar(10)"}, {"int"}};
    struct encode_plan *p = plan_make(&a, DIALECT_PG, false, NULL, specs, 3);
    uint64_t counts[3 * LOSS_COUNT] = {0};
    struct encode_counts ec = {.counts = counts};
    struct buf out;
    struct err e = ERR_INIT;
    struct row r = {0};
    size_t failed;
    buf_init(&out, 1 << 20);
    assert_true(encode_head(p, &out, &e));
    for (int i = 0; i < 2; i++) {
        row_begin(&r, 3);
        row_int(&r, i, 4);
        i == 0 ? row_null(&r) : row_text(&r, "x\ty");
        row_int(&r, -i, 4);
        assert_true(encode_row(p, r.bytes, r.len, &ec, &out, &failed, &e));
    }
    assert_true(encode_tail(p, &out, &e));
    static const char expected[] = "0\t\\N\t0\n1\tx\\ty\t-1\n";
    assert_int_equal(out.len, sizeof expected - 1);
    assert_memory_equal(out.data, expected, out.len);
    row_clear(&r);
    buf_clear(&out);
    arena_clear(&a);
}

/* Rows above the size that reserves twice their length: what is reserved is what is needed. */
static void large_rows(void **state) {
    (void)state;
    enum { SIZE = 3 << 20 };
    char *text = malloc(SIZE);
    assert_non_null(text);
    for (int kind = 0; kind < 3; kind++) {
        struct one o;
        memset(text, kind == 1 ? '\n' : 'x', SIZE);
        one_open(&o, DIALECT_PG, false, NULL, (struct column_spec){.type = kind == 2 ? "longblob" : "longtext"});
        row_bytes(&o.row, text, SIZE);
        assert_true(one_encode(&o));
        assert_int_equal(o.out.len, kind == 0 ? SIZE + 1 : kind == 1 ? 2 * SIZE + 1 : 2 * SIZE + 4);
        /* a buffer that just holds the text must do for text without escapes */
        if (kind == 0) {
            buf_clear(&o.out);
            buf_init(&o.out, SIZE + 4096);
            row_bytes(&o.row, text, SIZE);
            assert_true(one_encode(&o));
        }
        one_close(&o);
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),        cmocka_unit_test(floats),     cmocka_unit_test(floats_read_back),
        cmocka_unit_test(bits_and_bools), cmocka_unit_test(characters), cmocka_unit_test(bytes),
        cmocka_unit_test(dates),          cmocka_unit_test(whole_rows), cmocka_unit_test(large_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
