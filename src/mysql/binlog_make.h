/* Events that a server sends at the beginning of a connection, made here: so that events kept in a file can be read from somewhere in
 * the midst as if a connection began there. */
#ifndef MYSQL_BINLOG_MAKE_H
#define MYSQL_BINLOG_MAKE_H

#include "mysql/binlog_event.h"

/* Append an artificial ROTATE to a place, without a checksum. */
bool binlog_make_rotate(const struct binlog_place *to, struct buf *out, struct err *e) WARN_UNUSED;

/* Append a copy of a format description that says of itself that it is not at this place in the file, its checksum mended. */
bool binlog_make_format(const uint8_t *event, size_t len, struct buf *out, struct err *e) WARN_UNUSED;

#endif
