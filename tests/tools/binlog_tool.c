/* A binlog as JSON lines, for tests/scenarios/test_binlog*.py and for people who look for something in one. Not installed.
 *
 *   BINLOG_PASSWORD=... binlog_tool events host=H port=P user=U [gtid=SET | file=F offset=N] [OPTION=VALUE ...]
 *   binlog_tool events path=/data/binlog.000001
 *
 *   options  until_end=1  heartbeat_ms=  server_id=  server_uuid=  tls=prefer|require  compress=zlib|zstd  max_event_bytes=
 *            limit=N (events)  stop_after_ms= (from a second thread)  database=D  generated=1  quiet=1
 *
 * events: each event's type, length, place and step.
 * transactions: begin, rows of the tables of database (as rows of the binary protocol, in hex), statements, savepoints, outcomes.
 *   The tables' definitions are those of now. quiet: only counts and seconds.
 * select: the same tables' rows as SELECT sends them, and how the server and we describe the columns.
 * charsets: how long reading them took.
 * The last line is {"end":{..}} or {"error":{..}}; exit code 0, or 1 after an error, or 2 for wrong arguments. */
#include "binlog_tool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

void tool_say(json_t *o) {
    char *text = json_dumps(o, JSON_COMPACT);
    puts(text != NULL ? text : "null");
    fflush(stdout);
    free(text);
    json_decref(o);
}

json_t *tool_text(const void *bytes, size_t n) {
    json_t *s = json_stringn(n > 0 ? (const char *)bytes : "", n);
    if (s != NULL) {
        return s;
    }
    char *hex = malloc(2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        snprintf(hex + 2 * i, 3, "%02x", ((const uint8_t *)bytes)[i]);
    }
    s = json_pack("{ss}", "hex", hex);
    free(hex);
    return s;
}

json_t *tool_place(const struct binlog_place *p) {
    return json_pack("[sI]", p->file, (json_int_t)p->offset);
}

/* ---- where events come from: a connection, or a file ---- */

static bool file_open(struct tool *t, struct err *e) {
    char magic[BINLOG_FIRST_OFFSET];
    t->file = fopen(t->path, "rbe");
    if (t->file == NULL || fread(magic, 1, sizeof magic, t->file) != sizeof magic ||
        memcmp(magic,
               "\xfe"
               "bin",
               sizeof magic) != 0) {
        return err_errno(e, ERR_FILE, "%s is no binlog", t->path);
    }
    binlog_tracker_init(&t->file_track, false);
    buf_init(&t->event, (size_t)4 << 30);
    t->file_track.at.offset = BINLOG_FIRST_OFFSET;
    const char *slash = strrchr(t->path, '/');
    snprintf(t->file_track.at.file, sizeof t->file_track.at.file, "%s", slash != NULL ? slash + 1 : t->path);
    return true;
}

static bool file_next(struct tool *t, struct binlog_raw *raw, struct err *e) {
    *raw = (struct binlog_raw){0};
    buf_reset(&t->event);
    if (!buf_reserve(&t->event, BINLOG_HEADER_BYTES, e)) {
        return false;
    }
    size_t got = fread(t->event.data, 1, BINLOG_HEADER_BYTES, t->file);
    if (got == 0) {
        return true;
    }
    t->event.len = got;
    size_t n = got == BINLOG_HEADER_BYTES ? get_le32(t->event.data + 9) : got;
    if (n > got) {
        if (!buf_reserve(&t->event, n - got, e)) {
            return false;
        }
        t->event.len += fread(t->event.data + got, 1, n - got, t->file);
    }
    raw->bytes = t->event.data;
    raw->len = t->event.len;
    return binlog_track(&t->file_track, raw->bytes, raw->len, &raw->ev, &raw->step, e);
}

bool tool_next(struct tool *t, struct binlog_raw *raw, struct err *e) {
    return t->stream != NULL ? binlog_stream_next(t->stream, raw, e) : file_next(t, raw, e);
}

const struct binlog_tracker *tool_track(const struct tool *t) {
    return t->stream != NULL ? binlog_stream_track(t->stream) : &t->file_track;
}

/* ---- events ---- */

json_t *tool_gtid(const struct binlog_gtid *g) {
    char text[GTID_TEXT_MAX] = ""; /* the longer of both kinds */
    if (g->kind == BINLOG_GTID_MYSQL) {
        gtid_print(&g->mysql, text);
    } else if (g->kind == BINLOG_GTID_MARIADB) {
        mariadb_gtid_print(&g->mariadb, text);
    }
    return json_pack("{ss sI sI sI sI sI si}", "gtid", text, "last_committed", (json_int_t)g->last_committed,
                     "sequence", (json_int_t)g->sequence_number, "immediate_us", (json_int_t)g->immediate_commit_us,
                     "original_us", (json_int_t)g->original_commit_us, "bytes", (json_int_t)g->transaction_bytes,
                     "flags", g->flags);
}

