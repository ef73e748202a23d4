/* A client on one end of a socket pair and a hand-written server on the other, without threads: what the server says is put
 * into the socket before the call, what the client said is read after it. */
#ifndef TEST_GAUSS_FAKE_H
#define TEST_GAUSS_FAKE_H

#include "gauss/internal.h"

struct fake {
    struct gauss_client *c; /* logged in, idle */
    int fd;                 /* the server's end */
    struct buf said;        /* what the client sent, see fake_hear */
};

void fake_open(struct fake *f);
void fake_close(struct fake *f);

/* One message; body bytes as given. */
void fake_say(struct fake *f, char type, const void *body, size_t len);
void fake_say_ready(struct fake *f, char status);
void fake_say_tag(struct fake *f, const char *tag);
/* fields: "SERROR\0C42601\0Mtext\0", the end is added */
void fake_say_error(struct fake *f, const char *fields, size_t len);
#define FAKE_ERROR(f, fields) fake_say_error((f), (fields), sizeof(fields))
/* A result of text cells (NULL: SQL NULL), with description, tag and ReadyForQuery. */
void fake_say_result(struct fake *f, size_t ncols, size_t nrows, const char *const *cells);
void fake_raw(struct fake *f, const void *bytes, size_t len);
void fake_hang_up(struct fake *f); /* the client reads what was said, then the end */

/* Take in everything the client has sent so far, NUL terminated. */
const char *fake_hear(struct fake *f);
/* The SQL of the n-th 'Q' heard, or NULL. */
const char *fake_query(const struct fake *f, size_t n);

#endif
