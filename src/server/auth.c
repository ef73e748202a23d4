/* See auth.h. */
#include "server/auth.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "server/auth_guard.h"

static const char *const roles[] = {
    [ROLE_NONE] = "none", [ROLE_VIEWER] = "viewer", [ROLE_OPERATOR] = "operator", [ROLE_ADMIN] = "admin"};

const char *role_name(enum role r) {
    return roles[r];
}

bool role_parse(const char *name, enum role *out) {
    for (int i = ROLE_VIEWER; i <= ROLE_ADMIN; i++) {
        if (str_eq(name, roles[i])) {
            *out = (enum role)i;
            return true;
        }
    }
    return false;
}

static enum role role_of(const char *name) {
    enum role r = ROLE_NONE;
    return role_parse(name, &r) ? r : ROLE_NONE;
}

/* ---- accounts ---- */

static bool name_allowed(const char *name, struct err *e) {
    size_t len = strlen(name);
    bool ok = len > 0 && len <= 64;
    for (size_t i = 0; ok && i < len; i++) {
        unsigned char c = (unsigned char)name[i];
        ok = isalnum(c) || c == '.' || c == '-' || c == '_' || c == '@';
    }
    return ok || err_set(e, ERR_ACCOUNT, "a name has 1 to 64 letters, digits or . - _ @");
}

static bool password_allowed(const char *password, struct err *e) {
    size_t len = strlen(password);
    return (len >= AUTH_PASSWORD_MIN && len <= AUTH_PASSWORD_MAX) ||
           err_set(e, ERR_ACCOUNT, "a password has %d to %d bytes", AUTH_PASSWORD_MIN, AUTH_PASSWORD_MAX);
}

bool auth_add_account(struct store *s, const char *name, const char *password, enum role role, bool must_change,
                      int64_t *id, struct err *e) {
    char hash[SECRETS_HASH_TEXT];
    int64_t now;
    return name_allowed(name, e) && password_allowed(password, e) && secrets_hash(password, hash, e) &&
           store_now(s, &now, e) &&
           store_insert(
               s,
               "INSERT INTO account (name, password, role, must_change, disabled, created_ms)"
               " VALUES (?, ?, ?, ?, 0, ?) RETURNING id",
               STORE_VALUES(STORE_T(name), STORE_T(hash), STORE_T(role_name(role)), STORE_I(must_change), STORE_I(now)),
               id, e);
}

bool auth_first_account(struct store *s, char first[AUTH_FIRST_PASSWORD], struct err *e) {
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    int64_t id;
    first[0] = '\0';
    bool ok = store_rows(s, &a, "SELECT 1 FROM account LIMIT 1", STORE_NONE, &rows, e);
    bool none = ok && rows.n == 0;
    arena_clear(&a);
    if (!none) {
        return ok;
    }
    char password[AUTH_FIRST_PASSWORD];
    struct err failed = ERR_INIT;
    secrets_readable_password(password, sizeof password);
    ok = auth_add_account(s, "admin", password, ROLE_ADMIN, true, &id, &failed);
    if (ok) {
        memcpy(first, password, sizeof password);
    } else if (failed.code == ERR_STORE_TAKEN) { /* another server was first, and has told */
        ok = true;
    } else {
        err_copy(e, &failed);
    }
    secrets_wipe(password, sizeof password);
    return ok;
}

