/* See feed_tables.h. */
#include "follow/feed_tables.h"

#include "base/str.h"

enum { TUPLE_MAX_BYTES = 1200u << 20 };

/* ---- how they are read and written ---- */

static bool make_plan(struct feed_tables *all, const struct feed_tables_options *o, struct feed_table *ft,
                      struct err *e) {
    const struct table *t = ft->t;
    struct binlog_column *columns = arena_array(&all->arena, struct binlog_column, t->ncolumns + 1);
    for (size_t i = 0; i < t->ncolumns; i++) {
        const struct column *c = &t->columns[i];
        columns[i] = (struct binlog_column){.name = c->name, .type = c->type, .wanted = c->loaded};
    }
    return binlog_plan_make(&all->arena, columns, t->ncolumns, o->charsets, o->db->is_mariadb, &ft->plan, e);
}

/* For rows as they were: what cannot be carried exactly must not stop anything, only keep them from being found. */
static struct loss_policies lenient(void) {
    static const enum loss_policy order[] = {LOSS_NULL, LOSS_CLAMP, LOSS_REPLACE};
    struct loss_policies p;
    loss_policies_default(&p);
    for (int rule = 0; rule < LOSS_COUNT; rule++) {
        for (size_t i = sizeof order / sizeof order[0]; i-- > 0;) {
            p.of[rule] = loss_policy_fits((enum loss_rule)rule, order[i]) ? order[i] : p.of[rule];
        }
    }
    return p;
}

/* The policies of rows that may be in the target: the task's where it has decided, else lenient. */
static struct loss_policies for_before(const struct loss_policies *asked) {
    struct loss_policies p = *asked, any = lenient();
    for (int rule = 0; rule < LOSS_COUNT; rule++) {
        p.of[rule] = p.of[rule] == LOSS_FAIL ? any.of[rule] : p.of[rule];
    }
    return p;
}

static bool make_encoders(struct feed_tables *all, const struct feed_tables_options *with, struct feed_table *ft,
                          struct err *e) {
    size_t n;
    const struct source_column *source = binlog_plan_columns(ft->plan, &n);
    struct encode_column *after = arena_array(&all->arena, struct encode_column, n + 1);
    struct encode_column *before = arena_array(&all->arena, struct encode_column, n + 1);
    size_t k = 0;
    for (size_t i = 0; i < ft->t->ncolumns; i++) {
        const struct column *c = &ft->t->columns[i];
        if (c->loaded && k < n) {
            after[k] = before[k] = (struct encode_column){
                .source = source[k], .from = c->type, .to = c->target, .nullable = c->nullable, .name = c->name};
            before[k].nullable = true;
            k++;
        }
    }
    if (k != n || n == 0) {
        return err_set(e, ERR_SOURCE_SCHEMA, "the table has no column that holds data");
    }
    struct encode_options o = {
        .dialect = with->dialect, .binary = true, .canonical = true, .policies = *with->policies};
    struct encode_options old = o;
    old.policies = for_before(&o.policies);
    ft->ncolumns = n;
    return encode_plan_make(&all->arena, &o, after, n, &ft->after, e) &&
           encode_plan_make(&all->arena, &old, before, n, &ft->before, e);
}

bool feed_tables_make(struct feed_tables *all, const struct feed_tables_options *o, struct err *e) {
    size_t most = 0;
    *all = (struct feed_tables){.n = o->db->ntables};
    buf_init(&all->before, TUPLE_MAX_BYTES);
    buf_init(&all->after, TUPLE_MAX_BYTES);
    all->tables = arena_array(&all->arena, struct feed_table, all->n + 1);
    for (size_t i = 0; i < all->n; i++) {
        struct feed_table *ft = &all->tables[i];
        ft->t = &o->db->tables[i];
        ft->number = (uint32_t)i;
        if (!make_plan(all, o, ft, e) || !make_encoders(all, o, ft, e)) {
            return err_where(e, "table %s.%s", ft->t->schema, ft->t->name);
        }
        ft->counts = arena_array(&all->arena, uint64_t, ft->ncolumns * LOSS_COUNT);
        most = ft->ncolumns > most ? ft->ncolumns : most;
    }
    all->ignored = arena_array(&all->arena, uint64_t, most * LOSS_COUNT + 1);
    return true;
}

