/* Aggregates and window functions for PostgreSQL and openGauss. */
#include <string.h>

#include "base/str.h"
#include "sql/pg_query.h"

static const char *over(struct pg *c, const struct sql_node *n) {
    const struct sql_window *w = n->more->over;
    if (w == NULL) {
        return "";
    }
    return w->only_name ? pg_fmt(c, " OVER %s", str_quote_pg(c->a, w->base))
                        : pg_fmt(c, " OVER (%s)", pgq_window(c, w));
}

static void frame_bound(struct pg *c, struct sb *b, enum sql_frame_bound bound, const struct sql_node *e) {
    static const char *const words[] = {"UNBOUNDED PRECEDING", " PRECEDING", "CURRENT ROW", " FOLLOWING",
                                        "UNBOUNDED FOLLOWING"};
    if (e != NULL && e->kind == SN_INTERVAL) {
        long count;
        if (!sql_node_const_int(e->args[0], &count) || strchr(e->name, '_') != NULL) {
            pg_fail(c, "a window frame by this interval");
        }
        sb_printf(b, "INTERVAL '%s %s'", e->args[0]->text, e->name);
    } else if (e != NULL) {
        sb_puts(b, pg_p(c, pgq_expr(c, e)));
    }
    sb_puts(b, words[bound]);
}

const char *pgq_window(struct pg *c, const struct sql_window *w) {
    struct sb b = {.a = c->a};
    if (w->base != NULL) {
        sb_puts(&b, str_quote_pg(c->a, w->base));
    }
    for (size_t i = 0; i < w->npartition; i++) {
        sb_printf(&b, "%s%s",
                  i > 0       ? ", "
                  : b.len > 0 ? " PARTITION BY "
                              : "PARTITION BY ",
                  pgq_expr(c, w->partition[i]).text);
    }
    if (w->norder > 0) {
        const char *gap = b.len > 0 ? " " : "";
        /* A frame by distance wants one plain order. */
        sb_printf(&b, "%sORDER BY %s", gap, pgq_order(c, w->order, w->norder));
    }
    if (w->frame != NULL) {
        sb_printf(&b, "%s%s%s", b.len > 0 ? " " : "", str_eq(w->frame, "rows") ? "ROWS " : "RANGE ",
                  w->has_end ? "BETWEEN " : "");
        bool distance = w->start_expr != NULL || (w->has_end && w->end_expr != NULL);
        if (distance && !str_eq(w->frame, "rows") && dialect_is_opengauss(c->o->dialect)) {
            pg_fail(c, "a window frame of RANGE with a distance, which openGauss does not have");
        }
        frame_bound(c, &b, w->start, w->start_expr);
        if (w->has_end) {
            sb_puts(&b, " AND ");
            frame_bound(c, &b, w->end, w->end_expr);
        }
    }
    return sb_text(&b);
}

static struct val count(struct pg *c, const struct sql_node *n) {
    struct val out = pg_int(NULL, true, true);
    out.nonneg = true;
    if (n->more->star) {
        out.text = "count(*)";
    } else if (n->nargs == 1) {
        struct val v = pg_plain(c, pgq_expr(c, n->args[0]));
        out.text = pg_fmt(c, "count(%s%s)", n->more->distinct ? "DISTINCT " : "", v.text);
    } else { /* COUNT(DISTINCT a, b): rows without any NULL */
        const char *list = "", *nulls = "";
        for (size_t i = 0; i < n->nargs; i++) {
            struct val v = pg_plain(c, pgq_expr(c, n->args[i]));
            list = pg_fmt(c, "%s%s%s", list, i == 0 ? "" : ", ", v.text);
            nulls = pg_fmt(c, "%s%s%s IS NOT NULL", nulls, i == 0 ? "" : " AND ", pg_p(c, v));
        }
        out.text = c->q->b ? pg_fmt(c, "count(DISTINCT %s)", list)
                           : pg_fmt(c, "count(DISTINCT CASE WHEN %s THEN ROW(%s) END)", nulls, list);
    }
    return out;
}

