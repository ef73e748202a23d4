/* The encoder's public functions. See encode.h. */
#include "value/encode.h"

#include <stdio.h>

#include "value/encode_internal.h"
#include "value/text_scan.h"

bool encode_head(const struct encode_plan *p, struct buf *out, struct err *e) {
    static const uint8_t head[19] = "PGCOPY\n\377\r\n"; /* signature, its NUL, int32 flags, int32 extension length */
    return !p->binary || buf_put(out, head, sizeof head, e);
}

bool encode_tail(const struct encode_plan *p, struct buf *out, struct err *e) {
    return !p->binary || buf_put(out, "\377\377", 2, e);
}

/* Rows up to this size reserve for the worst case without looking. */
enum { SMALL_ROW_BYTES = 1 << 20 };

/* Bytes a large row needs in text: hex doubles bytes, text grows only by its escapes. A malformed row is found later. */
static size_t large_text_room(const struct encode_plan *p, const uint8_t *row, size_t len) {
    const uint8_t *at = row + 1 + p->bitmap_bytes, *end = row + len;
    size_t room = p->fixed_bytes;
    for (size_t i = 0; i < p->n; i++) {
        const struct column_plan *c = &p->columns[i];
        struct value v;
        if (row_is_null(row, i)) {
            continue;
        }
        if (!row_value(c, &at, end, &v)) {
            break;
        }
        room += c->op == OP_TEXT || c->op == OP_JSONB ? text_escaped_size(v.p, v.n) : 2 * v.n;
    }
    return room;
}

static bool encode_pass(struct run *r) {
    const struct encode_plan *p = r->p;
    if (r->len < 1 + p->bitmap_bytes || r->row[0] != 0) {
        return malformed_row(r, "it has no head");
    }
    r->room = p->fixed_bytes + (p->binary                   ? r->len
                                : r->len <= SMALL_ROW_BYTES ? 2 * r->len
                                                            : large_text_room(p, r->row, r->len));
    if (!buf_reserve(r->out, r->room, r->e)) {
        return false;
    }
    return p->binary ? encode_binary_row(r) : encode_text_row(r);
}

bool encode_row(const struct encode_plan *p, const uint8_t *row, size_t len, struct encode_counts *counts,
                struct buf *out, size_t *failed_column, struct err *e) {
    size_t start = out->len;
    struct run r = {
        .p = p, .row = row, .len = len, .counts = counts, .out = out, .e = e, .delta = 1, .column = p->n, .last = p->n};
    if (encode_pass(&r)) {
        return true;
    }
    *failed_column = r.column;
    counts->want_text = r.want_text;
    out->len = start;
    if (r.counted) {
        /* the row is not written: take back what was counted up to the value that failed */
        struct err ignored = ERR_INIT;
        struct run again = {.p = p,
                            .row = row,
                            .len = len,
                            .counts = counts,
                            .out = out,
                            .e = &ignored,
                            .delta = -1,
                            .column = p->n,
                            .last = r.column};
        (void)encode_pass(&again);
        out->len = start;
    }
    return false;
}

void encode_describe(const struct encode_plan *p, const uint8_t *row, size_t len, size_t column, char *text,
                     size_t cap) {
    const uint8_t *at = row + 1 + p->bitmap_bytes, *end = row + len;
    struct value v = {NULL, 0};
    if (len < 1 + p->bitmap_bytes || row[0] != 0 || column >= p->n) {
        snprintf(text, cap, "?");
        return;
    }
    for (size_t i = 0; i <= column; i++) {
        if (!row_is_null(row, i) && !row_value(&p->columns[i], &at, end, &v)) {
            snprintf(text, cap, "?");
            return;
        }
    }
    if (row_is_null(row, column)) {
        snprintf(text, cap, "NULL");
    } else {
        describe_value(&p->columns[column], v, text, cap);
    }
}
