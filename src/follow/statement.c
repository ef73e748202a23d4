/* See statement.h. */
#include "follow/statement.h"

#include "base/str.h"
#include "sql/lexer.h"

struct looking {
    const struct statement_scope *s;
    struct sql_lexer lexer;
    struct sql_token t; /* the one at hand */
    const char *database;
    const struct table *table; /* the first name's that is followed */
    bool ours;                 /* a name is of our database and selected, followed or not */
};

static void next(struct looking *l) {
    l->t = sql_lexer_next(&l->lexer);
}

static bool is(const struct looking *l, const char *word) {
    return sql_token_is(&l->t, word);
}

static bool accept(struct looking *l, const char *word) {
    if (is(l, word)) {
        next(l);
        return true;
    }
    return false;
}

static bool at_name(const struct looking *l) {
    return l->t.kind == TOK_IDENT || l->t.kind == TOK_QUOTED_IDENT;
}

static bool same_database(const struct looking *l, const char *name) {
    const struct database *d = l->s->db;
    return name != NULL && (d->lower_case_table_names != 0 ? str_ieq(name, d->name) : str_eq(name, d->name));
}

/* [database.]table; false: none here. */
static bool take_table(struct looking *l) {
    if (!at_name(l)) {
        return false;
    }
    const char *database = l->database, *name = l->t.text;
    next(l);
    if (l->t.kind == TOK_OP && l->t.op == OP_DOT) {
        next(l);
        if (!at_name(l)) {
            return false;
        }
        database = name;
        name = l->t.text;
        next(l);
    }
    if (same_database(l, database)) {
        const struct table *t = schema_find_table(l->s->db, name);
        l->table = l->table == NULL ? t : l->table;
        l->ours = l->ours || t != NULL || schema_selects(l->s->filter, name);
    }
    return true;
}

static bool accept_comma(struct looking *l) {
    bool comma = l->t.kind == TOK_OP && l->t.op == OP_COMMA;
    if (comma) {
        next(l);
    }
    return comma;
}

static void skip_if_exists(struct looking *l) {
    if (accept(l, "IF")) {
        accept(l, "NOT");
        accept(l, "EXISTS");
    }
}

/* Words up to one of these. */
static bool skip_to(struct looking *l, const char *word, const char *other, int most) {
    for (int i = 0; i < most && l->t.kind == TOK_IDENT; i++) {
        if (is(l, word) || (other != NULL && is(l, other))) {
            return true;
        }
        next(l);
    }
    return false;
}

static bool is_table_word(struct looking *l) {
    return accept(l, "TABLE") || accept(l, "TABLES");
}

/* .. INDEX [IF EXISTS] name [USING x] ON table */
static void take_index(struct looking *l) {
    next(l);
    skip_if_exists(l);
    for (int i = 0; i < 6 && l->t.kind != TOK_END && !is(l, "ON"); i++) {
        next(l);
    }
    if (accept(l, "ON")) {
        take_table(l);
    }
}

static void take_tables(struct looking *l) {
    do {
        take_table(l);
        if (accept(l, "WAIT") || accept(l, "NOWAIT")) { /* MariaDB */
            next(l);
        }
        if (accept(l, "TO")) {
            take_table(l);
        }
    } while (accept_comma(l));
}

static enum statement_effect changes(const struct looking *l) {
    return l->table != NULL ? STATEMENT_CHANGES : STATEMENT_NOTHING;
}

/* Its character set is that of tables to come. */
static enum statement_effect look_at_database(struct looking *l) {
    next(l);
    skip_if_exists(l);
    bool named = at_name(l) && !is(l, "DEFAULT") && !is(l, "CHARACTER") && !is(l, "COLLATE");
    return same_database(l, named ? l->t.text : l->database) ? STATEMENT_CHANGES : STATEMENT_NOTHING;
}

static enum statement_effect look_at_create(struct looking *l) {
    if (accept(l, "OR")) {
        accept(l, "REPLACE");
    }
    if (is(l, "TEMPORARY")) {
        return STATEMENT_NOTHING;
    }
    if (is_table_word(l)) {
        skip_if_exists(l);
        take_table(l);
        return l->ours ? STATEMENT_CHANGES : STATEMENT_NOTHING;
    }
    if (is(l, "DATABASE") || is(l, "SCHEMA")) {
        return look_at_database(l);
    }
    if (skip_to(l, "INDEX", NULL, 4)) {
        take_index(l);
    }
    return changes(l);
}

static enum statement_effect look_at_drop(struct looking *l) {
    if (is(l, "TEMPORARY")) {
        return STATEMENT_NOTHING;
    }
    if (is(l, "DATABASE") || is(l, "SCHEMA")) {
        return look_at_database(l);
    }
    if (is_table_word(l)) {
        skip_if_exists(l);
        take_tables(l);
    } else if (skip_to(l, "INDEX", NULL, 3)) {
        take_index(l);
    }
    return changes(l);
}

static enum statement_effect look(struct looking *l) {
    next(l);
    if (accept(l, "CREATE")) {
        return look_at_create(l);
    }
    if (accept(l, "DROP")) {
        return look_at_drop(l);
    }
    if (accept(l, "ALTER")) {
        if (is(l, "DATABASE") || is(l, "SCHEMA")) {
            return look_at_database(l);
        }
        if (skip_to(l, "TABLE", NULL, 4) && is_table_word(l)) {
            skip_if_exists(l);
            take_table(l);
        }
        return changes(l);
    }
    if (accept(l, "RENAME")) {
        if (is_table_word(l)) {
            skip_if_exists(l);
            take_tables(l);
        }
        return l->table != NULL || l->ours ? STATEMENT_CHANGES : STATEMENT_NOTHING;
    }
    if (accept(l, "TRUNCATE")) {
        is_table_word(l);
        take_table(l);
        return l->table != NULL ? STATEMENT_TRUNCATE : STATEMENT_NOTHING;
    }
    return STATEMENT_NOTHING;
}

enum statement_effect statement_look(const struct statement_scope *s, const char *text, size_t len,
                                     const char *database, bool ansi_quotes, const struct table **table) {
    struct arena a = ARENA_INIT;
    struct looking l = {.s = s, .database = database};
    sql_lexer_init(&l.lexer, &a, text, len, ansi_quotes ? SQL_LEX_ANSI_QUOTES : 0);
    enum statement_effect effect = look(&l);
    *table = l.table;
    arena_clear(&a);
    return effect;
}
