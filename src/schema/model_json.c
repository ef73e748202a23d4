/* See model_json.h. Each struct has a table of its members, so that writing and reading cannot differ. */
#include "schema/model_json.h"

#include <string.h>

#include "base/str.h"

enum member_kind { TEXT, BOOL, INT, UINT32, UINT64, ENUM };

struct member {
    const char *key;
    enum member_kind kind;
    size_t offset;
};

#define M(type, member, kind)                                                                                          \
    { #member, kind, offsetof(struct type, member) }

static const struct member column_members[] = {
    M(column, name, TEXT),         M(column, ordinal, INT),         M(column, nullable, BOOL),
    M(column, invisible, BOOL),    M(column, auto_increment, BOOL), M(column, has_default, BOOL),
    M(column, default_null, BOOL), M(column, default_text, TEXT),   M(column, default_expr, TEXT),
    M(column, on_update, TEXT),    M(column, generated, ENUM),      M(column, generation_expr, TEXT),
    M(column, comment, TEXT),
};

static const struct member type_members[] = {
    M(mytype, charset, TEXT),
    M(mytype, collation, TEXT),
    M(mytype, is_mariadb_json, BOOL),
    M(mytype, srid, UINT32),
};

static const struct member index_members[] = {
    M(index, name, TEXT),    M(index, kind, ENUM),    M(index, invisible, BOOL),
    M(index, implied, BOOL), M(index, comment, TEXT),
};

static const struct member part_members[] = {
    M(index_part, expr, TEXT),
    M(index_part, prefix_chars, UINT32),
    M(index_part, descending, BOOL),
};

static const struct member fk_members[] = {
    M(foreign_key, name, TEXT),      M(foreign_key, ref_schema, TEXT), M(foreign_key, ref_table, TEXT),
    M(foreign_key, on_delete, TEXT), M(foreign_key, on_update, TEXT),
};

static const struct member check_members[] = {
    M(check, name, TEXT),
    M(check, expr, TEXT),
    M(check, enforced, BOOL),
};

static const struct member partition_members[] = {
    M(partition, name, TEXT),
    M(partition, values, TEXT),
    M(partition, comment, TEXT),
};

static const struct member partitioning_members[] = {
    M(partitioning, method, ENUM),     M(partitioning, sub_method, ENUM), M(partitioning, linear, BOOL),
    M(partitioning, sub_linear, BOOL), M(partitioning, expr, TEXT),       M(partitioning, sub_expr, TEXT),
};

static const struct member table_members[] = {
    M(table, schema, TEXT),
    M(table, name, TEXT),
    M(table, comment, TEXT),
    M(table, charset, TEXT),
    M(table, collation, TEXT),
    M(table, engine, TEXT),
    M(table, auto_increment_next, UINT64),
    M(table, rows_estimate, UINT64),
    M(table, data_bytes, UINT64),
};

static const struct member database_members[] = {
    M(database, name, TEXT),
    M(database, charset, TEXT),
    M(database, collation, TEXT),
    M(database, is_mariadb, BOOL),
    M(database, lower_case_table_names, INT),
};

#define COUNT(members) (sizeof(members) / sizeof(members)[0])

/* ---- members ---- */

static void put(json_t *o, const struct member *members, size_t n, const void *from) {
    for (size_t i = 0; i < n; i++) {
        const void *at = (const char *)from + members[i].offset;
        json_t *v = NULL;
        switch (members[i].kind) {
        case TEXT:
            v = *(char *const *)at != NULL ? json_string(*(char *const *)at) : NULL;
            break;
        case BOOL:
            v = *(const bool *)at ? json_true() : NULL;
            break;
        case INT:
        case ENUM:
            v = json_integer(*(const int *)at);
            break;
        case UINT32:
            v = json_integer(*(const uint32_t *)at);
            break;
        case UINT64: /* beyond a JSON integer: as text */
            v = json_sprintf("%llu", (unsigned long long)*(const uint64_t *)at);
            break;
        }
        if (v != NULL) {
            json_object_set_new(o, members[i].key, v);
        }
    }
}

static void get(struct arena *a, const json_t *o, const struct member *members, size_t n, void *to) {
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_object_get(o, members[i].key);
        void *at = (char *)to + members[i].offset;
        switch (members[i].kind) {
        case TEXT:
            *(char **)at = arena_strdup(a, json_string_value(v));
            break;
        case BOOL:
            *(bool *)at = json_is_true(v);
            break;
        case INT:
        case ENUM:
            *(int *)at = (int)json_integer_value(v);
            break;
        case UINT32:
            *(uint32_t *)at = (uint32_t)json_integer_value(v);
            break;
        case UINT64:
            *(uint64_t *)at = json_string_value(v) != NULL ? strtoull(json_string_value(v), NULL, 10) : 0;
            break;
        }
    }
}

