/* The load as a command shows it: question, display, report. See invocation.h. */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "cli/invocation.h"
#include "cli/progress_bar.h"
#include "cli/texts.h"
#include "engine/migrate.h"
#include "follow/capture.h"
#include "follow/moved_keys.h"

/* Is there somebody to ask? Without a terminal the option itself is the answer: scripts say what they mean. */
static bool must_ask(const struct invocation *v) {
    const struct task *t = &v->o.task;
    return !v->o.yes && (t->on_existing == EXISTING_OVERWRITE || t->restart) && isatty(STDIN_FILENO) &&
           isatty(STDERR_FILENO);
}

static bool confirmed(struct invocation *v, struct err *e) {
    if (!must_ask(v)) {
        return true;
    }
    const struct task *t = &v->o.task;
    const char *schema = t->target_schema != NULL ? t->target_schema : t->source_database;
    fprintf(stderr, "%s drops tables of the same names in schema %s of %s on %s. Go on? [y/N] ",
            t->on_existing == EXISTING_OVERWRITE ? "--overwrite" : "--restart", schema, t->target.database,
            t->target.host);
    char answer[16] = "";
    fflush(stderr);
    bool got = fgets(answer, sizeof answer, stdin) != NULL;
    answer[strcspn(answer, "\r\n")] = '\0';
    if (got && (str_ieq(answer, "y") || str_ieq(answer, "yes"))) {
        return true;
    }
    err_set(e, ERR_CANCELLED, "not confirmed; nothing was done");
    return err_hint(e, "--yes answers in advance");
}

static void tell(struct invocation *v, const struct report *r, json_t *whole) {
    if (v->json_events) {
        invocation_tell(v, "report", whole);
    } else if (!v->o.quiet) {
        report_print(r, stdout);
        fflush(stdout);
    }
}

int stage_load(struct invocation *v, json_t *precheck, json_t **kept) {
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
        v->watch->load_begins(v->watch->arg);
    }
    struct display *display = NULL;
    struct progress *progress = progress_new();
    struct report report;
    report_init(&report);
    bool began = confirmed(v, &e) && display_start(&display, progress, &look, &e);
    bool ok = began;
    if (began) {
        stopper_at_once(v->stopper, false);
        stopper_silent(v->stopper, display_is_bar(display));
        struct capture *capture = NULL;
        struct spool_options spool = {.directory = v->o.follow.spool,
                                      .budget_bytes = v->o.follow.spool_bytes,
                                      .optional = v->o.follow.spool_optional};
        ok = (spool.directory == NULL || capture_early(&capture, &v->o.task, &spool, &e)) &&
             migrate_load(&v->o.task, moved_keys_find, progress, &v->stop, &report, &e);
        capture_free(capture);
        display_end(display);
        stopper_silent(v->stopper, false);
    }
    progress_free(progress);
    bool written = true;
    bool earlier = began && !ok && kept != NULL && e.code == ERR_RESUME_FINISHED;
    if (v->watch != NULL) {
        v->watch->load_ended(v->watch->arg, ok || earlier, earlier, &e);
    }
    if (earlier) { /* a migration that was stopped in its check */
        *kept = json_pack("{s:b, s:b}", "ok", 1, "loaded_earlier", 1);
        ok = true;
    } else if (began) {
        json_t *whole = report_to_json(&report);
        if (precheck != NULL) {
            json_object_set(whole, "precheck", precheck);
        }
        tell(v, &report, whole);
        if (ok && kept != NULL) {
            *kept = whole;
        } else {
            written = invocation_report(v, whole, &unsaid);
        }
    }
    json_decref(precheck);
    log_event(ok ? LOG_INFO : LOG_ERROR, "end", NULL, "%s", ok ? "loaded" : e.message);
    int code = EXIT_OK;
    if (!ok) {
        code = invocation_fail(v, &e);
    }
    if (!written) {
        int report_code = invocation_fail(v, &unsaid);
        code = ok ? report_code : code;
    }
    report_clear(&report);
    return code;
}
