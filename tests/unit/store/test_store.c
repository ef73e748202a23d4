/* The store: statements, transactions, several connections, versions. In a file; or in a database, when STORE_TEST_SERVER
 * says which (host port user database, and STORE_TEST_PASSWORD), as tests/scenarios/test_store.py does. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/store.h"

struct scene {
    char directory[32], path[64], schema[32];
    struct gauss_options server;
    char host[64], user[64], database[64];
    struct store_where where;
    struct store *s;
    struct arena a;
};

static struct store *open_again(const struct scene *x) {
    struct store *s;
    struct err e = ERR_INIT;
    if (!store_open(&s, &x->where, &e)) {
        fail_msg("%s %s", e.message, e.where);
    }
    return s;
}

static bool on_a_server(void) {
    return getenv("STORE_TEST_SERVER") != NULL;
}

static void use_server(struct scene *x) {
    static unsigned number;
    unsigned port;
    assert_int_equal(sscanf(getenv("STORE_TEST_SERVER"), "%63s %u %63s %63s", x->host, &port, x->user, x->database), 4);
    x->server = (struct gauss_options){.host = x->host,
                                       .port = (uint16_t)port,
                                       .user = x->user,
                                       .password = getenv("STORE_TEST_PASSWORD"),
                                       .database = x->database};
    snprintf(x->schema, sizeof x->schema, "store_%d_%u", (int)getpid(), ++number);
    x->where = (struct store_where){.server = &x->server, .schema = x->schema};
}

static int set_up(void **state) {
    struct scene *x = calloc(1, sizeof *x);
    snprintf(x->directory, sizeof x->directory, "/tmp/store-XXXXXX");
    assert_non_null(mkdtemp(x->directory));
    snprintf(x->path, sizeof x->path, "%s/godwit.db", x->directory);
    x->where = (struct store_where){.file = x->path};
    if (on_a_server()) {
        use_server(x);
    }
    x->s = open_again(x);
    *state = x;
    return 0;
}

static int tear_down(void **state) {
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct scene *x = *state;
    store_close(x->s);
    arena_clear(&x->a);
    for (size_t i = 0; i < 3; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", x->path, ends[i]);
        unlink(path);
    }
    rmdir(x->directory);
    free(x);
    return 0;
}

static int64_t count(struct scene *x, struct store *s, const char *sql) {
    struct store_rows rows;
    struct err e = ERR_INIT;
    if (!store_rows(s, &x->a, sql, STORE_NONE, &rows, &e)) {
        fail_msg("%s: %s", sql, e.message);
    }
    return store_number(&rows, 0, 0);
}

static void only_the_owner_reads_the_file(void **state) {
    struct scene *x = *state;
    struct stat st;
    if (on_a_server()) {
        return;
    }
    assert_int_equal(stat(x->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void values_come_back_as_they_were(void **state) {
    struct scene *x = *state;
    struct store_rows rows;
    struct err e = ERR_INIT;
    static const char odd[] = "it's \"x\" ? \xe6\x95\xb0 %s";
    assert_true(store_run(x->s, "INSERT INTO setting (name, value) VALUES (?, ?)",
                          STORE_VALUES(STORE_T("a?b"), STORE_T(odd)), NULL, &e));
    assert_true(store_rows(
        x->s, &x->a, "SELECT name, value, NULL, CAST(? AS bigint) + 1 FROM setting WHERE name = 'a?b' AND value = ?",
        STORE_VALUES(STORE_I(INT64_MAX - 1), STORE_T(odd)), &rows, &e));
    assert_int_equal(rows.n, 1);
    assert_string_equal(store_cell(&rows, 0, 1), odd);
    assert_null(store_cell(&rows, 0, 2));
    assert_int_equal(store_number(&rows, 0, 2), 0);
    assert_int_equal(store_number(&rows, 0, 3), INT64_MAX);
    assert_true(store_rows(x->s, &x->a, "SELECT name FROM setting WHERE name = 'none'", STORE_NONE, &rows, &e));
    assert_int_equal(rows.n, 0);
}

static void many_rows(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    struct store_rows rows;
    assert_true(store_begin(x->s, &e));
    for (int i = 0; i < 1000; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%04d", i);
        assert_true(store_run(x->s, "INSERT INTO setting (name, value) VALUES (?, ?)",
                              STORE_VALUES(STORE_T(name), STORE_T(name)), NULL, &e));
    }
    assert_true(store_commit(x->s, &e));
    assert_true(store_rows(x->s, &x->a, "SELECT name, value FROM setting ORDER BY name", STORE_NONE, &rows, &e));
    assert_int_equal(rows.n, 1000);
    assert_string_equal(store_cell(&rows, 777, 1), "n0777");
}

static void ids_grow_and_are_not_used_twice(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    int64_t first, second, third;
    static const char sql[] = "INSERT INTO secret (label, box) VALUES (?, 'b') RETURNING id";
    assert_true(store_insert(x->s, sql, STORE_VALUES(STORE_T("one")), &first, &e));
    assert_true(store_insert(x->s, sql, STORE_VALUES(STORE_T("two")), &second, &e));
    uint64_t changed;
    assert_true(store_run(x->s, "DELETE FROM secret WHERE id = ?", STORE_VALUES(STORE_I(second)), &changed, &e));
    assert_int_equal(changed, 1);
    assert_true(store_insert(x->s, sql, STORE_VALUES(STORE_T("three")), &third, &e));
    assert_true(first > 0 && second > first && third > second);
}

static void errors_have_their_codes(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    assert_true(store_run(x->s, "INSERT INTO setting (name, value) VALUES ('k', 'v')", STORE_NONE, NULL, &e));
    assert_false(store_run(x->s, "INSERT INTO setting (name, value) VALUES ('k', 'w')", STORE_NONE, NULL, &e));
    assert_int_equal(e.code, ERR_STORE_TAKEN);
    err_clear(&e);
    assert_false(store_run(x->s, "INSERT INTO setting (name) VALUES ('l')", STORE_NONE, NULL, &e));
    assert_true(e.code != ERR_NONE && e.code != ERR_STORE_TAKEN);
    err_clear(&e);
    assert_false(store_run(x->s, "SELECT nothing FROM nowhere", STORE_NONE, NULL, &e));
    assert_true(e.code != ERR_NONE);
    err_clear(&e);
    assert_false(store_run(x->s, "SELECT ?", STORE_NONE, NULL, &e));
    assert_int_equal(e.code, ERR_INTERNAL);
    err_clear(&e); /* foreign keys are looked at */
    assert_false(
        store_run(x->s, "INSERT INTO task_machine (task_id, machine_id) VALUES (77, 88)", STORE_NONE, NULL, &e));
}

