/* Programs for openGauss B databases, whose dolphin plugin reads MySQL's syntax. What it does not read, or reads otherwise, is written
 * out (measured on 7.0.0-RC2):
 * - a block has no label: LEAVE of one leaves a loop around it that is run once;
 * - where a handler is declared, ITERATE within IF does not skip what follows: that goes into ELSE;
 * - a handler's body is a BEGIN .. END, error numbers mean nothing: they become SQLSTATEs;
 * - START TRANSACTION is refused; DEFINER and the character set of a result are not read;
 * - result sets, NOT FOUND of FETCH, user variables and prepared statements want settings of the session, which the notes name. */
#include <string.h>

#include "base/str.h"
#include "sql/pg_program.h"
#include "sql/query_parse.h"

static void stmt(struct pg *c, const struct sql_stmt *s);
static void stmts(struct pg *c, struct sql_stmt *const *items, size_t n);

/* A variable's or label's name: bare where it can be, else in backticks. */
static const char *name_of(struct pg *c, const char *name) {
    bool plain = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name) &&
                 (name[0] < '0' || name[0] > '9') && name[0] != '\0' && !sql_reserved(name);
    return plain ? name : str_quote_mysql(c->a, name);
}

static void comments(struct pg *c, const char *text) {
    while (text != NULL && *text != '\0') {
        size_t n = strcspn(text, "\n");
        prog_line(c, "-- %.*s", (int)n, text);
        text += n + (text[n] == '\n' ? 1 : 0);
    }
}

static const char *value(struct pg *c, const struct sql_node *n) {
    return pg_plain(c, pgq_expr(c, n)).text;
}

static void add_variable(struct pg *c, struct pg_block *b, const char *name, const struct sql_column *col) {
    prog_add_variable(c, b, name, col, NULL);
    b->variables[b->nvariables - 1].text = name_of(c, name);
}

static const char *list(struct pg *c, struct sql_node **args, size_t n) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < n && c->why == NULL; i++) {
        struct val v;
        const char *text = args[i]->kind == SN_VARIABLE ? args[i]->text : NULL;
        if (text == NULL) {
            text = args[i]->kind == SN_COLUMN && pgq_variable(c, args[i], &v) ? v.text : value(c, args[i]);
        }
        sb_printf(&b, "%s%s", i == 0 ? "" : ", ", text);
    }
    return sb_text(&b);
}

static void user_variables(struct pg *c, const struct sql_stmt *s) {
    pgq_note(c, s->start, "user variables want enable_set_variable_b_format = on in the session");
}

/* ---- handlers ---- */

static const char *condition_text(struct pg *c, const struct sql_condition *condition) {
    struct sql_condition k = prog_resolved(c, condition);
    switch (k.kind) {
    case SQL_COND_EXCEPTION:
        return "SQLEXCEPTION";
    case SQL_COND_WARNING:
        return "SQLWARNING";
    case SQL_COND_NOT_FOUND:
        return "NOT FOUND";
    case SQL_COND_STATE:
        if (str_eq(k.text, "23000")) {
            return c->o->mariadb ? "SQLSTATE '23505', SQLSTATE '23503', SQLSTATE '23502', SQLSTATE '23514'"
                                 : "SQLSTATE '23505', SQLSTATE '23503', SQLSTATE '23502'";
        }
        return str_starts(k.text, "02") ? "NOT FOUND"
                                        : pg_fmt(c, "SQLSTATE %s", pg_string_literal(c, k.text, strlen(k.text)));
    case SQL_COND_ERRNO:
        if (k.errno_ == 1329) {
            return "NOT FOUND";
        }
        if (prog_state_of_errno(k.errno_) != NULL) {
            return pg_fmt(c, "SQLSTATE '%s'", prog_state_of_errno(k.errno_));
        }
        return pg_fail(c, "a handler for error %u, whose counterpart in the target is not known", k.errno_).text;
    default:
        return pg_fail(c, "the condition %.60s, which is not declared", k.text).text;
    }
}

static bool is_declaration(const struct sql_stmt *s) {
    return s->kind == SQL_STMT_VARIABLE || s->kind == SQL_STMT_CURSOR || s->kind == SQL_STMT_HANDLER ||
           s->kind == SQL_STMT_CONDITION;
}

