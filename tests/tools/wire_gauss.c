/* The openGauss and PostgreSQL client on the command line, for the scenarios in test_wire_gauss.py.
 *
 *   wire_gauss HOST PORT USER DATABASE [sslmode=M] [ca=FILE] [timeout=MS] COMMAND [ARGUMENT...]
 *
 * The password comes in PGPASSWORD. One JSON object on stdout: what the command found, "ok", "error" with the
 * struct err when it failed, and the state of the connection afterwards. Exit code 0 unless the call itself is wrong. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "gauss/identify.h"

struct run {
    struct gauss_options o;
    struct gauss_client *c;
    json_t *out;
    char **arg; /* behind the command */
    int nargs;
    size_t notices;
    struct err e;
};

static const char *argument(const struct run *r, int i, const char *otherwise) {
    return i < r->nargs ? r->arg[i] : otherwise;
}

static long number(const struct run *r, int i, long otherwise) {
    return i < r->nargs ? atol(r->arg[i]) : otherwise;
}

static void put(struct run *r, const char *key, const char *text) {
    json_object_set_new(r->out, key, text != NULL ? json_string(text) : json_null());
}

static void put_number(struct run *r, const char *key, uint64_t n) {
    json_object_set_new(r->out, key, json_integer((json_int_t)n));
}

static void on_notice(void *arg, const char *severity, const char *sqlstate, const char *message) {
    struct run *r = arg;
    put(r, "notice_severity", severity);
    put(r, "notice_sqlstate", sqlstate);
    put(r, "notice", message);
    put_number(r, "notices", ++r->notices);
}

static json_t *rows_json(const struct gauss_rows *rows) {
    json_t *all = json_array();
    for (size_t i = 0; i < rows->n; i++) {
        json_t *row = json_array();
        for (size_t k = 0; k < rows->ncols; k++) {
            const char *cell = gauss_cell(rows, i, k);
            json_array_append_new(row, cell != NULL ? json_string(cell) : json_null());
        }
        json_array_append_new(all, row);
    }
    return all;
}

/* The first cell of a query, as text under `key`. */
static bool one_cell(struct run *r, const char *key, const char *sql, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    bool ok = gauss_rows(r->c, &a, sql, &rows, e);
    if (ok) {
        put(r, key, rows.n > 0 ? gauss_cell(&rows, 0, 0) : NULL);
    }
    arena_clear(&a);
    return ok;
}

/* ---- commands; each returns false with r->e filled when the client failed ---- */

static bool cmd_login(struct run *r) {
    return one_cell(r, "version", "select version()", &r->e);
}

static bool cmd_query(struct run *r) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    bool ok = true;
    for (int i = 0; i < r->nargs && ok; i++) {
        ok = gauss_rows(r->c, &a, r->arg[i], &rows, &r->e);
        if (ok) {
            json_object_set_new(r->out, "rows", rows_json(&rows));
            put(r, "tag", rows.tag);
            put_number(r, "affected", rows.affected);
        }
    }
    arena_clear(&a);
    return ok;
}

static bool cmd_params(struct run *r) {
    struct gauss_param p[16];
    struct gauss_rows rows;
    struct arena a = ARENA_INIT;
    size_t n = 0;
    for (int i = 1; i < r->nargs && n < 16; i++) {
        p[n++] = (struct gauss_param){.value = str_eq(r->arg[i], "NULL") ? NULL : r->arg[i], .len = strlen(r->arg[i])};
    }
    bool ok = gauss_query_params(r->c, &a, argument(r, 0, "select 1"), p, n, &rows, &r->e);
    if (ok) {
        json_object_set_new(r->out, "rows", rows_json(&rows));
        put(r, "tag", rows.tag);
        put(r, "column", rows.ncols > 0 ? rows.col[0].name : NULL);
    }
    arena_clear(&a);
    return ok;
}

static bool put_text_row(struct buf *b, long i, long bad, struct err *e) {
    return i == bad ? buf_printf(b, e, "not a number\tvalue %ld\n", i)
                    : buf_printf(b, e, "%ld\tvalue %ld \\\\ \\t\n", i, i);
}

