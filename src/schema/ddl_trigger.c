/* ON UPDATE CURRENT_TIMESTAMP where the dialect has no clause for it: one function and one trigger a table. */
#include "schema/ddl_internal.h"

bool ddl_needs_trigger(const struct ddl_ctx *x, const struct column *c) {
    return c->on_update != NULL && x->dialect != DIALECT_OG_B;
}

static char *function_name(struct arena *a, const struct table *t) {
    return name_cut(a, arena_printf(a, "%s_on_update", t->target_name));
}

char *ddl_trigger_function(struct arena *a, const struct table *t) {
    return arena_printf(a, "%s.%s", str_quote_pg(a, t->target_schema), str_quote_pg(a, function_name(a, t)));
}

/* ROW(NEW."a", ..): every column that a statement can set. Generated ones are not computed yet in a BEFORE trigger, and
 * json has no comparison of its own. */
static char *row_of(struct ddl_ctx *x, const char *which) {
    struct text t = {.a = x->a};
    text_add(&t, "ROW(");
    size_t n = 0;
    for (size_t i = 0; i < x->t->ncolumns; i++) {
        const struct column *c = &x->t->columns[i];
        if (c->loaded) {
            text_add(&t, "%s%s.%s%s", n++ > 0 ? ", " : "", which, ddl_quote(x, c->target_name),
                     str_eq(c->target.ddl, "json") ? "::text" : "");
        }
    }
    text_add(&t, ")");
    return t.s;
}

void ddl_triggers(struct ddl_ctx *x) {
    struct text body = {.a = x->a};
    for (size_t i = 0; i < x->t->ncolumns; i++) {
        const struct column *c = &x->t->columns[i];
        if (ddl_needs_trigger(x, c)) {
            char *name = ddl_quote(x, c->target_name);
            text_add(&body, "    IF NEW.%s IS NOT DISTINCT FROM OLD.%s THEN\n      NEW.%s := %s;\n    END IF;\n", name,
                     name, name, ddl_now(x, c));
        }
    }
    if (body.len == 0) {
        return;
    }
    bool opengauss = dialect_is_opengauss(x->dialect);
    char *function = ddl_trigger_function(x->a, x->t);
    struct text sql = {.a = x->a};
    text_add(&sql, "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $body$\nBEGIN\n", function);
    /* Changes that are followed from the source bring the column's value along. */
    text_add(&sql,
             "  IF current_setting('application_name') <> '" FOLLOW_APPLICATION_NAME
             "' AND %s IS DISTINCT FROM %s THEN\n%s  END IF;\n  RETURN NEW;\nEND\n$body$;\n",
             row_of(x, "NEW"), row_of(x, "OLD"), body.s);
    text_add(&sql, "CREATE TRIGGER %s BEFORE UPDATE ON %s FOR EACH ROW EXECUTE %s %s()",
             ddl_quote(x, function_name(x->a, x->t)), x->tq, opengauss ? "PROCEDURE" : "FUNCTION", function);
    ddl_add(x, DDL_TRIGGER, ddl_object(x, "trigger of", NULL), 1, sql.s);
    ddl_note(x, false, ddl_object(x, "table", NULL),
             opengauss && str_eq(x->t->target_schema, "public")
                 ? "the target has no ON UPDATE CURRENT_TIMESTAMP, and only a system administrator may create "
                   "functions in schema public"
                 : "the target has no ON UPDATE CURRENT_TIMESTAMP",
             "a trigger sets the column when a row changes; an UPDATE that sets it to the value it has cannot be told "
             "from one that does not set it");
}
