/* Functions that give a TIME of MySQL, which may be negative and of up to 838 hours: an interval in the target. Where that has to become a
 * time of a day, interval_time() of the compatibility schema raises an error for what does not fit. */
#include <string.h>

#include "base/str.h"
#include "sql/pg_query.h"

static struct val time_result(struct pg *c, const char *text, int fsp, bool changes) {
    struct val v = pg_val(TC_TIME, text, true);
    v.fsp = fsp;
    v.volatile_ = changes;
    v.interval = true;
    return c->q->b ? pgq_time_of_day(c, v) : v;
}

struct val pgq_time_of_day(struct pg *c, struct val v) {
    if (v.cls == TC_TIME && v.interval) {
        v.text = pg_fmt(c, "%s(%s)", pgq_compat(c, "interval_time"), v.text);
        v.atom = true;
        v.interval = false;
        v.lit = NULL;
        v.col = NULL;
    }
    return v;
}

struct val pgq_as_interval(struct pg *c, struct val v) {
    if (v.cls == TC_TIME && !v.interval) {
        v.text = pg_fmt(c, "%s::interval", pg_p(c, v));
        v.atom = v.interval = true;
        v.lit = NULL;
        v.col = NULL;
    }
    return v;
}

struct val pgq_time_text(struct pg *c, struct val v, int digits) {
    return pg_val(TC_TEXT, pg_fmt(c, "%s(%s, %d)", pgq_compat(c, "time_text"), pgq_as_interval(c, v).text, digits),
                  true);
}

static bool dated(const struct val *v) {
    return v->cls == TC_DATE || v->cls == TC_DATETIME || v->cls == TC_TSTZ;
}

/* A TIME, a date, a NULL; constant texts are read as what they look like. */
static struct val operand(struct pg *c, const struct sql_node *n, const char *function) {
    struct val v = pgq_expr(c, n), out;
    if (pg_is_const_string(&v) && (pg_parse_time_literal(c, &v, true, &out) || pg_parse_date_literal(c, &v, &out))) {
        return out;
    }
    if (v.cls != TC_TIME && v.cls != TC_NULL && !dated(&v)) {
        return pg_fail(c, "%s of a value that is not a TIME or a date", function);
    }
    return v;
}

static int fsp_of_number(const struct val *v) {
    if (v->cls == TC_INT || v->cls == TC_BOOL || (v->cls == TC_DEC && v->integer)) {
        return 0;
    }
    return v->cls == TC_DEC && v->scale >= 0 && v->scale < 6 ? v->scale : 6;
}

static int larger(int a, int b) {
    return a > b ? a : b;
}

/* TIMEDIFF(a, b): NULL when only one of them has a date, in MariaDB also when only one of them has a time. */
static struct val timediff(struct pg *c, const struct sql_node *n) {
    struct val a = operand(c, n->args[0], "TIMEDIFF"), b = operand(c, n->args[1], "TIMEDIFF");
    if (a.cls == TC_NULL || b.cls == TC_NULL || dated(&a) != dated(&b) ||
        (c->o->mariadb && (a.cls == TC_DATE) != (b.cls == TC_DATE))) {
        return time_result(c, "NULL::interval", 0, false);
    }
    a = dated(&a) ? pg_as_datetime(c, a) : pgq_as_interval(c, a);
    b = dated(&b) ? pg_as_datetime(c, b) : pgq_as_interval(c, b);
    return time_result(
        c,
        pg_fmt(c, "%s(extract(epoch FROM %s - %s)::%s)", pgq_compat(c, "time_of"), pg_p(c, a), pg_p(c, b), c->numeric),
        larger(a.fsp, b.fsp), a.volatile_ || b.volatile_);
}

/* ADDTIME and SUBTIME: of a DATETIME or of a TIME. */
static struct val add(struct pg *c, const struct sql_node *n, const char *sign) {
    const char *name = sign[0] == '+' ? "ADDTIME" : "SUBTIME";
    struct val a = operand(c, n->args[0], name), b = operand(c, n->args[1], name);
    if (dated(&b)) {
        return pg_fail(c, "%s of a date", name);
    }
    if (a.cls == TC_NULL || b.cls == TC_NULL) {
        return dated(&a) ? pg_as_datetime(c, pg_val(TC_NULL, "NULL", true))
                         : time_result(c, "NULL::interval", 0, false);
    }
    int fsp = larger(a.fsp, b.fsp);
    b = pgq_as_interval(c, b);
    if (dated(&a)) {
        struct val v =
            pg_val(TC_DATETIME, pg_fmt(c, "(%s %s %s)", pg_p(c, pg_as_datetime(c, a)), sign, pg_p(c, b)), true);
        v.fsp = fsp;
        v.volatile_ = a.volatile_ || b.volatile_;
        return v;
    }
    if (fsp > 0 && !c->o->mariadb) { /* MySQL shows six digits or none, as the value has it */
        return pg_fail(c, "%s of TIMEs with fractions of a second", name);
    }
    return time_result(c,
                       pg_fmt(c, "%s(extract(epoch FROM %s %s %s)::%s)", pgq_compat(c, "time_of"),
                              pg_p(c, pgq_as_interval(c, a)), sign, pg_p(c, b), c->numeric),
                       fsp, a.volatile_ || b.volatile_);
}