static void handler(struct pg *c, const struct sql_stmt *s) {
    struct sb b = {.a = c->a};
    bool not_found = false;
    for (size_t i = 0; i < s->nconditions && c->why == NULL; i++) {
        const char *text = condition_text(c, &s->conditions[i]);
        not_found = not_found || str_eq(text, "NOT FOUND");
        sb_printf(&b, "%s%s", i == 0 ? "" : ", ", text);
    }
    if (not_found) {
        pgq_note(c, s->start, "NOT FOUND handlers want b_format_behavior_compat_options = 'fetch' in the session");
    }
    const struct sql_stmt *body = s->body.items[0];
    prog_line(c, "DECLARE %s HANDLER FOR %s", s->exit_handler ? "EXIT" : "CONTINUE", sb_text(&b));
    prog_line(c, "BEGIN");
    c->q->program->level++;
    if (body->kind == SQL_STMT_BLOCK && (body->body.n == 0 || !is_declaration(body->body.items[0]))) {
        stmts(c, body->body.items, body->body.n);
    } else {
        stmt(c, body);
    }
    c->q->program->level--;
    prog_line(c, "END;");
}

static bool has_handler(const struct pg *c) {
    for (const struct pg_block *b = c->q->program->block; b != NULL; b = b->outer) {
        if (b->nhandlers > 0) {
            return true;
        }
    }
    return false;
}

/* ---- blocks and control ---- */

static void declare(struct pg *c, struct pg_block *b, const struct sql_stmt *s) {
    struct sb names = {.a = c->a};
    switch (s->kind) {
    case SQL_STMT_VARIABLE: {
        const struct sql_column *col = NULL;
        const char *initial = s->expr == NULL ? "" : pg_fmt(c, " DEFAULT %s", value(c, s->expr));
        for (size_t i = 0; i < s->nnames; i++) {
            col = prog_column(c, s->names[i], &s->type);
            if (col == NULL) {
                return;
            }
            add_variable(c, b, s->names[i], col);
            sb_printf(&names, "%s%s", i == 0 ? "" : ", ", b->variables[b->nvariables - 1].text);
        }
        prog_line(c, "DECLARE %s %s%s;", sb_text(&names), col == NULL ? "" : col->to->ddl, initial);
        break;
    }
    case SQL_STMT_CURSOR: {
        struct pg_cursor k = {.name = s->name, .text = name_of(c, s->name)};
        const char *text = pgq_query(c, s->query, PGQ_NAMES, &k.shape);
        b->cursors = arena_grow(c->a, b->cursors, b->ncursors, &b->cursors_cap, sizeof *b->cursors);
        b->cursors[b->ncursors++] = k;
        prog_line(c, "DECLARE %s CURSOR FOR %s;", k.text, text == NULL ? "" : text);
        break;
    }
    case SQL_STMT_CONDITION: /* its name is written out where it is used */
        b->conditions = arena_grow(c->a, b->conditions, b->nconditions, &b->conditions_cap, sizeof(struct sql_stmt *));
        b->conditions[b->nconditions++] = s;
        break;
    default:
        b->handlers = arena_grow(c->a, b->handlers, b->nhandlers, &b->handlers_cap, sizeof *b->handlers);
        b->handlers[b->nhandlers++] = (struct pg_handler){.stmt = s, .block = b};
        handler(c, s);
    }
}

static bool leaves(const struct sql_stmts *body, const char *label, enum sql_stmt_kind kind);

static bool stmt_leaves(const struct sql_stmt *s, const char *label, enum sql_stmt_kind kind) {
    if (s->kind == kind && (label == NULL || str_ieq(s->name, label))) {
        return true;
    }
    for (size_t i = 0; i < s->nbranches; i++) {
        if (leaves(&s->branches[i].body, label, kind)) {
            return true;
        }
    }
    return leaves(&s->body, label, kind);
}

static bool leaves(const struct sql_stmts *body, const char *label, enum sql_stmt_kind kind) {
    for (size_t i = 0; i < body->n; i++) {
        if (stmt_leaves(body->items[i], label, kind)) {
            return true;
        }
    }
    return false;
}

