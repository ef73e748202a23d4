/* A slot's changes from a position on: connection, stream and decoder together.
 *
 * The caller keeps its own position, in the same transaction as what it applied: COMMIT's end_lsn, or POSITION's lsn when everything before
 * is applied. It opens the stream with that position, and after a lost connection (retryable errors) it closes the stream, takes
 * back what it had not committed, and opens another. What is before the position does not come again, whatever the server remembers: a
 * slot's own position falls back when the server restarts. A slot that is ahead of the caller's position was read by somebody else:
 * ERR_SLOT_MOVED.
 *
 * One thread at a time; change_stream_abort from any. */
#ifndef GAUSS_CHANGE_STREAM_H
#define GAUSS_CHANGE_STREAM_H

#include "gauss/change.h"
#include "gauss/client.h"
#include "gauss/decoder.h"
#include "value/dialect.h"

/* Which plugin, and how it is asked to write. */
struct decoder_choice {
    enum decoder_kind kind;
    const char *plugin; /* for slot_create */
    unsigned parallel;  /* threads of parallel decoding; 0: serial */
    bool binary;        /* pgoutput: values in binary */
    char reason[512];   /* for people: what was chosen and why, and what it does not carry */
};

struct decoder_facts {
    enum dialect dialect;
    bool has_pgoutput; /* the server knows publications */
    bool has_bool;     /* a table to follow has a boolean column */
};

/* has_pgoutput, asked of the server. */
bool decoder_facts_read(struct gauss_client *c, struct decoder_facts *f, struct err *e) WARN_UNUSED;
/* false + e (ERR_TARGET_DATABASE): no decoder of this server tells all changes. */
bool decoder_choose(const struct decoder_facts *f, struct decoder_choice *out, struct err *e) WARN_UNUSED;

struct change_stream_options {
    struct gauss_options connect;
    enum dialect dialect;
    struct decoder_choice decoder;
    const char *slot;
    const char *publication; /* pgoutput */
    uint64_t position;       /* 0: where the slot stands */
    const char *own_origin;  /* NULL, or how the names of our own origins begin */
    bool messages;           /* PostgreSQL: pg_logical_emit_message too */
    int64_t busy_ms;         /* wait so long for a slot that is in use: its last reader may be gone; 0: do not wait */
    int64_t silence_ms;      /* as replication_set_silence */
};

struct change_stream;

bool change_stream_open(struct change_stream **out, const struct change_stream_options *o, struct err *e) WARN_UNUSED;
void change_stream_close(struct change_stream *s); /* NULL is fine; relations go with it */
void change_stream_abort(struct change_stream *s); /* any thread: the pending call fails with ERR_TARGET_LOST */

/* The next change; CHANGE_NONE when none came within wait_ms. */
bool change_stream_next(struct change_stream *s, int64_t wait_ms, struct change *c, struct err *e) WARN_UNUSED;

/* Everything before is applied for good: the server may forget it. */
void change_stream_flushed(struct change_stream *s, uint64_t lsn);
/* At least every second or two while the caller does not read. */
bool change_stream_tend(struct change_stream *s, struct err *e) WARN_UNUSED;

struct change_stream_figures {
    struct decoder_counts counts;
    uint64_t bytes;
    uint64_t server_lsn; /* as far as the server has decoded, by what it told last */
    int64_t heard_us;    /* when that was sent, by its clock, since 1970; 0: nothing came yet */
};
void change_stream_figures(const struct change_stream *s, struct change_stream_figures *f);

#endif