static void what_is_rolled_back_is_gone(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    assert_true(store_begin(x->s, &e));
    assert_true(store_run(x->s, "INSERT INTO setting (name, value) VALUES ('k', 'v')", STORE_NONE, NULL, &e));
    store_rollback(x->s);
    assert_int_equal(count(x, x->s, "SELECT count(*) FROM setting"), 0);
    store_rollback(x->s); /* nothing to do is no harm */
    assert_true(store_begin(x->s, &e));
    assert_true(store_commit(x->s, &e));
}

static void readers_see_what_is_committed_and_never_wait(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    struct store *other = open_again(x);
    assert_true(store_begin(x->s, &e));
    assert_true(store_run(x->s, "INSERT INTO setting (name, value) VALUES ('k', 'v')", STORE_NONE, NULL, &e));
    assert_int_equal(count(x, other, "SELECT count(*) FROM setting"), 0);
    assert_true(store_commit(x->s, &e));
    assert_int_equal(count(x, other, "SELECT count(*) FROM setting"), 1);
    store_close(other);
}

static void the_clock_is_the_stores(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    int64_t first, second;
    assert_true(store_now(x->s, &first, &e));
    assert_true(store_now(x->s, &second, &e));
    assert_true(first > INT64_C(1700000000000) && second >= first && second < first + 600000);
}

