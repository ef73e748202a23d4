/* See reader.h. */
#include "check/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { ROW_MAX_BYTES = 1200u << 20, ROWS_PER_LOOK = 1024 };

void reader_init(struct reader *r) {
    buf_init(&r->tuple, ROW_MAX_BYTES);
    buf_init(&r->canon, ROW_MAX_BYTES);
    buf_init(&r->carry, ROW_MAX_BYTES);
}

void reader_clear(struct reader *r) {
    buf_clear(&r->tuple);
    buf_clear(&r->canon);
    buf_clear(&r->carry);
    arena_clear(&r->scratch);
    free(r->counts);
    r->counts = NULL;
}

/* Every so many rows: keep to the rate limit, and look whether somebody wants an end. */
static bool stopped(struct reader *r, struct err *e) {
    if (r->rate != NULL) {
        rate_take(r->rate, r->wire_bytes - r->paid_bytes, r->stop);
        r->paid_bytes = r->wire_bytes;
    }
    if (atomic_load_explicit(r->stop, memory_order_relaxed)) {
        err_set(e, ERR_CANCELLED, "stopped by request");
        return true;
    }
    return false;
}

/* The bytes of the first n fields of a canonical row. */
static size_t key_length(const uint8_t *row, size_t len, size_t n) {
    size_t at = 0;
    for (size_t i = 0; i < n && len - at >= 4; i++) {
        uint32_t field = get_be32(row + at);
        at += 4;
        if (field != UINT32_MAX) {
            at = field <= len - at ? at + field : len;
        }
    }
    return at;
}

/* Fields as COPY binary has them, on their way to the sink. */
static bool put_fields(struct reader *r, const struct check_table *t, const uint8_t *fields, size_t len, row_sink *sink,
                       void *arg, struct err *e) {
    if (canon_is_plain(t->canon)) {
        return sink(arg, fields, len, key_length(fields, len, t->nkeys), e);
    }
    buf_reset(&r->canon);
    return canon_binary(t->canon, fields, len, &r->canon, e) &&
           sink(arg, r->canon.data, r->canon.len, key_length(r->canon.data, r->canon.len, t->nkeys), e);
}

/* ---- source ---- */

static bool prepare_counts(struct reader *r, const struct check_table *t, struct err *e) {
    size_t n = t->n * LOSS_COUNT;
    if (n > r->ncounts) {
        uint64_t *counts = realloc(r->counts, n * sizeof *counts);
        if (counts == NULL) {
            return err_set(e, ERR_MEMORY, "no memory for the loss counts of %s", t->t->name);
        }
        r->counts = counts;
        r->ncounts = n;
    }
    memset(r->counts, 0, n * sizeof *r->counts);
    return true;
}

/* A row that cannot be written to the target at all: nothing there can equal it. It goes on as its own bytes. */
static bool put_uncarriable(struct reader *r, const uint8_t *row, size_t len, row_sink *sink, void *arg,
                            struct err *e) {
    r->uncarriable++;
    buf_reset(&r->canon);
    return buf_put(&r->canon, READER_UNCARRIABLE, sizeof READER_UNCARRIABLE, e) && buf_put(&r->canon, row, len, e) &&
           sink(arg, r->canon.data, r->canon.len, r->canon.len, e);
}

static bool source_rows(struct reader *r, struct check_table *t, row_sink *sink, void *arg, struct err *e) {
    struct encode_counts counts = {.counts = r->counts};
    struct err refused = ERR_INIT; /* cleared once, not once a row: it is large */
    for (uint64_t n = 1;; n++) {
        const uint8_t *row;
        size_t len, failed = 0;
        if (!mysql_next(r->source, &row, &len, e)) {
            return false;
        }
        if (row == NULL) {
            return true;
        }
        r->wire_bytes += len;
        buf_reset(&r->tuple);
        bool ok = encode_row(t->encode, row, len, &counts, &r->tuple, &failed, &refused);
        if (!ok && refused.code == ERR_SOURCE_PROTOCOL) {
            err_copy(e, &refused);
            return false;
        }
        ok = ok ? put_fields(r, t, r->tuple.data + 2, r->tuple.len - 2, sink, arg, e)
                : put_uncarriable(r, row, len, sink, arg, e);
        if (!ok || (n % ROWS_PER_LOOK == 0 && stopped(r, e))) {
            return false;
        }
    }
}

