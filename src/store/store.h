/* The control plane's store: SQLite in a file by default, or a database of PostgreSQL or openGauss shared by several servers.
 *
 * One SQL text for all: placeholders are '?', ids are made by the store (RETURNING id), times are milliseconds since 1970 by
 * the store's clock, booleans are 0 and 1, and there is no upsert (openGauss spells it otherwise). A store is a connection
 * and belongs to one thread at a time; open as many as there are threads.
 * A database that went away is connected to again when a statement outside a transaction needs it.
 * Errors: ERR_STORE_OPEN, ERR_STORE_QUERY (with SQL state or SQLite's text), ERR_STORE_BUSY (try again), ERR_STORE_TAKEN (a
 * unique value is there already), ERR_STORE_NEWER (made by a later version). */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "gauss/client.h"

struct store;

enum store_kind { STORE_SQLITE, STORE_POSTGRESQL, STORE_OPENGAUSS };

struct store_where {
    const char *file;                   /* SQLite's; made with mode 0600 if it is not there */
    const struct gauss_options *server; /* or a database, */
    const char *schema;                 /* in this schema; made if it is not there */
};

/* Makes or brings up to date the tables. */
bool store_open(struct store **out, const struct store_where *where, struct err *e) WARN_UNUSED;
void store_close(struct store *s); /* NULL is fine */
enum store_kind store_kind(const struct store *s);

/* ---- statements ---- */

enum store_type { STORE_NULL, STORE_INT, STORE_TEXT };

struct store_value {
    enum store_type type;
    int64_t number;
    const char *text;
};

#define STORE_I(n) store_int((int64_t)(n))
#define STORE_T(s) store_text(s) /* NULL is SQL's NULL */
static inline struct store_value store_int(int64_t n) {
    return (struct store_value){.type = STORE_INT, .number = n};
}
static inline struct store_value store_text(const char *s) {
    return (struct store_value){.type = s == NULL ? STORE_NULL : STORE_TEXT, .text = s};
}

struct store_values {
    const struct store_value *v;
    size_t n;
};
/* STORE_VALUES(STORE_T(name), STORE_I(7)); STORE_NONE for no placeholder. */
#define STORE_VALUES(...)                                                                                              \
    ((struct store_values){(const struct store_value[]){__VA_ARGS__},                                                  \
                           sizeof((const struct store_value[]){__VA_ARGS__}) / sizeof(struct store_value)})
#define STORE_NONE ((struct store_values){NULL, 0})

struct store_rows {
    size_t n, columns;
    char **cells; /* n * columns, in the arena; NULL is SQL's NULL */
};

/* A statement that returns rows (SELECT, or INSERT .. RETURNING id). */
bool store_rows(struct store *s, struct arena *a, const char *sql, struct store_values v, struct store_rows *out,
                struct err *e) WARN_UNUSED;
/* Any other; *changed (may be NULL): how many rows. */
bool store_run(struct store *s, const char *sql, struct store_values v, uint64_t *changed, struct err *e) WARN_UNUSED;

/* INSERT .. RETURNING id: the id. */
bool store_insert(struct store *s, const char *sql, struct store_values v, int64_t *id, struct err *e) WARN_UNUSED;

const char *store_cell(const struct store_rows *r, size_t row, size_t column);
int64_t store_number(const struct store_rows *r, size_t row, size_t column); /* NULL: 0 */

/* ---- transactions ---- */

/* SQLite takes the write lock at once, so that what was read stays true. They do not nest. */
bool store_begin(struct store *s, struct err *e) WARN_UNUSED;
bool store_commit(struct store *s, struct err *e) WARN_UNUSED;
void store_rollback(struct store *s); /* also when the connection is gone */

/* Milliseconds since 1970 by the store's own clock: leases of several servers are told apart by it. */
bool store_now(struct store *s, int64_t *ms, struct err *e) WARN_UNUSED;

/* " FOR UPDATE SKIP LOCKED" where the store has several writers, else "". */
const char *store_skip_locked(const struct store *s);

#endif
