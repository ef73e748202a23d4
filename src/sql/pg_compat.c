/* Functions that have no place in a table's definition: those of the compatibility schema, of the session, stored ones. They are
 * asked when expr_pg_*.c has no form that holds in all places. */
#include <string.h>

#include "base/str.h"
#include "sql/compat.h"
#include "sql/pg_program.h"
#include "sql/pg_query.h"

static bool refuse_json(struct pg *c, const char *name) {
    if (!str_starts(name, "json_") || c->o->dialect == DIALECT_PG) {
        return false;
    }
    pg_fail(c, "a JSON function whose counterpart stands on functions that openGauss was not seen to have");
    return true;
}

const char *pgq_compat(struct pg *c, const char *name) {
    struct sql_translation *t = c->q->out;
    if (refuse_json(c, name)) {
        return "NULL";
    }
    bool have = false;
    for (size_t i = 0; i < t->ncompat; i++) {
        have = have || str_eq(t->compat[i], name);
    }
    if (!have) {
        t->compat = arena_grow(c->a, t->compat, t->ncompat, &t->compat_cap, sizeof *t->compat);
        t->compat[t->ncompat++] = name;
    }
    return pg_fmt(c, SQL_COMPAT_SCHEMA ".%s", name);
}

/* What a result is: a letter of `result` below. */
struct val pgq_result(struct pg *c, char kind, const char *text) {
    struct val v;
    switch (kind) {
    case 'i': /* integer */
        return pg_int(text, true, false);
    case 'p': /* not negative */
        v = pg_int(text, true, false);
        v.nonneg = true;
        return v;
    case 'I': /* bigint, not negative */
        v = pg_int(text, true, true);
        v.nonneg = true;
        return v;
    case 'L':
        return pg_int(text, true, true);
    case 't':
        return pg_val(TC_TEXT, text, true);
    case 'b':
        return pg_val(TC_BYTES, text, true);
    case 'B':
        return pg_val(TC_BOOL, text, true);
    case 'd':
        return pg_val(TC_DATE, text, true);
    case 'D':
        v = pg_val(TC_DATETIME, text, true);
        v.fsp = 6;
        return v;
    case 'S': /* whole seconds */
        return pg_val(TC_DATETIME, text, true);
    case 'T':
        return pg_val(TC_TIME, text, true);
    case 'f':
        return pg_val(TC_FLOAT, text, true);
    case 'j':
        return pg_val(TC_JSON, text, true);
    default:
        return pg_fail(c, "a function whose result is not known");
    }
}

struct val pgq_argument(struct pg *c, char kind, const struct sql_node *n) {
    struct val v = pgq_expr(c, n);
    switch (kind) {
    case 't':
        return pg_as_text(c, v);
    case 'i':
        return pg_as_int4(c, v);
    case 'I':
        return pg_as_bigint(c, v);
    case 'n':
        return pg_as_numeric(c, v);
    case 'f':
        return pg_as_float(c, v);
    case 'd':
        return pg_as_date(c, v);
    case 'D':
        return pg_as_datetime(c, v);
    case 'b':
        return pg_as_bytes(c, v);
    case 'j':
        return v.cls == TC_JSON || v.cls == TC_TEXT || v.cls == TC_NULL ? pg_as_json(c, v)
                                                                        : pg_fail(c, "a value that is not JSON");
    case 'v': /* any value, as JSON holds it */
        return pg_as_json_value(c, n, v);
    default:
        return pg_fail(c, "an argument of an unknown kind");
    }
}

/* name, its arguments' kinds, how many may be left out, the result, and the text: $1.. are the arguments; !name is a function of the
 * compatibility schema. */
struct compat_function {
    const char *name, *args;
    size_t optional;
    char result;
    const char *text;
};

static const struct compat_function functions[] = {
#define F(name, args, optional, result, text) {name, args, optional, result, text},
#include "sql/compat_functions.def"
#undef F
};

static const char *expand(struct pg *c, const struct compat_function *f, const struct val *args, size_t n) {
    struct sb b = {.a = c->a};
    for (const char *p = f->text; *p != '\0' && c->why == NULL; p++) {
        if (*p == '$' && p[1] >= '1' && p[1] <= '9') {
            size_t i = (size_t)(p[1] - '1');
            if (i >= n) {
                pg_fail(c, "function %s with %zu arguments", f->name, n);
                break;
            }
            sb_puts(&b, pg_p(c, args[i]));
            p++;
        } else if (*p == '!') {
            size_t len = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
            sb_puts(&b, pgq_compat(c, arena_strndup(c->a, p + 1, len)));
            p += len;
        } else {
            sb_put(&b, p, 1);
        }
    }
    return sb_text(&b);
}

