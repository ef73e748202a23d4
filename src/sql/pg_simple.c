/* Statements without statements inside, as PL/pgSQL. */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "sql/pg_program.h"
#include "sql/program_internal.h"
#include "sql/query_parse.h"

static const struct pg_variable *find_variable(const struct pg *c, const char *name) {
    for (const struct pg_block *b = c->q->program->block; b != NULL; b = b->outer) {
        for (size_t i = 0; i < b->nvariables; i++) {
            if (str_ieq(b->variables[i].name, name)) {
                return &b->variables[i];
            }
        }
    }
    return NULL;
}

const struct pg_cursor *prog_find_cursor(const struct pg *c, const char *name) {
    for (const struct pg_block *b = c->q->program->block; b != NULL; b = b->outer) {
        for (size_t i = 0; i < b->ncursors; i++) {
            if (str_ieq(b->cursors[i].name, name)) {
                return &b->cursors[i];
            }
        }
    }
    return NULL;
}

/* What a value is put into: a variable, NEW.column; its text and its column. */
static bool assignable(struct pg *c, const char *qualifier, const char *name, const char **text,
                       const struct sql_column **col) {
    if (qualifier == NULL) {
        const struct pg_variable *v = find_variable(c, name);
        if (v != NULL) {
            *text = v->text;
            *col = v->column;
            return true;
        }
    } else {
        struct sql_node n = {.kind = SN_COLUMN, .qualifier = qualifier, .name = name};
        struct val v;
        if (pgq_variable(c, &n, &v)) {
            *text = v.col != NULL ? pg_fmt(c, "NEW.%s", str_quote_pg(c->a, v.col->target_name)) : v.text;
            *col = v.col;
            for (size_t i = 0; v.col == NULL && i < c->q->program->trigger_table->ncolumns; i++) {
                const struct sql_column *k = &c->q->program->trigger_table->columns[i];
                if (str_ieq(k->name, name)) {
                    *col = k;
                    *text = pg_fmt(c, "NEW.%s", str_quote_pg(c->a, k->target_name));
                }
            }
            return true;
        }
    }
    return false;
}

/* SELECT .. INTO and FETCH: fields of a record into variables. */
static void spread(struct pg *c, struct sql_node **targets, size_t n, const struct pg_shape *shape) {
    if (shape->n != n) {
        pg_fail(c, "%zu columns for %zu variables", shape->n, n);
    }
    for (size_t i = 0; i < n && c->why == NULL; i++) {
        struct val v = shape->cols[i].v;
        const char *field = pg_fmt(c, "godwit_row.f%zu", i + 1), *text;
        const struct sql_column *col;
        if (v.cls == TC_NULL && v.col != NULL) {
            v = pg_value_of_column(c, v.col, field);
        }
        v.text = field;
        v.padded = false;
        if (targets[i]->kind == SN_VARIABLE) {
            prog_set_user_variable(c, targets[i]->text + 1, v);
        } else if (assignable(c, targets[i]->qualifier, targets[i]->name, &text, &col)) {
            prog_line(c, "%s := %s;", text, pg_assign(c, v, col).text);
        } else {
            pg_fail(c, "the variable %.100s, which is not declared", targets[i]->name);
        }
    }
}

/* Does the query always give exactly one row? */
static bool one_row(const struct sql_query *q) {
    if (q->nparts != 1 || q->parts[0].select == NULL || q->limit != NULL) {
        return false;
    }
    const struct sql_select *s = q->parts[0].select;
    if (s->from == NULL && s->where == NULL) {
        return true;
    }
    bool aggregate = false;
    for (size_t i = 0; i < s->nitems; i++) {
        aggregate = aggregate || pgq_has_aggregate(s->items[i].expr);
    }
    return aggregate && s->ngroup == 0 && s->having == NULL;
}

