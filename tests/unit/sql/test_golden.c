/* tests/golden/expr/<topic>.txt: MySQL expressions and what each dialect gets.
 *
 *   # comment
 *   column NAME TYPE [| CHARSET COLLATION]     columns of the cases that follow
 *   expr TEXT                                  as the catalog prints it; a line end inside is written as U+2424
 *   flags [boolean] [immutable] [mariadb] [assign=COLUMN]
 *   pg TEXT, og_b TEXT, og_pg TEXT, og_a TEXT  "! reason": refused. og_pg is left out when it is as pg, og_a as og_pg.
 *
 * Usage: test_golden FILE..; with GODWIT_UPDATE_GOLDEN=1 the files are written instead: read the diff before committing. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/expr.h"

enum { MAX_COLUMNS = 64, MAX_FILE = 1 << 20 };

static const char *const dialects[] = {"pg", "og_b", "og_pg", "og_a"};
static const enum dialect dialect_of[] = {DIALECT_PG, DIALECT_OG_B, DIALECT_OG_PG, DIALECT_OG_A};

struct golden {
    struct arena arena;
    const char *names[MAX_COLUMNS], *types[MAX_COLUMNS], *charsets[MAX_COLUMNS], *collations[MAX_COLUMNS];
    size_t ncolumns;
    char *expr, *flags;
    char *expected[4];
    size_t line;
};

static char *replace(struct arena *a, const char *s, const char *from, const char *to) {
    char *out = arena_strdup(a, "");
    for (const char *p; (p = strstr(s, from)) != NULL; s = p + strlen(from)) {
        out = arena_printf(a, "%s%.*s%s", out, (int)(p - s), s, to);
    }
    return arena_printf(a, "%s%s", out, s);
}

static bool flag(const struct golden *g, const char *word) {
    return g->flags != NULL && strstr(g->flags, word) != NULL;
}

/* Translate the case for one dialect: text or "! reason". */
static char *translate(struct golden *g, int d) {
    struct arena *a = &g->arena;
    struct sql_column columns[MAX_COLUMNS];
    struct mytype *from = arena_array(a, struct mytype, MAX_COLUMNS);
    struct target_type *to = arena_array(a, struct target_type, MAX_COLUMNS);
    struct typemap_options types = {.dialect = dialect_of[d]};
    struct sql_expr_options o = {.dialect = dialect_of[d],
                                 .columns = columns,
                                 .ncolumns = g->ncolumns,
                                 .want_boolean = flag(g, "boolean"),
                                 .must_be_immutable = flag(g, "immutable"),
                                 .mariadb = flag(g, "mariadb")};
    const char *assign = g->flags == NULL ? NULL : strstr(g->flags, "assign=");
    for (size_t i = 0; i < g->ncolumns; i++) {
        struct err e = ERR_INIT;
        bool ok = mytype_parse(a, g->types[i], &from[i]);
        from[i].charset = g->charsets[i];
        from[i].collation = g->collations[i];
        if (!ok || !typemap_resolve(a, &types, "t", g->names[i], &from[i], &to[i], &e)) {
            fprintf(stderr, "column %s: type %s is not understood\n", g->names[i], g->types[i]);
            exit(2);
        }
        columns[i] =
            (struct sql_column){.name = g->names[i], .target_name = g->names[i], .from = &from[i], .to = &to[i]};
        o.assigned_to = assign != NULL && str_eq(assign + 7, g->names[i]) ? &columns[i] : o.assigned_to;
    }
    char *text, *why;
    if (sql_expr_translate(a, &o, replace(a, g->expr, "\xe2\x90\xa4", "\n"), &text, &why)) {
        return replace(a, text, "\n", "\xe2\x90\xa4");
    }
    return arena_printf(a, "! %s", replace(a, why, "\n", "\xe2\x90\xa4"));
}

