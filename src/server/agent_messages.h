/* What agents report, put into the store. docs/agent-protocol.md is the language. On a thread of HTTP, one message after the other of
 * each agent. */
#ifndef SERVER_AGENT_MESSAGES_H
#define SERVER_AGENT_MESSAGES_H

#include "server/api.h"

/* How long a machine's workers may go on without a sign of life that was answered, and how long the server waits for one before it gives
 * the subtasks to others: longer, so that no two work at the same time. */
enum { AGENT_LEASE_S = 15, SERVER_LEASE_MS = 20000 };

/* Any message but `answer`. address: the agent's. false + e: the connection is to be closed. */
bool agent_message_handle(const struct api *api, struct store *s, int64_t machine, const char *address,
                          const json_t *message, struct err *e) WARN_UNUSED;

/* Its connection is closed. Leases run on: it may come back. */
void agent_gone(const struct api *api, struct store *s, int64_t machine);

#endif