/* ---- writing ---- */

static json_t *list(json_t *o, const char *key) {
    json_t *items = json_array();
    json_object_set_new(o, key, items);
    return items;
}

static json_t *item(json_t *items) {
    json_t *o = json_object();
    json_array_append_new(items, o);
    return o;
}

static void put_partitions(json_t *items, const struct partition *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        json_t *o = item(items);
        put(o, partition_members, COUNT(partition_members), &p[i]);
        if (p[i].nsub > 0) {
            put_partitions(list(o, "sub"), p[i].sub, p[i].nsub);
        }
    }
}

static void put_table(json_t *o, const struct table *t) {
    put(o, table_members, COUNT(table_members), t);
    json_t *columns = list(o, "columns"), *indexes = list(o, "indexes"), *fks = list(o, "fks"),
           *checks = list(o, "checks");
    for (size_t i = 0; i < t->ncolumns; i++) {
        json_t *c = item(columns);
        put(c, column_members, COUNT(column_members), &t->columns[i]);
        put(c, type_members, COUNT(type_members), &t->columns[i].type);
        json_object_set_new(c, "type", json_string(t->columns[i].type.full));
    }
    for (size_t i = 0; i < t->nindexes; i++) {
        json_t *x = item(indexes), *parts = list(x, "parts");
        put(x, index_members, COUNT(index_members), &t->indexes[i]);
        for (size_t k = 0; k < t->indexes[i].nparts; k++) {
            const struct index_part *p = &t->indexes[i].parts[k];
            json_t *part = item(parts);
            put(part, part_members, COUNT(part_members), p);
            if (p->column != NULL) {
                json_object_set_new(part, "column", json_string(p->column->name));
            }
        }
    }
    for (size_t i = 0; i < t->nfks; i++) {
        const struct foreign_key *k = &t->fks[i];
        json_t *f = item(fks), *here = list(f, "columns"), *there = list(f, "ref_columns");
        put(f, fk_members, COUNT(fk_members), k);
        for (size_t c = 0; c < k->n; c++) {
            json_array_append_new(here, json_string(k->columns[c]->name));
            json_array_append_new(there, json_string(k->ref_columns[c]));
        }
    }
    for (size_t i = 0; i < t->nchecks; i++) {
        put(item(checks), check_members, COUNT(check_members), &t->checks[i]);
    }
    if (t->part.method != PART_NONE) {
        json_t *p = json_object();
        json_object_set_new(o, "part", p);
        put(p, partitioning_members, COUNT(partitioning_members), &t->part);
        put_partitions(list(p, "parts"), t->part.parts, t->part.n);
    }
}

json_t *model_to_json(const struct database *d) {
    json_t *o = json_object();
    put(o, database_members, COUNT(database_members), d);
    json_t *tables = list(o, "tables");
    for (size_t i = 0; i < d->ntables; i++) {
        put_table(item(tables), &d->tables[i]);
    }
    return o;
}

/* ---- reading ---- */

static bool malformed(const char *what, const char *name, struct err *e) {
    return err_set(e, ERR_INTERNAL, "the model that was kept cannot be read: %s of %s", what,
                   name != NULL ? name : "?");
}

static bool get_columns(struct arena *a, const json_t *items, struct table *t, struct err *e) {
    t->ncolumns = json_array_size(items);
    t->columns = arena_array(a, struct column, t->ncolumns + 1);
    for (size_t i = 0; i < t->ncolumns; i++) {
        const json_t *o = json_array_get(items, i);
        const char *type = json_string_value(json_object_get(o, "type"));
        struct column *c = &t->columns[i];
        get(a, o, column_members, COUNT(column_members), c);
        if (c->name == NULL || type == NULL || !mytype_parse(a, arena_strdup(a, type), &c->type)) {
            return malformed("a column", t->name, e);
        }
        get(a, o, type_members, COUNT(type_members), &c->type);
    }
    return true;
}

