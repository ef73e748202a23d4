/* Events taken apart, one kind after the other; then cut short at every byte. Bytes "recorded" are a real server's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "binlog_bytes.h"
#include "mysql/binlog_payload.h"
#include "mysql/binlog_rows.h"
#include "mysql/protocol.h"

#define UUID_HEX "3e11fa4771ca11e19e33c80aa9429562"
#define UUID "3e11fa47-71ca-11e1-9e33-c80aa9429562"

/* ---- the frame ---- */

static void checksum_and_length_are_verified(void **state) {
    (void)state;
    struct bytes body = {0}, event;
    struct binlog_format f;
    struct binlog_event ev;
    struct err e = ERR_INIT;
    bytes_le(&body, 4711, 8);
    event_make(&event, BINLOG_XID, &body, 500, true);
    binlog_format_init(&f, true);
    assert_true(binlog_event_open(&f, event.data, event.n, &ev, &e));
    assert_int_equal(ev.type, BINLOG_XID);
    assert_int_equal(ev.len, 8);
    assert_int_equal(ev.end_position, 500);
    assert_int_equal(get_le64(ev.body), 4711);
    for (size_t i = 0; i < event.n; i++) {
        event.data[i] ^= 0x10;
        err_clear(&e);
        assert_false(binlog_event_open(&f, event.data, event.n, &ev, &e));
        assert_int_equal(e.code, ERR_SOURCE_BINLOG_DAMAGED);
        assert_true(e.retryable);
        event.data[i] ^= 0x10;
    }
    for (size_t n = 0; n < event.n; n++) {
        assert_false(binlog_event_open(&f, event.data, n, &ev, &e));
    }
    binlog_format_init(&f, false); /* the checksum is part of the body then */
    assert_true(binlog_event_open(&f, event.data, event.n, &ev, &e));
    assert_int_equal(ev.len, 12);
}

static void make_format(struct bytes *event, const char *version, int algorithm, uint16_t flags) {
    struct bytes body = {0};
    char text[50] = "";
    strcpy(text, version);
    bytes_le(&body, 4, 2);
    bytes_put(&body, text, sizeof text);
    bytes_le(&body, 0, 4);
    bytes_le(&body, 19, 1);
    for (int type = 1; type <= 42; type++) {
        bytes_le(&body, type == BINLOG_QUERY ? 13 : type == BINLOG_TABLE_MAP ? 8 : 10, 1);
    }
    if (algorithm >= 0) {
        bytes_le(&body, (uint64_t)algorithm, 1);
    }
    event_make(event, BINLOG_FORMAT_DESCRIPTION, &body, 120, algorithm >= 0);
    event->data[17] |= (uint8_t)flags; /* behind the checksum's back, as the server does */
}

