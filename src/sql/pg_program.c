/* Blocks, IF, CASE and loops as PL/pgSQL. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "sql/pg_program.h"

void prog_line(struct pg *c, const char *fmt, ...) {
    struct pg_program *p = c->q->program;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0 || c->why != NULL) {
        return;
    }
    char *text = arena_alloc(c->a, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    va_end(ap);
    sb_indent(&p->out, p->level);
    sb_put(&p->out, text, (size_t)n);
    sb_puts(&p->out, "\n");
    if (p->out.full) {
        pg_fail(c, "a program whose translation grows beyond %d bytes", SQL_MAX_PRINT);
    }
}

static void comments(struct pg *c, const char *text) {
    while (text != NULL && *text != '\0') {
        size_t n = strcspn(text, "\n");
        prog_line(c, "-- %.*s", (int)n, text);
        text += n + (text[n] == '\n' ? 1 : 0);
    }
}

const struct sql_column *prog_column(struct pg *c, const char *name, const struct sql_program_type *t) {
    struct sql_column *col = arena_new(c->a, struct sql_column);
    struct mytype *from = arena_new(c->a, struct mytype);
    struct target_type *to = arena_new(c->a, struct target_type);
    struct typemap_options o = {.dialect = c->q->b ? DIALECT_OG_B : c->o->dialect};
    struct err e = ERR_INIT;
    if (t->text == NULL) {
        pg_fail(c, "RETURN outside of a function");
        return NULL;
    }
    if (!mytype_parse(c->a, t->text, from)) {
        pg_fail(c, "the type %.100s", t->text);
        return NULL;
    }
    bool text = from->kind == MYT_CHAR || from->kind == MYT_VARCHAR || from->kind == MYT_TINYTEXT ||
                from->kind == MYT_TEXT || from->kind == MYT_MEDIUMTEXT || from->kind == MYT_LONGTEXT ||
                from->kind == MYT_ENUM || from->kind == MYT_SET;
    if (text) {
        from->charset = t->charset != NULL ? t->charset : "utf8mb4";
        from->collation = t->collation != NULL ? t->collation : "utf8mb4_0900_ai_ci";
    }
    if (!typemap_resolve(c->a, &o, "", name, from, to, &e)) {
        pg_fail(c, "the type %.100s: %s", t->text, e.message);
        return NULL;
    }
    if (from->kind == MYT_ENUM || from->kind == MYT_SET) { /* no type is made for a variable */
        from->kind = MYT_VARCHAR;
        from->nlabels = 0;
        to->enum_type = false;
        to->ddl = arena_strdup(c->a, "text");
    }
    *col = (struct sql_column){.name = name, .target_name = name, .from = from, .to = to};
    return col;
}

const char *prog_base_type(struct pg *c, const struct sql_column *col) {
    const char *open = strchr(col->to->ddl, '('), *close = open == NULL ? NULL : strchr(open, ')');
    return close == NULL ? col->to->ddl : pg_fmt(c, "%.*s%s", (int)(open - col->to->ddl), col->to->ddl, close + 1);
}

const char *prog_argument_type(struct pg *c, const struct sql_column *col) {
    return col->to->kind == TK_TEXT ? prog_base_type(c, col) : col->to->ddl;
}

void prog_add_variable(struct pg *c, struct pg_block *b, const char *name, const struct sql_column *column,
                       const char *block_name) {
    /* PL/pgSQL has variables of its own. */
    static const char *const taken[] = {"found", "sqlstate",   "sqlerrm",      "new",
                                        "old",   "godwit_row", "godwit_state", "godwit_message"};
    const char *text = str_quote_pg(c->a, pgq_cut(c, name));
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        text = str_ieq(name, taken[i]) ? str_quote_pg(c->a, arena_printf(c->a, "%s_value", name)) : text;
    }
    b->variables = arena_grow(c->a, b->variables, b->nvariables, &b->variables_cap, sizeof *b->variables);
    b->variables[b->nvariables++] = (struct pg_variable){
        .name = name,
        .column = column,
        .text = text,
        .qualified = block_name == NULL ? NULL : arena_printf(c->a, "%s.%s", block_name, text),
    };
}

static void variable(struct pg *c, struct pg_block *b, const struct sql_stmt *s) {
    for (size_t i = 0; i < s->nnames && c->why == NULL; i++) {
        const struct sql_column *col = prog_column(c, s->names[i], &s->type);
        if (col == NULL) {
            return;
        }
        const char *value = "";
        if (s->expr != NULL) {
            struct val v = pg_assign(c, pgq_expr(c, s->expr), col);
            value = pg_fmt(c, " := %s", v.text);
        }
        prog_add_variable(c, b, s->names[i], col, b->label);
        prog_line(c, "%s %s%s;", b->variables[b->nvariables - 1].text, col->to->ddl, value);
    }
}

