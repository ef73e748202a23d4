/* Operators, by precedence (MySQL 9 manual, "Operator Precedence"), loosest first:
 *     OR ||  <  XOR  <  AND &&  <  NOT  <  comparison, IS, LIKE, REGEXP, IN, BETWEEN  <  |  <  &  <  << >>
 *     <  + -  <  * / DIV % MOD  <  ^  <  unary - ~  <  !  <  BINARY, COLLATE
 * `||` is OR: the catalog writes concat() for a `||` typed under PIPES_AS_CONCAT.
 * Operands are in expr_parse_simple.c. Recursion is bounded by p->depth, chains by the depth of the tree. */
#include "sql/expr_parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sql/query_parse.h"

static void load(struct sql_parser *p, struct sql_token *t) {
    *t = sql_lexer_next(&p->lexer);
    if (t->kind == TOK_ERROR) {
        sql_parser_fail(p, "%s at byte %zu", t->text, t->start);
    }
}

void sql_parser_init(struct sql_parser *p, struct arena *a, const char *text, size_t len, unsigned lex_flags) {
    *p = (struct sql_parser){.arena = a};
    sql_lexer_init(&p->lexer, a, text, len, lex_flags);
    load(p, &p->t);
}

void sql_parser_advance(struct sql_parser *p) {
    p->last_end = p->t.end;
    if (p->have_ahead) {
        p->t = p->ahead;
        p->have_ahead = false;
    } else if (p->t.kind != TOK_END && p->t.kind != TOK_ERROR) {
        load(p, &p->t);
    }
}

const struct sql_token *sql_parser_peek(struct sql_parser *p) {
    if (!p->have_ahead) {
        if (p->t.kind == TOK_END || p->t.kind == TOK_ERROR) {
            return &p->t;
        }
        load(p, &p->ahead);
        p->have_ahead = true;
    }
    return &p->ahead;
}

struct sql_node *sql_parser_fail(struct sql_parser *p, const char *fmt, ...) {
    if (p->why == NULL) {
        char text[320];
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        p->why = arena_strdup(p->arena, text);
        p->why_at = p->t.start;
    }
    return NULL;
}

static bool is_op(const struct sql_parser *p, enum sql_op op) {
    return p->t.kind == TOK_OP && p->t.op == op;
}

bool sql_parser_is_op(const struct sql_parser *p, enum sql_op op) {
    return is_op(p, op);
}

bool sql_parser_deeper(struct sql_parser *p) {
    if (++p->depth > SQL_MAX_DEPTH) {
        sql_parser_fail(p, "nested deeper than %d levels", SQL_MAX_DEPTH);
        return false;
    }
    return true;
}

bool sql_parser_accept_op(struct sql_parser *p, enum sql_op op) {
    if (!is_op(p, op)) {
        return false;
    }
    sql_parser_advance(p);
    return true;
}

bool sql_parser_accept_word(struct sql_parser *p, const char *word) {
    if (!sql_token_is(&p->t, word)) {
        return false;
    }
    sql_parser_advance(p);
    return true;
}

static const char *describe(const struct sql_token *t) {
    return t->kind == TOK_END ? "the end" : t->text;
}

bool sql_parser_expect_op(struct sql_parser *p, enum sql_op op, const char *what) {
    if (sql_parser_accept_op(p, op)) {
        return true;
    }
    sql_parser_fail(p, "%s expected at byte %zu, found %.60s", what, p->t.start, describe(&p->t));
    return false;
}

bool sql_parser_expect_word(struct sql_parser *p, const char *word) {
    if (sql_parser_accept_word(p, word)) {
        return true;
    }
    sql_parser_fail(p, "%s expected at byte %zu, found %.60s", word, p->t.start, describe(&p->t));
    return false;
}

bool sql_parser_add(struct sql_parser *p, struct sql_node *n, struct sql_node *arg) {
    if (arg == NULL) {
        return false;
    }
    if (!sql_node_add(p->arena, n, arg)) {
        sql_parser_fail(p, "the expression is nested deeper than %d levels", SQL_MAX_DEPTH);
        return false;
    }
    return true;
}

