/* Which digests were met already: exact up to the chance that two of 128 bits are the same. Grows with what is in it, 24 to 48 bytes for each.
 * Thread: one at a time. */
#ifndef VALUE_DIGEST_SET_H
#define VALUE_DIGEST_SET_H

#include "base/err.h"
#include "value/digest.h"

struct digest_set { /* all zero: empty */
    struct digest *slots;
    size_t n, cap;
};

/* *is_new: it was not there. ERR_MEMORY */
bool digest_set_add(struct digest_set *s, struct digest d, bool *is_new, struct err *e) WARN_UNUSED;
void digest_set_clear(struct digest_set *s); /* empty again */

#endif
