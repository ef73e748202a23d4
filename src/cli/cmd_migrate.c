/* godwit migrate: precheck, load if nothing stands in the way, views and programs, then compare both sides. */
#include <unistd.h>

#include "cli/invocation.h"
#include "cli/progress_bar.h"
#include "cli/texts.h"

/* Events for a program; for people what is not in order, on standard error: standard output is the report's. */
static void tell_precheck(struct invocation *v, const struct precheck *p, json_t *json) {
    if (v->json_events) {
        invocation_tell(v, "precheck", json);
    } else if (p->failed > 0 || (!v->o.quiet && p->warnings > 0)) {
        precheck_print(p, stderr);
    }
}

/* The report of what is done so far, when nothing comes behind it. */
static int write_report(struct invocation *v, json_t *report, int code) {
    struct err unsaid = ERR_INIT;
    if (!invocation_report(v, report, &unsaid)) {
        int report_code = invocation_fail(v, &unsaid);
        code = code == EXIT_OK ? report_code : code;
    }
    return code;
}

static int not_all(struct invocation *v, int code) {
    struct err e = ERR_INIT;
    if (v->objects_failed == 0 || code != EXIT_OK || v->watch != NULL) { /* who watches has them one by one */
        return code;
    }
    err_set(&e, ERR_OBJECTS, "%zu views and programs are not in the target", v->objects_failed);
    return invocation_fail(v, &e);
}

/* Appended tables hold other rows as well: they differ, and that is no news. */
static int load_and_check(struct invocation *v, json_t *precheck) {
    bool check = !v->o.skip_check && v->o.task.on_existing != EXISTING_APPEND;
    bool more = check || !v->o.skip_objects || v->watch != NULL;
    json_t *report = NULL;
    int code = stage_load(v, precheck, more ? &report : NULL);
    if (report == NULL) {
        return code;
    }
    code = v->o.skip_objects ? EXIT_OK : stage_objects(v, report);
    if (code != EXIT_OK) {
        return write_report(v, report, code);
    }
    if (v->watch != NULL) {
        v->watch->moved(v->watch->arg);
    }
    if (check) {
        return not_all(v, stage_check(v, report));
    }
    if (v->watch != NULL) {
        v->watch->check_ended(v->watch->arg, true, NULL, NULL);
    }
    return not_all(v, write_report(v, report, EXIT_OK));
}

int stages_migrate(struct invocation *v) {
    v->o.task.objects = !v->o.skip_objects;
    if (v->o.task.skip_precheck) {
        return load_and_check(v, NULL);
    }
    struct precheck p;
    struct err e = ERR_INIT;
    if (!v->o.quiet && !v->json_events && isatty(STDERR_FILENO)) {
        fprintf(stderr, "%s ...\n", text_of(TEXT_PRECHECK, lang_is_zh(v->o.lang)));
    }
    int code = stage_precheck(v, &p);
    if (code != EXIT_OK && code != EXIT_PRECHECK) {
        precheck_clear(&p);
        return code;
    }
    json_t *json = precheck_to_json(&p);
    tell_precheck(v, &p, json);
    size_t failed = p.failed;
    precheck_clear(&p);
    if (code == EXIT_OK) {
        return load_and_check(v, json);
    }
    if (v->watch != NULL) {
        v->watch->precheck_failed(v->watch->arg);
    }
    json_t *report = json_object();
    err_set(&e, ERR_PRECHECK, "%zu %s of the precheck failed; nothing was changed", failed,
            failed == 1 ? "item" : "items");
    json_object_set_new(report, "ok", json_false());
    json_object_set_new(report, "error", err_to_json(&e));
    json_object_set_new(report, "precheck", json);
    struct err unsaid = ERR_INIT;
    if (!invocation_report(v, report, &unsaid)) {
        invocation_fail(v, &unsaid);
    }
    return invocation_fail(v, &e);
}

int cmd_migrate(const struct command *c, int n, char **words) {
    struct invocation v;
    int code;
    if (invocation_begin(&v, c, n, words, &code)) {
        code = stages_migrate(&v);
    }
    invocation_end(&v);
    return code;
}
