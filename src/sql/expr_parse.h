/* Parser for MySQL expressions: by the grammar of MySQL 8/9 (sql_yacc.yy's expr), MariaDB's spellings included. */
#ifndef SQL_EXPR_PARSE_H
#define SQL_EXPR_PARSE_H

#include "sql/ast.h"
#include "sql/lexer.h"

/* One token of look-ahead plus what the parse has come to. Opened on a lexer, so that a statement parser can read
 * an expression in the middle of a statement and go on behind it. */
struct sql_parser {
    struct arena *arena;
    struct sql_lexer lexer;
    struct sql_token t;     /* the current token, not yet consumed */
    struct sql_token ahead; /* the one behind it, when have_ahead */
    bool have_ahead;
    unsigned depth;
    bool queries;         /* subqueries, aggregates, stored functions, variables: not in a table's definition */
    bool pipes_as_concat; /* || joins strings (only looked at with queries) */
    size_t last_end;      /* where the token before the current one ended */
    char *why;            /* the first failure */
    size_t why_at;        /* and where the parser stood */
};

void sql_parser_init(struct sql_parser *p, struct arena *a, const char *text, size_t len, unsigned lex_flags);

/* Consume the current token. */
void sql_parser_advance(struct sql_parser *p);
/* The token behind the current one. */
const struct sql_token *sql_parser_peek(struct sql_parser *p);
/* Consume the current token if it is this operator / this word. */
bool sql_parser_accept_op(struct sql_parser *p, enum sql_op op);
bool sql_parser_accept_word(struct sql_parser *p, const char *word);
/* The same, or fail with "expected .." */
bool sql_parser_expect_op(struct sql_parser *p, enum sql_op op, const char *what) WARN_UNUSED;
bool sql_parser_expect_word(struct sql_parser *p, const char *word) WARN_UNUSED;
/* Record a failure (the first one stays); returns NULL always. */
struct sql_node *sql_parser_fail(struct sql_parser *p, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Put arg under n. False when that is impossible: arg is NULL, whose failure is recorded, or they would be nested too deep, which is recorded. */
bool sql_parser_add(struct sql_parser *p, struct sql_node *n, struct sql_node *arg) WARN_UNUSED;

/* An expression from the current token on; NULL: p->why says why. */
struct sql_node *sql_parse_expr(struct sql_parser *p);

/* A whole text that is one expression. NULL: *why says why. */
struct sql_node *sql_parse_expr_text(struct arena *a, const char *text, size_t len, unsigned lex_flags, char **why);

/* Is the current token this operator? */
bool sql_parser_is_op(const struct sql_parser *p, enum sql_op op);
/* One level deeper: false (and a failure) at the bound. Its opposite is p->depth--. */
bool sql_parser_deeper(struct sql_parser *p) WARN_UNUSED;
/* A copy in lower case (ASCII). */
const char *sql_lower(struct arena *a, const char *s);

/* Between the parser's files. */
struct sql_node *sql_parse_bit_expr(struct sql_parser *p); /* what stands beside a comparison */
struct sql_node *sql_parse_simple(struct sql_parser *p);   /* literals, names, calls, parentheses, unary operators */

#endif