static bool put_binary_row(struct buf *b, long i, struct err *e) {
    char text[32];
    int n = snprintf(text, sizeof text, "value %ld \\ \t", i);
    if (!buf_reserve(b, 64, e)) {
        return false;
    }
    buf_be16(b, 2);
    buf_be32(b, 4);
    buf_be32(b, (uint32_t)i);
    buf_be32(b, (uint32_t)n);
    buf_bytes(b, text, (size_t)n);
    return true;
}

/* copy_in TABLE text|binary ROWS [BAD ROW [BUFFER BYTES [begin]]] into (int, text). */
static bool cmd_copy_in(struct run *r) {
    const char *table = argument(r, 0, "t");
    bool binary = str_eq(argument(r, 1, "text"), "binary"), ok = true;
    long rows = number(r, 2, 1000), bad = number(r, 3, -1), flush = number(r, 4, 256 * 1024);
    char sql[200];
    struct buf b;
    struct err *e = &r->e;
    buf_init(&b, 64 * 1024 * 1024);
    snprintf(sql, sizeof sql, "copy %s from stdin%s", table, binary ? " (format binary)" : "");
    if (r->nargs > 5 && !gauss_exec(r->c, "begin", e)) {
        return false;
    }
    int64_t begun_us = clock_mono_us();
    if (!gauss_copy_in_begin(r->c, sql, e)) {
        return false;
    }
    ok = buf_put(&b, "hhhhh", GAUSS_COPY_HEADER, e) &&
         (!binary || buf_put(&b, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19, e));
    long i = 0;
    for (; ok && i < rows; i++) {
        ok = binary ? put_binary_row(&b, i, e) : put_text_row(&b, i, bad, e);
        if (ok && b.len >= (size_t)flush) {
            ok = gauss_copy_in_send_buf(r->c, &b, e);
        }
    }
    put_number(r, "rows_given", (uint64_t)i);
    uint64_t taken = 0;
    ok = ok && (!binary || buf_put(&b, "\xff\xff", 2, e)) && gauss_copy_in_send_buf(r->c, &b, e) &&
         gauss_copy_in_end(r->c, &taken, e);
    put_number(r, "rows_taken", taken);
    put_number(r, "milliseconds", (uint64_t)(clock_mono_us() - begun_us) / 1000);
    buf_clear(&b);
    return ok;
}

/* copy_fail TABLE [bad]: some rows, then CopyFail. */
static bool cmd_copy_fail(struct run *r) {
    const char *rows = r->nargs > 1 ? "x\ty\n" : "1\ta\n2\tb\n";
    char sql[200];
    snprintf(sql, sizeof sql, "copy %s from stdin", argument(r, 0, "t"));
    return gauss_copy_in_begin(r->c, sql, &r->e) && gauss_copy_in_send(r->c, rows, strlen(rows), &r->e) &&
           gauss_copy_in_fail(r->c, "the client gave up", &r->e);
}

/* copy_out SQL */
static bool cmd_copy_out(struct run *r) {
    uint64_t messages = 0, bytes = 0;
    int64_t begun_us = clock_mono_us();
    bool ok = gauss_copy_out_begin(r->c, argument(r, 0, ""), &r->e);
    while (ok) {
        const uint8_t *data;
        size_t len;
        ok = gauss_copy_out_next(r->c, &data, &len, &r->e);
        if (data == NULL) {
            break;
        }
        messages++;
        bytes += len;
    }
    put_number(r, "messages", messages);
    put_number(r, "bytes", bytes);
    put_number(r, "milliseconds", (uint64_t)(clock_mono_us() - begun_us) / 1000);
    return ok;
}

struct later {
    struct gauss_client *c;
    int64_t ms;
    bool abort;
    struct err e;
};

static void *later_main(void *arg) {
    struct later *l = arg;
    clock_sleep_ms(l->ms);
    if (l->abort) {
        gauss_abort(l->c);
        return l;
    }
    return gauss_cancel(l->c, &l->e) ? l : NULL;
}

/* cancel|abort SQL: run it, and stop it from another thread after 300 ms. */
static bool stop_later(struct run *r, bool abort_it) {
    struct later l = {.c = r->c, .ms = 300, .abort = abort_it};
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, NULL, later_main, &l) != 0) {
        return err_set(&r->e, ERR_SYSTEM, "no thread");
    }
    int64_t begun_us = clock_mono_us();
    bool ok = gauss_exec(r->c, argument(r, 0, "select pg_sleep(30)"), &r->e);
    put_number(r, "milliseconds", (uint64_t)(clock_mono_us() - begun_us) / 1000);
    pthread_join(thread, &result);
    json_object_set_new(r->out, "stopper_ok", json_boolean(result != NULL));
    return ok;
}