/* FOUND_ROWS() behind a query: how many rows it has, without the LIMIT under SQL_CALC_FOUND_ROWS. */
static void count_found_rows(struct pg *c, const struct sql_query *q, const char *text) {
    if (!c->q->program->uses_found_rows) {
        return;
    }
    if (q->limit != NULL && q->parts[0].select != NULL && q->parts[0].select->calc_found_rows) {
        struct sql_query whole = *q;
        whole.limit = whole.offset = NULL;
        text = pgq_query(c, &whole, PGQ_NAMES, NULL);
    }
    prog_line(c, "SELECT count(*) INTO godwit_found_rows FROM (%s) AS godwit;", text);
    c->q->program->found_rows_known = true;
}

static void found_rows_of_into(struct pg *c, const struct sql_query *q, const char *number) {
    if (!c->q->program->uses_found_rows) {
        return;
    }
    if (q->parts[0].select != NULL && q->parts[0].select->calc_found_rows) {
        pg_fail(c, "SQL_CALC_FOUND_ROWS with INTO");
    }
    prog_line(c, "godwit_found_rows := %s;", number);
    c->q->program->found_rows_known = true;
}

static void select_into(struct pg *c, const struct sql_query *q) {
    struct pg_program *p = c->q->program;
    struct pg_shape shape = {0};
    bool sure = one_row(q), plain = sure;
    const struct sql_column **columns = arena_array(c->a, const struct sql_column *, q->ninto + 1);
    const char *targets = "", *text;
    for (size_t i = 0; i < q->ninto && plain; i++) {
        const char *name;
        plain =
            q->into[i]->kind == SN_COLUMN && assignable(c, q->into[i]->qualifier, q->into[i]->name, &name, &columns[i]);
        targets = plain ? pg_fmt(c, "%s%s%s", targets, i == 0 ? "" : ", ", name) : targets;
    }
    p->has_queries = true;
    if (plain) {
        c->q->assign = columns;
        c->q->nassign = q->ninto;
        text = pgq_query(c, q, 0, &shape);
        c->q->assign = NULL;
        if (text != NULL) {
            prog_line(c, "%s INTO %s;", text, targets);
            found_rows_of_into(c, q, "1");
        }
        return;
    }
    text = pgq_query(c, q, PGQ_FIELDS, &shape);
    if (text == NULL) {
        return;
    }
    p->uses_row = true;
    if (sure || c->o->dialect == DIALECT_PG) {
        prog_line(c, "%s INTO godwit_row;", text);
    } else { /* INTO raises an error there when it finds no row */
        prog_line(c, "FOR godwit_row IN %s LOOP", text);
        prog_line(c, "    EXIT;");
        prog_line(c, "END LOOP;");
    }
    found_rows_of_into(c, q, sure ? "1" : "CASE WHEN FOUND THEN 1 ELSE 0 END");
    if (sure) {
        spread(c, q->into, q->ninto, &shape);
        return;
    }
    prog_line(c, "IF FOUND THEN");
    p->level++;
    spread(c, q->into, q->ninto, &shape);
    p->level--;
    if (prog_not_found_handler(c) != NULL) {
        prog_line(c, "ELSE");
        p->level++;
        (void)prog_not_found(c);
        p->level--;
    }
    prog_line(c, "END IF;");
}

static void fetch(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    const struct pg_cursor *k = prog_find_cursor(c, s->name);
    if (k == NULL) {
        pg_fail(c, "the cursor %.100s, which is not declared", s->name);
        return;
    }
    p->uses_row = true;
    prog_line(c, "FETCH %s INTO godwit_row;", k->text);
    prog_line(c, "IF FOUND THEN");
    p->level++;
    spread(c, s->args, s->nargs, &k->shape);
    p->level--;
    prog_line(c, "ELSE");
    p->level++;
    if (!prog_not_found(c)) {
        prog_line(c, "RAISE EXCEPTION USING ERRCODE = '02000', MESSAGE = 'No data - zero rows fetched, selected, or "
                     "processed';");
    }
    p->level--;
    prog_line(c, "END IF;");
}

static size_t next_result(struct pg *c) {
    if (++c->q->program->results > SQL_MAX_RESULT_SETS) {
        pg_fail(c, "more than %d result sets, or procedures with result sets that call each other",
                SQL_MAX_RESULT_SETS);
    }
    return c->q->program->results;
}

