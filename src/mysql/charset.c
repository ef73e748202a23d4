/* Character sets: looking them up, and turning text into UTF-8. See charset.h; where tables come from is in charset_read.c. */
#include <stdlib.h>

#include "base/str.h"
#include "mysql/charset_internal.h"
#include "value/text_scan.h"

enum { UNKNOWN = '?' };

/* ---- the collection ---- */

struct charsets *charsets_new(void) {
    struct charsets *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->items = calloc(CHARSETS_MAX, sizeof *s->items);
    s->of_collation = calloc(COLLATION_ID_MAX + 1, 1);
    if (s->items == NULL || s->of_collation == NULL) {
        charsets_free(s);
        return NULL;
    }
    return s;
}

void charsets_free(struct charsets *s) {
    if (s == NULL) {
        return;
    }
    for (size_t i = 0; s->items != NULL && i < s->n; i++) {
        free(s->items[i].one);
        free(s->items[i].two);
        free(s->items[i].more);
    }
    free(s->items);
    free(s->of_collation);
    free(s);
}

static const struct {
    const char *name;
    enum charset_form form;
} known_forms[] = {
    {"utf8mb4", CHARSET_UTF8}, {"utf8mb3", CHARSET_UTF8MB3}, {"utf8", CHARSET_UTF8MB3},    {"binary", CHARSET_BINARY},
    {"ucs2", CHARSET_UCS2},    {"utf16", CHARSET_UTF16},     {"utf16le", CHARSET_UTF16LE}, {"utf32", CHARSET_UTF32},
    {"ujis", CHARSET_EUC3},    {"eucjpms", CHARSET_EUC3},    {"gb18030", CHARSET_GB18030},
};

static enum charset_form form_of(const char *name, unsigned bytes_max) {
    for (size_t i = 0; i < sizeof known_forms / sizeof known_forms[0]; i++) {
        if (str_ieq(name, known_forms[i].name)) {
            return known_forms[i].form;
        }
    }
    return bytes_max == 1 ? CHARSET_SINGLE : CHARSET_DOUBLE;
}

size_t charset_more_n(const struct charset *cs) {
    return cs->form == CHARSET_EUC3 ? CHARSET_EUC_MORE : cs->form == CHARSET_GB18030 ? CHARSET_GB_MORE : 0;
}

static uint32_t *table_of(size_t n, uint32_t fill) {
    uint32_t *t = malloc(n * sizeof *t);
    for (size_t i = 0; t != NULL && i < n; i++) {
        t[i] = fill;
    }
    return t;
}

struct charset *charsets_add(struct charsets *s, const char *name, unsigned bytes_max, struct err *e) {
    if (s->n == CHARSETS_MAX || strlen(name) >= sizeof s->items->name) {
        err_set(e, ERR_LIMIT, "the source has more than %d character sets, or one with a long name", CHARSETS_MAX);
        return NULL;
    }
    struct charset *cs = &s->items[s->n++];
    snprintf(cs->name, sizeof cs->name, "%s", name);
    cs->form = (uint8_t)form_of(name, bytes_max);
    cs->bytes_max = (uint8_t)bytes_max;
    bool tables = cs->form >= CHARSET_SINGLE && cs->form <= CHARSET_GB18030;
    bool ok = true;
    if (tables) {
        cs->one = table_of(CHARSET_ONE, UNKNOWN);
        ok = cs->one != NULL;
    }
    if (ok && tables && cs->form != CHARSET_SINGLE) {
        cs->two = table_of(CHARSET_TWO, CHARSET_NONE);
        ok = cs->two != NULL;
    }
    if (ok && charset_more_n(cs) > 0) {
        cs->more = table_of(charset_more_n(cs), CHARSET_NONE);
        ok = cs->more != NULL;
    }
    if (!ok) {
        err_set(e, ERR_MEMORY, "no memory for character set %s", name);
    }
    return ok ? cs : NULL;
}

static bool codes_fit(const uint32_t *table, size_t n, uint32_t most) {
    for (size_t i = 0; table != NULL && i < n; i++) {
        if (table[i] > most && table[i] != CHARSET_NONE) {
            return false;
        }
    }
    return true;
}

bool charset_finish(struct charset *cs, struct err *e) {
    /* charset_room is three bytes for one. */
    bool ok = codes_fit(cs->one, CHARSET_ONE, 0xffff) && codes_fit(cs->two, CHARSET_TWO, 0x10ffff) &&
              codes_fit(cs->more, charset_more_n(cs), 0x10ffff);
    cs->ascii = cs->one != NULL;
    for (uint32_t b = 0; cs->ascii && b < 0x80; b++) {
        cs->ascii = cs->one[b] == b;
    }
    return ok || err_set(e, ERR_SOURCE_PROTOCOL, "character set %s has codes beyond Unicode", cs->name);
}

