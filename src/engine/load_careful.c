/* A chunk that holds a row the target refuses: COPY tells that something is wrong, but on openGauss not reliably which
 * line, and one bad row ends the whole COPY. So the chunk is read again and copied in batches, each under a savepoint;
 * a batch that fails is halved until single rows are left. A refused row stops the load with its key, column and cause, or
 * is put aside in godwit.rejected, as the task's policy says. See load.h. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "engine/load.h"

enum { OUT_BYTES = 64 * 1024, BATCH_ROWS = 1000, BATCH_BYTES = 8 << 20, ROW_TEXT_BYTES = 4000 };

struct batch_row {
    size_t tuple_from, tuple_to; /* in `tuples` */
    size_t raw_from, raw_to;     /* in `raw` */
    struct digest digest;
};

struct careful {
    struct worker *w;
    const struct chunk *chunk;
    const struct table *table;
    const struct table_plan *plan;
    struct buf tuples, raw;
    struct batch_row rows[BATCH_ROWS];
    size_t n;
    uint64_t diverted;
    struct chunk_digest *digest; /* of the rows that were written */
};

static bool copy_range(struct careful *c, size_t from, size_t to, struct err *e) {
    struct worker *w = c->w;
    if (!gauss_copy_in_begin(w->target, c->plan->copy_sql, e)) {
        return false;
    }
    w->out.len = GAUSS_COPY_HEADER;
    size_t begin = c->rows[from].tuple_from, end = c->rows[to - 1].tuple_to;
    uint64_t copied = 0;
    bool ok = encode_head(c->plan->encode, &w->out, e) && gauss_copy_in_send_buf(w->target, &w->out, e) &&
              gauss_copy_in_send(w->target, c->tuples.data + begin, end - begin, e);
    w->out.len = GAUSS_COPY_HEADER;
    ok = ok && encode_tail(c->plan->encode, &w->out, e) && gauss_copy_in_send_buf(w->target, &w->out, e);
    return ok && gauss_copy_in_end(w->target, &copied, e);
}

/* "column total" out of "COPY orders, line 3, column total: "x"": what the server says about the place. */
static void where_column(struct err *e) {
    const char *p = strstr(e->cause, ", column ");
    if (p != NULL) {
        p += strlen(", column ");
        size_t n = strcspn(p, ":\n");
        err_where(e, "column %.*s", (int)(n < 128 ? n : 128), p);
    }
}

static char *row_text(struct arena *a, const struct careful *c, const uint8_t *raw, size_t len) {
    char *text = arena_strdup(a, "");
    size_t loaded = 0;
    for (size_t i = 0; i < c->table->ncolumns && strlen(text) < ROW_TEXT_BYTES; i++) {
        if (c->table->columns[i].loaded) {
            char value[256];
            encode_describe(c->plan->encode, raw, len, loaded, value, sizeof value);
            text = arena_printf(a, "%s%s%s=%s", text, loaded == 0 ? "" : ", ", c->table->columns[i].name, value);
            loaded++;
        }
    }
    return text;
}

static bool refuse_row(struct careful *c, const struct batch_row *r, struct err *e) {
    struct worker *w = c->w;
    const uint8_t *raw = c->raw.data + r->raw_from;
    size_t len = r->raw_to - r->raw_from;
    struct arena a = ARENA_INIT;
    struct err cause = *e;
    char *key = load_row_key(&a, c->table, c->plan->encode, raw, len);
    bool ok = false;
    if (w->load->task->on_row_error == ROW_ERROR_DIVERT) {
        err_clear(e);
        char *reason = arena_printf(&a, "%s%s%s", cause.message, cause.cause[0] != '\0' ? "; " : "", cause.cause);
        ok = checkpoint_reject(w->target, &w->load->checkpoint, c->table->name, c->chunk->number, key,
                               row_text(&a, c, raw, len), cause.sqlstate, reason, e);
        c->diverted++;
        log_warn("row_diverted", "%s.%s row %s: %s", c->table->schema, c->table->name, key, reason);
    } else {
        err_set(e, ERR_TARGET_ROW, "the target refused a row: %s", cause.message);
        err_cause(e, "%s", cause.cause);
        memcpy(e->sqlstate, cause.sqlstate, sizeof e->sqlstate);
        where_column(e);
        err_where(e, "row %s", key);
    }
    arena_clear(&a);
    return ok;
}

