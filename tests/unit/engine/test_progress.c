/* engine/progress: speed over a window, remaining time, a fraction that never goes back. On a clock of the test's own. */
#include "engine/progress_clock.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <string.h>

#include <cmocka.h>

#define MB UINT64_C(1000000)
#define S INT64_C(1000000)

static int64_t test_clock(void *arg) {
    return *(int64_t *)arg;
}

struct world {
    int64_t now_us;
    struct progress *p;
    struct arena a;
    struct progress_view v;
};

static void begin(struct world *w, const struct table_progress *tables, size_t n) {
    memset(w, 0, sizeof *w);
    w->now_us = 1000 * S;
    w->p = progress_new_with_clock(test_clock, &w->now_us);
    progress_tables(w->p, tables, n);
}

static const struct progress_view *look(struct world *w) {
    arena_reset(&w->a);
    progress_read(w->p, &w->a, &w->v);
    return &w->v;
}

static void end(struct world *w) {
    progress_free(w->p);
    arena_clear(&w->a);
}

static void close_to(double got, double want, double part) {
    if (!(fabs(got - want) <= want * part)) {
        fail_msg("%f is not about %f", got, want);
    }
}

/* Load at a steady speed, looking five times a second as the display does. */
static void steady(struct world *w, size_t table, double seconds, uint64_t bytes_per_s) {
    for (int i = 0; i < (int)(seconds * 5 + 0.5); i++) {
        w->now_us += S / 5;
        progress_chunk_done(w->p, table, bytes_per_s / 500, bytes_per_s / 5, 0);
        look(w);
    }
}

static void speed_is_that_of_the_last_seconds(void **state) {
    (void)state;
    struct world w;
    struct table_progress t = {.name = "a", .rows_estimate = 10000000, .bytes_estimate = 1000 * MB};
    begin(&w, &t, 1);
    progress_phase(w.p, PHASE_LOAD);
    progress_table_state(w.p, 0, TABLE_LOADING);
    steady(&w, 0, 10, 50 * MB);
    close_to(w.v.bytes_per_s, 50e6, 0.01);
    close_to(w.v.rows_per_s, 500e3, 0.01);
    steady(&w, 0, 6, 10 * MB); /* slower: six seconds later the old speed is forgotten */
    close_to(w.v.bytes_per_s, 10e6, 0.01);
    for (int i = 0; i < 60; i++) { /* a stall */
        w.now_us += S / 5;
        look(&w);
    }
    assert_true(w.v.bytes_per_s == 0);
    assert_true(w.v.eta_ms > 0); /* from the calmer window */
    end(&w);
}

static void the_first_seconds_have_a_speed_already(void **state) {
    (void)state;
    struct world w;
    struct table_progress t = {.name = "a", .bytes_estimate = 1000 * MB};
    begin(&w, &t, 1);
    progress_phase(w.p, PHASE_LOAD);
    progress_table_state(w.p, 0, TABLE_LOADING);
    steady(&w, 0, 1, 20 * MB);
    close_to(w.v.bytes_per_s, 20e6, 0.01);
    assert_int_equal(w.v.eta_ms, -1); /* too early to promise anything */
    steady(&w, 0, 3, 20 * MB);
    assert_true(w.v.eta_ms > 0);
    end(&w);
}

static void remaining_time_is_what_is_left_over_speed(void **state) {
    (void)state;
    struct world w;
    struct table_progress t = {.name = "a", .bytes_estimate = 1000 * MB};
    begin(&w, &t, 1);
    progress_phase(w.p, PHASE_LOAD);
    progress_table_state(w.p, 0, TABLE_LOADING);
    steady(&w, 0, 20, 25 * MB); /* half of it */
    close_to((double)w.v.eta_ms, 20000, 0.02);
    close_to(w.v.fraction, 0.5, 0.01);
    end(&w);
}

