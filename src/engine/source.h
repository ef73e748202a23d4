/* The source end of a run: sessions set up for reading, its position, one snapshot over many connections. */
#ifndef ENGINE_SOURCE_H
#define ENGINE_SOURCE_H

#include "engine/task.h"

/* Where the source's change log stood. Strings live in the arena they were read into; empty when unknown. */
struct position {
    const char *server; /* server_uuid (MySQL), or host:port:server_id (MariaDB) */
    const char *gtid;   /* MySQL: executed set; MariaDB: gtid_binlog_pos */
    const char *file;   /* binlog file, "" when the binlog is off or the account may not see it */
    uint64_t pos;
};

/* The same moment of the same server? Unknown positions (no GTID, no file) are never equal. */
bool position_equal(const struct position *a, const struct position *b);

/* Open one session for reading: utf8mb4, UTC, REPEATABLE READ, no statement limit, stats not cached. */
bool source_open(const struct task *t, struct mysql_client **out, struct err *e) WARN_UNUSED;

/* Read the position. What the account may not see stays empty; that is no error. */
bool source_position(struct mysql_client *c, struct arena *a, struct position *out, struct err *e) WARN_UNUSED;

/* A variable of the server, in the arena; "" when it has none of that name. */
const char *source_variable(struct mysql_client *c, struct arena *a, const char *name);

/* Do positions behind `at` go by GTID? MySQL: gtid_mode ON; MariaDB: where `at` has one. */
bool source_tells_gtids(struct mysql_client *c, struct arena *a, bool is_mariadb, const struct position *at);

/* Does its binlog tell what foreign keys change by themselves? MySQL 9.6 and later, unless it is told to leave that to InnoDB, as all before
 * it do. */
bool source_tells_cascades(struct mysql_client *c, struct arena *a);

/* ---- one snapshot over n connections ---- */

struct snapshot {
    struct mysql_client **clients; /* n of them, each inside its snapshot; owned here */
    size_t n;
    struct position at;
    double lock_ms; /* how long writers were held up; 0 for lock-free */
    char *how;      /* for the report: what was done and what it guarantees */
};

/* Open n readers on one snapshot of t's tables. With lock-free, n may come back as 1 when no common moment was found.
 * tables/ntables: for LOCK TABLES. The arena keeps the strings. */
bool snapshot_open(const struct task *t, struct arena *a, const struct database *d, size_t n, struct snapshot *out,
                   struct err *e) WARN_UNUSED;
void snapshot_close(struct snapshot *s);

#endif
