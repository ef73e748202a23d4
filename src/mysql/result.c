/* Results: statements, column definitions, rows. See client.h and session.h.
 *
 *   statement -> OK | ERR | column count, column definitions, [EOF], rows, end     and again while MORE_RESULTS_EXISTS
 *
 * Rows are handed out where the packet layer has them; nothing here looks inside a row. */
#include <stdlib.h>

#include "base/str.h"
#include "mysql/client.h"
#include "mysql/protocol.h"
#include "mysql/reader.h"
#include "mysql/session.h"

enum {
    COLUMNS_MAX = 65535, /* MySQL's limit is 4096 */
    SQL_SHOWN_BYTES = 200,
    STATEMENT_OK_BYTES = 12,
};

static bool malformed(struct mysql_client *c, const char *what, size_t len, struct err *e) {
    c->in_rows = false;
    return packets_nonsense(&c->io, e, "%s of %zu bytes", what, len);
}

static bool failed_at(struct err *e, const char *sql) {
    size_t n = strlen(sql);
    size_t cut = str_utf8_cut(sql, n, SQL_SHOWN_BYTES);
    return err_where(e, "statement %.*s%s", (int)cut, sql, cut < n ? "..." : "");
}

/* ---- column definitions ---- */

static bool parse_column(const uint8_t *body, size_t len, struct arena *a, struct mysql_column *col) {
    struct reader r = reader_of(body, len);
    size_t n, table_len, name_len;
    (void)read_lenenc_bytes(&r, &n); /* catalog: always "def" */
    (void)read_lenenc_bytes(&r, &n); /* schema */
    const uint8_t *table = read_lenenc_bytes(&r, &table_len);
    (void)read_lenenc_bytes(&r, &n); /* table behind the alias */
    const uint8_t *name = read_lenenc_bytes(&r, &name_len);
    (void)read_lenenc_bytes(&r, &n); /* column behind the alias */
    uint64_t fixed = read_lenenc(&r);
    col->charset = read_u16(&r);
    col->length = read_u32(&r);
    col->type = read_u8(&r);
    col->flags = read_u16(&r);
    col->decimals = read_u8(&r);
    if (r.bad || fixed < 10) {
        return false;
    }
    col->table = arena_strndup(a, (const char *)table, table_len);
    col->name = arena_strndup(a, (const char *)name, name_len);
    return true;
}

/* n definitions and, from servers that send one, the EOF behind them. a NULL: skip. */
static bool read_columns(struct mysql_client *c, size_t n, struct arena *a, struct mysql_columns *out, struct err *e) {
    const uint8_t *body;
    size_t len;
    if (a != NULL) {
        out->n = n;
        out->col = arena_array(a, struct mysql_column, n);
    }
    for (size_t i = 0; i < n; i++) {
        if (!packets_read(&c->io, &body, &len, e)) {
            return false;
        }
        if (len > 0 && body[0] == PACKET_ERR) {
            return packets_server_error(&c->io, body, len, false, e);
        }
        if (a != NULL && !parse_column(body, len, a, &out->col[i])) {
            return malformed(c, "a column definition", len, e);
        }
    }
    if ((c->caps & CLIENT_DEPRECATE_EOF) == 0) {
        if (!packets_read(&c->io, &body, &len, e)) {
            return false;
        }
        if (len == 0 || body[0] != PACKET_EOF || !session_take_eof(c, body, len)) {
            return malformed(c, "an end of column definitions", len, e);
        }
    }
    return true;
}

/* ---- the answer to a statement ---- */

enum answer { ANSWER_OK, ANSWER_ROWS, ANSWER_FAILED };

/* a NULL: the columns are of no interest. */
static enum answer read_answer(struct mysql_client *c, struct arena *a, struct mysql_columns *columns, struct err *e) {
    const uint8_t *body;
    size_t len;
    if (!packets_read(&c->io, &body, &len, e)) {
        return ANSWER_FAILED;
    }
    if (len == 0) {
        malformed(c, "an answer", len, e);
        return ANSWER_FAILED;
    }
    switch (body[0]) {
    case PACKET_OK:
        if (session_take_ok(c, body, len)) {
            return ANSWER_OK;
        }
        malformed(c, "an OK packet", len, e);
        return ANSWER_FAILED;
    case PACKET_ERR:
        packets_server_error(&c->io, body, len, false, e);
        return ANSWER_FAILED;
    case PACKET_LOCAL_INFILE: /* we never said that we can; a server that asks is after our files */
        malformed(c, "a request for a local file", len, e);
        return ANSWER_FAILED;
    default:
        break;
    }
    struct reader r = reader_of(body, len);
    uint64_t n = read_lenenc(&r);
    if (r.bad || reader_left(&r) > 0 || n == 0 || n > COLUMNS_MAX) {
        malformed(c, "a column count", len, e);
        return ANSWER_FAILED;
    }
    return read_columns(c, n, a, columns, e) ? ANSWER_ROWS : ANSWER_FAILED;
}

/* ---- rows ---- */

enum row { ROW_DATA, ROW_END, ROW_FAILED };