static bool cmd_cancel(struct run *r) {
    return stop_later(r, false);
}

static bool cmd_abort(struct run *r) {
    return stop_later(r, true);
}

/* pipeline TABLE ROWS BAD [BATCH]: inserts with one sync every BATCH; row BAD is no number. What each sync said. */
static bool cmd_pipeline(struct run *r) {
    long rows = number(r, 1, 100), bad = number(r, 2, -1), batch = number(r, 3, 10), in_batch = 0, syncs = 0, good = 0,
         failed = 0;
    char sql[200];
    struct err *e = &r->e;
    snprintf(sql, sizeof sql, "insert into %s values ($1::int, $2)", argument(r, 0, "t"));
    if (!gauss_pipe_prepare(r->c, "ins", sql, NULL, 0, e)) {
        return false;
    }
    for (long i = 0; i < rows; i++) {
        char id[32];
        snprintf(id, sizeof id, i == bad ? "x%ld" : "%ld", i);
        struct gauss_param p[2] = {{.value = id, .len = strlen(id)}, {.value = i % 7 == 0 ? NULL : "text", .len = 4}};
        if (!gauss_pipe_execute(r->c, "ins", p, 2, e)) {
            return false;
        }
        if (++in_batch == batch || i + 1 == rows) {
            if (!gauss_pipe_sync(r->c, e)) {
                return false;
            }
            in_batch = 0;
            syncs++;
        }
    }
    long left = rows;
    for (long s = 0; s < syncs; s++) {
        for (long k = 0; k < batch && left > 0; k++, left--) {
            uint64_t affected;
            struct err one = ERR_INIT;
            if (gauss_pipe_result(r->c, NULL, NULL, &affected, &one)) {
                good += (long)affected;
            } else {
                failed++;
                put(r, "pipe_sqlstate", one.sqlstate);
            }
        }
        if (!gauss_pipe_end(r->c, e)) {
            return false;
        }
    }
    put_number(r, "good", (uint64_t)good);
    put_number(r, "failed", (uint64_t)failed);
    return gauss_pipe_close(r->c, "ins", e) && gauss_pipe_sync(r->c, e) && gauss_pipe_end(r->c, e);
}

/* flood N: N pipelined selects of 1 kB results behind one sync, none read before all are sent. */
static bool cmd_flood(struct run *r) {
    long n = number(r, 0, 100000), got = 0;
    struct arena a = ARENA_INIT;
    bool ok = gauss_pipe_prepare(r->c, "", "select repeat('x', 1000)", NULL, 0, &r->e);
    for (long i = 0; ok && i < n; i++) {
        ok = gauss_pipe_execute(r->c, "", NULL, 0, &r->e);
    }
    ok = ok && gauss_pipe_sync(r->c, &r->e);
    for (long i = 0; ok && i < n; i++) {
        struct gauss_rows rows;
        ok = gauss_pipe_result(r->c, &a, &rows, NULL, &r->e);
        got += ok && rows.n == 1 && rows.lens[0] == 1000;
        arena_reset(&a);
    }
    put_number(r, "good", (uint64_t)got);
    arena_clear(&a);
    return ok && gauss_pipe_end(r->c, &r->e);
}

