/* JSON to canonical text in one pass: blanks go, strings become plain UTF-8, numbers their shortest form. See canon.h.
 *
 * Keys are compared as canonical text, with what is escaped there. MySQL and jsonb send them in this order, so sorting
 * (canon_sort.c) is for objects a person typed. */
#include "value/canon_internal.h"
#include "value/text_scan.h"

/* MySQL nests 100 levels. SLACK: bytes that may be written without asking, over what the rest of the text takes. */
enum { DEPTH_MAX = 128, SLACK = 64 };

struct level {
    size_t start;   /* of the members, in out */
    size_t key;     /* of the last key's text, behind its quote */
    size_t key_len; /* SIZE_MAX: no key yet */
    size_t members;
    bool is_object;
    bool is_unsorted;
};

struct json {
    const uint8_t *p, *end;
    uint8_t *w;
    struct buf *out;
    struct err *e;
    bool inside; /* p..end is in out's memory */
    size_t depth;
    struct level levels[DEPTH_MAX];
};

static bool not_json(struct json *j, const char *what) {
    return err_set(j->e, ERR_TARGET_PROTOCOL, "a JSON value cannot be read: %s", what);
}

/* ---- room ---- */

static bool grow(struct json *j, size_t more) {
    struct buf *b = j->out;
    size_t left = (size_t)(j->end - j->p);
    size_t at = j->inside ? (size_t)(j->p - b->data) : 0, used = (size_t)(j->w - b->data);
    b->len = used;
    if (!j->inside) {
        if (!buf_grow(b, left + more + SLACK, j->e)) {
            return false;
        }
    } else {
        /* as many bytes between the two as the text has left, so that moving it stays rare */
        if (!buf_grow(b, b->cap - used + left + more + SLACK, j->e)) {
            return false;
        }
        memmove(b->data + b->cap - left, b->data + at, left);
        j->p = b->data + b->cap - left;
        j->end = b->data + b->cap;
    }
    j->w = b->data + used;
    return true;
}

/* Before `more` bytes are written than are read. May move everything. */
static inline bool room(struct json *j, size_t more) {
    size_t has = j->inside ? (size_t)(j->p - j->w) : j->out->cap - (size_t)(j->w - j->out->data);
    size_t need = more + SLACK + (j->inside ? 0 : (size_t)(j->end - j->p));
    return has >= need || grow(j, more);
}

/* ---- strings ---- */

static uint8_t *put_utf8(uint8_t *w, unsigned c) {
    if (c < 0x80) {
        *w++ = (uint8_t)c;
    } else if (c < 0x800) {
        *w++ = (uint8_t)(0xc0 | c >> 6);
        *w++ = (uint8_t)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *w++ = (uint8_t)(0xe0 | c >> 12);
        *w++ = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        *w++ = (uint8_t)(0x80 | (c & 0x3f));
    } else {
        *w++ = (uint8_t)(0xf0 | c >> 18);
        *w++ = (uint8_t)(0x80 | (c >> 12 & 0x3f));
        *w++ = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        *w++ = (uint8_t)(0x80 | (c & 0x3f));
    }
    return w;
}

static uint8_t *put_unicode_escape(uint8_t *w, unsigned c) {
    static const char hex[] = "0123456789abcdef";
    *w++ = '\\';
    *w++ = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
        *w++ = (uint8_t)hex[c >> shift & 15];
    }
    return w;
}

static int hex4(const uint8_t *p, const uint8_t *end) {
    int v = 0;
    if (end - p < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        uint8_t low = p[i] | 0x20;
        int d = p[i] >= '0' && p[i] <= '9' ? p[i] - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
        if (d < 0) {
            return -1;
        }
        v = v * 16 + d;
    }
    return v;
}

/* \uXXXX at p, or two of them that are one character. 0: malformed; else the bytes read. */
static size_t read_unicode(const uint8_t *p, const uint8_t *end, unsigned *c) {
    int first = end - p >= 6 ? hex4(p + 2, end) : -1;
    if (first < 0) {
        return 0;
    }
    *c = (unsigned)first;
    if (first >= 0xd800 && first <= 0xdbff && end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
        int second = hex4(p + 8, end);
        if (second >= 0xdc00 && second <= 0xdfff) {
            *c = 0x10000 + ((unsigned)(first - 0xd800) << 10) + (unsigned)(second - 0xdc00);
            return 12;
        }
    }
    return 6;
}

