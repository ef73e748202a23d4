/* Simple queries: one 'Q', everything up to ReadyForQuery. */
#include <stdarg.h>
#include <stdlib.h>

#include "gauss/internal.h"

/* Keep the first error; what follows is only read away. Server errors leave the client in sync. */
static bool run(struct gauss_client *c, const char *sql, struct gauss_row_sink *sink, struct err *e) {
    if (!gauss_ready(c, e) || !gauss_put(c, 'Q', sql, strlen(sql) + 1, e) || !gauss_flush(c, e)) {
        return false;
    }
    bool failed = false;
    struct err later = ERR_INIT;
    for (;;) {
        struct gauss_message m;
        struct err *to = failed ? &later : e;
        bool ok = true;
        if (!gauss_next(c, &m, to)) {
            return false;
        }
        switch (m.type) {
        case 'T':
            ok = failed || gauss_sink_describe(sink, m.body, m.len, to);
            break;
        case 'D':
            ok = failed || gauss_sink_row(sink, m.body, m.len, to);
            break;
        case 'C':
            ok = failed || gauss_sink_tag(sink, m.body, m.len, to);
            break;
        case 'I': /* EmptyQueryResponse */
        case 'd': /* an unwanted COPY TO runs past us */
        case 'c':
            break;
        case 'E':
            ok = gauss_server_error(c, &m, to);
            if (c->broken) {
                return false;
            }
            break;
        case 'G': { /* an unwanted COPY FROM: the server waits for us to end it */
            static const char why[] = "no data is meant here";
            ok = err_set(to, ERR_TARGET_QUERY, "the statement begins a COPY where none is expected");
            if (!gauss_put(c, 'f', why, sizeof why, &later) || !gauss_flush(c, &later)) {
                return false;
            }
            break;
        }
        case 'H':
            ok = err_set(to, ERR_TARGET_QUERY, "the statement begins a COPY where none is expected");
            break;
        case 'Z':
            return gauss_take_ready(c, &m, to) && !failed;
        default:
            return gauss_unexpected(c, &m, "a query", to);
        }
        failed = failed || !ok;
        if (!ok && to->code == ERR_TARGET_PROTOCOL) {
            c->broken = true;
            return false;
        }
    }
}

bool gauss_exec(struct gauss_client *c, const char *sql, struct err *e) {
    struct gauss_row_sink none;
    gauss_sink_init(&none, NULL, NULL);
    return run(c, sql, &none, e);
}

bool gauss_execf(struct gauss_client *c, struct err *e, const char *fmt, ...) {
    char *sql = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&sql, fmt, ap);
    va_end(ap);
    if (n < 0) {
        return err_set(e, ERR_MEMORY, "no memory for a statement");
    }
    bool ok = gauss_exec(c, sql, e);
    free(sql);
    return ok;
}

bool gauss_rows(struct gauss_client *c, struct arena *a, const char *sql, struct gauss_rows *out, struct err *e) {
    struct gauss_row_sink sink;
    gauss_sink_init(&sink, a, out);
    return run(c, sql, &sink, e);
}
