/* godwit cutover: from the source to the target, with a way back. */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "cli/invocation.h"
#include "cli/texts.h"

static const char *step_text(const char *step, bool zh) {
    static const struct {
        const char *step, *en, *zh;
    } texts[] = {
        {"look", "looking at both ends", "检查两端"},
        {"catch up", "catching up", "追平"},
        {"compare", "comparing rows that have changed", "校验变更过的行"},
        {"fence", "the source takes no more writes", "源端停止写入"},
        {"drain", "taking what is left", "应用剩余变更"},
        {"check", "comparing", "最终校验"},
        {"triggers", "enabling triggers", "启用触发器"},
        {"way back", "preparing the way back", "准备反向迁移"},
        {"undo", "putting back", "恢复"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (str_eq(texts[i].step, step)) {
            return zh ? texts[i].zh : texts[i].en;
        }
    }
    return step;
}

static void tell(void *arg, const char *step) {
    struct invocation *v = arg;
    if (v->json_events) {
        json_t *what = json_string(step);
        invocation_tell(v, "step", what);
        json_decref(what);
    } else if (!v->o.quiet) {
        fprintf(stderr, "%s\n", step_text(step, lang_is_zh(v->o.lang)));
    }
}

static void print_items(const json_t *items) {
    size_t i;
    json_t *one;
    json_array_foreach(items, i, one) {
        const char *status = json_string_value(json_object_get(one, "status"));
        const char *hint = json_string_value(json_object_get(one, "hint"));
        printf("%-8s %-28s %s\n", status, json_string_value(json_object_get(one, "name")),
               json_string_value(json_object_get(one, "message")));
        if (!str_eq(status, "ok") && hint != NULL && hint[0] != '\0') {
            printf("         mend: %s\n", hint);
        }
    }
}

static void tell_end(struct invocation *v, const json_t *report) {
    bool zh = lang_is_zh(v->o.lang);
    if (v->o.quiet || v->json_events) {
        return;
    }
    if (v->o.cutover.dry_run) {
        print_items(json_object_get(report, "items"));
        puts(zh ? "没有阻碍割接的项目" : "nothing stands in the way of the cut-over");
    } else if (v->o.cutover.undo) {
        puts(zh ? "已撤销割接：应用可以重新写入源端"
                : "the cut-over is taken back: the application may write to the source");
    } else if (json_is_true(json_object_get(report, "made_before"))) {
        puts(zh ? "割接此前已完成" : "the cut-over was made before");
    } else {
        printf(zh ? "割接完成，停机 %.1f 秒：应用可以写入目标端；godwit reverse 把变更回写到源端\n"
                  : "the cut-over is made, %.1f s of downtime: the application may write to the target; godwit reverse "
                    "carries back what it writes\n",
               (double)json_integer_value(json_object_get(report, "downtime_ms")) / 1000);
    }
    fflush(stdout);
}

static int stage_cutover(struct invocation *v) {
    struct err e = ERR_INIT, unsaid = ERR_INIT;
    json_t *report;
    v->o.cutover.in_order = v->o.follow_mode == 1;
    memcpy(v->o.cutover.policy, v->o.follow.policy, sizeof v->o.cutover.policy);
    /* The first signal ends it, and everything is put back. */
    stopper_at_once(v->stopper, false);
    bool ok = cutover_task(&v->o.task, &v->o.cutover, tell, v, &v->stop, &report, &e);
    json_object_set_new(report, "ok", json_boolean(ok));
    if (!ok) {
        json_object_set_new(report, "error", err_to_json(&e));
        if (v->o.cutover.dry_run && !v->o.quiet && !v->json_events) {
            print_items(json_object_get(report, "items"));
        }
    }
    if (v->json_events) {
        invocation_tell(v, "report", report);
    }
    if (ok) {
        tell_end(v, report);
    }
    bool written = invocation_report(v, report, &unsaid);
    log_event(ok ? LOG_INFO : LOG_ERROR, "end", NULL, "%s", ok ? "cut-over" : e.message);
    int code = ok ? EXIT_OK : invocation_fail(v, &e);
    if (!written) {
        int report_code = invocation_fail(v, &unsaid);
        code = code == EXIT_OK ? report_code : code;
    }
    return code;
}

int cmd_cutover(const struct command *c, int n, char **words) {
    struct invocation v;
    int code;
    if (invocation_begin(&v, c, n, words, &code)) {
        code = stage_cutover(&v);
    }
    invocation_end(&v);
    return code;
}
