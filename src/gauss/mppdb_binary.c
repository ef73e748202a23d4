/* Records of decode-style b, big-endian, behind their length and position:
 *
 *   B  uint64 csn, uint64 first lsn, ['X' uint64 xid], ['T' uint32 n, text], ['O' uint32 origin]
 *   C  ['X' uint64 xid], ['T' uint32 n, text]                         the record's position is the commit's end
 *   I  schema, table, 'N' tuple      U  schema, table, 'N' tuple, ['O' tuple]      D  schema, table, ['O' tuple]
 *   name   uint16 n, n bytes
 *   tuple  uint16 columns, each: uint16 n, column name (quoted where needed), uint32 type, uint32 length (-1: NULL), text value */
#include "gauss/decoder_internal.h"

static bool take_letter(struct cursor *c, char letter) {
    if (cursor_left(c) == 0 || *c->p != (uint8_t)letter) {
        return false;
    }
    c->p++;
    return true;
}

static bool take_time(struct cursor *c, int64_t *us) {
    uint32_t n;
    struct cursor text;
    if (!take_be32(c, &n) || !take_bytes(c, n, &text.p)) {
        return false;
    }
    text.end = text.p + n;
    return mppdb_time(text, us);
}

static bool begin(struct decoder *d, struct cursor c, struct err *e) {
    struct change_begin b = {.xid = 0};
    uint64_t first;
    bool ok = take_be64(&c, &b.csn) && take_be64(&c, &first) && (!take_letter(&c, 'X') || take_be64(&c, &b.xid)) &&
              (!take_letter(&c, 'T') || take_time(&c, &b.time_us)) &&
              (!take_letter(&c, 'O') || take_be32(&c, &b.origin_id));
    return ok && cursor_left(&c) == 0 ? decoder_begin(d, &b, e) : decoder_malformed(d, e, "a malformed BEGIN");
}

static bool commit(struct decoder *d, uint64_t lsn, struct cursor c, struct err *e) {
    struct change_commit commit = {.end_lsn = lsn, .csn = d->tx.csn};
    bool ok = (!take_letter(&c, 'X') || take_be64(&c, &commit.xid)) &&
              (!take_letter(&c, 'T') || take_time(&c, &commit.time_us));
    return ok && cursor_left(&c) == 0 ? decoder_commit(d, &commit, e) : decoder_malformed(d, e, "a malformed COMMIT");
}

static char *take_name(struct decoder *d, struct cursor *c) {
    uint16_t n;
    const uint8_t *bytes;
    if (!take_be16(c, &n) || n == 0 || n > DECODER_NAME_MAX || !take_bytes(c, n, &bytes) ||
        memchr(bytes, '\0', n) != NULL) {
        return NULL;
    }
    return arena_strndup(&d->scratch, (const char *)bytes, n);
}

static char *take_column_name(struct decoder *d, struct cursor *c) {
    uint16_t n;
    struct cursor name;
    if (!take_be16(c, &n) || !take_bytes(c, n, &name.p) || (n > 0 && memchr(name.p, '\0', n) != NULL)) {
        return NULL;
    }
    name.end = name.p + n;
    char *text = mppdb_identifier(d, &name, "");
    return cursor_left(&name) == 0 ? text : NULL;
}

static bool take_tuple(struct decoder *d, struct cursor *c, struct named_value **out, size_t *n) {
    uint16_t count;
    if (!take_be16(c, &count) || count > RELATION_COLUMNS_MAX) {
        return false;
    }
    *n = count;
    *out = arena_array(&d->scratch, struct named_value, count > 0 ? count : 1);
    for (size_t i = 0; i < count; i++) {
        struct named_value *v = &(*out)[i];
        uint32_t len;
        v->name = take_column_name(d, c);
        if (v->name == NULL || !take_be32(c, &v->oid) || !take_be32(c, &len)) {
            return false;
        }
        v->value.form = VALUE_NULL;
        if (len != UINT32_MAX) {
            v->value.form = VALUE_TEXT;
            v->value.len = len;
            if (!take_bytes(c, len, &v->value.bytes)) {
                return false;
            }
        }
    }
    return true;
}

bool mppdb_binary_record(struct decoder *d, uint64_t lsn, struct cursor c, struct err *e) {
    struct named_row row = {.kind = CHANGE_NONE};
    uint8_t kind = 0;
    bool pass;
    (void)take_u8(&c, &kind);
    switch (kind) {
    case 'B':
        return begin(d, c, e);
    case 'C':
        return commit(d, lsn, c, e);
    case 'I':
        row.kind = CHANGE_INSERT;
        break;
    case 'U':
        row.kind = CHANGE_UPDATE;
        break;
    case 'D':
        row.kind = CHANGE_DELETE;
        break;
    default:
        return decoder_malformed(d, e, "an unknown record 0x%02x", (unsigned)kind);
    }
    if (!decoder_inside(d, &pass, e) || pass) {
        return pass;
    }
    row.schema = take_name(d, &c);
    row.table = row.schema != NULL ? take_name(d, &c) : NULL;
    bool ok = row.table != NULL &&
              (kind == 'D' || (take_letter(&c, 'N') && take_tuple(d, &c, &row.after, &row.nafter))) &&
              (kind == 'I' || !take_letter(&c, 'O') || take_tuple(d, &c, &row.before, &row.nbefore));
    return ok && cursor_left(&c) == 0 ? mppdb_row(d, &row, e) : decoder_malformed(d, e, "a malformed row");
}
