/* cli/units: what people write for sizes and durations, and what must be refused. */
#include "cli/units.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void sizes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {
        {"0", 0},
        {"1", 1},
        {"17B", 17},
        {"1k", 1000},
        {"1kB", 1000},
        {"1KB", 1000},
        {"1KiB", 1024},
        {"1ki", 1024},
        {"50MB", 50000000},
        {"50 MB", 50000000},
        {"32MiB", 33554432},
        {"1.5GB", 1500000000},
        {"0.1MB", 100000},
        {".5kB", 500},
        {"2.GiB", UINT64_C(2147483648)},
        {"1TB", UINT64_C(1000000000000)},
        {"1TiB", UINT64_C(1099511627776)},
        {"18446744073709551615", UINT64_MAX},
        {"0.000001GB", 1000},
        {"0.5", 0},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t got = 12345;
        if (!units_size(good[i].text, &got) || got != good[i].bytes) {
            fail_msg("'%s' -> %llu", good[i].text, (unsigned long long)got);
        }
    }
    static const char *const bad[] = {"",
                                      " ",
                                      "MB",
                                      "-1",
                                      "+1",
                                      "1XB",
                                      "1MBB",
                                      "0x10",
                                      "1e6",
                                      "1,5MB",
                                      ".",
                                      "1.0000001MB",
                                      "18446744073709551616",
                                      "18446744073709551615kB",
                                      "99999999TiB",
                                      "1 M B",
                                      "1MB ",
                                      "1..5",
                                      "NaN"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t got;
        if (units_size(bad[i], &got)) {
            fail_msg("'%s' was taken", bad[i]);
        }
    }
}

static void durations(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {
        {"0", 0},          {"5", 5000},      {"5s", 5000},   {"500ms", 500},   {"2m", 120000}, {"2min", 120000},
        {"1.5h", 5400000}, {"1d", 86400000}, {"0.25s", 250}, {"1 h", 3600000}, {"10MS", 10},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t got = -7;
        if (!units_duration(good[i].text, &got) || got != good[i].ms) {
            fail_msg("'%s' -> %lld", good[i].text, (long long)got);
        }
    }
    static const char *const bad[] = {"",   "s", "-5s", "5x", "5 s s", "1:30", "99999999999999999d", "300000000000h",
                                      "inf"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t got;
        if (units_duration(bad[i], &got)) {
            fail_msg("'%s' was taken", bad[i]);
        }
    }
}

static void counts(void **state) {
    (void)state;
    uint64_t n;
    assert_true(units_count("0", &n) && n == 0);
    assert_true(units_count("007", &n) && n == 7);
    assert_true(units_count("18446744073709551615", &n) && n == UINT64_MAX);
    static const char *const bad[] = {
        "", "-1", "+1", " 1", "1 ", "1.0", "0x1", "18446744073709551616", "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (units_count(bad[i], &n)) {
            fail_msg("'%s' was taken", bad[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(durations),
        cmocka_unit_test(counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
