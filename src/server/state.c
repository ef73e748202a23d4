/* The table of states. See state.h. */
#include "server/state.h"

#include "base/str.h"

/* Every state with a worker can lose its machine and can fail; people can finish whatever goes on. */
#define WORKING(s)                                                                                                     \
    {s, EVENT_MACHINE_LOST, GUARD_NONE, SUB_WAITING, ACTION_PLACE},                                                    \
        {s, EVENT_FAILED, GUARD_NONE, SUB_FAILED, ACTION_RELEASE}, {                                                   \
        s, EVENT_FINISH, GUARD_NONE, SUB_FINISHED, ACTION_STOP                                                         \
    }

static const struct transition table[] = {
    {SUB_NOT_RUN, EVENT_START, GUARD_NONE, SUB_WAITING, ACTION_PLACE},

    {SUB_WAITING, EVENT_PLACED, GUARD_NONE, SUB_FULL_START, ACTION_RUN},
    {SUB_WAITING, EVENT_INSTALL, GUARD_NONE, SUB_INSTALLING, ACTION_NONE},
    {SUB_WAITING, EVENT_FAILED, GUARD_NONE, SUB_FAILED, ACTION_NONE},
    {SUB_WAITING, EVENT_FINISH, GUARD_NONE, SUB_FINISHED, ACTION_NONE},
    {SUB_INSTALLING, EVENT_PLACED, GUARD_NONE, SUB_FULL_START, ACTION_RUN},
    WORKING(SUB_INSTALLING),

    {SUB_FULL_START, EVENT_PRECHECK_FAILED, GUARD_NONE, SUB_PRECHECK_FAILED, ACTION_RELEASE},
    {SUB_FULL_START, EVENT_FULL_RUNNING, GUARD_NONE, SUB_FULL_RUNNING, ACTION_NONE},
    /* A subtask that goes on after its machine was lost may have all its data already, or carry changes back. */
    {SUB_FULL_START, EVENT_CHECK_START, GUARD_NONE, SUB_CHECK_START, ACTION_NONE},
    {SUB_FULL_START, EVENT_INCREMENTAL_START, GUARD_IS_ONLINE, SUB_INCREMENTAL_START, ACTION_NONE},
    {SUB_FULL_START, EVENT_REVERSE_RUNNING, GUARD_IS_ONLINE, SUB_REVERSE_RUNNING, ACTION_NONE},
    {SUB_FULL_START, EVENT_CUTOVER_UNDONE, GUARD_IS_ONLINE, SUB_INCREMENTAL_RUNNING, ACTION_NONE},
    WORKING(SUB_FULL_START),
    {SUB_FULL_RUNNING, EVENT_FULL_FINISHED, GUARD_NONE, SUB_FULL_FINISHED, ACTION_NONE},
    WORKING(SUB_FULL_RUNNING),
    {SUB_FULL_FINISHED, EVENT_CHECK_START, GUARD_NONE, SUB_CHECK_START, ACTION_NONE},
    /* without a check */
    {SUB_FULL_FINISHED, EVENT_OFFLINE_DONE, GUARD_IS_OFFLINE, SUB_FINISHED, ACTION_RELEASE},
    {SUB_FULL_FINISHED, EVENT_INCREMENTAL_START, GUARD_IS_ONLINE, SUB_INCREMENTAL_START, ACTION_NONE},
    WORKING(SUB_FULL_FINISHED),

    {SUB_CHECK_START, EVENT_CHECK_RUNNING, GUARD_NONE, SUB_CHECK_RUNNING, ACTION_NONE},
    WORKING(SUB_CHECK_START),
    {SUB_CHECK_RUNNING, EVENT_CHECK_FINISHED, GUARD_NONE, SUB_CHECK_FINISHED, ACTION_NONE},
    WORKING(SUB_CHECK_RUNNING),
    {SUB_CHECK_FINISHED, EVENT_OFFLINE_DONE, GUARD_IS_OFFLINE, SUB_FINISHED, ACTION_RELEASE},
    {SUB_CHECK_FINISHED, EVENT_INCREMENTAL_START, GUARD_IS_ONLINE, SUB_INCREMENTAL_START, ACTION_NONE},
    WORKING(SUB_CHECK_FINISHED),

    {SUB_INCREMENTAL_START, EVENT_INCREMENTAL_RUNNING, GUARD_NONE, SUB_INCREMENTAL_RUNNING, ACTION_NONE},
    {SUB_INCREMENTAL_START, EVENT_STOP_INCREMENTAL, GUARD_NONE, SUB_INCREMENTAL_STOPPING, ACTION_TELL},
    /* A subtask that goes on after its machine was lost may have been stopped before. */
    {SUB_INCREMENTAL_START, EVENT_INCREMENTAL_STOPPED, GUARD_NONE, SUB_INCREMENTAL_STOPPED, ACTION_NONE},
    {SUB_INCREMENTAL_START, EVENT_CUTOVER_UNDONE, GUARD_NONE, SUB_INCREMENTAL_RUNNING, ACTION_NONE},
    WORKING(SUB_INCREMENTAL_START),
    {SUB_INCREMENTAL_RUNNING, EVENT_STOP_INCREMENTAL, GUARD_NONE, SUB_INCREMENTAL_STOPPING, ACTION_TELL},
    {SUB_INCREMENTAL_RUNNING, EVENT_CUTOVER, GUARD_NONE, SUB_INCREMENTAL_STOPPING, ACTION_TELL},
    {SUB_INCREMENTAL_RUNNING, EVENT_INCREMENTAL_BROKEN, GUARD_NONE, SUB_INCREMENTAL_BROKEN, ACTION_NONE},
    WORKING(SUB_INCREMENTAL_RUNNING),
    {SUB_INCREMENTAL_BROKEN, EVENT_INCREMENTAL_MENDED, GUARD_NONE, SUB_INCREMENTAL_RUNNING, ACTION_NONE},
    WORKING(SUB_INCREMENTAL_BROKEN),
    {SUB_INCREMENTAL_STOPPING, EVENT_INCREMENTAL_STOPPED, GUARD_NONE, SUB_INCREMENTAL_STOPPED, ACTION_NONE},
    {SUB_INCREMENTAL_STOPPING, EVENT_CUTOVER_UNDONE, GUARD_NONE, SUB_INCREMENTAL_RUNNING, ACTION_NONE},
    WORKING(SUB_INCREMENTAL_STOPPING),
    {SUB_INCREMENTAL_STOPPED, EVENT_START_REVERSE, GUARD_NONE, SUB_REVERSE_START, ACTION_TELL},
    /* A cut-over goes on by itself. */
    {SUB_INCREMENTAL_STOPPED, EVENT_REVERSE_RUNNING, GUARD_NONE, SUB_REVERSE_RUNNING, ACTION_NONE},
    WORKING(SUB_INCREMENTAL_STOPPED),

    {SUB_REVERSE_START, EVENT_REVERSE_RUNNING, GUARD_NONE, SUB_REVERSE_RUNNING, ACTION_NONE},
    WORKING(SUB_REVERSE_START),
    {SUB_REVERSE_RUNNING, EVENT_REVERSE_BROKEN, GUARD_NONE, SUB_REVERSE_BROKEN, ACTION_NONE},
    {SUB_REVERSE_RUNNING, EVENT_REVERSE_STOPPED, GUARD_NONE, SUB_REVERSE_STOPPED, ACTION_NONE},
    {SUB_REVERSE_RUNNING, EVENT_UNDO_CUTOVER, GUARD_NONE, SUB_REVERSE_STOPPED, ACTION_TELL},
    WORKING(SUB_REVERSE_RUNNING),
    {SUB_REVERSE_BROKEN, EVENT_REVERSE_MENDED, GUARD_NONE, SUB_REVERSE_RUNNING, ACTION_NONE},
    WORKING(SUB_REVERSE_BROKEN),
    {SUB_REVERSE_STOPPED, EVENT_CUTOVER_UNDONE, GUARD_NONE, SUB_INCREMENTAL_RUNNING, ACTION_NONE},
    WORKING(SUB_REVERSE_STOPPED),

    {SUB_FAILED, EVENT_RETRY, GUARD_NONE, SUB_WAITING, ACTION_PLACE},
    {SUB_FAILED, EVENT_RESET, GUARD_NONE, SUB_NOT_RUN, ACTION_FORGET},
    {SUB_PRECHECK_FAILED, EVENT_RETRY, GUARD_NONE, SUB_WAITING, ACTION_PLACE},
    {SUB_PRECHECK_FAILED, EVENT_RESET, GUARD_NONE, SUB_NOT_RUN, ACTION_FORGET},
    {SUB_FINISHED, EVENT_RESET, GUARD_NONE, SUB_NOT_RUN, ACTION_FORGET},
    {SUB_FINISHED, EVENT_CHECK_AGAIN, GUARD_IS_OFFLINE, SUB_WAITING, ACTION_PLACE},
    {SUB_FAILED, EVENT_CHECK_AGAIN, GUARD_IS_OFFLINE, SUB_WAITING, ACTION_PLACE},
};

