/* The binlog as transactions: raw events go in, one after the other, and calls to a handler come out.
 *
 *   begin  { table | row | statement | savepoint | rollback_to }  end
 *
 * Events may come from a connection (binlog_stream.h) or from files that were written from one: the reader needs nothing but their
 * bytes, in order, from a connection's first event on. Compressed transactions are unpacked on the way, whatever their size.
 *
 * What is called for what:
 *   definitions        a transaction of its own with one `statement`; CREATE TABLE .. SELECT: `statement`, then rows
 *   savepoints         the source undid what it did between `savepoint` and `rollback_to` of that name
 *   XA                 `end` with TXN_PREPARED and a name: nothing of it counts yet. Later another transaction without rows ends with
 *                      TXN_COMMITTED or TXN_ROLLED_BACK and that name
 *   statements that    change rows: ERR_SOURCE_STATEMENT, unless skip_dml says that it is nobody's business
 *   ALTER TABLE        in MariaDB's two steps: only the second is told, when it has succeeded
 *   a crashed source   `cut`: the transaction that is open will have no end, as if it had never begun
 *
 * Thread: one at a time; the handler is called on it. Errors: of the handler, of binlog_event.h, and of binlog_row.h; after one the
 * reader is of no use until txn_reader_restart. */
#ifndef MYSQL_TRANSACTION_H
#define MYSQL_TRANSACTION_H

#include "mysql/binlog_row.h"
#include "mysql/binlog_track.h"

struct txn_begin {
    const struct binlog_gtid *gtid;  /* NULL: the source has none; kind may be BINLOG_GTID_ANONYMOUS, with times */
    struct binlog_place place;       /* of its first event */
    uint32_t timestamp_s, server_id; /* when and on which server it was first done */
};

enum txn_outcome { TXN_COMMITTED, TXN_ROLLED_BACK, TXN_PREPARED };

struct txn_end {
    enum txn_outcome outcome;
    const struct binlog_xa
        *xa; /* the name it is prepared under; or of the prepared one that this decides about; or NULL */
    struct binlog_place place; /* behind its last event: where to go on after it */
    uint32_t timestamp_s;
};

struct txn_statement {
    const char *database; /* the default one, or NULL */
    size_t database_len;
    const char *text; /* UTF-8, NUL terminated */
    size_t text_len;
    struct binlog_query_context context;
    bool temporary; /* about temporary tables, which nobody else sees */
    uint32_t thread_id, error_code, timestamp_s;
};

struct txn_handler {
    void *ctx;
    bool (*begin)(void *ctx, const struct txn_begin *b, struct err *e);
    /* A table that rows follow of. *plan: how to read them, made for the definition the table has at this place, and handed back with
     * each row as *table; NULL: of no interest. Asked again after each definition, and now and then besides. */
    bool (*table)(void *ctx, const struct binlog_table_map *m, struct binlog_plan **plan, void **table, struct err *e);
    /* flags: BINLOG_ROWS_NO_FOREIGN_KEY_CHECKS, _CASCADES_LOGGED, .. of binlog_rows.h */
    bool (*row)(void *ctx, void *table, const struct binlog_change *change, unsigned flags, struct err *e);
    bool (*statement)(void *ctx, const struct txn_statement *s, struct err *e);
    bool (*savepoint)(void *ctx, const char *name, size_t len, struct err *e);   /* NUL terminated */
    bool (*rollback_to)(void *ctx, const char *name, size_t len, struct err *e); /* names fold case */
    bool (*end)(void *ctx, const struct txn_end *end, struct err *e);
    bool (*cut)(void *ctx, struct err *e);
    bool (*skip_dml)(void *ctx, const struct txn_statement *s); /* may be NULL: never */
    /* A table that does not fit its plan: are its rows of no interest? May be NULL: it is an error. */
    bool (*misfit)(void *ctx, void *table);
};

struct txn_reader;

struct txn_reader_options {
    bool crc32;             /* of events before the first format description */
    size_t max_event_bytes; /* 0: 1 GiB + 64 kB */
    size_t max_row_bytes;   /* 0: 2 GiB: text may grow in UTF-8 */
};

/* charsets and handler must outlive it. NULL: no memory. */
struct txn_reader *txn_reader_new(const struct txn_handler *h, const struct charsets *charsets,
                                  const struct txn_reader_options *o);
void txn_reader_free(struct txn_reader *r); /* NULL is fine */

/* The next event, as it came: all calls that follow from it. An event may be a whole compressed transaction. */
bool txn_read(struct txn_reader *r, const uint8_t *bytes, size_t len, struct err *e) WARN_UNUSED;

/* The same call by call, for who wants to be asked and not told: txn_feed, then txn_step as long as *more. Each step makes at most one
 * call; the event's bytes must stay until the last one. */
bool txn_feed(struct txn_reader *r, const uint8_t *bytes, size_t len, struct err *e) WARN_UNUSED;
bool txn_step(struct txn_reader *r, bool *more, struct err *e) WARN_UNUSED;

/* What comes next is a new connection's first event. An open transaction is cut. */
bool txn_reader_restart(struct txn_reader *r, bool crc32, struct err *e) WARN_UNUSED;

/* For begin: of this transaction neither tables nor rows are told. */
void txn_reader_leave_out(struct txn_reader *r);

/* Forget what `table` has answered. */
void txn_reader_forget_tables(struct txn_reader *r);

const struct binlog_tracker *txn_reader_track(const struct txn_reader *r);

#endif
