/* The cut-over: from the moment on that it ends, the application writes to the target, and what it writes is carried back.
 *
 *   catch up     follow, until that takes no longer than max_lag
 *   compare      rows that changed since they were last compared, before anybody has to wait for it
 *   fence        the source takes no more writes: read_only, or somebody has confirmed it. Either way its position must stand still
 *   drain        follow up to that position
 *   check        rows are counted on both sides, those that have changed or all are compared one by one
 *   triggers     those of the source that were made in the target are enabled
 *   way back     slot and publication in the target: what is written there from now on will be carried back
 *
 * Downtime begins with the fence. When a step fails, takes longer than the budget, or is stopped, everything is put back as it was. A run
 * that was killed meanwhile leaves the fence on; the next one goes on from there, or takes it back (undo). godwit.cutover in the target
 * remembers. Made once, it is not made again. */
#ifndef FOLLOW_CUTOVER_H
#define FOLLOW_CUTOVER_H

#include "follow/task.h"

enum cutover_fence { FENCE_READ_ONLY, FENCE_CONFIRMED };
enum cutover_check {
    FINAL_CHANGED, /* rows that have changed since they were last compared; rows of all tables counted; counters */
    FINAL_COUNTS,
    FINAL_FULL,
    FINAL_NONE
};

struct cutover_options {
    bool dry_run; /* only tell what would stop it */
    bool ours;    /* who asks is at the task himself: that somebody is does not stand in the way */
    bool undo;    /* carry back what has come, and make the source the one that is written to again */
    enum cutover_fence fence;
    enum cutover_check check;
    int64_t max_lag_ms; /* 0: 10 s */
    int64_t budget_ms;  /* of downtime; 0: 5 min */
    int64_t still_ms;   /* so long the source's position must stand still; 0: 1 s */
    bool in_order;      /* as follow_task_options */
    enum apply_policy policy[APPLY_CLASSES];
};

/* A step begins. */
typedef void cutover_tell(void *arg, const char *step);

/* *report: what was done or found, with positions, counts and times; the caller's, also after an error. stop: end, and put back. A dry run
 * that finds something in the way, and a cut-over that was put back, are ERR_CUTOVER or the step's own error. */
bool cutover_task(const struct task *t, const struct cutover_options *o, cutover_tell *tell, void *arg,
                  const atomic_bool *stop, json_t **report, struct err *e) WARN_UNUSED;

#endif
