/* What a worker tells about a migration beside the events of --progress=json: `stage`, by the names of the table of states, and
 * `objects`, tables, views and programs with their status 1 to 7. docs/agent-protocol.md has both.
 * Thread: the calls of struct stage_watch; its look runs on the display's thread, the others while no display runs. */
#ifndef CLI_WORKER_WATCH_H
#define CLI_WORKER_WATCH_H

#include <stdio.h>

#include "cli/invocation.h"

struct worker_watch;

/* Events go to `out`, a line each. out must live as long. */
struct worker_watch *worker_watch_new(FILE *out);
void worker_watch_free(struct worker_watch *w); /* NULL is fine */

/* For invocation.watch; lives as long as w. */
const struct stage_watch *worker_watch_stages(const struct worker_watch *w);

/* The check has written statements to this file: cut: not all. One `repair` event. False: there are none. */
bool worker_watch_repair(struct worker_watch *w);

/* Called once tables and objects are there, by this run or one before. */
void worker_watch_on_loaded(struct worker_watch *w, void (*loaded)(void *arg), void *arg);

/* One `stage` event. */
void worker_watch_stage(struct worker_watch *w, const char *stage);
/* Of a stage that was reached, but for something: with its error. NULL: all is well. */
void worker_watch_stage_but(struct worker_watch *w, const char *stage, const struct err *but);

#endif
