/* How a table is split. See chunk.h.
 *
 * An integer leading key column is halved until the optimizer's estimate for a range (an index dive, microseconds) is
 * small enough: gaps and skew cost nothing. Other keys are walked: every step-th key of the index becomes a bound, which
 * reads the index once on the server and sends a row per chunk. Keyless tables go by partition, or whole. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "engine/chunk.h"

enum { MAX_CHUNKS = 200000, TYPICAL_ROW_BYTES = 128 };

struct planner {
    struct mysql_client *c;
    struct arena *a;
    const struct table *t;
    size_t table;
    struct chunk_key key;
    uint64_t chunk_rows, chunk_bytes;
    unsigned number; /* of the next chunk */
    char **lower;    /* of the next chunk */
    size_t nbounds;
    chunk_sink *sink;
    void *arg;
    struct err *e;
};

static bool emit(struct planner *p, char **upper, uint64_t bytes) {
    struct chunk c = {.table = p->table,
                      .number = p->number++,
                      .nbounds = p->nbounds,
                      .lower = p->lower,
                      .upper = upper,
                      .bytes_estimate = bytes};
    p->lower = upper;
    return p->sink(p->arg, &c, p->e);
}

static bool is_integer(const struct column *c) {
    switch (c->type.kind) {
    case MYT_TINYINT:
    case MYT_SMALLINT:
    case MYT_MEDIUMINT:
    case MYT_INT:
    case MYT_BIGINT:
        return true;
    default:
        return false;
    }
}

/* hint: "USE" or "FORCE". Where an index is forced MySQL 8 and later make no index dive and tell 1 row for any range. */
static char *table_ref(struct planner *p, const char *hint) {
    return arena_printf(p->a, "%s.%s %s INDEX (%s)", str_quote_mysql(p->a, p->t->schema),
                        str_quote_mysql(p->a, p->t->name), hint, str_quote_mysql(p->a, p->key.index->name));
}

/* ---- integer keys ---- */

/* Keys are handled as offsets from the lowest one, so that signed and unsigned 64 bit keys need one arithmetic. */
struct int_range {
    bool is_unsigned;
    uint64_t base; /* the lowest key, two's complement */
};

static char *int_text(struct planner *p, const struct int_range *r, uint64_t offset) {
    uint64_t v = r->base + offset;
    return r->is_unsigned ? arena_printf(p->a, "%" PRIu64, v) : arena_printf(p->a, "%" PRId64, (int64_t)v);
}

static char **int_bound(struct planner *p, const struct int_range *r, uint64_t offset) {
    char **b = arena_array(p->a, char *, 1);
    b[0] = int_text(p, r, offset);
    return b;
}

static bool estimate_rows(struct planner *p, const struct int_range *r, uint64_t from, uint64_t to, uint64_t *rows) {
    char *col = str_quote_mysql(p->a, p->key.index->parts[0].column->name);
    const char *explain = mysql_server(p->c)->is_mariadb ? "EXPLAIN" : "EXPLAIN FORMAT=TRADITIONAL";
    char *sql = arena_printf(p->a, "%s SELECT %s FROM %s WHERE %s >= %s AND %s <= %s", explain, col,
                             table_ref(p, "USE"), col, int_text(p, r, from), col, int_text(p, r, to));
    struct mysql_rows result;
    if (!mysql_rows(p->c, p->a, sql, &result, p->e)) {
        return false;
    }
    const char *text = result.n > 0 ? mysql_cell_named(&result, 0, "rows") : NULL;
    *rows = text == NULL ? 0 : strtoull(text, NULL, 10); /* NULL: "no matching row" */
    return true;
}

/* Emit the chunks of offsets [from, to]; the one that ends at `last` stays open above. Explicit stack: halves wait on it. */
static bool bisect(struct planner *p, const struct int_range *r, uint64_t from, uint64_t last) {
    struct {
        uint64_t from, to;
    } stack[130];
    size_t n = 0;
    uint64_t gathered = 0; /* rows of small neighbours not yet emitted */
    uint64_t bytes_per_row = p->chunk_bytes / p->chunk_rows;
    stack[n].from = from;
    stack[n++].to = last;
    while (n > 0) {
        uint64_t lo = stack[n - 1].from, hi = stack[n - 1].to, rows = 0;
        n--;
        if (!estimate_rows(p, r, lo, hi, &rows)) {
            return false;
        }
        bool whole_table = lo == from && hi == last;
        if (whole_table && rows < p->t->rows_estimate) {
            rows = p->t->rows_estimate;
        }
        if (rows > p->chunk_rows + p->chunk_rows / 2 && lo < hi && p->number < MAX_CHUNKS) {
            uint64_t mid = lo + (hi - lo) / 2;
            stack[n].from = mid + 1;
            stack[n++].to = hi;
            stack[n].from = lo;
            stack[n++].to = mid;
            continue;
        }
        gathered += rows;
        bool at_end = hi == last;
        if (at_end || gathered >= p->chunk_rows * 2 / 3) {
            if (!emit(p, at_end ? NULL : int_bound(p, r, hi + 1), gathered * bytes_per_row)) {
                return false;
            }
            gathered = 0;
        }
    }
    return true;
}

