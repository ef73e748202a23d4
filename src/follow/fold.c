/* Folding changes into a batch: the net change of each key. See batch.h. */
#include <string.h>

#include "follow/batch.h"
#include "value/digest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FIRST_SLOTS = 1024 };

void batch_init(struct batch *b, const struct follow_tables *tables) {
    *b = (struct batch){.tables = tables};
    b->fields = arena_array(&b->arena, struct field, tables->fields_max + 1);
    b->old_fields = arena_array(&b->arena, struct field, tables->fields_max + 1);
    b->nslots = FIRST_SLOTS;
    b->slots = arena_array(&b->arena, uint32_t, b->nslots);
}

void batch_clear(struct batch *b) {
    arena_clear(&b->arena);
    *b = (struct batch){0};
}

static struct tuple keep(struct batch *b, struct tuple t) {
    return (struct tuple){.bytes = (uint8_t *)arena_strndup(&b->arena, (const char *)t.bytes, t.len), .len = t.len};
}

/* ---- small sets of hashes ---- */

static size_t set_slot(const struct hash_set *s, uint64_t hash) {
    size_t i = (size_t)hash & (s->cap - 1);
    while (s->hashes[i] != 0 && s->hashes[i] != hash) {
        i = (i + 1) & (s->cap - 1);
    }
    return i;
}

/* The owner of a hash, 0: it is not in the set. */
static uint64_t set_get(const struct hash_set *s, uint64_t hash) {
    if (s->cap == 0) {
        return 0;
    }
    size_t i = set_slot(s, hash);
    return s->hashes[i] == hash ? s->owners[i] : 0;
}

static void set_put(struct arena *a, struct hash_set *s, uint64_t hash, uint64_t owner) {
    if (s->n * 2 >= s->cap) {
        struct hash_set old = *s;
        s->cap = old.cap == 0 ? 64 : old.cap * 2;
        s->hashes = arena_array(a, uint64_t, s->cap);
        s->owners = arena_array(a, uint64_t, s->cap);
        for (size_t i = 0; i < old.cap; i++) {
            if (old.hashes[i] != 0) {
                size_t to = set_slot(s, old.hashes[i]);
                s->hashes[to] = old.hashes[i];
                s->owners[to] = old.owners[i];
            }
        }
    }
    size_t i = set_slot(s, hash);
    s->n += s->hashes[i] == 0;
    s->hashes[i] = hash;
    s->owners[i] = owner;
}

/* ---- rows by key ---- */

static bool is_keyless(const struct follow_table *f) {
    return f->nkey == 0;
}

/* -0 is the same key as 0, and sorts as what it is. */
static void put_key_field(uint8_t **w, const struct field *f, bool is_float) {
    uint32_t len = __builtin_bswap32(f->len);
    memcpy(*w, &len, 4);
    *w += 4;
    if (!field_has_bytes(f)) {
        return;
    }
    memcpy(*w, f->bytes, f->len);
    if (is_float && f->len > 0 && (*w)[0] == 0x80) {
        uint8_t rest = 0;
        for (uint32_t i = 1; i < f->len; i++) {
            rest |= (*w)[i];
        }
        (*w)[0] = rest == 0 ? 0 : 0x80;
    }
    *w += f->len;
}

/* The key of a row whose fields these are, in the arena. */
static struct tuple key_of(struct batch *b, const struct follow_table *f, const struct field *fields) {
    size_t len = 0;
    for (size_t i = 0; i < f->nkey; i++) {
        const struct field *k = &fields[f->key[i]];
        len += 4 + (field_has_bytes(k) ? k->len : 0);
    }
    uint8_t *bytes = arena_alloc(&b->arena, len), *w = bytes;
    for (size_t i = 0; i < f->nkey; i++) {
        enum target_kind kind = f->columns[f->key[i]]->target.kind;
        put_key_field(&w, &fields[f->key[i]], kind == TK_FLOAT4 || kind == TK_FLOAT8);
    }
    return (struct tuple){.bytes = bytes, .len = len};
}

static bool same_bytes(struct tuple x, struct tuple y) {
    return x.len == y.len && memcmp(x.bytes, y.bytes, x.len) == 0;
}

