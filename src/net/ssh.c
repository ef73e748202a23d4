/* Sessions and commands. See ssh.h; files are in ssh_files.c, terminals in ssh_shell.c.
 *
 * The socket is ours (net/stream.h: addresses, time-outs), libssh speaks on it. libssh's own limits do not cover every wait, so a
 * thread for each session cuts the connection when the limit of the call under way has passed. */
#include "net/ssh.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "net/ssh_internal.h"
#include "net/stream.h"

enum { LIBSSH_TIMEOUT_S = 3600, ROUNDS_MAX = 8, PROMPTS_MAX = 8, INPUT_PIECE = 32768 };

static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static int library_state;

static void library_init(void) {
    library_state = ssh_init();
}

/* ---- limits ---- */

static void cut(struct net_ssh *s) {
    (void)shutdown(s->cut_fd, SHUT_RDWR);
}

static void *watch_main(void *arg) {
    struct net_ssh *s = arg;
    pthread_mutex_lock(&s->lock);
    while (!s->closing) {
        if (s->deadline_us == 0) {
            pthread_cond_wait(&s->changed, &s->lock);
        } else if (clock_mono_us() >= s->deadline_us) {
            s->over = true;
            s->deadline_us = 0;
            cut(s);
        } else {
            struct timespec until = {.tv_sec = s->deadline_us / 1000000, .tv_nsec = s->deadline_us % 1000000 * 1000};
            pthread_cond_timedwait(&s->changed, &s->lock, &until);
        }
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void set_deadline(struct net_ssh *s, int64_t deadline_us) {
    pthread_mutex_lock(&s->lock);
    s->deadline_us = deadline_us;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void ssh_arm(struct net_ssh *s, int64_t ms) {
    set_deadline(s, clock_mono_us() + ms * 1000);
}

void ssh_disarm(struct net_ssh *s) {
    set_deadline(s, 0);
}

void net_ssh_abort(struct net_ssh *s) {
    pthread_mutex_lock(&s->lock);
    s->aborted = true;
    cut(s);
    pthread_mutex_unlock(&s->lock);
}

bool ssh_fail(struct net_ssh *s, enum err_code code, const char *doing, struct err *e) {
    pthread_mutex_lock(&s->lock);
    bool over = s->over, aborted = s->aborted;
    pthread_mutex_unlock(&s->lock);
    if (over || aborted) {
        err_set(e, code == ERR_SSH_CONNECT ? code : ERR_SSH_LOST, "%s on %s failed", doing, s->place);
        return aborted ? err_cause(e, "the connection was aborted on request")
                       : err_cause(e, "it took too long, and the connection was cut");
    }
    err_set(e, ssh_is_connected(s->session) || code == ERR_SSH_CONNECT ? code : ERR_SSH_LOST, "%s on %s failed", doing,
            s->place);
    const char *why = ssh_get_error(s->session);
    return err_cause(e, "%s", why != NULL && why[0] != '\0' ? why : "the other side gave no reason");
}

/* ---- opening ---- */

/* The kind of key that is pinned is asked for first, so that a host with several shows that one; the others stay, so that another key is
 * seen as such and not as a failure to agree. */
static bool set_kinds(ssh_session session, const char *pinned) {
    static const char *const kinds[][2] = {{"ssh-ed25519", "ssh-ed25519"},
                                           {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"},
                                           {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"},
                                           {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"},
                                           {"ssh-rsa", "rsa-sha2-512,rsa-sha2-256"}};
    char list[256] = "";
    size_t n = sizeof kinds / sizeof kinds[0], len = pinned != NULL ? strcspn(pinned, " ") : 0;
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < n; i++) {
            bool first = len == strlen(kinds[i][0]) && memcmp(kinds[i][0], pinned, len) == 0;
            if (first == (turn == 0)) {
                size_t at = strlen(list);
                snprintf(list + at, sizeof list - at, "%s%s", at > 0 ? "," : "", kinds[i][1]);
            }
        }
    }
    return ssh_options_set(session, SSH_OPTIONS_HOSTKEYS, list) == 0;
}

/* A user is not known yet, but libssh would ask the system for one's name and home. */
static bool set_options(ssh_session session, const char *host, int fd, const char *pinned) {
    bool no = false;
    int nodelay = 1, quiet = SSH_LOG_NOLOG;
    long timeout_s = LIBSSH_TIMEOUT_S;
    return ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no) == 0 &&
           ssh_options_set(session, SSH_OPTIONS_SSH_DIR, "/dev/null") == 0 &&
           ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null") == 0 &&
           ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") == 0 &&
           ssh_options_set(session, SSH_OPTIONS_USER, "godwit") == 0 &&
           ssh_options_set(session, SSH_OPTIONS_LOG_VERBOSITY, &quiet) == 0 &&
           ssh_options_set(session, SSH_OPTIONS_NODELAY, &nodelay) == 0 &&
           ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &timeout_s) == 0 && set_kinds(session, pinned) &&
           ssh_options_set(session, SSH_OPTIONS_HOST, host) == 0 && ssh_options_set(session, SSH_OPTIONS_FD, &fd) == 0;
}

static bool read_host_key(struct net_ssh *s, struct err *e) {
    ssh_key key = NULL;
    unsigned char *hash = NULL;
    size_t len = 0;
    char *base64 = NULL, *fingerprint = NULL;
    bool ok = ssh_get_server_publickey(s->session, &key) == SSH_OK &&
              ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &len) == 0 &&
              ssh_pki_export_pubkey_base64(key, &base64) == SSH_OK &&
              (fingerprint = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, len)) != NULL &&
              strlen(base64) < NET_SSH_BASE64_MAX;
    if (ok) {
        const char *curve = ssh_pki_key_ecdsa_name(key);
        const char *type = ssh_key_type_to_char(ssh_key_type(key));
        bool ecdsa = type != NULL && str_starts(type, "ecdsa") && curve != NULL;
        snprintf(s->host_key.type, NET_SSH_TYPE_MAX, "%s", ecdsa ? curve : type != NULL ? type : "unknown");
        snprintf(s->host_key.fingerprint, NET_SSH_FINGERPRINT_MAX, "%s", fingerprint);
        snprintf(s->host_key.base64, NET_SSH_BASE64_MAX, "%s", base64);
    }
    ssh_string_free_char(fingerprint);
    ssh_string_free_char(base64);
    ssh_clean_pubkey_hash(&hash);
    ssh_key_free(key);
    return ok || ssh_fail(s, ERR_SSH_CONNECT, "reading the host key", e);
}

