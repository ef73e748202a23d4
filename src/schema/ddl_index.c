/* Primary keys and indexes: prefixes, expressions, descending parts, full text, and what a dialect cannot have.
 * All are built after the load, but for the key that AUTO_INCREMENT needs in openGauss B. */
#include <string.h>

#include "schema/ddl_internal.h"

enum { OG_PREFIX_MAX = 2676 }; /* openGauss's own limit for col(n) in an index */

static bool is_unique(const struct index *k) {
    return k->kind == INDEX_PRIMARY || k->kind == INDEX_UNIQUE;
}

static bool whole_columns(const struct index *k) {
    for (size_t i = 0; i < k->nparts; i++) {
        if (k->parts[i].column == NULL || k->parts[i].prefix_chars != 0) {
            return false;
        }
    }
    return k->nparts > 0;
}

static char *index_object(struct ddl_ctx *x, const struct index *k) {
    return k->kind == INDEX_PRIMARY ? ddl_object(x, "primary key", NULL) : ddl_object(x, "index", k->name);
}

/* "a", "b" DESC: a key of whole columns. */
static char *column_names(struct ddl_ctx *x, const struct index *k, bool directions) {
    struct text t = {.a = x->a};
    for (size_t i = 0; i < k->nparts; i++) {
        text_add(&t, "%s%s%s", i > 0 ? ", " : "", ddl_quote(x, k->parts[i].column->target_name),
                 directions && k->parts[i].descending ? " DESC" : "");
    }
    return t.s;
}

/* ---- the key inside CREATE TABLE ---- */

/* openGauss B: "auto_increment column must be defined as a key", and it must lead it. The primary key does, or a unique
 * key, or a plain one; that one is written into CREATE TABLE and not made again later. */
void ddl_choose_inline_key(struct ddl_ctx *x) {
    const struct column *c = ddl_counter_column(x->t);
    if (x->dialect != DIALECT_OG_B || c == NULL) {
        return;
    }
    static const enum index_kind order[] = {INDEX_PRIMARY, INDEX_UNIQUE, INDEX_PLAIN};
    for (size_t o = 0; o < sizeof order / sizeof order[0]; o++) {
        for (size_t i = 0; i < x->t->nindexes; i++) {
            const struct index *k = &x->t->indexes[i];
            if (k->kind == order[o] && whole_columns(k) && k->parts[0].column == c && !k->invisible) {
                x->inline_key = k;
                return;
            }
        }
    }
}

char *ddl_inline_key(struct ddl_ctx *x) {
    const struct column *c = ddl_counter_column(x->t);
    const struct index *k = x->inline_key;
    if (x->dialect != DIALECT_OG_B || c == NULL) {
        return NULL;
    }
    if (k == NULL) { /* MyISAM lets the column stand anywhere in a key */
        char *wanted = arena_printf(x->a, "%s_%s_idx", x->t->target_name, c->target_name);
        char *name = name_claim(x->a, &x->relations, NULL, wanted, x->t->target_name);
        ddl_note(x, false, ddl_object(x, "column", c->name), "AUTO_INCREMENT must lead a key in the target",
                 arena_printf(x->a, "index %s is added", name));
        return arena_printf(x->a, "KEY %s (%s)", ddl_quote(x, name), ddl_quote(x, c->target_name));
    }
    char *name = ddl_quote(x, k->target_name);
    switch (k->kind) {
    case INDEX_PRIMARY:
        return arena_printf(x->a, "CONSTRAINT %s PRIMARY KEY (%s)", name, column_names(x, k, false));
    case INDEX_UNIQUE:
        return arena_printf(x->a, "CONSTRAINT %s UNIQUE (%s)", name, column_names(x, k, false));
    default:
        return arena_printf(x->a, "KEY %s (%s)", name, column_names(x, k, true));
    }
}

/* ---- parts ---- */

