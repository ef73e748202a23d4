/* See draft.h and change.h. */
#include "schema/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

void list_insert(struct arena *a, struct list *l, size_t at, void *item) {
    l->items = arena_grow(a, l->items, l->n, &l->cap, sizeof *l->items);
    memmove(l->items + at + 1, l->items + at, (l->n - at) * sizeof *l->items);
    l->items[at] = item;
    l->n++;
}

void list_add(struct arena *a, struct list *l, void *item) {
    list_insert(a, l, l->n, item);
}

void list_remove(struct list *l, size_t at) {
    memmove(l->items + at, l->items + at + 1, (l->n - at - 1) * sizeof *l->items);
    l->n--;
}

bool change_no(struct changer *x, const char *fmt, ...) {
    if (x->why == NULL) {
        char text[400];
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        x->why = arena_strdup(x->a, text);
    }
    return false;
}

/* ---- copies ---- */

static struct column *moved(const struct table *from, struct column *to, const struct column *c) {
    return c == NULL ? NULL : &to[c - from->columns];
}

static void copy_parts(struct arena *a, struct index *x, const struct table *from, struct column *columns) {
    struct index_part *parts = arena_array(a, struct index_part, x->nparts + 1);
    for (size_t i = 0; i < x->nparts; i++) {
        parts[i] = x->parts[i];
        parts[i].column = moved(from, columns, parts[i].column);
    }
    x->parts = parts;
}

static void copy_fk(struct arena *a, struct foreign_key *k, const struct table *from, struct column *columns) {
    struct column **own = arena_array(a, struct column *, k->n + 1);
    char **other = arena_array(a, char *, k->n + 1);
    for (size_t i = 0; i < k->n; i++) {
        own[i] = moved(from, columns, k->columns[i]);
        other[i] = k->ref_columns[i];
    }
    k->columns = own;
    k->ref_columns = other;
}

static void clone_table(struct arena *a, const struct table *from, struct table *to) {
    *to = *from;
    to->was = from;
    to->columns = arena_array(a, struct column, from->ncolumns + 1);
    to->indexes = arena_array(a, struct index, from->nindexes + 1);
    to->fks = arena_array(a, struct foreign_key, from->nfks + 1);
    to->checks = arena_array(a, struct check, from->nchecks + 1);
    to->part.parts = arena_array(a, struct partition, from->part.n + 1);
    for (size_t i = 0; i < from->ncolumns; i++) {
        to->columns[i] = from->columns[i];
        to->columns[i].was = &from->columns[i];
    }
    for (size_t i = 0; i < from->nindexes; i++) {
        to->indexes[i] = from->indexes[i];
        to->indexes[i].was = &from->indexes[i];
        copy_parts(a, &to->indexes[i], from, to->columns);
    }
    for (size_t i = 0; i < from->nfks; i++) {
        to->fks[i] = from->fks[i];
        to->fks[i].was = &from->fks[i];
        copy_fk(a, &to->fks[i], from, to->columns);
    }
    for (size_t i = 0; i < from->nchecks; i++) {
        to->checks[i] = from->checks[i];
        to->checks[i].was = &from->checks[i];
    }
    for (size_t i = 0; i < from->part.n; i++) {
        to->part.parts[i] = from->part.parts[i];
    }
}

void schema_clone(struct arena *a, const struct database *from, struct database *to) {
    *to = *from;
    to->tables = arena_array(a, struct table, from->ntables + 1);
    for (size_t i = 0; i < from->ntables; i++) {
        clone_table(a, &from->tables[i], &to->tables[i]);
    }
}

/* ---- drafts ---- */

void draft_open(struct draft *d, struct changer *x, struct table *t) {
    struct arena *a = x->a;
    *d = (struct draft){.x = x, .t = t};
    struct column *columns = arena_array(a, struct column, t->ncolumns + 1);
    for (size_t i = 0; i < t->ncolumns; i++) {
        columns[i] = t->columns[i];
        list_add(a, &d->columns, &columns[i]);
    }
    for (size_t i = 0; i < t->nindexes; i++) {
        struct index *k = arena_new(a, struct index);
        *k = t->indexes[i];
        copy_parts(a, k, t, columns);
        list_add(a, &d->indexes, k);
    }
    for (size_t i = 0; i < t->nfks; i++) {
        struct foreign_key *k = arena_new(a, struct foreign_key);
        *k = t->fks[i];
        copy_fk(a, k, t, columns);
        list_add(a, &d->fks, k);
    }
    for (size_t i = 0; i < t->nchecks; i++) {
        struct check *k = arena_new(a, struct check);
        *k = t->checks[i];
        list_add(a, &d->checks, k);
    }
    for (size_t i = 0; i < t->part.n; i++) {
        struct partition *p = arena_new(a, struct partition);
        *p = t->part.parts[i];
        list_add(a, &d->partitions, p);
    }
}

