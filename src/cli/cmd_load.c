/* godwit load: copy tables with their data, keys and counters. */
#include "cli/invocation.h"

int cmd_load(const struct command *c, int n, char **words) {
    struct invocation v;
    int code;
    if (invocation_begin(&v, c, n, words, &code)) {
        code = stage_load(&v, NULL, NULL);
    }
    invocation_end(&v);
    return code;
}
