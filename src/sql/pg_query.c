/* Expressions that only queries have: subqueries, rows, variables. */
#include "sql/pg_query.h"

#include <string.h>

#include "base/str.h"

static bool is_key(const struct pg_scope *s, const char *text) {
    for (size_t i = 0; i < s->nkeys; i++) {
        if (str_eq(s->keys[i], text)) {
            return true;
        }
    }
    return false;
}

/* In a query with groups an expression that is one of the keys is printed as the key, so that the target sees it. */
struct val pgq_dispatch(struct pg *c, const struct sql_node *n,
                        struct val (*dispatch)(struct pg *, const struct sql_node *)) {
    struct pg_scope *s = c->q->scope;
    if (s == NULL || !s->grouped || s->inside > 0 || s->nkeys == 0 || n->nargs == 0) {
        return dispatch(c, n);
    }
    s->inside++;
    struct val v = dispatch(c, n);
    s->inside--;
    return c->why != NULL || is_key(s, v.text) ? v : dispatch(c, n);
}

struct val pgq_expr(struct pg *c, const struct sql_node *n) {
    if (!c->q->b) {
        return pg_node(c, n);
    }
    size_t outer = c->at;
    c->at = n->start != 0 ? n->start : outer;
    struct val v = og_b_node(c, n);
    c->at = outer;
    return v;
}

const char *pgq_condition(struct pg *c, const struct sql_node *n) {
    return pg_as_bool(c, pgq_expr(c, n)).text;
}

void pgq_note(struct pg *c, size_t at, const char *text) {
    struct sql_translation *t = c->q->out;
    struct sql_place place = sql_place_of(c->q->object->text, c->q->object->len, at);
    for (size_t i = 0; i < t->nnotes; i++) {
        if (str_eq(t->notes[i].text, text) && t->notes[i].place.line == place.line) {
            return;
        }
    }
    struct sql_note *notes = arena_grow(c->a, (void *)t->notes, t->nnotes, &t->notes_cap, sizeof *notes);
    notes[t->nnotes++] = (struct sql_note){.place = place, .text = text};
    t->notes = notes;
}

void pgq_open(struct pg *c, const char *what) {
    if (c->q != NULL && c->q->out->open == NULL) {
        c->q->out->open = what;
    }
}

void pgq_note_collation(struct pg *c, const struct val *l, const struct val *r) {
    if (c->q == NULL || c->q->b || c->q->noted_case || (l->ci != CI_YES && r->ci != CI_YES) || l->ci == CI_NO ||
        r->ci == CI_NO) {
        return;
    }
    c->q->noted_case = true;
    pgq_note(
        c, c->at,
        "text is compared by the target's collation, which may tell apart what the source's does not (case, accents)");
}

static struct val scalar(struct pg *c, const struct sql_node *n) {
    struct pg_shape shape = {0};
    const char *text = pgq_query(c, n->query, 0, &shape);
    if (text == NULL) {
        return pg_val(TC_NULL, "NULL", true);
    }
    if (shape.n != 1) {
        return pg_fail(c, "a subquery of %zu columns where one value is wanted", shape.n);
    }
    struct val v = shape.cols[0].v;
    if (v.cls == TC_NULL && v.col != NULL) {
        v = pg_value_of_column(c, v.col, "");
    }
    v.text = pg_fmt(c, "(%s)", text);
    v.atom = true;
    v.not_null = false;
    return v;
}

/* Kinds of values that compare with each other as they are. */
static int family(const struct val *v) {
    switch (v->cls) {
    case TC_INT:
    case TC_DEC:
    case TC_FLOAT:
        return 1;
    case TC_TEXT:
        return 2;
    case TC_DATE:
    case TC_DATETIME:
    case TC_TSTZ:
        return 3;
    case TC_NULL:
        return 0;
    default:
        return 10 + (int)v->cls;
    }
}

/* left [NOT] IN (SELECT ..), left = ANY (SELECT ..): the left side as the query's column wants it. */
static const char *left_side(struct pg *c, const struct sql_node *n, const struct pg_shape *shape) {
    size_t width = n->kind == SN_ROW ? n->nargs : 1;
    struct sb b = {.a = c->a};
    if (shape->n != width) {
        pg_fail(c, "%zu values compared with a subquery of %zu columns", width, shape->n);
        return "NULL";
    }
    for (size_t i = 0; i < width && c->why == NULL; i++) {
        struct val l = pg_plain(c, pgq_expr(c, n->kind == SN_ROW ? n->args[i] : n)), r = shape->cols[i].v;
        if (r.cls == TC_NULL && r.col != NULL) {
            r = pg_value_of_column(c, r.col, "");
        }
        if (family(&l) != family(&r) && family(&l) != 0 && family(&r) != 0) {
            struct val date;
            if (l.cls == TC_ENUM && r.cls == TC_TEXT) {
                l = pg_as_text(c, l);
            } else if (family(&r) == 3 && pg_parse_date_literal(c, &l, &date)) {
                l = date;
            } else if (!(r.cls == TC_ENUM && pg_is_const_string(&l))) {
                pg_fail(c, "a value compared with a subquery of another type (without CAST)");
            }
        }
        sb_printf(&b, "%s%s", i == 0 ? "" : ", ", width == 1 ? pg_p(c, l) : l.text);
    }
    return width == 1 ? sb_text(&b) : pg_fmt(c, "(%s)", sb_text(&b));
}

