/* Tables, views and programs of a server's subtasks, one by one: godwit task objects, godwit task retry --object. */
#ifndef CLI_TASK_OBJECTS_H
#define CLI_TASK_OBJECTS_H

#include "cli/verb.h"

/* "ID" of a task with one subtask, or "subtask ID". A list; with --object one, with its error, source and translation. */
bool task_objects(struct verb_call *v, struct err *e) WARN_UNUSED;

/* v->object again; v->from: with this translation. v->code is 1 when it has failed again. */
bool task_retry_object(struct verb_call *v, struct err *e) WARN_UNUSED;

#endif
