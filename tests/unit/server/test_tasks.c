/* What happens to tasks and subtasks, on a store in a file: states, what people asked twice, targets that are held, figures that are
 * written behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/attempts.h"
#include "server/figures.h"
#include "server/tasks.h"
#include "server/view.h"

struct scene {
    char directory[32], path[64];
    struct store *s;
    struct feed *feed;
    struct arena a;
    int64_t source, target;
};

static int64_t add_data_source(struct scene *x, const char *name, const char *kind) {
    int64_t id;
    struct err e = ERR_INIT;
    assert_true(
        store_insert(x->s,
                     "INSERT INTO data_source (name, kind, host, port, username, properties, created_by, created_ms)"
                     " VALUES (?, ?, 'h', 1, 'u', '{}', 'me', 1) RETURNING id",
                     STORE_VALUES(STORE_T(name), STORE_T(kind)), &id, &e));
    return id;
}

static int set_up(void **state) {
    struct scene *x = calloc(1, sizeof *x);
    struct err e = ERR_INIT;
    snprintf(x->directory, sizeof x->directory, "/tmp/tasks-XXXXXX");
    assert_non_null(mkdtemp(x->directory));
    snprintf(x->path, sizeof x->path, "%s/godwit.db", x->directory);
    struct store_where where = {.file = x->path};
    assert_true(store_open(&x->s, &where, &e));
    x->feed = feed_new();
    assert_non_null(x->feed);
    x->source = add_data_source(x, "source", "mariadb");
    x->target = add_data_source(x, "target", "opengauss");
    *state = x;
    return 0;
}

static int tear_down(void **state) {
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct scene *x = *state;
    store_close(x->s);
    feed_free(x->feed);
    arena_clear(&x->a);
    for (size_t i = 0; i < 3; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", x->path, ends[i]);
        unlink(path);
    }
    rmdir(x->directory);
    free(x);
    return 0;
}

static struct tasks begin(struct scene *x) {
    struct tasks t = {.store = x->s, .feed = x->feed, .a = &x->a, .who = "ann"};
    struct err e = ERR_INIT;
    assert_true(tasks_begin(&t, &e));
    return t;
}

static void end(struct tasks *t, bool ok, const struct err *e) {
    struct err failed = ERR_INIT;
    if (!ok) {
        tasks_rollback(t);
        fail_msg("%s", e->message);
    }
    assert_true(tasks_commit(t, &failed));
}

static json_t *body(struct scene *x, const char *name, unsigned subtasks) {
    json_t *list = json_array();
    for (unsigned i = 0; i < subtasks; i++) {
        json_array_append_new(list, json_pack("{s:I, s:s, s:I, s:s, s:s+, s:i}", "source_id", (json_int_t)x->source,
                                              "source_database", "shop", "target_id", (json_int_t)x->target,
                                              "target_database", "db", "target_schema", name, i == 0 ? "" : "2", "mode",
                                              i % 2 == 0 ? 1 : 2));
    }
    return json_pack("{s:s, s:o}", "name", name, "subtasks", list);
}

static enum err_code try_write(struct scene *x, json_t *of, int64_t *id) {
    struct tasks t = begin(x);
    struct err e = ERR_INIT;
    bool ok = task_write(&t, of, id, &e);
    json_decref(of);
    if (ok) {
        end(&t, true, &e);
        return ERR_NONE;
    }
    tasks_rollback(&t);
    return e.code;
}

static int64_t make(struct scene *x, const char *name, unsigned subtasks) {
    int64_t id = 0;
    assert_int_equal(try_write(x, body(x, name, subtasks), &id), ERR_NONE);
    return id;
}

static int64_t subtask_of(struct scene *x, int64_t task, int place) {
    struct store_rows rows;
    struct err e = ERR_INIT;
    assert_true(store_rows(x->s, &x->a, "SELECT id FROM subtask WHERE task_id = ? AND place = ?",
                           STORE_VALUES(STORE_I(task), STORE_I(place)), &rows, &e));
    assert_int_equal(rows.n, 1);
    return store_number(&rows, 0, 0);
}

static int64_t number(struct scene *x, const char *sql, int64_t id) {
    struct store_rows rows;
    struct err e = ERR_INIT;
    assert_true(store_rows(x->s, &x->a, sql, STORE_VALUES(STORE_I(id)), &rows, &e));
    assert_int_equal(rows.n, 1);
    return store_number(&rows, 0, 0);
}

static int64_t status(struct scene *x, int64_t subtask) {
    return number(x, "SELECT status FROM subtask WHERE id = ?", subtask);
}

static int64_t task_status(struct scene *x, int64_t task) {
    return number(x, "SELECT status FROM task WHERE id = ?", task);
}

static enum err_code happen(struct scene *x, int64_t subtask, enum subtask_event event, bool *changed) {
    struct tasks t = begin(x);
    struct err e = ERR_INIT;
    if (subtask_event(&t, subtask, event, NULL, changed, &e)) {
        end(&t, true, &e);
        return ERR_NONE;
    }
    tasks_rollback(&t);
    return e.code;
}

static enum err_code act(struct scene *x, bool (*what)(struct tasks *, int64_t, struct err *), int64_t task) {
    struct tasks t = begin(x);
    struct err e = ERR_INIT;
    if (what(&t, task, &e)) {
        end(&t, true, &e);
        return ERR_NONE;
    }
    tasks_rollback(&t);
    return e.code;
}

static double progress(struct scene *x, int64_t task) {
    json_t *view;
    struct err e = ERR_INIT;
    assert_true(view_task(x->s, &x->a, task, &view, &e));
    double p = json_number_value(json_object_get(view, "progress"));
    json_decref(view);
    return p;
}

static void a_task_is_what_its_subtasks_are(void **state) {
    struct scene *x = *state;
    int64_t task = make(x, "a", 2), one = subtask_of(x, task, 1), two = subtask_of(x, task, 2);
    static const enum subtask_event way[] = {EVENT_PLACED,      EVENT_FULL_RUNNING,  EVENT_FULL_FINISHED,
                                             EVENT_CHECK_START, EVENT_CHECK_RUNNING, EVENT_CHECK_FINISHED};
    assert_int_equal(task_status(x, task), TASK_NOT_STARTED);
    assert_int_equal(act(x, task_start, task), ERR_NONE);
    assert_int_equal(act(x, task_start, task), ERR_NONE);
    assert_int_equal(number(x, "SELECT count(*) FROM operation WHERE task_id = ? AND subtask_id IS NULL", task), 1);
    assert_int_equal(status(x, one), SUB_WAITING);
    assert_int_equal(task_status(x, task), TASK_MIGRATING);
    for (size_t i = 0; i < sizeof way / sizeof way[0]; i++) {
        assert_int_equal(happen(x, one, way[i], NULL), ERR_NONE);
        assert_int_equal(happen(x, two, way[i], NULL), ERR_NONE);
    }
    assert_true(progress(x, task) == (4 + 2) / 8.0); /* an offline 6 is done, an online one is not */
    assert_int_equal(happen(x, one, EVENT_OFFLINE_DONE, NULL), ERR_NONE);
    assert_int_equal(happen(x, two, EVENT_FAILED, NULL), ERR_NONE);
    assert_int_equal(task_status(x, task), TASK_MIGRATING); /* somebody will look */
    assert_true(progress(x, task) == (4 + 2) / 8.0);
    assert_int_equal(act(x, task_finish, task), ERR_NONE);
    assert_int_equal(task_status(x, task), TASK_FINISHED);
    assert_true(progress(x, task) == (4 + 2) / 8.0); /* what failed never counts as done */
    assert_int_equal(act(x, task_start, task), ERR_NOT_NOW);
    assert_int_equal(act(x, task_reset, task), ERR_NONE);
    assert_int_equal(task_status(x, task), TASK_NOT_STARTED);
    assert_int_equal(number(x, "SELECT generation FROM subtask WHERE id = ?", one), 1);
    assert_true(progress(x, task) == 0);
    assert_int_equal(act(x, task_delete, task), ERR_NONE);
    assert_int_equal(act(x, task_delete, task), ERR_NOT_FOUND);
    assert_int_equal(number(x, "SELECT count(*) FROM status_change WHERE subtask_id = ?", one), 0);
}

