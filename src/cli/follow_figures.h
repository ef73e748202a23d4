/* The figures of following as events have them, with what takes two looks: speeds, and the time left. */
#ifndef CLI_FOLLOW_FIGURES_H
#define CLI_FOLLOW_FIGURES_H

#include <jansson.h>

#include "follow/task.h"

struct follow_speeds {
    int64_t began_us, last_us;
    struct follow_figures last;
    double rows_per_s, bytes_per_s, taken_per_s;
    double catching_up; /* seconds of the source's time a second; smoothed */
};

void follow_speeds_begin(struct follow_speeds *s);
/* At each look, before the others. */
void follow_speeds_take(struct follow_speeds *s, const struct follow_status *now);

/* How long ago the source committed what is in the target, as long as there is something newer; seconds of its own clock. */
double follow_lag_s(const struct follow_status *now);

/* docs/follow.md has the keys; the caller owns it. */
json_t *follow_to_json(const struct follow_speeds *s, const struct follow_status *now);

#endif
