/* The inside of plans for row images.
 *   binlog_row_plan.c   from the catalog's columns to operations; comparing a TABLE_MAP with them
 *   binlog_row.c        walking through images
 *   binlog_row_value.c  values of all types but    binlog_row_time.c  dates and times
 * Internal to src/mysql. */
#ifndef MYSQL_BINLOG_ROW_INTERNAL_H
#define MYSQL_BINLOG_ROW_INTERNAL_H

#include "mysql/binlog_row.h"

enum field_op {
    FIELD_COPY1,
    FIELD_COPY2,
    FIELD_COPY4,
    FIELD_COPY8,
    FIELD_INT24,
    FIELD_YEAR,
    FIELD_DECIMAL,
    FIELD_BIT,
    FIELD_BYTES,     /* text that is utf8mb4 already, and what has no character set */
    FIELD_BYTES_PAD, /* BINARY(n): zeros at its end may be missing */
    FIELD_TEXT,      /* to be converted */
    FIELD_PACKED,    /* MariaDB's COMPRESSED columns */
    FIELD_ENUM,
    FIELD_SET,
    FIELD_JSON,
    FIELD_UUID,
    FIELD_INET4,
    FIELD_INET6,
    FIELD_DATE,
    FIELD_TIME, /* of MySQL 5.6 and later; the others are of tables made before */
    FIELD_DATETIME,
    FIELD_TIMESTAMP,
    FIELD_TIME_OLD,
    FIELD_DATETIME_OLD,
    FIELD_TIMESTAMP_OLD,
    FIELD_TIME_HIRES, /* MariaDB's of before 10.1, with fractions */
    FIELD_DATETIME_HIRES,
    FIELD_TIMESTAMP_HIRES,
};

struct label {
    const uint8_t *text;
    size_t len;
};

struct row_field {
    uint8_t op;        /* enum field_op */
    uint8_t bytes;     /* in the image: of a fixed size; 0: a length stands in front */
    uint8_t len_bytes; /* of that length, 1..4 */
    bool wanted;
    bool row_end;
    bool is_unsigned, zerofill;
    uint8_t precision, scale, fsp;
    uint16_t out;                  /* index among the wanted ones */
    uint16_t json;                 /* index among the table's JSON columns */
    uint32_t size;                 /* BINARY(n), BIT(n): n */
    const struct charset *charset; /* of text; NULL: bytes */
    const struct label *labels;
    size_t nlabels;
    const char *name;
    const struct mytype *type;
};

struct binlog_plan {
    size_t n;       /* columns of the catalog */
    size_t bound_n; /* of the TABLE_MAP: those, and hidden ones of MariaDB behind them */
    size_t wanted_n;
    size_t json_n;
    bool is_mariadb;
    const struct charsets *charsets;
    struct row_field *fields; /* n + HIDDEN_MAX */
    uint8_t *stored_types;    /* as bound: of STRING the one inside */
    struct source_column *columns;
    size_t fixed_bytes;  /* what a row needs without its strings */
    uint8_t *definition; /* the TABLE_MAP it is bound to */
    size_t definition_len, definition_cap;
    struct arena *arena;
};

enum { HIDDEN_MAX = 4 };

/* A value on its way. */
struct value_out {
    struct buf *row;     /* has room for every fixed-size value that is left */
    struct buf *scratch; /* for unpacking */
    size_t fixed_bytes;  /* to be kept free behind a string */
};

/* Append the value of n bytes at p. False: malformed (e untouched), or e is set. */
bool field_put(const struct row_field *f, const uint8_t *p, size_t n, struct value_out *o, struct err *e) WARN_UNUSED;
bool field_put_time(const struct row_field *f, const uint8_t *p, struct buf *row) WARN_UNUSED;

/* A string with its length in front. */
bool put_string(struct value_out *o, const uint8_t *p, size_t n, struct err *e) WARN_UNUSED;

/* A string whose bytes were appended to o->row behind `from`: put its length in front of them. */
bool put_length_before(struct value_out *o, size_t from, struct err *e) WARN_UNUSED;

/* Bytes of MariaDB's TIME, DATETIME and TIMESTAMP with fractions, by precision. */
uint8_t hires_bytes(enum field_op op, int fsp);

#endif