/* STR_TO_DATE: what the format holds says what comes out. */
static struct val str_to_date(struct pg *c, const struct sql_node *n) {
    const struct sql_node *f = n->args[1];
    if (f->kind != SN_STRING) {
        return pg_fail(c, "STR_TO_DATE with a format that is not a constant");
    }
    bool day = false, clock = false, micro = false;
    for (size_t i = 0; i + 1 < f->len; i++) {
        day = day || (f->text[i] == '%' && strchr("YymcdeMbj", f->text[i + 1]) != NULL);
        clock = clock || (f->text[i] == '%' && strchr("HkhIlisSTrfp", f->text[i + 1]) != NULL);
        micro = micro || (f->text[i] == '%' && f->text[i + 1] == 'f');
    }
    if (!day) {
        return pg_fail(c, "STR_TO_DATE with a format of a time alone");
    }
    const char *text = pg_fmt(c, "%s(%s, %s)", pgq_compat(c, "str_to_date"), pgq_argument(c, 't', n->args[0]).text,
                              pg_string_literal(c, f->text, f->len));
    if (!clock) {
        return pg_val(TC_DATE, pg_fmt(c, "%s::date", text), true);
    }
    struct val v = pg_val(TC_DATETIME, text, true);
    v.fsp = micro ? 6 : 0;
    return v;
}

/* REGEXP_REPLACE(s, pattern, text), REGEXP_SUBSTR and REGEXP_INSTR(s, pattern): constant patterns that both sides read alike. */
static struct val regexp_function(struct pg *c, const struct sql_node *n) {
    struct val s = pgq_argument(c, 't', n->args[0]), pattern = pgq_expr(c, n->args[1]);
    const char *literal = pg_regexp_pattern(c, &pattern);
    bool ci = s.ci != CI_NO && pattern.ci != CI_NO;
    if (str_eq(n->name, "regexp_replace")) {
        struct val with = pgq_argument(c, 't', n->args[2]);
        if (!pg_is_const_string(&with) || strpbrk(with.lit->text, "$\\") != NULL) {
            return pg_fail(c, "REGEXP_REPLACE by a text that is not constant, or with $ or a backslash in it");
        }
        return pg_val(TC_TEXT,
                      pg_fmt(c, "regexp_replace(%s, %s, %s, '%s')", s.text, literal, with.text, ci ? "gi" : "g"), true);
    }
    if (c->o->dialect != DIALECT_PG) {
        return pg_fail(c, "function %s", n->name);
    }
    if (str_eq(n->name, "regexp_substr")) {
        return pg_val(TC_TEXT, pg_fmt(c, "regexp_substr(%s, %s, 1, 1%s)", s.text, literal, ci ? ", 'i'" : ""), true);
    }
    return pgq_result(c, 'p', pg_fmt(c, "regexp_instr(%s, %s, 1, 1, 0%s)", s.text, literal, ci ? ", 'i'" : ""));
}

/* An offset +hh:mm as MySQL takes it: up to 14 hours, or 13:59 to the west. */
static bool is_offset(const char *s) {
    size_t hours = s[0] == '+' || s[0] == '-' ? strspn(s + 1, "0123456789") : 0;
    if (hours < 1 || hours > 2 || s[1 + hours] != ':' || strspn(s + 2 + hours, "0123456789") != 2 ||
        s[4 + hours] != '\0') {
        return false;
    }
    unsigned h = 0, m = (unsigned)(s[2 + hours] - '0') * 10 + (unsigned)(s[3 + hours] - '0');
    for (size_t i = 1; i <= hours; i++) {
        h = h * 10 + (unsigned)(s[i] - '0');
    }
    return m < 60 && h * 60 + m <= (s[0] == '+' ? 840 : 839);
}

