/* The live connection and events over the real API with a store in a file: what is told reaches who asked for it, in order; who comes again goes
 * on; who may not is sent away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <inttypes.h>
#include <pthread.h>

#include <cmocka.h>

#include "base/clock.h"
#include "server/api.h"
#include "server/api_live.h"
#include "server/feed.h"
#include "server/live_request.h"

#include "ws_client.h"

static const struct stream_handler *const places[] = {&api_live_stream, NULL};

struct scene {
    struct api api;
    struct http_stats stats;
    struct http *h;
    char directory[32], path[64], viewer[128];
    struct store *s;
    int64_t account;
    atomic_bool stop;
};

static int set_up_with(void **state, unsigned beat_s) {
    struct scene *x = calloc(1, sizeof *x);
    struct err e = ERR_INIT;
    struct identity who = {.role = ROLE_VIEWER};
    char token[SECRETS_TOKEN_TEXT];
    int64_t id;
    snprintf(x->directory, sizeof x->directory, "/tmp/live-XXXXXX");
    assert_non_null(mkdtemp(x->directory));
    snprintf(x->path, sizeof x->path, "%s/godwit.db", x->directory);
    x->api =
        (struct api){.where = {.file = x->path}, .feed = feed_new(), .guard = auth_guard_new(), .stats = &x->stats};
    assert_true(secrets_init(&e) && store_open(&x->s, &x->api.where, &e));
    assert_true(auth_add_account(x->s, "vera", "passw0rd", ROLE_VIEWER, false, &x->account, &e));
    who.account = x->account;
    assert_true(auth_add_token(x->s, &who, "test", ROLE_VIEWER, 0, token, &id, &e));
    snprintf(x->viewer, sizeof x->viewer, "Authorization: Bearer %s\r\n", token);
    struct http_options o = {.beat_s = beat_s,
                             .handle = api_answer,
                             .arg = &x->api,
                             .thread_begin = api_thread_begin,
                             .thread_end = api_thread_end,
                             .streams = places,
                             .stats = &x->stats};
    if (!http_start(&x->h, &o, &e)) {
        fail_msg("%s", e.message);
    }
    *state = x;
    return 0;
}

static int set_up(void **state) {
    return set_up_with(state, 0);
}

static int set_up_quick(void **state) {
    return set_up_with(state, 1);
}

static int tear_down(void **state) {
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct scene *x = *state;
    http_stop(x->h);
    assert_int_equal(feed_state(x->api.feed).ears, 0);
    feed_free(x->api.feed);
    auth_guard_free(x->api.guard);
    store_close(x->s);
    for (size_t i = 0; i < 3; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", x->path, ends[i]);
        unlink(path);
    }
    rmdir(x->directory);
    free(x);
    return 0;
}

/* ---- clients ---- */

static struct client live(const struct scene *x) {
    struct client c = connected(http_port(x->h));
    upgrade(&c, "/api/v1/live", x->viewer, "101");
    return c;
}

/* The next message; pings are answered. */
static json_t *next(const struct client *c) {
    for (;;) {
        struct heard got = hear(c);
        if (got.op == PING) {
            frame(c, FIN | PONG, got.text, got.len);
            free(got.text);
            continue;
        }
        json_t *json = got.op == TEXT ? json_loadb(got.text, got.len, 0, NULL) : NULL;
        if (json == NULL) {
            fail_msg("no JSON: %u '%.200s'", got.op, got.len > 2 ? got.text + 2 : "");
        }
        free(got.text);
        return json;
    }
}

/* The next message has this key; its value's number, or the number of its items. */
static int64_t next_is(const struct client *c, const char *key) {
    json_t *json = next(c), *value = json_object_get(json, key);
    if (value == NULL) {
        char *text = json_dumps(json, 0);
        fail_msg("wanted %s, got %s", key, text);
    }
    int64_t n = json_is_array(value) ? (int64_t)json_array_size(value) : json_integer_value(value);
    json_decref(json);
    return n;
}

