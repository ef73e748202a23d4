/* SSH from the client's side: commands, files and a terminal on another machine. libssh underneath.
 *
 * Everything comes from the caller: no ~/.ssh/config, known_hosts, keys, agent or environment is looked at. A session is
 *
 *     net_ssh_open     connects, agrees on keys; the host key is known from here on, and compared when one is pinned
 *     net_ssh_login    by password or private key
 *     net_ssh_run, net_ssh_upload, net_ssh_shell_open ..   any number, one at a time
 *     net_ssh_close
 *
 * Thread: a session and what was opened on it belong to one thread at a time, except net_ssh_abort. Sessions know nothing of each other.
 * Every call ends within its limit, whatever the peer does: a thread of the session's own cuts the connection when it is over.
 *
 * Errors: ERR_SSH_CONNECT (no connection, or no SSH there), ERR_SSH_HOST_KEY (another key than the pinned one), ERR_SSH_LOGIN (refused),
 * ERR_SSH_KEY (a private key that cannot be used), ERR_SSH_REFUSED (no command, no terminal, no SFTP for this user), ERR_SSH_FILE (a file
 * cannot be written), ERR_SSH_FULL (no space), ERR_SSH_LOST (the connection broke, was aborted, or a limit passed: nothing works on
 * the session any more). Messages name host and port, never a password or key. */
#ifndef NET_SSH_H
#define NET_SSH_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct net_ssh;

/* ---- sessions ---- */

enum { NET_SSH_TYPE_MAX = 32, NET_SSH_FINGERPRINT_MAX = 64, NET_SSH_BASE64_MAX = 4096, NET_SSH_KEY_MAX = 32768 };

struct net_ssh_host_key {
    char type[NET_SSH_TYPE_MAX];               /* "ssh-ed25519" */
    char fingerprint[NET_SSH_FINGERPRINT_MAX]; /* "SHA256:kz1..", as ssh-keygen -l prints it */
    char base64[NET_SSH_BASE64_MAX];           /* the whole key: type and base64 are a line of known_hosts */
};

/* Connect within timeout_ms, which stays the limit of login and of each single answer waited for. pinned: the key the host must have,
 * "ssh-ed25519 AAAA.."; NULL: any (look at it with net_ssh_host_key, and do not log in before somebody has confirmed it).
 * The caller closes. */
bool net_ssh_open(struct net_ssh **out, const char *host, uint16_t port, const char *pinned, int64_t timeout_ms,
                  struct err *e) WARN_UNUSED;
const struct net_ssh_host_key *net_ssh_host_key(const struct net_ssh *s); /* lives as long as s */

/* Does a fingerprint or a "type base64" line mean this key? */
bool net_ssh_host_key_is(const struct net_ssh_host_key *key, const char *text);

/* The fingerprint of a "type base64" line; "(unreadable)" for what is none. Without a connection. */
void net_ssh_fingerprint(const char *line, char out[NET_SSH_FINGERPRINT_MAX]);

struct net_ssh_login {
    const char *user;
    const char *password; /* NULL: none; also given as the answer to what a keyboard-interactive login asks */
    const char
        *private_key; /* PEM or OpenSSH's form, the text of the file; NULL: none. With both, the key is tried first. */
    const char *passphrase; /* of the private key; NULL: it has none */
};
bool net_ssh_login(struct net_ssh *s, const struct net_ssh_login *login, struct err *e) WARN_UNUSED;

/* Is it a private key we can use? Without a connection. ERR_SSH_KEY: it is not, or the passphrase is missing or wrong. */
bool net_ssh_key_check(const char *private_key, const char *passphrase, struct err *e) WARN_UNUSED;

void net_ssh_abort(struct net_ssh *s); /* any thread: what waits fails with ERR_SSH_LOST */
void net_ssh_close(struct net_ssh *s); /* NULL is fine */

/* ---- commands ---- */

struct net_ssh_result {
    int status;          /* as the command left it; -1: it was ended by a signal */
    struct buf out, err; /* what it printed, a NUL behind it; the caller clears both, also after a failure */
    bool cut;            /* it printed more than max_bytes to one of them; the rest was dropped */
};

