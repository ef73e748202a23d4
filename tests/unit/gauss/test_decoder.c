/* Decoders fed by hand: what recordings of openGauss do not have. PostgreSQL's pgoutput, positions, origins, and messages that no
 * server sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "gauss/decoder.h"

struct fed {
    struct decoder *d;
    struct buf m;              /* the message being made */
    struct change changes[64]; /* told by the last feed */
    size_t n;
    uint8_t *payload; /* ends with its memory; stays until the next */
    struct err e;
};

static void fed_open(struct fed *f, const struct decoder_options *o) {
    memset(f, 0, sizeof *f);
    f->d = decoder_new(o);
    buf_init(&f->m, 1 << 20);
    assert_true(buf_reserve(&f->m, 1 << 16, &f->e));
}

static void fed_close(struct fed *f) {
    decoder_free(f->d);
    free(f->payload);
    buf_clear(&f->m);
}

static bool feed_bytes(struct fed *f, uint64_t lsn, const void *bytes, size_t len) {
    free(f->payload);
    f->payload = malloc(len > 0 ? len : 1);
    assert_non_null(f->payload);
    memcpy(f->payload, bytes, len);
    err_clear(&f->e);
    f->n = 0;
    bool ok = decoder_feed(f->d, lsn, f->payload, len, &f->e);
    while (ok) {
        assert_true(f->n < 64);
        ok = decoder_next(f->d, &f->changes[f->n], &f->e);
        if (ok && f->changes[f->n].kind == CHANGE_NONE) {
            break;
        }
        f->n += ok;
    }
    return ok;
}

static void feed(struct fed *f, uint64_t lsn) {
    if (!feed_bytes(f, lsn, f->m.data, f->m.len)) {
        err_print(&f->e, stderr);
        fail();
    }
    buf_reset(&f->m);
}

static void feed_text(struct fed *f, uint64_t lsn, const char *text) {
    if (!feed_bytes(f, lsn, text, strlen(text))) {
        err_print(&f->e, stderr);
        fail();
    }
}

static void refuse(struct fed *f, const void *bytes, size_t len, const char *why) {
    assert_false(feed_bytes(f, 1, bytes, len));
    assert_int_equal(f->e.code, ERR_TARGET_PROTOCOL);
    if (strstr(f->e.message, why) == NULL) {
        fail_msg("'%s' does not say '%s'", f->e.message, why);
    }
}

static void assert_kinds(const struct fed *f, const enum change_kind *kinds, size_t n) {
    assert_int_equal(f->n, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(f->changes[i].kind, kinds[i]);
    }
}

#define KINDS(f, ...)                                                                                                  \
    assert_kinds((f), (const enum change_kind[]){__VA_ARGS__},                                                         \
                 sizeof((enum change_kind[]){__VA_ARGS__}) / sizeof(enum change_kind))

/* ---- messages of PostgreSQL ---- */

static void put_string(struct buf *b, const char *s) {
    buf_bytes(b, s, strlen(s) + 1);
}

static void begin(struct fed *f, uint64_t commit_lsn, uint32_t xid) {
    buf_u8(&f->m, 'B');
    buf_be64(&f->m, commit_lsn);
    buf_be64(&f->m, 5000000);
    buf_be32(&f->m, xid);
}

static void origin(struct fed *f, const char *name) {
    buf_u8(&f->m, 'O');
    buf_be64(&f->m, 77);
    put_string(&f->m, name);
}

static void commit(struct fed *f, uint64_t commit_lsn) {
    buf_u8(&f->m, 'C');
    buf_u8(&f->m, 0);
    buf_be64(&f->m, commit_lsn);
    buf_be64(&f->m, commit_lsn + 8);
    buf_be64(&f->m, 5000000);
}

/* public.t(id int key, v text) */
static void relation(struct fed *f, uint32_t oid, const char *second) {
    buf_u8(&f->m, 'R');
    buf_be32(&f->m, oid);
    put_string(&f->m, "public");
    put_string(&f->m, "t");
    buf_u8(&f->m, 'd');
    buf_be16(&f->m, 2);
    buf_u8(&f->m, 1);
    put_string(&f->m, "id");
    buf_be32(&f->m, 23);
    buf_be32(&f->m, UINT32_MAX);
    buf_u8(&f->m, 0);
    put_string(&f->m, second);
    buf_be32(&f->m, 1043);
    buf_be32(&f->m, 24);
}

