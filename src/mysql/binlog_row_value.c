/* Values of row images as the binary protocol sends them. See binlog_row_internal.h. */
#include <arpa/inet.h>

#include <zlib.h>

#include "mysql/binlog_decimal.h"
#include "mysql/binlog_row_internal.h"
#include "mysql/jsonb.h"
#include "value/text_scan.h"

/* ---- strings ---- */

enum { LENGTH_MAX = 9 };

static size_t length_bytes(size_t n) {
    return n < 0xfb ? 1 : n <= 0xffff ? 3 : n <= 0xffffff ? 4 : 9;
}

static void put_le(struct buf *b, uint64_t v, size_t n) {
    for (size_t i = 0; i < n; i++) {
        buf_u8(b, (uint8_t)(v >> 8 * i));
    }
}

static void put_length(struct buf *b, size_t n) {
    switch (length_bytes(n)) {
    case 1:
        buf_u8(b, (uint8_t)n);
        break;
    case 3:
        buf_u8(b, 0xfc);
        put_le(b, n, 2);
        break;
    case 4:
        buf_u8(b, 0xfd);
        put_le(b, n, 3);
        break;
    default:
        buf_u8(b, 0xfe);
        put_le(b, n, 8);
        break;
    }
}

bool put_string(struct value_out *o, const uint8_t *p, size_t n, struct err *e) {
    if (!buf_reserve(o->row, LENGTH_MAX + n + o->fixed_bytes, e)) {
        return false;
    }
    put_length(o->row, n);
    buf_bytes(o->row, p, n);
    return true;
}

bool put_length_before(struct value_out *o, size_t from, struct err *e) {
    size_t n = o->row->len - from, head = length_bytes(n);
    if (!buf_reserve(o->row, LENGTH_MAX + o->fixed_bytes, e)) {
        return false;
    }
    memmove(o->row->data + from + head, o->row->data + from, n);
    o->row->len = from;
    put_length(o->row, n);
    o->row->len += n;
    return true;
}

/* Text of a column's character set. Most is short, so its length is taken to need one byte. */
static bool put_text(const struct charset *cs, const uint8_t *p, size_t n, struct value_out *o, struct err *e) {
    if (!buf_reserve(o->row, LENGTH_MAX + charset_room(n) + o->fixed_bytes, e)) {
        return false;
    }
    size_t at = o->row->len++;
    charset_put(cs, p, n, o->row);
    size_t made = o->row->len - at - 1;
    if (made < 0xfb) {
        o->row->data[at] = (uint8_t)made;
        return true;
    }
    memmove(o->row->data + at + length_bytes(made), o->row->data + at + 1, made);
    o->row->len = at;
    put_length(o->row, made);
    o->row->len += made;
    return true;
}

static bool put_padded(const struct row_field *f, const uint8_t *p, size_t n, struct value_out *o, struct err *e) {
    size_t zeros = f->size > n ? f->size - n : 0;
    if (!buf_reserve(o->row, LENGTH_MAX + n + zeros + o->fixed_bytes, e)) {
        return false;
    }
    put_length(o->row, n + zeros);
    buf_bytes(o->row, p, n);
    memset(o->row->data + o->row->len, 0, zeros);
    o->row->len += zeros;
    return true;
}

/* ---- MariaDB's COMPRESSED columns ----
 *   0x00 | bytes as they are
 *   method 8 << 4 | no zlib header 8 | bytes of the length 1..4 | length, big-endian | deflated bytes */
enum { PACKED_PLAIN = 0x00, PACKED_METHOD = 0xf0, PACKED_ZLIB = 0x80, PACKED_RAW = 0x08, PACKED_LENGTH = 0x07 };

static bool inflate_raw(const uint8_t *p, size_t n, bool raw, uint8_t *to, size_t plain) {
    z_stream z = {.next_in = (Bytef *)(uintptr_t)p, .avail_in = (uInt)n, .next_out = to, .avail_out = (uInt)plain};
    if (inflateInit2(&z, raw ? -MAX_WBITS : MAX_WBITS) != Z_OK) {
        return false;
    }
    int rc = inflate(&z, Z_FINISH);
    bool ok = rc == Z_STREAM_END && z.total_out == plain;
    inflateEnd(&z);
    return ok;
}

static bool unpack(const uint8_t *p, size_t n, struct buf *out, struct err *e) {
    size_t lengths = p[0] & PACKED_LENGTH, plain = 0;
    if ((p[0] & PACKED_METHOD) != PACKED_ZLIB || lengths < 1 || lengths > 4 || n < 1 + lengths) {
        return false;
    }
    for (size_t i = 1; i <= lengths; i++) {
        plain = plain << 8 | p[i];
    }
    if (plain / 1100 > n || !buf_reserve(out, plain > 0 ? plain : 1, e) ||
        !inflate_raw(p + 1 + lengths, n - 1 - lengths, (p[0] & PACKED_RAW) != 0, out->data, plain)) {
        return false;
    }
    out->len = plain;
    return true;
}

static bool put_packed(const struct row_field *f, const uint8_t *p, size_t n, struct value_out *o, struct err *e) {
    buf_reset(o->scratch);
    if (n > 0 && p[0] == PACKED_PLAIN) {
        p++;
        n--;
    } else if (n > 0) {
        if (!unpack(p, n, o->scratch, e)) {
            return false;
        }
        p = o->scratch->data;
        n = o->scratch->len;
    }
    return f->charset != NULL ? put_text(f->charset, p, n, o, e) : put_string(o, p, n, e);
}

