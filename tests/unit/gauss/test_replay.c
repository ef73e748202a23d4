/* Every recorded openGauss session about login, query and COPY, replayed to the real client.
 *
 * The driver reads what the recorded client sent, calls what makes our client send the same, and compares results with what the
 * recorded server sent. The server side (replay.c) checks our bytes, authentication replies included: they follow
 * from the recorded salt and token. Message groups that no call of ours produces (Describe of a statement, row limits, Flush,
 * binary results, Sync inside COPY, a COPY with its data sent ahead) are sent as recorded and only their
 * answers are read by the client; `raw` below says how many such groups each recording has, so that none slips into that silently. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/str.h"
#include "replay_expect.h"

/* Groups per recording that are sent raw, in order:
 * copy_in_bad_row          COPY and its data sent ahead of CopyInResponse
 * copy_in_fail             Sync and Flush inside COPY; a Query inside COPY
 * extended_pipeline_ok     Describe of a statement (3), binary results (2), row limits, Flush, Close of a
 *                          portal, COPY out and in by Execute (3)
 * extended_pipeline_error  a portal of another name, COPY in by Execute (2) */
static const struct recording recordings[] = {
    {"auth_sha256_proto351", 51, NULL, 0, "sha256", 0},
    {"auth_sha256_proto350", 50, NULL, 0, "sha256", 0},
    {"auth_sha256_proto30", 0, NULL, 0, "sha256", 0},
    {"auth_combined_351", 51, NULL, 0, "sha256", 0},
    {"auth_combined_30", 0, NULL, 0, "md5", 0},
    {"auth_md5_user", 51, NULL, 0, "md5", 0},
    {"auth_md5_user_proto30", 0, NULL, 0, "md5", 0},
    {"auth_md5rule_combined_user", 51, NULL, 0, "md5", 0},
    {"auth_md5rule_sha256_user", 51, NULL, 0, "md5-sha256", 0},
    {"auth_md5rule_sha256_user_30", 0, NULL, 0, "md5-sha256", 0},
    {"auth_locked_user", 51, "28000", ERR_TARGET_AUTH, NULL, 0},
    {"auth_proto352", 52, "0A000", ERR_TARGET_QUERY, NULL, 0},
    {"auth_rule_reject", 51, "28000", ERR_TARGET_AUTH, NULL, 0},
    {"auth_unknown_database", 51, "3D000", ERR_TARGET_DATABASE, NULL, 0},
    {"auth_unknown_user", 51, "28P01", ERR_TARGET_AUTH, NULL, 0},
    {"auth_unknown_user_30", 0, "28P01", ERR_TARGET_AUTH, NULL, 0},
    {"auth_wrong_password", 51, "28P01", ERR_TARGET_AUTH, NULL, 0},
    {"repl_auth_norole", 51, "42501", ERR_TARGET_PRIVILEGE, NULL, 0},
    {"ssl_request", 51, NULL, 0, "sha256", 0},
    {"startup_options", 51, NULL, 0, "sha256", 0},
    {"query_types_pg", 51, NULL, 0, "sha256", 0},
    {"query_types_b", 51, NULL, 0, "sha256", 0},
    {"query_types_a", 51, NULL, 0, "sha256", 0},
    {"query_error", 51, NULL, 0, "sha256", 0},
    {"notices", 51, NULL, 0, "sha256", 0},
    {"copy_in_ok", 51, NULL, 0, "sha256", 0},
    {"copy_in_bad_row", 51, NULL, 0, "sha256", 1},
    {"copy_in_fail", 51, NULL, 0, "sha256", 2},
    {"copy_out", 51, NULL, 0, "sha256", 0},
    {"copy_out_b", 51, NULL, 0, "sha256", 0},
    {"copy_binary", 51, NULL, 0, "sha256", 0},
    {"extended_pipeline_ok", 51, NULL, 0, "sha256", 11},
    {"extended_pipeline_error", 51, NULL, 0, "sha256", 3},
    {"cancel", 51, NULL, 0, "sha256", 0},
};

/* ---- driving ---- */

