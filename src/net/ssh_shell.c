/* A shell on a pseudo-terminal. See ssh.h. */
#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "net/ssh_internal.h"

struct net_ssh_shell {
    struct net_ssh *s;
    ssh_channel ch;
    ssh_event event; /* the session, and wake_fd */
    int wake_fd;     /* -1: none */
    bool woken;
    bool wants_room; /* the last write did not take everything */
};

static bool start(struct net_ssh *s, ssh_channel ch, const char *term, unsigned cols, unsigned rows) {
    return ssh_channel_open_session(ch) == SSH_OK &&
           ssh_channel_request_pty_size(ch, term, (int)cols, (int)rows) == SSH_OK &&
           ssh_channel_request_shell(ch) == SSH_OK && ssh_is_connected(s->session);
}

bool net_ssh_shell_open(struct net_ssh *s, const char *term, unsigned cols, unsigned rows, struct net_ssh_shell **out,
                        struct err *e) {
    struct net_ssh_shell *sh = calloc(1, sizeof *sh);
    *out = NULL;
    if (sh == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a shell");
    }
    ssh_arm(s, s->timeout_ms);
    *sh = (struct net_ssh_shell){.s = s, .ch = ssh_channel_new(s->session), .event = ssh_event_new(), .wake_fd = -1};
    bool ok = sh->ch != NULL && sh->event != NULL && start(s, sh->ch, term, cols, rows) &&
              ssh_event_add_session(sh->event, s->session) == SSH_OK;
    ssh_disarm(s);
    if (!ok) {
        ssh_fail(s, ERR_SSH_REFUSED, "opening a terminal", e);
        ssh_channel_free(sh->ch);
        ssh_event_free(sh->event);
        free(sh);
        return false;
    }
    ssh_set_blocking(s->session, 0);
    *out = sh;
    return true;
}

/* Bytes the peer takes now. libssh holds what the socket does not take, so no more is handed to it while it has something left. */
static size_t room(const struct net_ssh_shell *sh) {
    return ssh_get_poll_flags(sh->s->session) & SSH_WRITE_PENDING ? 0 : ssh_channel_window_size(sh->ch);
}

static int on_wake(socket_t fd, int revents, void *arg) {
    struct net_ssh_shell *sh = arg;
    (void)fd, (void)revents;
    sh->woken = true;
    return 0;
}

static void set_wake(struct net_ssh_shell *sh, int wake_fd) {
    if (sh->wake_fd == wake_fd) {
        return;
    }
    if (sh->wake_fd >= 0) {
        (void)ssh_event_remove_fd(sh->event, sh->wake_fd);
    }
    sh->wake_fd = wake_fd >= 0 && ssh_event_add_fd(sh->event, wake_fd, POLLIN, on_wake, sh) == SSH_OK ? wake_fd : -1;
}

/* A terminal has one output; what a peer sends as another one must not pile up. */
static void drop_errors(ssh_channel ch) {
    char piece[1024];
    while (ssh_channel_read_nonblocking(ch, piece, sizeof piece, 1) > 0) {
    }
}

static unsigned look(struct net_ssh_shell *sh, bool want_output) {
    unsigned seen = sh->woken ? NET_SSH_WAKE : 0;
    sh->woken = false;
    drop_errors(sh->ch);
    if (!ssh_is_connected(sh->s->session) || (want_output && ssh_channel_poll(sh->ch, 0) != 0)) {
        seen |= NET_SSH_OUTPUT;
    }
    if (sh->wants_room && room(sh) > 0) {
        sh->wants_room = false;
        seen |= NET_SSH_ROOM;
    }
    return seen;
}

unsigned net_ssh_shell_wait(struct net_ssh_shell *sh, bool want_output, int wake_fd, int64_t timeout_ms) {
    int64_t until_us = clock_mono_us() + timeout_ms * 1000, left_ms = 0;
    set_wake(sh, wake_fd);
    for (;;) {
        (void)ssh_event_dopoll(sh->event, (int)left_ms); /* the first time it just looks */
        unsigned seen = look(sh, want_output);
        if (seen != 0) {
            return seen;
        }
        left_ms = timeout_ms < 0 ? -1 : (until_us - clock_mono_us() + 999) / 1000;
        if (timeout_ms >= 0 && left_ms <= 0) {
            return NET_SSH_TIMEOUT;
        }
        left_ms = left_ms > INT32_MAX ? INT32_MAX : left_ms;
    }
}

bool net_ssh_shell_read(struct net_ssh_shell *sh, void *to, size_t cap, size_t *got, bool *ended, struct err *e) {
    *got = 0;
    *ended = false;
    int n = ssh_channel_read_nonblocking(sh->ch, to, (uint32_t)(cap < 1 << 20 ? cap : 1 << 20), 0);
    if (n == SSH_EOF || (n == 0 && ssh_channel_is_eof(sh->ch))) {
        *ended = true;
        return true;
    }
    if (n < 0 || (n == 0 && !ssh_is_connected(sh->s->session))) {
        return ssh_fail(sh->s, ERR_SSH_LOST, "the terminal", e);
    }
    *got = (size_t)n;
    return true;
}

bool net_ssh_shell_write(struct net_ssh_shell *sh, const void *from, size_t n, size_t *put, struct err *e) {
    size_t most = room(sh);
    *put = 0;
    if (most > 0 && n > 0) {
        int rc = ssh_channel_write(sh->ch, from, (uint32_t)(n < most ? n : most));
        if (rc < 0) {
            return ssh_fail(sh->s, ERR_SSH_LOST, "the terminal", e);
        }
        *put = (size_t)rc;
    }
    sh->wants_room = *put < n;
    return true;
}

/* No answer is asked for, so nothing waits. */
bool net_ssh_shell_resize(struct net_ssh_shell *sh, unsigned cols, unsigned rows, struct err *e) {
    return ssh_channel_change_pty_size(sh->ch, (int)cols, (int)rows) == SSH_OK ||
           ssh_fail(sh->s, ERR_SSH_LOST, "the terminal", e);
}

int net_ssh_shell_status(struct net_ssh_shell *sh) {
    ssh_arm(sh->s, sh->s->timeout_ms);
    ssh_set_blocking(sh->s->session, 1); /* it comes behind the end of the output */
    int status = ssh_channel_get_exit_status(sh->ch);
    ssh_set_blocking(sh->s->session, 0);
    ssh_disarm(sh->s);
    return status;
}

void net_ssh_shell_close(struct net_ssh_shell *sh) {
    if (sh == NULL) {
        return;
    }
    ssh_arm(sh->s, sh->s->timeout_ms);
    set_wake(sh, -1);
    (void)ssh_event_remove_session(sh->event, sh->s->session);
    (void)ssh_channel_close(sh->ch);
    ssh_channel_free(sh->ch);
    ssh_event_free(sh->event);
    ssh_set_blocking(sh->s->session, 1);
    ssh_disarm(sh->s);
    free(sh);
}
