/* MySQL's and MariaDB's column types, as the catalog tells them. */
#ifndef VALUE_MYTYPE_H
#define VALUE_MYTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mytype_kind {
    MYT_TINYINT,
    MYT_SMALLINT,
    MYT_MEDIUMINT,
    MYT_INT,
    MYT_BIGINT,
    MYT_DECIMAL,
    MYT_FLOAT,
    MYT_DOUBLE,
    MYT_BIT,
    MYT_CHAR,
    MYT_VARCHAR,
    MYT_TINYTEXT,
    MYT_TEXT,
    MYT_MEDIUMTEXT,
    MYT_LONGTEXT,
    MYT_BINARY,
    MYT_VARBINARY,
    MYT_TINYBLOB,
    MYT_BLOB,
    MYT_MEDIUMBLOB,
    MYT_LONGBLOB,
    MYT_DATE,
    MYT_TIME,
    MYT_DATETIME,
    MYT_TIMESTAMP,
    MYT_YEAR,
    MYT_ENUM,
    MYT_SET,
    MYT_JSON,
    MYT_GEOMETRY, /* every spatial type; the name is kept in base */
    MYT_VECTOR,   /* MySQL 9, MariaDB 11.7: float32 array */
    MYT_UUID,
    MYT_INET4,
    MYT_INET6, /* MariaDB */
    MYT_UNKNOWN,
};

struct mytype {
    enum mytype_kind kind;
    const char *base; /* "int", "varchar", "linestring": lower case DATA_TYPE */
    const char *full; /* COLUMN_TYPE as the catalog prints it: "int(10) unsigned zerofill" */
    bool is_unsigned, zerofill;
    uint32_t display_width; /* int(8) zerofill: 8; tinyint(1): 1; 0 when not given */
    uint64_t
        length_chars;     /* char, varchar: characters; binary, varbinary, blob: bytes; bit: bits; vector: dimensions */
    int precision, scale; /* decimal(p,s), float(p,s), double(p,s); scale -1: none given */
    int fsp;              /* fractional second digits 0..6 */
    const char *charset;  /* NULL for types without one; "binary" never appears for char types */
    const char *collation;
    const char **labels; /* enum, set, in definition order, UTF-8 */
    size_t nlabels;
    bool is_mariadb_json; /* longtext with CHECK json_valid: MariaDB's json alias */
    uint32_t srid;
};

/* Read COLUMN_TYPE ("enum('a','b''c')", "decimal(10,2) unsigned") into *t; strings are allocated by `a`.
 * charset and collation are the caller's to fill. False: not understood (kind = MYT_UNKNOWN). */
struct arena;
bool mytype_parse(struct arena *a, const char *column_type, struct mytype *t);

#endif
