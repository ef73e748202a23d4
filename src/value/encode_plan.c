/* The plan: for each column how its bytes arrive, how they leave, and which rules it can meet. See encode_internal.h. */
#include <string.h>

#include "value/encode_internal.h"
#include "value/numeric.h"
#include "value/target_spec.h"

/* ---- how values arrive ---- */

struct arrival {
    enum shape shape;
    uint8_t bytes;
};

static bool arrival_of(uint8_t wire_type, struct arrival *a) {
    switch (wire_type) {
    case WIRE_TINY:
        *a = (struct arrival){SHAPE_FIXED, 1};
        return true;
    case WIRE_SHORT:
    case WIRE_YEAR:
        *a = (struct arrival){SHAPE_FIXED, 2};
        return true;
    case WIRE_LONG:
    case WIRE_INT24:
    case WIRE_FLOAT:
        *a = (struct arrival){SHAPE_FIXED, 4};
        return true;
    case WIRE_LONGLONG:
    case WIRE_DOUBLE:
        *a = (struct arrival){SHAPE_FIXED, 8};
        return true;
    case WIRE_DATE:
    case WIRE_NEWDATE:
    case WIRE_DATETIME:
    case WIRE_TIMESTAMP:
    case WIRE_TIME:
        *a = (struct arrival){SHAPE_LEN1, 0};
        return true;
    case WIRE_DECIMAL:
    case WIRE_NEWDECIMAL:
    case WIRE_VARCHAR:
    case WIRE_BIT:
    case WIRE_VECTOR:
    case WIRE_JSON:
    case WIRE_ENUM:
    case WIRE_SET:
    case WIRE_TINY_BLOB:
    case WIRE_MEDIUM_BLOB:
    case WIRE_LONG_BLOB:
    case WIRE_BLOB:
    case WIRE_VAR_STRING:
    case WIRE_STRING:
    case WIRE_GEOMETRY:
        *a = (struct arrival){SHAPE_LENENC, 0};
        return true;
    default:
        return false;
    }
}

static bool is_float_wire(uint8_t t) {
    return t == WIRE_FLOAT || t == WIRE_DOUBLE;
}

/* Does the protocol's type carry what the catalog says? A view or an expression in the SELECT could make it another. */
static bool arrival_fits(const struct mytype *from, uint8_t wire_type, const struct arrival *a) {
    switch (from->kind) {
    case MYT_TINYINT:
    case MYT_SMALLINT:
    case MYT_MEDIUMINT:
    case MYT_INT:
    case MYT_BIGINT:
    case MYT_YEAR:
        return a->shape == SHAPE_FIXED && !is_float_wire(wire_type);
    case MYT_FLOAT:
    case MYT_DOUBLE:
        return is_float_wire(wire_type);
    case MYT_DATE:
    case MYT_DATETIME:
    case MYT_TIMESTAMP:
        return a->shape == SHAPE_LEN1 && wire_type != WIRE_TIME;
    case MYT_TIME:
        return wire_type == WIRE_TIME;
    default:
        return a->shape == SHAPE_LENENC;
    }
}

/* ---- integers ---- */

struct range {
    int64_t lo;
    uint64_t hi;
    uint8_t bytes;
};

static struct range integer_range(enum target_kind k) {
    switch (k) {
    case TK_INT1:
        return (struct range){INT8_MIN, INT8_MAX, 1};
    case TK_INT2:
        return (struct range){INT16_MIN, INT16_MAX, 2};
    case TK_INT4:
        return (struct range){INT32_MIN, INT32_MAX, 4};
    case TK_INT8:
        return (struct range){INT64_MIN, INT64_MAX, 8};
    case TK_UINT1:
        return (struct range){0, UINT8_MAX, 1};
    case TK_UINT2:
        return (struct range){0, UINT16_MAX, 2};
    case TK_UINT4:
        return (struct range){0, UINT32_MAX, 4};
    case TK_UINT8:
        return (struct range){0, UINT64_MAX, 8};
    default: /* TK_YEAR: int32, and any year MySQL has */
        return (struct range){0, 2155, 4};
    }
}

