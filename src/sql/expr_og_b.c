/* From the tree to openGauss B databases with dolphin, which know most of MySQL's functions (og_b_function.c): printed as they are where a
 * server was seen to run them or the plugin's sources tell, refused in definitions of tables where nobody has measured. What is not here
 * the PostgreSQL printer makes, of parts that come from here. Differences that are written out:
 * - `||` is concatenation there and `"x"` an identifier: OR and double quotes are printed accordingly;
 * - `/` keeps more digits: rounded to the four that MySQL adds; division by zero gives NULL;
 * - 32 bit integers overflow where MySQL computes in 64;
 * - `#` begins a comment: JSON's operators are functions;
 * - character(n) is padded with spaces for functions: rtrim();
 * - LENGTH counts bytes: octet_length. */
#include <string.h>

#include "base/str.h"
#include "sql/og_b.h"
#include "sql/pg_query.h"

/* What is known of a node's type, found with the other printer; TC_OTHER when it cannot tell. */
struct val og_type_of(struct og *c, const struct sql_node *n) {
    struct sql_expr_options o = *c->pg.o;
    o.dialect = DIALECT_OG_PG;
    o.must_be_immutable = false;
    struct pg probe = pg_context(c->pg.a, &o, true);
    struct sql_translation *t = c->pg.q != NULL ? c->pg.q->out : NULL, before = {.n = 0};
    before = t != NULL ? *t : before;
    probe.bytes = c->pg.bytes;
    probe.q = c->pg.q;
    struct val v = pg_node(&probe, n);
    c->pg.bytes = probe.bytes; /* so that asking again and again cannot grow without end */
    if (t != NULL) {           /* its text is not used, so neither is what that would need */
        t->ncompat = before.ncompat;
        t->nnotes = before.nnotes;
        t->open = before.open;
    }
    return probe.why == NULL ? v : pg_val(TC_OTHER, "", true);
}

/* A node as PostgreSQL's printer makes it; what is below it comes from here. */
struct val og_by_pg(struct og *c, const struct sql_node *n) {
    const struct sql_node *outer = c->pg.only;
    c->pg.only = n;
    struct val v = pg_node(&c->pg, n);
    c->pg.only = outer;
    return v;
}

const char *og_through_pg(struct og *c, const struct sql_node *n) {
    return pg_p(&c->pg, og_by_pg(c, n));
}

static bool is_atom(const struct sql_node *n) {
    switch (n->kind) {
    case SN_UNARY:
    case SN_LOGIC:
    case SN_IS:
    case SN_IN:
    case SN_BETWEEN:
    case SN_LIKE:
    case SN_REGEXP:
    case SN_COLLATE:
        return false;
    case SN_BINARY:
        return n->op == OP_DIV || n->op == OP_ARROW || n->op == OP_ARROW_TEXT || n->args[0]->kind == SN_INTERVAL ||
               (n->nargs > 1 && n->args[1]->kind == SN_INTERVAL);
    default:
        return true;
    }
}

const char *og_paren(struct og *c, const struct sql_node *n) {
    const char *t = og_print(c, n);
    return is_atom(n) ? t : pg_fmt(&c->pg, "(%s)", t);
}

static bool is_truth(const struct sql_node *n) {
    switch (n->kind) {
    case SN_LOGIC:
    case SN_IS:
    case SN_IN:
    case SN_BETWEEN:
    case SN_LIKE:
    case SN_REGEXP:
    case SN_BOOL:
        return true;
    case SN_UNARY:
        return n->op == OP_NOT;
    case SN_BINARY:
        return n->op >= OP_EQ && n->op <= OP_GE;
    case SN_CASE:
        for (size_t i = n->has_operand ? 2 : 1; i < n->nargs; i += 2) {
            if (!is_truth(n->args[i]) && n->args[i]->kind != SN_NULL) {
                return false;
            }
        }
        return !n->has_else || is_truth(n->args[n->nargs - 1]);
    case SN_CALL:
        return str_eq(n->name, "isnull") || str_eq(n->name, "regexp_like") || str_eq(n->name, "json_valid") ||
               str_eq(n->name, "json_contains") || str_eq(n->name, "json_contains_path");
    default:
        return false;
    }
}

