/* godwit parameters: the parameters of tasks; docs/parameters.md is its output. */
#include "cli/command.h"
#include "server/params.h"

int cmd_parameters(const struct command *c, int n, char **words) {
    (void)c;
    (void)words;
    if (n > 0) {
        struct err e = ERR_INIT;
        err_set(&e, ERR_USAGE, "godwit parameters takes nothing more");
        err_print(&e, stderr);
        return EXIT_USAGE;
    }
    params_print(stdout);
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}
