/* See table_plan.h. */
#include "check/table_plan.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "check/structure_text.h"
#include "value/encode.h"
#include "value/target_spec.h"

/* ---- what the target has ---- */

struct found_column {
    const char *table, *column, *type;
    bool not_null, is_enum;
};

struct target_catalog {
    struct found_column *columns;
    size_t n;
    struct gauss_rows indexes; /* table, first column */
    struct gauss_rows tables;  /* table, kind, pages */
};

static bool read_catalog(struct run *r, struct arena *a, struct target_catalog *out, struct err *e) {
    char *schema = str_literal_pg(a, r->db.tables[0].target_schema);
    struct gauss_rows rows;
    char *sql = arena_printf(a,
                             "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), "
                             "CASE WHEN a.attnotnull THEN 1 ELSE 0 END, t.typtype::text "
                             "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
                             "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid "
                             "WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'f', 'v') AND a.attnum > 0 "
                             "AND NOT a.attisdropped ORDER BY c.relname, a.attnum",
                             schema);
    if (!gauss_rows(r->target, a, sql, &rows, e)) {
        return err_where(e, "columns of the target");
    }
    out->n = rows.n;
    out->columns = arena_array(a, struct found_column, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        out->columns[i] = (struct found_column){
            .table = gauss_cell(&rows, i, 0),
            .column = gauss_cell(&rows, i, 1),
            .type = gauss_cell(&rows, i, 2),
            .not_null = str_eq(gauss_cell(&rows, i, 3), "1"),
            .is_enum = str_eq(gauss_cell(&rows, i, 4), "e"),
        };
    }
    sql = arena_printf(a,
                       "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
                       "JOIN pg_namespace n ON n.oid = c.relnamespace "
                       "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
                       "WHERE n.nspname = %s AND i.indisvalid AND i.indpred IS NULL",
                       schema);
    if (!gauss_rows(r->target, a, sql, &out->indexes, e)) {
        return err_where(e, "indexes of the target");
    }
    sql =
        arena_printf(a,
                     "SELECT c.relname, c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                     "WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'f', 'v')",
                     schema);
    return gauss_rows(r->target, a, sql, &out->tables, e) || err_where(e, "tables of the target");
}

static const struct found_column *find_column(const struct target_catalog *c, const char *table, const char *column) {
    size_t low = 0, high = c->n;
    /* Ordered by the server's collation of names, which is C for type name on both engines. */
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(c->columns[mid].table, table) < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    for (; low < c->n && str_eq(c->columns[low].table, table); low++) {
        if (str_eq(c->columns[low].column, column)) {
            return &c->columns[low];
        }
    }
    return NULL;
}

static bool has_row(const struct gauss_rows *rows, const char *first, const char *second) {
    for (size_t i = 0; i < rows->n; i++) {
        if (str_eq(gauss_cell(rows, i, 0), first) && str_eq(gauss_cell(rows, i, 1), second)) {
            return true;
        }
    }
    return false;
}

/* ---- columns ---- */

/* The target's own type of the column; false + why: values cannot be compared. */
static bool take_type(struct arena *a, enum dialect d, struct column *c, const struct found_column *found, char **why) {
    struct target_spec spec;
    const char *type = structure_plain_type(a, d, found->type);
    if (target_spec_parse(type, d, &spec)) {
        c->target.kind = spec.kind;
        c->target.ddl = arena_strdup(a, type);
        c->target.cast_name = arena_strdup(a, target_cast_name(spec.kind));
        return true;
    }
    if (found->is_enum || c->target.kind == TK_TEXT) { /* enum and set types of their own: labels are text */
        c->target.kind = TK_TEXT;
        return true;
    }
    *why = arena_printf(a, "column %s is of type %s in the target", c->name, found->type);
    return false;
}

static bool is_key_part(const struct index *key, size_t n, const struct column *c) {
    for (size_t i = 0; i < n; i++) {
        if (key->parts[i].column == c) {
            return true;
        }
    }
    return false;
}

static char *listed(struct arena *a, char *list, char *name) {
    return list == NULL ? name : arena_printf(a, "%s, %s", list, name);
}

