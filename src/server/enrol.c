/* See enrol.h. */
#include "server/enrol.h"

#include <string.h>

#include "base/str.h"

enum { CAPACITY_MAX = 6 };

static const int64_t memory_each = INT64_C(2) << 30;

static void make_token(const char *prefix, char token[ENROL_TOKEN_TEXT], char digest[SECRETS_DIGEST_TEXT]) {
    char random[SECRETS_TOKEN_TEXT];
    secrets_token(random);
    snprintf(token, ENROL_TOKEN_TEXT, "%s%s", prefix, random);
    secrets_digest(token, digest);
    secrets_wipe(random, sizeof random);
}

unsigned enrol_capacity(const json_t *facts) {
    const json_t *cores = json_object_get(facts, "cores"), *memory = json_object_get(facts, "memory_bytes");
    int64_t n = CAPACITY_MAX;
    if (json_is_number(cores) && json_number_value(cores) < (double)n) {
        n = (int64_t)json_number_value(cores);
    }
    if (json_is_number(memory) && json_number_value(memory) / (double)memory_each < (double)n) {
        n = (int64_t)(json_number_value(memory) / (double)memory_each);
    }
    return n < 1 ? 1 : (unsigned)n;
}

bool enrol_invite(struct store *s, int64_t machine, char token[ENROL_TOKEN_TEXT], struct err *e) {
    char digest[SECRETS_DIGEST_TEXT];
    int64_t now;
    make_token("enrol-", token, digest);
    return store_now(s, &now, e) &&
           store_run(s, "DELETE FROM enrolment WHERE machine_id = ? OR expires_ms < ?",
                     STORE_VALUES(STORE_I(machine), STORE_I(now)), NULL, e) &&
           store_run(s, "INSERT INTO enrolment (digest, machine_id, expires_ms) VALUES (?, ?, ?)",
                     STORE_VALUES(STORE_T(digest), STORE_I(machine), STORE_I(now + ENROL_VALID_MS)), NULL, e);
}

static bool set_token(struct store *s, int64_t machine, char token[ENROL_TOKEN_TEXT], struct err *e) {
    char digest[SECRETS_DIGEST_TEXT];
    make_token("machine-", token, digest);
    return store_run(s, "UPDATE machine SET token_digest = ?, state = 'enrolled', reason = NULL WHERE id = ?",
                     STORE_VALUES(STORE_T(digest), STORE_I(machine)), NULL, e);
}

/* Deleting it is what uses it up: of two that come at the same moment one finds nothing to delete. */
static bool use_up(struct store *s, struct arena *a, const char *once, int64_t *machine, struct err *e) {
    struct store_rows rows;
    char digest[SECRETS_DIGEST_TEXT];
    int64_t now;
    uint64_t deleted;
    secrets_digest(once, digest);
    if (!store_now(s, &now, e) ||
        !store_rows(s, a, "SELECT machine_id FROM enrolment WHERE digest = ? AND expires_ms > ?",
                    STORE_VALUES(STORE_T(digest), STORE_I(now)), &rows, e) ||
        !store_run(s, "DELETE FROM enrolment WHERE digest = ?", STORE_VALUES(STORE_T(digest)), &deleted, e)) {
        return false;
    }
    if (rows.n == 0 || deleted == 0) {
        err_set(e, ERR_LOGIN_NEEDED, "the enrolment token is not valid: it was used, or is older than an hour");
        return err_hint(e, "an admin can make a new one");
    }
    *machine = store_number(&rows, 0, 0);
    return true;
}

static bool accept_in(struct store *s, struct arena *a, const char *once, const json_t *facts,
                      char token[ENROL_TOKEN_TEXT], int64_t *machine, struct err *e) {
    return use_up(s, a, once, machine, e) && set_token(s, *machine, token, e) &&
           store_run(s, "UPDATE machine SET capacity = ? WHERE id = ? AND capacity = 0",
                     STORE_VALUES(STORE_I(enrol_capacity(facts)), STORE_I(*machine)), NULL, e);
}

bool enrol_accept(struct store *s, const char *once, const json_t *facts, char token[ENROL_TOKEN_TEXT],
                  int64_t *machine, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = store_begin(s, e);
    if (ok) {
        ok = accept_in(s, &a, once, facts, token, machine, e) && store_commit(s, e);
        if (!ok) {
            store_rollback(s);
        }
    }
    arena_clear(&a);
    return ok;
}

bool enrol_identify(struct store *s, const char *token, int64_t *machine, struct err *e) {
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    char digest[SECRETS_DIGEST_TEXT];
    secrets_digest(token, digest);
    bool ok =
        store_rows(s, &a, "SELECT id FROM machine WHERE token_digest = ?", STORE_VALUES(STORE_T(digest)), &rows, e);
    if (ok && rows.n == 0) {
        ok = err_set(e, ERR_LOGIN_NEEDED, "no execution machine has this token");
    }
    *machine = ok ? store_number(&rows, 0, 0) : 0;
    arena_clear(&a);
    return ok;
}

static bool local_in(struct store *s, struct arena *a, const char *name, char token[ENROL_TOKEN_TEXT], int64_t *machine,
                     struct err *e) {
    struct store_rows rows;
    int64_t now;
    if (!store_now(s, &now, e) || !store_rows(s, a, "SELECT id FROM machine WHERE name = ? AND kind = 'local'",
                                              STORE_VALUES(STORE_T(name)), &rows, e)) {
        return false;
    }
    if (rows.n > 0) {
        *machine = store_number(&rows, 0, 0);
    } else if (!store_insert(
                   s,
                   "INSERT INTO machine (name, kind, state, capacity, created_by, created_ms) VALUES (?, 'local',"
                   " 'new', 0, 'godwit', ?) RETURNING id",
                   STORE_VALUES(STORE_T(name), STORE_I(now)), machine, e)) {
        return false;
    }
    return set_token(s, *machine, token, e);
}

bool enrol_local(struct store *s, const char *name, char token[ENROL_TOKEN_TEXT], int64_t *machine, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = store_begin(s, e);
    if (ok) {
        ok = local_in(s, &a, name, token, machine, e) && store_commit(s, e);
        if (!ok) {
            store_rollback(s);
        }
    }
    arena_clear(&a);
    return ok;
}
