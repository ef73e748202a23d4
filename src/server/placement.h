/* Which machine a waiting subtask goes to: the one with the most free places of those its task has chosen. */
#ifndef SERVER_PLACEMENT_H
#define SERVER_PLACEMENT_H

#include "server/api.h"

/* Give what waits to machines that are connected to this server, as far as there is room. On the scheduler's thread. */
bool placement_run(const struct api *api, struct store *s, struct arena *a, struct err *e) WARN_UNUSED;

#endif
