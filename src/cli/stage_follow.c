/* Following as a command shows it: a line that is kept up to date on a terminal, a line every few seconds otherwise, events for
 * programs. See invocation.h. */
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "cli/invocation.h"
#include "cli/progress_bar.h"
#include "cli/texts.h"
#include "follow/task.h"

enum { LINE_EVERY_US = 5000000 };

struct showing {
    struct invocation *v;
    bool bar, zh;
    int64_t began_us, shown_us;
    int64_t last_us; /* and what there was then, for speeds */
    uint64_t last_rows, last_bytes, last_taken;
    double rows_per_s, bytes_per_s, taken_per_s;
};

/* How old the last change in the target is that the source has committed; 0: there are none newer. By both clocks. */
static double lag_s(const struct follow_figures *f) {
    if (f->caught_up || f->applied_commit_us == 0) {
        return 0;
    }
    double s = (double)(clock_utc_us() - f->applied_commit_us) / 1e6;
    return s > 0 ? s : 0;
}

static void speeds(struct showing *s, const struct follow_figures *f, int64_t us) {
    double seconds = (double)(us - s->last_us) / 1e6;
    if (seconds > 0.2) {
        s->rows_per_s = (double)(f->applied_rows - s->last_rows) / seconds;
        s->bytes_per_s = (double)(f->applied_bytes - s->last_bytes) / seconds;
        s->taken_per_s = (double)(f->taken_rows - s->last_taken) / seconds;
        s->last_us = us;
        s->last_rows = f->applied_rows;
        s->last_bytes = f->applied_bytes;
        s->last_taken = f->taken_rows;
    }
}

static json_t *to_json(const struct showing *s, const struct follow_figures *f, uint64_t captured) {
    return json_pack("{s:I, s:{s:I, s:I, s:I}, s:{s:I, s:I, s:I}, s:{s:I, s:I, s:I}, s:f, s:b, s:f, s:f, s:f, s:{s:I, "
                     "s:I, s:I, s:I}, "
                     "s:I, s:I, s:I, s:f}",
                     "captured_bytes", (json_int_t)captured, "taken", "rows", (json_int_t)f->taken_rows, "bytes",
                     (json_int_t)f->taken_bytes, "transactions", (json_int_t)f->taken_transactions, "applied", "rows",
                     (json_int_t)f->applied_rows, "bytes", (json_int_t)f->applied_bytes, "transactions",
                     (json_int_t)f->applied_transactions, "rest", "rows", (json_int_t)(f->taken_rows - f->applied_rows),
                     "bytes", (json_int_t)(f->taken_bytes - f->applied_bytes), "transactions",
                     (json_int_t)(f->taken_transactions - f->applied_transactions), "lag_s", lag_s(f), "caught_up",
                     f->caught_up, "rows_per_s", s->rows_per_s, "bytes_per_s", s->bytes_per_s, "taken_rows_per_s",
                     s->taken_per_s, "jobs", "done", (json_int_t)f->jobs.jobs, "waited", (json_int_t)f->jobs.waited,
                     "running", (json_int_t)f->jobs.running, "queued", (json_int_t)f->jobs.queued, "memory_bytes",
                     (json_int_t)f->jobs.memory_bytes, "diverted", (json_int_t)f->diverted, "retried",
                     (json_int_t)f->retried, "elapsed_s", (double)(clock_mono_us() - s->began_us) / 1e6);
}

static void show_line(struct showing *s, const struct follow_figures *f) {
    char rows[32], rest[32], speed[32];
    str_count(f->applied_rows, rows);
    str_count(f->taken_rows - f->applied_rows, rest);
    str_count((uint64_t)s->rows_per_s, speed);
    fprintf(stderr, s->bar ? "\r\033[K" : "");
    if (s->zh) {
        fprintf(stderr, "增量  已应用 %s 行  待应用 %s  %s 行/秒  延迟 %.1f 秒%s%s", rows, rest, speed, lag_s(f),
                f->caught_up ? "  已追平" : "", atomic_load(&s->v->stop) ? "  停止中" : "");
    } else {
        fprintf(stderr, "Following  %s rows applied  %s to apply  %s rows/s  lag %.1f s%s%s", rows, rest, speed,
                lag_s(f), f->caught_up ? "  caught up" : "", atomic_load(&s->v->stop) ? "  stopping" : "");
    }
    fprintf(stderr, s->bar ? "" : "\n");
    fflush(stderr);
}

static void look(void *arg, const struct follow_figures *f, uint64_t captured) {
    struct showing *s = arg;
    int64_t us = clock_mono_us();
    speeds(s, f, us);
    if (s->v->json_events) {
        json_t *o = to_json(s, f, captured);
        invocation_tell(s->v, "follow", o);
        json_decref(o);
    } else if (!s->v->o.quiet && s->v->o.progress != STYLE_NONE && (s->bar || us - s->shown_us >= LINE_EVERY_US)) {
        show_line(s, f);
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
                               (v->o.progress == STYLE_BAR || (v->o.progress == STYLE_AUTO && terminal)),
                        .began_us = clock_mono_us(),
                        .last_us = clock_mono_us()};
    struct follow_watch watch = {.look = look, .arg = &s};
    v->o.follow.in_order = v->o.follow_mode == 1;
    stopper_at_once(v->stopper, false);
    stopper_silent(v->stopper, s.bar);
    /* The first signal ends following when what was taken is in; the second ends the process, and the next run goes on. */
    bool ok = follow_task(&v->o.task, &v->o.follow, &watch, &at_once, &v->stop, &last, &e);
    stopper_silent(v->stopper, false);
    tell_end(&s, &last);
    json_t *report = to_json(&s, &last, 0);
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
