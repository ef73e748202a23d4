/* The feed: all hear the same order, who was away hears what was kept, who was away too long is told so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>

#include <cmocka.h>

#include "server/feed.h"

struct listener {
    uint64_t first, last, start, key;
    unsigned n, out_of_order;
    bool resync;
    char text[256], topic[FEED_TOPIC_BYTES];
};

static void on_change(void *arg, const struct feed_change *c) {
    struct listener *l = arg;
    l->out_of_order += c->seq <= l->last;
    l->first = l->n++ == 0 ? c->seq : l->first;
    l->last = c->seq;
    l->key = c->key;
    assert_int_equal(strlen(c->text), c->len);
    snprintf(l->text, sizeof l->text, "%s", c->text);
    snprintf(l->topic, sizeof l->topic, "%s", c->topic);
}

static void on_start(void *arg, uint64_t seq, bool resync) {
    struct listener *l = arg;
    assert_int_equal(l->n, 0); /* before the first change */
    l->start = seq;
    l->resync = resync;
}

static bool hear(struct feed *f, struct feed_ear *ear, const char *topic, uint64_t after, struct err *e) {
    return feed_hear(f, ear, &topic, 1, after, on_start, e);
}

static int set_up(void **state) {
    *state = feed_new();
    return *state == NULL;
}

static int tear_down(void **state) {
    struct feed *f = *state;
    assert_int_equal(feed_state(f).ears, 0);
    feed_free(f);
    return 0;
}

static json_t *change(const char *kind, int id) {
    return json_pack("{s:s, s:i}", "kind", kind, "id", id);
}

static void who_listens_hears(void **state) {
    struct feed *f = *state;
    struct listener all = {0}, tasks = {0}, seven = {0};
    struct err e = ERR_INIT;
    uint64_t begin = feed_state(f).seq;
    assert_true(begin > 0 && begin < UINT64_C(1) << 53);
    struct feed_ear *a = feed_listen(f, on_change, &all), *t = feed_ear_new(f, on_change, &tasks),
                    *s = feed_ear_new(f, on_change, &seven);
    assert_true(hear(f, t, "tasks", 0, &e) && hear(f, s, "task 7", 0, &e));
    assert_int_equal(tasks.start, begin);
    feed_tell(f, "tasks", change("task", 7));
    feed_tell_of(f, "task", 7, change("task", 7));
    feed_tell_of(f, "task", 70, json_pack("{s:s}", "kind", "gone"));
    feed_tell(NULL, "tasks", change("task", 7));
    assert_int_equal(all.n, 3);
    assert_int_equal(tasks.n, 1);
    assert_int_equal(seven.n, 1);
    assert_int_equal(tasks.last, begin + 1);
    assert_int_equal(seven.last, begin + 2);
    assert_string_equal(all.topic, "task 70");
    assert_true(tasks.key != 0 && seven.key != 0 && tasks.key != seven.key && all.key == 0);
    json_t *json = json_loads(seven.text, 0, NULL);
    assert_int_equal(json_integer_value(json_object_get(json, "seq")), begin + 2);
    assert_string_equal(json_string_value(json_object_get(json, "topic")), "task 7");
    assert_string_equal(json_string_value(json_object_get(json_object_get(json, "change"), "kind")), "task");
    json_decref(json);
    const char *topics[] = {"task 7", "task 8"};
    feed_unhear(f, s, topics, 2);
    feed_tell_of(f, "task", 7, change("task", 7));
    assert_int_equal(seven.n, 1);
    feed_ear_free(f, a);
    feed_ear_free(f, t);
    feed_tell(f, "tasks", change("task", 7));
    assert_int_equal(all.n, 4);
    assert_int_equal(tasks.n, 1);
    feed_ear_free(f, s);
}

static void who_was_away_hears_what_was_kept(void **state) {
    struct feed *f = *state;
    struct err e = ERR_INIT;
    uint64_t begin = feed_state(f).seq;
    for (int i = 1; i <= 12000; i++) { /* more than are kept */
        feed_tell(f, i % 2 == 0 ? "tasks" : "alerts", change("task", i));
    }
    assert_int_equal(feed_state(f).kept, FEED_KEPT);
    struct listener l = {0}, late = {0}, restarted = {0}, both = {0}, none = {0};
    struct feed_ear *ears[] = {feed_ear_new(f, on_change, &l), feed_ear_new(f, on_change, &late),
                               feed_ear_new(f, on_change, &restarted), feed_ear_new(f, on_change, &both),
                               feed_ear_new(f, on_change, &none)};
    assert_true(hear(f, ears[0], "tasks", begin + 11000, &e));
    assert_int_equal(l.n, 500);
    assert_false(l.resync);
    assert_int_equal(l.start, begin + 12000);
    assert_int_equal(l.first, begin + 11002);
    assert_int_equal(l.last, begin + 12000);
    assert_true(hear(f, ears[1], "tasks", begin + 1999, &e)); /* one too old */
    assert_true(late.resync && late.n == 0);
    assert_true(hear(f, ears[2], "tasks", begin + 12001, &e)); /* of another feed */
    assert_true(restarted.resync && restarted.n == 0);
    const char *topics[] = {"tasks", "alerts", "tasks"};
    assert_true(feed_hear(f, ears[3], topics, 3, begin + 2000, on_start, &e));
    assert_int_equal(both.n, 10000);
    assert_true(hear(f, ears[4], "tasks", begin + 12000, &e));
    assert_true(!none.resync && none.n == 0);
    feed_tell(f, "tasks", change("task", 1));
    assert_int_equal(both.n, 10001);
    assert_int_equal(both.out_of_order + l.out_of_order, 0);
    /* What it has already is not told again. */
    assert_true(feed_hear(f, ears[3], topics, 1, begin + 12000, NULL, &e));
    assert_int_equal(both.n, 10001);
    for (size_t i = 0; i < 5; i++) {
        feed_ear_free(f, ears[i]);
    }
}

