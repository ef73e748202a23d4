/* A child process that is spoken to by lines: a job and orders in, events and a log out. Nothing here waits. SIGPIPE must be
 * ignored. One thread: the one that started it (the child ends when that thread does). */
#ifndef AGENT_PROCESS_H
#define AGENT_PROCESS_H

#include <poll.h>
#include <sys/types.h>

#include "base/err.h"

struct process;

enum { PROCESS_FDS = 3 };

/* A line, NUL behind its len bytes instead of the newline; valid during the call. line NULL: one of more than 1 MiB was left out. */
typedef void process_line(void *arg, bool is_error, char *line, size_t len);

/* Run `path` with one word behind its name, in a process group of its own, with `input` and a newline on its standard input. ERR_SYSTEM */
bool process_start(struct process **out, const char *path, const char *word, const char *input, size_t len,
                   struct err *e) WARN_UNUSED;

/* What to poll for: PROCESS_FDS entries (fd -1: nothing). */
void process_fds(const struct process *p, struct pollfd *fds);
/* After the poll: write what waits, read lines. */
void process_look(struct process *p, const struct pollfd *fds, process_line *line, void *arg);

/* Queue a line for its standard input. False: it does not read. */
bool process_write(struct process *p, const char *line, size_t len) WARN_UNUSED;
void process_hang_up(struct process *p); /* end its standard input: stop, orderly */
void process_kill(struct process *p);    /* SIGKILL to its group */

/* After a SIGCHLD: true when it has ended and all it had said has been read; *status as of waitpid. What is still in its
 * pipes is given to `line`. */
bool process_is_over(struct process *p, int *status, process_line *line, void *arg);

void process_free(struct process *p); /* kills what still runs; NULL is fine */

#endif