static void plan_integer(struct column_plan *c, enum target_kind to) {
    struct range r = integer_range(to);
    unsigned bits = 8u * c->wire_bytes;
    c->lo = r.lo;
    c->hi = r.hi;
    c->target_bytes = r.bytes;
    if (c->shape != SHAPE_FIXED) {
        c->check_range = true; /* decimals and bits say little beforehand */
        return;
    }
    int64_t from_lo = c->is_signed ? (bits == 64 ? INT64_MIN : -(INT64_C(1) << (bits - 1))) : 0;
    uint64_t from_hi = c->is_signed ? (UINT64_C(1) << (bits - 1)) - 1
                       : bits == 64 ? UINT64_MAX
                                    : (UINT64_C(1) << bits) - 1;
    if (c->from->kind == MYT_YEAR) {
        from_hi = 2155;
    }
    c->check_range = from_lo < r.lo || from_hi > r.hi;
}

/* ---- text ---- */

static uint64_t longest_chars(const struct mytype *t) {
    switch (t->kind) {
    case MYT_CHAR:
    case MYT_VARCHAR:
    case MYT_BINARY:
    case MYT_VARBINARY:
        return t->length_chars;
    default:
        return UINT64_MAX;
    }
}

static void plan_text(struct column_plan *c, const struct encode_column *col, const struct target_spec *spec,
                      enum dialect d) {
    const struct mytype *from = &col->from;
    if (spec != NULL && spec->length > 0 && from->kind != MYT_ENUM && from->kind != MYT_SET) {
        uint64_t most = longest_chars(from);
        c->limit_in_bytes = d == DIALECT_OG_A;
        if (c->limit_in_bytes ? most > spec->length / 4 : most > spec->length) {
            c->limit = spec->length;
        }
    }
    bool json = c->op == OP_JSONB || (spec != NULL && spec->is_json);
    c->empty_is_null = d == DIALECT_OG_A && !json;
    if (from->kind == MYT_ENUM && (col->to.check != NULL || spec == NULL || col->to.enum_type)) {
        c->enum_empty = true;
        for (size_t i = 0; i < from->nlabels; i++) {
            c->enum_empty = c->enum_empty && from->labels[i][0] != '\0';
        }
        c->enum_empty = c->enum_empty && from->nlabels > 0;
        c->enum_first = c->enum_empty ? from->labels[0] : NULL;
    }
}

/* ---- one column ---- */

static void plan_numeric(struct column_plan *c, const struct encode_column *col, const struct target_spec *spec) {
    int whole = col->from.precision - col->from.scale; /* digits the source can have before the point */
    bool decimals = col->from.kind == MYT_DECIMAL;
    c->scale = spec != NULL && spec->precision > 0 ? spec->scale : -1;
    if (spec != NULL && spec->precision > 0 && !(decimals && whole <= spec->precision - spec->scale) &&
        !(c->op == OP_INT_NUMERIC && spec->precision - spec->scale >= 20)) {
        c->integer_digits = spec->precision - spec->scale;
        if (c->integer_digits == 0) {
            c->integer_digits = -1; /* numeric(2,2): none at all; see convert_decimal */
        }
    }
}

static enum fast_op fast_op_of(const struct column_plan *c) {
    switch (c->op) {
    case OP_INT:
        if (c->check_range) {
            return FAST_NONE;
        }
        if (c->wire_bytes == c->target_bytes) {
            return c->wire_bytes == 2   ? FAST_COPY2
                   : c->wire_bytes == 4 ? FAST_COPY4
                   : c->wire_bytes == 8 ? FAST_COPY8
                                        : FAST_NONE;
        }
        if (c->wire_bytes == 1 && c->target_bytes == 2 && c->is_signed) {
            return FAST_COPY1_TO_2;
        }
        return c->wire_bytes == 4 && c->target_bytes == 8 && !c->is_signed ? FAST_COPYU4_TO_8 : FAST_NONE;
    case OP_FLOAT4:
        return c->is_float32 && !c->fold_negative_zero ? FAST_COPY4 : FAST_NONE;
    case OP_FLOAT8:
        return !c->is_float32 && !c->fold_negative_zero ? FAST_COPY8 : FAST_NONE;
    case OP_TEXT:
        return FAST_TEXT;
    case OP_BYTES:
    case OP_BIT_BYTES:
        return FAST_BYTES;
    default:
        return FAST_NONE;
    }
}

