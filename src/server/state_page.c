/* See state_page.h. */
#include "server/state_page.h"

#include "server/state.h"

static const char *const actions[] = {
    [ACTION_NONE] = "",
    [ACTION_PLACE] = "look for a machine",
    [ACTION_RUN] = "give it to the machine",
    [ACTION_TELL] = "tell the worker",
    [ACTION_STOP] = "end the worker, free the machine",
    [ACTION_RELEASE] = "free the machine: the worker has ended",
    [ACTION_FORGET] = "forget the run",
};

static const char *const guards[] = {[GUARD_NONE] = "", [GUARD_IS_OFFLINE] = "offline", [GUARD_IS_ONLINE] = "online"};

static const char *who(enum subtask_event e) {
    return e < EVENT_PLACED ? "people" : e <= EVENT_MACHINE_LOST ? "the server" : "the worker";
}

/* They lead from nearly everywhere to the same place: the picture would be nothing else. */
static bool in_picture(const struct transition *t) {
    bool everywhere = t->event == EVENT_MACHINE_LOST || t->event == EVENT_FAILED || t->event == EVENT_FINISH;
    return !everywhere || (t->from == SUB_REVERSE_STOPPED && t->event == EVENT_FINISH);
}

static void diagram(FILE *out) {
    fputs("```mermaid\nstateDiagram-v2\n", out);
    for (int i = 0; i <= SUB_PRECHECK_FAILED; i++) {
        if (state_is_status(i)) {
            fprintf(out, "    state \"%d %s\" as s%d\n", i, state_text((enum subtask_status)i, false), i);
        }
    }
    fprintf(out, "    [*] --> s%d\n", SUB_NOT_RUN);
    for (size_t i = 0; i < state_count(); i++) {
        const struct transition *t = state_transition(i);
        if (in_picture(t)) {
            fprintf(out, "    s%d --> s%d : %s%s%s\n", (int)t->from, (int)t->to, state_event_name(t->event),
                    guards[t->guard][0] != '\0' ? ", " : "", guards[t->guard]);
        }
    }
    fprintf(out, "    s%d --> [*]\n```\n\n", SUB_FINISHED);
    fprintf(
        out,
        "Left out of the picture: while a machine is waited for or a worker may be alive, `failed` leads to %d and\n"
        "`finish` to %d, and `machine-lost` to %d.\n\n",
        SUB_FAILED, SUB_FINISHED, SUB_WAITING);
}

static void states(FILE *out) {
    fputs("## States of a subtask\n\n| status | state | 状态 | goes on by itself | holds its target schema "
          "|\n|---|---|---|---|---|\n",
          out);
    for (int i = 0; i <= SUB_PRECHECK_FAILED; i++) {
        enum subtask_status s = (enum subtask_status)i;
        if (state_is_status(i)) {
            fprintf(out, "| %d | %s | %s | %s | %s |\n", i, state_text(s, false), state_text(s, true),
                    state_is_active(s) ? "yes" : "no", state_holds_target(s) ? "yes" : "no");
        }
    }
    fputs("\n## States of a task\n\n| status | state | 状态 |\n|---|---|---|\n", out);
    static const enum task_status tasks[] = {TASK_NOT_STARTED, TASK_MIGRATING, TASK_FINISHED, TASK_PRECHECK_FAILED};
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        fprintf(out, "| %d | %s | %s |\n", (int)tasks[i], task_status_text(tasks[i], false),
                task_status_text(tasks[i], true));
    }
}

static void events(FILE *out) {
    fputs("\n## Events\n\n| event | meaning | 含义 | caused by |\n|---|---|---|---|\n", out);
    for (int i = 0; i < EVENT_COUNT; i++) {
        enum subtask_event e = (enum subtask_event)i;
        fprintf(out, "| `%s` | %s | %s | %s |\n", state_event_name(e), state_event_text(e, false),
                state_event_text(e, true), who(e));
    }
}

static void transitions(FILE *out) {
    fputs("\n## Transitions\n\nWhat is not in this table is refused. `only` says for which kind of migration.\n\n"
          "| from | event | only | to | what the server does |\n|---|---|---|---|---|\n",
          out);
    for (size_t i = 0; i < state_count(); i++) {
        const struct transition *t = state_transition(i);
        fprintf(out, "| %d %s | `%s` | %s | %d %s | %s |\n", (int)t->from, state_text(t->from, false),
                state_event_name(t->event), guards[t->guard], (int)t->to, state_text(t->to, false), actions[t->action]);
    }
}

void state_page(FILE *out) {
    fputs("# States of a subtask\n\nMade from the table in src/server/state.c by `godwit states`. Numbers are those of "
          "DataKit.\n\n",
          out);
    diagram(out);
    states(out);
    events(out);
    transitions(out);
}
