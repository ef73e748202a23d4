/* A tuple of COPY binary in canonical form. See canon.h.
 *
 * Fields that are canonical already are passed over and copied in runs: of most rows one memcpy is all. */
#include "value/canon_internal.h"
#include "value/tuple.h"

enum { NUMERIC_HEAD = 8, NUMERIC_NAN = 0xc000, NUMERIC_INFINITY = 0xd000, NUMERIC_MINUS_INFINITY = 0xf000 };

#define FLOAT4_SIGN UINT32_C(0x80000000)
#define FLOAT4_INFINITY UINT32_C(0x7f800000)
#define FLOAT4_NAN UINT32_C(0x7fc00000)
#define FLOAT8_SIGN UINT64_C(0x8000000000000000)
#define FLOAT8_INFINITY UINT64_C(0x7ff0000000000000)
#define FLOAT8_NAN UINT64_C(0x7ff8000000000000)

/* ---- fields ---- */

static uint8_t *put_numeric_head(uint8_t *w, size_t ndigits, int weight, unsigned sign) {
    w = canon_put32(w, (uint32_t)(NUMERIC_HEAD + 2 * ndigits));
    w = canon_put32(w, (uint32_t)(ndigits << 16 | (uint16_t)weight));
    return canon_put32(w, sign << 16); /* dscale 0 */
}

uint8_t *canon_put_numeric(uint8_t *w, const uint8_t *v, size_t n) {
    if (n < NUMERIC_HEAD || n != NUMERIC_HEAD + 2 * (size_t)get_be16(v)) {
        return NULL;
    }
    size_t ndigits = get_be16(v);
    int weight = (int16_t)get_be16(v + 2);
    unsigned sign = get_be16(v + 4), bad = 0;
    const uint8_t *digit = v + NUMERIC_HEAD, *end = v + n;
    if (sign == NUMERIC_NAN || sign == NUMERIC_INFINITY || sign == NUMERIC_MINUS_INFINITY) {
        return ndigits == 0 ? put_numeric_head(w, 0, 0, sign) : NULL;
    }
    for (const uint8_t *p = digit; p < end; p += 2) {
        bad |= get_be16(p) > 9999;
    }
    if (bad || (sign != 0 && sign != 0x4000)) {
        return NULL;
    }
    while (digit < end && (digit[0] | digit[1]) == 0) {
        digit += 2;
        weight--;
    }
    while (digit < end && (end[-1] | end[-2]) == 0) {
        end -= 2;
    }
    if (digit == end) {
        return put_numeric_head(w, 0, 0, 0);
    }
    size_t bytes = (size_t)(end - digit);
    w = put_numeric_head(w, bytes / 2, weight, sign);
    memcpy(w, digit, bytes);
    return w + bytes;
}

/* Are the bits those of -0.0 or of a NaN that is not the one? */
static inline bool float4_differs(uint32_t bits) {
    return bits == FLOAT4_SIGN || ((bits & ~FLOAT4_SIGN) > FLOAT4_INFINITY && bits != FLOAT4_NAN);
}

static inline bool float8_differs(uint64_t bits) {
    return bits == FLOAT8_SIGN || ((bits & ~FLOAT8_SIGN) > FLOAT8_INFINITY && bits != FLOAT8_NAN);
}

uint8_t *canon_put_float4(uint8_t *w, uint32_t bits) {
    bits = !float4_differs(bits) ? bits : bits == FLOAT4_SIGN ? 0 : FLOAT4_NAN;
    return canon_put32(canon_put32(w, 4), bits);
}

uint8_t *canon_put_float8(uint8_t *w, uint64_t bits) {
    bits = !float8_differs(bits) ? bits : bits == FLOAT8_SIGN ? 0 : FLOAT8_NAN;
    return canon_put64(canon_put32(w, 8), bits);
}

