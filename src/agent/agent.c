/* The agent's loop: the server on one side, workers on the other, leases between. See agent.h. */
#include "agent/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/enrol.h"
#include "agent/facts.h"
#include "agent/link.h"
#include "agent/supervise.h"
#include "base/log.h"
#include "base/str.h"

enum {
    BEAT_US = 5 * 1000 * 1000,
    SILENCE_US = 20 * 1000 * 1000, /* a server that answers no beat for so long is connected to anew */
    LOOK_MS = 100,                 /* the loop looks at its times so often */
    LEASE_S = 30,                  /* when the server does not say */
    LEASE_MIN_S = 5,
    LEASE_MAX_S = 3600,
    STOP_US = 25 * 1000 * 1000,  /* for workers to end orderly */
    SETTLE_US = 3 * 1000 * 1000, /* for the server to take note of it */
    LOGS_WAITING_MAX = 4 << 20,  /* bytes to be sent: logs wait while there are more */
    BEATS_MAX = 64,              /* sent and not answered */
};

struct agent {
    const struct agent_options *o;
    struct link *link;
    struct supervisor *supervisor;
    int signals;
    bool up, welcome; /* connected; and greeted */
    int64_t up_us, beat_us;
    int64_t sent_us[BEATS_MAX]; /* when the beats were sent that are not answered yet; the oldest first */
    size_t nsent;
    int64_t alive_us; /* when the last answered one was sent */
    int64_t lease_s;
};

/* Goes on while the machine sleeps, as the server's clock does. */
static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- to the server ---- */

static void say(void *arg, json_t *message) {
    struct agent *g = arg;
    char *text = json_dumps(message, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(message);
    if (text != NULL) {
        link_send(g->link, text, strlen(text));
        free(text);
    }
}

/* A message whose answer proves that the server was alive when it was sent. */
static void say_alive(struct agent *g, json_t *message) {
    if (g->nsent == BEATS_MAX) {
        json_decref(message);
        return;
    }
    g->sent_us[g->nsent++] = g->beat_us = now_us();
    say(g, message);
}

static void answered(struct agent *g) {
    if (g->nsent > 0) {
        g->alive_us = g->sent_us[0];
        memmove(g->sent_us, g->sent_us + 1, --g->nsent * sizeof g->sent_us[0]);
    }
}

static void hello(struct agent *g) {
    say_alive(g, json_pack("{s:s, s:s, s:o, s:o}", "type", "hello", "version", GODWIT_VERSION, "facts",
                           facts_measure(g->o->directory), "subtasks", supervisor_subtasks(g->supervisor)));
}

static void beat(struct agent *g) {
    say_alive(g, json_pack("{s:s, s:o}", "type", "beat", "facts", facts_measure(g->o->directory)));
}

/* ---- from the server ---- */

static void on_welcome(struct agent *g, const json_t *message) {
    int64_t lease_s = json_integer_value(json_object_get(message, "lease_s"));
    g->lease_s = lease_s >= LEASE_MIN_S && lease_s <= LEASE_MAX_S ? lease_s : LEASE_S;
    answered(g);
    g->welcome = true;
    log_info("welcome", "the server knows this machine as number %lld; a lease is %lld s",
             (long long)json_integer_value(json_object_get(message, "machine")), (long long)g->lease_s);
    supervisor_connected(g->supervisor, true);
    supervisor_replay(g->supervisor);
}

static void on_message(struct agent *g, const char *text, size_t len) {
    json_error_t error;
    json_t *m = text != NULL ? json_loadb(text, len, 0, &error) : NULL;
    const char *type = json_string_value(json_object_get(m, "type"));
    if (str_eq(type, "welcome")) {
        on_welcome(g, m);
    } else if (str_eq(type, "beat")) {
        answered(g);
    } else if (!g->welcome) {
        log_warn("message", "'%.40s' before the welcome", type != NULL ? type : "no type");
    } else if (str_eq(type, "run")) {
        supervisor_run(g->supervisor, m);
    } else if (str_eq(type, "order")) {
        supervisor_order(g->supervisor, m);
    } else if (str_eq(type, "kill")) {
        supervisor_kill(g->supervisor, m);
    } else if (str_eq(type, "forget")) {
        supervisor_forget(g->supervisor, m);
    } else if (str_eq(type, "ask")) {
        supervisor_ask(g->supervisor, m);
    } else if (str_eq(type, "cancel")) {
        supervisor_cancel(g->supervisor, m);
    } else {
        log_warn("message", "unknown: '%.40s'", type != NULL ? type : "no type");
    }
    json_decref(m);
}

static void on_down(struct agent *g, const char *why) {
    if (g->up || g->nsent > 0) {
        log_warn("disconnected", "%s", why != NULL ? why : "");
    } else {
        log_info("no_connection", "%s", why != NULL ? why : "");
    }
    g->up = g->welcome = false;
    g->nsent = 0;
    supervisor_connected(g->supervisor, false);
}

/* False: the server does not know this machine. */
static bool look_at_link(struct agent *g, struct err *e) {
    for (;;) {
        char *text;
        size_t len;
        enum link_event event = link_next(g->link, &text, &len);
        switch (event) {
        case LINK_UP:
            g->up = true;
            g->up_us = now_us();
            g->nsent = 0;
            hello(g);
            break;
        case LINK_DOWN:
            on_down(g, text);
            break;
        case LINK_TEXT:
            on_message(g, text, len);
            break;
        case LINK_REFUSED:
        case LINK_NOTHING:
            break;
        }
        if (text != NULL) {
            explicit_bzero(text, len);
            free(text);
        }
        if (event == LINK_REFUSED) {
            return err_set(e, ERR_AGENT_TOKEN, "the server does not know this machine any more");
        }
        if (event == LINK_NOTHING) {
            return true;
        }
    }
}

/* ---- times ---- */

static void look_at_times(struct agent *g) {
    int64_t now = now_us();
    if (g->welcome && now - g->beat_us >= BEAT_US) {
        beat(g);
    }
    int64_t waits_us = g->nsent > 0 ? g->sent_us[0] : g->up_us;
    if (g->up && (g->nsent > 0 || !g->welcome) && now - waits_us > SILENCE_US) {
        log_warn("silence", "the server does not answer; connecting anew");
        g->up_us = now;
        g->nsent = 0;
        link_again(g->link);
    }
    if (now - g->alive_us > g->lease_s * 1000000 && !supervisor_is_idle(g->supervisor)) {
        struct err over = ERR_INIT;
        err_set(&over, ERR_LEASE, "the server has not answered for %lld s: the work goes to another machine",
                (long long)g->lease_s);
        log_err("lease", &over);
        supervisor_kill_all(g->supervisor, &over);
    }
}

/* One round. `fds` is kept between rounds. */
static bool look(struct agent *g, struct pollfd **fds, size_t *cap, struct err *e) {
    enum { OWN = 2 };
    struct pollfd own[OWN] = {{.fd = link_fd(g->link), .events = POLLIN}, {.fd = g->signals, .events = POLLIN}};
    size_t n = supervisor_fds(g->supervisor, fds, OWN, cap);
    memcpy(*fds, own, sizeof own);
    if (poll(*fds, n, LOOK_MS) < 0 && errno != EINTR) {
        return err_errno(e, ERR_SYSTEM, "poll");
    }
    struct signalfd_siginfo info;
    while (read(g->signals, &info, sizeof info) > 0) {
        /* which child it was, supervisor_look finds out */
    }
    look_at_times(g); /* first: after a sleep the leases may be over */
    supervisor_look(g->supervisor, *fds + OWN, link_waiting(g->link) < LOGS_WAITING_MAX);
    return look_at_link(g, e);
}

/* ---- begin and end ---- */

static bool lock_directory(const struct agent_options *o, struct arena *a, int *fd, struct err *e) {
    char *path = arena_printf(a, "%s/agent.lock", o->directory);
    *fd = -1;
    if (mkdir(o->directory, 0700) != 0 && errno != EEXIST) {
        return err_errno(e, ERR_FILE, "cannot make the directory %s", o->directory);
    }
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0) {
        return err_errno(e, ERR_FILE, "cannot use the directory %s", o->directory);
    }
    if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
        return err_set(e, ERR_AGENT_RUNNING, "another agent runs in %s", o->directory);
    }
    return true;
}

