/* Identifiers in the target: at most 63 bytes, unique in their name space. Not for other rooms.
 *
 * The rule, which users are told: a longer name is cut at a character and ends in _<8 hex digits of its hash>; a name
 * that is taken becomes NAME_<table>; should that be taken too, NAME_<table>_<8 hex digits>. */
#ifndef SCHEMA_NAMES_H
#define SCHEMA_NAMES_H

#include "base/arena.h"

enum { NAME_MAX_BYTES = 63 };

struct name_set {
    struct arena *a;
    const char **slots;
    size_t cap, n;
    bool fold; /* names that differ in ASCII case alone are the same */
};

void name_set_init(struct name_set *s, struct arena *a, bool fold);
bool name_set_has(const struct name_set *s, const char *name);
/* False when it was there already. The set keeps the pointer. */
bool name_set_take(struct name_set *s, const char *name);

/* The name cut to 63 bytes by the rule. */
char *name_cut(struct arena *a, const char *name);

/* A name by the rule that is in neither set (also may be NULL), put into both. */
char *name_claim(struct arena *a, struct name_set *s, struct name_set *also, const char *name, const char *table);

#endif
