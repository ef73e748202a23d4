/* What names mean: relations, columns, aliases of a select list. MySQL's column names have no case. */
#include <string.h>

#include "base/str.h"
#include "sql/pg_query.h"

const char *pgq_cut(struct pg *c, const char *name) {
    size_t n = strlen(name);
    return n <= 63 ? name : arena_strndup(c->a, name, str_utf8_cut(name, n, 63));
}

const char *pgq_qualified(struct pg *c, const char *schema, const char *name) {
    const char *quoted = str_quote_pg(c->a, name);
    return schema == NULL ? quoted : pg_fmt(c, "%s.%s", str_quote_pg(c->a, schema), quoted);
}

static void note_use(const struct pg *c, int kind, const char *schema, const char *name) {
    struct sql_translation *t = c->q->out;
    for (size_t i = 0; i < t->nuses; i++) {
        if ((int)t->uses[i].kind == kind && str_eq(t->uses[i].schema, schema) && str_eq(t->uses[i].name, name)) {
            return;
        }
    }
    struct sql_use *uses = arena_grow(c->a, (void *)t->uses, t->nuses, &t->uses_cap, sizeof *uses);
    uses[t->nuses++] = (struct sql_use){.kind = kind, .schema = schema, .name = name};
    t->uses = uses;
}

const struct sql_table *pgq_table(const struct pg *c, const struct sql_name *name) {
    const struct sql_catalog *k = c->q->o->catalog;
    const char *schema = name->schema != NULL ? name->schema : k->schema;
    for (size_t i = 0; i < k->ntables; i++) {
        if (str_eq(k->tables[i].name, name->name) && str_eq(k->tables[i].schema, schema)) {
            note_use(c, SQL_USE_TABLE, k->tables[i].schema, k->tables[i].name);
            return &k->tables[i];
        }
    }
    for (size_t i = 0; i < k->ntables; i++) { /* lower_case_table_names */
        if (str_ieq(k->tables[i].name, name->name) && str_ieq(k->tables[i].schema, schema)) {
            note_use(c, SQL_USE_TABLE, k->tables[i].schema, k->tables[i].name);
            return &k->tables[i];
        }
    }
    return NULL;
}

const struct sql_routine *pgq_routine(const struct pg *c, const char *schema, const char *name, bool function) {
    const struct sql_catalog *k = c->q->o->catalog;
    schema = schema != NULL ? schema : k->schema;
    for (size_t i = 0; i < k->nroutines; i++) {
        const struct sql_routine *r = &k->routines[i];
        if (r->function == function && str_ieq(r->name, name) && str_ieq(r->schema, schema)) {
            note_use(c, function ? SQL_USE_FUNCTION : SQL_USE_PROCEDURE, r->schema, r->name);
            return r;
        }
    }
    return NULL;
}

void pgq_shape_add(struct pg *c, struct pg_shape *s, const char *name, struct val v) {
    s->cols = arena_grow(c->a, s->cols, s->n, &s->cap, sizeof *s->cols);
    v.lit = NULL;
    v.volatile_ = v.volatile_uuid = false;
    v.atom = true;
    s->cols[s->n++] = (struct pg_col){.name = name, .v = v};
}

struct pg_shape pgq_table_shape(struct pg *c, const struct sql_table *t) {
    struct pg_shape s = {0};
    for (size_t i = 0; i < t->ncolumns; i++) {
        pgq_shape_add(c, &s, t->columns[i].name, (struct val){.col = &t->columns[i]});
        s.cols[s.n - 1].not_null = t->columns[i].not_null;
    }
    return s;
}

struct pg_rel *pgq_add_rel(struct pg *c, struct pg_rel rel) {
    struct pg_scope *s = c->q->scope;
    s->rels = arena_grow(c->a, s->rels, s->n, &s->cap, sizeof *s->rels);
    s->rels[s->n] = rel;
    return &s->rels[s->n++];
}

struct pg_rel *pgq_find_rel(struct pg_scope *s, const char *schema, const char *name) {
    for (int loose = 0; loose < 2; loose++) {
        for (size_t i = 0; i < s->n; i++) {
            struct pg_rel *r = &s->rels[i];
            bool same = loose ? str_ieq(r->name, name) : str_eq(r->name, name);
            if (same && (schema == NULL || r->schema == NULL || str_ieq(r->schema, schema))) {
                return r;
            }
        }
    }
    return NULL;
}