static bool prefix_part(struct ddl_ctx *x, const struct index *k, const struct index_part *p, char **out, char **why) {
    const struct column *c = p->column;
    char *name = ddl_quote(x, c->target_name);
    bool bytes = c->target.kind == TK_BYTEA || c->target.kind == TK_BLOB;
    /* binary(n), varbinary(n) of openGauss B: no col(n), and functions know bytea alone */
    bool sized = c->target.kind == TK_BYTEA && !str_ieq(c->target.ddl, "bytea");
    if (c->target.kind != TK_TEXT && !bytes) {
        *why = arena_printf(x->a, "a prefix of %s, which is %s in the target", c->name, c->target.ddl);
        return false;
    }
    if (ddl_is_json(c)) {
        *why = arena_printf(x->a, "a prefix of the JSON column %s", c->name);
        return false;
    }
    if (sized && !is_unique(k) && c->type.length_chars <= OG_PREFIX_MAX) {
        *out = name; /* the whole, which finds the same rows */
    } else if (sized) {
        *out = arena_printf(x->a, "(substring(%s::bytea from 1 for %u))", name, p->prefix_chars);
    } else if (dialect_is_opengauss(x->dialect) && p->prefix_chars <= OG_PREFIX_MAX) {
        *out = arena_printf(x->a, "%s(%u)", name, p->prefix_chars);
    } else if (bytes) {
        *out = arena_printf(x->a, "(substring(%s from 1 for %u))", name, p->prefix_chars);
    } else {
        *out = arena_printf(x->a, "(left(%s, %u))", name, p->prefix_chars);
    }
    return true;
}

static bool expr_part(struct ddl_ctx *x, const struct index_part *p, char **out, char **why) {
    size_t n = strlen(p->expr);
    if (n >= 7 && (str_ieq(p->expr + n - 7, " array)"))) {
        *why = arena_strdup(x->a, "a multi-valued index over a JSON array");
        return false;
    }
    struct expr_use use = {.mariadb = x->d->is_mariadb, .must_be_immutable = true};
    char *reason;
    if (!ddl_expr(x->a, x->dialect, x->t, p->expr, use, out, &reason)) {
        *why = arena_printf(x->a, "%s: %s", p->expr, reason);
        return false;
    }
    *out = arena_printf(x->a, "(%s)", *out);
    return true;
}

static bool key_parts(struct ddl_ctx *x, const struct index *k, char **out, char **why) {
    struct text t = {.a = x->a};
    for (size_t i = 0; i < k->nparts; i++) {
        const struct index_part *p = &k->parts[i];
        char *part;
        if (p->column == NULL) {
            if (!expr_part(x, p, &part, why)) {
                return false;
            }
        } else if (p->prefix_chars != 0) {
            if (!prefix_part(x, k, p, &part, why)) {
                return false;
            }
        } else if (str_eq(p->column->target.ddl, "json")) {
            *why = arena_printf(x->a, "type json of column %s has no order", p->column->name);
            return false;
        } else {
            part = ddl_quote(x, p->column->target_name);
        }
        text_add(&t, "%s%s%s", i > 0 ? ", " : "", part, p->descending ? " DESC" : "");
    }
    *out = t.s;
    return true;
}

/* ---- full text ---- */

static char *fulltext_parts(struct ddl_ctx *x, const struct index *k) {
    struct text t = {.a = x->a};
    if (x->dialect == DIALECT_PG) {
        for (size_t i = 0; i < k->nparts; i++) {
            text_add(&t, "%scoalesce(%s, '')", i > 0 ? " || ' ' || " : "",
                     ddl_quote(x, k->parts[i].column->target_name));
        }
        return arena_printf(x->a, "to_tsvector('simple', %s)", t.s);
    }
    for (size_t i = 0; i < k->nparts; i++) {
        text_add(&t, "%sto_tsvector('%s', %s)", i > 0 ? ", " : "", x->dialect == DIALECT_OG_B ? "ngram" : "simple",
                 ddl_quote(x, k->parts[i].column->target_name));
    }
    return t.s;
}

/* ---- statements ---- */

