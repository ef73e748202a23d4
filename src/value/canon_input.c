/* Fields of COPY binary as the text their types take for input. See canon.h. */
#include "value/canon_internal.h"

static bool put_bytes(const struct canon_plan *p, const struct canon_field *f, const uint8_t *v, size_t n,
                      struct buf *out, struct err *e) {
    static const char digits[] = "0123456789abcdef";
    bool bare = f->kind == TK_BLOB && p->dialect != DIALECT_OG_B; /* blob of a PG or A database is '6162' */
    if (!buf_reserve(out, 2 * n + 2, e)) {
        return false;
    }
    if (!bare) {
        buf_bytes(out, "\\x", 2);
    }
    for (size_t i = 0; i < n; i++) {
        buf_u8(out, (uint8_t)digits[v[i] >> 4]);
        buf_u8(out, (uint8_t)digits[v[i] & 15]);
    }
    return true;
}

/* Zero dates have their own canonical form, which is printed as what they are. */
static const uint8_t *zero_date(const struct canon_plan *p, const struct canon_field *f, const uint8_t *v, size_t n,
                                uint8_t zero[8]) {
    bool b = p->dialect == DIALECT_OG_B;
    if (b && f->kind == TK_DATE && n == 4 && (int32_t)get_be32(v) == B_ZERO_DATE) {
        canon_put32(zero, (uint32_t)INT32_MIN);
        return zero;
    }
    if (b && (f->kind == TK_TIMESTAMP || f->kind == TK_TIMESTAMPTZ) && n == 8 &&
        (int64_t)get_be64(v) == B_ZERO_TIMESTAMP) {
        canon_put64(zero, (uint64_t)INT64_MIN);
        return zero;
    }
    return v;
}

bool canon_needs_text(const struct canon_plan *p, size_t column, const uint8_t *field, size_t len) {
    static const int32_t first_day = -730119; /* 0001-01-01 */
    const struct canon_field *f = &p->fields[column];
    if (p->dialect != DIALECT_OG_B) {
        return false;
    }
    if (f->kind == TK_DATE && len == 4) {
        return (int32_t)get_be32(field) < first_day;
    }
    return (f->kind == TK_TIMESTAMP || f->kind == TK_TIMESTAMPTZ) && len == 8 &&
           (int64_t)get_be64(field) < first_day * MICROS_PER_DAY;
}

bool canon_input(const struct canon_plan *p, size_t column, const uint8_t *field, size_t len, struct buf *out,
                 struct err *e) {
    const struct canon_field *f = &p->fields[column];
    char text[128];
    uint8_t zero[8];
    struct sink s = {.text = text, .cap = sizeof text};
    switch (f->kind) {
    case TK_TEXT:
        return buf_put(out, field, len, e);
    case TK_JSONB:
        return len > 0 ? buf_put(out, field + 1, len - 1, e) : canon_malformed(e, f, "it has no version");
    case TK_BYTEA:
    case TK_BLOB:
        return put_bytes(p, f, field, len, out, e);
    default:
        break;
    }
    field = zero_date(p, f, field, len, zero);
    if (!canon_print(&s, p, f, field, len)) {
        return canon_malformed(e, f, "it has another length than its type's");
    }
    if (f->kind == TK_YEAR && s.n == 1 && text[0] == '0') {
        return buf_put(out, "0000", 4, e); /* 0 would be 2000 */
    }
    if (s.n <= sizeof text) {
        return buf_put(out, text, s.n, e);
    }
    if (!buf_reserve(out, s.n, e)) { /* numerics of many digits */
        return false;
    }
    s = (struct sink){.text = (char *)out->data + out->len, .cap = s.n};
    canon_print(&s, p, f, field, len);
    out->len += s.n;
    return true;
}
