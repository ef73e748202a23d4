/* The replication connection against a hand-written server: PostgreSQL's layouts, feedback, silence, and what servers say of slots. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "fake.h"
#include "gauss/change_stream.h"
#include "gauss/lsn.h"
#include "gauss/origin.h"
#include "gauss/publication.h"
#include "gauss/replication_internal.h"
#include "gauss/slot.h"

struct talk {
    struct fake f;
    struct replication *r;
    struct err e;
};

static void talk_open(struct talk *t, bool opengauss) {
    memset(t, 0, sizeof *t);
    fake_open(&t->f);
    t->f.c->server.kind = opengauss ? GAUSS_OPENGAUSS : GAUSS_POSTGRESQL;
    t->r = calloc(1, sizeof *t->r);
    assert_non_null(t->r);
    t->r->client = t->f.c;
    replication_adopt(t->r);
    fake_say(&t->f, 'W', "\0\0\0", 3);
    assert_true(replication_start(t->r, "s", 0x1234, NULL, 0, &t->e));
    assert_non_null(strstr(fake_hear(&t->f) + 5, "START_REPLICATION SLOT \"s\" LOGICAL 0/1234"));
    t->f.said.len = 0;
}

static void talk_close(struct talk *t) {
    replication_close(t->r);
    t->f.c = gauss_client_new(net_wrap_fd(dup(0))); /* fake_close frees one */
    fake_close(&t->f);
}

static void be64(uint8_t *to, uint64_t v) {
    v = __builtin_bswap64(v);
    memcpy(to, &v, 8);
}

static void say_keepalive(struct talk *t, uint64_t lsn, bool reply) {
    uint8_t k[18] = {'k'};
    be64(k + 1, lsn);
    be64(k + 9, 1000000);
    k[17] = reply;
    fake_say(&t->f, 'd', k, sizeof k);
}

static void say_data(struct talk *t, uint64_t lsn, const char *payload) {
    uint8_t w[128] = {'w'};
    be64(w + 1, lsn);
    be64(w + 9, lsn);
    be64(w + 17, 2000000);
    memcpy(w + 25, payload, strlen(payload));
    fake_say(&t->f, 'd', w, 25 + strlen(payload));
}

/* The statuses heard since, 39 bytes each with PostgreSQL; the flushed position of the last. */
static size_t heard_statuses(struct talk *t, uint64_t *flushed, bool *asks) {
    const uint8_t *p = (const uint8_t *)fake_hear(&t->f);
    size_t n = t->f.said.len / 39;
    assert_int_equal(t->f.said.len % 39, 0);
    if (n > 0) {
        p += 39 * (n - 1);
        assert_int_equal(p[0], 'd');
        assert_int_equal(p[5], 'r');
        assert_memory_equal(p + 6, p + 14, 8);
        assert_memory_equal(p + 6, p + 22, 8);
        *flushed = get_be64(p + 14);
        *asks = p[38] != 0;
    }
    t->f.said.len = 0;
    return n;
}

static void test_layouts_of_postgres(void **state) {
    (void)state;
    struct talk t;
    struct replication_message m;
    uint64_t flushed = 0;
    bool asks = true;
    talk_open(&t, false);
    say_data(&t, 0x500, "hello");
    say_keepalive(&t, 0x600, false);
    say_keepalive(&t, 0x700, true);
    assert_true(replication_next(t.r, 1000, &m, &t.e));
    assert_int_equal(m.kind, REPLICATION_DATA);
    assert_int_equal(m.lsn, 0x500);
    assert_int_equal(m.sent_us, INT64_C(946684802000000));
    assert_int_equal(m.len, 5);
    assert_memory_equal(m.payload, "hello", 5);
    assert_true(replication_next(t.r, 1000, &m, &t.e));
    assert_int_equal(m.kind, REPLICATION_KEEPALIVE);
    assert_int_equal(m.lsn, 0x600);
    assert_int_equal(heard_statuses(&t, &flushed, &asks), 0); /* nobody asked */
    replication_flushed(t.r, 0x550);
    replication_flushed(t.r, 0x540); /* never back */
    assert_true(replication_next(t.r, 1000, &m, &t.e));
    assert_int_equal(heard_statuses(&t, &flushed, &asks), 1);
    assert_int_equal(flushed, 0x550);
    assert_false(asks);
    assert_true(replication_next(t.r, 0, &m, &t.e));
    assert_int_equal(m.kind, REPLICATION_NOTHING);
    fake_say(&t.f, 'c', NULL, 0);
    fake_say_tag(&t.f, "COPY 0");
    fake_say_ready(&t.f, 'I');
    replication_close(t.r); /* everything was told: a goodbye only */
    assert_memory_equal(fake_hear(&t.f), "c\0\0\0\4X\0\0\0\4", 10);
    t.f.c = gauss_client_new(net_wrap_fd(dup(0)));
    fake_close(&t.f);
}

