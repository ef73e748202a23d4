/* Where we are in a binlog: file and offset behind each event, and where transactions begin and end.
 *
 * The same tracker follows a connection's events (binlog_stream.h) and events kept in files: it needs nothing but the bytes, in
 * order, from a connection's first event on.
 *
 * A transaction is  [GTID]  BEGIN | XA START | CREATE TABLE .. START TRANSACTION  ..  XID | COMMIT | ROLLBACK | XA PREPARE,
 * or [GTID] and one statement (a definition), or GTID and one compressed payload.
 *
 * Offsets have 64 bits though events carry 32: a transaction beyond 4 GiB makes a larger file.
 * One thread at a time. Errors as in binlog_event.h. */
#ifndef MYSQL_BINLOG_TRACK_H
#define MYSQL_BINLOG_TRACK_H

#include "mysql/binlog_event.h"

enum binlog_step {
    BINLOG_STEP_LOG,    /* about the log itself, or of no meaning to us: skip it */
    BINLOG_STEP_BEGIN,  /* a transaction begins with this event */
    BINLOG_STEP_INSIDE, /* of the open transaction */
    BINLOG_STEP_END,    /* its last event: what it did is committed, prepared (XA) or, at ROLLBACK, undone */
    BINLOG_STEP_WHOLE,  /* this event is a transaction */
};

struct binlog_tracker {
    struct binlog_format format;
    struct binlog_place at;    /* behind the last event; file "" before the first rotation told it */
    struct binlog_place begin; /* of the transaction that is open, or has just ended: its first event */
    bool open;                 /* a transaction is open */
    bool cut;                  /* set by an event that ends an open transaction without its end: it never was */
    bool has_gtid;             /* of the open transaction, or the one that has just ended */
    struct binlog_gtid gtid;
    /* inside */
    bool explicit_end;          /* it has an end of its own: XID, COMMIT, .. */
    struct binlog_query query;  /* of the last QUERY event, unpacked */
    enum binlog_statement kind; /* its kind, */
    const char *rest;           /* and what follows the words that told it */
    size_t rest_len;
    struct buf unpacked;
};

/* crc32: what was agreed with the server for events before the first format description. */
void binlog_tracker_init(struct binlog_tracker *t, bool crc32);
void binlog_tracker_clear(struct binlog_tracker *t);

/* A new connection goes on behind the last whole transaction: what was open is forgotten. */
void binlog_tracker_restart(struct binlog_tracker *t, bool crc32);

/* The next event as it came: verified, taken apart into *ev, and put into its place. */
bool binlog_track(struct binlog_tracker *t, const uint8_t *bytes, size_t len, struct binlog_event *ev,
                  enum binlog_step *step, struct err *e) WARN_UNUSED;

#endif
