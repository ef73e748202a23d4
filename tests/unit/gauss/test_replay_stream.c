/* Every recorded session about replication, replayed to the real client, and its streams through the decoders.
 *
 * The client's bytes are compared by the replaying server, but for the time in a status. What the decoders tell is compared with
 * tests/golden/decode/NAME.jsonl, which tests/oracle/decode.py made from the same recording, knowing nothing of the decoders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../tools/change_json.h"
#include "base/str.h"
#include "gauss/decoder.h"
#include "gauss/lsn.h"
#include "gauss/replication_internal.h"
#include "replay_expect.h"

enum { SESSIONS_MAX = 48, STATUS_BYTES = 70, HEAD = 5, QUIET_MS = 1000 * 1000 };

static const char *const recordings[] = {
    "repl_ddl",
    "repl_ddl_all",
    "repl_ddl_b",
    "repl_ddl_in_tx_parallel",
    "repl_ddl_in_tx_parallel_pub",
    "repl_ddl_in_tx_serial",
    "repl_ddl_mppdb",
    "repl_empty_xacts",
    "repl_extended_query",
    "repl_ha_port",
    "repl_identify",
    "repl_large_tx",
    "repl_mppdb_parallel_b",
    "repl_mppdb_parallel_b_batch",
    "repl_mppdb_parallel_b_dolphin",
    "repl_mppdb_parallel_j",
    "repl_mppdb_parallel_j_batch",
    "repl_mppdb_parallel_t",
    "repl_mppdb_parallel_t_batch",
    "repl_mppdb_serial",
    "repl_mppdb_serial_b",
    "repl_origin_local",
    "repl_origin_local_parallel",
    "repl_pgoutput",
    "repl_pgoutput_b",
    "repl_pgoutput_binary",
    "repl_restart_resume",
    "repl_restart_resume_parallel",
    "repl_slot_create_drop",
    "repl_start_errors",
    "repl_start_lsn",
    "repl_start_lsn_parallel",
    "repl_timeout",
};

struct session {
    bool begun, over;
    struct replication *r;  /* replication=database */
    struct gauss_client *c; /* the client inside, or an ordinary one */
    struct decoder *decoder;
    uint64_t statuses; /* of those recorded */
};

struct stream_driver {
    struct driver d;
    struct session sessions[SESSIONS_MAX];
    struct buf told; /* lines of JSON */
};

static void note(struct stream_driver *s, json_t *json) {
    struct err e = ERR_INIT;
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    assert_non_null(text);
    assert_true(buf_puts(&s->told, text, &e) && buf_puts(&s->told, "\n", &e));
    free(text);
    json_decref(json);
}

/* ---- connecting ---- */

static void options_of(const struct replay_line *l, struct replay *r, struct gauss_options *o) {
    static const char *const none[] = {NULL};
    *o = (struct gauss_options){
        .host = "127.0.0.1", .port = r->port, .password = r->password, .application_name = "", .startup = none};
    for (const char *p = (const char *)l->bytes + 8; *p != '\0';) {
        const char *name = p, *value = name + strlen(name) + 1;
        p = value + strlen(value) + 1;
        o->user = str_eq(name, "user") ? value : o->user;
        o->database = str_eq(name, "database") ? value : o->database;
        o->replication = str_eq(name, "replication") ? value : o->replication;
    }
}

/* The next line of this connection, from i on; r->n: none. */
static size_t next_of(const struct stream_driver *s, size_t i, int conn) {
    while (i < s->d.r.n && s->d.r.line[i].conn != conn) {
        i++;
    }
    return i;
}

/* The line that answers: the first of these types of this connection, from i on; or its end. */
static size_t answer(struct stream_driver *s, size_t i, int conn, const char *types) {
    s->d.conn = conn;
    for (i = next_of(s, i, conn); i < s->d.r.n; i = next_of(s, i + 1, conn)) {
        const struct replay_line *l = &s->d.r.line[i];
        if (l->eof || (!l->from_client && strchr(types, l->bytes[0]) != NULL)) {
            return i;
        }
    }
    fail_msg("the recording has no answer of %s", types);
    return i;
}