/* Feedback goes out by the clock, whether anything comes or not, and also when only tended. */
static void test_feedback_by_the_clock(void **state) {
    (void)state;
    struct talk t;
    struct replication_message m;
    uint64_t flushed = 0;
    bool asks;
    talk_open(&t, false);
    t.r->status_ms = 20;
    replication_flushed(t.r, 0x99);
    int64_t begin_us = clock_mono_us();
    assert_true(replication_next(t.r, 110, &m, &t.e));
    assert_int_equal(m.kind, REPLICATION_NOTHING);
    assert_true(clock_mono_us() - begin_us >= 110000);
    size_t n = heard_statuses(&t, &flushed, &asks);
    assert_true(n >= 2 && n <= 6);
    assert_int_equal(flushed, 0x99);
    t.r->status_us = clock_mono_us();
    assert_true(replication_tend(t.r, &t.e));
    assert_int_equal(heard_statuses(&t, &flushed, &asks), 0);
    t.r->status_us -= 1000000;
    assert_true(replication_tend(t.r, &t.e));
    assert_int_equal(heard_statuses(&t, &flushed, &asks), 1);
    talk_close(&t);
}

static void test_a_silent_server_is_asked_then_given_up(void **state) {
    (void)state;
    struct talk t;
    struct replication_message m;
    uint64_t flushed = 0;
    bool asks = false;
    talk_open(&t, false);
    t.r->silence_ms = 10000;
    t.r->heard_us -= 6000000;
    assert_true(replication_next(t.r, 0, &m, &t.e));
    assert_int_equal(heard_statuses(&t, &flushed, &asks), 1);
    assert_true(asks);
    assert_true(replication_next(t.r, 0, &m, &t.e));
    assert_int_equal(heard_statuses(&t, &flushed, &asks), 0); /* once is enough */
    say_keepalive(&t, 0x600, false);
    assert_true(replication_next(t.r, 0, &m, &t.e));
    assert_int_equal(m.kind, REPLICATION_KEEPALIVE);
    t.r->heard_us -= 10000001;
    assert_false(replication_next(t.r, 0, &m, &t.e));
    assert_int_equal(t.e.code, ERR_TARGET_TIMEOUT);
    talk_close(&t);
}

/* A PostgreSQL that shuts down asks without a pause until everything is confirmed. */
static void test_a_server_that_waits_to_shut_down_is_let_go(void **state) {
    (void)state;
    struct talk t;
    struct replication_message m;
    talk_open(&t, false);
    for (int i = 0; i < 149; i++) {
        say_keepalive(&t, 0x600, true);
        assert_true(replication_next(t.r, 0, &m, &t.e)); /* much, but not for long */
        fake_hear(&t.f);
    }
    say_keepalive(&t, 0x600, true);
    t.r->urged_us -= 2000001;
    assert_false(replication_next(t.r, 0, &m, &t.e));
    assert_int_equal(t.e.code, ERR_TARGET_LOST);
    assert_true(t.e.retryable);
    talk_close(&t);
}

static void *abort_soon(void *arg) {
    clock_sleep_ms(30);
    replication_abort(arg);
    return NULL;
}

static void test_stopped_from_another_thread(void **state) {
    (void)state;
    struct talk t;
    struct replication_message m;
    pthread_t thread;
    talk_open(&t, false);
    assert_int_equal(pthread_create(&thread, NULL, abort_soon, t.r), 0);
    int64_t begin_us = clock_mono_us();
    assert_false(replication_next(t.r, 20000, &m, &t.e));
    pthread_join(thread, NULL);
    assert_int_equal(t.e.code, ERR_TARGET_LOST);
    assert_true(clock_mono_us() - begin_us < 5000000);
    talk_close(&t);
}

