/* Changes as JSON, for tools and tests: one object a change. */
#ifndef TEST_CHANGE_JSON_H
#define TEST_CHANGE_JSON_H

#include <jansson.h>

#include "gauss/change.h"

json_t *change_json(const struct change *c); /* the caller owns the reference */

#endif