static void indexes_weigh_in_the_remaining_time(void **state) {
    (void)state;
    struct world w;
    struct table_progress t = {.name = "a", .bytes_estimate = 1000 * MB, .indexes = 4};
    begin(&w, &t, 1);
    progress_phase(w.p, PHASE_LOAD);
    progress_table_state(w.p, 0, TABLE_LOADING);
    steady(&w, 0, 20, 25 * MB);
    assert_true(w.v.eta_ms > 30000); /* more than the rest of the rows */
    assert_true(w.v.fraction < 0.4);
    steady(&w, 0, 20, 25 * MB);
    progress_table_state(w.p, 0, TABLE_LOADED);
    progress_table_state(w.p, 0, TABLE_INDEXING);
    look(&w);
    assert_int_equal(w.v.phase, PHASE_INDEX); /* only keys are left, although nobody said so */
    double before = w.v.fraction;
    assert_true(before < 0.95);
    w.now_us += 10 * S;
    progress_index_done(w.p, 0);
    look(&w);
    assert_true(w.v.fraction > before);
    close_to((double)w.v.eta_ms, 30000, 0.05); /* one took ten seconds, three are left */
    progress_index_done(w.p, 0);
    progress_index_done(w.p, 0);
    progress_index_done(w.p, 0);
    progress_table_state(w.p, 0, TABLE_DONE);
    progress_phase(w.p, PHASE_FINISH);
    assert_true(look(&w)->fraction < 1);
    progress_phase(w.p, PHASE_DONE);
    assert_true(look(&w)->fraction == 1);
    assert_int_equal(w.v.eta_ms, 0);
    assert_int_equal(w.v.tables_done, 1);
    end(&w);
}

static void the_fraction_never_goes_back(void **state) {
    (void)state;
    struct world w;
    /* The catalog is wrong about both, in opposite directions; chunks become known little by little; a chunk fails. */
    struct table_progress t[] = {
        {.name = "small", .rows_estimate = 1000000, .bytes_estimate = 900 * MB, .indexes = 2},
        {.name = "large", .rows_estimate = 1000, .bytes_estimate = MB, .indexes = 3},
    };
    begin(&w, t, 2);
    progress_phase(w.p, PHASE_LOAD);
    double last = 0;
    for (unsigned i = 0; i < 400; i++) {
        w.now_us += S / 5;
        progress_table_state(w.p, i % 2, TABLE_LOADING);
        if (i % 2 == 1 || i < 20) {
            progress_flow(w.p, i % 2, 1000, (int64_t)MB);
            if (i % 5 == 0) {
                progress_flow(w.p, i % 2, -1000, -(int64_t)MB); /* tried again */
            } else {
                progress_flow(w.p, i % 2, -1000, -(int64_t)MB);
                progress_chunk_done(w.p, i % 2, 1000, MB, 0);
            }
        } else if (i == 20) {
            progress_table_state(w.p, 0, TABLE_LOADED);
        }
        progress_chunks(w.p, 1, i + 5);
        look(&w);
        assert_true(w.v.fraction >= last);
        assert_true(w.v.fraction < 1);
        last = w.v.fraction;
    }
    assert_true(last > 0.1);
    end(&w);
}

static void what_is_under_way_is_shown_and_taken_back(void **state) {
    (void)state;
    struct world w;
    struct table_progress t = {.name = "a", .rows_estimate = 1000, .bytes_estimate = MB};
    begin(&w, &t, 1);
    progress_phase(w.p, PHASE_LOAD);
    progress_flow(w.p, 0, 100, 1000);
    assert_int_equal(look(&w)->rows, 100);
    assert_int_equal(w.v.tables[0].bytes, 1000);
    progress_flow(w.p, 0, -100, -1000);
    assert_int_equal(look(&w)->rows, 0);
    progress_flow(w.p, 0, 50, 500);
    progress_flow(w.p, 0, -50, -500);
    progress_chunk_done(w.p, 0, 48, 500, 2);
    assert_int_equal(look(&w)->rows, 48);
    assert_int_equal(w.v.tables[0].diverted, 2);
    assert_int_equal(w.v.tables[0].chunks_done, 1);
    progress_flow(w.p, 0, -10, -10); /* never below what is committed */
    assert_int_equal(look(&w)->rows, 48);
    end(&w);
}

