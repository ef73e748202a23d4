/* Truth: comparisons with MySQL's conversions between types, AND OR XOR, IS, IN, BETWEEN. LIKE and REGEXP are in
 * expr_pg_pattern.c, CASE and its relatives in expr_pg_choice.c. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"
#include "sql/pg_query.h"

static const char *sign_of(enum sql_op op) {
    switch (op) {
    case OP_EQ:
        return "=";
    case OP_NE:
        return "<>";
    case OP_LT:
        return "<";
    case OP_LE:
        return "<=";
    case OP_GT:
        return ">";
    case OP_GE:
        return ">=";
    default:
        return "IS NOT DISTINCT FROM";
    }
}

static struct val compared(struct pg *c, enum sql_op op, struct val l, struct val r) {
    return pg_val(TC_BOOL, pg_fmt(c, "%s %s %s", pg_p(c, l), sign_of(op), pg_p(c, r)), false);
}

static bool equality(enum sql_op op) {
    return op == OP_EQ || op == OP_NE || op == OP_NULL_SAFE_EQ;
}

static bool is_numeric(enum tclass t) {
    return t == TC_BOOL || t == TC_INT || t == TC_DEC || t == TC_FLOAT || t == TC_BITS;
}
static bool is_date(enum tclass t) {
    return t == TC_DATE || t == TC_DATETIME || t == TC_TSTZ;
}

/* A string beside an ENUM column: the label as the definition spells it. */
static bool enum_label(struct pg *c, const struct val *e, struct val *s) {
    const struct mytype *t = e->col != NULL ? e->col->from : NULL;
    for (size_t i = 0; t != NULL && i < t->nlabels; i++) {
        bool same = e->ci == CI_NO ? str_eq(t->labels[i], s->lit->text) : str_ieq(t->labels[i], s->lit->text);
        if (same && strlen(s->lit->text) == s->lit->len) {
            s->text = pg_string_literal(c, t->labels[i], strlen(t->labels[i]));
            return true;
        }
    }
    if (t != NULL && t->nlabels == 0) {
        return true;
    }
    return false;
}

static struct val compare_enum(struct pg *c, enum sql_op op, struct val l, struct val r) {
    bool swapped = r.cls == TC_ENUM && l.cls != TC_ENUM;
    struct val *e = swapped ? &r : &l, *other = swapped ? &l : &r;
    if (pg_is_const_string(other)) {
        if (equality(op) && enum_label(c, e, other)) {
            return compared(c, op, l, r);
        }
        if (c->q == NULL) {
            return equality(op) ? pg_fail(c, "a comparison of an ENUM column with %.80s, which is none of its labels",
                                          other->text)
                                : pg_fail(c, "an ENUM column compared by order");
        }
    } else if (other->cls != TC_TEXT && other->cls != TC_ENUM) {
        *e = pg_as_num(c, *e);
        return c->why != NULL ? l : pg_compare(c, op, l, r);
    }
    return pg_compare(c, op, pg_as_text(c, l), pg_as_text(c, r));
}

