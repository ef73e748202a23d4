/* The MySQL wire client from a command line, for tests/scenarios/test_wire_mysql.py. Not installed.
 *
 *   WIRE_PASSWORD=... wire_mysql host=H port=P user=U [database=D] [OPTION=VALUE ...] [MODE:SQL ...]
 *
 *   options  tls=disable|prefer|require|verify-ca|verify-full  ca=  cert=  key=  compress=zlib|zstd  server_key=
 *            connect_timeout_ms=  io_timeout_ms=  max_row_bytes=  abort_after_ms= (from a second thread)
 *   modes    exec     run, drop results                 text, binary  stream all rows
 *            rows     read whole                        digest, bdigest  each cell as [length, crc32] (text, binary)
 *            count, bcount  only count rows             first    one row, then drain
 *            stop     print "row" after the first row, wait for a line on standard input, go on
 *            wait     say nothing for that many milliseconds
 *   SQL may be @/path of a file that holds it.
 *
 * One JSON object a line: {"server":..}, then for each statement {"columns":..,"rows":..} or {"error":..}.
 * Exit code 0 unless the connection could not be made (1) or the arguments are wrong (2). */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "mysql/client.h"
#include "mysql/protocol.h"
#include "mysql/reader.h"

static void say(json_t *o) {
    char *text = json_dumps(o, JSON_COMPACT | JSON_ENCODE_ANY);
    puts(text != NULL ? text : "null");
    fflush(stdout);
    free(text);
    json_decref(o);
}

static void say_error(const struct err *e, const struct mysql_client *c) {
    json_t *error = err_to_json(e);
    if (c != NULL) {
        json_object_set_new(error, "usable", json_boolean(mysql_usable(c)));
    }
    say(json_pack("{so}", "error", error));
}

/* ---- cells ---- */

static json_t *bytes_json(const uint8_t *p, size_t n, bool digest) {
    if (digest) {
        return json_pack("[II]", (json_int_t)n, (json_int_t)crc32(0, p, (uInt)n));
    }
    json_t *s = json_stringn(n > 0 ? (const char *)p : "", n);
    if (s != NULL) {
        return s;
    }
    char *hex = malloc(2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        snprintf(hex + 2 * i, 3, "%02x", p[i]);
    }
    s = json_pack("{ss}", "hex", hex);
    free(hex);
    return s;
}

static json_t *date_json(struct reader *r) {
    uint8_t n = read_u8(r);
    struct reader v = reader_of(r->p, n <= reader_left(r) ? n : 0);
    (void)read_bytes(r, n);
    unsigned year = n >= 4 ? read_u16(&v) : 0, month = n >= 4 ? read_u8(&v) : 0, day = n >= 4 ? read_u8(&v) : 0;
    unsigned hour = n >= 7 ? read_u8(&v) : 0, minute = n >= 7 ? read_u8(&v) : 0, second = n >= 7 ? read_u8(&v) : 0;
    unsigned micro = n >= 11 ? read_u32(&v) : 0;
    return json_sprintf("%04u-%02u-%02u %02u:%02u:%02u.%06u", year, month, day, hour, minute, second, micro);
}

static json_t *time_json(struct reader *r) {
    uint8_t n = read_u8(r);
    struct reader v = reader_of(r->p, n <= reader_left(r) ? n : 0);
    (void)read_bytes(r, n);
    bool negative = n >= 8 && read_u8(&v) != 0;
    unsigned days = n >= 8 ? read_u32(&v) : 0, hour = n >= 8 ? read_u8(&v) : 0;
    unsigned minute = n >= 8 ? read_u8(&v) : 0, second = n >= 8 ? read_u8(&v) : 0, micro = n >= 12 ? read_u32(&v) : 0;
    return json_sprintf("%s%02u:%02u:%02u.%06u", negative ? "-" : "", days * 24 + hour, minute, second, micro);
}

static json_t *int_json(const struct mysql_column *col, uint64_t v, int bits) {
    if ((col->flags & MYSQL_FLAG_UNSIGNED) != 0) {
        return json_sprintf("%llu", (unsigned long long)v);
    }
    int64_t s = (int64_t)(v << (64 - bits)) >> (64 - bits);
    return json_sprintf("%lld", (long long)s);
}

static json_t *binary_cell(const struct mysql_column *col, struct reader *r, bool digest) {
    size_t n;
    const uint8_t *p;
    uint32_t u32;
    float f;
    double d;
    switch (col->type) {
    case MYSQL_TYPE_TINY:
        return int_json(col, read_u8(r), 8);
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_YEAR:
        return int_json(col, read_u16(r), 16);
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_INT24:
        return int_json(col, read_u32(r), 32);
    case MYSQL_TYPE_LONGLONG:
        p = read_bytes(r, 8);
        return int_json(col, p == NULL ? 0 : get_le64(p), 64);
    case MYSQL_TYPE_FLOAT:
        u32 = read_u32(r);
        memcpy(&f, &u32, sizeof f);
        return json_sprintf("%.9g", (double)f);
    case MYSQL_TYPE_DOUBLE:
        p = read_bytes(r, 8);
        d = 0;
        if (p != NULL) {
            memcpy(&d, p, sizeof d);
        }
        return json_sprintf("%.17g", d);
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP:
        return date_json(r);
    case MYSQL_TYPE_TIME:
        return time_json(r);
    default:
        p = read_lenenc_bytes(r, &n);
        return bytes_json(p, n, digest);
    }
}

