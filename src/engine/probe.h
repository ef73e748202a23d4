/* Can this server be an end of a migration? The parts of the precheck that need no other end: for "test connection". */
#ifndef ENGINE_PROBE_H
#define ENGINE_PROBE_H

#include <jansson.h>

#include "engine/task.h"

enum probe_role { PROBE_SOURCE, PROBE_TARGET };

/* Connects to t's source or target; of a source the database may be missing, of a target the schema. The caller owns the result:
 *   {"server": "MySQL 9.1.0", "ok": true, "warnings": 2, "failed": 0, "items": as of precheck_items_json}
 * server is null when it could not be reached. What is wrong is an item, never an error. */
json_t *probe_run(const struct task *t, enum probe_role role);

#endif