/* Send the group as recorded, and read every answer with the client's own reader. */
static void drive_raw(struct driver *d, size_t end, size_t answers_end) {
    struct err e = ERR_INIT;
    d->raw++;
    for (size_t i = d->at; i < end; i++) {
        assert_true(buf_put(&d->c->out, d->r.line[i].bytes, d->r.line[i].len, &e));
    }
    assert_true(gauss_flush(d->c, &e));
    for (size_t i = end; i < answers_end; i++) {
        size_t len;
        const uint8_t *body = body_of(d, i, &len);
        if (d->r.line[i].eof || is_server(d, i, 'N') || is_server(d, i, 'S')) {
            continue;
        }
        struct gauss_message m;
        assert_true(gauss_next(d->c, &m, &e));
        assert_int_equal(m.type, d->r.line[i].bytes[0]);
        assert_int_equal(m.len, len);
        assert_memory_equal(m.body, body, len);
        if (m.type == 'Z') {
            assert_true(gauss_take_ready(d->c, &m, &e));
        } else if (m.type == 'E') {
            gauss_server_error(d->c, &m, &e);
            assert_error(d, i, &e);
        }
    }
    d->c->state = is_server(d, answers_end - 1, 'G') ? GAUSS_COPY_IN : GAUSS_IDLE;
}

static void drive_copy_out(struct driver *d, const char *sql, size_t from, size_t to) {
    struct err e = ERR_INIT;
    size_t error = find(d, from, to, 'E'), begin = find(d, from, to, 'H');
    if (begin == to) {
        assert_false(gauss_copy_out_begin(d->c, sql, &e));
        assert_error(d, error, &e);
        return;
    }
    assert_true(gauss_copy_out_begin(d->c, sql, &e));
    const uint8_t *data;
    size_t len;
    for (size_t i = begin; i < to; i++) {
        if (is_server(d, i, 'd')) {
            size_t wanted_len;
            const uint8_t *wanted = body_of(d, i, &wanted_len);
            assert_true(gauss_copy_out_next(d->c, &data, &len, &e));
            assert_int_equal(len, wanted_len);
            assert_memory_equal(data, wanted, len);
        }
    }
    assert_int_equal(gauss_copy_out_next(d->c, &data, &len, &e), error == to);
    assert_null(data);
    if (error < to) {
        assert_error(d, error, &e);
    }
}

static void drive_query(struct driver *d, size_t from, size_t to) {
    size_t len;
    const char *sql = (const char *)body_of(d, d->at, &len);
    struct err e = ERR_INIT;
    if (str_istarts(sql, "copy") && strstr(sql, "to stdout") != NULL) {
        drive_copy_out(d, sql, from, to);
        return;
    }
    size_t error = find(d, from, to, 'E');
    if (str_istarts(sql, "copy")) {
        assert_int_equal(gauss_copy_in_begin(d->c, sql, &e), error == to);
        if (error < to) {
            assert_error(d, error, &e);
        }
        return;
    }
    struct gauss_rows rows;
    assert_int_equal(gauss_rows(d->c, &d->a, sql, &rows, &e), error == to);
    if (error < to) {
        assert_error(d, error, &e);
    } else {
        assert_rows(d, from, to, &rows);
    }
}

/* CopyData..., CopyDone or CopyFail. */
static void drive_copy_in(struct driver *d, size_t end, size_t answers_end) {
    struct err e = ERR_INIT;
    size_t len, error = find(d, end, answers_end, 'E');
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t i = d->at; i + 1 < end; i++) {
        const uint8_t *body = body_of(d, i, &len);
        if (i % 2 == 0) {
            assert_true(gauss_copy_in_send(d->c, body, len, &e));
        } else {
            b.len = 0;
            assert_true(buf_put(&b, "     ", GAUSS_COPY_HEADER, &e) && buf_put(&b, body, len, &e));
            assert_true(gauss_copy_in_send_buf(d->c, &b, &e));
            assert_int_equal(b.len, GAUSS_COPY_HEADER);
        }
    }
    buf_clear(&b);
    if (is_client(d, end - 1, 'f')) {
        assert_true(gauss_copy_in_fail(d->c, (const char *)body_of(d, end - 1, &len), &e));
        return;
    }
    uint64_t rows = 99;
    assert_int_equal(gauss_copy_in_end(d->c, &rows, &e), error == answers_end);
    if (error < answers_end) {
        assert_error(d, error, &e);
    } else {
        size_t tag = find(d, end, answers_end, 'C');
        assert_int_equal(rows, strtoull((const char *)body_of(d, tag, &len) + 5, NULL, 10));
    }
}

/* ---- pipelines ---- */

struct bind {
    const char *portal, *name;
    struct gauss_param p[16];
    size_t n;
    bool plain; /* our client would write it so */
};