const struct net_ssh_host_key *net_ssh_host_key(const struct net_ssh *s) {
    return &s->host_key;
}

bool net_ssh_host_key_is(const struct net_ssh_host_key *key, const char *text) {
    if (str_starts(text, "SHA256:")) {
        return str_eq(text, key->fingerprint);
    }
    const char *space = strchr(text, ' ');
    const char *base64 = space != NULL ? space + 1 : text;
    size_t len = strcspn(base64, " \n"); /* a comment may follow */
    return len > 0 && len == strlen(key->base64) && memcmp(base64, key->base64, len) == 0;
}

void net_ssh_fingerprint(const char *line, char out[NET_SSH_FINGERPRINT_MAX]) {
    char base64[NET_SSH_BASE64_MAX], type[NET_SSH_TYPE_MAX];
    ssh_key key = NULL;
    unsigned char *hash = NULL;
    size_t len = 0;
    pthread_once(&library_once, library_init);
    snprintf(out, NET_SSH_FINGERPRINT_MAX, "%s", str_starts(line, "SHA256:") ? line : "(unreadable)");
    if (sscanf(line, "%31s %4095s", type, base64) == 2 &&
        ssh_pki_import_pubkey_base64(base64, ssh_key_type_from_name(type), &key) == SSH_OK &&
        ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &len) == 0) {
        char *text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, len);
        snprintf(out, NET_SSH_FINGERPRINT_MAX, "%s", text != NULL ? text : "(unreadable)");
        ssh_string_free_char(text);
    }
    ssh_clean_pubkey_hash(&hash);
    ssh_key_free(key);
}

static bool check_host_key(struct net_ssh *s, const char *pinned, struct err *e) {
    char known[NET_SSH_FINGERPRINT_MAX];
    if (pinned == NULL || net_ssh_host_key_is(&s->host_key, pinned)) {
        return true;
    }
    net_ssh_fingerprint(pinned, known);
    err_set(e, ERR_SSH_HOST_KEY, "the host key of %s is not the one that was confirmed", s->place);
    return err_cause(e, "confirmed: %s; now: %s %s", known, s->host_key.type, s->host_key.fingerprint);
}

