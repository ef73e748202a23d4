/* cli/progress_bar: the display thread against a terminal of the test's own, a log, and a program that reads events. */
#include "cli/progress_bar.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"

static const struct table_progress tables[] = {
    {.name = "orders", .rows_estimate = 100, .bytes_estimate = 1000, .indexes = 1},
    {.name = "订单", .rows_estimate = 100, .bytes_estimate = 1000}};

/* A load of two tables, each state held until the display has had time to look twice. */
static void pretend_load(struct progress *p) {
    progress_tables(p, tables, 2);
    progress_phase(p, PHASE_LOAD);
    progress_table_state(p, 0, TABLE_LOADING);
    clock_sleep_ms(450);
    progress_chunk_done(p, 0, 100, 1000, 0);
    progress_table_state(p, 0, TABLE_INDEXING);
    progress_table_state(p, 1, TABLE_LOADING);
    clock_sleep_ms(450);
    progress_index_done(p, 0);
    progress_table_state(p, 0, TABLE_DONE);
    progress_chunk_done(p, 1, 50, 500, 0);
    progress_table_state(p, 1, TABLE_DONE);
    progress_phase(p, PHASE_DONE);
}

static void events_are_lines_of_json(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    char *text = NULL, *errors = NULL;
    size_t len = 0, nerrors = 0;
    FILE *out = open_memstream(&text, &len), *people = open_memstream(&errors, &nerrors);
    struct progress *p = progress_new();
    struct display *d;
    struct display_options o = {.style = STYLE_JSON, .people = people, .programs = out};
    assert_true(display_start(&d, p, &o, &e));
    assert_false(display_is_bar(d));
    pretend_load(p);
    display_end(d);
    progress_free(p);
    fclose(out);
    fclose(people);
    assert_int_equal(nerrors, 0); /* nothing for people */
    size_t progress = 0, loading = 0, indexing = 0, done = 0;
    json_t *last = NULL;
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        json_error_t error;
        json_t *o1 = json_loads(line, 0, &error);
        assert_non_null(o1);
        const char *event = json_string_value(json_object_get(o1, "event"));
        assert_int_equal(strlen(json_string_value(json_object_get(o1, "time"))), 24);
        const char *table_state = json_string_value(json_object_get(o1, "state"));
        progress += str_eq(event, "progress");
        loading += str_eq(table_state, "loading");
        indexing += str_eq(table_state, "indexing");
        done += str_eq(table_state, "done");
        json_decref(last);
        last = o1;
    }
    assert_int_equal(loading, 2); /* each change once */
    assert_int_equal(indexing, 1);
    assert_int_equal(done, 2);
    assert_true(progress >= 2 && progress <= 6);
    assert_string_equal(json_string_value(json_object_get(last, "event")), "progress");
    assert_string_equal(json_string_value(json_object_get(last, "phase")), "done");
    assert_true(json_real_value(json_object_get(last, "fraction")) == 1.0);
    json_decref(last);
    free(text);
    free(errors);
}

static void a_log_gets_a_line_per_phase(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    char path[] = "/tmp/godwit-lines-XXXXXX";
    FILE *people = fdopen(mkstemp(path), "w+");
    struct progress *p = progress_new();
    struct display *d;
    struct display_options o = {.style = STYLE_AUTO, .people = people, .programs = stdout};
    assert_true(display_start(&d, p, &o, &e)); /* not a terminal: lines */
    pretend_load(p);
    display_end(d);
    progress_free(p);
    rewind(people);
    char line[300];
    size_t n = 0;
    bool done = false;
    while (fgets(line, sizeof line, people) != NULL) {
        n++;
        assert_int_equal(line[19], 'Z');
        assert_null(strchr(line, '\033'));
        done = strstr(line, "done") != NULL && strstr(line, "100.0 %") != NULL && strstr(line, "150 rows") != NULL;
    }
    assert_true(done);
    assert_true(n >= 2 && n <= 5);
    fclose(people);
    unlink(path);
}

