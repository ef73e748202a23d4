/* Packets over a stream: framing, joining of packets beyond 16 MB, the compressed layer.
 *
 *   plain:       | length 3 | sequence 1 | payload |          length 0xffffff: the next packet goes on
 *   compressed:  | length 3 | sequence 1 | plain length 3 | zlib or zstd data |   around any run of plain packets
 *
 * Internal to src/mysql: the client here, the binlog stream in other files.
 * Errors are ERR_SOURCE_LOST, _TIMEOUT, _PROTOCOL, or ERR_LIMIT / ERR_MEMORY; after any of them `broken` is set and the
 * connection can only be closed. One thread at a time. */
#ifndef MYSQL_PACKET_H
#define MYSQL_PACKET_H

#include "base/buf.h"
#include "mysql/client.h"

enum {
    PACKET_MAX_BYTES = 0xffffff,
    PACKET_BUFFER_BYTES = 256 * 1024, /* what one system call may fetch; larger packets go to a buffer of their own */
};

struct compression;

struct packets {
    struct net_stream *net; /* borrowed */
    struct compression *z;  /* NULL while the stream is plain */
    uint8_t *in;            /* PACKET_BUFFER_BYTES; the bytes start..end are not read yet */
    size_t start, end;
    uint8_t seq; /* the number the next packet must have, in or out */
    bool broken;
    struct buf large; /* a packet larger than `in`, or several joined */
    unsigned calls_since_large;
    struct buf out;    /* framed commands that packets_flush will write */
    uint64_t bytes_in; /* after decompression */
};

/* max_packet_bytes: the largest payload accepted, joined. */
bool packets_init(struct packets *p, struct net_stream *net, size_t max_packet_bytes, struct err *e) WARN_UNUSED;
void packets_clear(struct packets *p);

/* From here on both directions are compressed. */
bool packets_start_compression(struct packets *p, enum mysql_compression kind, struct err *e) WARN_UNUSED;

/* Send a payload as it is, with the next sequence number (login). */
bool packets_send(struct packets *p, const void *body, size_t len, struct err *e) WARN_UNUSED;

/* Frame a command (sequence 0) behind what waits already; packets_flush writes all. A command without an answer
 * (COM_STMT_CLOSE) is put and travels with the next one. */
bool packets_put_command(struct packets *p, uint8_t command, const void *body, size_t len, struct err *e) WARN_UNUSED;
bool packets_flush(struct packets *p, struct err *e) WARN_UNUSED;

/* put and flush. */
bool packets_send_command(struct packets *p, uint8_t command, const void *body, size_t len, struct err *e) WARN_UNUSED;

/* The slow way of packets_read: fetch more bytes, join, check. */
bool packets_read_more(struct packets *p, const uint8_t **body, size_t *len, struct err *e) WARN_UNUSED;

/* The next payload, in place where it lies whole in the buffer. Valid until the next call on p. */
static inline bool WARN_UNUSED packets_read(struct packets *p, const uint8_t **body, size_t *len, struct err *e) {
    size_t have = p->end - p->start;
    if (__builtin_expect(have >= 4, 1)) {
        const uint8_t *header = p->in + p->start;
        uint32_t n = get_le24(header);
        if (__builtin_expect(n < PACKET_MAX_BYTES && have - 4 >= n && header[3] == p->seq, 1)) {
            p->seq++;
            p->start += 4 + n;
            *body = header + 4;
            *len = n;
            return true;
        }
    }
    return packets_read_more(p, body, len, e);
}

/* Is a whole packet at hand, or do bytes of one arrive within timeout_ms? The end of the connection counts as bytes. */
bool packets_readable(struct packets *p, int64_t timeout_ms);

/* A packet that is not what the protocol allows: ERR_SOURCE_PROTOCOL, and p is broken. Returns false always. */
bool packets_nonsense(struct packets *p, struct err *e, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* An ERR packet as an error; marks p broken when the server gives the connection up with it. `login`: what has no code
 * of its own counts as a refused login instead of a refused statement. Returns false always. */
bool packets_server_error(struct packets *p, const uint8_t *body, size_t len, bool login, struct err *e);

/* ERR_NETWORK of the stream as ERR_SOURCE_TIMEOUT or ERR_SOURCE_LOST, and p is broken. Returns false always. */
bool packets_stream_failed(struct packets *p, struct err *e);

/* ---- compress.c ---- */

struct compression *compression_new(enum mysql_compression kind);
void compression_free(struct compression *z);

/* At least one plain byte, at most cap; *got = 0 when the peer closed between packets or inside one. Fails with the
 * stream's error, or with ERR_SOURCE_PROTOCOL. */
bool compression_read(struct compression *z, struct net_stream *net, uint8_t *to, size_t cap, size_t *got,
                      struct err *e) WARN_UNUSED;

/* Are there fetched bytes that compression_read has not given yet? */
bool compression_pending(const struct compression *z);

/* Append `plain` in compressed packets. seq: the first one's number, counted up. */
bool compression_put(struct compression *z, const uint8_t *plain, size_t n, uint8_t *seq, struct buf *out,
                     struct err *e) WARN_UNUSED;

#endif