static void asked_twice_is_asked_once(void **state) {
    struct scene *x = *state;
    int64_t task = make(x, "a", 1), one = subtask_of(x, task, 1);
    bool changed;
    assert_int_equal(happen(x, one, EVENT_START, &changed), ERR_NONE);
    assert_true(changed);
    assert_int_equal(happen(x, one, EVENT_START, &changed), ERR_NONE);
    assert_false(changed);
    assert_int_equal(happen(x, one, EVENT_FULL_RUNNING, &changed), ERR_NOT_NOW);
    assert_int_equal(happen(x, one, EVENT_STOP_INCREMENTAL, &changed), ERR_NOT_NOW);
    assert_int_equal(happen(x, one + 77, EVENT_START, &changed), ERR_NOT_FOUND);
    assert_int_equal(act(x, task_delete, task), ERR_NOT_NOW);
    assert_int_equal(act(x, task_reset, task), ERR_NOT_NOW);
}

static void a_worker_that_may_live_is_told(void **state) {
    struct scene *x = *state;
    int64_t task = make(x, "a", 1), one = subtask_of(x, task, 1);
    struct err e = ERR_INIT;
    struct store_rows rows;
    assert_int_equal(act(x, task_start, task), ERR_NONE);
    assert_int_equal(happen(x, one, EVENT_PLACED, NULL), ERR_NONE);
    assert_true(
        store_run(x->s, "UPDATE subtask SET lease_until_ms = 1 WHERE id = ?", STORE_VALUES(STORE_I(one)), NULL, &e));
    assert_int_equal(act(x, task_finish, task), ERR_NONE);
    assert_true(
        store_rows(x->s, &x->a, "SELECT command FROM subtask WHERE id = ?", STORE_VALUES(STORE_I(one)), &rows, &e));
    assert_string_equal(store_cell(&rows, 0, 0), "stop");
    assert_int_equal(act(x, task_reset, task), ERR_NOT_NOW); /* until it has ended */
    assert_true(
        store_run(x->s, "UPDATE subtask SET lease_until_ms = NULL WHERE id = ?", STORE_VALUES(STORE_I(one)), NULL, &e));
    assert_int_equal(act(x, task_reset, task), ERR_NONE);
}

