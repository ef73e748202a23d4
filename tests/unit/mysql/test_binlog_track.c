/* Following a binlog: where transactions begin and end, and the offset behind each event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "binlog_bytes.h"
#include "mysql/binlog_track.h"

#define UUID_HEX "3e11fa4771ca11e19e33c80aa9429562"

struct log {
    struct binlog_tracker t;
    uint32_t end; /* low 32 bits of the offset behind the last event */
    struct binlog_event ev;
    struct err e;
};

/* An event in the file: the one behind the last. */
static enum binlog_step next(struct log *l, uint8_t type, const struct bytes *body) {
    struct bytes event;
    enum binlog_step step;
    l->end += (uint32_t)(BINLOG_HEADER_BYTES + body->n + BINLOG_CHECKSUM_BYTES);
    event_make(&event, type, body, l->end, true);
    err_clear(&l->e);
    if (!binlog_track(&l->t, event.data, event.n, &l->ev, &step, &l->e)) {
        return (enum binlog_step) - 1;
    }
    return step;
}

static enum binlog_step next_hex(struct log *l, uint8_t type, const char *hex) {
    struct bytes body = {0};
    bytes_hex(&body, hex);
    return next(l, type, &body);
}

static enum binlog_step query(struct log *l, const char *text) {
    struct bytes body = {0};
    bytes_hex(&body, "09000000 00000000 00 0000 0000 00");
    bytes_put(&body, text, strlen(text));
    return next(l, BINLOG_QUERY, &body);
}

static void rotate(struct log *l, const char *file, uint64_t offset) {
    struct bytes body = {0}, event;
    enum binlog_step step;
    bytes_le(&body, offset, 8);
    bytes_put(&body, file, strlen(file));
    event_make(&event, BINLOG_ROTATE, &body, 0, false);
    assert_true(binlog_track(&l->t, event.data, event.n, &l->ev, &step, &l->e));
    assert_int_equal(step, BINLOG_STEP_LOG);
    l->end = (uint32_t)offset;
}

static void start(struct log *l, uint64_t offset) {
    *l = (struct log){0};
    binlog_tracker_init(&l->t, true);
    rotate(l, "binlog.000001", offset);
}

static enum binlog_step gtid(struct log *l) {
    return next_hex(l, BINLOG_GTID, "01" UUID_HEX "1700000000000000");
}

static enum binlog_step mariadb_gtid(struct log *l, uint8_t flags) {
    struct bytes body = {0};
    bytes_hex(&body, "6500000000000000 02000000");
    bytes_le(&body, flags, 1);
    bytes_hex(&body, "000000000000");
    return next(l, BINLOG_MARIADB_GTID, &body);
}

static enum binlog_step rows(struct log *l) {
    return next_hex(l, BINLOG_WRITE_ROWS, "6a0000000000 0100 0200 02 ff 00 01000000 01 61");
}

static enum binlog_step xid(struct log *l) {
    return next_hex(l, BINLOG_XID, "0100000000000000");
}

static void assert_end(struct log *l, enum binlog_step step, uint64_t began) {
    assert_int_equal(step, BINLOG_STEP_END);
    assert_false(l->t.open);
    assert_int_equal(l->t.begin.offset, began);
    assert_int_equal(l->t.at.offset, l->end);
}

static void transactions_of_rows(void **state) {
    (void)state;
    struct log l;
    start(&l, 4);
    assert_int_equal(gtid(&l), BINLOG_STEP_BEGIN);
    assert_true(l.t.open && l.t.has_gtid);
    assert_int_equal(query(&l, "BEGIN"), BINLOG_STEP_INSIDE);
    assert_int_equal(rows(&l), BINLOG_STEP_INSIDE);
    assert_int_equal(query(&l, "SAVEPOINT `a`"), BINLOG_STEP_INSIDE);
    assert_int_equal(query(&l, "CREATE TEMPORARY TABLE x (a int)"), BINLOG_STEP_INSIDE);
    assert_int_equal(rows(&l), BINLOG_STEP_INSIDE);
    assert_end(&l, xid(&l), 4);
    uint64_t second = l.t.at.offset;
    assert_int_equal(query(&l, "BEGIN"), BINLOG_STEP_BEGIN); /* without GTIDs, and of an engine without transactions */
    assert_false(l.t.has_gtid);
    assert_int_equal(rows(&l), BINLOG_STEP_INSIDE);
    assert_end(&l, query(&l, "COMMIT"), second);
    binlog_tracker_clear(&l.t);
}

