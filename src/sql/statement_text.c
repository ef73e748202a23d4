/* Words, names, numbers and pieces of text of a statement. See statement_internal.h. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "sql/statement_internal.h"

/* ---- plain text ---- */

struct plain {
    char *s;
    size_t len, cap;
};

static void put(struct arena *a, struct plain *out, const char *text, size_t n) {
    if (out->len + n + 1 > out->cap) {
        size_t cap = (out->len + n + 1) * 2;
        char *s = arena_alloc(a, cap);
        if (out->len > 0) {
            memcpy(s, out->s, out->len);
        }
        out->s = s;
        out->cap = cap;
    }
    memcpy(out->s + out->len, text, n);
    out->len += n;
    out->s[out->len] = '\0';
}

static void put_string(struct arena *a, struct plain *out, const char *text, size_t n) {
    put(a, out, "'", 1);
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '\0') {
            put(a, out, "\\0", 2);
        } else if (c == '\'') {
            put(a, out, "''", 2);
        } else if (c == '\\') {
            put(a, out, "\\\\", 2);
        } else {
            put(a, out, &c, 1);
        }
    }
    put(a, out, "'", 1);
}

char *sql_plain_text(struct arena *a, const struct sql_statement_options *o, const char *text, size_t len, char **why) {
    struct sql_lexer l;
    struct plain out = {0};
    put(a, &out, "", 0);
    sql_lexer_init(&l, a, text, len, o->lex_flags);
    for (struct sql_token t = sql_lexer_next(&l); t.kind != TOK_END; t = sql_lexer_next(&l)) {
        if (t.kind == TOK_ERROR) {
            *why = arena_printf(a, "%s", t.text);
            return NULL;
        }
        if (t.kind == TOK_OP && t.op == OP_OR_OR && o->pipes_as_concat) {
            *why = arena_strdup(a, "|| under PIPES_AS_CONCAT");
            return NULL;
        }
        if (t.after_space && out.len > 0) {
            put(a, &out, " ", 1);
        }
        if (t.kind == TOK_QUOTED_IDENT) {
            char *quoted = str_quote_mysql(a, t.text);
            put(a, &out, quoted, strlen(quoted));
        } else if (t.kind == TOK_STRING) {
            put_string(a, &out, t.text, t.len);
        } else {
            put(a, &out, text + t.start, t.end - t.start);
        }
    }
    return out.s;
}

/* ---- words ---- */

bool stmt_is(const struct ddl_parser *d, const char *word) {
    return sql_token_is(&d->p.t, word);
}

bool stmt_next_is(struct ddl_parser *d, const char *word) {
    return sql_token_is(sql_parser_peek(&d->p), word);
}

bool stmt_word(struct ddl_parser *d, const char *word) {
    return sql_parser_accept_word(&d->p, word);
}

bool stmt_words(struct ddl_parser *d, const char *one, const char *two) {
    if (!stmt_is(d, one) || !stmt_next_is(d, two)) {
        return false;
    }
    sql_parser_advance(&d->p);
    sql_parser_advance(&d->p);
    return true;
}

bool stmt_is_op(const struct ddl_parser *d, enum sql_op op) {
    return d->p.t.kind == TOK_OP && d->p.t.op == op;
}

bool stmt_op(struct ddl_parser *d, enum sql_op op) {
    return sql_parser_accept_op(&d->p, op);
}

bool stmt_unexpected(struct ddl_parser *d, const char *wanted) {
    const struct sql_token *t = &d->p.t;
    sql_parser_fail(&d->p, "%s expected at byte %zu, found %.60s", wanted, t->start,
                    t->kind == TOK_END  ? "the end"
                    : t->kind == TOK_OP ? "an operator"
                                        : t->text);
    return false;
}

/* ---- names and values ---- */

bool stmt_is_name(const struct ddl_parser *d) {
    return d->p.t.kind == TOK_IDENT || d->p.t.kind == TOK_QUOTED_IDENT;
}

bool stmt_name(struct ddl_parser *d, const char **out) {
    if (!stmt_is_name(d)) {
        return stmt_unexpected(d, "a name");
    }
    *out = d->p.t.text;
    sql_parser_advance(&d->p);
    return true;
}

bool stmt_table_name(struct ddl_parser *d, struct sql_name *out) {
    *out = (struct sql_name){0};
    if (!stmt_name(d, &out->name)) {
        return false;
    }
    if (stmt_op(d, OP_DOT)) {
        out->schema = out->name;
        return stmt_name(d, &out->name);
    }
    return true;
}