static bool source_read(struct reader *r, struct check_table *t, const char *sql, row_sink *sink, void *arg,
                        struct err *e) {
    struct mysql_columns columns;
    if (!prepare_counts(r, t, e) || !mysql_query_binary(r->source, &r->scratch, sql, &columns, e)) {
        return false;
    }
    bool ok = check_encoder(t, r->task, r->dialect, &columns, e) && source_rows(r, t, sink, arg, e);
    struct err ignored = ERR_INIT;
    if (!ok && mysql_usable(r->source) && !mysql_drain(r->source, &ignored)) {
        return false; /* the connection is of no more use; e says why already */
    }
    return ok;
}

/* ---- target ---- */

static bool malformed(const char *what, struct err *e) {
    return err_set(e, ERR_TARGET_PROTOCOL, "COPY from the target: %s", what);
}

/* Whole tuples of p[0..n); what remains of a cut one is left. *at: how far. *ended: the trailer was seen. */
static bool tuples(struct reader *r, const struct check_table *t, const uint8_t *p, size_t n, size_t *at, bool *ended,
                   row_sink *sink, void *arg, struct err *e) {
    while (n - *at >= 2) {
        uint16_t fields = get_be16(p + *at);
        if (fields == UINT16_MAX) {
            *at += 2;
            *ended = true;
            return true;
        }
        if (fields != t->n) {
            return malformed("a tuple with another number of columns", e);
        }
        size_t end = *at + 2;
        for (size_t i = 0; i < t->n; i++) {
            if (n - end < 4) {
                return true;
            }
            uint32_t len = get_be32(p + end);
            end += 4;
            if (len != UINT32_MAX) {
                if (len > INT32_MAX) {
                    return malformed("a value of negative length", e);
                }
                if (n - end < len) {
                    return true;
                }
                end += len;
            }
        }
        const uint8_t *from = p + *at + 2;
        size_t len = end - *at - 2;
        *at = end;
        if (!put_fields(r, t, from, len, sink, arg, e)) {
            return false;
        }
    }
    return true;
}

/* COPY binary's head is 11 bytes, flags, and an extension of a length it tells. */
static bool skip_head(const uint8_t *p, size_t n, size_t *at, bool *done, struct err *e) {
    static const uint8_t signature[11] = "PGCOPY\n\xff\r\n";
    if (n < 19) {
        return true;
    }
    if (memcmp(p, signature, sizeof signature) != 0 || get_be32(p + 11) != 0) {
        return malformed("not the head of COPY binary", e);
    }
    uint32_t extension = get_be32(p + 15);
    if (extension > 1 << 20) {
        return malformed("an extension of unlikely length", e);
    }
    *done = n - 19 >= extension;
    *at = *done ? 19 + extension : 0;
    return true;
}

struct stream {
    bool head_done, ended;
};

/* A message of the server: usually one whole tuple, which is then used where it lies. */
static bool binary_message(struct reader *r, const struct check_table *t, struct stream *s, const uint8_t *data,
                           size_t len, row_sink *sink, void *arg, struct err *e) {
    bool carried = r->carry.len > 0;
    if (carried) {
        if (!buf_put(&r->carry, data, len, e)) {
            return false;
        }
        data = r->carry.data;
        len = r->carry.len;
    }
    size_t at = 0;
    if (!s->head_done && !skip_head(data, len, &at, &s->head_done, e)) {
        return false;
    }
    if (s->head_done && !s->ended && !tuples(r, t, data, len, &at, &s->ended, sink, arg, e)) {
        return false;
    }
    if (s->ended && at < len) {
        return malformed("data behind its end", e);
    }
    if (carried) {
        memmove(r->carry.data, r->carry.data + at, len - at);
        r->carry.len = len - at;
        return true;
    }
    return at == len || buf_put(&r->carry, data + at, len - at, e);
}

