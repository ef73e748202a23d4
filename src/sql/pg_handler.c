/* Handlers, SIGNAL, GET DIAGNOSTICS as PL/pgSQL.
 *
 * MySQL undoes the statement that failed, no more, and goes on behind it or behind the handler's block. So each statement that may fail
 * stands in a block of its own with an EXCEPTION clause (a subtransaction). Where all of the work is undone anyway (the handler begins with
 * ROLLBACK, or raises the error again) one clause around all statements means the same and costs less. */
#include <string.h>

#include "base/str.h"
#include "sql/pg_program.h"

static const struct {
    unsigned number;
    const char *state;
} errnos[] = {
    {1048, "23502"}, {1054, "42703"}, {1062, "23505"}, {1064, "42601"}, {1146, "42P01"},
    {1172, "P0003"}, {1205, "55P03"}, {1213, "40P01"}, {1216, "23503"}, {1217, "23503"},
    {1264, "22003"}, {1292, "22007"}, {1305, "42883"}, {1365, "22012"}, {1366, "22P02"},
    {1406, "22001"}, {1411, "22007"}, {1451, "23503"}, {1452, "23503"}, {1557, "23505"},
    {1586, "23505"}, {1644, "45000"}, {1690, "22003"}, {3819, "23514"}, {4025, "23514"},
};

const char *prog_state_of_errno(unsigned number) {
    for (size_t i = 0; i < sizeof errnos / sizeof errnos[0]; i++) {
        if (errnos[i].number == number) {
            return errnos[i].state;
        }
    }
    return NULL;
}

static const struct sql_stmt *named_condition(const struct pg *c, const char *name) {
    for (const struct pg_block *b = c->q->program->block; b != NULL; b = b->outer) {
        for (size_t i = 0; i < b->nconditions; i++) {
            if (str_ieq(b->conditions[i]->name, name)) {
                return b->conditions[i];
            }
        }
    }
    return NULL;
}

/* A named condition as what it stands for. */
struct sql_condition prog_resolved(const struct pg *c, const struct sql_condition *k) {
    if (k->kind == SQL_COND_NAME) {
        const struct sql_stmt *s = named_condition(c, k->text);
        if (s != NULL && s->nconditions > 0) {
            return s->conditions[0];
        }
    }
    return *k;
}

bool prog_is_not_found(const struct pg *c, const struct sql_condition *condition) {
    struct sql_condition k = prog_resolved(c, condition);
    return k.kind == SQL_COND_NOT_FOUND || (k.kind == SQL_COND_STATE && str_starts(k.text, "02")) ||
           (k.kind == SQL_COND_ERRNO && k.errno_ == 1329);
}

