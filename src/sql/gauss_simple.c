/* Statements without statements inside, for openGauss B. */
#include <string.h>

#include "base/str.h"
#include "sql/gauss.h"

/* ---- SET ---- */

struct set_list { /* variables of one kind: a SET has only such */
    struct sb text;
    enum sql_set_scope scope;
};

static void flush(struct pg *c, struct set_list *l) {
    if (l->text.len > 0) {
        prog_line(c, "SET %s;", sb_text(&l->text));
    }
    l->text = (struct sb){.a = c->a};
}

static void add_assignment(struct pg *c, struct set_list *l, enum sql_set_scope scope, const char *text) {
    if (l->text.len > 0 && l->scope != scope) {
        flush(c, l);
    }
    l->scope = scope;
    sb_printf(&l->text, "%s%s", l->text.len == 0 ? "" : ", ", text);
}

static void set(struct pg *c, const struct sql_stmt *s) {
    struct set_list l = {.text = {.a = c->a}};
    for (size_t i = 0; i < s->nsets && c->why == NULL; i++) {
        const struct sql_assign *a = &s->sets[i];
        struct sql_node n = {.kind = SN_COLUMN, .name = a->name, .qualifier = a->qualifier};
        const struct sql_column *col;
        const char *text;
        bool rounds;
        c->at = a->start;
        if (a->value == NULL) {
            pg_fail(c, "SET .. = DEFAULT");
        } else if (a->scope == SQL_SET_USER) {
            gauss_user_variables(c, s);
            add_assignment(c, &l, SQL_SET_USER, pg_fmt(c, "@%s = %s", a->name, gauss_value(c, a->value)));
        } else if (a->scope == SQL_SET_NAME && gauss_target(c, &n, &text, &col, &rounds)) {
            const char *v = rounds ? gauss_rounded(c, a->value, col) : gauss_value(c, a->value);
            add_assignment(c, &l, SQL_SET_NAME, pg_fmt(c, "%s = %s", text, v));
        } else if (str_ieq(a->name, "sql_mode") || str_ieq(a->name, "names") ||
                   str_ieq(a->name, "group_concat_max_len")) {
            pgq_note(c, a->start, arena_printf(c->a, "SET %s is left out", a->name));
        } else {
            pg_fail(c, "SET of the system variable %.60s", a->name);
        }
    }
    flush(c, &l);
}

/* Parameters keep no scale: what was put into them is rounded behind the statement. */
static void round_targets(struct pg *c, struct sql_node **targets, size_t n) {
    struct set_list l = {.text = {.a = c->a}};
    for (size_t i = 0; i < n && c->why == NULL; i++) {
        const struct sql_column *col;
        const char *text;
        bool rounds;
        if (targets[i]->kind == SN_COLUMN && gauss_target(c, targets[i], &text, &col, &rounds) && rounds) {
            add_assignment(c, &l, SQL_SET_NAME, pg_fmt(c, "%s = %s::%s", text, text, col->to->ddl));
        }
    }
    flush(c, &l);
}

/* ---- SELECT, FETCH ---- */

/* Does the query always give exactly one row? */
static bool one_row(const struct sql_query *q) {
    if (q->nparts != 1 || q->parts[0].select == NULL || q->limit != NULL) {
        return false;
    }
    const struct sql_select *s = q->parts[0].select;
    bool aggregate = false;
    if (s->from == NULL && s->where == NULL) {
        return true;
    }
    for (size_t i = 0; i < s->nitems; i++) {
        aggregate = aggregate || pgq_has_aggregate(s->items[i].expr);
    }
    return aggregate && s->ngroup == 0 && s->having == NULL;
}

/* A type that holds what a query's column holds. */
static const char *type_of(const struct val *v) {
    if (v->cls == TC_NULL && v->col != NULL) {
        return v->col->to->ddl;
    }
    return v->cls == TC_INT        ? "bigint"
           : v->cls == TC_DEC      ? "numeric"
           : v->cls == TC_FLOAT    ? "double precision"
           : v->cls == TC_DATE     ? "date"
           : v->cls == TC_DATETIME ? "timestamp(6) without time zone"
                                   : "text";
}

