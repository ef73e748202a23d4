/* INSERT, REPLACE, UPDATE, DELETE. */
#include <string.h>

#include "base/str.h"
#include "sql/query_parse.h"

static bool is_word(const struct sql_parser *p, const char *word) {
    return sql_token_is(&p->t, word);
}

static void options(struct sql_parser *p, struct sql_dml *d) {
    while (sql_parser_accept_word(p, "low_priority") || sql_parser_accept_word(p, "delayed") ||
           sql_parser_accept_word(p, "high_priority") || sql_parser_accept_word(p, "quick") ||
           (is_word(p, "ignore") && (d->ignore = true))) {
        if (is_word(p, "ignore")) {
            sql_parser_advance(p);
        }
    }
}

/* column, table.column, schema.table.column = value */
static bool set_values(struct sql_parser *p, struct sql_dml *d) {
    do {
        struct sql_set_value v = {.start = p->t.start};
        if (!sql_parse_name(p, &v.column)) {
            return false;
        }
        while (sql_parser_accept_op(p, OP_DOT)) {
            v.schema = v.table;
            v.table = v.column;
            v.column = p->t.text;
            sql_parser_advance(p);
        }
        if (!sql_parser_accept_op(p, OP_ASSIGN) && !sql_parser_expect_op(p, OP_EQ, "=")) {
            return false;
        }
        if ((v.value = sql_parse_expr(p)) == NULL) {
            return false;
        }
        d->sets = arena_grow(p->arena, d->sets, d->nsets, &d->sets_cap, sizeof *d->sets);
        d->sets[d->nsets++] = v;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

static bool rows(struct sql_parser *p, struct sql_dml *d) {
    do {
        struct sql_node *row = sql_node_new(p->arena, SN_ROW);
        row->start = p->t.start;
        (void)sql_parser_accept_word(p, "row");
        if (!sql_parser_expect_op(p, OP_LPAREN, "(")) {
            return false;
        }
        if (!sql_parser_accept_op(p, OP_RPAREN) && !sql_parse_row_values(p, row)) {
            return false;
        }
        d->rows = arena_grow(p->arena, d->rows, d->nrows, &d->rows_cap, sizeof(struct sql_node *));
        d->rows[d->nrows++] = row;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

/* SET a = 1, b = 2: as columns and one row. */
static bool set_to_row(struct sql_parser *p, struct sql_dml *d) {
    struct sql_node *row = sql_node_new(p->arena, SN_ROW);
    d->columns = arena_array(p->arena, const char *, d->nsets + 1);
    for (size_t i = 0; i < d->nsets; i++) {
        d->columns[i] = d->sets[i].column;
        if (!sql_parser_add(p, row, d->sets[i].value)) {
            return false;
        }
    }
    d->ncolumns = d->nsets;
    d->has_columns = true;
    d->rows = arena_grow(p->arena, d->rows, d->nrows, &d->rows_cap, sizeof(struct sql_node *));
    d->rows[d->nrows++] = row;
    d->sets = NULL;
    d->nsets = d->sets_cap = 0;
    return true;
}

static bool insert(struct sql_parser *p, struct sql_dml *d) {
    options(p, d);
    (void)sql_parser_accept_word(p, "into");
    if (!sql_parse_table_name(p, &d->table)) {
        return false;
    }
    if (is_word(p, "partition")) {
        sql_parser_fail(p, "INSERT INTO t PARTITION (..)");
        return false;
    }
    if (sql_parser_is_op(p, OP_LPAREN) && !sql_at_query(p)) {
        d->has_columns = true;
        if (sql_parser_peek(p)->op == OP_RPAREN) {
            sql_parser_advance(p);
            sql_parser_advance(p);
        } else {
            size_t cap = 0;
            sql_parser_advance(p);
            do {
                const char *name;
                if (!sql_parse_name(p, &name)) {
                    return false;
                }
                while (sql_parser_accept_op(p, OP_DOT)) { /* t.column */
                    name = p->t.text;
                    sql_parser_advance(p);
                }
                d->columns = arena_grow(p->arena, d->columns, d->ncolumns, &cap, sizeof *d->columns);
                d->columns[d->ncolumns++] = name;
            } while (sql_parser_accept_op(p, OP_COMMA));
            if (!sql_parser_expect_op(p, OP_RPAREN, ")")) {
                return false;
            }
        }
    }
    if ((is_word(p, "values") && !sql_at_query(p)) || is_word(p, "value")) {
        sql_parser_advance(p);
        if (!rows(p, d)) {
            return false;
        }
    } else if (sql_parser_accept_word(p, "set")) {
        if (!set_values(p, d) || !set_to_row(p, d)) {
            return false;
        }
    } else if ((d->query = sql_parse_query(p)) == NULL) {
        return false;
    }
    if (d->query == NULL && sql_parser_accept_word(p, "as") &&
        (!sql_parse_name(p, &d->alias) ||
         (sql_parser_is_op(p, OP_LPAREN) && !sql_parse_names(p, &d->alias_columns, &d->nalias_columns)))) {
        return false;
    }
    if (sql_parser_accept_word(p, "on")) {
        d->on_duplicate = true;
        if (!sql_parser_expect_word(p, "duplicate") || !sql_parser_expect_word(p, "key") ||
            !sql_parser_expect_word(p, "update") || !set_values(p, d)) {
            return false;
        }
    }
    return true;
}

static bool tail(struct sql_parser *p, struct sql_dml *d) {
    if (sql_parser_accept_word(p, "where") && (d->where = sql_parse_expr(p)) == NULL) {
        return false;
    }
    if (sql_parser_accept_word(p, "order") &&
        (!sql_parser_expect_word(p, "by") || !sql_parse_order(p, &d->order, &d->norder, &d->order_cap))) {
        return false;
    }
    return !sql_parser_accept_word(p, "limit") || (d->limit = sql_parse_expr(p)) != NULL;
}

static bool targets(struct sql_parser *p, struct sql_dml *d) {
    do {
        struct sql_name name = {0};
        if (!sql_parse_name(p, &name.name)) {
            return false;
        }
        while (sql_parser_accept_op(p, OP_DOT) && !sql_parser_accept_op(p, OP_MUL)) { /* schema.t, t.* */
            name.schema = name.name;
            if (!sql_parse_name(p, &name.name)) {
                return false;
            }
        }
        d->targets = arena_grow(p->arena, d->targets, d->ntargets, &d->targets_cap, sizeof *d->targets);
        d->targets[d->ntargets++] = name;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

/* DELETE FROM t ..; DELETE t, u FROM ..; DELETE FROM t, u USING .. */
static bool delete_(struct sql_parser *p, struct sql_dml *d) {
    options(p, d);
    if (!sql_parser_accept_word(p, "from")) {
        return targets(p, d) && sql_parser_expect_word(p, "from") && (d->from = sql_parse_joins(p)) != NULL &&
               tail(p, d);
    }
    struct sql_parser saved = *p;
    if (targets(p, d) && sql_parser_accept_word(p, "using")) {
        return (d->from = sql_parse_joins(p)) != NULL && tail(p, d);
    }
    *p = saved;
    d->targets = NULL;
    d->ntargets = d->targets_cap = 0;
    return (d->from = sql_parse_joins(p)) != NULL && tail(p, d);
}

static bool update(struct sql_parser *p, struct sql_dml *d) {
    options(p, d);
    return (d->from = sql_parse_joins(p)) != NULL && sql_parser_expect_word(p, "set") && set_values(p, d) && tail(p, d);
}

bool sql_at_dml(struct sql_parser *p) {
    if (is_word(p, "insert") || is_word(p, "replace") || is_word(p, "update") || is_word(p, "delete")) {
        return true;
    }
    if (!is_word(p, "with")) {
        return false;
    }
    struct sql_lexer l = p->lexer; /* WITH .. UPDATE: the first word outside of parentheses that says what it is */
    l.pos = p->t.end;
    int depth = 0;
    for (struct sql_token t = sql_lexer_next(&l); t.kind != TOK_END && t.kind != TOK_ERROR; t = sql_lexer_next(&l)) {
        depth += t.kind == TOK_OP && t.op == OP_LPAREN ? 1 : t.kind == TOK_OP && t.op == OP_RPAREN ? -1 : 0;
        if (depth == 0 && (sql_token_is(&t, "select") || sql_token_is(&t, "values"))) {
            return false;
        }
        if (depth == 0 && (sql_token_is(&t, "update") || sql_token_is(&t, "delete"))) {
            return true;
        }
    }
    return false;
}

struct sql_dml *sql_parse_dml(struct sql_parser *p) {
    struct sql_dml *d = arena_new(p->arena, struct sql_dml);
    d->start = p->t.start;
    bool ok = true;
    if (sql_parser_accept_word(p, "with")) {
        ok = sql_parse_with(p, &d->ctes, &d->nctes, &d->ctes_cap, &d->recursive);
    }
    if (ok && sql_parser_accept_word(p, "insert")) {
        ok = insert(p, d);
    } else if (ok && sql_parser_accept_word(p, "replace")) {
        d->kind = SQL_REPLACE;
        ok = insert(p, d);
    } else if (ok && sql_parser_accept_word(p, "update")) {
        d->kind = SQL_UPDATE;
        ok = update(p, d);
    } else if (ok && sql_parser_expect_word(p, "delete")) {
        d->kind = SQL_DELETE;
        ok = delete_(p, d);
    }
    if (ok && sql_parser_accept_word(p, "returning")) {
        ok = sql_parse_items(p, &d->returning, &d->nreturning, &d->returning_cap);
    }
    return ok && p->why == NULL ? d : NULL;
}
