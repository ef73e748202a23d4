/* See depend.h. One entry for each value a part touches, in chains by hash. */
#include "follow/depend.h"

#include <stdlib.h>

enum { FIRST_BUCKETS = 1 << 14 };

struct depend_entry {
    uint64_t hash;
    void *owner;
    bool writes;
    struct depend_entry *next, **link; /* link: what points here */
};

_Static_assert(sizeof(struct depend_entry) == DEPEND_ENTRY_BYTES, "");

static void *zeroed(size_t n, size_t size) {
    void *p = calloc(n, size);
    if (p == NULL) {
        BUG("no memory for what parts wait for");
    }
    return p;
}

void depend_init(struct depend *d) {
    *d = (struct depend){.nbuckets = FIRST_BUCKETS};
    d->buckets = zeroed(d->nbuckets, sizeof *d->buckets); /* NOLINT(bugprone-sizeof-expression): of pointers */
}

void depend_clear(struct depend *d) {
    free(d->buckets);
    *d = (struct depend){0};
}

static void link_in(struct depend *d, struct depend_entry *x) {
    struct depend_entry **at = &d->buckets[(size_t)x->hash & (d->nbuckets - 1)];
    x->next = *at;
    x->link = at;
    if (x->next != NULL) {
        x->next->link = &x->next;
    }
    *at = x;
}

static void grow(struct depend *d) {
    struct depend_entry **old = d->buckets;
    size_t nold = d->nbuckets;
    d->nbuckets *= 4;
    d->buckets = zeroed(d->nbuckets, sizeof *d->buckets); /* NOLINT(bugprone-sizeof-expression): of pointers */
    for (size_t i = 0; i < nold; i++) {
        for (struct depend_entry *x = old[i], *next; x != NULL; x = next) {
            next = x->next;
            link_in(d, x);
        }
    }
    free(old);
}

void depend_enter(struct depend *d, struct depend_part *entered, void *owner, const struct part *p, depend_sink *sink,
                  void *arg) {
    *entered = (struct depend_part){.owner = owner, .n = p->ntouched};
    entered->entries = zeroed(p->ntouched + 1, sizeof *entered->entries);
    d->n += p->ntouched;
    while (d->n > 2 * d->nbuckets) {
        grow(d);
    }
    for (size_t i = 0; i < p->ntouched; i++) {
        const struct touched *t = &p->touched[i];
        struct depend_entry *x = &entered->entries[i];
        for (struct depend_entry *y = d->buckets[(size_t)t->hash & (d->nbuckets - 1)]; y != NULL; y = y->next) {
            if (y->hash == t->hash && (y->writes || t->writes)) {
                sink(arg, y->owner);
            }
        }
        *x = (struct depend_entry){.hash = t->hash, .owner = owner, .writes = t->writes};
        link_in(d, x);
    }
}

void depend_leave(struct depend *d, struct depend_part *entered) {
    for (size_t i = 0; i < entered->n; i++) {
        struct depend_entry *x = &entered->entries[i];
        *x->link = x->next;
        if (x->next != NULL) {
            x->next->link = x->link;
        }
    }
    d->n -= entered->n;
    free(entered->entries);
    *entered = (struct depend_part){0};
}
