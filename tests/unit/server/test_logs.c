/* Lines of logs: what they become, whose they are, how many are kept. */
#include "scene.h"

#include "server/logs.h"
#include "server/settings.h"

static void append(struct scene *x, int64_t subtask, int64_t machine, const char *lines) {
    struct err e = ERR_INIT;
    json_error_t error;
    json_t *json = json_loads(lines, JSON_ALLOW_NUL, &error);
    if (json == NULL || !logs_append(x->s, x->f, subtask, machine, json, &e)) {
        fail_msg("%s %s %s", lines, error.text, e.message);
    }
    json_decref(json);
}

static void append_many(struct scene *x, int64_t subtask, int n) {
    struct err e = ERR_INIT;
    json_t *lines = json_array();
    for (int i = 0; i < n; i++) {
        json_array_append_new(lines, json_pack("{s:i, s:s, s:s}", "time_ms", i + 1, "level", "info", "text", "x"));
    }
    if (!logs_append(x->s, x->f, subtask, x->machine, lines, &e)) {
        fail_msg("%s", e.message);
    }
    json_decref(lines);
}

static struct store_rows kept(struct scene *x, const char *where) {
    struct store_rows rows;
    struct err e = ERR_INIT;
    char *sql = arena_printf(
        &x->a, "SELECT id, at_ms, level, machine_id, event, text, fields FROM log_line %s ORDER BY id", where);
    if (!store_rows(x->s, &x->a, sql, STORE_NONE, &rows, &e)) {
        fail_msg("%s", e.message);
    }
    return rows;
}

static void a_line_has_its_columns(void **state) {
    struct scene *x = *state;
    append(x, x->subtask, x->machine,
           "[{\"time_ms\": 5, \"level\": \"warn\", \"event\": \"chunk\", \"text\": \"\xe6\x95\xb0 it's\", \"table\": "
           "\"a\", \"n\": 3}]");
    struct store_rows r = kept(x, "");
    assert_int_equal(r.n, 1);
    assert_int_equal(store_number(&r, 0, 1), 5);
    assert_int_equal(store_number(&r, 0, 2), 2);
    assert_int_equal(store_number(&r, 0, 3), x->machine);
    assert_string_equal(store_cell(&r, 0, 4), "chunk");
    assert_string_equal(store_cell(&r, 0, 5), "\xe6\x95\xb0 it's");
    assert_string_equal(store_cell(&r, 0, 6), "{\"table\":\"a\",\"n\":3}");
}

static void what_is_no_line_is_kept_as_a_text(void **state) {
    struct scene *x = *state;
    append(x, 0, x->machine,
           "[\"just words\", 7, {}, {\"time_ms\": -1, \"level\": 9, \"event\": [], \"text\": 8}, {\"text\": "
           "\"a\\u0000b\"}, null]");
    struct store_rows r = kept(x, "WHERE subtask_id IS NULL");
    assert_int_equal(r.n, 6);
    assert_string_equal(store_cell(&r, 0, 5), "just words");
    assert_string_equal(store_cell(&r, 1, 5), "7");
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(store_number(&r, i, 2), 1);
        assert_true(store_number(&r, i, 1) > 1000000000);
        assert_null(store_cell(&r, i, 4));
    }
    assert_string_equal(store_cell(&r, 4, 5), "a");
    assert_string_equal(store_cell(&r, 5, 5), "null");
}

static void long_texts_are_cut_between_characters(void **state) {
    struct scene *x = *state;
    char text[9001];
    for (size_t i = 0; i < 3000; i++) {
        memcpy(text + 3 * i, "\xe6\x95\xb0", 3);
    }
    text[9000] = '\0';
    append(x, x->subtask, 0,
           arena_printf(&x->a, "[{\"event\": \"%s\", \"text\": \"%s\", \"more\": \"%s\"}]", text, text, text));
    struct store_rows r = kept(x, "");
    assert_int_equal(strlen(store_cell(&r, 0, 4)), 63);
    assert_int_equal(strlen(store_cell(&r, 0, 5)), 4095);
    assert_string_equal(store_cell(&r, 0, 6), "{\"cut\":true}");
}

