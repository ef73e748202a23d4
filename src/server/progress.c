/* How far tasks are, by the manual's formulas (特性说明 5). See state.h. */
#include "server/state.h"

void task_counts_add(struct task_counts *c, enum subtask_status s, enum subtask_status reached, enum task_mode mode,
                     unsigned n) {
    c->subtasks += n;
    if (s == SUB_FAILED || s == SUB_WAITING || s == SUB_INSTALLING) { /* as far as it had come */
        s = reached;
    }
    if (s == SUB_FINISHED || (s == SUB_CHECK_FINISHED && mode == MODE_OFFLINE)) {
        c->finished += n;
    } else if (s >= SUB_FULL_START && s <= SUB_FULL_FINISHED) {
        c->full += n;
    } else if (s >= SUB_CHECK_START && s <= SUB_CHECK_FINISHED) {
        c->check += n;
    } else if ((s >= SUB_INCREMENTAL_START && s <= SUB_REVERSE_STOPPED) || s == SUB_INCREMENTAL_BROKEN ||
               s == SUB_REVERSE_BROKEN) {
        c->incremental_or_reverse += n;
    }
}

double task_progress(const struct task_counts *c) {
    unsigned done = c->full + c->check * 2 + c->incremental_or_reverse * 3 + c->finished * 4;
    return c->subtasks == 0 ? 0 : (double)done / (4.0 * c->subtasks);
}

/* Of the manual's objects only tables are checked, so it counts others at 3; here they are checked as well, and stay done. */
void object_counts_add(struct object_counts *c, bool table, enum object_status s, unsigned n) {
    unsigned done = s == OBJECT_MIGRATED || s == OBJECT_CHECKING || s == OBJECT_CHECKED ? n : 0;
    if (table) {
        c->tables += n;
        c->tables_done += done;
    } else {
        c->others += n;
        c->others_done += done;
    }
}

double subtask_progress(const struct object_counts *c, enum subtask_status s, enum task_mode mode) {
    double all = c->tables * 10.0 + c->others, done = c->tables_done * 10.0 + c->others_done;
    double offline = all > 0 ? done / all : 0;
    if (s == SUB_FINISHED || (s == SUB_CHECK_FINISHED && mode == MODE_OFFLINE)) {
        return 1;
    }
    switch (s) {
    case SUB_INCREMENTAL_START:
    case SUB_INCREMENTAL_RUNNING:
    case SUB_INCREMENTAL_STOPPING:
    case SUB_INCREMENTAL_STOPPED:
    case SUB_INCREMENTAL_BROKEN:
        return offline * 0.85;
    case SUB_REVERSE_START:
    case SUB_REVERSE_RUNNING:
    case SUB_REVERSE_STOPPED:
    case SUB_REVERSE_BROKEN:
        return offline * 0.95;
    default:
        return offline;
    }
}
