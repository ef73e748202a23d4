/* The definitions a decoder was told: looked up by oid or name, each kept for good, as changes point to them. */
#include <stdlib.h>

#include "base/str.h"
#include "gauss/decoder_internal.h"

/* Definitions are few; a server that sends ever new ones must not fill the memory. */
#define RELATIONS_BYTES_MAX ((size_t)256 * 1024 * 1024)

static uint64_t mix(uint64_t h, const void *bytes, size_t n) {
    const uint8_t *p = bytes;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    }
    return h;
}

static uint64_t hash_of(uint32_t oid, const char *schema, const char *table) {
    static const uint64_t begin = UINT64_C(0xcbf29ce484222325);
    if (oid != 0) {
        return mix(begin, &oid, sizeof oid);
    }
    return mix(mix(begin, schema, strlen(schema) + 1), table, strlen(table) + 1);
}

static bool is_same_key(const struct change_relation *r, uint32_t oid, const char *schema, const char *table) {
    return r->oid == oid && (oid != 0 || (str_eq(r->table, table) && str_eq(r->schema, schema)));
}

/* Where it is, or the free place where it would be. NULL only when there are no slots yet. */
static struct known_relation **place(const struct relations *r, uint64_t hash, uint32_t oid, const char *schema,
                                     const char *table) {
    if (r->slots == 0) {
        return NULL;
    }
    for (size_t i = hash & (r->slots - 1);; i = (i + 1) & (r->slots - 1)) {
        struct known_relation *k = r->slot[i];
        if (k == NULL || (k->hash == hash && is_same_key(&k->relation, oid, schema, table))) {
            return &r->slot[i];
        }
    }
}

static bool grow(struct relations *r, struct err *e) {
    size_t slots = r->slots > 0 ? 2 * r->slots : 64;
    struct known_relation **old = r->slot, **slot = calloc(slots, sizeof(void *));
    if (slot == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for %zu relations", r->n);
    }
    size_t n = r->slots;
    r->slot = slot;
    r->slots = slots;
    for (size_t i = 0; i < n; i++) {
        if (old[i] != NULL) {
            const struct change_relation *k = &old[i]->relation;
            *place(r, old[i]->hash, k->oid, k->schema, k->table) = old[i];
        }
    }
    free(old);
    return true;
}

struct known_relation *relations_by_oid(const struct relations *r, uint32_t oid) {
    struct known_relation **at = place(r, hash_of(oid, "", ""), oid, "", "");
    return at != NULL ? *at : NULL;
}

struct known_relation *relations_by_name(const struct relations *r, const char *schema, const char *table) {
    struct known_relation **at = place(r, hash_of(0, schema, table), 0, schema, table);
    return at != NULL ? *at : NULL;
}

static bool is_same(const struct change_relation *a, const struct change_relation *b) {
    if (a->n != b->n || a->identity != b->identity || !str_eq(a->table, b->table) || !str_eq(a->schema, b->schema)) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        const struct change_column *x = &a->columns[i], *y = &b->columns[i];
        if (x->type_oid != y->type_oid || x->typmod != y->typmod || x->key != y->key || !str_eq(x->name, y->name) ||
            !str_eq(x->type_name, y->type_name)) {
            return false;
        }
    }
    return true;
}

static bool has_room(const struct relations *r, struct err *e) {
    return r->arena.used_bytes < RELATIONS_BYTES_MAX ||
           err_set(e, ERR_LIMIT, "the stream of changes has told more definitions than %zu MiB hold",
                   RELATIONS_BYTES_MAX >> 20);
}

bool relations_define(struct relations *r, const struct change_relation *def, struct known_relation **out,
                      struct err *e) {
    uint64_t hash = hash_of(def->oid, def->schema, def->table);
    struct known_relation **at = place(r, hash, def->oid, def->schema, def->table);
    if (at != NULL && *at != NULL && is_same(&(*at)->relation, def)) {
        *out = *at;
        return true;
    }
    if (!has_room(r, e) || (2 * (r->n + 1) > r->slots && !grow(r, e))) {
        return false;
    }
    at = place(r, hash, def->oid, def->schema, def->table);
    struct known_relation *k = arena_new(&r->arena, struct known_relation);
    *k = (struct known_relation){.relation = *def, .hash = hash};
    struct change_relation *c = &k->relation;
    c->number = ++r->numbers;
    c->schema = arena_strdup(&r->arena, def->schema);
    c->table = arena_strdup(&r->arena, def->table);
    c->columns = arena_array(&r->arena, struct change_column, def->n > 0 ? def->n : 1);
    for (size_t i = 0; i < def->n; i++) {
        c->columns[i] = def->columns[i];
        c->columns[i].name = arena_strdup(&r->arena, def->columns[i].name);
        c->columns[i].type_name = arena_strdup(&r->arena, def->columns[i].type_name);
    }
    r->n += *at == NULL;
    *at = k;
    *out = k;
    return true;
}

bool relations_define_type(struct relations *r, uint32_t oid, const char *name, struct err *e) {
    size_t i = 0;
    while (i < r->ntypes && r->types[i].oid != oid) {
        i++;
    }
    if (i < r->ntypes && str_eq(r->types[i].name, name)) {
        return true;
    }
    if (!has_room(r, e)) {
        return false;
    }
    if (i == r->ntypes) {
        r->types = arena_grow(&r->arena, r->types, r->ntypes, &r->types_cap, sizeof *r->types);
        r->ntypes++;
    }
    r->types[i] = (struct known_type){oid, arena_strdup(&r->arena, name)};
    return true;
}

const char *relations_type_name(const struct relations *r, uint32_t oid) {
    for (size_t i = 0; i < r->ntypes; i++) {
        if (r->types[i].oid == oid) {
            return r->types[i].name;
        }
    }
    return NULL;
}

void relations_clear(struct relations *r) {
    free(r->slot);
    arena_clear(&r->arena);
    *r = (struct relations){.slot = NULL};
}
