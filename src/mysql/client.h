/* The MySQL and MariaDB wire client: login, text and binary (prepared) result sets streamed row by row.
 *
 * Sources: MySQL client/server protocol, MariaDB "Clients & utilities: protocol".
 * One thread uses a client at a time; mysql_abort() alone may come from another.
 * All errors are ERR_SOURCE_* with SQLSTATE, the server's number and its text as cause; besides them ERR_LIMIT for a
 * row beyond max_row_bytes, ERR_FILE for an unreadable key file, ERR_MEMORY, and ERR_INTERNAL for wrong use.
 * After ERR_SOURCE_LOST, ERR_SOURCE_TIMEOUT, ERR_SOURCE_PROTOCOL or ERR_LIMIT only mysql_close() may follow
 * (mysql_usable tells). */
#ifndef MYSQL_CLIENT_H
#define MYSQL_CLIENT_H

#include "base/arena.h"
#include "base/err.h"
#include "net/stream.h"

enum mysql_compression { MYSQL_COMPRESS_NONE, MYSQL_COMPRESS_ZLIB, MYSQL_COMPRESS_ZSTD };

struct mysql_options {
    const char *host; /* or a Unix socket path starting with '/' */
    uint16_t port;
    const char *user;
    const char *password; /* never logged */
    const char *database; /* NULL: none selected */
    struct net_tls_options tls;
    enum mysql_compression compression; /* zstd falls back to zlib, and that to none, where the server lacks it */
    int64_t connect_timeout_ms;         /* 0: 10 s */
    int64_t io_timeout_ms;              /* 0: wait for ever */
    size_t max_row_bytes;               /* 0: 1 GiB + 64 kB, MySQL's own limit */
    /* The server's RSA key (PEM) for caching_sha2/sha256 over plain TCP; NULL: ask the server for it
     * (no guard against a man in the middle: mysql_server()->asked_for_key tells). */
    const char *server_key_file;
    bool found_rows; /* an UPDATE tells how many rows it found, not how many it changed */
};

struct mysql_server {
    bool is_mariadb;
    unsigned version; /* 80036 for 8.0.36, 101106 for MariaDB 10.11.6 */
    char version_text[96];
    char auth_plugin[48]; /* the one that let us in */
    bool asked_for_key;   /* the RSA key came over an unguarded connection */
    uint32_t connection_id;
};

struct mysql_client;

bool mysql_connect(struct mysql_client **out, const struct mysql_options *o, struct err *e) WARN_UNUSED;
void mysql_close(struct mysql_client *c); /* NULL is fine */
void mysql_abort(struct mysql_client *c); /* any thread: the pending call fails with ERR_SOURCE_LOST */
const struct mysql_server *mysql_server(const struct mysql_client *c);
bool mysql_usable(const struct mysql_client *c); /* false once the connection broke */

/* ---- columns of a result, as the server describes them (protocol type numbers) ---- */
struct mysql_column {
    char *name;
    char *table;      /* alias */
    uint8_t type;     /* MYSQL_TYPE_*: see protocol.h */
    uint16_t flags;   /* NOT_NULL 1, UNSIGNED 32, BINARY 128, ... */
    uint16_t charset; /* collation id; 63 = binary */
    uint32_t length;
    uint8_t decimals;
};

struct mysql_columns {
    size_t n;
    struct mysql_column *col;
};

/* ---- plain statements ---- */

/* Run a statement; results, if any, are read and dropped (also of multi results). */
bool mysql_exec(struct mysql_client *c, const char *sql, struct err *e) WARN_UNUSED;
bool mysql_execf(struct mysql_client *c, struct err *e, const char *fmt, ...) WARN_UNUSED PRINTF_LIKE(3, 4);

/* Several statements in one text, separated by semicolons: off after the login, as it makes a hole of every missing quote. */
bool mysql_multi_statements(struct mysql_client *c, bool on, struct err *e) WARN_UNUSED;

/* Send a text of `len` bytes without waiting for its answers; mysql_answers must be next. It ends at the first statement that
 * fails: *n = how many did not, affected[0..*n) the rows each of them changed (or found), at most cap are kept. */
bool mysql_send(struct mysql_client *c, const void *sql, size_t len, struct err *e) WARN_UNUSED;
bool mysql_answers(struct mysql_client *c, uint64_t *affected, size_t cap, size_t *n, struct err *e) WARN_UNUSED;

/* A small result read whole, text protocol. cell(r,c) is NULL for SQL NULL; length in lens. Lives in the arena. */
struct mysql_rows {
    struct mysql_columns columns;
    size_t n;
    char **cells; /* n * columns.n, each NUL terminated behind its bytes */
    size_t *lens;
};
bool mysql_rows(struct mysql_client *c, struct arena *a, const char *sql, struct mysql_rows *out,
                struct err *e) WARN_UNUSED;
static inline const char *mysql_cell(const struct mysql_rows *r, size_t row, size_t col) {
    return r->cells[row * r->columns.n + col];
}
/* By column name, ASCII case folded (servers differ in the case of catalog columns). NULL if NULL or no such column. */
const char *mysql_cell_named(const struct mysql_rows *r, size_t row, const char *name);

/* ---- streams: large results without copying ---- */

/* Start a SELECT; rows follow in the text protocol (mysql_query) or the binary one (mysql_query_binary: prepares,
 * executes without parameters and without a cursor, so the server streams). Columns live in the arena. */
bool mysql_query(struct mysql_client *c, struct arena *a, const char *sql, struct mysql_columns *columns,
                 struct err *e) WARN_UNUSED;
bool mysql_query_binary(struct mysql_client *c, struct arena *a, const char *sql, struct mysql_columns *columns,
                        struct err *e) WARN_UNUSED;

/* The next row's raw bytes: a text row (length-encoded strings, 0xfb = NULL) or a binary row (0x00, NULL bitmap with
 * offset 2, values), joined across packets. Valid until the next call. *row = NULL at the end of the result. */
bool mysql_next(struct mysql_client *c, const uint8_t **row, size_t *len, struct err *e) WARN_UNUSED;

/* Read and drop what is left of the current result, so that the connection can be used again. */
bool mysql_drain(struct mysql_client *c, struct err *e) WARN_UNUSED;

/* Bytes received so far, compressed and TLS overhead excluded. */
uint64_t mysql_bytes_in(const struct mysql_client *c);

#endif