/* NULL: null; "u": unchanged */
static void tuple(struct fed *f, const char *a, const char *b) {
    const char *values[] = {a, b};
    buf_be16(&f->m, 2);
    for (int i = 0; i < 2; i++) {
        if (values[i] == NULL || strcmp(values[i], "u") == 0) {
            buf_u8(&f->m, values[i] == NULL ? 'n' : 'u');
        } else {
            buf_u8(&f->m, 't');
            buf_be32(&f->m, (uint32_t)strlen(values[i]));
            buf_bytes(&f->m, values[i], strlen(values[i]));
        }
    }
}

static void insert(struct fed *f, uint32_t oid, const char *id) {
    buf_u8(&f->m, 'I');
    buf_be32(&f->m, oid);
    buf_u8(&f->m, 'N');
    tuple(f, id, "x");
}

static void one_message(struct fed *f, uint8_t flags, uint64_t lsn) {
    buf_u8(&f->m, 'M');
    buf_u8(&f->m, flags);
    buf_be64(&f->m, lsn);
    put_string(&f->m, "godwit");
    buf_be32(&f->m, 2);
    buf_bytes(&f->m, "hi", 2);
}

static void transaction(struct fed *f, uint64_t commit_lsn, const char *origin_name) {
    begin(f, commit_lsn, 700);
    feed(f, 10);
    if (origin_name != NULL) {
        origin(f, origin_name);
        feed(f, 0);
    }
    relation(f, 1, "v");
    feed(f, 0);
    insert(f, 1, "1");
    feed(f, 20);
}

static const struct decoder_options postgres = {.kind = DECODER_PGOUTPUT, .own_origin = "godwit_7_"};

/* ---- tests ---- */

static void test_a_transaction_of_postgres(void **state) {
    (void)state;
    struct fed f;
    fed_open(&f, &postgres);
    assert_true(decoder_is_idle(f.d));
    transaction(&f, 1000, "elsewhere");
    KINDS(&f, CHANGE_BEGIN, CHANGE_RELATION, CHANGE_INSERT);
    assert_int_equal(f.changes[0].begin.xid, 700);
    assert_int_equal(f.changes[0].begin.commit_lsn, 1000);
    assert_int_equal(f.changes[0].begin.time_us, INT64_C(946684805000000));
    assert_string_equal(f.changes[0].begin.origin, "elsewhere");
    const struct change_relation *r = f.changes[1].relation;
    assert_string_equal(r->columns[1].name, "v");
    assert_int_equal(r->columns[1].typmod, 24);
    assert_true(r->columns[0].key && !r->columns[1].key);
    assert_false(decoder_is_idle(f.d));

    buf_u8(&f.m, 'U'); /* the key did not change: no old row; the large value neither */
    buf_be32(&f.m, 1);
    buf_u8(&f.m, 'N');
    tuple(&f, "1", "u");
    feed(&f, 30);
    KINDS(&f, CHANGE_UPDATE);
    assert_int_equal(f.changes[0].row.old, OLD_NONE);
    assert_null(f.changes[0].row.before);
    assert_int_equal(f.changes[0].row.after[1].form, VALUE_UNCHANGED);
    assert_ptr_equal(f.changes[0].row.relation, r);

    buf_u8(&f.m, 'D');
    buf_be32(&f.m, 1);
    buf_u8(&f.m, 'K');
    tuple(&f, "1", NULL);
    feed(&f, 40);
    KINDS(&f, CHANGE_DELETE);
    assert_int_equal(f.changes[0].row.old, OLD_KEY);
    assert_int_equal(f.changes[0].row.before[1].form, VALUE_ABSENT); /* what is no key was not sent */
    assert_null(f.changes[0].row.after);

    relation(&f, 1, "v"); /* the same again: nothing new */
    feed(&f, 0);
    assert_int_equal(f.n, 0);
    relation(&f, 1, "w"); /* another definition */
    feed(&f, 0);
    assert_int_equal(f.n, 0);
    insert(&f, 1, "2");
    feed(&f, 50);
    KINDS(&f, CHANGE_RELATION, CHANGE_INSERT);
    assert_int_equal(f.changes[0].relation->number, 2);
    assert_string_equal(r->columns[1].name, "v"); /* the old one stays */

    buf_u8(&f.m, 'T');
    buf_be32(&f.m, 1);
    buf_u8(&f.m, 3);
    buf_be32(&f.m, 1);
    feed(&f, 60);
    KINDS(&f, CHANGE_TRUNCATE);
    assert_true(f.changes[0].truncate.cascade && f.changes[0].truncate.restart_identity);
    commit(&f, 1000);
    feed(&f, 1008);
    KINDS(&f, CHANGE_COMMIT);
    assert_int_equal(f.changes[0].commit.end_lsn, 1008);
    assert_int_equal(f.changes[0].commit.xid, 700);
    assert_true(decoder_is_idle(f.d));
    assert_int_equal(decoder_counts(f.d)->rows, 4);
    assert_int_equal(decoder_counts(f.d)->transactions, 1);
    fed_close(&f);
}

