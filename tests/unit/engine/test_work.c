/* The pool of work: nothing is lost, nothing is done twice, keys wait for their table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/work.h"

enum { TABLES = 5, CHUNKS = 40, THREADS = 6 };

struct scene {
    struct work work;
    struct ddl_statement keys[TABLES][2];
    pthread_mutex_t lock;
    unsigned loaded[TABLES], planned[TABLES], moved[TABLES], built[TABLES], loaded_told[TABLES], built_told[TABLES];
    unsigned given_back;
    unsigned taken_ahead;
    bool key_too_early, moved_too_early, primary_before_index, failed;
};

static void scene_init(struct scene *s) {
    *s = (struct scene){0};
    pthread_mutex_init(&s->lock, NULL);
    work_init(&s->work, TABLES, THREADS);
    for (size_t i = 0; i < TABLES; i++) {
        work_set_size(&s->work, i, (i + 1) * 1000);
        if (i % 2 == 0) {
            work_set_moved(&s->work, i);
        }
        s->keys[i][0] = (struct ddl_statement){.stage = DDL_INDEX};
        s->keys[i][1] = (struct ddl_statement){.stage = DDL_PRIMARY};
        work_add_key(&s->work, i, &s->keys[i][0]);
        work_add_key(&s->work, i, &s->keys[i][1]);
    }
}

static void scene_clear(struct scene *s) {
    work_clear(&s->work);
    pthread_mutex_destroy(&s->lock);
}

static void do_plan(struct scene *s, const struct work_item *item) {
    for (unsigned n = 1; n <= CHUNKS; n++) {
        work_add_chunk(&s->work, &(struct chunk){.table = item->table, .number = n, .bytes_estimate = 10});
    }
    pthread_mutex_lock(&s->lock);
    s->planned[item->table]++;
    pthread_mutex_unlock(&s->lock);
    work_plan_done(&s->work, item->table);
}

static bool do_chunk(struct scene *s, const struct work_item *item) {
    pthread_mutex_lock(&s->lock);
    bool give_back = item->chunk->number == 7 && s->given_back < TABLES;
    s->given_back += give_back;
    s->loaded[item->table] += !give_back;
    pthread_mutex_unlock(&s->lock);
    return !give_back;
}

static bool do_moved(struct scene *s, const struct work_item *item) {
    pthread_mutex_lock(&s->lock);
    bool give_back = s->moved[item->table]++ == 0; /* its reader is lost the first time */
    s->moved_too_early |= s->loaded[item->table] != CHUNKS || s->built[item->table] > 0;
    pthread_mutex_unlock(&s->lock);
    return !give_back;
}

static void do_key(struct scene *s, const struct work_item *item) {
    pthread_mutex_lock(&s->lock);
    s->key_too_early |= s->loaded[item->table] != CHUNKS || (item->table % 2 == 0 && s->moved[item->table] != 2);
    s->primary_before_index |= item->statement->stage == DDL_PRIMARY && s->built[item->table] == 0;
    s->built[item->table]++;
    pthread_mutex_unlock(&s->lock);
}

/* As the load does: while a chunk is finished the next one is taken. */
static void take_ahead(struct scene *s, struct work_item *ahead) {
    if (work_next_chunk(&s->work, ahead)) {
        pthread_mutex_lock(&s->lock);
        s->taken_ahead += ahead->kind == WORK_CHUNK;
        pthread_mutex_unlock(&s->lock);
    }
}

static void *worker(void *arg) {
    struct scene *s = arg;
    struct work_item ahead = {.kind = WORK_NONE};
    for (;;) {
        struct work_item item = ahead.kind != WORK_NONE ? ahead : work_next(&s->work, true);
        ahead.kind = WORK_NONE;
        bool done = true;
        switch (item.kind) {
        case WORK_NONE:
            work_worker_ends(&s->work, true);
            return NULL;
        case WORK_PLAN:
            do_plan(s, &item);
            break;
        case WORK_CHUNK:
            take_ahead(s, &ahead);
            done = do_chunk(s, &item);
            break;
        case WORK_MOVED:
            done = do_moved(s, &item);
            break;
        case WORK_KEY:
            do_key(s, &item);
            break;
        }
        if (!done) {
            work_give_back(&s->work, &item);
            continue;
        }
        work_done(&s->work, &item);
        bool loaded = work_table_loaded(&s->work, item.table), built = work_table_built(&s->work, item.table);
        pthread_mutex_lock(&s->lock);
        s->loaded_told[item.table] += loaded;
        s->built_told[item.table] += built;
        pthread_mutex_unlock(&s->lock);
    }
}