static uint64_t subscribed(const struct client *c, size_t topics) {
    json_t *json = next(c);
    assert_int_equal(json_array_size(json_object_get(json, "subscribed")), topics);
    uint64_t seq = (uint64_t)json_integer_value(json_object_get(json, "seq"));
    json_decref(json);
    return seq;
}

static void tell(const struct scene *x, const char *topic, const char *kind, int id) {
    feed_tell(x->api.feed, topic,
              json_pack("{s:s, s:i, s:I}", "kind", kind, "id", id, "at", (json_int_t)clock_mono_us()));
}

static void ask(const struct client *c, const char *topics, uint64_t after) {
    char text[256];
    snprintf(text, sizeof text, "{\"subscribe\": [%s], \"after\": %" PRIu64 "}", topics, after);
    say(c, text);
}

/* ---- tests ---- */

static void who_asks_is_told(void **state) {
    struct scene *x = *state;
    struct client c = live(x);
    say(&c, "{\"subscribe\": [\"tasks\", \"task 7\"]}");
    uint64_t seq = subscribed(&c, 2);
    tell(x, "tasks", "task", 1);
    tell(x, "task 8", "task", 8);
    tell(x, "task 7", "task", 7);
    assert_int_equal(next_is(&c, "seq"), seq + 1);
    assert_int_equal(next_is(&c, "seq"), seq + 3);
    say(&c, "{\"unsubscribe\": [\"tasks\"], \"subscribe\": [\"log 12\", \"machine log 3\"], \"later\": 1}");
    assert_int_equal(next_is(&c, "unsubscribed"), 1);
    subscribed(&c, 2);
    tell(x, "tasks", "task", 1);
    feed_tell(x->api.feed, "log 12", json_pack("{s:s, s:[s]}", "kind", "log", "lines", "a line \xe6\x95\xb0"));
    json_t *json = next(&c);
    assert_int_equal(json_integer_value(json_object_get(json, "seq")), seq + 5);
    assert_string_equal(json_string_value(json_object_get(json, "topic")), "log 12");
    json_decref(json);
    /* What there is not. */
    static const char *const none[] = {
        "nothing", "task", "task 0", "task 07",    "task -1", "task 1 ", "task 1234567890123456789",
        "tasks ",  "",     "log 1x", "T\xc3\xa4sk"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "{\"subscribe\": [\"alerts\", \"%s\"]}", none[i]);
        say(&c, text);
        json = next(&c);
        assert_string_equal(json_string_value(json_object_get(json_object_get(json, "error"), "code")), "GW1068");
        json_decref(json);
    }
    tell(x, "alerts", "alert", 1); /* all or nothing */
    tell(x, "task 7", "task", 7);
    assert_int_equal(next_is(&c, "seq"), feed_state(x->api.feed).seq);
    static const char *const bad[] = {"",
                                      "x",
                                      "[]",
                                      "{}",
                                      "{\"subscribe\": \"tasks\"}",
                                      "{\"subscribe\": [7]}",
                                      "{\"subscribe\": [\"tasks\"], \"after\": -1}",
                                      "{\"subscribe\": [\"tasks\"], \"after\": \"7\"}",
                                      "{\"subscribe\": [\"ta\\u0000sks\"]}",
                                      "{\"subscribe\": [], \"subscribe\": []}"};
    close(c.fd);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        c = live(x);
        say(&c, bad[i]);
        struct heard got = hear(&c);
        assert_int_equal(got.op, CLOSE);
        assert_memory_equal(got.text, "\x11\x30", 2); /* 4400 */
        free(got.text);
        close(c.fd);
    }
    c = live(x);
    frame(&c, FIN | BINARY, "{}", 2);
    hears_close(&c, 4400, "a message is a text");
}