static struct val sum(struct pg *c, const struct sql_node *n, bool avg) {
    struct val v = pg_as_num(c, pgq_expr(c, n->args[0])), out = pg_val(v.cls, NULL, true);
    const char *distinct = n->more->distinct ? "DISTINCT " : "";
    if (v.cls == TC_FLOAT) {
        out.text = pg_fmt(c, "%s(%s%s)", avg ? "avg" : "sum", distinct, v.text);
        return out;
    }
    int scale = v.cls == TC_INT || v.integer ? 0 : v.scale;
    out.cls = TC_DEC;
    out.scale = scale;
    out.nonneg = v.nonneg;
    if (!avg) {
        if (v.cls == TC_INT && !v.wide) {
            out.cls = TC_INT;
            out.wide = true;
        }
        out.integer = v.cls == TC_INT || v.integer;
        out.mixed = v.mixed;
        out.text = pg_fmt(c, "sum(%s%s)", distinct, v.text);
        return out;
    }
    if (scale < 0 || v.mixed) {
        return pg_fail(c, "AVG of a decimal number of unknown scale");
    }
    out.scale = scale + 4 > 30 ? 30 : scale + 4;
    /* The rounding is around the aggregate and its window. */
    out.text = pg_fmt(c, "round(avg(%s%s)%s, %d)", distinct, v.text, over(c, n), out.scale);
    return out;
}

static struct val extreme(struct pg *c, const struct sql_node *n) {
    struct val v = pg_plain(c, pgq_expr(c, n->args[0]));
    if (v.cls == TC_ENUM || v.cls == TC_UUID) {
        v = pg_as_text(c, v);
    }
    if (v.cls == TC_BYTES || v.cls == TC_JSON || v.cls == TC_BITS || v.cls == TC_OTHER) {
        return pg_fail(c, "%s of values of this type", n->name);
    }
    v.text = pg_fmt(c, "%s(%s)", n->name, v.text);
    v.atom = true;
    v.lit = NULL;
    v.col = NULL;
    return v;
}

/* Joined by ||, as MySQL joins several arguments of GROUP_CONCAT. */
static struct val joined(struct pg *c, const struct sql_node *n) {
    if (n->nargs == 1) {
        return pg_plain(c, pgq_expr(c, n->args[0]));
    }
    struct sql_node call = {.kind = SN_CALL, .name = "concat", .args = n->args, .nargs = n->nargs, .start = n->start};
    return pgq_expr(c, &call);
}

/* openGauss B has GROUP_CONCAT itself. */
static struct val group_concat_b(struct pg *c, const struct sql_node *n) {
    const struct sql_call_more *m = n->more;
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < n->nargs && c->why == NULL; i++) {
        sb_printf(&b, "%s%s", i == 0 ? "" : ", ", pg_plain(c, pgq_expr(c, n->args[i])).text);
    }
    const char *order = m->norder == 0 ? "" : pg_fmt(c, " ORDER BY %s", pgq_order(c, m->order, m->norder));
    const char *separator =
        m->separator == NULL ? "" : pg_fmt(c, " SEPARATOR %s", pg_string_literal(c, m->separator, m->separator_len));
    return pg_val(TC_TEXT,
                  pg_fmt(c, "group_concat(%s%s%s%s)", m->distinct ? "DISTINCT " : "", sb_text(&b), order, separator),
                  true);
}

/* Is the order that of the values themselves? */
static bool by_itself(struct pg *c, const struct sql_node *n) {
    const struct sql_call_more *m = n->more;
    return m->norder == 1 && str_eq(pgq_expr(c, m->order[0].expr).text, joined(c, n).text);
}

static struct val group_concat(struct pg *c, const struct sql_node *n) {
    const struct sql_call_more *m = n->more;
    if (m->norder == 0) {
        pgq_open(c, "the order within GROUP_CONCAT");
    }
    if (c->q->b && m->limit == NULL && !(m->distinct && m->norder > 0 && !by_itself(c, n))) {
        return group_concat_b(c, n);
    }
    struct val v = joined(c, n), out = pg_val(TC_TEXT, NULL, true);
    const char *separator = m->separator == NULL ? "','" : pg_string_literal(c, m->separator, m->separator_len);
    if (m->limit != NULL) {
        return pg_fail(c, "LIMIT in GROUP_CONCAT");
    }
    const char *order = m->norder == 0 ? "" : pg_fmt(c, " ORDER BY %s", pgq_order(c, m->order, m->norder));
    bool number = v.cls == TC_INT || v.cls == TC_DEC;
    if (!m->distinct) {
        struct val t = pg_as_text(c, v);
        out.charset = t.charset;
        out.ci = t.ci;
        out.text = pg_fmt(c, "string_agg(%s, %s%s)", t.text, separator, order);
        return out;
    }
    const char *direction = "";
    if (m->norder > 0) {
        if (!by_itself(c, n)) { /* the target orders distinct values by themselves only */
            pgq_note(c, n->start, "of equal values with different places in the order, the first place counts");
            out.text = pg_fmt(c, "%s(array_agg(%s%s), %s)", pgq_compat(c, "join_distinct"), pg_as_text(c, v).text,
                              order, separator);
            return out;
        }
        direction = m->order[0].descending ? " DESC" : "";
    }
    if (v.cls == TC_DEC && !v.integer && pg_is_og_a_pg(c)) { /* each with its 0 before the point */
        out.text = pg_fmt(c, "%s(array_agg(%s ORDER BY %s%s), %s)", pgq_compat(c, "join_distinct"),
                          pg_as_text(c, v).text, v.text, direction, separator);
        return out;
    }
    if (number) { /* in the order of numbers, not of texts */
        struct val text = pg_as_text(c, v);
        (void)text;
        out.text = pg_fmt(c, "nullif(array_to_string(array_agg(DISTINCT %s%s), %s), '')", v.text,
                          m->norder == 0 ? "" : pg_fmt(c, " ORDER BY %s%s", v.text, direction), separator);
        return out;
    }
    struct val t = pg_as_text(c, v);
    out.text = pg_fmt(c, "string_agg(DISTINCT %s, %s%s)", t.text, separator,
                      m->norder == 0 ? "" : pg_fmt(c, " ORDER BY %s%s", t.text, direction));
    return out;
}