/* JSON against a literal: only equality means the same on both sides. */
static struct val compare_json(struct pg *c, enum sql_op op, struct val l, struct val r) {
    struct val *other = l.cls == TC_JSON ? &r : &l;
    if (!equality(op)) {
        return pg_fail(c, "JSON values compared by order");
    }
    if (other->cls == TC_JSON) {
        return compared(c, op, l, r);
    }
    if (pg_is_const_string(other)) {
        /* MySQL makes a JSON string of it, whatever it holds. */
        char *quoted = arena_alloc(c->a, other->lit->len * 6 + 3), *w = quoted;
        *w++ = '"';
        for (size_t i = 0; i < other->lit->len; i++) {
            unsigned char b = (unsigned char)other->lit->text[i];
            if (b < 0x20) {
                static const char digits[] = "0123456789abcdef";
                memcpy(w, "\\u00", 4);
                w[4] = digits[b >> 4];
                w[5] = digits[b & 15];
                w += 6;
            } else {
                if (b == '"' || b == '\\') {
                    *w++ = '\\';
                }
                *w++ = (char)b;
            }
        }
        *w++ = '"';
        other->text = pg_fmt(c, "%s::jsonb", pg_string_literal(c, quoted, (size_t)(w - quoted)));
    } else if (other->lit != NULL && (other->lit->kind == SN_INT || other->lit->kind == SN_DECIMAL)) {
        other->text = pg_fmt(c, "'%s'::jsonb", other->text);
    } else if (other->lit != NULL && other->lit->kind == SN_BOOL) {
        other->text = other->lit->integer ? "'true'::jsonb" : "'false'::jsonb";
    } else {
        return pg_fail(c, "a JSON value compared with a value that is not a constant (without CAST)");
    }
    return compared(c, op, l, r);
}

static struct val compare_dates(struct pg *c, enum sql_op op, struct val l, struct val r) {
    struct val *sides[2] = {&l, &r};
    for (int i = 0; i < 2; i++) {
        struct val *v = sides[i];
        if (is_date(v->cls)) {
            continue;
        }
        struct val literal;
        if (!pg_parse_date_literal(c, v, &literal)) {
            if (c->q != NULL && v->cls == TC_TEXT && v->lit == NULL) {
                *v = pg_as_datetime(c, *v);
                continue;
            }
            return pg_fail(
                c, v->lit != NULL ? "a date compared with %.60s" : "a date compared with a value that is not a date",
                v->text);
        }
        *v = literal;
    }
    if (l.cls != r.cls) {
        l = pg_as_datetime(c, l);
        r = pg_as_datetime(c, r);
    }
    return compared(c, op, l, r);
}

static struct val compare_times(struct pg *c, enum sql_op op, struct val l, struct val r) {
    struct val *other = l.cls == TC_TIME && l.lit == NULL ? &r : &l;
    bool interval = other == &r ? l.interval : r.interval;
    if (other->cls != TC_TIME || (other->lit != NULL && other->interval != interval)) {
        struct val literal;
        if (other->cls == TC_INT && other->lit != NULL && str_eq(other->text, "0")) {
            literal = pg_val(TC_TIME, interval ? "INTERVAL '00:00:00'" : "TIME '00:00:00'", true);
            literal.interval = interval;
        } else if (!pg_parse_time_literal(c, other, interval, &literal)) {
            return pg_fail(c, "a TIME compared with %.60s", other->text);
        }
        *other = literal;
    }
    if (l.interval != r.interval && c->q != NULL) {
        return compared(c, op, pgq_as_interval(c, l), pgq_as_interval(c, r));
    }
    if (l.interval != r.interval) {
        return pg_fail(c, "TIME columns held as different types in the target");
    }
    return compared(c, op, l, r);
}

/* 1 = (a > b) is a > b itself; 0 = (a > b), which MySQL makes of NOT, its opposite. */
static bool compare_truth(struct pg *c, enum sql_op op, struct val l, struct val r, struct val *out) {
    struct val *lit = l.lit != NULL && l.lit->kind == SN_INT ? &l : &r, *b = lit == &l ? &r : &l;
    if (b->cls != TC_BOOL || lit->lit == NULL || lit->lit->kind != SN_INT || (op != OP_EQ && op != OP_NE) ||
        (!str_eq(lit->text, "0") && !str_eq(lit->text, "1"))) {
        return false;
    }
    bool same = str_eq(lit->text, "1") == (op == OP_EQ);
    *out = same ? *b : pg_val(TC_BOOL, pg_fmt(c, "NOT %s", pg_p(c, *b)), false);
    return true;
}

/* YEAR beside a constant below 100: MySQL reads the constant as a two-digit year, but not in every place. What names no
 * column is a constant. */
