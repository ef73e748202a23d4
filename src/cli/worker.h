/* godwit worker: moves one subtask, or answers one question about a database, as its job says. The job comes on standard input,
 * events go to standard output (docs/agent-protocol.md). Files: cmd_worker.c the process: job, orders, end; worker_verbs.c the verbs;
 * worker_migrate.c migrations; worker_watch.c what is told about them. */
#ifndef CLI_WORKER_H
#define CLI_WORKER_H

#include <jansson.h>
#include <stdatomic.h>

#include "cli/invocation.h"

/* ---- verbs that answer a question ---- */

/* job: as it came, secrets included: nothing of it may be kept or told. *result: the caller's. A set `stop` may be
 * looked at; the process ends by itself when it is set. */
typedef bool worker_verb(const json_t *job, struct arena *a, atomic_bool *stop, json_t **result,
                         struct err *e) WARN_UNUSED;

/* NULL: there is none of that name. */
worker_verb *worker_verb_find(const char *name);

bool worker_probe(const json_t *job, struct arena *a, atomic_bool *stop, json_t **result, struct err *e) WARN_UNUSED;
bool worker_tree(const json_t *job, struct arena *a, atomic_bool *stop, json_t **result, struct err *e) WARN_UNUSED;
bool worker_cutover(const json_t *job, struct arena *a, atomic_bool *stop, json_t **result, struct err *e) WARN_UNUSED;
bool worker_object(const json_t *job, struct arena *a, atomic_bool *stop, json_t **result, struct err *e) WARN_UNUSED;
bool worker_precheck(const json_t *job, struct arena *a, atomic_bool *stop, json_t **result, struct err *e) WARN_UNUSED;

/* ---- migrations ---- */

/* So long a lost end is tried again while changes flow: people see that it is broken, and decide. */
enum { WORKER_RETRY_MS = 7 * 24 * 3600 * 1000 };

/* Runs to the end, with events on standard output; returns the exit code. Errors have been told. v: arena and stopper are there. */
int worker_migrate(const json_t *job, struct invocation *v);

/* ---- between the files ---- */

/* Any of these orders has come. */
bool worker_ordered(const struct invocation *v, unsigned orders);

/* The job's task for a stage behind the load: it goes on under the fence that was taken by then, in this process or in an earlier one. */
struct task worker_task_behind_load(const struct invocation *v);

/* A text of the job; NULL: not there. ERR_JOB when it is no text. */
bool worker_text(const json_t *job, const char *key, const char **out, struct err *e) WARN_UNUSED;

/* The job's task and passwords as options of the command `bit`. The passwords are copied into the options' arena. */
bool worker_task(const json_t *job, unsigned bit, struct options *o, struct err *e) WARN_UNUSED;

/* The job's end, password and database as one end of *t, whose strings live in the arena; answers are not waited for longer than
 * somebody would before a screen. *source: it is MySQL, else openGauss or PostgreSQL (then without a database its `postgres`). */
bool worker_end(const json_t *job, struct arena *a, struct task *t, bool *source, struct err *e) WARN_UNUSED;

/* One `error` event, and a line of the log. Returns its exit code. */
int worker_fail(const struct err *e);

/* One `result` event; takes the reference. */
void worker_result(json_t *result);

#endif
