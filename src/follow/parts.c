/* Closing a batch: what becomes of each row, parts, and the order of the changes inside a part. See batch.h. */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "follow/batch.h"

/* ---- what becomes of a row ---- */

static bool unique_changes(const struct follow_table *f, const struct net_change *c) {
    for (size_t i = 1; i < f->nrules; i++) {
        if (f->rules[i].kind == RULE_UNIQUE && !f->rules[i].apart && c->before[i].hash != c->now[i].hash) {
            return true;
        }
    }
    return false;
}

static enum net_kind kind_of(const struct follow_table *f, const struct net_change *c) {
    if (f->nkey == 0) {
        return c->copies == 0 ? NET_NOTHING : c->copies < 0 ? NET_DELETE : NET_INSERT;
    }
    if (c->alone) {
        return NET_MOVE;
    }
    if (!c->was_there || !c->is_there) {
        return c->was_there ? NET_DELETE : c->is_there ? NET_INSERT : NET_NOTHING;
    }
    /* What vanished unseen with a row that came back has to vanish in the target, too; and its values were free in between. */
    return unique_changes(f, c) || (c->was_deleted && f->meets) ? NET_REPLACE : NET_UPDATE;
}

/* ---- parts ---- */

/* Neighbours are changed by one session: where rows are appended, two would be in each other's way on every page of the index. */
static uint64_t neighbourhood_of(const struct batch *b, const struct net_change *c) {
    const struct follow_table *f = &b->tables->tables[c->table];
    size_t len = f->counts ? c->key.len - 1 : c->key.len; /* 256 rows */
    return XXH3_64bits_withSeed(c->key.bytes, len, f->rules[0].seed);
}

/* By the smallest hash of the group, so that a row stays in its part from batch to batch as long as it meets no other. */
static void choose_parts(struct batch *b) {
    struct arena a = ARENA_INIT;
    uint64_t *least = arena_array(&a, uint64_t, b->n + 1);
    memset(least, 0xff, (b->n + 1) * sizeof *least);
    for (size_t i = 0; i < b->n; i++) {
        const struct net_change *c = &b->nets[i];
        uint64_t hash = neighbourhood_of(b, c);
        if (c->kind != NET_NOTHING && hash < least[c->group]) {
            least[c->group] = hash;
        }
    }
    for (size_t i = 0; i < b->n; i++) {
        struct net_change *c = &b->nets[i];
        c->part = (uint32_t)((least[c->group] >> 32) % b->nparts);
        if (c->kind != NET_NOTHING) {
            b->parts[c->part].n++;
        }
    }
    arena_clear(&a);
}

/* ---- order ---- */

struct item {
    struct net_change *c;
    uint64_t head; /* the first bytes of the key */
    uint32_t rank; /* kind of step and table */
};

static int compare(const void *x, const void *y) {
    const struct item *a = x, *b = y;
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    if (a->head != b->head) {
        return a->head < b->head ? -1 : 1;
    }
    size_t n = a->c->key.len < b->c->key.len ? a->c->key.len : b->c->key.len;
    int by_bytes = memcmp(a->c->key.bytes, b->c->key.bytes, n);
    return by_bytes != 0 ? by_bytes : (a->c->key.len > b->c->key.len) - (a->c->key.len < b->c->key.len);
}

/* The beginning of the key's first value: rows that lie together in the target's indexes are changed together. */
static uint64_t head_of(struct tuple key) {
    uint8_t first[8] = {0};
    if (key.len > 4 && get_be32(key.bytes) < FIELD_ABSENT) {
        size_t n = get_be32(key.bytes);
        memcpy(first, key.bytes + 4, n < 8 ? n : 8);
    }
    return get_be64(first) ^ UINT64_C(1) << 63;
}

static enum step_kind step_of(const struct net_change *c) {
    switch (c->kind) {
    case NET_INSERT:
        return STEP_INSERT;
    case NET_UPDATE:
        return STEP_UPDATE;
    case NET_MOVE:
        return STEP_MOVE;
    default:
        return STEP_DELETE;
    }
}