static size_t slot_of(const struct batch *b, uint32_t table, uint64_t hash, struct tuple key) {
    size_t i = (size_t)hash & (b->nslots - 1);
    for (; b->slots[i] != 0; i = (i + 1) & (b->nslots - 1)) {
        const struct net_change *c = &b->nets[b->slots[i] - 1];
        if (c->hash == hash && c->table == table && same_bytes(c->key, key)) {
            break;
        }
    }
    return i;
}

static void grow_slots(struct batch *b) {
    b->nslots *= 2;
    b->slots = arena_array(&b->arena, uint32_t, b->nslots);
    for (size_t i = 0; i < b->n; i++) {
        size_t at = (size_t)b->nets[i].hash & (b->nslots - 1);
        while (b->slots[at] != 0) {
            at = (at + 1) & (b->nslots - 1);
        }
        b->slots[at] = (uint32_t)i + 1;
    }
}

/* The change of this key, made when there is none. *fresh: it was made. */
static struct net_change *net_of(struct batch *b, const struct follow_table *f, struct tuple key, bool *fresh) {
    uint64_t hash = XXH3_64bits_withSeed(key.bytes, key.len, f->rules[0].seed);
    size_t at = slot_of(b, f->number, hash, key);
    *fresh = b->slots[at] == 0;
    if (!*fresh) {
        return &b->nets[b->slots[at] - 1];
    }
    b->nets = arena_grow(&b->arena, b->nets, b->n, &b->cap, sizeof *b->nets);
    b->nets[b->n] = (struct net_change){.table = f->number, .hash = hash, .key = key};
    b->slots[at] = (uint32_t)++b->n;
    if (b->n * 2 > b->nslots) {
        grow_slots(b);
    }
    return &b->nets[b->n - 1];
}

/* ---- touches ---- */

static struct touch *touches_of(struct batch *b, const struct follow_table *f, const struct field *fields,
                                struct tuple row) {
    struct touch *t = arena_array(&b->arena, struct touch, f->nrules);
    for (size_t i = 0; i < f->nrules; i++) {
        t[i] = i == 0 && is_keyless(f) ? touch_of_row(&f->rules[0], row) : touch_of(&f->rules[i], fields);
    }
    return t;
}

/* ---- images ---- */

/* What an update did not tell is as it was. */
static struct tuple overlay(struct batch *b, const struct follow_table *f, struct tuple old, struct tuple fresh) {
    const uint8_t *at = fresh.bytes, *under = old.bytes;
    size_t len = 0;
    bool gaps = false;
    for (size_t i = 0; i < f->ncolumns; i++) {
        struct field n = field_next(&at), o = {.len = FIELD_ABSENT};
        if (old.bytes != NULL) {
            o = field_next(&under);
        }
        gaps = gaps || n.len == FIELD_ABSENT;
        n = n.len == FIELD_ABSENT ? o : n;
        len += 4 + (field_has_bytes(&n) ? n.len : 0);
    }
    if (!gaps || old.bytes == NULL) {
        return keep(b, fresh);
    }
    uint8_t *bytes = arena_alloc(&b->arena, len), *w = bytes;
    at = fresh.bytes;
    under = old.bytes;
    for (size_t i = 0; i < f->ncolumns; i++) {
        struct field n = field_next(&at), o = field_next(&under);
        put_key_field(&w, n.len == FIELD_ABSENT ? &o : &n, false);
    }
    return (struct tuple){.bytes = bytes, .len = len};
}

static bool is_whole(const struct follow_table *f, struct tuple t) {
    const uint8_t *at = t.bytes;
    for (size_t i = 0; i < f->ncolumns; i++) {
        if (field_next(&at).len == FIELD_ABSENT) {
            return false;
        }
    }
    return true;
}

/* ---- what may not share a batch ---- */

/* A change with what it touches on either side. */
struct coming {
    const struct follow_table *f;
    const struct row_change *c;
    struct tuple old_key, new_key;
    struct touch *before, *now;
    uint64_t owner;        /* of the values it touches: its row */
    bool moves;            /* its row key changes */
    bool unique_changes;   /* another unique key does */
    bool referred_changes; /* a value that others refer to by a cascading key is taken away or changed */
};

static struct touch touch_before(const struct coming *x, size_t rule) {
    return x->before != NULL ? x->before[rule] : (struct touch){0};
}

static struct touch touch_now(const struct coming *x, size_t rule) {
    return x->now != NULL ? x->now[rule] : (struct touch){0};
}