static void definitions_are_transactions_of_their_own(void **state) {
    (void)state;
    struct log l;
    start(&l, 4);
    assert_int_equal(gtid(&l), BINLOG_STEP_BEGIN);
    assert_end(&l, query(&l, "CREATE TABLE t (a int)"), 4);
    uint64_t second = l.t.at.offset;
    assert_int_equal(query(&l, "DROP TABLE t"), BINLOG_STEP_WHOLE);
    assert_int_equal(l.t.begin.offset, second);
    assert_int_equal(mariadb_gtid(&l, MARIADB_GTID_STANDALONE | MARIADB_GTID_DDL), BINLOG_STEP_BEGIN);
    assert_int_equal(query(&l, "CREATE TABLE t (a int)"), BINLOG_STEP_END);
    assert_int_equal(gtid(&l), BINLOG_STEP_BEGIN);
    assert_int_equal(query(&l, "CREATE TABLE t (a int) START TRANSACTION"), BINLOG_STEP_INSIDE);
    assert_int_equal(rows(&l), BINLOG_STEP_INSIDE);
    assert_int_equal(xid(&l), BINLOG_STEP_END);
    assert_int_equal(query(&l, "CREATE TABLE t (a int) START TRANSACTION"), BINLOG_STEP_BEGIN);
    assert_int_equal(xid(&l), BINLOG_STEP_END);
    binlog_tracker_clear(&l.t);
}

static void xa_transactions(void **state) {
    (void)state;
    struct log l;
    start(&l, 4);
    assert_int_equal(gtid(&l), BINLOG_STEP_BEGIN);
    assert_int_equal(query(&l, "XA START X'61',X'',1"), BINLOG_STEP_INSIDE);
    assert_int_equal(rows(&l), BINLOG_STEP_INSIDE);
    assert_int_equal(query(&l, "XA END X'61',X'',1"), BINLOG_STEP_INSIDE);
    assert_end(&l, next_hex(&l, BINLOG_XA_PREPARE, "00 01000000 01000000 00000000 61"), 4);
    assert_int_equal(gtid(&l), BINLOG_STEP_BEGIN);
    assert_int_equal(query(&l, "XA COMMIT X'61',X'',1"), BINLOG_STEP_END);
    assert_int_equal(l.t.kind, BINLOG_STATEMENT_XA_COMMIT);
    assert_memory_equal(l.t.rest, "X'61',X'',1", l.t.rest_len);
    binlog_tracker_clear(&l.t);
}

static void mariadb_begins_with_the_gtid(void **state) {
    (void)state;
    struct log l;
    start(&l, 4);
    assert_int_equal(mariadb_gtid(&l, MARIADB_GTID_TRANSACTIONAL), BINLOG_STEP_BEGIN);
    assert_int_equal(rows(&l), BINLOG_STEP_INSIDE);
    assert_int_equal(query(&l, "CREATE TABLE t (a int)"), BINLOG_STEP_INSIDE); /* CREATE TABLE .. SELECT */
    assert_int_equal(xid(&l), BINLOG_STEP_END);
    assert_int_equal(mariadb_gtid(&l, MARIADB_GTID_STANDALONE | MARIADB_GTID_TRANSACTIONAL), BINLOG_STEP_BEGIN);
    assert_int_equal(query(&l, "XA COMMIT X'61',X'',1"), BINLOG_STEP_END);
    binlog_tracker_clear(&l.t);
}

static void compressed_transactions_end_with_their_payload(void **state) {
    (void)state;
    struct log l;
    start(&l, 4);
    assert_int_equal(gtid(&l), BINLOG_STEP_BEGIN);
    assert_end(&l, next_hex(&l, BINLOG_TRANSACTION_PAYLOAD, "02 01 ff 01 01 00 00"), 4);
    binlog_tracker_clear(&l.t);
}

static void what_a_crash_left_open_is_cut(void **state) {
    (void)state;
    struct log l;
    start(&l, 4);
    gtid(&l);
    query(&l, "BEGIN");
    rows(&l);
    assert_int_equal(gtid(&l), BINLOG_STEP_BEGIN);
    assert_true(l.t.cut && l.t.open);
    query(&l, "BEGIN");
    assert_false(l.t.cut);
    rotate(&l, "binlog.000002", 4);
    struct bytes format = {0};
    char version[50] = "9.7.4";
    bytes_le(&format, 4, 2);
    bytes_put(&format, version, sizeof version);
    bytes_le(&format, 0, 4);
    bytes_le(&format, 19, 1);
    for (int type = 1; type <= 42; type++) {
        bytes_le(&format, type == BINLOG_QUERY ? 13 : type == BINLOG_WRITE_ROWS ? 10 : 8, 1);
    }
    bytes_le(&format, 1, 1);
    assert_int_equal(next(&l, BINLOG_FORMAT_DESCRIPTION, &format), BINLOG_STEP_LOG);
    assert_true(l.t.cut && !l.t.open);
    assert_string_equal(l.t.format.server_version, "9.7.4");
    assert_int_equal(l.t.at.offset, l.end);
    gtid(&l);
    assert_true(l.t.open);
    binlog_tracker_restart(&l.t, true);
    assert_false(l.t.open);
    binlog_tracker_clear(&l.t);
}

