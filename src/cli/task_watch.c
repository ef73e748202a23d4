/* See task_watch.h.
 *
 * Bars go to standard error and are drawn over each other with one write; where the cursor cannot be moved there is a line when something has
 * changed, at most one in five seconds for figures alone. */
#include "cli/task_watch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "cli/progress_bar.h"
#include "cli/texts.h"
#include "engine/text_width.h"
#include "server/state.h"

enum {
    PAGE = 200,
    LOOK_MS = 1000,
    STEP_MS = 50,
    LINE_US = 5 * 1000 * 1000,
    AWAY_US = 120 * 1000 * 1000, /* how long a server may be away */
    BAR_COLUMNS = 24,
    NAME_COLUMNS = 28,
    TEXT_COLUMNS = 36,
    BEHIND_COLUMNS = 30,
    UNLIMITED = 2000, /* columns where there is no terminal */
    LINES_LEFT = 4,   /* of the terminal, that are not for subtasks */
};

struct watch {
    struct verb_call *v;
    int64_t task;
    json_t *head;     /* the task */
    json_t *subtasks; /* list */
    bool bars;
    size_t drawn;
    int64_t said_us;
    char *said; /* what was said of the states, to see a change */
};

static int64_t number(const json_t *o, const char *key) {
    return json_integer_value(json_object_get(o, key));
}

static const char *text(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s != NULL ? s : "";
}

static enum subtask_status status_of(const json_t *subtask) {
    return (enum subtask_status)number(subtask, "status");
}

/* ---- asking ---- */

bool task_subtasks(struct verb_call *v, int64_t task, json_t **out, struct err *e) {
    *out = json_array();
    for (int page = 1;; page++) {
        json_t *answer;
        if (!verb_get(v, &answer, e, "/api/v1/tasks/%lld/subtasks?size=%d&page=%d&sort=place", (long long)task,
                      (int)PAGE, page)) {
            json_decref(*out);
            *out = NULL;
            return false;
        }
        const json_t *items = json_object_get(answer, "items");
        size_t n = json_array_size(items);
        json_array_extend(*out, (json_t *)items);
        json_decref(answer);
        if (n < PAGE) {
            return true;
        }
    }
}

static bool look(struct watch *w, struct err *e) {
    json_t *head, *subtasks;
    if (!verb_get(w->v, &head, e, "/api/v1/tasks/%lld", (long long)w->task)) {
        return false;
    }
    if (!task_subtasks(w->v, w->task, &subtasks, e)) {
        json_decref(head);
        return false;
    }
    json_decref(w->head);
    json_decref(w->subtasks);
    w->head = head;
    w->subtasks = subtasks;
    return true;
}

/* Nothing goes on any more, and nothing will by itself. */
static bool is_over(const struct watch *w) {
    size_t i;
    const json_t *s;
    if (number(w->head, "status") == TASK_NOT_STARTED) {
        return false;
    }
    json_array_foreach(w->subtasks, i, s) {
        if (state_is_active(status_of(s))) {
            return false;
        }
    }
    return true;
}

/* ---- for people ---- */

