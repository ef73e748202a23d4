/* See vault.h. */
#include "server/vault.h"

static char *label_of(struct arena *a, int64_t id) {
    return arena_printf(a, "secret %lld", (long long)id);
}

bool vault_keep(struct store *s, struct arena *a, const struct secrets_key *key, const char *what, const char *text,
                int64_t *id, struct err *e) {
    return store_insert(s, "INSERT INTO secret (label, box) VALUES (?, '') RETURNING id", STORE_VALUES(STORE_T(what)),
                        id, e) &&
           store_run(s, "UPDATE secret SET box = ? WHERE id = ?",
                     STORE_VALUES(STORE_T(secrets_seal(a, key, label_of(a, *id), text)), STORE_I(*id)), NULL, e);
}

bool vault_open(struct store *s, struct arena *a, const struct secrets_key *key, int64_t id, char **text,
                struct err *e) {
    struct store_rows rows;
    if (!store_rows(s, a, "SELECT box FROM secret WHERE id = ?", STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    return rows.n > 0 ? secrets_open(a, key, label_of(a, id), store_cell(&rows, 0, 0), text, e)
                      : err_set(e, ERR_NOT_FOUND, "a secret is not in the store any more");
}

bool vault_drop(struct store *s, int64_t id, struct err *e) {
    return store_run(s, "DELETE FROM secret WHERE id = ?", STORE_VALUES(STORE_I(id)), NULL, e);
}