/* last: what stands behind END. */
static void block(struct pg *c, const struct sql_stmt *s, const char *last) {
    struct pg_program *p = c->q->program;
    struct pg_block b = {.outer = p->block, .stmt = s};
    bool around = s->label != NULL && leaves(&s->body, s->label, SQL_STMT_LEAVE);
    p->block = &b;
    if (around) { /* the declarations stay outside, so that nothing is lost with the loop */
        prog_line(c, "BEGIN");
        p->level++;
        prog_line(c, "%s: LOOP", name_of(c, s->label));
        p->level++;
    }
    prog_line(c, "BEGIN");
    p->level++;
    size_t from = 0;
    for (; from < s->body.n && is_declaration(s->body.items[from]) && c->why == NULL; from++) {
        c->at = s->body.items[from]->start;
        comments(c, s->body.items[from]->comment);
        declare(c, &b, s->body.items[from]);
    }
    stmts(c, s->body.items + from, s->body.n - from);
    comments(c, s->body.comment);
    p->level--;
    prog_line(c, "END%s", around ? ";" : last);
    if (around) {
        prog_line(c, "LEAVE %s;", name_of(c, s->label));
        p->level--;
        prog_line(c, "END LOOP %s;", name_of(c, s->label));
        p->level--;
        prog_line(c, "END%s", last);
    }
    p->block = b.outer;
}

/* IF c THEN .. ITERATE l; END IF; rest: the rest goes into ELSE. True when that was done. */
static bool iterating_if(struct pg *c, struct sql_stmt *const *items, size_t n) {
    const struct sql_stmt *s = items[0];
    struct pg_program *p = c->q->program;
    if (!has_handler(c) || s->kind != SQL_STMT_IF || !stmt_leaves(s, NULL, SQL_STMT_ITERATE)) {
        return false;
    }
    for (size_t i = 0; i < s->nbranches; i++) {
        const struct sql_stmts *body = &s->branches[i].body;
        const struct sql_stmt *last = body->n == 0 ? NULL : body->items[body->n - 1];
        bool deep = false;
        for (size_t k = 0; k + 1 < body->n; k++) {
            deep = deep || stmt_leaves(body->items[k], NULL, SQL_STMT_ITERATE);
        }
        bool ends = last != NULL && last->kind == SQL_STMT_ITERATE;
        if (s->branches[i].when == NULL || deep || !ends) {
            c->at = s->start;
            pg_fail(c, "ITERATE within IF where a handler is declared, in a form that openGauss B passes over");
            return true;
        }
        prog_line(c, "%s %s THEN", i == 0 ? "IF" : "ELSEIF", pgq_condition(c, s->branches[i].when));
        p->level++;
        stmts(c, body->items, body->n);
        p->level--;
    }
    if (n > 1) {
        prog_line(c, "ELSE");
        p->level++;
        stmts(c, items + 1, n - 1);
        p->level--;
    }
    prog_line(c, "END IF;");
    return true;
}

static void stmts(struct pg *c, struct sql_stmt *const *items, size_t n) {
    if (++c->depth > SQL_MAX_DEPTH) {
        pg_fail(c, "statements nested deeper than %d levels", SQL_MAX_DEPTH);
    }
    for (size_t i = 0; i < n && c->why == NULL; i++) {
        comments(c, items[i]->comment);
        if (iterating_if(c, items + i, n - i)) {
            break;
        }
        stmt(c, items[i]);
    }
    c->depth--;
}

static void branches(struct pg *c, const struct sql_stmt *s, const char *first, const char *next) {
    for (size_t i = 0; i < s->nbranches && c->why == NULL; i++) {
        const struct sql_branch *b = &s->branches[i];
        if (b->when == NULL) {
            prog_line(c, "ELSE");
        } else {
            bool compared = s->kind == SQL_STMT_CASE && s->expr != NULL;
            prog_line(c, "%s %s THEN", i == 0 ? first : next, compared ? value(c, b->when) : pgq_condition(c, b->when));
        }
        c->q->program->level++;
        stmts(c, b->body.items, b->body.n);
        comments(c, b->body.comment);
        c->q->program->level--;
    }
}

