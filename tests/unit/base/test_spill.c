/* Records come back as they went in, from memory and from the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/spill.h"

/* Record i: its number, and some bytes of it. */
static size_t length_of(uint64_t i, size_t most) {
    return (size_t)(i * 7919 % (most + 1));
}

static void fill(struct spill *s, uint64_t n, size_t most, uint8_t *scratch) {
    struct err e = ERR_INIT;
    for (uint64_t i = 0; i < n; i++) {
        memset(scratch, (int)(i & 0xff), most);
        const struct spill_part parts[] = {{&i, sizeof i}, {NULL, 0}, {scratch, length_of(i, most)}};
        assert_true(spill_add(s, parts, 3, &e));
    }
    assert_int_equal(s->n, n);
}

static void expect(struct spill *s, uint64_t n, size_t most) {
    struct err e = ERR_INIT;
    const uint8_t *bytes;
    size_t len;
    assert_true(spill_rewind(s, &e));
    for (uint64_t i = 0; i < n; i++) {
        uint64_t number;
        assert_true(spill_next(s, &bytes, &len, &e));
        assert_non_null(bytes);
        assert_int_equal(len, sizeof number + length_of(i, most));
        memcpy(&number, bytes, sizeof number);
        assert_int_equal(number, i);
        for (size_t k = sizeof number; k < len; k++) {
            assert_int_equal(bytes[k], i & 0xff);
        }
    }
    assert_true(spill_next(s, &bytes, &len, &e));
    assert_null(bytes);
    assert_true(spill_next(s, &bytes, &len, &e)); /* and it stays at the end */
    assert_null(bytes);
}

static void run(uint64_t n, size_t most, bool file) {
    struct spill s;
    uint8_t *scratch = malloc(most + 1);
    spill_init(&s);
    fill(&s, n, most, scratch);
    assert_int_equal(s.file != NULL, file);
    expect(&s, n, most);
    expect(&s, n, most);
    spill_clear(&s);
    assert_int_equal(s.n, 0);
    fill(&s, 3, most, scratch);
    expect(&s, 3, most);
    spill_clear(&s);
    free(scratch);
}

static void nothing(void **state) {
    (void)state;
    run(0, 10, false);
}

static void few(void **state) {
    (void)state;
    run(100, 100, false);
}

static void many(void **state) {
    (void)state;
    run(20000, 200, true);
}

static void large(void **state) {
    (void)state;
    run(9, 3 << 20, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing),
        cmocka_unit_test(few),
        cmocka_unit_test(many),
        cmocka_unit_test(large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
