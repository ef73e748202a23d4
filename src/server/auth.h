/* Who may do what: accounts, sessions of browsers, tokens of programs.
 *
 * A login takes a tenth of a second of argon2id on purpose; wrong ones make the next wait. The store keeps digests of session and API
 * tokens only. Roles: a viewer looks, an operator runs tasks, an admin also manages machines, accounts and settings.
 * Thread: any, each with its own store; the guard is shared. Times are milliseconds since 1970 by the store's clock. */
#ifndef SERVER_AUTH_H
#define SERVER_AUTH_H

#include "server/secrets.h"
#include "store/store.h"

enum role { ROLE_NONE, ROLE_VIEWER, ROLE_OPERATOR, ROLE_ADMIN };

const char *role_name(enum role r); /* "viewer" */
bool role_parse(const char *name, enum role *out);

/* Whoever asks. */
struct identity {
    int64_t account;
    char name[65];
    enum role role;
    bool must_change;                 /* may do nothing but give a new password */
    bool by_token;                    /* a program: no cookie, so no CSRF to fear */
    char csrf[SECRETS_TOKEN_TEXT];    /* that a session's changing requests must carry */
    char digest[SECRETS_DIGEST_TEXT]; /* of the session */
};

/* ---- guessing is slow ---- */

struct auth_guard;
struct auth_guard *auth_guard_new(void); /* NULL: no memory */
void auth_guard_free(struct auth_guard *g);

/* ---- accounts ---- */

enum { AUTH_PASSWORD_MIN = 8, AUTH_PASSWORD_MAX = 256, AUTH_FIRST_PASSWORD = 17 };

/* With no account yet: make `admin` with a one-time password, which is left in first; "" if there are accounts. */
bool auth_first_account(struct store *s, char first[AUTH_FIRST_PASSWORD], struct err *e) WARN_UNUSED;

/* ERR_ACCOUNT: name or password is not allowed; ERR_STORE_TAKEN: there is one of that name. */
bool auth_add_account(struct store *s, const char *name, const char *password, enum role role, bool must_change,
                      int64_t *id, struct err *e) WARN_UNUSED;
/* Ends all other sessions of the account. ERR_LOGIN: the old password is wrong. */
bool auth_change_password(struct store *s, const struct identity *who, const char *old, const char *fresh,
                          struct err *e) WARN_UNUSED;
/* The last admin can neither be disabled nor lose the role: ERR_ACCOUNT. Ends the account's sessions. With a password (else NULL) it is
 * the account's until the next login, which has to replace it. */
bool auth_set_account(struct store *s, int64_t id, enum role role, bool disabled, const char *password,
                      struct err *e) WARN_UNUSED;

/* ---- sessions ---- */

enum { AUTH_IDLE_MS = 3600 * 1000, AUTH_LONGEST_MS = 12 * 3600 * 1000 };

/* token: for the cookie, once. ERR_LOGIN for a wrong name, password or a disabled account alike; ERR_LOGIN_WAIT: too many wrong ones
 * of this address or name, the message says how long to wait. */
bool auth_login(struct store *s, struct auth_guard *g, const char *name, const char *password, const char *address,
                char token[SECRETS_TOKEN_TEXT], struct identity *who, struct err *e) WARN_UNUSED;
/* Of a cookie. ERR_LOGIN_NEEDED: no such session, it is over, or the account is disabled. */
bool auth_session(struct store *s, const char *token, struct identity *who, struct err *e) WARN_UNUSED;
/* Does the session go on? who: of auth_session or auth_login; its role becomes what the account's is now. Does not make it last longer.
 * ERR_LOGIN_NEEDED. */
bool auth_lasts(struct store *s, struct identity *who, struct err *e) WARN_UNUSED;
/* Its user did something. */
bool auth_seen(struct store *s, const struct identity *who, struct err *e) WARN_UNUSED;
bool auth_logout(struct store *s, const struct identity *who, struct err *e) WARN_UNUSED;
/* Forget sessions that are over. */
bool auth_sweep(struct store *s, struct err *e) WARN_UNUSED;

/* ---- programs ---- */

/* days 0: until it is taken back. The role may be lower than the account's, never higher. */
bool auth_add_token(struct store *s, const struct identity *who, const char *name, enum role role, unsigned days,
                    char token[SECRETS_TOKEN_TEXT], int64_t *id, struct err *e) WARN_UNUSED;
/* Of "Authorization: Bearer ..". */
bool auth_token(struct store *s, const char *token, struct identity *who, struct err *e) WARN_UNUSED;

#endif