static void format_descriptions_tell_their_own_checksum(void **state) {
    (void)state;
    static const struct {
        const char *version;
        int algorithm;
        bool crc32;
    } cases[] = {{"9.7.4-2", 1, true}, {"9.7.4-2", 0, false},     {"10.11.6-MariaDB-log", 1, true}, {"5.6.1", 0, false},
                 {"5.6.0", -1, false}, {"5.5.68-log", -1, false}, {"5.5.68-MariaDB", 1, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes event;
        struct binlog_format before, f;
        struct binlog_event ev;
        struct err e = ERR_INIT;
        make_format(&event, cases[i].version, cases[i].algorithm, BINLOG_FLAG_IN_USE);
        binlog_format_init(&before, !cases[i].crc32); /* whatever was before does not matter */
        if (!binlog_event_open(&before, event.data, event.n, &ev, &e) || !binlog_read_format(&ev, &f, &e)) {
            fail_msg("%s: %s", cases[i].version, e.message);
        }
        assert_int_equal(f.crc32, cases[i].crc32);
        assert_string_equal(f.server_version, cases[i].version);
        assert_int_equal(f.post_header[BINLOG_QUERY], 13);
        assert_int_equal(f.post_header[BINLOG_GTID_TAGGED], 10);
        assert_int_equal(f.post_header[43], 0);
    }
}

static void unknown_checksums_and_formats_are_refused(void **state) {
    (void)state;
    struct bytes event;
    struct binlog_format f;
    struct binlog_event ev;
    struct err e = ERR_INIT;
    binlog_format_init(&f, true);
    make_format(&event, "9.7.4", 7, 0);
    assert_false(binlog_event_open(&f, event.data, event.n, &ev, &e));
    assert_int_equal(e.code, ERR_SOURCE_BINLOG);
    make_format(&event, "9.7.4", 0, 0);
    event.data[BINLOG_HEADER_BYTES] = 3;
    assert_true(binlog_event_open(&f, event.data, event.n, &ev, &e));
    assert_false(binlog_read_format(&ev, &f, &e));
}

static void artificial_rotations_come_with_and_without_a_checksum(void **state) {
    (void)state;
    for (int crc = 0; crc < 4; crc++) {
        struct bytes body = {0}, event;
        struct binlog_format f;
        struct binlog_event ev;
        struct binlog_place p;
        struct err e = ERR_INIT;
        bytes_le(&body, UINT64_C(5000000000), 8);
        bytes_text(&body, "binlog.000042");
        event_make(&event, BINLOG_ROTATE, &body, 0, crc % 2 == 1);
        binlog_format_init(&f, crc >= 2);
        assert_true(binlog_event_open(&f, event.data, event.n, &ev, &e) && binlog_read_rotate(&ev, &p, &e));
        assert_string_equal(p.file, "binlog.000042");
        assert_true(p.offset == UINT64_C(5000000000));
    }
}

/* ---- about the log ---- */

static void heartbeats(void **state) {
    (void)state;
    struct binlog_place p;
    struct err e = ERR_INIT;
    struct bytes one = {0}, two = {0};
    bytes_text(&one, "binlog.000042");
    struct binlog_event ev = event_of(BINLOG_HEARTBEAT, &one);
    ev.end_position = 777;
    assert_true(binlog_read_heartbeat(&ev, &p, &e));
    assert_string_equal(p.file, "binlog.000042");
    assert_int_equal(p.offset, 777);
    bytes_hex(&two, "01 04");
    bytes_text(&two, "b.42");
    bytes_hex(&two, "02 09 fe0100000001000000 00");
    ev = event_of(BINLOG_HEARTBEAT_V2, &two);
    assert_true(binlog_read_heartbeat(&ev, &p, &e));
    assert_string_equal(p.file, "b.42");
    assert_true(p.offset == UINT64_C(0x100000001));
}

static void incidents(void **state) {
    (void)state;
    struct binlog_incident incident;
    struct err e = ERR_INIT;
    struct bytes body = {0};
    bytes_hex(&body, "0100 04");
    bytes_text(&body, "lost");
    struct binlog_event ev = event_of(BINLOG_INCIDENT, &body);
    assert_true(binlog_read_incident(&ev, &incident, &e));
    assert_int_equal(incident.number, 1);
    assert_memory_equal(incident.message, "lost", 4);
}

static void names_of_xa_transactions(void **state) {
    (void)state;
    struct binlog_xa xa, back;
    struct err e = ERR_INIT;
    char text[BINLOG_XA_TEXT_MAX], again[BINLOG_XA_TEXT_MAX];
    struct bytes body = {0};
    bytes_hex(&body, "00 01000000 02000000 01000000 7831 62");
    struct binlog_event ev = event_of(BINLOG_XA_PREPARE, &body);
    assert_true(binlog_read_xa_prepare(&ev, &xa, &e));
    assert_string_equal(binlog_xa_print(&xa, text), "X'7831',X'62',1");
    assert_true(binlog_xa_parse(text, strlen(text), &back, &e));
    assert_string_equal(binlog_xa_print(&back, again), text);
    static const char *const same[][2] = {
        {"'it''s'", "X'69742773',X'',1"}, {"X'' , 'b' , 4294967295", "X'',X'62',4294967295"}, {"x'aB'", "X'ab',X'',1"}};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        assert_true(binlog_xa_parse(same[i][0], strlen(same[i][0]), &back, &e));
        assert_string_equal(binlog_xa_print(&back, text), same[i][1]);
    }
    assert_true(binlog_xa_parse("X'61',X'',1 ONE PHASE", 21, &back, &e) && back.one_phase);
    static const char *const bad[] = {"", "61", "X'6", "X'6g'", "'a", "X'61',", "X'61',X'',", "X'61',X'',4294967296"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(binlog_xa_parse(bad[i], strlen(bad[i]), &back, &e));
    }
    memset(xa.gtrid, 0xff, sizeof xa.gtrid);
    memset(xa.bqual, 0xff, sizeof xa.bqual);
    xa.gtrid_len = xa.bqual_len = BINLOG_XA_PART_MAX;
    xa.format = UINT32_MAX;
    assert_int_equal(strlen(binlog_xa_print(&xa, text)), 4 * BINLOG_XA_PART_MAX + 18);
}