const char *og_truth(struct og *c, const struct sql_node *n) {
    return is_truth(n) ? og_paren(c, n) : pg_fmt(&c->pg, "(%s <> 0)", og_paren(c, n));
}

/* An argument of a text function. */
const char *og_unpadded(struct og *c, const struct sql_node *n) {
    const char *t = og_print(c, n);
    const struct sql_column *col = n->kind == SN_COLUMN ? pg_find_column(c->pg.o, c->pg.a, n->name) : NULL;
    return col != NULL && col->from != NULL && col->from->kind == MYT_CHAR ? pg_fmt(&c->pg, "rtrim(%s)", t) : t;
}

/* Is the value in the session's time zone? Functions on such are not immutable. */
bool og_zone_dependent(struct og *c, const struct sql_node *n) {
    if (og_type_of(c, n).cls != TC_TSTZ) {
        return false;
    }
    return !pg_stable(&c->pg, "a TIMESTAMP column in the session's time zone");
}

static const char *divisor(struct og *c, const struct sql_node *n) {
    bool constant =
        (n->kind == SN_INT || n->kind == SN_DECIMAL || n->kind == SN_FLOAT) && strpbrk(n->text, "123456789") != NULL;
    return constant ? og_print(c, n) : pg_fmt(&c->pg, "nullif(%s, 0)", og_print(c, n));
}

/* An operand of arithmetic: a truth value as 0 or 1, bits as a number. */
static const char *operand(struct og *c, const struct sql_node *n) {
    if (n->kind == SN_COLUMN && og_type_of(c, n).cls == TC_BITS) {
        struct val bits = pg_as_num(&c->pg, og_by_pg(c, n));
        return pg_p(&c->pg, bits);
    }
    if (og_type_of(c, n).cls == TC_JSON && c->pg.q != NULL) {
        struct val number = pg_as_num(&c->pg, og_b_node(&c->pg, n));
        return pg_p(&c->pg, number);
    }
    return is_truth(n) ? pg_fmt(&c->pg, "(%s)::int", og_print(c, n)) : og_paren(c, n);
}

/* An operand of + - *, in 64 bits. */
static const char *wide(struct og *c, const struct sql_node *n) {
    struct val v = og_type_of(c, n);
    bool narrow =
        v.cls == TC_INT && !v.wide && v.col != NULL && !v.col->from->is_unsigned && v.col->from->kind != MYT_YEAR;
    return narrow ? pg_fmt(&c->pg, "%s::bigint", og_paren(c, n)) : operand(c, n);
}

static const char *divide(struct og *c, const struct sql_node *n) {
    struct val v = og_type_of(c, n);
    const char *quotient = pg_fmt(&c->pg, "%s / %s", operand(c, n->args[0]), divisor(c, n->args[1]));
    if (v.cls == TC_FLOAT) {
        return pg_fmt(&c->pg, "(%s)", quotient);
    }
    if (v.cls != TC_DEC || v.scale < 0) {
        pg_fail(&c->pg, "a division whose number of digits is not known");
        return "NULL";
    }
    return pg_fmt(&c->pg, "round(%s, %d)", quotient, v.scale);
}

/* JSON -> and ->>, as the functions that they stand for. */
static const char *arrow(struct og *c, const struct sql_node *n) {
    struct sql_node extract = {.kind = SN_CALL, .name = "json_extract", .args = n->args, .nargs = 2, .start = n->start};
    struct sql_node *inner = &extract;
    struct sql_node unquote = {.kind = SN_CALL, .name = "json_unquote", .args = &inner, .nargs = 1, .start = n->start};
    return og_print(c, n->op == OP_ARROW ? &extract : &unquote);
}