static char *bar(struct arena *a, double fraction) {
    static const char *const blocks[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    bool utf8 = lang_utf8();
    double cells = (fraction < 0 ? 0 : fraction > 1 ? 1 : fraction) * BAR_COLUMNS;
    int full = (int)cells, part = (int)((cells - full) * 8);
    char *out = arena_alloc(a, BAR_COLUMNS * 4 + 8), *at = stpcpy(out, utf8 ? "▕" : "[");
    for (int i = 0; i < full; i++) {
        at = stpcpy(at, utf8 ? "█" : "#");
    }
    bool partial = utf8 && part > 0 && full < BAR_COLUMNS;
    if (partial) {
        at = stpcpy(at, blocks[part]);
    }
    for (int i = full + partial; i < BAR_COLUMNS; i++) {
        at = stpcpy(at, utf8 ? " " : ".");
    }
    stpcpy(at, utf8 ? "▏" : "]");
    return out;
}

static char *duration(struct arena *a, int64_t ms) {
    int64_t s = (ms + 999) / 1000;
    return s >= 3600 ? arena_printf(a, "%lld:%02lld:%02lld", (long long)(s / 3600), (long long)(s / 60 % 60),
                                    (long long)(s % 60))
                     : arena_printf(a, "%lld:%02lld", (long long)(s / 60), (long long)(s % 60));
}

/* In the incremental stage: speed, what is left, how far behind. */
static char *following(struct watch *w, struct arena *a, const json_t *f) {
    char speed[32], rest[32];
    str_count((uint64_t)json_number_value(json_object_get(f, "rows_per_s")), speed);
    str_count((uint64_t)json_integer_value(json_object_get(json_object_get(f, "rest"), "rows")), rest);
    return arena_printf(a, w->v->zh ? "%s 行/秒，待写入 %s，延迟 %.1f 秒" : "%s rows/s, %s to apply, %.1f s behind",
                        speed, rest, json_number_value(json_object_get(f, "lag_s")));
}

/* What the worker said last, while it moves rows: speed and time left. */
static char *behind(struct watch *w, struct arena *a, const json_t *s) {
    const json_t *figures = json_object_get(s, "figures"), *eta = json_object_get(figures, "eta_ms");
    const json_t *reason = json_object_get(s, "reason");
    char speed[24];
    if (json_is_object(reason)) {
        return arena_printf(a, "%s %s", text(reason, "code"), text(reason, "message"));
    }
    if (!state_is_active(status_of(s)) || !json_is_object(figures)) {
        return arena_strdup(a, "");
    }
    if (json_is_object(json_object_get(figures, "follow"))) {
        return following(w, a, json_object_get(figures, "follow"));
    }
    double rate = json_number_value(json_object_get(figures, "bytes_per_s"));
    char *out = rate >= 1 ? arena_printf(a, "%s/s", str_bytes((uint64_t)rate, speed)) : arena_strdup(a, "");
    return json_is_integer(eta) ? arena_printf(a, "%s%s%s %s", out, out[0] != '\0' ? ", " : "",
                                               duration(a, json_integer_value(eta)), text_of(TEXT_ETA, w->v->zh))
                                : out;
}

static char *line_of(struct watch *w, struct arena *a, const json_t *s, size_t columns) {
    const json_t *source = json_object_get(s, "source"), *target = json_object_get(s, "target");
    double progress = json_number_value(json_object_get(s, "progress"));
    char *name =
        arena_printf(a, "%s -> %s.%s", text(source, "database"), text(target, "database"), text(target, "schema"));
    char *line = arena_printf(a, "%3lld %s %s %5.1f%% %s %s", (long long)number(s, "place"),
                              text_pad(a, name, NAME_COLUMNS), bar(a, progress), progress * 100,
                              text_pad(a, state_text(status_of(s), w->v->zh), TEXT_COLUMNS), behind(w, a, s));
    return text_fit(a, line, columns);
}

static char *head_of(struct watch *w, struct arena *a, size_t columns) {
    double progress = json_number_value(json_object_get(w->head, "progress"));
    const json_t *elapsed = json_object_get(w->head, "elapsed_ms");
    return text_fit(a,
                    arena_printf(a, "%lld %s %s %5.1f%% %s%s%s", (long long)w->task,
                                 text_pad(a, text(w->head, "name"), NAME_COLUMNS), bar(a, progress), progress * 100,
                                 task_status_text((enum task_status)number(w->head, "status"), w->v->zh),
                                 json_is_integer(elapsed) ? ", " : "",
                                 json_is_integer(elapsed) ? duration(a, json_integer_value(elapsed)) : ""),
                    columns);
}

/* Those that are at work first: a terminal may not have a line for each. */
static size_t pick(struct watch *w, const json_t **out, size_t most) {
    size_t n = 0, i;
    const json_t *s;
    for (int round = 0; round < 3; round++) {
        json_array_foreach(w->subtasks, i, s) {
            enum subtask_status at = status_of(s);
            int rank = state_is_active(at) && at != SUB_WAITING        ? 0
                       : at == SUB_FAILED || at == SUB_PRECHECK_FAILED ? 1
                                                                       : 2;
            if (rank == round && n < most) {
                out[n++] = s;
            }
        }
    }
    return n;
}

static void draw(struct watch *w, struct arena *a) {
    struct winsize size = {0};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        size.ws_col = 80;
        size.ws_row = 24;
    }
    size_t columns = size.ws_col > 1 ? size.ws_col - 1u : 1u, all = json_array_size(w->subtasks);
    size_t most = size.ws_row > LINES_LEFT ? (size_t)(size.ws_row - LINES_LEFT) : 1;
    const json_t **shown = arena_array(a, const json_t *, all + 1);
    size_t n = pick(w, shown, most);
    char *out = w->drawn > 0 ? arena_printf(a, "\r\033[%zuA", w->drawn) : arena_strdup(a, "");
    out = arena_printf(a, "%s%s\033[K\n", out, head_of(w, a, columns));
    for (size_t i = 0; i < n; i++) {
        out = arena_printf(a, "%s%s\033[K\n", out, line_of(w, a, shown[i], columns));
    }
    if (n < all) {
        out = arena_printf(a, w->v->zh ? "%s  另有 %zu 个子任务\033[K\n" : "%s  and %zu more subtasks\033[K\n", out,
                           all - n);
    }
    fprintf(stderr, "%s\033[J", out);
    fflush(stderr);
    w->drawn = 1 + n + (n < all);
}

