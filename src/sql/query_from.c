/* FROM: tables with their hints, derived tables, JSON_TABLE, joins. */
#include <string.h>

#include "base/str.h"
#include "sql/query_parse.h"
#include "sql/statement_internal.h"

static bool is_word(const struct sql_parser *p, const char *word) {
    return sql_token_is(&p->t, word);
}

static bool alias(struct sql_parser *p, const char **out) {
    if (sql_parser_accept_word(p, "as")) {
        return sql_parse_name(p, out);
    }
    if (p->t.kind == TOK_QUOTED_IDENT || (p->t.kind == TOK_IDENT && !sql_reserved(p->t.text))) {
        return sql_parse_name(p, out);
    }
    return true;
}

/* USE | FORCE | IGNORE INDEX .. (..): kept as text, no printer but MySQL's has a use for it. */
static bool hints(struct sql_parser *p, struct sql_source *s) {
    size_t start = p->t.start;
    bool any = false;
    while ((is_word(p, "use") || is_word(p, "force") || is_word(p, "ignore")) &&
           (sql_token_is(sql_parser_peek(p), "index") || sql_token_is(sql_parser_peek(p), "key"))) {
        any = true;
        while (!sql_parser_is_op(p, OP_LPAREN) && p->t.kind == TOK_IDENT) {
            sql_parser_advance(p);
        }
        if (!sql_parser_expect_op(p, OP_LPAREN, "(")) {
            return false;
        }
        while (!sql_parser_is_op(p, OP_RPAREN) && p->t.kind != TOK_END && p->t.kind != TOK_ERROR) {
            sql_parser_advance(p);
        }
        if (!sql_parser_expect_op(p, OP_RPAREN, ")")) {
            return false;
        }
        (void)sql_parser_accept_op(p, OP_COMMA);
    }
    if (any) {
        s->hints = arena_strndup(p->arena, p->lexer.text + start, p->last_end - start);
    }
    return true;
}

static bool json_columns(struct sql_parser *p, struct sql_json_column **out, size_t *n);

/* A type by the rules of column definitions. */
static bool type(struct sql_parser *p, struct sql_type *t) {
    static const struct sql_statement_options o = {0};
    struct sql_statement s = {0};
    struct ddl_parser d = {.p = *p, .o = &o, .text = p->lexer.text, .len = p->lexer.len, .s = &s};
    bool ok = stmt_type(&d, t);
    *p = d.p;
    return ok;
}

static bool json_path(struct sql_parser *p, const char **out) {
    if (p->t.kind != TOK_STRING) {
        sql_parser_fail(p, "a path expected, found %.60s", p->t.kind == TOK_END ? "the end" : p->t.text);
        return false;
    }
    *out = p->t.text;
    sql_parser_advance(p);
    return true;
}

static bool json_column(struct sql_parser *p, struct sql_json_column *c) {
    if (sql_parser_accept_word(p, "nested")) {
        c->kind = SQL_JSON_NESTED;
        (void)sql_parser_accept_word(p, "path");
        return json_path(p, &c->path) && json_columns(p, &c->nested, &c->nnested);
    }
    if (!sql_parse_name(p, &c->name)) {
        return false;
    }
    if (sql_parser_accept_word(p, "for")) {
        c->kind = SQL_JSON_ORDINALITY;
        return sql_parser_expect_word(p, "ordinality");
    }
    if (!type(p, &c->type)) {
        return false;
    }
    c->kind = sql_parser_accept_word(p, "exists") ? SQL_JSON_EXISTS : SQL_JSON_PATH;
    if (!sql_parser_expect_word(p, "path") || !json_path(p, &c->path)) {
        return false;
    }
    if (sql_token_is(&p->t, "default") || sql_token_is(&p->t, "error") || sql_token_is(&p->t, "null")) {
        sql_parser_fail(p, "ON EMPTY and ON ERROR of JSON_TABLE");
        return false;
    }
    return true;
}

static bool json_columns(struct sql_parser *p, struct sql_json_column **out, size_t *n) {
    size_t cap = 0;
    if (!sql_parser_deeper(p) || !sql_parser_expect_word(p, "columns") || !sql_parser_expect_op(p, OP_LPAREN, "(")) {
        return false;
    }
    do {
        struct sql_json_column c = {0};
        if (!json_column(p, &c)) {
            return false;
        }
        *out = arena_grow(p->arena, *out, *n, &cap, sizeof **out);
        (*out)[(*n)++] = c;
    } while (sql_parser_accept_op(p, OP_COMMA));
    p->depth--;
    return sql_parser_expect_op(p, OP_RPAREN, ")");
}