/* ---- labels ---- */

static uint64_t read_le(const uint8_t *p, size_t n) {
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) {
        v |= (uint64_t)p[i] << 8 * i;
    }
    return v;
}

static bool put_enum(const struct row_field *f, const uint8_t *p, size_t n, struct value_out *o, struct err *e) {
    uint64_t index = read_le(p, n);
    if (index > f->nlabels) {
        return false;
    }
    /* 0 is the error value, '' */
    return index == 0 ? put_string(o, NULL, 0, e)
                      : put_string(o, f->labels[index - 1].text, f->labels[index - 1].len, e);
}

static bool put_set(const struct row_field *f, const uint8_t *p, size_t n, struct value_out *o, struct err *e) {
    uint64_t bits = read_le(p, n);
    size_t from = o->row->len;
    bool first = true;
    if (f->nlabels < 64 && bits >> f->nlabels != 0) {
        return false;
    }
    for (size_t i = 0; bits != 0; i++, bits >>= 1) {
        if ((bits & 1) == 0) {
            continue;
        }
        if (!buf_reserve(o->row, f->labels[i].len + 1 + o->fixed_bytes, e)) {
            return false;
        }
        if (!first) {
            buf_u8(o->row, ',');
        }
        buf_bytes(o->row, f->labels[i].text, f->labels[i].len);
        first = false;
    }
    return put_length_before(o, from, e);
}

/* ---- others ---- */

static bool put_json(const uint8_t *p, size_t n, struct value_out *o, struct err *e) {
    size_t from = o->row->len;
    return jsonb_print(p, n, o->row, e) && put_length_before(o, from, e);
}

static bool put_decimal(const struct row_field *f, const uint8_t *p, struct buf *row) {
    char text[DECIMAL_TEXT_MAX];
    size_t n = decimal_print(p, f->precision, f->scale, f->zerofill, text);
    buf_u8(row, (uint8_t)n);
    buf_bytes(row, text, n);
    return n > 0;
}

/* Fixed sizes with the zeros at their end cut off, as BINARY. */
static bool widen(const uint8_t *p, size_t n, uint8_t *to, size_t size) {
    if (n > size) {
        return false;
    }
    memset(to, 0, size);
    memcpy(to, p, n);
    return true;
}

static bool put_uuid(const uint8_t *p, size_t n, struct buf *row) {
    uint8_t b[16];
    if (!widen(p, n, b, sizeof b)) {
        return false;
    }
    char text[37];
    snprintf(text, sizeof text, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    buf_u8(row, sizeof text - 1);
    buf_bytes(row, text, sizeof text - 1);
    return true;
}

static bool put_address(int family, const uint8_t *p, size_t n, struct buf *row) {
    uint8_t b[16];
    char text[INET6_ADDRSTRLEN];
    if (!widen(p, n, b, family == AF_INET ? 4 : 16) || inet_ntop(family, b, text, sizeof text) == NULL) {
        return false;
    }
    buf_u8(row, (uint8_t)strlen(text));
    buf_bytes(row, text, strlen(text));
    return true;
}

static void put_int24(const struct row_field *f, const uint8_t *p, struct buf *row) {
    uint32_t v = get_le24(p);
    if (!f->is_unsigned) {
        v = (uint32_t)((int32_t)(v << 8) >> 8);
    }
    put_le(row, v, 4);
}

bool field_put(const struct row_field *f, const uint8_t *p, size_t n, struct value_out *o, struct err *e) {
    switch ((enum field_op)f->op) {
    case FIELD_COPY1:
    case FIELD_COPY2:
    case FIELD_COPY4:
    case FIELD_COPY8:
        buf_bytes(o->row, p, n);
        return true;
    case FIELD_INT24:
        put_int24(f, p, o->row);
        return true;
    case FIELD_YEAR:
        put_le(o->row, p[0] == 0 ? 0 : 1900u + p[0], 2);
        return true;
    case FIELD_DECIMAL:
        return put_decimal(f, p, o->row);
    case FIELD_BIT:
        buf_u8(o->row, (uint8_t)n);
        buf_bytes(o->row, p, n);
        return f->size % 8 == 0 || p[0] >> f->size % 8 == 0;
    case FIELD_BYTES:
        return put_string(o, p, n, e);
    case FIELD_BYTES_PAD:
        return put_padded(f, p, n, o, e);
    case FIELD_TEXT:
        return put_text(f->charset, p, n, o, e);
    case FIELD_PACKED:
        return put_packed(f, p, n, o, e);
    case FIELD_ENUM:
        return put_enum(f, p, n, o, e);
    case FIELD_SET:
        return put_set(f, p, n, o, e);
    case FIELD_JSON:
        return put_json(p, n, o, e);
    case FIELD_UUID:
        return put_uuid(p, n, o->row);
    case FIELD_INET4:
        return put_address(AF_INET, p, n, o->row);
    case FIELD_INET6:
        return put_address(AF_INET6, p, n, o->row);
    default:
        return field_put_time(f, p, o->row);
    }
}
