/* Statements by their first words. See statement.h. */
#include "sql/statement.h"

#include <string.h>

#include "base/str.h"
#include "sql/statement_internal.h"

static bool if_exists(struct ddl_parser *d) {
    return stmt_words(d, "if", "exists");
}

static bool if_not_exists(struct ddl_parser *d) {
    return stmt_words(d, "if", "not") && (stmt_word(d, "exists") || stmt_unexpected(d, "EXISTS"));
}

/* WAIT n, NOWAIT (MariaDB) */
static bool wait(struct ddl_parser *d) {
    unsigned long ignored;
    if (stmt_word(d, "wait")) {
        return stmt_number(d, &ignored);
    }
    stmt_word(d, "nowait");
    return true;
}

/* ---- CREATE TABLE ---- */

static bool like(struct ddl_parser *d, bool in_parentheses) {
    d->s->kind = SQL_CREATE_TABLE_LIKE;
    return stmt_table_name(d, &d->s->other) && (!in_parentheses || stmt_op(d, OP_RPAREN) || stmt_unexpected(d, ")"));
}

/* Behind the opening parenthesis. */
static bool elements(struct ddl_parser *d) {
    do {
        bool found;
        if (stmt_is(d, "period") && stmt_next_is(d, "for")) {
            return stmt_unexpected(d, "a column (tables with periods are not carried)");
        }
        if (!stmt_constraint(d, &found)) {
            return false;
        }
        if (!found) {
            struct sql_clause *c = stmt_add_clause(d, SQL_ADD_COLUMN);
            c->column = arena_new(d->p.arena, struct sql_column_def);
            if (!stmt_column(d, c->column)) {
                return false;
            }
        }
        d->s->clauses[d->s->nclauses - 1].end = d->p.t.kind == TOK_END ? d->len : d->p.t.start;
    } while (stmt_op(d, OP_COMMA));
    return stmt_op(d, OP_RPAREN) || stmt_unexpected(d, ")");
}

static bool is_select(struct ddl_parser *d) {
    return stmt_is(d, "select") || stmt_is(d, "with") || stmt_is(d, "values") || stmt_is(d, "table") ||
           stmt_is_op(d, OP_LPAREN);
}

static bool create_table(struct ddl_parser *d) {
    struct sql_statement *s = d->s;
    s->kind = SQL_CREATE_TABLE;
    s->if_not_exists = if_not_exists(d);
    if (!stmt_table_name(d, &s->table)) {
        return false;
    }
    if (stmt_word(d, "like")) {
        return like(d, false);
    }
    if (stmt_is_op(d, OP_LPAREN) && !stmt_next_is(d, "select") && !stmt_next_is(d, "with")) {
        stmt_op(d, OP_LPAREN);
        if (stmt_word(d, "like")) {
            return like(d, true);
        }
        if (!elements(d)) {
            return false;
        }
    }
    struct sql_table_options o = {0};
    bool any;
    if (!stmt_table_options(d, &o, &any)) {
        return false;
    }
    stmt_add_clause(d, SQL_OPTIONS)->options = o;
    if (stmt_words(d, "partition", "by")) {
        struct sql_clause *c = stmt_add_clause(d, SQL_PARTITION_BY);
        c->partitioning = arena_new(d->p.arena, struct sql_partitioning);
        if (!stmt_partition_by(d, c->partitioning)) {
            return false;
        }
    }
    if (!stmt_word(d, "ignore")) {
        stmt_word(d, "replace");
    }
    if (stmt_word(d, "as") || is_select(d)) {
        s->selects = true;
        while (d->p.t.kind != TOK_END && d->p.t.kind != TOK_ERROR) {
            sql_parser_advance(&d->p);
        }
    }
    return true;
}

/* ---- indexes ---- */

static bool using_what(struct ddl_parser *d) {
    if (stmt_word(d, "using") || stmt_word(d, "type")) {
        sql_parser_advance(&d->p);
    }
    return true;
}

static bool lock_and_algorithm(struct ddl_parser *d) {
    while (stmt_word(d, "algorithm") || stmt_word(d, "lock")) {
        if (!stmt_skip_value(d)) {
            return false;
        }
    }
    return true;
}

