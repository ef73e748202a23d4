/* See origin.h. */
#include "gauss/origin.h"

#include "base/str.h"
#include "gauss/lsn.h"

/* One call of a function, its one cell. */
static bool call(struct gauss_client *c, struct arena *a, const char *sql, const char **cell, struct err *e) {
    struct gauss_rows rows;
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return false;
    }
    if (cell != NULL) {
        *cell = rows.n == 1 ? gauss_cell(&rows, 0, 0) : NULL;
    }
    return true;
}

static bool named(struct gauss_client *c, const char *before, const char *name, const char *after, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = call(c, &a, arena_printf(&a, "%s%s%s", before, str_literal_pg(&a, name), after), NULL, e);
    arena_clear(&a);
    return ok || err_where(e, "origin %s", name);
}

bool origin_create(struct gauss_client *c, const char *name, struct err *e) {
    static const char missing[] = " AS n WHERE NOT EXISTS (SELECT 1 FROM pg_replication_origin o WHERE o.roname = ";
    struct arena a = ARENA_INIT;
    char *literal = str_literal_pg(&a, name);
    char *sql = arena_printf(&a, "SELECT pg_replication_origin_create(x.n) FROM (SELECT %s::text%s%s)) x", literal,
                             missing, literal);
    bool ok = call(c, &a, sql, NULL, e);
    arena_clear(&a);
    return ok || err_where(e, "origin %s", name);
}

bool origin_drop(struct gauss_client *c, const char *name, struct err *e) {
    return named(c, "SELECT pg_replication_origin_drop(o.roname) FROM pg_replication_origin o WHERE o.roname = ", name,
                 "", e);
}

bool origin_begin(struct gauss_client *c, const char *name, struct err *e) {
    return named(c, "SELECT pg_replication_origin_session_setup(", name, ")", e);
}

bool origin_end(struct gauss_client *c, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = call(c, &a, "SELECT pg_replication_origin_session_reset()", NULL, e);
    arena_clear(&a);
    return ok;
}

bool origin_keep(struct gauss_client *c, uint64_t position, struct err *e) {
    struct arena a = ARENA_INIT;
    char lsn[LSN_TEXT_MAX];
    bool ok =
        call(c, &a, arena_printf(&a, "SELECT pg_replication_origin_xact_setup('%s', now())", lsn_text(position, lsn)),
             NULL, e);
    arena_clear(&a);
    return ok;
}

bool origin_position(struct gauss_client *c, const char *name, uint64_t *position, struct err *e) {
    struct arena a = ARENA_INIT;
    const char *text = NULL;
    *position = 0;
    bool ok = call(c, &a, arena_printf(&a, "SELECT pg_replication_origin_progress(%s, true)", str_literal_pg(&a, name)),
                   &text, e);
    if (ok && text != NULL && !lsn_parse(text, strlen(text), position)) {
        ok = err_set(e, ERR_TARGET_PROTOCOL, "the position of an origin cannot be read");
    }
    arena_clear(&a);
    return ok || err_where(e, "origin %s", name);
}

bool origin_list(struct gauss_client *c, struct arena *a, const char *prefix, const char *const **out, size_t *n,
                 struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(a,
                             "SELECT roname FROM pg_replication_origin WHERE substr(roname, 1, %zu) = %s"
                             " ORDER BY roname",
                             strlen(prefix), str_literal_pg(a, prefix));
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return false;
    }
    *out = (const char *const *)rows.cells; /* one column */
    *n = rows.n;
    return true;
}