static void the_feed_hears_the_lines_with_their_ids(void **state) {
    struct scene *x = *state;
    append_many(x, x->subtask, 120);
    append(x, 0, x->machine, "[{\"text\": \"of the machine\", \"a\": 1}]");
    struct store_rows r = kept(x, "");
    size_t at = 0;
    assert_int_equal(json_array_size(x->told), 4); /* 50 + 50 + 20, and the machine's */
    for (size_t i = 0; i < 4; i++) {
        const json_t *told = json_array_get(x->told, i), *change = json_object_get(told, "change"), *line;
        char topic[64];
        snprintf(topic, sizeof topic, i < 3 ? "log %lld" : "machine log %lld",
                 (long long)(i < 3 ? x->subtask : x->machine));
        assert_string_equal(json_string_value(json_object_get(told, "topic")), topic);
        assert_string_equal(json_string_value(json_object_get(change, "kind")), "log");
        size_t k;
        json_array_foreach(json_object_get(change, "lines"), k, line) {
            assert_int_equal(json_integer_value(json_object_get(line, "id")), store_number(&r, at, 0));
            assert_int_equal(json_integer_value(json_object_get(line, "time_ms")), store_number(&r, at, 1));
            at++;
        }
    }
    assert_int_equal(at, 121);
}

static void the_oldest_go(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    assert_true(settings_put(x->s, settings_find("log_lines"), 100, &e));
    append_many(x, x->other, 90);
    append(x, 0, x->machine, "[\"x\"]");
    for (int i = 0; i < 40; i++) {
        append_many(x, x->subtask, 9);
        struct store_rows r = kept(x, arena_printf(&x->a, "WHERE subtask_id = %lld", (long long)x->subtask));
        size_t sent = (size_t)(i + 1) * 9;
        assert_true(r.n <= 100 && (r.n >= 90 || r.n == sent));
        assert_int_equal(store_number(&r, r.n - 1, 1), 9); /* the last one is there */
    }
    append_many(x, x->subtask, 1000); /* more than may be kept, at once */
    struct store_rows r = kept(x, arena_printf(&x->a, "WHERE subtask_id = %lld", (long long)x->subtask));
    assert_int_equal(r.n, 90);
    assert_int_equal(store_number(&r, 0, 1), 911);
    assert_int_equal(kept(x, arena_printf(&x->a, "WHERE subtask_id = %lld", (long long)x->other)).n, 90);
    assert_int_equal(kept(x, "WHERE subtask_id IS NULL").n, 1);
}

static void a_log_goes_with_what_it_is_of(void **state) {
    struct scene *x = *state;
    append_many(x, x->subtask, 3);
    append(x, 0, x->machine, "[\"x\"]");
    scene_run(x, arena_printf(&x->a, "DELETE FROM machine WHERE id = %lld", (long long)x->machine));
    assert_int_equal(kept(x, "").n, 3);
    scene_run(x, arena_printf(&x->a, "DELETE FROM subtask WHERE id = %lld", (long long)x->subtask));
    assert_int_equal(kept(x, "").n, 0);
    append_many(x, x->subtask, 3); /* comes late */
    append(x, 0, x->machine, "[\"x\"]");
    append(x, x->other, 0, "[]");
    assert_int_equal(kept(x, "").n, 0);
}

static void settings_have_bounds(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    int64_t n;
    const struct setting *lines = settings_find("log_lines");
    assert_true(settings_get(x->s, "log_lines", &n, &e));
    assert_int_equal(n, 20000);
    assert_false(settings_put(x->s, lines, 99, &e));
    assert_int_equal(e.code, ERR_PARAMETER);
    assert_true(settings_put(x->s, lines, 100, &e) && settings_put(x->s, lines, 500, &e));
    assert_true(settings_get(x->s, "log_lines", &n, &e));
    assert_int_equal(n, 500);
    scene_run(x, "UPDATE setting SET value = '12x' WHERE name = 'log_lines'");
    assert_true(settings_get(x->s, "log_lines", &n, &e));
    assert_int_equal(n, 20000);
    assert_null(settings_find("log_line"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_has_its_columns, scene_set_up, scene_tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_line_is_kept_as_a_text, scene_set_up, scene_tear_down),
        cmocka_unit_test_setup_teardown(long_texts_are_cut_between_characters, scene_set_up, scene_tear_down),
        cmocka_unit_test_setup_teardown(the_feed_hears_the_lines_with_their_ids, scene_set_up, scene_tear_down),
        cmocka_unit_test_setup_teardown(the_oldest_go, scene_set_up, scene_tear_down),
        cmocka_unit_test_setup_teardown(a_log_goes_with_what_it_is_of, scene_set_up, scene_tear_down),
        cmocka_unit_test_setup_teardown(settings_have_bounds, scene_set_up, scene_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
