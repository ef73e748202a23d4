/* Keys, foreign keys and checks as statements write them. See statement_internal.h. */
#include <string.h>

#include "base/str.h"
#include "sql/statement_internal.h"

static bool key_part(struct ddl_parser *d, struct sql_key_part *part) {
    *part = (struct sql_key_part){0};
    if (stmt_is_op(d, OP_LPAREN)) {
        if (!stmt_parenthesized(d, &part->expr)) {
            return false;
        }
    } else {
        if (!stmt_name(d, &part->column)) {
            return false;
        }
        if (stmt_op(d, OP_LPAREN) && (!stmt_number(d, &part->prefix) || !stmt_op(d, OP_RPAREN))) {
            return stmt_unexpected(d, ")");
        }
    }
    part->descending = stmt_word(d, "desc");
    if (!part->descending) {
        stmt_word(d, "asc");
    }
    return true;
}

bool stmt_key_parts(struct ddl_parser *d, struct sql_key *k) {
    size_t cap = 0;
    if (!stmt_op(d, OP_LPAREN)) {
        return stmt_unexpected(d, "(");
    }
    do {
        k->parts = arena_grow(d->p.arena, k->parts, k->n, &cap, sizeof *k->parts);
        if (!key_part(d, &k->parts[k->n++])) {
            return false;
        }
    } while (stmt_op(d, OP_COMMA));
    return stmt_op(d, OP_RPAREN) || stmt_unexpected(d, ")");
}

/* USING BTREE, KEY_BLOCK_SIZE = n, COMMENT 'x', .. */
bool stmt_key_options(struct ddl_parser *d, struct sql_key *k) {
    for (;;) {
        if (stmt_word(d, "using") || stmt_word(d, "type")) {
            sql_parser_advance(&d->p);
        } else if (stmt_word(d, "comment")) {
            if (!stmt_string(d, &k->comment)) {
                return false;
            }
        } else if (stmt_word(d, "visible") || stmt_words(d, "not", "ignored")) {
            k->invisible = SQL_NO;
        } else if (stmt_word(d, "invisible") || stmt_word(d, "ignored")) {
            k->invisible = SQL_YES;
        } else if (stmt_words(d, "with", "parser")) {
            sql_parser_advance(&d->p);
        } else if (stmt_is(d, "key_block_size") || stmt_is(d, "engine_attribute") ||
                   stmt_is(d, "secondary_engine_attribute") || stmt_is(d, "clustering") || stmt_is(d, "m") ||
                   stmt_is(d, "distance")) {
            sql_parser_advance(&d->p);
            if (!stmt_skip_value(d)) {
                return false;
            }
        } else {
            return true;
        }
    }
}

static bool skip_using(struct ddl_parser *d) {
    if (stmt_word(d, "using") || stmt_word(d, "type")) {
        sql_parser_advance(&d->p);
    }
    return true;
}

static bool if_not_exists(struct ddl_parser *d) {
    if (!stmt_words(d, "if", "not")) {
        return false;
    }
    stmt_word(d, "exists");
    return true;
}

static bool key(struct ddl_parser *d, enum sql_key_kind kind, const char *constraint) {
    struct sql_clause *c = stmt_add_clause(d, SQL_ADD_KEY);
    struct sql_key *k = c->key = arena_new(d->p.arena, struct sql_key);
    *k = (struct sql_key){.kind = kind, .name = constraint};
    k->if_not_exists = c->if_not_exists = if_not_exists(d);
    bool ok = true;
    if (!stmt_is_op(d, OP_LPAREN) && !stmt_is(d, "using") &&
        !(stmt_is(d, "type") && sql_parser_peek(&d->p)->kind == TOK_IDENT)) {
        ok = stmt_name(d, &k->name);
    }
    if (kind == SQL_KEY_PRIMARY) {
        k->name = NULL;
    }
    ok = ok && skip_using(d) && stmt_key_parts(d, k) && stmt_key_options(d, k);
    return ok;
}

static bool foreign_key(struct ddl_parser *d, const char *constraint) {
    struct sql_clause *c = stmt_add_clause(d, SQL_ADD_FOREIGN_KEY);
    struct sql_foreign_key *k = c->foreign_key = arena_new(d->p.arena, struct sql_foreign_key);
    *k = (struct sql_foreign_key){.constraint = constraint};
    if (!stmt_word(d, "key")) {
        return stmt_unexpected(d, "KEY");
    }
    k->if_not_exists = c->if_not_exists = if_not_exists(d);
    if (!stmt_is_op(d, OP_LPAREN) && !stmt_name(d, &k->name)) {
        return false;
    }
    if (!stmt_name_list(d, &k->columns, &k->n)) {
        return false;
    }
    return stmt_word(d, "references") ? stmt_reference(d, &k->to) : stmt_unexpected(d, "REFERENCES");
}

bool stmt_check(struct ddl_parser *d, struct sql_check *c) {
    *c = (struct sql_check){0};
    if (!stmt_parenthesized(d, &c->expr)) {
        return false;
    }
    if (stmt_word(d, "enforced")) {
        c->enforced = SQL_YES;
    } else if (stmt_words(d, "not", "enforced")) {
        c->enforced = SQL_NO;
    }
    return true;
}

static bool check(struct ddl_parser *d, const char *name) {
    struct sql_clause *c = stmt_add_clause(d, SQL_ADD_CHECK);
    c->check = arena_new(d->p.arena, struct sql_check);
    bool ok = stmt_check(d, c->check);
    c->check->name = name;
    return ok;
}

static void key_word(struct ddl_parser *d) {
    if (!stmt_word(d, "key")) {
        stmt_word(d, "index");
    }
}

static bool unfinished(struct ddl_parser *d, const char *name, bool *found) {
    if (stmt_words(d, "primary", "key")) {
        return key(d, SQL_KEY_PRIMARY, name);
    }
    if (stmt_word(d, "unique")) {
        key_word(d);
        return key(d, SQL_KEY_UNIQUE, name);
    }
    if (stmt_word(d, "foreign")) {
        return foreign_key(d, name);
    }
    if (stmt_word(d, "check")) {
        return check(d, name);
    }
    *found = false;
    return true;
}

bool stmt_constraint(struct ddl_parser *d, bool *found) {
    const char *name = NULL;
    *found = true;
    if (stmt_word(d, "constraint")) {
        bool unnamed = stmt_is(d, "primary") || stmt_is(d, "unique") || stmt_is(d, "foreign") || stmt_is(d, "check");
        bool not_exists = !unnamed && if_not_exists(d);
        if (!unnamed && !stmt_name(d, &name)) {
            return false;
        }
        if (!unfinished(d, name, found)) {
            return false;
        }
        if (!*found) {
            return stmt_unexpected(d, "a constraint");
        }
        d->s->clauses[d->s->nclauses - 1].if_not_exists |= not_exists;
        return true;
    }
    if (stmt_word(d, "fulltext")) {
        key_word(d);
        return key(d, SQL_KEY_FULLTEXT, NULL);
    }
    if (stmt_word(d, "spatial")) {
        key_word(d);
        return key(d, SQL_KEY_SPATIAL, NULL);
    }
    if (stmt_is(d, "vector") && (stmt_next_is(d, "key") || stmt_next_is(d, "index"))) {
        sql_parser_advance(&d->p);
        key_word(d);
        return key(d, SQL_KEY_VECTOR, NULL);
    }
    if (stmt_word(d, "key") || stmt_word(d, "index")) {
        return key(d, SQL_KEY_PLAIN, NULL);
    }
    return unfinished(d, NULL, found);
}