static void test_everything_once(void **state) {
    (void)state;
    struct scene s;
    scene_init(&s);
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, worker, &s), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_true(work_complete(&s.work));
    assert_int_equal(s.given_back, TABLES);
    assert_false(s.key_too_early);
    assert_false(s.moved_too_early);
    assert_false(s.primary_before_index);
    assert_true(s.taken_ahead > TABLES);
    for (size_t i = 0; i < TABLES; i++) {
        assert_int_equal(s.planned[i], 1);
        assert_int_equal(s.loaded[i], CHUNKS);
        assert_int_equal(s.moved[i], i % 2 == 0 ? 2 : 0);
        assert_int_equal(s.built[i], 2);
        assert_int_equal(s.loaded_told[i], 1);
        assert_int_equal(s.built_told[i], 1);
    }
    scene_clear(&s);
}

static void test_largest_table_first(void **state) {
    (void)state;
    struct scene s;
    scene_init(&s);
    struct work_item item = work_next(&s.work, true);
    assert_int_equal(item.kind, WORK_PLAN);
    assert_int_equal(item.table, TABLES - 1);
    scene_clear(&s);
}

static void test_only_chunks_are_taken_ahead(void **state) {
    (void)state;
    struct work w;
    struct work_item item = {.kind = WORK_NONE};
    struct ddl_statement key = {.stage = DDL_INDEX};
    work_init(&w, 2, 4);
    work_set_size(&w, 0, 1000);
    work_set_planned(&w, 1);
    work_add_key(&w, 1, &key);
    /* The largest table must be planned first, and a key waits: both are work_next's. */
    assert_false(work_next_chunk(&w, &item));
    assert_int_equal(item.kind, WORK_NONE);
    item = work_next(&w, true);
    assert_int_equal(item.kind, WORK_KEY);
    work_done(&w, &item);
    item = work_next(&w, true);
    assert_int_equal(item.kind, WORK_PLAN);
    work_add_chunk(&w, &(struct chunk){.table = 0, .number = 1});
    work_plan_done(&w, 0);
    struct work_item chunk = {.kind = WORK_NONE};
    assert_true(work_next_chunk(&w, &chunk));
    assert_int_equal(chunk.chunk->number, 1);
    work_give_back(&w, &chunk);
    assert_true(work_next_chunk(&w, &chunk));
    assert_false(work_complete(&w));
    work_done(&w, &chunk);
    work_done(&w, &item);
    assert_true(work_complete(&w));
    work_clear(&w);
}

static void test_idle_workers_help_builds(void **state) {
    (void)state;
    struct work w;
    struct ddl_statement keys[3] = {{.stage = DDL_INDEX}, {.stage = DDL_INDEX}, {.stage = DDL_PRIMARY}};
    work_init(&w, 1, 8);
    work_set_planned(&w, 0);
    for (size_t i = 0; i < 3; i++) {
        work_add_key(&w, 0, &keys[i]);
    }
    struct work_item a = work_next(&w, true), b = work_next(&w, true);
    assert_int_equal(a.helpers, 3); /* two builds, six idle workers */
    assert_int_equal(b.helpers, 3);
    work_done(&w, &a);
    work_done(&w, &b);
    a = work_next(&w, true);
    assert_int_equal(a.statement->stage, DDL_PRIMARY);
    assert_int_equal(a.helpers, 7);
    work_done(&w, &a);
    work_clear(&w);
}

static void test_failure_stops_everybody_with_the_first_error(void **state) {
    (void)state;
    struct scene s;
    scene_init(&s);
    struct err first = ERR_INIT, second = ERR_INIT;
    err_set(&first, ERR_TARGET_FULL, "disk full");
    err_set(&second, ERR_TARGET_LOST, "gone");
    work_fail(&s.work, &first);
    work_fail(&s.work, &second);
    assert_int_equal(work_next(&s.work, true).kind, WORK_NONE);
    assert_true(work_failed(&s.work));
    assert_int_equal(s.work.error.code, ERR_TARGET_FULL);
    assert_false(work_complete(&s.work));
    scene_clear(&s);
}

static void test_without_readers_data_is_left(void **state) {
    (void)state;
    struct scene s;
    scene_init(&s);
    for (size_t i = 0; i < THREADS; i++) {
        work_reader_lost(&s.work);
    }
    assert_int_equal(work_next(&s.work, false).kind, WORK_NONE);
    assert_false(work_complete(&s.work));
    scene_clear(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_once),
        cmocka_unit_test(test_largest_table_first),
        cmocka_unit_test(test_only_chunks_are_taken_ahead),
        cmocka_unit_test(test_idle_workers_help_builds),
        cmocka_unit_test(test_failure_stops_everybody_with_the_first_error),
        cmocka_unit_test(test_without_readers_data_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
