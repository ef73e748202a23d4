/* See digest_set.h. */
#include "value/digest_set.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 1024 };

/* Where it is, or belongs. No slot holds zero. */
static struct digest *slot_of(const struct digest_set *s, struct digest d) {
    size_t at = (size_t)d.lo & (s->cap - 1);
    while ((s->slots[at].lo != 0 || s->slots[at].hi != 0) && !digest_equal(s->slots[at], d)) {
        at = (at + 1) & (s->cap - 1);
    }
    return &s->slots[at];
}

static bool grow(struct digest_set *s, struct err *e) {
    struct digest_set larger = {.cap = s->cap > 0 ? s->cap * 2 : FIRST_SLOTS, .n = s->n};
    larger.slots = calloc(larger.cap, sizeof *larger.slots);
    if (larger.slots == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for %zu digests", larger.cap);
    }
    for (size_t i = 0; i < s->cap; i++) {
        if (s->slots[i].lo != 0 || s->slots[i].hi != 0) {
            *slot_of(&larger, s->slots[i]) = s->slots[i];
        }
    }
    free(s->slots);
    *s = larger;
    return true;
}

bool digest_set_add(struct digest_set *s, struct digest d, bool *is_new, struct err *e) {
    if (d.lo == 0 && d.hi == 0) {
        d.lo = 1;
    }
    if (s->n * 3 >= s->cap * 2 && !grow(s, e)) {
        return false;
    }
    struct digest *slot = slot_of(s, d);
    *is_new = !digest_equal(*slot, d);
    *slot = d;
    s->n += *is_new;
    return true;
}

void digest_set_clear(struct digest_set *s) {
    free(s->slots);
    *s = (struct digest_set){0};
}