static bool shake_hands(struct net_ssh *s, const char *host, const char *pinned, int64_t until_us, struct err *e) {
    s->session = ssh_new();
    if (s->session == NULL || !set_options(s->session, host, s->fd, pinned)) {
        return err_set(e, ERR_MEMORY, "libssh cannot be set up");
    }
    set_deadline(s, until_us);
    bool ok = ssh_connect(s->session) == SSH_OK || ssh_fail(s, ERR_SSH_CONNECT, "agreeing on keys", e);
    ok = ok && read_host_key(s, e);
    ssh_disarm(s);
    return ok && check_host_key(s, pinned, e);
}

/* A number may be another file's by now, but not this socket's. */
static bool is_same_socket(int a, int b) {
    struct stat x, y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void session_free(struct net_ssh *s) {
    if (is_same_socket(s->fd, s->cut_fd)) {
        close(s->fd);
    }
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    close(s->cut_fd);
    free(s);
}

/* Takes fd, also on failure. NULL: no memory, no thread. */
static struct net_ssh *session_new(int fd) {
    struct net_ssh *s = calloc(1, sizeof *s);
    pthread_condattr_t attr;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (s == NULL || copy < 0) {
        close(fd);
        if (copy >= 0) {
            close(copy);
        }
        free(s);
        return NULL;
    }
    s->fd = fd;
    s->cut_fd = copy;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->changed, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&s->watch, NULL, watch_main, s) == 0) {
        return s;
    }
    session_free(s);
    return NULL;
}

bool net_ssh_open(struct net_ssh **out, const char *host, uint16_t port, const char *pinned, int64_t timeout_ms,
                  struct err *e) {
    struct net_stream *stream;
    int64_t until_us = clock_mono_us() + timeout_ms * 1000;
    *out = NULL;
    pthread_once(&library_once, library_init);
    if (library_state != SSH_OK) {
        return err_set(e, ERR_INTERNAL, "libssh cannot be initialised");
    }
    if (!net_connect(&stream, host, port, timeout_ms, e)) {
        char cause[sizeof e->cause];
        snprintf(cause, sizeof cause, "%s", e->cause[0] != '\0' ? e->cause : e->message);
        err_set(e, ERR_SSH_CONNECT, "%s port %u cannot be reached", host, (unsigned)port);
        return err_cause(e, "%s", cause);
    }
    struct net_ssh *s = session_new(net_detach(stream));
    if (s == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a session");
    }
    s->timeout_ms = timeout_ms;
    snprintf(s->place, sizeof s->place, "%s port %u", host, (unsigned)port);
    if (!shake_hands(s, host, pinned, until_us, e)) {
        net_ssh_close(s);
        return false;
    }
    *out = s;
    return true;
}

void net_ssh_close(struct net_ssh *s) {
    if (s == NULL) {
        return;
    }
    if (s->session != NULL) {
        ssh_arm(s, s->timeout_ms);
        sftp_free(s->sftp);
        ssh_disconnect(s->session);
        ssh_free(s->session);
    }
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->watch, NULL);
    session_free(s);
}

/* ---- login ---- */

struct passphrase {
    const char *text;
    bool asked;
};

/* libssh asks only when a key has one. */
static int give_passphrase(const char *prompt, char *out, size_t len, int echo, int verify, void *arg) {
    struct passphrase *p = arg;
    (void)prompt, (void)echo, (void)verify;
    p->asked = true;
    if (p->text == NULL || strlen(p->text) >= len) {
        return -1;
    }
    snprintf(out, len, "%s", p->text);
    return 0;
}

static bool read_key(const char *text, const char *passphrase, ssh_key *out, struct err *e) {
    struct passphrase p = {.text = passphrase};
    if (strlen(text) > NET_SSH_KEY_MAX) {
        return err_set(e, ERR_SSH_KEY, "the private key is larger than %d bytes", NET_SSH_KEY_MAX);
    }
    if (ssh_pki_import_privkey_base64(text, NULL, give_passphrase, &p, out) == SSH_OK && *out != NULL) {
        return true;
    }
    *out = NULL;
    return !p.asked             ? err_set(e, ERR_SSH_KEY, "the text is not a private key")
           : passphrase == NULL ? err_set(e, ERR_SSH_KEY, "the private key needs its passphrase")
                                : err_set(e, ERR_SSH_KEY, "the passphrase does not open the private key");
}

