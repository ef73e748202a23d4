/* A row as a tuple of COPY binary: int16 columns, then for each int32 length (-1 NULL) and the bytes. See encode_internal.h.
 *
 * The row's worst size is reserved once; then bytes are written through a local pointer. Columns whose values need no
 * decision (fast_op) are written here in the loop, the others by slow_column. */
#include "value/encode_internal.h"
#include "value/numeric.h"
#include "value/text_scan.h"

#define NULL_LENGTH UINT32_C(0xffffffff)

static inline uint8_t *put32(uint8_t *w, uint32_t v) {
    v = __builtin_bswap32(v);
    memcpy(w, &v, 4);
    return w + 4;
}

static inline uint8_t *put64(uint8_t *w, uint64_t v) {
    v = __builtin_bswap64(v);
    memcpy(w, &v, 8);
    return w + 8;
}

/* The low n bytes of u, most significant first. */
static inline uint8_t *put_int(uint8_t *w, uint64_t u, unsigned n) {
    u = __builtin_bswap64(u << (64 - 8 * n));
    memcpy(w, &u, 8); /* the room is there; what is too much is written over */
    return w + n;
}

static uint8_t *put_bytes(uint8_t *w, const uint8_t *p, size_t n) {
    w = put32(w, (uint32_t)n);
    memcpy(w, p, n);
    return w + n;
}

static uint8_t *put_null(uint8_t *w) {
    return put32(w, NULL_LENGTH);
}

/* ---- one value; NULL: failed. w must be where out->len says for those that may move the buffer. ---- */

static uint8_t *put_numeric(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    char scratch[VALUE_TEXT_MAX];
    struct value text;
    int integer_digits;
    size_t n;
    if (c->op == OP_DECIMAL && c->integer_digits == 0) {
        n = numeric_from_text(v.p, v.n, w + 4, &integer_digits);
    } else if (c->op == OP_INT_NUMERIC && c->integer_digits == 0) {
        bool negative;
        uint64_t u = value_int(c, v, &negative);
        n = numeric_from_u64(negative ? 0 - u : u, negative, w + 4);
    } else {
        switch (convert_decimal(r, c, v, scratch, &text)) {
        case CONVERT_NULL:
            return put_null(w);
        case CONVERT_FAIL:
            return NULL;
        case CONVERT_OK:
            break;
        }
        n = numeric_from_text(text.p, text.n, w + 4, &integer_digits);
    }
    if (n == 0) {
        malformed_row(r, "a decimal that is no number");
        return NULL;
    }
    return put32(w, (uint32_t)n) + n;
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
    if (c->op == OP_FLOAT4 || c->op == OP_INT_FLOAT4 || c->op == OP_DECIMAL_FLOAT4) {
        float f = (float)d;
        uint32_t bits;
        memcpy(&bits, &f, 4);
        return put32(put32(w, 4), bits);
    }
    uint64_t bits;
    memcpy(&bits, &d, 8);
    return put64(put32(w, 8), bits);
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
    return put_int(put32(w, c->target_bytes), u, c->target_bytes);
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
    w = put32(w, 1);
    *w++ = b;
    return w;
}

/* int32 number of bits, then the bits from the top of the first byte on; MySQL's bytes hold them at the bottom. */
static uint8_t *put_bit(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    uint64_t bits;
    size_t n = (c->bits + 7) / 8;
    if (!value_bits(v, &bits) || (c->bits < 64 && bits >> c->bits != 0)) {
        malformed_row(r, "a BIT that is longer than its column");
        return NULL;
    }
    w = put32(put32(w, (uint32_t)(4 + n)), c->bits);
    put64(w, bits << (64 - c->bits));
    return w + n;
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
        return put32(put32(w, 4), (uint32_t)(zero ? B_ZERO_DATE : datetime_days(&t)));
    }
    return put64(put32(w, 8), (uint64_t)(zero ? B_ZERO_TIMESTAMP : datetime_micros(&t)));
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
    if (c->op == OP_TIME) {
        return put64(put32(w, 8), (uint64_t)micros);
    }
    return put64(put64(put32(w, 16), (uint64_t)micros), 0); /* interval: microseconds, int32 days, int32 months */
}

static uint8_t *put_uuid(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    return convert_uuid(r, c, v, w + 4) == CONVERT_OK ? put32(w, 16) + 16 : NULL;
}

static uint8_t *put_inet(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    size_t n;
    return convert_inet(r, c, v, w + 4, &n) == CONVERT_OK ? put32(w, (uint32_t)n) + n : NULL;
}

/* MySQL: SRID LE32 | byte order | type LE32 | rest. EWKB: byte order | type with a flag | SRID | rest; WKB where the SRID is 0. */
static uint8_t *put_geometry(struct run *r, struct value v, uint8_t *w) {
    if (v.n < 9 || v.p[4] != 1) {
        malformed_row(r, "a geometry that is not MySQL's SRID and little-endian WKB");
        return NULL;
    }
    if (get_le32(v.p) == 0) {
        return put_bytes(w, v.p + 4, v.n - 4);
    }
    enum { HAS_SRID = 0x20 }; /* in the last byte of the type */
    w = put32(w, (uint32_t)v.n);
    memcpy(w, v.p + 4, 5);
    w[4] |= HAS_SRID;
    memcpy(w + 5, v.p, 4);
    memcpy(w + 9, v.p + 9, v.n - 9);
    return w + v.n;
}

