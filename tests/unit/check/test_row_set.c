/* What two sets of rows differ in: by random edits whose outcome is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "check/row_set.h"

enum { ROWS = 2000, KEY = 8 };

static void add(struct row_set *s, uint32_t key, const char *value) {
    uint8_t row[128];
    int n = snprintf((char *)row, sizeof row, "%08u%s", (unsigned)key, value);
    row_set_add(s, row, (size_t)n, KEY);
}

struct seen {
    unsigned kinds[3];
    uint64_t times[3];
    uint32_t last[3];
    bool ordered;
};

static bool see(void *arg, enum row_difference kind, const uint8_t *key, size_t len, uint64_t times, struct err *e) {
    (void)e;
    struct seen *s = arg;
    char text[KEY + 1] = "";
    assert_int_equal(len, KEY);
    memcpy(text, key, KEY);
    uint32_t k = (uint32_t)strtoul(text, NULL, 10);
    s->ordered = s->ordered && (s->kinds[kind] == 0 || k >= s->last[kind]);
    s->last[kind] = k;
    s->kinds[kind]++;
    s->times[kind] += times;
    return true;
}

static struct seen compare(struct row_set *a, struct row_set *b) {
    struct seen s = {.ordered = true};
    struct err e = ERR_INIT;
    assert_true(row_set_compare(a, b, see, &s, &e));
    assert_true(s.ordered);
    return s;
}

static void order_does_not_matter(void **state) {
    (void)state;
    struct row_set a, b;
    row_set_init(&a);
    row_set_init(&b);
    for (uint32_t i = 0; i < ROWS; i++) {
        add(&a, i, "x");
        add(&b, ROWS - 1 - i, "x");
    }
    assert_true(row_set_equal(&a, &b));
    struct seen s = compare(&a, &b);
    assert_int_equal(s.kinds[ROW_MISSING] + s.kinds[ROW_EXTRA] + s.kinds[ROW_CHANGED], 0);
    row_set_clear(&a);
    row_set_clear(&b);
}

static void random_edits_are_named(void **state) {
    (void)state;
    srand(7);
    for (int round = 0; round < 50; round++) {
        struct row_set a, b;
        unsigned want[3] = {0, 0, 0};
        row_set_init(&a);
        row_set_init(&b);
        for (uint32_t i = 0; i < ROWS; i++) {
            switch (rand() % 40) {
            case 0:
                add(&a, i, "only here");
                want[ROW_MISSING]++;
                break;
            case 1:
                add(&b, i, "only there");
                want[ROW_EXTRA]++;
                break;
            case 2:
                add(&a, i, "one");
                add(&b, i, "other");
                want[ROW_CHANGED]++;
                break;
            default:
                add(&a, i, "same");
                add(&b, i, "same");
            }
        }
        assert_false(row_set_equal(&a, &b));
        struct seen s = compare(&a, &b);
        for (int k = 0; k < 3; k++) {
            assert_int_equal(s.kinds[k], want[k]);
        }
        row_set_clear(&a);
        row_set_clear(&b);
    }
}

static void duplicates_are_counted(void **state) {
    (void)state;
    struct row_set a, b;
    row_set_init(&a);
    row_set_init(&b);
    for (int i = 0; i < 3; i++) {
        add(&a, 5, "x");
    }
    add(&b, 5, "x");
    add(&b, 5, "y");
    add(&b, 6, "z");
    add(&b, 6, "z");
    struct seen s = compare(&a, &b);
    assert_int_equal(s.times[ROW_CHANGED], 1); /* x -> y */
    assert_int_equal(s.times[ROW_MISSING], 1); /* the third x */
    assert_int_equal(s.times[ROW_EXTRA], 2);
    assert_int_equal(s.kinds[ROW_EXTRA], 1);
    row_set_clear(&a);
    row_set_clear(&b);
}

/* Equal sums of other rows would be a lie: swapped values keep counts and bytes. */
static void swapped_values_are_seen(void **state) {
    (void)state;
    struct row_set a, b;
    row_set_init(&a);
    row_set_init(&b);
    add(&a, 1, "p");
    add(&a, 2, "q");
    add(&b, 1, "q");
    add(&b, 2, "p");
    assert_false(row_set_equal(&a, &b));
    assert_int_equal(compare(&a, &b).kinds[ROW_CHANGED], 2);
    row_set_clear(&a);
    row_set_clear(&b);
}

static void too_many_rows_keep_their_sum(void **state) {
    (void)state;
    struct row_set a, b;
    row_set_init(&a);
    row_set_init(&b);
    uint32_t n = ROW_SET_MAX_BYTES / KEY / 2;
    for (uint32_t i = 0; i < n; i++) {
        add(&a, i % 100000, "x");
        add(&b, (n - 1 - i) % 100000, "x");
    }
    assert_false(a.kept);
    assert_int_equal(a.rows, n);
    assert_true(row_set_equal(&a, &b));
    add(&b, 1, "y");
    assert_false(row_set_equal(&a, &b));
    row_set_reset(&a);
    assert_true(a.kept && a.rows == 0);
    row_set_clear(&a);
    row_set_clear(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter),        cmocka_unit_test(random_edits_are_named),
        cmocka_unit_test(duplicates_are_counted),       cmocka_unit_test(swapped_values_are_seen),
        cmocka_unit_test(too_many_rows_keep_their_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
