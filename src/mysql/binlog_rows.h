/* TABLE_MAP events, and the frame of row events: which table, which columns, and where the row images are.
 * What is inside an image is binlog_row.h's business.
 *
 *   TABLE_MAP     table id 6 | flags 2 | database | table | columns | types | metadata | nullable | optional metadata
 *   WRITE_ROWS    table id 6 | flags 2 | [extra] | columns | present bits | { image }
 *   UPDATE_ROWS   table id 6 | flags 2 | [extra] | columns | present before | present after | { before | after }
 *
 * As binlog_event.h: structs point into the event, every read is bounded, errors are ERR_SOURCE_BINLOG. Any thread. */
#ifndef MYSQL_BINLOG_ROWS_H
#define MYSQL_BINLOG_ROWS_H

#include "mysql/binlog_event.h"

enum { BINLOG_COLUMNS_MAX = 4096 };

struct binlog_table_map {
    uint64_t id;
    const char *schema, *name; /* UTF-8 */
    size_t schema_len, name_len;
    size_t n;                /* columns */
    const uint8_t *types;    /* MYSQL_TYPE_*, n of them */
    const uint8_t *metadata; /* of each column as many bytes as its type has: see binlog_metadata_bytes */
    size_t metadata_len;
    const uint8_t *nullable; /* bits, the first column lowest */
    const uint8_t *optional; /* { type 1 | length | value }; see binlog_table_optional */
    size_t optional_len;
    const uint8_t *definition; /* from the number of columns to the end: the same bytes are the same definition */
    size_t definition_len;
};
bool binlog_read_table_map(const struct binlog_format *f, const struct binlog_event *ev, struct binlog_table_map *out,
                           struct err *e) WARN_UNUSED;

/* Bytes of metadata of a type; -1 for a type that is not known. */
int binlog_metadata_bytes(uint8_t type);

/* Kinds of optional metadata (MySQL 8.0.1, MariaDB 10.5; more of them with binlog_row_metadata=FULL). */
enum {
    BINLOG_OPTIONAL_SIGNEDNESS = 1,      /* bits, highest first: is the n-th numeric column unsigned? */
    BINLOG_OPTIONAL_DEFAULT_CHARSET = 2, /* a collation, then { n-th character column, collation } for others */
    BINLOG_OPTIONAL_COLUMN_CHARSET = 3,  /* a collation for each character column */
    BINLOG_OPTIONAL_COLUMN_NAME = 4,
    BINLOG_OPTIONAL_SET_LABELS = 5, /* for each SET: number, then the labels, in the column's character set */
    BINLOG_OPTIONAL_ENUM_LABELS = 6,
    BINLOG_OPTIONAL_GEOMETRY_TYPE = 7,
    BINLOG_OPTIONAL_PRIMARY_KEY = 8,        /* column indexes */
    BINLOG_OPTIONAL_PRIMARY_KEY_PREFIX = 9, /* { column index, prefix in characters } */
    BINLOG_OPTIONAL_ENUM_SET_DEFAULT_CHARSET = 10,
    BINLOG_OPTIONAL_ENUM_SET_COLUMN_CHARSET = 11,
    BINLOG_OPTIONAL_VISIBILITY = 12,
    BINLOG_OPTIONAL_VECTOR_DIMENSIONS = 13,
};

/* The value of one kind; NULL when the event has none. */
const uint8_t *binlog_table_optional(const struct binlog_table_map *m, unsigned kind, size_t *len);

/* With COLUMN_NAME: calls each with the names in order; false when there are none, or not n of them. */
bool binlog_table_names(const struct binlog_table_map *m,
                        bool (*each)(void *ctx, size_t column, const char *name, size_t len), void *ctx);

enum binlog_row_op { BINLOG_ROW_INSERT, BINLOG_ROW_UPDATE, BINLOG_ROW_DELETE };

enum {
    BINLOG_ROWS_STATEMENT_END = 0x01, /* table maps end here */
    BINLOG_ROWS_NO_FOREIGN_KEY_CHECKS = 0x02,
    BINLOG_ROWS_RELAXED_UNIQUE_CHECKS = 0x04,
    /* MySQL 9.6 and later: what a cascade changed in referring tables is in the binlog, too, ahead of the row that caused it and with
     * NO_FOREIGN_KEY_CHECKS. Without this flag (older servers, MariaDB) who applies the row must see to the cascades. */
    BINLOG_ROWS_CASCADES_LOGGED = 0x10,
};

struct binlog_rows {
    enum binlog_row_op op;
    bool partial_json; /* after images may hold JSON diffs (PARTIAL_UPDATE_ROWS) */
    bool packed;       /* MariaDB: `rows` is compressed; see binlog_rows_unpack */
    uint64_t table_id;
    uint16_t flags;
    size_t n; /* columns of the table */
    const uint8_t *before,
        *after; /* bits of the columns that images have; NULL where the operation has no such image */
    const uint8_t *rows;
    size_t rows_len;
};

bool binlog_is_rows(unsigned type);
bool binlog_read_rows(const struct binlog_format *f, const struct binlog_event *ev, struct binlog_rows *out,
                      struct err *e) WARN_UNUSED;
bool binlog_rows_unpack(struct binlog_rows *r, struct buf *out, struct err *e) WARN_UNUSED;

static inline bool binlog_bit(const uint8_t *bits, size_t i) {
    return (bits[i / 8] >> i % 8 & 1) != 0;
}

#endif