static void cursor(struct pg *c, struct pg_block *b, const struct sql_stmt *s) {
    struct pg_cursor k = {.name = s->name, .query = s->query, .text = str_quote_pg(c->a, pgq_cut(c, s->name))};
    const char *text = pgq_query(c, s->query, PGQ_FIELDS, &k.shape);
    if (text == NULL) {
        return;
    }
    k.query_text = text;
    c->q->program->has_queries = true;
    b->cursors = arena_grow(c->a, b->cursors, b->ncursors, &b->cursors_cap, sizeof *b->cursors);
    b->cursors[b->ncursors++] = k;
    prog_line(c, "%s CURSOR FOR %s;", k.text, text);
}

static bool is_declaration(const struct sql_stmt *s) {
    return s->kind == SQL_STMT_VARIABLE || s->kind == SQL_STMT_CURSOR || s->kind == SQL_STMT_HANDLER ||
           s->kind == SQL_STMT_CONDITION;
}

/* Handlers and conditions are noted; variables and cursors printed. Returns how many statements were declarations. */
static size_t declare(struct pg *c, struct pg_block *b, const struct sql_stmts *list) {
    size_t i = 0;
    for (; i < list->n && is_declaration(list->items[i]) && c->why == NULL; i++) {
        const struct sql_stmt *s = list->items[i];
        c->at = s->start;
        comments(c, s->comment);
        if (s->kind == SQL_STMT_VARIABLE) {
            variable(c, b, s);
        } else if (s->kind == SQL_STMT_CURSOR) {
            cursor(c, b, s);
        } else if (s->kind == SQL_STMT_CONDITION) {
            b->conditions =
                arena_grow(c->a, b->conditions, b->nconditions, &b->conditions_cap, sizeof(struct sql_stmt *));
            b->conditions[b->nconditions++] = s;
        } else {
            b->handlers = arena_grow(c->a, b->handlers, b->nhandlers, &b->handlers_cap, sizeof *b->handlers);
            b->handlers[b->nhandlers++] = (struct pg_handler){.stmt = s, .block = b};
        }
    }
    return i;
}

static void block(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    struct pg_block b = {.outer = p->block, .stmt = s};
    bool declares = s->body.n > 0 && is_declaration(s->body.items[0]);
    if (s->label != NULL || declares) {
        b.label = s->label != NULL ? prog_label(c, s->label)
                                   : str_quote_pg(c->a, arena_printf(c->a, "block_%u", ++p->numbers));
        prog_line(c, "<<%s>>", b.label);
    }
    size_t mark = p->out.len;
    if (declares) {
        prog_line(c, "DECLARE");
    }
    size_t begin = p->out.len;
    p->block = &b;
    p->level++;
    size_t from = declare(c, &b, &s->body);
    p->level--;
    if (p->out.len == begin && declares) { /* handlers only */
        p->out.len = mark;
        p->out.data[mark] = '\0';
    }
    bool commit = false;
    b.whole = b.nhandlers > 0 && prog_whole(c, &b, &s->body, from, &commit);
    prog_line(c, "BEGIN");
    p->level++;
    if (b.whole) {
        struct sql_stmts body = s->body;
        body.n -= commit ? 1 : 0;
        if (commit) {
            prog_line(c, "BEGIN");
            p->level++;
        }
        prog_stmts(c, &body, from);
        p->level--;
        prog_exception_clause(c, &b);
        if (commit) {
            prog_line(c, "END;");
            prog_stmt(c, s->body.items[body.n]);
            p->level--;
        }
    } else {
        prog_stmts(c, &s->body, from);
        p->level--;
    }
    comments(c, s->body.comment);
    p->block = b.outer;
    prog_line(c, "END%s%s;", b.label == NULL ? "" : " ", b.label == NULL ? "" : b.label);
}

void prog_stmts(struct pg *c, const struct sql_stmts *list, size_t from) {
    size_t before = c->q->program->out.len;
    for (size_t i = from; i < list->n && c->why == NULL; i++) {
        comments(c, list->items[i]->comment);
        prog_stmt(c, list->items[i]);
    }
    if (c->q->program->out.len == before) {
        prog_line(c, "NULL;");
    }
}

static void branch(struct pg *c, const struct sql_branch *b) {
    c->q->program->level++;
    prog_stmts(c, &b->body, 0);
    comments(c, b->body.comment);
    c->q->program->level--;
}

/* PL/pgSQL ends a condition at the first THEN outside of parentheses. */
static const char *condition(struct pg *c, const struct sql_node *n) {
    const char *text = pgq_condition(c, n);
    return strstr(text, "THEN") == NULL ? text : pg_fmt(c, "(%s)", text);
}

static void if_(struct pg *c, const struct sql_stmt *s) {
    for (size_t i = 0; i < s->nbranches && c->why == NULL; i++) {
        const struct sql_branch *b = &s->branches[i];
        if (b->when == NULL) {
            prog_line(c, "ELSE");
        } else {
            prog_line(c, "%s %s THEN", i == 0 ? "IF" : "ELSIF", condition(c, b->when));
        }
        branch(c, b);
    }
    prog_line(c, "END IF;");
}