bool net_ssh_key_check(const char *private_key, const char *passphrase, struct err *e) {
    ssh_key key = NULL;
    pthread_once(&library_once, library_init);
    if (!read_key(private_key, passphrase, &key, e)) {
        return false;
    }
    ssh_key_free(key);
    return true;
}

/* Each prompt that hides its answer is one for the password. */
static int by_questions(ssh_session session, const char *password) {
    int state = ssh_userauth_kbdint(session, NULL, NULL);
    for (int round = 0; state == SSH_AUTH_INFO; round++) {
        int prompts = ssh_userauth_kbdint_getnprompts(session);
        if (round == ROUNDS_MAX || prompts > PROMPTS_MAX) {
            return SSH_AUTH_DENIED;
        }
        for (int i = 0; i < prompts; i++) {
            char echo = 1;
            (void)ssh_userauth_kbdint_getprompt(session, (unsigned)i, &echo);
            if (ssh_userauth_kbdint_setanswer(session, (unsigned)i, echo ? "" : password) < 0) {
                return SSH_AUTH_ERROR;
            }
        }
        state = ssh_userauth_kbdint(session, NULL, NULL);
    }
    return state;
}

static void say_methods(ssh_session session, char *out, size_t size) {
    int methods = ssh_userauth_list(session, NULL);
    snprintf(out, size, "%s%s%s", methods & SSH_AUTH_METHOD_PUBLICKEY ? " public key" : "",
             methods & SSH_AUTH_METHOD_PASSWORD ? " password" : "",
             methods & SSH_AUTH_METHOD_INTERACTIVE ? " keyboard-interactive" : "");
}

static bool refused(struct net_ssh *s, const struct net_ssh_login *login, struct err *e) {
    char methods[64];
    say_methods(s->session, methods, sizeof methods);
    err_set(e, ERR_SSH_LOGIN, "%s refuses the login of %s", s->place, login->user);
    return err_cause(e, "%s was tried; the server takes:%s",
                     login->private_key == NULL ? "a password"
                     : login->password == NULL  ? "a private key"
                                                : "a private key and a password",
                     methods[0] != '\0' ? methods : " nothing");
}

static int try_login(struct net_ssh *s, const struct net_ssh_login *login, ssh_key key) {
    int state = ssh_userauth_none(s->session, NULL); /* tells what the server takes */
    int methods = ssh_userauth_list(s->session, NULL);
    if (key != NULL && (state == SSH_AUTH_DENIED || state == SSH_AUTH_PARTIAL) && methods & SSH_AUTH_METHOD_PUBLICKEY) {
        state = ssh_userauth_publickey(s->session, NULL, key);
        methods = ssh_userauth_list(s->session, NULL);
    }
    if (login->password != NULL && (state == SSH_AUTH_DENIED || state == SSH_AUTH_PARTIAL) &&
        methods & SSH_AUTH_METHOD_PASSWORD) {
        state = ssh_userauth_password(s->session, NULL, login->password);
        methods = ssh_userauth_list(s->session, NULL);
    }
    if (login->password != NULL && (state == SSH_AUTH_DENIED || state == SSH_AUTH_PARTIAL) &&
        methods & SSH_AUTH_METHOD_INTERACTIVE) {
        state = by_questions(s->session, login->password);
    }
    return state;
}

bool net_ssh_login(struct net_ssh *s, const struct net_ssh_login *login, struct err *e) {
    ssh_key key = NULL;
    if (login->private_key != NULL && !read_key(login->private_key, login->passphrase, &key, e)) {
        return false;
    }
    if (ssh_options_set(s->session, SSH_OPTIONS_USER, login->user) != 0) {
        ssh_key_free(key);
        return err_set(e, ERR_SSH_LOGIN, "the user's name cannot be used");
    }
    ssh_arm(s, s->timeout_ms);
    int state = try_login(s, login, key);
    ssh_disarm(s);
    ssh_key_free(key);
    if (state == SSH_AUTH_SUCCESS) {
        return true;
    }
    return state == SSH_AUTH_DENIED || state == SSH_AUTH_PARTIAL ? refused(s, login, e)
                                                                 : ssh_fail(s, ERR_SSH_LOGIN, "the login", e);
}