static void rows_of_an_earlier_run_are_no_speed(void **state) {
    (void)state;
    struct world w;
    struct table_progress t = {.name = "a", .bytes_estimate = 1000 * MB};
    begin(&w, &t, 1);
    progress_phase(w.p, PHASE_SNAPSHOT);
    progress_chunk_done(w.p, 0, 5000000, 500 * MB, 0);
    w.now_us += S;
    progress_phase(w.p, PHASE_LOAD);
    progress_table_state(w.p, 0, TABLE_LOADING);
    steady(&w, 0, 4, 10 * MB);
    close_to(w.v.bytes_per_s, 10e6, 0.01);
    assert_int_equal(w.v.bytes, 540 * MB);
    close_to((double)w.v.eta_ms, 46000, 0.02);
    end(&w);
}

static void a_second_snapshot_begins_the_speed_anew(void **state) {
    (void)state;
    struct world w;
    struct table_progress t = {.name = "a", .bytes_estimate = 1000 * MB};
    begin(&w, &t, 1);
    progress_phase(w.p, PHASE_LOAD);
    progress_table_state(w.p, 0, TABLE_LOADING);
    steady(&w, 0, 8, 50 * MB);
    progress_phase(w.p, PHASE_SNAPSHOT);
    assert_int_equal(look(&w)->eta_ms, -1);
    w.now_us += 4 * S;
    progress_phase(w.p, PHASE_LOAD);
    steady(&w, 0, 1, 10 * MB);
    close_to(w.v.bytes_per_s, 10e6, 0.01); /* neither the wait nor what was before */
    end(&w);
}

static void chunks_correct_a_wrong_catalog(void **state) {
    (void)state;
    struct world w;
    struct table_progress t = {.name = "a", .rows_estimate = 100, .bytes_estimate = 10 * MB}; /* in truth 1000 MB */
    begin(&w, &t, 1);
    progress_phase(w.p, PHASE_LOAD);
    progress_table_state(w.p, 0, TABLE_LOADING);
    progress_chunks(w.p, 0, 100);
    double before = 0;
    for (int i = 0; i < 50; i++) {
        w.now_us += S;
        progress_chunk_done(w.p, 0, 10000, 10 * MB, 0);
        before = i == 0 ? look(&w)->fraction : before;
        look(&w);
    }
    assert_true(before > 0.9);                 /* what the catalog said: shown, and therefore kept */
    close_to((double)w.v.eta_ms, 50000, 0.05); /* but the time is right */
    end(&w);
}

static void times_and_states_of_tables(void **state) {
    (void)state;
    struct world w;
    char name[] = "orders";
    struct table_progress t[] = {{.name = name}, {.name = "empty"}};
    begin(&w, t, 2);
    name[0] = 'X'; /* the caller's memory may change or go */
    assert_int_equal(look(&w)->tables[0].started_us, 0);
    progress_workers(w.p, 6);
    progress_phase(w.p, PHASE_LOAD);
    w.now_us += 2 * S;
    progress_table_state(w.p, 0, TABLE_LOADING);
    w.now_us += 3 * S;
    progress_table_state(w.p, 0, TABLE_INDEXING);
    progress_table_state(w.p, 0, TABLE_DONE);
    progress_table_state(w.p, 1, TABLE_FAILED);
    progress_table_state(w.p, 1, TABLE_LOADING); /* another worker, with another chunk of it */
    w.now_us += 3 * S;
    progress_phase(w.p, PHASE_FAILED);
    w.now_us += 100 * S;
    look(&w);
    assert_string_equal(w.v.tables[0].name, "orders");
    assert_int_equal(w.v.tables[0].started_us, 1002 * S);
    assert_int_equal(w.v.tables[0].finished_us, 1005 * S);
    assert_int_equal(w.v.tables[1].state, TABLE_FAILED);
    assert_int_equal(w.v.tables_done, 1);
    assert_int_equal(w.v.workers, 6);
    assert_int_equal(w.v.elapsed_ms, 8000); /* the clock of a finished run stands */
    assert_true(w.v.fraction < 1);
    progress_again(w.p);
    look(&w);
    assert_int_equal(w.v.tables[1].state, TABLE_WAITING);
    end(&w);
}

