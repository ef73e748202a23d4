/* Arithmetic: MySQL computes integers in 64 bits, `/` gives a decimal of four more digits, division by zero is NULL,
 * bit operators give an unsigned 64 bit number. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"

static bool small_literal(const struct val *v) {
    return v->lit != NULL && v->lit->kind == SN_INT && strlen(v->text) <= 4;
}

static int scale_of(const struct val *v) {
    return v->cls == TC_INT ? 0 : v->scale;
}

/* The divisor, NULL instead of zero. */
static const char *divisor(struct pg *c, struct val v) {
    if (v.lit != NULL && strpbrk(v.text, "123456789") != NULL) {
        return pg_p(c, v);
    }
    return pg_fmt(c, "nullif(%s, 0)", v.text);
}

/* Integers of the target's 32 bits overflow where MySQL's do not: make one operand 64 bits wide. */
static void widen(struct pg *c, struct val *l, struct val *r) {
    if (l->cls != TC_INT || r->cls != TC_INT || l->wide || r->wide || (small_literal(l) && small_literal(r))) {
        return;
    }
    if (l->lit != NULL && r->lit == NULL) {
        *r = pg_as_bigint(c, *r);
    } else {
        *l = pg_as_bigint(c, *l);
    }
}

static int min_int(int a, int b) {
    return a < b ? a : b;
}

struct val pg_arithmetic(struct pg *c, enum sql_op op, struct val l, struct val r) {
    l = pg_as_num(c, l);
    r = pg_as_num(c, r);
    bool any_float = l.cls == TC_FLOAT || r.cls == TC_FLOAT, any_dec = l.cls == TC_DEC || r.cls == TC_DEC;
    int sl = scale_of(&l), sr = scale_of(&r);
    struct val out = pg_val(any_float ? TC_FLOAT : any_dec ? TC_DEC : TC_INT, NULL, false);
    out.volatile_ = l.volatile_ || r.volatile_;
    out.integer = !any_float && (l.cls == TC_INT || l.integer) && (r.cls == TC_INT || r.integer);
    out.nonneg = l.nonneg && r.nonneg && op != OP_MINUS;
    if (op == OP_INT_DIV) {
        if (any_float) {
            return pg_fail(c, "DIV of floating point numbers");
        }
        out.cls = TC_INT;
        out.integer = out.wide = out.atom = true;
        if (any_dec || c->o->dialect != DIALECT_PG) { /* openGauss divides integers as floating point numbers */
            out.text = pg_fmt(c, "trunc(div(%s, %s))::bigint", l.text, divisor(c, r));
            return out;
        }
        widen(c, &l, &r);
        out.text = pg_fmt(c, "%s / %s", pg_p(c, l), divisor(c, r));
        out.atom = false;
        return out;
    }
    if (op == OP_MOD && any_float) {
        return pg_fail(c, "%% of floating point numbers");
    }
    if (!any_float && !any_dec) {
        widen(c, &l, &r);
        out.wide = l.wide || r.wide;
    }
    out.mixed = l.mixed || r.mixed;
    out.scale = sl < 0 || sr < 0 ? -1 : op == OP_MUL ? min_int(sl + sr, 30) : sl > sr ? sl : sr;
    const char *sign = op == OP_PLUS ? "+" : op == OP_MINUS ? "-" : op == OP_MUL ? "*" : "%";
    out.text = pg_fmt(c, "%s %s %s", pg_p(c, l), sign, op == OP_MOD ? divisor(c, r) : pg_p(c, r));
    return out;
}

/* Fractional digits the servers work out for operands of these scales. */
static int computed_digits(int sl, int sr) {
    int fl = (sl + 8) / 9 * 9, fr = (sr + 8) / 9 * 9, more = 4 - (fl - sl + fr - sr);
    return (fl + fr + (more > 0 ? more : 0) + 8) / 9 * 9;
}

/* a / b: for exact numbers both servers compute whole groups of nine digits and cut; MySQL then rounds to the dividend's
 * scale plus 4 at once, MariaDB when the value is stored or shown. PostgreSQL chooses digits by the size of the quotient,
 * hence the wide numerator. */
struct val pg_divide(struct pg *c, struct val l, struct val r) {
    l = pg_as_num(c, l);
    r = pg_as_num(c, r);
    struct val out = pg_val(TC_DEC, NULL, true);
    out.volatile_ = l.volatile_ || r.volatile_;
    out.nonneg = l.nonneg && r.nonneg;
    if (l.cls == TC_FLOAT || r.cls == TC_FLOAT) {
        out.cls = TC_FLOAT;
        out.atom = false;
        out.text = pg_fmt(c, "%s / %s", l.cls == TC_FLOAT ? pg_p(c, l) : pg_p(c, pg_as_float(c, l)), divisor(c, r));
        return out;
    }
    int sl = scale_of(&l), sr = scale_of(&r);
    if (sl < 0 || sr < 0) {
        return pg_fail(c, "the division of a decimal number of unknown scale");
    }
    out.scale = min_int(sl + 4, 30);
    int computed = computed_digits(sl, sr);
    /* A value chosen among several scales keeps its own: the digits must not depend on which one it was. */
    for (int i = l.mixed ? 0 : sl; i <= sl; i++) {
        for (int k = r.mixed ? 0 : sr; k <= sr; k++) {
            if (computed_digits(i, k) != computed &&
                (c->o->mariadb || computed_digits(i, k) <= out.scale || computed <= out.scale)) {
                return pg_fail(c, "the division of a decimal number of unknown scale");
            }
        }
    }
    bool cut =
        c->o->mariadb || computed <= out.scale; /* otherwise the cut is behind the digit that rounding looks at */
    int keep = c->o->mariadb ? computed : out.scale;
    out.text = pg_fmt(c, "%s(%s::numeric(95,%d) / %s, %d)", cut ? "trunc" : "round", pg_p(c, l), keep + (cut ? 12 : 8),
                      divisor(c, r), keep);
    return out;
}

