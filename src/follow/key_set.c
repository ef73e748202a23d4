/* See key_set.h. */
#include "follow/key_set.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 22, FULL = SLOTS / 4 * 3 };

bool key_set_init(struct key_set *s, struct err *e) {
    *s = (struct key_set){.slots = calloc(SLOTS, sizeof *s->slots)};
    return s->slots != NULL || err_set(e, ERR_MEMORY, "no memory for keys of changed rows");
}

void key_set_clear(struct key_set *s) {
    free(s->slots);
    s->slots = NULL;
}

bool key_set_add(struct key_set *s, uint64_t key) {
    key = key == 0 ? 1 : key;
    if (s->n == FULL) {
        memset(s->slots, 0, SLOTS * sizeof *s->slots);
        s->n = 0;
    }
    size_t at = key % SLOTS;
    while (s->slots[at] != 0) {
        if (s->slots[at] == key) {
            return false;
        }
        at = (at + 1) % SLOTS;
    }
    s->slots[at] = key;
    s->n++;
    return true;
}
