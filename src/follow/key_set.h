/* Which keys were met already, by 64 bits of their digests: a bounded number of them; when it is full it begins anew, and a key may be told
 * as new once more. */
#ifndef FOLLOW_KEY_SET_H
#define FOLLOW_KEY_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct key_set {
    uint64_t *slots; /* 0: free */
    size_t n;
};

/* 32 MiB, of which only what is used becomes memory. */
bool key_set_init(struct key_set *s, struct err *e) WARN_UNUSED;
void key_set_clear(struct key_set *s);

/* true: it was not there. */
bool key_set_add(struct key_set *s, uint64_t key);

#endif
