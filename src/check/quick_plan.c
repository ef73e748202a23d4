/* What a load left behind about a table, and which parts of the target to compare with it. See quick.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "check/quick.h"
#include "engine/target.h"

/* All that the target's godwit schema says, of the task whose name this run has. */
struct load_records {
    bool digests;
    struct step_list steps;
    struct chunk_list chunks; /* by table and number */
    struct table_loader *loaders;
    size_t nloaders;
};

static bool read_records(struct quick *q, struct load_records *out, struct err *e) {
    struct run *r = q->rows->run;
    struct arena *a = q->rows->arena;
    bool exists;
    if (!checkpoint_look(r->target, &exists, &out->digests, e)) {
        return false;
    }
    if (!exists) {
        return true;
    }
    if (!checkpoint_read(r->target, a, r->name, &q->record, e)) {
        return false;
    }
    return q->record.state == TASK_NONE || !out->digests ||
           (checkpoint_steps(r->target, a, r->name, &out->steps, e) &&
            checkpoint_chunks(r->target, a, r->name, &out->chunks, e) &&
            checkpoint_loaders(r->target, a, r->db.tables[0].target_schema, &out->loaders, &out->nloaders, e));
}

/* The chunks of a table among those of all tables. */
static const struct chunk_record *chunks_of(const struct chunk_list *l, const char *table, size_t *n) {
    const struct chunk_record *first = NULL;
    *n = 0;
    for (size_t i = 0; i < l->n; i++) {
        if (str_eq(l->items[i].table, table)) {
            first = first == NULL ? &l->items[i] : first;
            (*n)++;
        }
    }
    return first;
}

static bool is_number(const char *s) {
    s += *s == '-';
    return s[0] != '\0' && s[strspn(s, "0123456789")] == '\0';
}

bool quick_chunks_are_ranges(const struct chunk_record *chunks, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct chunk *c = &chunks[i].chunk;
        bool first = i == 0, last = i + 1 == n;
        if (c->partition != NULL || (c->lower == NULL) != first || (c->upper == NULL) != last) {
            return false;
        }
        if ((!first || !last) && c->nbounds != 1) {
            return false;
        }
        if (!last && (!is_number(c->upper[0]) || chunks[i + 1].chunk.lower == NULL ||
                      !str_eq(c->upper[0], chunks[i + 1].chunk.lower[0]))) {
            return false;
        }
    }
    return n > 0;
}

/* ---- what is known of a table ---- */

/* Read the columns that were loaded, in the order in which they were. Their types are the target's own. */
static bool take_loaded_columns(struct check_rows *c, struct check_table *t, struct err *e) {
    struct canon_column *cols = arena_array(c->arena, struct canon_column, t->n + 1);
    struct buf sql;
    size_t n = 0;
    buf_init(&sql, 16u << 20);
    bool ok = buf_puts(&sql, "SELECT ", e);
    for (size_t i = 0; ok && i < t->t->ncolumns; i++) {
        const struct column *column = &t->t->columns[i];
        bool there = false;
        for (size_t k = 0; k < t->n; k++) {
            there = there || t->columns[k] == column;
        }
        if (there && column->loaded) {
            cols[n] =
                (struct canon_column){.kind = column->target.kind, .ddl = column->target.ddl, .name = column->name};
            ok = buf_printf(&sql, e, "%s%s", n++ > 0 ? ", " : "", str_quote_pg(c->arena, column->target_name));
        }
    }
    ok = ok && buf_printf(&sql, e, " FROM %s", target_table(c->arena, t->t)) && buf_terminate(&sql, e) &&
         canon_plan_make(c->arena, c->run->identity.dialect, cols, n, &t->canon, e);
    t->target_select = ok ? arena_strdup(c->arena, (char *)sql.data) : NULL;
    t->n = n;
    t->nkeys = 0; /* a row's key is of no interest here, and not in front */
    buf_clear(&sql);
    return ok;
}

static const char *loaded_by(const struct load_records *l, const char *table) {
    for (size_t i = 0; i < l->nloaders; i++) {
        if (str_eq(l->loaders[i].table, table)) {
            return l->loaders[i].task;
        }
    }
    return NULL;
}

/* Add up what the load read. Why it is not known, or NULL. */
static const char *add_chunks(struct quick *q, struct quick_table *t, const struct chunk_record *chunks, size_t n,
                              struct digest form) {
    size_t without = 0;
    for (size_t i = 0; i < n; i++) {
        struct chunk_digest d;
        if (!chunks[i].done) {
            return "its load is not finished";
        }
        t->rows += chunks[i].rows;
        t->diverted += chunks[i].diverted;
        if (!chunk_digest_parse(chunks[i].digest, &d)) {
            without++;
        } else if (!digest_equal(d.form, form)) {
            return "its columns or their types are not those that were loaded";
        } else {
            digest_add(&t->sum, d.sum);
        }
    }
    return without == 0
               ? NULL
               : arena_printf(q->rows->arena, "%zu of the %zu parts it was loaded in have no digest", without, n);
}