static void loop(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    const char *label = s->label == NULL ? "" : pg_fmt(c, "%s: ", name_of(c, s->label)),
               *end = s->label == NULL ? "" : pg_fmt(c, " %s", name_of(c, s->label));
    if (s->kind == SQL_STMT_FOR) {
        pg_fail(c, "FOR over a range, not measured on openGauss B");
        return;
    }
    if (s->kind == SQL_STMT_WHILE) {
        prog_line(c, "%sWHILE %s DO", label, pgq_condition(c, s->expr));
    } else {
        prog_line(c, "%s%s", label, s->kind == SQL_STMT_LOOP ? "LOOP" : "REPEAT");
    }
    p->level++;
    stmts(c, s->body.items, s->body.n);
    comments(c, s->body.comment);
    p->level--;
    if (s->kind == SQL_STMT_REPEAT) {
        prog_line(c, "UNTIL %s END REPEAT%s;", pgq_condition(c, s->expr), end);
    } else {
        prog_line(c, "END %s%s;", s->kind == SQL_STMT_LOOP ? "LOOP" : "WHILE", end);
    }
}

/* ---- simple statements ---- */

static void set(struct pg *c, const struct sql_stmt *s) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < s->nsets && c->why == NULL; i++) {
        const struct sql_assign *a = &s->sets[i];
        struct sql_node n = {.kind = SN_COLUMN, .name = a->name, .qualifier = a->qualifier};
        struct val v;
        c->at = a->start;
        if (a->value == NULL) {
            pg_fail(c, "SET .. = DEFAULT");
        } else if (a->scope == SQL_SET_USER) {
            user_variables(c, s);
            sb_printf(&b, "%s@%s = %s", b.len == 0 ? "" : ", ", a->name, value(c, a->value));
        } else if (a->scope == SQL_SET_NAME && pgq_variable(c, &n, &v)) {
            const char *target = a->qualifier != NULL ? pg_fmt(c, "NEW.%s", name_of(c, a->name)) : v.text;
            sb_printf(&b, "%s%s = %s", b.len == 0 ? "" : ", ", target, value(c, a->value));
        } else if (str_ieq(a->name, "sql_mode") || str_ieq(a->name, "names") ||
                   str_ieq(a->name, "group_concat_max_len")) {
            pgq_note(c, a->start, arena_printf(c->a, "SET %s is left out", a->name));
        } else {
            pg_fail(c, "SET of the system variable %.60s", a->name);
        }
    }
    if (b.len > 0) {
        prog_line(c, "SET %s;", sb_text(&b));
    }
}

static void select_(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    const char *text = pgq_query(c, s->query, s->query->ninto == 0 ? PGQ_NAMES : 0, NULL);
    if (text == NULL) {
        return;
    }
    if (s->query->ninto > 0) {
        if (prog_handles_not_found(c)) {
            pg_fail(c, "SELECT .. INTO where NOT FOUND is handled: openGauss B does not raise it there");
            return;
        }
        pgq_note(c, s->start, "a SELECT .. INTO that finds no row makes the variables NULL");
        prog_line(c, "%s INTO %s;", text, list(c, s->query->into, s->query->ninto));
        return;
    }
    p->results++;
    pgq_note(c, s->start, "result sets want block_return_multi_results in dolphin.sql_mode of the session");
    prog_line(c, "%s;", text);
}

static void signal(struct pg *c, const struct sql_stmt *s) {
    struct sb b = {.a = c->a};
    if (s->kind == SQL_STMT_RESIGNAL) {
        pg_fail(c, "RESIGNAL, not measured on openGauss B");
        return;
    }
    struct sql_condition k = prog_resolved(c, &s->conditions[0]);
    if (k.kind != SQL_COND_STATE) {
        pg_fail(c, "SIGNAL of a condition that is no SQLSTATE");
        return;
    }
    for (size_t i = 0; i < s->nsets && c->why == NULL; i++) {
        if (str_eq(s->sets[i].name, "message_text")) {
            sb_printf(&b, " SET MESSAGE_TEXT = %s", value(c, s->sets[i].value));
        } else {
            pgq_note(c, s->sets[i].start, arena_printf(c->a, "%s is left out", s->sets[i].name));
        }
    }
    prog_line(c, "SIGNAL SQLSTATE %s%s;", pg_string_literal(c, k.text, strlen(k.text)), sb_text(&b));
}

