/* CAST and the choice of the function's printer. */
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"
#include "sql/pg_query.h"

struct val pg_json_number(struct pg *c, struct val j, const char *type) {
    if (!pg_once(c, &j)) {
        return j;
    }
    struct val text = pg_val(TC_TEXT, pg_json_text(c, j), false);
    const char *digits = pg_is_og_a_pg(c) ? pg_fmt(c, "%s::text", pg_p(c, j)) : text.text;
    bool whole = str_eq(type, "bigint");
    struct val from_text = whole ? pg_text_prefix_int(c, text) : pg_text_prefix_number(c, text, type);
    struct val out = pg_val(whole ? TC_INT : str_eq(type, "numeric") ? TC_DEC : TC_FLOAT, NULL, true);
    out.text =
        pg_fmt(c,
               "CASE jsonb_typeof(%s) WHEN 'number' THEN %s(%s)::%s%s::%s WHEN 'boolean' THEN (%s)::boolean::int WHEN "
               "'string' THEN %s END",
               j.text, whole ? "round(" : "", digits, c->numeric, whole ? ")" : "", type, text.text, from_text.text);
    out.wide = out.integer = whole;
    return out;
}

static struct val to_unsigned(struct pg *c, struct val v) {
    return v.nonneg ? v : pg_unsigned64(c, v);
}

static struct val cast_integer(struct pg *c, struct val v, bool is_unsigned) {
    switch (v.cls) {
    case TC_NULL:
        return pg_int("NULL::bigint", true, true);
    case TC_JSON:
        v = pg_json_number(c, v, "bigint");
        break;
    case TC_TEXT: {
        const char *number;
        if (pg_is_const_string(&v) && pg_literal_number(&v, &number) && strpbrk(number, ".eE") == NULL &&
            strlen(number) < 19) {
            v = pg_int(pg_fmt(c, "%s::bigint", number[0] == '-' ? pg_fmt(c, "(%s)", number) : number), true, true);
            v.nonneg = number[0] != '-';
        } else {
            v = pg_text_prefix_int(c, v);
        }
        break;
    }
    default:
        v = pg_as_num(c, v);
        if (is_unsigned && v.cls != TC_INT && !v.nonneg) {
            return v.cls == TC_DEC && v.integer
                       ? to_unsigned(c, v)
                       : pg_fail(c, "CAST of a number that may be negative and broken AS UNSIGNED");
        }
        if (v.cls == TC_DEC && v.integer && is_unsigned) {
            return v;
        }
        v = pg_as_bigint(c, v);
    }
    return is_unsigned ? to_unsigned(c, v) : v;
}

static struct val cast_decimal(struct pg *c, struct val v, const struct sql_cast_type *t) {
    long p = t->length < 0 ? 10 : t->length, s = t->scale < 0 ? 0 : t->scale;
    if (p > 65 || s > 30 || s > p) {
        return pg_fail(c, "CAST AS DECIMAL(%ld,%ld)", p, s);
    }
    if (v.cls == TC_JSON) {
        v = pg_json_number(c, v, "numeric");
    } else if (v.cls == TC_TEXT && !pg_is_const_string(&v)) {
        v = pg_text_prefix_number(c, v, "numeric");
    } else {
        v = pg_as_num(c, v);
        if (v.cls == TC_FLOAT) {
            v = pg_as_numeric(c, v);
        }
    }
    struct val out = pg_val(TC_DEC, pg_fmt(c, "%s::numeric(%ld,%ld)", pg_p(c, v), p, s), true);
    out.scale = (int)s;
    out.nonneg = v.nonneg;
    return out;
}

static struct val cast_char(struct pg *c, struct val v, const struct sql_cast_type *t) {
    bool binary = str_eq(t->name, "binary") || str_eq(t->charset, "binary");
    if (v.cls == TC_BYTES && binary && t->length < 0) {
        return v;
    }
    if (binary && t->length >= 0) {
        return pg_fail(c, "CAST AS BINARY(%ld)", t->length);
    }
    v = pg_as_text(c, v);
    if (binary) {
        v.ci = CI_NO; /* equality of bytes is what the target's text has */
        return v;
    }
    if (t->charset != NULL && !str_istarts(t->charset, "utf8") && !str_eq(t->charset, "ascii")) {
        return pg_fail(c, "CAST AS CHAR CHARACTER SET %.40s", t->charset);
    }
    if (t->length >= 0) {
        struct val out = pg_text_val(pg_fmt(c, "left(%s, %ld)", v.text, t->length), true, &v);
        return out;
    }
    return v;
}

