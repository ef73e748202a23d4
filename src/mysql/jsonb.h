/* MySQL's binary JSON, as it is in the binlog, to the text that the server itself would print.
 *
 *   document:   type 1 | value
 *   container:  elements | bytes | { key offset, key length } | { type 1, offset or small value } | keys | values
 *               all offsets from the container's beginning; 2 bytes in small containers, 4 in large ones
 *
 * Foreign bytes: every read stays inside the value it belongs to; nesting is bounded. What does not parse is ERR_SOURCE_BINLOG.
 * Thread: pure functions. Source: MySQL, json_binary.h; the text's form measured. */
#ifndef MYSQL_JSONB_H
#define MYSQL_JSONB_H

#include "base/arena.h"
#include "base/buf.h"

/* Append a document as text ({"a": [1, 2.5]}). No bytes at all are the document null, as in the server. ERR_LIMIT where the text
 * would be larger than out allows. */
bool jsonb_print(const uint8_t *document, size_t len, struct buf *out, struct err *e) WARN_UNUSED;

/* Apply the changes of a PARTIAL_UPDATE_ROWS event to the document they were made to, and append the result as text.
 * changes: { operation 1 | path | value } without the length in front. The arena holds the document meanwhile: reset it after.
 * ERR_SOURCE_BINLOG where a path does not lead where its operation needs it. */
bool jsonb_patch(const uint8_t *document, size_t len, const uint8_t *changes, size_t changes_len, struct arena *a,
                 struct buf *out, struct err *e) WARN_UNUSED;

#endif
