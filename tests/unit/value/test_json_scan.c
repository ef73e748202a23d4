/* What jsonb refuses, and how it is mended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "value/json_scan.h"

static bool refused(const char *s) {
    return json_refused((const uint8_t *)s, strlen(s));
}

static void accepted(void **state) {
    (void)state;
    static const char *const good[] = {"",
                                       "{}",
                                       "[1, 2.5, 1e308, -1E-308]",
                                       "\"\\u4e2d\\n\\\\\"",
                                       "\"\\\\u0000\"",
                                       "\"\\\\\\\\u0000\"",
                                       "\"\\ud83d\\ude00\"",
                                       "\"\\uD83D\\uDE00x\"",
                                       "{\"e1\": \"1e999999\", \"b\": true}",
                                       "\"",
                                       "\"\\",
                                       "\"\\u",
                                       "\"\\u12",
                                       "1e15999",
                                       "true",
                                       "[\"1e99999\"]",
                                       "0.1e+00001"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (refused(good[i])) {
            fail_msg("%s", good[i]);
        }
    }
}

static void not_accepted(void **state) {
    (void)state;
    static const struct {
        const char *in, *mended;
    } bad[] = {
        {"\"\\u0000\"", "\"\\ufffd\""},
        {"\"a\\\\\\u0000b\"", "\"a\\\\\\ufffdb\""},
        {"\"\\ud83d\"", "\"\\ufffd\""},
        {"\"\\ud83d\\ue000\"", "\"\\ufffd\\ue000\""},
        {"\"\\ud83dx\\ude00\"", "\"\\ufffdx\\ufffd\""},
        {"\"\\ud83d\\ud83d\\ude00\"", "\"\\ufffd\\ud83d\\ude00\""},
        {"[1e99999, 1]", "[null, 1]"},
        {"[-1.5E+99999]", "[null]"},
        {"{\"a\\u0000\": 1e20000, \"b\": \"\\udc00\"}", "{\"a\\ufffd\": null, \"b\": \"\\ufffd\"}"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t out[128];
        size_t n = strlen(bad[i].in);
        assert_true(refused(bad[i].in));
        size_t m = json_mend(out, (const uint8_t *)bad[i].in, n);
        assert_int_equal(m, strlen(bad[i].mended));
        assert_memory_equal(out, bad[i].mended, m);
        assert_false(json_refused(out, m));
        /* in place */
        memcpy(out, bad[i].in, n);
        assert_int_equal(json_mend(out, out, n), m);
        assert_memory_equal(out, bad[i].mended, m);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(accepted), cmocka_unit_test(not_accepted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