/* Work is taken by one of many: what one has locked the next does not wait for. */
static void work_is_taken_once(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    struct store_rows rows;
    char sql[160];
    struct store *other = open_again(x);
    for (int i = 0; i < 2; i++) {
        assert_true(store_run(x->s, "INSERT INTO setting (name, value) VALUES (?, 'free')",
                              STORE_VALUES(STORE_T(i == 0 ? "one" : "two")), NULL, &e));
    }
    snprintf(sql, sizeof sql, "SELECT name FROM setting WHERE value = 'free' ORDER BY name LIMIT 1%s",
             store_skip_locked(x->s));
    assert_true(store_begin(x->s, &e));
    assert_true(store_rows(x->s, &x->a, sql, STORE_NONE, &rows, &e));
    assert_string_equal(store_cell(&rows, 0, 0), "one");
    if (store_kind(x->s) != STORE_SQLITE) { /* whose writers come one after the other */
        assert_true(store_begin(other, &e));
        assert_true(store_rows(other, &x->a, sql, STORE_NONE, &rows, &e));
        assert_string_equal(store_cell(&rows, 0, 0), "two");
        assert_true(store_commit(other, &e));
    }
    assert_true(store_run(x->s, "UPDATE setting SET value = 'taken' WHERE name = 'one'", STORE_NONE, NULL, &e));
    assert_true(store_commit(x->s, &e));
    assert_int_equal(count(x, other, "SELECT count(*) FROM setting WHERE value = 'free'"), 1);
    store_close(other);
}

struct opener {
    const struct scene *scene;
    pthread_t thread;
    bool ok;
    struct err e;
};

static void *open_one(void *arg) {
    struct opener *o = arg;
    struct store *s;
    o->ok = store_open(&s, &o->scene->where, &o->e);
    store_close(s);
    return NULL;
}

/* Servers that start together make the tables once. */
static void many_open_at_once(void **state) {
    struct scene *x = *state;
    struct scene fresh = *x;
    struct opener openers[8];
    snprintf(fresh.path, sizeof fresh.path, "%s/fresh.db", x->directory);
    snprintf(fresh.schema, sizeof fresh.schema, "%.24s_fresh", x->schema);
    fresh.where = on_a_server() ? (struct store_where){.server = &fresh.server, .schema = fresh.schema}
                                : (struct store_where){.file = fresh.path};
    for (size_t i = 0; i < 8; i++) {
        openers[i] = (struct opener){.scene = &fresh};
        assert_int_equal(pthread_create(&openers[i].thread, NULL, open_one, &openers[i]), 0);
    }
    for (size_t i = 0; i < 8; i++) {
        pthread_join(openers[i].thread, NULL);
        if (!openers[i].ok) {
            fail_msg("%s", openers[i].e.message);
        }
    }
    for (size_t i = 0; i < 3; i++) {
        static const char *const ends[] = {"", "-wal", "-shm"};
        char path[80];
        snprintf(path, sizeof path, "%s%s", fresh.path, ends[i]);
        unlink(path);
    }
}

static void a_later_versions_store_is_left_alone(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    struct store *s;
    assert_true(store_run(x->s, "UPDATE store_version SET number = number + 1", STORE_NONE, NULL, &e));
    assert_false(store_open(&s, &x->where, &e));
    assert_int_equal(e.code, ERR_STORE_NEWER);
    assert_null(s);
}

static void what_is_no_store_is_refused(void **state) {
    struct scene *x = *state;
    char path[80];
    struct store *s;
    struct err e = ERR_INIT;
    if (on_a_server()) {
        return;
    }
    snprintf(path, sizeof path, "%s/text", x->directory);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("this is a text, and long enough to be no empty file, which SQLite would take for a new database", f);
    fclose(f);
    struct store_where where = {.file = path};
    assert_false(store_open(&s, &where, &e));
    assert_int_equal(e.code, ERR_STORE_QUERY);
    unlink(path);
    err_clear(&e);
    where.file = "/nonexistent/godwit.db";
    assert_false(store_open(&s, &where, &e));
    assert_int_equal(e.code, ERR_STORE_OPEN);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(only_the_owner_reads_the_file),
        TEST(values_come_back_as_they_were),
        TEST(many_rows),
        TEST(ids_grow_and_are_not_used_twice),
        TEST(errors_have_their_codes),
        TEST(what_is_rolled_back_is_gone),
        TEST(readers_see_what_is_committed_and_never_wait),
        TEST(the_clock_is_the_stores),
        TEST(work_is_taken_once),
        TEST(many_open_at_once),
        TEST(a_later_versions_store_is_left_alone),
        TEST(what_is_no_store_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
