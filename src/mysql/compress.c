/* Compressed packets, zlib and zstd. See packet.h.
 *
 * Incoming data is decoded straight into the caller's buffer, a window at a time: a 16 MB packet needs no 16 MB here,
 * and what a packet inflates to is bounded by the length its header declares. */
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "mysql/packet.h"

enum {
    RAW_BYTES = 128 * 1024,
    HEADER_BYTES = 7,
    WINDOW_LOG_MAX = 24, /* a packet has 16 MB at most; a frame that asks for more memory is not an honest one */
    WORTH_IT_BYTES = 50, /* the servers' own threshold below which a packet goes as it is */
};

struct compression {
    enum mysql_compression kind;
    z_stream inflate;
    ZSTD_DStream *unzstd;
    ZSTD_CCtx *zstd;
    uint8_t *raw; /* RAW_BYTES; start..end not decoded yet */
    size_t start, end;
    /* the packet being read */
    size_t raw_left;   /* bytes of it not decoded yet */
    size_t plain_left; /* bytes it must still give */
    bool stored;       /* not compressed */
    bool in_stream;    /* compressed, and its end not seen yet */
};

struct compression *compression_new(enum mysql_compression kind) {
    struct compression *z = calloc(1, sizeof *z);
    if (z == NULL) {
        return NULL;
    }
    z->kind = kind;
    z->raw = malloc(RAW_BYTES);
    bool ok = z->raw != NULL;
    if (kind == MYSQL_COMPRESS_ZSTD) {
        z->unzstd = ZSTD_createDStream();
        z->zstd = ZSTD_createCCtx();
        ok = ok && z->unzstd != NULL && z->zstd != NULL &&
             !ZSTD_isError(ZSTD_DCtx_setParameter(z->unzstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX));
    } else if (inflateInit(&z->inflate) != Z_OK) {
        ok = false;
    }
    if (!ok) {
        compression_free(z);
        return NULL;
    }
    return z;
}

void compression_free(struct compression *z) {
    if (z != NULL) {
        if (z->kind != MYSQL_COMPRESS_ZSTD) {
            inflateEnd(&z->inflate);
        }
        ZSTD_freeDStream(z->unzstd);
        ZSTD_freeCCtx(z->zstd);
        free(z->raw);
        free(z);
    }
}

static bool nonsense(struct err *e, const char *cause) {
    err_set(e, ERR_SOURCE_PROTOCOL, "the source sent something that is not MySQL's protocol");
    return err_cause(e, "%s", cause);
}

/* ---- in ---- */

/* Have `need` raw bytes; *closed when the peer ended first. */
static bool fill_raw(struct compression *z, struct net_stream *net, size_t need, bool *closed, struct err *e) {
    *closed = false;
    while (z->end - z->start < need) {
        size_t have = z->end - z->start;
        if (have == 0) {
            z->start = z->end = 0;
        } else if (RAW_BYTES - z->start < need) {
            memmove(z->raw, z->raw + z->start, have);
            z->start = 0;
            z->end = have;
        }
        size_t got;
        if (!net_read(net, z->raw + z->end, RAW_BYTES - z->end, &got, e)) {
            return false;
        }
        if (got == 0) {
            *closed = true;
            return true;
        }
        z->end += got;
    }
    return true;
}

static bool begin_packet(struct compression *z, struct err *e) {
    const uint8_t *h = z->raw + z->start;
    z->raw_left = get_le24(h);
    /* h[3] numbers the compressed packets; servers jump in it and no client checks it */
    z->plain_left = get_le24(h + 4);
    z->start += HEADER_BYTES;
    z->stored = z->plain_left == 0;
    z->in_stream = !z->stored;
    if (z->stored) {
        z->plain_left = z->raw_left;
        return true;
    }
    bool ok =
        z->kind == MYSQL_COMPRESS_ZSTD ? !ZSTD_isError(ZSTD_initDStream(z->unzstd)) : inflateReset(&z->inflate) == Z_OK;
    return ok || err_set(e, ERR_INTERNAL, "decompression cannot be started");
}

/* One step of the decoder. */
static bool decode(struct compression *z, uint8_t *to, size_t cap, size_t *used, size_t *made, struct err *e) {
    size_t have = z->end - z->start;
    size_t in = have < z->raw_left ? have : z->raw_left;
    uint8_t *from = z->raw + z->start;
    if (z->kind == MYSQL_COMPRESS_ZSTD) {
        ZSTD_inBuffer ib = {from, in, 0};
        ZSTD_outBuffer ob = {to, cap, 0};
        size_t rc = ZSTD_decompressStream(z->unzstd, &ob, &ib);
        if (ZSTD_isError(rc)) {
            return nonsense(e, ZSTD_getErrorName(rc));
        }
        z->in_stream = rc != 0;
        *used = ib.pos;
        *made = ob.pos;
    } else {
        z->inflate.next_in = from;
        z->inflate.avail_in = (uInt)in;
        z->inflate.next_out = to;
        z->inflate.avail_out = (uInt)cap;
        int rc = inflate(&z->inflate, Z_NO_FLUSH);
        if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR) {
            return nonsense(e, z->inflate.msg != NULL ? z->inflate.msg : "the compressed data is damaged");
        }
        z->in_stream = rc != Z_STREAM_END;
        *used = in - z->inflate.avail_in;
        *made = cap - z->inflate.avail_out;
    }
    return true;
}

