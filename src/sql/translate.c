/* Whole objects: CREATE VIEW, FUNCTION, PROCEDURE, TRIGGER of the target. See translate.h. */
#include "sql/translate.h"

#include <string.h>

#include "base/str.h"
#include "sql/compat.h"
#include "sql/pg_program.h"

static void add(struct arena *a, const char ***list, size_t *n, size_t *cap, const char *text) {
    *list = arena_grow(a, *list, *n, cap, sizeof **list);
    (*list)[(*n)++] = text;
}

void prog_add_statement(struct pg *c, const char *text) {
    struct sql_translation *t = c->q->out;
    if (c->why == NULL && text != NULL) {
        add(c->a, &t->statements, &t->n, &t->cap, text);
    }
}

void prog_add_drop(struct pg *c, const char *text) {
    struct sql_translation *t = c->q->out;
    if (c->why == NULL) {
        add(c->a, &t->drops, &t->ndrops, &t->drops_cap, text);
    }
}

const char *prog_own_name(struct pg *c) {
    const struct sql_translate_options *o = c->q->o;
    const char *name = o->target_name != NULL ? o->target_name : pgq_cut(c, c->q->object->name.name);
    return pgq_qualified(c, o->target_schema, name);
}

static void view(struct pg *c, const struct sql_object *o) {
    struct sb b = {.a = c->a};
    const char *query = pgq_query(c, o->query, PGQ_NAMES | PGQ_VIEW, NULL), *name = prog_own_name(c);
    sb_printf(&b, "CREATE %sVIEW %s", o->invoker && c->q->b ? "SQL SECURITY INVOKER " : "", name);
    for (size_t i = 0; i < o->ncolumns; i++) {
        sb_printf(&b, "%s%s", i == 0 ? " (" : ", ", str_quote_pg(c->a, pgq_cut(c, o->columns[i])));
    }
    sb_puts(&b, o->ncolumns > 0 ? ")" : "");
    if (o->materialized) {
        pgq_note(c, 0, "MATERIALIZED is left out: the view is worked out each time it is read");
    }
    if (o->invoker && c->o->dialect == DIALECT_PG) {
        sb_puts(&b, " WITH (security_invoker = true)");
    } else if (o->invoker && !c->q->b) {
        pgq_note(c, 0, "SQL SECURITY INVOKER: openGauss's views run with their owner's rights");
    }
    sb_printf(&b, " AS %s", query == NULL ? "" : query);
    if (o->check != NULL) {
        sb_printf(&b, " WITH %s CHECK OPTION", str_eq(o->check, "local") ? "LOCAL" : "CASCADED");
    }
    prog_add_statement(c, sb_text(&b));
    prog_add_drop(c, pg_fmt(c, "DROP VIEW IF EXISTS %s", name));
}

/* Texts within the program that span lines would be changed by the indentation. */
static bool multiline_literal(const char *text) {
    bool inside = false;
    for (const char *p = text; *p != '\0'; p++) {
        inside = *p == '\'' ? !inside : inside;
        if (inside && *p == '\n') {
            return true;
        }
    }
    return false;
}

/* The program's text between the dollar signs. at_end: a last statement, or NULL. */
static const char *body(struct pg *c, const struct sql_object *o, const char *at_end) {
    struct pg_program *p = c->q->program;
    p->out = (struct sb){.a = c->a};
    p->uses_row_count = strcasestr(o->text, "row_count") != NULL;
    p->uses_found_rows = strcasestr(o->text, "found_rows") != NULL;
    p->asks_last_id = strcasestr(o->text, "last_insert_id") != NULL;
    p->level = 0;
    prog_find_tables(c, o);
    prog_stmt(c, o->body);
    if (c->why != NULL) {
        return NULL;
    }
    const char *inner = sb_text(&p->out);
    struct sb b = {.a = c->a};
    bool as_is = multiline_literal(inner);
    bool own = p->uses_row || p->uses_state || p->uses_row_count || p->uses_found_rows || p->last_id_known;
    sb_puts(&b, "#variable_conflict use_column\n");
    if (!own && at_end == NULL && o->body->kind == SQL_STMT_BLOCK) {
        sb_puts(&b, inner);
    } else {
        if (own) {
            sb_puts(&b, "DECLARE\n");
            sb_puts(&b, p->uses_row ? "    godwit_row record;\n" : "");
            sb_puts(&b, p->uses_state
                            ? "    godwit_state text;\n    godwit_message text;\n    godwit_handler int := 0;\n"
                            : "");
            sb_puts(&b, p->uses_row_count ? "    godwit_row_count bigint := 0;\n" : "");
            sb_puts(&b, p->last_id_known ? "    godwit_last_id bigint;\n" : "");
            sb_puts(&b, p->uses_found_rows ? "    godwit_found_rows bigint := 0;\n" : "");
        }
        sb_puts(&b, "BEGIN\n");
        for (const char *line = inner; *line != '\0';) { /* one level deeper */
            size_t n = strcspn(line, "\n");
            sb_puts(&b, n > 0 && !as_is ? "    " : "");
            sb_put(&b, line, n);
            sb_puts(&b, "\n");
            line += n + (line[n] == '\n' ? 1 : 0);
        }
        if (at_end != NULL) {
            sb_printf(&b, "    %s\n", at_end);
        }
        sb_puts(&b, "END;\n");
    }
    if (strstr(sb_text(&b), "$godwit$") != NULL) {
        pg_fail(c, "a program that holds $godwit$");
    }
    return sb_text(&b);
}

