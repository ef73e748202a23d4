/* Framing of packets in both directions. See packet.h; compressed packets are in compress.c. */
#include "mysql/packet.h"

#include <stdarg.h>
#include <stdlib.h>

#include "mysql/protocol.h"

enum {
    SLIDE_BELOW_BYTES = 64 * 1024, /* less room than this behind the data: move the rest to the front first */
    KEEP_LARGE_BYTES = 1 << 20,    /* a buffer beyond this is given back ... */
    KEEP_LARGE_CALLS = 64,         /* ... when it was not needed for so many fetches */
    OUT_MAX_BYTES = 1100 << 20,    /* MySQL's own limit of 1 GiB for a statement, and headers */
    LAST_WORDS_MS = 500,
};

bool packets_init(struct packets *p, struct net_stream *net, size_t max_packet_bytes, struct err *e) {
    *p = (struct packets){.net = net};
    buf_init(&p->large, max_packet_bytes);
    buf_init(&p->out, OUT_MAX_BYTES);
    p->in = malloc(PACKET_BUFFER_BYTES);
    return p->in != NULL || err_set(e, ERR_MEMORY, "no memory for a receive buffer");
}

void packets_clear(struct packets *p) {
    compression_free(p->z);
    buf_clear(&p->large);
    buf_clear(&p->out);
    free(p->in);
    p->in = NULL;
    p->z = NULL;
}

bool packets_start_compression(struct packets *p, enum mysql_compression kind, struct err *e) {
    p->z = compression_new(kind);
    return p->z != NULL || err_set(e, ERR_MEMORY, "no memory for compression");
}

/* ---- faults ---- */

bool packets_nonsense(struct packets *p, struct err *e, const char *fmt, ...) {
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    p->broken = true;
    err_set(e, ERR_SOURCE_PROTOCOL, "the source sent something that is not MySQL's protocol");
    return err_cause(e, "%s", text);
}

bool packets_stream_failed(struct packets *p, struct err *e) {
    p->broken = true;
    if (e == NULL || e->code != ERR_NETWORK) {
        return false; /* already one of ours: limit, memory, protocol */
    }
    char cause[sizeof e->cause], message[sizeof e->message];
    memcpy(cause, e->cause, sizeof cause);
    memcpy(message, e->message, sizeof message);
    if (net_timed_out(p->net)) {
        err_set(e, ERR_SOURCE_TIMEOUT, "the source did not answer in time");
        return err_cause(e, "%s", message);
    }
    err_set(e, ERR_SOURCE_LOST, "the connection to the source broke");
    return err_cause(e, "%s: %s", message, cause);
}

static bool closed(struct packets *p, struct err *e) {
    p->broken = true;
    err_set(e, ERR_SOURCE_LOST, "the connection to the source broke");
    return err_cause(e, "the server closed the connection");
}

/* ---- in ---- */

/* At least one byte of the plain packet stream. */
static bool fetch(struct packets *p, uint8_t *to, size_t cap, size_t *got, struct err *e) {
    /* The caller may not want an error; telling timeouts from losses needs one. */
    struct err own = ERR_INIT;
    struct err *err = e != NULL ? e : &own;
    bool ok = p->z != NULL ? compression_read(p->z, p->net, to, cap, got, err) : net_read(p->net, to, cap, got, err);
    if (!ok) {
        return packets_stream_failed(p, err);
    }
    if (*got == 0) {
        return closed(p, e);
    }
    p->bytes_in += *got;
    return true;
}

/* Have at least `need` (<= PACKET_BUFFER_BYTES) unread bytes in `in`. */
static bool fill(struct packets *p, size_t need, struct err *e) {
    while (p->end - p->start < need) {
        size_t have = p->end - p->start;
        if (have == 0) {
            p->start = p->end = 0;
        } else if (p->start > 0 &&
                   (PACKET_BUFFER_BYTES - p->start < need || PACKET_BUFFER_BYTES - p->end < SLIDE_BELOW_BYTES)) {
            memmove(p->in, p->in + p->start, have);
            p->start = 0;
            p->end = have;
        }
        size_t got;
        if (!fetch(p, p->in + p->end, PACKET_BUFFER_BYTES - p->end, &got, e)) {
            return false;
        }
        p->end += got;
    }
    return true;
}

/* The header at start: its length, its number checked. */
static bool next_header(struct packets *p, size_t *n, struct err *e) {
    if (!fill(p, 4, e)) {
        return false;
    }
    *n = get_le24(p->in + p->start);
    uint8_t seq = p->in[p->start + 3];
    if (seq != p->seq && p->z == NULL) {
        /* A server that gives up (shutdown, idle too long, packet too large) says so out of turn. With compression
         * the inner numbers follow the outer ones in jumps, and no client checks them. */
        if (*n == 0 || !fill(p, 5, e) || p->in[p->start + 4] != PACKET_ERR) {
            return !p->broken && packets_nonsense(p, e, "packet number %u came where %u was due", seq, p->seq);
        }
    }
    p->seq = (uint8_t)(seq + 1);
    return true;
}