static struct val cast_time(struct pg *c, struct val v, int fsp) {
    struct val out;
    if (v.cls == TC_TIME) {
        return pg_to_precision(c, v, fsp);
    }
    if (pg_is_const_string(&v) && pg_parse_time_literal(c, &v, false, &out)) {
        return out;
    }
    v = pg_to_precision(c, pg_as_datetime(c, v), c->o->mariadb ? fsp : 6);
    out = pg_val(TC_TIME, pg_fmt(c, "%s::time(%d)", pg_p(c, v), fsp), true);
    out.fsp = fsp;
    return out;
}

struct val pg_cast(struct pg *c, const struct sql_node *n) {
    return pg_cast_value(c, pg_node(c, n->args[0]), n->type);
}

struct val pg_cast_value(struct pg *c, struct val v, const struct sql_cast_type *t) {
    if (t->array) {
        return pg_fail(c, "a multi-valued index (CAST .. AS .. ARRAY)");
    }
    if (str_eq(t->name, "signed") || str_eq(t->name, "unsigned")) {
        return cast_integer(c, v, str_eq(t->name, "unsigned"));
    }
    if (str_eq(t->name, "decimal")) {
        return cast_decimal(c, v, t);
    }
    if (str_eq(t->name, "char") || str_eq(t->name, "binary")) {
        return cast_char(c, v, t);
    }
    if (str_eq(t->name, "double")) {
        return v.cls == TC_JSON ? pg_json_number(c, v, "float8") : pg_as_float(c, v);
    }
    if (str_eq(t->name, "date")) {
        return pg_as_date(c, v);
    }
    int fsp = t->length < 0 ? 0 : t->length > 6 ? 6 : (int)t->length;
    if (str_eq(t->name, "datetime")) {
        v = pg_as_datetime(c, v);
        v = pg_to_precision(c, v, fsp);
        v.fsp = fsp;
        return v;
    }
    if (str_eq(t->name, "time")) {
        return cast_time(c, v, fsp);
    }
    if (str_eq(t->name, "json")) {
        return pg_as_json(c, v);
    }
    return pg_fail(c, "CAST AS %.60s", t->name);
}

static struct val native_call(struct pg *c, const struct sql_node *n) {
    const struct pg_function *const tables[] = {pg_functions_misc, pg_functions_string, pg_functions_number,
                                                pg_functions_date, pg_functions_json};
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (const struct pg_function *f = tables[t]; f->name != NULL; f++) {
            if (!str_eq(f->name, n->name)) {
                continue;
            }
            if (n->nargs < f->min_args || n->nargs > f->max_args) {
                return pg_fail(c, "function %s with %zu arguments", n->name, n->nargs);
            }
            return f->make(c, n, f->data);
        }
    }
    char upper[80];
    size_t i = 0;
    for (; n->name[i] != '\0' && i + 1 < sizeof upper; i++) {
        upper[i] = n->name[i] >= 'a' && n->name[i] <= 'z' ? (char)(n->name[i] - 32) : n->name[i];
    }
    upper[i] = '\0';
    return pg_fail(c, "function %s", upper);
}

/* In queries a function of the compatibility schema stands in for what has no native form. */
struct val pg_call(struct pg *c, const struct sql_node *n) {
    struct val v;
    if (c->q == NULL) {
        return native_call(c, n);
    }
    if (n->more != NULL) {
        return pgq_aggregate(c, n);
    }
    if (n->stored) {
        return pgq_stored_call(c, n);
    }
    if (c->why != NULL) {
        return pg_val(TC_NULL, "NULL", true);
    }
    v = native_call(c, n);
    if (c->why == NULL) {
        return v;
    }
    char *why = c->why;
    size_t at = c->why_at;
    bool found = false;
    c->why = NULL;
    v = pgq_compat_call(c, n, &found);
    if (!found) {
        c->why = NULL;
        v = pgq_stored_call(c, n);
        if (c->why != NULL) { /* the reason is the first one */
            c->why = why;
            c->why_at = at;
        }
    }
    return v;
}