/* All that is no figure: when it differs from last time, something has happened. */
static char *states_of(struct watch *w, struct arena *a) {
    size_t i;
    const json_t *s;
    char *out = arena_printf(a, "%lld", (long long)number(w->head, "status"));
    json_array_foreach(w->subtasks, i, s) {
        out = arena_printf(a, "%s %lld", out, (long long)number(s, "status"));
    }
    return out;
}

static void say(struct watch *w, struct arena *a) {
    char time[32];
    char *states = states_of(w, a);
    bool changed = w->said == NULL || !str_eq(states, w->said);
    if (!changed && clock_mono_us() - w->said_us < LINE_US) {
        return;
    }
    clock_iso(clock_utc_us(), time);
    memcpy(time + 19, "Z", 2); /* seconds are enough */
    fprintf(stderr, "%s  %s\n", time, head_of(w, a, UNLIMITED));
    size_t i;
    const json_t *s;
    json_array_foreach(w->subtasks, i, s) {
        if (changed || state_is_active(status_of(s))) {
            fprintf(stderr, "%s  %s\n", time, line_of(w, a, s, UNLIMITED));
        }
    }
    free(w->said);
    w->said = strdup(states);
    w->said_us = clock_mono_us();
}

static void event(struct watch *w, const char *name, struct arena *a) {
    char *states = states_of(w, a);
    bool changed = w->said == NULL || !str_eq(states, w->said);
    if (changed || !str_eq(name, "task") || clock_mono_us() - w->said_us >= (int64_t)LOOK_MS * 1000) {
        display_event(stdout, json_pack("{s:s, s:O, s:O}", "event", name, "task", w->head, "subtasks", w->subtasks));
        free(w->said);
        w->said = strdup(states);
        w->said_us = clock_mono_us();
    }
}

static void show(struct watch *w, bool over) {
    struct arena a = ARENA_INIT;
    if (w->v->json) {
        event(w, over ? "over" : "task", &a);
    } else if (w->bars) {
        draw(w, &a);
    } else {
        say(w, &a);
    }
    arena_clear(&a);
}

/* ---- the end ---- */

/* Has an object of a subtask come out different? */
static bool differs(struct watch *w, const json_t *s, bool *out, struct err *e) {
    json_t *answer;
    if (!verb_get(w->v, &answer, e, "/api/v1/subtasks/%lld/objects?errors=1&size=1", (long long)number(s, "id"))) {
        return false;
    }
    *out = *out || number(answer, "total") > 0;
    json_decref(answer);
    return true;
}

static bool verdict(struct watch *w, struct err *e) {
    size_t i;
    const json_t *s;
    bool failed = false, precheck = false, different = false;
    json_array_foreach(w->subtasks, i, s) {
        failed = failed || status_of(s) == SUB_FAILED;
        precheck = precheck || status_of(s) == SUB_PRECHECK_FAILED;
        if (status_of(s) == SUB_FINISHED && !differs(w, s, &different, e)) {
            return false;
        }
    }
    w->v->code = (int)(failed ? EXIT_FAILED : precheck ? EXIT_PRECHECK : different ? EXIT_DIFFERENT : EXIT_OK);
    return true;
}

static bool can_move_cursor(void) {
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term != NULL && term[0] != '\0' && !str_eq(term, "dumb");
}

static bool stopped(struct watch *w, int64_t ms) {
    for (; ms > 0 && !atomic_load(w->v->stop); ms -= STEP_MS) {
        clock_sleep_ms(STEP_MS);
    }
    return atomic_load(w->v->stop);
}

/* One that cannot be reached may be starting again; what it refuses is refused. */
static bool look_patiently(struct watch *w, struct err *e) {
    int64_t until_us = clock_mono_us() + AWAY_US;
    while (!look(w, e)) {
        bool away = e->code == ERR_HTTP || e->code == ERR_STORE_BUSY || e->code == ERR_STORE_OPEN;
        if (w->head == NULL || !away || clock_mono_us() > until_us) {
            return false;
        }
        if (stopped(w, LOOK_MS)) {
            return true;
        }
        err_clear(e);
    }
    return true;
}

bool task_watch(struct verb_call *v, int64_t task, struct err *e) {
    struct watch w = {.v = v, .task = task, .bars = !v->json && can_move_cursor()};
    bool ok = true, over = false;
    while (ok && !over) {
        ok = look_patiently(&w, e);
        over = ok && is_over(&w);
        if (ok) {
            show(&w, over);
        }
        if (ok && !over && stopped(&w, LOOK_MS)) {
            v->code = EXIT_CANCELLED;
            break;
        }
    }
    ok = ok && (!over || verdict(&w, e));
    json_decref(w.head);
    json_decref(w.subtasks);
    free(w.said);
    return ok;
}