/* The loop guard: what our own sessions applied does not come back, but how far the server is does. */
static void test_own_origins_are_passed_over(void **state) {
    (void)state;
    struct fed f;
    fed_open(&f, &postgres);
    transaction(&f, 1000, "godwit_7_3");
    assert_int_equal(f.n, 0);
    commit(&f, 1000);
    feed(&f, 1008);
    KINDS(&f, CHANGE_POSITION);
    assert_int_equal(f.changes[0].lsn, 1008);
    transaction(&f, 2000, NULL);
    KINDS(&f, CHANGE_BEGIN, CHANGE_RELATION, CHANGE_INSERT);
    assert_null(f.changes[0].begin.origin);
    commit(&f, 2000);
    feed(&f, 2008);
    transaction(&f, 3000, "godwit_77");
    KINDS(&f, CHANGE_BEGIN, CHANGE_INSERT);
    assert_int_equal(decoder_counts(f.d)->passed_over, 1);
    fed_close(&f);
}

/* A server that has forgotten what was confirmed sends it again. */
static void test_what_is_before_the_position_is_passed_over(void **state) {
    (void)state;
    struct fed f;
    struct decoder_options o = postgres;
    o.position = 2008;
    fed_open(&f, &o);
    transaction(&f, 1000, NULL);
    assert_int_equal(f.n, 0);
    commit(&f, 1000);
    feed(&f, 1008);
    assert_int_equal(f.n, 0);
    transaction(&f, 2000, NULL); /* ended at the position */
    commit(&f, 2000);
    feed(&f, 2008);
    assert_int_equal(f.n, 0);
    transaction(&f, 2008, NULL); /* the next one */
    KINDS(&f, CHANGE_BEGIN, CHANGE_RELATION, CHANGE_INSERT);
    commit(&f, 2008);
    feed(&f, 2016);
    KINDS(&f, CHANGE_COMMIT);
    transaction(&f, 2008, NULL); /* the position moves by itself */
    assert_int_equal(f.n, 0);
    assert_int_equal(decoder_counts(f.d)->passed_over, 2);
    fed_close(&f);
}

/* mppdb_decoding tells where a transaction ends only at its end. */
static void test_mppdb_before_the_position_is_refused(void **state) {
    (void)state;
    static const char row[] =
        "{\"table_name\":\"public.t\",\"op_type\":\"INSERT\",\"columns_name\":[\"a\"],\"columns_type\":[\"integer\"],"
        "\"columns_val\":[\"1\"],\"old_keys_name\":[],\"old_keys_type\":[],\"old_keys_val\":[]}";
    struct fed f;
    fed_open(&f, &(struct decoder_options){.kind = DECODER_MPPDB_SERIAL, .opengauss = true, .position = 2000});
    feed_text(&f, 0, "BEGIN 5");
    feed_text(&f, 1500, row);
    KINDS(&f, CHANGE_BEGIN, CHANGE_RELATION, CHANGE_INSERT);
    refuse(&f, "COMMIT 5 (at 2026-11-22 20:51:11+00) CSN 9", 42, "again that ended at 0/1");
    fed_close(&f);

    fed_open(&f, &(struct decoder_options){.kind = DECODER_MPPDB_SERIAL, .opengauss = true, .position = 2000});
    feed_text(&f, 0, "BEGIN");
    feed_text(&f, 1500, row);
    feed_text(&f, 2001, "COMMIT (at 2026-11-22 20:51:11.5-03:30) CSN 9");
    KINDS(&f, CHANGE_COMMIT);
    assert_int_equal(f.changes[0].commit.csn, 9);
    assert_int_equal(f.changes[0].commit.time_us, INT64_C(1795393271500000));
    feed_text(&f, 0, "BEGIN 6 ORIGIN_ID 4");
    feed_text(&f, 2100, row);
    KINDS(&f, CHANGE_BEGIN, CHANGE_INSERT);
    assert_int_equal(f.changes[0].begin.origin_id, 4);
    feed_text(&f, 2108, "COMMIT 6 CSN 10");
    assert_int_equal(f.changes[0].commit.time_us, 0);
    feed_text(&f, 0, "BEGIN 7");
    feed_text(&f, 2200, "COMMIT 7 (at 2026-11-22 20:51:11+00) CSN 11");
    KINDS(&f, CHANGE_POSITION); /* an empty one */
    assert_int_equal(decoder_counts(f.d)->empty, 1);
    fed_close(&f);
}

