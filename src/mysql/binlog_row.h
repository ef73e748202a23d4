/* Rows of the binlog turned into rows of the binary protocol: byte for byte what SELECT of the same columns would send over a
 * utf8mb4 connection with time_zone '+00:00' and sql_mode ''. So everything that takes a load's rows (value/encode.h, the canonical
 * form, loss rules) takes these.
 *
 *   binlog_plan_make   once for a definition of a table: columns as the catalog has them
 *   binlog_plan_bind   at each TABLE_MAP: is it the same definition? (cheap when nothing changed)
 *   binlog_rows_begin, binlog_rows_next    the rows of an event
 *
 * The binlog itself lacks what the plan brings: signs, character sets, labels. Nothing is allocated for a row.
 * Foreign bytes: every read is bounded by the event. Errors: ERR_SOURCE_DEFINITION (the TABLE_MAP is of another definition),
 * ERR_SOURCE_BINLOG (an image that does not parse), ERR_SOURCE_IMAGE (a change of a JSON document without the document), ERR_LIMIT.
 * Thread: a plan and its reader belong to one thread at a time. */
#ifndef MYSQL_BINLOG_ROW_H
#define MYSQL_BINLOG_ROW_H

#include "mysql/binlog_rows.h"
#include "mysql/charset.h"
#include "value/encode.h"

/* A column as the catalog has it. All of a table's, in its order: generated and invisible ones, too. */
struct binlog_column {
    const char *name;
    struct mytype type;
    bool wanted;  /* in the rows that come out */
    bool row_end; /* MariaDB: GENERATED ALWAYS AS ROW END, of a system-versioned table */
};

struct binlog_plan;

/* Lives in the arena, as do the copies of labels; charsets and types' strings must outlive it.
 * ERR_SOURCE_SCHEMA: a type or character set that is not known. */
bool binlog_plan_make(struct arena *a, const struct binlog_column *columns, size_t n, const struct charsets *charsets,
                      bool is_mariadb, struct binlog_plan **out, struct err *e) WARN_UNUSED;

/* The wanted columns as the server would describe them in a result. */
const struct source_column *binlog_plan_columns(const struct binlog_plan *p, size_t *n);

/* Types, lengths, signs, character sets and, where the binlog has them, names are compared. */
bool binlog_plan_bind(struct binlog_plan *p, const struct binlog_table_map *m, struct err *e) WARN_UNUSED;

/* One side of a change. */
struct binlog_row {
    const uint8_t *bytes; /* of the binary protocol; columns that the image lacks are NULL in it */
    size_t len;
    const uint8_t *present; /* bit i: the i-th wanted column is in the image */
    bool whole;             /* all are */
    bool history;           /* MariaDB: not a row of the table but what it was once; see below */
};

/* System-versioned tables of MariaDB: an INSERT of a `history` row only records what was, and an UPDATE whose after image is
 * history is what DELETE does. binlog_rows_next has dealt with both: the first is left out, the second a DELETE. */
struct binlog_change {
    enum binlog_row_op op;
    struct binlog_row before, after; /* bytes NULL where the operation has none; valid until the next call */
};

struct binlog_rows_reader;

struct binlog_rows_reader *binlog_rows_reader_new(size_t max_row_bytes); /* NULL: no memory */
void binlog_rows_reader_free(struct binlog_rows_reader *r);              /* NULL is fine */

/* The event's bytes and the plan, bound to the event's table, must stay until the last row was read. */
bool binlog_rows_begin(struct binlog_rows_reader *r, struct binlog_plan *p, const struct binlog_rows *ev,
                       struct err *e) WARN_UNUSED;
bool binlog_rows_next(struct binlog_rows_reader *r, struct binlog_change *out, bool *found, struct err *e) WARN_UNUSED;

#endif
