/* The agent of an execution machine: connects to the server, runs workers as it says, and tells it what they do.
 * docs/agent-protocol.md is the language between the two.
 *
 *   agent_run            agent.c
 *     enrol              enrol.c: the machine's token
 *     link_start         link.c: the WebSocket, on a thread of its own
 *     supervisor_..      supervise.c: workers as processes (process.c), what they said (record.c, loglines.c) */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <stdatomic.h>

#include "base/arena.h"

struct agent_options {
    const char *server;     /* http://host:port or https://.. */
    const char *token_file; /* the machine's token, or one for its enrolment */
    const char *directory;  /* of this agent alone; made if missing */
    const char *ca_file;    /* trust only these certificates; NULL: the system's */
    bool any_name;          /* the server's certificate may be of another name */
    const char *program;    /* whose word "worker" is a worker: this executable */
};

/* Runs until *stop (true), or until the server does not know the machine any more. Workers are ended in either case.
 * Call it from the main thread, with SIGCHLD blocked in every thread. ERR_AGENT_RUNNING, ERR_AGENT_TOKEN, ERR_FILE, ERR_SYSTEM .. */
bool agent_run(const struct agent_options *o, const atomic_bool *stop, struct err *e) WARN_UNUSED;

#endif
