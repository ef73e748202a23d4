/* CREATE VIEW, FUNCTION, PROCEDURE, TRIGGER, EVENT; and the entry of the parser. */
#include <string.h>

#include "base/str.h"
#include "sql/program_internal.h"

/* user@host, `user`@`host`, CURRENT_USER[()] */
static bool definer(struct sql_parser *p, struct sql_object *o) {
    if (!sql_parser_expect_op(p, OP_EQ, "=")) {
        return false;
    }
    if (p->t.kind != TOK_IDENT && p->t.kind != TOK_QUOTED_IDENT && p->t.kind != TOK_STRING) {
        return prog_unexpected(p, "a user");
    }
    o->definer = p->t.text;
    sql_parser_advance(p);
    if (p->t.kind == TOK_USER_VAR) { /* @host */
        o->definer = arena_printf(p->arena, "%s@%s", o->definer, p->t.text);
        sql_parser_advance(p);
    } else if (sql_parser_accept_op(p, OP_LPAREN)) {
        return sql_parser_expect_op(p, OP_RPAREN, ")");
    }
    return true;
}

static bool security(struct sql_parser *p, struct sql_object *o) {
    o->invoker = sql_parser_accept_word(p, "invoker");
    return o->invoker || sql_parser_expect_word(p, "definer");
}

static bool view(struct sql_parser *p, struct sql_object *o) {
    o->kind = SQL_OBJECT_VIEW;
    if (!sql_parse_table_name(p, &o->name) ||
        (sql_parser_is_op(p, OP_LPAREN) && !sql_parse_names(p, &o->columns, &o->ncolumns)) ||
        !sql_parser_expect_word(p, "as") || (o->query = sql_parse_query(p)) == NULL) {
        return false;
    }
    if (sql_parser_accept_word(p, "with")) {
        o->check = sql_parser_accept_word(p, "local") ? "local" : "cascaded";
        (void)sql_parser_accept_word(p, "cascaded");
        return sql_parser_expect_word(p, "check") && sql_parser_expect_word(p, "option");
    }
    return true;
}

