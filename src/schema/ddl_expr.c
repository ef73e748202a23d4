/* Expressions of a table, handed to the translator with what it must know about the table's columns. */
#include "schema/ddl_internal.h"

static struct sql_column describe(const struct column *c) {
    return (struct sql_column){.name = c->name, .target_name = c->target_name, .from = &c->type, .to = &c->target};
}

bool ddl_expr(struct arena *a, enum dialect dialect, const struct table *t, const char *mysql_expr, struct expr_use use,
              char **out, char **why) {
    struct sql_column *columns = arena_array(a, struct sql_column, t->ncolumns + 1), receiver;
    size_t n = 0;
    for (size_t i = 0; i < t->ncolumns && !use.no_columns; i++) {
        const struct column *c = &t->columns[i];
        if (!use.without_generated || c->generated == GENERATED_NO || c->loaded) {
            columns[n++] = describe(c);
        }
    }
    struct sql_expr_options o = {.dialect = dialect,
                                 .columns = columns,
                                 .ncolumns = n,
                                 .want_boolean = use.want_boolean,
                                 .must_be_immutable = use.must_be_immutable,
                                 .mariadb = use.mariadb};
    if (use.assigned_to != NULL) {
        receiver = describe(use.assigned_to);
        o.assigned_to = &receiver;
    }
    *why = NULL;
    if (sql_expr_translate(a, &o, mysql_expr, out, why)) {
        return true;
    }
    if (*why == NULL) {
        *why = arena_strdup(a, "the expression cannot be translated");
    }
    return false;
}

bool ddl_generated_expr(struct arena *a, const struct ddl_options *o, bool mariadb, const struct table *t,
                        const struct column *c, char **out, char **why) {
    enum dialect dialect = o->types.dialect;
    if (c->generation_expr == NULL) {
        *why = arena_strdup(a, "the source does not tell its expression");
        return false;
    }
    if (dialect == DIALECT_PG && o->server_version != 0 && o->server_version < 120000) {
        *why = arena_strdup(a, "PostgreSQL has generated columns since version 12");
        return false;
    }
    struct expr_use use = {.mariadb = mariadb, .must_be_immutable = true, .without_generated = true, .assigned_to = c};
    if (ddl_expr(a, dialect, t, c->generation_expr, use, out, why)) {
        return true;
    }
    char *ignored, *also_ignored;
    use.without_generated = false;
    if (ddl_expr(a, dialect, t, c->generation_expr, use, &ignored, &also_ignored)) {
        *why = arena_strdup(a, "it is computed from another generated column, which the target does not allow");
    }
    return false;
}