/* A SELECT whose rows go to the caller: a cursor that the procedure gives back. */
static void result_set(struct pg *c, const struct sql_query *q) {
    struct pg_program *p = c->q->program;
    const char *text = pgq_query(c, q, PGQ_NAMES, NULL);
    if (text == NULL) {
        return;
    }
    p->has_queries = true;
    if (c->q->object->kind == SQL_OBJECT_EVENT) {
        prog_line(c, "PERFORM 1 FROM (%s) AS godwit;", text);
        return;
    }
    if (c->q->object->kind != SQL_OBJECT_PROCEDURE) {
        pg_fail(c, "a SELECT whose rows go nowhere");
        return;
    }
    if (p->loop_depth > 0) {
        pg_fail(c, "a result set in a loop: their number is not known beforehand");
        return;
    }
    /* Behind FOR openGauss's PL/pgSQL takes for a query only what begins with SELECT or WITH. */
    bool with = text[0] == '(' && dialect_is_opengauss(c->o->dialect);
    prog_line(c, "OPEN result_%zu FOR %s%s;", next_result(c), with ? "WITH godwit AS (SELECT 1) " : "", text);
    count_found_rows(c, q, text);
}

static void set_session(struct pg *c, const struct sql_assign *a) {
    static const char *const harmless[] = {"sql_mode",
                                           "names",
                                           "group_concat_max_len",
                                           "sql_safe_updates",
                                           "max_sp_recursion_depth",
                                           "cte_max_recursion_depth",
                                           "sql_notes",
                                           "character_set_client",
                                           "collation_connection",
                                           "sql_select_limit",
                                           "sql_warnings",
                                           "optimizer_switch",
                                           "unique_checks"};
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
        if (str_ieq(a->name, harmless[i])) {
            pgq_note(c, a->start, arena_printf(c->a, "SET %s is left out", a->name));
            return;
        }
    }
    pg_fail(c, "SET of the system variable %.60s", a->name);
}

static void set(struct pg *c, const struct sql_stmt *s) {
    for (size_t i = 0; i < s->nsets && c->why == NULL; i++) {
        const struct sql_assign *a = &s->sets[i];
        const char *text;
        const struct sql_column *col;
        c->at = a->start;
        if (a->scope == SQL_SET_USER) {
            if (a->value == NULL) {
                pg_fail(c, "SET .. = DEFAULT of a variable");
                return;
            }
            prog_set_user_variable(c, a->name, pg_plain(c, pgq_expr(c, a->value)));
        } else if (a->scope == SQL_SET_NAME && assignable(c, a->qualifier, a->name, &text, &col)) {
            if (a->value == NULL) {
                pg_fail(c, "SET .. = DEFAULT of a variable");
                return;
            }
            struct val v = pg_assign(c, pgq_expr(c, a->value), col);
            prog_line(c, "%s := %s;", text, v.text);
        } else if (a->qualifier != NULL) {
            pg_fail(c, "%.60s.%.100s, which is not known here", a->qualifier, a->name);
        } else {
            set_session(c, a);
        }
    }
}

static bool is_user_variable(const struct sql_node *n) {
    return n->kind == SN_VARIABLE && n->text[0] == '@' && n->text[1] != '@';
}

/* A CALL's arguments: all of them, those that have a value for the callee, the variables that it fills. */
struct arguments {
    struct sb all, given, filled;
    unsigned outs; /* variables that were declared for the call */
};

static void declare_out(struct pg *c, struct arguments *k, const char *name, const char *type, const char *value) {
    if (k->outs++ == 0) {
        prog_line(c, "DECLARE");
    }
    prog_line(c, "    %s %s%s;", name, type, value);
}

