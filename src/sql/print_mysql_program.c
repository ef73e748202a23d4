/* Back to MySQL: programs. */
#include <string.h>

#include "base/str.h"
#include "sql/print.h"

static void stmt(struct mysql_printer *p, const struct sql_stmt *s, int level);

static void put(struct mysql_printer *p, const char *s) {
    sb_puts(&p->out, s);
}

static void comment(struct mysql_printer *p, const char *text, int level) {
    while (text != NULL && *text != '\0') {
        size_t n = strcspn(text, "\n");
        sb_indent(&p->out, level);
        sb_printf(&p->out, "-- %.*s\n", (int)n, text);
        text += n + (text[n] == '\n' ? 1 : 0);
    }
}

static void stmts(struct mysql_printer *p, const struct sql_stmts *list, int level) {
    for (size_t i = 0; i < list->n; i++) {
        comment(p, list->items[i]->comment, level);
        sb_indent(&p->out, level);
        stmt(p, list->items[i], level);
        put(p, ";\n");
    }
    comment(p, list->comment, level);
}

static void end(struct mysql_printer *p, const char *word, const char *label, int level) {
    sb_indent(&p->out, level);
    put(p, word);
    if (label != NULL) {
        put(p, " ");
        mysql_name(p, label);
    }
}

static void list(struct mysql_printer *p, struct sql_node **args, size_t n) {
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        mysql_expr(p, args[i]);
    }
}

static void type(struct mysql_printer *p, const struct sql_program_type *t) {
    put(p, t->text);
    if (t->charset != NULL) {
        sb_printf(&p->out, " CHARACTER SET %s", t->charset);
    }
    if (t->collation != NULL) {
        sb_printf(&p->out, " COLLATE %s", t->collation);
    }
}

static void conditions(struct mysql_printer *p, const struct sql_stmt *s) {
    for (size_t i = 0; i < s->nconditions; i++) {
        const struct sql_condition *c = &s->conditions[i];
        put(p, i == 0 ? "" : ", ");
        switch (c->kind) {
        case SQL_COND_STATE:
            put(p, "SQLSTATE ");
            mysql_string(p, c->text, strlen(c->text));
            break;
        case SQL_COND_ERRNO:
            sb_printf(&p->out, "%u", c->errno_);
            break;
        case SQL_COND_NAME:
            mysql_name(p, c->text);
            break;
        case SQL_COND_WARNING:
            put(p, "SQLWARNING");
            break;
        case SQL_COND_NOT_FOUND:
            put(p, "NOT FOUND");
            break;
        case SQL_COND_EXCEPTION:
            put(p, "SQLEXCEPTION");
            break;
        }
    }
}

static void branches(struct mysql_printer *p, const struct sql_stmt *s, int level, const char *first,
                     const char *next) {
    for (size_t i = 0; i < s->nbranches; i++) {
        const struct sql_branch *b = &s->branches[i];
        if (i > 0 || s->kind == SQL_STMT_CASE) {
            sb_indent(&p->out, level);
        }
        if (b->when == NULL) {
            put(p, "ELSE\n");
        } else {
            put(p, i == 0 ? first : next);
            mysql_expr(p, b->when);
            put(p, " THEN\n");
        }
        stmts(p, &b->body, level + 1);
    }
}

static void set(struct mysql_printer *p, const struct sql_stmt *s) {
    static const char *const scopes[] = {"", "@", "@@session.", "@@global."};
    put(p, "SET ");
    for (size_t i = 0; i < s->nsets; i++) {
        const struct sql_assign *a = &s->sets[i];
        put(p, i == 0 ? "" : ", ");
        if (str_eq(a->name, "names") && a->scope == SQL_SET_SESSION) {
            put(p, "NAMES ");
        } else {
            put(p, scopes[a->scope]);
            if (a->qualifier != NULL) {
                sb_printf(&p->out, "%s.", a->qualifier);
            }
            if (a->scope == SQL_SET_NAME || a->scope == SQL_SET_USER) {
                mysql_name(p, a->name);
            } else {
                put(p, a->name);
            }
            put(p, " = ");
        }
        if (a->value == NULL) {
            put(p, "DEFAULT");
        } else if (a->value->kind == SN_COLUMN && str_eq(a->value->name, "on")) {
            put(p, "ON");
        } else {
            mysql_expr(p, a->value);
        }
    }
}

