/* See world.h. */
#include "world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/build.h"

static const size_t columns_of[WORLD_TABLES] = {3, 4, 3, 2, 3};
static const int unique_of[WORLD_TABLES] = {1, 2, -1, -1, -1};
static const bool keyless[WORLD_TABLES] = {[3] = true};

/* ---- the model ---- */

static void add_fk(struct arena *a, struct table *child, int column, const struct table *parent,
                   enum world_action action) {
    static const char *const words[] = {"RESTRICT", "CASCADE", "SET NULL"};
    child->fks = arena_array(a, struct foreign_key, 1);
    child->nfks = 1;
    struct foreign_key *k = child->fks;
    k->name = arena_strdup(a, "fk");
    k->columns = arena_array(a, struct column *, 1);
    k->columns[0] = &child->columns[column];
    k->n = 1;
    k->ref_schema = parent->schema;
    k->ref_table = parent->name;
    k->ref_columns = arena_array(a, char *, 1);
    k->ref_columns[0] = parent->columns[0].name;
    k->on_delete = arena_strdup(a, words[action]);
    k->on_update = arena_strdup(a, action == WORLD_CASCADE ? "CASCADE" : "RESTRICT");
}

void world_database(struct arena *a, struct database *d, enum world_action action) {
    static const char *const columns[WORLD_TABLES] = {"id int; ?u int; ?v int", "id int; ?p int; ?u int; ?v int",
                                                      "id int; ?p int; ?v int", "?a int; ?b int",
                                                      "id int; ?p int; ?v int"};
    struct err e = ERR_INIT;
    make_database(a, d, WORLD_TABLES, "id int");
    for (size_t i = 0; i < WORLD_TABLES; i++) {
        d->tables[i].ncolumns = 0;
        add_columns(a, &d->tables[i], columns[i]);
        if (!keyless[i]) {
            add_index(a, &d->tables[i], "PRIMARY", INDEX_PRIMARY, 0);
        }
        if (unique_of[i] >= 0) {
            add_index(a, &d->tables[i], "u", INDEX_UNIQUE, unique_of[i]);
        }
    }
    add_fk(a, &d->tables[1], 1, &d->tables[0], action);
    add_fk(a, &d->tables[2], 1, &d->tables[1], action);
    add_fk(a, &d->tables[4], 1, &d->tables[4], action);
    struct ddl_options o = {.types = {.dialect = DIALECT_PG}, .target_schema = "shop"};
    bool ok = schema_resolve(a, d, &o, &e);
    assert(ok);
    (void)ok;
}

void world_init(struct world *w, enum world_action action, bool enforced) {
    *w = (struct world){.enforced = enforced, .nfks = 3};
    w->fks[0] = (struct world_fk){.child = 1, .column = 1, .parent = 0, .action = action};
    w->fks[1] = (struct world_fk){.child = 2, .column = 1, .parent = 1, .action = action};
    w->fks[2] = (struct world_fk){.child = 4, .column = 1, .parent = 4, .action = action};
}

/* ---- rows ---- */

static bool same_cell(struct cell x, struct cell y) {
    return x.null == y.null && (x.null || x.v == y.v);
}

static bool same_row(const struct world_row *x, const struct world_row *y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!same_cell(x->c[i], y->c[i])) {
            return false;
        }
    }
    return true;
}

static struct world_row *find(struct world *w, unsigned t, struct cell value, unsigned column) {
    for (size_t i = 0; !value.null && i < w->n[t]; i++) {
        if (same_cell(w->rows[t][i].c[column], value)) {
            return &w->rows[t][i];
        }
    }
    return NULL;
}

static struct world_row *find_row(struct world *w, unsigned t, const struct world_row *like) {
    for (size_t i = 0; i < w->n[t]; i++) {
        if (same_row(&w->rows[t][i], like, columns_of[t])) {
            return &w->rows[t][i];
        }
    }
    return NULL;
}

static bool refuse(struct world *w, const char *why) {
    w->refused = why;
    return false;
}

