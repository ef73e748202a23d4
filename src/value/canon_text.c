/* Text in canonical form, the same bytes canon_binary would give: a line of COPY text of an openGauss, or one value as its type's
 * output prints it, which is the same without escapes. See canon.h. */
#include "value/canon_internal.h"
#include "value/numeric.h"

/* Room a field of n bytes needs at most, but for JSON: numeric's is NUMERIC_ROOM, everything else has a fixed size or n. */
enum { FIELD_ROOM = 128 };

/* ---- escapes ---- */

/* The escapes a server writes; -1 for any other. */
static int unescaped(uint8_t c) {
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'v':
        return '\v';
    case '\\':
        return '\\';
    default:
        return -1;
    }
}

/* Returns behind what was written, at most the field's bytes; NULL: an unknown escape. */
static uint8_t *put_unescaped(uint8_t *w, struct slice s) {
    while (s.p < s.end) {
        size_t left = (size_t)(s.end - s.p);
        const uint8_t *slash = memchr(s.p, '\\', left);
        size_t n = slash != NULL ? (size_t)(slash - s.p) : left;
        memcpy(w, s.p, n);
        w += n;
        s.p += n;
        if (slash == NULL) {
            break;
        }
        int c = left - n >= 2 ? unescaped(s.p[1]) : -1;
        if (c < 0) {
            return NULL;
        }
        *w++ = (uint8_t)c;
        s.p += 2;
    }
    return w;
}

/* ---- fields: what is written at w, length first; NULL: malformed ---- */

static uint8_t *put_plain(uint8_t *w, struct slice s) {
    size_t n = (size_t)(s.end - s.p);
    if (n > 0) {
        memcpy(w, s.p, n);
    }
    return w + n;
}

static uint8_t *put_text(uint8_t *w, const struct canon_field *f, bool escaped, struct slice s) {
    uint8_t *end = escaped ? put_unescaped(w + 4, s) : put_plain(w + 4, s);
    if (end == NULL) {
        return NULL;
    }
    while (f->op == CANON_BLANKS && end > w + 4 && end[-1] == ' ') {
        end--;
    }
    canon_put32(w, (uint32_t)(end - w - 4));
    return end;
}

