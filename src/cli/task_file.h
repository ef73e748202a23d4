/* Task files: a migration as JSON. docs/task-file.md tells the format, docs/task.schema.json defines it.
 * Keys are the options' names with underscores. Unknown keys are errors. Secrets are never in the file itself. */
#ifndef CLI_TASK_FILE_H
#define CLI_TASK_FILE_H

#include "cli/options.h"

/* Read `path` into o, as the lowest layer: the command line comes after it. ERR_TASK_FILE names key and place. */
bool task_file_read(struct options *o, const char *path, struct err *e) WARN_UNUSED;

/* The same of an object that came another way; `name` stands for the file in messages. Where the passwords are is not its matter:
 * password_file and password_env are refused. Nothing of root is kept. */
bool task_file_take(struct options *o, json_t *root, const char *name, struct err *e) WARN_UNUSED;

#endif
