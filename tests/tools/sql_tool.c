/* The translator of queries and programs from a command line: for tests/scenarios/test_sql.py. Not installed.
 *
 * Reads one JSON object a line and prints one a line.
 *   {"catalog": {"schema": "s", "tables": [{"name": "t", "columns": [["id", "int", null, null, true, false], ..],
 *                "keys": [[true, "id"], ..]}], "routines": ["CREATE FUNCTION .."]}}        what names mean from here on
 *       column: name, type, character set, collation, NOT NULL, AUTO_INCREMENT; key: primary?, columns
 *       -> {"ddl": ["CREATE TABLE .."]} for the dialect
 *   {"sql": "SELECT ..", "dialect": "pg|og_b|og_pg|og_a", "mysql": false}
 *       -> {"statements": [..], "drops": [..], "compat": [..], "notes": [..], "uses": ["table t"], "results": 0, "mysql": ".."} or {"error": ".."}
 *   {"page": true} -> {"text": "the page of what is carried"}
 *   {"entries": true} -> {"statements": what the page tries}
 *   {"compat": "name"} -> {"statements": [..]}; {"compat": null} -> {"names": [..]} */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "sql/compat.h"
#include "sql/print.h"
#include "sql/support.h"
#include "sql/translate.h"

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

static bool column(struct arena *a, enum dialect d, const char *table, const char *name, const char *type,
                   const char *charset, const char *collation, struct sql_column *out, struct err *e) {
    struct mytype *from = arena_new(a, struct mytype);
    struct target_type *to = arena_new(a, struct target_type);
    struct typemap_options o = {.dialect = d};
    if (name == NULL || type == NULL || !mytype_parse(a, type, from)) {
        return err_set(e, ERR_USAGE, "the type %s is not understood", type == NULL ? "" : type);
    }
    from->charset = charset;
    from->collation = collation;
    if (!typemap_resolve(a, &o, table, name, from, to, e)) {
        return false;
    }
    if (from->kind == MYT_ENUM && to->enum_type && collation == NULL) { /* of a parameter: no type is made for it */
        to->enum_type = false;
        to->ddl = to->cast_name = arena_strdup(a, "text");
    }
    *out = (struct sql_column){.name = name, .target_name = name, .from = from, .to = to};
    return true;
}

static bool read_table(struct arena *a, const json_t *in, enum dialect d, const char *schema, struct sql_table *t,
                       struct err *e) {
    const json_t *columns = json_object_get(in, "columns"), *keys = json_object_get(in, "keys");
    size_t n = json_array_size(columns), nkeys = json_array_size(keys);
    struct sql_column *out = arena_array(a, struct sql_column, n + 1);
    struct sql_table_key *k = arena_array(a, struct sql_table_key, nkeys + 1);
    const char *name = json_string_value(json_object_get(in, "name"));
    for (size_t i = 0; i < n; i++) {
        const json_t *c = json_array_get(columns, i);
        if (!column(a, d, name, json_string_value(json_array_get(c, 0)), json_string_value(json_array_get(c, 1)),
                    json_string_value(json_array_get(c, 2)), json_string_value(json_array_get(c, 3)), &out[i], e)) {
            return false;
        }
        out[i].not_null = json_is_true(json_array_get(c, 4));
        out[i].auto_increment = json_is_true(json_array_get(c, 5));
    }
    for (size_t i = 0; i < nkeys; i++) {
        const json_t *in_key = json_array_get(keys, i);
        size_t parts = json_array_size(in_key) - 1;
        k[i] = (struct sql_table_key){.primary = json_is_true(json_array_get(in_key, 0)), .n = parts};
        k[i].columns = arena_array(a, const char *, parts + 1);
        for (size_t j = 0; j < parts; j++) {
            k[i].columns[j] = json_string_value(json_array_get(in_key, j + 1));
        }
    }
    *t = (struct sql_table){
        .schema = schema, .name = name, .target_name = name, .columns = out, .ncolumns = n, .keys = k, .nkeys = nkeys};
    return true;
}