struct val pg_negate(struct pg *c, struct val v) {
    v = pg_as_num(c, v);
    struct val out = v;
    out.nonneg = false;
    out.atom = false;
    out.col = NULL;
    out.padded = false;
    out.text = pg_fmt(c, "-%s", v.text[0] == '-' ? pg_fmt(c, "(%s)", v.text) : pg_p(c, v));
    out.lit = NULL;
    if (v.cls == TC_INT && !v.wide && v.lit == NULL) {
        out.text = pg_fmt(c, "-%s", pg_p(c, pg_as_bigint(c, v)));
        out.wide = true;
    }
    return out;
}

/* A number as the 64 bits MySQL's bit operators work on. */
static struct val bits64(struct pg *c, struct val v) {
    v = pg_as_num(c, v);
    if (v.cls == TC_INT) {
        return v.lit != NULL && !v.wide && v.nonneg ? v : pg_as_bigint(c, v);
    }
    if (v.cls == TC_DEC && v.u64) {
        if (!pg_once(c, &v)) {
            return v;
        }
        struct val out = pg_int(
            pg_fmt(c, "CASE WHEN %s > 9223372036854775807 THEN (%s - 18446744073709551616)::bigint ELSE %s::bigint END",
                   pg_p(c, v), pg_p(c, v), pg_p(c, v)),
            false, true);
        return out;
    }
    return pg_as_bigint(c, v);
}

/* A number below zero as MySQL's unsigned 64 bits show it. */
struct val pg_unsigned64(struct pg *c, struct val v) {
    struct val out = pg_val(
        TC_DEC, pg_fmt(c, "(%s::%s + 18446744073709551616) %% 18446744073709551616", pg_p(c, v), c->numeric), false);
    out.integer = out.nonneg = out.u64 = true;
    out.volatile_ = v.volatile_;
    return out;
}

/* Signed 64 bits back to MySQL's unsigned value. */
static struct val unsigned64(struct pg *c, const char *text, bool nonneg) {
    struct val v = pg_int(text, false, true);
    v.nonneg = nonneg;
    return nonneg ? v : pg_unsigned64(c, v);
}

static bool binary_string(const struct val *v) {
    return v->cls == TC_BYTES;
}

struct val pg_bits_op(struct pg *c, enum sql_op op, struct val l, struct val r) {
    if (binary_string(&l) || binary_string(&r)) {
        return pg_fail(c, "a bit operation on binary strings");
    }
    if (!pg_once(c, &l) || !pg_once(c, &r)) {
        return l;
    }
    l = bits64(c, l);
    if (op == OP_SHL || op == OP_SHR) {
        long count;
        if (r.lit == NULL || r.lit->kind != SN_INT || !sql_node_const_int(r.lit, &count)) {
            return pg_fail(c, "a shift by a number that is not a constant");
        }
        if (count > 63) {
            return pg_int(pg_fmt(c, "CASE WHEN %s IS NOT NULL THEN 0 END", pg_p(c, l)), true, false);
        }
        struct val left = pg_as_bigint(c, l);
        if (op == OP_SHL) {
            return unsigned64(c, pg_fmt(c, "%s << %ld", pg_p(c, left), count), false);
        }
        if (l.nonneg || count == 0) {
            return unsigned64(c, pg_fmt(c, "%s >> %ld", pg_p(c, left), count), l.nonneg);
        }
        /* PostgreSQL's >> keeps the sign: clear what MySQL fills with zeros. */
        return unsigned64(c, pg_fmt(c, "(%s >> %ld) & %lld", pg_p(c, left), count, 0x7fffffffffffffffLL >> (count - 1)),
                          true);
    }
    r = bits64(c, r);
    const char *sign = op == OP_BIT_AND ? "&" : op == OP_BIT_OR ? "|" : "#";
    bool nonneg = op == OP_BIT_AND ? l.nonneg || r.nonneg : l.nonneg && r.nonneg;
    return unsigned64(c, pg_fmt(c, "%s %s %s", pg_p(c, l), sign, pg_p(c, r)), nonneg);
}

struct val pg_bit_not(struct pg *c, struct val v) {
    if (binary_string(&v)) {
        return pg_fail(c, "a bit operation on binary strings");
    }
    v = pg_as_bigint(c, bits64(c, v));
    return unsigned64(c, pg_fmt(c, "~%s", pg_p(c, v)), false);
}
