/* Extended queries, pipelined. See client.h.
 *
 * What was asked and not yet answered stands in a ring of one byte each; answers come in the same order:
 *   prepare   Parse                     -> 1
 *   execute   Bind, [Describe], Execute -> 2 [T|n] D* (C|I|s)
 *   close     Close                     -> 3
 *   sync      Sync                      -> Z
 * After an error the server answers nothing up to the next Sync, and neither does the reader here. */
#include <stdlib.h>

#include "gauss/internal.h"

enum pipe_op { PIPE_PREPARE, PIPE_EXECUTE, PIPE_CLOSE, PIPE_SYNC };

/* ---- the ring ---- */

static bool ring_reserve(struct gauss_client *c, struct err *e) {
    if (c->pipe_len < c->pipe_cap) {
        return true;
    }
    if (c->pipe_cap >= GAUSS_PIPE_MAX) {
        return err_set(e, ERR_LIMIT, "more than %d pipelined messages are unanswered", GAUSS_PIPE_MAX);
    }
    size_t cap = c->pipe_cap == 0 ? 1024 : c->pipe_cap * 2;
    uint8_t *ring = malloc(cap);
    if (ring == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a pipeline");
    }
    for (size_t i = 0; i < c->pipe_len; i++) {
        ring[i] = c->pipe[(c->pipe_head + i) & (c->pipe_cap - 1)];
    }
    free(c->pipe);
    c->pipe = ring;
    c->pipe_cap = cap;
    c->pipe_head = 0;
    return true;
}

static void ring_push(struct gauss_client *c, enum pipe_op op) {
    c->pipe[(c->pipe_head + c->pipe_len++) & (c->pipe_cap - 1)] = (uint8_t)op;
}

static enum pipe_op ring_first(const struct gauss_client *c) {
    return (enum pipe_op)c->pipe[c->pipe_head];
}

static void ring_pop(struct gauss_client *c) {
    c->pipe_head = (c->pipe_head + 1) & (c->pipe_cap - 1);
    c->pipe_len--;
}

/* ---- queueing ---- */

static bool pipe_open(struct gauss_client *c, struct err *e) {
    if (c->state != GAUSS_PIPE && !gauss_ready(c, e)) {
        return false;
    }
    if (c->broken) {
        return err_set(e, ERR_TARGET_LOST, "the connection to the target is broken");
    }
    return ring_reserve(c, e);
}

/* A message is queued whole: record it, and send when enough has gathered. */
static bool pipe_queued(struct gauss_client *c, enum pipe_op op, struct err *e) {
    c->state = GAUSS_PIPE;
    ring_push(c, op);
    return c->out.len < GAUSS_FLUSH_BYTES || gauss_flush(c, e);
}

static bool put_parse(struct gauss_client *c, const char *name, const char *sql, const uint32_t *oids, size_t n,
                      struct err *e) {
    size_t at, name_len = strlen(name), sql_len = strlen(sql);
    if (n > UINT16_MAX) {
        return err_set(e, ERR_LIMIT, "a statement with %zu parameters; %d are possible", n, UINT16_MAX);
    }
    if (!gauss_put_begin(c, 'P', &at, e) || !buf_reserve(&c->out, name_len + sql_len + 4 + 4 * n, e)) {
        return false;
    }
    buf_bytes(&c->out, name, name_len + 1);
    buf_bytes(&c->out, sql, sql_len + 1);
    buf_be16(&c->out, (uint16_t)n);
    for (size_t i = 0; i < n; i++) {
        buf_be32(&c->out, oids[i]);
    }
    return gauss_put_end(c, at, e);
}

