/* Framing: messages in and out of the two buffers, what may arrive at any time, and losing the connection.
 *
 *   message   char type | int32 length (counts itself, not the type) | body */
#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "gauss/internal.h"

enum {
    HEADER_BYTES = 5,
    READ_BYTES = 256 * 1024,        /* room offered to each read */
    KEEP_BYTES = 16 * 1024 * 1024,  /* a read buffer grown beyond this is given back */
    LAST_WORDS_BYTES = 1024 * 1024, /* read at most so much behind a broken write to find the reason */
    FULL_PIPE_WAIT_MS = 1,
};

/* Types a server may begin a login with; anything else is no PostgreSQL. */
static const char startup_types[] = "RENvSKZA";

bool gauss_ready(struct gauss_client *c, struct err *e) {
    if (c->broken) {
        err_set(e, ERR_TARGET_LOST, "the connection to the target is broken");
        return err_cause(e, "an earlier operation on it failed");
    }
    if (c->state != GAUSS_IDLE) {
        static const char *const doing[] = {"", "a COPY to the target", "a COPY from the target", "a pipeline",
                                            "a stream of changes"};
        return err_set(e, ERR_INTERNAL, "the target connection is busy with %s", doing[c->state]);
    }
    return true;
}

/* ---- out ---- */

bool gauss_put_begin(struct gauss_client *c, char type, size_t *at, struct err *e) {
    if (!buf_reserve(&c->out, HEADER_BYTES, e)) {
        return false;
    }
    buf_u8(&c->out, (uint8_t)type);
    *at = c->out.len;
    buf_be32(&c->out, 0);
    return true;
}

bool gauss_put_end(struct gauss_client *c, size_t at, struct err *e) {
    size_t len = c->out.len - at;
    if (len > GAUSS_MESSAGE_MAX) {
        c->out.len = at - 1;
        return err_set(e, ERR_LIMIT, "a message of %zu bytes is longer than the protocol allows", len);
    }
    uint32_t be = __builtin_bswap32((uint32_t)len);
    memcpy(c->out.data + at, &be, 4);
    return true;
}

bool gauss_put(struct gauss_client *c, char type, const void *body, size_t len, struct err *e) {
    size_t at, before = c->out.len;
    if (gauss_put_begin(c, type, &at, e) && buf_put(&c->out, body, len, e)) {
        return gauss_put_end(c, at, e);
    }
    c->out.len = before;
    return false;
}

/* The socket takes nothing at the moment. Take in what the server says meanwhile: it may be waiting for us to read. */
static bool wait_for_room(struct gauss_client *c, int64_t since_us, struct err *e) {
    if (net_readable(c->net, FULL_PIPE_WAIT_MS)) {
        return gauss_fill(c, e);
    }
    if (c->io_timeout_ms > 0 && clock_mono_us() - since_us > c->io_timeout_ms * 1000) {
        return gauss_lost(c, NULL, true, e);
    }
    return true;
}

static bool write_all(struct gauss_client *c, const uint8_t *p, size_t n, struct err *e) {
    int64_t since_us = 0;
    while (n > 0) {
        size_t put = 0;
        struct err net = ERR_INIT;
        if (!net_write_some(c->net, p, n, &put, &net)) {
            return gauss_lost(c, &net, false, e);
        }
        p += put;
        n -= put;
        c->bytes_out += put;
        if (put > 0) {
            since_us = 0;
        } else {
            since_us = since_us != 0 ? since_us : clock_mono_us();
            if (!wait_for_room(c, since_us, e)) {
                return false;
            }
        }
    }
    return true;
}

bool gauss_flush_with(struct gauss_client *c, const void *more, size_t len, struct err *e) {
    bool ok = write_all(c, c->out.data, c->out.len, e) && write_all(c, more, len, e);
    buf_reset(&c->out);
    if (c->out.cap > KEEP_BYTES) {
        buf_clear(&c->out);
    }
    return ok;
}

bool gauss_flush(struct gauss_client *c, struct err *e) {
    return gauss_flush_with(c, NULL, 0, e);
}

/* ---- in ---- */

static void make_room(struct gauss_client *c) {
    if (c->in_pos == c->in.len) {
        buf_reset(&c->in);
        c->in_pos = 0;
        if (c->in.cap > KEEP_BYTES) {
            buf_clear(&c->in);
        }
    } else if (c->in_pos > 0 && c->in.cap - c->in.len < READ_BYTES / 4) {
        memmove(c->in.data, c->in.data + c->in_pos, c->in.len - c->in_pos);
        c->in.len -= c->in_pos;
        c->in_pos = 0;
    }
}

/* The buffer grows with what has arrived, never with what a length field announces. */
static bool room_to_read(struct gauss_client *c, struct err *e) {
    make_room(c);
    if (c->in.cap - c->in.len >= READ_BYTES / 4 || buf_grow(&c->in, READ_BYTES, e)) {
        return true;
    }
    c->broken = true;
    return false;
}

