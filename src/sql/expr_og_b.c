/* From the tree to openGauss B databases with dolphin, which know most of MySQL's functions: printed as they are where a
 * server was seen to run them, refused where nobody has measured. Differences that are written out:
 * - `||` is concatenation there and `"x"` an identifier: OR and double quotes are printed accordingly;
 * - `/` keeps more digits: rounded to the four that MySQL adds; division by zero gives NULL;
 * - 32 bit integers overflow where MySQL computes in 64;
 * - character(n) is padded with spaces for functions: rtrim();
 * - LENGTH counts bytes: octet_length. */
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"
#include "sql/pg_query.h"

struct og {
    struct pg pg; /* texts, failures and literals are shared with the other printer */
};

static const char *print(struct og *c, const struct sql_node *n);

/* What is known of a node's type, found with the other printer; TC_OTHER when it cannot tell. */
static struct val type_of(struct og *c, const struct sql_node *n) {
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
static struct val by_pg(struct og *c, const struct sql_node *n) {
    const struct sql_node *outer = c->pg.only;
    c->pg.only = n;
    struct val v = pg_node(&c->pg, n);
    c->pg.only = outer;
    return v;
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

static const char *paren(struct og *c, const struct sql_node *n) {
    const char *t = print(c, n);
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

static const char *truth(struct og *c, const struct sql_node *n) {
    return is_truth(n) ? paren(c, n) : pg_fmt(&c->pg, "(%s <> 0)", paren(c, n));
}

/* An argument of a text function. */
static const char *unpadded(struct og *c, const struct sql_node *n) {
    const char *t = print(c, n);
    const struct sql_column *col = n->kind == SN_COLUMN ? pg_find_column(c->pg.o, c->pg.a, n->name) : NULL;
    return col != NULL && col->from != NULL && col->from->kind == MYT_CHAR ? pg_fmt(&c->pg, "rtrim(%s)", t) : t;
}

/* Is the value in the session's time zone? Functions on such are not immutable. */
static bool zone_dependent(struct og *c, const struct sql_node *n) {
    if (type_of(c, n).cls != TC_TSTZ) {
        return false;
    }
    return !pg_stable(&c->pg, "a TIMESTAMP column in the session's time zone");
}

static const char *divisor(struct og *c, const struct sql_node *n) {
    bool constant =
        (n->kind == SN_INT || n->kind == SN_DECIMAL || n->kind == SN_FLOAT) && strpbrk(n->text, "123456789") != NULL;
    return constant ? print(c, n) : pg_fmt(&c->pg, "nullif(%s, 0)", print(c, n));
}

/* An operand of arithmetic: a truth value as 0 or 1, bits as a number. */
static const char *operand(struct og *c, const struct sql_node *n) {
    if (n->kind == SN_COLUMN && type_of(c, n).cls == TC_BITS) {
        struct val bits = pg_as_num(&c->pg, by_pg(c, n));
        return pg_p(&c->pg, bits);
    }
    if (type_of(c, n).cls == TC_JSON && c->pg.q != NULL) {
        struct val number = pg_as_num(&c->pg, og_b_node(&c->pg, n));
        return pg_p(&c->pg, number);
    }
    return is_truth(n) ? pg_fmt(&c->pg, "(%s)::int", print(c, n)) : paren(c, n);
}

/* An operand of + - *, in 64 bits. */
static const char *wide(struct og *c, const struct sql_node *n) {
    struct val v = type_of(c, n);
    bool narrow =
        v.cls == TC_INT && !v.wide && v.col != NULL && !v.col->from->is_unsigned && v.col->from->kind != MYT_YEAR;
    return narrow ? pg_fmt(&c->pg, "%s::bigint", paren(c, n)) : operand(c, n);
}

static const char *divide(struct og *c, const struct sql_node *n) {
    struct val v = type_of(c, n);
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

/* The type that MySQL gives it: dolphin has many that give texts. */
static const char *as_typed(struct og *c, const char *text, const struct val *v) {
    if (c->pg.q == NULL) {
        return text;
    }
    return v->cls == TC_DATE       ? pg_fmt(&c->pg, "%s::date", text)
           : v->cls == TC_DATETIME ? pg_fmt(&c->pg, "%s::timestamp(%d) without time zone", text, v->fsp)
           : v->cls == TC_TIME     ? pg_fmt(&c->pg, "%s::time(%d)", text, v->fsp)
                                   : text;
}

/* dolphin's functions and operators for it are not immutable, those of the server are. */
static const char *add_constant(struct og *c, const struct sql_node *base, const struct sql_node *interval,
                                bool subtract) {
    static const char *const units[] = {"second", "minute", "hour", "day", "month", "year"};
    struct val v = type_of(c, base);
    bool known = false, days = false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        known = known || str_eq(interval->name, units[i]);
        days = days || (str_eq(interval->name, units[i]) && i >= 3);
    }
    if (!known || interval->args[0]->kind != SN_INT || (v.cls != TC_DATETIME && !(v.cls == TC_DATE && days))) {
        pg_fail(&c->pg, "arithmetic with dates: its result is not immutable in the target, as generated columns and"
                        " indexes need");
        return "NULL";
    }
    const char *name =
        pg_fmt(&c->pg, "%s_%s_interval", v.cls == TC_DATE ? "date" : "timestamp", subtract ? "mi" : "pl");
    return pg_fmt(&c->pg, "%s(%s, INTERVAL '%s %s')%s", name, print(c, base), interval->args[0]->text, interval->name,
                  v.cls == TC_DATE ? "::date" : "");
}

static const char *add_interval(struct og *c, const struct sql_node *whole, const struct sql_node *base,
                                const struct sql_node *interval, bool subtract) {
    struct val v = type_of(c, whole);
    if (zone_dependent(c, base)) {
        return "NULL";
    }
    if (c->pg.o->must_be_immutable) {
        return add_constant(c, base, interval, subtract);
    }
    const char *text = pg_fmt(&c->pg, "%s(%s, interval %s %s)", subtract ? "date_sub" : "date_add", print(c, base),
                              paren(c, interval->args[0]), interval->name);
    return as_typed(c, text, &v);
}

static const char *through_pg(struct og *c, const struct sql_node *n) {
    return pg_p(&c->pg, by_pg(c, n));
}

/* JSON functions take json as well as jsonb: the cast of a value that one of them has made is left out. */
static const char *document(struct og *c, const char *t) {
    static const char cast[] = "::jsonb";
    size_t n = strlen(t), m = sizeof cast - 1;
    return n > m && str_starts(t, "json_") && str_eq(t + n - m, cast) ? arena_strndup(c->pg.a, t, n - m) : t;
}

/* JSON -> and ->>: `#>` would begin a comment. */
static const char *arrow(struct og *c, const struct sql_node *n) {
    const char *found = pg_fmt(&c->pg, "json_extract(%s, %s)", document(c, print(c, n->args[0])), print(c, n->args[1]));
    return n->op == OP_ARROW ? pg_fmt(&c->pg, "%s::jsonb", found) : pg_fmt(&c->pg, "json_unquote(%s)", found);
}

static const char *compare(struct og *c, const struct sql_node *n) {
    struct val l = type_of(c, n->args[0]), r = type_of(c, n->args[1]);
    const char *sign;
    if (l.cls == TC_ENUM || r.cls == TC_ENUM || l.cls == TC_JSON || r.cls == TC_JSON) {
        return through_pg(c, n); /* labels are checked, JSON is compared as jsonb */
    }
    if (l.cls == TC_BITS || r.cls == TC_BITS) {
        return through_pg(c, n); /* as numbers */
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
    return pg_fmt(&c->pg, "%s %s %s", paren(c, n->args[0]), sign, paren(c, n->args[1]));
}

static const char *binary(struct og *c, const struct sql_node *n) {
    const struct sql_node *l = n->args[0], *r = n->args[1];
    if (n->op >= OP_EQ && n->op <= OP_GE) {
        return compare(c, n);
    }
    switch (n->op) {
    case OP_PLUS:
        if (l->kind == SN_INTERVAL) {
            return add_interval(c, n, r, l, false);
        }
        /* fall through */
    case OP_MINUS:
        if (r->kind == SN_INTERVAL) {
            return add_interval(c, n, l, r, n->op == OP_MINUS);
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
        if (type_of(c, n).cls != TC_INT) { /* a negative number would have to come out as an unsigned one */
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

/* A value within a JSON document: times with all six digits. */
static const char *json_item(struct og *c, const struct sql_node *n) {
    struct val v = type_of(c, n);
    const char *t = unpadded(c, n);
    return v.cls == TC_DATETIME || v.cls == TC_TSTZ
               ? pg_fmt(&c->pg, "date_format(%s, '%%Y-%%m-%%d %%H:%%i:%%s.%%f')", t)
           : v.cls == TC_TIME ? pg_fmt(&c->pg, "time_format((%s)::text, '%%H:%%i:%%s.%%f')", t)
                              : t;
}

static bool is_small_integer(const struct sql_node *n, const struct val *v) {
    const struct sql_node *digits = n->kind == SN_UNARY && n->op == OP_MINUS ? n->args[0] : n;
    return digits->kind == SN_INT || (v->cls == TC_INT && !v->wide && v->col != NULL);
}

/* An argument as a form of og_b_function wants it. */
static const char *argument(struct og *c, char kind, const struct og_b_function *f, const struct sql_node *n) {
    if (zone_dependent(c, n)) {
        return "NULL";
    }
    if (kind == '~') {
        return document(c, json_item(c, n));
    }
    struct val v = type_of(c, n);
    const char *t = unpadded(c, n);
    bool text = v.cls == TC_TEXT || v.cls == TC_NULL || v.cls == TC_BYTES || n->kind == SN_STRING;
    switch (kind) {
    case '^':
    case '@':
        return text ? t : pg_fmt(&c->pg, "(%s)::text", t);
    case '#':
        return is_small_integer(n, &v) ? t : pg_fmt(&c->pg, "(%s)::int", t);
    case '&':
        return pg_fmt(&c->pg, "(%s)::%s", t, v.cls == TC_INT ? "numeric(20,0)" : c->pg.numeric);
    default:
        return str_starts(f->mysql, "json_") ? document(c, t) : t;
    }
}

static const char *arguments(struct og *c, char kind, const struct og_b_function *f, const struct sql_node *n) {
    const char *list = "";
    for (size_t i = 0; i < n->nargs && c->pg.why == NULL; i++) {
        list = pg_fmt(&c->pg, "%s%s%s", list, i > 0 ? ", " : "", argument(c, kind, f, n->args[i]));
    }
    return list;
}

static const char *expand(struct og *c, const struct og_b_function *f, const struct sql_node *n) {
    struct sb b = {.a = c->pg.a};
    struct val v;
    if (f->form == NULL) {
        return pg_fmt(&c->pg, "%s(%s)", f->mysql, arguments(c, '$', f, n));
    }
    for (const char *p = f->form; *p != '\0' && c->pg.why == NULL; p++) {
        if (strchr("$^#&@~", *p) == NULL) {
            sb_put(&b, p, *p == '!' ? 0 : 1);
            continue;
        }
        char kind = *p++;
        sb_puts(&b, *p == '*'   ? arguments(c, kind, f, n)
                    : *p == 'u' ? n->text
                                : argument(c, kind, f, n->args[*p - '1']));
    }
    if (f->form[strlen(f->form) - 1] != '!') {
        return sb_text(&b);
    }
    v = type_of(c, n);
    return as_typed(c, sb_text(&b), &v);
}

/* Texts that are UTF-8 in the target only have other bytes there. */
static bool same_bytes(struct og *c, const struct sql_node *n) {
    static const char *const of_bytes[] = {"md5", "sha1", "sha", "sha2", "hex", "crc32"};
    for (size_t i = 0; i < sizeof of_bytes / sizeof of_bytes[0]; i++) {
        struct val v = str_eq(n->name, of_bytes[i]) ? type_of(c, n->args[0]) : pg_val(TC_OTHER, "", true);
        if (v.cls == TC_TEXT && v.charset != CS_UTF8) {
            pg_fail(&c->pg, "%s of a text in another character set than UTF-8", n->name);
            return false;
        }
    }
    return true;
}

static const char *known(struct og *c, const struct og_b_function *f, const struct sql_node *n) {
    bool length = str_eq(n->name, "length") || str_eq(n->name, "octet_length");
    if (length && type_of(c, n->args[0]).cls == TC_TEXT && type_of(c, n->args[0]).charset != CS_UTF8) {
        return through_pg(c, n);
    }
    if ((str_eq(n->name, "round") || str_eq(n->name, "truncate")) && n->nargs == 2 &&
        type_of(c, n->args[0]).cls == TC_FLOAT) {
        return through_pg(c, n); /* there is round(numeric, n) only */
    }
    if (f->definition == OG_B_OTHERWISE && c->pg.o->must_be_immutable) {
        for (size_t i = 0; i < n->nargs; i++) {
            if (type_of(c, n->args[i]).cls == TC_ENUM && !pg_stable(&c->pg, "an ENUM as a text")) {
                return "NULL";
            }
        }
        return through_pg(c, n);
    }
    if (!same_bytes(c, n) || (f->definition == OG_B_STABLE && !pg_stable(&c->pg, n->name))) {
        return "NULL";
    }
    return expand(c, f, n);
}

static const char *call(struct og *c, const struct sql_node *n) {
    if (n->more != NULL || n->stored) {
        return through_pg(c, n);
    }
    if (str_eq(n->name, "if") && n->nargs == 3) {
        return pg_fmt(&c->pg, "CASE WHEN %s THEN %s ELSE %s END", truth(c, n->args[0]), print(c, n->args[1]),
                      print(c, n->args[2]));
    }
    if (str_eq(n->name, "curdate") || str_eq(n->name, "current_date")) {
        return pg_stable(&c->pg, "the current date") ? "CURRENT_DATE" : "NULL";
    }
    if ((str_eq(n->name, "current_timestamp") || str_eq(n->name, "localtime") || str_eq(n->name, "localtimestamp") ||
         str_eq(n->name, "now")) &&
        n->nargs == 0) {
        return pg_stable(&c->pg, "the current time") ? "CURRENT_TIMESTAMP" : "NULL";
    }
    if (str_eq(n->name, "now") && n->nargs == 1) {
        return pg_stable(&c->pg, "the current time") ? pg_fmt(&c->pg, "CURRENT_TIMESTAMP(%s)", print(c, n->args[0]))
                                                     : "NULL";
    }
    if (str_eq(n->name, "date_add") || str_eq(n->name, "date_sub") || str_eq(n->name, "adddate") ||
        str_eq(n->name, "subdate")) {
        bool sub = str_eq(n->name, "date_sub") || str_eq(n->name, "subdate");
        if (n->nargs != 2) {
            pg_fail(&c->pg, "function %s with %zu arguments", n->name, n->nargs);
            return "NULL";
        }
        struct sql_node *value = n->args[1];
        struct sql_node days = {.kind = SN_INTERVAL, .name = "day", .args = &value, .nargs = 1};
        return add_interval(c, n, n->args[0], value->kind == SN_INTERVAL ? value : &days, sub);
    }
    if (str_eq(n->name, "timestampadd") && n->nargs == 2) {
        struct sql_node *value = n->args[0];
        struct sql_node interval = {.kind = SN_INTERVAL, .name = n->text, .args = &value, .nargs = 1};
        return add_interval(c, n, n->args[1], &interval, false);
    }
    if (str_eq(n->name, "date") && n->nargs == 1) {
        return zone_dependent(c, n->args[0]) ? "NULL" : pg_fmt(&c->pg, "%s::date", paren(c, n->args[0]));
    }
    const struct og_b_function *f = og_b_function(n, c->pg.q != NULL);
    if (f != NULL) {
        return known(c, f, n);
    }
    if (c->pg.q == NULL && str_eq(n->name, "uuid_to_bin") && n->nargs > 0 && n->args[0]->kind == SN_CALL &&
        str_eq(n->args[0]->name, "uuid")) { /* of a new one the order of its parts tells nothing */
        return pg_fmt(&c->pg, "unhex(replace(%s, '-', ''))", print(c, n->args[0]));
    }
    if (og_b_is_shared(n->name) || str_eq(n->name, "regexp_like") || str_eq(n->name, "json_valid")) {
        return through_pg(c, n);
    }
    if (c->pg.q != NULL) {
        return through_pg(c, n); /* what openGauss has from PostgreSQL, or a stored function */
    }
    char upper[80];
    size_t i = 0;
    for (; n->name[i] != '\0' && i + 1 < sizeof upper; i++) {
        upper[i] = n->name[i] >= 'a' && n->name[i] <= 'z' ? (char)(n->name[i] - 32) : n->name[i];
    }
    upper[i] = '\0';
    pg_fail(&c->pg, "function %s, not measured on openGauss B", upper);
    return "NULL";
}

static const char *cast(struct og *c, const struct sql_node *n) {
    const struct sql_cast_type *t = n->type;
    struct val v = type_of(c, n->args[0]);
    const char *x = paren(c, n->args[0]);
    if (t->array) {
        pg_fail(&c->pg, "a multi-valued index (CAST .. AS .. ARRAY)");
        return "NULL";
    }
    if (zone_dependent(c, n->args[0])) {
        return "NULL";
    }
    if (str_eq(t->name, "signed") || str_eq(t->name, "unsigned") || str_eq(t->name, "decimal") ||
        str_eq(t->name, "double")) {
        bool whole = str_eq(t->name, "signed") || str_eq(t->name, "unsigned");
        if (c->pg.q != NULL && whole && v.cls == TC_TEXT) { /* it reads what looks like a number, as MySQL does */
            return str_eq(t->name, "signed")
                       ? pg_fmt(&c->pg, "CAST(%s AS SIGNED)", print(c, n->args[0]))
                       : pg_fmt(&c->pg, "CAST(%s AS UNSIGNED)::numeric(20,0)", print(c, n->args[0]));
        }
        if (v.cls == TC_TEXT || (v.cls == TC_JSON && c->pg.q == NULL) || v.cls == TC_OTHER) {
            pg_fail(&c->pg, "CAST of text or JSON AS %s, not measured on openGauss B", t->name);
            return "NULL";
        }
        if (n->args[0]->kind == SN_BINARY && n->args[0]->op == OP_DIV) { /* with the digits that the cast keeps */
            const struct sql_node *outer = c->pg.only;
            c->pg.only = NULL;
            v = pg_node(&c->pg, n);
            c->pg.only = outer;
            return pg_p(&c->pg, v);
        }
        return through_pg(c, n);
    }
    if (str_eq(t->name, "char") && (t->charset == NULL || str_istarts(t->charset, "utf8")) && v.cls != TC_BYTES &&
        v.cls != TC_FLOAT) {
        if (v.cls == TC_ENUM && !pg_stable(&c->pg, "an ENUM as a text")) {
            return "NULL";
        }
        x = v.cls == TC_TEXT ? unpadded(c, n->args[0]) : x;
        return t->length >= 0 ? pg_fmt(&c->pg, "left(%s::text, %ld)", x, t->length) : pg_fmt(&c->pg, "%s::text", x);
    }
    if (str_eq(t->name, "date")) {
        return pg_fmt(&c->pg, "%s::date", x);
    }
    if (str_eq(t->name, "datetime")) {
        return pg_fmt(&c->pg, "CAST(%s AS datetime(%ld))", print(c, n->args[0]), t->length < 0 ? 0 : t->length);
    }
    pg_fail(&c->pg, "CAST AS %.60s", t->name);
    return "NULL";
}

static const char *case_text(struct og *c, const struct sql_node *n) {
    size_t at = 0;
    const char *t = "CASE";
    if (n->has_operand) {
        t = pg_fmt(&c->pg, "CASE %s", paren(c, n->args[at++]));
    }
    for (; at + 1 < n->nargs + (n->has_else ? 0 : 1) && c->pg.why == NULL; at += 2) {
        t = pg_fmt(&c->pg, "%s WHEN %s THEN %s", t, n->has_operand ? print(c, n->args[at]) : truth(c, n->args[at]),
                   print(c, n->args[at + 1]));
    }
    return n->has_else ? pg_fmt(&c->pg, "%s ELSE %s END", t, print(c, n->args[n->nargs - 1]))
                       : pg_fmt(&c->pg, "%s END", t);
}

static const char *logic(struct og *c, const struct sql_node *n) {
    const char *t = NULL;
    for (size_t i = 0; i < n->nargs && c->pg.why == NULL; i++) {
        const char *word = n->op == OP_AND ? "AND" : n->op == OP_OR ? "OR" : "<>";
        t = t == NULL ? truth(c, n->args[i]) : pg_fmt(&c->pg, "%s %s %s", t, word, truth(c, n->args[i]));
    }
    return t;
}

static const char *in(struct og *c, const struct sql_node *n) {
    if (n->query != NULL || n->args[0]->kind == SN_ROW) {
        return through_pg(c, n);
    }
    const char *list = "";
    for (size_t i = 1; i < n->nargs && c->pg.why == NULL; i++) {
        list = pg_fmt(&c->pg, "%s%s%s", list, i > 1 ? ", " : "", print(c, n->args[i]));
    }
    return pg_fmt(&c->pg, "%s %sIN (%s)", paren(c, n->args[0]), n->negated ? "NOT " : "", list);
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
        v = by_pg(c, n);
        if (n->kind == SN_COLUMN && v.col != NULL && c->pg.q == NULL) {
            return str_quote_pg(c->pg.a, v.col->target_name);
        }
        return v.text;
    case SN_UNARY:
        if (n->op == OP_MINUS) {
            return pg_fmt(&c->pg, "-%s",
                          n->args[0]->kind == SN_UNARY ? pg_fmt(&c->pg, "(%s)", print(c, n->args[0]))
                                                       : paren(c, n->args[0]));
        }
        if (n->op == OP_NOT) {
            return pg_fmt(&c->pg, "NOT %s", truth(c, n->args[0]));
        }
        pg_fail(&c->pg, "the bit operator ~, not measured on openGauss B");
        return "NULL";
    case SN_IS:
        if (str_eq(n->name, "null")) {
            return pg_fmt(&c->pg, "%s IS %sNULL", paren(c, n->args[0]), not );
        }
        return pg_fmt(&c->pg, "%s IS %s%s", truth(c, n->args[0]), not,
                      str_eq(n->name, "true")    ? "TRUE"
                      : str_eq(n->name, "false") ? "FALSE"
                                                 : "UNKNOWN");
    case SN_BETWEEN:
        return pg_fmt(&c->pg, "%s %sBETWEEN %s AND %s", paren(c, n->args[0]), not, paren(c, n->args[1]),
                      paren(c, n->args[2]));
    case SN_LIKE:
        if (n->nargs == 3 && n->args[2]->kind == SN_STRING) {
            return pg_fmt(&c->pg, "%s %sLIKE %s ESCAPE %s", unpadded(c, n->args[0]), not, paren(c, n->args[1]),
                          print(c, n->args[2]));
        }
        return pg_fmt(&c->pg, "%s %sLIKE %s", unpadded(c, n->args[0]), not, paren(c, n->args[1]));
    case SN_REGEXP:
        return by_pg(c, n).text; /* dolphin's own REGEXP folds the pattern, so that \D would be \d */
    case SN_COLLATE:
        if (str_eq(n->name, "utf8mb4_bin") || str_eq(n->name, "utf8mb4_general_ci") ||
            str_eq(n->name, "utf8mb4_unicode_ci")) {
            return pg_fmt(&c->pg, "%s COLLATE %s", paren(c, n->args[0]), n->name);
        }
        pg_fail(&c->pg, "COLLATE %.60s, which openGauss B does not have", n->name);
        return "NULL";
    default:
        return through_pg(c, n); /* what remains is refused there, or printed alike */
    }
}

static const char *print(struct og *c, const struct sql_node *n) {
    if (c->pg.why != NULL) {
        return "NULL";
    }
    switch (n->kind) {
    case SN_BINARY:
        return binary(c, n);
    case SN_CALL:
        return call(c, n);
    case SN_CAST:
        return cast(c, n);
    case SN_CASE:
        return case_text(c, n);
    case SN_LOGIC:
        return logic(c, n);
    case SN_IN:
        return in(c, n);
    case SN_EXTRACT:
        return zone_dependent(c, n->args[0]) ? "NULL" : through_pg(c, n);
    case SN_TRIM:
        return through_pg(c, n);
    default:
        return other(c, n);
    }
}

struct val og_b_node(struct pg *c, const struct sql_node *n) {
    struct og g = {.pg = *c};
    if (n->kind == SN_HEX && c->only != NULL) { /* what it is in its place the other printer knows */
        struct val literal = by_pg(&g, n);
        *c = g.pg;
        return literal;
    }
    struct val v = type_of(&g, n);
    const struct og_b_function *f =
        n->kind == SN_CALL && n->more == NULL && !n->stored ? og_b_function(n, c->q != NULL) : NULL;
    if (f != NULL && f->result != '=') {
        v = pgq_result(&g.pg, f->result, "");
    }
    v.text = print(&g, n);
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
        type_of(&c, n->args[0]).cls == TC_JSON) {
        text = "TRUE";
    } else if (o->want_boolean && !is_truth(n)) {
        text = pg_fmt(&c.pg, "%s <> 0", paren(&c, n));
    } else {
        text = print(&c, n);
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
