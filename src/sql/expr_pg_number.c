/* Numeric functions. Logarithms and roots of what has none are NULL in MySQL, errors in the target. */
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"

static struct val number(struct pg *c, const struct sql_node *n, size_t i) {
    return pg_as_num(c, pg_node(c, n->args[i]));
}

static struct val abs_(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val v = number(c, n, 0), out = v;
    out.text = pg_fmt(c, "abs(%s)", v.cls == TC_INT && !v.wide ? pg_as_bigint(c, v).text : v.text);
    out.wide = v.cls == TC_INT;
    out.atom = out.nonneg = true;
    out.col = NULL;
    out.lit = NULL;
    return out;
}

static struct val sign(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val v = number(c, n, 0);
    return pg_int(pg_fmt(c, "sign(%s)::int", v.text), true, false);
}

static struct val floor_ceil(struct pg *c, const struct sql_node *n, const char *data) {
    struct val v = number(c, n, 0);
    if (v.cls == TC_INT || (v.cls == TC_DEC && v.integer)) {
        return v;
    }
    struct val out = pg_val(v.cls, pg_fmt(c, "%s(%s)", data, v.text), true);
    out.integer = v.cls == TC_DEC;
    out.nonneg = v.nonneg;
    out.volatile_ = v.volatile_;
    return out;
}

/* ROUND(x [, n]) and TRUNCATE(x, n), n constant. Doubles: MySQL multiplies, rounds half to even, divides; so do we. */
static struct val round_(struct pg *c, const struct sql_node *n, const char *data) {
    struct val v = number(c, n, 0);
    long places = 0;
    if (c->q != NULL && n->nargs == 2 && v.cls == TC_DEC && !sql_node_const_int(n->args[1], &places)) {
        struct val by = pg_as_int4(c, pg_node(c, n->args[1])), rounded = v;
        rounded.text = pg_fmt(c, "%s(%s, %s)", data, v.text, by.text);
        rounded.atom = true;
        rounded.col = NULL;
        rounded.lit = NULL;
        return rounded;
    }
    if (n->nargs == 2 && (!sql_node_const_int(n->args[1], &places) || places < -30 || places > 30)) {
        return pg_fail(c, "%s with a number of places that is not a constant",
                       str_eq(data, "round") ? "ROUND" : "TRUNCATE");
    }
    struct val out = pg_val(v.cls, NULL, true);
    out.nonneg = v.nonneg;
    out.volatile_ = v.volatile_;
    if (v.cls == TC_FLOAT) {
        if (places == 0) {
            out.text = pg_fmt(c, "%s(%s)", data, v.text);
        } else if (places > 0) {
            out.text = pg_fmt(c, "(%s(%s * '1e%ld'::float8) / '1e%ld'::float8)", data, pg_p(c, v), places, places);
        } else {
            out.text = pg_fmt(c, "(%s(%s / '1e%ld'::float8) * '1e%ld'::float8)", data, pg_p(c, v), -places, -places);
        }
        return out;
    }
    if (v.cls == TC_INT || v.integer) {
        if (places >= 0) {
            return v;
        }
        out.text = pg_fmt(c, "%s(%s, %ld)", data, pg_as_numeric(c, v).text, places);
        out.cls = TC_DEC;
        out.integer = true;
        return out;
    }
    out.scale = places < 0 ? 0 : v.scale >= 0 && places > v.scale ? v.scale : (int)places;
    out.integer = places <= 0;
    out.text = pg_fmt(c, "%s(%s, %ld)", data, v.text, v.scale >= 0 && places > v.scale ? (long)v.scale : places);
    return out;
}

static struct val mod(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    return pg_arithmetic(c, OP_MOD, pg_node(c, n->args[0]), pg_node(c, n->args[1]));
}

/* Functions of doubles. data: the target's name. */
static struct val float1(struct pg *c, const struct sql_node *n, const char *data) {
    struct val v = pg_as_float(c, pg_node(c, n->args[0]));
    return pg_val(TC_FLOAT, pg_fmt(c, "%s(%s)", data, v.text), true);
}

