/* godwit help: the overview, one command, or the reference as Markdown. */
#include "base/str.h"
#include "cli/help.h"
#include "cli/texts.h"

int cmd_help(const struct command *c, int n, char **words) {
    (void)c;
    bool zh = lang_is_zh(LANG_AUTO);
    if (n > 0 && str_eq(words[0], "--markdown")) {
        help_markdown(stdout);
    } else if (n > 0 && words[0][0] != '-') {
        const struct command *about = commands_find(words[0]);
        if (about == NULL) {
            struct err e = ERR_INIT;
            err_set(&e, ERR_USAGE, "there is no command '%s'", words[0]);
            err_hint(&e, "godwit help lists the commands");
            err_print(&e, stderr);
            return EXIT_USAGE;
        }
        help_command(stdout, about, zh);
    } else {
        help_overview(stdout, zh);
    }
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}
