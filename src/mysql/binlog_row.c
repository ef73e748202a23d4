/* Walking through row images. See binlog_row.h.
 *
 *   image:  NULL bits, one for each column the image has | values of those that are not NULL
 *   after image of PARTIAL_UPDATE_ROWS:  options, length-encoded | [bits, one for each JSON column of the table: changes only] | image */
#include "mysql/binlog_row.h"

#include <stdlib.h>

#include "mysql/binlog_row_internal.h"
#include "mysql/jsonb.h"
#include "mysql/reader.h"

enum {
    OPTION_PARTIAL_JSON = 1,
    BITMAP_MAX = (BINLOG_COLUMNS_MAX + 9) / 8,
    KEEP_BYTES = 1 << 20,
    KEEP_ROWS = 256,
};

struct side {
    struct buf row;
    uint8_t present[BITMAP_MAX];
};

/* Where a JSON document of the before image is. */
struct document {
    const uint8_t *p; /* NULL: not in the image, or NULL */
    size_t n;
};

struct binlog_rows_reader {
    struct binlog_plan *plan;
    struct binlog_rows ev;
    struct reader in;
    struct side before, after;
    struct buf unpacked; /* MariaDB's compressed events */
    struct buf scratch;
    struct arena changes;       /* of JSON documents */
    struct document *documents; /* by number of the JSON column */
    size_t documents_cap;
    bool before_whole, after_whole; /* all columns of the table are in the images */
    unsigned rows_since_large;
};

struct binlog_rows_reader *binlog_rows_reader_new(size_t max_row_bytes) {
    struct binlog_rows_reader *r = calloc(1, sizeof *r);
    if (r != NULL) {
        buf_init(&r->before.row, max_row_bytes);
        buf_init(&r->after.row, max_row_bytes);
        buf_init(&r->unpacked, max_row_bytes);
        buf_init(&r->scratch, max_row_bytes);
    }
    return r;
}

void binlog_rows_reader_free(struct binlog_rows_reader *r) {
    if (r != NULL) {
        buf_clear(&r->before.row);
        buf_clear(&r->after.row);
        buf_clear(&r->unpacked);
        buf_clear(&r->scratch);
        arena_clear(&r->changes);
        free(r->documents);
        free(r);
    }
}

/* ---- one value ---- */

static bool malformed(const struct row_field *f, struct err *e) {
    if (e != NULL && e->code == ERR_NONE) {
        err_set(e, ERR_SOURCE_BINLOG, "a value of type %s in the binlog cannot be read", f->type->full);
    }
    return err_where(e, "column %s", f->name);
}

/* The value's bytes, without the length in front of them. */
static inline bool take_value(const struct row_field *f, struct reader *in, const uint8_t **p, size_t *n) {
    size_t left = reader_left(in), head = f->len_bytes, len = f->bytes;
    if (head > 0) {
        if (left < head) {
            return false;
        }
        switch (head) {
        case 1:
            len = in->p[0];
            break;
        case 2:
            len = get_le16(in->p);
            break;
        case 3:
            len = get_le24(in->p);
            break;
        default:
            len = get_le32(in->p);
            break;
        }
    }
    if (left - head < len) {
        return false;
    }
    *p = in->p + head;
    *n = len;
    in->p += head + len;
    return true;
}

