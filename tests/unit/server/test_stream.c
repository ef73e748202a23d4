/* WebSockets and server-sent events, over real sockets and with frames made by hand: what is sent arrives, in order and once; what is no
 * good frame, no good client or no good neighbour costs its connection only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "server/stream.h"

#include "ws_client.h"

struct scene {
    struct http *h;
    struct http_stats stats;
    atomic_uint opened, messages, closed, slow_ms, wrong_order;
    atomic_bool leave, killed;
    _Atomic(struct stream *) last; /* kept */
};

/* ---- the handler ---- */

static bool on_open(void *arg, void *local, struct stream *s, struct http_request *r, struct err *e) {
    struct scene *x = arg;
    assert_ptr_equal(local, x);
    const char *refuse = http_parameter(r, "refuse");
    if (refuse != NULL) {
        return err_set(e, strcmp(refuse, "role") == 0 ? ERR_ROLE : ERR_LOGIN_NEEDED, "not with us");
    }
    stream_set(s, arena_strdup(stream_arena(s), r->path));
    atomic_fetch_add(&x->opened, 1);
    stream_drop(atomic_exchange(&x->last, stream_keep(s)));
    return true;
}

static void be_big(struct scene *x, struct stream *s) {
    char *text = malloc(100000);
    memset(text, 'b', 100000);
    for (int i = 0; i < 2000; i++) {
        if (!stream_send(s, text, 100000)) {
            atomic_store(&x->killed, true);
            break;
        }
    }
    free(text);
}

static bool on_message(void *arg, void *local, struct stream *s, char *text, size_t len, bool binary, struct err *e) {
    struct scene *x = arg;
    (void)local;
    assert_int_equal(strlen(text) > len, false);
    unsigned ms = atomic_load(&x->slow_ms);
    if (ms > 0) {
        clock_sleep_ms(ms);
    }
    unsigned n = atomic_fetch_add(&x->messages, 1);
    if (text[0] == '#' && strtoul(text + 1, NULL, 10) != n) {
        atomic_fetch_add(&x->wrong_order, 1);
    }
    if (strcmp(text, "fail") == 0) {
        return err_set(e, ERR_BODY, "no such word");
    }
    if (strcmp(text, "big") == 0) {
        be_big(x, s);
        return true;
    }
    if (strcmp(text, "bye") == 0) {
        stream_send(s, "last", 4);
        stream_close(s, 4000, "as you said");
        assert_false(stream_send(s, "more", 4));
        return true;
    }
    if (text[0] != '#') {
        assert_true(binary ? stream_send_binary(s, text, len) : stream_send(s, text, len));
    }
    return true;
}

static void on_closed(void *arg, void *local, struct stream *s) {
    struct scene *x = arg;
    (void)local;
    assert_false(stream_is_open(s));
    assert_int_equal(strncmp(stream_own(s), "/", 1), 0);
    atomic_fetch_add(&x->closed, 1);
}

static bool on_stay(void *arg, void *local, struct stream *s, struct err *e) {
    (void)local;
    (void)s;
    return !atomic_load(&((struct scene *)arg)->leave) || err_set(e, ERR_LOGIN_NEEDED, "the session is over");
}

static const struct stream_handler echo = {
    .path = "/echo", .open = on_open, .message = on_message, .closed = on_closed, .stay = on_stay};
static const struct stream_handler below = {
    .path = "/below/", .open = on_open, .message = on_message, .closed = on_closed};
static const struct stream_handler events = {.open = on_open, .closed = on_closed, .stay = on_stay};
static const struct stream_handler *const places[] = {&echo, &below, NULL};

static void on_request(void *arg, void *local, struct http_request *r, struct http_response *answer) {
    struct err e = ERR_INIT;
    (void)arg;
    (void)local;
    if (strcmp(r->path, "/events") == 0) {
        http_answer_events(answer, &events);
    } else {
        clock_sleep_ms(strcmp(r->path, "/slow") == 0 ? 200 : 0);
        assert_true(buf_printf(&answer->body, &e, "body of %s", r->path));
    }
}

static void *begin(void *arg) {
    return arg;
}