static void connect_session(struct stream_driver *s, struct session *n, size_t i) {
    const struct replay_line *l = &s->d.r.line[i];
    struct gauss_options o;
    struct err e = ERR_INIT;
    options_of(l, &s->d.r, &o);
    n->begun = true;
    size_t end = answer(s, i, l->conn, "ZE");
    bool ok = str_eq(o.replication, "database") ? replication_connect(&n->r, &o, &e) : gauss_connect(&n->c, &o, &e);
    if (is_server(&s->d, end, 'E')) {
        assert_false(ok);
        assert_error(&s->d, end, &e);
        n->over = true;
        return;
    }
    if (!ok) {
        err_print(&e, stderr);
    }
    assert_true(ok);
    if (n->r != NULL) {
        n->c = replication_client(n->r);
        n->r->status_ms = QUIET_MS;
        assert_true(replication_is_opengauss(n->r));
        assert_int_equal(gauss_server(n->c)->backend_pid, 0);
        assert_false(gauss_cancel(n->c, &e));
    }
    assert_string_equal(gauss_server(n->c)->auth_method, str_eq(o.replication, "true") ? "trust" : "sha256");
}

static void end_session(struct session *n) {
    if (n->r != NULL) {
        replication_close(n->r);
    } else {
        gauss_close(n->c);
    }
    n->r = NULL;
    n->c = NULL;
    n->over = true;
}

/* ---- queries ---- */

static void query(struct stream_driver *s, struct session *n, size_t i) {
    struct driver *d = &s->d;
    int conn = d->r.line[i].conn;
    const char *sql = (const char *)d->r.line[i].bytes + HEAD;
    struct err e = ERR_INIT;
    size_t end = answer(s, i, conn, "Z");
    size_t error = find(d, i, end, 'E');
    d->c = n->c;
    if (str_istarts(sql, "copy")) {
        const uint8_t *data;
        size_t len, wanted;
        assert_true(gauss_copy_out_begin(n->c, sql, &e));
        for (size_t k = i; k < end; k++) {
            if (is_server(d, k, 'd')) {
                assert_true(gauss_copy_out_next(n->c, &data, &len, &e));
                assert_memory_equal(data, body_of(d, k, &wanted), len);
                assert_int_equal(len, wanted);
            }
        }
        assert_true(gauss_copy_out_next(n->c, &data, &len, &e));
        assert_null(data);
        return;
    }
    if (str_eq(sql, "IDENTIFY_SYSTEM") && n->r != NULL) {
        struct replication_system system;
        size_t row = answer(s, i, conn, "D"), len;
        const char *body = (const char *)body_of(d, row, &len);
        char lsn[LSN_TEXT_MAX];
        assert_true(replication_identify(n->r, &system, &e));
        assert_non_null(memmem(body, len, system.id, strlen(system.id)));
        assert_non_null(memmem(body, len, lsn_text(system.position, lsn), strlen(lsn)));
        assert_string_equal(system.database, d->r.database);
        return;
    }
    struct gauss_rows rows;
    bool ok = gauss_rows(n->c, &d->a, sql, &rows, &e);
    assert_int_equal(ok, error == end);
    if (ok) {
        assert_rows(d, i + 1, end, &rows);
        return;
    }
    assert_error(d, error, &e);
    struct gauss_fields f;
    error_at(d, error, &f);
    if (gauss_fields_fatal(&f)) {
        assert_false(gauss_usable(n->c));
        end_session(n);
    }
}

/* ---- streams ---- */

/* Plain parts of START_REPLICATION, for our own writer and for choosing a decoder. */
struct start {
    char slot[80];
    uint64_t from;
    struct replication_option option[16];
    size_t n;
};