static const char *sign_of(enum sql_op op) {
    return op == OP_EQ ? "=" : op == OP_NE ? "<>" : op == OP_LT ? "<" : op == OP_LE ? "<=" : op == OP_GT ? ">" : ">=";
}

static struct val quantified(struct pg *c, const struct sql_node *n) {
    struct pg_shape shape = {0};
    const char *text = pgq_query(c, n->query, 0, &shape);
    if (text == NULL) {
        return pg_val(TC_NULL, "NULL", true);
    }
    if (n->op == OP_NULL_SAFE_EQ) {
        return pg_fail(c, "<=> with a subquery");
    }
    return pg_val(TC_BOOL,
                  pg_fmt(c, "%s %s %s (%s)", left_side(c, n->args[0], &shape), sign_of(n->op),
                         str_eq(n->name, "all") ? "ALL" : "ANY", text),
                  false);
}

struct val pgq_rows_equal(struct pg *c, const struct sql_node *l, const struct sql_node *r, bool negated) {
    if (l->kind != SN_ROW || r->kind != SN_ROW) {
        const struct sql_node *sub = l->kind == SN_SUBQUERY ? l : r, *row = sub == l ? r : l;
        if (sub->kind == SN_SUBQUERY && !negated) {
            struct pg_shape shape = {0};
            const char *text = pgq_query(c, sub->query, 0, &shape);
            return text == NULL ? pg_val(TC_NULL, "NULL", true)
                                : pg_val(TC_BOOL, pg_fmt(c, "%s = (%s)", left_side(c, row, &shape), text), false);
        }
        return pg_fail(c, "a comparison of a row with a value");
    }
    if (l->nargs != r->nargs) {
        return pg_fail(c, "a comparison of rows of different lengths");
    }
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < l->nargs && c->why == NULL; i++) {
        struct sql_node *args[2] = {l->args[i], r->args[i]};
        struct sql_node eq = {.kind = SN_BINARY, .op = OP_EQ, .args = args, .nargs = 2, .start = l->start};
        sb_printf(&b, "%s%s", i == 0 ? "" : " AND ", pg_p(c, pg_as_bool(c, pgq_expr(c, &eq))));
    }
    return pg_val(TC_BOOL, negated ? pg_fmt(c, "NOT (%s)", sb_text(&b)) : sb_text(&b), false);
}

struct val pgq_in(struct pg *c, const struct sql_node *n) {
    if (c->q == NULL) {
        return pg_fail(c, "a comparison of rows");
    }
    if (n->query != NULL) {
        struct pg_shape shape = {0};
        const char *text = pgq_query(c, n->query, 0, &shape);
        return text == NULL
                   ? pg_val(TC_NULL, "NULL", true)
                   : pg_val(TC_BOOL,
                            pg_fmt(c, "%s %sIN (%s)", left_side(c, n->args[0], &shape), n->negated ? "NOT " : "", text),
                            false);
    }
    struct sb b = {.a = c->a};
    for (size_t i = 1; i < n->nargs && c->why == NULL; i++) {
        sb_printf(&b, "%s(%s)", i == 1 ? "" : " OR ", pgq_rows_equal(c, n->args[0], n->args[i], false).text);
    }
    return pg_val(TC_BOOL, n->negated ? pg_fmt(c, "NOT (%s)", sb_text(&b)) : sb_text(&b), false);
}

struct val pgq_node(struct pg *c, const struct sql_node *n) {
    if (c->q == NULL) {
        return pg_fail(c, "an expression that only queries have");
    }
    switch (n->kind) {
    case SN_SUBQUERY:
        return scalar(c, n);
    case SN_EXISTS: {
        const char *text = pgq_query(c, n->query, 0, NULL);
        return text == NULL ? pg_val(TC_NULL, "NULL", true) : pg_val(TC_BOOL, pg_fmt(c, "EXISTS (%s)", text), false);
    }
    case SN_QUANTIFIED:
        return quantified(c, n);
    case SN_VARIABLE:
        return pgq_user_variable(c, n);
    case SN_MATCH:
        return pg_fail(c, "MATCH .. AGAINST");
    case SN_PARAM:
        return pg_fail(c, "a parameter ? outside of a prepared statement");
    case SN_ASSIGN:
        return pg_fail(c, "an assignment to %.60s within an expression", n->text);
    default:
        return pg_fail(c, "DEFAULT as a value here");
    }
}
