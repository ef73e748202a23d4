/* Statements of programs that hold no other statements, and declarations. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "sql/program_internal.h"

static bool condition(struct sql_parser *p, struct sql_condition *c) {
    if (sql_parser_accept_word(p, "sqlstate")) {
        (void)sql_parser_accept_word(p, "value");
        c->kind = SQL_COND_STATE;
        return prog_string(p, &c->text);
    }
    if (p->t.kind == TOK_INT) {
        c->kind = SQL_COND_ERRNO;
        c->errno_ = (unsigned)strtoul(p->t.text, NULL, 10);
        sql_parser_advance(p);
        return true;
    }
    if (sql_parser_accept_word(p, "sqlwarning")) {
        c->kind = SQL_COND_WARNING;
        return true;
    }
    if (sql_parser_accept_word(p, "sqlexception")) {
        c->kind = SQL_COND_EXCEPTION;
        return true;
    }
    if (prog_words(p, "not", "found")) {
        c->kind = SQL_COND_NOT_FOUND;
        return true;
    }
    c->kind = SQL_COND_NAME;
    return sql_parse_name(p, &c->text);
}

bool prog_conditions(struct sql_parser *p, struct sql_stmt *s, bool many) {
    do {
        struct sql_condition c = {0};
        if (!condition(p, &c)) {
            return false;
        }
        s->conditions = arena_grow(p->arena, s->conditions, s->nconditions, &s->conditions_cap, sizeof *s->conditions);
        s->conditions[s->nconditions++] = c;
    } while (many && sql_parser_accept_op(p, OP_COMMA));
    return true;
}

static bool handler(struct sql_parser *p, struct sql_stmt *s) {
    sql_parser_advance(p);
    sql_parser_advance(p);
    if (!sql_parser_expect_word(p, "for") || !prog_conditions(p, s, true)) {
        return false;
    }
    struct sql_stmt *body = prog_statement(p);
    if (body == NULL) {
        return false;
    }
    s->body.items = arena_grow(p->arena, NULL, 0, &s->body.cap, sizeof(struct sql_stmt *));
    s->body.items[s->body.n++] = body;
    return true;
}

struct sql_stmt *prog_declare(struct sql_parser *p) {
    struct sql_stmt *s = prog_stmt_new(p, SQL_STMT_VARIABLE);
    bool go_on = prog_is(p, "continue"), exit = prog_is(p, "exit");
    if ((go_on || exit || prog_is(p, "undo")) && prog_next_is(p, "handler")) {
        s->kind = SQL_STMT_HANDLER;
        s->exit_handler = exit;
        if (!go_on && !exit) {
            sql_parser_fail(p, "UNDO handlers");
            return NULL;
        }
        return handler(p, s) ? s : NULL;
    }
    size_t cap = 0;
    do {
        const char *name;
        if (!sql_parse_name(p, &name)) {
            return NULL;
        }
        s->names = arena_grow(p->arena, s->names, s->nnames, &cap, sizeof *s->names);
        s->names[s->nnames++] = name;
    } while (sql_parser_accept_op(p, OP_COMMA));
    s->name = s->names[0];
    if (s->nnames == 1 && sql_parser_accept_word(p, "condition")) {
        s->kind = SQL_STMT_CONDITION;
        return sql_parser_expect_word(p, "for") && prog_conditions(p, s, false) ? s : NULL;
    }
    if (s->nnames == 1 && sql_parser_accept_word(p, "cursor")) {
        s->kind = SQL_STMT_CURSOR;
        return sql_parser_expect_word(p, "for") && (s->query = sql_parse_query(p)) != NULL ? s : NULL;
    }
    if (prog_words(p, "type", "of") || prog_words(p, "row", "type")) {
        sql_parser_fail(p, "TYPE OF");
        return NULL;
    }
    return prog_type(p, &s->type) && (!sql_parser_accept_word(p, "default") || (s->expr = sql_parse_expr(p)) != NULL)
               ? s
               : NULL;
}

static bool add_set(struct sql_parser *p, struct sql_stmt *s, struct sql_assign a) {
    s->sets = arena_grow(p->arena, s->sets, s->nsets, &s->sets_cap, sizeof *s->sets);
    s->sets[s->nsets++] = a;
    return true;
}

/* The value of a SET: words such as ON and utf8mb4 may stand for themselves. */
static bool set_value(struct sql_parser *p, struct sql_assign *a) {
    if (prog_is(p, "default") && sql_parser_peek(p)->op != OP_LPAREN) {
        sql_parser_advance(p);
        return true;
    }
    if (prog_is(p, "on")) {
        a->value = sql_node_new(p->arena, SN_COLUMN);
        a->value->name = "on";
        sql_parser_advance(p);
        return true;
    }
    return (a->value = sql_parse_expr(p)) != NULL;
}