/* ---- transactions ---- */

static struct binlog_gtid gtid_from(uint8_t type, const struct bytes *body) {
    struct binlog_gtid g;
    struct err e = ERR_INIT;
    struct binlog_event ev = event_of(type, body);
    if (!binlog_read_gtid(&ev, &g, &e)) {
        fail_msg("%s", e.message);
    }
    return g;
}

static void gtids_of_each_version(void **state) {
    (void)state;
    char text[GTID_TEXT_MAX];
    struct bytes b = {0};
    bytes_hex(&b, "01" UUID_HEX "1700000000000000");
    struct binlog_gtid g = gtid_from(BINLOG_GTID, &b); /* MySQL 5.6 */
    assert_int_equal(g.kind, BINLOG_GTID_MYSQL);
    assert_string_equal(gtid_print(&g.mysql, text), UUID ":23");
    assert_int_equal(g.sequence_number, 0);
    bytes_hex(&b, "02 0500000000000000 0600000000000000");
    g = gtid_from(BINLOG_GTID, &b); /* 5.7 */
    assert_int_equal(g.last_committed, 5);
    assert_int_equal(g.sequence_number, 6);
    assert_int_equal(g.immediate_commit_us, 0);
    struct bytes same = b;
    bytes_hex(&same, "dfcea6dc606106 b0 50620100"); /* recorded, 9.7 */
    g = gtid_from(BINLOG_GTID, &same);
    assert_true(g.immediate_commit_us == UINT64_C(0x066160dca6cedf));
    assert_true(g.original_commit_us == g.immediate_commit_us);
    assert_int_equal(g.transaction_bytes, 176);
    assert_int_equal(g.original_server_version, 90704);
    bytes_hex(&b, "dfcea6dc606186 010000dc606106 fc0001 50620180 36390100");
    g = gtid_from(BINLOG_GTID, &b); /* replicated from another server */
    assert_true(g.immediate_commit_us == UINT64_C(0x066160dca6cedf));
    assert_true(g.original_commit_us == UINT64_C(0x066160dc000001));
    assert_int_equal(g.transaction_bytes, 256);
    assert_int_equal(g.original_server_version, 80182);
    struct bytes zero = {0};
    bytes_hex(&zero, "00 00000000000000000000000000000000 0000000000000000");
    assert_int_equal(gtid_from(BINLOG_ANONYMOUS_GTID, &zero).kind, BINLOG_GTID_ANONYMOUS);
    struct binlog_event ev = event_of(BINLOG_GTID, &zero);
    struct err e = ERR_INIT;
    assert_false(binlog_read_gtid(&ev, &g, &e)); /* number 0 */
}

static void a_recorded_tagged_gtid(void **state) {
    (void)state;
    char text[GTID_TEXT_MAX];
    struct bytes b = {0};
    bytes_hex(&b,
              "027400000002c5023a3054ad03690222c5031102ae04f103000000020404060c6d795f74616708080a0c0c7f9cb4a7dc606106"
              "1059041283120b");
    struct binlog_gtid g = gtid_from(BINLOG_GTID_TAGGED, &b);
    assert_string_equal(gtid_print(&g.mysql, text), "b11d182a-eb9a-11f1-8457-02fc00000001:my_tag:1");
    assert_int_equal(g.last_committed, 2);
    assert_int_equal(g.sequence_number, 3);
    assert_int_equal(g.transaction_bytes, 278);
    assert_true(g.immediate_commit_us == UINT64_C(0x066160dca7b49c));
    assert_true(g.original_commit_us == g.immediate_commit_us);
    /* a later version's field is left alone, with all behind it */
    bytes_hex(&b, "40 ffff");
    g = gtid_from(BINLOG_GTID_TAGGED, &b);
    assert_int_equal(g.transaction_bytes, 278);
}

