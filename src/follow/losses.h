/* Counts of values that met loss rules: {"table": {"column": {"rule": n}}}. */
#ifndef FOLLOW_LOSSES_H
#define FOLLOW_LOSSES_H

#include <jansson.h>

/* Add counts, level by level. more may be NULL. */
void losses_add(json_t *sum, const json_t *more);

#endif
