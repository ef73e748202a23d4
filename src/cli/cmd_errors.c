/* godwit errors: the catalogue; docs/errors.md is its output. */
#include "cli/command.h"

int cmd_errors(const struct command *c, int n, char **words) {
    (void)c;
    (void)words;
    if (n > 0) {
        struct err e = ERR_INIT;
        err_set(&e, ERR_USAGE, "godwit errors takes nothing more");
        err_print(&e, stderr);
        return EXIT_USAGE;
    }
    err_print_catalogue(stdout);
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}
