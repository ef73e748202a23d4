/* base/queue: order, back-pressure, closing while others wait, nothing lost between many threads. */
#include "base/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

static void items_come_out_in_order_round_the_ring(void **state) {
    (void)state;
    struct queue q;
    int values[100];
    queue_init(&q, 3);
    size_t in = 0, out = 0;
    while (out < 100) {
        while (in < 100 && q.len < 3) {
            values[in] = (int)in;
            assert_true(queue_push(&q, &values[in++]));
        }
        void *item;
        assert_true(queue_pop(&q, &item));
        assert_int_equal(*(int *)item, out++);
    }
    queue_clear(&q);
}

static void what_is_inside_a_closed_queue_can_be_popped(void **state) {
    (void)state;
    struct queue q;
    int a = 1, b = 2;
    void *item;
    queue_init(&q, 4);
    assert_true(queue_push(&q, &a));
    assert_true(queue_push(&q, &b));
    queue_close(&q);
    assert_false(queue_push(&q, &a));
    assert_true(queue_pop(&q, &item));
    assert_ptr_equal(item, &a);
    assert_true(queue_pop(&q, &item));
    assert_ptr_equal(item, &b);
    assert_false(queue_pop(&q, &item));
    queue_clear(&q);
}

struct waiter {
    struct queue *q;
    pthread_t thread;
    atomic_int step; /* 1: about to call, 2: came back with true, 3: with false */
    void *item;
};

static void *push_one(void *arg) {
    struct waiter *w = arg;
    atomic_store(&w->step, 1);
    atomic_store(&w->step, queue_push(w->q, w) ? 2 : 3);
    return NULL;
}

static void *pop_one(void *arg) {
    struct waiter *w = arg;
    atomic_store(&w->step, 1);
    atomic_store(&w->step, queue_pop(w->q, &w->item) ? 2 : 3);
    return NULL;
}

static void nap(void) {
    struct timespec t = {0, 1000000};
    nanosleep(&t, NULL);
}

/* Long enough that a call which does not wait would have come back. */
static void expect_waiting(struct waiter *w) {
    while (atomic_load(&w->step) == 0) {
        nap();
    }
    for (int i = 0; i < 20; i++) {
        nap();
        assert_int_equal(atomic_load(&w->step), 1);
    }
}

static void push_waits_while_it_is_full(void **state) {
    (void)state;
    struct queue q;
    int first = 0;
    void *item;
    queue_init(&q, 1);
    assert_true(queue_push(&q, &first));
    struct waiter w = {.q = &q};
    pthread_create(&w.thread, NULL, push_one, &w);
    expect_waiting(&w);
    assert_true(queue_pop(&q, &item));
    assert_ptr_equal(item, &first);
    pthread_join(w.thread, NULL);
    assert_int_equal(w.step, 2);
    assert_true(queue_pop(&q, &item));
    assert_ptr_equal(item, &w);
    queue_clear(&q);
}

static void close_wakes_everybody_who_waits(void **state) {
    (void)state;
    struct queue full, empty;
    int one = 0;
    queue_init(&full, 1);
    queue_init(&empty, 1);
    assert_true(queue_push(&full, &one));
    struct waiter pushers[3] = {{.q = &full}, {.q = &full}, {.q = &full}};
    struct waiter poppers[3] = {{.q = &empty}, {.q = &empty}, {.q = &empty}};
    for (int i = 0; i < 3; i++) {
        pthread_create(&pushers[i].thread, NULL, push_one, &pushers[i]);
        pthread_create(&poppers[i].thread, NULL, pop_one, &poppers[i]);
    }
    for (int i = 0; i < 3; i++) {
        expect_waiting(&pushers[i]);
        expect_waiting(&poppers[i]);
    }
    queue_close(&full);
    queue_close(&empty);
    for (int i = 0; i < 3; i++) {
        pthread_join(pushers[i].thread, NULL);
        pthread_join(poppers[i].thread, NULL);
        assert_int_equal(pushers[i].step, 3);
        assert_int_equal(poppers[i].step, 3);
    }
    queue_clear(&full);
    queue_clear(&empty);
}

enum { PUSHERS = 4, POPPERS = 3, EACH = 5000 };

struct crowd {
    struct queue q;
    atomic_uint_fast64_t sum;
    atomic_uint count;
};

static void *push_many(void *arg) {
    struct crowd *c = arg;
    for (uintptr_t i = 1; i <= EACH; i++) {
        if (!queue_push(&c->q, (void *)i)) {
            break;
        }
    }
    return NULL;
}

static void *pop_many(void *arg) {
    struct crowd *c = arg;
    void *item;
    while (queue_pop(&c->q, &item)) {
        atomic_fetch_add(&c->sum, (uintptr_t)item);
        atomic_fetch_add(&c->count, 1);
    }
    return NULL;
}

static void nothing_is_lost_or_doubled_between_threads(void **state) {
    (void)state;
    struct crowd c = {0};
    queue_init(&c.q, 7);
    pthread_t pushers[PUSHERS], poppers[POPPERS];
    for (int i = 0; i < POPPERS; i++) {
        pthread_create(&poppers[i], NULL, pop_many, &c);
    }
    for (int i = 0; i < PUSHERS; i++) {
        pthread_create(&pushers[i], NULL, push_many, &c);
    }
    for (int i = 0; i < PUSHERS; i++) {
        pthread_join(pushers[i], NULL);
    }
    queue_close(&c.q);
    for (int i = 0; i < POPPERS; i++) {
        pthread_join(poppers[i], NULL);
    }
    assert_int_equal(c.count, PUSHERS * EACH);
    assert_int_equal(c.sum, (uint64_t)PUSHERS * EACH * (EACH + 1) / 2);
    queue_clear(&c.q);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_come_out_in_order_round_the_ring),
        cmocka_unit_test(what_is_inside_a_closed_queue_can_be_popped),
        cmocka_unit_test(push_waits_while_it_is_full),
        cmocka_unit_test(close_wakes_everybody_who_waits),
        cmocka_unit_test(nothing_is_lost_or_doubled_between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
