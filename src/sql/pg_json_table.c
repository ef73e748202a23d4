/* JSON_TABLE as a query over jsonb_array_elements, for PostgreSQL: paths that end in [*] once, or take the document itself. */
#include <string.h>

#include "base/str.h"
#include "sql/pg_query.h"

/* A call over nodes that stand on this frame. */
static struct val called(struct pg *c, const char *name, const struct sql_node *document, const char *path) {
    struct sql_node text = {.kind = SN_STRING, .text = path, .len = strlen(path), .start = c->at};
    struct sql_node *args[2] = {(struct sql_node *)document, &text};
    struct sql_node call = {.kind = SN_CALL, .name = name, .args = args, .nargs = 2, .start = c->at};
    return pg_node(c, &call);
}

static const char *cast_name(const struct sql_type *t) {
    static const struct {
        const char *type, *name;
    } casts[] = {{"tinyint", "signed"},  {"smallint", "signed"}, {"mediumint", "signed"}, {"int", "signed"},
                 {"bigint", "signed"},   {"decimal", "decimal"}, {"double", "double"},    {"float", "double"},
                 {"varchar", "char"},    {"char", "char"},       {"text", "char"},        {"longtext", "char"},
                 {"mediumtext", "char"}, {"json", "json"},       {"date", "date"},        {"datetime", "datetime"}};
    for (size_t i = 0; i < sizeof casts / sizeof casts[0]; i++) {
        if (str_eq(casts[i].type, t->name)) {
            return casts[i].name;
        }
    }
    return NULL;
}

/* One column: element is the row's document. */
static struct val column(struct pg *c, const struct sql_json_column *k, const struct sql_node *element) {
    if (k->kind == SQL_JSON_ORDINALITY) {
        struct val v = pg_int("godwit.n", true, true);
        v.nonneg = true;
        return v;
    }
    if (k->kind == SQL_JSON_NESTED) {
        return pg_fail(c, "NESTED PATH in JSON_TABLE");
    }
    struct val v = called(c, "json_extract", element, k->path);
    if (k->kind == SQL_JSON_EXISTS) {
        return pg_int(pg_fmt(c, "(%s IS NOT NULL)::int", pg_p(c, v)), true, false);
    }
    const char *name = cast_name(&k->type);
    if (name == NULL) {
        return pg_fail(c, "a column of type %.40s in JSON_TABLE", k->type.name);
    }
    if (str_eq(name, "json")) {
        return v;
    }
    struct sql_cast_type type = {.name = name,
                                 .length = k->type.numbers > 0 ? (long)k->type.n[0] : -1,
                                 .scale = k->type.numbers > 1 ? (long)k->type.n[1] : -1};
    bool text = str_eq(name, "char") || str_eq(name, "date") || str_eq(name, "datetime");
    struct sql_node path = {.kind = SN_STRING, .text = k->path, .len = strlen(k->path), .start = c->at};
    struct sql_node *extract_args[2] = {(struct sql_node *)element, &path};
    struct sql_node extract = {
        .kind = SN_CALL, .name = "json_extract", .args = extract_args, .nargs = 2, .start = c->at};
    struct sql_node *inner = &extract;
    struct sql_node unquote = {.kind = SN_CALL, .name = "json_unquote", .args = &inner, .nargs = 1, .start = c->at};
    struct sql_node *value = text ? &unquote : &extract;
    struct sql_node cast = {.kind = SN_CAST, .type = &type, .args = &value, .nargs = 1, .start = c->at};
    v = pg_node(c, &cast);
    if (text && c->why == NULL) { /* JSON's null, arrays and objects are NULL here */
        struct val json = pg_node(c, &extract);
        v.text =
            pg_fmt(c, "CASE WHEN jsonb_typeof(%s) NOT IN ('null', 'array', 'object') THEN %s END", json.text, v.text);
        v.atom = true;
    }
    return v;
}

const char *pgq_json_table(struct pg *c, const struct sql_source *s) {
    struct pg_rel rel = {.name = s->alias, .text = s->alias == NULL ? NULL : str_quote_pg(c->a, pgq_cut(c, s->alias))};
    size_t n = strlen(s->json_path);
    bool all = n > 3 && str_eq(s->json_path + n - 3, "[*]");
    if (s->alias == NULL || c->o->dialect != DIALECT_PG) {
        pg_fail(c, s->alias == NULL ? "JSON_TABLE without a name" : "JSON_TABLE, not measured on openGauss");
        return NULL;
    }
    const char *path = all ? arena_strndup(c->a, s->json_path, n - 3) : s->json_path;
    struct val document = called(c, "json_extract", s->json, path);
    const char *rows =
        all ? pg_fmt(c, "jsonb_array_elements(CASE WHEN jsonb_typeof(%s) = 'array' THEN %s END) WITH ORDINALITY",
                     document.text, document.text)
            : pg_fmt(c, "(SELECT %s, 1::bigint WHERE %s IS NOT NULL)", document.text, pg_p(c, document));
    /* The columns see the row's document alone. */
    struct pg_scope scope = {.outer = NULL}, *outer = c->q->scope;
    struct pg_rel element = {.name = "godwit", .text = "godwit"};
    pgq_shape_add(c, &element.shape, "v", pg_val(TC_JSON, NULL, true));
    element.shape.cols[0].v.text = "godwit.v";
    struct sql_node node = {.kind = SN_COLUMN, .name = "v", .qualifier = "godwit", .start = c->at};
    struct sb list = {.a = c->a};
    c->q->scope = &scope;
    pgq_add_rel(c, element);
    for (size_t i = 0; i < s->njson_columns && c->why == NULL; i++) {
        const struct sql_json_column *k = &s->json_columns[i];
        struct val v = column(c, k, &node);
        sb_printf(&list, "%s%s AS %s", i == 0 ? "" : ", ", v.text, str_quote_pg(c->a, k->name == NULL ? "" : k->name));
        v.text = NULL;
        v.col = NULL;
        pgq_shape_add(c, &rel.shape, k->name, v);
    }
    c->q->scope = outer;
    pgq_add_rel(c, rel);
    return pg_fmt(c, "LATERAL (SELECT %s FROM %s AS godwit(v, n)) AS %s", sb_text(&list), rows, rel.text);
}
