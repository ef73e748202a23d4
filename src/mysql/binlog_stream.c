/* The binlog as a stream of events. See binlog_stream.h; how it is asked for is in binlog_dump.c. */
#include "mysql/binlog_stream.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "mysql/binlog_dump.h"
#include "mysql/protocol.h"

enum {
    HEARTBEAT_MS = 5000,
    HEARTBEATS_MISSED = 3,
    SILENCE_LEAST_MS = 2000, /* a busy machine is no lost connection */
    SETUP_TIMEOUT_MS = 30000,
    EOF_PACKET_MAX = 9,
};

struct binlog_stream {
    struct mysql_client *c;
    struct binlog_tracker track;
    atomic_bool stop;
    bool ended;
};

static int64_t heartbeat_of(const struct binlog_stream_options *o) {
    return o->heartbeat_ms > 0 ? o->heartbeat_ms : HEARTBEAT_MS;
}

static bool start(struct binlog_stream *s, struct dump *d, struct err *e) {
    if (!dump_check_position(d, e) || !dump_prepare(d, e) || !dump_register(d, e)) {
        return false;
    }
    int64_t silence_ms = HEARTBEATS_MISSED * d->heartbeat_ms;
    net_set_timeout(s->c->net, silence_ms > SILENCE_LEAST_MS ? silence_ms : SILENCE_LEAST_MS);
    binlog_tracker_restart(&s->track, d->crc32);
    return dump_begin(d, e);
}

bool binlog_stream_open(struct binlog_stream **out, const struct binlog_stream_options *o, struct err *e) {
    struct mysql_options server = o->server;
    server.database = NULL;
    server.max_row_bytes = o->max_event_bytes;
    server.io_timeout_ms = server.io_timeout_ms > 0 ? server.io_timeout_ms : SETUP_TIMEOUT_MS;
    *out = NULL;
    struct binlog_stream *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a binlog stream");
    }
    atomic_init(&s->stop, false);
    binlog_tracker_init(&s->track, false);
    if (!mysql_connect(&s->c, &server, e)) {
        binlog_stream_close(s);
        return false;
    }
    struct dump d = {.c = s->c, .o = o, .heartbeat_ms = heartbeat_of(o)};
    if (!start(s, &d, e)) {
        binlog_stream_close(s);
        return dump_refused(e);
    }
    *out = s;
    return true;
}

static bool failed(struct binlog_stream *s, struct err *e) {
    s->ended = true;
    if (atomic_load(&s->stop)) {
        return err_set(e, ERR_CANCELLED, "reading the binlog was stopped");
    }
    return dump_refused(e);
}

bool binlog_stream_next(struct binlog_stream *s, struct binlog_raw *out, struct err *e) {
    const uint8_t *body;
    size_t len;
    *out = (struct binlog_raw){0};
    if (s->ended) {
        return true;
    }
    if (!packets_read(&s->c->io, &body, &len, e)) {
        return failed(s, e);
    }
    if (len > 0 && body[0] == PACKET_OK) {
        out->bytes = body + 1;
        out->len = len - 1;
        return binlog_track(&s->track, out->bytes, out->len, &out->ev, &out->step, e) || failed(s, e);
    }
    if (len > 0 && body[0] == PACKET_EOF && len < EOF_PACKET_MAX) {
        s->ended = true;
        return true;
    }
    if (len > 0 && body[0] == PACKET_ERR) {
        packets_server_error(&s->c->io, body, len, false, e);
        return failed(s, e);
    }
    return packets_nonsense(&s->c->io, e, "a packet of %zu bytes in the binlog", len) || failed(s, e);
}

bool binlog_stream_ready(struct binlog_stream *s, int64_t timeout_ms) {
    return s->ended || packets_readable(&s->c->io, timeout_ms);
}

const struct binlog_tracker *binlog_stream_track(const struct binlog_stream *s) {
    return &s->track;
}

const struct mysql_server *binlog_stream_server(const struct binlog_stream *s) {
    return mysql_server(s->c);
}

uint64_t binlog_stream_bytes_in(const struct binlog_stream *s) {
    return mysql_bytes_in(s->c);
}

void binlog_stream_stop(struct binlog_stream *s) {
    atomic_store(&s->stop, true);
    mysql_abort(s->c);
}

void binlog_stream_close(struct binlog_stream *s) {
    if (s != NULL) {
        if (s->c != NULL) {
            s->c->io.broken = true; /* the server is in the midst of sending: there is no good-bye */
        }
        mysql_close(s->c);
        binlog_tracker_clear(&s->track);
        free(s);
    }
}
