/* See binlog_feed.h. */
#include "follow/binlog_feed.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "follow/capture.h"
#include "follow/feed_tables.h"
#include "follow/losses.h"
#include "follow/statement.h"
#include "follow/xa.h"

/* Where to end. */
struct feed_end {
    struct log_position at;
    atomic_bool set; /* after `at`, which stays as it is from then on */
};

/* The transaction at hand. */
struct feed_transaction {
    bool open;
    bool leave_out; /* it is contained already */
    bool came_back; /* from the target, where it is */
    bool defines;   /* it began with a definition */
    bool prepared;  /* it may be decided about much later */
    uint64_t rows;  /* told */
    uint64_t skip;  /* so many of its rows were told before the connection broke */
    bool has_gtid;
    struct binlog_gtid gtid;
    struct binlog_place place;
};

struct binlog_feed {
    struct binlog_feed_options o;
    struct arena arena;
    struct feed_tables tables;
    struct binlog_plan *progress; /* of godwit.progress: what comes back begins with a change of it (mysql/writer.h) */
    struct log_position at;       /* behind the last whole transaction */
    struct capture *capture;
    pthread_mutex_t lock; /* of capture, for stop */
    struct txn_reader *reader;
    struct txn_handler handler;
    struct feed_transaction now;
    uint64_t event_bytes;         /* not yet told with a row */
    struct feed_end asked, later; /* by options; by binlog_feed_until */
    struct spill xa_rows;         /* of the XA transaction at hand */
    struct xa_list prepared;
    json_t *losses;  /* not yet told, besides those of the tables' counts; NULL: none */
    feed_sink *sink; /* during a step */
    void *ctx;
};

/* ---- tables ---- */

static bool make_progress_plan(struct binlog_feed *f, struct err *e) {
    static const struct {
        const char *name, *type, *charset, *collation;
    } of[] = {{"task", "varchar(190)", "utf8mb4", "utf8mb4_bin"}, {"channel", "int unsigned", NULL, NULL},
              {"batch", "bigint unsigned", NULL, NULL},           {"fence", "bigint unsigned", NULL, NULL},
              {"position", "varchar(255)", "ascii", "ascii_bin"}, {"note", "longtext", "utf8mb4", "utf8mb4_bin"},
              {"changed_us", "bigint unsigned", NULL, NULL}};
    enum { N = sizeof of / sizeof of[0] };
    struct binlog_column *columns = arena_array(&f->arena, struct binlog_column, N);
    for (size_t i = 0; i < N; i++) {
        columns[i] = (struct binlog_column){.name = of[i].name, .wanted = i == 0};
        if (!mytype_parse(&f->arena, of[i].type, &columns[i].type)) {
            return err_set(e, ERR_INTERNAL, "a type of godwit.progress is not understood");
        }
        columns[i].type.charset = arena_strdup(&f->arena, of[i].charset);
        columns[i].type.collation = arena_strdup(&f->arena, of[i].collation);
    }
    return binlog_plan_make(&f->arena, columns, N, f->o.charsets, f->o.db->is_mariadb, &f->progress, e);
}

/* ---- rows ---- */

/* more: taken over; NULL is fine. */
static void add_to_losses(struct binlog_feed *f, json_t *more) {
    if (f->losses == NULL) {
        f->losses = more;
    } else {
        losses_add(f->losses, more);
        json_decref(more);
    }
}

static json_t *feed_losses(void *arg) {
    struct binlog_feed *f = arg;
    add_to_losses(f, feed_tables_losses(&f->tables));
    json_t *all = f->losses;
    f->losses = NULL;
    return all;
}

static bool refuse_xa(struct err *e) {
    err_set(e, ERR_SOURCE_STATEMENT, "an XA transaction that is prepared changes rows of tables that are followed");
    return err_hint(e, "such transactions are followed from a MySQL source with GTIDs only (gtid_mode=ON): no other "
                       "position can leave them "
                       "out until they are decided about");
}

/* A row of the binary protocol with one text: is it the task's name, and " #" (way_back.key)? */
static bool is_ours(const struct binlog_feed *f, const struct binlog_row *row) {
    enum { HEAD = 2, SHORT = 251 }; /* a zero and the NULLs' bits */
    size_t n = strlen(f->o.name);
    if (row->bytes == NULL || row->len < HEAD + 1) {
        return false;
    }
    size_t at = HEAD + (row->bytes[HEAD] < SHORT ? 1 : 3);
    return row->len >= at + n + 2 && memcmp(row->bytes + at, f->o.name, n) == 0 &&
           memcmp(row->bytes + at + n, " #", 2) == 0;
}

