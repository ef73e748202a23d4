/* What the files of this room share: the client's inside, framing and error fields. Not for other rooms. */
#ifndef GAUSS_INTERNAL_H
#define GAUSS_INTERNAL_H

#include <stdatomic.h>

#include "gauss/auth.h"
#include "gauss/client.h"

enum {
    GAUSS_STARTUP_MESSAGE_MAX = 1 << 20, /* nothing longer is due before the login is through */
    GAUSS_FLUSH_BYTES = 64 * 1024,       /* queued messages go out in writes of at least this */
    GAUSS_PARAMETERS_MAX = 256,
    GAUSS_PIPE_MAX = 1 << 20, /* messages in flight */
};
/* PostgreSQL's own limit for one message. */
#define GAUSS_MESSAGE_MAX ((size_t)0x3fffffff + 64)

enum gauss_state {
    GAUSS_IDLE,
    GAUSS_COPY_IN,
    GAUSS_COPY_OUT,
    GAUSS_PIPE,      /* queued or unanswered extended messages */
    GAUSS_COPY_BOTH, /* a stream of changes, which ends with the connection */
};

struct gauss_message {
    char type;
    const uint8_t *body; /* in the read buffer: valid until the next read */
    size_t len;
};

struct gauss_parameter_value {
    char *name, *value;
};

struct gauss_client {
    struct net_stream *net;
    struct buf in; /* bytes from in_pos on are unread */
    size_t in_pos;
    struct buf out; /* whole messages, not yet sent */
    bool in_startup;
    bool broken; /* nothing but closing may follow */
    atomic_bool aborted;
    char tx_status;
    enum gauss_state state;
    int64_t io_timeout_ms;
    struct gauss_server server;
    uint64_t bytes_in, bytes_out;

    gauss_notice_fn *notice;
    void *notice_arg;
    struct gauss_parameter_value parameters[GAUSS_PARAMETERS_MAX];
    size_t nparameters;

    /* for gauss_cancel, constant after the login */
    struct arena own;
    char *host;
    uint16_t port;
    bool tls_on;
    struct net_tls_options tls;
    uint8_t cancel_key[256];
    size_t cancel_key_len;

    /* COPY */
    uint64_t copy_unchecked; /* bytes sent since we last looked for an early error */

    /* pipeline: what is unanswered, oldest first, as a ring */
    uint8_t *pipe; /* enum pipe_op */
    size_t pipe_cap, pipe_head, pipe_len;
    bool pipe_failed;       /* up to the oldest sync everything is skipped */
    bool pipe_error_unread; /* pipe_error was not yet returned to the caller */
    struct err pipe_error;
};

/* ---- startup.c ---- */

/* gauss_connect, beginning with a given protocol minor (51, 50 or 0); falls back to lower ones only. */
bool gauss_connect_minor(struct gauss_client **out, const struct gauss_options *o, unsigned minor,
                         struct err *e) WARN_UNUSED;

/* A client without a login on a connected stream (owned from now on): for connecting, tests and fuzzers. */
struct gauss_client *gauss_client_new(struct net_stream *net);

/* Startup packet and login on c->net. *retry_lower: the server does not know this protocol minor.
 * deadline_us on the monotonic clock, 0 for none. iterations_max as in struct gauss_auth. */
bool gauss_login(struct gauss_client *c, const struct gauss_options *o, unsigned minor, uint32_t iterations_max,
                 int64_t deadline_us, bool *retry_lower, bool *asked, struct err *e) WARN_UNUSED;

/* ---- wire.c ---- */

/* Is the client free for a new operation? */
bool gauss_ready(struct gauss_client *c, struct err *e) WARN_UNUSED;

/* Queue one message: begin, append to c->out, end (which fills in the length). */
bool gauss_put_begin(struct gauss_client *c, char type, size_t *at, struct err *e) WARN_UNUSED;
bool gauss_put_end(struct gauss_client *c, size_t at, struct err *e) WARN_UNUSED;
bool gauss_put(struct gauss_client *c, char type, const void *body, size_t len, struct err *e) WARN_UNUSED;

/* Send what is queued; then `more` bytes behind it, uncopied. Reads what arrives meanwhile, so that two full
 * pipes cannot block each other. */
bool gauss_flush(struct gauss_client *c, struct err *e) WARN_UNUSED;
bool gauss_flush_with(struct gauss_client *c, const void *more, size_t len, struct err *e) WARN_UNUSED;

/* Read at least one more byte into the buffer. */
bool gauss_fill(struct gauss_client *c, struct err *e) WARN_UNUSED;

/* The next message already read, if any (*have). Notices, parameters and notifications are dealt with inside. */
bool gauss_try_next(struct gauss_client *c, struct gauss_message *m, bool *have, struct err *e) WARN_UNUSED;

/* The next message; waits. */
bool gauss_next(struct gauss_client *c, struct gauss_message *m, struct err *e) WARN_UNUSED;

/* Read up to ReadyForQuery, throwing away the rest. */
bool gauss_sync(struct gauss_client *c, struct err *e) WARN_UNUSED;

/* 'Z': take the transaction status. */
bool gauss_take_ready(struct gauss_client *c, const struct gauss_message *m, struct err *e) WARN_UNUSED;

/* The server sent what it may not send here: ERR_TARGET_PROTOCOL; the client is broken. Returns false. */
bool gauss_unexpected(struct gauss_client *c, const struct gauss_message *m, const char *during, struct err *e);

/* A network error: relabelled as lost, timeout or aborted, with the server's last words where it left some. Returns false. */
bool gauss_lost(struct gauss_client *c, const struct err *net, bool timed_out, struct err *e);

/* ---- server_error.c ---- */

/* The fields of an ErrorResponse or NoticeResponse, in whatever order they came; "" where missing. */
struct gauss_fields {
    const char *severity, *sqlstate, *message, *detail, *hint, *context, *position;
};
/* false: not well-formed (unterminated). */
bool gauss_fields_parse(const uint8_t *body, size_t len, struct gauss_fields *f) WARN_UNUSED;
bool gauss_fields_fatal(const struct gauss_fields *f);

/* Fill e from an ErrorResponse; a FATAL one breaks the client. Returns false always. */
bool gauss_server_error(struct gauss_client *c, const struct gauss_message *m, struct err *e);

/* The code for a SQLSTATE. */
enum err_code gauss_error_code(const char *sqlstate, bool fatal, bool *retryable);

/* ---- rows.c ---- */

/* Collects one result set into an arena. */
struct gauss_row_sink {
    struct arena *a;        /* NULL: rows are thrown away */
    struct gauss_rows *out; /* may be NULL: nothing is kept */
    size_t row_cap;
    size_t bytes;
};
void gauss_sink_init(struct gauss_row_sink *s, struct arena *a, struct gauss_rows *out);
/* RowDescription: a new result begins. false with ERR_TARGET_PROTOCOL or ERR_LIMIT. */
bool gauss_sink_describe(struct gauss_row_sink *s, const uint8_t *body, size_t len, struct err *e) WARN_UNUSED;
bool gauss_sink_row(struct gauss_row_sink *s, const uint8_t *body, size_t len, struct err *e) WARN_UNUSED;
/* CommandComplete. */
bool gauss_sink_tag(struct gauss_row_sink *s, const uint8_t *body, size_t len, struct err *e) WARN_UNUSED;
/* The number at the end of a tag, 0 without one. */
uint64_t gauss_tag_number(const uint8_t *tag, size_t len);

#endif