static void look_at_rules(struct coming *x) {
    const struct follow_table *f = x->f;
    for (size_t i = 1; i < f->nrules && x->c->op != ROW_INSERT; i++) {
        const struct rule *r = &f->rules[i];
        bool changes = touch_before(x, i).hash != touch_now(x, i).hash;
        x->unique_changes = x->unique_changes || (changes && r->kind == RULE_UNIQUE);
        x->referred_changes = x->referred_changes || (changes && r->kind == RULE_REFERRED && r->cascades);
    }
}

static void look(struct batch *b, const struct follow_table *f, const struct row_change *c, struct coming *x) {
    *x = (struct coming){.f = f, .c = c};
    if (c->before.bytes != NULL) {
        tuple_fields(c->before, b->old_fields, f->ncolumns);
        x->old_key = is_keyless(f) ? c->before : key_of(b, f, b->old_fields);
        x->before = touches_of(b, f, b->old_fields, c->before);
    }
    if (c->after.bytes != NULL) {
        tuple_fields(c->after, b->fields, f->ncolumns);
        for (size_t i = 0; c->before.bytes != NULL && i < f->ncolumns; i++) {
            b->fields[i] = b->fields[i].len == FIELD_ABSENT ? b->old_fields[i] : b->fields[i];
        }
        x->new_key = is_keyless(f) ? c->after : key_of(b, f, b->fields);
        x->now = touches_of(b, f, b->fields, c->after);
    }
    x->moves =
        c->op == ROW_UPDATE && c->before.bytes != NULL && c->after.bytes != NULL && !same_bytes(x->old_key, x->new_key);
    if (f->meets) {
        struct tuple key = c->op == ROW_INSERT ? x->new_key : x->old_key;
        x->owner = XXH3_64bits(key.bytes, key.len) | 1;
        look_at_rules(x);
    }
}

/* Is a value in the set that another row has put there? */
static bool is_others(const struct batch *b, uint64_t hash, uint64_t owner) {
    uint64_t found = hash != 0 ? set_get(&b->apart, hash) : 0;
    return found != 0 && found != owner;
}

/* A value that two rows may not touch in one batch; a parent that a child has left in this batch; tables that a change reaches unseen,
 * and that have been changed in this batch: what became of them must be in the target first. */
static bool kept_apart(const struct batch *b, const struct coming *x) {
    for (size_t i = 1; i < x->f->nrules; i++) {
        const struct rule *r = &x->f->rules[i];
        uint64_t was = touch_before(x, i).hash, is = touch_now(x, i).hash;
        if (was != is && ((r->apart && (is_others(b, was, x->owner) || is_others(b, is, x->owner))) ||
                          (r->kind == RULE_REFERRED && is_others(b, was, 0)))) {
            return true;
        }
    }
    for (size_t i = 0; x->referred_changes && i < x->f->nreached; i++) {
        if (is_others(b, x->f->reached[i], 0)) {
            return true;
        }
    }
    return false;
}

static void note_apart(struct batch *b, const struct coming *x) {
    for (size_t i = 1; i < x->f->nrules; i++) {
        const struct rule *r = &x->f->rules[i];
        uint64_t was = touch_before(x, i).hash, is = touch_now(x, i).hash;
        if (r->kind == RULE_TABLE && x->c->op != ROW_DELETE) { /* (children are deleted before their parents) */
            set_put(&b->arena, &b->apart, r->seed, 1);
        }
        if (was == is) {
            continue;
        }
        if (r->apart && was != 0) {
            set_put(&b->arena, &b->apart, was, x->owner);
        }
        if (r->apart && is != 0) {
            set_put(&b->arena, &b->apart, is, x->owner);
        }
        if (r->kind == RULE_REFERS && x->c->op == ROW_UPDATE && was != 0) {
            set_put(&b->arena, &b->apart, was, 1);
        }
    }
}

/* ---- folding ---- */

static void note(struct batch *b, const struct coming *x) {
    uint64_t sum[] = {b->digest, x->f->number, (uint64_t)x->c->op,
                      x->old_key.bytes != NULL ? XXH3_64bits(x->old_key.bytes, x->old_key.len) : 0,
                      x->new_key.bytes != NULL ? XXH3_64bits(x->new_key.bytes, x->new_key.len) : 0};
    b->digest = XXH3_64bits(sum, sizeof sum);
    b->changes++;
}

