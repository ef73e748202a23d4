/* Partitions of a table that changes. See evolve_internal.h. */
#include <string.h>

#include "schema/evolve_internal.h"

static size_t find(const struct table *t, const char *name) {
    size_t i = 0;
    while (i < t->part.n && !str_ieq(t->part.parts[i].name, name)) {
        i++;
    }
    return i;
}

static bool is_emptied(const struct evolution *v, const struct pair *p, const char *name) {
    for (size_t i = 0; i < v->change->nemptied && v->change->emptied_of == p->to; i++) {
        if (str_ieq(v->change->emptied[i], name)) {
            return true;
        }
    }
    return false;
}

static bool is_gone(const struct evolution *v, const struct pair *p, size_t i) {
    const char *name = p->from->part.parts[i].name;
    return is_emptied(v, p, name) && find(p->to, name) == p->to->part.n;
}

/* Their rows are in one partition of the target each, or cannot be told from others. */
static bool empty(struct evolution *v, const struct pair *p) {
    bool pg = v->after.x.dialect == DIALECT_PG;
    for (size_t i = 0; i < p->from->part.n; i++) {
        const char *name = p->from->part.parts[i].name;
        if (!is_emptied(v, p, name)) {
            continue;
        }
        bool hash = p->from->part.method == PART_HASH || p->from->part.method == PART_KEY;
        if (!p->from_parts->partitioned || hash) {
            return evolve_no(v, "rows of partition %s of table %s go, which are not apart in the target", name,
                             p->from->name);
        }
        const char *verb = is_gone(v, p, i) ? "DROP" : "TRUNCATE";
        if (pg) {
            evolve_add(&v->drops, "%s TABLE %s", verb, p->from_parts->partitions[i]);
        } else {
            evolve_add(&v->drops, "ALTER TABLE %s %s PARTITION %s", ddl_table_name(v->a, p->from), verb,
                       evolve_quote(v, name_cut(v->a, name)));
        }
    }
    return true;
}

/* PostgreSQL: those that stay print the same and come first: the others are made. */
static bool add_the_rest(struct evolution *v, const struct pair *p) {
    size_t k = 0;
    for (size_t i = 0; i < p->mid->part.n; i++) {
        if (is_gone(v, p, i)) {
            continue;
        }
        bool same = k < p->to->part.n && str_eq(p->mid_parts->partition_sql[i], p->to_parts->partition_sql[k]);
        if (!same) {
            return false;
        }
        k++;
    }
    for (; k < p->to->part.n; k++) {
        evolve_add(&v->tables, "%s", p->to_parts->partition_sql[k]);
    }
    return true;
}

/* Quoted names with their schema; number: of this one among the table's. */
static void rename_partition(struct evolution *v, const struct pair *p, int round, size_t number, const char *from,
                             const char *to) {
    if (str_eq(from, to)) {
        return;
    }
    char *between = arena_printf(v->a, "godwit_partition_%zu_%zu", (size_t)(p - v->pairs), number);
    const char *schema = evolve_quote(v, p->from->target_schema);
    if (round == 0) {
        evolve_add(&v->renames, "ALTER TABLE %s RENAME TO %s", from, between);
    } else {
        evolve_add(&v->renames, "ALTER TABLE %s.%s RENAME TO %s", schema, between, strrchr(to, '.') + 1);
    }
}

void evolve_rename_partitions(struct evolution *v, const struct pair *p, int round) {
    const struct table_parts *from = p->from_parts, *to = p->to_parts;
    size_t number = 0;
    if (v->after.x.dialect != DIALECT_PG || !from->partitioned || !to->partitioned) {
        return;
    }
    for (size_t i = 0, at = 0; i < p->from->part.n; i++) {
        if (is_gone(v, p, i)) {
            continue;
        }
        rename_partition(v, p, round, number++, from->partitions[i], to->partitions[at]);
        for (size_t k = 0; from->subpartitions[i] != NULL && k < p->from->part.parts[i].nsub; k++) {
            rename_partition(v, p, round, number++, from->subpartitions[i][k], to->subpartitions[at][k]);
        }
        at++;
    }
    if (from->rest != NULL) {
        rename_partition(v, p, round, number, from->rest, to->rest);
    }
}

static bool same_columns(const struct pair *p) {
    bool same = p->from->ncolumns == p->to->ncolumns;
    for (size_t i = 0; same && i < p->to->ncolumns; i++) {
        const struct column *c = &p->to->columns[i];
        same = c->was != NULL && str_eq(c->was->target.ddl, c->target.ddl) && c->was->loaded == c->loaded;
    }
    return same;
}