bool auth_change_password(struct store *s, const struct identity *who, const char *old, const char *fresh,
                          struct err *e) {
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    char hash[SECRETS_HASH_TEXT];
    bool ok = password_allowed(fresh, e) && store_rows(s, &a, "SELECT password FROM account WHERE id = ?",
                                                       STORE_VALUES(STORE_I(who->account)), &rows, e);
    if (ok && (rows.n == 0 || !secrets_matches(store_cell(&rows, 0, 0), old))) {
        ok = err_set(e, ERR_LOGIN, "the old password is wrong");
    }
    if (ok && str_eq(old, fresh)) {
        ok = err_set(e, ERR_ACCOUNT, "the new password is the old one");
    }
    ok = ok && secrets_hash(fresh, hash, e) &&
         store_run(s, "UPDATE account SET password = ?, must_change = 0 WHERE id = ?",
                   STORE_VALUES(STORE_T(hash), STORE_I(who->account)), NULL, e) &&
         store_run(s, "DELETE FROM session WHERE account_id = ? AND digest <> ?",
                   STORE_VALUES(STORE_I(who->account), STORE_T(who->digest)), NULL, e);
    arena_clear(&a);
    return ok;
}

/* In one transaction: of two that disable each other's last admin one has to lose. */
static bool set_account(struct store *s, int64_t id, enum role role, bool disabled, const char *hash, struct err *e) {
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    uint64_t changed;
    const char *sql = store_kind(s) == STORE_SQLITE
                          ? "SELECT id FROM account WHERE role = 'admin' AND disabled = 0 AND id <> ?"
                          : "SELECT id FROM account WHERE role = 'admin' AND disabled = 0 AND id <> ? FOR UPDATE";
    bool ok = store_rows(s, &a, sql, STORE_VALUES(STORE_I(id)), &rows, e);
    if (ok && rows.n == 0 && (role != ROLE_ADMIN || disabled)) {
        ok = err_set(e, ERR_ACCOUNT, "somebody has to be admin: this is the last one");
    }
    ok = ok && store_run(s, "UPDATE account SET role = ?, disabled = ? WHERE id = ?",
                         STORE_VALUES(STORE_T(role_name(role)), STORE_I(disabled), STORE_I(id)), &changed, e);
    if (ok && changed == 0) {
        ok = err_set(e, ERR_ACCOUNT, "there is no such account");
    }
    ok = ok && (hash == NULL || store_run(s, "UPDATE account SET password = ?, must_change = 1 WHERE id = ?",
                                          STORE_VALUES(STORE_T(hash), STORE_I(id)), NULL, e));
    /* Whoever lost rights loses the sessions and tokens that had them. */
    ok = ok && store_run(s, "DELETE FROM session WHERE account_id = ?", STORE_VALUES(STORE_I(id)), NULL, e) &&
         (!disabled || store_run(s, "DELETE FROM api_token WHERE account_id = ?", STORE_VALUES(STORE_I(id)), NULL, e));
    arena_clear(&a);
    return ok;
}

bool auth_set_account(struct store *s, int64_t id, enum role role, bool disabled, const char *password, struct err *e) {
    char hash[SECRETS_HASH_TEXT];
    if ((password != NULL && (!password_allowed(password, e) || !secrets_hash(password, hash, e))) ||
        !store_begin(s, e)) {
        return false;
    }
    if (!set_account(s, id, role, disabled, password != NULL ? hash : NULL, e) || !store_commit(s, e)) {
        store_rollback(s);
        return false;
    }
    return true;
}

/* ---- sessions ---- */

static bool wrong_login(struct err *e) {
    return err_set(e, ERR_LOGIN, "name or password is wrong");
}

static bool must_wait(struct auth_guard *g, const char *name, const char *address, int64_t now, struct err *e) {
    int64_t by_name = auth_guard_wait(g, "name", name, now), by_address = auth_guard_wait(g, "address", address, now);
    int64_t ms = by_name > by_address ? by_name : by_address;
    if (ms > 0) {
        err_set(e, ERR_LOGIN_WAIT, "too many wrong passwords: try again in %" PRId64 " s", (ms + 999) / 1000);
    }
    return ms > 0;
}

