/* Foreign keys: added without a look at the rows, then validated, so that the two can be timed and repaired apart. */
#include "schema/ddl_internal.h"

static void left_out(struct ddl_ctx *x, const struct foreign_key *k, const char *reason) {
    ddl_note(x, true, ddl_object(x, "foreign key", k->name), reason,
             "left out: the target does not guard this reference");
}

static char *own_columns(struct ddl_ctx *x, const struct foreign_key *k) {
    struct text t = {.a = x->a};
    for (size_t i = 0; i < k->n; i++) {
        text_add(&t, "%s%s", i > 0 ? ", " : "", ddl_quote(x, k->columns[i]->target_name));
    }
    return t.s;
}

static char *other_columns(struct ddl_ctx *x, const struct foreign_key *k, const struct table *to) {
    struct text t = {.a = x->a};
    for (size_t i = 0; i < k->n; i++) {
        text_add(&t, "%s%s", i > 0 ? ", " : "", ddl_quote(x, schema_find_column(to, k->ref_columns[i])->target_name));
    }
    return t.s;
}

static const char *action(const char *rule) {
    static const char *const known[] = {"CASCADE", "SET NULL", "RESTRICT", "SET DEFAULT"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (str_ieq(rule, known[i])) {
            return known[i];
        }
    }
    return "NO ACTION";
}

static void foreign_key(struct ddl_ctx *x, const struct foreign_key *k) {
    if (k->n == 0 || k->ref_table == NULL) {
        left_out(x, k, "the source does not tell its columns");
        return;
    }
    bool same_schema =
        str_eq(k->ref_schema, x->d->name) || (x->d->lower_case_table_names != 0 && str_ieq(k->ref_schema, x->d->name));
    const struct table *to = same_schema ? schema_find_table(x->d, k->ref_table) : NULL;
    if (to == NULL) {
        left_out(
            x, k,
            arena_printf(x->a, "it points at %s.%s, which is not part of this migration", k->ref_schema, k->ref_table));
        return;
    }
    for (size_t i = 0; i < k->n; i++) {
        if (schema_find_column(to, k->ref_columns[i]) == NULL) {
            left_out(x, k, arena_printf(x->a, "%s has no column %s", to->name, k->ref_columns[i]));
            return;
        }
    }
    if (!ddl_key_covers(x, to, k->ref_columns, k->n)) {
        left_out(x, k,
                 arena_printf(x->a,
                              "the columns of %s that it points at are not a unique key, which the target requires",
                              to->name));
        return;
    }
    char *name = ddl_quote(x, k->target_name), *object = ddl_object(x, "foreign key", k->name);
    ddl_add(
        x, DDL_FK, object, (uint32_t)k->n,
        arena_printf(
            x->a,
            "ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (%s) ON DELETE %s ON UPDATE %s NOT VALID",
            x->tq, name, own_columns(x, k), ddl_table_name(x->a, to), other_columns(x, k, to), action(k->on_delete),
            action(k->on_update)));
    ddl_add(x, DDL_FK_VALIDATE, object, (uint32_t)k->n,
            arena_printf(x->a, "ALTER TABLE %s VALIDATE CONSTRAINT %s", x->tq, name));
}

void ddl_foreign_keys(struct ddl_ctx *x) {
    for (size_t i = 0; i < x->t->nfks; i++) {
        x->of = &x->t->fks[i];
        foreign_key(x, &x->t->fks[i]);
    }
    x->of = NULL;
}