/* Is the row what its table held once, and not what it holds? */
static bool is_history(const struct row_field *f, const uint8_t *p, size_t n) {
    static const uint8_t timestamp[] = {0x7f, 0xff, 0xff, 0xff, 0x0f, 0x42, 0x3f};
    static const uint8_t timestamp_u[] = {0xff, 0xff, 0xff, 0xff, 0x0f, 0x42, 0x3f}; /* MariaDB 11.5 */
    static const uint8_t transaction[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    if (f->op == FIELD_COPY8) {
        return memcmp(p, transaction, sizeof transaction) != 0;
    }
    return n != sizeof timestamp ||
           (memcmp(p, timestamp, sizeof timestamp) != 0 && memcmp(p, timestamp_u, sizeof timestamp_u) != 0);
}

/* Changes of a document instead of the document. */
static bool put_changed(struct binlog_rows_reader *r, const struct row_field *f, const uint8_t *p, size_t n,
                        struct value_out *o, struct err *e) {
    const struct document *d = &r->documents[f->json];
    size_t from = o->row->len;
    if (d->p == NULL) {
        err_set(e, ERR_SOURCE_IMAGE, "the binlog has changes of a JSON document, and not the document");
        return err_where(e, "column %s", f->name);
    }
    bool ok = jsonb_patch(d->p, d->n, p, n, &r->changes, o->row, e) && put_length_before(o, from, e);
    arena_reset(&r->changes);
    return ok || malformed(f, e);
}

/* ---- one image ---- */

struct image {
    struct binlog_rows_reader *r;
    struct side *side;
    const uint8_t *columns; /* bits: those the image has */
    bool all;               /* it has them all */
    bool is_before;
    const uint8_t *partial; /* bits of JSON columns; NULL: none */
    bool history;
};

static void set_bit(uint8_t *bits, size_t i) {
    bits[i / 8] |= (uint8_t)(1u << i % 8);
}

static void set_null(struct buf *row, const struct row_field *f) {
    set_bit(row->data + 1, (size_t)f->out + 2);
}

static bool put_value(struct image *m, const struct row_field *f, struct value_out *o, struct err *e) {
    struct binlog_rows_reader *r = m->r;
    const uint8_t *p;
    size_t n;
    if (!take_value(f, &r->in, &p, &n)) {
        return malformed(f, e);
    }
    bool partial = false;
    if (f->op == FIELD_JSON) {
        if (m->is_before) {
            r->documents[f->json] = (struct document){p, n};
        }
        partial = m->partial != NULL && binlog_bit(m->partial, f->json);
    }
    if (f->row_end) {
        m->history = is_history(f, p, n);
    }
    if (!f->wanted) {
        return true;
    }
    if (partial) {
        return put_changed(r, f, p, n, o, e);
    }
    return field_put(f, p, n, o, e) || malformed(f, e);
}

static bool read_values(struct image *m, const uint8_t *nulls, struct err *e) {
    const struct binlog_plan *plan = m->r->plan;
    struct buf *row = &m->side->row;
    struct value_out o = {row, &m->r->scratch, plan->fixed_bytes};
    size_t seen = 0;
    for (size_t i = 0; i < plan->bound_n; i++) {
        const struct row_field *f = &plan->fields[i];
        if (!m->all && !binlog_bit(m->columns, i)) {
            if (f->wanted) {
                set_null(row, f);
                m->side->present[f->out / 8] &= (uint8_t) ~(1u << f->out % 8);
            }
            continue;
        }
        if (binlog_bit(nulls, seen++)) {
            if (f->wanted) {
                set_null(row, f);
            }
            continue;
        }
        if (!put_value(m, f, &o, e)) {
            return false;
        }
    }
    return true;
}

static size_t count_bits(const uint8_t *bits, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += binlog_bit(bits, i);
    }
    return count;
}

/* Ahead of the image: for which JSON columns it has only changes. */
static bool read_options(struct image *m, struct err *e) {
    struct reader *in = &m->r->in;
    uint64_t options = read_lenenc(in);
    if ((options & OPTION_PARTIAL_JSON) != 0) {
        m->partial = read_bytes(in, (m->r->plan->json_n + 7) / 8);
    }
    return !in->bad || err_set(e, ERR_SOURCE_BINLOG, "the options of a row image cannot be read");
}

