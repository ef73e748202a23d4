/* MySQL row bytes to COPY bytes, once, without an intermediate text form.
 *
 * Input: a row of the binary (prepared) protocol as mysql_next() returns it.
 * Output: one tuple of COPY binary, or one line of COPY text, appended to a buffer.
 * The plan is made once per table; the row functions allocate nothing.
 * Foreign bytes: every read is bounded by the row's length; a row that does not parse is ERR_SOURCE_PROTOCOL.
 * Thread: a plan is read-only once made and may be shared; counters and buffer belong to one thread. */
#ifndef VALUE_ENCODE_H
#define VALUE_ENCODE_H

#include "base/buf.h"
#include "value/loss.h"
#include "value/typemap.h"

/* The source's protocol description of one column in the result. */
struct source_column {
    uint8_t type; /* MYSQL_TYPE_* */
    bool is_unsigned;
    bool is_binary; /* charset 63 */
};

struct encode_column {
    struct source_column source;
    struct mytype from;
    struct target_type to;
    bool nullable;    /* in the target */
    const char *name; /* for errors */
};

struct encode_plan;

struct encode_options {
    enum dialect dialect;
    bool binary; /* COPY binary, else COPY text */
    /* With binary, for rows that are compared and not loaded: what COPY binary of openGauss B cannot carry, zero dates and years
     * 0000, is written as B itself sends it, and nothing asks for text. */
    bool canonical;
    struct loss_policies policies;
};

/* 0000-00-00 as COPY binary of openGauss B (dolphin 5.1) sends it, measured. It cannot be sent back in. */
enum { B_ZERO_DATE = -2451508 };
#define B_ZERO_TIMESTAMP (INT64_C(86400000000) * B_ZERO_DATE)

/* Decide per column how its bytes are turned. Lives in the arena. e: ERR_INTERNAL when a pair of types has no encoder. */
bool encode_plan_make(struct arena *a, const struct encode_options *o, const struct encode_column *cols, size_t n,
                      struct encode_plan **out, struct err *e) WARN_UNUSED;

/* How many values each rule met, per column: counts[column * LOSS_COUNT + rule]. */
struct encode_counts {
    uint64_t *counts;
    uint64_t met;   /* their sum */
    bool want_text; /* see encode_wants_text */
};

/* After encode_row has failed on a plan for COPY binary: true when the row holds a value that only COPY text can carry (a zero
 * date in an openGauss B database). It is no loss: encode the chunk again with a plan for text. */
static inline bool encode_wants_text(const struct encode_counts *c) {
    return c->want_text;
}

/* COPY binary's 19 byte head and 2 byte trailer; nothing for text. */
bool encode_head(const struct encode_plan *p, struct buf *out, struct err *e) WARN_UNUSED;
bool encode_tail(const struct encode_plan *p, struct buf *out, struct err *e) WARN_UNUSED;

/* Append one row. On error (policy fail, malformed row) out is as before the call, e names column, value
 * (shortened) and rule; *failed_column tells the column. */
bool encode_row(const struct encode_plan *p, const uint8_t *row, size_t len, struct encode_counts *counts,
                struct buf *out, size_t *failed_column, struct err *e) WARN_UNUSED;

/* A value of a row as short UTF-8 text for messages ("2024-00-13", "x'00ff..'", NULL), at most cap-1 bytes. */
void encode_describe(const struct encode_plan *p, const uint8_t *row, size_t len, size_t column, char *text,
                     size_t cap);

#endif
