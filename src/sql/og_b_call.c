/* Functions, as openGauss B has them: og_b_function.c says in which form. */
#include <string.h>

#include "base/str.h"
#include "sql/og_b.h"
#include "sql/pg_query.h"

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
    struct val v = og_type_of(c, base);
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
    return pg_fmt(&c->pg, "%s(%s, INTERVAL '%s %s')%s", name, og_print(c, base), interval->args[0]->text,
                  interval->name, v.cls == TC_DATE ? "::date" : "");
}

const char *og_add_interval(struct og *c, const struct sql_node *whole, const struct sql_node *base,
                            const struct sql_node *interval, bool subtract) {
    struct val v = og_type_of(c, whole);
    if (og_zone_dependent(c, base)) {
        return "NULL";
    }
    if (c->pg.o->must_be_immutable) {
        return add_constant(c, base, interval, subtract);
    }
    const char *text = pg_fmt(&c->pg, "%s(%s, interval %s %s)", subtract ? "date_sub" : "date_add", og_print(c, base),
                              og_paren(c, interval->args[0]), interval->name);
    return as_typed(c, text, &v);
}

/* JSON functions take json as well as jsonb: the cast of a value that one of them has made is left out. */
const char *og_document(struct og *c, const char *t) {
    static const char cast[] = "::jsonb";
    size_t n = strlen(t), m = sizeof cast - 1;
    return n > m && str_starts(t, "json_") && str_eq(t + n - m, cast) ? arena_strndup(c->pg.a, t, n - m) : t;
}

