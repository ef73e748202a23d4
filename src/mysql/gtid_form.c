/* GTIDs and sets of them as text and as bytes. See gtid.h.
 *
 * Bytes, integers little-endian, `end` behind the last number:
 *   sources 8 | { uuid 16 | intervals 8 | { first 8 | end 8 } }
 *   01 sources 6 01 | { uuid 16 | tag length * 2 1 | tag | intervals 8 | { first 8 | end 8 } }      one of them has a tag */
#include <stdlib.h>

#include "mysql/gtid.h"
#include "mysql/reader.h"

enum { TEXT_SHOWN_BYTES = 100, TAGGED = 1 };

static bool refuse(struct err *e, const char *text) {
    return err_set(e, ERR_POSITION, "\"%.*s\" cannot be read as GTIDs of MySQL (uuid:1-5)", TEXT_SHOWN_BYTES, text);
}

/* ---- reading text ---- */

static const char *skip_blanks(const char *p) {
    while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r') {
        p++;
    }
    return p;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* 8-4-4-4-12 digits. Behind them, or NULL. */
static const char *read_uuid(const char *p, uint8_t uuid[GTID_UUID_BYTES]) {
    for (int i = 0; i < GTID_UUID_BYTES; i++) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && *p++ != '-') {
            return NULL;
        }
        int high = hex_digit(p[0]), low = high < 0 ? -1 : hex_digit(p[1]);
        if (low < 0) {
            return NULL;
        }
        uuid[i] = (uint8_t)(high << 4 | low);
        p += 2;
    }
    return p;
}

static const char *read_number(const char *p, int64_t *out) {
    if (*p < '0' || *p > '9') {
        return NULL;
    }
    *out = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        int64_t digit = *p - '0';
        if (*out > (GTID_NUMBER_MAX - digit) / 10) {
            return NULL;
        }
        *out = *out * 10 + digit;
    }
    return *out > 0 ? p : NULL;
}

bool gtid_take_tag(struct gtid_source *source, const void *tag, size_t len) {
    const char *p = tag;
    if (len > GTID_TAG_MAX) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        char c = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] - 'A' + 'a') : p[i];
        if (c != '_' && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9')) {
            return false;
        }
        source->tag[i] = c;
    }
    source->tag[len] = '\0';
    return true;
}

static const char *read_tag(const char *p, struct gtid_source *source) {
    size_t n = 0;
    while (p[n] == '_' || (p[n] >= '0' && p[n] <= '9') || (p[n] >= 'a' && p[n] <= 'z') ||
           (p[n] >= 'A' && p[n] <= 'Z')) {
        n++;
    }
    return n > 0 && gtid_take_tag(source, p, n) ? p + n : NULL;
}

/* A tag or an interval behind a colon. Behind it, or NULL; *range tells which it was. */
static const char *read_part(const char *p, struct gtid_source *source, struct gtid_interval *i, bool *range) {
    *range = *p >= '0' && *p <= '9';
    if (!*range) {
        return read_tag(p, source);
    }
    p = read_number(p, &i->first);
    if (p == NULL) {
        return NULL;
    }
    i->last = i->first;
    p = skip_blanks(p);
    return *p == '-' ? read_number(skip_blanks(p + 1), &i->last) : p;
}

/* One uuid with all that follows it, into s. */
static const char *read_source(struct gtid_set *s, const char *text, struct err *e) {
    struct gtid_source source = {0};
    const char *p = read_uuid(text, source.uuid);
    bool range = false;
    p = p != NULL ? skip_blanks(p) : NULL;
    while (p != NULL && *p == ':') {
        struct gtid_interval i;
        p = read_part(skip_blanks(p + 1), &source, &i, &range);
        if (p == NULL) {
            break;
        }
        /* As in MySQL, 5-3 is nothing. */
        if (range && i.first <= i.last && !gtid_set_add_range(s, &source, i.first, i.last, e)) {
            return NULL;
        }
        p = skip_blanks(p);
    }
    if (p == NULL || !range || (*p != ',' && *p != '\0')) {
        refuse(e, text);
        return NULL;
    }
    return p;
}

bool gtid_set_parse(struct gtid_set *s, const char *text, struct err *e) {
    struct gtid_set parsed = GTID_SET_INIT;
    bool ok = true;
    for (const char *p = skip_blanks(text != NULL ? text : ""); ok && *p != '\0'; p = skip_blanks(p)) {
        if (*p == ',') {
            p++;
            continue;
        }
        p = read_source(&parsed, p, e);
        ok = p != NULL;
        if (!ok) {
            break;
        }
    }
    ok = ok && gtid_set_unite(s, &parsed, e);
    gtid_set_clear(&parsed);
    return ok;
}

bool gtid_parse(struct gtid *g, const char *text, struct err *e) {
    struct gtid_set s = GTID_SET_INIT;
    bool ok = gtid_set_parse(&s, text, e);
    if (ok && gtid_set_count(&s) != 1) {
        ok = refuse(e, text);
    }
    if (ok) {
        *g = (struct gtid){s.sources[0].source, s.sources[0].items[0].first};
    }
    gtid_set_clear(&s);
    return ok;
}

/* ---- writing text ---- */