/* Key columns first, in key order; then the others both sides have. */
static bool choose_columns(struct arena *a, enum dialect d, const struct target_catalog *catalog,
                           const struct selection *selection, struct check_table *out, struct table *t) {
    const struct index *key = schema_row_key(t);
    size_t nkeys = key == NULL ? 0 : key->nparts;
    out->columns = arena_array(a, const struct column *, t->ncolumns + 1);
    for (size_t i = 0; i < nkeys; i++) {
        if (find_column(catalog, t->target_name, key->parts[i].column->target_name) == NULL) {
            nkeys = 0; /* without its key column the target's rows can only be compared as a multiset */
        }
    }
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < (pass == 0 ? nkeys : t->ncolumns); i++) {
            struct column *c = pass == 0 ? key->parts[i].column : &t->columns[i];
            if (pass == 1 && is_key_part(key, nkeys, c)) {
                continue;
            }
            if (!selection_has_column(selection, t->name, c->name, pass == 0)) {
                out->not_selected = listed(a, out->not_selected, c->name);
                continue;
            }
            const struct found_column *found = find_column(catalog, t->target_name, c->target_name);
            if (found == NULL) {
                out->left_out = listed(a, out->left_out, c->name);
                continue;
            }
            if (!take_type(a, d, c, found, &out->not_checkable)) {
                return false;
            }
            out->key_may_be_null = out->key_may_be_null || (pass == 0 && i == 0 && !found->not_null);
            out->columns[out->n++] = c;
        }
    }
    out->nkeys = nkeys;
    if (out->n == 0) {
        out->not_checkable = out->not_selected != NULL ? "none of its columns is selected"
                                                       : "the target's table has none of its columns";
    }
    return out->n > 0;
}

static bool is_integer(const struct column *c) {
    switch (c->type.kind) {
    case MYT_TINYINT:
    case MYT_SMALLINT:
    case MYT_MEDIUMINT:
    case MYT_INT:
    case MYT_BIGINT:
        break;
    default:
        return false;
    }
    switch (c->target.kind) {
    case TK_INT1:
    case TK_INT2:
    case TK_INT4:
    case TK_INT8:
    case TK_UINT1:
    case TK_UINT2:
    case TK_UINT4:
    case TK_UINT8:
    case TK_NUMERIC:
        return true;
    default:
        return false;
    }
}

static void put_selects(struct arena *a, struct check_table *out) {
    struct buf source, target;
    struct err e = ERR_INIT;
    buf_init(&source, 16u << 20);
    buf_init(&target, 16u << 20);
    bool ok = buf_puts(&source, "SELECT ", &e) && buf_puts(&target, "SELECT ", &e);
    for (size_t i = 0; ok && i < out->n; i++) {
        const char *comma = i > 0 ? ", " : "";
        ok = buf_printf(&source, &e, "%s%s", comma, str_quote_mysql(a, out->columns[i]->name)) &&
             buf_printf(&target, &e, "%s%s", comma, str_quote_pg(a, out->columns[i]->target_name));
    }
    ok = ok &&
         buf_printf(&source, &e, " FROM %s.%s", str_quote_mysql(a, out->t->schema), str_quote_mysql(a, out->t->name)) &&
         buf_printf(&target, &e, " FROM %s", target_table(a, out->t)) && buf_terminate(&source, &e) &&
         buf_terminate(&target, &e);
    if (!ok) {
        BUG("the columns of %s do not fit", out->t->name);
    }
    out->source_select = arena_strdup(a, (char *)source.data);
    out->target_select = arena_strdup(a, (char *)target.data);
    buf_clear(&source);
    buf_clear(&target);
}

/* How a range of rows can be compared; false: not at all. */
static bool take_row_range(struct check_table *out, const struct chunk_key *key) {
    if (out->nkeys == 0 || key->n < out->nkeys) {
        out->not_checkable = out->nkeys == 0 ? "a range of rows needs a key on both sides"
                                             : "its key's order cannot be used for a range of rows";
        return false;
    }
    bool integers = true;
    for (size_t i = 0; i < out->nkeys; i++) {
        integers = integers && is_integer(out->columns[i]);
    }
    out->one_piece = out->mode != MODE_RANGES; /* the target has no index to find ranges by */
    out->mode = integers ? MODE_RANGES : MODE_KEYS;
    return true;
}