static struct sql_node *attach(struct sql_parser *p, struct sql_node *n, struct sql_node *arg) {
    return sql_parser_add(p, n, arg) ? n : NULL;
}

static struct sql_node *binary(struct sql_parser *p, enum sql_node_kind kind, enum sql_op op, struct sql_node *left,
                               struct sql_node *right) {
    struct sql_node *n = sql_node_new(p->arena, kind);
    n->op = op;
    return attach(p, n, left) != NULL ? attach(p, n, right) : NULL;
}

/* The binding strength of a binary operator within a bit_expr, 0: not one. */
static int strength(const struct sql_parser *p, const struct sql_token *t, enum sql_op *op) {
    *op = t->op;
    if (t->kind == TOK_IDENT) {
        *op = sql_token_is(t, "div") ? OP_INT_DIV : sql_token_is(t, "mod") ? OP_MOD : OP_NONE;
        return *op == OP_NONE ? 0 : 5;
    }
    if (t->kind != TOK_OP) {
        return 0;
    }
    switch (t->op) {
    case OP_BIT_OR:
        return 1;
    case OP_BIT_AND:
        return 2;
    case OP_SHL:
    case OP_SHR:
        return 3;
    case OP_PLUS:
    case OP_MINUS:
        return 4;
    case OP_MUL:
    case OP_DIV:
    case OP_MOD:
        return 5;
    case OP_BIT_XOR:
        return 6;
    case OP_OR_OR:
        return p->queries && p->pipes_as_concat ? 7 : 0;
    default:
        return 0;
    }
}

/* a || b under PIPES_AS_CONCAT is CONCAT(a, b). */
static struct sql_node *concat(struct sql_parser *p, struct sql_node *left, struct sql_node *right) {
    struct sql_node *n = binary(p, SN_CALL, OP_NONE, left, right);
    if (n != NULL) {
        n->name = "concat";
    }
    return n;
}

/* Precedence climbing: operators at least as strong as `least`, to the left. */
static struct sql_node *climb(struct sql_parser *p, int least) {
    struct sql_node *left = sql_parse_simple(p);
    enum sql_op op;
    int s;
    while (left != NULL && (s = strength(p, &p->t, &op)) >= least && s > 0) {
        sql_parser_advance(p);
        struct sql_node *right;
        if (s == 7) {
            right = sql_parse_simple(p); /* the strongest: its right side has no operator */
        } else {
            right = climb(p, s + 1);
        }
        left = right == NULL ? NULL : s == 7 ? concat(p, left, right) : binary(p, SN_BINARY, op, left, right);
    }
    return left;
}

struct sql_node *sql_parse_bit_expr(struct sql_parser *p) {
    return climb(p, 1);
}

/* (a, b, c) behind IN; the opening parenthesis is consumed. */
static struct sql_node *in_list(struct sql_parser *p, struct sql_node *left) {
    struct sql_node *n = sql_node_new(p->arena, SN_IN);
    if (attach(p, n, left) == NULL) {
        return NULL;
    }
    if (p->queries && sql_at_whole_query(p)) {
        n->query = sql_parse_query(p);
        return n->query != NULL && sql_parser_expect_op(p, OP_RPAREN, ")") ? n : NULL;
    }
    do {
        if (attach(p, n, sql_parse_expr(p)) == NULL) {
            return NULL;
        }
    } while (sql_parser_accept_op(p, OP_COMMA));
    return sql_parser_expect_op(p, OP_RPAREN, ")") ? n : NULL;
}

static struct sql_node *predicate(struct sql_parser *p);

/* BETWEEN a AND b: b is a predicate again, hence the depth. */
static struct sql_node *between(struct sql_parser *p, struct sql_node *left) {
    struct sql_node *n = sql_node_new(p->arena, SN_BETWEEN);
    if (++p->depth > SQL_MAX_DEPTH) {
        return sql_parser_fail(p, "the expression is nested deeper than %d levels", SQL_MAX_DEPTH);
    }
    n = attach(p, n, left) && attach(p, n, sql_parse_bit_expr(p)) && sql_parser_expect_word(p, "and")
            ? attach(p, n, predicate(p))
            : NULL;
    p->depth--;
    return n;
}