static void parse_bind(const struct driver *d, size_t i, struct bind *b) {
    size_t len;
    const uint8_t *p = body_of(d, i, &len);
    *b = (struct bind){.portal = (const char *)p};
    b->name = b->portal + strlen(b->portal) + 1;
    p = (const uint8_t *)b->name + strlen(b->name) + 1;
    size_t formats = get_be16(p);
    const uint8_t *format = p + 2;
    p += 2 + 2 * formats;
    b->n = get_be16(p);
    p += 2;
    assert_true(b->n <= 16);
    bool binary = false;
    for (size_t k = 0; k < b->n; k++) {
        uint32_t size = get_be32(p);
        p += 4;
        b->p[k].binary = k < formats && get_be16(format + 2 * k) == 1;
        binary = binary || b->p[k].binary;
        if (size != UINT32_MAX) {
            b->p[k].value = p;
            b->p[k].len = size;
            p += size;
        }
    }
    b->plain = b->portal[0] == '\0' && get_be16(p) == 0 && formats == (binary ? b->n : 0);
}

static bool is_plain_execute(const struct driver *d, size_t i) {
    static const uint8_t plain[5] = {0};
    size_t len;
    return is_client(d, i, 'E') && body_of(d, i, &len) != NULL && len == 5 &&
           memcmp(body_of(d, i, &len), plain, 5) == 0;
}

static const char *parse_parts(const struct driver *d, size_t i, const char **sql, size_t *noids, uint32_t oids[16]) {
    size_t len;
    const char *name = (const char *)body_of(d, i, &len);
    *sql = name + strlen(name) + 1;
    const uint8_t *p = (const uint8_t *)*sql + strlen(*sql) + 1;
    *noids = get_be16(p);
    assert_true(*noids <= 16);
    for (size_t k = 0; k < *noids; k++) {
        oids[k] = get_be32(p + 2 + 4 * k);
    }
    return name;
}

/* Can the whole group be made with gauss_pipe_*? */
static bool pipeable(const struct driver *d, size_t end) {
    for (size_t i = d->at; i < end; i++) {
        struct bind b;
        size_t len;
        if (is_client(d, i, 'B')) {
            parse_bind(d, i, &b);
            if (!b.plain || i + 1 == end || !is_plain_execute(d, i + 1)) {
                return false;
            }
            i++;
        } else if (is_client(d, i, 'C')) {
            if (body_of(d, i, &len)[0] != 'S') {
                return false;
            }
        } else if (is_client(d, i, 'P')) {
            const char *name = (const char *)body_of(d, i, &len);
            if (str_istarts(name + strlen(name) + 1, "copy")) {
                return false; /* our pipelines take none */
            }
        } else if (!is_client(d, i, 'S')) {
            return false;
        }
    }
    return is_client(d, end - 1, 'S');
}

static bool is_query_params(const struct driver *d, size_t end) {
    struct bind b;
    size_t i = d->at, len;
    if (end - i != 5 || !is_client(d, i, 'P') || !is_client(d, i + 1, 'B') || !is_client(d, i + 2, 'D') ||
        body_of(d, i + 2, &len)[0] != 'P' || !is_plain_execute(d, i + 3) || !is_client(d, i + 4, 'S')) {
        return false;
    }
    parse_bind(d, i + 1, &b);
    return b.plain && b.name[0] == '\0';
}

static void drive_query_params(struct driver *d, size_t end, size_t answers_end) {
    struct err e = ERR_INIT;
    struct bind b;
    const char *sql;
    size_t noids, error = find(d, end, answers_end, 'E');
    uint32_t oids[16];
    parse_bind(d, d->at + 1, &b);
    parse_parts(d, d->at, &sql, &noids, oids);
    for (size_t k = 0; k < noids; k++) {
        b.p[k].type_oid = oids[k];
    }
    struct gauss_rows rows;
    assert_int_equal(gauss_query_params(d->c, &d->a, sql, b.p, b.n, &rows, &e), error == answers_end);
    if (error < answers_end) {
        assert_error(d, error, &e);
    } else {
        assert_rows(d, end, answers_end, &rows);
    }
}

/* Where the answers to the next execute end: behind its CommandComplete or EmptyQueryResponse, or at an error or 'Z'. */
static size_t execute_end(const struct driver *d, size_t from, size_t to) {
    while (from < to && !is_server(d, from, 'C') && !is_server(d, from, 'I') && !is_server(d, from, 'E') &&
           !is_server(d, from, 'Z')) {
        from++;
    }
    return from;
}