static bool two_digit_year(struct pg *c, const struct val *l, const struct val *r) {
    const char *number;
    bool year = l->col != NULL && l->col->from->kind == MYT_YEAR;
    if (!year || strchr(r->text, '"') != NULL || (pg_literal_number(r, &number) && strtod(number, NULL) >= 100)) {
        return false;
    }
    pg_fail(c, "a YEAR column compared with %.20s, which may be a year of two digits", r->text);
    return true;
}

static struct val compare_numbers(struct pg *c, enum sql_op op, struct val l, struct val r) {
    struct val out, *sides[2] = {&l, &r};
    if (two_digit_year(c, &l, &r) || two_digit_year(c, &r, &l)) {
        return l;
    }
    if (compare_truth(c, op, l, r, &out)) {
        return out;
    }
    if (l.cls == TC_BOOL && r.cls == TC_BOOL) {
        return compared(c, op, l, r);
    }
    for (int i = 0; i < 2; i++) {
        struct val *v = sides[i];
        const char *number;
        if (pg_is_const_string(v) && pg_literal_number(v, &number)) {
            /* Plain digits compare as the same number exactly; other forms as MySQL's double. */
            v->text = strpbrk(number, "eE") != NULL ? pg_fmt(c, "'%s'::float8", number)
                                                    : pg_fmt(c, "%s%s", number[0] == '.' ? "0" : "", number);
            v->atom = number[0] != '-';
            v->cls = TC_DEC;
        } else {
            *v = pg_as_num(c, *v);
        }
    }
    return compared(c, op, l, r);
}

static struct val compare_texts(struct pg *c, enum sql_op op, struct val l, struct val r) {
    if (!pg_has_collation(c, &l, &r)) {
        return l;
    }
    pgq_note_collation(c, &l, &r);
    /* character(n) beside a literal without trailing spaces means the same without a cast. */
    struct val *sides[2] = {&l, &r};
    for (int i = 0; i < 2; i++) {
        struct val *other = sides[1 - i];
        bool plain =
            pg_is_const_string(other) && (other->lit->len == 0 || other->lit->text[other->lit->len - 1] != ' ');
        if (!(sides[i]->padded && plain)) {
            *sides[i] = pg_as_text(c, *sides[i]);
        }
    }
    return compared(c, op, l, r);
}

struct val pg_compare(struct pg *c, enum sql_op op, struct val l, struct val r) {
    if (l.cls == TC_NULL || r.cls == TC_NULL) {
        if (op == OP_NULL_SAFE_EQ) {
            struct val *other = l.cls == TC_NULL ? &r : &l;
            return pg_val(TC_BOOL, other->cls == TC_NULL ? "TRUE" : pg_fmt(c, "%s IS NULL", pg_p(c, *other)),
                          other->cls == TC_NULL);
        }
        return pg_val(TC_BOOL, "NULL::boolean", true);
    }
    if (l.cls == TC_OTHER || r.cls == TC_OTHER) {
        return pg_fail(c, "a comparison of values of this type");
    }
    if (l.cls == TC_JSON || r.cls == TC_JSON) {
        return compare_json(c, op, l, r);
    }
    if (l.cls == TC_ENUM || r.cls == TC_ENUM) {
        return compare_enum(c, op, l, r);
    }
    if (is_date(l.cls) || is_date(r.cls)) {
        return compare_dates(c, op, l, r);
    }
    if (l.cls == TC_TIME || r.cls == TC_TIME) {
        return compare_times(c, op, l, r);
    }
    if (is_numeric(l.cls) || is_numeric(r.cls)) {
        return compare_numbers(c, op, l, r);
    }
    if (l.cls == TC_UUID || r.cls == TC_UUID) {
        if (l.cls != r.cls && !pg_is_const_string(&l) && !pg_is_const_string(&r)) {
            return pg_fail(c, "a UUID compared with text");
        }
        return compared(c, op, l, r);
    }
    if (l.cls == TC_BYTES || r.cls == TC_BYTES) {
        if ((l.cls == TC_TEXT && !pg_is_const_string(&l)) || (r.cls == TC_TEXT && !pg_is_const_string(&r))) {
            return pg_fail(c, "a binary string compared with text");
        }
        return compared(c, op, pg_as_bytes(c, l), pg_as_bytes(c, r));
    }
    if (l.cls == TC_HEX && r.cls == TC_HEX) {
        return compared(c, op, pg_as_bytes(c, l), pg_as_bytes(c, r));
    }
    return compare_texts(c, op, l, r);
}