/* Compare a finished case, or write it to out. Returns the number of differences. */
static int finish(struct golden *g, const char *file, FILE *out) {
    if (g->expr == NULL) {
        return 0;
    }
    int wrong = 0;
    char *got[4];
    for (int d = 0; d < 4; d++) {
        got[d] = translate(g, d);
    }
    if (out != NULL) {
        fprintf(out, "expr %s\n", g->expr);
        if (g->flags != NULL) {
            fprintf(out, "flags %s\n", g->flags);
        }
        for (int d = 0; d < 4; d++) {
            if ((d == 2 && str_eq(got[2], got[0])) || (d == 3 && str_eq(got[3], got[2]))) {
                continue;
            }
            fprintf(out, "%s %s\n", dialects[d], got[d]);
        }
    } else {
        g->expected[2] = g->expected[2] == NULL ? g->expected[0] : g->expected[2];
        g->expected[3] = g->expected[3] == NULL ? g->expected[2] : g->expected[3];
        for (int d = 0; d < 4; d++) {
            if (!str_eq(got[d], g->expected[d])) {
                printf("%s:%zu: %s (%s)\n  expected %s\n  got      %s\n", file, g->line, g->expr, dialects[d],
                       g->expected[d] == NULL ? "nothing" : g->expected[d], got[d]);
                wrong++;
            }
        }
    }
    g->expr = g->flags = NULL;
    memset(g->expected, 0, sizeof g->expected);
    return wrong;
}

static void add_column(struct golden *g, char *text) {
    char *type = strchr(text, ' '), *bar;
    if (type == NULL || g->ncolumns == MAX_COLUMNS) {
        fprintf(stderr, "malformed column line: %s\n", text);
        exit(2);
    }
    *type++ = '\0';
    bar = strstr(type, " | ");
    char *collation = NULL;
    if (bar != NULL) {
        *bar = '\0';
        collation = strchr(bar + 3, ' ');
        if (collation != NULL) {
            *collation++ = '\0';
        }
        g->charsets[g->ncolumns] = bar + 3;
    }
    g->names[g->ncolumns] = text;
    g->types[g->ncolumns] = type;
    g->collations[g->ncolumns++] = collation;
}

static int run(const char *file, bool update, int *cases) {
    static char content[MAX_FILE];
    FILE *in = fopen(file, "r");
    size_t len = in == NULL ? 0 : fread(content, 1, sizeof content - 1, in);
    if (in == NULL || len == sizeof content - 1) {
        fprintf(stderr, "cannot read %s\n", file);
        exit(2);
    }
    fclose(in);
    content[len] = '\0';
    struct golden g = {.arena = ARENA_INIT};
    FILE *out = update ? fopen(file, "w") : NULL;
    int wrong = 0;
    size_t line = 0;
    char *rest = content, *l;
    while ((l = strsep(&rest, "\n")) != NULL) {
        char *copy = arena_strdup(&g.arena, l);
        line++;
        if (str_starts(l, "expr ")) {
            wrong += finish(&g, file, out);
            g.expr = copy + 5;
            g.line = line;
            (*cases)++;
            continue;
        }
        if (str_starts(l, "flags ") && g.expr != NULL) {
            g.flags = copy + 6;
            continue;
        }
        bool expected = false;
        for (int d = 0; d < 4; d++) {
            size_t n = strlen(dialects[d]);
            if (strncmp(l, dialects[d], n) == 0 && l[n] == ' ') {
                g.expected[d] = copy + n + 1;
                expected = true;
            }
        }
        if (expected) {
            continue;
        }
        wrong += finish(&g, file, out); /* a blank line, a comment or a column ends the case */
        if (str_starts(l, "column ")) {
            add_column(&g, copy + 7);
        } else if (l[0] != '\0' && l[0] != '#') {
            fprintf(stderr, "%s:%zu: not understood: %s\n", file, line, l);
            exit(2);
        }
        if (out != NULL && (rest != NULL || l[0] != '\0')) {
            fprintf(out, "%s\n", l);
        }
    }
    wrong += finish(&g, file, out);
    if (out != NULL) {
        fclose(out);
    }
    arena_clear(&g.arena);
    return wrong;
}

int main(int argc, char **argv) {
    const char *update = getenv("GODWIT_UPDATE_GOLDEN");
    int wrong = 0, cases = 0;
    for (int i = 1; i < argc; i++) {
        wrong += run(argv[i], str_eq(update, "1"), &cases);
    }
    printf("%d cases, %d differences\n", cases, wrong);
    return wrong > 0 || cases == 0 ? 1 : 0;
}
