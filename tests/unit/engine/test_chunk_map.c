/* engine/chunk_map: pictures of tables in many parts stay small, and tell the truth. */
#include "engine/chunk_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char text[CHUNK_CELLS + 1];

static void plan(struct chunk_map *m, unsigned from, unsigned to, size_t *total) {
    for (unsigned i = from; i <= to; i++) {
        chunk_map_step(m, i, CHUNK_PLANNED, total);
    }
}

static void run(struct chunk_map *m, unsigned number, enum chunk_step end, size_t *total) {
    chunk_map_step(m, number, CHUNK_BEGUN, total);
    chunk_map_step(m, number, end, total);
}

static void a_cell_a_chunk(void **state) {
    (void)state;
    struct chunk_map m = {0};
    size_t total = 0;
    plan(&m, 1, 7, &total);
    assert_false(chunk_map_is_shown(&m));
    plan(&m, 8, 10, &total);
    assert_true(chunk_map_is_shown(&m) && m.changed);
    run(&m, 1, CHUNK_DONE, &total);
    chunk_map_step(&m, 3, CHUNK_BEGUN, &total);
    run(&m, 4, CHUNK_GIVEN_BACK, &total);
    assert_int_equal(chunk_map_text(&m, false, text), 10);
    assert_string_equal(text, "L.l.......");
    assert_false(m.changed);
    run(&m, 10, CHUNK_DIFFERS, &total);
    assert_true(m.changed);
    chunk_map_text(&m, true, text);
    assert_string_equal(text, "CLcLLLLLLD");
    chunk_map_step(&m, 0, CHUNK_ALL_DONE, &total);
    chunk_map_text(&m, true, text);
    assert_string_equal(text, "CCCCCCCCCC");
    chunk_map_step(&m, 0, CHUNK_ALL_DIFFER, &total);
    chunk_map_text(&m, true, text);
    assert_string_equal(text, "DDDDDDDDDD");
    chunk_map_clear(&m, &total);
    assert_int_equal(total, 0);
    assert_false(chunk_map_is_shown(&m));
}

static size_t count(char letter) {
    size_t n = 0;
    for (const char *p = text; *p != '\0'; p++) {
        n += *p == letter;
    }
    return n;
}

static void many_chunks_share_cells(void **state) {
    (void)state;
    struct chunk_map m = {0};
    size_t total = 0;
    plan(&m, 1, 1000, &total);
    run(&m, 999, CHUNK_DONE, &total);
    run(&m, 1000, CHUNK_DONE, &total);
    assert_int_equal(chunk_map_text(&m, false, text), 1000);
    plan(&m, 1001, 1001, &total); /* one more: two a cell from now on */
    assert_int_equal(m.each, 2);
    assert_int_equal(chunk_map_text(&m, false, text), 501);
    assert_int_equal(text[499], 'L');
    run(&m, 1, CHUNK_DONE, &total);
    chunk_map_text(&m, false, text);
    assert_int_equal(text[0], 'l'); /* a half of it */
    plan(&m, 1002, 100000, &total);
    assert_true(chunk_map_text(&m, false, text) <= CHUNK_CELLS && m.n > CHUNK_CELLS / 2);
    assert_int_equal(m.chunks, 100000);
    for (unsigned i = 1; i <= 100000; i++) {
        if (i != 1 && i != 999 && i != 1000) {
            run(&m, i, i == 50000 ? CHUNK_DIFFERS : CHUNK_DONE, &total);
        }
    }
    chunk_map_text(&m, true, text);
    assert_int_equal(count('D'), 1);
    assert_int_equal(count('C'), m.n - 1);
    assert_int_equal(text[(50000 - 1) / m.each], 'D');
    assert_true(total <= CHUNK_CELLS);
    chunk_map_clear(&m, &total);
    assert_int_equal(total, 0);
}

static void memory_has_an_end(void **state) {
    (void)state;
    enum { TABLES = 10000 };
    struct chunk_map *all = calloc(TABLES, sizeof *all);
    size_t total = 0, shown = 0;
    for (size_t i = 0; i < TABLES; i++) {
        plan(&all[i], 1, 50, &total);
        run(&all[i], 50, CHUNK_DONE, &total); /* also where there is no room for it */
        shown += chunk_map_is_shown(&all[i]) && chunk_map_text(&all[i], false, text) == 50 && text[49] == 'L';
    }
    assert_true(total <= CHUNK_CELLS_TOTAL);
    assert_true(shown > 1000 && shown < TABLES);
    for (size_t i = 0; i < TABLES; i++) {
        chunk_map_clear(&all[i], &total);
    }
    assert_int_equal(total, 0);
    free(all);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_a_chunk),
        cmocka_unit_test(many_chunks_share_cells),
        cmocka_unit_test(memory_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
