/* godwit host add. See host_ssh.h. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/host_ssh.h"
#include "cli/password.h"
#include "cli/units.h"
#include "engine/text_width.h"
#include "net/ssh.h"

enum { SSH_PORT = 22 };

struct place {
    const char *user, *host;
    json_int_t port;
};

/* "user@host", "user@host:22", "user@[::1]:22" */
static bool parse_place(struct verb_call *v, struct place *p, struct err *e) {
    const char *at = v->ssh != NULL ? strrchr(v->ssh, '@') : NULL;
    if (at == NULL || at == v->ssh || at[1] == '\0') {
        return err_set(e, ERR_USAGE, "--ssh USER@HOST[:PORT] is missing, or not of that form");
    }
    const char *host = at + 1, *end = host[0] == '[' ? strchr(host, ']') : NULL;
    const char *colon = end != NULL ? strchr(end, ':') : strchr(host, ':');
    if (end == NULL && colon != NULL && strchr(colon + 1, ':') != NULL) {
        colon = NULL; /* an IPv6 address without brackets, and without a port */
    }
    uint64_t port = SSH_PORT;
    if (colon != NULL && (!units_count(colon + 1, &port) || port == 0 || port > 65535)) {
        return err_set(e, ERR_USAGE, "--ssh: '%.20s' is no port", colon + 1);
    }
    size_t len = colon != NULL ? (size_t)(colon - host) : strlen(host);
    p->user = arena_strndup(v->a, v->ssh, (size_t)(at - v->ssh));
    p->host = end != NULL ? arena_strndup(v->a, host + 1, (size_t)(end - host - 1)) : arena_strndup(v->a, host, len);
    p->port = (json_int_t)port;
    return true;
}

/* ---- the host key ---- */

static bool is_yes(const char *answer) {
    return str_ieq(answer, "yes") || str_ieq(answer, "y") || str_eq(answer, "是");
}

static bool confirm(struct verb_call *v, const struct place *p, const json_t *key, struct err *e) {
    const char *fingerprint = json_string_value(json_object_get(key, "fingerprint"));
    const char *type = json_string_value(json_object_get(key, "type")), *answer;
    if (fingerprint == NULL || type == NULL) {
        return err_set(e, ERR_HTTP, "the server's answer has no host key");
    }
    if (v->host_key != NULL) {
        return str_eq(v->host_key, fingerprint) ||
               str_eq(v->host_key, json_string_value(json_object_get(key, "key"))) ||
               (err_set(e, ERR_SSH_HOST_KEY, "the host key of %s is not the one that was given", p->host),
                err_cause(e, "given: %s; now: %s %s", v->host_key, type, fingerprint));
    }
    char *prompt =
        arena_printf(v->a,
                     v->zh ? "%s 的主机密钥为 %s %s\n是否信任？(yes/no) "
                           : "The host key of %s is %s %s\nDo you trust it? (yes/no) ",
                     text_fit(v->a, p->host, 100), text_fit(v->a, type, 40), text_fit(v->a, fingerprint, 80));
    if (!terminal_ask(v->a, prompt, v->stop, &answer, e)) {
        return false;
    }
    if (answer == NULL) {
        err_set(e, ERR_USAGE, "nobody is there to confirm the host key of %s: %s %s", p->host, type, fingerprint);
        return err_hint(e, "give it with --host-key if it is the right one");
    }
    return is_yes(answer) || err_set(e, ERR_CANCELLED, "the host key was not confirmed");
}

/* ---- the login ---- */

static bool read_key(struct verb_call *v, char **out, struct err *e) {
    char *text = arena_alloc(v->a, NET_SSH_KEY_MAX + 1);
    int fd = open(v->key_file, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, NET_SSH_KEY_MAX + 1) : -1;
    if (fd >= 0) {
        close(fd);
    }
    if (n < 0) {
        return err_errno(e, ERR_FILE, "cannot read %s", v->key_file);
    }
    *out = text;
    return n <= NET_SSH_KEY_MAX || err_set(e, ERR_SSH_KEY, "%s is no private key: it is too large", v->key_file);
}