uint8_t *canon_put_interval(uint8_t *w, int64_t micros, int32_t days, int32_t months) {
    int64_t of_days, sum;
    if (months == 0 && !__builtin_mul_overflow((int64_t)days, MICROS_PER_DAY, &of_days) &&
        !__builtin_add_overflow(micros, of_days, &sum)) {
        return canon_put64(canon_put32(w, 8), (uint64_t)sum);
    }
    w = canon_put64(canon_put32(w, 16), (uint64_t)micros);
    return canon_put32(canon_put32(w, (uint32_t)days), (uint32_t)months);
}

static size_t without_blanks(const uint8_t *v, size_t n) {
    static const uint8_t blanks[8] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
    while (n >= 8 && memcmp(v + n - 8, blanks, 8) == 0) {
        n -= 8;
    }
    while (n > 0 && v[n - 1] == ' ') {
        n--;
    }
    return n;
}

/* ---- a tuple ---- */

/* One on its way. Bytes of the tuple from `from` on are not copied yet. */
struct pass {
    struct buf *out;
    const uint8_t *from, *end;
    struct err *e;
    bool single; /* one value without its length in front; `wrote` says whether it was changed */
    bool wrote;
};

static inline uint8_t *flush(struct pass *s, const uint8_t *upto) {
    uint8_t *w = s->out->data + s->out->len;
    size_t n = (size_t)(upto - s->from);
    if (n > 0) {
        memcpy(w, s->from, n);
    }
    s->out->len += n;
    return w + n;
}

/* All that comes before the field of v. */
static inline uint8_t *flush_before(struct pass *s, const uint8_t *v) {
    return s->single ? s->out->data + s->out->len : flush(s, v - 4);
}

/* What was written behind out->len becomes part of the row; the tuple goes on at `next`. */
static inline void written(struct pass *s, const uint8_t *w, const uint8_t *next) {
    s->out->len = (size_t)(w - s->out->data);
    s->from = next;
    s->wrote = true;
}

static bool put_json(struct pass *s, const struct canon_field *f, const uint8_t *v, size_t n) {
    const uint8_t *next = v + n;
    flush_before(s, v);
    if (f->op == CANON_JSONB) {
        if (n < 1 || v[0] != 1) {
            return canon_malformed(s->e, f, "jsonb is not of version 1");
        }
        v++;
        n--;
    }
    size_t head = s->out->len;
    s->out->len += 4;
    if (!canon_json(v, n, false, s->out, s->e)) {
        return err_where(s->e, "column %s", f->name);
    }
    size_t len = s->out->len - head - 4;
    if (len > INT32_MAX) {
        return canon_malformed(s->e, f, "it is longer than 2 GB");
    }
    canon_put32(s->out->data + head, (uint32_t)len);
    s->from = next;
    s->wrote = true;
    return buf_reserve(s->out, (size_t)(s->end - next) + 8, s->e); /* JSON may have taken the room of what follows */
}

