/* cli/progress_lines: frames fit every terminal, names cannot break them, events say what docs/cli.md says. */
#include "cli/progress_lines.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/text_width.h"

static struct table_progress tables[] = {
    {.name = "orders",
     .state = TABLE_LOADING,
     .rows = 500000,
     .bytes = 50000000,
     .rows_estimate = 1000000,
     .chunks = 20,
     .chunks_done = 10},
    {.name = "订单明细", .state = TABLE_LOADING, .rows = 1000, .bytes = 90000, .rows_estimate = 4000, .chunks = 2},
    {.name = "a\033[2Jvery_long_table_name_that_goes_on_and_on_and_on",
     .state = TABLE_INDEXING,
     .rows = 10,
     .indexes = 4,
     .indexes_done = 1},
    {.name = "waiting_one", .state = TABLE_WAITING},
    {.name = "done_one", .state = TABLE_DONE, .rows = 77},
};

static struct progress_view sample(void) {
    return (struct progress_view){
        .phase = PHASE_LOAD,
        .elapsed_ms = 65000,
        .eta_ms = 125000,
        .fraction = 0.4239,
        .rows = 501077,
        .bytes = 50090000,
        .rows_estimate = 2000000,
        .bytes_estimate = 200000000,
        .rows_per_s = 12345.67,
        .bytes_per_s = 1234567.8,
        .workers = 8,
        .ntables = 5,
        .tables_done = 1,
        .tables = tables,
    };
}

static char *frame(const struct progress_view *v, struct bar_look look, size_t *lines) {
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    *lines = progress_bars(f, v, &look);
    fclose(f);
    return text;
}

static void has(const char *text, const char *part) {
    if (strstr(text, part) == NULL) {
        fail_msg("'%s' is missing in:\n%s", part, text);
    }
}

static void has_not(const char *text, const char *part) {
    if (strstr(text, part) != NULL) {
        fail_msg("'%s' should not be in:\n%s", part, text);
    }
}

static void a_frame_tells_the_whole_and_the_tables_at_work(void **state) {
    (void)state;
    struct progress_view v = sample();
    size_t lines;
    char *text = frame(&v, (struct bar_look){.columns = 160, .lines = 40}, &lines);
    assert_int_equal(lines, 4);
    has(text, "Loading");
    has(text, " 42.3 %");
    has(text, "501 077 rows");
    has(text, "1.23 MB/s");
    has(text, "12 345 rows/s");
    has(text, "2:05 left");
    has(text, "1/5 tables");
    has(text, "orders");
    has(text, " 50 %");
    has(text, "10/20 chunks");
    has(text, "订单明细");
    has(text, "1/4 keys");
    has(text, "####");
    has_not(text, "waiting_one");
    has_not(text, "done_one");
    has_not(text, "\033");
    free(text);
}

static size_t widest(const char *text, size_t *lines) {
    struct arena a = ARENA_INIT;
    size_t most = 0;
    *lines = 0;
    for (const char *p = text; *p != '\0'; p += strcspn(p, "\n") + 1) {
        size_t n = text_width(arena_strndup(&a, p, strcspn(p, "\n")));
        most = n > most ? n : most;
        ++*lines;
    }
    arena_clear(&a);
    return most;
}

static void a_frame_fits_every_terminal(void **state) {
    (void)state;
    struct progress_view v = sample();
    for (size_t columns = 1; columns < 220; columns++) {
        for (size_t height = 1; height < 8; height++) {
            for (int utf8 = 0; utf8 < 2; utf8++) {
                size_t lines, counted;
                char *text =
                    frame(&v, (struct bar_look){.columns = columns, .lines = height, .utf8 = utf8, .zh = utf8}, &lines);
                size_t most = widest(text, &counted);
                if (most > columns || counted != lines || (lines > 1 && lines > height - 1)) {
                    fail_msg("%zux%zu: %zu lines, %zu wide:\n%s", columns, height, lines, most, text);
                }
                free(text);
            }
        }
    }
}

static void tables_that_do_not_fit_are_counted(void **state) {
    (void)state;
    enum { N = 50 };
    struct table_progress many[N];
    char names[N][16];
    for (size_t i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "t%zu", i);
        many[i] = (struct table_progress){.name = names[i], .state = TABLE_LOADING};
    }
    struct progress_view v = sample();
    v.tables = many;
    v.ntables = N;
    size_t lines;
    char *text = frame(&v, (struct bar_look){.columns = 100, .lines = 12}, &lines);
    assert_int_equal(lines, 11); /* the whole, nine tables, the rest */
    has(text, "41 more tables at work");
    free(text);
    text = frame(&v, (struct bar_look){.columns = 100, .lines = 52}, &lines);
    assert_int_equal(lines, 51);
    has_not(text, "more tables");
    free(text);
}

static void names_cannot_command_the_terminal(void **state) {
    (void)state;
    struct progress_view v = sample();
    size_t lines;
    char *text = frame(&v, (struct bar_look){.columns = 120, .lines = 40, .colour = true, .utf8 = true}, &lines);
    has_not(text, "\033[2J");
    has(text, "\033[36m"); /* our own */
    free(text);
}

