/* godwit precheck: look for what would make a migration fail. */
#include <string.h>

#include "cli/invocation.h"
#include "objects/objects.h"

int stage_precheck(struct invocation *v, struct precheck *result) {
    struct err e = ERR_INIT;
    memset(result, 0, sizeof *result);
    if (!precheck_run(&v->o.task, result, &e)) {
        return invocation_fail(v, &e);
    }
    if (v->o.task.objects) {
        objects_precheck(&v->o.task, result);
    }
    return result->failed > 0 ? EXIT_PRECHECK : EXIT_OK;
}

int cmd_precheck(const struct command *c, int n, char **words) {
    struct invocation v;
    int code;
    if (invocation_begin(&v, c, n, words, &code)) {
        struct precheck result;
        struct err e = ERR_INIT;
        v.o.task.objects = !v.o.skip_objects;
        code = stage_precheck(&v, &result);
        if (code == EXIT_OK || code == EXIT_PRECHECK) {
            json_t *json = precheck_to_json(&result);
            if (v.o.json) {
                json_dumpf(json, stdout, JSON_INDENT(2));
                fputc('\n', stdout);
            } else if (!v.o.quiet) {
                precheck_print(&result, stdout);
            }
            fflush(stdout);
            if (!invocation_report(&v, json, &e)) {
                code = invocation_fail(&v, &e);
            }
        }
        precheck_clear(&result);
    }
    invocation_end(&v);
    return code;
}