static const char *value_of(const struct start *s, const char *name) {
    for (size_t i = 0; i < s->n; i++) {
        if (str_eq(s->option[i].name, name)) {
            return s->option[i].value;
        }
    }
    return NULL;
}

static char *word(struct arena *a, const char **p) {
    char quote = **p == '"' || **p == '\'' ? *(*p)++ : '\0';
    size_t n = quote != '\0' ? strcspn(*p, quote == '"' ? "\"" : "'") : strcspn(*p, " ,()");
    char *text = arena_strndup(a, *p, n);
    *p += n + (quote != '\0');
    while (**p != '\0' && strchr(" ,()", **p) != NULL) {
        (*p)++;
    }
    return text;
}

/* And back: our writer's text is the recorded one, but for quotes around the slot, which need not be there. */
static void parse_start(struct arena *a, const char *sql, struct start *s) {
    const char *p = sql + strlen("START_REPLICATION SLOT ");
    bool quoted = *p == '"';
    *s = (struct start){.n = 0};
    snprintf(s->slot, sizeof s->slot, "%s", word(a, &p));
    p += strlen("LOGICAL ");
    char *lsn = word(a, &p);
    assert_true(lsn_parse(lsn, strlen(lsn), &s->from));
    while (*p != '\0') {
        s->option[s->n].name = word(a, &p);
        s->option[s->n++].value = word(a, &p);
    }
    char *own = replication_start_sql(a, s->slot, s->from, s->option, s->n);
    char *wanted = quoted ? arena_strdup(a, sql)
                          : arena_printf(a, "START_REPLICATION SLOT \"%s\"%s", s->slot,
                                         sql + strlen("START_REPLICATION SLOT ") + strlen(s->slot));
    assert_string_equal(own, wanted);
}

static struct decoder *decoder_for(const struct start *s) {
    struct decoder_options o = {.kind = DECODER_MPPDB_SERIAL, .opengauss = true, .position = s->from};
    const char *style = value_of(s, "decode-style"), *batch = value_of(s, "sending-batch");
    if (value_of(s, "proto_version") != NULL) {
        o.kind = DECODER_PGOUTPUT;
    } else if (value_of(s, "parallel-decode-num") != NULL) {
        o.kind = str_eq(style, "j")   ? DECODER_MPPDB_JSON
                 : str_eq(style, "t") ? DECODER_MPPDB_TEXT
                                      : DECODER_MPPDB_BINARY;
        o.batch = str_eq(batch, "1");
    }
    return decoder_new(&o);
}

static void start_stream(struct stream_driver *s, struct session *n, size_t i) {
    struct driver *d = &s->d;
    int conn = d->r.line[i].conn;
    const char *sql = (const char *)d->r.line[i].bytes + HEAD;
    struct err e = ERR_INIT;
    struct start start;
    parse_start(&d->a, sql, &start);
    size_t end = answer(s, i, conn, "WE");
    bool ok = replication_start_with(n->r, sql, &e);
    if (is_server(d, end, 'E')) {
        assert_false(ok);
        assert_error(d, end, &e);
        assert_int_equal(e.code, str_eq(e.sqlstate, "42704")   ? ERR_SLOT_MISSING
                                 : str_eq(e.sqlstate, "55006") ? ERR_SLOT_BUSY
                                                               : ERR_TARGET_QUERY);
        end_session(n);
        return;
    }
    assert_true(ok);
    n->decoder = decoder_for(&start);
    note(s, json_pack("{si}", "conn", conn));
}

static bool is_streaming(const struct session *n) {
    return n->decoder != NULL;
}

/* All changes that one payload tells. */
static void decode(struct stream_driver *s, struct session *n, const struct replication_message *m) {
    struct err e = ERR_INIT;
    struct change c;
    assert_true(decoder_feed(n->decoder, m->lsn, m->payload, m->len, &e));
    for (;;) {
        bool ok = decoder_next(n->decoder, &c, &e);
        if (!ok) {
            err_print(&e, stderr);
        }
        assert_true(ok);
        if (c.kind == CHANGE_NONE) {
            return;
        }
        note(s, change_json(&c));
    }
}