bool gauss_fill(struct gauss_client *c, struct err *e) {
    if (!room_to_read(c, e)) {
        return false;
    }
    size_t got = 0;
    struct err net = ERR_INIT;
    if (!net_read(c->net, c->in.data + c->in.len, c->in.cap - c->in.len, &got, &net)) {
        return gauss_lost(c, &net, net_timed_out(c->net), e);
    }
    if (got == 0) {
        return gauss_lost(c, NULL, false, e);
    }
    c->in.len += got;
    c->bytes_in += got;
    return true;
}

/* A server that cannot start a session may answer in the way of protocol 2: 'E', text, NUL. */
static bool old_refusal(struct gauss_client *c, struct err *e) {
    char text[256];
    size_t n = 0;
    for (size_t i = c->in_pos + 1; i < c->in.len && n < sizeof text - 1 && c->in.data[i] != '\0'; i++) {
        uint8_t ch = c->in.data[i];
        text[n++] = ch >= 0x20 && ch < 0x7f ? (char)ch : ' ';
    }
    text[n] = '\0';
    c->broken = true;
    err_set(e, ERR_TARGET_CONNECT, "the target refuses the connection");
    return err_cause(e, "%s", text);
}

static bool bad_frame(struct gauss_client *c, struct err *e, const char *what) {
    c->broken = true;
    return err_set(e, ERR_TARGET_PROTOCOL, "the target sent %s", what);
}

/* Cut the next whole message out of the read buffer. */
static bool cut_message(struct gauss_client *c, struct gauss_message *m, bool *have, struct err *e) {
    *have = false;
    size_t n = c->in.len - c->in_pos;
    if (n == 0) {
        return true;
    }
    const uint8_t *p = c->in.data + c->in_pos;
    if (c->in_startup && (p[0] == '\0' || strchr(startup_types, p[0]) == NULL)) {
        return bad_frame(c, e, "an answer that is not PostgreSQL's protocol");
    }
    if (n < HEADER_BYTES) {
        return true;
    }
    size_t len = get_be32(p + 1);
    if (c->in_startup && p[0] == 'E' && (len < 8 || len > GAUSS_STARTUP_MESSAGE_MAX)) {
        return old_refusal(c, e);
    }
    if (len < 4 || len > (c->in_startup ? (size_t)GAUSS_STARTUP_MESSAGE_MAX : GAUSS_MESSAGE_MAX)) {
        return bad_frame(c, e, "a message of an impossible length");
    }
    if (n < len + 1) {
        return true;
    }
    *m = (struct gauss_message){.type = (char)p[0], .body = p + HEADER_BYTES, .len = len - 4};
    c->in_pos += len + 1;
    *have = true;
    return true;
}

static void tell_notice(struct gauss_client *c, const struct gauss_message *m) {
    struct gauss_fields f;
    if (c->notice != NULL && gauss_fields_parse(m->body, m->len, &f)) {
        c->notice(c->notice_arg, f.severity, f.sqlstate, f.message);
    }
}

/* server_version: "15.18 (Debian ...)" 150018, "9.2.4" 90204, "16beta1" 160000 */
static unsigned version_number(const char *text) {
    unsigned part[3] = {0};
    size_t n = 0;
    while (n < 3) {
        char *end;
        unsigned long v = strtoul(text, &end, 10);
        if (end == text) {
            break;
        }
        part[n++] = v < 10000 ? (unsigned)v : 9999;
        if (*end != '.') {
            break;
        }
        text = end + 1;
    }
    return part[0] >= 10 ? part[0] * 10000 + part[1] : part[0] * 10000 + part[1] * 100 + part[2];
}

static void learn(struct gauss_client *c, const char *name, const char *value) {
    if (str_eq(name, "server_version")) {
        snprintf(c->server.version_text, sizeof c->server.version_text, "%s", value);
        c->server.version = version_number(value);
    } else if (str_eq(name, "is_sysadmin") || str_eq(name, "session_respool")) {
        c->server.kind = GAUSS_OPENGAUSS;
    }
}

static bool keep_parameter(struct gauss_client *c, const struct gauss_message *m, struct err *e) {
    const char *name = (const char *)m->body;
    size_t name_len = strnlen(name, m->len);
    size_t value_len = name_len < m->len ? strnlen(name + name_len + 1, m->len - name_len - 1) : m->len;
    if (name_len + value_len + 2 != m->len) {
        return bad_frame(c, e, "a malformed parameter");
    }
    const char *value = name + name_len + 1;
    learn(c, name, value);
    size_t i = 0;
    while (i < c->nparameters && strcmp(c->parameters[i].name, name) != 0) {
        i++;
    }
    if (i == GAUSS_PARAMETERS_MAX || value_len > GAUSS_STARTUP_MESSAGE_MAX) {
        return bad_frame(c, e, "more parameters than any server has");
    }
    struct gauss_parameter_value *at = &c->parameters[i];
    char *copy = strdup(value);
    if (i == c->nparameters) {
        *at = (struct gauss_parameter_value){.name = strdup(name)};
    }
    if (copy == NULL || at->name == NULL) {
        free(copy);
        free(i == c->nparameters ? at->name : NULL);
        c->broken = true;
        return err_set(e, ERR_MEMORY, "no memory for a parameter");
    }
    free(at->value);
    at->value = copy;
    c->nparameters += i == c->nparameters;
    return true;
}