/* ---- commands ---- */

/* Keep what fits. */
static bool keep(struct buf *b, const char *from, size_t n, bool *cut_short, struct err *e) {
    size_t room = b->max_bytes - 1 - b->len; /* a NUL goes behind */
    *cut_short = *cut_short || n > room;
    return buf_put(b, from, n < room ? n : room, e);
}

/* Take what is there of one of the outputs. *ended: there will be no more. */
static bool drain(struct net_ssh *s, ssh_channel ch, bool is_err, struct net_ssh_result *out, bool *ended,
                  struct err *e) {
    char piece[16384];
    int n;
    while ((n = ssh_channel_read_nonblocking(ch, piece, sizeof piece, is_err)) > 0) {
        if (!keep(is_err ? &out->err : &out->out, piece, (size_t)n, &out->cut, e)) {
            return false;
        }
    }
    *ended = n == SSH_EOF || ssh_channel_is_eof(ch);
    return *ended || (n == 0 && ssh_is_connected(s->session)) || ssh_fail(s, ERR_SSH_LOST, "a command", e);
}

/* Sleep until something comes, or what is to go can go; the watch ends it when it takes too long. */
static void sleep_on(ssh_session session) {
    struct pollfd p = {.fd = ssh_get_fd(session), .events = POLLIN};
    if (ssh_get_poll_flags(session) & SSH_WRITE_PENDING) {
        p.events |= POLLOUT;
    }
    (void)poll(&p, 1, 1000);
}

/* Write and read at the same time, so that neither side waits for the other. */
static bool converse(struct net_ssh *s, ssh_channel ch, const char *input, struct net_ssh_result *out, struct err *e) {
    size_t left = input != NULL ? strlen(input) : 0;
    bool open_in = true;
    for (;;) {
        bool out_ended, err_ended;
        if (left > 0) {
            int n = ssh_channel_write(ch, input, (uint32_t)(left < INPUT_PIECE ? left : INPUT_PIECE));
            left = n < 0 ? 0 : left - (size_t)n; /* a command that closed its input tells why by what it prints */
            input += n < 0 ? 0 : n;
        }
        if (left == 0 && open_in) {
            open_in = false;
            (void)ssh_channel_send_eof(ch);
        }
        if (!drain(s, ch, false, out, &out_ended, e) || !drain(s, ch, true, out, &err_ended, e)) {
            return false;
        }
        if (out_ended && err_ended) {
            return true;
        }
        sleep_on(s->session);
    }
}

/* The status comes behind the end of the outputs. */
static bool wait_status(struct net_ssh *s, ssh_channel ch, int *status, struct err *e) {
    *status = ssh_channel_get_exit_status(ch);
    return *status >= 0 || ssh_is_connected(s->session) || ssh_fail(s, ERR_SSH_LOST, "a command", e);
}

bool net_ssh_run(struct net_ssh *s, const char *command, const char *input, int64_t timeout_ms, size_t max_bytes,
                 struct net_ssh_result *out, struct err *e) {
    *out = (struct net_ssh_result){.status = -1};
    buf_init(&out->out, max_bytes + 1);
    buf_init(&out->err, max_bytes + 1);
    ssh_arm(s, timeout_ms);
    ssh_channel ch = ssh_channel_new(s->session);
    bool ok = ch != NULL && ssh_channel_open_session(ch) == SSH_OK && ssh_channel_request_exec(ch, command) == SSH_OK;
    if (!ok) {
        ssh_fail(s, ERR_SSH_REFUSED, "starting a command", e);
    } else {
        ssh_set_blocking(s->session, 0);
        ok = converse(s, ch, input, out, e) && buf_terminate(&out->out, e) && buf_terminate(&out->err, e);
        ssh_set_blocking(s->session, 1);
        ok = ok && wait_status(s, ch, &out->status, e);
    }
    ssh_channel_free(ch);
    ssh_disarm(s);
    return ok;
}
