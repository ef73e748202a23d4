/* Shells on execution machines, in a browser: a terminal, bridged to a WebSocket. docs/live.md has the messages.
 *
 * A thread for each moves the bytes (shell_run.c); what the client says is taken on the threads of HTTP (shell.c). Each stops when the other
 * side is slow: nothing is kept but some hundred KiB. Who opened and closed one, when and how, is in the audit log; what was typed is not. */
#ifndef SERVER_SHELL_H
#define SERVER_SHELL_H

#include "server/stream.h"

/* Those that are open. */
struct shells;
struct shells *shells_new(void); /* NULL: no memory */
/* After http_stop: waits until their programs have ended. NULL is fine. */
void shells_free(struct shells *all);

/* For http_start: "/api/v1/machines/{id}/shell". arg of its calls is the struct api. */
extern const struct stream_handler shell_stream;

#endif