/* At a backslash. */
static bool escape(struct json *j) {
    unsigned c;
    size_t n = 2;
    if (!room(j, 4)) {
        return false;
    }
    if (j->end - j->p < 2) {
        return not_json(j, "a string has no end");
    }
    switch (j->p[1]) {
    case '"':
    case '\\':
    case '/':
        c = j->p[1];
        break;
    case 'b':
        c = '\b';
        break;
    case 'f':
        c = '\f';
        break;
    case 'n':
        c = '\n';
        break;
    case 'r':
        c = '\r';
        break;
    case 't':
        c = '\t';
        break;
    case 'u':
        n = read_unicode(j->p, j->end, &c);
        if (n == 0) {
            return not_json(j, "\\u without four hex digits");
        }
        break;
    default:
        return not_json(j, "an unknown escape in a string");
    }
    if (c == '"' || c == '\\') {
        *j->w++ = '\\';
        *j->w++ = (uint8_t)c;
    } else if (c < 0x20 || (c >= 0xd800 && c <= 0xdfff)) {
        j->w = put_unicode_escape(j->w, c); /* half a pair is no UTF-8 */
    } else {
        j->w = put_utf8(j->w, c);
    }
    j->p += n;
    return true;
}

/* The first byte of a block that ends plain text; 16: none. Blocks are read as little endian. */
static inline unsigned first_special(v16 v) {
    v16 hit = (v16)(v == '"') | (v16)(v == '\\') | (v16)(v < 0x20);
    uint64_t half[2];
    memcpy(half, &hit, 16);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    half[0] = __builtin_bswap64(half[0]);
    half[1] = __builtin_bswap64(half[1]);
#endif
    return half[0] != 0   ? (unsigned)__builtin_ctzll(half[0]) / 8
           : half[1] != 0 ? 8 + (unsigned)__builtin_ctzll(half[1]) / 8
                          : 16;
}

/* At the quote that opens it. */
static bool string(struct json *j) {
    *j->w++ = *j->p++;
    for (;;) {
        const uint8_t *p = j->p, *end = j->end;
        uint8_t *w = j->w;
        unsigned plain = 16;
        while (end - p >= 16 && plain == 16) {
            v16 v = v16_load(p);
            memcpy(w, &v, 16); /* what is too much is written over */
            plain = first_special(v);
            p += plain;
            w += plain;
        }
        while (p < end && *p != '"' && *p != '\\' && *p >= 0x20) {
            *w++ = *p++;
        }
        j->p = p;
        j->w = w;
        if (p == end) {
            return not_json(j, "a string has no end");
        }
        if (*p == '"') {
            *j->w++ = '"';
            j->p++;
            return true;
        }
        if (*p != '\\') {
            return not_json(j, "a control character in a string");
        }
        if (!escape(j)) {
            return false;
        }
    }
}

static bool number(struct json *j) {
    if (!room(j, JSON_NUMBER_GROWTH)) {
        return false;
    }
    const char *wrong = canon_json_number(&j->p, j->end, &j->w);
    return wrong == NULL || not_json(j, wrong);
}

/* ---- documents ---- */

static inline void skip_blanks(struct json *j) {
    while (j->p < j->end && (*j->p == ' ' || *j->p == '\n' || *j->p == '\t' || *j->p == '\r')) {
        j->p++;
    }
}

static bool word(struct json *j, const char *text, size_t n) {
    if ((size_t)(j->end - j->p) < n || memcmp(j->p, text, n) != 0) {
        return not_json(j, "neither a value nor true, false or null");
    }
    memcpy(j->w, text, n);
    j->w += n;
    j->p += n;
    return true;
}

/* Is the key just written, key..w without its quotes, behind the last one of its object? */
static bool in_order(const struct json *j, const struct level *l, size_t key, size_t len) {
    if (l->key_len == SIZE_MAX || len != l->key_len) {
        return l->key_len == SIZE_MAX || len > l->key_len;
    }
    return memcmp(j->out->data + l->key, j->out->data + key, len) < 0;
}