static bool is_status(const struct replay_line *l) {
    return l->from_client && l->len == STATUS_BYTES && l->bytes[0] == 'd' && l->bytes[HEAD] == 'r';
}

/* A status as our client sends it: one position, no question. */
static bool is_plain_status(const struct replay_line *l) {
    const uint8_t *p = l->bytes + HEAD;
    return is_status(l) && memcmp(p + 1, p + 9, 24) == 0 && p[57] == 0;
}

static void message(struct stream_driver *s, struct session *n, size_t i) {
    const struct replay_line *l = &s->d.r.line[i];
    const uint8_t *body = l->bytes + HEAD;
    struct replication_message m;
    struct err e = ERR_INIT;
    if (body[0] == 'k' && body[25] != 0) {
        /* The answer goes out by itself, with what was recorded. */
        size_t k = next_of(s, i + 1, l->conn);
        while (k < s->d.r.n && !is_plain_status(&s->d.r.line[k])) {
            k = next_of(s, k + 1, l->conn);
        }
        if (k < s->d.r.n) {
            replication_flushed(n->r, get_le64(s->d.r.line[k].bytes + HEAD + 1));
        }
    }
    uint64_t before = n->r->statuses;
    bool ok = replication_next(n->r, 10000, &m, &e);
    if (!ok) {
        err_print(&e, stderr);
    }
    assert_true(ok);
    if (body[0] == 'w') {
        assert_int_equal(m.kind, REPLICATION_DATA);
        assert_int_equal(m.lsn, get_be64(body + 1));
        assert_int_equal(m.len, l->len - HEAD - 25);
        assert_memory_equal(m.payload, body + 25, m.len);
        decode(s, n, &m);
    } else {
        assert_int_equal(m.kind, REPLICATION_KEEPALIVE);
        assert_int_equal(m.lsn, get_le64(body + 1));
        assert_int_equal(n->r->statuses - before, body[25] != 0);
        assert_true(m.sent_us > INT64_C(1700000000000000) && m.sent_us < INT64_C(1900000000000000));
    }
}

static void send_raw(struct session *n, const struct replay_line *l) {
    struct err e = ERR_INIT;
    assert_true(buf_put(&n->c->out, l->bytes, l->len, &e) && gauss_flush(n->c, &e));
}

static void client_line(struct stream_driver *s, struct session *n, size_t i) {
    const struct replay_line *l = &s->d.r.line[i];
    struct err e = ERR_INIT;
    if (l->bytes[0] == 'c') {
        n->r->told = n->r->flushed; /* nothing new to tell */
        end_session(n);
    } else if (is_plain_status(l)) {
        n->r->flushed = get_le64(l->bytes + HEAD + 1); /* the recorded client went back once, which ours does not */
        if (n->statuses++ == n->r->statuses) {
            assert_true(replication_status(n->r, &e));
        }
    } else {
        send_raw(n, l);
        if (l->bytes[0] == 'X') {
            end_session(n);
        }
    }
}

/* The stream ends: with an error of the server, or without a word. */
static void stream_end(struct stream_driver *s, struct session *n, size_t i) {
    struct replication_message m;
    struct err e = ERR_INIT;
    assert_false(replication_next(n->r, 10000, &m, &e));
    if (is_server(&s->d, i, 'E')) {
        assert_error(&s->d, i, &e);
        assert_int_equal(e.code, str_eq(e.sqlstate, "42704")    ? ERR_PUBLICATION
                                 : str_eq(e.sqlstate, "57P01")  ? ERR_TARGET_LOST
                                 : str_starts(e.sqlstate, "08") ? ERR_TARGET_LOST
                                                                : ERR_TARGET_QUERY);
    } else {
        assert_int_equal(e.code, ERR_TARGET_LOST);
    }
    assert_false(replication_next(n->r, 0, &m, &e));
    assert_int_equal(e.code, ERR_TARGET_LOST);
    end_session(n);
}

