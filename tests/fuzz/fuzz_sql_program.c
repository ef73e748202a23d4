/* Programs and queries of a foreign catalog: parsed, printed back as MySQL, translated for each dialect. The first byte chooses. What was
 * printed as MySQL has to be understood again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/print.h"
#include "sql/translate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void translate(struct arena *a, enum dialect d, const struct sql_object *o) {
    static const struct {
        const char *name, *type;
    } defs[] = {{"id", "int"}, {"a", "bigint unsigned"}, {"s", "varchar(20)"},
                {"d", "date"}, {"t", "datetime"},        {"p", "decimal(10,2)"},
                {"j", "json"}, {"e", "enum('x','y')"},   {"f", "double"},
                {"b", "blob"}};
    enum { N = sizeof defs / sizeof defs[0] };
    struct sql_column columns[N];
    struct mytype from[N];
    struct target_type to[N];
    struct typemap_options types = {.dialect = d};
    struct err e = ERR_INIT;
    for (size_t i = 0; i < N; i++) {
        if (!mytype_parse(a, defs[i].type, &from[i])) {
            abort();
        }
        if (from[i].kind == MYT_VARCHAR || from[i].kind == MYT_ENUM) {
            from[i].charset = "utf8mb4";
            from[i].collation = "utf8mb4_0900_ai_ci";
        }
        if (!typemap_resolve(a, &types, "t", defs[i].name, &from[i], &to[i], &e)) {
            abort();
        }
        columns[i] = (struct sql_column){.name = defs[i].name,
                                         .target_name = defs[i].name,
                                         .from = &from[i],
                                         .to = &to[i],
                                         .not_null = i == 0,
                                         .auto_increment = i == 0};
    }
    const char *key[] = {"id"};
    struct sql_table_key keys[] = {{.columns = key, .n = 1, .primary = true}};
    struct sql_table tables[] = {
        {.schema = "x", .name = "t", .target_name = "t", .columns = columns, .ncolumns = N, .keys = keys, .nkeys = 1},
        {.schema = "x", .name = "u", .target_name = "u", .columns = columns, .ncolumns = N}};
    enum sql_param_mode modes[] = {SQL_PARAM_IN, SQL_PARAM_OUT};
    struct sql_routine routines[] = {
        {.schema = "x",
         .name = "fn",
         .target_name = "fn",
         .function = true,
         .returns = &columns[0],
         .modes = modes,
         .params = columns,
         .nparams = 1},
        {.schema = "x", .name = "pr", .target_name = "pr", .modes = modes, .params = columns, .nparams = 2}};
    struct sql_catalog k = {.schema = "x", .tables = tables, .ntables = 2, .routines = routines, .nroutines = 2};
    struct sql_translate_options options = {.dialect = d, .catalog = &k};
    struct sql_translation out;
    err_clear(&e);
    if (!sql_translate(a, &options, o, &out, &e)) {
        if (e.message[0] == '\0') {
            abort();
        }
    } else if (out.n == 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > 4096) {
        return 0;
    }
    struct arena a = ARENA_INIT;
    struct sql_object o;
    struct sql_program_options options = {.lex_flags = data[0] & 3, .pipes_as_concat = (data[0] & 4) != 0};
    struct err e = ERR_INIT;
    /* Of its own, so that a read past the end is seen. */
    char *text = malloc(size);
    if (text == NULL) {
        abort();
    }
    memcpy(text, data + 1, size - 1);
    if (!sql_program_parse(&a, &options, text, size - 1, &o, &e)) {
        if (e.message[0] == '\0') {
            abort();
        }
    } else {
        const char *printed = sql_print_mysql(&a, &o);
        struct sql_object again;
        struct sql_program_options plain = {0};
        /* A statement that is kept as it was written may be in another sql_mode. */
        if (printed != NULL && data[0] % 8 == 0 &&
            !sql_program_parse(&a, &plain, printed, strlen(printed), &again, &e) &&
            strstr(e.message, "nested") == NULL && strlen(printed) < 65536) {
            fprintf(stderr, "%s\n%s\n", printed, e.message);
            abort();
        }
        translate(&a, (enum dialect)(data[0] >> 4 & 3), &o);
    }
    free(text);
    arena_clear(&a);
    return 0;
}
