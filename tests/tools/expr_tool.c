/* The expression translator from a command line: for tests/scenarios/test_expr_semantics.py. Not installed.
 *
 * Reads one JSON object a line:
 *   {"dialect": "pg|og_b|og_pg|og_a", "expr": "(`a` + 1)",
 *    "columns": [["a", "int unsigned"], ["s", "varchar(20)", "utf8mb4", "utf8mb4_bin"], ..],
 *    "boolean": false, "immutable": false, "mariadb": false, "assign": "column"}
 * and prints one a line: {"text": "..", "types": ["bigint", ..]} or {"why": ".."}. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "sql/expr.h"

static bool dialect_of(const char *text, enum dialect *d) {
    static const char *const names[] = {
        [DIALECT_PG] = "pg", [DIALECT_OG_B] = "og_b", [DIALECT_OG_PG] = "og_pg", [DIALECT_OG_A] = "og_a"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq(text, names[i])) {
            *d = (enum dialect)i;
            return true;
        }
    }
    return false;
}

static bool read_columns(struct arena *a, const json_t *list, enum dialect d, struct sql_column *columns,
                         struct mytype *from, struct target_type *to, struct err *e) {
    struct typemap_options o = {.dialect = d};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *c = json_array_get(list, i);
        const char *name = json_string_value(json_array_get(c, 0)), *type = json_string_value(json_array_get(c, 1));
        if (name == NULL || type == NULL || !mytype_parse(a, type, &from[i])) {
            return err_set(e, ERR_USAGE, "column %zu is not understood", i);
        }
        from[i].charset = json_string_value(json_array_get(c, 2));
        from[i].collation = json_string_value(json_array_get(c, 3));
        if (!typemap_resolve(a, &o, "t", name, &from[i], &to[i], e)) {
            return false;
        }
        columns[i] = (struct sql_column){.name = name, .target_name = name, .from = &from[i], .to = &to[i]};
    }
    return true;
}

static json_t *translate(struct arena *a, const json_t *in, struct err *e) {
    const json_t *list = json_object_get(in, "columns");
    size_t n = json_array_size(list);
    struct sql_column *columns = arena_array(a, struct sql_column, n + 1);
    struct mytype *from = arena_array(a, struct mytype, n + 1);
    struct target_type *to = arena_array(a, struct target_type, n + 1);
    struct sql_expr_options o = {.columns = columns,
                                 .ncolumns = n,
                                 .want_boolean = json_is_true(json_object_get(in, "boolean")),
                                 .must_be_immutable = json_is_true(json_object_get(in, "immutable")),
                                 .mariadb = json_is_true(json_object_get(in, "mariadb"))};
    const char *expr = json_string_value(json_object_get(in, "expr")),
               *assign = json_string_value(json_object_get(in, "assign"));
    if (expr == NULL || !dialect_of(json_string_value(json_object_get(in, "dialect")), &o.dialect)) {
        err_set(e, ERR_USAGE, "expr or dialect is missing");
        return NULL;
    }
    if (!read_columns(a, list, o.dialect, columns, from, to, e)) {
        return NULL;
    }
    for (size_t i = 0; i < n && assign != NULL; i++) {
        o.assigned_to = str_eq(columns[i].name, assign) ? &columns[i] : o.assigned_to;
    }
    char *text, *why;
    json_t *out = json_object(), *types = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(types, json_string(to[i].ddl));
    }
    json_object_set_new(out, "types", types);
    if (sql_expr_translate(a, &o, expr, &text, &why)) {
        json_object_set_new(out, "text", json_string(text));
    } else {
        json_object_set_new(out, "why", json_string(why));
    }
    return out;
}

int main(void) {
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    int code = 0;
    while ((len = getline(&line, &cap, stdin)) > 0) {
        struct arena a = ARENA_INIT;
        struct err e = ERR_INIT;
        json_error_t je;
        json_t *in = json_loadb(line, (size_t)len, 0, &je);
        json_t *out = in != NULL ? translate(&a, in, &e) : NULL;
        if (out == NULL) {
            if (in == NULL) {
                err_set(&e, ERR_USAGE, "%s", je.text);
            }
            err_print(&e, stderr);
            code = 2;
            out = json_pack("{s:s}", "error", e.message);
        }
        json_dumpf(out, stdout, JSON_COMPACT);
        putchar('\n');
        fflush(stdout);
        json_decref(out);
        json_decref(in);
        arena_clear(&a);
    }
    free(line);
    return code;
}
