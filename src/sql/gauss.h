/* Inside of the printer of programs for openGauss B (gauss_*.c). */
#ifndef SQL_GAUSS_H
#define SQL_GAUSS_H

#include "sql/pg_program.h"

struct gauss_label {
    struct gauss_label *outer;
    const char *name; /* at the source; NULL: made */
    const char *text;
};

struct gauss_made { /* a variable that the translation needs */
    const char *name, *type;
};

struct gauss {
    bool declares_first;          /* variables stand before BEGIN: what is no routine is read in openGauss's own way */
    bool keeps_result;            /* RETURN puts the value away and leaves everything: see gauss_object.c */
    bool row_count;               /* the program asks for it */
    bool not_found;               /* the statements of a NOT FOUND handler are being printed, */
    const struct pg_block *place; /* and the block where; else NULL */
    const struct pg_block *handler_of; /* the block whose declared handler is being printed */
    struct gauss_label *labels;
    unsigned numbers;
    struct gauss_made *made;
    size_t nmade, made_cap;
    size_t made_at; /* where in the text they are declared, and how deep */
    int made_level;
    const char **clashing; /* variables that have a column's name where they are used: they get another one */
    size_t nclashing, clashing_cap;
};

/* ---- gauss_program.c ---- */
void gauss_stmt(struct pg *c, const struct sql_stmt *s);
void gauss_stmts(struct pg *c, struct sql_stmt *const *items, size_t n);
void gauss_block(struct pg *c, const struct sql_stmt *s, const char *last); /* last: what stands behind END */
/* BEGIN of a block that declares nothing itself. */
void gauss_begin(struct pg *c);
void gauss_comments(struct pg *c, const char *text);
bool gauss_leaves(const struct sql_stmt *s, const char *label, enum sql_stmt_kind kind);
bool gauss_is_declaration(const struct sql_stmt *s);
/* Are the statements here run by the interpreter of blocks that have a handler? It knows LEAVE, but not ITERATE and RETURN within others, nor
 * blocks with variables, or handlers, of their own. */
bool gauss_expanded(const struct pg *c);
/* A label's text; NULL: not known. */
const char *gauss_label(const struct pg *c, const char *name);

/* ---- gauss_handler.c ---- */
/* Is anything of it left to be declared? NOT FOUND is asked for behind each statement instead. */
bool gauss_is_declared(const struct pg *c, const struct sql_stmt *handler);
void gauss_handlers(struct pg *c, struct pg_block *b);
/* Does a NOT FOUND handler leave the block? */
bool gauss_exits(const struct pg *c, const struct sql_stmt *block);
/* The statements of the NOT FOUND handler in force; false: there is none. */
bool gauss_not_found(struct pg *c);
void gauss_signal(struct pg *c, const struct sql_stmt *s);
void gauss_diagnostics(struct pg *c, const struct sql_stmt *s);

/* ---- gauss_simple.c ---- */
void gauss_simple(struct pg *c, const struct sql_stmt *s);

/* ---- gauss_variable.c ---- */
const char *gauss_name(struct pg *c, const char *name); /* quoted, in lower case */
void gauss_add_variable(struct pg *c, struct pg_block *b, const char *name, const struct sql_column *col);
/* A variable of the translation's own; quoted. The same name is declared once. */
const char *gauss_made(struct pg *c, const char *name, const char *type);
const char *gauss_value(struct pg *c, const struct sql_node *n);
/* A value as a column's type rounds it: parameters and results keep no length and scale. */
const char *gauss_rounded(struct pg *c, const struct sql_node *n, const struct sql_column *col);
/* What a value is put into: its text and its column; false: a user variable, or unknown. rounds: a parameter that has to be cut to its scale. */
bool gauss_target(struct pg *c, const struct sql_node *n, const char **text, const struct sql_column **col,
                  bool *rounds);
const char *gauss_list(struct pg *c, struct sql_node **args, size_t n);
void gauss_user_variables(struct pg *c, const struct sql_stmt *s);

#endif