static void diagnostics(struct pg *c, const struct sql_stmt *s) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < s->nsets && c->why == NULL; i++) {
        struct sql_node *target = s->sets[i].value;
        if (str_eq(s->sets[i].name, "mysql_errno")) {
            pg_fail(c, "GET DIAGNOSTICS of MYSQL_ERRNO: MySQL's numbers mean nothing in openGauss");
        }
        sb_printf(&b, "%s%s = %s", i == 0 ? "" : ", ", list(c, &target, 1), s->sets[i].name);
    }
    prog_line(c, "GET DIAGNOSTICS %s%s%s%s;", s->expr == NULL ? "" : "CONDITION ",
              s->expr == NULL ? "" : value(c, s->expr), s->expr == NULL ? "" : " ", sb_text(&b));
}

static void call(struct pg *c, const struct sql_stmt *s) {
    const struct sql_routine *r = pgq_routine(c, s->table.schema, s->table.name, false);
    if (r == NULL) {
        pg_fail(c, "the procedure %.100s, which is not among those that are carried", s->table.name);
        return;
    }
    prog_line(c, "CALL %s(%s);", pgq_qualified(c, r->target_schema, r->target_name), list(c, s->args, s->nargs));
}

static void transaction(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    if (s->name != NULL) {
        pg_fail(c, "savepoints");
    } else if (s->kind == SQL_STMT_START) {
        if (p->wrote) { /* what came before would have been committed */
            prog_line(c, "COMMIT;");
        }
    } else {
        prog_line(c, s->kind == SQL_STMT_COMMIT ? "COMMIT;" : "ROLLBACK;");
    }
}

static void table_statement(struct pg *c, const struct sql_stmt *s) {
    const struct sql_table *t = pgq_table(c, &s->table);
    if (t == NULL) {
        pg_fail(c, "the table %.100s, which is not among those that are carried", s->table.name);
        return;
    }
    c->q->program->wrote = true;
    prog_line(c, "TRUNCATE TABLE %s;", pgq_qualified(c, t->target_schema, t->target_name));
}

static void prepared(struct pg *c, const struct sql_stmt *s) {
    user_variables(c, s);
    pgq_note(c, s->start,
             "prepared statements want dolphin.enable_procedure_executestmt = on; a text put together at run time "
             "stays as it is");
    if (s->kind == SQL_STMT_PREPARE) {
        prog_line(c, "PREPARE %s FROM %s;", name_of(c, s->name),
                  s->expr->kind == SN_VARIABLE ? s->expr->text : value(c, s->expr));
    } else if (s->kind == SQL_STMT_EXECUTE) {
        prog_line(c, "EXECUTE %s%s%s;", name_of(c, s->name), s->nargs > 0 ? " USING " : "", list(c, s->args, s->nargs));
    } else {
        prog_line(c, "DEALLOCATE PREPARE %s;", name_of(c, s->name));
    }
}

static void dml(struct pg *c, const struct sql_stmt *s) {
    const char *text = pgq_dml(c, s->dml);
    c->q->program->wrote = true;
    if (text != NULL) {
        prog_line(c, "%s;", text);
    }
}

