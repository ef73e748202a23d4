/* The workers of this machine: what the server asks for becomes processes, and what these say becomes messages
 * (docs/agent-protocol.md). One thread. */
#ifndef AGENT_SUPERVISE_H
#define AGENT_SUPERVISE_H

#include <jansson.h>
#include <poll.h>
#include <stdint.h>

#include "base/err.h"

struct supervisor;

/* Take a message for the server; its reference goes over. */
typedef void supervisor_say(void *arg, json_t *message);

/* program: what is run with the word "worker". directory: what subtasks keep on this machine is below it. NULL: no memory. */
struct supervisor *supervisor_new(const char *program, const char *directory, supervisor_say *say, void *arg);
void supervisor_free(struct supervisor *s); /* kills what still runs; NULL is fine */

/* While the server is away nothing is said, and questions are given up. On its return: supervisor_replay. */
void supervisor_connected(struct supervisor *s, bool connected);

/* {subtask, fence} of each that runs, or whose end the server has to hear of yet; the caller's. */
json_t *supervisor_subtasks(const struct supervisor *s);
/* Say again what the server has to know of each worker, ended ones too. */
void supervisor_replay(struct supervisor *s);

/* ---- messages of the server; borrowed ---- */

void supervisor_run(struct supervisor *s, json_t *message);
void supervisor_order(struct supervisor *s, const json_t *message);
void supervisor_kill(struct supervisor *s, const json_t *message);
void supervisor_forget(struct supervisor *s, const json_t *message);
void supervisor_ask(struct supervisor *s, json_t *message);
void supervisor_cancel(struct supervisor *s, const json_t *message);

/* ---- the loop ---- */

/* Append what to poll for; *fds is grown as needed (realloc). Returns the new count. */
size_t supervisor_fds(const struct supervisor *s, struct pollfd **fds, size_t n, size_t *cap);
/* After the poll, with the entries that supervisor_fds made (at fds): lines, ends, times. room: logs may be said now. */
void supervisor_look(struct supervisor *s, const struct pollfd *fds, bool room);

/* ---- ends ---- */

bool supervisor_is_idle(const struct supervisor *s);    /* no process runs */
bool supervisor_is_settled(const struct supervisor *s); /* and the server knows of all ends */
void supervisor_stop_all(struct supervisor *s);         /* orderly: each ends its work at the next row */
void supervisor_kill_all(struct supervisor *s, const struct err *why);

#endif
