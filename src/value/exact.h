/* Conditions of the target that only the very same value meets.
 *
 * A row without a key is found by all its values, and "=" is too wide for that: in an openGauss B database every collation takes
 * trailing blanks for nothing, and some do so with case and accents; json has no "=" at all.
 * In an A database '' and NULL are one. */
#ifndef VALUE_EXACT_H
#define VALUE_EXACT_H

#include "base/arena.h"
#include "value/dialect.h"

/* column: quoted. type: the column's, as DDL or as format_type says it. value: a literal or a parameter; NULL: it is NULL, or
 * (A) an empty text. In the arena. */
char *exact_equals(struct arena *a, enum dialect d, const char *type, const char *column, const char *value);

#endif