static json_t *row_json(const struct mysql_columns *columns, const uint8_t *row, size_t len, bool binary, bool digest) {
    json_t *out = json_array();
    struct reader r = reader_of(row, len);
    const uint8_t *nulls = NULL;
    if (binary) {
        (void)read_u8(&r);
        nulls = read_bytes(&r, (columns->n + 9) / 8);
    }
    for (size_t i = 0; i < columns->n && !r.bad; i++) {
        if (nulls != NULL) {
            bool null = (nulls[(i + 2) / 8] >> (i + 2) % 8 & 1) != 0;
            json_array_append_new(out, null ? json_null() : binary_cell(&columns->col[i], &r, digest));
            continue;
        }
        bool present;
        size_t n;
        const uint8_t *p = read_text_cell(&r, &n, &present);
        json_array_append_new(out, present ? bytes_json(p, n, digest) : json_null());
    }
    if (r.bad || reader_left(&r) > 0) {
        json_array_append_new(out, json_string("MALFORMED ROW"));
    }
    return out;
}

static json_t *columns_json(const struct mysql_columns *columns) {
    json_t *out = json_array();
    for (size_t i = 0; i < columns->n; i++) {
        const struct mysql_column *c = &columns->col[i];
        json_array_append_new(out, json_pack("{ss ss si si si sI si}", "name", c->name, "table", c->table, "type",
                                             c->type, "flags", c->flags, "charset", c->charset, "length",
                                             (json_int_t)c->length, "decimals", c->decimals));
    }
    return out;
}

/* ---- statements ---- */

static bool run_rows(struct mysql_client *c, struct arena *a, const char *sql, struct err *e) {
    struct mysql_rows rows;
    if (!mysql_rows(c, a, sql, &rows, e)) {
        return false;
    }
    json_t *out = json_array();
    for (size_t i = 0; i < rows.n; i++) {
        json_t *row = json_array();
        for (size_t k = 0; k < rows.columns.n; k++) {
            const char *cell = mysql_cell(&rows, i, k);
            json_array_append_new(
                row, cell == NULL ? json_null()
                                  : bytes_json((const uint8_t *)cell, rows.lens[i * rows.columns.n + k], false));
        }
        json_array_append_new(out, row);
    }
    say(json_pack("{soso}", "columns", columns_json(&rows.columns), "rows", out));
    return true;
}

static void wait_for_line(void) {
    puts("\"row\"");
    fflush(stdout);
    int ch;
    do {
        ch = getchar();
    } while (ch != '\n' && ch != EOF);
}

static bool run_stream(struct mysql_client *c, struct arena *a, const char *mode, const char *sql, struct err *e) {
    bool binary = mode[0] == 'b';
    bool count_only = strstr(mode, "count") != NULL, digest = strstr(mode, "digest") != NULL;
    bool first = str_eq(mode, "first"), stop = str_eq(mode, "stop");
    struct mysql_columns columns;
    if (!(binary ? mysql_query_binary(c, a, sql, &columns, e) : mysql_query(c, a, sql, &columns, e))) {
        return false;
    }
    json_t *rows = json_array();
    uint64_t count = 0, bytes = 0;
    bool ok;
    for (;;) {
        const uint8_t *row;
        size_t len;
        ok = mysql_next(c, &row, &len, e);
        if (!ok || row == NULL) {
            break;
        }
        count++;
        bytes += len;
        if (!count_only && !stop) {
            json_array_append_new(rows, row_json(&columns, row, len, binary, digest));
        }
        if (first) {
            ok = mysql_drain(c, e);
            break;
        }
        if (stop && count == 1) {
            wait_for_line();
        }
    }
    if (ok) {
        say(json_pack("{so so sI sI}", "columns", columns_json(&columns), "rows", rows, "count", (json_int_t)count,
                      "bytes", (json_int_t)bytes));
    } else {
        json_decref(rows);
    }
    return ok;
}

/* "@/path": the file's contents. */
static const char *sql_text(struct arena *a, const char *sql) {
    if (!str_starts(sql, "@/")) {
        return sql;
    }
    FILE *f = fopen(sql + 1, "re");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0) {
        perror(sql + 1);
        exit(2);
    }
    long size = ftell(f);
    char *text = arena_alloc(a, (size_t)size + 1);
    rewind(f);
    if (fread(text, 1, (size_t)size, f) != (size_t)size) {
        perror(sql + 1);
        exit(2);
    }
    fclose(f);
    return text;
}

