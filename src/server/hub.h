/* The agents that are connected to this server: each machine's stream, what is given to it and what it says.
 * docs/agent-protocol.md is the language. Any thread. */
#ifndef SERVER_HUB_H
#define SERVER_HUB_H

#include <jansson.h>

#include "base/err.h"
#include "server/stream.h"

struct hub;
struct api;

struct hub *hub_new(const struct api *api); /* NULL: no memory; keeps api */
void hub_free(struct hub *h);

/* For http_start: the place agents connect to, "/api/v1/agent". arg of its calls is the hub's api. */
extern const struct stream_handler hub_agents;

/* Send a message (docs/agent-protocol.md, "From the server"); taken. false: the machine is not connected here. */
bool hub_send(struct hub *h, int64_t machine, json_t *message);
bool hub_is_connected(struct hub *h, int64_t machine);

/* Let a worker on a machine answer a question (verbs precheck, probe, tree), and wait for it. machine 0: any that is connected,
 * this server's own first. job is taken; *result is the caller's. ERR_MACHINE_AWAY: not connected, or lost meanwhile;
 * ERR_MACHINE_SLOW: no answer in time; else the worker's own error. */
bool hub_ask(struct hub *h, int64_t machine, json_t *job, unsigned timeout_s, json_t **result,
             struct err *e) WARN_UNUSED;

#endif