/* May this row stand in the table, `self` left out? */
static bool unique_holds(struct world *w, unsigned t, const struct world_row *row, const struct world_row *self) {
    struct world_row *other = keyless[t] ? NULL : find(w, t, row->c[0], 0);
    if (other != NULL && other != self) {
        return refuse(w, "duplicate key");
    }
    other = unique_of[t] < 0 ? NULL : find(w, t, row->c[unique_of[t]], (unsigned)unique_of[t]);
    return other == NULL || other == self || refuse(w, "duplicate unique value");
}

static bool parents_hold(struct world *w) {
    for (size_t k = 0; w->enforced && k < w->nfks; k++) {
        const struct world_fk *fk = &w->fks[k];
        for (size_t i = 0; i < w->n[fk->child]; i++) {
            struct cell c = w->rows[fk->child][i].c[fk->column];
            if (!c.null && find(w, fk->parent, c, 0) == NULL) {
                return refuse(w, "a child without a parent");
            }
        }
    }
    return true;
}

static void take_out(struct world *w, unsigned t, size_t i);

/* A value of column 0 is gone; now: what it became, or NULL. */
static void act(struct world *w, unsigned t, struct cell was, const struct cell *now) {
    for (size_t k = 0; w->enforced && k < w->nfks; k++) {
        const struct world_fk *fk = &w->fks[k];
        if (fk->parent != t || fk->action == WORLD_RESTRICT) {
            continue;
        }
        for (size_t i = w->n[fk->child]; i-- > 0;) {
            if (i >= w->n[fk->child] || !same_cell(w->rows[fk->child][i].c[fk->column], was)) {
                continue;
            }
            if (fk->action == WORLD_CASCADE && now == NULL) {
                take_out(w, fk->child, i);
                i = w->n[fk->child]; /* more may have gone */
            } else if (fk->action == WORLD_CASCADE) {
                w->rows[fk->child][i].c[fk->column] = *now;
            } else if (now == NULL) {
                w->rows[fk->child][i].c[fk->column].null = true;
            }
        }
    }
}

static void take_out(struct world *w, unsigned t, size_t i) {
    struct cell was = w->rows[t][i].c[0];
    w->rows[t][i] = w->rows[t][--w->n[t]];
    if (!keyless[t]) {
        act(w, t, was, NULL);
    }
}

/* ---- tuples ---- */

static struct tuple tuple_of(struct arena *a, unsigned t, const struct world_row *row) {
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 4096);
    bool ok = buf_reserve(&b, 200, &e);
    assert(ok);
    (void)ok;
    for (size_t i = 0; i < columns_of[t]; i++) {
        buf_be32(&b, row->c[i].null ? FIELD_NULL : 4);
        if (!row->c[i].null) {
            buf_be32(&b, (uint32_t)row->c[i].v);
        }
    }
    struct tuple made = {.bytes = (uint8_t *)arena_strndup(a, (char *)b.data, b.len), .len = b.len};
    buf_clear(&b);
    return made;
}

/* Absent columns keep what `row` has. */
static void row_of(unsigned t, struct tuple from, struct world_row *row) {
    struct field f[WORLD_COLUMNS];
    tuple_fields(from, f, columns_of[t]);
    for (size_t i = 0; i < columns_of[t]; i++) {
        if (f[i].len != FIELD_ABSENT) {
            row->c[i] = (struct cell){.null = f[i].len == FIELD_NULL};
            row->c[i].v = row->c[i].null ? 0 : (int32_t)get_be32(f[i].bytes);
        }
    }
}

/* ---- the source ---- */

static int32_t below(int32_t n) {
    return (int32_t)(random() % n);
}

static struct cell some_value(unsigned t, unsigned column) {
    struct cell c = {.null = column > 0 && below(6) == 0};
    c.v = c.null                        ? 0
          : keyless[t]                  ? below(3)
          : column == 0                 ? below(25)
          : (int)column == unique_of[t] ? below(30)
                                        : below(25);
    return c;
}