static uint64_t key(struct feed *f, json_t *change) {
    struct listener l = {0};
    struct feed_ear *ear = feed_listen(f, on_change, &l);
    feed_tell(f, "subtask 7", change);
    feed_ear_free(f, ear);
    assert_int_equal(l.n, 1);
    return l.key;
}

/* What may replace one another, and what may not. */
static void keys_tell_what_is_the_same(void **state) {
    struct feed *f = *state;
    uint64_t first = key(f, json_pack("{s:s, s:i, s:{s:i}}", "kind", "progress", "id", 7, "figures", "rows", 1));
    assert_true(first != 0);
    assert_true(first == key(f, json_pack("{s:{s:i}, s:i, s:s}", "figures", "rows", 2, "id", 7, "kind", "progress")));
    assert_true(first != key(f, json_pack("{s:s, s:i}", "kind", "progress", "id", 8)));
    assert_true(first != key(f, json_pack("{s:s, s:s}", "kind", "progress", "id", "7")));
    assert_true(first != key(f, json_pack("{s:s, s:i}", "kind", "status", "id", 7)));
    assert_int_equal(key(f, json_pack("{s:s, s:i, s:[i]}", "kind", "objects", "id", 7, "items", 1)), 0);
    assert_int_equal(key(f, json_pack("{s:s}", "kind", "log")), 0);
    assert_int_equal(key(f, json_pack("{s:i}", "id", 7)), 0);
    uint64_t report = key(f, json_pack("{s:s, s:i, s:s}", "kind", "document", "id", 7, "document", "report"));
    assert_true(report != 0 &&
                report != key(f, json_pack("{s:s, s:i, s:s}", "kind", "document", "id", 7, "document", "check")));
}

static void another_feed_has_other_numbers(void **state) {
    struct feed *f = *state, *other = feed_new();
    uint64_t a = feed_state(f).seq, b = feed_state(other).seq;
    assert_true(a / 1000000000 != b / 1000000000);
    assert_true(a >= 1000000000000000 && b >= 1000000000000000); /* 16 digits, as the text has room for */
    feed_free(other);
}

static void memory_is_bounded(void **state) {
    struct feed *f = *state;
    char *large = calloc(1, 1 << 20);
    memset(large, 'x', (1 << 20) - 1);
    for (int i = 0; i < 40; i++) {
        feed_tell(f, "tasks", json_pack("{s:s}", "kind", large));
        assert_true(feed_state(f).kept_bytes <= FEED_KEPT_BYTES);
    }
    free(large);
    assert_true(feed_state(f).kept >= 10 && feed_state(f).kept < 40);
    struct listener l = {0};
    struct err e = ERR_INIT;
    struct feed_ear *ear = feed_ear_new(f, on_change, &l);
    char names[FEED_TOPICS_MAX + 1][16];
    const char *topics[FEED_TOPICS_MAX + 1];
    for (int i = 0; i <= FEED_TOPICS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "task %d", i);
        topics[i] = names[i];
    }
    assert_false(feed_hear(f, ear, topics, FEED_TOPICS_MAX + 1, 0, on_start, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    feed_tell_of(f, "task", 5, change("task", 5));
    assert_int_equal(l.n, 0); /* none of them */
    assert_true(feed_hear(f, ear, topics, FEED_TOPICS_MAX, 0, on_start, &e));
    feed_tell_of(f, "task", 5, change("task", 5));
    assert_int_equal(l.n, 1);
    char name[FEED_TOPIC_BYTES + 1];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_false(hear(f, ear, name, 0, &e));
    feed_ear_free(f, ear);
}

struct worker {
    struct feed *f;
    pthread_t thread;
    int number;
};

static void *teller(void *arg) {
    struct worker *w = arg;
    for (int i = 0; i < 5000; i++) {
        feed_tell(w->f, "tasks", change("task", i));
    }
    return NULL;
}

/* Comes and goes; what it is told after it went would be seen by the sanitizers. */
static void *visitor(void *arg) {
    struct worker *w = arg;
    for (int i = 0; i < 300; i++) {
        struct listener *l = calloc(1, sizeof *l);
        struct err e = ERR_INIT;
        struct feed_ear *ear = feed_ear_new(w->f, on_change, l);
        assert_true(hear(w->f, ear, "tasks", i % 3 == 0 ? 0 : feed_state(w->f).seq, &e));
        feed_tell_of(w->f, "task", w->number, change("task", i));
        feed_ear_free(w->f, ear);
        assert_int_equal(l->out_of_order, 0);
        free(l);
    }
    return NULL;
}

static void any_thread(void **state) {
    struct worker w[8];
    struct listener l = {0};
    struct feed *f = *state;
    struct feed_ear *ear = feed_listen(f, on_change, &l);
    for (int i = 0; i < 8; i++) {
        w[i] = (struct worker){.f = f, .number = i};
        assert_int_equal(pthread_create(&w[i].thread, NULL, i < 4 ? teller : visitor, &w[i]), 0);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(w[i].thread, NULL);
    }
    assert_int_equal(l.n, 4 * 5000 + 4 * 300);
    assert_int_equal(l.out_of_order, 0);
    assert_int_equal(feed_state(f).told, l.n);
    feed_ear_free(f, ear);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_listens_hears),
        TEST(who_was_away_hears_what_was_kept),
        TEST(another_feed_has_other_numbers),
        TEST(keys_tell_what_is_the_same),
        TEST(memory_is_bounded),
        TEST(any_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