static void test_what_servers_say_of_slots(void **state) {
    (void)state;
#define ERROR(state, text) "SERROR\0C" state "\0M" text "\0"
    static const struct {
        const char *fields;
        size_t len;
        enum err_code code;
    } cases[] = {
#define CASE(state, text, code) {ERROR(state, text), sizeof ERROR(state, text), code}
        CASE("42704", "replication slot \"s\" does not exist", ERR_SLOT_MISSING),
        CASE("42704", "publication \"p\" does not exist", ERR_PUBLICATION),
        CASE("55006", "replication slot \"s\" is active for PID 42", ERR_SLOT_BUSY),
        CASE("55000", "can no longer get changes from replication slot \"s\"", ERR_SLOT_LOST),
        CASE("58P01", "requested WAL segment 000000010000000000000001 has already been removed", ERR_SLOT_LOST),
        CASE("42501", "must be superuser or replication role", ERR_TARGET_PRIVILEGE),
        CASE("22023", "option \"x\" is unknown", ERR_TARGET_QUERY),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct talk t;
        struct replication_message m;
        talk_open(&t, false); /* told in the stream */
        fake_say_error(&t.f, cases[i].fields, cases[i].len);
        assert_false(replication_next(t.r, 1000, &m, &t.e));
        assert_int_equal(t.e.code, cases[i].code);
        assert_int_equal(strlen(t.e.sqlstate), 5);
        talk_close(&t);
    }
    struct talk t;
    talk_open(&t, false); /* told instead of the stream: the connection goes on in PostgreSQL */
    t.f.c->state = GAUSS_IDLE;
    fake_say_error(&t.f, cases[0].fields, cases[0].len);
    fake_say_ready(&t.f, 'I');
    assert_false(replication_start(t.r, "s", 0, NULL, 0, &t.e));
    assert_int_equal(t.e.code, ERR_SLOT_MISSING);
    assert_non_null(strstr(t.e.where, "slot s"));
    assert_true(gauss_usable(t.f.c));
    talk_close(&t);
}

static void test_not_a_stream(void **state) {
    (void)state;
    static const struct {
        char type;
        const char *body;
        size_t len;
        bool opengauss;
        enum err_code code;
    } cases[] = {
        {'d', "w12345678", 9, false, ERR_TARGET_PROTOCOL},
        {'d', "k12345678", 9, false, ERR_TARGET_PROTOCOL},
        {'d', "k12345678901234567", 18, true, ERR_TARGET_PROTOCOL}, /* PostgreSQL's layout */
        {'d', "z", 1, false, ERR_TARGET_PROTOCOL},
        {'d', "", 0, false, ERR_TARGET_PROTOCOL},
        {'T', "", 0, false, ERR_TARGET_PROTOCOL},
        {'c', "", 0, false, ERR_TARGET_LOST},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct talk t;
        struct replication_message m;
        talk_open(&t, cases[i].opengauss);
        fake_say(&t.f, cases[i].type, cases[i].body, cases[i].len);
        assert_false(replication_next(t.r, 1000, &m, &t.e));
        assert_int_equal(t.e.code, cases[i].code);
        assert_false(gauss_usable(t.f.c));
        talk_close(&t);
    }
}

static void test_positions(void **state) {
    (void)state;
    char text[LSN_TEXT_MAX];
    uint64_t lsn;
    assert_string_equal(lsn_text(UINT64_C(0x12345678abcdef01), text), "12345678/ABCDEF01");
    assert_true(lsn_parse("16/B374d848", 11, &lsn));
    assert_int_equal(lsn, UINT64_C(0x16b374d848));
    static const char *const bad[] = {"", "/", "0/", "/0", "0/1 ", "0/123456789", "g/0", "0-1", "0/1/2"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(lsn_parse(bad[i], strlen(bad[i]), &lsn));
    }
}

