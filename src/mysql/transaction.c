/* From events to transactions. See transaction.h. */
#include "mysql/transaction.h"

#include <stdlib.h>

#include "base/str.h"
#include "mysql/binlog_payload.h"

enum {
    TEXT_MAX_BYTES = 1 << 30,
    NAME_MAX_BYTES = 512,
    SHOWN_BYTES = 200,
};

static const size_t event_max_bytes = ((size_t)1 << 30) + (64 << 10), row_max_bytes = (size_t)2 << 30;

/* What the handler said about a table id. */
struct known_table {
    uint64_t id;
    struct binlog_plan *plan; /* NULL: of no interest */
    void *table;
};

/* What is to be done next about the event at hand. */
enum phase { PHASE_NONE, PHASE_CUT, PHASE_BEGIN, PHASE_INSIDE, PHASE_ROWS, PHASE_PAYLOAD, PHASE_END };

struct txn_reader {
    const struct txn_handler *h;
    const struct charsets *charsets;
    struct binlog_tracker track;
    struct binlog_payload *payload;
    struct binlog_rows_reader *rows;
    struct known_table *tables; /* by id, until the next definition */
    size_t ntables, tables_cap;
    struct buf text;
    bool begun;    /* the handler has been told begin, and not yet end */
    bool left_out; /* it does not want what is between */
    struct binlog_event ev;
    enum binlog_step step;
    enum phase phase;
    bool in_payload;
    void *rows_table; /* PHASE_ROWS: whose, */
    unsigned rows_flags;
};

/* ---- life ---- */

struct txn_reader *txn_reader_new(const struct txn_handler *h, const struct charsets *charsets,
                                  const struct txn_reader_options *o) {
    struct txn_reader *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return NULL;
    }
    r->h = h;
    r->charsets = charsets;
    binlog_tracker_init(&r->track, o->crc32);
    buf_init(&r->text, TEXT_MAX_BYTES);
    r->payload = binlog_payload_new(o->max_event_bytes > 0 ? o->max_event_bytes : event_max_bytes);
    r->rows = binlog_rows_reader_new(o->max_row_bytes > 0 ? o->max_row_bytes : row_max_bytes);
    if (r->payload == NULL || r->rows == NULL) {
        txn_reader_free(r);
        return NULL;
    }
    return r;
}

void txn_reader_free(struct txn_reader *r) {
    if (r != NULL) {
        binlog_tracker_clear(&r->track);
        binlog_payload_free(r->payload);
        binlog_rows_reader_free(r->rows);
        buf_clear(&r->text);
        free(r->tables);
        free(r);
    }
}

void txn_reader_forget_tables(struct txn_reader *r) {
    r->ntables = 0;
}

const struct binlog_tracker *txn_reader_track(const struct txn_reader *r) {
    return &r->track;
}

static bool cut(struct txn_reader *r, struct err *e) {
    bool begun = r->begun;
    r->begun = false;
    return !begun || r->h->cut(r->h->ctx, e);
}

bool txn_reader_restart(struct txn_reader *r, bool crc32, struct err *e) {
    binlog_tracker_restart(&r->track, crc32);
    txn_reader_forget_tables(r);
    r->phase = PHASE_NONE;
    return cut(r, e);
}

void txn_reader_leave_out(struct txn_reader *r) {
    r->left_out = true;
}

/* ---- rows ---- */

