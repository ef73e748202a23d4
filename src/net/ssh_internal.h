/* What ssh.c, ssh_files.c and ssh_shell.c share. Nobody outside src/net includes this. */
#ifndef NET_SSH_INTERNAL_H
#define NET_SSH_INTERNAL_H

#include <libssh/libssh.h>
#include <libssh/sftp.h>
#include <pthread.h>

#include "net/ssh.h"

struct net_ssh {
    ssh_session session;
    sftp_session sftp; /* NULL until the first file */
    struct net_ssh_host_key host_key;
    char place[300]; /* "host port N": where, in errors */
    int64_t timeout_ms;
    int fd;     /* of the connection: libssh closes it when it breaks, and else leaves it to us */
    int cut_fd; /* a second descriptor of the connection: shutting it down is safe whatever libssh did with its own */

    pthread_t watch;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t deadline_us; /* of the monotonic clock, 0: none; under lock, as what follows */
    bool over;           /* the limit passed: the connection was cut */
    bool aborted, closing;
};

/* Cut the connection unless ssh_disarm comes first. Arming again moves the limit. */
void ssh_arm(struct net_ssh *s, int64_t ms);
void ssh_disarm(struct net_ssh *s);

/* The error for what libssh could not do: ERR_SSH_LOST when the connection is gone, `code` else; doing: "copying the file". Returns
 * false always. */
bool ssh_fail(struct net_ssh *s, enum err_code code, const char *doing, struct err *e);

#endif