static bool plan_integers(struct planner *p, const struct chunk *last) {
    const struct column *col = p->key.index->parts[0].column;
    char *name = str_quote_mysql(p->a, col->name);
    char *sql = arena_printf(p->a, "SELECT MIN(%s), MAX(%s) FROM %s.%s", name, name,
                             str_quote_mysql(p->a, p->t->schema), str_quote_mysql(p->a, p->t->name));
    struct mysql_rows rows;
    if (!mysql_rows(p->c, p->a, sql, &rows, p->e)) {
        return false;
    }
    p->nbounds = 1;
    if (mysql_cell(&rows, 0, 0) == NULL || mysql_cell(&rows, 0, 1) == NULL) {
        return emit(p, NULL, 0);
    }
    struct int_range r = {.is_unsigned = col->type.is_unsigned};
    const char *low = mysql_cell(&rows, 0, 0), *high = mysql_cell(&rows, 0, 1);
    uint64_t max;
    if (r.is_unsigned) {
        r.base = strtoull(low, NULL, 10);
        max = strtoull(high, NULL, 10) - r.base;
    } else {
        r.base = (uint64_t)strtoll(low, NULL, 10);
        max = (uint64_t)strtoll(high, NULL, 10) - r.base;
    }
    uint64_t from = 0;
    if (last != NULL && last->upper != NULL) {
        uint64_t upper =
            r.is_unsigned ? strtoull(last->upper[0], NULL, 10) : (uint64_t)strtoll(last->upper[0], NULL, 10);
        from = upper - r.base;
        if (from > max) {
            return emit(p, NULL, 0);
        }
    }
    return bisect(p, &r, from, max);
}

/* ---- any other key: walk its index ---- */

static bool plan_walk(struct planner *p) {
    struct arena scratch = ARENA_INIT;
    bool ok = true;
    char *columns = NULL;
    p->nbounds = p->key.n;
    for (size_t i = 0; i < p->key.n; i++) {
        char *q = str_quote_mysql(p->a, p->key.index->parts[i].column->name);
        columns = columns == NULL ? q : arena_printf(p->a, "%s, %s", columns, q);
    }
    while (ok) {
        /* The bound is itself the first key of the next chunk, so a step of n rows is an offset of n from it. */
        struct chunk from = {.lower = p->lower, .nbounds = p->nbounds};
        char *where = chunk_where(&scratch, p->t, &from);
        char *sql =
            arena_printf(&scratch, "SELECT %s FROM %s%s%s ORDER BY %s LIMIT 1 OFFSET %" PRIu64, columns,
                         table_ref(p, "FORCE"), where[0] != '\0' ? " WHERE " : "", where, columns, p->chunk_rows);
        struct mysql_rows rows;
        ok = mysql_rows(p->c, &scratch, sql, &rows, p->e);
        if (!ok || rows.n == 0 || p->number >= MAX_CHUNKS) {
            break;
        }
        char **upper = arena_array(p->a, char *, p->nbounds);
        for (size_t i = 0; i < p->nbounds; i++) {
            upper[i] = chunk_literal(p->a, p->key.index->parts[i].column, mysql_cell(&rows, 0, i), rows.lens[i]);
        }
        ok = emit(p, upper, p->chunk_bytes);
        arena_reset(&scratch);
    }
    arena_clear(&scratch);
    return ok && emit(p, NULL, p->chunk_bytes / 2);
}

/* ---- no key: partitions, or whole ---- */

static bool plan_partitions(struct planner *p) {
    const struct partitioning *part = &p->t->part;
    for (size_t i = 0; i < part->n; i++) {
        struct chunk c = {.table = p->table,
                          .number = p->number++,
                          .partition = part->parts[i].name,
                          .bytes_estimate = p->t->data_bytes / part->n};
        if (!p->sink(p->arg, &c, p->e)) {
            return false;
        }
    }
    return true;
}

bool chunk_plan(struct mysql_client *c, struct arena *a, const struct table *t, size_t table, uint64_t chunk_bytes,
                const struct chunk *last, chunk_sink *sink, void *arg, struct err *e) {
    struct planner p = {.c = c,
                        .a = a,
                        .t = t,
                        .table = table,
                        .key = chunk_key_of(t),
                        .chunk_bytes = chunk_bytes,
                        .number = last == NULL ? 1 : last->number + 1,
                        .lower = last == NULL ? NULL : last->upper,
                        .sink = sink,
                        .arg = arg,
                        .e = e};
    /* Statistics can be missing or stale right after a bulk insert; index dives correct the number of rows, not their size. */
    uint64_t row_bytes = t->rows_estimate >= 100 ? t->data_bytes / t->rows_estimate : TYPICAL_ROW_BYTES;
    if (row_bytes == 0) {
        row_bytes = TYPICAL_ROW_BYTES;
    }
    p.chunk_rows = chunk_bytes / row_bytes;
    if (p.chunk_rows == 0) {
        p.chunk_rows = 1;
    }
    bool ok;
    if (p.key.n == 0) {
        ok = t->part.n > 1 ? plan_partitions(&p) : emit(&p, NULL, t->data_bytes);
    } else if (is_integer(p.key.index->parts[0].column)) {
        ok = plan_integers(&p, last);
    } else {
        ok = plan_walk(&p);
    }
    return ok ? true : err_where(e, "chunks of %s.%s", t->schema, t->name);
}