/* The table, or NULL; *at: where it would be. */
static struct known_table *find_table(const struct txn_reader *r, uint64_t id, size_t *at) {
    size_t low = 0, high = r->ntables;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->tables[middle].id == id) {
            return &r->tables[middle];
        }
        if (r->tables[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *at = low;
    return NULL;
}

static struct known_table *add_table(struct txn_reader *r, size_t at, const struct known_table *t, struct err *e) {
    if (r->ntables == r->tables_cap || r->tables == NULL) {
        size_t cap = r->tables_cap > 0 ? 2 * r->tables_cap : 16;
        struct known_table *tables = realloc(r->tables, cap * sizeof *tables);
        if (tables == NULL) {
            err_set(e, ERR_MEMORY, "no memory for the tables of a transaction");
            return NULL;
        }
        r->tables = tables;
        r->tables_cap = cap;
    }
    memmove(r->tables + at + 1, r->tables + at, (r->ntables - at) * sizeof *r->tables);
    r->tables[at] = *t;
    r->ntables++;
    return &r->tables[at];
}

static bool take_table(struct txn_reader *r, const struct binlog_event *ev, struct err *e) {
    struct binlog_table_map m;
    size_t at = 0;
    if (r->left_out) {
        return true;
    }
    if (!binlog_read_table_map(&r->track.format, ev, &m, e)) {
        return false;
    }
    struct known_table *t = find_table(r, m.id, &at);
    if (t == NULL) {
        struct known_table new = {.id = m.id};
        if (!r->h->table(r->h->ctx, &m, &new.plan, &new.table, e)) {
            return false;
        }
        t = add_table(r, at, &new, e);
    }
    if (t == NULL || t->plan == NULL || binlog_plan_bind(t->plan, &m, e)) {
        return t != NULL;
    }
    if (r->h->misfit == NULL || !r->h->misfit(r->h->ctx, t->table)) {
        return false;
    }
    err_clear(e);
    t->plan = NULL;
    return true;
}

/* Rows of interest are read in PHASE_ROWS. */
static bool begin_rows(struct txn_reader *r, const struct binlog_event *ev, bool *any, struct err *e) {
    struct binlog_rows rows;
    size_t at;
    *any = false;
    if (r->begun && r->left_out) {
        return true;
    }
    if (!binlog_read_rows(&r->track.format, ev, &rows, e)) {
        return false;
    }
    if (!r->begun) {
        return err_set(e, ERR_SOURCE_BINLOG, "rows that belong to no transaction");
    }
    const struct known_table *t = find_table(r, rows.table_id, &at);
    if (t == NULL) {
        return err_set(e, ERR_SOURCE_BINLOG, "rows of a table (%llu) that no table map tells of",
                       (unsigned long long)rows.table_id);
    }
    if (t->plan == NULL) {
        return true;
    }
    *any = true;
    r->rows_table = t->table;
    r->rows_flags = rows.flags;
    return binlog_rows_begin(r->rows, t->plan, &rows, e);
}

static bool step_rows(struct txn_reader *r, struct err *e) {
    struct binlog_change change;
    bool found;
    if (!binlog_rows_next(r->rows, &change, &found, e)) {
        return false;
    }
    if (!found) {
        r->phase = r->in_payload ? PHASE_PAYLOAD : PHASE_END;
        return true;
    }
    return r->h->row(r->h->ctx, r->rows_table, &change, r->rows_flags, e);
}

/* ---- statements ---- */

/* What the client wrote in its own character set. */
static bool to_utf8(struct txn_reader *r, const struct binlog_query *q, struct txn_statement *s, struct err *e) {
    const struct charset *cs =
        s->context.has_charset ? charset_of_collation(r->charsets, s->context.charset_client) : NULL;
    buf_reset(&r->text);
    bool ok = cs != NULL ? charset_convert(cs, (const uint8_t *)q->text, q->text_len, &r->text, e)
                         : buf_put(&r->text, q->text, q->text_len, e);
    if (!ok || !buf_terminate(&r->text, e)) {
        return false;
    }
    s->text = (const char *)r->text.data;
    s->text_len = r->text.len;
    return true;
}

static bool make_statement(struct txn_reader *r, const struct binlog_event *ev, const struct binlog_query *q,
                           struct txn_statement *s, struct err *e) {
    *s = (struct txn_statement){.database = q->database,
                                .database_len = q->database_len,
                                .temporary = (ev->flags & BINLOG_FLAG_THREAD_SPECIFIC) != 0,
                                .thread_id = q->thread_id,
                                .error_code = q->error_code,
                                .timestamp_s = ev->timestamp_s};
    return binlog_query_context(q, &s->context, e) && to_utf8(r, q, s, e);
}

static bool refuse_dml(struct txn_reader *r, const struct txn_statement *s, struct err *e) {
    if (r->h->skip_dml != NULL && r->h->skip_dml(r->h->ctx, s)) {
        return true;
    }
    err_set(e, ERR_SOURCE_STATEMENT, "the binlog has a change of data as a statement: %.*s",
            (int)str_utf8_cut(s->text, s->text_len, SHOWN_BYTES), s->text);
    return err_where(e, "database %.*s", (int)s->database_len, s->database != NULL ? s->database : "");
}

/* MariaDB with binlog_alter_two_phase: what has only begun, or was taken back, did nothing. */
static bool is_unfinished_alter(const struct txn_reader *r) {
    const struct binlog_gtid *g = &r->track.gtid;
    return r->track.has_gtid && g->kind == BINLOG_GTID_MARIADB &&
           (g->extra_flags & (MARIADB_GTID_START_ALTER | MARIADB_GTID_ROLLBACK_ALTER)) != 0;
}

/* `a``b` without its quotes, NUL terminated; into r->text. */
static bool unquote(struct txn_reader *r, const char *p, size_t n, struct err *e) {
    buf_reset(&r->text);
    if (n > NAME_MAX_BYTES || !buf_reserve(&r->text, n + 1, e)) {
        return err_set(e, ERR_SOURCE_BINLOG, "the name of a savepoint cannot be read");
    }
    bool quoted = n > 0 && *p == '`';
    for (size_t i = quoted ? 1 : 0; i < n; i++) {
        if (quoted && p[i] == '`') {
            if (i + 1 == n || p[i + 1] != '`') {
                break;
            }
            i++;
        } else if (!quoted && (p[i] == ' ' || p[i] == ';')) {
            break;
        }
        buf_u8(&r->text, (uint8_t)p[i]);
    }
    return buf_terminate(&r->text, e);
}

static bool take_savepoint(struct txn_reader *r, enum binlog_statement kind, const char *rest, size_t n,
                           struct err *e) {
    const struct txn_handler *h = r->h;
    if (!unquote(r, rest, n, e)) {
        return false;
    }
    const char *name = (const char *)r->text.data;
    return kind == BINLOG_STATEMENT_SAVEPOINT ? h->savepoint(h->ctx, name, r->text.len, e)
                                              : h->rollback_to(h->ctx, name, r->text.len, e);
}

static bool take_statement(struct txn_reader *r, const struct binlog_event *ev, const struct binlog_query *q,
                           enum binlog_statement kind, const char *rest, size_t rest_len, struct err *e) {
    struct txn_statement s;
    switch (kind) {
    case BINLOG_STATEMENT_SAVEPOINT:
    case BINLOG_STATEMENT_ROLLBACK_TO:
        return take_savepoint(r, kind, rest, rest_len, e);
    case BINLOG_STATEMENT_DML:
        return make_statement(r, ev, q, &s, e) && refuse_dml(r, &s, e);
    case BINLOG_STATEMENT_OTHER:
        txn_reader_forget_tables(r); /* the next TABLE_MAP may be of another definition */
        return is_unfinished_alter(r) || (make_statement(r, ev, q, &s, e) && r->h->statement(r->h->ctx, &s, e));
    default: /* where transactions begin and end: the tracker's business */
        return true;
    }
}

/* ---- events ---- */

static bool refuse_load_data(struct err *e) {
    return err_set(e, ERR_SOURCE_STATEMENT, "the binlog has a LOAD DATA as a statement");
}

/* A statement inside a compressed transaction, which the tracker does not see. */
static bool take_inner_statement(struct txn_reader *r, const struct binlog_event *ev, struct err *e) {
    struct binlog_query q;
    const char *rest;
    size_t rest_len;
    if (!binlog_read_query(&r->track.format, ev, &q, e)) {
        return false;
    }
    enum binlog_statement kind = binlog_statement_kind(q.text, q.text_len, &rest, &rest_len);
    return take_statement(r, ev, &q, kind, rest, rest_len, e);
}

/* What both an event and one inside a payload may be. */
static bool take_rows_or_table(struct txn_reader *r, const struct binlog_event *ev, struct err *e) {
    bool any;
    if (ev->type == BINLOG_TABLE_MAP) {
        return take_table(r, ev, e);
    }
    if (!binlog_is_rows(ev->type)) {
        return true;
    }
    if (!begin_rows(r, ev, &any, e)) {
        return false;
    }
    r->phase = any ? PHASE_ROWS : r->phase;
    return true;
}

static bool step_payload(struct txn_reader *r, struct err *e) {
    struct binlog_event inner;
    bool found;
    if (!binlog_payload_next(r->payload, &inner, &found, e)) {
        return false;
    }
    if (!found) {
        r->in_payload = false;
        r->phase = PHASE_END;
        return true;
    }
    return inner.type == BINLOG_QUERY ? take_inner_statement(r, &inner, e) : take_rows_or_table(r, &inner, e);
}

static bool step_inside(struct txn_reader *r, struct err *e) {
    const struct binlog_tracker *t = &r->track;
    const struct binlog_event *ev = &r->ev;
    r->phase = PHASE_END;
    switch (ev->type) {
    case BINLOG_QUERY:
    case BINLOG_MARIADB_QUERY_COMPRESSED:
        return take_statement(r, ev, &t->query, t->kind, t->rest, t->rest_len, e);
    case BINLOG_TRANSACTION_PAYLOAD:
        r->in_payload = true;
        r->phase = PHASE_PAYLOAD;
        return binlog_payload_begin(r->payload, ev, e);
    case BINLOG_BEGIN_LOAD_QUERY:
    case BINLOG_EXECUTE_LOAD_QUERY:
    case BINLOG_APPEND_BLOCK:
        return refuse_load_data(e);
    default:
        return take_rows_or_table(r, ev, e);
    }
}

static bool begin(struct txn_reader *r, const struct binlog_event *ev, struct err *e) {
    struct txn_begin b = {.gtid = r->track.has_gtid ? &r->track.gtid : NULL,
                          .place = r->track.begin,
                          .timestamp_s = ev->timestamp_s,
                          .server_id = ev->server_id};
    r->begun = true;
    r->left_out = false;
    return r->h->begin(r->h->ctx, &b, e);
}

/* How the event that ends a transaction ends it. */
static bool outcome_of(struct txn_reader *r, const struct binlog_event *ev, struct txn_end *end, struct binlog_xa *xa,
                       struct err *e) {
    const struct binlog_tracker *t = &r->track;
    if (ev->type == BINLOG_XA_PREPARE) {
        end->xa = xa;
        if (!binlog_read_xa_prepare(ev, xa, e)) {
            return false;
        }
        end->outcome = xa->one_phase ? TXN_COMMITTED : TXN_PREPARED;
        end->xa = xa->one_phase ? NULL : xa;
        return true;
    }
    if (ev->type != BINLOG_QUERY && ev->type != BINLOG_MARIADB_QUERY_COMPRESSED) {
        return true;
    }
    switch (t->kind) {
    case BINLOG_STATEMENT_ROLLBACK:
        end->outcome = TXN_ROLLED_BACK;
        return true;
    case BINLOG_STATEMENT_XA_COMMIT:
    case BINLOG_STATEMENT_XA_ROLLBACK:
        end->outcome = t->kind == BINLOG_STATEMENT_XA_COMMIT ? TXN_COMMITTED : TXN_ROLLED_BACK;
        if (!binlog_xa_parse(t->rest, t->rest_len, xa, e)) {
            return false;
        }
        end->xa = xa->one_phase ? NULL : xa;
        return true;
    default:
        return true;
    }
}

static bool end(struct txn_reader *r, const struct binlog_event *ev, struct err *e) {
    struct txn_end end = {.outcome = TXN_COMMITTED, .place = r->track.at, .timestamp_s = ev->timestamp_s};
    struct binlog_xa xa;
    if (!outcome_of(r, ev, &end, &xa, e)) {
        return false;
    }
    r->begun = false;
    return r->h->end(r->h->ctx, &end, e);
}

static bool step(struct txn_reader *r, struct err *e) {
    switch (r->phase) {
    case PHASE_CUT:
        r->phase = r->step == BINLOG_STEP_BEGIN || r->step == BINLOG_STEP_WHOLE ? PHASE_BEGIN
                   : r->step == BINLOG_STEP_LOG                                 ? PHASE_NONE
                                                                                : PHASE_INSIDE;
        return !r->track.cut || cut(r, e);
    case PHASE_BEGIN:
        r->phase = PHASE_INSIDE;
        return begin(r, &r->ev, e);
    case PHASE_INSIDE:
        return step_inside(r, e);
    case PHASE_ROWS:
        return step_rows(r, e);
    case PHASE_PAYLOAD:
        return step_payload(r, e);
    case PHASE_END:
        r->phase = PHASE_NONE;
        return (r->step != BINLOG_STEP_END && r->step != BINLOG_STEP_WHOLE) || end(r, &r->ev, e);
    default:
        return true;
    }
}

bool txn_feed(struct txn_reader *r, const uint8_t *bytes, size_t len, struct err *e) {
    r->phase = PHASE_NONE;
    r->in_payload = false;
    if (!binlog_track(&r->track, bytes, len, &r->ev, &r->step, e)) {
        return false;
    }
    if (r->ev.type == BINLOG_FORMAT_DESCRIPTION) {
        txn_reader_forget_tables(r); /* a server that has started again counts anew */
    }
    r->phase = PHASE_CUT;
    return true;
}

bool txn_step(struct txn_reader *r, bool *more, struct err *e) {
    bool ok = step(r, e);
    if (!ok) {
        r->phase = PHASE_NONE;
        err_where(e, "binlog %s:%llu", r->track.at.file, (unsigned long long)r->track.at.offset);
    }
    *more = r->phase != PHASE_NONE;
    return ok;
}

bool txn_read(struct txn_reader *r, const uint8_t *bytes, size_t len, struct err *e) {
    bool more = true;
    if (!txn_feed(r, bytes, len, e)) {
        return false;
    }
    while (more) {
        if (!txn_step(r, &more, e)) {
            return false;
        }
    }
    return true;
}