/* big MEGABYTES: a value there and back as a parameter, and through COPY. */
static bool cmd_big(struct run *r) {
    size_t n = (size_t)number(r, 0, 50) * 1024 * 1024;
    char *text = malloc(n + 2);
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    memset(text, 'z', n);
    for (size_t i = 0; i < n; i += 4099) {
        text[i] = (char)('a' + i % 26);
    }
    struct gauss_param p = {.value = text, .len = n};
    bool ok = gauss_query_params(r->c, &a, "select $1::text, length($1::text)", &p, 1, &rows, &r->e);
    json_object_set_new(r->out, "same", json_boolean(ok && rows.lens[0] == n && memcmp(rows.cells[0], text, n) == 0));
    arena_clear(&a);
    uint64_t taken = 0;
    text[n] = '\n';
    ok = ok && gauss_exec(r->c, "create temp table big(v text)", &r->e) &&
         gauss_copy_in_begin(r->c, "copy big from stdin", &r->e) && gauss_copy_in_send(r->c, text, n + 1, &r->e) &&
         gauss_copy_in_end(r->c, &taken, &r->e) && gauss_copy_out_begin(r->c, "copy big to stdout", &r->e);
    const uint8_t *data;
    size_t len = 0;
    bool same = ok && gauss_copy_out_next(r->c, &data, &len, &r->e) && data != NULL && len == n + 1 &&
                memcmp(data, text, len) == 0;
    json_object_set_new(r->out, "same_copy", json_boolean(same));
    ok = ok && gauss_copy_out_next(r->c, &data, &len, &r->e) && data == NULL;
    free(text);
    return ok;
}

/* copy_until_lost TABLE: rows without end. Ends with an error, or after a minute. */
static bool cmd_copy_until_lost(struct run *r) {
    char sql[200];
    struct buf b;
    snprintf(sql, sizeof sql, "copy %s from stdin", argument(r, 0, "t"));
    buf_init(&b, 1 << 20);
    bool ok = gauss_copy_in_begin(r->c, sql, &r->e) && buf_put(&b, "hhhhh", GAUSS_COPY_HEADER, &r->e);
    int64_t begun_us = clock_mono_us();
    fprintf(stderr, "copying\n");
    for (long i = 0; ok && clock_mono_us() - begun_us < 60000000; i++) {
        ok = put_text_row(&b, i, -1, &r->e) && (b.len < 128 * 1024 || gauss_copy_in_send_buf(r->c, &b, &r->e));
    }
    buf_clear(&b);
    return ok;
}

struct many {
    const struct gauss_options *o;
    bool ok;
    struct err e;
};

static void *many_main(void *arg) {
    struct many *m = arg;
    struct gauss_client *c;
    m->ok = gauss_connect(&c, m->o, &m->e) && gauss_exec(c, "select 1", &m->e);
    gauss_close(c);
    return NULL;
}

/* many THREADS: that many logins at once, sharing derived keys. */
static bool cmd_many(struct run *r) {
    enum { MAX = 64 };
    long n = number(r, 0, 16);
    struct many m[MAX];
    pthread_t thread[MAX];
    n = n < MAX ? n : MAX;
    memset(m, 0, sizeof m);
    for (long i = 0; i < n; i++) {
        m[i].o = &r->o;
        if (pthread_create(&thread[i], NULL, many_main, &m[i]) != 0) {
            return err_set(&r->e, ERR_SYSTEM, "no thread");
        }
    }
    long good = 0;
    for (long i = 0; i < n; i++) {
        pthread_join(thread[i], NULL);
        good += m[i].ok;
        if (!m[i].ok) {
            err_copy(&r->e, &m[i].e);
        }
    }
    put_number(r, "good", (uint64_t)good);
    return good == n;
}

/* identify: what SQL says, and the sessions of every role. */
static bool cmd_identify(struct run *r) {
    struct arena a = ARENA_INIT;
    struct gauss_identity id;
    bool ok = gauss_identify(r->c, &a, &id, &r->e);
    if (ok) {
        put(r, "dialect", dialect_name(id.dialect));
        put_number(r, "version_number", id.version);
        put(r, "opengauss_version", id.opengauss_version);
        put(r, "compatibility", id.compatibility);
        put(r, "dolphin", id.dolphin_version);
        put(r, "database", id.database);
        put(r, "user", id.user);
        for (int role = GAUSS_ROLE_READ; ok && role <= GAUSS_ROLE_INDEX; role++) {
            ok = gauss_session_setup(r->c, id.dialect, (enum gauss_role)role, &r->e);
        }
        ok = ok && gauss_set_maintenance_memory(r->c, 123, &r->e) &&
             one_cell(r, "maintenance_work_mem", "show maintenance_work_mem", &r->e) &&
             one_cell(r, "synchronous_commit", "show synchronous_commit", &r->e) &&
             one_cell(r, "timezone", "show timezone", &r->e) &&
             one_cell(r, "extra_float_digits", "show extra_float_digits", &r->e) &&
             one_cell(r, "datestyle", "show datestyle", &r->e);
    }
    arena_clear(&a);
    return ok;
}

