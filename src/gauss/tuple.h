/* Rows of a stream of changes in canonical form (value/canon.h), for the columns that somebody wants. Any thread; a map is read-only. */
#ifndef GAUSS_TUPLE_H
#define GAUSS_TUPLE_H

#include "base/arena.h"
#include "gauss/change.h"
#include "value/canon.h"

struct tuple_map {
    size_t n;         /* columns wanted */
    const size_t *at; /* where each is in the relation */
};

/* By name. ERR_TARGET_CHANGED: the relation has not all of them, or, unless `more` is fine, has others. In the arena. */
bool tuple_map_make(struct arena *a, const struct change_relation *r, const char *const *columns, size_t n, bool more,
                    struct tuple_map *out, struct err *e) WARN_UNUSED;

/* A tuple's wanted columns as a canonical row, appended. plan: of the same columns, with the types they have in the target. What the
 * tuple does not tell (a large value that was not touched, what is not in the key) is taken from `other`, the change's other tuple
 * (NULL: none); where that does not tell it either the field is NULL and known[i] false. */
bool tuple_canonical(const struct tuple_map *m, const struct canon_plan *plan, change_tuple t, change_tuple other,
                     struct buf *out, bool *known, struct err *e) WARN_UNUSED;

#endif
