/* The rule for identifiers: 63 bytes, unique, stable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "schema/names.h"

static void short_names_stay(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    assert_string_equal(name_cut(&a, "orders"), "orders");
    char exact[64];
    memset(exact, 'x', 63);
    exact[63] = '\0';
    assert_string_equal(name_cut(&a, exact), exact);
    arena_clear(&a);
}

static void long_names_end_in_their_hash(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    char one[65], other[65];
    memset(one, 'x', 64);
    memset(other, 'x', 64);
    one[64] = other[64] = '\0';
    other[63] = 'y';
    char *cut = name_cut(&a, one);
    assert_int_equal(strlen(cut), 63);
    assert_memory_equal(cut, one, 54);
    assert_int_equal(cut[54], '_');
    assert_int_equal(strspn(cut + 55, "0123456789abcdef"), 8);
    assert_string_not_equal(cut, name_cut(&a, other));
    assert_string_equal(cut, name_cut(&a, one));
    arena_clear(&a);
}

static void cuts_between_characters(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    char cjk[3 * 30 + 1] = "";
    for (int i = 0; i < 30; i++) {
        strcat(cjk, "中");
    }
    for (size_t lead = 0; lead < 3; lead++) { /* every offset of the cut inside a character */
        char name[128] = "";
        memset(name, 'a', lead);
        strcpy(name + lead, cjk);
        char *cut = name_cut(&a, name);
        assert_true(strlen(cut) <= 63 && strlen(cut) > 58);
        assert_true(str_utf8_valid(cut, strlen(cut)));
    }
    arena_clear(&a);
}

static void taken_names_get_the_table(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct name_set s;
    name_set_init(&s, &a, false);
    assert_string_equal(name_claim(&a, &s, NULL, "idx", "t"), "idx");
    assert_string_equal(name_claim(&a, &s, NULL, "idx", "u"), "idx_u");
    assert_string_equal(name_claim(&a, &s, NULL, "IDX", "u"), "IDX");
    char *third = name_claim(&a, &s, NULL, "idx", "u");
    assert_true(str_starts(third, "idx_u_"));
    assert_int_equal(strlen(third), strlen("idx_u_") + 8);
    char *fourth = name_claim(&a, &s, NULL, "idx", "u");
    assert_true(str_starts(fourth, "idx_u_"));
    assert_string_not_equal(third, fourth);
    arena_clear(&a);
}

static void folding_sets_ignore_case(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct name_set s;
    name_set_init(&s, &a, true);
    assert_true(name_set_take(&s, "Id"));
    assert_false(name_set_take(&s, "ID"));
    assert_string_equal(name_claim(&a, &s, NULL, "iD", "t"), "iD_t");
    arena_clear(&a);
}

static void two_sets_at_once(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct name_set s, other;
    name_set_init(&s, &a, false);
    name_set_init(&other, &a, false);
    assert_true(name_set_take(&other, "k"));
    assert_string_equal(name_claim(&a, &s, &other, "k", "t"), "k_t");
    assert_true(name_set_has(&s, "k_t") && name_set_has(&other, "k_t"));
    assert_false(name_set_has(&s, "k"));
    arena_clear(&a);
}

static void ten_thousand_names(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct name_set s;
    name_set_init(&s, &a, false);
    for (int i = 0; i < 10000; i++) {
        assert_true(name_set_take(&s, arena_printf(&a, "name_%d", i)));
    }
    for (int i = 0; i < 10000; i++) {
        assert_true(name_set_has(&s, arena_printf(&a, "name_%d", i)));
        assert_false(name_set_take(&s, arena_printf(&a, "name_%d", i)));
    }
    assert_false(name_set_has(&s, "name_10000"));
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_names_stay),         cmocka_unit_test(long_names_end_in_their_hash),
        cmocka_unit_test(cuts_between_characters),  cmocka_unit_test(taken_names_get_the_table),
        cmocka_unit_test(folding_sets_ignore_case), cmocka_unit_test(two_sets_at_once),
        cmocka_unit_test(ten_thousand_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