/* Text that is not plain: the rules. The buffer may move. */
static uint8_t *put_text_with_rules(struct run *r, const struct column_plan *c, struct value v, unsigned seen,
                                    uint8_t *w) {
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
    bool json = c->op == OP_JSONB;
    w = put32(w, (uint32_t)(text.n + json));
    if (json) {
        *w++ = 1;
    }
    memmove(w, text.p, text.n);
    return w + text.n;
}

static uint8_t *put_jsonb(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    unsigned seen = text_copy(w + 5, v.p, v.n);
    return put_text_with_rules(r, c, v, seen, w);
}

static uint8_t *put_format(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
    char scratch[VALUE_TEXT_MAX];
    struct value text = {(const uint8_t *)scratch, 0};
    if (!value_format(c, v, scratch, &text.n)) {
        malformed_row(r, "a value out of its type's range");
        return NULL;
    }
    if (text_is_plain(c, text, 0)) {
        return put_bytes(w, text.p, text.n);
    }
    return put_text_with_rules(r, c, text, 0, w);
}

static uint8_t *slow_value(struct run *r, const struct column_plan *c, struct value v, uint8_t *w) {
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
        return put_numeric(r, c, v, w);
    case OP_INT_FLOAT4:
    case OP_INT_FLOAT8:
    case OP_FLOAT4:
    case OP_FLOAT8:
    case OP_DECIMAL_FLOAT4:
    case OP_DECIMAL_FLOAT8:
        return put_float(r, c, v, w);
    case OP_BIT:
        return put_bit(r, c, v, w);
    case OP_JSONB:
        return put_jsonb(r, c, v, w);
    case OP_GEOMETRY:
        return put_geometry(r, v, w);
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
    case OP_TEXT: /* fast, as the rest */
    case OP_BYTES:
    case OP_BIT_BYTES:
    case OP_NONE:
        break;
    }
    BUG("operation %d in COPY binary", c->op);
}

static bool slow_column(struct run *r, const struct column_plan *c, const uint8_t **at, const uint8_t *end,
                        uint8_t **w) {
    struct value v;
    if (!row_value(c, at, end, &v)) {
        return malformed_row(r, "it ends inside a value");
    }
    *w = slow_value(r, c, v, *w);
    return *w != NULL;
}

/* ---- the row ---- */

#define NEED(n)                                                                                                        \
    do {                                                                                                               \
        if ((size_t)(end - at) < (n)) {                                                                                \
            r->column = i;                                                                                             \
            return malformed_row(r, "it ends inside a value");                                                         \
        }                                                                                                              \
    } while (0)

bool encode_binary_row(struct run *r) {
    const struct encode_plan *p = r->p;
    const uint8_t *row = r->row, *end = row + r->len, *at = row + 1 + p->bitmap_bytes;
    uint8_t *w = r->out->data + r->out->len;
    *w++ = (uint8_t)(p->n >> 8);
    *w++ = (uint8_t)p->n;
    for (size_t i = 0; i < p->n; i++) {
        if (row_is_null(row, i)) {
            w = put_null(w);
            continue;
        }
        const struct column_plan *c = &p->columns[i];
        switch ((enum fast_op)c->fast) {
        case FAST_COPY1_TO_2:
            NEED(1);
            w = put32(w, 2);
            w = put_int(w, (uint64_t)(int64_t)(int8_t)at[0], 2);
            at += 1;
            continue;
        case FAST_COPY2:
            NEED(2);
            w = put32(w, 2);
            *w++ = at[1];
            *w++ = at[0];
            at += 2;
            continue;
        case FAST_COPY4:
            NEED(4);
            w = put32(put32(w, 4), get_le32(at));
            at += 4;
            continue;
        case FAST_COPY8:
            NEED(8);
            w = put64(put32(w, 8), get_le64(at));
            at += 8;
            continue;
        case FAST_COPYU4_TO_8:
            NEED(4);
            w = put64(put32(w, 8), get_le32(at));
            at += 4;
            continue;
        case FAST_TEXT: {
            struct value v;
            if (!wire_lenenc(&at, end, &v.p, &v.n)) {
                r->column = i;
                return malformed_row(r, "it ends inside a value");
            }
            unsigned seen = text_copy(w + 4, v.p, v.n);
            if (text_is_plain(c, v, seen) || (seen == TEXT_HIGH && c->limit == 0 && text_utf8_valid(v.p, v.n))) {
                w = put32(w, (uint32_t)v.n) + v.n;
                continue;
            }
            r->column = i;
            w = put_text_with_rules(r, c, v, seen, w);
            if (w == NULL) {
                return false;
            }
            continue;
        }
        case FAST_BYTES: {
            struct value v;
            if (!wire_lenenc(&at, end, &v.p, &v.n)) {
                r->column = i;
                return malformed_row(r, "it ends inside a value");
            }
            w = put_bytes(w, v.p, v.n);
            continue;
        }
        case FAST_NONE:
            r->column = i;
            if (!slow_column(r, c, &at, end, &w)) {
                return false;
            }
            continue;
        }
    }
    if (at != end) {
        r->column = p->n;
        return malformed_row(r, "bytes are left behind its last value");
    }
    r->out->len = (size_t)(w - r->out->data);
    return true;
}
