/* The frame of every binlog event, and the small events that are about the log itself. See binlog_event.h. */
#include "mysql/binlog_event.h"

#include <zlib.h>

#include "mysql/reader.h"

enum {
    FORMAT_VERSION_BYTES = 50,
    FORMAT_FIXED_BYTES = 2 + FORMAT_VERSION_BYTES + 4 + 1, /* in front of the post header lengths */
    BINLOG_VERSION = 4,
    FLAGS_AT = 17,
    CHECKSUM_OFF = 0,
    CHECKSUM_CRC32 = 1,
    MARIADB_FIRST = 160, /* types from here on are MariaDB's */
};

const char *binlog_type_name(unsigned type, char text[32]) {
    static const char *const mysql[] = {
        [BINLOG_QUERY] = "QUERY",
        [BINLOG_STOP] = "STOP",
        [BINLOG_ROTATE] = "ROTATE",
        [BINLOG_INTVAR] = "INTVAR",
        [BINLOG_APPEND_BLOCK] = "APPEND_BLOCK",
        [BINLOG_DELETE_FILE] = "DELETE_FILE",
        [BINLOG_RAND] = "RAND",
        [BINLOG_USER_VAR] = "USER_VAR",
        [BINLOG_FORMAT_DESCRIPTION] = "FORMAT_DESCRIPTION",
        [BINLOG_XID] = "XID",
        [BINLOG_BEGIN_LOAD_QUERY] = "BEGIN_LOAD_QUERY",
        [BINLOG_EXECUTE_LOAD_QUERY] = "EXECUTE_LOAD_QUERY",
        [BINLOG_TABLE_MAP] = "TABLE_MAP",
        [BINLOG_WRITE_ROWS_V1] = "WRITE_ROWS_V1",
        [BINLOG_UPDATE_ROWS_V1] = "UPDATE_ROWS_V1",
        [BINLOG_DELETE_ROWS_V1] = "DELETE_ROWS_V1",
        [BINLOG_INCIDENT] = "INCIDENT",
        [BINLOG_HEARTBEAT] = "HEARTBEAT",
        [BINLOG_IGNORABLE] = "IGNORABLE",
        [BINLOG_ROWS_QUERY] = "ROWS_QUERY",
        [BINLOG_WRITE_ROWS] = "WRITE_ROWS",
        [BINLOG_UPDATE_ROWS] = "UPDATE_ROWS",
        [BINLOG_DELETE_ROWS] = "DELETE_ROWS",
        [BINLOG_GTID] = "GTID",
        [BINLOG_ANONYMOUS_GTID] = "ANONYMOUS_GTID",
        [BINLOG_PREVIOUS_GTIDS] = "PREVIOUS_GTIDS",
        [BINLOG_TRANSACTION_CONTEXT] = "TRANSACTION_CONTEXT",
        [BINLOG_VIEW_CHANGE] = "VIEW_CHANGE",
        [BINLOG_XA_PREPARE] = "XA_PREPARE",
        [BINLOG_PARTIAL_UPDATE_ROWS] = "PARTIAL_UPDATE_ROWS",
        [BINLOG_TRANSACTION_PAYLOAD] = "TRANSACTION_PAYLOAD",
        [BINLOG_HEARTBEAT_V2] = "HEARTBEAT_V2",
        [BINLOG_GTID_TAGGED] = "GTID_TAGGED",
    };
    static const char *const mariadb[] = {
        "ANNOTATE_ROWS",
        "BINLOG_CHECKPOINT",
        "GTID",
        "GTID_LIST",
        "START_ENCRYPTION",
        "QUERY_COMPRESSED",
        "WRITE_ROWS_COMPRESSED_V1",
        "UPDATE_ROWS_COMPRESSED_V1",
        "DELETE_ROWS_COMPRESSED_V1",
        "WRITE_ROWS_COMPRESSED",
        "UPDATE_ROWS_COMPRESSED",
        "DELETE_ROWS_COMPRESSED",
    };
    const char *name = type < sizeof mysql / sizeof mysql[0] ? mysql[type]
                       : type >= MARIADB_FIRST && type - MARIADB_FIRST < sizeof mariadb / sizeof mariadb[0]
                           ? mariadb[type - MARIADB_FIRST]
                           : NULL;
    if (name != NULL) {
        snprintf(text, 32, "%s", name);
    } else {
        snprintf(text, 32, "event %u", type);
    }
    return text;
}

bool binlog_malformed(const struct binlog_event *ev, struct err *e) {
    char name[32];
    return err_set(e, ERR_SOURCE_BINLOG, "a %s event of %u bytes cannot be read", binlog_type_name(ev->type, name),
                   ev->length);
}

/* ---- the frame ---- */