static void parameters(struct pg *c, const struct sql_object *o, struct pg_block *b, struct sb *out, struct sb *types) {
    static const char *const modes[] = {"", "OUT ", "INOUT "};
    const char *routine =
        str_quote_pg(c->a, c->q->o->target_name != NULL ? c->q->o->target_name : pgq_cut(c, o->name.name));
    for (size_t i = 0; i < o->nparams && c->why == NULL; i++) {
        const struct sql_param *k = &o->params[i];
        const struct sql_column *col = prog_column(c, k->name, &k->type);
        if (col == NULL) {
            return;
        }
        prog_add_variable(c, b, k->name, col, routine);
        /* A number that is written down is an integer there, and finds no function that takes less. */
        bool small = k->mode == SQL_PARAM_IN && str_eq(col->to->ddl, "smallint");
        const char *type = small ? "integer" : prog_base_type(c, col);
        sb_printf(out, "%s%s%s %s", i == 0 ? "" : ", ", modes[k->mode], b->variables[b->nvariables - 1].text, type);
        sb_printf(types, "%s%s%s", types->len == 0 ? "" : ", ", modes[k->mode], type);
    }
}

static bool holds(const char *text, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (strstr(text, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* What the routine says of itself, unless its text knows better. */
static const char *volatility(const struct pg_program *p, const struct sql_object *o, const char *text) {
    static const char *const volatile_words[] = {"random()", "clock_timestamp()", "gen_random_uuid()", "nextval("},
                             *const stable_words[] = {"CURRENT_",      "LOCALTIME",       "to_char(",
                                                      "::timestamptz", SQL_COMPAT_SCHEMA, "current_schema",
                                                      "session_user"};
    if (holds(text, volatile_words, sizeof volatile_words / sizeof volatile_words[0])) {
        return " VOLATILE";
    }
    bool stable = holds(text, stable_words, sizeof stable_words / sizeof stable_words[0]);
    if (p->has_changes || (!o->deterministic && !o->reads_sql)) {
        return " VOLATILE";
    }
    return p->has_queries || !o->deterministic || stable ? " STABLE" : " IMMUTABLE";
}

static void comment(struct pg *c, const char *kind, const char *name, const char *text) {
    if (text != NULL && text[0] != '\0') {
        prog_add_statement(c,
                           pg_fmt(c, "COMMENT ON %s %s IS %s", kind, name, pg_string_literal(c, text, strlen(text))));
    }
}

static void routine(struct pg *c, const struct sql_object *o) {
    struct pg_block params = {0};
    struct sb list = {.a = c->a}, types = {.a = c->a}, b = {.a = c->a};
    bool function = o->kind == SQL_OBJECT_FUNCTION;
    parameters(c, o, &params, &list, &types);
    c->q->program->block = &params;
    const char *text = body(c, o, NULL), *name = prog_own_name(c);
    const struct sql_column *returns = function && c->why == NULL ? prog_column(c, "", &o->returns) : NULL;
    if (text == NULL || c->why != NULL) {
        return;
    }
    for (size_t i = 1; i <= c->q->program->results; i++) {
        sb_printf(&list, "%sINOUT result_%zu refcursor DEFAULT NULL", list.len == 0 ? "" : ", ", i);
        sb_printf(&types, "%sINOUT refcursor", types.len == 0 ? "" : ", ");
    }
    c->q->out->result_sets = c->q->program->results;
    sb_printf(&b, "CREATE %s %s(%s)", function ? "FUNCTION" : "PROCEDURE", name, sb_text(&list));
    if (function) {
        sb_printf(&b, " RETURNS %s", prog_base_type(c, returns));
    }
    sb_puts(&b, " LANGUAGE plpgsql");
    sb_puts(&b, function ? volatility(c->q->program, o, text) : "");
    bool definer = !o->invoker && !c->q->o->invoker_only && o->definer != NULL;
    if (definer && c->q->program->has_transaction) {
        pgq_note(c, 0, "a procedure that ends transactions runs with the caller's rights: the target allows no other");
        definer = false;
    }
    /* openGauss's procedures have AS right behind LANGUAGE, and the rest behind the body. */
    sb_printf(&b, "%s AS $godwit$\n%s$godwit$%s", definer && function ? " SECURITY DEFINER" : "", text,
              definer && !function ? " SECURITY DEFINER" : "");
    prog_add_statement(c, sb_text(&b));
    const char *signature = pg_fmt(c, "%s(%s)", name, sb_text(&types));
    bool as_function = function || c->o->dialect != DIALECT_PG; /* openGauss has no COMMENT ON PROCEDURE */
    comment(c, as_function ? "FUNCTION" : "PROCEDURE", signature, o->comment);
    prog_add_drop(c, pg_fmt(c, "DROP %s IF EXISTS %s", function ? "FUNCTION" : "PROCEDURE", signature));
}

static void trigger(struct pg *c, const struct sql_object *o) {
    static const char *const events[] = {
        [SQL_INSERT] = "INSERT", [SQL_REPLACE] = "INSERT", [SQL_UPDATE] = "UPDATE", [SQL_DELETE] = "DELETE"};
    const struct sql_table *t = pgq_table(c, &o->table);
    if (t == NULL) {
        pg_fail(c, "the table %.100s, which is not among those that are carried", o->table.name);
        return;
    }
    c->q->program->trigger_table = t;
    const char *at_end = !o->before ? "RETURN NULL;" : o->event == SQL_DELETE ? "RETURN OLD;" : "RETURN NEW;";
    const char *text = body(c, o, at_end), *function = prog_own_name(c);
    if (text == NULL) {
        return;
    }
    prog_add_statement(
        c, pg_fmt(c, "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $godwit$\n%s$godwit$", function, text));
    /* Triggers of one event fire in the order of their names. */
    const char *name = c->q->o->target_name != NULL ? c->q->o->target_name : o->name.name;
    name = c->q->o->trigger_order == 0 ? name : arena_printf(c->a, "%02u_%s", c->q->o->trigger_order, name);
    const char *table = pgq_qualified(c, t->target_schema, t->target_name),
               *quoted = str_quote_pg(c->a, pgq_cut(c, name));
    prog_add_statement(c, pg_fmt(c, "CREATE TRIGGER %s %s %s ON %s FOR EACH ROW EXECUTE PROCEDURE %s()", quoted,
                                 o->before ? "BEFORE" : "AFTER", events[o->event], table, function));
    prog_add_drop(c, pg_fmt(c, "DROP TRIGGER IF EXISTS %s ON %s", quoted, table));
    prog_add_drop(c, pg_fmt(c, "DROP FUNCTION IF EXISTS %s()", function));
}

static const char *call_statement(struct pg *c, const struct sql_stmt *s) {
    const struct sql_routine *r = pgq_routine(c, s->table.schema, s->table.name, false);
    struct sb b = {.a = c->a};
    if (r == NULL) {
        return pg_fail(c, "the procedure %.100s, which is not among those that are carried", s->table.name).text;
    }
    if (s->nargs != r->nparams) {
        return pg_fail(c, "procedure %.100s with %zu arguments", s->table.name, s->nargs).text;
    }
    for (size_t i = 0; i < s->nargs && c->why == NULL; i++) {
        if (r->modes[i] == SQL_PARAM_OUT) {
            sb_printf(&b, "%sNULL", i == 0 ? "" : ", ");
            continue;
        }
        struct val v = pg_assign(c, pgq_expr(c, s->args[i]), &r->params[i]);
        sb_printf(&b, "%s%s::%s", i == 0 ? "" : ", ", pg_p(c, v), prog_argument_type(c, &r->params[i]));
    }
    return pg_fmt(c, "CALL %s(%s)", pgq_qualified(c, r->target_schema, r->target_name), sb_text(&b));
}

/* A statement by itself. */
static void one_statement(struct pg *c, const struct sql_object *o) {
    const struct sql_stmt *s = o->body;
    if (s->kind == SQL_STMT_SELECT && s->query->ninto == 0) {
        prog_add_statement(c, pgq_query(c, s->query, PGQ_NAMES, NULL));
    } else if (s->kind == SQL_STMT_DML) {
        prog_add_statement(c, pgq_dml(c, s->dml));
    } else if (s->kind == SQL_STMT_CALL) {
        prog_add_statement(c, call_statement(c, s));
    } else {
        pg_fail(c, "this statement outside of a program");
    }
}

static void event(struct pg *c, const struct sql_object *o) {
    const char *text = body(c, o, NULL);
    if (text == NULL) {
        return;
    }
    prog_add_statement(
        c, pg_fmt(c, "CREATE PROCEDURE %s() LANGUAGE plpgsql AS $godwit$\n%s$godwit$", prog_own_name(c), text));
    prog_add_drop(c, pg_fmt(c, "DROP PROCEDURE IF EXISTS %s()", prog_own_name(c)));
    pgq_note(c, 0,
             "the target has no scheduler of its own: the event became a procedure, which something has to call at its "
             "times");
}

/* What can be done about a reason: the first that it holds. */
static const struct {
    const char *reason, *hint;
} hints[] = {
    {"several unique keys", "write the translation by hand with ON CONFLICT (the key that is meant)"},
    {"a prepared statement", "write the statement out, or use EXECUTE of PL/pgSQL in a translation by hand"},
    {"MATCH .. AGAINST", "use the target's full text search: to_tsvector(..) @@ plainto_tsquery(..)"},
    {"a result set in a loop", "collect the rows in a temporary table and return it once"},
    {"the user variable", "declare a local variable instead"},
    {"an assignment to @", "use a window function, such as row_number() or sum() OVER"},
    {"the system variable", "the target has settings of its own: current_setting('..')"},
    {"savepoints", "a block with an EXCEPTION clause is a savepoint: write the translation by hand"},
    {"neither built in nor", "carry the function along, or make one of that name in the target first"},
    {"not among those that are carried", "carry it along, or name it in the selection"},
    {"of different types", "say what is meant with CAST"},
    {"of another type", "say what is meant with CAST"},
    {"regular expression", "write the pattern for the target by hand"},
    {"DROP of a table", "drop it at the beginning of the procedure instead"},
    {"found_rows", "count with a query of its own"},
    {"a handler for error", "name the condition by its SQLSTATE"},
    {"takes NULL and ''", "use a PG or B database, or write the translation by hand"},
    {"takes for NULL", "use a PG or B database, or write the translation by hand"},
    {"a block with a handler within a block",
     "handle errors in one of the two, or make a procedure of the inner block"},
    {"passes over", "write the rest of the loop's statements into ELSE instead of ITERATE"},
    {"not measured on openGauss B", "it may run there as it is: try it, and supply the translation"},
};

bool sql_translate(struct arena *a, const struct sql_translate_options *o, const struct sql_object *object,
                   struct sql_translation *out, struct err *e) {
    bool b = o->dialect == DIALECT_OG_B;
    struct sql_expr_options inner = {.dialect = b ? DIALECT_OG_PG : o->dialect, .mariadb = o->mariadb};
    struct pg_program program = {0};
    struct pg_queries q = {.o = o, .object = object, .out = out, .b = b};
    struct pg c = pg_context(a, &inner, b);
    *out = (struct sql_translation){0};
    c.q = &q;
    q.program = object->kind == SQL_OBJECT_VIEW || object->kind == SQL_OBJECT_STATEMENT ? NULL : &program;
    switch (object->kind) {
    case SQL_OBJECT_STATEMENT:
        one_statement(&c, object);
        break;
    case SQL_OBJECT_VIEW:
        view(&c, object);
        break;
    case SQL_OBJECT_FUNCTION:
    case SQL_OBJECT_PROCEDURE:
        (b ? gauss_routine : routine)(&c, object);
        break;
    case SQL_OBJECT_TRIGGER:
        (b ? gauss_trigger : trigger)(&c, object);
        break;
    case SQL_OBJECT_EVENT:
        (b ? gauss_event : event)(&c, object);
        break;
    }
    if (c.why != NULL) {
        struct sql_place at = sql_place_of(object->text, object->len, c.why_at);
        err_set(e, ERR_SQL_CARRY, "not carried, line %zu, column %zu: %s", at.line, at.column, c.why);
        for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
            if (strstr(c.why, hints[i].reason) != NULL) {
                return err_hint(e, "%s", hints[i].hint);
            }
        }
        return false;
    }
    return true;
}