static int hex_digit(uint8_t c) {
    uint8_t low = c | 0x20;
    return c >= '0' && c <= '9' ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* bytea is \x6162, its backslash escaped in COPY; the blob family 6162, or as bytea for a client named gsql. */
static uint8_t *put_bytes(uint8_t *w, const struct canon_field *f, bool escaped, struct slice s) {
    size_t n = (size_t)(s.end - s.p), head = escaped ? 3 : 2;
    if (n >= head && memcmp(s.p, escaped ? "\\\\x" : "\\x", head) == 0) {
        s.p += head;
        n -= head;
    } else if (f->kind == TK_BYTEA) {
        return NULL;
    }
    if (n % 2 != 0) {
        return NULL;
    }
    w = canon_put32(w, (uint32_t)(n / 2));
    for (; s.p < s.end; s.p += 2) {
        int high = hex_digit(s.p[0]), low = hex_digit(s.p[1]);
        if (high < 0 || low < 0) {
            return NULL;
        }
        *w++ = (uint8_t)(high << 4 | low);
    }
    return w;
}

static uint8_t *put_bits(uint8_t *w, struct slice s) {
    size_t n = (size_t)(s.end - s.p);
    uint8_t byte = 0;
    w = canon_put32(canon_put32(w, (uint32_t)(4 + (n + 7) / 8)), (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        if (s.p[i] != '0' && s.p[i] != '1') {
            return NULL;
        }
        byte = (uint8_t)(byte | (s.p[i] - '0') << (7 - i % 8));
        if (i % 8 == 7 || i + 1 == n) {
            *w++ = byte;
            byte = 0;
        }
    }
    return w;
}

static uint8_t *put_bool(uint8_t *w, struct slice s) {
    if (s.end - s.p != 1 || memchr("tf10", *s.p, 4) == NULL) {
        return NULL;
    }
    w = canon_put32(w, 1);
    *w++ = *s.p == 't' || *s.p == '1';
    return w;
}

static uint8_t *put_int(uint8_t *w, enum target_kind kind, enum dialect d, struct slice s) {
    static const struct {
        uint8_t bytes;
        int64_t lo;
        uint64_t hi;
    } ranges[TK_COUNT] = {
        [TK_INT1] = {1, INT8_MIN, INT8_MAX},
        [TK_INT2] = {2, INT16_MIN, INT16_MAX},
        [TK_INT4] = {4, INT32_MIN, INT32_MAX},
        [TK_INT8] = {8, INT64_MIN, INT64_MAX},
        [TK_UINT1] = {1, 0, UINT8_MAX},
        [TK_UINT2] = {2, 0, UINT16_MAX},
        [TK_UINT4] = {4, 0, UINT32_MAX},
        [TK_UINT8] = {8, 0, UINT64_MAX},
        [TK_YEAR] = {4, 0, 9999},
    };
    if (kind == TK_INT1 && d != DIALECT_OG_B) {
        kind = TK_UINT1; /* tinyint has no sign there */
    }
    uint64_t v;
    if (!canon_parse_int(s, ranges[kind].lo, ranges[kind].hi, &v)) {
        return NULL;
    }
    unsigned n = ranges[kind].bytes;
    w = canon_put32(w, n);
    canon_put64(w, v << (64 - 8 * n)); /* the room is there; what is too much is written over */
    return w + n;
}

static uint8_t *put_float(uint8_t *w, bool is_float32, struct slice s) {
    double d;
    if (!canon_parse_float(s, is_float32, &d)) {
        return NULL;
    }
    if (is_float32) {
        float narrow = (float)d;
        uint32_t bits;
        memcpy(&bits, &narrow, 4);
        return canon_put_float4(w, bits);
    }
    uint64_t bits;
    memcpy(&bits, &d, 8);
    return canon_put_float8(w, bits);
}

static uint8_t *put_interval(uint8_t *w, struct slice s) {
    int64_t micros;
    int32_t days, months;
    return canon_parse_interval(s, &micros, &days, &months) ? canon_put_interval(w, micros, days, months) : NULL;
}

static uint8_t *put_value(uint8_t *w, enum dialect d, const struct canon_field *f, bool escaped, struct slice s) {
    size_t n = 0;
    int32_t days;
    int64_t micros;
    switch (f->kind) {
    case TK_BOOL:
        return put_bool(w, s);
    case TK_INT1:
    case TK_INT2:
    case TK_INT4:
    case TK_INT8:
    case TK_UINT1:
    case TK_UINT2:
    case TK_UINT4:
    case TK_UINT8:
    case TK_YEAR:
        return put_int(w, f->kind, d, s);
    case TK_NUMERIC:
        n = canon_parse_numeric(s, w + 4);
        return n == 0 ? NULL : canon_put32(w, (uint32_t)n) + n;
    case TK_FLOAT4:
    case TK_FLOAT8:
        return put_float(w, f->kind == TK_FLOAT4, s);
    case TK_BIT:
        return put_bits(w, s);
    case TK_TEXT:
        return put_text(w, f, escaped, s);
    case TK_BYTEA:
    case TK_BLOB:
        return put_bytes(w, f, escaped, s);
    case TK_DATE:
        return canon_parse_date(s, d, &days) ? canon_put32(canon_put32(w, 4), (uint32_t)days) : NULL;
    case TK_TIME:
        return canon_parse_time(s, &micros) ? canon_put64(canon_put32(w, 8), (uint64_t)micros) : NULL;
    case TK_INTERVAL:
        return put_interval(w, s);
    case TK_TIMESTAMP:
    case TK_TIMESTAMPTZ:
        return canon_parse_timestamp(s, d, f->kind == TK_TIMESTAMPTZ, &micros)
                   ? canon_put64(canon_put32(w, 8), (uint64_t)micros)
                   : NULL;
    case TK_UUID:
        return canon_parse_uuid(s, w + 4) ? canon_put32(w, 16) + 16 : NULL;
    case TK_INET:
        return canon_parse_inet(s, w + 4, &n) ? canon_put32(w, (uint32_t)n) + n : NULL;
    case TK_JSONB:
    case TK_COUNT:
        break;
    }
    BUG("type %d in text of a target", (int)f->kind);
}

/* JSON with escapes is unescaped into the end of the buffer's memory and read from there. */
static bool put_json(const struct canon_field *f, bool escapes, struct slice s, struct buf *out, struct err *e) {
    size_t n = (size_t)(s.end - s.p), head = out->len;
    bool escaped = escapes && memchr(s.p, '\\', n) != NULL;
    if (!buf_reserve(out, 4 + JSON_GAP + n, e)) {
        return err_where(e, "column %s", f->name);
    }
    if (escaped) {
        uint8_t *copy = out->data + out->cap - n, *end = put_unescaped(copy, s);
        if (end == NULL) {
            return canon_malformed(e, f, "an unknown escape");
        }
        s = (struct slice){copy, end};
    }
    out->len += 4;
    if (!canon_json(s.p, (size_t)(s.end - s.p), escaped, out, e)) {
        return err_where(e, "column %s", f->name);
    }
    size_t len = out->len - head - 4;
    if (len > INT32_MAX) {
        return canon_malformed(e, f, "it is longer than 2 GB");
    }
    canon_put32(out->data + head, (uint32_t)len);
    return true;
}

static bool put_field(const struct canon_plan *p, const struct canon_field *f, bool escaped, struct slice s,
                      struct buf *out, struct err *e) {
    size_t n = (size_t)(s.end - s.p);
    if (n > INT32_MAX) {
        return canon_malformed(e, f, "it is longer than 2 GB");
    }
    if (escaped && n == 2 && s.p[0] == '\\' && s.p[1] == 'N') {
        return canon_null(out, e);
    }
    if (f->is_json) {
        return put_json(f, escaped, s, out, e);
    }
    if (!buf_reserve(out, n + FIELD_ROOM, e)) {
        return err_where(e, "column %s", f->name);
    }
    uint8_t *w = put_value(out->data + out->len, p->dialect, f, escaped, s);
    if (w == NULL) {
        return canon_malformed(e, f, "its text is not of the known form");
    }
    out->len = (size_t)(w - out->data);
    return true;
}

static bool put_line(const struct canon_plan *p, struct slice line, struct buf *out, struct err *e) {
    for (size_t i = 0; i < p->n; i++) {
        const struct canon_field *f = &p->fields[i];
        bool last = i + 1 == p->n;
        const uint8_t *tab = memchr(line.p, '\t', (size_t)(line.end - line.p));
        if ((tab == NULL) != last) {
            return canon_malformed(e, f, last ? "the line goes on behind it" : "the line ends with it");
        }
        struct slice field = {line.p, last ? line.end : tab};
        if (!put_field(p, f, true, field, out, e)) {
            return false;
        }
        line.p = last ? line.end : tab + 1;
    }
    return line.p == line.end || err_set(e, ERR_TARGET_PROTOCOL, "a line of a table without columns is not empty");
}

bool canon_text(const struct canon_plan *p, const uint8_t *line, size_t len, struct buf *out, struct err *e) {
    size_t start = out->len;
    if (put_line(p, (struct slice){line, line + len}, out, e)) {
        return true;
    }
    out->len = start;
    return false;
}

bool canon_null(struct buf *out, struct err *e) {
    if (!buf_reserve(out, 4, e)) {
        return false;
    }
    buf_be32(out, NULL_FIELD);
    return true;
}

bool canon_value_text(const struct canon_plan *p, size_t column, const uint8_t *text, size_t len, struct buf *out,
                      struct err *e) {
    size_t start = out->len;
    if (put_field(p, &p->fields[column], false, (struct slice){text, text + len}, out, e)) {
        return true;
    }
    out->len = start;
    return false;
}