static void a_run_without_tables_is_harmless(void **state) {
    (void)state;
    struct world w;
    begin(&w, NULL, 0);
    for (int phase = PHASE_CONNECT; phase <= PHASE_DONE; phase++) {
        progress_phase(w.p, (enum progress_phase)phase);
        w.now_us += 5 * S;
        look(&w);
        assert_true(w.v.fraction >= 0 && w.v.fraction <= 1);
        assert_int_equal(w.v.phase, phase);
    }
    assert_true(w.v.fraction == 1);
    end(&w);
}

static void names_are_stable(void **state) {
    (void)state;
    assert_string_equal(progress_phase_name(PHASE_CONNECT), "connect");
    assert_string_equal(progress_phase_name(PHASE_LOAD), "load");
    assert_string_equal(progress_phase_name(PHASE_FAILED), "failed");
    assert_string_equal(progress_state_name(TABLE_WAITING), "waiting");
    assert_string_equal(progress_state_name(TABLE_INDEXING), "indexing");
    assert_string_equal(progress_state_name(TABLE_FAILED), "failed");
}

enum { WORKERS = 6, CHUNKS = 2000 };

struct crowd {
    struct progress *p;
    atomic_uint next;
};

static void *work(void *arg) {
    struct crowd *c = arg;
    unsigned n;
    while ((n = atomic_fetch_add(&c->next, 1)) < CHUNKS) {
        progress_flow(c->p, n % 3, 10, 100);
        progress_flow(c->p, n % 3, -10, -100);
        progress_chunk_done(c->p, n % 3, 10, 100, 1);
        if (n % 50 == 0) {
            progress_table_state(c->p, n % 3, TABLE_LOADING);
        }
    }
    return NULL;
}

static void counts_of_many_workers_add_up(void **state) {
    (void)state;
    struct crowd c = {.p = progress_new()};
    struct table_progress t[] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
    progress_tables(c.p, t, 3);
    progress_phase(c.p, PHASE_LOAD);
    pthread_t threads[WORKERS];
    struct arena a = ARENA_INIT;
    struct progress_view v;
    for (int i = 0; i < WORKERS; i++) {
        pthread_create(&threads[i], NULL, work, &c);
    }
    uint64_t committed = 0;
    while (atomic_load(&c.next) < CHUNKS) {
        arena_reset(&a);
        progress_read(c.p, &a, &v);
        committed = v.tables[0].chunks_done;
        assert_true(committed <= CHUNKS);
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
    }
    progress_read(c.p, &a, &v);
    assert_int_equal(v.rows, CHUNKS * 10);
    assert_int_equal(v.bytes, CHUNKS * 100);
    assert_int_equal(v.tables[0].diverted + v.tables[1].diverted + v.tables[2].diverted, CHUNKS);
    arena_clear(&a);
    progress_free(c.p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speed_is_that_of_the_last_seconds),
        cmocka_unit_test(the_first_seconds_have_a_speed_already),
        cmocka_unit_test(remaining_time_is_what_is_left_over_speed),
        cmocka_unit_test(indexes_weigh_in_the_remaining_time),
        cmocka_unit_test(the_fraction_never_goes_back),
        cmocka_unit_test(what_is_under_way_is_shown_and_taken_back),
        cmocka_unit_test(rows_of_an_earlier_run_are_no_speed),
        cmocka_unit_test(a_second_snapshot_begins_the_speed_anew),
        cmocka_unit_test(chunks_correct_a_wrong_catalog),
        cmocka_unit_test(times_and_states_of_tables),
        cmocka_unit_test(a_run_without_tables_is_harmless),
        cmocka_unit_test(names_are_stable),
        cmocka_unit_test(counts_of_many_workers_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