static bool open_session(struct store *s, const char *address, int64_t now, char token[SECRETS_TOKEN_TEXT],
                         struct identity *who, struct err *e) {
    secrets_token(token);
    secrets_token(who->csrf);
    secrets_digest(token, who->digest);
    return store_run(s, "UPDATE account SET login_ms = ? WHERE id = ?",
                     STORE_VALUES(STORE_I(now), STORE_I(who->account)), NULL, e) &&
           store_run(s,
                     "INSERT INTO session (digest, account_id, csrf, address, created_ms, seen_ms, expires_ms)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?)",
                     STORE_VALUES(STORE_T(who->digest), STORE_I(who->account), STORE_T(who->csrf), STORE_T(address),
                                  STORE_I(now), STORE_I(now), STORE_I(now + AUTH_LONGEST_MS)),
                     NULL, e);
}

static void fill(struct identity *who, const struct store_rows *rows, int64_t account) {
    *who = (struct identity){.account = account};
    snprintf(who->name, sizeof who->name, "%s", store_cell(rows, 0, 1));
    who->role = role_of(store_cell(rows, 0, 2));
    who->must_change = store_number(rows, 0, 3) != 0;
}

bool auth_login(struct store *s, struct auth_guard *g, const char *name, const char *password, const char *address,
                char token[SECRETS_TOKEN_TEXT], struct identity *who, struct err *e) {
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    int64_t now;
    if (!store_now(s, &now, e) || must_wait(g, name, address, now, e)) {
        return false;
    }
    bool ok = strlen(password) <= AUTH_PASSWORD_MAX || wrong_login(e);
    ok = ok && store_rows(s, &a, "SELECT id, name, role, must_change, password, disabled FROM account WHERE name = ?",
                          STORE_VALUES(STORE_T(name)), &rows, e);
    if (!ok) {
        arena_clear(&a);
        return false;
    }
    bool right = false;
    if (rows.n == 0) {
        secrets_pretend(password);
    } else {
        right = secrets_matches(store_cell(&rows, 0, 4), password) && store_number(&rows, 0, 5) == 0;
    }
    if (right) {
        fill(who, &rows, store_number(&rows, 0, 0));
        auth_guard_right(g, "name", name);
        auth_guard_right(g, "address", address);
        ok = open_session(s, address, now, token, who, e);
    } else {
        auth_guard_wrong(g, "name", name, now);
        auth_guard_wrong(g, "address", address, now);
        ok = wrong_login(e);
    }
    arena_clear(&a);
    return ok;
}

static bool login_needed(struct err *e) {
    return err_set(e, ERR_LOGIN_NEEDED, "there is no such session, or it is over");
}

static bool find_session(struct store *s, struct arena *a, const char *digest, int64_t now, struct store_rows *rows,
                         struct err *e) {
    return store_rows(
               s, a,
               "SELECT a.id, a.name, a.role, a.must_change, x.csrf, x.seen_ms FROM session x JOIN account a"
               " ON a.id = x.account_id WHERE x.digest = ? AND a.disabled = 0 AND x.expires_ms > ? AND x.seen_ms > ?",
               STORE_VALUES(STORE_T(digest), STORE_I(now), STORE_I(now - AUTH_IDLE_MS)), rows, e) &&
           (rows->n == 1 || login_needed(e));
}

static bool mark_seen(struct store *s, const char *digest, int64_t now, struct err *e) {
    return store_run(s, "UPDATE session SET seen_ms = ? WHERE digest = ?", STORE_VALUES(STORE_I(now), STORE_T(digest)),
                     NULL, e);
}

bool auth_session(struct store *s, const char *token, struct identity *who, struct err *e) {
    enum { SEEN_EVERY_MS = 60000 };
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    char digest[SECRETS_DIGEST_TEXT];
    int64_t now;
    secrets_digest(token, digest);
    bool ok = store_now(s, &now, e) && find_session(s, &a, digest, now, &rows, e);
    if (ok) {
        fill(who, &rows, store_number(&rows, 0, 0));
        snprintf(who->csrf, sizeof who->csrf, "%s", store_cell(&rows, 0, 4));
        memcpy(who->digest, digest, sizeof digest);
        if (now - store_number(&rows, 0, 5) > SEEN_EVERY_MS) { /* not a write for every request */
            ok = mark_seen(s, digest, now, e);
        }
    }
    arena_clear(&a);
    return ok;
}

