/* The parameters of tasks: the manual's, by its names, and ours, in one table. It validates what the API is given, fills in what
 * is missing (subtask over global over default), tells the console what to show, and makes the task file of a worker.
 * No I/O; any thread. Source: the manual, 配置迁移过程参数, and the parameter list of the system we replace. */
#ifndef SERVER_PARAMS_H
#define SERVER_PARAMS_H

#include <jansson.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"

enum param_kind {
    PARAM_TEXT,
    PARAM_NUMBER, /* low..high */
    PARAM_BOOL,
    PARAM_CHOICE,
    PARAM_SIZE,     /* "32MiB" */
    PARAM_DURATION, /* "60s" */
    PARAM_RULES,    /* how many entries there are: their fields are further parameters with a number at their end */
};

/* A field of a counted parameter: its name is the field's with the entry's number behind it, from 1. */
struct param_field {
    const char *name;    /* "rules.table.text" */
    const char *choices; /* "white|black", or NULL: any text */
    const char *en, *zh;
};

struct param_spec {
    const char *name;
    enum param_kind kind;
    const char *value; /* the default, as text */
    int64_t low, high;
    const char *choices;         /* PARAM_CHOICE: "a|b" */
    const char *option;          /* the key of a worker's task file it becomes; NULL: see the code, or no meaning */
    bool advanced;               /* shown on demand */
    const char *without_meaning; /* why it has none here, or NULL */
    const char *without_meaning_zh;
    const struct param_field *fields; /* PARAM_RULES: ends with a name of NULL */
    const char *en, *zh;
};

size_t params_count(void);
const struct param_spec *params_spec(size_t i);

/* Are these values (a JSON object, name to string, number or boolean) what the table allows? ERR_PARAMETER names the first that
 * is not. Entries of counted parameters must be there as many as the count says. */
bool params_check(const json_t *values, struct err *e) WARN_UNUSED;

/* The value in force: the subtask's, else the global one, else the default. As text, in the arena. */
const char *params_value(struct arena *a, const json_t *subtask, const json_t *global, const char *name);

/* Everything in force, as the keys of a worker's task file (docs/task-file.md) without the ends. Both were checked. The caller
 * owns the reference. */
json_t *params_task_file(const json_t *subtask, const json_t *global);

/* The table as JSON, for the API and the console; the caller owns the reference. */
json_t *params_to_json(void);
/* The table as Markdown: docs/parameters.md is made from it (`godwit parameters`). */
void params_print(FILE *out);

#endif