static bool read_image(struct image *m, struct binlog_row *out, struct err *e) {
    const struct binlog_plan *plan = m->r->plan;
    struct buf *row = &m->side->row;
    size_t bitmap = (plan->wanted_n + 9) / 8, columns = m->all ? plan->bound_n : count_bits(m->columns, plan->bound_n);
    const uint8_t *nulls = read_bytes(&m->r->in, (columns + 7) / 8);
    if (nulls == NULL) {
        return err_set(e, ERR_SOURCE_BINLOG, "a row image ends early");
    }
    if (row->cap > KEEP_BYTES && m->r->rows_since_large++ > KEEP_ROWS) {
        size_t max_bytes = row->max_bytes;
        buf_clear(row);
        buf_init(row, max_bytes);
        m->r->rows_since_large = 0;
    }
    buf_reset(row);
    if (!buf_reserve(row, 1 + bitmap + plan->fixed_bytes, e)) {
        return false;
    }
    memset(row->data, 0, 1 + bitmap);
    row->len = 1 + bitmap;
    memset(m->side->present, 0xff, (plan->wanted_n + 7) / 8);
    if (!read_values(m, nulls, e)) {
        return false;
    }
    if (row->len > KEEP_BYTES) {
        m->r->rows_since_large = 0;
    }
    *out = (struct binlog_row){.bytes = row->data,
                               .len = row->len,
                               .present = m->side->present,
                               .whole = m->all || count_bits(m->side->present, plan->wanted_n) == plan->wanted_n,
                               .history = m->history};
    return true;
}

/* ---- rows ---- */

static bool all_bits(const uint8_t *bits, size_t n) {
    return bits != NULL && count_bits(bits, n) == n;
}

bool binlog_rows_begin(struct binlog_rows_reader *r, struct binlog_plan *p, const struct binlog_rows *ev,
                       struct err *e) {
    r->plan = p;
    r->ev = *ev;
    if (ev->n != p->bound_n) {
        return err_set(e, ERR_SOURCE_BINLOG, "rows of %zu columns follow a table map of %zu", ev->n, p->bound_n);
    }
    if (ev->packed && !binlog_rows_unpack(&r->ev, &r->unpacked, e)) {
        return false;
    }
    if (p->json_n > r->documents_cap) {
        free(r->documents);
        r->documents = calloc(p->json_n, sizeof *r->documents);
        r->documents_cap = r->documents != NULL ? p->json_n : 0;
        if (r->documents == NULL) {
            return err_set(e, ERR_MEMORY, "no memory for rows with JSON columns");
        }
    }
    r->in = reader_of(r->ev.rows, r->ev.rows_len);
    r->before_whole = all_bits(ev->before, ev->n);
    r->after_whole = all_bits(ev->after, ev->n);
    return true;
}

static bool read_change(struct binlog_rows_reader *r, struct binlog_change *out, struct err *e) {
    *out = (struct binlog_change){.op = r->ev.op};
    if (r->ev.before != NULL) {
        struct image m = {
            .r = r, .side = &r->before, .columns = r->ev.before, .all = r->before_whole, .is_before = true};
        if (r->plan->json_n > 0) {
            memset(r->documents, 0, r->plan->json_n * sizeof *r->documents);
        }
        if (!read_image(&m, &out->before, e)) {
            return false;
        }
    }
    if (r->ev.after != NULL) {
        struct image m = {.r = r, .side = &r->after, .columns = r->ev.after, .all = r->after_whole};
        if ((r->ev.partial_json && !read_options(&m, e)) || !read_image(&m, &out->after, e)) {
            return false;
        }
    }
    return true;
}

bool binlog_rows_next(struct binlog_rows_reader *r, struct binlog_change *out, bool *found, struct err *e) {
    do {
        const uint8_t *at = r->in.p;
        *found = reader_left(&r->in) > 0;
        if (!*found) {
            return true;
        }
        if (!read_change(r, out, e)) {
            return false;
        }
        if (r->in.p == at) {
            return err_set(e, ERR_SOURCE_BINLOG, "a row image without bytes"); /* and never an end */
        }
    } while (out->op == BINLOG_ROW_INSERT && out->after.history);
    if (out->op == BINLOG_ROW_UPDATE && out->after.history) {
        out->op = BINLOG_ROW_DELETE;
        out->after = (struct binlog_row){0};
    }
    return true;
}
