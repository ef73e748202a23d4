/* Between the files of the cut-over: cutover.c (its steps, the fence, the record), cutover_look.c (what would stop it), cutover_check.c (what
 * is compared). */
#ifndef FOLLOW_CUTOVER_INTERNAL_H
#define FOLLOW_CUTOVER_INTERNAL_H

#include "engine/run.h"
#include "follow/cutover.h"

enum { CUTOVER_MAX_LAG_MS = 10000 };

enum cutover_state { CUTOVER_NONE, CUTOVER_FENCED, CUTOVER_DONE, CUTOVER_UNDONE };

struct cutover {
    const struct task *task;
    const struct cutover_options *o;
    cutover_tell *tell;
    void *arg;
    const atomic_bool *asked; /* to stop */
    atomic_bool halt;         /* that, or the budget is used up */
    atomic_bool never;
    atomic_int_least64_t deadline_us; /* 0: none yet */
    atomic_bool over;                 /* the budget is */
    atomic_bool end;
    struct run run; /* both ends; the target's session holds the cut-over's lock */
    enum cutover_state state;
    const char *was; /* read_only, before */
    struct position at;
    json_t *report, *steps, *compared;
    int64_t fenced_us, step_us;
    const char *step;
};

/* False + ERR_CANCELLED: it is to end. */
bool cutover_halted(const struct cutover *c, struct err *e) WARN_UNUSED;

/* read_only of the source. */
bool cutover_variable(struct cutover *c, const char *name, const char **value, struct err *e) WARN_UNUSED;
bool cutover_set_read_only(struct cutover *c, const char *value, struct err *e) WARN_UNUSED;

/* All that can be known before is in the report; false + ERR_CUTOVER: something is in the way. */
bool cutover_look(struct cutover *c, struct err *e) WARN_UNUSED;

/* Before the fence: rows that have changed, while following goes on, until little is left that would have to be compared behind it. */
bool cutover_compare_before(struct cutover *c, struct err *e) WARN_UNUSED;
/* Behind it: as the options say. */
bool cutover_final_check(struct cutover *c, struct err *e) WARN_UNUSED;

#endif
