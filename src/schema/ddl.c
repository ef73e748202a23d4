/* Makes all statements for a database: runs the makers of tables, keys, counters, foreign keys and triggers over the
 * model, then brings what they wrote into stage order. */
#include "schema/ddl.h"

#include <string.h>

#include "base/str.h"
#include "schema/ddl_internal.h"

void text_add(struct text *t, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        BUG("cannot format '%s'", fmt);
    }
    size_t need = t->len + (size_t)n + 1;
    if (need > t->cap) {
        size_t cap = t->cap < 512 ? 512 : t->cap;
        while (cap < need) {
            cap *= 2;
        }
        char *s = arena_alloc(t->a, cap);
        if (t->len > 0) {
            memcpy(s, t->s, t->len);
        }
        t->s = s;
        t->cap = cap;
    }
    vsnprintf(t->s + t->len, (size_t)n + 1, fmt, again);
    va_end(again);
    t->len += (size_t)n;
}

char *ddl_quote(struct ddl_ctx *x, const char *id) {
    return str_quote_pg(x->a, id);
}

char *ddl_table_name(struct arena *a, const struct table *t) {
    return arena_printf(a, "%s.%s", str_quote_pg(a, t->target_schema), str_quote_pg(a, t->target_name));
}

void ddl_add(struct ddl_ctx *x, enum ddl_stage stage, char *object, uint32_t weight, char *sql) {
    struct ddl *out = x->out;
    out->statements = arena_grow(x->a, out->statements, out->n, &x->statements_cap, sizeof *out->statements);
    out->statements[out->n++] = (struct ddl_statement){
        .stage = stage, .table = x->t, .object = object, .sql = sql, .weight = weight, .of = x->of};
}

char *ddl_object(struct ddl_ctx *x, const char *kind, const char *name) {
    if (name == NULL) {
        return arena_printf(x->a, "%s %s.%s", kind, x->t->schema, x->t->name);
    }
    return arena_printf(x->a, "%s %s.%s.%s", kind, x->t->schema, x->t->name, name);
}

void ddl_note(struct ddl_ctx *x, bool changes_meaning, char *object, const char *reason, const char *instead) {
    struct ddl *out = x->out;
    out->findings = arena_grow(x->a, out->findings, out->nfindings, &x->findings_cap, sizeof *out->findings);
    out->findings[out->nfindings++] = (struct ddl_finding){.object = object,
                                                           .reason = arena_strdup(x->a, reason),
                                                           .instead = arena_strdup(x->a, instead),
                                                           .changes_meaning = changes_meaning};
}

const char *ddl_stage_name(enum ddl_stage s) {
    switch (s) {
    case DDL_SCHEMA:
        return "schema";
    case DDL_TABLE:
        return "table";
    case DDL_INDEX:
        return "index";
    case DDL_PRIMARY:
        return "primary key";
    case DDL_COUNTER:
        return "counter";
    case DDL_FK:
        return "foreign key";
    case DDL_FK_VALIDATE:
        return "foreign key check";
    case DDL_TRIGGER:
        return "trigger";
    case DDL_ANALYZE:
        return "analyze";
    }
    return "?";
}

/* Every name schema_resolve has given, so that names made here (partitions, sequences, checks) keep clear of them. */
static void take_names(struct ddl_ctx *x) {
    name_set_init(&x->relations, x->a, false);
    name_set_init(&x->constraints, x->a, false);
    for (size_t i = 0; i < x->d->ntables; i++) {
        const struct table *t = &x->d->tables[i];
        name_set_take(&x->relations, t->target_name);
        for (size_t k = 0; k < t->nindexes; k++) {
            name_set_take(&x->relations, t->indexes[k].target_name);
            if (t->indexes[k].kind == INDEX_PRIMARY) {
                name_set_take(&x->constraints, t->indexes[k].target_name);
            }
        }
        for (size_t k = 0; k < t->nfks; k++) {
            name_set_take(&x->constraints, t->fks[k].target_name);
        }
        for (size_t k = 0; k < t->nchecks; k++) {
            name_set_take(&x->constraints, t->checks[k].target_name);
        }
    }
}

