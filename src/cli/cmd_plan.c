/* godwit plan: print what load would do. */
#include <errno.h>

#include "cli/invocation.h"
#include "engine/migrate.h"

int cmd_plan(const struct command *c, int n, char **words) {
    struct invocation v;
    int code;
    if (invocation_begin(&v, c, n, words, &code)) {
        struct err e = ERR_INIT;
        code = EXIT_OK;
        if (!migrate_plan(&v.o.task, stdout, v.o.json, &e)) {
            code = invocation_fail(&v, &e);
        } else if (fflush(stdout) != 0) {
            err_errno(&e, ERR_FILE, "cannot write the plan");
            code = invocation_fail(&v, &e);
        }
    }
    invocation_end(&v);
    return code;
}