static struct val sec_to_time(struct pg *c, const struct sql_node *n) {
    struct val v = pgq_expr(c, n->args[0]);
    int fsp = fsp_of_number(&v);
    return time_result(c, pg_fmt(c, "%s(%s)", pgq_compat(c, "time_of"), pg_as_numeric(c, v).text), fsp, v.volatile_);
}

static struct val maketime(struct pg *c, const struct sql_node *n) {
    struct val h = pg_as_bigint(c, pgq_expr(c, n->args[0])), m = pg_as_bigint(c, pgq_expr(c, n->args[1])),
               s = pgq_expr(c, n->args[2]);
    int fsp = fsp_of_number(&s);
    return time_result(c,
                       pg_fmt(c, "%s(%s, %s, %s)", pgq_compat(c, "maketime"), h.text, m.text, pg_as_numeric(c, s).text),
                       fsp, h.volatile_ || m.volatile_ || s.volatile_);
}

/* TIME(x) */
static struct val time_part(struct pg *c, const struct sql_node *n) {
    struct val v = operand(c, n->args[0], "TIME");
    if (v.cls == TC_TIME) {
        return v;
    }
    v = pg_as_datetime(c, v);
    struct val out = pg_val(TC_TIME, pg_fmt(c, "%s::time(%d)", pg_p(c, v), v.fsp), true);
    out.fsp = v.fsp;
    return out;
}

static struct val time_format(struct pg *c, const struct sql_node *n) {
    struct val v = operand(c, n->args[0], "TIME_FORMAT"), f = pgq_expr(c, n->args[1]);
    for (size_t i = 0; pg_is_const_string(&f) && i + 1 < f.lit->len; i++) {
        if (f.lit->text[i] == '%' && strchr("abcdDejmMuUvVwWxXyY", f.lit->text[++i]) != NULL) {
            return pg_fail(c, "TIME_FORMAT with %%%c", f.lit->text[i]);
        }
    }
    if (dated(&v)) {
        v = pg_as_datetime(c, v);
        v = pg_val(TC_TIME, pg_fmt(c, "%s::time", pg_p(c, v)), true);
    }
    v = v.cls == TC_NULL ? pg_val(TC_TIME, "NULL::interval", true) : pgq_as_interval(c, v);
    return pg_val(TC_TEXT, pg_fmt(c, "%s(%s, %s)", pgq_compat(c, "time_format"), v.text, pg_as_text(c, f).text), true);
}

/* DATE_FORMAT of a TIME: of that time of today, or of a day beside it; in MariaDB as TIME_FORMAT does it. */
static bool date_format(struct pg *c, const struct sql_node *n, struct val *out) {
    const struct sql_node *f = n->args[1];
    struct val v = pgq_expr(c, n->args[0]);
    for (size_t i = 0; i + 1 < f->len; i++) {
        if (f->text[i] == '%' && strchr("HkhIlisSfpTr%", f->text[++i]) == NULL) {
            return false;
        }
    }
    if (v.cls != TC_TIME || f->kind != SN_STRING || f->len == 0) {
        return false;
    }
    *out = c->o->mariadb
               ? time_format(c, n)
               : pg_val(TC_TEXT,
                        pg_fmt(c, "%s(TIMESTAMP '2000-01-01 00:00:00' + %s, %s)", pgq_compat(c, "date_format"),
                               pg_p(c, pgq_as_interval(c, v)), pg_string_literal(c, f->text, f->len)),
                        true);
    return true;
}

bool pgq_time_call(struct pg *c, const struct sql_node *n, struct val *out) {
    if (str_eq(n->name, "timediff") && n->nargs == 2) {
        *out = timediff(c, n);
    } else if (str_eq(n->name, "addtime") && n->nargs == 2) {
        *out = add(c, n, "+");
    } else if (str_eq(n->name, "subtime") && n->nargs == 2) {
        *out = add(c, n, "-");
    } else if (str_eq(n->name, "sec_to_time") && n->nargs == 1) {
        *out = sec_to_time(c, n);
    } else if (str_eq(n->name, "maketime") && n->nargs == 3) {
        *out = maketime(c, n);
    } else if (str_eq(n->name, "time") && n->nargs == 1) {
        *out = time_part(c, n);
    } else if (str_eq(n->name, "time_format") && n->nargs == 2) {
        *out = time_format(c, n);
    } else {
        return str_eq(n->name, "date_format") && n->nargs == 2 && date_format(c, n, out);
    }
    return true;
}
