/* Sessions that write rows into MySQL, and what the server says when it does not take one.
 *
 * The session is strict: a value that a column cannot hold is refused, not bent. Foreign keys are not looked at: rows are copies, they
 * come in no order of their tables, and a cascade would change rows that are right. */
#ifndef MYSQL_WRITE_SESSION_H
#define MYSQL_WRITE_SESSION_H

#include "mysql/client.h"

/* For a file of statements too. */
#define MYSQL_WRITE_SESSION                                                                                            \
    "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0"

/* *max_statement_bytes: what the server takes in one text (max_allowed_packet, less a little). */
bool mysql_write_session(struct mysql_client *c, uint64_t *max_statement_bytes, struct err *e) WARN_UNUSED;

enum mysql_refusal {
    MYSQL_REFUSED_OTHER,     /* rights, space, a lost connection: no row's fault */
    MYSQL_REFUSED_ROW,       /* a value, or a constraint */
    MYSQL_REFUSED_DUPLICATE, /* another row has the key */
    MYSQL_REFUSED_LOCKED,    /* a deadlock, or a lock that was not let go in time: again later */
};

enum mysql_refusal mysql_refusal(const struct err *e);

/* A server that takes no writes at all becomes ERR_TARGET_READ_ONLY; other errors stay. Returns false always. */
bool mysql_cannot_write(struct err *e);

#endif
