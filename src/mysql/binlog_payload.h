/* TRANSACTION_PAYLOAD events (binlog_transaction_compression): a whole transaction's events in one, compressed with zstd.
 *
 *   { field, length-encoded | length | value } .. 0 | payload          field 1: payload size, 2: algorithm, 3: plain size
 *
 * Unpacked piece by piece: memory is what one event inside needs, however large the transaction is.
 * One thread at a time. Errors: ERR_SOURCE_BINLOG, ERR_LIMIT for an event beyond max_event_bytes, ERR_MEMORY. */
#ifndef MYSQL_BINLOG_PAYLOAD_H
#define MYSQL_BINLOG_PAYLOAD_H

#include "mysql/binlog_event.h"

struct binlog_payload;

struct binlog_payload *binlog_payload_new(size_t max_event_bytes); /* NULL: no memory */
void binlog_payload_free(struct binlog_payload *p);                /* NULL is fine */

/* Begin with an event, whose bytes must stay until the last event inside was read. */
bool binlog_payload_begin(struct binlog_payload *p, const struct binlog_event *ev, struct err *e) WARN_UNUSED;

/* The next event inside, valid until the next call. *found false at the end. */
bool binlog_payload_next(struct binlog_payload *p, struct binlog_event *inner, bool *found, struct err *e) WARN_UNUSED;

#endif
