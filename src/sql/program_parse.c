/* Statements that hold statements: blocks, IF, CASE, loops. The others are in program_simple.c. */
#include <string.h>

#include "base/str.h"
#include "sql/program_internal.h"

struct sql_stmt *prog_stmt_new(struct sql_parser *p, enum sql_stmt_kind kind) {
    struct sql_stmt *s = arena_new(p->arena, struct sql_stmt);
    s->kind = kind;
    s->start = p->t.start;
    return s;
}

/* Statements, each with its semicolon, until one of the words (up to a NULL) stands there. */
static bool statements(struct sql_parser *p, struct sql_stmts *out, const char *const *until) {
    for (;;) {
        const char *comment = prog_comments(p->arena, p->lexer.text, p->last_end, p->t.start);
        for (size_t i = 0; until[i] != NULL; i++) {
            if (prog_is(p, until[i]) && !(str_eq(until[i], "until") && out->n == 0)) {
                out->comment = comment;
                return true;
            }
        }
        struct sql_stmt *s = prog_statement(p);
        if (s == NULL) {
            return false;
        }
        s->comment = comment;
        out->items = arena_grow(p->arena, out->items, out->n, &out->cap, sizeof(struct sql_stmt *));
        out->items[out->n++] = s;
        if (!sql_parser_expect_op(p, OP_SEMICOLON, ";")) {
            return false;
        }
    }
}

/* The same, at least one: as branches and loops have. */
static bool some_statements(struct sql_parser *p, struct sql_stmts *out, const char *const *until) {
    return statements(p, out, until) && (out->n > 0 || prog_unexpected(p, "a statement"));
}

/* The label behind END, which must be the one before. */
static bool end_label(struct sql_parser *p, const char *label) {
    if (p->t.kind != TOK_IDENT && p->t.kind != TOK_QUOTED_IDENT) {
        return true;
    }
    if (label == NULL || !str_ieq(label, p->t.text)) {
        return prog_unexpected(p, "the label of the beginning");
    }
    sql_parser_advance(p);
    return true;
}

static bool block(struct sql_parser *p, struct sql_stmt *s) {
    static const char *const until[] = {"end", NULL};
    if (prog_is(p, "not") && prog_next_is(p, "atomic")) { /* MariaDB */
        sql_parser_advance(p);
        sql_parser_advance(p);
    }
    if (!statements(p, &s->body, until)) {
        return false;
    }
    sql_parser_advance(p);
    return end_label(p, s->label);
}

static bool branch(struct sql_parser *p, struct sql_stmt *s, struct sql_node *when, const char *const *until) {
    struct sql_branch b = {.when = when};
    if (!some_statements(p, &b.body, until)) {
        return false;
    }
    s->branches = arena_grow(p->arena, s->branches, s->nbranches, &s->branches_cap, sizeof *s->branches);
    s->branches[s->nbranches++] = b;
    return true;
}

static bool if_(struct sql_parser *p, struct sql_stmt *s) {
    static const char *const until[] = {"elseif", "else", "end", NULL}, *const end[] = {"end", NULL};
    do {
        struct sql_node *when = sql_parse_expr(p);
        if (when == NULL || !sql_parser_expect_word(p, "then") || !branch(p, s, when, until)) {
            return false;
        }
    } while (sql_parser_accept_word(p, "elseif"));
    return (!sql_parser_accept_word(p, "else") || branch(p, s, NULL, end)) && sql_parser_expect_word(p, "end") &&
           sql_parser_expect_word(p, "if");
}

static bool case_(struct sql_parser *p, struct sql_stmt *s) {
    static const char *const until[] = {"when", "else", "end", NULL}, *const end[] = {"end", NULL};
    if (!prog_is(p, "when") && (s->expr = sql_parse_expr(p)) == NULL) {
        return false;
    }
    if (!prog_is(p, "when")) {
        return prog_unexpected(p, "WHEN");
    }
    while (sql_parser_accept_word(p, "when")) {
        struct sql_node *when = sql_parse_expr(p);
        if (when == NULL || !sql_parser_expect_word(p, "then") || !branch(p, s, when, until)) {
            return false;
        }
    }
    return (!sql_parser_accept_word(p, "else") || branch(p, s, NULL, end)) && sql_parser_expect_word(p, "end") &&
           sql_parser_expect_word(p, "case");
}

