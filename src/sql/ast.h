/* The syntax tree of a MySQL expression, without any meaning attached: names as written, literals decoded.
 * Built by expr_parse.c, read by the printers. Nodes live in the arena of the parse and are never changed
 * after it. Every node knows its depth, which is bounded, so that printers may recurse. */
#ifndef SQL_AST_H
#define SQL_AST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "sql/lexer.h"

#define SQL_MAX_DEPTH 160         /* nesting of an expression */
#define SQL_MAX_TEXT (256 * 1024) /* bytes of one expression */

enum sql_node_kind {
    SN_NULL,
    SN_BOOL, /* TRUE, FALSE: integer is 1 or 0 */
    SN_INT,  /* text: digits */
    SN_DECIMAL,
    SN_FLOAT,         /* text as written */
    SN_STRING,        /* text, len; charset: introducer or NULL */
    SN_HEX,           /* text: hex digits; charset: introducer */
    SN_BIT,           /* text: binary digits */
    SN_TEMPORAL,      /* DATE'..', TIME'..', TIMESTAMP'..': name is "date", "time", "timestamp"; text */
    SN_COLUMN,        /* name: last part of a.b.c */
    SN_VARIABLE,      /* text: "@x" or "@@x" */
    SN_UNARY,         /* op: OP_MINUS, OP_BIT_NOT, OP_NOT */
    SN_BINARY,        /* op: arithmetic, bits, comparison, OP_ARROW, OP_ARROW_TEXT */
    SN_LOGIC,         /* op: OP_AND, OP_OR (two and more arguments), OP_XOR (two) */
    SN_IS,            /* name: "null", "true", "false", "unknown"; negated */
    SN_IN,            /* args[0] IN (args[1..]); negated */
    SN_BETWEEN,       /* args[0] BETWEEN args[1] AND args[2]; negated */
    SN_LIKE,          /* args[0] LIKE args[1] [ESCAPE args[2]]; negated */
    SN_REGEXP,        /* args[0] REGEXP args[1]; negated */
    SN_MEMBER_OF,     /* args[0] MEMBER OF (args[1]) */
    SN_CASE,          /* has_operand: args[0]; then WHEN, THEN pairs; has_else: the last one */
    SN_CALL,          /* name (lower case), args */
    SN_CAST,          /* CAST(args[0] AS type), CONVERT(args[0], type), BINARY args[0] */
    SN_CONVERT_USING, /* CONVERT(args[0] USING charset) */
    SN_COLLATE,       /* args[0] COLLATE name */
    SN_INTERVAL,      /* INTERVAL args[0] name: only as an argument of + - DATE_ADD and the like */
    SN_EXTRACT,       /* EXTRACT(name FROM args[0]) */
    SN_TRIM,          /* name: "both", "leading", "trailing"; args[0]: string; args[1]: what to remove, may be absent */
    SN_ROW,           /* (a, b, ..) */
    /* Only in queries and programs: */
    SN_SUBQUERY,   /* (SELECT ..): query */
    SN_EXISTS,     /* EXISTS (SELECT ..): query */
    SN_QUANTIFIED, /* args[0] op name (SELECT ..): name is "all" or "any"; query */
    SN_MATCH,      /* MATCH (args..) AGAINST (last argument name): name is the mode as written, "" for none */
    SN_PARAM,      /* ? */
    SN_ASSIGN,     /* @text := args[0] */
    SN_DEFAULT,    /* DEFAULT, or DEFAULT(column): args[0] */
};

struct sql_query;

struct sql_order {
    struct sql_node *expr;
    bool descending;
};

enum sql_frame_bound {
    SQL_UNBOUNDED_PRECEDING,
    SQL_PRECEDING,
    SQL_CURRENT_ROW,
    SQL_FOLLOWING,
    SQL_UNBOUNDED_FOLLOWING
};

struct sql_window {
    const char *name; /* of WINDOW name AS (..); NULL for OVER (..) */
    const char *base; /* the window it refers to, or NULL */
    bool only_name;   /* OVER name: base */
    struct sql_node **partition;
    size_t npartition, partition_cap;
    struct sql_order *order;
    size_t norder, order_cap;
    const char *frame; /* "rows", "range", NULL: none */
    bool has_end;      /* BETWEEN start AND end */
    enum sql_frame_bound start, end;
    struct sql_node *start_expr, *end_expr;
};

/* What an aggregate or window function has beyond its arguments. */
struct sql_call_more {
    bool distinct, star;     /* COUNT(DISTINCT ..), COUNT(*) */
    struct sql_order *order; /* GROUP_CONCAT(.. ORDER BY ..) */
    size_t norder, order_cap;
    const char *separator; /* GROUP_CONCAT; NULL: not said */
    size_t separator_len;
    struct sql_node *limit;  /* MariaDB's GROUP_CONCAT(.. LIMIT n) */
    struct sql_window *over; /* NULL: no window function */
};

struct sql_cast_type {
    const char *
        name; /* "signed", "unsigned", "char", "binary", "decimal", "date", "datetime", "time", "year", "json", "double", "float" */
    long length, scale;  /* -1: not given */
    const char *charset; /* NULL: not given */
    bool array;          /* CAST(.. AS .. ARRAY): multi-valued index */
};

struct sql_node {
    enum sql_node_kind kind;
    enum sql_op op;
    bool negated, has_operand, has_else, integer;
    bool stored; /* SN_CALL: surely a stored function: the name is quoted, or has a schema */
    unsigned depth;
    size_t start; /* its place in the text */
    const char *name;
    const char *qualifier, *schema; /* SN_COLUMN: schema.qualifier.name; SN_CALL: schema; NULL: not said */
    const char *text;
    size_t len;
    const char *charset;
    struct sql_cast_type *type;
    struct sql_query *query;
    struct sql_call_more *more; /* SN_CALL; NULL: nothing */
    struct sql_node **args;
    size_t nargs, args_cap;
};

struct sql_node *sql_node_new(struct arena *a, enum sql_node_kind kind);

/* Append an argument (NULL is ignored and gives false, so that parse failures pass through).
 * False as well when the tree would become deeper than SQL_MAX_DEPTH. */
bool sql_node_add(struct arena *a, struct sql_node *n, struct sql_node *arg) WARN_UNUSED;

/* An unsigned literal that fits a long, or a minus before one; false for anything else. */
bool sql_node_const_int(const struct sql_node *n, long *out);

#endif