bool gauss_try_next(struct gauss_client *c, struct gauss_message *m, bool *have, struct err *e) {
    for (;;) {
        if (!cut_message(c, m, have, e)) {
            return false;
        }
        if (!*have) {
            return true;
        }
        switch (m->type) {
        case 'N':
            tell_notice(c, m);
            break;
        case 'S':
            if (!keep_parameter(c, m, e)) {
                return false;
            }
            break;
        case 'A': /* NotificationResponse: nobody listens */
            break;
        default:
            return true;
        }
    }
}

bool gauss_next(struct gauss_client *c, struct gauss_message *m, struct err *e) {
    for (;;) {
        bool have;
        if (!gauss_try_next(c, m, &have, e)) {
            return false;
        }
        if (have) {
            return true;
        }
        if (!gauss_fill(c, e)) {
            return false;
        }
    }
}

bool gauss_take_ready(struct gauss_client *c, const struct gauss_message *m, struct err *e) {
    if (m->len != 1 || memchr("ITE", m->body[0], 3) == NULL) {
        return bad_frame(c, e, "an unknown transaction status");
    }
    c->tx_status = (char)m->body[0];
    return true;
}

bool gauss_sync(struct gauss_client *c, struct err *e) {
    for (;;) {
        struct gauss_message m;
        if (!gauss_next(c, &m, e)) {
            return false;
        }
        if (m.type == 'Z') {
            return gauss_take_ready(c, &m, e);
        }
        if (m.type == 'E') {
            gauss_server_error(c, &m, e);
            if (c->broken) {
                return false;
            }
        }
    }
}

bool gauss_unexpected(struct gauss_client *c, const struct gauss_message *m, const char *during, struct err *e) {
    c->broken = true;
    return err_set(e, ERR_TARGET_PROTOCOL, "the target sent a message of type '%c' (0x%02x) during %s",
                   m->type >= 0x20 && m->type < 0x7f ? m->type : '?', (unsigned)(uint8_t)m->type, during);
}

/* ---- lost ---- */

/* A server that ends a session says why just before it closes. */
static bool last_words(struct gauss_client *c, struct err *e) {
    size_t left = LAST_WORDS_BYTES;
    struct err ignored = ERR_INIT;
    size_t got = 1;
    while (left > 0 && got > 0 && net_readable(c->net, 0) && room_to_read(c, &ignored)) {
        size_t room = c->in.cap - c->in.len;
        if (!net_read(c->net, c->in.data + c->in.len, room < left ? room : left, &got, &ignored)) {
            break;
        }
        c->in.len += got;
        left -= got;
    }
    struct gauss_message m;
    bool have;
    while (gauss_try_next(c, &m, &have, &ignored) && have) {
        if (m.type == 'E') {
            gauss_server_error(c, &m, e);
            return true;
        }
    }
    return false;
}

bool gauss_lost(struct gauss_client *c, const struct err *net, bool timed_out, struct err *e) {
    bool was_broken = c->broken;
    c->broken = true;
    if (atomic_load(&c->aborted)) {
        err_set(e, ERR_TARGET_LOST, "the connection to the target was ended by this program");
        return false;
    }
    if (timed_out) {
        err_set(e, ERR_TARGET_TIMEOUT, "the target did not answer in time");
        return net != NULL ? err_cause(e, "%s", net->message) : false;
    }
    struct err said = ERR_INIT;
    if (!was_broken && last_words(c, &said)) {
        if (said.code != ERR_TARGET_QUERY) {
            err_copy(e, &said);
            return false;
        }
        err_set(e, ERR_TARGET_LOST, "the target ended the connection: %s", said.message);
        snprintf(e->sqlstate, sizeof e->sqlstate, "%s", said.sqlstate);
        return err_cause(e, "%s", said.cause);
    }
    err_set(e, ERR_TARGET_LOST,
            c->in_startup ? "the target closed the connection during the login" : "the connection to the target broke");
    if (net != NULL) {
        err_cause(e, "%s%s%s", net->message, net->cause[0] != '\0' ? ": " : "", net->cause);
    } else if (!c->in_startup) {
        err_cause(e, "the server closed it without a word");
    }
    return false;
}