static void signal(struct mysql_printer *p, const struct sql_stmt *s) {
    put(p, s->kind == SQL_STMT_SIGNAL ? "SIGNAL " : s->nconditions > 0 ? "RESIGNAL " : "RESIGNAL");
    conditions(p, s);
    for (size_t i = 0; i < s->nsets; i++) {
        sb_printf(&p->out, "%s%s = ", i == 0 ? " SET " : ", ", s->sets[i].name);
        mysql_expr(p, s->sets[i].value);
    }
}

static void diagnostics(struct mysql_printer *p, const struct sql_stmt *s) {
    put(p, s->stacked ? "GET STACKED DIAGNOSTICS " : "GET DIAGNOSTICS ");
    if (s->expr != NULL) {
        put(p, "CONDITION ");
        mysql_expr(p, s->expr);
        put(p, " ");
    }
    for (size_t i = 0; i < s->nsets; i++) {
        put(p, i == 0 ? "" : ", ");
        mysql_expr(p, s->sets[i].value);
        sb_printf(&p->out, " = %s", s->sets[i].name);
    }
}

static void declare(struct mysql_printer *p, const struct sql_stmt *s, int level) {
    put(p, "DECLARE ");
    if (s->kind == SQL_STMT_HANDLER) {
        put(p, s->exit_handler ? "EXIT HANDLER FOR " : "CONTINUE HANDLER FOR ");
        conditions(p, s);
        put(p, " ");
        stmt(p, s->body.items[0], level);
        return;
    }
    for (size_t i = 0; i < s->nnames; i++) {
        put(p, i == 0 ? "" : ", ");
        mysql_name(p, s->names[i]);
    }
    if (s->kind == SQL_STMT_CONDITION) {
        put(p, " CONDITION FOR ");
        conditions(p, s);
    } else if (s->kind == SQL_STMT_CURSOR) {
        put(p, " CURSOR FOR ");
        mysql_query(p, s->query);
    } else {
        put(p, " ");
        type(p, &s->type);
        if (s->expr != NULL) {
            put(p, " DEFAULT ");
            mysql_expr(p, s->expr);
        }
    }
}

static void named(struct mysql_printer *p, const char *word, const char *name) {
    put(p, word);
    if (name != NULL) {
        put(p, " ");
        mysql_name(p, name);
    }
}

