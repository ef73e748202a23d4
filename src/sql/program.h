/* Views, functions, procedures, triggers and events, as SHOW CREATE gives them: the syntax tree and its parser. MySQL 5.6 - 9.x
 * and MariaDB. Names as written, literals decoded, comments between statements kept.
 *
 * The text is foreign: bounded, and never guessed at: what is not understood is an error with line and column. */
#ifndef SQL_PROGRAM_H
#define SQL_PROGRAM_H

#include "base/err.h"
#include "sql/query.h"

/* A type of a variable, parameter or result. */
struct sql_program_type {
    const char *text; /* as MySQL's catalog writes it: "int unsigned", "varchar(40)" */
    const char *charset, *collation;
};

enum sql_stmt_kind {
    SQL_STMT_BLOCK,     /* BEGIN .. END: body; label */
    SQL_STMT_VARIABLE,  /* DECLARE names type DEFAULT expr */
    SQL_STMT_CONDITION, /* DECLARE name CONDITION FOR conditions[0] */
    SQL_STMT_CURSOR,    /* DECLARE name CURSOR FOR query */
    SQL_STMT_HANDLER,   /* DECLARE CONTINUE | EXIT HANDLER FOR conditions: body[0] */
    SQL_STMT_IF,        /* branches; a last one without condition is ELSE */
    SQL_STMT_CASE,      /* expr, or NULL; branches */
    SQL_STMT_LOOP,      /* body */
    SQL_STMT_WHILE,     /* expr, body */
    SQL_STMT_REPEAT,    /* body UNTIL expr */
    SQL_STMT_FOR,       /* MariaDB: FOR name IN low .. high, or IN a cursor */
    SQL_STMT_LEAVE,     /* name */
    SQL_STMT_ITERATE,
    SQL_STMT_RETURN, /* expr */
    SQL_STMT_OPEN,   /* name */
    SQL_STMT_FETCH,  /* name INTO targets */
    SQL_STMT_CLOSE,
    SQL_STMT_SET,    /* sets */
    SQL_STMT_SELECT, /* query */
    SQL_STMT_DML,    /* dml */
    SQL_STMT_CALL,   /* table: its name; args */
    SQL_STMT_SIGNAL, /* conditions[0]; sets: information items */
    SQL_STMT_RESIGNAL,
    SQL_STMT_DIAGNOSTICS, /* GET DIAGNOSTICS: sets (column: item, value: where it goes); expr: condition number */
    SQL_STMT_START,       /* START TRANSACTION */
    SQL_STMT_COMMIT,
    SQL_STMT_ROLLBACK, /* name: a savepoint or NULL */
    SQL_STMT_SAVEPOINT,
    SQL_STMT_RELEASE,
    SQL_STMT_PREPARE, /* name FROM expr */
    SQL_STMT_EXECUTE, /* name USING targets */
    SQL_STMT_DEALLOCATE,
    SQL_STMT_TRUNCATE,     /* table */
    SQL_STMT_DO,           /* args */
    SQL_STMT_CREATE_TABLE, /* table AS query, or its definition in ddl and text */
    SQL_STMT_DROP_TABLE,   /* tables */
    SQL_STMT_OTHER,        /* a statement that is understood but not carried: name says what it is */
};

enum sql_condition_kind {
    SQL_COND_STATE,
    SQL_COND_ERRNO,
    SQL_COND_NAME,
    SQL_COND_WARNING,
    SQL_COND_NOT_FOUND,
    SQL_COND_EXCEPTION
};

struct sql_condition {
    enum sql_condition_kind kind;
    const char *text; /* SQLSTATE, or the name */
    unsigned errno_;
};

struct sql_stmt;

struct sql_stmts {
    struct sql_stmt **items;
    size_t n, cap;
    const char *comment; /* behind the last one; NULL: none */
};

struct sql_branch {
    struct sql_node *when; /* NULL: ELSE */
    struct sql_stmts body;
};

