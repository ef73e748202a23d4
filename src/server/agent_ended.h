/* What the end of a worker means for its subtask. */
#ifndef SERVER_AGENT_ENDED_H
#define SERVER_AGENT_ENDED_H

#include "server/api.h"
#include "server/tasks.h"

/* message: an agent's `ended` about the current worker. Frees the machine's place; the subtask is finished, has failed, or is tried
 * again after a while: crashes and passing errors are tried CRASHES_MAX times. */
bool agent_worker_ended(const struct api *api, struct tasks *t, int64_t subtask, const json_t *message,
                        struct err *e) WARN_UNUSED;

#endif
