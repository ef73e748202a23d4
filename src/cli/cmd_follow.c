/* godwit follow: changes of the source, from the load on; godwit reverse: those of the target. */
#include "cli/invocation.h"

int cmd_follow(const struct command *c, int n, char **words) {
    struct invocation v;
    int code;
    if (invocation_begin(&v, c, n, words, &code)) {
        code = stage_follow(&v);
    }
    invocation_end(&v);
    return code;
}
