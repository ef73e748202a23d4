/* base/log: one whole JSON object a line, levels, file mode, lines of many threads. */
#include "base/log.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
    char dir[64], path[128];
};

static int make_place(void **state) {
    static struct place p;
    strcpy(p.dir, "/tmp/godwit-test-XXXXXX");
    if (mkdtemp(p.dir) == NULL) {
        return -1;
    }
    snprintf(p.path, sizeof p.path, "%s/log", p.dir);
    *state = &p;
    return 0;
}

static int remove_place(void **state) {
    struct place *p = *state;
    log_close();
    unlink(p->path);
    return rmdir(p->dir);
}

/* The lines of the log, each parsed; the caller owns the array. Fails when a line is not JSON. */
static json_t *lines(const char *path) {
    json_t *all = json_array();
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, f) > 0) {
        json_error_t error;
        json_t *one = json_loads(line, 0, &error);
        assert_non_null(one);
        json_array_append_new(all, one);
    }
    free(line);
    fclose(f);
    return all;
}

static const char *field(json_t *all, size_t i, const char *key) {
    return json_string_value(json_object_get(json_array_get(all, i), key));
}

static void a_line_has_time_level_event_message_and_fields(void **state) {
    struct place *p = *state;
    struct err e = ERR_INIT;
    assert_true(log_open(p->path, LOG_INFO, &e));
    json_t *fields = json_pack("{s:i, s:s}", "rows", 7, "level", "mine");
    log_event(LOG_WARN, "chunk_done", fields, "chunk %d \"quoted\"\nnew line", 3);
    json_decref(fields);
    json_t *all = lines(p->path);
    assert_int_equal(json_array_size(all), 1);
    assert_string_equal(field(all, 0, "level"), "warn"); /* fields cannot replace what is the log's own */
    assert_string_equal(field(all, 0, "event"), "chunk_done");
    assert_string_equal(field(all, 0, "message"), "chunk 3 \"quoted\"\nnew line");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(all, 0), "rows")), 7);
    const char *time = field(all, 0, "time");
    assert_int_equal(strlen(time), 24);
    assert_int_equal(time[10], 'T');
    assert_int_equal(time[23], 'Z');
    json_decref(all);
}

static void levels_below_the_least_are_dropped(void **state) {
    struct place *p = *state;
    struct err e = ERR_INIT;
    log_info("before", "nowhere to go");
    assert_true(log_open(p->path, LOG_WARN, &e));
    log_debug("a", "x");
    log_info("b", "x");
    log_warn("c", "x");
    log_event(LOG_ERROR, "d", NULL, "x");
    log_close();
    log_warn("after", "nowhere to go");
    json_t *all = lines(p->path);
    assert_int_equal(json_array_size(all), 2);
    assert_string_equal(field(all, 0, "event"), "c");
    assert_string_equal(field(all, 1, "event"), "d");
    json_decref(all);
}

static void the_file_is_the_owners_only_and_appended_to(void **state) {
    struct place *p = *state;
    struct err e = ERR_INIT;
    struct stat st;
    for (int i = 0; i < 2; i++) {
        assert_true(log_open(p->path, LOG_INFO, &e));
        log_info("run", "%d", i);
        log_close();
    }
    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    json_t *all = lines(p->path);
    assert_int_equal(json_array_size(all), 2);
    json_decref(all);
}

static void a_file_that_is_moved_away_is_made_anew(void **state) {
    struct place *p = *state;
    struct err e = ERR_INIT;
    char moved[160];
    snprintf(moved, sizeof moved, "%s.1", p->path);
    assert_true(log_open(p->path, LOG_INFO, &e));
    log_info("first", "x");
    assert_int_equal(rename(p->path, moved), 0);
    for (int i = 0; i < 300 && access(p->path, F_OK) != 0; i++) {
        usleep(10000);
        log_info("later", "x");
    }
    log_info("last", "x");
    json_t *old = lines(moved), *new = lines(p->path);
    assert_string_equal(field(old, 0, "event"), "first");
    assert_int_equal(json_array_size(new), 2); /* the one that found it gone, and the last */
    assert_string_equal(field(new, 1, "event"), "last");
    json_decref(old);
    json_decref(new);
    unlink(moved);
}

static void a_log_that_cannot_be_written_is_an_error(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    assert_false(log_open("/nonexistent/dir/log", LOG_INFO, &e));
    assert_int_equal(e.code, ERR_FILE);
    assert_true(e.cause[0] != '\0');
}

static void an_error_is_logged_whole(void **state) {
    struct place *p = *state;
    struct err e = ERR_INIT, refused = ERR_INIT;
    assert_true(log_open(p->path, LOG_INFO, &e));
    err_set(&refused, ERR_TARGET_ROW, "duplicate");
    strcpy(refused.sqlstate, "23505");
    log_err("row", &refused);
    log_info("bytes", "not UTF-8: \xff");
    json_t *all = lines(p->path);
    json_t *error = json_object_get(json_array_get(all, 0), "error");
    assert_string_equal(json_string_value(json_object_get(error, "sqlstate")), "23505");
    assert_string_equal(field(all, 0, "level"), "error");
    assert_string_equal(field(all, 1, "message"), "(not UTF-8)");
    json_decref(all);
}

enum { THREADS = 8, EACH = 200 };

static void *write_many(void *arg) {
    for (int i = 0; i < EACH; i++) {
        log_info("many", "%d %d %s", *(int *)arg, i, "some text to make the line a little longer than a word");
    }
    return NULL;
}

static void lines_of_many_threads_do_not_mix(void **state) {
    struct place *p = *state;
    struct err e = ERR_INIT;
    assert_true(log_open(p->path, LOG_INFO, &e));
    pthread_t threads[THREADS];
    int number[THREADS];
    for (int i = 0; i < THREADS; i++) {
        number[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &number[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    json_t *all = lines(p->path); /* each line must parse */
    assert_int_equal(json_array_size(all), THREADS * EACH);
    json_decref(all);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        T(a_line_has_time_level_event_message_and_fields),
        T(levels_below_the_least_are_dropped),
        T(the_file_is_the_owners_only_and_appended_to),
        T(a_file_that_is_moved_away_is_made_anew),
        T(a_log_that_cannot_be_written_is_an_error),
        T(an_error_is_logged_whole),
        T(lines_of_many_threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
