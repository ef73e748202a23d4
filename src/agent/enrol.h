/* Who this machine is to the server: its token, and how it comes by it. */
#ifndef AGENT_ENROL_H
#define AGENT_ENROL_H

#include "agent/agent.h"

/* The machine's token: that of DIRECTORY/agent.token; else the one in the token file, which is the machine's own ("machine-..") or good
 * for one enrolment ("enrol-.."): that is exchanged for one, which is kept in the directory with mode 0600. A server that is away is
 * asked again, until *stop. The token is in the arena. ERR_FILE, ERR_AGENT_TOKEN, ERR_HTTP, ERR_CANCELLED */
bool enrol(const struct agent_options *o, const atomic_bool *stop, struct arena *a, char **token,
           struct err *e) WARN_UNUSED;

#endif
