/* Routines, triggers and events for openGauss B. */
#include <string.h>

#include "base/str.h"
#include "sql/gauss.h"

/* ---- the body ---- */

/* A RETURN within IF, CASE or a loop, or of a handler that goes on, does not end a block that has a handler. */
static bool returns_inside(const struct sql_stmt *s, bool inside) {
    bool here = inside || s->nbranches > 0 || s->kind == SQL_STMT_LOOP || s->kind == SQL_STMT_WHILE ||
                s->kind == SQL_STMT_REPEAT || (s->kind == SQL_STMT_HANDLER && !s->exit_handler);
    if (s->kind == SQL_STMT_RETURN) {
        return inside;
    }
    for (size_t i = 0; i < s->nbranches; i++) {
        for (size_t k = 0; k < s->branches[i].body.n; k++) {
            if (returns_inside(s->branches[i].body.items[k], true)) {
                return true;
            }
        }
    }
    for (size_t i = 0; i < s->body.n; i++) {
        const struct sql_stmt *one = s->body.items[i];
        if (returns_inside(one, here || (one->kind == SQL_STMT_BLOCK && s->kind != SQL_STMT_HANDLER))) {
            return true;
        }
    }
    return false;
}

static bool has_declared_handler(const struct pg *c, const struct sql_stmt *s) {
    if (s->kind == SQL_STMT_HANDLER && gauss_is_declared(c, s)) {
        return true;
    }
    for (size_t i = 0; i < s->nbranches; i++) {
        for (size_t k = 0; k < s->branches[i].body.n; k++) {
            if (has_declared_handler(c, s->branches[i].body.items[k])) {
                return true;
            }
        }
    }
    for (size_t i = 0; i < s->body.n; i++) {
        if (has_declared_handler(c, s->body.items[i])) {
            return true;
        }
    }
    return false;
}

/* The body in a loop that is left with the result in a variable: LEAVE ends such blocks, RETURN does not. */
static void keeping_body(struct pg *c, const struct sql_object *o) {
    struct pg_program *p = c->q->program;
    p->gauss->keeps_result = true;
    gauss_begin(c);
    prog_line(c, "godwit_body: LOOP");
    p->level++;
    gauss_stmt(c, o->body);
    prog_line(c, "LEAVE godwit_body;");
    p->level--;
    prog_line(c, "END LOOP godwit_body;");
    prog_line(c, "RETURN %s;", str_quote_pg(c->a, "godwit_result"));
    p->level--;
    prog_line(c, "END");
}

static const char *with_made(struct pg *c) {
    struct pg_program *p = c->q->program;
    struct gauss *g = p->gauss;
    struct sb b = {.a = c->a};
    const char *text = sb_text(&p->out);
    if (g->nmade == 0 || g->made_at == 0) {
        return text;
    }
    sb_put(&b, text, g->made_at - 1);
    for (size_t i = 0; i < g->nmade; i++) {
        sb_indent(&b, g->made_level);
        sb_printf(&b, "DECLARE %s %s;\n", str_quote_pg(c->a, g->made[i].name), g->made[i].type);
    }
    sb_puts(&b, text + g->made_at - 1);
    return sb_text(&b);
}

/* The body, always a block, without a semicolon behind it. around: there is a block around it; at_end: what it ends with. */
static const char *body(struct pg *c, const struct sql_object *o, bool around, const char *at_end) {
    struct pg_program *p = c->q->program;
    p->out = (struct sb){.a = c->a};
    p->uses_row_count = strcasestr(o->text, "row_count") != NULL;
    p->gauss->declares_first = o->kind == SQL_OBJECT_TRIGGER || o->kind == SQL_OBJECT_EVENT;
    prog_find_tables(c, o);
    if (o->kind == SQL_OBJECT_FUNCTION && has_declared_handler(c, o->body) && returns_inside(o->body, false)) {
        keeping_body(c, o);
    } else if (o->body->kind == SQL_STMT_BLOCK && !around) {
        gauss_block(c, o->body, "");
    } else {
        gauss_begin(c);
        gauss_stmt(c, o->body);
        if (at_end != NULL) {
            prog_line(c, "%s", at_end);
        }
        p->level--;
        prog_line(c, "END");
    }
    return with_made(c);
}

/* Once more where variables turned out to have a column's name: they get another one. */
static void print(struct pg *c, const struct sql_object *o, void (*object)(struct pg *, const struct sql_object *)) {
    struct gauss g = {0};
    size_t clashing;
    do {
        clashing = g.nclashing;
        g = (struct gauss){.clashing = g.clashing, .nclashing = clashing, .clashing_cap = g.clashing_cap};
        *c->q->program = (struct pg_program){.gauss = &g};
        *c->q->out = (struct sql_translation){0};
        object(c, o);
    } while (c->why == NULL && g.nclashing > clashing);
    c->q->program->gauss = NULL;
}

/* ---- routines ---- */

