/* Which chunks of a load are ranges that the target can be read by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check/quick.h"

/* A chunk from one bound to another; NULL: open. */
static struct chunk_record range(char **lower, char **upper) {
    return (struct chunk_record){.chunk = {.nbounds = 1, .lower = lower, .upper = upper}};
}

static char *ten[] = {"10"}, *minus[] = {"-10"}, *most[] = {"18446744073709551615"}, *text[] = {"'10'"}, *none[] = {""},
            *sign[] = {"-"};

static void ranges_cover_every_integer_once(void **state) {
    (void)state;
    struct chunk_record whole[] = {range(NULL, NULL)};
    struct chunk_record three[] = {range(NULL, minus), range(minus, ten), range(ten, NULL)};
    struct chunk_record unsigned_ones[] = {range(NULL, ten), range(ten, most), range(most, NULL)};
    assert_true(quick_chunks_are_ranges(whole, 1));
    assert_true(quick_chunks_are_ranges(three, 3));
    assert_true(quick_chunks_are_ranges(unsigned_ones, 3));
    assert_false(quick_chunks_are_ranges(NULL, 0));
    assert_false(quick_chunks_are_ranges(three, 2));     /* open at its end */
    assert_false(quick_chunks_are_ranges(three + 1, 2)); /* and at its begin */
}

static void gaps_and_other_bounds_are_seen(void **state) {
    (void)state;
    struct chunk_record gap[] = {range(NULL, minus), range(ten, NULL)};
    struct chunk_record open_inside[] = {range(NULL, minus), range(minus, NULL), range(ten, NULL)};
    struct chunk_record open_below[] = {range(NULL, minus), range(NULL, NULL)};
    struct chunk_record texts[] = {range(NULL, text), range(text, NULL)};
    struct chunk_record empty[] = {range(NULL, none), range(none, NULL)};
    struct chunk_record signs[] = {range(NULL, sign), range(sign, NULL)};
    struct chunk_record two_columns[] = {range(NULL, ten), range(ten, NULL)};
    struct chunk_record partitions[] = {range(NULL, NULL)};
    two_columns[1].chunk.nbounds = 2;
    partitions[0].chunk.partition = "p0";
    assert_false(quick_chunks_are_ranges(gap, 2));
    assert_false(quick_chunks_are_ranges(open_inside, 3));
    assert_false(quick_chunks_are_ranges(open_below, 2));
    assert_false(quick_chunks_are_ranges(texts, 2));
    assert_false(quick_chunks_are_ranges(empty, 2));
    assert_false(quick_chunks_are_ranges(signs, 2));
    assert_false(quick_chunks_are_ranges(two_columns, 2));
    assert_false(quick_chunks_are_ranges(partitions, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_cover_every_integer_once),
        cmocka_unit_test(gaps_and_other_bounds_are_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