static void mariadb_gtids(void **state) {
    (void)state;
    struct bytes b = {0}, grouped = {0}, xa = {0}, alter = {0}, list = {0};
    bytes_hex(&b, "6500000000000000 02000000 29 000000000000");
    struct binlog_gtid g = gtid_from(BINLOG_MARIADB_GTID, &b);
    assert_int_equal(g.kind, BINLOG_GTID_MARIADB);
    assert_int_equal(g.mariadb.domain, 2);
    assert_int_equal(g.mariadb.server, 77);
    assert_int_equal(g.mariadb.sequence, 101);
    assert_int_equal(g.flags, MARIADB_GTID_STANDALONE | MARIADB_GTID_DDL | 0x08);
    bytes_hex(&grouped, "6500000000000000 02000000 0e 0900000000000000");
    assert_int_equal(gtid_from(BINLOG_MARIADB_GTID, &grouped).commit_id, 9);
    bytes_hex(&xa, "6500000000000000 02000000 4c 01000000 02 00 7831");
    g = gtid_from(BINLOG_MARIADB_GTID, &xa);
    assert_int_equal(g.xa.gtrid_len, 2);
    assert_memory_equal(g.xa.gtrid, "x1", 2);
    bytes_hex(&alter, "6500000000000000 02000000 29 04 0800000000000000");
    g = gtid_from(BINLOG_MARIADB_GTID, &alter);
    assert_int_equal(g.extra_flags, MARIADB_GTID_COMMIT_ALTER);
    assert_int_equal(g.alter_sequence, 8);
    bytes_hex(&list, "02000010 00000000 01000000 0500000000000000 00000000 02000000 0600000000000000");
    struct binlog_event ev = event_of(BINLOG_MARIADB_GTID_LIST, &list);
    struct mariadb_position p = MARIADB_POSITION_INIT;
    struct err e = ERR_INIT;
    assert_true(binlog_read_gtid_list(&ev, &p, &e));
    assert_int_equal(p.n, 1);
    assert_int_equal(p.items[0].server, 2);
    mariadb_position_clear(&p);
}

/* ---- statements ---- */

static void a_recorded_statement_and_its_variables(void **state) {
    (void)state;
    struct bytes b = {0};
    bytes_hex(
        &b, "09000000 00000000 01 0000 2c00"
            "00 00000000 01 2000a04500000000 06 03 737464 04 2d002d00ff00 0c 01 6400 11 0300000000000000 12 ff00 14 00"
            "6400");
    bytes_text(&b, "CREATE DATABASE d");
    struct binlog_format f;
    struct binlog_query q;
    struct binlog_query_context c;
    struct err e = ERR_INIT;
    binlog_format_init(&f, false);
    struct binlog_event ev = event_of(BINLOG_QUERY, &b);
    assert_true(binlog_read_query(&f, &ev, &q, &e) && binlog_query_context(&q, &c, &e));
    assert_int_equal(q.thread_id, 9);
    assert_int_equal(q.database_len, 1);
    assert_memory_equal(q.text, "CREATE DATABASE d", q.text_len);
    assert_true(c.has_flags2 && c.has_sql_mode && c.has_charset);
    assert_true(c.sql_mode == 0x45a00020);
    assert_int_equal(c.charset_client, 45);
    assert_int_equal(c.collation_server, 255);
    assert_int_equal(c.updated_databases_n, 1);
    assert_string_equal(c.updated_databases[0], "d");
    assert_int_equal(c.xid, 3);
    assert_int_equal(c.collation_utf8mb4, 255);
}

static void all_variables(void **state) {
    (void)state;
    struct bytes v = {0};
    bytes_hex(&v,
              "03 0200 0100 05 06 2b30303a3030 07 0900 08 2100 09 0000000000000000 0a 00000000 0b 01 75 01 68 0d 40420f"
              "10 01 13 01 80 010000 81 0900000000000000 82 04 0800000000000000 83 01 2100e000 0c fe 63 ffff");
    struct binlog_query q = {.variables = v.data, .variables_len = v.n};
    struct binlog_query_context c;
    struct err e = ERR_INIT;
    assert_true(binlog_query_context(&q, &c, &e)); /* 0x63 is not known: what follows is left alone */
    assert_int_equal(c.auto_increment_step, 2);
    assert_int_equal(c.auto_increment_offset, 1);
    assert_int_equal(c.time_zone_len, 6);
    assert_memory_equal(c.time_zone, "+00:00", 6);
    assert_int_equal(c.lc_time_names, 9);
    assert_int_equal(c.collation_database, 33);
    assert_int_equal(c.microseconds, 1);
    assert_true(c.explicit_defaults_for_timestamp && c.sql_require_primary_key && c.updated_databases_many);
    assert_int_equal(c.xid, 9);
    assert_int_equal(c.mariadb_flags3, MARIADB_GTID_COMMIT_ALTER);
    for (size_t n = 0; n < v.n - 3; n++) {
        q.variables_len = n;
        err_clear(&e);
        assert_true(binlog_query_context(&q, &c, &e) || e.code == ERR_SOURCE_BINLOG);
    }
}

