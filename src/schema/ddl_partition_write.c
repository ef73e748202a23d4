/* Writes partitions: PostgreSQL's PARTITION OF tables, openGauss's list inside CREATE TABLE. */
#include "schema/ddl_partition_internal.h"

static const char *split_word(const struct split *s) {
    return s->kind == SPLIT_RANGE ? "RANGE" : s->kind == SPLIT_LIST ? "LIST" : "HASH";
}

static char *key_list(struct arena *a, const struct split *s) {
    struct text t = {.a = a};
    for (size_t i = 0; i < s->nkeys; i++) {
        text_add(&t, "%s%s", i > 0 ? ", " : "", s->keys[i]);
    }
    return t.s;
}

static const char *bound_text(const struct bound *b) {
    switch (b->kind) {
    case BOUND_VALUE:
        return b->sql;
    case BOUND_NULL:
        return "NULL";
    case BOUND_MAX:
        return "MAXVALUE";
    case BOUND_DEFAULT:
        return "DEFAULT";
    }
    return "?";
}

/* Of a list on openGauss without its NULL, whose place is the partition for the rest. */
static char *bound_list(struct arena *a, const struct split_part *p, bool without_null) {
    struct text t = {.a = a};
    for (size_t i = 0; i < p->n; i++) {
        if (!without_null || p->bounds[i].kind != BOUND_NULL) {
            text_add(&t, "%s%s", t.len > 0 ? ", " : "", bound_text(&p->bounds[i]));
        }
    }
    return t.s;
}

/* ---- PostgreSQL ---- */

static char *partition_table(struct ddl_ctx *x, const char *partition) {
    char *wanted = arena_printf(x->a, "%s_%s", x->t->target_name, partition);
    char *name = name_claim(x->a, &x->relations, NULL, wanted, x->t->target_name);
    return arena_printf(x->a, "%s.%s", ddl_quote(x, x->t->target_schema), ddl_quote(x, name));
}

static void for_values(struct ddl_ctx *x, struct text *sql, const struct split *s, size_t i) {
    const struct split_part *p = &s->parts[i];
    if (s->kind == SPLIT_LIST) {
        if (p->n == 1 && p->bounds[0].kind == BOUND_DEFAULT) {
            text_add(sql, " DEFAULT");
        } else {
            text_add(sql, " FOR VALUES IN (%s)", bound_list(x->a, p, false));
        }
        return;
    }
    if (i > 0) {
        text_add(sql, " FOR VALUES FROM (%s)", bound_list(x->a, &s->parts[i - 1], false));
    } else {
        text_add(sql, " FOR VALUES FROM (");
        for (size_t k = 0; k < s->nkeys; k++) {
            text_add(sql, "%sMINVALUE", k > 0 ? ", " : "");
        }
        text_add(sql, ")");
    }
    text_add(sql, " TO (%s)", bound_list(x->a, p, false));
}

static char **pg_subpartitions(struct ddl_ctx *x, struct text *sql, const char *parent, const struct partition *from,
                               const struct split *sub) {
    char **names = arena_array(x->a, char *, from->nsub + 1);
    for (size_t i = 0; i < from->nsub; i++) {
        names[i] = partition_table(x, from->sub[i].name);
        text_add(sql, ";\nCREATE TABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS %zu, REMAINDER %zu)", names[i],
                 parent, sub->nparts, i);
    }
    return names;
}

static void pg_partition(struct ddl_ctx *x, struct text *sql, const struct partition_side *side, size_t i) {
    const struct partition *from = &x->t->part.parts[i];
    char *name = partition_table(x, from->name), **subs = NULL;
    size_t before = sql->len;
    text_add(sql, ";\nCREATE TABLE %s PARTITION OF %s", name, x->tq);
    if (side->main.kind == SPLIT_HASH) {
        text_add(sql, " FOR VALUES WITH (MODULUS %zu, REMAINDER %zu)", side->main.nparts, i);
    } else {
        for_values(x, sql, &side->main, i);
    }
    if (side->sub != NULL) {
        text_add(sql, " PARTITION BY HASH (%s)", key_list(x->a, side->sub));
        subs = pg_subpartitions(x, sql, name, from, side->sub);
    }
    if (from->comment != NULL && from->comment[0] != '\0') {
        text_add(sql, ";\nCOMMENT ON TABLE %s IS %s", name, str_literal_pg(x->a, from->comment));
    }
    if (x->parts != NULL) {
        x->parts->partitions[i] = name;
        x->parts->subpartitions[i] = subs;
        x->parts->partition_sql[i] = arena_strdup(x->a, sql->s + before + 2);
    }
}