/* Workers end at their next row; the server hears of it if it is there. */
static void wind_up(struct agent *g, struct pollfd **fds, size_t *cap) {
    struct err ignored = ERR_INIT, why = ERR_INIT;
    int64_t begin_us = now_us(), idle_us = 0;
    bool killed = false;
    supervisor_stop_all(g->supervisor);
    for (;;) {
        int64_t now = now_us();
        if (supervisor_is_idle(g->supervisor)) {
            idle_us = idle_us == 0 ? now : idle_us;
            if (!g->welcome || supervisor_is_settled(g->supervisor) || now - idle_us > SETTLE_US) {
                return;
            }
        } else if (now - begin_us > STOP_US && !killed) {
            killed = true;
            err_set(&why, ERR_CANCELLED, "the agent was stopped, and the worker did not end");
            supervisor_kill_all(g->supervisor, &why);
        }
        if (!look(g, fds, cap, &ignored)) {
            g->up = g->welcome = false;
            supervisor_connected(g->supervisor, false);
            if (ignored.code == ERR_SYSTEM) {
                return; /* supervisor_free kills what is left */
            }
        }
    }
}

static bool run(struct agent *g, const atomic_bool *stop, struct err *e) {
    struct pollfd *fds = NULL;
    size_t cap = 0;
    bool ok = true;
    while (ok && !atomic_load(stop)) {
        ok = look(g, &fds, &cap, e);
    }
    wind_up(g, &fds, &cap);
    free(fds);
    return ok;
}

static bool take_signals(struct agent *g, struct err *e) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    g->signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    return g->signals >= 0 || err_errno(e, ERR_SYSTEM, "no descriptor for signals");
}

bool agent_run(const struct agent_options *o, const atomic_bool *stop, struct err *e) {
    struct agent g = {.o = o, .signals = -1, .lease_s = LEASE_S, .alive_us = now_us()};
    struct arena a = ARENA_INIT;
    struct link_place place;
    char *token = NULL;
    int lock = -1;
    bool ok = link_place(o->server, "", &place, e) && lock_directory(o, &a, &lock, e) && take_signals(&g, e) &&
              enrol(o, stop, &a, &token, e);
    if (ok) {
        g.supervisor = supervisor_new(o->program, o->directory, say, &g);
        ok = g.supervisor != NULL || err_set(e, ERR_MEMORY, "no memory for the agent");
    }
    struct link_options link = {.url = o->server, .token = token, .ca_file = o->ca_file, .any_name = o->any_name};
    if (ok && link_start(&g.link, &link, e)) {
        ok = run(&g, stop, e);
    } else {
        ok = false;
    }
    link_stop(g.link);
    supervisor_free(g.supervisor);
    if (g.signals >= 0) {
        close(g.signals);
    }
    if (lock >= 0) {
        close(lock);
    }
    if (!ok && e->code == ERR_CANCELLED) {
        ok = true; /* stopped before it was enrolled */
    }
    arena_clear(&a);
    return ok;
}