static struct column *settled(const struct draft *d, const struct column *c) {
    for (size_t i = 0; i < d->columns.n; i++) {
        if (d->columns.items[i] == c) {
            return &d->t->columns[i];
        }
    }
    return NULL;
}

static int by_index(const void *a, const void *b) {
    const struct index *x = a, *y = b;
    int px = x->kind != INDEX_PRIMARY, py = y->kind != INDEX_PRIMARY;
    return px != py ? px - py : strcmp(x->name, y->name);
}
static int by_fk(const void *a, const void *b) {
    return strcmp(((const struct foreign_key *)a)->name, ((const struct foreign_key *)b)->name);
}
static int by_check(const void *a, const void *b) {
    return strcmp(((const struct check *)a)->name, ((const struct check *)b)->name);
}

/* In the order in which the catalog is read. */
static void sort_parts(struct table *t) {
    if (t->nindexes > 0) {
        qsort(t->indexes, t->nindexes, sizeof *t->indexes, by_index);
    }
    if (t->nfks > 0) {
        qsort(t->fks, t->nfks, sizeof *t->fks, by_fk);
    }
    if (t->nchecks > 0) {
        qsort(t->checks, t->nchecks, sizeof *t->checks, by_check);
    }
}

void draft_close(struct draft *d) {
    struct arena *a = d->x->a;
    struct table *t = d->t;
    t->ncolumns = d->columns.n;
    t->nindexes = d->indexes.n;
    t->nfks = d->fks.n;
    t->nchecks = d->checks.n;
    t->part.n = d->partitions.n;
    t->columns = arena_array(a, struct column, t->ncolumns + 1);
    t->indexes = arena_array(a, struct index, t->nindexes + 1);
    t->fks = arena_array(a, struct foreign_key, t->nfks + 1);
    t->checks = arena_array(a, struct check, t->nchecks + 1);
    t->part.parts = arena_array(a, struct partition, t->part.n + 1);
    for (size_t i = 0; i < t->ncolumns; i++) {
        t->columns[i] = *(struct column *)d->columns.items[i];
        t->columns[i].ordinal = (int)i + 1;
    }
    for (size_t i = 0; i < t->nindexes; i++) {
        t->indexes[i] = *(struct index *)d->indexes.items[i];
        for (size_t k = 0; k < t->indexes[i].nparts; k++) {
            struct index_part *p = &t->indexes[i].parts[k];
            p->column = p->column != NULL ? settled(d, p->column) : NULL;
        }
    }
    for (size_t i = 0; i < t->nfks; i++) {
        t->fks[i] = *(struct foreign_key *)d->fks.items[i];
        for (size_t k = 0; k < t->fks[i].n; k++) {
            t->fks[i].columns[k] = settled(d, t->fks[i].columns[k]);
        }
    }
    for (size_t i = 0; i < t->nchecks; i++) {
        t->checks[i] = *(struct check *)d->checks.items[i];
    }
    for (size_t i = 0; i < t->part.n; i++) {
        t->part.parts[i] = *(struct partition *)d->partitions.items[i];
    }
    sort_parts(t);
}

struct column *draft_column(const struct draft *d, const char *name) {
    for (size_t i = 0; i < d->columns.n; i++) {
        struct column *c = d->columns.items[i];
        if (str_ieq(c->name, name)) {
            return c;
        }
    }
    return NULL;
}

struct index *draft_index(const struct draft *d, const char *name) {
    for (size_t i = 0; i < d->indexes.n; i++) {
        struct index *k = d->indexes.items[i];
        if (str_ieq(k->name, name)) {
            return k;
        }
    }
    return NULL;
}

struct foreign_key *draft_fk(const struct draft *d, const char *name) {
    for (size_t i = 0; i < d->fks.n; i++) {
        struct foreign_key *k = d->fks.items[i];
        if (str_ieq(k->name, name)) {
            return k;
        }
    }
    return NULL;
}

struct check *draft_check(const struct draft *d, const char *name) {
    for (size_t i = 0; i < d->checks.n; i++) {
        struct check *k = d->checks.items[i];
        if (str_ieq(k->name, name)) {
            return k;
        }
    }
    return NULL;
}
