/* Turns SIGINT and SIGTERM into a flag. The signals are blocked in every thread and taken by one that waits for them, so
 * no code runs inside a signal handler. A second signal ends the process at once with exit code 130. */
#ifndef CLI_STOPPER_H
#define CLI_STOPPER_H

#include <stdatomic.h>

#include "base/err.h"

struct stopper;

/* Call before any other thread is started: threads inherit the blocked signals. `stop` is set by the first signal.
 * SIGPIPE is ignored from here on: a broken connection is an error, not the end. */
bool stopper_start(struct stopper **out, atomic_bool *stop, struct err *e) WARN_UNUSED;
/* Say nothing on standard error at the first signal: something else is shown there that does. */
void stopper_silent(struct stopper *s, bool silent);
/* Let already the first signal end the process with 130: for what changes nothing and does not look at the flag. */
void stopper_at_once(struct stopper *s, bool at_once);
/* For a process that nobody sits at: say nothing, and wait for the end however often it is asked for. At once still goes. */
void stopper_patient(struct stopper *s);
/* As if a signal had come. Any thread. */
void stopper_ask(struct stopper *s);
void stopper_end(struct stopper *s); /* NULL is fine */

#endif