static int set_up_with(void **state, unsigned beat_s) {
    struct scene *x = calloc(1, sizeof *x);
    struct err e = ERR_INIT;
    struct http_options o = {.threads = 3,
                             .beat_s = beat_s,
                             .handle = on_request,
                             .arg = x,
                             .thread_begin = begin,
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
    struct scene *x = *state;
    http_stop(x->h);
    stream_drop(atomic_load(&x->last));
    assert_int_equal(atomic_load(&x->closed), atomic_load(&x->opened));
    assert_int_equal(atomic_load(&x->stats.websockets), 0);
    assert_int_equal(atomic_load(&x->stats.event_streams), 0);
    free(x);
    return 0;
}

static void wait_for(const atomic_uint *what, unsigned n) {
    for (int i = 0; i < 20000 && atomic_load(what) < n; i++) {
        clock_sleep_ms(1);
    }
    assert_int_equal(atomic_load(what), n);
}

static void wait_readable(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&p, 1, 30000), 1);
}

/* ---- tests ---- */

static void messages_come_whole(void **state) {
    struct scene *x = *state;
    struct client c = opened(http_port(x->h), "/echo?a=b");
    say(&c, "hello");
    hears(&c, TEXT, "hello");
    frame(&c, TEXT, "three ", 6);
    frame(&c, FIN | PING, "in between", 10);
    frame(&c, 0, "parts \xe6", 7);
    frame(&c, FIN, "\x95\xb0", 2);
    hears(&c, PONG, "in between");
    hears(&c, TEXT, "three parts \xe6\x95\xb0");
    frame(&c, FIN | BINARY, "\x00\xff\x01", 3);
    struct heard got = hear(&c);
    assert_true(got.op == BINARY && got.len == 3 && memcmp(got.text, "\x00\xff\x01", 3) == 0);
    free(got.text);
    say(&c, "");
    hears(&c, TEXT, "");
    size_t len = 1 << 20;
    char *large = malloc(len + 1);
    for (size_t i = 0; i < len; i++) {
        large[i] = (char)('a' + i * 7 % 26);
    }
    large[len] = '\0';
    frame(&c, FIN | TEXT, large, len);
    hears(&c, TEXT, large);
    free(large);
    say(&c, "bye");
    hears(&c, TEXT, "last");
    hears_close(&c, 4000, "as you said");
    struct client b = opened(http_port(x->h), "/below/7/shell");
    say(&b, "there");
    hears(&b, TEXT, "there");
    frame(&b, FIN | CLOSE, "\x03\xe8", 2);
    hears_close(&b, 1000, "");
    wait_for(&x->closed, 2);
}

