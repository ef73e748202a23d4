/* Sets of MySQL's GTIDs: sorted sources, each with sorted intervals. See gtid.h; text and bytes are in gtid_form.c. */
#include "mysql/gtid.h"

#include <stdlib.h>

void gtid_set_clear(struct gtid_set *s) {
    for (size_t i = 0; i < s->n; i++) {
        free(s->sources[i].items);
    }
    free(s->sources);
    *s = (struct gtid_set)GTID_SET_INIT;
}

static bool no_memory(struct err *e) {
    return err_set(e, ERR_MEMORY, "no memory for a GTID set");
}

/* The items with room for one more of `size` bytes; NULL: no memory. */
static void *grown(void *items, size_t n, size_t *cap, size_t size, struct err *e) {
    if (n < *cap && items != NULL) {
        return items;
    }
    size_t want = *cap == 0 ? 4 : 2 * *cap;
    void *more = realloc(items, want * size);
    if (more == NULL) {
        no_memory(e);
        return NULL;
    }
    *cap = want;
    return more;
}

/* ---- sources ---- */

static int compare_sources(const struct gtid_source *a, const struct gtid_source *b) {
    int c = memcmp(a->uuid, b->uuid, GTID_UUID_BYTES);
    return c != 0 ? c : strcmp(a->tag, b->tag);
}

