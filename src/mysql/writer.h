/* Changes applied to MySQL, each transaction together with how far it has come.
 *
 * Rows are canonical (value/canon.h). They become statements that are sent many in one text while more are made: runs of inserts,
 * and of deletes by key, as one statement each. What every statement must find or change is compared with what it did, so a row that
 * is missing is as much a fault as one that is refused.
 *
 * godwit.progress (InnoDB) has a row for each writer: `task` and `channel`. A transaction begins by counting its batch there, which
 * holds the row, and ends with the position in the words of the caller; so after a lost answer to COMMIT, or a kill, the row tells
 * what is in the tables. Binlog readers know such a transaction by its first row. A higher `fence` takes a channel over: what its
 * former owner has not committed is undone, and it can commit no more (ERR_TARGET_CLAIM_LOST).
 *
 * Errors: ERR_SOURCE_* of the client (this is the source of the migration), ERR_TARGET_ROW with mysql_writer_fault for a row's.
 * After one the transaction is over: mysql_writer_undo, or when mysql_writer_usable is false mysql_writer_reopen.
 * Thread: one at a time; mysql_writer_abort from any. */
#ifndef MYSQL_WRITER_H
#define MYSQL_WRITER_H

#include "mysql/client.h"
#include "mysql/row_sql.h"

struct mysql_writer_options {
    struct mysql_options connect; /* strings stay the caller's, for as long as the writer */
    const char *task;             /* at most 190 characters */
    unsigned channel;
    uint64_t fence;
    size_t batch_bytes; /* of a text; 0: 1 MiB, or less where the server takes less */
    unsigned merge;     /* rows of one statement at most; 0: 500; 1: each by itself, so that a fault names one row */
};

/* What the tables hold: everything up to the batch of this number. */
struct mysql_writer_progress {
    uint64_t batch;              /* 0: none yet */
    const char *position, *note; /* as committed with it; "" at first */
};

struct mysql_writer;

/* Connects, makes godwit.progress where it is missing, takes the channel. found: in the arena. */
bool mysql_writer_open(struct mysql_writer **out, const struct mysql_writer_options *o, struct arena *a,
                       struct mysql_writer_progress *found, struct err *e) WARN_UNUSED;
/* The same again over a new connection. A transaction that was on its way is decided then: found->batch tells. */
bool mysql_writer_reopen(struct mysql_writer *w, struct arena *a, struct mysql_writer_progress *found,
                         struct err *e) WARN_UNUSED;
void mysql_writer_close(struct mysql_writer *w); /* NULL is fine */
void mysql_writer_abort(struct mysql_writer *w); /* any thread: the pending call fails with ERR_SOURCE_LOST */
bool mysql_writer_usable(const struct mysql_writer *w);
const struct mysql_server *mysql_writer_server(const struct mysql_writer *w);
void mysql_writer_set_merge(struct mysql_writer *w, unsigned merge);

/* ---- a transaction ---- */

/* Tables must stay until commit or undo. A tag is whatever tells the caller which change it was. */
bool mysql_writer_begin(struct mysql_writer *w, struct err *e) WARN_UNUSED;

struct writer_row {
    const uint8_t *row; /* canonical, all of the table's columns */
    size_t len;
    const bool *known; /* which of them are not; NULL: all are */
};

bool mysql_writer_insert(struct mysql_writer *w, const struct row_table *t, const struct writer_row *row, uint64_t tag,
                         struct err *e) WARN_UNUSED;
/* before NULL: the key did not change. Columns that are not known in `after`, or the same in both, are left alone. Of a table without a
 * key, `before` finds one row by all it knows. */
bool mysql_writer_update(struct mysql_writer *w, const struct row_table *t, const struct writer_row *before,
                         const struct writer_row *after, uint64_t tag, struct err *e) WARN_UNUSED;
/* One row: by its key, or in a table without one by all that is known. */
bool mysql_writer_delete(struct mysql_writer *w, const struct row_table *t, const struct writer_row *row, uint64_t tag,
                         struct err *e) WARN_UNUSED;
/* All rows, as part of the transaction (MySQL's TRUNCATE would commit). */
bool mysql_writer_empty(struct mysql_writer *w, const struct row_table *t, uint64_t tag, struct err *e) WARN_UNUSED;

/* position at most 255 characters of ASCII; note NULL: "". Returns when the transaction is committed, or is not; after
 * ERR_SOURCE_LOST and _TIMEOUT nobody knows before mysql_writer_reopen. */
bool mysql_writer_commit(struct mysql_writer *w, const char *position, const char *note, struct err *e) WARN_UNUSED;
/* Whatever state the transaction is in; fails only with the connection. */
bool mysql_writer_undo(struct mysql_writer *w, struct err *e) WARN_UNUSED;

enum writer_fault_kind {
    WRITER_NO_FAULT,  /* no row's */
    WRITER_MISSING,   /* a row to change or to delete is not there, or is there more than once; of many in one statement
                       * also one that had the values already: merge 1 tells */
    WRITER_DUPLICATE, /* another row has its key */
    WRITER_REFUSED,   /* MySQL cannot have a value, or will not take it */
    WRITER_LOCKED,    /* a deadlock or a lock that was not let go: undo, and again */
};

struct mysql_writer_fault {
    enum writer_fault_kind kind;
    const struct row_table *table;
    uint64_t first_tag, last_tag; /* of the statement: the same with merge 1 */
};
/* What the last error was about. */
const struct mysql_writer_fault *mysql_writer_fault(const struct mysql_writer *w);

struct mysql_writer_figures {
    uint64_t transactions, rows, statements, texts, bytes;
};
const struct mysql_writer_figures *mysql_writer_figures(const struct mysql_writer *w);

#endif
