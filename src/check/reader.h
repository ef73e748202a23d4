/* Reading one piece of a table on one side: every row in canonical form, to a sink.
 *
 * Source: the binary protocol through the load's encoder, so that what a policy changes is changed here as well, and counted.
 * Target: COPY binary, or COPY text from an openGauss whose binary form of some type is not the known one.
 * Thread: a reader belongs to one thread. */
#ifndef CHECK_READER_H
#define CHECK_READER_H

#include <stdatomic.h>

#include "base/rate.h"
#include "check/table_plan.h"
#include "check/unit.h"
#include "value/encode.h"

/* What a row begins with that no policy could bring into the target's types; its own bytes follow. */
#define READER_UNCARRIABLE "cannot be carried"

/* row: canonical; key_len: the bytes of its key columns at its begin. */
typedef bool row_sink(void *arg, const uint8_t *row, size_t len, size_t key_len, struct err *e);

struct reader {
    const struct task *task;
    enum dialect dialect;
    enum side side;
    atomic_bool *stop;
    struct rate *rate; /* NULL: no limit */
    struct mysql_client *source;
    struct gauss_client *target;
    struct buf tuple, canon, carry;
    struct arena scratch;
    uint64_t *counts; /* losses of the current piece: [column * LOSS_COUNT + rule] */
    size_t ncounts;
    uint64_t uncarriable; /* rows of the current piece that no policy could bring into a form of the target */
    uint64_t wire_bytes;  /* of the current piece */
    uint64_t paid_bytes;  /* of those, what the rate limit knows of */
};

void reader_init(struct reader *r);
void reader_clear(struct reader *r); /* closes neither connection */

bool reader_read(struct reader *r, struct check_table *t, const char *where, row_sink *sink, void *arg,
                 struct err *e) WARN_UNUSED;

/* Read what a condition selects, e.g. the rows of some keys; the same as reader_read without an index hint. */
bool reader_read_plain(struct reader *r, struct check_table *t, const char *where, row_sink *sink, void *arg,
                       struct err *e) WARN_UNUSED;

#endif