/* What is not plainly a row: the end, an error, nonsense. Only the first byte and the length tell. */
static enum row odd_row(struct mysql_client *c, const uint8_t *body, size_t len, struct err *e) {
    if (len > 0 && body[0] == PACKET_ERR) {
        packets_server_error(&c->io, body, len, false, e);
        return ROW_FAILED;
    }
    bool ok_packet = (c->caps & CLIENT_DEPRECATE_EOF) != 0;
    /* 0xfe also begins a text row whose first cell has 16 MB or more: such a row is never that short. */
    if (len > 0 && body[0] == PACKET_EOF && len < (ok_packet ? (size_t)PACKET_MAX_BYTES : 9)) {
        if (ok_packet ? session_take_ok(c, body, len) : session_take_eof(c, body, len)) {
            return ROW_END;
        }
        malformed(c, "an end of rows", len, e);
        return ROW_FAILED;
    }
    if (len > 0 && !c->binary) {
        return ROW_DATA;
    }
    malformed(c, "a row", len, e);
    return ROW_FAILED;
}

static inline enum row read_row(struct mysql_client *c, const uint8_t **body, size_t *len, struct err *e) {
    if (!packets_read(&c->io, body, len, e)) {
        return ROW_FAILED;
    }
    if (__builtin_expect(*len > 0 && (c->binary ? **body == 0 : **body < PACKET_EOF), 1)) {
        return ROW_DATA;
    }
    return odd_row(c, *body, *len, e);
}

/* Read on to the end of this result's rows. */
static bool skip_rows(struct mysql_client *c, struct err *e) {
    const uint8_t *body;
    size_t len;
    enum row row;
    do {
        row = read_row(c, &body, &len, e);
    } while (row == ROW_DATA);
    return row == ROW_END;
}

/* Read and drop the results behind the one that has ended. */
static bool skip_results(struct mysql_client *c, struct err *e) {
    while ((c->status & SERVER_MORE_RESULTS_EXISTS) != 0) {
        switch (read_answer(c, NULL, NULL, e)) {
        case ANSWER_FAILED:
            return false;
        case ANSWER_ROWS:
            if (!skip_rows(c, e)) {
                return false;
            }
            break;
        case ANSWER_OK:
            break;
        }
    }
    return true;
}

bool mysql_next(struct mysql_client *c, const uint8_t **row, size_t *len, struct err *e) {
    if (__builtin_expect(!c->in_rows, 0)) {
        *row = NULL;
        *len = 0;
        return !c->io.broken || session_ready(c, e);
    }
    enum row kind = read_row(c, row, len, e);
    if (__builtin_expect(kind == ROW_DATA, 1)) {
        return true;
    }
    *row = NULL;
    *len = 0;
    c->in_rows = false;
    return kind == ROW_END && skip_results(c, e);
}

bool mysql_drain(struct mysql_client *c, struct err *e) {
    if (!c->in_rows) {
        return !c->io.broken || session_ready(c, e);
    }
    bool ok = skip_rows(c, e);
    c->in_rows = false;
    return ok && skip_results(c, e);
}

/* ---- statements ---- */

/* The first result that has rows; none at all is an empty result without columns. */
static bool open_rows(struct mysql_client *c, struct arena *a, struct mysql_columns *columns, bool binary,
                      struct err *e) {
    *columns = (struct mysql_columns){0};
    c->binary = binary;
    for (;;) {
        switch (read_answer(c, a, columns, e)) {
        case ANSWER_FAILED:
            return false;
        case ANSWER_ROWS:
            c->in_rows = true;
            return true;
        case ANSWER_OK:
            if ((c->status & SERVER_MORE_RESULTS_EXISTS) == 0) {
                return true;
            }
            break;
        }
    }
}

bool mysql_query(struct mysql_client *c, struct arena *a, const char *sql, struct mysql_columns *columns,
                 struct err *e) {
    *columns = (struct mysql_columns){0};
    if (!session_ready(c, e)) {
        return false;
    }
    return (session_command(c, COM_QUERY, sql, strlen(sql), e) && open_rows(c, a, columns, false, e)) ||
           failed_at(e, sql);
}

bool mysql_exec(struct mysql_client *c, const char *sql, struct err *e) {
    if (!session_ready(c, e)) {
        return false;
    }
    c->binary = false;
    bool ok = session_command(c, COM_QUERY, sql, strlen(sql), e);
    if (ok) {
        enum answer answer = read_answer(c, NULL, NULL, e);
        ok = answer != ANSWER_FAILED && (answer == ANSWER_OK || skip_rows(c, e)) && skip_results(c, e);
    }
    return ok || failed_at(e, sql);
}

bool mysql_multi_statements(struct mysql_client *c, bool on, struct err *e) {
    uint8_t option[2] = {on ? 0 : 1, 0};
    const uint8_t *body;
    size_t len;
    if (!session_ready(c, e) || !session_command(c, COM_SET_OPTION, option, sizeof option, e) ||
        !packets_read(&c->io, &body, &len, e)) {
        return false;
    }
    if (len > 0 && body[0] == PACKET_ERR) {
        return packets_server_error(&c->io, body, len, false, e);
    }
    return (len > 0 && (body[0] == PACKET_EOF || body[0] == PACKET_OK)) ||
           malformed(c, "an answer to an option", len, e);
}

