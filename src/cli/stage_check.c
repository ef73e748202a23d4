/* The check as a command shows it: display, outcome, report. See invocation.h. */
#include "base/log.h"
#include "check/check.h"
#include "cli/invocation.h"
#include "cli/progress_bar.h"
#include "cli/texts.h"

static void tell(struct invocation *v, const struct check_report *r, const json_t *objects, json_t *whole) {
    if (v->json_events) {
        invocation_tell(v, "check", whole);
    } else if (!v->o.quiet) {
        check_report_print(r, stdout);
        stage_objects_print(objects, lang_is_zh(v->o.lang));
        fflush(stdout);
    }
}

/* 0: all that was asked for was compared and is the same; 4: something differs; 1: nothing differs in what could be compared. */
static int outcome(struct invocation *v, const struct check_report *r, bool ok, const struct err *e) {
    if (!ok) {
        return invocation_fail(v, e);
    }
    if (r->different) {
        return EXIT_DIFFERENT;
    }
    if (r->complete) {
        return EXIT_OK;
    }
    struct err incomplete = ERR_INIT;
    v->incomplete = true;
    err_set(&incomplete, ERR_CHECK_INCOMPLETE, "not everything could be compared; what could be is the same");
    return invocation_fail(v, &incomplete);
}

/* Of a migration the load may be what is resumed, and the check begins. */
static void choose_resume(struct invocation *v, bool alone) {
    v->o.check.resume = !v->o.task.resume ? CHECK_AFRESH : alone ? CHECK_RESUME : CHECK_RESUME_IF_ANY;
}

int stage_check(struct invocation *v, json_t *loaded) {
    struct err e = ERR_INIT, unsaid = ERR_INIT;
    struct display_options look = {
        .style = v->o.quiet && !v->json_events ? STYLE_NONE : v->o.progress,
        .people = stderr,
        .programs = stdout,
        .zh = lang_is_zh(v->o.lang),
        .stop = &v->stop,
        .look = v->watch != NULL ? v->watch->look : NULL,
        .arg = v->watch != NULL ? v->watch->arg : NULL,
    };
    if (v->watch != NULL) {
        v->watch->check_begins(v->watch->arg);
    }
    choose_resume(v, loaded == NULL);
    struct display *display = NULL;
    struct progress *progress = progress_new();
    struct check_report report;
    check_report_init(&report);
    bool ok = display_start(&display, progress, &look, &e);
    if (ok) {
        stopper_at_once(v->stopper, false);
        stopper_silent(v->stopper, display_is_bar(display));
        ok = check_run(&v->o.task, &v->o.check, progress, &v->stop, &report, &e);
        display_end(display);
        stopper_silent(v->stopper, false);
    }
    progress_free(progress);
    json_t *objects = NULL;
    bool others_differ = false;
    ok = ok && stage_objects_check(v, &others_differ, &objects, &e);
    report.different = report.different || others_differ;
    if (v->watch != NULL) {
        v->watch->check_ended(v->watch->arg, ok, &report, &e);
    }
    json_t *whole = check_report_to_json(&report);
    if (objects != NULL) {
        json_object_set(whole, "objects", objects);
    }
    tell(v, &report, objects, whole);
    json_decref(objects);
    if (loaded != NULL) {
        json_object_set_new(loaded, "check", whole);
        whole = loaded;
    }
    bool written = invocation_report(v, whole, &unsaid);
    log_event(ok ? LOG_INFO : LOG_ERROR, "end", NULL, "%s",
              !ok                ? e.message
              : report.different ? "different"
                                 : "the same");
    int code = outcome(v, &report, ok, &e);
    if (!written) {
        int report_code = invocation_fail(v, &unsaid);
        code = code == EXIT_OK ? report_code : code;
    }
    check_report_clear(&report);
    return code;
}
