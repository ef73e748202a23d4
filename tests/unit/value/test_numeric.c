/* numeric in COPY binary, against an arithmetic of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "value/numeric.h"

/* The value of a binary numeric as decimal text with dscale decimals, digit group by digit group. */
static void read_back(const uint8_t *p, size_t n, char *text) {
    int ndigits = (int16_t)get_be16(p), weight = (int16_t)get_be16(p + 2), dscale = get_be16(p + 6);
    char digits[2048], *d = digits;
    assert_int_equal(n, 8 + 2 * (size_t)ndigits);
    assert_true(ndigits == 0 || (get_be16(p + 8) != 0 && get_be16(p + 8 + 2 * (ndigits - 1)) != 0));
    if (get_be16(p + 4) == 0x4000) {
        *text++ = '-';
    } else {
        assert_int_equal(get_be16(p + 4), 0);
    }
    for (int w = weight < 0 ? 0 : weight; w >= 0; w--) {
        int at = weight - w;
        d += sprintf(d, "%04d", weight >= 0 && at >= 0 && at < ndigits ? get_be16(p + 8 + 2 * at) : 0);
    }
    *d = '\0';
    char *whole = digits;
    while (whole[0] == '0' && whole[1] != '\0') {
        whole++;
    }
    text += sprintf(text, "%s", whole);
    if (dscale > 0) {
        char fraction[2048], *f = fraction;
        for (int w = -1; f - fraction < dscale; w--) {
            int at = weight - w;
            f += sprintf(f, "%04d", at >= 0 && at < ndigits ? get_be16(p + 8 + 2 * at) : 0);
        }
        sprintf(text, ".%.*s", dscale, fraction);
    }
}

static void round_trip(const char *in, const char *expected) {
    uint8_t out[2048];
    char text[2048];
    int digits;
    size_t n = numeric_from_text((const uint8_t *)in, strlen(in), out, &digits);
    assert_true(n > 0 && n <= NUMERIC_ROOM(strlen(in)));
    read_back(out, n, text);
    assert_string_equal(text, expected);
}

static void texts(void **state) {
    (void)state;
    static const char *const same[] = {"0",
                                       "1",
                                       "9999",
                                       "10000",
                                       "-1",
                                       "12345678",
                                       "100000000",
                                       "0.1",
                                       "0.0001",
                                       "0.00001",
                                       "-0.5",
                                       "1.10",
                                       "10000.00010000",
                                       "99999999999999999999999999999999999.999999999999999999999999999999",
                                       "0.0000",
                                       "123456789.000000001"};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        round_trip(same[i], same[i]);
    }
    round_trip("007.50", "7.50");
    round_trip("-0", "0");
    round_trip("-0.00", "0.00");
    round_trip(".5", "0.5");
    round_trip("5.", "5");
}

static void generated(void **state) {
    (void)state;
    srand(7);
    for (int k = 0; k < 20000; k++) {
        char text[128];
        int whole = rand() % 40, decimals = rand() % 31, n = 0;
        if (rand() % 2) {
            text[n++] = '-';
        }
        text[n++] = (char)(whole == 0 ? '0' : '1' + rand() % 9);
        for (int i = 1; i < whole; i++) {
            text[n++] = (char)(rand() % 3 ? '0' + rand() % 10 : '0');
        }
        if (decimals > 0) {
            text[n++] = '.';
            for (int i = 0; i < decimals; i++) {
                text[n++] = (char)(rand() % 3 ? '0' : '0' + rand() % 10);
            }
        }
        text[n] = '\0';
        bool zero = strspn(text, "-0.") == (size_t)n;
        round_trip(text, zero && text[0] == '-' ? text + 1 : text);
    }
}

static void refused(void **state) {
    (void)state;
    static const char *const bad[] = {"",   "-",   ".",   "-.", "1e5", "1.2.3", " 1",
                                      "1 ", "--1", "1,5", "a",  "1a",  "0x1",   "1.\xff"};
    uint8_t out[256];
    int digits;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(numeric_from_text((const uint8_t *)bad[i], strlen(bad[i]), out, &digits), 0);
    }
    char *large = malloc(NUMERIC_TEXT_MAX + 2);
    assert_non_null(large);
    memset(large, '1', NUMERIC_TEXT_MAX + 2);
    assert_int_equal(numeric_from_text((const uint8_t *)large, NUMERIC_TEXT_MAX + 1, out, &digits), 0);
    free(large);
}

static void integers(void **state) {
    (void)state;
    static const uint64_t values[] = {
        0, 1, 9999, 10000, 10001, 99999999, 100000000, 12345678901234567890u, UINT64_MAX, 1000000000000000000u};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        for (int negative = 0; negative < 2; negative++) {
            uint8_t a[64], b[64];
            char text[32];
            int digits;
            snprintf(text, sizeof text, "%s%llu", negative ? "-" : "", (unsigned long long)values[i]);
            size_t n = numeric_from_u64(values[i], negative, a);
            assert_true(n <= NUMERIC_ROOM_U64);
            assert_int_equal(n, numeric_from_text((const uint8_t *)text, strlen(text), b, &digits));
            assert_memory_equal(a, b, n);
        }
    }
}

static void digits_before_the_point(void **state) {
    (void)state;
    uint8_t out[64];
    int digits;
    assert_true(numeric_from_text((const uint8_t *)"00123.4", 7, out, &digits) > 0);
    assert_int_equal(digits, 3);
    assert_true(numeric_from_text((const uint8_t *)"-0.4", 4, out, &digits) > 0);
    assert_int_equal(digits, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts), cmocka_unit_test(generated), cmocka_unit_test(refused),
                                       cmocka_unit_test(integers), cmocka_unit_test(digits_before_the_point)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
