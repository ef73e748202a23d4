/* Variables of programs for openGauss B: their names, and what is put into them. */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "sql/gauss.h"

/* In lower case, so that the other spellings that MySQL allows are the same name. */
const char *gauss_name(struct pg *c, const char *name) {
    char *lower = arena_strdup(c->a, pgq_cut(c, name));
    for (char *p = lower; *p != '\0'; p++) {
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
    }
    return str_quote_pg(c->a, lower);
}

static bool is_variable(const struct pg_block *b, const char *name) {
    for (; b != NULL; b = b->outer) {
        for (size_t i = 0; i < b->nvariables; i++) {
            if (str_ieq(b->variables[i].name, name)) {
                return true;
            }
        }
    }
    return false;
}

static bool needs_other_name(const struct pg *c, const char *name) {
    /* PL/pgSQL has variables of its own, which hide parameters. */
    /* Variables of the server's own, and words of GET DIAGNOSTICS, which looks for a variable first. */
    static const char *const taken[] = {
        "found",           "sqlstate",           "sqlcode",           "sqlerrm",         "row_count",
        "number",          "returned_sqlstate",  "message_text",      "mysql_errno",     "class_origin",
        "subclass_origin", "constraint_catalog", "constraint_schema", "constraint_name", "catalog_name",
        "schema_name",     "table_name",         "column_name",       "cursor_name"};
    const struct gauss *g = c->q->program->gauss;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        if (str_ieq(taken[i], name)) {
            return true;
        }
    }
    for (size_t i = 0; i < g->nclashing; i++) {
        if (str_ieq(g->clashing[i], name)) {
            return true;
        }
    }
    return false;
}

void gauss_add_variable(struct pg *c, struct pg_block *b, const char *name, const struct sql_column *col) {
    const char *text = needs_other_name(c, name) ? arena_printf(c->a, "godwit_v_%s", name) : name;
    /* A NOT FOUND handler's statements are printed where they are run, and mean the outer variable there. */
    if (b->outer != NULL && is_variable(b->outer, name) && prog_not_found_handler(c) != NULL) {
        text = arena_printf(c->a, "godwit_%u_%s", ++c->q->program->gauss->numbers, name);
    }
    prog_add_variable(c, b, name, col, NULL);
    b->variables[b->nvariables - 1].text = gauss_name(c, text);
}

void gauss_clash(struct pg *c, const char *name) {
    struct gauss *g = c->q->program->gauss;
    if (!needs_other_name(c, name)) {
        g->clashing = arena_grow(c->a, g->clashing, g->nclashing, &g->clashing_cap, sizeof *g->clashing);
        g->clashing[g->nclashing++] = name;
    }
}

const char *gauss_made(struct pg *c, const char *name, const char *type) {
    struct gauss *g = c->q->program->gauss;
    for (size_t i = 0; i < g->nmade; i++) {
        if (str_eq(g->made[i].name, name)) {
            return str_quote_pg(c->a, name);
        }
    }
    g->made = arena_grow(c->a, g->made, g->nmade, &g->made_cap, sizeof *g->made);
    g->made[g->nmade++] = (struct gauss_made){.name = name, .type = type};
    return str_quote_pg(c->a, name);
}

const char *gauss_value(struct pg *c, const struct sql_node *n) {
    return pg_plain(c, pgq_expr(c, n)).text;
}

static bool has_scale(const struct sql_column *col) {
    bool kind = col->to->kind == TK_NUMERIC || col->to->kind == TK_TIMESTAMP || col->to->kind == TK_TIME;
    return kind && strchr(col->to->ddl, '(') != NULL;
}

static const struct pg_variable *find(const struct pg *c, const char *name, bool *parameter) {
    for (const struct pg_block *b = c->q->program->block; b != NULL; b = b->outer) {
        for (size_t i = 0; i < b->nvariables; i++) {
            if (str_ieq(b->variables[i].name, name)) {
                *parameter = b->stmt == NULL;
                return &b->variables[i];
            }
        }
    }
    return NULL;
}

bool gauss_target(struct pg *c, const struct sql_node *n, const char **text, const struct sql_column **col,
                  bool *rounds) {
    bool parameter;
    struct val v;
    *rounds = false;
    if (n->kind != SN_COLUMN || n->schema != NULL || !pgq_variable(c, n, &v)) {
        return false;
    }
    if (n->qualifier == NULL) {
        const struct pg_variable *k = find(c, n->name, &parameter);
        *text = k->text;
        *col = k->column;
        *rounds = parameter && has_scale(k->column);
        return true;
    }
    const struct sql_table *t = c->q->program->trigger_table;
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (str_ieq(t->columns[i].name, n->name)) {
            *col = &t->columns[i];
            *text = pg_fmt(c, "%s.%s", str_ieq(n->qualifier, "old") ? "OLD" : "NEW",
                           str_quote_pg(c->a, t->columns[i].target_name));
        }
    }
    return true;
}

const char *gauss_rounded(struct pg *c, const struct sql_node *n, const struct sql_column *col) {
    struct val v = pg_plain(c, pgq_expr(c, n));
    const struct pg_variable *k;
    bool parameter;
    if (!has_scale(col) || n->kind == SN_NULL) {
        return v.text;
    }
    if (n->kind == SN_COLUMN && n->qualifier == NULL && (k = find(c, n->name, &parameter)) != NULL && !parameter &&
        str_eq(k->column->to->ddl, col->to->ddl)) {
        return v.text;
    }
    return pg_fmt(c, "%s::%s", pg_p(c, v), col->to->ddl);
}

const char *gauss_list(struct pg *c, struct sql_node **args, size_t n) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < n && c->why == NULL; i++) {
        const char *text = args[i]->kind == SN_VARIABLE ? args[i]->text : NULL;
        const struct sql_column *col;
        bool rounds;
        if (text == NULL && !gauss_target(c, args[i], &text, &col, &rounds)) {
            text = gauss_value(c, args[i]);
        }
        sb_printf(&b, "%s%s", i == 0 ? "" : ", ", text);
    }
    return sb_text(&b);
}

void gauss_user_variables(struct pg *c, const struct sql_stmt *s) {
    pgq_note(c, s->start, "user variables want enable_set_variable_b_format = on in the session");
}
