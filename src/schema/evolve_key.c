/* Keys, checks, foreign keys and triggers of tables that change. See evolve_internal.h. */
#include <string.h>

#include "schema/evolve_internal.h"

/* ---- triggers: made anew where they print differently, their function with them ---- */

static bool same_trigger(const struct evolution *v, const struct pair *p) {
    char *from = p->from != NULL ? evolve_sql(v, &v->before, p->from, DDL_TRIGGER, NULL) : NULL;
    char *to = p->to != NULL ? evolve_sql(v, &v->after, p->to, DDL_TRIGGER, NULL) : NULL;
    return str_eq(from, to);
}

void evolve_drop_triggers(struct evolution *v, struct pair *p) {
    char *from = p->from != NULL ? evolve_sql(v, &v->before, p->from, DDL_TRIGGER, NULL) : NULL;
    if (from == NULL || (same_trigger(v, p) && !p->again)) {
        return;
    }
    const char *function = ddl_trigger_function(v->a, p->from), *name = strrchr(function, '.') + 1;
    evolve_add(&v->first, "DROP TRIGGER %s ON %s", name, ddl_table_name(v->a, p->from));
    evolve_add(&v->first, "DROP FUNCTION %s()", function);
}

void evolve_triggers(struct evolution *v, struct pair *p) {
    char *to = p->from != NULL && p->to != NULL ? evolve_sql(v, &v->after, p->to, DDL_TRIGGER, NULL) : NULL;
    if (to != NULL && (!same_trigger(v, p) || p->again)) {
        evolve_add(&v->last, "%s", to);
    }
}

/* ---- keys ---- */

static bool is_constraint(const struct evolution *v, const struct table_parts *parts, const struct index *k) {
    (void)v;
    return k->kind == INDEX_PRIMARY || (k == parts->inline_key && k->kind == INDEX_UNIQUE);
}

/* What there is of a key; NULL: nothing in the target. A primary key may be made in two ways that come to the same. */
static char *print(struct evolution *v, const struct side *s, const struct table *t, const struct table_parts *parts,
                   const struct index *k) {
    char *sql = evolve_sql(v, s, t, DDL_INDEX, k), *primary = evolve_sql(v, s, t, DDL_PRIMARY, k);
    bool here = k == parts->inline_key;
    if (!here && sql == NULL && primary == NULL) {
        return NULL;
    }
    if (!here && primary == NULL) {
        return sql;
    }
    struct text out = {.a = v->a};
    text_add(&out, "%d %s:", k->kind, k->comment != NULL ? k->comment : "");
    for (size_t i = 0; i < k->nparts; i++) {
        text_add(&out, " %s(%u)%d", k->parts[i].column != NULL ? k->parts[i].column->target_name : k->parts[i].expr,
                 k->parts[i].prefix_chars, k->parts[i].descending);
    }
    return out.s;
}

static const struct index *index_was(const struct table *t, const struct index *was) {
    for (size_t i = 0; i < t->nindexes; i++) {
        if (t->indexes[i].was == was) {
            return &t->indexes[i];
        }
    }
    return NULL;
}

static void drop_key(struct evolution *v, const struct pair *p, const struct index *k) {
    const char *name = evolve_quote(v, k->target_name);
    if (is_constraint(v, p->from_parts, k)) {
        evolve_add(&v->drops, "ALTER TABLE %s DROP CONSTRAINT %s", ddl_table_name(v->a, p->from), name);
    } else {
        evolve_add(&v->drops, "DROP INDEX %s.%s", evolve_quote(v, p->from->target_schema), name);
    }
}

static bool create_key(struct evolution *v, const struct pair *p, const struct index *k) {
    if (k == p->to_parts->inline_key) {
        return evolve_no(v, "the key of the AUTO_INCREMENT column of table %s changes", p->to->name);
    }
    static const enum ddl_stage stages[] = {DDL_INDEX, DDL_PRIMARY};
    for (size_t i = 0; i < 2; i++) {
        char *sql = evolve_sql(v, &v->after, p->to, stages[i], k);
        if (sql != NULL) {
            evolve_add(&v->keys, "%s", sql);
        }
    }
    return true;
}

static void rename_key(struct evolution *v, const struct pair *p, const struct index *from, const struct index *to,
                       size_t number) {
    if (str_eq(from->target_name, to->target_name)) {
        return;
    }
    /* Names may be swapped: over one that nobody has. */
    char *between = arena_printf(v->a, "godwit_key_%zu_%zu", (size_t)(p - v->pairs), number);
    const char *schema = evolve_quote(v, p->from->target_schema);
    evolve_add(&v->drops, "ALTER INDEX %s.%s RENAME TO %s", schema, evolve_quote(v, from->target_name),
               evolve_quote(v, between));
    evolve_add(&v->tables, "ALTER INDEX %s.%s RENAME TO %s", schema, evolve_quote(v, between),
               evolve_quote(v, to->target_name));
}

/* Does it hold a column that is made anew? */
static bool loses_column(struct evolution *v, const struct pair *p, const struct index *k) {
    for (size_t i = 0; i < k->nparts; i++) {
        if (evolve_remakes(v, p, k->parts[i].column) || evolve_reads_remade(v, p, k->parts[i].expr)) {
            return true;
        }
    }
    return false;
}