static const char *why_not_known(struct quick *q, const struct load_records *l, const struct check_table *t,
                                 struct quick_table *out, const struct chunk_record *chunks, size_t n) {
    struct run *r = q->rows->run;
    struct arena *a = q->rows->arena;
    const char *name = t->t->name, *last = loaded_by(l, name);
    if (q->record.state == TASK_NONE) {
        return arena_printf(a, "the target knows no load of the name '%s'", r->name);
    }
    if (!l->digests) {
        return "it was loaded by a godwit that kept no digests";
    }
    if (last != NULL && !str_eq(last, r->name)) {
        return arena_printf(a, "the last load of it was '%s': give that name with --name", last);
    }
    if (n == 0) {
        return arena_printf(a, "the load '%s' did not load it", r->name);
    }
    if (!checkpoint_has_step(&l->steps, arena_printf(a, "created %s", name))) {
        return "its rows were added to a table that was there already";
    }
    if (!checkpoint_has_step(&l->steps, checkpoint_plan_step(a, name))) {
        return "its load is not finished";
    }
    return add_chunks(q, out, chunks, n, canon_form(t->canon));
}

/* ---- what to read ---- */

static bool plan_parts(struct quick *q, struct check_table *t, struct quick_table *out,
                       const struct chunk_record *chunks, size_t n, struct err *e) {
    struct check_rows *c = q->rows;
    out->by_chunk = n > 1 && t->mode == MODE_RANGES && quick_chunks_are_ranges(chunks, n);
    if (out->by_chunk) {
        out->nparts = n;
        out->parts = arena_array(c->arena, struct quick_part, n);
        for (size_t i = 0; i < n; i++) {
            struct chunk_digest d;
            out->parts[i] = (struct quick_part){
                .table = t, .where = check_target_range(c->arena, t, &chunks[i].chunk), .chunk = &chunks[i]};
            if (chunk_digest_parse(chunks[i].digest, &d)) {
                out->parts[i].expected = d.sum;
            }
        }
        return true;
    }
    struct pieces pieces = {0};
    if (!check_target_pieces(c, t, &pieces, e)) {
        return false;
    }
    out->nparts = pieces.n;
    out->parts = arena_array(c->arena, struct quick_part, pieces.n);
    for (size_t i = 0; i < pieces.n; i++) {
        out->parts[i] = (struct quick_part){.table = t, .where = pieces.where[i]};
    }
    return true;
}

static int by_size(const void *x, const void *y) {
    const struct check_table *a = (*(struct quick_part *const *)x)->table, *b = (*(struct quick_part *const *)y)->table;
    return a->t->data_bytes != b->t->data_bytes
               ? (a->t->data_bytes < b->t->data_bytes) - (a->t->data_bytes > b->t->data_bytes)
               : (a->number > b->number) - (a->number < b->number);
}

bool quick_plan(struct quick *q, struct err *e) {
    struct check_rows *c = q->rows;
    struct load_records records = {0};
    q->tables = arena_array(c->arena, struct quick_table, c->ntables + 1);
    if (!read_records(q, &records, e)) {
        return false;
    }
    for (size_t i = 0; i < c->ntables; i++) {
        struct check_table *t = &c->tables[i];
        struct quick_table *out = &q->tables[i];
        size_t n;
        const struct chunk_record *chunks = chunks_of(&records.chunks, t->t->name, &n);
        if (t->not_checkable != NULL) {
            out->not_known = t->not_checkable;
            continue;
        }
        if (!take_loaded_columns(c, t, e)) {
            return err_where(e, "table %s.%s", t->t->schema, t->t->name);
        }
        out->not_known = why_not_known(q, &records, t, out, chunks, n);
        if (out->not_known == NULL && !plan_parts(q, t, out, chunks, n, e)) {
            return false;
        }
        q->nparts += out->nparts;
    }
    q->parts = arena_array(c->arena, struct quick_part *, q->nparts + 1);
    size_t n = 0;
    for (size_t i = 0; i < c->ntables; i++) {
        for (size_t k = 0; k < q->tables[i].nparts; k++) {
            q->parts[n++] = &q->tables[i].parts[k];
        }
    }
    qsort(q->parts, n, sizeof(struct quick_part *), by_size);
    return true;
}
