/* What the commands can be told. One table (options.c) drives parsing, --help, docs/cli.md and the keys of task files.
 *
 * An option's key in a task file is its name with underscores. On the command line an option wins over the file. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "check/check.h"
#include "engine/task.h"
#include "follow/cutover.h"
#include "follow/reverse.h"
#include "follow/task.h"
#include "objects/objects.h"

/* The commands that take options, as bits. */
enum {
    CMD_PRECHECK = 1,
    CMD_PLAN = 2,
    CMD_LOAD = 4,
    CMD_MIGRATE = 8,
    CMD_CHECK = 16,
    CMD_FOLLOW = 32,
    CMD_REVERSE = 64,
    CMD_CUTOVER = 128,
    CMD_OBJECTS = 256,
    CMD_ONLINE = CMD_FOLLOW | CMD_REVERSE,
    CMD_APPLY = CMD_ONLINE | CMD_CUTOVER,
    CMD_RUN = CMD_LOAD | CMD_MIGRATE,
    CMD_CHANGE =
        CMD_PRECHECK | CMD_PLAN | CMD_LOAD | CMD_MIGRATE, /* what changes the target, or looks at that beforehand */
    CMD_COMPARE = CMD_MIGRATE | CMD_CHECK,
    CMD_MOVE = CMD_CHANGE | CMD_CHECK | CMD_APPLY, /* what works on rows */
    CMD_ALL = CMD_MOVE | CMD_OBJECTS,
};

enum progress_style { STYLE_AUTO, STYLE_BAR, STYLE_LOG, STYLE_JSON, STYLE_NONE };
enum lang { LANG_AUTO, LANG_EN, LANG_ZH };

enum { OPTIONS_MAX = 96 };

/* Where an end's password comes from. */
struct password_source {
    char *file; /* --source-password-file, password_file */
    char *env;  /* password_env of a task file: a variable that must be set */
};

struct options {
    struct arena *a;
    struct task task;
    struct check_options check;
    struct follow_task_options follow;
    struct reverse_options reverse; /* in_order, policy and until_caught_up: follow's */
    struct cutover_options cutover; /* in_order and policy: follow's */
    struct objects_options objects;
    unsigned follow_mode;     /* 1: follow.in_order */
    int64_t compare_every_ms; /* rows that have changed, while following; 0: never */
    uint64_t compare_rows;
    char *source_url, *target_url;
    struct password_source source_password, target_password;
    char *task_file;
    int64_t timeout_ms; /* -1: not given */
    enum progress_style progress;
    enum lang lang;
    char *report_file, *log_file;
    bool skip_check, skip_objects; /* migrate; the latter of precheck and check, too */
    uint64_t view_rows;            /* objects_check */
    bool either_way;               /* the command takes its ends in either order: sets check.backward */
    bool quiet, yes, json, help;
    bool given[OPTIONS_MAX]; /* by place in the table: on the command line */
    bool filed[OPTIONS_MAX]; /* in the task file */
};

void options_init(struct options *o, struct arena *a);

/* Read the words behind the command: options in any place, SOURCE and TARGET, --task. `command` is one CMD_ bit, `name`
 * its word. With --help nothing more is checked. ERR_USAGE, ERR_URL, ERR_TASK_FILE, ERR_POLICY, ERR_TYPE_OVERRIDE. */
bool options_parse(struct options *o, unsigned command, const char *name, int n, char **words,
                   struct err *e) WARN_UNUSED;

bool options_given(const struct options *o, const char *name); /* on the command line or in the file */

/* ---- the table, for help and task files ---- */

enum option_kind {
    KIND_FLAG,     /* bool */
    KIND_SET,      /* no value; sets an enum to `low` */
    KIND_TEXT,     /* char * */
    KIND_LIST,     /* a pattern of a catalog_filter, repeatable; low 1: leave them out */
    KIND_CHOICE,   /* an enum; `choices` in its order */
    KIND_COUNT32,  /* unsigned, low..high */
    KIND_COUNT64,  /* uint64_t */
    KIND_SIZE,     /* uint64_t bytes */
    KIND_RATE,     /* uint64_t bytes a second; may end in /s */
    KIND_DURATION, /* int64_t ms */
    KIND_TYPE,     /* SRC=DST, TABLE:SRC=DST, TABLE.COLUMN=DST, repeatable */
    KIND_LOSS,     /* RULE=POLICY, repeatable */
    KIND_COLUMNS,  /* TABLE=COLUMN,.., repeatable; low 1: leave them out */
    KIND_ROWS,     /* TABLE=OFFSET,COUNT, repeatable */
};

enum option_group {
    GROUP_ENDS,
    GROUP_SELECT,
    GROUP_TYPES,
    GROUP_LOAD,
    GROUP_RESUME,
    GROUP_PRECHECK,
    GROUP_CHECK,
    GROUP_FOLLOW,
    GROUP_OBJECTS,
    GROUP_OUTPUT,
    GROUP_COUNT
};

struct option_spec {
    const char *name;
    enum option_group group;
    unsigned commands;
    enum option_kind kind;
    size_t offset;       /* in struct options */
    uint64_t low, high;  /* numbers: the range; both 0: any */
    const char *choices; /* "auto|lock|lock-free" */
    const char *arg;     /* as help shows it: "PATTERN" */
    bool in_file;        /* a key of task files */
    const char *help, *zh;
};

size_t options_count(void);
const struct option_spec *options_spec(size_t i);
const struct option_spec *options_find(const char *name); /* NULL: no such option */

/* Apply one value as text. `from_file`: later values from the command line replace it. */
bool options_set(struct options *o, const struct option_spec *spec, const char *value, bool from_file,
                 struct err *e) WARN_UNUSED;

/* Checks and defaults that need all of them; options_parse calls it. */
bool options_finish(struct options *o, struct err *e) WARN_UNUSED;

#endif
