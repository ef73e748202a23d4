/* The encoder's inside: the plan, and what its files share.
 *   encode_plan.c    a plan from columns           encode_value.c   reading values, the short text of fixed-size ones
 *   encode_binary.c  a row as a COPY binary tuple  encode_loss.c    rules, policies, errors
 *   encode_text.c    a row as a line of COPY text  encode_convert.c values with rules: numbers, times, characters
 *   encode.c         the public functions */
#ifndef VALUE_ENCODE_INTERNAL_H
#define VALUE_ENCODE_INTERNAL_H

#include "value/convert.h"
#include "value/datetime.h"
#include "value/encode.h"
#include "value/mysql_wire.h"

enum shape { SHAPE_FIXED, SHAPE_LEN1, SHAPE_LENENC };

/* The hot binary operations, which need no check; everything else goes by column_plan.op. */
enum fast_op {
    FAST_NONE,
    FAST_COPY1_TO_2,
    FAST_COPY2,
    FAST_COPY4,
    FAST_COPY8,
    FAST_COPYU4_TO_8,
    FAST_TEXT,
    FAST_BYTES
};

struct column_plan {
    uint8_t fast;         /* enum fast_op; COPY binary only */
    uint8_t op;           /* enum encode_op */
    uint8_t shape;        /* enum shape */
    uint8_t wire_bytes;   /* SHAPE_FIXED: 1 2 4 8 */
    uint8_t target_bytes; /* OP_INT, OP_DECIMAL_INT, OP_BIT_INT: 1 2 4 8 */
    bool is_signed;       /* integers of the source */
    bool is_float32;      /* FLOAT rather than DOUBLE */
    bool is_date;         /* DATE rather than DATETIME */
    bool nullable;
    bool check_range;   /* lo..hi narrower than the source's range */
    bool empty_is_null; /* '' is NULL in an A database */
    bool enum_empty;    /* '' is the ENUM's error value, which the target refuses */
    bool fold_negative_zero;
    bool limit_in_bytes;
    bool wide_time; /* TIME of the whole MySQL range */
    bool year_zero; /* years 0000 can be stored (B) */
    bool bare_hex;  /* COPY text: blob of a PG or A database */
    int64_t lo;     /* integers: the target's range */
    uint64_t hi;
    uint32_t limit; /* text: characters (or bytes) the target holds where that is fewer than the source's; 0 none */
    uint32_t bits;
    int scale;          /* OP_FLOAT_NUMERIC: decimals, -1 as many as there are */
    int integer_digits; /* numeric: digits before the point; 0 no limit, -1 none at all */
    const char *enum_first;
    const char *name;
    const struct mytype *from;
};

struct encode_plan {
    enum dialect dialect;
    bool binary;
    bool canonical;
    struct loss_policies policies;
    size_t n;
    size_t bitmap_bytes;
    size_t fixed_bytes; /* room for everything but the bytes of length-encoded values */
    struct column_plan *columns;
};

/* One row on its way. out->len is kept up to date only around calls that may grow the buffer. */
struct run {
    const struct encode_plan *p;
    const uint8_t *row;
    size_t len;
    struct encode_counts *counts;
    struct buf *out;
    struct err *e;
    size_t column;
    size_t room; /* bytes reserved behind the row's begin: enough for all of it, unless a rule makes it longer */
    int delta;   /* +1; -1 while counts of a failed row are taken back */
    size_t last; /* columns up to this one are counted */
    bool counted;
    bool want_text;
};

/* A value's bytes: of SHAPE_LEN1 and SHAPE_LENENC without their length. */
struct value {
    const uint8_t *p;
    size_t n;
};

static inline bool row_is_null(const uint8_t *row, size_t column) {
    return (row[1 + (column + 2) / 8] >> ((column + 2) % 8) & 1) != 0;
}

/* The value of column c at *at; moves behind it. False: the row ends early. */
static inline bool row_value(const struct column_plan *c, const uint8_t **at, const uint8_t *end, struct value *v) {
    if (c->shape == SHAPE_LENENC) {
        return wire_lenenc(at, end, &v->p, &v->n);
    }
    size_t left = (size_t)(end - *at), n = c->wire_bytes, head = 0;
    if (c->shape == SHAPE_LEN1) {
        if (left == 0) {
            return false;
        }
        n = **at;
        head = 1;
    }
    if (left - head < n) {
        return false;
    }
    v->p = *at + head;
    v->n = n;
    *at += head + n;
    return true;
}

