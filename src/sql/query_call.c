/* Expressions that only queries and programs have: subqueries, aggregates, windows, MATCH, stored functions. */
#include <string.h>

#include "base/str.h"
#include "sql/query_parse.h"

struct sql_node *sql_parse_subquery(struct sql_parser *p) {
    struct sql_node *n = sql_node_new(p->arena, SN_SUBQUERY);
    n->start = p->t.start;
    n->query = sql_parse_query(p);
    return n->query != NULL && sql_parser_expect_op(p, OP_RPAREN, ")") ? n : NULL;
}

struct sql_node *sql_parse_exists(struct sql_parser *p) {
    struct sql_node *n = sql_parse_subquery(p);
    if (n != NULL) {
        n->kind = SN_EXISTS;
    }
    return n;
}

struct sql_node *sql_parse_quantified(struct sql_parser *p, struct sql_node *left, enum sql_op op, bool all) {
    struct sql_node *n = sql_node_new(p->arena, SN_QUANTIFIED);
    sql_parser_advance(p);
    sql_parser_advance(p);
    n->op = op;
    n->name = all ? "all" : "any";
    if (!sql_parser_add(p, n, left)) {
        return NULL;
    }
    n->query = sql_parse_query(p);
    return n->query != NULL && sql_parser_expect_op(p, OP_RPAREN, ")") ? n : NULL;
}

bool sql_has_more(const char *name) {
    static const char *const names[] = {
        "count",     "sum",        "avg",        "min",         "max",           "group_concat",
        "std",       "stddev",     "stddev_pop", "stddev_samp", "variance",      "var_pop",
        "var_samp",  "bit_and",    "bit_or",     "bit_xor",     "json_arrayagg", "json_objectagg",
        "any_value", "row_number", "rank",       "dense_rank",  "percent_rank",  "cume_dist",
        "ntile",     "lag",        "lead",       "first_value", "last_value",    "nth_value",
        "grouping",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq(names[i], name)) {
            return true;
        }
    }
    return false;
}

static bool frame_bound(struct sql_parser *p, enum sql_frame_bound *bound, struct sql_node **expr) {
    if (sql_parser_accept_word(p, "unbounded")) {
        *bound = SQL_UNBOUNDED_PRECEDING;
        if (sql_parser_accept_word(p, "following")) {
            *bound = SQL_UNBOUNDED_FOLLOWING;
            return true;
        }
        return sql_parser_expect_word(p, "preceding");
    }
    if (sql_parser_accept_word(p, "current")) {
        *bound = SQL_CURRENT_ROW;
        return sql_parser_expect_word(p, "row");
    }
    if ((*expr = sql_parse_expr(p)) == NULL) {
        return false;
    }
    *bound = SQL_PRECEDING;
    if (sql_parser_accept_word(p, "following")) {
        *bound = SQL_FOLLOWING;
        return true;
    }
    return sql_parser_expect_word(p, "preceding");
}

bool sql_parse_window(struct sql_parser *p, struct sql_window *w) {
    if (!sql_token_is(&p->t, "partition") && !sql_token_is(&p->t, "order") && !sql_token_is(&p->t, "rows") &&
        !sql_token_is(&p->t, "range") && !sql_parser_is_op(p, OP_RPAREN) && !sql_parse_name(p, &w->base)) {
        return false;
    }
    if (sql_parser_accept_word(p, "partition")) {
        if (!sql_parser_expect_word(p, "by")) {
            return false;
        }
        do {
            struct sql_node *n = sql_parse_expr(p);
            if (n == NULL) {
                return false;
            }
            w->partition =
                arena_grow(p->arena, w->partition, w->npartition, &w->partition_cap, sizeof(struct sql_node *));
            w->partition[w->npartition++] = n;
        } while (sql_parser_accept_op(p, OP_COMMA));
    }
    if (sql_parser_accept_word(p, "order") &&
        (!sql_parser_expect_word(p, "by") || !sql_parse_order(p, &w->order, &w->norder, &w->order_cap))) {
        return false;
    }
    w->frame = sql_parser_accept_word(p, "rows") ? "rows" : sql_parser_accept_word(p, "range") ? "range" : NULL;
    if (w->frame != NULL) {
        w->has_end = sql_parser_accept_word(p, "between");
        if (!frame_bound(p, &w->start, &w->start_expr) ||
            (w->has_end && (!sql_parser_expect_word(p, "and") || !frame_bound(p, &w->end, &w->end_expr)))) {
            return false;
        }
    }
    return sql_parser_expect_op(p, OP_RPAREN, ")");
}