/* Run a command line by the user's shell there, with `input` (NULL: nothing) as its standard input. true whatever its status is.
 * The command ends (of its connection) after timeout_ms; max_bytes: at most that much is kept of each output. */
bool net_ssh_run(struct net_ssh *s, const char *command, const char *input, int64_t timeout_ms, size_t max_bytes,
                 struct net_ssh_result *out, struct err *e) WARN_UNUSED;

/* ---- files (SFTP) ---- */

struct net_ssh_source {
    int fd;            /* a file, read from its start with pread; or -1: */
    const void *bytes; /* size bytes of memory */
    uint64_t size;
};

/* Called after each piece, on the caller's thread. false: stop (ERR_CANCELLED). */
typedef bool net_ssh_progress(void *arg, uint64_t done, uint64_t size);

/* Write a new file with exactly this mode. A file that is there already is refused (ERR_SSH_FILE). What a failure leaves half written is removed
 * as far as the connection allows. progress may be NULL. A piece that takes longer than the session's limit ends the session. */
bool net_ssh_upload(struct net_ssh *s, const struct net_ssh_source *from, const char *path, unsigned mode,
                    net_ssh_progress *progress, void *arg, struct err *e) WARN_UNUSED;

/* ---- a terminal ---- */

struct net_ssh_shell;

/* The user's login shell on a pseudo-terminal: term as in $TERM ("xterm-256color"). While a shell is open the session is its alone:
 * no other call may be made on it except net_ssh_abort. Close the shell before the session. */
bool net_ssh_shell_open(struct net_ssh *s, const char *term, unsigned cols, unsigned rows, struct net_ssh_shell **out,
                        struct err *e) WARN_UNUSED;

/* What net_ssh_shell_wait saw; bits. */
enum net_ssh_event {
    NET_SSH_OUTPUT = 1,  /* something can be read, or the end */
    NET_SSH_WAKE = 2,    /* wake_fd is readable */
    NET_SSH_TIMEOUT = 4, /* timeout_ms passed, and none of the above */
    NET_SSH_ROOM = 8,    /* after a write that did not take everything: it may take more now */
};

/* Sleep until the shell has output (only with want_output) or has ended, has room again, or until wake_fd (an eventfd or pipe with which
 * other threads say that there is input; -1: none) is readable, at most timeout_ms (-1: for ever, 0: just look). What was written goes out
 * meanwhile, so keep on calling it. Never 0. A broken connection shows as NET_SSH_OUTPUT, wanted or not, and the read that follows
 * tells. Without want_output (the one who reads is slow) what comes is left where it is; then the peer waits. */
unsigned net_ssh_shell_wait(struct net_ssh_shell *sh, bool want_output, int wake_fd, int64_t timeout_ms);

/* Read what is there, at most cap bytes, without waiting. *got = 0: nothing now, or, when *ended, nothing any more: the shell is over.
 * What is not read is held, 2 MiB at most; then the shell over there waits. */
bool net_ssh_shell_read(struct net_ssh_shell *sh, void *to, size_t cap, size_t *got, bool *ended,
                        struct err *e) WARN_UNUSED;

/* Write as much as goes without waiting; *put may be less than n, or 0: the caller keeps the rest, and goes on after NET_SSH_ROOM. */
bool net_ssh_shell_write(struct net_ssh_shell *sh, const void *from, size_t n, size_t *put, struct err *e) WARN_UNUSED;

/* The window changed its size. */
bool net_ssh_shell_resize(struct net_ssh_shell *sh, unsigned cols, unsigned rows, struct err *e) WARN_UNUSED;

/* After the end: what the shell left; -1: a signal, or it is not known. */
int net_ssh_shell_status(struct net_ssh_shell *sh);

/* Ends the shell (it gets a hang-up) and gives the session back. NULL is fine. */
void net_ssh_shell_close(struct net_ssh_shell *sh);

#endif