static void stmt(struct mysql_printer *p, const struct sql_stmt *s, int level) {
    if (s->label != NULL) {
        mysql_name(p, s->label);
        put(p, ": ");
    }
    switch (s->kind) {
    case SQL_STMT_BLOCK:
        put(p, "BEGIN\n");
        stmts(p, &s->body, level + 1);
        end(p, "END", s->label, level);
        break;
    case SQL_STMT_VARIABLE:
    case SQL_STMT_CONDITION:
    case SQL_STMT_CURSOR:
    case SQL_STMT_HANDLER:
        declare(p, s, level);
        break;
    case SQL_STMT_IF:
        branches(p, s, level, "IF ", "ELSEIF ");
        end(p, "END IF", NULL, level);
        break;
    case SQL_STMT_CASE:
        put(p, "CASE");
        if (s->expr != NULL) {
            put(p, " ");
            mysql_expr(p, s->expr);
        }
        put(p, "\n");
        branches(p, s, level, "WHEN ", "WHEN ");
        end(p, "END CASE", NULL, level);
        break;
    case SQL_STMT_LOOP:
        put(p, "LOOP\n");
        stmts(p, &s->body, level + 1);
        end(p, "END LOOP", s->label, level);
        break;
    case SQL_STMT_WHILE:
        put(p, "WHILE ");
        mysql_expr(p, s->expr);
        put(p, " DO\n");
        stmts(p, &s->body, level + 1);
        end(p, "END WHILE", s->label, level);
        break;
    case SQL_STMT_REPEAT:
        put(p, "REPEAT\n");
        stmts(p, &s->body, level + 1);
        sb_indent(&p->out, level);
        put(p, "UNTIL ");
        mysql_expr(p, s->expr);
        end(p, " END REPEAT", s->label, 0);
        break;
    case SQL_STMT_FOR:
        named(p, "FOR", s->name);
        put(p, s->reverse ? " IN REVERSE " : " IN ");
        mysql_expr(p, s->expr);
        put(p, " .. ");
        mysql_expr(p, s->high);
        put(p, " DO\n");
        stmts(p, &s->body, level + 1);
        end(p, "END FOR", s->label, level);
        break;
    case SQL_STMT_LEAVE:
        named(p, "LEAVE", s->name);
        break;
    case SQL_STMT_ITERATE:
        named(p, "ITERATE", s->name);
        break;
    case SQL_STMT_RETURN:
        put(p, "RETURN ");
        mysql_expr(p, s->expr);
        break;
    case SQL_STMT_OPEN:
        named(p, "OPEN", s->name);
        break;
    case SQL_STMT_CLOSE:
        named(p, "CLOSE", s->name);
        break;
    case SQL_STMT_FETCH:
        named(p, "FETCH", s->name);
        put(p, " INTO ");
        list(p, s->args, s->nargs);
        break;
    case SQL_STMT_SET:
        set(p, s);
        break;
    case SQL_STMT_SELECT:
        mysql_query(p, s->query);
        break;
    case SQL_STMT_DML:
        mysql_dml(p, s->dml);
        break;
    case SQL_STMT_CALL:
        put(p, "CALL ");
        mysql_table_name(p, &s->table);
        put(p, "(");
        list(p, s->args, s->nargs);
        put(p, ")");
        break;
    case SQL_STMT_SIGNAL:
    case SQL_STMT_RESIGNAL:
        signal(p, s);
        break;
    case SQL_STMT_DIAGNOSTICS:
        diagnostics(p, s);
        break;
    case SQL_STMT_START:
        put(p, "START TRANSACTION");
        break;
    case SQL_STMT_COMMIT:
        put(p, "COMMIT");
        break;
    case SQL_STMT_ROLLBACK:
        named(p, s->name == NULL ? "ROLLBACK" : "ROLLBACK TO", s->name);
        break;
    case SQL_STMT_SAVEPOINT:
        named(p, "SAVEPOINT", s->name);
        break;
    case SQL_STMT_RELEASE:
        named(p, "RELEASE SAVEPOINT", s->name);
        break;
    case SQL_STMT_PREPARE:
        named(p, "PREPARE", s->name);
        put(p, " FROM ");
        mysql_expr(p, s->expr);
        break;
    case SQL_STMT_EXECUTE:
        named(p, "EXECUTE", s->name);
        put(p, s->nargs > 0 ? " USING " : "");
        list(p, s->args, s->nargs);
        break;
    case SQL_STMT_DEALLOCATE:
        named(p, "DEALLOCATE PREPARE", s->name);
        break;
    case SQL_STMT_TRUNCATE:
        put(p, "TRUNCATE TABLE ");
        mysql_table_name(p, &s->table);
        break;
    case SQL_STMT_DO:
        put(p, "DO ");
        list(p, s->args, s->nargs);
        break;
    case SQL_STMT_CREATE_TABLE:
        if (s->query != NULL) {
            put(p, s->temporary ? "CREATE TEMPORARY TABLE " : "CREATE TABLE ");
            put(p, s->if_not_exists ? "IF NOT EXISTS " : "");
            mysql_table_name(p, &s->table);
            put(p, " AS ");
            mysql_query(p, s->query);
            break;
        }
        put(p, s->text);
        break;
    case SQL_STMT_DROP_TABLE:
        put(p, s->temporary ? "DROP TEMPORARY TABLE " : "DROP TABLE ");
        put(p, s->if_exists ? "IF EXISTS " : "");
        for (size_t i = 0; i < s->ntables; i++) {
            put(p, i == 0 ? "" : ", ");
            mysql_table_name(p, &s->tables[i]);
        }
        break;
    case SQL_STMT_OTHER:
        put(p, s->text);
        break;
    }
}

static void definer(struct mysql_printer *p, const struct sql_object *o) {
    if (o->definer == NULL || str_istarts(o->definer, "current_user")) {
        return;
    }
    const char *at = strrchr(o->definer, '@');
    put(p, "DEFINER=");
    mysql_name(p, at == NULL ? o->definer : arena_strndup(p->out.a, o->definer, (size_t)(at - o->definer)));
    if (at != NULL) {
        put(p, "@");
        mysql_name(p, at + 1);
    }
    put(p, " ");
}

static void view(struct mysql_printer *p, const struct sql_object *o) {
    put(p, "CREATE ");
    if (o->algorithm != NULL) {
        sb_printf(&p->out, "ALGORITHM=%s ", o->algorithm);
    }
    put(p, o->materialized ? "MATERIALIZED " : "");
    definer(p, o);
    put(p, o->invoker ? "SQL SECURITY INVOKER VIEW " : "VIEW ");
    mysql_table_name(p, &o->name);
    for (size_t i = 0; i < o->ncolumns; i++) {
        put(p, i == 0 ? " (" : ", ");
        mysql_name(p, o->columns[i]);
    }
    put(p, o->ncolumns > 0 ? ") AS " : " AS ");
    mysql_query(p, o->query);
    if (o->check != NULL) {
        sb_printf(&p->out, " WITH %s CHECK OPTION", o->check);
    }
}

