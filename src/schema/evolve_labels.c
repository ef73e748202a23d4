/* ENUM and SET of openGauss B: their labels make a type that belongs to one column, made by CREATE TABLE and ADD COLUMN, and for SET by MODIFY.
 * ALTER COLUMN .. TYPE does not know enum, nor does MODIFY, and neither turns one set into another. No partition depends on such a column: it
 * cannot be a partition key. See evolve_internal.h. */
#include <string.h>
#include <strings.h>

#include "schema/evolve_internal.h"

static bool is_enum(const struct column *c) {
    return str_starts(c->target.ddl, "enum(");
}

bool evolve_has_own_type(const struct evolution *v, const struct column *c) {
    return v->after.x.dialect == DIALECT_OG_B && (is_enum(c) || str_starts(c->target.ddl, "set("));
}

bool evolve_remakes(const struct evolution *v, const struct pair *p, const struct column *from) {
    for (size_t i = 0; from != NULL && i < p->to->ncolumns; i++) {
        const struct column *to = &p->to->columns[i];
        if (to->was == from) {
            return (evolve_has_own_type(v, from) || evolve_has_own_type(v, to)) &&
                   !(str_eq(from->target.ddl, to->target.ddl) && str_eq(from->target.collation, to->target.collation));
        }
    }
    return false;
}

/* MySQL text. Where nothing is quoted a name inside another one counts, too. */
static bool reads(struct evolution *v, const char *expr, const struct column *c) {
    return expr != NULL &&
           strcasestr(expr, strchr(expr, '`') != NULL ? str_quote_mysql(v->a, c->name) : c->name) != NULL;
}

bool evolve_reads_remade(struct evolution *v, const struct pair *p, const char *expr) {
    for (size_t i = 0; i < p->from->ncolumns; i++) {
        if (reads(v, expr, &p->from->columns[i]) && evolve_remakes(v, p, &p->from->columns[i])) {
            return true;
        }
    }
    return false;
}

static bool in_foreign_key(const struct evolution *v, const struct pair *p, const struct column *c) {
    for (size_t i = 0; i < v->before.d->ntables; i++) {
        const struct table *t = &v->before.d->tables[i];
        for (size_t k = 0; k < t->nfks; k++) {
            for (size_t n = 0; n < t->fks[k].n; n++) {
                bool parent = str_ieq(t->fks[k].ref_table, p->from->name) && str_ieq(t->fks[k].ref_columns[n], c->name);
                if (t->fks[k].columns[n] == c || parent) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* A column of the new type takes the place of the old one: behind all others. Rows keep the times that the target would put into them. */
static void replace(struct evolution *v, const struct pair *p, const struct column *to) {
    const char *table = ddl_table_name(v->a, p->to), *name = evolve_quote(v, to->target_name);
    char *fresh = arena_printf(v->a, "godwit_labels_%d", to->ordinal);
    struct text kept = {.a = v->a};
    for (size_t i = 0; i < p->to->ncolumns; i++) {
        const struct column *c = &p->to->columns[i];
        if (c->was != NULL && c->on_update != NULL) {
            const char *time = evolve_quote(v, c->target_name);
            text_add(&kept, ", %s = %s", time, time);
        }
    }
    evolve_add(&v->tables, "ALTER TABLE %s ADD COLUMN %s %s%s%s", table, fresh, to->target.ddl,
               to->target.collation != NULL ? " COLLATE " : "",
               to->target.collation != NULL ? to->target.collation : "");
    evolve_add(&v->tables, "UPDATE %s SET %s = %s::text%s WHERE %s IS NOT NULL", table, fresh, name,
               kept.len > 0 ? kept.s : "", name);
    evolve_add(&v->tables, "ALTER TABLE %s DROP COLUMN %s", table, name);
    evolve_add(&v->tables, "ALTER TABLE %s RENAME COLUMN %s TO %s", table, fresh, name);
    char *value = ddl_default(&v->after.x, to);
    if (value != NULL) {
        evolve_add(&v->tables, "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s", table, name, value);
    }
    if (!to->nullable) {
        evolve_add(&v->tables, "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL", table, name);
    }
    if (to->comment != NULL && to->comment[0] != '\0') {
        evolve_add(&v->tables, "COMMENT ON COLUMN %s.%s IS %s", table, name, str_literal_pg(v->a, to->comment));
    }
}

/* MODIFY says all of the column anew: NOT NULL, default and comment, too. */
static void over_text(struct evolution *v, const struct pair *p, const struct column *mid, const struct column *to) {
    const char *table = ddl_table_name(v->a, p->to), *name = evolve_quote(v, to->target_name);
    if (ddl_default(&v->mid.x, mid) != NULL) {
        evolve_add(&v->tables, "ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", table, name);
    }
    evolve_add(&v->tables, "ALTER TABLE %s ALTER COLUMN %s TYPE text USING %s::text", table, name, name);
    evolve_add(&v->tables, "ALTER TABLE %s MODIFY %s", table, ddl_column(&v->after.x, to));
}

bool evolve_labels(struct evolution *v, const struct pair *p, const struct column *from, const struct column *mid,
                   const struct column *to) {
    if (in_foreign_key(v, p, from)) {
        return evolve_no(v,
                         "the labels or the collation of column %s of table %s change, which a foreign key holds: "
                         "openGauss B has to make the column anew",
                         to->name, p->to->name);
    }
    if (is_enum(to)) {
        replace(v, p, to);
    } else {
        over_text(v, p, mid, to);
    }
    return true;
}
