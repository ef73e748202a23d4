/* Expressions of a foreign catalog: lexer, parser and the printers of all dialects, with columns of every class.
 * The first two bytes choose dialect and options. Whatever is printed must be free of NUL bytes and valid UTF-8. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/expr.h"

static const struct {
    const char *name, *type, *charset, *collation;
} specs[] = {
    {"a", "int", NULL, NULL},
    {"u", "bigint unsigned", NULL, NULL},
    {"de", "decimal(10,2)", NULL, NULL},
    {"f", "double", NULL, NULL},
    {"r", "float", NULL, NULL},
    {"s", "varchar(40)", "utf8mb4", "utf8mb4_bin"},
    {"c", "char(10)", "latin1", "latin1_swedish_ci"},
    {"d", "date", NULL, NULL},
    {"dt", "datetime(3)", NULL, NULL},
    {"ts", "timestamp", NULL, NULL},
    {"tm", "time", NULL, NULL},
    {"y", "year", NULL, NULL},
    {"e", "enum('a','it''s')", "utf8mb4", "utf8mb4_general_ci"},
    {"j", "json", NULL, NULL},
    {"vb", "varbinary(8)", NULL, NULL},
    {"bt", "bit(8)", NULL, NULL},
};
enum { NCOLUMNS = sizeof specs / sizeof specs[0] };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2 || size > 4096) {
        return 0;
    }
    struct arena a = ARENA_INIT;
    struct typemap_options types = {.dialect = (enum dialect)(data[0] & 3), .time_as_interval = (data[0] & 4) != 0};
    struct sql_column columns[NCOLUMNS];
    struct mytype from[NCOLUMNS];
    struct target_type to[NCOLUMNS];
    for (size_t i = 0; i < NCOLUMNS; i++) {
        struct err e = ERR_INIT;
        from[i] = (struct mytype){0};
        if (!mytype_parse(&a, specs[i].type, &from[i])) {
            abort();
        }
        from[i].charset = specs[i].charset;
        from[i].collation = specs[i].collation;
        if (!typemap_resolve(&a, &types, "t", specs[i].name, &from[i], &to[i], &e)) {
            abort();
        }
        columns[i] =
            (struct sql_column){.name = specs[i].name, .target_name = specs[i].name, .from = &from[i], .to = &to[i]};
    }
    struct sql_expr_options o = {.dialect = types.dialect,
                                 .columns = columns,
                                 .ncolumns = NCOLUMNS,
                                 .want_boolean = (data[0] & 8) != 0,
                                 .must_be_immutable = (data[0] & 16) != 0,
                                 .mariadb = (data[0] & 32) != 0};
    o.assigned_to = data[1] < NCOLUMNS ? &columns[data[1]] : NULL;
    char *text = arena_strndup(&a, (const char *)data + 2, size - 2), *out = NULL, *why = NULL;
    bool ok = sql_expr_translate(&a, &o, text, &out, &why);
    if (ok ? out == NULL || !str_utf8_valid(out, strlen(out)) : why == NULL || why[0] == '\0') {
        abort();
    }
    arena_clear(&a);
    return 0;
}
