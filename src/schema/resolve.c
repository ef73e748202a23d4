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

static void resolve_index(struct arena *a, const struct table *t, struct index *x, enum dialect dialect,
                          struct name_set *relations, struct name_set *constraints) {
    if (x->kind == INDEX_PRIMARY) {
        x->target_name =
            name_claim(a, relations, constraints, arena_printf(a, "%s_pkey", t->target_name), t->target_name);
        return;
    }
    /* openGauss B may have to write a unique key as a constraint (see ddl_choose_inline_key). */
    bool constraint = dialect == DIALECT_OG_B && x->kind == INDEX_UNIQUE;
    x->target_name = name_claim(a, relations, constraint ? constraints : NULL, x->name, t->target_name);
}

/* Primary keys of all tables come first, so that an ordinary index never takes a name like orders_pkey. */
static void resolve_indexes(struct arena *a, struct database *d, enum dialect dialect, bool primary,
                            struct name_set *relations, struct name_set *constraints) {
    for (size_t i = 0; i < d->ntables; i++) {
        const struct table *t = &d->tables[i];
        for (size_t k = 0; k < t->nindexes; k++) {
            if ((t->indexes[k].kind == INDEX_PRIMARY) == primary) {
                resolve_index(a, t, &t->indexes[k], dialect, relations, constraints);
            }
        }
    }
}

bool schema_resolve(struct arena *a, struct database *d, const struct ddl_options *o, struct err *e) {
    bool lower = o->lower_names || d->lower_case_table_names != 0;
    char *schema = o->target_schema != NULL ? arena_strdup(a, o->target_schema) : fold(a, d->name, lower);
    schema = name_cut(a, schema);
    struct name_set relations, constraints;
    name_set_init(&relations, a, false);
    name_set_init(&constraints, a, false);
    for (size_t i = 0; i < d->ntables; i++) {
        struct table *t = &d->tables[i];
        t->target_schema = schema;
        t->target_name = name_claim(a, &relations, NULL, fold(a, t->name, lower), t->name);
    }
    for (size_t i = 0; i < d->ntables; i++) {
        if (!resolve_columns(a, d->is_mariadb, &d->tables[i], o, e)) {
            return false;
        }
    }
    resolve_indexes(a, d, o->types.dialect, true, &relations, &constraints);
    resolve_indexes(a, d, o->types.dialect, false, &relations, &constraints);
    for (size_t i = 0; i < d->ntables; i++) {
        struct table *t = &d->tables[i];
        for (size_t k = 0; k < t->nchecks; k++) {
            t->checks[k].target_name = name_claim(a, &constraints, NULL, t->checks[k].name, t->target_name);
        }
        for (size_t k = 0; k < t->nfks; k++) {
            t->fks[k].target_name = name_claim(a, &constraints, NULL, t->fks[k].name, t->target_name);
        }
    }
    return true;
}
