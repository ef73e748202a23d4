/* The messages of pgoutput, protocol 1. Integers are big-endian; strings end with NUL.
 *
 *   B  int64 commit lsn, int64 time, xid (int32 PostgreSQL, int64 openGauss)     O  int64 lsn, origin name
 *   C  int8 0, int64 commit lsn, int64 end lsn, int64 time
 *   R  int32 relid, schema, table, int8 identity, int16 n, n x (int8 flags, name, int32 type, int32 typmod)
 *   Y  int32 type, schema, name                    schema "" is pg_catalog
 *   I  int32 relid, 'N' tuple        U  int32 relid, ['K'|'O' tuple], 'N' tuple        D  int32 relid, 'K'|'O' tuple
 *   T  int32 n, int8 flags, n x int32 relid
 *   M  int8 flags, int64 lsn, prefix, int32 n, n bytes                   PostgreSQL
 *   L  int8 0, int64 lsn, prefix, int64 n, n bytes with a NUL            openGauss: a definition
 *   S  conninfo                                                          openGauss: standbys
 *   tuple  int16 n, n x ('n' | 'u' | 't' int32 len, bytes | 'b' int32 len, bytes) */
#include "base/str.h"
#include "gauss/decoder_internal.h"

enum { FLAG_KEY = 1, TRUNCATE_CASCADE = 1, TRUNCATE_RESTART = 2, MESSAGE_TRANSACTIONAL = 1 };

static bool bad(const struct decoder *d, struct err *e, char type) {
    return decoder_malformed(d, e, "a malformed message of type '%c'", type);
}

/* The message must end here: each comes in a payload of its own. */
static bool over(const struct decoder *d, struct err *e, char type) {
    return cursor_left(&d->in) == 0 || bad(d, e, type);
}

static const char *schema_name(const char *name) {
    return name[0] != '\0' ? name : "pg_catalog";
}

static bool begin(struct decoder *d, struct err *e) {
    struct change_begin b = {.xid = 0};
    uint64_t time;
    uint32_t xid = 0;
    bool ok = take_be64(&d->in, &b.commit_lsn) && take_be64(&d->in, &time) && time_of_pg(time, &b.time_us) &&
              (d->o.opengauss ? take_be64(&d->in, &b.xid) : take_be32(&d->in, &xid));
    if (!d->o.opengauss) {
        b.xid = xid;
    }
    return ok ? over(d, e, 'B') && decoder_begin(d, &b, e) : bad(d, e, 'B');
}

static bool origin(struct decoder *d, struct err *e) {
    uint64_t lsn;
    const char *name;
    if (!take_be64(&d->in, &lsn) || !take_string(&d->in, &name)) {
        return bad(d, e, 'O');
    }
    return over(d, e, 'O') && decoder_set_origin(d, name, e);
}

static bool commit(struct decoder *d, struct err *e) {
    struct change_commit c = {.xid = d->tx.xid};
    uint64_t time;
    uint8_t flags;
    if (!take_u8(&d->in, &flags) || !take_be64(&d->in, &c.commit_lsn) || !take_be64(&d->in, &c.end_lsn) ||
        !take_be64(&d->in, &time) || !time_of_pg(time, &c.time_us) || flags != 0) {
        return bad(d, e, 'C');
    }
    return over(d, e, 'C') && decoder_commit(d, &c, e);
}

static bool relation(struct decoder *d, struct err *e) {
    struct change_relation r = {.oid = 0};
    uint16_t n;
    uint8_t identity;
    if (!take_be32(&d->in, &r.oid) || r.oid == 0 || !take_string(&d->in, &r.schema) || !take_string(&d->in, &r.table) ||
        !take_u8(&d->in, &identity) || memchr("dfin", identity, 4) == NULL || !take_be16(&d->in, &n)) {
        return bad(d, e, 'R');
    }
    if (n > RELATION_COLUMNS_MAX) {
        return decoder_malformed(d, e, "a table of %u columns", (unsigned)n);
    }
    r.schema = schema_name(r.schema);
    r.identity = (char)identity;
    r.n = n;
    r.columns = arena_array(&d->scratch, struct change_column, n > 0 ? n : 1);
    for (size_t i = 0; i < n; i++) {
        struct change_column *c = &r.columns[i];
        uint8_t flags;
        uint32_t typmod;
        if (!take_u8(&d->in, &flags) || !take_string(&d->in, &c->name) || !take_be32(&d->in, &c->type_oid) ||
            !take_be32(&d->in, &typmod)) {
            return bad(d, e, 'R');
        }
        c->key = (flags & FLAG_KEY) != 0;
        c->typmod = (int32_t)typmod;
        c->type_name = relations_type_name(&d->relations, c->type_oid);
    }
    struct known_relation *k;
    return over(d, e, 'R') && relations_define(&d->relations, &r, &k, e);
}

