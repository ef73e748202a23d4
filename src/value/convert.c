/* See convert.h. */
#include "value/convert.h"

static enum encode_op from_integer(enum target_kind to) {
    switch (to) {
    case TK_INT1:
    case TK_INT2:
    case TK_INT4:
    case TK_INT8:
    case TK_UINT1:
    case TK_UINT2:
    case TK_UINT4:
    case TK_UINT8:
        return OP_INT;
    case TK_BOOL:
        return OP_INT_BOOL;
    case TK_NUMERIC:
        return OP_INT_NUMERIC;
    case TK_FLOAT4:
        return OP_INT_FLOAT4;
    case TK_FLOAT8:
        return OP_INT_FLOAT8;
    case TK_TEXT:
        return OP_FORMAT;
    default:
        return OP_NONE;
    }
}

static enum encode_op from_decimal(const struct mytype *from, enum target_kind to) {
    switch (to) {
    case TK_NUMERIC:
        return OP_DECIMAL;
    case TK_FLOAT4:
        return OP_DECIMAL_FLOAT4;
    case TK_FLOAT8:
        return OP_DECIMAL_FLOAT8;
    case TK_INT1:
    case TK_INT2:
    case TK_INT4:
    case TK_INT8:
    case TK_UINT1:
    case TK_UINT2:
    case TK_UINT4:
    case TK_UINT8:
        return from->scale == 0 ? OP_DECIMAL_INT : OP_NONE; /* no digits are dropped */
    case TK_TEXT:
        return OP_FORMAT;
    default:
        return OP_NONE;
    }
}

static enum encode_op from_float(enum target_kind to) {
    switch (to) {
    case TK_FLOAT4:
        return OP_FLOAT4;
    case TK_FLOAT8:
        return OP_FLOAT8;
    case TK_NUMERIC:
        return OP_FLOAT_NUMERIC;
    case TK_TEXT:
        return OP_FORMAT;
    default:
        return OP_NONE;
    }
}

static enum encode_op from_bit(enum target_kind to) {
    switch (to) {
    case TK_BIT:
        return OP_BIT;
    case TK_BOOL:
        return OP_BIT_BOOL;
    case TK_INT1:
    case TK_INT2:
    case TK_INT4:
    case TK_INT8:
    case TK_UINT1:
    case TK_UINT2:
    case TK_UINT4:
    case TK_UINT8:
        return OP_BIT_INT;
    case TK_BYTEA:
    case TK_BLOB:
        return OP_BIT_BYTES;
    default:
        return OP_NONE;
    }
}

static enum encode_op from_text(enum target_kind to) {
    switch (to) {
    case TK_TEXT:
        return OP_TEXT;
    case TK_JSONB:
        return OP_JSONB;
    case TK_BYTEA:
    case TK_BLOB:
        return OP_BYTES;
    case TK_UUID:
        return OP_UUID_TEXT;
    case TK_INET:
        return OP_INET;
    default:
        return OP_NONE;
    }
}

static enum encode_op from_bytes(const struct mytype *from, enum target_kind to) {
    switch (to) {
    case TK_BYTEA:
    case TK_BLOB:
        return OP_BYTES;
    case TK_TEXT:
        return OP_TEXT; /* checked to be UTF-8 */
    case TK_UUID:
        return from->length_chars == 16 ? OP_UUID_BYTES : OP_NONE;
    default:
        return OP_NONE;
    }
}

static enum encode_op from_date(enum target_kind to) {
    switch (to) {
    case TK_DATE:
        return OP_DATE;
    case TK_TIMESTAMP:
        return OP_TIMESTAMP;
    case TK_TIMESTAMPTZ:
        return OP_TIMESTAMPTZ;
    case TK_TEXT:
        return OP_FORMAT;
    default:
        return OP_NONE;
    }
}

static enum encode_op from_datetime(enum target_kind to) {
    return to == TK_DATE ? OP_NONE : from_date(to); /* the time of day is not dropped */
}

enum encode_op convert_op(const struct mytype *from, enum target_kind to) {
    switch (from->kind) {
    case MYT_YEAR:
        return to == TK_YEAR ? OP_INT : from_integer(to);
    case MYT_TINYINT:
    case MYT_SMALLINT:
    case MYT_MEDIUMINT:
    case MYT_INT:
    case MYT_BIGINT:
        return from_integer(to);
    case MYT_DECIMAL:
        return from_decimal(from, to);
    case MYT_FLOAT:
    case MYT_DOUBLE:
        return from_float(to);
    case MYT_BIT:
        return from_bit(to);
    case MYT_CHAR:
    case MYT_VARCHAR:
    case MYT_TINYTEXT:
    case MYT_TEXT:
    case MYT_MEDIUMTEXT:
    case MYT_LONGTEXT:
    case MYT_ENUM:
    case MYT_SET:
    case MYT_JSON:
        return from_text(to);
    case MYT_BINARY:
    case MYT_VARBINARY:
    case MYT_TINYBLOB:
    case MYT_BLOB:
    case MYT_MEDIUMBLOB:
    case MYT_LONGBLOB:
        return from_bytes(from, to);
    case MYT_DATE:
        return from_date(to);
    case MYT_DATETIME:
    case MYT_TIMESTAMP:
        return from_datetime(to);
    case MYT_TIME:
        return to == TK_TIME ? OP_TIME : to == TK_INTERVAL ? OP_INTERVAL : to == TK_TEXT ? OP_FORMAT : OP_NONE;
    case MYT_GEOMETRY:
        return to == TK_BYTEA || to == TK_BLOB ? OP_GEOMETRY : OP_NONE;
    case MYT_VECTOR:
        return to == TK_BYTEA || to == TK_BLOB ? OP_BYTES : OP_NONE;
    case MYT_UUID:
        return to == TK_UUID ? OP_UUID_TEXT : to == TK_TEXT ? OP_TEXT : OP_NONE;
    case MYT_INET4:
    case MYT_INET6:
        return to == TK_INET ? OP_INET : to == TK_TEXT ? OP_TEXT : OP_NONE;
    case MYT_UNKNOWN:
        break;
    }
    return OP_NONE;
}