static bool params(struct sql_parser *p, struct sql_object *o) {
    if (!sql_parser_expect_op(p, OP_LPAREN, "(")) {
        return false;
    }
    if (sql_parser_accept_op(p, OP_RPAREN)) {
        return true;
    }
    do {
        struct sql_param a = {0};
        if (o->kind == SQL_OBJECT_PROCEDURE || prog_is(p, "in")) {
            a.mode = sql_parser_accept_word(p, "out")     ? SQL_PARAM_OUT
                     : sql_parser_accept_word(p, "inout") ? SQL_PARAM_INOUT
                                                          : SQL_PARAM_IN;
            if (a.mode == SQL_PARAM_IN) {
                (void)sql_parser_accept_word(p, "in");
            }
        }
        if (!sql_parse_name(p, &a.name) || !prog_type(p, &a.type)) {
            return false;
        }
        o->params = arena_grow(p->arena, o->params, o->nparams, &o->params_cap, sizeof *o->params);
        o->params[o->nparams++] = a;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return sql_parser_expect_op(p, OP_RPAREN, ")");
}

static bool characteristics(struct sql_parser *p, struct sql_object *o) {
    for (;;) {
        if (sql_parser_accept_word(p, "comment")) {
            if (!prog_string(p, &o->comment)) {
                return false;
            }
        } else if (sql_parser_accept_word(p, "language")) {
            if (!sql_parser_accept_word(p, "sql")) {
                sql_parser_fail(p, "a routine in another language than SQL");
                return false;
            }
        } else if (sql_parser_accept_word(p, "deterministic")) {
            o->deterministic = true;
        } else if (prog_words(p, "not", "deterministic")) {
            o->deterministic = false;
        } else if (prog_words(p, "contains", "sql")) {
            o->no_sql = o->reads_sql = o->modifies_sql = false;
        } else if (prog_words(p, "no", "sql")) {
            o->no_sql = true;
        } else if (prog_words(p, "reads", "sql") || prog_words(p, "modifies", "sql")) {
            o->reads_sql = true;
            if (!sql_parser_expect_word(p, "data")) {
                return false;
            }
        } else if (prog_words(p, "sql", "security")) {
            if (!security(p, o)) {
                return false;
            }
        } else {
            return true;
        }
    }
}

static bool routine(struct sql_parser *p, struct sql_object *o, enum sql_object_kind kind) {
    o->kind = kind;
    if (prog_is(p, "if")) { /* IF NOT EXISTS */
        sql_parser_advance(p);
        if (!sql_parser_expect_word(p, "not") || !sql_parser_expect_word(p, "exists")) {
            return false;
        }
    }
    if (!sql_parse_table_name(p, &o->name)) {
        return false;
    }
    if (prog_is(p, "returns")) {
        sql_parser_fail(p, "a loadable function");
        return false;
    }
    if (!params(p, o) ||
        (kind == SQL_OBJECT_FUNCTION && (!sql_parser_expect_word(p, "returns") || !prog_type(p, &o->returns)))) {
        return false;
    }
    return characteristics(p, o) && (o->body = prog_statement(p)) != NULL;
}

static bool trigger(struct sql_parser *p, struct sql_object *o) {
    o->kind = SQL_OBJECT_TRIGGER;
    if (!sql_parse_table_name(p, &o->name)) {
        return false;
    }
    o->before = sql_parser_accept_word(p, "before");
    if (!o->before && !sql_parser_expect_word(p, "after")) {
        return false;
    }
    if (sql_parser_accept_word(p, "insert")) {
        o->event = SQL_INSERT;
    } else if (sql_parser_accept_word(p, "update")) {
        o->event = SQL_UPDATE;
    } else if (sql_parser_expect_word(p, "delete")) {
        o->event = SQL_DELETE;
    } else {
        return false;
    }
    if (!sql_parser_expect_word(p, "on") || !sql_parse_table_name(p, &o->table) || !sql_parser_expect_word(p, "for") ||
        !sql_parser_expect_word(p, "each") || !sql_parser_expect_word(p, "row")) {
        return false;
    }
    o->follows = sql_parser_accept_word(p, "follows");
    o->precedes = !o->follows && sql_parser_accept_word(p, "precedes");
    if ((o->follows || o->precedes) && !sql_parse_name(p, &o->other)) {
        return false;
    }
    return (o->body = prog_statement(p)) != NULL;
}

static struct sql_node *interval(struct sql_parser *p) {
    struct sql_node *n = sql_node_new(p->arena, SN_INTERVAL);
    n->start = p->t.start;
    struct sql_node *count = sql_parse_bit_expr(p);
    if (!sql_parser_add(p, n, count)) {
        return NULL;
    }
    if (p->t.kind != TOK_IDENT) {
        return sql_parser_fail(p, "a unit of time expected");
    }
    n->name = sql_lower(p->arena, p->t.text);
    sql_parser_advance(p);
    return n;
}

static bool event(struct sql_parser *p, struct sql_object *o) {
    o->kind = SQL_OBJECT_EVENT;
    if (!sql_parse_table_name(p, &o->name) || !sql_parser_expect_word(p, "on") ||
        !sql_parser_expect_word(p, "schedule")) {
        return false;
    }
    if (sql_parser_accept_word(p, "at")) {
        if ((o->at = sql_parse_expr(p)) == NULL) {
            return false;
        }
    } else {
        if (!sql_parser_expect_word(p, "every") || (o->every = interval(p)) == NULL ||
            (sql_parser_accept_word(p, "starts") && (o->starts = sql_parse_expr(p)) == NULL) ||
            (sql_parser_accept_word(p, "ends") && (o->ends = sql_parse_expr(p)) == NULL)) {
            return false;
        }
    }
    if (prog_words(p, "on", "completion")) {
        o->preserve = !sql_parser_accept_word(p, "not");
        if (!sql_parser_expect_word(p, "preserve")) {
            return false;
        }
    }
    if (sql_parser_accept_word(p, "disable")) {
        o->disabled = true;
        if (sql_parser_accept_word(p, "on")) { /* SLAVE, REPLICA */
            sql_parser_advance(p);
        }
    } else {
        (void)sql_parser_accept_word(p, "enable");
    }
    if (sql_parser_accept_word(p, "comment") && !prog_string(p, &o->comment)) {
        return false;
    }
    return sql_parser_expect_word(p, "do") && (o->body = prog_statement(p)) != NULL;
}

/* CREATE with what may stand before VIEW, FUNCTION, ..; false and no failure: another statement. */
static bool create(struct sql_parser *p, struct sql_object *o, bool *found) {
    struct sql_parser saved = *p;
    *found = true;
    sql_parser_advance(p);
    (void)prog_words(p, "or", "replace");
    for (;;) {
        if (sql_parser_accept_word(p, "materialized")) {
            o->materialized = true;
        } else if (sql_parser_accept_word(p, "algorithm")) {
            if (!sql_parser_expect_op(p, OP_EQ, "=") || p->t.kind != TOK_IDENT) {
                return prog_unexpected(p, "an algorithm");
            }
            o->algorithm = sql_lower(p->arena, p->t.text);
            sql_parser_advance(p);
        } else if (prog_is(p, "definer") && sql_parser_peek(p)->op == OP_EQ) {
            sql_parser_advance(p);
            if (!definer(p, o)) {
                return false;
            }
        } else if (prog_words(p, "sql", "security")) {
            if (!security(p, o)) {
                return false;
            }
        } else {
            break;
        }
    }
    if (prog_words(p, "aggregate", "function")) {
        sql_parser_fail(p, "an aggregate function in SQL");
        return false;
    }
    if (sql_parser_accept_word(p, "view")) {
        return view(p, o);
    }
    if (sql_parser_accept_word(p, "function")) {
        return routine(p, o, SQL_OBJECT_FUNCTION);
    }
    if (sql_parser_accept_word(p, "procedure")) {
        return routine(p, o, SQL_OBJECT_PROCEDURE);
    }
    if (sql_parser_accept_word(p, "trigger")) {
        return trigger(p, o);
    }
    if (sql_parser_accept_word(p, "event")) {
        return event(p, o);
    }
    *found = false;
    *p = saved;
    return true;
}

bool sql_program_parse(struct arena *a, const struct sql_program_options *o, const char *text, size_t len,
                       struct sql_object *out, struct err *e) {
    struct sql_parser p;
    *out = (struct sql_object){.text = arena_strndup(a, text, len), .len = len};
    const char *nul = memchr(text, '\0', len);
    if (nul != NULL) {
        struct sql_place at = sql_place_of(text, len, (size_t)(nul - text));
        return err_set(e, ERR_SQL_PARSE, "not understood in line %zu, column %zu: a NUL byte", at.line, at.column);
    }
    sql_parser_init(&p, a, text, len, o->lex_flags);
    p.queries = true;
    p.pipes_as_concat = o->pipes_as_concat;
    bool found = false, ok = p.why == NULL;
    if (ok && prog_is(&p, "create") && !prog_next_is(&p, "temporary")) {
        ok = create(&p, out, &found);
    }
    if (ok && !found) {
        out->kind = SQL_OBJECT_STATEMENT;
        ok = (out->body = prog_statement(&p)) != NULL;
    }
    ok = ok && p.why == NULL;
    (void)(ok && sql_parser_accept_op(&p, OP_SEMICOLON));
    if (ok && p.t.kind != TOK_END) {
        ok = prog_unexpected(&p, "the end");
    }
    if (!ok) {
        struct sql_place at = sql_place_of(text, len, p.why == NULL ? p.t.start : p.why_at);
        err_set(e, ERR_SQL_PARSE, "not understood in line %zu, column %zu: %s", at.line, at.column,
                p.why == NULL ? "not SQL" : p.why);
    }
    return ok;
}