/* A field that may have to be changed: the run before it is flushed only if so. */
static bool put_field(struct pass *s, const struct canon_field *f, const uint8_t *v, size_t n) {
    uint8_t *w;
    if (f->width != 0 && n != f->width) {
        return canon_malformed(s->e, f, "it has another length");
    }
    switch ((enum canon_op)f->op) {
    case CANON_COPY:
    case CANON_FIXED:
        return true;
    case CANON_NUMERIC:
        w = canon_put_numeric(flush_before(s, v), v, n);
        if (w == NULL) {
            return canon_malformed(s->e, f, "no numeric has these bytes");
        }
        written(s, w, v + n);
        return true;
    case CANON_FLOAT4:
        if (float4_differs(get_be32(v))) {
            written(s, canon_put_float4(flush_before(s, v), get_be32(v)), v + n);
        }
        return true;
    case CANON_FLOAT8:
        if (float8_differs(get_be64(v))) {
            written(s, canon_put_float8(flush_before(s, v), get_be64(v)), v + n);
        }
        return true;
    case CANON_BLANKS:
        if (n > 0 && v[n - 1] == ' ') {
            size_t kept = without_blanks(v, n);
            w = canon_put32(flush_before(s, v), (uint32_t)kept);
            memcpy(w, v, kept);
            written(s, w + kept, v + n);
        }
        return true;
    case CANON_JSON:
    case CANON_JSONB:
        return put_json(s, f, v, n);
    case CANON_INTERVAL:
        if (n != 16) {
            return canon_malformed(s->e, f, "it has another length");
        }
        w = canon_put_interval(flush_before(s, v), (int64_t)get_be64(v), (int32_t)get_be32(v + 8),
                               (int32_t)get_be32(v + 12));
        written(s, w, v + n);
        return true;
    case CANON_DATE_B: {
        int32_t days = (int32_t)get_be32(v);
        if (days == B_ZERO_DATE || days == INT32_MIN) {
            days = days == B_ZERO_DATE ? INT32_MIN : B_EARLIEST_DATE;
            written(s, canon_put32(canon_put32(flush_before(s, v), 4), (uint32_t)days), v + n);
        }
        return true;
    }
    case CANON_TIMESTAMP_B: {
        int64_t micros = (int64_t)get_be64(v);
        if (micros == B_ZERO_TIMESTAMP || micros == INT64_MIN) {
            micros = micros == B_ZERO_TIMESTAMP ? INT64_MIN : B_EARLIEST_TIMESTAMP;
            written(s, canon_put64(canon_put32(flush_before(s, v), 8), (uint64_t)micros), v + n);
        }
        return true;
    }
    }
    BUG("operation %d of a canonical row", f->op);
}

static bool tuple(const struct canon_plan *p, struct pass *s) {
    const uint8_t *at = s->from, *end = s->end;
    if (!buf_reserve(s->out, (size_t)(end - at) + 8, s->e)) {
        return false;
    }
    for (size_t i = 0; i < p->n; i++) {
        const struct canon_field *f = &p->fields[i];
        if (end - at < 4) {
            return canon_malformed(s->e, f, "the row ends before it");
        }
        uint32_t n = get_be32(at);
        at += 4;
        if (n == NULL_FIELD) {
            continue;
        }
        if (n > (size_t)(end - at)) {
            return canon_malformed(s->e, f, "the row ends inside it");
        }
        if (f->op != CANON_COPY && (f->op != CANON_FIXED || n != f->width) && !put_field(s, f, at, n)) {
            return false;
        }
        at += n;
    }
    if (at != end) {
        return err_set(s->e, ERR_TARGET_PROTOCOL, "bytes are left behind a row's last value");
    }
    flush(s, end);
    return true;
}

bool canon_binary(const struct canon_plan *p, const uint8_t *fields, size_t len, struct buf *out, struct err *e) {
    size_t start = out->len;
    struct pass s = {.out = out, .from = fields, .end = fields + len, .e = e};
    if (tuple(p, &s)) {
        return true;
    }
    out->len = start;
    return false;
}

bool canon_value_binary(const struct canon_plan *p, size_t column, const uint8_t *bytes, size_t len, struct buf *out,
                        struct err *e) {
    const struct canon_field *f = &p->fields[column];
    size_t start = out->len;
    struct pass s = {.out = out, .from = bytes, .end = bytes + len, .e = e, .single = true};
    if (len > INT32_MAX) {
        return canon_malformed(e, f, "it is longer than 2 GB");
    }
    if (!buf_reserve(out, len + 16, e)) {
        return err_where(e, "column %s", f->name);
    }
    if (!put_field(&s, f, bytes, len)) {
        out->len = start;
        return false;
    }
    if (!s.wrote) {
        buf_be32(out, (uint32_t)len);
        buf_bytes(out, bytes, len);
    }
    return true;
}

bool canon_key(const struct canon_plan *p, const struct field *fields, const uint16_t *at, size_t n, struct buf *out,
               struct err *e) {
    for (size_t k = 0; k < n; k++) {
        const struct field *f = &fields[at[k]];
        if (!(field_has_bytes(f) ? canon_value_binary(p, k, f->bytes, f->len, out, e) : canon_null(out, e))) {
            return false;
        }
    }
    return true;
}