/* A terminal of a few rows that understands what a frame uses: text, \r \n, cursor up, erase line, erase below. */
enum { ROWS = 24, COLUMNS = 100 };

struct screen {
    char cell[ROWS][COLUMNS * 4 + 1];
    size_t row;
};

static void play(struct screen *s, const char *p) {
    memset(s, 0, sizeof *s);
    while (*p != '\0') {
        char *line = s->cell[s->row];
        if (*p == '\n') {
            assert_true(s->row + 1 < ROWS);
            s->row++;
            p++;
        } else if (*p == '\r') {
            p++;
        } else if (*p == '\033') {
            char *end;
            unsigned long n = strtoul(p + 2, &end, 10);
            if (*end == 'A') {
                assert_true(n <= s->row);
                s->row -= n;
                s->cell[s->row][0] = '\0';
            } else if (*end == 'J') {
                for (size_t i = s->row; i < ROWS; i++) {
                    s->cell[i][0] = '\0';
                }
            } else {
                assert_int_equal(*end, 'K'); /* our lines are written from their begin */
            }
            p = end + 1;
        } else {
            size_t len = strcspn(p, "\r\n\033");
            memcpy(line, p, len); /* from column 0: what was there is replaced */
            line[len] = '\0';
            p += len;
        }
    }
}

struct drain {
    int master;
    char *text;
    size_t len;
};

static void *drain(void *arg) {
    struct drain *d = arg;
    ssize_t got;
    d->text = calloc(1, 1 << 20);
    while ((got = read(d->master, d->text + d->len, (1 << 20) - 1 - d->len)) > 0) {
        d->len += (size_t)got;
    }
    return NULL;
}

static void bars_leave_a_clean_terminal(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    struct drain from = {.master = posix_openpt(O_RDWR | O_NOCTTY)};
    assert_true(from.master >= 0 && grantpt(from.master) == 0 && unlockpt(from.master) == 0);
    char name[64];
    assert_int_equal(ptsname_r(from.master, name, sizeof name), 0);
    FILE *people = fdopen(open(name, O_RDWR | O_NOCTTY), "r+");
    struct winsize size = {.ws_row = ROWS, .ws_col = COLUMNS + 1};
    ioctl(fileno(people), TIOCSWINSZ, &size);
    pthread_t reader;
    pthread_create(&reader, NULL, drain, &from);
    setenv("TERM", "xterm", 1);
    setenv("NO_COLOR", "1", 1);
    setenv("LC_ALL", "C", 1);
    struct progress *p = progress_new();
    struct display *d;
    struct display_options o = {.style = STYLE_AUTO, .people = people, .programs = stdout};
    assert_true(display_start(&d, p, &o, &e));
    assert_true(display_is_bar(d));
    pretend_load(p);
    display_end(d);
    progress_free(p);
    fclose(people); /* the reader sees the end */
    pthread_join(reader, NULL);
    close(from.master);
    assert_non_null(strstr(from.text, "orders")); /* was shown */
    assert_non_null(strstr(from.text, "订单"));
    struct screen s;
    play(&s, from.text);
    assert_int_equal(s.row, 1); /* one line is left, the cursor below it */
    assert_non_null(strstr(s.cell[0], "Done"));
    assert_non_null(strstr(s.cell[0], "100.0 %"));
    for (size_t i = 1; i < ROWS; i++) {
        assert_string_equal(s.cell[i], "");
    }
    free(from.text);
}

static void none_starts_nothing(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    struct display *d;
    struct display_options o = {.style = STYLE_NONE};
    assert_true(display_start(&d, NULL, &o, &e));
    assert_null(d);
    display_end(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_lines_of_json),
        cmocka_unit_test(a_log_gets_a_line_per_phase),
        cmocka_unit_test(bars_leave_a_clean_terminal),
        cmocka_unit_test(none_starts_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