/* portal NUL, statement NUL, formats, values, result formats (none: text) */
static bool put_bind(struct gauss_client *c, const char *name, const struct gauss_param *p, size_t n, struct err *e) {
    size_t at, name_len = strlen(name), bytes = name_len + 2 + 6;
    if (n > UINT16_MAX) {
        return err_set(e, ERR_LIMIT, "a statement with %zu parameters; %d are possible", n, UINT16_MAX);
    }
    bool binary = false;
    for (size_t i = 0; i < n; i++) {
        binary = binary || p[i].binary;
        bytes += 6;
        if (p[i].value != NULL) {
            if (p[i].len > GAUSS_MESSAGE_MAX) {
                return err_set(e, ERR_LIMIT, "a parameter of %zu bytes is longer than the protocol allows", p[i].len);
            }
            bytes += p[i].len;
        }
    }
    if (!gauss_put_begin(c, 'B', &at, e) || !buf_reserve(&c->out, bytes, e)) {
        return false;
    }
    buf_u8(&c->out, '\0');
    buf_bytes(&c->out, name, name_len + 1);
    buf_be16(&c->out, binary ? (uint16_t)n : 0); /* none: all text */
    for (size_t i = 0; binary && i < n; i++) {
        buf_be16(&c->out, p[i].binary);
    }
    buf_be16(&c->out, (uint16_t)n);
    for (size_t i = 0; i < n; i++) {
        if (p[i].value == NULL) {
            buf_be32(&c->out, UINT32_MAX);
        } else {
            buf_be32(&c->out, (uint32_t)p[i].len);
            buf_bytes(&c->out, p[i].value, p[i].len);
        }
    }
    buf_be16(&c->out, 0);
    return gauss_put_end(c, at, e);
}

static bool put_execute(struct gauss_client *c, struct err *e) {
    static const uint8_t unnamed_all_rows[5] = {0};
    return gauss_put(c, 'E', unnamed_all_rows, sizeof unnamed_all_rows, e);
}

/* Take back what was queued since `before` when a message could not be completed. */
static bool undo(struct gauss_client *c, size_t before) {
    c->out.len = before;
    return false;
}

bool gauss_pipe_prepare(struct gauss_client *c, const char *name, const char *sql, const uint32_t *oids, size_t n,
                        struct err *e) {
    if (!pipe_open(c, e)) {
        return false;
    }
    size_t before = c->out.len;
    return put_parse(c, name, sql, oids, n, e) ? pipe_queued(c, PIPE_PREPARE, e) : undo(c, before);
}

bool gauss_pipe_execute(struct gauss_client *c, const char *name, const struct gauss_param *p, size_t np,
                        struct err *e) {
    if (!pipe_open(c, e)) {
        return false;
    }
    size_t before = c->out.len;
    return put_bind(c, name, p, np, e) && put_execute(c, e) ? pipe_queued(c, PIPE_EXECUTE, e) : undo(c, before);
}

bool gauss_pipe_close(struct gauss_client *c, const char *name, struct err *e) {
    if (!pipe_open(c, e)) {
        return false;
    }
    size_t at, before = c->out.len;
    bool ok = gauss_put_begin(c, 'C', &at, e) && buf_put(&c->out, "S", 1, e) &&
              buf_put(&c->out, name, strlen(name) + 1, e) && gauss_put_end(c, at, e);
    return ok ? pipe_queued(c, PIPE_CLOSE, e) : undo(c, before);
}

bool gauss_pipe_sync(struct gauss_client *c, struct err *e) {
    if (!pipe_open(c, e)) {
        return false;
    }
    size_t before = c->out.len;
    if (!gauss_put(c, 'S', NULL, 0, e)) {
        return undo(c, before);
    }
    c->state = GAUSS_PIPE;
    ring_push(c, PIPE_SYNC);
    return gauss_flush(c, e);
}

/* ---- answers ---- */

static bool pipe_broken(struct gauss_client *c, const struct gauss_message *m, struct err *e) {
    if (m->type == 'G' || m->type == 'H' || m->type == 'W') {
        c->broken = true; /* the server would take our Sync for a part of the COPY */
        return err_set(e, ERR_TARGET_PROTOCOL, "a COPY cannot be pipelined");
    }
    return gauss_unexpected(c, m, "a pipeline", e);
}

