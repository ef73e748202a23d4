/* Passwords. See password.h. */
#include "cli/password.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/str.h"
#include "engine/text_width.h"

enum { PASSWORD_BYTES_MAX = 4096 };

/* The first line of what a descriptor gives, without its end. */
static bool first_line(int fd, const char *path, char line[PASSWORD_BYTES_MAX + 2], struct err *e) {
    size_t len = 0;
    while (len < PASSWORD_BYTES_MAX + 1) {
        ssize_t got = read(fd, line + len, PASSWORD_BYTES_MAX + 1 - len);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return err_errno(e, ERR_FILE, "cannot read the password file %s", path);
        }
        if (got == 0) {
            break;
        }
        len += (size_t)got;
    }
    char *end = memchr(line, '\n', len);
    size_t n = end != NULL ? (size_t)(end - line) : len;
    if (n > 0 && line[n - 1] == '\r') {
        n--;
    }
    if (n > PASSWORD_BYTES_MAX || memchr(line, '\0', n) != NULL) {
        return err_set(e, ERR_PASSWORD, "the first line of %s is no password: it %s", path,
                       n > PASSWORD_BYTES_MAX ? "is longer than 4096 bytes" : "holds a NUL byte");
    }
    line[n] = '\0';
    return true;
}

static bool from_file(struct arena *a, const char *path, FILE *warn, const char **out, struct err *e) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return err_errno(e, ERR_FILE, "cannot read the password file %s", path);
    }
    struct stat st;
    char line[PASSWORD_BYTES_MAX + 2];
    bool ok = fstat(fd, &st) == 0 || err_errno(e, ERR_FILE, "cannot look at the password file %s", path);
    if (ok && S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
        fprintf(warn, "warning: others can %s the password file %s (mode %04o); chmod 600 it\n",
                (st.st_mode & (S_IROTH | S_IXOTH)) != 0 ? "read" : "write", path, (unsigned)st.st_mode & 07777);
    }
    ok = ok && first_line(fd, path, line, e);
    close(fd);
    if (ok && line[0] == '\0') {
        ok = err_set(e, ERR_PASSWORD, "the password file %s has an empty first line", path);
    }
    if (ok) {
        *out = arena_strdup(a, line);
    }
    explicit_bzero(line, sizeof line);
    return ok;
}

/* ---- the terminal ---- */

/* Read a line, looking at *stop ten times a second: the signal itself is taken by another thread. */
static bool read_line(int tty, char line[PASSWORD_BYTES_MAX + 2], atomic_bool *stop, struct err *e) {
    size_t len = 0;
    for (;;) {
        struct pollfd p = {.fd = tty, .events = POLLIN};
        int n = poll(&p, 1, 100);
        if (atomic_load(stop)) {
            return err_set(e, ERR_CANCELLED, "stopped while waiting for a password");
        }
        if (n == 0 || (n < 0 && errno == EINTR)) {
            continue;
        }
        char c;
        ssize_t got = n < 0 ? -1 : read(tty, &c, 1);
        if (got < 0) {
            return err_errno(e, ERR_PASSWORD, "cannot read a password from the terminal");
        }
        if (got == 0 || c == '\n' || c == '\r') {
            line[len] = '\0';
            return true;
        }
        if (len == PASSWORD_BYTES_MAX) {
            return err_set(e, ERR_PASSWORD, "the password is longer than %d bytes", (int)PASSWORD_BYTES_MAX);
        }
        line[len++] = c;
    }
}

static bool from_terminal(struct arena *a, const char *prompt, bool silently, atomic_bool *stop, const char **out,
                          struct err *e) {
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    /* A background job would be stopped by SIGTTOU or SIGTTIN here, for ever: nobody is there to ask. */
    if (tty < 0 || tcgetpgrp(tty) != getpgrp()) {
        if (tty >= 0) {
            close(tty);
        }
        return true;
    }
    struct termios was, silent;
    char line[PASSWORD_BYTES_MAX + 2] = "";
    bool ok = tcgetattr(tty, &was) == 0 || err_errno(e, ERR_PASSWORD, "the terminal cannot be asked");
    if (ok) {
        silent = was;
        silent.c_lflag &= silently ? ~(tcflag_t)ECHO : ~(tcflag_t)0;
        ok = tcsetattr(tty, TCSAFLUSH, &silent) == 0 || err_errno(e, ERR_PASSWORD, "the terminal cannot be silenced");
    }
    if (ok) {
        ok = dprintf(tty, "%s", prompt) > 0 || err_errno(e, ERR_PASSWORD, "cannot write to the terminal");
        ok = ok && read_line(tty, line, stop, e);
        tcsetattr(tty, TCSAFLUSH, &was);
        dprintf(tty, "%s", silently ? "\n" : "");
    }
    close(tty);
    if (ok && line[0] != '\0') {
        *out = arena_strdup(a, line);
    }
    explicit_bzero(line, sizeof line);
    return ok;
}

bool password_ask(struct arena *a, const char *prompt, atomic_bool *stop, const char **out, struct err *e) {
    *out = NULL;
    return from_terminal(a, text_fit(a, prompt, 200), true, stop, out, e);
}

bool terminal_ask(struct arena *a, const char *prompt, atomic_bool *stop, const char **out, struct err *e) {
    *out = NULL;
    return from_terminal(a, prompt, false, stop, out, e);
}

bool password_find(struct arena *a, const struct password_source *from, const char *side, const char *user,
                   const char *host, FILE *warn, atomic_bool *stop, const char **out, struct err *e) {
    *out = NULL;
    if (from->file != NULL) {
        return from_file(a, from->file, warn, out, e);
    }
    const char *value = from->env != NULL ? getenv(from->env) : NULL;
    if (from->env != NULL && value == NULL) {
        return err_set(e, ERR_PASSWORD, "the environment variable %s, which is to hold the %s's password, is not set",
                       from->env, side);
    }
    if (value == NULL) {
        value = getenv(str_eq(side, "source")   ? "GODWIT_SOURCE_PASSWORD"
                       : str_eq(side, "target") ? "GODWIT_TARGET_PASSWORD"
                                                : "GODWIT_STORE_PASSWORD");
    }
    if (value != NULL) {
        *out = value[0] != '\0' ? arena_strdup(a, value) : NULL;
        return true;
    }
    return from_terminal(
        a, arena_printf(a, "Password of %s at the %s %s: ", text_fit(a, user, 80), side, text_fit(a, host, 80)), true,
        stop, out, e);
}