static bool json_table(struct sql_parser *p, struct sql_source *s) {
    s->kind = SQL_SOURCE_JSON_TABLE;
    sql_parser_advance(p);
    sql_parser_advance(p);
    if ((s->json = sql_parse_expr(p)) == NULL || !sql_parser_expect_op(p, OP_COMMA, ",") ||
        !json_path(p, &s->json_path) || !json_columns(p, &s->json_columns, &s->njson_columns) ||
        !sql_parser_expect_op(p, OP_RPAREN, ")")) {
        return false;
    }
    return alias(p, &s->alias);
}

static bool table(struct sql_parser *p, struct sql_source *s) {
    s->kind = SQL_SOURCE_TABLE;
    if (!sql_parse_table_name(p, &s->table) ||
        (sql_parser_accept_word(p, "partition") && !sql_parse_names(p, &s->partitions, &s->npartitions)) ||
        !alias(p, &s->alias)) {
        return false;
    }
    return hints(p, s);
}

static struct sql_source *source(struct sql_parser *p) {
    struct sql_source *s = arena_new(p->arena, struct sql_source);
    s->start = p->t.start;
    if (!sql_parser_deeper(p)) {
        return NULL;
    }
    s->lateral = sql_token_is(&p->t, "lateral") && sql_parser_peek(p)->op == OP_LPAREN;
    if (s->lateral) {
        sql_parser_advance(p);
    }
    bool ok;
    if (sql_token_is(&p->t, "json_table") && sql_parser_peek(p)->op == OP_LPAREN) {
        ok = json_table(p, s);
    } else if (sql_parser_is_op(p, OP_LPAREN) && sql_at_query(p)) {
        sql_parser_advance(p);
        s->kind = SQL_SOURCE_QUERY;
        s->query = sql_parse_query(p);
        ok = s->query != NULL && sql_parser_expect_op(p, OP_RPAREN, ")") && alias(p, &s->alias) &&
             (!sql_parser_is_op(p, OP_LPAREN) || sql_parse_names(p, &s->columns, &s->ncolumns));
    } else if (sql_parser_accept_op(p, OP_LPAREN)) {
        s->kind = SQL_SOURCE_JOIN;
        s->joins = sql_parse_joins(p);
        ok = s->joins != NULL && sql_parser_expect_op(p, OP_RPAREN, ")");
    } else {
        ok = table(p, s);
    }
    p->depth--;
    return ok && p->why == NULL ? s : NULL;
}

/* A comma, or JOIN with what may stand before it; false: neither. */
static bool join_operator(struct sql_parser *p, struct sql_join *j) {
    j->natural = sql_parser_accept_word(p, "natural");
    if (sql_parser_accept_op(p, OP_COMMA)) {
        j->kind = SQL_JOIN_COMMA;
        return true;
    }
    if (sql_parser_accept_word(p, "straight_join")) {
        j->kind = SQL_JOIN_STRAIGHT;
        return true;
    }
    bool inner = sql_parser_accept_word(p, "inner"), cross = !inner && sql_parser_accept_word(p, "cross"),
         left = !cross && sql_parser_accept_word(p, "left"), right = !left && sql_parser_accept_word(p, "right");
    if (left || right) {
        (void)sql_parser_accept_word(p, "outer");
    }
    j->kind = left ? SQL_JOIN_LEFT : right ? SQL_JOIN_RIGHT : cross ? SQL_JOIN_CROSS : SQL_JOIN_INNER;
    if (j->natural || inner || cross || left || right) {
        return sql_parser_expect_word(p, "join");
    }
    return sql_parser_accept_word(p, "join");
}

struct sql_joins *sql_parse_joins(struct sql_parser *p) {
    struct sql_joins *out = arena_new(p->arena, struct sql_joins);
    struct sql_join j = {.kind = SQL_JOIN_COMMA};
    do {
        j.source = source(p);
        j.on = NULL;
        j.nusing = 0;
        if (j.source == NULL) {
            return NULL;
        }
        if (j.kind != SQL_JOIN_COMMA && !j.natural) {
            if (sql_parser_accept_word(p, "on")) {
                if ((j.on = sql_parse_expr(p)) == NULL) {
                    return NULL;
                }
            } else if (sql_parser_accept_word(p, "using") && !sql_parse_names(p, &j.using_, &j.nusing)) {
                return NULL;
            }
        }
        out->items = arena_grow(p->arena, out->items, out->n, &out->cap, sizeof *out->items);
        out->items[out->n++] = j;
    } while (join_operator(p, &j));
    return p->why == NULL ? out : NULL;
}
