/* Programs for openGauss B databases, whose dolphin plugin reads MySQL's syntax. What it does not read, or reads otherwise, is written
 * out (measured on 7.0.0-RC2, or read in the sources of the server and the plugin):
 * - a block has no label: LEAVE of one leaves a loop around it that is run once;
 * - where a handler is declared (gauss_handler.c), ITERATE within IF does not skip what follows: that goes into ELSE; and a block's
 *   variables do not get their defaults, which are assigned;
 * - REPEAT asks its condition before the first turn: it becomes a LOOP;
 * - a condition is read to the first THEN: it stands in parentheses;
 * - START TRANSACTION is refused; DEFINER and the character set of a result are not read;
 * - result sets, user variables and prepared statements want settings of the session, which the notes name. */
#include <string.h>

#include "base/str.h"
#include "sql/gauss.h"

void gauss_comments(struct pg *c, const char *text) {
    while (text != NULL && *text != '\0') {
        size_t n = strcspn(text, "\n");
        prog_line(c, "-- %.*s", (int)n, text);
        text += n + (text[n] == '\n' ? 1 : 0);
    }
}

bool gauss_is_declaration(const struct sql_stmt *s) {
    return s->kind == SQL_STMT_VARIABLE || s->kind == SQL_STMT_CURSOR || s->kind == SQL_STMT_HANDLER ||
           s->kind == SQL_STMT_CONDITION;
}

static bool declares_handler(const struct pg *c, const struct pg_block *b) {
    for (size_t i = 0; i < b->nhandlers; i++) {
        if (gauss_is_declared(c, b->handlers[i].stmt)) {
            return true;
        }
    }
    return false;
}

bool gauss_expanded(const struct pg *c) {
    const struct gauss *g = c->q->program->gauss;
    for (const struct pg_block *b = g->place != NULL ? g->place : c->q->program->block; b != NULL; b = b->outer) {
        if (declares_handler(c, b)) {
            return b != g->handler_of;
        }
    }
    return false;
}

static bool any_leaves(const struct sql_stmts *body, const char *label, enum sql_stmt_kind kind) {
    for (size_t i = 0; i < body->n; i++) {
        if (gauss_leaves(body->items[i], label, kind)) {
            return true;
        }
    }
    return false;
}

bool gauss_leaves(const struct sql_stmt *s, const char *label, enum sql_stmt_kind kind) {
    if (s->kind == kind && (label == NULL || str_ieq(s->name, label))) {
        return true;
    }
    for (size_t i = 0; i < s->nbranches; i++) {
        if (any_leaves(&s->branches[i].body, label, kind)) {
            return true;
        }
    }
    return any_leaves(&s->body, label, kind);
}

/* ---- labels ---- */

/* Words that PL/pgSQL takes for something else at the beginning of a statement. */
static bool is_word(const char *name) {
    static const char words[] =
        " absolute alias all alter array as backward begin bulk by call case catalog_name class_origin close collate "
        "collect column_name commit condition constant constraint_catalog constraint_name constraint_schema continue "
        "current cursor cursor_name debug declare default delete detail diagnostics distinct do dump else elseif elsif "
        "end errcode error except exception exceptions execute exit false fetch first for forall foreach forward found "
        "from function get goto handler hint if ignore immediate in index info insert instantiation intersect into is "
        "iterate last leave limit log loop merge message message_text move multiset mysql_errno next no not notice "
        "null "
        "number of open option or out package perform pg_exception_context pg_exception_detail pg_exception_hint pipe "
        "pragma prior procedure query raise record ref relative release repeat replace resignal result_oid return "
        "returned_sqlstate reverse rollback row row_count rowtype save savepoint schema_name scroll select set signal "
        "slice sqlexception sqlstate sqlwarning stacked strict subclass_origin subtype sys_refcursor table table_name "
        "then to true type union until update use_column use_variable using variable_conflict varray warning when "
        "while "
        "with ";
    char word[80];
    snprintf(word, sizeof word, " %s ", name);
    return strstr(words, word) != NULL;
}

