/* Asking a server for its binlog: what binlog_stream_open is made of. Internal to src/mysql. */
#ifndef MYSQL_BINLOG_DUMP_H
#define MYSQL_BINLOG_DUMP_H

#include "mysql/binlog_stream.h"
#include "mysql/session.h"

struct dump {
    struct mysql_client *c;
    const struct binlog_stream_options *o;
    int64_t heartbeat_ms;
    bool crc32; /* agreed on */
    char file[BINLOG_FILE_MAX];
    uint64_t offset;
    uint32_t server_id;
};

/* Session variables by which a replica says what it wants. */
bool dump_prepare(struct dump *d, struct err *e) WARN_UNUSED;

/* ERR_SOURCE_PURGED or ERR_SOURCE_DIVERGED where the position is not in the source's binlog, as far as it can be told beforehand.
 * Fills d->file and d->offset for a start by file. */
bool dump_check_position(struct dump *d, struct err *e) WARN_UNUSED;

/* COM_REGISTER_SLAVE, then the dump command; its answer is the stream. */
bool dump_register(struct dump *d, struct err *e) WARN_UNUSED;
bool dump_begin(struct dump *d, struct err *e) WARN_UNUSED;

/* What the server said instead of sending events, in our codes. Returns false always. */
bool dump_refused(struct err *e);

#endif
