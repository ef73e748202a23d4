/* See back_tables.h. */
#include "follow/back_tables.h"

#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "check/table_plan.h"

/* ---- columns ---- */

static bool is_among(const struct check_table *c, const struct column *column) {
    for (size_t i = 0; i < c->n; i++) {
        if (c->columns[i] == column) {
            return true;
        }
    }
    return false;
}

static size_t position_of(const struct back_table *b, const struct column *c) {
    for (size_t i = 0; i < b->ncolumns; i++) {
        if (b->columns[i] == c) {
            return i;
        }
    }
    return b->ncolumns;
}

static bool choose_columns(struct arena *a, struct back_table *b, const struct check_table *c, struct err *e) {
    const struct table *t = b->t;
    if (c->missing || c->not_checkable != NULL) {
        return err_set(e, ERR_TARGET_SCHEMA, "rows of table %s cannot be carried back: %s", t->target_name,
                       c->not_checkable != NULL ? c->not_checkable : "the target has no such table");
    }
    b->columns = arena_array(a, const struct column *, t->ncolumns + 1);
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (!t->columns[i].loaded) {
            continue;
        }
        if (!is_among(c, &t->columns[i])) {
            return err_set(e, ERR_TARGET_SCHEMA, "the target's table %s has no column %s", t->target_name,
                           t->columns[i].target_name);
        }
        b->columns[b->ncolumns++] = &t->columns[i];
    }
    return b->ncolumns > 0 || err_set(e, ERR_TARGET_SCHEMA, "table %s has no column that holds data", t->name);
}

static void choose_key(struct arena *a, struct back_table *b) {
    const struct index *key = schema_row_key(b->t);
    size_t n = key == NULL ? 0 : key->nparts;
    b->in_key = arena_array(a, bool, b->ncolumns + 1);
    b->key = arena_array(a, size_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        b->key[i] = position_of(b, key->parts[i].column);
        if (b->key[i] == b->ncolumns) {
            return; /* a generated column, which no change tells */
        }
    }
    b->nkey = n;
    for (size_t i = 0; i < n; i++) {
        b->in_key[b->key[i]] = true;
    }
}

/* ---- what the load has changed ---- */

static void note_losses(struct back_table *b, bool *zero_dates, const json_t *columns) {
    for (size_t i = 0; i < b->ncolumns; i++) {
        const json_t *rules = json_object_get(columns, b->columns[i]->name);
        if (json_object_size(rules) > 0) {
            b->lossy[i] = !b->in_key[i];
            zero_dates[i] = zero_dates[i] || json_object_get(rules, loss_rule_name(LOSS_ZERO_DATE)) != NULL;
        }
    }
}

/* rows: table (NULL: of all), losses. */
static bool take_losses(struct back_tables *all, bool *const *zero_dates, const struct gauss_rows *rows,
                        struct err *e) {
    for (size_t i = 0; i < rows->n; i++) {
        const char *table = gauss_cell(rows, i, 0), *text = gauss_cell(rows, i, 1);
        json_t *j = text == NULL ? NULL : json_loads(text, 0, NULL);
        if (text != NULL && text[0] != '\0' && j == NULL) {
            return err_set(e, ERR_INTERNAL, "the target's record of losses cannot be read");
        }
        for (size_t k = 0; k < all->n; k++) {
            struct back_table *b = &all->tables[k];
            if (table == NULL || table[0] == '\0' || str_eq(table, b->t->name)) {
                bool whole = table != NULL && table[0] != '\0';
                note_losses(b, zero_dates[k], whole ? j : json_object_get(j, b->t->name));
            }
        }
        json_decref(j);
    }
    return true;
}

static bool read_losses(struct run *r, struct arena *a, struct back_tables *out, bool *const *zero_dates,
                        struct err *e) {
    struct gauss_rows rows;
    char *task = str_literal_pg(a, r->name);
    char *load = arena_printf(a,
                              "SELECT \"table_name\", \"losses\" FROM godwit.chunk WHERE \"task\" = %s AND "
                              "\"losses\" IS NOT NULL",
                              task);
    char *later = arena_printf(a, "SELECT NULL::text, \"losses\" FROM godwit.apply WHERE \"task\" = %s", task);
    return (gauss_rows(r->target, a, load, &rows, e) && take_losses(out, zero_dates, &rows, e) &&
            gauss_rows(r->target, a, later, &rows, e) && take_losses(out, zero_dates, &rows, e)) ||
           err_where(e, "what the load could not carry exactly");
}

/* ---- what the source says ---- */