/* The server takes it from the text as it stands: bare, of plain letters, and not a variable's name. */
static const char *label_text(struct pg *c, const char *name) {
    struct gauss *g = c->q->program->gauss;
    char *text = name == NULL ? NULL : arena_strdup(c->a, name);
    for (char *p = text; p != NULL && *p != '\0'; p++) {
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
    }
    bool plain = text != NULL && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text) &&
                 (text[0] < '0' || text[0] > '9') && text[0] != '\0' && strlen(text) < 60 && !is_word(text);
    for (const struct pg_block *b = c->q->program->block; plain && b != NULL; b = b->outer) {
        for (size_t i = 0; i < b->nvariables; i++) {
            plain = plain && !str_ieq(b->variables[i].name, text);
        }
        for (size_t i = 0; i < b->ncursors; i++) {
            plain = plain && !str_ieq(b->cursors[i].name, text);
        }
    }
    return plain ? text : pg_fmt(c, "godwit_l%u", ++g->numbers);
}

static void push_label(struct pg *c, struct gauss_label *l, const char *name) {
    struct gauss *g = c->q->program->gauss;
    *l = (struct gauss_label){.outer = g->labels, .name = name, .text = label_text(c, name)};
    g->labels = l;
}

static void pop_label(struct pg *c) {
    c->q->program->gauss->labels = c->q->program->gauss->labels->outer;
}

const char *gauss_label(const struct pg *c, const char *name) {
    for (const struct gauss_label *l = c->q->program->gauss->labels; l != NULL; l = l->outer) {
        if (l->name != NULL && str_ieq(l->name, name)) {
            return l->text;
        }
    }
    return NULL;
}

/* ---- blocks ---- */

/* What the translation needs itself is declared in the outermost block. */
static void note_place(struct pg *c) {
    struct pg_program *p = c->q->program;
    if (p->gauss->made_at == 0) {
        p->gauss->made_at = p->out.len + 1; /* 0: not yet */
        p->gauss->made_level = p->level;
    }
}

void gauss_begin(struct pg *c) {
    bool first = c->q->program->gauss->declares_first;
    if (first) {
        note_place(c);
    }
    prog_line(c, "BEGIN");
    c->q->program->level++;
    if (!first) {
        note_place(c);
    }
}

/* bare: its default is assigned later. */
static void variable(struct pg *c, struct pg_block *b, const struct sql_stmt *s, bool bare) {
    const struct sql_column *col = NULL;
    struct sb names = {.a = c->a};
    const char *initial = s->expr == NULL || bare ? "" : pg_fmt(c, " DEFAULT %s", gauss_value(c, s->expr));
    for (size_t i = 0; i < s->nnames; i++) {
        col = prog_column(c, s->names[i], &s->type);
        if (col == NULL) {
            return;
        }
        gauss_add_variable(c, b, s->names[i], col);
        sb_printf(&names, "%s%s", i == 0 ? "" : ", ", b->variables[b->nvariables - 1].text);
    }
    prog_line(c, "DECLARE %s %s%s;", sb_text(&names), col == NULL ? "" : col->to->ddl, initial);
}

static void cursor(struct pg *c, struct pg_block *b, const struct sql_stmt *s) {
    struct pg_cursor k = {.name = s->name, .text = gauss_name(c, s->name)};
    const char *text = pgq_query(c, s->query, PGQ_NAMES, &k.shape);
    b->cursors = arena_grow(c->a, b->cursors, b->ncursors, &b->cursors_cap, sizeof *b->cursors);
    b->cursors[b->ncursors++] = k;
    prog_line(c, "DECLARE %s CURSOR FOR %s;", k.text, text == NULL ? "" : text);
}

/* Named conditions are written out where they are used; handlers are known before the first one is printed. */
static void register_handlers(struct pg *c, struct pg_block *b, const struct sql_stmt *s) {
    for (size_t i = 0; i < s->body.n && gauss_is_declaration(s->body.items[i]); i++) {
        const struct sql_stmt *d = s->body.items[i];
        if (d->kind == SQL_STMT_CONDITION) {
            b->conditions =
                arena_grow(c->a, b->conditions, b->nconditions, &b->conditions_cap, sizeof(struct sql_stmt *));
            b->conditions[b->nconditions++] = d;
        } else if (d->kind == SQL_STMT_HANDLER) {
            b->handlers = arena_grow(c->a, b->handlers, b->nhandlers, &b->handlers_cap, sizeof *b->handlers);
            b->handlers[b->nhandlers++] = (struct pg_handler){.stmt = d, .block = b};
        }
    }
}