static void add_argument(struct arguments *k, const char *text, bool given, bool filled) {
    sb_printf(&k->all, "%s%s", k->all.len == 0 ? "" : ", ", text);
    if (given) {
        sb_printf(&k->given, "%s%s", k->given.len == 0 ? "" : ", ", text);
    }
    if (filled) {
        sb_printf(&k->filled, "%s%s", k->filled.len == 0 ? "" : ", ", text);
    }
}

static void argument(struct pg *c, struct arguments *k, const struct sql_routine *r, size_t i,
                     const struct sql_node *n) {
    const struct sql_column *to = &r->params[i], *col;
    bool given = r->modes[i] != SQL_PARAM_OUT;
    const char *text;
    if (r->modes[i] == SQL_PARAM_IN) {
        struct val v = pg_assign(c, pgq_expr(c, n), to);
        add_argument(k, pg_fmt(c, "%s::%s", pg_p(c, v), prog_argument_type(c, to)), true, false);
    } else if (n->kind == SN_COLUMN && n->qualifier == NULL && assignable(c, NULL, n->name, &text, &col)) {
        add_argument(k, text, given, true);
    } else if (is_user_variable(n)) {
        text = pg_fmt(c, "godwit_out_%zu", i + 1);
        declare_out(c, k, text, prog_base_type(c, to),
                    given ? pg_fmt(c, " := %s", pg_assign(c, pgq_expr(c, n), to).text) : "");
        add_argument(k, text, given, true);
    } else {
        pg_fail(c, "an OUT or INOUT argument that is no variable");
    }
}

static bool names_variable(const struct pg *c, const char *name) {
    return find_variable(c, name) != NULL || prog_find_cursor(c, name) != NULL;
}

/* Can openGauss's PL/pgSQL take `p(..);` for a call? It looks for the procedure when it reads the statement: not for the one that is
 * being made or those that are made behind it, as procedures are behind functions; and not where the name is a variable's or, without
 * a schema, a reserved word. */
static bool can_be_bare(const struct pg *c, const struct sql_routine *r) {
    static const char reserved[] =
        " analyse analyze any array asymmetric authid both buckets cast check collate column constraint create"
        " current_catalog current_date current_role current_time current_timestamp current_user default"
        " deferrable end excluded false fetch foreign grant group groupparent imcstored initially leading less"
        " localtime localtimestamp minus modify nocycle null offset only performance placing primary procedure"
        " references reject rownum self session_user share_memory shrink some symmetric sysdate to trailing"
        " true unimcstored unique user variadic verify"
        " ";
    const struct sql_object *o = c->q->object;
    const struct sql_catalog *k = c->q->o->catalog;
    const char *own = o->name.schema != NULL ? o->name.schema : k->schema;
    bool itself = o->kind == SQL_OBJECT_PROCEDURE && str_ieq(o->name.name, r->name) && str_ieq(own, r->schema);
    if (itself || r->in_circle || o->kind == SQL_OBJECT_FUNCTION) {
        return false;
    }
    if (r->target_schema != NULL) {
        return !names_variable(c, r->target_schema);
    }
    if (strcasestr(reserved, arena_printf(c->a, " %s ", r->target_name)) != NULL) {
        return false;
    }
    return !sql_reserved(r->target_name) && strchr(r->target_name, '.') == NULL && !names_variable(c, r->target_name);
}

/* openGauss's CALL within a program gives its variables nothing, and fails for the row that comes back. */
static void call_line(struct pg *c, const struct sql_routine *r, struct arguments *k) {
    const char *name = pgq_qualified(c, r->target_schema, r->target_name);
    if (!dialect_is_opengauss(c->o->dialect)) {
        prog_line(c, "CALL %s(%s);", name, sb_text(&k->all));
    } else if (can_be_bare(c, r)) {
        prog_line(c, "%s(%s);", name, sb_text(&k->all));
    } else if (k->filled.len == 0) {
        prog_line(c, "PERFORM %s(%s);", name, sb_text(&k->given));
    } else {
        prog_line(c, "SELECT * FROM %s(%s) INTO %s;", name, sb_text(&k->given), sb_text(&k->filled));
    }
}

