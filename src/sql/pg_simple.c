/* Statements without statements inside, as PL/pgSQL. */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "sql/pg_program.h"
#include "sql/program_internal.h"

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

static const struct pg_cursor *find_cursor(const struct pg *c, const char *name) {
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

/* What a user variable holds from here on. */
static void user_variable(struct pg *c, const char *name, enum tclass cls) {
    struct pg_program *p = c->q->program;
    cls = cls == TC_BOOL ? TC_INT : cls == TC_ENUM ? TC_TEXT : cls == TC_TSTZ ? TC_DATETIME : cls;
    p->has_changes = true;
    for (size_t i = 0; i < p->nuser; i++) {
        if (str_ieq(p->user[i].name, name)) {
            bool numbers = (p->user[i].cls == TC_INT || p->user[i].cls == TC_DEC) && (cls == TC_INT || cls == TC_DEC);
            if (cls == TC_NULL || p->user[i].cls == cls) {
                return;
            }
            if (p->user[i].cls != TC_NULL && !numbers) {
                pg_fail(c, "the user variable @%.60s, which holds values of different types", name);
            }
            p->user[i].cls = numbers ? TC_DEC : cls;
            return;
        }
    }
    p->user = arena_grow(c->a, p->user, p->nuser, &p->user_cap, sizeof *p->user);
    p->user[p->nuser++] = (struct pg_user){.name = name, .cls = cls};
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
            user_variable(c, targets[i]->text + 1, v.cls);
            prog_line(c, "PERFORM %s(%s, %s::text);", pgq_compat(c, "set_variable"),
                      str_literal_pg(c->a, targets[i]->text + 1), field);
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
        }
        return;
    }
    text = pgq_query(c, q, PGQ_FIELDS, &shape);
    if (text == NULL) {
        return;
    }
    p->uses_row = true;
    prog_line(c, "%s INTO godwit_row;", text);
    if (sure) {
        spread(c, q->into, q->ninto, &shape);
        return;
    }
    prog_line(c, "IF FOUND THEN");
    p->level++;
    spread(c, q->into, q->ninto, &shape);
    p->level--;
    if (prog_handles_not_found(c)) {
        prog_line(c, "ELSE");
        p->level++;
        (void)prog_not_found(c);
        p->level--;
    }
    prog_line(c, "END IF;");
}

static void fetch(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    const struct pg_cursor *k = find_cursor(c, s->name);
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
    prog_line(c, "OPEN result_%zu FOR %s;", ++p->results, text);
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
            struct val v = pg_plain(c, pgq_expr(c, a->value));
            user_variable(c, a->name, v.cls);
            prog_line(c, "PERFORM %s(%s, %s::text);", pgq_compat(c, "set_variable"), str_literal_pg(c->a, a->name),
                      pg_p(c, v));
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

static void call(struct pg *c, const struct sql_stmt *s) {
    const struct sql_routine *r = pgq_routine(c, s->table.schema, s->table.name, false);
    struct pg_program *p = c->q->program;
    if (r == NULL) {
        pg_fail(c, "the procedure %.100s, which is not among those that are carried", s->table.name);
        return;
    }
    if (r->result_sets > 0) {
        pg_fail(c, "a CALL of %.100s, whose result sets would go to the caller's caller", s->table.name);
        return;
    }
    if (s->nargs != r->nparams) {
        pg_fail(c, "procedure %.100s with %zu arguments", s->table.name, s->nargs);
        return;
    }
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < s->nargs && c->why == NULL; i++) {
        const struct sql_column *to = &r->params[i], *col;
        const char *text;
        sb_puts(&b, i == 0 ? "" : ", ");
        if (r->modes[i] == SQL_PARAM_IN) {
            struct val v = pg_assign(c, pgq_expr(c, s->args[i]), to);
            sb_printf(&b, "%s::%s", pg_p(c, v), prog_argument_type(c, to));
        } else if (s->args[i]->kind == SN_COLUMN && s->args[i]->qualifier == NULL &&
                   assignable(c, NULL, s->args[i]->name, &text, &col)) {
            sb_puts(&b, text);
        } else {
            pg_fail(c, "an OUT or INOUT argument that is no local variable");
        }
    }
    p->has_changes = p->wrote = true;
    prog_line(c, "CALL %s(%s);", pgq_qualified(c, r->target_schema, r->target_name), sb_text(&b));
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

static void add_temporary(struct pg *c, const char *name, struct pg_shape shape) {
    struct pg_program *p = c->q->program;
    for (size_t i = 0; i < p->ntemporaries; i++) {
        if (str_ieq(p->temporaries[i].name, name)) {
            p->temporaries[i].shape = shape;
            return;
        }
    }
    p->temporaries = arena_grow(c->a, p->temporaries, p->ntemporaries, &p->temporaries_cap, sizeof *p->temporaries);
    p->temporaries[p->ntemporaries++] = (struct pg_temporary){.name = name, .shape = shape};
}

/* From CREATE TEMPORARY TABLE t (columns): names, types, NOT NULL, the primary key. */
static void temporary_columns(struct pg *c, const struct sql_stmt *s, const char *if_not_exists) {
    struct pg_shape shape = {0};
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < s->ddl->nclauses && c->why == NULL; i++) {
        const struct sql_clause *k = &s->ddl->clauses[i];
        if (k->kind == SQL_ADD_COLUMN) {
            const struct sql_column_def *d = k->column;
            if (d->generated || (d->initial.kind != SQL_VALUE_NONE && d->initial.kind != SQL_VALUE_NULL)) {
                pg_fail(c, "a temporary table with defaults or generated columns");
                return;
            }
            struct sql_program_type t = (struct sql_program_type){
                .text = prog_type_text(c->a, &d->type), .charset = d->type.charset, .collation = d->type.collation};
            struct sql_column *col = (struct sql_column *)prog_column(c, d->name, &t);
            if (col == NULL) {
                return;
            }
            col->auto_increment = d->auto_increment;
            col->not_null = d->nullable == SQL_NO || d->primary;
            pgq_shape_add(c, &shape, d->name, (struct val){.col = col});
            sb_printf(&b, "%s%s %s%s%s%s", b.len == 0 ? "" : ", ", str_quote_pg(c->a, d->name), col->to->ddl,
                      d->auto_increment ? " GENERATED BY DEFAULT AS IDENTITY" : "",
                      d->nullable == SQL_NO ? " NOT NULL" : "",
                      d->primary  ? " PRIMARY KEY"
                      : d->unique ? " UNIQUE"
                                  : "");
        } else if (k->kind == SQL_ADD_KEY && (k->key->kind == SQL_KEY_PRIMARY || k->key->kind == SQL_KEY_UNIQUE)) {
            sb_puts(&b, k->key->kind == SQL_KEY_PRIMARY ? ", PRIMARY KEY (" : ", UNIQUE (");
            for (size_t j = 0; j < k->key->n; j++) {
                sb_printf(&b, "%s%s", j == 0 ? "" : ", ",
                          str_quote_pg(c->a, k->key->parts[j].column == NULL ? "" : k->key->parts[j].column));
            }
            sb_puts(&b, ")");
        }
    }
    prog_line(c, "CREATE TEMPORARY TABLE %s%s (%s);", if_not_exists, str_quote_pg(c->a, s->table.name), sb_text(&b));
    add_temporary(c, s->table.name, shape);
}

