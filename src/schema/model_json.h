/* A model as JSON and back, to be kept: what the source's definitions were at some moment. Only what the source says is in it; names and
 * types in the target are schema_resolve's again. */
#ifndef SCHEMA_MODEL_JSON_H
#define SCHEMA_MODEL_JSON_H

#include <jansson.h>

#include "schema/model.h"

json_t *model_to_json(const struct database *d); /* the caller owns it */

/* Everything lives in the arena. ERR_INTERNAL for JSON of another form. */
bool model_from_json(struct arena *a, const json_t *json, struct database *out, struct err *e) WARN_UNUSED;

#endif
