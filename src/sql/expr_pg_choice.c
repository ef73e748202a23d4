/* Choices among values: CASE, IF, COALESCE, NULLIF, GREATEST and LEAST, ELT, FIELD. The result has the type that MySQL gives
 * to all of them together (pg_unify). */
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"

static void result_of(struct val *out, const struct val *v, size_t n, enum tclass cls) {
    out->cls = cls;
    for (size_t i = 0; i < n; i++) {
        if (v[i].cls == TC_NULL) {
            continue;
        }
        int s = v[i].cls == TC_DEC ? v[i].scale : 0;
        out->mixed = out->mixed || v[i].mixed ||
                     (cls == TC_DEC && (v[i].cls == TC_DEC ? v[i].scale : 0) != (v[0].cls == TC_DEC ? v[0].scale : 0));
        out->scale = out->scale < 0 || s < 0 ? -1 : s > out->scale ? s : out->scale;
        out->fsp = v[i].fsp > out->fsp ? v[i].fsp : out->fsp;
        out->wide = out->wide || v[i].wide;
        out->interval = v[i].interval;
        out->volatile_ = out->volatile_ || v[i].volatile_;
        out->charset = v[i].charset > out->charset ? v[i].charset : out->charset;
        out->ci = v[i].ci > out->ci ? v[i].ci : out->ci;
    }
}

/* CASE [x] WHEN .. THEN .. ELSE .. END */
struct val pg_case(struct pg *c, const struct sql_node *n) {
    size_t first = n->has_operand ? 1 : 0, branches = (n->nargs - first - (n->has_else ? 1 : 0)) / 2,
           nvals = branches + (n->has_else ? 1 : 0);
    struct val *when = arena_array(c->a, struct val, branches + 1), *then = arena_array(c->a, struct val, nvals + 1),
               operand = {0};
    if (n->has_operand) {
        operand = pg_node(c, n->args[0]);
        if (!pg_once(c, &operand)) {
            return operand;
        }
    }
    for (size_t i = 0; i < branches && c->why == NULL; i++) {
        struct val w = pg_node(c, n->args[first + i * 2]);
        if (n->has_operand && pg_sign_mixed(c, &operand, &w)) {
            return operand;
        }
        when[i] = n->has_operand ? pg_compare(c, OP_EQ, operand, w) : pg_as_bool(c, w);
        then[i] = pg_node(c, n->args[first + i * 2 + 1]);
    }
    if (n->has_else) {
        then[branches] = pg_node(c, n->args[n->nargs - 1]);
    }
    enum tclass cls = pg_unify(c, then, nvals);
    const char *text = "CASE";
    for (size_t i = 0; i < branches && c->why == NULL; i++) {
        text = pg_fmt(c, "%s WHEN %s THEN %s", text, when[i].text, then[i].text);
    }
    struct val out = pg_val(
        cls, n->has_else ? pg_fmt(c, "%s ELSE %s END", text, then[branches].text) : pg_fmt(c, "%s END", text), true);
    result_of(&out, then, nvals, cls);
    return out;
}

static struct val *arguments(struct pg *c, const struct sql_node *n, size_t from) {
    struct val *v = arena_array(c->a, struct val, n->nargs + 1);
    for (size_t i = from; i < n->nargs; i++) {
        v[i] = pg_node(c, n->args[i]);
    }
    return v;
}

static struct val coalesce(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val *v = arguments(c, n, 0);
    enum tclass cls = pg_unify(c, v, n->nargs);
    const char *text = NULL;
    for (size_t i = 0; i < n->nargs && c->why == NULL; i++) {
        text = text == NULL ? v[i].text : pg_fmt(c, "%s, %s", text, v[i].text);
    }
    struct val out = pg_val(cls, pg_fmt(c, "coalesce(%s)", text), true);
    result_of(&out, v, n->nargs, cls);
    return out;
}

static struct val if_(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct sql_node as_case = *n;
    as_case.kind = SN_CASE;
    as_case.has_else = true;
    as_case.has_operand = false;
    return pg_case(c, &as_case);
}

static struct val nullif_(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val l = pg_node(c, n->args[0]), r = pg_node(c, n->args[1]);
    if (!pg_once(c, &l)) {
        return l;
    }
    if (l.cls == TC_TEXT && l.ci == CI_NONE && r.ci == CI_NO) {
        return pg_fail(c, "NULLIF of texts of different collations");
    }
    struct val eq = pg_compare(c, OP_EQ, l, r), out = l.cls == TC_BOOL ? pg_as_num(c, l) : l;
    out.text = pg_fmt(c, "CASE WHEN %s THEN NULL ELSE %s END", eq.text, out.text);
    out.atom = true;
    out.col = NULL;
    out.lit = NULL;
    return out;
}