static const char *compare(struct og *c, const struct sql_node *n) {
    struct val l = og_type_of(c, n->args[0]), r = og_type_of(c, n->args[1]);
    const char *sign;
    if (l.cls == TC_ENUM || r.cls == TC_ENUM || l.cls == TC_JSON || r.cls == TC_JSON) {
        return og_through_pg(c, n); /* labels are checked, JSON is compared as jsonb */
    }
    if (l.cls == TC_BITS || r.cls == TC_BITS) {
        return og_through_pg(c, n); /* as numbers */
    }
    if ((l.cls == TC_TSTZ) != (r.cls == TC_TSTZ) && !pg_stable(&c->pg, "a comparison in the session's time zone")) {
        return "NULL";
    }
    switch (n->op) {
    case OP_EQ:
        sign = "=";
        break;
    case OP_NE:
        sign = "<>";
        break;
    case OP_LT:
        sign = "<";
        break;
    case OP_LE:
        sign = "<=";
        break;
    case OP_GT:
        sign = ">";
        break;
    case OP_GE:
        sign = ">=";
        break;
    default:
        sign = "IS NOT DISTINCT FROM";
        break;
    }
    return pg_fmt(&c->pg, "%s %s %s", og_paren(c, n->args[0]), sign, og_paren(c, n->args[1]));
}

static const char *binary(struct og *c, const struct sql_node *n) {
    const struct sql_node *l = n->args[0], *r = n->args[1];
    if (n->op >= OP_EQ && n->op <= OP_GE) {
        return compare(c, n);
    }
    switch (n->op) {
    case OP_PLUS:
        if (l->kind == SN_INTERVAL) {
            return og_add_interval(c, n, r, l, false);
        }
        /* fall through */
    case OP_MINUS:
        if (r->kind == SN_INTERVAL) {
            return og_add_interval(c, n, l, r, n->op == OP_MINUS);
        }
        return pg_fmt(&c->pg, "%s %s %s", wide(c, l), n->op == OP_PLUS ? "+" : "-", operand(c, r));
    case OP_MUL:
        return pg_fmt(&c->pg, "%s * %s", wide(c, l), operand(c, r));
    case OP_DIV:
        return divide(c, n);
    case OP_INT_DIV:
        return pg_fmt(&c->pg, "%s DIV %s", operand(c, l), divisor(c, r));
    case OP_MOD:
        return pg_fmt(&c->pg, "%s MOD %s", operand(c, l), divisor(c, r));
    case OP_BIT_AND:
    case OP_BIT_OR:
        if (og_type_of(c, n).cls != TC_INT) { /* a negative number would have to come out as an unsigned one */
            pg_fail(&c->pg, "bit operators on numbers that may be negative, not measured on openGauss B");
            return "NULL";
        }
        return pg_fmt(&c->pg, "%s %s %s", operand(c, l), n->op == OP_BIT_AND ? "&" : "|", operand(c, r));
    case OP_ARROW:
    case OP_ARROW_TEXT:
        return arrow(c, n);
    default:
        pg_fail(&c->pg, "the bit operators ^, << and >>, not measured on openGauss B");
        return "NULL";
    }
}

static const char *case_text(struct og *c, const struct sql_node *n) {
    size_t at = 0;
    const char *t = "CASE";
    if (n->has_operand) {
        t = pg_fmt(&c->pg, "CASE %s", og_paren(c, n->args[at++]));
    }
    for (; at + 1 < n->nargs + (n->has_else ? 0 : 1) && c->pg.why == NULL; at += 2) {
        t = pg_fmt(&c->pg, "%s WHEN %s THEN %s", t,
                   n->has_operand ? og_print(c, n->args[at]) : og_truth(c, n->args[at]), og_print(c, n->args[at + 1]));
    }
    return n->has_else ? pg_fmt(&c->pg, "%s ELSE %s END", t, og_print(c, n->args[n->nargs - 1]))
                       : pg_fmt(&c->pg, "%s END", t);
}

