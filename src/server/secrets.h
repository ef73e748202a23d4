/* What must stay secret: passwords of accounts, which nobody gets back; passwords and keys of databases and machines, encrypted
 * in the store with the key file; and random tokens. libsodium: argon2id, XChaCha20-Poly1305, BLAKE2b.
 * Any thread, once secrets_init was called. */
#ifndef SERVER_SECRETS_H
#define SERVER_SECRETS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

bool secrets_init(struct err *e) WARN_UNUSED; /* once, before threads */

/* ---- accounts ---- */

enum { SECRETS_HASH_TEXT = 128 };

/* Takes about as long as a login may (some 0.1 s and 64 MiB): not on the thread that serves. */
bool secrets_hash(const char *password, char out[SECRETS_HASH_TEXT], struct err *e) WARN_UNUSED;
bool secrets_matches(const char *hash, const char *password);
/* Spend the same time on a name that does not exist: nobody shall learn which names do. */
void secrets_pretend(const char *password);
bool secrets_hash_is_old(const char *hash); /* made with weaker parameters than today's */

/* ---- tokens: sessions, CSRF, API, enrolment ---- */

enum { SECRETS_TOKEN_TEXT = 44, SECRETS_DIGEST_TEXT = 65 };

void secrets_token(char out[SECRETS_TOKEN_TEXT]);                      /* 256 random bits, URL-safe */
void secrets_digest(const char *token, char out[SECRETS_DIGEST_TEXT]); /* what the store keeps of it */
bool secrets_same(const char *a, const char *b);                       /* takes no longer for a better guess */
void secrets_readable_password(char *out, size_t size); /* for a first login: no letters that look alike */
void secrets_wipe(void *p, size_t n);

/* ---- what the server has to give back ---- */

struct secrets_key;

/* The key file; made with mode 0600 when there is none. One that others may read is refused (ERR_KEY_FILE). */
bool secrets_key_open(struct secrets_key **out, const char *path, struct err *e) WARN_UNUSED;
void secrets_key_close(struct secrets_key *k); /* wipes it; NULL is fine */

/* label: what it is for ("data source 7"); a box only opens under the label it was closed with, so that boxes cannot be
 * exchanged in the store. */
char *secrets_seal(struct arena *a, const struct secrets_key *k, const char *label, const char *text);
/* ERR_KEY_FILE: another key, another label, or tampered with. The caller wipes the text. */
bool secrets_open(struct arena *a, const struct secrets_key *k, const char *label, const char *box, char **out,
                  struct err *e) WARN_UNUSED;

#endif
