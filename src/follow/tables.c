/* See tables.h. */
#include "follow/tables.h"

#include <string.h>

#include "base/str.h"
#include "value/digest.h"

/* ---- columns and forms ---- */

/* Position among the columns that hold data; ncolumns: it does not. */
static size_t position_of(const struct follow_table *f, const struct column *c) {
    for (size_t i = 0; i < f->ncolumns; i++) {
        if (f->columns[i] == c) {
            return i;
        }
    }
    return f->ncolumns;
}

static bool ends_with(const char *s, const char *tail) {
    size_t n = strlen(s), m = strlen(tail);
    return n >= m && str_eq(s + n - m, tail);
}

static enum hash_form text_form(const struct column *c, const struct follow_table_options *o) {
    const char *collation = o->into_mysql ? c->type.collation : c->target.collation;
    bool folds = o->into_mysql || o->dialect == DIALECT_OG_B;
    bool exact = collation == NULL || ends_with(collation, "_bin") || str_eq(collation, "binary");
    return folds && !exact ? HASH_FOLDED : HASH_TEXT;
}

static enum hash_form form_of(const struct column *c, const struct follow_table_options *o) {
    switch (c->target.kind) {
    case TK_INT1:
    case TK_INT2:
    case TK_INT4:
    case TK_INT8:
    case TK_UINT1:
    case TK_UINT2:
    case TK_UINT4:
    case TK_UINT8:
    case TK_YEAR:
        return HASH_INT;
    case TK_FLOAT4:
    case TK_FLOAT8:
        return HASH_FLOAT;
    case TK_TEXT:
        return text_form(c, o);
    default:
        return HASH_BYTES;
    }
}

static void choose_columns(struct arena *a, const struct table *t, struct follow_table *f) {
    f->columns = arena_array(a, const struct column *, t->ncolumns + 1);
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (t->columns[i].loaded) {
            f->columns[f->ncolumns++] = &t->columns[i];
        }
    }
}

/* ---- seeds: what makes a key the same key ---- */

static uint64_t seed_of_table(const struct table *t, const char *what) {
    struct digest d = digest_row(t->name, strlen(t->name));
    struct digest w = digest_row(what, strlen(what));
    return d.lo ^ (w.lo * UINT64_C(0x9e3779b97f4a7c15));
}

/* Parts in the order of their columns: (a, b) and (b, a) are one key. */
static void sort_parts(struct rule_part *p, size_t n) {
    for (size_t i = 1; i < n; i++) {
        struct rule_part x = p[i];
        size_t k = i;
        for (; k > 0 && p[k - 1].column > x.column; k--) {
            p[k] = p[k - 1];
        }
        p[k] = x;
    }
}

static void set_seed(const struct table *t, struct rule *r, const char *what) {
    uint64_t sum = seed_of_table(t, what);
    for (size_t i = 0; i < r->n; i++) {
        uint64_t part[] = {sum, r->parts[i].column, r->parts[i].prefix_chars};
        sum = digest_row(part, sizeof part).lo;
    }
    r->seed = sum != 0 ? sum : 1;
}

/* ---- rules ---- */

static struct rule *add_rule(struct follow_table *f, enum rule_kind kind) {
    struct rule *r = &f->rules[f->nrules++];
    r->kind = kind;
    return r;
}

/* The columns of a key; false: not all of them are in the stream. */
static bool parts_of(struct arena *a, const struct follow_table *f, const struct index *x,
                     const struct follow_table_options *o, struct rule *r) {
    r->parts = arena_array(a, struct rule_part, x->nparts + 1);
    for (size_t i = 0; i < x->nparts; i++) {
        const struct column *c = x->parts[i].column;
        size_t at = c == NULL ? f->ncolumns : position_of(f, c);
        if (at == f->ncolumns) {
            r->n = 0;
            return false;
        }
        r->parts[r->n++] = (struct rule_part){
            .column = (uint16_t)at, .form = (uint8_t)form_of(c, o), .prefix_chars = x->parts[i].prefix_chars};
    }
    sort_parts(r->parts, r->n);
    return true;
}

static void row_rule(struct arena *a, struct follow_table *f, const struct follow_table_options *o) {
    const struct index *key = schema_row_key(f->t);
    struct rule *r = add_rule(f, RULE_ROW);
    if (key != NULL && parts_of(a, f, key, o, r)) {
        f->key = arena_array(a, uint16_t, key->nparts);
        f->nkey = key->nparts;
        for (size_t i = 0; i < key->nparts; i++) {
            f->key[i] = (uint16_t)position_of(f, key->parts[i].column);
        }
        f->counts = form_of(f->columns[f->key[f->nkey - 1]], o) == HASH_INT;
        for (size_t i = 0; i < r->n; i++) {
            r->parts[i].prefix_chars = 0; /* whole columns are as unique */
        }
    }
    set_seed(f->t, r, "row");
}