/* An error answer: remember it for every result up to the next sync. */
static bool pipe_error(struct gauss_client *c, const struct gauss_message *m, struct err *e) {
    gauss_server_error(c, m, &c->pipe_error);
    if (c->broken) {
        err_copy(e, &c->pipe_error);
        return false;
    }
    c->pipe_failed = true;
    c->pipe_error_unread = true;
    return true;
}

/* Keep a fault on our side of the answers (a result too large, say); what is malformed ends the connection. */
static bool local_fault(struct gauss_client *c, bool ok, struct err *fault, struct err *e) {
    if (!ok && fault->code == ERR_TARGET_PROTOCOL) {
        c->broken = true;
        err_copy(e, fault);
        return false;
    }
    return true;
}

/* The answers to one execute. On a server error pipe_failed is set and true returned. */
static bool read_execute(struct gauss_client *c, struct gauss_row_sink *sink, uint64_t *affected, struct err *fault,
                         struct err *e) {
    bool bound = false;
    for (;;) {
        struct gauss_message m;
        bool ok = true;
        if (!gauss_next(c, &m, e)) {
            return false;
        }
        if (m.type == 'E') {
            return pipe_error(c, &m, e);
        }
        if (!bound) {
            if (m.type != '2') {
                return pipe_broken(c, &m, e);
            }
            bound = true;
            continue;
        }
        switch (m.type) {
        case 'T':
            ok = fault->code != ERR_NONE || gauss_sink_describe(sink, m.body, m.len, fault);
            break;
        case 'D':
            ok = fault->code != ERR_NONE || gauss_sink_row(sink, m.body, m.len, fault);
            break;
        case 'n': /* NoData */
            break;
        case 'C':
            ok = gauss_sink_tag(sink, m.body, m.len, fault);
            *affected = m.len > 0 ? gauss_tag_number(m.body, strnlen((const char *)m.body, m.len)) : 0;
            return local_fault(c, ok, fault, e);
        case 'I': /* an empty statement */
        case 's': /* PortalSuspended */
            return true;
        default:
            return pipe_broken(c, &m, e);
        }
        if (!local_fault(c, ok, fault, e)) {
            return false;
        }
    }
}

/* ParseComplete or CloseComplete. */
static bool read_plain(struct gauss_client *c, char expected, struct err *e) {
    struct gauss_message m;
    if (!gauss_next(c, &m, e)) {
        return false;
    }
    if (m.type == 'E') {
        return pipe_error(c, &m, e);
    }
    return m.type == expected || pipe_broken(c, &m, e);
}

static bool pipe_report(struct gauss_client *c, struct err *e) {
    c->pipe_error_unread = false;
    if (e != NULL) {
        err_copy(e, &c->pipe_error);
    }
    return false;
}

static bool pipe_readable(struct gauss_client *c, struct err *e) {
    if (c->broken) {
        return gauss_ready(c, e);
    }
    if (c->state != GAUSS_PIPE || c->pipe_len == 0) {
        return err_set(e, ERR_INTERNAL, "no pipelined statement is unanswered");
    }
    return true;
}

bool gauss_pipe_result(struct gauss_client *c, struct arena *a, struct gauss_rows *out, uint64_t *affected,
                       struct err *e) {
    struct gauss_row_sink sink;
    uint64_t number = 0;
    gauss_sink_init(&sink, a, out);
    if (affected != NULL) {
        *affected = 0;
    }
    if (!pipe_readable(c, e)) {
        return false;
    }
    for (;;) {
        if (c->pipe_len == 0 || ring_first(c) == PIPE_SYNC) {
            return err_set(e, ERR_INTERNAL, "every statement up to the sync is answered");
        }
        enum pipe_op op = ring_first(c);
        struct err fault = ERR_INIT;
        if (!c->pipe_failed) {
            bool ok = op == PIPE_EXECUTE ? read_execute(c, &sink, &number, &fault, e)
                                         : read_plain(c, op == PIPE_PREPARE ? '1' : '3', e);
            if (!ok) {
                return false;
            }
        }
        ring_pop(c);
        if (op != PIPE_EXECUTE) {
            continue;
        }
        if (c->pipe_failed) {
            return pipe_report(c, e);
        }
        if (fault.code != ERR_NONE) {
            err_copy(e, &fault);
            return false;
        }
        if (affected != NULL) {
            *affected = number;
        }
        return true;
    }
}

