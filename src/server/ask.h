/* A question of the API to a worker of some machine: see docs/agent-protocol.md, `ask`. For routes with ROUTE_WAITS. */
#ifndef SERVER_ASK_H
#define SERVER_ASK_H

#include "server/api.h"

/* machine 0: any that is connected. job is taken. The answer, an object, becomes c->out. Waits, also as long as the client does.
 * ERR_MACHINE_AWAY, ERR_BODY: there is no such machine; the worker's own errors. */
bool ask_worker(struct call *c, int64_t machine, json_t *job, unsigned timeout_s, struct err *e) WARN_UNUSED;

#endif