static void create_temporary(struct pg *c, const struct sql_stmt *s) {
    const char *if_not_exists = s->if_not_exists ? "IF NOT EXISTS " : "";
    c->q->program->has_changes = true;
    if (s->query != NULL) {
        struct pg_shape shape = {0};
        const char *text = pgq_query(c, s->query, PGQ_NAMES, &shape);
        if (text != NULL) {
            for (size_t i = 0; i < shape.n; i++) { /* its columns have their own names now */
                struct val *v = &shape.cols[i].v;
                if (v->cls == TC_NULL && v->col != NULL) {
                    *v = pg_value_of_column(c, v->col, "");
                    v->text = NULL;
                }
            }
            prog_line(c, "CREATE TEMPORARY TABLE %s%s AS %s;", if_not_exists, str_quote_pg(c->a, s->table.name), text);
            add_temporary(c, s->table.name, shape);
        }
    } else if (s->ddl->kind == SQL_CREATE_TABLE) {
        temporary_columns(c, s, if_not_exists);
    } else {
        pg_fail(c, "CREATE TEMPORARY TABLE of this form");
    }
}

static void truncate_(struct pg *c, const struct sql_stmt *s) {
    const struct pg_temporary *temporary = prog_temporary(c, s->table.name);
    const struct sql_table *t = temporary != NULL ? NULL : pgq_table(c, &s->table);
    const char *again = dialect_is_opengauss(c->o->dialect) ? "" : " RESTART IDENTITY";
    c->q->program->has_changes = c->q->program->wrote = true;
    if (temporary != NULL) {
        prog_line(c, "TRUNCATE TABLE %s%s;", str_quote_pg(c->a, temporary->name), again);
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

void prog_simple_stmt(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    const char *text;
    switch (s->kind) {
    case SQL_STMT_LEAVE:
        prog_line(c, "EXIT %s;", str_quote_pg(c->a, pgq_cut(c, s->name)));
        break;
    case SQL_STMT_ITERATE:
        prog_line(c, "CONTINUE %s;", str_quote_pg(c->a, pgq_cut(c, s->name)));
        break;
    case SQL_STMT_RETURN:
        text = return_value(c, s);
        prog_line(c, "RETURN %s;", text);
        break;
    case SQL_STMT_OPEN:
    case SQL_STMT_CLOSE:
        if (find_cursor(c, s->name) == NULL) {
            pg_fail(c, "the cursor %.100s, which is not declared", s->name);
        }
        prog_line(c, "%s %s;", s->kind == SQL_STMT_OPEN ? "OPEN" : "CLOSE", str_quote_pg(c->a, pgq_cut(c, s->name)));
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
        p->has_changes = p->wrote = true;
        text = pgq_dml(c, s->dml);
        if (text != NULL) {
            prog_line(c, "%s;", text);
            if (p->uses_row_count) {
                prog_line(c, "GET DIAGNOSTICS godwit_row_count = ROW_COUNT;");
            }
        }
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
    case SQL_STMT_CREATE_TEMPORARY:
        create_temporary(c, s);
        break;
    case SQL_STMT_DROP_TEMPORARY:
        p->has_changes = true;
        if (p->results > 0) {
            pg_fail(c, "DROP of a temporary table behind a result set, whose cursor may still read it");
        }
        for (size_t i = 0; i < s->ntables; i++) {
            prog_line(c, "DROP TABLE %spg_temp.%s;", s->if_exists ? "IF EXISTS " : "",
                      str_quote_pg(c->a, s->tables[i].name));
        }
        break;
    case SQL_STMT_OTHER:
        pg_fail(c, "the statement %s", s->name);
        break;
    default:
        pg_fail(c, "a statement of an unknown kind");
    }
}
