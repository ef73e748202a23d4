/* MariaDB's global transaction identifiers: domain-server-sequence, and positions made of them.
 *
 *   0-1-100                 one transaction
 *   0-1-100,2-3-7           a position: of each domain (a stream of its own) the last transaction that was seen
 *
 * Within a domain sequence numbers rise (gtid_strict_mode) whatever server wrote them, so "the last one" says what is contained.
 * Errors: ERR_POSITION for text, ERR_SOURCE_PROTOCOL for bytes, ERR_MEMORY.
 * Thread: a position belongs to one thread at a time. Source: MariaDB, "Global Transaction ID". */
#ifndef MYSQL_GTID_MARIADB_H
#define MYSQL_GTID_MARIADB_H

#include "base/buf.h"

enum { MARIADB_GTID_TEXT_MAX = 48 };

struct mariadb_gtid {
    uint32_t domain, server;
    uint64_t sequence;
};

struct mariadb_position {
    struct mariadb_gtid *items; /* by domain, one of each */
    size_t n, cap;
};

#define MARIADB_POSITION_INIT                                                                                          \
    { 0 }

void mariadb_position_clear(struct mariadb_position *p);
bool mariadb_position_copy(struct mariadb_position *to, const struct mariadb_position *from, struct err *e) WARN_UNUSED;

/* Replaces *p. NULL and "" are the empty position: everything from the first binlog on. Two of one domain are an error. */
bool mariadb_position_parse(struct mariadb_position *p, const char *text, struct err *e) WARN_UNUSED;
bool mariadb_position_print(const struct mariadb_position *p, struct buf *out, struct err *e) WARN_UNUSED;

/* g has been seen: it is its domain's last now, whatever was before. */
bool mariadb_position_set(struct mariadb_position *p, const struct mariadb_gtid *g, struct err *e) WARN_UNUSED;

/* Is g contained? */
bool mariadb_position_has(const struct mariadb_position *p, const struct mariadb_gtid *g);

/* Does p contain all that `other` does? */
bool mariadb_position_reaches(const struct mariadb_position *p, const struct mariadb_position *other);
bool mariadb_position_equal(const struct mariadb_position *a, const struct mariadb_position *b);

bool mariadb_gtid_parse(struct mariadb_gtid *g, const char *text, struct err *e) WARN_UNUSED;
const char *mariadb_gtid_print(const struct mariadb_gtid *g, char text[MARIADB_GTID_TEXT_MAX]);

#endif
