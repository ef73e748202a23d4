/* Handlers, SIGNAL and GET DIAGNOSTICS of programs for openGauss B.
 *
 * A block that has a handler is run there by an interpreter that knows less (see gauss_expanded), and FETCH raises no NOT FOUND. But FETCH and
 * SELECT .. INTO tell in `found` whether there was a row: a NOT FOUND handler's statements are printed behind them, and no handler is
 * declared. */
#include <string.h>

#include "base/str.h"
#include "sql/gauss.h"

#define NO_DATA "'No data - zero rows fetched, selected, or processed'"

bool gauss_is_declared(const struct pg *c, const struct sql_stmt *handler) {
    for (size_t i = 0; i < handler->nconditions; i++) {
        if (!prog_is_not_found(c, &handler->conditions[i])) {
            return true;
        }
    }
    return false;
}

/* What openGauss raises where MySQL raises this state; the state itself as well: a program may. */
static const char *states(const struct pg *c, const char *state) {
    if (str_eq(state, "23000")) {
        return c->o->mariadb ? "23000 23505 23503 23502 23514" : "23000 23505 23503 23502";
    }
    return str_eq(state, "40001")   ? "40001 40P01"
           : str_eq(state, "42S02") ? "42S02 42P01"
           : str_eq(state, "42S22") ? "42S22 42703"
                                    : state;
}

static const char *state_list(struct pg *c, const char *list) {
    struct sb b = {.a = c->a};
    for (const char *p = list; *p != '\0';) {
        size_t n = strcspn(p, " ");
        sb_printf(&b, "%sSQLSTATE %s", b.len == 0 ? "" : ", ", pg_string_literal(c, arena_strndup(c->a, p, n), n));
        p += n + (p[n] == ' ' ? 1 : 0);
    }
    return sb_text(&b);
}

static const char *condition_text(struct pg *c, const struct sql_condition *condition) {
    struct sql_condition k = prog_resolved(c, condition);
    switch (k.kind) {
    case SQL_COND_EXCEPTION:
        return "SQLEXCEPTION";
    case SQL_COND_WARNING:
        return "SQLWARNING";
    case SQL_COND_STATE:
        return state_list(c, states(c, k.text));
    case SQL_COND_ERRNO:
        if (k.errno_ == 1205) { /* its own one for waiting too long, PostgreSQL's for NOWAIT */
            return state_list(c, "YY003 55P03");
        }
        if (prog_state_of_errno(k.errno_) != NULL) {
            return state_list(c, prog_state_of_errno(k.errno_));
        }
        return pg_fail(c, "a handler for error %u, whose counterpart in the target is not known", k.errno_).text;
    default:
        return pg_fail(c, "the condition %.60s, which is not declared", k.text).text;
    }
}

/* The exact ones are asked first in MySQL, the first ones in openGauss. */
static int rank(const struct pg *c, const struct sql_condition *condition) {
    struct sql_condition k = prog_resolved(c, condition);
    return k.kind == SQL_COND_ERRNO ? 0 : k.kind == SQL_COND_STATE ? 1 : 2;
}

static bool is_plain_block(const struct sql_stmt *s) {
    return s->kind == SQL_STMT_BLOCK && s->label == NULL && (s->body.n == 0 || !gauss_is_declaration(s->body.items[0]));
}

static void statements(struct pg *c, const struct sql_stmt *s) {
    if (is_plain_block(s)) {
        gauss_stmts(c, s->body.items, s->body.n);
        gauss_comments(c, s->body.comment);
    } else {
        gauss_stmt(c, s);
    }
}

static void handler(struct pg *c, struct pg_handler *h, const char *conditions) {
    struct pg_program *p = c->q->program;
    bool in_handler = p->in_handler;
    const struct pg_block *handler_of = p->gauss->handler_of;
    prog_line(c, "DECLARE %s HANDLER FOR %s", h->stmt->exit_handler ? "EXIT" : "CONTINUE", conditions);
    prog_line(c, "BEGIN");
    p->level++;
    h->block->in_handler = p->in_handler = true;
    p->gauss->handler_of = h->block;
    statements(c, h->stmt->body.items[0]);
    p->gauss->handler_of = handler_of;
    h->block->in_handler = false;
    p->in_handler = in_handler;
    p->level--;
    prog_line(c, "END;");
}