static void the_end_says_so(void **state) {
    (void)state;
    struct progress_view v = sample();
    v.phase = PHASE_DONE;
    v.fraction = 1;
    size_t lines;
    char *text = frame(&v, (struct bar_look){.columns = 140, .lines = 40}, &lines);
    assert_int_equal(lines, 1);
    has(text, "Done");
    has(text, "100.0 %");
    has(text, "after 1:05");
    has_not(text, "left");
    free(text);
    v.phase = PHASE_LOAD;
    v.fraction = 0.9999;
    text = frame(&v, (struct bar_look){.columns = 140, .lines = 40, .stopping = true}, &lines);
    has(text, "Stopping");
    has(text, " 99.9 %"); /* not rounded up to 100 */
    free(text);
    v.phase = PHASE_FAILED;
    text = frame(&v, (struct bar_look){.columns = 140, .lines = 40, .stopping = true}, &lines);
    has(text, "Stopped");
    free(text);
    text = frame(&v, (struct bar_look){.columns = 140, .lines = 40}, &lines);
    has(text, "Failed");
    free(text);
    v.phase = PHASE_LOAD;
    v.eta_ms = -1;
    text = frame(&v, (struct bar_look){.columns = 140, .lines = 40, .zh = true}, &lines);
    has(text, "加载数据");
    has_not(text, "剩余");
    free(text);
}

static void blocks_fill_in_eighths(void **state) {
    (void)state;
    struct table_progress one[] = {
        {.name = "t", .state = TABLE_LOADING, .rows = 17, .rows_estimate = 32}}; /* 8.5 of 16 columns */
    struct progress_view v = {.phase = PHASE_LOAD, .eta_ms = -1, .ntables = 1, .tables = one};
    size_t lines;
    char *text = frame(&v, (struct bar_look){.columns = 120, .lines = 40, .utf8 = true}, &lines);
    has(text, "  ████████▌░░░░░░░  ");
    free(text);
    text = frame(&v, (struct bar_look){.columns = 120, .lines = 40}, &lines);
    has(text, "  ########........  ");
    free(text);
}

static void a_line_for_a_log(void **state) {
    (void)state;
    struct progress_view v = sample();
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    progress_line(f, &v);
    fclose(f);
    assert_string_equal(text,
                        "load      42.3 %  501 077 rows  50.1 MB  1.23 MB/s  12 345 rows/s  2:05 left  1/5 tables");
    free(text);
}

static void times_are_short(void **state) {
    (void)state;
    char text[32];
    assert_string_equal(progress_time(0, text), "0:00");
    assert_string_equal(progress_time(59499, text), "0:59");
    assert_string_equal(progress_time(59500, text), "1:00");
    assert_string_equal(progress_time(3599000, text), "59:59");
    assert_string_equal(progress_time(3600000, text), "1:00:00");
    assert_string_equal(progress_time(90061000, text), "1 d 01:01:01");
    assert_string_equal(progress_time(-5, text), "0:00");
}

static json_t *member(json_t *o, const char *key) {
    json_t *v = json_object_get(o, key);
    if (v == NULL) {
        fail_msg("no key %s", key);
    }
    return v;
}

static void events_have_their_keys(void **state) {
    (void)state;
    struct progress_view v = sample();
    json_t *o = progress_event(&v);
    assert_string_equal(json_string_value(member(o, "event")), "progress");
    assert_string_equal(json_string_value(member(o, "phase")), "load");
    assert_true(json_real_value(member(o, "fraction")) == 0.4239);
    assert_int_equal(json_integer_value(member(o, "eta_ms")), 125000);
    assert_int_equal(json_integer_value(member(o, "elapsed_ms")), 65000);
    assert_int_equal(json_integer_value(member(o, "rows")), 501077);
    assert_int_equal(json_integer_value(member(o, "workers")), 8);
    assert_int_equal(json_integer_value(member(o, "tables")), 5);
    assert_int_equal(json_integer_value(member(o, "tables_done")), 1);
    assert_true(json_real_value(member(o, "rows_per_s")) == 12345.7);
    json_decref(o);
    v.eta_ms = -1;
    o = progress_event(&v);
    assert_true(json_is_null(member(o, "eta_ms")));
    json_decref(o);
    o = table_event(&tables[1]);
    assert_string_equal(json_string_value(member(o, "event")), "table");
    assert_string_equal(json_string_value(member(o, "table")), "订单明细");
    assert_string_equal(json_string_value(member(o, "state")), "loading");
    assert_int_equal(json_integer_value(member(o, "chunks")), 2);
    json_decref(o);
    struct table_progress broken = {.name = "\xff"};
    o = table_event(&broken);
    assert_string_equal(json_string_value(member(o, "table")), "?");
    json_decref(o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_tells_the_whole_and_the_tables_at_work),
        cmocka_unit_test(a_frame_fits_every_terminal),
        cmocka_unit_test(tables_that_do_not_fit_are_counted),
        cmocka_unit_test(names_cannot_command_the_terminal),
        cmocka_unit_test(the_end_says_so),
        cmocka_unit_test(blocks_fill_in_eighths),
        cmocka_unit_test(a_line_for_a_log),
        cmocka_unit_test(times_are_short),
        cmocka_unit_test(events_have_their_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