static void declare(struct pg *c, struct pg_block *b, const struct sql_stmt *s, size_t n, bool variables, bool bare) {
    for (size_t i = 0; i < n && c->why == NULL; i++) {
        const struct sql_stmt *d = s->body.items[i];
        c->at = d->start;
        if ((d->kind == SQL_STMT_VARIABLE) != variables) {
            continue;
        }
        gauss_comments(c, d->comment);
        if (d->kind == SQL_STMT_VARIABLE) {
            variable(c, b, d, bare);
        } else if (d->kind == SQL_STMT_CURSOR) {
            cursor(c, b, d);
        }
    }
}

static void assign_defaults(struct pg *c, const struct pg_block *b, const struct sql_stmt *s, size_t n) {
    struct sb list = {.a = c->a};
    size_t v = 0;
    for (size_t i = 0; i < n && c->why == NULL; i++) {
        const struct sql_stmt *d = s->body.items[i];
        for (size_t k = 0; d->kind == SQL_STMT_VARIABLE && k < d->nnames && v < b->nvariables; k++, v++) {
            sb_printf(&list, "%s%s = %s", list.len == 0 ? "" : ", ", b->variables[v].text,
                      d->expr == NULL ? "NULL" : gauss_value(c, d->expr));
        }
    }
    if (list.len > 0) {
        prog_line(c, "SET %s;", sb_text(&list));
    }
}

static void inner_block(struct pg *c, struct pg_block *b, const struct sql_stmt *s, const char *last) {
    struct pg_program *p = c->q->program;
    bool first = p->gauss->declares_first;
    size_t n = 0;
    while (n < s->body.n && gauss_is_declaration(s->body.items[n])) {
        n++;
    }
    p->block = b->outer;
    bool bare = gauss_expanded(c);
    p->block = b;
    if (bare && declares_handler(c, b)) {
        pg_fail(c, "a block with a handler within a block that has one: openGauss B asks only the innermost one's");
        return;
    }
    if (first) {
        note_place(c);
        declare(c, b, s, n, true, bare);
        prog_line(c, "BEGIN");
        p->level++;
    } else {
        gauss_begin(c);
        declare(c, b, s, n, true, bare);
    }
    declare(c, b, s, n, false, false);
    gauss_handlers(c, b);
    if (bare) {
        assign_defaults(c, b, s, n);
    }
    gauss_stmts(c, s->body.items + n, s->body.n - n);
    gauss_comments(c, s->body.comment);
    p->level--;
    prog_line(c, "END%s", last);
}

void gauss_block(struct pg *c, const struct sql_stmt *s, const char *last) {
    struct pg_program *p = c->q->program;
    struct pg_block b = {.outer = p->block, .stmt = s};
    struct gauss_label label;
    p->block = &b;
    register_handlers(c, &b, s);
    bool around = (s->label != NULL && gauss_leaves(s, s->label, SQL_STMT_LEAVE)) || gauss_exits(c, s);
    bool outermost = last[0] == '\0';
    if (!around) {
        inner_block(c, &b, s, last);
        p->block = b.outer;
        return;
    }
    push_label(c, &label, s->label);
    b.label = label.text;
    if (outermost) {
        gauss_begin(c);
    }
    prog_line(c, "%s: LOOP", label.text);
    p->level++;
    inner_block(c, &b, s, ";");
    prog_line(c, "LEAVE %s;", label.text);
    p->level--;
    prog_line(c, "END LOOP %s;", label.text);
    if (outermost) {
        p->level--;
        prog_line(c, "END");
    }
    pop_label(c);
    p->block = b.outer;
}

/* ---- control ---- */

static bool in_parentheses(const char *text) {
    size_t n = strlen(text);
    int depth = 0;
    char quote = '\0';
    for (size_t i = 0; i < n; i++) {
        if (quote != '\0') {
            quote = text[i] == quote ? '\0' : quote;
        } else if (text[i] == '\'' || text[i] == '"') {
            quote = text[i];
        } else if (text[i] == '(') {
            depth++;
        } else if (text[i] == ')' && --depth == 0 && i + 1 < n) {
            return false;
        }
        if (i == 0 && depth == 0) {
            return false;
        }
    }
    return n > 0;
}

