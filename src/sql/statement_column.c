/* Columns as statements write them. See statement_internal.h. */
#include <string.h>

#include "base/str.h"
#include "sql/statement_internal.h"

bool stmt_now(struct ddl_parser *d, const char **out, bool *found) {
    static const char *const names[] = {"current_timestamp", "now", "localtime", "localtimestamp"};
    *found = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !*found; i++) {
        *found = stmt_word(d, names[i]);
    }
    if (!*found) {
        return true;
    }
    unsigned long digits = 0;
    if (stmt_op(d, OP_LPAREN) && !stmt_op(d, OP_RPAREN)) {
        if (!stmt_number(d, &digits) || !stmt_op(d, OP_RPAREN)) {
            return stmt_unexpected(d, ")");
        }
    }
    *out = digits == 0 ? "CURRENT_TIMESTAMP" : arena_printf(d->p.arena, "CURRENT_TIMESTAMP(%lu)", digits);
    return true;
}

static bool is_operator(const struct sql_token *t) {
    return t->kind == TOK_OP && t->op != OP_COMMA && t->op != OP_RPAREN && t->op != OP_SEMICOLON;
}

/* 'a' 'b', _latin1'x', x'41', -1.5; *found false: none. */
static bool literal(struct ddl_parser *d, struct sql_value *v, bool *found) {
    struct sql_parser *p = &d->p;
    *found = true;
    *v = (struct sql_value){0};
    if (p->t.kind == TOK_INTRODUCER) {
        v->charset = p->t.text;
        sql_parser_advance(p);
    }
    bool minus = false;
    if (v->charset == NULL && (stmt_is_op(d, OP_MINUS) || stmt_is_op(d, OP_PLUS))) {
        minus = stmt_is_op(d, OP_MINUS);
        sql_parser_advance(p);
        if (p->t.kind != TOK_INT && p->t.kind != TOK_DECIMAL && p->t.kind != TOK_FLOAT) {
            return stmt_unexpected(d, "a number");
        }
    }
    v->text = p->t.text;
    v->len = p->t.len;
    switch (p->t.kind) {
    case TOK_STRING:
    case TOK_NSTRING: {
        v->kind = SQL_VALUE_STRING;
        const struct sql_token *next = sql_parser_peek(p);
        if (next->kind == TOK_STRING) { /* what is put together has no NUL inside, or is refused */
            if (strlen(v->text) != v->len) {
                return stmt_unexpected(d, "one string");
            }
            if (p->t.kind == TOK_STRING) {
                bool ok = stmt_string(d, &v->text);
                v->len = ok ? strlen(v->text) : 0;
                return ok;
            }
        }
        break;
    }
    case TOK_HEX:
        v->kind = SQL_VALUE_HEX;
        break;
    case TOK_BIT:
        v->kind = SQL_VALUE_BIT;
        break;
    case TOK_INT:
    case TOK_DECIMAL:
    case TOK_FLOAT:
        v->kind = SQL_VALUE_NUMBER;
        v->text = minus ? arena_printf(p->arena, "-%s", v->text) : v->text;
        v->len = strlen(v->text);
        break;
    default:
        *found = false;
        return v->charset == NULL || stmt_unexpected(d, "a string");
    }
    sql_parser_advance(p);
    return true;
}

static bool expression(struct ddl_parser *d, struct sql_value *v) {
    v->kind = SQL_VALUE_EXPR;
    if (stmt_is_op(d, OP_LPAREN) && !d->o->mariadb) {
        return stmt_parenthesized(d, &v->text);
    }
    return stmt_expr(d, true, &v->text);
}

bool stmt_value(struct ddl_parser *d, struct sql_value *v) {
    struct sql_parser before = d->p;
    bool found;
    *v = (struct sql_value){0};
    if (stmt_is(d, "null") && !is_operator(sql_parser_peek(&d->p))) {
        sql_parser_advance(&d->p);
        v->kind = SQL_VALUE_NULL;
        return true;
    }
    if (stmt_is(d, "true") || stmt_is(d, "false")) {
        *v = (struct sql_value){.kind = SQL_VALUE_NUMBER, .text = stmt_is(d, "true") ? "1" : "0", .len = 1};
        sql_parser_advance(&d->p);
        return true;
    }
    if ((stmt_is(d, "date") || stmt_is(d, "time") || stmt_is(d, "timestamp")) &&
        sql_parser_peek(&d->p)->kind == TOK_STRING) { /* DATE'2024-01-01' */
        sql_parser_advance(&d->p);
    }
    if (!stmt_now(d, &v->text, &found)) {
        return false;
    }
    if (found && !is_operator(&d->p.t)) {
        v->kind = SQL_VALUE_NOW;
        return true;
    }
    if (!found && (!literal(d, v, &found) || (found && !is_operator(&d->p.t)))) {
        return d->p.why == NULL;
    }
    d->p = before;
    *v = (struct sql_value){0};
    return expression(d, v);
}

static const char *action(struct ddl_parser *d) {
    if (stmt_word(d, "restrict")) {
        return "RESTRICT";
    }
    if (stmt_word(d, "cascade")) {
        return "CASCADE";
    }
    if (stmt_words(d, "set", "null")) {
        return "SET NULL";
    }
    if (stmt_words(d, "set", "default")) {
        return "SET DEFAULT";
    }
    return stmt_words(d, "no", "action") ? "NO ACTION" : NULL;
}