enum { TRANSITIONS = sizeof table / sizeof table[0] };

size_t state_count(void) {
    return TRANSITIONS;
}

const struct transition *state_transition(size_t i) {
    return &table[i];
}

static bool allowed(enum subtask_guard g, enum task_mode mode) {
    return g == GUARD_NONE || (g == GUARD_IS_ONLINE) == (mode == MODE_ONLINE);
}

const struct transition *state_next(enum subtask_status from, enum subtask_event event, enum task_mode mode) {
    for (size_t i = 0; i < TRANSITIONS; i++) {
        if (table[i].from == from && table[i].event == event && allowed(table[i].guard, mode)) {
            return &table[i];
        }
    }
    return NULL;
}

/* ---- words ---- */

struct words {
    int number;
    const char *en, *zh;
};

static const struct words statuses[] = {
    {SUB_NOT_RUN, "not run", "未启动"},
    {SUB_FULL_START, "full migration: start", "全量迁移开始"},
    {SUB_FULL_RUNNING, "full migration: running", "全量迁移进行中"},
    {SUB_FULL_FINISHED, "full migration: finished", "全量迁移完成"},
    {SUB_CHECK_START, "full check: start", "全量校验开始"},
    {SUB_CHECK_RUNNING, "full check: running", "全量校验中"},
    {SUB_CHECK_FINISHED, "full check: finished", "全量校验完成"},
    {SUB_INCREMENTAL_START, "incremental migration: start", "增量迁移开始"},
    {SUB_INCREMENTAL_RUNNING, "incremental migration: running", "增量迁移进行中"},
    {SUB_INCREMENTAL_STOPPING, "incremental migration: stopping", "增量迁移停止中"},
    {SUB_INCREMENTAL_STOPPED, "incremental migration: stopped", "增量迁移已停止"},
    {SUB_REVERSE_START, "reverse migration: start", "反向迁移开始"},
    {SUB_REVERSE_RUNNING, "reverse migration: running", "反向迁移进行中"},
    {SUB_REVERSE_STOPPED, "reverse migration: stopped", "反向迁移已停止"},
    {SUB_INCREMENTAL_BROKEN, "incremental migration: connection broken", "增量迁移连接中断"},
    {SUB_REVERSE_BROKEN, "reverse migration: connection broken", "反向迁移连接中断"},
    {SUB_FINISHED, "migration finished", "迁移完成"},
    {SUB_FAILED, "failed", "迁移失败"},
    {SUB_WAITING, "waiting for an execution machine", "等待执行机资源"},
    {SUB_INSTALLING, "installing the migration kit", "安装迁移组件中"},
    {SUB_PRECHECK_FAILED, "precheck failed", "预检查失败"},
};

