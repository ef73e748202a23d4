/* A struct progress on a clock of the caller's: speeds and remaining times can then be tested to the millisecond. */
#ifndef ENGINE_PROGRESS_CLOCK_H
#define ENGINE_PROGRESS_CLOCK_H

#include "engine/progress.h"

typedef int64_t progress_clock_fn(void *arg); /* monotonic microseconds; called from any thread */

struct progress *progress_new_with_clock(progress_clock_fn *now_us, void *arg);

#endif
