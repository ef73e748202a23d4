/* base/arena: alignment, zeroing, growth over block borders, reset and clear. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool all_zero(const unsigned char *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (p[i] != 0) {
            return false;
        }
    }
    return true;
}

static void memory_is_aligned_and_zeroed(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    for (size_t size = 1; size < 200; size++) {
        unsigned char *p = arena_alloc(&a, size);
        assert_int_equal((uintptr_t)p % 16, 0);
        assert_true(all_zero(p, size));
        memset(p, 0xff, size); /* must not reach the next one */
    }
    arena_clear(&a);
}

static void memory_after_a_reset_is_zeroed_again(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    unsigned char *first = arena_alloc(&a, 1000);
    memset(first, 0xff, 1000);
    arena_reset(&a);
    assert_int_equal(a.used_bytes, 0);
    unsigned char *second = arena_alloc(&a, 1000);
    assert_ptr_equal(first, second); /* the block is used again */
    assert_true(all_zero(second, 1000));
    arena_clear(&a);
    assert_null(a.head);
}

static void large_and_small_pieces_do_not_overlap(void **state) {
    (void)state;
    enum { N = 300 };
    struct arena a = ARENA_INIT;
    unsigned char *p[N];
    size_t size[N];
    for (size_t i = 0; i < N; i++) {
        size[i] = i % 7 == 0 ? 20000 + i : 10 + i; /* some are larger than a block */
        p[i] = arena_alloc(&a, size[i]);
        memset(p[i], (int)(i % 251), size[i]);
    }
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < size[i]; k++) {
            assert_int_equal(p[i][k], i % 251);
        }
    }
    assert_true(a.used_bytes >= (size_t)20000 * (N / 7));
    arena_clear(&a);
}

static void a_large_piece_leaves_the_current_block_in_use(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    char *before = arena_alloc(&a, 16);
    (void)arena_alloc(&a, 100000);
    char *after = arena_alloc(&a, 16);
    assert_ptr_equal(before + 16, after);
    arena_clear(&a);
}

static void strings_are_copied(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    char text[] = "godwit";
    char *copy = arena_strdup(&a, text);
    text[0] = 'x';
    assert_string_equal(copy, "godwit");
    assert_null(arena_strdup(&a, NULL));
    assert_string_equal(arena_strndup(&a, "godwit", 3), "god");
    assert_string_equal(arena_strndup(&a, NULL, 0), "");
    assert_string_equal(arena_printf(&a, "%s-%d", "chunk", 7), "chunk-7");
    char longer[5000];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_string_equal(arena_printf(&a, "%s", longer), longer);
    arena_clear(&a);
}

static void grow_keeps_what_was_there(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    int *items = NULL;
    size_t cap = 0;
    for (size_t n = 0; n < 1000; n++) {
        items = arena_grow(&a, items, n, &cap, sizeof *items);
        assert_true(cap > n);
        items[n] = (int)n;
    }
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(items[i], i);
    }
    assert_true(cap < 2048); /* doubling, not one by one nor by leaps */
    arena_clear(&a);
}

static void an_array_of_nothing_is_not_null(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    assert_non_null(arena_array(&a, int, 0));
    assert_non_null(arena_new(&a, struct err));
    arena_clear(&a);
    arena_clear(&a); /* twice is harmless */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_and_zeroed),
        cmocka_unit_test(memory_after_a_reset_is_zeroed_again),
        cmocka_unit_test(large_and_small_pieces_do_not_overlap),
        cmocka_unit_test(a_large_piece_leaves_the_current_block_in_use),
        cmocka_unit_test(strings_are_copied),
        cmocka_unit_test(grow_keeps_what_was_there),
        cmocka_unit_test(an_array_of_nothing_is_not_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
