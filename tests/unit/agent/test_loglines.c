/* agent/loglines: lines on their way, bounded, the newest kept. */
#include "agent/loglines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static bool take(struct loglines *l, const char *text) {
    return loglines_take(l, text, strlen(text));
}

static const char *text_at(json_t *list, size_t i, const char *key) {
    return json_string_value(json_object_get(json_array_get(list, i), key));
}

static void lines_are_told_as_the_server_keeps_them(void **state) {
    (void)state;
    struct loglines *l = loglines_new(1 << 20);
    assert_false(loglines_waiting(l));
    assert_null(loglines_next(l));
    assert_true(take(
        l, "{\"time\":\"2024-02-29T12:34:56.789Z\",\"level\":\"info\",\"event\":\"x\",\"message\":\"m\",\"n\":7}"));
    assert_true(loglines_waiting(l));
    json_t *list = loglines_next(l), *line = json_array_get(list, 0);
    assert_int_equal(json_array_size(list), 1);
    assert_int_equal(json_integer_value(json_object_get(line, "time_ms")), 1709210096789);
    assert_string_equal(text_at(list, 0, "text"), "m");
    assert_string_equal(text_at(list, 0, "level"), "info");
    assert_int_equal(json_integer_value(json_object_get(line, "n")), 7);
    assert_null(json_object_get(line, "time"));
    assert_null(json_object_get(line, "message"));
    json_decref(list);
    assert_null(loglines_next(l));
    loglines_free(l);
    loglines_free(NULL);
}

static void what_is_no_line(void **state) {
    (void)state;
    struct loglines *l = loglines_new(1 << 20);
    static const char *const cases[] = {"",
                                        "==1==ERROR: AddressSanitizer",
                                        "{",
                                        "7",
                                        "[]",
                                        "{}",
                                        "{\"level\":\"info\"}",
                                        "{\"level\":7,\"message\":\"m\"}",
                                        "{\"level\":\"info\",\"message\":7}"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(take(l, cases[i]));
    }
    assert_false(loglines_waiting(l));
    assert_true(take(l, "{\"time\":\"not a time\",\"level\":\"info\",\"message\":\"m\"}"));
    json_t *list = loglines_next(l);
    assert_true(json_integer_value(json_object_get(json_array_get(list, 0), "time_ms")) > 1700000000000);
    json_decref(list);
    loglines_free(l);
}

static void the_oldest_are_dropped_and_that_is_said(void **state) {
    (void)state;
    struct loglines *l = loglines_new(100 * 1000);
    for (int i = 0; i < 5000; i++) {
        char text[200];
        snprintf(text, sizeof text, "{\"level\":\"info\",\"message\":\"%d\"}", i);
        assert_true(take(l, text));
    }
    json_t *list = loglines_next(l);
    assert_string_equal(text_at(list, 0, "event"), "log_dropped");
    int dropped = 0, first = 0, last = 0;
    sscanf(text_at(list, 0, "text"), "%d", &dropped);
    sscanf(text_at(list, 1, "text"), "%d", &first);
    assert_true(dropped > 3000 && dropped == first);
    int n = 0;
    for (; list != NULL; list = loglines_next(l)) {
        n += (int)json_array_size(list);
        sscanf(text_at(list, json_array_size(list) - 1, "text"), "%d", &last);
        json_decref(list);
    }
    assert_int_equal(last, 4999);
    assert_int_equal(n, 5000 - dropped + 1);
    loglines_free(l);
}

static void messages_are_bounded(void **state) {
    (void)state;
    struct loglines *l = loglines_new(64 << 20);
    char text[100000] = "{\"level\":\"info\",\"message\":\"";
    memset(text + strlen(text), 'x', 90000);
    strcat(text, "\"}");
    for (int i = 0; i < 40; i++) {
        assert_true(take(l, text));
    }
    size_t messages = 0;
    for (json_t *list; (list = loglines_next(l)) != NULL; messages++) {
        char *whole = json_dumps(list, 0);
        assert_true(strlen(whole) < 600 * 1024);
        free(whole);
        json_decref(list);
    }
    assert_true(messages >= 10);
    loglines_free(l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_told_as_the_server_keeps_them),
        cmocka_unit_test(what_is_no_line),
        cmocka_unit_test(the_oldest_are_dropped_and_that_is_said),
        cmocka_unit_test(messages_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