static bool read_routine(struct arena *a, const char *text, enum dialect d, const char *schema, struct sql_routine *r,
                         struct sql_object *object, struct err *e) {
    struct sql_program_options options = {0};
    if (!sql_program_parse(a, &options, text, strlen(text), object, e)) {
        return false;
    }
    const struct sql_object o = *object;
    struct sql_column *params = arena_array(a, struct sql_column, o.nparams + 1),
                      *returns = arena_new(a, struct sql_column);
    enum sql_param_mode *modes = arena_array(a, enum sql_param_mode, o.nparams + 1);
    for (size_t i = 0; i < o.nparams; i++) {
        modes[i] = o.params[i].mode;
        if (!column(a, d, "", o.params[i].name, o.params[i].type.text, "utf8mb4", NULL, &params[i], e)) {
            return false;
        }
    }
    if (o.kind == SQL_OBJECT_FUNCTION && !column(a, d, "", "", o.returns.text, "utf8mb4", NULL, returns, e)) {
        return false;
    }
    *r = (struct sql_routine){.schema = schema,
                              .name = o.name.name,
                              .target_name = o.name.name,
                              .function = o.kind == SQL_OBJECT_FUNCTION,
                              .returns = returns,
                              .modes = modes,
                              .params = params,
                              .nparams = o.nparams};
    return true;
}

/* Who calls a procedure has to know how many result sets it has. */
static void count_result_sets(struct arena *a, enum dialect d, struct sql_catalog *k, struct sql_routine *r,
                              const struct sql_object *objects) {
    struct sql_translate_options options = {.dialect = d, .catalog = k};
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < k->nroutines; i++) {
            struct sql_translation t;
            struct err e = ERR_INIT;
            if (!r[i].function && sql_translate(a, &options, &objects[i], &t, &e) &&
                t.result_sets != r[i].result_sets) {
                r[i].result_sets = t.result_sets;
                again = true;
            }
            err_clear(&e);
        }
    }
}

static bool read_catalog(struct arena *a, const json_t *in, enum dialect d, struct sql_catalog *k, struct err *e) {
    const json_t *tables = json_object_get(in, "tables"), *routines = json_object_get(in, "routines");
    struct sql_table *t = arena_array(a, struct sql_table, json_array_size(tables) + 1);
    struct sql_routine *r = arena_array(a, struct sql_routine, json_array_size(routines) + 1);
    struct sql_object *objects = arena_array(a, struct sql_object, json_array_size(routines) + 1);
    k->schema = json_string_value(json_object_get(in, "schema"));
    for (size_t i = 0; i < json_array_size(tables); i++) {
        if (!read_table(a, json_array_get(tables, i), d, k->schema, &t[i], e)) {
            return false;
        }
    }
    for (size_t i = 0; i < json_array_size(routines); i++) {
        const char *text = json_string_value(json_array_get(routines, i));
        if (text != NULL && read_routine(a, text, d, k->schema, &r[k->nroutines], &objects[k->nroutines], e)) {
            k->nroutines++;
        }
    }
    k->tables = t;
    k->ntables = json_array_size(tables);
    k->routines = r;
    count_result_sets(a, d, k, r, objects);
    return true;
}

static json_t *ddl(struct arena *a, const struct sql_catalog *k) {
    json_t *list = json_array();
    for (size_t i = 0; i < k->ntables; i++) {
        const struct sql_table *t = &k->tables[i];
        struct sb b = {.a = a};
        for (size_t c = 0; c < t->ncolumns; c++) {
            const struct mytype *from = t->columns[c].from;
            struct sb labels = {.a = a};
            for (size_t j = 0; t->columns[c].to->enum_type && j < from->nlabels; j++) {
                sb_printf(&labels, "%s%s", j == 0 ? "" : ", ", str_literal_pg(a, from->labels[j]));
            }
            if (labels.len > 0) {
                json_array_append_new(
                    list, json_sprintf("CREATE TYPE %s AS ENUM (%s)", t->columns[c].to->ddl, sb_text(&labels)));
            }
        }
        sb_printf(&b, "CREATE TABLE %s (", str_quote_pg(a, t->target_name));
        for (size_t c = 0; c < t->ncolumns; c++) {
            sb_printf(&b, "%s%s %s%s%s", c == 0 ? "" : ", ", str_quote_pg(a, t->columns[c].target_name),
                      t->columns[c].to->ddl, t->columns[c].auto_increment ? " GENERATED BY DEFAULT AS IDENTITY" : "",
                      t->columns[c].not_null ? " NOT NULL" : "");
        }
        for (size_t j = 0; j < t->nkeys; j++) {
            for (size_t c = 0; c < t->keys[j].n; c++) {
                sb_printf(&b, "%s%s",
                          c > 0                ? ", "
                          : t->keys[j].primary ? ", PRIMARY KEY ("
                                               : ", UNIQUE (",
                          str_quote_pg(a, t->keys[j].columns[c]));
            }
            sb_puts(&b, ")");
        }
        sb_puts(&b, ")");
        json_array_append_new(list, json_string(sb_text(&b)));
    }
    return json_pack("{s:o}", "ddl", list);
}