static bool can_call(struct pg *c, const struct sql_stmt *s, const struct sql_routine *r, bool passed_on) {
    if (r == NULL) {
        pg_fail(c, "the procedure %.100s, which is not among those that are carried", s->table.name);
    } else if (r->result_sets > 0 && !passed_on && c->q->object->kind != SQL_OBJECT_EVENT) {
        pg_fail(c, "a CALL of %.100s, whose result sets have nowhere to go", s->table.name);
    } else if (r->result_sets > 0 && passed_on && c->q->program->loop_depth > 0) {
        pg_fail(c, "a result set in a loop: their number is not known beforehand");
    } else if (s->nargs != r->nparams) {
        pg_fail(c, "procedure %.100s with %zu arguments", s->table.name, s->nargs);
    }
    return c->why == NULL;
}

static void call(struct pg *c, const struct sql_stmt *s) {
    const struct sql_routine *r = pgq_routine(c, s->table.schema, s->table.name, false);
    struct pg_program *p = c->q->program;
    struct arguments k = {.all = {.a = c->a}, .given = {.a = c->a}, .filled = {.a = c->a}};
    bool passed_on = c->q->object->kind == SQL_OBJECT_PROCEDURE;
    if (!can_call(c, s, r, passed_on)) {
        return;
    }
    for (size_t i = 0; i < s->nargs && c->why == NULL; i++) {
        argument(c, &k, r, i, s->args[i]);
    }
    for (size_t i = 0; i < r->result_sets && c->why == NULL; i++) { /* those of a procedure are the caller's own */
        const char *text = passed_on ? pg_fmt(c, "result_%zu", next_result(c)) : pg_fmt(c, "godwit_set_%zu", i + 1);
        if (!passed_on) {
            declare_out(c, &k, text, "refcursor", "");
        }
        add_argument(&k, text, true, true);
    }
    p->has_changes = p->wrote = true;
    p->found_rows_known = false;
    prog_forget_last_id(c);
    if (k.outs > 0) {
        prog_line(c, "BEGIN");
        p->level++;
    }
    call_line(c, r, &k);
    for (size_t i = 0; i < s->nargs && k.outs > 0 && c->why == NULL; i++) {
        if (r->modes[i] != SQL_PARAM_IN && is_user_variable(s->args[i])) {
            prog_set_user_variable(c, s->args[i]->text + 1,
                                   pg_value_of_column(c, &r->params[i], pg_fmt(c, "godwit_out_%zu", i + 1)));
        }
    }
    if (k.outs > 0) {
        p->level--;
        prog_line(c, "END;");
    }
}

static const char *return_value(struct pg *c, const struct sql_stmt *s) {
    const struct sql_column *col = prog_column(c, "", &c->q->object->returns);
    if (col == NULL) {
        return "NULL";
    }
    struct val v = pg_assign(c, pgq_expr(c, s->expr), col);
    bool rounds = col->to->kind == TK_NUMERIC || col->to->kind == TK_TIMESTAMP || col->to->kind == TK_TIME;
    /* The target's results have no length and scale: they would not be rounded. */
    return rounds ? pg_fmt(c, "%s::%s", pg_p(c, v), col->to->ddl) : v.text;
}

static void truncate_(struct pg *c, const struct sql_stmt *s) {
    const struct pg_temporary *temporary = prog_temporary(c, s->table.name);
    const struct sql_table *t = temporary != NULL ? NULL : pgq_table(c, &s->table);
    const char *again = dialect_is_opengauss(c->o->dialect) ? "" : " RESTART IDENTITY";
    c->q->program->has_changes = c->q->program->wrote = true;
    if (temporary != NULL) {
        prog_line(c, "TRUNCATE TABLE %s%s;", temporary->text, again);
    } else if (t == NULL) {
        pg_fail(c, "the table %.100s, which is not among those that are carried", s->table.name);
    } else {
        prog_line(c, "TRUNCATE TABLE %s%s;", pgq_qualified(c, t->target_schema, t->target_name), again);
    }
}