void gauss_handlers(struct pg *c, struct pg_block *b) {
    size_t declared = 0;
    for (size_t i = 0; i < b->nhandlers; i++) {
        declared += gauss_is_declared(c, b->handlers[i].stmt) ? 1 : 0;
    }
    for (int r = 0; r < 3; r++) {
        for (size_t i = 0; i < b->nhandlers && c->why == NULL; i++) {
            const struct sql_stmt *s = b->handlers[i].stmt;
            struct sb list = {.a = c->a};
            c->at = s->start;
            for (size_t k = 0; k < s->nconditions && c->why == NULL; k++) {
                bool here = declared == 1 ? r == 0 : rank(c, &s->conditions[k]) == r;
                if (here && !prog_is_not_found(c, &s->conditions[k])) {
                    const char *text = condition_text(c, &s->conditions[k]);
                    sb_printf(&list, "%s%s", list.len == 0 ? "" : ", ", text);
                }
            }
            if (list.len > 0 && c->why == NULL) {
                handler(c, &b->handlers[i], sb_text(&list));
            }
        }
    }
}

/* ---- NOT FOUND ---- */

static bool goes_away(const struct sql_stmt *s) {
    const struct sql_stmt *last = s->kind == SQL_STMT_BLOCK && s->body.n > 0 ? s->body.items[s->body.n - 1] : s;
    return last->kind == SQL_STMT_RETURN || last->kind == SQL_STMT_LEAVE || last->kind == SQL_STMT_SIGNAL ||
           last->kind == SQL_STMT_RESIGNAL;
}

bool gauss_exits(const struct pg *c, const struct sql_stmt *block) {
    for (size_t i = 0; i < block->body.n; i++) {
        const struct sql_stmt *s = block->body.items[i];
        if (s->kind == SQL_STMT_HANDLER && s->exit_handler && prog_takes_not_found(c, s) &&
            !goes_away(s->body.items[0])) {
            return true;
        }
    }
    return false;
}

bool gauss_not_found(struct pg *c) {
    struct pg_program *p = c->q->program;
    struct gauss *g = p->gauss;
    struct pg_handler *h = prog_not_found_handler(c);
    if (h == NULL) {
        return false;
    }
    const struct sql_stmt *body = h->stmt->body.items[0];
    struct pg_block *block = p->block;
    const struct pg_block *place = g->place;
    bool in_handler = p->in_handler, not_found = g->not_found;
    if (gauss_expanded(c) && gauss_leaves(body, NULL, SQL_STMT_ITERATE)) {
        pg_fail(c, "ITERATE in a handler where another one is declared, which openGauss B passes over");
        return true;
    }
    g->place = place != NULL ? place : block;
    p->block = h->block;
    h->block->in_handler = p->in_handler = g->not_found = true;
    statements(c, body);
    bool leaves = h->stmt->exit_handler && !goes_away(body);
    if (leaves && h->block->label == NULL) {
        pg_fail(c, "a handler for a condition that is declared twice");
    } else if (leaves) {
        prog_line(c, "LEAVE %s;", h->block->label);
    }
    h->block->in_handler = false;
    p->in_handler = in_handler;
    g->not_found = not_found;
    p->block = block;
    g->place = place;
    return true;
}

/* ---- SIGNAL ---- */

static const char *items(struct pg *c, const struct sql_stmt *s, const char *message) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < s->nsets && c->why == NULL; i++) {
        const struct sql_node *value = s->sets[i].value;
        if (str_eq(s->sets[i].name, "message_text")) {
            message = gauss_value(c, value);
        } else if (str_eq(s->sets[i].name, "mysql_errno") && value->kind == SN_INT) {
            sb_printf(&b, ", MYSQL_ERRNO = %s", value->text);
        } else {
            pgq_note(c, s->sets[i].start, arena_printf(c->a, "%s is left out", s->sets[i].name));
        }
    }
    const char *others = b.len == 0 ? "" : sb_text(&b);
    return message != NULL ? pg_fmt(c, " SET MESSAGE_TEXT = %s%s", message, others)
           : b.len > 0     ? pg_fmt(c, " SET %s", others + 2)
                           : "";
}

void gauss_signal(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    bool again = s->kind == SQL_STMT_RESIGNAL, raised = !again || p->gauss->not_found;
    const char *state = raised ? "02000" : NULL;
    if (again && !p->in_handler) {
        pg_fail(c, "RESIGNAL outside of a handler");
        return;
    }
    if (s->nconditions > 0) {
        struct sql_condition k = prog_resolved(c, &s->conditions[0]);
        if (k.kind != SQL_COND_STATE) {
            pg_fail(c, "SIGNAL of a condition that is no SQLSTATE");
            return;
        }
        state = k.text;
    }
    if (!again && str_starts(state, "02") && gauss_not_found(c)) {
        return;
    }
    const char *what = state == NULL ? "" : pg_fmt(c, " SQLSTATE %s", pg_string_literal(c, state, strlen(state)));
    prog_line(c, "%s%s%s;", raised ? "SIGNAL" : "RESIGNAL", what, items(c, s, again && raised ? NO_DATA : NULL));
}

