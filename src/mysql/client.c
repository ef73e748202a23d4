/* Connections: open, send commands, close. See client.h; results are in result.c. */
#include "mysql/client.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/str.h"
#include "mysql/protocol.h"
#include "mysql/reader.h"
#include "mysql/session.h"

enum { CONNECT_TIMEOUT_MS = 10000 };

static const size_t row_max_bytes = ((size_t)1 << 30) + (64 << 10);

static int64_t connect_timeout(const struct mysql_options *o) {
    return o->connect_timeout_ms > 0 ? o->connect_timeout_ms : CONNECT_TIMEOUT_MS;
}

struct mysql_client *session_new(struct net_stream *net, const struct mysql_options *o) {
    struct mysql_client *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    c->net = net;
    c->local = o->host != NULL && o->host[0] == '/';
    if (!packets_init(&c->io, net, o->max_row_bytes > 0 ? o->max_row_bytes : row_max_bytes, NULL)) {
        packets_clear(&c->io);
        free(c);
        return NULL;
    }
    return c;
}

bool session_open(struct mysql_client **out, struct net_stream *net, const struct mysql_options *o, struct err *e) {
    *out = NULL;
    struct mysql_client *c = session_new(net, o);
    if (c == NULL) {
        net_close(net);
        return err_set(e, ERR_MEMORY, "no memory for a connection");
    }
    net_set_timeout(net, connect_timeout(o));
    /* A server may be told to ignore the character set of the handshake (--skip-character-set-client-handshake), and
     * would then send text in its own. */
    if (!session_login(c, o, e) || !mysql_exec(c, "SET NAMES utf8mb4", e)) {
        mysql_close(c);
        return false;
    }
    net_set_timeout(net, o->io_timeout_ms);
    *out = c;
    return true;
}

bool mysql_connect(struct mysql_client **out, const struct mysql_options *o, struct err *e) {
    struct net_stream *net;
    struct err why = ERR_INIT;
    *out = NULL;
    if (!net_connect(&net, o->host, o->port, connect_timeout(o), &why)) {
        if (why.code != ERR_NETWORK) {
            if (e != NULL) {
                err_copy(e, &why);
            }
            return false;
        }
        err_set(e, ERR_SOURCE_CONNECT, "%s", why.message);
        return err_cause(e, "%s", why.cause);
    }
    return session_open(out, net, o, e);
}

void mysql_close(struct mysql_client *c) {
    if (c == NULL) {
        return;
    }
    if (!c->io.broken && !c->in_rows && !c->in_flight && packets_put_command(&c->io, COM_QUIT, "", 0, NULL)) {
        size_t put; /* a courtesy: it must not wait */
        (void)!net_write_some(c->net, c->io.out.data, c->io.out.len, &put, NULL);
    }
    packets_clear(&c->io);
    net_close(c->net);
    free(c);
}

void mysql_abort(struct mysql_client *c) {
    net_abort(c->net);
}

const struct mysql_server *mysql_server(const struct mysql_client *c) {
    return &c->server;
}

bool mysql_usable(const struct mysql_client *c) {
    return !c->io.broken;
}

uint64_t mysql_bytes_in(const struct mysql_client *c) {
    return c->io.bytes_in;
}

bool session_ready(struct mysql_client *c, struct err *e) {
    if (c->io.broken) {
        err_set(e, ERR_SOURCE_LOST, "the connection to the source broke");
        return err_cause(e, "it broke earlier");
    }
    if (c->in_rows || c->in_flight) {
        return err_set(e, ERR_INTERNAL, "a statement was sent while the result of another was open");
    }
    return true;
}

bool session_command(struct mysql_client *c, uint8_t command, const void *body, size_t len, struct err *e) {
    if (c->close_due) {
        uint8_t id[4] = {(uint8_t)c->statement_id, (uint8_t)(c->statement_id >> 8), (uint8_t)(c->statement_id >> 16),
                         (uint8_t)(c->statement_id >> 24)};
        if (!packets_put_command(&c->io, COM_STMT_CLOSE, id, sizeof id, e)) {
            return false;
        }
        c->close_due = false;
    }
    return packets_send_command(&c->io, command, body, len, e);
}

bool session_take_ok(struct mysql_client *c, const uint8_t *body, size_t len) {
    struct reader r = reader_of(body, len);
    (void)read_u8(&r);
    c->affected = read_lenenc(&r);
    (void)read_lenenc(&r); /* last insert id */
    c->status = read_u16(&r);
    return !r.bad;
}

bool session_take_eof(struct mysql_client *c, const uint8_t *body, size_t len) {
    struct reader r = reader_of(body, len);
    (void)read_u8(&r);
    (void)read_u16(&r); /* warnings */
    c->status = read_u16(&r);
    return !r.bad;
}

bool mysql_execf(struct mysql_client *c, struct err *e, const char *fmt, ...) {
    va_list ap;
    char *sql;
    va_start(ap, fmt);
    int n = vasprintf(&sql, fmt, ap);
    va_end(ap);
    if (n < 0) {
        return err_set(e, ERR_MEMORY, "no memory for a statement");
    }
    bool ok = mysql_exec(c, sql, e);
    free(sql);
    return ok;
}