static void simple(struct pg *c, const struct sql_stmt *s) {
    switch (s->kind) {
    case SQL_STMT_LEAVE:
        prog_line(c, "LEAVE %s;", name_of(c, s->name));
        break;
    case SQL_STMT_ITERATE:
        prog_line(c, "ITERATE %s;", name_of(c, s->name));
        break;
    case SQL_STMT_RETURN:
        prog_line(c, "RETURN %s;", value(c, s->expr));
        break;
    case SQL_STMT_OPEN:
        prog_line(c, "OPEN %s;", name_of(c, s->name));
        break;
    case SQL_STMT_CLOSE:
        prog_line(c, "CLOSE %s;", name_of(c, s->name));
        break;
    case SQL_STMT_FETCH:
        prog_line(c, "FETCH %s INTO %s;", name_of(c, s->name), list(c, s->args, s->nargs));
        break;
    case SQL_STMT_SET:
        set(c, s);
        break;
    case SQL_STMT_SELECT:
        select_(c, s);
        break;
    case SQL_STMT_DML:
        dml(c, s);
        break;
    case SQL_STMT_CALL:
        call(c, s);
        break;
    case SQL_STMT_SIGNAL:
    case SQL_STMT_RESIGNAL:
        signal(c, s);
        break;
    case SQL_STMT_DIAGNOSTICS:
        diagnostics(c, s);
        break;
    case SQL_STMT_START:
    case SQL_STMT_COMMIT:
    case SQL_STMT_ROLLBACK:
        transaction(c, s);
        break;
    case SQL_STMT_PREPARE:
    case SQL_STMT_EXECUTE:
    case SQL_STMT_DEALLOCATE:
        prepared(c, s);
        break;
    case SQL_STMT_TRUNCATE:
        table_statement(c, s);
        break;
    case SQL_STMT_OTHER:
        pg_fail(c, "the statement %s", s->name);
        break;
    case SQL_STMT_SAVEPOINT:
    case SQL_STMT_RELEASE:
        pg_fail(c, "savepoints");
        break;
    case SQL_STMT_CREATE_TABLE:
    case SQL_STMT_DROP_TABLE:
        pg_fail(c, "CREATE and DROP TABLE in programs, not measured on openGauss B");
        break;
    case SQL_STMT_DO:
        pg_fail(c, "DO, not measured on openGauss B");
        break;
    default:
        pg_fail(c, "a declaration behind a statement");
    }
}

static void stmt(struct pg *c, const struct sql_stmt *s) {
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
        block(c, s, ";");
        break;
    case SQL_STMT_IF:
        branches(c, s, "IF", "ELSEIF");
        prog_line(c, "END IF;");
        break;
    case SQL_STMT_CASE:
        prog_line(c, "CASE%s%s", s->expr == NULL ? "" : " ", s->expr == NULL ? "" : value(c, s->expr));
        branches(c, s, "WHEN", "WHEN");
        prog_line(c, "END CASE;");
        break;
    case SQL_STMT_LOOP:
    case SQL_STMT_WHILE:
    case SQL_STMT_REPEAT:
    case SQL_STMT_FOR:
        loop(c, s);
        break;
    default:
        simple(c, s);
    }
    c->depth--;
    c->at = at;
    c->bytes = bytes;
}

/* ---- objects ---- */

/* The body, always a block, without a semicolon behind it. around: there is a block around it; at_end: what it ends with. */
static const char *body(struct pg *c, const struct sql_object *o, bool around, const char *at_end) {
    struct pg_program *p = c->q->program;
    p->out = (struct sb){.a = c->a};
    if (o->body->kind == SQL_STMT_BLOCK && !around) {
        block(c, o->body, "");
    } else {
        prog_line(c, "BEGIN");
        p->level++;
        stmt(c, o->body);
        if (at_end != NULL) {
            prog_line(c, "%s", at_end);
        }
        p->level--;
        prog_line(c, "END");
    }
    return sb_text(&p->out);
}