static struct val bits(struct pg *c, const struct sql_node *n) {
    struct val v = pg_as_bigint(c, pgq_expr(c, n->args[0]));
    if (!v.nonneg) {
        return pg_fail(c, "%s of numbers that may be negative", n->name);
    }
    bool and_ = str_eq(n->name, "bit_and");
    if (str_eq(n->name, "bit_xor") && c->o->dialect != DIALECT_PG && !c->q->b) {
        return pg_fail(c, "the aggregate function bit_xor, which openGauss has only in B databases");
    }
    struct val out = pg_val(and_ ? TC_DEC : TC_INT, NULL, true);
    out.integer = out.nonneg = true;
    out.wide = !and_;
    out.text = and_ ? pg_fmt(c, "coalesce(bit_and(%s)%s::numeric(20,0), 18446744073709551615)", v.text, over(c, n))
                    : pg_fmt(c, "coalesce(%s(%s)%s, 0)", n->name, v.text, over(c, n));
    return out;
}

static struct val deviation(struct pg *c, const struct sql_node *n) {
    bool samp = strstr(n->name, "samp") != NULL, var = str_starts(n->name, "var");
    struct val v = pg_as_float(c, pgq_expr(c, n->args[0]));
    return pg_val(TC_FLOAT, pg_fmt(c, "%s_%s(%s)", var ? "var" : "stddev", samp ? "samp" : "pop", v.text), true);
}

static struct val json_aggregate(struct pg *c, const struct sql_node *n) {
    if (c->o->dialect != DIALECT_PG && !c->q->b) {
        return pg_fail(c, "the aggregate function %s, which openGauss was not seen to have", n->name);
    }
    struct val v = pgq_expr(c, n->args[0]);
    if (c->q->b) {
        pgq_open(c, "the order within JSON_ARRAYAGG");
        const char *item = og_b_json_item(c, n->args[n->nargs - 1]);
        return pg_val(TC_JSON,
                      n->nargs == 1 ? pg_fmt(c, "json_arrayagg(%s)::jsonb", item)
                                    : pg_fmt(c, "json_objectagg(%s, %s)::jsonb", v.text, item),
                      true);
    }
    pgq_open(c, "the order within JSON_ARRAYAGG");
    if (str_eq(n->name, "json_arrayagg")) {
        return pg_val(TC_JSON, pg_fmt(c, "jsonb_agg(%s)", pg_json_item(c, n->args[0], v)), true);
    }
    return pg_val(TC_JSON,
                  pg_fmt(c, "jsonb_object_agg(%s, %s)", pg_as_text(c, v).text,
                         pg_json_item(c, n->args[1], pgq_expr(c, n->args[1]))),
                  true);
}

