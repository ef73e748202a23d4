/* See api_client.h.
 *
 * The kept token's file: the token alone in its first line, so that it can be used as a --token-file, then "server URL", "ca FILE" and
 * "any-name" as the login had them. */
#include "cli/api_client.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "net/http_client.h"

enum { FILE_MAX = 8192, TOKEN_MAX = 400, HEADERS_MAX = 2, TIMEOUT_S = 120 };

/* ---- files ---- */

char *api_token_path(struct arena *a) {
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    return config != NULL && config[0] == '/' ? arena_printf(a, "%s/godwit/token", config)
           : home != NULL && home[0] == '/'   ? arena_printf(a, "%s/.config/godwit/token", home)
                                              : NULL;
}

/* The whole of a small file; *out NULL: there is none. */
static bool read_file(struct arena *a, const char *path, char **out, struct err *e) {
    char text[FILE_MAX];
    *out = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT || err_errno(e, ERR_FILE, "cannot read the token in %s", path);
    }
    size_t len = 0;
    ssize_t n = 1;
    while (len < sizeof text && (n = read(fd, text + len, sizeof text - len)) > 0) {
        len += (size_t)n;
    }
    bool ok = n >= 0 || err_errno(e, ERR_FILE, "cannot read the token in %s", path);
    ok = ok && (len < sizeof text || err_set(e, ERR_FILE, "%s is too long for a token", path));
    if (ok) {
        *out = arena_strndup(a, text, len);
    }
    explicit_bzero(text, sizeof text);
    close(fd);
    return ok;
}

static bool is_token(const char *text) {
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~+/=");
    return len > 0 && len <= TOKEN_MAX && text[len] == '\0';
}

/* Cuts the first line off. */
static char *next_line(char **text) {
    char *line = *text;
    size_t len = strcspn(line, "\n");
    *text = line[len] == '\n' ? line + len + 1 : line + len;
    line[len] = '\0';
    if (len > 0 && line[len - 1] == '\r') {
        line[len - 1] = '\0';
    }
    return line;
}

static bool from_file(struct arena *a, const char *path, struct api_client *out, struct err *e) {
    char *text;
    if (!read_file(a, path, &text, e)) {
        return false;
    }
    if (text == NULL) {
        return err_set(e, ERR_FILE, "there is no token file %s", path);
    }
    out->token = next_line(&text);
    return is_token(out->token) || err_set(e, ERR_FILE, "the first line of %s is no token", path);
}

static bool need_login(struct err *e, const char *server) {
    err_set(e, ERR_LOGIN_NEEDED, "there is no token for %s", server);
    return err_hint(e, "godwit login --server %s, or --token-file FILE, or GODWIT_TOKEN in the environment", server);
}

/* What `godwit login` kept. */
static bool from_login(struct arena *a, const struct api_where *w, struct api_client *out, struct err *e) {
    char *path = api_token_path(a), *text = NULL, *token, *kept = NULL;
    if (path != NULL && !read_file(a, path, &text, e)) {
        return false;
    }
    if (text == NULL) {
        return need_login(e, out->server);
    }
    token = next_line(&text);
    while (*text != '\0') {
        char *line = next_line(&text);
        if (str_starts(line, "server ")) {
            kept = line + strlen("server ");
        } else if (str_starts(line, "ca ") && w->ca_file == NULL) {
            out->ca_file = line + strlen("ca ");
        } else if (str_eq(line, "any-name")) {
            out->any_name = true;
        }
    }
    if (kept == NULL || !is_token(token)) {
        return err_set(e, ERR_FILE, "%s is not what godwit login leaves there", path);
    }
    if (w->server != NULL && !str_eq(kept, out->server)) {
        return need_login(e, out->server);
    }
    out->server = kept;
    out->token = token;
    return true;
}

bool api_client_place(struct arena *a, const struct api_where *w, struct api_client *out, struct err *e) {
    char *server = arena_strdup(a, w->server != NULL ? w->server : API_SERVER_DEFAULT);
    for (size_t n = strlen(server); n > 0 && server[n - 1] == '/'; n--) {
        server[n - 1] = '\0';
    }
    *out = (struct api_client){.server = server, .ca_file = w->ca_file, .any_name = w->any_name};
    if (w->any_name && w->ca_file == NULL) {
        return err_set(e, ERR_USAGE, "--any-name needs --ca: otherwise any certificate of the world would do");
    }
    return (strpbrk(server, "?") == NULL && http_url_valid(server, e)) ||
           err_set(e, ERR_USAGE, "--server: '%s' is no address like https://console.example.com:9494", server);
}

