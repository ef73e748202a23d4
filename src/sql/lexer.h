/* Tokens of MySQL's and MariaDB's SQL: expressions from the catalog now, DDL and routine bodies by the same rules.
 *
 * The text is foreign: every token is bounded by the text, an unfinished string or comment is an error token
 * (never a read past the end), and decoded contents live in the caller's arena.
 * The lexer does not know keywords: a keyword is an identifier without backticks, told apart by the parser,
 * because MySQL lets most of them be names as well. */
#ifndef SQL_LEXER_H
#define SQL_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum sql_token_kind {
    TOK_END,
    TOK_ERROR,        /* text: what is wrong */
    TOK_IDENT,        /* name or keyword, as written */
    TOK_QUOTED_IDENT, /* `name`, or "name" under SQL_LEX_ANSI_QUOTES: never a keyword */
    TOK_STRING,       /* 'text' with escapes resolved; may hold NUL bytes: use len */
    TOK_NSTRING,      /* N'text' */
    TOK_HEX,          /* 0x41, x'41': text holds the digits only */
    TOK_BIT,          /* 0b101, b'101': text holds the digits only */
    TOK_INT,          /* 12 */
    TOK_DECIMAL,      /* 1.50, .5 */
    TOK_FLOAT,        /* 1e3, 1.5e-3 */
    TOK_INTRODUCER,   /* _utf8mb4 before a string, hex or bit literal: text is the character set's name */
    TOK_USER_VAR,     /* @name: text is the name */
    TOK_SYSTEM_VAR,   /* @@name, @@session.name: text is what follows @@ */
    TOK_PARAM,        /* ? */
    TOK_OP,           /* op below */
};

enum sql_op {
    OP_NONE,
    OP_LPAREN,
    OP_RPAREN,
    OP_LBRACE,
    OP_RBRACE,
    OP_COMMA,
    OP_DOT,
    OP_SEMICOLON,
    OP_COLON,
    OP_ASSIGN /* := */,
    OP_EQ,
    OP_NULL_SAFE_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_PLUS,
    OP_MINUS,
    OP_MUL,
    OP_DIV /* slash */,
    OP_MOD /* % */,
    OP_BIT_OR,
    OP_BIT_AND,
    OP_BIT_XOR,
    OP_BIT_NOT,
    OP_SHL,
    OP_SHR,
    OP_OR_OR,
    OP_AND_AND,
    OP_NOT /* ! */,
    OP_ARROW /* -> */,
    OP_ARROW_TEXT /* ->> */,
    /* operators that are words; the parser makes them from identifiers */
    OP_OR,
    OP_XOR,
    OP_AND,
    OP_NOT_WORD,
    OP_INT_DIV /* DIV */,
};

struct sql_token {
    enum sql_token_kind kind;
    enum sql_op op;
    const char *text;  /* decoded, NUL terminated (strings may hold further NULs) */
    size_t len;        /* of text */
    size_t start, end; /* the token's place in the source text */
    bool after_space;  /* white space or a comment stood before it */
};

enum {
    SQL_LEX_ANSI_QUOTES = 1,         /* sql_mode ANSI_QUOTES: "x" is an identifier */
    SQL_LEX_NO_BACKSLASH_ESCAPES = 2 /* sql_mode NO_BACKSLASH_ESCAPES */
};

struct sql_lexer {
    struct arena *arena;
    const char *text;
    size_t len, pos;
    unsigned flags;
    unsigned open_version_comments; /* inside how many executable comments (slash-star-bang) we are */
    bool after_name;                /* a dot right behind a name parts names, even before a digit */
    bool after_dot;                 /* the next word is a name even if it begins with a digit */
};

void sql_lexer_init(struct sql_lexer *l, struct arena *a, const char *text, size_t len, unsigned flags);

/* The next token. After TOK_END and TOK_ERROR the same kind comes again. */
struct sql_token sql_lexer_next(struct sql_lexer *l);

/* Is `t` the unquoted word `word` (compared without case)? */
bool sql_token_is(const struct sql_token *t, const char *word);

#endif
