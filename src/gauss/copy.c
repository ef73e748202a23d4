/* COPY in both directions, over simple queries.
 *
 * In: the server reports a bad row as soon as it meets it and then swallows CopyData, CopyDone and CopyFail that are
 * still under way, so after an error only ReadyForQuery is waited for. Looking for such an error costs a system
 * call, hence it is done once a megabyte, and whenever something was read because the socket was full. */
#include "base/str.h"
#include "gauss/internal.h"

enum {
    LOOK_BYTES = 1024 * 1024,   /* look for an early error after so much data */
    UNCOPIED_BYTES = 32 * 1024, /* smaller pieces are gathered, larger ones written from where they are */
    PIECE_BYTES = 512 * 1024 * 1024,
};

static bool copying(struct gauss_client *c, enum gauss_state state, struct err *e) {
    if (c->broken) {
        return gauss_ready(c, e);
    }
    if (c->state != state) {
        return err_set(e, ERR_INTERNAL, "no COPY is under way on the target connection");
    }
    return true;
}

/* After the answer that ended a COPY with an error: back in sync. Keeps *e. Returns false always. */
static bool copy_over(struct gauss_client *c) {
    struct err later = ERR_INIT;
    c->state = GAUSS_IDLE;
    buf_reset(&c->out);
    if (!c->broken && !gauss_sync(c, &later)) {
        c->broken = true;
    }
    return false;
}

/* 'Q', then 'G' or 'H'. */
static bool copy_begin(struct gauss_client *c, const char *sql, char expected, enum gauss_state state, struct err *e) {
    if (!gauss_ready(c, e) || !gauss_put(c, 'Q', sql, strlen(sql) + 1, e) || !gauss_flush(c, e)) {
        return false;
    }
    struct gauss_message m;
    if (!gauss_next(c, &m, e)) {
        return false;
    }
    if (m.type == expected) {
        c->state = state;
        c->copy_unchecked = 0;
        return true;
    }
    switch (m.type) {
    case 'E':
        gauss_server_error(c, &m, e);
        return copy_over(c);
    case 'G': {
        static const char why[] = "a COPY in the other direction was meant";
        err_set(e, ERR_TARGET_QUERY, "the statement is not the COPY that was meant: it wants data");
        if (!gauss_put(c, 'f', why, sizeof why, e) || !gauss_flush(c, e)) {
            return false;
        }
        return copy_over(c);
    }
    case 'H':
    case 'T':
    case 'C':
    case 'I':
        err_set(e, ERR_TARGET_QUERY, "the statement is not the COPY that was meant");
        return copy_over(c);
    default:
        return gauss_unexpected(c, &m, "the beginning of a COPY", e);
    }
}

/* ---- in ---- */

bool gauss_copy_in_begin(struct gauss_client *c, const char *sql, struct err *e) {
    return copy_begin(c, sql, 'G', GAUSS_COPY_IN, e);
}

/* Has the server given up on the COPY already? */
static bool look(struct gauss_client *c, size_t sent, struct err *e) {
    c->copy_unchecked += sent;
    if (c->copy_unchecked >= LOOK_BYTES) {
        c->copy_unchecked = 0;
        if (net_readable(c->net, 0) && !gauss_fill(c, e)) {
            return false;
        }
    }
    struct gauss_message m;
    bool have;
    if (c->in.len == c->in_pos) {
        return true;
    }
    if (!gauss_try_next(c, &m, &have, e)) {
        return false;
    }
    if (!have) {
        return true;
    }
    if (m.type != 'E') {
        return gauss_unexpected(c, &m, "COPY FROM STDIN", e);
    }
    gauss_server_error(c, &m, e);
    return copy_over(c);
}

static void put_header(uint8_t *to, size_t len) {
    uint32_t be = __builtin_bswap32((uint32_t)(len + 4));
    to[0] = 'd';
    memcpy(to + 1, &be, 4);
}

bool gauss_copy_in_send(struct gauss_client *c, const void *data, size_t len, struct err *e) {
    if (!copying(c, GAUSS_COPY_IN, e)) {
        return false;
    }
    const uint8_t *p = data;
    while (len > 0) {
        size_t n = len < PIECE_BYTES ? len : PIECE_BYTES;
        bool small = n < UNCOPIED_BYTES;
        if (!buf_reserve(&c->out, GAUSS_COPY_HEADER + (small ? n : 0), e)) {
            return false;
        }
        put_header(c->out.data + c->out.len, n);
        c->out.len += GAUSS_COPY_HEADER;
        if (small) {
            buf_bytes(&c->out, p, n);
        }
        bool ok = small ? c->out.len < GAUSS_FLUSH_BYTES || gauss_flush(c, e) : gauss_flush_with(c, p, n, e);
        if (!ok || !look(c, n, e)) {
            return false;
        }
        p += n;
        len -= n;
    }
    return true;
}

