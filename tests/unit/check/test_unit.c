/* The queue of units: every piece once, each unit compared once, neither side too far ahead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "check/unit.h"

enum { UNITS = 200, PIECES = 3, READERS = 3, MAX_OPEN = 6 };

struct scene {
    struct unit_pool *pool;
    struct check_table table;
    atomic_uint taken[2], compared, open, most_open, seen[2][UNITS];
    atomic_bool slow;
};

struct reader_arg {
    struct scene *s;
    enum side side;
};

static void *reader(void *arg) {
    struct reader_arg *r = arg;
    struct scene *s = r->s;
    struct piece p;
    while (unit_next(s->pool, r->side, &p)) {
        atomic_fetch_add(&s->taken[r->side], 1);
        unsigned before = atomic_fetch_add(&s->seen[r->side][p.unit->chunk.number], 1);
        if (r->side == SIDE_SOURCE && before == 0) {
            unsigned open = atomic_fetch_add(&s->open, 1) + 1;
            if (open > atomic_load(&s->most_open)) {
                atomic_store(&s->most_open, open);
            }
        }
        if (r->side == SIDE_TARGET && p.unit->chunk.number % 16 == 0) {
            clock_sleep_ms(2); /* the target is behind */
        }
        if (unit_piece_done(s->pool, r->side, p.unit)) {
            atomic_fetch_add(&s->compared, 1);
            atomic_fetch_sub(&s->open, 1);
            unit_close(s->pool, p.unit);
        }
    }
    return NULL;
}

static void everything_once(void **state) {
    (void)state;
    static struct scene s;
    s.pool = unit_pool_new(MAX_OPEN);
    pthread_t threads[2 * READERS];
    struct reader_arg args[2] = {{&s, SIDE_SOURCE}, {&s, SIDE_TARGET}};
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, reader, &args[i % 2]), 0);
    }
    char where[] = "";
    char *wheres[PIECES] = {where, where, where};
    for (unsigned i = 0; i < UNITS; i++) {
        struct unit u = {.table = &s.table, .chunk = {.number = i}};
        u.pieces[SIDE_SOURCE] = (struct pieces){.where = wheres, .n = 1};
        u.pieces[SIDE_TARGET] = (struct pieces){.where = wheres, .n = i % 2 == 0 ? 1 : PIECES};
        unit_add(s.pool, &u);
    }
    unit_no_more(s.pool);
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_int_equal(s.taken[SIDE_SOURCE], UNITS);
    assert_int_equal(s.taken[SIDE_TARGET], UNITS / 2 + UNITS / 2 * PIECES);
    assert_int_equal(s.compared, UNITS);
    assert_true(s.most_open <= MAX_OPEN);
    unit_pool_free(s.pool);
}

static void a_failure_ends_the_waiting(void **state) {
    (void)state;
    static struct scene s;
    s.pool = unit_pool_new(MAX_OPEN);
    pthread_t threads[2];
    struct reader_arg args[2] = {{&s, SIDE_SOURCE}, {&s, SIDE_TARGET}};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, reader, &args[i]), 0);
    }
    struct err e = ERR_INIT, got = ERR_INIT;
    err_set(&e, ERR_TARGET_LOST, "gone");
    unit_fail(s.pool, &e);
    for (size_t i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_true(unit_failed(s.pool, &got));
    assert_int_equal(got.code, ERR_TARGET_LOST);
    unit_pool_free(s.pool);
}

static void sets_are_used_again(void **state) {
    (void)state;
    struct unit_pool *p = unit_pool_new(1);
    struct row_set *s = unit_rows(p);
    row_set_add(s, (const uint8_t *)"row", 3, 1);
    unit_rows_back(p, s);
    struct row_set *t = unit_rows(p);
    assert_ptr_equal(s, t);
    assert_int_equal(t->rows, 0);
    unit_rows_back(p, t);
    unit_pool_free(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_once),
        cmocka_unit_test(a_failure_ends_the_waiting),
        cmocka_unit_test(sets_are_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