static void test_messages(void **state) {
    (void)state;
    struct fed f;
    struct decoder_options o = postgres;
    o.position = 500;
    fed_open(&f, &o);
    one_message(&f, 0, 400);
    feed(&f, 400);
    assert_int_equal(f.n, 0); /* told before */
    one_message(&f, 0, 600);
    feed(&f, 600);
    KINDS(&f, CHANGE_MESSAGE);
    assert_string_equal(f.changes[0].message.prefix, "godwit");
    assert_int_equal(f.changes[0].message.len, 2);
    begin(&f, 1000, 1);
    feed(&f, 0);
    one_message(&f, 1, 700);
    feed(&f, 700);
    KINDS(&f, CHANGE_BEGIN, CHANGE_MESSAGE);
    assert_true(f.changes[1].message.transactional);
    commit(&f, 1000);
    feed(&f, 1008);
    KINDS(&f, CHANGE_COMMIT);
    fed_close(&f);
}

/* Rows of parallel decoding tell a table's columns bit by bit. */
static void test_relations_made_from_rows(void **state) {
    (void)state;
    struct fed f;
    fed_open(&f, &(struct decoder_options){.kind = DECODER_MPPDB_TEXT, .opengauss = true});
    feed_text(&f, 8, "BEGIN CSN: 1 first_lsn: 0/8 xid: 3");
    feed_text(&f, 8,
              "table my schema.t DELETE: id[integer]:1"); /* a table with a blank: all but the first word is its name */
    assert_string_equal(f.changes[1].relation->table, "schema.t");
    feed_text(&f, 8, "table s t DELETE: id[integer]:1");
    KINDS(&f, CHANGE_RELATION, CHANGE_DELETE);
    assert_int_equal(f.changes[0].relation->n, 1);
    assert_int_equal(f.changes[1].row.old, OLD_KEY);
    feed_text(&f, 8,
              "table s t INSERT: id[integer]:1 \"a b\"[\"char\"]:'it''s' n[numeric]:-.5 b[bit]:B'01' o[boolean]:true");
    KINDS(&f, CHANGE_RELATION, CHANGE_INSERT);
    const struct change_relation *r = f.changes[0].relation;
    assert_int_equal(r->n, 5);
    assert_string_equal(r->columns[1].name, "a b");
    assert_string_equal(r->columns[1].type_name, "\"char\"");
    assert_memory_equal(f.changes[1].row.after[1].bytes, "it's", 4);
    assert_int_equal(f.changes[1].row.after[1].len, 4);
    assert_memory_equal(f.changes[1].row.after[2].bytes, "-.5", 3);
    assert_memory_equal(f.changes[1].row.after[3].bytes, "01", 2);
    assert_memory_equal(f.changes[1].row.after[4].bytes, "t", 1);
    feed_text(&f, 8, "table s t DELETE: id[integer]:2");
    KINDS(&f, CHANGE_DELETE);
    assert_int_equal(f.changes[0].row.before[4].form, VALUE_ABSENT);
    feed_text(&f, 8, "table s t DELETE: (no-tuple-data)");
    KINDS(&f, CHANGE_DELETE);
    assert_int_equal(f.changes[0].row.old, OLD_NONE);
    feed_text(&f, 8, "table s t UPDATE: old-key: id[integer]:1 new-tuple: id[integer]:2"); /* columns were dropped */
    KINDS(&f, CHANGE_RELATION, CHANGE_UPDATE);
    assert_int_equal(f.changes[1].row.old, OLD_FULL);
    feed_text(&f, 8, "commit xid: 3");
    KINDS(&f, CHANGE_COMMIT);
    assert_int_equal(f.changes[0].commit.commit_lsn, 8);
    assert_int_equal(f.changes[0].commit.end_lsn, 0);
    fed_close(&f);
}

