/* agent/record: what is told again after a reconnect. */
#include "agent/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void say(struct record *r, const char *text) {
    json_error_t error;
    json_t *event = json_loads(text, 0, &error);
    assert_non_null(event);
    record_event(r, event);
    json_decref(event);
}

static const char *kind_at(json_t *list, size_t i) {
    return json_string_value(json_object_get(json_array_get(list, i), "event"));
}

static void the_last_of_each_kind(void **state) {
    (void)state;
    struct record *r = record_new();
    json_t *list = record_replay(r);
    assert_int_equal(json_array_size(list), 0);
    assert_null(record_error(r));
    json_decref(list);
    say(r, "{\"event\":\"stage\",\"stage\":\"a\"}");
    say(r, "{\"event\":\"progress\",\"rows\":1}");
    say(r, "{\"event\":\"error\",\"error\":{\"code\":\"GW1\"}}");
    say(r, "{\"event\":\"stage\",\"stage\":\"b\"}");
    say(r, "{\"event\":\"progress\",\"rows\":2}");
    say(r, "{\"event\":\"report\",\"report\":{}}");
    say(r, "{\"event\":\"something new\"}");
    say(r, "{\"event\":7}");
    say(r, "{}");
    list = record_replay(r);
    static const char *const kinds[] = {"stage", "stage", "report", "progress", "error"};
    assert_int_equal(json_array_size(list), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(kind_at(list, i), kinds[i]);
    }
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "stage")), "a");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 3), "rows")), 2);
    assert_string_equal(json_string_value(json_object_get(record_error(r), "code")), "GW1");
    json_decref(list);
    record_free(r);
    record_free(NULL);
}

static void each_object_as_it_was_last(void **state) {
    (void)state;
    struct record *r = record_new();
    for (int round = 1; round <= 2; round++) {
        for (int i = 0; i < 1000; i++) {
            char text[200];
            snprintf(text, sizeof text,
                     "{\"event\":\"objects\",\"items\":[{\"kind\":\"table\",\"name\":\"t%d\",\"status\":%d},"
                     "{\"kind\":\"view\",\"name\":\"t%d\",\"status\":1}]}",
                     i, round, i);
            say(r, text);
        }
    }
    say(r, "{\"event\":\"objects\",\"items\":[{\"name\":\"x\"},7,{\"kind\":1,\"name\":\"x\"}]}");
    say(r, "{\"event\":\"objects\",\"items\":7}");
    json_t *list = record_replay(r), *event, *item;
    size_t i, k, n = 0;
    json_array_foreach(list, i, event) {
        char *text = json_dumps(event, 0);
        assert_true(strlen(text) < 1 << 20);
        free(text);
        json_array_foreach(json_object_get(event, "items"), k, item) {
            bool table = strcmp(json_string_value(json_object_get(item, "kind")), "table") == 0;
            assert_int_equal(json_integer_value(json_object_get(item, "status")), table ? 2 : 1);
            n++;
        }
    }
    assert_int_equal(n, 2000);
    assert_true(json_array_size(list) > 1);
    json_decref(list);
    record_free(r);
}

/* Texts of views and programs are large: an event that tells them again still fits into a message. */
static void large_objects_are_told_in_parts(void **state) {
    (void)state;
    struct record *r = record_new();
    char *text = malloc(200 * 1024 + 1);
    memset(text, 'x', 200 * 1024);
    text[200 * 1024] = '\0';
    for (int i = 0; i < 20; i++) {
        json_t *event = json_pack("{s:s, s:[{s:s, s:s+, s:{s:s}}]}", "event", "objects", "items", "kind", "view",
                                  "name", "v", i % 2 == 0 ? "0" : "1", "detail", "source", text);
        record_event(r, event);
        json_decref(event);
        event = json_pack("{s:s, s:[{s:s, s:i}]}", "event", "objects", "items", "kind", "table", "status", i);
        record_event(r, event); /* without a name */
        json_decref(event);
    }
    for (int i = 0; i < 12; i++) {
        json_t *event = json_pack("{s:s, s:[{s:s, s:o, s:{s:s}}]}", "event", "objects", "items", "kind", "function",
                                  "name", json_sprintf("f%d", i), "detail", "source", text);
        record_event(r, event);
        json_decref(event);
    }
    json_t *list = record_replay(r), *event;
    size_t i, n = 0;
    json_array_foreach(list, i, event) {
        assert_true(json_dumpb(event, NULL, 0, JSON_COMPACT) < 1 << 20);
        n += json_array_size(json_object_get(event, "items"));
    }
    assert_int_equal(n, 14);
    json_decref(list);
    free(text);
    record_free(r);
}

static void stages_are_bounded(void **state) {
    (void)state;
    struct record *r = record_new();
    for (int i = 0; i < 10000; i++) {
        say(r,
            i % 2 == 0 ? "{\"event\":\"stage\",\"stage\":\"broken\"}" : "{\"event\":\"stage\",\"stage\":\"mended\"}");
    }
    json_t *list = record_replay(r);
    assert_true(json_array_size(list) <= 256);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, json_array_size(list) - 1), "stage")),
                        "mended");
    json_decref(list);
    record_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_of_each_kind),
        cmocka_unit_test(each_object_as_it_was_last),
        cmocka_unit_test(large_objects_are_told_in_parts),
        cmocka_unit_test(stages_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