/* A value within a JSON document: times with all six digits. */
static const char *json_item(struct og *c, const struct sql_node *n) {
    struct val v = og_type_of(c, n);
    const char *t = og_unpadded(c, n);
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
    if (og_zone_dependent(c, n)) {
        return "NULL";
    }
    if (kind == '~') {
        return og_document(c, json_item(c, n));
    }
    struct val v = og_type_of(c, n);
    const char *t = og_unpadded(c, n);
    bool text = v.cls == TC_TEXT || v.cls == TC_NULL || v.cls == TC_BYTES || n->kind == SN_STRING;
    switch (kind) {
    case '^':
        return text ? t : pg_fmt(&c->pg, "(%s)::text", t);
    case '#':
        return is_small_integer(n, &v) ? t : pg_fmt(&c->pg, "(%s)::int", t);
    case '&':
        return pg_fmt(&c->pg, "(%s)::%s", t, v.cls == TC_INT ? "numeric(20,0)" : c->pg.numeric);
    default:
        return str_starts(f->mysql, "json_") ? og_document(c, t) : t;
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
        if (strchr("$^#&~", *p) == NULL) {
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
    v = og_type_of(c, n);
    return as_typed(c, sb_text(&b), &v);
}

/* Is it JSON_EXTRACT of a document that the target holds as JSON, at a path that the server's own functions follow? dolphin's round large
 * numbers below the first level. */
static bool is_plain_extract(struct og *c, const struct sql_node *n) {
    return n->kind == SN_CALL && str_eq(n->name, "json_extract") && n->nargs == 2 &&
           og_type_of(c, n->args[0]).cls == TC_JSON && pg_json_plain_path(&c->pg, n->args[1]);
}

/* dolphin's json_unquote refuses texts with quotes or line breaks in them. */
static const char *unquoted(struct og *c, const struct sql_node *n) {
    const struct sql_node *arg = n->args[0];
    if (arg->kind == SN_BINARY && arg->op == OP_ARROW) {
        struct sql_node extract = {
            .kind = SN_CALL, .name = "json_extract", .args = arg->args, .nargs = 2, .start = arg->start};
        struct sql_node *inner = &extract;
        struct sql_node again = {
            .kind = SN_CALL, .name = "json_unquote", .args = &inner, .nargs = 1, .start = n->start};
        return unquoted(c, &again);
    }
    if (is_plain_extract(c, arg)) {
        return og_through_pg(c, n);
    }
    const char *t = og_unpadded(c, arg);
    if (og_b_gives_json(arg) || og_type_of(c, arg).cls == TC_JSON) {
        return pg_fmt(&c->pg, "coalesce(jsonb_extract_path_text(json_array(%s)::jsonb, '0'), (%s)::text)",
                      og_document(c, t), og_document(c, t));
    }
    return pg_fmt(&c->pg, "json_unquote(%s)", t);
}

/* TIMEDIFF of a DATETIME and a DATE is NULL there, as it is in MariaDB. */
static const char *moment(struct og *c, const struct sql_node *n, const struct sql_node *other) {
    struct val v = og_type_of(c, n), o = og_type_of(c, other), read;
    bool dated = o.cls == TC_DATETIME || o.cls == TC_TSTZ;
    if (pg_is_const_string(&v) && (dated || o.cls == TC_DATE) && pg_parse_date_literal(&c->pg, &v, &read)) {
        return pg_as_datetime(&c->pg, read).text;
    }
    bool text = o.cls == TC_TEXT && other->kind == SN_STRING;
    return v.cls == TC_DATE && (dated || text) ? pg_fmt(&c->pg, "(%s)::timestamp(0) without time zone", og_print(c, n))
                                               : og_unpadded(c, n);
}

/* Texts that are UTF-8 in the target only have other bytes there. */
static bool same_bytes(struct og *c, const struct sql_node *n) {
    static const char *const of_bytes[] = {"md5", "sha1", "sha", "sha2", "hex", "crc32"};
    for (size_t i = 0; i < sizeof of_bytes / sizeof of_bytes[0]; i++) {
        struct val v = str_eq(n->name, of_bytes[i]) ? og_type_of(c, n->args[0]) : pg_val(TC_OTHER, "", true);
        if (v.cls == TC_TEXT && v.charset != CS_UTF8) {
            pg_fail(&c->pg, "%s of a text in another character set than UTF-8", n->name);
            return false;
        }
    }
    return true;
}

static const char *known(struct og *c, const struct og_b_function *f, const struct sql_node *n) {
    if (is_plain_extract(c, n)) {
        return og_through_pg(c, n);
    }
    if (str_eq(n->name, "json_unquote")) {
        return unquoted(c, n);
    }
    if (str_eq(n->name, "timediff") && !c->pg.o->mariadb) {
        return pg_fmt(&c->pg, "timediff(%s, %s)", moment(c, n->args[0], n->args[1]), moment(c, n->args[1], n->args[0]));
    }
    bool length = str_eq(n->name, "length") || str_eq(n->name, "octet_length");
    if (length && og_type_of(c, n->args[0]).cls == TC_TEXT && og_type_of(c, n->args[0]).charset != CS_UTF8) {
        return og_through_pg(c, n);
    }
    if ((str_eq(n->name, "round") || str_eq(n->name, "truncate")) && n->nargs == 2 &&
        og_type_of(c, n->args[0]).cls == TC_FLOAT) {
        return og_through_pg(c, n); /* there is round(numeric, n) only */
    }
    if (f->definition == OG_B_OTHERWISE && c->pg.o->must_be_immutable) {
        for (size_t i = 0; i < n->nargs; i++) {
            if (og_type_of(c, n->args[i]).cls == TC_ENUM && !pg_stable(&c->pg, "an ENUM as a text")) {
                return "NULL";
            }
        }
        return og_through_pg(c, n);
    }
    if (!same_bytes(c, n) || (f->definition == OG_B_STABLE && !pg_stable(&c->pg, n->name))) {
        return "NULL";
    }
    return expand(c, f, n);
}

const char *og_call(struct og *c, const struct sql_node *n) {
    if (n->more != NULL || n->stored) {
        return og_through_pg(c, n);
    }
    if (str_eq(n->name, "if") && n->nargs == 3) {
        return pg_fmt(&c->pg, "CASE WHEN %s THEN %s ELSE %s END", og_truth(c, n->args[0]), og_print(c, n->args[1]),
                      og_print(c, n->args[2]));
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
        return pg_stable(&c->pg, "the current time") ? pg_fmt(&c->pg, "CURRENT_TIMESTAMP(%s)", og_print(c, n->args[0]))
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
        return og_add_interval(c, n, n->args[0], value->kind == SN_INTERVAL ? value : &days, sub);
    }
    if (str_eq(n->name, "timestampadd") && n->nargs == 2) {
        struct sql_node *value = n->args[0];
        struct sql_node interval = {.kind = SN_INTERVAL, .name = n->text, .args = &value, .nargs = 1};
        return og_add_interval(c, n, n->args[1], &interval, false);
    }
    if (str_eq(n->name, "date") && n->nargs == 1) {
        return og_zone_dependent(c, n->args[0]) ? "NULL" : pg_fmt(&c->pg, "%s::date", og_paren(c, n->args[0]));
    }
    const struct og_b_function *f = og_b_function(n, c->pg.q != NULL);
    if (f != NULL) {
        return known(c, f, n);
    }
    if (c->pg.q == NULL && str_eq(n->name, "uuid_to_bin") && n->nargs > 0 && n->args[0]->kind == SN_CALL &&
        str_eq(n->args[0]->name, "uuid")) { /* of a new one the order of its parts tells nothing */
        return pg_fmt(&c->pg, "unhex(replace(%s, '-', ''))", og_print(c, n->args[0]));
    }
    if (og_b_is_shared(n->name) || str_eq(n->name, "regexp_like") || str_eq(n->name, "json_valid")) {
        return og_through_pg(c, n);
    }
    if (c->pg.q != NULL) {
        return og_through_pg(c, n); /* what openGauss has from PostgreSQL, or a stored function */
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

const char *og_b_json_item(struct pg *c, const struct sql_node *n) {
    struct og g = {.pg = *c};
    const char *t = og_document(&g, json_item(&g, n));
    *c = g.pg;
    return t;
}