static void case_(struct pg *c, const struct sql_stmt *s) {
    prog_line(c, "CASE");
    for (size_t i = 0; i < s->nbranches && c->why == NULL; i++) {
        const struct sql_branch *b = &s->branches[i];
        if (b->when == NULL) {
            prog_line(c, "ELSE");
        } else if (s->expr != NULL) {
            struct sql_node *args[2] = {s->expr, b->when};
            struct sql_node eq = {.kind = SN_BINARY, .op = OP_EQ, .args = args, .nargs = 2, .start = b->when->start};
            prog_line(c, "WHEN %s THEN", condition(c, &eq));
        } else {
            prog_line(c, "WHEN %s THEN", condition(c, b->when));
        }
        branch(c, b);
    }
    prog_line(c, "END CASE;");
}

/* MySQL's have no case. */
const char *prog_label(struct pg *c, const char *name) {
    return str_quote_pg(c->a, pgq_cut(c, sql_lower(c->a, name)));
}

static void loop_body(struct pg *c, const struct sql_stmt *s, const char *until) {
    struct pg_program *p = c->q->program;
    p->level++;
    p->loop_depth++;
    prog_stmts(c, &s->body, 0);
    comments(c, s->body.comment);
    if (until != NULL) {
        prog_line(c, "EXIT WHEN %s;", until);
    }
    p->loop_depth--;
    p->level--;
    if (s->label != NULL) {
        prog_line(c, "END LOOP %s;", prog_label(c, s->label));
    } else {
        prog_line(c, "END LOOP;");
    }
}

static void for_(struct pg *c, const struct sql_stmt *s) {
    struct pg_program *p = c->q->program;
    struct sql_program_type integer = {.text = "int"};
    struct pg_block b = {.outer = p->block, .stmt = s};
    const struct sql_column *col = prog_column(c, s->name, &integer);
    if (col == NULL) {
        return;
    }
    const char *low = pg_as_int4(c, pgq_expr(c, s->expr)).text, *high = pg_as_int4(c, pgq_expr(c, s->high)).text;
    prog_add_variable(c, &b, s->name, col, NULL);
    prog_line(c, "FOR %s IN %s%s .. %s LOOP", b.variables[0].text, s->reverse ? "REVERSE " : "",
              s->reverse ? high : low, s->reverse ? low : high);
    p->block = &b;
    loop_body(c, s, NULL);
    p->block = b.outer;
}

static void loop(struct pg *c, const struct sql_stmt *s) {
    if (s->label != NULL) {
        prog_line(c, "<<%s>>", prog_label(c, s->label));
    }
    switch (s->kind) {
    case SQL_STMT_WHILE:
        prog_line(c, "WHILE %s LOOP", pgq_condition(c, s->expr));
        loop_body(c, s, NULL);
        break;
    case SQL_STMT_REPEAT:
        prog_line(c, "LOOP");
        loop_body(c, s, pgq_condition(c, s->expr));
        break;
    case SQL_STMT_FOR:
        for_(c, s);
        break;
    default:
        prog_line(c, "LOOP");
        loop_body(c, s, NULL);
    }
}

/* Can the statement raise an error that a handler would see? */
bool prog_is_guarded(const struct sql_stmt *s) {
    switch (s->kind) {
    case SQL_STMT_SELECT:
    case SQL_STMT_DML:
    case SQL_STMT_CALL:
    case SQL_STMT_OPEN:
    case SQL_STMT_FETCH:
    case SQL_STMT_SIGNAL:
    case SQL_STMT_RESIGNAL:
    case SQL_STMT_TRUNCATE:
    case SQL_STMT_DO:
    case SQL_STMT_CREATE_TABLE:
    case SQL_STMT_DROP_TABLE:
    case SQL_STMT_RETURN:
        return true;
    case SQL_STMT_SET:
        for (size_t i = 0; i < s->nsets; i++) {
            if (s->sets[i].value != NULL && s->sets[i].value->nargs + (s->sets[i].value->query != NULL ? 1 : 0) > 0) {
                return true;
            }
        }
        return false;
    default:
        return false;
    }
}

void prog_stmt(struct pg *c, const struct sql_stmt *s) {
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
        block(c, s);
        break;
    case SQL_STMT_IF:
        if_(c, s);
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
    case SQL_STMT_VARIABLE:
    case SQL_STMT_CURSOR:
    case SQL_STMT_HANDLER:
    case SQL_STMT_CONDITION:
        pg_fail(c, "a declaration behind a statement");
        break;
    default:
        if (prog_is_guarded(s) && prog_has_handlers(c)) {
            prog_guarded(c, s);
        } else {
            prog_simple_stmt(c, s);
        }
    }
    c->depth--;
    c->at = at;
    c->bytes = bytes; /* the bound is for one statement; the whole has its own */
}
