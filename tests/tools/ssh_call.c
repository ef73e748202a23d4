/* The SSH client as a program, for tests/scenarios/test_ssh.py.
 *
 * A JSON object on standard input: {"host", "port", "pinned", "timeout_ms", "user", "password", "private_key", "passphrase", "steps": [..]};
 * one on standard output: {"host_key": {..}, "answers": [..], "error"}. Steps, in their order until one fails:
 * {"run": command, "input", "timeout_ms", "max"}, {"upload": path, "bytes" or "file", "mode"}, {"shell": [line, ..], "cols", "rows"}. A shell gets
 * its lines one after the other, is resized to twice its size before the last one, and read to its end. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/ssh.h"

enum { SHELL_MAX = 1 << 20 };

static const char *text(const json_t *in, const char *key) {
    return json_string_value(json_object_get(in, key));
}

static json_int_t number(const json_t *in, const char *key, json_int_t missing) {
    const json_t *n = json_object_get(in, key);
    return n != NULL ? json_integer_value(n) : missing;
}

static bool run(struct net_ssh *s, const json_t *step, json_t **out, struct err *e) {
    struct net_ssh_result r;
    bool ok = net_ssh_run(s, text(step, "run"), text(step, "input"), number(step, "timeout_ms", 20000),
                          (size_t)number(step, "max", 65536), &r, e);
    if (ok) {
        *out = json_pack("{s:i, s:s, s:s, s:b}", "status", r.status, "out", (char *)r.out.data, "err",
                         (char *)r.err.data, "cut", r.cut);
    }
    buf_clear(&r.out);
    buf_clear(&r.err);
    return ok;
}

static bool count(void *arg, uint64_t done, uint64_t size) {
    json_t *seen = arg;
    json_array_append_new(seen, json_integer((json_int_t)done));
    return done <= size;
}

static bool upload(struct net_ssh *s, const json_t *step, json_t **out, struct err *e) {
    const char *file = text(step, "file"), *bytes = text(step, "bytes");
    struct net_ssh_source from = {.fd = -1, .bytes = bytes, .size = bytes != NULL ? strlen(bytes) : 0};
    struct stat st;
    if (file != NULL) {
        from.fd = open(file, O_RDONLY | O_CLOEXEC);
        if (from.fd < 0 || fstat(from.fd, &st) != 0) {
            return err_errno(e, ERR_FILE, "%s", file);
        }
        from.size = (uint64_t)st.st_size;
    }
    *out = json_array();
    bool ok = net_ssh_upload(s, &from, text(step, "upload"), (unsigned)number(step, "mode", 0600), count, *out, e);
    if (from.fd >= 0) {
        close(from.fd);
    }
    return ok;
}

/* All that comes until `ms` pass without anything, or the end. */
static bool listen(struct net_ssh_shell *sh, int64_t ms, struct buf *seen, bool *ended, struct err *e) {
    for (;;) {
        char piece[4096];
        size_t got;
        if (net_ssh_shell_wait(sh, true, -1, ms) & NET_SSH_TIMEOUT) {
            return true;
        }
        if (!net_ssh_shell_read(sh, piece, sizeof piece, &got, ended, e) || !buf_put(seen, piece, got, e)) {
            return false;
        }
        if (*ended) {
            return true;
        }
    }
}

static bool type(struct net_ssh_shell *sh, const char *line, struct buf *seen, bool *ended, struct err *e) {
    for (size_t left = strlen(line); left > 0 && !*ended;) {
        size_t put;
        if (!net_ssh_shell_write(sh, line, left, &put, e)) {
            return false;
        }
        line += put;
        left -= put;
        if (left > 0 && net_ssh_shell_wait(sh, true, -1, 10000) & NET_SSH_OUTPUT && !listen(sh, 0, seen, ended, e)) {
            return false;
        }
    }
    return true;
}

static bool talk(struct net_ssh_shell *sh, const json_t *step, struct buf *seen, bool *ended, struct err *e) {
    const json_t *lines = json_object_get(step, "shell");
    for (size_t i = 0; i < json_array_size(lines) && !*ended; i++) {
        if (i + 1 == json_array_size(lines) && !net_ssh_shell_resize(sh, (unsigned)number(step, "cols", 80) * 2,
                                                                     (unsigned)number(step, "rows", 24) * 2, e)) {
            return false;
        }
        if (!type(sh, json_string_value(json_array_get(lines, i)), seen, ended, e) ||
            !listen(sh, 300, seen, ended, e)) {
            return false;
        }
    }
    return *ended || listen(sh, 10000, seen, ended, e);
}

static bool shell(struct net_ssh *s, const json_t *step, json_t **out, struct err *e) {
    struct net_ssh_shell *sh;
    struct buf seen;
    bool ended = false;
    buf_init(&seen, SHELL_MAX);
    bool ok = net_ssh_shell_open(s, "xterm-256color", (unsigned)number(step, "cols", 80),
                                 (unsigned)number(step, "rows", 24), &sh, e);
    if (ok) {
        ok = talk(sh, step, &seen, &ended, e);
        if (ok) {
            *out = json_pack("{s:s%, s:b, s:i}", "seen", (char *)seen.data, seen.len, "ended", ended, "status",
                             ended ? net_ssh_shell_status(sh) : -1);
        }
        net_ssh_shell_close(sh);
    }
    buf_clear(&seen);
    return ok;
}

static bool steps(struct net_ssh *s, const json_t *in, json_t *answers, struct err *e) {
    const struct net_ssh_login login = {.user = text(in, "user"),
                                        .password = text(in, "password"),
                                        .private_key = text(in, "private_key"),
                                        .passphrase = text(in, "passphrase")};
    if (login.user == NULL) {
        return true; /* just a look at the host key */
    }
    if (!net_ssh_login(s, &login, e)) {
        return false;
    }
    size_t i;
    const json_t *step;
    json_array_foreach(json_object_get(in, "steps"), i, step) {
        json_t *out = NULL;
        bool ok = text(step, "run") != NULL      ? run(s, step, &out, e)
                  : text(step, "upload") != NULL ? upload(s, step, &out, e)
                                                 : shell(s, step, &out, e);
        if (out != NULL) {
            json_array_append_new(answers, out);
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}

int main(void) {
    json_error_t error;
    json_t *in = json_loadf(stdin, 0, &error);
    if (in == NULL) {
        fprintf(stderr, "%s\n", error.text);
        return 2;
    }
    struct net_ssh *s;
    struct err e = ERR_INIT;
    json_t *answers = json_array(), *key = json_null();
    bool ok = net_ssh_open(&s, text(in, "host"), (uint16_t)number(in, "port", 22), text(in, "pinned"),
                           number(in, "timeout_ms", 20000), &e);
    if (ok) {
        const struct net_ssh_host_key *k = net_ssh_host_key(s);
        key = json_pack("{s:s, s:s, s:s}", "type", k->type, "fingerprint", k->fingerprint, "base64", k->base64);
        ok = steps(s, in, answers, &e);
        net_ssh_close(s);
    }
    json_t *out =
        json_pack("{s:o, s:o, s:o}", "host_key", key, "answers", answers, "error", ok ? json_null() : err_to_json(&e));
    json_dumpf(out, stdout, JSON_COMPACT);
    json_decref(out);
    json_decref(in);
    return 0;
}