bool mysql_send(struct mysql_client *c, const void *sql, size_t len, struct err *e) {
    if (!session_ready(c, e) || !session_command(c, COM_QUERY, sql, len, e)) {
        return false;
    }
    c->in_flight = true;
    return true;
}

bool mysql_answers(struct mysql_client *c, uint64_t *affected, size_t cap, size_t *n, struct err *e) {
    *n = 0;
    if (!c->in_flight) {
        return session_ready(c, e) ? err_set(e, ERR_INTERNAL, "no statement is under way") : false;
    }
    c->binary = false;
    c->in_flight = false;
    do {
        enum answer answer = read_answer(c, NULL, NULL, e);
        if (answer == ANSWER_FAILED || (answer == ANSWER_ROWS && !skip_rows(c, e))) {
            return false;
        }
        if (*n < cap) {
            affected[*n] = answer == ANSWER_OK ? c->affected : 0;
        }
        (*n)++;
    } while ((c->status & SERVER_MORE_RESULTS_EXISTS) != 0);
    return true;
}

static bool prepare(struct mysql_client *c, const char *sql, struct err *e) {
    const uint8_t *body;
    size_t len;
    if (!session_command(c, COM_STMT_PREPARE, sql, strlen(sql), e) || !packets_read(&c->io, &body, &len, e)) {
        return false;
    }
    if (len > 0 && body[0] == PACKET_ERR) {
        return packets_server_error(&c->io, body, len, false, e);
    }
    if (len < STATEMENT_OK_BYTES || body[0] != PACKET_OK) {
        return malformed(c, "an answer to a prepare", len, e);
    }
    uint16_t columns = get_le16(body + 5), parameters = get_le16(body + 7);
    c->statement_id = get_le32(body + 1);
    c->close_due = true;
    if ((parameters > 0 && !read_columns(c, parameters, NULL, NULL, e)) ||
        (columns > 0 && !read_columns(c, columns, NULL, NULL, e))) {
        return false;
    }
    return parameters == 0 ||
           err_set(e, ERR_INTERNAL, "a statement with %u parameters was to be run without any", parameters);
}

bool mysql_query_binary(struct mysql_client *c, struct arena *a, const char *sql, struct mysql_columns *columns,
                        struct err *e) {
    *columns = (struct mysql_columns){0};
    if (!session_ready(c, e)) {
        return false;
    }
    if (!prepare(c, sql, e)) {
        return failed_at(e, sql);
    }
    uint32_t id = c->statement_id;
    uint8_t execute[9] = {(uint8_t)id,
                          (uint8_t)(id >> 8),
                          (uint8_t)(id >> 16),
                          (uint8_t)(id >> 24),
                          0, /* no cursor */
                          1,
                          0,
                          0,
                          0}; /* iterations: always one */
    /* The close that is due belongs to this very statement: not before the execute. */
    bool ok =
        packets_send_command(&c->io, COM_STMT_EXECUTE, execute, sizeof execute, e) && open_rows(c, a, columns, true, e);
    return ok || failed_at(e, sql);
}

/* ---- small results, whole ---- */

struct growing {
    size_t cells_cap, lens_cap, n;
};

static bool take_cells(struct mysql_client *c, struct arena *a, const uint8_t *row, size_t len, struct growing *g,
                       struct mysql_rows *out, struct err *e) {
    struct reader r = reader_of(row, len);
    for (size_t i = 0; i < out->columns.n; i++) {
        bool present;
        size_t n;
        const uint8_t *cell = read_text_cell(&r, &n, &present);
        if (r.bad) {
            break;
        }
        out->cells = arena_grow(a, out->cells, g->n, &g->cells_cap, sizeof *out->cells);
        out->lens = arena_grow(a, out->lens, g->n, &g->lens_cap, sizeof *out->lens);
        out->cells[g->n] = present ? arena_strndup(a, (const char *)cell, n) : NULL;
        out->lens[g->n] = n;
        g->n++;
    }
    return (!r.bad && reader_left(&r) == 0) || malformed(c, "a row", len, e);
}

bool mysql_rows(struct mysql_client *c, struct arena *a, const char *sql, struct mysql_rows *out, struct err *e) {
    *out = (struct mysql_rows){0};
    if (!mysql_query(c, a, sql, &out->columns, e)) {
        return false;
    }
    struct growing g = {0};
    for (;;) {
        const uint8_t *row;
        size_t len;
        if (!mysql_next(c, &row, &len, e)) {
            return failed_at(e, sql);
        }
        if (row == NULL) {
            return true;
        }
        if (!take_cells(c, a, row, len, &g, out, e)) {
            return failed_at(e, sql);
        }
        out->n++;
    }
}

const char *mysql_cell_named(const struct mysql_rows *r, size_t row, const char *name) {
    for (size_t i = 0; i < r->columns.n; i++) {
        if (str_ieq(r->columns.col[i].name, name)) {
            return mysql_cell(r, row, i);
        }
    }
    return NULL;
}