/* ---- one recording ---- */

static void line(struct stream_driver *s, size_t i) {
    const struct replay_line *l = &s->d.r.line[i];
    struct session *n = &s->sessions[l->conn];
    s->d.conn = l->conn;
    if (n->over) {
        return;
    }
    if (!n->begun) {
        connect_session(s, n, i);
    } else if (is_streaming(n)) {
        if (l->from_client) {
            client_line(s, n, i);
        } else if (l->eof || l->bytes[0] == 'E') {
            stream_end(s, n, i);
        } else if (l->bytes[0] == 'd') {
            message(s, n, i);
        }
    } else if (l->from_client && l->bytes[0] == 'Q') {
        if (str_starts((const char *)l->bytes + HEAD, "START_REPLICATION")) {
            start_stream(s, n, i);
        } else {
            query(s, n, i);
        }
    } else if (l->from_client && l->bytes[0] == 'X') {
        end_session(n);
    } else if (l->from_client && l->bytes[0] != 'p') {
        send_raw(n, l); /* extended messages, which get no answer on such a connection */
    }
}

static void assert_told(struct stream_driver *s, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s.jsonl", GOLDEN, name);
    FILE *f = fopen(path, "r");
    struct err e = ERR_INIT;
    struct buf wanted;
    char piece[4096];
    size_t n;
    buf_init(&wanted, 64 << 20);
    while (f != NULL && (n = fread(piece, 1, sizeof piece, f)) > 0) {
        assert_true(buf_put(&wanted, piece, n, &e));
    }
    if (f != NULL) {
        fclose(f);
    }
    assert_true(buf_terminate(&wanted, &e) && buf_terminate(&s->told, &e));
    /* Line by line, so that a difference can be read. */
    const char *a = (const char *)s->told.data, *b = (const char *)wanted.data;
    for (size_t at = 1; *a != '\0' || *b != '\0'; at++) {
        size_t la = strcspn(a, "\n"), lb = strcspn(b, "\n");
        if (la != lb || memcmp(a, b, la) != 0) {
            fail_msg("%s line %zu:\n told   %.*s\n wanted %.*s", path, at, (int)la, a, (int)lb, b);
        }
        a += la + (a[la] == '\n');
        b += lb + (b[lb] == '\n');
    }
    buf_clear(&wanted);
}

static void replay_pieces(const char *name, size_t piece) {
    struct stream_driver *s = calloc(1, sizeof *s);
    char path[512];
    snprintf(path, sizeof path, "%s/%s.jsonl", FIXTURES, name);
    buf_init(&s->told, 64 << 20);
    replay_begin(&s->d.r, path, piece);
    for (size_t i = 0; i < s->d.r.n; i++) {
        line(s, i);
    }
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        if (s->sessions[i].begun && !s->sessions[i].over) {
            end_session(&s->sessions[i]);
        }
        decoder_free(s->sessions[i].decoder);
    }
    replay_end(&s->d.r);
    assert_string_equal(s->d.r.failure, "");
    assert_told(s, name);
    replay_clear(&s->d.r);
    arena_clear(&s->d.a);
    buf_clear(&s->told);
    free(s);
}

static void replay_whole(void **state) {
    replay_pieces(*state, 0);
}

/* Messages arrive cut anywhere. */
static void replay_bytes(void **state) {
    replay_pieces(*state, 7);
}

int main(void) {
    enum { COUNT = sizeof recordings / sizeof recordings[0] };
    struct CMUnitTest tests[2 * COUNT];
    for (size_t i = 0; i < 2 * COUNT; i++) {
        const char *name = recordings[i % COUNT];
        tests[i] = (struct CMUnitTest){
            .name = name, .test_func = i < COUNT ? replay_whole : replay_bytes, .initial_state = (void *)name};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