static bool set(struct sql_parser *p, struct sql_stmt *s) {
    enum sql_set_scope scope = SQL_SET_NAME;
    do {
        struct sql_assign a = {.start = p->t.start};
        if (prog_is(p, "session") || prog_is(p, "local")) {
            sql_parser_advance(p);
            scope = SQL_SET_SESSION;
        } else if (prog_is(p, "global") || prog_is(p, "persist")) {
            sql_parser_advance(p);
            scope = SQL_SET_GLOBAL;
        }
        a.scope = scope;
        if (scope != SQL_SET_NAME && prog_is(p, "transaction")) {
            sql_parser_fail(p, "SET TRANSACTION");
            return false;
        }
        if (p->t.kind == TOK_USER_VAR) {
            a.scope = SQL_SET_USER;
            a.name = p->t.text;
            sql_parser_advance(p);
        } else if (p->t.kind == TOK_SYSTEM_VAR) {
            bool global = strncasecmp(p->t.text, "global.", 7) == 0,
                 session = strncasecmp(p->t.text, "session.", 8) == 0;
            a.scope = global ? SQL_SET_GLOBAL : SQL_SET_SESSION;
            a.name = p->t.text + (global ? 7 : session ? 8 : 0);
            sql_parser_advance(p);
        } else if (prog_is(p, "names") || prog_is(p, "charset") ||
                   (prog_is(p, "character") && prog_next_is(p, "set"))) {
            a.scope = SQL_SET_SESSION;
            a.name = "names";
            if (prog_is(p, "character")) {
                sql_parser_advance(p);
            }
            sql_parser_advance(p);
            a.value = sql_parse_bit_expr(p);
            if (a.value == NULL || !add_set(p, s, a)) {
                return false;
            }
            continue;
        } else if (prog_is(p, "transaction")) {
            sql_parser_fail(p, "SET TRANSACTION");
            return false;
        } else {
            if (!sql_parse_name(p, &a.name)) {
                return false;
            }
            if (sql_parser_accept_op(p, OP_DOT)) {
                a.qualifier = a.name;
                if (p->t.kind != TOK_IDENT && p->t.kind != TOK_QUOTED_IDENT) {
                    return prog_unexpected(p, "a name");
                }
                a.name = p->t.text;
                sql_parser_advance(p);
            }
        }
        if (!sql_parser_accept_op(p, OP_ASSIGN) && !sql_parser_expect_op(p, OP_EQ, "=")) {
            return false;
        }
        if (!set_value(p, &a) || !add_set(p, s, a)) {
            return false;
        }
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

/* SET MESSAGE_TEXT = .., MYSQL_ERRNO = .. */
static bool signal(struct sql_parser *p, struct sql_stmt *s) {
    if ((s->kind == SQL_STMT_SIGNAL || prog_is(p, "sqlstate") || (p->t.kind == TOK_IDENT && !prog_is(p, "set")) ||
         p->t.kind == TOK_QUOTED_IDENT) &&
        !prog_conditions(p, s, false)) {
        return false;
    }
    if (!sql_parser_accept_word(p, "set")) {
        return true;
    }
    do {
        struct sql_assign a = {.start = p->t.start};
        if (!sql_parse_name(p, &a.name)) {
            return false;
        }
        a.name = sql_lower(p->arena, a.name);
        if (!sql_parser_expect_op(p, OP_EQ, "=") || (a.value = sql_parse_expr(p)) == NULL || !add_set(p, s, a)) {
            return false;
        }
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

/* A variable: local, @user, or NEW.column. */
static struct sql_node *target(struct sql_parser *p) {
    struct sql_node *n = sql_node_new(p->arena, p->t.kind == TOK_USER_VAR ? SN_VARIABLE : SN_COLUMN);
    n->start = p->t.start;
    if (n->kind == SN_VARIABLE) {
        n->text = arena_printf(p->arena, "@%s", p->t.text);
        n->len = strlen(n->text);
        sql_parser_advance(p);
        return n;
    }
    return sql_parse_name(p, &n->name) ? n : NULL;
}

static bool targets(struct sql_parser *p, struct sql_stmt *s) {
    do {
        struct sql_node *n = target(p);
        if (n == NULL) {
            return false;
        }
        s->args = arena_grow(p->arena, s->args, s->nargs, &s->args_cap, sizeof(struct sql_node *));
        s->args[s->nargs++] = n;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

static bool diagnostics(struct sql_parser *p, struct sql_stmt *s) {
    s->stacked = sql_parser_accept_word(p, "stacked");
    if (!s->stacked) {
        (void)sql_parser_accept_word(p, "current");
    }
    if (!sql_parser_expect_word(p, "diagnostics")) {
        return false;
    }
    if (sql_parser_accept_word(p, "condition") && (s->expr = sql_parse_simple(p)) == NULL) {
        return false;
    }
    do {
        struct sql_assign a = {.start = p->t.start, .value = target(p)};
        if (a.value == NULL || !sql_parser_expect_op(p, OP_EQ, "=") || !sql_parse_name(p, &a.name)) {
            return false;
        }
        a.name = sql_lower(p->arena, a.name);
        if (!add_set(p, s, a)) {
            return false;
        }
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

static bool fetch(struct sql_parser *p, struct sql_stmt *s) {
    if (prog_is(p, "next")) {
        sql_parser_advance(p);
    }
    (void)sql_parser_accept_word(p, "from");
    return sql_parse_name(p, &s->name) && sql_parser_expect_word(p, "into") && targets(p, s);
}

static bool start_transaction(struct sql_parser *p) {
    if (!sql_parser_expect_word(p, "transaction")) {
        return false;
    }
    (void)prog_words(p, "read", "write");
    if (prog_words(p, "read", "only") || prog_words(p, "with", "consistent")) {
        (void)sql_parser_accept_word(p, "snapshot");
    }
    return true;
}

static bool rollback(struct sql_parser *p, struct sql_stmt *s) {
    (void)sql_parser_accept_word(p, "work");
    if (s->kind == SQL_STMT_ROLLBACK && sql_parser_accept_word(p, "to")) {
        (void)sql_parser_accept_word(p, "savepoint");
        return sql_parse_name(p, &s->name);
    }
    return true;
}

static bool prepare(struct sql_parser *p, struct sql_stmt *s) {
    return sql_parse_name(p, &s->name) && sql_parser_expect_word(p, "from") && (s->expr = sql_parse_expr(p)) != NULL;
}

static bool execute(struct sql_parser *p, struct sql_stmt *s) {
    if (prog_is(p, "immediate")) {
        sql_parser_fail(p, "EXECUTE IMMEDIATE");
        return false;
    }
    return sql_parse_name(p, &s->name) && (!sql_parser_accept_word(p, "using") || targets(p, s));
}

static bool call(struct sql_parser *p, struct sql_stmt *s) {
    return sql_parse_table_name(p, &s->table) && prog_args(p, &s->args, &s->nargs, &s->args_cap);
}

static bool do_(struct sql_parser *p, struct sql_stmt *s) {
    do {
        struct sql_node *v = sql_parse_expr(p);
        if (v == NULL) {
            return false;
        }
        s->args = arena_grow(p->arena, s->args, s->nargs, &s->args_cap, sizeof(struct sql_node *));
        s->args[s->nargs++] = v;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

static bool truncate_(struct sql_parser *p, struct sql_stmt *s) {
    (void)sql_parser_accept_word(p, "table");
    return sql_parse_table_name(p, &s->table);
}

/* The statement's text up to its semicolon, for the parser of definitions. */
static bool definition(struct sql_parser *p, struct sql_stmt *s, size_t start) {
    int depth = 0;
    while (p->t.kind != TOK_END && p->t.kind != TOK_ERROR) {
        if (p->t.kind == TOK_OP) {
            depth += p->t.op == OP_LPAREN ? 1 : p->t.op == OP_RPAREN ? -1 : 0;
            if (p->t.op == OP_SEMICOLON && depth <= 0) {
                break;
            }
        }
        sql_parser_advance(p);
    }
    struct sql_statement *ddl = arena_new(p->arena, struct sql_statement);
    struct sql_statement_options o = {.lex_flags = p->lexer.flags, .pipes_as_concat = p->pipes_as_concat};
    char *why;
    if (!sql_statement_parse(p->arena, &o, p->lexer.text + start, p->last_end - start, ddl, &why)) {
        sql_parser_fail(p, "%s", why);
        return false;
    }
    s->ddl = ddl;
    s->text = arena_strndup(p->arena, p->lexer.text + start, p->last_end - start);
    return true;
}

static bool create_table(struct sql_parser *p, struct sql_stmt *s) {
    size_t start = s->start;
    s->kind = SQL_STMT_CREATE_TABLE;
    s->temporary = sql_parser_accept_word(p, "temporary");
    if (!sql_parser_expect_word(p, "table")) {
        return false;
    }
    if (prog_is(p, "if")) {
        sql_parser_advance(p);
        s->if_not_exists = true;
        if (!sql_parser_expect_word(p, "not") || !sql_parser_expect_word(p, "exists")) {
            return false;
        }
    }
    if (!sql_parse_table_name(p, &s->table)) {
        return false;
    }
    while (prog_is(p, "engine") || prog_is(p, "charset") || prog_is(p, "default")) { /* options before AS */
        while (p->t.kind != TOK_END && !prog_is(p, "as") && !prog_is(p, "select") &&
               !sql_parser_is_op(p, OP_SEMICOLON)) {
            sql_parser_advance(p);
        }
    }
    (void)sql_parser_accept_word(p, "as");
    if (sql_at_query(p)) {
        return (s->query = sql_parse_query(p)) != NULL;
    }
    return definition(p, s, start);
}

static bool drop_table(struct sql_parser *p, struct sql_stmt *s) {
    s->kind = SQL_STMT_DROP_TABLE;
    s->temporary = sql_parser_accept_word(p, "temporary");
    if (!sql_parser_expect_word(p, "table")) {
        return false;
    }
    if (prog_is(p, "if")) {
        sql_parser_advance(p);
        s->if_exists = true;
        if (!sql_parser_expect_word(p, "exists")) {
            return false;
        }
    }
    do {
        struct sql_name n;
        if (!sql_parse_table_name(p, &n)) {
            return false;
        }
        s->tables = arena_grow(p->arena, s->tables, s->ntables, &s->tables_cap, sizeof *s->tables);
        s->tables[s->ntables++] = n;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

/* What is a statement, but none that any printer carries. */
static bool other(struct sql_parser *p, struct sql_stmt *s) {
    static const char *const words[] = {"alter",   "analyze",  "create",  "flush",  "grant",    "kill",
                                        "lock",    "optimize", "rename",  "revoke", "show",     "unlock",
                                        "use",     "load",     "explain", "drop",   "describe", "desc",
                                        "handler", "checksum", "check",   "repair", "reset",    "xa"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (prog_is(p, words[i])) {
            const char *second = sql_parser_peek(p)->kind == TOK_IDENT ? sql_parser_peek(p)->text : "";
            s->kind = SQL_STMT_OTHER;
            s->name = arena_printf(p->arena, "%.40s%s%.40s", p->t.text, second[0] == '\0' ? "" : " ", second);
            while (p->t.kind != TOK_END && p->t.kind != TOK_ERROR && !sql_parser_is_op(p, OP_SEMICOLON)) {
                sql_parser_advance(p);
            }
            s->text = arena_strndup(p->arena, p->lexer.text + s->start, p->last_end - s->start);
            return true;
        }
    }
    return false;
}

struct sql_stmt *prog_simple(struct sql_parser *p, bool *found) {
    static const struct {
        const char *word;
        enum sql_stmt_kind kind;
        bool (*parse)(struct sql_parser *, struct sql_stmt *);
    } simple[] = {
        {"set", SQL_STMT_SET, set},
        {"call", SQL_STMT_CALL, call},
        {"signal", SQL_STMT_SIGNAL, signal},
        {"resignal", SQL_STMT_RESIGNAL, signal},
        {"get", SQL_STMT_DIAGNOSTICS, diagnostics},
        {"fetch", SQL_STMT_FETCH, fetch},
        {"commit", SQL_STMT_COMMIT, rollback},
        {"rollback", SQL_STMT_ROLLBACK, rollback},
        {"prepare", SQL_STMT_PREPARE, prepare},
        {"execute", SQL_STMT_EXECUTE, execute},
        {"truncate", SQL_STMT_TRUNCATE, truncate_},
        {"do", SQL_STMT_DO, do_},
    };
    static const struct {
        const char *word;
        enum sql_stmt_kind kind;
    } named[] = {
        {"leave", SQL_STMT_LEAVE}, {"iterate", SQL_STMT_ITERATE},     {"open", SQL_STMT_OPEN},
        {"close", SQL_STMT_CLOSE}, {"savepoint", SQL_STMT_SAVEPOINT},
    };
    struct sql_stmt *s = prog_stmt_new(p, SQL_STMT_OTHER);
    *found = true;
    if (sql_at_query(p)) {
        s->kind = SQL_STMT_SELECT;
        if (prog_is(p, "with") && sql_at_dml(p)) {
            s->kind = SQL_STMT_DML;
            return (s->dml = sql_parse_dml(p)) != NULL ? s : NULL;
        }
        return (s->query = sql_parse_query(p)) != NULL ? s : NULL;
    }
    if (sql_at_dml(p)) {
        s->kind = SQL_STMT_DML;
        return (s->dml = sql_parse_dml(p)) != NULL ? s : NULL;
    }
    for (size_t i = 0; i < sizeof simple / sizeof simple[0]; i++) {
        if (sql_parser_accept_word(p, simple[i].word)) {
            s->kind = simple[i].kind;
            return simple[i].parse(p, s) ? s : NULL;
        }
    }
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        if (sql_parser_accept_word(p, named[i].word)) {
            s->kind = named[i].kind;
            return sql_parse_name(p, &s->name) ? s : NULL;
        }
    }
    if (sql_parser_accept_word(p, "return")) {
        s->kind = SQL_STMT_RETURN;
        return (s->expr = sql_parse_expr(p)) != NULL ? s : NULL;
    }
    if (sql_parser_accept_word(p, "start")) {
        s->kind = SQL_STMT_START;
        return start_transaction(p) ? s : NULL;
    }
    if (sql_parser_accept_word(p, "release")) {
        s->kind = SQL_STMT_RELEASE;
        return sql_parser_expect_word(p, "savepoint") && sql_parse_name(p, &s->name) ? s : NULL;
    }
    if ((prog_is(p, "deallocate") || prog_is(p, "drop")) && prog_next_is(p, "prepare")) {
        sql_parser_advance(p);
        sql_parser_advance(p);
        s->kind = SQL_STMT_DEALLOCATE;
        return sql_parse_name(p, &s->name) ? s : NULL;
    }
    if (prog_is(p, "create") && (prog_next_is(p, "temporary") || prog_next_is(p, "table"))) {
        sql_parser_advance(p);
        return create_table(p, s) ? s : NULL;
    }
    if (prog_is(p, "drop") && (prog_next_is(p, "temporary") || prog_next_is(p, "table"))) {
        sql_parser_advance(p);
        return drop_table(p, s) ? s : NULL;
    }
    *found = other(p, s);
    return *found ? s : NULL;
}
