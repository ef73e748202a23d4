/* godwit version. */
#include "cli/command.h"

int cmd_version(const struct command *c, int n, char **words) {
    (void)c;
    (void)n;
    (void)words;
    printf("godwit " GODWIT_VERSION "\n");
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}