/* Plain bytes out of the raw ones at hand (there is at least one, or the packet has none left). */
static bool inflate_some(struct compression *z, uint8_t *to, size_t cap, size_t *got, struct err *e) {
    uint8_t spare[1]; /* the decoder needs room to reach its end mark even when all plain bytes are out */
    bool finishing = z->plain_left == 0;
    size_t room = cap < z->plain_left ? cap : z->plain_left;
    size_t used = 0, made = 0;
    if (!decode(z, finishing ? spare : to, finishing ? sizeof spare : room, &used, &made, e)) {
        return false;
    }
    z->start += used;
    z->raw_left -= used;
    if (finishing && made > 0) {
        return nonsense(e, "a compressed packet holds more than its header says");
    }
    z->plain_left -= made;
    *got = made;
    if (!z->in_stream && (z->raw_left > 0 || z->plain_left > 0)) {
        return nonsense(e, "a compressed packet ends before its header's length");
    }
    if (used == 0 && made == 0 && z->in_stream) {
        return nonsense(e, "a compressed packet is cut short");
    }
    return true;
}

bool compression_read(struct compression *z, struct net_stream *net, uint8_t *to, size_t cap, size_t *got,
                      struct err *e) {
    *got = 0;
    while (*got == 0) {
        bool closed;
        if (z->raw_left == 0 && z->plain_left == 0 && !z->in_stream) {
            if (!fill_raw(z, net, HEADER_BYTES, &closed, e)) {
                return false;
            }
            if (closed) {
                return true;
            }
            if (!begin_packet(z, e)) {
                return false;
            }
            continue;
        }
        if (z->raw_left > 0) {
            if (!fill_raw(z, net, 1, &closed, e)) {
                return false;
            }
            if (closed) {
                return true;
            }
        }
        if (!z->stored) {
            if (!inflate_some(z, to, cap, got, e)) {
                return false;
            }
            continue;
        }
        size_t n = z->end - z->start;
        n = n < z->raw_left ? n : z->raw_left;
        n = n < cap ? n : cap;
        memcpy(to, z->raw + z->start, n);
        z->start += n;
        z->raw_left -= n;
        z->plain_left -= n;
        *got = n;
    }
    return true;
}

bool compression_pending(const struct compression *z) {
    return z->end > z->start || z->in_stream;
}

/* ---- out ---- */

static void put_header(uint8_t *to, size_t len, uint8_t seq, size_t plain) {
    to[0] = (uint8_t)len;
    to[1] = (uint8_t)(len >> 8);
    to[2] = (uint8_t)(len >> 16);
    to[3] = seq;
    to[4] = (uint8_t)plain;
    to[5] = (uint8_t)(plain >> 8);
    to[6] = (uint8_t)(plain >> 16);
}

/* Compressed bytes behind `to`, or 0 when it does not pay. */
static size_t squeeze(struct compression *z, uint8_t *to, size_t cap, const uint8_t *from, size_t n) {
    if (n < WORTH_IT_BYTES) {
        return 0;
    }
    size_t made;
    if (z->kind == MYSQL_COMPRESS_ZSTD) {
        made = ZSTD_compressCCtx(z->zstd, to, cap, from, n, ZSTD_CLEVEL_DEFAULT);
        if (ZSTD_isError(made)) {
            return 0;
        }
    } else {
        uLongf len = cap;
        if (compress(to, &len, from, n) != Z_OK) {
            return 0;
        }
        made = len;
    }
    return made < n ? made : 0;
}

bool compression_put(struct compression *z, const uint8_t *plain, size_t n, uint8_t *seq, struct buf *out,
                     struct err *e) {
    while (n > 0) {
        size_t take = n < PACKET_MAX_BYTES ? n : PACKET_MAX_BYTES;
        size_t bound = z->kind == MYSQL_COMPRESS_ZSTD ? ZSTD_compressBound(take) : compressBound(take);
        if (!buf_reserve(out, HEADER_BYTES + bound, e)) {
            return false;
        }
        uint8_t *header = out->data + out->len;
        size_t made = squeeze(z, header + HEADER_BYTES, bound, plain, take);
        if (made > 0) {
            put_header(header, made, (*seq)++, take);
            out->len += HEADER_BYTES + made;
        } else {
            put_header(header, take, (*seq)++, 0);
            out->len += HEADER_BYTES;
            buf_bytes(out, plain, take);
        }
        plain += take;
        n -= take;
    }
    return true;
}