static void who_comes_again_goes_on(void **state) {
    struct scene *x = *state;
    struct client c = live(x);
    ask(&c, "\"tasks\"", 0);
    uint64_t seq = subscribed(&c, 1);
    tell(x, "tasks", "task", 1);
    assert_int_equal(next_is(&c, "seq"), seq + 1);
    close(c.fd);
    tell(x, "tasks", "task", 2);
    tell(x, "alerts", "alert", 2);
    tell(x, "machines", "machine", 2);
    c = live(x);
    ask(&c, "\"alerts\", \"tasks\"", seq + 1);
    assert_int_equal(subscribed(&c, 2), seq + 4);
    assert_int_equal(next_is(&c, "seq"), seq + 2);
    assert_int_equal(next_is(&c, "seq"), seq + 3);
    tell(x, "alerts", "alert", 3);
    assert_int_equal(next_is(&c, "seq"), seq + 5);
    close(c.fd);
    c = live(x);
    ask(&c, "\"alerts\", \"tasks\"", seq + 1000); /* of another server, or from before a restart */
    subscribed(&c, 2);
    assert_int_equal(next_is(&c, "resync"), 2);
    ask(&c, "\"machines\"", 1);
    subscribed(&c, 1);
    assert_int_equal(next_is(&c, "resync"), 1);
    close(c.fd);
}

/* More changes than sockets hold, of few things: the last of each comes, in order, and the connection holds. */
static void who_is_slow_gets_the_newest(void **state) {
    struct scene *x = *state;
    enum { CHANGES = 60000, THINGS = 7 };
    struct client c = live(x);
    ask(&c, "\"tasks\"", 0);
    uint64_t seq = subscribed(&c, 1);
    char pad[401];
    memset(pad, '.', 400);
    pad[400] = '\0';
    for (int i = 0; i < CHANGES; i++) {
        feed_tell(x->api.feed, "tasks",
                  json_pack("{s:s, s:i, s:i, s:s}", "kind", "task", "id", i % THINGS, "n", i, "pad", pad));
    }
    int64_t last[THINGS] = {0};
    unsigned messages = 0;
    for (uint64_t at = seq; at < seq + CHANGES; messages++) {
        json_t *json = next(&c), *change = json_object_get(json, "change");
        uint64_t now = (uint64_t)json_integer_value(json_object_get(json, "seq"));
        assert_true(now > at);
        at = now;
        last[json_integer_value(json_object_get(change, "id"))] = json_integer_value(json_object_get(change, "n"));
        json_decref(json);
    }
    for (int i = 0; i < THINGS; i++) {
        assert_true(last[i] >= CHANGES - THINGS);
    }
    assert_true(messages < CHANGES);
    assert_int_equal(atomic_load(&x->stats.streams_killed), 0);
    close(c.fd);
}

static void programs_get_events(void **state) {
    struct scene *x = *state;
    char request[512], got[4096], wanted[128];
    uint64_t seq = feed_state(x->api.feed).seq;
    tell(x, "tasks", "task", 1);
    tell(x, "task 7", "task", 7);
    snprintf(request, sizeof request,
             "GET /api/v1/events?topic=tasks&topic=task%%207 HTTP/1.1\r\nHost: h\r\nLast-Event-ID: %" PRIu64
             "\r\n%s\r\n",
             seq, x->viewer);
    struct client c = connected(http_port(x->h));
    put(&c, request, strlen(request));
    head(&c, got, sizeof got);
    assert_non_null(strstr(got, "text/event-stream"));
    size_t len = 0;
    snprintf(wanted, sizeof wanted, "event: change\nid: %" PRIu64 "\ndata: {\"seq\":%" PRIu64 ",\"topic\":\"task 7\",",
             seq + 2, seq + 2);
    do {
        assert_true(len + 1 < sizeof got && get(&c, got + len, 1));
        got[++len] = '\0';
    } while (strstr(got, wanted) == NULL);
    const char *first = strstr(got, "event: subscribed\nid: "), *second = strstr(got, "\"topic\":\"tasks\"");
    assert_true(first != NULL && second != NULL && first < second);
    close(c.fd);
    static const char *const bad[][2] = {
        {"/api/v1/events", "400"}, {"/api/v1/events?topic=nothing", "404"}, {"/api/v1/events?topic=task%20x", "404"}};
    for (size_t i = 0; i < 3; i++) {
        c = connected(http_port(x->h));
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\n%s\r\n", bad[i][0], x->viewer);
        put(&c, request, strlen(request));
        head(&c, got, sizeof got);
        assert_memory_equal(got + 9, bad[i][1], 3);
        close(c.fd);
    }
}

