/* Where a password comes from: a file, an environment variable, or the terminal. Never from a command line or a URL. */
#ifndef CLI_PASSWORD_H
#define CLI_PASSWORD_H

#include <stdatomic.h>

#include "cli/options.h"

/* Find the password of `side` ("source", "target", "store"; `user` and `host` for the prompt): the file, else the variable the
 * task file names, else GODWIT_SOURCE_PASSWORD / GODWIT_TARGET_PASSWORD / GODWIT_STORE_PASSWORD, else asked for on the terminal if there is one.
 * *out NULL: none (there is no terminal, or nothing was typed, or the variable is empty). Warnings go to `warn`.
 * A set `stop` ends the wait at the terminal with ERR_CANCELLED. ERR_PASSWORD, ERR_FILE. */
bool password_find(struct arena *a, const struct password_source *from, const char *side, const char *user,
                   const char *host, FILE *warn, atomic_bool *stop, const char **out, struct err *e) WARN_UNUSED;

/* Ask on the terminal, without echo. *out NULL: there is none, or nothing was typed. */
bool password_ask(struct arena *a, const char *prompt, atomic_bool *stop, const char **out, struct err *e) WARN_UNUSED;

/* The same with what is typed to be seen: a question that is no secret. */
bool terminal_ask(struct arena *a, const char *prompt, atomic_bool *stop, const char **out, struct err *e) WARN_UNUSED;

#endif