static struct val logic(struct pg *c, const struct sql_node *n) {
    if (n->op == OP_XOR) {
        struct val l = pg_as_bool(c, pg_node(c, n->args[0])), r = pg_as_bool(c, pg_node(c, n->args[1]));
        return pg_val(TC_BOOL, pg_fmt(c, "%s <> %s", pg_p(c, l), pg_p(c, r)), false);
    }
    const char *text = NULL;
    for (size_t i = 0; i < n->nargs && c->why == NULL; i++) {
        struct val v = pg_as_bool(c, pg_node(c, n->args[i]));
        text = i == 0 ? pg_p(c, v) : pg_fmt(c, "%s %s %s", text, n->op == OP_AND ? "AND" : "OR", pg_p(c, v));
    }
    return pg_val(TC_BOOL, text != NULL ? text : "NULL", false);
}

static struct val is(struct pg *c, const struct sql_node *n) {
    struct val v = pg_node(c, n->args[0]);
    const char *not = n->negated ? "NOT " : "";
    if (str_eq(n->name, "null")) {
        v = v.cls == TC_HEX ? pg_as_bytes(c, v) : v;
        return pg_val(TC_BOOL, pg_fmt(c, "%s IS %sNULL", pg_p(c, v), not ), false);
    }
    v = pg_as_bool(c, v);
    return pg_val(TC_BOOL,
                  pg_fmt(c, "%s IS %s%s", pg_p(c, v), not,
                         str_eq(n->name, "true")    ? "TRUE"
                         : str_eq(n->name, "false") ? "FALSE"
                                                    : "UNKNOWN"),
                  false);
}

/* In lists, CASE and FIELD MySQL takes 18446744073709551615 for equal to -1; `=` does not. */
bool pg_sign_mixed(struct pg *c, const struct val *l, const struct val *r) {
    bool unsigned_l = l->cls == TC_DEC && l->integer && l->nonneg && l->lit == NULL,
         unsigned_r = r->cls == TC_DEC && r->integer && r->nonneg && r->lit == NULL;
    if ((unsigned_l && r->cls == TC_INT && !r->nonneg) || (unsigned_r && l->cls == TC_INT && !l->nonneg)) {
        pg_fail(c, "a list or CASE of unsigned and signed 64 bit numbers, which the source compares by their bits");
        return true;
    }
    return false;
}

/* The left side of a printed "left = right"; NULL when it cannot be told for sure. */
static const char *in_list_side(struct pg *c, struct val left, const char *eq) {
    const char *as_is = pg_p(c, left);
    size_t n = strlen(as_is);
    if (strncmp(eq, as_is, n) == 0 && strncmp(eq + n, " = ", 3) == 0) {
        return as_is;
    }
    const char *mark = strstr(eq, " = ");
    const char *l = mark == NULL ? NULL : arena_strndup(c->a, eq, (size_t)(mark - eq));
    return l == NULL || strpbrk(l, "('") != NULL || l[0] != '"' || strchr(l + 1, '"') == NULL ? NULL : l;
}