bool evolve_keys(struct evolution *v, struct pair *p) {
    bool ok = true;
    for (size_t i = 0; i < p->from->nindexes; i++) {
        const struct index *from = &p->from->indexes[i], *mid = &p->mid->indexes[i], *to = index_was(p->to, from);
        char *old = print(v, &v->mid, p->mid, p->mid_parts, mid);
        char *new = to != NULL ? print(v, &v->after, p->to, p->to_parts, to) : NULL;
        bool same = str_eq(old, new) && !loses_column(v, p, from);
        if (old != NULL && !same) {
            drop_key(v, p, from);
        } else if (old != NULL && to != NULL) {
            rename_key(v, p, from, to, i);
        }
        if (new != NULL && !same) {
            ok = ok && create_key(v, p, to);
        }
    }
    for (size_t i = 0; ok && i < p->to->nindexes; i++) {
        const struct index *to = &p->to->indexes[i];
        if (to->was == NULL && print(v, &v->after, p->to, p->to_parts, to) != NULL) {
            ok = create_key(v, p, to);
        }
    }
    return ok;
}

/* ---- foreign keys ---- */

static char *reference(const struct evolution *v, const struct side *s, const struct table *t,
                       const struct foreign_key *k) {
    return t != NULL && k != NULL ? evolve_sql(v, s, t, DDL_FK, k) : NULL;
}

static const struct foreign_key *fk_was(const struct table *t, const struct foreign_key *was) {
    for (size_t i = 0; t != NULL && i < t->nfks; i++) {
        if (t->fks[i].was == was) {
            return &t->fks[i];
        }
    }
    return NULL;
}

/* Does it point at a table that goes, or is made again? */
static bool loses_parent(const struct evolution *v, const struct foreign_key *k) {
    for (size_t i = 0; i < v->n; i++) {
        const struct pair *p = &v->pairs[i];
        if (p->from != NULL && (p->to == NULL || p->again) && str_ieq(k->ref_table, p->from->name)) {
            return true;
        }
    }
    return false;
}

static void add_reference(struct evolution *v, const struct pair *p, const struct foreign_key *k) {
    char *sql = evolve_sql(v, &v->after, p->to, DDL_FK, k),
         *check = evolve_sql(v, &v->after, p->to, DDL_FK_VALIDATE, k);
    if (sql != NULL) {
        evolve_add(&v->last, "%s", sql);
        evolve_add(&v->last, "%s", check);
    }
}

bool evolve_references(struct evolution *v, struct pair *p) {
    for (size_t i = 0; p->from != NULL && i < p->from->nfks; i++) {
        const struct foreign_key *from = &p->from->fks[i], *to = fk_was(p->to, from);
        char *old = reference(v, &v->mid, p->mid, &p->mid->fks[i]);
        char *new = reference(v, &v->after, p->to, to);
        bool anew = !str_eq(old, new) || p->again || loses_parent(v, from);
        if (old != NULL && anew) {
            evolve_add(&v->first, "ALTER TABLE %s DROP CONSTRAINT %s", ddl_table_name(v->a, p->from),
                       evolve_quote(v, from->target_name));
        } else if (old != NULL && !str_eq(from->target_name, to->target_name)) {
            evolve_add(&v->tables, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s", ddl_table_name(v->a, p->to),
                       evolve_quote(v, from->target_name), evolve_quote(v, to->target_name));
        }
        if (new != NULL && anew) {
            add_reference(v, p, to);
        }
    }
    for (size_t i = 0; p->to != NULL && i < p->to->nfks; i++) {
        if (p->to->fks[i].was == NULL) {
            add_reference(v, p, &p->to->fks[i]);
        }
    }
    return true;
}

/* ---- checks ---- */

static size_t check_was(const struct table *t, const struct check *was) {
    size_t i = 0;
    while (i < t->nchecks && t->checks[i].was != was) {
        i++;
    }
    return i;
}

void evolve_checks(struct evolution *v, struct pair *p) {
    for (size_t i = 0; i < p->from->nchecks; i++) {
        const struct check *from = &p->from->checks[i];
        size_t at = check_was(p->to, from);
        const char *old = p->mid_parts->checks[i], *new = at < p->to->nchecks ? p->to_parts->checks[at] : NULL;
        bool same = str_eq(old, new) && !evolve_reads_remade(v, p, from->expr);
        if (old != NULL && !same) {
            evolve_add(&v->drops, "ALTER TABLE %s DROP CONSTRAINT %s", ddl_table_name(v->a, p->from),
                       evolve_quote(v, from->target_name));
        } else if (old != NULL && !str_eq(from->target_name, p->to->checks[at].target_name)) {
            evolve_add(&v->tables, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s", ddl_table_name(v->a, p->to),
                       evolve_quote(v, from->target_name), evolve_quote(v, p->to->checks[at].target_name));
        }
        if (new != NULL && !same) {
            evolve_add(&v->keys, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s)", ddl_table_name(v->a, p->to),
                       evolve_quote(v, p->to->checks[at].target_name), new);
        }
    }
    for (size_t i = 0; i < p->to->nchecks; i++) {
        if (p->to->checks[i].was == NULL && p->to_parts->checks[i] != NULL) {
            evolve_add(&v->keys, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s)", ddl_table_name(v->a, p->to),
                       evolve_quote(v, p->to->checks[i].target_name), p->to_parts->checks[i]);
        }
    }
}