static void a_target_is_held_until_it_is_finished(void **state) {
    struct scene *x = *state;
    int64_t first = make(x, "a", 1), again = 0, copy = 0;
    struct err e = ERR_INIT;
    assert_int_equal(try_write(x, body(x, "a", 1), &again), ERR_TARGET_HELD);
    assert_int_equal(try_write(x, body(x, "a", 1), &first), ERR_NONE); /* edited: its own target is no other's */
    struct tasks t = begin(x);
    assert_false(task_copy(&t, first, &copy, &e));
    assert_int_equal(e.code, ERR_TARGET_HELD);
    tasks_rollback(&t);
    assert_int_equal(act(x, task_start, first), ERR_NONE);
    assert_int_equal(try_write(x, body(x, "a", 1), &first), ERR_NOT_NOW);
    assert_int_equal(act(x, task_finish, first), ERR_NONE);
    t = begin(x);
    end(&t, task_copy(&t, first, &copy, &e), &e);
    json_t *view;
    assert_true(view_task(x->s, &x->a, copy, &view, &e));
    assert_string_equal(json_string_value(json_object_get(view, "name")), "a (copy)");
    json_decref(view);
    assert_int_equal(act(x, task_reset, first), ERR_TARGET_HELD); /* the copy has it now */
}

static void figures_are_written_behind(void **state) {
    struct scene *x = *state;
    int64_t task = make(x, "a", 1), one = subtask_of(x, task, 1);
    struct figures *f = figures_new();
    struct tasks t = {.store = x->s, .feed = x->feed, .a = &x->a};
    struct err e = ERR_INIT;
    json_t *event = json_pack("{s:s, s:i, s:f}", "event", "progress", "rows", 7, "rows_per_s", 2.5);
    figures_progress(f, x->feed, task, one, event);
    assert_int_equal(number(x, "SELECT count(*) FROM sample WHERE subtask_id = ?", one), 0);
    assert_true(figures_flush(f, &t, &e));
    assert_int_equal(number(x, "SELECT row_count FROM sample WHERE subtask_id = ?", one), 7);
    json_t *view;
    assert_true(view_subtask(x->s, &x->a, one, &view, &e));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(view, "figures"), "rows")), 7);
    json_decref(view);
    /* Deleted meanwhile: the others are written all the same. */
    figures_progress(f, x->feed, task, one, event);
    figures_progress(f, x->feed, task, one + 1, event);
    assert_int_equal(act(x, task_delete, task), ERR_NONE);
    assert_true(figures_flush(f, &t, &e));
    figures_end(f, one);
    assert_true(figures_flush(f, &t, &e));
    json_decref(event);
    figures_free(f);
}

