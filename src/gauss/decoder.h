/* From the payloads of a logical replication stream to changes (change.h). Knows no sockets.
 *
 *   pgoutput                 PostgreSQL and openGauss; openGauss writes 8 byte xids, tells every UPDATE's key, and sends BEGIN again
 *                            before each definition. Protocol 1: a transaction is sent once it has committed, whole. (Protocol 2
 *                            could send large ones earlier, but what is not committed cannot be applied, so it would have to be
 *                            kept here; the server keeps it on its disk already, and memory is bounded by one message.)
 *   mppdb_decoding, serial   openGauss: lines of text, rows as JSON, rows' values as SQL literals
 *   mppdb_decoding, parallel openGauss: decode-style t (text), j (JSON), b (binary), each with or without batches
 *
 * mppdb_decoding does not tell relations: they are made from the columns that rows name, so a relation is as wide as what was seen of
 * it, and known key columns are those of old rows. In styles t and j without batches a COMMIT has no end position.
 *
 * What is at or before the own position is passed over. pgoutput tells a transaction's position when it begins; the others only
 * when it ends, where one that was to be passed over is ERR_TARGET_PROTOCOL: the server skips them itself when it is told where to start.
 * A transaction without changes, and one of an own origin, is not told; both end in POSITION.
 *
 * Foreign bytes: every read is bounded; what cannot be understood is ERR_TARGET_PROTOCOL, after which only decoder_free may
 * follow. Thread: one at a time. */
#ifndef GAUSS_DECODER_H
#define GAUSS_DECODER_H

#include "base/err.h"
#include "gauss/change.h"

enum decoder_kind {
    DECODER_PGOUTPUT,
    DECODER_MPPDB_SERIAL,
    DECODER_MPPDB_TEXT,
    DECODER_MPPDB_JSON,
    DECODER_MPPDB_BINARY,
};

struct decoder_options {
    enum decoder_kind kind;
    bool opengauss;         /* pgoutput: whose */
    bool batch;             /* parallel mppdb_decoding: sending-batch 1 */
    uint64_t position;      /* 0: none yet */
    const char *own_origin; /* transactions whose origin's name begins so are passed over; NULL: none. Copied */
};

struct decoder_counts {
    uint64_t transactions; /* with changes, told to their COMMIT */
    uint64_t rows;
    uint64_t empty;       /* transactions without changes */
    uint64_t passed_over; /* transactions at or before the position, or of an own origin */
};

struct decoder;

struct decoder *decoder_new(const struct decoder_options *o);
void decoder_free(struct decoder *d); /* NULL is fine; relations go with it */

/* The payload of one XLogData, and its start position. It must stay until decoder_next has returned CHANGE_NONE. */
bool decoder_feed(struct decoder *d, uint64_t lsn, const uint8_t *payload, size_t len, struct err *e) WARN_UNUSED;

/* The next change; CHANGE_NONE: all of what was fed has been told. */
bool decoder_next(struct decoder *d, struct change *c, struct err *e) WARN_UNUSED;

/* Between transactions, everything told? */
bool decoder_is_idle(const struct decoder *d);

const struct decoder_counts *decoder_counts(const struct decoder *d);
const char *decoder_kind_name(enum decoder_kind kind); /* "pgoutput", "mppdb_decoding, parallel, binary" */

#endif