static void routine(struct mysql_printer *p, const struct sql_object *o) {
    static const char *const modes[] = {"", "OUT ", "INOUT "};
    put(p, "CREATE ");
    definer(p, o);
    put(p, o->kind == SQL_OBJECT_FUNCTION ? "FUNCTION " : "PROCEDURE ");
    mysql_table_name(p, &o->name);
    put(p, "(");
    for (size_t i = 0; i < o->nparams; i++) {
        put(p, i == 0 ? "" : ", ");
        put(p, modes[o->params[i].mode]);
        mysql_name(p, o->params[i].name);
        put(p, " ");
        type(p, &o->params[i].type);
    }
    put(p, ")");
    if (o->kind == SQL_OBJECT_FUNCTION) {
        put(p, " RETURNS ");
        type(p, &o->returns);
    }
    put(p, o->deterministic ? "\n    DETERMINISTIC" : "");
    put(p, o->no_sql ? "\n    NO SQL" : o->reads_sql ? "\n    READS SQL DATA" : "");
    put(p, o->invoker ? "\n    SQL SECURITY INVOKER" : "");
    if (o->comment != NULL) {
        put(p, "\n    COMMENT ");
        mysql_string(p, o->comment, strlen(o->comment));
    }
    put(p, "\n");
    stmt(p, o->body, 0);
}

static const char *event_word(enum sql_dml_kind k) {
    return k == SQL_INSERT ? "INSERT" : k == SQL_UPDATE ? "UPDATE" : "DELETE";
}

static void trigger(struct mysql_printer *p, const struct sql_object *o) {
    put(p, "CREATE ");
    definer(p, o);
    put(p, "TRIGGER ");
    mysql_table_name(p, &o->name);
    sb_printf(&p->out, " %s %s ON ", o->before ? "BEFORE" : "AFTER", event_word(o->event));
    mysql_table_name(p, &o->table);
    put(p, " FOR EACH ROW");
    if (o->other != NULL) {
        named(p, o->follows ? " FOLLOWS" : " PRECEDES", o->other);
    }
    put(p, "\n");
    stmt(p, o->body, 0);
}

static void interval(struct mysql_printer *p, const struct sql_node *n) {
    mysql_expr(p, n->args[0]);
    sb_printf(&p->out, " %s", n->name);
}

static void event(struct mysql_printer *p, const struct sql_object *o) {
    put(p, "CREATE ");
    definer(p, o);
    put(p, "EVENT ");
    mysql_table_name(p, &o->name);
    put(p, o->at != NULL ? " ON SCHEDULE AT " : " ON SCHEDULE EVERY ");
    if (o->at != NULL) {
        mysql_expr(p, o->at);
    } else {
        interval(p, o->every);
        if (o->starts != NULL) {
            put(p, " STARTS ");
            mysql_expr(p, o->starts);
        }
        if (o->ends != NULL) {
            put(p, " ENDS ");
            mysql_expr(p, o->ends);
        }
    }
    put(p, o->preserve ? " ON COMPLETION PRESERVE" : "");
    put(p, o->disabled ? " DISABLE" : "");
    if (o->comment != NULL) {
        put(p, " COMMENT ");
        mysql_string(p, o->comment, strlen(o->comment));
    }
    put(p, " DO\n");
    stmt(p, o->body, 0);
}

const char *sql_print_mysql(struct arena *a, const struct sql_object *o) {
    struct mysql_printer p = {.out = {.a = a}};
    switch (o->kind) {
    case SQL_OBJECT_STATEMENT:
        stmt(&p, o->body, 0);
        break;
    case SQL_OBJECT_VIEW:
        view(&p, o);
        break;
    case SQL_OBJECT_FUNCTION:
    case SQL_OBJECT_PROCEDURE:
        routine(&p, o);
        break;
    case SQL_OBJECT_TRIGGER:
        trigger(&p, o);
        break;
    case SQL_OBJECT_EVENT:
        event(&p, o);
        break;
    }
    return p.too_deep || p.out.full ? NULL : sb_text(&p.out);
}