const struct pg_col *pgq_find_col(const struct pg_shape *s, const char *name) {
    for (size_t i = 0; i < s->n; i++) {
        if (str_ieq(s->cols[i].name, name)) {
            return &s->cols[i];
        }
    }
    return NULL;
}

struct val pgq_rel_value(struct pg *c, const struct pg_rel *rel, const struct pg_col *col) {
    struct val v = col->v;
    if (v.text != NULL) { /* a text of its own */
        return v;
    }
    const struct sql_column *k = v.cls == TC_NULL ? v.col : NULL; /* a table's own: everything is known of it */
    const char *name = str_quote_pg(c->a, k != NULL ? k->target_name : pgq_cut(c, col->name));
    const char *text = rel->text == NULL ? name : pg_fmt(c, "%s.%s", rel->text, name);
    if (k != NULL) {
        v = pg_value_of_column(c, k, text);
    } else {
        v.text = text;
    }
    v.not_null = col->not_null && !rel->optional;
    return v;
}

struct val pgq_any_value(struct pg *c, struct val v) {
    pgq_open(c, "which value of a group is taken");
    v.text = pg_fmt(c, "(array_agg(%s))[1]", v.text);
    v.atom = true;
    v.not_null = false;
    return v;
}

static bool is_key(const struct pg_scope *s, const char *text) {
    for (size_t i = 0; i < s->nkeys; i++) {
        if (str_eq(s->keys[i], text)) {
            return true;
        }
    }
    return false;
}

static struct val found(struct pg *c, struct pg_scope *s, const struct pg_rel *rel, const struct pg_col *col) {
    struct val v = pgq_rel_value(c, rel, col);
    if (s->grouped && s->inside == 0 && !rel->determined && !is_key(s, v.text)) {
        return pgq_any_value(c, v);
    }
    return v;
}

/* The expression behind an alias of the select list. */
static bool alias(struct pg *c, struct pg_scope *s, const char *name, struct val *out) {
    for (size_t i = 0; s->select != NULL && i < s->select->nitems; i++) {
        const struct sql_item *item = &s->select->items[i];
        if (item->expr == NULL || item->alias == NULL || !str_ieq(item->alias, name)) {
            continue;
        }
        struct pg_scope *current = c->q->scope;
        enum pg_alias_use use = s->alias_use;
        s->alias_use = PG_ALIAS_NEVER; /* so that an alias does not mean itself */
        c->q->scope = s;
        *out = pgq_expr(c, item->expr);
        c->q->scope = current;
        s->alias_use = use;
        return true;
    }
    return false;
}

struct val pgq_column(struct pg *c, const struct sql_node *n) {
    struct val v;
    if (n->qualifier == NULL && pgq_variable(c, n, &v)) {
        return v;
    }
    for (struct pg_scope *s = c->q->scope; s != NULL; s = s->outer) {
        if (n->qualifier != NULL) {
            const struct pg_rel *rel = pgq_find_rel(s, n->schema, n->qualifier);
            const struct pg_col *col = rel != NULL ? pgq_find_col(&rel->shape, n->name) : NULL;
            if (col != NULL) {
                return found(c, s, rel, col);
            }
            continue;
        }
        if (s->alias_use == PG_ALIAS_FIRST && alias(c, s, n->name, &v)) {
            return v;
        }
        for (size_t i = 0; i < s->n; i++) {
            const struct pg_col *col = pgq_find_col(&s->rels[i].shape, n->name);
            if (col != NULL) {
                return found(c, s, &s->rels[i], col);
            }
        }
        if (s->alias_use == PG_ALIAS_LAST && alias(c, s, n->name, &v)) {
            return v;
        }
    }
    if (n->qualifier != NULL && pgq_variable(c, n, &v)) { /* NEW, OLD */
        return v;
    }
    return n->qualifier != NULL ? pg_fail(c, "the column %.100s.%.100s, which is not known here", n->qualifier, n->name)
                                : pg_fail(c, "the column %.200s, which is not known here", n->name);
}
