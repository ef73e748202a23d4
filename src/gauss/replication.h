/* A replication connection: simple queries, and the stream of a logical slot.
 *
 * Two layouts of the messages in the stream, by the server's kind: PostgreSQL's documented ones, and openGauss's structures as measured.
 * On openGauss every error ends the connection. Errors are ERR_TARGET_* as of client.h; about slots ERR_SLOT_*, ERR_PUBLICATION.
 *
 * Feedback: what the caller says is applied for good (replication_flushed) is told to the server once a second, and at once when
 * the server asks. Nothing else is ever confirmed. A caller that is busy elsewhere calls replication_tend at least once a second
 * or two: a server that hears nothing ends the connection (wal_sender_timeout: 60 s, openGauss 6 s or logical_sender_timeout 30 s).
 * A PostgreSQL that is shut down waits until everything is confirmed; after 2 s of that the stream ends with ERR_TARGET_LOST.
 *
 * One thread at a time; replication_abort from any. */
#ifndef GAUSS_REPLICATION_H
#define GAUSS_REPLICATION_H

#include "gauss/client.h"

struct replication;

struct replication_system {
    char id[32]; /* of the cluster: another after a restore */
    uint64_t position;
    char database[64];
};

/* o->replication is set here; sessions get the settings that make values' text exact, unless o->startup says otherwise. */
bool replication_connect(struct replication **out, const struct gauss_options *o, struct err *e) WARN_UNUSED;
void replication_close(struct replication *r); /* says goodbye to a stream first; NULL is fine */
void replication_abort(struct replication *r); /* any thread: the pending call fails with ERR_TARGET_LOST */

/* For simple queries, as long as no stream was started. */
struct gauss_client *replication_client(struct replication *r);
bool replication_is_opengauss(const struct replication *r);
bool replication_identify(struct replication *r, struct replication_system *out, struct err *e) WARN_UNUSED;

struct replication_option {
    const char *name, *value;
};

/* Begin the stream of a logical slot at `from` (0: where the slot stands). Transactions whose commit record starts before are
 * not sent. Wrong options may be told only by the first replication_next. */
bool replication_start(struct replication *r, const char *slot, uint64_t from, const struct replication_option *options,
                       size_t n, struct err *e) WARN_UNUSED;

enum replication_kind {
    REPLICATION_NOTHING, /* the wait is over */
    REPLICATION_DATA,
    REPLICATION_KEEPALIVE,
};

struct replication_message {
    enum replication_kind kind;
    uint64_t lsn;    /* DATA: start of the record; KEEPALIVE: decoded so far, 0 on an openGauss that has just begun */
    int64_t sent_us; /* since 1970, by the server's clock */
    const uint8_t *payload; /* DATA: valid until the next call */
    size_t len;
};

/* The next message, waiting at most wait_ms for its beginning. Sends feedback where due. A server that is silent for
 * silence_ms (replication_set_silence) although it was asked is ERR_TARGET_TIMEOUT. */
bool replication_next(struct replication *r, int64_t wait_ms, struct replication_message *m, struct err *e) WARN_UNUSED;

/* Everything before this position is applied for good. Never goes back. */
void replication_flushed(struct replication *r, uint64_t lsn);
/* Send feedback where it is due; does not read. */
bool replication_tend(struct replication *r, struct err *e) WARN_UNUSED;
/* Send feedback now. */
bool replication_status(struct replication *r, struct err *e) WARN_UNUSED;
/* The same, and the server is to answer by a keepalive at once, as it does while it has nothing to send. */
bool replication_ask(struct replication *r, struct err *e) WARN_UNUSED;
void replication_set_silence(struct replication *r, int64_t silence_ms); /* 0: 5 minutes */

#endif
