/* fork, pipes, lines. See process.h. */
#include "agent/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

enum { LINE_MAX_BYTES = 1 << 20, READ_BYTES = 64 << 10, IN_MAX_BYTES = 2 << 20, READS_AT_ONCE = 8, FDS_CLOSED = 4096 };

struct pipe_end {
    int fd;
    struct buf line;
    size_t looked; /* bytes of the line without a newline */
    bool skipping; /* the rest of a line that is too long */
};

struct process {
    pid_t pid;
    bool reaped;
    int status;
    int in;
    struct buf waiting; /* for its standard input */
    bool hang_up;
    struct pipe_end out, err;
};

/* ---- starting ---- */

static void close_fd(int *fd) {
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

/* Between fork and exec: only what is safe there. The parent has other threads. */
__attribute__((noreturn)) static void become(const char *path, const char *word, const int fds[3]) {
    sigset_t none;
    char *const words[] = {(char *)(uintptr_t) "godwit", (char *)(uintptr_t)word, NULL};
    setpgid(0, 0);
    for (int i = 0; i < 3; i++) { /* the pipes' numbers are above 2: process_start sees to that */
        if (dup2(fds[i], i) < 0) {
            _exit(127);
        }
    }
#ifdef SYS_close_range
    if (syscall(SYS_close_range, 3, ~0U, 0) != 0)
#endif
    {
        for (int fd = 3; fd < FDS_CLOSED; fd++) {
            close(fd);
        }
    }
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(path, words);
    _exit(127);
}

/* A pipe whose ends are above the standard three, whatever the caller has closed. */
static bool pipe_above(int ends[2]) {
    int low[2];
    if (pipe2(low, O_CLOEXEC) != 0) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, 3);
        close(low[i]);
    }
    return ends[0] >= 0 && ends[1] >= 0;
}

static void end_init(struct pipe_end *x, int fd) {
    x->fd = fd;
    buf_init(&x->line, LINE_MAX_BYTES + READ_BYTES);
    fcntl(fd, F_SETFL, O_NONBLOCK);
}

bool process_start(struct process **out, const char *path, const char *word, const char *input, size_t len,
                   struct err *e) {
    int in[2] = {-1, -1}, told[2] = {-1, -1}, said[2] = {-1, -1};
    struct process *p = calloc(1, sizeof *p);
    *out = NULL;
    if (p == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a worker");
    }
    p->in = p->out.fd = p->err.fd = -1;
    buf_init(&p->waiting, IN_MAX_BYTES);
    bool ok = ((pipe_above(in) && pipe_above(told) && pipe_above(said)) ||
               err_errno(e, ERR_SYSTEM, "no pipes for a worker")) &&
              buf_put(&p->waiting, input, len, e) && buf_put(&p->waiting, "\n", 1, e);
    if (ok) {
        const int theirs[3] = {in[0], told[1], said[1]};
        p->pid = fork();
        if (p->pid == 0) {
            become(path, word, theirs);
        }
        ok = p->pid > 0 || err_errno(e, ERR_SYSTEM, "a worker cannot be started");
    }
    close_fd(&in[0]);
    close_fd(&told[1]);
    close_fd(&said[1]);
    if (!ok) {
        close_fd(&in[1]);
        close_fd(&told[0]);
        close_fd(&said[0]);
        buf_clear(&p->waiting);
        free(p);
        return false;
    }
    setpgid(p->pid, p->pid); /* the child does so too: whoever is first */
    p->in = in[1];
    fcntl(p->in, F_SETFL, O_NONBLOCK);
    end_init(&p->out, told[0]);
    end_init(&p->err, said[0]);
    *out = p;
    return true;
}

/* ---- reading and writing ---- */

void process_fds(const struct process *p, struct pollfd *fds) {
    bool write = p->in >= 0 && (p->waiting.len > 0 || p->hang_up);
    fds[0] = (struct pollfd){.fd = write ? p->in : -1, .events = POLLOUT};
    fds[1] = (struct pollfd){.fd = p->out.fd, .events = POLLIN};
    fds[2] = (struct pollfd){.fd = p->err.fd, .events = POLLIN};
}

