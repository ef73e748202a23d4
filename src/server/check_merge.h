/* A check of some tables, made again, put into the one that was made of all. No I/O; any thread. */
#ifndef SERVER_CHECK_MERGE_H
#define SERVER_CHECK_MERGE_H

#include <jansson.h>

/* Reports as docs/check.md has them; borrowed. What `again` says of its tables replaces what `before` says of them; the rest of `again`
 * (when, against what) is that of the whole. The caller owns the result. */
json_t *check_merge(const json_t *before, const json_t *again);

#endif
