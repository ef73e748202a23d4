/* A login shell on a pseudo terminal of this machine. See terminal.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "base/arena.h"
#include "base/clock.h"
#include "server/terminal.h"

enum {
    LOOK_MS = 250,
    LOOK_SOON_MS = 10,
    HANG_UP_MS = 2000,
    KILL_MS = 2000,
    OLD_KERNEL_FDS = 4096,
    LOGIN_DESCRIPTORS = 1024,
    TOLD_LATE_MAX = 256 << 10 /* bytes of those it leaves behind */
};

struct local {
    struct terminal terminal;
    int master;
    pid_t
        pid; /* also the number of its session; it is not waited for until the end, so that the number stays its own */
    bool silent; /* nobody has the other end open */
    size_t late; /* bytes that came after its end */
};

/* ---- the start ---- */

/* What the child needs, made before the fork. */
struct plan {
    const char *shell, *home;
    char *words[2];
    char **environment;
    int slave;
    pid_t parent;
    struct rlimit descriptors;
};

static const char *env_or(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : otherwise;
}

/* Not what was meant for the server, such as the store's password. */
static char **environment(struct arena *a, const struct plan *p) {
    static const char *const kept[] = {"USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PATH"};
    char **out = arena_array(a, char *, sizeof kept / sizeof kept[0] + 4);
    size_t n = 0;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (getenv(kept[i]) != NULL) {
            out[n++] = arena_printf(a, "%s=%s", kept[i], getenv(kept[i]));
        }
    }
    out[n++] = arena_strdup(a, "TERM=" TERMINAL_KIND);
    out[n++] = arena_printf(a, "SHELL=%s", p->shell);
    out[n++] = arena_printf(a, "HOME=%s", p->home);
    return out;
}

static void make_plan(struct arena *a, struct plan *p, int slave) {
    const char *shell = env_or("SHELL", "");
    p->shell = shell[0] == '/' && access(shell, X_OK) == 0 ? shell : "/bin/sh";
    p->home = env_or("HOME", "/");
    p->words[0] = arena_printf(a, "-%s", strrchr(p->shell, '/') + 1); /* the '-': as a login's */
    p->environment = environment(a, p);
    p->slave = slave;
    p->parent = getpid();
    (void)getrlimit(RLIMIT_NOFILE, &p->descriptors); /* the server has many; programs that use select() want few */
    p->descriptors.rlim_cur = p->descriptors.rlim_cur < LOGIN_DESCRIPTORS ? p->descriptors.rlim_cur : LOGIN_DESCRIPTORS;
}

/* Only what may be done between fork and exec. */
static void become_shell(const struct plan *p) {
    sigset_t none;
    sigemptyset(&none);
    for (int i = 1; i < NSIG; i++) {
        signal(i, SIG_DFL);
    }
    sigprocmask(SIG_SETMASK, &none, NULL);
    (void)setrlimit(RLIMIT_NOFILE, &p->descriptors);
    prctl(PR_SET_PDEATHSIG, SIGHUP);
    if (getppid() != p->parent || login_tty(p->slave) != 0) {
        _exit(127);
    }
    if (close_range(3, ~0U, 0) != 0) {
        for (int fd = 3; fd < OLD_KERNEL_FDS; fd++) {
            close(fd);
        }
    }
    if (chdir(p->home) != 0 && chdir("/") != 0) {
        _exit(127);
    }
    execve(p->shell, p->words, p->environment);
    _exit(127);
}

static bool open_pair(struct local *l, struct terminal_size size, int *slave) {
    struct winsize window = {.ws_col = (unsigned short)size.cols, .ws_row = (unsigned short)size.rows};
    struct termios modes;
    l->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (l->master < 0 || grantpt(l->master) != 0 || unlockpt(l->master) != 0) {
        return false;
    }
    *slave = ioctl(l->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*slave < 0 || tcgetattr(*slave, &modes) != 0) {
        return false;
    }
    modes.c_iflag |= IUTF8; /* erase whole characters */
    return tcsetattr(*slave, TCSANOW, &modes) == 0 && ioctl(l->master, TIOCSWINSZ, &window) == 0;
}

static bool start(struct local *l, struct terminal_size size) {
    struct arena a = ARENA_INIT;
    struct plan plan = {0};
    int slave = -1;
    bool ok = open_pair(l, size, &slave);
    if (ok) {
        make_plan(&a, &plan, slave);
        l->pid = fork();
        if (l->pid == 0) {
            become_shell(&plan);
        }
        ok = l->pid > 0;
    }
    int why = errno;
    if (slave >= 0) {
        close(slave);
    }
    arena_clear(&a);
    errno = why;
    return ok;
}

/* ---- in and out ---- */

static bool has_ended(const struct local *l, int *code) {
    siginfo_t how = {0};
    if (waitid(P_PID, (id_t)l->pid, &how, WEXITED | WNOHANG | WNOWAIT) != 0 || how.si_pid != l->pid) {
        return false;
    }
    *code = how.si_code == CLD_EXITED ? how.si_status : 128 + how.si_status;
    return true;
}

