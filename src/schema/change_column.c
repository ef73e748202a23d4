/* Columns, and expressions that name them. See draft.h. */
#include <string.h>

#include "base/str.h"
#include "schema/draft.h"

/* ---- expressions ---- */

struct tokens {
    struct sql_token *items;
    size_t n, cap;
};

static struct tokens tokens_of(struct arena *a, const char *text) {
    struct tokens t = {0};
    struct sql_lexer l;
    sql_lexer_init(&l, a, text, strlen(text), 0);
    for (;;) {
        t.items = arena_grow(a, t.items, t.n, &t.cap, sizeof *t.items);
        t.items[t.n] = sql_lexer_next(&l);
        if (t.items[t.n].kind == TOK_END || t.items[t.n].kind == TOK_ERROR) {
            return t;
        }
        t.n++;
    }
}

static bool is_op(const struct tokens *t, size_t i, enum sql_op op) {
    return i < t->n && t->items[i].kind == TOK_OP && t->items[i].op == op;
}

/* May the word here be a column's name: no function, no unit behind a number, no type behind AS? */
static bool may_be_column(const struct tokens *t, size_t i) {
    if (t->items[i].kind == TOK_QUOTED_IDENT) {
        return true;
    }
    if (t->items[i].kind != TOK_IDENT || is_op(t, i + 1, OP_LPAREN)) {
        return false;
    }
    if (i == 0) {
        return true;
    }
    const struct sql_token *before = &t->items[i - 1];
    return before->kind != TOK_INT && before->kind != TOK_STRING && !is_op(t, i - 1, OP_RPAREN) &&
           !sql_token_is(before, "as") && !sql_token_is(before, "using") && !sql_token_is(before, "collate");
}

char *change_expr(struct draft *d, const char *expr, const char *from, const char *to) {
    struct arena *a = d->x->a;
    struct tokens t = tokens_of(a, expr);
    char *out = arena_strdup(a, "");
    for (size_t i = 0; i < t.n; i++) {
        const struct sql_token *k = &t.items[i];
        const char *space = k->after_space && i > 0 ? " " : "";
        bool name = k->kind == TOK_IDENT || k->kind == TOK_QUOTED_IDENT;
        while (name && is_op(&t, i + 1, OP_DOT) && i + 2 < t.n) { /* db.table.column */
            i += 2;
            k = &t.items[i];
        }
        const struct column *c = name && may_be_column(&t, i) ? draft_column(d, k->text) : NULL;
        if (name && from != NULL && str_ieq(k->text, from) && may_be_column(&t, i)) {
            out = arena_printf(a, "%s%s%s", out, space, str_quote_mysql(a, to));
        } else if (c != NULL) {
            out = arena_printf(a, "%s%s%s", out, space, str_quote_mysql(a, c->name));
        } else {
            out = arena_printf(a, "%s%s%.*s", out, space, (int)(k->end - k->start), expr + k->start);
        }
    }
    return out;
}

bool change_expr_names(struct arena *a, const char *expr, const char *column) {
    struct tokens t = tokens_of(a, expr);
    for (size_t i = 0; i < t.n; i++) {
        if (may_be_column(&t, i) && str_ieq(t.items[i].text, column)) {
            return true;
        }
    }
    return false;
}

/* ---- columns ---- */

bool change_column(struct draft *d, const struct sql_column_def *def, struct column *c) {
    struct changer *x = d->x;
    const struct column *was = c->was;
    bool serial = str_eq(def->type.name, "serial");
    *c = (struct column){.name = arena_strdup(x->a, def->name), .was = was};
    if (!change_type(x, d->t, def, c)) {
        return false;
    }
    c->auto_increment = def->auto_increment || serial;
    c->nullable = def->nullable != SQL_NO && !def->primary && !c->auto_increment;
    c->invisible = def->invisible == SQL_YES;
    c->comment = arena_strdup(x->a, def->comment != NULL ? def->comment : "");
    c->on_update = def->on_update != NULL ? arena_strdup(x->a, def->on_update) : NULL;
    if (c->type.kind == MYT_TIMESTAMP && x->session->implicit_timestamps && !def->generated &&
        (def->nullable == SQL_UNSAID || def->initial.kind == SQL_VALUE_NONE)) {
        return change_no(x,
                         "column %s is a TIMESTAMP without NULL or default, made without "
                         "explicit_defaults_for_timestamp",
                         c->name);
    }
    if (def->generated) {
        c->generated = def->stored ? GENERATED_STORED : GENERATED_VIRTUAL;
        c->generation_expr = arena_strdup(x->a, def->generation);
    }
    /* MariaDB gives a column that may not be NULL, and that only updates fill, the zero date to begin with. */
    const struct sql_value zero = {.kind = SQL_VALUE_STRING, .text = "0000-00-00 00:00:00", .len = 19};
    bool begins = x->d->is_mariadb && c->on_update != NULL && !c->nullable && def->initial.kind == SQL_VALUE_NONE;
    return change_default(x, c, begins ? &zero : &def->initial);
}
