/* Rows that have to be changed together: union-find over the values their changes touch. See batch.h. */
#include "follow/batch.h"

/* Does a change touch a value to change it, or only rely on it? unique: it changes a unique key of its row; servers then lock the row as if
 * the key that others refer to changed. */
static bool writes(const struct rule *r, const struct net_change *c, uint64_t was, uint64_t is, bool unique) {
    switch (r->kind) {
    case RULE_ROW:
        return true;
    case RULE_UNIQUE:
        return was != is || c->kind == NET_REPLACE;
    case RULE_REFERRED:
        return was != is || c->kind == NET_REPLACE || unique;
    case RULE_REFERS:
    case RULE_TABLE:
        return false;
    }
    return false;
}

static uint64_t hash_of(const struct touch *t, size_t rule) {
    return t != NULL ? t[rule].hash : 0;
}

static bool unique_changes(const struct follow_table *f, const struct net_change *c) {
    for (size_t i = 1; i < f->nrules; i++) {
        if (f->rules[i].kind == RULE_UNIQUE && hash_of(c->before, i) != hash_of(c->now, i)) {
            return true;
        }
    }
    return false;
}

/* Does a change of it go on unseen in other tables? */
static bool goes_unseen(const struct rule *r, const struct net_change *c, uint64_t was, uint64_t is) {
    return r->kind == RULE_REFERRED && r->cascades && was != 0 && (was != is || c->kind == NET_REPLACE);
}

void batch_touches(const struct batch *b, uint32_t number, touch_sink *sink, void *arg) {
    const struct net_change *c = &b->nets[number];
    const struct follow_table *f = &b->tables->tables[c->table];
    bool unseen = false, unique = f->meets && unique_changes(f, c);
    for (size_t i = 0; i < f->nrules; i++) {
        const struct rule *r = &f->rules[i];
        struct touch was = {0}, is = {0};
        if (c->before != NULL) {
            was = c->before[i];
        }
        if (c->now != NULL) {
            is = c->now[i];
        }
        if (r->kind == RULE_TABLE) {
            sink(arg, number, r->seed, false);
            continue;
        }
        bool w = writes(r, c, was.hash, is.hash, unique);
        if (was.hash == is.hash && !w && c->kind != NET_REPLACE) {
            continue; /* what it relies on is what it relied on before; for a row that is made again servers look, and lock, again */
        }
        struct touch both[] = {was, is};
        for (size_t k = 0; k < 2; k++) {
            if (both[k].hash != 0 && (k == 0 || is.hash != was.hash)) {
                sink(arg, number, both[k].hash, w);
                if (both[k].relies != 0) {
                    sink(arg, number, both[k].relies, false);
                }
            }
        }
        unseen = unseen || goes_unseen(r, c, was.hash, is.hash);
    }
    for (size_t i = 0; unseen && i < f->nreached; i++) {
        sink(arg, number, f->reached[i], true);
    }
}

/* ---- groups ---- */

struct grouping {
    struct batch *b;
    uint64_t *hashes;
    uint32_t *first; /* a change that writes the hash */
    size_t cap, n;
    bool reading;
    struct arena arena;
};

static uint32_t root_of(struct net_change *nets, uint32_t i) {
    while (nets[i].group != i) {
        nets[i].group = nets[nets[i].group].group;
        i = nets[i].group;
    }
    return i;
}

/* The root is the first of its group in the batch. */
static void unite(struct net_change *nets, uint32_t x, uint32_t y) {
    x = root_of(nets, x);
    y = root_of(nets, y);
    if (x < y) {
        nets[y].group = x;
    } else {
        nets[x].group = y;
    }
}

static size_t find_slot(const struct grouping *g, uint64_t hash) {
    size_t i = (size_t)hash & (g->cap - 1);
    while (g->hashes[i] != 0 && g->hashes[i] != hash) {
        i = (i + 1) & (g->cap - 1);
    }
    return i;
}

static void grow(struct grouping *g) {
    struct grouping old = *g;
    g->cap = old.cap * 2;
    g->hashes = arena_array(&g->arena, uint64_t, g->cap);
    g->first = arena_array(&g->arena, uint32_t, g->cap);
    for (size_t i = 0; i < old.cap; i++) {
        if (old.hashes[i] != 0) {
            size_t to = find_slot(g, old.hashes[i]);
            g->hashes[to] = old.hashes[i];
            g->first[to] = old.first[i];
        }
    }
}

static void meet(void *arg, uint32_t number, uint64_t hash, bool writes_it) {
    struct grouping *g = arg;
    if (g->reading == writes_it) {
        return;
    }
    size_t i = find_slot(g, hash);
    if (g->hashes[i] == hash) {
        unite(g->b->nets, g->first[i], number);
    } else if (writes_it) {
        g->hashes[i] = hash;
        g->first[i] = number;
        if (++g->n * 2 > g->cap) {
            grow(g);
        }
    }
}

/* Tables whose rows meet nobody's but their own have nothing to group, except where the same key has several spellings. */
static bool may_meet(const struct batch *b, const struct net_change *c) {
    const struct follow_table *f = &b->tables->tables[c->table];
    bool folded = false;
    for (size_t i = 0; i < f->rules[0].n; i++) {
        folded = folded || f->rules[0].parts[i].form == HASH_FOLDED || f->rules[0].parts[i].form == HASH_TEXT;
    }
    return f->meets || folded;
}

/* First who writes what, then who relies on what somebody writes. */
void batch_group(struct batch *b) {
    struct grouping g = {.b = b, .cap = 1024};
    bool any = false;
    for (size_t i = 0; i < b->n; i++) {
        b->nets[i].group = (uint32_t)i;
        any = any || may_meet(b, &b->nets[i]);
    }
    if (!any) {
        return;
    }
    g.hashes = arena_array(&g.arena, uint64_t, g.cap);
    g.first = arena_array(&g.arena, uint32_t, g.cap);
    for (int pass = 0; pass < 2; pass++) {
        g.reading = pass == 1;
        for (size_t i = 0; i < b->n; i++) {
            if (b->nets[i].kind != NET_NOTHING && may_meet(b, &b->nets[i])) {
                batch_touches(b, (uint32_t)i, meet, &g);
            }
        }
    }
    for (size_t i = 0; i < b->n; i++) {
        b->nets[i].group = root_of(b->nets, (uint32_t)i);
    }
    arena_clear(&g.arena);
}