void ddl_partition_tables(struct ddl_ctx *x, struct text *sql) {
    if (!x->part.on || x->dialect != DIALECT_PG) {
        return;
    }
    if (x->parts != NULL) {
        x->parts->partitions = arena_array(x->a, char *, x->t->part.n + 1);
        x->parts->partition_sql = arena_array(x->a, char *, x->t->part.n + 1);
        x->parts->subpartitions = arena_array(x->a, char **, x->t->part.n + 1);
    }
    for (size_t i = 0; i < x->t->part.n; i++) {
        pg_partition(x, sql, x->part.side, i);
    }
    if (x->part.side->main.rest) {
        char *rest = partition_table(x, "default");
        if (x->parts != NULL) {
            x->parts->scheme = arena_printf(x->a, "%s DEFAULT", x->parts->scheme);
            x->parts->rest = rest;
        }
        text_add(sql, ";\nCREATE TABLE %s PARTITION OF %s DEFAULT", rest, x->tq);
    }
}

/* ---- openGauss ---- */

static char *rest_name(struct ddl_ctx *x) {
    char *name = arena_strdup(x->a, "prest");
    for (size_t i = 0; i < x->t->part.n; i++) {
        if (str_ieq(name, x->t->part.parts[i].name)) {
            name = arena_printf(x->a, "%s_", name);
            i = (size_t)-1; /* look again from the first */
        }
    }
    return ddl_quote(x, name);
}

static void og_parts(struct ddl_ctx *x, struct text *sql, const struct split *s) {
    text_add(sql, " (");
    size_t n = 0;
    for (size_t i = 0; i < s->nparts; i++) {
        const struct split_part *p = &s->parts[i];
        char *name = ddl_quote(x, name_cut(x->a, p->from->name)), *values = bound_list(x->a, p, s->kind == SPLIT_LIST);
        if (values == NULL) { /* NULL alone: the partition for the rest takes it */
            continue;
        }
        const char *word = s->kind == SPLIT_RANGE                                             ? "VALUES LESS THAN"
                           : x->dialect == DIALECT_OG_B && p->bounds[0].kind != BOUND_DEFAULT ? "VALUES IN"
                                                                                              : "VALUES";
        text_add(sql, "%s\n  PARTITION %s %s (%s)", n++ > 0 ? "," : "", name, word, values);
    }
    if (s->rest) {
        text_add(sql, "%s\n  PARTITION %s ", n > 0 ? "," : "", rest_name(x));
        if (s->kind == SPLIT_LIST) {
            text_add(sql, "VALUES (DEFAULT)");
        } else {
            text_add(sql, "VALUES LESS THAN (");
            for (size_t k = 0; k < s->nkeys; k++) {
                text_add(sql, "%sMAXVALUE", k > 0 ? ", " : "");
            }
            text_add(sql, ")");
        }
    }
    text_add(sql, "\n)");
}

void ddl_partition_clause(struct ddl_ctx *x, struct text *sql) {
    if (!x->part.on) {
        return;
    }
    const struct split *s = &x->part.side->main, *sub = x->part.side->sub;
    if (x->dialect == DIALECT_PG) {
        text_add(sql, " PARTITION BY %s (%s)", split_word(s), key_list(x->a, s));
        return;
    }
    /* Several columns have a word of their own in B; PG and A databases take them without. */
    const char *several = x->dialect == DIALECT_OG_B && s->kind == SPLIT_RANGE && s->nkeys > 1 ? " COLUMNS" : "";
    text_add(sql, "\nPARTITION BY %s%s (%s)", split_word(s), several, key_list(x->a, s));
    if (sub != NULL) {
        text_add(sql, " SUBPARTITION BY HASH (%s) SUBPARTITIONS %zu", key_list(x->a, sub), sub->nparts);
    }
    if (s->kind == SPLIT_HASH) {
        text_add(sql, " PARTITIONS %zu", s->nparts);
    } else {
        og_parts(x, sql, s);
    }
}
