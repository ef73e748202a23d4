/* A row as a line of COPY text: fields separated by tabs, \N for NULL, a newline at the end. See encode_internal.h.
 * Escapes are those both servers read alike: \\ \t \n \r; every other byte goes as it is. */
#include "value/encode_internal.h"
#include "value/numeric.h"
#include "value/text_scan.h"

static uint8_t *put_chars(uint8_t *w, const void *p, size_t n) {
    memcpy(w, p, n);
    return w + n;
}

static uint8_t *put_null(uint8_t *w) {
    return put_chars(w, "\\N", 2);
}

/* \\x6869: a backslash that COPY reads as one, and hex. Blob of a PG or A database is hex alone. */
static uint8_t *put_hex(const struct column_plan *c, const uint8_t *p, size_t n, uint8_t *w) {
    return text_hex(c->bare_hex ? w : put_chars(w, "\\\\x", 3), p, n);
}

static uint8_t *put_integer(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    uint64_t u;
    bool negative;
    switch (convert_int(r, c, v, &u, &negative)) {
    case CONVERT_NULL:
        return put_null(w);
    case CONVERT_FAIL:
        return NULL;
    case CONVERT_OK:
        break;
    }
    if (c->from->kind == MYT_YEAR && u == 0) {
        return put_chars(w, "0000", 4); /* B's year reads 0 as 2000, 0000 as 0 */
    }
    return w + u64_text((char *)w, negative ? 0 - u : u, negative);
}

static uint8_t *put_bool(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    bool b;
    switch (convert_bool(r, c, v, &b)) {
    case CONVERT_NULL:
        return put_null(w);
    case CONVERT_FAIL:
        return NULL;
    case CONVERT_OK:
        break;
    }
    *w++ = b ? 't' : 'f';
    return w;
}

static uint8_t *put_decimal(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    char scratch[VALUE_TEXT_MAX];
    struct value text;
    switch (convert_decimal(r, c, v, scratch, &text)) {
    case CONVERT_NULL:
        return put_null(w);
    case CONVERT_FAIL:
        return NULL;
    case CONVERT_OK:
        break;
    }
    return put_chars(w, text.p, text.n);
}

static uint8_t *put_float(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    double d;
    switch (convert_float(r, c, v, &d)) {
    case CONVERT_NULL:
        return put_null(w);
    case CONVERT_FAIL:
        return NULL;
    case CONVERT_OK:
        break;
    }
    bool narrow = c->op == OP_FLOAT4 || c->op == OP_INT_FLOAT4 || c->op == OP_DECIMAL_FLOAT4;
    return w + float_text((char *)w, narrow ? (double)(float)d : d, narrow);
}

static uint8_t *put_bit(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    uint64_t bits;
    if (!value_bits(v, &bits) || (c->bits < 64 && bits >> c->bits != 0)) {
        malformed_row(r, "a BIT that is longer than its column");
        return NULL;
    }
    for (unsigned i = c->bits; i-- > 0;) {
        *w++ = (uint8_t)('0' + (bits >> i & 1));
    }
    return w;
}

static uint8_t *put_date(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    struct datetime t;
    bool zero;
    switch (convert_datetime(r, c, v, &t, &zero)) {
    case CONVERT_NULL:
        return put_null(w);
    case CONVERT_FAIL:
        return NULL;
    case CONVERT_OK:
        break;
    }
    if (c->op == OP_DATE) {
        return w + date_text((char *)w, &t);
    }
    w += datetime_text((char *)w, &t);
    return c->op == OP_TIMESTAMPTZ && !zero ? put_chars(w, "+00", 3) : w;
}

static uint8_t *put_time(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    int64_t micros;
    switch (convert_time(r, c, v, &micros)) {
    case CONVERT_NULL:
        return put_null(w);
    case CONVERT_FAIL:
        return NULL;
    case CONVERT_OK:
        break;
    }
    return w + time_text((char *)w, micros);
}

static uint8_t *put_uuid(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    static const uint8_t group_bytes[] = {4, 2, 2, 2, 6};
    uint8_t uuid[16], *from = uuid;
    if (convert_uuid(r, c, v, uuid) != CONVERT_OK) {
        return NULL;
    }
    for (int i = 0; i < 5; i++) {
        if (i > 0) {
            *w++ = '-';
        }
        w = text_hex(w, from, group_bytes[i]);
        from += group_bytes[i];
    }
    return w;
}