/* At a key or what should be one, up to behind its colon. */
static bool key(struct json *j) {
    struct level *l = &j->levels[j->depth - 1];
    skip_blanks(j);
    if (j->p == j->end || *j->p != '"') {
        return not_json(j, "an object without a key where one should be");
    }
    size_t at = (size_t)(j->w - j->out->data) + 1;
    if (!string(j)) {
        return false;
    }
    size_t len = (size_t)(j->w - j->out->data) - at - 1;
    if (!in_order(j, l, at, len)) {
        l->is_unsorted = true;
    }
    l->key = at;
    l->key_len = len;
    l->members++;
    skip_blanks(j);
    if (j->p == j->end || *j->p != ':') {
        return not_json(j, "a key without a value");
    }
    *j->w++ = *j->p++;
    return true;
}

static bool open(struct json *j, bool is_object) {
    if (j->depth == DEPTH_MAX) {
        return not_json(j, "it is nested deeper than 128 levels");
    }
    *j->w++ = *j->p++;
    j->levels[j->depth++] =
        (struct level){.start = (size_t)(j->w - j->out->data), .key_len = SIZE_MAX, .is_object = is_object};
    return true;
}

/* Members of the object that ends here: once it is known that their keys are out of order. */
static bool sort(struct json *j, const struct level *l) {
    size_t start = l->start, len = (size_t)(j->w - j->out->data) - start;
    if (len > UINT32_MAX) {
        return not_json(j, "an object of more than 4 GB");
    }
    if (!room(j, canon_sort_room(l->members, len))) {
        return false;
    }
    j->w = j->out->data + start + canon_sort_members(j->out->data + start, len, l->members, j->w);
    return true;
}

/* What follows a value: *more is set when another value, or member, is to be read. False: malformed. */
static bool after_value(struct json *j, bool *more) {
    *more = false;
    while (j->depth > 0) {
        struct level *l = &j->levels[j->depth - 1];
        skip_blanks(j);
        if (j->p == j->end) {
            return not_json(j, "it ends too early");
        }
        if (*j->p == ',') {
            *j->w++ = *j->p++;
            *more = true;
            return !l->is_object || key(j);
        }
        if (*j->p != (l->is_object ? '}' : ']')) {
            return not_json(j, "neither a comma nor an end where one should be");
        }
        if (l->is_unsorted && !sort(j, l)) {
            return false;
        }
        *j->w++ = *j->p++;
        j->depth--;
    }
    skip_blanks(j);
    return j->p == j->end || not_json(j, "something follows it");
}

/* *more: it is an array or object whose first value is to be read. */
static bool value(struct json *j, bool *more) {
    skip_blanks(j);
    *more = false;
    if (j->p == j->end) {
        return not_json(j, "it ends too early");
    }
    switch (*j->p) {
    case '"':
        return string(j);
    case 't':
        return word(j, "true", 4);
    case 'f':
        return word(j, "false", 5);
    case 'n':
        return word(j, "null", 4);
    case '{':
    case '[': {
        bool is_object = *j->p == '{';
        if (!open(j, is_object)) {
            return false;
        }
        skip_blanks(j);
        if (j->p < j->end && *j->p == (is_object ? '}' : ']')) {
            *j->w++ = *j->p++;
            j->depth--;
            return true;
        }
        *more = true;
        return !is_object || key(j);
    }
    default:
        if (*j->p == '-' || (*j->p >= '0' && *j->p <= '9')) {
            return number(j);
        }
        return not_json(j, "neither a value nor true, false or null");
    }
}

bool canon_json(const uint8_t *text, size_t n, bool inside, struct buf *out, struct err *e) {
    struct json j; /* its levels are set as they are opened */
    j.p = text;
    j.end = text + n;
    j.w = out->data + out->len;
    j.out = out;
    j.e = e;
    j.inside = inside;
    j.depth = 0;
    bool more = true;
    if (!room(&j, 0)) {
        return false;
    }
    while (more) {
        if (!value(&j, &more) || (!more && !after_value(&j, &more))) {
            return false;
        }
    }
    out->len = (size_t)(j.w - out->data);
    return true;
}