static void who_may_not_is_refused(void **state) {
    struct scene *x = *state;
    static const char *const bad[][3] = {{"/nothing", "", "404"},
                                         {"/", "", "404"},
                                         {"/echo/", "", "404"},
                                         {"/below", "", "404"},
                                         {"/echo", "Origin: https://evil.example\r\n", "403"},
                                         {"/echo", "Origin: http://here:2\r\n", "403"},
                                         {"/echo", "Origin: null\r\n", "403"},
                                         {"/echo", "Origin: http://here:1\r\n", "101"},
                                         {"/echo", "Origin: https://HERE:1\r\n", "101"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct client c = connected(http_port(x->h));
        upgrade(&c, bad[i][0], bad[i][1], bad[i][2]);
        if (strcmp(bad[i][2], "101") == 0) {
            say(&c, "I am in");
            hears(&c, TEXT, "I am in");
        }
        close(c.fd);
    }
    wait_for(&x->closed, atomic_load(&x->opened));
    unsigned before = atomic_load(&x->opened);
    struct client c = opened(http_port(x->h), "/echo?refuse=login");
    say(&c, "let me in");
    hears_close(&c, 4401, "not with us");
    c = opened(http_port(x->h), "/echo?refuse=role");
    hears_close(&c, 4403, "not with us");
    assert_int_equal(atomic_load(&x->opened), before);
    assert_int_equal(atomic_load(&x->messages), before);
    static const char *const others[] = {"Upgrade: h2c\r\n", "Upgrade: chat\r\n", "Upgrade: websocket, x\r\n"};
    for (size_t i = 0; i < 3; i++) {
        char request[256], got[4096];
        int n = snprintf(request, sizeof request, "GET /echo HTTP/1.1\r\nHost: here:1\r\nConnection: Upgrade\r\n%s\r\n",
                         others[i]);
        c = connected(http_port(x->h));
        put(&c, request, (size_t)n);
        head(&c, got, sizeof got);
        assert_null(strstr(got, " 101 "));
        assert_true(i > 0 || strncmp(got, "HTTP/1.1 400 ", 13) == 0);
        close(c.fd);
    }
}

static void what_is_no_good_frame_ends_it(void **state) {
    struct scene *x = *state;
    struct client c = opened(http_port(x->h), "/echo");
    char *large = calloc(1, (1 << 20) + 1);
    memset(large, 'x', (1 << 20) + 1);
    frame(&c, FIN | TEXT, large, (1 << 20) + 1);
    hears_close(&c, 1009, "a message has at most 1 MiB");
    c = opened(http_port(x->h), "/echo");
    for (int i = 0; i < 40; i++) { /* or in pieces, without an end */
        frame(&c, i == 0 ? TEXT : 0, large, 65536);
    }
    hears_close(&c, 1009, "a message has at most 1 MiB");
    free(large);
    c = opened(http_port(x->h), "/echo");
    frame(&c, FIN | TEXT, "\xff\xfe", 2);
    hears_close(&c, 1007, "a text is UTF-8");
    c = opened(http_port(x->h), "/echo");
    say(&c, "fail");
    say(&c, "more");
    hears_close(&c, 4400, "no such word");
    static const char *const nonsense[] = {"\x83\x80....", "\xf1\x80....", "\x89\xfe\x01\x00....", "\x80\x80....",
                                           "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff...."};
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        c = opened(http_port(x->h), "/echo");
        put(&c, nonsense[i], strlen(nonsense[i]) + 1);
        shutdown(c.fd, SHUT_WR);
        struct heard got = hear(&c);
        assert_true(got.op == CLOSE || got.op == 0);
        free(got.text);
        close(c.fd);
    }
    c = opened(http_port(x->h), "/echo");
    say(&c, "still here");
    hears(&c, TEXT, "still here");
    close(c.fd);
}

/* More than fits into the inbox and the sockets: the client waits, nothing is lost or changes places, and all is handled before the end. */
static void who_is_too_fast_waits(void **state) {
    struct scene *x = *state;
    enum { N = 400, LEN = 60000 };
    struct client c = opened(http_port(x->h), "/echo");
    struct client other = opened(http_port(x->h), "/echo");
    char *text = malloc(LEN);
    memset(text, ' ', LEN);
    atomic_store(&x->slow_ms, 5);
    int64_t begun = clock_mono_us();
    for (int i = 0; i < N; i++) {
        snprintf(text, LEN, "#%d", i);
        text[strlen(text)] = ' ';
        frame(&c, FIN | TEXT, text, LEN);
    }
    assert_true(clock_mono_us() - begun > 500000); /* 24 MB: it had to */
    free(text);
    close(c.fd);
    wait_for(&x->messages, N);
    assert_int_equal(atomic_load(&x->wrong_order), 0);
    wait_for(&x->closed, 1);
    atomic_store(&x->slow_ms, 0);
    say(&other, "meanwhile");
    hears(&other, TEXT, "meanwhile");
    close(other.fd);
}

static void who_does_not_read_is_cut_off(void **state) {
    struct scene *x = *state;
    struct client c = opened(http_port(x->h), "/echo"), other = opened(http_port(x->h), "/echo");
    say(&c, "big");
    for (int i = 0; i < 10000 && !atomic_load(&x->killed); i++) {
        clock_sleep_ms(1);
    }
    assert_true(atomic_load(&x->killed));
    say(&other, "meanwhile");
    hears(&other, TEXT, "meanwhile");
    wait_for(&x->closed, 1);
    assert_int_equal(atomic_load(&x->stats.streams_killed), 1);
    close(c.fd);
    close(other.fd);
}

