/* MariaDB's compressed pieces of events (log_bin_compress), and compressed columns.
 *
 *   header 1: 0x80 | algorithm << 4 | bytes of length | length 1..4, big-endian | zlib stream
 *
 * Internal to src/mysql. Any thread. Source: MariaDB, log_event.h, "compressed event". */
#ifndef MYSQL_BINLOG_UNPACK_H
#define MYSQL_BINLOG_UNPACK_H

#include "base/buf.h"

/* Append the plain bytes. ERR_SOURCE_BINLOG when they are not what the header promises; ERR_LIMIT beyond out's maximum. */
bool binlog_unpack(const uint8_t *bytes, size_t len, struct buf *out, struct err *e) WARN_UNUSED;

#endif