static bool restricted(struct world *w, unsigned t, struct cell was) {
    for (size_t k = 0; k < w->nfks; k++) {
        const struct world_fk *fk = &w->fks[k];
        if (fk->parent == t && fk->action == WORLD_RESTRICT && find(w, fk->child, was, fk->column) != NULL) {
            return true;
        }
        if (fk->parent == t && fk->action == WORLD_SET_NULL && find(w, fk->child, was, fk->column) != NULL) {
            return true; /* of changes; deletes do not ask */
        }
    }
    return false;
}

/* Only the columns that changed, and those of keys before. */
static struct tuple thin(struct arena *a, unsigned t, struct tuple whole, const struct world_row *was,
                         const struct world_row *is) {
    struct field f[WORLD_COLUMNS];
    uint8_t *bytes = arena_alloc(a, whole.len), *w = bytes;
    tuple_fields(whole, f, columns_of[t]);
    for (size_t i = 0; i < columns_of[t]; i++) {
        uint32_t len = same_cell(was->c[i], is->c[i]) ? FIELD_ABSENT : f[i].len;
        uint32_t be = __builtin_bswap32(len);
        memcpy(w, &be, 4);
        w += 4;
        if (len < FIELD_ABSENT) {
            memcpy(w, f[i].bytes, len);
            w += len;
        }
    }
    return (struct tuple){.bytes = bytes, .len = (size_t)(w - bytes)};
}

bool world_random_change(struct world *w, struct arena *a, struct row_change *out) {
    static struct world before;
    unsigned t = (unsigned)below(WORLD_TABLES);
    enum row_op op = w->n[t] == 0 || below(3) == 0 ? ROW_INSERT : below(3) == 0 ? ROW_DELETE : ROW_UPDATE;
    size_t at = w->n[t] > 0 ? (size_t)below((int32_t)w->n[t]) : 0;
    struct world_row fresh, old = {0};
    before = *w;
    *out = (struct row_change){.table = t, .op = op};
    if (op == ROW_INSERT) {
        for (unsigned i = 0; i < columns_of[t]; i++) {
            fresh.c[i] = some_value(t, i);
        }
        if (w->n[t] == WORLD_ROWS || !unique_holds(w, t, &fresh, NULL)) {
            return false;
        }
        w->rows[t][w->n[t]++] = fresh;
        out->after = tuple_of(a, t, &fresh);
    } else {
        old = w->rows[t][at];
        out->before = tuple_of(a, t, &old);
    }
    if (op == ROW_UPDATE) {
        fresh = old;
        for (unsigned i = 0; i < columns_of[t]; i++) {
            if (below(i == 0 ? 5 : 2) == 0) {
                fresh.c[i] = some_value(t, i);
            }
        }
        bool key_changes = !keyless[t] && !same_cell(old.c[0], fresh.c[0]);
        if (!unique_holds(w, t, &fresh, &w->rows[t][at]) || (key_changes && restricted(w, t, old.c[0]))) {
            return false;
        }
        w->rows[t][at] = fresh;
        if (key_changes) {
            act(w, t, old.c[0], &fresh.c[0]);
            /* its own row, too, may refer to itself */
            struct world_row *self = find(w, t, fresh.c[0], 0);
            fresh = *self;
        }
        out->after = tuple_of(a, t, &fresh);
        if (!keyless[t] && below(4) == 0) {
            out->after = thin(a, t, out->after, &old, &fresh);
        }
    }
    if (op == ROW_DELETE) {
        take_out(w, t, at);
    }
    if (!parents_hold(w)) {
        *w = before;
        return false;
    }
    return true;
}

/* ---- the target ---- */