static bool on_row(void *ctx, void *table, const struct binlog_change *c, unsigned flags, struct err *e) {
    static const enum row_op ops[] = {
        [BINLOG_ROW_INSERT] = ROW_INSERT, [BINLOG_ROW_UPDATE] = ROW_UPDATE, [BINLOG_ROW_DELETE] = ROW_DELETE};
    struct binlog_feed *f = ctx;
    struct feed_table *ft = table;
    struct feed_transaction *now = &f->now;
    (void)flags;
    if (ft == NULL) { /* of godwit.progress */
        const struct binlog_row *row = c->before.bytes != NULL ? &c->before : &c->after;
        now->came_back = now->came_back || (now->rows == 0 && is_ours(f, row));
        return true;
    }
    if (now->leave_out || now->came_back) {
        return true;
    }
    bool xa = txn_reader_track(f->reader)->kind == BINLOG_STATEMENT_XA_START;
    if (now->prepared) {
        return refuse_xa(e);
    }
    if (xa && f->xa_rows.n == 0) { /* from here on counts are the transaction's own */
        add_to_losses(f, feed_tables_losses(&f->tables));
    }
    if (now->skip > 0) { /* told before the connection broke */
        now->skip--;
        now->rows++;
        return true;
    }
    struct feed_item item = {
        .kind = FEED_CHANGE, .change = {.table = ft->number, .op = ops[c->op]}, .bytes = f->event_bytes};
    if (!feed_tables_encode(&f->tables, ft, c, &item.change.before, &item.change.after, e)) {
        if (f->o.unfit == NULL) {
            return false;
        }
        err_clear(e);
        f->o.unfit(f->o.arg, ft->number);
        return true;
    }
    f->event_bytes = 0;
    if (xa) {
        return xa_rows_add(&f->xa_rows, &item, e);
    }
    now->rows++;
    return f->sink(f->ctx, &item, e);
}

/* ---- transactions ---- */

static void forget_transaction(struct binlog_feed *f) {
    if (f->xa_rows.n > 0) { /* it was cut */
        json_decref(feed_tables_losses(&f->tables));
        spill_clear(&f->xa_rows);
    }
    f->now = (struct feed_transaction){0};
}

static bool same_transaction(const struct feed_transaction *old, const struct txn_begin *b) {
    if (old->has_gtid && b->gtid != NULL && old->gtid.kind == b->gtid->kind) {
        if (old->gtid.kind == BINLOG_GTID_MYSQL) {
            return gtid_equal(&old->gtid.mysql, &b->gtid->mysql);
        }
        if (old->gtid.kind == BINLOG_GTID_MARIADB) {
            return old->gtid.mariadb.domain == b->gtid->mariadb.domain &&
                   old->gtid.mariadb.sequence == b->gtid->mariadb.sequence;
        }
    }
    return str_eq(old->place.file, b->place.file) && old->place.offset == b->place.offset;
}

static int64_t commit_time_us(const struct txn_begin *b) {
    bool told = b->gtid != NULL && b->gtid->immediate_commit_us > 0;
    return told ? (int64_t)b->gtid->immediate_commit_us : (int64_t)b->timestamp_s * 1000000;
}

static bool on_begin(void *ctx, const struct txn_begin *b, struct err *e) {
    struct binlog_feed *f = ctx;
    struct feed_transaction *now = &f->now;
    if (log_position_has(&f->at, b->gtid, &b->place)) {
        forget_transaction(f);
        now->leave_out = now->open = true;
        txn_reader_leave_out(f->reader); /* a spool begins before our place: its tables may have been others then */
        return true;
    }
    uint64_t told = 0;
    if (now->open) { /* the connection broke inside a transaction, which has to come again */
        if (now->rows > 0 && !same_transaction(now, b)) {
            err_set(e, ERR_SOURCE_DIVERGED,
                    "a transaction that was followed in part is not in the source's binlog any more");
            return err_hint(e, "the source has lost its last transactions, or it is another one: load again");
        }
        told = now->rows;
    }
    bool again = now->open;
    forget_transaction(f);
    *now = (struct feed_transaction){.open = true, .skip = told, .place = b->place};
    now->has_gtid = b->gtid != NULL;
    if (b->gtid != NULL) {
        now->gtid = *b->gtid;
        now->prepared = b->gtid->kind == BINLOG_GTID_MARIADB && (b->gtid->flags & MARIADB_GTID_XA_PREPARED) != 0;
    }
    struct feed_item item = {.kind = FEED_BEGIN, .commit_us = commit_time_us(b)};
    return again || f->sink(f->ctx, &item, e);
}