static void write_some(struct process *p) {
    if (p->in < 0) {
        return;
    }
    ssize_t n = p->waiting.len > 0 ? write(p->in, p->waiting.data, p->waiting.len) : 0;
    if (n < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            close_fd(&p->in); /* it does not read any more; how it ended will be told */
        }
        return;
    }
    memmove(p->waiting.data, p->waiting.data + n, p->waiting.len - (size_t)n);
    p->waiting.len -= (size_t)n;
    explicit_bzero(p->waiting.data + p->waiting.len, (size_t)n); /* jobs carry passwords */
    if (p->hang_up && p->waiting.len == 0) {
        close_fd(&p->in);
    }
}

/* Hand out the whole lines of the buffer. */
static void hand_out(struct pipe_end *x, bool is_error, process_line *line, void *arg) {
    size_t from = 0;
    for (uint8_t *end;
         x->looked < x->line.len && (end = memchr(x->line.data + x->looked, '\n', x->line.len - x->looked)) != NULL;) {
        size_t len = (size_t)(end - x->line.data) - from;
        *end = '\0';
        if (!x->skipping) {
            line(arg, is_error, (char *)x->line.data + from, len);
        }
        x->skipping = false;
        from += len + 1;
        x->looked = from;
    }
    x->looked = x->line.len;
    if (from > 0) {
        memmove(x->line.data, x->line.data + from, x->line.len - from);
        x->line.len -= from;
        x->looked -= from;
    }
    if (x->line.len > LINE_MAX_BYTES || x->skipping) {
        if (!x->skipping) {
            line(arg, is_error, NULL, 0);
        }
        x->skipping = true;
        x->line.len = x->looked = 0;
    }
}

static void read_lines(struct pipe_end *x, bool is_error, int reads, process_line *line, void *arg) {
    struct err ignored = ERR_INIT;
    while (x->fd >= 0 && reads-- > 0) {
        if (!buf_reserve(&x->line, READ_BYTES, &ignored)) {
            close_fd(&x->fd);
            return;
        }
        ssize_t n = read(x->fd, x->line.data + x->line.len, READ_BYTES);
        if (n > 0) {
            x->line.len += (size_t)n;
            hand_out(x, is_error, line, arg);
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
            close_fd(&x->fd);
        } else {
            return;
        }
    }
}

void process_look(struct process *p, const struct pollfd *fds, process_line *line, void *arg) {
    if (fds[0].revents != 0) {
        write_some(p);
    }
    if (fds[1].revents != 0) {
        read_lines(&p->out, false, READS_AT_ONCE, line, arg);
    }
    if (fds[2].revents != 0) {
        read_lines(&p->err, true, READS_AT_ONCE, line, arg);
    }
}

bool process_write(struct process *p, const char *line, size_t len) {
    struct err ignored = ERR_INIT;
    if (p->in < 0 || p->hang_up || p->waiting.len + len + 1 > IN_MAX_BYTES) {
        return false;
    }
    return buf_put(&p->waiting, line, len, &ignored) && buf_put(&p->waiting, "\n", 1, &ignored);
}

void process_hang_up(struct process *p) {
    p->hang_up = true;
    write_some(p);
}

void process_kill(struct process *p) {
    if (!p->reaped) { /* its number is still its own */
        kill(-p->pid, SIGKILL);
        kill(p->pid, SIGKILL); /* before it has its group */
    }
}

bool process_is_over(struct process *p, int *status, process_line *line, void *arg) {
    if (!p->reaped && waitpid(p->pid, &p->status, WNOHANG) == p->pid) {
        p->reaped = true;
    }
    if (!p->reaped) {
        return false;
    }
    /* What it said before it ended is in the pipes; nobody adds to that. */
    read_lines(&p->out, false, 1 << 20, line, arg);
    read_lines(&p->err, true, 1 << 20, line, arg);
    if (p->err.line.len > 0 && !p->err.skipping) { /* last words, without an end */
        struct err ignored = ERR_INIT;
        if (buf_terminate(&p->err.line, &ignored)) {
            line(arg, true, (char *)p->err.line.data, p->err.line.len);
        }
        p->err.line.len = 0;
    }
    *status = p->status;
    return true;
}

void process_free(struct process *p) {
    if (p == NULL) {
        return;
    }
    if (!p->reaped) {
        process_kill(p);
        while (waitpid(p->pid, &p->status, 0) < 0 && errno == EINTR) {
        }
    }
    close_fd(&p->in);
    close_fd(&p->out.fd);
    close_fd(&p->err.fd);
    if (p->waiting.len > 0) {
        explicit_bzero(p->waiting.data, p->waiting.len);
    }
    buf_clear(&p->waiting);
    buf_clear(&p->out.line);
    buf_clear(&p->err.line);
    free(p);
}