static void unique_rules(struct arena *a, struct follow_table *f, const struct follow_table_options *o) {
    const struct index *key = schema_row_key(f->t);
    for (size_t i = 0; i < f->t->nindexes; i++) {
        const struct index *x = &f->t->indexes[i];
        if (x == key || (x->kind != INDEX_UNIQUE && x->kind != INDEX_PRIMARY)) {
            continue;
        }
        struct rule *r = add_rule(f, RULE_UNIQUE);
        bool told = parts_of(a, f, x, o, r);
        set_seed(f->t, r, told ? "unique" : x->name);
    }
}

struct maker {
    struct arena *a;
    const struct database *d;
    const struct follow_table_options *o;
    struct follow_tables *out;
};

static struct follow_table *referred_table(const struct maker *m, const struct foreign_key *k) {
    const struct table *t = str_ieq(k->ref_schema, m->d->name) ? schema_find_table(m->d, k->ref_table) : NULL;
    return t == NULL ? NULL : &m->out->tables[t - m->d->tables];
}

/* Its own columns, in the order of the columns they refer to. False: one of them is not in the stream. */
static bool foreign_parts(const struct maker *m, const struct follow_table *child, const struct follow_table *parent,
                          const struct foreign_key *k, struct rule *refers, struct rule *referred) {
    struct arena *a = m->a;
    refers->parts = arena_array(a, struct rule_part, k->n + 1);
    referred->parts = arena_array(a, struct rule_part, k->n + 1);
    uint16_t *own = arena_array(a, uint16_t, parent->ncolumns + 1);
    for (size_t i = 0; i < k->n; i++) {
        const struct column *far = schema_find_column(parent->t, k->ref_columns[i]);
        size_t at = far == NULL ? parent->ncolumns : position_of(parent, far);
        size_t here = position_of(child, k->columns[i]);
        if (at == parent->ncolumns || here == child->ncolumns) {
            return false;
        }
        own[at] = (uint16_t)here;
        referred->parts[referred->n++] =
            (struct rule_part){.column = (uint16_t)at, .form = (uint8_t)form_of(far, m->o)};
    }
    sort_parts(referred->parts, referred->n);
    for (size_t i = 0; i < referred->n; i++) {
        uint16_t here = own[referred->parts[i].column];
        refers->parts[refers->n++] =
            (struct rule_part){.column = here, .form = (uint8_t)form_of(child->columns[here], m->o)};
    }
    return true;
}

static struct rule *find_referred(const struct maker *m, uint64_t seed) {
    for (size_t i = 0; i < m->out->n; i++) {
        for (size_t k = 0; k < m->out->tables[i].nrules; k++) {
            struct rule *r = &m->out->tables[i].rules[k];
            if (r->kind == RULE_REFERRED && r->seed == seed) {
                return r;
            }
        }
    }
    return NULL;
}

static void foreign_rule(const struct maker *m, struct follow_table *child, const struct foreign_key *k) {
    struct follow_table *parent = referred_table(m, k);
    if (parent == NULL) {
        return;
    }
    struct rule refers = {.kind = RULE_REFERS}, referred = {.kind = RULE_REFERRED};
    if (!foreign_parts(m, child, parent, k, &refers, &referred)) {
        refers.n = referred.n = 0;
    }
    set_seed(parent->t, &referred, "referred");
    refers.seed = referred.seed;
    *add_rule(child, RULE_REFERS) = refers;
    struct rule *known = find_referred(m, referred.seed);
    if (known == NULL) {
        known = add_rule(parent, RULE_REFERRED);
        *known = referred;
    }
    known->cascades = known->cascades || (m->o->hidden_cascades && schema_key_cascades(k));
}

/* A key with several children is hashed by the weakest form that any of them needs, on both sides. */
static void agree_on_forms(const struct maker *m) {
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < m->d->ntables; i++) {
            const struct follow_table *child = &m->out->tables[i];
            for (size_t k = 0; k < child->nrules; k++) {
                struct rule *refers = &child->rules[k], *referred = NULL;
                if (refers->kind == RULE_REFERS) {
                    referred = find_referred(m, refers->seed);
                }
                for (size_t p = 0; referred != NULL && p < refers->n; p++) {
                    uint8_t *far = &referred->parts[p].form, *here = &refers->parts[p].form;
                    *far = *here > *far ? *here : *far;
                    *here = *far;
                }
            }
        }
    }
}

/* ---- hidden cascades ---- */

/* Which tables a change in table `from` reaches by cascading keys, transitively. */
static void reach(const struct maker *m, size_t from, bool *seen) {
    for (size_t i = 0; i < m->d->ntables; i++) {
        const struct table *t = &m->d->tables[i];
        for (size_t k = 0; k < t->nfks; k++) {
            const struct follow_table *parent = referred_table(m, &t->fks[k]);
            if (parent != NULL && parent->number == from && schema_key_cascades(&t->fks[k]) && !seen[i]) {
                seen[i] = true;
                reach(m, i, seen);
            }
        }
    }
}

