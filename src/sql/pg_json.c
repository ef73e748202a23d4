/* JSON functions of queries that stand on the compatibility schema and are more than a text with the arguments in it. */
#include <string.h>

#include "base/str.h"
#include "sql/pg_query.h"

static struct val json(const char *text) {
    return pg_val(TC_JSON, text, true);
}

/* Does a constant path have wildcards? */
static bool has_wildcard(const struct sql_node *path) {
    bool quoted = false;
    for (size_t i = 0; path->kind == SN_STRING && i < path->len; i++) {
        if (quoted && path->text[i] == '\\') {
            i++;
        } else if (path->text[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && path->text[i] == '*') {
            return true;
        }
    }
    return false;
}

/* What stands at a path, constant or not. MariaDB keeps the order in which members were written, jsonb and MySQL do not. */
static const char *extracted(struct pg *c, const char *document, const struct sql_node *path) {
    bool all = has_wildcard(path);
    if (all && c->o->mariadb && strstr(path->text, ".*") != NULL) {
        pg_fail(c, "a JSON path with .*, whose order is MariaDB's");
    }
    if (all && c->o->mariadb && strstr(path->text, "**") != NULL) {
        pg_fail(c, "a JSON path with **, whose order is MariaDB's");
    }
    return pg_fmt(c, "%s(%s, %s)", pgq_compat(c, all ? "json_extract_all" : "json_extract"), document,
                  pgq_argument(c, 't', path).text);
}

/* JSON_EXTRACT(j, path, ..): with several paths an array of what is there. */
static struct val extract(struct pg *c, const struct sql_node *n) {
    struct val j = pgq_argument(c, 'j', n->args[0]);
    struct sb b = {.a = c->a};
    if (n->nargs == 2) {
        return json(extracted(c, j.text, n->args[1]));
    }
    for (size_t i = 1; i < n->nargs && c->why == NULL; i++) {
        if (n->args[i]->kind != SN_STRING || has_wildcard(n->args[i])) {
            return pg_fail(c, "JSON_EXTRACT with several paths that are not constant, or have wildcards");
        }
        sb_printf(&b, "%s%s", i == 1 ? "" : ", ", extracted(c, j.text, n->args[i]));
    }
    return pg_once(c, &j) ? json(pg_fmt(c, "%s(ARRAY[%s])", pgq_compat(c, "json_some"), sb_text(&b))) : j;
}

static struct val unquote(struct pg *c, const struct sql_node *n) {
    struct val v = pgq_expr(c, n->args[0]);
    if (v.cls == TC_NULL) {
        return pg_as_text(c, v);
    }
    if (v.cls != TC_JSON && v.cls != TC_TEXT) {
        return pg_fail(c, "JSON_UNQUOTE of a value that is neither JSON nor text");
    }
    struct val out = pg_val(
        TC_TEXT, pg_fmt(c, "%s(%s)", pgq_compat(c, v.cls == TC_JSON ? "json_unquote" : "json_unquote_text"), v.text),
        true);
    out.ci = CI_NO;
    return out;
}

/* JSON_CONTAINS_PATH(j, 'one' or 'all', path, ..): the paths are looked at one by one, until one decides. */
static struct val contains_path(struct pg *c, const struct sql_node *n) {
    struct val j = pgq_argument(c, 'j', n->args[0]);
    const struct sql_node *how = n->args[1];
    bool one = how->kind == SN_STRING && str_ieq(how->text, "one");
    struct sb b = {.a = c->a};
    if (!one && !(how->kind == SN_STRING && str_ieq(how->text, "all"))) {
        return pg_fail(c, "JSON_CONTAINS_PATH with other than the constants one and all");
    }
    if (!pg_once(c, &j)) {
        return j;
    }
    sb_printf(&b, "CASE WHEN %s IS NULL THEN NULL", pg_p(c, j));
    for (size_t i = 2; i < n->nargs && c->why == NULL; i++) {
        struct val path = pgq_argument(c, 't', n->args[i]);
        if (n->args[i]->kind != SN_STRING) {
            sb_printf(&b, " WHEN %s IS NULL THEN NULL", pg_p(c, path));
        }
        sb_printf(&b, " WHEN %s IS %sNULL THEN %s", extracted(c, j.text, n->args[i]), one ? "NOT " : "",
                  one ? "TRUE" : "FALSE");
    }
    sb_printf(&b, " ELSE %s END", one ? "FALSE" : "TRUE");
    return pg_val(TC_BOOL, sb_text(&b), true);
}

static struct val merge_preserve(struct pg *c, const struct sql_node *n) {
    struct val j = pgq_argument(c, 'j', n->args[0]);
    for (size_t i = 1; i < n->nargs && c->why == NULL; i++) {
        j = json(pg_fmt(c, "%s(%s, %s)", pgq_compat(c, "json_merge_preserve"), j.text,
                        pgq_argument(c, 'j', n->args[i]).text));
    }
    return j;
}

/* JSON_SEARCH(j, 'one' or 'all', pattern [, the character that escapes, or NULL]) */
static struct val search(struct pg *c, const struct sql_node *n) {
    const struct sql_node *escape = n->nargs == 4 ? n->args[3] : NULL;
    if (c->o->mariadb) {
        return pg_fail(c, "JSON_SEARCH of MariaDB, which ignores case and looks at numbers, too");
    }
    if (escape != NULL && escape->kind != SN_NULL && escape->kind != SN_STRING) {
        return pg_fail(c, "JSON_SEARCH with an escape that is not constant");
    }
    bool plain = escape == NULL || escape->kind == SN_NULL;
    return json(pg_fmt(c, "%s(%s, %s, %s, %s)", pgq_compat(c, "json_search"), pgq_argument(c, 'j', n->args[0]).text,
                       pgq_argument(c, 't', n->args[1]).text, pgq_argument(c, 't', n->args[2]).text,
                       plain ? "'\\'" : pg_string_literal(c, escape->text, escape->len)));
}

/* JSON_SET(j, path, value, path, value, ..) and the like: one call within the other. */
static struct val change(struct pg *c, const struct sql_node *n, const char *function, const char *how) {
    struct val j = pgq_argument(c, 'j', n->args[0]);
    bool remove = str_eq(how, "remove"), set = str_eq(function, "json_set");
    size_t step = remove ? 1 : 2;
    if (n->nargs < 1 + step || (n->nargs - 1) % step != 0) {
        return pg_fail(c, "function %s with %zu arguments", n->name, n->nargs);
    }
    for (size_t i = 1; i < n->nargs && c->why == NULL; i += step) {
        struct val path = pgq_argument(c, 't', n->args[i]);
        const char *value = remove ? "" : pg_fmt(c, ", %s", pgq_argument(c, 'v', n->args[i + 1]).text);
        j.text = pg_fmt(c, "%s(%s, %s%s%s)", pgq_compat(c, function), j.text, path.text, value,
                        set ? pg_fmt(c, ", '%s'", how) : "");
    }
    return json(j.text);
}

/* JSON_VALUE(j, path [RETURNING type]): a null is NULL. MariaDB has scalars only, and truth as 1 and 0. */
static struct val value(struct pg *c, const struct sql_node *n) {
    struct sql_node extract = {.kind = SN_CALL, .name = "json_extract", .args = n->args, .nargs = 2, .start = n->start};
    const char *text;
    if (c->o->mariadb) {
        text = pg_fmt(c, "%s(%s)", pgq_compat(c, "json_scalar"), pg_call(c, &extract).text);
    } else if (pg_is_og_a_pg(c)) {
        text = pg_fmt(c, "(%s)", pg_json_text_at(c, n->args[0], n->args[1]));
    } else if (c->q->b) {
        text = pg_json_text(c, pgq_expr(c, &extract));
    } else {
        text = pg_fmt(c, "(%s)", pg_json_text(c, pg_call(c, &extract)));
    }
    struct val v = pg_val(TC_TEXT, text, true);
    v.ci = CI_NO;
    return n->type == NULL || (str_eq(n->type->name, "char") && n->type->length == 512) ? v
                                                                                        : pg_cast_value(c, v, n->type);
}

bool pgq_json_call(struct pg *c, const struct sql_node *n, struct val *out) {
    static const struct {
        const char *name, *function, *how;
    } changes[] = {{"json_set", "json_set", "set"},
                   {"json_insert", "json_set", "insert"},
                   {"json_replace", "json_set", "replace"},
                   {"json_remove", "json_remove", "remove"},
                   {"json_array_append", "json_array_append", ""},
                   {"json_array_insert", "json_array_insert", ""}};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        if (str_eq(n->name, changes[i].name) && n->nargs > 0) {
            *out = change(c, n, changes[i].function, changes[i].how);
            return true;
        }
    }
    if (str_eq(n->name, "json_extract") && n->nargs >= 2) {
        *out = extract(c, n);
    } else if (str_eq(n->name, "json_unquote") && n->nargs == 1) {
        *out = unquote(c, n);
    } else if (str_eq(n->name, "json_value") && n->nargs == 2) {
        *out = value(c, n);
    } else if (str_eq(n->name, "json_contains_path") && n->nargs >= 3) {
        *out = contains_path(c, n);
    } else if ((str_eq(n->name, "json_merge_preserve") || str_eq(n->name, "json_merge")) && n->nargs >= 2) {
        *out = merge_preserve(c, n);
    } else if (str_eq(n->name, "json_search") && (n->nargs == 3 || n->nargs == 4)) {
        *out = search(c, n);
    } else {
        return false;
    }
    return true;
}
