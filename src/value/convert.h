/* Which MySQL types can be written to which target kinds, and by which operation. One table serves the type map (which
 * overrides are possible), the encoder's plan and the tests. */
#ifndef VALUE_CONVERT_H
#define VALUE_CONVERT_H

#include "value/typemap.h"

/* The comments say what arrives -> what is written. */
enum encode_op {
    OP_NONE,        /* cannot be written */
    OP_INT,         /* integer -> integer of any width, range checked where the target is narrower */
    OP_INT_BOOL,    /* integer -> boolean */
    OP_INT_NUMERIC, /* integer -> numeric */
    OP_INT_FLOAT4,
    OP_INT_FLOAT8,
    OP_FLOAT4,
    OP_FLOAT8,        /* float or double -> real, double precision */
    OP_FLOAT_NUMERIC, /* float or double -> numeric */
    OP_DECIMAL,       /* decimal text -> numeric */
    OP_DECIMAL_INT,
    OP_DECIMAL_FLOAT4,
    OP_DECIMAL_FLOAT8,
    OP_BIT, /* big-endian bytes -> bit string */
    OP_BIT_BOOL,
    OP_BIT_INT,
    OP_BIT_BYTES, /* big-endian bytes -> the same bytes */
    OP_TEXT,      /* UTF-8 -> text */
    OP_JSONB,
    OP_BYTES,    /* bytes -> bytea, blob */
    OP_GEOMETRY, /* SRID + WKB -> EWKB */
    OP_UUID_TEXT,
    OP_UUID_BYTES, /* 36 (or 32) characters, 16 bytes -> uuid */
    OP_INET,       /* address as text -> inet */
    OP_DATE,
    OP_TIMESTAMP,
    OP_TIMESTAMPTZ,
    OP_TIME,
    OP_INTERVAL,
    OP_FORMAT, /* any value with a short text -> that text */
};

enum encode_op convert_op(const struct mytype *from, enum target_kind to);

#endif
