/* The store in a database of PostgreSQL or openGauss. See backend.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "gauss/identify.h"
#include "store/backend.h"

/* The wire client's errors are those of a target; here the database is the store. */
static bool translated(struct err *e) {
    if (e->code == ERR_TARGET_LOST || e->code == ERR_TARGET_CONNECT || e->code == ERR_NETWORK) {
        e->code = ERR_STORE_OPEN;
    } else if (str_eq(e->sqlstate, "23505")) {
        e->code = ERR_STORE_TAKEN;
    } else if (str_eq(e->sqlstate, "40001") || str_eq(e->sqlstate, "40P01") || str_eq(e->sqlstate, "55P03")) {
        e->code = ERR_STORE_BUSY;
    } else if (e->code == ERR_TARGET_QUERY) {
        e->code = ERR_STORE_QUERY;
    }
    return false;
}

/* '?' outside quotes becomes $1, $2, .. */
static char *numbered(struct arena *a, const char *sql, size_t *n) {
    char *out = arena_alloc(a, strlen(sql) * 4 + 16), *at = out;
    bool quoted = false;
    *n = 0;
    for (const char *p = sql; *p != '\0'; p++) {
        quoted = quoted != (*p == '\'');
        if (*p == '?' && !quoted) {
            at += sprintf(at, "$%zu", ++*n);
        } else {
            *at++ = *p;
        }
    }
    *at = '\0';
    return out;
}

static bool rows(void *connection, struct arena *a, const char *sql, struct store_values v, struct store_rows *out,
                 uint64_t *changed, struct err *e) {
    struct gauss_rows got;
    size_t n;
    char *text = numbered(a, sql, &n);
    if (n != v.n) {
        return err_set(e, ERR_INTERNAL, "%zu placeholders, %zu values", n, v.n);
    }
    struct gauss_param *p = arena_array(a, struct gauss_param, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (v.v[i].type == STORE_INT) {
            p[i].value = arena_printf(a, "%" PRId64, v.v[i].number);
        } else if (v.v[i].type == STORE_TEXT) {
            p[i].value = v.v[i].text;
        }
        p[i].len = p[i].value != NULL ? strlen(p[i].value) : 0;
    }
    bool ok =
        n == 0 ? gauss_rows(connection, a, text, &got, e) : gauss_query_params(connection, a, text, p, n, &got, e);
    if (!ok) {
        return translated(e);
    }
    if (out != NULL) {
        *out = (struct store_rows){.n = got.n, .columns = got.ncols, .cells = got.cells};
    }
    if (changed != NULL) {
        *changed = got.affected;
    }
    return true;
}

static bool script(void *connection, const char *sql, struct err *e) {
    return gauss_exec(connection, sql, e) || translated(e);
}

static bool usable(const void *connection) {
    return gauss_usable(connection);
}

static void close_connection(void *connection) {
    gauss_close(connection);
}

/* Lock waits must end: a server that hangs inside a transaction is not to stop the others. */
static const struct store_backend backend = {
    .rows = rows,
    .script = script,
    .usable = usable,
    .close = close_connection,
    .begin = "BEGIN",
    .now_sql = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
    .skip_locked = " FOR UPDATE SKIP LOCKED",
    .id_type = "bigserial PRIMARY KEY",
};

/* Another server may make it at this moment. */
static bool make_schema(struct gauss_client *c, const char *name, struct err *e) {
    struct err refused = ERR_INIT;
    if (gauss_execf(c, &refused, "CREATE SCHEMA %s", name) || str_eq(refused.sqlstate, "42P06") ||
        str_eq(refused.sqlstate, "23505")) {
        return true;
    }
    err_copy(e, &refused);
    return false;
}

bool store_open_gauss(struct store *s, const struct store_where *where, struct err *e) {
    struct gauss_client *c = NULL;
    s->backend = &backend;
    if (!gauss_connect(&c, where->server, e)) {
        return translated(e);
    }
    s->connection = c;
    bool opengauss = gauss_server(c)->kind == GAUSS_OPENGAUSS;
    s->kind = opengauss ? STORE_OPENGAUSS : STORE_POSTGRESQL;
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    char *name = str_quote_pg(&a, where->schema);
    char *look = arena_printf(&a, "SELECT 1 FROM pg_namespace WHERE nspname = %s", str_literal_pg(&a, where->schema));
    struct gauss_identity id;
    bool ok = gauss_identify(c, &a, &id, e) && (id.dialect != DIALECT_OG_A || gauss_keep_empty_text(c, e)) &&
              gauss_rows(c, &a, look, &rows, e) && (rows.n > 0 || make_schema(c, name, e)) &&
              gauss_execf(c, e, "SET search_path = %s; SET client_encoding = 'UTF8'; %s", name,
                          opengauss ? "SET session_timeout = 0" : "SET lock_timeout = '15s'");
    arena_clear(&a);
    return ok;
}
