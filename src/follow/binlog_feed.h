/* A binlog as a feed: events into transactions, rows into tuples of the target's types. */
#ifndef FOLLOW_BINLOG_FEED_H
#define FOLLOW_BINLOG_FEED_H

#include "engine/spool.h"
#include "engine/task.h"
#include "follow/feed.h"
#include "mysql/charset.h"

struct binlog_feed_options {
    const struct task *task; /* source, tables, loss policies */
    enum dialect dialect;
    const struct database *db; /* resolved; tables are those that are followed, by their numbers in it */
    const struct charsets *charsets;
    const char *name;           /* of the task: what came back under it (godwit reverse) is in the target */
    bool by_gtid;               /* the source gives its transactions GTIDs */
    struct spool_options spool; /* where events wait; directory NULL: in memory */
    int64_t keeps_s;            /* capture_keeps_s */
    bool until_end;             /* end where the binlog ends now */
    /* Rows that do not fit their table's definition, which may have been another one, are passed over and told here; NULL: they are errors. */
    void (*unfit)(void *arg, uint32_t table);
    void *arg;
    bool decided; /* XA transactions that change rows must not wait for a decision at the end: ERR_SOURCE_STATEMENT */
    const char *until_gtid; /* end as soon as this is contained (by_gtid); NULL: no end */
};

struct binlog_feed;

bool binlog_feed_new(struct binlog_feed **out, const struct binlog_feed_options *o, struct err *e) WARN_UNUSED;
void binlog_feed_free(struct binlog_feed *f); /* NULL is fine */
struct feed binlog_feed_feed(struct binlog_feed *f);

/* End as soon as this place of the source's log has been reached. Once; any thread. */
bool binlog_feed_until(struct binlog_feed *f, const struct position *until, struct err *e) WARN_UNUSED;

/* Bytes read from the source; is it being connected to again? Any thread. */
void binlog_feed_look(struct binlog_feed *f, uint64_t *captured_bytes, bool *lost);

#endif