static void who_sends_may_wait(void **state) {
    struct scene *x = *state;
    enum { LEN = 100000, HIGH = 4 << 20, LOW = 64 << 10 };
    struct client c = opened(http_port(x->h), "/echo");
    eventfd_t told;
    int fd = eventfd(0, EFD_NONBLOCK);
    char *text = calloc(1, LEN + 1);
    size_t n = 0;
    wait_for(&x->opened, 1);
    struct stream *s = atomic_load(&x->last);
    assert_int_equal(stream_waiting(s), 0);
    stream_when_below(s, LOW, fd);
    assert_int_equal(eventfd_read(fd, &told), 0);  /* at once, */
    assert_int_equal(eventfd_read(fd, &told), -1); /* and once */
    for (; stream_waiting(s) < HIGH; n++) {
        assert_true(stream_send_binary(s, text, LEN));
    }
    stream_when_below(s, LOW, fd);
    clock_sleep_ms(50);
    assert_int_equal(eventfd_read(fd, &told), -1);
    for (size_t i = 0; i < n; i++) {
        struct heard got = hear(&c);
        assert_true(got.op == BINARY && got.len == LEN);
        free(got.text);
    }
    wait_readable(fd);
    assert_true(stream_waiting(s) < LOW);
    assert_int_equal(eventfd_read(fd, &told), 0);
    for (size_t i = 0; i < n; i++) {
        assert_true(stream_send_binary(s, text, LEN));
    }
    stream_when_below(s, LOW, fd);
    stream_when_below(s, LOW, -1); /* not any more */
    close(c.fd);
    wait_for(&x->closed, 1);
    assert_int_equal(eventfd_read(fd, &told), -1);
    stream_when_below(s, 0, fd); /* the end counts as well */
    assert_int_equal(eventfd_read(fd, &told), 0);
    close(fd);
    free(text);
}

static void who_is_held_waits(void **state) {
    struct scene *x = *state;
    enum { N = 400, LEN = 60000 };
    struct client c = opened(http_port(x->h), "/echo");
    wait_for(&x->opened, 1);
    struct stream *s = atomic_load(&x->last);
    stream_hold(s, true);
    say(&c, "first");
    say(&c, "second");
    clock_sleep_ms(50);
    assert_int_equal(atomic_load(&x->messages), 0);
    stream_hold(s, false);
    hears(&c, TEXT, "first");
    hears(&c, TEXT, "second");
    /* What it says is not kept without a bound; and when it goes, what was not heard is forgotten. */
    stream_hold(s, true);
    char *text = calloc(1, LEN);
    memset(text, ' ', LEN);
    struct timeval wait = {.tv_usec = 300000};
    setsockopt(c.fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    int64_t begun = clock_mono_us();
    for (int i = 0; i < N && clock_mono_us() - begun < 300000; i++) {
        frame(&c, FIN | TEXT, text, LEN);
    }
    free(text);
    assert_true(clock_mono_us() - begun >= 300000); /* 24 MB: they did not go */
    close(c.fd);
    wait_for(&x->closed, 1);
    assert_int_equal(atomic_load(&x->messages), 2);
}

/* A client that is behind gets the newest of each key, in order, and everything else. */
static void the_newest_comes(void **state) {
    struct scene *x = *state;
    enum { ROUNDS = 2000, KEYS = 5, PAD = 4000 };
    struct client c = connected(http_port(x->h));
    int small = 4096;
    setsockopt(c.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    upgrade(&c, "/echo", "", "101");
    wait_for(&x->opened, 1);
    struct stream *s = atomic_load(&x->last);
    char *text = malloc(PAD);
    memset(text, '.', PAD);
    for (int i = 1; i <= ROUNDS; i++) {
        for (int k = 1; k <= KEYS; k++) {
            int n = snprintf(text, PAD, "%d %d ", k, i);
            text[n] = '.';
            assert_true(stream_send_latest(s, (uint64_t)k, text, PAD));
        }
        if (i % 500 == 0) {
            assert_true(stream_send(s, "mark", 4));
        }
    }
    free(text);
    stream_close(s, 1000, "");
    int last[KEYS + 1] = {0}, messages = 0, marks = 0;
    for (;;) {
        struct heard got = hear(&c);
        int k = 0, i = 0;
        if (got.op != TEXT) {
            assert_int_equal(got.op, CLOSE);
            free(got.text);
            break;
        }
        if (strcmp(got.text, "mark") == 0) {
            marks++;
        } else {
            assert_int_equal(sscanf(got.text, "%d %d ", &k, &i), 2);
            assert_true(i > last[k]);
            last[k] = i;
            messages++;
        }
        free(got.text);
    }
    for (int k = 1; k <= KEYS; k++) {
        assert_int_equal(last[k], ROUNDS);
    }
    assert_int_equal(marks, ROUNDS / 500);
    assert_true(messages < ROUNDS * KEYS / 2);
    close(c.fd);
}

struct teller {
    pthread_t thread;
    struct scene *x;
    unsigned sent;
};

static void *teller_main(void *arg) {
    struct teller *t = arg;
    struct stream *s = stream_keep(atomic_load(&t->x->last));
    for (int i = 0; i < 2000; i++) {
        t->sent += stream_send(s, "0123456789", 10);
    }
    stream_drop(s);
    return NULL;
}

static void any_thread_may_send(void **state) {
    struct scene *x = *state;
    struct teller t[4];
    struct client c = opened(http_port(x->h), "/echo");
    wait_for(&x->opened, 1);
    for (int i = 0; i < 4; i++) {
        t[i] = (struct teller){.x = x};
        assert_int_equal(pthread_create(&t[i].thread, NULL, teller_main, &t[i]), 0);
    }
    for (int i = 0; i < 8000; i++) {
        hears(&c, TEXT, "0123456789");
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i].thread, NULL);
        assert_int_equal(t[i].sent, 2000);
    }
    /* And when the connection is gone. */
    close(c.fd);
    wait_for(&x->closed, 1);
    t[0] = (struct teller){.x = x};
    teller_main(&t[0]);
    assert_int_equal(t[0].sent, 0);
    assert_false(stream_is_open(atomic_load(&x->last)));
}

