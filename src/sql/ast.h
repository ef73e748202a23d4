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
    unsigned depth;
    const char *name;
    const char *text;
    size_t len;
    const char *charset;
    struct sql_cast_type *type;
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
