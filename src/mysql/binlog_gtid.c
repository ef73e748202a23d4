/* Events that begin a transaction, and those that say which ones came before. See binlog_event.h.
 *
 * GTID, ANONYMOUS_GTID:   flags 1 | uuid 16 | number 8 | 2 | last committed 8 | sequence number 8
 *                         | immediate commit 7, its top bit: original commit 7 follows | transaction length, length-encoded
 *                         | server version 4, its top bit: original version 4 follows                (each part from some version on)
 * GTID_TAGGED:            a message of MySQL's serialization library: version, size, last field that must be known, { field, value }
 * MariaDB's GTID:         sequence 8 | domain 4 | flags 1 | [commit id 8] | [XA] | [extra flags 1 | ..] | zeros up to 19 bytes */
#include "mysql/binlog_event.h"
#include "mysql/binlog_xa.h"
#include "mysql/reader.h"

static uint64_t read_u64(struct reader *r) {
    const uint8_t *p = read_bytes(r, 8);
    return p == NULL ? 0 : get_le64(p);
}

/* ---- MySQL ---- */

enum { LOGICAL_CLOCK = 2 };

/* Seven bytes; the top bit tells whether more follows. */
static uint64_t read_time(struct reader *r, bool *more) {
    const uint8_t *p = read_bytes(r, 7);
    uint64_t v = p == NULL ? 0 : get_le32(p) | (uint64_t)get_le24(p + 4) << 32;
    *more = v >> 55 != 0;
    return v & ((UINT64_C(1) << 55) - 1);
}

static bool read_plain(const struct binlog_event *ev, struct binlog_gtid *out, struct err *e) {
    struct reader r = reader_of(ev->body, ev->len);
    (void)read_u8(&r); /* flags: may have statements */
    const uint8_t *uuid = read_bytes(&r, GTID_UUID_BYTES);
    out->kind = ev->type == BINLOG_GTID ? BINLOG_GTID_MYSQL : BINLOG_GTID_ANONYMOUS;
    out->mysql.number = (int64_t)read_u64(&r);
    if (r.bad || (out->kind == BINLOG_GTID_MYSQL && (out->mysql.number < 1 || out->mysql.number > GTID_NUMBER_MAX))) {
        return binlog_malformed(ev, e);
    }
    memcpy(out->mysql.source.uuid, uuid, GTID_UUID_BYTES);
    if (reader_left(&r) < 17 || read_u8(&r) != LOGICAL_CLOCK) {
        return true; /* MySQL 5.6 */
    }
    out->last_committed = (int64_t)read_u64(&r);
    out->sequence_number = (int64_t)read_u64(&r);
    if (reader_left(&r) < 7) {
        return true; /* MySQL 5.7 */
    }
    bool more;
    out->immediate_commit_us = out->original_commit_us = read_time(&r, &more);
    if (more) {
        out->original_commit_us = read_time(&r, &more);
    }
    if (!r.bad && reader_left(&r) > 0) {
        out->transaction_bytes = read_lenenc(&r);
    }
    if (!r.bad && reader_left(&r) >= 4) {
        uint32_t version = read_u32(&r);
        out->original_server_version = version >> 31 != 0 ? read_u32(&r) : version;
    }
    return !r.bad || binlog_malformed(ev, e);
}

/* A variable-length integer: trailing ones of the first byte count the bytes behind it. */
static uint64_t read_varint(struct reader *r) {
    uint8_t first = read_u8(r);
    unsigned more = 0;
    while (more < 8 && (first >> more & 1) != 0) {
        more++;
    }
    const uint8_t *p = read_bytes(r, more);
    if (p == NULL) {
        return 0;
    }
    uint64_t v = more < 7 ? (uint64_t)first >> (more + 1) : 0;
    unsigned shift = more < 8 ? 7 - more : 0;
    for (unsigned i = 0; i < more; i++) {
        v |= (uint64_t)p[i] << (shift + 8 * i);
    }
    return v;
}

/* The sign is the lowest bit. */
static int64_t read_signed_varint(struct reader *r) {
    uint64_t v = read_varint(r);
    int64_t half = (int64_t)(v >> 1);
    return (v & 1) != 0 ? -half - 1 : half;
}

enum tagged_field {
    TAGGED_FLAGS,
    TAGGED_UUID,
    TAGGED_NUMBER,
    TAGGED_TAG,
    TAGGED_LAST_COMMITTED,
    TAGGED_SEQUENCE_NUMBER,
    TAGGED_IMMEDIATE_COMMIT,
    TAGGED_ORIGINAL_COMMIT,
    TAGGED_TRANSACTION_BYTES,
    TAGGED_IMMEDIATE_VERSION,
    TAGGED_ORIGINAL_VERSION,
    TAGGED_GROUP_TICKET,
    TAGGED_KNOWN
};

static void read_tagged_uuid(struct reader *r, uint8_t uuid[GTID_UUID_BYTES]) {
    for (int i = 0; i < GTID_UUID_BYTES; i++) {
        uuid[i] = (uint8_t)read_varint(r);
    }
}

static void read_tagged_tag(struct reader *r, struct gtid_source *source) {
    uint64_t n = read_varint(r);
    const uint8_t *tag = read_bytes(r, n);
    if (tag == NULL || !gtid_take_tag(source, tag, (size_t)n)) {
        r->bad = true;
    }
}