static bool read_triggers(struct run *r, struct arena *a, struct back_tables *out, struct err *e) {
    struct mysql_rows rows;
    char *sql = arena_printf(a,
                             "SELECT DISTINCT EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS "
                             "WHERE EVENT_OBJECT_SCHEMA = %s",
                             str_literal_mysql(a, r->db.name));
    if (!mysql_rows(r->source, a, sql, &rows, e)) {
        return err_where(e, "the source's triggers");
    }
    for (size_t i = 0; i < rows.n; i++) {
        const struct table *t = schema_find_table(&r->db, mysql_cell(&rows, i, 0));
        if (t != NULL) {
            out->tables[t - r->db.tables].triggers = true;
        }
    }
    return true;
}

/* ---- the source's rows ---- */

static bool other_unique_key(const struct table *t) {
    const struct index *key = schema_row_key(t);
    for (size_t i = 0; i < t->nindexes; i++) {
        const struct index *x = &t->indexes[i];
        if (x != key && (x->kind == INDEX_UNIQUE || x->kind == INDEX_PRIMARY)) {
            return true;
        }
    }
    return false;
}

static const char *zero_of(const struct column *c) {
    return c->type.kind == MYT_DATE ? "'0000-00-00'" : "'0000-00-00 00:00:00'";
}

static bool canon_of(struct run *r, struct arena *a, const struct back_table *b, const size_t *order,
                     struct canon_plan **out, struct err *e) {
    struct canon_column *cols = arena_array(a, struct canon_column, b->ncolumns + 1);
    for (size_t i = 0; i < b->ncolumns; i++) {
        const struct column *c = b->columns[order == NULL ? i : order[i]];
        cols[i] = (struct canon_column){.kind = c->target.kind, .ddl = c->target.ddl, .name = c->name};
    }
    return canon_plan_make(a, r->identity.dialect, cols, b->ncolumns, out, e);
}

static bool make_row(struct run *r, struct arena *a, struct back_table *b, const bool *zero_dates, struct err *e) {
    const struct mysql_server *server = mysql_server(r->source);
    struct row_column *columns = arena_array(a, struct row_column, b->ncolumns + 1);
    struct canon_plan *canon;
    size_t n = 0;
    b->order = arena_array(a, size_t, b->ncolumns + 1);
    for (size_t i = 0; i < b->nkey; i++) {
        b->order[n++] = b->key[i];
    }
    for (size_t i = 0; i < b->ncolumns; i++) {
        if (!b->in_key[i]) {
            b->order[n++] = i;
        }
    }
    for (size_t i = 0; i < n; i++) {
        const struct column *c = b->columns[b->order[i]];
        columns[i] = (struct row_column){.name = c->name,
                                         .type = &c->type,
                                         .kind = c->target.kind,
                                         .nullable = c->nullable,
                                         .computed = c->generated != GENERATED_NO,
                                         .on_update = c->on_update != NULL,
                                         .for_null = zero_dates[b->order[i]] ? zero_of(c) : NULL};
    }
    bool lossy = false;
    for (size_t i = 0; i < b->ncolumns; i++) {
        lossy = lossy || b->lossy[i];
    }
    bool unique = other_unique_key(b->t);
    b->whole = b->nkey == 0 || unique || lossy;
    if (!canon_of(r, a, b, NULL, &b->canon, e) || !canon_of(r, a, b, b->order, &canon, e)) {
        return false;
    }
    b->row = (struct row_table){.schema = b->t->schema,
                                .name = b->t->name,
                                .n = n,
                                .nkeys = b->nkey,
                                .columns = columns,
                                .canon = canon,
                                .upsert = !unique && !b->triggers,
                                .is_mariadb = server->is_mariadb,
                                .version = server->version,
                                .reference = r->identity.dialect};
    return true;
}

/* ---- all ---- */

bool back_tables_make(struct run *r, struct arena *a, struct back_tables *out, struct err *e) {
    struct selection all = {.ncolumns = 0};
    struct check_table *plans = NULL;
    size_t n = r->db.ntables;
    *out = (struct back_tables){.tables = arena_array(a, struct back_table, n + 1), .n = n};
    bool **zero_dates = arena_array(a, bool *, n + 1);
    bool ok = check_tables_plan(r, a, &all, &plans, e);
    for (size_t i = 0; ok && i < n; i++) {
        struct back_table *b = &out->tables[i];
        b->t = &r->db.tables[i];
        ok = choose_columns(a, b, &plans[i], e);
        if (ok) {
            choose_key(a, b);
            b->lossy = arena_array(a, bool, b->ncolumns + 1);
            zero_dates[i] = arena_array(a, bool, b->ncolumns + 1);
        }
    }
    ok = ok && read_losses(r, a, out, zero_dates, e) && read_triggers(r, a, out, e);
    for (size_t i = 0; ok && i < n; i++) {
        ok = make_row(r, a, &out->tables[i], zero_dates[i], e);
    }
    check_tables_clear(plans, plans == NULL ? 0 : n);
    return ok;
}