static void transaction(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    if (s->name != NULL) {
        pg_fail(c, "savepoints");
        return;
    }
    p->has_transaction = true;
    if (s->kind == SQL_STMT_START) {
        /* A transaction is always open; what came before would have been committed. */
        if (p->wrote && p->block != NULL && !p->in_handler) {
            prog_line(c, "COMMIT;");
        }
        return;
    }
    if (p->in_handler && !p->deferred) {
        if (s->kind == SQL_STMT_ROLLBACK && p->undone) {
            return;
        }
        pg_fail(c, "COMMIT in a handler");
        return;
    }
    prog_line(c, s->kind == SQL_STMT_COMMIT ? "COMMIT;" : "ROLLBACK;");
}

static void open_or_close(struct pg *c, const struct sql_stmt *s) {
    const struct pg_cursor *k = prog_find_cursor(c, s->name);
    if (k == NULL) {
        pg_fail(c, "the cursor %.100s, which is not declared", s->name);
        return;
    }
    if (s->kind == SQL_STMT_OPEN && c->o->dialect == DIALECT_PG) {
        /* Without a name of its own it does not meet the one that a RETURN or LEAVE has left open, which MySQL closes. */
        prog_line(c, "%s := NULL;", k->text);
    }
    prog_line(c, "%s %s;", s->kind == SQL_STMT_OPEN ? "OPEN" : "CLOSE", k->text);
    if (s->kind == SQL_STMT_OPEN) {
        count_found_rows(c, k->query, k->query_text);
    }
}

void prog_simple_stmt(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    const char *text;
    switch (s->kind) {
    case SQL_STMT_LEAVE:
        prog_line(c, "EXIT %s;", prog_label(c, s->name));
        break;
    case SQL_STMT_ITERATE:
        prog_line(c, "CONTINUE %s;", prog_label(c, s->name));
        break;
    case SQL_STMT_RETURN:
        text = return_value(c, s);
        prog_line(c, "RETURN %s;", text);
        break;
    case SQL_STMT_OPEN:
    case SQL_STMT_CLOSE:
        open_or_close(c, s);
        break;
    case SQL_STMT_FETCH:
        fetch(c, s);
        break;
    case SQL_STMT_SET:
        set(c, s);
        break;
    case SQL_STMT_SELECT:
        if (s->query->ninto > 0) {
            select_into(c, s->query);
        } else {
            result_set(c, s->query);
        }
        break;
    case SQL_STMT_DML:
        prog_dml(c, s->dml);
        break;
    case SQL_STMT_CALL:
        call(c, s);
        break;
    case SQL_STMT_SIGNAL:
    case SQL_STMT_RESIGNAL:
        prog_signal(c, s);
        break;
    case SQL_STMT_DIAGNOSTICS:
        prog_diagnostics(c, s);
        break;
    case SQL_STMT_START:
    case SQL_STMT_COMMIT:
    case SQL_STMT_ROLLBACK:
        transaction(c, s);
        break;
    case SQL_STMT_SAVEPOINT:
    case SQL_STMT_RELEASE:
        pg_fail(c, "savepoints");
        break;
    case SQL_STMT_PREPARE:
    case SQL_STMT_EXECUTE:
    case SQL_STMT_DEALLOCATE:
        pg_fail(c, "a prepared statement: its text is put together at run time, in MySQL's dialect");
        break;
    case SQL_STMT_TRUNCATE:
        truncate_(c, s);
        break;
    case SQL_STMT_DO:
        p->has_changes = true;
        for (size_t i = 0; i < s->nargs && c->why == NULL; i++) {
            prog_line(c, "PERFORM %s;", pgq_expr(c, s->args[i]).text);
        }
        break;
    case SQL_STMT_CREATE_TABLE:
        prog_create_table(c, s);
        break;
    case SQL_STMT_DROP_TABLE:
        prog_drop_table(c, s);
        break;
    case SQL_STMT_OTHER:
        pg_fail(c, "the statement %s", s->name);
        break;
    default:
        pg_fail(c, "a statement of an unknown kind");
    }
}