/* Rows without a key: so many of this look more, or fewer. */
static void count_row(struct batch *b, const struct coming *x, struct tuple row, int by, struct touch *t) {
    bool fresh;
    uint64_t hash = XXH3_64bits_withSeed(row.bytes, row.len, x->f->rules[0].seed);
    size_t at = slot_of(b, x->f->number, hash, row);
    struct net_change *net = net_of(b, x->f, b->slots[at] == 0 ? keep(b, row) : row, &fresh);
    net->copies += by;
    net->after = net->key;
    net->before = net->now = t;
}

static void gone(struct batch *b, const struct coming *x) {
    bool fresh;
    struct net_change *net = net_of(b, x->f, x->old_key, &fresh);
    net->was_there = net->was_there || fresh;
    net->before = fresh ? x->before : net->before;
    net->is_there = false;
    net->was_deleted = true;
    net->now = NULL;
    net->after = (struct tuple){0};
}

static void there(struct batch *b, const struct coming *x) {
    bool fresh;
    struct net_change *net = net_of(b, x->f, x->new_key, &fresh);
    net->is_there = true;
    net->now = x->now;
    net->after = keep(b, x->c->after);
}

static void changed(struct batch *b, const struct coming *x) {
    bool fresh;
    struct net_change *net = net_of(b, x->f, x->new_key, &fresh);
    if (fresh) {
        net->was_there = net->is_there = true;
        net->before = x->before;
    }
    net->now = x->now;
    net->after = overlay(b, x->f, net->after, x->c->after);
}

static const struct net_change *find(const struct batch *b, const struct follow_table *f, struct tuple key) {
    uint64_t hash = XXH3_64bits_withSeed(key.bytes, key.len, f->rules[0].seed);
    size_t at = slot_of(b, f->number, hash, key);
    return b->slots[at] == 0 ? NULL : &b->nets[b->slots[at] - 1];
}

/* Does the change go on from what the batch says of its rows? If not the target shall tell what it has. */
static bool goes_on(const struct batch *b, const struct coming *x) {
    const struct net_change *old = x->old_key.bytes != NULL ? find(b, x->f, x->old_key) : NULL;
    const struct net_change *fresh =
        x->new_key.bytes != NULL && (x->moves || x->old_key.bytes == NULL) ? find(b, x->f, x->new_key) : NULL;
    return (old == NULL || old->is_there) && (fresh == NULL || !fresh->is_there);
}

/* One statement for itself: what hangs on its row key unseen goes along, or the row cannot be made again from what was told. */
static bool is_alone(const struct coming *x) {
    if (x->c->op != ROW_UPDATE || is_keyless(x->f)) {
        return false;
    }
    return (x->moves && x->referred_changes) || ((x->moves || x->unique_changes) && !is_whole(x->f, x->c->after));
}

static void add_alone(struct batch *b, const struct coming *x) {
    bool fresh;
    struct net_change *net = net_of(b, x->f, x->old_key, &fresh);
    net->was_there = net->is_there = net->alone = true;
    net->before = x->before;
    net->now = x->now;
    net->after = keep(b, x->c->after);
    b->ends = true;
}

bool batch_add(struct batch *b, const struct row_change *c) {
    const struct follow_table *f = &b->tables->tables[c->table];
    struct coming x;
    if (b->ends) {
        return false;
    }
    look(b, f, c, &x);
    bool alone = is_alone(&x);
    if (b->n > 0 && (alone || !(is_keyless(f) || goes_on(b, &x)) || (f->meets && kept_apart(b, &x)))) {
        return false;
    }
    note(b, &x);
    if (f->meets) {
        note_apart(b, &x);
    }
    if (alone) {
        add_alone(b, &x);
    } else if (is_keyless(f)) {
        if (c->op != ROW_INSERT) {
            count_row(b, &x, c->before, -1, x.before);
        }
        if (c->op != ROW_DELETE) {
            count_row(b, &x, c->after, 1, x.now);
        }
    } else if (c->op == ROW_UPDATE && !x.moves) {
        changed(b, &x);
    } else {
        if (c->op != ROW_INSERT) {
            gone(b, &x);
        }
        if (c->op != ROW_DELETE) {
            there(b, &x);
        }
    }
    return true;
}
