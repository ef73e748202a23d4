/* Every name and type in the target, decided once for DDL, load and check. The rule for names is in names.h. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "schema/ddl_internal.h"

/* Columns that every table has already. */
static const char *const pg_system_columns[] = {"ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"};
static const char *const og_system_columns[] = {"xc_node_id", "tablebucketid", "gs_tuple_uid"};

static char *fold(struct arena *a, const char *name, bool lower) {
    char *out = arena_strdup(a, name);
    for (char *p = out; lower && *p != '\0'; p++) {
        *p = (char)tolower((unsigned char)*p); /* ASCII only: what unquoted names go through in the target */
    }
    return out;
}

/* Which generated columns the target computes itself; the others become plain columns that are loaded. An expression
 * may use only columns that are not computed, and MySQL lets it use only earlier generated ones: one pass in order. */
static void decide_generated(struct arena *a, bool mariadb, struct table *t, const struct ddl_options *o) {
    for (size_t i = 0; i < t->ncolumns; i++) {
        t->columns[i].loaded = t->columns[i].generated == GENERATED_NO;
    }
    for (size_t i = 0; i < t->ncolumns; i++) {
        struct column *c = &t->columns[i];
        struct expr_use use = {.mariadb = mariadb, .must_be_immutable = true, .assigned_to = c};
        char *expr, *why;
        if (c->generated != GENERATED_NO &&
            (c->generation_expr == NULL || !ddl_expr(a, o->types.dialect, t, c->generation_expr, use, &expr, &why))) {
            c->loaded = true;
        }
    }
    for (size_t i = 0; i < t->ncolumns; i++) {
        struct column *c = &t->columns[i];
        char *expr, *why;
        if (!c->loaded && !ddl_generated_expr(a, o, mariadb, t, c, &expr, &why)) {
            c->loaded = true;
        }
    }
}

static bool resolve_columns(struct arena *a, bool mariadb, struct table *t, const struct ddl_options *o,
                            struct err *e) {
    bool opengauss = dialect_is_opengauss(o->types.dialect);
    struct name_set names;
    name_set_init(&names, a, opengauss); /* openGauss B matches columns without case: treat all of openGauss so */
    for (size_t i = 0; i < sizeof pg_system_columns / sizeof pg_system_columns[0]; i++) {
        name_set_take(&names, pg_system_columns[i]);
    }
    for (size_t i = 0; opengauss && i < sizeof og_system_columns / sizeof og_system_columns[0]; i++) {
        name_set_take(&names, og_system_columns[i]);
    }
    for (size_t i = 0; i < t->ncolumns; i++) {
        struct column *c = &t->columns[i];
        c->target_name = name_claim(a, &names, NULL, c->name, t->target_name);
        c->loaded = true;
        if (!typemap_resolve(a, &o->types, t->name, c->name, &c->type, &c->target, e)) {
            return err_where(e, "table %s.%s: column %s", t->schema, t->name, c->name);
        }
    }
    decide_generated(a, mariadb, t, o);
    return true;
}

/* Names in two rounds: first everybody keeps the own name where it is free, then the others get a new one, so that a new
 * name never takes an own one. */
struct namer {
    struct arena *a;
    struct name_set relations, constraints;
    enum dialect dialect;
    bool first; /* round */
};

static void give_name(struct namer *n, char **target, const char *name, const char *table, struct name_set *s,
                      struct name_set *also) {
    char *own = name_cut(n->a, name);
    bool is_free = !name_set_has(s, own) && (also == NULL || !name_set_has(also, own));
    if (*target == NULL && (is_free || !n->first)) {
        *target = name_claim(n->a, s, also, name, table);
    }
}

static void name_primary(struct namer *n, struct table *t) {
    for (size_t i = 0; i < t->nindexes; i++) {
        if (t->indexes[i].kind == INDEX_PRIMARY) {
            char *name = arena_printf(n->a, "%s_pkey", t->target_name);
            t->indexes[i].target_name = name_claim(n->a, &n->relations, &n->constraints, name, t->target_name);
        }
    }
}

static void name_objects(struct namer *n, struct table *t) {
    for (size_t i = 0; i < t->nindexes; i++) {
        struct index *x = &t->indexes[i];
        /* openGauss B may have to write a unique key as a constraint (see ddl_choose_inline_key). */
        bool constraint = n->dialect == DIALECT_OG_B && x->kind == INDEX_UNIQUE;
        give_name(n, &x->target_name, x->name, t->target_name, &n->relations, constraint ? &n->constraints : NULL);
    }
    for (size_t i = 0; i < t->nchecks; i++) {
        give_name(n, &t->checks[i].target_name, t->checks[i].name, t->target_name, &n->constraints, NULL);
    }
    for (size_t i = 0; i < t->nfks; i++) {
        give_name(n, &t->fks[i].target_name, t->fks[i].name, t->target_name, &n->constraints, NULL);
    }
}

/* A model may be resolved again, with other options. */
static void forget_names(struct table *t) {
    t->target_name = NULL;
    for (size_t i = 0; i < t->nindexes; i++) {
        t->indexes[i].target_name = NULL;
    }
    for (size_t i = 0; i < t->nchecks; i++) {
        t->checks[i].target_name = NULL;
    }
    for (size_t i = 0; i < t->nfks; i++) {
        t->fks[i].target_name = NULL;
    }
}

static bool lower_names(const struct database *d, const struct ddl_options *o) {
    return o->lower_names || d->lower_case_table_names != 0;
}

char *schema_target_schema(struct arena *a, const struct database *d, const struct ddl_options *o) {
    return name_cut(a, o->target_schema != NULL ? o->target_schema : fold(a, d->name, lower_names(d, o)));
}

/* openGauss B would give an index another name in silence, the others refuse it. Own tables' indexes are this task's, made before. */
static void take_indexes(struct namer *n, const struct ddl_options *o) {
    for (size_t i = 0; i < o->nindexes; i++) { /* relations: names of tables, which no index there has */
        if (!name_set_has(&n->relations, o->indexes[i].table)) {
            name_set_take(&n->relations, o->indexes[i].name);
        }
    }
}

bool schema_resolve(struct arena *a, struct database *d, const struct ddl_options *o, struct err *e) {
    bool lower = lower_names(d, o);
    char *schema = schema_target_schema(a, d, o);
    struct namer n = {.a = a, .dialect = o->types.dialect};
    name_set_init(&n.relations, a, false);
    name_set_init(&n.constraints, a, false);
    for (size_t i = 0; i < d->ntables; i++) {
        forget_names(&d->tables[i]);
        d->tables[i].target_schema = schema;
    }
    for (int round = 0; round < 2; round++) {
        n.first = round == 0;
        for (size_t i = 0; i < d->ntables; i++) {
            struct table *t = &d->tables[i];
            give_name(&n, &t->target_name, fold(a, t->name, lower), t->name, &n.relations, NULL);
        }
    }
    take_indexes(&n, o);
    for (size_t i = 0; i < d->ntables; i++) {
        if (!resolve_columns(a, d->is_mariadb, &d->tables[i], o, e)) {
            return false;
        }
        name_primary(&n, &d->tables[i]);
    }
    for (int round = 0; round < 2; round++) {
        n.first = round == 0;
        for (size_t i = 0; i < d->ntables; i++) {
            name_objects(&n, &d->tables[i]);
        }
    }
    return true;
}