/* The same where MySQL gives NULL outside of the domain. data: "condition on %s|function" */
static struct val guarded(struct pg *c, const struct sql_node *n, const char *data) {
    struct val v = pg_as_float(c, pg_node(c, n->args[0]));
    const char *bar = strchr(data, '|');
    if (!pg_once(c, &v) || bar == NULL) {
        return v;
    }
    return pg_val(TC_FLOAT,
                  pg_fmt(c, "CASE WHEN %s %.*s THEN %s(%s) END", pg_p(c, v), (int)(bar - data), data, bar + 1, v.text),
                  true);
}

static struct val log_(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    if (n->nargs == 1) {
        return guarded(c, n, "> 0|ln");
    }
    struct val b = pg_as_float(c, pg_node(c, n->args[0])), x = pg_as_float(c, pg_node(c, n->args[1]));
    if (!pg_once(c, &b) || !pg_once(c, &x)) {
        return b;
    }
    return pg_val(TC_FLOAT,
                  pg_fmt(c, "CASE WHEN %s > 0 AND %s <> 1 AND %s > 0 THEN ln(%s) / ln(%s) END", pg_p(c, b), pg_p(c, b),
                         pg_p(c, x), x.text, b.text),
                  true);
}

static struct val log2_(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val x = pg_as_float(c, pg_node(c, n->args[0]));
    if (!pg_once(c, &x)) {
        return x;
    }
    return pg_val(TC_FLOAT, pg_fmt(c, "CASE WHEN %s > 0 THEN ln(%s) / ln(2::float8) END", pg_p(c, x), x.text), true);
}

static struct val power(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val b = pg_as_float(c, pg_node(c, n->args[0])), x = pg_as_float(c, pg_node(c, n->args[1]));
    return pg_val(TC_FLOAT, pg_fmt(c, "power(%s, %s)", b.text, x.text), true);
}

static struct val pi(struct pg *c, const struct sql_node *n, const char *data) {
    (void)n;
    (void)data;
    return pg_val(TC_FLOAT, pg_fmt(c, "pi()"), true);
}

static struct val rand_(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    if (n->nargs != 0) {
        return pg_fail(c, "RAND with a seed");
    }
    if (!pg_stable(c, "RAND")) {
        return pg_val(TC_NULL, "NULL", true);
    }
    struct val v = pg_val(TC_FLOAT, "random()", true);
    v.nonneg = v.volatile_ = true;
    return v;
}

const struct pg_function pg_functions_number[] = {
    {"abs", 1, 1, abs_, NULL},
    {"sign", 1, 1, sign, NULL},
    {"floor", 1, 1, floor_ceil, "floor"},
    {"ceil", 1, 1, floor_ceil, "ceil"},
    {"ceiling", 1, 1, floor_ceil, "ceil"},
    {"round", 1, 2, round_, "round"},
    {"truncate", 2, 2, round_, "trunc"},
    {"mod", 2, 2, mod, NULL},
    {"exp", 1, 1, float1, "exp"},
    {"sin", 1, 1, float1, "sin"},
    {"cos", 1, 1, float1, "cos"},
    {"tan", 1, 1, float1, "tan"},
    {"atan", 1, 1, float1, "atan"},
    {"radians", 1, 1, float1, "radians"},
    {"degrees", 1, 1, float1, "degrees"},
    {"asin", 1, 1, guarded, "BETWEEN -1 AND 1|asin"},
    {"acos", 1, 1, guarded, "BETWEEN -1 AND 1|acos"},
    {"sqrt", 1, 1, guarded, ">= 0|sqrt"},
    {"ln", 1, 1, guarded, "> 0|ln"},
    {"log10", 1, 1, guarded, "> 0|log"},
    {"log", 1, 2, log_, NULL},
    {"log2", 1, 1, log2_, NULL},
    {"pow", 2, 2, power, NULL},
    {"power", 2, 2, power, NULL},
    {"pi", 0, 0, pi, NULL},
    {"rand", 0, 1, rand_, NULL},
    {0},
};