static void read_tagged_field(struct reader *r, enum tagged_field field, struct binlog_gtid *out) {
    switch (field) {
    case TAGGED_UUID:
        read_tagged_uuid(r, out->mysql.source.uuid);
        break;
    case TAGGED_NUMBER:
        out->mysql.number = read_signed_varint(r);
        break;
    case TAGGED_TAG:
        read_tagged_tag(r, &out->mysql.source);
        break;
    case TAGGED_LAST_COMMITTED:
        out->last_committed = read_signed_varint(r);
        break;
    case TAGGED_SEQUENCE_NUMBER:
        out->sequence_number = read_signed_varint(r);
        break;
    case TAGGED_IMMEDIATE_COMMIT:
        out->immediate_commit_us = read_varint(r);
        break;
    case TAGGED_ORIGINAL_COMMIT:
        out->original_commit_us = read_varint(r);
        break;
    case TAGGED_TRANSACTION_BYTES:
        out->transaction_bytes = read_varint(r);
        break;
    case TAGGED_ORIGINAL_VERSION:
        out->original_server_version = (uint32_t)read_varint(r);
        break;
    default: /* flags, the immediate server's version, a ticket of group replication */
        (void)read_varint(r);
        break;
    }
}

static bool read_tagged(const struct binlog_event *ev, struct binlog_gtid *out, struct err *e) {
    enum { VERSION = 1 };
    struct reader r = reader_of(ev->body, ev->len);
    uint64_t version = read_varint(&r), size = read_varint(&r), must_know = read_varint(&r);
    uint64_t last = 0;
    bool any = false;
    if (r.bad || version != VERSION || size > ev->len || must_know > TAGGED_KNOWN) {
        return binlog_malformed(ev, e);
    }
    while (reader_left(&r) > 0) {
        uint64_t field = read_varint(&r);
        if (r.bad || (any && field <= last)) {
            return binlog_malformed(ev, e);
        }
        if (field >= TAGGED_KNOWN) {
            break; /* of a later version, and of a length unknown here */
        }
        read_tagged_field(&r, (enum tagged_field)field, out);
        last = field;
        any = true;
    }
    if (out->original_commit_us == 0) {
        out->original_commit_us = out->immediate_commit_us;
    }
    out->kind = BINLOG_GTID_MYSQL;
    return (!r.bad && out->mysql.number >= 1 && out->mysql.number <= GTID_NUMBER_MAX) || binlog_malformed(ev, e);
}

bool binlog_read_previous_gtids(const struct binlog_event *ev, struct gtid_set *out, struct err *e) {
    return gtid_set_decode(out, ev->body, ev->len, e) || err_where(e, "PREVIOUS_GTIDS event");
}

/* ---- MariaDB ---- */

enum {
    FLAG_GROUP_COMMIT = 0x02,
    FLAG_EXTRA_ENGINES = 0x01,
    GTID_LIST_COUNT = 0x0fffffff, /* the bits above are flags */
};

static void read_mariadb_xa(struct reader *r, struct binlog_xa *xa) {
    xa->format = read_u32(r);
    size_t gtrid_len = read_u8(r), bqual_len = read_u8(r);
    binlog_xa_take(xa, r, gtrid_len, bqual_len);
}

static bool read_mariadb(const struct binlog_event *ev, struct binlog_gtid *out, struct err *e) {
    struct reader r = reader_of(ev->body, ev->len);
    out->kind = BINLOG_GTID_MARIADB;
    out->mariadb.sequence = read_u64(&r);
    out->mariadb.domain = read_u32(&r);
    out->mariadb.server = ev->server_id;
    out->flags = read_u8(&r);
    if ((out->flags & FLAG_GROUP_COMMIT) != 0) {
        out->commit_id = read_u64(&r);
    }
    if ((out->flags & (MARIADB_GTID_XA_PREPARED | MARIADB_GTID_XA_COMPLETED)) != 0) {
        read_mariadb_xa(&r, &out->xa);
    }
    if (!r.bad && reader_left(&r) > 0) {
        out->extra_flags = read_u8(&r);
        if ((out->extra_flags & FLAG_EXTRA_ENGINES) != 0) {
            (void)read_u8(&r);
        }
        if ((out->extra_flags & (MARIADB_GTID_COMMIT_ALTER | MARIADB_GTID_ROLLBACK_ALTER)) != 0) {
            out->alter_sequence = read_u64(&r);
        }
    }
    return !r.bad || binlog_malformed(ev, e);
}

bool binlog_read_gtid(const struct binlog_event *ev, struct binlog_gtid *out, struct err *e) {
    *out = (struct binlog_gtid){0};
    switch (ev->type) {
    case BINLOG_GTID_TAGGED:
        return read_tagged(ev, out, e);
    case BINLOG_MARIADB_GTID:
        return read_mariadb(ev, out, e);
    default:
        return read_plain(ev, out, e);
    }
}

bool binlog_read_gtid_list(const struct binlog_event *ev, struct mariadb_position *out, struct err *e) {
    struct reader r = reader_of(ev->body, ev->len);
    uint32_t n = read_u32(&r) & GTID_LIST_COUNT;
    if (n > reader_left(&r) / 16) {
        return binlog_malformed(ev, e);
    }
    for (; n > 0; n--) {
        struct mariadb_gtid g = {.domain = read_u32(&r)};
        g.server = read_u32(&r);
        g.sequence = read_u64(&r);
        if (!mariadb_position_set(out, &g, e)) {
            return false;
        }
    }
    return !r.bad || binlog_malformed(ev, e);
}
