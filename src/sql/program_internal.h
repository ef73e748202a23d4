/* Between the files of the program parser. Functions return false after sql_parser_fail. */
#ifndef SQL_PROGRAM_INTERNAL_H
#define SQL_PROGRAM_INTERNAL_H

#include "sql/program.h"
#include "sql/query_parse.h"

bool prog_is(const struct sql_parser *p, const char *word);
bool prog_next_is(struct sql_parser *p, const char *word);
bool prog_words(struct sql_parser *p, const char *one, const char *two); /* consume both if they are there */
bool prog_unexpected(struct sql_parser *p, const char *wanted);
bool prog_string(struct sql_parser *p, const char **out);
/* As information_schema.columns writes COLUMN_TYPE. */
const char *prog_type_text(struct arena *a, const struct sql_type *t);
bool prog_type(struct sql_parser *p, struct sql_program_type *t);
/* Comments in text[from..to), each in its own line, without what marks them; NULL: none. */
const char *prog_comments(struct arena *a, const char *text, size_t from, size_t to);
bool prog_args(struct sql_parser *p, struct sql_node ***args, size_t *n, size_t *cap); /* ( a, b ) or nothing */

/* ---- program_parse.c ---- */
struct sql_stmt *prog_statement(struct sql_parser *p);
struct sql_stmt *prog_stmt_new(struct sql_parser *p, enum sql_stmt_kind kind);

/* ---- program_simple.c: statements without statements inside ---- */
/* A simple statement; *found false: none begins here. */
struct sql_stmt *prog_simple(struct sql_parser *p, bool *found);
struct sql_stmt *prog_declare(struct sql_parser *p); /* DECLARE was read */
bool prog_conditions(struct sql_parser *p, struct sql_stmt *s, bool many);

#endif