/* t AT TIME ZONE zone. An offset has to be an interval: as a text its sign means the opposite in the target. */
static struct val at_zone(struct pg *c, struct val t, struct val zone) {
    const char *text;
    if (pg_is_const_string(&zone) && (zone.lit->text[0] == '+' || zone.lit->text[0] == '-')) {
        text = is_offset(zone.lit->text) ? pg_fmt(c, "%s AT TIME ZONE %s::interval", pg_p(c, t), pg_p(c, zone))
                                         : pg_fail(c, "the time zone %.20s", zone.lit->text).text;
    } else if (pg_is_const_string(&zone)) {
        text = pg_fmt(c, "%s AT TIME ZONE %s", pg_p(c, t), pg_p(c, zone));
    } else if (pg_once(c, &t) && pg_once(c, &zone)) {
        text = pg_fmt(c, "CASE WHEN %s ~ '^[+-]' THEN %s AT TIME ZONE %s::interval ELSE %s AT TIME ZONE %s END",
                      pg_p(c, zone), pg_p(c, t), pg_p(c, zone), pg_p(c, t), pg_p(c, zone));
    } else {
        text = "NULL";
    }
    struct val v = pg_val(TC_DATETIME, text, false);
    v.fsp = 6;
    v.volatile_ = t.volatile_;
    return v;
}

static struct val convert_tz(struct pg *c, const struct sql_node *n) {
    struct val t = pgq_argument(c, 'D', n->args[0]);
    struct val from = pgq_argument(c, 't', n->args[1]), to = pgq_argument(c, 't', n->args[2]);
    return at_zone(c, at_zone(c, t, from), to);
}

/* CHAR(n, ..): bytes in MySQL, and without USING a binary string; as texts they are carried as far as they are ASCII. */
static struct val char_(struct pg *c, const struct sql_node *n) {
    const char *cs = n->charset == NULL ? "binary" : n->charset;
    struct val out = pg_val(TC_TEXT, NULL, true);
    if (!str_istarts(cs, "utf8") && !str_eq(cs, "binary") && !str_eq(cs, "ascii") && !str_eq(cs, "latin1")) {
        return pg_fail(c, "CHAR .. USING %.40s", cs);
    }
    for (size_t i = 0; i < n->nargs && c->why == NULL; i++) {
        struct val v = pg_as_bigint(c, pgq_expr(c, n->args[i]));
        const char *one = pg_fmt(c, "%s(%s)", pgq_compat(c, "char_text"), v.text);
        out.text = i == 0 ? one : pg_fmt(c, "%s || %s", out.text, one);
        out.atom = i == 0;
        out.volatile_ = out.volatile_ || v.volatile_;
    }
    out.ci = str_eq(cs, "binary") ? CI_NO : CI_NONE;
    return out;
}

static struct val make_set(struct pg *c, const struct sql_node *n) {
    struct val bits = pg_as_bigint(c, pgq_expr(c, n->args[0]));
    struct sb b = {.a = c->a};
    if (c->o->dialect == DIALECT_OG_A) {
        return pg_fail(c, "MAKE_SET: an A database takes NULL and '' for the same value");
    }
    for (size_t i = 1; i < n->nargs && c->why == NULL; i++) {
        sb_printf(&b, "%s%s", i == 1 ? "" : ", ", pgq_argument(c, 't', n->args[i]).text);
    }
    return pg_val(TC_TEXT, pg_fmt(c, "%s(%s, ARRAY[%s]::text[])", pgq_compat(c, "make_set"), bits.text, sb_text(&b)),
                  true);
}

