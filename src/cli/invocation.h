/* One call of a command that works on a source and a target: its options, its signals, its passwords, its log, and how
 * its outcome is told. */
#ifndef CLI_INVOCATION_H
#define CLI_INVOCATION_H

#include <stdatomic.h>

#include "cli/command.h"
#include "cli/stopper.h"
#include "engine/precheck.h"
#include "engine/progress.h"
#include "engine/report.h"

struct check_report;
struct db_object;

/* Who follows the stages of a migration more closely than its events tell: a worker, for its agent (worker_watch.h). */
struct stage_watch {
    void (*precheck_failed)(void *arg);
    void (*load_begins)(void *arg);
    void (*check_begins)(void *arg);
    void (*look)(void *arg, const struct progress_view *v, bool last); /* on the display's thread, while a stage runs */
    /* earlier: a run before this one had finished it */
    void (*load_ended)(void *arg, bool ok, bool earlier, const struct err *e);
    void (*objects_begin)(void *arg);                     /* there are some to be made */
    void (*object)(void *arg, const struct db_object *x); /* a view or a program has a new state, or is known at all */
    void (*objects_flush)(void *arg);                     /* so far */
    void (*moved)(void *arg);                             /* tables and objects are there */
    /* r NULL: the task leaves the check out */
    void (*check_ended)(void *arg, bool ok, const struct check_report *r, const struct err *e);
    void *arg;
};

/* Orders to a worker beside the stop, as bits. */
enum {
    ORDER_STOP_INCREMENTAL = 1,
    ORDER_START_REVERSE = 2,
    ORDER_FINISH = 4,
    ORDER_CUTOVER = 8, /* its options are in o.cutover */
    ORDER_UNDO_CUTOVER = 16,
};

struct invocation {
    const struct command *command;
    struct arena arena;
    struct options o;
    atomic_bool stop;
    struct stopper *stopper;
    bool json_events;                /* --progress=json: standard output belongs to events */
    const struct stage_watch *watch; /* or NULL; then standard error belongs to the log */
    atomic_bool takes_orders;        /* it is a worker's, of an online migration */
    atomic_uint orders;              /* that came */
    bool incomplete;                 /* the check is done, but something could not be compared */
    size_t objects_failed;           /* views and programs that are not in the target */
};

/* Read the words, print help if asked for, take signals, find passwords, open the log and the report file.
 * False: the command is over with *code (an error has been told). invocation_end must follow in any case. */
bool invocation_begin(struct invocation *v, const struct command *c, int n, char **words, int *code) WARN_UNUSED;

/* Tell an error: to people on standard error, to programs as an event. Returns its exit code. */
int invocation_fail(struct invocation *v, const struct err *e);

/* One event of `kind` with `what` (borrowed) under the same name. A worker's events have a limit: lists in it are cut then, and "cut" says so. */
void invocation_tell(struct invocation *v, const char *kind, json_t *what);

/* Write `report` (taken) to the --report file, if there is one, and give it its name. */
bool invocation_report(struct invocation *v, json_t *report, struct err *e) WARN_UNUSED;

void invocation_end(struct invocation *v);

/* ---- the stages that commands are made of; an exit code each ---- */

/* Run the precheck. *result is filled (precheck_clear is the caller's); EXIT_PRECHECK when an item failed. */
int stage_precheck(struct invocation *v, struct precheck *result);

/* Ask before tables are dropped, load with a display, tell the outcome, write the report with `precheck` (taken, may be
 * NULL) in it. kept != NULL: a later stage will write it: when all went well, or an
 * earlier run had finished the load that is to be resumed, it is *kept, for the caller to free. */
int stage_load(struct invocation *v, json_t *precheck, json_t **kept);

/* Make the views and programs that are not in the target yet; they are told and become part of `report` (borrowed). Those that fail are
 * v->objects_failed; the exit code is another one only when it could not go on. */
int stage_objects(struct invocation *v, json_t *report);

/* The check of those that are in the target, if the options want it and there are any: *out, for a report, the caller's, else NULL. */
bool stage_objects_check(struct invocation *v, bool *different, json_t **out, struct err *e) WARN_UNUSED;
void stage_objects_print(const json_t *checked, bool zh); /* for people; NULL: nothing */

/* Compare both sides with a display, tell the outcome, write the report; `loaded` (taken, may be NULL): a load's report, which
 * the check's becomes part of. */
int stage_check(struct invocation *v, json_t *loaded);

/* Follow the source's changes with a display until it is stopped, and tell what was done. */
int stage_follow(struct invocation *v);

/* All of them, one after the other, as the task says: godwit migrate. */
int stages_migrate(struct invocation *v);

#endif