static bool over(struct sql_parser *p, struct sql_call_more *m) {
    if (sql_token_is(&p->t, "respect") || sql_token_is(&p->t, "ignore") || sql_token_is(&p->t, "from")) {
        const struct sql_token *next = sql_parser_peek(p);
        if (sql_token_is(&p->t, "respect") && sql_token_is(next, "nulls")) {
            sql_parser_advance(p);
            sql_parser_advance(p);
        } else if (sql_token_is(&p->t, "from") && sql_token_is(next, "first")) {
            sql_parser_advance(p);
            sql_parser_advance(p);
        }
    }
    if (!sql_parser_accept_word(p, "over")) {
        return true;
    }
    m->over = arena_new(p->arena, struct sql_window);
    if (sql_parser_accept_op(p, OP_LPAREN)) {
        return sql_parse_window(p, m->over);
    }
    m->over->only_name = true;
    return sql_parse_name(p, &m->over->base);
}

struct sql_node *sql_parse_more(struct sql_parser *p, struct sql_node *call) {
    struct sql_call_more *m = call->more = arena_new(p->arena, struct sql_call_more);
    m->distinct = sql_parser_accept_word(p, "distinct");
    if (!m->distinct) {
        (void)sql_parser_accept_word(p, "all");
    }
    if (sql_parser_accept_op(p, OP_MUL)) {
        m->star = true;
    } else if (!sql_parser_is_op(p, OP_RPAREN)) {
        do {
            if (!sql_parser_add(p, call, sql_parse_expr(p))) {
                return NULL;
            }
        } while (sql_parser_accept_op(p, OP_COMMA));
    }
    if (sql_parser_accept_word(p, "order") &&
        (!sql_parser_expect_word(p, "by") || !sql_parse_order(p, &m->order, &m->norder, &m->order_cap))) {
        return NULL;
    }
    if (sql_parser_accept_word(p, "separator")) {
        if (p->t.kind != TOK_STRING) {
            return sql_parser_fail(p, "a string expected behind SEPARATOR");
        }
        m->separator = p->t.text;
        m->separator_len = p->t.len;
        sql_parser_advance(p);
    }
    if (sql_parser_accept_word(p, "limit") && (m->limit = sql_parse_expr(p)) == NULL) {
        return NULL;
    }
    return sql_parser_expect_op(p, OP_RPAREN, ")") && over(p, m) ? call : NULL;
}

struct sql_node *sql_parse_match(struct sql_parser *p) {
    static const char *const modes[] = {"in natural language mode with query expansion", "in natural language mode",
                                        "in boolean mode", "with query expansion"};
    struct sql_node *n = sql_node_new(p->arena, SN_MATCH);
    n->start = p->t.start;
    sql_parser_advance(p);
    bool paren = sql_parser_accept_op(p, OP_LPAREN);
    do {
        if (!sql_parser_add(p, n, sql_parse_bit_expr(p))) {
            return NULL;
        }
    } while (sql_parser_accept_op(p, OP_COMMA));
    if ((paren && !sql_parser_expect_op(p, OP_RPAREN, ")")) || !sql_parser_expect_word(p, "against") ||
        !sql_parser_expect_op(p, OP_LPAREN, "(") || !sql_parser_add(p, n, sql_parse_bit_expr(p))) {
        return NULL;
    }
    n->name = "";
    if (!sql_parser_is_op(p, OP_RPAREN)) {
        const char *mode = "";
        while (p->t.kind == TOK_IDENT && strlen(mode) < 80) {
            mode = arena_printf(p->arena, "%s%s%s", mode, mode[0] == '\0' ? "" : " ", sql_lower(p->arena, p->t.text));
            sql_parser_advance(p);
        }
        n->name = NULL;
        for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
            n->name = str_eq(mode, modes[i]) ? modes[i] : n->name;
        }
        if (n->name == NULL) {
            return sql_parser_fail(p, "a mode of AGAINST expected");
        }
    }
    return sql_parser_expect_op(p, OP_RPAREN, ")") ? n : NULL;
}

struct sql_node *sql_parse_default(struct sql_parser *p) {
    struct sql_node *n = sql_node_new(p->arena, SN_DEFAULT);
    n->start = p->t.start;
    sql_parser_advance(p);
    if (!sql_parser_accept_op(p, OP_LPAREN)) {
        return n;
    }
    return sql_parser_add(p, n, sql_parse_bit_expr(p)) && sql_parser_expect_op(p, OP_RPAREN, ")") ? n : NULL;
}

struct sql_node *sql_parse_stored_call(struct sql_parser *p, const char *schema, const char *name) {
    struct sql_node *n = sql_node_new(p->arena, SN_CALL);
    n->start = p->t.start;
    n->schema = schema;
    n->name = name;
    n->stored = true;
    sql_parser_advance(p);
    if (sql_parser_accept_op(p, OP_RPAREN)) {
        return n;
    }
    do {
        if (!sql_parser_add(p, n, sql_parse_expr(p))) {
            return NULL;
        }
    } while (sql_parser_accept_op(p, OP_COMMA));
    return sql_parser_expect_op(p, OP_RPAREN, ")") ? n : NULL;
}