static const char *logic(struct og *c, const struct sql_node *n) {
    const char *t = NULL;
    for (size_t i = 0; i < n->nargs && c->pg.why == NULL; i++) {
        const char *word = n->op == OP_AND ? "AND" : n->op == OP_OR ? "OR" : "<>";
        t = t == NULL ? og_truth(c, n->args[i]) : pg_fmt(&c->pg, "%s %s %s", t, word, og_truth(c, n->args[i]));
    }
    return t;
}

static const char *in(struct og *c, const struct sql_node *n) {
    if (n->query != NULL || n->args[0]->kind == SN_ROW) {
        return og_through_pg(c, n);
    }
    const char *list = "";
    for (size_t i = 1; i < n->nargs && c->pg.why == NULL; i++) {
        list = pg_fmt(&c->pg, "%s%s%s", list, i > 1 ? ", " : "", og_print(c, n->args[i]));
    }
    return pg_fmt(&c->pg, "%s %sIN (%s)", og_paren(c, n->args[0]), n->negated ? "NOT " : "", list);
}

static const char *other(struct og *c, const struct sql_node *n) {
    const char *not = n->negated ? "NOT " : "";
    struct val v;
    switch (n->kind) {
    case SN_NULL:
        return "NULL";
    case SN_BOOL:
        return n->integer ? "TRUE" : "FALSE";
    case SN_FLOAT:
        return pg_fmt(&c->pg, "'%s'::float8", n->text);
    case SN_TEMPORAL:
        return pg_temporal_literal(&c->pg, n).text;
    case SN_HEX:
        pg_fail(&c->pg, "a hexadecimal literal, which is a number or bytes as its place wants");
        return "NULL";
    case SN_BIT:
        return pg_fmt(&c->pg, "b'%s'", n->text);
    case SN_INT:
    case SN_DECIMAL:
    case SN_STRING:
    case SN_COLUMN:
        v = og_by_pg(c, n);
        if (n->kind == SN_COLUMN && v.col != NULL && c->pg.q == NULL) {
            return str_quote_pg(c->pg.a, v.col->target_name);
        }
        return v.text;
    case SN_UNARY:
        if (n->op == OP_MINUS) {
            return pg_fmt(&c->pg, "-%s",
                          n->args[0]->kind == SN_UNARY ? pg_fmt(&c->pg, "(%s)", og_print(c, n->args[0]))
                                                       : og_paren(c, n->args[0]));
        }
        if (n->op == OP_NOT) {
            return pg_fmt(&c->pg, "NOT %s", og_truth(c, n->args[0]));
        }
        pg_fail(&c->pg, "the bit operator ~, not measured on openGauss B");
        return "NULL";
    case SN_IS:
        if (str_eq(n->name, "null")) {
            return pg_fmt(&c->pg, "%s IS %sNULL", og_paren(c, n->args[0]), not );
        }
        return pg_fmt(&c->pg, "%s IS %s%s", og_truth(c, n->args[0]), not,
                      str_eq(n->name, "true")    ? "TRUE"
                      : str_eq(n->name, "false") ? "FALSE"
                                                 : "UNKNOWN");
    case SN_BETWEEN:
        return pg_fmt(&c->pg, "%s %sBETWEEN %s AND %s", og_paren(c, n->args[0]), not, og_paren(c, n->args[1]),
                      og_paren(c, n->args[2]));
    case SN_LIKE:
        if (n->nargs == 3 && n->args[2]->kind == SN_STRING) {
            return pg_fmt(&c->pg, "%s %sLIKE %s ESCAPE %s", og_unpadded(c, n->args[0]), not, og_paren(c, n->args[1]),
                          og_print(c, n->args[2]));
        }
        return pg_fmt(&c->pg, "%s %sLIKE %s", og_unpadded(c, n->args[0]), not, og_paren(c, n->args[1]));
    case SN_REGEXP:
        return og_by_pg(c, n).text; /* dolphin's own REGEXP folds the pattern, so that \D would be \d */
    case SN_COLLATE:
        if (str_eq(n->name, "utf8mb4_bin") || str_eq(n->name, "utf8mb4_general_ci") ||
            str_eq(n->name, "utf8mb4_unicode_ci")) {
            return pg_fmt(&c->pg, "%s COLLATE %s", og_paren(c, n->args[0]), n->name);
        }
        pg_fail(&c->pg, "COLLATE %.60s, which openGauss B does not have", n->name);
        return "NULL";
    default:
        return og_through_pg(c, n); /* what remains is refused there, or printed alike */
    }
}