bool api_client_open(struct arena *a, const struct api_where *w, struct api_client *out, struct err *e) {
    const char *token = getenv("GODWIT_TOKEN");
    if (!api_client_place(a, w, out, e)) {
        return false;
    }
    if (w->token_file != NULL) {
        return from_file(a, w->token_file, out, e);
    }
    if (token == NULL || token[0] == '\0') {
        return from_login(a, w, out, e);
    }
    out->token = arena_strdup(a, token);
    return is_token(token) || err_set(e, ERR_USAGE, "GODWIT_TOKEN holds no token");
}

static bool make_parents(const char *path, struct err *e) {
    char part[PATH_MAX];
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part) {
        return err_set(e, ERR_FILE, "the path %s is too long", path);
    }
    for (char *p = strchr(part + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
        *p = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST) {
            return err_errno(e, ERR_FILE, "cannot make %s", part);
        }
        *p = '/';
    }
    return true;
}

bool api_token_keep(struct arena *a, const struct api_client *c, struct err *e) {
    char *path = api_token_path(a), ca[PATH_MAX] = "";
    if (path == NULL) {
        return err_set(e, ERR_FILE, "there is no home directory to keep the token in");
    }
    if (c->ca_file != NULL && realpath(c->ca_file, ca) == NULL) {
        return err_errno(e, ERR_FILE, "cannot find %s", c->ca_file);
    }
    if (!make_parents(path, e)) {
        return false;
    }
    char *beside = arena_printf(a, "%s.part", path);
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    char *text = arena_printf(a, "%s\nserver %s\n%s%s%s%s", c->token, c->server, ca[0] != '\0' ? "ca " : "", ca,
                              ca[0] != '\0' ? "\n" : "", c->any_name ? "any-name\n" : "");
    size_t len = strlen(text);
    bool ok = fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    explicit_bzero(text, len);
    if (fd >= 0) {
        ok = close(fd) == 0 && ok;
    }
    return (ok && rename(beside, path) == 0) || err_errno(e, ERR_FILE, "cannot keep the token in %s", path);
}

/* ---- requests ---- */

static void text_of(const json_t *error, const char *key, char *to, size_t size) {
    const char *s = json_string_value(json_object_get(error, key));
    if (s != NULL) {
        snprintf(to, size, "%.*s", (int)str_utf8_cut(s, strlen(s), size - 1), s);
    }
}

/* The server's error as ours. Its code may be of a later version. */
static bool refused(const json_t *answer, unsigned status, struct err *e) {
    const json_t *error = json_object_get(answer, "error");
    const char *text = json_string_value(json_object_get(error, "code"));
    const char *message = json_string_value(json_object_get(error, "message"));
    long number = text != NULL && str_starts(text, "GW") ? strtol(text + 2, NULL, 10) : 0;
    if (message == NULL) {
        err_set(e, ERR_HTTP, "the server answers %u, and not in the way of a Godwit", status);
        return err_hint(e, "is it another server's address, or a proxy's?");
    }
    if (number > 0 && err_class_of((enum err_code)number) != ERR_CLASS_NONE) {
        err_set(e, (enum err_code)number, "%s", message);
    } else {
        err_set(e, ERR_HTTP, "%s: %s", text != NULL ? text : "no code", message);
    }
    text_of(error, "where", e->where, sizeof e->where);
    text_of(error, "cause", e->cause, sizeof e->cause);
    text_of(error, "hint", e->hint, sizeof e->hint);
    text_of(error, "sqlstate", e->sqlstate, sizeof e->sqlstate);
    e->retryable = json_is_true(json_object_get(error, "retryable"));
    return false;
}

