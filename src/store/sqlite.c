/* The store in a file. See backend.h.
 *
 * WAL, so that readers never wait for the writer; synchronous = FULL, as a committed operation is not to be forgotten. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/backend.h"

enum { BUSY_MS = 10000 };

static bool failed(sqlite3 *db, int code, struct err *e) {
    const char *text = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(e, ERR_STORE_BUSY, "the store is busy: %s", text);
    case SQLITE_CONSTRAINT:
        return sqlite3_extended_errcode(db) == SQLITE_CONSTRAINT_UNIQUE ||
                       sqlite3_extended_errcode(db) == SQLITE_CONSTRAINT_PRIMARYKEY
                   ? err_set(e, ERR_STORE_TAKEN, "%s", text)
                   : err_set(e, ERR_STORE_QUERY, "%s", text);
    default:
        return err_set(e, ERR_STORE_QUERY, "%s", text);
    }
}

static bool bind(sqlite3 *db, sqlite3_stmt *st, struct store_values v, struct err *e) {
    int code = SQLITE_OK;
    if ((size_t)sqlite3_bind_parameter_count(st) != v.n) {
        return err_set(e, ERR_INTERNAL, "%d placeholders, %zu values", sqlite3_bind_parameter_count(st), v.n);
    }
    for (size_t i = 0; i < v.n && code == SQLITE_OK; i++) {
        int at = (int)i + 1;
        code = v.v[i].type == STORE_INT    ? sqlite3_bind_int64(st, at, v.v[i].number)
               : v.v[i].type == STORE_TEXT ? sqlite3_bind_text(st, at, v.v[i].text, -1, SQLITE_STATIC)
                                           : sqlite3_bind_null(st, at);
    }
    return code == SQLITE_OK || failed(db, code, e);
}

static void take_row(struct arena *a, sqlite3_stmt *st, struct store_rows *out, size_t *cap) {
    while ((out->n + 1) * out->columns > *cap) {
        size_t fresh = *cap == 0 ? 64 + out->columns : *cap * 2;
        char **cells = arena_array(a, char *, fresh);
        if (out->n > 0) {
            memcpy(cells, out->cells, out->n * out->columns * sizeof *cells);
        }
        out->cells = cells;
        *cap = fresh;
    }
    for (size_t i = 0; i < out->columns; i++) {
        const char *text = (const char *)sqlite3_column_text(st, (int)i);
        size_t len = (size_t)sqlite3_column_bytes(st, (int)i);
        out->cells[out->n * out->columns + i] = text == NULL ? NULL : arena_strndup(a, text, len);
    }
    out->n++;
}

static bool rows(void *connection, struct arena *a, const char *sql, struct store_values v, struct store_rows *out,
                 uint64_t *changed, struct err *e) {
    sqlite3 *db = connection;
    sqlite3_stmt *st = NULL;
    size_t cap = 0;
    int code = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (code != SQLITE_OK) {
        return failed(db, code, e);
    }
    bool ok = bind(db, st, v, e);
    if (out != NULL) {
        out->columns = (size_t)sqlite3_column_count(st);
    }
    while (ok && (code = sqlite3_step(st)) == SQLITE_ROW) {
        if (out != NULL && out->columns > 0) {
            take_row(a, st, out, &cap);
        }
    }
    if (ok && code != SQLITE_DONE) {
        ok = failed(db, code, e);
    }
    if (changed != NULL) {
        *changed = ok ? (uint64_t)sqlite3_changes64(db) : 0;
    }
    sqlite3_finalize(st);
    return ok;
}

static bool script(void *connection, const char *sql, struct err *e) {
    int code = sqlite3_exec(connection, sql, NULL, NULL, NULL);
    return code == SQLITE_OK || failed(connection, code, e);
}

static void close_file(void *connection) {
    sqlite3_close(connection);
}

static const struct store_backend backend = {
    .rows = rows,
    .script = script,
    .close = close_file,
    .begin = "BEGIN IMMEDIATE",
    .skip_locked = "",
    .id_type = "INTEGER PRIMARY KEY AUTOINCREMENT",
};

bool store_open_sqlite(struct store *s, const char *path, struct err *e) {
    sqlite3 *db = NULL;
    s->kind = STORE_SQLITE;
    s->backend = &backend;
    /* SQLite would make it as the umask says. Never opened when it is there: to close it would end the locks of this process's
     * other connections, and another program that then leaves the store would take the log away that they write to. */
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST) {
        return err_errno(e, ERR_STORE_OPEN, "%s cannot be opened", path);
    }
    if (fd >= 0) {
        close(fd);
    }
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    s->connection = db;
    if (code != SQLITE_OK) {
        return err_set(e, ERR_STORE_OPEN, "%s cannot be opened: %s", path, sqlite3_errstr(code));
    }
    sqlite3_busy_timeout(db, BUSY_MS);
    return script(db,
                  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                  "PRAGMA trusted_schema = OFF",
                  e);
}