bool stmt_reference(struct ddl_parser *d, struct sql_reference *r) {
    *r = (struct sql_reference){0};
    if (!stmt_table_name(d, &r->table)) {
        return false;
    }
    if (stmt_is_op(d, OP_LPAREN) && !stmt_name_list(d, &r->columns, &r->n)) {
        return false;
    }
    if (stmt_word(d, "match")) {
        sql_parser_advance(&d->p);
    }
    for (;;) {
        const char **rule = stmt_words(d, "on", "delete")                   ? &r->on_delete
                            : stmt_is(d, "on") && stmt_next_is(d, "update") ? &r->on_update
                                                                            : NULL;
        if (rule == NULL) {
            return true;
        }
        if (rule == &r->on_update) {
            sql_parser_advance(&d->p);
            sql_parser_advance(&d->p);
        }
        *rule = action(d);
        if (*rule == NULL) {
            return stmt_unexpected(d, "CASCADE or another action");
        }
    }
}

static bool add_check(struct ddl_parser *d, struct sql_column_def *c, const char *name) {
    struct sql_check *grown = arena_array(d->p.arena, struct sql_check, c->nchecks + 1);
    if (c->nchecks > 0) {
        memcpy(grown, c->checks, c->nchecks * sizeof *grown);
    }
    c->checks = grown;
    struct sql_check *k = &grown[c->nchecks++];
    bool ok = stmt_check(d, k);
    k->name = name;
    return ok;
}

static bool generated(struct ddl_parser *d, struct sql_column_def *c) {
    c->generated = true;
    if (!stmt_parenthesized(d, &c->generation)) {
        return false;
    }
    c->stored = stmt_word(d, "stored") || stmt_word(d, "persistent");
    if (!c->stored) {
        stmt_word(d, "virtual");
    }
    return true;
}

static bool constraint(struct ddl_parser *d, struct sql_column_def *c) {
    const char *name = NULL;
    if (!stmt_is(d, "check") && !stmt_name(d, &name)) {
        return false;
    }
    return stmt_word(d, "check") ? add_check(d, c, name) : stmt_unexpected(d, "CHECK");
}

/* One attribute; *found false: there is none more. */
static bool attribute(struct ddl_parser *d, struct sql_column_def *c, bool *found) {
    *found = true;
    if (stmt_words(d, "not", "null")) {
        c->nullable = SQL_NO;
    } else if (stmt_word(d, "null")) {
        c->nullable = SQL_YES;
    } else if (stmt_word(d, "default")) {
        return stmt_value(d, &c->initial);
    } else if (stmt_is(d, "on") && stmt_next_is(d, "update")) {
        sql_parser_advance(&d->p);
        sql_parser_advance(&d->p);
        bool now;
        return stmt_now(d, &c->on_update, &now) && (now || stmt_unexpected(d, "CURRENT_TIMESTAMP"));
    } else if (stmt_word(d, "auto_increment")) {
        c->auto_increment = true;
    } else if (stmt_words(d, "serial", "default")) {
        c->auto_increment = c->unique = true;
        c->nullable = SQL_NO;
        return stmt_word(d, "value") || stmt_unexpected(d, "VALUE");
    } else if (stmt_word(d, "unique")) {
        c->unique = true;
        stmt_word(d, "key");
    } else if (stmt_word(d, "primary")) {
        c->primary = true;
        stmt_word(d, "key");
    } else if (stmt_word(d, "key")) {
        c->primary = true;
    } else if (stmt_word(d, "comment")) {
        return stmt_string(d, &c->comment);
    } else if (stmt_word(d, "collate")) {
        return stmt_charset(d, &c->type.collation);
    } else if (stmt_words(d, "character", "set") || stmt_word(d, "charset")) {
        return stmt_charset(d, &c->type.charset);
    } else if (stmt_word(d, "visible")) {
        c->invisible = SQL_NO;
    } else if (stmt_word(d, "invisible")) {
        c->invisible = SQL_YES;
    } else if (stmt_word(d, "srid")) {
        c->has_srid = true;
        return stmt_number(d, &c->srid);
    } else if (stmt_is(d, "ref_system_id")) {
        sql_parser_advance(&d->p);
        stmt_op(d, OP_EQ);
        c->has_srid = true;
        return stmt_number(d, &c->srid);
    } else if (stmt_word(d, "constraint")) {
        return constraint(d, c);
    } else if (stmt_word(d, "check")) {
        return add_check(d, c, NULL);
    } else if (stmt_word(d, "references")) {
        c->reference = arena_new(d->p.arena, struct sql_reference);
        return stmt_reference(d, c->reference);
    } else if (stmt_words(d, "generated", "always")) {
        return stmt_word(d, "as") ? generated(d, c) : stmt_unexpected(d, "AS");
    } else if (stmt_word(d, "as")) {
        return generated(d, c);
    } else if (stmt_is(d, "column_format") || stmt_is(d, "storage") || stmt_is(d, "engine_attribute") ||
               stmt_is(d, "secondary_engine_attribute")) {
        sql_parser_advance(&d->p);
        return stmt_skip_value(d);
    } else if (stmt_words(d, "not", "secondary") || stmt_words(d, "without", "system") ||
               stmt_words(d, "with", "system")) {
        stmt_word(d, "versioning");
    } else if (stmt_word(d, "compressed")) { /* MariaDB: how it is stored */
        return !stmt_is_op(d, OP_EQ) || stmt_skip_value(d);
    } else {
        *found = false;
    }
    return true;
}

bool stmt_column(struct ddl_parser *d, struct sql_column_def *c) {
    bool found = true;
    *c = (struct sql_column_def){0};
    if (!stmt_name(d, &c->name)) {
        return false;
    }
    if (stmt_op(d, OP_DOT) && !stmt_name(d, &c->name)) { /* MySQL lets the table's name stand before it */
        return false;
    }
    if (!stmt_type(d, &c->type)) {
        return false;
    }
    while (found) {
        if (!attribute(d, c, &found)) {
            return false;
        }
    }
    return true;
}