/* Where MySQL gives GTIDs, the position leaves out what is prepared and not decided, so that it is told again to whoever begins there. */
static bool is_left_out(const struct binlog_feed *f) {
    return f->at.by_gtid && f->now.has_gtid && f->now.gtid.kind == BINLOG_GTID_MYSQL;
}

static bool prepare_xa(struct binlog_feed *f, const struct txn_end *end, struct err *e) {
    char name[BINLOG_XA_TEXT_MAX];
    if (f->xa_rows.n > 0 && !is_left_out(f)) {
        return refuse_xa(e);
    }
    json_t *losses = f->xa_rows.n > 0 ? feed_tables_losses(&f->tables) : NULL;
    binlog_xa_print(end->xa, name);
    log_debug("xa_prepared", "%s: %llu rows", name, (unsigned long long)f->xa_rows.n);
    return xa_list_add(&f->prepared, name, is_left_out(f) ? &f->now.gtid.mysql : NULL, &f->xa_rows, losses, e);
}

/* Rows count now: those of this transaction (XA COMMIT .. ONE PHASE), or of one that was prepared. */
static bool tell_xa(struct binlog_feed *f, struct spill *rows, json_t *losses, struct err *e) {
    add_to_losses(f, losses);
    f->now.rows += rows->n;
    return xa_rows_tell(rows, f->sink, f->ctx, e);
}

static bool decide_xa(struct binlog_feed *f, const struct txn_end *end, struct err *e) {
    char name[BINLOG_XA_TEXT_MAX];
    struct xa_waiting *w = xa_list_take(&f->prepared, binlog_xa_print(end->xa, name));
    bool ok = true;
    if (w == NULL && end->outcome == TXN_COMMITTED) {
        err_set(e, ERR_SOURCE_STATEMENT, "an XA transaction is committed that was prepared before following began: %s",
                name);
        return err_hint(e, "what it changed is not known here: load again while no XA transaction is prepared (XA "
                           "RECOVER lists them)");
    }
    if (w != NULL && end->outcome == TXN_COMMITTED) {
        ok = tell_xa(f, &w->rows, json_incref(w->losses), e);
    }
    ok = ok && (w == NULL || !w->has_gtid || gtid_set_add(&f->at.gtids, &w->gtid, e));
    xa_waiting_free(w);
    return ok;
}

static bool take_xa(struct binlog_feed *f, const struct txn_end *end, struct err *e) {
    if (end->outcome == TXN_PREPARED) {
        return prepare_xa(f, end, e);
    }
    if (end->xa != NULL) {
        return decide_xa(f, end, e);
    }
    return f->xa_rows.n == 0 || tell_xa(f, &f->xa_rows, feed_tables_losses(&f->tables), e);
}

static bool on_end(void *ctx, const struct txn_end *end, struct err *e) {
    struct binlog_feed *f = ctx;
    struct feed_transaction *now = &f->now;
    if (now->leave_out) {
        forget_transaction(f);
        return true;
    }
    if (end->outcome == TXN_ROLLED_BACK && now->rows > 0) {
        err_set(e, ERR_SOURCE_STATEMENT, "a transaction that changed rows was rolled back, yet is in the binlog");
        return err_hint(
            e, "it also changed tables of an engine without transactions; such transactions cannot be followed");
    }
    bool passes = end->outcome != TXN_PREPARED || !is_left_out(f);
    if (!take_xa(f, end, e) ||
        (passes && !log_position_pass(&f->at, now->has_gtid ? &now->gtid : NULL, &end->place, e))) {
        return false;
    }
    struct feed_item item = {.kind = FEED_COMMIT};
    spill_clear(&f->xa_rows);
    forget_transaction(f);
    return f->sink(f->ctx, &item, e);
}

static bool on_cut(void *ctx, struct err *e) {
    (void)ctx;
    (void)e;
    return true; /* on_begin sees whether it comes again */
}

static bool is_named(const struct binlog_table_map *m, const char *schema, const char *name) {
    return m->schema_len == strlen(schema) && memcmp(m->schema, schema, m->schema_len) == 0 &&
           m->name_len == strlen(name) && memcmp(m->name, name, m->name_len) == 0;
}

