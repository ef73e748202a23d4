/* The openGauss and PostgreSQL wire client: login, simple and extended query, COPY, cancel.
 *
 * Sources: PostgreSQL's "Frontend/Backend Protocol"; openGauss's differences as measured on a real server
 * (login codes 10 and 11, startup minor 51, error fields, COPY behaviour).
 * One thread uses a client at a time; gauss_abort() and gauss_cancel() may come from another.
 * All errors are ERR_TARGET_* with SQLSTATE; message has the server's text, cause its detail and context.
 * After ERR_TARGET_LOST, ERR_TARGET_TIMEOUT or ERR_TARGET_PROTOCOL only gauss_close() may follow. */
#ifndef GAUSS_CLIENT_H
#define GAUSS_CLIENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "net/stream.h"

struct gauss_options {
    const char *host; /* or a directory / path of a Unix socket starting with '/' */
    uint16_t port;
    const char *user;
    const char *password; /* never logged */
    const char *database;
    struct net_tls_options tls;
    int64_t connect_timeout_ms;   /* 0: 10 s */
    int64_t io_timeout_ms;        /* 0: wait for ever */
    const char *application_name; /* NULL: "godwit", "": not told; never "gsql", which changes openGauss's output */
    const char *replication;      /* NULL, or "database" */
    const char *const *startup;   /* NULL, or further startup parameters: name, value, ..., NULL */
    struct gauss_auth_cache *auth_cache; /* NULL, or keeps derived keys between connections */
};

/* Deriving the key from a password costs the client milliseconds of CPU for each login; a cache shared by many connections
 * (any threads) pays once per user and server. Free it after the last gauss_connect that uses it. */
struct gauss_auth_cache *gauss_auth_cache_new(void);        /* NULL: no memory; connecting works without */
void gauss_auth_cache_free(struct gauss_auth_cache *cache); /* NULL is fine */

enum gauss_kind { GAUSS_POSTGRESQL, GAUSS_OPENGAUSS };

struct gauss_server {
    enum gauss_kind kind; /* told from the login exchange and ParameterStatus */
    unsigned version;     /* server_version as a number: 150018; 90204 for openGauss */
    char version_text[96];
    char auth_method[24]; /* "trust", "md5", "scram-sha-256", "sha256", "md5-sha256", "password" */
    int32_t backend_pid;
};

/* What the server said beside results: notices and warnings. Called on the client's thread. */
typedef void gauss_notice_fn(void *arg, const char *severity, const char *sqlstate, const char *message);

struct gauss_client;

bool gauss_connect(struct gauss_client **out, const struct gauss_options *o, struct err *e) WARN_UNUSED;
void gauss_close(struct gauss_client *c); /* NULL is fine */
void gauss_abort(struct gauss_client *c); /* any thread: the pending call fails with ERR_TARGET_LOST */
const struct gauss_server *gauss_server(const struct gauss_client *c);
const char *gauss_parameter(const struct gauss_client *c, const char *name); /* ParameterStatus, or NULL */
bool gauss_usable(const struct gauss_client *c);
char gauss_tx_status(const struct gauss_client *c); /* 'I' idle, 'T' in a transaction, 'E' failed */
void gauss_on_notice(struct gauss_client *c, gauss_notice_fn *fn, void *arg);

/* Ask the server, over a connection of its own, to cancel what c is running. Any thread. */
bool gauss_cancel(const struct gauss_client *c, struct err *e) WARN_UNUSED;

/* ---- simple query ---- */
bool gauss_exec(struct gauss_client *c, const char *sql, struct err *e) WARN_UNUSED; /* may hold several statements */
bool gauss_execf(struct gauss_client *c, struct err *e, const char *fmt, ...) WARN_UNUSED PRINTF_LIKE(3, 4);

struct gauss_column {
    char *name;
    uint32_t type_oid;
    int32_t typmod;
    uint16_t format; /* 0 text, 1 binary */
};

struct gauss_rows {
    size_t ncols;
    struct gauss_column *col;
    size_t n;
    char **cells; /* n * ncols; NULL for SQL NULL; NUL terminated behind its bytes */
    size_t *lens;
    char tag[64];      /* of the last CommandComplete */
    uint64_t affected; /* the number in the tag */
};
/* A small result read whole (the last one, if the text holds several statements). Lives in the arena. */
bool gauss_rows(struct gauss_client *c, struct arena *a, const char *sql, struct gauss_rows *out,
                struct err *e) WARN_UNUSED;
