/* Models made by hand, for the tests of this folder. */
#ifndef TESTS_SCHEMA_BUILD_H
#define TESTS_SCHEMA_BUILD_H

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "schema/ddl.h"

/* Columns "name type" separated by ';': "id bigint; d datetime(3)". A '?' in front makes one nullable. */
static inline void add_columns(struct arena *a, struct table *t, const char *list) {
    t->columns = arena_array(a, struct column, 32);
    char *rest = arena_strdup(a, list), *one;
    while ((one = strsep(&rest, ";")) != NULL) {
        one += strspn(one, " ");
        struct column *c = &t->columns[t->ncolumns++];
        c->nullable = one[0] == '?';
        one += c->nullable;
        char *type = strchr(one, ' ');
        assert(type != NULL);
        *type++ = '\0';
        c->name = one;
        c->ordinal = (int)t->ncolumns;
        bool known = mytype_parse(a, type, &c->type);
        assert(known);
        (void)known;
    }
}

/* Databases of n tables t0, t1, .. with these columns. */
static inline void make_database(struct arena *a, struct database *d, size_t n, const char *columns) {
    *d = (struct database){.name = arena_strdup(a, "shop")};
    d->tables = arena_array(a, struct table, n);
    d->ntables = n;
    for (size_t i = 0; i < n; i++) {
        d->tables[i].schema = d->name;
        d->tables[i].name = arena_printf(a, "t%zu", i);
        add_columns(a, &d->tables[i], columns);
    }
}

static inline struct index *add_index(struct arena *a, struct table *t, const char *name, enum index_kind kind,
                                      int column) {
    struct index *grown = arena_array(a, struct index, t->nindexes + 1);
    if (t->nindexes > 0) {
        memcpy(grown, t->indexes, t->nindexes * sizeof *grown);
    }
    t->indexes = grown;
    struct index *x = &grown[t->nindexes++];
    *x = (struct index){.name = arena_strdup(a, name), .kind = kind, .nparts = 1};
    x->parts = arena_array(a, struct index_part, 1);
    x->parts[0].column = &t->columns[column];
    return x;
}

#endif