static bool on_table(void *ctx, const struct binlog_table_map *m, struct binlog_plan **plan, void **table,
                     struct err *e) {
    struct binlog_feed *f = ctx;
    const struct database *d = f->o.db;
    /* The database's name is compared as the server does. */
    bool ours = m->schema_len == strlen(d->name) &&
                (d->lower_case_table_names != 0 ? strncasecmp(m->schema, d->name, m->schema_len) == 0
                                                : memcmp(m->schema, d->name, m->schema_len) == 0);
    *plan = NULL;
    if (is_named(m, "godwit", "progress")) {
        *plan = f->progress;
        *table = NULL;
        return true;
    }
    if (!ours) {
        return true;
    }
    struct arena a = ARENA_INIT;
    char *name = arena_strndup(&a, m->name, m->name_len);
    const struct table *t = schema_find_table(d, name);
    bool comes_along = t == NULL && f->now.defines && schema_selects(&f->o.task->tables, name);
    arena_clear(&a);
    if (comes_along) {
        return err_set(e, ERR_SOURCE_STATEMENT,
                       "rows come with the definition of their table (CREATE TABLE .. SELECT)");
    }
    if (t != NULL) {
        struct feed_table *ft = &f->tables.tables[t - d->tables];
        *plan = ft->plan;
        *table = ft;
    }
    return true;
}

static bool on_misfit(void *ctx, void *table) {
    struct binlog_feed *f = ctx;
    const struct feed_table *ft = table;
    if (f->o.unfit == NULL || ft == NULL) {
        return false;
    }
    f->o.unfit(f->o.arg, ft->number);
    return true;
}

static struct feed_session session_of(const struct binlog_feed *f, struct arena *a, const struct txn_statement *s) {
    enum { GENERAL_CI = 45, UCA_0900_AI_CI = 255 }; /* the two that default_collation_for_utf8mb4 takes */
    const struct binlog_query_context *c = &s->context;
    return (struct feed_session){.sql_mode = c->has_sql_mode ? c->sql_mode : 0,
                                 .implicit_timestamps = !f->o.db->is_mariadb && !c->explicit_defaults_for_timestamp,
                                 .time_zone =
                                     c->time_zone_len > 0 ? arena_strndup(a, c->time_zone, c->time_zone_len) : NULL,
                                 .utf8mb4_collation = c->collation_utf8mb4 == GENERAL_CI       ? "utf8mb4_general_ci"
                                                      : c->collation_utf8mb4 == UCA_0900_AI_CI ? "utf8mb4_0900_ai_ci"
                                                                                               : NULL,
                                 .utc_us = (int64_t)s->timestamp_s * 1000000 + c->microseconds};
}

static bool on_statement(void *ctx, const struct txn_statement *s, struct err *e) {
    enum { MODE_ANSI_QUOTES = 4 };
    struct binlog_feed *f = ctx;
    const struct table *table;
    struct statement_scope scope = {.db = f->o.db, .filter = &f->o.task->tables};
    if (f->now.leave_out) { /* s->temporary is true of every DROP TABLE, too: the words tell */
        return true;
    }
    struct arena a = ARENA_INIT;
    char *database = s->database != NULL ? arena_strndup(&a, s->database, s->database_len) : NULL;
    bool ansi = s->context.has_sql_mode && (s->context.sql_mode & MODE_ANSI_QUOTES) != 0, ok = true;
    enum statement_effect effect = statement_look(&scope, s->text, s->text_len, database, ansi, &table);
    if (effect == STATEMENT_NOTHING) {
        log_debug("statement_left_out", "%s", s->text);
    } else {
        struct feed_item item = {.kind = FEED_STATEMENT,
                                 .statement = arena_strndup(&a, s->text, s->text_len),
                                 .database = database,
                                 .session = session_of(f, &a, s),
                                 .truncates = effect == STATEMENT_TRUNCATE};
        f->now.defines = true;
        item.change.table = table != NULL ? (uint32_t)(table - f->o.db->tables) : 0;
        ok = f->sink(f->ctx, &item, e);
    }
    arena_clear(&a);
    return ok;
}

/* Changes of rows in statement form: of no interest only where they cannot be about our tables. */
static bool skip_dml(void *ctx, const struct txn_statement *s) {
    const struct binlog_feed *f = ctx;
    return s->database == NULL || s->database_len != strlen(f->o.db->name) ||
           memcmp(s->database, f->o.db->name, s->database_len) != 0;
}