/* Without a row MySQL leaves the variables as they are, and openGauss makes them NULL. */
static void select_into_own(struct pg *c, const struct sql_query *q, const char *text, const struct pg_shape *shape) {
    struct pg_program *p = c->q->program;
    struct set_list l = {.text = {.a = c->a}};
    const char *into = "";
    if (shape->n != q->ninto) {
        pg_fail(c, "%zu columns for %zu variables", shape->n, q->ninto);
    }
    for (size_t i = 0; i < q->ninto && c->why == NULL; i++) {
        const struct sql_column *col;
        const char *target = q->into[i]->text, *type;
        bool rounds, user = q->into[i]->kind == SN_VARIABLE;
        if (user) {
            type = type_of(&shape->cols[i].v);
        } else if (gauss_target(c, q->into[i], &target, &col, &rounds)) {
            type = col->to->ddl;
        } else {
            pg_fail(c, "the variable %.100s, which is not declared", q->into[i]->name);
            return;
        }
        const char *own = gauss_made(c, pg_fmt(c, "godwit_%u", ++p->gauss->numbers), type);
        into = pg_fmt(c, "%s%s%s", into, i == 0 ? "" : ", ", own);
        add_assignment(c, &l, user ? SQL_SET_USER : SQL_SET_NAME, pg_fmt(c, "%s = %s", target, own));
    }
    prog_line(c, "%s INTO %s;", text, into);
    prog_line(c, "IF found THEN");
    p->level++;
    flush(c, &l);
    p->level--;
    if (prog_not_found_handler(c) != NULL) {
        prog_line(c, "ELSE");
        p->level++;
        (void)gauss_not_found(c);
        p->level--;
    }
    prog_line(c, "END IF;");
}

static void select_(struct pg *c, const struct sql_stmt *s) {
    const struct sql_query *q = s->query;
    struct pg_shape shape = {0};
    const char *text = pgq_query(c, q, q->ninto == 0 ? PGQ_NAMES : 0, &shape);
    if (text == NULL) {
        return;
    }
    if (q->ninto == 0) {
        c->q->program->results++;
        pgq_note(c, s->start,
                 "result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which "
                 "has to keep ansi_quotes");
        prog_line(c, "%s;", text);
        return;
    }
    for (size_t i = 0; i < q->ninto; i++) {
        if (q->into[i]->kind == SN_VARIABLE) {
            gauss_user_variables(c, s);
        }
    }
    if (!one_row(q)) {
        select_into_own(c, q, text, &shape);
        return;
    }
    prog_line(c, "%s INTO %s;", text, gauss_list(c, q->into, q->ninto));
    round_targets(c, q->into, q->ninto);
}

static const char *cursor_name(struct pg *c, const char *name) {
    const struct pg_cursor *k = prog_find_cursor(c, name);
    return k != NULL ? k->text : pg_fail(c, "the cursor %.100s, which is not declared", name).text;
}

static void fetch(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    prog_line(c, "FETCH %s INTO %s;", cursor_name(c, s->name), gauss_list(c, s->args, s->nargs));
    pgq_note(c, 0, "FETCH wants b_format_behavior_compat_options without fetch in the session, as it is by default");
    prog_line(c, "IF NOT found THEN");
    p->level++;
    if (!gauss_not_found(c)) {
        prog_line(c, "SIGNAL SQLSTATE '02000' SET MESSAGE_TEXT = 'No data - zero rows fetched, selected, or "
                     "processed';");
    }
    p->level--;
    prog_line(c, "END IF;");
    round_targets(c, s->args, s->nargs);
}

/* ---- CALL ---- */

/* The server chooses a procedure by the types of its arguments. */
static const char *in_argument(struct pg *c, const struct sql_node *n, const struct sql_column *to) {
    struct val v = pg_plain(c, pgq_expr(c, n));
    const struct sql_column *col;
    const char *text;
    bool rounds;
    if (n->kind == SN_COLUMN && gauss_target(c, n, &text, &col, &rounds) && str_eq(col->to->ddl, to->to->ddl)) {
        return v.text;
    }
    return pg_fmt(c, "%s::%s", n->kind == SN_VARIABLE ? pg_fmt(c, "(%s)", v.text) : pg_p(c, v),
                  prog_argument_type(c, to));
}

