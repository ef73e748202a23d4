/* Identifiers in the target. See names.h. */
#include "schema/names.h"

#include <stdint.h>
#include <string.h>

#include "base/str.h"

void name_set_init(struct name_set *s, struct arena *a, bool fold) {
    *s = (struct name_set){.a = a, .fold = fold};
}

/* The slot that holds the name, or the free one where it belongs. cap is a power of two and never full. */
static size_t slot_of(const struct name_set *s, const char *name) {
    size_t i = (s->fold ? str_ihash(name) : str_hash(name)) & (s->cap - 1);
    while (s->slots[i] != NULL && !(s->fold ? str_ieq(s->slots[i], name) : str_eq(s->slots[i], name))) {
        i = (i + 1) & (s->cap - 1);
    }
    return i;
}

bool name_set_has(const struct name_set *s, const char *name) {
    return s->cap > 0 && s->slots[slot_of(s, name)] != NULL;
}

bool name_set_take(struct name_set *s, const char *name) {
    if (s->n * 2 >= s->cap) {
        struct name_set bigger = {.a = s->a, .fold = s->fold, .cap = s->cap == 0 ? 64 : s->cap * 2};
        bigger.slots = arena_array(s->a, const char *, bigger.cap);
        for (size_t i = 0; i < s->cap; i++) {
            if (s->slots[i] != NULL) {
                bigger.slots[slot_of(&bigger, s->slots[i])] = s->slots[i];
            }
        }
        bigger.n = s->n;
        *s = bigger;
    }
    size_t i = slot_of(s, name);
    if (s->slots[i] != NULL) {
        return false;
    }
    s->slots[i] = name;
    s->n++;
    return true;
}

/* name cut so that _<hash of key> fits behind it. */
static char *with_hash(struct arena *a, const char *name, const char *key) {
    size_t keep = str_utf8_cut(name, strlen(name), NAME_MAX_BYTES - 9);
    return arena_printf(a, "%.*s_%08x", (int)keep, name, str_hash(key));
}

char *name_cut(struct arena *a, const char *name) {
    return strlen(name) <= NAME_MAX_BYTES ? arena_strdup(a, name) : with_hash(a, name, name);
}

static bool free_in(const struct name_set *s, const struct name_set *also, const char *name) {
    return !name_set_has(s, name) && (also == NULL || !name_set_has(also, name));
}

char *name_claim(struct arena *a, struct name_set *s, struct name_set *also, const char *name, const char *table) {
    char *wanted = name_cut(a, name);
    if (!free_in(s, also, wanted)) {
        char *second = arena_printf(a, "%s_%s", name, table);
        wanted = name_cut(a, second);
        for (unsigned k = 0; !free_in(s, also, wanted); k++) {
            wanted = with_hash(a, second, k == 0 ? second : arena_printf(a, "%s %u", second, k));
        }
    }
    name_set_take(s, wanted);
    if (also != NULL) {
        name_set_take(also, wanted);
    }
    return wanted;
}