static struct sql_node *soundex(struct sql_parser *p, struct sql_node *text) {
    struct sql_node *n = sql_node_new(p->arena, SN_CALL);
    n->name = "soundex";
    return attach(p, n, text);
}

/* bit_expr [NOT] IN, BETWEEN, LIKE, REGEXP, MEMBER OF; a SOUNDS LIKE b is SOUNDEX(a) = SOUNDEX(b) */
static struct sql_node *predicate(struct sql_parser *p) {
    struct sql_node *left = sql_parse_bit_expr(p), *n;
    if (left == NULL) {
        return NULL;
    }
    bool negated = false;
    if (sql_token_is(&p->t, "not")) {
        const struct sql_token *t = sql_parser_peek(p);
        negated = sql_token_is(t, "in") || sql_token_is(t, "between") || sql_token_is(t, "like") ||
                  sql_token_is(t, "regexp") || sql_token_is(t, "rlike");
        if (!negated) {
            return left;
        }
        sql_parser_advance(p);
    }
    if (sql_parser_accept_word(p, "in")) {
        n = sql_parser_expect_op(p, OP_LPAREN, "(") ? in_list(p, left) : NULL;
    } else if (sql_parser_accept_word(p, "between")) {
        n = between(p, left);
    } else if (sql_parser_accept_word(p, "like")) {
        n = sql_node_new(p->arena, SN_LIKE);
        n = attach(p, n, left) ? attach(p, n, sql_parse_simple(p)) : NULL;
        if (n != NULL && sql_parser_accept_word(p, "escape")) {
            n = attach(p, n, sql_parse_simple(p));
        }
    } else if (sql_parser_accept_word(p, "regexp") || sql_parser_accept_word(p, "rlike")) {
        n = binary(p, SN_REGEXP, OP_NONE, left, sql_parse_bit_expr(p));
    } else if (sql_token_is(&p->t, "member") && sql_token_is(sql_parser_peek(p), "of")) {
        sql_parser_advance(p);
        sql_parser_advance(p);
        n = sql_parser_expect_op(p, OP_LPAREN, "(") ? binary(p, SN_MEMBER_OF, OP_NONE, left, sql_parse_simple(p))
                                                    : NULL;
        n = n != NULL && sql_parser_expect_op(p, OP_RPAREN, ")") ? n : NULL;
    } else if (sql_token_is(&p->t, "sounds") && sql_token_is(sql_parser_peek(p), "like")) {
        sql_parser_advance(p);
        sql_parser_advance(p);
        struct sql_node *a = soundex(p, left), *b = a == NULL ? NULL : soundex(p, sql_parse_bit_expr(p));
        return b == NULL ? NULL : binary(p, SN_BINARY, OP_EQ, a, b);
    } else {
        return left;
    }
    if (n != NULL) {
        n->negated = negated;
    }
    return n;
}

static bool is_comparison(const struct sql_token *t) {
    return t->kind == TOK_OP && t->op >= OP_EQ && t->op <= OP_GE;
}

