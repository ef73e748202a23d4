/* Inside of the printer of programs: blocks, variables, cursors, handlers, temporary tables. */
#ifndef SQL_PG_PROGRAM_H
#define SQL_PG_PROGRAM_H

#include "sql/pg_query.h"

struct pg_variable {
    const char *name;
    const struct sql_column *column;
    const char *text;      /* quoted */
    const char *qualified; /* with the block's or the routine's name: where a column has the same name */
};

struct pg_cursor {
    const char *name;
    const struct sql_query *query;
    const char *text, *query_text;
    struct pg_shape shape;
};

struct pg_handler {
    const struct sql_stmt *stmt;
    struct pg_block *block; /* where it was declared: EXIT leaves that */
};

struct pg_block {
    struct pg_block *outer;
    const struct sql_stmt *stmt;
    const char *label; /* quoted, or NULL */
    struct pg_variable *variables;
    size_t nvariables, variables_cap;
    struct pg_cursor *cursors;
    size_t ncursors, cursors_cap;
    struct pg_handler *handlers;
    size_t nhandlers, handlers_cap;
    const struct sql_stmt **conditions; /* named ones */
    size_t nconditions, conditions_cap;
    bool in_handler; /* a handler of this block is being printed: its own do not hold there */
    bool whole;      /* its handlers stand in one EXCEPTION clause around all statements */
};

struct pg_temporary {        /* a table that the program makes, most often a temporary one */
    const char *name, *text; /* text: quoted, with its schema where it has one */
    struct pg_shape shape;
};

struct pg_user;
struct gauss;

struct pg_program {
    struct pg_block *block;
    struct sb out;
    int level;
    unsigned numbers; /* for names of its own */
    unsigned loop_depth;
    bool in_handler; /* in a handler's body: RESIGNAL has something to raise */
    bool deferred;   /* the handler's body runs behind the EXCEPTION clause, so that it may end transactions */
    bool undone;     /* the EXCEPTION clause has undone the transaction's work: ROLLBACK has nothing to do */
    bool wrote;      /* something that a transaction would undo has been printed */
    bool has_transaction, uses_row, uses_state, uses_row_count, uses_found_rows;
    bool asks_last_id, last_id_known; /* LAST_INSERT_ID(); an INSERT has been printed that tells it */
    bool found_rows_known;            /* a SELECT has been printed whose rows were counted */
    bool has_queries, has_changes;    /* for STABLE, IMMUTABLE */
    size_t results;                   /* cursors that carry result sets */
    struct pg_temporary *temporaries;
    size_t ntemporaries, temporaries_cap;
    const char **temporary; /* names of temporary tables that it makes somewhere */
    size_t ntemporary, temporary_cap;
    const char **late; /* of these, what is dropped behind a result set */
    size_t nlate, late_cap;
    const struct sql_table *trigger_table;
    struct pg_user *user;
    size_t nuser, user_cap;
    struct gauss *gauss; /* openGauss B: see gauss.h */
};

struct pg_user { /* a user variable, and what it holds */
    const char *name;
    enum tclass cls;
};

/* What a user variable holds from here on, and the statement that puts it there. v.text: the value. */
void prog_set_user_variable(struct pg *c, const char *name, struct val v);

/* ---- translate.c ---- */
void prog_add_statement(struct pg *c, const char *text);
void prog_add_drop(struct pg *c, const char *text);
const char *prog_own_name(struct pg *c);

/* ---- pg_program.c ---- */
void prog_stmts(struct pg *c, const struct sql_stmts *list, size_t from);
void prog_stmt(struct pg *c, const struct sql_stmt *s);
void prog_line(struct pg *c, const char *fmt, ...) PRINTF_LIKE(2, 3); /* indented, with a line end */
/* A column of a program's type. NULL after a failure. */
const struct sql_column *prog_column(struct pg *c, const char *name, const struct sql_program_type *t);
/* Its type without length and scale, as parameters and results have it. */
const char *prog_base_type(struct pg *c, const struct sql_column *col);
/* What an argument is cast to: numbers and times are rounded, texts are not cut. */
const char *prog_argument_type(struct pg *c, const struct sql_column *col);
void prog_add_variable(struct pg *c, struct pg_block *b, const char *name, const struct sql_column *column,
                       const char *block_name);
bool prog_is_guarded(const struct sql_stmt *s);

/* ---- pg_simple.c: statements without statements inside ---- */
const struct pg_cursor *prog_find_cursor(const struct pg *c, const char *name); /* NULL: none */
const char *prog_label(struct pg *c, const char *name);                         /* as the target has it, quoted */
void prog_simple_stmt(struct pg *c, const struct sql_stmt *s);

/* ---- pg_program_table.c ---- */
const struct pg_temporary *prog_temporary(const struct pg *c, const char *name);
/* Before the first statement is printed. */
void prog_find_tables(struct pg *c, const struct sql_object *o);
void prog_create_table(struct pg *c, const struct sql_stmt *s);
void prog_drop_table(struct pg *c, const struct sql_stmt *s);

/* ---- pg_program_dml.c ---- */
void prog_dml(struct pg *c, const struct sql_dml *d);
/* Others may have been made since. */
void prog_forget_last_id(struct pg *c);

/* ---- gauss_*.c: openGauss B ---- */
/* The object's statements in MySQL's syntax, as a B database reads it. */
void gauss_routine(struct pg *c, const struct sql_object *o);
void gauss_trigger(struct pg *c, const struct sql_object *o);
void gauss_event(struct pg *c, const struct sql_object *o);
/* A variable has the name of a column that is visible where it is used. */
void gauss_clash(struct pg *c, const char *name);

/* ---- pg_handler.c ---- */
/* What an error number or SQLSTATE of MySQL is in the target; NULL: not known. */
const char *prog_state_of_errno(unsigned number);
struct sql_condition prog_resolved(const struct pg *c, const struct sql_condition *k);
/* A simple statement with the handlers in force around it. */
void prog_guarded(struct pg *c, const struct sql_stmt *s);
bool prog_has_handlers(const struct pg *c);
/* The statements of a NOT FOUND handler; false: none is in force. */
bool prog_not_found(struct pg *c);
struct pg_handler *prog_not_found_handler(const struct pg *c); /* the one in force; NULL: none */
bool prog_is_not_found(const struct pg *c, const struct sql_condition *condition);
bool prog_takes_not_found(const struct pg *c, const struct sql_stmt *handler);
/* Can all handlers of the block stand in one EXCEPTION clause? Then *commit: its last statement is COMMIT. */
bool prog_whole(const struct pg *c, const struct pg_block *b, const struct sql_stmts *list, size_t from, bool *commit);
void prog_exception_clause(struct pg *c, struct pg_block *b);
void prog_signal(struct pg *c, const struct sql_stmt *s);
void prog_diagnostics(struct pg *c, const struct sql_stmt *s);

#endif