static void the_dead_are_noticed(void **state) {
    struct scene *x = *state;
    struct client dead = opened(http_port(x->h), "/echo"), alive = opened(http_port(x->h), "/echo");
    for (int i = 0; i < 4; i++) {
        hears(&alive, PING, "ping");
        frame(&alive, FIN | PONG, "ping", 4);
    }
    wait_for(&x->closed, 1);
    assert_int_equal(atomic_load(&x->stats.streams_silent), 1);
    say(&alive, "here");
    hears(&alive, TEXT, "here");
    close(dead.fd);
    close(alive.fd);
}

static void who_may_stay_no_longer_goes(void **state) {
    struct scene *x = *state;
    struct client c = opened(http_port(x->h), "/echo");
    wait_for(&x->opened, 1);
    atomic_store(&x->leave, true);
    struct heard got = hear(&c);
    if (got.op == PING) {
        free(got.text);
        hears_close(&c, 4401, "the session is over");
    } else {
        assert_int_equal(got.op, CLOSE);
        free(got.text);
        close(c.fd);
    }
    wait_for(&x->closed, 1);
}

static void events_are_streams(void **state) {
    struct scene *x = *state;
    char got[4096];
    struct client c = connected(http_port(x->h));
    const char *request = "GET /events HTTP/1.1\r\nHost: here:1\r\n\r\n";
    put(&c, request, strlen(request));
    head(&c, got, sizeof got);
    assert_non_null(strstr(got, "200"));
    assert_non_null(strstr(got, "content-type: text/event-stream\r\n"));
    assert_non_null(strstr(got, "cache-control: no-store\r\n"));
    assert_null(strstr(got, "content-length"));
    wait_for(&x->opened, 1);
    assert_true(stream_send_event(atomic_load(&x->last), "change", 7, "a\nb"));
    const char *wanted = "event: change\nid: 7\ndata: a\ndata: b\n\n";
    memset(got, 0, sizeof got);
    assert_true(get(&c, got, strlen(wanted)));
    assert_string_equal(got, wanted);
    assert_true(get(&c, got, 3)); /* a sign of life */
    assert_memory_equal(got, ":\n\n", 3);
    close(c.fd);
    wait_for(&x->closed, 1); /* noticed without a message */
    c = connected(http_port(x->h));
    request = "GET /events?refuse=login HTTP/1.1\r\nHost: here:1\r\n\r\n";
    put(&c, request, strlen(request));
    head(&c, got, sizeof got);
    ssize_t n = recv(c.fd, got, sizeof got - 1, MSG_WAITALL); /* to its end */
    assert_true(n > 0);
    got[n] = '\0';
    assert_non_null(strstr(got, "event: error\ndata: {"));
    assert_non_null(strstr(got, "GW1062"));
    close(c.fd);
    /* Another request on the same connection has no place. */
    c = connected(http_port(x->h));
    request = "GET /events HTTP/1.1\r\nHost: here:1\r\n\r\nGET /events HTTP/1.1\r\nHost: here:1\r\n\r\n";
    put(&c, request, strlen(request));
    wait_for(&x->closed, atomic_load(&x->opened));
    close(c.fd);
}

