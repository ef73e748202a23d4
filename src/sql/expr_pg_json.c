/* JSON functions on jsonb: constant paths of members and positions only. */
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"
#include "sql/pg_query.h"

/* '$.a."b c"[0]' -> {a,"b c",0}. NULL and a failure for wildcards, ranges, [last]. */
static const char *path_array(struct pg *c, const struct sql_node *n) {
    if (n->kind != SN_STRING || n->len == 0 || n->text[0] != '$' || n->len != strlen(n->text)) {
        pg_fail(c, "a JSON path that is not a constant");
        return NULL;
    }
    char *out = arena_alloc(c->a, n->len * 3 + 8), *w = out;
    const char *p = n->text + 1;
    *w++ = '{';
    while (*p != '\0') {
        if (w[-1] != '{') {
            *w++ = ',';
        }
        if (*p == '[') {
            size_t digits = strspn(p + 1, "0123456789");
            if (digits == 0 || digits > 9 || p[1 + digits] != ']') {
                pg_fail(c, "the JSON path %.100s", n->text);
                return NULL;
            }
            memcpy(w, p + 1, digits);
            w += digits;
            p += digits + 2;
            continue;
        }
        if (*p != '.') {
            pg_fail(c, "the JSON path %.100s", n->text);
            return NULL;
        }
        p++;
        bool quoted = *p == '"';
        p += quoted;
        const char *start = p;
        *w++ = '"';
        while (*p != '\0' && (quoted ? *p != '"' : *p != '.' && *p != '[')) {
            if (*p == '\\' || (!quoted && strchr("* \"", *p) != NULL)) {
                pg_fail(c, "the JSON path %.100s", n->text);
                return NULL;
            }
            *w++ = *p++;
        }
        *w++ = '"';
        if (p == start || (quoted && *p != '"')) {
            pg_fail(c, "the JSON path %.100s", n->text);
            return NULL;
        }
        p += quoted;
    }
    *w++ = '}';
    *w = '\0';
    /* Names of letters, digits and _ need no quotes, unless they spell NULL. */
    char *plain = arena_alloc(c->a, strlen(out) + 1), *v = plain;
    for (const char *r = out; *r != '\0';) {
        size_t word = *r == '"' ? strspn(r + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") : 0;
        if (word > 0 && r[1 + word] == '"' && !(word == 4 && (r[1] == 'n' || r[1] == 'N'))) {
            memcpy(v, r + 1, word);
            v += word;
            r += word + 2;
        } else if (*r == '"') {
            do {
                *v++ = *r++;
            } while (*r != '"');
            *v++ = *r++;
        } else {
            *v++ = *r++;
        }
    }
    *v = '\0';
    return pg_string_literal(c, plain, strlen(plain));
}

static struct val document(struct pg *c, const struct sql_node *n) {
    struct val v = pg_node(c, n);
    return v.cls == TC_JSON || v.cls == TC_NULL
               ? pg_as_json(c, v)
               : pg_fail(c, "a JSON function on a column that is not JSON in the target");
}

bool pg_json_plain_path(struct pg *c, const struct sql_node *path) {
    struct pg probe = *c;
    return path_array(&probe, path) != NULL;
}

/* '{a,"b c",0}' as a list of texts. */
static const char *path_list(struct pg *c, const char *path) {
    struct sb b = {.a = c->a};
    bool quoted = false;
    sb_puts(&b, "'");
    for (const char *p = path + 2; c->why == NULL && strcmp(p, "}'") != 0; p++) {
        if (*p == '"') {
            quoted = !quoted;
        } else if (*p == ',' && !quoted) {
            sb_puts(&b, "', '");
        } else {
            sb_put(&b, p, 1);
        }
    }
    sb_puts(&b, "'");
    return sb_text(&b);
}

/* j #> path, and j #>> path, whose names begin a comment in openGauss B. */
static const char *at_path(struct pg *c, struct val j, const char *path, bool text) {
    return c->b ? pg_fmt(c, "jsonb_extract_path%s(%s, %s)", text ? "_text" : "", j.text, path_list(c, path))
                : pg_fmt(c, "%s #>%s %s", pg_p(c, j), text ? ">" : "", path);
}

/* text, which follows a path into j: openGauss raises an error where the document is a number, a text, null. */
static const char *step_into(struct pg *c, struct val j, const char *text) {
    return dialect_is_opengauss(c->o->dialect) && pg_once(c, &j)
               ? pg_fmt(c, "CASE WHEN jsonb_typeof(%s) IN ('object', 'array') THEN %s END", j.text, text)
               : text;
}

static struct val extract(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val j = document(c, n->args[0]);
    const char *path = path_array(c, n->args[1]);
    if (path == NULL || str_eq(path, "'{}'")) {
        return j;
    }
    struct val out = pg_val(TC_JSON, step_into(c, j, at_path(c, j, path, false)), false);
    out.volatile_ = j.volatile_;
    return out;
}

const char *pg_json_text_at(struct pg *c, const struct sql_node *doc, const struct sql_node *at) {
    struct val j = document(c, doc);
    const char *path = path_array(c, at);
    if (path == NULL) {
        return "NULL";
    }
    return str_eq(path, "'{}'") ? pg_json_text(c, j) : step_into(c, j, at_path(c, j, path, true));
}

/* JSON_UNQUOTE(JSON_EXTRACT(j, path)): MySQL gives the text null for a JSON null, #>> gives NULL. */
static struct val unquote(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    const struct sql_node *arg = n->args[0];
    struct val out = pg_val(TC_TEXT, NULL, true);
    out.ci = CI_NO;
    if (arg->kind == SN_BINARY && arg->op == OP_ARROW) {
        struct sql_node call = {.kind = SN_CALL, .name = "json_extract", .args = arg->args, .nargs = 2};
        struct sql_node *inner = &call;
        struct sql_node again = {.kind = SN_CALL, .name = "json_unquote", .args = &inner, .nargs = 1};
        return unquote(c, &again, data);
    }
    if (arg->kind == SN_CALL && str_eq(arg->name, "json_extract") && arg->nargs == 2) {
        struct val j = document(c, arg->args[0]);
        const char *path = path_array(c, arg->args[1]);
        if (path == NULL || !pg_once(c, &j)) {
            return out;
        }
        if (dialect_is_opengauss(c->o->dialect) && str_eq(path, "'{}'")) {
            out.text = pg_fmt(c, "coalesce(%s, %s::text)", pg_json_text(c, j), pg_p(c, j));
            return out;
        }
        struct val found = pg_val(TC_JSON, at_path(c, j, path, false), c->b);
        out.text = pg_fmt(c, "coalesce(%s, %s::text)", at_path(c, j, path, true), pg_p(c, found));
        out.text = step_into(c, j, out.text);
        return out;
    }
    struct val j = pg_node(c, arg);
    if (j.cls == TC_JSON && pg_once(c, &j)) {
        out.text = pg_fmt(c, "coalesce(%s, %s::text)", pg_json_text(c, j), pg_p(c, j));
        return out;
    }
    return pg_fail(c, "JSON_UNQUOTE of a value that is not JSON in the target");
}

static struct val valid(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val v = pg_node(c, n->args[0]);
    if (v.cls != TC_JSON) {
        return pg_fail(c, "JSON_VALID of a column that is not JSON in the target");
    }
    return pg_val(TC_BOOL, pg_fmt(c, "CASE WHEN %s IS NOT NULL THEN TRUE END", pg_p(c, v)), true);
}

/* MySQL puts the truth itself into JSON, but what CASE, IF, COALESCE and the like choose among truths is a number there. */
static bool chosen(const struct pg *c, const struct sql_node *n) {
    static const char *const names[] = {"if", "ifnull", "coalesce", "nullif", "greatest", "least", "any_value"};
    if (n == NULL || c->o->mariadb) {
        return false;
    }
    for (size_t i = 0; n->kind == SN_CALL && i < sizeof names / sizeof names[0]; i++) {
        if (str_eq(n->name, names[i])) {
            return true;
        }
    }
    return n->kind == SN_CASE || n->kind == SN_ASSIGN;
}

/* MySQL's JSON has dates and times with six digits behind the second, MariaDB's what they are as text. */
static struct val json_date(struct pg *c, struct val v) {
    if (v.cls == TC_DATE || c->o->mariadb) {
        return pg_as_text(c, v);
    }
    if (v.cls == TC_TIME) {
        return c->q == NULL ? pg_fail(c, "JSON of a TIME") : pgq_time_text(c, v, 6);
    }
    v = pg_as_datetime(c, v);
    v.fsp = 6;
    return pg_as_text(c, v);
}

const char *pg_json_item(struct pg *c, const struct sql_node *n, struct val v) {
    switch (v.cls) {
    case TC_NULL:
        return "NULL::text";
    case TC_BOOL:
        return v.col != NULL || chosen(c, n) ? pg_as_num(c, v).text : v.text;
    case TC_INT:
    case TC_FLOAT:
    case TC_JSON:
        return v.text;
    case TC_DEC:
        if (v.integer || v.lit != NULL || v.col != NULL) {
            return v.text;
        }
        if (v.scale < 0) {
            pg_fail(c, "JSON of a decimal number of unknown scale");
        }
        return pg_fmt(c, "round(%s, %d)", v.text, v.scale);
    case TC_DATE:
    case TC_DATETIME:
    case TC_TSTZ:
    case TC_TIME:
        return json_date(c, v).text;
    case TC_TEXT:
        if (n != NULL && n->kind == SN_CALL && str_eq(n->name, "char") && n->charset == NULL) {
            pg_fail(c, "JSON of a binary string");
        }
        return v.lit != NULL ? pg_fmt(c, "%s::text", v.text) : pg_as_text(c, v).text;
    case TC_ENUM:
    case TC_UUID:
        return pg_as_text(c, v).text;
    default:
        pg_fail(c, "JSON of a value of this type (without CAST)");
        return "NULL";
    }
}

struct val pg_as_json_value(struct pg *c, const struct sql_node *n, struct val v) {
    return v.cls == TC_NULL || v.cls == TC_JSON
               ? pg_as_json(c, v)
               : pg_val(TC_JSON, pg_fmt(c, "to_jsonb(%s)", pg_json_item(c, n, v)), true);
}

/* JSON_ARRAY(..) and JSON_OBJECT(..) */
static struct val build(struct pg *c, const struct sql_node *n, const char *data) {
    bool object = str_eq(data, "object");
    if (n->nargs == 0) {
        return pg_val(TC_JSON, object ? "'{}'::jsonb" : "'[]'::jsonb", true);
    }
    if (c->o->dialect != DIALECT_PG || (object && n->nargs % 2 != 0)) {
        return pg_fail(c, "function JSON_%s with arguments", object ? "OBJECT" : "ARRAY");
    }
    if (!pg_stable(c, object ? "JSON_OBJECT" : "JSON_ARRAY")) {
        return pg_val(TC_NULL, "NULL", true);
    }
    const char *list = NULL;
    for (size_t i = 0; i < n->nargs && c->why == NULL; i++) {
        struct val v = pg_node(c, n->args[i]);
        bool key = object && i % 2 == 0;
        v = key && v.cls != TC_TEXT ? pg_as_text(c, v) : v;
        const char *item = v.cls == TC_NULL ? v.text : pg_json_item(c, n->args[i], v);
        list = list == NULL ? item : pg_fmt(c, "%s, %s", list, item);
    }
    return pg_val(TC_JSON, pg_fmt(c, "jsonb_build_%s(%s)", data, list), true);
}

const struct pg_function pg_functions_json[] = {
    {"json_extract", 2, 2, extract, NULL}, {"json_unquote", 1, 1, unquote, NULL},   {"json_valid", 1, 1, valid, NULL},
    {"json_array", 0, 99, build, "array"}, {"json_object", 0, 99, build, "object"}, {0},
};
