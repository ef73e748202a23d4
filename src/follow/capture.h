/* Reads the source's binlog on a thread of its own, ahead of who wants the events, and connects again by itself. What was read waits in
 * memory, or in a spool on this machine's disk (engine/spool.h), where it outlives the process.
 *
 * What was read of a transaction when the connection broke comes again behind a restart.
 * Thread: capture_next one; stop any. */
#ifndef FOLLOW_CAPTURE_H
#define FOLLOW_CAPTURE_H

#include "engine/spool.h"
#include "engine/task.h"
#include "follow/log_position.h"
#include "mysql/binlog_stream.h"

struct capture_options {
    const struct mysql_options *server;
    const struct log_position *from;
    bool until_end;        /* end where the source's binlog ends when the connection is made */
    int64_t retry_ms;      /* how long a lost source is tried again */
    uint64_t memory_bytes; /* of events that wait; 0: 16 MiB, and as much is with the reader */
    const struct spool_options
        *spool; /* directory, budget; NULL: in memory. What it has behind `from` is not read again */
    int64_t
        keeps_s; /* how long the source keeps its binlog, for warnings (capture_keeps_s); 0: for ever, or not known */
    bool spool_anew; /* whatever is in it is given up */
    bool unread;     /* nobody is going to read: capture_next is not called */
};

enum capture_kind { CAPTURE_NOTHING, CAPTURE_EVENT, CAPTURE_RESTART /* a connection begins */, CAPTURE_END };

struct capture_record {
    enum capture_kind kind;
    const uint8_t *bytes; /* until the next call */
    size_t len;
    bool crc32; /* CAPTURE_RESTART: for txn_reader_restart */
};

struct capture;

bool capture_start(struct capture **out, const struct capture_options *o, struct err *e) WARN_UNUSED;
/* Waits up to wait_ms for one. After what the source sent, the error that ended it. */
bool capture_next(struct capture *c, int64_t wait_ms, struct capture_record *out, struct err *e) WARN_UNUSED;
void capture_stop(struct capture *c); /* any thread: the thread ends, and so does a wait */
void capture_free(struct capture *c); /* NULL is fine */

int64_t capture_keeps_s(struct mysql_client *source);

/* Begin to read into a spool where the source is now: before a load, so that no purge can take what the load has not seen. A load that is
 * resumed goes on with what there is. *out NULL: there is no spool, and it is optional. */
bool capture_early(struct capture **out, const struct task *t, const struct spool_options *spool,
                   struct err *e) WARN_UNUSED;

/* Behind what is in the target for good: the spool gives up what is before. Any thread. */
bool capture_release(struct capture *c, const struct position *applied, struct err *e) WARN_UNUSED;

uint64_t capture_bytes(struct capture *c); /* from the source, any thread */
bool capture_lost(struct capture *c);      /* the source is being connected to again; any thread */

#endif