static void hidden_rules(const struct maker *m) {
    size_t n = m->d->ntables;
    bool *any = arena_array(m->a, bool, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct follow_table *f = &m->out->tables[i];
        bool *seen = arena_array(m->a, bool, n + 1);
        reach(m, i, seen);
        f->reached = arena_array(m->a, uint64_t, n + 1);
        for (size_t k = 0; k < n; k++) {
            if (seen[k]) {
                f->reached[f->nreached++] = seed_of_table(&m->d->tables[k], "table");
                any[k] = true;
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (any[i]) {
            add_rule(&m->out->tables[i], RULE_TABLE)->seed = seed_of_table(&m->d->tables[i], "table");
        }
    }
}

/* ---- order ---- */

/* Parents first; in a circle the first table of the model begins. */
static void order_tables(const struct maker *m) {
    size_t n = m->d->ntables, placed = 0;
    bool *done = arena_array(m->a, bool, n + 1);
    while (placed < n) {
        size_t chosen = n, first = n;
        for (size_t i = 0; i < n && chosen == n; i++) {
            bool free = !done[i];
            first = free && first == n ? i : first;
            for (size_t k = 0; free && k < m->d->tables[i].nfks; k++) {
                const struct follow_table *p = referred_table(m, &m->d->tables[i].fks[k]);
                free = p == NULL || p->number == i || done[p->number];
            }
            chosen = free ? i : n;
        }
        chosen = chosen == n ? first : chosen;
        done[chosen] = true;
        m->out->tables[chosen].order = placed++; /* NOLINT(clang-analyzer-core.NullDereference): there are n of them */
    }
}

/* ---- all ---- */

/* Where foreign keys are checked a row that others refer to is not deleted and made again, and which of two such rows has to be
 * changed first cannot be told from what becomes of them: they are kept in different batches. */
static void set_apart(struct follow_table *f) {
    bool referred = false;
    for (size_t i = 0; i < f->nrules; i++) {
        referred = referred || f->rules[i].kind == RULE_REFERRED;
    }
    for (size_t i = 0; referred && i < f->nrules; i++) {
        f->rules[i].apart = f->rules[i].kind == RULE_UNIQUE;
    }
}

/* PARTING: of parts.c; another way to cut the same changes has another number. */
static uint64_t shape_of(const struct follow_tables *tables, const struct follow_table_options *o) {
    enum { PARTING = 2 };
    uint64_t sum = (uint64_t)PARTING << 16 | (uint64_t)o->dialect << 8 | (uint64_t)o->into_mysql << 2 |
                   (uint64_t)o->enforced << 1 | o->hidden_cascades;
    for (size_t i = 0; i < tables->n; i++) {
        const struct follow_table *f = &tables->tables[i];
        for (size_t c = 0; c < f->ncolumns; c++) {
            uint64_t column[] = {sum, digest_row(f->columns[c]->name, strlen(f->columns[c]->name)).lo,
                                 f->columns[c]->target.kind};
            sum = digest_row(column, sizeof column).lo;
        }
        for (size_t r = 0; r < f->nrules; r++) {
            uint64_t rule[] = {sum, f->rules[r].kind, f->rules[r].seed, f->rules[r].n, f->rules[r].cascades};
            sum = digest_row(rule, sizeof rule).lo;
        }
    }
    return sum;
}

void follow_tables_make(struct arena *a, const struct database *d, const struct follow_table_options *o,
                        struct follow_tables *out) {
    struct maker m = {.a = a, .d = d, .o = o, .out = out};
    size_t nfks = 0;
    for (size_t i = 0; i < d->ntables; i++) {
        nfks += d->tables[i].nfks;
    }
    *out = (struct follow_tables){.tables = arena_array(a, struct follow_table, d->ntables + 1), .n = d->ntables};
    for (size_t i = 0; i < d->ntables; i++) {
        struct follow_table *f = &out->tables[i];
        f->t = &d->tables[i];
        f->number = (uint32_t)i;
        f->rules = arena_array(a, struct rule, f->t->nindexes + 2 * nfks + 3);
        choose_columns(a, f->t, f);
        out->fields_max = f->ncolumns > out->fields_max ? f->ncolumns : out->fields_max;
        row_rule(a, f, o);
        unique_rules(a, f, o);
    }
    for (size_t i = 0; o->enforced && i < d->ntables; i++) {
        for (size_t k = 0; k < d->tables[i].nfks; k++) {
            foreign_rule(&m, &out->tables[i], &d->tables[i].fks[k]);
        }
    }
    agree_on_forms(&m);
    if (o->enforced && o->hidden_cascades) {
        hidden_rules(&m);
    }
    order_tables(&m);
    for (size_t i = 0; i < d->ntables; i++) {
        struct follow_table *f = &out->tables[i];
        if (o->enforced) {
            set_apart(f);
        }
        f->meets = f->nrules > 1;
    }
    out->shape = shape_of(out, o);
}
