/* Making the events that begin a connection. See binlog_make.h. */
#include "mysql/binlog_make.h"

#include <zlib.h>

enum { TYPE_AT = 4, LENGTH_AT = 9, END_AT = 13, FLAGS_AT = 17 };

static void set_le(uint8_t *p, uint64_t v, size_t n) {
    for (size_t i = 0; i < n; i++) {
        p[i] = (uint8_t)(v >> 8 * i);
    }
}

bool binlog_make_rotate(const struct binlog_place *to, struct buf *out, struct err *e) {
    size_t name = strlen(to->file), n = BINLOG_HEADER_BYTES + 8 + name;
    if (!buf_reserve(out, n, e)) {
        return false;
    }
    uint8_t *p = out->data + out->len;
    memset(p, 0, BINLOG_HEADER_BYTES);
    p[TYPE_AT] = BINLOG_ROTATE;
    set_le(p + LENGTH_AT, n, 4);
    set_le(p + FLAGS_AT, BINLOG_FLAG_ARTIFICIAL, 2);
    set_le(p + BINLOG_HEADER_BYTES, to->offset, 8);
    memcpy(p + BINLOG_HEADER_BYTES + 8, to->file, name);
    out->len += n;
    return true;
}

bool binlog_make_format(const uint8_t *event, size_t len, struct buf *out, struct err *e) {
    struct binlog_event ev;
    struct binlog_format f;
    if (!binlog_event_open(&(struct binlog_format){0}, event, len, &ev, e) || !binlog_read_format(&ev, &f, e) ||
        !buf_reserve(out, len, e)) {
        return false;
    }
    uint8_t *p = out->data + out->len;
    memcpy(p, event, len);
    set_le(p + END_AT, 0, 4);
    p[FLAGS_AT] = (uint8_t)(p[FLAGS_AT] & ~BINLOG_FLAG_IN_USE) | BINLOG_FLAG_ARTIFICIAL;
    if (f.crc32) {
        size_t covered = len - BINLOG_CHECKSUM_BYTES;
        set_le(p + covered, crc32_z(0, p, covered), BINLOG_CHECKSUM_BYTES);
    }
    out->len += len;
    return true;
}
