/* The table of states: every way leads on, people may do what the manual allows, progress is the manual's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/state.h"

static enum subtask_status after(enum subtask_status from, enum subtask_event e, enum task_mode mode) {
    const struct transition *t = state_next(from, e, mode);
    if (t == NULL) {
        fail_msg("%s does not allow %s", state_text(from, false), state_event_name(e));
    }
    return t->to;
}

static void an_offline_subtask_goes_its_way(void **state) {
    (void)state;
    static const enum subtask_event way[] = {EVENT_START,          EVENT_PLACED,      EVENT_FULL_RUNNING,
                                             EVENT_FULL_FINISHED,  EVENT_CHECK_START, EVENT_CHECK_RUNNING,
                                             EVENT_CHECK_FINISHED, EVENT_OFFLINE_DONE};
    static const int statuses[] = {1000, 1, 2, 3, 4, 5, 6, 100};
    enum subtask_status s = SUB_NOT_RUN;
    for (size_t i = 0; i < sizeof way / sizeof way[0]; i++) {
        s = after(s, way[i], MODE_OFFLINE);
        assert_int_equal(s, statuses[i]);
    }
    assert_null(state_next(SUB_CHECK_FINISHED, EVENT_INCREMENTAL_START, MODE_OFFLINE));
    assert_null(state_next(SUB_CHECK_FINISHED, EVENT_OFFLINE_DONE, MODE_ONLINE));
}

static void an_online_subtask_goes_its_way(void **state) {
    (void)state;
    static const enum subtask_event way[] = {
        EVENT_INCREMENTAL_START, EVENT_INCREMENTAL_RUNNING, EVENT_INCREMENTAL_BROKEN, EVENT_INCREMENTAL_MENDED,
        EVENT_STOP_INCREMENTAL,  EVENT_INCREMENTAL_STOPPED, EVENT_START_REVERSE,      EVENT_REVERSE_RUNNING,
        EVENT_REVERSE_BROKEN,    EVENT_REVERSE_MENDED,      EVENT_REVERSE_STOPPED,    EVENT_FINISH};
    static const int statuses[] = {7, 8, 30, 8, 9, 10, 11, 12, 40, 12, 13, 100};
    enum subtask_status s = SUB_CHECK_FINISHED;
    for (size_t i = 0; i < sizeof way / sizeof way[0]; i++) {
        s = after(s, way[i], MODE_ONLINE);
        assert_int_equal(s, statuses[i]);
    }
}

static void people_may_only_do_what_the_manual_allows(void **state) {
    (void)state;
    for (size_t i = 0; i < 3001; i++) {
        if (!state_is_status((int)i)) {
            continue;
        }
        enum subtask_status s = (enum subtask_status)i;
        assert_int_equal(state_next(s, EVENT_START, MODE_ONLINE) != NULL, s == SUB_NOT_RUN);
        assert_int_equal(state_next(s, EVENT_STOP_INCREMENTAL, MODE_ONLINE) != NULL,
                         s == SUB_INCREMENTAL_START || s == SUB_INCREMENTAL_RUNNING);
        assert_int_equal(state_next(s, EVENT_START_REVERSE, MODE_ONLINE) != NULL, s == SUB_INCREMENTAL_STOPPED);
        assert_int_equal(state_next(s, EVENT_FINISH, MODE_ONLINE) != NULL, state_is_active(s));
        assert_int_equal(state_next(s, EVENT_RESET, MODE_ONLINE) != NULL, state_is_over(s));
        assert_int_equal(state_next(s, EVENT_RETRY, MODE_ONLINE) != NULL, s == SUB_FAILED || s == SUB_PRECHECK_FAILED);
        assert_int_equal(state_next(s, EVENT_CHECK_AGAIN, MODE_OFFLINE) != NULL, s == SUB_FINISHED || s == SUB_FAILED);
        assert_null(state_next(s, EVENT_CHECK_AGAIN, MODE_ONLINE));
        assert_int_equal(state_next(s, EVENT_FAILED, MODE_ONLINE) != NULL, state_is_active(s));
        assert_int_equal(state_next(s, EVENT_MACHINE_LOST, MODE_ONLINE) != NULL,
                         state_is_active(s) && s != SUB_WAITING);
    }
}

static void the_table_is_sound(void **state) {
    (void)state;
    for (size_t i = 0; i < state_count(); i++) {
        const struct transition *t = state_transition(i);
        assert_true(state_is_status((int)t->from) && state_is_status((int)t->to));
        assert_true(t->from != t->to);
        for (size_t k = i + 1; k < state_count(); k++) { /* one answer to each question */
            const struct transition *u = state_transition(k);
            bool both = t->guard == GUARD_NONE || u->guard == GUARD_NONE || t->guard == u->guard;
            assert_false(t->from == u->from && t->event == u->event && both);
        }
        /* Whoever leaves the machines says so, and whoever comes to them. */
        bool had = state_is_active(t->from) && t->from != SUB_WAITING,
             has = state_is_active(t->to) && t->to != SUB_WAITING;
        if (had && !has && t->event != EVENT_MACHINE_LOST) {
            assert_true(t->action == ACTION_STOP || t->action == ACTION_RELEASE);
        }
        if (t->to == SUB_WAITING) {
            assert_int_equal(t->action, ACTION_PLACE);
        }
    }
    for (int i = 0; i < EVENT_COUNT; i++) {
        enum subtask_event back;
        assert_true(state_event_parse(state_event_name((enum subtask_event)i), &back));
        assert_int_equal(back, i);
        assert_true(strlen(state_event_text((enum subtask_event)i, true)) > 0);
    }
    enum subtask_event none;
    assert_false(state_event_parse("explode", &none));
    assert_false(state_is_status(14));
    assert_string_equal(state_text((enum subtask_status)14, false), "?");
    assert_string_equal(state_text(SUB_CHECK_RUNNING, true), "全量校验中");
    assert_string_equal(task_status_text(TASK_MIGRATING, true), "迁移中");
}