static bool take_answer(const struct http_reply *reply, json_t **out, struct err *e) {
    json_error_t error;
    json_t *answer = NULL;
    if (reply->body.len > 0) {
        answer = json_loadb((const char *)reply->body.data, reply->body.len, 0, &error);
    }
    if (reply->status < 200 || reply->status > 299) {
        refused(answer, reply->status, e);
        json_decref(answer);
        return false;
    }
    if (reply->body.len > 0 && answer == NULL) {
        err_set(e, ERR_HTTP, "the server's answer is no JSON");
        return err_hint(e, "is it another server's address?");
    }
    if (out != NULL) {
        *out = answer;
    } else {
        json_decref(answer);
    }
    return true;
}

static bool request(const struct api_client *c, const char *method, const char *path, const char *const *headers,
                    const json_t *body, struct http_reply *reply, struct err *e) {
    struct arena a = ARENA_INIT;
    char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
    struct http_call call = {
        .method = method,
        .url = arena_printf(&a, "%s%s", c->server, path),
        .bearer = headers == NULL ? c->token : NULL,
        .header = headers,
        .body = text,
        .body_len = text != NULL ? strlen(text) : 0,
        .ca_file = c->ca_file,
        .any_name = c->any_name,
        .timeout_s = TIMEOUT_S,
        .wanted = "set-cookie",
    };
    bool ok = http_call(&call, reply, e);
    if (text != NULL) {
        explicit_bzero(text, strlen(text)); /* passwords go this way */
        free(text);
    }
    arena_clear(&a);
    return ok;
}

static void drop(struct http_reply *reply) {
    if (reply->body.data != NULL) {
        explicit_bzero(reply->body.data, reply->body.len);
    }
    buf_clear(&reply->body);
}

bool api_client_call(const struct api_client *c, const char *method, const char *path, const json_t *body, json_t **out,
                     struct err *e) {
    struct http_reply reply;
    if (out != NULL) {
        *out = NULL;
    }
    bool ok = request(c, method, path, NULL, body, &reply, e) && take_answer(&reply, out, e);
    drop(&reply);
    return ok;
}

bool api_client_call_as(const struct api_client *c, const struct api_session *s, const char *method, const char *path,
                        const json_t *body, json_t **out, struct err *e) {
    char csrf[sizeof s->csrf + 32];
    struct http_reply reply;
    snprintf(csrf, sizeof csrf, "X-Godwit-CSRF: %s", s->csrf);
    const char *const headers[HEADERS_MAX + 1] = {s->cookie, csrf};
    bool ok = request(c, method, path, headers, body, &reply, e) && take_answer(&reply, out, e);
    drop(&reply);
    return ok;
}

bool api_client_login(const struct api_client *c, const char *name, const char *password, struct api_session *out,
                      struct err *e) {
    static const char *const none[] = {NULL};
    struct http_reply reply;
    json_t *answer = NULL, *body = json_pack("{s:s, s:s}", "name", name, "password", password);
    *out = (struct api_session){0};
    if (body == NULL) {
        return err_set(e, ERR_USAGE, "name and password must be UTF-8");
    }
    bool ok = request(c, "POST", "/api/v1/session", none, body, &reply, e) && take_answer(&reply, &answer, e);
    if (ok) {
        const char *csrf = json_string_value(json_object_get(answer, "csrf"));
        reply.value[strcspn(reply.value, ";")] = '\0';
        int n = snprintf(out->cookie, sizeof out->cookie, "Cookie: %s", reply.value);
        int m = snprintf(out->csrf, sizeof out->csrf, "%s", csrf != NULL ? csrf : "");
        out->must_change = json_is_true(json_object_get(answer, "must_change_password"));
        ok = (reply.value[0] != '\0' && m > 0 && n < (int)sizeof out->cookie && m < (int)sizeof out->csrf) ||
             err_set(e, ERR_HTTP, "the server's answer to the login is none of a Godwit");
    }
    explicit_bzero(reply.value, sizeof reply.value);
    drop(&reply);
    json_decref(answer);
    json_decref(body);
    return ok;
}

char *api_escape(struct arena *a, const char *text) {
    static const char hex[] = "0123456789ABCDEF";
    char *out = arena_alloc(a, strlen(text) * 3 + 1), *at = out;
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
                     strchr("-_.~", *p) != NULL;
        if (plain) {
            *at++ = (char)*p;
        } else {
            *at++ = '%';
            *at++ = hex[*p >> 4];
            *at++ = hex[*p & 15];
        }
    }
    return out;
}
