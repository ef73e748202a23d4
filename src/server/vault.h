/* Secrets in the store: passwords and keys the server has to give back, each closed with the key file under its own id, so that none can be put
 * in another's place. Any thread with a store of its own. */
#ifndef SERVER_VAULT_H
#define SERVER_VAULT_H

#include "server/secrets.h"
#include "store/store.h"

/* what: for people who look at the store. */
bool vault_keep(struct store *s, struct arena *a, const struct secrets_key *key, const char *what, const char *text,
                int64_t *id, struct err *e) WARN_UNUSED;

/* ERR_NOT_FOUND, ERR_KEY_FILE. The caller wipes *text. */
bool vault_open(struct store *s, struct arena *a, const struct secrets_key *key, int64_t id, char **text,
                struct err *e) WARN_UNUSED;

bool vault_drop(struct store *s, int64_t id, struct err *e) WARN_UNUSED;

#endif