/* Children are deleted before their parents, and inserted after them. */
static struct item item_of(const struct batch *b, struct net_change *c, enum step_kind kind) {
    uint32_t order = (uint32_t)b->tables->tables[c->table].order, tables = (uint32_t)b->tables->n;
    return (struct item){.c = c,
                         .head = head_of(c->key),
                         .rank = (uint32_t)kind * tables + (kind == STEP_DELETE ? tables - 1 - order : order)};
}

static uint64_t bytes_of(const struct net_change *c) {
    return c->key.len + (c->kind == NET_DELETE ? 0 : c->after.len);
}

/* items: of one part, sorted. */
static void make_steps(struct batch *b, struct part *p, const struct item *items, size_t n) {
    struct net_change **changes = arena_array(&b->arena, struct net_change *, n + 1);
    uint32_t tables = (uint32_t)b->tables->n;
    for (size_t i = 0; i < n; i++) {
        p->nsteps += i == 0 || items[i].rank != items[i - 1].rank;
    }
    p->steps = arena_array(&b->arena, struct step, p->nsteps + 1);
    struct step *s = p->steps - 1;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || items[i].rank != items[i - 1].rank) {
            *++s = (struct step){
                .kind = (enum step_kind)(items[i].rank / tables), .table = items[i].c->table, .changes = &changes[i]};
        }
        changes[i] = items[i].c;
        s->n++;
        p->bytes += bytes_of(items[i].c);
    }
}

static void order_parts(struct batch *b) {
    struct arena a = ARENA_INIT;
    struct item **items = arena_array(&a, struct item *, b->nparts);
    size_t *n = arena_array(&a, size_t, b->nparts);
    for (uint32_t i = 0; i < b->nparts; i++) {
        items[i] = arena_array(&a, struct item, 2 * b->parts[i].n + 1);
    }
    for (size_t i = 0; i < b->n; i++) {
        struct net_change *c = &b->nets[i];
        if (c->kind == NET_NOTHING) {
            continue;
        }
        items[c->part][n[c->part]++] = item_of(b, c, step_of(c));
        if (c->kind == NET_REPLACE) {
            items[c->part][n[c->part]++] = item_of(b, c, STEP_INSERT);
        }
    }
    for (uint32_t i = 0; i < b->nparts; i++) {
        if (n[i] > 0) {
            qsort(items[i], n[i], sizeof **items, compare);
        }
        make_steps(b, &b->parts[i], items[i], n[i]);
    }
    arena_clear(&a);
}

/* ---- touches ---- */

struct collecting {
    struct batch *b;
    struct touched *items;
    size_t n, cap;
    struct arena arena;
};

static void collect(void *arg, uint32_t net, uint64_t hash, bool writes) {
    struct collecting *k = arg;
    k->items = arena_grow(&k->arena, k->items, k->n, &k->cap, sizeof *k->items);
    k->items[k->n++] = (struct touched){.hash = hash, .net = net, .writes = writes};
}

/* By hash, who writes first. */
static int by_hash(const void *x, const void *y) {
    const struct touched *a = x, *b = y;
    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    return (int)b->writes - (int)a->writes;
}

/* Of one part, which may be all. */
static void touch_part(struct batch *b, uint32_t number) {
    struct collecting k = {.b = b};
    struct part *p = &b->parts[number];
    for (size_t i = 0; i < b->n; i++) {
        if (b->nets[i].part == number && b->nets[i].kind != NET_NOTHING) {
            batch_touches(b, (uint32_t)i, collect, &k);
        }
    }
    if (k.n > 0) {
        qsort(k.items, k.n, sizeof *k.items, by_hash);
    }
    p->touched = arena_array(&b->arena, struct touched, k.n + 1);
    for (size_t i = 0; i < k.n; i++) {
        if (i == 0 || k.items[i].hash != k.items[i - 1].hash) {
            p->touched[p->ntouched++] = k.items[i];
        }
    }
    arena_clear(&k.arena);
}

void batch_close(struct batch *b, uint32_t parts) {
    b->ends = true;
    b->nparts = parts;
    b->parts = arena_array(&b->arena, struct part, parts);
    for (size_t i = 0; i < b->n; i++) {
        struct net_change *c = &b->nets[i];
        c->kind = (uint8_t)kind_of(&b->tables->tables[c->table], c);
    }
    batch_group(b);
    choose_parts(b);
    order_parts(b);
    for (uint32_t i = 0; i < parts; i++) {
        touch_part(b, i);
    }
}