static void kinds_of_statements(void **state) {
    (void)state;
    static const struct {
        const char *text, *rest;
        enum binlog_statement kind;
    } cases[] = {
        {"BEGIN", "", BINLOG_STATEMENT_BEGIN},
        {"start transaction", "", BINLOG_STATEMENT_BEGIN},
        {"COMMIT", "", BINLOG_STATEMENT_COMMIT},
        {"ROLLBACK", "", BINLOG_STATEMENT_ROLLBACK},
        {"ROLLBACK /* it was nothing */", "", BINLOG_STATEMENT_ROLLBACK},
        {"ROLLBACK TO `a b`", "`a b`", BINLOG_STATEMENT_ROLLBACK_TO},
        {"rollback to savepoint x", "x", BINLOG_STATEMENT_ROLLBACK_TO},
        {"SAVEPOINT `s1`", "`s1`", BINLOG_STATEMENT_SAVEPOINT},
        {"XA START X'7831',X'',1", "X'7831',X'',1", BINLOG_STATEMENT_XA_START},
        {"XA END X'7831',X'',1", "X'7831',X'',1", BINLOG_STATEMENT_XA_END},
        {"XA COMMIT 'a'", "'a'", BINLOG_STATEMENT_XA_COMMIT},
        {"XA ROLLBACK 'a'", "'a'", BINLOG_STATEMENT_XA_ROLLBACK},
        {"INSERT INTO t VALUES (1)", "INTO t VALUES (1)", BINLOG_STATEMENT_DML},
        {"/* app */ update t set a = 1", "t set a = 1", BINLOG_STATEMENT_DML},
        {"-- why\n  # and\n delete from t", "from t", BINLOG_STATEMENT_DML},
        {"/*!40000 REPLACE INTO t VALUES (1) */", "INTO t VALUES (1) */", BINLOG_STATEMENT_DML},
        {"/*M!100100 REPLACE t */", "t */", BINLOG_STATEMENT_DML},
        {"LOAD DATA INFILE 'x' INTO TABLE t", "DATA INFILE 'x' INTO TABLE t", BINLOG_STATEMENT_DML},
        {"with x as (select 1) delete from t", "x as (select 1) delete from t", BINLOG_STATEMENT_DML},
        {"CREATE TABLE t (a int)", "CREATE TABLE t (a int)", BINLOG_STATEMENT_OTHER},
        {"INSERTED", "INSERTED", BINLOG_STATEMENT_OTHER},
        {"TRUNCATE t", "TRUNCATE t", BINLOG_STATEMENT_OTHER},
        {"--1", "--1", BINLOG_STATEMENT_OTHER},
        {"/* never closed", "", BINLOG_STATEMENT_OTHER},
        {"", "", BINLOG_STATEMENT_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *rest;
        size_t n;
        enum binlog_statement kind = binlog_statement_kind(cases[i].text, strlen(cases[i].text), &rest, &n);
        if (kind != cases[i].kind || n != strlen(cases[i].rest) || strncmp(rest, cases[i].rest, n) != 0) {
            fail_msg("%s: kind %d, rest \"%.*s\"", cases[i].text, kind, (int)n, rest);
        }
    }
}

static void mariadb_packed_statement(void **state) {
    (void)state;
    /* zlib stream of 300 times 'a' */
    struct bytes b = {0};
    struct buf out;
    struct binlog_query q;
    struct err e = ERR_INIT;
    buf_init(&out, 1 << 20);
    bytes_hex(&b, "82 012c 789c4b4c1c05c40200d8a871ad");
    q = (struct binlog_query){.text = (char *)b.data, .text_len = b.n};
    if (!binlog_query_unpack(&q, &out, &e)) {
        fail_msg("%s", e.message);
    }
    assert_int_equal(q.text_len, 300);
    assert_true(q.text[0] == 'a' && q.text[299] == 'a');
    static const char *const bad[] = {"",
                                      "82",
                                      "02 012c 789c",
                                      "82 012d 789c4b4c1c05c40200d8a871ad",
                                      "92 012c 789c4b4c1c05c40200d8a871ad",
                                      "84 ffffffff 789c4b",
                                      "87 00"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct bytes x = {0};
        bytes_hex(&x, bad[i]);
        q = (struct binlog_query){.text = (char *)x.data, .text_len = x.n};
        assert_false(binlog_query_unpack(&q, &out, &e));
        assert_int_equal(e.code, ERR_SOURCE_BINLOG);
    }
    buf_clear(&out);
}

/* ---- tables and rows ---- */

static bool expect_name(void *ctx, size_t column, const char *name, size_t len) {
    static const char *const names[] = {"id", "v"};
    (*(size_t *)ctx)++;
    return len == strlen(names[column]) && strncmp(name, names[column], len) == 0;
}

static void a_recorded_table_map(void **state) {
    (void)state;
    struct bytes b = {0};
    bytes_hex(&b, "6a0000000000 0100 01 6400 01 7400 02 030f 02 2800 02 010100 0203fcff00 0405 02 6964 01 76");
    struct binlog_format f;
    struct binlog_table_map m;
    struct err e = ERR_INIT;
    binlog_format_init(&f, false);
    struct binlog_event ev = event_of(BINLOG_TABLE_MAP, &b);
    assert_true(binlog_read_table_map(&f, &ev, &m, &e));
    assert_int_equal(m.id, 0x6a);
    assert_int_equal(m.n, 2);
    assert_int_equal(m.types[0], MYSQL_TYPE_LONG);
    assert_int_equal(m.types[1], MYSQL_TYPE_VARCHAR);
    assert_int_equal(m.metadata_len, 2);
    assert_true(!binlog_bit(m.nullable, 0) && binlog_bit(m.nullable, 1));
    size_t n;
    assert_non_null(binlog_table_optional(&m, BINLOG_OPTIONAL_SIGNEDNESS, &n));
    assert_int_equal(n, 1);
    assert_non_null(binlog_table_optional(&m, BINLOG_OPTIONAL_DEFAULT_CHARSET, &n));
    assert_int_equal(n, 3);
    assert_null(binlog_table_optional(&m, BINLOG_OPTIONAL_VISIBILITY, &n));
    size_t named = 0;
    assert_true(binlog_table_names(&m, expect_name, &named));
    assert_int_equal(named, 2);
}

static void row_events_of_each_shape(void **state) {
    (void)state;
    struct binlog_format f;
    struct binlog_rows r;
    struct err e = ERR_INIT;
    struct bytes insert = {0}, update = {0}, old = {0};
    binlog_format_init(&f, false);
    bytes_hex(&insert, "6a0000000000 0100 0700 000102030a 02 ff 00 01000000 01 61");
    struct binlog_event ev = event_of(BINLOG_WRITE_ROWS, &insert);
    assert_true(binlog_read_rows(&f, &ev, &r, &e));
    assert_int_equal(r.op, BINLOG_ROW_INSERT);
    assert_int_equal(r.flags, BINLOG_ROWS_STATEMENT_END);
    assert_null(r.before);
    assert_int_equal(r.rows_len, 7);
    bytes_hex(&update, "6a0000000000 0000 0200 09 ffff 0100 0000");
    ev = event_of(BINLOG_UPDATE_ROWS, &update);
    assert_true(binlog_read_rows(&f, &ev, &r, &e));
    assert_int_equal(r.n, 9);
    assert_true(binlog_bit(r.before, 8) && binlog_bit(r.after, 0) && !binlog_bit(r.after, 1));
    bytes_hex(&old, "6a0000000000 0100 02 ff 00");
    ev = event_of(BINLOG_DELETE_ROWS_V1, &old);
    assert_true(binlog_read_rows(&f, &ev, &r, &e));
    assert_int_equal(r.op, BINLOG_ROW_DELETE);
    assert_null(r.after);
    f.post_header[BINLOG_DELETE_ROWS_V1] = 6;
    struct bytes oldest = {0};
    bytes_hex(&oldest, "6a000000 0100 02 ff 00");
    ev = event_of(BINLOG_DELETE_ROWS_V1, &oldest);
    assert_true(binlog_read_rows(&f, &ev, &r, &e));
    assert_int_equal(r.table_id, 0x6a);
    ev = event_of(BINLOG_XID, &oldest);
    assert_false(binlog_read_rows(&f, &ev, &r, &e));
}

/* ---- compressed transactions ---- */

/* recorded: BEGIN, TABLE_MAP, WRITE_ROWS, XID */
static const char payload_hex[] = "0201000301bc01018c0028b52ffd20bc1d0400b2461825804bd201309111e1c88c1018b9911840558e4c"
                                  "4209841dc41c5a2d3458f15468ec6b5bca14ff"
                                  "bf3a0c2a37857f6fbd1356e2b6b94ef64505d723ce382dcf30404a9a2690c7d398dd0ab7d7cb61d1e500"
                                  "4f6605473c57077644241a4c21254d010e00a0"
                                  "04c44115ac4a50410bb07b2a6ba00df8fd083b58d603e2819107e005";

static int count_inner(struct binlog_payload *p, const struct bytes *b, struct err *e) {
    struct binlog_event ev = event_of(BINLOG_TRANSACTION_PAYLOAD, b), inner;
    bool found = true;
    int n = 0;
    if (!binlog_payload_begin(p, &ev, e)) {
        return -1;
    }
    while (found) {
        if (!binlog_payload_next(p, &inner, &found, e)) {
            return -1;
        }
        n += found;
    }
    return n;
}

static void a_recorded_payload(void **state) {
    (void)state;
    static const uint8_t types[] = {BINLOG_QUERY, BINLOG_TABLE_MAP, BINLOG_WRITE_ROWS, BINLOG_XID};
    struct binlog_payload *p = binlog_payload_new(1 << 20);
    struct bytes b = {0};
    struct err e = ERR_INIT;
    bytes_hex(&b, payload_hex);
    for (int round = 0; round < 2; round++) { /* it can be used again */
        struct binlog_event ev = event_of(BINLOG_TRANSACTION_PAYLOAD, &b), inner;
        bool found;
        assert_true(binlog_payload_begin(p, &ev, &e));
        for (size_t i = 0; i < sizeof types; i++) {
            if (!binlog_payload_next(p, &inner, &found, &e)) {
                fail_msg("%s: %s", e.message, e.cause);
            }
            assert_true(found);
            assert_int_equal(inner.type, types[i]);
        }
        assert_true(binlog_payload_next(p, &inner, &found, &e) && !found);
    }
    for (size_t n = 0; n < b.n; n++) { /* cut short anywhere it is never whole */
        struct bytes cut = b;
        cut.n = n;
        assert_true(count_inner(p, &cut, &e) < 4);
    }
    for (size_t i = 0; i < b.n; i++) { /* damaged anywhere it does no harm */
        struct bytes bad = b;
        bad.data[i] ^= 0x41;
        (void)count_inner(p, &bad, &e);
    }
    binlog_payload_free(p);
}

static void a_payload_that_is_not_compressed(void **state) {
    (void)state;
    struct binlog_payload *p = binlog_payload_new(1 << 20);
    struct bytes body = {0}, xid, b = {0};
    struct err e = ERR_INIT;
    bytes_le(&body, 1, 8);
    event_make(&xid, BINLOG_XID, &body, 0, false);
    bytes_hex(&b, "02 03 fcff00 01 01 36 00");
    bytes_put(&b, xid.data, xid.n);
    bytes_put(&b, xid.data, xid.n);
    assert_int_equal(count_inner(p, &b, &e), 2);
    b.data[2 + 2] = 9; /* another algorithm */
    b.data[2 + 1] = 0xfc;
    assert_int_equal(count_inner(p, &b, &e), -1);
    assert_int_equal(e.code, ERR_SOURCE_BINLOG);
    binlog_payload_free(p);
}

/* ---- bytes that end early ---- */

static bool parse_any(const struct binlog_event *ev, struct err *e) {
    struct binlog_format f;
    struct binlog_gtid g;
    struct binlog_query q;
    struct binlog_table_map m;
    struct binlog_rows r;
    struct binlog_place p;
    struct binlog_xa xa;
    struct binlog_incident incident;
    binlog_format_init(&f, false);
    switch (ev->type) {
    case BINLOG_GTID:
    case BINLOG_GTID_TAGGED:
    case BINLOG_MARIADB_GTID:
        return binlog_read_gtid(ev, &g, e);
    case BINLOG_QUERY:
        return binlog_read_query(&f, ev, &q, e);
    case BINLOG_TABLE_MAP:
        return binlog_read_table_map(&f, ev, &m, e);
    case BINLOG_UPDATE_ROWS:
        return binlog_read_rows(&f, ev, &r, e);
    case BINLOG_ROTATE:
        return binlog_read_rotate(ev, &p, e);
    case BINLOG_HEARTBEAT_V2:
        return binlog_read_heartbeat(ev, &p, e);
    case BINLOG_XA_PREPARE:
        return binlog_read_xa_prepare(ev, &xa, e);
    default:
        return binlog_read_incident(ev, &incident, e);
    }
}

static void every_event_may_end_early(void **state) {
    (void)state;
    static const struct {
        uint8_t type;
        const char *hex;
        size_t least; /* bytes it needs; more are taken as they come */
    } cases[] = {
        {BINLOG_GTID, "01" UUID_HEX "1700000000000000", 25},
        {BINLOG_GTID_TAGGED, "0236 00 0000 02c5023a3054ad03690222c5031102ae04f10300000002 0404", 30},
        {BINLOG_MARIADB_GTID, "6500000000000000 02000000 4c 01000000 02 00 7831", 21},
        {BINLOG_QUERY, "09000000 00000000 01 0000 0500 0000000000 6400", 20},
        {BINLOG_TABLE_MAP, "6a0000000000 0100 01 6400 01 7400 02 030f 02 2800 02", 21},
        {BINLOG_UPDATE_ROWS, "6a0000000000 0000 0200 09 ffff 0100", 15},
        {BINLOG_ROTATE, "0400000000000000 62", 9},
        {BINLOG_HEARTBEAT_V2, "01 04 622e3432", 6},
        {BINLOG_XA_PREPARE, "00 01000000 02000000 01000000 7831 62", 16},
        {BINLOG_INCIDENT, "0100 04 6c6f7374", 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes b = {0};
        bytes_hex(&b, cases[i].hex);
        for (size_t n = 0; n <= b.n; n++) {
            uint8_t *exact = malloc(n > 0 ? n : 1); /* so that the sanitizer sees a byte too far */
            memcpy(exact, b.data, n);
            struct err e = ERR_INIT;
            struct binlog_event ev = event_of(cases[i].type, &b);
            ev.body = exact;
            ev.len = n;
            if (parse_any(&ev, &e) != (n >= cases[i].least)) {
                fail_msg("case %zu with %zu bytes", i, n);
            }
            assert_true(n >= cases[i].least || e.code == ERR_SOURCE_BINLOG);
            free(exact);
        }
    }
}

static void types_have_names(void **state) {
    (void)state;
    char text[32];
    assert_string_equal(binlog_type_name(BINLOG_GTID_TAGGED, text), "GTID_TAGGED");
    assert_string_equal(binlog_type_name(BINLOG_MARIADB_DELETE_ROWS_COMPRESSED, text), "DELETE_ROWS_COMPRESSED");
    assert_string_equal(binlog_type_name(77, text), "event 77");
    assert_string_equal(binlog_type_name(172, text), "event 172");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksum_and_length_are_verified),
        cmocka_unit_test(format_descriptions_tell_their_own_checksum),
        cmocka_unit_test(unknown_checksums_and_formats_are_refused),
        cmocka_unit_test(artificial_rotations_come_with_and_without_a_checksum),
        cmocka_unit_test(heartbeats),
        cmocka_unit_test(incidents),
        cmocka_unit_test(names_of_xa_transactions),
        cmocka_unit_test(gtids_of_each_version),
        cmocka_unit_test(a_recorded_tagged_gtid),
        cmocka_unit_test(mariadb_gtids),
        cmocka_unit_test(a_recorded_statement_and_its_variables),
        cmocka_unit_test(all_variables),
        cmocka_unit_test(kinds_of_statements),
        cmocka_unit_test(mariadb_packed_statement),
        cmocka_unit_test(a_recorded_table_map),
        cmocka_unit_test(row_events_of_each_shape),
        cmocka_unit_test(a_recorded_payload),
        cmocka_unit_test(a_payload_that_is_not_compressed),
        cmocka_unit_test(every_event_may_end_early),
        cmocka_unit_test(types_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
