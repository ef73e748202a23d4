/* Binary JSON: finding values, printing documents. See jsonb.h and jsonb_read.h. */
#include "mysql/jsonb.h"

#include "mysql/jsonb_read.h"

enum { SMALL_HEAD = 4, LARGE_HEAD = 8, SMALL_KEY = 4, LARGE_KEY = 6, SMALL_VALUE = 3, LARGE_VALUE = 5 };

bool jsonb_malformed(struct err *e) {
    return err_set(e, ERR_SOURCE_BINLOG, "a JSON document in the binlog cannot be read");
}

/* ---- finding values ---- */

static uint32_t number_at(const struct jsonb *c, size_t at) {
    return c->large ? get_le32(c->p + at) : get_le16(c->p + at);
}

static size_t width(const struct jsonb *c) {
    return c->large ? 4 : 2;
}

static size_t keys_at(const struct jsonb *c) {
    return c->large ? LARGE_HEAD : SMALL_HEAD;
}

static size_t values_at(const struct jsonb *c) {
    return keys_at(c) + (c->object ? (size_t)c->elements * (c->large ? LARGE_KEY : SMALL_KEY) : 0);
}

static bool open_container(struct jsonb *c) {
    c->large = c->type == JSONB_LARGE_OBJECT || c->type == JSONB_LARGE_ARRAY;
    c->object = c->type == JSONB_SMALL_OBJECT || c->type == JSONB_LARGE_OBJECT;
    if (c->n < keys_at(c)) {
        return false;
    }
    c->elements = number_at(c, 0);
    size_t bytes = number_at(c, width(c));
    if (bytes > c->n) {
        return false;
    }
    c->n = bytes;
    return values_at(c) + (size_t)c->elements * (c->large ? LARGE_VALUE : SMALL_VALUE) <= c->n;
}

/* Seven bits a byte, the lowest first, the top bit telling that more follows. */
static bool open_data(struct jsonb *v, size_t head) {
    uint64_t length = 0;
    size_t at = head;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        if (at >= v->n) {
            return false;
        }
        uint8_t byte = v->p[at++];
        length |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            v->data = v->p + at;
            v->data_len = (size_t)length;
            return length <= v->n - at;
        }
    }
    return false;
}

bool jsonb_open(uint8_t type, const uint8_t *p, size_t n, struct jsonb *out) {
    *out = (struct jsonb){.type = type, .p = p, .n = n};
    switch (type) {
    case JSONB_SMALL_OBJECT:
    case JSONB_LARGE_OBJECT:
    case JSONB_SMALL_ARRAY:
    case JSONB_LARGE_ARRAY:
        return open_container(out);
    case JSONB_LITERAL:
        return n >= 1;
    case JSONB_INT16:
    case JSONB_UINT16:
        return n >= 2;
    case JSONB_INT32:
    case JSONB_UINT32:
        return n >= 4;
    case JSONB_INT64:
    case JSONB_UINT64:
    case JSONB_DOUBLE:
        return n >= 8;
    case JSONB_STRING:
        return open_data(out, 0);
    case JSONB_OPAQUE:
        out->field_type = n > 0 ? p[0] : 0;
        return open_data(out, 1);
    default:
        return false;
    }
}

bool jsonb_open_document(const uint8_t *p, size_t n, struct jsonb *out) {
    static const uint8_t null = 0;
    return n == 0 ? jsonb_open(JSONB_LITERAL, &null, 1, out) : jsonb_open(p[0], p + 1, n - 1, out);
}

/* Values that are not longer than an offset stand in its place. */
static bool is_inline(const struct jsonb *c, uint8_t type) {
    return type == JSONB_LITERAL || type == JSONB_INT16 || type == JSONB_UINT16 ||
           (c->large && (type == JSONB_INT32 || type == JSONB_UINT32));
}

bool jsonb_element(const struct jsonb *c, uint32_t i, struct jsonb *out) {
    size_t entry = values_at(c) + (size_t)i * (c->large ? LARGE_VALUE : SMALL_VALUE);
    uint8_t type = c->p[entry];
    if (is_inline(c, type)) {
        return jsonb_open(type, c->p + entry + 1, width(c), out);
    }
    size_t at = number_at(c, entry + 1);
    /* Behind the entries: a value never holds itself. */
    return at >= values_at(c) && at < c->n && jsonb_open(type, c->p + at, c->n - at, out);
}

bool jsonb_key(const struct jsonb *c, uint32_t i, const uint8_t **key, size_t *len) {
    size_t entry = keys_at(c) + (size_t)i * (c->large ? LARGE_KEY : SMALL_KEY);
    size_t at = number_at(c, entry);
    *len = get_le16(c->p + entry + width(c));
    *key = c->p + at;
    return at <= c->n && *len <= c->n - at;
}

/* ---- printing ---- */

static bool print_container(const struct jsonb *c, int depth, struct buf *out, struct err *e) {
    if (depth > JSONB_DEPTH_MAX) {
        return jsonb_malformed(e);
    }
    if (!buf_put(out, c->object ? "{" : "[", 1, e)) {
        return false;
    }
    for (uint32_t i = 0; i < c->elements; i++) {
        struct jsonb element;
        const uint8_t *key;
        size_t len;
        if (i > 0 && !buf_put(out, ", ", 2, e)) {
            return false;
        }
        if (c->object) {
            if (!jsonb_key(c, i, &key, &len)) {
                return jsonb_malformed(e);
            }
            if (!jsonb_print_string(key, len, out, e) || !buf_put(out, ": ", 2, e)) {
                return false;
            }
        }
        if (!jsonb_element(c, i, &element)) {
            return jsonb_malformed(e);
        }
        if (!jsonb_print_value(&element, depth, out, e)) {
            return false;
        }
    }
    return buf_put(out, c->object ? "}" : "]", 1, e);
}

bool jsonb_print_value(const struct jsonb *v, int depth, struct buf *out, struct err *e) {
    return jsonb_is_container(v) ? print_container(v, depth + 1, out, e) : jsonb_print_scalar(v, out, e);
}

bool jsonb_print(const uint8_t *document, size_t len, struct buf *out, struct err *e) {
    struct jsonb v;
    if (!jsonb_open_document(document, len, &v)) {
        return jsonb_malformed(e);
    }
    return jsonb_print_value(&v, 0, out, e);
}