const char *og_print(struct og *c, const struct sql_node *n) {
    if (c->pg.why != NULL) {
        return "NULL";
    }
    switch (n->kind) {
    case SN_BINARY:
        return binary(c, n);
    case SN_CALL:
        return og_call(c, n);
    case SN_CAST:
        return og_cast(c, n);
    case SN_CASE:
        return case_text(c, n);
    case SN_LOGIC:
        return logic(c, n);
    case SN_IN:
        return in(c, n);
    case SN_EXTRACT:
        return og_zone_dependent(c, n->args[0]) ? "NULL" : og_through_pg(c, n);
    case SN_TRIM:
        return og_through_pg(c, n);
    default:
        return other(c, n);
    }
}

struct val og_b_node(struct pg *c, const struct sql_node *n) {
    struct og g = {.pg = *c};
    if (n->kind == SN_HEX && c->only != NULL) { /* what it is in its place the other printer knows */
        struct val literal = og_by_pg(&g, n);
        *c = g.pg;
        return literal;
    }
    struct val v = og_type_of(&g, n);
    const struct og_b_function *f =
        n->kind == SN_CALL && n->more == NULL && !n->stored ? og_b_function(n, c->q != NULL) : NULL;
    if (f != NULL && f->result != '=') {
        v = pgq_result(&g.pg, f->result, "");
    }
    v.text = og_print(&g, n);
    v.atom = is_atom(n);
    v.cls = is_truth(n) ? TC_BOOL : v.cls;
    *c = g.pg;
    return c->why == NULL ? v : pg_val(TC_NULL, "NULL", true);
}

bool og_b_translate(struct arena *a, const struct sql_expr_options *o, const struct sql_node *n, char **out,
                    char **why) {
    /* The parts printed as for PostgreSQL use only what openGauss shares with it, which the PG dialect of it stands for. */
    struct sql_expr_options inner = *o;
    inner.dialect = DIALECT_OG_PG;
    struct og c = {.pg = pg_context(a, &inner, true)};
    const char *text;
    if (o->want_boolean && n->kind == SN_CALL && str_eq(n->name, "json_valid") && n->nargs == 1 &&
        og_type_of(&c, n->args[0]).cls == TC_JSON) {
        text = "TRUE";
    } else if (o->want_boolean && !is_truth(n)) {
        text = pg_fmt(&c.pg, "%s <> 0", og_paren(&c, n));
    } else {
        text = og_print(&c, n);
        if (o->assigned_to != NULL && o->assigned_to->to->kind == TK_UUID && n->kind == SN_CALL) {
            text = pg_fmt(&c.pg, "%s::uuid", text); /* dolphin's uuid() is a text */
        }
        if (!o->want_boolean && n->kind == SN_BOOL) {
            text = n->integer ? "1" : "0";
        } else if (!o->want_boolean && is_truth(n)) {
            text = pg_fmt(&c.pg, "(%s)::int", text);
        }
    }
    *out = c.pg.why == NULL ? arena_strdup(a, text) : NULL;
    *why = c.pg.why;
    return c.pg.why == NULL;
}