/* What stands behind WHEN; NULL: not an error (NOT FOUND, a warning), or a failure. */
static const char *when(struct pg *c, const struct sql_condition *condition) {
    struct sql_condition k = prog_resolved(c, condition);
    if (prog_is_not_found(c, condition) || k.kind == SQL_COND_WARNING ||
        (k.kind == SQL_COND_STATE && str_starts(k.text, "01"))) {
        return NULL;
    }
    switch (k.kind) {
    case SQL_COND_EXCEPTION:
        return "OTHERS";
    case SQL_COND_STATE:
        if (str_eq(k.text, "42S02")) {
            return "undefined_table";
        }
        if (str_eq(k.text, "23000")) { /* checks have another one in MySQL, not in MariaDB */
            return c->o->mariadb ? "integrity_constraint_violation"
                                 : "unique_violation OR foreign_key_violation OR not_null_violation";
        }
        if (str_eq(k.text, "40001")) {
            return "serialization_failure OR deadlock_detected";
        }
        if (strlen(k.text) != 5 || strspn(k.text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 5) {
            break;
        }
        return pg_fmt(c, "SQLSTATE '%s'", k.text);
    case SQL_COND_ERRNO:
        if (k.errno_ == 1205 && dialect_is_opengauss(c->o->dialect)) { /* a lock wait that ran out, and NOWAIT */
            return "SQLSTATE 'YY003' OR SQLSTATE '55P03'";
        }
        if (prog_state_of_errno(k.errno_) != NULL) {
            return pg_fmt(c, "SQLSTATE '%s'", prog_state_of_errno(k.errno_));
        }
        pg_fail(c, "a handler for error %u, whose counterpart in the target is not known", k.errno_);
        return NULL;
    default:
        break;
    }
    pg_fail(c, "the condition %.60s, which is not declared", k.text);
    return NULL;
}

static bool holds(const struct pg_block *b) {
    return !b->in_handler && !b->whole;
}

static bool is_error_handler(const struct pg *c, const struct pg_handler *h) {
    for (size_t i = 0; i < h->stmt->nconditions; i++) {
        struct sql_condition k = prog_resolved(c, &h->stmt->conditions[i]);
        if (!prog_is_not_found(c, &h->stmt->conditions[i]) && k.kind != SQL_COND_WARNING &&
            !(k.kind == SQL_COND_STATE && str_starts(k.text, "01"))) {
            return true;
        }
    }
    return false;
}

bool prog_has_handlers(const struct pg *c) {
    for (const struct pg_block *b = c->q->program->block; b != NULL; b = b->outer) {
        for (size_t i = 0; holds(b) && i < b->nhandlers; i++) {
            if (is_error_handler(c, &b->handlers[i])) {
                return true;
            }
        }
    }
    return false;
}

static bool ends_transactions(const struct sql_stmts *list);

static bool stmt_ends_transactions(const struct sql_stmt *s) {
    if (s->kind == SQL_STMT_COMMIT || (s->kind == SQL_STMT_ROLLBACK && s->name == NULL) || s->kind == SQL_STMT_START) {
        return true;
    }
    for (size_t i = 0; i < s->nbranches; i++) {
        if (ends_transactions(&s->branches[i].body)) {
            return true;
        }
    }
    return s->kind != SQL_STMT_HANDLER && ends_transactions(&s->body);
}

static bool ends_transactions(const struct sql_stmts *list) {
    for (size_t i = 0; i < list->n; i++) {
        if (stmt_ends_transactions(list->items[i])) {
            return true;
        }
    }
    return false;
}

static const struct sql_stmts *handler_body(const struct pg_handler *h, struct sql_stmts *one) {
    const struct sql_stmt *s = h->stmt->body.items[0];
    if (s->kind == SQL_STMT_BLOCK && s->label == NULL) {
        return &s->body;
    }
    *one = h->stmt->body;
    return one;
}

static bool raises(const struct sql_stmts *list) {
    const struct sql_stmt *last = list->n == 0 ? NULL : list->items[list->n - 1];
    return last != NULL && (last->kind == SQL_STMT_RESIGNAL || last->kind == SQL_STMT_SIGNAL);
}

static bool begins_with_rollback(const struct sql_stmts *list) {
    for (size_t i = 0; i < list->n; i++) {
        enum sql_stmt_kind k = list->items[i]->kind;
        if (k == SQL_STMT_ROLLBACK) {
            return list->items[i]->name == NULL;
        }
        if (k != SQL_STMT_SET && k != SQL_STMT_DIAGNOSTICS && k != SQL_STMT_VARIABLE) {
            return false;
        }
    }
    return false;
}

bool prog_whole(const struct pg *c, const struct pg_block *b, const struct sql_stmts *list, size_t from, bool *commit) {
    bool any = false;
    for (size_t i = 0; i < b->nhandlers; i++) {
        struct sql_stmts one;
        const struct sql_stmts *body = handler_body(&b->handlers[i], &one);
        if (!is_error_handler(c, &b->handlers[i])) {
            continue;
        }
        any = true;
        if (!b->handlers[i].stmt->exit_handler || !(raises(body) || begins_with_rollback(body))) {
            return false;
        }
        size_t ends = 0; /* of transactions, in the handler: one ROLLBACK */
        for (size_t k = 0; k < body->n; k++) {
            ends += stmt_ends_transactions(body->items[k]) ? 1 : 0;
        }
        if (ends > (begins_with_rollback(body) ? 1U : 0U)) {
            return false;
        }
    }
    *commit = list->n > from && list->items[list->n - 1]->kind == SQL_STMT_COMMIT;
    for (size_t i = from; i < list->n - (*commit ? 1 : 0); i++) {
        const struct sql_stmt *s = list->items[i];
        bool start = s->kind == SQL_STMT_START && i <= from + 3; /* before anything was changed: nothing to commit */
        for (size_t k = from; start && k < i; k++) {
            start = list->items[k]->kind == SQL_STMT_SET || list->items[k]->kind == SQL_STMT_SELECT ||
                    list->items[k]->kind == SQL_STMT_IF;
        }
        if (!start && stmt_ends_transactions(s)) {
            return false;
        }
    }
    return any;
}

/* The handler's statements, and the way out of its block. */
static void handle(struct pg *c, struct pg_handler *h, bool deferred, bool undone) {
    struct pg_program *p = c->q->program;
    struct pg_block *current = p->block;
    bool in_handler = p->in_handler, was_deferred = p->deferred, was_undone = p->undone;
    struct sql_stmts one;
    const struct sql_stmts *body = handler_body(h, &one);
    bool declares = body->n > 0 && body->items[0]->kind == SQL_STMT_VARIABLE;
    p->block = h->block;
    h->block->in_handler = true;
    p->in_handler = true;
    p->deferred = deferred;
    p->undone = undone;
    if (declares) {
        prog_stmt(c, h->stmt->body.items[0]);
    } else {
        prog_stmts(c, body, 0);
    }
    if (h->stmt->exit_handler && h->block->label != NULL && !raises(body)) {
        prog_line(c, "EXIT %s;", h->block->label);
    }
    h->block->in_handler = false;
    p->in_handler = in_handler;
    p->deferred = was_deferred;
    p->undone = was_undone;
    p->block = current;
}

/* Handlers of a block, the exact ones first. deferred: only say which one has fired. */
static void clauses(struct pg *c, struct pg_block *b, bool deferred, bool undone, unsigned *number) {
    struct pg_program *p = c->q->program;
    for (int general = 0; general < 2; general++) {
        for (size_t i = 0; i < b->nhandlers && c->why == NULL; i++) {
            struct pg_handler *h = &b->handlers[i];
            const char *text = NULL;
            for (size_t k = 0; k < h->stmt->nconditions; k++) {
                const char *w = when(c, &h->stmt->conditions[k]);
                if (w != NULL && str_eq(w, "OTHERS") == (general == 1)) {
                    text = text == NULL ? w : pg_fmt(c, "%s OR %s", text, w);
                }
            }
            if (text == NULL) {
                continue;
            }
            prog_line(c, "WHEN %s THEN", text);
            p->level++;
            ++*number;
            if (deferred) {
                p->uses_state = true;
                prog_line(c,
                          "GET STACKED DIAGNOSTICS godwit_state = RETURNED_SQLSTATE, godwit_message = MESSAGE_TEXT;");
                prog_line(c, "godwit_handler := %u;", *number);
            } else {
                handle(c, h, false, undone);
            }
            p->level--;
        }
    }
}

void prog_exception_clause(struct pg *c, struct pg_block *b) {
    unsigned number = 0;
    prog_line(c, "EXCEPTION");
    c->q->program->level++;
    clauses(c, b, false, true, &number);
    c->q->program->level--;
}

static void deferred_handlers(struct pg *c, struct pg_block *b, unsigned *number) {
    struct pg_program *p = c->q->program;
    for (int general = 0; general < 2; general++) {
        for (size_t i = 0; i < b->nhandlers && c->why == NULL; i++) {
            struct pg_handler *h = &b->handlers[i];
            bool has = false;
            for (size_t k = 0; k < h->stmt->nconditions; k++) {
                const char *w = when(c, &h->stmt->conditions[k]);
                has = has || (w != NULL && str_eq(w, "OTHERS") == (general == 1));
            }
            if (!has) {
                continue;
            }
            prog_line(c, "IF godwit_handler = %u THEN", ++*number);
            p->level++;
            prog_line(c, "godwit_handler := 0;");
            handle(c, h, true, false);
            p->level--;
            prog_line(c, "END IF;");
        }
    }
}

void prog_guarded(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    bool deferred = false;
    for (struct pg_block *b = p->block; b != NULL; b = b->outer) {
        for (size_t i = 0; holds(b) && i < b->nhandlers; i++) {
            deferred = deferred || ends_transactions(&b->handlers[i].stmt->body);
        }
    }
    prog_line(c, "BEGIN");
    p->level++;
    prog_simple_stmt(c, s);
    p->level--;
    prog_line(c, "EXCEPTION");
    p->level++;
    unsigned number = 0;
    for (struct pg_block *b = p->block; b != NULL; b = b->outer) {
        if (holds(b)) {
            clauses(c, b, deferred, false, &number);
        }
    }
    p->level--;
    prog_line(c, "END;");
    number = 0;
    for (struct pg_block *b = p->block; deferred && b != NULL; b = b->outer) {
        if (holds(b)) {
            deferred_handlers(c, b, &number);
        }
    }
}

bool prog_takes_not_found(const struct pg *c, const struct sql_stmt *handler) {
    for (size_t i = 0; i < handler->nconditions; i++) {
        if (prog_is_not_found(c, &handler->conditions[i])) {
            return true;
        }
    }
    return false;
}

struct pg_handler *prog_not_found_handler(const struct pg *c) {
    for (struct pg_block *b = c->q->program->block; b != NULL; b = b->outer) {
        for (size_t i = 0; !b->in_handler && i < b->nhandlers; i++) {
            if (prog_takes_not_found(c, b->handlers[i].stmt)) {
                return &b->handlers[i];
            }
        }
    }
    return NULL;
}

bool prog_not_found(struct pg *c) {
    struct pg_handler *h = prog_not_found_handler(c);
    if (h == NULL) {
        return false;
    }
    handle(c, h, true, false);
    return true;
}

void prog_signal(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    const char *state = NULL, *message = NULL;
    bool again = s->kind == SQL_STMT_RESIGNAL;
    if (again && !p->in_handler) {
        pg_fail(c, "RESIGNAL outside of a handler");
        return;
    }
    if (s->nconditions > 0) {
        struct sql_condition k = prog_resolved(c, &s->conditions[0]);
        if (k.kind != SQL_COND_STATE || strlen(k.text) != 5) {
            pg_fail(c, "SIGNAL of a condition that is no SQLSTATE");
            return;
        }
        if (str_starts(k.text, "01") || str_starts(k.text, "02")) {
            pg_fail(c, "SIGNAL of a warning or of NOT FOUND");
            return;
        }
        state = pg_string_literal(c, k.text, 5);
    }
    for (size_t i = 0; i < s->nsets && c->why == NULL; i++) {
        if (str_eq(s->sets[i].name, "message_text")) {
            message = pg_as_text(c, pgq_expr(c, s->sets[i].value)).text;
        } else if (str_eq(s->sets[i].name, "mysql_errno")) {
            pgq_note(c, s->sets[i].start, "MYSQL_ERRNO is left out: the target's errors have an SQLSTATE only");
        } else {
            pgq_note(c, s->sets[i].start, arena_printf(c->a, "%s is left out", s->sets[i].name));
        }
    }
    if (again && state == NULL && message == NULL && !p->deferred) {
        prog_line(c, "RAISE;");
        return;
    }
    if (again && p->deferred) {
        p->uses_state = true;
        state = state == NULL ? "godwit_state" : state;
        message = message == NULL ? "godwit_message" : message;
    }
    if (again && !p->deferred) {
        state = state == NULL ? "SQLSTATE" : state;
        message = message == NULL ? "SQLERRM" : message;
    }
    prog_line(c, "RAISE EXCEPTION USING ERRCODE = %s, MESSAGE = %s;", state,
              message == NULL ? "'Unhandled user-defined exception condition'" : message);
}

/* What GET DIAGNOSTICS tells, in MySQL's words. */
static const char *item(struct pg *c, const char *name) {
    struct pg_program *p = c->q->program;
    const char *state = p->deferred ? "godwit_state" : "SQLSTATE",
               *message = p->deferred ? "godwit_message" : "SQLERRM";
    if (str_eq(name, "number")) {
        return p->in_handler ? "1" : "0";
    }
    if (!p->in_handler) {
        pg_fail(c, "GET DIAGNOSTICS of a condition outside of a handler");
        return "NULL";
    }
    p->uses_state = p->uses_state || p->deferred;
    if (str_eq(name, "message_text")) {
        return message;
    }
    if (str_eq(name, "returned_sqlstate")) {
        return pg_fmt(c, "CASE WHEN left(%s, 2) = '23' THEN '23000' ELSE %s END", state, state);
    }
    if (str_eq(name, "mysql_errno")) {
        return pg_fmt(
            c,
            "CASE %s WHEN '23505' THEN 1062 WHEN '23503' THEN 1452 WHEN '23502' THEN 1048 WHEN '23514' THEN 3819 WHEN "
            "'22001' THEN 1406 WHEN '22003' THEN 1264 WHEN '45000' THEN 1644 WHEN '40P01' THEN 1213 ELSE 1105 END",
            state);
    }
    pg_fail(c, "GET DIAGNOSTICS of %.60s", name);
    return "NULL";
}

void prog_diagnostics(struct pg *c, const struct sql_stmt *s) {
    for (size_t i = 0; i < s->nsets && c->why == NULL; i++) {
        const struct sql_assign *a = &s->sets[i];
        bool count = str_eq(a->name, "row_count");
        c->q->program->uses_row_count = c->q->program->uses_row_count || count;
        const char *text = count ? "godwit_row_count" : item(c, a->name);
        if (a->value->kind == SN_VARIABLE) {
            bool number = count || str_eq(a->name, "number") || str_eq(a->name, "mysql_errno");
            prog_set_user_variable(c, a->value->text + 1,
                                   number ? pg_int(text, false, false) : pg_val(TC_TEXT, text, false));
        } else {
            prog_line(c, "%s := %s;", pgq_expr(c, a->value).text, text);
        }
    }
}