static void test_refused(void **state) {
    (void)state;
    static const struct {
        enum decoder_kind kind;
        bool opengauss;
        const char *bytes;
        size_t len;
        const char *why;
    } cases[] = {
#define CASE(kind, og, bytes, why) {kind, og, bytes, sizeof bytes - 1, why}
        CASE(DECODER_PGOUTPUT, false, "", "an empty message"),
        CASE(DECODER_PGOUTPUT, false, "Z", "an unknown message 0x5a"),
        CASE(DECODER_PGOUTPUT, false, "S\0\0\0\1\1", "before its end"),
        CASE(DECODER_PGOUTPUT, false, "I\0\0\0\1N\0\0", "relation 1, which was not told"),
        CASE(DECODER_PGOUTPUT, false, "C\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1", "without a beginning"),
        CASE(DECODER_PGOUTPUT, false, "O\0\0\0\0\0\0\0\0x\0", "does not follow"),
        CASE(DECODER_PGOUTPUT, true, "M\0\0\0\0\0\0\0\0\0x\0\0\0\0\0", "unknown message 'M'"),
        CASE(DECODER_PGOUTPUT, false, "R\0\0\0\1s\0t\0x\0\0", "malformed message of type 'R'"),
        CASE(DECODER_PGOUTPUT, false, "R\0\0\0\1s\0t\0d\xff\xff", "a table of 65535 columns"),
        CASE(DECODER_PGOUTPUT, false, "B\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\1", "malformed message of type 'B'"),
        CASE(DECODER_MPPDB_SERIAL, true, "BEGIN x", "a malformed BEGIN"),
        CASE(DECODER_MPPDB_SERIAL, true, "COMMIT 1 (at yesterday)", "a malformed COMMIT"),
        CASE(DECODER_MPPDB_SERIAL, true, "table public.t: TRUNCATE: (no-flags)", "outside of a transaction"),
        CASE(DECODER_MPPDB_SERIAL, true, "{}", "outside of a transaction"),
        CASE(DECODER_MPPDB_JSON, true, "BEGIN CSN: 1 first_lsn: 0-8", "a malformed BEGIN"),
        CASE(DECODER_MPPDB_BINARY, true, "\0\0\0", "a record that ends early"),
        CASE(DECODER_MPPDB_BINARY, true, "\0\0\0\11\0\0\0\0\0\0\0\0", "a record of 9 bytes in 8"),
        CASE(DECODER_MPPDB_BINARY, true, "\0\0\0\11\0\0\0\0\0\0\0\0Z", "without its end"),
        CASE(DECODER_MPPDB_BINARY, true, "\0\0\0\11\0\0\0\0\0\0\0\0ZF", "an unknown record 0x5a"),
        CASE(DECODER_MPPDB_BINARY, true, "\0\0\0\0x", "behind the end of a batch"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fed f;
        fed_open(&f, &(struct decoder_options){.kind = cases[i].kind, .opengauss = cases[i].opengauss});
        refuse(&f, cases[i].bytes, cases[i].len, cases[i].why);
        fed_close(&f);
    }
}

/* Rows inside of a transaction that cannot be right. */
static void test_refused_rows(void **state) {
    (void)state;
    static const char *const rows[] = {
        "table s t INSERT: id[integer]:'1",
        "table s t INSERT: id[integer]:",
        "table s t INSERT: id:1",
        "table s t INSERT: id[integer]:1 ",
        "table s t INSERT: (no-tuple-data)",
        "table s t INSERT: \"id[integer]:1",
        "table s t UPDATE: old-key: id[integer]:1",
        "table s t DELETE: id[integer]:1 new-tuple: id[integer]:1",
        "table t INSERT: id[integer]:1",
        "nothing",
    };
    static const char *const json[] = {
        "{\"table_name\":\"public.t\"",
        "{\"table_name\":\"t\",\"op_type\":\"INSERT\",\"columns_name\":[],\"columns_type\":[],\"columns_val\":[],"
        "\"old_keys_name\":[],\"old_keys_type\":[],\"old_keys_val\":[]}",
        "{\"table_name\":\"s.t\",\"op_type\":\"MERGE\",\"columns_name\":[],\"columns_type\":[],\"columns_val\":[],"
        "\"old_keys_name\":[],\"old_keys_type\":[],\"old_keys_val\":[]}",
        "{\"table_name\":\"s.t\",\"op_type\":\"INSERT\",\"columns_name\":[\"a\"],\"columns_type\":[],\"columns_val\":[]"
        ","
        "\"old_keys_name\":[],\"old_keys_type\":[],\"old_keys_val\":[]}",
        "{\"table_name\":\"s.t\",\"op_type\":\"INSERT\",\"columns_name\":[\"a\"],\"columns_type\":[\"text\"],"
        "\"columns_val\":[\"'a\"],\"old_keys_name\":[],\"old_keys_type\":[],\"old_keys_val\":[]}",
        "{\"table_name\":\"s.t\",\"op_type\":\"INSERT\",\"columns_name\":[\"a\"],\"columns_type\":[\"text\"],"
        "\"columns_val\":[1],\"old_keys_name\":[],\"old_keys_type\":[],\"old_keys_val\":[]}",
        "[]",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fed f;
        fed_open(&f, &(struct decoder_options){.kind = DECODER_MPPDB_TEXT, .opengauss = true});
        feed_text(&f, 8, "BEGIN CSN: 1 first_lsn: 0/8");
        refuse(&f, rows[i], strlen(rows[i]), "row");
        fed_close(&f);
    }
    for (size_t i = 0; i < sizeof json / sizeof json[0]; i++) {
        struct fed f;
        fed_open(&f, &(struct decoder_options){.kind = DECODER_MPPDB_JSON, .opengauss = true});
        feed_text(&f, 8, "BEGIN CSN: 1 first_lsn: 0/8");
        refuse(&f, json[i], strlen(json[i]), i == 0 ? "no JSON" : "row");
        fed_close(&f);
    }
}

/* Every message cut anywhere is refused, and nothing behind its end is read. */
static void test_cut_anywhere(void **state) {
    (void)state;
    for (int which = 0; which < 7; which++) {
        for (size_t len = 1;; len++) {
            struct fed f;
            fed_open(&f, &postgres);
            if (which > 1) {
                transaction(&f, 1000, NULL);
            }
            switch (which) {
            case 0:
                begin(&f, 1, 2);
                break;
            case 1:
                relation(&f, 5, "v");
                break;
            case 2:
                insert(&f, 1, "12345");
                break;
            case 3:
                buf_u8(&f.m, 'U');
                buf_be32(&f.m, 1);
                buf_u8(&f.m, 'O');
                tuple(&f, "1", NULL);
                buf_u8(&f.m, 'N');
                tuple(&f, "1", "u");
                break;
            case 4:
                buf_bytes(&f.m, "T\0\0\0\1\0\0\0\0\1", 10);
                break;
            case 5:
                one_message(&f, 1, 4);
                break;
            default:
                commit(&f, 1000);
                break;
            }
            bool whole = len == f.m.len;
            if (whole) {
                feed(&f, 30);
            } else {
                assert_false(feed_bytes(&f, 30, f.m.data, len));
                assert_int_equal(f.e.code, ERR_TARGET_PROTOCOL);
            }
            fed_close(&f);
            if (whole) {
                break;
            }
        }
    }
}

static void test_many_relations(void **state) {
    (void)state;
    struct fed f;
    fed_open(&f, &postgres);
    begin(&f, 1000, 1);
    feed(&f, 0);
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t oid = 1; oid <= 1000; oid++) {
            relation(&f, oid, "v");
            feed(&f, 0);
            insert(&f, oid, "1");
            feed(&f, 8);
            assert_int_equal(f.n, (round == 0) + 1 + (round == 0 && oid == 1));
            assert_int_equal(f.changes[f.n - 1].row.relation->number, oid);
        }
    }
    fed_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_transaction_of_postgres),
        cmocka_unit_test(test_own_origins_are_passed_over),
        cmocka_unit_test(test_what_is_before_the_position_is_passed_over),
        cmocka_unit_test(test_mppdb_before_the_position_is_refused),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_relations_made_from_rows),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_rows),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_many_relations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