static bool type(struct decoder *d, struct err *e) {
    uint32_t oid;
    const char *schema, *name;
    if (!take_be32(&d->in, &oid) || !take_string(&d->in, &schema) || !take_string(&d->in, &name)) {
        return bad(d, e, 'Y');
    }
    return over(d, e, 'Y') && relations_define_type(&d->relations, oid, name, e);
}

/* ---- rows ---- */

static const struct known_relation *known(struct decoder *d, struct err *e) {
    uint32_t oid;
    if (!take_be32(&d->in, &oid)) {
        decoder_malformed(d, e, "a row that ends early");
        return NULL;
    }
    const struct known_relation *k = oid != 0 ? relations_by_oid(&d->relations, oid) : NULL;
    if (k == NULL) {
        decoder_malformed(d, e, "a row of relation %u, which was not told", (unsigned)oid);
    }
    return k;
}

static bool value(struct decoder *d, struct change_value *v) {
    uint8_t form;
    uint32_t len;
    if (!take_u8(&d->in, &form)) {
        return false;
    }
    switch (form) {
    case 'n':
        v->form = VALUE_NULL;
        return true;
    case 'u':
        v->form = VALUE_UNCHANGED;
        return true;
    case 't':
    case 'b':
        v->form = form == 't' ? VALUE_TEXT : VALUE_BINARY;
        if (!take_be32(&d->in, &len)) {
            return false;
        }
        v->len = len;
        return take_bytes(&d->in, len, &v->bytes);
    default:
        return false;
    }
}

/* only_key: of the others nulls stand for what was not sent. */
static bool tuple(struct decoder *d, const struct change_relation *r, bool only_key, change_tuple *out, struct err *e) {
    uint16_t n;
    if (!take_be16(&d->in, &n) || n != r->n) {
        return decoder_malformed(d, e, "a row of %s.%s with another number of columns", r->schema, r->table);
    }
    *out = decoder_tuple(d, n);
    for (size_t i = 0; i < n; i++) {
        struct change_value *v = &(*out)[i];
        if (!value(d, v)) {
            return decoder_malformed(d, e, "a malformed row of %s.%s", r->schema, r->table);
        }
        if (only_key && !r->columns[i].key) {
            *v = (struct change_value){.form = VALUE_ABSENT};
        }
    }
    return true;
}

static bool row(struct decoder *d, char message, struct err *e) {
    bool pass;
    const struct known_relation *k = known(d, e);
    if (k == NULL || !decoder_inside(d, &pass, e)) {
        return false;
    }
    if (pass) {
        d->in.p = d->in.end;
        return true;
    }
    struct change_row row = {.relation = &k->relation};
    uint8_t part;
    if (!take_u8(&d->in, &part)) {
        return bad(d, e, message);
    }
    if (message != 'I' && (part == 'K' || part == 'O')) {
        row.old = part == 'K' ? OLD_KEY : OLD_FULL;
        if (!tuple(d, row.relation, part == 'K', &row.before, e)) {
            return false;
        }
        if (message == 'U' && !take_u8(&d->in, &part)) {
            return bad(d, e, message);
        }
    } else if (message == 'D') {
        return bad(d, e, message);
    }
    if (message != 'D' && (part != 'N' || !tuple(d, row.relation, false, &row.after, e))) {
        return part != 'N' ? bad(d, e, message) : false;
    }
    enum change_kind kind = message == 'I' ? CHANGE_INSERT : message == 'U' ? CHANGE_UPDATE : CHANGE_DELETE;
    d->waiting = (struct change){.kind = kind, .lsn = d->lsn, .row = row};
    return over(d, e, message);
}

