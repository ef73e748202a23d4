/* Following as a command shows it: a line that is kept up to date on a terminal, a line every few seconds otherwise, events for
 * programs. See invocation.h. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "cli/comparing.h"
#include "cli/follow_figures.h"
#include "cli/invocation.h"
#include "cli/progress_bar.h"
#include "cli/texts.h"
#include "follow/reverse.h"

enum { LINE_EVERY_US = 5000000, TELL_US = 950000, COMPARING_LOOK_MS = 200 };

struct showing {
    struct invocation *v;
    bool bar, zh, back;
    int64_t shown_us, told_us;
    struct follow_speeds speeds;
    struct follow_status last;
    struct comparing *comparing;
};

static void show_line(struct showing *s, const struct follow_status *now) {
    const struct follow_figures *f = &now->figures;
    char rows[32], rest[32], speed[32];
    str_count(f->applied_rows, rows);
    str_count(f->taken_rows - f->applied_rows, rest);
    str_count((uint64_t)s->speeds.rows_per_s, speed);
    fprintf(stderr, s->bar ? "\r\033[K" : "");
    if (s->zh) {
        fprintf(stderr, "%s  已应用 %s 行  待应用 %s  %s 行/秒  延迟 %.1f 秒%s%s", s->back ? "反向" : "增量", rows,
                rest, speed, follow_lag_s(now), f->caught_up ? "  已追平" : "",
                atomic_load(&s->v->stop) ? "  停止中" : "");
    } else {
        fprintf(stderr, "%s  %s rows applied  %s to apply  %s rows/s  lag %.1f s%s%s",
                s->back ? "Carrying back" : "Following", rows, rest, speed, follow_lag_s(now),
                f->caught_up ? "  caught up" : "", atomic_load(&s->v->stop) ? "  stopping" : "");
    }
    fprintf(stderr, s->bar ? "" : "\n");
    fflush(stderr);
}

static void differs(void *arg, const struct err *e) {
    struct showing *s = arg;
    log_err("compared", e);
    if (s->v->json_events) {
        json_t *error = err_to_json(e);
        invocation_tell(s->v, "compared", error);
        json_decref(error);
    } else {
        fprintf(stderr, s->bar ? "\n" : "");
        err_print(e, stderr);
    }
}

static void look(void *arg, const struct follow_status *seen) {
    struct showing *s = arg;
    struct follow_status with = *seen, *now = &with;
    if (s->comparing != NULL) {
        comparing_look(s->comparing, now);
    }
    int64_t us = clock_mono_us();
    if (us - s->told_us < TELL_US) {
        return;
    }
    s->told_us = us;
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

/* What only preparing found out, for people; and for programs in the report. */
static void tell_prepared(struct showing *s, const struct reverse_facts *facts, json_t *report) {
    json_object_set_new(report, "slot", json_string(facts->slot));
    json_object_set_new(report, "position", json_string(facts->position));
    json_object_set_new(report, "decoder", json_string(facts->decoder));
    json_object_set_new(report, "source_triggers", json_integer((json_int_t)facts->source_triggers));
    if (s->v->o.quiet || s->v->json_events || !s->v->o.reverse.prepare) {
        return;
    }
    printf(s->zh ? "%s复制槽 %s，此后（%s）目标端的变更将回到源端\n解码插件：%s\n"
                 : "%sslot %s: changes of the target from now on (%s) will be carried back\ndecoder: %s\n",
           facts->prepared_before ? (s->zh ? "此前已准备，" : "prepared before, ") : "", facts->slot, facts->position,
           facts->decoder);
    fflush(stdout);
}

/* Is everything there that carrying changes back takes? False + e: what is missing. */
static bool way_back_possible(struct invocation *v, json_t *report, struct err *e) {
    struct precheck p;
    bool ok = precheck_way_back(&v->o.task, &p, e);
    json_object_set_new(report, "precheck", precheck_to_json(&p));
    for (size_t i = 0; ok && i < p.n; i++) {
        if (p.items[i].status == PRECHECK_WARNING) {
            log_warn(p.items[i].id, "%s: %s", p.items[i].title, p.items[i].found);
        }
        if (p.items[i].status == PRECHECK_FAILED) {
            err_set(e, ERR_PRECHECK, "changes cannot be carried back: %s", p.items[i].title);
            err_cause(e, "%s: %s", p.items[i].id, p.items[i].found);
            err_hint(e, "%s", p.items[i].mend);
            ok = false;
        }
    }
    precheck_clear(&p);
    return ok;
}

static bool run(struct showing *s, struct follow_figures *last, json_t *report, struct err *e) {
    struct invocation *v = s->v;
    atomic_bool at_once = false;
    struct follow_watch watch = {.look = look, .arg = s};
    if (!s->back) {
        v->o.follow.in_order = v->o.follow_mode == 1;
        struct comparing_options o = {.task = &v->o.task,
                                      .every_ms = v->o.compare_every_ms,
                                      .rows = v->o.compare_rows,
                                      .differs = differs,
                                      .arg = s};
        watch.every_ms = o.every_ms > 0 ? COMPARING_LOOK_MS : 0;
        bool ok = comparing_begin(&s->comparing, &o, e) &&
                  follow_task(&v->o.task, &v->o.follow, &watch, &at_once, &v->stop, last, e);
        comparing_end(s->comparing);
        s->comparing = NULL;
        return ok;
    }
    struct reverse_facts facts;
    v->o.reverse.in_order = v->o.follow_mode == 1;
    memcpy(v->o.reverse.policy, v->o.follow.policy, sizeof v->o.reverse.policy);
    v->o.reverse.until_caught_up = v->o.follow.until_caught_up;
    if (v->o.reverse.prepare && !way_back_possible(v, report, e)) {
        return false;
    }
    bool ok = reverse_task(&v->o.task, &v->o.reverse, &watch, &at_once, &v->stop, &v->arena, &facts, last, e);
    if (ok) {
        tell_prepared(s, &facts, report);
    }
    return ok;
}

int stage_follow(struct invocation *v) {
    struct err e = ERR_INIT, unsaid = ERR_INIT;
    struct follow_figures last = {0};
    bool terminal = isatty(STDERR_FILENO) != 0;
    struct showing s = {.v = v,
                        .zh = lang_is_zh(v->o.lang),
                        .bar = !v->json_events && !v->o.quiet &&
                               (v->o.progress == STYLE_BAR || (v->o.progress == STYLE_AUTO && terminal)),
                        .back = v->command->bit == CMD_REVERSE};
    json_t *more = json_object();
    follow_speeds_begin(&s.speeds);
    stopper_at_once(v->stopper, false);
    stopper_silent(v->stopper, s.bar);
    /* The first signal ends following when what was taken is in; the second ends the process, and the next run goes on. */
    bool ok = run(&s, &last, more, &e);
    stopper_silent(v->stopper, false);
    if (!s.back || !v->o.reverse.prepare) {
        tell_end(&s, &last);
    }
    s.last.figures = last;
    json_t *report = follow_to_json(&s.speeds, &s.last);
    json_object_update(report, more);
    json_decref(more);
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