bool charsets_builtin(struct charsets **out, struct err *e) {
    static const struct {
        const char *name;
        uint8_t bytes_max;
        uint16_t collations[4];
    } builtin[] = {{"utf8mb4", 4, {45, 46, 255}}, {"utf8mb3", 3, {33, 83}}, {"binary", 1, {63}},
                   {"ascii", 1, {11, 65}},        {"ucs2", 2, {35}},        {"utf16", 4, {54}},
                   {"utf16le", 4, {56}},          {"utf32", 4, {60}}};
    bool ok = true;
    *out = charsets_new();
    if (*out == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for character sets");
    }
    for (size_t i = 0; ok && i < sizeof builtin / sizeof builtin[0]; i++) {
        struct charset *cs = charsets_add(*out, builtin[i].name, builtin[i].bytes_max, e);
        ok = cs != NULL;
        for (uint32_t b = 0; ok && cs->form == CHARSET_SINGLE && b < 0x80; b++) {
            cs->one[b] = b;
        }
        ok = ok && charset_finish(cs, e);
        for (size_t k = 0; ok && k < 4 && builtin[i].collations[k] != 0; k++) {
            (*out)->of_collation[builtin[i].collations[k]] = (uint8_t)(*out)->n;
        }
    }
    if (!ok) {
        charsets_free(*out);
        *out = NULL;
    }
    return ok;
}

const struct charset *charset_named(const struct charsets *s, const char *name) {
    for (size_t i = 0; i < s->n; i++) {
        if (str_ieq(s->items[i].name, name)) {
            return &s->items[i];
        }
    }
    return str_ieq(name, "utf8") ? charset_named(s, "utf8mb3") : NULL;
}

const struct charset *charset_of_collation(const struct charsets *s, unsigned id) {
    unsigned at = id <= COLLATION_ID_MAX ? s->of_collation[id] : 0;
    return at > 0 && at <= s->n ? &s->items[at - 1] : NULL;
}

/* ---- text ---- */

static inline uint8_t *put_utf8(uint8_t *to, uint32_t c) {
    if (c < 0x80) {
        *to++ = (uint8_t)c;
    } else if (c < 0x800) {
        *to++ = (uint8_t)(0xc0 | c >> 6);
        *to++ = (uint8_t)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *to++ = (uint8_t)(0xe0 | c >> 12);
        *to++ = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        *to++ = (uint8_t)(0x80 | (c & 0x3f));
    } else {
        *to++ = (uint8_t)(0xf0 | c >> 18);
        *to++ = (uint8_t)(0x80 | (c >> 12 & 0x3f));
        *to++ = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        *to++ = (uint8_t)(0x80 | (c & 0x3f));
    }
    return to;
}

static uint8_t *put_single(const struct charset *cs, const uint8_t *p, size_t n, uint8_t *to) {
    for (size_t i = 0; i < n; i++) {
        to = put_utf8(to, cs->one[p[i]]);
    }
    return to;
}

/* Where four bytes are in the table of their codes; CHARSET_NONE: they are no code. */
static uint32_t gb18030_index(const uint8_t *p) {
    if (p[0] < 0x81 || p[1] < 0x30 || p[1] > 0x39 || p[2] < 0x81 || p[2] > 0xfe || p[3] < 0x30 || p[3] > 0x39) {
        return CHARSET_NONE;
    }
    return (((uint32_t)(p[0] - 0x81) * GB18030_SECOND + (p[1] - 0x30u)) * GB18030_THIRD + (p[2] - 0x81u)) *
               GB18030_SECOND +
           (p[3] - 0x30u);
}

static uint32_t gb18030_four(const struct charset *cs, const uint8_t *p) {
    /* 0x90308130 is U+10000, and the rest follows in order. */
    enum { SUPPLEMENT = (0x90 - 0x81) * GB18030_SECOND * GB18030_THIRD * GB18030_SECOND, SUPPLEMENT_N = 0x100000 };
    uint32_t at = gb18030_index(p);
    if (at < CHARSET_GB_MORE) {
        return cs->more[at] != CHARSET_NONE ? cs->more[at] : UNKNOWN;
    }
    return at >= SUPPLEMENT && at - SUPPLEMENT < SUPPLEMENT_N ? 0x10000 + at - SUPPLEMENT : UNKNOWN;
}