static bool on_savepoint(void *ctx, const char *name, size_t len, struct err *e) {
    (void)ctx;
    (void)name;
    (void)len;
    (void)e;
    return true;
}

static bool on_rollback_to(void *ctx, const char *name, size_t len, struct err *e) {
    const struct binlog_feed *f = ctx;
    (void)name;
    (void)len;
    if (f->now.leave_out || f->now.rows == 0) {
        return true;
    }
    err_set(e, ERR_SOURCE_STATEMENT,
            "a transaction went back to a savepoint after changing a table of an engine without transactions");
    return err_hint(e, "such transactions cannot be followed; use one engine, InnoDB, for all tables");
}

/* ---- the feed ---- */

static bool feed_start(void *arg, const struct stream_place *from, struct err *e) {
    struct binlog_feed *f = arg;
    forget_transaction(f);
    if (f->o.by_gtid && !f->o.db->is_mariadb) { /* they are told again */
        xa_list_clear(&f->prepared);
    }
    json_decref(f->losses);
    f->losses = NULL;
    txn_reader_free(f->reader);
    f->reader = NULL;
    pthread_mutex_lock(&f->lock);
    struct capture *before = f->capture;
    f->capture = NULL;
    pthread_mutex_unlock(&f->lock);
    capture_free(before);
    struct txn_reader_options ro = {.crc32 = false};
    f->reader = txn_reader_new(&f->handler, f->o.charsets, &ro);
    if (f->reader == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a reader of the binlog");
    }
    struct capture_options co = {.server = &f->o.task->source,
                                 .from = &f->at,
                                 .until_end = f->o.until_end,
                                 .retry_ms = f->o.task->retry_ms,
                                 .spool = f->o.spool.directory != NULL ? &f->o.spool : NULL,
                                 .keeps_s = f->o.keeps_s};
    struct capture *capture;
    if (!log_position_set(&f->at, &from->at, f->o.by_gtid, f->o.db->is_mariadb, e) ||
        !capture_start(&capture, &co, e)) {
        return err_where(e, "the source's binlog");
    }
    pthread_mutex_lock(&f->lock);
    f->capture = capture;
    pthread_mutex_unlock(&f->lock);
    return true;
}

/* What is prepared has been read, too. *yes: is `end` reached? */
static bool reaches(const struct binlog_feed *f, const struct feed_end *end, bool *yes, struct err *e) {
    const struct binlog_place *now = &txn_reader_track(f->reader)->at;
    struct log_position read = f->at;
    struct gtid_set with = GTID_SET_INIT;
    bool ok = true;
    if (*yes || !atomic_load(&end->set)) {
        return true;
    }
    if (f->prepared.first != NULL && f->at.by_gtid) {
        ok = gtid_set_copy(&with, &f->at.gtids, e);
        for (const struct xa_waiting *w = f->prepared.first; ok && w != NULL; w = w->next) {
            ok = !w->has_gtid || gtid_set_add(&with, &w->gtid, e);
        }
        read.gtids = with;
    }
    *yes = ok && log_position_reaches(&read, &end->at, now);
    gtid_set_clear(&with);
    return ok;
}

/* Nothing more will be told. */
static bool end_here(const struct binlog_feed *f, struct err *e) {
    const char *first;
    size_t n = xa_list_count(&f->prepared, &first);
    if (n > 0 && f->o.decided) {
        err_set(e, ERR_SOURCE_STATEMENT,
                "XA transactions that change rows of tables that are followed are prepared, and not decided about: %zu",
                n);
        err_cause(e, "first: %s", first);
        return err_hint(e, "XA COMMIT or XA ROLLBACK them at the source (XA RECOVER lists them), and try again");
    }
    if (n > 0) {
        log_warn("xa_prepared",
                 "%zu XA transactions that change rows are prepared at the source, and not decided about; what they "
                 "change is not in the target, first: %s",
                 n, first);
    }
    return true;
}

bool binlog_feed_until(struct binlog_feed *f, const struct position *until, struct err *e) {
    bool ok = log_position_set(&f->later.at, until, f->o.by_gtid, f->o.db->is_mariadb, e);
    atomic_store(&f->later.set, ok);
    return ok;
}