static bool has_partition_columns(const struct ddl_ctx *x, const struct index *k) {
    for (size_t i = 0; i < x->part.ncolumns; i++) {
        bool found = false;
        for (size_t p = 0; p < k->nparts && !found; p++) {
            found = k->parts[p].column == x->part.columns[i] && k->parts[p].prefix_chars == 0;
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/* openGauss makes an index of a partitioned table global when its columns are not those of a local one; MySQL's are
 * always local, and dropping a partition disables global ones. */
static const char *locality(const struct ddl_ctx *x, const struct index *k) {
    if (!x->part.on || !dialect_is_opengauss(x->dialect)) {
        return "";
    }
    return !is_unique(k) || (has_partition_columns(x, k) && !x->part.by_expr) ? " LOCAL" : "";
}

static void index_comment(struct ddl_ctx *x, const struct index *k, struct text *sql) {
    if (k->comment != NULL && k->comment[0] != '\0') {
        text_add(sql, ";\nCOMMENT ON INDEX %s.%s IS %s", ddl_quote(x, x->t->target_schema),
                 ddl_quote(x, k->target_name), str_literal_pg(x->a, k->comment));
    }
}

static void make_index(struct ddl_ctx *x, const struct index *k, bool unique) {
    char *parts, *why = NULL;
    bool fulltext = k->kind == INDEX_FULLTEXT;
    if (fulltext) {
        parts = fulltext_parts(x, k);
    } else if (!key_parts(x, k, &parts, &why)) {
        ddl_note(x, is_unique(k), index_object(x, k), why,
                 is_unique(k) ? "left out: the target does not keep these values unique" : "left out");
        return;
    }
    struct text sql = {.a = x->a};
    text_add(&sql, "CREATE %sINDEX %s ON %s%s (%s)%s", unique ? "UNIQUE " : "", ddl_quote(x, k->target_name), x->tq,
             fulltext ? " USING gin" : "", parts, locality(x, k));
    if (k->invisible && x->dialect == DIALECT_OG_B) {
        text_add(&sql, " INVISIBLE");
    } else if (k->invisible) {
        ddl_note(x, false, index_object(x, k), "it is invisible to the source's planner", "a visible index");
    }
    index_comment(x, k, &sql);
    if (fulltext) {
        ddl_note(x, true, index_object(x, k), "MATCH .. AGAINST does not exist in the target",
                 arena_printf(x->a, "a GIN index; query it with %s @@ to_tsquery(..)", parts));
    }
    ddl_add(x, DDL_INDEX, index_object(x, k), (uint32_t)k->nparts, sql.s);
}

/* ADD PRIMARY KEY locks the table, so its index would be built alone; CREATE INDEX goes along with others of its table. */
static bool primary_from_index(const struct ddl_ctx *x) {
    return x->dialect == DIALECT_PG && !x->part.on && x->t->nindexes > 1;
}

static void make_primary(struct ddl_ctx *x, const struct index *k) {
    if (!whole_columns(k)) {
        ddl_note(x, false, index_object(x, k), "a primary key over a prefix of a column", "a unique index");
        make_index(x, k, true);
        return;
    }
    char *name = ddl_quote(x, k->target_name), *columns = column_names(x, k, false);
    struct text sql = {.a = x->a};
    if (primary_from_index(x)) {
        ddl_add(x, DDL_INDEX, index_object(x, k), (uint32_t)k->nparts,
                arena_printf(x->a, "CREATE UNIQUE INDEX %s ON %s (%s)", name, x->tq, columns));
        text_add(&sql, "ALTER TABLE %s ADD CONSTRAINT %s PRIMARY KEY USING INDEX %s", x->tq, name, name);
    } else {
        text_add(&sql, "ALTER TABLE %s ADD CONSTRAINT %s PRIMARY KEY (%s)", x->tq, name, columns);
    }
    index_comment(x, k, &sql);
    ddl_add(x, DDL_PRIMARY, index_object(x, k), (uint32_t)k->nparts, sql.s);
}

void ddl_indexes(struct ddl_ctx *x) {
    for (size_t i = 0; i < x->t->nindexes; i++) {
        const struct index *k = &x->t->indexes[i];
        x->of = k;
        bool possible = x->dialect != DIALECT_PG || !x->part.on || !is_unique(k) ||
                        (has_partition_columns(x, k) && !x->part.by_expr);
        if (k == x->inline_key) {
            struct text sql = {.a = x->a};
            index_comment(x, k, &sql);
            if (sql.len > 0) {
                ddl_add(x, DDL_INDEX, index_object(x, k), 0, sql.s + strlen(";\n"));
            }
        } else if (k->kind == INDEX_SPATIAL || k->kind == INDEX_VECTOR) {
            ddl_note(x, false, index_object(x, k),
                     k->kind == INDEX_SPATIAL ? "spatial values are carried as WKB bytes, which no index can search"
                                              : "vector indexes are not carried",
                     "left out");
        } else if (!possible) {
            ddl_note(x, true, index_object(x, k),
                     "a unique key of a partitioned table must hold all columns of the partition key",
                     "an ordinary index: the target does not keep these values unique");
            make_index(x, k, false);
        } else if (k->kind == INDEX_PRIMARY) {
            make_primary(x, k);
        } else {
            make_index(x, k, is_unique(k));
        }
    }
    x->of = NULL;
}

bool ddl_key_covers(struct ddl_ctx *x, const struct table *t, char **columns, size_t n) {
    (void)x;
    for (size_t i = 0; i < t->nindexes; i++) {
        const struct index *k = &t->indexes[i];
        if (!is_unique(k) || !whole_columns(k) || k->nparts != n) {
            continue;
        }
        size_t found = 0;
        for (size_t p = 0; p < n; p++) {
            for (size_t c = 0; c < n; c++) {
                found += k->parts[p].column == schema_find_column(t, columns[c]);
            }
        }
        if (found == n) {
            return true;
        }
    }
    return false;
}