static void requests_in_a_row_on_one_connection(void **state) {
    struct scene *x = *state;
    for (int round = 0; round < 20; round++) {
        struct client c = connected(http_port(x->h));
        const char *requests = "GET /slow HTTP/1.1\r\nHost: here:1\r\n\r\nGET /second HTTP/1.1\r\nHost: here:1\r\n\r\n"
                               "GET /third HTTP/1.1\r\nHost: here:1\r\nConnection: close\r\n\r\n";
        char got[8192];
        put(&c, requests, strlen(requests));
        if (round % 2 == 1) {
            close(c.fd); /* and away */
            continue;
        }
        ssize_t n, len = 0;
        while ((n = recv(c.fd, got + len, sizeof got - 1 - (size_t)len, 0)) > 0) {
            len += n;
        }
        got[len] = '\0';
        assert_non_null(strstr(got, "body of /slow"));
        assert_non_null(strstr(got, "body of /second"));
        assert_non_null(strstr(got, "body of /third"));
        close(c.fd);
    }
}

static void a_stop_ends_streams(void **state) {
    struct scene *x = *state;
    struct client c[20];
    for (size_t i = 0; i < 20; i++) {
        c[i] = opened(http_port(x->h), "/echo");
    }
    wait_for(&x->opened, 20);
    struct client e = connected(http_port(x->h)), slow = connected(http_port(x->h)),
                  silent = opened(http_port(x->h), "/echo");
    const char *request = "GET /events HTTP/1.1\r\nHost: here:1\r\n\r\n",
               *other = "GET /slow HTTP/1.1\r\nHost: here:1\r\n\r\n";
    char got[4096];
    put(&e, request, strlen(request));
    head(&e, got, sizeof got);
    wait_for(&x->opened, 22);
    put(&slow, other, strlen(other));
    clock_sleep_ms(50);
    say(&silent, "big"); /* and does not read: that must not hold up the stop for long */
    int64_t begun = clock_mono_us();
    http_stop(x->h);
    x->h = NULL;
    assert_true(clock_mono_us() - begun < 10000000);
    assert_int_equal(atomic_load(&x->closed), 22);
    for (size_t i = 0; i < 20; i++) {
        hears_close(&c[i], 1001, "the server stops");
    }
    head(&slow, got, sizeof got);
    assert_non_null(strstr(got, "200")); /* what was under way was answered */
    assert_int_equal(recv(e.fd, got, 1, 0), 0);
    close(e.fd);
    close(slow.fd);
    close(silent.fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define QUICK(f) cmocka_unit_test_setup_teardown(f, set_up_quick, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(messages_come_whole),
        TEST(who_may_not_is_refused),
        TEST(what_is_no_good_frame_ends_it),
        TEST(who_is_too_fast_waits),
        TEST(who_does_not_read_is_cut_off),
        TEST(who_sends_may_wait),
        QUICK(who_is_held_waits),
        TEST(the_newest_comes),
        TEST(any_thread_may_send),
        QUICK(the_dead_are_noticed),
        QUICK(who_may_stay_no_longer_goes),
        QUICK(events_are_streams),
        TEST(requests_in_a_row_on_one_connection),
        TEST(a_stop_ends_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
