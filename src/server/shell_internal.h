/* One open shell, as its stream (shell.c) and its thread (shell_run.c) share it. */
#ifndef SERVER_SHELL_INTERNAL_H
#define SERVER_SHELL_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "server/api.h"
#include "server/shell.h"
#include "server/terminal.h"

struct shells {
    pthread_mutex_t lock;
    pthread_cond_t fewer;
    unsigned n;
};

struct shell {
    struct shells *all;
    struct stream *stream; /* kept; its arena has the texts */
    atomic_uint refs;      /* the stream's and the thread's */
    int wake;              /* eventfd: there is something new for the thread */
    int64_t begun_us, idle_us;
    struct identity who;
    const char *token; /* of a program */
    const struct api *api;
    int64_t machine;
    bool local; /* this very machine */
    char *name; /* of the machine, for people */

    pthread_mutex_t lock; /* for what follows */
    struct buf typed;     /* waits for the thread */
    bool held;            /* too much does: the client waits as well */
    struct terminal_size size;
    bool resized;
    bool gone;            /* the client */
    bool active;          /* something was typed since the last sign of life */
    int64_t typed_us;     /* the last time something was */
    bool over;            /* the program has ended by itself, */
    int exit_code;        /* so; -1: not known */
    enum err_code failed; /* or it was ended for this reason; ERR_NONE: it was not */
};

/* Start its thread, which then has a reference. ERR_SYSTEM. */
bool shell_start(struct shell *x, struct err *e) WARN_UNUSED;
void shell_drop(struct shell *x);
void shell_leave(struct shells *all); /* one fewer */

#endif
