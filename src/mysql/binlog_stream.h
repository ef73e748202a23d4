/* The source's binlog as a replica reads it: raw events, one after the other, with the place of each.
 *
 *   binlog_stream_open      login, session settings, is the position there at all?, register, dump
 *   binlog_stream_next ..   an event; waits, for ever if need be, while heartbeats show that the source lives
 *   binlog_stream_stop      from any thread: the pending or next call ends with ERR_CANCELLED
 *   binlog_stream_close
 *
 * Nothing reconnects by itself: after an error the caller opens another stream behind its last whole transaction.
 * One thread at a time, but for stop. Errors: those of mysql_connect, and
 *   ERR_SOURCE_PURGED    the position's log is gone: what is missing is named
 *   ERR_SOURCE_DIVERGED  the source has not got what was read already
 *   ERR_SOURCE_BINLOG    it has no binlog, or refuses to send it
 *   ERR_SOURCE_LOST, ERR_SOURCE_TIMEOUT, ERR_SOURCE_BINLOG_DAMAGED: retry. */
#ifndef MYSQL_BINLOG_STREAM_H
#define MYSQL_BINLOG_STREAM_H

#include "mysql/binlog_track.h"
#include "mysql/client.h"

struct binlog_stream_options {
    struct mysql_options server;
    /* Where to begin. gtid: what is known already, the rest is sent (MySQL: a set, MariaDB: a position). NULL: by file, from offset,
     * which must be the beginning of an event. */
    const char *gtid;
    const char *file;   /* file "": the oldest there is */
    uint64_t offset;    /* 0: the file's first event */
    uint32_t server_id; /* 0: one is chosen that no registered replica has */
    const char *
        server_uuid; /* under which the source knows this replica: a new connection ends the old one. NULL: a random one */
    int64_t heartbeat_ms;   /* 0: 5 s; three without a sign are a lost connection */
    bool until_end;         /* end where the source's binlog ends now, instead of waiting for more */
    size_t max_event_bytes; /* 0: 1 GiB + 64 kB */
};

struct binlog_stream;

bool binlog_stream_open(struct binlog_stream **out, const struct binlog_stream_options *o, struct err *e) WARN_UNUSED;

/* bytes: the event with header and checksum, as it is in the source's file, valid until the next call; NULL: the end (until_end).
 * ev and step as binlog_track gives them. */
struct binlog_raw {
    const uint8_t *bytes;
    size_t len;
    struct binlog_event ev;
    enum binlog_step step;
};
bool binlog_stream_next(struct binlog_stream *s, struct binlog_raw *out, struct err *e) WARN_UNUSED;

/* Is there an event at hand, or does one arrive within timeout_ms? (A heartbeat is one.) */
bool binlog_stream_ready(struct binlog_stream *s, int64_t timeout_ms);

/* Where the stream is: behind the last event, and about its transaction. */
const struct binlog_tracker *binlog_stream_track(const struct binlog_stream *s);
const struct mysql_server *binlog_stream_server(const struct binlog_stream *s);
uint64_t binlog_stream_bytes_in(const struct binlog_stream *s);

void binlog_stream_stop(struct binlog_stream *s);  /* any thread */
void binlog_stream_close(struct binlog_stream *s); /* NULL is fine */

#endif