/* Collect the results of one stretch up to a sync. */
static void collect(struct driver *d, size_t executes, size_t *answer, size_t to) {
    struct err e = ERR_INIT;
    bool failed = false;
    size_t error = to, ready = find(d, *answer, to, 'Z');
    for (size_t k = 0; k < executes; k++) {
        size_t end = failed ? *answer : execute_end(d, *answer, to);
        struct gauss_rows rows;
        uint64_t affected = 99;
        bool ok = gauss_pipe_result(d->c, &d->a, &rows, &affected, &e);
        if (!failed && is_server(d, end, 'E')) {
            failed = true;
            error = end;
        }
        assert_int_equal(ok, !failed);
        if (failed) {
            assert_error(d, error, &e);
        } else {
            assert_rows(d, *answer, end + 1, &rows);
            assert_int_equal(affected, rows.affected);
            *answer = end + 1;
        }
    }
    /* an error that belongs to no execute (a Parse alone) is told at the end */
    size_t unread = executes == 0 ? find(d, *answer, ready, 'E') : ready;
    assert_int_equal(gauss_pipe_end(d->c, &e), unread == ready);
    if (unread < ready) {
        assert_error(d, unread, &e);
    }
    *answer = ready + 1;
}

static void drive_pipe(struct driver *d, size_t end, size_t answers_end) {
    struct err e = ERR_INIT;
    size_t answer = end, executes[64], syncs = 0;
    memset(executes, 0, sizeof executes);
    for (size_t i = d->at; i < end; i++) {
        size_t len;
        if (is_client(d, i, 'P')) {
            const char *sql;
            size_t noids;
            uint32_t oids[16];
            const char *name = parse_parts(d, i, &sql, &noids, oids);
            assert_true(gauss_pipe_prepare(d->c, name, sql, oids, noids, &e));
        } else if (is_client(d, i, 'B')) {
            struct bind b;
            parse_bind(d, i++, &b);
            assert_true(gauss_pipe_execute(d->c, b.name, b.p, b.n, &e));
            executes[syncs]++;
        } else if (is_client(d, i, 'C')) {
            assert_true(gauss_pipe_close(d->c, (const char *)body_of(d, i, &len) + 1, &e));
        } else {
            assert_true(gauss_pipe_sync(d->c, &e));
            syncs++;
        }
    }
    for (size_t s = 0; s < syncs; s++) {
        collect(d, executes[s], &answer, answers_end);
    }
}

/* ---- cancel ---- */

static void *cancel_main(void *arg) {
    struct err e = ERR_INIT;
    return gauss_cancel(arg, &e) ? arg : NULL;
}

/* A query during which other connections cancel: the same key, or the recorded wrong one. */
static void drive_cancelled(struct driver *d, size_t cancel_line, size_t from, size_t to) {
    struct gauss_client *shadow = malloc(sizeof *shadow); /* gauss_cancel reads only what the login left */
    assert_non_null(shadow);
    memcpy(shadow, d->c, sizeof *shadow);
    memcpy(shadow->cancel_key, d->r.line[cancel_line].bytes + 12, 4);
    pthread_t thread;
    void *ok;
    /* The replaying server takes the connection only after the query has come. */
    assert_int_equal(pthread_create(&thread, NULL, cancel_main, shadow), 0);
    drive_query(d, from, to);
    pthread_join(thread, &ok);
    assert_non_null(ok);
    free(shadow);
}

/* ---- one recording ---- */

static bool all_of(const struct driver *d, size_t end, const char *types) {
    for (size_t i = d->at; i < end; i++) {
        if (strchr(types, d->r.line[i].bytes[0]) == NULL) {
            return false;
        }
    }
    return true;
}

static void drive_group(struct driver *d) {
    size_t end = d->at, to;
    while (end < d->r.n && d->r.line[end].conn == 1 && d->r.line[end].from_client) {
        end++;
    }
    size_t cancel_line = end;
    bool cancelled = end < d->r.n && d->r.line[end].conn != 1;
    while (end < d->r.n && d->r.line[end].conn != 1) {
        end++;
    }
    for (to = end; to < d->r.n && !d->r.line[to].from_client;) {
        to++;
    }
    d->notices_from = end;
    if (cancelled) {
        drive_cancelled(d, cancel_line, end, to);
    } else if (d->c->state == GAUSS_COPY_IN && all_of(d, end - 1, "d") &&
               (is_client(d, end - 1, 'c') || is_client(d, end - 1, 'f'))) {
        drive_copy_in(d, end, to);
    } else if (d->c->state == GAUSS_IDLE && end - d->at == 1 && is_client(d, d->at, 'Q')) {
        drive_query(d, end, to);
    } else if (d->c->state == GAUSS_IDLE && pipeable(d, end)) {
        drive_pipe(d, end, to);
    } else if (d->c->state == GAUSS_IDLE && is_query_params(d, end)) {
        drive_query_params(d, end, to);
    } else {
        drive_raw(d, end, to);
    }
    assert_aside(d, end, to);
    d->at = to;
}