bool auth_lasts(struct store *s, struct identity *who, struct err *e) {
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    int64_t now;
    bool ok = store_now(s, &now, e) && find_session(s, &a, who->digest, now, &rows, e);
    if (ok) {
        who->role = role_of(store_cell(&rows, 0, 2));
        who->must_change = store_number(&rows, 0, 3) != 0;
    }
    arena_clear(&a);
    return ok;
}

bool auth_seen(struct store *s, const struct identity *who, struct err *e) {
    int64_t now;
    return store_now(s, &now, e) && mark_seen(s, who->digest, now, e);
}

bool auth_logout(struct store *s, const struct identity *who, struct err *e) {
    return store_run(s, "DELETE FROM session WHERE digest = ?", STORE_VALUES(STORE_T(who->digest)), NULL, e);
}

bool auth_sweep(struct store *s, struct err *e) {
    int64_t now;
    return store_now(s, &now, e) && store_run(s, "DELETE FROM session WHERE expires_ms <= ? OR seen_ms <= ?",
                                              STORE_VALUES(STORE_I(now), STORE_I(now - AUTH_IDLE_MS)), NULL, e);
}

/* ---- programs ---- */

bool auth_add_token(struct store *s, const struct identity *who, const char *name, enum role role, unsigned days,
                    char token[SECRETS_TOKEN_TEXT], int64_t *id, struct err *e) {
    char digest[SECRETS_DIGEST_TEXT];
    int64_t now;
    if (name[0] == '\0' || strlen(name) > 100) {
        return err_set(e, ERR_ACCOUNT, "a token has a name of 1 to 100 bytes");
    }
    if (role == ROLE_NONE || role > who->role) {
        return err_set(e, ERR_ACCOUNT, "a token cannot do more than who makes it");
    }
    if (!store_now(s, &now, e)) {
        return false;
    }
    secrets_token(token);
    secrets_digest(token, digest);
    struct store_value expires = days > 0 ? STORE_I(now + (int64_t)days * 86400000) : STORE_T(NULL);
    return store_insert(s,
                        "INSERT INTO api_token (account_id, name, digest, role, created_ms, expires_ms)"
                        " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                        STORE_VALUES(STORE_I(who->account), STORE_T(name), STORE_T(digest), STORE_T(role_name(role)),
                                     STORE_I(now), expires),
                        id, e);
}

bool auth_token(struct store *s, const char *token, struct identity *who, struct err *e) {
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    char digest[SECRETS_DIGEST_TEXT];
    int64_t now;
    secrets_digest(token, digest);
    bool ok = store_now(s, &now, e) &&
              store_rows(s, &a,
                         "SELECT a.id, a.name, t.role, a.must_change, a.role, t.id FROM api_token t JOIN account a"
                         " ON a.id = t.account_id WHERE t.digest = ? AND a.disabled = 0"
                         " AND (t.expires_ms IS NULL OR t.expires_ms > ?)",
                         STORE_VALUES(STORE_T(digest), STORE_I(now)), &rows, e);
    ok = ok && (rows.n == 1 || login_needed(e));
    if (ok) {
        fill(who, &rows, store_number(&rows, 0, 0));
        enum role now_allowed = role_of(store_cell(&rows, 0, 4)); /* the account's may be lower by now */
        who->role = who->role < now_allowed ? who->role : now_allowed;
        who->by_token = true;
        ok = store_run(s, "UPDATE api_token SET used_ms = ? WHERE id = ? AND (used_ms IS NULL OR used_ms < ?)",
                       STORE_VALUES(STORE_I(now), STORE_I(store_number(&rows, 0, 5)), STORE_I(now - 60000)), NULL, e);
    }
    arena_clear(&a);
    return ok;
}