/* ---- GET DIAGNOSTICS ---- */

static const char *of_state(struct pg *c, const char *item, const char *state) {
    if (str_eq(item, "returned_sqlstate")) {
        return pg_fmt(c, "CASE WHEN left(%s, 2) = '23' THEN '23000' WHEN %s = '40P01' THEN '40001' ELSE %s END", state,
                      state, state);
    }
    return pg_fmt(c,
                  "CASE %s WHEN '23505' THEN 1062 WHEN '23503' THEN 1452 WHEN '23502' THEN 1048 WHEN '23514' THEN 3819 "
                  "WHEN '22001' THEN 1406 WHEN '22003' THEN 1264 WHEN '45000' THEN 1644 WHEN '40P01' THEN 1213 ELSE "
                  "1105 END",
                  state);
}

/* What GET DIAGNOSTICS puts into a variable of its own: a user variable's value would be taken without quotes around it, and MySQL's
 * numbers and states are worked out of openGauss's. NULL: the item is asked for as it is. */
static const char *by_way_of(struct pg *c, const struct sql_assign *a, const char **item) {
    bool state = str_eq(a->name, "returned_sqlstate") || str_eq(a->name, "mysql_errno"),
         number = str_eq(a->name, "number");
    *item = state ? "RETURNED_SQLSTATE" : a->name;
    if (str_eq(a->name, "row_count")) {
        return NULL;
    }
    if (state) {
        return gauss_made(c, "godwit_state", "text");
    }
    if (a->value->kind != SN_VARIABLE) {
        return NULL;
    }
    return gauss_made(c, number ? "godwit_number" : pg_fmt(c, "godwit_%s", a->name), number ? "bigint" : "text");
}

static void found_nothing(struct pg *c, const struct sql_stmt *s) {
    for (size_t i = 0; i < s->nsets && c->why == NULL; i++) {
        const char *name = s->sets[i].name, *value = str_eq(name, "message_text")        ? NO_DATA
                                                     : str_eq(name, "returned_sqlstate") ? "'02000'"
                                                     : str_eq(name, "mysql_errno")       ? "1329"
                                                     : str_eq(name, "number")            ? "1"
                                                                                         : "''";
        if (str_eq(name, "row_count")) {
            pg_fail(c, "GET DIAGNOSTICS of ROW_COUNT in a NOT FOUND handler");
        }
        prog_line(c, "SET %s = %s;", gauss_list(c, &s->sets[i].value, 1), value);
    }
}

/* ROW_COUNT is known from behind the last change. */
static const char *known(struct pg *c, const struct sql_assign *a) {
    return str_eq(a->name, "row_count") ? gauss_made(c, "godwit_row_count", "bigint DEFAULT 0") : NULL;
}

static const char *items_asked(struct pg *c, const struct sql_stmt *s) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < s->nsets && c->why == NULL; i++) {
        const char *item, *by = by_way_of(c, &s->sets[i], &item);
        const char *one = pg_fmt(c, "%s = %s", by != NULL ? by : gauss_list(c, &s->sets[i].value, 1), item);
        if (known(c, &s->sets[i]) == NULL && strstr(sb_text(&b), one) == NULL) {
            sb_printf(&b, "%s%s", b.len == 0 ? "" : ", ", one);
        }
    }
    return sb_text(&b);
}

void gauss_diagnostics(struct pg *c, const struct sql_stmt *s) {
    if (c->q->program->gauss->not_found) {
        found_nothing(c, s);
        return;
    }
    const char *asked = items_asked(c, s);
    if (asked[0] != '\0') {
        /* Each other statement empties the current area; a handler's own is the stacked one. */
        bool stacked = s->stacked || c->q->program->in_handler;
        prog_line(c, "GET %sDIAGNOSTICS %s%s%s%s;", stacked ? "STACKED " : "", s->expr == NULL ? "" : "CONDITION ",
                  s->expr == NULL ? "" : gauss_value(c, s->expr), s->expr == NULL ? "" : " ", asked);
    }
    for (size_t i = 0; i < s->nsets && c->why == NULL; i++) {
        struct sql_assign *a = &s->sets[i];
        const char *item, *by = known(c, a);
        bool worked_out = false;
        if (by == NULL) {
            by = by_way_of(c, a, &item);
            worked_out = str_eq(item, "RETURNED_SQLSTATE");
        }
        if (a->value->kind == SN_VARIABLE) {
            gauss_user_variables(c, s);
        }
        if (by != NULL) {
            prog_line(c, "SET %s = %s;", gauss_list(c, &a->value, 1), worked_out ? of_state(c, a->name, by) : by);
        }
    }
}
