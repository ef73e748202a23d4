/* The values by which changes meet, as hashes: equal values always have equal hashes, whatever the target's collation takes for equal.
 * That different ones may, too, only makes changes wait for each other that need not. */
#ifndef FOLLOW_TOUCH_H
#define FOLLOW_TOUCH_H

#include "follow/change.h"
#include "follow/tables.h"

/* A value of a rule. Text that a collation might take for equal to other text in ways not worked out here has the rule's own hash;
 * plain text has one of its own and relies on the rule's. */
struct touch {
    uint64_t hash;   /* 0: none (a NULL is equal to nothing) */
    uint64_t relies; /* also relies on this; 0: no */
};

/* fields: all of a tuple of the rule's table; those of the rule are told. */
struct touch touch_of(const struct rule *r, const struct field *fields);

/* Of all fields: what tells rows without a key apart. */
struct touch touch_of_row(const struct rule *r, struct tuple row);

#endif
