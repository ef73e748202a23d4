/* Between the files of the statements' parser. Functions return false after sql_parser_fail. */
#ifndef SQL_STATEMENT_INTERNAL_H
#define SQL_STATEMENT_INTERNAL_H

#include "sql/statement.h"

struct ddl_parser {
    struct sql_parser p;
    const struct sql_statement_options *o;
    const char *text;
    size_t len;
    struct sql_statement *s;
};

/* ---- statement_text.c ---- */

/* A piece of a statement by the rules of an empty sql_mode and without comments; NULL: why. */
char *sql_plain_text(struct arena *a, const struct sql_statement_options *o, const char *text, size_t len, char **why);

bool stmt_is(const struct ddl_parser *d, const char *word);
bool stmt_next_is(struct ddl_parser *d, const char *word); /* the token behind */
bool stmt_word(struct ddl_parser *d, const char *word);    /* consume it if it is there */
bool stmt_words(struct ddl_parser *d, const char *one, const char *two);
bool stmt_op(struct ddl_parser *d, enum sql_op op);
bool stmt_is_op(const struct ddl_parser *d, enum sql_op op);
bool stmt_unexpected(struct ddl_parser *d, const char *wanted); /* false always */
bool stmt_is_name(const struct ddl_parser *d);                  /* a name or any word */
bool stmt_name(struct ddl_parser *d, const char **out);
bool stmt_table_name(struct ddl_parser *d, struct sql_name *out);
bool stmt_name_list(struct ddl_parser *d, const char ***out, size_t *n); /* (a, b) */
bool stmt_string(struct ddl_parser *d, const char **out);
bool stmt_number(struct ddl_parser *d, unsigned long *out);
bool stmt_parenthesized(struct ddl_parser *d, const char **out); /* ( expression ): what is inside, plain */
bool stmt_expr(struct ddl_parser *d, bool bits_only, const char **out);
bool stmt_skip_parentheses(struct ddl_parser *d);
bool stmt_charset(struct ddl_parser *d, const char **charset); /* behind CHARACTER SET [=] */
/* [WORD | 'text' | number], with an optional =: passed over. */
bool stmt_skip_value(struct ddl_parser *d);
struct sql_clause *stmt_add_clause(struct ddl_parser *d, enum sql_clause_kind kind);

/* ---- statement_column.c, statement_type.c ---- */
bool stmt_type(struct ddl_parser *d, struct sql_type *t);
bool stmt_now(struct ddl_parser *d, const char **out, bool *found); /* CURRENT_TIMESTAMP(3) and its like */
bool stmt_value(struct ddl_parser *d, struct sql_value *v);         /* behind DEFAULT */
bool stmt_column(struct ddl_parser *d, struct sql_column_def *c);   /* name and all */
bool stmt_reference(struct ddl_parser *d, struct sql_reference *r); /* behind REFERENCES */

/* ---- statement_key.c ---- */
/* A key, foreign key or check as in CREATE TABLE: a clause is added. *found false: none begins here. */
bool stmt_constraint(struct ddl_parser *d, bool *found);
bool stmt_key_parts(struct ddl_parser *d, struct sql_key *k);
bool stmt_key_options(struct ddl_parser *d, struct sql_key *k);
bool stmt_check(struct ddl_parser *d, struct sql_check *c); /* behind CHECK */

/* ---- statement_partition.c ---- */
bool stmt_partition_by(struct ddl_parser *d, struct sql_partitioning *p);          /* behind PARTITION BY */
bool stmt_partition_definitions(struct ddl_parser *d, struct sql_partitioning *p); /* ( PARTITION .., .. ) */

/* ---- statement_alter.c ---- */
bool stmt_alter_clauses(struct ddl_parser *d);
/* Options of a table, as many as there are; *any: there was one. */
bool stmt_table_options(struct ddl_parser *d, struct sql_table_options *o, bool *any);

#endif
