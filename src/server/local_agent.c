/* See local_agent.h. */
#include "server/local_agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "server/enrol.h"

enum { WAIT_FIRST_MS = 500, WAIT_MAX_MS = 30000, RAN_WELL_MS = 60000, STOP_WITHIN_MS = 20000 };

struct local_agent {
    struct arena arena;
    char **words; /* its command line */
    pid_t pid;    /* 0: it does not run */
    int64_t started_ms, start_at_ms, wait_ms;
};

static int64_t now_ms(void) {
    return clock_mono_us() / 1000;
}

/* Only what may be done between fork and exec. */
static void become_agent(const struct local_agent *l, pid_t server) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != server) { /* it died in between */
        _exit(1);
    }
    execv("/proc/self/exe", l->words);
    _exit(127);
}

static bool start(struct local_agent *l, struct err *e) {
    pid_t server = getpid(), pid = fork();
    if (pid < 0) {
        return err_errno(e, ERR_SYSTEM, "the local agent could not be started");
    }
    if (pid == 0) {
        become_agent(l, server);
    }
    l->pid = pid;
    l->started_ms = now_ms();
    return true;
}

static bool write_token(const char *path, const char *token, struct err *e) {
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && dprintf(fd, "%s\n", token) > 0;
    if (fd >= 0) {
        ok = close(fd) == 0 && ok;
    }
    return ok || err_errno(e, ERR_FILE, "cannot write %s", path);
}

static char *machine_name(struct arena *a, const struct api *api) {
    return api->server[0] != '\0' ? arena_printf(a, "local (%s)", api->server) : arena_strdup(a, "local");
}

static bool prepare(struct local_agent *l, const struct api *api, const struct local_agent_options *o, struct err *e) {
    struct arena *a = &l->arena;
    struct store *s = NULL;
    char token[ENROL_TOKEN_TEXT];
    int64_t machine;
    char *directory = arena_printf(a, "%s/agent", o->directory);
    char *file = arena_printf(a, "%s/local.token", directory);
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        return err_errno(e, ERR_FILE, "cannot make %s", directory);
    }
    if (!store_open(&s, &api->where, e)) {
        return false;
    }
    bool ok = enrol_local(s, machine_name(a, api), token, &machine, e) && write_token(file, token, e);
    store_close(s);
    secrets_wipe(token, sizeof token);
    const char *words[] = {"godwit", "agent",       "--server", o->url,  "--token-file",
                           file,     "--directory", directory,  "--log", arena_printf(a, "%s/agent.log", directory)};
    size_t n = sizeof words / sizeof words[0];
    l->words = arena_array(a, char *, n + 4);
    for (size_t i = 0; i < n; i++) {
        l->words[i] = arena_strdup(a, words[i]);
    }
    if (o->certificate != NULL) { /* pinned, so its name does not matter */
        l->words[n++] = arena_strdup(a, "--ca");
        l->words[n++] = arena_strdup(a, o->certificate);
        l->words[n++] = arena_strdup(a, "--any-name");
    }
    return ok;
}

bool local_agent_start(struct local_agent **out, const struct api *api, const struct local_agent_options *o,
                       struct err *e) {
    struct local_agent *l = calloc(1, sizeof *l);
    *out = NULL;
    if (l == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for the local agent");
    }
    l->wait_ms = WAIT_FIRST_MS;
    if (!prepare(l, api, o, e) || !start(l, e)) {
        arena_clear(&l->arena);
        free(l);
        return false;
    }
    *out = l;
    return true;
}

void local_agent_watch(struct local_agent *l) {
    int how;
    if (l == NULL) {
        return;
    }
    if (l->pid > 0 && waitpid(l->pid, &how, WNOHANG) == l->pid) {
        l->wait_ms = now_ms() - l->started_ms > RAN_WELL_MS ? WAIT_FIRST_MS : l->wait_ms * 2;
        l->wait_ms = l->wait_ms > WAIT_MAX_MS ? WAIT_MAX_MS : l->wait_ms;
        l->start_at_ms = now_ms() + l->wait_ms;
        l->pid = 0;
        log_warn("agent", "the local agent has ended (%s %d); it is started again in %lld ms",
                 WIFSIGNALED(how) ? "signal" : "code", WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how),
                 (long long)l->wait_ms);
    }
    if (l->pid == 0 && now_ms() >= l->start_at_ms) {
        struct err e = ERR_INIT;
        if (!start(l, &e)) {
            log_err("agent", &e);
            l->start_at_ms = now_ms() + l->wait_ms;
        }
    }
}

void local_agent_stop(struct local_agent *l) {
    if (l == NULL) {
        return;
    }
    if (l->pid > 0) {
        int64_t until = now_ms() + STOP_WITHIN_MS;
        kill(l->pid, SIGTERM);
        while (waitpid(l->pid, NULL, WNOHANG) == 0) {
            if (now_ms() > until) {
                kill(l->pid, SIGKILL);
                waitpid(l->pid, NULL, 0);
                break;
            }
            clock_sleep_ms(20);
        }
    }
    arena_clear(&l->arena);
    free(l);
}