static void say_event(const struct tool *t, const struct binlog_raw *raw) {
    static const char *const steps[] = {"log", "begin", "inside", "end", "whole"};
    const struct binlog_tracker *track = tool_track(t);
    char name[32];
    json_t *o = json_pack("{ss si so ss}", "event", binlog_type_name(raw->ev.type, name), "length", (int)raw->len, "at",
                          tool_place(&track->at), "step", steps[raw->step]);
    if (track->cut) {
        json_object_set_new(o, "cut", json_true());
    }
    if (raw->step == BINLOG_STEP_BEGIN && track->has_gtid) {
        json_object_set_new(o, "gtid", tool_gtid(&track->gtid));
    }
    if (raw->step == BINLOG_STEP_END || raw->step == BINLOG_STEP_WHOLE) {
        json_object_set_new(o, "began", tool_place(&track->begin));
    }
    if (raw->ev.type == BINLOG_QUERY || raw->ev.type == BINLOG_MARIADB_QUERY_COMPRESSED) {
        json_object_set_new(o, "query", tool_text(track->query.text, track->query.text_len));
    }
    tool_say(o);
}

static bool events(struct tool *t, struct err *e) {
    for (uint64_t n = 0; t->limit == 0 || n < t->limit; n++) {
        struct binlog_raw raw;
        if (!tool_next(t, &raw, e)) {
            return false;
        }
        if (raw.bytes == NULL) {
            break;
        }
        say_event(t, &raw);
    }
    return true;
}

/* ---- arguments ---- */

static bool set_option(struct tool *t, const char *name, const char *value) {
    struct binlog_stream_options *o = &t->options;
    const struct {
        const char *name;
        const char **text;
    } texts[] = {{"host", &o->server.host}, {"user", &o->server.user},        {"gtid", &o->gtid},
                 {"file", &o->file},        {"server_uuid", &o->server_uuid}, {"path", &t->path},
                 {"database", &t->database}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (str_eq(name, texts[i].name)) {
            *texts[i].text = value;
            return true;
        }
    }
    if (str_eq(name, "tls")) {
        o->server.tls.mode = str_eq(value, "require") ? NET_TLS_REQUIRE : NET_TLS_PREFER;
        return true;
    }
    if (str_eq(name, "compress")) {
        o->server.compression = str_eq(value, "zstd") ? MYSQL_COMPRESS_ZSTD : MYSQL_COMPRESS_ZLIB;
        return true;
    }
    long long n = atoll(value);
    if (str_eq(name, "port")) {
        o->server.port = (uint16_t)n;
    } else if (str_eq(name, "offset")) {
        o->offset = (uint64_t)n;
    } else if (str_eq(name, "until_end")) {
        o->until_end = n != 0;
    } else if (str_eq(name, "heartbeat_ms")) {
        o->heartbeat_ms = n;
    } else if (str_eq(name, "server_id")) {
        o->server_id = (uint32_t)n;
    } else if (str_eq(name, "max_event_bytes")) {
        o->max_event_bytes = (size_t)n;
    } else if (str_eq(name, "generated")) {
        t->generated = n != 0;
    } else if (str_eq(name, "quiet")) {
        t->quiet = n != 0;
    } else if (str_eq(name, "limit")) {
        t->limit = (uint64_t)n;
    } else if (str_eq(name, "stop_after_ms")) {
        t->stop_after_ms = n;
    } else {
        return false;
    }
    return true;
}

static void *stop_main(void *arg) {
    const struct tool *t = arg;
    clock_sleep_ms(t->stop_after_ms);
    binlog_stream_stop(t->stream);
    return NULL;
}

static const struct {
    const char *verb;
    bool (*run)(struct tool *t, struct err *e);
    bool reads; /* a binlog */
} verbs[] = {
    {"events", events, true},
    {"transactions", tool_transactions, true},
    {"select", tool_select, false},
    {"charsets", tool_charsets, false},
};

static bool run(struct tool *t, size_t verb, struct err *e) {
    pthread_t stopper;
    if (!verbs[verb].reads) {
        return verbs[verb].run(t, e);
    }
    if (t->path != NULL ? !file_open(t, e) : !binlog_stream_open(&t->stream, &t->options, e)) {
        return false;
    }
    bool stopping = t->stop_after_ms > 0 && t->stream != NULL && pthread_create(&stopper, NULL, stop_main, t) == 0;
    bool ok = verbs[verb].run(t, e);
    if (stopping) {
        pthread_join(stopper, NULL);
    }
    return ok;
}

int main(int argc, char **argv) {
    struct tool t = {.options.server = {.host = "127.0.0.1", .port = 3306, .password = getenv("BINLOG_PASSWORD")},
                     .database = ""};
    const size_t n = sizeof verbs / sizeof verbs[0];
    size_t verb = 0;
    while (verb < n && (argc < 2 || !str_eq(argv[1], verbs[verb].verb))) {
        verb++;
    }
    bool known = verb < n;
    for (int i = 2; known && i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        if (equals != NULL) {
            *equals = '\0';
        }
        known = equals != NULL && set_option(&t, argv[i], equals + 1);
    }
    if (!known) {
        fputs("usage: binlog_tool VERB host=H port=P user=U [OPTION=VALUE ...]\n", stderr);
        return 2;
    }
    struct err e = ERR_INIT;
    bool ok = run(&t, verb, &e);
    if (ok) {
        tool_say(json_pack("{s{so}}", "end", "at", tool_place(&tool_track(&t)->at)));
    } else {
        tool_say(json_pack("{so}", "error", err_to_json(&e)));
    }
    binlog_stream_close(t.stream);
    if (t.file != NULL) {
        fclose(t.file);
    }
    buf_clear(&t.event);
    binlog_tracker_clear(&t.file_track);
    return ok ? 0 : 1;
}