/* What a table of texts cannot say. */
static struct val special(struct pg *c, const struct sql_node *n, bool *found) {
    struct val v;
    *found = true;
    if (pgq_json_call(c, n, &v) || pgq_time_call(c, n, &v)) {
        return v;
    }
    if ((str_eq(n->name, "regexp_replace") && n->nargs == 3) ||
        ((str_eq(n->name, "regexp_substr") || str_eq(n->name, "regexp_instr")) && n->nargs == 2)) {
        return regexp_function(c, n);
    }
    if (str_eq(n->name, "convert_tz") && n->nargs == 3) {
        return convert_tz(c, n);
    }
    if (str_eq(n->name, "bit_count") && n->nargs == 1 && c->o->dialect == DIALECT_OG_A) { /* '' is NULL there */
        const char *text = pgq_argument(c, 'I', n->args[0]).text;
        return pgq_result(
            c, 'p',
            pg_fmt(c, "CASE WHEN %s IS NOT NULL THEN coalesce(length(replace(%s::bit(64)::text, '0', '')), 0) END",
                   pg_p(c, pg_val(TC_INT, text, false)), pg_p(c, pg_val(TC_INT, text, false))));
    }
    if (str_eq(n->name, "str_to_date") && n->nargs == 2) {
        return str_to_date(c, n);
    }
    if (str_eq(n->name, "values") && n->nargs == 1 && c->q->excluded != NULL && n->args[0]->kind == SN_COLUMN) {
        const struct pg_rel *rel = c->q->excluded;
        for (size_t i = 0; i < rel->shape.n; i++) {
            const struct pg_col *col = &rel->shape.cols[i];
            if (col->v.col != NULL && str_ieq(col->v.col->name, n->args[0]->name)) {
                return pgq_rel_value(c, rel, col);
            }
        }
        return pg_fail(c, "the column %.100s, which is not known here", n->args[0]->name);
    }
    if (str_eq(n->name, "char") && n->nargs > 0) {
        return char_(c, n);
    }
    if (str_eq(n->name, "make_set") && n->nargs > 1) {
        return make_set(c, n);
    }
    if (str_eq(n->name, "sha2") && n->nargs == 2) {
        long bits;
        if (!sql_node_const_int(n->args[1], &bits) ||
            (bits != 0 && bits != 224 && bits != 256 && bits != 384 && bits != 512)) {
            return pg_fail(c, "SHA2 of a length that is not a constant");
        }
        if (c->o->dialect != DIALECT_PG) {
            return pg_fail(c, "function SHA2, which openGauss has only in B databases");
        }
        return pg_val(
            TC_TEXT,
            pg_fmt(c, "encode(sha%ld(%s), 'hex')", bits == 0 ? 256 : bits, pgq_argument(c, 'b', n->args[0]).text),
            true);
    }
    if (str_eq(n->name, "last_insert_id") && n->nargs == 0 && c->q->program != NULL && c->q->program->last_id_known) {
        v = pg_int(pg_fmt(c, "coalesce(godwit_last_id, %s())", pgq_compat(c, "last_insert_id")), true, true);
        v.nonneg = true;
        return v;
    }
    if (str_eq(n->name, "row_count") && n->nargs == 0 && c->q->program != NULL) {
        return pg_int("godwit_row_count", true, true);
    }
    if (str_eq(n->name, "found_rows") && n->nargs == 0 && c->q->program != NULL && c->q->program->found_rows_known) {
        return pg_int("godwit_found_rows", true, true);
    }
    if ((str_eq(n->name, "row_count") || str_eq(n->name, "found_rows")) && n->nargs == 0) {
        return pg_fail(c, "function %s %s", n->name,
                       c->q->program == NULL ? "outside of a program" : "of a query that is not in this program");
    }
    *found = false;
    return pg_val(TC_NULL, "NULL", true);
}

struct val pgq_compat_call(struct pg *c, const struct sql_node *n, bool *found) {
    struct val v = special(c, n, found);
    if (*found) {
        return v;
    }
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        const struct compat_function *f = &functions[i];
        size_t max = strlen(f->args);
        if (!str_eq(f->name, n->name) || n->nargs > max || n->nargs + f->optional < max) {
            continue;
        }
        struct val args[9];
        *found = true;
        if (refuse_json(c, f->name)) {
            return v;
        }
        for (size_t k = 0; k < n->nargs && c->why == NULL; k++) {
            args[k] = pgq_argument(c, f->args[k], n->args[k]);
        }
        if (c->why != NULL) {
            return pg_val(TC_NULL, "NULL", true);
        }
        v = pgq_result(c, f->result, expand(c, f, args, n->nargs));
        for (size_t k = 0; k < n->nargs; k++) {
            v.volatile_ = v.volatile_ || args[k].volatile_;
        }
        return v;
    }
    return v;
}

struct val pgq_stored_call(struct pg *c, const struct sql_node *n) {
    const struct sql_routine *r = pgq_routine(c, n->schema, n->name, true);
    if (r == NULL) {
        return pg_fail(c, "the function %.100s, which is neither built in nor among those that are carried", n->name);
    }
    if (n->nargs != r->nparams) {
        return pg_fail(c, "function %s with %zu arguments", n->name, n->nargs);
    }
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < n->nargs && c->why == NULL; i++) {
        struct val v = pg_assign(c, pgq_expr(c, n->args[i]), &r->params[i]);
        /* The target chooses a function by its arguments' types. */
        sb_printf(&b, "%s%s::%s", i == 0 ? "" : ", ", pg_p(c, v), prog_argument_type(c, &r->params[i]));
    }
    struct val v = pg_value_of_column(
        c, r->returns, pg_fmt(c, "%s(%s)", pgq_qualified(c, r->target_schema, r->target_name), sb_text(&b)));
    v.volatile_ = true;
    return v;
}
