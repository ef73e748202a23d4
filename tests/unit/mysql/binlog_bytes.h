/* Building events byte by byte. */
#ifndef TEST_BINLOG_BYTES_H
#define TEST_BINLOG_BYTES_H

#include "mysql/binlog_event.h"

struct bytes {
    uint8_t data[8192];
    size_t n;
};

void bytes_put(struct bytes *b, const void *p, size_t n);
void bytes_le(struct bytes *b, uint64_t v, size_t n);
void bytes_hex(struct bytes *b, const char *hex); /* blanks are skipped */
#define bytes_text(b, text) bytes_put((b), (text), sizeof(text) - 1)

/* A header for the body, and a checksum behind it where asked for. end_position: 0 for an artificial one. */
void event_make(struct bytes *out, uint8_t type, const struct bytes *body, uint32_t end_position, bool crc32);

/* An event as a parser gets it, pointing into `body`. */
struct binlog_event event_of(uint8_t type, const struct bytes *body);

#endif
