/* The execution machine that every server brings along: an agent on the same machine, as a process of its own, so that one command is a
 * whole system. It is an agent like any other; the server only starts it, and starts it again. One thread. */
#ifndef SERVER_LOCAL_AGENT_H
#define SERVER_LOCAL_AGENT_H

#include "server/api.h"

struct local_agent;

struct local_agent_options {
    const char *directory;   /* of the server; the agent's is below it */
    const char *url;         /* of the server, from here */
    const char *certificate; /* of the server: the only one the agent trusts; NULL: no TLS */
};

/* Makes the machine in the store, and starts the agent. */
bool local_agent_start(struct local_agent **out, const struct api *api, const struct local_agent_options *o,
                       struct err *e) WARN_UNUSED;
/* A few times a second: starts it again when it has ended. */
void local_agent_watch(struct local_agent *l); /* NULL is fine */
/* Ends it, and with it its workers; what they committed stays. */
void local_agent_stop(struct local_agent *l); /* NULL is fine */

#endif