static void make_schema(struct ddl_ctx *x) {
    const char *schema = x->d->ntables > 0 ? x->d->tables[0].target_schema : NULL;
    if (schema != NULL && !str_eq(schema, "public")) { /* public is always there, and often not ours to create */
        ddl_add(x, DDL_SCHEMA, arena_printf(x->a, "schema %s", schema), 1,
                arena_printf(x->a, "CREATE SCHEMA IF NOT EXISTS %s", ddl_quote(x, schema)));
    }
    for (size_t i = 0; i < x->d->ntables; i++) {
        x->t = &x->d->tables[i];
        for (size_t k = 0; k < x->t->ncolumns; k++) {
            const struct column *c = &x->t->columns[k];
            if (c->target.enum_type) {
                struct text sql = {.a = x->a};
                text_add(&sql, "CREATE TYPE %s AS ENUM (", c->target.ddl);
                for (size_t j = 0; j < c->type.nlabels; j++) {
                    text_add(&sql, "%s%s", j > 0 ? ", " : "", str_literal_pg(x->a, c->type.labels[j]));
                }
                text_add(&sql, ")");
                ddl_add(x, DDL_SCHEMA, ddl_object(x, "enum type of", c->name), 1, sql.s);
            }
        }
    }
    x->t = NULL;
}

static void make_table(struct ddl_ctx *x, const struct table *t) {
    x->t = t;
    x->of = NULL;
    x->tq = ddl_table_name(x->a, t);
    x->part = (struct partition_plan){0};
    x->inline_key = NULL;
    ddl_partition_plan(x);
    ddl_choose_inline_key(x);
    ddl_table(x);
    ddl_indexes(x);
    ddl_counter(x);
    ddl_foreign_keys(x);
    ddl_triggers(x);
    ddl_add(x, DDL_ANALYZE, ddl_object(x, "table", NULL), 1, arena_printf(x->a, "ANALYZE %s", x->tq));
    ddl_notes(x);
}

/* Stages in order, and inside a stage the order of making. */
static void sort_by_stage(struct arena *a, struct ddl *out) {
    struct ddl_statement *sorted = arena_array(a, struct ddl_statement, out->n + 1);
    size_t n = 0;
    for (int stage = DDL_SCHEMA; stage <= DDL_ANALYZE; stage++) {
        for (size_t i = 0; i < out->n; i++) {
            if ((int)out->statements[i].stage == stage) {
                sorted[n++] = out->statements[i];
            }
        }
    }
    out->statements = sorted;
}

void ddl_begin(struct ddl_ctx *x, struct arena *a, const struct database *d, const struct ddl_options *o,
               struct ddl *out) {
    *x = (struct ddl_ctx){.a = a, .d = d, .o = o, .dialect = o->types.dialect, .out = out};
    *out = (struct ddl){0};
    take_names(x);
}

static bool make(struct arena *a, const struct database *d, const struct ddl_options *o, struct ddl *out,
                 struct table_parts *parts, struct err *e) {
    struct ddl_ctx x;
    for (size_t i = 0; i < d->ntables; i++) {
        if (d->tables[i].target_name == NULL) {
            return err_set(e, ERR_INTERNAL, "table %s has no name in the target yet", d->tables[i].name);
        }
    }
    ddl_begin(&x, a, d, o, out);
    make_schema(&x);
    for (size_t i = 0; i < d->ntables; i++) {
        x.parts = parts != NULL ? &parts[i] : NULL;
        make_table(&x, &d->tables[i]);
    }
    sort_by_stage(a, out);
    return true;
}

bool ddl_make(struct arena *a, const struct database *d, const struct ddl_options *o, struct ddl *out, struct err *e) {
    return make(a, d, o, out, NULL, e);
}

bool ddl_make_parts(struct arena *a, const struct database *d, const struct ddl_options *o, struct ddl *out,
                    struct table_parts **parts, struct err *e) {
    *parts = arena_array(a, struct table_parts, d->ntables + 1);
    return make(a, d, o, out, *parts, e);
}
