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

/* A question for a worker (verbs precheck, probe, tree). */
struct hub_question {
    int64_t machine; /* 0: any that is connected here, this server's own first */
    json_t *job;     /* taken */
    unsigned timeout_s;
    const char *who;             /* asks: HUB_QUESTIONS_EACH at a time; NULL: this program */
    bool (*given_up)(void *arg); /* has the asker gone? Looked at a few times a second, on this thread; NULL: never */
    void *arg;
};

enum { HUB_QUESTIONS_EACH = 6 };

/* Ask, and wait for the answer: *result is the caller's. ERR_MACHINE_AWAY: not connected, or lost meanwhile; ERR_MACHINE_SLOW: no answer
 * in time; ERR_TOO_MANY; ERR_CANCELLED: given up; else the worker's own error. A worker whose answer nobody waits for is ended. */
bool hub_ask(struct hub *h, const struct hub_question *q, json_t **result, struct err *e) WARN_UNUSED;

#endif
