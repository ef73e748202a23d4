/* godwit login: an account's name and password become a token that the other commands use. The password is used for a session that ends
 * at once; the token is kept with mode 0600. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/verb.h"

enum { DAYS = 30, HOST_MAX = 64 };

/* An account may have to give itself a new password first: the admin of the first start has to. */
static bool new_password(struct verb_call *v, const struct api_session *s, const char *old, struct err *e) {
    const char *fresh, *again;
    if (!verb_password(v, v->new_password_file,
                       v->zh ? "该账号必须设置新口令。新口令： " : "The account needs a new password: ", &fresh, e)) {
        return false;
    }
    if (fresh == NULL) {
        err_set(e, ERR_MUST_CHANGE, "the account needs a new password first");
        return err_hint(e, "give it at the prompt, or with --new-password-file FILE");
    }
    if (v->new_password_file == NULL) {
        if (!verb_password(v, NULL, v->zh ? "再输入一次： " : "Once more: ", &again, e)) {
            return false;
        }
        if (!str_eq(fresh, again)) {
            return err_set(e, ERR_PASSWORD, "the two passwords are not the same");
        }
    }
    json_t *body = json_pack("{s:s, s:s}", "old", old, "new", fresh);
    bool ok = body != NULL || err_set(e, ERR_USAGE, "a password must be UTF-8");
    ok = ok && api_client_call_as(&v->client, s, "PUT", "/api/v1/session/password", body, NULL, e);
    json_decref(body);
    return ok;
}

static bool make_token(struct verb_call *v, const struct api_session *s, json_t **out, struct err *e) {
    char host[HOST_MAX + 1] = "";
    (void)gethostname(host, HOST_MAX);
    json_t *body = json_pack("{s:o, s:s, s:I}", "name", json_sprintf("godwit login on %s", host), "role",
                             v->role != NULL ? v->role : "operator", "days",
                             (json_int_t)(v->days_said ? v->days : (uint64_t)DAYS));
    bool ok = body != NULL || err_set(e, ERR_USAGE, "--role is viewer, operator or admin");
    ok = ok && api_client_call_as(&v->client, s, "POST", "/api/v1/tokens", body, out, e);
    json_decref(body);
    return ok;
}

static bool keep(struct verb_call *v, const json_t *answer, struct err *e) {
    const char *token = json_string_value(json_object_get(answer, "token"));
    if (token == NULL) {
        return err_set(e, ERR_HTTP, "the server's answer has no token");
    }
    v->client.token = arena_strdup(v->a, token);
    if (!api_token_keep(v->a, &v->client, e)) {
        return false;
    }
    char *path = api_token_path(v->a);
    if (v->json) {
        json_t *told = json_pack("{s:s, s:s}", "server", v->client.server, "token_file", path);
        (void)verb_print_json(v, told);
        json_decref(told);
    } else {
        printf(v->zh ? "已登录 %s；令牌保存在 %s\n" : "logged in at %s; the token is in %s\n", v->client.server, path);
    }
    return true;
}

static bool login(struct verb_call *v, struct err *e) {
    const char *password;
    const char *name = v->nwords > 0 ? v->words[0] : "admin";
    struct api_session s;
    json_t *answer = NULL;
    char *prompt = arena_printf(v->a, v->zh ? "%s 在 %s 的口令： " : "Password of %s at %s: ", name, v->client.server);
    if (!verb_password(v, v->password_file, prompt, &password, e)) {
        return false;
    }
    if (password == NULL) {
        err_set(e, ERR_PASSWORD, "there is no password to log in with");
        return err_hint(e, "give it at the prompt, or with --password-file FILE");
    }
    bool ok = api_client_login(&v->client, name, password, &s, e);
    if (!ok) {
        return false;
    }
    ok = (!s.must_change || new_password(v, &s, password, e)) && make_token(v, &s, &answer, e) && keep(v, answer, e);
    struct err ignored = ERR_INIT;
    (void)!api_client_call_as(&v->client, &s, "DELETE", "/api/v1/session", NULL, NULL,
                              &ignored); /* it ends by itself too */
    explicit_bzero(&s, sizeof s);
    json_decref(answer);
    return ok;
}

static const struct verb verbs[] = {
    {NULL, "[NAME]", "log in as NAME (default admin) and keep a token for the other commands",
     "以 NAME（默认 admin）登录，并保存令牌供其他命令使用",
     VERB_PASSWORD_FILE | VERB_NEW_PASSWORD_FILE | VERB_DAYS | VERB_ROLE | VERB_NO_TOKEN, 0, 1, login},
    {0},
};

int cmd_login(const struct command *c, int n, char **words) {
    return verb_main(c, verbs, n, words);
}
