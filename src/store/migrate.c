/* The store's tables, version by version (schema/). See backend.h. */
#include <string.h>

#include "base/str.h"
#include "store/backend.h"

extern const char store_schema_1[], store_schema_2[], store_schema_3[]; /* schema/000N.sql */
static const char *const versions[] = {store_schema_1, store_schema_2, store_schema_3};

enum { VERSIONS = sizeof versions / sizeof versions[0] };

static char *with_id_type(struct arena *a, const char *sql, const char *type) {
    char *out = arena_strdup(a, "");
    for (const char *hit; (hit = strstr(sql, "@ID@")) != NULL; sql = hit + strlen("@ID@")) {
        out = arena_printf(a, "%s%.*s%s", out, (int)(hit - sql), sql, type);
    }
    return arena_printf(a, "%s%s", out, sql);
}

/* Several servers may start at once: the second waits for the first one's lock, and finds the work done. */
static bool lock_version(struct store *s, struct arena *a, int64_t *version, struct err *e) {
    struct store_rows rows;
    const char *sql =
        s->kind == STORE_SQLITE ? "SELECT number FROM store_version" : "SELECT number FROM store_version FOR UPDATE";
    if (!store_rows(s, a, sql, STORE_NONE, &rows, e)) {
        return false;
    }
    *version = rows.n > 0 ? store_number(&rows, 0, 0) : 0;
    return true;
}

static bool make_version_table(struct store *s, struct err *e) {
    struct err raced = ERR_INIT;
    /* Two servers that make it at once: one of them fails, and goes on with the other's. */
    bool made = s->backend->script(
        s->connection, "CREATE TABLE IF NOT EXISTS store_version (one integer PRIMARY KEY, number integer NOT NULL)",
        &raced);
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    bool ok = store_rows(s, &a, "SELECT number FROM store_version", STORE_NONE, &rows, e);
    if (ok && rows.n == 0) {
        err_clear(&raced);
        made = store_run(s, "INSERT INTO store_version (one, number) VALUES (1, 0)", STORE_NONE, NULL, &raced);
        ok = made || raced.code == ERR_STORE_TAKEN || (err_copy(e, &raced), false);
    }
    arena_clear(&a);
    return ok;
}

static bool apply(struct store *s, struct arena *a, int64_t from, struct err *e) {
    for (int64_t i = from; i < VERSIONS; i++) {
        if (!s->backend->script(s->connection, with_id_type(a, versions[i], s->backend->id_type), e)) {
            return err_where(e, "making the store's tables, version %lld", (long long)i + 1);
        }
    }
    return store_run(s, "UPDATE store_version SET number = ?", STORE_VALUES(STORE_I(VERSIONS)), NULL, e);
}

bool store_migrate(struct store *s, struct err *e) {
    struct arena a = ARENA_INIT;
    int64_t version = 0;
    if (!make_version_table(s, e) || !store_begin(s, e)) {
        return false;
    }
    bool ok = lock_version(s, &a, &version, e);
    if (ok && version > VERSIONS) {
        ok = err_set(e, ERR_STORE_NEWER, "the store was made by a later godwit (version %lld, this one knows %d)",
                     (long long)version, (int)VERSIONS);
    }
    ok = ok && (version == VERSIONS || apply(s, &a, version, e)) && store_commit(s, e);
    if (!ok) {
        store_rollback(s);
    }
    arena_clear(&a);
    return ok;
}