static double progress(const enum subtask_status *s, const enum subtask_status *reached, size_t n,
                       enum task_mode mode) {
    struct task_counts c = {0};
    for (size_t i = 0; i < n; i++) {
        task_counts_add(&c, s[i], reached[i], mode, 1);
    }
    return task_progress(&c);
}

static void near(double a, double b) {
    assert_true(a - b < 1e-9 && b - a < 1e-9);
}

static void a_main_task_is_as_far_as_the_manual_says(void **state) {
    (void)state;
    near(progress(NULL, NULL, 0, MODE_ONLINE), 0);
    static const enum subtask_status one_of_each[] = {SUB_NOT_RUN, SUB_FULL_RUNNING, SUB_CHECK_RUNNING,
                                                      SUB_INCREMENTAL_RUNNING, SUB_FINISHED};
    near(progress(one_of_each, one_of_each, 5, MODE_ONLINE), (0 + 1 + 2 + 3 + 4) / 20.0);
    static const enum subtask_status failed[] = {SUB_FAILED, SUB_FAILED, SUB_WAITING};
    static const enum subtask_status reached[] = {SUB_FULL_RUNNING, SUB_INCREMENTAL_BROKEN, SUB_CHECK_RUNNING};
    near(progress(failed, reached, 3, MODE_ONLINE), (1 + 3 + 2) / 12.0); /* never as if it were done */
    static const enum subtask_status checked[] = {SUB_CHECK_FINISHED};
    near(progress(checked, checked, 1, MODE_OFFLINE), 1);
    near(progress(checked, checked, 1, MODE_ONLINE), 0.5);
}

static void a_subtask_is_as_far_as_the_manual_says(void **state) {
    (void)state;
    struct object_counts c = {0};
    near(subtask_progress(&c, SUB_FULL_RUNNING, MODE_OFFLINE), 0);
    object_counts_add(&c, true, OBJECT_MIGRATED, 1);
    object_counts_add(&c, true, OBJECT_CHECKED, 1);
    object_counts_add(&c, true, OBJECT_MIGRATING, 1);
    object_counts_add(&c, true, OBJECT_CHECK_FAILED, 1);
    object_counts_add(&c, false, OBJECT_MIGRATED, 1);
    object_counts_add(&c, false, OBJECT_FAILED, 1);
    near(subtask_progress(&c, SUB_FULL_RUNNING, MODE_OFFLINE), 21 / 42.0);
    near(subtask_progress(&c, SUB_FAILED, MODE_OFFLINE), 21 / 42.0);
    near(subtask_progress(&c, SUB_FULL_RUNNING, MODE_ONLINE), 21 / 42.0);
    near(subtask_progress(&c, SUB_INCREMENTAL_RUNNING, MODE_ONLINE), 21 / 42.0 * 0.85);
    near(subtask_progress(&c, SUB_REVERSE_RUNNING, MODE_ONLINE), 21 / 42.0 * 0.95);
    near(subtask_progress(&c, SUB_FINISHED, MODE_ONLINE), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offline_subtask_goes_its_way),
        cmocka_unit_test(an_online_subtask_goes_its_way),
        cmocka_unit_test(people_may_only_do_what_the_manual_allows),
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(a_main_task_is_as_far_as_the_manual_says),
        cmocka_unit_test(a_subtask_is_as_far_as_the_manual_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