static bool plan_table(struct run *r, struct arena *a, const struct target_catalog *catalog,
                       const struct selection *selection, struct check_table *out, struct table *t, struct err *e) {
    bool exists = (t->is_view && has_row(&catalog->tables, t->target_name, "v")) ||
                  has_row(&catalog->tables, t->target_name, "r") || has_row(&catalog->tables, t->target_name, "p") ||
                  has_row(&catalog->tables, t->target_name, "f");
    if (!exists) {
        out->missing = true;
        out->not_checkable = "the target has no such table";
        return true;
    }
    if (!choose_columns(a, r->identity.dialect, catalog, selection, out, t)) {
        return true;
    }
    out->rows = selection_rows(selection, t->name);
    struct chunk_key key = chunk_key_of(t);
    bool ranges = out->nkeys > 0 && key.n > 0 && is_integer(out->columns[0]) &&
                  has_row(&catalog->indexes, t->target_name, out->columns[0]->target_name);
    out->mode = ranges ? MODE_RANGES : MODE_BUCKETS;
    if (out->rows != NULL && !take_row_range(out, &key)) {
        return true;
    }
    out->tid_ranges = r->identity.dialect == DIALECT_PG && r->identity.version >= 140000 &&
                      has_row(&catalog->tables, t->target_name, "r");
    put_selects(a, out);
    struct canon_column *cols = arena_array(a, struct canon_column, out->n);
    for (size_t i = 0; i < out->n; i++) {
        const struct target_type *type = &out->columns[i]->target;
        cols[i] = (struct canon_column){.kind = type->kind, .ddl = type->ddl, .name = out->columns[i]->name};
    }
    return canon_plan_make(a, r->identity.dialect, cols, out->n, &out->canon, e);
}

/* A rule that means nothing is a mistake: it would leave in what somebody wanted out. */
static bool selection_means_something(const struct run *r, const struct selection *s, struct err *e) {
    for (size_t i = 0; i < s->ncolumns; i++) {
        const struct column_rule *rule = &s->columns[i];
        for (size_t k = 0; k < rule->n; k++) {
            bool known = false;
            for (size_t t = 0; t < r->db.ntables && !known; t++) {
                known = selection_matches(rule->tables, r->db.tables[t].name) &&
                        schema_find_column(&r->db.tables[t], rule->columns[k]) != NULL;
            }
            if (!known) {
                err_set(e, ERR_SELECTION, "no table that %s names has a column %s", rule->tables, rule->columns[k]);
                return err_hint(e, "columns are called by their names in the source");
            }
        }
    }
    for (size_t i = 0; i < s->nrows; i++) {
        bool known = false;
        for (size_t t = 0; t < r->db.ntables && !known; t++) {
            known = selection_matches(s->rows[i].tables, r->db.tables[t].name);
        }
        if (!known) {
            return err_set(e, ERR_SELECTION, "%s names no table that is compared", s->rows[i].tables);
        }
    }
    return true;
}

bool check_tables_plan(struct run *r, struct arena *a, const struct selection *s, struct check_table **out,
                       struct err *e) {
    struct target_catalog catalog = {0};
    if (!selection_means_something(r, s, e) || !read_catalog(r, a, &catalog, e)) {
        return false;
    }
    struct check_table *tables = arena_array(a, struct check_table, r->db.ntables);
    bool *binary = arena_array(a, bool, r->db.ntables);
    for (size_t i = 0; i < r->db.ntables; i++) {
        tables[i].t = &r->db.tables[i];
        tables[i].number = i;
        pthread_mutex_init(&tables[i].lock, NULL);
        if (!plan_table(r, a, &catalog, s, &tables[i], &r->db.tables[i], e)) {
            return err_where(e, "table %s.%s", r->db.tables[i].schema, r->db.tables[i].name);
        }
    }
    *out = tables;
    if (!target_probe_binary(r->target, r->identity.dialect, &r->db, binary, e)) {
        return false;
    }
    for (size_t i = 0; i < r->db.ntables; i++) {
        tables[i].target_text = !binary[i] || r->task->copy_text;
    }
    return true;
}

void check_tables_clear(struct check_table *tables, size_t n) {
    for (size_t i = 0; tables != NULL && i < n; i++) {
        pthread_mutex_destroy(&tables[i].lock);
        arena_clear(&tables[i].encode_arena);
    }
}