/* The source's intervals, or NULL; *at: where they are, or would be. */
static struct gtid_intervals *find_source(const struct gtid_set *s, const struct gtid_source *source, size_t *at) {
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = compare_sources(&s->sources[middle].source, source);
        if (c == 0) {
            *at = middle;
            return &s->sources[middle];
        }
        if (c < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *at = low;
    return NULL;
}

static const struct gtid_intervals *get_source(const struct gtid_set *s, const struct gtid_source *source) {
    size_t at;
    return find_source(s, source, &at);
}

/* A source without intervals yet; NULL: no memory. */
static struct gtid_intervals *insert_source(struct gtid_set *s, size_t at, const struct gtid_source *source,
                                            struct err *e) {
    struct gtid_intervals *sources = grown(s->sources, s->n, &s->cap, sizeof *sources, e);
    if (sources == NULL) {
        return NULL;
    }
    s->sources = sources;
    memmove(s->sources + at + 1, s->sources + at, (s->n - at) * sizeof *s->sources);
    s->sources[at] = (struct gtid_intervals){.source = *source};
    s->n++;
    return &s->sources[at];
}

static void remove_source(struct gtid_set *s, size_t at) {
    free(s->sources[at].items);
    s->n--;
    memmove(s->sources + at, s->sources + at + 1, (s->n - at) * sizeof *s->sources);
}

/* ---- intervals ---- */

/* The first interval that ends at or behind `number`; v->n if there is none. */
static size_t find_interval(const struct gtid_intervals *v, int64_t number) {
    size_t low = 0, high = v->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (v->items[middle].last < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool insert_interval(struct gtid_intervals *v, size_t at, struct gtid_interval i, struct err *e) {
    struct gtid_interval *items = grown(v->items, v->n, &v->cap, sizeof *items, e);
    if (items == NULL) {
        return false;
    }
    v->items = items;
    memmove(v->items + at + 1, v->items + at, (v->n - at) * sizeof *v->items);
    v->items[at] = i;
    v->n++;
    return true;
}

static void remove_intervals(struct gtid_intervals *v, size_t from, size_t to) {
    memmove(v->items + from, v->items + to, (v->n - to) * sizeof *v->items);
    v->n -= to - from;
}

static bool add_interval(struct gtid_intervals *v, struct gtid_interval i, struct err *e) {
    if (v->n > 0 && v->items[v->n - 1].last == i.first - 1) {
        v->items[v->n - 1].last = i.last;
        return true;
    }
    size_t from = find_interval(v, i.first - 1), to = from; /* those that overlap or touch */
    while (to < v->n && v->items[to].first <= i.last + 1) {
        to++;
    }
    if (from == to) {
        return insert_interval(v, from, i, e);
    }
    struct gtid_interval *into = &v->items[from];
    int64_t last = v->items[to - 1].last;
    into->first = into->first < i.first ? into->first : i.first;
    into->last = last > i.last ? last : i.last;
    remove_intervals(v, from + 1, to);
    return true;
}

static bool subtract_interval(struct gtid_intervals *v, struct gtid_interval i, struct err *e) {
    size_t from = find_interval(v, i.first);
    if (from < v->n && v->items[from].first < i.first) {
        struct gtid_interval *cut = &v->items[from];
        if (cut->last > i.last) { /* out of its middle */
            struct gtid_interval rest = {i.last + 1, cut->last};
            if (!insert_interval(v, from + 1, rest, e)) {
                return false;
            }
            v->items[from].last = i.first - 1;
            return true;
        }
        cut->last = i.first - 1;
        from++;
    }
    size_t to = from;
    while (to < v->n && v->items[to].last <= i.last) {
        to++;
    }
    remove_intervals(v, from, to);
    if (from < v->n && v->items[from].first <= i.last) {
        v->items[from].first = i.last + 1;
    }
    return true;
}

/* ---- sets ---- */

bool gtid_set_add_range(struct gtid_set *s, const struct gtid_source *source, int64_t first, int64_t last,
                        struct err *e) {
    if (first < 1 || last > GTID_NUMBER_MAX || first > last) {
        return err_set(e, ERR_POSITION, "%lld-%lld is no range of transaction numbers", (long long)first,
                       (long long)last);
    }
    size_t at;
    struct gtid_intervals *v = find_source(s, source, &at);
    bool is_new = v == NULL;
    if (is_new) {
        v = insert_source(s, at, source, e);
    }
    if (v == NULL) {
        return false;
    }
    bool ok = add_interval(v, (struct gtid_interval){first, last}, e);
    if (!ok && is_new) {
        remove_source(s, at);
    }
    return ok;
}

bool gtid_set_add(struct gtid_set *s, const struct gtid *g, struct err *e) {
    return gtid_set_add_range(s, &g->source, g->number, g->number, e);
}

bool gtid_set_unite(struct gtid_set *s, const struct gtid_set *more, struct err *e) {
    for (size_t i = 0; i < more->n; i++) {
        const struct gtid_intervals *v = &more->sources[i];
        for (size_t k = 0; k < v->n; k++) {
            if (!gtid_set_add_range(s, &v->source, v->items[k].first, v->items[k].last, e)) {
                return false;
            }
        }
    }
    return true;
}

bool gtid_set_subtract(struct gtid_set *s, const struct gtid_set *less, struct err *e) {
    for (size_t i = s->n; i-- > 0;) {
        struct gtid_intervals *v = &s->sources[i];
        const struct gtid_intervals *other = get_source(less, &v->source);
        for (size_t k = 0; other != NULL && k < other->n; k++) {
            if (!subtract_interval(v, other->items[k], e)) {
                return false;
            }
        }
        if (v->n == 0) {
            remove_source(s, i);
        }
    }
    return true;
}

bool gtid_set_copy(struct gtid_set *to, const struct gtid_set *from, struct err *e) {
    struct gtid_set copy = GTID_SET_INIT;
    if (!gtid_set_unite(&copy, from, e)) {
        gtid_set_clear(&copy);
        return false;
    }
    gtid_set_clear(to);
    *to = copy;
    return true;
}

bool gtid_set_has(const struct gtid_set *s, const struct gtid *g) {
    const struct gtid_intervals *v = get_source(s, &g->source);
    size_t at = v != NULL ? find_interval(v, g->number) : 0;
    return v != NULL && at < v->n && v->items[at].first <= g->number;
}

bool gtid_set_within(const struct gtid_set *s, const struct gtid_set *whole) {
    for (size_t i = 0; i < s->n; i++) {
        const struct gtid_intervals *v = &s->sources[i], *other = get_source(whole, &v->source);
        for (size_t k = 0; k < v->n; k++) {
            size_t at = other != NULL ? find_interval(other, v->items[k].first) : 0;
            if (other == NULL || at == other->n || other->items[at].first > v->items[k].first ||
                other->items[at].last < v->items[k].last) {
                return false;
            }
        }
    }
    return true;
}

bool gtid_set_equal(const struct gtid_set *a, const struct gtid_set *b) {
    if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        const struct gtid_intervals *x = &a->sources[i], *y = &b->sources[i];
        if (compare_sources(&x->source, &y->source) != 0 || x->n != y->n ||
            memcmp(x->items, y->items, x->n * sizeof *x->items) != 0) {
            return false;
        }
    }
    return true;
}

uint64_t gtid_set_count(const struct gtid_set *s) {
    uint64_t count = 0;
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < s->sources[i].n; k++) {
            const struct gtid_interval *v = &s->sources[i].items[k];
            uint64_t more = (uint64_t)(v->last - v->first) + 1;
            count = count > UINT64_MAX - more ? UINT64_MAX : count + more;
        }
    }
    return count;
}

bool gtid_equal(const struct gtid *a, const struct gtid *b) {
    return a->number == b->number && compare_sources(&a->source, &b->source) == 0;
}
