/* What the machine is and what is free of it, measured. Any thread. */
#ifndef AGENT_FACTS_H
#define AGENT_FACTS_H

#include <jansson.h>

/* The facts of docs/agent-protocol.md; `directory`: the agent's. What cannot be measured is null. The caller's. */
json_t *facts_measure(const char *directory);

#endif