/* Whether it has a passphrase shows when it is opened without. */
static bool key_login(struct verb_call *v, json_t *body, struct err *e) {
    char *key = NULL;
    const char *passphrase = NULL;
    if (!read_key(v, &key, e)) {
        return false;
    }
    if (v->passphrase_file != NULL && !verb_password(v, v->passphrase_file, "", &passphrase, e)) {
        return false;
    }
    if (!net_ssh_key_check(key, passphrase, e)) {
        bool asked =
            passphrase == NULL &&
            password_ask(v->a, v->zh ? "私钥口令： " : "Passphrase of the private key: ", v->stop, &passphrase, e) &&
            passphrase != NULL;
        if (!asked) {
            return false;
        }
        err_clear(e);
        if (!net_ssh_key_check(key, passphrase, e)) {
            return false;
        }
    }
    json_object_set_new(body, "private_key", json_string(key));
    if (passphrase != NULL) {
        json_object_set_new(body, "passphrase", json_string(passphrase));
    }
    return true;
}

static bool login(struct verb_call *v, const struct place *p, json_t *body, struct err *e) {
    const char *password;
    if (v->key_file != NULL) {
        return key_login(v, body, e);
    }
    char *prompt = arena_printf(v->a, v->zh ? "%s@%s 的口令： " : "Password of %s@%s: ", p->user, p->host);
    if (!verb_password(v, v->password_file, prompt, &password, e)) {
        return false;
    }
    return password != NULL ? json_object_set_new(body, "password", json_string(password)) == 0 ||
                                  err_set(e, ERR_USAGE, "the password must be UTF-8")
                            : err_set(e, ERR_USAGE, "--key-file or --password-file is missing");
}

/* ---- adding ---- */

static const struct verb_column added[] = {
    {"MACHINE", "编号", "id", VERB_TEXT},
    {"NAME", "名称", "name", VERB_TEXT},
    {"OS", "系统", "facts.os", VERB_TEXT},
    {"CORES", "核数", "facts.cores", VERB_NUMBER},
    {"MEMORY", "内存", "facts.memory_bytes", VERB_BYTES},
    {"DISK FREE", "可用磁盘", "facts.disk_free_bytes", VERB_BYTES},
    {"DIRECTORY", "目录", "ssh.directory", VERB_TEXT},
    {"CAPACITY", "容量", "capacity", VERB_NUMBER},
    {0},
};

static json_t *body_of(struct verb_call *v, const struct place *p, const json_t *key) {
    json_t *body = json_pack("{s:s, s:s, s:I, s:s, s:s, s:O}", "name", v->words[0], "host", p->host, "port", p->port,
                             "username", p->user, "directory", v->directory != NULL ? v->directory : "godwit",
                             "host_key", json_object_get(key, "key"));
    if (body != NULL && v->capacity > 0) {
        json_object_set_new(body, "capacity", json_integer((json_int_t)v->capacity));
    }
    if (body != NULL && v->allow_root) {
        json_object_set_new(body, "allow_root", json_true());
    }
    return body;
}

bool host_add(struct verb_call *v, struct err *e) {
    struct place p = {0};
    json_t *key = NULL, *answer = NULL, *body = NULL;
    if (!parse_place(v, &p, e)) {
        return false;
    }
    json_t *where = json_pack("{s:s, s:I}", "host", p.host, "port", p.port);
    bool ok = where != NULL || err_set(e, ERR_USAGE, "the host must be UTF-8");
    ok = ok && verb_post(v, where, &key, e, "/api/v1/machines/host-key") && confirm(v, &p, key, e);
    if (ok) {
        body = body_of(v, &p, key);
        ok = (body != NULL || err_set(e, ERR_USAGE, "name, user and directory must be UTF-8")) &&
             login(v, &p, body, e) && verb_post(v, body, &answer, e, "/api/v1/machines");
    }
    if (ok && !verb_print_json(v, answer)) {
        verb_one(v, answer, added);
        fprintf(stderr, v->zh ? "安装：godwit host install %lld\n" : "to install it: godwit host install %lld\n",
                (long long)json_integer_value(json_object_get(answer, "id")));
    }
    json_decref(answer);
    json_decref(body);
    json_decref(where);
    json_decref(key);
    return ok;
}