static void resync_is_an_event_too(void **state) {
    struct scene *x = *state;
    char request[512], got[4096] = "";
    snprintf(request, sizeof request,
             "GET /api/v1/events?topic=tasks&after=12 HTTP/1.1\r\nHost: h\r\nLast-Event-ID: x\r\n%s\r\n", x->viewer);
    struct client c = connected(http_port(x->h));
    put(&c, request, strlen(request));
    for (size_t len = 0; strstr(got, "event: resync\ndata: {\"resync\":[\"tasks\"]}\n\n") == NULL;) {
        assert_true(len + 1 < sizeof got && get(&c, got + len, 1));
        got[++len] = '\0';
    }
    close(c.fd);
}

static void whose_rights_end_is_sent_away(void **state) {
    struct scene *x = *state;
    struct client c = connected(http_port(x->h));
    upgrade(&c, "/api/v1/live", "", "101");
    hears_close(&c, 4401, "there is neither a session nor a token");
    c = connected(http_port(x->h));
    upgrade(&c, "/api/v1/live", "Authorization: Bearer nonsense\r\n", "101");
    struct heard got = hear(&c);
    assert_true(got.op == CLOSE && memcmp(got.text, "\x11\x31", 2) == 0); /* 4401 */
    free(got.text);
    close(c.fd);
    struct err e = ERR_INIT;
    struct identity who;
    char token[SECRETS_TOKEN_TEXT], header[256];
    assert_true(auth_login(x->s, x->api.guard, "vera", "passw0rd", "127.0.0.1", token, &who, &e));
    snprintf(header, sizeof header, "Cookie: a=b; godwit_session=%s\r\nOrigin: http://here:1\r\n", token);
    struct client session = connected(http_port(x->h)), program = live(x);
    upgrade(&session, "/api/v1/live", header, "101");
    ask(&session, "\"tasks\"", 0);
    subscribed(&session, 1);
    assert_true(auth_logout(x->s, &who, &e));
    do {
        got = hear(&session);
        unsigned op = got.op;
        free(got.text);
        if (op == PING) {
            frame(&session, FIN | PONG, "ping", 4);
        } else {
            assert_int_equal(op, CLOSE);
            break;
        }
    } while (true);
    close(session.fd);
    assert_true(store_run(x->s, "UPDATE account SET disabled = 1", STORE_NONE, NULL, &e));
    do {
        got = hear(&program);
        unsigned op = got.op;
        bool is_4401 = op == CLOSE && memcmp(got.text, "\x11\x31", 2) == 0;
        free(got.text);
        if (op == PING) {
            frame(&program, FIN | PONG, "ping", 4);
        } else {
            assert_true(is_4401);
            break;
        }
    } while (true);
    close(program.fd);
}

/* ---- many ---- */

enum { CLIENTS = 100, ROUNDS = 200 };

struct listener {
    const struct scene *x;
    pthread_t thread;
    atomic_bool there;
    int64_t latest_us[ROUNDS];
};