static struct val window_function(struct pg *c, const struct sql_node *n) {
    struct val out = pg_int(NULL, true, true);
    out.nonneg = true;
    if (str_eq(n->name, "ntile")) {
        out.text = pg_fmt(c, "ntile(%s)", pg_as_int4(c, pgq_expr(c, n->args[0])).text);
    } else if (str_eq(n->name, "percent_rank") || str_eq(n->name, "cume_dist")) {
        out = pg_val(TC_FLOAT, pg_fmt(c, "%s()", n->name), true);
    } else if (n->nargs == 0) {
        out.text = pg_fmt(c, "%s()", n->name);
    } else {
        struct val v = pg_plain(c, pgq_expr(c, n->args[0]));
        const char *more = "";
        if (n->nargs > 1) {
            more = pg_fmt(c, ", %s", pg_as_int4(c, pgq_expr(c, n->args[1])).text);
        }
        if (n->nargs > 2) { /* the default has to be of the value's type */
            struct val both[2] = {v, pg_plain(c, pgq_expr(c, n->args[2]))};
            (void)pg_unify(c, both, 2);
            v = both[0];
            if (v.cls == TC_INT && v.wide != both[1].wide) {
                v = pg_as_bigint(c, v);
                both[1] = pg_as_bigint(c, both[1]);
            }
            const char *cast = v.cls == TC_DEC ? pg_fmt(c, "::%s", c->numeric) : v.cls == TC_TEXT ? "::text" : "";
            v.text = pg_fmt(c, "%s%s", pg_p(c, v), cast);
            more = pg_fmt(c, "%s, %s%s", more, pg_p(c, both[1]), cast);
        }
        out = v;
        out.lit = NULL;
        out.atom = true;
        out.not_null = false;
        out.text = pg_fmt(c, "%s(%s%s)", n->name, v.text, more);
    }
    return out;
}

static bool is_window_function(const char *name) {
    static const char *const names[] = {"row_number", "rank", "dense_rank",  "percent_rank", "cume_dist", "ntile",
                                        "lag",        "lead", "first_value", "last_value",   "nth_value"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq(names[i], name)) {
            return true;
        }
    }
    return false;
}

static struct val aggregate(struct pg *c, const struct sql_node *n) {
    static const struct {
        const char *name;
        size_t min, max;
    } arity[] = {{"count", 0, 99}, {"group_concat", 1, 99}, {"json_objectagg", 2, 2}, {"grouping", 1, 99}};
    size_t min = 1, max = 1;
    for (size_t i = 0; i < sizeof arity / sizeof arity[0]; i++) {
        if (str_eq(arity[i].name, n->name)) {
            min = arity[i].min;
            max = arity[i].max;
        }
    }
    if (n->nargs < min || n->nargs > max || (n->more->star && !str_eq(n->name, "count"))) {
        return pg_fail(c, "function %s with %zu arguments", n->name, n->nargs);
    }
    if (str_eq(n->name, "count")) {
        return count(c, n);
    }
    if (str_eq(n->name, "sum") || str_eq(n->name, "avg")) {
        return sum(c, n, str_eq(n->name, "avg"));
    }
    if (str_eq(n->name, "min") || str_eq(n->name, "max")) {
        return extreme(c, n);
    }
    if (str_eq(n->name, "group_concat")) {
        return group_concat(c, n);
    }
    if (str_starts(n->name, "bit_")) {
        return bits(c, n);
    }
    if (str_starts(n->name, "json_")) {
        return json_aggregate(c, n);
    }
    if (str_eq(n->name, "any_value")) {
        struct val v = pg_plain(c, pgq_expr(c, n->args[0]));
        v.lit = NULL;
        return pgq_any_value(c, v);
    }
    return deviation(c, n);
}

struct val pgq_aggregate(struct pg *c, const struct sql_node *n) {
    struct pg_scope *s = c->q->scope;
    if (s == NULL) {
        return pg_fail(c, "the aggregate function %s outside of a query", n->name);
    }
    if (str_eq(n->name, "grouping")) {
        struct sb b = {.a = c->a};
        for (size_t i = 0; i < n->nargs; i++) {
            sb_printf(&b, "%s%s", i == 0 ? "" : ", ", pgq_expr(c, n->args[i]).text);
        }
        struct val v = pg_int(pg_fmt(c, "grouping(%s)", sb_text(&b)), true, false);
        v.nonneg = true;
        return v;
    }
    if (is_window_function(n->name)) {
        if (n->more->over == NULL) {
            return pg_fail(c, "the window function %s without OVER", n->name);
        }
        struct val v = window_function(c, n);
        v.text = pg_fmt(c, "%s%s", v.text, over(c, n));
        return v;
    }
    bool window = n->more->over != NULL;
    bool has_over =
        str_eq(n->name, "avg") || str_starts(n->name, "bit_"); /* printed inside already, except for doubles */
    s->inside += window ? 0 : 1;
    struct val v = aggregate(c, n);
    s->inside -= window ? 0 : 1;
    if (window && !(has_over && v.cls != TC_FLOAT)) {
        v.text = pg_fmt(c, "%s%s", v.text, over(c, n));
    }
    v.volatile_ = false;
    return v;
}