/* GREATEST, LEAST: NULL when any argument is; the target's ignore NULLs. */
static struct val extreme(struct pg *c, const struct sql_node *n, const char *data) {
    struct val *v = arguments(c, n, 0);
    enum tclass cls = pg_unify(c, v, n->nargs);
    if (cls == TC_TEXT) {
        return pg_fail(c, "%s of texts (it depends on the collation)", data);
    }
    if (cls == TC_BOOL) {
        cls = TC_INT;
    }
    const char *list = "", *nulls = NULL;
    for (size_t i = 0; i < n->nargs && c->why == NULL; i++) {
        v[i] = v[i].cls == TC_BOOL ? pg_as_num(c, v[i]) : v[i];
        if (!pg_once(c, &v[i])) {
            return v[i];
        }
        list = i == 0 ? v[i].text : pg_fmt(c, "%s, %s", list, v[i].text);
        if (v[i].lit == NULL || v[i].cls == TC_NULL) {
            nulls = nulls == NULL ? pg_fmt(c, "%s IS NULL", pg_p(c, v[i]))
                                  : pg_fmt(c, "%s OR %s IS NULL", nulls, pg_p(c, v[i]));
        }
    }
    const char *call = pg_fmt(c, "%s(%s)", data, list);
    struct val out =
        pg_val(cls, nulls == NULL ? call : pg_fmt(c, "CASE WHEN %s THEN NULL ELSE %s END", nulls, call), true);
    result_of(&out, v, n->nargs, cls);
    return out;
}

static struct val isnull(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val v = pg_node(c, n->args[0]);
    return pg_val(TC_BOOL, pg_fmt(c, "%s IS NULL", pg_p(c, v.cls == TC_HEX ? pg_as_bytes(c, v) : v)), false);
}

/* ELT(n, a, b, ..): the n-th, else NULL. */
static struct val elt(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val *v = arguments(c, n, 0), index = pg_as_num(c, v[0]);
    if (index.cls != TC_INT) {
        return pg_fail(c, "ELT with an index that is not an integer");
    }
    for (size_t i = 1; i < n->nargs; i++) {
        v[i] = pg_as_text(c, v[i]);
    }
    const char *text = pg_fmt(c, "CASE %s", pg_p(c, index));
    for (size_t i = 1; i < n->nargs && c->why == NULL; i++) {
        text = pg_fmt(c, "%s WHEN %zu THEN %s", text, i, v[i].text);
    }
    struct val out = pg_val(TC_TEXT, pg_fmt(c, "%s END", text), true);
    result_of(&out, v + 1, n->nargs - 1, TC_TEXT);
    return out;
}

/* FIELD(x, a, b, ..): the place of the first equal one, else 0. */
static struct val field(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val *v = arguments(c, n, 0);
    if (!pg_once(c, &v[0])) {
        return v[0];
    }
    enum tclass cls = pg_unify(c, v, n->nargs);
    if (cls != TC_TEXT && cls != TC_INT && cls != TC_DEC) {
        return pg_fail(c, "FIELD of values of this type");
    }
    if (cls == TC_TEXT && v[0].ci == CI_NONE && c->q == NULL) { /* the collation is the first argument's alone */
        return pg_fail(c, "FIELD looking for a constant text");
    }
    const char *text = "CASE";
    for (size_t i = 1; i < n->nargs && c->why == NULL; i++) {
        if (pg_sign_mixed(c, &v[0], &v[i])) {
            return v[0];
        }
        text = pg_fmt(c, "%s WHEN %s THEN %zu", text, pg_compare(c, OP_EQ, v[0], v[i]).text, i);
    }
    struct val out = pg_int(pg_fmt(c, "%s ELSE 0 END", text), true, false);
    out.nonneg = true;
    return out;
}

/* INTERVAL(n, a, b, ..): how many of a, b, .. come before the first that is greater than n; NULLs among them are not; -1 for NULL. */
static struct val interval(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val *v = arguments(c, n, 0), x = pg_as_num(c, v[0]);
    if (!pg_once(c, &x)) {
        return x;
    }
    const char *text = pg_fmt(c, "CASE WHEN %s IS NULL THEN -1", pg_p(c, x));
    for (size_t i = 1; i < n->nargs && c->why == NULL; i++) {
        struct val bound = pg_as_num(c, v[i]);
        text = pg_fmt(c, "%s WHEN %s < %s THEN %zu", text, pg_p(c, x), pg_p(c, bound), i - 1);
    }
    return pg_int(pg_fmt(c, "%s ELSE %zu END", text, n->nargs - 1), true, false);
}

const struct pg_function pg_functions_misc[] = {
    {"coalesce", 1, 999, coalesce, NULL}, {"ifnull", 2, 2, coalesce, NULL},
    {"nvl", 2, 2, coalesce, NULL},        {"if", 3, 3, if_, NULL},
    {"nullif", 2, 2, nullif_, NULL},      {"greatest", 2, 999, extreme, "greatest"},
    {"least", 2, 999, extreme, "least"},  {"isnull", 1, 1, isnull, NULL},
    {"elt", 2, 999, elt, NULL},           {"field", 2, 999, field, NULL},
    {"interval", 2, 999, interval, NULL}, {0},
};