/* ---- queries ---- */

char *check_source_sql(struct arena *a, const struct check_table *t, const char *where) {
    if (where[0] == '\0') {
        return arena_strdup(a, t->source_select);
    }
    return arena_printf(a, "%s FORCE INDEX (%s) WHERE %s", t->source_select,
                        str_quote_mysql(a, chunk_key_of(t->t).index->name), where);
}

char *check_target_sql(struct arena *a, const struct check_table *t, const char *where) {
    return arena_printf(a, "COPY (%s%s%s) TO STDOUT%s", t->target_select, where[0] != '\0' ? " WHERE " : "", where,
                        t->target_text ? "" : " (FORMAT binary)");
}

/* (a, b) >= (1, 2), or of one column without the brackets. */
static char *bound(struct arena *a, const struct check_table *t, char *const *values, size_t n, const char *op) {
    char *names = str_quote_pg(a, t->columns[0]->target_name), *row = values[0];
    for (size_t i = 1; i < n; i++) {
        names = arena_printf(a, "%s, %s", names, str_quote_pg(a, t->columns[i]->target_name));
        row = arena_printf(a, "%s, %s", row, values[i]);
    }
    return n == 1 ? arena_printf(a, "%s %s %s", names, op, row) : arena_printf(a, "(%s) %s (%s)", names, op, row);
}

char *check_target_range(struct arena *a, const struct check_table *t, const struct chunk *c) {
    char *column = str_quote_pg(a, t->columns[0]->target_name);
    char *lower = c->lower == NULL ? NULL : bound(a, t, c->lower, c->nbounds, ">=");
    char *upper = c->upper == NULL ? NULL : bound(a, t, c->upper, c->nbounds, "<");
    char *range = lower != NULL && upper != NULL ? arena_printf(a, "%s AND %s", lower, upper)
                  : lower != NULL                ? lower
                  : upper != NULL                ? upper
                                                 : arena_strdup(a, "");
    bool last = upper == NULL && lower != NULL;
    return last && t->key_may_be_null ? arena_printf(a, "(%s OR %s IS NULL)", range, column) : range;
}

/* ---- the encoder ---- */

enum loss_policy check_policy(const struct loss_policies *asked, enum loss_rule rule) {
    static const enum loss_policy order[] = {LOSS_NULL, LOSS_CLAMP, LOSS_REPLACE};
    enum loss_policy p = asked->of[rule];
    for (size_t i = 0; p == LOSS_FAIL && i < sizeof order / sizeof order[0]; i++) {
        p = loss_policy_fits(rule, order[i]) ? order[i] : p;
    }
    return p;
}

static struct loss_policies lenient(const struct loss_policies *asked) {
    struct loss_policies p = *asked;
    for (int rule = 0; rule < LOSS_COUNT; rule++) {
        p.of[rule] = check_policy(asked, (enum loss_rule)rule);
    }
    return p;
}

static bool make_encoder(struct check_table *t, const struct task *task, enum dialect d,
                         const struct mysql_columns *got, struct err *e) {
    struct arena *a = &t->encode_arena;
    if (got->n != t->n) {
        return err_set(e, ERR_SOURCE_PROTOCOL, "the source returned %zu columns instead of %zu", got->n, t->n);
    }
    struct encode_column *cols = arena_array(a, struct encode_column, t->n);
    for (size_t i = 0; i < t->n; i++) {
        const struct column *c = t->columns[i];
        const struct mysql_column *m = &got->col[i];
        cols[i] = (struct encode_column){
            .source = {.type = m->type, .is_unsigned = (m->flags & 32) != 0, .is_binary = m->charset == 63},
            .from = c->type,
            .to = c->target,
            .nullable = c->nullable,
            .name = c->name,
        };
    }
    struct encode_options o = {.dialect = d, .binary = true, .canonical = true, .policies = lenient(&task->loss)};
    return encode_plan_make(a, &o, cols, t->n, &t->encode, e);
}

bool check_encoder(struct check_table *t, const struct task *task, enum dialect d, const struct mysql_columns *got,
                   struct err *e) {
    pthread_mutex_lock(&t->lock);
    bool ok = t->encode != NULL || make_encoder(t, task, d, got, e);
    pthread_mutex_unlock(&t->lock);
    return ok;
}
