/* godwit states: the states of a subtask; docs/states.md is its output. */
#include "cli/command.h"
#include "server/state_page.h"

int cmd_states(const struct command *c, int n, char **words) {
    (void)c;
    (void)words;
    if (n > 0) {
        struct err e = ERR_INIT;
        err_set(&e, ERR_USAGE, "godwit states takes nothing more");
        err_print(&e, stderr);
        return EXIT_USAGE;
    }
    state_page(stdout);
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}
