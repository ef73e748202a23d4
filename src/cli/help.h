/* What godwit says about itself, made from the tables of commands, options, URL parameters and loss rules. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

/* `godwit --help`: the commands. */
void help_overview(FILE *out, bool zh);
/* `godwit COMMAND --help`: synopsis, examples, options by group, exit codes. */
void help_command(FILE *out, const struct command *c, bool zh);
/* The reference part of docs/cli.md (`godwit help --markdown`), English. */
void help_markdown(FILE *out);

#endif
