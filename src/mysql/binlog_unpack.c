/* MariaDB's compressed events. See binlog_unpack.h. */
#include "mysql/binlog_unpack.h"

#include <zlib.h>

enum { PACKED = 0x80, ALGORITHM = 0x70, LENGTH_BYTES = 0x07, LENGTH_BYTES_MAX = 4 };

static bool malformed(struct err *e) {
    return err_set(e, ERR_SOURCE_BINLOG, "the compressed part of an event cannot be read");
}

bool binlog_unpack(const uint8_t *bytes, size_t len, struct buf *out, struct err *e) {
    size_t n = len > 0 ? bytes[0] & LENGTH_BYTES : 0;
    if (len < 1 + n || n < 1 || n > LENGTH_BYTES_MAX || (bytes[0] & PACKED) == 0) {
        return malformed(e);
    }
    if ((bytes[0] & ALGORITHM) != 0) {
        return err_set(e, ERR_SOURCE_BINLOG, "an event is compressed with an unknown algorithm (%u)",
                       (bytes[0] & ALGORITHM) >> 4);
    }
    uLongf plain = 0;
    for (size_t i = 1; i <= n; i++) {
        plain = plain << 8 | bytes[i];
    }
    uLong packed = (uLong)(len - 1 - n);
    /* zlib makes at most about 1030 bytes of one: a header that promises more is not worth the memory. */
    if (plain / 1100 > packed) {
        return malformed(e);
    }
    if (!buf_reserve(out, plain > 0 ? plain : 1, e)) {
        return false;
    }
    uLongf got = plain;
    uLong used = packed;
    if (uncompress2(out->data + out->len, &got, bytes + 1 + n, &used) != Z_OK || got != plain) {
        return malformed(e);
    }
    out->len += plain;
    return true;
}