static void happened(struct scene *x, int64_t subtask, int64_t ago_ms, const char *reason) {
    struct err e = ERR_INIT;
    int64_t now;
    assert_true(store_now(x->s, &now, &e));
    assert_true(store_run(x->s,
                          "INSERT INTO status_change (subtask_id, before_status, after_status, event, at_ms, detail)"
                          " VALUES (?, 2, 1000, 'machine-lost', ?, ?)",
                          STORE_VALUES(STORE_I(subtask), STORE_I(now - ago_ms), STORE_T(reason)), NULL, &e));
}

static struct attempts lately(struct scene *x, int64_t subtask) {
    struct tasks t = begin(x);
    struct attempts out;
    struct err e = ERR_INIT;
    end(&t, attempts_read(&t, subtask, &out, &e), &e);
    return out;
}

/* What happened over weeks does not add up to a failure; what happens again and again does. */
static void bad_ends_count_for_an_hour(void **state) {
    enum { HOUR_MS = 3600 * 1000 };
    struct scene *x = *state;
    struct err e = ERR_INIT;
    int64_t one = subtask_of(x, make(x, "shop", 2), 1), other = one + 1;
    assert_int_equal(happen(x, one, EVENT_START, NULL), ERR_NONE);
    happened(x, one, 2 * HOUR_MS, "{}");
    happened(x, one, HOUR_MS + 60000, NULL);
    happened(x, other, 10, "{}");
    struct attempts got = lately(x, one);
    assert_true(got.crashes == 0 && got.losses == 0);
    happened(x, one, HOUR_MS - 60000, "{}");
    happened(x, one, 10, "{}");
    happened(x, one, 10, NULL);
    got = lately(x, one);
    assert_true(got.crashes == 2 && got.losses == 1);
    /* Machines are lost until it is enough. */
    for (int i = 1; i <= 10; i++) {
        json_t *why;
        assert_int_equal(happen(x, one, EVENT_PLACED, NULL), i <= 9 ? ERR_NONE : ERR_NOT_NOW);
        if (i == 10) {
            break;
        }
        struct tasks t = begin(x);
        end(&t, attempts_machine_lost(&t, one, &why, &e), &e);
        assert_int_equal(status(x, one), i < 9 ? SUB_WAITING : SUB_FAILED);
        assert_true((why != NULL) == (i == 9));
        json_decref(why);
    }
    /* And who lets it be tried again begins anew. */
    assert_int_equal(happen(x, one, EVENT_RETRY, NULL), ERR_NONE);
    got = lately(x, one);
    assert_true(got.crashes == 0 && got.losses == 0);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_task_is_what_its_subtasks_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(asked_twice_is_asked_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_worker_that_may_live_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_target_is_held_until_it_is_finished, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_ends_count_for_an_hour, set_up, tear_down),
        cmocka_unit_test_setup_teardown(figures_are_written_behind, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
