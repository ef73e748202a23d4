/* Events in, calls out: what a handler is told, in which order, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/str.h"
#include "binlog_bytes.h"
#include "mysql/transaction.h"

#define UUID_HEX "3e11fa4771ca11e19e33c80aa9429562"

struct log {
    struct txn_handler handler;
    struct txn_reader *reader;
    struct charsets *charsets;
    struct arena a;
    struct binlog_plan *plan;
    char told[4096]; /* what the handler was told */
    unsigned tables_asked;
    uint32_t end;
    bool skip;
    const char *fail_at;
    struct err e;
};

static bool tell(struct log *l, struct err *e, const char *fmt, ...) PRINTF_LIKE(3, 4);
static bool tell(struct log *l, struct err *e, const char *fmt, ...) {
    size_t n = strlen(l->told);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(l->told + n, sizeof l->told - n, fmt, ap);
    va_end(ap);
    if (l->fail_at != NULL && str_starts(l->told + n, l->fail_at)) {
        return err_set(e, ERR_CANCELLED, "the handler does not want to");
    }
    return true;
}

static bool on_begin(void *ctx, const struct txn_begin *b, struct err *e) {
    char gtid[GTID_TEXT_MAX] = "";
    if (b->gtid != NULL && b->gtid->kind == BINLOG_GTID_MYSQL) {
        gtid_print(&b->gtid->mysql, gtid);
    } else if (b->gtid != NULL) {
        mariadb_gtid_print(&b->gtid->mariadb, gtid);
    }
    return tell(ctx, e, "begin(%s@%llu) ", gtid, (unsigned long long)b->place.offset);
}

static bool on_table(void *ctx, const struct binlog_table_map *m, struct binlog_plan **plan, void **table,
                     struct err *e) {
    struct log *l = ctx;
    l->tables_asked++;
    if (m->name_len == 1 && m->name[0] == 't') {
        *plan = l->plan;
        *table = l;
    }
    (void)e;
    return true;
}

static bool on_row(void *ctx, void *table, const struct binlog_change *c, unsigned flags, struct err *e) {
    static const char *const ops[] = {"insert", "update", "delete"};
    assert_ptr_equal(table, ctx);
    const struct binlog_row *row = c->after.bytes != NULL ? &c->after : &c->before;
    return tell(ctx, e, "%s(%u,%u) ", ops[c->op], row->bytes[2], flags);
}

static bool on_statement(void *ctx, const struct txn_statement *s, struct err *e) {
    return tell(ctx, e, "%s(%s) ", s->temporary ? "temporary" : "statement", s->text);
}

static bool on_savepoint(void *ctx, const char *name, size_t len, struct err *e) {
    assert_int_equal(strlen(name), len);
    return tell(ctx, e, "savepoint(%s) ", name);
}

static bool on_rollback_to(void *ctx, const char *name, size_t len, struct err *e) {
    assert_int_equal(strlen(name), len);
    return tell(ctx, e, "rollback_to(%s) ", name);
}

static bool on_end(void *ctx, const struct txn_end *end, struct err *e) {
    static const char *const outcomes[] = {"commit", "rollback", "prepare"};
    char xa[BINLOG_XA_TEXT_MAX] = "";
    if (end->xa != NULL) {
        binlog_xa_print(end->xa, xa);
    }
    assert_int_equal(end->place.offset, ((struct log *)ctx)->end);
    return tell(ctx, e, "%s(%s) ", outcomes[end->outcome], xa);
}

static bool on_cut(void *ctx, struct err *e) {
    return tell(ctx, e, "cut ");
}

static bool on_skip_dml(void *ctx, const struct txn_statement *s) {
    (void)s;
    return ((struct log *)ctx)->skip;
}

static bool feed(struct log *l, uint8_t type, const struct bytes *body) {
    struct bytes event;
    l->end += (uint32_t)(BINLOG_HEADER_BYTES + body->n);
    event_make(&event, type, body, l->end, false);
    err_clear(&l->e);
    return txn_read(l->reader, event.data, event.n, &l->e);
}

static bool hex(struct log *l, uint8_t type, const char *text) {
    struct bytes body = {0};
    bytes_hex(&body, text);
    return feed(l, type, &body);
}

static bool query_in(struct log *l, const char *variables, const char *text) {
    struct bytes body = {0}, v = {0};
    bytes_hex(&v, variables);
    bytes_hex(&body, "09000000 00000000 01 0000");
    bytes_le(&body, v.n, 2);
    bytes_put(&body, v.data, v.n);
    bytes_hex(&body, "6400");
    bytes_put(&body, text, strlen(text));
    return feed(l, BINLOG_QUERY, &body);
}