static bool create_index(struct ddl_parser *d, enum sql_key_kind kind) {
    struct sql_statement *s = d->s;
    s->kind = SQL_ALTER_TABLE;
    struct sql_clause *c = stmt_add_clause(d, SQL_ADD_KEY);
    struct sql_key *k = c->key = arena_new(d->p.arena, struct sql_key);
    *k = (struct sql_key){.kind = kind};
    k->if_not_exists = c->if_not_exists = if_not_exists(d);
    if (!stmt_name(d, &k->name) || !using_what(d)) {
        return false;
    }
    if (!stmt_word(d, "on")) {
        return stmt_unexpected(d, "ON");
    }
    return stmt_table_name(d, &s->table) && wait(d) && stmt_key_parts(d, k) && stmt_key_options(d, k) &&
           lock_and_algorithm(d);
}

static bool drop_index(struct ddl_parser *d) {
    struct sql_statement *s = d->s;
    s->kind = SQL_ALTER_TABLE;
    struct sql_clause *c = stmt_add_clause(d, SQL_DROP_KEY);
    c->if_exists = if_exists(d);
    if (!stmt_name(d, &c->old_name)) {
        return false;
    }
    if (str_ieq(c->old_name, "PRIMARY")) {
        c->kind = SQL_DROP_PRIMARY;
    }
    return (stmt_word(d, "on") || stmt_unexpected(d, "ON")) && stmt_table_name(d, &s->table) && wait(d) &&
           lock_and_algorithm(d);
}

/* ---- databases ---- */