static void test_decoders_are_chosen(void **state) {
    (void)state;
    struct decoder_choice c;
    struct err e = ERR_INIT;
    assert_true(decoder_choose(&(struct decoder_facts){DIALECT_PG, true, true}, &c, &e));
    assert_true(c.kind == DECODER_PGOUTPUT && c.binary);
    assert_true(decoder_choose(&(struct decoder_facts){DIALECT_OG_B, true, true}, &c, &e));
    assert_true(c.kind == DECODER_PGOUTPUT && !c.binary);
    assert_non_null(strstr(c.reason, "booleans"));
    assert_true(decoder_choose(&(struct decoder_facts){DIALECT_OG_PG, false, true}, &c, &e));
    assert_true(c.kind == DECODER_MPPDB_SERIAL && c.parallel == 0);
    assert_string_equal(c.plugin, "mppdb_decoding");
    assert_true(decoder_choose(&(struct decoder_facts){DIALECT_OG_B, false, false}, &c, &e));
    assert_false(decoder_choose(&(struct decoder_facts){DIALECT_OG_B, false, true}, &c, &e));
    assert_int_equal(e.code, ERR_TARGET_DATABASE);
    assert_false(decoder_choose(&(struct decoder_facts){DIALECT_PG, false, false}, &c, &e));
}

/* Statements for openGauss, whose catalog has other names. PostgreSQL's run in the scenarios. */
static void test_statements_for_opengauss(void **state) {
    (void)state;
    struct fake f;
    struct arena a = ARENA_INIT;
    struct err e = ERR_INIT;
    struct slot *slots;
    size_t n;
    uint64_t position;
    static const char *const created[] = {"rs_sql", "0/3487728"};
    static const char *const rows[] = {"godwit_7", "pgoutput", "xpg", "0", NULL, "0/34872C0", "0/3487340", NULL};
    static const char *const here[] = {"0/34846B8"};
    const struct gauss_table tables[] = {{"public", "a"}, {"s", "B\"x"}};
    fake_open(&f);
    fake_say_result(&f, 2, 1, created);
    assert_true(slot_create(f.c, "rs_sql", "pgoutput", &position, &e));
    assert_int_equal(position, 0x3487728);
    fake_say_result(&f, 8, 1, rows);
    assert_true(slot_list(f.c, &a, DIALECT_OG_B, "godwit_", &slots, &n, &e));
    assert_int_equal(n, 1);
    assert_string_equal(slots[0].plugin, "pgoutput");
    assert_int_equal(slots[0].confirmed, 0x3487340);
    assert_false(slots[0].active || slots[0].lost);
    fake_say_result(&f, 1, 1, here);
    assert_true(log_position(f.c, DIALECT_OG_B, &position, &e));
    assert_int_equal(position, 0x34846B8);
    fake_say_tag(&f, "CREATE PUBLICATION");
    fake_say_ready(&f, 'I');
    assert_true(publication_create(f.c, DIALECT_OG_B, "p", tables, 2, &e));
    assert_false(publication_create(f.c, DIALECT_OG_B, "p", tables, 0, &e));
    fake_hear(&f);
    assert_string_equal(fake_query(&f, 0), "SELECT * FROM pg_create_logical_replication_slot('rs_sql', 'pgoutput')");
    assert_non_null(strstr(fake_query(&f, 1), "s.confirmed_flush, NULL"));
    assert_null(strstr(fake_query(&f, 1), "jsonb"));
    assert_string_equal(fake_query(&f, 2), "SELECT pg_current_xlog_insert_location()");
    assert_string_equal(fake_query(&f, 3), "CREATE PUBLICATION \"p\" FOR TABLE \"public\".\"a\", \"s\".\"B\"\"x\"");
    arena_clear(&a);
    fake_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layouts_of_postgres),
        cmocka_unit_test(test_feedback_by_the_clock),
        cmocka_unit_test(test_a_silent_server_is_asked_then_given_up),
        cmocka_unit_test(test_a_server_that_waits_to_shut_down_is_let_go),
        cmocka_unit_test(test_stopped_from_another_thread),
        cmocka_unit_test(test_what_servers_say_of_slots),
        cmocka_unit_test(test_not_a_stream),
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_decoders_are_chosen),
        cmocka_unit_test(test_statements_for_opengauss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
