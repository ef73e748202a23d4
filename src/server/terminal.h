/* A program on a terminal, whatever is between: what it prints, what it is typed, its window, its end. On this machine (terminal_local.c)
 * or over SSH (terminal_ssh.c). Nothing waits but terminal_wait, terminal_free and opening. One thread at a time. */
#ifndef SERVER_TERMINAL_H
#define SERVER_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define TERMINAL_KIND "xterm-256color" /* $TERM */

struct terminal_size {
    unsigned cols, rows;
};

struct terminal;
struct net_ssh;

/* What each kind does; as the functions below. */
struct terminal_kind {
    bool (*wait)(struct terminal *t, bool reads, bool writes, int wake_fd, int64_t timeout_ms);
    bool (*read)(struct terminal *t, void *out, size_t size, size_t *n, bool *over, struct err *e);
    bool (*write)(struct terminal *t, const void *bytes, size_t len, size_t *n, struct err *e);
    bool (*resize)(struct terminal *t, struct terminal_size size, struct err *e);
    int (*exit_code)(struct terminal *t);
    void (*free)(struct terminal *t);
};

/* The first member of each kind's own struct. */
struct terminal {
    const struct terminal_kind *kind;
};

/* The login shell ($SHELL, else /bin/sh) of the user that runs this process, in its home directory, with nothing of this process' environment
 * but what a login sets. The calling thread must outlive it: the kernel hangs up with the thread's end. ERR_SYSTEM. */
bool terminal_local(struct terminal **out, struct terminal_size size, struct err *e) WARN_UNUSED;

/* The same of the user that has logged in there. ssh is taken, also by a failure; opening waits. ERR_SSH_REFUSED, ERR_SSH_LOST. */
bool terminal_ssh(struct terminal **out, struct net_ssh *ssh, struct terminal_size size, struct err *e) WARN_UNUSED;

/* Sleep until it has printed something or has ended (if the caller reads), takes input (if it writes), wake_fd is readable, or timeout_ms
 * have passed; now and then before. Should the caller read now? Also true when it did not want to, but there is no other way to
 * learn what happened. */
static inline bool terminal_wait(struct terminal *t, bool reads, bool writes, int wake_fd, int64_t timeout_ms) {
    return t->kind->wait(t, reads, writes, wake_fd, timeout_ms);
}
/* *n 0: there is nothing now; *over: the program has ended, and nothing comes any more. ERR_SSH_LOST. */
static inline bool WARN_UNUSED terminal_read(struct terminal *t, void *out, size_t size, size_t *n, bool *over,
                                             struct err *e) {
    return t->kind->read(t, out, size, n, over, e);
}
/* What it takes now: *n of len bytes. */
static inline bool WARN_UNUSED terminal_write(struct terminal *t, const void *bytes, size_t len, size_t *n,
                                              struct err *e) {
    return t->kind->write(t, bytes, len, n, e);
}
static inline bool WARN_UNUSED terminal_resize(struct terminal *t, struct terminal_size size, struct err *e) {
    return t->kind->resize(t, size, e);
}
/* When it is over: as shells tell it, 128 + the number of the signal that ended it; -1: not known. */
static inline int terminal_exit_code(struct terminal *t) {
    return t->kind->exit_code(t);
}
/* Hangs up; what is still there of a local terminal's session after a moment is killed. NULL is fine. */
static inline void terminal_free(struct terminal *t) {
    if (t != NULL) {
        t->kind->free(t);
    }
}

#endif