static void *listener_main(void *arg) {
    struct listener *l = arg;
    struct client c = live(l->x);
    ask(&c, "\"tasks\"", 0);
    subscribed(&c, 1);
    atomic_store(&l->there, true);
    for (int i = 0; i < ROUNDS; i++) {
        json_t *json = next(&c);
        l->latest_us[i] = clock_mono_us() - json_integer_value(json_object_get(json_object_get(json, "change"), "at"));
        json_decref(json);
    }
    close(c.fd);
    return NULL;
}

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void a_hundred_clients_at_once(void **state) {
    struct scene *x = *state;
    struct listener *l = calloc(CLIENTS, sizeof *l);
    for (int i = 0; i < CLIENTS; i++) {
        l[i].x = x;
        assert_int_equal(pthread_create(&l[i].thread, NULL, listener_main, &l[i]), 0);
    }
    for (int i = 0; i < CLIENTS; i++) {
        while (!atomic_load(&l[i].there)) {
            clock_sleep_ms(1);
        }
    }
    assert_int_equal(atomic_load(&x->stats.websockets), CLIENTS);
    for (int i = 0; i < ROUNDS; i++) {
        tell(x, "tasks", "task", i);
        clock_sleep_ms(5);
    }
    int64_t *all = calloc((size_t)CLIENTS * ROUNDS, sizeof *all);
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(l[i].thread, NULL);
        memcpy(all + (ptrdiff_t)i * ROUNDS, l[i].latest_us, sizeof l[i].latest_us);
    }
    qsort(all, (size_t)CLIENTS * ROUNDS, sizeof *all, by_size);
    int64_t p50 = all[CLIENTS * ROUNDS / 2], p99 = all[CLIENTS * ROUNDS / 100 * 99];
    print_message("%d clients, %d changes: p50 %" PRId64 " us, p99 %" PRId64 " us\n", CLIENTS, ROUNDS, p50, p99);
    assert_true(p99 < 5000000);
    free(all);
    free(l);
}

/* Clients that come and go at any moment while changes are told, until the server stops in the middle of it. */
struct visitor {
    struct scene *x;
    uint16_t port;
    pthread_t thread;
    unsigned number;
};

static void *visitor_main(void *arg) {
    const struct visitor *v = arg;
    for (unsigned i = v->number; !atomic_load(&v->x->stop); i++) {
        char request[512], got[2048];
        int n = snprintf(request, sizeof request, "GET /api/v1/%s HTTP/1.1\r\nHost: h\r\n%s%s\r\n",
                         i % 4 == 0   ? "events?topic=tasks&after=1"
                         : i % 4 == 1 ? "states"
                                      : "live",
                         v->x->viewer,
                         i % 4 >= 2 ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    : "");
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(v->port)};
        struct client c = {socket(AF_INET, SOCK_STREAM, 0)};
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(c.fd, (struct sockaddr *)&to, sizeof to) == 0) {
            put(&c, request, (size_t)n);
            if (i % 4 >= 2) {
                say(&c, "{\"subscribe\": [\"tasks\"]}");
            }
            for (unsigned k = 0; k < i % 7; k++) {
                if (recv(c.fd, got, sizeof got, 0) <= 0) {
                    break;
                }
            }
        }
        close(c.fd);
    }
    return NULL;
}

static void they_come_and_go(void **state) {
    struct scene *x = *state;
    struct visitor v[8];
    for (unsigned i = 0; i < 8; i++) {
        v[i] = (struct visitor){.x = x, .port = http_port(x->h), .number = i};
        assert_int_equal(pthread_create(&v[i].thread, NULL, visitor_main, &v[i]), 0);
    }
    for (int i = 0; i < 2000; i++) {
        tell(x, "tasks", "task", i);
        clock_sleep_ms(1);
    }
    http_stop(x->h);
    x->h = NULL;
    assert_int_equal(feed_state(x->api.feed).ears, 0);
    assert_int_equal(atomic_load(&x->stats.websockets) + atomic_load(&x->stats.event_streams), 0);
    atomic_store(&x->stop, true);
    for (unsigned i = 0; i < 8; i++) {
        pthread_join(v[i].thread, NULL);
    }
    assert_true(atomic_load(&x->stats.answers[2]) > 20);
}

static void numbers_of_events_are_read(void **state) {
    (void)state;
    assert_int_equal(live_after(""), 0);
    assert_int_equal(live_after("1000000000000001"), 1000000000000001);
    assert_int_equal(live_after("x"), 1);
    assert_int_equal(live_after("-1"), 1);
    assert_int_equal(live_after("99999999999999999999"), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define QUICK(f) cmocka_unit_test_setup_teardown(f, set_up_quick, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_asks_is_told),          TEST(who_comes_again_goes_on), TEST(who_is_slow_gets_the_newest),
        TEST(programs_get_events),       TEST(resync_is_an_event_too),  QUICK(whose_rights_end_is_sent_away),
        TEST(a_hundred_clients_at_once), QUICK(they_come_and_go),       cmocka_unit_test(numbers_of_events_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