bool gauss_pipe_end(struct gauss_client *c, struct err *e) {
    struct gauss_row_sink none;
    uint64_t number;
    gauss_sink_init(&none, NULL, NULL);
    if (!pipe_readable(c, e)) {
        return false;
    }
    while (c->pipe_len > 0 && ring_first(c) != PIPE_SYNC) {
        enum pipe_op op = ring_first(c);
        struct err fault = ERR_INIT;
        if (!c->pipe_failed && !(op == PIPE_EXECUTE ? read_execute(c, &none, &number, &fault, e)
                                                    : read_plain(c, op == PIPE_PREPARE ? '1' : '3', e))) {
            return false;
        }
        ring_pop(c);
    }
    if (c->pipe_len == 0) {
        c->broken = true; /* without a Sync nobody knows where the answers end */
        return err_set(e, ERR_INTERNAL, "a pipeline was ended without a sync");
    }
    struct gauss_message m;
    do {
        if (!gauss_next(c, &m, e)) {
            return false;
        }
        if (m.type == 'E' && !pipe_error(c, &m, e)) { /* a deferred constraint, checked at the sync */
            return false;
        }
    } while (m.type == 'E');
    if (m.type != 'Z') {
        return pipe_broken(c, &m, e);
    }
    if (!gauss_take_ready(c, &m, e)) {
        return false;
    }
    ring_pop(c);
    c->state = c->pipe_len > 0 || c->out.len > 0 ? GAUSS_PIPE : GAUSS_IDLE;
    c->pipe_failed = false;
    return c->pipe_error_unread ? pipe_report(c, e) : true;
}

bool gauss_query_params(struct gauss_client *c, struct arena *a, const char *sql, const struct gauss_param *p,
                        size_t np, struct gauss_rows *out, struct err *e) {
    static const uint8_t unnamed_portal[2] = {'P', 0};
    if (!gauss_ready(c, e) || !ring_reserve(c, e)) {
        return false;
    }
    uint32_t *oids = np > 0 ? calloc(np, sizeof *oids) : NULL;
    if (np > 0 && oids == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for %zu parameters", np);
    }
    size_t noids = 0; /* trailing types left to the server are not sent */
    for (size_t i = 0; i < np; i++) {
        oids[i] = p[i].type_oid;
        noids = oids[i] != 0 ? i + 1 : noids;
    }
    size_t before = c->out.len;
    bool ok = put_parse(c, "", sql, oids, noids, e);
    free(oids);
    ok = ok && put_bind(c, "", p, np, e) && gauss_put(c, 'D', unnamed_portal, sizeof unnamed_portal, e) &&
         put_execute(c, e) && gauss_put(c, 'S', NULL, 0, e);
    if (!ok) {
        return undo(c, before);
    }
    c->state = GAUSS_PIPE;
    ring_push(c, PIPE_PREPARE); /* idle: the ring is empty and has room */
    ring_push(c, PIPE_EXECUTE);
    ring_push(c, PIPE_SYNC);
    struct err later = ERR_INIT;
    ok = gauss_flush(c, e) && gauss_pipe_result(c, a, out, NULL, e);
    if (c->broken) {
        return false;
    }
    return gauss_pipe_end(c, ok ? e : &later) && ok;
}
