/* See store.h. */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/backend.h"

static void let_go(struct store *s) {
    if (s->connection != NULL) {
        s->backend->close(s->connection);
        s->connection = NULL;
    }
}

bool store_open(struct store **out, const struct store_where *where, struct err *e) {
    struct store *s = calloc(1, sizeof *s);
    *out = NULL;
    if (s == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for the store");
    }
    s->where = *where;
    bool ok = where->file != NULL ? store_open_sqlite(s, where->file, e) : store_open_gauss(s, where, e);
    if (!ok || !store_migrate(s, e)) {
        store_close(s);
        return where->file != NULL ? err_where(e, "store %s", where->file)
                                   : err_where(e, "store %s:%u/%s, schema %s", where->server->host,
                                               (unsigned)where->server->port, where->server->database, where->schema);
    }
    *out = s;
    return true;
}

void store_close(struct store *s) {
    if (s != NULL) {
        let_go(s);
        free(s);
    }
}

enum store_kind store_kind(const struct store *s) {
    return s->kind;
}

static bool usable(const struct store *s) {
    return s->connection != NULL && (s->backend->usable == NULL || s->backend->usable(s->connection));
}

static bool open_again(struct store *s, struct err *e) {
    let_go(s);
    if (!store_open_gauss(s, &s->where, e)) {
        let_go(s); /* half open: in no schema yet */
        return false;
    }
    return true;
}

/* A database that was away is connected to again by the first statement behind it, but never in the middle of a transaction. What a
 * lost connection answered is not known: only what may be done twice is asked again. */
static bool statement(struct store *s, struct arena *a, const char *sql, struct store_values v, struct store_rows *out,
                      uint64_t *changed, struct err *e) {
    bool twice = strncmp(sql, "SELECT", 6) == 0 || strcmp(sql, s->backend->begin) == 0;
    if (!s->in_transaction && !usable(s) && !open_again(s, e)) {
        return false;
    }
    if (!usable(s)) {
        err_set(e, ERR_STORE_OPEN, "the connection to the store broke");
        return false;
    }
    if (s->backend->rows(s->connection, a, sql, v, out, changed, e)) {
        return true;
    }
    if (s->in_transaction || usable(s) || !twice) {
        return false;
    }
    err_clear(e);
    return open_again(s, e) && s->backend->rows(s->connection, a, sql, v, out, changed, e);
}

bool store_rows(struct store *s, struct arena *a, const char *sql, struct store_values v, struct store_rows *out,
                struct err *e) {
    *out = (struct store_rows){0};
    return statement(s, a, sql, v, out, NULL, e);
}

bool store_run(struct store *s, const char *sql, struct store_values v, uint64_t *changed, struct err *e) {
    struct arena a = ARENA_INIT;
    uint64_t ignored;
    bool ok = statement(s, &a, sql, v, NULL, changed != NULL ? changed : &ignored, e);
    arena_clear(&a);
    return ok;
}

bool store_insert(struct store *s, const char *sql, struct store_values v, int64_t *id, struct err *e) {
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    bool ok = store_rows(s, &a, sql, v, &rows, e);
    if (ok && rows.n != 1) {
        ok = err_set(e, ERR_INTERNAL, "an insert returned %zu ids", rows.n);
    }
    *id = ok && rows.n == 1 ? store_number(&rows, 0, 0) : 0;
    arena_clear(&a);
    return ok;
}

const char *store_cell(const struct store_rows *r, size_t row, size_t column) {
    return r->cells[row * r->columns + column];
}

int64_t store_number(const struct store_rows *r, size_t row, size_t column) {
    const char *text = store_cell(r, row, column);
    return text == NULL ? 0 : strtoll(text, NULL, 10);
}

bool store_begin(struct store *s, struct err *e) {
    s->in_transaction = store_run(s, s->backend->begin, STORE_NONE, NULL, e);
    return s->in_transaction;
}

bool store_commit(struct store *s, struct err *e) {
    bool ok = store_run(s, "COMMIT", STORE_NONE, NULL, e);
    s->in_transaction = s->in_transaction && !ok;
    return ok;
}

void store_rollback(struct store *s) {
    struct err ignored = ERR_INIT;
    (void)!store_run(s, "ROLLBACK", STORE_NONE, NULL, &ignored);
    s->in_transaction = false;
}

bool store_now(struct store *s, int64_t *ms, struct err *e) {
    if (s->backend->now_sql == NULL) {
        *ms = clock_utc_us() / 1000;
        return true;
    }
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    bool ok = store_rows(s, &a, s->backend->now_sql, STORE_NONE, &rows, e);
    *ms = ok ? store_number(&rows, 0, 0) : 0;
    arena_clear(&a);
    return ok;
}

const char *store_skip_locked(const struct store *s) {
    return s->backend->skip_locked;
}
