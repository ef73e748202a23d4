/* One chunk: read, encode, COPY, checkpoint, commit. See load.h. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/load.h"

enum { FLUSH_BYTES = 256 * 1024, ROWS_PER_LOOK = 512 };

/* Chunks from this size on wait for the log to reach the disk: that costs them nothing, and index builds can then mark their
 * rows as committed, instead of asking for each row anew (12 % of a build's time). Small ones would mostly wait. */
enum { DURABLE_BYTES = 1 << 20 };

/* ---- plans ---- */

static char *copy_sql(struct arena *a, const struct table *t, bool binary) {
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 16u << 20);
    bool ok = buf_printf(&b, &e, "COPY %s (", target_table(a, t));
    size_t n = 0;
    for (size_t i = 0; ok && i < t->ncolumns; i++) {
        if (t->columns[i].loaded) {
            ok = buf_printf(&b, &e, "%s%s", n++ == 0 ? "" : ", ", str_quote_pg(a, t->columns[i].target_name));
        }
    }
    ok = ok && buf_puts(&b, binary ? ") FROM STDIN (FORMAT binary)" : ") FROM STDIN", &e);
    if (!ok) {
        BUG("the COPY of %s does not fit", t->name);
    }
    char *text = arena_strndup(a, (char *)b.data, b.len);
    buf_clear(&b);
    return text;
}

static bool make_plan(struct worker *w, const struct table *t, const struct mysql_columns *got, bool binary,
                      struct table_plan *plan, struct err *e) {
    struct encode_column *cols = arena_array(&w->arena, struct encode_column, t->ncolumns);
    size_t n = 0;
    for (size_t i = 0; i < t->ncolumns; i++) {
        const struct column *c = &t->columns[i];
        if (!c->loaded) {
            continue;
        }
        if (n >= got->n) {
            return err_set(e, ERR_SOURCE_PROTOCOL, "the source returned %zu columns, more were asked for", got->n);
        }
        const struct mysql_column *m = &got->col[n];
        cols[n++] = (struct encode_column){
            .source = {.type = m->type, .is_unsigned = (m->flags & 32) != 0, .is_binary = m->charset == 63},
            .from = c->type,
            .to = c->target,
            .nullable = c->nullable,
            .name = c->name,
        };
    }
    if (n != got->n || n == 0) {
        return err_set(e, ERR_SOURCE_SCHEMA,
                       n == 0 ? "the table has no column that holds data"
                              : "the source returned other columns than were asked for");
    }
    struct encode_options o = {.dialect = w->load->dialect, .binary = binary, .policies = w->load->task->loss};
    if (!encode_plan_make(&w->arena, &o, cols, n, &plan->encode, e)) {
        return false;
    }
    plan->copy_sql = copy_sql(&w->arena, t, binary);
    return digest_plan_make(&w->arena, &o, cols, n, &plan->digest, e);
}

bool load_open_rows(struct worker *w, const struct chunk *c, bool binary, const struct table_plan **out,
                    struct err *e) {
    const struct table *t = &w->load->db->tables[c->table];
    struct table_plan *plan = binary ? &w->binary_plans[c->table] : &w->text_plans[c->table];
    struct arena a = ARENA_INIT;
    struct mysql_columns columns;
    bool ok = mysql_query_binary(w->source, &a, chunk_select(&a, t, c), &columns, e);
    if (ok && plan->encode == NULL) {
        ok = make_plan(w, t, &columns, binary, plan, e);
        struct err ignored = ERR_INIT;
        if (!ok && mysql_usable(w->source) && !mysql_drain(w->source, &ignored)) {
            log_err("drain", &ignored);
        }
    }
    arena_clear(&a);
    *out = plan;
    return ok;
}

/* ---- naming rows ---- */

char *load_row_key(struct arena *a, const struct table *t, const struct encode_plan *p, const uint8_t *row,
                   size_t len) {
    const struct index *key = schema_row_key(t);
    char *text = arena_strdup(a, "");
    size_t loaded = 0, shown = 0;
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (!t->columns[i].loaded) {
            continue;
        }
        bool wanted = key == NULL && shown < 3;
        for (size_t k = 0; key != NULL && k < key->nparts; k++) {
            wanted = wanted || key->parts[k].column == &t->columns[i];
        }
        if (wanted) {
            char value[128];
            encode_describe(p, row, len, loaded, value, sizeof value);
            text = arena_printf(a, "%s%s%s=%s", text, shown++ == 0 ? "" : ", ", t->columns[i].name, value);
        }
        loaded++;
    }
    return text;
}

void load_where_row(struct worker *w, const struct table *t, const struct encode_plan *p, const uint8_t *row,
                    size_t len, struct err *e) {
    (void)w;
    struct arena a = ARENA_INIT;
    err_where(e, "row %s", load_row_key(&a, t, p, row, len));
    arena_clear(&a);
}

/* ---- one attempt ---- */

struct attempt {
    struct worker *w;
    const struct chunk *chunk;
    const struct table *table;
    bool binary, careful;
    bool copying, commit_sent, want_text;
    uint64_t rows, bytes, diverted;
    uint64_t rows_shown, bytes_shown; /* what progress_flow was told */
    struct encode_counts counts;
    struct chunk_digest digest;
};

