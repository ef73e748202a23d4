/* A store for tests, in a file of its own, or in a database, when STORE_TEST_SERVER says which (host port user database, and
 * STORE_TEST_PASSWORD); with a task of two subtasks and a machine in it, and a feed whose changes are collected. */
#ifndef TESTS_SERVER_SCENE_H
#define TESTS_SERVER_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/feed.h"
#include "store/store.h"

struct scene {
    char directory[32], path[64], schema[32];
    struct gauss_options server;
    char host[64], user[64], database[64];
    struct store_where where;
    struct store *s;
    struct arena a;
    struct feed *f;
    struct feed_ear *ear;
    json_t *told; /* list of {"topic", "change", ..} */
    int64_t task, subtask, other, machine;
};

static void scene_heard(void *arg, const struct feed_change *c) {
    json_t *change = json_loadb(c->text, c->len, 0, NULL);
    assert_non_null(change);
    json_array_append_new(((struct scene *)arg)->told, change);
}

static int64_t scene_insert(struct scene *x, const char *sql) {
    struct err e = ERR_INIT;
    int64_t id;
    if (!store_insert(x->s, sql, STORE_NONE, &id, &e)) {
        fail_msg("%s: %s", sql, e.message);
    }
    return id;
}

static inline void scene_run(struct scene *x, const char *sql) {
    struct err e = ERR_INIT;
    if (!store_run(x->s, sql, STORE_NONE, NULL, &e)) {
        fail_msg("%s: %s", sql, e.message);
    }
}

static inline int64_t scene_number(struct scene *x, const char *sql) {
    struct store_rows rows;
    struct err e = ERR_INIT;
    if (!store_rows(x->s, &x->a, sql, STORE_NONE, &rows, &e) || rows.n == 0) {
        fail_msg("%s: %s", sql, e.message);
    }
    return store_number(&rows, 0, 0);
}

static int64_t scene_subtask(struct scene *x, int place, int64_t source) {
    return scene_insert(
        x,
        arena_printf(&x->a,
                     "INSERT INTO subtask (task_id, place, source_id, source_database, target_id, target_database,"
                     " target_schema, mode, tables, params, generation, status, reached, fence, attempts,"
                     " permille, created_ms, changed_ms) VALUES (%lld, %d, %lld, 'a', %lld, 'b', 'c%d', 1, '{}', '{}',"
                     " 1, 0, 0, 0, 0, 0, 1, 1) RETURNING id",
                     (long long)x->task, place, (long long)source, (long long)source, place));
}

static void scene_fill(struct scene *x) {
    int64_t source =
        scene_insert(x, "INSERT INTO data_source (name, kind, host, port, username, properties, created_by,"
                        " created_ms) VALUES ('d', 'mysql', 'h', 1, 'u', '{}', 'admin', 1) RETURNING id");
    x->task = scene_insert(x, "INSERT INTO task (name, status, params, created_by, created_ms, changed_ms)"
                              " VALUES ('move', 0, '{}', 'admin', 1, 1) RETURNING id");
    x->subtask = scene_subtask(x, 1, source);
    x->other = scene_subtask(x, 2, source);
    x->machine = scene_insert(x, "INSERT INTO machine (name, kind, state, capacity, created_by, created_ms)"
                                 " VALUES ('m1', 'local', 'ready', 4, 'admin', 1) RETURNING id");
}

static int scene_set_up(void **state) {
    struct scene *x = calloc(1, sizeof *x);
    struct err e = ERR_INIT;
    const char *server = getenv("STORE_TEST_SERVER");
    unsigned port;
    snprintf(x->directory, sizeof x->directory, "/tmp/server-XXXXXX");
    assert_non_null(mkdtemp(x->directory));
    snprintf(x->path, sizeof x->path, "%s/godwit.db", x->directory);
    snprintf(x->schema, sizeof x->schema, "%s", x->directory + strlen("/tmp/"));
    x->where = (struct store_where){.file = x->path};
    if (server != NULL) {
        assert_int_equal(sscanf(server, "%63s %u %63s %63s", x->host, &port, x->user, x->database), 4);
        x->server = (struct gauss_options){.host = x->host,
                                           .port = (uint16_t)port,
                                           .user = x->user,
                                           .password = getenv("STORE_TEST_PASSWORD"),
                                           .database = x->database};
        x->where = (struct store_where){.server = &x->server, .schema = x->schema};
    }
    if (!store_open(&x->s, &x->where, &e)) {
        fail_msg("%s", e.message);
    }
    scene_fill(x);
    x->told = json_array();
    x->f = feed_new();
    x->ear = feed_listen(x->f, scene_heard, x);
    *state = x;
    return 0;
}

static int scene_tear_down(void **state) {
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct scene *x = *state;
    feed_ear_free(x->f, x->ear);
    feed_free(x->f);
    json_decref(x->told);
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

#endif