static bool query(struct log *l, const char *text) {
    return query_in(l, "", text);
}

static void begin(struct log *l, bool mariadb) {
    *l = (struct log){0};
    l->handler = (struct txn_handler){l,      on_begin, on_table,   on_row, on_statement, on_savepoint, on_rollback_to,
                                      on_end, on_cut,   on_skip_dml};
    assert_true(charsets_builtin(&l->charsets, &l->e));
    struct binlog_column column = {.name = "id", .wanted = true};
    assert_true(mytype_parse(&l->a, "tinyint", &column.type));
    assert_true(binlog_plan_make(&l->a, &column, 1, l->charsets, mariadb, &l->plan, &l->e));
    struct txn_reader_options o = {0};
    l->reader = txn_reader_new(&l->handler, l->charsets, &o);
    assert_non_null(l->reader);
    struct bytes body = {0}, event;
    bytes_le(&body, 4, 8);
    bytes_text(&body, "binlog.000001");
    event_make(&event, BINLOG_ROTATE, &body, 0, false);
    assert_true(txn_read(l->reader, event.data, event.n, &l->e));
    l->end = 4;
}

static void end(struct log *l) {
    txn_reader_free(l->reader);
    charsets_free(l->charsets);
    arena_clear(&l->a);
}

static void assert_told(struct log *l, const char *want) {
    if (l->e.code != ERR_NONE) {
        fail_msg("%s: %s (%s)", l->e.where, l->e.message, l->told);
    }
    assert_string_equal(l->told, want);
    l->told[0] = '\0';
}

static bool gtid(struct log *l) {
    return hex(l, BINLOG_GTID, "01" UUID_HEX "1700000000000000");
}
static bool table(struct log *l, const char *id, const char *name) {
    char text[200];
    snprintf(text, sizeof text, "%s0000000000 0100 01 6400 01 %02x00 01 01 00 00", id, (unsigned char)name[0]);
    return hex(l, BINLOG_TABLE_MAP, text);
}
static bool insert(struct log *l, const char *id, const char *value) {
    char text[200];
    snprintf(text, sizeof text, "%s0000000000 0300 0200 01 ff 00 %s", id, value);
    return hex(l, BINLOG_WRITE_ROWS, text);
}
static bool xid(struct log *l) {
    return hex(l, BINLOG_XID, "0100000000000000");
}
#define GTID "3e11fa47-71ca-11e1-9e33-c80aa9429562:23"

static void a_transaction_of_rows(void **state) {
    (void)state;
    struct log l;
    begin(&l, false);
    assert_true(gtid(&l) && query(&l, "BEGIN") && table(&l, "6a", "t") && table(&l, "6b", "x") &&
                insert(&l, "6a", "07") && insert(&l, "6b", "08") &&
                hex(&l, BINLOG_UPDATE_ROWS, "6a0000000000 0100 0200 01 ff ff 00 07 00 09 00 01 00 02") &&
                hex(&l, BINLOG_DELETE_ROWS, "6a0000000000 0100 0200 01 ff 00 09") && xid(&l));
    assert_told(&l, "begin(" GTID "@4) insert(7,3) update(9,1) update(2,1) delete(9,1) commit() ");
    assert_int_equal(l.tables_asked, 2);
    /* asked only once, until a definition comes */
    assert_true(query(&l, "BEGIN") && table(&l, "6a", "t") && insert(&l, "6a", "01") && query(&l, "COMMIT"));
    assert_int_equal(l.tables_asked, 2);
    l.told[0] = '\0';
    assert_true(query(&l, "ALTER TABLE t ADD x INT") && query(&l, "BEGIN") && table(&l, "6a", "t") &&
                query(&l, "COMMIT"));
    assert_int_equal(l.tables_asked, 3);
    end(&l);
}

