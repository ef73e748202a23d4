/* What a kind of store does. Not for other rooms. */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "store/store.h"

struct store_backend {
    bool (*rows)(void *connection, struct arena *a, const char *sql, struct store_values v, struct store_rows *out,
                 uint64_t *changed, struct err *e);                   /* out may be NULL */
    bool (*script)(void *connection, const char *sql, struct err *e); /* several statements, no placeholders */
    bool (*usable)(const void *connection);                           /* NULL: always */
    void (*close)(void *connection);
    const char *begin;
    const char *now_sql; /* NULL: this machine's clock */
    const char *skip_locked;
    const char *id_type; /* of a key the store makes */
};

struct store {
    enum store_kind kind;
    const struct store_backend *backend;
    void *connection; /* NULL: it was lost, and could not be opened again */
    struct store_where where;
    bool in_transaction;
};

bool store_open_sqlite(struct store *s, const char *path, struct err *e) WARN_UNUSED;
bool store_open_gauss(struct store *s, const struct store_where *where, struct err *e) WARN_UNUSED;

/* Bring the tables up to this program's version, in one transaction. */
bool store_migrate(struct store *s, struct err *e) WARN_UNUSED;

#endif
