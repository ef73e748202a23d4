/* The display of a running load: a thread of its own that looks at the progress a few times a second. */
#ifndef CLI_PROGRESS_BAR_H
#define CLI_PROGRESS_BAR_H

#include <stdatomic.h>

#include "cli/options.h"
#include "engine/progress.h"

struct display;

struct display_options {
    enum progress_style style; /* auto: bars when `people` is a terminal that can move its cursor, else lines */
    FILE *people;              /* bars and lines: standard error */
    FILE *programs;            /* events: standard output */
    bool zh;
    const atomic_bool *stop; /* shown as "stopping" */
    /* JSON: takes the place of the `table` events. Called by the display's thread some times a second, with `last` before
     * display_end returns. NULL: nobody. */
    void (*look)(void *arg, const struct progress_view *v, bool last);
    void *arg;
};

/* p must live until display_end. Style none starts nothing; *out is then NULL. */
bool display_start(struct display **out, struct progress *p, const struct display_options *o,
                   struct err *e) WARN_UNUSED;

/* Does d draw bars, which must not be written into? NULL: no. */
bool display_is_bar(const struct display *d);

/* Show the last state and join the thread. NULL is fine. */
void display_end(struct display *d);

/* One JSON object as a line; takes the reference. Written whole and flushed, so that lines of several threads do not mix. */
void display_event(FILE *out, json_t *event);

#endif