bool gauss_copy_in_send_buf(struct gauss_client *c, struct buf *b, struct err *e) {
    if (b->len < GAUSS_COPY_HEADER) {
        BUG("a COPY buffer without room for its header");
    }
    size_t n = b->len - GAUSS_COPY_HEADER;
    bool ok;
    if (n < UNCOPIED_BYTES || n > PIECE_BYTES) {
        ok = gauss_copy_in_send(c, b->data + GAUSS_COPY_HEADER, n, e);
    } else {
        put_header(b->data, n);
        ok = copying(c, GAUSS_COPY_IN, e) && gauss_flush_with(c, b->data, b->len, e) && look(c, n, e);
    }
    if (ok) {
        b->len = GAUSS_COPY_HEADER;
    }
    return ok;
}

/* Read up to ReadyForQuery after CopyDone or CopyFail. *rows from the tag. */
static bool copy_finish(struct gauss_client *c, uint64_t *rows, struct err *e) {
    bool failed = false;
    c->state = GAUSS_IDLE;
    for (;;) {
        struct gauss_message m;
        struct err later = ERR_INIT;
        if (!gauss_next(c, &m, failed ? &later : e)) {
            return false;
        }
        switch (m.type) {
        case 'C':
            *rows = gauss_tag_number(m.body, strnlen((const char *)m.body, m.len));
            break;
        case 'E':
            gauss_server_error(c, &m, failed ? &later : e);
            failed = true;
            if (c->broken) {
                return false;
            }
            break;
        case 'T': /* statements behind the COPY in the same text */
        case 'D':
        case 'I':
            break;
        case 'Z':
            return gauss_take_ready(c, &m, failed ? &later : e) && !failed;
        default:
            return gauss_unexpected(c, &m, "the end of COPY FROM STDIN", failed ? &later : e);
        }
    }
}

bool gauss_copy_in_end(struct gauss_client *c, uint64_t *rows, struct err *e) {
    uint64_t number = 0;
    bool ok = copying(c, GAUSS_COPY_IN, e) && gauss_put(c, 'c', NULL, 0, e) && gauss_flush(c, e) &&
              copy_finish(c, &number, e);
    if (rows != NULL) {
        *rows = ok ? number : 0;
    }
    return ok;
}

bool gauss_copy_in_fail(struct gauss_client *c, const char *why, struct err *e) {
    uint64_t rows;
    if (!c->broken && c->state == GAUSS_IDLE) {
        return true;
    }
    if (!copying(c, GAUSS_COPY_IN, e)) {
        return false;
    }
    if (!gauss_put(c, 'f', why, strlen(why) + 1, e) || !gauss_flush(c, e)) {
        return false;
    }
    if (copy_finish(c, &rows, e)) {
        return true; /* cannot be: the server has to refuse; the connection is in sync */
    }
    if (!c->broken && str_eq(e->sqlstate, "57014")) {
        err_clear(e);
        return true;
    }
    return false;
}

/* ---- out ---- */

bool gauss_copy_out_begin(struct gauss_client *c, const char *sql, struct err *e) {
    return copy_begin(c, sql, 'H', GAUSS_COPY_OUT, e);
}

bool gauss_copy_out_next(struct gauss_client *c, const uint8_t **data, size_t *len, struct err *e) {
    *data = NULL;
    *len = 0;
    if (!copying(c, GAUSS_COPY_OUT, e)) {
        return false;
    }
    for (;;) {
        struct gauss_message m;
        if (!gauss_next(c, &m, e)) {
            return false;
        }
        switch (m.type) {
        case 'd':
            *data = m.body;
            *len = m.len;
            return true;
        case 'c': /* CopyDone; then the tag, and answers to statements behind the COPY */
        case 'C':
        case 'T':
        case 'D':
        case 'I':
            break;
        case 'E':
            gauss_server_error(c, &m, e);
            return copy_over(c);
        case 'Z':
            c->state = GAUSS_IDLE;
            return gauss_take_ready(c, &m, e);
        default:
            return gauss_unexpected(c, &m, "COPY TO STDOUT", e);
        }
    }
}
