/* See binlog_feed.h. */
#include "follow/binlog_feed.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "follow/capture.h"
#include "follow/statement.h"
#include "value/encode.h"

enum { TUPLE_MAX_BYTES = 1200u << 20 };

/* How a table's rows are read and written. */
struct feed_table {
    const struct table *t;
    uint32_t number;
    size_t ncolumns;
    struct binlog_plan *plan;
    struct encode_plan *after, *before;
    uint64_t *counts; /* of after images, not yet told */
};

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
    struct feed_table *tables;
    struct binlog_plan *progress; /* of godwit.progress: what comes back begins with a change of it (mysql/writer.h) */
    struct log_position at;       /* behind the last whole transaction */
    struct capture *capture;
    pthread_mutex_t lock; /* of capture, for stop */
    struct txn_reader *reader;
    struct txn_handler handler;
    struct feed_transaction now;
    bool met;          /* loss rules, not yet told */
    uint64_t *ignored; /* counts of before images */
    struct buf before, after;
    uint64_t event_bytes;         /* not yet told with a row */
    struct feed_end asked, later; /* by options; by binlog_feed_until */
    char **prepared;              /* XA transactions, by name */
    size_t nprepared, prepared_cap;
    feed_sink *sink; /* during a step */
    void *ctx;
};

/* ---- tables ---- */

static bool make_plan(struct binlog_feed *f, struct feed_table *ft, struct err *e) {
    const struct table *t = ft->t;
    struct binlog_column *columns = arena_array(&f->arena, struct binlog_column, t->ncolumns + 1);
    for (size_t i = 0; i < t->ncolumns; i++) {
        const struct column *c = &t->columns[i];
        columns[i] = (struct binlog_column){.name = c->name, .type = c->type, .wanted = c->loaded};
    }
    return binlog_plan_make(&f->arena, columns, t->ncolumns, f->o.charsets, f->o.db->is_mariadb, &ft->plan, e);
}

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

/* For rows as they were: what cannot be carried exactly must not stop anything, only keep them from being found. */
static struct loss_policies lenient(void) {
    static const enum loss_policy order[] = {LOSS_NULL, LOSS_CLAMP, LOSS_REPLACE};
    struct loss_policies p;
    loss_policies_default(&p);
    for (int rule = 0; rule < LOSS_COUNT; rule++) {
        for (size_t i = sizeof order / sizeof order[0]; i-- > 0;) {
            p.of[rule] = loss_policy_fits((enum loss_rule)rule, order[i]) ? order[i] : p.of[rule];
        }
    }
    return p;
}

/* The policies of rows that may be in the target: the task's where it has decided, else lenient. */
static struct loss_policies for_before(const struct loss_policies *asked) {
    struct loss_policies p = *asked, any = lenient();
    for (int rule = 0; rule < LOSS_COUNT; rule++) {
        p.of[rule] = p.of[rule] == LOSS_FAIL ? any.of[rule] : p.of[rule];
    }
    return p;
}

static bool make_encoders(struct binlog_feed *f, struct feed_table *ft, struct err *e) {
    size_t n;
    const struct source_column *source = binlog_plan_columns(ft->plan, &n);
    struct encode_column *after = arena_array(&f->arena, struct encode_column, n + 1);
    struct encode_column *before = arena_array(&f->arena, struct encode_column, n + 1);
    size_t k = 0;
    for (size_t i = 0; i < ft->t->ncolumns; i++) {
        const struct column *c = &ft->t->columns[i];
        if (c->loaded && k < n) {
            after[k] = before[k] = (struct encode_column){
                .source = source[k], .from = c->type, .to = c->target, .nullable = c->nullable, .name = c->name};
            before[k].nullable = true;
            k++;
        }
    }
    if (k != n || n == 0) {
        return err_set(e, ERR_SOURCE_SCHEMA, "the table has no column that holds data");
    }
    struct encode_options o = {.dialect = f->o.dialect, .binary = true, .canonical = true, .policies = f->o.task->loss};
    struct encode_options old = o;
    old.policies = for_before(&o.policies);
    ft->ncolumns = n;
    return encode_plan_make(&f->arena, &o, after, n, &ft->after, e) &&
           encode_plan_make(&f->arena, &old, before, n, &ft->before, e);
}