static const struct words task_statuses[] = {
    {TASK_NOT_STARTED, "not started", "未启动"},
    {TASK_MIGRATING, "migrating", "迁移中"},
    {TASK_FINISHED, "finished", "已完成"},
    {TASK_PRECHECK_FAILED, "precheck failed", "预检查失败"},
};

static const char *word(const struct words *list, size_t n, int number, bool zh) {
    for (size_t i = 0; i < n; i++) {
        if (list[i].number == number) {
            return zh ? list[i].zh : list[i].en;
        }
    }
    return "?";
}

const char *state_text(enum subtask_status s, bool zh) {
    return word(statuses, sizeof statuses / sizeof statuses[0], (int)s, zh);
}

const char *task_status_text(enum task_status s, bool zh) {
    return word(task_statuses, sizeof task_statuses / sizeof task_statuses[0], (int)s, zh);
}

bool state_is_status(int number) {
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i].number == number) {
            return true;
        }
    }
    return false;
}

struct event_words {
    const char *name, *en, *zh;
};

static const struct event_words events[EVENT_COUNT] = {
    [EVENT_START] = {"start", "start", "启动"},
    [EVENT_STOP_INCREMENTAL] = {"stop-incremental", "stop the incremental migration", "停止增量"},
    [EVENT_START_REVERSE] = {"start-reverse", "start the reverse migration", "启动反向"},
    [EVENT_FINISH] = {"finish", "finish the migration", "结束迁移"},
    [EVENT_RETRY] = {"retry", "try again", "重试"},
    [EVENT_RESET] = {"reset", "reset", "重置"},
    [EVENT_CHECK_AGAIN] = {"check-again", "check again", "重新校验"},
    [EVENT_CUTOVER] = {"cutover", "cut over to the target", "割接到目标端"},
    [EVENT_UNDO_CUTOVER] = {"undo-cutover", "take the cut-over back", "撤销割接"},
    [EVENT_PLACED] = {"placed", "given to an execution machine", "已分配执行机"},
    [EVENT_INSTALL] = {"install", "the machine gets the kit", "开始安装迁移组件"},
    [EVENT_MACHINE_LOST] = {"machine-lost", "the execution machine is lost", "执行机失联"},
    [EVENT_PRECHECK_FAILED] = {"precheck-failed", "the precheck failed", "预检查失败"},
    [EVENT_FULL_RUNNING] = {"full-running", "data is being moved", "开始搬运数据"},
    [EVENT_FULL_FINISHED] = {"full-finished", "all data is moved", "数据搬运完成"},
    [EVENT_CHECK_START] = {"check-start", "the check begins", "开始校验"},
    [EVENT_CHECK_RUNNING] = {"check-running", "rows are being compared", "正在比较数据"},
    [EVENT_CHECK_FINISHED] = {"check-finished", "all rows are compared", "校验完成"},
    [EVENT_OFFLINE_DONE] = {"offline-done", "an offline migration ends here", "离线迁移结束"},
    [EVENT_INCREMENTAL_START] = {"incremental-start", "the incremental migration begins", "开始增量迁移"},
    [EVENT_INCREMENTAL_RUNNING] = {"incremental-running", "changes are being applied", "正在应用增量"},
    [EVENT_INCREMENTAL_BROKEN] = {"incremental-broken", "a connection broke", "增量连接中断"},
    [EVENT_INCREMENTAL_MENDED] = {"incremental-mended", "the connection is back", "增量连接恢复"},
    [EVENT_INCREMENTAL_STOPPED] = {"incremental-stopped", "the last change is applied", "增量已停止"},
    [EVENT_REVERSE_RUNNING] = {"reverse-running", "changes flow back", "正在应用反向增量"},
    [EVENT_REVERSE_BROKEN] = {"reverse-broken", "a connection broke", "反向连接中断"},
    [EVENT_REVERSE_MENDED] = {"reverse-mended", "the connection is back", "反向连接恢复"},
    [EVENT_REVERSE_STOPPED] = {"reverse-stopped", "the reverse migration has stopped", "反向已停止"},
    [EVENT_CUTOVER_UNDONE] = {"cutover-undone", "the cut-over was not made, or is taken back", "割接未完成或已撤销"},
    [EVENT_FAILED] = {"failed", "it failed", "失败"},
};

const char *state_event_text(enum subtask_event e, bool zh) {
    return zh ? events[e].zh : events[e].en;
}

const char *state_event_name(enum subtask_event e) {
    return events[e].name;
}

bool state_event_parse(const char *name, enum subtask_event *out) {
    for (int i = 0; i < EVENT_COUNT; i++) {
        if (str_eq(events[i].name, name)) {
            *out = (enum subtask_event)i;
            return true;
        }
    }
    return false;
}

/* ---- groups ---- */

bool state_is_over(enum subtask_status s) {
    return s == SUB_FINISHED || s == SUB_FAILED || s == SUB_PRECHECK_FAILED;
}

bool state_is_active(enum subtask_status s) {
    return s != SUB_NOT_RUN && !state_is_over(s);
}

bool state_holds_target(enum subtask_status s) {
    return s != SUB_FINISHED;
}