static bool truncate_relations(struct decoder *d, struct err *e) {
    uint32_t n;
    uint8_t flags;
    bool pass;
    if (!take_be32(&d->in, &n) || !take_u8(&d->in, &flags) || n > cursor_left(&d->in) / 4) {
        return bad(d, e, 'T');
    }
    struct change_truncate t = {.relations = arena_calloc(&d->scratch, n > 0 ? n : 1, sizeof(void *)),
                                .n = n,
                                .cascade = (flags & TRUNCATE_CASCADE) != 0,
                                .restart_identity = (flags & TRUNCATE_RESTART) != 0};
    for (size_t i = 0; i < n; i++) {
        const struct known_relation *k = known(d, e);
        if (k == NULL) {
            return false;
        }
        t.relations[i] = &k->relation;
    }
    if (!over(d, e, 'T') || !decoder_inside(d, &pass, e)) {
        return false;
    }
    if (!pass && n > 0) {
        d->waiting = (struct change){.kind = CHANGE_TRUNCATE, .lsn = d->lsn, .truncate = t};
    }
    return true;
}

/* ---- messages ---- */

static bool message(struct decoder *d, struct err *e) {
    struct change_message m = {.len = 0};
    uint8_t flags;
    uint64_t lsn;
    uint32_t n;
    if (!take_u8(&d->in, &flags) || !take_be64(&d->in, &lsn) || !take_string(&d->in, &m.prefix) ||
        !take_be32(&d->in, &n) || !take_bytes(&d->in, n, &m.content)) {
        return bad(d, e, 'M');
    }
    m.len = n;
    m.transactional = (flags & MESSAGE_TRANSACTIONAL) != 0;
    bool pass = false;
    if (!over(d, e, 'M') || (m.transactional && !decoder_inside(d, &pass, e))) {
        return false;
    }
    /* One outside of transactions is told again after a restart, until the position has passed it. */
    if (!pass && (m.transactional || lsn >= d->o.position)) {
        d->waiting = (struct change){.kind = CHANGE_MESSAGE, .lsn = lsn, .message = m};
    }
    return true;
}

static bool definition(struct decoder *d, struct err *e) {
    uint8_t flags;
    uint64_t lsn, n;
    const char *prefix;
    const uint8_t *content;
    if (!take_u8(&d->in, &flags) || !take_be64(&d->in, &lsn) || !take_string(&d->in, &prefix) ||
        !take_be64(&d->in, &n) || n == 0 || n > cursor_left(&d->in) || !take_bytes(&d->in, n, &content) ||
        content[n - 1] != '\0') {
        return bad(d, e, 'L');
    }
    bool pass;
    if (!over(d, e, 'L') || !decoder_inside(d, &pass, e)) {
        return false;
    }
    if (!pass) {
        d->waiting = (struct change){.kind = CHANGE_DDL, .lsn = lsn, .ddl = {.description = (const char *)content}};
    }
    return true;
}

bool pgoutput_message(struct decoder *d, struct err *e) {
    uint8_t letter = 0;
    (void)take_u8(&d->in, &letter);
    switch (letter) {
    case 'B':
        return begin(d, e);
    case 'O':
        return origin(d, e);
    case 'C':
        return commit(d, e);
    case 'R':
        return relation(d, e);
    case 'Y':
        return type(d, e);
    case 'I':
    case 'U':
    case 'D':
        return row(d, (char)letter, e);
    case 'T':
        return truncate_relations(d, e);
    case 'M':
        return d->o.opengauss ? decoder_malformed(d, e, "an unknown message 'M'") : message(d, e);
    case 'L':
        return d->o.opengauss ? definition(d, e) : decoder_malformed(d, e, "an unknown message 'L'");
    case 'S':
        if (d->o.opengauss) {
            d->in.p = d->in.end; /* where the standbys are */
            return true;
        }
        return decoder_malformed(d, e, "a transaction that is sent before its end, which was not asked for");
    default:
        return decoder_malformed(d, e, "an unknown message 0x%02x", (unsigned)letter);
    }
}
