/* Back to MySQL: queries and statements that change rows. */
#include <string.h>

#include "base/str.h"
#include "sql/print.h"

static void put(struct mysql_printer *p, const char *s) {
    sb_puts(&p->out, s);
}

static void names(struct mysql_printer *p, const char **items, size_t n) {
    put(p, "(");
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        mysql_name(p, items[i]);
    }
    put(p, ")");
}

static void joins(struct mysql_printer *p, const struct sql_joins *j);

static void type(struct mysql_printer *p, const struct sql_type *t) {
    put(p, t->name);
    if (t->numbers == 1) {
        sb_printf(&p->out, "(%lu)", t->n[0]);
    } else if (t->numbers == 2) {
        sb_printf(&p->out, "(%lu,%lu)", t->n[0], t->n[1]);
    }
    put(p, t->is_unsigned ? " unsigned" : "");
}

static void json_columns(struct mysql_printer *p, const struct sql_json_column *c, size_t n) {
    put(p, " COLUMNS (");
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        if (c[i].kind == SQL_JSON_NESTED) {
            put(p, "NESTED PATH ");
            mysql_string(p, c[i].path, strlen(c[i].path));
            json_columns(p, c[i].nested, c[i].nnested);
            continue;
        }
        mysql_name(p, c[i].name);
        put(p, " ");
        if (c[i].kind == SQL_JSON_ORDINALITY) {
            put(p, "FOR ORDINALITY");
            continue;
        }
        type(p, &c[i].type);
        put(p, c[i].kind == SQL_JSON_EXISTS ? " EXISTS PATH " : " PATH ");
        mysql_string(p, c[i].path, strlen(c[i].path));
    }
    put(p, ")");
}

static void source(struct mysql_printer *p, const struct sql_source *s) {
    put(p, s->lateral ? "LATERAL " : "");
    switch (s->kind) {
    case SQL_SOURCE_TABLE:
        mysql_table_name(p, &s->table);
        if (s->npartitions > 0) {
            put(p, " PARTITION ");
            names(p, s->partitions, s->npartitions);
        }
        break;
    case SQL_SOURCE_QUERY:
        mysql_subquery(p, "", s->query);
        break;
    case SQL_SOURCE_JOIN:
        put(p, "(");
        joins(p, s->joins);
        put(p, ")");
        break;
    case SQL_SOURCE_JSON_TABLE:
        put(p, "JSON_TABLE(");
        mysql_expr(p, s->json);
        put(p, ", ");
        mysql_string(p, s->json_path, strlen(s->json_path));
        json_columns(p, s->json_columns, s->njson_columns);
        put(p, ")");
        break;
    }
    if (s->alias != NULL) {
        put(p, " AS ");
        mysql_name(p, s->alias);
    }
    if (s->ncolumns > 0) {
        put(p, " ");
        names(p, s->columns, s->ncolumns);
    }
    if (s->hints != NULL) {
        sb_printf(&p->out, " %s", s->hints);
    }
}

static void joins(struct mysql_printer *p, const struct sql_joins *j) {
    static const char *const words[] = {", ",          " JOIN ",      " CROSS JOIN ", " STRAIGHT_JOIN ",
                                        " LEFT JOIN ", " RIGHT JOIN "};
    for (size_t i = 0; i < j->n; i++) {
        const struct sql_join *k = &j->items[i];
        if (i > 0) {
            put(p, k->natural ? " NATURAL" : "");
            put(p, words[k->kind]);
        }
        source(p, k->source);
        if (k->on != NULL) {
            put(p, " ON ");
            mysql_expr(p, k->on);
        } else if (k->nusing > 0) {
            put(p, " USING ");
            names(p, k->using_, k->nusing);
        }
    }
}

static void items(struct mysql_printer *p, const struct sql_item *list_, size_t n) {
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        if (list_[i].expr != NULL) {
            mysql_expr(p, list_[i].expr);
        } else {
            if (list_[i].star_table != NULL) {
                mysql_table_name(p, &(struct sql_name){list_[i].star_schema, list_[i].star_table});
                put(p, ".");
            }
            put(p, "*");
        }
        if (list_[i].alias != NULL) {
            put(p, " AS ");
            mysql_name(p, list_[i].alias);
        }
    }
}

static void condition(struct mysql_printer *p, const char *word, const struct sql_node *n) {
    if (n != NULL) {
        put(p, word);
        mysql_expr(p, n);
    }
}

static void select_(struct mysql_printer *p, const struct sql_select *s) {
    put(p, s->distinct ? "SELECT DISTINCT " : "SELECT ");
    put(p, s->straight_join ? "STRAIGHT_JOIN " : "");
    put(p, s->calc_found_rows ? "SQL_CALC_FOUND_ROWS " : "");
    items(p, s->items, s->nitems);
    if (s->from != NULL) {
        put(p, " FROM ");
        joins(p, s->from);
    }
    condition(p, " WHERE ", s->where);
    if (s->ngroup > 0) {
        put(p, " GROUP BY ");
        mysql_order(p, s->group, s->ngroup);
        put(p, s->rollup ? " WITH ROLLUP" : "");
    }
    condition(p, " HAVING ", s->having);
    for (size_t i = 0; i < s->nwindows; i++) {
        put(p, i == 0 ? " WINDOW " : ", ");
        mysql_name(p, s->windows[i]->name);
        put(p, " AS (");
        mysql_window(p, s->windows[i]);
        put(p, ")");
    }
}