static bool text_lines(struct reader *r, const struct check_table *t, const uint8_t *p, size_t n, size_t *at,
                       row_sink *sink, void *arg, struct err *e) {
    const uint8_t *newline;
    while (*at < n && (newline = memchr(p + *at, '\n', n - *at)) != NULL) {
        size_t len = (size_t)(newline - (p + *at));
        const uint8_t *line = p + *at;
        *at += len + 1;
        buf_reset(&r->canon);
        if (!canon_text(t->canon, line, len, &r->canon, e) ||
            !sink(arg, r->canon.data, r->canon.len, key_length(r->canon.data, r->canon.len, t->nkeys), e)) {
            return false;
        }
    }
    return true;
}

static bool text_message(struct reader *r, const struct check_table *t, const uint8_t *data, size_t len, row_sink *sink,
                         void *arg, struct err *e) {
    size_t at = 0;
    if (r->carry.len == 0) {
        return text_lines(r, t, data, len, &at, sink, arg, e) &&
               (at == len || buf_put(&r->carry, data + at, len - at, e));
    }
    if (!buf_put(&r->carry, data, len, e) || !text_lines(r, t, r->carry.data, r->carry.len, &at, sink, arg, e)) {
        return false;
    }
    memmove(r->carry.data, r->carry.data + at, r->carry.len - at);
    r->carry.len -= at;
    return true;
}

static bool target_read(struct reader *r, struct check_table *t, const char *sql, row_sink *sink, void *arg,
                        struct err *e) {
    struct stream s = {false, false};
    buf_reset(&r->carry);
    if (!gauss_copy_out_begin(r->target, sql, e)) {
        return false;
    }
    for (uint64_t n = 1;; n++) {
        const uint8_t *data;
        size_t len;
        if (!gauss_copy_out_next(r->target, &data, &len, e)) {
            return false;
        }
        if (data == NULL) {
            break;
        }
        r->wire_bytes += len;
        bool ok = t->target_text ? text_message(r, t, data, len, sink, arg, e)
                                 : binary_message(r, t, &s, data, len, sink, arg, e);
        if (!ok || (n % ROWS_PER_LOOK == 0 && stopped(r, e))) {
            return false; /* the COPY is still under way: this connection is not used again */
        }
    }
    bool whole = r->carry.len == 0 && (t->target_text || s.ended);
    return whole || malformed("it ends inside a row", e);
}

/* ---- either ---- */

static bool read_sql(struct reader *r, struct check_table *t, const char *sql, row_sink *sink, void *arg,
                     struct err *e) {
    r->uncarriable = r->wire_bytes = r->paid_bytes = 0;
    bool ok = r->side == SIDE_SOURCE ? source_read(r, t, sql, sink, arg, e) : target_read(r, t, sql, sink, arg, e);
    ok = ok && !stopped(r, e);
    arena_reset(&r->scratch);
    return ok || err_where(e, "%s table %s", r->side == SIDE_SOURCE ? "source" : "target",
                           r->side == SIDE_SOURCE ? t->t->name : t->t->target_name);
}

bool reader_read(struct reader *r, struct check_table *t, const char *where, row_sink *sink, void *arg, struct err *e) {
    char *sql =
        r->side == SIDE_SOURCE ? check_source_sql(&r->scratch, t, where) : check_target_sql(&r->scratch, t, where);
    return read_sql(r, t, sql, sink, arg, e);
}

bool reader_read_plain(struct reader *r, struct check_table *t, const char *where, row_sink *sink, void *arg,
                       struct err *e) {
    char *sql = r->side == SIDE_SOURCE ? arena_printf(&r->scratch, "%s WHERE %s", t->source_select, where)
                                       : check_target_sql(&r->scratch, t, where);
    return read_sql(r, t, sql, sink, arg, e);
}
