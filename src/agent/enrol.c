/* Tokens. See enrol.h. */
#include "agent/enrol.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/facts.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "net/http_client.h"

enum {
    TOKEN_BYTES_MAX = 400,
    WAIT_MAX_MS = 15000,
    STEP_MS = 100,
    POST_S = 30,
    TOO_MANY = 429,
    ANSWER_BYTES_MAX = 64 << 10
};

static const char one_time[] = "enrol-", machine[] = "machine-";

static bool is_token(const char *text) {
    static const char bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~+/=";
    size_t len = strlen(text);
    return len > 0 && len <= TOKEN_BYTES_MAX && strspn(text, bytes) == len;
}

/* The first line of a file; *there = false: there is no such file. */
static bool read_token(struct arena *a, const char *path, char **token, bool *there, struct err *e) {
    char text[TOKEN_BYTES_MAX + 2];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *there = fd >= 0 || errno != ENOENT;
    if (fd < 0) {
        return err_errno(e, ERR_FILE, "cannot read the token in %s", path);
    }
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n < 0) {
        return err_errno(e, ERR_FILE, "cannot read the token in %s", path);
    }
    text[n] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    bool ok = is_token(text);
    *token = ok ? arena_strdup(a, text) : NULL;
    explicit_bzero(text, sizeof text);
    return ok || err_set(e, ERR_AGENT_TOKEN, "%s holds no token", path);
}

/* Whole or not at all, and durable: the one-time token is used up. */
static bool keep_token(struct arena *a, const char *directory, const char *path, const char *token, struct err *e) {
    char *beside = arena_printf(a, "%s.part", path);
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    char *line = arena_printf(a, "%s\n", token);
    size_t len = strlen(line);
    bool ok = fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, line, len) == (ssize_t)len && fsync(fd) == 0;
    if (fd >= 0) {
        ok = close(fd) == 0 && ok;
    }
    ok = ok && rename(beside, path) == 0;
    int dir = ok ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (dir >= 0) {
        ok = fsync(dir) == 0;
        close(dir);
    }
    explicit_bzero(line, len);
    return ok || err_errno(e, ERR_FILE, "cannot keep the machine's token in %s", path);
}

/* What the server says to a refusal. */
static bool refusal(const struct buf *answer, unsigned status, struct err *e) {
    json_error_t error;
    json_t *json = json_loadb((const char *)answer->data, answer->len, 0, &error);
    const char *message = json_string_value(json_object_get(json_object_get(json, "error"), "message"));
    err_set(e, ERR_AGENT_TOKEN, "the server does not take this machine on: %s (HTTP %u)",
            message != NULL ? message : "no reason given", status);
    json_decref(json);
    return false;
}

/* The token in the answer. */
static bool take_answer(const struct buf *answer, struct arena *a, char **own, struct err *e) {
    json_error_t error;
    json_t *json = json_loadb((const char *)answer->data, answer->len, 0, &error);
    const char *got = json_string_value(json_object_get(json, "token"));
    *own = got != NULL && is_token(got) ? arena_strdup(a, got) : NULL;
    json_decref(json);
    return *own != NULL || err_set(e, ERR_HTTP, "the server's answer to the enrolment has no token");
}

/* One try; *again: it may work later. */
static bool exchange(const struct agent_options *o, const char *token, struct arena *a, char **own, bool *again,
                     struct err *e) {
    struct http_reply reply = {0};
    json_t *body =
        json_pack("{s:s, s:o, s:s}", "token", token, "facts", facts_measure(o->directory), "version", GODWIT_VERSION);
    char *text = json_dumps(body, JSON_COMPACT);
    size_t len = strlen(o->server);
    while (len > 0 && o->server[len - 1] == '/') {
        len--;
    }
    struct http_call call = {.method = "POST",
                             .url = arena_printf(a, "%.*s/api/v1/enrol", (int)len, o->server),
                             .body = text,
                             .body_len = text != NULL ? strlen(text) : 0,
                             .ca_file = o->ca_file,
                             .any_name = o->any_name,
                             .timeout_s = POST_S,
                             .answer_max = ANSWER_BYTES_MAX};
    json_decref(body);
    bool ok = text != NULL && http_call(&call, &reply, e);
    *again = !ok ? e->retryable : reply.status >= 500 || reply.status == TOO_MANY;
    ok = ok && (reply.status == 200 || reply.status == 201 ? take_answer(&reply.body, a, own, e)
                                                           : refusal(&reply.body, reply.status, e));
    if (reply.body.data != NULL) {
        explicit_bzero(reply.body.data, reply.body.len);
    }
    if (text != NULL) {
        explicit_bzero(text, strlen(text));
    }
    buf_clear(&reply.body);
    free(text);
    return ok;
}

static bool wait_ms(int64_t ms, const atomic_bool *stop, struct err *e) {
    for (; ms > 0; ms -= STEP_MS) {
        if (atomic_load(stop)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        clock_sleep_ms(STEP_MS);
    }
    return true;
}

bool enrol(const struct agent_options *o, const atomic_bool *stop, struct arena *a, char **token, struct err *e) {
    char *path = arena_printf(a, "%s/agent.token", o->directory), *given = NULL;
    bool there;
    if (read_token(a, path, token, &there, e)) {
        return true;
    }
    if (there) {
        return false;
    }
    err_clear(e);
    if (!read_token(a, o->token_file, &given, &there, e)) {
        return false;
    }
    if (str_starts(given, machine)) {
        *token = given;
        return true;
    }
    if (!str_starts(given, one_time)) {
        return err_set(e, ERR_AGENT_TOKEN, "%s holds neither a machine's token nor one for an enrolment",
                       o->token_file);
    }
    for (int64_t ms = 1000;; ms = ms * 2 < WAIT_MAX_MS ? ms * 2 : WAIT_MAX_MS) {
        bool again = false;
        err_clear(e);
        if (exchange(o, given, a, token, &again, e)) {
            log_info("enrolled", "this machine has got its token");
            return keep_token(a, o->directory, path, *token, e);
        }
        if (!again) {
            return false;
        }
        log_err("enrol", e);
        if (!wait_ms(ms, stop, e)) {
            return false;
        }
    }
}