static bool run(struct mysql_client *c, const char *mode, const char *sql, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok;
    sql = sql_text(&a, sql);
    if (str_eq(mode, "wait")) {
        clock_sleep_ms(atoll(sql));
        ok = true;
    } else if (str_eq(mode, "exec")) {
        ok = mysql_exec(c, sql, e);
        if (ok) {
            say(json_pack("{sb}", "ok", 1));
        }
    } else if (str_eq(mode, "rows")) {
        ok = run_rows(c, &a, sql, e);
    } else {
        ok = run_stream(c, &a, mode, sql, e);
    }
    arena_clear(&a);
    return ok;
}

/* ---- options ---- */

struct settings {
    struct mysql_options o;
    int64_t abort_after_ms;
};

static bool set_option(struct settings *s, const char *name, const char *value) {
    static const char *const tls[] = {"disable", "prefer", "require", "verify-ca", "verify-full"};
    struct mysql_options *o = &s->o;
    const struct {
        const char *name;
        const char **text;
    } texts[] = {{"host", &o->host},
                 {"user", &o->user},
                 {"database", &o->database},
                 {"ca", &o->tls.ca_file},
                 {"cert", &o->tls.cert_file},
                 {"key", &o->tls.key_file},
                 {"server_key", &o->server_key_file}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (str_eq(name, texts[i].name)) {
            *texts[i].text = value;
            return true;
        }
    }
    if (str_eq(name, "tls")) {
        for (size_t i = 0; i < sizeof tls / sizeof tls[0]; i++) {
            if (str_eq(value, tls[i])) {
                o->tls.mode = (enum net_tls_mode)i;
                return true;
            }
        }
        return false;
    }
    if (str_eq(name, "compress")) {
        o->compression = str_eq(value, "zstd") ? MYSQL_COMPRESS_ZSTD : MYSQL_COMPRESS_ZLIB;
        return true;
    }
    long long n = atoll(value);
    if (str_eq(name, "port")) {
        o->port = (uint16_t)n;
    } else if (str_eq(name, "connect_timeout_ms")) {
        o->connect_timeout_ms = n;
    } else if (str_eq(name, "io_timeout_ms")) {
        o->io_timeout_ms = n;
    } else if (str_eq(name, "max_row_bytes")) {
        o->max_row_bytes = (size_t)n;
    } else if (str_eq(name, "abort_after_ms")) {
        s->abort_after_ms = n;
    } else {
        return false;
    }
    return true;
}

struct aborter {
    struct mysql_client *c;
    int64_t after_ms;
};

static void *abort_main(void *arg) {
    const struct aborter *a = arg;
    clock_sleep_ms(a->after_ms);
    mysql_abort(a->c);
    return NULL;
}

int main(int argc, char **argv) {
    struct settings s = {.o = {.host = "127.0.0.1", .port = 3306, .password = getenv("WIRE_PASSWORD")}};
    int i = 1;
    for (; i < argc; i++) {
        char *equals = strchr(argv[i], '='), *colon = strchr(argv[i], ':');
        if (equals == NULL || (colon != NULL && colon < equals)) {
            break;
        }
        *equals = '\0';
        if (!set_option(&s, argv[i], equals + 1)) {
            fprintf(stderr, "unknown option %s\n", argv[i]);
            return 2;
        }
    }
    struct mysql_client *c;
    struct err e = ERR_INIT;
    if (!mysql_connect(&c, &s.o, &e)) {
        say_error(&e, NULL);
        return 1;
    }
    const struct mysql_server *server = mysql_server(c);
    say(json_pack("{s{sb si ss ss sb sI}}", "server", "is_mariadb", server->is_mariadb, "version", (int)server->version,
                  "version_text", server->version_text, "auth_plugin", server->auth_plugin, "asked_for_key",
                  server->asked_for_key, "connection_id", (json_int_t)server->connection_id));
    struct aborter aborter = {c, s.abort_after_ms};
    pthread_t thread;
    bool aborting = s.abort_after_ms > 0 && pthread_create(&thread, NULL, abort_main, &aborter) == 0;
    for (; i < argc; i++) {
        char *colon = strchr(argv[i], ':');
        if (colon == NULL) {
            fprintf(stderr, "no mode: %s\n", argv[i]);
            return 2;
        }
        *colon = '\0';
        err_clear(&e);
        if (!run(c, argv[i], colon + 1, &e)) {
            say_error(&e, c);
        }
    }
    if (aborting) {
        pthread_join(thread, NULL);
    }
    say(json_pack("{sI}", "bytes_in", (json_int_t)mysql_bytes_in(c)));
    mysql_close(c);
    return 0;
}