static void out_begin(struct worker *w) {
    w->out.len = GAUSS_COPY_HEADER;
}

static bool flush(struct attempt *at, struct err *e) {
    struct worker *w = at->w;
    rate_take(&w->load->rate, w->out.len, w->load->stop);
    if (!gauss_copy_in_send_buf(w->target, &w->out, e)) {
        return false;
    }
    progress_flow(w->load->progress, at->chunk->table, (int64_t)(at->rows - at->rows_shown),
                  (int64_t)(at->bytes - at->bytes_shown));
    at->rows_shown = at->rows;
    at->bytes_shown = at->bytes;
    return !worker_stopped(w, e);
}

/* The tuple of this row begins at `from` in the worker's buffer. */
static void add_digest(struct attempt *at, const struct table_plan *plan, const uint8_t *row, size_t len, size_t from) {
    struct worker *w = at->w;
    struct digest d;
    if (!at->digest.known) {
        return;
    }
    if (digest_of_row(&w->digest, &plan->digest, row, len, w->out.data + from, w->out.len - from, &d)) {
        digest_add(&at->digest.sum, d);
    } else {
        chunk_digest_lost(&at->digest, &w->digest);
    }
}

static bool copy_rows(struct attempt *at, const struct table_plan *plan, struct err *e) {
    struct worker *w = at->w;
    for (;;) {
        const uint8_t *row;
        size_t len, failed = 0, from = w->out.len;
        if (!mysql_next(w->source, &row, &len, e)) {
            return false;
        }
        if (row == NULL) {
            return true;
        }
        if (!encode_row(plan->encode, row, len, &at->counts, &w->out, &failed, e)) {
            at->want_text = encode_wants_text(&at->counts);
            load_where_row(w, at->table, plan->encode, row, len, e);
            return false;
        }
        add_digest(at, plan, row, len, from);
        at->rows++;
        at->bytes += len;
        if (w->out.len >= FLUSH_BYTES && !flush(at, e)) {
            return false;
        }
        if (at->rows % ROWS_PER_LOOK == 0 && worker_stopped(w, e)) {
            return false;
        }
    }
}

static bool goes_binary(const struct load *l, size_t table) {
    return l->tables[table].binary && !l->task->copy_text;
}

/* All rows of this chunk are read: let the source begin with the next one while the target still writes this. */
static void look_ahead(struct worker *w) {
    struct load *l = w->load;
    if (w->ahead.kind != WORK_NONE || !work_next_chunk(&l->work, &w->ahead)) {
        return;
    }
    struct err e = ERR_INIT;
    const struct chunk *c = w->ahead.chunk;
    if (!load_open_rows(w, c, goes_binary(l, c->table), &w->ahead_plan, &e)) {
        w->ahead_plan = NULL; /* it fails again when its turn comes, and is dealt with then */
        log_err("look_ahead", &e);
    }
}

/* Start reading the chunk, or take over what look_ahead has started for it. */
static bool open_rows(struct attempt *at, const struct table_plan **plan, struct err *e) {
    struct worker *w = at->w;
    if (w->ahead_plan != NULL) {
        *plan = w->ahead_plan;
        w->ahead_plan = NULL;
        return true;
    }
    return load_open_rows(w, at->chunk, at->binary, plan, e);
}

static bool copy_chunk(struct attempt *at, struct err *e) {
    struct worker *w = at->w;
    const struct table_plan *plan;
    if (!open_rows(at, &plan, e)) {
        return false;
    }
    if (!buf_reserve(&w->out, FLUSH_BYTES * 2, e) || !gauss_copy_in_begin(w->target, plan->copy_sql, e)) {
        return false;
    }
    at->copying = true;
    out_begin(w);
    chunk_digest_begin(&at->digest, &plan->digest);
    uint64_t copied = 0;
    if (!encode_head(plan->encode, &w->out, e) || !copy_rows(at, plan, e) || !encode_tail(plan->encode, &w->out, e) ||
        !flush(at, e)) {
        return false;
    }
    look_ahead(w);
    at->copying = false;
    if (!gauss_copy_in_end(w->target, &copied, e)) {
        return false;
    }
    if (copied != at->rows) {
        return err_set(e, ERR_INTERNAL, "the target took %llu rows of %llu", (unsigned long long)copied,
                       (unsigned long long)at->rows);
    }
    return true;
}

