/* Files over SFTP. See ssh.h. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/ssh_internal.h"

enum {
    PIECE = 32768,        /* what every server takes */
    PIECE_LARGE = 131072, /* what OpenSSH takes; it says so by an extension */
    FULL_BYTES = 1 << 20, /* less space than that is none */
};

static bool open_sftp(struct net_ssh *s, struct err *e) {
    if (s->sftp != NULL) {
        return true;
    }
    s->sftp = sftp_new(s->session);
    if (s->sftp != NULL && sftp_init(s->sftp) == SSH_OK) {
        return true;
    }
    sftp_free(s->sftp);
    s->sftp = NULL;
    ssh_fail(s, ERR_SSH_REFUSED, "SFTP", e);
    return err_hint(e,
                    "sshd_config of that machine needs a line Subsystem sftp, and the user must be allowed to use it");
}

static bool is_full(struct net_ssh *s, const char *path) {
    char dir[4096];
    snprintf(dir, sizeof dir, "%s", path);
    char *slash = strrchr(dir, '/');
    if (slash == NULL) {
        return false;
    }
    *(slash == dir ? slash + 1 : slash) = '\0';
    sftp_statvfs_t space = sftp_statvfs(s->sftp, dir);
    bool full = space != NULL && space->f_bavail * space->f_frsize < FULL_BYTES;
    sftp_statvfs_free(space);
    return full;
}

static bool file_fails(struct net_ssh *s, const char *path, const char *doing, struct err *e) {
    int why = sftp_get_error(s->sftp);
    if (!ssh_is_connected(s->session)) {
        return ssh_fail(s, ERR_SSH_LOST, doing, e);
    }
    if (why == SSH_FX_FAILURE && is_full(s, path)) {
        return err_set(e, ERR_SSH_FULL, "%s: no space is left for %s", s->place, path);
    }
    err_set(e, ERR_SSH_FILE, "%s: %s %s failed", s->place, doing, path);
    return err_cause(e, "%s",
                     why == SSH_FX_PERMISSION_DENIED ? "permission denied"
                     : why == SSH_FX_NO_SUCH_FILE    ? "no such file or directory"
                     : why == SSH_FX_FAILURE         ? "the SFTP server tells no reason (does the file exist already?)"
                                                     : ssh_get_error(s->session));
}

/* want bytes from `at` on; read into `to` when they are not in memory. NULL: e tells why. */
static const char *next_piece(const struct net_ssh_source *from, uint64_t at, char *to, size_t want, struct err *e) {
    if (from->fd < 0) {
        return (const char *)from->bytes + at;
    }
    for (size_t got = 0; got < want;) {
        ssize_t n = pread(from->fd, to + got, want - got, (off_t)(at + got));
        if (n < 0) {
            err_errno(e, ERR_FILE, "cannot read what is to be copied");
            return NULL;
        }
        if (n == 0) {
            err_set(e, ERR_FILE, "what is to be copied became shorter meanwhile");
            return NULL;
        }
        got += (size_t)n;
    }
    return to;
}

static bool copy(struct net_ssh *s, sftp_file to, const struct net_ssh_source *from, const char *path, char *room,
                 size_t room_bytes, net_ssh_progress *progress, void *arg, struct err *e) {
    for (uint64_t at = 0; at < from->size;) {
        size_t n = from->size - at < room_bytes ? (size_t)(from->size - at) : room_bytes;
        const char *piece = next_piece(from, at, room, n, e);
        if (piece == NULL) {
            return false;
        }
        ssh_arm(s, s->timeout_ms);
        if (sftp_write(to, piece, n) != (ssize_t)n) {
            return file_fails(s, path, "writing", e);
        }
        at += n;
        if (progress != NULL && !progress(arg, at, from->size)) {
            return err_set(e, ERR_CANCELLED, "copying was stopped");
        }
    }
    return true;
}

static bool upload(struct net_ssh *s, const struct net_ssh_source *from, const char *path, unsigned mode,
                   net_ssh_progress *progress, void *arg, struct err *e) {
    size_t room_bytes = sftp_extension_supported(s->sftp, "limits@openssh.com", "1") ? PIECE_LARGE : PIECE;
    sftp_file to = sftp_open(s->sftp, path, O_WRONLY | O_CREAT | O_EXCL, mode);
    if (to == NULL) {
        return file_fails(s, path, "creating", e);
    }
    char *room = malloc(room_bytes);
    bool ok = room != NULL || err_set(e, ERR_MEMORY, "no memory to copy a file");
    /* The mode at creation is cut by the user's umask. */
    ok = ok && (sftp_chmod(s->sftp, path, (mode_t)mode) == 0 || file_fails(s, path, "setting the mode of", e));
    ok = ok && copy(s, to, from, path, room, room_bytes, progress, arg, e);
    free(room);
    ssh_arm(s, s->timeout_ms);
    if (sftp_close(to) != 0 && ok) {
        ok = file_fails(s, path, "closing", e);
    }
    if (!ok && ssh_is_connected(s->session)) {
        (void)sftp_unlink(s->sftp, path);
    }
    return ok;
}

bool net_ssh_upload(struct net_ssh *s, const struct net_ssh_source *from, const char *path, unsigned mode,
                    net_ssh_progress *progress, void *arg, struct err *e) {
    ssh_arm(s, s->timeout_ms);
    bool ok = open_sftp(s, e) && upload(s, from, path, mode, progress, arg, e);
    ssh_disarm(s);
    return ok;
}