void feed_tables_clear(struct feed_tables *all) {
    buf_clear(&all->before);
    buf_clear(&all->after);
    arena_clear(&all->arena);
    *all = (struct feed_tables){0};
}

/* ---- rows ---- */

static bool whole_images_only(const struct feed_table *ft, struct err *e) {
    err_set(e, ERR_SOURCE_IMAGE, "the binlog does not hold whole rows of %s.%s", ft->t->schema, ft->t->name);
    return err_hint(
        e, "SET GLOBAL binlog_row_image=FULL at the source; what was written before it cannot be followed: load again");
}

static bool encode_image(const struct feed_table *ft, const struct encode_plan *p, const struct binlog_row *row,
                         struct encode_counts *counts, struct buf *out, struct tuple *tuple, struct err *e) {
    size_t failed;
    buf_reset(out);
    if (!row->whole) {
        return whole_images_only(ft, e);
    }
    if (!encode_row(p, row->bytes, row->len, counts, out, &failed, e)) {
        struct arena a = ARENA_INIT;
        char value[160];
        const struct index *key = schema_row_key(ft->t);
        char *text = arena_strdup(&a, "");
        for (size_t i = 0, k = 0; i < ft->t->ncolumns; i++) {
            const struct column *c = &ft->t->columns[i];
            bool wanted = key == NULL && k < 3;
            for (size_t x = 0; key != NULL && x < key->nparts; x++) {
                wanted = wanted || key->parts[x].column == c;
            }
            if (c->loaded && wanted) {
                encode_describe(p, row->bytes, row->len, k, value, sizeof value);
                text = arena_printf(&a, "%s%s%s=%s", text, text[0] != '\0' ? ", " : "", c->name, value);
            }
            k += c->loaded;
        }
        err_where(e, "table %s.%s, row %s", ft->t->schema, ft->t->name, text);
        arena_clear(&a);
        return false;
    }
    *tuple = (struct tuple){.bytes = out->data + 2, .len = out->len - 2};
    return true;
}

bool feed_tables_encode(struct feed_tables *all, struct feed_table *ft, const struct binlog_change *c,
                        struct tuple *before, struct tuple *after, struct err *e) {
    struct encode_counts told = {.counts = ft->counts}, ignored = {.counts = all->ignored};
    if ((c->before.bytes != NULL && !encode_image(ft, ft->before, &c->before, &ignored, &all->before, before, e)) ||
        (c->after.bytes != NULL && !encode_image(ft, ft->after, &c->after, &told, &all->after, after, e))) {
        return false;
    }
    all->met = all->met || told.met > 0;
    return true;
}

json_t *feed_tables_losses(struct feed_tables *all) {
    json_t *losses = NULL;
    for (size_t i = 0; all->met && i < all->n; i++) {
        struct feed_table *ft = &all->tables[i];
        json_t *table = NULL;
        for (size_t c = 0, k = 0; c < ft->t->ncolumns; c++) {
            const struct column *column = &ft->t->columns[c];
            json_t *one = NULL;
            for (int rule = 0; column->loaded && rule < LOSS_COUNT; rule++) {
                uint64_t *count = &ft->counts[k * LOSS_COUNT + (size_t)rule];
                if (*count > 0) {
                    one = one == NULL ? json_object() : one;
                    json_object_set_new(one, loss_rule_name((enum loss_rule)rule), json_integer((json_int_t)*count));
                    *count = 0;
                }
            }
            if (one != NULL) {
                table = table == NULL ? json_object() : table;
                json_object_set_new(table, column->name, one);
            }
            k += column->loaded;
        }
        if (table != NULL) {
            losses = losses == NULL ? json_object() : losses;
            json_object_set_new(losses, ft->t->name, table);
        }
    }
    all->met = false;
    return losses;
}