static bool make_tables(struct binlog_feed *f, struct err *e) {
    size_t most = 0;
    f->tables = arena_array(&f->arena, struct feed_table, f->o.db->ntables + 1);
    for (size_t i = 0; i < f->o.db->ntables; i++) {
        struct feed_table *ft = &f->tables[i];
        ft->t = &f->o.db->tables[i];
        ft->number = (uint32_t)i;
        if (!make_plan(f, ft, e) || !make_encoders(f, ft, e)) {
            return err_where(e, "table %s.%s", ft->t->schema, ft->t->name);
        }
        ft->counts = arena_array(&f->arena, uint64_t, ft->ncolumns * LOSS_COUNT);
        most = ft->ncolumns > most ? ft->ncolumns : most;
    }
    f->ignored = arena_array(&f->arena, uint64_t, most * LOSS_COUNT + 1);
    return true;
}

/* ---- rows ---- */

static bool whole_images_only(const struct feed_table *ft, struct err *e) {
    err_set(e, ERR_SOURCE_IMAGE, "the binlog does not hold whole rows of %s.%s", ft->t->schema, ft->t->name);
    return err_hint(
        e, "SET GLOBAL binlog_row_image=FULL at the source; what was written before it cannot be followed: load again");
}

static bool encode_image(const struct feed_table *ft, const struct encode_plan *p, const struct binlog_row *row,
                         struct encode_counts *counts, struct buf *out, struct tuple *tuple, struct err *e) {
    size_t failed;
    buf_reset(out);
    if (!row->whole) {
        return whole_images_only(ft, e);
    }
    if (!encode_row(p, row->bytes, row->len, counts, out, &failed, e)) {
        struct arena a = ARENA_INIT;
        char value[160];
        const struct index *key = schema_row_key(ft->t);
        char *text = arena_strdup(&a, "");
        for (size_t i = 0, k = 0; i < ft->t->ncolumns; i++) {
            const struct column *c = &ft->t->columns[i];
            bool wanted = key == NULL && k < 3;
            for (size_t x = 0; key != NULL && x < key->nparts; x++) {
                wanted = wanted || key->parts[x].column == c;
            }
            if (c->loaded && wanted) {
                encode_describe(p, row->bytes, row->len, k, value, sizeof value);
                text = arena_printf(&a, "%s%s%s=%s", text, text[0] != '\0' ? ", " : "", c->name, value);
            }
            k += c->loaded;
        }
        err_where(e, "table %s.%s, row %s", ft->t->schema, ft->t->name, text);
        arena_clear(&a);
        return false;
    }
    *tuple = (struct tuple){.bytes = out->data + 2, .len = out->len - 2};
    return true;
}

static bool refuse_xa(struct err *e) {
    err_set(e, ERR_SOURCE_STATEMENT, "an XA transaction changes rows of tables that are followed");
    return err_hint(e, "transactions that are prepared, and decided about later, cannot be followed yet");
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
    if (now->prepared || txn_reader_track(f->reader)->kind == BINLOG_STATEMENT_XA_START) {
        return refuse_xa(e);
    }
    if (now->skip > 0) { /* told before the connection broke */
        now->skip--;
        now->rows++;
        return true;
    }
    struct feed_item item = {
        .kind = FEED_CHANGE, .change = {.table = ft->number, .op = ops[c->op]}, .bytes = f->event_bytes};
    struct encode_counts after = {.counts = ft->counts}, before = {.counts = f->ignored};
    if ((c->before.bytes != NULL &&
         !encode_image(ft, ft->before, &c->before, &before, &f->before, &item.change.before, e)) ||
        (c->after.bytes != NULL && !encode_image(ft, ft->after, &c->after, &after, &f->after, &item.change.after, e))) {
        if (f->o.unfit == NULL) {
            return false;
        }
        err_clear(e);
        f->o.unfit(f->o.arg, ft->number);
        return true;
    }
    f->event_bytes = 0;
    f->met = f->met || after.met > 0;
    now->rows++;
    return f->sink(f->ctx, &item, e);
}

