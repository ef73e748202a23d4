/* Are the rows that changed since they were last compared the same on both sides? Which they are, the source's own binlog tells: it is read
 * once more, from the place up to which all was found the same (godwit.compared in the target; at first the load's). So nothing depends
 * on what whoever followed it remembers, and a worker that takes over goes on where the last one was.
 *
 * A row that differs, and changes again while it is looked at, is told of further on in the binlog: the next comparison looks at it.
 *
 * What that cannot see: rows that the source changed unseen (cascades of foreign keys below the binlog), and rows of tables without a key.
 * Both are counted by a cut-over, and compared by a full check. */
#ifndef FOLLOW_CHANGED_H
#define FOLLOW_CHANGED_H

#include "check/check.h"

struct changed_options {
    /* Returns when the target has what the source had when it was called: rows that differ are read again. NULL: both stand still. */
    bool (*applied)(void *arg, struct err *e);
    void *arg;
    uint64_t keys_max; /* go no further behind so many different keys; 0: to the binlog's end */
    uint64_t max_listed;
};

struct changed_result {
    uint64_t changes, keys; /* rows that the binlog told of; different ones */
    bool to_end;            /* up to where the binlog ended when it was opened */
    int64_t until_us;       /* the source's time of the last transaction; 0: there was none */
};

/* How many rows of the report differ; where the first is, and its key, go into what, whose message has been set. */
uint64_t changed_differences(const struct check_report *report, struct err *what);

/* Where nothing differs the next one goes on behind. *report: the caller's, begun; its `different` tells. ERR_SOURCE_BINLOG: the source
 * has purged what would tell. A session of its own on each side, and one more to read the binlog. */
bool changed_check(const struct task *t, const struct changed_options *o, struct progress *progress, atomic_bool *stop,
                   struct check_report *report, struct changed_result *out, struct err *e) WARN_UNUSED;

#endif
