/* The stages as one run: plan and load. */
#ifndef ENGINE_MIGRATE_H
#define ENGINE_MIGRATE_H

#include <stdatomic.h>

#include "engine/moved.h"
#include "engine/progress.h"
#include "engine/report.h"
#include "engine/task.h"

/* Print what load would do: every statement, the chunks of each table, the findings. Changes nothing anywhere. */
bool migrate_plan(const struct task *t, FILE *out, bool json, struct err *e) WARN_UNUSED;

/* Load the source's tables into the target. `progress` is the caller's; `stop` may be set by a signal handler or another
 * thread: the run ends at the next row boundary with ERR_CANCELLED, resumable. `report` is filled also on failure.
 * find: what changed at a source that has moved since the load began, when it is resumed (follow/moved_keys.h); NULL: such a source is
 * refused (ERR_SOURCE_MOVED). */
bool migrate_load(const struct task *t, moved_find *find, struct progress *progress, atomic_bool *stop,
                  struct report *report, struct err *e) WARN_UNUSED;

#endif