static uint8_t *put_inet(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    uint8_t inet[20];
    size_t n;
    return convert_inet(r, c, v, inet, &n) == CONVERT_OK ? put_chars(w, v.p, v.n)
                                                         : NULL; /* an address: nothing to escape */
}

static uint8_t *put_geometry(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    if (v.n < 9 || v.p[4] != 1) {
        malformed_row(r, "a geometry that is not MySQL's SRID and little-endian WKB");
        return NULL;
    }
    if (get_le32(v.p) == 0) {
        return put_hex(c, v.p + 4, v.n - 4, w);
    }
    uint8_t head[9];
    memcpy(head, v.p + 4, 5);
    head[4] |= 0x20; /* EWKB: the SRID follows the type */
    memcpy(head + 5, v.p, 4);
    return text_hex(put_hex(c, head, sizeof head, w), v.p + 9, v.n - 9);
}

static uint8_t *put_text(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    unsigned seen = 0;
    size_t n = text_escape(w, v.p, v.n, &seen);
    if (c->op == OP_TEXT &&
        (text_is_plain(c, v, seen) || (seen == TEXT_HIGH && c->limit == 0 && text_utf8_valid(v.p, v.n)))) {
        return w + n;
    }
    struct value text;
    r->out->len = (size_t)(w - r->out->data);
    enum convert_result result = convert_text(r, c, v, seen, &text);
    w = r->out->data + r->out->len;
    if (result == CONVERT_FAIL) {
        return NULL;
    }
    if (result == CONVERT_NULL) {
        return put_null(w);
    }
    return w + text_escape(w, text.p, text.n, &seen);
}

static uint8_t *put_format(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    char scratch[VALUE_TEXT_MAX];
    struct value text = {(const uint8_t *)scratch, 0};
    if (!value_format(c, v, scratch, &text.n)) {
        malformed_row(r, "a value out of its type's range");
        return NULL;
    }
    return put_text(r, c, text, w);
}

static uint8_t *put_value(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    switch ((enum encode_op)c->op) {
    case OP_INT:
    case OP_DECIMAL_INT:
    case OP_BIT_INT:
        return put_integer(r, c, v, w);
    case OP_INT_BOOL:
    case OP_BIT_BOOL:
        return put_bool(r, c, v, w);
    case OP_INT_NUMERIC:
    case OP_FLOAT_NUMERIC:
    case OP_DECIMAL:
        return put_decimal(r, c, v, w);
    case OP_INT_FLOAT4:
    case OP_INT_FLOAT8:
    case OP_FLOAT4:
    case OP_FLOAT8:
    case OP_DECIMAL_FLOAT4:
    case OP_DECIMAL_FLOAT8:
        return put_float(r, c, v, w);
    case OP_BIT:
        return put_bit(r, c, v, w);
    case OP_TEXT:
    case OP_JSONB:
        return put_text(r, c, v, w);
    case OP_BYTES:
    case OP_BIT_BYTES:
        return put_hex(c, v.p, v.n, w);
    case OP_GEOMETRY:
        return put_geometry(r, c, v, w);
    case OP_UUID_TEXT:
    case OP_UUID_BYTES:
        return put_uuid(r, c, v, w);
    case OP_INET:
        return put_inet(r, c, v, w);
    case OP_DATE:
    case OP_TIMESTAMP:
    case OP_TIMESTAMPTZ:
        return put_date(r, c, v, w);
    case OP_TIME:
    case OP_INTERVAL:
        return put_time(r, c, v, w);
    case OP_FORMAT:
        return put_format(r, c, v, w);
    case OP_NONE:
        break;
    }
    BUG("operation %d in COPY text", c->op);
}

bool encode_text_row(struct run *r) {
    const struct encode_plan *p = r->p;
    const uint8_t *row = r->row, *end = row + r->len, *at = row + 1 + p->bitmap_bytes;
    uint8_t *w = r->out->data + r->out->len;
    for (size_t i = 0; i < p->n; i++) {
        const struct column_plan *c = &p->columns[i];
        if (i > 0) {
            *w++ = '\t';
        }
        if (row_is_null(row, i)) {
            w = put_null(w);
            continue;
        }
        struct value v;
        r->column = i;
        if (!row_value(c, &at, end, &v)) {
            return malformed_row(r, "it ends inside a value");
        }
        w = put_value(r, c, v, w);
        if (w == NULL) {
            return false;
        }
    }
    if (at != end) {
        r->column = p->n;
        return malformed_row(r, "bytes are left behind its last value");
    }
    *w++ = '\n';
    r->out->len = (size_t)(w - r->out->data);
    return true;
}