static void definitions_and_savepoints(void **state) {
    (void)state;
    struct log l;
    begin(&l, false);
    assert_true(query(&l, "CREATE TABLE t (a int)"));
    assert_told(&l, "begin(@4) statement(CREATE TABLE t (a int)) commit() ");
    uint32_t at = l.end;
    assert_true(gtid(&l) && query(&l, "BEGIN") && query(&l, "SAVEPOINT `a``b`") && table(&l, "6a", "t") &&
                insert(&l, "6a", "07") && query(&l, "ROLLBACK TO `a``b`") && query(&l, "SAVEPOINT plain") &&
                query(&l, "ROLLBACK"));
    char want[300];
    snprintf(want, sizeof want,
             "begin(" GTID "@%u) savepoint(a`b) insert(7,3) rollback_to(a`b) savepoint(plain) rollback() ", at);
    assert_told(&l, want);
    l.fail_at = "begin";
    assert_false(gtid(&l));
    assert_int_equal(l.e.code, ERR_CANCELLED);
    assert_non_null(strstr(l.e.where, "binlog binlog.000001:"));
    end(&l);
}

static void create_table_select_is_one_transaction(void **state) {
    (void)state;
    struct log l;
    begin(&l, false);
    assert_true(gtid(&l) && query(&l, "BEGIN") && query(&l, "CREATE TABLE t (a int) START TRANSACTION") &&
                table(&l, "6a", "t") && insert(&l, "6a", "07") && xid(&l));
    assert_told(&l, "begin(" GTID "@4) statement(CREATE TABLE t (a int) START TRANSACTION) insert(7,3) commit() ");
    end(&l);
}

static void xa(void **state) {
    (void)state;
    struct log l;
    begin(&l, false);
    assert_true(gtid(&l) && query(&l, "XA START X'61',X'',1") && table(&l, "6a", "t") && insert(&l, "6a", "07") &&
                query(&l, "XA END X'61',X'',1") && hex(&l, BINLOG_XA_PREPARE, "00 01000000 01000000 00000000 61"));
    assert_told(&l, "begin(" GTID "@4) insert(7,3) prepare(X'61',X'',1) ");
    assert_true(query(&l, "XA COMMIT X'61',X'',1") && query(&l, "XA ROLLBACK X'61',X'',1"));
    assert_non_null(strstr(l.told, "commit(X'61',X'',1) begin("));
    assert_non_null(strstr(l.told, "rollback(X'61',X'',1) "));
    l.told[0] = '\0';
    assert_true(query(&l, "XA START X'61',X'',1") && query(&l, "XA END X'61',X'',1") &&
                hex(&l, BINLOG_XA_PREPARE, "01 01000000 01000000 00000000 61"));
    assert_non_null(strstr(l.told, " commit() "));
    end(&l);
}

static void mariadb(void **state) {
    (void)state;
    struct log l;
    begin(&l, true);
    assert_true(hex(&l, BINLOG_MARIADB_GTID, "6500000000000000 00000000 0c 000000000000") && table(&l, "6a", "t"));
    /* two rows, deflated */
    assert_true(
        hex(&l, BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1, "6a0000000000 0100 01 ff 81 04 789c636067e0000000210010") &&
        xid(&l));
    assert_told(&l, "begin(0-77-101@4) insert(7,1) insert(8,1) commit() ");
    /* an ALTER in two steps: begun, other work, finished; another is taken back */
    assert_true(hex(&l, BINLOG_MARIADB_GTID, "0500000000000000 00000000 29 02") &&
                query(&l, "ALTER TABLE t ADD x INT") &&
                hex(&l, BINLOG_MARIADB_GTID, "0600000000000000 00000000 29 04 0500000000000000") &&
                query(&l, "ALTER TABLE t ADD x INT") &&
                hex(&l, BINLOG_MARIADB_GTID, "0700000000000000 00000000 29 08 0500000000000000") &&
                query(&l, "ALTER TABLE t ADD y INT"));
    char *second = strstr(l.told, "begin(0-77-6@");
    assert_non_null(second);
    assert_null(strstr(l.told, "statement(ALTER TABLE t ADD y INT)"));
    assert_ptr_equal(strstr(l.told, "statement(ALTER TABLE t ADD x INT)"), strstr(second, "statement("));
    end(&l);
}

static void statements_are_converted(void **state) {
    (void)state;
    struct log l;
    begin(&l, false);
    /* ucs2 (collation 35), which no client may use: but it needs no table */
    struct bytes body = {0};
    bytes_hex(&body, "09000000 00000000 00 0000 0700 04 2300 2300 2300 00 00440052004f0050 0020 4e2d");
    assert_true(feed(&l, BINLOG_QUERY, &body));
    assert_non_null(strstr(l.told, "statement(DROP \xe4\xb8\xad)"));
    end(&l);
}

