/* The commands: one file each, one table (commands.c). */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"

enum exit_code {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_PRECHECK = 3,
    EXIT_DIFFERENT = 4,
    EXIT_CANCELLED = 130,
};

struct command {
    const char *name;
    unsigned bit;                /* CMD_..., 0: takes no options of the table */
    const char *synopsis;        /* behind the name */
    const char *summary, *zh;    /* one line */
    const char *const *examples; /* "comment\0"-free lines: a comment, then a command, .. NULL */
    int (*run)(const struct command *c, int n, char **words); /* the words behind the name; returns an exit code */
    bool own_help;                                            /* it answers --help itself */
    bool hidden;                                              /* not for people: the overview leaves it out */
};

size_t commands_count(void);
const struct command *commands_get(size_t i);
const struct command *commands_find(const char *name); /* NULL: unknown */

/* The exit codes with their meaning, for help. Index 0.. until NULL. */
struct exit_text {
    enum exit_code code;
    const char *en, *zh;
};
const struct exit_text *exit_texts(size_t *n);

/* 130 for a stop by request, 2 for a request that cannot be understood, 3 for a failed precheck, else 1. */
enum exit_code exit_code_of(const struct err *e);

int cmd_precheck(const struct command *c, int n, char **words);
int cmd_plan(const struct command *c, int n, char **words);
int cmd_load(const struct command *c, int n, char **words);
int cmd_migrate(const struct command *c, int n, char **words);
int cmd_check(const struct command *c, int n, char **words);
int cmd_cutover(const struct command *c, int n, char **words);
int cmd_follow(const struct command *c, int n, char **words); /* and reverse */
int cmd_objects(const struct command *c, int n, char **words);
int cmd_serve(const struct command *c, int n, char **words);
int cmd_login(const struct command *c, int n, char **words);
int cmd_task(const struct command *c, int n, char **words);
int cmd_host(const struct command *c, int n, char **words);
int cmd_source(const struct command *c, int n, char **words);
int cmd_agent(const struct command *c, int n, char **words);
int cmd_worker(const struct command *c, int n, char **words);
int cmd_parameters(const struct command *c, int n, char **words);
int cmd_states(const struct command *c, int n, char **words);
int cmd_errors(const struct command *c, int n, char **words);
int cmd_version(const struct command *c, int n, char **words);
int cmd_help(const struct command *c, int n, char **words);

#endif
