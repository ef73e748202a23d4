/* The way back as a task: changes made in the target flow into the source, from the moment at which that was prepared, until it is told to
 * stop, or ended for good. */
#ifndef FOLLOW_REVERSE_H
#define FOLLOW_REVERSE_H

#include "follow/task.h"

struct reverse_options {
    bool in_order;
    enum apply_policy policy[APPLY_CLASSES];
    bool prepare;         /* only make what the target needs; changes count from then on */
    bool until_caught_up; /* end where the target's log ends now */
    bool finish;          /* the same, and take down what was made: the way back has ended */
    bool drop;            /* only take it down, whatever has not been carried back; also fine when nothing was made */
};

/* What was found out on the way, for people. In the caller's arena. */
struct reverse_facts {
    const char *slot, *position, *decoder;
    size_t source_triggers; /* that are taken away */
    bool prepared_before;
};

/* finish: end when what was taken is in. stop: end at once. Errors: those of either end, of following (ERR_APPLY_*), of slots,
 * ERR_NOT_PREPARED. last is empty where nothing was followed. */
bool reverse_task(const struct task *t, const struct reverse_options *o, const struct follow_watch *w,
                  atomic_bool *stop, atomic_bool *finish, struct arena *a, struct reverse_facts *facts,
                  struct follow_figures *last, struct err *e) WARN_UNUSED;

#endif