/* openGauss renames no table that has subpartitions. */
static bool cannot_be_renamed(const struct evolution *v, const struct pair *p) {
    return dialect_is_opengauss(v->after.x.dialect) && p->from_parts->partitioned &&
           p->from->part.sub_method != PART_NONE && !str_eq(p->from->target_name, p->to->target_name);
}

bool evolve_partitions(struct evolution *v, struct pair *p) {
    bool pg = v->after.x.dialect == DIALECT_PG;
    if (!empty(v, p)) {
        return false;
    }
    if (!p->from_parts->partitioned && !p->to_parts->partitioned) {
        return true;
    }
    bool scheme =
        p->mid_parts->partitioned == p->to_parts->partitioned && str_eq(p->mid_parts->scheme, p->to_parts->scheme);
    bool dropped_only = true; /* openGauss: what is left of it by itself */
    size_t gone = 0;
    for (size_t i = 0; i < p->from->part.n; i++) {
        bool is = is_gone(v, p, i);
        gone += is;
        dropped_only = dropped_only && (is || find(p->to, p->from->part.parts[i].name) < p->to->part.n);
    }
    dropped_only = dropped_only && gone > 0 && p->from->part.n - gone == p->to->part.n;
    bool in_place = !cannot_be_renamed(v, p) && (pg ? scheme && add_the_rest(v, p) : scheme || dropped_only);
    if (in_place) {
        return true;
    }
    if (!same_columns(p)) {
        return evolve_no(v,
                         cannot_be_renamed(v, p)
                             ? "name and columns of table %s, which has subpartitions, change at once"
                             : "partitions and columns of table %s change at once",
                         p->to->name);
    }
    p->again = true;
    return true;
}

/* openGauss B: a type of a column's own is no other table's, and goes with its table. */
static char *kept_columns(struct evolution *v, const struct pair *p) {
    struct text list = {.a = v->a};
    bool own = false;
    for (size_t i = 0; i < p->from->ncolumns; i++) {
        const struct column *c = &p->from->columns[i];
        bool is = evolve_has_own_type(v, c);
        own = own || is;
        if (c->loaded) {
            const char *name = evolve_quote(v, c->target_name);
            text_add(&list, "%s%s", list.len > 0 ? ", " : "", name);
            if (is) {
                text_add(&list, "::text AS %s", name);
            }
        }
    }
    return own ? list.s : arena_strdup(v->a, "*");
}

bool evolve_again(struct evolution *v, struct pair *p) {
    struct text into = {.a = v->a}, from = {.a = v->a};
    for (size_t i = 0; i < p->to->ncolumns; i++) {
        const struct column *c = &p->to->columns[i];
        if (c->loaded) {
            text_add(&into, "%s%s", into.len > 0 ? ", " : "", evolve_quote(v, c->target_name));
            text_add(&from, "%s%s", from.len > 0 ? ", " : "", evolve_quote(v, c->was->target_name));
        }
    }
    char *kept = arena_printf(v->a, "godwit_kept_%zu", (size_t)(p - v->pairs));
    evolve_add(&v->drops, "CREATE TEMPORARY TABLE %s AS SELECT %s FROM %s", kept, kept_columns(v, p),
               ddl_table_name(v->a, p->from));
    evolve_add(&v->drops, "DROP TABLE %s", ddl_table_name(v->a, p->from));
    static const enum ddl_stage behind[] = {DDL_INDEX, DDL_PRIMARY, DDL_COUNTER};
    for (size_t i = 0; i < v->after.ddl.n; i++) {
        const struct ddl_statement *s = &v->after.ddl.statements[i];
        if (s->table == p->to && s->stage == DDL_TABLE) {
            evolve_add(&v->tables, "%s", s->sql);
        }
    }
    evolve_add(&v->tables, "INSERT INTO %s (%s) SELECT %s FROM %s", ddl_table_name(v->a, p->to), into.s, from.s, kept);
    evolve_add(&v->tables, "DROP TABLE %s", kept);
    for (size_t k = 0; k < sizeof behind / sizeof behind[0]; k++) {
        for (size_t i = 0; i < v->after.ddl.n; i++) {
            const struct ddl_statement *s = &v->after.ddl.statements[i];
            if (s->table == p->to && s->stage == behind[k]) {
                evolve_add(&v->keys, "%s", s->sql);
            }
        }
    }
    return true;
}