static json_t *strings(const char **list, size_t n) {
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(out, json_string(list[i]));
    }
    return out;
}

static json_t *translate(struct arena *a, const json_t *in, enum dialect d, const json_t *catalog, struct err *e) {
    const char *text = json_string_value(json_object_get(in, "sql"));
    struct sql_catalog k = {0};
    struct sql_object o;
    struct sql_translation t;
    struct sql_program_options parse = {.mariadb = json_is_true(json_object_get(in, "mariadb"))};
    if (text == NULL || !read_catalog(a, catalog, d, &k, e) ||
        !sql_program_parse(a, &parse, text, strlen(text), &o, e)) {
        return NULL;
    }
    json_t *out = json_object();
    if (json_is_true(json_object_get(in, "mysql"))) {
        json_object_set_new(out, "mysql", json_string(sql_print_mysql(a, &o)));
        return out;
    }
    struct sql_translate_options options = {.dialect = d, .catalog = &k, .mariadb = parse.mariadb};
    if (!sql_translate(a, &options, &o, &t, e)) {
        json_decref(out);
        return NULL;
    }
    json_object_set_new(out, "statements", strings(t.statements, t.n));
    json_object_set_new(out, "drops", strings(t.drops, t.ndrops));
    json_object_set_new(out, "compat", strings(t.compat, t.ncompat));
    json_t *notes = json_array();
    for (size_t i = 0; i < t.nnotes; i++) {
        json_array_append_new(notes, json_sprintf("line %zu: %s", t.notes[i].place.line, t.notes[i].text));
    }
    json_object_set_new(out, "notes", notes);
    static const char *const kinds[] = {"table", "function", "procedure"};
    json_t *uses = json_array();
    for (size_t i = 0; i < t.nuses; i++) {
        json_array_append_new(uses, json_sprintf("%s %s", kinds[t.uses[i].kind], t.uses[i].name));
    }
    json_object_set_new(out, "uses", uses);
    json_object_set_new(out, "results", json_integer((json_int_t)t.result_sets));
    return out;
}

static json_t *compat(struct arena *a, const json_t *in) {
    json_t *list = json_array();
    if (json_is_null(in)) {
        for (size_t i = 0; i < sql_compat_count(); i++) {
            json_array_append_new(list, json_string(sql_compat_name(i)));
        }
        return json_pack("{s:o}", "names", list);
    }
    const char **statements = sql_compat_statements(a, json_string_value(in));
    for (size_t i = 0; statements != NULL && statements[i] != NULL; i++) {
        json_array_append_new(list, json_string(statements[i]));
    }
    return json_pack("{s:o}", "statements", list);
}

int main(void) {
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    json_t *catalog = json_object();
    while ((len = getline(&line, &cap, stdin)) > 0) {
        struct arena a = ARENA_INIT;
        struct err e = ERR_INIT;
        json_error_t je;
        json_t *in = json_loadb(line, (size_t)len, 0, &je), *out = NULL;
        enum dialect d = DIALECT_PG;
        (void)dialect_of(json_string_value(json_object_get(in, "dialect")), &d);
        if (in == NULL) {
            err_set(&e, ERR_USAGE, "%s", je.text);
        } else if (json_object_get(in, "catalog") != NULL) {
            struct sql_catalog k = {0};
            json_decref(catalog);
            catalog = json_incref(json_object_get(in, "catalog"));
            out = read_catalog(&a, catalog, d, &k, &e) ? ddl(&a, &k) : NULL;
        } else if (json_object_get(in, "page") != NULL) {
            out = json_pack("{s:s}", "text", sql_support_page(&a));
        } else if (json_object_get(in, "entries") != NULL) {
            json_t *list = json_array();
            for (size_t i = 0; sql_support_entry(&a, i) != NULL; i++) {
                json_array_append_new(list, json_string(sql_support_entry(&a, i)));
            }
            out = json_pack("{s:o}", "statements", list);
        } else if (json_object_get(in, "compat") != NULL) {
            out = compat(&a, json_object_get(in, "compat"));
        } else {
            out = translate(&a, in, d, catalog, &e);
        }
        if (out == NULL) {
            char code[8];
            out = json_pack("{s:s, s:s}", "error", e.message, "code", err_code_text(e.code, code));
        }
        json_dumpf(out, stdout, JSON_COMPACT);
        putchar('\n');
        fflush(stdout);
        json_decref(out);
        json_decref(in);
        arena_clear(&a);
    }
    json_decref(catalog);
    free(line);
    return 0;
}
