#include "sql/support.h"

#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"
#include "sql/print.h"
#include "sql/translate.h"

struct entry {
    const char *group, *name, *text;
    bool function, measured; /* on openGauss B */
};

static const struct entry entries[] = {
#define F(name, text) {"Functions and operators", name, text, true, false},
#define S(group, name, measured, text) {group, name, text, false, measured},
#include "sql/support.def"
#undef F
#undef S
};

static const struct {
    const char *name, *type;
} columns[] = {{"id", "int unsigned"}, {"n", "int"},       {"s", "varchar(20)"}, {"s2", "varchar(20)"},
               {"d", "date"},          {"dt", "datetime"}, {"tm", "time"},       {"p", "decimal(10,2)"},
               {"f", "double"},        {"j", "json"},      {"b", "blob"}};

enum { COLUMNS = sizeof columns / sizeof columns[0], ENTRIES = sizeof entries / sizeof entries[0] };

static const struct sql_column *make_columns(struct arena *a, enum dialect d) {
    struct sql_column *out = arena_array(a, struct sql_column, COLUMNS);
    struct mytype *from = arena_array(a, struct mytype, COLUMNS);
    struct target_type *to = arena_array(a, struct target_type, COLUMNS);
    struct typemap_options o = {.dialect = d};
    struct err e = ERR_INIT;
    for (size_t i = 0; i < COLUMNS; i++) {
        if (mytype_parse(a, columns[i].type, &from[i])) {
            from[i].charset = from[i].kind == MYT_VARCHAR ? "utf8mb4" : NULL;
            from[i].collation = from[i].kind == MYT_VARCHAR ? "utf8mb4_0900_ai_ci" : NULL;
            (void)!typemap_resolve(a, &o, "t", columns[i].name, &from[i], &to[i], &e);
        }
        out[i] = (struct sql_column){.name = columns[i].name,
                                     .target_name = columns[i].name,
                                     .from = &from[i],
                                     .to = &to[i],
                                     .not_null = i == 0};
    }
    return out;
}

static const char *statement_of(struct arena *a, const struct entry *e) {
    if (!e->function) {
        return e->text;
    }
    return arena_printf(a, "SELECT %s FROM t%s", e->text, str_eq(e->name, "GROUPING") ? " GROUP BY s WITH ROLLUP" : "");
}

const char *sql_support_entry(struct arena *a, size_t i) {
    return i < ENTRIES ? statement_of(a, &entries[i]) : NULL;
}

/* Why it is not carried; NULL: it is. */
static const char *refusal(struct arena *a, enum dialect d, const struct entry *entry) {
    static const char *key[] = {"id"};
    static const enum sql_param_mode modes[] = {SQL_PARAM_IN, SQL_PARAM_OUT};
    static const struct sql_table_key keys[] = {{.columns = key, .n = 1, .primary = true}};
    const struct sql_column *cols = make_columns(a, d);
    struct sql_table tables[] = {{.schema = "x",
                                  .name = "t",
                                  .target_name = "t",
                                  .columns = cols,
                                  .ncolumns = COLUMNS,
                                  .keys = keys,
                                  .nkeys = 1},
                                 {.schema = "x",
                                  .name = "u",
                                  .target_name = "u",
                                  .columns = cols,
                                  .ncolumns = COLUMNS,
                                  .keys = keys,
                                  .nkeys = 1}};
    struct sql_routine routines[] = {{.schema = "x",
                                      .name = "fn",
                                      .target_name = "fn",
                                      .function = true,
                                      .returns = &cols[1],
                                      .modes = modes,
                                      .params = &cols[1],
                                      .nparams = 1},
                                     {.schema = "x",
                                      .name = "pr",
                                      .target_name = "pr",
                                      .modes = modes,
                                      .params = (const struct sql_column[]){cols[1], cols[1]},
                                      .nparams = 2}};
    struct sql_catalog catalog = {.schema = "x", .tables = tables, .ntables = 2, .routines = routines, .nroutines = 2};
    struct sql_translate_options o = {.dialect = d, .catalog = &catalog};
    struct sql_program_options parse = {0};
    struct sql_object object;
    struct sql_translation t;
    struct err e = ERR_INIT;
    const char *text = statement_of(a, entry);
    if (sql_program_parse(a, &parse, text, strlen(text), &object, &e) && sql_translate(a, &o, &object, &t, &e)) {
        return NULL;
    }
    const char *reason = strstr(e.message, ": ");
    return arena_strdup(a, reason == NULL ? e.message : reason + 2);
}

static void put_cell(struct sb *b, const char *text) {
    for (const char *p = text; *p != '\0'; p++) {
        sb_puts(b, *p == '|' ? "\\" : "");
        sb_put(b, p, 1);
    }
}

const char *sql_support_page(struct arena *a) {
    static const enum dialect dialects[] = {DIALECT_PG, DIALECT_OG_B, DIALECT_OG_PG};
    struct sb rows = {.a = a}, b = {.a = a};
    size_t counts[3][3] = {{0}};
    const char *group = "";
    for (size_t i = 0; i < ENTRIES; i++) {
        const struct entry *e = &entries[i];
        const char *why[3];
        if (!str_eq(group, e->group)) {
            group = e->group;
            sb_printf(&rows,
                      "\n## %s\n\n| | PostgreSQL | openGauss B | openGauss PG, A | why not |\n|---|---|---|---|---|\n",
                      group);
        }
        sb_puts(&rows, "| ");
        put_cell(&rows, e->name);
        for (int k = 0; k < 3; k++) {
            why[k] = refusal(a, dialects[k], e);
            bool run = dialects[k] == DIALECT_PG ||
                       (dialects[k] == DIALECT_OG_B && (e->function ? og_b_measured(e->name) : e->measured));
            int kind = why[k] != NULL ? 2 : run ? 0 : 1;
            counts[k][kind]++;
            sb_puts(&rows, kind == 0 ? " | yes" : kind == 1 ? " | untested" : " | reported");
        }
        const char *reason = why[0] != NULL ? why[0] : why[1] != NULL ? why[1] : why[2] != NULL ? why[2] : "";
        sb_puts(&rows, " | ");
        put_cell(&rows, reason);
        sb_puts(&rows, " |\n");
    }
    sb_puts(
        &b,
        "# SQL of views and programs\n\n"
        "Made from src/sql/support.def: every line is translated for each kind of target.\n\n"
        "- **yes**: translated, and run on such a server (PostgreSQL: the cases of tests/sql; openGauss B: measured).\n"
        "- **untested**: translated after the sources of the server and its plugin, but not run on such a server so "
        "far.\n"
        "- **reported**: not carried; the error says where and why, and the object can be translated by hand.\n\n"
        "What has no form of its own in PostgreSQL becomes a function of the schema `godwit_compat`; only those in use "
        "are made.\n\n"
        "| | yes | untested | reported |\n|---|---|---|---|\n");
    static const char *const names[] = {"PostgreSQL", "openGauss B", "openGauss PG, A"};
    for (int k = 0; k < 3; k++) {
        sb_printf(&b, "| %s | %zu | %zu | %zu |\n", names[k], counts[k][0], counts[k][1], counts[k][2]);
    }
    sb_puts(&b, sb_text(&rows));
    return sb_text(&b);
}