void binlog_format_init(struct binlog_format *f, bool crc32) {
    *f = (struct binlog_format){.crc32 = crc32};
    f->post_header[BINLOG_QUERY] = 13;
    f->post_header[BINLOG_ROTATE] = 8;
    f->post_header[BINLOG_TABLE_MAP] = 8;
    for (int i = 0; i < 3; i++) {
        f->post_header[BINLOG_WRITE_ROWS_V1 + i] = 8;
        f->post_header[BINLOG_WRITE_ROWS + i] = 10;
        f->post_header[BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1 + i] = 8;
        f->post_header[BINLOG_MARIADB_WRITE_ROWS_COMPRESSED + i] = 10;
    }
    f->post_header[BINLOG_PARTIAL_UPDATE_ROWS] = 10;
}

static bool damaged(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
static bool damaged(struct err *e, const char *fmt, ...) {
    char text[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    err_set(e, ERR_SOURCE_BINLOG_DAMAGED, "the source's binlog arrived damaged");
    return err_cause(e, "%s", text);
}

/* The checksum of all but its own four bytes. A file is marked as in use behind the checksum's back. */
static bool checksum_fits(const uint8_t *bytes, size_t len, uint8_t type) {
    size_t covered = len - BINLOG_CHECKSUM_BYTES;
    uLong crc = crc32_z(0, bytes, FLAGS_AT);
    uint8_t flags = bytes[FLAGS_AT];
    if (type == BINLOG_FORMAT_DESCRIPTION) {
        flags &= (uint8_t)~BINLOG_FLAG_IN_USE;
    }
    crc = crc32_z(crc, &flags, 1);
    crc = crc32_z(crc, bytes + FLAGS_AT + 1, covered - FLAGS_AT - 1);
    return (uint32_t)crc == get_le32(bytes + covered);
}

/* MySQL before 5.6.1 has no checksums, and no byte that tells of them. */
static bool version_has_checksums(const char *version) {
    unsigned major = 0, minor = 0, patch = 0;
    if (strstr(version, "MariaDB") != NULL) {
        return true;
    }
    (void)sscanf(version, "%u.%u.%u", &major, &minor, &patch); /* NOLINT(cert-err34-c): zeros where it is no version */
    return major * 10000 + minor * 100 + patch >= 50601;
}

static void version_of(const uint8_t *body, char version[FORMAT_VERSION_BYTES + 1]) {
    memcpy(version, body + 2, FORMAT_VERSION_BYTES);
    version[FORMAT_VERSION_BYTES] = '\0';
}

/* Bytes of checksum at the end of a format description; -1: no algorithm that is known. */
static int format_checksum(const uint8_t *bytes, size_t len, bool *crc32) {
    char version[FORMAT_VERSION_BYTES + 1];
    *crc32 = false;
    if (len < BINLOG_HEADER_BYTES + FORMAT_FIXED_BYTES + 1 + BINLOG_CHECKSUM_BYTES) {
        return 0;
    }
    version_of(bytes + BINLOG_HEADER_BYTES, version);
    if (!version_has_checksums(version)) {
        return 0;
    }
    uint8_t algorithm = bytes[len - BINLOG_CHECKSUM_BYTES - 1];
    *crc32 = algorithm == CHECKSUM_CRC32;
    return algorithm == CHECKSUM_OFF || algorithm == CHECKSUM_CRC32 ? BINLOG_CHECKSUM_BYTES : -1;
}

static void read_header(const uint8_t *bytes, struct binlog_event *out) {
    *out = (struct binlog_event){
        .timestamp_s = get_le32(bytes),
        .type = bytes[4],
        .server_id = get_le32(bytes + 5),
        .length = get_le32(bytes + 9),
        .end_position = get_le32(bytes + 13),
        .flags = get_le16(bytes + FLAGS_AT),
        .body = bytes + BINLOG_HEADER_BYTES,
    };
}

bool binlog_event_open(const struct binlog_format *f, const uint8_t *bytes, size_t len, struct binlog_event *out,
                       struct err *e) {
    char name[32];
    if (len < BINLOG_HEADER_BYTES) {
        return damaged(e, "an event of %zu bytes", len);
    }
    read_header(bytes, out);
    if (out->length != len) {
        return damaged(e, "a %s event of %zu bytes says that it has %u", binlog_type_name(out->type, name), len,
                       out->length);
    }
    bool crc = f->crc32;
    size_t tail = crc ? BINLOG_CHECKSUM_BYTES : 0;
    if (out->type == BINLOG_FORMAT_DESCRIPTION) {
        int n = format_checksum(bytes, len, &crc);
        if (n < 0) {
            return err_set(e, ERR_SOURCE_BINLOG, "the binlog has checksums of an unknown kind");
        }
        tail = (size_t)n;
    } else if (out->type == BINLOG_ROTATE && out->timestamp_s == 0) {
        /* It may come with the checksums of the file before, or of the one that follows. */
        crc = len >= BINLOG_HEADER_BYTES + BINLOG_CHECKSUM_BYTES && checksum_fits(bytes, len, out->type);
        tail = crc ? BINLOG_CHECKSUM_BYTES : 0;
    }
    if (len - BINLOG_HEADER_BYTES < tail) {
        return damaged(e, "a %s event of %zu bytes", binlog_type_name(out->type, name), len);
    }
    if (crc && !checksum_fits(bytes, len, out->type)) {
        return damaged(e, "a %s event of %zu bytes has a wrong checksum", binlog_type_name(out->type, name), len);
    }
    out->len = len - BINLOG_HEADER_BYTES - tail;
    return true;
}

bool binlog_event_open_inner(const uint8_t *bytes, size_t left, struct binlog_event *out, struct err *e) {
    if (left < BINLOG_HEADER_BYTES) {
        return err_set(e, ERR_SOURCE_BINLOG, "a transaction payload ends inside an event");
    }
    read_header(bytes, out);
    if (out->length < BINLOG_HEADER_BYTES || out->length > left) {
        return binlog_malformed(out, e);
    }
    out->len = out->length - BINLOG_HEADER_BYTES;
    return true;
}

/* ---- the log itself ---- */

bool binlog_read_format(const struct binlog_event *ev, struct binlog_format *out, struct err *e) {
    if (ev->len < FORMAT_FIXED_BYTES) {
        return binlog_malformed(ev, e);
    }
    unsigned version = get_le16(ev->body), header = ev->body[FORMAT_FIXED_BYTES - 1];
    if (version != BINLOG_VERSION || header != BINLOG_HEADER_BYTES) {
        return err_set(e, ERR_SOURCE_BINLOG,
                       "the binlog has format version %u with headers of %u bytes; 4 and 19 are known", version,
                       header);
    }
    *out = (struct binlog_format){0};
    version_of(ev->body, out->server_version);
    size_t n = ev->len - FORMAT_FIXED_BYTES;
    if (version_has_checksums(out->server_version)) {
        if (n == 0) {
            return binlog_malformed(ev, e);
        }
        n--;
        out->crc32 = ev->body[FORMAT_FIXED_BYTES + n] == CHECKSUM_CRC32;
    }
    n = n < sizeof out->post_header - 1 ? n : sizeof out->post_header - 1;
    memcpy(out->post_header + 1, ev->body + FORMAT_FIXED_BYTES, n); /* types are counted from 1 */
    return true;
}

static bool take_file(const struct binlog_event *ev, const uint8_t *name, size_t n, struct binlog_place *out,
                      struct err *e) {
    if (n == 0 || n >= sizeof out->file || memchr(name, '\0', n) != NULL) {
        return binlog_malformed(ev, e);
    }
    memcpy(out->file, name, n);
    out->file[n] = '\0';
    return true;
}

bool binlog_read_rotate(const struct binlog_event *ev, struct binlog_place *out, struct err *e) {
    if (ev->len < 8) {
        return binlog_malformed(ev, e);
    }
    out->offset = get_le64(ev->body);
    return take_file(ev, ev->body + 8, ev->len - 8, out, e);
}

/* Version 2: { what 1 | length | value }, what 1: file, 2: offset as a length-encoded integer, 0: the end. */
static bool read_heartbeat_2(const struct binlog_event *ev, struct binlog_place *out, struct err *e) {
    struct reader r = reader_of(ev->body, ev->len);
    *out = (struct binlog_place){0};
    while (reader_left(&r) > 0) {
        uint64_t what = read_lenenc(&r);
        if (what == 0) {
            break;
        }
        size_t n;
        const uint8_t *value = read_lenenc_bytes(&r, &n);
        if (value == NULL) {
            break;
        }
        if (what == 1 && !take_file(ev, value, n, out, e)) {
            return false;
        }
        if (what == 2) {
            struct reader v = reader_of(value, n);
            out->offset = read_lenenc(&v);
            r.bad = r.bad || v.bad;
        }
    }
    return (!r.bad && out->file[0] != '\0') || binlog_malformed(ev, e);
}

bool binlog_read_heartbeat(const struct binlog_event *ev, struct binlog_place *out, struct err *e) {
    if (ev->type == BINLOG_HEARTBEAT_V2) {
        return read_heartbeat_2(ev, out, e);
    }
    out->offset = ev->end_position; /* low 32 bits */
    return take_file(ev, ev->body, ev->len, out, e);
}

bool binlog_read_incident(const struct binlog_event *ev, struct binlog_incident *out, struct err *e) {
    struct reader r = reader_of(ev->body, ev->len);
    out->number = read_u16(&r);
    out->message_len = read_u8(&r);
    out->message = (const char *)read_bytes(&r, out->message_len);
    return !r.bad || binlog_malformed(ev, e);
}

bool binlog_read_rows_query(const struct binlog_event *ev, const char **text, size_t *len, struct err *e) {
    size_t head = ev->type == BINLOG_ROWS_QUERY ? 1 : 0; /* a length of one byte, too short for most, and ignored */
    if (ev->len < head) {
        return binlog_malformed(ev, e);
    }
    *text = (const char *)ev->body + head;
    *len = ev->len - head;
    return true;
}
