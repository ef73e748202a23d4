/* Variables: parameters and local ones, NEW and OLD, user variables. */
#include <string.h>

#include "base/str.h"
#include "sql/pg_program.h"

/* Is a column of this name visible? Then the variable needs its block's name. */
static bool column_visible(const struct pg *c, const char *name) {
    for (const struct pg_scope *s = c->q->scope; s != NULL; s = s->outer) {
        for (size_t i = 0; i < s->n; i++) {
            if (pgq_find_col(&s->rels[i].shape, name) != NULL) {
                return true;
            }
        }
    }
    return false;
}

static bool relation_visible(const struct pg *c, const char *name) {
    for (struct pg_scope *s = c->q->scope; s != NULL; s = s->outer) {
        if (pgq_find_rel(s, NULL, name) != NULL) {
            return true;
        }
    }
    return false;
}

static bool trigger_row(struct pg *c, const struct sql_node *n, struct val *out) {
    const struct sql_table *t = c->q->program->trigger_table;
    bool fresh = str_ieq(n->qualifier, "new");
    if (t == NULL || (!fresh && !str_ieq(n->qualifier, "old"))) {
        return false;
    }
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (str_ieq(t->columns[i].name, n->name)) {
            const char *name = str_quote_pg(c->a, t->columns[i].target_name);
            *out = pg_value_of_column(c, &t->columns[i], pg_fmt(c, "%s.%s", fresh ? "NEW" : "OLD", name));
            return true;
        }
    }
    return false;
}

bool pgq_variable(struct pg *c, const struct sql_node *n, struct val *out) {
    if (c->q->program == NULL || n->schema != NULL) {
        return false;
    }
    if (n->qualifier != NULL) {
        return trigger_row(c, n, out);
    }
    for (struct pg_block *b = c->q->program->block; b != NULL; b = b->outer) {
        for (size_t i = 0; i < b->nvariables; i++) {
            const struct pg_variable *v = &b->variables[i];
            if (str_ieq(v->name, n->name)) {
                if (c->q->b && column_visible(c, n->name)) {
                    gauss_clash(c, n->name);
                }
                bool qualified = !c->q->b && v->qualified != NULL && column_visible(c, n->name);
                if (qualified && b->outer == NULL && relation_visible(c, c->q->object->name.name)) {
                    *out = pg_fail(c, "the parameter %.100s, which in the target the table of the routine's name hides",
                                   n->name);
                    return true;
                }
                *out = pg_value_of_column(c, v->column, qualified ? v->qualified : v->text);
                return true;
            }
        }
    }
    return false;
}

/* One that holds values of different types, or whose values come from elsewhere, is a text, and read as one. */
static void note_class(struct pg *c, const char *name, enum tclass cls) {
    struct pg_program *p = c->q->program;
    bool known = cls == TC_NULL || cls == TC_INT || cls == TC_DEC || cls == TC_FLOAT || cls == TC_DATE ||
                 cls == TC_DATETIME || cls == TC_JSON;
    cls = cls == TC_BOOL ? TC_INT : cls == TC_TSTZ ? TC_DATETIME : known ? cls : TC_TEXT;
    for (size_t i = 0; i < p->nuser; i++) {
        if (str_ieq(p->user[i].name, name)) {
            enum tclass *was = &p->user[i].cls;
            bool numbers = (*was == TC_INT || *was == TC_DEC) && (cls == TC_INT || cls == TC_DEC);
            if (cls != TC_NULL && *was != cls) {
                *was = *was == TC_NULL ? cls : numbers ? TC_DEC : TC_TEXT;
            }
            return;
        }
    }
    p->user = arena_grow(c->a, p->user, p->nuser, &p->user_cap, sizeof *p->user);
    p->user[p->nuser++] = (struct pg_user){.name = name, .cls = cls};
}

void prog_set_user_variable(struct pg *c, const char *name, struct val v) {
    note_class(c, name, v.cls);
    c->q->program->has_changes = true;
    const char *text = pg_fmt(c, "%s::text", pg_p(c, v));
    text = (v.cls == TC_DEC || v.cls == TC_FLOAT) && !v.integer ? pg_leading_zero(c, text) : text;
    prog_line(c, "PERFORM %s(%s, %s);", pgq_compat(c, "set_variable"), str_literal_pg(c->a, name), text);
}

/* Kept as texts in the session (compat.def). What kind of value one holds is known from what the program assigns. */
struct val pgq_user_variable(struct pg *c, const struct sql_node *n) {
    struct pg_program *p = c->q->program;
    if (n->text[0] != '@' || n->text[1] == '@') {
        const char *name = n->text + 2;
        if (str_ieq(name, "rowcount") || str_ieq(name, "row_count")) {
            return pg_fail(c, "the system variable %.60s", n->text);
        }
        return pg_fail(c, "the system variable %.60s", n->text);
    }
    enum tclass cls = TC_NULL;
    for (size_t i = 0; p != NULL && i < p->nuser; i++) {
        if (str_ieq(p->user[i].name, n->text + 1)) {
            cls = p->user[i].cls;
        }
    }
    if (c->q->b) {
        struct val v = pg_val(cls == TC_NULL ? TC_TEXT : cls, n->text, true);
        v.wide = true;
        return v;
    }
    const char *get = pg_fmt(c, "%s(%s)", pgq_compat(c, "get_variable"), str_literal_pg(c->a, n->text + 1));
    struct val v;
    switch (cls) {
    case TC_INT:
        return pg_int(pg_fmt(c, "%s::bigint", get), true, true);
    case TC_DEC:
        v = pg_val(TC_DEC, pg_fmt(c, "%s::numeric", get), true);
        v.scale = -1;
        return v;
    case TC_FLOAT:
        return pg_val(TC_FLOAT, pg_fmt(c, "%s::float8", get), true);
    case TC_DATE:
        return pg_val(TC_DATE, pg_fmt(c, "%s::date", get), true);
    case TC_DATETIME:
        v = pg_val(TC_DATETIME, pg_fmt(c, "%s::timestamp", get), true);
        v.fsp = 6;
        return v;
    case TC_JSON:
        return pg_val(TC_JSON, pg_fmt(c, "%s::jsonb", get), true);
    case TC_TEXT:
        return pg_val(TC_TEXT, get, true);
    default:
        pgq_note(c, n->start, arena_printf(c->a, "%.60s gets its value elsewhere, and is read as a text", n->text));
        return pg_val(TC_TEXT, get, true);
    }
}
