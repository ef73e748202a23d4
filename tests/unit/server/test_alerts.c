/* Alerts: one for what keeps happening, closed when it is over. */
#include "scene.h"

#include "server/alerts.h"
#include "server/settings.h"

static void raise_code(struct scene *x, enum alert_level level, int64_t subtask, int64_t machine, enum err_code code,
                       const char *message) {
    struct err what = ERR_INIT, e = ERR_INIT;
    err_set(&what, code, "%s", message);
    err_cause(&what, "because");
    err_where(&what, "table a");
    json_t *error = err_to_json(&what);
    if (!alert_raise(x->s, x->f, level, subtask, machine, error, &e)) {
        fail_msg("%s", e.message);
    }
    json_decref(error);
}

static struct store_rows kept(struct scene *x, const char *where) {
    struct store_rows rows;
    struct err e = ERR_INIT;
    char *sql = arena_printf(&x->a, "SELECT " ALERT_COLUMNS " FROM " ALERT_TABLES " %s ORDER BY a.id", where);
    if (!store_rows(x->s, &x->a, sql, STORE_NONE, &rows, &e)) {
        fail_msg("%s", e.message);
    }
    return rows;
}

static const char *text(const json_t *o, const char *key) {
    return json_string_value(json_object_get(o, key));
}

static void one_that_repeats_counts(void **state) {
    struct scene *x = *state;
    raise_code(x, ALERT_WARNING, x->subtask, x->machine, ERR_SOURCE_LOST, "gone once");
    raise_code(x, ALERT_ERROR, x->subtask, 0, ERR_SOURCE_LOST, "gone again");
    raise_code(x, ALERT_ERROR, x->subtask, 0, ERR_TARGET_LOST, "another code");
    raise_code(x, ALERT_ERROR, x->other, x->machine, ERR_SOURCE_LOST, "another subtask");
    raise_code(x, ALERT_ERROR, 0, x->machine, ERR_SOURCE_LOST, "of the machine");
    raise_code(x, ALERT_ERROR, 0, x->machine, ERR_SOURCE_LOST, "of the machine");
    raise_code(x, ALERT_ERROR, 0, 0, ERR_STORE_BUSY, "of the server");
    raise_code(x, ALERT_ERROR, 0, 0, ERR_STORE_BUSY, "of the server");
    struct store_rows r = kept(x, "");
    assert_int_equal(r.n, 5);
    json_t *first = alert_json(&r, 0);
    assert_string_equal(text(first, "message"), "gone again");
    assert_string_equal(text(first, "level"), "error");
    assert_string_equal(text(first, "code"), "GW2012");
    assert_string_equal(text(first, "cause"), "because");
    assert_string_equal(text(first, "where"), "table a");
    assert_string_equal(text(first, "message_zh"), err_title_zh(ERR_SOURCE_LOST));
    assert_string_equal(text(first, "hint_zh"), err_hint_zh(ERR_SOURCE_LOST));
    assert_string_equal(text(first, "task_name"), "move");
    assert_string_equal(text(first, "machine_name"), "m1"); /* the last one known */
    assert_int_equal(json_integer_value(json_object_get(first, "times")), 2);
    assert_true(json_integer_value(json_object_get(first, "last_ms")) >=
                json_integer_value(json_object_get(first, "first_ms")));
    assert_true(json_is_null(json_object_get(first, "closed_ms")));
    json_decref(first);
    assert_int_equal(store_number(&r, 3, 14), 2);
    assert_int_equal(store_number(&r, 4, 14), 2);
    assert_int_equal(json_array_size(x->told), 8); /* each time */
    const json_t *told = json_array_get(x->told, 1);
    assert_string_equal(text(told, "topic"), "alerts");
    assert_string_equal(text(json_object_get(told, "change"), "message"), "gone again");
    assert_string_equal(text(json_object_get(told, "change"), "kind"), "alert");
}