static const struct {
    const char *name;
    bool (*run)(struct run *r);
} commands[] = {
    {"login", cmd_login},
    {"query", cmd_query},
    {"params", cmd_params},
    {"copy_in", cmd_copy_in},
    {"copy_fail", cmd_copy_fail},
    {"copy_out", cmd_copy_out},
    {"cancel", cmd_cancel},
    {"abort", cmd_abort},
    {"pipeline", cmd_pipeline},
    {"flood", cmd_flood},
    {"big", cmd_big},
    {"copy_until_lost", cmd_copy_until_lost},
    {"many", cmd_many},
    {"identify", cmd_identify},
};

static bool read_option(struct run *r, const char *text) {
    static const char *const modes[] = {"disable", "prefer", "require", "verify-ca", "verify-full"};
    if (str_starts(text, "sslmode=")) {
        for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
            if (str_eq(text + 8, modes[i])) {
                r->o.tls.mode = (enum net_tls_mode)i;
            }
        }
        return true;
    }
    if (str_starts(text, "ca=")) {
        r->o.tls.ca_file = text + 3;
        return true;
    }
    if (str_starts(text, "timeout=")) {
        r->o.io_timeout_ms = atol(text + 8);
        return true;
    }
    return false;
}

static void tell_connection(struct run *r) {
    const struct gauss_server *s = gauss_server(r->c);
    put(r, "kind", s->kind == GAUSS_OPENGAUSS ? "opengauss" : "postgresql");
    put(r, "auth", s->auth_method);
    put(r, "server_version", s->version_text);
    put_number(r, "server_version_number", s->version);
    put(r, "application_name", gauss_parameter(r->c, "application_name"));
}

/* What matters after a failure: does the connection go on? */
static void tell_state(struct run *r) {
    char status[2] = {gauss_tx_status(r->c), '\0'};
    struct err e = ERR_INIT;
    json_object_set_new(r->out, "usable", json_boolean(gauss_usable(r->c)));
    put(r, "tx_status", status);
    if (gauss_usable(r->c) && (status[0] == 'I' || gauss_exec(r->c, "rollback", &e)) &&
        !one_cell(r, "still_works", "select 'yes'", &e)) {
        put(r, "still_works", e.message);
    }
    put_number(r, "bytes_out", gauss_bytes_out(r->c));
    put_number(r, "bytes_in", gauss_bytes_in(r->c));
}

int main(int argc, char **argv) {
    if (argc < 6) {
        fprintf(stderr, "usage: wire_gauss HOST PORT USER DATABASE [sslmode=M] [ca=FILE] "
                        "[timeout=MS] COMMAND [ARGUMENT...]\n");
        return 2;
    }
    struct run r = {.o = {.host = argv[1],
                          .port = (uint16_t)atoi(argv[2]),
                          .user = argv[3],
                          .database = argv[4],
                          .password = getenv("PGPASSWORD"),
                          .auth_cache = gauss_auth_cache_new()},
                    .out = json_object()};
    int i = 5;
    while (i < argc && read_option(&r, argv[i])) {
        i++;
    }
    if (i == argc) {
        return 2;
    }
    const char *name = argv[i++];
    r.arg = argv + i;
    r.nargs = argc - i;
    bool known = false, ok = gauss_connect(&r.c, &r.o, &r.e);
    if (ok) {
        tell_connection(&r);
        gauss_on_notice(r.c, on_notice, &r);
        for (size_t k = 0; k < sizeof commands / sizeof commands[0]; k++) {
            if (str_eq(name, commands[k].name)) {
                known = true;
                ok = commands[k].run(&r);
            }
        }
        tell_state(&r);
    }
    json_object_set_new(r.out, "ok", json_boolean(ok));
    if (!ok) {
        json_object_set_new(r.out, "error", err_to_json(&r.e));
    }
    json_dumpf(r.out, stdout, JSON_SORT_KEYS);
    putchar('\n');
    json_decref(r.out);
    gauss_close(r.c);
    gauss_auth_cache_free(r.o.auth_cache);
    return ok || known || r.e.code != ERR_NONE ? 0 : 2;
}
