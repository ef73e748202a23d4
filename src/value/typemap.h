/* The type map: what a MySQL column becomes in a target dialect, how its values are written, what can be lost.
 * Tables: docs/types.md (made for users), measured facts about openGauss in the header of typemap.c. */
#ifndef VALUE_TYPEMAP_H
#define VALUE_TYPEMAP_H

#include "base/arena.h"
#include "value/dialect.h"
#include "value/mytype.h"

/* How a value is written by COPY. The binary form of each is in encode.c. */
enum target_kind {
    TK_BOOL,
    TK_INT1 /* openGauss tinyint */,
    TK_INT2,
    TK_INT4,
    TK_INT8,
    TK_UINT1,
    TK_UINT2,
    TK_UINT4,
    TK_UINT8,
    TK_YEAR, /* openGauss B (dolphin) */
    TK_NUMERIC,
    TK_FLOAT4,
    TK_FLOAT8,
    TK_BIT,
    TK_TEXT, /* char, varchar, text, enum, set, json: the same bytes */
    TK_JSONB,
    TK_BYTEA,
    TK_BLOB /* openGauss blob family */,
    TK_DATE,
    TK_TIME,
    TK_INTERVAL,
    TK_TIMESTAMP,
    TK_TIMESTAMPTZ,
    TK_UUID,
    TK_INET,
    TK_COUNT,
};

struct target_type {
    enum target_kind kind;
    char *ddl;       /* "numeric(20,0)", "varchar(40)", "bigint" */
    char *cast_name; /* a type name for CAST / COPY (query) probes: "uint8", "bit(8)" */
    char *check;     /* CHECK condition to add, with the column as %s, or NULL: "%s >= 0" */
    char *note;      /* what changes for the user, or NULL ("zerofill is not kept", "collation X becomes Y") */
    char *collation; /* COLLATE clause to add, or NULL */
    bool enum_type;  /* ddl names an enum type that must be created first (PostgreSQL CREATE TYPE) */
};

/* One user override: "tinyint(1)=boolean", "order*:tinyint(1)=boolean" or "orders.total=double precision" (table and column globs).
 * Of several that fit a column one that names a column wins, then one that names a table, then one that spells the type in full,
 * then the first. */
struct type_override {
    const char *table, *column; /* NULL: any (globs) */
    const char *mysql_type;     /* NULL: any; compared with base and with full */
    const char *target;         /* target type as DDL */
};

struct typemap_options {
    enum dialect dialect;
    const struct type_override *overrides;
    size_t noverrides;
    bool json_as_json; /* json instead of jsonb */
    /* time columns: TIME holds -838:59:59..838:59:59. interval carries all of it; time only 0..24 h. */
    bool time_as_interval; /* PG and A targets; B carries the whole range in time */
};

/* Map one column. false + e: an override names a type this MySQL type cannot be written to (ERR_TYPE_OVERRIDE). */
bool typemap_resolve(struct arena *a, const struct typemap_options *o, const char *table, const char *column,
                     const struct mytype *from, struct target_type *to, struct err *e) WARN_UNUSED;

#endif
