/* Parser of queries and of statements that change rows (query.h), on the expression parser. Functions return NULL or false after
 * sql_parser_fail. */
#ifndef SQL_QUERY_PARSE_H
#define SQL_QUERY_PARSE_H

#include "sql/expr_parse.h"
#include "sql/query.h"

/* May the word not be a name or an alias without backticks? */
bool sql_reserved(const char *word);

/* ---- query_parse.c ---- */

/* Does a query begin here: SELECT, WITH, VALUES, TABLE, or a parenthesis before one of them? */
bool sql_at_query(struct sql_parser *p);
/* Is a query all that stands here, up to the parenthesis that was opened before? (SELECT 1) + 1 begins with one, and is none. */
bool sql_at_whole_query(struct sql_parser *p);
struct sql_query *sql_parse_query(struct sql_parser *p);
bool sql_parse_with(struct sql_parser *p, struct sql_cte **ctes, size_t *n, size_t *cap, bool *recursive) WARN_UNUSED;
bool sql_parse_row_values(struct sql_parser *p, struct sql_node *row) WARN_UNUSED; /* 1, 2): the parenthesis was read */
bool sql_parse_order(struct sql_parser *p, struct sql_order **items, size_t *n, size_t *cap) WARN_UNUSED;
bool sql_parse_items(struct sql_parser *p, struct sql_item **items, size_t *n, size_t *cap) WARN_UNUSED;
/* A name (quoted, or a word that is not reserved). */
bool sql_parse_name(struct sql_parser *p, const char **out) WARN_UNUSED;
bool sql_parse_table_name(struct sql_parser *p, struct sql_name *out) WARN_UNUSED;
bool sql_parse_names(struct sql_parser *p, const char ***out, size_t *n) WARN_UNUSED; /* (a, b) */

/* ---- query_from.c ---- */
struct sql_joins *sql_parse_joins(struct sql_parser *p); /* behind FROM, UPDATE */

/* ---- query_call.c: expressions that only queries have ---- */
struct sql_node *sql_parse_subquery(struct sql_parser *p); /* the parenthesis was read; the closing one is read too */
struct sql_node *sql_parse_exists(struct sql_parser *p);   /* EXISTS ( was read */
struct sql_node *sql_parse_quantified(struct sql_parser *p, struct sql_node *left, enum sql_op op, bool all);
bool sql_has_more(const char *name);                                          /* an aggregate or window function? */
struct sql_node *sql_parse_more(struct sql_parser *p, struct sql_node *call); /* name ( was read */
struct sql_node *sql_parse_match(struct sql_parser *p);                       /* at MATCH */
struct sql_node *sql_parse_default(struct sql_parser *p);                     /* at DEFAULT */
struct sql_node *sql_parse_stored_call(struct sql_parser *p, const char *schema, const char *name); /* at ( */
bool sql_parse_window(struct sql_parser *p, struct sql_window *w) WARN_UNUSED;                      /* behind ( */

/* ---- dml_parse.c ---- */
bool sql_at_dml(struct sql_parser *p);
struct sql_dml *sql_parse_dml(struct sql_parser *p);

#endif
