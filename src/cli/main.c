/* godwit: finds the command and runs it. */
#include "base/str.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/texts.h"

static int unknown(const char *word) {
    struct err e = ERR_INIT;
    err_set(&e, ERR_USAGE, word[0] == '-' ? "the command comes first, before '%s'" : "there is no command '%s'", word);
    err_hint(&e, "godwit --help lists the commands");
    err_print(&e, stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        help_overview(stderr, lang_is_zh(LANG_AUTO));
        return EXIT_USAGE;
    }
    const char *word = argv[1];
    if (str_eq(word, "--help") || str_eq(word, "-h")) {
        word = "help";
    } else if (str_eq(word, "--version") || str_eq(word, "-V")) {
        word = "version";
    }
    const struct command *c = commands_find(word);
    if (c == NULL) {
        return unknown(word);
    }
    if (c->bit == 0 && !c->own_help && argc == 3 && (str_eq(argv[2], "--help") || str_eq(argv[2], "-h"))) {
        help_command(stdout, c, lang_is_zh(LANG_AUTO));
        return EXIT_OK;
    }
    return c->run(c, argc - 2, argv + 2);
}
