/* The source's binlog events on this machine's disk, between the source and whoever applies them: so that a long load, a slow or broken
 * target cost no event, even when the source purges its own log.
 *
 *   DIR/lock                one process at a time
 *   DIR/000000000001.seg    segments: records one after the other (spool_segment.h)
 *
 * One thread writes (a connection's events, as they come), others read behind it, and say what is no longer needed.
 * A killed process loses nothing that was flushed; a record that was being written is found by its length and checksum when the spool is
 * opened again, and cut off. Writing goes on behind the last whole transaction: spool_end says where the source is to begin. What had
 * come of a transaction then comes again, behind a restart, which tells readers to forget it.
 *
 * Never more than budget_bytes, with two exceptions: the writer waits (spool_append) until segments are released, but not when the open
 * transaction alone fills the spool, as nobody could release that; and a segment is written to its end.
 *
 * Thread: writing functions one thread, a reader one thread, the others any. Errors: ERR_SPOOL (directory, permissions, the disk),
 * ERR_SPOOL_FULL (try again), ERR_SPOOL_DAMAGED, ERR_CANCELLED after spool_stop, and those of positions. */
#ifndef ENGINE_SPOOL_H
#define ENGINE_SPOOL_H

#include "engine/source.h"
#include "mysql/binlog_stream.h"

enum spool_sync {
    SPOOL_SYNC_INTERVAL, /* what was written is made durable every sync_ms: a crash of the machine costs as much, to be read again */
    SPOOL_SYNC_FLUSH, /* with every flush */
    SPOOL_SYNC_NEVER, /* whenever the system likes */
};

struct spool_options {
    const char *directory;  /* is made, with mode 0700: the spool holds rows of the source */
    uint64_t budget_bytes;  /* 0: 10 GiB; at least 1 MiB */
    uint64_t segment_bytes; /* 0: 64 MiB; at most a quarter of the budget */
    enum spool_sync sync;
    int64_t sync_ms; /* 0: 1000 */
    bool is_mariadb; /* of the source */
    bool optional;   /* for capture.h: without it when it cannot be opened */
};

struct spool;

/* Open a spool, or make one; recovers from whatever happened to the process that had it before. */
bool spool_open(struct spool **out, const struct spool_options *o, struct err *e) WARN_UNUSED;

/* Flushes; nothing may be reading or waiting. NULL is fine. */
void spool_close(struct spool *s);

/* Nobody will want it any more: segments, lock and directory go, as far as they are there. */
void spool_remove(const char *directory);

/* The writer's thread: has it ever begun? If not, spool_begin has to be first. */
bool spool_has_begun(const struct spool *s);

/* Empty it, and begin at a position: by GTID where the position has one, else by file. No reader may be open. */
bool spool_begin(struct spool *s, const struct position *from, struct err *e) WARN_UNUSED;

/* Behind the last whole transaction that is in it: where reading the source has to go on. Strings in the arena. The oldest position it
 * can give, in the same way, is before its first transaction. */
bool spool_end(struct spool *s, struct arena *a, struct position *out, struct err *e) WARN_UNUSED;
bool spool_oldest(struct spool *s, struct arena *a, struct position *out, struct err *e) WARN_UNUSED;

/* ---- writing ---- */

/* A connection begins; crc32: as binlog_tracker_restart takes it. */
bool spool_restart(struct spool *s, bool crc32, struct err *e) WARN_UNUSED;

/* An event of the connection, with the tracker that is behind it (heartbeats are left out). Waits while the budget is used up. After an error nothing of the event
 * is in, and the same call may be made again. */
bool spool_append(struct spool *s, const struct binlog_raw *raw, const struct binlog_tracker *t,
                  struct err *e) WARN_UNUSED;

/* Let readers see all of it, and make it durable as far as asked for. To be called when no more events are at hand. */
bool spool_flush(struct spool *s, struct err *e) WARN_UNUSED;

/* ---- reading ---- */

enum spool_kind {
    SPOOL_NOTHING, /* nothing new for now */
    SPOOL_EVENT,   /* for txn_feed or binlog_track */
    SPOOL_RESTART, /* a connection began: for txn_reader_restart or binlog_tracker_restart, with crc32 */
};

struct spool_record {
    enum spool_kind kind;
    const uint8_t *bytes; /* until the next call */
    size_t len;
    enum binlog_step step;
    bool crc32;
};

struct spool_reader;

/* Read from somewhere at or before a position, as near as segments allow: transactions that the position contains may come first, and are
 * the reader's to leave out. ERR_SPOOL where the position lies before all that is left, or is of another kind. */
bool spool_reader_open(struct spool *s, const struct position *from, struct spool_reader **out,
                       struct err *e) WARN_UNUSED;
void spool_reader_close(struct spool_reader *r); /* NULL is fine */

/* The next record; waits up to wait_ms for one (0: not at all). The first is a restart. */
bool spool_read(struct spool_reader *r, int64_t wait_ms, struct spool_record *out, struct err *e) WARN_UNUSED;

/* ---- any thread ---- */

/* All transactions that the position contains are durable where they belong: segments that hold nothing else are removed. */
bool spool_release(struct spool *s, const struct position *applied, struct err *e) WARN_UNUSED;

/* Whoever waits, or is going to, ends with ERR_CANCELLED. For good. */
void spool_stop(struct spool *s);

struct spool_figures {
    uint64_t bytes, budget_bytes;
    unsigned segments;
    uint64_t events, event_bytes; /* written since it was opened */
    int64_t captured_s;           /* the source's time of the last event; 0: none yet */
    int64_t waiting_ms;           /* the writer has been waiting for space for so long; 0: it is not */
    bool over_budget;             /* one transaction is larger than the budget */
    uint64_t cut_bytes;           /* torn off when it was opened */
};
void spool_figures(struct spool *s, struct spool_figures *out);

#endif
