/* Where a reader of a binlog is: by GTID where the source has them, else by file and offset.
 * Thread: one at a time. */
#ifndef FOLLOW_LOG_POSITION_H
#define FOLLOW_LOG_POSITION_H

#include "engine/source.h"
#include "mysql/transaction.h"

struct log_position {
    bool by_gtid, is_mariadb;
    struct gtid_set gtids;           /* MySQL */
    struct mariadb_position mariadb; /* MariaDB */
    char server[160];                /* as struct position's */
    char file[BINLOG_FILE_MAX];
    uint64_t offset;
};

/* by_gtid: the source gives its transactions GTIDs. Replaces what p was; clear ends it. */
bool log_position_set(struct log_position *p, const struct position *from, bool by_gtid, bool is_mariadb,
                      struct err *e) WARN_UNUSED;
void log_position_clear(struct log_position *p);

/* Is this transaction, which begins at `place`, contained? */
bool log_position_has(const struct log_position *p, const struct binlog_gtid *gtid, const struct binlog_place *place);

/* A transaction has ended at `place`. gtid: NULL or anonymous where it has none. */
bool log_position_pass(struct log_position *p, const struct binlog_gtid *gtid, const struct binlog_place *place,
                       struct err *e) WARN_UNUSED;

/* Does p contain all of `until`, of the same source? now: how far it was read, between transactions, which without GTIDs tells more: a file may end
 * without any. */
bool log_position_reaches(const struct log_position *p, const struct log_position *until,
                          const struct binlog_place *now);

/* Strings in the arena. */
bool log_position_get(const struct log_position *p, struct arena *a, struct position *out, struct err *e) WARN_UNUSED;

#endif