void gauss_routine(struct pg *c, const struct sql_object *o) {
    static const char *const modes[] = {"", "OUT ", "INOUT "};
    struct pg_block params = {0};
    struct sb list_ = {.a = c->a}, b = {.a = c->a};
    bool function = o->kind == SQL_OBJECT_FUNCTION;
    for (size_t i = 0; i < o->nparams && c->why == NULL; i++) {
        const struct sql_column *col = prog_column(c, o->params[i].name, &o->params[i].type);
        if (col == NULL) {
            return;
        }
        add_variable(c, &params, o->params[i].name, col);
        sb_printf(&list_, "%s%s%s %s", i == 0 ? "" : ", ", modes[o->params[i].mode], params.variables[i].text,
                  col->to->ddl);
    }
    c->q->program->block = &params;
    const char *text = body(c, o, false, NULL), *name = prog_own_name(c);
    const struct sql_column *returns = function && c->why == NULL ? prog_column(c, "", &o->returns) : NULL;
    if (c->why != NULL) {
        return;
    }
    c->q->out->result_sets = c->q->program->results;
    sb_printf(&b, "CREATE %s %s(%s)", function ? "FUNCTION" : "PROCEDURE", name, sb_text(&list_));
    if (function) {
        sb_printf(&b, " RETURNS %s", returns->to->ddl);
    }
    sb_puts(&b, o->deterministic ? " DETERMINISTIC" : "");
    sb_puts(&b, o->no_sql ? " NO SQL" : o->reads_sql ? " READS SQL DATA" : "");
    sb_puts(&b, o->invoker ? " SQL SECURITY INVOKER" : " SQL SECURITY DEFINER");
    if (o->comment != NULL && o->comment[0] != '\0') {
        sb_printf(&b, " COMMENT %s", pg_string_literal(c, o->comment, strlen(o->comment)));
    }
    sb_printf(&b, "\n%s", text);
    prog_add_statement(c, sb_text(&b));
    prog_add_drop(c, pg_fmt(c, "DROP %s IF EXISTS %s", function ? "FUNCTION" : "PROCEDURE", name));
}

/* An EXIT handler of the outermost block leaves it. */
static bool may_exit(const struct sql_stmt *s) {
    for (size_t i = 0; i < s->body.n; i++) {
        if (s->body.items[i]->kind == SQL_STMT_HANDLER && s->body.items[i]->exit_handler) {
            return true;
        }
    }
    return false;
}

/* The server puts RETURN NEW before the last END. That is NULL where a row is deleted, which would not be deleted then; and an EXIT
 * handler of the block it stands in passes it by. */
void gauss_trigger(struct pg *c, const struct sql_object *o) {
    const struct sql_table *t = pgq_table(c, &o->table);
    if (t == NULL) {
        pg_fail(c, "the table %.100s, which is not among those that are carried", o->table.name);
        return;
    }
    c->q->program->trigger_table = t;
    const char *at_end = o->before && o->event == SQL_DELETE ? "RETURN OLD;" : NULL;
    const char *text = body(c, o, at_end != NULL || may_exit(o->body), at_end), *name = prog_own_name(c);
    const char *event = o->event == SQL_INSERT ? "INSERT" : o->event == SQL_UPDATE ? "UPDATE" : "DELETE";
    const char *order =
        o->other == NULL ? "" : pg_fmt(c, " %s %s", o->follows ? "FOLLOWS" : "PRECEDES", name_of(c, o->other));
    prog_add_statement(c, pg_fmt(c, "CREATE TRIGGER %s %s %s ON %s FOR EACH ROW%s\n%s", name,
                                 o->before ? "BEFORE" : "AFTER", event,
                                 pgq_qualified(c, t->target_schema, t->target_name), order, text));
    prog_add_drop(c, pg_fmt(c, "DROP TRIGGER IF EXISTS %s", name));
}

void gauss_event(struct pg *c, const struct sql_object *o) {
    struct sb b = {.a = c->a};
    const char *text = body(c, o, false, NULL), *name = prog_own_name(c);
    if (o->at != NULL) {
        sb_printf(&b, "CREATE EVENT %s ON SCHEDULE AT %s", name, value(c, o->at));
    } else {
        sb_printf(&b, "CREATE EVENT %s ON SCHEDULE EVERY %s %s", name, value(c, o->every->args[0]), o->every->name);
        sb_puts(&b, o->starts == NULL ? "" : pg_fmt(c, " STARTS %s", value(c, o->starts)));
        sb_puts(&b, o->ends == NULL ? "" : pg_fmt(c, " ENDS %s", value(c, o->ends)));
    }
    sb_puts(&b, o->preserve ? " ON COMPLETION PRESERVE" : "");
    sb_puts(&b, o->disabled ? " DISABLE" : "");
    if (o->comment != NULL && o->comment[0] != '\0') {
        sb_printf(&b, " COMMENT %s", pg_string_literal(c, o->comment, strlen(o->comment)));
    }
    sb_printf(&b, " DO\n%s", text);
    prog_add_statement(c, sb_text(&b));
    prog_add_drop(c, pg_fmt(c, "DROP EVENT IF EXISTS %s", name));
}