static bool attempt_chunk(struct attempt *at, struct err *e) {
    struct worker *w = at->w;
    struct load *l = w->load;
    at->counts.want_text = false;
    memset(at->counts.counts, 0, at->table->ncolumns * LOSS_COUNT * sizeof(uint64_t));
    if (!gauss_exec(w->target, "BEGIN", e)) {
        return false;
    }
    bool ok = at->careful ? load_chunk_careful(w, at->chunk, at->binary, &at->counts, &at->rows, &at->bytes,
                                               &at->diverted, &at->digest, e)
                          : copy_chunk(at, e);
    if (ok) {
        struct arena a = ARENA_INIT;
        char *losses = load_losses_text(&a, at->table, at->counts.counts);
        char digest[CHUNK_DIGEST_TEXT];
        chunk_digest_text(&at->digest, digest);
        ok = checkpoint_chunk_done(w->target, &l->checkpoint, at->table->name, at->chunk, &l->at,
                                   at->rows - at->diverted, at->bytes, at->diverted, losses, digest, e);
        arena_clear(&a);
    }
    if (ok && at->bytes >= DURABLE_BYTES) {
        ok = gauss_exec(w->target, "SET LOCAL synchronous_commit TO on", e);
    }
    if (ok) {
        at->commit_sent = true;
        ok = gauss_exec(w->target, "COMMIT", e);
    }
    return ok;
}

/* Put both connections back into a usable state after a failed attempt, keeping the first error. */
static void attempt_undo(struct attempt *at) {
    struct worker *w = at->w;
    struct err ignored = ERR_INIT;
    if (at->copying && gauss_usable(w->target) &&
        !gauss_copy_in_fail(w->target, "the load of this chunk was given up", &ignored)) {
        log_err("copy_fail", &ignored);
    }
    if (gauss_usable(w->target) && gauss_tx_status(w->target) != 'I' && !gauss_exec(w->target, "ROLLBACK", &ignored)) {
        log_err("rollback", &ignored);
    }
    if (mysql_usable(w->source) && !mysql_drain(w->source, &ignored)) {
        log_err("drain", &ignored);
    }
    w->ahead_plan = NULL;
    progress_flow(w->load->progress, at->chunk->table, -(int64_t)at->rows_shown, -(int64_t)at->bytes_shown);
    at->rows = at->bytes = at->diverted = at->rows_shown = at->bytes_shown = 0;
    at->copying = false;
}

/* May a row be to blame, so that going through the chunk row by row will find it? */
static bool data_refused(const struct worker *w, const struct err *e) {
    return gauss_usable(w->target) && err_class_of(e->code) == ERR_CLASS_TARGET &&
           (str_starts(e->sqlstate, "22") || str_starts(e->sqlstate, "23") || str_starts(e->sqlstate, "P0") ||
            str_eq(e->sqlstate, "54000"));
}

static void chunk_committed(struct attempt *at) {
    struct load *l = at->w->load;
    size_t table = at->chunk->table;
    progress_flow(l->progress, table, -(int64_t)at->rows_shown, -(int64_t)at->bytes_shown);
    progress_chunk_done(l->progress, table, at->rows - at->diverted, at->bytes, at->diverted);
    load_losses_add(l, table, at->counts.counts);
    pthread_mutex_lock(&l->lock);
    struct load_table *t = &l->tables[table];
    t->rows += at->rows - at->diverted;
    t->bytes += at->bytes;
    t->diverted += at->diverted;
    t->chunks++;
    pthread_mutex_unlock(&l->lock);
}

bool load_chunk(struct worker *w, const struct chunk *c, struct err *e) {
    struct load *l = w->load;
    const struct table *t = &l->db->tables[c->table];
    struct attempt at = {.w = w, .chunk = c, .table = t, .binary = goes_binary(l, c->table)};
    at.counts.counts = calloc(t->ncolumns * LOSS_COUNT + 1, sizeof(uint64_t));
    if (at.counts.counts == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for the loss counts of %s", t->name);
    }
    pthread_mutex_lock(&l->lock);
    if (l->tables[c->table].load_from_us == 0) {
        l->tables[c->table].load_from_us = clock_mono_us();
    }
    pthread_mutex_unlock(&l->lock);
    bool ok;
    for (;;) {
        at.commit_sent = at.want_text = false;
        ok = attempt_chunk(&at, e);
        if (ok) {
            chunk_committed(&at);
            break;
        }
        struct attempt failed = at;
        attempt_undo(&at);
        if (at.want_text && at.binary) { /* a value COPY binary has no form for here: the chunk goes as text */
            at.binary = false;
            continue;
        }
        if (worker_target_lost(w, e)) {
            bool done = false;
            if (!worker_reconnect(w, e)) {
                break;
            }
            /* The commit may have been carried out before the connection broke: ask, rather than load twice. */
            if (failed.commit_sent &&
                !checkpoint_chunk_is_done(w->target, &l->checkpoint, t->name, c->number, &done, e)) {
                break;
            }
            if (done) {
                at.rows = failed.rows;
                at.bytes = failed.bytes;
                at.diverted = failed.diverted;
                chunk_committed(&at);
                ok = true;
                break;
            }
            if (!mysql_usable(w->source)) {
                err_set(e, ERR_SOURCE_LOST, "the source closed the connection while the target was away");
                break;
            }
            continue;
        }
        if (!at.careful && data_refused(w, e) && mysql_usable(w->source)) {
            at.careful = true;
            continue;
        }
        break;
    }
    free(at.counts.counts);
    if (!ok) {
        err_where(e, "table %s.%s, chunk %u", t->schema, t->name, c->number);
    }
    return ok;
}
