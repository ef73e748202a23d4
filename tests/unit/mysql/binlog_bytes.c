#include "binlog_bytes.h"

#include <stdlib.h>
#include <zlib.h>

void bytes_put(struct bytes *b, const void *p, size_t n) {
    if (n > sizeof b->data - b->n) {
        abort();
    }
    memcpy(b->data + b->n, p, n);
    b->n += n;
}

void bytes_le(struct bytes *b, uint64_t v, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = (uint8_t)(v >> 8 * i);
        bytes_put(b, &byte, 1);
    }
}

void bytes_hex(struct bytes *b, const char *hex) {
    for (; *hex != '\0'; hex++) {
        if (*hex == ' ') {
            continue;
        }
        char two[3] = {hex[0], hex[1], '\0'};
        bytes_le(b, strtoul(two, NULL, 16), 1);
        hex++;
    }
}

void event_make(struct bytes *out, uint8_t type, const struct bytes *body, uint32_t end_position, bool crc) {
    size_t length = BINLOG_HEADER_BYTES + body->n + (crc ? BINLOG_CHECKSUM_BYTES : 0);
    out->n = 0;
    bytes_le(out, end_position == 0 ? 0 : 1700000000, 4);
    bytes_le(out, type, 1);
    bytes_le(out, 77, 4);
    bytes_le(out, length, 4);
    bytes_le(out, end_position, 4);
    bytes_le(out, end_position == 0 ? BINLOG_FLAG_ARTIFICIAL : 0, 2);
    bytes_put(out, body->data, body->n);
    if (crc) {
        bytes_le(out, crc32(0, out->data, (uInt)out->n), 4);
    }
}

struct binlog_event event_of(uint8_t type, const struct bytes *body) {
    return (struct binlog_event){.type = type,
                                 .server_id = 77,
                                 .length = (uint32_t)(BINLOG_HEADER_BYTES + body->n),
                                 .body = body->data,
                                 .len = body->n};
}
