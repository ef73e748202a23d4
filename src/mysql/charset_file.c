/* Character sets as bytes, and back. See charset.h.
 *
 *   "GWCHARS1" | sets 4 | { name 32 | bytes of a character 1 | form 1 | tables } | collations 4 | { id 2 | set 1 }
 *   tables: `one`, `two`, `more`, as far as the form has them: numbers 4, little-endian */
#include <stdlib.h>

#include "mysql/charset_internal.h"
#include "mysql/reader.h"

static const char magic[8] = {'G', 'W', 'C', 'H', 'A', 'R', 'S', '1'};

enum { NAME_BYTES = 32 };

/* ---- writing ---- */

static void put_le32(struct buf *b, uint32_t v) {
    for (int i = 0; i < 4; i++) {
        buf_u8(b, (uint8_t)(v >> 8 * i));
    }
}

static bool put_table(const uint32_t *table, size_t n, struct buf *out, struct err *e) {
    if (table == NULL) {
        return true;
    }
    if (!buf_reserve(out, 4 * n, e)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        put_le32(out, table[i]);
    }
    return true;
}

static bool put_charset(const struct charset *cs, struct buf *out, struct err *e) {
    if (!buf_reserve(out, NAME_BYTES + 2, e)) {
        return false;
    }
    buf_bytes(out, cs->name, NAME_BYTES);
    buf_u8(out, cs->bytes_max);
    buf_u8(out, cs->form);
    return put_table(cs->one, CHARSET_ONE, out, e) && put_table(cs->two, CHARSET_TWO, out, e) &&
           put_table(cs->more, charset_more_n(cs), out, e);
}

bool charsets_save(const struct charsets *s, struct buf *out, struct err *e) {
    uint32_t n = 0;
    bool ok = buf_put(out, magic, sizeof magic, e) && buf_reserve(out, 4, e);
    if (ok) {
        put_le32(out, (uint32_t)s->n);
    }
    for (size_t i = 0; ok && i < s->n; i++) {
        ok = put_charset(&s->items[i], out, e);
    }
    for (size_t id = 0; id <= COLLATION_ID_MAX; id++) {
        n += s->of_collation[id] != 0;
    }
    ok = ok && buf_reserve(out, 4 + 3 * (size_t)n, e);
    if (ok) {
        put_le32(out, n);
        for (size_t id = 0; id <= COLLATION_ID_MAX; id++) {
            if (s->of_collation[id] != 0) {
                buf_u8(out, (uint8_t)id);
                buf_u8(out, (uint8_t)(id >> 8));
                buf_u8(out, s->of_collation[id]);
            }
        }
    }
    return ok;
}

/* ---- reading ---- */

static void read_table(struct reader *r, uint32_t *table, size_t n) {
    const uint8_t *p = table != NULL ? read_bytes(r, 4 * n) : NULL;
    for (size_t i = 0; p != NULL && i < n; i++) {
        table[i] = get_le32(p + 4 * i);
    }
}

static bool malformed(struct err *e) {
    return err_set(e, ERR_FILE, "the file of character sets cannot be read");
}

static bool read_charset(struct reader *r, struct charsets *s, struct err *e) {
    char name[NAME_BYTES + 1] = "";
    const uint8_t *p = read_bytes(r, NAME_BYTES);
    if (p == NULL || s->n == CHARSETS_MAX) {
        return malformed(e);
    }
    memcpy(name, p, NAME_BYTES);
    uint8_t bytes_max = read_u8(r), form = read_u8(r);
    struct charset *cs = charsets_add(s, name, bytes_max, e);
    if (cs == NULL) {
        return false;
    }
    if (cs->form != form) {
        return malformed(e);
    }
    read_table(r, cs->one, CHARSET_ONE);
    read_table(r, cs->two, CHARSET_TWO);
    read_table(r, cs->more, charset_more_n(cs));
    return (!r->bad && charset_finish(cs, e)) || malformed(e);
}

bool charsets_load(const uint8_t *bytes, size_t len, struct charsets **out, struct err *e) {
    struct reader r = reader_of(bytes, len);
    const uint8_t *head = read_bytes(&r, sizeof magic);
    *out = NULL;
    if (head == NULL || memcmp(head, magic, sizeof magic) != 0) {
        return malformed(e);
    }
    struct charsets *s = charsets_new();
    if (s == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for character sets");
    }
    bool ok = true;
    for (uint32_t n = read_u32(&r); ok && n > 0; n--) {
        ok = read_charset(&r, s, e);
    }
    for (uint32_t n = ok ? read_u32(&r) : 0; ok && n > 0 && !r.bad; n--) {
        uint16_t id = read_u16(&r);
        uint8_t at = read_u8(&r);
        ok = at <= s->n || malformed(e);
        s->of_collation[id] = at;
    }
    ok = ok && ((!r.bad && reader_left(&r) == 0) || malformed(e));
    if (!ok) {
        charsets_free(s);
        return false;
    }
    *out = s;
    return true;
}