static void changes_as_statements_are_refused(void **state) {
    (void)state;
    struct log l;
    begin(&l, false);
    assert_true(gtid(&l) && query(&l, "BEGIN"));
    assert_false(query(&l, "INSERT INTO t VALUES (1)"));
    assert_int_equal(l.e.code, ERR_SOURCE_STATEMENT);
    assert_non_null(strstr(l.e.message, "INSERT INTO t VALUES (1)"));
    assert_non_null(strstr(l.e.where, "database d"));
    end(&l);
    begin(&l, false);
    l.skip = true;
    assert_true(gtid(&l) && query(&l, "BEGIN") && hex(&l, BINLOG_INTVAR, "02 0100000000000000") &&
                query(&l, "INSERT INTO t VALUES (1)") && xid(&l));
    assert_told(&l, "begin(" GTID "@4) commit() ");
    assert_true(query(&l, "BEGIN"));
    assert_false(hex(&l, BINLOG_BEGIN_LOAD_QUERY, "01000000 6162"));
    assert_int_equal(l.e.code, ERR_SOURCE_STATEMENT);
    end(&l);
}

static void rows_without_their_surroundings_are_refused(void **state) {
    (void)state;
    struct log l;
    begin(&l, false);
    assert_true(query(&l, "BEGIN"));
    assert_false(insert(&l, "6a", "07"));
    assert_int_equal(l.e.code, ERR_SOURCE_BINLOG);
    end(&l);
    begin(&l, false);
    assert_true(table(&l, "6a", "t"));
    assert_false(insert(&l, "6a", "07"));
    assert_int_equal(l.e.code, ERR_SOURCE_BINLOG);
    end(&l);
}

static void what_was_open_is_cut(void **state) {
    (void)state;
    struct log l;
    begin(&l, false);
    assert_true(gtid(&l) && query(&l, "BEGIN") && table(&l, "6a", "t") && insert(&l, "6a", "07"));
    assert_true(txn_reader_restart(l.reader, false, &l.e));
    assert_true(txn_reader_restart(l.reader, false, &l.e)); /* only once */
    assert_told(&l, "begin(" GTID "@4) insert(7,3) cut ");
    assert_true(gtid(&l) && query(&l, "BEGIN") && gtid(&l) && query(&l, "DROP TABLE t"));
    assert_non_null(strstr(l.told, "cut begin("));
    end(&l);
}

static void compressed_transactions(void **state) {
    (void)state;
    struct log l;
    struct bytes body = {0}, events = {0}, event, inner = {0};
    begin(&l, false);
    assert_true(gtid(&l));
    bytes_hex(&inner, "09000000 00000000 01 0000 0000 6400 424547494e");
    event_make(&event, BINLOG_QUERY, &inner, 0, false);
    bytes_put(&events, event.data, event.n);
    static const struct {
        uint8_t type;
        const char *hex;
    } parts[] = {{BINLOG_TABLE_MAP, "6a0000000000 0100 01 6400 01 7400 01 01 00 00"},
                 {BINLOG_WRITE_ROWS, "6a0000000000 0100 0200 01 ff 00 07 00 08"},
                 {BINLOG_QUERY, "09000000 00000000 01 0000 0000 6400 534156455054"},
                 {BINLOG_XID, "0100000000000000"}};
    for (size_t i = 0; i < 4; i++) {
        struct bytes part = {0};
        bytes_hex(&part, parts[i].hex);
        event_make(&event, parts[i].type, &part, 0, false);
        bytes_put(&events, event.data, event.n);
    }
    bytes_hex(&body, "02 03 fcff00 01 03 fc"); /* not compressed; so many bytes */
    bytes_le(&body, events.n, 2);
    bytes_hex(&body, "00");
    bytes_put(&body, events.data, events.n);
    assert_true(feed(&l, BINLOG_TRANSACTION_PAYLOAD, &body));
    assert_told(&l, "begin(" GTID "@4) insert(7,1) insert(8,1) statement(SAVEPT) commit() ");
    end(&l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transaction_of_rows),
        cmocka_unit_test(definitions_and_savepoints),
        cmocka_unit_test(create_table_select_is_one_transaction),
        cmocka_unit_test(xa),
        cmocka_unit_test(mariadb),
        cmocka_unit_test(statements_are_converted),
        cmocka_unit_test(changes_as_statements_are_refused),
        cmocka_unit_test(rows_without_their_surroundings_are_refused),
        cmocka_unit_test(what_was_open_is_cut),
        cmocka_unit_test(compressed_transactions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
