/* Signals as a flag. See stopper.h. */
#include "cli/stopper.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_CANCELLED_NOW = 130 };

struct stopper {
    pthread_t thread;
    atomic_bool *stop;
    atomic_bool ending, silent, at_once, patient;
    sigset_t signals, before;
};

static void say(const char *text) {
    if (write(STDERR_FILENO, text, strlen(text)) < 0) {
        /* nobody listens; the flag counts */
    }
}

static void *wait_for_signals(void *arg) {
    struct stopper *s = arg;
    for (;;) {
        int number;
        if (sigwait(&s->signals, &number) != 0) {
            continue;
        }
        if (number == SIGUSR1 && atomic_load(&s->ending)) {
            return NULL;
        }
        if (number == SIGUSR1) {
            continue;
        }
        stopper_ask(s);
    }
}

void stopper_ask(struct stopper *s) {
    bool patient = atomic_load(&s->patient);
    if (atomic_load(&s->at_once)) {
        if (!patient) {
            say("\nStopped; nothing was changed.\n");
        }
        _exit(EXIT_CANCELLED_NOW);
    }
    if (atomic_exchange(s->stop, true) && !patient) {
        say("\nStopped at once; what was committed stays, --resume goes on from there.\n");
        _exit(EXIT_CANCELLED_NOW);
    }
    if (!patient && !atomic_load(&s->silent)) {
        say("\nStopping; once more to stop at once.\n");
    }
}

bool stopper_start(struct stopper **out, atomic_bool *stop, struct err *e) {
    struct stopper *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return err_set(e, ERR_MEMORY, "no memory to begin");
    }
    s->stop = stop;
    sigemptyset(&s->signals);
    sigaddset(&s->signals, SIGINT);
    sigaddset(&s->signals, SIGTERM);
    sigaddset(&s->signals, SIGUSR1); /* our own, to end the thread */
    signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &s->signals, &s->before);
    errno = pthread_create(&s->thread, NULL, wait_for_signals, s);
    if (errno != 0) {
        err_errno(e, ERR_SYSTEM, "cannot start a thread");
        pthread_sigmask(SIG_SETMASK, &s->before, NULL);
        free(s);
        return false;
    }
    *out = s;
    return true;
}

void stopper_silent(struct stopper *s, bool silent) {
    atomic_store(&s->silent, silent);
}

void stopper_at_once(struct stopper *s, bool at_once) {
    atomic_store(&s->at_once, at_once);
}

void stopper_patient(struct stopper *s) {
    atomic_store(&s->patient, true);
}

void stopper_end(struct stopper *s) {
    if (s == NULL) {
        return;
    }
    atomic_store(&s->ending, true);
    pthread_kill(s->thread, SIGUSR1);
    pthread_join(s->thread, NULL);
    pthread_sigmask(SIG_SETMASK, &s->before, NULL);
    free(s);
}