/* In parentheses: the server reads an expression to the first THEN, DO or WHEN outside of some. */
static const char *enclosed(struct pg *c, const char *text) {
    return strchr(text, ' ') == NULL || in_parentheses(text) ? text : pg_fmt(c, "(%s)", text);
}

static const char *condition(struct pg *c, const struct sql_node *n) {
    return enclosed(c, pgq_condition(c, n));
}

/* ITERATE of a loop outside of this statement, behind which others would run all the same. */
static bool iterates_away(const struct pg *c, const struct sql_stmt *s) {
    for (const struct gauss_label *l = c->q->program->gauss->labels; l != NULL; l = l->outer) {
        if (l->name != NULL && s->kind != SQL_STMT_ITERATE && gauss_leaves(s, l->name, SQL_STMT_ITERATE)) {
            return true;
        }
    }
    return false;
}

/* IF c THEN .. ITERATE l; END IF; rest: the rest goes into ELSE. True when that was done. */
static bool iterating_if(struct pg *c, struct sql_stmt *const *items, size_t n) {
    const struct sql_stmt *s = items[0];
    struct pg_program *p = c->q->program;
    if (!gauss_expanded(c) || s->kind != SQL_STMT_IF || !gauss_leaves(s, NULL, SQL_STMT_ITERATE)) {
        return false;
    }
    for (size_t i = 0; i < s->nbranches; i++) {
        const struct sql_stmts *body = &s->branches[i].body;
        const struct sql_stmt *last = body->n == 0 ? NULL : body->items[body->n - 1];
        bool deep = false;
        for (size_t k = 0; k + 1 < body->n; k++) {
            deep = deep || gauss_leaves(body->items[k], NULL, SQL_STMT_ITERATE);
        }
        bool ends = last != NULL && last->kind == SQL_STMT_ITERATE;
        if (s->branches[i].when == NULL || deep || !ends) {
            c->at = s->start;
            pg_fail(c, "ITERATE within IF where a handler is declared, in a form that openGauss B passes over");
            return true;
        }
        prog_line(c, "%s %s THEN", i == 0 ? "IF" : "ELSEIF", condition(c, s->branches[i].when));
        p->level++;
        gauss_stmts(c, body->items, body->n);
        p->level--;
    }
    if (n > 1) {
        prog_line(c, "ELSE");
        p->level++;
        gauss_stmts(c, items + 1, n - 1);
        p->level--;
    }
    prog_line(c, "END IF;");
    return true;
}

void gauss_stmts(struct pg *c, struct sql_stmt *const *items, size_t n) {
    if (++c->depth > SQL_MAX_DEPTH) {
        pg_fail(c, "statements nested deeper than %d levels", SQL_MAX_DEPTH);
    }
    for (size_t i = 0; i < n && c->why == NULL; i++) {
        gauss_comments(c, items[i]->comment);
        if (iterating_if(c, items + i, n - i)) {
            break;
        }
        if (i + 1 < n && gauss_expanded(c) && iterates_away(c, items[i])) {
            c->at = items[i]->start;
            pg_fail(c, "ITERATE where a handler is declared, in a form that openGauss B passes over");
        }
        gauss_stmt(c, items[i]);
    }
    c->depth--;
}

static bool is_compared(const struct sql_stmt *s) {
    return s->kind == SQL_STMT_CASE && s->expr != NULL;
}

/* Looking for the end of the body, the server passes over what follows the END of a CASE within an expression: a BEGIN would not be counted. */
static void keep_apart(struct pg *c, const char *text, const struct sql_stmts *body) {
    bool begins = body->n > 0 && (body->items[0]->kind == SQL_STMT_BLOCK || is_compared(body->items[0]));
    if (strstr(text, " END") != NULL && begins) {
        prog_line(c, "NULL;");
    }
}