static struct val in(struct pg *c, const struct sql_node *n) {
    if (n->query != NULL || n->args[0]->kind == SN_ROW) {
        return pgq_in(c, n);
    }
    struct val left = pg_node(c, n->args[0]);
    const char *items = NULL, *left_text = NULL, *ors = NULL;
    bool as_list = true;
    if (!pg_once(c, &left)) {
        return left;
    }
    for (size_t i = 1; i < n->nargs && c->why == NULL; i++) {
        struct val r = pg_node(c, n->args[i]);
        if (r.cls == TC_NULL) {
            items = items == NULL ? "NULL" : pg_fmt(c, "%s, NULL", items);
            ors = ors == NULL ? "NULL::boolean" : pg_fmt(c, "%s OR NULL::boolean", ors);
            continue;
        }
        if (n->nargs > 2 && pg_sign_mixed(c, &left, &r)) {
            return left;
        }
        struct val eq = pg_compare(c, OP_EQ, left, r);
        /* pg_compare prints "left = right": the list form is possible when left is the same text each time. */
        const char *l = in_list_side(c, left, eq.text), *r_text = l == NULL ? "" : eq.text + strlen(l) + 3;
        if (l == NULL || (left_text != NULL && !str_eq(left_text, l))) {
            as_list = false;
        }
        l = l == NULL ? "" : l;
        left_text = l;
        items = items == NULL ? r_text : pg_fmt(c, "%s, %s", items, r_text);
        ors = ors == NULL ? pg_p(c, eq) : pg_fmt(c, "%s OR %s", ors, pg_p(c, eq));
    }
    if (left_text == NULL && c->why == NULL) {
        return pg_val(TC_BOOL, "NULL::boolean", true);
    }
    if (as_list) {
        return pg_val(TC_BOOL, pg_fmt(c, "%s %sIN (%s)", left_text, n->negated ? "NOT " : "", items), false);
    }
    return n->negated ? pg_val(TC_BOOL, pg_fmt(c, "NOT (%s)", ors), false) : pg_val(TC_BOOL, ors, false);
}

static struct val between(struct pg *c, const struct sql_node *n) {
    struct val v = pg_node(c, n->args[0]);
    if (!pg_once(c, &v)) {
        return v;
    }
    struct val lo = pg_compare(c, OP_GE, v, pg_node(c, n->args[1])),
               hi = pg_compare(c, OP_LE, v, pg_node(c, n->args[2]));
    if (c->why != NULL) {
        return v;
    }
    /* Written as BETWEEN when both comparisons left the value as it is. */
    size_t len = strlen(pg_p(c, v));
    const char *t = pg_p(c, v);
    if (strncmp(lo.text, t, len) == 0 && strncmp(hi.text, t, len) == 0 && strncmp(lo.text + len, " >= ", 4) == 0 &&
        strncmp(hi.text + len, " <= ", 4) == 0) {
        return pg_val(
            TC_BOOL,
            pg_fmt(c, "%s %sBETWEEN %s AND %s", t, n->negated ? "NOT " : "", lo.text + len + 4, hi.text + len + 4),
            false);
    }
    const char *both = pg_fmt(c, "%s AND %s", pg_p(c, lo), pg_p(c, hi));
    return n->negated ? pg_val(TC_BOOL, pg_fmt(c, "NOT (%s)", both), false) : pg_val(TC_BOOL, both, false);
}

struct val pg_logic_value(struct pg *c, const struct sql_node *n) {
    switch (n->kind) {
    case SN_LOGIC:
        return logic(c, n);
    case SN_IS:
        return is(c, n);
    case SN_IN:
        return in(c, n);
    case SN_BETWEEN:
        return between(c, n);
    case SN_LIKE: {
        const char *escape = NULL;
        if (n->nargs == 3) {
            if (n->args[2]->kind != SN_STRING || n->args[2]->len > 4) {
                return pg_fail(c, "LIKE with an ESCAPE that is not one character");
            }
            escape = n->args[2]->text;
        }
        return pg_like(c, pg_node(c, n->args[0]), pg_node(c, n->args[1]), escape, n->negated);
    }
    default:
        return pg_regexp(c, pg_node(c, n->args[0]), pg_node(c, n->args[1]), n->negated, -1);
    }
}