static inline const char *gauss_cell(const struct gauss_rows *r, size_t row, size_t col) {
    return r->cells[row * r->ncols + col];
}
/* "" for NULL, which is what A databases make of an empty text. */
static inline const char *gauss_text(const struct gauss_rows *r, size_t row, size_t col) {
    const char *cell = gauss_cell(r, row, col);
    return cell == NULL ? "" : cell;
}

/* ---- extended query, pipelined ---- */

/* A parameter: text or binary, NULL value = SQL NULL. */
struct gauss_param {
    const void *value;
    size_t len;
    bool binary;
    uint32_t type_oid; /* 0: let the server infer */
};

/* One statement with parameters, executed and read whole; out may be NULL. Text results. */
bool gauss_query_params(struct gauss_client *c, struct arena *a, const char *sql, const struct gauss_param *p,
                        size_t np, struct gauss_rows *out, struct err *e) WARN_UNUSED;

/* Pipelining: queue messages (nothing is sent before flush or a full buffer), then one sync, then collect one
 * gauss_pipe_result per execute in order. After an error everything up to the next sync is skipped by the server. */
bool gauss_pipe_prepare(struct gauss_client *c, const char *name, const char *sql, const uint32_t *oids, size_t n,
                        struct err *e) WARN_UNUSED;
bool gauss_pipe_execute(struct gauss_client *c, const char *name, const struct gauss_param *p, size_t np,
                        struct err *e) WARN_UNUSED;
bool gauss_pipe_close(struct gauss_client *c, const char *name, struct err *e) WARN_UNUSED;
bool gauss_pipe_sync(struct gauss_client *c, struct err *e) WARN_UNUSED; /* Sync, and send all */
/* *affected: the number in the tag. Rows are kept when out is not NULL. */
/* Pipelined rows come without a description: out->col is NULL. After an error the results up to the next sync fail with that same error. */
bool gauss_pipe_result(struct gauss_client *c, struct arena *a, struct gauss_rows *out, uint64_t *affected,
                       struct err *e) WARN_UNUSED;
/* Read up to ReadyForQuery of the oldest sync, skipping results not collected. Fails with a server error that no
 * gauss_pipe_result has returned; one already returned is not repeated. */
bool gauss_pipe_end(struct gauss_client *c, struct err *e) WARN_UNUSED;

/* ---- COPY FROM STDIN ---- */
bool gauss_copy_in_begin(struct gauss_client *c, const char *sql, struct err *e) WARN_UNUSED;

/* Send `len` bytes of COPY data. The buffer form saves a copy: b->data[0..4] must be reserved by the caller for the
 * message header (5 bytes), data starts at offset GAUSS_COPY_HEADER; b is reset to that length on success.
 * Looks for an early error of the server now and then, without waiting. */
enum { GAUSS_COPY_HEADER = 5 };
bool gauss_copy_in_send(struct gauss_client *c, const void *data, size_t len, struct err *e) WARN_UNUSED;
bool gauss_copy_in_send_buf(struct gauss_client *c, struct buf *b, struct err *e) WARN_UNUSED;

/* CopyDone; *rows = the number in the tag. On error the connection is back in a state where ROLLBACK works. */
bool gauss_copy_in_end(struct gauss_client *c, uint64_t *rows, struct err *e) WARN_UNUSED;
/* CopyFail with a text; the expected error 57014 counts as success, and so does a COPY that has already ended with an error. */
bool gauss_copy_in_fail(struct gauss_client *c, const char *why, struct err *e) WARN_UNUSED;

/* ---- COPY TO STDOUT ---- */
bool gauss_copy_out_begin(struct gauss_client *c, const char *sql, struct err *e) WARN_UNUSED;
/* The next CopyData payload, valid until the next call; *data = NULL at the end. */
bool gauss_copy_out_next(struct gauss_client *c, const uint8_t **data, size_t *len, struct err *e) WARN_UNUSED;

uint64_t gauss_bytes_out(const struct gauss_client *c);
uint64_t gauss_bytes_in(const struct gauss_client *c);

#endif