static json_t *feed_losses(void *arg) {
    struct binlog_feed *f = arg;
    json_t *all = NULL;
    for (size_t i = 0; f->met && i < f->o.db->ntables; i++) {
        struct feed_table *ft = &f->tables[i];
        json_t *table = NULL;
        for (size_t c = 0, k = 0; c < ft->t->ncolumns; c++) {
            const struct column *column = &ft->t->columns[c];
            json_t *one = NULL;
            for (int rule = 0; column->loaded && rule < LOSS_COUNT; rule++) {
                uint64_t *count = &ft->counts[k * LOSS_COUNT + (size_t)rule];
                if (*count > 0) {
                    one = one == NULL ? json_object() : one;
                    json_object_set_new(one, loss_rule_name((enum loss_rule)rule), json_integer((json_int_t)*count));
                    *count = 0;
                }
            }
            if (one != NULL) {
                table = table == NULL ? json_object() : table;
                json_object_set_new(table, column->name, one);
            }
            k += column->loaded;
        }
        if (table != NULL) {
            all = all == NULL ? json_object() : all;
            json_object_set_new(all, ft->t->name, table);
        }
    }
    f->met = false;
    return all;
}

/* ---- transactions ---- */

static void forget_transaction(struct binlog_feed *f) {
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

/* XA transactions that are prepared and change nothing of ours: what is decided about them later is nobody's business. */
static bool take_xa(struct binlog_feed *f, const struct txn_end *end, struct err *e) {
    char text[BINLOG_XA_TEXT_MAX];
    const char *name = end->xa != NULL ? binlog_xa_print(end->xa, text) : NULL;
    if (name == NULL) {
        return true;
    }
    if (end->outcome == TXN_PREPARED) {
        f->prepared = arena_grow(&f->arena, f->prepared, f->nprepared, &f->prepared_cap, sizeof *f->prepared);
        f->prepared[f->nprepared++] = arena_strdup(&f->arena, name);
        return true;
    }
    for (size_t i = 0; i < f->nprepared; i++) {
        if (str_eq(f->prepared[i], name)) {
            f->prepared[i] = f->prepared[--f->nprepared];
            return true;
        }
    }
    if (end->outcome == TXN_ROLLED_BACK) {
        return true;
    }
    err_set(e, ERR_SOURCE_STATEMENT, "an XA transaction is committed that was prepared before following began: %s",
            name);
    return err_hint(
        e, "what it changed is not known here: load again while no XA transaction is prepared (XA RECOVER lists them)");
}

static bool on_end(void *ctx, const struct txn_end *end, struct err *e) {
    struct binlog_feed *f = ctx;
    struct feed_transaction *now = &f->now;
    if (now->leave_out) {
        forget_transaction(f);
        return true;
    }
    if (end->outcome == TXN_PREPARED && now->rows > 0) {
        return refuse_xa(e);
    }
    if (end->outcome == TXN_ROLLED_BACK && now->rows > 0) {
        err_set(e, ERR_SOURCE_STATEMENT, "a transaction that changed rows was rolled back, yet is in the binlog");
        return err_hint(
            e, "it also changed tables of an engine without transactions; such transactions cannot be followed");
    }
    if (!take_xa(f, end, e) || !log_position_pass(&f->at, now->has_gtid ? &now->gtid : NULL, &end->place, e)) {
        return false;
    }
    struct feed_item item = {.kind = FEED_COMMIT};
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
        struct feed_table *ft = &f->tables[t - d->tables];
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

static bool reaches(const struct binlog_feed *f, const struct feed_end *end) {
    return atomic_load(&end->set) && log_position_reaches(&f->at, &end->at, &txn_reader_track(f->reader)->at);
}

bool binlog_feed_until(struct binlog_feed *f, const struct position *until, struct err *e) {
    bool ok = log_position_set(&f->later.at, until, f->o.by_gtid, f->o.db->is_mariadb, e);
    atomic_store(&f->later.set, ok);
    return ok;
}

static bool feed_step(void *arg, int64_t wait_ms, feed_sink *sink, void *ctx, enum feed_state *state, struct err *e) {
    struct binlog_feed *f = arg;
    struct capture_record r;
    *state = FEED_SOME;
    if (!f->now.open && (reaches(f, &f->asked) || reaches(f, &f->later))) {
        *state = FEED_END;
        return true;
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
        return true;
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
    buf_init(&f->before, TUPLE_MAX_BYTES);
    buf_init(&f->after, TUPLE_MAX_BYTES);
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
    if (!ok || !make_tables(f, e) || !make_progress_plan(f, e)) {
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
    buf_clear(&f->before);
    buf_clear(&f->after);
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
