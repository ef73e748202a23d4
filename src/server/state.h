/* The states of a subtask, and what moves it from one to another: one table, which the scheduler, the API, the documentation
 * (docs/states.md) and the console's types all come from. Numbers are those of DataKit. No I/O; any thread.
 * Source: the manual, 特性说明 3 to 5; numbers 30, 40 and 3000 are of later versions of the system we replace. */
#ifndef SERVER_STATE_H
#define SERVER_STATE_H

#include <stdbool.h>
#include <stddef.h>

enum subtask_status {
    SUB_NOT_RUN = 0,
    SUB_FULL_START = 1,
    SUB_FULL_RUNNING = 2,
    SUB_FULL_FINISHED = 3,
    SUB_CHECK_START = 4,
    SUB_CHECK_RUNNING = 5,
    SUB_CHECK_FINISHED = 6,
    SUB_INCREMENTAL_START = 7,
    SUB_INCREMENTAL_RUNNING = 8,
    SUB_INCREMENTAL_STOPPING = 9,
    SUB_INCREMENTAL_STOPPED = 10,
    SUB_REVERSE_START = 11,
    SUB_REVERSE_RUNNING = 12,
    SUB_REVERSE_STOPPED = 13,
    SUB_INCREMENTAL_BROKEN = 30,
    SUB_REVERSE_BROKEN = 40,
    SUB_FINISHED = 100,
    SUB_FAILED = 500,
    SUB_WAITING = 1000,    /* for an execution machine */
    SUB_INSTALLING = 2000, /* its machine gets the kit */
    SUB_PRECHECK_FAILED = 3000,
};

enum task_status { TASK_NOT_STARTED = 0, TASK_MIGRATING = 1, TASK_FINISHED = 2, TASK_PRECHECK_FAILED = 3000 };

enum task_mode { MODE_OFFLINE = 1, MODE_ONLINE = 2 };

enum subtask_event {
    /* people */
    EVENT_START,
    EVENT_STOP_INCREMENTAL,
    EVENT_START_REVERSE,
    EVENT_FINISH,
    EVENT_RETRY,
    EVENT_RESET,
    EVENT_CHECK_AGAIN,
    EVENT_CUTOVER,
    EVENT_UNDO_CUTOVER,
    /* the scheduler */
    EVENT_PLACED,
    EVENT_INSTALL,
    EVENT_MACHINE_LOST,
    /* the worker */
    EVENT_PRECHECK_FAILED,
    EVENT_FULL_RUNNING,
    EVENT_FULL_FINISHED,
    EVENT_CHECK_START,
    EVENT_CHECK_RUNNING,
    EVENT_CHECK_FINISHED,
    EVENT_OFFLINE_DONE,
    EVENT_INCREMENTAL_START,
    EVENT_INCREMENTAL_RUNNING,
    EVENT_INCREMENTAL_BROKEN,
    EVENT_INCREMENTAL_MENDED,
    EVENT_INCREMENTAL_STOPPED,
    EVENT_REVERSE_RUNNING,
    EVENT_REVERSE_BROKEN,
    EVENT_REVERSE_MENDED,
    EVENT_REVERSE_STOPPED,
    EVENT_CUTOVER_UNDONE,
    EVENT_FAILED,
    EVENT_COUNT
};

/* What the server does about a transition, besides storing it. */
enum subtask_action {
    ACTION_NONE,
    ACTION_PLACE,   /* look for a machine */
    ACTION_RUN,     /* give it to the machine */
    ACTION_TELL,    /* pass the event on to the worker */
    ACTION_STOP,    /* end the worker, free the machine */
    ACTION_RELEASE, /* free the machine: the worker has ended */
    ACTION_FORGET,  /* drop what is known of the run */
};

enum subtask_guard { GUARD_NONE, GUARD_IS_OFFLINE, GUARD_IS_ONLINE };

struct transition {
    enum subtask_status from;
    enum subtask_event event;
    enum subtask_guard guard;
    enum subtask_status to;
    enum subtask_action action;
};

size_t state_count(void);
const struct transition *state_transition(size_t i);

/* The transition that an event makes; NULL: it is not allowed in this state. */
const struct transition *state_next(enum subtask_status from, enum subtask_event event, enum task_mode mode);

bool state_is_status(int number);
/* Has a machine, or waits for one: the task is being worked on. */
bool state_is_active(enum subtask_status s);
/* Nothing goes on and nothing will by itself: finished, failed, or a failed precheck. */
bool state_is_over(enum subtask_status s);
/* It occupies its target schema: no other subtask may be made for it. */
bool state_holds_target(enum subtask_status s);

/* For people. zh: Chinese, else English. */
const char *state_text(enum subtask_status s, bool zh);
const char *state_event_text(enum subtask_event e, bool zh);
const char *state_event_name(enum subtask_event e); /* "stop-incremental": in the API and in messages */
bool state_event_parse(const char *name, enum subtask_event *out);
const char *task_status_text(enum task_status s, bool zh);

/* ---- progress: the manual's formulas ---- */

/* Of a main task: how many subtasks there are in each group. 0..1; 0 when there is none. A failed subtask adds what it had
 * reached before: `reached` is its last status that was no failure. */
struct task_counts {
    unsigned subtasks, full, check, incremental_or_reverse, finished;
};
void task_counts_add(struct task_counts *c, enum subtask_status s, enum subtask_status reached, enum task_mode mode,
                     unsigned n);
double task_progress(const struct task_counts *c);

/* Of a subtask: its objects. Tables count tenfold, and are done when migrated, being checked or checked. */
struct object_counts {
    unsigned tables, tables_done, others, others_done; /* others: views, functions, procedures, triggers */
};
enum object_status {
    OBJECT_WAITING = 1,
    OBJECT_MIGRATING = 2,
    OBJECT_MIGRATED = 3,
    OBJECT_CHECKING = 4,
    OBJECT_CHECKED = 5,
    OBJECT_FAILED = 6,
    OBJECT_CHECK_FAILED = 7,
};
void object_counts_add(struct object_counts *c, bool table, enum object_status s, unsigned n);
double subtask_progress(const struct object_counts *c, enum subtask_status s, enum task_mode mode);

#endif
