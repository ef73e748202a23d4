/* See evolve.h. */
#include "schema/evolve.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "schema/evolve_internal.h"

bool evolve_no(struct evolution *v, const char *fmt, ...) {
    if (v->why == NULL) {
        char text[400];
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        v->why = arena_strdup(v->a, text);
    }
    return false;
}

void evolve_add(struct text *t, const char *fmt, ...) {
    char small[512];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    char *sql = arena_alloc(t->a, (size_t)n + 1);
    vsnprintf(sql, (size_t)n + 1, fmt, again);
    va_end(again);
    text_add(t, "%s%s", t->len > 0 ? ";\n" : "", sql);
}

const char *evolve_quote(struct evolution *v, const char *id) {
    return str_quote_pg(v->a, id);
}

char *evolve_sql(const struct evolution *v, const struct side *s, const struct table *t, enum ddl_stage stage,
                 const void *of) {
    struct text out = {.a = v->a};
    for (size_t i = 0; i < s->ddl.n; i++) {
        const struct ddl_statement *k = &s->ddl.statements[i];
        if (k->table == t && k->stage == stage && k->of == of) {
            text_add(&out, "%s%s", out.len > 0 ? ";\n" : "", k->sql);
        }
    }
    return out.s;
}

/* ---- the models ---- */

/* What a model calls its objects, taken over from what became of them. */
static void take_names(const struct table *to, struct table *mid) {
    mid->target_name = to->target_name;
    mid->target_schema = to->target_schema;
    for (size_t i = 0; i < mid->ncolumns; i++) {
        for (size_t k = 0; k < to->ncolumns; k++) {
            if (to->columns[k].was == mid->columns[i].was) {
                mid->columns[i].target_name = to->columns[k].target_name;
            }
        }
    }
    for (size_t i = 0; i < mid->nindexes; i++) {
        for (size_t k = 0; k < to->nindexes; k++) {
            if (to->indexes[k].was == mid->indexes[i].was) {
                mid->indexes[i].target_name = to->indexes[k].target_name;
            }
        }
    }
    for (size_t i = 0; i < mid->nfks; i++) {
        for (size_t k = 0; k < to->nfks; k++) {
            if (to->fks[k].was == mid->fks[i].was) {
                mid->fks[i].target_name = to->fks[k].target_name;
            }
        }
    }
    for (size_t i = 0; i < mid->nchecks; i++) {
        for (size_t k = 0; k < to->nchecks; k++) {
            if (to->checks[k].was == mid->checks[i].was) {
                mid->checks[i].target_name = to->checks[k].target_name;
            }
        }
    }
}

static bool make_side(struct evolution *v, struct side *s, const struct database *d, struct err *e) {
    struct ddl unused;
    s->d = d;
    ddl_begin(&s->x, v->a, d, v->o, &unused);
    s->x.out = arena_new(v->a, struct ddl);
    *s->x.out = (struct ddl){0};
    return ddl_make_parts(v->a, d, v->o, &s->ddl, &s->parts, e);
}

static const struct table *became(const struct database *after, const struct table *from) {
    for (size_t i = 0; i < after->ntables; i++) {
        if (after->tables[i].was == from) {
            return &after->tables[i];
        }
    }
    return NULL;
}

static bool make_pairs(struct evolution *v, const struct database *before, const struct database *after,
                       struct err *e) {
    struct database *mid = arena_new(v->a, struct database);
    schema_clone(v->a, before, mid);
    for (size_t i = 0; i < before->ntables; i++) {
        const struct table *to = became(after, &before->tables[i]);
        if (to != NULL) {
            take_names(to, &mid->tables[i]);
        }
    }
    if (!make_side(v, &v->before, before, e) || !make_side(v, &v->mid, mid, e) || !make_side(v, &v->after, after, e)) {
        return false;
    }
    v->pairs = arena_array(v->a, struct pair, before->ntables + after->ntables + 1);
    for (size_t i = 0; i < before->ntables; i++) {
        struct pair *p = &v->pairs[v->n++];
        *p = (struct pair){.from = &before->tables[i],
                           .mid = &mid->tables[i],
                           .to = became(after, &before->tables[i]),
                           .from_parts = &v->before.parts[i],
                           .mid_parts = &v->mid.parts[i]};
        p->to_parts = p->to != NULL ? &v->after.parts[p->to - after->tables] : NULL;
    }
    for (size_t i = 0; i < after->ntables; i++) {
        if (after->tables[i].was == NULL) {
            v->pairs[v->n++] = (struct pair){.to = &after->tables[i], .to_parts = &v->after.parts[i]};
        }
    }
    return true;
}

/* ---- whole tables ---- */

static void drop_table(struct evolution *v, const struct pair *p) {
    evolve_add(&v->drops, "DROP TABLE %s", ddl_table_name(v->a, p->from));
    for (size_t i = 0; i < p->from->ncolumns; i++) {
        if (p->from->columns[i].target.enum_type) {
            evolve_add(&v->drops, "DROP TYPE %s", p->from->columns[i].target.ddl);
        }
    }
}

static void create_table(struct evolution *v, const struct pair *p) {
    static const enum ddl_stage stages[] = {DDL_SCHEMA, DDL_TABLE, DDL_INDEX, DDL_PRIMARY, DDL_COUNTER, DDL_TRIGGER};
    for (size_t k = 0; k < sizeof stages / sizeof stages[0]; k++) {
        for (size_t i = 0; i < v->after.ddl.n; i++) {
            const struct ddl_statement *s = &v->after.ddl.statements[i];
            if (s->table == p->to && s->stage == stages[k]) {
                struct text *to = s->stage == DDL_TABLE || s->stage == DDL_SCHEMA ? &v->tables
                                  : s->stage == DDL_TRIGGER                       ? &v->last
                                                                                  : &v->keys;
                evolve_add(to, "%s", s->sql);
            }
        }
    }
}