static bool loop(struct sql_parser *p, struct sql_stmt *s) {
    static const char *const end[] = {"end", NULL};
    return some_statements(p, &s->body, end) && sql_parser_expect_word(p, "end") && sql_parser_expect_word(p, "loop") &&
           end_label(p, s->label);
}

static bool while_(struct sql_parser *p, struct sql_stmt *s) {
    static const char *const end[] = {"end", NULL};
    return (s->expr = sql_parse_expr(p)) != NULL && sql_parser_expect_word(p, "do") &&
           some_statements(p, &s->body, end) && sql_parser_expect_word(p, "end") &&
           sql_parser_expect_word(p, "while") && end_label(p, s->label);
}

static bool repeat(struct sql_parser *p, struct sql_stmt *s) {
    static const char *const until[] = {"until", NULL};
    return some_statements(p, &s->body, until) && sql_parser_expect_word(p, "until") &&
           (s->expr = sql_parse_expr(p)) != NULL && sql_parser_expect_word(p, "end") &&
           sql_parser_expect_word(p, "repeat") && end_label(p, s->label);
}

/* MariaDB: FOR i IN [REVERSE] 1 .. 10 DO */
static bool for_(struct sql_parser *p, struct sql_stmt *s) {
    static const char *const end[] = {"end", NULL};
    if (!sql_parse_name(p, &s->name) || !sql_parser_expect_word(p, "in")) {
        return false;
    }
    s->reverse = sql_parser_accept_word(p, "reverse");
    if ((s->expr = sql_parse_bit_expr(p)) == NULL) {
        return false;
    }
    if (!sql_parser_accept_op(p, OP_DOT) || !sql_parser_expect_op(p, OP_DOT, "..")) {
        sql_parser_fail(p, "FOR over a cursor");
        return false;
    }
    return (s->high = sql_parse_bit_expr(p)) != NULL && sql_parser_expect_word(p, "do") &&
           some_statements(p, &s->body, end) && sql_parser_expect_word(p, "end") && sql_parser_expect_word(p, "for") &&
           end_label(p, s->label);
}

/* label: before BEGIN and loops */
static const char *label(struct sql_parser *p) {
    if ((p->t.kind != TOK_IDENT && p->t.kind != TOK_QUOTED_IDENT) || sql_parser_peek(p)->kind != TOK_OP ||
        sql_parser_peek(p)->op != OP_COLON) {
        return NULL;
    }
    const char *name = p->t.text;
    sql_parser_advance(p);
    sql_parser_advance(p);
    return name;
}

static struct sql_stmt *statement(struct sql_parser *p) {
    static const struct {
        const char *word;
        enum sql_stmt_kind kind;
        bool (*parse)(struct sql_parser *, struct sql_stmt *);
        bool labelled;
    } compound[] = {
        {"begin", SQL_STMT_BLOCK, block, true},  {"if", SQL_STMT_IF, if_, false},
        {"case", SQL_STMT_CASE, case_, false},   {"loop", SQL_STMT_LOOP, loop, true},
        {"while", SQL_STMT_WHILE, while_, true}, {"repeat", SQL_STMT_REPEAT, repeat, true},
        {"for", SQL_STMT_FOR, for_, true},
    };
    size_t start = p->t.start;
    const char *name = label(p);
    for (size_t i = 0; i < sizeof compound / sizeof compound[0]; i++) {
        if (prog_is(p, compound[i].word) && (name == NULL || compound[i].labelled)) {
            struct sql_stmt *s = prog_stmt_new(p, compound[i].kind);
            s->start = start;
            s->label = name;
            sql_parser_advance(p);
            return compound[i].parse(p, s) ? s : NULL;
        }
    }
    if (name != NULL) {
        prog_unexpected(p, "BEGIN or a loop");
        return NULL;
    }
    if (sql_parser_accept_word(p, "declare")) {
        struct sql_stmt *s = prog_declare(p);
        if (s != NULL) {
            s->start = start;
        }
        return s;
    }
    bool found;
    struct sql_stmt *s = prog_simple(p, &found);
    if (!found) {
        prog_unexpected(p, "a statement");
        return NULL;
    }
    return s;
}

struct sql_stmt *prog_statement(struct sql_parser *p) {
    if (!sql_parser_deeper(p)) {
        return NULL;
    }
    struct sql_stmt *s = statement(p);
    p->depth--;
    if (s == NULL || p->why != NULL) {
        return NULL;
    }
    s->end = p->last_end;
    return s;
}