/* Is the failure about data in these rows, so that halving makes sense? */
static bool about_data(const struct worker *w, const struct err *e) {
    return gauss_usable(w->target) && e->sqlstate[0] != '\0' && strncmp(e->sqlstate, "57", 2) != 0 &&
           strncmp(e->sqlstate, "53", 2) != 0 && strncmp(e->sqlstate, "40", 2) != 0 &&
           strncmp(e->sqlstate, "08", 2) != 0;
}

static bool try_range(struct careful *c, size_t from, size_t to, struct err *e) {
    struct worker *w = c->w;
    if (!gauss_exec(w->target, "SAVEPOINT godwit_rows", e)) {
        return false;
    }
    if (copy_range(c, from, to, e)) {
        for (size_t i = from; i < to; i++) {
            digest_add(&c->digest->sum, c->rows[i].digest);
        }
        return gauss_exec(w->target, "RELEASE SAVEPOINT godwit_rows", e);
    }
    struct err refused = *e;
    if (!about_data(w, e)) {
        return false;
    }
    if (!gauss_exec(w->target, "ROLLBACK TO SAVEPOINT godwit_rows", e) ||
        !gauss_exec(w->target, "RELEASE SAVEPOINT godwit_rows", e)) {
        return false;
    }
    if (to - from == 1) {
        err_copy(e, &refused);
        return refuse_row(c, &c->rows[from], e);
    }
    size_t mid = from + (to - from) / 2; /* depth: log2(BATCH_ROWS) */
    return try_range(c, from, mid, e) && try_range(c, mid, to, e);
}

static bool flush(struct careful *c, struct err *e) {
    bool ok = c->n == 0 || try_range(c, 0, c->n, e);
    c->n = 0;
    buf_reset(&c->tuples);
    buf_reset(&c->raw);
    return ok && !worker_stopped(c->w, e);
}

bool load_chunk_careful(struct worker *w, const struct chunk *chunk, bool binary, struct encode_counts *counts,
                        uint64_t *rows, uint64_t *bytes, uint64_t *diverted, struct chunk_digest *digest,
                        struct err *e) {
    struct careful *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a batch");
    }
    c->w = w;
    c->chunk = chunk;
    c->table = &w->load->db->tables[chunk->table];
    buf_init(&c->tuples, w->out.max_bytes);
    buf_init(&c->raw, w->out.max_bytes);
    const struct table_plan *plan = NULL;
    bool ok = buf_reserve(&w->out, OUT_BYTES, e) && load_open_rows(w, chunk, binary, &plan, e);
    c->plan = plan;
    c->digest = digest;
    if (ok) {
        chunk_digest_begin(digest, &plan->digest);
    }
    while (ok) {
        const uint8_t *row;
        size_t len, failed = 0;
        ok = mysql_next(w->source, &row, &len, e);
        if (!ok || row == NULL) {
            break;
        }
        struct batch_row *r = &c->rows[c->n];
        r->tuple_from = c->tuples.len;
        r->raw_from = c->raw.len;
        ok = encode_row(plan->encode, row, len, counts, &c->tuples, &failed, e);
        if (!ok) {
            load_where_row(w, c->table, plan->encode, row, len, e);
            break;
        }
        ok = buf_put(&c->raw, row, len, e);
        r->tuple_to = c->tuples.len;
        r->raw_to = c->raw.len;
        if (digest->known && !digest_of_row(&w->digest, &plan->digest, row, len, c->tuples.data + r->tuple_from,
                                            r->tuple_to - r->tuple_from, &r->digest)) {
            chunk_digest_lost(digest, &w->digest);
        }
        c->n++;
        (*rows)++;
        *bytes += len;
        if (ok && (c->n == BATCH_ROWS || c->tuples.len >= BATCH_BYTES)) {
            ok = flush(c, e);
        }
    }
    ok = ok && flush(c, e);
    *diverted = c->diverted;
    buf_clear(&c->tuples);
    buf_clear(&c->raw);
    free(c);
    return ok;
}