static void call(struct pg *c, const struct sql_stmt *s) {
    const struct sql_routine *r = pgq_routine(c, s->table.schema, s->table.name, false);
    struct sb b = {.a = c->a};
    bool variable = false;
    if (r == NULL) {
        pg_fail(c, "the procedure %.100s, which is not among those that are carried", s->table.name);
        return;
    }
    if (s->nargs != r->nparams) {
        pg_fail(c, "procedure %.100s with %zu arguments", s->table.name, s->nargs);
        return;
    }
    for (size_t i = 0; i < s->nargs && c->why == NULL; i++) {
        const struct sql_column *col;
        const char *text = NULL;
        bool rounds;
        if (r->modes[i] == SQL_PARAM_IN) {
            text = in_argument(c, s->args[i], &r->params[i]);
        } else if (s->args[i]->kind == SN_VARIABLE) {
            gauss_user_variables(c, s);
            text = s->args[i]->text;
        } else if (gauss_target(c, s->args[i], &text, &col, &rounds)) {
            variable = true;
        } else {
            pg_fail(c, "an OUT or INOUT argument that is no variable");
        }
        sb_printf(&b, "%s%s", i == 0 ? "" : ", ", text == NULL ? "" : text);
    }
    if (variable) {
        pgq_note(c, s->start,
                 "a CALL with variables for OUT parameters is refused where dolphin.sql_mode has "
                 "block_return_multi_results");
    }
    c->q->program->wrote = true;
    prog_line(c, "CALL %s(%s);", pgq_qualified(c, r->target_schema, r->target_name), sb_text(&b));
    round_targets(c, s->args, s->nargs);
}

/* ---- others ---- */

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

static void truncate_(struct pg *c, const struct sql_stmt *s) {
    const struct pg_temporary *temporary = prog_temporary(c, s->table.name);
    const struct sql_table *t = temporary != NULL ? NULL : pgq_table(c, &s->table);
    if (temporary == NULL && t == NULL) {
        pg_fail(c, "the table %.100s, which is not among those that are carried", s->table.name);
        return;
    }
    c->q->program->wrote = true;
    prog_line(c, "TRUNCATE TABLE %s;",
              temporary != NULL ? temporary->text : pgq_qualified(c, t->target_schema, t->target_name));
}

static void prepared(struct pg *c, const struct sql_stmt *s) {
    gauss_user_variables(c, s);
    pgq_note(c, s->start,
             "prepared statements want dolphin.enable_procedure_executestmt = on; a text put together at run time "
             "stays as it is");
    const char *name = gauss_name(c, s->name);
    if (s->kind == SQL_STMT_PREPARE) {
        prog_line(c, "PREPARE %s FROM %s;", name,
                  s->expr->kind == SN_VARIABLE ? s->expr->text : gauss_value(c, s->expr));
    } else if (s->kind == SQL_STMT_EXECUTE) {
        prog_line(c, "EXECUTE %s%s%s;", name, s->nargs > 0 ? " USING " : "", gauss_list(c, s->args, s->nargs));
    } else {
        prog_line(c, "DEALLOCATE PREPARE %s;", name);
    }
}

/* The plain form of a temporary table, which a server was seen to make within a program. */
static void create_table(struct pg *c, const struct sql_stmt *s) {
    if (!s->temporary) {
        pg_fail(c, "CREATE TABLE in programs, not measured on openGauss B");
        return;
    }
    for (size_t i = 0; s->query == NULL && i < s->ddl->nclauses; i++) {
        if (s->ddl->clauses[i].kind == SQL_ADD_COLUMN && s->ddl->clauses[i].column->auto_increment) {
            pg_fail(c, "a temporary table with AUTO_INCREMENT, not measured on openGauss B");
            return;
        }
    }
    prog_create_table(c, s);
}

static bool is_temporary(const struct pg *c, const char *name) {
    const struct pg_program *p = c->q->program;
    for (size_t i = 0; i < p->ntemporary; i++) {
        if (str_ieq(p->temporary[i], name)) {
            return true;
        }
    }
    return false;
}

