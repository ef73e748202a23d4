/* See machine_ssh.h. */
#include "server/machine_ssh.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/vault.h"

char *machine_ssh_login_text(struct arena *a, const struct net_ssh_login *login) {
    json_t *o = json_pack("{s:s?, s:s?, s:s?}", "password", login->password, "private_key", login->private_key,
                          "passphrase", login->passphrase);
    char *text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
    char *out = text != NULL ? arena_strdup(a, text) : NULL;
    if (text != NULL) {
        secrets_wipe(text, strlen(text));
        free(text);
    }
    json_decref(o);
    return out;
}

bool machine_ssh_connect(const struct machine_ssh *m, struct net_ssh **out, struct err *e) {
    if (!net_ssh_open(out, m->host, m->port, m->host_key, MACHINE_SSH_TIMEOUT_MS, e)) {
        return false;
    }
    if (!net_ssh_login(*out, &m->login, e)) {
        net_ssh_close(*out);
        *out = NULL;
        return false;
    }
    return true;
}

static bool open_with(struct machine_ssh *m, char *sealed, struct net_ssh **out, struct err *e) {
    json_error_t error;
    json_t *login = json_loads(sealed, 0, &error);
    m->login.password = json_string_value(json_object_get(login, "password"));
    m->login.private_key = json_string_value(json_object_get(login, "private_key"));
    m->login.passphrase = json_string_value(json_object_get(login, "passphrase"));
    bool ok = login != NULL ? machine_ssh_connect(m, out, e)
                            : err_set(e, ERR_KEY_FILE, "what is sealed is not a machine's login");
    json_decref(login);
    return ok;
}

bool machine_ssh_open(struct store *s, const struct secrets_key *key, int64_t machine, struct net_ssh **out,
                      struct err *e) {
    struct arena a = ARENA_INIT;
    struct store_rows r = {0};
    char *sealed = NULL;
    *out = NULL;
    bool ok =
        store_rows(s, &a, "SELECT kind, host, port, username, host_key, secret_id, name FROM machine WHERE id = ?",
                   STORE_VALUES(STORE_I(machine)), &r, e);
    if (ok && r.n == 0) {
        ok = err_set(e, ERR_NOT_FOUND, "there is no execution machine %lld", (long long)machine);
    } else if (ok && (!str_eq(store_cell(&r, 0, 0), "ssh") || store_cell(&r, 0, 4) == NULL)) {
        ok = err_set(e, ERR_NOT_NOW, "execution machine %s was not added over SSH", store_cell(&r, 0, 6));
    }
    if (ok && vault_open(s, &a, key, store_number(&r, 0, 5), &sealed, e)) {
        struct machine_ssh m = {.host = store_cell(&r, 0, 1),
                                .port = (uint16_t)store_number(&r, 0, 2),
                                .host_key = store_cell(&r, 0, 4),
                                .login = {.user = store_cell(&r, 0, 3)}};
        ok = open_with(&m, sealed, out, e);
        secrets_wipe(sealed, strlen(sealed));
    } else {
        ok = false;
    }
    if (!ok && r.n > 0) {
        err_where(e, "execution machine %s", store_cell(&r, 0, 6));
    }
    arena_clear(&a);
    return ok;
}
