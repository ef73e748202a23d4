/* Following as a command shows it: a line that is kept up to date on a terminal, a line every few seconds otherwise, events for
 * programs. See invocation.h. */
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "cli/follow_figures.h"
#include "cli/invocation.h"
#include "cli/progress_bar.h"
#include "cli/texts.h"

enum { LINE_EVERY_US = 5000000 };

struct showing {
    struct invocation *v;
    bool bar, zh;
    int64_t shown_us;
    struct follow_speeds speeds;
    struct follow_status last;
};

static void show_line(struct showing *s, const struct follow_status *now) {
    const struct follow_figures *f = &now->figures;
    char rows[32], rest[32], speed[32];
    str_count(f->applied_rows, rows);
    str_count(f->taken_rows - f->applied_rows, rest);
    str_count((uint64_t)s->speeds.rows_per_s, speed);
    fprintf(stderr, s->bar ? "\r\033[K" : "");
    if (s->zh) {
        fprintf(stderr, "增量  已应用 %s 行  待应用 %s  %s 行/秒  延迟 %.1f 秒%s%s", rows, rest, speed,
                follow_lag_s(now), f->caught_up ? "  已追平" : "", atomic_load(&s->v->stop) ? "  停止中" : "");
    } else {
        fprintf(stderr, "Following  %s rows applied  %s to apply  %s rows/s  lag %.1f s%s%s", rows, rest, speed,
                follow_lag_s(now), f->caught_up ? "  caught up" : "", atomic_load(&s->v->stop) ? "  stopping" : "");
    }
    fprintf(stderr, s->bar ? "" : "\n");
    fflush(stderr);
}

static void look(void *arg, const struct follow_status *now) {
    struct showing *s = arg;
    int64_t us = clock_mono_us();
    follow_speeds_take(&s->speeds, now);
    s->last = *now;
    if (s->v->json_events) {
        json_t *o = follow_to_json(&s->speeds, now);
        invocation_tell(s->v, "follow", o);
        json_decref(o);
    } else if (!s->v->o.quiet && s->v->o.progress != STYLE_NONE && (s->bar || us - s->shown_us >= LINE_EVERY_US)) {
        show_line(s, now);
        s->shown_us = us;
    }
}

static void tell_end(struct showing *s, const struct follow_figures *f) {
    char rows[32], transactions[32];
    fprintf(stderr, s->bar ? "\n" : "");
    if (!s->v->o.quiet && !s->v->json_events) {
        printf("%s rows in %s transactions applied", str_count(f->applied_rows, rows),
               str_count(f->applied_transactions, transactions));
        if (f->diverted > 0) {
            printf(", %llu changes put aside (godwit.rejected)", (unsigned long long)f->diverted);
        }
        puts("");
        fflush(stdout);
    }
}

int stage_follow(struct invocation *v) {
    struct err e = ERR_INIT, unsaid = ERR_INIT;
    atomic_bool at_once = false;
    struct follow_figures last = {0};
    bool terminal = isatty(STDERR_FILENO) != 0;
    struct showing s = {.v = v,
                        .zh = lang_is_zh(v->o.lang),
                        .bar = !v->json_events && !v->o.quiet &&
                               (v->o.progress == STYLE_BAR || (v->o.progress == STYLE_AUTO && terminal))};
    follow_speeds_begin(&s.speeds);
    struct follow_watch watch = {.look = look, .arg = &s};
    v->o.follow.in_order = v->o.follow_mode == 1;
    stopper_at_once(v->stopper, false);
    stopper_silent(v->stopper, s.bar);
    /* The first signal ends following when what was taken is in; the second ends the process, and the next run goes on. */
    bool ok = follow_task(&v->o.task, &v->o.follow, &watch, &at_once, &v->stop, &last, &e);
    stopper_silent(v->stopper, false);
    tell_end(&s, &last);
    s.last.figures = last;
    json_t *report = follow_to_json(&s.speeds, &s.last);
    json_object_set_new(report, "ok", json_boolean(ok));
    if (!ok) {
        json_object_set_new(report, "error", err_to_json(&e));
    }
    if (v->json_events) {
        invocation_tell(v, "report", report);
    }
    bool written = invocation_report(v, report, &unsaid);
    log_event(ok ? LOG_INFO : LOG_ERROR, "end", NULL, "%s", ok ? "followed" : e.message);
    int code = ok ? EXIT_OK : invocation_fail(v, &e);
    if (!written) {
        int report_code = invocation_fail(v, &unsaid);
        code = code == EXIT_OK ? report_code : code;
    }
    return code;
}