static void routine(struct pg *c, const struct sql_object *o) {
    static const char *const modes[] = {"", "OUT ", "INOUT "};
    struct pg_block params = {0};
    struct sb list = {.a = c->a}, b = {.a = c->a};
    bool function = o->kind == SQL_OBJECT_FUNCTION;
    for (size_t i = 0; i < o->nparams && c->why == NULL; i++) {
        const struct sql_column *col = prog_column(c, o->params[i].name, &o->params[i].type);
        if (col == NULL) {
            return;
        }
        gauss_add_variable(c, &params, o->params[i].name, col);
        sb_printf(&list, "%s%s%s %s", i == 0 ? "" : ", ", modes[o->params[i].mode], params.variables[i].text,
                  col->to->ddl);
    }
    c->q->program->block = &params;
    const char *text = body(c, o, false, NULL), *name = prog_own_name(c);
    const struct sql_column *returns = function && c->why == NULL ? prog_column(c, "", &o->returns) : NULL;
    if (c->why != NULL) {
        return;
    }
    c->q->out->result_sets = c->q->program->results;
    sb_printf(&b, "CREATE %s %s(%s)", function ? "FUNCTION" : "PROCEDURE", name, sb_text(&list));
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

/* ---- triggers ---- */

/* An EXIT handler of the outermost block leaves it. */
static bool may_exit(const struct pg *c, const struct sql_stmt *s) {
    for (size_t i = 0; i < s->body.n; i++) {
        const struct sql_stmt *one = s->body.items[i];
        if (one->kind == SQL_STMT_HANDLER && one->exit_handler && gauss_is_declared(c, one)) {
            return true;
        }
    }
    return false;
}

/* The server puts RETURN NEW before the last END. That is NULL where a row is deleted, which would not be deleted then; and an EXIT
 * handler of the block it stands in passes it by. Variables stand before BEGIN: behind it they are read only where the session's delimiter
 * is another one than the semicolon. */
static void trigger(struct pg *c, const struct sql_object *o) {
    const struct sql_table *t = pgq_table(c, &o->table);
    if (t == NULL) {
        pg_fail(c, "the table %.100s, which is not among those that are carried", o->table.name);
        return;
    }
    c->q->program->trigger_table = t;
    const char *at_end = o->before && o->event == SQL_DELETE ? "RETURN OLD;" : NULL;
    const char *text = body(c, o, at_end != NULL || may_exit(c, o->body), at_end), *name = prog_own_name(c);
    const char *event = o->event == SQL_INSERT ? "INSERT" : o->event == SQL_UPDATE ? "UPDATE" : "DELETE";
    const char *order = o->other == NULL ? ""
                                         : pg_fmt(c, " %s %s", o->follows ? "FOLLOWS" : "PRECEDES",
                                                  str_quote_pg(c->a, pgq_cut(c, o->other)));
    prog_add_statement(c, pg_fmt(c, "CREATE TRIGGER %s %s %s ON %s FOR EACH ROW%s\n%s", name,
                                 o->before ? "BEFORE" : "AFTER", event,
                                 pgq_qualified(c, t->target_schema, t->target_name), order, text));
    prog_add_drop(c, pg_fmt(c, "DROP TRIGGER IF EXISTS %s", name));
}

/* ---- events ---- */

/* The server has no weeks and quarters. */
static const char *every(struct pg *c, const struct sql_node *n) {
    bool week = str_ieq(n->name, "week"), quarter = str_ieq(n->name, "quarter");
    long number;
    if (!week && !quarter) {
        return pg_fmt(c, "%s %s", gauss_value(c, n->args[0]), n->name);
    }
    if (!sql_node_const_int(n->args[0], &number) || number < 1 || number > 1000000) {
        return pg_fail(c, "EVERY %s with a number that is not constant", n->name).text;
    }
    return pg_fmt(c, "%ld %s", number * (week ? 7 : 3), week ? "day" : "month");
}

static void event(struct pg *c, const struct sql_object *o) {
    struct sb b = {.a = c->a};
    const char *text = body(c, o, false, NULL), *name = prog_own_name(c);
    if (o->at != NULL) {
        sb_printf(&b, "CREATE EVENT %s ON SCHEDULE AT %s", name, gauss_value(c, o->at));
    } else {
        sb_printf(&b, "CREATE EVENT %s ON SCHEDULE EVERY %s", name, every(c, o->every));
        sb_puts(&b, o->starts == NULL ? "" : pg_fmt(c, " STARTS %s", gauss_value(c, o->starts)));
        sb_puts(&b, o->ends == NULL ? "" : pg_fmt(c, " ENDS %s", gauss_value(c, o->ends)));
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

void gauss_routine(struct pg *c, const struct sql_object *o) {
    print(c, o, routine);
}

void gauss_trigger(struct pg *c, const struct sql_object *o) {
    print(c, o, trigger);
}

void gauss_event(struct pg *c, const struct sql_object *o) {
    print(c, o, event);
}