static void branches(struct pg *c, const struct sql_stmt *s, const char *operand, const char *first, const char *next) {
    for (size_t i = 0; i < s->nbranches && c->why == NULL; i++) {
        const struct sql_branch *b = &s->branches[i];
        const char *when = b->when == NULL  ? ""
                           : is_compared(s) ? enclosed(c, gauss_value(c, b->when))
                                            : condition(c, b->when);
        if (b->when == NULL) {
            prog_line(c, "ELSE");
        } else {
            prog_line(c, "%s %s THEN", i == 0 ? first : next, when);
        }
        c->q->program->level++;
        keep_apart(c, i == 0 ? pg_fmt(c, "%s%s", operand, when) : when, &b->body);
        gauss_stmts(c, b->body.items, b->body.n);
        gauss_comments(c, b->body.comment);
        c->q->program->level--;
    }
}

/* REPEAT .. UNTIL c: a LOOP that is left behind its statements. */
static void loop(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    bool labelled = s->label != NULL || s->kind == SQL_STMT_REPEAT;
    struct gauss_label label;
    if (s->kind == SQL_STMT_FOR) {
        pg_fail(c, "FOR over a range, not measured on openGauss B");
        return;
    }
    if (s->kind == SQL_STMT_REPEAT && gauss_expanded(c) && s->label != NULL &&
        gauss_leaves(s, s->label, SQL_STMT_ITERATE)) {
        pg_fail(c, "ITERATE of REPEAT where a handler is declared, which openGauss B passes over");
        return;
    }
    if (labelled) {
        push_label(c, &label, s->label);
    }
    const char *before = labelled ? pg_fmt(c, "%s: ", label.text) : "",
               *behind = labelled ? pg_fmt(c, " %s", label.text) : "";
    const char *during = s->kind == SQL_STMT_WHILE ? condition(c, s->expr) : "";
    if (s->kind == SQL_STMT_WHILE) {
        prog_line(c, "%sWHILE %s DO", before, during);
    } else {
        prog_line(c, "%sLOOP", before);
    }
    p->level++;
    keep_apart(c, during, &s->body);
    gauss_stmts(c, s->body.items, s->body.n);
    gauss_comments(c, s->body.comment);
    if (s->kind == SQL_STMT_REPEAT) {
        prog_line(c, "IF %s THEN", condition(c, s->expr));
        prog_line(c, "    LEAVE %s;", label.text);
        prog_line(c, "END IF;");
    }
    p->level--;
    prog_line(c, "END %s%s;", s->kind == SQL_STMT_WHILE ? "WHILE" : "LOOP", behind);
    if (labelled) {
        pop_label(c);
    }
}

/* What is compared becomes a variable, which would stand in the way of the label at the end of a loop: a block takes it away. */
static void case_(struct pg *c, const struct sql_stmt *s) {
    bool apart = is_compared(s) && c->q->program->gauss->labels != NULL;
    const char *operand = s->expr == NULL ? "" : pg_fmt(c, " %s", enclosed(c, gauss_value(c, s->expr)));
    if (apart) {
        prog_line(c, "BEGIN");
        c->q->program->level++;
    }
    prog_line(c, "CASE%s", operand);
    branches(c, s, operand, "WHEN", "WHEN");
    prog_line(c, "END CASE;");
    if (apart) {
        c->q->program->level--;
        prog_line(c, "END;");
    }
}

void gauss_stmt(struct pg *c, const struct sql_stmt *s) {
    size_t at = c->at, bytes = c->bytes;
    if (c->why != NULL) {
        return;
    }
    if (++c->depth > SQL_MAX_DEPTH) {
        pg_fail(c, "statements nested deeper than %d levels", SQL_MAX_DEPTH);
        return;
    }
    c->at = s->start;
    switch (s->kind) {
    case SQL_STMT_BLOCK:
        gauss_block(c, s, ";");
        break;
    case SQL_STMT_IF:
        branches(c, s, "", "IF", "ELSEIF");
        prog_line(c, "END IF;");
        break;
    case SQL_STMT_CASE:
        case_(c, s);
        break;
    case SQL_STMT_LOOP:
    case SQL_STMT_WHILE:
    case SQL_STMT_REPEAT:
    case SQL_STMT_FOR:
        loop(c, s);
        break;
    default:
        gauss_simple(c, s);
    }
    c->depth--;
    c->at = at;
    c->bytes = bytes;
}