bool stmt_name_list(struct ddl_parser *d, const char ***out, size_t *n) {
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    if (!stmt_op(d, OP_LPAREN)) {
        return stmt_unexpected(d, "(");
    }
    if (stmt_op(d, OP_RPAREN)) { /* KEY () */
        return true;
    }
    do {
        *out = arena_grow(d->p.arena, *out, *n, &cap, sizeof **out);
        if (!stmt_name(d, &(*out)[(*n)++])) {
            return false;
        }
    } while (stmt_op(d, OP_COMMA));
    return stmt_op(d, OP_RPAREN) || stmt_unexpected(d, ")");
}

bool stmt_string(struct ddl_parser *d, const char **out) {
    struct plain text = {0};
    if (d->p.t.kind != TOK_STRING) {
        return stmt_unexpected(d, "a string");
    }
    while (d->p.t.kind == TOK_STRING) { /* 'a' 'b' is one */
        put(d->p.arena, &text, d->p.t.text, strlen(d->p.t.text));
        sql_parser_advance(&d->p);
    }
    *out = text.s;
    return true;
}

bool stmt_number(struct ddl_parser *d, unsigned long *out) {
    if (d->p.t.kind != TOK_INT || d->p.t.len > 18) {
        return stmt_unexpected(d, "a number");
    }
    *out = strtoul(d->p.t.text, NULL, 10);
    sql_parser_advance(&d->p);
    return true;
}

static bool plain(struct ddl_parser *d, size_t start, size_t end, const char **out) {
    char *why = NULL;
    *out = sql_plain_text(d->p.arena, d->o, d->text + start, end - start, &why);
    if (*out == NULL) {
        sql_parser_fail(&d->p, "%s", why);
    }
    return *out != NULL;
}

bool stmt_parenthesized(struct ddl_parser *d, const char **out) {
    if (!stmt_is_op(d, OP_LPAREN)) {
        return stmt_unexpected(d, "(");
    }
    size_t start = d->p.t.end;
    sql_parser_advance(&d->p);
    for (unsigned depth = 1;;) {
        if (d->p.t.kind == TOK_END || d->p.t.kind == TOK_ERROR) {
            return stmt_unexpected(d, ")");
        }
        depth += stmt_is_op(d, OP_LPAREN);
        depth -= stmt_is_op(d, OP_RPAREN);
        if (depth == 0) {
            break;
        }
        sql_parser_advance(&d->p);
    }
    size_t end = d->p.t.start;
    sql_parser_advance(&d->p);
    return plain(d, start, end, out);
}

bool stmt_expr(struct ddl_parser *d, bool bits_only, const char **out) {
    size_t start = d->p.t.start;
    struct sql_node *n = bits_only ? sql_parse_bit_expr(&d->p) : sql_parse_expr(&d->p);
    return n != NULL && plain(d, start, d->p.t.kind == TOK_END ? d->len : d->p.t.start, out);
}

bool stmt_skip_parentheses(struct ddl_parser *d) {
    const char *ignored;
    return stmt_parenthesized(d, &ignored);
}

bool stmt_charset(struct ddl_parser *d, const char **charset) {
    stmt_op(d, OP_EQ);
    if (d->p.t.kind == TOK_STRING) {
        return stmt_string(d, charset);
    }
    return stmt_name(d, charset);
}

bool stmt_skip_value(struct ddl_parser *d) {
    stmt_op(d, OP_EQ);
    stmt_op(d, OP_MINUS);
    switch (d->p.t.kind) {
    case TOK_OP:
        return stmt_is_op(d, OP_LPAREN) ? stmt_skip_parentheses(d) : stmt_unexpected(d, "a value");
    case TOK_END:
    case TOK_ERROR:
        return stmt_unexpected(d, "a value");
    default:
        sql_parser_advance(&d->p);
        return true;
    }
}

struct sql_clause *stmt_add_clause(struct ddl_parser *d, enum sql_clause_kind kind) {
    struct sql_statement *s = d->s;
    s->clauses = arena_grow(d->p.arena, s->clauses, s->nclauses, &s->clauses_cap, sizeof *s->clauses);
    struct sql_clause *c = &s->clauses[s->nclauses++];
    *c = (struct sql_clause){.kind = kind, .start = d->p.t.start};
    return c;
}