/* The end of a shell that leaves others on its terminal does not show there: that has to be looked for. */
static bool local_wait(struct terminal *t, bool reads, bool writes, int wake_fd, int64_t timeout_ms) {
    const struct local *l = (struct local *)t;
    short events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
    int look_ms = l->silent ? LOOK_SOON_MS : LOOK_MS;
    struct pollfd fds[2] = {{.fd = wake_fd, .events = POLLIN},
                            {.fd = l->silent || events == 0 ? -1 : l->master, .events = events}};
    (void)poll(fds, 2, timeout_ms >= 0 && timeout_ms < look_ms ? (int)timeout_ms : look_ms);
    return reads;
}

static bool local_read(struct terminal *t, void *out, size_t size, size_t *n, bool *over, struct err *e) {
    struct local *l = (struct local *)t;
    int code;
    (void)e;
    bool ended = has_ended(l, &code); /* asked before: nothing it printed comes later */
    ssize_t got = l->silent ? 0 : read(l->master, out, size);
    *n = got > 0 ? (size_t)got : 0;
    l->silent = l->silent || (got < 0 && errno == EIO); /* all who had it open have closed it */
    l->late += ended ? *n : 0;
    *over = ended && (l->silent || (got < 0 && errno == EAGAIN) || l->late > TOLD_LATE_MAX);
    return true;
}

static bool local_write(struct terminal *t, const void *bytes, size_t len, size_t *n, struct err *e) {
    struct local *l = (struct local *)t;
    ssize_t put = l->silent ? (ssize_t)len : write(l->master, bytes, len);
    *n = put > 0 ? (size_t)put : 0;
    if (put < 0 && errno == EIO) { /* nobody will read it; the end comes */
        *n = len;
    } else if (put < 0 && errno != EAGAIN && errno != EINTR) {
        return err_errno(e, ERR_SYSTEM, "the terminal takes no input");
    }
    return true;
}

static bool local_resize(struct terminal *t, struct terminal_size size, struct err *e) {
    const struct local *l = (struct local *)t;
    struct winsize window = {.ws_col = (unsigned short)size.cols, .ws_row = (unsigned short)size.rows};
    return ioctl(l->master, TIOCSWINSZ, &window) == 0 || err_errno(e, ERR_SYSTEM, "the terminal cannot be resized");
}

static int local_exit_code(struct terminal *t) {
    int code;
    return has_ended((struct local *)t, &code) ? code : -1;
}

/* ---- the end ---- */

/* The session of a process, from /proc; 0: it is not there any more. */
static int session_of(const char *pid) {
    char path[64], text[512], state;
    int session;
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0) {
        close(fd);
    }
    text[n > 0 ? n : 0] = '\0';
    const char *end = strrchr(text, ')'); /* its name may hold anything */
    bool there =
        end != NULL && sscanf(end + 1, " %c %*d %*d %d", &state, &session) == 2 && state != 'Z' && state != 'X';
    return there ? session : 0;
}

/* To all of it; how many there are. */
static unsigned signal_session(pid_t session, int number) {
    unsigned n = 0;
    DIR *d = opendir("/proc");
    for (const struct dirent *x; d != NULL && (x = readdir(d)) != NULL;) {
        if (x->d_name[0] >= '1' && x->d_name[0] <= '9' && session_of(x->d_name) == session) {
            n++;
            kill((pid_t)strtol(x->d_name, NULL, 10), number);
        }
    }
    if (d != NULL) {
        closedir(d);
    }
    return n;
}

static void end_session(pid_t session) {
    signal_session(session, SIGHUP);
    signal_session(session, SIGCONT); /* who is stopped hears nothing */
    for (int ms = 0; ms < HANG_UP_MS && signal_session(session, 0) > 0; ms += LOOK_SOON_MS) {
        clock_sleep_ms(LOOK_SOON_MS);
    }
    for (int ms = 0; ms < KILL_MS && signal_session(session, SIGKILL) > 0;
         ms += LOOK_SOON_MS) { /* one may have started another */
        clock_sleep_ms(LOOK_SOON_MS);
    }
    while (waitpid(session, NULL, 0) < 0 && errno == EINTR) {
    }
}

static void local_free(struct terminal *t) {
    struct local *l = (struct local *)t;
    if (l->master >= 0) {
        close(l->master);
    }
    if (l->pid > 0) {
        end_session(l->pid);
    }
    free(l);
}

bool terminal_local(struct terminal **out, struct terminal_size size, struct err *e) {
    static const struct terminal_kind kind = {.wait = local_wait,
                                              .read = local_read,
                                              .write = local_write,
                                              .resize = local_resize,
                                              .exit_code = local_exit_code,
                                              .free = local_free};
    struct local *l = calloc(1, sizeof *l);
    *out = NULL;
    if (l == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a terminal");
    }
    *l = (struct local){.terminal.kind = &kind, .master = -1};
    if (!start(l, size)) {
        err_errno(e, ERR_SYSTEM, "a shell cannot be started");
        local_free(&l->terminal);
        return false;
    }
    *out = &l->terminal;
    return true;
}