static void a_closed_one_begins_anew(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    raise_code(x, ALERT_ERROR, x->subtask, 0, ERR_SOURCE_LOST, "one");
    raise_code(x, ALERT_ERROR, x->subtask, 0, ERR_TARGET_LOST, "two");
    raise_code(x, ALERT_ERROR, x->other, 0, ERR_TARGET_LOST, "three");
    raise_code(x, ALERT_ERROR, 0, x->machine, ERR_MACHINE_AWAY, "four");
    assert_true(alert_close(x->s, x->f, x->subtask, 0, "GW2012", &e));
    assert_int_equal(kept(x, "WHERE a.closed_ms IS NULL").n, 3);
    raise_code(x, ALERT_ERROR, x->subtask, 0, ERR_SOURCE_LOST, "one more");
    struct store_rows r = kept(x, "WHERE a.code = 'GW2012'");
    assert_int_equal(r.n, 2);
    assert_int_equal(store_number(&r, 1, 14), 1);
    assert_true(alert_close(x->s, x->f, x->subtask, 0, NULL, &e));
    assert_int_equal(kept(x, "WHERE a.closed_ms IS NULL").n, 2);
    assert_true(alert_close(x->s, x->f, 0, x->machine, NULL, &e));
    r = kept(x, "WHERE a.closed_ms IS NULL");
    assert_int_equal(r.n, 1);
    const json_t *told = json_object_get(json_array_get(x->told, json_array_size(x->told) - 1), "change");
    assert_string_equal(text(told, "message"), "four");
    assert_true(json_is_integer(json_object_get(told, "closed_ms")));
    int64_t id = store_number(&r, 0, 0);
    assert_true(alert_close_one(x->s, x->f, id, "ann", &e) && alert_close_one(x->s, x->f, id, "bob", &e));
    r = kept(x, arena_printf(&x->a, "WHERE a.id = %lld", (long long)id));
    assert_string_equal(store_cell(&r, 0, 16), "ann");
    assert_false(alert_close_one(x->s, x->f, id + 100, "ann", &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
}

static void odd_errors_are_alerts_too(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    static const char *const odd[] = {"{}", "{\"code\": 7, \"message\": \"\"}",
                                      "{\"code\": \"GWxxxxyyyyyyyyyyyyyyyyyyyyyy\", \"message\": \"x\"}",
                                      "{\"code\": \"GW0000\", \"message\": \"y\"}", "null"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        json_t *error = json_loads(odd[i], JSON_DECODE_ANY, NULL);
        assert_true(alert_raise(x->s, x->f, ALERT_ERROR, x->subtask, 0, error, &e));
        json_decref(error);
    }
    struct store_rows r = kept(x, "");
    assert_int_equal(r.n, 3);
    assert_string_equal(store_cell(&r, 0, 7), "GW9003");
    assert_int_equal(store_number(&r, 0, 14), 3);
    json_t *unknown = alert_json(&r, 1);
    assert_true(json_is_null(json_object_get(unknown, "message_zh")));
    json_decref(unknown);
}

static void alerts_go_with_what_they_are_of(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    raise_code(x, ALERT_ERROR, x->subtask, x->machine, ERR_SOURCE_LOST, "one");
    raise_code(x, ALERT_ERROR, 0, x->machine, ERR_MACHINE_AWAY, "two");
    raise_code(x, ALERT_ERROR, 0, 0, ERR_STORE_BUSY, "three");
    scene_run(x, arena_printf(&x->a, "DELETE FROM subtask WHERE id = %lld", (long long)x->subtask));
    raise_code(x, ALERT_ERROR, x->subtask, x->machine, ERR_SOURCE_LOST, "late");
    assert_int_equal(kept(x, "").n, 2);
    scene_run(x, arena_printf(&x->a, "DELETE FROM machine WHERE id = %lld", (long long)x->machine));
    assert_true(settings_sweep(x->s, &e));
    assert_int_equal(kept(x, "").n, 1);
}

static void what_is_old_goes(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    raise_code(x, ALERT_ERROR, 0, 0, ERR_STORE_BUSY, "old and closed");
    raise_code(x, ALERT_ERROR, 0, 0, ERR_STORE_QUERY, "old and open");
    raise_code(x, ALERT_ERROR, 0, 0, ERR_STORE_TAKEN, "closed now");
    scene_run(x, "UPDATE alert SET first_ms = 1, last_ms = 2 WHERE code <> 'GW5004'");
    scene_run(x, "UPDATE alert SET closed_ms = 3 WHERE code = 'GW5003'");
    assert_true(alert_close(x->s, x->f, 0, 0, "GW5004", &e));
    scene_run(x, "INSERT INTO audit (at_ms, who, address, operation, outcome) VALUES (5, 'x', 'y', 'z', 'ok')");
    assert_true(settings_sweep(x->s, &e));
    assert_int_equal(kept(x, "").n, 2);
    assert_int_equal(scene_number(x, "SELECT count(*) FROM audit"), 1); /* for ever, unless told otherwise */
    assert_true(settings_put(x->s, settings_find("audit_days"), 30, &e) && settings_sweep(x->s, &e));
    assert_int_equal(scene_number(x, "SELECT count(*) FROM audit"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_that_repeats_counts, scene_set_up, scene_tear_down),
        cmocka_unit_test_setup_teardown(a_closed_one_begins_anew, scene_set_up, scene_tear_down),
        cmocka_unit_test_setup_teardown(odd_errors_are_alerts_too, scene_set_up, scene_tear_down),
        cmocka_unit_test_setup_teardown(alerts_go_with_what_they_are_of, scene_set_up, scene_tear_down),
        cmocka_unit_test_setup_teardown(what_is_old_goes, scene_set_up, scene_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