static bool apply_delete(struct world *w, const struct batch *b, const struct step *s) {
    unsigned t = s->table;
    struct cell gone[WORLD_ROWS];
    size_t ngone = 0;
    (void)b;
    for (size_t i = 0; i < s->n; i++) {
        const struct net_change *c = s->changes[i];
        struct world_row like = {0};
        if (keyless[t]) {
            row_of(t, c->key, &like);
            for (int32_t k = 0; k < -c->copies; k++) {
                struct world_row *r = find_row(w, t, &like);
                if (r == NULL) {
                    return refuse(w, "a row to delete is missing");
                }
                *r = w->rows[t][--w->n[t]];
            }
            continue;
        }
        like.c[0].v = (int32_t)get_be32(c->key.bytes + 4);
        struct world_row *r = find(w, t, like.c[0], 0);
        if (r == NULL) {
            return refuse(w, "a row to delete is missing");
        }
        gone[ngone++] = r->c[0];
        *r = w->rows[t][--w->n[t]];
    }
    for (size_t i = 0; i < ngone; i++) { /* what hangs on them goes at the end of the statement */
        act(w, t, gone[i], NULL);
    }
    return parents_hold(w);
}

static bool apply_insert(struct world *w, const struct step *s) {
    unsigned t = s->table;
    for (size_t i = 0; i < s->n; i++) {
        const struct net_change *c = s->changes[i];
        struct world_row row = {0};
        row_of(t, c->after, &row);
        for (int32_t k = 0; k < (keyless[t] ? c->copies : 1); k++) {
            if (!unique_holds(w, t, &row, NULL)) {
                return false;
            }
            w->rows[t][w->n[t]++] = row;
        }
    }
    return parents_hold(w);
}

static bool apply_update(struct world *w, const struct step *s) {
    unsigned t = s->table;
    for (size_t i = 0; i < s->n; i++) {
        const struct net_change *c = s->changes[i];
        struct cell key = {.v = (int32_t)get_be32(c->key.bytes + 4)};
        struct world_row *r = find(w, t, key, 0);
        if (r == NULL) {
            return refuse(w, "a row to update is missing");
        }
        struct world_row fresh = *r;
        row_of(t, c->after, &fresh);
        if (!unique_holds(w, t, &fresh, r)) {
            return false;
        }
        *r = fresh;
        if (!same_cell(key, fresh.c[0])) {
            act(w, t, key, &fresh.c[0]);
        }
    }
    return parents_hold(w);
}

bool world_apply(struct world *w, const struct batch *b, const struct step *s) {
    return s->kind == STEP_DELETE   ? apply_delete(w, b, s)
           : s->kind == STEP_INSERT ? apply_insert(w, s)
                                    : apply_update(w, s);
}

/* ---- comparing ---- */

static int by_cells(const void *x, const void *y) {
    const struct world_row *a = x, *b = y;
    for (size_t i = 0; i < WORLD_COLUMNS; i++) {
        if (a->c[i].null != b->c[i].null) {
            return (int)a->c[i].null - (int)b->c[i].null;
        }
        if (a->c[i].v != b->c[i].v) {
            return a->c[i].v < b->c[i].v ? -1 : 1;
        }
    }
    return 0;
}

static void sort_rows(struct world *w) {
    for (size_t t = 0; t < WORLD_TABLES; t++) {
        for (size_t i = 0; i < w->n[t]; i++) {
            for (size_t c = 0; c < WORLD_COLUMNS; c++) {
                struct cell *cell = &w->rows[t][i].c[c];
                if (c >= columns_of[t]) { /* never set */
                    *cell = (struct cell){0};
                } else if (cell->null) {
                    cell->v = 0;
                }
            }
        }
        qsort(w->rows[t], w->n[t], sizeof w->rows[t][0], by_cells);
    }
}

bool world_equal(const struct world *x, const struct world *y) {
    static struct world a, b;
    a = *x;
    b = *y;
    sort_rows(&a);
    sort_rows(&b);
    for (size_t t = 0; t < WORLD_TABLES; t++) {
        if (a.n[t] != b.n[t]) {
            return false;
        }
        for (size_t i = 0; i < a.n[t]; i++) {
            if (!same_row(&a.rows[t][i], &b.rows[t][i], columns_of[t])) {
                return false;
            }
        }
    }
    return true;
}