static inline uint64_t read_le(const uint8_t *p, size_t n) {
    switch (n) {
    case 1:
        return p[0];
    case 2:
        return get_le16(p);
    case 4:
        return get_le32(p);
    default:
        return get_le64(p);
    }
}

/* An integer of the source, sign extended. */
static inline uint64_t value_int(const struct column_plan *c, struct value v, bool *negative) {
    uint64_t u = read_le(v.p, v.n);
    unsigned shift = 64 - 8 * (unsigned)v.n;
    if (c->is_signed) {
        u = (uint64_t)((int64_t)(u << shift) >> shift);
        *negative = (int64_t)u < 0;
    } else {
        *negative = false;
    }
    return u;
}

/* ---- encode_value.c ---- */

enum { VALUE_TEXT_MAX = 400 };

double value_double(const struct column_plan *c, struct value v);
/* big-endian bytes of a BIT; false: more than 64 bits */
bool value_bits(struct value v, uint64_t *bits);
size_t u64_text(char *out, uint64_t magnitude, bool negative);
/* The shortest decimal that reads back as the same float or double: "0.1", "1e+30", "-1.5". */
size_t float_text(char *out, double d, bool is_float32);
/* d with `decimals` digits behind the point, as MySQL prints FLOAT(p,s) and DOUBLE(p,s); -1: as many as it needs. No exponent. */
size_t float_decimal(char *out, size_t cap, double d, bool is_float32, int decimals);
/* The text of any value but length-encoded ones (decimals are), at most VALUE_TEXT_MAX bytes. False: malformed. */
bool value_format(const struct column_plan *c, struct value v, char *out, size_t *n);

/* ---- encode_loss.c ---- */

enum loss_action { ACT_FAIL, ACT_NULL, ACT_REPLACE, ACT_CLAMP };

/* A value meets a rule: what is to be done. ACT_FAIL has filled r->e. */
enum loss_action loss_meet(struct run *r, const struct column_plan *c, enum loss_rule rule, struct value v);
bool malformed_row(struct run *r, const char *what);
/* COPY binary has no form for the value; see encode_wants_text. */
bool ask_for_text(struct run *r, const struct column_plan *c, struct value v);
/* A value for people. */
void describe_value(const struct column_plan *c, struct value v, char *text, size_t cap);

/* ---- encode_convert.c: values that may meet a rule, the same for binary and text ---- */

enum convert_result { CONVERT_FAIL, CONVERT_NULL, CONVERT_OK };

/* Integers (OP_INT, OP_DECIMAL_INT, OP_BIT_INT): two's complement in the target's width. */
enum convert_result convert_int(struct run *r, const struct column_plan *c, struct value v, uint64_t *out,
                                bool *negative);
enum convert_result convert_bool(struct run *r, const struct column_plan *c, struct value v, bool *out);
enum convert_result convert_float(struct run *r, const struct column_plan *c, struct value v, double *out);
/* The decimal text a numeric is made from; *text points into v or into scratch (VALUE_TEXT_MAX bytes). */
enum convert_result convert_decimal(struct run *r, const struct column_plan *c, struct value v, char *scratch,
                                    struct value *text);
/* *zero: 0000-00-00 is to be written (B; COPY text, or canonical). */
enum convert_result convert_datetime(struct run *r, const struct column_plan *c, struct value v, struct datetime *t,
                                     bool *zero);
enum convert_result convert_time(struct run *r, const struct column_plan *c, struct value v, int64_t *micros);
enum convert_result convert_uuid(struct run *r, const struct column_plan *c, struct value v, uint8_t uuid[16]);
/* inet in COPY binary: family bits cidr length address. */
enum convert_result convert_inet(struct run *r, const struct column_plan *c, struct value v, uint8_t inet[20],
                                 size_t *n);

/* Text that broke a rule, or may: `seen` is what the copy found. On CONVERT_OK *out is what is to be written: v itself, or bytes
 * at the end of r->out's memory, which may have moved; behind r->out->len there is room for the row and twice *out. */
enum convert_result convert_text(struct run *r, const struct column_plan *c, struct value v, unsigned seen,
                                 struct value *out);
/* Does the value have to go through convert_text? */
static inline bool text_is_plain(const struct column_plan *c, struct value v, unsigned seen) {
    return seen == 0 && v.n != 0 && (c->limit == 0 || v.n <= c->limit);
}

/* ---- encode_binary.c, encode_text.c ---- */

bool encode_binary_row(struct run *r);
bool encode_text_row(struct run *r);

#endif
