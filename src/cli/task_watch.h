/* godwit task watch: a task of a server until it is over, for people on a terminal or in a log, or for programs. */
#ifndef CLI_TASK_WATCH_H
#define CLI_TASK_WATCH_H

#include "cli/verb.h"

/* Asks the server once a second; a server that is away for a moment is waited for. v->code: 0 finished and all is the same, 4 finished and
 * something differs, 1 a subtask failed, 3 a precheck failed, 130 stopped watching (the task goes on). With --json an event a line on standard
 * output: "task" at each change, "over" at the end. */
bool task_watch(struct verb_call *v, int64_t task, struct err *e) WARN_UNUSED;

/* All subtasks of a task, in their order; the caller owns the list. */
bool task_subtasks(struct verb_call *v, int64_t task, json_t **out, struct err *e) WARN_UNUSED;

#endif