/* Bytes the column can need beyond those of its own length-encoded value (twice those in text). */
static size_t fixed_room(const struct column_plan *c, bool binary) {
    switch (c->op) {
    case OP_TEXT:
    case OP_JSONB:
    case OP_BYTES:
    case OP_BIT_BYTES:
    case OP_GEOMETRY:
        return 4 + 16;
    case OP_INT_NUMERIC:
    case OP_FLOAT_NUMERIC:
    case OP_DECIMAL:
    case OP_FORMAT:
        return 4 + VALUE_TEXT_MAX + (binary ? NUMERIC_ROOM(VALUE_TEXT_MAX) : 0);
    case OP_BIT:
        return 4 + 64 + 8;
    default:
        return 4 + 64; /* integers, floats, times, uuid and inet as text or binary */
    }
}

static bool plan_column(struct column_plan *c, const struct encode_column *col, const struct encode_options *o,
                        struct err *e) {
    struct arrival a;
    struct target_spec parsed;
    const struct target_spec *spec =
        col->to.ddl != NULL && target_spec_parse(col->to.ddl, o->dialect, &parsed) ? &parsed : NULL;
    c->name = col->name;
    c->from = &col->from;
    c->nullable = col->nullable;
    c->op = (uint8_t)convert_op(&col->from, col->to.kind);
    if (c->op == OP_NONE) {
        return err_set(e, ERR_INTERNAL, "nothing writes %s to %s", col->from.full, col->to.ddl);
    }
    if (!arrival_of(col->source.type, &a) || !arrival_fits(&col->from, col->source.type, &a)) {
        return err_set(e, ERR_INTERNAL, "the source sends protocol type %u for %s", (unsigned)col->source.type,
                       col->from.full);
    }
    c->shape = (uint8_t)a.shape;
    c->wire_bytes = a.bytes;
    c->is_signed = !col->source.is_unsigned;
    c->is_float32 = col->source.type == WIRE_FLOAT;
    c->is_date = col->from.kind == MYT_DATE;
    c->wide_time = o->dialect == DIALECT_OG_B || c->op == OP_INTERVAL;
    c->year_zero = o->dialect == DIALECT_OG_B;
    c->bare_hex = col->to.kind == TK_BLOB && o->dialect != DIALECT_OG_B;
    c->bits = (uint32_t)col->from.length_chars;
    switch (c->op) {
    case OP_INT:
    case OP_DECIMAL_INT:
    case OP_BIT_INT:
        plan_integer(c, col->to.kind);
        break;
    case OP_FLOAT4:
    case OP_FLOAT8:
        c->fold_negative_zero = dialect_is_opengauss(o->dialect);
        break;
    case OP_INT_NUMERIC:
    case OP_FLOAT_NUMERIC:
    case OP_DECIMAL:
        plan_numeric(c, col, spec);
        break;
    case OP_BIT:
        if (spec != NULL && spec->length != c->bits) {
            return err_set(e, ERR_INTERNAL, "%s is written to %s", col->from.full, col->to.ddl);
        }
        break;
    case OP_TEXT:
    case OP_JSONB:
    case OP_FORMAT:
        plan_text(c, col, spec, o->dialect);
        break;
    default:
        break;
    }
    c->fast = (uint8_t)(o->binary ? fast_op_of(c) : FAST_NONE);
    return true;
}

bool encode_plan_make(struct arena *a, const struct encode_options *o, const struct encode_column *cols, size_t n,
                      struct encode_plan **out, struct err *e) {
    if (n == 0 || n > INT16_MAX) {
        return err_set(e, ERR_INTERNAL, "a row of %zu columns cannot be copied", n);
    }
    struct encode_plan *p = arena_new(a, struct encode_plan);
    struct encode_column *own = arena_array(a, struct encode_column, n); /* the plan outlives the caller's array */
    memcpy(own, cols, n * sizeof *own);
    *p = (struct encode_plan){.dialect = o->dialect,
                              .binary = o->binary,
                              .canonical = o->canonical,
                              .policies = o->policies,
                              .n = n,
                              .bitmap_bytes = (n + 9) / 8,
                              .columns = arena_array(a, struct column_plan, n)};
    p->fixed_bytes = 2 + 16;
    for (size_t i = 0; i < n; i++) {
        if (!plan_column(&p->columns[i], &own[i], o, e)) {
            return err_where(e, "column %s", cols[i].name);
        }
        p->fixed_bytes += fixed_room(&p->columns[i], o->binary);
    }
    *out = p;
    return true;
}