/* predicates joined by comparisons; IS [NOT] NULL / TRUE / FALSE / UNKNOWN behind */
static struct sql_node *boolean_primary(struct sql_parser *p) {
    struct sql_node *left = predicate(p);
    while (left != NULL) {
        if (is_comparison(&p->t)) {
            enum sql_op op = p->t.op;
            sql_parser_advance(p);
            bool all = sql_token_is(&p->t, "all");
            if ((all || sql_token_is(&p->t, "any") || sql_token_is(&p->t, "some")) &&
                sql_parser_peek(p)->op == OP_LPAREN) {
                if (!p->queries) {
                    return sql_parser_fail(p, "a subquery");
                }
                left = sql_parse_quantified(p, left, op, all);
                continue;
            }
            struct sql_node *right = predicate(p);
            left = right == NULL ? NULL : binary(p, SN_BINARY, op, left, right);
        } else if (sql_token_is(&p->t, "is")) {
            static const char *const what[] = {"null", "true", "false", "unknown"};
            struct sql_node *n = sql_node_new(p->arena, SN_IS);
            sql_parser_advance(p);
            n->negated = sql_parser_accept_word(p, "not");
            for (size_t i = 0; i < 4 && n->name == NULL; i++) {
                n->name = sql_parser_accept_word(p, what[i]) ? what[i] : NULL;
            }
            if (n->name == NULL) {
                return sql_parser_fail(p, "NULL, TRUE, FALSE or UNKNOWN expected at byte %zu", p->t.start);
            }
            left = attach(p, n, left);
        } else {
            break;
        }
    }
    return left;
}

static struct sql_node *logical_not(struct sql_parser *p) {
    if (!sql_token_is(&p->t, "not")) {
        return boolean_primary(p);
    }
    if (++p->depth > SQL_MAX_DEPTH) {
        return sql_parser_fail(p, "the expression is nested deeper than %d levels", SQL_MAX_DEPTH);
    }
    sql_parser_advance(p);
    struct sql_node *n = sql_node_new(p->arena, SN_UNARY);
    n->op = OP_NOT;
    n = attach(p, n, logical_not(p));
    p->depth--;
    return n;
}

/* Is the current token this logical operator? */
static bool is_logic(const struct sql_parser *p, enum sql_op op) {
    switch (op) {
    case OP_AND:
        return sql_token_is(&p->t, "and") || is_op(p, OP_AND_AND);
    case OP_OR:
        return sql_token_is(&p->t, "or") || (is_op(p, OP_OR_OR) && !(p->queries && p->pipes_as_concat));
    default:
        return sql_token_is(&p->t, "xor");
    }
}

/* A chain of one logical operator becomes one node, so that a CHECK of a thousand ORs is not a thousand deep. */
static struct sql_node *chain(struct sql_parser *p, enum sql_op op, struct sql_node *(*operand)(struct sql_parser *)) {
    struct sql_node *n = operand(p);
    bool ours = false;
    while (n != NULL && is_logic(p, op)) {
        sql_parser_advance(p);
        struct sql_node *right = operand(p);
        if (ours && op != OP_XOR) {
            n = attach(p, n, right);
        } else {
            n = right == NULL ? NULL : binary(p, SN_LOGIC, op, n, right);
            ours = true;
        }
    }
    return n;
}

static struct sql_node *and_chain(struct sql_parser *p) {
    return chain(p, OP_AND, logical_not);
}

static struct sql_node *xor_chain(struct sql_parser *p) {
    return chain(p, OP_XOR, and_chain);
}

struct sql_node *sql_parse_expr(struct sql_parser *p) {
    if (++p->depth > SQL_MAX_DEPTH) {
        return sql_parser_fail(p, "the expression is nested deeper than %d levels", SQL_MAX_DEPTH);
    }
    struct sql_node *n = chain(p, OP_OR, xor_chain);
    p->depth--;
    return p->why != NULL ? NULL : n;
}

struct sql_node *sql_parse_expr_text(struct arena *a, const char *text, size_t len, unsigned lex_flags, char **why) {
    struct sql_parser p;
    if (len > SQL_MAX_TEXT) {
        *why = arena_printf(a, "the expression is longer than %d bytes", SQL_MAX_TEXT);
        return NULL;
    }
    sql_parser_init(&p, a, text, len, lex_flags);
    struct sql_node *n = p.why == NULL ? sql_parse_expr(&p) : NULL;
    if (n != NULL && p.t.kind != TOK_END) {
        n = sql_parser_fail(&p, "not understood at byte %zu: %.60s", p.t.start, describe(&p.t));
    }
    if (n == NULL) {
        *why = p.why != NULL ? p.why : arena_strdup(a, "not an expression");
    }
    return n;
}