static bool feed_step(void *arg, int64_t wait_ms, feed_sink *sink, void *ctx, enum feed_state *state, struct err *e) {
    struct binlog_feed *f = arg;
    struct capture_record r;
    bool end = false;
    *state = FEED_SOME;
    if (!f->now.open && (!reaches(f, &f->asked, &end, e) || !reaches(f, &f->later, &end, e))) {
        return false;
    }
    if (end) {
        *state = FEED_END;
        return end_here(f, e);
    }
    if (!capture_next(f->capture, wait_ms, &r, e)) {
        return err_where(e, "the source's binlog");
    }
    f->sink = sink;
    f->ctx = ctx;
    switch (r.kind) {
    case CAPTURE_NOTHING:
        *state = FEED_IDLE;
        return true;
    case CAPTURE_END:
        *state = FEED_END;
        return end_here(f, e);
    case CAPTURE_RESTART:
        return txn_reader_restart(f->reader, r.crc32, e);
    case CAPTURE_EVENT:
        break;
    }
    f->event_bytes += r.len;
    return txn_read(f->reader, r.bytes, r.len, e);
}

static bool feed_place(void *arg, struct arena *a, struct stream_place *out, struct err *e) {
    struct binlog_feed *f = arg;
    *out = (struct stream_place){.rows = 0};
    return log_position_get(&f->at, a, &out->at, e);
}

static void feed_stop(void *arg) {
    struct binlog_feed *f = arg;
    pthread_mutex_lock(&f->lock);
    if (f->capture != NULL) {
        capture_stop(f->capture);
    }
    pthread_mutex_unlock(&f->lock);
}

bool binlog_feed_new(struct binlog_feed **out, const struct binlog_feed_options *o, struct err *e) {
    struct binlog_feed *f = calloc(1, sizeof *f);
    if (f == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a feed");
    }
    f->o = *o;
    pthread_mutex_init(&f->lock, NULL);
    spill_init(&f->xa_rows);
    f->handler = (struct txn_handler){.ctx = f,
                                      .begin = on_begin,
                                      .table = on_table,
                                      .misfit = on_misfit,
                                      .row = on_row,
                                      .statement = on_statement,
                                      .savepoint = on_savepoint,
                                      .rollback_to = on_rollback_to,
                                      .end = on_end,
                                      .cut = on_cut,
                                      .skip_dml = skip_dml};
    struct position until = {.gtid = (char *)o->until_gtid};
    bool ok = o->until_gtid == NULL || log_position_set(&f->asked.at, &until, true, o->db->is_mariadb, e) ||
              err_where(e, "--until-gtid");
    atomic_init(&f->asked.set, ok && o->until_gtid != NULL);
    atomic_init(&f->later.set, false);
    struct feed_tables_options to = {
        .db = o->db, .dialect = o->dialect, .charsets = o->charsets, .policies = &o->task->loss};
    if (!ok || !feed_tables_make(&f->tables, &to, e) || !make_progress_plan(f, e)) {
        binlog_feed_free(f);
        return false;
    }
    *out = f;
    return true;
}

void binlog_feed_free(struct binlog_feed *f) {
    if (f == NULL) {
        return;
    }
    capture_free(f->capture);
    txn_reader_free(f->reader);
    log_position_clear(&f->at);
    log_position_clear(&f->asked.at);
    log_position_clear(&f->later.at);
    spill_clear(&f->xa_rows);
    xa_list_clear(&f->prepared);
    json_decref(f->losses);
    feed_tables_clear(&f->tables);
    arena_clear(&f->arena);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

static void feed_forget(void *arg, const struct stream_place *before) {
    struct binlog_feed *f = arg;
    struct err e = ERR_INIT;
    pthread_mutex_lock(&f->lock);
    if (f->capture != NULL && !capture_release(f->capture, &before->at, &e)) {
        log_err("spool_release", &e); /* it is released with the next */
    }
    pthread_mutex_unlock(&f->lock);
}

struct feed binlog_feed_feed(struct binlog_feed *f) {
    return (struct feed){.arg = f,
                         .start = feed_start,
                         .step = feed_step,
                         .place = feed_place,
                         .losses = feed_losses,
                         .forget = feed_forget,
                         .stop = feed_stop};
}

void binlog_feed_look(struct binlog_feed *f, uint64_t *captured_bytes, bool *lost) {
    pthread_mutex_lock(&f->lock);
    *captured_bytes = f->capture != NULL ? capture_bytes(f->capture) : 0;
    *lost = f->capture != NULL && capture_lost(f->capture);
    pthread_mutex_unlock(&f->lock);
}