/* Startup parameters as recorded, so that the packet comes out the same. */
static void options_from(struct driver *d, struct gauss_options *o, const char **more) {
    size_t i = 0, nmore = 0;
    *o = (struct gauss_options){
        .host = "127.0.0.1", .port = d->r.port, .password = d->r.password, .application_name = ""};
    if (d->r.line[0].len == 8) { /* SSLRequest */
        o->tls.mode = NET_TLS_PREFER;
        i = 2;
    }
    const struct replay_line *l = &d->r.line[i];
    for (const char *p = (const char *)l->bytes + 8; *p != '\0';) {
        const char *name = p, *value = name + strlen(name) + 1;
        p = value + strlen(value) + 1;
        if (str_eq(name, "user")) {
            o->user = value;
        } else if (str_eq(name, "database")) {
            o->database = value;
        } else if (str_eq(name, "application_name")) {
            o->application_name = value;
        } else if (str_eq(name, "replication")) {
            o->replication = value;
        } else if (!str_eq(name, "client_encoding")) {
            more[nmore++] = name;
            more[nmore++] = value;
        }
    }
    o->startup = more;
}

/* Without the fallback to lower minors, which the recording does not have. */
static bool login_once(struct driver *d, const struct gauss_options *o, struct err *e) {
    struct net_stream *net;
    bool retry_lower, asked;
    assert_true(net_connect(&net, o->host, o->port, 5000, e));
    d->c = gauss_client_new(net);
    bool ok = gauss_login(d->c, o, d->recording->minor, 0, 0, &retry_lower, &asked, e);
    assert_true(retry_lower && !asked);
    gauss_close(d->c);
    d->c = NULL;
    return ok;
}

static void login(struct driver *d) {
    struct gauss_options o;
    const char *more[17] = {NULL};
    struct err e = ERR_INIT;
    options_from(d, &o, more);
    while (d->at < d->r.n && !is_server(d, d->at, 'Z') && !is_server(d, d->at, 'E')) {
        d->at++;
    }
    bool ok =
        d->recording->minor == 52 ? login_once(d, &o, &e) : gauss_connect_minor(&d->c, &o, d->recording->minor, &e);
    if (d->recording->login_error != NULL) {
        assert_false(ok);
        assert_int_equal(e.code, d->recording->login_code);
        assert_string_equal(e.sqlstate, d->recording->login_error);
        assert_error(d, d->at, &e);
        assert_null(d->c);
        return;
    }
    if (!ok) {
        err_print(&e, stderr);
    }
    assert_true(ok);
    const struct gauss_server *s = gauss_server(d->c);
    assert_int_equal(s->kind, GAUSS_OPENGAUSS);
    assert_int_equal(s->version, 90204);
    assert_string_equal(s->version_text, "9.2.4");
    assert_string_equal(s->auth_method, d->recording->method);
    assert_true(s->backend_pid > 0);
    assert_string_equal(gauss_parameter(d->c, "session_authorization"), o.user);
    d->at++;
}

static void replay_pieces(const struct recording *recording, size_t piece) {
    struct driver d = {.recording = recording, .conn = 1};
    char path[512];
    snprintf(path, sizeof path, "%s/%s.jsonl", FIXTURES, d.recording->name);
    replay_begin(&d.r, path, piece);
    login(&d);
    if (d.c != NULL) {
        gauss_on_notice(d.c, on_notice, &d);
        while (d.at < d.r.n && !is_client(&d, d.at, 'X')) {
            drive_group(&d);
            if (!gauss_usable(d.c)) {
                break;
            }
        }
        gauss_close(d.c);
    }
    replay_end(&d.r);
    assert_string_equal(d.r.failure, "");
    assert_int_equal(d.raw, d.recording->raw);
    replay_clear(&d.r);
    arena_clear(&d.a);
}

static void replay_whole(void **state) {
    replay_pieces(*state, 0);
}

/* Messages arrive cut anywhere. */
static void replay_bytes(void **state) {
    replay_pieces(*state, 1);
}

int main(void) {
    enum { COUNT = sizeof recordings / sizeof recordings[0] };
    struct CMUnitTest tests[2 * COUNT];
    for (size_t i = 0; i < 2 * COUNT; i++) {
        const struct recording *r = &recordings[i % COUNT];
        tests[i] = (struct CMUnitTest){
            .name = r->name, .test_func = i < COUNT ? replay_whole : replay_bytes, .initial_state = (void *)r};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