/* What a SET assigns to. */
enum sql_set_scope { SQL_SET_NAME, SQL_SET_USER, SQL_SET_SESSION, SQL_SET_GLOBAL };

struct sql_assign {
    enum sql_set_scope scope; /* SQL_SET_NAME: a local variable, or a system variable said without scope */
    const char *qualifier;    /* NEW.column */
    const char *name;
    struct sql_node *value; /* NULL: DEFAULT */
    size_t start;
};

struct sql_stmt {
    enum sql_stmt_kind kind;
    size_t start, end;
    const char *comment; /* that stood before it; NULL: none */
    const char *label;
    const char *name;
    const char *text;   /* as written: of definitions and of SQL_STMT_OTHER */
    const char **names; /* DECLARE a, b */
    size_t nnames;
    struct sql_program_type type;
    struct sql_node *expr, *high;
    struct sql_node **args;
    size_t nargs, args_cap;
    struct sql_stmts body;
    struct sql_branch *branches;
    size_t nbranches, branches_cap;
    struct sql_condition *conditions;
    size_t nconditions, conditions_cap;
    bool exit_handler;
    bool stacked; /* GET STACKED DIAGNOSTICS */
    struct sql_query *query;
    struct sql_dml *dml;
    struct sql_assign *sets;
    size_t nsets, sets_cap;
    struct sql_name table;
    struct sql_name *tables;
    size_t ntables, tables_cap;
    bool if_exists, if_not_exists, reverse;
    bool temporary; /* CREATE, DROP TEMPORARY TABLE */
    const struct sql_statement *ddl;
};

enum sql_object_kind {
    SQL_OBJECT_STATEMENT,
    SQL_OBJECT_VIEW,
    SQL_OBJECT_FUNCTION,
    SQL_OBJECT_PROCEDURE,
    SQL_OBJECT_TRIGGER,
    SQL_OBJECT_EVENT
};

enum sql_param_mode { SQL_PARAM_IN, SQL_PARAM_OUT, SQL_PARAM_INOUT };

struct sql_param {
    enum sql_param_mode mode;
    const char *name;
    struct sql_program_type type;
};

struct sql_object {
    enum sql_object_kind kind;
    struct sql_name name;
    const char *definer; /* "user@host"; NULL: not said */
    bool invoker;        /* SQL SECURITY INVOKER */
    const char *comment;
    /* view */
    const char *algorithm; /* "merge", "temptable", "undefined"; NULL: not said */
    bool materialized;     /* MySQL 9.7 */
    const char *check;     /* "cascaded", "local"; NULL: none */
    const char **columns;
    size_t ncolumns;
    struct sql_query *query;
    /* routines */
    struct sql_param *params;
    size_t nparams, params_cap;
    struct sql_program_type returns;
    bool deterministic, no_sql, reads_sql, modifies_sql, aggregate;
    struct sql_stmt *body;
    /* trigger */
    bool before, follows, precedes;
    enum sql_dml_kind event; /* SQL_INSERT, SQL_UPDATE, SQL_DELETE */
    struct sql_name table;
    const char *other; /* FOLLOWS, PRECEDES */
    /* event */
    struct sql_node *at, *every, *starts, *ends; /* every: SN_INTERVAL */
    bool preserve, disabled;
    const char *text; /* the source, a copy with a NUL behind it */
    size_t len;
};

struct sql_program_options {
    unsigned lex_flags; /* of the sql_mode it was created under, see lexer.h */
    bool pipes_as_concat;
    bool mariadb;
};

/* A place in a text, both from 1; columns count characters. */
struct sql_place {
    size_t line, column;
};
struct sql_place sql_place_of(const char *text, size_t len, size_t at);

/* Parse one object, or one statement (kind SQL_OBJECT_STATEMENT, in body). False: e has code, cause, and the place. */
bool sql_program_parse(struct arena *a, const struct sql_program_options *o, const char *text, size_t len,
                       struct sql_object *out, struct err *e) WARN_UNUSED;

#endif