static void offsets_go_beyond_32_bits(void **state) {
    (void)state;
    struct log l;
    start(&l, UINT32_MAX - 200);
    gtid(&l);
    query(&l, "BEGIN");
    for (int i = 0; i < 10; i++) {
        rows(&l);
    }
    assert_int_equal(xid(&l), BINLOG_STEP_END);
    assert_true(l.t.at.offset > UINT32_MAX && (uint32_t)l.t.at.offset == l.end);
    assert_int_equal(l.t.begin.offset, UINT32_MAX - 200);
    rotate(&l, "binlog.000002", 4);
    assert_int_equal(l.t.at.offset, 4);
    assert_string_equal(l.t.at.file, "binlog.000002");
    binlog_tracker_clear(&l.t);
}

static void transactions_that_are_left_out_move_the_place(void **state) {
    (void)state;
    struct log l;
    struct bytes heartbeat = {0}, event;
    enum binlog_step step;
    start(&l, 4);
    bytes_text(&heartbeat, "binlog.000001");
    event_make(&event, BINLOG_HEARTBEAT, &heartbeat, 0, true);
    event.data[13] = 0xe8; /* 1000 */
    event.data[14] = 0x03;
    struct bytes sent = {0};
    bytes_put(&sent, event.data, event.n - 4);
    binlog_format_init(&l.t.format, false);
    sent.data[9] -= 4;
    assert_true(binlog_track(&l.t, sent.data, sent.n, &l.ev, &step, &l.e));
    assert_int_equal(step, BINLOG_STEP_LOG);
    assert_int_equal(l.t.at.offset, 1000);
    binlog_format_init(&l.t.format, true);
    l.end = 5000;
    assert_int_equal(gtid(&l), BINLOG_STEP_BEGIN);
    assert_int_equal(l.t.begin.offset, 5000);
    assert_int_equal(l.t.at.offset, l.end);
    binlog_tracker_clear(&l.t);
}

static void what_is_not_known_is_refused_unless_it_may_be_left_out(void **state) {
    (void)state;
    struct log l;
    struct bytes body = {0}, event;
    enum binlog_step step;
    start(&l, 4);
    bytes_le(&body, 1, 8);
    event_make(&event, 99, &body, 100, false);
    binlog_format_init(&l.t.format, false);
    assert_false(binlog_track(&l.t, event.data, event.n, &l.ev, &step, &l.e));
    assert_int_equal(l.e.code, ERR_SOURCE_BINLOG);
    assert_string_equal(l.e.where, "binlog binlog.000001:4");
    event.data[17] = BINLOG_FLAG_IGNORABLE;
    assert_true(binlog_track(&l.t, event.data, event.n, &l.ev, &step, &l.e));
    assert_int_equal(step, BINLOG_STEP_LOG);
    binlog_tracker_clear(&l.t);
}

static void incidents_stop(void **state) {
    (void)state;
    struct log l;
    start(&l, 4);
    assert_int_equal(next_hex(&l, BINLOG_INCIDENT, "0100 04 6c6f7374"), (enum binlog_step) - 1);
    assert_int_equal(l.e.code, ERR_SOURCE_BINLOG);
    assert_string_equal(l.e.cause, "lost");
    binlog_tracker_clear(&l.t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transactions_of_rows),
        cmocka_unit_test(definitions_are_transactions_of_their_own),
        cmocka_unit_test(xa_transactions),
        cmocka_unit_test(mariadb_begins_with_the_gtid),
        cmocka_unit_test(compressed_transactions_end_with_their_payload),
        cmocka_unit_test(what_a_crash_left_open_is_cut),
        cmocka_unit_test(offsets_go_beyond_32_bits),
        cmocka_unit_test(transactions_that_are_left_out_move_the_place),
        cmocka_unit_test(what_is_not_known_is_refused_unless_it_may_be_left_out),
        cmocka_unit_test(incidents_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