static bool database_options(struct ddl_parser *d) {
    struct sql_table_options *o = &d->s->options;
    while (d->p.t.kind != TOK_END && !stmt_is_op(d, OP_SEMICOLON)) {
        stmt_word(d, "default");
        bool ok = stmt_words(d, "character", "set") || stmt_words(d, "char", "set") || stmt_word(d, "charset")
                      ? stmt_charset(d, &o->charset)
                  : stmt_word(d, "collate") ? stmt_charset(d, &o->collation)
                  : stmt_word(d, "encryption") || stmt_word(d, "comment") || stmt_words(d, "read", "only")
                      ? stmt_skip_value(d)
                      : stmt_unexpected(d, "an option of a database");
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool database(struct ddl_parser *d, enum sql_statement_kind kind) {
    struct sql_statement *s = d->s;
    s->kind = kind;
    s->if_not_exists = kind == SQL_CREATE_DATABASE && if_not_exists(d);
    s->if_exists = kind == SQL_DROP_DATABASE && if_exists(d);
    bool named = stmt_is_name(d) && !stmt_is(d, "default") && !stmt_is(d, "charset") && !stmt_is(d, "collate") &&
                 !stmt_is(d, "encryption") && !(stmt_is(d, "character") && stmt_next_is(d, "set"));
    if (named && !stmt_name(d, &s->table.name)) {
        return false;
    }
    return kind == SQL_DROP_DATABASE || database_options(d);
}

/* ---- the others ---- */

static bool create(struct ddl_parser *d) {
    struct sql_statement *s = d->s;
    s->or_replace = stmt_words(d, "or", "replace");
    s->temporary = stmt_word(d, "temporary");
    if (stmt_word(d, "table")) {
        return create_table(d);
    }
    if (stmt_word(d, "database") || stmt_word(d, "schema")) {
        return database(d, SQL_CREATE_DATABASE);
    }
    enum sql_key_kind kind = stmt_word(d, "unique")     ? SQL_KEY_UNIQUE
                             : stmt_word(d, "fulltext") ? SQL_KEY_FULLTEXT
                             : stmt_word(d, "spatial")  ? SQL_KEY_SPATIAL
                             : stmt_word(d, "vector")   ? SQL_KEY_VECTOR
                                                        : SQL_KEY_PLAIN;
    if (!stmt_word(d, "online")) {
        stmt_word(d, "offline");
    }
    return !stmt_word(d, "index") || create_index(d, kind);
}

static bool drop_tables(struct ddl_parser *d) {
    struct sql_statement *s = d->s;
    size_t cap = 0;
    s->kind = SQL_DROP_TABLES;
    s->if_exists = if_exists(d);
    do {
        s->tables = arena_grow(d->p.arena, s->tables, s->ntables, &cap, sizeof *s->tables);
        if (!stmt_table_name(d, &s->tables[s->ntables++])) {
            return false;
        }
    } while (stmt_op(d, OP_COMMA));
    if (!stmt_word(d, "restrict")) {
        stmt_word(d, "cascade");
    }
    return wait(d);
}

static bool drop(struct ddl_parser *d) {
    d->s->temporary = stmt_word(d, "temporary");
    if (stmt_word(d, "table") || stmt_word(d, "tables")) {
        return drop_tables(d);
    }
    if (stmt_word(d, "database") || stmt_word(d, "schema")) {
        return database(d, SQL_DROP_DATABASE);
    }
    if (!stmt_word(d, "online")) {
        stmt_word(d, "offline");
    }
    return !stmt_word(d, "index") || drop_index(d);
}

static bool alter(struct ddl_parser *d) {
    if (!stmt_word(d, "online")) {
        stmt_word(d, "offline");
    }
    stmt_word(d, "ignore");
    if (stmt_word(d, "database") || stmt_word(d, "schema")) {
        return database(d, SQL_ALTER_DATABASE);
    }
    if (!stmt_word(d, "table")) {
        return true;
    }
    d->s->kind = SQL_ALTER_TABLE;
    d->s->if_exists = if_exists(d);
    if (!stmt_table_name(d, &d->s->table) || !wait(d)) {
        return false;
    }
    return d->p.t.kind == TOK_END || stmt_is_op(d, OP_SEMICOLON) || stmt_alter_clauses(d);
}

static bool rename_tables(struct ddl_parser *d) {
    struct sql_statement *s = d->s;
    size_t cap = 0;
    if (!stmt_word(d, "table") && !stmt_word(d, "tables")) {
        return true; /* RENAME USER */
    }
    s->kind = SQL_RENAME_TABLES;
    s->if_exists = if_exists(d);
    do {
        for (int i = 0; i < 2; i++) {
            s->tables = arena_grow(d->p.arena, s->tables, s->ntables, &cap, sizeof *s->tables);
            if (!stmt_table_name(d, &s->tables[s->ntables++]) || (i == 0 && !wait(d)) ||
                (i == 0 && !stmt_word(d, "to"))) {
                return stmt_unexpected(d, "TO");
            }
        }
    } while (stmt_op(d, OP_COMMA));
    return true;
}

static bool truncate_table(struct ddl_parser *d) {
    stmt_word(d, "table");
    d->s->kind = SQL_TRUNCATE_TABLE;
    return stmt_table_name(d, &d->s->table) && wait(d);
}

static bool statement(struct ddl_parser *d) {
    bool ok = stmt_word(d, "create")     ? create(d)
              : stmt_word(d, "drop")     ? drop(d)
              : stmt_word(d, "alter")    ? alter(d)
              : stmt_word(d, "rename")   ? rename_tables(d)
              : stmt_word(d, "truncate") ? truncate_table(d)
                                         : true;
    if (!ok || d->s->kind == SQL_OTHER) {
        return ok;
    }
    stmt_op(d, OP_SEMICOLON);
    return d->p.t.kind == TOK_END || stmt_unexpected(d, "the end");
}

bool sql_statement_parse(struct arena *a, const struct sql_statement_options *o, const char *text, size_t len,
                         struct sql_statement *out, char **why) {
    struct ddl_parser d = {.o = o, .text = text, .len = len, .s = out};
    *out = (struct sql_statement){0};
    *why = NULL;
    sql_parser_init(&d.p, a, text, len, o->lex_flags);
    bool ok = statement(&d) && d.p.why == NULL;
    if (!ok) {
        *why = d.p.why != NULL ? d.p.why : arena_strdup(a, "it is not understood");
    }
    return ok;
}
