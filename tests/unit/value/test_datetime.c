/* Days, microseconds and ISO text, against the C library's calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "value/datetime.h"

static void every_day(void **state) {
    (void)state;
    /* from 0000-01-01 on, day by day to 9999-12-31 */
    int32_t expected = -730485;
    for (unsigned y = 0; y <= 9999; y++) {
        for (unsigned m = 1; m <= 12; m++) {
            for (unsigned d = 1; d <= month_days(y, m); d++) {
                struct datetime t = {.year = y, .month = m, .day = d};
                if (datetime_days(&t) != expected || !datetime_is_real(&t)) {
                    fail_msg("%u-%u-%u", y, m, d);
                }
                expected++;
            }
        }
    }
    assert_int_equal(expected - 1, 2921939);
}

static void against_the_library(void **state) {
    (void)state;
    for (unsigned y = 1900; y <= 2100; y++) {
        struct tm tm = {.tm_year = (int)y - 1900, .tm_mon = 2, .tm_mday = 1, .tm_hour = 13, .tm_min = 14, .tm_sec = 15};
        struct datetime t = {.year = y, .month = 3, .day = 1, .hour = 13, .minute = 14, .second = 15, .microsecond = 5};
        assert_true(datetime_micros(&t) == ((int64_t)timegm(&tm) - 946684800) * 1000000 + 5);
    }
}

static void not_real(void **state) {
    (void)state;
    static const struct datetime bad[] = {{2023, 2, 29}, {1900, 2, 29}, {2024, 2, 30}, {2024, 4, 31},
                                          {2024, 0, 1},  {2024, 1, 0},  {2024, 13, 1}, {0, 0, 0}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(datetime_is_real(&bad[i]));
    }
    assert_true(datetime_is_real(&(struct datetime){2000, 2, 29}));
}

static void texts(void **state) {
    (void)state;
    char text[DATETIME_TEXT_MAX];
    static const struct {
        int64_t micros;
        const char *text;
    } times[] = {{0, "00:00:00"},
                 {1, "00:00:00.000001"},
                 {-1500000, "-00:00:01.500000"},
                 {INT64_C(3020399000000), "838:59:59"},
                 {INT64_C(-3020399000000), "-838:59:59"},
                 {MICROS_PER_DAY, "24:00:00"},
                 {INT64_C(360000000000), "100:00:00"}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        text[time_text(text, times[i].micros)] = '\0';
        assert_string_equal(text, times[i].text);
    }
    struct datetime t = {9999, 12, 31, 23, 59, 59, 999999};
    text[datetime_text(text, &t)] = '\0';
    assert_string_equal(text, "9999-12-31 23:59:59.999999");
    t = (struct datetime){1, 2, 3, 4, 5, 6, 70};
    text[datetime_text(text, &t)] = '\0';
    assert_string_equal(text, "0001-02-03 04:05:06.000070");
    text[date_text(text, &t)] = '\0';
    assert_string_equal(text, "0001-02-03");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_day), cmocka_unit_test(against_the_library),
                                       cmocka_unit_test(not_real), cmocka_unit_test(texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