/* The character at p, and its bytes. */
static inline uint32_t next_multi(const struct charset *cs, const uint8_t *p, size_t left, size_t *used) {
    uint8_t first = p[0];
    *used = 1;
    if (first < 0x80 || left < 2) {
        return cs->one[first];
    }
    uint32_t c = cs->two[(size_t)(first - 0x80) * 256 + p[1]];
    if (c != CHARSET_NONE) {
        *used = 2;
        return c;
    }
    if (cs->form == CHARSET_EUC3 && first == 0x8f && left >= 3 && p[1] >= 0x80 && p[2] >= 0x80) {
        c = cs->more[(size_t)(p[1] - 0x80) * 128 + (p[2] - 0x80u)];
        if (c != CHARSET_NONE) {
            *used = 3;
            return c;
        }
    }
    if (cs->form == CHARSET_GB18030 && left >= 4 && gb18030_index(p) != CHARSET_NONE) {
        *used = 4;
        return gb18030_four(cs, p);
    }
    return cs->one[first] != CHARSET_NONE ? cs->one[first] : UNKNOWN;
}

static uint8_t *put_multi(const struct charset *cs, const uint8_t *p, size_t n, uint8_t *to) {
    for (size_t i = 0, used; i < n; i += used) {
        uint32_t c = next_multi(cs, p + i, n - i, &used);
        if (c != CHARSET_NONE) {
            to = put_utf8(to, c);
        }
    }
    return to;
}

static bool is_surrogate(uint32_t c) {
    return c >= 0xd800 && c <= 0xdfff;
}

static uint32_t unit16(const struct charset *cs, const uint8_t *p) {
    return cs->form == CHARSET_UTF16LE ? get_le16(p) : get_be16(p);
}

static uint8_t *put_16(const struct charset *cs, const uint8_t *p, size_t n, uint8_t *to) {
    size_t i = 0;
    while (n - i >= 2) {
        uint32_t c = unit16(cs, p + i);
        i += 2;
        if (is_surrogate(c) && cs->form != CHARSET_UCS2) { /* ucs2 does not know them, and lets them through */
            uint32_t low = c < 0xdc00 && n - i >= 2 ? unit16(cs, p + i) : 0;
            if (low >= 0xdc00 && low <= 0xdfff) {
                c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
                i += 2;
            } else {
                c = UNKNOWN;
            }
        }
        to = put_utf8(to, c);
    }
    if (i < n) {
        *to++ = UNKNOWN;
    }
    return to;
}

static uint8_t *put_32(const uint8_t *p, size_t n, uint8_t *to) {
    size_t i = 0;
    for (; n - i >= 4; i += 4) {
        uint32_t c = get_be32(p + i);
        to = put_utf8(to, c > 0x10ffff ? UNKNOWN : c);
    }
    if (i < n) {
        *to++ = UNKNOWN;
    }
    return to;
}

/* Well-formed characters of up to three bytes stay; of anything else, each byte is unknown. */
static uint8_t *put_utf8mb3(const uint8_t *p, size_t n, uint8_t *to) {
    for (size_t i = 0; i < n;) {
        size_t len = p[i] < 0x80 ? 1 : p[i] < 0xe0 ? 2 : 3;
        if (len <= n - i && p[i] < 0xf0 && text_utf8_valid(p + i, len)) {
            memcpy(to, p + i, len);
            to += len;
            i += len;
        } else {
            *to++ = UNKNOWN;
            i++;
        }
    }
    return to;
}

void charset_put(const struct charset *cs, const uint8_t *text, size_t n, struct buf *out) {
    uint8_t *to = out->data + out->len;
    switch ((enum charset_form)cs->form) {
    case CHARSET_UTF8:
    case CHARSET_BINARY:
        if (n > 0) {
            memcpy(to, text, n);
        }
        out->len += n;
        return;
    case CHARSET_UTF8MB3:
        if (n == 0 || (text_copy(to, text, n) & TEXT_HIGH) == 0 || text_utf8_valid(text, n)) {
            out->len += n;
            return;
        }
        to = put_utf8mb3(text, n, to);
        break;
    case CHARSET_SINGLE:
    case CHARSET_DOUBLE:
    case CHARSET_EUC3:
    case CHARSET_GB18030:
        if (n == 0 || ((text_copy(to, text, n) & TEXT_HIGH) == 0 && cs->ascii)) {
            out->len += n;
            return;
        }
        to = cs->form == CHARSET_SINGLE ? put_single(cs, text, n, to) : put_multi(cs, text, n, to);
        break;
    case CHARSET_UCS2:
    case CHARSET_UTF16:
    case CHARSET_UTF16LE:
        to = put_16(cs, text, n, to);
        break;
    case CHARSET_UTF32:
        to = put_32(text, n, to);
        break;
    }
    out->len = (size_t)(to - out->data);
}

bool charset_convert(const struct charset *cs, const uint8_t *text, size_t n, struct buf *out, struct err *e) {
    if (!buf_reserve(out, charset_room(n) + 1, e)) {
        return false;
    }
    charset_put(cs, text, n, out);
    return true;
}
