/* Compressed transactions, streamed. See binlog_payload.h. */
#include "mysql/binlog_payload.h"

#include <stdlib.h>
#include <zstd.h>

#include "mysql/reader.h"

enum {
    FIELD_END = 0,
    FIELD_SIZE = 1,
    FIELD_ALGORITHM = 2,
    ALGORITHM_ZSTD = 0,
    ALGORITHM_NONE = 255,
    STEP_BYTES = 256 * 1024, /* unpacked at a time */
    KEEP_BYTES = 4 << 20,    /* a buffer beyond this is given back with the next transaction */
};

struct binlog_payload {
    ZSTD_DCtx *zstd;
    ZSTD_inBuffer in;
    bool plain;      /* not compressed after all: `in` is read as it is */
    bool frame_open; /* the last zstd frame is not complete */
    struct buf out;  /* unpacked; at..len is not yet read */
    size_t at;
};

struct binlog_payload *binlog_payload_new(size_t max_event_bytes) {
    struct binlog_payload *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return NULL;
    }
    p->zstd = ZSTD_createDCtx();
    if (p->zstd == NULL) {
        free(p);
        return NULL;
    }
    buf_init(&p->out, max_event_bytes + STEP_BYTES);
    return p;
}

void binlog_payload_free(struct binlog_payload *p) {
    if (p != NULL) {
        ZSTD_freeDCtx(p->zstd);
        buf_clear(&p->out);
        free(p);
    }
}

bool binlog_payload_begin(struct binlog_payload *p, const struct binlog_event *ev, struct err *e) {
    struct reader r = reader_of(ev->body, ev->len);
    uint64_t size = 0, algorithm = ALGORITHM_NONE;
    for (;;) {
        uint64_t field = read_lenenc(&r);
        if (field == FIELD_END || r.bad) {
            break;
        }
        size_t n;
        const uint8_t *bytes = read_lenenc_bytes(&r, &n);
        struct reader value = reader_of(bytes, n);
        if (field == FIELD_SIZE) {
            size = read_lenenc(&value);
        } else if (field == FIELD_ALGORITHM) {
            algorithm = read_lenenc(&value);
        }
        r.bad = r.bad || value.bad;
    }
    if (r.bad || size != reader_left(&r)) {
        return binlog_malformed(ev, e);
    }
    if (algorithm != ALGORITHM_ZSTD && algorithm != ALGORITHM_NONE) {
        return err_set(e, ERR_SOURCE_BINLOG, "a transaction is compressed with an unknown algorithm (%llu)",
                       (unsigned long long)algorithm);
    }
    p->plain = algorithm == ALGORITHM_NONE;
    p->in = (ZSTD_inBuffer){.src = r.p, .size = reader_left(&r)};
    p->frame_open = false;
    ZSTD_DCtx_reset(p->zstd, ZSTD_reset_session_only);
    if (p->out.cap > KEEP_BYTES) {
        buf_clear(&p->out);
    }
    buf_reset(&p->out);
    p->at = 0;
    return true;
}

static bool broken(struct err *e, const char *why) {
    err_set(e, ERR_SOURCE_BINLOG, "a compressed transaction cannot be unpacked");
    return err_cause(e, "%s", why);
}

/* Some more bytes into `out`; *end when there are none. */
static bool unpack_more(struct binlog_payload *p, bool *end, struct err *e) {
    *end = false;
    while (p->in.pos < p->in.size || p->frame_open) {
        ZSTD_outBuffer out = {.dst = p->out.data + p->out.len, .size = p->out.cap - p->out.len};
        size_t before = p->in.pos;
        size_t left = ZSTD_decompressStream(p->zstd, &out, &p->in);
        if (ZSTD_isError(left)) {
            return broken(e, ZSTD_getErrorName(left));
        }
        p->frame_open = left != 0;
        p->out.len += out.pos;
        if (out.pos > 0) {
            return true;
        }
        if (p->in.pos == before) {
            return broken(e, "it ends early");
        }
    }
    *end = true;
    return true;
}

/* Have at least `need` unread bytes; *have tells how many there are, fewer only at the end. */
static bool fill(struct binlog_payload *p, size_t need, size_t *have, struct err *e) {
    while (p->out.len - p->at < need) {
        if (p->at > 0) {
            memmove(p->out.data, p->out.data + p->at, p->out.len - p->at);
            p->out.len -= p->at;
            p->at = 0;
        }
        bool end;
        if (!buf_reserve(&p->out, STEP_BYTES, e) || !unpack_more(p, &end, e)) {
            return false;
        }
        if (end) {
            break;
        }
    }
    *have = p->out.len - p->at;
    return true;
}

static bool next_plain(struct binlog_payload *p, struct binlog_event *inner, bool *found, struct err *e) {
    *found = p->in.pos < p->in.size;
    if (!*found) {
        return true;
    }
    if (!binlog_event_open_inner((const uint8_t *)p->in.src + p->in.pos, p->in.size - p->in.pos, inner, e)) {
        return false;
    }
    p->in.pos += inner->length;
    return true;
}

bool binlog_payload_next(struct binlog_payload *p, struct binlog_event *inner, bool *found, struct err *e) {
    enum { LENGTH_AT = 9 };
    size_t have;
    if (p->plain) {
        return next_plain(p, inner, found, e);
    }
    if (!fill(p, BINLOG_HEADER_BYTES, &have, e)) {
        return false;
    }
    *found = have > 0;
    if (!*found) {
        return true;
    }
    size_t length = have >= BINLOG_HEADER_BYTES ? get_le32(p->out.data + p->at + LENGTH_AT) : 0;
    if (!fill(p, length, &have, e) || !binlog_event_open_inner(p->out.data + p->at, have, inner, e)) {
        return false;
    }
    p->at += inner->length;
    return true;
}