static void print_uuid(const uint8_t uuid[GTID_UUID_BYTES], char text[37]) {
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < GTID_UUID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *text++ = '-';
        }
        *text++ = digits[uuid[i] >> 4];
        *text++ = digits[uuid[i] & 15];
    }
    *text = '\0';
}

const char *gtid_print(const struct gtid *g, char text[GTID_TEXT_MAX]) {
    char uuid[37];
    print_uuid(g->source.uuid, uuid);
    snprintf(text, GTID_TEXT_MAX, "%s%s%s:%lld", uuid, g->source.tag[0] != '\0' ? ":" : "", g->source.tag,
             (long long)g->number);
    return text;
}

bool gtid_set_print(const struct gtid_set *s, struct buf *out, struct err *e) {
    for (size_t i = 0; i < s->n; i++) {
        const struct gtid_intervals *v = &s->sources[i];
        if (i == 0 || memcmp(v->source.uuid, v[-1].source.uuid, GTID_UUID_BYTES) != 0) {
            char uuid[37];
            print_uuid(v->source.uuid, uuid);
            if (!buf_printf(out, e, "%s%s", i > 0 ? "," : "", uuid)) {
                return false;
            }
        }
        if (v->source.tag[0] != '\0' && !buf_printf(out, e, ":%s", v->source.tag)) {
            return false;
        }
        for (size_t k = 0; k < v->n; k++) {
            const struct gtid_interval *x = &v->items[k];
            if (x->first == x->last ? !buf_printf(out, e, ":%lld", (long long)x->first)
                                    : !buf_printf(out, e, ":%lld-%lld", (long long)x->first, (long long)x->last)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- bytes ---- */

static void put_le64(struct buf *out, uint64_t v) {
    for (int i = 0; i < 8; i++) {
        buf_u8(out, (uint8_t)(v >> 8 * i));
    }
}

bool gtid_set_encode(const struct gtid_set *s, struct buf *out, struct err *e) {
    bool tagged = false;
    size_t bytes = 8;
    for (size_t i = 0; i < s->n; i++) {
        tagged = tagged || s->sources[i].source.tag[0] != '\0';
        bytes += GTID_UUID_BYTES + 1 + GTID_TAG_MAX + 8 + 16 * s->sources[i].n;
    }
    if (!buf_reserve(out, bytes, e)) {
        return false;
    }
    put_le64(out, tagged ? (uint64_t)TAGGED << 56 | (uint64_t)s->n << 8 | TAGGED : s->n);
    for (size_t i = 0; i < s->n; i++) {
        const struct gtid_intervals *v = &s->sources[i];
        buf_bytes(out, v->source.uuid, GTID_UUID_BYTES);
        if (tagged) {
            buf_u8(out, (uint8_t)(strlen(v->source.tag) << 1));
            buf_bytes(out, v->source.tag, strlen(v->source.tag));
        }
        put_le64(out, v->n);
        for (size_t k = 0; k < v->n; k++) {
            put_le64(out, (uint64_t)v->items[k].first);
            put_le64(out, (uint64_t)v->items[k].last + 1);
        }
    }
    return true;
}

static bool malformed(struct err *e) {
    return err_set(e, ERR_SOURCE_PROTOCOL, "the source sent a GTID set that cannot be read");
}

static uint64_t read_u64(struct reader *r) {
    const uint8_t *p = read_bytes(r, 8);
    return p == NULL ? 0 : get_le64(p);
}

static bool decode_source(struct reader *r, bool tagged, struct gtid_set *s, struct err *e) {
    struct gtid_source source = {0};
    const uint8_t *uuid = read_bytes(r, GTID_UUID_BYTES);
    if (uuid != NULL) {
        memcpy(source.uuid, uuid, GTID_UUID_BYTES);
    }
    if (tagged) {
        uint8_t twice = read_u8(r);
        const uint8_t *tag = read_bytes(r, twice / 2);
        if (tag == NULL || twice % 2 != 0 || !gtid_take_tag(&source, tag, twice / 2)) {
            return malformed(e);
        }
    }
    uint64_t intervals = read_u64(r);
    if (r->bad || intervals > reader_left(r) / 16) {
        return malformed(e);
    }
    for (; intervals > 0; intervals--) {
        uint64_t first = read_u64(r), end = read_u64(r);
        if (first == 0 || end <= first || end > INT64_MAX) {
            return malformed(e);
        }
        if (!gtid_set_add_range(s, &source, (int64_t)first, (int64_t)end - 1, e)) {
            return false;
        }
    }
    return true;
}

bool gtid_set_decode(struct gtid_set *s, const uint8_t *bytes, size_t len, struct err *e) {
    struct gtid_set decoded = GTID_SET_INIT;
    struct reader r = reader_of(bytes, len);
    uint64_t n = read_u64(&r);
    bool tagged = n >> 56 == TAGGED;
    if (tagged) {
        n = n >> 8 & UINT64_C(0xffffffffffff);
    }
    bool ok = (!r.bad && n <= reader_left(&r) / (GTID_UUID_BYTES + 8)) || malformed(e);
    for (; ok && n > 0; n--) {
        ok = decode_source(&r, tagged, &decoded, e);
    }
    if (ok && (r.bad || reader_left(&r) != 0)) {
        ok = malformed(e);
    }
    ok = ok && gtid_set_unite(s, &decoded, e);
    gtid_set_clear(&decoded);
    return ok;
}