static void drop_table(struct pg *c, const struct sql_stmt *s) {
    for (size_t i = 0; i < s->ntables && c->why == NULL; i++) {
        if (!s->temporary && !is_temporary(c, s->tables[i].name)) {
            pg_fail(c, "DROP TABLE in programs, not measured on openGauss B");
        }
        prog_line(c, "DROP TEMPORARY TABLE %s%s;", s->if_exists ? "IF EXISTS " : "",
                  str_quote_pg(c->a, s->tables[i].name));
    }
}

static void dml(struct pg *c, const struct sql_stmt *s) {
    const char *text = pgq_dml(c, s->dml);
    c->q->program->wrote = true;
    if (text != NULL) {
        prog_line(c, "%s;", text);
    }
}

/* What the server counts for the session is the last query's rows, those of foreign keys and triggers as well. */
static void count_rows(struct pg *c) {
    if (c->q->program->uses_row_count) {
        prog_line(c, "GET DIAGNOSTICS %s = ROW_COUNT;", gauss_made(c, "godwit_row_count", "bigint DEFAULT 0"));
    }
}

static void return_(struct pg *c, const struct sql_stmt *s) {
    struct gauss *g = c->q->program->gauss;
    const struct sql_column *col = prog_column(c, "", &c->q->object->returns);
    const char *value = col == NULL ? NULL : gauss_rounded(c, s->expr, col);
    if (col == NULL) {
        return;
    }
    if (!g->keeps_result) {
        prog_line(c, "RETURN %s;", value);
        return;
    }
    prog_line(c, "SET %s = %s;", gauss_made(c, "godwit_result", col->to->ddl), value);
    prog_line(c, "LEAVE godwit_body;");
}

static void leave(struct pg *c, const struct sql_stmt *s) {
    const char *label = gauss_label(c, s->name);
    if (label == NULL) {
        pg_fail(c, "the label %.100s, which is not known here", s->name);
        return;
    }
    prog_line(c, "%s %s;", s->kind == SQL_STMT_LEAVE ? "LEAVE" : "ITERATE", label);
}

static void refused(struct pg *c, const struct sql_stmt *s) {
    switch (s->kind) {
    case SQL_STMT_OTHER:
        pg_fail(c, "the statement %s", s->name);
        break;
    case SQL_STMT_SAVEPOINT:
    case SQL_STMT_RELEASE:
        pg_fail(c, "savepoints");
        break;
    default:
        pg_fail(c, "a declaration behind a statement");
    }
}

void gauss_simple(struct pg *c, const struct sql_stmt *s) {
    switch (s->kind) {
    case SQL_STMT_LEAVE:
    case SQL_STMT_ITERATE:
        leave(c, s);
        break;
    case SQL_STMT_RETURN:
        return_(c, s);
        break;
    case SQL_STMT_OPEN:
        prog_line(c, "OPEN %s;", cursor_name(c, s->name));
        break;
    case SQL_STMT_CLOSE:
        prog_line(c, "CLOSE %s;", cursor_name(c, s->name));
        break;
    case SQL_STMT_FETCH:
        fetch(c, s);
        break;
    case SQL_STMT_SET:
        set(c, s);
        break;
    case SQL_STMT_SELECT:
        select_(c, s);
        break;
    case SQL_STMT_DML:
        dml(c, s);
        count_rows(c);
        break;
    case SQL_STMT_CALL:
        call(c, s);
        break;
    case SQL_STMT_SIGNAL:
    case SQL_STMT_RESIGNAL:
        gauss_signal(c, s);
        break;
    case SQL_STMT_DIAGNOSTICS:
        gauss_diagnostics(c, s);
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
        truncate_(c, s);
        break;
    case SQL_STMT_CREATE_TABLE:
        create_table(c, s);
        break;
    case SQL_STMT_DROP_TABLE:
        drop_table(c, s);
        break;
    case SQL_STMT_DO:
        for (size_t i = 0; i < s->nargs && c->why == NULL; i++) {
            prog_line(c, "DO %s;", gauss_value(c, s->args[i]));
        }
        break;
    default:
        refused(c, s);
    }
}
