/* godwit check: compare both sides. */
#include "cli/invocation.h"

int cmd_check(const struct command *c, int n, char **words) {
    struct invocation v;
    int code;
    if (invocation_begin(&v, c, n, words, &code)) {
        code = stage_check(&v, NULL);
    }
    invocation_end(&v);
    return code;
}
