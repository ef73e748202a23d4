/* A login shell on another machine, over SSH. See terminal.h. */
#include <stdlib.h>

#include "net/ssh.h"
#include "server/terminal.h"

struct remote {
    struct terminal terminal;
    struct net_ssh *ssh;
    struct net_ssh_shell *shell;
};

static bool remote_wait(struct terminal *t, bool reads, bool writes, int wake_fd, int64_t timeout_ms) {
    (void)writes; /* what a write did not take is remembered there */
    unsigned seen = net_ssh_shell_wait(((struct remote *)t)->shell, reads, wake_fd, timeout_ms);
    return reads || (seen & NET_SSH_OUTPUT) != 0;
}

static bool remote_read(struct terminal *t, void *out, size_t size, size_t *n, bool *over, struct err *e) {
    return net_ssh_shell_read(((struct remote *)t)->shell, out, size, n, over, e);
}

static bool remote_write(struct terminal *t, const void *bytes, size_t len, size_t *n, struct err *e) {
    return net_ssh_shell_write(((struct remote *)t)->shell, bytes, len, n, e);
}

static bool remote_resize(struct terminal *t, struct terminal_size size, struct err *e) {
    return net_ssh_shell_resize(((struct remote *)t)->shell, size.cols, size.rows, e);
}

static int remote_exit_code(struct terminal *t) {
    return net_ssh_shell_status(((struct remote *)t)->shell);
}

static void remote_free(struct terminal *t) {
    struct remote *r = (struct remote *)t;
    net_ssh_shell_close(r->shell);
    net_ssh_close(r->ssh);
    free(r);
}

bool terminal_ssh(struct terminal **out, struct net_ssh *ssh, struct terminal_size size, struct err *e) {
    static const struct terminal_kind kind = {.wait = remote_wait,
                                              .read = remote_read,
                                              .write = remote_write,
                                              .resize = remote_resize,
                                              .exit_code = remote_exit_code,
                                              .free = remote_free};
    struct remote *r = calloc(1, sizeof *r);
    *out = NULL;
    if (r == NULL) {
        net_ssh_close(ssh);
        return err_set(e, ERR_MEMORY, "no memory for a terminal");
    }
    *r = (struct remote){.terminal.kind = &kind, .ssh = ssh};
    if (!net_ssh_shell_open(ssh, TERMINAL_KIND, size.cols, size.rows, &r->shell, e)) {
        remote_free(&r->terminal);
        return false;
    }
    *out = &r->terminal;
    return true;
}