static void rows(struct mysql_printer *p, struct sql_node **list_, size_t n, const char *word) {
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        put(p, word);
        mysql_expr(p, list_[i]);
    }
}

static void with(struct mysql_printer *p, const struct sql_cte *ctes, size_t n, bool recursive) {
    for (size_t i = 0; i < n; i++) {
        put(p, i > 0 ? ", " : recursive ? "WITH RECURSIVE " : "WITH ");
        mysql_name(p, ctes[i].name);
        if (ctes[i].ncolumns > 0) {
            put(p, " ");
            names(p, ctes[i].columns, ctes[i].ncolumns);
        }
        mysql_subquery(p, " AS ", ctes[i].query);
    }
    put(p, n > 0 ? " " : "");
}

static void query(struct mysql_printer *p, const struct sql_query *q) {
    static const char *const words[] = {" UNION ", " INTERSECT ", " EXCEPT "};
    with(p, q->ctes, q->nctes, q->recursive);
    for (size_t i = 0; i < q->nparts; i++) {
        const struct sql_part *part = &q->parts[i];
        if (i > 0) {
            put(p, words[part->op]);
            put(p, part->all ? "ALL " : "");
        }
        if (part->select != NULL) {
            select_(p, part->select);
        } else if (part->query != NULL) {
            mysql_subquery(p, "", part->query);
        } else {
            put(p, "VALUES ");
            rows(p, part->rows, part->nrows, "ROW");
        }
    }
    if (q->norder > 0) {
        put(p, " ORDER BY ");
        mysql_order(p, q->order, q->norder);
    }
    condition(p, " LIMIT ", q->limit);
    condition(p, " OFFSET ", q->offset);
    for (size_t i = 0; i < q->ninto; i++) {
        put(p, i == 0 ? " INTO " : ", ");
        mysql_expr(p, q->into[i]);
    }
    if (q->lock != NULL) {
        sb_printf(&p->out, " %s", q->lock);
        for (size_t i = 0; i < q->nlock_tables; i++) {
            put(p, i == 0 ? " OF " : ", ");
            mysql_name(p, q->lock_tables[i]);
        }
        if (q->lock_wait != NULL) {
            sb_printf(&p->out, " %s", q->lock_wait);
        }
    }
}

void mysql_query(struct mysql_printer *p, const struct sql_query *q) {
    if (++p->depth > SQL_MAX_DEPTH * 2) {
        p->too_deep = true;
    } else {
        query(p, q);
    }
    p->depth--;
}

static void sets(struct mysql_printer *p, const struct sql_set_value *list_, size_t n) {
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        if (list_[i].table != NULL) {
            mysql_table_name(p, &(struct sql_name){list_[i].schema, list_[i].table});
            put(p, ".");
        }
        mysql_name(p, list_[i].column);
        put(p, " = ");
        mysql_expr(p, list_[i].value);
    }
}

static void insert(struct mysql_printer *p, const struct sql_dml *d) {
    put(p, d->kind == SQL_REPLACE ? "REPLACE " : "INSERT ");
    put(p, d->ignore ? "IGNORE INTO " : "INTO ");
    mysql_table_name(p, &d->table);
    if (d->has_columns) {
        put(p, " ");
        names(p, d->columns, d->ncolumns);
    }
    if (d->query != NULL) {
        put(p, " ");
        mysql_query(p, d->query);
    } else {
        put(p, " VALUES ");
        rows(p, d->rows, d->nrows, "");
    }
    if (d->alias != NULL) {
        put(p, " AS ");
        mysql_name(p, d->alias);
        if (d->nalias_columns > 0) {
            names(p, d->alias_columns, d->nalias_columns);
        }
    }
    if (d->on_duplicate) {
        put(p, " ON DUPLICATE KEY UPDATE ");
        sets(p, d->sets, d->nsets);
    }
}

static void change(struct mysql_printer *p, const struct sql_dml *d) {
    with(p, d->ctes, d->nctes, d->recursive);
    if (d->kind == SQL_UPDATE) {
        put(p, d->ignore ? "UPDATE IGNORE " : "UPDATE ");
        joins(p, d->from);
        put(p, " SET ");
        sets(p, d->sets, d->nsets);
    } else {
        put(p, d->ignore ? "DELETE IGNORE " : "DELETE ");
        for (size_t i = 0; i < d->ntargets; i++) {
            put(p, i == 0 ? "" : ", ");
            mysql_table_name(p, &d->targets[i]);
        }
        put(p, d->ntargets > 0 ? " FROM " : "FROM ");
        joins(p, d->from);
    }
    condition(p, " WHERE ", d->where);
    if (d->norder > 0) {
        put(p, " ORDER BY ");
        mysql_order(p, d->order, d->norder);
    }
    condition(p, " LIMIT ", d->limit);
}

void mysql_dml(struct mysql_printer *p, const struct sql_dml *d) {
    if (d->kind == SQL_INSERT || d->kind == SQL_REPLACE) {
        insert(p, d);
    } else {
        change(p, d);
    }
    if (d->nreturning > 0) {
        put(p, " RETURNING ");
        items(p, d->returning, d->nreturning);
    }
}
