/* The state of one replay, and comparing what the client reports with what the recorded server sent. */
#ifndef TEST_GAUSS_REPLAY_EXPECT_H
#define TEST_GAUSS_REPLAY_EXPECT_H

#include "gauss/internal.h"
#include "replay.h"

struct recording {
    const char *name;
    unsigned minor;
    const char *login_error; /* SQLSTATE, NULL when the login succeeds */
    enum err_code login_code;
    const char *method;
    unsigned raw;
};

struct driver {
    const struct recording *recording;
    struct replay r;
    int conn;  /* the connection that is looked at */
    size_t at; /* the next line */
    struct gauss_client *c;
    struct arena a;
    unsigned raw;
    size_t notices_seen;
    size_t notices_from; /* first line of the group whose notices are awaited */
};

/* Line i is a message of this type on d->conn, from the one or the other. */
bool is_server(const struct driver *d, size_t i, char type);
bool is_client(const struct driver *d, size_t i, char type);
/* Behind the header of line i. */
const uint8_t *body_of(const struct driver *d, size_t i, size_t *len);
/* The first server message of a type in [from, to), or to. */
size_t find(const struct driver *d, size_t from, size_t to, char type);

void error_at(const struct driver *d, size_t i, struct gauss_fields *f);
void assert_error(const struct driver *d, size_t i, const struct err *e);
/* The last result set in [from, to) against what was read. */
void assert_rows(const struct driver *d, size_t from, size_t to, const struct gauss_rows *rows);
/* gauss_notice_fn: compares with the notices recorded from d->notices_from on. */
void on_notice(void *arg, const char *severity, const char *sqlstate, const char *message);
/* After an operation: what came by the way, and the transaction status of the last ReadyForQuery in [from, to). */
void assert_aside(struct driver *d, size_t from, size_t to);

#endif
