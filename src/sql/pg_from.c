/* FROM for PostgreSQL and openGauss. Each relation is added to the current scope. */
#include <string.h>

#include "base/str.h"
#include "sql/pg_program.h"
#include "sql/pg_query.h"

static const char *aliased(struct pg *c, const char *text, const char *name, const char *alias) {
    return str_eq(name, alias) ? text : pg_fmt(c, "%s AS %s", text, str_quote_pg(c->a, pgq_cut(c, alias)));
}

static const char *table(struct pg *c, const struct sql_source *s) {
    const char *alias = s->alias != NULL ? s->alias : s->table.name;
    struct pg_rel rel = {.name = alias,
                         .schema = s->alias != NULL ? NULL : s->table.schema,
                         .text = str_quote_pg(c->a, pgq_cut(c, alias))};
    if (s->npartitions > 0) {
        pg_fail(c, "PARTITION (..) in FROM");
        return NULL;
    }
    for (const struct pg_cte *k = s->table.schema == NULL ? c->q->ctes : NULL; k != NULL; k = k->outer) {
        if (str_ieq(k->name, s->table.name)) {
            rel.shape = k->shape;
            pgq_add_rel(c, rel);
            const char *name = str_quote_pg(c->a, pgq_cut(c, k->name));
            return c->q->wrap_ctes ? pg_fmt(c, "(SELECT * FROM %s) AS %s", name, rel.text)
                                   : aliased(c, name, k->name, alias);
        }
    }
    const struct pg_temporary *t = s->table.schema == NULL ? prog_temporary(c, s->table.name) : NULL;
    if (t != NULL) {
        rel.shape = t->shape;
        rel.made = t->text;
        pgq_add_rel(c, rel);
        return aliased(c, t->text, t->name, alias);
    }
    rel.table = pgq_table(c, &s->table);
    if (rel.table == NULL) {
        pg_fail(c, "the table %.100s, which is not among those that are carried", s->table.name);
        return NULL;
    }
    rel.shape = pgq_table_shape(c, rel.table);
    pgq_add_rel(c, rel);
    return aliased(c, pgq_qualified(c, rel.table->target_schema, rel.table->target_name), rel.table->target_name,
                   alias);
}

static const char *derived(struct pg *c, const struct sql_source *s) {
    struct pg_scope *scope = c->q->scope;
    struct pg_rel rel = {.name = s->alias, .text = s->alias == NULL ? NULL : str_quote_pg(c->a, pgq_cut(c, s->alias))};
    if (s->alias == NULL) {
        pg_fail(c, "a derived table without a name");
        return NULL;
    }
    c->q->scope = s->lateral ? scope : scope->outer;
    const char *text = pgq_query(c, s->query, PGQ_NAMES, &rel.shape);
    c->q->scope = scope;
    if (text == NULL) {
        return NULL;
    }
    const char *columns = "";
    for (size_t i = 0; i < s->ncolumns; i++) {
        if (i < rel.shape.n) {
            rel.shape.cols[i].name = s->columns[i];
        }
        columns = pg_fmt(c, "%s%s%s", columns, i == 0 ? "(" : ", ", str_quote_pg(c->a, pgq_cut(c, s->columns[i])));
    }
    pgq_add_rel(c, rel);
    return pg_fmt(c, "%s(%s) AS %s%s%s", s->lateral ? "LATERAL " : "", text, rel.text, columns,
                  s->ncolumns > 0 ? ")" : "");
}

static const char *source(struct pg *c, const struct sql_source *s) {
    size_t outer = c->at;
    c->at = s->start;
    const char *text = NULL;
    switch (s->kind) {
    case SQL_SOURCE_TABLE:
        text = table(c, s);
        break;
    case SQL_SOURCE_QUERY:
        text = derived(c, s);
        break;
    case SQL_SOURCE_JOIN: {
        const char *inner = pgq_from(c, s->joins);
        text = inner == NULL ? NULL : s->joins->n == 1 ? inner : pg_fmt(c, "(%s)", inner);
        break;
    }
    case SQL_SOURCE_JSON_TABLE:
        text = pgq_json_table(c, s);
        break;
    }
    c->at = outer;
    return text;
}

static void optional(struct pg_scope *s, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        s->rels[i].optional = true;
    }
}

const char *pgq_from(struct pg *c, const struct sql_joins *joins) {
    struct pg_scope *scope = c->q->scope;
    struct sb b = {.a = c->a};
    size_t begin = scope->n;
    if (++c->depth > SQL_MAX_DEPTH) {
        pg_fail(c, "FROM nested deeper than %d levels", SQL_MAX_DEPTH);
        return NULL;
    }
    for (size_t i = 0; i < joins->n && c->why == NULL; i++) {
        const struct sql_join *j = &joins->items[i];
        size_t before = scope->n;
        const char *text = source(c, j->source);
        if (text == NULL) {
            break;
        }
        bool left = j->kind == SQL_JOIN_LEFT, right = j->kind == SQL_JOIN_RIGHT;
        if (i > 0 && j->kind == SQL_JOIN_COMMA) {
            sb_puts(&b, ", ");
        } else if (i > 0) {
            bool cross = j->on == NULL && j->nusing == 0 && !j->natural && !left && !right;
            sb_printf(&b, " %s%sJOIN ", j->natural ? "NATURAL " : "",
                      left    ? "LEFT "
                      : right ? "RIGHT "
                      : cross ? "CROSS "
                              : "");
        }
        sb_puts(&b, text);
        if (left) {
            optional(scope, before, scope->n);
        } else if (right) {
            optional(scope, begin, before);
            /* USING and NATURAL: the common columns are the right side's. */
            if (j->natural || j->nusing > 0) {
                pg_fail(c, "RIGHT JOIN with USING or NATURAL");
            }
        }
        if (j->kind == SQL_JOIN_COMMA) {
            begin = before;
        }
        if (j->on != NULL) {
            sb_printf(&b, " ON %s", pgq_condition(c, j->on));
        } else if (j->nusing > 0) {
            for (size_t k = 0; k < j->nusing; k++) {
                sb_printf(&b, "%s%s", k == 0 ? " USING (" : ", ", str_quote_pg(c->a, j->using_[k]));
            }
            sb_puts(&b, ")");
        } else if ((left || right) && !j->natural) {
            pg_fail(c, "an outer join without a condition");
        }
    }
    c->depth--;
    return c->why == NULL ? sb_text(&b) : NULL;
}