/* Swaps go over a name that nobody has. */
static void rename_tables(struct evolution *v) {
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < v->n; i++) {
            const struct pair *p = &v->pairs[i];
            if (p->from == NULL || p->to == NULL || p->again) {
                continue;
            }
            evolve_rename_partitions(v, p, round);
            if (str_eq(p->from->target_name, p->to->target_name)) {
                continue;
            }
            const char *schema = evolve_quote(v, p->from->target_schema);
            char *between = arena_printf(v->a, "godwit_renamed_%zu", i);
            evolve_add(&v->renames, "ALTER TABLE %s.%s RENAME TO %s", schema,
                       evolve_quote(v, round == 0 ? p->from->target_name : between),
                       evolve_quote(v, round == 0 ? between : p->to->target_name));
        }
    }
}

/* openGauss refuses ALTER SEQUENCE .. RENAME: another one takes the place of the old one, whose name is free before tables are renamed and made.
 * It comes when its table and column have their names, and counts from where a load would. */
static void replace_sequence(struct evolution *v, const struct pair *p) {
    const char *from = evolve_quote(v, ddl_counter_column(p->from)->target_name),
               *to = evolve_quote(v, ddl_counter_column(p->to)->target_name);
    char *table = ddl_table_name(v->a, p->to), *sequence = p->to_parts->sequence;
    evolve_add(&v->first, "ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", ddl_table_name(v->a, p->from), from);
    evolve_add(&v->first, "DROP SEQUENCE %s", p->from_parts->sequence);
    evolve_add(&v->keys, "CREATE SEQUENCE %s", sequence);
    evolve_add(&v->keys, "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT nextval(%s)", table, to,
               str_literal_pg(v->a, sequence));
    evolve_add(&v->keys, "ALTER SEQUENCE %s OWNED BY %s.%s", sequence, table, to);
    evolve_add(&v->keys, "%s", evolve_sql(v, &v->after, p->to, DDL_COUNTER, NULL));
}

static void rename_sequences(struct evolution *v) {
    for (size_t i = 0; i < v->n; i++) {
        const struct pair *p = &v->pairs[i];
        bool both = p->from != NULL && p->to != NULL && !p->again && p->from_parts->sequence != NULL &&
                    p->to_parts->sequence != NULL;
        if (!both || str_eq(p->from_parts->sequence, p->to_parts->sequence)) {
            continue;
        }
        if (dialect_is_opengauss(v->after.x.dialect)) {
            replace_sequence(v, p);
            continue;
        }
        char *between = arena_printf(v->a, "godwit_sequence_%zu", i); /* names may be swapped */
        const char *schema = evolve_quote(v, p->to->target_schema);
        evolve_add(&v->first, "ALTER SEQUENCE %s RENAME TO %s", p->from_parts->sequence, between);
        evolve_add(&v->renames, "ALTER SEQUENCE %s.%s RENAME TO %s", schema, between,
                   p->to_parts->sequence + strlen(schema) + 1);
    }
}

static void table_comment(struct evolution *v, const struct pair *p) {
    const char *from = p->from->comment != NULL ? p->from->comment : "",
               *to = p->to->comment != NULL ? p->to->comment : "";
    if (!str_eq(from, to)) {
        evolve_add(&v->tables, "COMMENT ON TABLE %s IS %s", ddl_table_name(v->a, p->to), str_literal_pg(v->a, to));
    }
}

static bool change_table(struct evolution *v, struct pair *p) {
    if (!evolve_partitions(v, p)) {
        return false;
    }
    if (p->again) {
        return true;
    }
    table_comment(v, p);
    evolve_checks(v, p); /* a column that goes takes its keys with it: those go first, by their names */
    return evolve_keys(v, p) && evolve_columns(v, p);
}

/* ---- all ---- */

static bool evolve(struct evolution *v) {
    for (size_t i = 0; i < v->n; i++) {
        struct pair *p = &v->pairs[i];
        if (p->from != NULL && p->to != NULL && !change_table(v, p)) {
            return false;
        }
    }
    for (size_t i = 0; i < v->n; i++) {
        struct pair *p = &v->pairs[i];
        evolve_drop_triggers(v, p);
        if (!evolve_references(v, p)) {
            return false;
        }
        if (p->to == NULL) {
            drop_table(v, p);
        } else if (p->from == NULL) {
            create_table(v, p);
        } else if (p->again && !evolve_again(v, p)) {
            return false;
        }
    }
    rename_tables(v);
    rename_sequences(v);
    for (size_t i = 0; i < v->n; i++) {
        evolve_triggers(v, &v->pairs[i]);
    }
    return true;
}

bool schema_evolve(struct arena *a, const struct database *before, struct schema_change *change,
                   const struct ddl_options *o, const struct evolve_moment *when, char **sql, struct err *e) {
    struct evolution v = {.a = a, .o = o, .when = when, .change = change};
    struct text *parts[] = {&v.first, &v.drops, &v.renames, &v.tables, &v.keys, &v.last};
    struct text all = {.a = a};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        parts[i]->a = a;
    }
    if (!schema_resolve(a, &change->after, o, e) || !make_pairs(&v, before, &change->after, e)) {
        return false;
    }
    if (!evolve(&v)) {
        return err_set(e, ERR_SOURCE_STATEMENT, "%s", v.why != NULL ? v.why : "it cannot be translated");
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i]->len > 0) {
            evolve_add(&all, "%s", parts[i]->s);
        }
    }
    *sql = all.len > 0 ? all.s : arena_strdup(a, "");
    return true;
}