static bool get_indexes(struct arena *a, const json_t *items, struct table *t, struct err *e) {
    t->nindexes = json_array_size(items);
    t->indexes = arena_array(a, struct index, t->nindexes + 1);
    for (size_t i = 0; i < t->nindexes; i++) {
        const json_t *o = json_array_get(items, i), *parts = json_object_get(o, "parts");
        struct index *x = &t->indexes[i];
        get(a, o, index_members, COUNT(index_members), x);
        x->nparts = json_array_size(parts);
        x->parts = arena_array(a, struct index_part, x->nparts + 1);
        for (size_t k = 0; k < x->nparts; k++) {
            const json_t *p = json_array_get(parts, k);
            const char *column = json_string_value(json_object_get(p, "column"));
            get(a, p, part_members, COUNT(part_members), &x->parts[k]);
            x->parts[k].column = column != NULL ? schema_find_column(t, column) : NULL;
            if (x->parts[k].column == NULL && x->parts[k].expr == NULL) {
                return malformed("an index", t->name, e);
            }
        }
    }
    return true;
}

static bool get_fks(struct arena *a, const json_t *items, struct table *t, struct err *e) {
    t->nfks = json_array_size(items);
    t->fks = arena_array(a, struct foreign_key, t->nfks + 1);
    for (size_t i = 0; i < t->nfks; i++) {
        const json_t *o = json_array_get(items, i), *here = json_object_get(o, "columns"),
                     *there = json_object_get(o, "ref_columns");
        struct foreign_key *k = &t->fks[i];
        get(a, o, fk_members, COUNT(fk_members), k);
        k->n = json_array_size(here);
        k->columns = arena_array(a, struct column *, k->n + 1);
        k->ref_columns = arena_array(a, char *, k->n + 1);
        for (size_t c = 0; c < k->n; c++) {
            const char *column = json_string_value(json_array_get(here, c));
            k->columns[c] = column != NULL ? schema_find_column(t, column) : NULL;
            k->ref_columns[c] = arena_strdup(a, json_string_value(json_array_get(there, c)));
            if (k->columns[c] == NULL || k->ref_columns[c] == NULL) {
                return malformed("a foreign key", t->name, e);
            }
        }
    }
    return true;
}

static void get_partitions(struct arena *a, const json_t *items, struct partition **out, size_t *n) {
    *n = json_array_size(items);
    *out = arena_array(a, struct partition, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        const json_t *o = json_array_get(items, i);
        get(a, o, partition_members, COUNT(partition_members), &(*out)[i]);
        get_partitions(a, json_object_get(o, "sub"), &(*out)[i].sub,
                       &(*out)[i].nsub); /* two levels at most, as written */
    }
}

static bool get_table(struct arena *a, const json_t *o, struct table *t, struct err *e) {
    get(a, o, table_members, COUNT(table_members), t);
    if (t->name == NULL || t->schema == NULL) {
        return malformed("a table", t->name, e);
    }
    const json_t *checks = json_object_get(o, "checks"), *part = json_object_get(o, "part");
    t->nchecks = json_array_size(checks);
    t->checks = arena_array(a, struct check, t->nchecks + 1);
    for (size_t i = 0; i < t->nchecks; i++) {
        get(a, json_array_get(checks, i), check_members, COUNT(check_members), &t->checks[i]);
    }
    if (part != NULL) {
        get(a, part, partitioning_members, COUNT(partitioning_members), &t->part);
        get_partitions(a, json_object_get(part, "parts"), &t->part.parts, &t->part.n);
    }
    return get_columns(a, json_object_get(o, "columns"), t, e) && get_indexes(a, json_object_get(o, "indexes"), t, e) &&
           get_fks(a, json_object_get(o, "fks"), t, e);
}

bool model_from_json(struct arena *a, const json_t *json, struct database *out, struct err *e) {
    const json_t *tables = json_object_get(json, "tables");
    *out = (struct database){.ntables = json_array_size(tables)};
    get(a, json, database_members, COUNT(database_members), out);
    if (out->name == NULL || !json_is_array(tables)) {
        return malformed("the database", out->name, e);
    }
    out->tables = arena_array(a, struct table, out->ntables + 1);
    for (size_t i = 0; i < out->ntables; i++) {
        if (!get_table(a, json_array_get(tables, i), &out->tables[i], e)) {
            return false;
        }
    }
    return true;
}
