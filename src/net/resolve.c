/* Host names to addresses, with a limit on the time it takes.
 *
 * getaddrinfo has no timeout of its own (a dead name server costs half a minute), so names are looked up in a
 * detached thread; when the limit passes the caller leaves, and the thread frees what it holds when it ends. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "net/stream_internal.h"

struct lookup {
    pthread_mutex_t lock;
    pthread_cond_t done_cond;
    int refs; /* the waiting caller and the thread */
    bool done;
    int code;      /* of getaddrinfo */
    int sys_error; /* errno when code is EAI_SYSTEM */
    struct addrinfo *found;
    char service[8];
    char host[];
};

static int look_up(const char *host, const char *service, int flags, struct addrinfo **found) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | flags};
    return getaddrinfo(host, service, &hints, found);
}

/* Called with the lock held; gives it back. */
static void lookup_release(struct lookup *l) {
    bool last = --l->refs == 0;
    pthread_mutex_unlock(&l->lock);
    if (last) {
        if (l->found != NULL) {
            freeaddrinfo(l->found);
        }
        pthread_cond_destroy(&l->done_cond);
        pthread_mutex_destroy(&l->lock);
        free(l);
    }
}

static void *lookup_main(void *arg) {
    struct lookup *l = arg;
    struct addrinfo *found = NULL;
    int code = look_up(l->host, l->service, 0, &found);
    int sys_error = errno;
    pthread_mutex_lock(&l->lock);
    l->code = code;
    l->sys_error = sys_error;
    l->found = code == 0 ? found : NULL;
    l->done = true;
    pthread_cond_signal(&l->done_cond);
    lookup_release(l);
    return NULL;
}

static bool start_thread(struct lookup *l) {
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t all, before;
    if (pthread_attr_init(&attr) != 0) {
        return false;
    }
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals stay with the threads that expect them */
    int rc = pthread_create(&thread, &attr, lookup_main, l);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return rc == 0;
}

static bool resolve_failed(const char *host, int code, int sys_error, struct err *e) {
    err_set(e, ERR_NETWORK, "the host name %s cannot be resolved", host);
    if (code == EAI_SYSTEM) {
        char text[128];
        return err_cause(e, "%s", strerror_r(sys_error, text, sizeof text));
    }
    return err_cause(e, "%s", gai_strerror(code));
}

bool resolve(const char *host, uint16_t port, int64_t deadline_us, struct addrinfo **out, struct err *e) {
    *out = NULL;
    char service[8];
    snprintf(service, sizeof service, "%u", (unsigned)port);
    if (look_up(host, service, AI_NUMERICHOST, out) == 0) {
        return true;
    }
    size_t n = strlen(host);
    struct lookup *l = calloc(1, sizeof *l + n + 1);
    if (l == NULL) {
        return err_set(e, ERR_MEMORY, "no memory to resolve a host name");
    }
    memcpy(l->host, host, n);
    memcpy(l->service, service, sizeof service);
    l->refs = 2;
    pthread_condattr_t attr;
    pthread_mutex_init(&l->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&l->done_cond, &attr);
    pthread_condattr_destroy(&attr);
    if (!start_thread(l)) {
        pthread_mutex_lock(&l->lock);
        l->refs--;
        lookup_release(l);
        return err_set(e, ERR_SYSTEM, "no thread could be started to resolve a host name");
    }
    struct timespec until = {.tv_sec = (time_t)(deadline_us / 1000000), .tv_nsec = deadline_us % 1000000 * 1000};
    pthread_mutex_lock(&l->lock);
    int rc = 0;
    while (!l->done && rc == 0) {
        rc = deadline_us == INT64_MAX ? pthread_cond_wait(&l->done_cond, &l->lock)
                                      : pthread_cond_timedwait(&l->done_cond, &l->lock, &until);
    }
    bool done = l->done;
    int code = l->code, sys_error = l->sys_error;
    if (done) {
        *out = l->found;
        l->found = NULL;
    }
    lookup_release(l);
    if (!done) {
        err_set(e, ERR_NETWORK, "the host name %s cannot be resolved", host);
        return err_cause(e, "no name server answered in time");
    }
    return (code == 0 && *out != NULL) || resolve_failed(host, code, sys_error, e);
}
