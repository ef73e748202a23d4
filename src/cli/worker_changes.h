/* Changes that flow from one end to the other on a thread of its own, either way, and what a worker tells about it: a `progress` event
 * each second, and whether both ends are there. Thread: the worker's main one, but where it is said. */
#ifndef CLI_WORKER_CHANGES_H
#define CLI_WORKER_CHANGES_H

#include "cli/worker_watch.h"
#include "follow/task.h"
#include "server/state.h"

struct worker_changes;

/* What the thread does: until stop (at once) or finish (what was taken is in), or an error. */
typedef bool worker_flow(void *arg, const struct follow_watch *w, atomic_bool *stop, atomic_bool *finish,
                         struct follow_figures *last, struct err *e);

/* The figures at one moment. */
struct worker_flowing {
    struct follow_status last;
    unsigned looks; /* so many were taken: last is of the latest */
    bool ended, ok;
};

/* phase: of its progress events; it lives as long. */
bool worker_changes_new(struct worker_changes **out, const char *phase, worker_flow *flow, void *arg,
                        struct err *e) WARN_UNUSED;
void worker_changes_free(struct worker_changes *c); /* ends the thread, at once; NULL is fine */

/* Starts the thread; figures are told from worker_changes_tell on. A thread that cannot be started has ended, with an error. */
void worker_changes_begin(struct worker_changes *c);
bool worker_changes_begun(const struct worker_changes *c);
void worker_changes_tell(struct worker_changes *c);
void worker_changes_stop(struct worker_changes *c);   /* at once */
void worker_changes_finish(struct worker_changes *c); /* when what was taken is in */
void worker_changes_join(struct worker_changes *c);

/* Any thread. */
struct worker_flowing worker_changes_see(struct worker_changes *c);
bool worker_changes_failed(struct worker_changes *c, struct err *e); /* with e, when it has */

/* The events of the table of states for what is seen; told when it changes. */
struct worker_told {
    enum subtask_event running, broken, mended;
    bool is_running, is_broken;
    unsigned looks;
};
void worker_changes_state(struct worker_watch *w, struct worker_told *t, const struct worker_flowing *now);

#endif