/* n bytes from the stream to the end of `large`. */
static bool take_large(struct packets *p, size_t n, struct err *e) {
    if (n > p->large.max_bytes - p->large.len) {
        p->broken = true;
        return err_set(e, ERR_LIMIT, "the source sent a row of more than %zu bytes", p->large.max_bytes);
    }
    if (!buf_reserve(&p->large, n, e)) {
        p->broken = true;
        return false;
    }
    size_t have = p->end - p->start;
    size_t now = have < n ? have : n;
    buf_bytes(&p->large, p->in + p->start, now);
    p->start += now;
    for (n -= now; n > 0;) {
        size_t got;
        if (!fetch(p, p->large.data + p->large.len, n, &got, e)) {
            return false;
        }
        p->large.len += got;
        n -= got;
    }
    return true;
}

bool packets_read_more(struct packets *p, const uint8_t **body, size_t *len, struct err *e) {
    *body = NULL;
    *len = 0;
    if (p->broken) {
        return closed(p, e);
    }
    if (p->large.cap > KEEP_LARGE_BYTES && ++p->calls_since_large > KEEP_LARGE_CALLS) {
        buf_clear(&p->large);
    }
    size_t n;
    if (!next_header(p, &n, e)) {
        return false;
    }
    if (n <= PACKET_BUFFER_BYTES - 4) {
        if (!fill(p, 4 + n, e)) {
            return false;
        }
        *body = p->in + p->start + 4;
        *len = n;
        p->start += 4 + n;
        return true;
    }
    buf_reset(&p->large);
    p->calls_since_large = 0;
    for (;;) {
        p->start += 4;
        if (!take_large(p, n, e)) {
            return false;
        }
        if (n < PACKET_MAX_BYTES) {
            break;
        }
        if (!next_header(p, &n, e)) {
            return false;
        }
    }
    *body = p->large.data;
    *len = p->large.len;
    return true;
}

bool packets_readable(struct packets *p, int64_t timeout_ms) {
    size_t have = p->end - p->start;
    if (have >= 4 && have - 4 >= get_le24(p->in + p->start)) {
        return true;
    }
    if (p->z != NULL && compression_pending(p->z)) {
        return true;
    }
    return net_readable(p->net, timeout_ms);
}

/* ---- out ---- */

/* Append `first` (when >= 0) and body as one payload, split into packets. */
static bool frame(struct buf *out, uint8_t *seq, int first, const uint8_t *body, size_t len, struct err *e) {
    size_t left = len + (first >= 0 ? 1 : 0);
    if (!buf_reserve(out, left + 4 * (left / PACKET_MAX_BYTES + 1), e)) {
        return false;
    }
    bool more = true;
    while (more) {
        size_t n = left < PACKET_MAX_BYTES ? left : PACKET_MAX_BYTES;
        more = n == PACKET_MAX_BYTES; /* also when nothing is left: an empty packet ends the payload */
        left -= n;
        buf_u8(out, (uint8_t)n);
        buf_u8(out, (uint8_t)(n >> 8));
        buf_u8(out, (uint8_t)(n >> 16));
        buf_u8(out, (*seq)++);
        if (first >= 0) {
            buf_u8(out, (uint8_t)first);
            first = -1;
            n--;
        }
        buf_bytes(out, body, n);
        body = n > 0 ? body + n : body;
    }
    return true;
}

bool packets_put_command(struct packets *p, uint8_t command, const void *body, size_t len, struct err *e) {
    if (p->z == NULL) {
        p->seq = 0;
        return frame(&p->out, &p->seq, command, body, len, e);
    }
    struct buf plain;
    buf_init(&plain, OUT_MAX_BYTES);
    uint8_t inner = 0;
    p->seq = 0;
    bool ok = frame(&plain, &inner, command, body, len, e) &&
              compression_put(p->z, plain.data, plain.len, &p->seq, &p->out, e);
    buf_clear(&plain);
    return ok;
}

/* The write failed because the server hung up; it may have said why (packet too large, shutdown). */
static bool last_words(struct packets *p, struct err *e) {
    if (net_timed_out(p->net) || !packets_readable(p, LAST_WORDS_MS)) {
        return false;
    }
    struct err ignored = ERR_INIT;
    const uint8_t *body;
    size_t n;
    p->broken = false;
    if (packets_read_more(p, &body, &n, &ignored) && n > 0 && body[0] == PACKET_ERR) {
        packets_server_error(p, body, n, false, e);
        p->broken = true;
        return true;
    }
    p->broken = true;
    return false;
}

bool packets_flush(struct packets *p, struct err *e) {
    struct err own = ERR_INIT;
    struct err *err = e != NULL ? e : &own;
    bool ok = net_write(p->net, p->out.data, p->out.len, err);
    buf_reset(&p->out);
    if (p->out.cap > KEEP_LARGE_BYTES) {
        buf_clear(&p->out);
    }
    if (!ok) {
        packets_stream_failed(p, err);
        (void)last_words(p, err);
    }
    return ok;
}

bool packets_send(struct packets *p, const void *body, size_t len, struct err *e) {
    return frame(&p->out, &p->seq, -1, body, len, e) && packets_flush(p, e);
}

bool packets_send_command(struct packets *p, uint8_t command, const void *body, size_t len, struct err *e) {
    return packets_put_command(p, command, body, len, e) && packets_flush(p, e);
}
